/*
 * Whose SID it is, whose name it is: well-known ones, those of the account store, Unix users and groups, and those of a domain that this machine is a
 * member of.
 *
 * A Unix user is not the account of the store that may have the same name: their SIDs differ, so the domains do
 * ("Unix User", "Unix Group": Samba's names for S-1-22-1 and S-1-22-2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dlls/advapi32/accounts.h"
#include "dlls/msv1_0/directory.h"

#define UNIX_USERS  "Unix User"
#define UNIX_GROUPS "Unix Group"

static NTSTATUS set_account(struct account *account, const char *name, const char *domain, SID_NAME_USE use)
{
    account->domain = domain;
    account->use = use;
    return snprintf(account->name, sizeof(account->name), "%s", name) < (int)sizeof(account->name) ? STATUS_SUCCESS
                                                                                               : STATUS_NONE_MAPPED;
}

/* ---- whose SID it is ------------------------------------------------------------------------------------------------ */

static NTSTATUS store_account(const struct guise_store_entry *entry, struct account *account)
{
    const struct guise_names *machine;
    NTSTATUS status;

    if ((status = guise_get_names(&machine))) return status;
    if (entry->is_domain) return set_account(account, "", machine->account_domain, SidTypeDomain);
    return set_account(account, entry->name, machine->account_domain, SidTypeUser);
}

static NTSTATUS unix_account_of_sid(const SID *sid, struct account *account)
{
    NTSTATUS status;
    bool group;
    char *name;

    if ((status = guise_unix_name_of_sid(sid, &name, &group))) return status;
    status = group ? set_account(account, name, UNIX_GROUPS, SidTypeGroup)
                   : set_account(account, name, UNIX_USERS, SidTypeUser);
    guise_free(name);
    return status;
}

/* Whom a domain has told of. */
static NTSTATUS foreign_account(const struct guise_domain_name *found, struct account *account)
{
    memcpy(&account->sid, &found->id, sizeof(account->sid));
    strcpy(account->foreign, found->domain);
    return set_account(account, found->name, account->foreign, found->use);
}

/* The store's SIDs are this machine's, those of accounts that are no longer there, too: of them nobody else is asked. */
static NTSTATUS account_of_domain_sid(const SID *sid, struct account *account)
{
    struct guise_domain_name found;
    struct guise_store_entry entry;
    NTSTATUS status = guise_store_find_sid(sid, &entry);

    if (!status) return store_account(&entry, account);
    if (status != STATUS_NONE_MAPPED || entry.is_of_domain) return status;
    return (status = guise_domain_name_of_sid(sid, &found)) ? status : foreign_account(&found, account);
}

/* Only a domain's SIDs are looked for in the store, so that the others do not need it. */
static bool is_of_domain(const SID *sid)
{
    static const UCHAR nt[] = {0, 0, 0, 0, 0, 5};

    return !memcmp(sid->IdentifierAuthority.Value, nt, sizeof(nt)) && sid->SubAuthorityCount &&
           sid->SubAuthority[0] == SECURITY_NT_NON_UNIQUE;
}

NTSTATUS account_of_sid(const SID *sid, struct account *account)
{
    struct well_known_name known;

    if (well_known_name_of_sid(sid, &known))
    {
        bool is_domain = known.use == SidTypeDomain;

        return set_account(account, is_domain ? "" : known.name, known.domain, known.use);
    }
    return is_of_domain(sid) ? account_of_domain_sid(sid, account) : unix_account_of_sid(sid, account);
}

/* ---- whose name it is ----------------------------------------------------------------------------------------------- */

static NTSTATUS account_of_store_name(const char *name, struct account *account)
{
    struct guise_store_entry entry;
    NTSTATUS status;

    if ((status = guise_store_find_name(name, &entry))) return status;
    memcpy(&account->sid, &entry.id, sizeof(entry.id));
    return store_account(&entry, account);
}

/* On a member, NSS knows accounts of the domain by such names: those have SIDs of their own. */
static bool is_unix_name(const char *name)
{
    const struct guise_config *config;

    return guise_get_config(&config) || !config->is_member || !strpbrk(name, "\\@");
}

static NTSTATUS account_of_unix_name(const char *name, bool group, struct account *account)
{
    NTSTATUS status;

    if (!is_unix_name(name)) return STATUS_NONE_MAPPED;
    if ((status = guise_unix_sid_of_name(name, group, account->sid.room))) return status;
    return account_of_sid(&account->sid.sid, account);
}

