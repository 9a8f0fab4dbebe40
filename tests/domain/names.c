/*
 * What the domain's accounts are called: SIDs, names, and what neither a domain nor anybody else may claim.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sddl.h>
#include <security.h>
#include <winbase.h>

#include "../unix/support.h"
#include "domain.h"

/* DOMAIN\NAME:USE of a SID, or what is wrong. */
static const char *name_of(const char *sid_text)
{
    static char texts[4][600];
    static unsigned int next;
    char *text = texts[next++ % 4], name[256], domain[256];
    DWORD name_size = sizeof(name), domain_size = sizeof(domain);
    SID_NAME_USE use;
    PSID sid;

    if (!ConvertStringSidToSidA(sid_text, &sid)) return "no SID";
    if (LookupAccountSidA(NULL, sid, name, &name_size, domain, &domain_size, &use)) snprintf(text, 600, "%s\\%s:%d", domain, name, use);
    else snprintf(text, 600, "error %u", GetLastError());
    LocalFree(sid);
    return text;
}

/* DOMAIN:SID:USE of a name. */
static const char *sid_of(const char *name)
{
    static char texts[4][600];
    static unsigned int next;
    char *text = texts[next++ % 4], domain[256], *converted;
    DWORD size = SECURITY_MAX_SID_SIZE, domain_size = sizeof(domain);
    BYTE sid[SECURITY_MAX_SID_SIZE];
    SID_NAME_USE use;

    if (!LookupAccountNameA(NULL, name, sid, &size, domain, &domain_size, &use))
    {
        snprintf(text, 600, "error %u", GetLastError());
        return text;
    }
    ConvertSidToStringSidA(sid, &converted);
    snprintf(text, 600, "%s:%s:%d", domain, converted, use);
    LocalFree(converted);
    return text;
}

#define NONE "error 1332" /* ERROR_NONE_MAPPED */

static char domain_of_it[192];

/* The domain's SID with "-RID". */
static const char *with_rid(const char *domain, unsigned int rid)
{
    static char texts[4][256];
    static unsigned int next;
    char *text = texts[next++ % 4];

    snprintf(text, 256, "%s-%u", domain, rid);
    return text;
}

