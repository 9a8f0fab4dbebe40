/*
 * The overlay table: which token of the core a handle of wineserver's stands for.
 *
 * wineserver knows one user only, so what the program holds is a duplicate of the process token, and who it is says this table, by the TokenId
 * that handles, inherited handles and threads of one token have in common. The duplicate is marked: its default DACL has an entry for a
 * SID of Guise's own, which duplicates of it keep, so that a process whose table does not have it knows what it is.
 *
 * An entry lives as long as anybody holds its token. Nobody says when that ends (NtClose is not hooked): when the table has doubled, those are
 * dropped that nothing but their anchor holds.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/services.h"
#include "dlls/guise/tokens.h"

#define BUCKETS 4096

/* Guards the table, and makes looking an entry up and dropping it exclude each other. Taken last. */
static SRWLOCK table_lock = SRWLOCK_INIT;
static struct overlay *by_id[BUCKETS], *by_object[BUCKETS];
static ULONG entries, sweep_at = 64;

static struct overlay **id_bucket(LUID id)
{
    return &by_id[id.LowPart % BUCKETS];
}

static struct overlay **object_bucket(UINT64 object)
{
    return &by_object[(object >> 4) % BUCKETS];
}

static void close_native(UINT64 native)
{
    struct token_close_block block = { native };

    if (native) unix_call(CALL_token_close, &block);
}

/* ---- wineserver's side ------------------------------------------------------------------------------------------ */

/* The SID that Windows gives a service called Guise: "S-1-5-80" and the SHA-1 of "GUISE" in UTF-16. */
#define MARK_SUBAUTHORITIES 6
static const DWORD mark[MARK_SUBAUTHORITIES] = { SECURITY_SERVICE_ID_BASE_RID, 1585876984, 1995402624, 1275625598, 2048033791, 1012331074 };

static BOOL is_mark(const SID *sid)
{
    static const SID_IDENTIFIER_AUTHORITY authority = { SECURITY_NT_AUTHORITY };

    return sid->Revision == SID_REVISION && sid->SubAuthorityCount == MARK_SUBAUTHORITIES &&
           !memcmp(&sid->IdentifierAuthority, &authority, sizeof(authority)) && !memcmp(sid->SubAuthority, mark, sizeof(mark));
}

/* The default DACL of a token of wineserver's in a block of its own. STATUS_ACCESS_DENIED without TOKEN_QUERY. */
static NTSTATUS query_default_dacl(HANDLE token, TOKEN_DEFAULT_DACL **dacl)
{
    ULONG size = 512, needed;
    NTSTATUS status;

    for (;;)
    {
        if (!(*dacl = HeapAlloc(GetProcessHeap(), 0, size))) return STATUS_NO_MEMORY;
        status = original.query_token(token, TokenDefaultDacl, *dacl, size, &needed);
        if (!status) return STATUS_SUCCESS;
        HeapFree(GetProcessHeap(), 0, *dacl);
        if (status != STATUS_BUFFER_TOO_SMALL || needed <= size) return status;
        size = needed;
    }
}

static BOOL dacl_has_mark(const ACL *dacl)
{
    ACCESS_ALLOWED_ACE *ace;
    DWORD i;

    for (i = 0; dacl && !RtlGetAce((ACL *)dacl, i, (void **)&ace); i++)
        if (ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE && is_mark((const SID *)&ace->SidStart)) return TRUE;
    return FALSE;
}

