/*
 * User-to-user in the ways of a program: with bindings, handed over, without a token, with the tickets of the process or of a client, through
 * Negotiate, and where the KDC demands it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "user_peer.h"

#include <security.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <winbase.h>

#define ALICE 70001 /* of tools/sandbox */

static struct side client, server;
static struct token there, back;

static void close_sides(void)
{
    side_close(&client);
    side_close(&server);
}

/* ---- bindings ---- */

struct bound
{
    SEC_CHANNEL_BINDINGS head;
    char data[4];
};

static SecBuffer bind_to(struct bound *bound, char mark)
{
    *bound = (struct bound){{.cbApplicationDataLength = 4, .dwApplicationDataOffset = sizeof(SEC_CHANNEL_BINDINGS)}, {mark, 0, 0, 0}};
    return (SecBuffer){sizeof(*bound), SECBUFFER_CHANNEL_BINDINGS, bound};
}

static void test_bindings(void)
{
    static const struct
    {
        char client, server;
        SECURITY_STATUS status;
    } cases[] = {{'a', 'a', SEC_E_OK}, {'a', 'b', SEC_E_BAD_BINDINGS}, {0, 0, SEC_E_OK}};
    struct bound bounds[2];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        if (side_open_initiator(&client, "alice", "bob", ISC_REQ_USE_SESSION_KEY) && side_open_user(&server, "bob", 0))
        {
            if (cases[i].client) client.bindings = bind_to(&bounds[0], cases[i].client);
            if (cases[i].server) server.bindings = bind_to(&bounds[1], cases[i].server);
            run_sides(&client, &server);
            ok(server.status == cases[i].status, "case %d: %08lx\n", (int)i, server.status); /* S6.2.5 */
        }
        close_sides();
    }
    if (side_open_initiator(&client, "alice", "bob", ISC_REQ_USE_SESSION_KEY) && side_open_user(&server, "bob", ASC_REQ_PROXY_BINDINGS))
    {
        client.bindings = bind_to(&bounds[0], 'a');
        run_sides(&client, &server);
        ok(server.status == SEC_E_OK, "through a proxy: %08lx\n", server.status); /* S2.6.6 */
    }
    close_sides();
}

/* ---- afterwards ---- */

static void test_export(void)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SecPkgContext_NativeNamesA names;
    SecPkgContext_SessionKey keys[2];
    CtxtHandle copy;
    SECURITY_STATUS status;

    if (!side_open_initiator(&client, "alice", "bob", ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_SESSION_KEY) || !side_open_user(&server, "bob", 0))
        return close_sides();
    run_sides(&client, &server);
    status = ExportSecurityContext(&server.context, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, NULL);
    server.has_context = status != SEC_E_OK;
    if (!status) status = ImportSecurityContextA((char *)"Kerberos", &packed, NULL, &copy);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.13.1 */
    FreeContextBuffer(packed.pvBuffer);
    if (status) return close_sides();
    status = QueryContextAttributesA(&copy, SECPKG_ATTR_NATIVE_NAMES, &names);
    ok(status == SEC_E_OK && !strcmp(names.sClientName, "alice@GUISE.TEST") && !strcmp(names.sServerName, "bob@GUISE.TEST"), "%08lx\n", status); /* S3.3.4 */
    FreeContextBuffer(names.sClientName);
    FreeContextBuffer(names.sServerName);
    status = QueryContextAttributesA(&copy, SECPKG_ATTR_SESSION_KEY, &keys[0]) | QueryContextAttributesA(&client.context, SECPKG_ATTR_SESSION_KEY, &keys[1]);
    ok(status == SEC_E_OK && keys[0].SessionKeyLength == keys[1].SessionKeyLength && !memcmp(keys[0].SessionKey, keys[1].SessionKey, keys[0].SessionKeyLength),
       "another key: %08lx\n", status); /* S3.3.4 */
    FreeContextBuffer(keys[0].SessionKey);
    FreeContextBuffer(keys[1].SessionKey);
    ok(ImpersonateSecurityContext(&copy) == SEC_E_OK && geteuid() == ALICE, "not alice\n"); /* S2.11.1 */
    RevertSecurityContext(&copy);
    DeleteSecurityContext(&copy);
    close_sides();
}

