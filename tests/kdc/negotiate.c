/*
 * Negotiate with Kerberos: both sides against MIT Kerberos' SPNEGO and each other, clients without SPNEGO, and NTLM where there is no ticket.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <string.h>
#include <unistd.h>
#include <winbase.h>

#define ALICE 70001 /* of tools/sandbox */

static void check_acceptor(struct side *side)
{
    char name[32];
    uid_t server = geteuid();
    SECURITY_STATUS status;

    ok(side->status == SEC_E_OK, "acceptor: %08lx\n", side->status); /* S5.4.3 */
    ok(!strcmp(side_chosen(side, name), "Kerberos"), "%s\n", name); /* S3.3.4 */
    if (side->status != SEC_E_OK) return;
    status = ImpersonateSecurityContext(&side->context);
    ok(status == SEC_E_OK && geteuid() == ALICE, "%08lx, uid %d\n", status, geteuid()); /* S2.11.1 */
    status = RevertSecurityContext(&side->context);
    ok(status == SEC_E_OK && geteuid() == server, "%08lx, uid %d\n", status, geteuid()); /* S2.11.2 */
}

/* With SPNEGO and without, and MIT's order of mechanisms. */
static void test_mit_client(void)
{
    static const struct
    {
        const char *name;
        bool spnego;
        OM_uint32 asked;
        ULONG told;
    } cases[] = {
        {"one leg", true, 0, 0},
        {"mutual", true, GSS_C_MUTUAL_FLAG, ASC_RET_MUTUAL_AUTH},
        {"DCE style", true, GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE, ASC_RET_MUTUAL_AUTH | ASC_RET_USED_DCE_STYLE},
        {"raw, one leg", false, 0, 0},
        {"raw, mutual", false, GSS_C_MUTUAL_FLAG, ASC_RET_MUTUAL_AUTH},
        {"raw, DCE style", false, GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE, ASC_RET_MUTUAL_AUTH | ASC_RET_USED_DCE_STYLE},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        static struct side side;
        struct mit mit;

        winetest_push_context("%s", cases[i].name);
        speak_spnego(cases[i].spnego, true);
        if (mit_open_initiator(&mit, "alice", HTTP, cases[i].asked) && side_open_acceptor(&side, NULL, 0))
        {
            run_mit_to_side(&mit, &side);
            ok(mit.major == GSS_S_COMPLETE, "MIT: %x %x\n", mit.major, mit.minor); /* S5.4.2 */
            ok((side.attributes & cases[i].told) == cases[i].told, "%08lx\n", side.attributes); /* S6.2.3 */
            check_acceptor(&side);
        }
        side_close(&side);
        mit_close(&mit);
        winetest_pop_context();
    }
}

static void test_mit_server(void)
{
    static const ULONG requests[] = {0, ISC_REQ_MUTUAL_AUTH, ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY};
    char name[32];

    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
    {
        static struct side side;
        struct mit mit;

        winetest_push_context("%lx", requests[i]);
        speak_spnego(true, true);
        if (mit_open_acceptor(&mit) && side_open_initiator(&side, "alice", HTTP, requests[i]))
        {
            run_side_to_mit(&side, &mit);
            ok(mit.major == GSS_S_COMPLETE && !strcmp(mit.client, "alice@GUISE.TEST"), "MIT: %x %x %s\n", mit.major, mit.minor, mit.client); /* S5.4.3 */
            ok(side.status == SEC_E_OK, "%08lx\n", side.status); /* S5.4.3 */
            ok((side.attributes & (requests[i] | ISC_RET_INTEGRITY)) == (requests[i] | ISC_RET_INTEGRITY), "%08lx\n", side.attributes); /* S2.5.11 */
            ok(!strcmp(side_chosen(&side, name), "Kerberos"), "%s\n", name); /* S3.3.4 */
        }
        side_close(&side);
        mit_close(&mit);
        winetest_pop_context();
    }
}

static void check_message(struct side *from, struct side *to)
{
    SecPkgContext_Sizes sizes;
    char data[] = "a message", trailer[256], padding[32];
    SecBuffer buffers[3] = {{0, SECBUFFER_TOKEN, trailer}, {sizeof(data), SECBUFFER_DATA, data}, {sizeof(padding), SECBUFFER_PADDING, padding}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 3, buffers};
    SECURITY_STATUS status = QueryContextAttributesA(&from->context, SECPKG_ATTR_SIZES, &sizes);

    ok(status == SEC_E_OK && sizes.cbSecurityTrailer <= sizeof(trailer), "got %08lx\n", status); /* S3.2.2 */
    buffers[0].cbBuffer = sizes.cbSecurityTrailer;
    status = EncryptMessage(&from->context, 0, &desc, 0);
    ok(status == SEC_E_OK && strcmp(data, "a message"), "got %08lx\n", status); /* S2.12.4 */
    status = DecryptMessage(&to->context, &desc, 0, NULL);
    ok(status == SEC_E_OK && !strcmp(data, "a message"), "got %08lx\n", status); /* S2.12.7 */
}

