/*
 * SSSD as the one who maps a domain's SIDs, through libsss_nss_idmap, which is loaded when first needed, on a worker.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "ntoskrnl/unix/domain.h"

/* sss_nss_idmap.h: what an id is of. */
enum
{
    SSSD_UID = 1,
    SSSD_GID = 2,
    SSSD_BOTH = 3
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* Written once under once: sss_nss_getidbysid_timeout() and sss_nss_getpwuid_timeout(). */
static int (*get_id)(const char *sid, unsigned int milliseconds, uint32_t *id, int *type);
static int (*get_user)(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found, uint32_t flags,
                       unsigned int milliseconds);

static void load(void)
{
    void *loaded = dlopen("libsss_nss_idmap.so.0", RTLD_NOW | RTLD_LOCAL);
    void *function = loaded ? dlsym(loaded, "sss_nss_getidbysid_timeout") : NULL;
    void *other = function ? dlsym(loaded, "sss_nss_getpwuid_timeout") : NULL;

    memcpy(&get_user, &other, sizeof(other));
    if (other) memcpy(&get_id, &function, sizeof(function));
    else guise_log("[accounts] accounts names sssd, but its library cannot be used: %s", dlerror());
}

/* SSSD has nobody with the uid 0 and says so if it is there, whom its library's cache does not have either. */
static bool is_there(unsigned int milliseconds)
{
    struct passwd entry, *found;
    char buffer[128];
    int error = get_user(0, &entry, buffer, sizeof(buffer), &found, 0, milliseconds);

    return error == ENOENT || !error || error == ERANGE;
}

/*
 * STATUS_NO_SUCH_USER: SSSD knows no such SID. The library says that, too, of an SSSD that is down or out of time, so that nobody is unknown but
 * who is so twice, to an SSSD that answered in between.
 */
static NTSTATUS ask(const SID *sid, unsigned int milliseconds, uint32_t *id, int *type)
{
    char text[GUISE_SID_TEXT_SIZE];
    int error;

    guise_sid_to_text(sid, text);
    error = get_id(text, milliseconds, id, type);
    if (error == ENOENT && is_there(milliseconds)) error = get_id(text, milliseconds, id, type);
    else if (error == ENOENT) return STATUS_NO_LOGON_SERVERS;
    switch (error)
    {
    case 0: return STATUS_SUCCESS;
    case ENOENT: return STATUS_NO_SUCH_USER;
    case ENOMEM: return STATUS_NO_MEMORY;
    default: return STATUS_NO_LOGON_SERVERS;
    }
}

static NTSTATUS find_gids(struct guise_domain_group *groups, size_t count, unsigned int milliseconds)
{
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t id;
    int type;

    for (size_t i = 0; i < count && !status; i++)
    {
        if (!domain_may_give(groups[i].sid)) continue;
        status = ask(groups[i].sid, milliseconds, &id, &type);
        groups[i].has_gid = !status && (type == SSSD_GID || type == SSSD_BOTH);
        groups[i].gid = groups[i].has_gid ? id : 0;
        if (status == STATUS_NO_SUCH_USER) status = STATUS_SUCCESS; /* a group without a gid */
    }
    return status;
}

NTSTATUS sssd_find_account(const SID *user, struct guise_domain_group *groups, size_t count, unsigned int milliseconds,
                           struct unix_account **account)
{
    NTSTATUS status;
    uint32_t uid;
    int type;

    pthread_once(&once, load);
    if (!get_id) return STATUS_NO_LOGON_SERVERS;
    if ((status = ask(user, milliseconds, &uid, &type))) return status;
    if (type != SSSD_UID && type != SSSD_BOTH) return STATUS_NO_SUCH_USER;
    if ((status = find_gids(groups, count, milliseconds))) return status;
    status = account_of_uid(uid, groups, count, account);
    /* NSS does not tell an SSSD that is gone from one that does not know. */
    return status == STATUS_NO_SUCH_USER && !is_there(milliseconds) ? STATUS_NO_LOGON_SERVERS : status;
}

/* ---- names ---------------------------------------------------------------------------------------------------------- */

NTSTATUS sssd_name_of_sid(const SID *sid, struct guise_domain_name *found)
{
    (void)sid;
    (void)found;
    return STATUS_NONE_MAPPED;
}

NTSTATUS sssd_sid_of_name(const char *domain, const char *name, struct guise_domain_name *found)
{
    (void)domain;
    (void)name;
    (void)found;
    return STATUS_NONE_MAPPED;
}
