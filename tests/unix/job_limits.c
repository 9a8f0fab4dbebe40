/*
 * What the limits of a job and the assignment of a primary token come to on Unix: who is refused stays who he was. Each part in a
 * process of its own, as a process is in a job for good.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <linux/capability.h>
#include <string.h>

static struct
{
    SID sid;
    ULONG rid;
} administrators = {{SID_REVISION, 2, {SECURITY_NT_AUTHORITY}, {SECURITY_BUILTIN_DOMAIN_RID}}, DOMAIN_ALIAS_RID_ADMINS},
  users = {{SID_REVISION, 2, {SECURITY_NT_AUTHORITY}, {SECURITY_BUILTIN_DOMAIN_RID}}, DOMAIN_ALIAS_RID_USERS};

/* A token of alice with one more group. */
static PACCESS_TOKEN alice_in(const SID *group)
{
    struct guise_logon logon = {.source = "NtLmSsp", .level = SecurityImpersonation, .groups = &group, .group_count = 1};
    struct unix_account *account;
    PACCESS_TOKEN token = NULL;

    if (guise_account_by_name("alice", &account)) return NULL;
    logon.account = account;
    if (guise_create_logon_token(&logon, &token)) token = NULL;
    guise_account_free(account);
    return token;
}

static HANDLE make_job(void)
{
    HANDLE job = NULL;
    NTSTATUS status = NtCreateJobObject(&job, JOB_OBJECT_ALL_ACCESS, NULL);

    ok(!status, "got %#x\n", status); /* sdk CreateJobObjectW */
    return job;
}

static HANDLE job_of_ours(void)
{
    HANDLE job = make_job();
    NTSTATUS status = NtAssignProcessToJobObject(job, NtCurrentProcess());

    ok(!status, "got %#x\n", status); /* sdk AssignProcessToJobObject */
    return job;
}

static NTSTATUS limit(HANDLE job, ULONG flags)
{
    JOBOBJECT_SECURITY_LIMIT_INFORMATION limits = {.SecurityLimitFlags = flags};

    return NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits));
}

static HANDLE own_token(ACCESS_MASK access)
{
    HANDLE token = NULL;

    NtOpenProcessToken(NtCurrentProcess(), access, &token);
    return token;
}

/* ---- NO_ADMIN ------------------------------------------------------------------------------------------------------------- */

static void in_child(void)
{
    PACCESS_TOKEN admin = alice_in(&administrators.sid);

    /* design 4: a child of fork is in the job too */
    ok(PsGetProcessJob(PsGetCurrentProcess()) != NULL, "in no job\n");
    ok(impersonate(admin) == STATUS_ACCESS_DENIED, "an administrator is impersonated\n");
    ObDereferenceObject(admin);
}

