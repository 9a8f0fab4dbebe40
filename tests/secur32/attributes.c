/*
 * QueryContextAttributes with NTLM.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

static void check_sizes(CtxtHandle *context)
{
    SecPkgContext_Sizes sizes;
    SecPkgContext_StreamSizes stream;
    SECURITY_STATUS status;

    memset(&sizes, 0xff, sizeof(sizes));
    status = QueryContextAttributesA(context, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.2.1 */
    ok(sizes.cbMaxToken == 2888 || broken(sizes.cbMaxToken == 1904), "cbMaxToken %lu\n", sizes.cbMaxToken); /* S3.2.1 */
    ok(sizes.cbMaxSignature == 16, "cbMaxSignature %lu\n", sizes.cbMaxSignature); /* S3.2.1 */
    ok(sizes.cbSecurityTrailer == 16, "cbSecurityTrailer %lu\n", sizes.cbSecurityTrailer); /* S3.2.1 */
    ok(!sizes.cbBlockSize, "cbBlockSize %lu\n", sizes.cbBlockSize); /* S3.2.1 */
    status = QueryContextAttributesA(context, SECPKG_ATTR_STREAM_SIZES, &stream);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S3.3.2 */
    status = QueryContextAttributesW(context, 0x7777, &stream);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION || broken(status == SEC_E_INVALID_PARAMETER), "got %08lx\n",
       status); /* S2.10.2 */
}

static void check_key_info(CtxtHandle *context)
{
    SecPkgContext_KeyInfoA a;
    SecPkgContext_KeyInfoW w;
    SECURITY_STATUS status;

    memset(&a, 0, sizeof(a));
    status = QueryContextAttributesA(context, SECPKG_ATTR_KEY_INFO, &a);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.3 */
    ok(!strcmp(a.sSignatureAlgorithmName, "HMAC-MD5"), "signature %s\n", a.sSignatureAlgorithmName); /* S3.3.3 */
    ok(!strcmp(a.sEncryptAlgorithmName, "RSADSI RC4"), "encryption %s\n", a.sEncryptAlgorithmName); /* S3.3.3 */
    ok(a.SignatureAlgorithm == 0xffffff76 && a.EncryptAlgorithm == 0x6801, "%lx, %lx\n", a.SignatureAlgorithm,
       a.EncryptAlgorithm); /* S3.3.3 */
    ok(a.KeySize == 128, "key size %lu\n", a.KeySize); /* S3.3.3 */
    status = FreeContextBuffer(a.sSignatureAlgorithmName);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.5 */
    FreeContextBuffer(a.sEncryptAlgorithmName);
    status = QueryContextAttributesW(context, SECPKG_ATTR_KEY_INFO, &w);
    ok(status == SEC_E_OK && !memcmp(w.sEncryptAlgorithmName, L"RSADSI RC4", sizeof(L"RSADSI RC4")), "got %08lx\n",
       status); /* S3.3.3 */
    FreeContextBuffer(w.sSignatureAlgorithmName);
    FreeContextBuffer(w.sEncryptAlgorithmName);
}

