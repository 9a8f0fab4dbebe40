/*
 * Tests of the switch against a model of the kernel's rules for ids and capabilities (credentials(7), capabilities(7), capset(2)): every kind
 * of process, every client, every system call failing once. What the model says was tried on a kernel by tests/unix.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <stdio.h>
#include <string.h>

#define GUISE_MODEL_SYSCALLS
#define process_now                   model_process_now
#define process_renew                 model_process_renew
#define process_renew_if_changed      model_process_renew_if_changed
#define process_after_fork            model_process_after_fork
#define process_credential_get        model_process_credential_get
#define process_credential_release    model_process_credential_release
#define process_credential_generation model_process_credential_generation
#define switch_set_third              model_switch_set_third
#define switch_third                  model_switch_third
#define switch_in                     model_switch_in
#define switch_out                    model_switch_out
#define switch_over                   model_switch_over
#define switch_force_out              model_switch_force_out
#define caps_in                       model_caps_in
#define caps_out                      model_caps_out
#include "ntoskrnl/unix/process.c"
#include "ntoskrnl/unix/switch.c"

enum
{
    SERVER = 1000,
    OTHER = 1001,
    CLIENT = 2000,
    FIRST_GROUP = 3000,
    ACCOUNT = 4000, /* the third one */
    GROUPS = 4
};

#define SETID (BIT(CAP_SETUID) | BIT(CAP_SETGID))
#define SOME  (SETID | BIT(CAP_CHOWN) | BIT(CAP_SETPCAP))

/* ---- the kernel ----------------------------------------------------------------------------------------------------------------- */

struct state
{
    uid_t ruid, euid, suid;
    gid_t rgid, egid, sgid;
    uint64_t effective, permitted, inheritable, ambient, bounding;
    unsigned int securebits;
    size_t group_count;
    gid_t groups[GROUPS];
};

static struct state thread;
static int calls, failing_from, failing_count; /* calls from failing_from on fail, that many */

/* Whether this call is one that has to fail. */
static bool refuse(void)
{
    calls++;
    return failing_count && calls >= failing_from && calls < failing_from + failing_count;
}

static bool may_take(uint32_t id, uint32_t real, uint32_t effective, uint32_t saved)
{
    return id == (uint32_t)-1 || id == real || id == effective || id == saved;
}

static int sys_setgroups(size_t count, const gid_t *groups)
{
    if (refuse() || !(thread.effective & BIT(CAP_SETGID)) || count > GROUPS) return -EPERM;
    memset(thread.groups, 0, sizeof(thread.groups));
    if (count) memcpy(thread.groups, groups, count * sizeof(*groups));
    thread.group_count = count;
    return 0;
}

static int sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
    const struct state old = thread;

    if (refuse()) return -EPERM;
    if (!(old.effective & BIT(CAP_SETGID)) &&
        (!may_take(real, old.rgid, old.egid, old.sgid) || !may_take(effective, old.rgid, old.egid, old.sgid) ||
         !may_take(saved, old.rgid, old.egid, old.sgid)))
        return -EPERM;
    if (real != (gid_t)-1) thread.rgid = real;
    if (effective != (gid_t)-1) thread.egid = effective;
    if (saved != (gid_t)-1) thread.sgid = saved;
    return 0;
}

/* capabilities(7), "Effect of user ID changes on capabilities". */
static void change_capabilities(const struct state *old)
{
    bool had_root = !old->ruid || !old->euid || !old->suid, has_root = !thread.ruid || !thread.euid || !thread.suid;

    if (thread.securebits & SECBIT_NO_SETUID_FIXUP) return;
    if (had_root && !has_root)
    {
        thread.ambient = 0;
        if (!(thread.securebits & SECBIT_KEEP_CAPS)) thread.permitted = thread.effective = 0;
    }
    if (!old->euid && thread.euid) thread.effective = 0;
    if (old->euid && !thread.euid) thread.effective = thread.permitted;
}

