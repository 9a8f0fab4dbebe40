/*
 * Text of the A routines: the program's is in the ANSI code page of Wine, the core's in UTF-8. What is ASCII, or where the code page is UTF-8, crosses as it stands.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define SECURITY_WIN32
#include "dlls/secur32/pe/thunks.h"
#include <winnls.h>
#include <sspi.h>

#define LONGEST_NAME 1024

static BOOL is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] & 0x80) return FALSE;
    return TRUE;
}

static BOOL same_in_both(const char *text, size_t length)
{
    return is_ascii(text, length) || GetACP() == CP_UTF8;
}

static void free_secret(void *block, size_t size)
{
    SecureZeroMemory(block, size);
    HeapFree(GetProcessHeap(), 0, block);
}

/* TEXT, terminated, of one code page in another; NULL: no memory, or not of that code page. */
static char *convert(const char *text, UINT from, UINT to)
{
    int units = MultiByteToWideChar(from, MB_ERR_INVALID_CHARS, text, -1, NULL, 0), size;
    WCHAR *wide = units ? HeapAlloc(GetProcessHeap(), 0, units * sizeof(WCHAR)) : NULL;
    char *converted;

    if (!wide) return NULL;
    MultiByteToWideChar(from, 0, text, -1, wide, units);
    size = WideCharToMultiByte(to, 0, wide, units, NULL, 0, NULL, NULL);
    if ((converted = HeapAlloc(GetProcessHeap(), 0, size))) WideCharToMultiByte(to, 0, wide, units, converted, size, NULL, NULL);
    free_secret(wide, units * sizeof(WCHAR));
    return converted;
}

BOOL text_begin(const char *text, void **utf8)
{
    *utf8 = (void *)text;
    if (!text || same_in_both(text, strlen(text))) return TRUE;
    return (*utf8 = convert(text, CP_ACP, CP_UTF8)) != NULL;
}

void text_end(const char *text, void *utf8)
{
    if (utf8 && utf8 != text) free_secret(utf8, strlen(utf8) + 1);
}

/* ---- identities ----------------------------------------------------------------------------------------------------------------- */

/* A part of an identity: its text, and its length in characters. */
struct part
{
    void **text;
    ULONG *length;
};

#define PARTS 4

/* Of either shape with pointers. */
static unsigned int parts_of(void *identity, BOOL extended, struct part *parts)
{
    SEC_WINNT_AUTH_IDENTITY_EXA *long_form = identity;
    SEC_WINNT_AUTH_IDENTITY_A *short_form = identity;

    if (!extended)
    {
        parts[0] = (struct part){ (void **)&short_form->User, &short_form->UserLength };
        parts[1] = (struct part){ (void **)&short_form->Domain, &short_form->DomainLength };
        parts[2] = (struct part){ (void **)&short_form->Password, &short_form->PasswordLength };
        return 3;
    }
    parts[0] = (struct part){ (void **)&long_form->User, &long_form->UserLength };
    parts[1] = (struct part){ (void **)&long_form->Domain, &long_form->DomainLength };
    parts[2] = (struct part){ (void **)&long_form->Password, &long_form->PasswordLength };
    parts[3] = (struct part){ (void **)&long_form->PackageList, &long_form->PackageListLength };
    return PARTS;
}

/* A copy of an ANSI identity with UTF-16 in it, in one block. */
static void *widen_identity(const void *identity, BOOL extended, size_t *size)
{
    size_t header = extended ? sizeof(SEC_WINNT_AUTH_IDENTITY_EXA) : sizeof(SEC_WINNT_AUTH_IDENTITY_A);
    struct part parts[PARTS];
    unsigned int count = parts_of((void *)identity, extended, parts);
    WCHAR *room;
    char *copy;

    *size = header;
    for (unsigned int i = 0; i < count; i++) *size += *parts[i].text ? (*parts[i].length + 1) * sizeof(WCHAR) : 0; /* no character becomes more */
    if (!(copy = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, *size))) return NULL;
    memcpy(copy, identity, header);
    room = (WCHAR *)(copy + header);
    parts_of(copy, extended, parts);
    for (unsigned int i = 0; i < count; i++)
    {
        ULONG length = *parts[i].length;

        if (!*parts[i].text) continue;
        *parts[i].length = length ? MultiByteToWideChar(CP_ACP, 0, *parts[i].text, length, room, length) : 0;
        *parts[i].text = room;
        room += length + 1;
    }
    if (extended) ((SEC_WINNT_AUTH_IDENTITY_EXA *)copy)->Flags ^= SEC_WINNT_AUTH_IDENTITY_ANSI | SEC_WINNT_AUTH_IDENTITY_UNICODE;
    else ((SEC_WINNT_AUTH_IDENTITY_A *)copy)->Flags ^= SEC_WINNT_AUTH_IDENTITY_ANSI | SEC_WINNT_AUTH_IDENTITY_UNICODE;
    return copy;
}

