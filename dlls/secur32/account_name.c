/*
 * What accounts are called. No directory stands behind them: what Unix, the account store and winbind or SSSD know of a name is told, the rest
 * is not (S2.17.1, S2.17.3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <strings.h>

#include <winternl.h>

#include "dlls/secur32/account_name.h"
#include "dlls/secur32/lsa_package.h"

void account_name_free(struct account_name *name)
{
    guise_free(name->user);
    guise_free(name->domain);
    guise_free(name->dns_domain);
    guise_free(name->upn);
    memset(name, 0, sizeof(*name));
}

static ULONG error_of(SECURITY_STATUS status)
{
    if (status == SEC_E_OK) return ERROR_SUCCESS;
    return status == SEC_E_INSUFFICIENT_MEMORY ? ERROR_NOT_ENOUGH_MEMORY : ERROR_NONE_MAPPED; /* what is not UTF-8 is no name */
}

static ULONG widen(const char *text, WCHAR **wide)
{
    return error_of(sec_wide_from_ansi(text, strlen(text), wide, NULL));
}

/* NULL stays NULL. */
static ULONG copy(const WCHAR *text, WCHAR **result)
{
    if (!text) return ERROR_SUCCESS;
    *result = guise_memdup(text, (sec_wide_length(text) + 1) * sizeof(*text));
    return *result ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

/* ---- whose name -------------------------------------------------------------------------------------------------- */

/* An account of this machine is in the domain that NTLM puts its clients in. */
static ULONG add_own_domain(struct account_name *name)
{
    const struct guise_names *names;
    NTSTATUS status = guise_get_names(&names);
    ULONG error;

    if (status) return RtlNtStatusToDosError(status);
    error = widen(names->account_domain, &name->domain);
    if (!error && *names->account_dns_domain) error = widen(names->account_dns_domain, &name->dns_domain);
    return error;
}

/* What NSS answered: STATUS, and if that is success ACCOUNT, which is taken over. */
static ULONG take_unix_account(NTSTATUS status, struct unix_account *account, struct account_name *name)
{
    ULONG error;

    if (status == STATUS_NO_SUCH_USER) return ERROR_NONE_MAPPED;
    if (status) return RtlNtStatusToDosError(status);
    error = widen(account->name, &name->user);
    name->has_uid = true;
    name->uid = account->uid;
    guise_account_free(account);
    return error ? error : add_own_domain(name);
}

static ULONG name_of_uid(uid_t uid, struct account_name *name)
{
    struct unix_account *account;
    NTSTATUS status = guise_account_by_uid(uid, &account);

    return take_unix_account(status, account, name);
}

ULONG account_name_of_token(PACCESS_TOKEN token, struct account_name *name)
{
    struct guise_token_names names;
    ULONG error;

    memset(name, 0, sizeof(*name));
    guise_query_token_names(token, &names);
    if (!names.user_name) return names.has_uid ? name_of_uid(names.uid, name) : ERROR_NONE_MAPPED;
    name->has_uid = names.has_account;
    name->uid = names.account;
    error = copy(names.user_name, &name->user);
    if (!error) error = copy(names.domain_name ? names.domain_name : u"", &name->domain);
    if (!error) error = copy(names.dns_domain, &name->dns_domain);
    return error ? error : copy(names.upn, &name->upn);
}

/* ---- accounts of this machine ------------------------------------------------------------------------------------ */

static ULONG name_of_unix_user(const char *user, struct account_name *name)
{
    struct unix_account *account;
    NTSTATUS status = guise_account_by_name(user, &account);

    return take_unix_account(status, account, name);
}

/* The account's own spelling; its Unix account, if there is one now, knows the full name. */
static ULONG take_stored(const struct lsa_account *stored, struct account_name *name)
{
    struct unix_account *account;
    ULONG error;

    if ((error = widen(stored->name, &name->user)) || (error = add_own_domain(name))) return error;
    if (guise_account_by_name(stored->unix_name, &account)) return ERROR_SUCCESS;
    name->has_uid = true;
    name->uid = account->uid;
    guise_account_free(account);
    return ERROR_SUCCESS;
}

/* ERROR_NONE_MAPPED: not there, or there is no store. */
static ULONG name_of_stored(const WCHAR *user, struct account_name *name)
{
    const struct lsa_package *package;
    struct lsa_account stored;
    NTSTATUS status;

    for (unsigned int i = 0; (package = lsa_package_at(i)); i++)
    {
        if (!package->find_account) continue;
        status = package->find_account(user, &stored);
        if (!status) return take_stored(&stored, name);
        if (status != STATUS_NO_SUCH_USER && status != STATUS_NO_LOGON_SERVERS) return RtlNtStatusToDosError(status);
    }
    return ERROR_NONE_MAPPED;
}

ULONG account_name_of_local(const WCHAR *user, struct account_name *name)
{
    size_t length = sec_wide_length(user);
    char *unix_name;
    ULONG error;

    memset(name, 0, sizeof(*name));
    if ((error = name_of_stored(user, name)) != ERROR_NONE_MAPPED) return error;
    account_name_free(name);
    if (!(unix_name = guise_alloc(sec_ansi_from_wide(user, length, NULL) + 1))) return ERROR_NOT_ENOUGH_MEMORY;
    sec_ansi_from_wide(user, length, unix_name);
    error = name_of_unix_user(unix_name, name);
    guise_free(unix_name);
    return error;
}

ULONG account_name_of_domain(struct account_name *name)
{
    ULONG error;

    memset(name, 0, sizeof(*name));
    return (error = copy(u"", &name->user)) ? error : add_own_domain(name);
}

static ULONG add_primary_domain(const struct guise_names *machine, struct account_name *name)
{
    ULONG error = widen(machine->netbios_domain, &name->domain);

    return error || !*machine->dns_domain ? error : widen(machine->dns_domain, &name->dns_domain);
}

ULONG account_name_of_computer(struct account_name *name)
{
    const struct guise_names *machine;
    NTSTATUS status = guise_get_names(&machine);
    size_t length;
    char *account;
    ULONG error;

    memset(name, 0, sizeof(*name));
    if (status) return RtlNtStatusToDosError(status);
    if (!strcmp(machine->netbios_domain, machine->netbios_name)) return ERROR_CANT_ACCESS_DOMAIN_INFO;
    length = strlen(machine->netbios_name);
    if (!(account = guise_alloc(length + 2))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(account, machine->netbios_name, length);
    account[length] = '$';
    error = widen(account, &name->user);
    guise_free(account);
    return error ? error : add_primary_domain(machine, name);
}

/* ---- accounts of domains ------------------------------------------------------------------------------------------- */

static ULONG error_of_domain(NTSTATUS status)
{
    return status == STATUS_NO_LOGON_SERVERS ? ERROR_CANT_ACCESS_DOMAIN_INFO : RtlNtStatusToDosError(status);
}

static char *narrow(const WCHAR *text, size_t units)
{
    char *ansi = guise_alloc(sec_ansi_from_wide(text, units, NULL) + 1);

    if (ansi) sec_ansi_from_wide(text, units, ansi);
    return ansi;
}

static ULONG find_member(const struct account_text *given, bool principal, struct guise_domain_name *found)
{
    char *user = NULL, *domain = NULL;
    ULONG error = ERROR_NOT_ENOUGH_MEMORY;

    if (principal) /* the two, and the mark between them */
    {
        if ((user = narrow(given->user, given->user_units + 1 + given->domain_units))) error = error_of_domain(guise_domain_sid_of_name(NULL, user, found));
    }
    else if ((user = narrow(given->user, given->user_units)) && (domain = narrow(given->domain, given->domain_units)))
        error = error_of_domain(guise_domain_sid_of_name(domain, user, found));
    guise_free(user);
    guise_free(domain);
    return error;
}

/*
 * Every account has the principal's name of account and domain beside those that the directory has for it (MS-ADTS 5.1.1.1.1): told is what the domain takes for
 * this one.
 */
static ULONG add_principal(const struct guise_names *machine, const struct guise_domain_name *account, struct account_name *name)
{
    size_t length = strlen(account->name);
    struct guise_domain_name found;
    NTSTATUS status;
    ULONG error = ERROR_SUCCESS;
    char *upn;

    if (!*account->name) return ERROR_SUCCESS;
    if (!(upn = guise_alloc(length + 1 + strlen(machine->dns_domain) + 1))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(upn, account->name, length);
    upn[length] = '@';
    strcpy(upn + length + 1, machine->dns_domain);
    status = guise_domain_sid_of_name(NULL, upn, &found);
    if (!status && RtlEqualSid(&found.id.sid, (PSID)&account->id.sid)) error = widen(upn, &name->upn);
    else if (status && status != STATUS_NONE_MAPPED) error = error_of_domain(status);
    guise_free(upn);
    return error;
}

static ULONG take_member(const struct guise_names *machine, const struct guise_domain_name *account, struct account_name *name)
{
    ULONG error = widen(account->name, &name->user);

    name->upn_is_told = true;
    if (!error) error = widen(account->domain, &name->domain);
    /* Only of its own domain a member knows what both names are. */
    if (error || !*machine->dns_domain || strcasecmp(account->domain, machine->netbios_domain)) return error;
    if (!(error = widen(machine->dns_domain, &name->dns_domain))) error = add_principal(machine, account, name);
    return error;
}

ULONG account_name_of_member(const struct account_text *given, bool principal, struct account_name *name)
{
    const struct guise_config *config;
    const struct guise_names *machine;
    struct guise_domain_name found;
    NTSTATUS status = guise_get_config(&config);
    ULONG error;

    memset(name, 0, sizeof(*name));
    if (status) return RtlNtStatusToDosError(status);
    if (!config->is_member) return ERROR_CANT_ACCESS_DOMAIN_INFO;
    if ((status = guise_get_names(&machine))) return error_of_domain(status);
    return (error = find_member(given, principal, &found)) ? error : take_member(machine, &found, name);
}

/* ---- forms ------------------------------------------------------------------------------------------------------- */

bool account_name_is_format(EXTENDED_NAME_FORMAT format)
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

static ULONG join(const WCHAR *first, WCHAR separator, const WCHAR *second, WCHAR **text)
{
    size_t first_length, second_length;

    if (!first || !second) return ERROR_NONE_MAPPED;
    first_length = sec_wide_length(first);
    second_length = sec_wide_length(second);
    if (!(*text = guise_alloc((first_length + second_length + 2) * sizeof(**text)))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(*text, first, first_length * sizeof(**text));
    (*text)[first_length] = separator;
    memcpy(*text + first_length + 1, second, second_length * sizeof(**text));
    return ERROR_SUCCESS;
}

static ULONG principal_name(const struct account_name *name, WCHAR **text)
{
    if (name->upn) return copy(name->upn, text);
    if (name->upn_is_told) return ERROR_NONE_MAPPED;
    return *name->user ? join(name->user, '@', name->dns_domain, text) : ERROR_NONE_MAPPED;
}

static ULONG display_name(const struct account_name *name, WCHAR **text)
{
    struct unix_account *account;
    NTSTATUS status;
    ULONG error;

    if (!name->has_uid) return ERROR_NONE_MAPPED;
    status = guise_account_by_uid(name->uid, &account);
    if (status == STATUS_NO_SUCH_USER) return ERROR_NONE_MAPPED;
    if (status) return RtlNtStatusToDosError(status);
    error = *account->full_name ? widen(account->full_name, text) : ERROR_NONE_MAPPED;
    guise_account_free(account);
    return error;
}

/* Where in a directory an account is nobody knows; the domain itself is its root. */
static ULONG canonical_name(const struct account_name *name, WCHAR separator, WCHAR **text)
{
    return *name->user ? ERROR_NONE_MAPPED : join(name->dns_domain, separator, u"", text);
}

ULONG account_name_format(const struct account_name *name, EXTENDED_NAME_FORMAT format, WCHAR **text)
{
    *text = NULL;
    switch (format)
    {
    case NameSamCompatible: return join(name->domain, '\\', name->user, text);
    case NameDnsDomain: return join(name->dns_domain, '\\', name->user, text);
    case NameUserPrincipal: return principal_name(name, text);
    case NameDisplay: return display_name(name, text);
    case NameCanonical: return canonical_name(name, '/', text);
    case NameCanonicalEx: return canonical_name(name, '\n', text);
    default: return ERROR_NONE_MAPPED;
    }
}

/* ---- the caller's buffer ----------------------------------------------------------------------------------------- */

bool name_buffer_fill(const struct name_buffer *buffer, const WCHAR *text, ULONG *needed)
{
    size_t units = sec_wide_length(text);

    *needed = (ULONG)(buffer->ansi ? sec_ansi_from_wide(text, units, NULL) : units) + 1;
    if (!buffer->text || *buffer->size < *needed) return false;
    if (!buffer->ansi) memcpy(buffer->text, text, (units + 1) * sizeof(*text));
    else
    {
        sec_ansi_from_wide(text, units, buffer->text);
        ((char *)buffer->text)[*needed - 1] = 0;
    }
    return true;
}
