/*
 * LogonUser and LsaNtStatusToWinError.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef _WIN32
#define WIN32_NO_STATUS
#endif
#include <string.h>

#include "../secur32/session.h"

#include <ntsecapi.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>

static TOKEN_TYPE type_of(HANDLE token)
{
    TOKEN_TYPE type = 0;
    DWORD size;

    GetTokenInformation(token, TokenType, &type, sizeof(type), &size);
    return type;
}

static BOOL is_member(HANDLE token, PSID sid)
{
    HANDLE copy;
    BOOL member = FALSE;

    if (!DuplicateToken(token, SecurityIdentification, &copy)) return FALSE;
    if (!CheckTokenMembership(copy, sid, &member)) member = FALSE;
    CloseHandle(copy);
    return member;
}

static void test_failures(void)
{
    HANDLE token;
    BOOL result;

    SetLastError(0xdeadbeef);
    result = LogonUserA("guise-no-such-user", ".", "x", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token);
    todo_wine /* Wine: logon-user */
    ok(!result && GetLastError() == ERROR_LOGON_FAILURE, "%d, error %lu\n", result, GetLastError()); /* S2.18.4 */
    SetLastError(0xdeadbeef);
    result = LogonUserW(L"guise-no-such-user", L".", L"x", LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &token);
    todo_wine /* Wine: logon-user */
    ok(!result && GetLastError() == ERROR_LOGON_FAILURE, "%d, error %lu\n", result, GetLastError()); /* S2.18.4 */
}

static void test_tokens(void)
{
    const char *user = session_user_name(SESSION_ALICE), *password = session_password(SESSION_ALICE);
    QUOTA_LIMITS quotas;
    DWORD size = 0;
    PSID sid = NULL;
    HANDLE token;
    PVOID profile = NULL;
    BOOL result;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    result = LogonUserA(user, ".", "not this one", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token);
    ok(!result && GetLastError() == ERROR_LOGON_FAILURE, "%d, error %lu\n", result, GetLastError()); /* S2.18.4 */

    result = LogonUserA(user, ".", password, LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token);
    ok(result, "error %lu\n", GetLastError()); /* sdk LogonUserA */
    if (result)
    {
        ok(type_of(token) == TokenImpersonation, "type %d\n", type_of(token)); /* sdk LogonUserA */
        CloseHandle(token);
    }
    result = LogonUserExW(L"guise-no-such-user", L".", L"x", LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &token, NULL,
                          NULL, NULL, NULL);
    ok(!result && GetLastError() == ERROR_LOGON_FAILURE, "%d, error %lu\n", result, GetLastError()); /* S2.18.4 */
    result = LogonUserExA(user, ".", password, LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &token, &sid,
                          &profile, &size, &quotas);
    ok(result, "error %lu\n", GetLastError()); /* sdk LogonUserExA */
    if (!result) return;
    ok(type_of(token) == TokenPrimary, "type %d\n", type_of(token)); /* sdk LogonUserA */
    ok(sid && is_member(token, sid), "not the logon SID\n");         /* sdk LogonUserExA */
    ok(profile && size, "no profile\n");                             /* sdk LogonUserExA */
    LocalFree(sid);
    LsaFreeReturnBuffer(profile);
    CloseHandle(token);

    result = LogonUserExA(user, ".", password, LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &token, NULL, NULL,
                          NULL, NULL);
    ok(result, "error %lu\n", GetLastError()); /* sdk LogonUserExA */
    if (result) CloseHandle(token);
}

static void test_errors(void)
{
    static const struct
    {
        NTSTATUS status;
        ULONG error;
    } pairs[] = {
        {STATUS_SUCCESS, ERROR_SUCCESS},
        {STATUS_LOGON_FAILURE, ERROR_LOGON_FAILURE},
        {STATUS_ACCOUNT_RESTRICTION, ERROR_ACCOUNT_RESTRICTION},
        {STATUS_ACCOUNT_DISABLED, ERROR_ACCOUNT_DISABLED},
        {STATUS_ACCOUNT_EXPIRED, ERROR_ACCOUNT_EXPIRED},
        {STATUS_ACCOUNT_LOCKED_OUT, ERROR_ACCOUNT_LOCKED_OUT},
        {STATUS_PASSWORD_EXPIRED, ERROR_PASSWORD_EXPIRED},
        {STATUS_PASSWORD_MUST_CHANGE, ERROR_PASSWORD_MUST_CHANGE},
        {STATUS_NO_LOGON_SERVERS, ERROR_NO_LOGON_SERVERS},
        {STATUS_NO_SUCH_PACKAGE, ERROR_NO_SUCH_PACKAGE},
        {STATUS_NO_SUCH_LOGON_SESSION, ERROR_NO_SUCH_LOGON_SESSION},
        {STATUS_ACCESS_DENIED, ERROR_ACCESS_DENIED},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        ok(LsaNtStatusToWinError(pairs[i].status) == pairs[i].error, "%08lx: error %lu\n", pairs[i].status,
           LsaNtStatusToWinError(pairs[i].status)); /* sdk LsaNtStatusToWinError */
    ok(LsaNtStatusToWinError((NTSTATUS)0xdeadbeef) == ERROR_MR_MID_NOT_FOUND, "known\n"); /* sdk LsaNtStatusToWinError */
}

START_TEST(logon)
{
    if (!session_setup()) return;
    test_failures();
    test_tokens();
    test_errors();
    session_cleanup();
}
