/*
 * Contexts for another process of the same service: ExportSecurityContext, ImportSecurityContext.
 *
 * A blob is
 *
 *   magic (8), ticket: uid (4), boot id (16), expiry (8), id (16); nonce (12), tag (16); and encrypted:
 *   name of the package, acceptor, the client's token (client_blob.c), the package's own state
 *
 * under the key in its ticket (ticket.c), which covers what is in clear too. The encrypted parts are each behind their
 * length in bytes (4). The blob is worth nothing without the ticket, and the ticket can be used once.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <limits.h>
#include <string.h>

#include "dlls/secur32/client_blob.h"
#include "dlls/secur32/export.h"
#include "dlls/secur32/ticket.h"
#include "ntoskrnl/out.h"

static const UCHAR magic[8] = {'G', 'U', 'I', 'S', 'E', 'X', 'C', '1'};

#define CLEAR_SIZE (sizeof(magic) + 4 + TICKET_BOOT_SIZE + 8 + TICKET_ID_SIZE) /* before the seal */
#define HEAD_SIZE  (CLEAR_SIZE + sizeof(((struct aead_seal *)0)->nonce) + sizeof(((struct aead_seal *)0)->tag))

/* ---- what is encrypted ------------------------------------------------------------------------------------------- */

/* The parts of a context, before they are one blob. */
struct parts
{
    struct wire_span name; /* of the package, UTF-16 */
    bool acceptor;
    UCHAR *token, *state;
    size_t token_size;
    ULONG state_size;
};

static struct wire_span name_of(const struct sec_package *package)
{
    return (struct wire_span){(const UCHAR *)package->name, sec_wide_length(package->name) * sizeof(WCHAR)};
}

static void free_parts(struct parts *parts)
{
    guise_free(parts->token);
    guise_free_secret(parts->state, parts->state_size);
}

static SECURITY_STATUS take_token(struct context *context, struct parts *parts)
{
    PACCESS_TOKEN token;

    /* A client context has none; a server's may have been made without. */
    if (!context->package->context_token || context_access_token(context, &token) != SEC_E_OK) return SEC_E_OK;
    return client_blob_write(token, &parts->token, &parts->token_size);
}

static SECURITY_STATUS take_apart(struct context *context, bool reset, struct parts *parts)
{
    SECURITY_STATUS status;

    parts->name = name_of(context->package);
    parts->acceptor = context->acceptor;
    if ((status = take_token(context, parts)) != SEC_E_OK) return status;
    return context->package->export_context(context->state, reset, &parts->state, &parts->state_size);
}

static size_t plain_size(const struct parts *parts)
{
    return 4 + parts->name.size + 4 + 4 + parts->token_size + 4 + parts->state_size;
}

static void write_part(struct wire_writer *writer, const void *data, size_t size)
{
    wire_write_u32(writer, (ULONG)size);
    wire_write_bytes(writer, data, size);
}

static void write_plain(struct wire_writer *writer, const struct parts *parts)
{
    write_part(writer, parts->name.data, parts->name.size);
    wire_write_u32(writer, parts->acceptor);
    write_part(writer, parts->token, parts->token_size);
    write_part(writer, parts->state, parts->state_size);
}

static struct wire_span read_part(struct wire_reader *reader)
{
    ULONG size = wire_read_u32(reader);

    return wire_read_span(reader, size);
}

/* TOKEN is what the blob says, if it gives the same bytes. */
static SECURITY_STATUS check_token(PACCESS_TOKEN token, struct wire_span blob)
{
    SECURITY_STATUS status;
    UCHAR *data;
    size_t size;
    bool same;

    status = client_blob_write(token, &data, &size);
    if (status == SEC_E_UNSUPPORTED_FUNCTION) return SEC_E_NOT_OWNER;
    if (status != SEC_E_OK) return status;
    same = size == blob.size && !memcmp(data, blob.data, size);
    guise_free(data);
    return same ? SEC_E_OK : SEC_E_NOT_OWNER;
}

/* The token for an imported context, with a reference. */
static SECURITY_STATUS make_token(PACCESS_TOKEN given, struct wire_span blob, PACCESS_TOKEN *token)
{
    SECURITY_STATUS status;

    *token = NULL;
    if (!blob.size) return given ? SEC_E_NOT_OWNER : SEC_E_OK;
    if (!given) return client_blob_read(blob, token);
    if ((status = check_token(given, blob)) != SEC_E_OK) return status;
    guise_reference_token(given);
    *token = given;
    return SEC_E_OK;
}

