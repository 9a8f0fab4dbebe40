/*
 * The audit sink. Whoever has a line puts it into a bounded queue; one thread, which is always the process and takes no
 * signal of the program's, writes what is there. So neither a full pipe nor a log that hangs holds up an access check, and
 * a reader that has gone, or a limit on the size of files, ends nothing (SIGPIPE, SIGXFSZ).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "ntoskrnl/unix/audit_sink.h"
#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"

#define QUEUE_LINES 128
#define EXIT_WAIT   1 /* seconds that the end of the program waits for the queue */

struct line
{
    struct timespec time;
    unsigned int lost; /* lines before it that nobody will see */
    size_t length;
    char text[AUDIT_LINE_MAX];
};

/* Written once under opened, read-only afterwards. */
static pthread_once_t opened = PTHREAD_ONCE_INIT;
static enum guise_audit sink = AUDIT_NONE;
static const char *file_name;

/* Guards the queue down to writing. A leaf; around fork() (ps/fork.c). */
static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t line_came = PTHREAD_COND_INITIALIZER, all_written = PTHREAD_COND_INITIALIZER;
static struct line queue[QUEUE_LINES]; /* a ring */
static unsigned int first, count, lost;
static bool has_writer, writing;

/* The writer's alone; before there is one, open_once()'s. */
static int descriptor = -1;
static struct stat own; /* what it is */
static time_t looked;   /* when the sink was last opened, or looked at whether it is still the same */
static bool half_line;  /* the last line was cut by the sink */
static bool complained; /* that it cannot be opened */

/* ---- the sink ---------------------------------------------------------------------------------------------------- */

static int open_system_log(void)
{
    static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), error;

    if (fd < 0 || !connect(fd, (const struct sockaddr *)&address, sizeof(address))) return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Of a pipe with a name, the reader may be missing: that is no reason to wait for one. */
static int open_file(void)
{
    return open(file_name, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
}

/* A new descriptor takes the number of the one before; if there is none to be had, that one stays. */
static bool open_sink(void)
{
    int fd = sink == AUDIT_SYSLOG ? open_system_log() : sink == AUDIT_FILE ? open_file() : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

    looked = time(NULL);
    if (fd < 0 || fstat(fd, &own))
    {
        if (!complained) guise_log("audit: %s: %s", sink == AUDIT_FILE ? file_name : "the sink", strerror(errno));
        complained = true;
        return false;
    }
    if (descriptor < 0)
        descriptor = fd;
    else
    {
        /* In one step: a child of fork() must not find a number that is somebody else's. */
        dup3(fd, descriptor, O_CLOEXEC);
        close(fd);
    }
    complained = half_line = false;
    return true;
}

static void open_once(void)
{
    const struct guise_config *config;

    if (guise_get_config(&config) || config->audit_sink == AUDIT_NONE) return;
    file_name = config->audit_file;
    guise_process_begin();
    sink = config->audit_sink;
    open_sink();
    guise_process_end();
}

bool audit_sink_on(void)
{
    pthread_once(&opened, open_once);
    return sink != AUDIT_NONE;
}

static bool is_own(const struct stat *status)
{
    return status->st_dev == own.st_dev && status->st_ino == own.st_ino;
}

/* Programs close descriptors that they do not know, and then the number is another file's. */
static bool is_still_open(void)
{
    struct stat status;

    return descriptor >= 0 && !fstat(descriptor, &status) && is_own(&status);
}

/* Whether the file has been renamed or removed, as programs that rotate logs do. */
static bool is_rotated(void)
{
    struct stat status;

    return sink == AUDIT_FILE && (stat(file_name, &status) || !is_own(&status));
}

/* What fails is tried again once a second. */
static bool sink_is_ready(void)
{
    bool again = time(NULL) != looked;

    if (!is_still_open())
    {
        again = again || descriptor >= 0;
        descriptor = -1;
        return again && open_sink();
    }
    if (again && is_rotated()) open_sink();
    if (again) looked = time(NULL);
    return true;
}

/* ---- the writer -------------------------------------------------------------------------------------------------- */

static ssize_t write_parts(const struct iovec *parts, size_t number)
{
    const struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = number};
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
    ssize_t written;

    if (sink != AUDIT_SYSLOG)
    {
        while ((written = writev(descriptor, parts, (int)number)) < 0 && errno == EAGAIN) poll(&ready, 1, -1);
        return written;
    }
    written = sendmsg(descriptor, &message, MSG_NOSIGNAL);
    /* The log may have been started again. */
    if (written < 0 && open_sink()) written = sendmsg(descriptor, &message, MSG_NOSIGNAL);
    return written;
}

