/*
 * A new password for who knows the old one, from the KDC's password service (RFC 3244).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/change_password.h"
#include "dlls/kerberos/password.h"

#define CHANGE_SERVICE "kadmin/changepw"

/* In the bracket. */
struct change
{
    krb5_context krb5;
    const char *old_password, *new_password;
    NTSTATUS substatus;
};

/* RFC 3244 2 */
static NTSTATUS status_of_result(int result)
{
    switch (result)
    {
    case KRB5_KPASSWD_SUCCESS: return STATUS_SUCCESS;
    case KRB5_KPASSWD_SOFTERROR: return STATUS_PASSWORD_RESTRICTION;
    case KRB5_KPASSWD_AUTHERROR: return STATUS_WRONG_PASSWORD;
    case KRB5_KPASSWD_ACCESSDENIED: return STATUS_ACCESS_DENIED;
    default: return STATUS_UNSUCCESSFUL;
    }
}

/* The answer is under a key that only who has the old password and the KDC know. */
static NTSTATUS ask_service(const struct change *change, krb5_creds *creds)
{
    krb5_data text = {.length = 0}, explanation = {.length = 0};
    int result = KRB5_KPASSWD_HARDERROR;
    krb5_error_code code = krb->krb5_change_password(change->krb5, creds, (char *)change->new_password, &result, &text, &explanation);

    if (code) return krb_logon_status(code, NULL);
    if (result) GUISE_TRACE("kerberos", "a new password: result %d", result);
    krb->krb5_free_data_contents(change->krb5, &text);
    krb->krb5_free_data_contents(change->krb5, &explanation);
    return status_of_result(result);
}

static NTSTATUS try_name(const char *name, bool enterprise, void *data)
{
    struct change *change = data;
    krb5_creds creds = {0};
    NTSTATUS status =
        krb_ask_with_password(change->krb5, name, enterprise, change->old_password, CHANGE_SERVICE, &creds, &change->substatus);

    if (status) return status;
    status = ask_service(change, &creds);
    krb->krb5_free_cred_contents(change->krb5, &creds);
    return status == STATUS_NO_SUCH_USER ? STATUS_UNSUCCESSFUL : status;
}

static NTSTATUS run(struct change *change, const struct krb_subject *subject)
{
    NTSTATUS status = krb_logon_status(krb->krb5_init_context(&change->krb5), NULL);

    if (status) return status;
    status = krb_try_names(subject, try_name, change);
    krb->krb5_free_context(change->krb5);
    return status == STATUS_LOGON_FAILURE ? STATUS_WRONG_PASSWORD : status;
}

/* An empty password lets nobody log on, and no more does one that is too long (S2.1.4). */
static NTSTATUS check_new(const char *password)
{
    return *password && strlen(password) <= 3 * KRB_MOST_PASSWORD ? STATUS_SUCCESS : STATUS_PASSWORD_RESTRICTION;
}

static NTSTATUS change_password(const struct krb_subject *subject, const char *old_password, const char *new_password)
{
    struct change change = {.old_password = old_password, .new_password = new_password};
    NTSTATUS status;

    if (!krb_load()) return STATUS_NO_SUCH_PACKAGE;
    if ((status = check_new(new_password))) return status;
    guise_process_begin();
    status = run(&change, subject);
    guise_process_end();
    return status;
}

NTSTATUS krb_change_password(const WCHAR *domain, const WCHAR *account, const WCHAR *old_password, const WCHAR *new_password)
{
    struct krb_subject subject = {NULL, NULL};
    char *user = NULL, *realm = NULL, *old = NULL, *new = NULL;
    NTSTATUS status;

    if (!(status = lsa_text_of(account, krb_text_units(account), &user)) &&
        !(status = lsa_text_of(domain ? domain : u"", krb_text_units(domain), &realm)) &&
        !(status = lsa_text_of(old_password, krb_text_units(old_password), &old)) &&
        !(status = lsa_text_of(new_password, krb_text_units(new_password), &new)))
    {
        if (!(status = krb_make_subject(user, realm, &subject))) status = change_password(&subject, old, new);
        user = NULL;
    }
    lsa_free_text(new);
    lsa_free_text(old);
    lsa_free_text(realm);
    lsa_free_text(user);
    krb_free_subject(&subject);
    return status;
}

/* Impersonating means nothing: who knows the old password may. */
NTSTATUS krb_change_by_message(const struct lsa_buffer *request)
{
    KERB_CHANGEPASSWORD_REQUEST message;
    struct krb_subject subject = {NULL, NULL};
    char *old = NULL, *new = NULL;
    NTSTATUS status;

    if (!lsa_read(request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    if (!(status = krb_read_subject(request, &message.AccountName, &message.DomainName, &subject)) &&
        !(status = lsa_read_text(request, &message.OldPassword, &old)) && !(status = lsa_read_text(request, &message.NewPassword, &new)))
        status = change_password(&subject, old, new);
    lsa_free_text(new);
    lsa_free_text(old);
    krb_free_subject(&subject);
    return status;
}
