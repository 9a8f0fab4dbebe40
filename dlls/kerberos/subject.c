/*
 * Whom a request of a logon is about, and the names under which a KDC may know him.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <strings.h>

#include "dlls/kerberos/logon.h"

/* ---- subjects ---- */

/* The machine's own domain has two names. "" stays "". NULL: no memory. */
static char *realm_of(const char *domain)
{
    const struct guise_names *names;
    char *realm;

    if (*domain && !guise_get_names(&names) && *names->dns_domain && !strcasecmp(domain, names->netbios_domain)) domain = names->dns_domain;
    if ((realm = guise_strdup(domain))) krb_tidy_realm(realm);
    return realm;
}

NTSTATUS krb_make_subject(char *user, const char *domain, struct krb_subject *subject)
{
    subject->user = user;
    return (subject->realm = realm_of(domain)) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS krb_read_subject(const struct lsa_buffer *request, const UNICODE_STRING *user, const UNICODE_STRING *domain, struct krb_subject *subject)
{
    char *text, *domain_text;
    NTSTATUS status = lsa_read_text(request, user, &text);

    if (status) return status;
    subject->user = text;
    if ((status = lsa_read_text(request, domain, &domain_text))) return status;
    status = krb_make_subject(text, domain_text, subject);
    lsa_free_text(domain_text);
    return status;
}

void krb_free_subject(struct krb_subject *subject)
{
    lsa_free_text(subject->user);
    guise_free(subject->realm);
}

/* ---- names ---- */

/* user@domain as the KDC of the realm knows it, as on Windows. */
static char *write_upn(const struct krb_subject *subject)
{
    return krb_write_upn(subject->user, subject->realm);
}

/* An account of the realm, or of the one that its name ends with. */
static char *write_account(const struct krb_subject *subject)
{
    const char *at = strrchr(subject->user, '@');
    char *user, *realm, *text = NULL;

    if (!at) return krb_write_account(subject->user, subject->realm);
    user = guise_strdup(subject->user);
    realm = realm_of(at + 1);
    if (user && realm)
    {
        user[at - subject->user] = 0;
        text = krb_write_account(user, realm);
    }
    guise_free(user);
    guise_free(realm);
    return text;
}

/* A KDC without names of that kind knows user@domain as the account of its realm. */
NTSTATUS krb_try_names(const struct krb_subject *subject, krb_try try, void *data)
{
    static char *(*const forms[])(const struct krb_subject *) = {write_upn, write_account};
    const bool is_upn = strchr(subject->user, '@'), has_realm = *subject->realm;
    NTSTATUS status = STATUS_NO_SUCH_USER;

    if (!*subject->user) return STATUS_LOGON_FAILURE;
    for (size_t i = is_upn ? 0 : 1; i < (is_upn && has_realm ? 1 : 2) && status == STATUS_NO_SUCH_USER; i++)
    {
        char *name = forms[i](subject);

        status = name ? try(name, forms[i] == write_upn, data) : STATUS_NO_MEMORY;
        guise_free(name);
    }
    return status == STATUS_NO_SUCH_USER ? STATUS_LOGON_FAILURE : status;
}
