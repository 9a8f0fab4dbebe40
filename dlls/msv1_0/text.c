/*
 * Counted UTF-16 text of names.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/ntlm.h"
#include "dlls/msv1_0/utf16.h"

/* Text is hashed and sent as it lies in memory. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "WCHAR text must lie in wire order");

bool ntlm_text_copy(struct ntlm_text *out, const WCHAR *text, size_t units)
{
    out->text = guise_alloc((units + 1) * sizeof(WCHAR));
    out->units = out->text ? units : 0;
    if (out->units) memcpy(out->text, text, units * sizeof(WCHAR));
    return out->text;
}

static SECURITY_STATUS from_utf8(struct ntlm_text *out, const char *text, size_t length)
{
    out->units = 0;
    if (!(out->text = guise_alloc((length + 1) * sizeof(WCHAR)))) return SEC_E_INSUFFICIENT_MEMORY;
    if (utf8_to_utf16(text, length, out->text, length, &out->units)) return SEC_E_OK;
    ntlm_text_free(out);
    return SEC_E_INVALID_TOKEN;
}

bool ntlm_text_from_utf8(struct ntlm_text *out, const char *text)
{
    return from_utf8(out, text, strlen(text)) == SEC_E_OK;
}

void ntlm_text_free(struct ntlm_text *text)
{
    guise_free(text->text);
    text->text = NULL;
    text->units = 0;
}

bool ntlm_text_equal_nocase(const struct ntlm_text *a, const WCHAR *b, size_t b_units)
{
    if (a->units != b_units) return false;
    for (size_t i = 0; i < b_units; i++)
        if (utf16_upper(a->text[i]) != utf16_upper(b[i])) return false;
    return true;
}

struct wire_span ntlm_text_span(const struct ntlm_text *text)
{
    return (struct wire_span){(const UCHAR *)text->text, text->units * sizeof(WCHAR)};
}

SECURITY_STATUS ntlm_text_from_wire(struct ntlm_text *out, struct wire_span span, bool unicode)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (!unicode) status = from_utf8(out, (const char *)span.data, span.size);
    else if (span.size % sizeof(WCHAR)) return SEC_E_INVALID_TOKEN;
    else
    {
        out->units = span.size / sizeof(WCHAR);
        if (!(out->text = guise_alloc(span.size + sizeof(WCHAR)))) return SEC_E_INSUFFICIENT_MEMORY;
        if (span.size) memcpy(out->text, span.data, span.size);
    }
    for (size_t i = 0; !status && i < out->units; i++)
        if (!out->text[i]) status = SEC_E_INVALID_TOKEN;
    if (status) ntlm_text_free(out);
    return status;
}
