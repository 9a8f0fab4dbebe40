/*
 * Which kinds of logons the LSA's package Kerberos knows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/logon.h"

#include <errno.h>

#include "dlls/kerberos/machine.h"

static const struct
{
    KERB_LOGON_SUBMIT_TYPE type;
    NTSTATUS (*log_on)(const struct lsa_logon *logon, struct lsa_logon_result *result);
} requests[] = {
    {KerbInteractiveLogon, krb_log_on_with_password},
    {KerbS4ULogon, krb_log_on_for_user},
};

static NTSTATUS look_for_keys(void)
{
    struct krb_machine_names names;
    krb5_context krb5;
    krb5_error_code code = krb->krb5_init_context(&krb5);
    NTSTATUS status;

    if (code) return code == ENOMEM ? STATUS_NO_MEMORY : STATUS_NO_TRUST_LSA_SECRET;
    status = krb_list_machine_names(krb5, &names);
    krb_free_machine_names(&names);
    krb->krb5_free_context(krb5);
    return status;
}

NTSTATUS krb_check_ready(void)
{
    NTSTATUS status;

    if (!krb_load()) return STATUS_NO_SUCH_PACKAGE;
    guise_process_begin();
    status = look_for_keys();
    guise_process_end();
    return status;
}

NTSTATUS krb_logon_user(const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    KERB_LOGON_SUBMIT_TYPE type;
    NTSTATUS status;

    if (!lsa_read(logon->request, &type, sizeof(type))) return STATUS_INVALID_PARAMETER;
    for (size_t i = 0; i < ARRAYSIZE(requests); i++)
    {
        if (requests[i].type != type) continue;
        if (!krb_load()) return STATUS_NO_SUCH_PACKAGE;
        status = requests[i].log_on(logon, result);
        if (status == STATUS_NO_TRUST_LSA_SECRET) guise_log("Kerberos: a logon refused: there is no key in the keytab");
        if (status) GUISE_TRACE("kerberos", "a logon of type %u refused with 0x%08x", logon->type, (unsigned int)status);
        return status;
    }
    return STATUS_BAD_VALIDATION_CLASS;
}
