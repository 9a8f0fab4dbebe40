/*
 * Token services: what they say of a token of the table, and do to it, is the core's (design 10.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/services.h"
#include "dlls/guise/thread.h"
#include "dlls/guise/tokens.h"

#define FIRST_SCRATCH 0x4000
#define MAX_SCRATCH   0x1000000

struct originals original = {
    .query_token = NtQueryInformationToken,
    .set_token = NtSetInformationToken,
    .duplicate_token = NtDuplicateToken,
};

/* Wine's own, behind the hooks that only this file has. */
static NTSTATUS(NTAPI *original_filter)(HANDLE, ULONG, TOKEN_GROUPS *, TOKEN_PRIVILEGES *, TOKEN_GROUPS *, HANDLE *);
static NTSTATUS(NTAPI *original_adjust_privileges)(HANDLE, BOOLEAN, TOKEN_PRIVILEGES *, DWORD, TOKEN_PRIVILEGES *, DWORD *);
static NTSTATUS(NTAPI *original_adjust_groups)(HANDLE, BOOLEAN, TOKEN_GROUPS *, ULONG, TOKEN_GROUPS *, ULONG *);
static NTSTATUS(NTAPI *original_access_check)(SECURITY_DESCRIPTOR *, HANDLE, ACCESS_MASK, GENERIC_MAPPING *, PRIVILEGE_SET *, ULONG *,
                                              ULONG *, NTSTATUS *);
static NTSTATUS(NTAPI *original_audited_check)(UNICODE_STRING *, HANDLE, UNICODE_STRING *, UNICODE_STRING *, SECURITY_DESCRIPTOR *, ACCESS_MASK,
                                               GENERIC_MAPPING *, BOOLEAN, ULONG *, NTSTATUS *, BOOLEAN *);
static NTSTATUS(NTAPI *original_privilege_check)(HANDLE, PRIVILEGE_SET *, BOOLEAN *);
static NTSTATUS(NTAPI *original_anonymous)(HANDLE);

/* ---- asking the core --------------------------------------------------------------------------------------------- */

NTSTATUS service_run(struct token_service_block *block)
{
    NTSTATUS status = STATUS_BUFFER_OVERFLOW;
    void *scratch;

    for (block->scratch_size = FIRST_SCRATCH; status == STATUS_BUFFER_OVERFLOW; block->scratch_size *= 4)
    {
        if (block->scratch_size > MAX_SCRATCH) return STATUS_INSUFFICIENT_RESOURCES;
        if (!(scratch = HeapAlloc(GetProcessHeap(), 0, block->scratch_size))) return STATUS_NO_MEMORY;
        block->scratch = (ULONG_PTR)scratch;
        status = unix_call(CALL_token_service, block);
        if (block->service == SERVICE_LOGON) SecureZeroMemory(scratch, block->scratch_size);
        HeapFree(GetProcessHeap(), 0, scratch);
    }
    return status;
}

static NTSTATUS granted_access(HANDLE handle, ACCESS_MASK *granted)
{
    PUBLIC_OBJECT_BASIC_INFORMATION basic;
    NTSTATUS status;
    ULONG length;

    /* A pseudo handle: wineserver says what it would grant to anything. */
    *granted = TOKEN_QUERY | TOKEN_QUERY_SOURCE;
    if ((LONG_PTR)handle < 0) return STATUS_SUCCESS;
    if (!(status = NtQueryObject(handle, ObjectBasicInformation, &basic, sizeof(basic), &length))) *granted = basic.GrantedAccess;
    return status;
}

NTSTATUS service_ask(struct overlay *overlay, HANDLE handle, struct token_service_block *block)
{
    struct token_open_block open = { .native = overlay->native };
    struct token_close_block close;
    ACCESS_MASK granted;
    NTSTATUS status;

    if ((status = granted_access(handle, &granted))) return status;
    open.granted = granted;
    if ((status = unix_call(CALL_token_open, &open))) return status;
    block->handle = close.native = open.native;
    status = service_run(block);
    unix_call(CALL_token_close, &close);
    return status;
}

