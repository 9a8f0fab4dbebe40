/*
 * The switch itself (design 5.3, 5.4, 5.5): from the process credential to a client's and back, in as few system calls as the
 * kernel's rules for capabilities allow (capabilities(7), "Effect of user ID changes on capabilities").
 *
 * Only functions here change ids or capabilities. All are async-signal-safe and act on the calling thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"
#include "ntoskrnl/unix/switch.h"

/* Written before the first switch, always with the same values. */
static _Atomic uid_t third_uid;
static _Atomic gid_t third_gid;

void switch_set_third(const struct third_account *account)
{
    atomic_store(&third_uid, account->uid);
    atomic_store(&third_gid, account->gid);
}

struct third_account switch_third(void)
{
    return (struct third_account){atomic_load_explicit(&third_uid, memory_order_relaxed),
                                  atomic_load_explicit(&third_gid, memory_order_relaxed)};
}

/* ---- steps; NULL stands for the process ----------------------------------------------------------------------------- */

static bool same_groups(const struct process *process, const struct credential *a, const struct credential *b)
{
    size_t count_a = a ? a->group_count : process->p.group_count, count_b = b ? b->group_count : process->p.group_count;
    const gid_t *groups_a = a ? a->groups : process->p.groups, *groups_b = b ? b->groups : process->p.groups;

    return groups_a == groups_b || (count_a == count_b && !memcmp(groups_a, groups_b, count_a * sizeof(*groups_a)));
}

static int change_groups(const struct process *process, const struct credential *from, const struct credential *to)
{
    if (same_groups(process, from, to)) return 0;
    return to ? sys_setgroups(to->group_count, to->groups) : sys_setgroups(process->p.group_count, process->p.groups);
}

static int change_gid(const struct process *process, const struct credential *from, const struct credential *to)
{
    if (from && to && from->gid == to->gid) return 0;
    return to ? sys_setresgid(switch_third().gid, to->gid, (gid_t)-1) : sys_setresgid(process->p.rgid, process->p.egid, (gid_t)-1);
}

static int change_uid(const struct process *process, const struct credential *to)
{
    return to ? sys_setresuid(switch_third().uid, to->uid, process->hold_saved)
              : sys_setresuid(process->p.ruid, process->p.euid, process->restore_saved);
}

/* Whether the kernel itself empties the effective set when a thread becomes TO, and refills it from the permitted one on the way back. */
static bool kernel_drops(const struct process *process, const struct credential *to)
{
    return process->fixup && !process->p.euid && to->uid;
}

/* Whether a thread that carries FROM gets uid and capabilities back by setresuid alone. */
static bool kernel_restores(const struct process *process, const struct credential *from)
{
    return process->all_root && kernel_drops(process, from);
}

static int drop_capabilities(const struct process *process, const struct credential *from, const struct credential *to)
{
    bool inheritable_left = !from && process->p.inheritable;

    if (kernel_drops(process, to) && !inheritable_left) return 0;
    return sys_capset(0, process->p.permitted, 0);
}

/* The uid of the process and the capabilities to change the rest. On failure nothing has changed, or it is LOST. */
static enum outcome leave_uid(const struct process *process, const struct credential *from, uint64_t inheritable)
{
    bool raise = !kernel_restores(process, from);

    if (raise && sys_capset(process->raised, process->p.permitted, inheritable)) return UNCHANGED;
    if (!change_uid(process, NULL)) return SWITCHED;
    if (raise && sys_capset(0, process->p.permitted, 0)) return LOST;
    return UNCHANGED;
}

static int raise_ambient(const struct process *process)
{
    for (int i = 0; i < 64 && process->p.ambient >> i; i++)
    {
        int error = process->p.ambient >> i & 1 ? sys_ambient_raise(i) : 0;

        if (error) return error;
    }
    return 0;
}

