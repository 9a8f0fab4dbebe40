/*
 * Threads that duplicate, filter, adjust, set, query, compare, link, impersonate and close the same tokens: each call does all of what it
 * was asked or nothing, a thread carries what its token says, and nothing is left over.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include <ntsecapi.h>

enum
{
    THREADS = 6,
    TOKENS = 8, /* that all threads know */
    ROUNDS = THREAD_SANITIZER ? 300 : ADDRESS_SANITIZER ? 1500 : 4000
};

struct two_part_sid
{
    SID sid;
    ULONG second;
};

static struct two_part_sid unix_sid(ULONG kind, ULONG id)
{
    return (struct two_part_sid){{SID_REVISION, 2, {{0, 0, 0, 0, 0, 22}}, {kind}}, id};
}

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};

static _Atomic(HANDLE) slots[TOKENS];
static pthread_barrier_t stopped, looked;

/* What a thread saw that may not be; nothing is printed while the others run. */
struct worker
{
    pthread_t thread;
    unsigned int seed;
    unsigned int done;           /* calls that did what they were asked */
    unsigned int wrong_status, wrong_user, wrong_groups, torn;
    NTSTATUS status;             /* the first that may not be */
    unsigned int operation;
};

static unsigned int next(struct worker *worker, unsigned int below)
{
    worker->seed = worker->seed * 1103515245 + 12345;
    return worker->seed / 65536 % below;
}

static HANDLE any_token(struct worker *worker)
{
    return atomic_load(&slots[next(worker, TOKENS)]);
}

/* NEW is known from now on, another one no more, which threads may be using. */
static void replace(struct worker *worker, HANDLE new)
{
    NtClose(atomic_exchange(&slots[next(worker, TOKENS)], new));
}

/* ---- tokens ----------------------------------------------------------------------------------------------------------- */

/* Alice with the groups staff and readers, of which the first may be disabled. */
static HANDLE create_alice(LUID session)
{
    struct two_part_sid user = unix_sid(1, ALICE), own = unix_sid(2, ALICE), staff = unix_sid(2, STAFF), readers = unix_sid(2, READERS);
    struct
    {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more[3];
    } groups = {{4, {{&own, SE_GROUP_MANDATORY | SE_GROUP_OWNER}}},
                {{&staff, SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT}, {&readers, SE_GROUP_MANDATORY}, {&everyone, SE_GROUP_MANDATORY}}};
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    struct
    {
        TOKEN_PRIVILEGES privileges;
        LUID_AND_ATTRIBUTES more;
    } privileges = {{2, {{{23, 0}, SE_PRIVILEGE_ENABLED}}}, {{19, 0}, 0}};
    TOKEN_SOURCE source = {.SourceName = "Stress"};
    LARGE_INTEGER never = {.QuadPart = -1};
    HANDLE token = NULL;

    NtCreateToken(&token, TOKEN_ALL_ACCESS, &attributes, TokenImpersonation, &session, &never, &(TOKEN_USER){{&user, 0}}, &groups.groups,
                  &privileges.privileges, NULL, &(TOKEN_PRIMARY_GROUP){&own}, NULL, &source);
    return token;
}

static HANDLE copy_of_process(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    HANDLE process, copy = NULL;

    NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &process);
    NtDuplicateToken(process, TOKEN_ALL_ACCESS, &attributes, FALSE, TokenImpersonation, &copy);
    NtClose(process);
    return copy;
}

/* ---- what threads do -------------------------------------------------------------------------------------------------- */

static NTSTATUS do_duplicate(struct worker *worker)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityIdentification + next(worker, 2), SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    HANDLE copy;
    NTSTATUS status = NtDuplicateToken(any_token(worker), TOKEN_ALL_ACCESS, &attributes, !next(worker, 4), TokenImpersonation, &copy);

    if (!status) replace(worker, copy);
    return status == STATUS_BAD_IMPERSONATION_LEVEL ? STATUS_SUCCESS : status;
}

/* So that not all end as copies at a low level. */
static NTSTATUS do_renew(struct worker *worker)
{
    HANDLE token = next(worker, 3) ? create_alice((LUID){0x3e7, 0}) : copy_of_process();

    if (!token) return STATUS_UNSUCCESSFUL;
    replace(worker, token);
    return STATUS_SUCCESS;
}

static NTSTATUS do_filter(struct worker *worker)
{
    struct two_part_sid staff = unix_sid(2, STAFF);
    TOKEN_GROUPS disable = {1, {{&staff, 0}}}, restricting = {1, {{&everyone, 0}}};
    HANDLE filtered;
    NTSTATUS status = NtFilterToken(any_token(worker), next(worker, 2) ? DISABLE_MAX_PRIVILEGE : 0, next(worker, 2) ? &disable : NULL, NULL,
                                    next(worker, 4) ? NULL : &restricting, &filtered);
    BYTE privileges[512];
    ULONG length;

    if (status) return status;
    if (NtQueryInformationToken(filtered, TokenPrivileges, privileges, sizeof(privileges), &length)) worker->torn++;
    if (next(worker, 8)) NtClose(filtered);
    else replace(worker, filtered);
    return STATUS_SUCCESS;
}

