/*
 * The self-test (design 5.15): what the credential model rests on is tried once on a scratch thread before the first switch.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ntoskrnl/unix/cred_private.h"
#include "ntoskrnl/unix/cred_syscalls.h"
#include "ntoskrnl/unix/switch.h"

struct trial
{
    const struct process *process;
    const struct credential *client; /* tried now */
    int secret;                      /* a file of the process, mode 0600 */
    sem_t switched, looked;          /* the scratch thread is the client; the other one has looked at itself */
    const char *surprise;
};

static bool ids_are(uid_t real, uid_t effective, gid_t real_gid, gid_t effective_gid)
{
    uid_t ruid, euid, suid;
    gid_t rgid, egid, sgid;

    return !sys_getresuid(&ruid, &euid, &suid) && !sys_getresgid(&rgid, &egid, &sgid) && ruid == real && euid == effective &&
           rgid == real_gid && egid == effective_gid;
}

static bool groups_are(size_t count, const gid_t *groups)
{
    /* Room for one more: a size of zero would only ask for the number. */
    gid_t *found = guise_alloc((count + 1) * sizeof(*found));
    bool same = found && sys_getgroups(count + 1, found) == (int)count && !memcmp(found, groups, count * sizeof(*found));

    guise_free(found);
    return same;
}

static bool is_process(const struct process_credential *p)
{
    uint64_t effective, permitted, inheritable;

    return ids_are(p->ruid, p->euid, p->rgid, p->egid) && groups_are(p->group_count, p->groups) &&
           !sys_capget(&effective, &permitted, &inheritable) && effective == p->effective && permitted == p->permitted &&
           inheritable == p->inheritable;
}

static bool is_client(const struct credential *client)
{
    const struct third_account third = switch_third();
    uint64_t effective, permitted, inheritable;

    return ids_are(third.uid, client->uid, third.gid, client->gid) && groups_are(client->group_count, client->groups) &&
           !sys_capget(&effective, &permitted, &inheritable) && !effective && !inheritable;
}

/* Opens the file of the process anew, so that the kernel checks its mode for who the thread is now. */
static bool secret_refused(int secret)
{
    char path[64];
    int fd, error;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", secret);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    error = errno;
    if (fd >= 0) close(fd);
    return fd < 0 && error == EACCES;
}

/* The check of ptrace(2), without a stop of the parent: reading its memory asks for the same access. */
static bool parent_refused(void)
{
    char byte;
    struct iovec local = {&byte, 1}, remote = {NULL, 1};
    pid_t parent = getppid();

    /* The first process of a namespace has none. */
    if (!parent) return true;
    return process_vm_readv(parent, &local, 1, &remote, 1, 0) < 0 && (errno == EPERM || errno == ESRCH);
}

static const char *look_as_client(const struct trial *trial)
{
    if (!is_client(trial->client)) return "the ids, groups and capabilities of a client are not those asked for";
    if (!secret_refused(trial->secret)) return "a client is not refused a file of the server with mode 0600";
    if (!parent_refused()) return "a client may trace the parent of the server";
    return NULL;
}

static void *try_client(void *argument)
{
    struct trial *trial = argument;
    bool in = switch_in(trial->process, trial->client) == SWITCHED;

    trial->surprise = in ? look_as_client(trial) : "the kernel refuses to switch";
    sem_post(&trial->switched);
    while (sem_wait(&trial->looked)) continue;
    if (!in) return NULL;
    if (switch_out(trial->process, trial->client) != SWITCHED)
        trial->surprise = "the kernel refuses the way back";
    else if (!trial->surprise && !is_process(&trial->process->p))
        trial->surprise = "the way back does not lead to the credential of the process";
    return NULL;
}

/* A scratch thread is CLIENT for a moment; meanwhile the calling thread must stay what it is. */
static const char *try_on_thread(struct trial *trial, const struct credential *client)
{
    const uint64_t all = ~UINT64_C(0);
    bool untouched;
    pthread_t thread;
    uint64_t old;
    int error;

    trial->client = client;
    trial->surprise = NULL;
    /* No handler of the program, and no set*id of the whole process, may run on a thread that is the client. */
    sys_sigprocmask(SIG_BLOCK, &all, &old);
    error = program_pthread_create(&thread, NULL, try_client, trial);
    sys_sigprocmask(SIG_SETMASK, &old, NULL);
    if (error) return "no thread could be made";
    while (sem_wait(&trial->switched)) continue;
    untouched = is_process(&trial->process->p);
    sem_post(&trial->looked);
    pthread_join(thread, NULL);
    return untouched ? trial->surprise : "credentials are not per thread";
}

/* The third account with a group set that the process has not: setgroups must be allowed (rule 16, user namespaces). */
static const char *try_third(struct trial *trial)
{
    const struct third_account third = switch_third();
    const struct process_credential *p = &trial->process->p;
    struct credential *client = credential_make(CREDENTIAL_CLIENT, third.uid, third.gid, p->group_count ? 0 : 1, &p->egid);
    const char *surprise = client ? try_on_thread(trial, client) : "no memory";

    credential_release(client);
    return surprise;
}

static const char *try_all(struct trial *trial, const struct credential *anonymous)
{
    const char *surprise;

    trial->secret = memfd_create("guise-self-test", MFD_CLOEXEC);
    if (trial->secret < 0 || fchmod(trial->secret, 0600)) return "no file could be made";
    sem_init(&trial->switched, 0, 0);
    sem_init(&trial->looked, 0, 0);
    surprise = try_third(trial);
    if (!surprise && anonymous) surprise = try_on_thread(trial, anonymous);
    sem_destroy(&trial->switched);
    sem_destroy(&trial->looked);
    return surprise;
}

NTSTATUS self_test(const struct process *process, const struct credential *anonymous)
{
    struct trial trial = {.process = process, .secret = -1};
    const char *surprise;

    guise_process_begin();
    surprise = try_all(&trial, anonymous);
    if (trial.secret >= 0) close(trial.secret);
    guise_process_end();
    if (!surprise) return STATUS_SUCCESS;
    guise_log("impersonation of other users is refused: the self-test failed: %s", surprise);
    return STATUS_ACCESS_DENIED;
}
