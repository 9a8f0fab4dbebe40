/*
 * Negotiate: with and without SPNEGO, who was chosen, and what then belongs to the chosen package.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

#define PROTECTED (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)
#define ASC_PROTECTED (ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY)

/* One side's last word. */
struct token
{
    BYTE data[MAX_TOKEN];
    ULONG length;
};

/* A client and a server that need not be of the same package, and any number of legs. */
struct talk
{
    CredHandle client_credential, server_credential;
    CtxtHandle client, server;
    BOOL have_client, have_server;
    SECURITY_STATUS client_status, server_status;
    ULONG client_attributes, server_attributes, legs;
    struct token from_client, from_server;
};

static BOOL open_talk(struct talk *talk, const char *client, const char *server, enum session_user user)
{
    SECURITY_STATUS status;

    memset(talk, 0, sizeof(*talk));
    status = AcquireCredentialsHandleA(NULL, (char *)client, SECPKG_CRED_OUTBOUND, NULL, session_identity(user), NULL, NULL,
                                       &talk->client_credential, NULL);
    ok(status == SEC_E_OK, "%s, outbound: got %08lx\n", client, status); /* S2.1.6 */
    if (status != SEC_E_OK) return FALSE;
    status = AcquireCredentialsHandleA(NULL, (char *)server, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &talk->server_credential, NULL);
    ok(status == SEC_E_OK, "%s, inbound: got %08lx\n", server, status); /* S2.1.11 */
    if (status != SEC_E_OK) FreeCredentialsHandle(&talk->client_credential);
    return status == SEC_E_OK;
}

static void close_talk(struct talk *talk)
{
    if (talk->have_client) DeleteSecurityContext(&talk->client);
    if (talk->have_server) DeleteSecurityContext(&talk->server);
    FreeCredentialsHandle(&talk->client_credential);
    FreeCredentialsHandle(&talk->server_credential);
}

static void client_leg(struct talk *talk, ULONG request)
{
    SecBuffer in = {talk->from_server.length, SECBUFFER_TOKEN, talk->from_server.data};
    SecBuffer out = {sizeof(talk->from_client.data), SECBUFFER_TOKEN, talk->from_client.data};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};

    talk->client_status = InitializeSecurityContextA(talk->have_client ? NULL : &talk->client_credential, talk->have_client ? &talk->client : NULL,
                                                     (char *)"HOST/guisetest", request, 0, SECURITY_NATIVE_DREP,
                                                     in.cbBuffer ? &in_desc : NULL, 0, &talk->client, &out_desc, &talk->client_attributes, NULL);
    talk->have_client |= talk->client_status >= 0;
    talk->from_client.length = out.cbBuffer;
    talk->legs++;
}

static void server_leg(struct talk *talk, ULONG request)
{
    SecBuffer in = {talk->from_client.length, SECBUFFER_TOKEN, talk->from_client.data};
    SecBuffer out = {sizeof(talk->from_server.data), SECBUFFER_TOKEN, talk->from_server.data};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};

    talk->server_status = AcceptSecurityContext(&talk->server_credential, talk->have_server ? &talk->server : NULL,
                                                in.cbBuffer ? &in_desc : NULL, request, SECURITY_NATIVE_DREP, &talk->server, &out_desc,
                                                &talk->server_attributes, NULL);
    talk->have_server |= talk->server_status >= 0;
    talk->from_server.length = out.cbBuffer;
    talk->legs++;
}

/* Until both are done or one refuses. The client begins, or has begun. */
static void run_talk(struct talk *talk, ULONG client_request, ULONG server_request)
{
    talk->client_status = talk->server_status = SEC_I_CONTINUE_NEEDED;
    while (talk->legs < 12)
    {
        client_leg(talk, client_request);
        if (talk->client_status < 0 || !talk->from_client.length) return;
        server_leg(talk, server_request);
        if (talk->server_status < 0 || !talk->from_server.length || talk->client_status == SEC_E_OK) return;
    }
}

static BOOL both_done(const struct talk *talk)
{
    ok(talk->client_status == SEC_E_OK, "client: got %08lx\n", talk->client_status); /* S2.5.12 */
    ok(talk->server_status == SEC_E_OK, "server: got %08lx\n", talk->server_status); /* S2.6.7 */
    return talk->client_status == SEC_E_OK && talk->server_status == SEC_E_OK;
}

static BOOL is_ntlmssp(const struct token *token)
{
    return token->length > 12 && !memcmp(token->data, "NTLMSSP", 8);
}

/* ---- the package ----------------------------------------------------------------------------------------------------- */

