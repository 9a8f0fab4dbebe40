/*
 * Where audit events go: a file, standard error, the system's log, or nowhere; that forks, threads and rotations lose none, and
 * that a sink which hangs holds up nobody.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "audit_log.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

/* ---- the wait at the end of a program ------------------------------------------------------------------------------------ */

/* How often a wait with a limit ran into it: in this program and its children. */
static _Atomic int *given_up;

/* The library's calls come here: what it waits for at the end can be told without a clock. */
int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
    static int (*libc_wait)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
    int error;

    if (!libc_wait) *(void **)&libc_wait = dlsym(RTLD_NEXT, "pthread_cond_clockwait");
    error = libc_wait(condition, mutex, clock, until);
    if (error == ETIMEDOUT && given_up) atomic_fetch_add(given_up, 1);
    return error;
}

/* ---- fork, rotation ------------------------------------------------------------------------------------------------------ */

static void events_around_fork(void)
{
    pid_t child;
    int i, status = -1;

    use_file();
    for (i = 0; i < 20; i++) use_debug_privilege();
    if (!(child = fork()))
    {
        char mine[32];

        for (i = 0; i < 30; i++) use_debug_privilege();
        snprintf(mine, sizeof(mine), "pid=%d ", (int)getpid());
        for (i = 0; i < 500 && count_of(read_file(log_path()), mine) < 30; i++) usleep(10000);
        _exit(i == 500);
    }
    for (i = 0; i < 10; i++) use_debug_privilege();
    waitpid(child, &status, 0);
    ok(!status, "the child ended with %#x\n", (unsigned int)status); /* fork(2) */
}

static void test_fork(void)
{
    const char *text;

    if (THREAD_SANITIZER || ADDRESS_SANITIZER)
    {
        skip("the sanitizer allows no threads in a child, or waits for its own locks there\n");
        return;
    }
    unlink(log_path());
    ok(run_and_exit(events_around_fork), "the child failed\n"); /* fork(2) */
    text = read_file(log_path());
    ok(count_of(text, "\n") == 60 && count_of(text, "event=privilege") == 60, "%zu lines\n", count_of(text, "\n")); /* fork(2) */
}

static void events_around_rotation(void)
{
    char old[160];

    use_file();
    use_debug_privilege();
    usleep(1100000);
    snprintf(old, sizeof(old), "%s.1", log_path());
    ok(!rename(log_path(), old), "it is not there\n"); /* rename(2) */
    use_debug_privilege();
    usleep(1100000);
    use_debug_privilege();
    /* Whoever closes what he does not know makes room for other files: they are not written to. To the sanitizer that is a race. */
    for (int fd = 3; fd < 64 && !THREAD_SANITIZER; fd++) close(fd);
    for (int fd = 3; fd < 64 && !THREAD_SANITIZER; fd++) open("/dev/full", O_RDWR | O_CLOEXEC);
    use_debug_privilege();
}

static void test_rotation(void)
{
    char old[160];

    unlink(log_path());
    snprintf(old, sizeof(old), "%s.1", log_path());
    ok(run_and_exit(events_around_rotation), "the child failed\n"); /* rename(2) */
    ok(count_of(read_file(old), "\n") >= 1, "the old file is empty\n"); /* rename(2) */
    ok(count_of(read_file(log_path()), "\n") == 4 - count_of(read_file(old), "\n"), "got %s\n", read_file(log_path())); /* rename(2) */
    ok(count_of(read_file(log_path()), "\n") >= 2, "got %s\n", read_file(log_path())); /* rename(2), close(2) */
}

/* ---- a sink that hangs ----------------------------------------------------------------------------------------------------- */

enum
{
    EVENTS = 2000
};

