/*
 * Finding and describing security packages: EnumerateSecurityPackages, QuerySecurityPackageInfo.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

const struct sec_package *sec_package_find(const WCHAR *name)
{
    const struct sec_package *package;
    size_t length = name ? sec_wide_length(name) : 0;

    for (unsigned int i = 0; name && (package = sec_package_at(i)); i++)
    {
        if (sec_same_name(package->name, sec_wide_length(package->name), name, length)) return package; /* S2.1.1 */
    }
    return NULL;
}

static size_t text_size(const WCHAR *text, bool ansi)
{
    size_t length = sec_wide_length(text);

    return ansi ? sec_ansi_from_wide(text, length, NULL) + 1 : (length + 1) * sizeof(WCHAR);
}

/*
 * Copies TEXT to *CURSOR, moves the cursor behind it and returns where it was put. The block is zeroed: terminators are
 * there.
 */
static void *put_text(char **cursor, const WCHAR *text, bool ansi)
{
    char *start = *cursor;

    if (ansi) sec_ansi_from_wide(text, sec_wide_length(text), start);
    else memcpy(start, text, sec_wide_length(text) * sizeof(WCHAR));
    *cursor += text_size(text, ansi);
    return start;
}

_Static_assert(sizeof(SecPkgInfoA) == sizeof(SecPkgInfoW), "the two forms differ in what the strings hold only");

void *sec_package_info(const struct sec_package *const *packages, unsigned int count, bool ansi)
{
    size_t size = count * sizeof(SecPkgInfoW);
    SecPkgInfoW *info;
    char *cursor;

    for (unsigned int i = 0; i < count; i++)
        size += text_size(packages[i]->name, ansi) + text_size(packages[i]->comment, ansi);
    if (!(info = out_block(size))) return NULL;
    cursor = (char *)(info + count);
    for (unsigned int i = 0; i < count; i++)
    {
        info[i].fCapabilities = packages[i]->capabilities;
        info[i].wVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION;
        info[i].wRPCID = packages[i]->rpc_id;
        info[i].cbMaxToken = packages[i]->max_token;
        out_ptr(&info[i].Name, put_text(&cursor, packages[i]->name, ansi));
        out_ptr(&info[i].Comment, put_text(&cursor, packages[i]->comment, ansi));
    }
    return info;
}

#define MAX_PACKAGES 32

static SECURITY_STATUS enumerate(ULONG *count, void **array, bool ansi)
{
    const struct sec_package *packages[MAX_PACKAGES];
    unsigned int found = 0;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!count || !array) return SEC_E_INVALID_PARAMETER;
    while (found < MAX_PACKAGES && (packages[found] = sec_package_at(found))) found++;
    if (!(*array = sec_package_info(packages, found, ansi))) return SEC_E_INSUFFICIENT_MEMORY;
    *count = found;
    return SEC_E_OK;
}

/***********************************************************************
 *           EnumerateSecurityPackagesW (SECUR32.@)
 *
 * One block with the descriptions of all packages and their strings, freed by the caller with one FreeContextBuffer
 * (S1.2.1).
 */
SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(ULONG *count, PSecPkgInfoW *array)
{
    void *block = NULL;
    SECURITY_STATUS status = enumerate(count, array ? &block : NULL, false);

    if (status == SEC_E_OK) out_ptr(array, block);
    return status;
}

/***********************************************************************
 *           EnumerateSecurityPackagesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesA(ULONG *count, PSecPkgInfoA *array)
{
    void *block = NULL;
    SECURITY_STATUS status = enumerate(count, array ? &block : NULL, true);

    if (status == SEC_E_OK) out_ptr(array, block);
    return status;
}

SECURITY_STATUS sec_package_describe(const struct sec_package *package, void **info, bool ansi)
{
    void *block;

    if (!package) return SEC_E_SECPKG_NOT_FOUND;
    if (!info) return SEC_E_INVALID_PARAMETER;
    if (!(block = sec_package_info(&package, 1, ansi))) return SEC_E_INSUFFICIENT_MEMORY;
    *info = block;
    return SEC_E_OK;
}

/***********************************************************************
 *           QuerySecurityPackageInfoW (SECUR32.@)
 *
 * One block, freed by the caller with FreeContextBuffer. *INFO is untouched unless SEC_E_OK (S1.2.2).
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(SEC_WCHAR *name, PSecPkgInfoW *info)
{
    void *block = NULL;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    status = sec_package_describe(sec_package_find(name), info ? &block : NULL, false);
    if (status == SEC_E_OK) out_ptr(info, block);
    return status;
}

/***********************************************************************
 *           QuerySecurityPackageInfoA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(SEC_CHAR *name, PSecPkgInfoA *info)
{
    void *block = NULL;
    WCHAR *wide = NULL;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (name)
    {
        status = sec_wide_from_ansi(name, strlen(name), &wide, NULL);
        if (status == SEC_E_INVALID_PARAMETER) return SEC_E_SECPKG_NOT_FOUND;
        if (status != SEC_E_OK) return status;
    }
    status = sec_package_describe(sec_package_find(wide), info ? &block : NULL, true);
    guise_free(wide);
    if (status == SEC_E_OK) out_ptr(info, block);
    return status;
}

/***********************************************************************
 *           SecCacheSspiPackages (SECUR32.@)
 *
 * Whatever a package needs before it is known is done now and not when it is first asked for.
 */
SECURITY_STATUS SEC_ENTRY SecCacheSspiPackages(void)
{
    unsigned int count = 0;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    while (sec_package_at(count)) count++;
    return count ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}
