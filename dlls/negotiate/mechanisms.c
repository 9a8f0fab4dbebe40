/*
 * The mechanisms of RFC 4178: which a credential can be used with, and their list.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/negotiate/der.h"
#include "dlls/negotiate/negotiate.h"

static bool is_same(const struct sec_mechanism *own, struct wire_span mechanism)
{
    return own->oid_length == mechanism.size && !memcmp(own->oid, mechanism.data, mechanism.size);
}

/* Whether CANDIDATE can be offered or chosen by one of its package's mechanisms. */
static bool speaks(const struct nego_context *context, const struct nego_candidate *candidate, const struct sec_mechanism *mechanism,
                   struct wire_span token)
{
    struct package_credential *credential = nego_side(candidate, context->server);

    if (!credential) return false;
    return !candidate->package->speaks ||
           candidate->package->speaks(credential, context->server, context->request, mechanism, token.data, token.size);
}

bool nego_knows_mechanism(const struct sec_package *package, struct wire_span mechanism)
{
    for (const struct sec_mechanism *own = package->mechanisms; own->oid; own++)
        if (is_same(own, mechanism)) return true;
    return false;
}

const struct nego_candidate *nego_find_mechanism(const struct nego_context *context, struct wire_span mechanism, struct wire_span token)
{
    for (unsigned int i = 0; i < context->credential->count; i++)
    {
        const struct nego_candidate *candidate = &context->credential->candidates[i];

        for (const struct sec_mechanism *own = candidate->package->mechanisms; own->oid; own++)
            if (is_same(own, mechanism) && speaks(context, candidate, own, token)) return candidate;
    }
    return NULL;
}

/* ---- the list -------------------------------------------------------------------------------------------------------- */

/* The identifiers of the candidates from FIRST on, to WRITER if there is one; their size. */
static size_t write_mechanisms(const struct nego_context *context, const struct nego_candidate *first, struct wire_writer *writer)
{
    const struct nego_candidate *end = context->credential->candidates + context->credential->count;
    const struct wire_span nothing = {NULL, 0};
    size_t size = 0;

    for (const struct nego_candidate *candidate = first; candidate < end; candidate++)
    {
        for (const struct sec_mechanism *own = candidate->package->mechanisms; own->oid; own++)
        {
            if (!speaks(context, candidate, own, nothing)) continue;
            size += der_size(own->oid_length);
            if (writer) der_write(writer, DER_OID, (struct wire_span){own->oid, own->oid_length});
        }
    }
    return size;
}

SECURITY_STATUS nego_make_list(const struct nego_context *context, const struct nego_candidate *first, UCHAR **list, size_t *size)
{
    size_t contents = write_mechanisms(context, first, NULL);
    struct wire_writer writer;

    *list = NULL;
    if (!contents) return SEC_E_NO_CREDENTIALS;
    *size = der_size(contents);
    if (!(*list = guise_alloc(*size))) return SEC_E_INSUFFICIENT_MEMORY;
    wire_writer_init(&writer, *list, *size);
    der_write_header(&writer, DER_SEQUENCE, contents);
    write_mechanisms(context, first, &writer);
    return SEC_E_OK;
}
