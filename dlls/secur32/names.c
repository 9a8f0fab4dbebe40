/*
 * GetUserNameEx, GetComputerObjectName, TranslateName: names of accounts (S2.17). No directory stands behind them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <secext.h>
#include <winternl.h>

#include "dlls/secur32/front.h"

static BOOLEAN fail(ULONG error)
{
    guise_set_last_error(error);
    return FALSE;
}

static bool is_format(EXTENDED_NAME_FORMAT format)
{
    switch (format)
    {
    case NameUnknown:
    case NameFullyQualifiedDN:
    case NameSamCompatible:
    case NameDisplay:
    case NameUniqueId:
    case NameCanonical:
    case NameUserPrincipal:
    case NameCanonicalEx:
    case NameServicePrincipal:
    case NameDnsDomain:
    case NameGivenName:
    case NameSurname: return true;
    }
    return false;
}

/* ---- who the thread is --------------------------------------------------------------------------------------------
 */

/* DOMAIN\name in memory of its own. */
static ULONG join(const WCHAR *domain, const WCHAR *user, WCHAR **name)
{
    size_t domain_length = sec_wide_length(domain), user_length = sec_wide_length(user);
    WCHAR *joined = guise_alloc((domain_length + user_length + 2) * sizeof(*joined));

    if (!joined) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(joined, domain, domain_length * sizeof(*joined));
    joined[domain_length] = '\\';
    memcpy(joined + domain_length + 1, user, user_length * sizeof(*joined));
    *name = joined;
    return ERROR_SUCCESS;
}

/* An account of this machine is in the domain that NTLM puts its clients in. */
static ULONG join_local(const char *user, WCHAR **name)
{
    WCHAR *domain_wide = NULL, *user_wide = NULL;
    const struct guise_config *config;
    ULONG error = ERROR_NOT_ENOUGH_MEMORY;
    NTSTATUS status;

    if ((status = guise_get_config(&config))) return RtlNtStatusToDosError(status);
    if (sec_wide_from_ansi(config->netbios_domain, strlen(config->netbios_domain), &domain_wide, NULL) == SEC_E_OK &&
        sec_wide_from_ansi(user, strlen(user), &user_wide, NULL) == SEC_E_OK)
        error = join(domain_wide, user_wide, name);
    guise_free(domain_wide);
    guise_free(user_wide);
    return error;
}

static ULONG name_of_uid(uid_t uid, WCHAR **name)
{
    struct unix_account *account;
    NTSTATUS status = guise_account_by_uid(uid, &account);
    ULONG error;

    if (status == STATUS_NO_SUCH_USER) return ERROR_NONE_MAPPED;
    if (status) return RtlNtStatusToDosError(status);
    error = join_local(account->name, name);
    guise_account_free(account);
    return error;
}

/* A client is called what it logged on as; the process, which did not, what its Unix account is called. */
ULONG sec_name_of_token(PACCESS_TOKEN token, WCHAR **name)
{
    struct guise_token_names names;

    guise_query_token_names(token, &names);
    if (names.user_name) return join(names.domain_name ? names.domain_name : u"", names.user_name, name);
    return names.has_uid ? name_of_uid(names.uid, name) : ERROR_NONE_MAPPED;
}

static ULONG name_of_thread(WCHAR **name)
{
    SECURITY_SUBJECT_CONTEXT subject;
    ULONG error;

    SeCaptureSubjectContext(&subject);
    if (!SeQuerySubjectContextToken(&subject))
        error = ERROR_NOT_ENOUGH_MEMORY;
    else if (subject.ClientToken && subject.ImpersonationLevel == SecurityAnonymous)
        error = ERROR_CANT_OPEN_ANONYMOUS;
    else
        error = sec_name_of_token(SeQuerySubjectContextToken(&subject), name);
    SeReleaseSubjectContext(&subject);
    return error;
}

/* ---- GetUserNameEx ------------------------------------------------------------------------------------------------
 */

