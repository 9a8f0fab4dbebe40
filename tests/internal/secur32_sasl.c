/*
 * SASL profiles where there is a package for one (secur32_fake.c has EXTERNAL's).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <sspi.h>
#include <wine/test.h>

static SECURITY_STATUS identify(const char *bytes, ULONG length, ULONG type, SecPkgInfoA **info)
{
    SecBuffer buffers[] = {{0, SECBUFFER_EMPTY, NULL}, {length, type, (void *)bytes}};
    SecBufferDesc desc = {SECBUFFER_VERSION, ARRAYSIZE(buffers), buffers};

    return SaslIdentifyPackageA(&desc, info);
}

static void test_profiles(void)
{
    char *list = NULL, *profile, *last = NULL;
    ULONG count = 0, seen = 0;
    SecPkgInfoW *info = NULL;
    SECURITY_STATUS status = SaslEnumerateProfilesA(&list, &count);

    ok(status == SEC_E_OK && count >= 2 && !strcmp(list, "GSSAPI"), "got %08lx, %lu\n", status, count); /* S2.19.1 */
    for (profile = list; *profile; profile += strlen(profile) + 1)
    {
        last = profile;
        seen++;
        ok(strcmp(profile, "DIGEST-MD5"), "a profile whose package is not there\n"); /* S2.19.1 */
    }
    ok(seen == count && !strcmp(last, "EXTERNAL"), "%lu of %lu, %s\n", seen, count, last); /* S2.19.1 */
    FreeContextBuffer(list);
    status = SaslGetProfilePackageW((WCHAR *)u"EXTERNAL", &info);
    ok(status == SEC_E_OK && !memcmp(info->Name, u"Schannel", sizeof(u"Schannel")), "got %08lx\n", status); /* S2.19.1 */
    FreeContextBuffer(info);
}

static void test_identify(void)
{
    static const struct
    {
        const char *bytes;
        ULONG length;
        SECURITY_STATUS status;
        const char *package;
    } inputs[] = {
        {"EXTERNAL", 8, SEC_E_OK, "Schannel"},
        {"EXTERNAL\0alice", 14, SEC_E_OK, "Schannel"},
        {"EXTERNAL YWxpY2U=", 17, SEC_E_OK, "Schannel"},
        {"GSSAPI", 6, SEC_E_OK, "Kerberos"},
        {"EXTERNAL", 7, SEC_E_SECPKG_NOT_FOUND, NULL},
        {"EXTERNALS", 9, SEC_E_SECPKG_NOT_FOUND, NULL},
        {"external", 8, SEC_E_SECPKG_NOT_FOUND, NULL},
        {"DIGEST-MD5", 10, SEC_E_SECPKG_NOT_FOUND, NULL}, /* a profile whose package is not there */
        {"", 0, SEC_E_SECPKG_NOT_FOUND, NULL},
    };
    SecPkgInfoA *info;
    SECURITY_STATUS status;

    for (size_t i = 0; i < ARRAYSIZE(inputs); i++)
    {
        info = NULL;
        status = identify(inputs[i].bytes, inputs[i].length, SECBUFFER_DATA, &info);
        ok(status == inputs[i].status && (status == SEC_E_OK) == (info != NULL), "%s: got %08lx\n", inputs[i].bytes,
           status); /* S2.19.1 */
        if (info) ok(!strcmp(info->Name, inputs[i].package), "%s\n", info->Name); /* S2.19.1 */
        FreeContextBuffer(info);
    }
    status = identify("EXTERNAL", 8, SECBUFFER_TOKEN, &info);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.19.1 */
    status = SaslIdentifyPackageA(NULL, &info);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.19.1 */
}

START_TEST(secur32_sasl)
{
    BOOLEAN permitted = 0x55;

    test_profiles();
    test_identify();
    ok(SecCacheSspiPackages() == SEC_E_OK, "no packages\n"); /* S1.1.1 */
    ok(SecGetLocaleSpecificEncryptionRules(&permitted) == SEC_E_OK && permitted == TRUE, "forbidden\n"); /* S1.1.1 */
    ok(SecGetLocaleSpecificEncryptionRules(NULL) == SEC_E_INVALID_PARAMETER, "taken\n"); /* S1.1.1 */
}
