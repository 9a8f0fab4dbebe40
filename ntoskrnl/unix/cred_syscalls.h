/*
 * The raw system calls of a switch. Each acts on the calling thread alone and answers 0 (or a value) or a negative errno:
 * no errno, no cancellation point, no lock, so that all of them may run in a signal handler.
 *
 * glibc's functions of these names broadcast to all threads of the process (nptl(7)), which is what must not happen here.
 * Three builds for tests replace the calls that change ids: GUISE_STUB_SYSCALLS counts them and does nothing (what does the library's
 * own work cost); GUISE_GLIBC_SYSCALLS is the canary that goes through glibc; GUISE_MODEL_SYSCALLS leaves them and those that read ids to
 * the test, which is the kernel (tests/internal/switch_model.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_CRED_SYSCALLS_H
#define GUISE_NTOSKRNL_UNIX_CRED_SYSCALLS_H

#include <errno.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>

#ifndef __x86_64__
#error "raw system calls are written for x86-64 only"
#endif

static inline long raw_syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long raw_syscall4(long number, long a, long b, long c, long d)
{
    return raw_syscall6(number, a, b, c, d, 0, 0);
}

static inline long raw_syscall3(long number, long a, long b, long c)
{
    long result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

/* ---- what changes ids ---------------------------------------------------------------------------------------------- */

#if defined(GUISE_MODEL_SYSCALLS)

static int sys_setgroups(size_t count, const gid_t *groups);
static int sys_setresgid(gid_t real, gid_t effective, gid_t saved);
static int sys_setresuid(uid_t real, uid_t effective, uid_t saved);
static int sys_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable);
static int sys_ambient_raise(int capability);
static int sys_getresuid(uid_t *real, uid_t *effective, uid_t *saved);
static int sys_getresgid(gid_t *real, gid_t *effective, gid_t *saved);
static int sys_getgroups(size_t room, gid_t *groups);
static int sys_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable);
static int sys_prctl(long option, long a, long b);

#elif defined(GUISE_STUB_SYSCALLS)

/* Counts per call, written by the stubs only. */
extern _Thread_local unsigned long cred_stub_calls;

static inline int sys_setgroups(size_t count, const gid_t *groups)
{
    (void)count, (void)groups;
    cred_stub_calls++;
    return 0;
}

static inline int sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
    (void)real, (void)effective, (void)saved;
    cred_stub_calls++;
    return 0;
}

static inline int sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    (void)real, (void)effective, (void)saved;
    cred_stub_calls++;
    return 0;
}

#elif defined(GUISE_GLIBC_SYSCALLS)

/* libc's own functions, past the interposed ones. */
#include <dlfcn.h>

static inline int canary_call(const char *name, long a, long b, long c)
{
    union
    {
        void *address;
        int (*call)(long a, long b, long c);
    } function = {.address = dlsym(dlopen("libc.so.6", RTLD_NOLOAD | RTLD_LAZY), name)};

    return function.call(a, b, c) ? -errno : 0;
}

static inline int sys_setgroups(size_t count, const gid_t *groups)
{
    return canary_call("setgroups", (long)count, (long)groups, 0);
}

static inline int sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return canary_call("setresgid", (long)real, (long)effective, (long)saved);
}

static inline int sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return canary_call("setresuid", (long)real, (long)effective, (long)saved);
}

#else

static inline int sys_setgroups(size_t count, const gid_t *groups)
{
    return (int)raw_syscall3(SYS_setgroups, (long)count, (long)groups, 0);
}

static inline int sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return (int)raw_syscall3(SYS_setresgid, (long)real, (long)effective, (long)saved);
}

static inline int sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return (int)raw_syscall3(SYS_setresuid, (long)real, (long)effective, (long)saved);
}

#endif

#ifndef GUISE_MODEL_SYSCALLS

static inline int sys_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
        {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)}};

#ifdef GUISE_STUB_SYSCALLS
    (void)header, (void)data;
    cred_stub_calls++;
    return 0;
#else
    return (int)raw_syscall3(SYS_capset, (long)&header, (long)data, 0);
#endif
}

static inline int sys_ambient_raise(int capability)
{
#ifdef GUISE_STUB_SYSCALLS
    (void)capability;
    cred_stub_calls++;
    return 0;
#else
    return (int)raw_syscall6(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0, 0);
#endif
}

/* ---- what only reads ids ------------------------------------------------------------------------------------------- */

static inline int sys_getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    return (int)raw_syscall3(SYS_getresuid, (long)real, (long)effective, (long)saved);
}

static inline int sys_getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    return (int)raw_syscall3(SYS_getresgid, (long)real, (long)effective, (long)saved);
}

static inline int sys_getgroups(size_t room, gid_t *groups)
{
    return (int)raw_syscall3(SYS_getgroups, (long)room, (long)groups, 0);
}

static inline int sys_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0}};
    int error = (int)raw_syscall3(SYS_capget, (long)&header, (long)data, 0);

    *effective = data[0].effective | (uint64_t)data[1].effective << 32;
    *permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    *inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return error;
}

static inline int sys_prctl(long option, long a, long b)
{
    return (int)raw_syscall6(SYS_prctl, option, a, b, 0, 0, 0);
}

#endif /* GUISE_MODEL_SYSCALLS */

/* ---- signals, waiting, the end --------------------------------------------------------------------------------------- */

static inline int sys_sigprocmask(int how, const uint64_t *mask, uint64_t *old)
{
    return (int)raw_syscall4(SYS_rt_sigprocmask, how, (long)mask, (long)old, sizeof(*mask));
}

/* The actions as the kernel lays them out; either may be NULL. */
static inline int sys_sigaction(int signal, const void *action, void *old)
{
    return (int)raw_syscall4(SYS_rt_sigaction, signal, (long)action, (long)old, sizeof(uint64_t));
}

static inline pid_t sys_gettid(void)
{
    return (pid_t)raw_syscall3(SYS_gettid, 0, 0, 0);
}

static inline pid_t sys_getpid(void)
{
    return (pid_t)raw_syscall3(SYS_getpid, 0, 0, 0);
}

static inline int sys_tgkill(pid_t process, pid_t thread, int signal)
{
    return (int)raw_syscall3(SYS_tgkill, process, thread, signal);
}

/* Waits while *WORD is VALUE; DEADLINE is of CLOCK_MONOTONIC, NULL for ever. */
static inline int sys_futex_wait(void *word, uint32_t value, const struct timespec *deadline)
{
    return (int)raw_syscall6(SYS_futex, (long)word, FUTEX_WAIT_BITSET_PRIVATE, value, (long)deadline, 0,
                             (long)FUTEX_BITSET_MATCH_ANY);
}

static inline void sys_futex_wake_all(void *word)
{
    raw_syscall3(SYS_futex, (long)word, FUTEX_WAKE_PRIVATE, INT32_MAX);
}

#endif