/* Who has no account here, like the last of refusals.c. */
static void test_clients(void)
{
    static const ULONG requests[] = {0, ASC_REQ_NO_TOKEN};

    for (int i = 0; i < 2; i++)
    {
        if (side_open_initiator(&client, "mallory", "bob", ISC_REQ_USE_SESSION_KEY) && side_open_user(&server, "bob", requests[i]))
        {
            run_sides(&client, &server);
            ok(server.status == (i ? SEC_E_OK : SEC_E_LOGON_DENIED), "%08lx\n", server.status); /* S2.6.5 */
            if (i) ok(ImpersonateSecurityContext(&server.context) == SEC_E_NO_IMPERSONATION, "impersonated\n"); /* S2.6.5 */
        }
        close_sides();
    }
}

/* ---- whose tickets ---- */

static void test_default(void)
{
    kdc_log_in("alice", kdc_path("user-alice"), 0);
    if (side_open_initiator(&client, NULL, "bob", ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_SESSION_KEY) && side_open_user(&server, "bob", 0))
    {
        run_sides(&client, &server);
        ok(client.status == SEC_E_OK && server.status == SEC_E_OK, "%08lx, %08lx\n", client.status, server.status); /* S6.2.1 */
    }
    close_sides();
    setenv("KRB5CCNAME", "FILE:/nowhere/cache", 1);
    if (side_open_initiator(&client, NULL, "bob", ISC_REQ_USE_SESSION_KEY)) side_step(&client, NULL, &there);
    ok(client.status == SEC_E_NO_CREDENTIALS && !there.size, "%08lx\n", client.status); /* S6.6.1 */
    side_close(&client);
}

/* The server goes on to bob's in alice's name, with what she delegated. */
static void test_delegated(void)
{
    struct side front, onward;

    if (!side_open_initiator(&client, "alice", TRUSTED, ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE) || !side_open_acceptor(&front, NULL, 0)) return;
    run_sides(&client, &front);
    ok(ImpersonateSecurityContext(&front.context) == SEC_E_OK, "not impersonated\n"); /* S2.11.1 */
    if (side_open_initiator(&onward, NULL, "bob", ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_SESSION_KEY) && side_open_user(&server, "bob", 0))
    {
        SecPkgContext_NativeNamesA names;

        run_sides(&onward, &server);
        ok(onward.status == SEC_E_OK && server.status == SEC_E_OK, "%08lx, %08lx\n", onward.status, server.status); /* S6.3.1 */
        if (!QueryContextAttributesA(&server.context, SECPKG_ATTR_NATIVE_NAMES, &names))
        {
            ok(!strcmp(names.sClientName, "alice@GUISE.TEST"), "%s\n", names.sClientName); /* S6.3.1 */
            FreeContextBuffer(names.sClientName);
            FreeContextBuffer(names.sServerName);
        }
    }
    RevertSecurityContext(&front.context);
    side_close(&onward);
    side_close(&front);
    close_sides();
}

/* The KDC gives no ticket for a user whom only users may ask. */
static void test_demanded(void)
{
    char command[256];
    int result;

    snprintf(command, sizeof(command), "kadmin.local -r GUISE.TEST modprinc -allow_svr bob >>%s 2>&1", kdc_path("setup.log"));
    result = system(command);
    ok(!result, "kadmin.local: %x\n", result); /* RFC 4120 3.7 */
    for (int i = 0; i < 2; i++)
    {
        if (side_open_initiator(&client, "alice", "bob", i ? ISC_REQ_USE_SESSION_KEY : 0) && side_open_user(&server, "bob", 0))
        {
            run_sides(&client, &server);
            ok(client.status == (i ? SEC_E_OK : SEC_E_NO_TGT_REPLY), "%08lx\n", client.status); /* S8.2.1 */
        }
        close_sides();
    }
    snprintf(command, sizeof(command), "kadmin.local -r GUISE.TEST modprinc +allow_svr bob >>%s 2>&1", kdc_path("setup.log"));
    result = system(command);
    ok(!result, "kadmin.local: %x\n", result); /* RFC 4120 3.7 */
}

