/*
 * Every allocation of the Win32 routines fails once: they say ERROR_NOT_ENOUGH_MEMORY, write nothing, and work afterwards.
 * Links the objects of advapi32 and the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include <sddl.h>

#include "wine/test.h"

#include "ntoskrnl/core.h"
#include "ntoskrnl/rtl/memory.h"

#define MOST_ALLOCATIONS 60

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};

/* S-1-22-1-0 is no user's: root is LocalSystem. S-1-22-2-0 is the group of root everywhere. */
static const struct
{
    SID sid;
    ULONG gid;
} root_group = {{SID_REVISION, 2, {{0, 0, 0, 0, 0, 22}}, {2}}, 0};

static BOOL look_up_sid(void)
{
    DWORD name_size = 64, domain_size = 64;
    char name[64], domain[64];
    SID_NAME_USE use;

    return LookupAccountSidA(NULL, (PSID)&root_group, name, &name_size, domain, &domain_size, &use);
}

static BOOL look_up_sid_wide(void)
{
    DWORD name_size = 64, domain_size = 64;
    WCHAR name[64], domain[64];
    SID_NAME_USE use;

    return LookupAccountSidW(NULL, (PSID)&root_group, name, &name_size, domain, &domain_size, &use);
}

static BOOL look_up_name(void)
{
    DWORD sid_size = SECURITY_MAX_SID_SIZE, domain_size = 64;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    WCHAR domain[64];
    SID_NAME_USE use;

    return LookupAccountNameW(NULL, u"Unix User\\root", sid, &sid_size, domain, &domain_size, &use);
}

static BOOL user_name(void)
{
    WCHAR name[256];
    DWORD size = 256;

    return GetUserNameW(name, &size);
}

static BOOL is_member(void)
{
    BOOL member, ret = CheckTokenMembership(NULL, &everyone, &member);

    return ret && member;
}

static BOOL restrict_self(void)
{
    SID_AND_ATTRIBUTES world = {&everyone, 0};
    LUID_AND_ATTRIBUTES privilege = {{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0};
    HANDLE token, filtered = NULL;
    DWORD error;
    BOOL ret;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE, &token)) return FALSE;
    ret = CreateRestrictedToken(token, 0, 1, &world, 1, &privilege, 1, &world, &filtered);
    error = GetLastError();
    ok(!ret == !filtered, "got %d and %p\n", ret, filtered); /* design 3 */
    if (filtered) CloseHandle(filtered);
    CloseHandle(token);
    SetLastError(error);
    return ret;
}

static BOOL to_text(void)
{
    WCHAR *text;
    BOOL ret = ConvertSidToStringSidW(&everyone, &text);

    if (ret) LocalFree(text);
    return ret;
}

static BOOL from_text(void)
{
    PSID sid;
    BOOL ret = ConvertStringSidToSidA("S-1-5-21-1-2-3", &sid);

    if (ret) LocalFree(sid);
    return ret;
}

static const struct
{
    const char *name;
    BOOL (*run)(void);
} operations[] = {
    {"LookupAccountSidA", look_up_sid}, {"LookupAccountSidW", look_up_sid_wide}, {"LookupAccountNameW", look_up_name},
    {"GetUserNameW", user_name},        {"CheckTokenMembership", is_member},     {"CreateRestrictedToken", restrict_self},
    {"ConvertSidToStringSidW", to_text}, {"ConvertStringSidToSidA", from_text},
};

START_TEST(advapi32_no_memory)
{
    unsigned int i, nth, failed;
    BOOL ret;

    for (i = 0; i < ARRAYSIZE(operations); i++)
    {
        /* What is made once and kept (configuration, handle table) is not what fails here. */
        ret = operations[i].run();
        ok(ret, "%s: error %lu\n", operations[i].name, GetLastError()); /* design 3 */
        for (nth = 1, failed = 0, ret = FALSE; !ret && nth < MOST_ALLOCATIONS; nth++)
        {
            SetLastError(0xdeadbeef);
            guise_fail_allocation(nth);
            ret = operations[i].run();
            guise_fail_allocation(0);
            failed += !ret;
            ok(ret || GetLastError() == ERROR_NOT_ENOUGH_MEMORY, "%s, allocation %u: error %lu\n", operations[i].name, nth,
               GetLastError()); /* design 3 */
        }
        ok(ret, "%s: error %lu after %u failures\n", operations[i].name, GetLastError(), failed); /* design 3 */
        ok(failed, "%s allocates nothing\n", operations[i].name);                                 /* design 3 */
    }
}
