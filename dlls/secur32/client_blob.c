/*
 * A client's token as bytes, through the one writer and the one reader (wire.h):
 *
 *   source (8), level, anonymous; and unless anonymous: expiration (8), the texts of the logon session, owner, primary
 *   group, number of SIDs and for each attributes, length, bytes; has account, uid, gid, number of groups, groups.
 *
 * Numbers have four bytes where nothing is said; a text is its length in characters, NO_TEXT for none, and UTF-16.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/client_blob.h"
#include "dlls/secur32/front.h"

#define NO_TEXT      0xffffffffu
#define FIXED_SIZE   128 /* more than the fields of fixed size */
#define SID_MIN_SIZE (8 + offsetof(SID, SubAuthority))

/* What LSA tells of the logon session, in the order of the blob. */
enum
{
    TEXTS = 6
};

static const WCHAR **text_of(struct guise_client *client, size_t index)
{
    const WCHAR **const texts[TEXTS] = {&client->user_name, &client->domain_name, &client->package,
                                        &client->server,    &client->dns_domain,  &client->upn};

    return texts[index];
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static ULONG sid_size(const SID *sid)
{
    return (ULONG)(offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(ULONG));
}

static size_t text_size(const WCHAR *text)
{
    return text ? sec_wide_length(text) * sizeof(WCHAR) : 0;
}

static void write_text(struct wire_writer *writer, const WCHAR *text)
{
    wire_write_u32(writer, text ? (ULONG)sec_wide_length(text) : NO_TEXT);
    wire_write_bytes(writer, text, text_size(text));
}

static size_t most_bytes(const struct guise_client *client)
{
    size_t size = FIXED_SIZE;

    for (size_t i = 0; i < TEXTS; i++) size += text_size(*text_of((struct guise_client *)client, i));
    for (ULONG i = 0; i < client->sid_count; i++) size += 8 + sid_size(client->sids[i].sid);
    return size + client->account.group_count * sizeof(ULONG);
}

static void write_account(struct wire_writer *writer, const struct guise_client *client)
{
    wire_write_u32(writer, client->has_account);
    if (!client->has_account) return;
    wire_write_u32(writer, client->account.uid);
    wire_write_u32(writer, client->account.gid);
    wire_write_u32(writer, (ULONG)client->account.group_count);
    for (size_t i = 0; i < client->account.group_count; i++) wire_write_u32(writer, client->account.groups[i]);
}

static void write_client(struct wire_writer *writer, const struct guise_client *client)
{
    wire_write_bytes(writer, client->source, TOKEN_SOURCE_LENGTH);
    wire_write_u32(writer, client->level);
    wire_write_u32(writer, client->anonymous);
    if (client->anonymous) return;
    wire_write_u64(writer, (ULONGLONG)client->expiration);
    for (size_t i = 0; i < TEXTS; i++) write_text(writer, *text_of((struct guise_client *)client, i));
    wire_write_u32(writer, client->owner);
    wire_write_u32(writer, client->primary_group);
    wire_write_u32(writer, client->sid_count);
    for (ULONG i = 0; i < client->sid_count; i++)
    {
        ULONG size = sid_size(client->sids[i].sid);

        wire_write_u32(writer, client->sids[i].attributes);
        wire_write_u32(writer, size);
        wire_write_bytes(writer, client->sids[i].sid, size);
    }
    write_account(writer, client);
}

SECURITY_STATUS client_blob_write(PACCESS_TOKEN token, UCHAR **data, size_t *size)
{
    struct wire_writer writer;
    struct guise_client client;
    size_t room;

    if (guise_describe_client(token, &client)) return SEC_E_UNSUPPORTED_FUNCTION;
    room = most_bytes(&client);
    if (!(*data = guise_alloc(room))) return SEC_E_INSUFFICIENT_MEMORY;
    wire_writer_init(&writer, *data, room);
    write_client(&writer, &client);
    *size = writer.length;
    if (!writer.failed) return SEC_E_OK;
    guise_free(*data);
    return SEC_E_INTERNAL_ERROR;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* What a client's pointers lie in while it is read. */
struct reading
{
    struct wire_reader reader;
    struct guise_client client;
    WCHAR *texts[TEXTS];
    struct token_sid *sids; /* and behind them the SIDs, which the blob does not align */
    bool no_memory;
};

static size_t bytes_left(const struct wire_reader *reader)
{
    return reader->failed ? 0 : reader->size - reader->position;
}

static WCHAR *read_text(struct reading *reading)
{
    ULONG length = wire_read_u32(&reading->reader);
    WCHAR *text;

    if (length == NO_TEXT || reading->reader.failed) return NULL;
    if (length > bytes_left(&reading->reader) / sizeof(WCHAR))
    {
        reading->reader.failed = true;
        return NULL;
    }
    if (!(text = guise_alloc((length + 1) * sizeof(WCHAR))))
    {
        reading->no_memory = true;
        return NULL;
    }
    wire_read_bytes(&reading->reader, text, length * sizeof(WCHAR));
    return text;
}

/* One SID to ROOM, which moves on. */
static void read_sid(struct reading *reading, struct token_sid *entry, UCHAR **room)
{
    struct wire_span bytes;
    ULONG size;

    entry->attributes = wire_read_u32(&reading->reader);
    size = wire_read_u32(&reading->reader);
    bytes = wire_read_span(&reading->reader, size);
    if (bytes.size < offsetof(SID, SubAuthority) || bytes.size != offsetof(SID, SubAuthority) + bytes.data[1] * sizeof(ULONG))
    {
        reading->reader.failed = true;
        return;
    }
    memcpy(*room, bytes.data, size);
    entry->sid = (const SID *)*room;
    *room += size;
}

static void read_sids(struct reading *reading)
{
    ULONG count = wire_read_u32(&reading->reader);
    size_t left = bytes_left(&reading->reader);
    UCHAR *room;

    if (count > left / SID_MIN_SIZE) reading->reader.failed = true;
    if (reading->reader.failed) return;
    if (!(reading->sids = guise_alloc(count * sizeof(*reading->sids) + left)))
    {
        reading->no_memory = true;
        return;
    }
    room = (UCHAR *)(reading->sids + count);
    for (ULONG i = 0; i < count && !reading->reader.failed; i++) read_sid(reading, &reading->sids[i], &room);
    reading->client.sids = reading->sids;
    reading->client.sid_count = count;
}

static void read_account(struct reading *reading)
{
    struct unix_account *account = &reading->client.account;
    ULONG count;

    if (!(reading->client.has_account = wire_read_u32(&reading->reader))) return;
    account->uid = wire_read_u32(&reading->reader);
    account->gid = wire_read_u32(&reading->reader);
    count = wire_read_u32(&reading->reader);
    if (count > bytes_left(&reading->reader) / sizeof(gid_t)) reading->reader.failed = true;
    if (reading->reader.failed) return;
    if (!(account->groups = guise_alloc(count * sizeof(gid_t))))
    {
        reading->no_memory = true;
        return;
    }
    account->group_count = count;
    for (ULONG i = 0; i < count; i++) account->groups[i] = wire_read_u32(&reading->reader);
}

static void read_client(struct reading *reading)
{
    struct guise_client *client = &reading->client;

    wire_read_bytes(&reading->reader, client->source, TOKEN_SOURCE_LENGTH);
    client->level = (SECURITY_IMPERSONATION_LEVEL)wire_read_u32(&reading->reader);
    if ((client->anonymous = wire_read_u32(&reading->reader))) return;
    client->expiration = (LONGLONG)wire_read_u64(&reading->reader);
    for (size_t i = 0; i < TEXTS; i++) *text_of(client, i) = reading->texts[i] = read_text(reading);
    client->owner = wire_read_u32(&reading->reader);
    client->primary_group = wire_read_u32(&reading->reader);
    read_sids(reading);
    read_account(reading);
}

static SECURITY_STATUS create(const struct reading *reading, PACCESS_TOKEN *token)
{
    if (reading->no_memory) return SEC_E_INSUFFICIENT_MEMORY;
    if (reading->reader.failed || bytes_left(&reading->reader)) return SEC_E_UNKNOWN_CREDENTIALS;
    switch (guise_create_client(&reading->client, token))
    {
    case STATUS_SUCCESS: return SEC_E_OK;
    case STATUS_NO_MEMORY: return SEC_E_INSUFFICIENT_MEMORY;
    case STATUS_INVALID_PARAMETER: return SEC_E_UNKNOWN_CREDENTIALS;
    case STATUS_ACCESS_DENIED: return SEC_E_NOT_OWNER;
    default: return SEC_E_INTERNAL_ERROR;
    }
}

SECURITY_STATUS client_blob_read(struct wire_span blob, PACCESS_TOKEN *token)
{
    struct reading reading = {.no_memory = false};
    SECURITY_STATUS status;

    wire_reader_init(&reading.reader, blob.data, blob.size);
    read_client(&reading);
    status = create(&reading, token);
    for (size_t i = 0; i < TEXTS; i++) guise_free(reading.texts[i]);
    guise_free(reading.sids);
    guise_free(reading.client.account.groups);
    return status;
}