static void check_package(CtxtHandle *context)
{
    SecPkgContext_NegotiationInfoA negotiation = {0};
    SecPkgContext_PackageInfoW package = {0};
    SECURITY_STATUS status;

    status = QueryContextAttributesA(context, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.4 */
    ok(negotiation.NegotiationState == SECPKG_NEGOTIATION_COMPLETE, "state %lu\n",
       negotiation.NegotiationState); /* S3.3.4 */
    ok(!strcmp(negotiation.PackageInfo->Name, "NTLM"), "name %s\n", negotiation.PackageInfo->Name); /* S3.3.4 */
    ok(negotiation.PackageInfo->wRPCID == 10, "wRPCID %u\n", negotiation.PackageInfo->wRPCID); /* S3.1.4 */
    status = FreeContextBuffer(negotiation.PackageInfo);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.4 */
    status = QueryContextAttributesW(context, SECPKG_ATTR_PACKAGE_INFO, &package);
    ok(status == SEC_E_OK && !memcmp(package.PackageInfo->Name, L"NTLM", sizeof(L"NTLM")), "got %08lx\n",
       status); /* S3.3.1 */
    FreeContextBuffer(package.PackageInfo);
}

static void check_lifespan(CtxtHandle *context)
{
    SecPkgContext_Lifespan lifespan;
    SECURITY_STATUS status;

    memset(&lifespan, 0, sizeof(lifespan));
    status = QueryContextAttributesA(context, SECPKG_ATTR_LIFESPAN, &lifespan);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.1 */
    ok(lifespan.tsStart.QuadPart < lifespan.tsExpiry.QuadPart, "it starts after its end\n"); /* S3.3.1 */
}

static void check_flags(const struct session *session)
{
    SecPkgContext_Flags client, server;
    SECURITY_STATUS status;

    status = QueryContextAttributesA((CtxtHandle *)&session->client, SECPKG_ATTR_FLAGS, &client);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.1 */
    ok(client.Flags & ISC_RET_INTEGRITY && client.Flags & ISC_RET_CONFIDENTIALITY, "client %lx\n",
       client.Flags); /* S3.3.1 */
    status = QueryContextAttributesA((CtxtHandle *)&session->server, SECPKG_ATTR_FLAGS, &server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.1 */
    ok(server.Flags & ASC_RET_INTEGRITY && server.Flags & ASC_RET_CONFIDENTIALITY, "server %lx\n",
       server.Flags); /* S3.3.1 */
}

/* Both sides have the same key. */
static void check_session_key(const struct session *session)
{
    SecPkgContext_SessionKey client = {0}, server = {0};
    SECURITY_STATUS status;

    status = QueryContextAttributesA((CtxtHandle *)&session->client, SECPKG_ATTR_SESSION_KEY, &client);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.1 */
    status = QueryContextAttributesW((CtxtHandle *)&session->server, SECPKG_ATTR_SESSION_KEY, &server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.1 */
    ok(client.SessionKeyLength == 16 && server.SessionKeyLength == 16, "lengths %lu, %lu\n", client.SessionKeyLength,
       server.SessionKeyLength); /* S3.3.1 */
    ok(!memcmp(client.SessionKey, server.SessionKey, 16), "the keys differ\n"); /* S3.3.1 */
    status = FreeContextBuffer(client.SessionKey);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.5 */
    FreeContextBuffer(server.SessionKey);
}

static void check_names(const struct session *session)
{
    SecPkgContext_NamesA a = {0};
    SecPkgContext_NamesW w = {0};
    SecPkgContext_AuthorityA authority = {0};
    const char *backslash;
    SECURITY_STATUS status;
    size_t length;

    status = QueryContextAttributesA((CtxtHandle *)&session->server, SECPKG_ATTR_NAMES, &a);
    ok(status == SEC_E_OK && a.sUserName, "got %08lx\n", status); /* S3.3.1 */
    backslash = strchr(a.sUserName, '\\');
    ok(backslash && backslash > a.sUserName && backslash[1], "name %s\n", a.sUserName); /* S3.3.1 */
    if (session_other_users())
        ok(!strcmp(backslash + 1, session_user_name(SESSION_ALICE)), "name %s\n", a.sUserName); /* S3.3.1 */
    if (session_own_policy()) ok(!strcmp(a.sUserName, "GUISETEST\\alice"), "name %s\n", a.sUserName); /* S3.3.1 */
    status = QueryContextAttributesW((CtxtHandle *)&session->server, SECPKG_ATTR_NAMES, &w);
    ok(status == SEC_E_OK && w.sUserName, "got %08lx\n", status); /* S3.3.1 */
    for (length = 0; w.sUserName[length] && w.sUserName[length] < 0x80; length++)
        if (w.sUserName[length] != (unsigned char)a.sUserName[length]) break;
    ok(w.sUserName[length] >= 0x80 || (!w.sUserName[length] && !a.sUserName[length]), "A and W differ\n"); /* S2.0.7 */
    status = FreeContextBuffer(a.sUserName);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.10.1 */
    FreeContextBuffer(w.sUserName);
    status = QueryContextAttributesA((CtxtHandle *)&session->server, SECPKG_ATTR_AUTHORITY, &authority);
    ok(status == SEC_E_OK && authority.sAuthorityName, "got %08lx\n", status); /* S3.3.1 */
    FreeContextBuffer(authority.sAuthorityName);
}

/* The client's name for DCE's sake; the end of its password, which may be never. */
static void check_client(const struct session *session)
{
    SecPkgContext_PasswordExpiry expiry;
    SecPkgContext_DceInfo a = {0}, w = {0};
    SecPkgContext_NamesA names = {0};
    const WCHAR *wide;
    const char *ansi;
    SECURITY_STATUS status;
    size_t length;

    status = QueryContextAttributesA((CtxtHandle *)&session->server, SECPKG_ATTR_NAMES, &names);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.3.1 */
    status = QueryContextAttributesA((CtxtHandle *)&session->server, SECPKG_ATTR_DCE_INFO, &a);
    ok(status == SEC_E_OK && a.pPac, "got %08lx\n", status); /* S3.3.1 */
    if (!a.pPac) return;
    if (session_other_users()) ok(!strcmp(a.pPac, names.sUserName), "%s\n", (char *)a.pPac); /* S3.3.1 */
    status = QueryContextAttributesW((CtxtHandle *)&session->server, SECPKG_ATTR_DCE_INFO, &w);
    ok(status == SEC_E_OK && w.AuthzSvc == a.AuthzSvc, "got %08lx, %lu\n", status, w.AuthzSvc); /* S3.3.1 */
    for (wide = w.pPac, ansi = a.pPac, length = 0; wide && wide[length] == (unsigned char)ansi[length] && wide[length];) length++;
    ok(wide && ((!wide[length] && !ansi[length]) || wide[length] >= 0x80), "A and W differ\n"); /* S2.0.7 */
    FreeContextBuffer(names.sUserName);
    FreeContextBuffer(a.pPac);
    FreeContextBuffer(w.pPac);
    memset(&expiry, 0, sizeof(expiry));
    status = QueryContextAttributesA((CtxtHandle *)&session->server, SECPKG_ATTR_PASSWORD_EXPIRY, &expiry);
    ok(status == SEC_E_OK && expiry.tsPasswordExpires.QuadPart > 0, "got %08lx\n", status); /* S3.3.1 */
}

static void test_complete(void)
{
    static struct session session;
    CtxtHandle *sides[2] = {&session.client, &session.server};

    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY, 0)) return;
    for (int i = 0; i < 2; i++)
    {
        winetest_push_context("%s", i ? "server" : "client");
        check_sizes(sides[i]);
        check_key_info(sides[i]);
        check_package(sides[i]);
        check_lifespan(sides[i]);
        winetest_pop_context();
    }
    check_flags(&session);
    check_session_key(&session);
    check_names(&session);
    check_client(&session);
    session_close(&session);
}

static void test_access_token(void)
{
    static struct session session;
    SecPkgContext_AccessToken first = {0}, second = {0};
    TOKEN_TYPE type = 0;
    SECURITY_STATUS status;
    DWORD length;

    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    status = QueryContextAttributesA(&session.server, SECPKG_ATTR_ACCESS_TOKEN, &first);
    ok(status == SEC_E_OK && first.AccessToken, "got %08lx\n", status); /* S3.3.5 */
    status = QueryContextAttributesW(&session.server, SECPKG_ATTR_ACCESS_TOKEN, &second);
    ok(status == SEC_E_OK && first.AccessToken == second.AccessToken, "got %08lx, another handle\n",
       status); /* S3.3.5 */
    ok(GetTokenInformation(first.AccessToken, TokenType, &type, sizeof(type), &length), "error %lu\n",
       GetLastError()); /* S3.3.5 */
    status = QueryContextAttributesA(&session.client, SECPKG_ATTR_ACCESS_TOKEN, &second);
    ok(status < 0, "a client context gave a token\n"); /* S3.3.5 */
    session_close(&session);
    ok(!GetTokenInformation(first.AccessToken, TokenType, &type, sizeof(type), &length),
       "the handle outlives its context\n"); /* S12.8 */
}

static void test_unfinished(void)
{
    static struct session session;
    SecPkgContext_NegotiationInfoA negotiation = {0};
    SecPkgContext_Sizes sizes;
    SECURITY_STATUS status;

    if (!session_open(&session, SESSION_ALICE)) return;
    session_run(&session, 0, 0);
    DeleteSecurityContext(&session.server);
    session.have_server = FALSE;
    {
        SecBuffer in = {session.negotiate_length, SECBUFFER_TOKEN, session.negotiate};
        SecBuffer out = {sizeof(session.challenge), SECBUFFER_TOKEN, session.challenge};
        SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};
        ULONG attributes;

        status = AcceptSecurityContext(&session.server_credential, NULL, &in_desc, 0, 0, &session.server, &out_desc,
                                       &attributes, NULL);
        ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.6.1 */
        session.have_server = status == SEC_I_CONTINUE_NEEDED;
    }
    status = QueryContextAttributesA(&session.server, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation);
    ok(status == SEC_E_OK || broken(status == SEC_E_INVALID_HANDLE), "got %08lx\n", status); /* S2.10.2 */
    if (status == SEC_E_OK) FreeContextBuffer(negotiation.PackageInfo);
    status = QueryContextAttributesA(NULL, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    session_close(&session);
}

START_TEST(attributes)
{
    if (!session_setup()) return;
    test_complete();
    test_access_token();
    test_unfinished();
    session_cleanup();
}
