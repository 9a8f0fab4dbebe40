/*
 * Tests of children that a thread starts while it carries a client (design 5.11): what is hooked starts as the process if the client may
 * execute the image; what cannot be hooked is the client for ever.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <wordexp.h>

static struct task process;
static PACCESS_TOKEN alice;
static const char server_line[] = "0 0 0 0";

static bool is_client_now(void)
{
    struct task task = task_now();

    return task.uid[REAL] == THIRD && task.uid[EFFECTIVE] == ALICE && !task.effective;
}

static bool is_process_now(void)
{
    struct task task = task_now();

    return same_credential(&task, &process);
}

/* ---- ways to start a child: 0, or an error when none was started. They wait for it. -------------------------------------------------- */

static int wait_for(pid_t child)
{
    int status;

    if (child < 0) return errno;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) != 99 ? 0 : ECHILD;
}

static int by_fork(const char *const *words, const char *command)
{
    pid_t child = fork();

    (void)command;
    if (child) return wait_for(child);
    execv(words[0], (char *const *)words);
    _exit(99);
}

static int by_posix_spawn(const char *const *words, const char *command)
{
    pid_t child;
    int error = posix_spawn(&child, words[0], NULL, NULL, (char *const *)words, environ);

    (void)command;
    return error ? error : wait_for(child);
}

static int by_posix_spawnp(const char *const *words, const char *command)
{
    pid_t child;
    int error = posix_spawnp(&child, strrchr(words[0], '/') + 1, NULL, NULL, (char *const *)words, environ);

    (void)command;
    return error ? error : wait_for(child);
}

static int by_system(const char *const *words, const char *command)
{
    (void)words;
    return system(command) == -1 ? errno : 0;
}

static int by_popen(const char *const *words, const char *command)
{
    FILE *stream = popen(command, "r");

    (void)words;
    if (!stream) return errno;
    while (getc(stream) != EOF) continue;
    return pclose(stream) == -1 ? errno : 0;
}

static int by_wordexp(const char *const *words, const char *command)
{
    char substitution[1100];
    wordexp_t result;
    int error;

    (void)words;
    snprintf(substitution, sizeof(substitution), "$(%s)", command);
    error = wordexp(substitution, &result, 0);
    if (!error) wordfree(&result);
    return error;
}

static int by_vfork(const char *const *words, const char *command)
{
    pid_t child = vfork();

    (void)command;
    if (child) return wait_for(child);
    execv(words[0], (char *const *)words);
    _exit(99);
}

static int by_bare_fork(const char *const *words, const char *command)
{
    pid_t child = _Fork();

    (void)command;
    if (child) return wait_for(child);
    execv(words[0], (char *const *)words);
    _exit(99);
}

static int by_clone(const char *const *words, const char *command)
{
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);

    (void)command;
    if (child) return wait_for(child);
    execv(words[0], (char *const *)words);
    _exit(99);
}

/* The thread itself becomes the image: in a child, so that the test goes on. */
static int by_execve(const char *const *words, const char *command)
{
    pid_t child = fork();

    (void)command;
    if (child) return wait_for(child);
    if (impersonate(alice)) _exit(99);
    execve(words[0], (char *const *)words, environ);
    _exit(99);
}

struct way
{
    const char *name;
    int (*start)(const char *const *words, const char *command);
};

static const struct way hooked[] = {
    {"fork", by_fork},     {"posix_spawn", by_posix_spawn}, {"posix_spawnp", by_posix_spawnp},
    {"system", by_system}, {"popen", by_popen},             {"wordexp", by_wordexp},
};

static const struct way unhooked[] = {
    {"vfork", by_vfork},
    {"_Fork", by_bare_fork},
    {"clone", by_clone},
    {"execve", by_execve},
};

static const char *report_of(const struct way *way, const char *shell, const char *option, bool try, int *error)
{
    static char text[65536];
    const char *words[5] = {shell};
    const char *const *all = words;
    int ends[2], count = 1;

    /* The write end goes to the child. */
    if (pipe(ends) || fcntl(ends[0], F_SETFD, FD_CLOEXEC)) abort();
    if (option) words[count++] = option;
    words[count++] = "-c";
    words[count++] = probe_command(ends[1], try);
    words[count] = NULL;
    if (!shell) all = probe_words(ends[1], try);
    *error = way->start(all, probe_command(ends[1], try));
    close(ends[1]);
    return probe_read(ends[0], text, sizeof(text));
}

