/*
 * SASL profiles: which exist, and which package each stands for (S2.19.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

/* A profile exists where its package does. */
static const struct sasl_profile
{
    const WCHAR *name;
    const WCHAR *package;
} profiles[] = {
    {u"GSSAPI", u"Kerberos"},
    {u"GSS-SPNEGO", u"Negotiate"},
    {u"DIGEST-MD5", u"WDigest"},
    {u"EXTERNAL", u"Schannel"},
};

#define PROFILES (sizeof(profiles) / sizeof(profiles[0]))

/* A list of terminated names with an empty one at its end. The names are ASCII: a unit in one form is one in the other.
 */
static void *profile_list(bool ansi, ULONG *count)
{
    size_t unit = ansi ? 1 : sizeof(WCHAR), units = 1, used = 0;
    char *block;

    for (size_t i = 0; i < PROFILES; i++) units += sec_wide_length(profiles[i].name) + 1;
    if (!(block = out_block((units + 1) * unit))) return NULL;
    *count = 0;
    for (size_t i = 0; i < PROFILES; i++)
    {
        size_t length = sec_wide_length(profiles[i].name);

        if (!sec_package_find(profiles[i].package)) continue;
        if (ansi)
            sec_ansi_from_wide(profiles[i].name, length, block + used);
        else
            memcpy(block + used * unit, profiles[i].name, length * unit);
        used += length + 1;
        ++*count;
    }
    return block;
}

static SECURITY_STATUS enumerate(void **list, ULONG *count, bool ansi)
{
    ULONG found;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!list || !count) return SEC_E_INVALID_PARAMETER;
    if (!(*list = profile_list(ansi, &found))) return SEC_E_INSUFFICIENT_MEMORY;
    *count = found;
    return SEC_E_OK;
}

/***********************************************************************
 *           SaslEnumerateProfilesW (SECUR32.@)
 *
 * The list is freed with FreeContextBuffer.
 */
SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesW(LPWSTR *list, ULONG *count)
{
    void *block = NULL;
    SECURITY_STATUS status = enumerate(list ? &block : NULL, count, false);

    if (status == SEC_E_OK) out_ptr(list, block);
    return status;
}

/***********************************************************************
 *           SaslEnumerateProfilesA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesA(LPSTR *list, ULONG *count)
{
    void *block = NULL;
    SECURITY_STATUS status = enumerate(list ? &block : NULL, count, true);

    if (status == SEC_E_OK) out_ptr(list, block);
    return status;
}

static bool is_name(const WCHAR *name, size_t length, const WCHAR *known)
{
    return length == sec_wide_length(known) && !memcmp(name, known, length * sizeof(*name));
}

static const struct sec_package *package_of_profile(const WCHAR *name)
{
    size_t length = sec_wide_length(name);

    for (size_t i = 0; i < PROFILES; i++)
    {
        if (is_name(name, length, profiles[i].name)) return sec_package_find(profiles[i].package);
    }
    return NULL;
}

/***********************************************************************
 *           SaslGetProfilePackageW (SECUR32.@)
 *
 * *INFO is one block, freed with FreeContextBuffer, and untouched unless SEC_E_OK.
 */
SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageW(LPWSTR name, PSecPkgInfoW *info)
{
    void *block = NULL;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    status = sec_package_describe(name ? package_of_profile(name) : NULL, info ? &block : NULL, false);
    if (status == SEC_E_OK) out_ptr(info, block);
    return status;
}

/***********************************************************************
 *           SaslGetProfilePackageA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageA(LPSTR name, PSecPkgInfoA *info)
{
    void *block = NULL;
    WCHAR *wide = NULL;
    SECURITY_STATUS status = SEC_E_OK;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (name) status = sec_wide_from_ansi(name, strlen(name), &wide, NULL);
    if (status == SEC_E_INVALID_PARAMETER) return SEC_E_SECPKG_NOT_FOUND;
    if (status == SEC_E_OK)
        status = sec_package_describe(name ? package_of_profile(wide) : NULL, info ? &block : NULL, true);
    guise_free(wide);
    if (status == SEC_E_OK) out_ptr(info, block);
    return status;
}

/* Whether BUFFER begins with a name as it travels: ASCII, and ended by a blank, a zero or the end of the buffer. */
static bool begins_with(const SecBuffer *buffer, const WCHAR *name)
{
    const UCHAR *bytes = buffer->pvBuffer;
    size_t length = sec_wide_length(name);

    if (buffer->cbBuffer < length) return false;
    for (size_t i = 0; i < length; i++)
    {
        if (bytes[i] != name[i]) return false;
    }
    return buffer->cbBuffer == length || !bytes[length] || bytes[length] == ' ';
}

/* *INFO is written on SEC_E_OK. */
static SECURITY_STATUS identify(const SecBufferDesc *input, void **info, bool ansi)
{
    const SecBuffer *buffer;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (sec_buffers_check(input) != SEC_E_OK || !(buffer = sec_buffer_find(input, SECBUFFER_DATA)))
        return SEC_E_INVALID_TOKEN;
    for (size_t i = 0; i < PROFILES; i++)
    {
        if (begins_with(buffer, profiles[i].name))
            return sec_package_describe(sec_package_find(profiles[i].package), info, ansi);
    }
    return SEC_E_SECPKG_NOT_FOUND;
}

/***********************************************************************
 *           SaslIdentifyPackageW (SECUR32.@)
 *
 * *INFO as SaslGetProfilePackage gives it.
 */
SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageW(PSecBufferDesc input, PSecPkgInfoW *info)
{
    void *block = NULL;
    SECURITY_STATUS status = identify(input, info ? &block : NULL, false);

    if (status == SEC_E_OK) out_ptr(info, block);
    return status;
}

/***********************************************************************
 *           SaslIdentifyPackageA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageA(PSecBufferDesc input, PSecPkgInfoA *info)
{
    void *block = NULL;
    SECURITY_STATUS status = identify(input, info ? &block : NULL, true);

    if (status == SEC_E_OK) out_ptr(info, block);
    return status;
}
