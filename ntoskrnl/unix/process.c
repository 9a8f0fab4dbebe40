/*
 * The process credential P (design 5.1): read at load, made anew after every set*id of the whole process.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <linux/securebits.h>
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/unix/cred_syscalls.h"
#include "ntoskrnl/unix/groups.h"
#include "ntoskrnl/unix/process.h"
#include "ntoskrnl/unix/switch.h"

#define BIT(capability) (UINT64_C(1) << (capability))
#define SWITCH_CAPABILITIES (BIT(CAP_SETUID) | BIT(CAP_SETGID))

/* Guards references to the current one; leaf. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct process *_Atomic current;
/* That of current; written under lock. */
static _Atomic unsigned int generation;

static bool read_groups(struct process_credential *p)
{
    int count = sys_getgroups(0, NULL);
    gid_t *groups = count < 0 ? NULL : guise_alloc((size_t)count * sizeof(*groups));

    if (!groups) return false;
    count = sys_getgroups((size_t)count, groups);
    if (count < 0)
    {
        guise_free(groups);
        return false;
    }
    p->groups = groups;
    p->group_count = groups_tidy(groups, (size_t)count, NO_GROUP);
    return true;
}

/* Bits of CANDIDATES for which the yes-or-no prctl answers yes. */
static uint64_t ask_bits(uint64_t candidates, long option, long first)
{
    uint64_t set = 0;

    for (int i = 0; i < 64; i++)
    {
        if (!(candidates & BIT(i))) continue;
        if ((option == PR_CAPBSET_READ ? sys_prctl(option, i, 0) : sys_prctl(option, first, i)) == 1) set |= BIT(i);
    }
    return set;
}

static bool read_kernel(struct process_credential *p)
{
    int bits = sys_prctl(PR_GET_SECUREBITS, 0, 0);

    if (sys_getresuid(&p->ruid, &p->euid, &p->suid) || sys_getresgid(&p->rgid, &p->egid, &p->sgid)) return false;
    if (sys_capget(&p->effective, &p->permitted, &p->inheritable) || bits < 0) return false;
    p->securebits = (unsigned int)bits;
    /* An ambient capability is always permitted and inheritable (capabilities(7)). */
    p->ambient = ask_bits(p->permitted & p->inheritable, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET);
    p->no_new_privs = sys_prctl(PR_GET_NO_NEW_PRIVS, 0, 0) == 1;
    return read_groups(p);
}

/* Whether an emptied inheritable or ambient set could not be restored by a thread that has only its permitted set (capset(2)). */
static bool capabilities_stuck(const struct process_credential *p)
{
    if (p->inheritable & ~p->permitted) return true;
    if (p->inheritable != ask_bits(p->inheritable, PR_CAPBSET_READ, 0)) return true;
    return p->ambient && (p->securebits & SECBIT_NO_CAP_AMBIENT_RAISE);
}

static void plan_switch(struct process *process)
{
    const struct process_credential *p = &process->p;
    bool any_root = !p->ruid || !p->euid || !p->suid;

    process->fixup = !(p->securebits & SECBIT_NO_SETUID_FIXUP);
    process->all_root = !p->ruid && !p->euid && !p->suid;
    process->raised = p->effective | SWITCH_CAPABILITIES;
    process->hold_saved = process->restore_saved = (uid_t)-1;
    if (process->fixup && any_root && p->suid)
    {
        process->hold_saved = 0;
        process->restore_saved = p->suid;
    }
    process->caps_stuck = capabilities_stuck(p);
    if ((p->permitted & SWITCH_CAPABILITIES) != SWITCH_CAPABILITIES)
        process->unable = "the process has not both CAP_SETUID and CAP_SETGID";
    else if (process->caps_stuck)
        process->unable = "inheritable or ambient capabilities of the process could not be restored";
}

static void destroy(struct process *process)
{
    guise_free((void *)process->p.groups);
    guise_free(process);
}

static struct process *read_process(void)
{
    struct process *process = guise_alloc(sizeof(*process));

    if (!process) return NULL;
    process->references = 1;
    if (!read_kernel(&process->p))
    {
        destroy(process);
        return NULL;
    }
    plan_switch(process);
    return process;
}

/* Makes RENEWED the current one; the lock is held. The old one, with the reference that was current's. */
static struct process *install(struct process *renewed)
{
    struct process *old = atomic_load(&current);

    if (renewed) renewed->p.generation = atomic_load(&generation) + 1;
    atomic_store(&current, renewed);
    atomic_fetch_add(&generation, 1);
    return old;
}

__attribute__((constructor)) static void read_at_load(void)
{
    if (!atomic_load(&current)) install(read_process());
}

const struct process *process_now(void)
{
    return atomic_load_explicit(&current, memory_order_acquire);
}

/* The gate is closed: nobody uses the old one without a reference, and no set*id is half done. */
NTSTATUS process_renew(void)
{
    struct process *renewed = read_process(), *old;

    pthread_mutex_lock(&lock);
    /* Without memory the old one must not stay: what it says is no longer true. */
    old = install(renewed);
    pthread_mutex_unlock(&lock);
    process_credential_release(old ? &old->p : NULL);
    return renewed ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* In what a switch depends on. */
static bool same_process(const struct process_credential *a, const struct process_credential *b)
{
    return a->ruid == b->ruid && a->euid == b->euid && a->suid == b->suid && a->rgid == b->rgid && a->egid == b->egid &&
           a->sgid == b->sgid && a->effective == b->effective && a->permitted == b->permitted && a->inheritable == b->inheritable &&
           a->ambient == b->ambient && a->securebits == b->securebits && a->group_count == b->group_count &&
           !memcmp(a->groups, b->groups, a->group_count * sizeof(*a->groups));
}

void process_renew_if_changed(void)
{
    const struct process_credential *known = process_credential_get();
    struct process *found = read_process();
    bool foreign = found && found->p.ruid && found->p.ruid == switch_third().uid;
    /* A thread that was started by one that carries a client is no sign of a change. */
    bool changed = found && !foreign && !(known && same_process(known, &found->p));

    if (found) destroy(found);
    if (changed && gate_close(0))
    {
        process_renew();
        gate_open();
    }
    process_credential_release(known);
}

const struct process_credential *process_credential_get(void)
{
    struct process *process;

    pthread_mutex_lock(&lock);
    process = atomic_load(&current);
    if (process) atomic_fetch_add(&process->references, 1);
    pthread_mutex_unlock(&lock);
    return process ? &process->p : NULL;
}

void process_credential_release(const struct process_credential *credential)
{
    struct process *process = (struct process *)credential;

    if (process && atomic_fetch_sub(&process->references, 1) == 1) destroy(process);
}

unsigned int process_credential_generation(void)
{
    return atomic_load_explicit(&generation, memory_order_acquire);
}

void process_after_fork(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}