SECURITY_STATUS export_read(struct wire_span plain, const struct sec_package *package, PACCESS_TOKEN given,
                            struct package_context **state, bool *acceptor)
{
    struct wire_span name, token_blob, package_blob;
    struct wire_reader reader;
    PACCESS_TOKEN token;
    SECURITY_STATUS status;
    ULONG side;

    *state = NULL;
    wire_reader_init(&reader, plain.data, plain.size);
    name = read_part(&reader);
    side = wire_read_u32(&reader);
    token_blob = read_part(&reader);
    package_blob = read_part(&reader);
    if (reader.failed || reader.position != reader.size || side > 1) return SEC_E_UNKNOWN_CREDENTIALS;
    if (name.size != name_of(package).size || memcmp(name.data, package->name, name.size))
        return SEC_E_UNKNOWN_CREDENTIALS; /* of another package */
    *acceptor = side;
    if (token_blob.size && !(*acceptor && package->context_token)) return SEC_E_UNKNOWN_CREDENTIALS;
    if ((status = make_token(given, token_blob, &token)) != SEC_E_OK) return status;
    status = package->import_context(package_blob.data, (ULONG)package_blob.size, *acceptor, token, state);
    if (token) guise_dereference_token(token);
    return status;
}

/* ---- the blob ---------------------------------------------------------------------------------------------------- */

static void write_head(struct wire_writer *writer, const struct ticket_name *name)
{
    wire_write_bytes(writer, magic, sizeof(magic));
    wire_write_u32(writer, name->uid);
    wire_write_bytes(writer, name->boot, sizeof(name->boot));
    wire_write_u64(writer, name->expiry);
    wire_write_bytes(writer, name->id, sizeof(name->id));
}

static bool read_head(struct wire_reader *reader, struct ticket_name *name, struct aead_seal *seal)
{
    UCHAR start[sizeof(magic)];

    wire_read_bytes(reader, start, sizeof(start));
    name->uid = wire_read_u32(reader);
    wire_read_bytes(reader, name->boot, sizeof(name->boot));
    name->expiry = wire_read_u64(reader);
    wire_read_bytes(reader, name->id, sizeof(name->id));
    wire_read_bytes(reader, seal->nonce, sizeof(seal->nonce));
    wire_read_bytes(reader, seal->tag, sizeof(seal->tag));
    return !reader->failed && !memcmp(start, magic, sizeof(magic));
}

/* Writes and encrypts PARTS into BLOB, which is as long as it must be. */
static SECURITY_STATUS close_blob(const struct ticket *ticket, const struct parts *parts, UCHAR *blob, size_t size)
{
    struct aead_input input = {.key = ticket->key,
                               .associated = blob,
                               .associated_size = CLEAR_SIZE,
                               .bytes = blob + HEAD_SIZE,
                               .size = size - HEAD_SIZE};
    struct wire_writer writer;
    struct aead_seal seal;
    SECURITY_STATUS status;

    wire_writer_init(&writer, blob + HEAD_SIZE, size - HEAD_SIZE);
    write_plain(&writer, parts);
    if (writer.failed || writer.length != size - HEAD_SIZE) return SEC_E_INTERNAL_ERROR;
    wire_writer_init(&writer, blob, HEAD_SIZE);
    write_head(&writer, &ticket->name);
    if ((status = aead_close(&input, &seal)) != SEC_E_OK) return status;
    wire_write_bytes(&writer, seal.nonce, sizeof(seal.nonce));
    wire_write_bytes(&writer, seal.tag, sizeof(seal.tag));
    return SEC_E_OK;
}

static SECURITY_STATUS seal_parts(const struct parts *parts, void **out, ULONG *out_size)
{
    size_t size = HEAD_SIZE + plain_size(parts);
    UCHAR *blob = size > INT_MAX ? NULL : out_block(size);
    struct ticket ticket;
    SECURITY_STATUS status;

    if (!blob) return SEC_E_INSUFFICIENT_MEMORY;
    if ((status = ticket_create(&ticket)) == SEC_E_OK)
    {
        status = close_blob(&ticket, parts, blob, size);
        if (status != SEC_E_OK) ticket_use(&ticket.name);
    }
    explicit_bzero(&ticket, sizeof(ticket));
    if (status != SEC_E_OK)
    {
        explicit_bzero(blob, size);
        out_free(blob);
        return status;
    }
    *out = blob;
    *out_size = (ULONG)size;
    return SEC_E_OK;
}

