/*
 * Accounts of a domain, told by a winbind and an SSSD that say what this unit wants: ids, refusals, slowness, lies, memory that runs out.
 *
 * Each part is a process of its own, as the configuration is read once.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ntsecapi.h>
#include <wine/test.h>

#include "dlls/kerberos/pac.h"
#include "ntoskrnl/rtl/memory.h"
#include "ntoskrnl/se/token.h"
#include "ntoskrnl/unix/idmap.h"
#include "ntoskrnl/unix/winbind.h"
#include "tests/internal/domain_double.h"

#define USUAL 7 /* mandatory, enabled by default, enabled */

static unsigned long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (unsigned long long)time.tv_sec * 1000 + (unsigned long long)time.tv_nsec / 1000000;
}

/* ---- questions ----------------------------------------------------------------------------------------------------- */

struct question
{
    union id_sid user, sids[4];
    struct guise_domain_group groups[4];
    struct unix_account *account;
};

static void set_sid(union id_sid *sid, const char *text)
{
    if (!guise_sid_from_text(text, &sid->sid)) abort();
}

static void set_question(struct question *question)
{
    static const char *const groups[] = {"S-1-5-21-1-2-3-513", "S-1-5-21-1-2-3-1111", "S-1-5-21-1-2-3-4444", "S-1-18-1"};

    memset(question, 0, sizeof(*question));
    set_sid(&question->user, "S-1-5-21-1-2-3-1103");
    for (size_t i = 0; i < ARRAYSIZE(groups); i++)
    {
        set_sid(&question->sids[i], groups[i]);
        question->groups[i] = (struct guise_domain_group){.sid = &question->sids[i].sid, .attributes = USUAL};
    }
}

static NTSTATUS ask(struct question *question)
{
    const struct guise_domain_user user = {&question->user.sid, "alice", "FAKE", "fake.test"};

    return guise_domain_account(&user, question->groups, 4, &question->account);
}

static NTSTATUS ask_once(void)
{
    struct question question;
    NTSTATUS status;

    set_question(&question);
    status = ask(&question);
    ok(!status == !!question.account, "status %#x\n", status); /* callers cite */
    guise_account_free(question.account);
    return status;
}

static bool has_gid(const struct unix_account *account, gid_t gid)
{
    for (size_t i = 0; i < account->group_count; i++)
        if (account->groups[i] == gid) return true;
    return false;
}

static void check_answer(struct question *question)
{
    ok(question->groups[0].has_gid && question->groups[0].gid == FAKE_GID + 513, "primary group\n"); /* callers cite */
    ok(question->groups[1].has_gid && question->groups[1].gid == FAKE_GID + 1111, "group\n"); /* callers cite */
    ok(!question->groups[2].has_gid && !question->groups[3].has_gid, "no groups of Unix's\n"); /* callers cite */
    ok(has_gid(question->account, FAKE_GID + 513) && has_gid(question->account, FAKE_GID + 1111), "gids\n"); /* callers cite */
}

