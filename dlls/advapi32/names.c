/*
 * LookupAccountSid, LookupAccountName, GetUserName: the names of dlls/advapi32/accounts.c in the caller's buffers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <secext.h>
#include <winternl.h>

#include "dlls/advapi32/accounts.h"
#include "dlls/secur32/front.h"

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
    if (status == STATUS_NO_LOGON_SERVERS) status = STATUS_NONE_MAPPED; /* sdk LookupAccountSidW: also after a time-out */
    if (status) return answer(status);
    return room || fail(ERROR_INSUFFICIENT_BUFFER);
}

/***********************************************************************
 *           LookupAccountSidW (ADVAPI32.@)
 *
 * SYSTEM must be NULL or empty. Sizes in characters: without terminator on success, with it for
 * ERROR_INSUFFICIENT_BUFFER. ERROR_NONE_MAPPED: it has no name, or the domain that would know it does not answer;
 * ERROR_INVALID_SID; ERROR_ACCESS_DENIED: the process may not read the account store in which it would be.
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
    /* Whoever hears "none" may give the name to somebody else: that nobody could say is an error of its own. */
    if (status == STATUS_NO_LOGON_SERVERS) status = STATUS_TRUSTED_RELATIONSHIP_FAILURE;
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
 * NAME: DOMAIN\NAME, NAME@REALM, or NAME alone: a well-known one, an account of the store, a Unix user, a Unix group, an
 * account of the machine's domain. Sizes and statuses as LookupAccountSidW; that of SID in bytes.
 * ERROR_TRUSTED_RELATIONSHIP_FAILURE: the domain that would know the name does not answer.
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
