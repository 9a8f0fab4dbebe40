/*
 * The accounts of the local store by name and by SID.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "dlls/msv1_0/directory.h"

/* Opening what is not there is worth a line on the log to those who need it; here nobody does. */
static bool store_exists(const char *path)
{
    struct stat status;
    bool exists;

    guise_process_begin();
    exists = !stat(path, &status) || errno != ENOENT;
    guise_process_end();
    return exists;
}

static bool is_source(const struct guise_config *config)
{
    for (size_t i = 0; i < config->accounts.count; i++)
        if (config->accounts.source[i] == ACCOUNTS_FILES) return true;
    return false;
}

static NTSTATUS open_store(struct sam **sam)
{
    const struct guise_config *config;
    NTSTATUS status;

    if ((status = guise_get_config(&config))) return status;
    return is_source(config) && store_exists(config->account_store) ? sam_open(config->account_store, false, sam) : STATUS_NONE_MAPPED;
}

/* S-1-5-21-A-B-C-RID of S-1-5-21-A-B-C. */
static NTSTATUS append_rid(struct guise_store_entry *entry, ULONG rid)
{
    SID *sid = &entry->id.sid;

    if (sid->SubAuthorityCount >= SID_MAX_SUB_AUTHORITIES) return STATUS_FILE_CORRUPT_ERROR;
    memcpy(entry->id.room + offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(rid), &rid, sizeof(rid));
    sid->SubAuthorityCount++;
    return STATUS_SUCCESS;
}

static NTSTATUS find_name(struct sam *sam, const char *name, struct guise_store_entry *entry)
{
    struct sam_account account;
    NTSTATUS status = sam_domain_sid(sam, &entry->id.sid, sizeof(entry->id));

    if (status || (entry->is_domain = !name)) return status;
    if (!(status = sam_find(sam, name, &account)))
    {
        strcpy(entry->name, account.name);
        status = append_rid(entry, account.rid);
    }
    sam_wipe(&account);
    return status == STATUS_NO_SUCH_USER ? STATUS_NONE_MAPPED : status;
}

NTSTATUS guise_store_find_name(const char *name, struct guise_store_entry *entry)
{
    struct sam *sam;
    NTSTATUS status;

    memset(entry, 0, sizeof(*entry));
    if ((status = open_store(&sam))) return status;
    status = find_name(sam, name, entry);
    sam_close(sam);
    return status;
}

/* The last subauthority of a SID that has exactly one more than the domain's, which it begins with. */
static bool rid_in_domain(const SID *sid, const SID *domain, ULONG *rid)
{
    size_t head = offsetof(SID, SubAuthority), rids = domain->SubAuthorityCount * sizeof(*rid);

    if (sid->SubAuthorityCount != domain->SubAuthorityCount + 1) return false;
    if (memcmp(sid->IdentifierAuthority.Value, domain->IdentifierAuthority.Value, sizeof(SID_IDENTIFIER_AUTHORITY)) ||
        memcmp((const UCHAR *)sid + head, (const UCHAR *)domain + head, rids))
        return false;
    memcpy(rid, (const UCHAR *)sid + head + rids, sizeof(*rid));
    return true;
}

static NTSTATUS find_sid(struct sam *sam, const SID *sid, struct guise_store_entry *entry)
{
    struct sam_account account;
    NTSTATUS status = sam_domain_sid(sam, &entry->id.sid, sizeof(entry->id));
    ULONG rid;

    if (status) return status;
    entry->is_domain = RtlEqualSid((PSID)sid, &entry->id.sid);
    entry->is_of_domain = entry->is_domain || rid_in_domain(sid, &entry->id.sid, &rid);
    if (entry->is_domain) return STATUS_SUCCESS;
    if (!entry->is_of_domain) return STATUS_NONE_MAPPED;
    if (!(status = sam_find_rid(sam, rid, &account)))
    {
        strcpy(entry->name, account.name);
        status = append_rid(entry, rid);
    }
    sam_wipe(&account);
    return status == STATUS_NO_SUCH_USER ? STATUS_NONE_MAPPED : status;
}

NTSTATUS guise_store_find_sid(const SID *sid, struct guise_store_entry *entry)
{
    struct sam *sam;
    NTSTATUS status;

    memset(entry, 0, sizeof(*entry));
    if ((status = open_store(&sam))) return status;
    status = find_sid(sam, sid, entry);
    sam_close(sam);
    return status;
}