static int sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    const struct state old = thread;

    if (refuse()) return -EPERM;
    if (!(old.effective & BIT(CAP_SETUID)) &&
        (!may_take(real, old.ruid, old.euid, old.suid) || !may_take(effective, old.ruid, old.euid, old.suid) ||
         !may_take(saved, old.ruid, old.euid, old.suid)))
        return -EPERM;
    if (real != (uid_t)-1) thread.ruid = real;
    if (effective != (uid_t)-1) thread.euid = effective;
    if (saved != (uid_t)-1) thread.suid = saved;
    change_capabilities(&old);
    return 0;
}

static int sys_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
    if (refuse() || (permitted & ~thread.permitted) || (effective & ~permitted)) return -EPERM;
    if (!(thread.effective & BIT(CAP_SETPCAP)) && (inheritable & ~(thread.inheritable | thread.permitted))) return -EPERM;
    if (inheritable & ~(thread.inheritable | thread.bounding)) return -EPERM;
    thread.effective = effective;
    thread.permitted = permitted;
    thread.inheritable = inheritable;
    thread.ambient &= permitted & inheritable;
    return 0;
}

static int sys_ambient_raise(int capability)
{
    if (refuse() || !(thread.permitted & thread.inheritable & BIT(capability))) return -EPERM;
    if (thread.securebits & SECBIT_NO_CAP_AMBIENT_RAISE) return -EPERM;
    thread.ambient |= BIT(capability);
    return 0;
}

static int sys_getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    *real = thread.ruid, *effective = thread.euid, *saved = thread.suid;
    return 0;
}

static int sys_getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    *real = thread.rgid, *effective = thread.egid, *saved = thread.sgid;
    return 0;
}

static int sys_getgroups(size_t room, gid_t *groups)
{
    if (room) memcpy(groups, thread.groups, thread.group_count * sizeof(*groups));
    return (int)thread.group_count;
}

static int sys_capget(uint64_t *effective, uint64_t *permitted, uint64_t *inheritable)
{
    *effective = thread.effective, *permitted = thread.permitted, *inheritable = thread.inheritable;
    return 0;
}

static int sys_prctl(long option, long a, long b)
{
    switch (option)
    {
    case PR_GET_SECUREBITS: return (int)thread.securebits;
    case PR_CAPBSET_READ: return thread.bounding >> a & 1;
    case PR_CAP_AMBIENT: return a == PR_CAP_AMBIENT_IS_SET && thread.ambient >> b & 1;
    default: return 0;
    }
}

/* ---- what is tried ----------------------------------------------------------------------------------------------------------------- */

static struct credential *clients[5];
static unsigned int wrong, tried, processes, unable;

static void make_clients(void)
{
    static const gid_t groups[] = {FIRST_GROUP, FIRST_GROUP + 1};

    clients[0] = credential_make(CREDENTIAL_CLIENT, CLIENT, CLIENT, 0, NULL);
    clients[1] = credential_make(CREDENTIAL_CLIENT, CLIENT, CLIENT, 2, groups);
    clients[2] = credential_make(CREDENTIAL_CLIENT, CLIENT + 1, CLIENT, 2, groups);
    clients[3] = credential_make(CREDENTIAL_CLIENT, SERVER, SERVER, 1, groups);
    clients[4] = credential_make(CREDENTIAL_CLIENT, 0, 0, 1, groups);
}

static bool same_state(const struct state *a, const struct state *b)
{
    return !memcmp(a, b, sizeof(*a));
}

static void expect(bool good, const char *what, const struct process *process, const struct credential *client, int call)
{
    const struct process_credential *p = &process->p;

    tried++;
    if (good || wrong++ > 20) return;
    trace("%s: process %u %u %u, effective %#I64x of %#I64x, inheritable %#I64x, ambient %#I64x, securebits %#x; client %u, call %d\n", what,
          p->ruid, p->euid, p->suid, p->effective, p->permitted, p->inheritable, p->ambient, p->securebits, client->uid, call);
}