static void test_package(void)
{
    const ULONG base = 0x3bb3, optional = SECPKG_FLAG_RESTRICTED_TOKENS | SECPKG_FLAG_APPCONTAINER_CHECKS | SECPKG_FLAG_READONLY_WITH_CHECKSUM;
    SecPkgInfoA *info = NULL, *all = NULL;
    ULONG count = 0, found = 0;
    SECURITY_STATUS status = QuerySecurityPackageInfoA((char *)"Negotiate", &info);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.1.2 */
    if (status != SEC_E_OK) return;
    ok((info->fCapabilities & base) == base && !(info->fCapabilities & ~(base | optional)), "capabilities %lx\n", info->fCapabilities); /* S3.1.2 */
    ok(info->fCapabilities & SECPKG_FLAG_IMPERSONATION, "no impersonation\n"); /* S3.1.6 */
    ok(info->wVersion == 1, "wVersion %u\n", info->wVersion); /* S3.1.1 */
    ok(info->wRPCID == 9, "wRPCID %u\n", info->wRPCID); /* S3.1.2 */
    ok(info->cbMaxToken > 2888, "cbMaxToken %lu\n", info->cbMaxToken); /* S3.1.2 */
    ok(!strcmp(info->Name, "Negotiate") && !strcmp(info->Comment, "Microsoft Package Negotiator"), "%s: %s\n", info->Name, info->Comment); /* S3.1.2 */
    FreeContextBuffer(info);

    status = EnumerateSecurityPackagesA(&count, &all);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S1.2.1 */
    for (ULONG i = 0; status == SEC_E_OK && i < count; i++) found += !strcmp(all[i].Name, "Negotiate");
    ok(found == 1, "listed %lu times\n", found); /* S3.1.5 */
    FreeContextBuffer(all);
}

/* ---- what a completed context tells ---------------------------------------------------------------------------------- */

static void check_chosen(CtxtHandle *context)
{
    const ULONG base = 0x2b37, optional = 0x40000 | 0x80000 | 0x800000 | 0x2000000;
    SecPkgContext_NegotiationInfoA negotiation = {0};
    SecPkgContext_PackageInfoA package = {0};
    SecPkgContext_Sizes sizes;
    SECURITY_STATUS status;

    status = QueryContextAttributesA(context, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation);
    ok(status == SEC_E_OK && negotiation.NegotiationState == SECPKG_NEGOTIATION_COMPLETE, "got %08lx, state %lu\n", status,
       negotiation.NegotiationState); /* S5.7.2 */
    if (status == SEC_E_OK)
    {
        ok(!strcmp(negotiation.PackageInfo->Name, "NTLM") && negotiation.PackageInfo->wRPCID == 10, "%s\n", negotiation.PackageInfo->Name); /* S3.3.4 */
        ok((negotiation.PackageInfo->fCapabilities & base) == base && !(negotiation.PackageInfo->fCapabilities & ~(base | optional)),
           "capabilities %lx\n", negotiation.PackageInfo->fCapabilities); /* S3.1.4 */
        FreeContextBuffer(negotiation.PackageInfo);
    }
    status = QueryContextAttributesA(context, SECPKG_ATTR_PACKAGE_INFO, &package);
    ok(status == SEC_E_OK && !strcmp(package.PackageInfo->Name, "NTLM"), "got %08lx\n", status); /* S3.3.1 */
    if (status == SEC_E_OK) FreeContextBuffer(package.PackageInfo);
    status = QueryContextAttributesA(context, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK && (sizes.cbMaxToken == 2888 || sizes.cbMaxToken == 1904) && sizes.cbMaxSignature == 16 &&
       sizes.cbSecurityTrailer == 16 && !sizes.cbBlockSize, "got %08lx\n", status); /* S3.2.1 */
}

/* How the package's last leg ended. */
static void check_status(CtxtHandle *context, ULONG expected)
{
    SecPkgContext_NegoStatus last = {0xdead};
    SECURITY_STATUS status = QueryContextAttributesA(context, SECPKG_ATTR_NEGO_STATUS, &last);

    ok(status == SEC_E_OK && last.LastStatus == expected, "got %08lx, %08lx\n", status, last.LastStatus); /* S5.7.1 */
}

static void check_keys(struct talk *talk)
{
    SecPkgContext_SessionKey client = {0}, server = {0};
    SECURITY_STATUS status = QueryContextAttributesA(&talk->client, SECPKG_ATTR_SESSION_KEY, &client);

    ok(status == SEC_E_OK && client.SessionKeyLength == 16, "got %08lx\n", status); /* S3.3.1 */
    status = QueryContextAttributesA(&talk->server, SECPKG_ATTR_SESSION_KEY, &server);
    ok(status == SEC_E_OK && server.SessionKeyLength == 16, "got %08lx\n", status); /* S3.3.1 */
    ok(client.SessionKey && server.SessionKey && !memcmp(client.SessionKey, server.SessionKey, 16), "two keys\n"); /* S3.3.1 */
    FreeContextBuffer(client.SessionKey);
    FreeContextBuffer(server.SessionKey);
}

