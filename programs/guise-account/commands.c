/*
 * The commands that change or show single accounts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "account.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Told, not refused: the Unix account may come later, and until then a logon fails closed. */
static void note_unix_account(const char *name)
{
    struct unix_account *unix_account;
    NTSTATUS status = guise_account_by_name(name, &unix_account);

    if (status == STATUS_NO_SUCH_USER)
        complain("note: there is no Unix account %s yet; until there is, a server cannot impersonate this account", name);
    if (status) return;
    if (!unix_account->uid) complain("note: %s has uid 0: servers refuse to impersonate it unless guise.conf has allow-root = yes", name);
    guise_account_free(unix_account);
}

enum result run_add(const struct request *request)
{
    const char *name = request->words[0], *unix_name = request->unix_name ? request->unix_name : name;
    struct sam_account account = {.flags = request->disabled ? SAM_DISABLED : 0};
    enum result result;

    if (!check_name(name)) return RESULT_USAGE;
    if (strlen(name) >= sizeof(account.name) || strlen(unix_name) >= sizeof(account.unix_name))
    {
        complain("the name is too long");
        return RESULT_USAGE;
    }
    if (request->no_password && request->lm_hash)
    {
        complain("without a password there is no LM hash");
        return RESULT_USAGE;
    }
    if (!*unix_name || strpbrk(unix_name, ":\n"))
    {
        complain("--unix needs the name of a Unix account");
        return RESULT_USAGE;
    }
    strcpy(account.name, name);
    strcpy(account.unix_name, unix_name);

    /* Looked up first, so that nobody types a password for nothing; the store decides in the end. */
    if (!sam_find(request->sam, name, &(struct sam_account){0})) return explain(STATUS_USER_EXISTS, name);
    if (!request->no_password && !ask_password(&account, request->lm_hash)) return RESULT_FAILED;
    result = explain(sam_store(request->sam, &account, true), name);
    sam_wipe(&account);
    if (result == RESULT_DONE) note_unix_account(unix_name);
    return result;
}

enum result run_passwd(const struct request *request)
{
    struct sam_account account;
    NTSTATUS status = sam_find(request->sam, request->words[0], &account);

    if (!status)
    {
        if (!ask_password(&account, request->lm_hash)) return RESULT_FAILED;
        account.flags &= ~SAM_PASSWORD_MUST_CHANGE;
        status = sam_store(request->sam, &account, false);
    }
    sam_wipe(&account);
    return explain(status, request->words[0]);
}

static enum result change_flags(const struct request *request, ULONG set, ULONG clear)
{
    struct sam_account account;
    NTSTATUS status = sam_find(request->sam, request->words[0], &account);

    if (!status)
    {
        account.flags = (account.flags & ~clear) | set;
        status = sam_store(request->sam, &account, false);
    }
    sam_wipe(&account);
    return explain(status, request->words[0]);
}

enum result run_disable(const struct request *request)
{
    return change_flags(request, SAM_DISABLED, 0);
}

enum result run_enable(const struct request *request)
{
    return change_flags(request, 0, SAM_DISABLED);
}

/* The first second of a day in UTC, or 0 for never. */
static bool read_day(const char *text, LONGLONG *seconds)
{
    struct tm day = {0}, again;
    const char *end;
    time_t time;

    *seconds = 0;
    if (!strcmp(text, "never")) return true;
    if (!(end = strptime(text, "%Y-%m-%d", &day)) || *end) return false;
    again = day;
    time = timegm(&again);
    if (time <= 0 || again.tm_mday != day.tm_mday || again.tm_mon != day.tm_mon) return false; /* the 31st of February */
    *seconds = time;
    return true;
}

enum result run_expire(const struct request *request)
{
    struct sam_account account;
    NTSTATUS status;
    LONGLONG expires;

    if (!read_day(request->words[1], &expires))
    {
        complain("%s is not a day like 2027-01-31, nor \"never\"", request->words[1]);
        return RESULT_USAGE;
    }
    if (!(status = sam_find(request->sam, request->words[0], &account)))
    {
        account.expires = expires;
        status = sam_store(request->sam, &account, false);
    }
    sam_wipe(&account);
    return explain(status, request->words[0]);
}

enum result run_delete(const struct request *request)
{
    return explain(sam_delete(request->sam, request->words[0]), request->words[0]);
}

/* ---- list ------------------------------------------------------------------------------------------------------- */

static bool print_account(const struct sam_account *account, void *arg)
{
    char day[32] = "";
    const char *state;
    time_t expires = account->expires;
    struct tm tm;

    (void)arg;
    switch (sam_account_status(account, time(NULL)))
    {
    case STATUS_SUCCESS: state = account->has_hash ? "enabled" : "no password"; break;
    case STATUS_ACCOUNT_DISABLED: state = "disabled"; break;
    case STATUS_ACCOUNT_EXPIRED: state = "expired"; break;
    default: state = "must change password"; break;
    }
    if (account->expires && gmtime_r(&expires, &tm)) strftime(day, sizeof(day), " until %Y-%m-%d", &tm);
    printf("%-24s %-24s %-10u %s%s%s\n", account->name, account->unix_name, (unsigned int)account->rid, state, day,
           account->has_lm_hash ? ", LM hash" : "");
    return true;
}

enum result run_list(const struct request *request)
{
    union
    {
        SID sid;
        UCHAR room[SECURITY_MAX_SID_SIZE];
    } domain;
    const DWORD *parts = domain.sid.SubAuthority;
    NTSTATUS status = sam_domain_sid(request->sam, &domain.sid, sizeof(domain));
    int i;

    if (status) return explain(status, request->store);
    printf("# domain S-1-5");
    for (i = 0; i < domain.sid.SubAuthorityCount; i++) printf("-%u", (unsigned int)parts[i]);
    printf("\n# %-22s %-24s %-10s %s\n", "account", "Unix account", "rid", "state");
    return explain(sam_each(request->sam, print_account, NULL), request->store);
}
