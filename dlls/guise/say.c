/*
 * Lines for the operator, of each PE module.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/say.h"

void say(const char *line)
{
    int(__cdecl *output)(const char *) = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "__wine_dbg_output");

    if (!output) return;
    output("guise: ");
    output(line);
    output("\n");
}