/* CLIENT speaks SPNEGO or Kerberos with a server of Negotiate. */
static void test_both(bool spnego)
{
    static struct side client, server;
    const ULONG request = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY;

    speak_spnego(true, spnego);
    if (!side_open_initiator(&client, "alice", HTTP, request)) return;
    speak_spnego(true, true);
    if (side_open_acceptor(&server, NULL, 0))
    {
        run_sides(&client, &server);
        ok(client.status == SEC_E_OK, "client: %08lx\n", client.status); /* S5.4.2 */
        check_acceptor(&server);
        if (client.status == SEC_E_OK && server.status == SEC_E_OK)
        {
            check_message(&client, &server);
            check_message(&server, &client);
        }
    }
    side_close(&client);
    side_close(&server);
}

static bool token_has(const struct token *token, const char *bytes, ULONG length)
{
    for (ULONG i = 0; i + length <= token->size; i++)
        if (!memcmp(token->data + i, bytes, length)) return true;
    return false;
}

/* Kerberos first where there is a ticket; NTLM alone where there is none to be had (S5.4.1); nothing where the KDC says no to a client that it knows. */
static void test_offers(void)
{
    static const struct
    {
        const char *target, *user;
        SECURITY_STATUS status;
        bool kerberos;
    } cases[] = {
        {HTTP, "alice", SEC_I_CONTINUE_NEEDED, true},
        {"nobody/server.guise.test", "alice", SEC_I_CONTINUE_NEEDED, false},
        {"HTTP/server.down.test", "alice", SEC_I_CONTINUE_NEEDED, false},
        {NULL, "alice", SEC_I_CONTINUE_NEEDED, false},
        {HTTP, "alice@NOWHERE.TEST", SEC_I_CONTINUE_NEEDED, false},
        {HTTP, "nobody", SEC_I_CONTINUE_NEEDED, false}, /* an account of the server's, perhaps */
    };
    static struct token token;
    static struct side side;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        winetest_push_context("%s by %s", cases[i].target, cases[i].user);
        speak_spnego(true, true);
        if (side_open_initiator(&side, cases[i].user, cases[i].target, 0))
        {
            side_step(&side, NULL, &token);
            ok(side.status == cases[i].status, "%08lx\n", side.status); /* S5.4.1 */
            ok(token.size && token.data[0] == 0x60, "no SPNEGO\n"); /* S5.2.1 */
            ok(token_has(&token, "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 12), "NTLM is not offered\n"); /* S5.1.2 */
            ok(token_has(&token, "\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x06", 23) == cases[i].kerberos,
               "Kerberos %d\n", cases[i].kerberos); /* S5.1.2 */
            ok(token_has(&token, "NTLMSSP", 8) == !cases[i].kerberos, "another token\n"); /* S5.4.1 */
        }
        side_close(&side);
        winetest_pop_context();
    }
    if (side_open_initiator(&side, "alice", HTTP, 0))
    {
        FreeCredentialsHandle(&side.credential);
        SEC_WINNT_AUTH_IDENTITY_A wrong = {(UCHAR *)"alice", 5, NULL, 0, (UCHAR *)"wrong", 5, SEC_WINNT_AUTH_IDENTITY_ANSI};

        AcquireCredentialsHandleA(NULL, (char *)"Negotiate", SECPKG_CRED_OUTBOUND, NULL, &wrong, NULL, NULL, &side.credential, NULL);
        side_step(&side, NULL, &token);
        ok(side.status == SEC_E_LOGON_DENIED && !token.size, "%08lx\n", side.status); /* S5.4.1 */
        side_close(&side);
    }
}

/* What is asked between the legs: a server might choose NTLM, or want a MIC, which is one more token. */
static void check_between_legs(CtxtHandle *context, ULONG packages)
{
    SecPkgContext_LastClientTokenStatus last = {0xdead};
    SecPkgContext_NegoPackageInfo info = {0xdead};
    SECURITY_STATUS status;

    status = QueryContextAttributesA(context, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last);
    ok(status == SEC_E_OK && last.LastClientTokenStatus == SecPkgAttrLastClientTokenMaybe, "%08lx, %d\n", status, last.LastClientTokenStatus); /* S3.3.8 */
    status = QueryContextAttributesExW(context, SECPKG_ATTR_NEGO_PKG_INFO, &info, sizeof(info) - 1);
    ok(status == SEC_E_BUFFER_TOO_SMALL && info.PackageMask == 0xdead, "%08lx\n", status); /* S1.3.1 */
    status = QueryContextAttributesExW(context, SECPKG_ATTR_NEGO_PKG_INFO, &info, sizeof(info));
    ok(status == SEC_E_OK && info.PackageMask == packages, "%08lx, %lx\n", status, info.PackageMask); /* header sspi.h */
}

static void test_between_legs(void)
{
    static const ULONG requests[] = {ISC_REQ_MUTUAL_AUTH, ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_DCE_STYLE};
    SecPkgContext_LastClientTokenStatus last;
    static struct token token;
    static struct side side;
    SECURITY_STATUS status;

    for (size_t i = 0; i < ARRAYSIZE(requests); i++)
    {
        speak_spnego(true, false);
        if (!side_open_initiator(&side, "alice", HTTP, requests[i])) return;
        side_step(&side, NULL, &token);
        status = QueryContextAttributesA(&side.context, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, &last);
        ok(status == SEC_E_OK && last.LastClientTokenStatus == (i ? SecPkgAttrLastClientTokenNo : SecPkgAttrLastClientTokenYes), "%08lx, %d\n", status,
           last.LastClientTokenStatus); /* S3.3.8 */
        side_close(&side);
    }
    speak_spnego(true, true);
    if (!side_open_initiator(&side, "alice", HTTP, ISC_REQ_MUTUAL_AUTH)) return;
    side_step(&side, NULL, &token);
    check_between_legs(&side.context, 0);
    side_close(&side);
}

/* A handle that has NTLM is given Kerberos, and the next context begins with that. */
static void test_add_credentials(void)
{
    SEC_WINNT_AUTH_IDENTITY_EXA ntlm = {SEC_WINNT_AUTH_IDENTITY_VERSION, sizeof(ntlm), (UCHAR *)"alice", 5, NULL, 0, (UCHAR *)"alice-pw", 8,
                                        SEC_WINNT_AUTH_IDENTITY_ANSI, (UCHAR *)"ntlm", 4}, all = ntlm;
    static struct token token;
    static struct side side = {.target = HTTP};
    TimeStamp expiry = {.QuadPart = 0};

    all.PackageList = NULL;
    all.PackageListLength = 0;
    side.status = AcquireCredentialsHandleA(NULL, (char *)"Negotiate", SECPKG_CRED_OUTBOUND, NULL, &ntlm, NULL, NULL, &side.credential, NULL);
    ok(side.status == SEC_E_OK, "%08lx\n", side.status); /* S2.1.6 */
    side.has_credential = side.status == SEC_E_OK;
    side_step(&side, NULL, &token);
    ok(token.size && token.data[0] == 'N', "not NTLM alone\n"); /* S5.4.2 */
    side.status = AddCredentialsA(&side.credential, NULL, (char *)"Schannel", SECPKG_CRED_OUTBOUND, &all, NULL, NULL, NULL);
    ok(side.status == SEC_E_SECPKG_NOT_FOUND, "%08lx\n", side.status); /* S2.1.11 */
    side.status = AddCredentialsW(&side.credential, NULL, (WCHAR *)u"Kerberos", SECPKG_CRED_OUTBOUND, &all, NULL, NULL, &expiry);
    ok(side.status == SEC_E_OK && expiry.QuadPart, "%08lx\n", side.status); /* S2.2.1 */
    side.status = AddCredentialsA(&side.credential, NULL, (char *)"Negotiate", SECPKG_CRED_OUTBOUND, &all, NULL, NULL, NULL);
    ok(side.status == SEC_E_UNSUPPORTED_FUNCTION, "%08lx\n", side.status); /* S2.2.1 */
    DeleteSecurityContext(&side.context);
    side.has_context = false;
    side_step(&side, NULL, &token);
    ok(side.status == SEC_I_CONTINUE_NEEDED && token_has(&token, "\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 11), "%08lx\n", side.status); /* S2.2.1 */
    side_close(&side);
}

START_TEST(negotiate)
{
    if (!kdc_is_here()) return;
    test_mit_client();
    test_mit_server();
    test_both(true);
    test_both(false);
    test_offers();
    test_between_legs();
    test_add_credentials();
}
