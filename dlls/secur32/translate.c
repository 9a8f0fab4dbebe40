/*
 * GetComputerObjectName, TranslateName: what a directory tells on Windows, as far as this machine knows it of its own domain
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

/* NETBIOS-NAME$ in the domain that is configured; a machine that is its own domain is in none. */
static ULONG name_computer(struct account_name *name)
{
    const struct guise_config *config;
    NTSTATUS status = guise_get_config(&config);
    size_t length;
    ULONG error;
    char *account;

    if (status) return RtlNtStatusToDosError(status);
    if (!strcmp(config->netbios_domain, config->netbios_name)) return ERROR_CANT_ACCESS_DOMAIN_INFO;
    if ((error = account_name_of_domain(name))) return error;
    length = strlen(config->netbios_name);
    if (!(account = guise_alloc(length + 2))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(account, config->netbios_name, length);
    account[length] = '$';
    guise_free(name->user);
    name->user = NULL;
    if (sec_wide_from_ansi(account, length + 1, &name->user, NULL) != SEC_E_OK) error = ERROR_NOT_ENOUGH_MEMORY;
    guise_free(account);
    return error;
}

static BOOLEAN computer_name(EXTENDED_NAME_FORMAT format, const struct name_buffer *buffer)
{
    struct account_name name = {.user = NULL};
    WCHAR *text = NULL;
    ULONG error;

    if (!sec_core_matches()) return finish(ERROR_INTERNAL_ERROR);
    if (format == NameUnknown || !account_name_is_format(format) || !buffer->size || (!buffer->text && *buffer->size))
        return finish(ERROR_INVALID_PARAMETER);
    if (!(error = name_computer(&name))) error = account_name_format(&name, format, &text);
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

/* A name in its parts; the user is what is behind or before the separator. */
struct given
{
    const WCHAR *user, *domain;
    size_t user_length, domain_length;
};

static size_t find(const WCHAR *name, WCHAR separator)
{
    size_t at = 0;

    while (name[at] && name[at] != separator) at++;
    return at;
}

/* domain\user; user@domain, where it is the last mark that counts. */
static bool split_name(const WCHAR *name, EXTENDED_NAME_FORMAT format, struct given *given)
{
    size_t length = sec_wide_length(name), at = find(name, '\\');

    if (at < length && format != NameUserPrincipal)
    {
        *given = (struct given){name + at + 1, name, length - at - 1, at};
        return true;
    }
    for (at = length; at && name[at - 1] != '@';) at--;
    if (at < 2 || (format != NameUserPrincipal && format != NameUnknown)) return false;
    *given = (struct given){name, name + at, at - 1, length - at};
    return true;
}

static bool is_named(const struct given *given, const WCHAR *domain)
{
    return domain && *domain && sec_same_name(given->domain, given->domain_length, domain, sec_wide_length(domain));
}

/* Whether it is of this machine's domain, whose names DOMAIN has, in the spelling that goes with the format. */
static bool is_own_domain(const struct given *given, EXTENDED_NAME_FORMAT format, const struct account_name *domain)
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

static ULONG find_given(const struct given *given, struct account_name *name)
{
    WCHAR *user = guise_alloc((given->user_length + 1) * sizeof(*user));
    ULONG error;

    if (!user) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(user, given->user, given->user_length * sizeof(*user));
    error = account_name_of_local(user, name);
    guise_free(user);
    return error;
}

/* The account of a name of this machine's domain; nobody is asked about others. */
static ULONG find_account(const WCHAR *text, EXTENDED_NAME_FORMAT format, struct account_name *name)
{
    struct account_name domain = {.user = NULL};
    struct given given;
    bool own;
    ULONG error;

    if (format != NameUnknown && format != NameSamCompatible && format != NameUserPrincipal && format != NameDnsDomain)
        return ERROR_CANT_ACCESS_DOMAIN_INFO;
    if (!split_name(text, format, &given)) return ERROR_NONE_MAPPED;
    error = account_name_of_domain(&domain);
    own = !error && is_own_domain(&given, format, &domain);
    account_name_free(&domain);
    if (error) return error;
    if (!own) return ERROR_CANT_ACCESS_DOMAIN_INFO;
    return given.user_length ? find_given(&given, name) : account_name_of_domain(name);
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
 * Names of this machine's own domain in the forms that GetUserNameEx has. ERROR_CANT_ACCESS_DOMAIN_INFO: of another domain or in another form,
 * which a directory would know.
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