static void role_no_admin(void)
{
    PACCESS_TOKEN admin = alice_in(&administrators.sid), alice = account_token("alice"), bob = account_token("bob");
    struct task before, alice_task, now;
    HANDLE job = job_of_ours();
    LONG_PTR references;
    NTSTATUS status;

    /* design 4: before there is a limit */
    ok(!impersonate(admin), "refused\n");
    PsRevertToSelf();
    before = task_now();

    status = limit(job, JOB_OBJECT_SECURITY_NO_ADMIN);
    ok(!status, "got %#x\n", status); /* sdk JOBOBJECT_SECURITY_LIMIT_INFORMATION */

    /* design 4, K1.2.6: refused, the thread is as before, and the token nobody's more */
    ObReferenceObject(admin);
    references = ObDereferenceObject(admin);
    status = impersonate(admin);
    now = task_now();
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(same_credential(&now, &before) && !PsIsThreadImpersonating(PsGetCurrentThread()), "euid %u\n", now.uid[EFFECTIVE]);
    ObReferenceObject(admin);
    ok(ObDereferenceObject(admin) == references, "references are left\n");
    status = impersonate_at(admin, SecurityIdentification);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);

    /* design 4: who is none may, and stays when an administrator is refused */
    ok(!impersonate(alice), "alice is refused\n");
    alice_task = task_now();
    ok(alice_task.uid[EFFECTIVE] == ALICE, "euid %u\n", alice_task.uid[EFFECTIVE]);
    status = impersonate(admin);
    now = task_now();
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(same_credential(&now, &alice_task) && PsIsThreadImpersonating(PsGetCurrentThread()), "euid %u\n", now.uid[EFFECTIVE]);
    ok(!impersonate(bob) && task_now().uid[EFFECTIVE] == BOB, "bob is refused\n");
    PsRevertToSelf();
    now = task_now();
    ok(same_credential(&now, &before), "euid %u\n", now.uid[EFFECTIVE]);

    /* design 4: a limit stays, and a process has one job */
    ok(limit(job, 0) == STATUS_INVALID_PARAMETER, "the limit is gone\n");
    ok(impersonate(admin) == STATUS_ACCESS_DENIED, "an administrator is impersonated\n");
    status = NtAssignProcessToJobObject(make_job(), NtCurrentProcess());
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(!run_child(in_child), "the child fails\n");

    /* design 4: without its handle the job goes on */
    NtClose(job);
    ok(impersonate(admin) == STATUS_ACCESS_DENIED, "an administrator is impersonated\n");
    ObDereferenceObject(bob);
    ObDereferenceObject(alice);
    ObDereferenceObject(admin);
}

/* The server is root, and so an administrator. */
static void role_forbidden(void)
{
    PACCESS_TOKEN admin = alice_in(&administrators.sid);
    HANDLE job = make_job();
    NTSTATUS status;

    /* sdk JOBOBJECT_SECURITY_LIMIT_INFORMATION, design 4: no process that is one comes in */
    ok(!limit(job, JOB_OBJECT_SECURITY_NO_ADMIN), "not limited\n");
    status = NtAssignProcessToJobObject(job, NtCurrentProcess());
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(!PsGetProcessJob(PsGetCurrentProcess()), "in a job\n");
    ok(!impersonate(admin), "refused\n");
    PsRevertToSelf();
    ObDereferenceObject(admin);
    NtClose(job);
}

/* ---- RESTRICTED_TOKEN ------------------------------------------------------------------------------------------------------ */

static void role_restricted(void)
{
    PACCESS_TOKEN alice = account_token("alice"), filtered = NULL;
    struct task before = task_now(), now;
    HANDLE job = job_of_ours();
    NTSTATUS status = limit(job, JOB_OBJECT_SECURITY_RESTRICTED_TOKEN);

    /* sdk JOBOBJECT_SECURITY_LIMIT_INFORMATION: not what CreateRestrictedToken has not made */
    ok(!status, "got %#x\n", status);
    status = impersonate(alice);
    now = task_now();
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(same_credential(&now, &before) && !PsIsThreadImpersonating(PsGetCurrentThread()), "euid %u\n", now.uid[EFFECTIVE]);
    ok(impersonate_at(alice, SecurityIdentification) == STATUS_ACCESS_DENIED, "alice is identified\n");
    status = SeFilterToken(alice, DISABLE_MAX_PRIVILEGE, NULL, NULL, NULL, &filtered);
    ok(!status && !impersonate(filtered) && task_now().uid[EFFECTIVE] == ALICE, "got %#x\n", status);
    PsRevertToSelf();
    ObDereferenceObject(filtered);
    ObDereferenceObject(alice);
    NtClose(job);
}

/* ---- FILTER_TOKENS --------------------------------------------------------------------------------------------------------- */

/* Attributes of a group in the token of the calling thread; 0xdead: it is not in it. */
static ULONG thread_group(const SID *sid)
{
    UCHAR room[4096] __attribute__((aligned(8)));
    const TOKEN_GROUPS *groups = (TOKEN_GROUPS *)room;
    HANDLE token;
    ULONG length, i;
    NTSTATUS status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &token);

    if (status) return 0xdead;
    status = NtQueryInformationToken(token, TokenGroups, room, sizeof(room), &length);
    NtClose(token);
    for (i = 0; !status && i < groups->GroupCount; i++)
        if (RtlEqualSid(groups->Groups[i].Sid, (PSID)sid)) return groups->Groups[i].Attributes;
    return 0xdead;
}

