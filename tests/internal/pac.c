/*
 * PACs: what a domain controller wrote, what contradicts itself, and what is cut or changed anywhere.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>

#include "dlls/kerberos/pac.h"
#include "ntoskrnl/core.h"
#include "ntoskrnl/rtl/memory.h"
#include "tests/internal/ntlm_double.h"
#include "tests/internal/ntlm_hex.h"
#include "tests/internal/pac_hex.h"
#include "wine/test.h"

#define USUAL 7 /* mandatory, enabled by default, enabled */

static NTSTATUS read_hex(const char *hex, struct pac_logon **logon)
{
    struct bytes bytes = unhex(hex);

    return pac_read(bytes.data, bytes.size, logon);
}

static const char *text_of(const SID *sid)
{
    static char text[GUISE_SID_TEXT_SIZE];

    guise_sid_to_text(sid, text);
    return text;
}

static bool is(const WCHAR *text, const char *ascii)
{
    if (!text) return false;
    while (*ascii && *text == (WCHAR)*ascii) text++, ascii++;
    return !*text && !*ascii;
}

struct expected_group
{
    const char *sid;
    ULONG attributes;
};

static void check_groups(const struct pac_logon *logon, const struct expected_group *groups, size_t count)
{
    ok(logon->group_count == count, "%zu groups\n", logon->group_count); /* callers cite */
    for (size_t i = 0; i < count && i < logon->group_count; i++)
    {
        ok(!strcmp(text_of(logon->groups[i].sid), groups[i].sid), "group %zu is %s\n", i, text_of(logon->groups[i].sid)); /* callers cite */
        ok(logon->groups[i].attributes == groups[i].attributes, "attributes of %zu: %#x\n", i, logon->groups[i].attributes); /* callers cite */
    }
}

static void test_samba(void)
{
    /* nested: Staff in Everybody and in Local, which is domain local */
    static const struct expected_group groups[] = {
        {"S-1-5-21-3470352123-1343919901-2624952949-513", USUAL},  {"S-1-5-21-3470352123-1343919901-2624952949-1111", USUAL},
        {"S-1-5-21-3470352123-1343919901-2624952949-1113", USUAL}, {"S-1-5-21-3470352123-1343919901-2624952949-1114", USUAL},
        {"S-1-5-21-3470352123-1343919901-2624952949-1112", USUAL}, {"S-1-18-1", USUAL}};
    struct pac_logon *logon;
    NTSTATUS status = read_hex(samba_pac, &logon);

    ok(!status && logon, "status %#x\n", status); /* MS-PAC 2.5 */
    if (!logon) return;
    ok(is(logon->account_name, "alice") && is(logon->full_name, "Alice Example"), "names\n"); /* MS-PAC 2.5 */
    ok(is(logon->domain_name, "GUISE") && is(logon->logon_server, "DC"), "domain\n");
    ok(!strcmp(text_of(logon->user), "S-1-5-21-3470352123-1343919901-2624952949-1103"), "user %s\n", text_of(logon->user));
    ok(!strcmp(text_of(logon->primary_group), groups[0].sid), "primary group %s\n", text_of(logon->primary_group));
    ok(logon->account_control == 0x10, "account control %#x\n", logon->account_control);
    ok(logon->logoff_time == 0x7fffffffffffffff && logon->kickoff_time == logon->logoff_time, "ends\n");
    ok(logon->logon_time > logon->password_last_set && logon->password_can_change > logon->password_last_set, "times\n");
    check_groups(logon, groups, ARRAYSIZE(groups)); /* MS-PAC 2.5 */
    ok(is(logon->upn, "alice@guise.test") && is(logon->dns_domain, "GUISE.TEST"), "upn\n"); /* MS-PAC 2.10 */
    ok(!logon->upn_constructed, "has a upn\n"); /* MS-PAC 2.10 */
    ok(is(logon->client_name, "alice") && logon->client_time / 10000000 == 13439762947, "client %lld\n", (long long)logon->client_time); /* MS-PAC 2.7 */
    pac_free(logon);
}

static void test_full(void)
{
    /* the user's SID among the extra ones is none of the groups */
    static const struct expected_group groups[] = {
        {"S-1-5-21-1-2-3-513", USUAL},         {"S-1-5-21-1-2-3-1111", USUAL},
        {"S-1-18-1", USUAL},                   {"S-1-5-21-7-8-9-500", USUAL | SE_GROUP_RESOURCE},
        {"S-1-5-21-4-5-6-1200", USUAL | SE_GROUP_RESOURCE}, {"S-1-5-21-4-5-6-1201", USUAL | SE_GROUP_RESOURCE}};
    struct pac_logon *logon;
    NTSTATUS status = read_hex(full_pac, &logon);

    ok(!status && logon, "status %#x\n", status); /* MS-PAC 2.5 */
    if (!logon) return;
    check_groups(logon, groups, ARRAYSIZE(groups)); /* MS-PAC 2.5 */
    for (int i = 0; i < PAC_SESSION_KEY_SIZE; i++) ok(logon->session_key[i] == i, "key %d\n", i); /* MS-PAC 2.5 */
    pac_free(logon);
}