static void test_winbind(void)
{
    struct question question;
    NTSTATUS status;

    set_question(&question);
    status = ask(&question);
    ok(!status && question.account, "status %#x\n", status); /* design 5.2 */
    if (status) return;
    ok(question.account->uid == 70001 && question.account->gid == 70001, "uid %u\n", question.account->uid); /* design 5.2 */
    check_answer(&question); /* design 5.2 */
    guise_account_free(question.account);

    /* Kept, for the same question alone. */
    ok(winbind->asked == 2, "%u questions\n", winbind->asked); /* design 5.2 */
    set_question(&question);
    status = ask(&question);
    ok(!status && winbind->asked == 2, "%u questions\n", winbind->asked); /* design 5.2 */
    check_answer(&question); /* design 5.2 */
    guise_account_free(question.account);
    set_question(&question);
    question.groups[1].attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    ok(!ask(&question) && winbind->asked == 4, "%u questions\n", winbind->asked); /* design 5.2 */
    guise_account_free(question.account);
    sleep(1);
    ok(!ask_once() && winbind->asked == 6, "%u questions\n", winbind->asked); /* design 5.2 */

    /* Unknown there, and the next source has no such name either. */
    set_question(&question);
    set_sid(&question.user, "S-1-5-21-1-2-3-500");
    ok(ask(&question) == STATUS_NO_SUCH_USER, "somebody else\n"); /* design 5.2 */
    set_sid(&question.user, "S-1-22-1-70001");
    ok(ask(&question) == STATUS_NO_SUCH_USER, "no domain's\n"); /* design 5.2 */
    set_sid(&question.user, "S-1-5-18");
    ok(ask(&question) == STATUS_NO_SUCH_USER, "no domain's\n"); /* design 5.2 */

    /* WBC_ERR_WINBIND_NOT_AVAILABLE, and what nobody knows, are no "no such user". */
    winbind->error = 6;
    set_question(&question);
    question.groups[1].attributes = 0; /* not in the cache */
    ok(ask(&question) == STATUS_NO_LOGON_SERVERS, "winbind is down\n"); /* design 5.10 */
    winbind->error = 99;
    ok(ask(&question) == STATUS_NO_LOGON_SERVERS, "winbind says what it cannot\n"); /* design 5.10 */
}

/* A small cache keeps the last of those who share a slot. */
static void test_small_cache(void)
{
    struct question question;

    ok(!ask_once() && !ask_once() && winbind->asked == 2, "%u questions\n", winbind->asked); /* design 5.2 */
    set_question(&question);
    question.groups[0].attributes = SE_GROUP_ENABLED;
    ok(!ask(&question) && winbind->asked == 4, "%u questions\n", winbind->asked); /* design 5.2 */
    guise_account_free(question.account);
    ok(!ask_once() && winbind->asked == 6, "%u questions\n", winbind->asked); /* design 5.2 */
}

/* "winbind use default domain": names are said without the domain, and this one is somebody's whom NSS finds first. */
static void test_namesake(void)
{
    struct question question;

    winbind->user_name = "root";
    set_question(&question);
    ok(!ask(&question) && question.account->uid == 70001 && !has_gid(question.account, 0), "the groups of root\n"); /* design 11.4 */
    check_answer(&question); /* design 11.4 */
    guise_account_free(question.account);
}

static void test_sssd(void)
{
    struct question question;
    NTSTATUS status;

    sssd->user_id = geteuid(); /* somebody whom NSS knows */
    set_question(&question);
    status = ask(&question);
    ok(!status && question.account, "status %#x\n", status); /* design 5.2 */
    if (status) return;
    ok(question.account->uid == geteuid() && sssd->asked == 5 && !winbind->asked, "uid %u\n", question.account->uid); /* design 5.2 */
    check_answer(&question); /* design 5.2 */
    guise_account_free(question.account);
    sssd->user_id = 0x7ffffffe; /* nobody */
    ok(ask_once() == STATUS_NO_SUCH_USER, "an id without an account\n"); /* design 5.2 */
    sssd->user_id = geteuid();
    for (sssd->deaf = 1; sssd->deaf <= 3;)
    {
        unsigned int question_number = sssd->deaf;

        set_question(&question);
        ok(!ask(&question), "started again before answer %u\n", question_number); /* design 11.1 */
        check_answer(&question); /* design 11.1 */
        guise_account_free(question.account);
        sssd->deaf = question_number + 1;
    }
    sssd->deaf = 0;
    sssd->error = 5; /* EIO */
    ok(ask_once() == STATUS_NO_LOGON_SERVERS, "SSSD is down\n"); /* design 5.10 */
    sssd->error = 0;
    sssd->slow = 2000;
    ok(ask_once() == STATUS_NO_LOGON_SERVERS, "SSSD is stuck\n"); /* design 5.10 */
    sssd->slow = 0;
    ok(!ask_once(), "SSSD answers again\n"); /* design 5.10 */
}

