/*
 * Names of a domain's accounts, told by a winbind and an SSSD that say what this unit wants: lies, silence, memory that runs out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ntsecapi.h>
#include <security.h>
#include <winbase.h>
#include <wine/test.h>

#include "ntoskrnl/rtl/memory.h"
#include "ntoskrnl/unix/idmap.h"
#include "ntoskrnl/unix/winbind.h"
#include "tests/internal/domain_double.h"

#define ALICE "S-1-5-21-1-2-3-1103"
#define STAFF "S-1-5-21-1-2-3-1111"
#define FAKE  "S-1-5-21-1-2-3"

static NTSTATUS name_of(const char *text, struct guise_domain_name *found)
{
    union id_sid sid;

    if (!guise_sid_from_text(text, &sid.sid)) abort();
    return guise_domain_name_of_sid(&sid.sid, found);
}

static void set_alice(union id_sid *sid)
{
    if (!guise_sid_from_text(ALICE, &sid->sid)) abort();
}

/* DOMAIN\NAME:USE, or the status. */
static const char *said_of(const char *text)
{
    static char room[1500];
    struct guise_domain_name found;
    NTSTATUS status = name_of(text, &found);

    if (status) snprintf(room, sizeof(room), "%#x", status);
    else snprintf(room, sizeof(room), "%s\\%s:%d", found.domain, found.name, found.use);
    return room;
}

static NTSTATUS sid_of(const char *domain, const char *name, const char *expected)
{
    char text[GUISE_SID_TEXT_SIZE];
    struct guise_domain_name found;
    NTSTATUS status = guise_domain_sid_of_name(domain, name, &found);

    if (status) return status;
    guise_sid_to_text(&found.id.sid, text);
    ok(!strcmp(text, expected) && !strcmp(found.domain, "FAKE"), "%s is %s in %s\n", name, text, found.domain); /* design 11.6 */
    return STATUS_SUCCESS;
}