/* ---- Windows' way: the TGT-REQ comes with a mechanism that is listed first and is not user-to-user's ---- */

#define MICROSOFTS "\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"
#define KERBEROS   "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define USERS      "\x06\x0a\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03"

static void wrap(struct token *token, UCHAR tag)
{
    ULONG size = token->size, head = size < 128 ? 2 : size < 256 ? 3 : 4;
    const UCHAR lengths[3][4] = {{tag, size}, {tag, 0x81, size}, {tag, 0x82, size >> 8, size}};

    memmove(token->data + head, token->data, size);
    memcpy(token->data, lengths[head - 2], head);
    token->size += head;
}

static void prepend(struct token *token, const char *bytes, ULONG size)
{
    memmove(token->data + size, token->data, token->size);
    memcpy(token->data, bytes, size);
    token->size += size;
}

/* TOKEN as a mechToken or a responseToken. */
static void offer(struct token *token)
{
    static const char list[] = "\xa0\x24\x30\x22" MICROSOFTS KERBEROS USERS;

    wrap(token, 0x04);
    wrap(token, 0xa2);
    prepend(token, list, sizeof(list) - 1);
    wrap(token, 0x30);
    wrap(token, 0xa0);
    prepend(token, "\6\6\x2b\6\1\5\5\2", 8);
    wrap(token, 0x60);
}

static void respond(struct token *token)
{
    wrap(token, 0x04);
    wrap(token, 0xa2);
    wrap(token, 0x30);
    wrap(token, 0xa1);
}

static const UCHAR *find(const struct token *token, const char *bytes, ULONG size)
{
    for (ULONG i = 0; i + size <= token->size; i++)
        if (!memcmp(token->data + i, bytes, size)) return token->data + i;
    return NULL;
}

static void test_windows(void)
{
    char kept[200];
    struct peer peer;
    const UCHAR *reply = NULL;

    strcpy(kept, getenv("KRB5_KTNAME"));
    speak_spnego(true, true);
    for (int i = 0; i < 2; i++) /* with keys as well, and without */
    {
        if (i) setenv("KRB5_KTNAME", "FILE:/nowhere/keytab", 1);
        if (peer_open(&peer, "alice") && side_open_user(&server, "bob", 0))
        {
            peer_request(&peer, &there);
            offer(&there);
            side_step(&server, &there, &back);
            ok(server.status == SEC_I_CONTINUE_NEEDED && find(&back, "\xa1\x0b" MICROSOFTS, 13), "%08lx\n", server.status); /* S5.1.2 */
            reply = find(&back, "\x60\x82", 2);
            ok(reply && find(&back, USERS "\4\1", 14), "no TGT-REP\n"); /* S6.2.1 */
        }
        if (reply)
        {
            krb5_error_code code;

            there.size = back.data + back.size - reply;
            memcpy(there.data, reply, there.size);
            code = peer_ask(&peer, "bob", &there, 0, &back);
            ok(!code, "KDC: %d\n", (int)code); /* RFC 4120 3.7 */
            respond(&back);
            side_step(&server, &back, &there);
            ok(server.status == SEC_E_OK && (server.attributes & ASC_RET_USE_SESSION_KEY), "%08lx\n", server.status); /* S5.4.3 */
        }
        side_close(&server);
        peer_close(&peer);
        reply = NULL;
    }
    setenv("KRB5_KTNAME", kept, 1);
    speak_spnego(false, false);
}

START_TEST(user_ways)
{
    if (!kdc_is_here()) return;
    test_bindings();
    test_export();
    test_clients();
    test_default();
    test_delegated();
    test_demanded();
    test_windows();
}
