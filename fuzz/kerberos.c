/*
 * libFuzzer target: what of Kerberos is read here before MIT Kerberos sees it. The first byte says what the rest is: a token, channel bindings, the
 * name of a service, or the data of a KRB-ERROR.
 *
 * Covers: dlls/kerberos/framing.c dlls/kerberos/extended_error.c dlls/kerberos/bindings.c dlls/kerberos/name.c:split,split_parts,lower_host,put_escaped,write_principal
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dlls/kerberos/framing.h"
#include "dlls/kerberos/kerberos.h"
#include "dlls/kerberos/password.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the bytes are. */
static void must(int condition)
{
    if (!condition) abort();
}

static bool inside(const gss_buffer_desc *part, const UCHAR *block, size_t size)
{
    const UCHAR *start = part->value;

    return !part->length || (start >= block && start <= block + size && part->length <= (size_t)(block + size - start));
}

static void read_bindings(const uint8_t *data, size_t size)
{
    SecBuffer buffer = {size, SECBUFFER_CHANNEL_BINDINGS, (void *)data};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    struct krb_bindings bindings = {NULL, {0}};

    if (!krb_take_bindings(&bindings, &desc) && size)
        must(inside(&bindings.gss.initiator_address, bindings.block, size) && inside(&bindings.gss.acceptor_address, bindings.block, size) &&
             inside(&bindings.gss.application_data, bindings.block, size));
    krb_free_bindings(&bindings);
}

/* As UTF-16, one character a byte: what a name is made of is ASCII. */
static void read_name(const uint8_t *data, size_t size)
{
    WCHAR text[256];
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor;
    size_t units = size < 255 ? size : 255;

    for (size_t i = 0; i < units; i++) text[i] = data[i];
    text[units] = 0;
    if (!krb_import_target(text, &name))
    {
        must(units && name);
        krb->gss_release_name(&minor, &name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size || !krb_load()) return 0;
    switch (data[0] % 4)
    {
    case 0:
        must(krb_message_of(data + 1, size - 1) == KRB_MESSAGE_NONE || size > 2);
        must(!krb_is_protection(data + 1, size - 1, false, true) || size > 16);
        must(!krb_is_protection(data + 1, size - 1, true, true) || size > 14);
        break;
    case 1: read_bindings(data + 1, size - 1); break;
    case 2: read_name(data + 1, size - 1); break;
    case 3: must(!krb_extended_status(data + 1, size - 1) || size > 20); break;
    }
    return 0;
}
