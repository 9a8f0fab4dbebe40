/*
 * NtImpersonateAnonymousToken.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static const SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};

static void test_rights(void)
{
    HANDLE thread;
    NTSTATUS status;

    /* K1.9.1 */
    status = NtImpersonateAnonymousToken(NULL);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtDuplicateObject(NtCurrentProcess(), NtCurrentThread(), NtCurrentProcess(), &thread,
                               THREAD_QUERY_INFORMATION, 0, 0);
    ok(!status, "got %#x\n", status);
    status = NtImpersonateAnonymousToken(thread);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "impersonating\n");
    NtClose(thread);
}

/* MEMBERS: in how many groups an anonymous client is; -1: that is for the machine to say. */
static void test_token(int members)
{
    SECURITY_IMPERSONATION_LEVEL level = 77;
    PETHREAD thread = PsGetCurrentThread();
    BOOLEAN copy_on_open, effective_only;
    PACCESS_TOKEN token;
    TOKEN_GROUPS *groups;
    TOKEN_USER *user;
    NTSTATUS status;
    LUID id;

    /* K1.9.1 */
    status = NtImpersonateAnonymousToken(NtCurrentThread());
    token = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    PsRevertToSelf();
    ok(!status, "got %#x\n", status);
    ok(token != NULL, "not impersonating\n");
    if (!token) return;
    status = SeQueryInformationToken(token, TokenUser, (PVOID *)&user);
    ok(!status && ((SID *)user->User.Sid)->SubAuthorityCount == 1 &&
           ((SID *)user->User.Sid)->SubAuthority[0] == SECURITY_ANONYMOUS_LOGON_RID,
       "got %#x, another user\n", status);
    ExFreePool(user);
    status = SeQueryAuthenticationIdToken(token, &id);
    ok(!status && id.LowPart == 0x3e6 && !id.HighPart, "got %#x, %#x:%#x\n", status, id.HighPart, id.LowPart);
    status = SeQueryInformationToken(token, TokenGroups, (PVOID *)&groups);
    ok(!status && groups->GroupCount <= 1, "got %#x, %u groups\n", status, groups->GroupCount);
    ok(members < 0 || (int)groups->GroupCount == members, "got %u groups\n", groups->GroupCount);
    ok(!groups->GroupCount || !memcmp(groups->Groups[0].Sid, &everyone, sizeof(everyone)), "another group\n");
    ExFreePool(groups);
    PsDereferenceImpersonationToken(token);
}

START_TEST(anonymous)
{
    if (child_argument())
    {
        test_token(1);
        return;
    }
    test_rights();
    test_token(winetest_platform_is_windows ? -1 : 0);
    if (!run_with_anonymous_in_everyone("anonymous")) win_skip("the machine's policy cannot be changed here\n");
}
