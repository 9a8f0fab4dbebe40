/*
 * Tests of tokens that are adjusted while threads carry them: all threads carry the change, or none does (design 5.2). And of tokens that
 * ids cannot express, which nobody carries.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/capability.h>

#define BIT(n) (UINT64_C(1) << (n))

enum
{
    THREADS = 6
};

/* Any SID of the units: two subauthorities at most. */
struct two_part_sid
{
    SID sid;
    ULONG second;
};

static struct two_part_sid unix_sid(ULONG kind, ULONG id)
{
    return (struct two_part_sid){{SID_REVISION, 2, {{0, 0, 0, 0, 0, 22}}, {kind}}, id};
}

static struct two_part_sid user_sid(uid_t uid)
{
    return unix_sid(1, uid);
}

static struct two_part_sid group_sid(gid_t gid)
{
    return unix_sid(2, gid);
}

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};

/* ---- tokens -------------------------------------------------------------------------------------------------------------- */

/* Alice with the group staff, which may be disabled, and readers; a handle with all access. NULL: refused with *STATUS. */
static HANDLE create_alice(DWORD staff_attributes, DWORD own_attributes, NTSTATUS *status)
{
    struct two_part_sid user = user_sid(ALICE), own = group_sid(ALICE), staff = group_sid(STAFF), readers = group_sid(READERS);
    struct
    {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more[3];
    } groups = {{4, {{&own, own_attributes}}}, {{&staff, staff_attributes}, {&readers, SE_GROUP_MANDATORY}, {&everyone, SE_GROUP_MANDATORY}}};
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    TOKEN_PRIVILEGES privileges = {.PrivilegeCount = 0};
    TOKEN_SOURCE source = {.SourceName = "Test"};
    LARGE_INTEGER never = {.QuadPart = -1};
    HANDLE token = NULL;

    *status = NtCreateToken(&token, TOKEN_ALL_ACCESS, &attributes, TokenImpersonation, &(LUID){0x3e7, 0}, &never,
                            &(TOKEN_USER){{&user, 0}}, &groups.groups, &privileges, NULL, &(TOKEN_PRIMARY_GROUP){&own}, NULL, &source);
    return token;
}

static PACCESS_TOKEN object_of(HANDLE handle)
{
    PVOID token = NULL;

    ObReferenceObjectByHandle(handle, 0, *SeTokenObjectType, KernelMode, &token, NULL);
    return token;
}

static NTSTATUS enable_group(HANDLE token, gid_t gid, bool enable)
{
    struct two_part_sid sid = group_sid(gid);
    TOKEN_GROUPS groups = {1, {{&sid, enable ? SE_GROUP_ENABLED : 0}}};

    return NtAdjustGroupsToken(token, FALSE, &groups, 0, NULL, NULL);
}

static NTSTATUS enable_privilege(HANDLE token, ULONG privilege, bool enable)
{
    TOKEN_PRIVILEGES privileges = {1, {{{privilege, 0}, enable ? SE_PRIVILEGE_ENABLED : 0}}};

    return NtAdjustPrivilegesToken(token, FALSE, &privileges, 0, NULL, NULL);
}

/* ---- threads that carry a token ------------------------------------------------------------------------------------------- */

struct carrier
{
    pthread_t thread;
    PACCESS_TOKEN token;
    SECURITY_IMPERSONATION_LEVEL level;
    bool deaf; /* to all signals */
    pid_t tid;
    NTSTATUS status;
    sem_t ready, end;
};

static void *carry(void *argument)
{
    struct carrier *carrier = argument;
    sigset_t all;

    carrier->tid = gettid();
    carrier->status = impersonate_at(carrier->token, carrier->level);
    sigfillset(&all);
    if (carrier->deaf) pthread_sigmask(SIG_SETMASK, &all, NULL);
    sem_post(&carrier->ready);
    while (sem_wait(&carrier->end)) continue;
    PsRevertToSelf();
    return NULL;
}

