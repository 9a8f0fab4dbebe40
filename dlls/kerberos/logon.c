/*
 * Which kinds of logons the LSA's package Kerberos knows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/logon.h"

static const struct
{
    KERB_LOGON_SUBMIT_TYPE type;
    NTSTATUS (*log_on)(const struct lsa_logon *logon, struct lsa_logon_result *result);
} requests[] = {
    {KerbInteractiveLogon, krb_log_on_with_password},
    {KerbS4ULogon, krb_log_on_for_user},
};

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
        if (status) GUISE_TRACE("kerberos", "a logon of type %u refused with 0x%08x", logon->type, (unsigned int)status);
        return status;
    }
    return STATUS_BAD_VALIDATION_CLASS;
}