static void close_made(UINT64 made)
{
    struct token_close_block close = { made };

    if (made) unix_call(CALL_token_close, &close);
}

/* ---- queries ------------------------------------------------------------------------------------------------------ */

/* TokenLinkedToken: the core's new handle as one of the program's. */
static NTSTATUS give_linked(UINT64 made, void *information)
{
    HANDLE linked;
    NTSTATUS status;

    if ((status = publish_token(made, TOKEN_QUERY | TOKEN_QUERY_SOURCE | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, &linked))) return status;
    if ((status = copy_memory(information, &linked, sizeof(linked)))) NtClose(linked);
    return status;
}

static NTSTATUS NTAPI query_token(HANDLE token, TOKEN_INFORMATION_CLASS class, void *information, ULONG length, ULONG *returned)
{
    struct token_service_block block = { .service = SERVICE_QUERY,
                                         .arguments = { class, ARGUMENT(information), length, ARGUMENT(returned) } };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = overlay_find(token, &overlay))) return status;
    if (!overlay) return original.query_token(token, class, information, length, returned);
    status = service_ask(overlay, token, &block);
    if (block.made && !status) status = give_linked(block.made, information);
    overlay_release(overlay);
    return status;
}

static NTSTATUS NTAPI access_check(SECURITY_DESCRIPTOR *descriptor, HANDLE token, ACCESS_MASK desired, GENERIC_MAPPING *mapping,
                                   PRIVILEGE_SET *privileges, ULONG *length, ULONG *granted, NTSTATUS *decision)
{
    struct token_service_block block = { .service = SERVICE_ACCESS_CHECK,
                                         .arguments = { ARGUMENT(descriptor), desired, ARGUMENT(mapping), ARGUMENT(privileges),
                                                        ARGUMENT(length), ARGUMENT(granted), ARGUMENT(decision) } };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = overlay_find(token, &overlay))) return status;
    if (!overlay) return original_access_check(descriptor, token, desired, mapping, privileges, length, granted, decision);
    status = service_ask(overlay, token, &block);
    overlay_release(overlay);
    return status;
}

static NTSTATUS NTAPI audited_check(UNICODE_STRING *subsystem, HANDLE id, UNICODE_STRING *type, UNICODE_STRING *object,
                                    SECURITY_DESCRIPTOR *descriptor, ACCESS_MASK desired, GENERIC_MAPPING *mapping, BOOLEAN creation,
                                    ULONG *granted, NTSTATUS *decision, BOOLEAN *on_close)
{
    struct token_service_block block = { .service = SERVICE_AUDITED_CHECK,
                                         .arguments = { ARGUMENT(subsystem), ARGUMENT(id), ARGUMENT(type), ARGUMENT(object),
                                                        ARGUMENT(descriptor), desired, ARGUMENT(mapping), creation, ARGUMENT(granted),
                                                        ARGUMENT(decision), ARGUMENT(on_close) } };

    if (thread_impersonates()) return service_run(&block);
    return original_audited_check(subsystem, id, type, object, descriptor, desired, mapping, creation, granted, decision, on_close);
}

static NTSTATUS NTAPI privilege_check(HANDLE token, PRIVILEGE_SET *required, BOOLEAN *result)
{
    struct token_service_block block = { .service = SERVICE_PRIVILEGE_CHECK, .arguments = { ARGUMENT(required), ARGUMENT(result) } };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = overlay_find(token, &overlay))) return status;
    if (!overlay) return original_privilege_check(token, required, result);
    status = service_ask(overlay, token, &block);
    overlay_release(overlay);
    return status;
}

/* ---- changes ------------------------------------------------------------------------------------------------------ */

