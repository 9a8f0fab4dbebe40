/*
 * LookupAccountSid, LookupAccountName, GetUserName.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "wine/test.h"

/* What a SID is called, in both forms. */
struct names
{
    char name[256], domain[256];
    SID_NAME_USE use;
};

static void same_text(const char *narrow, const WCHAR *wide)
{
    unsigned int i = 0;

    while (narrow[i] && (unsigned char)narrow[i] < 0x80 && wide[i] == narrow[i]) i++;
    ok(wide[i] == narrow[i] || (unsigned char)narrow[i] >= 0x80, "%s: the forms differ at %u\n", narrow,
       i); /* sdk LookupAccountSidA */
}

static BOOL look_up_sid(PSID sid, struct names *names)
{
    DWORD name_size = sizeof(names->name), domain_size = sizeof(names->domain);
    WCHAR wide_name[256], wide_domain[256];
    SID_NAME_USE use = 77;
    BOOL ret;

    if (!LookupAccountSidA(NULL, sid, names->name, &name_size, names->domain, &domain_size, &names->use)) return FALSE;
    /* Wine: account-names */
    todo_wine ok(name_size == strlen(names->name), "got %lu for %s\n", name_size,
                 names->name); /* sdk LookupAccountSidA */
    /* Wine: account-names */
    todo_wine ok(domain_size == strlen(names->domain), "got %lu for %s\n", domain_size,
                 names->domain); /* sdk LookupAccountSidA */
    name_size = domain_size = 256;
    ret = LookupAccountSidW(NULL, sid, wide_name, &name_size, wide_domain, &domain_size, &use);
    ok(ret && use == names->use, "error %lu, use %d and %d\n", GetLastError(), use,
       names->use); /* sdk LookupAccountSidW */
    same_text(names->name, wide_name);
    same_text(names->domain, wide_domain);
    return TRUE;
}

/* Whether the name says SID again. */
static BOOL look_up_name(const char *name, PSID sid, SID_NAME_USE use)
{
    DWORD sid_size = SECURITY_MAX_SID_SIZE, domain_size = 256;
    char found[SECURITY_MAX_SID_SIZE], domain[256];
    SID_NAME_USE found_use = 77;
    BOOL ret = LookupAccountNameA(NULL, name, found, &sid_size, domain, &domain_size, &found_use);

    if (!ret) return FALSE;
    ok(sid_size == GetLengthSid(found), "got %lu\n", sid_size);              /* sdk LookupAccountNameA */
    ok(domain_size == strlen(domain), "got %lu, %s\n", domain_size, domain); /* sdk LookupAccountNameA */
    return found_use == use && EqualSid(sid, found);
}

static void test_well_known(void)
{
    static const struct
    {
        WELL_KNOWN_SID_TYPE kind;
        SID_NAME_USE use;
    } rows[] = {
        /* win32 secauthz/well-known-sids */
        {WinWorldSid, SidTypeWellKnownGroup},
        {WinLocalSystemSid, SidTypeWellKnownGroup},
        {WinNetworkSid, SidTypeWellKnownGroup},
        {WinAnonymousSid, SidTypeWellKnownGroup},
        {WinAuthenticatedUserSid, SidTypeWellKnownGroup},
        {WinCreatorOwnerSid, SidTypeWellKnownGroup},
        {WinBuiltinAdministratorsSid, SidTypeAlias},
        {WinBuiltinUsersSid, SidTypeAlias},
        {WinBuiltinGuestsSid, SidTypeAlias},
        {WinMediumLabelSid, SidTypeLabel},
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(rows); i++)
    {
        char sid[SECURITY_MAX_SID_SIZE], joined[600];
        DWORD size = sizeof(sid);
        struct names names;
        BOOL ret;

        CreateWellKnownSid(rows[i].kind, NULL, sid, &size);
        ret = look_up_sid(sid, &names);
        /* Wine: account-names */
        todo_wine_if(rows[i].use == SidTypeLabel)
            ok(ret, "kind %d: error %lu\n", rows[i].kind, GetLastError()); /* rows cite */
        if (!ret) continue;
        ok(names.use == rows[i].use, "kind %d: use %d\n", rows[i].kind, names.use); /* rows cite */
        ok(names.name[0], "kind %d: no name\n", rows[i].kind);                      /* rows cite */
        /* sdk LookupAccountNameA: with and without the domain */
        ok(look_up_name(names.name, sid, rows[i].use), "%s: error %lu\n", names.name, GetLastError());
        if (!names.domain[0]) continue;
        strcpy(joined, names.domain);
        strcat(joined, "\\");
        strcat(joined, names.name);
        ok(look_up_name(joined, sid, rows[i].use), "%s: error %lu\n", joined,
           GetLastError()); /* sdk LookupAccountNameA */
    }
}