static size_t lost_in(const char *text)
{
    size_t sum = 0;

    while ((text = strstr(text, " lost="))) sum += strtoul(text += 6, NULL, 10);
    return sum;
}

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void hang_and_recover(void)
{
    static char content[1 << 20];
    int ends[2], saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10), unread = -1, i;
    double started;
    ssize_t got;
    size_t length = 0, full = 0, told;

    if (pipe2(ends, O_CLOEXEC)) abort();
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], content, 4096) > 0) full += 4096;
    fcntl(ends[1], F_SETFL, 0);
    fflush(stderr);
    dup2(ends[1], STDERR_FILENO);
    use_sink("sink = stderr");
    for (i = 0; i < EVENTS; i++) use_debug_privilege();
    dup2(saved, STDERR_FILENO);
    ok(!ioctl(ends[0], FIONREAD, &unread) && unread == (int)full, "%d of %zu bytes wait\n", unread, full); /* pipe(7) */

    /* The pipe is read, and all is told or counted. */
    while (full && (got = read(ends[0], content, full < sizeof(content) ? full : sizeof(content))) > 0) full -= (size_t)got;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    started = seconds_now();
    do
    {
        got = read(ends[0], content + length, sizeof(content) - 1 - length);
        if (got > 0) length += (size_t)got;
        content[length] = 0;
        told = count_of(content, "event=privilege") + lost_in(content);
    } while (told < EVENTS && seconds_now() - started < 5);
    ok(told == EVENTS && lost_in(content) > EVENTS / 2, "%zu events, %zu of them lost\n", told, lost_in(content)); /* pipe(7) */

    /* Nobody reads any more: that ends no program. */
    close(ends[0]);
    for (i = 0; i < 10; i++) use_debug_privilege();
}

/* ---- many threads ---------------------------------------------------------------------------------------------------------- */

enum
{
    THREADS = 4
};

static void *audit_often(void *unused)
{
    int i;

    for (i = 0; i < EVENTS / THREADS; i++) use_debug_privilege();
    return unused;
}

static void events_of_threads(void)
{
    pthread_t threads[THREADS];
    int i;

    use_file();
    for (i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, audit_often, NULL);
    for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
}

/* All is told or counted, each in a line of its own. */
static void test_threads(void)
{
    size_t lines, losses;
    const char *text;

    unlink(log_path());
    ok(run_and_exit(events_of_threads), "the child failed\n"); /* pthreads(7) */
    text = read_file(log_path());
    lines = count_of(text, "\n");
    losses = count_of(text, "event=lost");
    ok(lines - losses + lost_in(text) == EVENTS, "%zu lines, %zu of them of losses, %zu lost\n", lines, losses, lost_in(text)); /* pthreads(7) */
    ok(count_of(text, "guise-audit: time=") == lines && count_of(text, "privileges=20") == lines - losses, "%zu lines\n", lines); /* pthreads(7) */
}

static void test_hanging(void)
{
    atomic_store(given_up, 0);
    ok(run_and_exit(hang_and_recover), "the child failed\n"); /* pipe(7), signal(7) */
    ok(!atomic_load(given_up), "the end of the program waits for a sink that nobody reads\n"); /* pipe(7) */
}

/* The end of the program does not wait long for a pipe that is full. */
static void hang_at_end(void)
{
    static const char content[4096];
    int ends[2];

    if (pipe2(ends, O_CLOEXEC)) abort();
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], content, 4096) > 0) continue;
    fcntl(ends[1], F_SETFL, 0);
    dup2(ends[1], STDERR_FILENO);
    use_sink("sink = stderr");
    use_debug_privilege();
}

/* A file that may not grow: SIGXFSZ is for nobody. */
static void limited_file(void)
{
    const struct rlimit none = {0, RLIM_INFINITY};
    int i;

    use_file();
    setrlimit(RLIMIT_FSIZE, &none);
    for (i = 0; i < 10; i++) use_debug_privilege();
}

static void write_and_end(void)
{
    use_file();
    use_debug_privilege();
}

static void test_ends(void)
{
    atomic_store(given_up, 0);
    ok(run_and_exit(write_and_end), "the child failed\n"); /* exit(3) */
    ok(HAS(read_file(log_path()), "event=privilege"), "nothing was written\n"); /* exit(3) */
    ok(!atomic_load(given_up), "the end of a program waits for what is written already\n"); /* exit(3) */
    ok(run_and_exit(hang_at_end), "the child failed\n"); /* pipe(7) */
    ok(atomic_load(given_up) == 1, "the end of the program gave up %d times\n", atomic_load(given_up)); /* pipe(7) */
    unlink(log_path());
    ok(run_and_exit(limited_file), "the child failed\n"); /* setrlimit(2) */
    ok(!*read_file(log_path()), "got %s\n", read_file(log_path())); /* setrlimit(2) */
}

