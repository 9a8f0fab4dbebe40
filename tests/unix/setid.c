/*
 * Tests of glibc's process-wide set*id beside impersonation (design 5.12): EBUSY on a thread that carries a client, a bounded wait elsewhere, and a
 * process credential and primary token made anew afterwards.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

static PACCESS_TOKEN alice;

/* A thread that carries the client until it is told to stop. */
struct carrier
{
    pthread_t thread;
    sem_t carries, stop;
    bool keeps_ids; /* it ends without reverting */
};

static void *carry(void *argument)
{
    struct carrier *carrier = argument;

    impersonate(alice);
    sem_post(&carrier->carries);
    while (sem_wait(&carrier->stop)) continue;
    if (!carrier->keeps_ids) PsRevertToSelf();
    return NULL;
}

static void start_carrier(struct carrier *carrier, bool keeps_ids)
{
    sem_init(&carrier->carries, 0, 0);
    sem_init(&carrier->stop, 0, 0);
    carrier->keeps_ids = keeps_ids;
    pthread_create(&carrier->thread, NULL, carry, carrier);
    while (sem_wait(&carrier->carries)) continue;
}

static void stop_carrier(struct carrier *carrier)
{
    sem_post(&carrier->stop);
    pthread_join(carrier->thread, NULL);
}

static const char *const names[] = {"setuid",    "seteuid", "setreuid", "setresuid", "setgid",
                                    "setegid", "setregid", "setresgid", "setgroups", "initgroups"};

static int call(size_t which)
{
    switch (which)
    {
    case 0: return setuid(0);
    case 1: return seteuid(0);
    case 2: return setreuid(0, 0);
    case 3: return setresuid(0, 0, 0);
    case 4: return setgid(0);
    case 5: return setegid(0);
    case 6: return setregid(0, 0);
    case 7: return setresgid(0, 0, 0);
    case 8: return setgroups(0, NULL);
    default: return initgroups("root", 0);
    }
}

static void check_all(bool busy)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        int result, error;

        errno = 0;
        result = call(i);
        error = errno;
        /* callers cite */
        if (busy) ok(result == -1 && error == EBUSY, "%s: %d, %s\n", names[i], result, strerror(error));
        else ok(!result, "%s: %s\n", names[i], strerror(error));
    }
}

static void test_busy(void)
{
    struct carrier carrier;
    struct task before = task_now(), after;

    impersonate(alice);
    check_all(true); /* design 5.12 */
    ok(task_now().uid[EFFECTIVE] == ALICE, "the thread lost its client\n"); /* design 5.12 */
    PsRevertToSelf();

    start_carrier(&carrier, false);
    check_all(true); /* design 5.12 */
    stop_carrier(&carrier);
    check_all(false); /* design 5.12 */
    setgroups(0, NULL); /* initgroups gave the process root's group */
    after = task_now();
    ok(same_credential(&before, &after), "uid %u\n", after.uid[EFFECTIVE]); /* design 5.12 */
}

/* A carrier that reverts meanwhile lets set*id go on; nobody becomes a client until it is done. */
static void *stop_soon(void *argument)
{
    struct timespec pause = {0, 30000000};

    nanosleep(&pause, NULL);
    stop_carrier(argument);
    return NULL;
}

static void test_wait(void)
{
    struct carrier carrier;
    pthread_t thread;

    start_carrier(&carrier, false);
    pthread_create(&thread, NULL, stop_soon, &carrier);
    ok(!seteuid(0), "seteuid: %s\n", strerror(errno)); /* design 5.12 */
    pthread_join(thread, NULL);
}

/* A thread that ends with the client's ids counts until it has gone. */
static void test_ended_carrier(void)
{
    struct carrier carrier;

    start_carrier(&carrier, true);
    stop_carrier(&carrier);
    ok(!seteuid(0), "seteuid: %s\n", strerror(errno)); /* design 5.12 */
}

struct contest
{
    _Atomic bool stop;
    _Atomic int switched, refused, wrong;
};

static void *switch_often(void *argument)
{
    struct contest *contest = argument;

    while (!contest->stop)
    {
        if (impersonate(alice)) contest->refused++;
        else
        {
            contest->switched++;
            if (task_now().uid[EFFECTIVE] != ALICE) contest->wrong++;
        }
        PsRevertToSelf();
    }
    return NULL;
}