static NTSTATUS do_adjust_privileges(struct worker *worker)
{
    struct
    {
        TOKEN_PRIVILEGES privileges;
        LUID_AND_ATTRIBUTES more[40];
    } previous;
    TOKEN_PRIVILEGES wanted = {1, {{{next(worker, 2) ? 23 : 19, 0}, next(worker, 2) ? SE_PRIVILEGE_ENABLED : 0}}};
    ULONG length;
    NTSTATUS status = NtAdjustPrivilegesToken(any_token(worker), FALSE, &wanted, sizeof(previous), &previous.privileges, &length);

    if (!status && previous.privileges.PrivilegeCount > 1) worker->torn++;
    return status == STATUS_NOT_ALL_ASSIGNED ? STATUS_SUCCESS : status;
}

/* Carriers follow, or nothing has changed (design 5.2). */
static NTSTATUS do_adjust_groups(struct worker *worker)
{
    struct two_part_sid staff = unix_sid(2, STAFF);
    TOKEN_GROUPS wanted = {1, {{&staff, next(worker, 2) ? SE_GROUP_ENABLED : 0}}};
    NTSTATUS status = NtAdjustGroupsToken(any_token(worker), FALSE, &wanted, 0, NULL, NULL);

    if (status == STATUS_NOT_ALL_ASSIGNED || status == STATUS_CANT_ENABLE_DENY_ONLY || status == STATUS_ACCESS_DENIED) return STATUS_SUCCESS;
    return status;
}

static NTSTATUS do_query(struct worker *worker)
{
    static const TOKEN_INFORMATION_CLASS classes[] = {TokenUser, TokenGroups, TokenPrivileges, TokenOwner, TokenPrimaryGroup,
                                                      TokenDefaultDacl, TokenSource, TokenStatistics, TokenRestrictedSids,
                                                      TokenGroupsAndPrivileges, TokenAccessInformation, TokenIntegrityLevel};
    BYTE buffer[4096];
    ULONG length;

    return NtQueryInformationToken(any_token(worker), classes[next(worker, ARRAYSIZE(classes))], buffer, sizeof(buffer), &length);
}

static NTSTATUS do_compare(struct worker *worker)
{
    HANDLE first = any_token(worker), second = any_token(worker);
    BOOLEAN equal = 77;
    NTSTATUS status = NtCompareTokens(first, second, &equal);

    if (!status && equal != TRUE && equal != FALSE) worker->torn++;
    return status;
}

static NTSTATUS do_set(struct worker *worker)
{
    struct two_part_sid own = unix_sid(2, ALICE);
    ACL dacl = {ACL_REVISION, 0, sizeof(dacl), 0, 0};
    TOKEN_DEFAULT_DACL default_dacl = {next(worker, 2) ? &dacl : NULL};
    TOKEN_OWNER owner = {&own};
    NTSTATUS status;

    if (next(worker, 2)) return NtSetInformationToken(any_token(worker), TokenDefaultDacl, &default_dacl, sizeof(default_dacl));
    status = NtSetInformationToken(any_token(worker), TokenOwner, &owner, sizeof(owner));
    return status == STATUS_INVALID_OWNER ? STATUS_SUCCESS : status;
}

static NTSTATUS do_link(struct worker *worker)
{
    TOKEN_LINKED_TOKEN linked = {any_token(worker)};
    HANDLE token = any_token(worker);
    NTSTATUS status;
    ULONG length;

    if (next(worker, 2))
    {
        status = NtSetInformationToken(token, TokenLinkedToken, &linked, sizeof(linked));
        return status == STATUS_INVALID_PARAMETER ? STATUS_SUCCESS : status; /* to itself */
    }
    status = NtQueryInformationToken(token, TokenLinkedToken, &linked, sizeof(linked), &length);
    if (!status) NtClose(linked.LinkedToken);
    return status == STATUS_NO_SUCH_LOGON_SESSION ? STATUS_SUCCESS : status; /* it has none */
}

/* Whether the calling thread is who its effective token says. */
static bool is_user_of_thread(void)
{
    uid_t uid = (uid_t)syscall(SYS_geteuid);
    SECURITY_IMPERSONATION_LEVEL level = SecurityDelegation;
    ULONG length, authority, restricted;
    union
    {
        TOKEN_USER user;
        BYTE room[128];
    } user;

    if (NtQueryInformationToken(NtCurrentEffectiveToken(), TokenUser, &user, sizeof(user), &length)) return false;
    NtQueryInformationToken(NtCurrentEffectiveToken(), TokenImpersonationLevel, &level, sizeof(level), &length);
    NtQueryInformationToken(NtCurrentEffectiveToken(), TokenHasRestrictions, &restricted, sizeof(restricted), &length);
    authority = *RtlSubAuthoritySid(user.user.User.Sid, 0);
    /* The process, at any level, unless there is less of it than ids can say. */
    if (authority == 18) return !uid || (uid == ANONYMOUS && restricted && level < SecurityImpersonation);
    return uid == (level >= SecurityImpersonation ? *RtlSubAuthoritySid(user.user.User.Sid, 1) : ANONYMOUS);
}

