/*
 * Making another thread carry somebody (design 5.9): the request lies in the target's own record, a signal makes the target look there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"
#include "ntoskrnl/unix/remote.h"

/* Exported by glibc without a prototype: a real-time signal that no other library of the process is given (nptl(7)). */
extern int __libc_allocate_rtsig(int high);

static pthread_once_t signal_once = PTHREAD_ONCE_INIT;
static int request_signal; /* written under signal_once; 0: none is to be had */

/* A thread that has no record of its own yet takes over the one by which the caller knows it. One at a time, under adoption_lock; a target
 * reads thread only when it has taken the request. */
static pthread_mutex_t adoption_lock = PTHREAD_MUTEX_INITIALIZER;
static struct
{
    _Atomic uint32_t state;
    _Atomic pid_t tid;
    struct cred_thread *thread;
    bool gate_closed; /* the answer: to be asked again after set*id */
} adoption;

/* ---- the target's side; async-signal-safe ------------------------------------------------------------------------------- */

static void set_state(struct cred_request *request, enum request_state state)
{
    atomic_store(&request->state, state);
    sys_futex_wake_all(&request->state);
}

static bool take(struct cred_request *request)
{
    uint32_t pending = REQUEST_PENDING;

    return atomic_compare_exchange_strong(&request->state, &pending, REQUEST_TAKEN);
}

/* Counts the thread before it is made to carry somebody. False: it would have to wait, which is for the caller to do. */
static bool pass_gate(struct cred_thread *thread, const struct credential *credential)
{
    if (!credential || thread->counted) return true;
    return thread->counted = gate_try_enter();
}

void request_serve(struct cred_thread *thread)
{
    struct cred_request *request = &thread->request;
    struct credential *previous = NULL;

    while (atomic_load(&request->state) == REQUEST_PENDING)
    {
        /* A second signal meanwhile finds the thread switching; what it stands for is seen by the loop. */
        atomic_store_explicit(&thread->switching, true, memory_order_relaxed);
        atomic_signal_fence(memory_order_seq_cst);
        if (take(request))
        {
            request->gate_closed = !pass_gate(thread, request->credential);
            if (!request->gate_closed) request->status = carry(thread, request->credential, &previous);
            /* The caller, who may free memory, drops what is no longer needed: the new one if it was refused. */
            if (!request->gate_closed && !request->status) request->credential = previous;
            set_state(request, REQUEST_DONE);
        }
        atomic_signal_fence(memory_order_seq_cst);
        atomic_store_explicit(&thread->switching, false, memory_order_relaxed);
        atomic_signal_fence(memory_order_seq_cst);
    }
}

void request_refuse(struct cred_thread *thread)
{
    if (!take(&thread->request)) return;
    thread->request.status = STATUS_ACCESS_DENIED;
    thread->request.gate_closed = false;
    set_state(&thread->request, REQUEST_DONE);
}

void request_after_fork(struct cred_thread *thread)
{
    adoption_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    /* Whoever asked is a thread of the parent, and the answer is given there. */
    if (thread) atomic_store(&thread->request.state, REQUEST_IDLE);
    atomic_store(&adoption.state, REQUEST_IDLE);
    atomic_store(&adoption.tid, 0);
}

void request_adopt(void)
{
    uint32_t pending = REQUEST_PENDING;
    pid_t tid = atomic_load(&adoption.tid);

    /* Only after the exchange does the record stay where it is. */
    if (!tid || tid != sys_gettid()) return;
    if (!atomic_compare_exchange_strong(&adoption.state, &pending, REQUEST_TAKEN)) return;
    adoption.gate_closed = !gate_try_enter();
    if (!adoption.gate_closed)
    {
        adopt(adoption.thread);
        gate_exit();
    }
    atomic_store(&adoption.state, REQUEST_DONE);
    sys_futex_wake_all(&adoption.state);
}

static void on_signal(int number)
{
    struct cred_thread *thread;
    int saved = errno;

    (void)number;
    /* Also of a thread that has attached meanwhile: whoever asked waits for an answer. */
    if (cred_thread_current() || !bracket_open()) request_adopt();
    /* The record is the thread's own, whoever had its tid when the signal was sent. */
    thread = cred_thread_current();
    if (thread && !atomic_load_explicit(&thread->switching, memory_order_relaxed) && !bracket_open()) request_serve(thread);
    errno = saved;
}

