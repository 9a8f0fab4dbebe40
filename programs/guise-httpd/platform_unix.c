/*
 * guise-httpd on Unix: the process, its threads, the files below its root and the kernel's view of a thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "platform_unix.h"

/* ---- the process ---------------------------------------------------------------------------------------------------- */

int platform_wake_pipe[2] = {-1, -1};
static atomic_bool stop_requested;

static void note_stop(int number)
{
    int saved = errno;

    (void)number;
    atomic_store(&stop_requested, true);
    platform_wake();
    errno = saved;
}

bool platform_start(void)
{
    struct sigaction stop = {.sa_handler = note_stop, .sa_flags = SA_RESTART}, ignore = {.sa_handler = SIG_IGN};

    if (pipe2(platform_wake_pipe, O_NONBLOCK | O_CLOEXEC))
    {
        platform_log("no pipe: %s", strerror(errno));
        return false;
    }
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    return true;
}

bool platform_stop_requested(void)
{
    return atomic_load(&stop_requested);
}

void platform_wake(void)
{
    /* A full pipe wakes as well. */
    if (write(platform_wake_pipe[1], "", 1) < 0) return;
}

uint64_t platform_milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000;
}

void platform_date(char date[32])
{
    time_t now = time(NULL);
    struct tm tm;

    strftime(date, 32, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
}

/* In one write, so that the lines of threads do not mix. */
void platform_log(const char *format, ...)
{
    char line[1024];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(line, sizeof(line) - 1, format, args);
    va_end(args);
    if (length < 0) return;
    if (length > (int)sizeof(line) - 2) length = sizeof(line) - 2;
    line[length++] = '\n';
    if (write(STDERR_FILENO, line, length) < 0) return;
}

void platform_die(const char *why)
{
    platform_log("guise-httpd: %s", why);
    _exit(134);
}

/* ---- threads -------------------------------------------------------------------------------------------------------- */

struct platform_thread
{
    pthread_t thread;
    void (*run)(void *);
    void *arg;
};

static void *run_thread(void *data)
{
    struct platform_thread *thread = data;

    thread->run(thread->arg);
    return NULL;
}

struct platform_thread *platform_start_thread(void (*run)(void *), void *arg)
{
    struct platform_thread *thread = malloc(sizeof(*thread));
    sigset_t stop, old;
    int error;

    if (!thread) return NULL;
    thread->run = run;
    thread->arg = arg;
    /* Requests to stop go to the first thread; a worker is in the middle of somebody's answer. */
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, &old);
    error = pthread_create(&thread->thread, NULL, run_thread, thread);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!error) return thread;
    platform_log("guise-httpd: no thread: %s", strerror(error));
    free(thread);
    return NULL;
}

void platform_join(struct platform_thread *thread)
{
    pthread_join(thread->thread, NULL);
    free(thread);
}

struct platform_monitor
{
    pthread_mutex_t mutex;
    pthread_cond_t condition;
};

struct platform_monitor *platform_new_monitor(void)
{
    struct platform_monitor *monitor = malloc(sizeof(*monitor));

    if (!monitor) return NULL;
    pthread_mutex_init(&monitor->mutex, NULL);
    pthread_cond_init(&monitor->condition, NULL);
    return monitor;
}

void platform_free_monitor(struct platform_monitor *monitor)
{
    if (!monitor) return;
    pthread_cond_destroy(&monitor->condition);
    pthread_mutex_destroy(&monitor->mutex);
    free(monitor);
}

void platform_enter(struct platform_monitor *monitor)
{
    pthread_mutex_lock(&monitor->mutex);
}

void platform_leave(struct platform_monitor *monitor)
{
    pthread_mutex_unlock(&monitor->mutex);
}

void platform_wait_for(struct platform_monitor *monitor)
{
    pthread_cond_wait(&monitor->condition, &monitor->mutex);
}

void platform_notify_one(struct platform_monitor *monitor)
{
    pthread_cond_signal(&monitor->condition);
}

void platform_notify_all(struct platform_monitor *monitor)
{
    pthread_cond_broadcast(&monitor->condition);
}

/* ---- files ---------------------------------------------------------------------------------------------------------- */

struct platform_root
{
    int directory;
};

