/*
 * Functions of libc that Guise defines over, so that threads and children of an impersonating thread start as the process (design 5.11) and
 * set*id of the whole process never meets one (5.12). This object is linked into every library of Guise; what is exported is interpose.list.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <mqueue.h>
#include <netdb.h>
#include <paths.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>
#include <wordexp.h>

#include "ntoskrnl/core.h"
#include "ntoskrnl/unix/interpose.h"

#define EXPORTED __attribute__((visibility("default")))

/* The definition behind ours, with the type of ours. */
#define NEXT(name) ((__typeof__(&name))guise_interpose_next(INTERPOSED_##name))

/* CALL as the process, on this thread: for what returns at once. */
#define AS_PROCESS(call) \
    ({ \
        __typeof__(call) answer; \
        guise_process_begin(); \
        answer = (call); \
        guise_process_end(); \
        answer; \
    })

/* ---- threads --------------------------------------------------------------------------------------------------------------- */

/* Carries a thread's start over the bracket in which it is made, with the signal mask that it would have had without. */
struct start
{
    void *(*posix)(void *argument);
    thrd_start_t c11;
    void *argument;
    sigset_t mask;
};

static struct start *make_start(void *argument)
{
    struct start *start = guise_alloc(sizeof(*start));

    if (!start) return NULL;
    start->argument = argument;
    pthread_sigmask(SIG_SETMASK, NULL, &start->mask);
    return start;
}

static struct start take_start(void *argument)
{
    struct start start = *(struct start *)argument;

    guise_free(argument);
    /* glibc takes its own signals out of the set: one that guard.c holds back stays blocked for the creator alone. */
    pthread_sigmask(SIG_SETMASK, &start.mask, NULL);
    return start;
}

static void *start_posix(void *argument)
{
    struct start start = take_start(argument);

    return start.posix(start.argument);
}

static int start_c11(void *argument)
{
    struct start start = take_start(argument);

    return start.c11(start.argument);
}

EXPORTED int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *), void *argument)
{
    struct start *start;
    sigset_t mask;
    int error;

    if (!guise_thread_switched()) return NEXT(pthread_create)(thread, attributes, routine, argument);
    if (!(start = make_start(argument))) return EAGAIN;
    start->posix = routine;
    /* A mask among the attributes goes before that of the creator. */
    if (attributes && !pthread_attr_getsigmask_np(attributes, &mask)) start->mask = mask;
    error = AS_PROCESS(NEXT(pthread_create)(thread, attributes, start_posix, start));
    if (error) guise_free(start);
    return error;
}

EXPORTED int thrd_create(thrd_t *thread, thrd_start_t routine, void *argument)
{
    struct start *start;
    int error;

    if (!guise_thread_switched()) return NEXT(thrd_create)(thread, routine, argument);
    if (!(start = make_start(argument))) return thrd_nomem;
    start->c11 = routine;
    error = AS_PROCESS(NEXT(thrd_create)(thread, start_c11, start));
    if (error != thrd_success) guise_free(start);
    return error;
}

/* ---- calls that make helper threads ------------------------------------------------------------------------------------------- */

EXPORTED int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer)
{
    if (!guise_thread_switched() || !event || event->sigev_notify != SIGEV_THREAD) return NEXT(timer_create)(clock, event, timer);
    return AS_PROCESS(NEXT(timer_create)(clock, event, timer));
}

EXPORTED int mq_notify(mqd_t queue, const struct sigevent *event)
{
    if (!guise_thread_switched() || !event || event->sigev_notify != SIGEV_THREAD) return NEXT(mq_notify)(queue, event);
    return AS_PROCESS(NEXT(mq_notify)(queue, event));
}

#define QUEUE_ONE(name, block) \
    EXPORTED int name(struct block *request) \
    { \
        if (!guise_thread_switched()) return NEXT(name)(request); \
        return AS_PROCESS(NEXT(name)(request)); \
    }

QUEUE_ONE(aio_read, aiocb)
QUEUE_ONE(aio_read64, aiocb64)
QUEUE_ONE(aio_write, aiocb)
QUEUE_ONE(aio_write64, aiocb64)

#define QUEUE_SYNC(name, block) \
    EXPORTED int name(int operation, struct block *request) \
    { \
        if (!guise_thread_switched()) return NEXT(name)(operation, request); \
        return AS_PROCESS(NEXT(name)(operation, request)); \
    }

QUEUE_SYNC(aio_fsync, aiocb)
QUEUE_SYNC(aio_fsync64, aiocb64)