/* ---- standard error, the system's log, nowhere ------------------------------------------------------------------------------ */

static void to_stderr(void)
{
    int fd = open(log_path(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

    dup2(fd, STDERR_FILENO);
    use_sink("sink = stderr");
    use_debug_privilege();
}

static unsigned int open_descriptors(void)
{
    unsigned int count = 0;

    for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void to_system_log(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    char line[2048];
    ssize_t got;
    int log = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), again;
    unsigned int before;

    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(test_folder(), "/dev", NULL, MS_BIND, NULL) ||
        bind(log, (struct sockaddr *)&address, sizeof(address)))
    {
        skip("no /dev of one's own\n");
        return;
    }
    use_sink("sink = syslog");
    use_debug_privilege();
    got = recv(log, line, sizeof(line) - 1, 0);
    line[got < 0 ? 0 : got] = 0;
    /* syslog(3): facility authpriv, severity info */
    ok(!strncmp(line, "<86>guise-audit[", 16) && strstr(line, "]: event=privilege") && !strchr(line, '\n'), "got %s\n", line);

    /* unix(7): the log is started again */
    before = open_descriptors();
    close(log);
    unlink(address.sun_path);
    again = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ok(!bind(again, (struct sockaddr *)&address, sizeof(address)), "error %d\n", errno);
    use_debug_privilege();
    got = recv(again, line, sizeof(line) - 1, 0);
    line[got < 0 ? 0 : got] = 0;
    ok(strstr(line, "event=privilege") != NULL, "got %s\n", line);
    ok(open_descriptors() == before, "%u descriptors, before %u\n", open_descriptors(), before); /* unix(7) */
    umount2("/dev", MNT_DETACH);
}

static void to_no_system_log(void)
{
    unsigned int before;

    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(test_folder(), "/dev", NULL, MS_BIND, NULL))
    {
        skip("no /dev of one's own\n");
        return;
    }
    unlink("/dev/log");
    use_sink("sink = syslog");
    before = open_descriptors();
    SeAuditingFileEvents(TRUE, NULL);
    ok(open_descriptors() == before, "%u descriptors, before %u\n", open_descriptors(), before); /* unix(7) */
    umount2("/dev", MNT_DETACH);
}

static void to_nobody(void)
{
    size_t mine, before = count_tasks(0, &mine);

    use_sink("sink = none");
    use_debug_privilege();
    ok(!SeAuditingFileEvents(TRUE, NULL), "there is a sink\n"); /* K3.7.1 */
    ok(count_tasks(0, &mine) == before, "%zu threads\n", before); /* pthreads(7) */
}

static void to_no_such_sink(void)
{
    const struct guise_config *config;

    use_sink("sink = everywhere");
    ok(guise_get_config(&config) == STATUS_INVALID_PARAMETER, "it is taken\n"); /* design 6 */
    ok(!SeAuditingFileEvents(TRUE, NULL), "there is a sink\n"); /* design 6 */
}

static void test_others(void)
{
    const char *text;

    unlink(log_path());
    ok(run_and_exit(to_stderr), "the child failed\n"); /* K3.7.1 */
    text = read_file(log_path());
    ok(HAS(text, "guise-audit: time=", "event=privilege result=success", "process=S-1-5-18", "privileges=20") && count_of(text, "\n") == 1,
       "got %s\n", text); /* K3.5.2 */
    ok(run_and_exit(to_system_log), "the child failed\n"); /* syslog(3) */
    ok(run_and_exit(to_no_system_log), "the child failed\n"); /* unix(7) */
    ok(run_and_exit(to_nobody), "the child failed\n"); /* K3.7.1 */
    ok(run_and_exit(to_no_such_sink), "the child failed\n"); /* design 6 */
}

START_TEST(audit_sink)
{
    if (!have_sandbox()) return;
    given_up = mmap(NULL, sizeof(*given_up), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (given_up == MAP_FAILED) abort();
    test_fork();
    test_rotation();
    test_threads();
    test_hanging();
    test_ends();
    test_others();
}
