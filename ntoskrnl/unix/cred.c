/*
 * What threads carry: the record of a thread, the bracket that acts as the process, and the end of both (design 5.4 to 5.7, 5.10, 5.14).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <limits.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"
#include "ntoskrnl/unix/interpose.h"
#include "ntoskrnl/unix/switch.h"

/* What a bracket blocks. Cancellation has a switch of its own, and set*id waits for the thread anyway. */
#define PROGRAM_SIGNALS (~(SIGNAL_MASK(SIGNAL_CANCEL) | SIGNAL_MASK(SIGNAL_SETXID)))

/* What the library knows of the calling thread: everything else hangs on it. */
static _Thread_local struct cred_thread *self __attribute__((tls_model("initial-exec")));

/* Threads act as the process (rule 10) that have no record, and may be given one meanwhile. */
static _Thread_local struct
{
    unsigned int depth; /* of guise_process_begin() */
    int cancel_state;   /* what the outermost one puts back */
} bracket __attribute__((tls_model("initial-exec")));

/* What self points to after the end of a thread (rule 14): without or with a client. Never written. */
static struct cred_thread ended, ended_with_client;

/* Written at load. */
static pthread_key_t key;
static bool key_made;

/* ---- rule 5 --------------------------------------------------------------------------------------------------------------- */

_Noreturn void cred_fatal(const char *what)
{
    static const char head[] = "guise: ", tail[] = "; ending the process\n";
    const struct iovec line[] = {{(void *)head, sizeof(head) - 1}, {(void *)what, strlen(what)}, {(void *)tail, sizeof(tail) - 1}};
    /* As the kernel lays it out: handler, flags, restorer, mask. Zeros are SIG_DFL. */
    const unsigned long default_action[4] = {0};
    const uint64_t abort_only = SIGNAL_MASK(SIGABRT);

    raw_syscall3(SYS_writev, 2, (long)line, 3);
    sys_sigaction(SIGABRT, default_action, NULL);
    sys_sigprocmask(SIG_UNBLOCK, &abort_only, NULL);
    sys_tgkill(sys_getpid(), sys_gettid(), SIGABRT);
    for (;;) raw_syscall3(SYS_exit_group, 134, 0, 0);
}

static void must(enum outcome outcome, const char *what)
{
    if (outcome != SWITCHED) cred_fatal(what);
}

#define NOT_REVERTED "a thread could not get back the credential of the process"
#define NOT_REAPPLIED "a thread could not get back the credential of its client"

/* ---- what is carried in which form ------------------------------------------------------------------------------------------ */

static bool is_process_user(const struct process *process, const struct credential *credential)
{
    const struct process_credential *p = &process->p;
    size_t matched = 0;

    if (p->ruid != credential->uid || p->euid != credential->uid || p->suid != credential->uid) return false;
    if (p->rgid != credential->gid || p->egid != credential->gid || p->sgid != credential->gid) return false;
    for (size_t i = 0; i < p->group_count; i++)
    {
        if (p->groups[i] == credential->gid) continue;
        if (matched == credential->group_count || credential->groups[matched] != p->groups[i]) return false;
        matched++;
    }
    return matched == credential->group_count;
}

static bool choose_form(const struct process *process, const struct credential *credential, enum switch_form *form)
{
    const struct process_credential *p = &process->p;

    if (credential->kind == CREDENTIAL_SELF)
    {
        *form = p->effective != credential_effective(p, credential) ? FORM_CAPS : FORM_NONE;
        return true;
    }
    /* The way back from effective uid 0 of a process without it would cost all capabilities. */
    if (!credential->uid && p->euid && process->fixup) return false;
    *form = FORM_IDS;
    if (ready_now(process)) return true;
    /* Rule 7: nothing but capabilities to change. */
    *form = p->effective || p->inheritable ? FORM_CAPS : FORM_NONE;
    if (*form == FORM_CAPS && process->caps_stuck) return false;
    return credential->kind == CREDENTIAL_CLIENT && is_process_user(process, credential);
}

