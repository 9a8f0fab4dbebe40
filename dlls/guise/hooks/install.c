/*
 * All hooks there are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"

BOOL hooks_install(void)
{
    static const struct hook none[] = { { 0 } };
    static const struct hook *const lists[] = { none };

    return patch_stubs(lists, ARRAYSIZE(lists));
}
