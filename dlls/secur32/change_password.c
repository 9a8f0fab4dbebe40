/*
 * ChangeAccountPassword: a new password for who knows the old one (S1.3.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"
#include "dlls/secur32/lsa_package.h"

static const struct lsa_package *find_authenticator(const WCHAR *name)
{
    const struct sec_package *package = sec_package_find(name);
    const struct lsa_package *found;

    for (unsigned int i = 0; package && (found = lsa_package_at(i)); i++)
        if (found->sspi == package) return found;
    return NULL;
}

/* A buffer for DOMAIN_PASSWORD_INFORMATION may come along: there is nothing to put into it. */
static void clear_output(PSecBufferDesc output)
{
    for (ULONG i = 0; output && output->pBuffers && i < output->cBuffers; i++)
        if ((output->pBuffers[i].BufferType & ~SECBUFFER_ATTRMASK) == SECBUFFER_CHANGE_PASS_RESPONSE)
            output->pBuffers[i].cbBuffer = 0;
}

static SECURITY_STATUS status_of_change(NTSTATUS status)
{
    return status == STATUS_PASSWORD_RESTRICTION ? SEC_E_INVALID_PARAMETER : sec_status_from_nt(status);
}

/***********************************************************************
 *           ChangeAccountPasswordW (SECUR32.@)
 *
 * IMPERSONATING and RESERVED mean nothing; OUTPUT may be NULL. SEC_E_LOGON_DENIED: the old password is wrong, there is no such
 * account, it may not log on, or the store may not be written; SEC_E_INVALID_PARAMETER: a needed text is NULL, or the new
 * password is empty or too long; SEC_E_SECPKG_NOT_FOUND; SEC_E_UNSUPPORTED_FUNCTION: a package without passwords;
 * SEC_E_NO_AUTHENTICATING_AUTHORITY: there is no store; SEC_E_INSUFFICIENT_MEMORY; SEC_E_INTERNAL_ERROR.
 */
SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordW(SEC_WCHAR *package_name, SEC_WCHAR *domain, SEC_WCHAR *account,
                                                 SEC_WCHAR *old_password, SEC_WCHAR *new_password,
                                                 BOOLEAN impersonating, ULONG reserved, PSecBufferDesc output)
{
    const struct lsa_package *package;

    (void)impersonating, (void)reserved;
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!sec_package_find(package_name)) return SEC_E_SECPKG_NOT_FOUND;
    if (!(package = find_authenticator(package_name)) || !package->change_password) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!account || !old_password || !new_password) return SEC_E_INVALID_PARAMETER;
    clear_output(output);
    return status_of_change(package->change_password(domain, account, old_password, new_password));
}

struct texts
{
    WCHAR *package, *domain, *account, *old_password, *new_password;
};

static SECURITY_STATUS widen(const char *text, WCHAR **wide)
{
    return text ? sec_wide_from_ansi(text, strlen(text), wide, NULL) : SEC_E_OK;
}

static void free_password(WCHAR *password)
{
    if (password) guise_free_secret(password, sec_wide_length(password) * sizeof(*password));
}

/***********************************************************************
 *           ChangeAccountPasswordA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(SEC_CHAR *package, SEC_CHAR *domain, SEC_CHAR *account,
                                                 SEC_CHAR *old_password, SEC_CHAR *new_password, BOOLEAN impersonating,
                                                 ULONG reserved, PSecBufferDesc output)
{
    struct texts wide = {.package = NULL};
    SECURITY_STATUS status;

    if (!(status = widen(package, &wide.package)) && !(status = widen(domain, &wide.domain)) &&
        !(status = widen(account, &wide.account)) && !(status = widen(old_password, &wide.old_password)) &&
        !(status = widen(new_password, &wide.new_password)))
        status = ChangeAccountPasswordW(wide.package, wide.domain, wide.account, wide.old_password, wide.new_password,
                                        impersonating, reserved, output);
    free_password(wide.new_password);
    free_password(wide.old_password);
    guise_free(wide.account);
    guise_free(wide.domain);
    guise_free(wide.package);
    return status;
}