static NTSTATUS account_of_well_known_name(const char *domain, const char *name, struct account *account)
{
    struct well_known_name known;

    if (!well_known_sid_of_name(domain, name, &account->sid.sid, &known)) return STATUS_NONE_MAPPED;
    return set_account(account, known.name, known.domain, known.use);
}

static bool is_ours(const struct guise_names *machine, const char *domain)
{
    const char *const names[] = {".", machine->account_domain, machine->netbios_name, machine->account_dns_domain, machine->dns_name};
    size_t i;

    for (i = 0; i < ARRAYSIZE(names); i++)
        if (names[i] && *names[i] && !strcasecmp(names[i], domain)) return true;
    return false;
}

/* GetUserNameEx puts Unix users in our domain, too; an account of the store comes first. */
static NTSTATUS account_of_our_name(const char *name, struct account *account)
{
    NTSTATUS status = account_of_store_name(name, account);

    return status == STATUS_NONE_MAPPED ? account_of_unix_name(name, false, account) : status;
}

/* DOMAIN NULL: NAME is USER@REALM. A SID of the store's is not a domain's to give. */
static NTSTATUS account_of_foreign_name(const char *domain, const char *name, struct account *account)
{
    struct guise_domain_name found;
    struct guise_store_entry entry;
    NTSTATUS status;

    if ((status = guise_domain_sid_of_name(domain, name, &found))) return status;
    status = guise_store_find_sid(&found.id.sid, &entry);
    if (!status || entry.is_of_domain) return STATUS_NONE_MAPPED;
    return status == STATUS_NONE_MAPPED ? foreign_account(&found, account) : status;
}

static NTSTATUS account_in_domain(const char *domain, const char *name, struct account *account)
{
    const struct guise_names *machine;
    NTSTATUS status;

    if ((status = guise_get_names(&machine))) return status;
    if (!strcasecmp(domain, UNIX_USERS)) return account_of_unix_name(name, false, account);
    if (!strcasecmp(domain, UNIX_GROUPS)) return account_of_unix_name(name, true, account);
    if (is_ours(machine, domain)) return account_of_our_name(name, account);
    status = account_of_well_known_name(domain, name, account);
    return status == STATUS_NONE_MAPPED ? account_of_foreign_name(domain, name, account) : status;
}

/* NAME@REALM, split AT its last mark; NAME is changed. */
static NTSTATUS account_of_principal(const struct guise_names *machine, char *name, char *at, struct account *account)
{
    if (!is_ours(machine, at + 1)) return account_of_foreign_name(NULL, name, account);
    *at = 0;
    return account_of_our_name(name, account);
}

/* A name that nobody here has: of the domain that this machine is a member of, or that domain's own. */
static NTSTATUS account_of_primary_domain(const struct guise_names *machine, const char *name, struct account *account)
{
    if (!strcasecmp(name, machine->netbios_domain) || !strcasecmp(name, machine->dns_domain))
        return account_of_foreign_name(machine->netbios_domain, "", account);
    return account_of_foreign_name(machine->netbios_domain, name, account);
}

/* The order is Windows': well-known names, this machine's, those of its domain (sdk LookupAccountNameW). */
static NTSTATUS account_of_bare_name(char *name, struct account *account)
{
    const struct guise_names *machine;
    char *at = strrchr(name, '@');
    NTSTATUS status;

    if (!*name) return STATUS_NONE_MAPPED;
    if ((status = account_of_well_known_name(NULL, name, account)) != STATUS_NONE_MAPPED) return status;
    if ((status = account_of_our_name(name, account)) != STATUS_NONE_MAPPED) return status;
    if ((status = account_of_unix_name(name, true, account)) != STATUS_NONE_MAPPED) return status;
    if ((status = guise_get_names(&machine))) return status;
    if (is_ours(machine, name)) return account_of_store_name(NULL, account);
    if (at && at != name) return account_of_principal(machine, name, at, account);
    return account_of_primary_domain(machine, name, account);
}

NTSTATUS account_of_name(char *name, struct account *account)
{
    char *separator = strchr(name, '\\');

    if (!separator) return account_of_bare_name(name, account);
    *separator = 0;
    if (!separator[1]) return STATUS_NONE_MAPPED;
    return *name ? account_in_domain(name, separator + 1, account) : account_of_bare_name(separator + 1, account);
}