static void start(struct carrier *carriers, unsigned int count, HANDLE token, SECURITY_IMPERSONATION_LEVEL level)
{
    for (unsigned int i = 0; i < count; i++)
    {
        carriers[i].token = object_of(token);
        carriers[i].level = level;
        sem_init(&carriers[i].ready, 0, 0);
        sem_init(&carriers[i].end, 0, 0);
        pthread_create(&carriers[i].thread, NULL, carry, &carriers[i]);
    }
    for (unsigned int i = 0; i < count; i++)
    {
        while (sem_wait(&carriers[i].ready)) continue;
        ok(!carriers[i].status, "thread %u: got %#x\n", i, carriers[i].status); /* design 5.6 */
    }
}

static void end(struct carrier *carriers, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
    {
        sem_post(&carriers[i].end);
        pthread_join(carriers[i].thread, NULL);
        ObDereferenceObject(carriers[i].token);
    }
}

static bool in_group(pid_t tid, gid_t gid)
{
    char line[4096], path[64], *word, *rest;
    bool found = false;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)tid);
    guise_process_begin();
    file = fopen(path, "re");
    guise_process_end();
    while (file && fgets(line, sizeof(line), file))
    {
        if (strncmp(line, "Groups:", 7)) continue;
        for (word = strtok_r(line + 7, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest))
            if (strtoul(word, NULL, 10) == gid) found = true;
    }
    if (file) fclose(file);
    return found;
}

/* How many of the threads are in the group. */
static unsigned int members(const struct carrier *carriers, unsigned int count, gid_t gid)
{
    unsigned int in = 0;

    for (unsigned int i = 0; i < count; i++) in += in_group(carriers[i].tid, gid);
    return in;
}

static unsigned int with_capability(const struct carrier *carriers, unsigned int count, int capability)
{
    unsigned int with = 0;
    struct task task;

    for (unsigned int i = 0; i < count; i++) with += read_task(carriers[i].tid, &task) && task.effective & BIT(capability);
    return with;
}

/* ---- groups ------------------------------------------------------------------------------------------------------------------ */

static void test_groups(void)
{
    const char *file = make_file("staff", "for the staff", 0, STAFF, 0640);
    struct carrier carriers[THREADS] = {0}, identified[1] = {0};
    NTSTATUS status;
    HANDLE token = create_alice(SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT, SE_GROUP_MANDATORY, &status);

    ok(!status, "got %#x\n", status); /* design 5.2 */
    start(carriers, THREADS, token, SecurityImpersonation);
    start(identified, 1, token, SecurityIdentification);

    /* design 5.2: every thread that carries the token */
    ok(members(carriers, THREADS, STAFF) == THREADS, "%u are in the group\n", members(carriers, THREADS, STAFF));
    status = enable_group(token, STAFF, false);
    ok(!status, "got %#x\n", status);
    ok(!members(carriers, THREADS, STAFF), "%u are still in the group\n", members(carriers, THREADS, STAFF));
    ok(members(carriers, THREADS, READERS) == THREADS, "%u are in the other group\n", members(carriers, THREADS, READERS));
    ok(!in_group(identified[0].tid, READERS), "the identified client carries the account\n");

    /* design 5.2: this thread too, and files say so */
    ok(!impersonate(carriers[0].token), "it is refused\n");
    ok(open_error(file) == EACCES, "the file opens, %d\n", open_error(file));
    status = enable_group(token, STAFF, true);
    ok(!status && !open_error(file), "got %#x, %d\n", status, open_error(file));
    ok(members(carriers, THREADS, STAFF) == THREADS, "%u are in the group\n", members(carriers, THREADS, STAFF));
    status = enable_group(token, STAFF, false);
    ok(!status && open_error(file) == EACCES, "got %#x, %d\n", status, open_error(file));
    status = NtAdjustGroupsToken(token, TRUE, NULL, 0, NULL, NULL);
    ok(!status && !open_error(file), "got %#x, %d\n", status, open_error(file));
    PsRevertToSelf();
    end(identified, 1);
    end(carriers, THREADS);
    NtClose(token);
}