static NTSTATUS filter(HANDLE job, PTOKEN_GROUPS disable, PTOKEN_PRIVILEGES remove, PTOKEN_GROUPS restricted)
{
    JOBOBJECT_SECURITY_LIMIT_INFORMATION limits = {.SecurityLimitFlags = JOB_OBJECT_SECURITY_FILTER_TOKENS,
                                                   .SidsToDisable = disable,
                                                   .PrivilegesToDelete = remove,
                                                   .RestrictedSids = restricted};

    return NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits));
}

static void role_filter(void)
{
    TOKEN_GROUPS disable = {1, {{&users, 0}}};
    TOKEN_PRIVILEGES remove = {1, {{{SE_BACKUP_PRIVILEGE, 0}, 0}}};
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    PACCESS_TOKEN alice = alice_in(&users.sid);
    SECURITY_CLIENT_CONTEXT own = {.ClientToken = NULL};
    struct task before = task_now(), now;
    HANDLE job = job_of_ours();
    NTSTATUS status = filter(job, &disable, &remove, NULL);

    ok(!status, "got %#x\n", status); /* sdk JOBOBJECT_SECURITY_LIMIT_INFORMATION */
    disable.GroupCount = remove.PrivilegeCount = 0; /* they have been copied */

    /* sdk JOBOBJECT_SECURITY_LIMIT_INFORMATION, design 4: less in what the thread gets, not in what it was given */
    status = impersonate(alice);
    ok(!status && task_now().uid[EFFECTIVE] == ALICE, "got %#x, euid %u\n", status, task_now().uid[EFFECTIVE]);
    ok(thread_group(&users.sid) == SE_GROUP_USE_FOR_DENY_ONLY || thread_group(&users.sid) == (SE_GROUP_MANDATORY | SE_GROUP_USE_FOR_DENY_ONLY),
       "got %#x\n", thread_group(&users.sid));
    PsRevertToSelf();
    ObReferenceObject(alice);
    ok(ObDereferenceObject(alice) == 1, "references are left\n");

    /* design 5.2: a privilege that is gone is a capability that is gone */
    status = SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &own);
    ok(!status && !SeImpersonateClientEx(&own, NULL), "got %#x\n", status);
    now = task_now();
    ok(before.effective >> CAP_DAC_READ_SEARCH & 1 && !(now.effective >> CAP_DAC_READ_SEARCH & 1), "capabilities %#llx\n",
       (unsigned long long)now.effective);
    PsRevertToSelf();
    now = task_now();
    ok(same_credential(&now, &before), "euid %u\n", now.uid[EFFECTIVE]);
    SeDeleteClientSecurity(&own);
    ObDereferenceObject(alice);
    NtClose(job);
}

static void role_filter_restricting(void)
{
    TOKEN_GROUPS restricting = {1, {{&users, 0}}}, bad = {1, {{&users, SE_GROUP_ENABLED}}};
    PACCESS_TOKEN alice = alice_in(&users.sid);
    struct task before = task_now(), now;
    HANDLE job = job_of_ours();
    NTSTATUS status;

    /* design 4: nothing to filter, or what NtFilterToken does not take, is refused and does not count */
    ok(filter(job, NULL, NULL, NULL) == STATUS_INVALID_PARAMETER, "a filter of nothing\n");
    ok(filter(job, NULL, NULL, &bad) == STATUS_INVALID_PARAMETER, "a restricting SID with attributes\n");
    ok(!impersonate(alice), "refused\n");
    PsRevertToSelf();

    /* design 5.2: a restricted token is no Unix user */
    status = filter(job, NULL, NULL, &restricting);
    ok(!status, "got %#x\n", status);
    status = impersonate(alice);
    now = task_now();
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(same_credential(&now, &before) && !PsIsThreadImpersonating(PsGetCurrentThread()), "euid %u\n", now.uid[EFFECTIVE]);

    /* design 4: the filter stays; another limit comes beside it */
    ok(filter(job, &restricting, NULL, NULL) == STATUS_INVALID_PARAMETER, "another filter\n");
    ok(limit(job, JOB_OBJECT_SECURITY_NO_ADMIN) == STATUS_INVALID_PARAMETER, "the filter is gone\n");
    status = limit(job, JOB_OBJECT_SECURITY_NO_ADMIN | JOB_OBJECT_SECURITY_FILTER_TOKENS);
    ok(!status, "got %#x\n", status);
    ok(impersonate(alice) == STATUS_ACCESS_DENIED, "alice is impersonated\n");
    ObDereferenceObject(alice);
    NtClose(job);
}

