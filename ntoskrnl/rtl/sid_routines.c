/*
 * The RtlXxxSid routines.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <string.h>

#include "ntoskrnl/rtl/sid.h"

#define MAX_ALLOCATED_SUBAUTHORITIES 8 /* what RtlAllocateAndInitializeSid has parameters for */

/***********************************************************************
 *           RtlLengthRequiredSid (NTOSKRNL.@)
 */
ULONG RtlLengthRequiredSid(ULONG count)
{
    return offsetof(SID, SubAuthority) + count * sizeof(ULONG);
}

/***********************************************************************
 *           RtlLengthSid (NTOSKRNL.@)
 */
ULONG RtlLengthSid(PSID sid)
{
    return sid_length(sid);
}

/***********************************************************************
 *           RtlValidSid (NTOSKRNL.@)
 */
BOOLEAN RtlValidSid(PSID sid)
{
    return sid_valid(sid);
}

/***********************************************************************
 *           RtlInitializeSid (NTOSKRNL.@)
 *
 * The subauthorities are left for the caller to write. STATUS_INVALID_PARAMETER: more than 15 of them.
 */
NTSTATUS RtlInitializeSid(PSID sid, PSID_IDENTIFIER_AUTHORITY authority, UCHAR count)
{
    SID *made = sid;

    if (count > SID_MAX_SUB_AUTHORITIES) return STATUS_INVALID_PARAMETER;
    made->Revision = SID_REVISION;
    made->SubAuthorityCount = count;
    made->IdentifierAuthority = *authority;
    return STATUS_SUCCESS;
}

/* The documented prototype has a UCHAR before the dots, which C leaves undefined; both compilers define it here. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wvarargs"
#endif

/***********************************************************************
 *           RtlInitializeSidEx (NTOSKRNL.@)
 *
 * The same, and COUNT subauthorities follow.
 */
NTSTATUS RtlInitializeSidEx(PSID sid, PSID_IDENTIFIER_AUTHORITY authority, UCHAR count, ...)
{
    NTSTATUS status = RtlInitializeSid(sid, authority, count);
    ULONG *subauthority = ((SID *)sid)->SubAuthority;
    va_list arguments;
    unsigned int i;

    if (status) return status;
    va_start(arguments, count);
    for (i = 0; i < count; i++) subauthority[i] = va_arg(arguments, ULONG);
    va_end(arguments);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlAllocateAndInitializeSid (NTOSKRNL.@)
 *
 * Freed with RtlFreeSid. STATUS_INVALID_SID: more than eight subauthorities. STATUS_NO_MEMORY.
 */
NTSTATUS RtlAllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY authority, UCHAR count, ULONG subauthority0,
                                     ULONG subauthority1, ULONG subauthority2, ULONG subauthority3, ULONG subauthority4,
                                     ULONG subauthority5, ULONG subauthority6, ULONG subauthority7, PSID *sid)
{
    const ULONG subauthorities[MAX_ALLOCATED_SUBAUTHORITIES] = {subauthority0, subauthority1, subauthority2,
                                                                subauthority3, subauthority4, subauthority5,
                                                                subauthority6, subauthority7};
    SID *made;

    if (count > MAX_ALLOCATED_SUBAUTHORITIES) return STATUS_INVALID_SID;
    if (!(made = guise_alloc(RtlLengthRequiredSid(count)))) return STATUS_NO_MEMORY;
    RtlInitializeSid(made, authority, count);
    memcpy((UCHAR *)made + offsetof(SID, SubAuthority), subauthorities, count * sizeof(ULONG));
    *sid = made;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlFreeSid (NTOSKRNL.@)
 *
 * Always NULL, which means success.
 */
PVOID RtlFreeSid(PSID sid)
{
    guise_free(sid);
    return NULL;
}

/***********************************************************************
 *           RtlCopySid (NTOSKRNL.@)
 *
 * STATUS_BUFFER_TOO_SMALL: LENGTH is less than the SID's, nothing is copied.
 */
NTSTATUS RtlCopySid(ULONG length, PSID destination, PSID source)
{
    size_t size = sid_length(source);

    if (size > length) return STATUS_BUFFER_TOO_SMALL;
    memmove(destination, source, size);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlEqualSid (NTOSKRNL.@)
 */
BOOLEAN RtlEqualSid(PSID a, PSID b)
{
    return sid_equal(a, b);
}

/***********************************************************************
 *           RtlEqualPrefixSid (NTOSKRNL.@)
 *
 * Whether two SIDs are the same but for their last subauthority.
 */
BOOLEAN RtlEqualPrefixSid(PSID a, PSID b)
{
    size_t length = sid_length(a);

    if (((SID *)a)->SubAuthorityCount != ((SID *)b)->SubAuthorityCount) return FALSE;
    return !memcmp(a, b, ((SID *)a)->SubAuthorityCount ? length - sizeof(ULONG) : length);
}

/***********************************************************************
 *           RtlIdentifierAuthoritySid (NTOSKRNL.@)
 */
PSID_IDENTIFIER_AUTHORITY RtlIdentifierAuthoritySid(PSID sid)
{
    return &((SID *)sid)->IdentifierAuthority;
}

/***********************************************************************
 *           RtlSubAuthoritySid (NTOSKRNL.@)
 *
 * Where subauthority INDEX lies; it is the caller's to stay below the count.
 */
PULONG RtlSubAuthoritySid(PSID sid, ULONG index)
{
    ULONG *subauthorities = ((SID *)sid)->SubAuthority;

    return subauthorities + index;
}

/***********************************************************************
 *           RtlSubAuthorityCountSid (NTOSKRNL.@)
 */
PUCHAR RtlSubAuthorityCountSid(PSID sid)
{
    return &((SID *)sid)->SubAuthorityCount;
}

/***********************************************************************
 *           RtlConvertSidToUnicodeString (NTOSKRNL.@)
 *
 * S-1-..., terminated where there is room. ALLOCATE: into a new buffer, freed with RtlFreeUnicodeString.
 * STATUS_INVALID_SID. STATUS_BUFFER_OVERFLOW: MaximumLength is too small. STATUS_NO_MEMORY.
 */
NTSTATUS RtlConvertSidToUnicodeString(PUNICODE_STRING string, PSID sid, BOOLEAN allocate)
{
    char text[GUISE_SID_TEXT_SIZE];
    size_t length, i;

    if (!sid_valid(sid)) return STATUS_INVALID_SID;
    guise_sid_to_text(sid, text);
    length = strlen(text);
    if (allocate)
    {
        WCHAR *buffer = guise_alloc((length + 1) * sizeof(WCHAR));

        if (!buffer) return STATUS_NO_MEMORY;
        *string = (UNICODE_STRING){.MaximumLength = (USHORT)((length + 1) * sizeof(WCHAR)), .Buffer = buffer};
    }
    else if (length * sizeof(WCHAR) > string->MaximumLength)
        return STATUS_BUFFER_OVERFLOW;
    for (i = 0; i < length; i++) string->Buffer[i] = text[i];
    string->Length = (USHORT)(length * sizeof(WCHAR));
    if (string->Length + sizeof(WCHAR) <= string->MaximumLength) string->Buffer[length] = 0;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           RtlFreeUnicodeString (NTOSKRNL.@)
 *
 * Frees the buffer of a string that a routine allocated, and empties it.
 */
void RtlFreeUnicodeString(PUNICODE_STRING string)
{
    guise_free(string->Buffer);
    *string = (UNICODE_STRING){0};
}