static void test_undone(void)
{
    struct carrier carriers[THREADS] = {0};
    NTSTATUS status;
    HANDLE token = create_alice(SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT, SE_GROUP_MANDATORY, &status);
    TOKEN_STATISTICS before, after;
    ULONG length;

    ok(!status, "got %#x\n", status); /* design 5.2 */
    carriers[THREADS / 2].deaf = true;
    start(carriers, THREADS, token, SecurityImpersonation);

    /* design 5.2: one thread cannot be made to, and all carry what they carried */
    NtQueryInformationToken(token, TokenStatistics, &before, sizeof(before), &length);
    status = enable_group(token, STAFF, false);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(members(carriers, THREADS, STAFF) == THREADS, "%u are in the group\n", members(carriers, THREADS, STAFF));
    status = NtQueryInformationToken(token, TokenStatistics, &after, sizeof(after), &length);
    ok(!status && after.GroupCount == before.GroupCount, "got %#x\n", status);
    carriers[0].status = impersonate(carriers[0].token);
    ok(!carriers[0].status && in_group(gettid(), STAFF), "got %#x, not in the group\n", carriers[0].status);
    PsRevertToSelf();
    end(carriers, THREADS);

    /* design 5.2: when it is gone it can be done */
    status = enable_group(token, STAFF, false);
    ok(!status, "got %#x\n", status);
    NtClose(token);
}

struct changer
{
    PETHREAD target;
    PACCESS_TOKEN token;
    NTSTATUS status;
};

static void *change(void *argument)
{
    struct changer *changer = argument;

    changer->status = PsImpersonateClient(changer->target, changer->token, FALSE, FALSE, SecurityImpersonation);
    return NULL;
}

static bool impersonates(PETHREAD thread, PACCESS_TOKEN token)
{
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy_on_open, effective_only;
    PACCESS_TOKEN found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);

    PsDereferenceImpersonationToken(found);
    return found == token;
}

/* A thread that is about to become somebody else, and cannot, is then a carrier again. */
static void test_meanwhile(void)
{
    struct carrier carriers[1] = {{.deaf = true}};
    NTSTATUS status;
    HANDLE token = create_alice(SE_GROUP_ENABLED, SE_GROUP_MANDATORY, &status);
    struct changer changer = {.token = account_token("bob")};
    pthread_t thread;

    ok(!status && changer.token, "got %#x\n", status); /* design 5.2 */
    start(carriers, 1, token, SecurityImpersonation);
    status = PsLookupThreadByThreadId((HANDLE)(ULONG_PTR)carriers[0].tid, &changer.target);
    ok(!status, "got %#x\n", status); /* DDI PsLookupThreadByThreadId */
    pthread_create(&thread, NULL, change, &changer);
    while (!impersonates(changer.target, changer.token)) usleep(1000);
    status = enable_group(token, STAFF, false);
    pthread_join(thread, NULL);
    /* design 5.9 */
    ok(changer.status == STATUS_ACCESS_DENIED && impersonates(changer.target, carriers[0].token), "got %#x\n", changer.status);
    /* design 5.2: it still carries the group, so that the token must not have lost it */
    ok(status == STATUS_ACCESS_DENIED && in_group(carriers[0].tid, STAFF), "got %#x\n", status);
    ObDereferenceObject(changer.target);
    ObDereferenceObject(changer.token);
    end(carriers, 1);
    NtClose(token);
}

static void test_primary_group(void)
{
    NTSTATUS status;
    HANDLE token = create_alice(SE_GROUP_ENABLED, SE_GROUP_ENABLED, &status);
    PACCESS_TOKEN object = object_of(token);

    ok(!status, "got %#x\n", status); /* design 5.2 */

    /* design 5.2: ids always have a primary group */
    ok(!impersonate(object) && in_group(gettid(), STAFF), "it is refused\n");
    status = enable_group(token, ALICE, false);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(in_group(gettid(), STAFF), "it carries something else\n");
    PsRevertToSelf();
    status = enable_group(token, ALICE, false);
    ok(!status, "got %#x\n", status);
    ok(impersonate(object) == STATUS_ACCESS_DENIED, "it is carried\n");
    ok(!guise_thread_carries_client(), "the thread carries somebody\n");
    status = enable_group(token, ALICE, true);
    ok(!status && !impersonate(object), "got %#x\n", status);
    PsRevertToSelf();
    ObDereferenceObject(object);
    NtClose(token);
}