static void test_answers(void)
{
    ok(!strcmp(said_of(ALICE), "FAKE\\alice:1"), "%s\n", said_of(ALICE)); /* design 11.6 */
    ok(!strcmp(said_of(STAFF), "FAKE\\Staff:2"), "%s\n", said_of(STAFF)); /* design 11.6: its own spelling */
    ok(!strcmp(said_of(FAKE), "FAKE\\:3"), "%s\n", said_of(FAKE)); /* design 11.6 */
    ok(name_of("S-1-5-21-1-2-3-500", &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED, "nobody\n"); /* design 11.6 */
    ok(!sid_of("FAKE", "ALICE", ALICE) && !sid_of("fake", "staff", STAFF) && !sid_of("fake.test", "alice", ALICE), "names\n"); /* design 11.6 */
    ok(!sid_of(NULL, "alice@fake.test", ALICE) && !sid_of("FAKE", "", FAKE), "names\n"); /* design 11.6 */
    ok(sid_of("FAKE", "nobody", "") == STATUS_NONE_MAPPED && sid_of("OTHER", "alice", "") == STATUS_NONE_MAPPED, "nobody\n"); /* design 11.6 */
}

/* Nobody is asked about what is no domain's, or no name. */
static void test_not_asked(void)
{
    static const char *const sids[] = {"S-1-5-18", "S-1-5-32-544", "S-1-22-1-70001", "S-1-5-21-0-0-0-1000", "S-1-5-21-0-0-0-497", "S-1-5-21-1-2",
                                       "S-1-5-21-1-2-3-4-5", "S-1-16-8192", "S-1-5-22-1-2-3-4", "S-1-1-0"};
    static const struct
    {
        const char *domain, *name;
    } names[] = {
        {".", "alice"},         {"MEMBER", "alice"},         {"member.fake.test", "alice"}, {NULL, "alice@member"},      {NULL, "alice@member.fake.test"},
        {"BUILTIN", "Users"},   {"nt authority", "SYSTEM"},  {"Unix User", "alice"},        {"Unix Group", "staff"},     {"Mandatory Label", "Low"},
        {"", "alice"},          {"FAKE", "al\\ice"},         {"FAKE", "al\nice"},           {"FAKE\\FAKE", "alice"},     {"FAKE", "alice@fake.test"},
        {NULL, "alice"},        {NULL, "@fake.test"},        {NULL, "alice@"},              {NULL, "FAKE\\alice@fake"},  {"a@b", "alice"},
        {"FA/KE", "alice"},     {"FAKE\x7f", "alice"},       {"localhost", "alice"},        {"nt service", "guise"},
    };
    char domain[400], name[1500];

    for (size_t i = 0; i < ARRAYSIZE(sids); i++) ok(name_of(sids[i], &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED, "%s\n", sids[i]); /* design 11.6 */
    for (size_t i = 0; i < ARRAYSIZE(names); i++)
        ok(sid_of(names[i].domain, names[i].name, "") == STATUS_NONE_MAPPED, "%s %s\n", names[i].domain, names[i].name); /* design 11.6 */
    memset(domain, 'd', sizeof(domain));
    memset(name, 'n', sizeof(name));
    domain[GUISE_DOMAIN_TEXT_SIZE] = name[257] = 0;
    ok(sid_of(domain, "alice", "") == STATUS_NONE_MAPPED && sid_of("FAKE", name, "") == STATUS_NONE_MAPPED, "long names\n"); /* design 11.6 */
    ok(!winbind->asked, "%u questions\n", winbind->asked); /* design 11.6 */
    /* What the library would cut. */
    name[256] = 0;
    ok(sid_of("FAKE", name, "") == STATUS_NONE_MAPPED && !winbind->asked, "%u questions\n", winbind->asked); /* design 11.6 */
}

/* What no domain says of a SID of its own. */
static void test_lies(void)
{
    static const struct fake_name of_accounts[] = {
        {"MEMBER", NULL, 0},      {"member", NULL, 0}, {"member.fake.test", NULL, 0}, {"BUILTIN", NULL, 0},   {"NT AUTHORITY", "SYSTEM", 5},
        {"Unix User", "root", 1}, {"", NULL, 0},       {".", NULL, 0},                {"FA\\KE", NULL, 0},    {"OTHER", NULL, 0},
        {NULL, "", 0},            {NULL, "a\\b", 0},   {NULL, "a\nb", 0},             {NULL, "alice", 3},     {NULL, "alice", 5},
        {NULL, "alice", 8},       {NULL, "alice", 99}, {NULL, "alice", -1},           {NULL, "alice", 10},    {NULL, "alice", 6},
    };
    static const struct fake_name of_domains[] = {{"OTHER", NULL, 0}, {NULL, NULL, 1}, {"MEMBER", NULL, 0}, {NULL, NULL, 2}};
    static const char *const sids[] = {"S-1-5-18", "S-1-5-32-544", "S-1-22-1-0", "S-1-5-21-0-0-0-1000", "S-1-5-21-9-9-9-1103", "S-1-5-21-1-2-3-4444", FAKE};
    char name[1500];

    for (size_t i = 0; i < ARRAYSIZE(of_accounts); i++)
    {
        winbind->account = of_accounts[i];
        ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED, "%zu: %s\n", i, said_of(ALICE)); /* design 11.6 */
        ok(sid_of("FAKE", "alice", "") == STATUS_NONE_MAPPED, "%zu\n", i); /* design 11.6 */
    }
    memset(name, 'n', sizeof(name));
    name[257] = 0;
    winbind->account = (struct fake_name){NULL, name, 0};
    ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED, "a long name\n"); /* design 11.6 */
    name[256] = 0;
    ok(!name_of(ALICE, &(struct guise_domain_name){0}), "a name as long as can be\n"); /* design 11.6 */
    winbind->account = (struct fake_name){0};
    for (size_t i = 0; i < ARRAYSIZE(of_domains); i++)
    {
        winbind->whole = of_domains[i];
        ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED, "%zu: %s\n", i, said_of(ALICE)); /* design 11.6 */
    }
    winbind->whole = (struct fake_name){0};
    /* Whose SID a name is said to be. A domain for an account is nothing that could be mistaken. */
    for (size_t i = 0; i < ARRAYSIZE(sids) - 1; i++)
    {
        winbind->sid = sids[i];
        ok(sid_of("FAKE", "alice", "") == STATUS_NONE_MAPPED && sid_of(NULL, "alice@fake.test", "") == STATUS_NONE_MAPPED, "%s\n", sids[i]); /* design 11.6 */
    }
    winbind->sid = ALICE;
    ok(sid_of("OTHER", "alice", "") == STATUS_NONE_MAPPED, "in another domain\n"); /* design 11.6 */
    winbind->sid = "";
    ok(sid_of("FAKE", "alice", "") == STATUS_NONE_MAPPED, "no SID\n"); /* design 11.6 */
}