/* wineserver gives new objects the default DACL of its own token, which keeps the mark. */
static NTSTATUS follow_default_dacl(struct overlay *overlay)
{
    UCHAR room[1024];
    TOKEN_DEFAULT_DACL *dacl = (TOKEN_DEFAULT_DACL *)room;
    ULONG length;
    struct token_service_block block = { .service = SERVICE_QUERY,
                                         .arguments = { TokenDefaultDacl, ARGUMENT(room), sizeof(room), ARGUMENT(&length) } };
    void *larger = NULL;
    NTSTATUS status;

    if ((status = service_ask(overlay, overlay->anchor, &block)) == STATUS_BUFFER_TOO_SMALL)
    {
        if (!(larger = HeapAlloc(GetProcessHeap(), 0, length))) return STATUS_NO_MEMORY;
        block.arguments[1] = ARGUMENT(dacl = larger);
        block.arguments[2] = length;
        status = service_ask(overlay, overlay->anchor, &block);
    }
    if (!status) status = mark_default_dacl(overlay->anchor, length ? dacl->DefaultDacl : NULL, NULL);
    if (larger) HeapFree(GetProcessHeap(), 0, larger);
    return status;
}

static NTSTATUS NTAPI set_token(HANDLE token, TOKEN_INFORMATION_CLASS class, void *information, ULONG length)
{
    struct token_service_block block = { .service = SERVICE_SET, .arguments = { class, ARGUMENT(information), length } };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = overlay_find(token, &overlay))) return status;
    if (!overlay) return original.set_token(token, class, information, length);
    status = service_ask(overlay, token, &block);
    if (!status && class == TokenDefaultDacl) status = follow_default_dacl(overlay);
    overlay_release(overlay);
    return status;
}

static NTSTATUS NTAPI adjust_privileges(HANDLE token, BOOLEAN disable_all, TOKEN_PRIVILEGES *wanted, DWORD length,
                                        TOKEN_PRIVILEGES *previous, DWORD *returned)
{
    struct token_service_block block = { .service = SERVICE_ADJUST_PRIVILEGES,
                                         .arguments = { disable_all, ARGUMENT(wanted), length, ARGUMENT(previous), ARGUMENT(returned) } };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = overlay_find(token, &overlay))) return status;
    if (!overlay) return original_adjust_privileges(token, disable_all, wanted, length, previous, returned);
    status = service_ask(overlay, token, &block);
    overlay_release(overlay);
    return status;
}

static NTSTATUS NTAPI adjust_groups(HANDLE token, BOOLEAN reset, TOKEN_GROUPS *wanted, ULONG length, TOKEN_GROUPS *previous, ULONG *returned)
{
    struct token_service_block block = { .service = SERVICE_ADJUST_GROUPS,
                                         .arguments = { reset, ARGUMENT(wanted), length, ARGUMENT(previous), ARGUMENT(returned) } };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = overlay_find(token, &overlay))) return status;
    if (!overlay) return original_adjust_groups(token, reset, wanted, length, previous, returned);
    status = service_ask(overlay, token, &block);
    overlay_release(overlay);
    return status;
}

/* ---- new tokens --------------------------------------------------------------------------------------------------- */

/* An entry for the core's new token MADE, which is used up, and the program's handle HANDLE of wineserver's new token. */
static NTSTATUS add_entry(UINT64 made, HANDLE handle)
{
    struct token_describe_block describe = { .native = made };
    struct overlay *overlay;
    HANDLE anchor;
    NTSTATUS status = unix_call(CALL_token_describe, &describe);

    if (!status) status = NtDuplicateObject(GetCurrentProcess(), handle, GetCurrentProcess(), &anchor, TOKEN_ALL_ACCESS, 0, 0);
    if (status)
    {
        close_made(made);
        return status;
    }
    if (!(status = overlay_insert(made, describe.object, anchor, &overlay))) overlay_release(overlay);
    return status;
}

/*
 * The program's handle of the core's new token MADE: of a duplicate that wineserver makes of what stands for its source. Type and level are those of MADE.
 */
