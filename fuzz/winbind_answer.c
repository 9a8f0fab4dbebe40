/*
 * libFuzzer target: what winbind says of an account that has proved itself, and of what an account is called.
 *
 * Covers: ntoskrnl/unix/winbind.c:winbind_take_account,check_answer,fill_names,fill_sids,is_wb_sid,put_text,text_size,guise_domain_logon_free
 * Covers: ntoskrnl/unix/winbind_names.c:winbind_take_name
 * Covers: ntoskrnl/unix/domain_names.c:domain_take_name,is_authority,is_machine,is_of_domain,is_plain,count_characters,is_domain_name,is_account_name,is_account
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

/* The SID is a domain's, or that of one of its accounts, and the names are some that can be told apart again. */
static void take_name(const struct wb_sid *sid, const char *domain, const char *name, int type)
{
    struct guise_domain_name found;

    if (sid->count > WB_MAX_SUBAUTHORITIES || winbind_take_name((const SID *)sid, domain, name, type, &found)) return;
    must(RtlEqualSid((PSID)sid, &found.id.sid) && found.id.sid.SubAuthority[0] == SECURITY_NT_NON_UNIQUE);
    must(*found.domain && !strpbrk(found.domain, "\\/@") && !strchr(found.name, '\\') && !*found.name == (found.use == SidTypeDomain));
    must(!strcmp(found.domain, domain) && (!*found.name || !strcmp(found.name, name)));
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
    take_name(&sids[0].sid, answer.domain_name, answer.account_name, (int)(sids[0].attributes >> 8 & 0xff) - 1);
    guise_domain_logon_free(logon);
    for (size_t i = 0; i < ARRAYSIZE(texts); i++) free(*texts[i]);
    return 0;
}