/* Nobody who could say is not nobody of that name. */
static void test_silence(void)
{
    static const int errors[] = {1, 2, 5, 6, 8, 9, 10, 13, 99};

    winbind->unreachable = 7;
    ok(name_of("S-1-5-21-1-2-3-500", &(struct guise_domain_name){0}) == STATUS_NO_LOGON_SERVERS, "no controller\n"); /* design 11.1 */
    ok(sid_of("FAKE", "nobody", "") == STATUS_NO_LOGON_SERVERS, "no controller\n"); /* design 11.1 */
    winbind->unreachable = 0;
    for (size_t i = 0; i < ARRAYSIZE(errors); i++)
    {
        winbind->error = errors[i];
        ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NO_LOGON_SERVERS && sid_of("FAKE", "alice", "") == STATUS_NO_LOGON_SERVERS, "error %d\n", errors[i]); /* design 11.1 */
    }
    winbind->error = WB_NO_MEMORY;
    ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NO_MEMORY, "no memory\n"); /* design 11.1 */
    winbind->error = 0;
    winbind->slow = 1000;
    ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NO_LOGON_SERVERS && sid_of("FAKE", "alice", "") == STATUS_NO_LOGON_SERVERS, "in time\n"); /* design 11.1 */
}

static void test_cache(void)
{
    unsigned int asked;

    ok(!strcmp(said_of(STAFF), "FAKE\\Staff:2") && !sid_of("FAKE", "alice", ALICE), "answers\n"); /* design 11.5 */
    asked = winbind->asked;
    ok(!strcmp(said_of(STAFF), "FAKE\\Staff:2") && !sid_of("FAKE", "alice", ALICE) && winbind->asked == asked, "%u questions\n", winbind->asked); /* design 11.5 */
    ok(!sid_of("FAKE", "Alice", ALICE) && winbind->asked > asked, "another question\n"); /* design 11.5 */
    asked = winbind->asked;
    ok(name_of("S-1-5-21-1-2-3-500", &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED && winbind->asked > asked, "nobody\n"); /* design 11.5 */
    asked = winbind->asked;
    ok(name_of("S-1-5-21-1-2-3-500", &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED && winbind->asked > asked, "nobody is not kept\n"); /* design 11.5 */
    sleep(1);
    asked = winbind->asked;
    ok(!strcmp(said_of(STAFF), "FAKE\\Staff:2") && winbind->asked > asked, "too old\n"); /* design 11.5 */
}

/* One slot, many questions: each answer is that to its own. */
static void test_small_cache(void)
{
    for (int i = 0; i < 4; i++)
    {
        ok(!strcmp(said_of(STAFF), "FAKE\\Staff:2") && !strcmp(said_of(ALICE), "FAKE\\alice:1"), "answers\n"); /* design 11.5 */
        ok(!sid_of("FAKE", "alice", ALICE) && !sid_of("FAKE", "", FAKE), "answers\n"); /* design 11.5 */
    }
}

static BOOL look_up_sid(void)
{
    DWORD name_size = 256, domain_size = 256;
    WCHAR name[256], domain[256];
    SID_NAME_USE use;
    union id_sid sid;

    set_alice(&sid);
    return LookupAccountSidW(NULL, &sid.sid, name, &name_size, domain, &domain_size, &use);
}

static BOOL look_up_name(void)
{
    DWORD size = SECURITY_MAX_SID_SIZE, domain_size = 256;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    WCHAR domain[256];
    SID_NAME_USE use;

    return LookupAccountNameW(NULL, u"alice@fake.test", sid, &size, domain, &domain_size, &use);
}

static BOOL translate(void)
{
    ULONG size = 256;
    WCHAR name[256];

    return TranslateNameW(u"FAKE\\alice", NameSamCompatible, NameUserPrincipal, name, &size);
}

static void check_no_memory(long nth, BOOL (*call)(void))
{
    BOOL good;

    guise_fail_allocation(nth);
    good = call();
    guise_fail_allocation(0);
    ok(good || GetLastError() == ERROR_NOT_ENOUGH_MEMORY, "%ld: error %u\n", nth, GetLastError()); /* design 5.5 */
    ok(call(), "%ld: error %u afterwards\n", nth, GetLastError()); /* design 5.5 */
}

static void test_no_memory(void)
{
    struct guise_domain_name found;
    bool failed = false;
    NTSTATUS status;

    ok(!strcmp(said_of(ALICE), "FAKE\\alice:1"), "%s\n", said_of(ALICE)); /* design 5.5 */
    for (long nth = 1; nth < 20; nth++)
    {
        guise_fail_allocation(nth);
        status = name_of(STAFF, &found);
        guise_fail_allocation(0);
        ok(!status || status == STATUS_NO_MEMORY, "%ld: %#x\n", nth, status); /* design 5.5 */
        failed |= status == STATUS_NO_MEMORY;
        guise_fail_allocation(nth);
        status = guise_domain_sid_of_name("FAKE", "alice", &found);
        guise_fail_allocation(0);
        ok(!status || status == STATUS_NO_MEMORY, "%ld: %#x\n", nth, status); /* design 5.5 */
        failed |= status == STATUS_NO_MEMORY;
        check_no_memory(nth, look_up_sid);
        check_no_memory(nth, look_up_name);
        check_no_memory(nth, translate);
    }
    ok(failed, "nothing was allocated\n"); /* design 5.5 */
}

static void *ask(void *unused)
{
    for (int i = 0; i < 50; i++)
        ok(!name_of(ALICE, &(struct guise_domain_name){0}) && !sid_of("FAKE", "staff", STAFF), "answers\n"); /* design 11.6 */
    return unused;
}

static void test_threads(void)
{
    pthread_t threads[16];

    for (size_t i = 0; i < ARRAYSIZE(threads); i++) pthread_create(&threads[i], NULL, ask, NULL);
    for (size_t i = 0; i < ARRAYSIZE(threads); i++) pthread_join(threads[i], NULL);
}

/* Whoever waits is cancelled afterwards, and holds nothing then. */
static void *ask_cancelled(void *unused)
{
    static struct guise_domain_name found; /* nothing of AddressSanitizer's stays on a stack that is left half way */

    for (;;)
    {
        name_of(ALICE, &found);
        pthread_testcancel();
    }
    return unused;
}

static void test_cancellation(void)
{
    pthread_t thread;

    winbind->slow = 20;
    for (int i = 0; i < 10; i++)
    {
        pthread_create(&thread, NULL, ask_cancelled, NULL);
        usleep(15000);
        pthread_cancel(thread);
        pthread_join(thread, NULL);
    }
    ok(!strcmp(said_of(ALICE), "FAKE\\alice:1"), "%s\n", said_of(ALICE)); /* design 11.1 */
}

/* ---- SSSD ------------------------------------------------------------------------------------------------------------ */

static void test_sssd(void)
{
    static const struct
    {
        const char *said, *expected; /* NULL: nobody */
    } rows[] = {
        {"alice@fake.test", "FAKE\\alice:1"},   {"alice@FAKE.TEST", "FAKE\\alice:1"}, {"FAKE\\alice", "FAKE\\alice:1"}, {"alice", "FAKE\\alice:1"},
        {"alice@member.fake.test", NULL},       {"MEMBER\\alice", NULL},            {"alice@MEMBER", NULL},             {"BUILTIN\\alice", NULL},
        {"bob@fake.test", NULL},                {"@fake.test", NULL},               {"", NULL},                         {"alice@", NULL},
        {"alice@nobody.test", NULL},            {"al\nice@fake.test", NULL},        {"FAKE\\al\\ice", NULL},            {"Unix User\\alice", NULL},
    };

    ok(!strcmp(said_of(ALICE), "FAKE\\alice:1") && !strcmp(said_of(STAFF), "FAKE\\staff:2"), "%s\n", said_of(STAFF)); /* design 11.6 */
    ok(!sid_of("FAKE", "alice", ALICE) && !sid_of("fake.test", "Staff", STAFF) && !sid_of(NULL, "alice@fake.test", ALICE), "names\n"); /* design 11.6 */
    ok(name_of(FAKE, &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED && sid_of("FAKE", "", "") == STATUS_NONE_MAPPED, "a domain itself\n"); /* design 11.6 */
    ok(sid_of("FAKE", "nobody", "") == STATUS_NONE_MAPPED && sid_of("FAKE", "al*ce", "") == STATUS_NONE_MAPPED, "nobody\n"); /* design 11.6 */
    ok(sid_of(NULL, "alice@other.test", "") == STATUS_NONE_MAPPED, "nobody\n"); /* design 11.6 */
    for (size_t i = 0; i < ARRAYSIZE(rows); i++)
    {
        sssd->account.name = rows[i].said;
        if (rows[i].expected) ok(!strcmp(said_of(ALICE), rows[i].expected), "%s: %s\n", rows[i].said, said_of(ALICE)); /* design 11.6 */
        else ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED, "%s: %s\n", rows[i].said, said_of(ALICE)); /* design 11.6 */
    }
    sssd->account = (struct fake_name){.use = 99};
    ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED, "of no kind\n"); /* design 11.6 */
    sssd->account = (struct fake_name){0};
    sssd->sid = STAFF; /* the name leads to somebody else */
    ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED, "%s\n", said_of(ALICE)); /* design 11.6 */
    sssd->sid = "S-1-5-32-544";
    ok(sid_of("FAKE", "alice", "") == STATUS_NONE_MAPPED, "no domain's\n"); /* design 11.6 */
    sssd->sid = "S-1-garbage";
    ok(sid_of("FAKE", "alice", "") == STATUS_NONE_MAPPED, "no SID\n"); /* design 11.6 */
    sssd->sid = NULL;
    sssd->error = 5;
    ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NO_LOGON_SERVERS && sid_of("FAKE", "alice", "") == STATUS_NO_LOGON_SERVERS, "SSSD is down\n"); /* design 11.1 */
    ok(!winbind->asked, "%u questions to winbind\n", winbind->asked); /* design 11.1 */
}