/* Capabilities of the process again, after its ids: they are EFFECTIVE and INHERITABLE now, and never more ambient ones than those. */
static int settle_capabilities(const struct process *process, uint64_t effective, uint64_t inheritable)
{
    const struct process_credential *p = &process->p;
    int error = 0;

    if (effective != p->effective || inheritable != p->inheritable)
        error = sys_capset(p->effective, p->permitted, p->inheritable);
    return error ? error : raise_ambient(process);
}

/* ---- whole ways ------------------------------------------------------------------------------------------------------- */

enum outcome switch_out(const struct process *process, const struct credential *from)
{
    uint64_t effective = kernel_drops(process, from) ? process->p.permitted : process->raised;
    uint64_t inheritable = kernel_restores(process, from) ? 0 : process->p.inheritable;
    enum outcome outcome = leave_uid(process, from, process->p.inheritable);

    if (outcome != SWITCHED) return outcome;
    if (change_gid(process, from, NULL) || change_groups(process, from, NULL)) return LOST;
    return settle_capabilities(process, effective, inheritable) ? LOST : SWITCHED;
}

/* A thread with uid and capabilities of the process, and groups and gid of FROM, becomes TO. On failure it has what it had. */
static enum outcome enter(const struct process *process, const struct credential *from, const struct credential *to)
{
    if (change_groups(process, from, to)) return UNCHANGED;
    if (change_gid(process, from, to)) goto groups;
    if (change_uid(process, to)) goto gid;
    if (!drop_capabilities(process, from, to)) return SWITCHED;
    if (leave_uid(process, to, from ? 0 : process->p.inheritable) != SWITCHED) return LOST;
gid:
    if (change_gid(process, to, from)) return LOST;
groups:
    if (change_groups(process, to, from)) return LOST;
    return UNCHANGED;
}

enum outcome switch_in(const struct process *process, const struct credential *to)
{
    const struct process_credential *p = &process->p;
    bool raise = process->raised != p->effective;
    /* A roll-back by way of uid 0 leaves all permitted capabilities effective. */
    bool settle = raise || p->effective != p->permitted;
    enum outcome outcome;

    if (raise && sys_capset(process->raised, p->permitted, p->inheritable)) return UNCHANGED;
    outcome = enter(process, NULL, to);
    if (outcome == UNCHANGED && settle && sys_capset(p->effective, p->permitted, p->inheritable)) return LOST;
    return outcome;
}

enum outcome switch_over(const struct process *process, const struct credential *from, const struct credential *to)
{
    enum outcome outcome;

    if (credential_same_ids(from, to)) return SWITCHED;
    outcome = leave_uid(process, from, 0);
    if (outcome != SWITCHED) return outcome;
    outcome = enter(process, from, to);
    if (outcome != UNCHANGED) return outcome;
    /* Back to FROM. */
    if (change_uid(process, from) || drop_capabilities(process, from, from)) return LOST;
    return UNCHANGED;
}

enum outcome caps_in(const struct process *process, const struct credential *to)
{
    uint64_t inheritable = to->kind == CREDENTIAL_SELF ? process->p.inheritable : 0;

    return sys_capset(credential_effective(&process->p, to), process->p.permitted, inheritable) ? UNCHANGED : SWITCHED;
}

enum outcome caps_out(const struct process *process, const struct credential *from)
{
    const struct process_credential *p = &process->p;

    if (sys_capset(p->effective, p->permitted, p->inheritable)) return UNCHANGED;
    if (from->kind == CREDENTIAL_SELF) return SWITCHED;
    return raise_ambient(process) ? LOST : SWITCHED;
}

bool switch_force_out(const struct process *process)
{
    const struct process_credential *p = &process->p;

    return !sys_capset(process->raised & p->permitted, p->permitted, p->inheritable) && !change_uid(process, NULL) &&
           !sys_setresgid(p->rgid, p->egid, (gid_t)-1) && !sys_setgroups(p->group_count, p->groups) &&
           !sys_capset(p->effective, p->permitted, p->inheritable) && !raise_ambient(process);
}
