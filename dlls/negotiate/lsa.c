/*
 * Negotiate among the authentication packages of the LSA: whose request it is.
 *
 * Kerberos and MSV1_0 have one form for a name and a password, and one for a name alone. This machine's own accounts are MSV1_0's. A domain's are
 * Kerberos's, where it can log anybody on here and a KDC answers, and MSV1_0's otherwise. Whoever has judged a password has judged it for both.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <strings.h>

#include "dlls/secur32/front.h"
#include "dlls/secur32/lsa_package.h"

_Static_assert(KerbInteractiveLogon == (int)MsV1_0InteractiveLogon && sizeof(KERB_INTERACTIVE_LOGON) == sizeof(MSV1_0_INTERACTIVE_LOGON) &&
                   offsetof(KERB_INTERACTIVE_LOGON, UserName) == offsetof(MSV1_0_INTERACTIVE_LOGON, UserName),
               "one form");
_Static_assert(KerbS4ULogon == (int)MsV1_0S4ULogon && sizeof(KERB_S4U_LOGON) == sizeof(MSV1_0_S4U_LOGON) &&
                   offsetof(KERB_S4U_LOGON, ClientUpn) == offsetof(MSV1_0_S4U_LOGON, UserPrincipalName),
               "one form");

/* ---- whose account it is ---- */

static bool is_machine_name(const struct guise_names *machine, const char *domain)
{
    return !strcmp(domain, ".") || !strcasecmp(domain, machine->netbios_name) || !strcasecmp(domain, machine->dns_name);
}

static bool asks_winbind(const struct guise_config *config)
{
    for (size_t i = 0; i < config->accounts.count; i++)
        if (config->accounts.source[i] == ACCOUNTS_WINBIND) return true;
    return false;
}

/* What cannot be looked at may have it. STATUS_NO_MEMORY. */
static NTSTATUS look_in_store(const WCHAR *user, bool *found)
{
    struct lsa_account account;
    NTSTATUS status = msv1_0_package.find_account(user, &account);

    *found = status != STATUS_NO_SUCH_USER && status != STATUS_NO_LOGON_SERVERS;
    return status == STATUS_NO_MEMORY ? status : STATUS_SUCCESS;
}

enum owner
{
    OWNER_MACHINE,
    OWNER_DOMAIN,
    OWNER_DOMAIN_ALONE /* MSV1_0 knows nothing of it */
};

/* The store's, and so the machine's, where the domain that is named can be its own. */
static bool is_stores(const struct guise_config *config, const struct guise_names *machine, const char *domain)
{
    if (!*domain) return config->accounts.count && config->accounts.source[0] == ACCOUNTS_FILES;
    return !strcasecmp(domain, machine->account_domain) || !strcasecmp(domain, machine->account_dns_domain);
}

static NTSTATUS find_owner(const WCHAR *user, const char *domain, enum owner *owner)
{
    const struct guise_config *config;
    const struct guise_names *machine;
    NTSTATUS status;
    bool in_store;

    if ((status = guise_get_config(&config)) || (status = guise_get_names(&machine))) return status;
    *owner = OWNER_MACHINE;
    if (is_machine_name(machine, domain)) return STATUS_SUCCESS;
    if ((status = look_in_store(user, &in_store))) return status;
    if (in_store && is_stores(config, machine, domain)) return STATUS_SUCCESS;
    *owner = in_store || asks_winbind(config) ? OWNER_DOMAIN : OWNER_DOMAIN_ALONE;
    return STATUS_SUCCESS;
}

/* Kerberos had no say: there is none here, or nobody to ask. */
static bool goes_on(NTSTATUS status)
{
    return status == STATUS_NO_LOGON_SERVERS || status == STATUS_NO_TRUST_LSA_SECRET || status == STATUS_NO_SUCH_PACKAGE;
}

/* ---- logons ---- */

