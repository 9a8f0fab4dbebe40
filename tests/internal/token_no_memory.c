/*
 * Every allocation of what makes and changes tokens fails once: the answer is STATUS_NO_MEMORY, there is no handle, the token
 * is what it was, and the call works afterwards. Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/memory.h"

#define MOST_ALLOCATIONS 60

static HANDLE subject, other; /* what the operations change or make others of, and another one */

/* An answer to NtCreateToken's questions: the SYSTEM with groups that may be disabled. */
static NTSTATUS create(HANDLE *token, SID *user)
{
    struct
    {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more[2];
    } groups = {{3, {{(PSID)&sid_users.sid, SE_GROUP_OWNER | SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT}}},
                {{(PSID)&sid_everyone.sid, SE_GROUP_MANDATORY}, {(PSID)&sid_network.sid, SE_GROUP_ENABLED}}};
    TOKEN_PRIVILEGES privileges = {1, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, SE_PRIVILEGE_ENABLED}}};
    ACL dacl = {ACL_REVISION, 0, sizeof(dacl), 0, 0};
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    TOKEN_SOURCE source = {.SourceName = "Test"};
    LARGE_INTEGER never = {.QuadPart = -1};
    LUID session = {0x3e7, 0};
    KPROCESSOR_MODE mode = previous_mode_set(KernelMode); /* so that it also runs where nobody may create tokens */
    NTSTATUS status;

    status = NtCreateToken(token, TOKEN_ALL_ACCESS, &attributes, TokenImpersonation, &session, &never,
                           &(TOKEN_USER){{user, 0}}, &groups.groups, &privileges, &(TOKEN_OWNER){(PSID)&sid_users.sid},
                           &(TOKEN_PRIMARY_GROUP){(PSID)&sid_everyone.sid}, &(TOKEN_DEFAULT_DACL){&dacl}, &source);
    previous_mode_set(mode);
    return status;
}

/* ---- operations: whatever handle they make is closed by who calls them ------------------------------------------------ */

static NTSTATUS make(HANDLE *handle)
{
    return create(handle, (SID *)&sid_anonymous.sid);
}

/* Its user is a Unix account, which is looked up. */
static NTSTATUS make_system(HANDLE *handle)
{
    return create(handle, (SID *)&sid_local_system.sid);
}

static NTSTATUS duplicate(HANDLE *handle)
{
    return NtDuplicateToken(subject, 0, NULL, FALSE, TokenImpersonation, handle);
}

static NTSTATUS duplicate_effective(HANDLE *handle)
{
    return NtDuplicateToken(subject, 0, NULL, TRUE, TokenImpersonation, handle);
}

static NTSTATUS filter(HANDLE *handle)
{
    TOKEN_GROUPS disable = {1, {{(PSID)&sid_users.sid, 0}}}, restricting = {1, {{(PSID)&sid_everyone.sid, 0}}};
    TOKEN_PRIVILEGES privileges = {1, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}}};

    return NtFilterToken(subject, LUA_TOKEN, &disable, &privileges, &restricting, handle);
}

static NTSTATUS adjust_privileges(HANDLE *handle)
{
    TOKEN_PRIVILEGES off = {1, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}}}, previous;
    ULONG length;

    (void)handle;
    return NtAdjustPrivilegesToken(subject, FALSE, &off, sizeof(previous), &previous, &length);
}

static NTSTATUS adjust_groups(HANDLE *handle)
{
    TOKEN_GROUPS off = {1, {{(PSID)&sid_network.sid, 0}}};

    (void)handle;
    return NtAdjustGroupsToken(subject, FALSE, &off, 0, NULL, NULL);
}

static NTSTATUS set_owner(HANDLE *handle)
{
    (void)handle;
    return NtSetInformationToken(subject, TokenOwner, &(TOKEN_OWNER){(PSID)&sid_anonymous.sid}, sizeof(TOKEN_OWNER));
}

static NTSTATUS set_group(HANDLE *handle)
{
    (void)handle;
    return NtSetInformationToken(subject, TokenPrimaryGroup, &(TOKEN_PRIMARY_GROUP){(PSID)&sid_users.sid},
                                 sizeof(TOKEN_PRIMARY_GROUP));
}

static NTSTATUS set_dacl(HANDLE *handle)
{
    ACL dacl = {ACL_REVISION, 0, sizeof(dacl), 0, 0};

    (void)handle;
    return NtSetInformationToken(subject, TokenDefaultDacl, &(TOKEN_DEFAULT_DACL){&dacl}, sizeof(TOKEN_DEFAULT_DACL));
}

static NTSTATUS set_link(HANDLE *handle)
{
    KPROCESSOR_MODE mode = previous_mode_set(KernelMode);
    NTSTATUS status;

    (void)handle;
    status = NtSetInformationToken(subject, TokenLinkedToken, &(TOKEN_LINKED_TOKEN){other}, sizeof(TOKEN_LINKED_TOKEN));
    previous_mode_set(mode);
    return status;
}