/* Buffers that nobody here reads are no reason to refuse. */
static void test_modern(void)
{
    struct pac_logon *logon;
    NTSTATUS status = read_hex(modern_pac, &logon);

    ok(!status && logon && logon->group_count == 2, "status %#x\n", status); /* MS-PAC 2.4 */
    pac_free(logon);
}

static void test_other_user(const char *hex)
{
    /* the groups are still LOGON_INFO's domain's, and the user is none of them */
    static const struct expected_group groups[] = {{"S-1-5-21-1-2-3-513", USUAL}, {"S-1-5-21-1-2-3-1111", USUAL}, {"S-1-18-1", USUAL}};
    struct pac_logon *logon;
    NTSTATUS status = read_hex(hex, &logon);

    ok(!status && logon, "status %#x\n", status); /* MS-PAC 2.5 */
    if (!logon) return;
    ok(!strcmp(text_of(logon->user), "S-1-5-21-7-8-9-1500"), "user %s\n", text_of(logon->user)); /* MS-PAC 2.5 */
    ok(!strcmp(text_of(logon->primary_group), groups[0].sid), "primary group %s\n", text_of(logon->primary_group)); /* MS-PAC 2.5 */
    check_groups(logon, groups, ARRAYSIZE(groups)); /* MS-PAC 2.5 */
    pac_free(logon);
}

/* ---- contradictions: the full PAC with one thing changed ----------------------------------------------------------- */

#define UTF16_ALICE "a\0l\0i\0c\0e\0"

struct change
{
    const char *what, *old, *new;
    size_t size;
    int occurrence; /* of OLD */
};

static const struct change changes[] = {
    {"version", "\7\0\0\0\0\0\0\0", "\7\0\0\0\1\0\0\0", 8, 1},
    {"more buffers than there is room for", "\7\0\0\0\0\0\0\0", "\7\0\0\1\0\0\0\0", 8, 1},
    {"no LOGON_INFO", "\1\0\0\0", "\x63\0\0\0", 4, 1},
    {"a buffer that is not aligned", "\x78\0\0\0\0\0\0\0", "\x79\0\0\0\0\0\0\0", 8, 1},
    {"a buffer outside", "\x78\0\0\0\0\0\0\0", "\x78\0\0\0\0\1\0\0", 8, 1},
    {"version of NDR", "\1\x10\x08\0", "\2\x10\x08\0", 4, 1},
    {"big-endian NDR", "\1\x10\x08\0", "\1\0\x08\0", 4, 1},
    {"no user", "\x4f\x04\0\0\1\2\0\0", "\0\0\0\0\1\2\0\0", 8, 1},
    {"another user than the requestor", "\x4f\x04\0\0\1\2\0\0", "\xf4\1\0\0\1\2\0\0", 8, 1},
    {"a NUL in the name", UTF16_ALICE, "a\0\0\0i\0c\0e\0", 10, 1},
    {"a NUL in the client's name", UTF16_ALICE, "a\0\0\0i\0c\0e\0", 10, 2},
    {"another count of groups", "\2\0\0\0\1\2\0\0", "\3\0\0\0\1\2\0\0", 8, 1},
    {"a domain that is none", "\4\0\0\0\1\4\0\0\0\0\0\5\x15", "\4\0\0\0\1\4\0\0\0\0\0\5\x20", 13, 1},
    {"a SID longer than its room", "\4\0\0\0\1\4\0\0\0\0\0\5\x15", "\4\0\0\0\1\5\0\0\0\0\0\5\x15", 13, 1},
    {"a SID of another revision", "\4\0\0\0\1\4\0\0\0\0\0\5\x15", "\4\0\0\0\2\4\0\0\0\0\0\5\x15", 13, 1},
};

#define OTHER_USER "\5\0\0\0\1\5\0\0\0\0\0\5\x15\0\0\0\7\0\0\0\x8\0\0\0\x9\0\0\0\xdc\5\0\0"

