/*
 * Names of accounts: well-known ones, those of the account store, Unix users and groups.
 *
 * A Unix user is not the account of the store that may have the same name: their SIDs differ, so the domains do
 * ("Unix User", "Unix Group": Samba's names for S-1-22-1 and S-1-22-2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <secext.h>
#include <winternl.h>

#include "dlls/advapi32/advapi32.h"
#include "dlls/msv1_0/directory.h"
#include "dlls/secur32/front.h"

#define UNIX_USERS  "Unix User"
#define UNIX_GROUPS "Unix Group"

struct account
{
    char name[4 * SAM_NAME_MAX + 1];
    const char *domain; /* of the configuration, or a constant */
    SID_NAME_USE use;
    union sid_room sid;
};

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
    const struct guise_config *config;
    NTSTATUS status;

    if ((status = guise_get_config(&config))) return status;
    if (entry->is_domain) return set_account(account, "", config->account_domain, SidTypeDomain);
    return set_account(account, entry->name, config->account_domain, SidTypeUser);
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

/* Only a domain's SIDs are looked for in the store, so that the others do not need it. */
static bool is_of_domain(const SID *sid)
{
    static const UCHAR nt[] = {0, 0, 0, 0, 0, 5};

    return !memcmp(sid->IdentifierAuthority.Value, nt, sizeof(nt)) && sid->SubAuthorityCount &&
           sid->SubAuthority[0] == SECURITY_NT_NON_UNIQUE;
}