static NTSTATUS log_on(const WCHAR *user, const char *domain, const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    enum owner owner;
    NTSTATUS status = find_owner(user, domain, &owner);

    if (status) return status;
    if (owner != OWNER_MACHINE)
    {
        bool ready = !(status = kerberos_lsa_package.check_ready());

        if (ready) status = kerberos_lsa_package.logon_user(logon, result);
        if (!goes_on(status) || (ready && owner == OWNER_DOMAIN_ALONE)) return status;
        GUISE_TRACE("negotiate", "Kerberos says 0x%08x: NTLM", (unsigned int)status);
    }
    return msv1_0_package.logon_user(logon, result);
}

/* A name that is no text is nobody's; MSV1_0 says that as well as any. */
static NTSTATUS log_on_somebody(const UNICODE_STRING *user, const UNICODE_STRING *domain, const struct lsa_logon *logon,
                                struct lsa_logon_result *result)
{
    char *user_text = NULL, *domain_text = NULL;
    WCHAR *wide = NULL;
    NTSTATUS status;

    if (!(status = lsa_read_text(logon->request, user, &user_text)) && !(status = lsa_read_text(logon->request, domain, &domain_text)))
        status = sec_wide_from_ansi(user_text, strlen(user_text), &wide, NULL) ? STATUS_NO_MEMORY : log_on(wide, domain_text, logon, result);
    guise_free(wide);
    lsa_free_text(domain_text);
    lsa_free_text(user_text);
    return status;
}

static NTSTATUS log_on_with_password(const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    KERB_INTERACTIVE_LOGON message;

    if (!lsa_read(logon->request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    return log_on_somebody(&message.UserName, &message.LogonDomainName, logon, result);
}

static NTSTATUS log_on_for_user(const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    KERB_S4U_LOGON message;

    if (!lsa_read(logon->request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    return log_on_somebody(&message.ClientUpn, &message.ClientRealm, logon, result);
}

static NTSTATUS logon_user(const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    ULONG type;

    if (!lsa_read(logon->request, &type, sizeof(type))) return STATUS_INVALID_PARAMETER;
    switch (type)
    {
    case MsV1_0InteractiveLogon: return log_on_with_password(logon, result);
    case MsV1_0S4ULogon: return log_on_for_user(logon, result);
    case MsV1_0Lm20Logon:
    case MsV1_0NetworkLogon: return msv1_0_package.logon_user(logon, result);
    case KerbTicketLogon: return kerberos_lsa_package.logon_user(logon, result);
    }
    return STATUS_BAD_VALIDATION_CLASS;
}

/* ---- the rest ---- */

/* Its own messages are about prefixes of packages and the name of the caller's session. */
static NTSTATUS call(const struct lsa_buffer *request, void **answer, ULONG *answer_size)
{
    ULONG type;

    (void)answer, (void)answer_size;
    return lsa_read(request, &type, sizeof(type)) ? STATUS_NOT_IMPLEMENTED : STATUS_INVALID_PARAMETER;
}

static NTSTATUS change_in_domain(enum owner owner, const WCHAR *domain, const WCHAR *account, const WCHAR *old_password, const WCHAR *new_password)
{
    NTSTATUS status = kerberos_lsa_package.change_password(domain, account, old_password, new_password);

    if (!goes_on(status) || owner == OWNER_DOMAIN_ALONE) return status;
    return msv1_0_package.change_password(domain, account, old_password, new_password);
}

static NTSTATUS change_password(const WCHAR *domain, const WCHAR *account, const WCHAR *old_password, const WCHAR *new_password)
{
    enum owner owner;
    char *text;
    NTSTATUS status = lsa_text_of(domain ? domain : u"", domain ? sec_wide_length(domain) : 0, &text);

    if (status) return status;
    status = find_owner(account, text, &owner);
    lsa_free_text(text);
    if (status) return status;
    if (owner != OWNER_MACHINE) return change_in_domain(owner, domain, account, old_password, new_password);
    return msv1_0_package.change_password(domain, account, old_password, new_password);
}

const struct lsa_package negotiate_lsa_package = {
    .name = u"Negotiate",
    .sspi = &negotiate_package,
    .logon_user = logon_user,
    .call = call,
    .change_password = change_password,
};