struct platform_root *platform_open_root(const char *path)
{
    struct platform_root *root = malloc(sizeof(*root));

    if (!root) return NULL;
    if ((root->directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)) >= 0) return root;
    platform_log("guise-httpd: %s: %s", path, strerror(errno));
    free(root);
    return NULL;
}

void platform_close_root(struct platform_root *root)
{
    if (!root) return;
    close(root->directory);
    free(root);
}

static enum platform_open_result result_of_errno(int error)
{
    switch (error)
    {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO: return PLATFORM_NOT_FOUND; /* ENXIO: a socket */
    case EMFILE:
    case ENFILE:
    case ENOMEM: return PLATFORM_BUSY;
    default: return PLATFORM_REFUSED;
    }
}

enum platform_open_result platform_open_file(struct platform_root *root, const char *path, platform_file *file)
{
    /* O_NONBLOCK: a pipe must not hold the thread, least of all while it is the client. */
    int fd = openat(root->directory, *path ? path : ".", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0) return result_of_errno(errno);
    *file = fd;
    return PLATFORM_OPENED;
}

/* The kernel's own name of what a descriptor is open on. */
static bool name_of(int fd, char name[PATH_MAX])
{
    char link[64];
    ssize_t length;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    if ((length = readlink(link, name, PATH_MAX - 1)) < 0) return false;
    name[length] = 0;
    return name[0] == '/';
}

enum platform_open_result platform_check_file(struct platform_root *root, platform_file file, uint64_t *size)
{
    char top[PATH_MAX], name[PATH_MAX];
    struct stat info;
    size_t length;

    if (fstat(file, &info)) return PLATFORM_BUSY;
    if (!S_ISREG(info.st_mode)) return PLATFORM_NOT_FOUND;
    if (!name_of(root->directory, top) || !name_of(file, name)) return PLATFORM_REFUSED;
    length = strcmp(top, "/") ? strlen(top) : 0;
    if (strncmp(name, top, length) || name[length] != '/') return PLATFORM_REFUSED;
    *size = info.st_size;
    return PLATFORM_OPENED;
}

int platform_read(platform_file file, void *data, size_t size)
{
    ssize_t got;

    do got = read(file, data, size);
    while (got < 0 && errno == EINTR);
    return got;
}

void platform_close_file(platform_file file)
{
    close(file);
}

/* ---- identity ------------------------------------------------------------------------------------------------------- */

struct platform_identity
{
    int status;
};

struct platform_identity *platform_open_identity(void)
{
    struct platform_identity *identity = malloc(sizeof(*identity));

    if (!identity) return NULL;
    if ((identity->status = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC)) >= 0) return identity;
    free(identity);
    return NULL;
}

/* The line of STATUS that begins with LABEL, as "NAME: NUMBERS". */
static size_t copy_line(const char *status, const char *label, const char *name, char *text, size_t room)
{
    const char *line = strstr(status, label);
    int length;

    if (!line) return 0;
    line += strlen(label);
    line += strspn(line, " \t");
    length = snprintf(text, room, "%s: %.*s\n", name, (int)strcspn(line, "\n"), line);
    return length < 0 || (size_t)length >= room ? 0 : (size_t)length;
}

bool platform_read_identity(struct platform_identity *identity, char *text, size_t room)
{
    static const char *const labels[][2] = {{"\nUid:", "uids (real effective saved file)"},
                                            {"\nGid:", "gids (real effective saved file)"},
                                            {"\nGroups:", "supplementary gids"},
                                            {"\nCapEff:", "effective capabilities"}};
    size_t status_room = 1024 * 1024, used = 0, length, i;
    char *status = malloc(status_room);
    ssize_t got;

    if (!status) return false;
    for (length = 0; (got = pread(identity->status, status + length, status_room - 1 - length, length)) > 0;) length += got;
    status[length] = 0;
    for (i = 0; !got && i < sizeof(labels) / sizeof(labels[0]); i++)
    {
        size_t more = copy_line(status, labels[i][0], labels[i][1], text + used, room - used);

        if (!more) break;
        used += more;
    }
    free(status);
    return i == sizeof(labels) / sizeof(labels[0]);
}

void platform_close_identity(struct platform_identity *identity)
{
    if (!identity) return;
    close(identity->status);
    free(identity);
}
