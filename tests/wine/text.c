/*
 * Text of the A routines is in Wine's ANSI code page: names and passwords that are not ASCII go in and come out as the program means them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <wine/test.h>

#include "both_sides.h"
#include <secext.h>

/* The account of tests/wine/run, in code page 1252. */
#define JOERG    "j\xf6rg"
#define PASSWORD "Gr\xfc\xdf" "e-4"

static void test_context(void)
{
    SecPkgContext_NativeNamesA native = { 0 };
    SecPkgContext_NamesA names = { 0 };
    SecPkgContext_NamesW wide = { 0 };
    struct both_sides sides;
    char name[64] = "";
    ULONG size = 3;
    SECURITY_STATUS status = both_sides_run(&sides, JOERG, PASSWORD);

    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 10.1 */
    if (status != SEC_E_OK) return;
    ok(QueryContextAttributesA(&sides.server, SECPKG_ATTR_NAMES, &names) == SEC_E_OK, "no names\n"); /* design 10.1 */
    ok(!strcmp(names.sUserName, "GUISETEST\\" JOERG), "got %s\n", names.sUserName); /* design 10.1 */
    ok(HeapSize(GetProcessHeap(), 0, names.sUserName) == sizeof("GUISETEST\\" JOERG), "another size\n"); /* design 3 */
    ok(QueryContextAttributesA(&sides.server, SECPKG_ATTR_NATIVE_NAMES, &native) == SEC_E_OK, "no names\n"); /* design 10.1 */
    ok(strstr(native.sClientName, JOERG) != NULL, "got %s\n", native.sClientName); /* design 10.1 */
    ok(QueryContextAttributesW(&sides.server, SECPKG_ATTR_NAMES, &wide) == SEC_E_OK, "no names\n"); /* design 10.1 */
    ok(!lstrcmpW(wide.sUserName, L"GUISETEST\\j\x00f6rg"), "another name\n"); /* design 10.1 */
    FreeContextBuffer(names.sUserName);
    FreeContextBuffer(native.sClientName);
    FreeContextBuffer(native.sServerName);
    FreeContextBuffer(wide.sUserName);

    ok(ImpersonateSecurityContext(&sides.server) == SEC_E_OK, "not impersonated\n"); /* design 10.6 */
    SetLastError(0);
    ok(!GetUserNameExA(NameSamCompatible, name, &size) && GetLastError() == ERROR_MORE_DATA && size == sizeof("GUISETEST\\" JOERG), "size %lu, error %lu\n",
       size, GetLastError()); /* design 10.1 */
    ok(GetUserNameExA(NameSamCompatible, name, &size) && !strcmp(name, "GUISETEST\\" JOERG), "got %s\n", name); /* design 10.1 */
    ok(size == strlen(name), "size %lu\n", size); /* design 10.1 */
    ok(RevertSecurityContext(&sides.server) == SEC_E_OK, "not reverted\n"); /* design 10.6 */
    both_sides_end(&sides);
}

static void test_names(void)
{
    char name[64] = "";
    ULONG size = sizeof(name);

    ok(TranslateNameA("GUISETEST\\" JOERG, NameSamCompatible, NameSamCompatible, name, &size), "error %lu\n", GetLastError()); /* design 10.1 */
    ok(!strcmp(name, "GUISETEST\\" JOERG) && size == strlen(name) + 1, "got %s, %lu\n", name, size); /* design 10.1 */
    size = 0;
    ok(TranslateNameA("GUISETEST\\" JOERG, NameSamCompatible, NameSamCompatible, NULL, &size), "error %lu\n", GetLastError()); /* design 10.1 */
    ok(size == strlen(name) + 1, "size %lu\n", size); /* design 10.1 */
}

static void test_identities(void)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { (UCHAR *)JOERG, 4, NULL, 0, (UCHAR *)PASSWORD, 7, SEC_WINNT_AUTH_IDENTITY_ANSI };
    SEC_WINNT_AUTH_IDENTITY_EXA extended = { SEC_WINNT_AUTH_IDENTITY_VERSION, sizeof(extended), (UCHAR *)JOERG, 4, NULL, 0, (UCHAR *)PASSWORD, 7,
                                             SEC_WINNT_AUTH_IDENTITY_ANSI, NULL, 0 };
    void *const shapes[] = { &identity, &extended };

    for (unsigned int i = 0; i < ARRAYSIZE(shapes); i++)
    {
        PCWSTR user = NULL, domain = NULL, password = NULL;

        ok(SspiEncodeAuthIdentityAsStrings(shapes[i], &user, &domain, &password) == SEC_E_OK, "shape %u is not read\n", i); /* design 10.1 */
        ok(user && !lstrcmpW(user, L"j\x00f6rg") && !domain, "shape %u: another user\n", i); /* design 10.1 */
        ok(password && !lstrcmpW(password, L"Gr\x00fc\x00df" L"e-4"), "shape %u: another password\n", i); /* design 10.1 */
        SspiLocalFree((void *)user);
        SspiLocalFree((void *)password);
    }
    ok(!strcmp((char *)identity.Password, PASSWORD) && identity.Flags == SEC_WINNT_AUTH_IDENTITY_ANSI, "the caller's has changed\n"); /* design 10.1 */
}

START_TEST(text)
{
    if (GetACP() != 1252)
    {
        skip("code page %u\n", GetACP());
        return;
    }
    test_context();
    test_names();
    test_identities();
}