/* COUNT messages from one to the other, sealed and signed. */
static void check_messages(CtxtHandle *from, CtxtHandle *to, int count)
{
    static const char text[] = "through whatever was chosen";
    char data[sizeof(text)];
    BYTE token[16];
    SecBuffer buffers[2];
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status;

    for (int i = 0; i < count; i++)
    {
        memcpy(data, text, sizeof(text));
        buffers[0] = (SecBuffer){sizeof(token), SECBUFFER_TOKEN, token};
        buffers[1] = (SecBuffer){sizeof(data), SECBUFFER_DATA, data};
        status = EncryptMessage(from, 0, &desc, 0);
        ok(status == SEC_E_OK && memcmp(data, text, sizeof(text)), "got %08lx\n", status); /* S2.12.4 */
        status = DecryptMessage(to, &desc, 0, NULL);
        ok(status == SEC_E_OK && !memcmp(data, text, sizeof(text)), "message %d: got %08lx\n", i, status); /* S2.12.7 */
        buffers[0] = (SecBuffer){sizeof(token), SECBUFFER_TOKEN, token};
        status = MakeSignature(from, 0, &desc, 0);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.2 */
        data[0] ^= 1;
        status = VerifySignature(to, &desc, 0, NULL);
        ok(status == SEC_E_MESSAGE_ALTERED, "message %d: got %08lx\n", i, status); /* S2.12.3 */
    }
}

