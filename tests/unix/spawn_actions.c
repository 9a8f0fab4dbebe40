/*
 * Tests of posix_spawn with file actions on a thread that carries a client (design 5.11): the child is the process, but files and folders
 * that are named by path are those that the client may use.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static PACCESS_TOKEN alice;

/* Runs SCRIPT with ACTIONS, which are destroyed. Its exit code, or minus the error of posix_spawn. */
static int spawn_shell(posix_spawn_file_actions_t *actions, const char *script)
{
    char *const words[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
    pid_t child;
    int status, error = posix_spawn(&child, "/bin/sh", actions, NULL, words, environ);

    posix_spawn_file_actions_destroy(actions);
    if (error) return -error;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static int spawn_with_open(const char *path, int flags, const char *script)
{
    posix_spawn_file_actions_t actions;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 9, path, flags, 0600);
    return spawn_shell(&actions, script);
}

static int spawn_with_folder(const char *folder, const char *relative, const char *script)
{
    posix_spawn_file_actions_t actions;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (relative) posix_spawn_file_actions_addopen(&actions, 9, relative, O_RDONLY, 0);
    return spawn_shell(&actions, script);
}

static int spawn_with_descriptor_of_folder(int folder, const char *path, const char *script)
{
    posix_spawn_file_actions_t actions;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addfchdir_np(&actions, folder);
    posix_spawn_file_actions_addopen(&actions, 9, path, O_RDONLY, 0);
    return spawn_shell(&actions, script);
}

static unsigned int open_descriptors(void)
{
    unsigned int count = 0;

    for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static uid_t owner_of(const char *path)
{
    struct stat st;

    return stat(path, &st) ? (uid_t)-1 : st.st_uid;
}

static void test_opens(void)
{
    const char *secret = make_file("secret", "of the server", 0, 0, 0600), *own = make_file("own", "of alice\n", ALICE, ALICE, 0600);
    char made[160];
    unsigned int before = open_descriptors();
    struct stat st;
    int result;

    result = spawn_with_open(secret, O_RDONLY, "exit 0");
    ok(!result, "as the server: %d\n", result); /* posix_spawn_file_actions_addopen(3) */
    snprintf(made, sizeof(made), "%s/open", test_folder());
    if (mkdir(made, 0777) || chmod(made, 0777)) abort();
    strcat(made, "/made");
    impersonate(alice);
    result = spawn_with_open(secret, O_RDONLY, "exit 0");
    ok(result == -EACCES, "a file of the server: %d\n", result); /* design 5.11 */
    result = spawn_with_open(secret, O_WRONLY | O_TRUNC, "exit 0");
    ok(result == -EACCES, "a file of the server: %d\n", result); /* design 5.11 */
    result = spawn_with_open(own, O_RDONLY, "read words <&9 && test \"$words\" = 'of alice' && test $(id -u) = 0");
    ok(!result, "a file of the client: %d\n", result); /* design 5.11 */
    result = spawn_with_open(made, O_WRONLY | O_CREAT, "echo made >&9");
    ok(!result, "a new file: %d\n", result); /* design 5.11 */
    result = spawn_with_open("/nowhere/at/all", O_RDONLY, "exit 0");
    ok(result == -ENOENT, "no file: %d\n", result); /* posix_spawn_file_actions_addopen(3) */
    PsRevertToSelf();
    ok(open_descriptors() == before, "%u descriptors, before %u\n", open_descriptors(), before); /* design 5.11 */
    ok(owner_of(made) == ALICE, "the new file belongs to %u\n", owner_of(made)); /* design 5.11 */
    ok(!stat(secret, &st) && st.st_size > 0, "the file of the server was emptied\n"); /* design 5.11 */
}

static void test_folders(void)
{
    char closed[160], shared[160];
    int result, folder;

    snprintf(closed, sizeof(closed), "%s/closed", test_folder());
    snprintf(shared, sizeof(shared), "%s/shared", test_folder());
    if (mkdir(closed, 0700) || mkdir(shared, 0755)) abort();
    make_file("shared/secret", "of the server", 0, 0, 0600);
    make_file("shared/public", "of all\n", 0, 0, 0644);
    result = spawn_with_folder(closed, NULL, "exit 0");
    ok(!result, "as the server: %d\n", result); /* posix_spawn(3) */
    impersonate(alice);
    result = spawn_with_folder(closed, NULL, "exit 0");
    ok(result == -EACCES, "a folder of the server: %d\n", result); /* design 5.11 */
    result = spawn_with_folder(shared, "secret", "exit 0");
    ok(result == -EACCES, "a file of the server: %d\n", result); /* design 5.11 */
    result = spawn_with_folder(shared, "public", "read words <&9 && test \"$words\" = 'of all' && test -f public");
    ok(!result, "a file of all: %d\n", result); /* design 5.11 */
    /* Where the descriptor leads is not known: a path is refused unless it is absolute. */
    folder = open(shared, O_PATH | O_DIRECTORY | O_CLOEXEC);
    result = spawn_with_descriptor_of_folder(folder, "public", "exit 0");
    ok(result == -EACCES, "a file below a descriptor: %d\n", result); /* design 5.11 */
    result = spawn_with_descriptor_of_folder(folder, "/dev/null", "test -f public && ! read words <&9");
    ok(!result, "a file elsewhere: %d\n", result); /* design 5.11 */
    PsRevertToSelf();
    close(folder);
}

/* Descriptors are passed on as without a client, in the order of the actions. */
static void test_descriptors(void)
{
    posix_spawn_file_actions_t actions;
    char text[32] = "";
    int ends[2], result;

    if (pipe2(ends, O_CLOEXEC)) abort();
    impersonate(alice);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, 0);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    result = spawn_shell(&actions, "ls /proc/self/fd | wc -l");
    PsRevertToSelf();
    close(ends[1]);
    ok(!result && read(ends[0], text, sizeof(text) - 1) > 0, "result %d\n", result); /* design 5.11 */
    ok(!strcmp(text, "4\n"), "descriptors: %s\n", text); /* posix_spawn_file_actions_addclosefrom_np(3) */
    close(ends[0]);
}

/* As execvp(3): a folder of that name on PATH is passed over. */
static void test_path(void)
{
    char path[300], folder[160];
    const char *before = getenv("PATH");
    char *old = before ? strdup(before) : NULL;
    pid_t child;
    int error;

    snprintf(folder, sizeof(folder), "%s/true", test_folder());
    if (mkdir(folder, 0755)) abort();
    snprintf(path, sizeof(path), "%s:/usr/bin:/bin", test_folder());
    setenv("PATH", path, 1);
    impersonate(alice);
    error = posix_spawnp(&child, "true", NULL, NULL, (char *const[]){(char *)"true", NULL}, environ);
    ok(!error, "error %d\n", error); /* posix_spawnp(3) */
    if (!error) waitpid(child, NULL, 0);
    PsRevertToSelf();
    if (old) setenv("PATH", old, 1);
    free(old);
}

/* No function of libc sets errno to 0. */
static void test_errno(void)
{
    impersonate(alice);
    errno = EXDEV;
    ok(!system("exit 0"), "system failed\n"); /* system(3) */
    ok(errno, "errno is 0\n"); /* errno(3) */
    PsRevertToSelf();
}

START_TEST(spawn_actions)
{
    if (!have_sandbox()) return;
    alice = account_token("alice");
    test_opens();
    test_folders();
    test_descriptors();
    test_path();
    test_errno();
    ObDereferenceObject(alice);
}
