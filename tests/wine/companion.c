/*
 * The companion: it starts, once, for modules of its own version only.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ntstatus.h>
#define WIN32_NO_STATUS
#include <windows.h>
#include <wine/test.h>

#include "dlls/guise/guise.h"

typedef NTSTATUS(WINAPI *guise_bind_routine)(ULONG version, const struct guise_api **api);

START_TEST(companion)
{
    HMODULE module = LoadLibraryA("guise.dll");
    guise_bind_routine guise = module ? (guise_bind_routine)(void *)GetProcAddress(module, "guise_bind") : NULL;
    const struct guise_api *api = NULL, *again = NULL;
    NTSTATUS status;

    ok(guise != NULL, "no companion: error %lu\n", GetLastError()); /* design 10.1 */
    if (!guise) return;
    status = guise(GUISE_COMPANION_VERSION + 1, &api);
    ok(status == STATUS_DLL_INIT_FAILED && !api, "another version: got %#lx\n", status); /* design 10.1 */
    status = guise(GUISE_COMPANION_VERSION, &api);
    ok(!status && api, "got %#lx\n", status); /* design 10.1 */
    if (status) return;
    ok(api->can_impersonate, "cannot impersonate\n"); /* design 10.6 */
    status = guise(GUISE_COMPANION_VERSION, &again);
    ok(!status && again == api, "again: got %#lx, %p and %p\n", status, (const void *)api, (const void *)again); /* design 10.1 */
}
