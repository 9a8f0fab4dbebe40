/*
 * SIDs and names of privileges.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"
#include <sddl.h>

static void test_text(void)
{
    static const struct
    {
        const char *in, *out; /* out NULL: refused */
        BOOL wine;            /* Wine differs */
    } rows[] = {
        /* MS-DTYP 2.4.2.1 */
        {"S-1-5-18", "S-1-5-18", FALSE},
        {"S-1-5-32-544", "S-1-5-32-544", FALSE},
        {"S-1-22-1-1000", "S-1-22-1-1000", FALSE},
        {"S-1-1-0", "S-1-1-0", FALSE},
        {"s-1-5-21-1-2-3-500", "S-1-5-21-1-2-3-500", FALSE},
        {"S-1-5-0x12", "S-1-5-18", FALSE},
        {"S-1-0x100000000000-7", "S-1-0x100000000000-7", TRUE},
        {"S-1-5-4294967295", "S-1-5-4294967295", FALSE},
        {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", FALSE},
        {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", NULL, TRUE},
        {"S-1-5-4294967296", NULL, TRUE},
        {"S-1-5-", NULL, FALSE},
        {"S-1-5-18-", NULL, TRUE},
        {"S-1-5-+1", NULL, FALSE},
        {"S-1-5- 1", NULL, FALSE},
        {"S-2-5-18", NULL, FALSE},
        {"S-1", NULL, FALSE},
        {"", NULL, TRUE},
        {"S-1-5-18x", NULL, FALSE},
        /* MS-DTYP 2.5.1.1: abbreviations */
        {"BA", "S-1-5-32-544", FALSE},
        {"SY", "S-1-5-18", FALSE},
        {"WD", "S-1-1-0", FALSE},
        {"AN", "S-1-5-7", FALSE},
        {"QQ", NULL, FALSE},
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(rows); i++)
    {
        char *text = NULL;
        PSID sid = NULL;
        BOOL ret;

        SetLastError(0xdeadbeef);
        ret = ConvertStringSidToSidA(rows[i].in, &sid);
        todo_wine_if(rows[i].wine && !rows[i].out) /* Wine: sid-text */
        ok(ret == (rows[i].out != NULL), "%s: got %d, error %lu\n", rows[i].in, ret, GetLastError()); /* rows cite */
        if (!rows[i].out)
        {
            if (ret)
            {
                LocalFree(sid);
                continue;
            }
            ok(GetLastError() == ERROR_INVALID_SID || broken(GetLastError() == ERROR_INVALID_PARAMETER),
               "%s: error %lu\n", rows[i].in, GetLastError()); /* sdk ConvertStringSidToSidA */
            continue;
        }
        if (!ret) continue;
        ret = ConvertSidToStringSidA(sid, &text);
        todo_wine_if(rows[i].wine) /* Wine: sid-text */
        ok(ret && !strcmp(text, rows[i].out), "%s: got %d, %s\n", rows[i].in, ret, text); /* rows cite */
        LocalFree(text);
        LocalFree(sid);
    }
}

static void test_wide(void)
{
    static const WCHAR expected[] = L"S-1-5-32-545";
    WCHAR *text = NULL;
    PSID sid = NULL;
    BOOL ret;

    /* sdk ConvertStringSidToSidW, sdk ConvertSidToStringSidW */
    ret = ConvertStringSidToSidW(expected, &sid);
    ok(ret, "error %lu\n", GetLastError());
    ret = ConvertSidToStringSidW(sid, &text);
    ok(ret && !memcmp(text, expected, sizeof(expected)), "got %d, %s\n", ret, wine_dbgstr_w(text));
    ok(!LocalFree(text), "the block was not freed\n");
    LocalFree(sid);
    SetLastError(0xdeadbeef);
    ret = ConvertStringSidToSidW(NULL, &sid);
    ok(!ret && GetLastError() == ERROR_INVALID_PARAMETER, "got %d, error %lu\n", ret, GetLastError());
    ret = ConvertStringSidToSidW(L"S-1-5-\x661", &sid);
    todo_wine /* Wine: sid-text */
    ok(!ret, "a digit of another script was read\n");
}

static void test_well_known(void)
{
    char first[SECURITY_MAX_SID_SIZE], second[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(first), length;
    BOOL ret;

    /* sdk CreateWellKnownSid */
    ret = CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, first, &size);
    ok(ret && size == 16, "error %lu, size %lu\n", GetLastError(), size);
    length = size - 1;
    SetLastError(0xdeadbeef);
    ret = CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, second, &length);
    ok(!ret && GetLastError() == ERROR_INSUFFICIENT_BUFFER && length == size, "got %d, error %lu, size %lu\n", ret,
       GetLastError(), length);
    ret = CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, second, &length);
    ok(ret, "error %lu\n", GetLastError());

    /* sdk EqualSid, sdk GetLengthSid */
    ok(EqualSid(first, second), "the same SID differs\n");
    ok(GetLengthSid(first) == size, "got %lu for %lu\n", GetLengthSid(first), size);
    size = sizeof(second);
    CreateWellKnownSid(WinBuiltinUsersSid, NULL, second, &size);
    ok(!EqualSid(first, second), "different SIDs are the same\n");
    size = sizeof(second);
    CreateWellKnownSid(WinLocalSystemSid, NULL, second, &size);
    ok(!EqualSid(first, second), "different SIDs are the same\n");
}

