/*
 * The helpers of support.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* ---- what the kernel says ---------------------------------------------------------------------------------------------- */

static void read_groups(const char *text, struct task *task)
{
    char *end;

    for (;;)
    {
        unsigned long group = strtoul(text, &end, 10);

        if (end == text) return;
        task->group_count++;
        task->group_sum += group;
        text = end;
    }
}

static void read_line(const char *line, struct task *task)
{
    sscanf(line, "Uid: %u %u %u %u", &task->uid[0], &task->uid[1], &task->uid[2], &task->uid[3]);
    sscanf(line, "Gid: %u %u %u %u", &task->gid[0], &task->gid[1], &task->gid[2], &task->gid[3]);
    if (!strncmp(line, "Groups:", 7)) read_groups(line + 7, task);
    sscanf(line, "CapInh: %lx", &task->inheritable);
    sscanf(line, "CapPrm: %lx", &task->permitted);
    sscanf(line, "CapEff: %lx", &task->effective);
    sscanf(line, "CapAmb: %lx", &task->ambient);
    sscanf(line, "SigBlk: %lx", &task->blocked);
}

bool read_task(pid_t tid, struct task *task)
{
    char path[64], *line = NULL;
    size_t room = 0;
    FILE *file;

    memset(task, 0, sizeof(*task));
    snprintf(path, sizeof(path), "/proc/self/task/%d/status", (int)tid);
    if (!(file = fopen(path, "re"))) return false;
    while (getline(&line, &room, file) > 0) read_line(line, task);
    free(line);
    fclose(file);
    return true;
}

struct task task_now(void)
{
    struct task task;

    read_task(gettid(), &task);
    return task;
}

bool same_credential(const struct task *a, const struct task *b)
{
    return !memcmp(a, b, offsetof(struct task, blocked));
}

size_t count_tasks(uid_t uid, size_t *with_uid)
{
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    size_t count = 0;

    *with_uid = 0;
    while (folder && (entry = readdir(folder)))
    {
        struct task task;

        if (entry->d_name[0] == '.' || !read_task(atoi(entry->d_name), &task)) continue;
        count++;
        if (task.uid[EFFECTIVE] == uid) ++*with_uid;
    }
    if (folder) closedir(folder);
    return count;
}

bool have_sandbox(void)
{
    const struct passwd *third = getpwnam("_guise");

    if (!geteuid() && third && third->pw_uid == THIRD) return true;
    skip("needs root and the accounts of tools/sandbox\n");
    return false;
}

/* ---- tokens --------------------------------------------------------------------------------------------------------------- */

static PACCESS_TOKEN logon_token(const struct unix_account *account)
{
    struct guise_logon logon = {.source = "Test", .account = account, .level = SecurityDelegation};
    PACCESS_TOKEN token;

    return guise_create_logon_token(&logon, &token) ? NULL : token;
}

PACCESS_TOKEN account_token(const char *name)
{
    struct unix_account *account;
    PACCESS_TOKEN token;

    if (guise_account_by_name(name, &account)) return NULL;
    token = logon_token(account);
    guise_account_free(account);
    return token;
}

PACCESS_TOKEN ids_token(uid_t uid, gid_t gid, size_t group_count, const gid_t *groups)
{
    struct unix_account account = {
        .name = (char *)"test", .uid = uid, .gid = gid, .group_count = group_count, .groups = (gid_t *)groups};

    return logon_token(&account);
}

NTSTATUS impersonate_at(PACCESS_TOKEN token, SECURITY_IMPERSONATION_LEVEL level)
{
    return PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, level);
}

NTSTATUS impersonate(PACCESS_TOKEN token)
{
    return impersonate_at(token, SecurityImpersonation);
}

/* ---- files ------------------------------------------------------------------------------------------------------------------ */

int open_error(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) return errno;
    close(fd);
    return 0;
}

static char folder[64];
static pid_t folder_owner;