/* ---- the primary token ------------------------------------------------------------------------------------------------------ */

static NTSTATUS assign_token(HANDLE token)
{
    PROCESS_ACCESS_TOKEN given = {token, NULL};

    return NtSetInformationProcess(NtCurrentProcess(), ProcessAccessToken, &given, sizeof(given));
}

/* A duplicate of a token object as a primary token. */
static HANDLE primary_of(PACCESS_TOKEN token)
{
    HANDLE handle = NULL, primary = NULL;

    ObOpenObjectByPointer(token, 0, NULL, TOKEN_ALL_ACCESS, *SeTokenObjectType, KernelMode, &handle);
    NtDuplicateToken(handle, TOKEN_ALL_ACCESS, NULL, FALSE, TokenPrimary, &primary);
    NtClose(handle);
    return primary;
}

static HANDLE filtered_own(void)
{
    SID authenticated = {SID_REVISION, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_AUTHENTICATED_USER_RID}};
    TOKEN_GROUPS disable = {1, {{&authenticated, 0}}};
    HANDLE own = own_token(TOKEN_ALL_ACCESS), filtered = NULL;

    NtFilterToken(own, 0, &disable, NULL, NULL, &filtered);
    NtClose(own);
    return filtered;
}

static NTSTATUS only(HANDLE job, HANDLE token)
{
    JOBOBJECT_SECURITY_LIMIT_INFORMATION limits = {.SecurityLimitFlags = JOB_OBJECT_SECURITY_ONLY_TOKEN, .JobToken = token};

    return NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits));
}

static void role_only_token(void)
{
    HANDLE own = own_token(TOKEN_ALL_ACCESS), weak = own_token(TOKEN_QUERY), filtered = filtered_own(), job = make_job();
    PACCESS_TOKEN alice = account_token("alice");
    struct task before = task_now(), now;
    NTSTATUS status;

    /* sdk JOBOBJECT_SECURITY_LIMIT_INFORMATION: what JobToken must be */
    ok(only(job, NULL) == STATUS_INVALID_PARAMETER, "no token\n");
    ok(only(job, weak) == STATUS_ACCESS_DENIED, "a handle without TOKEN_ASSIGN_PRIMARY\n");
    ok(only(job, job) == STATUS_OBJECT_TYPE_MISMATCH, "a job\n");

    /* design 4: the process cannot be made to run under another token */
    ok(!only(job, filtered), "refused\n");
    status = NtAssignProcessToJobObject(job, NtCurrentProcess());
    ok(status == STATUS_ACCESS_DENIED && !PsGetProcessJob(PsGetCurrentProcess()), "got %#x\n", status);
    NtClose(job);

    job = job_of_ours();
    /* design 4 */
    ok(only(job, filtered) == STATUS_NOT_SUPPORTED, "another token\n");
    status = only(job, own);
    ok(!status, "got %#x\n", status);

    /* sdk JOBOBJECT_SECURITY_LIMIT_INFORMATION, design 4: no other token from then on; clients are not meant */
    ok(!assign_token(own), "refused\n");
    status = assign_token(filtered);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(!impersonate(alice) && task_now().uid[EFFECTIVE] == ALICE, "alice is refused\n");
    PsRevertToSelf();
    now = task_now();
    ok(same_credential(&now, &before), "euid %u\n", now.uid[EFFECTIVE]);

    /* design 4: named without its token, the limit goes on */
    ok(!only(job, NULL), "refused\n");
    ok(!assign_token(own) && assign_token(filtered) == STATUS_ACCESS_DENIED, "another token\n");
    ok(only(job, own) == STATUS_INVALID_PARAMETER, "given twice\n");
    ObDereferenceObject(alice);
    NtClose(filtered);
    NtClose(weak);
    NtClose(own);
    NtClose(job);
}

