/*
 * A context of Kerberos handed over: both copies go on, with the client's token and from the same message on.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <string.h>
#include <unistd.h>
#include <winbase.h>

static struct side client, server;

static SECURITY_STATUS sign(CtxtHandle *context, UCHAR mic[64], ULONG *size)
{
    SecBuffer buffers[] = {{4, SECBUFFER_DATA, (void *)"text"}, {64, SECBUFFER_TOKEN, mic}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = MakeSignature(context, 0, &desc, 0);

    *size = buffers[1].cbBuffer;
    return status;
}

static SECURITY_STATUS verify(CtxtHandle *context, UCHAR *mic, ULONG size)
{
    SecBuffer buffers[] = {{4, SECBUFFER_DATA, (void *)"text"}, {size, SECBUFFER_TOKEN, mic}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    return VerifySignature(context, &desc, 0, NULL);
}

static void check_copy(CtxtHandle *copy)
{
    SecPkgContext_NativeNamesA names;
    SecPkgContext_Flags flags;
    UCHAR mic[64];
    ULONG size;
    SECURITY_STATUS status = ImpersonateSecurityContext(copy);

    ok(status == SEC_E_OK && geteuid() == 70001, "%08lx, uid %d\n", status, geteuid()); /* S2.14.1 */
    RevertToSelf();
    status = QueryContextAttributesA(copy, SECPKG_ATTR_NATIVE_NAMES, &names);
    ok(status == SEC_E_OK && !strcmp(names.sClientName, "alice@GUISE.TEST"), "%08lx\n", status); /* S2.14.1 */
    FreeContextBuffer(names.sClientName);
    FreeContextBuffer(names.sServerName);
    status = QueryContextAttributesA(copy, SECPKG_ATTR_FLAGS, &flags);
    ok(status == SEC_E_OK && flags.Flags == server.attributes, "%08lx, %08lx\n", status, flags.Flags); /* S2.14.1 */
    sign(&client.context, mic, &size);
    status = verify(copy, mic, size);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.14.1 */
    status = verify(&server.context, mic, size);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.14.1 */
    status = verify(copy, mic, size);
    ok(status == SEC_E_OUT_OF_SEQUENCE, "%08lx\n", status); /* S2.14.1 */
    sign(copy, mic, &size);
    status = verify(&client.context, mic, size);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.14.1 */
}

START_TEST(export)
{
    const ULONG request = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT;
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    CtxtHandle copy;
    SECURITY_STATUS status;
    UCHAR mic[64];
    ULONG size;

    if (!kdc_is_here()) return;
    if (!side_open_initiator(&client, "alice", HTTP, request) || !side_open_acceptor(&server, NULL, 0)) return;
    run_sides(&client, &server);
    sign(&client.context, mic, &size);
    status = verify(&server.context, mic, size);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.12.3 */
    status = ExportSecurityContext(&server.context, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "%08lx\n", status); /* design 7 */
    status = ExportSecurityContext(&server.context, 0, &packed, NULL);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.14.1 */
    status = ImportSecurityContextA((char *)"Kerberos", &packed, NULL, &copy);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.14.2 */
    if (status == SEC_E_OK)
    {
        check_copy(&copy);
        DeleteSecurityContext(&copy);
    }
    FreeContextBuffer(packed.pvBuffer);
    side_close(&client);
    side_close(&server);
}