/* DACL with entries for CLIENT (or not: NULL) and for the mark, in a block of its own. */
static NTSTATUS extend_dacl(const ACL *dacl, const SID *client, ACL **extended)
{
    UCHAR room[SECURITY_MAX_SID_SIZE];
    SID *mark_sid = (SID *)room;
    ULONG size = (dacl ? dacl->AclSize : sizeof(ACL)) + 2 * sizeof(ACCESS_ALLOWED_ACE) + RtlLengthRequiredSid(MARK_SUBAUTHORITIES) +
                 SECURITY_MAX_SID_SIZE;
    NTSTATUS status;

    *mark_sid = (SID){ SID_REVISION, MARK_SUBAUTHORITIES, { SECURITY_NT_AUTHORITY }, { 0 } };
    memcpy(mark_sid->SubAuthority, mark, sizeof(mark));
    if (!(*extended = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size))) return STATUS_NO_MEMORY;
    if (dacl)
    {
        memcpy(*extended, dacl, dacl->AclSize);
        (*extended)->AclSize = (WORD)size;
        status = STATUS_SUCCESS;
    }
    else
        status = RtlCreateAcl(*extended, size, ACL_REVISION);
    if (!status && client) status = RtlAddAccessAllowedAce(*extended, ACL_REVISION, GENERIC_ALL, (SID *)client);
    if (!status && !dacl_has_mark(dacl)) status = RtlAddAccessAllowedAce(*extended, ACL_REVISION, 0, mark_sid);
    if (status) HeapFree(GetProcessHeap(), 0, *extended);
    return status;
}

NTSTATUS mark_default_dacl(HANDLE token, const ACL *dacl, const SID *client)
{
    TOKEN_DEFAULT_DACL extended;
    NTSTATUS status;

    if ((status = extend_dacl(dacl, client, &extended.DefaultDacl))) return status;
    status = original.set_token(token, TokenDefaultDacl, &extended, sizeof(extended));
    HeapFree(GetProcessHeap(), 0, extended.DefaultDacl);
    return status;
}

/* A duplicate of the process token that stands for the token of DESCRIBE. */
static NTSTATUS create_base(const struct token_describe_block *describe, HANDLE *base)
{
    SECURITY_QUALITY_OF_SERVICE quality = { sizeof(quality), (SECURITY_IMPERSONATION_LEVEL)describe->level, SECURITY_STATIC_TRACKING, FALSE };
    OBJECT_ATTRIBUTES attributes = { .Length = sizeof(attributes), .SecurityQualityOfService = &quality };
    TOKEN_DEFAULT_DACL *dacl;
    NTSTATUS status;
    HANDLE process;

    if ((status = NtOpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &process))) return status;
    status = original.duplicate_token(process, TOKEN_ALL_ACCESS, &attributes, describe->level, (TOKEN_TYPE)describe->type, base);
    if (!status && (status = query_default_dacl(process, &dacl))) NtClose(*base);
    NtClose(process);
    if (status) return status;
    if ((status = mark_default_dacl(*base, dacl->DefaultDacl, (const SID *)describe->user))) NtClose(*base);
    HeapFree(GetProcessHeap(), 0, dacl);
    return status;
}