/* Calls that may wait for long, or leave their signal mask to a child, run on a thread of the process: this one waits as the client. */
struct call
{
    enum interposed which;
    int error; /* errno of the thread */
    int answer;
    FILE *stream;
    int number, count;
    void *first, *second, *third;
    struct sigevent *event;
    const void *fourth, *fifth;
    char *const *arguments, *const *environment;
};

static void run_call(void *argument)
{
    struct call *call = argument;

    errno = call->error;
    switch (call->which)
    {
    case INTERPOSED_lio_listio:
        call->answer = NEXT(lio_listio)(call->number, call->first, call->count, call->event);
        break;
    case INTERPOSED_lio_listio64:
        call->answer = NEXT(lio_listio64)(call->number, call->first, call->count, call->event);
        break;
    case INTERPOSED_getaddrinfo_a:
        call->answer = NEXT(getaddrinfo_a)(call->number, call->first, call->count, call->event);
        break;
    case INTERPOSED_posix_spawn:
        call->answer = NEXT(posix_spawn)(call->first, call->second, call->fourth, call->fifth, call->arguments, call->environment);
        break;
    case INTERPOSED_system:
        call->answer = NEXT(system)(call->fourth);
        break;
    case INTERPOSED_popen:
        call->stream = NEXT(popen)(call->fourth, call->fifth);
        break;
    case INTERPOSED_wordexp:
        call->answer = NEXT(wordexp)(call->fourth, call->first, call->number);
        break;
    default:
        break;
    }
    call->error = errno;
}

/* False: no thread, and errno says so. */
static bool run(struct call *call)
{
    bool ran;

    /* A call that does not fail leaves errno alone, and none sets it to 0. */
    call->error = errno;
    ran = guise_run_as_process(run_call, call);
    errno = ran ? call->error : EAGAIN;
    return ran;
}

EXPORTED int lio_listio(int mode, struct aiocb *const list[restrict], int count, struct sigevent *restrict event)
{
    struct call call = {.which = INTERPOSED_lio_listio, .number = mode, .first = (void *)list, .count = count, .event = event};

    if (!guise_thread_switched()) return NEXT(lio_listio)(mode, list, count, event);
    return run(&call) ? call.answer : -1;
}

EXPORTED int lio_listio64(int mode, struct aiocb64 *const list[restrict], int count, struct sigevent *restrict event)
{
    struct call call = {.which = INTERPOSED_lio_listio64, .number = mode, .first = (void *)list, .count = count, .event = event};

    if (!guise_thread_switched()) return NEXT(lio_listio64)(mode, list, count, event);
    return run(&call) ? call.answer : -1;
}

EXPORTED int getaddrinfo_a(int mode, struct gaicb *list[restrict], int count, struct sigevent *restrict event)
{
    struct call call = {.which = INTERPOSED_getaddrinfo_a, .number = mode, .first = (void *)list, .count = count, .event = event};

    if (!guise_thread_switched()) return NEXT(getaddrinfo_a)(mode, list, count, event);
    return run(&call) ? call.answer : EAI_AGAIN;
}

/* ---- children ------------------------------------------------------------------------------------------------------------------ */

static int spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
                 char *const arguments[], char *const environment[])
{
    struct call call = {.which = INTERPOSED_posix_spawn,
                        .first = pid,
                        .second = (void *)path,
                        .fifth = attributes,
                        .arguments = arguments,
                        .environment = environment};
    struct guise_spawn safe;
    int error = guise_spawn_prepare(&safe, path, actions);

    if (error) return error;
    call.fourth = &safe.actions;
    error = run(&call) ? call.answer : EAGAIN;
    guise_spawn_end(&safe);
    return error;
}

EXPORTED int posix_spawn(pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *restrict actions,
                         const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const environment[restrict])
{
    if (!guise_thread_switched()) return NEXT(posix_spawn)(pid, path, actions, attributes, arguments, environment);
    return spawn(pid, path, actions, attributes, arguments, environment);
}

/* The first image of that name on PATH that the client may execute, as exec would find it for him. 0 or an error. */
static int find_image(const char *name, char **image)
{
    const char *path = getenv("PATH");
    int error = ENOENT;

    if (!path) path = _PATH_DEFPATH;
    while (path)
    {
        size_t length = strcspn(path, ":");
        char *candidate = NULL;
        int found;

        /* An empty element is the working directory. */
        if (asprintf(&candidate, "%.*s%s%s", (int)length, path, length ? "/" : "./", name) < 0) return ENOMEM;
        found = guise_check_image(AT_FDCWD, candidate);
        if (!found)
        {
            *image = candidate;
            return 0;
        }
        free(candidate);
        if (found == EACCES) error = EACCES;
        path = path[length] ? path + length + 1 : NULL;
    }
    return error;
}

