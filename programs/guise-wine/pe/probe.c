/*
 * guise-probe.exe: run by guise-wine in a prefix to see which secur32.dll a program gets there, and what it can do.
 * A line per answer: `secur32 guise|other|none`, `companion yes|no`, `calls yes|no`, `impersonation yes|no`.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>

#include "dlls/guise/guise.h"

typedef LONG(WINAPI *enumerate_routine)(ULONG *count, void **packages);
typedef NTSTATUS(WINAPI *bind_routine)(ULONG version, const struct guise_api **api);

static const char *yes_no(BOOL yes)
{
    return yes ? "yes" : "no";
}

int main(void)
{
    HMODULE secur32 = LoadLibraryW(L"secur32.dll"), guise;
    BOOL ours = secur32 && GetProcAddress(secur32, "guise_secur32_version");
    const struct guise_api *api = NULL;
    enumerate_routine enumerate;
    bind_routine bind;
    void *packages;
    ULONG count;

    printf("secur32 %s\n", ours ? "guise" : secur32 ? "other" : "none");
    if (!ours) return 1;
    enumerate = (enumerate_routine)(void *)GetProcAddress(secur32, "EnumerateSecurityPackagesW");
    printf("calls %s\n", yes_no(enumerate && !enumerate(&count, &packages)));
    guise = LoadLibraryW(L"guise.dll");
    bind = guise ? (bind_routine)(void *)GetProcAddress(guise, "guise_bind") : NULL;
    if (bind) bind(GUISE_COMPANION_VERSION, &api);
    printf("companion %s\n", yes_no(api != NULL));
    printf("impersonation %s\n", yes_no(api && api->can_impersonate));
    return 0;
}
