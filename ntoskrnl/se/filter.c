/*
 * NtFilterToken and SeFilterToken: a token with less in it (K2.2.1 to K2.2.6).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/se/filter.h"

#define FLAGS (DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED)

/* Unknown privileges and their attributes do not count (K2.2.3). */
static privilege_set privileges_to_remove(const struct captured_privileges *privileges)
{
    privilege_set set = 0;
    ULONG i, privilege;

    for (i = 0; i < privileges->count; i++)
        if ((privilege = privilege_number(privileges->entries[i].Luid))) set |= PRIVILEGE_BIT(privilege);
    return set;
}

/* K2.2.4: restricting SIDs come without attributes. */
static bool any_attributes(const struct captured_sids *sids)
{
    ULONG i;

    for (i = 0; i < sids->count; i++)
        if (sids->entries[i].attributes) return true;
    return false;
}

NTSTATUS filter_request_capture(const TOKEN_GROUPS *disable, const TOKEN_PRIVILEGES *remove,
                                const TOKEN_GROUPS *restrict_to, struct filter_request *request)
{
    NTSTATUS status = capture_sids(disable, &request->disable);

    if (!status) status = capture_privileges(remove, &request->remove);
    if (!status) status = capture_sids(restrict_to, &request->restrict_to);
    if (!status && any_attributes(&request->restrict_to)) status = STATUS_INVALID_PARAMETER;
    return status;
}

void filter_request_release(struct filter_request *request)
{
    guise_free(request->disable.entries);
    guise_free(request->remove.entries);
    guise_free(request->restrict_to.entries);
}

NTSTATUS filter_request_apply(const struct filter_request *request, struct token *source, ULONG flags,
                              struct object_security *security, struct token **filtered)
{
    const struct token_filter filter = {
        .flags = flags,
        .disable = request->disable.entries,
        .disable_count = request->disable.count,
        .restrict_to = request->restrict_to.entries,
        .restrict_count = request->restrict_to.count,
        .remove = privileges_to_remove(&request->remove),
    };

    *filtered = token_filter(source, &filter, security);
    return *filtered ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* The one worker behind both forms. */
static NTSTATUS filter(struct token *source, ULONG flags, const TOKEN_GROUPS *disable, const TOKEN_PRIVILEGES *remove,
                       const TOKEN_GROUPS *restrict_to, struct object_security *security, struct token **filtered)
{
    struct filter_request request = {0};
    NTSTATUS status;

    *filtered = NULL;
    if (flags & ~FLAGS) return STATUS_INVALID_PARAMETER;
    if (!(status = filter_request_capture(disable, remove, restrict_to, &request)))
        status = filter_request_apply(&request, source, flags, security, filtered);
    filter_request_release(&request);
    return status;
}

/***********************************************************************
 *           SeFilterToken (NTOSKRNL.@)
 *
 * A token with one reference (ObDereferenceObject, K2.2.5); each list may be NULL. Its type and level are those of
 * EXISTING, its security as an object too. STATUS_INVALID_PARAMETER: an unknown flag, or a restricting SID with
 * attributes (K2.2.4). STATUS_INVALID_SID; STATUS_DATATYPE_MISALIGNMENT; STATUS_NO_MEMORY.
 */
NTSTATUS SeFilterToken(PACCESS_TOKEN existing, ULONG flags, PTOKEN_GROUPS disable, PTOKEN_PRIVILEGES remove,
                       PTOKEN_GROUPS restrict_to, PACCESS_TOKEN *filtered)
{
    struct token *source = existing, *made;
    NTSTATUS status = filter(source, flags, disable, remove, restrict_to, source->security, &made);

    *filtered = made;
    return status;
}

static NTSTATUS filter_to_handle(struct token *source, ULONG flags, const TOKEN_GROUPS *disable,
                                 const TOKEN_PRIVILEGES *remove, const TOKEN_GROUPS *restrict_to, ACCESS_MASK granted,
                                 HANDLE *handle)
{
    SECURITY_SUBJECT_CONTEXT subject;
    struct object_security *security;
    struct token *filtered;
    NTSTATUS status = STATUS_NO_MEMORY;

    SeCaptureSubjectContext(&subject);
    if (subject.PrimaryToken)
    {
        security = token_default_security(SeQuerySubjectContextToken(&subject));
        status = filter(source, flags, disable, remove, restrict_to, security, &filtered);
        object_security_release(security);
        if (!status) status = handle_create(filtered, granted, 0, handle);
        token_release(filtered);
    }
    SeReleaseSubjectContext(&subject);
    return status;
}

/***********************************************************************
 *           NtFilterToken (NTOSKRNL.@)
 *
 * EXISTING needs TOKEN_DUPLICATE; the new handle grants what it grants (K2.2.5). Statuses of SeFilterToken;
 * STATUS_INVALID_HANDLE (K2.2.6); STATUS_ACCESS_DENIED; STATUS_ACCESS_VIOLATION: HANDLE is NULL.
 */
NTSTATUS NtFilterToken(HANDLE existing, ULONG flags, PTOKEN_GROUPS disable, PTOKEN_PRIVILEGES remove,
                       PTOKEN_GROUPS restrict_to, PHANDLE handle)
{
    struct token *source;
    ACCESS_MASK granted;
    NTSTATUS status;

    if (!handle) return STATUS_ACCESS_VIOLATION;
    if ((status = token_from_handle(existing, TOKEN_DUPLICATE, &source, &granted))) return status;
    status = filter_to_handle(source, flags, disable, remove, restrict_to, granted, handle);
    token_release(source);
    return status;
}
