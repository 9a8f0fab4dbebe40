/*
 * Our secur32.dll in one process: NTLM with itself.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <wine/test.h>

#include "both_sides.h"

START_TEST(secur32)
{
    SecPkgContext_NamesA names = { 0 };
    struct both_sides logon;
    SECURITY_STATUS status;

    ok(GetProcAddress(GetModuleHandleA("secur32.dll"), "guise_secur32_version") != NULL, "another secur32.dll\n"); /* design 6 */
    if (!GetProcAddress(GetModuleHandleA("secur32.dll"), "guise_secur32_version")) return;
    status = both_sides_run(&logon, ALICE);
    ok(status == SEC_E_OK, "the right password: %#lx\n", status); /* design 6 */
    status = QueryContextAttributesA(&logon.server, SECPKG_ATTR_NAMES, &names);
    ok(status == SEC_E_OK && strstr(names.sUserName, "\\alice"), "names: %#lx, %s\n", status, names.sUserName); /* design 6 */
    FreeContextBuffer(names.sUserName);
    both_sides_end(&logon);
    status = both_sides_run(&logon, "alice", "Secret-bob-2");
    ok(status == SEC_E_LOGON_DENIED, "a wrong password: %#lx\n", status); /* design 6 */
    both_sides_end(&logon);
}
