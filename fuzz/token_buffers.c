/*
 * libFuzzer target: what callers of token services pass in memory of their own: lists of SIDs and privileges, SIDs, DACLs.
 *
 * Every list, SID and DACL lies in a block of exactly the bytes that may be read, and no token ever gets more than it had:
 * what fails changes nothing, what filters takes away only.
 *
 * Covers: ntoskrnl/se/token_capture.c ntoskrnl/se/create.c ntoskrnl/se/filter.c ntoskrnl/se/token_filter.c
 * Covers: ntoskrnl/se/adjust_groups.c ntoskrnl/se/adjust_privileges.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/se/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static HANDLE process_token;

static void must(bool so)
{
    if (!so) abort();
}

/* ---- the input ------------------------------------------------------------------------------------------------------ */

struct input
{
    const uint8_t *data;
    size_t size;
    void *blocks[64]; /* freed at the end */
    size_t count;
};

static UCHAR take_byte(struct input *input)
{
    if (!input->size) return 0;
    input->size--;
    return *input->data++;
}

static ULONG take_ulong(struct input *input)
{
    ULONG value = 0, i;

    for (i = 0; i < 4; i++) value = value << 8 | take_byte(input);
    return value;
}

/* A block of exactly SIZE bytes, which malloc aligns, or at an odd address if the input says so. */
static UCHAR *take_block(struct input *input, size_t size, bool odd)
{
    UCHAR *block;

    must(input->count < ARRAYSIZE(input->blocks));
    must((block = malloc(size + odd + !(size + odd))) != NULL);
    input->blocks[input->count++] = block;
    memset(block, 0, size + odd);
    return block + odd;
}

static void take_bytes(struct input *input, void *target, size_t size)
{
    size_t have = size < input->size ? size : input->size;

    memcpy(target, input->data, have);
    input->data += have;
    input->size -= have;
}

static void free_blocks(struct input *input)
{
    while (input->count) free(input->blocks[--input->count]);
}

/* SIDs that tokens have, NULL, one at an odd address, or whatever the input has: as long as its head says. */
static SID *take_sid(struct input *input)
{
    static const struct sid_constant *const known[] = {&sid_everyone, &sid_network, &sid_administrators, &sid_users,
                                                       &sid_authenticated_users, &sid_local_system};
    UCHAR kind = take_byte(input), head[8] = {0}, *sid;
    size_t size;

    if (kind == 0xff) return NULL;
    if (kind < ARRAYSIZE(known)) return (SID *)&known[kind]->sid;
    take_bytes(input, head, sizeof(head));
    size = sizeof(head);
    if (head[0] == SID_REVISION && head[1] <= SID_MAX_SUB_AUTHORITIES) size += head[1] * sizeof(ULONG);
    sid = take_block(input, size, kind == 0xfe);
    memcpy(sid, head, sizeof(head));
    take_bytes(input, sid + sizeof(head), size - sizeof(head));
    return (SID *)sid;
}

/* A count that a list may lie about only where it is refused unread. */
static ULONG take_count(struct input *input, ULONG *said)
{
    UCHAR kind = take_byte(input);

    *said = kind % 6;
    if (kind < 0xf0) return *said;
    *said = kind == 0xff ? UINT32_MAX : 65537;
    return 0;
}

static TOKEN_GROUPS *take_groups(struct input *input)
{
    size_t head = offsetof(TOKEN_GROUPS, Groups);
    ULONG i, said, count;
    UCHAR shape = take_byte(input), *list;

    if (shape == 0xff) return NULL;
    count = take_count(input, &said);
    list = take_block(input, head + count * sizeof(SID_AND_ATTRIBUTES), shape == 0xfe);
    memcpy(list, &said, sizeof(said));
    for (i = 0; i < count; i++)
    {
        SID_AND_ATTRIBUTES entry = {.Sid = take_sid(input), .Attributes = take_byte(input)};

        if (entry.Attributes & 0x80) entry.Attributes = take_ulong(input);
        memcpy(list + head + i * sizeof(entry), &entry, sizeof(entry));
    }
    return (TOKEN_GROUPS *)list;
}