static void check_impersonation(struct talk *talk)
{
    SecPkgContext_NamesA names = {0};
    SECURITY_STATUS status = QueryContextAttributesA(&talk->server, SECPKG_ATTR_NAMES, &names);
    HANDLE token = NULL;

    ok(status == SEC_E_OK && names.sUserName && strchr(names.sUserName, '\\'), "got %08lx\n", status); /* S3.3.1 */
    FreeContextBuffer(names.sUserName);
    status = QuerySecurityContextToken(&talk->server, &token);
    ok(status == SEC_E_OK && token, "got %08lx\n", status); /* S2.11.3 */
    if (status == SEC_E_OK) CloseHandle(token);
    status = ImpersonateSecurityContext(&talk->server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S3.1.6 */
    status = RevertSecurityContext(&talk->server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.2 */
    status = QuerySecurityContextToken(&talk->client, &token);
    ok(status != SEC_E_OK, "a client's token\n"); /* S2.11.1 */
}

static void check_all(struct talk *talk)
{
    const ULONG client = ISC_RET_INTEGRITY | ISC_RET_CONFIDENTIALITY, server = ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY;

    ok((talk->client_attributes & client) == client, "attributes %lx\n", talk->client_attributes); /* S2.5.18 */
    ok((talk->server_attributes & server) == server, "attributes %lx\n", talk->server_attributes); /* S2.5.18 */
    check_chosen(&talk->client);
    check_chosen(&talk->server);
    check_status(&talk->server, SEC_E_OK);
    check_keys(talk);
    check_messages(&talk->client, &talk->server, 2);
    check_messages(&talk->server, &talk->client, 2);
    check_impersonation(talk);
}

/* ---- handshakes ------------------------------------------------------------------------------------------------------ */

static void test_both(void)
{
    static struct talk talk;

    if (!open_talk(&talk, "Negotiate", "Negotiate", SESSION_ALICE)) return;
    run_talk(&talk, PROTECTED, ASC_PROTECTED);
    if (both_done(&talk)) check_all(&talk);
    close_talk(&talk);
}

/* A client that has not heard of Negotiate, at the same handle as the others. */
static void test_raw_client(void)
{
    static struct talk talk;

    if (!open_talk(&talk, "NTLM", "Negotiate", SESSION_ALICE)) return;
    client_leg(&talk, PROTECTED);
    ok(is_ntlmssp(&talk.from_client), "no NTLM\n"); /* S5.4.2 */
    server_leg(&talk, ASC_PROTECTED);
    ok(talk.server_status == SEC_I_CONTINUE_NEEDED && is_ntlmssp(&talk.from_server), "got %08lx\n", talk.server_status); /* S5.4.2 */
    run_talk(&talk, PROTECTED, ASC_PROTECTED);
    if (both_done(&talk)) check_all(&talk);
    close_talk(&talk);
}

static BOOL token_has(const struct token *token, const void *bytes, ULONG length)
{
    for (ULONG i = 0; i + length <= token->length; i++)
        if (!memcmp(token->data + i, bytes, length)) return TRUE;
    return FALSE;
}

/* The server speaks first, and the client answers in SPNEGO. */
static void test_server_first(void)
{
    static const char hint[] = "not_defined_in_RFC4178@please_ignore";
    static struct talk talk;
    SecPkgContext_NegotiationInfoA negotiation = {0};
    SECURITY_STATUS status;

    if (!open_talk(&talk, "Negotiate", "Negotiate", SESSION_ALICE)) return;
    server_leg(&talk, ASC_PROTECTED);
    ok(talk.server_status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", talk.server_status); /* S2.6.3 */
    ok(talk.from_server.data[0] == 0x60 && token_has(&talk.from_server, "\x2b\x06\x01\x05\x05\x02", 6), "no frame\n"); /* S5.3.1 */
    ok(token_has(&talk.from_server, hint, sizeof(hint) - 1), "no hint\n"); /* S5.3.1 */
    ok(token_has(&talk.from_server, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 10), "NTLM is not offered\n"); /* S5.1.1 */
    status = talk.have_server ? QueryContextAttributesA(&talk.server, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation) : SEC_E_INVALID_HANDLE;
    ok(status == SEC_E_OK && negotiation.NegotiationState == SECPKG_NEGOTIATION_IN_PROGRESS, "got %08lx, state %lu\n", status,
       negotiation.NegotiationState); /* S5.7.2 */
    if (status == SEC_E_OK) FreeContextBuffer(negotiation.PackageInfo);

    client_leg(&talk, PROTECTED);
    ok(talk.client_status == SEC_I_CONTINUE_NEEDED && talk.from_client.data[0] == 0x60, "got %08lx\n", talk.client_status); /* S5.2.1 */
    server_leg(&talk, ASC_PROTECTED);
    ok(talk.server_status == SEC_I_CONTINUE_NEEDED && talk.from_server.data[0] == 0xa1, "got %08lx\n", talk.server_status); /* S5.2.1 */
    run_talk(&talk, PROTECTED, ASC_PROTECTED);
    if (both_done(&talk)) check_all(&talk);
    /* The server's last word, which came with SEC_E_OK. */
    ok(talk.from_server.length > 9 && talk.from_server.data[0] == 0xa1, "%lu bytes\n", talk.from_server.length); /* S5.5.2 */
    close_talk(&talk);
}

static void test_refusals(void)
{
    static const enum session_user users[] = {SESSION_WRONG, SESSION_NOBODY};
    static struct talk talk;

    for (unsigned int i = 0; i < ARRAYSIZE(users) * 2; i++)
    {
        if (!open_talk(&talk, "Negotiate", "Negotiate", users[i / 2])) return;
        if (i & 1) server_leg(&talk, 0);
        run_talk(&talk, 0, 0);
        ok(talk.server_status == SEC_E_LOGON_DENIED, "got %08lx\n", talk.server_status); /* S4.9.5 */
        ok(!talk.from_server.length, "%lu bytes\n", talk.from_server.length); /* S12.15 */
        if (talk.have_server)
        {
            SECURITY_STATUS status = ImpersonateSecurityContext(&talk.server);

            ok(status == SEC_E_NO_IMPERSONATION || broken(status == SEC_E_INVALID_HANDLE), "got %08lx\n", status); /* S2.11.1 */
        }
        close_talk(&talk);
    }
}

/* What is no token of anybody; and SPNEGO where only NTLM is spoken. */
static void test_garbage(void)
{
    static const char *const garbage[] = {"\x60\x82", "NTLMSSP", "\xa1\x00", "\x30\x03\x02\x01\x01", "\x60\x06\x06\x04\x2b\x06\x01\x05"};
    static struct talk talk;

    for (unsigned int i = 0; i < ARRAYSIZE(garbage); i++)
    {
        if (!open_talk(&talk, "Negotiate", "Negotiate", SESSION_ALICE)) return;
        talk.from_client.length = strlen(garbage[i]) + 1;
        memcpy(talk.from_client.data, garbage[i], talk.from_client.length);
        server_leg(&talk, 0);
        ok(talk.server_status == SEC_E_INVALID_TOKEN, "%u: got %08lx\n", i, talk.server_status); /* S2.5.13 */
        close_talk(&talk);
    }

    if (!open_talk(&talk, "Negotiate", "Negotiate", SESSION_ALICE)) return;
    server_leg(&talk, 0);
    client_leg(&talk, 0);
    DeleteSecurityContext(&talk.server);
    FreeCredentialsHandle(&talk.server_credential);
    talk.have_server = FALSE;
    AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &talk.server_credential, NULL);
    server_leg(&talk, 0);
    ok(talk.server_status == SEC_E_INVALID_TOKEN, "got %08lx\n", talk.server_status); /* S5.4.2 */
    close_talk(&talk);
}

/* A context travels with the package that was chosen. */
static void test_export(void)
{
    static struct talk talk;
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SECURITY_STATUS status;
    CtxtHandle copy;

    if (!open_talk(&talk, "Negotiate", "Negotiate", SESSION_ALICE)) return;
    run_talk(&talk, PROTECTED, ASC_PROTECTED);
    if (both_done(&talk))
    {
        status = ExportSecurityContext(&talk.server, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, NULL);
        ok(status == SEC_E_OK && packed.cbBuffer, "got %08lx\n", status); /* S2.14.1 */
        if (status == SEC_E_OK)
        {
            talk.have_server = FALSE;
            status = ImportSecurityContextA((char *)"NTLM", &packed, NULL, &copy);
            ok(status != SEC_E_OK, "imported as another package's\n"); /* S2.14.2 */
            status = ImportSecurityContextA((char *)"Negotiate", &packed, NULL, &copy);
            ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */
            FreeContextBuffer(packed.pvBuffer);
        }
        if (status == SEC_E_OK)
        {
            check_chosen(&copy);
            check_messages(&talk.client, &copy, 1);
            DeleteSecurityContext(&copy);
        }
    }
    close_talk(&talk);
}

/* ---- handles and buffers --------------------------------------------------------------------------------------------- */

static void test_both_directions(void)
{
    static struct talk talk;
    CredHandle both;
    SECURITY_STATUS status = AcquireCredentialsHandleA(NULL, (char *)"Negotiate", SECPKG_CRED_BOTH, NULL, session_identity(SESSION_ALICE),
                                                       NULL, NULL, &both, NULL);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.2 */
    if (status != SEC_E_OK) return;
    memset(&talk, 0, sizeof(talk));
    talk.client_credential = talk.server_credential = both;
    run_talk(&talk, PROTECTED, ASC_PROTECTED);
    both_done(&talk);
    if (talk.have_client) DeleteSecurityContext(&talk.client);
    if (talk.have_server) DeleteSecurityContext(&talk.server);
    FreeCredentialsHandle(&both);
}

static void test_names(void)
{
    SecPkgCredentials_NamesA names = {0};
    struct talk talk;
    SECURITY_STATUS status;

    if (!open_talk(&talk, "Negotiate", "Negotiate", SESSION_ALICE)) return;
    status = QueryCredentialsAttributesA(&talk.client_credential, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_OK && strstr(names.sUserName, session_user_name(SESSION_ALICE)), "got %08lx\n", status); /* S2.4.1 */
    if (status == SEC_E_OK) FreeContextBuffer(names.sUserName);
    close_talk(&talk);
}

static void test_first_leg_buffers(void)
{
    static BYTE data[MAX_TOKEN];
    SecBuffer out = {0, SECBUFFER_TOKEN, data};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle context;
    struct talk talk;
    SECURITY_STATUS status;
    ULONG attributes;

    if (!open_talk(&talk, "Negotiate", "Negotiate", SESSION_ALICE)) return;
    status = InitializeSecurityContextA(&talk.client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &context, &desc, &attributes, NULL);
    ok(status == SEC_E_BUFFER_TOO_SMALL && !out.cbBuffer, "got %08lx\n", status); /* S2.5.8 */
    out = (SecBuffer){sizeof(data), SECBUFFER_DATA, data};
    status = InitializeSecurityContextA(&talk.client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &context, &desc, &attributes, NULL);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S2.5.8 */
    out = (SecBuffer){sizeof(data), SECBUFFER_TOKEN, data};
    status = InitializeSecurityContextA(&talk.client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &context, &desc, &attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED && out.BufferType == SECBUFFER_TOKEN && out.cbBuffer < sizeof(data), "got %08lx\n", status); /* S2.5.8 */
    if (status == SEC_I_CONTINUE_NEEDED) DeleteSecurityContext(&context);
    close_talk(&talk);
}

START_TEST(negotiate)
{
    if (!session_setup()) return;
    test_package();
    if (!session_have_ntlm())
    {
        session_cleanup();
        return;
    }
    test_both();
    test_raw_client();
    test_server_first();
    test_refusals();
    test_garbage();
    test_export();
    test_both_directions();
    test_names();
    test_first_leg_buffers();
    session_cleanup();
}