static bool write_line(const struct line *line)
{
    char head[80], tail[32] = "";
    struct iovec parts[3];
    ssize_t written;

    if (!sink_is_ready()) return false;
    if (sink == AUDIT_SYSLOG)
        snprintf(head, sizeof(head), "<%d>guise-audit[%d]: ", LOG_AUTHPRIV | LOG_INFO, (int)getpid());
    else
        snprintf(head, sizeof(head), "%sguise-audit: time=%lld.%03ld ", half_line ? "\n" : "", (long long)line->time.tv_sec,
                 line->time.tv_nsec / 1000000);
    if (line->lost) snprintf(tail, sizeof(tail), " lost=%u", line->lost);
    if (sink != AUDIT_SYSLOG) strcat(tail, "\n");
    parts[0] = (struct iovec){head, strlen(head)};
    parts[1] = (struct iovec){(void *)line->text, line->length};
    parts[2] = (struct iovec){tail, strlen(tail)};
    written = write_parts(parts, 3);
    if (written < 0) return false;
    half_line = (size_t)written < parts[0].iov_len + parts[1].iov_len + parts[2].iov_len;
    return !half_line;
}

/* The lock is held. */
static void append(const char *text, size_t length)
{
    struct line *line = &queue[(first + count) % QUEUE_LINES];

    if (count == QUEUE_LINES)
    {
        lost++;
        return;
    }
    clock_gettime(CLOCK_REALTIME, &line->time);
    line->lost = lost;
    line->length = length < AUDIT_LINE_MAX ? length : AUDIT_LINE_MAX;
    memcpy(line->text, text, line->length);
    lost = 0;
    count++;
}

/* The next line is written without the lock, which is held before and after. */
static void write_next(void)
{
    static const char loss[] = "event=lost result=failure";
    struct line line = queue[first];
    bool written;

    first = (first + 1) % QUEUE_LINES;
    count--;
    writing = true;
    pthread_mutex_unlock(&queue_lock);
    written = write_line(&line);
    pthread_mutex_lock(&queue_lock);
    writing = false;
    if (!written)
        lost += line.lost + 1;
    else if (!count && lost)
        append(loss, sizeof(loss) - 1);
    if (!count) pthread_cond_broadcast(&all_written);
}

static void *write_lines(void *unused)
{
    pthread_mutex_lock(&queue_lock);
    for (;;)
    {
        while (!count) pthread_cond_wait(&line_came, &queue_lock);
        write_next();
    }
    return unused;
}

/* The signals of a program are not for this thread; the two of the C library are: set*id waits for them. */
static void *start_writing(void *unused)
{
    const uint64_t mask = ~(UINT64_C(3) << (32 - 1));

    sys_sigprocmask(SIG_SETMASK, &mask, NULL);
    return write_lines(unused);
}

static void make_writer(void)
{
    if (core_thread_start(start_writing)) return;
    /* The lines stay where they are; the next one tries again. */
    pthread_mutex_lock(&queue_lock);
    has_writer = false;
    pthread_mutex_unlock(&queue_lock);
}

void audit_sink_write(const char *line, size_t length)
{
    int error = errno;
    bool alone;

    pthread_mutex_lock(&queue_lock);
    append(line, length);
    alone = !has_writer;
    has_writer = true;
    pthread_cond_signal(&line_came);
    pthread_mutex_unlock(&queue_lock);
    if (alone) make_writer();
    errno = error;
}

/* ---- the end, and fork() ----------------------------------------------------------------------------------------- */

/* What a program did last is not lost with it, unless the sink hangs. */
__attribute__((destructor)) static void finish(void)
{
    struct timespec until;

    if (sink == AUDIT_NONE) return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += EXIT_WAIT;
    pthread_mutex_lock(&queue_lock);
    while (has_writer && (count || writing))
        if (pthread_cond_clockwait(&all_written, &queue_lock, CLOCK_MONOTONIC, &until)) break;
    pthread_mutex_unlock(&queue_lock);
}

void audit_sink_lock(void)
{
    pthread_mutex_lock(&queue_lock);
}

void audit_sink_unlock(void)
{
    pthread_mutex_unlock(&queue_lock);
}

void audit_sink_forked(void)
{
    has_writer = writing = false;
    count = lost = 0;
    line_came = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    all_written = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
}
