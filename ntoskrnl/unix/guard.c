/*
 * The guard of a thread that carries a client where set*id of the process is not interposed (design 5.13): glibc's signal, which would
 * change the thread's ids, has to wait until the thread is the process again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ucontext.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"

static const uint64_t setxid_only = SIGNAL_MASK(SIGNAL_SETXID);

/* As the kernel lays it out (rt_sigaction(2)): libc's function hides this signal. */
struct kernel_action
{
    void (*handler)(int number, siginfo_t *info, void *context);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

/* glibc's own; written before ours takes its place, read-only afterwards. */
static void (*behind)(int number, siginfo_t *info, void *context);

/*
 * Blocking the signal beforehand would neither hold, for glibc takes its own signals out of every mask that the program sets, nor end with
 * the thread: children and helper threads would inherit it. So it is blocked for the interrupted code when it comes, and waits.
 */
__attribute__((no_sanitize("thread"))) static void hold_back(int number, siginfo_t *info, void *context)
{
    struct cred_thread *thread = cred_thread_current();
    uint64_t *mask = (uint64_t *)&((ucontext_t *)context)->uc_sigmask;

    if (!thread || !thread->guarded)
    {
#ifndef __SANITIZE_THREAD__ /* whose own thread comes here, too, and must not run what it instruments */
        if (!thread) revert_stray();
#endif
        behind(number, info, context);
        return;
    }
    thread->held_back = true;
    *mask |= setxid_only;
    /* It is blocked here, too. glibc accepts signals that the process has sent to one of its threads, as it does itself. */
    sys_tgkill(sys_getpid(), sys_gettid(), number);
}

bool guard_install(void)
{
    struct kernel_action action;

    /* glibc installs its handler with the first thread that it makes. */
    if (sys_sigaction(SIGNAL_SETXID, NULL, &action) || !action.handler) return false;
    if (action.handler == hold_back) return true;
    behind = action.handler;
    action.handler = hold_back;
    /* A request that is served in the midst of glibc's handler would have its client's ids overwritten. */
    action.mask = ~UINT64_C(0);
    return !sys_sigaction(SIGNAL_SETXID, &action, NULL);
}

void guard_begin(struct cred_thread *thread)
{
    thread->guarded = interposition_guarded();
    atomic_signal_fence(memory_order_seq_cst);
}

void guard_end(struct cred_thread *thread)
{
    thread->guarded = false;
    atomic_signal_fence(memory_order_seq_cst);
    if (!thread->held_back) return;
    thread->held_back = false;
    sys_sigprocmask(SIG_UNBLOCK, &setxid_only, NULL);
}