static void test_contest(void)
{
    struct contest contest = {false, 0, 0, 0};
    pthread_t threads[3];
    int done = 0;

    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, switch_often, &contest);
    for (int i = 0; i < 40; i++) done += !setegid(i % 2 ? 0 : READERS) && !setgroups(0, NULL);
    setegid(0);
    contest.stop = true;
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    ok(done == 40, "%d of 40 set*id\n", done); /* design 5.12 */
    ok(contest.switched && !contest.refused && !contest.wrong, "%d switches, %d refused, %d wrong\n", contest.switched, contest.refused,
       contest.wrong); /* design 5.12 */
}

/* The user of the primary token, as the last subauthority and the authority of its SID. */
static void check_user(ULONG authority, ULONG last)
{
    union
    {
        TOKEN_USER user;
        char room[128];
    } user;
    HANDLE token;
    ULONG length;
    PISID sid;

    /* callers cite */
    ok(!NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &token), "no process token\n");
    ok(!NtQueryInformationToken(token, TokenUser, &user, sizeof(user), &length), "no user\n");
    sid = user.user.User.Sid;
    ok(sid->IdentifierAuthority.Value[5] == authority && sid->SubAuthority[sid->SubAuthorityCount - 1] == last, "S-1-%u-...-%u\n",
       sid->IdentifierAuthority.Value[5], sid->SubAuthority[sid->SubAuthorityCount - 1]);
    NtClose(token);
}

static void test_renewed(void)
{
    struct task lowered, again;
    NTSTATUS status;

    check_user(5, 18); /* design 5.1 */
    ok(!seteuid(SERVICE), "seteuid: %s\n", strerror(errno)); /* design 5.12 */
    check_user(22, SERVICE); /* design 5.12 */
    lowered = task_now();
    status = impersonate(alice);
    ok(!status, "status %#x\n", status); /* design 5.4 */
    /* Without effective capabilities SeImpersonatePrivilege is not enabled: a copy at Identification (K1.1.5). */
    ok(task_now().uid[EFFECTIVE] == ANONYMOUS && task_now().uid[REAL] == THIRD, "uid %u\n", task_now().uid[EFFECTIVE]); /* design 5.4 */
    PsRevertToSelf();
    again = task_now();
    ok(same_credential(&lowered, &again), "uid %u, capabilities %#I64x\n", again.uid[EFFECTIVE], again.effective); /* design 5.4 */
    ok(!seteuid(0), "seteuid: %s\n", strerror(errno)); /* design 5.12 */
    check_user(5, 18); /* design 5.12 */
}

/* The way in after the process has given everything up. */
static void give_up(void)
{
    NTSTATUS status;

    ok(!setgroups(0, NULL) && !setgid(SERVICE) && !setuid(SERVICE), "set*id: %s\n", strerror(errno)); /* design 5.12 */
    status = impersonate(alice);
    ok(status == STATUS_ACCESS_DENIED, "status %#x\n", status); /* design 5.7 */
    ok(task_now().uid[EFFECTIVE] == SERVICE, "uid %u\n", task_now().uid[EFFECTIVE]); /* design 5.7 */
}

/* Capabilities that the program gives up before it first impersonates do not come back with the way out. */
static void ambient_given_up(void)
{
    struct task before, after;
    PACCESS_TOKEN token = account_token("alice");

    ok(task_now().ambient != 0, "no ambient capabilities\n"); /* capabilities(7) */
    ok(!prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl: %s\n", strerror(errno)); /* capabilities(7) */
    before = task_now();
    ok(!impersonate(token), "alice is refused\n"); /* design 5.4 */
    ok(task_now().uid[EFFECTIVE] == ALICE, "uid %u\n", task_now().uid[EFFECTIVE]); /* design 5.4 */
    PsRevertToSelf();
    after = task_now();
    ok(same_credential(&before, &after), "ambient %#I64x\n", after.ambient); /* design 5.1 */
    ObDereferenceObject(token);
}

START_TEST(setid)
{
    static const char *const service[] = {"setpriv", "--reuid=70020", "--regid=70020", "--clear-groups", "--inh-caps", "+setuid,+setgid",
                                          "--ambient-caps", "+setuid,+setgid", NULL};

    if (role())
    {
        ambient_given_up();
        return;
    }
    if (!have_sandbox()) return;
    run_role(service, "setid", "service");
    use_configuration("setid-wait = 100");
    alice = account_token("alice");
    test_busy();
    test_wait();
    test_ended_carrier();
    test_contest();
    test_renewed();
    ok(!run_child(give_up), "the child failed\n"); /* design 5.7 */
    ObDereferenceObject(alice);
}