static TOKEN_PRIVILEGES *take_privileges(struct input *input)
{
    size_t head = offsetof(TOKEN_PRIVILEGES, Privileges);
    ULONG i, said, count;
    UCHAR shape = take_byte(input), *list;

    if (shape == 0xff) return NULL;
    count = take_count(input, &said);
    list = take_block(input, head + count * sizeof(LUID_AND_ATTRIBUTES), shape == 0xfe);
    memcpy(list, &said, sizeof(said));
    for (i = 0; i < count; i++)
    {
        LUID_AND_ATTRIBUTES entry = {{take_byte(input), 0}, take_byte(input)};

        if (entry.Attributes & 0x80) entry.Luid.HighPart = (LONG)take_ulong(input);
        memcpy(list + head + i * sizeof(entry), &entry, sizeof(entry));
    }
    return (TOKEN_PRIVILEGES *)list;
}

/* It may lie about everything but reach beyond its block. */
static ACL *take_dacl(struct input *input)
{
    UCHAR shape = take_byte(input), *block;
    ACL head = {0};
    size_t size;

    if (shape == 0xff) return NULL;
    take_bytes(input, &head, sizeof(head));
    if (head.AclSize > sizeof(head) + input->size) head.AclSize = (WORD)(sizeof(head) + input->size);
    size = head.AclSize < sizeof(head) ? sizeof(head) : head.AclSize;
    block = take_block(input, size, shape == 0xfe);
    memcpy(block, &head, sizeof(head));
    take_bytes(input, block + sizeof(head), size - sizeof(head));
    return (ACL *)block;
}

/* ---- what may never happen -------------------------------------------------------------------------------------------- */

static struct token *body_of(HANDLE handle)
{
    struct token *token;

    must(!token_from_handle(handle, 0, &token, NULL));
    return token;
}

/* Whoever MORE grants something to: the same or fewer than by LESS. */
static void must_be_less(const struct token *less, const struct token *more)
{
    ULONG i;

    must(!(less->privileges & ~more->privileges) && !(less->enabled & ~more->enabled));
    must(!(less->enabled & ~less->privileges));
    for (i = 0; i < less->identity->sid_count; i++)
    {
        const SID *sid = less->identity->sids[i].sid;

        if (token_has_sid(less, sid, false)) must(token_has_sid(more, sid, false));
    }
    for (i = 0; i < more->identity->sid_count; i++) /* who is denied something goes on being denied it */
        if (token_has_sid(more, more->identity->sids[i].sid, true))
            must(token_has_sid(less, more->identity->sids[i].sid, true));
    must(!token_is_restricted(more) || token_is_restricted(less));
    for (i = 0; token_is_restricted(more) && i < less->identity->restricted_count; i++)
        must(token_has_restricting_sid(more, less->identity->restricted[i].sid));
    must(token_integrity(less) <= token_integrity(more));
}

static void query_all(HANDLE token)
{
    TOKEN_INFORMATION_CLASS class;
    UCHAR buffer[4096];
    ULONG length;

    for (class = 0; class <= MaxTokenInfoClass; class++)
        if (class != TokenLinkedToken) NtQueryInformationToken(token, class, buffer, sizeof(buffer), &length);
}

/* ---- the services ----------------------------------------------------------------------------------------------------- */

static LUID session_of(HANDLE token)
{
    struct token *body = body_of(token);
    LUID id = token_authentication_id(body);

    token_release(body);
    return id;
}

static void create(struct input *input)
{
    TOKEN_USER user = {{.Sid = take_sid(input), .Attributes = take_byte(input)}};
    TOKEN_GROUPS *groups = take_groups(input);
    TOKEN_PRIVILEGES *privileges = take_privileges(input);
    TOKEN_OWNER owner = {take_sid(input)};
    TOKEN_PRIMARY_GROUP group = {take_sid(input)};
    TOKEN_DEFAULT_DACL dacl = {take_dacl(input)};
    TOKEN_SOURCE source = {{'f', 'u', 'z', 'z'}, {0, 0}};
    LARGE_INTEGER expiration = {.QuadPart = -1};
    LUID session = session_of(process_token);
    HANDLE token = NULL;
    struct token *body;
    NTSTATUS status;

    previous_mode_set(KernelMode);
    status = NtCreateToken(&token, TOKEN_ALL_ACCESS, NULL, TokenPrimary, &session, &expiration, &user, groups,
                           privileges, owner.Owner ? &owner : NULL, &group, dacl.DefaultDacl ? &dacl : NULL, &source);
    previous_mode_set(UserMode);
    must(!status == !!token);
    if (status) return;
    body = body_of(token);
    must(sid_equal(token_user(body), user.User.Sid) && body->owner < body->identity->sid_count &&
         body->primary_group < body->identity->sid_count && !(body->enabled & ~body->privileges));
    token_release(body);
    query_all(token);
    NtClose(token);
}