/* From the process to FORM of CREDENTIAL. */
static enum outcome apply(struct cred_thread *thread, const struct process *process, const struct credential *credential,
                          enum switch_form form)
{
    enum outcome outcome;

    if (form == FORM_NONE) return SWITCHED;
    guard_begin(thread);
    outcome = form == FORM_IDS ? switch_in(process, credential) : caps_in(process, credential);
    if (outcome == UNCHANGED) guard_end(thread);
    return outcome;
}

static void unapply(struct cred_thread *thread, const struct process *process)
{
    if (thread->form == FORM_IDS)
    {
        must(switch_out(process, thread->current), NOT_REVERTED);
        dumpable_restore();
    }
    else if (thread->form == FORM_CAPS)
        must(caps_out(process, thread->current), NOT_REVERTED);
    guard_end(thread);
}

static void count(struct cred_thread *thread)
{
    if (thread->counted) return;
    gate_enter();
    thread->counted = true;
}

static void uncount(struct cred_thread *thread)
{
    if (!thread->counted) return;
    thread->counted = false;
    gate_exit();
}

/* A duplicate of the process that changes nothing does not mind whoever the process becomes. */
static bool must_be_counted(const struct credential *credential, enum switch_form form)
{
    return credential && (credential->kind != CREDENTIAL_SELF || form != FORM_NONE);
}

static enum outcome change(struct cred_thread *thread, const struct process *process, const struct credential *credential,
                           enum switch_form form)
{
    enum outcome outcome;

    if (thread->form == FORM_IDS && form == FORM_IDS) return switch_over(process, thread->current, credential);
    unapply(thread, process);
    outcome = apply(thread, process, credential, form);
    if (outcome == UNCHANGED && thread->form != FORM_NONE)
        must(apply(thread, process, thread->current, thread->form), NOT_REAPPLIED);
    return outcome;
}

static NTSTATUS carry_counted(struct cred_thread *thread, struct credential *credential)
{
    const struct process *process = process_now();
    enum switch_form form;
    enum outcome outcome;

    if (!process || !choose_form(process, credential, &form)) return STATUS_ACCESS_DENIED;
    outcome = change(thread, process, credential, form);
    if (outcome == LOST) cred_fatal(NOT_REVERTED);
    if (outcome == UNCHANGED) return STATUS_ACCESS_DENIED;
    thread->current = credential;
    thread->form = form;
    return STATUS_SUCCESS;
}

NTSTATUS carry(struct cred_thread *thread, struct credential *credential, struct credential **previous)
{
    struct credential *before = thread->current;
    NTSTATUS status = STATUS_SUCCESS;

    if (credential && (credential != before || credential->kind == CREDENTIAL_SELF))
    {
        count(thread);
        status = carry_counted(thread, credential);
    }
    else if (!credential && before)
    {
        unapply(thread, process_now());
        thread->current = NULL;
        thread->form = FORM_NONE;
    }
    if (!must_be_counted(thread->current, thread->form)) uncount(thread);
    if (!status) *previous = before;
    return status;
}

/* ---- threads --------------------------------------------------------------------------------------------------------------- */

/* Also on threads that a sanitizer makes for itself (guard.c). */
__attribute__((no_sanitize("thread"))) struct cred_thread *cred_thread_current(void)
{
    struct cred_thread *thread = self;

    return thread == &ended || thread == &ended_with_client ? NULL : thread;
}

bool guise_thread_carries_client(void)
{
    const struct cred_thread *thread = self;

    return thread && ((thread->current && thread->current->kind != CREDENTIAL_SELF) || thread == &ended_with_client);
}

bool guise_thread_switched(void)
{
    const struct cred_thread *thread = self;

    return thread && thread->form != FORM_NONE && !thread->bracket_left;
}

