/*
 * What secur32 refuses, with one code and nothing written.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ntsecapi.h>
#include <ntstatus.h>
#include <sspi.h>
#include <wine/test.h>

/* Every class, with something that could be an event; and what is no class, and no event. */
static void test_policy(void)
{
    for (int class = PolicyNotifyAuditEventsInformation; class <= PolicyNotifyMachineAccountPasswordInformation; class++)
    {
        ok(LsaRegisterPolicyChangeNotification(class, (HANDLE)4) == STATUS_INVALID_SERVER_STATE, "class %d\n", class);   /* S2.18.7 */
        ok(LsaUnregisterPolicyChangeNotification(class, (HANDLE)4) == STATUS_INVALID_SERVER_STATE, "class %d\n", class); /* S2.18.7 */
        ok(LsaRegisterPolicyChangeNotification(class, NULL) == STATUS_INVALID_HANDLE, "class %d\n", class);               /* S2.18.7 */
    }
    ok(LsaRegisterPolicyChangeNotification(0, (HANDLE)4) == STATUS_INVALID_PARAMETER, "class 0\n");   /* S2.18.7 */
    ok(LsaUnregisterPolicyChangeNotification(8, (HANDLE)4) == STATUS_INVALID_PARAMETER, "class 8\n"); /* S2.18.7 */
}

START_TEST(secur32_refusals)
{
    const CtxtHandle untouched = {0x1234, 0x5678};
    CtxtHandle context = untouched;
    SecBuffer token = {7, SECBUFFER_TOKEN, NULL};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &token};
    ULONG attributes = 0xdead;
    SECURITY_STATUS status;

    test_policy();
    /* S2.19.2 */
    status = SaslInitializeSecurityContextW(NULL, NULL, NULL, 0, 0, 0, NULL, 0, &context, &desc, &attributes, NULL);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status);
    status = SaslInitializeSecurityContextA(NULL, NULL, NULL, 0, 0, 0, NULL, 0, &context, &desc, &attributes, NULL);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status);
    status = SaslAcceptSecurityContext(NULL, NULL, &desc, 0, 0, &context, &desc, &attributes, NULL);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status);
    status = SaslSetContextOption(NULL, SASL_OPTION_SEND_SIZE, &attributes, sizeof(attributes));
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.19.3 */
    status = SaslGetContextOption(NULL, SASL_OPTION_SEND_SIZE, &attributes, sizeof(attributes), &attributes);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.19.3 */
    status = SecInitUserModeContext(&context, &token);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S1.1.1 */
    status = SecDeleteUserModeContext(&context);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S1.1.1 */
    ok(SecpTranslateName() == SEC_E_UNSUPPORTED_FUNCTION && SecpTranslateNameEx() == SEC_E_UNSUPPORTED_FUNCTION &&
       SecpFreeMemory() == SEC_E_UNSUPPORTED_FUNCTION, "not refused\n"); /* S1.1.1 */
    ok(context.dwLower == untouched.dwLower && token.cbBuffer == 7 && attributes == 0xdead, "written\n");
    /* S2.16.1 */
    ok(DeleteSecurityPackageW((WCHAR *)u"NTLM") == SEC_E_UNSUPPORTED_FUNCTION, "built in\n");
    ok(DeleteSecurityPackageA((char *)"Nothing") == SEC_E_SECPKG_NOT_FOUND, "unknown\n");
    ok(DeleteSecurityPackageA(NULL) == SEC_E_SECPKG_NOT_FOUND, "NULL\n");
}
