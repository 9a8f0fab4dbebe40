/*
 * SASL profiles; packages that stay.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

/* Each name that is listed has a package; the number is that of the names. */
static void test_enumerate(void)
{
    ULONG count = 0xdead, count_wide = 0xdead, names = 0;
    char *list = NULL, *name;
    SECURITY_STATUS status;
    SecPkgInfoA *info;
    WCHAR *wide = NULL;

    status = SaslEnumerateProfilesA(&list, &count);
    ok(status == SEC_E_OK && list, "got %08lx\n", status); /* S2.19.1 */
    if (status != SEC_E_OK) return;
    for (name = list; *name; name += strlen(name) + 1)
    {
        names++;
        status = SaslGetProfilePackageA(name, &info);
        ok(status == SEC_E_OK && info->Name[0], "%s: got %08lx\n", name, status); /* S2.19.1 */
        if (status == SEC_E_OK) FreeContextBuffer(info);
    }
    ok(names == count, "%lu names, count %lu\n", names, count); /* S2.19.1 */
    status = SaslEnumerateProfilesW(&wide, &count_wide);
    ok(status == SEC_E_OK && wide && count_wide == count, "got %08lx, %lu\n", status, count_wide); /* S2.19.1 */
    for (ULONG i = 0; status == SEC_E_OK && wide && wide[i]; i++)
        if (wide[i] != (BYTE)list[i]) status = SEC_E_INTERNAL_ERROR;
    ok(status == SEC_E_OK, "%s is not %s\n", wine_dbgstr_w(wide), list);                           /* S2.19.1 */
    ok(FreeContextBuffer(wide) == SEC_E_OK && FreeContextBuffer(list) == SEC_E_OK, "not freed\n"); /* S2.19.1 */
}

static void test_unknown(void)
{
    SecPkgInfoA *info = (SecPkgInfoA *)0xdeadbeef;
    SecPkgInfoW *wide = (SecPkgInfoW *)0xdeadbeef;
    char text[] = "NO-SUCH-PROFILE";
    SecBuffer buffer = {sizeof(text), SECBUFFER_DATA, text};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    SECURITY_STATUS status;

    status = SaslGetProfilePackageA((char *)"NO-SUCH-PROFILE", &info);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.19.1 */
    status = SaslGetProfilePackageW((WCHAR *)L"NO-SUCH-PROFILE", &wide);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.19.1 */
    status = SaslIdentifyPackageA(&desc, &info);
    ok(status != SEC_E_OK, "identified\n"); /* S2.19.1 */
    status = SaslIdentifyPackageW(&desc, &wide);
    ok(status != SEC_E_OK, "identified\n"); /* S2.19.1 */
}

static void test_delete(void)
{
    SECURITY_STATUS status;
    SecPkgInfoA *info;

    if (winetest_platform_is_windows)
    {
        skip("might change this machine\n");
        return;
    }
    status = DeleteSecurityPackageA((char *)"NTLM");
    ok(status != SEC_E_OK, "deleted\n"); /* S2.16.1 */
    status = DeleteSecurityPackageW((WCHAR *)L"NTLM");
    ok(status != SEC_E_OK, "deleted\n"); /* S2.16.1 */
    status = QuerySecurityPackageInfoA((char *)"NTLM", &info);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.16.1 */
    if (status == SEC_E_OK) FreeContextBuffer(info);
}

START_TEST(sasl)
{
    if (winetest_platform_is_wine) /* Wine: no-sasl */
    {
        todo_wine ok(FALSE, "no SASL\n"); /* Wine: no-sasl */ /* S2.19.1 */
        return;
    }
    test_enumerate();
    test_unknown();
    test_delete();
}