static NTSTATUS give_new(UINT64 made, HANDLE source, ACCESS_MASK access, ULONG handle_attributes, HANDLE *result)
{
    struct token_describe_block describe = { .native = made };
    SECURITY_QUALITY_OF_SERVICE quality = { sizeof(quality), SecurityAnonymous, SECURITY_STATIC_TRACKING, FALSE };
    OBJECT_ATTRIBUTES attributes = { .Length = sizeof(attributes), .Attributes = handle_attributes, .SecurityQualityOfService = &quality };
    HANDLE handle;
    NTSTATUS status = unix_call(CALL_token_describe, &describe);

    quality.ImpersonationLevel = (SECURITY_IMPERSONATION_LEVEL)describe.level;
    if (!status) status = original.duplicate_token(source, access, &attributes, describe.level, (TOKEN_TYPE)describe.type, &handle);
    if (status)
    {
        close_made(made);
        return status;
    }
    if (!(status = add_entry(made, handle))) status = copy_memory(result, &handle, sizeof(handle));
    if (status) NtClose(handle);
    return status;
}

static NTSTATUS NTAPI duplicate_token(HANDLE token, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG level, TOKEN_TYPE type, HANDLE *copy)
{
    struct token_service_block block = { .service = SERVICE_DUPLICATE, .arguments = { ARGUMENT(attributes), level, type } };
    OBJECT_ATTRIBUTES given = { 0 };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = overlay_find(token, &overlay))) return status;
    if (!overlay) return original.duplicate_token(token, access, attributes, level, type, copy);
    if (attributes) status = copy_memory(&given, attributes, sizeof(given));
    if (!status) status = service_ask(overlay, token, &block);
    if (!status) status = give_new(block.made, token, access, given.Attributes, copy);
    overlay_release(overlay);
    return status;
}

static NTSTATUS NTAPI filter_token(HANDLE token, ULONG flags, TOKEN_GROUPS *disable, TOKEN_PRIVILEGES *remove, TOKEN_GROUPS *restrict_to,
                                   HANDLE *filtered)
{
    struct token_service_block block = { .service = SERVICE_FILTER,
                                         .arguments = { flags, ARGUMENT(disable), ARGUMENT(remove), ARGUMENT(restrict_to) } };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = overlay_find(token, &overlay))) return status;
    if (!overlay) return original_filter(token, flags, disable, remove, restrict_to, filtered);
    if (!(status = service_ask(overlay, token, &block))) status = give_new(block.made, token, 0, 0, filtered);
    overlay_release(overlay);
    return status;
}

static NTSTATUS NTAPI impersonate_anonymous(HANDLE thread)
{
    struct token_service_block block = { .service = SERVICE_ANONYMOUS };
    struct overlay *overlay;
    NTSTATUS status;

    if ((status = service_run(&block))) return status;
    if ((status = overlay_adopt(block.made, &overlay))) return status;
    status = thread_set_overlay(thread, overlay);
    overlay_release(overlay);
    return status;
}

const struct hook token_hooks[] = {
    { "NtQueryInformationToken", query_token, (void **)&original.query_token },
    { "NtSetInformationToken", set_token, (void **)&original.set_token },
    { "NtDuplicateToken", duplicate_token, (void **)&original.duplicate_token },
    { "NtFilterToken", filter_token, (void **)&original_filter },
    { "NtAdjustPrivilegesToken", adjust_privileges, (void **)&original_adjust_privileges },
    { "NtAdjustGroupsToken", adjust_groups, (void **)&original_adjust_groups },
    { "NtAccessCheck", access_check, (void **)&original_access_check },
    { "NtAccessCheckAndAuditAlarm", audited_check, (void **)&original_audited_check },
    { "NtPrivilegeCheck", privilege_check, (void **)&original_privilege_check },
    { "NtImpersonateAnonymousToken", impersonate_anonymous, (void **)&original_anonymous },
    { 0 },
};
