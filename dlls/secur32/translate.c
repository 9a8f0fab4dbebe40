/*
 * GetComputerObjectName, TranslateName: what a directory tells on Windows, as far as this machine, or the domain that it is a member of, knows it
 * (S2.17.4, S2.17.5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <winternl.h>

#include "dlls/secur32/account_name.h"

static BOOLEAN finish(ULONG error)
{
    if (error) guise_set_last_error(error);
    return !error;
}

/* TEXT, and its size with the terminator; the size too where it does not fit. */
static ULONG deliver(const struct name_buffer *buffer, const WCHAR *text)
{
    ULONG needed;
    bool fits = name_buffer_fill(buffer, text, &needed);

    *buffer->size = needed;
    return fits ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER;
}

/* ---- GetComputerObjectName --------------------------------------------------------------------------------------- */

static BOOLEAN computer_name(EXTENDED_NAME_FORMAT format, const struct name_buffer *buffer)
{
    struct account_name name = {.user = NULL};
    WCHAR *text = NULL;
    ULONG error;

    if (!sec_core_matches()) return finish(ERROR_INTERNAL_ERROR);
    if (format == NameUnknown || !account_name_is_format(format) || !buffer->size || (!buffer->text && *buffer->size))
        return finish(ERROR_INVALID_PARAMETER);
    if (!(error = account_name_of_computer(&name))) error = account_name_format(&name, format, &text);
    if (!error) error = deliver(buffer, text);
    else if (!*buffer->size) error = ERROR_INSUFFICIENT_BUFFER; /* whatever the name would be */
    guise_free(text);
    account_name_free(&name);
    return finish(error);
}

/***********************************************************************
 *           GetComputerObjectNameW (SECUR32.@)
 */
BOOLEAN SEC_ENTRY GetComputerObjectNameW(EXTENDED_NAME_FORMAT format, LPWSTR buffer, PULONG size)
{
    return computer_name(format, &(struct name_buffer){buffer, size, false});
}

/***********************************************************************
 *           GetComputerObjectNameA (SECUR32.@)
 */
BOOLEAN SEC_ENTRY GetComputerObjectNameA(EXTENDED_NAME_FORMAT format, LPSTR buffer, PULONG size)
{
    return computer_name(format, &(struct name_buffer){buffer, size, true});
}

/* ---- TranslateName ----------------------------------------------------------------------------------------------- */

static size_t find(const WCHAR *name, WCHAR separator)
{
    size_t at = 0;

    while (name[at] && name[at] != separator) at++;
    return at;
}

/* domain\user; user@domain, where it is the last mark that counts. */
static bool split_name(const WCHAR *name, EXTENDED_NAME_FORMAT format, struct account_text *given)
{
    size_t length = sec_wide_length(name), at = find(name, '\\');

    if (at < length && format != NameUserPrincipal)
    {
        *given = (struct account_text){name + at + 1, name, length - at - 1, at};
        return true;
    }
    for (at = length; at && name[at - 1] != '@';) at--;
    if (at < 2 || (format != NameUserPrincipal && format != NameUnknown)) return false;
    *given = (struct account_text){name, name + at, at - 1, length - at};
    return true;
}

static bool is_named(const struct account_text *given, const WCHAR *domain)
{
    return domain && *domain && sec_same_name(given->domain, given->domain_units, domain, sec_wide_length(domain));
}

/* Whether it is of DOMAIN, in the spelling that goes with the format. */
static bool is_in_domain(const struct account_text *given, EXTENDED_NAME_FORMAT format, const struct account_name *domain)
{
    bool flat = is_named(given, domain->domain), dns = is_named(given, domain->dns_domain);

    switch (format)
    {
    case NameSamCompatible: return flat;
    case NameUserPrincipal:
    case NameDnsDomain: return dns;
    default: return flat || dns;
    }
}