static void test_sids(void)
{
    static const struct
    {
        const char *account, *name;
    } rows[] = {
        {"alice", "GUISE\\alice:1"},      {"Administrator", "GUISE\\Administrator:1"}, {"Domain Users", "GUISE\\Domain Users:2"},
        {"Staff", "GUISE\\Staff:2"},      {"everybody", "GUISE\\Everybody:2"},         {"Local", "GUISE\\Local:4"},
        {"member$", "GUISE\\MEMBER$:1"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ok(!strcmp(name_of(domain_sid(rows[i].account)), rows[i].name), "%s is %s\n", rows[i].account, name_of(domain_sid(rows[i].account))); /* sdk LookupAccountSidA */
    ok(!strcmp(name_of(domain_of_it), "GUISE\\:3"), "the domain is %s\n", name_of(domain_of_it)); /* sdk LookupAccountSidA */
    ok(!strcmp(name_of(with_rid(domain_of_it, 999999)), NONE), "nobody is %s\n", name_of(with_rid(domain_of_it, 999999))); /* sdk LookupAccountSidA */
    ok(!strcmp(name_of("S-1-5-21-1-2-3"), NONE) && !strcmp(name_of("S-1-5-21-1-2-3-500"), NONE), "another domain\n"); /* sdk LookupAccountSidA */
}

static void test_names(void)
{
    static const char *const spellings[] = {"GUISE\\alice", "guise\\ALICE", "guise.test\\alice", "alice@guise.test", "ALICE@GUISE.TEST", "alice@GUISE"};
    static const char *const nobody[] = {"GUISE\\nobody-knows", "OTHER\\alice", "alice@other.test", "nobody@guise.test", "GUISE\\alice@guise.test",
                                         "GUISE\\al\nice", "GUISE\\", "@guise.test", "GUISE\\GUISE\\alice", "nobody-knows"};
    char expected[256], long_name[700];

    snprintf(expected, sizeof(expected), "GUISE:%s:1", domain_sid("alice"));
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        ok(!strcmp(sid_of(spellings[i]), expected), "%s is %s\n", spellings[i], sid_of(spellings[i])); /* sdk LookupAccountNameA */
    snprintf(expected, sizeof(expected), "GUISE:%s:2", domain_sid("Domain Users"));
    ok(!strcmp(sid_of("GUISE\\domain users"), expected) && !strcmp(sid_of("Domain Users"), expected), "%s\n", sid_of("Domain Users")); /* sdk LookupAccountNameA */
    snprintf(expected, sizeof(expected), "GUISE:%s:1", domain_sid("erin"));
    ok(!strcmp(sid_of("erin"), expected), "a name alone is %s\n", sid_of("erin")); /* sdk LookupAccountNameA */
    snprintf(expected, sizeof(expected), "GUISE:%s:3", domain_of_it);
    ok(!strcmp(sid_of("GUISE"), expected) && !strcmp(sid_of("guise.test"), expected), "the domain is %s\n", sid_of("guise.test")); /* sdk LookupAccountNameA */
    for (size_t i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++)
        ok(!strcmp(sid_of(nobody[i]), NONE), "%s is %s\n", nobody[i], sid_of(nobody[i])); /* sdk LookupAccountNameA */
    memset(long_name, 'x', sizeof(long_name));
    memcpy(long_name, "GUISE\\", 6);
    long_name[sizeof(long_name) - 1] = 0;
    ok(!strcmp(sid_of(long_name), NONE), "a long name is %s\n", sid_of(long_name)); /* sdk LookupAccountNameA */
}

/* What is this machine's is not a domain's, and is looked for first. */
static void test_ours(void)
{
    char own[256], *rid;

    ok(!strcmp(sid_of("alice"), sid_of("MEMBER\\alice")) && strstr(sid_of("alice"), "MEMBER:S-1-5-21-"), "alice is %s\n", sid_of("alice")); /* design 8.5 */
    ok(!strcmp(sid_of("alice@member.guise.test"), sid_of("alice")) && !strcmp(sid_of(".\\alice"), sid_of("alice")), "%s\n", sid_of(".\\alice")); /* design 8.5 */
    ok(!strcmp(sid_of("carol"), "Unix User:S-1-22-1-70003:1"), "carol is %s\n", sid_of("carol")); /* design 8.5 */
    ok(!strcmp(sid_of("MEMBER\\erin"), NONE) && !strcmp(sid_of("erin@member.guise.test"), NONE), "erin of this machine\n"); /* design 8.5 */
    ok(!strcmp(sid_of(".\\GUISE\\erin"), NONE) && !strcmp(sid_of("Unix User\\GUISE\\erin"), NONE), "erin as a Unix user\n"); /* design 8.5 */
    ok(!strcmp(name_of("S-1-5-32-544"), "BUILTIN\\Administrators:4") && !strcmp(name_of("S-1-5-18"), "NT AUTHORITY\\SYSTEM:5"), "well-known\n"); /* win32 secauthz/well-known-sids */
    ok(!strcmp(name_of("S-1-5-32-999"), NONE) && !strcmp(name_of("S-1-5-21-0-0-0-1000"), NONE), "no domain's\n"); /* design 8.5 */
    ok(!strcmp(name_of("S-1-22-1-70003"), "Unix User\\carol:1"), "%s\n", name_of("S-1-22-1-70003")); /* design 8.5 */
    /* Nobody of the store's domain. */
    snprintf(own, sizeof(own), "%s", strchr(sid_of("alice"), ':') + 1);
    *strchr(own, ':') = 0;
    ok(!strcmp(name_of(own), "MEMBER\\alice:1"), "%s is %s\n", own, name_of(own)); /* design 8.5 */
    rid = strrchr(own, '-');
    strcpy(rid, "-888888");
    ok(!strcmp(name_of(own), NONE), "%s is %s\n", own, name_of(own)); /* design 8.5 */
    /* winbind has SIDs of this machine's own, too, which are not a domain's. */
    ok(!strcmp(sid_of("MEMBER\\nobody"), "Unix User:S-1-22-1-65534:1") && !strcmp(name_of(domain_machine_sid()), NONE), "%s\n", name_of(domain_machine_sid())); /* design 8.5 */
}

/* Every SID of a token has a name, but for the logon's. */
static void test_token(void)
{
    const TOKEN_GROUPS *groups;
    struct session session;
    unsigned int nameless = 0;
    char *text;

    if (!domain_log_on(&session, "Kerberos", "alice")) return;
    groups = domain_query(&session, TokenGroups);
    for (ULONG i = 0; i < groups->GroupCount; i++)
    {
        ConvertSidToStringSidA(groups->Groups[i].Sid, &text);
        if (!strcmp(name_of(text), NONE))
        {
            nameless++;
            ok(!strncmp(text, "S-1-5-5-", 8), "%s has no name\n", text); /* sdk LookupAccountSidA: a logon SID has none */
        }
        LocalFree(text);
    }
    ok(nameless == 1, "%u SIDs have no name\n", nameless); /* sdk LookupAccountSidA */
    session_close(&session);
}

static const char *translated(const char *name, EXTENDED_NAME_FORMAT from, EXTENDED_NAME_FORMAT to)
{
    static char texts[4][300];
    static unsigned int next;
    char *text = texts[next++ % 4];
    ULONG size = 300;

    if (!TranslateNameA(name, from, to, text, &size)) snprintf(text, 300, "error %u", GetLastError());
    return text;
}

#define NO_DIRECTORY "error 1351" /* ERROR_CANT_ACCESS_DOMAIN_INFO */

static void test_translation(void)
{
    static const struct
    {
        const char *name;
        EXTENDED_NAME_FORMAT from, to;
        const char *expected;
    } rows[] = {
        {"guise\\ALICE", NameSamCompatible, NameSamCompatible, "GUISE\\alice"},
        {"GUISE\\alice", NameSamCompatible, NameUserPrincipal, "alice@guise.test"},
        {"GUISE\\alice", NameSamCompatible, NameDnsDomain, "guise.test\\alice"},
        {"ALICE@guise.test", NameUserPrincipal, NameSamCompatible, "GUISE\\alice"},
        {"guise.test\\alice", NameDnsDomain, NameSamCompatible, "GUISE\\alice"},
        {"alice@guise.test", NameUnknown, NameSamCompatible, "GUISE\\alice"},
        {"GUISE\\Staff", NameUnknown, NameSamCompatible, "GUISE\\Staff"},
        {"GUISE\\", NameSamCompatible, NameCanonical, "guise.test/"},
        {"GUISE\\", NameSamCompatible, NameSamCompatible, "GUISE\\"},
        {"GUISE\\alice", NameSamCompatible, NameUniqueId, NONE},
        {"GUISE\\alice", NameSamCompatible, NameCanonical, NONE},
        {"GUISE\\nobody-knows", NameSamCompatible, NameUserPrincipal, NONE},
        {"nobody@guise.test", NameUserPrincipal, NameSamCompatible, NONE},
        {"guise.test\\alice", NameSamCompatible, NameUserPrincipal, NONE},
        {"GUISE\\alice", NameDnsDomain, NameUserPrincipal, NONE},
        {"MEMBER\\erin", NameSamCompatible, NameSamCompatible, NONE},
        {"MEMBER\\alice", NameSamCompatible, NameSamCompatible, "MEMBER\\alice"},
        {"CN=alice,CN=Users,DC=guise,DC=test", NameFullyQualifiedDN, NameSamCompatible, NO_DIRECTORY},
    };
    ULONG size = 300;
    char text[300];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ok(!strcmp(translated(rows[i].name, rows[i].from, rows[i].to), rows[i].expected), "%zu: %s is %s\n", i, rows[i].name,
           translated(rows[i].name, rows[i].from, rows[i].to)); /* sdk TranslateNameA */
    ok(GetComputerObjectNameA(NameSamCompatible, text, &size) && !strcmp(text, "GUISE\\MEMBER$"), "this computer is %s\n", text); /* sdk GetComputerObjectNameA */
}

/* What a client that is impersonated is called. */
static void test_client(const char *package)
{
    static const struct
    {
        EXTENDED_NAME_FORMAT format;
        const char *expected;
    } rows[] = {{NameSamCompatible, "GUISE\\alice"}, {NameUserPrincipal, "alice@guise.test"}, {NameDnsDomain, "guise.test\\alice"}};
    struct session session;
    char text[300];
    ULONG size;

    if (!domain_log_on(&session, package, "alice")) return;
    ok(ImpersonateSecurityContext(&session.server) == SEC_E_OK, "not impersonated\n"); /* S2.9.1 */
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
        size = sizeof(text);
        ok(GetUserNameExA(rows[i].format, text, &size) && !strcasecmp(text, rows[i].expected), "%s: %s\n", package, text); /* sdk GetUserNameExA */
    }
    size = sizeof(text);
    ok(!GetUserNameExA(NameUniqueId, text, &size) && GetLastError() == ERROR_NONE_MAPPED, "%s: error %u\n", package, GetLastError()); /* sdk GetUserNameExA */
    /* As the client, too. */
    ok(!strcmp(name_of(domain_sid("Staff")), "GUISE\\Staff:2") && strstr(sid_of("GUISE\\bob"), domain_sid("bob")), "%s\n", sid_of("GUISE\\bob")); /* sdk LookupAccountNameA */
    RevertSecurityContext(&session.server);
    session_close(&session);
}

START_TEST(names)
{
    if (!domain_setup("accounts = files winbind nss\n")) return;
    strcpy(domain_of_it, domain_sid("alice"));
    *strrchr(domain_of_it, '-') = 0;
    test_sids();
    test_names();
    test_ours();
    test_token();
    test_translation();
    test_client("Kerberos");
    test_client("NTLM");
    test_sids(); /* as they are kept */
    test_names();
    session_cleanup();
}
