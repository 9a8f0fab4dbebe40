/*
 * The container of a PAC and its plain buffers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/pac_buffers.h"

enum
{
    PAC_ALIGNMENT = 8,
    SIGNATURE_TYPE_SIZE = 4,
    UPN_CONSTRUCTED = 1, /* MS-PAC 2.10, flag U */
    UPN_HAS_SID = 2      /* flag S */
};

bool pac_is_sid(struct wire_span sid)
{
    return sid.size >= NDR_SID_SIZE(0) && sid.data[0] == SID_REVISION && sid.data[1] <= SID_MAX_SUB_AUTHORITIES &&
           sid.size == NDR_SID_SIZE(sid.data[1]);
}

bool pac_is_text(struct wire_span text)
{
    if (text.size & 1) return false;
    for (size_t i = 0; i < text.size; i += 2)
        if (!text.data[i] && !text.data[i + 1]) return false;
    return true;
}

/* One entry of the directory. Types that nobody here reads may say what they like. */
static bool take_buffer(struct wire_reader *reader, struct pac_buffers *buffers)
{
    ULONG type = wire_read_u32(reader), size = wire_read_u32(reader);
    ULONGLONG offset = wire_read_u64(reader);

    if (reader->failed) return false;
    if (offset > reader->size || size > reader->size - offset || offset % PAC_ALIGNMENT) return false;
    if (type >= PAC_KNOWN_TYPES) return true;
    if (buffers->of[type].data) return false; /* which one would it be? */
    buffers->of[type] = (struct wire_span){reader->data + offset, size};
    return true;
}

bool pac_find_buffers(struct wire_span pac, struct pac_buffers *buffers)
{
    struct wire_reader reader;
    ULONG count;

    *buffers = (struct pac_buffers){.of = {{NULL, 0}}};
    wire_reader_init(&reader, pac.data, pac.size);
    count = wire_read_u32(&reader);
    if (wire_read_u32(&reader) || reader.failed) return false; /* Version */
    for (ULONG i = 0; i < count; i++)
        if (!take_buffer(&reader, buffers)) return false;
    return buffers->of[PAC_LOGON_INFO].data && buffers->of[PAC_CLIENT_INFO].data &&
           buffers->of[PAC_SERVER_SIGNATURE].size > SIGNATURE_TYPE_SIZE &&
           buffers->of[PAC_KDC_SIGNATURE].size > SIGNATURE_TYPE_SIZE;
}

bool pac_read_client_info(struct wire_span buffer, struct pac_client_info *info)
{
    struct wire_reader reader;

    wire_reader_init(&reader, buffer.data, buffer.size);
    info->time = (LONGLONG)wire_read_u64(&reader);
    info->name = wire_read_span(&reader, wire_read_u16(&reader));
    return !reader.failed && info->name.size && pac_is_text(info->name);
}

/* {length, offset in the buffer}; an empty one may lie anywhere. */
static struct wire_span read_place(struct wire_reader *reader)
{
    USHORT length = wire_read_u16(reader), offset = wire_read_u16(reader);

    if (reader->failed || !length) return (struct wire_span){NULL, 0};
    if (offset <= reader->size && length <= reader->size - offset) return (struct wire_span){reader->data + offset, length};
    reader->failed = true;
    return (struct wire_span){NULL, 0};
}

bool pac_read_upn_info(struct wire_span buffer, struct pac_upn_info *info)
{
    struct wire_reader reader;
    ULONG flags;

    *info = (struct pac_upn_info){.constructed = false};
    wire_reader_init(&reader, buffer.data, buffer.size);
    info->upn = read_place(&reader);
    info->dns_domain = read_place(&reader);
    flags = wire_read_u32(&reader);
    info->constructed = flags & UPN_CONSTRUCTED;
    if (flags & UPN_HAS_SID)
    {
        read_place(&reader); /* the SAM name, which LOGON_INFO has, too */
        info->sid = read_place(&reader);
        if (!pac_is_sid(info->sid)) return false;
    }
    return !reader.failed && pac_is_text(info->upn) && pac_is_text(info->dns_domain);
}
