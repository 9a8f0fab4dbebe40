/*
 * Finds what late.h lists.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef _WIN32
#define LATE_NO_NAMES
#include "late.h"

struct late late;

static void load(void)
{
    HMODULE secur32 = GetModuleHandleA("secur32.dll");

    if (late.pSspiFreeAuthIdentity) return;
#define LATE_LOAD(name) late.p##name = (void *)GetProcAddress(secur32, #name);
    LATE_NAMES(LATE_LOAD)
#undef LATE_LOAD
}

BOOL late_need(const char *const *names)
{
    load();
    for (; *names; names++)
    {
        if (GetProcAddress(GetModuleHandleA("secur32.dll"), *names)) continue;
        if (winetest_platform_is_windows) win_skip("no %s\n", *names);
        else
            todo_wine ok(FALSE, "no %s\n", *names); /* Wine: late-names */ /* header sspi.h */
        return FALSE;
    }
    return TRUE;
}

#endif