static void remove_folder(void)
{
    char command[128];

    if (getpid() != folder_owner || geteuid()) return;
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    if (system(command)) fprintf(stderr, "%s is left\n", folder);
}

const char *test_folder(void)
{
    if (*folder) return folder;
    strcpy(folder, "/tmp/guise-unix-XXXXXX");
    if (!mkdtemp(folder) || chmod(folder, 0755)) abort();
    folder_owner = getpid();
    atexit(remove_folder);
    return folder;
}

const char *make_file(const char *name, const char *text, uid_t uid, gid_t gid, mode_t mode)
{
    static char paths[64][128];
    static unsigned int next;
    char *path = paths[next++ % 64];
    int fd;

    snprintf(path, sizeof(paths[0]), "%s/%s", test_folder(), name);
    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchown(fd, uid, gid) || fchmod(fd, mode)) abort();
    close(fd);
    return path;
}

void use_configuration(const char *lines)
{
    char text[1024];

    snprintf(text, sizeof(text), "[credentials]\n%s\n", lines);
    setenv("GUISE_CONF", make_file("guise.conf", text, 0, 0, 0644), 1);
}

/* ---- children ----------------------------------------------------------------------------------------------------------------- */

const char *role(void)
{
    return getenv("GUISE_TEST_ROLE");
}

static const char *copy_into(const char *from, const char *name)
{
    static char to[PATH_MAX];
    char command[3 * PATH_MAX];

    snprintf(to, sizeof(to), "%s/%s", test_folder(), name);
    snprintf(command, sizeof(command), "cp %s %s && chmod 0755 %s", from, to, to);
    return system(command) ? "" : to;
}

const char *program_copy(void)
{
    static const char *const libraries[] = {"libntoskrnl.so.0", "libsecur32.so.0", "libadvapi32.so.0"};
    static char program[PATH_MAX];
    char self[PATH_MAX], path[PATH_MAX + 64];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (*program) return program;
    if (length < 0) return "";
    self[length] = 0;
    snprintf(program, sizeof(program), "%s", copy_into(self, "program"));
    *strrchr(self, '/') = 0;
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
    {
        snprintf(path, sizeof(path), "%s/../../%s", self, libraries[i]);
        if (!*copy_into(path, libraries[i])) return "";
    }
    setenv("LD_LIBRARY_PATH", test_folder(), 1);
    return program;
}

void run_role(const char *const *prefix, const char *unit, const char *child_role)
{
    const char *words[32];
    size_t count = 0;
    pid_t child;

    while (prefix && *prefix) words[count++] = *prefix++;
    words[count++] = program_copy();
    words[count++] = unit;
    words[count] = NULL;
    fflush(stdout);
    fflush(stderr);
    if (!(child = fork()))
    {
        setenv("GUISE_TEST_ROLE", child_role, 1);
        execvp(words[0], (char *const *)words);
        fprintf(stderr, "%s: %s\n", words[0], strerror(errno));
        _exit(99);
    }
    winetest_wait_child_process(child);
}

int run_child(void (*call)(void))
{
    LONG before = winetest_get_failures();
    pid_t child;
    int status;

    /* What the child makes there is removed with the rest. */
    test_folder();
    fflush(stdout);
    fflush(stderr);
    if (!(child = fork()))
    {
        call();
        fflush(stdout);
        _exit(winetest_get_failures() > before);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const char *output_of(const char *const *words)
{
    static char text[65536];
    size_t length = 0;
    ssize_t got;
    int ends[2];
    pid_t child;

    fflush(stdout);
    if (pipe2(ends, O_CLOEXEC)) abort();
    if (!(child = fork()))
    {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execvp(words[0], (char *const *)words);
        _exit(99);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + length, sizeof(text) - 1 - length)) > 0) length += (size_t)got;
    text[length] = 0;
    close(ends[0]);
    waitpid(child, NULL, 0);
    return text;
}