static NTSTATUS query_id(HANDLE token, LUID *id)
{
    TOKEN_STATISTICS statistics;
    ULONG length;
    NTSTATUS status = original.query_token(token, TokenStatistics, &statistics, sizeof(statistics), &length);

    if (!status) *id = statistics.TokenId;
    return status;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

/* Whether nothing but its anchor holds the token of an entry that no call is using. */
static BOOL is_unused(const struct overlay *entry)
{
    PUBLIC_OBJECT_BASIC_INFORMATION counts;
    ULONG length;

    if (entry->users || NtQueryObject(entry->anchor, ObjectBasicInformation, &counts, sizeof(counts), &length)) return FALSE;
    return counts.HandleCount == 1 && counts.PointerCount == 2;
}

/* Takes ENTRY out of the table, which is locked. */
static void unlink_entry(struct overlay *entry)
{
    struct overlay **link;

    for (link = id_bucket(entry->id); *link != entry; link = &(*link)->next_by_id) continue;
    *link = entry->next_by_id;
    for (link = object_bucket(entry->object); *link != entry; link = &(*link)->next_by_object) continue;
    *link = entry->next_by_object;
    entries--;
}

/* A program that closes a handle twice must not close an anchor that has got its number. */
static NTSTATUS protect_anchor(HANDLE anchor, BOOL protect)
{
    return SetHandleInformation(anchor, HANDLE_FLAG_PROTECT_FROM_CLOSE, protect ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0) ? STATUS_SUCCESS
                                                                                                                    : STATUS_UNSUCCESSFUL;
}

static void free_entry(struct overlay *entry)
{
    protect_anchor(entry->anchor, FALSE);
    NtClose(entry->anchor);
    close_native(entry->native);
    HeapFree(GetProcessHeap(), 0, entry);
}

/* Drops what nobody holds. Who has it in hand now holds it by its users, by a handle or by a thread, all of which are looked at under the lock. */
static void sweep(void)
{
    struct overlay *entry, *next, *unused = NULL;
    ULONG i;

    AcquireSRWLockExclusive(&table_lock);
    if (entries >= sweep_at)
    {
        for (i = 0; i < BUCKETS; i++)
            for (entry = by_id[i]; entry; entry = next)
            {
                next = entry->next_by_id;
                if (!is_unused(entry)) continue;
                unlink_entry(entry);
                entry->next_by_id = unused;
                unused = entry;
            }
        sweep_at = entries < 32 ? 64 : 2 * entries;
    }
    ReleaseSRWLockExclusive(&table_lock);
    for (; unused; unused = next)
    {
        next = unused->next_by_id;
        free_entry(unused);
    }
}

static struct overlay *use(struct overlay *entry)
{
    if (entry) InterlockedIncrement((LONG *)&entry->users);
    return entry;
}

void overlay_release(struct overlay *entry)
{
    if (entry) InterlockedDecrement((LONG *)&entry->users);
}

static struct overlay *overlay_of_id(LUID id)
{
    struct overlay *entry;

    AcquireSRWLockShared(&table_lock);
    for (entry = *id_bucket(id); entry; entry = entry->next_by_id)
        if (entry->id.LowPart == id.LowPart && entry->id.HighPart == id.HighPart) break;
    use(entry);
    ReleaseSRWLockShared(&table_lock);
    return entry;
}

struct overlay *overlay_of_object(UINT64 object)
{
    struct overlay *entry;

    AcquireSRWLockShared(&table_lock);
    for (entry = *object_bucket(object); entry && entry->object != object; entry = entry->next_by_object) continue;
    use(entry);
    ReleaseSRWLockShared(&table_lock);
    return entry;
}

NTSTATUS overlay_insert(UINT64 native, UINT64 object, HANDLE anchor, struct overlay **made)
{
    struct overlay *entry = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*entry));
    NTSTATUS status = entry ? query_id(anchor, &entry->id) : STATUS_NO_MEMORY;

    if (!status) status = protect_anchor(anchor, TRUE);
    if (status)
    {
        if (entry) HeapFree(GetProcessHeap(), 0, entry);
        NtClose(anchor);
        close_native(native);
        return status;
    }
    entry->native = native;
    entry->object = object;
    entry->anchor = anchor;
    entry->users = 1;
    if (entries >= sweep_at) sweep();
    AcquireSRWLockExclusive(&table_lock);
    entry->next_by_id = *id_bucket(entry->id);
    *id_bucket(entry->id) = entry;
    entry->next_by_object = *object_bucket(object);
    *object_bucket(object) = entry;
    entries++;
    ReleaseSRWLockExclusive(&table_lock);
    *made = entry;
    return STATUS_SUCCESS;
}

NTSTATUS overlay_adopt(UINT64 native, struct overlay **overlay)
{
    struct token_describe_block describe = { .native = native };
    HANDLE base = NULL;
    NTSTATUS status = unix_call(CALL_token_describe, &describe);

    if (!status && (*overlay = overlay_of_object(describe.object)))
    {
        close_native(native);
        return STATUS_SUCCESS;
    }
    if (!status) status = create_base(&describe, &base);
    if (!status) return overlay_insert(native, describe.object, base, overlay);
    close_native(native);
    return status;
}