static void test_domain_accounts(void)
{
    static const struct
    {
        WELL_KNOWN_SID_TYPE kind;
        const char *sid;
    } rows[] = {
        /* MS-DTYP 2.4.2.4 */
        {WinAccountAdministratorSid, "S-1-5-21-1-2-3-500"},
        {WinAccountGuestSid, "S-1-5-21-1-2-3-501"},
        {WinAccountDomainAdminsSid, "S-1-5-21-1-2-3-512"},
        {WinAccountDomainUsersSid, "S-1-5-21-1-2-3-513"},
        {WinAccountComputersSid, "S-1-5-21-1-2-3-515"},
        {WinAccountRasAndIasServersSid, "S-1-5-21-1-2-3-553"},
    };
    char sid[SECURITY_MAX_SID_SIZE], *text;
    unsigned int i;
    PSID domain;
    DWORD size;
    BOOL ret;

    ret = ConvertStringSidToSidA("S-1-5-21-1-2-3", &domain);
    ok(ret, "error %lu\n", GetLastError()); /* sdk ConvertStringSidToSidA */
    for (i = 0; i < ARRAYSIZE(rows); i++)
    {
        size = sizeof(sid);
        ret = CreateWellKnownSid(rows[i].kind, domain, sid, &size);
        ok(ret && size == GetLengthSid(sid), "kind %d: error %lu\n", rows[i].kind, GetLastError()); /* rows cite */
        ConvertSidToStringSidA(sid, &text);
        ok(!strcmp(text, rows[i].sid), "kind %d: got %s\n", rows[i].kind, text); /* rows cite */
        LocalFree(text);
    }
    LocalFree(domain);
}

static void test_privileges(void)
{
    char name[64];
    WCHAR wide[64];
    DWORD count = sizeof(name);
    LUID luid = {77, 77};
    BOOL ret;

    /* sdk LookupPrivilegeValueA, header wdm.h */
    ret = LookupPrivilegeValueA(NULL, "SeImpersonatePrivilege", &luid);
    ok(ret && luid.LowPart == 29 && !luid.HighPart, "error %lu, %lu\n", GetLastError(), luid.LowPart);
    ret = LookupPrivilegeValueW(NULL, L"SeChangeNotifyPrivilege", &luid);
    ok(ret && luid.LowPart == 23, "error %lu, %lu\n", GetLastError(), luid.LowPart);
    SetLastError(0xdeadbeef);
    ret = LookupPrivilegeValueA(NULL, "SeNoSuchPrivilege", &luid);
    ok(!ret && GetLastError() == ERROR_NO_SUCH_PRIVILEGE, "got %d, error %lu\n", ret, GetLastError());

    /* sdk LookupPrivilegeNameA */
    ret = LookupPrivilegeNameA(NULL, &luid, name, &count);
    ok(ret && !strcmp(name, "SeChangeNotifyPrivilege") && count == strlen(name), "error %lu, %s, %lu\n", GetLastError(),
       name, count);
    SetLastError(0xdeadbeef);
    ret = LookupPrivilegeNameA(NULL, &luid, name, &count);
    todo_wine /* Wine: privilege-name */
    ok(!ret && GetLastError() == ERROR_INSUFFICIENT_BUFFER && count == strlen(name) + 1, "got %d, error %lu, %lu\n", ret,
       GetLastError(), count);
    count = ARRAYSIZE(wide);
    ret = LookupPrivilegeNameW(NULL, &luid, wide, &count);
    ok(ret && !memcmp(wide, L"SeChangeNotifyPrivilege", sizeof(L"SeChangeNotifyPrivilege")), "error %lu, %s\n",
       GetLastError(), wine_dbgstr_w(wide));
    luid.LowPart = 77;
    SetLastError(0xdeadbeef);
    ret = LookupPrivilegeNameA(NULL, &luid, name, &count);
    ok(!ret && GetLastError() == ERROR_NO_SUCH_PRIVILEGE, "got %d, error %lu\n", ret, GetLastError());
}

START_TEST(sid)
{
    test_text();
    test_wide();
    test_well_known();
    test_domain_accounts();
    test_privileges();
}
