/*
 * EnumerateSecurityPackages, QuerySecurityPackageInfo and what they say of NTLM.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

/* What a block of one description must hold: the structure and both strings. */
static BOOL lies_behind(const void *block, const void *text)
{
    return (const char *)text > (const char *)block && (const char *)text < (const char *)block + 4096;
}

static void check_ntlm(ULONG capabilities, USHORT version, USHORT rpc_id, ULONG max_token)
{
    const ULONG base = 0x2b37, optional = 0x40000 | 0x80000 | 0x800000 | 0x2000000;

    ok(version == 1, "wVersion %u\n", version); /* S3.1.1 */
    ok((capabilities & base) == base && !(capabilities & ~(base | optional)), "capabilities %lx\n",
       capabilities); /* S3.1.4 */
    ok(capabilities & SECPKG_FLAG_IMPERSONATION, "capabilities %lx\n", capabilities); /* S3.1.6 */
    ok(rpc_id == 10, "wRPCID %u\n", rpc_id); /* S3.1.4 */
    ok(max_token == 2888 || broken(max_token == 1904), "cbMaxToken %lu\n", max_token); /* S3.1.4 */
    ok(!(capabilities & SECPKG_FLAG_FRAGMENT), "messages in pieces\n"); /* S11.4 */
}

static void test_enumerate(void)
{
    ULONG count = 0, count_a = 0, found = 0;
    SecPkgInfoW *info = NULL;
    SecPkgInfoA *info_a = NULL;
    SECURITY_STATUS status;

    status = EnumerateSecurityPackagesW(&count, &info);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S1.2.1 */
    ok(count > 0 && info, "%lu packages at %p\n", count, info); /* S3.1.5 */
    for (ULONG i = 0; i < count; i++)
    {
        ok(info[i].wVersion == 1, "%s: wVersion %u\n", wine_dbgstr_w(info[i].Name), info[i].wVersion); /* S3.1.1 */
        if (!memcmp(info[i].Name, L"NTLM", sizeof(L"NTLM")))
        {
            check_ntlm(info[i].fCapabilities, info[i].wVersion, info[i].wRPCID, info[i].cbMaxToken);
            found++;
        }
    }
    todo_wine /* Wine: no-ntlm */
    ok(found == 1, "NTLM is listed %lu times\n", found); /* S3.1.4 */
    status = FreeContextBuffer(info);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.4 */

    status = EnumerateSecurityPackagesA(&count_a, &info_a);
    ok(status == SEC_E_OK && count_a == count, "got %08lx, %lu packages\n", status, count_a); /* S1.2.1 */
    for (ULONG i = 0; i < count_a; i++) found += !strcmp(info_a[i].Name, "NTLM");
    todo_wine /* Wine: no-ntlm */
    ok(found == 2, "NTLM is not listed once\n"); /* S2.0.7 */
    status = FreeContextBuffer(info_a);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.13.1 */
}

static void test_query(void)
{
    SecPkgInfoA *info = NULL, *sentinel = (SecPkgInfoA *)(ULONG_PTR)0xdeadbeef;
    SecPkgInfoW *wide = NULL, *wide_sentinel = (SecPkgInfoW *)(ULONG_PTR)0xdeadbeef;
    SECURITY_STATUS status;

    status = QuerySecurityPackageInfoA((char *)"NTLM", &info);
    todo_wine /* Wine: no-ntlm */
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S1.2.2 */
    if (status == SEC_E_OK)
    {
        check_ntlm(info->fCapabilities, info->wVersion, info->wRPCID, info->cbMaxToken);
        ok(!strcmp(info->Name, "NTLM") && *info->Comment, "name %s, comment %s\n", info->Name, info->Comment); /* S3.1.4 */
        ok(lies_behind(info, info->Name) && lies_behind(info, info->Comment), "not one block\n"); /* S1.2.2 */
        status = FreeContextBuffer(info);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.4 */
    }

    status = QuerySecurityPackageInfoW((WCHAR *)L"NTLM", &wide);
    todo_wine /* Wine: no-ntlm */
    ok(status == SEC_E_OK && !memcmp(wide->Name, L"NTLM", sizeof(L"NTLM")), "got %08lx\n", status); /* S1.2.2 */
    FreeContextBuffer(wide);

    status = QuerySecurityPackageInfoA((char *)"Winetest", &sentinel);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S1.2.2 */
    ok(sentinel == (SecPkgInfoA *)(ULONG_PTR)0xdeadbeef, "the pointer was written\n"); /* S1.2.2 */
    status = QuerySecurityPackageInfoW((WCHAR *)L"Winetest", &wide_sentinel);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S1.2.2 */
    ok(wide_sentinel == (SecPkgInfoW *)(ULONG_PTR)0xdeadbeef, "the pointer was written\n"); /* S1.2.2 */
}

static void test_add_and_delete(void)
{
    SECURITY_PACKAGE_OPTIONS options = {sizeof(options), SECPKG_OPTIONS_TYPE_SSPI, 0, 0, NULL};
    SECURITY_STATUS status;

    status = AddSecurityPackageA((char *)"guise-no-such-package", &options);
    ok(status != SEC_E_OK, "added\n"); /* S2.16.1 */
    status = AddSecurityPackageW((WCHAR *)L"guise-no-such-package", &options);
    ok(status != SEC_E_OK, "added\n"); /* S2.16.1 */
    status = DeleteSecurityPackageA((char *)"guise-no-such-package");
    ok(status != SEC_E_OK, "deleted\n"); /* S2.16.1 */
    if (winetest_platform_is_windows)
    {
        skip("might change this machine\n");
        return;
    }
    status = DeleteSecurityPackageA((char *)"NTLM");
    ok(status != SEC_E_OK, "deleted\n"); /* S2.16.1 */
    status = DeleteSecurityPackageW((WCHAR *)L"NTLM");
    ok(status != SEC_E_OK, "deleted\n"); /* S2.16.1 */
}

START_TEST(packages)
{
    test_enumerate();
    test_query();
    test_add_and_delete();
}