/* The thread's name in FORMAT. ERROR_SUCCESS: *NAME is the caller's. */
static ULONG user_name(EXTENDED_NAME_FORMAT format, const void *buffer, const ULONG *size, WCHAR **name)
{
    if (!sec_core_matches()) return ERROR_INTERNAL_ERROR;
    if (!size || (!buffer && *size) || !is_format(format)) return ERROR_INVALID_PARAMETER;
    if (format == NameUnknown) return ERROR_NO_SUCH_USER;
    if (format != NameSamCompatible) return ERROR_NONE_MAPPED;
    return name_of_thread(name);
}

/* Whether NEEDED characters and a terminator fit; *SIZE becomes the count without, or what is needed with it. */
static bool fits(ULONG *size, ULONG needed)
{
    bool room = *size > needed;

    *size = room ? needed : needed + 1;
    return room;
}

/***********************************************************************
 *           GetUserNameExW (SECUR32.@)
 */
BOOLEAN SEC_ENTRY GetUserNameExW(EXTENDED_NAME_FORMAT format, LPWSTR buffer, PULONG size)
{
    WCHAR *name = NULL;
    ULONG error = user_name(format, buffer, size, &name), length;

    if (error) return fail(error);
    length = (ULONG)sec_wide_length(name);
    if (!fits(size, length))
        error = ERROR_MORE_DATA;
    else
        memcpy(buffer, name, (length + 1) * sizeof(*name));
    guise_free(name);
    return error ? fail(error) : TRUE;
}

/***********************************************************************
 *           GetUserNameExA (SECUR32.@)
 *
 * The size needed is in bytes. Windows counts UTF-16 units here (S2.17.2), with which a name that is longer in UTF-8
 * could never be had; for ASCII both are the same.
 */
BOOLEAN SEC_ENTRY GetUserNameExA(EXTENDED_NAME_FORMAT format, LPSTR buffer, PULONG size)
{
    WCHAR *name = NULL;
    ULONG error = user_name(format, buffer, size, &name), length;
    size_t units;

    if (error) return fail(error);
    units = sec_wide_length(name);
    length = (ULONG)sec_ansi_from_wide(name, units, NULL);
    if (!fits(size, length))
        error = ERROR_MORE_DATA;
    else
    {
        sec_ansi_from_wide(name, units, buffer);
        buffer[length] = 0;
    }
    guise_free(name);
    return error ? fail(error) : TRUE;
}

/* ---- what a directory would know ----------------------------------------------------------------------------------
 */

static BOOLEAN computer_name(EXTENDED_NAME_FORMAT format, const ULONG *size)
{
    if (format == NameUnknown || !is_format(format) || !size) return fail(ERROR_INVALID_PARAMETER);
    return fail(*size ? ERROR_CANT_ACCESS_DOMAIN_INFO : ERROR_INSUFFICIENT_BUFFER);
}

/***********************************************************************
 *           GetComputerObjectNameW (SECUR32.@)
 */
BOOLEAN SEC_ENTRY GetComputerObjectNameW(EXTENDED_NAME_FORMAT format, LPWSTR buffer, PULONG size)
{
    (void)buffer;
    return computer_name(format, size);
}

/***********************************************************************
 *           GetComputerObjectNameA (SECUR32.@)
 */
BOOLEAN SEC_ENTRY GetComputerObjectNameA(EXTENDED_NAME_FORMAT format, LPSTR buffer, PULONG size)
{
    (void)buffer;
    return computer_name(format, size);
}

static BOOLEAN translate(const void *name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to, const ULONG *size)
{
    if (!name || !is_format(from) || to == NameUnknown || !is_format(to) || !size) return fail(ERROR_INVALID_PARAMETER);
    return fail(ERROR_CANT_ACCESS_DOMAIN_INFO);
}

/***********************************************************************
 *           TranslateNameW (SECUR32.@)
 */
BOOLEAN SEC_ENTRY TranslateNameW(LPCWSTR name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to, LPWSTR buffer,
                                 PULONG size)
{
    (void)buffer;
    return translate(name, from, to, size);
}

/***********************************************************************
 *           TranslateNameA (SECUR32.@)
 */
BOOLEAN SEC_ENTRY TranslateNameA(LPCSTR name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to, LPSTR buffer,
                                 PULONG size)
{
    (void)buffer;
    return translate(name, from, to, size);
}