static NTSTATUS account_of_sid(const SID *sid, struct account *account)
{
    struct guise_store_entry entry;
    struct well_known_name known;
    NTSTATUS status;

    if (well_known_name_of_sid(sid, &known))
    {
        bool is_domain = known.use == SidTypeDomain;

        return set_account(account, is_domain ? "" : known.name, known.domain, known.use);
    }
    if (!is_of_domain(sid)) return unix_account_of_sid(sid, account);
    if ((status = guise_store_find_sid(sid, &entry))) return status;
    return store_account(&entry, account);
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

static NTSTATUS account_of_unix_name(const char *name, bool group, struct account *account)
{
    NTSTATUS status;

    if ((status = guise_unix_sid_of_name(name, group, account->sid.room))) return status;
    return account_of_sid(&account->sid.sid, account);
}

static NTSTATUS account_of_well_known_name(const char *domain, const char *name, struct account *account)
{
    struct well_known_name known;

    if (!well_known_sid_of_name(domain, name, &account->sid.sid, &known)) return STATUS_NONE_MAPPED;
    return set_account(account, known.name, known.domain, known.use);
}

static bool is_ours(const struct guise_config *config, const char *domain)
{
    const char *const names[] = {".", config->account_domain, config->netbios_name, config->account_dns_domain, config->dns_name};
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

static NTSTATUS account_in_domain(const char *domain, const char *name, struct account *account)
{
    const struct guise_config *config;
    NTSTATUS status;

    if ((status = guise_get_config(&config))) return status;
    if (!strcasecmp(domain, UNIX_USERS)) return account_of_unix_name(name, false, account);
    if (!strcasecmp(domain, UNIX_GROUPS)) return account_of_unix_name(name, true, account);
    if (is_ours(config, domain)) return account_of_our_name(name, account);
    return account_of_well_known_name(domain, name, account);
}

/* NAME@REALM; NAME is changed. */
static NTSTATUS account_of_principal(char *name, struct account *account)
{
    const struct guise_config *config;
    char *at = strrchr(name, '@');
    NTSTATUS status;

    if (!at || at == name) return STATUS_NONE_MAPPED;
    if ((status = guise_get_config(&config))) return status;
    if (!is_ours(config, at + 1)) return STATUS_NONE_MAPPED;
    *at = 0;
    return account_of_our_name(name, account);
}

static NTSTATUS account_of_bare_name(char *name, struct account *account)
{
    const struct guise_config *config;
    NTSTATUS status;

    if (!*name) return STATUS_NONE_MAPPED;
    if ((status = account_of_well_known_name(NULL, name, account)) != STATUS_NONE_MAPPED) return status;
    if ((status = account_of_our_name(name, account)) != STATUS_NONE_MAPPED) return status;
    if ((status = account_of_unix_name(name, true, account)) != STATUS_NONE_MAPPED) return status;
    if ((status = guise_get_config(&config))) return status;
    if (is_ours(config, name)) return account_of_store_name(NULL, account);
    return account_of_principal(name, account);
}

/* NAME is changed. */
static NTSTATUS account_of_name(char *name, struct account *account)
{
    char *separator = strchr(name, '\\');

    if (!separator) return account_of_bare_name(name, account);
    *separator = 0;
    if (!separator[1]) return STATUS_NONE_MAPPED;
    return *name ? account_in_domain(name, separator + 1, account) : account_of_bare_name(separator + 1, account);
}

/* ---- texts of the A and W forms ------------------------------------------------------------------------------------- */

/* Where a text goes: characters of the one or the other form. */
struct place
{
    bool wide;
    void *buffer;
    DWORD *size;
};

/* A text on its way there. */
struct text
{
    const char *ansi;
    WCHAR *wide; /* for a wide place */
    DWORD length;
};

static NTSTATUS make_text(const char *ansi, const struct place *place, struct text *text)
{
    *text = (struct text){.ansi = ansi, .length = (DWORD)strlen(ansi)};
    if (!place->wide) return STATUS_SUCCESS;
    /* A name that is not UTF-8 cannot be told in the other form. */
    switch (sec_wide_from_ansi(ansi, text->length, &text->wide, &text->length))
    {
    case SEC_E_OK: return STATUS_SUCCESS;
    case SEC_E_INSUFFICIENT_MEMORY: return STATUS_NO_MEMORY;
    default: return STATUS_NONE_MAPPED;
    }
}

static bool has_room(const struct place *place, const struct text *text)
{
    return place->buffer && *place->size > text->length;
}

static void put_text(const struct place *place, const struct text *text)
{
    if (place->wide)
        memcpy(place->buffer, text->wide, (text->length + 1) * sizeof(WCHAR));
    else
        memcpy(place->buffer, text->ansi, text->length + 1);
}

/* The sizes are what was written without terminators, or with them what is needed. False: no room for one of the two. */
static bool put_texts(const struct place *first, const struct text *a, const struct place *second, const struct text *b)
{
    bool room = has_room(first, a) && has_room(second, b);

    if (room)
    {
        put_text(first, a);
        put_text(second, b);
    }
    *first->size = a->length + !room;
    *second->size = b->length + !room;
    return room;
}

/* ---- LookupAccountSid ------------------------------------------------------------------------------------------------ */

static BOOL lookup_sid(bool elsewhere, PSID sid, const struct place *name, const struct place *domain, SID_NAME_USE *use)
{
    struct text name_text = {0}, domain_text = {0};
    struct account account;
    NTSTATUS status;
    bool room = false;

    if (elsewhere || !name->size || !domain->size || !use) return fail(ERROR_INVALID_PARAMETER);
    if (!sid_is_valid(sid)) return fail(ERROR_INVALID_SID);
    if (!(status = account_of_sid(sid, &account)) && !(status = make_text(account.name, name, &name_text)) &&
        !(status = make_text(account.domain, domain, &domain_text)))
    {
        room = put_texts(name, &name_text, domain, &domain_text);
        if (room) *use = account.use;
    }
    guise_free(name_text.wide);
    guise_free(domain_text.wide);
    if (status) return answer(status);
    return room || fail(ERROR_INSUFFICIENT_BUFFER);
}

/***********************************************************************
 *           LookupAccountSidW (ADVAPI32.@)
 *
 * SYSTEM must be NULL or empty. Sizes in characters: without terminator on success, with it for
 * ERROR_INSUFFICIENT_BUFFER. ERROR_NONE_MAPPED; ERROR_INVALID_SID; ERROR_ACCESS_DENIED: the process may not read the
 * account store in which it would be.
 */
BOOL LookupAccountSidW(LPCWSTR system, PSID sid, LPWSTR name, LPDWORD name_size, LPWSTR domain, LPDWORD domain_size,
                       PSID_NAME_USE use)
{
    const struct place name_place = {true, name, name_size}, domain_place = {true, domain, domain_size};

    return lookup_sid(system && *system, sid, &name_place, &domain_place, use);
}

/***********************************************************************
 *           LookupAccountSidA (ADVAPI32.@)
 */
BOOL LookupAccountSidA(LPCSTR system, PSID sid, LPSTR name, LPDWORD name_size, LPSTR domain, LPDWORD domain_size,
                       PSID_NAME_USE use)
{
    const struct place name_place = {false, name, name_size}, domain_place = {false, domain, domain_size};

    return lookup_sid(system && *system, sid, &name_place, &domain_place, use);
}

/* ---- LookupAccountName ----------------------------------------------------------------------------------------------- */

static BOOL put_account(const struct account *account, const struct text *domain_text, PSID sid, DWORD *sid_size,
                        const struct place *domain, SID_NAME_USE *use)
{
    DWORD length = GetLengthSid((PSID)&account->sid.sid);
    bool room = sid && *sid_size >= length && has_room(domain, domain_text);

    if (room)
    {
        memcpy(sid, &account->sid, length);
        put_text(domain, domain_text);
        *use = account->use;
    }
    *sid_size = length;
    *domain->size = domain_text->length + !room;
    return room || fail(ERROR_INSUFFICIENT_BUFFER);
}

/* NAME is changed. */
static BOOL lookup_name(char *name, PSID sid, DWORD *sid_size, const struct place *domain, SID_NAME_USE *use)
{
    struct text domain_text = {0};
    struct account account;
    NTSTATUS status;
    BOOL result;

    if (!(status = account_of_name(name, &account))) status = make_text(account.domain, domain, &domain_text);
    result = status ? answer(status) : put_account(&account, &domain_text, sid, sid_size, domain, use);
    guise_free(domain_text.wide);
    return result;
}

/* Whether what both forms are given can be looked up. */
static bool can_look_up(bool elsewhere, const void *name, const DWORD *sid_size, const DWORD *domain_size,
                        const SID_NAME_USE *use)
{
    return !elsewhere && name && sid_size && domain_size && use;
}

/***********************************************************************
 *           LookupAccountNameW (ADVAPI32.@)
 *
 * NAME: DOMAIN\NAME, NAME@REALM, or NAME alone: a well-known one, an account of the store, a Unix user, a Unix group.
 * Sizes and statuses as LookupAccountSidW; that of SID in bytes.
 */
BOOL LookupAccountNameW(LPCWSTR system, LPCWSTR name, PSID sid, LPDWORD sid_size, LPWSTR domain, LPDWORD domain_size,
                        PSID_NAME_USE use)
{
    const struct place place = {true, domain, domain_size};
    size_t units, bytes;
    char *text;
    BOOL result;

    if (!can_look_up(system && *system, name, sid_size, domain_size, use)) return fail(ERROR_INVALID_PARAMETER);
    units = sec_wide_length(name);
    bytes = sec_ansi_from_wide(name, units, NULL);
    if (!(text = guise_alloc(bytes + 1))) return fail(ERROR_NOT_ENOUGH_MEMORY);
    sec_ansi_from_wide(name, units, text);
    result = lookup_name(text, sid, sid_size, &place, use);
    guise_free(text);
    return result;
}

/***********************************************************************
 *           LookupAccountNameA (ADVAPI32.@)
 */
BOOL LookupAccountNameA(LPCSTR system, LPCSTR name, PSID sid, LPDWORD sid_size, LPSTR domain, LPDWORD domain_size,
                        PSID_NAME_USE use)
{
    const struct place place = {false, domain, domain_size};
    char *text;
    BOOL result;

    if (!can_look_up(system && *system, name, sid_size, domain_size, use)) return fail(ERROR_INVALID_PARAMETER);
    if (!(text = guise_strdup(name))) return fail(ERROR_NOT_ENOUGH_MEMORY);
    result = lookup_name(text, sid, sid_size, &place, use);
    guise_free(text);
    return result;
}

/* ---- GetUserName ----------------------------------------------------------------------------------------------------- */

/* The thread's user as GetUserNameEx tells it, in memory of its own; NULL with the last error. */
static char *query_user(void)
{
    ULONG size = 0;
    char *name;

    GetUserNameExA(NameSamCompatible, NULL, &size);
    if (GetLastError() != ERROR_MORE_DATA) return NULL;
    if (!(name = guise_alloc(size)))
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    else if (!GetUserNameExA(NameSamCompatible, name, &size))
    {
        guise_free(name);
        name = NULL;
    }
    return name;
}

static BOOL user_name(const struct place *place)
{
    struct text text = {0};
    const char *separator;
    NTSTATUS status;
    bool room = false;
    char *name;

    if (!place->size) return fail(ERROR_INVALID_PARAMETER);
    if (!(name = query_user())) return FALSE;
    separator = strchr(name, '\\');
    if (!(status = make_text(separator ? separator + 1 : name, place, &text)))
    {
        if ((room = has_room(place, &text))) put_text(place, &text);
        *place->size = text.length + 1;
    }
    guise_free(text.wide);
    guise_free(name);
    if (status) return answer(status);
    return room || fail(ERROR_INSUFFICIENT_BUFFER);
}

/***********************************************************************
 *           GetUserNameW (ADVAPI32.@)
 *
 * The name of GetUserNameExW without its domain. SIZE: the room in characters, and what it takes with the terminator,
 * after success as after ERROR_INSUFFICIENT_BUFFER. ERROR_CANT_OPEN_ANONYMOUS; ERROR_NONE_MAPPED.
 */
BOOL GetUserNameW(LPWSTR name, LPDWORD size)
{
    return user_name(&(struct place){true, name, size});
}

/***********************************************************************
 *           GetUserNameA (ADVAPI32.@)
 */
BOOL GetUserNameA(LPSTR name, LPDWORD size)
{
    return user_name(&(struct place){false, name, size});
}