/* What is opened from the thread and adjusted counts for the thread. */
static void test_opened(void)
{
    NTSTATUS status;
    HANDLE token = create_alice(SE_GROUP_ENABLED, SE_GROUP_MANDATORY, &status), opened;
    PACCESS_TOKEN object = object_of(token);

    /* design 5.2 */
    status = PsImpersonateClient(PsGetCurrentThread(), object, TRUE, FALSE, SecurityImpersonation);
    ok(!status && in_group(gettid(), STAFF), "got %#x\n", status);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_ADJUST_GROUPS, TRUE, &opened);
    ok(!status, "got %#x\n", status);
    status = enable_group(opened, STAFF, false);
    ok(!status && !in_group(gettid(), STAFF), "got %#x\n", status);
    NtClose(opened);
    PsRevertToSelf();
    ok(!impersonate(object) && in_group(gettid(), STAFF), "the original was adjusted\n");
    PsRevertToSelf();
    ObDereferenceObject(object);
    NtClose(token);
}

/* ---- privileges ------------------------------------------------------------------------------------------------------------- */

static HANDLE duplicate_process(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    HANDLE process, copy;

    NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &process);
    NtDuplicateToken(process, TOKEN_ALL_ACCESS, &attributes, FALSE, TokenImpersonation, &copy);
    NtClose(process);
    return copy;
}

static void test_privileges(void)
{
    struct carrier carriers[THREADS] = {0};
    HANDLE token = duplicate_process();
    struct task task;
    NTSTATUS status;

    start(carriers, THREADS, token, SecurityImpersonation);
    /* design 5.2, capabilities(7) */
    ok(with_capability(carriers, THREADS, CAP_SYS_PTRACE) == THREADS, "they have it not\n");
    status = enable_privilege(token, SE_DEBUG_PRIVILEGE, false);
    ok(!status, "got %#x\n", status);
    ok(!with_capability(carriers, THREADS, CAP_SYS_PTRACE), "%u have it\n", with_capability(carriers, THREADS, CAP_SYS_PTRACE));
    ok(with_capability(carriers, THREADS, CAP_SYS_MODULE) == THREADS, "another one has gone\n");
    task = task_now();
    ok(task.effective & BIT(CAP_SYS_PTRACE), "this thread does not carry the token\n");
    status = enable_privilege(token, SE_DEBUG_PRIVILEGE, true);
    ok(!status && with_capability(carriers, THREADS, CAP_SYS_PTRACE) == THREADS, "got %#x\n", status);
    status = NtAdjustPrivilegesToken(token, TRUE, NULL, 0, NULL, NULL);
    ok(!status && !with_capability(carriers, THREADS, CAP_DAC_OVERRIDE), "got %#x\n", status);
    end(carriers, THREADS);
    NtClose(token);
}

/* ---- what ids do not express ------------------------------------------------------------------------------------------------- */

static NTSTATUS try_filtered(HANDLE token, ULONG flags, const SID *disable, const SID *restrict_to)
{
    TOKEN_GROUPS disabled = {1, {{(PSID)disable, 0}}}, restricted = {1, {{(PSID)restrict_to, 0}}};
    PACCESS_TOKEN object;
    HANDLE filtered;
    NTSTATUS status;

    if ((status = NtFilterToken(token, flags, disable ? &disabled : NULL, NULL, restrict_to ? &restricted : NULL, &filtered))) return status;
    object = object_of(filtered);
    status = impersonate(object);
    ok(!status || !guise_thread_carries_client(), "refused, and carried\n"); /* design 5.5 */
    ObDereferenceObject(object);
    NtClose(filtered);
    return status;
}