EXPORTED int posix_spawnp(pid_t *pid, const char *name, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
                          char *const arguments[], char *const environment[])
{
    char *image = NULL;
    int error;

    if (!guise_thread_switched()) return NEXT(posix_spawnp)(pid, name, actions, attributes, arguments, environment);
    if (strchr(name, '/')) return spawn(pid, name, actions, attributes, arguments, environment);
    if (!*name) return ENOENT;
    if ((error = find_image(name, &image))) return error;
    error = spawn(pid, image, actions, attributes, arguments, environment);
    free(image);
    return error;
}

/* False: errno says why the client may not. */
static bool may_use_shell(void)
{
    int error = guise_check_image(AT_FDCWD, _PATH_BSHELL);

    if (error) errno = error;
    return !error;
}

EXPORTED int system(const char *command)
{
    struct call call = {.which = INTERPOSED_system, .fourth = command};

    if (!guise_thread_switched() || !command) return NEXT(system)(command);
    if (!may_use_shell()) return -1;
    return run(&call) ? call.answer : -1;
}

EXPORTED FILE *popen(const char *command, const char *type)
{
    struct call call = {.which = INTERPOSED_popen, .fourth = command, .fifth = type};

    if (!guise_thread_switched()) return NEXT(popen)(command, type);
    if (!may_use_shell()) return NULL;
    return run(&call) ? call.stream : NULL;
}

EXPORTED int wordexp(const char *restrict words, wordexp_t *restrict result, int flags)
{
    struct call call = {.which = INTERPOSED_wordexp, .fourth = words, .first = result, .number = flags};
    int error;

    if (!guise_thread_switched()) return NEXT(wordexp)(words, result, flags);
    /* Without a command nothing is started, and which names match is for the kernel to say to the client. */
    error = NEXT(wordexp)(words, result, flags | WRDE_NOCMD);
    if (error != WRDE_CMDSUB || (flags & WRDE_NOCMD)) return error;
    if (!may_use_shell()) return WRDE_CMDSUB;
    return run(&call) ? call.answer : WRDE_NOSPACE;
}

/* ---- set*id of the whole process --------------------------------------------------------------------------------------------------- */

#define SET_ID(name, arguments) \
    int answer; \
\
    if (!guise_setid_begin(INTERPOSED_##name, __builtin_return_address(0))) return -1; \
    answer = NEXT(name) arguments; \
    guise_setid_end(!answer); \
    return answer

EXPORTED int setuid(uid_t uid)
{
    SET_ID(setuid, (uid));
}

EXPORTED int seteuid(uid_t uid)
{
    SET_ID(seteuid, (uid));
}

EXPORTED int setreuid(uid_t real, uid_t effective)
{
    SET_ID(setreuid, (real, effective));
}

EXPORTED int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    SET_ID(setresuid, (real, effective, saved));
}

EXPORTED int setgid(gid_t gid)
{
    SET_ID(setgid, (gid));
}

EXPORTED int setegid(gid_t gid)
{
    SET_ID(setegid, (gid));
}

EXPORTED int setregid(gid_t real, gid_t effective)
{
    SET_ID(setregid, (real, effective));
}

EXPORTED int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    SET_ID(setresgid, (real, effective, saved));
}

EXPORTED int setgroups(size_t count, const gid_t *groups)
{
    SET_ID(setgroups, (count, groups));
}

EXPORTED int initgroups(const char *user, gid_t group)
{
    SET_ID(initgroups, (user, group));
}

/* ---- rule 13 ---------------------------------------------------------------------------------------------------------------------------- */

/* Names of the same code that stay within this library: the public ones may be anybody's. (alias attributes would have to repeat all
 * attributes of libc's prototypes.) */
#define HIDDEN_ALIAS(name) \
    extern const char own_##name[] __attribute__((visibility("hidden"))); \
    __asm__(".globl own_" #name "\n.hidden own_" #name "\n.set own_" #name ", " #name);
GUISE_INTERPOSED(HIDDEN_ALIAS)

__attribute__((constructor)) static void register_own(void)
{
#define OWN_ADDRESS(name) (void *)own_##name,
    void *const own[INTERPOSED_COUNT] = {GUISE_INTERPOSED(OWN_ADDRESS)};

    guise_interpose_register(own);
}
