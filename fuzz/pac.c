/*
 * libFuzzer target: PACs, as if their signature had been verified.
 *
 * Covers: dlls/kerberos/ndr.c dlls/kerberos/pac_buffers.c dlls/kerberos/pac_logon_info.c dlls/kerberos/pac.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>

#include "dlls/kerberos/pac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good) abort();
}

static void read_sid(const SID *sid)
{
    must(sid->Revision == SID_REVISION && sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES);
}

static size_t length_of(const WCHAR *text)
{
    size_t length = 0;

    while (text[length]) length++;
    return length;
}

/* Everything that was read is there, to its last byte. */
static void read_all(const struct pac_logon *logon)
{
    bool has_primary = false;

    must(length_of(logon->account_name) && length_of(logon->domain_name) && length_of(logon->client_name));
    length_of(logon->full_name);
    length_of(logon->logon_server);
    length_of(logon->script);
    length_of(logon->profile);
    length_of(logon->home);
    length_of(logon->home_drive);
    must(!logon->upn == !logon->dns_domain);
    if (logon->upn) must(length_of(logon->upn) + length_of(logon->dns_domain) < 65536);
    read_sid(logon->user);
    for (size_t i = 0; i < logon->group_count; i++)
    {
        read_sid(logon->groups[i].sid);
        if (logon->groups[i].sid == logon->primary_group) has_primary = true;
    }
    must(logon->group_count || !has_primary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pac_logon *logon = (struct pac_logon *)data;
    NTSTATUS status = pac_read(data, size, &logon);

    must(!status == !!logon);
    if (logon) read_all(logon);
    pac_free(logon);
    return 0;
}
