/*
 * The initiator: Guise logs on to MIT Kerberos and to itself.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <stdlib.h>
#include <string.h>

static struct side side, acceptor;

static void test_legs(void)
{
    static const struct
    {
        const char *name, *user;
        ULONG asked, told;
        OM_uint32 flags; /* as MIT sees them */
    } cases[] = {
        {"one leg", "alice", 0, 0, 0},
        {"integrity", "alice", ISC_REQ_INTEGRITY, ISC_RET_INTEGRITY, GSS_C_INTEG_FLAG},
        {"confidentiality", "alice", ISC_REQ_CONFIDENTIALITY, ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY, GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG},
        {"no integrity", "alice", ISC_REQ_INTEGRITY | ISC_REQ_NO_INTEGRITY, 0, 0},
        {"mutual", "bob@guise.test", ISC_REQ_MUTUAL_AUTH, ISC_RET_MUTUAL_AUTH, GSS_C_MUTUAL_FLAG},
        {"order", "alice", ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT,
         ISC_RET_MUTUAL_AUTH | ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_INTEGRITY,
         GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG},
        {"DCE style", "alice", ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_DCE_STYLE, ISC_RET_MUTUAL_AUTH | ISC_RET_USED_DCE_STYLE,
         GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE},
        {"identify", "alice", ISC_REQ_IDENTIFY, ISC_RET_IDENTIFY, GSS_C_IDENTIFY_FLAG},
        {"delegate to whom nobody trusts", "alice", ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE, ISC_RET_MUTUAL_AUTH, GSS_C_MUTUAL_FLAG},
    };
    const OM_uint32 seen = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_DELEG_FLAG |
                           GSS_C_DCE_STYLE | GSS_C_IDENTIFY_FLAG;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        struct mit mit;

        winetest_push_context("%s", cases[i].name);
        if (side_open_initiator(&side, cases[i].user, HTTP, cases[i].asked) && mit_open_acceptor(&mit))
        {
            run_side_to_mit(&side, &mit);
            ok(side.status == SEC_E_OK, "%08lx\n", side.status);                   /* S6.2.2 */
            ok(mit.major == GSS_S_COMPLETE, "MIT: %x %x\n", mit.major, mit.minor); /* S6.2.2 */
            ok(side.attributes == cases[i].told, "%08lx\n", side.attributes);      /* S11.2 */
            ok((mit.flags & seen) == cases[i].flags, "%x\n", mit.flags);           /* S6.2.3 */
            ok(!strncmp(mit.client, cases[i].user, 3) && strstr(mit.client, "@GUISE.TEST"), "%s\n", mit.client); /* S6.1.1 */
            mit_close(&mit);
        }
        side_close(&side);
        winetest_pop_context();
    }
}

/* The forms of S6.1.1. */
static void test_names(void)
{
    static const struct
    {
        const char *target;
        SECURITY_STATUS status;
    } cases[] = {
        {HTTP, SEC_E_OK},
        {HTTP "@GUISE.TEST", SEC_E_OK},
        {HTTP "@guise.test", SEC_E_OK},
        {"HTTP/SERVER.guise.TEST", SEC_E_OK},
        {"host/server.guise.test", SEC_E_OK},
        {"HTTP/server.guise.test:8080", SEC_E_TARGET_UNKNOWN},
        {HTTP "/more", SEC_E_TARGET_UNKNOWN},
        {HTTP "/more/still", SEC_E_TARGET_UNKNOWN},
        {"HTTP/nobody.guise.test", SEC_E_TARGET_UNKNOWN},
        {"HTTP@server.guise.test", SEC_E_TARGET_UNKNOWN}, /* the form of GSS, which is a user of a realm here */
        {"bob", SEC_E_OK},
        {"bob@GUISE.TEST", SEC_E_OK},
        {"GUISE.TEST\\bob", SEC_E_OK},
        {"nobody", SEC_E_TARGET_UNKNOWN},
        {"", SEC_E_TARGET_UNKNOWN},
        {NULL, SEC_E_TARGET_UNKNOWN},
        {"HTTP/", SEC_E_TARGET_UNKNOWN},
        {"/server.guise.test", SEC_E_TARGET_UNKNOWN},
        {HTTP "@", SEC_E_TARGET_UNKNOWN},
        {"HTTP/server.down.test", SEC_E_TARGET_UNKNOWN}, /* there is no way from realm to realm */
    };
    static struct token token;

    if (!side_open_initiator(&side, "alice", NULL, 0)) return;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        side.target = cases[i].target;
        side_step(&side, NULL, &token);
        ok(side.status == cases[i].status, "%s: %08lx\n", cases[i].target, side.status); /* S6.1.1 */
        ok((side.status == SEC_E_OK) == (token.size != 0), "%s: %lu bytes\n", cases[i].target, token.size); /* S2.5.12 */
        if (side.has_context) DeleteSecurityContext(&side.context);
        side.has_context = false;
    }
    side_close(&side);
}