/* The thread is the client, and neither it nor what it executes can become the server: all but the way back is given up. */
static bool is_client(const struct process *process, const struct credential *client)
{
    return thread.ruid == ACCOUNT && thread.euid == client->uid && thread.rgid == ACCOUNT && thread.egid == client->gid &&
           thread.sgid == process->p.sgid && (thread.suid == process->p.suid || thread.suid == process->hold_saved) &&
           thread.group_count == client->group_count &&
           !memcmp(thread.groups, client->groups, client->group_count * sizeof(gid_t)) && !thread.effective && !thread.inheritable &&
           !thread.ambient && thread.permitted == process->p.permitted;
}

static void start(const struct state *state, int from, int count)
{
    thread = *state;
    calls = 0;
    failing_from = from;
    failing_count = count;
}

/* One call, or two in a row, or all from one on fail; 64 is more than there are. */
static const int failures[] = {1, 2, 64};

typedef enum outcome (*way_function)(const struct process *process, const struct credential *from, const struct credential *to);

static enum outcome way_in(const struct process *process, const struct credential *from, const struct credential *to)
{
    (void)from;
    return switch_in(process, to);
}

static enum outcome way_out(const struct process *process, const struct credential *from, const struct credential *to)
{
    (void)to;
    return switch_out(process, from);
}

/* WAY from BEFORE with each of its N calls failing. ONE_IS_SAFE: a single failure must leave everything as before. */
static void try_failures(way_function way, const struct process *process, const struct credential *from, const struct credential *to,
                         const struct state *before, int n, bool one_is_safe)
{
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
    {
        for (int call = 1; call <= n; call++)
        {
            enum outcome outcome;

            start(before, call, failures[i]);
            outcome = way(process, from, to);
            expect(outcome != SWITCHED, "success with a failed call", process, to ? to : from, call);
            expect(outcome != UNCHANGED || same_state(&thread, before), "not rolled back", process, to ? to : from, call);
            if (one_is_safe && failures[i] == 1) expect(outcome == UNCHANGED, "lost by one failure", process, to ? to : from, call);
        }
    }
}

static bool may_be_tried(const struct process *process, const struct credential *client)
{
    /* choose_form() refuses the others. */
    return client->uid || !process->p.euid || !process->fixup;
}

static void try_client(const struct process *process, const struct credential *client, const struct state *server)
{
    struct state carried;
    int n;

    start(server, 0, 0);
    expect(switch_in(process, client) == SWITCHED && is_client(process, client), "way in", process, client, 0);
    carried = thread;
    n = calls;
    try_failures(way_in, process, NULL, client, server, n, true);

    start(&carried, 0, 0);
    expect(switch_out(process, client) == SWITCHED && same_state(&thread, server), "way out", process, client, 0);
    try_failures(way_out, process, client, NULL, &carried, calls, false);

    for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
    {
        if (!may_be_tried(process, clients[i])) continue;
        start(&carried, 0, 0);
        expect(switch_over(process, client, clients[i]) == SWITCHED && is_client(process, clients[i]), "over", process, clients[i], 0);
        try_failures(switch_over, process, client, clients[i], &carried, calls, true);
        start(&carried, 0, 0);
        switch_over(process, client, clients[i]);
        expect(switch_out(process, clients[i]) == SWITCHED && same_state(&thread, server), "out after over", process, clients[i], 0);
    }
}

static void try_force(const struct process *process, const struct state *server)
{
    for (size_t i = 0; i < 3; i++)
    {
        start(server, 0, 0);
        switch_in(process, clients[i]);
        expect(switch_force_out(process) && same_state(&thread, server), "forced out", process, clients[i], 0);
    }
}

