/*
 * The acceptor: MIT Kerberos logs on to Guise.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <winbase.h>

#define ALICE 70001 /* of tools/sandbox */

static void check_names(struct side *side)
{
    SecPkgContext_NativeNamesA native;
    SecPkgContext_NamesA names;

    side->status = QueryContextAttributesA(&side->context, SECPKG_ATTR_NAMES, &names);
    ok(side->status == SEC_E_OK && !strcmp(names.sUserName, "GUISE.TEST\\alice"), "%08lx %s\n", side->status, names.sUserName); /* S3.3.1 */
    FreeContextBuffer(names.sUserName);
    side->status = QueryContextAttributesA(&side->context, SECPKG_ATTR_NATIVE_NAMES, &native);
    ok(side->status == SEC_E_OK && !strcmp(native.sClientName, "alice@GUISE.TEST"), "%08lx %s\n", side->status, native.sClientName); /* S3.3.4 */
    ok(!strcmp(native.sServerName, HTTP "@GUISE.TEST"), "%s\n", native.sServerName); /* S3.3.4 */
    FreeContextBuffer(native.sClientName);
    FreeContextBuffer(native.sServerName);
}

static void check_thread(struct side *side)
{
    uid_t server = geteuid();
    SECURITY_STATUS status = ImpersonateSecurityContext(&side->context);

    ok(status == SEC_E_OK && geteuid() == ALICE, "%08lx, uid %d\n", status, geteuid()); /* S2.11.1 */
    status = RevertSecurityContext(&side->context);
    ok(status == SEC_E_OK && geteuid() == server, "%08lx, uid %d\n", status, geteuid()); /* S2.11.2 */
}

static void test_legs(void)
{
    static const struct
    {
        const char *name;
        OM_uint32 asked;
        ULONG told;
    } cases[] = {
        {"one leg", 0, 0},
        {"mutual", GSS_C_MUTUAL_FLAG, ASC_RET_MUTUAL_AUTH},
        {"order", GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG, ASC_RET_MUTUAL_AUTH | ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT},
        {"DCE style", GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE, ASC_RET_MUTUAL_AUTH | ASC_RET_USED_DCE_STYLE},
    };
    const ULONG always = ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY; /* MIT announces them unasked */

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        static struct side side;
        struct mit mit;

        winetest_push_context("%s", cases[i].name);
        if (mit_open_initiator(&mit, "alice", HTTP, cases[i].asked) && side_open_acceptor(&side, NULL, 0))
        {
            run_mit_to_side(&mit, &side);
            ok(mit.major == GSS_S_COMPLETE, "MIT: %x %x\n", mit.major, mit.minor); /* S6.2.2 */
            ok(side.status == SEC_E_OK, "%08lx\n", side.status);                  /* S6.2.2 */
            ok(side.attributes == (cases[i].told | always), "%08lx\n", side.attributes); /* S6.2.3 */
            check_names(&side);
            check_thread(&side);
        }
        side_close(&side);
        mit_close(&mit);
        winetest_pop_context();
    }
}

/* The mechanism in Microsoft's spelling, which is answered in kind. */
static void test_spelling(void)
{
    static struct token there, back;
    static struct side side;
    struct mit mit;

    if (mit_open_initiator(&mit, "alice", HTTP, GSS_C_MUTUAL_FLAG) && side_open_acceptor(&side, NULL, 0))
    {
        mit_initiate(&mit, NULL, &there);
        ok(there.data[9] == 0x86, "another frame\n"); /* RFC 2743 3.1 */
        there.data[9] = 0x82;
        side_step(&side, &there, &back);
        ok(side.status == SEC_E_OK, "%08lx\n", side.status); /* S5.1.1 */
        ok(back.size && !memcmp(back.data + 3, "\6\x9\x2a\x86\x48\x82\xf7\x12\1\2\2\2", 13), "%lu bytes\n", back.size); /* S5.1.1 */
        if (back.size) back.data[8] = 0x86;
        mit_initiate(&mit, &back, &there);
        ok(mit.major == GSS_S_COMPLETE, "MIT: %x %x\n", mit.major, mit.minor); /* S6.2.2 */
    }
    side_close(&side);
    mit_close(&mit);
}

START_TEST(accept)
{
    if (!kdc_is_here()) return;
    test_legs();
    test_spelling();
}