/* A duplicate of the process's token, to be changed. */
static HANDLE duplicate(HANDLE source)
{
    SECURITY_QUALITY_OF_SERVICE qos = {.Length = sizeof(qos), .ImpersonationLevel = SecurityImpersonation};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    HANDLE copy;

    must(!NtDuplicateToken(source, TOKEN_ALL_ACCESS, &attributes, FALSE, TokenImpersonation, &copy));
    return copy;
}

static void filter(struct input *input)
{
    ULONG flags = take_byte(input) & 0x1f;
    TOKEN_GROUPS *disable = take_groups(input), *restricting = take_groups(input);
    TOKEN_PRIVILEGES *remove = take_privileges(input);
    struct token *source = body_of(process_token), *less;
    HANDLE once = NULL, twice = NULL;

    if (!NtFilterToken(process_token, flags, disable, remove, restricting, &once))
    {
        must_be_less(less = body_of(once), source);
        query_all(once);
        if (!NtFilterToken(once, 0, restricting, NULL, disable, &twice))
        {
            struct token *least = body_of(twice);

            must_be_less(least, less);
            token_release(least);
            NtClose(twice);
        }
        token_release(less);
        NtClose(once);
    }
    else
        must(!once);
    token_release(source);
}

/* What adjusting tells must fit in what it may write. */
static void adjust(struct input *input, bool groups)
{
    HANDLE token = duplicate(process_token);
    ULONG room = take_byte(input) * 4, returned = 0;
    UCHAR *previous = take_byte(input) & 1 ? take_block(input, room, false) : NULL;
    struct token *source = body_of(process_token), *body = body_of(token);
    LUID before = body->modified_id;
    NTSTATUS status;

    status = groups ? NtAdjustGroupsToken(token, take_byte(input) == 1, take_groups(input), room, (TOKEN_GROUPS *)previous,
                                          &returned)
                    : NtAdjustPrivilegesToken(token, take_byte(input) == 1, take_privileges(input), room,
                                              (TOKEN_PRIVILEGES *)previous, &returned);
    must(!previous || !NT_SUCCESS(status) || returned <= room);
    if (!NT_SUCCESS(status)) must(!memcmp(&before, &body->modified_id, sizeof(before)));
    must(!(body->privileges & ~source->privileges) && !(body->enabled & ~body->privileges));
    query_all(token);
    token_release(source);
    token_release(body);
    NtClose(token);
}

static void set(struct input *input)
{
    static const TOKEN_INFORMATION_CLASS classes[] = {TokenOwner, TokenPrimaryGroup, TokenDefaultDacl, TokenIntegrityLevel};
    union
    {
        TOKEN_OWNER owner;
        TOKEN_DEFAULT_DACL dacl;
        TOKEN_MANDATORY_LABEL label;
    } value = {0};
    TOKEN_INFORMATION_CLASS class = classes[take_byte(input) % ARRAYSIZE(classes)];
    HANDLE token = duplicate(process_token);
    struct token *body = body_of(token);
    LUID before = body->modified_id;
    NTSTATUS status;

    if (class == TokenDefaultDacl) value.dacl.DefaultDacl = take_dacl(input);
    else value.owner.Owner = take_sid(input);
    status = NtSetInformationToken(token, class, &value, take_byte(input) % (sizeof(value) + 1));
    must(!status == !!memcmp(&before, &body->modified_id, sizeof(before)));
    if (!status && class == TokenOwner)
        must(!body->owner || body->identity->sids[body->owner].attributes & SE_GROUP_OWNER);
    query_all(token);
    token_release(body);
    NtClose(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.data = data, .size = size};

    if (!process_token) must(!NtOpenProcessToken(NtCurrentProcess(), TOKEN_ALL_ACCESS, &process_token));
    switch (take_byte(&input) % 5)
    {
    case 0: create(&input); break;
    case 1: filter(&input); break;
    case 2: adjust(&input, false); break;
    case 3: adjust(&input, true); break;
    case 4: set(&input); break;
    }
    free_blocks(&input);
    return 0;
}
