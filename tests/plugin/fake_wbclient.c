/*
 * A libwbclient whose winbind says what a unit wants to hear (tests/internal/domain_accounts.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../../ntoskrnl/unix/wbclient.h"
#include "fake_domain.h"

#define VISIBLE __attribute__((visibility("default")))

VISIBLE struct fake_domain fake_domain = {.machine = "MEMBER", .domain = "FAKE", .dns_domain = "fake.test", .user_name = "FAKE\\alice", .user_id = 70001, .group_id = 70001};

struct wb_context
{
    int unused;
};

VISIBLE struct wb_context *wbcCtxCreate(void);
VISIBLE void wbcCtxFree(struct wb_context *context);
VISIBLE void wbcFreeMemory(void *block);
VISIBLE int wbcCtxAuthenticateUserEx(struct wb_context *context, const struct wb_attempt *attempt, struct wb_account **account, struct wb_refusal **refusal);
VISIBLE int wbcCtxGetpwsid(struct wb_context *context, struct wb_sid *sid, struct passwd **entry);
VISIBLE int wbcCtxSidsToUnixIds(struct wb_context *context, const struct wb_sid *sids, uint32_t count, struct wb_unix_id *ids);

VISIBLE int wbcCtxLookupName(struct wb_context *context, const char *domain, const char *name, struct wb_sid *sid, int *type);
VISIBLE int wbcCtxLookupSid(struct wb_context *context, const struct wb_sid *sid, char **domain, char **name, int *type);
VISIBLE int wbcCtxLookupSids(struct wb_context *context, const struct wb_sid *sids, int count, struct wb_domain_info **domains, int *domain_count,
                             struct wb_translated_name **names);
VISIBLE int wbcCtxInterfaceDetails(struct wb_context *context, struct wb_details **details);
VISIBLE int wbcCtxPingDc(struct wb_context *context, const char *domain, struct wb_refusal **error);

struct wb_context *wbcCtxCreate(void)
{
    return calloc(1, sizeof(struct wb_context));
}

void wbcCtxFree(struct wb_context *context)
{
    free(context);
}

void wbcFreeMemory(void *block)
{
    free(block);
}

static uint32_t rid_of(const struct wb_sid *sid)
{
    return sid->count ? sid->subauthorities[sid->count - 1] : 0;
}

/* The answer and all it points at in one block, as the library's are. */
static struct wb_account *make_answer(void)
{
    static const uint32_t rids[] = {FAKE_USER, FAKE_PRIMARY_GROUP, FAKE_GROUP};
    struct
    {
        struct wb_account account;
        struct wb_sid_and_attributes sids[3];
        char name[16], domain[16], realm[16];
    } *answer = calloc(1, sizeof(*answer));

    if (!answer) return NULL;
    strcpy(answer->name, "alice");
    strcpy(answer->domain, "FAKE");
    strcpy(answer->realm, "fake.test");
    answer->account.account_name = answer->name;
    answer->account.domain_name = answer->domain;
    answer->account.dns_domain = answer->realm;
    memset(answer->account.session_key, 0x5a, sizeof(answer->account.session_key));
    answer->account.sids = answer->sids;
    answer->account.sid_count = 3;
    for (int i = 0; i < 3; i++)
    {
        answer->sids[i].sid = (struct wb_sid){1, 5, {0, 0, 0, 0, 0, 5}, {21, 1, 2, 3, rids[i]}};
        answer->sids[i].attributes = 7;
    }
    return &answer->account;
}

int wbcCtxAuthenticateUserEx(struct wb_context *context, const struct wb_attempt *attempt, struct wb_account **account, struct wb_refusal **refusal)
{
    (void)context;
    fake_domain.asked++;
    usleep(fake_domain.slow * 1000);
    if (fake_domain.error) return fake_domain.error;
    if (fake_domain.refusal || strcmp(attempt->account, "alice"))
    {
        if ((*refusal = calloc(1, sizeof(**refusal)))) (*refusal)->status = fake_domain.refusal ? fake_domain.refusal : 0xc0000064;
        return WB_AUTH_ERROR;
    }
    if (!(*account = make_answer())) return WB_NO_MEMORY;
    if (fake_domain.spoil) fake_domain.spoil(*account);
    return WB_SUCCESS;
}

int wbcCtxGetpwsid(struct wb_context *context, struct wb_sid *sid, struct passwd **entry)
{
    struct passwd *made;

    (void)context;
    fake_domain.asked++;
    usleep(fake_domain.slow * 1000);
    if (fake_domain.error) return fake_domain.error;
    if (rid_of(sid) != FAKE_USER) return WB_UNKNOWN_USER;
    if (!(made = calloc(1, sizeof(*made)))) return WB_NO_MEMORY;
    *made = (struct passwd){.pw_name = (char *)fake_domain.user_name, .pw_uid = fake_domain.user_id, .pw_gid = fake_domain.group_id, .pw_gecos = (char *)""};
    *entry = made;
    return WB_SUCCESS;
}

int wbcCtxSidsToUnixIds(struct wb_context *context, const struct wb_sid *sids, uint32_t count, struct wb_unix_id *ids)
{
    (void)context;
    fake_domain.asked++;
    for (uint32_t i = 0; i < count; i++)
    {
        bool group = rid_of(&sids[i]) == FAKE_GROUP || rid_of(&sids[i]) == FAKE_PRIMARY_GROUP;

        ids[i] = (struct wb_unix_id){group ? WB_ID_GID : 0, group ? FAKE_GID + rid_of(&sids[i]) : 0};
    }
    return WB_SUCCESS;
}