static void test_sizes(void)
{
    char sid[SECURITY_MAX_SID_SIZE], found[SECURITY_MAX_SID_SIZE], name[256], domain[256];
    DWORD size = sizeof(sid), name_size = 0, domain_size = 0, needed;
    SID_NAME_USE use;
    BOOL ret;

    /* sdk LookupAccountSidA: what is needed, with the terminators */
    CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &size);
    SetLastError(0xdeadbeef);
    ret = LookupAccountSidA(NULL, sid, NULL, &name_size, NULL, &domain_size, &use);
    ok(!ret && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "got %d, error %lu\n", ret, GetLastError());
    ok(name_size && domain_size, "got %lu and %lu\n", name_size, domain_size);
    needed = name_size;
    ret = LookupAccountSidA(NULL, sid, name, &name_size, domain, &domain_size, &use);
    ok(ret, "error %lu\n", GetLastError());
    /* Wine: account-names */
    todo_wine ok(name_size == needed - 1 && strlen(name) == name_size, "got %lu after %lu\n", name_size, needed);

    /* sdk LookupAccountNameA */
    size = 0;
    domain_size = 0;
    SetLastError(0xdeadbeef);
    ret = LookupAccountNameA(NULL, name, NULL, &size, NULL, &domain_size, &use);
    ok(!ret && GetLastError() == ERROR_INSUFFICIENT_BUFFER, "got %d, error %lu\n", ret, GetLastError());
    ok(size == GetLengthSid(sid), "got %lu\n", size);
    ret = LookupAccountNameA(NULL, name, found, &size, domain, &domain_size, &use);
    ok(ret && EqualSid(sid, found), "error %lu\n", GetLastError());
}

static void test_unknown(void)
{
    /* S-1-5-9999 */
    SID nobody = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {9999}};
    char sid[SECURITY_MAX_SID_SIZE], domain[256];
    DWORD size = sizeof(sid), domain_size = sizeof(domain);
    struct names names;
    SID_NAME_USE use;
    BOOL ret;

    /* sdk LookupAccountSidA */
    SetLastError(0xdeadbeef);
    ok(!look_up_sid(&nobody, &names) && GetLastError() == ERROR_NONE_MAPPED, "error %lu\n", GetLastError());

    /* sdk LookupAccountNameA */
    SetLastError(0xdeadbeef);
    ret = LookupAccountNameA(NULL, "no such account 4711", sid, &size, domain, &domain_size, &use);
    ok(!ret && GetLastError() == ERROR_NONE_MAPPED, "got %d, error %lu\n", ret, GetLastError());
}

static void test_user(void)
{
    union
    {
        TOKEN_USER user;
        BYTE room[256];
    } buffer;
    char name[256], joined[600];
    WCHAR wide[256];
    struct names names;
    DWORD size = 0, length;
    HANDLE token;
    BOOL ret;

    /* sdk LookupAccountSidA: who runs this has a name, and it is his */
    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    GetTokenInformation(token, TokenUser, &buffer, sizeof(buffer), &length);
    CloseHandle(token);
    ret = look_up_sid(buffer.user.User.Sid, &names);
    ok(ret, "error %lu\n", GetLastError());
    strcpy(joined, names.domain);
    strcat(joined, "\\");
    strcat(joined, names.name);
    ok(look_up_name(joined, buffer.user.User.Sid, names.use), "%s: error %lu\n", joined, GetLastError());

    /* sdk GetUserNameA: the sizes count the terminator, also of a success */
    SetLastError(0xdeadbeef);
    ret = GetUserNameA(NULL, &size);
    ok(!ret && GetLastError() == ERROR_INSUFFICIENT_BUFFER && size, "got %d, error %lu, size %lu\n", ret,
       GetLastError(), size);
    length = size;
    ret = GetUserNameA(name, &size);
    ok(ret && size == strlen(name) + 1 && size <= length, "error %lu, size %lu for %s\n", GetLastError(), size, name);
    size = ARRAYSIZE(wide);
    ret = GetUserNameW(wide, &size);
    ok(ret && !wide[size - 1], "error %lu, size %lu\n", GetLastError(), size);
    same_text(name, wide);
}

START_TEST(names)
{
    test_well_known();
    test_sizes();
    test_unknown();
    test_user();
}