/* ---- hooked ------------------------------------------------------------------------------------------------------------------- */

/* As without a client, with the client's thread unharmed. */
static void test_hooked(const struct way *way)
{
    char before[8192];
    const char *report;
    int error;

    winetest_push_context("%s", way->name);
    snprintf(before, sizeof(before), "%s", report_of(way, NULL, NULL, false, &error));
    ok(!error && !strcmp(probe_field(before, 0, "Uid"), server_line), "error %d, %s\n", error, before); /* design 5.11 */
    impersonate(alice);
    report = report_of(way, NULL, NULL, false, &error);
    ok(!error, "error %d\n", error); /* design 5.11 */
    ok(!strcmp(report, before), "the child is\n%s\ninstead of\n%s\n", report, before); /* K2.10.1, design 5.11 */
    ok(is_client_now(), "the thread does not carry the client any more\n"); /* design 5.11 */
    PsRevertToSelf();
    ok(is_process_now(), "the thread is not the process again\n"); /* design 5.4 */
    winetest_pop_context();
}

static void test_image_refused(const struct way *way, const char *image)
{
    const char *words[] = {image, NULL};
    int error;

    winetest_push_context("%s", way->name);
    error = way->start(words, NULL);
    ok(!error, "the server may not run it: error %d\n", error); /* design 5.11 */
    impersonate(alice);
    error = way->start(words, NULL);
    ok(error == EACCES, "error %d\n", error); /* design 5.11 */
    ok(is_client_now(), "the thread does not carry the client any more\n"); /* design 5.11 */
    PsRevertToSelf();
    winetest_pop_context();
}

/* What the client may not execute is not executed for him by the process, which may. */
static void test_images(void)
{
    const char *private = make_file("private", "#!/bin/sh\nexit 0\n", 0, 0, 0700);
    const char *path = getenv("PATH");
    char *old = path ? strdup(path) : NULL;
    pid_t child;
    int error;

    test_image_refused(&hooked[1], private);

    /* By name: only what the client finds on PATH. */
    setenv("PATH", test_folder(), 1);
    test_image_refused(&hooked[2], private);
    make_file("shared", "#!/bin/sh\nexit 0\n", 0, 0, 0755);
    impersonate(alice);
    error = posix_spawnp(&child, "shared", NULL, NULL, (char *const[]){(char *)"shared", NULL}, environ);
    ok(!error && !wait_for(child), "error %d\n", error); /* design 5.11 */
    error = posix_spawnp(&child, "missing", NULL, NULL, (char *const[]){(char *)"missing", NULL}, environ);
    ok(error == ENOENT, "error %d\n", error); /* posix_spawn(3) */
    PsRevertToSelf();
    if (old) setenv("PATH", old, 1);
    free(old);
}

/* In a child with mounts of its own: a shell that only the server may execute. */
static void use_private_shell(void)
{
    const char *output;
    FILE *stream;
    wordexp_t result;
    char shell[128];

    snprintf(shell, sizeof(shell), "%s/shell", test_folder());
    output = output_of((const char *const[]){"install", "-m", "0700", "/bin/sh", shell, NULL});
    ok(!*output, "no copy of the shell: %s\n", output); /* design 5.11 */
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(shell, "/bin/sh", NULL, MS_BIND, NULL))
    {
        skip("no private mounts: %s\n", strerror(errno));
        return;
    }
    ok(!system("exit 0"), "the server cannot use the shell\n"); /* design 5.11 */
    impersonate(alice);
    errno = 0;
    ok(system("exit 0") == -1 && errno == EACCES, "system: %s\n", strerror(errno)); /* design 5.11 */
    errno = 0;
    stream = popen("exit 0", "r");
    ok(!stream && errno == EACCES, "popen: %s\n", strerror(errno)); /* design 5.11 */
    ok(wordexp("$(echo x)", &result, 0) == WRDE_CMDSUB, "wordexp has run a command\n"); /* design 5.11 */
    PsRevertToSelf();
}