static void role_primary(void)
{
    HANDLE own = own_token(TOKEN_ALL_ACCESS), weak = own_token(TOKEN_QUERY), filtered = filtered_own(), client = NULL, other;
    PACCESS_TOKEN alice = account_token("alice");
    struct task before = task_now(), now;
    NTSTATUS status;

    other = primary_of(alice);
    ObOpenObjectByPointer(alice, 0, NULL, TOKEN_ALL_ACCESS, *SeTokenObjectType, KernelMode, &client);

    /* design 4: what the process has already; everything else is refused and changes nothing */
    ok(!assign_token(own), "refused\n");
    ok(assign_token(weak) == STATUS_ACCESS_DENIED, "without TOKEN_ASSIGN_PRIMARY\n");
    ok(assign_token(client) == STATUS_BAD_TOKEN_TYPE, "a client's\n");
    ok(assign_token(NULL) == STATUS_INVALID_HANDLE, "none\n");
    status = assign_token(other);
    ok(status == STATUS_NOT_SUPPORTED, "got %#x\n", status);
    status = assign_token(filtered);
    ok(status == STATUS_NOT_SUPPORTED, "got %#x\n", status);
    now = task_now();
    ok(same_credential(&now, &before), "euid %u\n", now.uid[EFFECTIVE]);
    NtClose(client);
    NtClose(other);
    NtClose(filtered);
    NtClose(weak);
    NtClose(own);
    ObDereferenceObject(alice);
}

/* Runs as alice, without privileges. */
static void role_no_privilege(void)
{
    HANDLE own = own_token(TOKEN_ALL_ACCESS), filtered = filtered_own(), foreign, job = make_job();
    PACCESS_TOKEN bob = account_token("bob");
    NTSTATUS status;

    /* K2.10.2: the caller's own, restricted, needs no privilege; then it is the process that runs already */
    status = assign_token(filtered);
    ok(status == STATUS_NOT_SUPPORTED, "got %#x\n", status);
    ok(!only(job, filtered), "refused\n");

    /* design 4: other tokens need SeAssignPrimaryTokenPrivilege */
    foreign = primary_of(bob);
    status = assign_token(foreign);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    status = only(make_job(), foreign);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    ok(getuid() == ALICE && geteuid() == ALICE, "uid %u\n", getuid());
    ObDereferenceObject(bob);
    NtClose(foreign);
    NtClose(filtered);
    NtClose(own);
    NtClose(job);
}

static const struct
{
    const char *name;
    void (*run)(void);
} roles[] = {
    {"no admin", role_no_admin},
    {"forbidden", role_forbidden},
    {"restricted", role_restricted},
    {"filter", role_filter},
    {"filter restricting", role_filter_restricting},
    {"only token", role_only_token},
    {"primary", role_primary},
    {"no privilege", role_no_privilege},
};

START_TEST(job_limits)
{
    static const char *const alice[] = {"setpriv", "--reuid=70001", "--regid=70001", "--clear-groups", "--", NULL};
    size_t i;

    for (i = 0; role() && i < ARRAYSIZE(roles); i++)
        if (!strcmp(role(), roles[i].name)) roles[i].run();
    if (role() || !have_sandbox()) return;
    for (i = 0; i < ARRAYSIZE(roles); i++)
        run_role(roles[i].run == role_no_privilege ? alice : NULL, "job_limits", roles[i].name);
}
