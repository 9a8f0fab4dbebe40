/*
 * libFuzzer target: what winbind says of an account that has proved itself.
 *
 * Covers: ntoskrnl/unix/winbind.c:winbind_take_account,check_answer,fill_names,fill_sids,is_wb_sid,put_text,text_size,guise_domain_logon_free
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/unix/winbind.h"

#define MOST_SIDS 1200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A text up to the next NUL; NULL for one that begins with 0xff. */
static char *take_text(const uint8_t **data, size_t *size)
{
    size_t length = strnlen((const char *)*data, *size), used = length < *size ? length + 1 : length;
    char *text;

    if (*size && **data == 0xff) text = NULL;
    else if (!(text = strndup((const char *)*data, length))) abort();
    *data += used;
    *size -= used;
    return text;
}

static void must(bool good)
{
    if (!good) abort();
}

static void read_all(const struct guise_domain_logon *logon)
{
    must(logon->sid_count >= 2 && *logon->account_name && *logon->domain_name);
    for (size_t i = 0; i < logon->sid_count; i++)
        must(logon->sids[i].sid->Revision == SID_REVISION && logon->sids[i].sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES);
    must(strlen(logon->full_name) + strlen(logon->dns_domain) + strlen(logon->upn) + strlen(logon->logon_server) < 1u << 24);
}

/* The number of SIDs, what each is repeated from, then the texts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wb_sid_and_attributes sids[MOST_SIDS];
    struct wb_account answer = {.user_flags = 0};
    struct guise_domain_logon *logon;
    char **const texts[] = {&answer.account_name, &answer.domain_name, &answer.full_name, &answer.dns_domain, &answer.upn, &answer.logon_server};
    uint16_t count;
    NTSTATUS status;

    if (size < sizeof(count) + sizeof(sids[0])) return 0;
    memcpy(&count, data, sizeof(count));
    answer.sid_count = count % (MOST_SIDS + 1);
    for (uint32_t i = 0; i < answer.sid_count; i++)
    {
        memcpy(&sids[i], data + sizeof(count), sizeof(sids[0]));
        sids[i].sid.subauthorities[0] += i;
    }
    answer.sids = count & 0x8000 ? NULL : sids;
    data += sizeof(count) + sizeof(sids[0]);
    size -= sizeof(count) + sizeof(sids[0]);
    for (size_t i = 0; i < ARRAYSIZE(texts); i++) *texts[i] = take_text(&data, &size);
    status = winbind_take_account(&answer, &logon);
    must(!status == !!logon);
    if (logon) read_all(logon);
    guise_domain_logon_free(logon);
    for (size_t i = 0; i < ARRAYSIZE(texts); i++) free(*texts[i]);
    return 0;
}