/* ---- names ---------------------------------------------------------------------------------------------------------- */

/* S-1-5-21-1-2-3, and what is behind it. */
static bool is_ours(const struct wb_sid *sid)
{
    static const struct wb_sid domain = {1, 4, {0, 0, 0, 0, 0, 5}, {21, 1, 2, 3}};

    return sid->count >= 4 && !memcmp(sid->authority, domain.authority, 6) && !memcmp(sid->subauthorities, domain.subauthorities, 16);
}

static const char *true_name(uint32_t rid)
{
    return rid == FAKE_USER ? "alice" : rid == FAKE_GROUP ? "Staff" : NULL;
}

/* In lower case, as winbind's cache is. */
static int say(const struct fake_name *said, const char *name, int use, char **out_domain, char **out_name, int *out_use)
{
    if (!name) return WB_DOMAIN_NOT_FOUND;
    *out_domain = strdup(said->domain ? said->domain : "FAKE");
    *out_name = strdup(said->name ? said->name : name);
    for (char *c = said->name ? NULL : *out_name; c && *c; c++) *c |= 0x20;
    *out_use = said->use ? said->use : use;
    return WB_SUCCESS;
}

int wbcCtxLookupSid(struct wb_context *context, const struct wb_sid *sid, char **domain, char **name, int *type)
{
    (void)context;
    fake_domain.asked++;
    usleep(fake_domain.slow * 1000);
    if (fake_domain.error) return fake_domain.error;
    if (!is_ours(sid)) return WB_DOMAIN_NOT_FOUND;
    if (sid->count == 4) return say(&fake_domain.whole, "", 3, domain, name, type);
    return say(&fake_domain.account, true_name(rid_of(sid)), rid_of(sid) == FAKE_USER ? 1 : 2, domain, name, type);
}

int wbcCtxLookupSids(struct wb_context *context, const struct wb_sid *sids, int count, struct wb_domain_info **domains, int *domain_count,
                     struct wb_translated_name **names)
{
    struct
    {
        struct wb_translated_name name;
        char text[16];
    } *answer;
    const char *name = true_name(rid_of(sids));

    (void)context;
    (void)domain_count;
    if (count != 1 || !name || fake_domain.error) return WB_DOMAIN_NOT_FOUND;
    if (!(answer = calloc(1, sizeof(*answer)))) return WB_NO_MEMORY;
    strcpy(answer->text, name);
    answer->name = (struct wb_translated_name){rid_of(sids) == FAKE_USER ? 1 : 2, answer->text, 0};
    *names = &answer->name;
    *domains = calloc(1, 1);
    return WB_SUCCESS;
}

static bool parse_sid(const char *text, struct wb_sid *sid)
{
    unsigned long authority;
    char *end;

    memset(sid, 0, sizeof(*sid));
    if (strncmp(text, "S-1-", 4)) return false;
    sid->revision = 1;
    authority = strtoul(text + 4, &end, 10);
    sid->authority[5] = (uint8_t)authority;
    while (*end == '-' && sid->count < WB_MAX_SUBAUTHORITIES) sid->subauthorities[sid->count++] = (uint32_t)strtoul(end + 1, &end, 10);
    return true;
}

int wbcCtxLookupName(struct wb_context *context, const char *domain, const char *name, struct wb_sid *sid, int *type)
{
    bool principal = !*domain && !strcasecmp(name, "alice@fake.test"), flat = !strcasecmp(domain, "FAKE") || !strcasecmp(domain, "fake.test");

    (void)context;
    fake_domain.asked++;
    usleep(fake_domain.slow * 1000);
    if (fake_domain.error) return fake_domain.error;
    *type = 1;
    if (fake_domain.sid) return parse_sid(fake_domain.sid, sid) ? WB_SUCCESS : WB_DOMAIN_NOT_FOUND;
    if (principal || (flat && !strcasecmp(name, "alice"))) return parse_sid("S-1-5-21-1-2-3-1103", sid) ? WB_SUCCESS : WB_DOMAIN_NOT_FOUND;
    if (flat && !strcasecmp(name, "staff")) return parse_sid("S-1-5-21-1-2-3-1111", sid) ? WB_SUCCESS : WB_DOMAIN_NOT_FOUND;
    return flat && !*name && parse_sid("S-1-5-21-1-2-3", sid) ? WB_SUCCESS : WB_DOMAIN_NOT_FOUND;
}

int wbcCtxPingDc(struct wb_context *context, const char *domain, struct wb_refusal **error)
{
    (void)context;
    (void)domain;
    *error = calloc(1, sizeof(**error));
    return fake_domain.unreachable;
}

int wbcCtxInterfaceDetails(struct wb_context *context, struct wb_details **details)
{
    struct wb_details *made;

    (void)context;
    usleep(fake_domain.slow * 1000);
    if (fake_domain.error) return fake_domain.error;
    if (!(made = calloc(1, sizeof(*made)))) return WB_NO_MEMORY;
    *made = (struct wb_details){.netbios_name = (char *)fake_domain.machine, .netbios_domain = (char *)fake_domain.domain, .dns_domain = (char *)fake_domain.dns_domain};
    *details = made;
    return WB_SUCCESS;
}
