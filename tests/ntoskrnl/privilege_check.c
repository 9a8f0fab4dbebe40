/*
 * Privilege checks, and the privileges that access states collect.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"
#include "client_token.h"
#include "descriptor.h"

struct set
{
    ULONG count, control;
    LUID_AND_ATTRIBUTES privileges[20];
};

static struct set set_of(ULONG control, ULONG first, ULONG second)
{
    return (struct set){2, control, {{{first, 0}, 0}, {{second, 0}, 0}}};
}

static BOOLEAN held(struct set *set, SECURITY_SUBJECT_CONTEXT *subject)
{
    return SePrivilegeCheck((PPRIVILEGE_SET)set, subject, UserMode);
}

static BOOL marked(const struct set *set, ULONG index)
{
    return !!(set->privileges[index].Attributes & SE_PRIVILEGE_USED_FOR_ACCESS);
}

static SECURITY_SUBJECT_CONTEXT client_of(PACCESS_TOKEN token, SECURITY_IMPERSONATION_LEVEL level)
{
    SECURITY_SUBJECT_CONTEXT subject;

    SeCaptureSubjectContextEx(NULL, PsGetCurrentProcess(), &subject);
    ObReferenceObject(token);
    subject.ClientToken = token;
    subject.ImpersonationLevel = level;
    return subject;
}

/* The client has SeChangeNotifyPrivilege and no SeLoadDriverPrivilege. */
static void test_client(PACCESS_TOKEN token)
{
    SECURITY_SUBJECT_CONTEXT subject = client_of(token, SecurityImpersonation);
    struct set set;

    /* K3.5.1: all of them */
    set = set_of(PRIVILEGE_SET_ALL_NECESSARY, SE_CHANGE_NOTIFY_PRIVILEGE, SE_LOAD_DRIVER_PRIVILEGE);
    ok(!held(&set, &subject), "got TRUE\n");
    ok(!marked(&set, 1), "what is not held is marked\n");
    set.count = 1;
    ok(held(&set, &subject) && marked(&set, 0), "got FALSE, or no mark\n");

    /* K3.5.1: any of them; whatever its place */
    set = set_of(0, SE_LOAD_DRIVER_PRIVILEGE, SE_CHANGE_NOTIFY_PRIVILEGE);
    ok(held(&set, &subject) && !marked(&set, 0) && marked(&set, 1), "got marks %d, %d\n", marked(&set, 0),
       marked(&set, 1));
    set = set_of(0, SE_LOAD_DRIVER_PRIVILEGE, SE_DEBUG_PRIVILEGE);
    ok(!held(&set, &subject), "got TRUE\n");

    /* K3.5.1: no such privileges */
    set = set_of(0, 0x123456, SE_CHANGE_NOTIFY_PRIVILEGE);
    set.privileges[1].Luid.HighPart = 1;
    ok(!held(&set, &subject), "got TRUE\n");

    /* K3.5.1: kernel mode is not asked */
    ok(SePrivilegeCheck((PPRIVILEGE_SET)&set, &subject, KernelMode), "got FALSE\n");
    SeReleaseSubjectContext(&subject);
}

/* Whether the process's own token has it enabled. */
static BOOL process_has(ULONG privilege)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsGetCurrentProcess());
    TOKEN_PRIVILEGES *privileges = NULL;
    BOOL found = FALSE;
    ULONG i;

    if (!SeQueryInformationToken(token, TokenPrivileges, (PVOID *)&privileges))
    {
        for (i = 0; i < privileges->PrivilegeCount; i++)
            if (privileges->Privileges[i].Luid.LowPart == privilege)
                found = !!(privileges->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED);
        ExFreePool(privileges);
    }
    PsDereferencePrimaryToken(token);
    return found;
}

static void test_of_process(PACCESS_TOKEN token)
{
    SECURITY_SUBJECT_CONTEXT subject = client_of(token, SecurityImpersonation);
    BOOL tcb = process_has(SE_TCB_PRIVILEGE), audit = process_has(SE_AUDIT_PRIVILEGE);
    struct set set = set_of(PRIVILEGE_SET_ALL_NECESSARY, SE_TCB_PRIVILEGE, 0);

    /* K3.5.4, K0.3.4: these two are asked of the process; the client has neither */
    set.count = 1;
    ok(!held(&set, &subject) == !tcb, "got not %d\n", tcb);
    set.privileges[0].Luid.LowPart = SE_AUDIT_PRIVILEGE;
    ok(!held(&set, &subject) == !audit, "got not %d\n", audit);
    SeReleaseSubjectContext(&subject);
}