static BOOL needs_no_copy(const void *identity, BOOL extended, ULONG flags)
{
    struct part parts[PARTS];
    unsigned int count = parts_of((void *)identity, extended, parts);
    BOOL same = TRUE;

    if ((flags & (SEC_WINNT_AUTH_IDENTITY_ANSI | SEC_WINNT_AUTH_IDENTITY_UNICODE)) != SEC_WINNT_AUTH_IDENTITY_ANSI) return TRUE;
    for (unsigned int i = 0; i < count; i++)
    {
        if (*parts[i].length > 0xffff) return TRUE; /* which the core refuses */
        if (*parts[i].text && !same_in_both(*parts[i].text, *parts[i].length)) same = FALSE;
    }
    return same;
}

BOOL identity_begin(void *identity, void **given, size_t *size)
{
    ULONG version = identity ? *(const ULONG *)identity : 0;
    BOOL extended = version == SEC_WINNT_AUTH_IDENTITY_VERSION;

    *given = identity;
    *size = 0;
    if (!identity || version == SEC_WINNT_AUTH_IDENTITY_VERSION_2) return TRUE;
    if (needs_no_copy(identity, extended,
                      extended ? ((SEC_WINNT_AUTH_IDENTITY_EXA *)identity)->Flags : ((SEC_WINNT_AUTH_IDENTITY_A *)identity)->Flags))
        return TRUE;
    return (*given = widen_identity(identity, extended, size)) != NULL;
}

void identity_end(void *given, size_t size)
{
    if (given && size) free_secret(given, size);
}

/* ---- what is given -------------------------------------------------------------------------------------------------------------- */

/* A string of an attribute in the program's code page; without memory none. */
static BOOL to_ansi(char **slot)
{
    char *converted;

    if (!*slot || same_in_both(*slot, strlen(*slot))) return TRUE;
    converted = convert(*slot, CP_UTF8, CP_ACP);
    HeapFree(GetProcessHeap(), 0, *slot);
    *slot = converted;
    return converted != NULL;
}

int32_t attribute_to_ansi(uint32_t attribute, void *buffer, int32_t status)
{
    BOOL complete = TRUE;

    if (status) return status;
    switch (attribute)
    {
    case SECPKG_ATTR_NAMES: complete = to_ansi(&((SecPkgContext_NamesA *)buffer)->sUserName); break;
    case SECPKG_ATTR_DCE_INFO: complete = to_ansi((char **)&((SecPkgContext_DceInfo *)buffer)->pPac); break;
    case SECPKG_ATTR_AUTHORITY: complete = to_ansi(&((SecPkgContext_AuthorityA *)buffer)->sAuthorityName); break;
    case SECPKG_ATTR_CREDENTIAL_NAME: complete = to_ansi(&((SecPkgContext_CredentialNameA *)buffer)->sCredentialName); break;
    case SECPKG_ATTR_NATIVE_NAMES:
        complete = to_ansi(&((SecPkgContext_NativeNamesA *)buffer)->sClientName);
        complete = to_ansi(&((SecPkgContext_NativeNamesA *)buffer)->sServerName) && complete;
        break;
    default: break;
    }
    return complete ? SEC_OK : SEC_NO_MEMORY;
}
C_ASSERT(SECPKG_ATTR_NAMES == SECPKG_CRED_ATTR_NAMES);

/* Behind the thunk of the W form, which has said no to what cannot be answered. */
static BOOL deliver_name(const WCHAR *name, char *buffer, uint32_t *size, uint32_t *needed)
{
    *needed = WideCharToMultiByte(CP_ACP, 0, name, -1, NULL, 0, NULL, NULL);
    if (!buffer || *size < *needed) return FALSE;
    WideCharToMultiByte(CP_ACP, 0, name, -1, buffer, *needed, NULL, NULL);
    return TRUE;
}

uint8_t __stdcall GetUserNameExA(uint32_t format, void *buffer, void *size)
{
    WCHAR name[LONGEST_NAME];
    uint32_t units = LONGEST_NAME, needed;

    if (!size || (!buffer && *(uint32_t *)size)) return thunk_GetUserNameExA(format, buffer, size);
    if (!thunk_GetUserNameExW(format, name, &units)) return FALSE;
    if (deliver_name(name, buffer, size, &needed))
    {
        *(uint32_t *)size = needed - 1;
        return TRUE;
    }
    *(uint32_t *)size = needed;
    SetLastError(ERROR_MORE_DATA);
    return FALSE;
}

uint8_t __stdcall TranslateNameA(void *name, uint32_t from, uint32_t to, void *buffer, void *size)
{
    WCHAR wide[LONGEST_NAME], translated[LONGEST_NAME];
    uint32_t units = LONGEST_NAME, needed;

    if (!name || !size || (!buffer && *(uint32_t *)size)) return thunk_TranslateNameA(name, from, to, buffer, size);
    if (!MultiByteToWideChar(CP_ACP, MB_ERR_INVALID_CHARS, name, -1, wide, LONGEST_NAME))
    {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    if (!thunk_TranslateNameW(wide, from, to, translated, &units)) return FALSE;
    if (deliver_name(translated, buffer, size, &needed) || !buffer)
    {
        *(uint32_t *)size = needed;
        return TRUE;
    }
    *(uint32_t *)size = needed;
    SetLastError(ERROR_INSUFFICIENT_BUFFER);
    return FALSE;
}