/* Words without a command are expanded by the thread itself: which names match is for the kernel to say to the client. */
static void test_wordexp_names(void)
{
    char folder[128], pattern[160];
    wordexp_t result;
    int error;

    snprintf(folder, sizeof(folder), "%s/closed", test_folder());
    snprintf(pattern, sizeof(pattern), "%s/closed/*", test_folder());
    if (mkdir(folder, 0700)) abort();
    make_file("closed/name", "", 0, 0, 0644);
    error = wordexp(pattern, &result, 0);
    ok(!error && strstr(result.we_wordv[0], "/name"), "error %d\n", error); /* wordexp(3) */
    if (!error) wordfree(&result);
    impersonate(alice);
    error = wordexp(pattern, &result, 0);
    ok(!error && !strcmp(result.we_wordv[0], pattern), "the client reads a folder of the server: %d\n", error); /* design 5.11 */
    if (!error) wordfree(&result);
    PsRevertToSelf();
}

/* ---- fork ---------------------------------------------------------------------------------------------------------------------- */

static const char *root_file;

static void look_in_child(void)
{
    HANDLE token;
    NTSTATUS status;

    ok(is_process_now(), "the child of fork has uid %u\n", task_now().uid[EFFECTIVE]); /* design 5.11 */
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &token);
    ok(status == STATUS_NO_TOKEN, "status %#x\n", status); /* design 5.11 */
    ok(!open_error(root_file), "it may not open a file of the server\n"); /* design 5.11 */
    /* It has one thread, so nobody carries anybody: set*id of the process has nothing to wait for. */
    ok(!seteuid(SERVICE) && !seteuid(0), "set*id: %s\n", strerror(errno)); /* design 5.12 */
    status = impersonate(alice);
    ok(!status && is_client_now(), "status %#x\n", status); /* design 5.11 */
    ok(open_error(root_file) == EACCES, "the client opens a file of the server\n"); /* design 5.4 */
    PsRevertToSelf();
    ok(is_process_now(), "no way back\n"); /* design 5.4 */
}

static void test_fork(void)
{
    impersonate(alice);
    /* callers cite */
    ok(!run_child(look_in_child), "the child failed\n"); /* design 5.11 */
    ok(is_client_now() && open_error(root_file) == EACCES, "the parent's thread does not carry the client any more\n"); /* design 5.11 */
    PsRevertToSelf();
    ok(is_process_now(), "no way back\n"); /* design 5.4 */
}

/* A thread that carries nobody forks while others do. */
static void *fork_aside(void *failed)
{
    *(int *)failed = run_child(look_in_child);
    return NULL;
}

static void test_fork_aside(void)
{
    pthread_t thread;
    int failed = -1;

    impersonate(alice);
    ok(!pthread_create(&thread, NULL, fork_aside, &failed), "no thread\n"); /* design 5.11 */
    pthread_join(thread, NULL);
    ok(!failed, "the child failed: %d\n", failed); /* design 5.11 */
    ok(is_client_now(), "the thread does not carry the client any more\n"); /* design 5.11 */
    PsRevertToSelf();
}

/* ---- unhooked ------------------------------------------------------------------------------------------------------------------- */

/* Shells that were not asked to keep their privileges give the effective ids up for the real ones, which is the third account. */
static void check_ids(const char *report, int round, bool shell_gives_up)
{
    char client[64], third[64];
    const char *uids = probe_field(report, round, "Uid"), *gids = probe_field(report, round, "Gid");

    snprintf(client, sizeof(client), "%d %d %d %d", THIRD, ALICE, ALICE, ALICE);
    snprintf(third, sizeof(third), "%d %d %d %d", THIRD, THIRD, THIRD, THIRD);
    ok(!strcmp(uids, client) || (shell_gives_up && !strcmp(uids, third)), "round %d: uids %s\n", round, uids); /* callers cite */
    ok(!strcmp(gids, client) || (shell_gives_up && !strcmp(gids, third)), "round %d: gids %s\n", round, gids); /* callers cite */
}

