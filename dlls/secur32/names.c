/*
 * GetUserNameEx: the name of the one that the calling thread acts as (S2.17.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/account_name.h"

ULONG sec_name_of_token(PACCESS_TOKEN token, EXTENDED_NAME_FORMAT format, WCHAR **text)
{
    struct account_name name;
    ULONG error = account_name_of_token(token, &name);

    if (!error) error = account_name_format(&name, format, text);
    account_name_free(&name);
    return error;
}

static ULONG name_of_thread(EXTENDED_NAME_FORMAT format, WCHAR **name)
{
    SECURITY_SUBJECT_CONTEXT subject;
    ULONG error;

    SeCaptureSubjectContext(&subject);
    if (!SeQuerySubjectContextToken(&subject)) error = ERROR_NOT_ENOUGH_MEMORY;
    else if (subject.ClientToken && subject.ImpersonationLevel == SecurityAnonymous) error = ERROR_CANT_OPEN_ANONYMOUS;
    else error = sec_name_of_token(SeQuerySubjectContextToken(&subject), format, name);
    SeReleaseSubjectContext(&subject);
    return error;
}

/* The thread's name in FORMAT. ERROR_SUCCESS: *NAME is the caller's. */
static ULONG find_name(EXTENDED_NAME_FORMAT format, const struct name_buffer *buffer, WCHAR **name)
{
    if (!sec_core_matches()) return ERROR_INTERNAL_ERROR;
    if (!buffer->size || (!buffer->text && *buffer->size) || !account_name_is_format(format)) return ERROR_INVALID_PARAMETER;
    return format == NameUnknown ? ERROR_NO_SUCH_USER : name_of_thread(format, name);
}

static BOOLEAN user_name(EXTENDED_NAME_FORMAT format, const struct name_buffer *buffer)
{
    WCHAR *name = NULL;
    ULONG error = find_name(format, buffer, &name), needed;

    if (!error)
    {
        bool fits = name_buffer_fill(buffer, name, &needed);

        *buffer->size = fits ? needed - 1 : needed;
        if (!fits) error = ERROR_MORE_DATA;
    }
    guise_free(name);
    if (error) guise_set_last_error(error);
    return !error;
}

/***********************************************************************
 *           GetUserNameExW (SECUR32.@)
 *
 * NameSamCompatible always; NameUserPrincipal and NameDnsDomain in a DNS domain; NameDisplay where Unix knows a full name. Of the
 * rest, and what is missing, ERROR_NONE_MAPPED (S2.17.3).
 */
BOOLEAN SEC_ENTRY GetUserNameExW(EXTENDED_NAME_FORMAT format, LPWSTR buffer, PULONG size)
{
    return user_name(format, &(struct name_buffer){buffer, size, false});
}

/***********************************************************************
 *           GetUserNameExA (SECUR32.@)
 */
BOOLEAN SEC_ENTRY GetUserNameExA(EXTENDED_NAME_FORMAT format, LPSTR buffer, PULONG size)
{
    return user_name(format, &(struct name_buffer){buffer, size, true});
}
