/*
 * The SIDs of Unix users and groups by name, and back (LookupAccountName, LookupAccountSid). Asked of NSS as the process.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <grp.h>
#include <string.h>

#include "ntoskrnl/rtl/sid.h"
#include "ntoskrnl/unix/idmap.h"

enum
{
    FIRST_BUFFER = 1024,
    LARGEST_BUFFER = 1 << 22 /* the entry of a group names its members */
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

NTSTATUS guise_unix_name_of_sid(const SID *sid, char **name, bool *group)
{
    uid_t uid;
    gid_t gid;

    *name = NULL;
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

NTSTATUS guise_unix_sid_of_name(const char *name, bool group, UCHAR room[SECURITY_MAX_SID_SIZE])
{
    union id_sid sid;
    NTSTATUS status = group ? sid_of_group(name, &sid) : sid_of_user(name, &sid);

    if (!status) memcpy(room, sid.room, sizeof(sid.room));
    return status;
}