/* ---- the caller's side ----------------------------------------------------------------------------------------------------- */

static void allocate_signal(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_ONSTACK};
    int number = __libc_allocate_rtsig(0);

    if (number < 0) return;
    sigfillset(&action.sa_mask);
    if (!sigaction(number, &action, NULL)) request_signal = number;
}

/* Claims the slot of the target: one caller at a time. False: others kept it until DEADLINE. */
static bool claim(struct cred_request *request, const struct timespec *deadline)
{
    for (;;)
    {
        uint32_t state = REQUEST_IDLE;

        if (atomic_compare_exchange_strong(&request->state, &state, REQUEST_CLAIMED)) return true;
        if (sys_futex_wait(&request->state, state, deadline) == -ETIMEDOUT) return false;
    }
}

/* Until the target has answered, or DEADLINE if it has not even looked. Whether it has answered. */
static bool await(_Atomic uint32_t *word, const struct timespec *deadline)
{
    for (;;)
    {
        uint32_t state = atomic_load(word);

        if (state == REQUEST_DONE) return true;
        if (sys_futex_wait(word, state, state == REQUEST_PENDING ? deadline : NULL) != -ETIMEDOUT) continue;
        state = REQUEST_PENDING;
        if (atomic_compare_exchange_strong(word, &state, REQUEST_WITHDRAWN)) return false;
    }
}

static bool send_signal(struct cred_thread *thread)
{
    return !atomic_load(&thread->dead) && !sys_tgkill(sys_getpid(), thread->tid, request_signal);
}

/* Sends the signal and waits for the answer to the request whose state is *STATE. Whether it has been answered. */
static bool signal_and_await(struct cred_thread *thread, _Atomic uint32_t *state, const struct timespec *deadline)
{
    uint32_t pending = REQUEST_PENDING;

    atomic_store(state, REQUEST_PENDING);
    /* An ending thread sets dead first and then looks for a request: one of the two sees the other. */
    if (!send_signal(thread) && atomic_compare_exchange_strong(state, &pending, REQUEST_WITHDRAWN)) return false;
    return await(state, deadline);
}

/* Whether the thread has taken over its record, by DEADLINE. If not, whether it was held back. */
static bool have_adopted(struct cred_thread *thread, const struct timespec *deadline, bool *gate_closed)
{
    *gate_closed = false;
    if (atomic_load(&thread->attached)) return true;
    pthread_mutex_lock(&adoption_lock);
    adoption.thread = thread;
    atomic_store(&adoption.tid, thread->tid);
    *gate_closed = signal_and_await(thread, &adoption.state, deadline) && adoption.gate_closed;
    atomic_store(&adoption.tid, 0);
    atomic_store(&adoption.state, REQUEST_IDLE);
    pthread_mutex_unlock(&adoption_lock);
    return atomic_load(&thread->attached);
}

/* One attempt, which leaves in *CREDENTIAL what is to be dropped. *GATE_CLOSED: nothing was done, for set*id runs. */
static NTSTATUS request_once(struct cred_thread *thread, struct credential **credential, unsigned int milliseconds, bool *gate_closed)
{
    struct cred_request *request = &thread->request;
    struct timespec deadline;
    NTSTATUS status = STATUS_ACCESS_DENIED;

    deadline_after(&deadline, milliseconds);
    if (!have_adopted(thread, &deadline, gate_closed) || !claim(request, &deadline)) return STATUS_ACCESS_DENIED;
    request->credential = *credential;
    if (signal_and_await(thread, &request->state, &deadline))
    {
        status = request->status;
        *gate_closed = request->gate_closed;
    }
    *credential = request->credential;
    request->credential = NULL;
    set_state(request, REQUEST_IDLE);
    return status;
}

NTSTATUS request_assign(struct cred_thread *thread, struct credential *credential)
{
    const struct guise_config *config;
    bool gate_closed;
    NTSTATUS status;

    pthread_once(&signal_once, allocate_signal);
    if ((status = guise_get_config(&config)) || !request_signal || atomic_load(&thread->dead))
    {
        credential_release(credential);
        return STATUS_ACCESS_DENIED;
    }
    for (;;)
    {
        status = request_once(thread, &credential, config->remote_timeout, &gate_closed);
        if (!gate_closed) break;
        gate_wait();
    }
    credential_release(credential);
    return status;
}