/* Who knows nobody leaves it to the next one, who does not answer, to nobody. */
static void test_order(void)
{
    ok(!strcmp(said_of(STAFF), "FAKE\\staff:2") && !winbind->asked, "SSSD first: %s\n", said_of(STAFF)); /* design 11.1 */
    ok(!strcmp(said_of(FAKE), "FAKE\\:3") && winbind->asked, "winbind then: %s\n", said_of(FAKE)); /* design 11.1 */
    sssd->error = 5;
    ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NO_LOGON_SERVERS, "%s\n", said_of(ALICE)); /* design 11.1 */
}

/* A machine that is in no domain asks nobody. */
static void test_no_member(void)
{
    ok(name_of(ALICE, &(struct guise_domain_name){0}) == STATUS_NONE_MAPPED && sid_of("FAKE", "alice", "") == STATUS_NONE_MAPPED && !winbind->asked, "%u questions\n", winbind->asked); /* design 11.6 */
}

#define NAMES "\n[ntlm]\nnetbios-name = MEMBER\nnetbios-domain = FAKE\ndns-name = member.fake.test\ndns-domain = fake.test\n"

START_TEST(domain_names)
{
    if (!double_load()) return;
    double_run(test_answers, "accounts = files winbind nss" NAMES);
    double_run(test_not_asked, "accounts = winbind" NAMES);
    double_run(test_lies, "accounts = files winbind\ndomain-cache = 0" NAMES);
    double_run(test_silence, "accounts = winbind\nwinbind-timeout = 300\ndomain-cache = 0" NAMES);
    double_run(test_cache, "accounts = winbind\ndomain-cache = 1" NAMES);
    double_run(test_small_cache, "accounts = winbind\ndomain-cache-size = 1" NAMES);
    double_run(test_no_memory, "accounts = winbind\ndomain-cache = 0" NAMES);
    double_run(test_threads, "accounts = winbind" NAMES);
    double_run(test_threads, "accounts = winbind\ndomain-cache = 0" NAMES);
    double_run(test_cancellation, "accounts = winbind\ndomain-cache = 0" NAMES);
    double_run(test_sssd, "accounts = files sssd nss\ndomain-cache = 0" NAMES);
    double_run(test_order, "accounts = sssd winbind\ndomain-cache = 0" NAMES);
    double_run(test_no_member, "accounts = files nss" NAMES);
    double_unload();
}
