/*
 * The SIDs of Unix users and groups by name, and back (LookupAccountName, LookupAccountSid). Asked of NSS as the process; on a member of a domain NSS may
 * ask winbind or SSSD in its turn, which may not answer: there a worker waits for it, and who is in /etc/passwd or /etc/group needs none.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/rtl/sid.h"
#include "ntoskrnl/unix/idmap.h"
#include "ntoskrnl/unix/worker.h"

enum
{
    FIRST_BUFFER = 1024,
    LARGEST_BUFFER = 1 << 22, /* the entry of a group names its members */
    LOCAL_LINE = 512          /* a name, a password that is elsewhere, an id */
};

/* What NSS knows of a group; only what is asked for is copied. */
struct group_answer
{
    gid_t *gid;
    char **name;
};

static NTSTATUS copy_group(const struct group *entry, const struct group_answer *answer)
{
    if (answer->gid) *answer->gid = entry->gr_gid;
    if (answer->name && !(*answer->name = guise_strdup(entry->gr_name))) return STATUS_NO_MEMORY;
    return STATUS_SUCCESS;
}

static NTSTATUS status_of_error(int error)
{
    switch (error)
    {
    /* getgrnam(3) lists what different sources answer for "no such group". */
    case 0:
    case ENOENT:
    case ESRCH: return STATUS_NONE_MAPPED;
    case ENOMEM: return STATUS_NO_MEMORY;
    default: return STATUS_UNSUCCESSFUL;
    }
}

static int ask(const char *name, gid_t gid, struct group *entry, char *buffer, size_t size, struct group **found)
{
    int error;

    do
        error = name ? getgrnam_r(name, entry, buffer, size, found) : getgrgid_r(gid, entry, buffer, size, found);
    while (error == EINTR);
    return error;
}

/* By NAME, or by GID if NAME is NULL. */
static NTSTATUS look_up_group(const char *name, gid_t gid, const struct group_answer *answer)
{
    size_t size;

    for (size = FIRST_BUFFER; size <= LARGEST_BUFFER; size *= 2)
    {
        struct group entry, *found = NULL;
        char *buffer = guise_alloc(size);
        NTSTATUS status;
        int error;

        if (!buffer) return STATUS_NO_MEMORY;
        error = ask(name, gid, &entry, buffer, size, &found);
        status = !error && found ? copy_group(found, answer) : status_of_error(error);
        guise_free(buffer);
        if (error != ERANGE) return status;
    }
    return STATUS_UNSUCCESSFUL;
}

static NTSTATUS find_group(const char *name, gid_t gid, const struct group_answer *answer)
{
    NTSTATUS status;

    guise_process_begin();
    status = look_up_group(name, gid, answer);
    guise_process_end();
    return status;
}