/* The status of a first leg with an identity of our choice. */
static SECURITY_STATUS first_leg(const char *user, const char *domain, const char *password)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {(UCHAR *)user, strlen(user), (UCHAR *)domain, strlen(domain), (UCHAR *)password, strlen(password),
                                          SEC_WINNT_AUTH_IDENTITY_ANSI};
    static struct token token;
    SECURITY_STATUS status;

    memset(&side, 0, sizeof(side));
    side.target = HTTP;
    status = AcquireCredentialsHandleA(NULL, (char *)"Kerberos", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &side.credential, NULL);
    ok(status == SEC_E_OK, "no credential: %08lx\n", status); /* S2.1.6 */
    side.has_credential = true;
    status = side_step(&side, NULL, &token);
    side_close(&side);
    return status;
}

static void test_passwords(void)
{
    SECURITY_STATUS status = first_leg("alice", "GUISE.TEST", "alice-pw");

    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.5.12 */
    status = first_leg("alice", "guise.test", "alice-pw");
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.5.12 */
    status = first_leg("alice", "", "wrong");
    ok(status == SEC_E_LOGON_DENIED, "%08lx\n", status); /* S2.5.13 */
    status = first_leg("alice", "", "");
    ok(status == SEC_E_LOGON_DENIED, "%08lx\n", status); /* S2.5.13 */
    status = first_leg("nobody", "", "nobody-pw");
    ok(status == SEC_E_LOGON_DENIED, "%08lx\n", status); /* S2.5.13 */
    status = first_leg("alice", "DOWN.TEST", "alice-pw");
    ok(status == SEC_E_NO_AUTHENTICATING_AUTHORITY, "%08lx\n", status); /* S2.5.13 */
    status = first_leg("alice", "NOWHERE.TEST", "alice-pw");
    ok(status == SEC_E_NO_AUTHENTICATING_AUTHORITY, "%08lx\n", status); /* S2.5.13 */
}

/* The cache of the process, as it is when a context begins. */
static void test_cache(void)
{
    SecPkgCredentials_NamesA names;
    static struct token token;
    SECURITY_STATUS status;

    setenv("KRB5CCNAME", kdc_path("initiate"), 1);
    if (!side_open_initiator(&side, NULL, HTTP, 0)) return;
    side_step(&side, NULL, &token);
    ok(side.status == SEC_E_NO_CREDENTIALS, "%08lx\n", side.status); /* S2.5.13 */
    kdc_log_in("bob", kdc_path("initiate"), 0);
    status = QueryCredentialsAttributesA(&side.credential, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_OK && !strcmp(names.sUserName, "bob@GUISE.TEST"), "%08lx %s\n", status, names.sUserName); /* S2.4.1 */
    FreeContextBuffer(names.sUserName);
    if (side_open_acceptor(&acceptor, NULL, 0))
    {
        run_sides(&side, &acceptor);
        ok(side.status == SEC_E_OK && acceptor.status == SEC_E_OK, "%08lx %08lx\n", side.status, acceptor.status); /* S2.1.9 */
    }
    side_close(&acceptor);
    side_close(&side);
}

/* Both sides are Guise's. */
static void test_both(void)
{
    static const ULONG requests[] = {0, ISC_REQ_MUTUAL_AUTH, ISC_REQ_USE_DCE_STYLE};

    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
    {
        if (!side_open_initiator(&side, "alice", HTTP, requests[i]) || !side_open_acceptor(&acceptor, HTTP, 0)) return;
        run_sides(&side, &acceptor);
        ok(side.status == SEC_E_OK && acceptor.status == SEC_E_OK, "%08lx %08lx\n", side.status, acceptor.status); /* S6.2.2 */
        side_close(&side);
        side_close(&acceptor);
    }
}

START_TEST(initiate)
{
    if (!kdc_is_here()) return;
    test_legs();
    test_names();
    test_passwords();
    test_cache();
    test_both();
}