/* ---- in time ------------------------------------------------------------------------------------------------------- */

static void *ask_on_thread(void *status)
{
    *(NTSTATUS *)status = ask_once(); /* design 5.10 */
    return NULL;
}

static void test_slow(void)
{
    unsigned long long before = now();
    NTSTATUS statuses[24];
    pthread_t threads[24];

    winbind->slow = 1500;
    for (size_t i = 0; i < ARRAYSIZE(threads); i++) pthread_create(&threads[i], NULL, ask_on_thread, &statuses[i]);
    for (size_t i = 0; i < ARRAYSIZE(threads); i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; i < ARRAYSIZE(threads); i++) ok(statuses[i] == STATUS_NO_LOGON_SERVERS, "status %#x\n", statuses[i]); /* design 5.10 */
    ok(now() - before < 1400, "after %llu ms\n", now() - before); /* design 5.10 */
    ok(winbind->asked <= WORKERS_MOST, "%u at once\n", winbind->asked); /* design 5.10 */
    winbind->slow = 0;
    sleep(2);
    ok(!ask_once(), "they work again\n"); /* design 5.10 */
}

/* ---- logons -------------------------------------------------------------------------------------------------------- */

static NTSTATUS log_on(const char *user, struct guise_domain_logon **logon)
{
    static const UCHAR bytes[24];
    const struct guise_domain_attempt attempt = {
        .user = user, .domain = "FAKE", .workstation = "", .challenge = bytes, .nt = bytes, .nt_size = sizeof(bytes)};

    return guise_domain_log_on(&attempt, logon);
}

static void no_sids(struct wb_account *account) { account->sid_count = 1; }
static void no_list(struct wb_account *account) { account->sids = NULL; }
static void many_sids(struct wb_account *account) { account->sid_count = 5000; }
static void long_sid(struct wb_account *account) { account->sids[2].sid.count = 16; }
static void empty_sid(struct wb_account *account) { account->sids[0].sid.count = 0; }
static void new_sid(struct wb_account *account) { account->sids[1].sid.revision = 2; }
static void no_name(struct wb_account *account) { account->account_name = NULL; }
static void empty_name(struct wb_account *account) { *account->account_name = 0; }
static void no_domain(struct wb_account *account) { account->domain_name = NULL; }

/* Nothing said, a time, the last second but one that a FILETIME holds, the last, and more. */
static void all_times(struct wb_account *account)
{
    account->logoff_time = 0;
    account->kickoff_time = 1000000000;
    account->password_set = INT64_MAX / 10000000 - 11644473600ull - 1;
    account->password_can_change = account->password_set + 1;
    account->password_must_change = UINT64_MAX;
}

static void test_times(void)
{
    struct guise_domain_logon *logon;
    NTSTATUS status;

    winbind->spoil = all_times;
    status = log_on("alice", &logon);
    winbind->spoil = NULL;
    ok(!status, "status %#x\n", status); /* S4.9.1 */
    if (status) return;
    ok(!logon->times.logoff && logon->times.kickoff == 0x1c138d144ff8000, "%#llx\n", (long long)logon->times.kickoff); /* MS-DTYP 2.3.3 */
    ok(logon->times.password_set / 10000000 == INT64_MAX / 10000000 - 1, "%#llx\n", (long long)logon->times.password_set); /* MS-DTYP 2.3.3 */
    ok(logon->times.password_can_change == INT64_MAX && logon->times.password_must_change == INT64_MAX, "an end\n"); /* MS-DTYP 2.3.3 */
    guise_domain_logon_free(logon);
}

