/*
 * A completed context of Negotiate as bytes and back: the name of the package that was chosen, as its length in characters and UTF-16, and
 * what that package writes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/negotiate/negotiate.h"

#define MOST_NAME 63 /* package.h */

SECURITY_STATUS nego_export_context(struct package_context *exported, bool reset, UCHAR **data, ULONG *size)
{
    struct nego_context *context = (struct nego_context *)exported;
    const struct sec_package *package = atomic_load_explicit(&context->package, memory_order_relaxed);
    struct wire_writer writer;
    UCHAR *inner = NULL;
    ULONG inner_size = 0;
    size_t units, room;
    SECURITY_STATUS status;

    *data = NULL;
    if (context->phase != NEGO_COMPLETE) return SEC_E_INVALID_HANDLE;
    if (!package->export_context) return SEC_E_UNSUPPORTED_FUNCTION;
    if ((status = package->export_context(context->inner, reset, &inner, &inner_size))) return status;
    units = sec_wide_length(package->name);
    room = 4 + units * sizeof(WCHAR) + inner_size;
    if ((*data = guise_alloc(room)))
    {
        wire_writer_init(&writer, *data, room);
        wire_write_u32(&writer, (ULONG)units);
        wire_write_bytes(&writer, package->name, units * sizeof(WCHAR));
        wire_write_bytes(&writer, inner, inner_size);
        *size = (ULONG)writer.length;
    }
    guise_free_secret(inner, inner_size);
    return *data ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* The package whose name is next, in use; NULL: there is none that is negotiated and imports. */
static const struct sec_package *read_package(struct wire_reader *reader)
{
    ULONG units = wire_read_u32(reader);
    const struct sec_package *package;
    WCHAR name[MOST_NAME + 1] = {0};

    if (units > MOST_NAME) return NULL;
    wire_read_bytes(reader, name, units * sizeof(WCHAR));
    if (reader->failed || !(package = sec_package_find(name)) || !package->mechanisms || !package->import_context) return NULL;
    return sec_package_use(package) ? package : NULL;
}

SECURITY_STATUS nego_import_context(const UCHAR *data, ULONG size, bool acceptor, PACCESS_TOKEN token, struct package_context **context)
{
    struct nego_context *made;
    const struct sec_package *package;
    struct wire_reader reader;
    SECURITY_STATUS status;

    wire_reader_init(&reader, data, size);
    if (!(package = read_package(&reader))) return SEC_E_UNKNOWN_CREDENTIALS;
    if (!(made = nego_new_context(NULL, acceptor)))
    {
        sec_package_unuse(package);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    atomic_store_explicit(&made->package, package, memory_order_relaxed);
    atomic_store_explicit(&made->negotiation, SECPKG_NEGOTIATION_COMPLETE, memory_order_relaxed);
    made->phase = NEGO_COMPLETE;
    status = package->import_context(data + reader.position, size - (ULONG)reader.position, acceptor, token, &made->inner);
    if (status) nego_delete_context((struct package_context *)made);
    else *context = (struct package_context *)made;
    return status;
}
