/*
 * Names of accounts as advapi32 tells them, where they are Guise's to tell: all others are Wine's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/guise/unix/service.h"
#include "winbase.h"

#define MAX_NAME 1024

/* ERROR_NONE_MAPPED: not one of Guise's, or none at all. */
static NTSTATUS answer(struct call *call, BOOL good)
{
    call->block->error = good ? 0 : GetLastError();
    return good ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS none_mapped(struct call *call)
{
    call->block->error = ERROR_NONE_MAPPED;
    return STATUS_UNSUCCESSFUL;
}

enum authority
{
    AUTHORITY_OTHER,
    AUTHORITY_DOMAIN, /* S-1-5-21: perhaps an account of the store, or of a domain */
    AUTHORITY_UNIX    /* S-1-22: a Unix user or group */
};

static enum authority authority_of(const SID *sid)
{
    UCHAR last = sid->IdentifierAuthority.Value[5];

    for (size_t i = 0; i < 5; i++)
        if (sid->IdentifierAuthority.Value[i]) return AUTHORITY_OTHER;
    if (last == 22) return AUTHORITY_UNIX;
    return last == 5 && sid->SubAuthorityCount && sid->SubAuthority[0] == SECURITY_NT_NON_UNIQUE ? AUTHORITY_DOMAIN : AUTHORITY_OTHER;
}

/* A text that the caller gets with its size. */
struct out_text
{
    WCHAR *place, *copy;
    DWORD *size_place, size;
};

static NTSTATUS prepare_text(struct call *call, unsigned int argument, struct out_text *text)
{
    ULONG room;

    text->place = pointer(call, argument);
    text->size_place = pointer(call, argument + 1);
    touch(text->size_place, sizeof(*text->size_place));
    text->size = *text->size_place;
    if (text->size > MAX_NAME) text->size = MAX_NAME;
    return reserve(call, text->place, text->place ? text->size * (ULONG)sizeof(WCHAR) : 0, &room, &text->copy);
}

/* With the terminator if it was GOOD, when the size does not count it. */
static void give_text(const struct out_text *text, BOOL good)
{
    if (good) memcpy(text->place, text->copy, (text->size + 1) * sizeof(WCHAR));
    *text->size_place = text->size;
}

NTSTATUS service_name_of_sid(struct call *call)
{
    SID_NAME_USE *use = pointer(call, 5), kind;
    struct out_text name, domain;
    NTSTATUS status;
    BOOL good;
    PSID sid;

    if ((status = copy_sid(call, pointer(call, 0), &sid))) return status;
    if (!sid || !pointer(call, 2) || !pointer(call, 4) || !use || authority_of(sid) == AUTHORITY_OTHER) return none_mapped(call);
    if ((status = prepare_text(call, 1, &name)) || (status = prepare_text(call, 3, &domain))) return status;
    touch(use, sizeof(*use));
    good = LookupAccountSidW(NULL, sid, name.place ? name.copy : NULL, &name.size, domain.place ? domain.copy : NULL, &domain.size, &kind);
    status = answer(call, good);
    if (!good && call->block->error != ERROR_INSUFFICIENT_BUFFER) return status;
    give_text(&name, good);
    give_text(&domain, good);
    if (good) *use = kind;
    return status;
}

/* The name, in memory of the call's own; STATUS_INVALID_PARAMETER: too long for any. */
static NTSTATUS copy_name(struct call *call, const WCHAR *name, WCHAR **copy)
{
    size_t length = 0;

    while (length < MAX_NAME && *(const volatile WCHAR *)&name[length]) length++;
    if (length == MAX_NAME) return STATUS_INVALID_PARAMETER;
    if (!(*copy = take(call, (length + 1) * sizeof(WCHAR)))) return STATUS_BUFFER_OVERFLOW;
    memcpy(*copy, name, length * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* A bare name may be one of Wine's own users, whatever Unix user has it. A domain is asked last, about what is no Unix user's. */
static BOOL is_ours(const WCHAR *name, const SID *sid)
{
    enum authority authority = authority_of(sid);

    if (authority == AUTHORITY_DOMAIN) return TRUE;
    while (*name && *name != '\\') name++;
    return *name && authority == AUTHORITY_UNIX;
}

NTSTATUS service_sid_of_name(struct call *call)
{
    struct { SID sid; UCHAR room[SECURITY_MAX_SID_SIZE]; } found;
    SID_NAME_USE *use = pointer(call, 5), kind = SidTypeUnknown;
    DWORD *size_place = pointer(call, 2), size, found_size = SECURITY_MAX_SID_SIZE, needed;
    struct out_text domain;
    PSID place = pointer(call, 1);
    WCHAR *name, ignored[MAX_NAME];
    DWORD ignored_size = MAX_NAME;
    NTSTATUS status;
    BOOL room;

    if (!pointer(call, 0) || !size_place || !pointer(call, 4) || !use) return none_mapped(call);
    if ((status = copy_name(call, pointer(call, 0), &name))) return none_mapped(call);
    if ((status = prepare_text(call, 3, &domain))) return status;
    touch(size_place, sizeof(*size_place));
    touch(use, sizeof(*use));
    size = *size_place;
    if (place) touch(place, size < SECURITY_MAX_SID_SIZE ? size : SECURITY_MAX_SID_SIZE);
    if (!LookupAccountNameW(NULL, name, &found.sid, &found_size, ignored, &ignored_size, &kind)) return answer(call, FALSE);
    if (!is_ours(name, &found.sid)) return none_mapped(call);

    needed = GetLengthSid(&found.sid);
    room = place && size >= needed && domain.place && domain.size > ignored_size;
    if (room)
    {
        memcpy(place, &found.sid, needed);
        memcpy(domain.place, ignored, (ignored_size + 1) * sizeof(WCHAR));
        *use = kind;
    }
    *size_place = needed;
    *domain.size_place = ignored_size + !room;
    if (!room) call->block->error = ERROR_INSUFFICIENT_BUFFER;
    return room ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

NTSTATUS service_user_name(struct call *call)
{
    BOOL wide = number(call, 2) != 0, good;
    DWORD *size_place = pointer(call, 1), size, given;
    void *place = pointer(call, 0), *copy;
    size_t unit = wide ? sizeof(WCHAR) : 1;
    NTSTATUS status;
    ULONG room;

    if (!size_place)
    {
        call->block->error = ERROR_INVALID_PARAMETER;
        return STATUS_UNSUCCESSFUL;
    }
    touch(size_place, sizeof(*size_place));
    given = *size_place < MAX_NAME ? *size_place : MAX_NAME;
    size = given;
    if ((status = reserve(call, place, place ? (ULONG)(given * unit) : 0, &room, &copy))) return status;
    good = wide ? GetUserNameW(place ? copy : NULL, &size) : GetUserNameA(place ? copy : NULL, &size);
    status = answer(call, good);
    if (good) memcpy(place, copy, size * unit);
    *size_place = size;
    return status;
}

NTSTATUS service_membership(struct call *call)
{
    BOOL *result = pointer(call, 1), member = FALSE, good;
    NTSTATUS status;
    PSID sid;

    if ((status = copy_sid(call, pointer(call, 0), &sid))) return status;
    touch(result, sizeof(*result));
    good = CheckTokenMembership(call->token, sid, &member);
    status = answer(call, good);
    *result = member;
    return status;
}

/* NULL stays NULL. */
static NTSTATUS copy_argument(struct call *call, unsigned int argument, WCHAR **copy)
{
    *copy = NULL;
    return pointer(call, argument) ? copy_name(call, pointer(call, argument), copy) : STATUS_SUCCESS;
}

NTSTATUS service_logon(struct call *call)
{
    WCHAR *user, *domain, *password;
    HANDLE token = NULL;
    NTSTATUS status;
    BOOL good;

    if ((status = copy_argument(call, 0, &user)) || (status = copy_argument(call, 1, &domain))) return status;
    if ((status = copy_argument(call, 2, &password))) return status;
    good = LogonUserW(user, domain, password, number(call, 3), number(call, 4), &token);
    if (good) call->block->made = (uintptr_t)token;
    return answer(call, good);
}
