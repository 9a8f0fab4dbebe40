/*
 * A security package of somebody else's, loaded into the Unix half: what it gives is the process's memory, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <wine/test.h>

#include "both_sides.h"

START_TEST(plugin)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { (UCHAR *)"alice", 5, NULL, 0, NULL, 0, SEC_WINNT_AUTH_IDENTITY_ANSI };
    SecBuffer token = { 0, SECBUFFER_TOKEN, NULL }, none = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc message = { SECBUFFER_VERSION, 1, &token }, empty = { SECBUFFER_VERSION, 1, &none };
    const char *path = getenv("GUISE_TEST_PLUGIN");
    SecPkgContext_NamesW wide = { NULL };
    SecPkgContext_NamesA ansi = { NULL };
    CredHandle outbound, inbound;
    CtxtHandle client, server;
    SECURITY_STATUS status;
    ULONG attributes;

    ok(path != NULL, "no plug-in is named\n"); /* design 7 */
    if (!path) return;
    status = AddSecurityPackageA((char *)path, NULL);
    ok(status == SEC_E_OK, "%s: %#lx\n", path, status); /* design 7 */
    if (status != SEC_E_OK) return;
    status = AcquireCredentialsHandleA(NULL, (char *)"Echo", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &outbound, NULL);
    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 7 */
    status = AcquireCredentialsHandleA(NULL, (char *)"Echo", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &inbound, NULL);
    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 7 */
    status = InitializeSecurityContextA(&outbound, NULL, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0, &client, &message, &attributes, NULL);
    ok(status == SEC_E_OK && token.cbBuffer == 5 && HeapSize(GetProcessHeap(), 0, token.pvBuffer) == 5, "got %#lx\n", status); /* design 3 */
    status = AcceptSecurityContext(&inbound, NULL, &message, ASC_REQ_ALLOCATE_MEMORY, 0, &server, &empty, &attributes, NULL);
    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 7 */
    status = QueryContextAttributesW(&server, SECPKG_ATTR_NAMES, &wide);
    ok(status == SEC_E_OK && !lstrcmpW(wide.sUserName, L"alice"), "got %#lx\n", status); /* design 7 */
    ok(HeapSize(GetProcessHeap(), 0, wide.sUserName) == sizeof(L"alice"), "not the heap's\n"); /* design 3 */
    status = QueryContextAttributesA(&server, SECPKG_ATTR_NAMES, &ansi);
    ok(status == SEC_E_OK && !strcmp(ansi.sUserName, "alice"), "got %#lx\n", status); /* design 7 */
    ok(HeapSize(GetProcessHeap(), 0, ansi.sUserName) == sizeof("alice"), "not the heap's\n"); /* design 3 */
    ok(ImpersonateSecurityContext(&server) == SEC_E_OK, "not impersonated\n"); /* design 7 */
    ok(RevertSecurityContext(&server) == SEC_E_OK, "not reverted\n"); /* design 7 */
    FreeContextBuffer(token.pvBuffer);
    FreeContextBuffer(wide.sUserName);
    FreeContextBuffer(ansi.sUserName);
    DeleteSecurityContext(&client);
    DeleteSecurityContext(&server);
    FreeCredentialsHandle(&outbound);
    FreeCredentialsHandle(&inbound);
}