static void check_nothing_held(const char *report, int round)
{
    static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapAmb"};
    char groups[32];

    snprintf(groups, sizeof(groups), "%d %d", STAFF, READERS);
    ok(!strcmp(probe_field(report, round, "Groups"), groups), "groups %s\n", probe_field(report, round, "Groups")); /* callers cite */
    for (int i = 0; i < 4; i++)
    {
        const char *set = probe_field(report, round, sets[i]);

        ok(!strcmp(set, "0000000000000000"), "round %d: %s %s\n", round, sets[i], set); /* callers cite */
    }
}

static void test_unhooked(const struct way *way, const char *shell, const char *option)
{
    const char *report;
    int error;

    winetest_push_context("%s %s %s", way->name, shell ? shell : "python", option ? option : "");
    if (way->start != by_execve) impersonate(alice);
    report = report_of(way, shell, option, true, &error);
    ok(way->start == by_execve || is_client_now(), "the thread does not carry the client any more\n"); /* design 5.11 */
    PsRevertToSelf();
    ok(!error && strstr(report, "\nend\n"), "error %d, report %s\n", error, report); /* design 5.11 */
    for (int round = 0; round < PROBE_ROUNDS; round++)
    {
        check_ids(report, round, shell && !option); /* design 5.11 */
        check_nothing_held(report, round); /* design 5.11 */
    }
    ok(probe_tried(report) == PROBE_ROUNDS * PROBE_ACTS, "%d acts\n", probe_tried(report)); /* design 5.11 */
    ok(!*probe_allowed(report), "allowed: %s\n", probe_allowed(report)); /* design 5.11 */
    winetest_pop_context();
}

/* On a thread of its own: the first one, by which others know the process, does not carry the client. */
static void *run_unhooked(void *argument)
{
    for (size_t i = 0; i < sizeof(unhooked) / sizeof(unhooked[0]); i++)
    {
        test_unhooked(&unhooked[i], NULL, NULL);
        test_unhooked(&unhooked[i], "/bin/sh", NULL);
        test_unhooked(&unhooked[i], "/bin/bash", NULL);
        test_unhooked(&unhooked[i], "/bin/bash", "-p");
    }
    return argument;
}

/*
 * The limit of the third account: a child that is not hooked has it as real id, too, so it may send signals to threads that carry a client at
 * that moment, here the first one, by which others know the process. It still may not do anything else to them.
 */
static void test_signal_limit(void)
{
    const char *report;
    int error;

    impersonate(alice);
    report = report_of(&unhooked[1], NULL, NULL, true, &error);
    PsRevertToSelf();
    ok(!error && probe_tried(report) == PROBE_ROUNDS * PROBE_ACTS, "error %d, %s\n", error, report); /* design 5.16 */
    ok(!strcmp(probe_allowed(report), "kill, kill, "), "allowed: %s\n", probe_allowed(report)); /* design 5.16 */
}

/* The probe is known to see: as the process it may do nearly all. */
static void test_probe(void)
{
    const char *report;
    int error;

    report = report_of(&hooked[0], NULL, NULL, true, &error);
    ok(probe_tried(report) == PROBE_ROUNDS * PROBE_ACTS, "%d acts\n", probe_tried(report)); /* design 5.11 */
    ok(strstr(report, "allowed setuid\n") && strstr(report, "allowed kill\n") && strstr(report, "allowed secret\n") &&
           strstr(report, "allowed capset CAP_SETUID\n") && strstr(report, "allowed setpriv\n"),
       "as the server: %s\n", report); /* design 5.11 */
}

START_TEST(children)
{
    pthread_t thread;

    if (!have_sandbox() || !probe_interpreter()) return;
    if (THREAD_SANITIZER)
    {
        skip("ThreadSanitizer makes vfork a fork, and lets no thread start in a child\n");
        return;
    }
    process = task_now();
    alice = account_token("alice");
    root_file = make_file("root", "root", 0, 0, 0600);
    probe_prepare(NULL);
    test_probe();
    for (size_t i = 0; i < sizeof(hooked) / sizeof(hooked[0]); i++) test_hooked(&hooked[i]);
    test_images();
    ok(!run_child(use_private_shell), "the child failed\n"); /* design 5.11 */
    test_wordexp_names();
    test_fork();
    test_fork_aside();
    ok(!pthread_create(&thread, NULL, run_unhooked, NULL), "no thread\n"); /* design 5.11 */
    pthread_join(thread, NULL);
    test_signal_limit();
    ObDereferenceObject(alice);
}
