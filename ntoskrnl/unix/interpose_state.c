/*
 * The one state behind all copies of the interposed functions: what comes after them, whether the program really calls them (design 5.13),
 * and when set*id of the whole process may run (5.12).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"
#include "ntoskrnl/unix/interpose.h"

#define INTERPOSED_NAME(name) #name,
static const char *const names[INTERPOSED_COUNT] = {GUISE_INTERPOSED(INTERPOSED_NAME)};

/* Filled at load or on first use; every writer writes the same. */
static void *_Atomic next[INTERPOSED_COUNT];

/* Bit n: what the program calls by names[n] is a copy of Guise. Grows while libraries load. */
static _Atomic uint64_t verified;

#define ALL_VERIFIED ((UINT64_C(1) << INTERPOSED_COUNT) - 1)

/* ---- what comes next ---------------------------------------------------------------------------------------------------- */

/* Whether ADDRESS lies in one of Guise's libraries, of which several may define the same names. */
static bool in_guise(void *address)
{
    static const char *const libraries[] = {"libntoskrnl.so", "libsecur32.so", "libadvapi32.so", "libguise-preload.so"};
    const char *name;
    Dl_info info;

    if (!dladdr(address, &info) || !info.dli_fname) return false;
    name = strrchr(info.dli_fname, '/');
    name = name ? name + 1 : info.dli_fname;
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
    {
        if (!strncmp(name, libraries[i], strlen(libraries[i]))) return true;
    }
    return false;
}

static void *resolve(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    /* A library opened with dlopen has a scope of its own, which need not reach libc. */
    if (!found || in_guise(found)) found = dlsym(dlopen("libc.so.6", RTLD_NOLOAD | RTLD_LAZY), name);
    if (!found) cred_fatal("libc lacks a function that is interposed");
    return found;
}

void *guise_interpose_next(enum interposed which)
{
    void *found = atomic_load_explicit(&next[which], memory_order_acquire);

    if (!found)
    {
        found = resolve(names[which]);
        atomic_store_explicit(&next[which], found, memory_order_release);
    }
    return found;
}

/* ---- what the program calls --------------------------------------------------------------------------------------------------- */

void guise_interpose_register(void *const own[INTERPOSED_COUNT])
{
    /* RTLD_DEFAULT would answer for this library's own scope. */
    void *program = dlopen(NULL, RTLD_LAZY);
    uint64_t found = 0;

    if (!program) return;
    for (int i = 0; i < INTERPOSED_COUNT; i++)
    {
        if (dlsym(program, names[i]) == own[i]) found |= UINT64_C(1) << i;
        guise_interpose_next((enum interposed)i);
    }
    dlclose(program);
    atomic_fetch_or(&verified, found);
}

bool interposition_guarded(void)
{
    return atomic_load_explicit(&verified, memory_order_relaxed) != ALL_VERIFIED;
}

int program_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    union
    {
        void *address;
        int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    } function;
    void *program = dlopen(NULL, RTLD_LAZY);

    function.address = program ? dlsym(program, "pthread_create") : NULL;
    if (program) dlclose(program);
    if (!function.address) function.address = guise_interpose_next(INTERPOSED_pthread_create);
    return function.create(thread, attributes, start, argument);
}

bool core_thread_start(void *(*start)(void *))
{
    const uint64_t all = ~UINT64_C(0);
    pthread_t thread;
    uint64_t mask;
    int error;

    guise_process_begin();
    sys_sigprocmask(SIG_BLOCK, &all, &mask);
    error = program_pthread_create(&thread, NULL, start, NULL);
    if (!error) pthread_detach(thread);
    sys_sigprocmask(SIG_SETMASK, &mask, NULL);
    guise_process_end();
    return !error;
}

/* ---- calls on a thread that is the process ---------------------------------------------------------------------------------------- */

struct job
{
    void (*call)(void *argument);
    void *argument;
    sigset_t mask;
};

static void *run_job(void *argument)
{
    struct job *job = argument;

    pthread_sigmask(SIG_SETMASK, &job->mask, NULL);
    job->call(job->argument);
    return NULL;
}

bool guise_run_as_process(void (*call)(void *argument), void *argument)
{
    struct job job = {.call = call, .argument = argument};
    int state, error;
    pthread_t thread;

    pthread_sigmask(SIG_SETMASK, NULL, &job.mask);
    guise_process_begin();
    error = program_pthread_create(&thread, NULL, run_job, &job);
    guise_process_end();
    if (error) return false;
    /* The job is on this stack. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_join(thread, NULL);
    pthread_setcancelstate(state, NULL);
    return true;
}

/* ---- set*id of the whole process ----------------------------------------------------------------------------------------------------- */

static void complain(enum interposed which, const void *caller, const char *why)
{
    Dl_info info;
    bool known = dladdr(caller, &info) && info.dli_fname;

    guise_log("%s called by %s%s%s: EBUSY, %s", names[which], known ? info.dli_fname : "unknown code", known && info.dli_sname ? " " : "",
              known && info.dli_sname ? info.dli_sname : "", why);
}

/* The configuration is read only if it is needed: nobody impersonates in most programs that call set*id. */
static bool close_gate(void)
{
    const struct guise_config *config;

    if (gate_close(0)) return true;
    return !guise_get_config(&config) && gate_close(config->setid_wait);
}

/* The child of vfork() shares this memory and may set its ids before it executes something; that is no affair of the process. */
static pid_t owner;

static bool in_foreign_process(void)
{
    return sys_getpid() != owner;
}

bool guise_setid_begin(enum interposed which, const void *caller)
{
    const struct cred_thread *thread = cred_thread_current();

    if (in_foreign_process()) return true;
    if (thread && thread->counted)
    {
        complain(which, caller, "the thread impersonates a client");
        errno = EBUSY;
        return false;
    }
    if (close_gate()) return true;
    complain(which, caller, "threads impersonate clients");
    errno = EBUSY;
    return false;
}

void guise_setid_end(bool changed)
{
    int saved = errno;

    if (in_foreign_process()) return;
    if (changed) process_renew();
    gate_open();
    errno = saved;
}

/* ---- fork ---------------------------------------------------------------------------------------------------------------------------------- */

static void in_child(void)
{
    owner = sys_getpid();
    process_after_fork();
    ready_after_fork();
    credentials_after_fork();
    cred_after_fork();
}

__attribute__((constructor)) static void watch_fork(void)
{
    owner = sys_getpid();
    pthread_atfork(NULL, NULL, in_child);
}