/* ---- handles of the program ------------------------------------------------------------------------------------- */

/* A handle that may ask, for one that may not; NULL: there is none. */
static HANDLE handle_for_query(HANDLE handle)
{
    HANDLE query;

    if (NtDuplicateObject(GetCurrentProcess(), handle, GetCurrentProcess(), &query, TOKEN_QUERY, 0, 0)) return NULL;
    return query;
}

/*
 * Ids of tokens that were found to be Wine's own, some of them: an id is never used again while wineserver lives. Each is read and written as one word; 0
 * is nobody's.
 */
static LONG64 volatile plain_ids[64];

static LONG64 volatile *plain_slot(LUID id)
{
    return &plain_ids[id.LowPart % ARRAYSIZE(plain_ids)];
}

static LONG64 id_word(LUID id)
{
    return (LONG64)((ULONG64)id.HighPart << 32 | id.LowPart);
}

/* As overlay_find(); HANDLE can be asked, or is no token. */
static NTSTATUS find_by_query(HANDLE handle, struct overlay **overlay)
{
    TOKEN_DEFAULT_DACL *dacl;
    NTSTATUS status;
    LUID id;

    if ((status = query_id(handle, &id))) return status;
    if (*plain_slot(id) == id_word(id) || (*overlay = overlay_of_id(id))) return STATUS_SUCCESS;
    if ((status = query_default_dacl(handle, &dacl))) return status;
    if (dacl_has_mark(dacl->DefaultDacl)) status = STATUS_ACCESS_DENIED;
    if (!status) InterlockedExchange64(plain_slot(id), id_word(id));
    HeapFree(GetProcessHeap(), 0, dacl);
    return status;
}

NTSTATUS overlay_find(HANDLE handle, struct overlay **overlay)
{
    NTSTATUS status;
    HANDLE query;

    *overlay = NULL;
    if (handle == CURRENT_PROCESS_TOKEN) return STATUS_SUCCESS;
    status = find_by_query(handle, overlay);
    if (status == STATUS_ACCESS_DENIED && (query = handle_for_query(handle)))
    {
        status = find_by_query(query, overlay);
        NtClose(query);
    }
    /* What is no token at all is for the original service to say. */
    if (status == STATUS_INVALID_HANDLE || status == STATUS_OBJECT_TYPE_MISMATCH || status == STATUS_NO_TOKEN) return STATUS_SUCCESS;
    return status;
}

NTSTATUS overlay_refuse(HANDLE handle)
{
    struct overlay *overlay;
    NTSTATUS status = overlay_find(handle, &overlay);

    if (!status && overlay) status = STATUS_ACCESS_DENIED;
    overlay_release(overlay);
    return status;
}

/* ---- for secur32.dll -------------------------------------------------------------------------------------------- */

NTSTATUS publish_token(UINT64 native, ACCESS_MASK access, HANDLE *handle)
{
    struct overlay *overlay;
    NTSTATUS status;

    if (!hooks_in_place)
    {
        close_native(native);
        return STATUS_ACCESS_DENIED;
    }
    if ((status = overlay_adopt(native, &overlay))) return status;
    status = NtDuplicateObject(GetCurrentProcess(), overlay->anchor, GetCurrentProcess(), handle, access, 0, 0);
    overlay_release(overlay);
    return status;
}

NTSTATUS impersonate_token(UINT64 native)
{
    struct overlay *overlay;
    NTSTATUS status;

    if (!hooks_in_place)
    {
        close_native(native);
        return STATUS_ACCESS_DENIED;
    }
    if ((status = overlay_adopt(native, &overlay))) return status;
    status = thread_impersonate(overlay);
    overlay_release(overlay);
    return status;
}