/* ---- ExportSecurityContext --------------------------------------------------------------------------------------- */

/* The caller's handle to the client's token, which DELETE_OLD leaves alone; NULL where there is no token. */
static SECURITY_STATUS open_token(struct context *context, HANDLE *handle)
{
    SECURITY_STATUS status = context_open_token(context, handle);

    if (status == SEC_E_OK || (status != SEC_E_NO_IMPERSONATION && status != SEC_E_UNSUPPORTED_FUNCTION)) return status;
    *handle = NULL;
    return SEC_E_OK;
}

static SECURITY_STATUS export(struct context *context, bool reset, SecBuffer *packed, HANDLE *token)
{
    struct parts parts = {.acceptor = false};
    void *blob = NULL;
    ULONG size = 0;
    SECURITY_STATUS status = take_apart(context, reset, &parts);

    if (status == SEC_E_OK && token) status = open_token(context, token);
    if (status == SEC_E_OK && (status = seal_parts(&parts, &blob, &size)) != SEC_E_OK && token && *token) NtClose(*token);
    free_parts(&parts);
    if (status != SEC_E_OK) return status;
    out_ptr(&packed->pvBuffer, blob);
    packed->cbBuffer = size;
    return SEC_E_OK;
}

#define KNOWN_FLAGS (SECPKG_CONTEXT_EXPORT_RESET_NEW | SECPKG_CONTEXT_EXPORT_DELETE_OLD)

/***********************************************************************
 *           ExportSecurityContext (SECUR32.@)
 *
 * A completed context as a block for ImportSecurityContext in another process of the same user on this machine, before
 * [exports] lifetime has passed and once. The block is the caller's: FreeContextBuffer (S12.9); it is encrypted. *TOKEN, if
 * asked for, is a handle to the client's token for NtClose (S12.7), NULL for a context without one. With RESET_NEW message
 * numbers and key streams begin anew in the copy; with DELETE_OLD the handle is gone when the call succeeds, and calls of
 * other threads inside it have ended before. Without, both copies go on from the same key stream: one of them must not
 * protect messages any more.
 *
 * SEC_E_INVALID_HANDLE: none, or not completed. SEC_E_UNSUPPORTED_FUNCTION: TO_KERNEL or an unknown flag, a package or a
 * token that does not travel, exports turned off (S2.14.1). SEC_E_INSUFFICIENT_MEMORY. SEC_E_INTERNAL_ERROR: no folder for
 * the ticket; the log says why. On failure nothing has changed.
 */
