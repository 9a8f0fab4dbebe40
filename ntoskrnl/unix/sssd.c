/*
 * SSSD as the one who maps a domain's SIDs, and knows their names, through libsss_nss_idmap, which is loaded when first needed, on a worker.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ntoskrnl/unix/domain.h"

/* sss_nss_idmap.h: what an id is of. */
enum
{
    SSSD_UID = 1,
    SSSD_GID = 2,
    SSSD_BOTH = 3
};

enum
{
    SSSD_NAME_SIZE = 1500 /* a name, its mark, a domain */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* Written once under once: sss_nss_getidbysid_timeout() and sss_nss_getpwuid_timeout(). */
static int (*get_id)(const char *sid, unsigned int milliseconds, uint32_t *id, int *type);
static int (*get_user)(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found, uint32_t flags,
                       unsigned int milliseconds);
/* sss_nss_getnamebysid_timeout() and sss_nss_getsidbyname_timeout(). */
typedef int (*translate_fn)(const char *text, unsigned int milliseconds, char **other, int *type);
static translate_fn get_name, get_sid;
static bool has_library;

static void load(void)
{
    static const struct
    {
        const char *name;
        void *place;
    } functions[] = {
        {"sss_nss_getidbysid_timeout", &get_id},
        {"sss_nss_getpwuid_timeout", &get_user},
        {"sss_nss_getnamebysid_timeout", &get_name},
        {"sss_nss_getsidbyname_timeout", &get_sid},
    };
    void *loaded = dlopen("libsss_nss_idmap.so.0", RTLD_NOW | RTLD_LOCAL), *function = loaded;

    for (size_t i = 0; function && i < ARRAYSIZE(functions); i++)
        if ((function = dlsym(loaded, functions[i].name))) memcpy(functions[i].place, &function, sizeof(function));
    has_library = function;
    if (!has_library) guise_log("[accounts] accounts names sssd, but its library cannot be used: %s", dlerror());
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
    if (!has_library) return STATUS_NO_LOGON_SERVERS;
    if ((status = ask(user, milliseconds, &uid, &type))) return status;
    if (type != SSSD_UID && type != SSSD_BOTH) return STATUS_NO_SUCH_USER;
    if ((status = find_gids(groups, count, milliseconds))) return status;
    status = account_of_uid(uid, groups, count, account);
    /* NSS does not tell an SSSD that is gone from one that does not know. */
    return status == STATUS_NO_SUCH_USER && !is_there(milliseconds) ? STATUS_NO_LOGON_SERVERS : status;
}

NTSTATUS sssd_find_id(const SID *sid, bool of_group, unsigned int milliseconds, uint32_t *id)
{
    NTSTATUS status;
    int type;

    pthread_once(&once, load);
    if (!has_library) return STATUS_NO_LOGON_SERVERS;
    if ((status = ask(sid, milliseconds, id, &type))) return status == STATUS_NO_SUCH_USER ? STATUS_NONE_MAPPED : status;
    return type == (of_group ? SSSD_GID : SSSD_UID) || type == SSSD_BOTH ? STATUS_SUCCESS : STATUS_NONE_MAPPED;
}

/* ---- names ---------------------------------------------------------------------------------------------------------- */

/* One of the two in the way of ask(); *OTHER is the C library's. */
static NTSTATUS ask_text(translate_fn translate, const char *text, unsigned int milliseconds, char **other, int *type)
{
    int error = translate(text, milliseconds, other, type);

    if (error == ENOENT && is_there(milliseconds)) error = translate(text, milliseconds, other, type);
    else if (error == ENOENT) return STATUS_NO_LOGON_SERVERS;
    switch (error)
    {
    case 0: return STATUS_SUCCESS;
    case ENOENT:
    case EINVAL:
    case ENETUNREACH: return STATUS_NONE_MAPPED; /* no name, or of no domain that it knows */
    case ENOMEM: return STATUS_NO_MEMORY;
    default: return STATUS_NO_LOGON_SERVERS;
    }
}

/* Whose SID it is. STATUS_NONE_MAPPED: none that can be. */
static NTSTATUS ask_sid(const char *name, unsigned int milliseconds, struct guise_domain_name *found)
{
    char *text = NULL;
    NTSTATUS status;
    int type = 0;

    if ((status = ask_text(get_sid, name, milliseconds, &text, &type))) return status;
    if (!text || !guise_sid_from_text(text, &found->id.sid)) status = STATUS_NONE_MAPPED;
    free(text);
    return status;
}

/* NAME@DOMAIN, as SSSD wants it. */
static bool qualify(const struct guise_names *machine, const char *domain, const char *name, char full[SSSD_NAME_SIZE])
{
    int length;

    if (!strcasecmp(domain, machine->netbios_domain) && *machine->dns_domain) domain = machine->dns_domain;
    length = snprintf(full, SSSD_NAME_SIZE, *domain ? "%s@%s" : "%s", name, domain);
    return length > 0 && length < SSSD_NAME_SIZE;
}

/*
 * What SSSD calls the account in its parts: NAME@DOMAIN or DOMAIN\NAME, or NAME alone for one of the domain that it is told to leave out. It calls
 * domains by their DNS names, of which the NetBIOS name is known for this machine's alone.
 */
static bool split(const struct guise_names *machine, char *full, const char **domain, const char **name)
{
    char *mark = strchr(full, '\\');

    *domain = machine->netbios_domain;
    *name = full;
    if (mark)
    {
        *domain = full;
        *name = mark + 1;
    }
    else if ((mark = strrchr(full, '@'))) *domain = mark + 1;
    if (mark) *mark = 0;
    if (*machine->dns_domain && !strcasecmp(*domain, machine->dns_domain)) *domain = machine->netbios_domain;
    return **domain && **name;
}

static SID_NAME_USE use_of(int type)
{
    return type == SSSD_GID ? SidTypeGroup : type == SSSD_UID || type == SSSD_BOTH ? SidTypeUser : SidTypeUnknown;
}

/* The name must be that of the SID in the domain that it is said to be in. */
static NTSTATUS check_name(const struct guise_names *machine, unsigned int milliseconds, const struct guise_domain_name *found)
{
    struct guise_domain_name again;
    char full[SSSD_NAME_SIZE];
    NTSTATUS status;

    if (!qualify(machine, found->domain, found->name, full)) return STATUS_NONE_MAPPED;
    if ((status = ask_sid(full, milliseconds, &again))) return status;
    return RtlEqualSid(&again.id.sid, (PSID)&found->id.sid) ? STATUS_SUCCESS : STATUS_NONE_MAPPED;
}

NTSTATUS sssd_name_of_sid(const struct guise_config *config, const SID *sid, struct guise_domain_name *found)
{
    char text[GUISE_SID_TEXT_SIZE], *full = NULL;
    const struct guise_names *machine;
    const char *domain, *name;
    NTSTATUS status;
    int type = 0;

    pthread_once(&once, load);
    if (!has_library) return STATUS_NO_LOGON_SERVERS;
    if ((status = guise_get_names(&machine))) return status;
    guise_sid_to_text(sid, text);
    if ((status = ask_text(get_name, text, config->winbind_timeout, &full, &type))) return status;
    memmove(&found->id, sid, offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(ULONG));
    status = full && split(machine, full, &domain, &name) ? domain_take_name(domain, name, use_of(type), found) : STATUS_NONE_MAPPED;
    free(full);
    return status ? status : check_name(machine, config->winbind_timeout, found);
}

NTSTATUS sssd_sid_of_name(const struct guise_config *config, const char *domain, const char *name, struct guise_domain_name *found)
{
    const struct guise_names *machine;
    char full[SSSD_NAME_SIZE];
    NTSTATUS status;

    pthread_once(&once, load);
    if (!has_library) return STATUS_NO_LOGON_SERVERS;
    if ((status = guise_get_names(&machine))) return status;
    if (!*name || !qualify(machine, domain, name, full)) return STATUS_NONE_MAPPED; /* it has no names of domains themselves */
    return ask_sid(full, config->winbind_timeout, found);
}
