/*
 * Tests of the third account (design 5.3): what a thread that carries a client may not do to the server or to another daemon of the
 * server's user, and what the client's own processes may not do to that thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* A process of root's that does nothing. */
static pid_t start_daemon(void)
{
    pid_t child;

    fflush(stdout);
    if (!(child = fork()))
    {
        for (;;) pause();
    }
    return child;
}

static void end_daemon(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void check_trace(pid_t target)
{
    char byte, path[64];
    struct iovec local = {&byte, 1}, remote = {&byte, 1};
    int descriptor = (int)syscall(SYS_pidfd_open, target, 0);

    ok(ptrace(PTRACE_SEIZE, target, 0, 0) == -1 && errno == EPERM, "the daemon can be traced\n"); /* design 5.3 */
    ok(process_vm_readv(target, &local, 1, &remote, 1, 0) == -1 && errno == EPERM, "its memory can be read\n"); /* design 5.3 */
    ok(process_vm_writev(target, &local, 1, &remote, 1, 0) == -1 && errno == EPERM, "its memory can be written\n"); /* design 5.3 */
    ok(descriptor >= 0 && syscall(SYS_pidfd_getfd, descriptor, 1, 0) == -1 && errno == EPERM,
       "its descriptors can be taken\n"); /* design 5.3 */
    close(descriptor);
    snprintf(path, sizeof(path), "/proc/%d/mem", (int)target);
    ok(open_error(path) == EACCES, "%s opens\n", path); /* design 5.3 */
    snprintf(path, sizeof(path), "/proc/%d/environ", (int)target);
    ok(open_error(path) == EACCES, "%s opens\n", path); /* design 5.3 */
}

static void check_signals_and_limits(pid_t target)
{
    struct rlimit limit = {1, 1};

    ok(kill(target, 0) == -1 && errno == EPERM, "the daemon can be killed\n"); /* design 5.3 */
    ok(prlimit(target, RLIMIT_NOFILE, &limit, NULL) == -1 && errno == EPERM, "its limits can be set\n"); /* design 5.3 */
    ok(prlimit(target, RLIMIT_NOFILE, NULL, &limit) == -1 && errno == EPERM, "its limits can be read\n"); /* design 5.3 */
    ok(setpriority(PRIO_PROCESS, (id_t)target, 5) == -1 && errno == EPERM, "its priority can be set\n"); /* design 5.3 */
    ok(syscall(SYS_sched_setaffinity, target, sizeof(limit), &limit) == -1 && errno == EPERM, "its CPUs can be set\n"); /* design 5.3 */
}

static void check_keys(long key)
{
    char secret[16];
    long found = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", "guise-test", 0);

    ok(syscall(SYS_keyctl, KEYCTL_READ, key, secret, sizeof(secret)) == -1, "a key of the server can be read\n"); /* design 5.3 */
    ok(found != key, "a key of the server is found in the user keyring\n"); /* design 5.3 */
}

static void test_acts(const char *account)
{
    PACCESS_TOKEN token = account_token(account);
    /* Possession would do instead of ids: the key lies in the user keyring only, for the owner alone. */
    long key = syscall(SYS_add_key, "user", "guise-test", "secret", 6L, KEY_SPEC_USER_KEYRING);
    pid_t target = start_daemon();
    NTSTATUS status;

    if (key == -1) skip("no keyrings: %s\n", strerror(errno));
    else syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x003f0000);
    status = impersonate(token);
    ok(!status, "status %#x\n", status); /* design 5.4 */
    check_trace(target);
    check_signals_and_limits(target);
    if (key != -1) check_keys(key);
    PsRevertToSelf();
    if (key != -1) syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
    end_daemon(target);
    ObDereferenceObject(token);
}

/* What the client's own process may do to the thread that carries the client: exit code 0 = nothing. */
static int attack_thread(pid_t server, pid_t tid)
{
    char byte;
    struct iovec local = {&byte, 1}, remote = {&byte, 1};
    struct rlimit limit = {1, 1};
    int done = 0;

    if (setgid(ALICE) || setuid(ALICE)) return 99;
    if (!kill(server, 0)) done |= 1;
    if (!syscall(SYS_tgkill, server, tid, 0)) done |= 2;
    if (!kill(tid, 0)) done |= 2;
    if (ptrace(PTRACE_SEIZE, tid, 0, 0) != -1 || process_vm_readv(tid, &local, 1, &remote, 1, 0) != -1) done |= 4;
    if (!prlimit(tid, RLIMIT_NOFILE, &limit, NULL)) done |= 8;
    return done;
}

static void test_attacks_of_client(void)
{
    PACCESS_TOKEN token = account_token("alice");
    pid_t server = getpid(), tid = gettid(), child;
    NTSTATUS status;
    int go[2], result;
    char byte;

    if (pipe(go)) return;
    fflush(stdout);
    if (!(child = fork()))
    {
        if (read(go[0], &byte, 1) != 1) _exit(98);
        _exit(attack_thread(server, tid));
    }
    status = impersonate(token);
    ok(!status, "status %#x\n", status); /* design 5.4 */
    if (write(go[1], "x", 1) != 1) abort();
    waitpid(child, &result, 0);
    PsRevertToSelf();
    ok(WIFEXITED(result) && !WEXITSTATUS(result), "the client may do %#x to the server\n", result); /* design 5.3 */
    close(go[0]);
    close(go[1]);
    ObDereferenceObject(token);
}

/* What needs no capability but ids (design 5.16): never more than the client. */
static void test_real_ids_answer(void)
{
    const char *alice_file = make_file("alice-only", "x", ALICE, ALICE, 0600), *root_file = make_file("root-only", "x", 0, 0, 0600);
    PACCESS_TOKEN token = account_token("alice");

    impersonate(token);
    ok(getuid() == THIRD && geteuid() == ALICE, "getuid() is %u\n", getuid()); /* design 5.16 */
    ok(access(alice_file, R_OK) == -1 && errno == EACCES, "access(2) answers for the client\n"); /* design 5.16 */
    ok(access(root_file, R_OK) == -1 && errno == EACCES, "access(2) answers for the server\n"); /* design 5.16 */
    ok(faccessat(AT_FDCWD, alice_file, R_OK, AT_EACCESS) == 0, "AT_EACCESS does not answer for the client\n"); /* design 5.16 */
    PsRevertToSelf();
    ObDereferenceObject(token);
}

START_TEST(forbidden)
{
    if (!have_sandbox()) return;
    test_acts("alice");
    test_acts("many");
    test_attacks_of_client();
    test_real_ids_answer();
}