void switching_begin(struct cred_thread *thread)
{
    atomic_store_explicit(&thread->switching, true, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
}

void switching_end(struct cred_thread *thread)
{
    atomic_signal_fence(memory_order_seq_cst);
    atomic_store_explicit(&thread->switching, false, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    /* The handler left what came meanwhile; what comes from here on it serves itself. */
    if (atomic_load_explicit(&thread->request.state, memory_order_relaxed)) request_serve(thread);
}

static NTSTATUS assign_self(struct cred_thread *thread, struct credential *credential)
{
    struct credential *previous = NULL;
    NTSTATUS status;

    switching_begin(thread);
    status = carry(thread, credential, &previous);
    switching_end(thread);
    credential_release(status ? credential : previous);
    return status;
}

/* What takes memory, locks or look-ups, before the switch that must do without. The verdict is choose_form()'s. */
static void prepare(const struct cred_thread *caller, const struct credential *credential)
{
    const struct process_credential *p;
    bool needs_no_switch;
    bool may_have_changed = interposition_guarded() || (credential->kind != CREDENTIAL_SELF && !ready_generation_current());

    if (may_have_changed && !(caller && caller->counted)) process_renew_if_changed();
    if (credential->kind == CREDENTIAL_SELF || ready_generation_current()) return;
    p = process_credential_get();
    needs_no_switch = p && ((const struct process *)p)->unable && is_process_user((const struct process *)p, credential);
    process_credential_release(p);
    if (!needs_no_switch) cred_ready();
}

NTSTATUS cred_thread_assign(struct cred_thread *thread, struct credential *credential)
{
    struct cred_thread *caller = cred_thread_current();
    unsigned int generation;
    NTSTATUS status;

    /* Inside a bracket nobody may be carried, and there is no user code that could ask for it. */
    if (bracket.depth) return STATUS_ACCESS_DENIED;
    do
    {
        generation = process_credential_generation();
        if (credential) prepare(caller, credential);
        status = thread == caller ? assign_self(thread, credential_reference(credential))
                                  : request_assign(thread, credential_reference(credential));
        /* A set*id of another thread came between the preparations and the switch. */
    } while (status && generation != process_credential_generation());
    return status;
}

/* Rule 11: whether the thread was started by somebody who carried a client, past the interposed functions. */
static bool has_foreign_ids(const struct process_credential *p)
{
    uid_t ruid, euid, suid;
    gid_t rgid, egid, sgid;

    if (sys_getresuid(&ruid, &euid, &suid) || sys_getresgid(&rgid, &egid, &sgid)) return true;
    return ruid != p->ruid || euid != p->euid || rgid != p->rgid || egid != p->egid;
}

static const char reverted[] = "guise: a thread was started with the credential of a client: reverted\n";

void revert_stray(void)
{
    const struct process *process = process_now();

    /* set*id of the process, which asks for it, waits for this thread: nobody takes the credential of the process away meanwhile. */
    if (self || !process || !has_foreign_ids(&process->p)) return;
    if (!switch_force_out(process)) cred_fatal(NOT_REVERTED);
    raw_syscall3(SYS_write, 2, (long)reverted, sizeof(reverted) - 1);
}

/* Inside the gate; async-signal-safe. */
static bool revert_if_foreign(void)
{
    const struct process *process = process_now();
    bool foreign = process && has_foreign_ids(&process->p);
    bool good = process && (!foreign || switch_force_out(process));

    if (good && foreign) raw_syscall3(SYS_write, 2, (long)reverted, sizeof(reverted) - 1);
    return good;
}

/* ThreadSanitizer takes a thread's state away in the last round, before the keys that were made after its own. */
#ifdef __SANITIZE_THREAD__
#define END_ROUND (PTHREAD_DESTRUCTOR_ITERATIONS - 1)
#else
#define END_ROUND PTHREAD_DESTRUCTOR_ITERATIONS
#endif

static void end_thread(void *argument)
{
    struct cred_thread *thread = argument;

    /* Destructors of other keys still find a whole record, in whatever order they run: this one waits for the last round. */
    if (++thread->end_rounds < END_ROUND && !pthread_setspecific(key, thread)) return;
    atomic_store(&thread->switching, true);
    atomic_store(&thread->dead, true);
    request_refuse(thread);
    /* glibc's set*id waits for every thread to answer, and would for ever; where it is not interposed the ids cannot be left. */
    if (thread->guarded)
    {
        unapply(thread, process_now());
        thread->form = FORM_NONE;
        uncount(thread);
    }
    self = thread->form != FORM_NONE ? &ended_with_client : &ended;
    if (thread->counted) gate_leave_with_thread();
    credential_release(thread->current);
    thread->current = NULL;
    if (thread->end) thread->end(thread);
}

__attribute__((constructor)) static void make_key(void)
{
    key_made = !pthread_key_create(&key, end_thread);
}

static char *put_number(char *end, unsigned int number)
{
    if (number >= 10) end = put_number(end, number / 10);
    *end = (char)('0' + number % 10);
    return end + 1;
}

/* A descriptor of /proc/self/task/TID, or a negative errno: it stays that of the thread when the id is used again. */
static int open_task(pid_t tid)
{
    char path[48] = "/proc/self/task/";

    *put_number(path + strlen(path), (unsigned int)tid) = 0;
    return (int)raw_syscall4(SYS_openat, AT_FDCWD, (long)path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
}

/* Whether the thread of open_task() is there, and not on its way out: joined perhaps, and not reaped yet. */
static bool task_lives(int task)
{
    /* proc(5): the name in field 2 ends with the last parenthesis and may hold anything. */
    enum { NAME = 2, FLAGS = 9, EXITING = 4 /* PF_EXITING of linux/sched.h */ };
    int fd = (int)raw_syscall4(SYS_openat, task, (long)"stat", O_RDONLY | O_CLOEXEC, 0);
    char text[512], *field;
    unsigned int flags = 0;
    long length;

    /* Without a descriptor to look with, nobody is given up. */
    if (fd < 0) return fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM;
    length = raw_syscall3(SYS_read, fd, (long)text, sizeof(text) - 1);
    raw_syscall3(SYS_close, fd, 0, 0);
    if (length <= 0) return false;
    text[length] = 0;
    field = strrchr(text, ')');
    for (int i = NAME; field && i < FLAGS; i++) field = strchr(field + 1, ' ');
    if (!field) return false;
    for (field++; *field >= '0' && *field <= '9'; field++) flags = flags * 10 + (unsigned int)(*field - '0');
    return !(flags & EXITING);
}

bool cred_thread_exists(pid_t tid)
{
    int task = open_task(tid);
    bool lives = task >= 0 && task_lives(task);

    if (task >= 0) raw_syscall3(SYS_close, task, 0, 0);
    return lives;
}

bool cred_thread_prepare(struct cred_thread *thread, pid_t tid, void (*end)(struct cred_thread *thread))
{
    int task = open_task(tid);

    if (task < 0) return false;
    thread->tid = tid;
    thread->end = end;
    thread->identity = task + 1;
    return task_lives(task);
}

void cred_thread_prepare_own(struct cred_thread *thread)
{
    thread->identity = IDENTITY_OWN;
}

bool cred_thread_lives(const struct cred_thread *thread)
{
    int identity = thread->identity;

    if (!atomic_load(&thread->attached) && (identity == IDENTITY_OWN || task_lives(identity - 1))) return true;
    return atomic_load(&thread->attached) && !atomic_load(&thread->dead);
}

void cred_thread_discard(struct cred_thread *thread)
{
    if (thread->identity > 0) raw_syscall3(SYS_close, thread->identity - 1, 0, 0);
    thread->identity = 0;
}

static void take_over(struct cred_thread *thread, pid_t tid, void (*end)(struct cred_thread *thread))
{
    /* Of a record that others made, these are read by them. */
    if (!thread->tid) thread->tid = tid;
    if (!thread->end) thread->end = end;
    self = thread;
    atomic_store(&thread->attached, true);
    /* Whoever asks meanwhile whether the thread lives sees one of the two. */
    cred_thread_discard(thread);
}

bool adopt(struct cred_thread *thread)
{
    /* pthread_setspecific allocates from here on (glibc, PTHREAD_KEY_2NDLEVEL_SIZE), which a signal handler may not. */
    enum { KEYS_IN_THREAD = 32 };
    pid_t tid = sys_gettid();

    if (self || thread->tid != tid || !key_made || key >= KEYS_IN_THREAD) return false;
    if (!thread->identity || !cred_thread_lives(thread) || !revert_if_foreign()) return false;
    if (pthread_setspecific(key, thread)) return false;
    take_over(thread, tid, thread->end);
    return true;
}

/* The calling thread has no record yet, and no handler of a request can give it one now. */
static NTSTATUS attach_now(struct cred_thread *thread, void (*end)(struct cred_thread *thread))
{
    bool good;

    gate_enter();
    good = revert_if_foreign();
    gate_exit();
    if (!good)
    {
        guise_log("a thread was started with the credential of a client and cannot be reverted");
        return STATUS_ACCESS_DENIED;
    }
    if (!key_made || pthread_setspecific(key, thread)) return STATUS_NO_MEMORY;
    take_over(thread, sys_gettid(), end);
    return STATUS_SUCCESS;
}

NTSTATUS cred_thread_attach(struct cred_thread *thread, void (*end)(struct cred_thread *thread))
{
    const uint64_t setxid = SIGNAL_MASK(SIGNAL_SETXID), requests = PROGRAM_SIGNALS;
    NTSTATUS status = STATUS_SUCCESS;
    uint64_t mask;

    if (self == &ended || self == &ended_with_client) return STATUS_THREAD_IS_TERMINATING;
    if (!self && interposition_guarded())
    {
        sys_sigprocmask(SIG_UNBLOCK, &setxid, NULL);
        process_renew_if_changed();
    }
    if (!self)
    {
        /* A request that is served in the midst of this would find its client's ids foreign. */
        sys_sigprocmask(SIG_BLOCK, &requests, &mask);
        if (!self) status = attach_now(thread, end);
        sys_sigprocmask(SIG_SETMASK, &mask, NULL);
        if (status)
        {
            /* Nobody is about to take it over any more. */
            cred_thread_discard(thread);
            return status;
        }
    }
    /* A request of another thread may have come first, with the record by which that one knows this thread. */
    return self == thread ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* ---- rule 10: as the process ------------------------------------------------------------------------------------------------ */

static void leave_for_bracket(struct cred_thread *thread)
{
    const uint64_t mask = PROGRAM_SIGNALS;

    sys_sigprocmask(SIG_BLOCK, &mask, &thread->bracket_mask);
    if (thread->form == FORM_IDS)
        must(switch_out(process_now(), thread->current), NOT_REVERTED);
    else
        must(caps_out(process_now(), thread->current), NOT_REVERTED);
    thread->bracket_left = true;
}

static void return_from_bracket(struct cred_thread *thread)
{
    /* In the child of a fork inside the bracket there is no client to return to. */
    if (thread->form == FORM_IDS)
        must(switch_in(process_now(), thread->current), NOT_REAPPLIED);
    else if (thread->form == FORM_CAPS)
        must(caps_in(process_now(), thread->current), NOT_REAPPLIED);
    thread->bracket_left = false;
    sys_sigprocmask(SIG_SETMASK, &thread->bracket_mask, NULL);
}

void guise_process_begin(void)
{
    struct cred_thread *thread = cred_thread_current();

    if (bracket.depth++) return;
    atomic_signal_fence(memory_order_seq_cst);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &bracket.cancel_state);
    if (thread && thread->form != FORM_NONE) leave_for_bracket(thread);
}

void guise_process_end(void)
{
    struct cred_thread *thread = cred_thread_current();
    int cancel_state = bracket.cancel_state;

    if (bracket.depth > 1)
    {
        bracket.depth--;
        return;
    }
    if (thread && thread->bracket_left) return_from_bracket(thread);
    atomic_signal_fence(memory_order_seq_cst);
    bracket.depth = 0;
    atomic_signal_fence(memory_order_seq_cst);
    /* The handler left what came meanwhile. */
    if (!thread) request_adopt();
    if (thread && atomic_load_explicit(&thread->request.state, memory_order_relaxed)) request_serve(thread);
    pthread_setcancelstate(cancel_state, NULL);
}

bool bracket_open(void)
{
    return bracket.depth;
}

/* ---- after a fault (design 10.5) --------------------------------------------------------------------------------------------- */

/* Whether the ids of the calling thread are what its record says. */
static bool kernel_agrees(const struct process *process, const struct cred_thread *thread)
{
    const struct process_credential *p = &process->p;
    const struct credential *client = thread->form == FORM_IDS ? thread->current : NULL;
    uid_t ruid, euid, suid;
    gid_t rgid, egid, sgid;

    if (sys_getresuid(&ruid, &euid, &suid) || sys_getresgid(&rgid, &egid, &sgid)) return false;
    if (!client) return ruid == p->ruid && euid == p->euid && rgid == p->rgid && egid == p->egid;
    return ruid == switch_third().uid && euid == client->uid && rgid == switch_third().gid && egid == client->gid;
}

/* Where ids cannot be switched they never were, and only capabilities may be amiss. */
static bool back_to_process(const struct process *process)
{
    const struct process_credential *p = &process->p;

    return process->unable ? !sys_capset(p->effective, p->permitted, p->inheritable) : switch_force_out(process);
}

/* From whatever the kernel has now to what the record says. */
static void assert_record(struct cred_thread *thread, const struct process *process)
{
    if (!process || !back_to_process(process)) cred_fatal(NOT_REVERTED);
    if (thread->form == FORM_IDS) must(switch_in(process, thread->current), NOT_REAPPLIED);
    if (thread->form == FORM_CAPS) must(caps_in(process, thread->current), NOT_REAPPLIED);
    if (!kernel_agrees(process, thread)) cred_fatal(NOT_REAPPLIED);
}

/* UNCERTAIN: what else than the ids, which are compared, may be wrong. */
static void make_sure(struct cred_thread *thread, bool uncertain)
{
    bool was_counted = thread->counted;
    const struct process *process;

    switching_begin(thread);
    count(thread);
    process = process_now();
    if (uncertain || !process || !kernel_agrees(process, thread)) assert_record(thread, process);
    if (!was_counted) uncount(thread);
    switching_end(thread);
}

void guise_thread_reassert(bool faulted)
{
    struct cred_thread *thread = cred_thread_current();
    bool bracket_broken = bracket.depth, blocked = thread && thread->bracket_left;
    bool switch_broken = thread && atomic_load_explicit(&thread->switching, memory_order_relaxed);
    bool broken = faulted || bracket_broken || switch_broken, good = true;

    bracket.depth = 0;
    if (!thread && process_now())
    {
        gate_enter();
        good = revert_if_foreign();
        gate_exit();
    }
    if (!good) cred_fatal(NOT_REVERTED);
    if (thread && (broken || thread->form != FORM_NONE))
    {
        thread->bracket_left = false;
        make_sure(thread, switch_broken || (broken && thread->form != FORM_NONE));
        if (blocked) sys_sigprocmask(SIG_SETMASK, &thread->bracket_mask, NULL);
    }
    if (bracket_broken) pthread_setcancelstate(bracket.cancel_state, NULL);
}

/* ---- fork -------------------------------------------------------------------------------------------------------------------- */

void cred_after_fork(void)
{
    struct cred_thread *thread = cred_thread_current();

    request_after_fork(thread);
    if (thread)
    {
        thread->tid = sys_gettid();
        /* Inside a bracket the thread is the process already. */
        if (thread->bracket_left) thread->form = FORM_NONE;
        unapply(thread, process_now());
        credential_release(thread->current);
        thread->current = NULL;
        thread->form = FORM_NONE;
        thread->counted = false;
    }
    gate_after_fork();
}
