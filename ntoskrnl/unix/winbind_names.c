/*
 * Names and SIDs, asked of winbind.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ntoskrnl/unix/winbind.h"

/* ---- whether there is nobody, or nobody who knows -------------------------------------------------------------------- */

/*
 * "No such name" and "no controller" are one error of the library's (WB_DOMAIN_NOT_FOUND): only with a controller that answers it is the former.
 * The one of this machine's own domain is asked about all domains.
 */
static NTSTATUS status_of_absence(struct wb_context *context)
{
    struct wb_refusal *refusal = NULL;
    int error = winbind_library()->wbcCtxPingDc(context, NULL, &refusal);

    if (refusal) winbind_library()->wbcFreeMemory(refusal);
    return error ? STATUS_NO_LOGON_SERVERS : STATUS_NONE_MAPPED;
}

static NTSTATUS status_of_error(struct wb_context *context, int error)
{
    switch (error)
    {
    case WB_SUCCESS: return STATUS_SUCCESS;
    case WB_NO_MEMORY: return STATUS_NO_MEMORY;
    case WB_INVALID_SID: return STATUS_NONE_MAPPED;
    case WB_DOMAIN_NOT_FOUND:
    case WB_UNKNOWN_USER:
    case WB_UNKNOWN_GROUP: return status_of_absence(context);
    default: return STATUS_NO_LOGON_SERVERS;
    }
}

/* ---- what a SID is called -------------------------------------------------------------------------------------------- */

/* Of the library's, to be freed. */
struct wb_name
{
    char *domain, *name;
    int type;
};

static void free_name(struct wb_name *answer)
{
    if (answer->domain) winbind_library()->wbcFreeMemory(answer->domain);
    if (answer->name) winbind_library()->wbcFreeMemory(answer->name);
}

static NTSTATUS ask(struct wb_context *context, const struct wb_sid *sid, struct wb_name *answer)
{
    *answer = (struct wb_name){NULL, NULL, SidTypeUnknown};
    return status_of_error(context, winbind_library()->wbcCtxLookupSid(context, sid, &answer->domain, &answer->name, &answer->type));
}

NTSTATUS winbind_take_name(const SID *sid, const char *domain, const char *name, int type, struct guise_domain_name *found)
{
    if (type < SidTypeUser || type > SidTypeLabel) return STATUS_NONE_MAPPED;
    memmove(&found->id, sid, offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(ULONG));
    return domain_take_name(domain, name, (SID_NAME_USE)type, found);
}

/* The SID without its RID must be that of the domain that is said to have it: no domain names another one's accounts. */
static NTSTATUS check_domain(struct wb_context *context, const struct wb_sid *account, const char *domain)
{
    struct wb_sid sid = *account;
    struct wb_name answer;
    NTSTATUS status;

    sid.subauthorities[--sid.count] = 0;
    status = ask(context, &sid, &answer);
    if (!status && (answer.type != SidTypeDomain || !answer.domain || strcasecmp(answer.domain, domain))) status = STATUS_NONE_MAPPED;
    free_name(&answer);
    return status;
}

static bool has_upper_case(const char *text)
{
    for (; *text; text++)
        if (isupper((unsigned char)*text)) return true;
    return false;
}

/*
 * After a name was sought winbind has its SID's in lower case (Samba 4.17). This question, which is for lists, goes past what it keeps; but another spelling
 * of the same is all that is taken from it.
 */
static void spell(struct wb_context *context, const struct wb_sid *sid, struct guise_domain_name *found)
{
    const struct wb_functions *library = winbind_library();
    struct wb_domain_info *domains = NULL;
    struct wb_translated_name *names = NULL;
    int domain_count = 0;

    if (has_upper_case(found->name)) return;
    if (library->wbcCtxLookupSids(context, sid, 1, &domains, &domain_count, &names)) return;
    if (names && names->name && !strcasecmp(names->name, found->name)) memcpy(found->name, names->name, strlen(found->name));
    if (names) library->wbcFreeMemory(names);
    if (domains) library->wbcFreeMemory(domains);
}

NTSTATUS winbind_name_of_sid(struct worker *worker, const SID *sid, struct guise_domain_name *found)
{
    struct wb_context *context = winbind_connect(worker);
    struct wb_name answer;
    struct wb_sid asked;
    NTSTATUS status;

    if (!context) return STATUS_NO_LOGON_SERVERS;
    if (!winbind_sid(sid, &asked)) return STATUS_NONE_MAPPED;
    if (!(status = ask(context, &asked, &answer))) status = winbind_take_name(sid, answer.domain, answer.name, answer.type, found);
    free_name(&answer);
    if (status || found->use == SidTypeDomain) return status;
    if (!(status = check_domain(context, &asked, found->domain))) spell(context, &asked, found);
    return status;
}

/* ---- whose SID a name is --------------------------------------------------------------------------------------------- */

NTSTATUS winbind_sid_of_name(struct worker *worker, const char *domain, const char *name, struct guise_domain_name *found)
{
    struct wb_context *context = winbind_connect(worker);
    struct wb_sid sid = {.count = 0};
    int type = SidTypeUnknown;
    NTSTATUS status;

    if (!context) return STATUS_NO_LOGON_SERVERS;
    if (strlen(domain) >= WB_TEXT_SIZE || strlen(name) >= WB_TEXT_SIZE) return STATUS_NONE_MAPPED;
    status = status_of_error(context, winbind_library()->wbcCtxLookupName(context, domain, name, &sid, &type));
    if (status) return status;
    if (sid.revision != SID_REVISION || sid.count > WB_MAX_SUBAUTHORITIES) return STATUS_NONE_MAPPED;
    memcpy(&found->id, &sid, offsetof(SID, SubAuthority) + sid.count * sizeof(ULONG));
    return STATUS_SUCCESS;
}
