/*
 * Tests of how many system calls a switch takes, and which: exactly those of design 5.4, none for what changes nothing. All calls of the
 * thread are recorded, not only those that change ids.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"
#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#define NOBODY_CHANGES ((uint32_t)-1)
#define MOST_GROUPS    65536

static gid_t own_groups[MOST_GROUPS];
static int own_count;

/* What a recorded thread does: each step is a token to carry, or NULL to revert. */
struct steps
{
    size_t prepared, count; /* the first PREPARED ones are made before the recording begins */
    PACCESS_TOKEN tokens[4];
    NTSTATUS status;
};

static void make_steps(struct steps *steps, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
    {
        if (!steps->tokens[i]) PsRevertToSelf();
        else if (!steps->status) steps->status = impersonate(steps->tokens[i]);
    }
}

static void prepare_steps(void *argument)
{
    struct steps *steps = argument;

    PsGetCurrentThread(); /* the record of the thread is made once */
    make_steps(steps, 0, steps->prepared);
}

static void act_steps(void *argument)
{
    struct steps *steps = argument;

    make_steps(steps, steps->prepared, steps->count);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZER_INTERPOSES 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZER_INTERPOSES 1
#endif

/*
 * A sanitizer's functions stand before ours, so that the library is in guarded mode (design 5.13) and also looks whether the process has changed,
 * and blocks a signal. What changes ids stays the same.
 */
static void leave_out_guard(struct recording *recording)
{
#ifdef SANITIZER_INTERPOSES
    size_t kept = 0;

    for (size_t i = 0; i < recording->count && i < ARRAYSIZE(recording->calls); i++)
    {
        int number = recording->calls[i].number;

        if (number == SYS_getresuid || number == SYS_getresgid || number == SYS_rt_sigprocmask) continue;
        if (number == SYS_getgroups || number == SYS_capget) continue;
        if (number == SYS_prctl && recording->calls[i].arguments[1] != PR_CAP_AMBIENT_RAISE) continue;
        recording->calls[kept++] = recording->calls[i];
    }
    recording->count = kept;
#else
    (void)recording;
#endif
}

/* Says what was recorded, for messages. */
static const char *describe(const struct recording *recording)
{
    static char text[512];
    size_t length = 0, i;

    text[0] = 0;
    for (i = 0; i < recording->count && i < ARRAYSIZE(recording->calls) && length < sizeof(text) - 64; i++)
    {
        const struct recorded_call *call = &recording->calls[i];

        length += (size_t)snprintf(text + length, sizeof(text) - length, " %d(%d,%d,%d)", call->number, (int)call->arguments[0],
                                   (int)call->arguments[1], (int)call->arguments[2]);
    }
    return text;
}

struct expected_call
{
    int number;
    uint32_t arguments[3]; /* of setgroups the first; capset has pointers */
};

static BOOL is_expected(const struct recorded_call *call, const struct expected_call *expected)
{
    int compared = expected->number == SYS_setgroups ? 1 : expected->number == SYS_capset ? 0 : 3;

    if (call->number != expected->number) return FALSE;
    for (int i = 0; i < compared; i++)
        if ((uint32_t)call->arguments[i] != expected->arguments[i]) return FALSE;
    return TRUE;
}

static void check_calls(struct steps *steps, const struct expected_call *expected, size_t count)
{
    struct recording recording;
    int error = record_system_calls(prepare_steps, act_steps, steps, &recording);
    size_t same = 0;

    leave_out_guard(&recording);
    /* callers cite */
    ok(!error, "no recorder: error %d\n", error);
    ok(!steps->status, "status %#x\n", steps->status);
    while (same < count && same < recording.count && is_expected(&recording.calls[same], &expected[same])) same++;
    ok(same == count && recording.count == count, "%u calls of %u, the first %u as expected:%s\n", (unsigned int)recording.count,
       (unsigned int)count, (unsigned int)same, describe(&recording));
}

/* A whole pair, with groups that the process does not have. */
static void test_pair(size_t groups)
{
    gid_t *list = malloc((groups + 1) * sizeof(*list));
    const struct expected_call expected[] = {
        {SYS_setgroups, {(uint32_t)groups}},
        {SYS_setresgid, {THIRD, ALICE, NOBODY_CHANGES}},
        {SYS_setresuid, {THIRD, ALICE, NOBODY_CHANGES}},
        {SYS_setresuid, {0, 0, NOBODY_CHANGES}},
        {SYS_setresgid, {0, 0, NOBODY_CHANGES}},
        {SYS_setgroups, {(uint32_t)own_count}},
    };
    struct steps steps = {.count = 2};

    for (size_t i = 0; i < groups; i++) list[i] = 100000 + (gid_t)i;
    steps.tokens[0] = ids_token(ALICE, ALICE, groups, list);
    winetest_push_context("%u groups", (unsigned int)groups);
    check_calls(&steps, expected, ARRAYSIZE(expected)); /* design 5.4 */
    winetest_pop_context();
    ObDereferenceObject(steps.tokens[0]);
    free(list);
}

/* Groups that the process has already are not set. */
static void test_same_groups(void)
{
    const struct expected_call expected[] = {
        {SYS_setresgid, {THIRD, ALICE, NOBODY_CHANGES}},
        {SYS_setresuid, {THIRD, ALICE, NOBODY_CHANGES}},
        {SYS_setresuid, {0, 0, NOBODY_CHANGES}},
        {SYS_setresgid, {0, 0, NOBODY_CHANGES}},
    };
    struct steps steps = {.count = 2, .tokens = {ids_token(ALICE, ALICE, (size_t)own_count, own_groups)}};

    check_calls(&steps, expected, ARRAYSIZE(expected)); /* design 5.4 */
    ObDereferenceObject(steps.tokens[0]);
}

/* From client to client by way of the process's uid alone. */
static void test_over(void)
{
    const struct expected_call expected[] = {
        {SYS_setresuid, {0, 0, NOBODY_CHANGES}},
        {SYS_setgroups, {1}},
        {SYS_setresgid, {THIRD, BOB, NOBODY_CHANGES}},
        {SYS_setresuid, {THIRD, BOB, NOBODY_CHANGES}},
    };
    struct steps steps = {.prepared = 1, .count = 2, .tokens = {account_token("alice"), account_token("bob")}};

    check_calls(&steps, expected, ARRAYSIZE(expected)); /* design 5.4 */
    ObDereferenceObject(steps.tokens[0]);
    ObDereferenceObject(steps.tokens[1]);
}

static void test_nothing_changes(void)
{
    PACCESS_TOKEN alice = account_token("alice"), primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    struct steps again = {.prepared = 1, .count = 2, .tokens = {alice, alice}};
    struct steps idle = {.count = 1};
    struct steps self = {.count = 2, .tokens = {primary}};

    check_calls(&again, NULL, 0); /* design 5.4 */
    check_calls(&idle, NULL, 0);  /* design 5.4 */
    check_calls(&self, NULL, 0);  /* design 5.8 */
    ObDereferenceObject(alice);
    PsDereferencePrimaryToken(primary);
}

static void act_bracket(void *argument)
{
    (void)argument;
    guise_process_begin();
    guise_process_begin();
    guise_process_end();
    guise_process_end();
}

/* A thread that carries nobody acts as the process anyway. */
static void test_idle_bracket(void)
{
    struct steps none = {.count = 0};
    struct recording recording;
    int error = record_system_calls(prepare_steps, act_bracket, &none, &recording);

    ok(!error && !recording.count, "error %d, %u calls:%s\n", error, (unsigned int)recording.count, describe(&recording)); /* design 5.10 */
}

/* What is done once must not be counted: records, the self-test. FALSE: this process cannot impersonate. */
static BOOL warm_up(void)
{
    PACCESS_TOKEN alice = account_token("alice");
    NTSTATUS status = impersonate(alice);

    PsRevertToSelf();
    ObDereferenceObject(alice);
    ok(!status, "status %#x\n", status); /* design 5.15 */
    return !status;
}

/* A service with two ambient capabilities: they leave with one call, and come back with one and one for each. */
static void test_service(void)
{
    const struct expected_call expected[] = {
        {SYS_setgroups, {2}},
        {SYS_setresgid, {THIRD, ALICE, NOBODY_CHANGES}},
        {SYS_setresuid, {THIRD, ALICE, NOBODY_CHANGES}},
        {SYS_capset, {0}},
        {SYS_capset, {0}},
        {SYS_setresuid, {SERVICE, SERVICE, NOBODY_CHANGES}},
        {SYS_setresgid, {SERVICE, SERVICE, NOBODY_CHANGES}},
        {SYS_setgroups, {0}},
        {SYS_prctl, {PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETGID}},
        {SYS_prctl, {PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETUID}},
    };
    struct steps steps = {.count = 2, .tokens = {account_token("alice")}};

    check_calls(&steps, expected, ARRAYSIZE(expected)); /* design 5.4 */
    ObDereferenceObject(steps.tokens[0]);
    test_nothing_changes();
}

START_TEST(switch_calls)
{
    static const char *const service[] = {"setpriv", "--reuid", "70020", "--regid", "70020", "--clear-groups",
                                          "--inh-caps=-all,+setuid,+setgid", "--ambient-caps=-all,+setuid,+setgid", NULL};

    if (role())
    {
        if (warm_up()) test_service();
        return;
    }
    if (!have_sandbox() || !warm_up()) return;
    own_count = getgroups(MOST_GROUPS, own_groups);

    test_pair(own_count == 1 ? 2 : 1);
    test_pair(16);
    test_pair(1024);
    test_pair(MOST_GROUPS);
    test_same_groups();
    test_over();
    test_nothing_changes();
    test_idle_bracket();
    run_role(service, "switch_calls", "service");
}
