/*
 * Which kinds of logons the LSA's package Kerberos knows, and what they have in common.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/logon.h"

#include <string.h>
#include <strings.h>

#include "dlls/msv1_0/utf16.h"
#include "ntoskrnl/out.h"

/* ---- requests ---- */

void krb_free_text(char *text)
{
    if (text) guise_free_secret(text, strlen(text));
}

NTSTATUS krb_read_text(const struct lsa_buffer *request, const UNICODE_STRING *string, char **text)
{
    size_t units = string->Length / sizeof(WCHAR), room = 3 * units, length;
    const UCHAR *bytes;
    WCHAR *wide;
    bool good;

    *text = NULL;
    if (string->Length % sizeof(WCHAR) || !lsa_find(request, string->Buffer, string->Length, &bytes)) return STATUS_INVALID_PARAMETER;
    wide = guise_memdup(bytes, string->Length); /* it may lie at any address */
    *text = guise_alloc(room + 1);
    good = wide && *text && utf16_to_utf8(wide, units, *text, room, &length) && strlen(*text) == length;
    guise_free_secret(wide, string->Length);
    if (good) return STATUS_SUCCESS;
    if (wide && *text)
    {
        guise_free_secret(*text, room);
        *text = NULL;
        return STATUS_INVALID_PARAMETER;
    }
    guise_free(*text);
    *text = NULL;
    return STATUS_NO_MEMORY;
}

char *krb_realm_of(const char *domain)
{
    const struct guise_config *config;
    char *realm;

    if (*domain && !guise_get_config(&config) && *config->dns_domain && !strcasecmp(domain, config->netbios_domain)) domain = config->dns_domain;
    if ((realm = guise_strdup(domain))) krb_tidy_realm(realm);
    return realm;
}

/* ---- kinds ---- */

static const struct
{
    KERB_LOGON_SUBMIT_TYPE type;
    NTSTATUS (*log_on)(const struct lsa_logon *logon, struct lsa_logon_result *result);
} requests[] = {
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
