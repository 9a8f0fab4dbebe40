/*
 * Every allocation of an access check fails once: nothing is granted, no output says otherwise, and the state of an opening is as before.
 * Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/memory.h"

#define READ  0x1
#define WRITE 0x2
#define MANY  80 /* SIDs or objects, more than lie on a stack */

static GENERIC_MAPPING mapping = {READ, WRITE, READ_CONTROL, STANDARD_RIGHTS_REQUIRED | READ | WRITE};
static DWORD dacl[64];
static SECURITY_DESCRIPTOR descriptor;
static HANDLE client_handle;
static PVOID client;

static void make_descriptor(void)
{
    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)dacl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce((PACL)dacl, ACL_REVISION, READ, (PSID)&sid_everyone.sid);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, (PACL)dacl, FALSE);
    RtlSetOwnerSecurityDescriptor(&descriptor, (PSID)&sid_users.sid, FALSE);
    RtlSetGroupSecurityDescriptor(&descriptor, (PSID)&sid_users.sid, FALSE);
}

/* A duplicate of the process's token, that has all privileges which the process has. */
static NTSTATUS make_client(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    TOKEN_PRIVILEGES take_ownership = {1, {{{SE_TAKE_OWNERSHIP_PRIVILEGE, 0}, SE_PRIVILEGE_ENABLED}}};
    HANDLE process;
    NTSTATUS status;

    if ((status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &process))) return status;
    status = NtDuplicateToken(process, TOKEN_ALL_ACCESS, &attributes, FALSE, TokenImpersonation, &client_handle);
    NtClose(process);
    if (status) return status;
    NtAdjustPrivilegesToken(client_handle, FALSE, &take_ownership, 0, NULL, NULL);
    return ObReferenceObjectByHandle(client_handle, 0, *SeTokenObjectType, KernelMode, &client, NULL);
}

/* ---- the checks: a status, STATUS_UNSUCCESSFUL if an output contradicts it ------------------------------------------- */

static NTSTATUS judge(BOOLEAN answer, NTSTATUS status, ACCESS_MASK granted, ACCESS_MASK wanted, PPRIVILEGE_SET used)
{
    if (answer && !status && granted == wanted) return STATUS_SUCCESS;
    return !answer && status && !granted && !used ? status : STATUS_UNSUCCESSFUL;
}

/* Needs memory for the privilege that it takes; where the process has it not, there is none to be had. */
static NTSTATUS check_with_privilege(void)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PPRIVILEGE_SET used = (PPRIVILEGE_SET)&subject;
    ACCESS_MASK granted = 0x5eed;
    NTSTATUS status = 0x5eed;
    BOOLEAN answer;

    SeCaptureSubjectContext(&subject);
    answer = SeAccessCheck(&descriptor, &subject, FALSE, READ | WRITE_OWNER, 0, &used, &mapping, UserMode, &granted, &status);
    SeReleaseSubjectContext(&subject);
    status = judge(answer, status, granted, READ | WRITE_OWNER, used);
    SeFreePrivileges(used);
    return status;
}

static NTSTATUS check_snapshot(void)
{
    static SID_AND_ATTRIBUTES sids[MANY];
    static SID_AND_ATTRIBUTES_HASH hash = {.SidCount = MANY, .SidAttr = sids};
    TOKEN_ACCESS_INFORMATION information = {.SidHash = &hash};
    ACCESS_MASK granted = 0x5eed;
    PPRIVILEGE_SET used = NULL;
    NTSTATUS status = 0x5eed;
    BOOLEAN answer;
    int i;

    for (i = 0; i < MANY; i++) sids[i] = (SID_AND_ATTRIBUTES){(PSID)&sid_everyone.sid, SE_GROUP_ENABLED};
    answer = SeAccessCheckFromState(&descriptor, &information, NULL, READ, 0, &used, &mapping, UserMode, &granted, &status);
    return judge(answer, status, granted, READ, used);
}

static GUID types[MANY];
static OBJECT_TYPE_LIST objects[MANY];

static void make_objects(void)
{
    ULONG i;

    for (i = 0; i < MANY; i++)
    {
        types[i].Data1 = i + 1;
        objects[i] = (OBJECT_TYPE_LIST){.Level = i != 0, .ObjectType = &types[i]};
    }
}

struct lists
{
    ACCESS_MASK granted[MANY];
    NTSTATUS decisions[MANY];
};