/* Of the PAC whose user is the first of the extra SIDs. */
static const struct change other_changes[] = {
    {"extra SIDs that the flags deny", "\x20\0\0\0\0\1\2\3", "\0\0\0\0\0\1\2\3", 8, 1},
    {"a user of no domain", OTHER_USER, "\5\0\0\0\1\5\0\0\0\0\0\5\x20\0\0\0\7\0\0\0\x8\0\0\0\x9\0\0\0\xdc\5\0\0", 32, 1},
    {"a user of this machine's", OTHER_USER, "\5\0\0\0\1\5\0\0\0\0\0\x16\x15\0\0\0\7\0\0\0\x8\0\0\0\x9\0\0\0\xdc\5\0\0", 32, 1},
    {"a user without RID", OTHER_USER, "\5\0\0\0\1\5\0\0\0\0\0\5\x15\0\0\0\7\0\0\0\x8\0\0\0\x9\0\0\0\0\0\0\0", 32, 1},
    {"another user than the first", OTHER_USER, "\5\0\0\0\1\5\0\0\0\0\0\5\x15\0\0\0\7\0\0\0\x8\0\0\0\x9\0\0\0\xdd\5\0\0", 32, 1},
    {"another domain in UPN_DNS_INFO", "\7\0\0\0\x8\0\0\0\x9\0\0\0\xdc\5\0\0", "\1\0\0\0\2\0\0\0\3\0\0\0\xdc\5\0\0", 16, 2},
    {"another requestor", "\7\0\0\0\x8\0\0\0\x9\0\0\0\xdc\5\0\0", "\7\0\0\0\x8\0\0\0\x9\0\0\0\xf4\1\0\0", 16, 3},
    {"a user after all", "\0\0\0\0\1\2\0\0\2\0\0\0", "\x4f\4\0\0\1\2\0\0\2\0\0\0", 12, 1},
};

static UCHAR *find(struct bytes *bytes, const char *what, size_t size, int occurrence)
{
    UCHAR *at = bytes->data;

    while ((at = memmem(at, bytes->size - (size_t)(at - bytes->data), what, size)) && --occurrence) at++;
    return at;
}

static void test_contradictions(const char *hex, const struct change *change, size_t count)
{
    for (size_t i = 0; i < count; i++)
    {
        struct bytes bytes = unhex(hex);
        UCHAR *at = find(&bytes, change[i].old, change[i].size, change[i].occurrence);
        struct pac_logon *logon = (struct pac_logon *)&bytes;
        NTSTATUS status;

        ok(at != NULL, "%s: not found\n", change[i].what); /* MS-PAC 2.3 */
        if (!at) continue;
        memcpy(at, change[i].new, change[i].size);
        status = pac_read(bytes.data, bytes.size, &logon);
        ok(status == STATUS_INVALID_PARAMETER && !logon, "%s: %#x\n", change[i].what, status); /* MS-PAC 2.3 */
        pac_free(logon);
    }
}

/* ---- cut and changed anywhere, at the end of readable memory ------------------------------------------------------- */

static void read_at(UCHAR *data, size_t size, size_t changed)
{
    struct pac_logon *logon;
    NTSTATUS status = pac_read(data, size, &logon);

    ok(!status == !!logon, "byte %zu: %#x\n", changed, status); /* callers cite */
    if (!logon) return;
    ok(*logon->account_name && *logon->domain_name && logon->user->SubAuthorityCount == 5, "byte %zu\n", changed); /* callers cite */
    pac_free(logon);
}

static void test_damage(const char *hex)
{
    static const UCHAR masks[] = {1, 0x80, 0xff};
    struct bytes bytes = unhex(hex);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    UCHAR *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *data;
    struct pac_logon *logon;

    if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE))
    {
        skip("no memory\n");
        return;
    }
    for (size_t size = 0; size < bytes.size - 16; size++)
    {
        data = pages + page - size;
        memcpy(data, bytes.data, size);
        ok(pac_read(data, size, &logon) == STATUS_INVALID_PARAMETER && !logon, "cut to %zu\n", size); /* MS-PAC 2.3 */
    }
    data = pages + page - bytes.size;
    for (size_t i = 0; i < bytes.size; i++)
    {
        for (size_t k = 0; k < sizeof(masks); k++)
        {
            memcpy(data, bytes.data, bytes.size);
            data[i] ^= masks[k];
            read_at(data, bytes.size, i); /* MS-PAC 2.3 */
        }
    }
    munmap(pages, 2 * page);
}

static void test_no_memory(void)
{
    struct pac_logon *logon;
    NTSTATUS status;

    guise_fail_allocation(1);
    status = read_hex(full_pac, &logon);
    guise_fail_allocation(0);
    ok(status == STATUS_NO_MEMORY && !logon, "status %#x\n", status); /* design 5.5 */
}

START_TEST(pac)
{
    test_samba();
    test_full();
    test_modern();
    test_other_user(other_pac);
    test_other_user(other_named_pac);
    test_contradictions(full_pac, changes, ARRAYSIZE(changes));
    test_contradictions(other_named_pac, other_changes, ARRAYSIZE(other_changes));
    test_damage(samba_pac);
    test_damage(full_pac);
    test_damage(other_named_pac);
    test_no_memory();
}
