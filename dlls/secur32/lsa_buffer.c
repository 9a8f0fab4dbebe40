/*
 * Requests to authentication packages: the one place that reads what a caller submitted.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/utf16.h"
#include "dlls/secur32/front.h"
#include "dlls/secur32/lsa_package.h"
#include "ntoskrnl/out.h"

NTSTATUS lsa_buffer_copy(struct lsa_buffer *buffer, const void *submitted, ULONG size)
{
    *buffer = (struct lsa_buffer){.base = (ULONG_PTR)submitted};
    if (size > LSA_MAX_SUBMIT || (size && !submitted)) return STATUS_INVALID_PARAMETER;
    if (!(buffer->data = guise_alloc(size))) return STATUS_NO_MEMORY;
    if (size) memcpy(buffer->data, submitted, size);
    buffer->size = size;
    return STATUS_SUCCESS;
}

void lsa_buffer_free(struct lsa_buffer *buffer)
{
    guise_free_secret(buffer->data, buffer->size);
    buffer->data = NULL;
}

bool lsa_read(const struct lsa_buffer *buffer, void *fixed, size_t size)
{
    if (buffer->size < size) return false;
    memcpy(fixed, buffer->data, size);
    return true;
}

bool lsa_find(const struct lsa_buffer *buffer, const void *pointer, size_t length, const UCHAR **bytes)
{
    ULONG_PTR address = (ULONG_PTR)pointer;
    /* An address before the base wraps to an offset that no buffer has. */
    ULONG_PTR offset = address < LSA_MAX_SUBMIT ? address : address - buffer->base;

    *bytes = buffer->data;
    if (!length) return true;
    if (!address || offset > buffer->size || length > buffer->size - offset) return false;
    *bytes = buffer->data + offset;
    return true;
}

void lsa_free_text(char *text)
{
    if (text) guise_free_secret(text, strlen(text));
}

NTSTATUS lsa_text_of(const WCHAR *wide, size_t units, char **text)
{
    size_t room = 3 * units, length;

    if (!(*text = guise_alloc(room + 1))) return STATUS_NO_MEMORY;
    if (utf16_to_utf8(wide, units, *text, room, &length) && strlen(*text) == length) return STATUS_SUCCESS;
    guise_free_secret(*text, room);
    *text = NULL;
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS lsa_read_text(const struct lsa_buffer *request, const UNICODE_STRING *string, char **text)
{
    const UCHAR *bytes;
    WCHAR *wide;
    NTSTATUS status;

    *text = NULL;
    if (string->Length % sizeof(WCHAR) || !lsa_find(request, string->Buffer, string->Length, &bytes)) return STATUS_INVALID_PARAMETER;
    if (!(wide = guise_memdup(bytes, string->Length))) return STATUS_NO_MEMORY; /* it may lie at any address */
    status = lsa_text_of(wide, string->Length / sizeof(WCHAR), text);
    guise_free_secret(wide, string->Length);
    return status;
}

size_t lsa_text_size(const WCHAR *text)
{
    return text ? (sec_wide_length(text) + 1) * sizeof(*text) : 0;
}

void lsa_put_text(UCHAR **room, UNICODE_STRING *string, const WCHAR *text)
{
    size_t size = lsa_text_size(text);

    if (!size || size > 0xfffe) return;
    out_ptr(&string->Buffer, memcpy(*room, text, size));
    string->MaximumLength = (USHORT)size;
    string->Length = (USHORT)(size - sizeof(*text));
    *room += size;
}
