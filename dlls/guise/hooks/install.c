/*
 * All hooks there are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"

BOOL hooks_in_place;

BOOL hooks_install(void)
{
    static const struct hook *const lists[] = { thread_hooks, token_hooks, file_hooks };

    return hooks_in_place = patch_stubs(lists, ARRAYSIZE(lists));
}
