/*
 * All hooks there are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"

BOOL hooks_in_place;

BOOL hooks_install(void)
{
    static const struct hook *const lists[] = { thread_hooks, token_hooks, create_hooks, file_hooks, claim_hooks };

    /* What needs nobody to impersonate first: with it alone nothing else is different. */
    return hooks_in_place = patch_routines(L"kernelbase.dll", kernelbase_hooks) && patch_routines(L"kernelbase.dll", kernelbase_claims) &&
                            patch_routines(L"advapi32.dll", advapi32_hooks) && patch_routines(L"advapi32.dll", advapi32_claims) &&
                            patch_stubs(lists, ARRAYSIZE(lists));
}
