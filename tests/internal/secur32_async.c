/*
 * The calls that tell their end by a call-back: what a context is good for, and when.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <sspi.h>
#include <wine/test.h>

#include "secur32_fake.h"

static void *freed_by;

static void free_it(SspiAsyncContext *context, void *data)
{
    ok(SspiGetAsyncCallStatus(context) == SEC_E_OK, "not over\n"); /* S1.3.4 */
    SspiFreeAsyncContext(context);
    freed_by = data;
}

static SspiAsyncContext *busy;

/* Inside the call: pending. */
static void look(void)
{
    ok(SspiGetAsyncCallStatus(busy) == SEC_I_ASYNC_CALL_PENDING, "over\n");                          /* S1.3.4 */
    ok(SspiReinitAsyncContext(busy) == STATUS_INVALID_DEVICE_STATE, "made fit\n");                   /* S1.3.4 */
    ok(SspiSetAsyncNotifyCallback(busy, NULL, NULL) == SEC_E_OUT_OF_SEQUENCE, "changed\n");          /* S1.3.4 */
    ok(SspiDeleteSecurityContextAsync(busy, NULL) == SEC_E_OUT_OF_SEQUENCE, "two calls at a time\n"); /* S1.3.4 */
}

START_TEST(secur32_async)
{
    CredHandle credential;
    CtxtHandle context;
    SECURITY_STATUS status;

    busy = SspiCreateAsyncContext();
    ok(SspiGetAsyncCallStatus(busy) == SEC_E_OUT_OF_SEQUENCE, "nothing was called\n"); /* S1.3.4 */
    ok(SspiReinitAsyncContext(busy) == STATUS_SUCCESS, "fresh\n");                     /* S1.3.4 */
    memset(&fake_script, 0, sizeof(fake_script));
    status = SspiAcquireCredentialsHandleAsyncW(busy, NULL, (WCHAR *)u"Fake", SECPKG_CRED_BOTH, NULL, NULL, NULL, NULL,
                                                &credential, NULL);
    ok(status == SEC_E_OK && SspiGetAsyncCallStatus(busy) == SEC_E_OK, "got %08lx\n", status); /* S1.3.4 */
    status = SspiFreeCredentialsHandleAsync(busy, &credential);
    ok(status == SEC_E_OUT_OF_SEQUENCE, "got %08lx\n", status); /* S1.3.4 */
    ok(SspiReinitAsyncContext(busy) == STATUS_SUCCESS, "not fit\n"); /* S1.3.4 */
    fake_script.during = look;
    status = SspiAcceptSecurityContextAsync(busy, &credential, NULL, NULL, 0, 0, &context, NULL, NULL, NULL);
    ok(status == SEC_E_OK && SspiGetAsyncCallStatus(busy) == SEC_E_OK, "got %08lx\n", status); /* S1.3.4 */
    fake_script.during = NULL;
    ok(DeleteSecurityContext(&context) == SEC_E_OK, "no context\n"); /* S2.8.1 */
    SspiReinitAsyncContext(busy);
    SspiSetAsyncNotifyCallback(busy, free_it, &credential);
    status = SspiFreeCredentialsHandleAsync(busy, &credential);
    ok(status == SEC_E_OK && freed_by == &credential, "got %08lx\n", status); /* S1.3.4 */
    ok(!fake_contexts && !fake_credentials, "not freed\n");                   /* S2.3.2 */

    ok(SspiFreeCredentialsHandleAsync(NULL, &credential) == SEC_E_INVALID_HANDLE, "no context\n"); /* S2.0.3 */
    ok(SspiGetAsyncCallStatus(NULL) == SEC_E_INVALID_HANDLE, "no context\n");                      /* S2.0.3 */
    ok(SspiSetAsyncNotifyCallback(NULL, free_it, NULL) == SEC_E_INVALID_HANDLE, "no context\n");   /* S2.0.3 */
    ok(SspiReinitAsyncContext(NULL) == STATUS_INVALID_PARAMETER, "no context\n");                  /* S1.3.4 */
    ok(!SspiAsyncContextRequiresNotify(NULL), "no context\n");                                     /* S1.3.4 */
    SspiFreeAsyncContext(NULL);
}