static bool carries_staff(void)
{
    gid_t groups[64];
    long count = syscall(SYS_getgroups, ARRAYSIZE(groups), groups);

    while (count-- > 0)
        if (groups[count] == STAFF) return true;
    return false;
}

static bool token_has_staff(void)
{
    struct two_part_sid staff = unix_sid(2, STAFF);
    ULONG_PTR buffer[128];
    const TOKEN_GROUPS *groups = (TOKEN_GROUPS *)buffer;
    ULONG length, i;

    if (NtQueryInformationToken(NtCurrentEffectiveToken(), TokenGroups, buffer, sizeof(buffer), &length)) return false;
    for (i = 0; i < groups->GroupCount; i++)
        if (RtlEqualSid(groups->Groups[i].Sid, &staff)) return groups->Groups[i].Attributes & SE_GROUP_ENABLED;
    return false;
}

static NTSTATUS set_thread_token(HANDLE token)
{
    return NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &token, sizeof(token));
}

/* What ids cannot express is refused, and the thread is who it was (design 5.2). */
static NTSTATUS do_impersonate(struct worker *worker)
{
    uid_t before = (uid_t)syscall(SYS_geteuid);
    NTSTATUS status = set_thread_token(any_token(worker));

    if (status && (uid_t)syscall(SYS_geteuid) != before) worker->wrong_user++;
    if (!status && !is_user_of_thread()) worker->wrong_user++;
    return status == STATUS_ACCESS_DENIED ? STATUS_SUCCESS : status;
}

static NTSTATUS do_revert(struct worker *worker)
{
    NTSTATUS status = set_thread_token(NULL);

    if (syscall(SYS_geteuid)) worker->wrong_user++;
    return status;
}

static NTSTATUS (*const operations[])(struct worker *) = {
    do_duplicate, do_renew, do_filter, do_adjust_privileges, do_adjust_groups, do_query,
    do_compare,   do_set,   do_link,   do_impersonate,       do_impersonate,   do_revert,
};

/* A handle may have been closed by now. It is not allowed to act as another user for some calls: those are made as the process. */
static void step(struct worker *worker)
{
    unsigned int operation = next(worker, ARRAYSIZE(operations));
    NTSTATUS status;

    if (operations[operation] != do_impersonate && operations[operation] != do_query && operations[operation] != do_compare)
        set_thread_token(NULL);
    status = operations[operation](worker);
    if (NT_SUCCESS(status)) worker->done++;
    else if (status != STATUS_INVALID_HANDLE)
    {
        if (!worker->wrong_status++) worker->status = status, worker->operation = operation;
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    unsigned int round;

    for (round = 0; round < ROUNDS; round++) step(worker);
    for (round = 0; round < 20 && (uid_t)syscall(SYS_geteuid) != ALICE; round++) do_impersonate(worker);
    /* Nobody changes anything now: what the threads carry is what their tokens say. */
    pthread_barrier_wait(&stopped);
    if (!is_user_of_thread()) worker->wrong_user++;
    if ((uid_t)syscall(SYS_geteuid) == ALICE && carries_staff() != token_has_staff()) worker->wrong_groups++;
    pthread_barrier_wait(&looked);
    set_thread_token(NULL);
    return NULL;
}

START_TEST(token_stress)
{
    struct worker workers[THREADS] = {{0}};
    PACCESS_TOKEN primary;
    LONG_PTR references;
    int i;

    if (!have_sandbox()) return;
    primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    references = ObReferenceObject(primary);
    pthread_barrier_init(&stopped, NULL, THREADS);
    pthread_barrier_init(&looked, NULL, THREADS);
    for (i = 0; i < TOKENS; i++) slots[i] = i % 4 ? create_alice((LUID){0x3e7, 0}) : copy_of_process();
    for (i = 0; i < THREADS; i++)
    {
        workers[i].seed = 4711u * (unsigned int)(i + 1);
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (i = 0; i < THREADS; i++)
    {
        pthread_join(workers[i].thread, NULL);
        ok(!workers[i].wrong_status, "thread %d: %u refusals, the first %#x of operation %u\n", i, workers[i].wrong_status,
           workers[i].status, workers[i].operation);                                                        /* design 5.2 */
        ok(!workers[i].wrong_user, "thread %d: %u times another user\n", i, workers[i].wrong_user);          /* design 5.4 */
        ok(!workers[i].wrong_groups, "thread %d: other groups than its token's\n", i);                       /* design 5.2 */
        ok(!workers[i].torn, "thread %d: %u answers that were none\n", i, workers[i].torn);                  /* design 4 */
        ok(workers[i].done > ROUNDS / 2, "thread %d: only %u calls did something\n", i, workers[i].done);    /* design 4 */
    }
    for (i = 0; i < TOKENS; i++) NtClose(slots[i]);
    /* What was referenced was given back. */
    ok(ObReferenceObject(primary) == references + 1, "references are left\n"); /* design 4 */
    ObDereferenceObject(primary);
    ObDereferenceObject(primary);
    PsDereferencePrimaryToken(primary);
}