static void test_logon(void)
{
    static void (*const lies[])(struct wb_account *) = {no_sids, no_list, long_sid, empty_sid, new_sid, no_name, empty_name, no_domain};
    struct guise_domain_logon *logon;
    NTSTATUS status = log_on("alice", &logon);

    ok(!status && logon, "status %#x\n", status); /* S4.9.1 */
    if (status) return;
    ok(!strcmp(logon->account_name, "alice") && !strcmp(logon->domain_name, "FAKE") && !*logon->upn, "names\n"); /* S4.9.1 */
    ok(logon->sid_count == 3 && logon->sids[2].attributes == USUAL && logon->session_key[15] == 0x5a, "sids and key\n"); /* S4.9.1 */
    guise_domain_logon_free(logon);
    ok(log_on("mallory", &logon) == STATUS_NO_SUCH_USER && !logon, "somebody else\n"); /* S4.9.5 */
    winbind->refusal = STATUS_ACCOUNT_DISABLED;
    ok(log_on("alice", &logon) == STATUS_ACCOUNT_DISABLED && !logon, "disabled\n"); /* S4.9.6 */
    winbind->refusal = 0x00000103; /* no refusal is a success, whatever it says */
    ok(log_on("alice", &logon) == STATUS_NO_LOGON_SERVERS && !logon, "a success in the place of a refusal\n"); /* S4.9.6 */
    winbind->refusal = 0;
    for (size_t i = 0; i < ARRAYSIZE(lies); i++)
    {
        winbind->spoil = lies[i];
        status = log_on("alice", &logon);
        ok(status == STATUS_INVALID_NETWORK_RESPONSE && !logon, "%zu: %#x\n", i, status); /* S4.9.5 */
    }
    winbind->spoil = many_sids;
    ok(log_on("alice", &logon) == STATUS_TOO_MANY_CONTEXT_IDS && !logon, "too many\n"); /* S4.9.5 */
    winbind->spoil = NULL;
    winbind->slow = 1000;
    ok(log_on("alice", &logon) == STATUS_NO_LOGON_SERVERS && !logon, "too slow\n"); /* S8.2.2 */
}

/* ---- without memory ------------------------------------------------------------------------------------------------ */

static const struct pac_token_request request = {"Kerberos", SecurityImpersonation, NULL};

static const char *primary_group = "S-1-5-21-1-2-3-513";

static NTSTATUS make_token(PACCESS_TOKEN *token)
{
    static union id_sid user, primary, group;
    static struct token_sid groups[2];
    struct pac_logon logon = {.account_name = u"alice", .domain_name = u"FAKE", .user = &user.sid, .primary_group = &primary.sid,
                              .group_count = 2, .groups = groups};

    set_sid(&user, "S-1-5-21-1-2-3-1103");
    set_sid(&primary, primary_group);
    set_sid(&group, "S-1-5-21-1-2-3-1111");
    groups[0] = (struct token_sid){&primary.sid, USUAL};
    groups[1] = (struct token_sid){&group.sid, USUAL};
    return pac_create_token(&logon, &request, token);
}

static void test_no_memory(void)
{
    struct guise_domain_logon *logon;
    PACCESS_TOKEN token;
    NTSTATUS status;
    long nth;

    if ((status = make_token(&token)))
    {
        ok(0, "status %#x\n", status); /* design 5.5 */
        return;
    }
    guise_dereference_token(token);
    for (nth = 1; nth < 200; nth++)
    {
        guise_fail_allocation(nth);
        status = make_token(&token);
        guise_fail_allocation(0);
        if (!status) guise_dereference_token(token);
        ok(!status == !!token && (!status || status == STATUS_NO_MEMORY), "%ld: %#x\n", nth, status); /* design 5.5 */
        guise_fail_allocation(nth);
        status = log_on("alice", &logon);
        guise_fail_allocation(0);
        ok(!status == !!logon && (!status || status == STATUS_NO_MEMORY), "%ld: %#x\n", nth, status); /* design 5.5 */
        guise_domain_logon_free(logon);
    }
}