/* Ids have a primary group, which has to be one of the token's. */
static void test_foreign_primary_group(void)
{
    struct two_part_sid user = user_sid(ALICE), own = group_sid(ALICE), staff = group_sid(STAFF);
    struct
    {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more[2];
    } groups = {{2, {{&everyone, SE_GROUP_MANDATORY}}}, {{&staff, SE_GROUP_MANDATORY}, {&own, SE_GROUP_MANDATORY}}};
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    TOKEN_PRIVILEGES privileges = {.PrivilegeCount = 0};
    TOKEN_SOURCE source = {.SourceName = "Test"};
    LARGE_INTEGER never = {.QuadPart = -1};
    PSID primary[] = {&user, &everyone, &staff};

    for (unsigned int i = 0; i < 6; i++)
    {
        bool expected = i > 1; /* staff, or the account's own group is there */
        PACCESS_TOKEN object;
        NTSTATUS status;
        HANDLE token;

        groups.groups.GroupCount = i < 3 ? 2 : 3;
        status = NtCreateToken(&token, TOKEN_ALL_ACCESS, &attributes, TokenImpersonation, &(LUID){0x3e7, 0}, &never,
                               &(TOKEN_USER){{&user, 0}}, &groups.groups, &privileges, NULL, &(TOKEN_PRIMARY_GROUP){primary[i % 3]}, NULL,
                               &source);
        ok(!status, "%u: got %#x\n", i, status); /* design 5.2 */
        object = object_of(token);
        status = impersonate(object);
        /* design 5.2 */
        ok(status == (expected ? STATUS_SUCCESS : STATUS_ACCESS_DENIED), "%u: got %#x, gid %u\n", i, status, getegid());
        ok(!expected || getegid() == (i % 3 == 2 ? STAFF : ALICE), "%u: gid %u\n", i, getegid());
        PsRevertToSelf();
        ObDereferenceObject(object);
        NtClose(token);
    }
}

static void test_inexpressible(void)
{
    struct two_part_sid user = user_sid(ALICE), own = group_sid(ALICE), staff = group_sid(STAFF);
    NTSTATUS status;
    HANDLE token = create_alice(SE_GROUP_MANDATORY, SE_GROUP_MANDATORY, &status), self = duplicate_process();
    gid_t root_gid = getegid();
    struct two_part_sid root = group_sid(root_gid);

    ok(!status, "got %#x\n", status); /* design 5.2 */

    /* design 5.2: restricting SIDs, also for writing only; the user; the primary group; a Unix group */
    ok(try_filtered(token, 0, NULL, &everyone) == STATUS_ACCESS_DENIED, "restricted\n");
    ok(try_filtered(token, WRITE_RESTRICTED, NULL, &everyone) == STATUS_ACCESS_DENIED, "write restricted\n");
    ok(try_filtered(token, 0, &user.sid, NULL) == STATUS_ACCESS_DENIED, "the user denies only\n");
    ok(try_filtered(token, 0, &own.sid, NULL) == STATUS_ACCESS_DENIED, "the primary group denies only\n");
    ok(try_filtered(token, 0, &staff.sid, NULL) == STATUS_ACCESS_DENIED, "a group denies only\n");
    /* design 5.2: the process itself can be no less either */
    ok(try_filtered(self, 0, NULL, &everyone) == STATUS_ACCESS_DENIED, "restricted\n");
    ok(try_filtered(self, 0, &root.sid, NULL) == STATUS_ACCESS_DENIED, "the group of the process denies only\n");
    /* design 5.2: what is no group of the account is a matter of access checks alone */
    status = try_filtered(token, 0, &everyone, NULL);
    ok(!status && in_group(gettid(), STAFF), "got %#x\n", status);
    PsRevertToSelf();
    /* design 5.2: fewer privileges of the process are fewer capabilities */
    status = try_filtered(self, DISABLE_MAX_PRIVILEGE, NULL, NULL);
    ok(!(task_now().effective & BIT(CAP_DAC_OVERRIDE)), "got %#x\n", status);
    PsRevertToSelf();
    NtClose(self);
    NtClose(token);
}

static void dropping(void)
{
    struct two_part_sid staff = group_sid(STAFF), own = group_sid(ALICE);
    NTSTATUS status;
    HANDLE token;

    use_configuration("deny-only-groups = drop");
    token = create_alice(SE_GROUP_MANDATORY, SE_GROUP_MANDATORY, &status);
    /* design 5.2 */
    status = try_filtered(token, 0, &staff.sid, NULL);
    ok(!status && !in_group(gettid(), STAFF) && in_group(gettid(), READERS), "got %#x\n", status);
    PsRevertToSelf();
    ok(try_filtered(token, 0, &own.sid, NULL) == STATUS_ACCESS_DENIED, "the primary group denies only\n");
    NtClose(token);
}

START_TEST(carriers)
{
    if (!have_sandbox()) return;
    ok(!run_child(dropping), "a child failed\n"); /* design 5.2 */
    test_groups();
    test_undone();
    test_meanwhile();
    test_primary_group();
    test_opened();
    test_privileges();
    test_foreign_primary_group();
    test_inexpressible();
}