SECURITY_STATUS SEC_ENTRY ExportSecurityContext(PCtxtHandle handle, ULONG flags, PSecBuffer packed, void **token)
{
    bool reset = flags & SECPKG_CONTEXT_EXPORT_RESET_NEW, delete_old = flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD;
    struct context *context;
    HANDLE token_handle = NULL;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(context = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    if (context_phase(context) != CONTEXT_COMPLETE) status = SEC_E_INVALID_HANDLE;
    else if (flags & ~KNOWN_FLAGS || !context->package->export_context) status = SEC_E_UNSUPPORTED_FUNCTION;
    else if (!packed) status = SEC_E_INVALID_PARAMETER;
    else if (delete_old && !sec_handle_suspend(SEC_HANDLE_CONTEXT, handle)) status = SEC_E_INVALID_HANDLE;
    else
    {
        status = export(context, reset, packed, token ? &token_handle : NULL);
        if (delete_old && status == SEC_E_OK) context_dereference(context);
        else if (delete_old) sec_handle_resume(SEC_HANDLE_CONTEXT, handle);
    }
    context_dereference(context);
    if (status == SEC_E_OK && token) *token = token_handle;
    return status;
}

/* ---- ImportSecurityContext --------------------------------------------------------------------------------------- */

/* The last thing that can fail is somebody else's import: everything is there when the ticket is used. */
static SECURITY_STATUS adopt(const struct sec_package *package, const struct ticket_name *name, struct wire_span plain,
                             PACCESS_TOKEN token, CtxtHandle *handle)
{
    struct package_context *state;
    SECURITY_STATUS status;
    CtxtHandle fresh;
    bool acceptor;

    if ((status = export_read(plain, package, token, &state, &acceptor)) != SEC_E_OK) return status;
    if (!context_adopt(package, state, acceptor, &fresh))
    {
        package->delete_context(state);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    if ((status = ticket_use(name)) == SEC_E_OK) *handle = fresh;
    else sec_handle_close(SEC_HANDLE_CONTEXT, &fresh);
    return status;
}

/* BLOB is a copy: it is decrypted in place. */
static SECURITY_STATUS open_blob(const struct sec_package *package, UCHAR *blob, size_t size, PACCESS_TOKEN token,
                                 CtxtHandle *handle)
{
    struct aead_input input = {.associated = blob, .associated_size = CLEAR_SIZE, .bytes = blob + HEAD_SIZE};
    struct ticket_name name;
    struct wire_reader reader;
    struct aead_seal seal;
    struct ticket ticket;
    SECURITY_STATUS status;

    wire_reader_init(&reader, blob, size);
    if (!read_head(&reader, &name, &seal)) return SEC_E_UNKNOWN_CREDENTIALS;
    input.size = size - HEAD_SIZE;
    if ((status = ticket_read(&name, &ticket)) == SEC_E_OK)
    {
        input.key = ticket.key;
        status = aead_open(&input, &seal);
        if (status == SEC_E_MESSAGE_ALTERED) status = SEC_E_UNKNOWN_CREDENTIALS;
    }
    explicit_bzero(&ticket, sizeof(ticket));
    if (status != SEC_E_OK) return status;
    return adopt(package, &name, (struct wire_span){input.bytes, input.size}, token, handle);
}

static SECURITY_STATUS import_with(const struct sec_package *package, const SecBuffer *packed, PACCESS_TOKEN token,
                                   CtxtHandle *handle)
{
    UCHAR *copy = guise_memdup(packed->pvBuffer, packed->cbBuffer);
    SECURITY_STATUS status;

    if (!copy) return SEC_E_INSUFFICIENT_MEMORY;
    status = open_blob(package, copy, packed->cbBuffer, token, handle);
    guise_free_secret(copy, packed->cbBuffer);
    return status;
}

static SECURITY_STATUS import(const WCHAR *package_name, const SecBuffer *packed, HANDLE token_handle, CtxtHandle *handle)
{
    const struct sec_package *package = sec_package_find(package_name);
    PVOID token = NULL;
    SECURITY_STATUS status;

    if (!package) return SEC_E_SECPKG_NOT_FOUND;
    if (!handle) return SEC_E_INVALID_HANDLE;
    if (!package->import_context) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!packed || !packed->pvBuffer || packed->cbBuffer < HEAD_SIZE) return SEC_E_UNKNOWN_CREDENTIALS;
    if (token_handle &&
        ObReferenceObjectByHandle(token_handle, TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, *SeTokenObjectType,
                                  UserMode, &token, NULL))
        return SEC_E_NOT_OWNER;
    status = import_with(package, packed, token, handle);
    if (token) ObfDereferenceObject(token);
    GUISE_TRACE("sspi", "0x%08x", (unsigned int)status);
    return status;
}

/***********************************************************************
 *           ImportSecurityContextW (SECUR32.@)
 *
 * The context of a block that ExportSecurityContext made, in this process. The client's token comes with it and obeys
 * the rules of this process: what it may not impersonate it still may not. TOKEN is NULL, or a handle to the very token
 * that was exported, which this process can only have if it exported. *HANDLE is written on SEC_E_OK only; DeleteSecurityContext.
 *
 * SEC_E_UNKNOWN_CREDENTIALS: altered, truncated, forged, of another package. SEC_E_NO_CREDENTIALS: imported already, expired, of
 * another boot. SEC_E_NOT_OWNER: of another user, another token, or a client whom this process never carries (S2.14.2).
 * SEC_E_SECPKG_NOT_FOUND. SEC_E_UNSUPPORTED_FUNCTION: the package does not import. SEC_E_INVALID_HANDLE: nowhere to write the
 * handle. SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR. On failure the block is as good as before.
 */
SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(SEC_WCHAR *package, PSecBuffer packed, void *token, PCtxtHandle handle)
{
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    return import(package, packed, token, handle);
}

/***********************************************************************
 *           ImportSecurityContextA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY ImportSecurityContextA(SEC_CHAR *package, PSecBuffer packed, void *token, PCtxtHandle handle)
{
    WCHAR *wide = NULL;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    status = package ? sec_wide_from_ansi(package, strlen(package), &wide, NULL) : SEC_E_OK;
    if (status == SEC_E_INVALID_PARAMETER) return SEC_E_SECPKG_NOT_FOUND;
    if (status == SEC_E_OK) status = import(wide, packed, token, handle);
    guise_free(wide);
    return status;
}