static NTSTATUS find_user(uid_t uid, char **name)
{
    struct unix_account *account;
    NTSTATUS status = guise_account_by_uid(uid, &account);

    if (status == STATUS_NO_SUCH_USER) return STATUS_NONE_MAPPED;
    if (status) return status;
    *name = guise_strdup(account->name);
    guise_account_free(account);
    return *name ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS name_of_sid(const SID *sid, char **name, bool *group)
{
    uid_t uid;
    gid_t gid;

    if ((*group = idmap_sid_to_gid(sid, &gid))) return find_group(NULL, gid, &(struct group_answer){.name = name});
    return idmap_sid_to_uid(sid, &uid) ? find_user(uid, name) : STATUS_NONE_MAPPED;
}

static NTSTATUS sid_of_group(const char *name, union id_sid *sid)
{
    NTSTATUS status;
    gid_t gid;

    if (!(status = find_group(name, 0, &(struct group_answer){.gid = &gid}))) idmap_gid_to_sid(gid, sid);
    return status;
}

static NTSTATUS sid_of_user(const char *name, union id_sid *sid)
{
    struct unix_account *account;
    NTSTATUS status = guise_account_by_name(name, &account);

    if (status == STATUS_NO_SUCH_USER) return STATUS_NONE_MAPPED;
    if (status) return status;
    idmap_uid_to_sid(account->uid, sid);
    guise_account_free(account);
    return STATUS_SUCCESS;
}

static NTSTATUS sid_of_name(const char *name, bool group, union id_sid *sid)
{
    return group ? sid_of_group(name, sid) : sid_of_user(name, sid);
}

/* ---- this machine's files ------------------------------------------------------------------------------------------- */

/* The fields that both files begin with: NAME:PASSWORD:ID. False: no such line; "+" and "-" are NIS's. */
static bool read_entry(char *line, const char **name, uint32_t *id)
{
    char *end, *password = strchr(line, ':'), *number = password ? strchr(password + 1, ':') : NULL;
    unsigned long value;

    if (!number || *line == '+' || *line == '-' || number[1] < '0' || number[1] > '9') return false;
    errno = 0;
    value = strtoul(number + 1, &end, 10);
    if (errno || *end != ':' || value > UINT32_MAX) return false;
    *password = 0;
    *name = line;
    *id = (uint32_t)value;
    return true;
}

/* One line. What of it has no room is skipped: nobody asks for members. */
static bool read_line(FILE *file, char *line, int size)
{
    int c;

    if (!fgets(line, size, file)) return false;
    if (strchr(line, '\n')) return true;
    do c = getc(file);
    while (c != '\n' && c != EOF);
    return true;
}

/* Who comes first in the file at PATH, by NAME or, with NULL, by *ID; both are told, the name in ROOM. */
static bool find_in_file(const char *path, const char *name, uint32_t *id, char *room, int size)
{
    FILE *file = fopen(path, "re");
    const char *read_name;
    bool found = false;
    uint32_t read_id;

    while (file && !found && read_line(file, room, size))
    {
        if (!read_entry(room, &read_name, &read_id)) continue;
        found = name ? !strcmp(name, read_name) : *id == read_id;
        if (found) *id = read_id;
    }
    if (file) fclose(file);
    return found;
}

/* Whether the user or group is one of this machine's own. */
static bool find_local(bool group, const char *name, uint32_t *id, char *room, int size)
{
    bool found;

    guise_process_begin();
    found = find_in_file(group ? "/etc/group" : "/etc/passwd", name, id, room, size);
    guise_process_end();
    return found;
}

/* ---- on a worker ---------------------------------------------------------------------------------------------------- */

struct unix_name_job
{
    struct worker_job job;
    bool by_name, group;
    union id_sid sid;
    char *name;
    NTSTATUS status;
};

static void run(struct worker_job *base, struct worker *unused)
{
    struct unix_name_job *job = (struct unix_name_job *)base;

    (void)unused;
    job->status = job->by_name ? sid_of_name(job->name, job->group, &job->sid) : name_of_sid(&job->sid.sid, &job->name, &job->group);
}

static void destroy(struct worker_job *base)
{
    struct unix_name_job *job = (struct unix_name_job *)base;

    guise_free(job->name);
    guise_free(job);
}

static struct unix_name_job *make_job(void)
{
    struct unix_name_job *job = guise_alloc(sizeof(*job));

    if (job) worker_job_init(&job->job, run, destroy);
    return job;
}

static NTSTATUS do_job(const struct guise_config *config, struct unix_name_job *job)
{
    if (worker_do(&job->job, config->winbind_timeout)) return job->status;
    guise_log("the name service did not say within %u ms what an account is called", config->winbind_timeout);
    return STATUS_NO_LOGON_SERVERS;
}

static NTSTATUS wait_for_name(const struct guise_config *config, const SID *sid, char **name, bool *group)
{
    struct unix_name_job *job = make_job();
    NTSTATUS status;

    if (!job) return STATUS_NO_MEMORY;
    memcpy(&job->sid, sid, offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(ULONG));
    if (!(status = do_job(config, job)))
    {
        *name = job->name;
        *group = job->group;
        job->name = NULL;
    }
    worker_job_release(&job->job);
    return status;
}

static NTSTATUS wait_for_sid(const struct guise_config *config, const char *name, bool group, union id_sid *sid)
{
    struct unix_name_job *job = make_job();
    NTSTATUS status = STATUS_NO_MEMORY;

    if (!job) return status;
    job->by_name = true;
    job->group = group;
    if ((job->name = guise_strdup(name)) && !(status = do_job(config, job))) *sid = job->sid;
    worker_job_release(&job->job);
    return status;
}

/* ---- on a member ---------------------------------------------------------------------------------------------------- */

static NTSTATUS member_name_of_sid(const struct guise_config *config, const SID *sid, char **name, bool *group)
{
    char line[LOCAL_LINE];
    uint32_t id = 0;

    *group = idmap_sid_to_gid(sid, &id);
    if (!*group) idmap_sid_to_uid(sid, &id);
    if (!find_local(*group, NULL, &id, line, sizeof(line))) return wait_for_name(config, sid, name, group);
    return (*name = guise_strdup(line)) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS member_sid_of_name(const struct guise_config *config, const char *name, bool group, union id_sid *sid)
{
    char line[LOCAL_LINE];
    uint32_t id = 0;

    if (!find_local(group, name, &id, line, sizeof(line))) return wait_for_sid(config, name, group, sid);
    if (group) idmap_gid_to_sid(id, sid);
    else idmap_uid_to_sid(id, sid);
    return STATUS_SUCCESS;
}

/* ---- entry points --------------------------------------------------------------------------------------------------- */

NTSTATUS guise_unix_name_of_sid(const SID *sid, char **name, bool *group)
{
    const struct guise_config *config;
    NTSTATUS status = guise_get_config(&config);
    uid_t uid;
    gid_t gid;

    *name = NULL;
    *group = false;
    if (status) return status;
    if (!idmap_sid_to_gid(sid, &gid) && !idmap_sid_to_uid(sid, &uid)) return STATUS_NONE_MAPPED;
    return config->is_member ? member_name_of_sid(config, sid, name, group) : name_of_sid(sid, name, group);
}

NTSTATUS guise_unix_sid_of_name(const char *name, bool group, UCHAR room[SECURITY_MAX_SID_SIZE])
{
    const struct guise_config *config;
    NTSTATUS status = guise_get_config(&config);
    union id_sid sid;

    if (!status) status = config->is_member ? member_sid_of_name(config, name, group, &sid) : sid_of_name(name, group, &sid);
    if (!status) memcpy(room, sid.room, sizeof(sid.room));
    return status;
}