/* All are granted, or nothing was written. */
static NTSTATUS judge_lists(NTSTATUS status, const struct lists *lists)
{
    ULONG i;

    for (i = 0; i < MANY; i++)
        if (status ? lists->granted[i] != 0x5eed || lists->decisions[i] != 0x5eed : lists->granted[i] != READ || lists->decisions[i])
            return STATUS_UNSUCCESSFUL;
    return status;
}

static void clear_lists(struct lists *lists)
{
    ULONG i;

    for (i = 0; i < MANY; i++)
    {
        lists->granted[i] = 0x5eed;
        lists->decisions[i] = 0x5eed;
    }
}

static NTSTATUS check_list(void)
{
    static struct lists lists;
    PRIVILEGE_SET set;
    ULONG length = sizeof(set);

    clear_lists(&lists);
    return judge_lists(NtAccessCheckByTypeResultList(&descriptor, NULL, client_handle, READ, objects, MANY, &mapping, &set, &length,
                                                     lists.granted, lists.decisions),
                       &lists);
}

static NTSTATUS check_audited_list(void)
{
    static WCHAR letters[] = {'T'};
    static UNICODE_STRING text = {sizeof(letters), sizeof(letters), letters};
    static struct lists lists;
    BOOLEAN on_close = 2;
    NTSTATUS status;

    clear_lists(&lists);
    status = NtAccessCheckByTypeResultListAndAuditAlarmByHandle(&text, NULL, client_handle, &text, &text, &descriptor, NULL, READ,
                                                                AuditEventObjectAccess, AUDIT_ALLOW_NO_PRIVILEGE, objects, MANY, &mapping,
                                                                FALSE, lists.granted, lists.decisions, &on_close);
    if (status ? on_close != 2 : on_close) return STATUS_UNSUCCESSFUL;
    return judge_lists(status, &lists);
}

/* The state has as many privileges as lie in it: one more needs memory. */
static NTSTATUS check_object(void)
{
    PRIVILEGE_SET one = {1, 0, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}}};
    const ACCESS_MASK wanted = TOKEN_QUERY | WRITE_OWNER;
    NTSTATUS status = 0x5eed;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    ULONG count;
    int i;

    SeCreateAccessState(&state, &aux, wanted, NULL);
    for (i = 0; i < INITIAL_PRIVILEGE_COUNT; i++) SeAppendPrivileges(&state, &one);
    if (!ObCheckObjectAccess(client, &state, FALSE, UserMode, &status))
    {
        count = aux.PrivilegesUsed->PrivilegeCount;
        if (!status || count != INITIAL_PRIVILEGE_COUNT || state.PrivilegesAllocated || state.PreviouslyGrantedAccess ||
            state.RemainingDesiredAccess != wanted)
            status = STATUS_UNSUCCESSFUL;
    }
    else if (state.PreviouslyGrantedAccess != wanted || state.RemainingDesiredAccess)
        status = STATUS_UNSUCCESSFUL;
    SeDeleteAccessState(&state);
    return status == STATUS_INSUFFICIENT_RESOURCES ? STATUS_NO_MEMORY : status; /* K3.5.3 */
}

static const struct
{
    const char *name;
    NTSTATUS (*run)(void);
} checks[] = {
    {"privileges", check_with_privilege},  {"a snapshot", check_snapshot}, {"objects", check_list},
    {"audited objects", check_audited_list}, {"an opening", check_object},
};

START_TEST(access_no_memory)
{
    unsigned int i, nth, failed;
    NTSTATUS status;

    make_descriptor();
    make_objects();
    status = make_client();
    ok(!status, "got %#x\n", status); /* K1.18.1 */
    for (i = 0; i < ARRAYSIZE(checks); i++)
    {
        status = checks[i].run();
        if (status == STATUS_ACCESS_DENIED)
        {
            skip("%s: the process lacks a privilege\n", checks[i].name);
            continue;
        }
        ok(!status, "%s: got %#x\n", checks[i].name, status); /* DDI SeAccessCheck */
        for (nth = 1, failed = 0, status = STATUS_NO_MEMORY; status && nth < 20; nth++)
        {
            guise_fail_allocation(nth);
            status = checks[i].run();
            guise_fail_allocation(0);
            failed += status != STATUS_SUCCESS;
            /* K1.2.6, K3.5.3: want of memory, and no output that says anything else */
            ok(!status || status == STATUS_NO_MEMORY, "%s, allocation %u: got %#x\n", checks[i].name, nth, status);
        }
        ok(!status && failed, "%s: %#x after %u failures\n", checks[i].name, status, failed); /* K1.2.6 */
    }
    ObDereferenceObject(client);
    NtClose(client_handle);
}