static NTSTATUS query_link(HANDLE *handle)
{
    TOKEN_LINKED_TOKEN linked = {NULL};
    ULONG length;
    NTSTATUS status = NtQueryInformationToken(subject, TokenLinkedToken, &linked, sizeof(linked), &length);

    *handle = linked.LinkedToken;
    return status;
}

static NTSTATUS query_many(HANDLE *handle)
{
    struct token *token;
    NTSTATUS status = token_from_handle(subject, 0, &token, NULL);
    void *answer;

    (void)handle;
    if (status) return status;
    if (!(status = SeQueryInformationToken(token, TokenAccessInformation, &answer))) ExFreePool(answer);
    token_release(token);
    return status;
}

static const struct
{
    const char *name;
    NTSTATUS (*run)(HANDLE *handle);
    bool changes;
} operations[] = {
    {"create", make, false},
    {"create with a Unix account", make_system, false},
    {"duplicate", duplicate, false},
    {"effective duplicate", duplicate_effective, false},
    {"filter", filter, false},
    {"adjust privileges", adjust_privileges, true},
    {"adjust groups", adjust_groups, true},
    {"set the owner", set_owner, true},
    {"set the primary group", set_group, true},
    {"set the default DACL", set_dacl, true},
    {"link", set_link, true},
    {"query the other one", query_link, false},
    {"query a snapshot", query_many, false},
};

/* ---- the tokens ---------------------------------------------------------------------------------------------------- */

/* All that an operation could have changed. */
struct state
{
    BYTE sids[2048], owner[128], group[128], dacl[256];
    TOKEN_STATISTICS statistics;
    ULONG lengths[5];
};

static void read_state(struct state *state)
{
    memset(state, 0, sizeof(*state));
    NtQueryInformationToken(subject, TokenGroups, state->sids, sizeof(state->sids), &state->lengths[0]);
    NtQueryInformationToken(subject, TokenOwner, state->owner, sizeof(state->owner), &state->lengths[1]);
    NtQueryInformationToken(subject, TokenPrimaryGroup, state->group, sizeof(state->group), &state->lengths[2]);
    NtQueryInformationToken(subject, TokenDefaultDacl, state->dacl, sizeof(state->dacl), &state->lengths[3]);
    NtQueryInformationToken(subject, TokenStatistics, &state->statistics, sizeof(state->statistics), &state->lengths[4]);
}

/* Both are read into the one buffer, so that the pointers in the answers are the same. */
static bool unchanged(const struct state *before, struct state *buffer)
{
    read_state(buffer);
    return !memcmp(before, buffer, sizeof(*before));
}

static NTSTATUS run(unsigned int index, unsigned int nth)
{
    HANDLE handle = NULL;
    NTSTATUS status;

    if (nth) guise_fail_allocation(nth);
    status = operations[index].run(&handle);
    if (nth) guise_fail_allocation(0);
    ok(!status || !handle, "%s, allocation %u: a handle with %#x\n", operations[index].name, nth, status); /* design 3 */
    if (handle) NtClose(handle);
    return status;
}

static void fail_each(unsigned int index)
{
    unsigned int nth, failed = 0;
    NTSTATUS status = STATUS_NO_MEMORY;
    static struct state buffer, before;

    for (nth = 1; status && nth < MOST_ALLOCATIONS; nth++)
    {
        read_state(&buffer);
        before = buffer;
        status = run(index, nth);
        failed += status != STATUS_SUCCESS;
        ok(!status || status == STATUS_NO_MEMORY, "%s, allocation %u: got %#x\n", operations[index].name, nth,
           status); /* K1.2.6 */
        ok(!status || unchanged(&before, &buffer), "%s, allocation %u: failed, but the token has changed\n", operations[index].name,
           nth); /* design 3 */
    }
    ok(!status, "%s: still %#x after %u failures\n", operations[index].name, status, failed); /* K1.2.6 */
    ok(failed, "%s allocates nothing\n", operations[index].name);                              /* K1.2.6 */
}

START_TEST(token_no_memory)
{
    unsigned int i;

    PsGetCurrentThread();
    ok(!create(&subject, (SID *)&sid_anonymous.sid), "no token\n"); /* header ntifs.h */
    ok(!create(&other, (SID *)&sid_anonymous.sid), "no token\n");   /* header ntifs.h */
    set_link(NULL);
    for (i = 0; i < ARRAYSIZE(operations); i++)
    {
        /* On a token that has not been changed by it yet, unless nothing is changed. */
        if (operations[i].changes)
        {
            NtClose(subject);
            create(&subject, (SID *)&sid_anonymous.sid);
        }
        else
        {
            set_link(NULL);
            ok(!run(i, 0), "%s fails\n", operations[i].name); /* K1.2.6 */
        }
        fail_each(i);
    }
    NtClose(subject);
    NtClose(other);
}