static void try_capabilities(const struct process *process, const struct state *server)
{
    struct credential *less = credential_make(CREDENTIAL_SELF, server->euid, server->egid, 0, NULL);
    struct state carried;

    less->dropped = BIT(CAP_CHOWN) | BIT(CAP_SETPCAP);
    start(server, 0, 0);
    expect(caps_in(process, less) == SWITCHED && thread.effective == (server->effective & ~less->dropped) &&
               thread.inheritable == server->inheritable && thread.ambient == server->ambient, "fewer", process, less, 0);
    expect(caps_out(process, less) == SWITCHED && same_state(&thread, server), "fewer and back", process, less, 0);
    credential_release(less);
    if (process->caps_stuck) return;
    start(server, 0, 0);
    expect(caps_in(process, clients[3]) == SWITCHED && !thread.effective && !thread.inheritable && !thread.ambient &&
               thread.euid == server->euid, "none", process, clients[3], 0);
    carried = thread;
    expect(caps_out(process, clients[3]) == SWITCHED && same_state(&thread, server), "none and back", process, clients[3], 0);
    start(&carried, 1, 1);
    expect(caps_out(process, clients[3]) == UNCHANGED && same_state(&thread, &carried), "none, refused back", process, clients[3], 1);
}

static void try_process(const struct state *server)
{
    struct process *process;

    start(server, 0, 0);
    process = read_process();
    processes++;
    try_capabilities(process, server);
    if (process->unable)
        unable++;
    else
    {
        for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
        {
            if (may_be_tried(process, clients[i])) try_client(process, clients[i], server);
        }
        try_force(process, server);
    }
    destroy(process);
}

/* ---- every kind of process ----------------------------------------------------------------------------------------------------------- */

static void try_capability_sets(struct state *server)
{
    static const uint64_t permitted[] = {SOME, SETID, BIT(CAP_CHOWN), 0}, kept[] = {~UINT64_C(0), 0, ~SETID, BIT(CAP_CHOWN) | SETID};
    static const uint64_t inheritable[] = {0, SETID, BIT(CAP_CHOWN), BIT(CAP_NET_RAW)}, ambient[] = {0, ~UINT64_C(0)};
    static const uint64_t bounding[] = {~UINT64_C(0), ~BIT(CAP_CHOWN)};
    static const unsigned int securebits[] = {0, SECBIT_NO_SETUID_FIXUP, SECBIT_NO_CAP_AMBIENT_RAISE, SECBIT_KEEP_CAPS};

    for (int i = 0; i < 4 * 4 * 4 * 2 * 2 * 4; i++)
    {
        server->permitted = permitted[i % 4];
        server->effective = server->permitted & kept[i / 4 % 4];
        server->inheritable = inheritable[i / 16 % 4];
        server->ambient = server->permitted & server->inheritable & ambient[i / 64 % 2];
        server->bounding = bounding[i / 128 % 2];
        server->securebits = securebits[i / 256];
        try_process(server);
    }
}

START_TEST(switch_model)
{
    static const uid_t ids[] = {0, SERVER, OTHER};
    const struct third_account third_ids = {ACCOUNT, ACCOUNT};

    make_clients();
    switch_set_third(&third_ids);
    for (int i = 0; i < 27 * 3; i++)
    {
        struct state server = {.ruid = ids[i % 3], .euid = ids[i / 3 % 3], .suid = ids[i / 9 % 3]};

        server.rgid = server.ruid;
        server.egid = i % 2 ? SERVER : server.euid;
        server.sgid = server.suid;
        server.group_count = (size_t)(i / 27);
        for (size_t j = 0; j < server.group_count; j++) server.groups[j] = FIRST_GROUP + (gid_t)j;
        try_capability_sets(&server);
    }
    ok(!wrong, "%u of %u expectations failed\n", wrong, tried); /* design 5.4 */
    ok(unable > 0 && unable < processes, "%u of %u processes cannot switch\n", unable, processes); /* design 5.7 */
    trace("%u processes, %u of them cannot switch, %u expectations\n", processes, unable, tried);
    for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) credential_release(clients[i]);
}