static ULONG find_given(const struct account_text *given, struct account_name *name)
{
    WCHAR *user = guise_alloc((given->user_units + 1) * sizeof(*user));
    ULONG error;

    if (!user) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(user, given->user, given->user_units * sizeof(*user));
    error = account_name_of_local(user, name);
    guise_free(user);
    return error;
}

/* FORMAT says how the domain is called. */
static ULONG find_member(const struct account_text *given, EXTENDED_NAME_FORMAT format, struct account_name *name)
{
    bool principal = given->user < given->domain;
    ULONG error = account_name_of_member(given, principal, name);

    return !error && !principal && !is_in_domain(given, format, name) ? ERROR_NONE_MAPPED : error;
}

/* The account of a name of this machine's domain, or of the one that it is a member of. */
static ULONG find_account(const WCHAR *text, EXTENDED_NAME_FORMAT format, struct account_name *name)
{
    struct account_name domain = {.user = NULL};
    struct account_text given;
    bool own;
    ULONG error;

    if (format != NameUnknown && format != NameSamCompatible && format != NameUserPrincipal && format != NameDnsDomain)
        return ERROR_CANT_ACCESS_DOMAIN_INFO;
    if (!split_name(text, format, &given)) return ERROR_NONE_MAPPED;
    error = account_name_of_domain(&domain);
    own = !error && is_in_domain(&given, format, &domain);
    account_name_free(&domain);
    if (error) return error;
    if (!own) return find_member(&given, format, name);
    return given.user_units ? find_given(&given, name) : account_name_of_domain(name);
}

static ULONG translate(const WCHAR *text, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to,
                       const struct name_buffer *buffer)
{
    struct account_name name = {.user = NULL};
    WCHAR *translated = NULL;
    bool asks = !buffer->text; /* for the size alone */
    ULONG error;

    if (!(error = find_account(text, from, &name)) && !(error = account_name_format(&name, to, &translated)))
        error = deliver(buffer, translated);
    if (asks && error == ERROR_INSUFFICIENT_BUFFER) error = ERROR_SUCCESS;
    guise_free(translated);
    account_name_free(&name);
    return error;
}

static ULONG check(const void *name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to, const void *buffer,
                   const ULONG *size)
{
    if (!sec_core_matches()) return ERROR_INTERNAL_ERROR;
    if (!name || !account_name_is_format(from) || to == NameUnknown || !account_name_is_format(to)) return ERROR_INVALID_PARAMETER;
    return !size || (!buffer && *size) ? ERROR_INVALID_PARAMETER : ERROR_SUCCESS;
}

/***********************************************************************
 *           TranslateNameW (SECUR32.@)
 *
 * Names of this machine's own accounts, and of the domain that it is a member of, in the forms that GetUserNameEx has, but without full names of the
 * latter. ERROR_CANT_ACCESS_DOMAIN_INFO: of a domain when this machine is in none, or it does not answer; in another form, which a directory would know.
 */
BOOLEAN SEC_ENTRY TranslateNameW(LPCWSTR name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to, LPWSTR buffer,
                                 PULONG size)
{
    ULONG error = check(name, from, to, buffer, size);

    return finish(error ? error : translate(name, from, to, &(struct name_buffer){buffer, size, false}));
}

/***********************************************************************
 *           TranslateNameA (SECUR32.@)
 */
BOOLEAN SEC_ENTRY TranslateNameA(LPCSTR name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to, LPSTR buffer,
                                 PULONG size)
{
    ULONG error = check(name, from, to, buffer, size);
    WCHAR *wide;

    if (error) return finish(error);
    switch (sec_wide_from_ansi(name, strlen(name), &wide, NULL))
    {
    case SEC_E_OK: break;
    case SEC_E_INSUFFICIENT_MEMORY: return finish(ERROR_NOT_ENOUGH_MEMORY);
    default: return finish(ERROR_INVALID_PARAMETER);
    }
    error = translate(wide, from, to, &(struct name_buffer){buffer, size, true});
    guise_free(wide);
    return finish(error);
}