/* What no domain may make anybody: a member of this machine's groups, a uid that is never carried (design 5.8). */
static void test_forbidden(void)
{
    static const char *const primaries[] = {"S-1-5-32-544", "S-1-22-2-0", "S-1-5-18", "S-1-1-0", "S-1-18-1", "S-1-5-21-1-2-3"};
    PACCESS_TOKEN token;

    for (size_t i = 0; i < ARRAYSIZE(primaries); i++)
    {
        primary_group = primaries[i];
        ok(make_token(&token) == STATUS_LOGON_FAILURE && !token, "primary group %s\n", primaries[i]); /* design 11.4 */
    }
    primary_group = "S-1-5-21-1-2-3-513";
    winbind->user_id = 0;
    ok(make_token(&token) == STATUS_ACCESS_DENIED && !token, "root\n"); /* design 5.8 */
    winbind->user_id = (uint32_t)-1;
    ok(make_token(&token) == STATUS_ACCESS_DENIED && !token, "no uid\n"); /* design 5.8 */
}

/* A denied group's gid is denied with it; one that is not enabled is left out. */
static void test_group_attributes(void)
{
    struct guise_domain_group groups[2] = {{.attributes = USUAL, .has_gid = true, .gid = 61000}, {.attributes = USUAL, .has_gid = true, .gid = 61001}};
    gid_t gids[] = {61001};
    struct unix_account account = {.name = (char *)"x", .uid = 70001, .gid = 61000, .group_count = 1, .groups = gids};
    struct guise_logon_kind kind = {.type = Network, .token_type = TokenImpersonation, .domain_groups = groups, .domain_group_count = 2};
    union id_sid user, sids[2];
    const struct guise_logon logon = {.source = "Test", .user = &user.sid, .account = &account, .level = SecurityImpersonation};
    struct credential *credential;
    const gid_t *left;
    PACCESS_TOKEN token;

    set_sid(&user, "S-1-5-21-1-2-3-1103");
    set_sid(&sids[0], "S-1-5-21-1-2-3-513");
    set_sid(&sids[1], "S-1-5-21-1-2-3-1111");
    for (int i = 0; i < 2; i++) groups[i].sid = &sids[i].sid;
    ok(!guise_create_session_token(&logon, &kind, &token), "no token\n"); /* design 5.2 */
    ok(!token_credential(token, SecurityImpersonation, &credential) && credential_groups(credential, &left) == 1, "enabled\n"); /* design 5.2 */
    credential_release(credential);
    guise_dereference_token(token);

    groups[1].attributes = 0;
    ok(!guise_create_session_token(&logon, &kind, &token), "no token\n"); /* design 5.2 */
    ok(!token_credential(token, SecurityImpersonation, &credential) && credential_groups(credential, &left) == 0, "not enabled\n"); /* design 5.2 */
    credential_release(credential);
    guise_dereference_token(token);

    groups[1].attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    ok(!guise_create_session_token(&logon, &kind, &token), "no token\n"); /* design 5.2 */
    ok(token_credential(token, SecurityImpersonation, &credential) == STATUS_ACCESS_DENIED, "denied, and carried\n"); /* design 5.2 */
    guise_dereference_token(token);
}

START_TEST(domain_accounts)
{
    if (!double_load()) return;
    double_run(test_winbind, "accounts = files winbind nss\ndomain-cache = 1");
    double_run(test_small_cache, "accounts = winbind\ndomain-cache-size = 1");
    double_run(test_namesake, "accounts = winbind");
    double_run(test_sssd, "accounts = sssd nss\nwinbind-timeout = 300\ndomain-cache = 0");
    double_run(test_slow, "accounts = winbind\nwinbind-timeout = 300\ndomain-cache = 0");
    double_run(test_logon, "accounts = winbind\nwinbind-timeout = 400");
    double_run(test_times, "accounts = winbind");
    double_run(test_no_memory, "accounts = winbind\ndomain-cache = 0");
    double_run(test_forbidden, "accounts = winbind\ndomain-cache = 0");
    double_run(test_group_attributes, "accounts = winbind");
    double_unload();
}
