/*
 * ExportSecurityContext and ImportSecurityContext, in one process. What another process may do with them is the business
 * of tests/unix.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

#define PROTECTION_CLIENT (ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT)
#define PROTECTION_SERVER (ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_REPLAY_DETECT)

static char package[] = "NTLM";
static const HANDLE untouched = (HANDLE)(ULONG_PTR)0xdeadbeef;

/* One message from FROM to TO and what TO says. */
static SECURITY_STATUS pass(CtxtHandle *from, CtxtHandle *to)
{
    char text[] = "one of many messages", token[16];
    SecBuffer buffers[2] = {{sizeof(token), SECBUFFER_TOKEN, token}, {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = EncryptMessage(from, 0, &desc, 0);
    ULONG qop;

    return status == SEC_E_OK ? DecryptMessage(to, &desc, 0, &qop) : status;
}

static void test_bad_arguments(void)
{
    CtxtHandle zero = {0, 0}, made = {1, 2};
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    BYTE rubbish[64] = {1, 2, 3};
    SECURITY_STATUS status;

    status = ExportSecurityContext(NULL, 0, &packed, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = ExportSecurityContext(&zero, 0, &packed, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.14.1 */

    packed = (SecBuffer){sizeof(rubbish), SECBUFFER_EMPTY, rubbish};
    status = ImportSecurityContextA((char *)"guise-no-such-package", &packed, NULL, &made);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.1.11 */
    status = ImportSecurityContextA(package, &packed, NULL, &made);
    ok(status < 0, "got %08lx\n", status); /* S2.14.2 */
    ok(made.dwLower == 1 && made.dwUpper == 2, "the handle was written\n"); /* S2.14.2 */
}

static void test_unfinished(void)
{
    static struct session session;
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL}, out = {MAX_TOKEN, SECBUFFER_TOKEN, session.negotiate};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;

    if (!session_open(&session, SESSION_ALICE)) return;
    status = InitializeSecurityContextA(&session.client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &session.client, &desc,
                                        &session.client_attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.5.12 */
    session.have_client = status >= 0;
    status = ExportSecurityContext(&session.client, 0, &packed, NULL);
    ok(status < 0 && !packed.pvBuffer, "got %08lx\n", status); /* S2.14.1 */
    session_close(&session);
}

static void check_same_client(CtxtHandle *context, CtxtHandle *copy)
{
    SecPkgContext_NamesA names = {NULL}, copied = {NULL};
    SecPkgContext_Flags flags = {0}, copied_flags = {0};
    SECURITY_STATUS status;

    /* S2.14.1 */
    status = QueryContextAttributesA(context, SECPKG_ATTR_NAMES, &names);
    ok(status == SEC_E_OK, "got %08lx\n", status);
    status = QueryContextAttributesA(copy, SECPKG_ATTR_NAMES, &copied);
    ok(status == SEC_E_OK, "got %08lx\n", status);
    ok(names.sUserName && copied.sUserName && !strcmp(names.sUserName, copied.sUserName), "%s became %s\n",
       names.sUserName, copied.sUserName);
    FreeContextBuffer(names.sUserName);
    FreeContextBuffer(copied.sUserName);
    QueryContextAttributesA(context, SECPKG_ATTR_FLAGS, &flags);
    status = QueryContextAttributesA(copy, SECPKG_ATTR_FLAGS, &copied_flags);
    ok(status == SEC_E_OK && flags.Flags == copied_flags.Flags, "%08lx became %08lx\n", flags.Flags, copied_flags.Flags);
}

/* Both sides of a conversation move, and go on where they were. */
static void test_move(void)
{
    static struct session session;
    SecBuffer server = {0, SECBUFFER_EMPTY, NULL}, client = {0, SECBUFFER_EMPTY, NULL};
    CtxtHandle moved, moved_client;
    HANDLE token = NULL;
    SECURITY_STATUS status;

    if (!session_log_on(&session, SESSION_ALICE, PROTECTION_CLIENT, PROTECTION_SERVER)) return;
    for (int i = 0; i < 3; i++)
    {
        status = pass(&session.client, &session.server);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.7 */
    }
    status = pass(&session.server, &session.client);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.7 */

    status = ExportSecurityContext(&session.server, SECPKG_CONTEXT_EXPORT_TO_KERNEL, &server, NULL);
    ok(status == SEC_E_NOT_SUPPORTED, "got %08lx\n", status); /* S2.14.1 */
    status = ExportSecurityContext(&session.server, 0, &server, &token);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    if (status != SEC_E_OK)
    {
        session_close(&session);
        return;
    }
    ok(server.cbBuffer && server.pvBuffer, "a block of %lu bytes at %p\n", server.cbBuffer, server.pvBuffer); /* S2.14.1 */
    ok(!token || CloseHandle(token), "the token\n"); /* S12.7 */
    status = ImportSecurityContextA(package, &server, NULL, &moved);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */
    check_same_client(&session.server, &moved);

    status = ExportSecurityContext(&session.client, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &client, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    status = ExportSecurityContext(&session.client, 0, &client, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.14.1 */
    session.have_client = FALSE;
    status = ImportSecurityContextW((WCHAR *)L"ntlm", &client, NULL, &moved_client);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */

    /* Numbers and streams of both directions. */
    for (int i = 0; i < 3; i++)
    {
        status = pass(&moved_client, &moved);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
        status = pass(&moved, &moved_client);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    }
    ok(FreeContextBuffer(server.pvBuffer) == SEC_E_OK, "the block\n"); /* S12.9 */
    ok(FreeContextBuffer(client.pvBuffer) == SEC_E_OK, "the block\n"); /* S12.9 */
    ok(DeleteSecurityContext(&moved) == SEC_E_OK, "the import\n"); /* S12.2 */
    ok(DeleteSecurityContext(&moved_client) == SEC_E_OK, "the import\n"); /* S12.2 */
    session_close(&session);
}

/* Numbers begin anew in both copies: what went before is no part of them. */
static void test_reset(void)
{
    static struct session session;
    SecBuffer packed[2] = {{0, SECBUFFER_EMPTY, NULL}, {0, SECBUFFER_EMPTY, NULL}};
    CtxtHandle fresh[2];
    SECURITY_STATUS status;
    BOOL have[2];

    if (!session_log_on(&session, SESSION_ALICE, PROTECTION_CLIENT, PROTECTION_SERVER)) return;
    for (int i = 0; i < 2; i++)
    {
        status = pass(&session.client, &session.server);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.7 */
    }
    for (int i = 0; i < 2; i++)
    {
        status = ExportSecurityContext(i ? &session.server : &session.client, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed[i],
                                       NULL);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
        have[i] = ImportSecurityContextA(package, &packed[i], NULL, &fresh[i]) == SEC_E_OK;
        ok(have[i], "import\n"); /* S2.14.2 */
        FreeContextBuffer(packed[i].pvBuffer);
    }
    if (have[0] && have[1])
    {
        status = pass(&fresh[0], &fresh[1]);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
        status = pass(&session.client, &fresh[1]);
        ok(status < 0, "the old numbers are taken\n"); /* S2.14.1 */
        status = pass(&session.client, &session.server);
        ok(status == SEC_E_OUT_OF_SEQUENCE, "got %08lx\n", status); /* S2.12.10 */
    }
    for (int i = 0; i < 2; i++)
        if (have[i]) DeleteSecurityContext(&fresh[i]);
    session_close(&session);
}

static void test_token(void)
{
    static struct session session;
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    HANDLE token = untouched;
    CtxtHandle moved;
    SECURITY_STATUS status;

    if (!session_log_on(&session, SESSION_ALICE, 0, 0)) return;
    status = ExportSecurityContext(&session.server, SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, &token);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    if (status == SEC_E_OK)
    {
        session.have_server = FALSE;
        ok(token != untouched, "no token\n"); /* S2.14.1 */
        status = ImportSecurityContextA(package, &packed, token, &moved);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */
        if (token) CloseHandle(token);
        token = NULL;
        if (status == SEC_E_OK)
        {
            status = QuerySecurityContextToken(&moved, &token);
            ok(status == SEC_E_OK && CloseHandle(token), "got %08lx\n", status); /* S2.11.3 */
            DeleteSecurityContext(&moved);
        }
        FreeContextBuffer(packed.pvBuffer);
    }
    session_close(&session);
}

START_TEST(export)
{
    if (!session_setup()) return;
    test_bad_arguments();
    test_unfinished();
    test_move();
    test_reset();
    test_token();
    session_cleanup();
}
