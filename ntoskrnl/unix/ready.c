/*
 * Whether ids may be switched in this process (design 5.3, 5.7, 5.13, 5.15): decided before the first switch, and again when the process
 * has changed its ids.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"
#include "ntoskrnl/unix/switch.h"

/* One decision at a time. Nobody who carries a client waits for it: there is none before the decision. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* The generation of the process credential that may switch; written under lock. */
static _Atomic unsigned int ready_generation;
/* The one that was last refused; written under lock. */
static _Atomic unsigned int refused_generation;

static bool dumpable_at_load;
static _Atomic bool dumpable_pending;

__attribute__((constructor)) static void read_dumpable(void)
{
    dumpable_at_load = sys_prctl(PR_GET_DUMPABLE, 0, 0) == 1;
}

void dumpable_restore(void)
{
    if (!atomic_load_explicit(&dumpable_pending, memory_order_relaxed)) return;
    if (atomic_exchange(&dumpable_pending, false)) sys_prctl(PR_SET_DUMPABLE, 1, 0);
}

bool ready_now(const struct process *process)
{
    return atomic_load_explicit(&ready_generation, memory_order_acquire) == process->p.generation;
}

bool ready_generation_current(void)
{
    return atomic_load_explicit(&ready_generation, memory_order_acquire) == process_credential_generation();
}

/* The accounts of rules 3 and 6, looked up before any lock is taken. */
struct accounts
{
    NTSTATUS third_status;
    struct third_account third;
    struct credential *anonymous; /* NULL: there is none, and level Identification is refused */
};

/* The third account may be nobody the process is or can become again. */
static const char *third_unfit(const struct process_credential *p, const struct accounts *accounts)
{
    const struct third_account *third = &accounts->third;

    if (third->uid == p->ruid || third->uid == p->euid || third->uid == p->suid) return "the process runs as the impersonation account";
    if (third->gid == p->rgid || third->gid == p->egid || third->gid == p->sgid)
        return "the process runs in the group of the impersonation account";
    if (accounts->anonymous && accounts->anonymous->uid == third->uid) return "impersonation and anonymous account are the same";
    return NULL;
}

static const char *interposition_unfit(const struct guise_config *config)
{
    return config->require_interposition && interposition_guarded() ? "not all functions are interposed, and interposition = require" : NULL;
}

/* Logs why not. */
static NTSTATUS decide(const struct process *process, const struct accounts *accounts)
{
    const struct guise_config *config;
    const char *reason = process->unable;
    NTSTATUS status;

    if ((status = guise_get_config(&config))) return status;
    if (!reason) reason = interposition_unfit(config);
    if (!reason && accounts->third_status) return accounts->third_status;
    if (!reason) reason = third_unfit(&process->p, accounts);
    if (reason)
    {
        guise_log("impersonation of other users is refused: %s", reason);
        return STATUS_ACCESS_DENIED;
    }
    switch_set_third(&accounts->third);
    if ((status = self_test(process, accounts->anonymous))) return status;
    if (interposition_guarded() && !guard_install())
    {
        guise_log("impersonation of other users is refused: set*id of the process is not interposed and cannot be held back");
        return STATUS_ACCESS_DENIED;
    }
    if (config->restore_dumpable && dumpable_at_load) atomic_store(&dumpable_pending, true);
    return STATUS_SUCCESS;
}

static NTSTATUS decide_once(const struct accounts *accounts)
{
    const struct process_credential *p = process_credential_get();
    NTSTATUS status = STATUS_ACCESS_DENIED;

    if (!p) return STATUS_NO_MEMORY;
    if (ready_now((const struct process *)p))
        status = STATUS_SUCCESS;
    else if (atomic_load(&refused_generation) != p->generation)
    {
        status = decide((const struct process *)p, accounts);
        if (!status)
            atomic_store(&ready_generation, p->generation);
        else if (status != STATUS_NO_MEMORY)
            atomic_store(&refused_generation, p->generation);
    }
    process_credential_release(p);
    return status == STATUS_SUCCESS || status == STATUS_NO_MEMORY ? status : STATUS_ACCESS_DENIED;
}

NTSTATUS cred_ready(void)
{
    struct accounts accounts;
    NTSTATUS status;

    if (ready_generation_current()) return STATUS_SUCCESS;
    if (atomic_load(&refused_generation) == process_credential_generation()) return STATUS_ACCESS_DENIED;
    /* Not to be canceled with the lock held. */
    guise_process_begin();
    accounts.third_status = dedicated_third(&accounts.third);
    if (credential_get_anonymous(&accounts.anonymous)) accounts.anonymous = NULL;
    pthread_mutex_lock(&lock);
    gate_enter();
    status = decide_once(&accounts);
    gate_exit();
    pthread_mutex_unlock(&lock);
    credential_release(accounts.anonymous);
    guise_process_end();
    return status;
}

void ready_after_fork(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}
