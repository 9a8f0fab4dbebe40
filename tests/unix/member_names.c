/*
 * Names on a member of a domain whose winbind is not there: this machine's own need nobody else, and nobody else's are told.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sddl.h>
#include <secext.h>

#include "../secur32/session.h"
#include "support.h"

/* The error of a look-up; its answer is DOMAIN\NAME or SID in TEXT. */
static DWORD look_up_sid(const char *sid_text, char text[600])
{
    DWORD name_size = 256, domain_size = 256, error = ERROR_SUCCESS;
    char name[256], domain[256];
    SID_NAME_USE use;
    PSID sid;

    *text = 0;
    if (!ConvertStringSidToSidA(sid_text, &sid)) return GetLastError();
    if (LookupAccountSidA(NULL, sid, name, &name_size, domain, &domain_size, &use)) snprintf(text, 600, "%s\\%s", domain, name);
    else error = GetLastError();
    LocalFree(sid);
    return error;
}

static DWORD look_up_name(const char *name, char text[600])
{
    DWORD size = SECURITY_MAX_SID_SIZE, domain_size = 256;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    char domain[256], *converted;
    SID_NAME_USE use;

    *text = 0;
    if (!LookupAccountNameA(NULL, name, sid, &size, domain, &domain_size, &use)) return GetLastError();
    ConvertSidToStringSidA(sid, &converted);
    strcpy(text, converted);
    LocalFree(converted);
    return ERROR_SUCCESS;
}

static void test_local(void)
{
    static const struct
    {
        const char *name, *sid;
    } rows[] = {
        {"carol", "S-1-22-1-70003"},      {".\\carol", "S-1-22-1-70003"}, {"MEMBER\\carol", "S-1-22-1-70003"}, {"member.fake.test\\carol", "S-1-22-1-70003"},
        {"staff", "S-1-22-2-70101"},      {"Everyone", "S-1-1-0"},        {"BUILTIN\\Users", "S-1-5-32-545"},  {"NT AUTHORITY\\SYSTEM", "S-1-5-18"},
        {"Unix User\\bob", "S-1-22-1-70002"}, {"Unix User\\root", "S-1-5-18"}, {"carol@member", "S-1-22-1-70003"},
    };
    char alice[600], text[600];

    for (size_t i = 0; i < ARRAYSIZE(rows); i++)
        ok(!look_up_name(rows[i].name, text) && !strcmp(text, rows[i].sid), "%s is %s\n", rows[i].name, text); /* design 8.5 */
    ok(!look_up_name("alice", alice) && !strncmp(alice, "S-1-5-21-", 9), "alice is %s\n", alice); /* design 8.5 */
    ok(!look_up_sid(alice, text) && !strcmp(text, "MEMBER\\alice"), "%s is %s\n", alice, text); /* design 8.5 */
    ok(!look_up_sid("S-1-22-1-70003", text) && !strcmp(text, "Unix User\\carol"), "carol is %s\n", text); /* design 8.5 */
    ok(!look_up_sid("S-1-22-2-70101", text) && !strcmp(text, "Unix Group\\staff"), "staff is %s\n", text); /* design 8.5 */
    /* Of the store's domain nobody else is asked. */
    strcpy(strrchr(alice, '-'), "-999999");
    ok(look_up_sid(alice, text) == ERROR_NONE_MAPPED, "%s is %s\n", alice, text); /* design 8.5 */
    ok(look_up_name("MEMBER\\nobody-knows", text) == ERROR_NONE_MAPPED, "%s\n", text); /* design 8.5 */
    ok(look_up_name("BUILTIN\\nobody-knows", text) == ERROR_NONE_MAPPED, "%s\n", text); /* design 8.5 */
}

/* Whoever cannot be asked has not said no. */
static void test_foreign(void)
{
    static const char *const names[] = {"FAKE\\carol", "fake.test\\carol", "carol@fake.test", "FAKE", "nobody-knows", "OTHER\\alice"};
    char text[600];
    ULONG size = sizeof(text);

    if (!access("/run/samba/winbindd/pipe", F_OK))
    {
        skip("this machine has a winbind\n");
        return;
    }
    for (size_t i = 0; i < ARRAYSIZE(names); i++)
        ok(look_up_name(names[i], text) == ERROR_TRUSTED_RELATIONSHIP_FAILURE, "%s: error %u, %s\n", names[i], GetLastError(), text); /* design 11.6 */
    ok(look_up_sid("S-1-5-21-1-2-3-500", text) == ERROR_NONE_MAPPED, "error %u\n", GetLastError()); /* sdk LookupAccountSidA */
    ok(!TranslateNameA("FAKE\\carol", NameSamCompatible, NameUserPrincipal, text, &size) && GetLastError() == ERROR_CANT_ACCESS_DOMAIN_INFO, "error %u\n", GetLastError()); /* S2.17.5 */
}

START_TEST(member_names)
{
    if (!have_sandbox()) return;
    if (!session_setup_with("[ntlm]\nnetbios-name = MEMBER\nnetbios-domain = FAKE\ndns-name = member.fake.test\ndns-domain = fake.test\n"
                            "[accounts]\naccounts = files winbind nss\nwinbind-timeout = 2000\n"))
        return;
    test_local();
    test_foreign();
    session_cleanup();
}
