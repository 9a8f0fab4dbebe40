/*
 * What QueryContextAttributes and QueryCredentialsAttributes have in common: the size of the caller's structure, and its
 * strings, which packages give in the W form and the A form replaces.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

const struct attribute_shape *sec_attribute_find(const struct attribute_shape *shapes, size_t count, ULONG attribute)
{
    for (size_t i = 0; i < count; i++)
    {
        if (shapes[i].attribute == attribute) return &shapes[i];
    }
    return NULL;
}

SECURITY_STATUS sec_attribute_check(const struct attribute_shape *shape, const void *buffer, const ULONG *size)
{
    if (!buffer) return SEC_E_INTERNAL_ERROR; /* as S2.4.4 */
    if (!size) return SEC_E_OK;
    if (!shape) return SEC_E_UNSUPPORTED_FUNCTION; /* what its size is nobody knows, so it could not be kept */
    return *size < shape->size ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
}

/* A W string, taken over, as an A string that FreeContextBuffer frees; NULL without memory. */
static char *ansi_block(WCHAR *wide)
{
    size_t length = sec_wide_length(wide);
    char *block = out_block(sec_ansi_from_wide(wide, length, NULL) + 1);

    if (block) sec_ansi_from_wide(wide, length, block);
    out_free(wide);
    return block;
}

static void **string_slot(void *buffer, const struct attribute_shape *shape, unsigned int index)
{
    return (void **)((char *)buffer + shape->strings[index]);
}

void sec_attribute_give(const struct attribute_shape *shape, void *buffer)
{
    if (!guise_out_hooks || !shape) return;
    for (unsigned int i = 0; i < shape->string_count; i++) guise_out_hooks->pointer(string_slot(buffer, shape, i));
    if (shape->blob) guise_out_hooks->pointer((char *)buffer + shape->blob);
}

SECURITY_STATUS sec_attribute_to_ansi(const struct attribute_shape *shape, void *buffer)
{
    unsigned int count = shape ? shape->string_count : 0;
    bool complete = true;

    for (unsigned int i = 0; i < count; i++)
    {
        void **slot = string_slot(buffer, shape, i);
        char *text;

        if (!*slot) continue;
        text = ansi_block(*slot);
        if (!text) complete = false;
        out_ptr(slot, text);
    }
    if (complete) return SEC_E_OK;
    for (unsigned int i = 0; i < count; i++)
    {
        void **slot = string_slot(buffer, shape, i);

        out_free(*slot);
        *slot = NULL;
    }
    return SEC_E_INSUFFICIENT_MEMORY;
}