static void test_single(PACCESS_TOKEN token)
{
    LUID notify = {SE_CHANGE_NOTIFY_PRIVILEGE, 0}, driver = {SE_LOAD_DRIVER_PRIVILEGE, 0};

    /* K3.5.2: the calling thread's context, by value */
    ok(SeSinglePrivilegeCheck(notify, UserMode), "got FALSE\n");
    ok(SeSinglePrivilegeCheck(driver, KernelMode), "got FALSE\n");
    ok(!SeSinglePrivilegeCheck(driver, UserMode) == !process_has(SE_LOAD_DRIVER_PRIVILEGE), "got another answer\n");
    if (!token || PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityImpersonation)) return;
    ok(!SeSinglePrivilegeCheck(driver, UserMode), "got TRUE\n");
    ok(SeSinglePrivilegeCheck(notify, UserMode), "got FALSE\n");
    PsRevertToSelf();
}

static void test_service(void)
{
    PACCESS_TOKEN anonymous = self_token(SecurityAnonymous), identified = self_token(SecurityIdentification);
    HANDLE nameless = token_handle(anonymous), named = token_handle(identified), weak = NULL;
    struct set set = set_of(PRIVILEGE_SET_ALL_NECESSARY, SE_CHANGE_NOTIFY_PRIVILEGE, 0);
    BOOLEAN result = 0x55;
    NTSTATUS status;

    set.count = 1;
    /* DDI NtPrivilegeCheck */
    status = NtPrivilegeCheck(named, (PPRIVILEGE_SET)&set, &result);
    ok(!status && result == TRUE && marked(&set, 0), "got %#x, %d\n", status, result);
    status = NtPrivilegeCheck(NULL, (PPRIVILEGE_SET)&set, &result);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);

    /* sdk PrivilegeCheck: not for who must not even be identified */
    status = NtPrivilegeCheck(nameless, (PPRIVILEGE_SET)&set, &result);
    ok(status == STATUS_BAD_IMPERSONATION_LEVEL, "got %#x\n", status);

    /* DDI NtPrivilegeCheck: TOKEN_QUERY */
    status = NtDuplicateObject(NtCurrentProcess(), named, NtCurrentProcess(), &weak, TOKEN_DUPLICATE, 0, 0);
    ok(!status, "got %#x\n", status);
    status = NtPrivilegeCheck(weak, (PPRIVILEGE_SET)&set, &result);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(weak);
    NtClose(nameless);
    NtClose(named);
    ObDereferenceObject(anonymous);
    ObDereferenceObject(identified);
}

static void append(ACCESS_STATE *state, AUX_ACCESS_DATA *aux, ULONG first, ULONG count, ULONG total)
{
    struct set set = {.count = count};
    NTSTATUS status;
    ULONG i;

    for (i = 0; i < count; i++) set.privileges[i].Luid.LowPart = first + i;
    status = SeAppendPrivileges(state, (PPRIVILEGE_SET)&set);
    ok(!status, "got %#x\n", status); /* callers cite */
    ok(aux->PrivilegesUsed->PrivilegeCount == total, "got %u for %u\n", aux->PrivilegesUsed->PrivilegeCount, total); /* callers cite */
    for (i = 0; i < total; i++)
        ok(aux->PrivilegesUsed->Privilege[i].Luid.LowPart == i + 2, "%u: got %u\n", i, /* callers cite */
           aux->PrivilegesUsed->Privilege[i].Luid.LowPart);
}

static void test_append(void)
{
    GENERIC_MAPPING mapping = {0x1, 0x2, 0x4, 0x7};
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    NTSTATUS status;

    status = SeCreateAccessState(&state, &aux, GENERIC_READ | WRITE_DAC, &mapping);
    ok(!status, "got %#x\n", status); /* K3.5.3 */

    /* K3.5.3: one and one are 2, four more 6, fourteen more 20 */
    append(&state, &aux, 2, 1, 1);
    append(&state, &aux, 3, 1, 2);
    ok(!state.PrivilegesAllocated && state.Privileges.PrivilegeSet.PrivilegeCount == 2, "got %d, %u\n",
       state.PrivilegesAllocated, state.Privileges.PrivilegeSet.PrivilegeCount);
    append(&state, &aux, 4, 4, 6);
    append(&state, &aux, 8, 14, 20);
    ok(state.PrivilegesAllocated, "they lie in the state\n");

    /* DDI SeSetAccessStateGenericMapping */
    mapping.GenericRead = 0x100;
    SeSetAccessStateGenericMapping(&state, &mapping);
    ok(aux.GenericMapping.GenericRead == 0x100, "got %#x\n", aux.GenericMapping.GenericRead);
    SeDeleteAccessState(&state);
}

START_TEST(privilege_check)
{
    PACCESS_TOKEN token = client_token("alice", SecurityImpersonation);

    test_service();
    test_append();
    test_single(token);
    if (!token)
    {
        win_skip("no token of another user can be made here\n");
        return;
    }
    test_client(token);
    test_of_process(token);
    ObDereferenceObject(token);
}
