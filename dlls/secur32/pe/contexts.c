/*
 * Contexts: who impersonates, the token that a context keeps for ACCESS_TOKEN, and legs whose token finds no memory.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/pe/thunks.h"

/* Of sspi.h, whose prototypes are not those of the thunks. */
typedef struct
{
    ULONG_PTR dwLower, dwUpper;
} CtxtHandle;
#define SECPKG_ATTR_ACCESS_TOKEN 18
#define SECPKG_CONTEXT_EXPORT_DELETE_OLD 2

NTSTATUS WINAPI NtSetInformationThread(HANDLE thread, THREADINFOCLASS class, const void *data, ULONG size);

/* ---- acting as the client ------------------------------------------------------------------------------------------------------ */

/* The client's token as a handle of the core's. */
static int32_t native_token(void *context, uint64_t *native)
{
    HANDLE unused = NULL;
    struct QuerySecurityContextToken_block block = { .phContext = context, .Token = &unused };

    touch_read(context, sizeof(CtxtHandle));
    if (!thunk_run(THUNK_QuerySecurityContextToken, &block)) return SEC_INTERNAL;
    *native = block.handle;
    return block.result;
}

/*
 * SEC_E_NO_IMPERSONATION covers every reason for which the thread was not switched, as natively, and it is then as it was.
 */
int32_t __stdcall ImpersonateSecurityContext(void *context)
{
    const struct guise_api *api;
    struct token_close_block close;
    int32_t status = native_token(context, &close.native);

    if (status == SEC_INVALID_HANDLE || status == SEC_UNSUPPORTED || status == SEC_INTERNAL) return status;
    if (status) return SEC_NO_IMPERSONATION;
    api = companion();
    if (api->can_impersonate) return api->impersonate_token(close.native) ? SEC_NO_IMPERSONATION : SEC_OK;
    api->unix_call(CALL_token_close, &close);
    return SEC_NO_IMPERSONATION;
}

/* The thread's token of Wine's goes, and with it, in the companion's hook, the client. */
int32_t __stdcall RevertSecurityContext(void *context)
{
    struct check_revert_block block = { .context = context };
    HANDLE none = NULL;

    touch_read(context, sizeof(CtxtHandle));
    if (!companion() || companion()->unix_call(CALL_check_revert, &block)) return SEC_INTERNAL;
    if (block.result) return block.result;
    return NtSetInformationThread(GetCurrentThread(), ThreadImpersonationToken, &none, sizeof(none)) ? SEC_INTERNAL : SEC_OK;
}

/* ---- the token that a context keeps --------------------------------------------------------------------------------------------- */

#define BUCKETS 64

struct kept_token
{
    struct kept_token *next;
    CtxtHandle context;
    HANDLE token;
};

/* Under the lock. */
static SRWLOCK lock = SRWLOCK_INIT;
static struct kept_token *kept_tokens[BUCKETS];

static struct kept_token **bucket_of(const CtxtHandle *context)
{
    return &kept_tokens[(context->dwLower ^ context->dwUpper * 31) % BUCKETS];
}

/* Where the entry of CONTEXT is linked, or the end of its bucket. */
static struct kept_token **find_kept(const CtxtHandle *context)
{
    struct kept_token **at = bucket_of(context);

    while (*at && ((*at)->context.dwLower != context->dwLower || (*at)->context.dwUpper != context->dwUpper)) at = &(*at)->next;
    return at;
}

static void forget_kept(const CtxtHandle *context)
{
    struct kept_token **at, *gone;

    AcquireSRWLockExclusive(&lock);
    if ((gone = *(at = find_kept(context)))) *at = gone->next;
    ReleaseSRWLockExclusive(&lock);
    if (!gone) return;
    NtClose(gone->token);
    HeapFree(GetProcessHeap(), 0, gone);
}

/* The one that is known by now, if another thread was faster. */
static HANDLE keep(struct kept_token *fresh)
{
    struct kept_token **at;
    HANDLE token;

    AcquireSRWLockExclusive(&lock);
    at = find_kept(&fresh->context);
    token = *at ? (*at)->token : fresh->token;
    if (!*at) *at = fresh, fresh = NULL;
    ReleaseSRWLockExclusive(&lock);
    if (!fresh) return token;
    NtClose(fresh->token);
    HeapFree(GetProcessHeap(), 0, fresh);
    return token;
}

/* Made once, the same for every caller, closed when the context goes: as natively (attributes.c). */
static int32_t query_access_token(CtxtHandle *context, HANDLE *answer)
{
    struct kept_token *kept;
    HANDLE token = NULL;
    int32_t status;

    touch_read(context, sizeof(*context));
    touch_write(answer, sizeof(*answer));
    status = thunk_QuerySecurityContextToken(context, &token);
    if (status) return status;
    if (!answer) status = SEC_INTERNAL;
    else if (!(kept = HeapAlloc(GetProcessHeap(), 0, sizeof(*kept)))) status = SEC_NO_MEMORY;
    if (status)
    {
        NtClose(token);
        return status;
    }
    *kept = (struct kept_token){ .context = *context, .token = token };
    *answer = keep(kept);
    return SEC_OK;
}

static int32_t as_it_is(uint32_t attribute, void *buffer, int32_t status)
{
    (void)attribute, (void)buffer;
    return status;
}

#define QUERY(name, finish) \
    int32_t __stdcall name(void *context, uint32_t attribute, void *buffer) \
    { \
        if (attribute == SECPKG_ATTR_ACCESS_TOKEN) return query_access_token(context, buffer); \
        return finish(attribute, buffer, thunk_##name(context, attribute, buffer)); \
    }
#define QUERY_EX(name, finish) \
    int32_t __stdcall name(void *context, uint32_t attribute, void *buffer, uint32_t size) \
    { \
        if (attribute != SECPKG_ATTR_ACCESS_TOKEN) return finish(attribute, buffer, thunk_##name(context, attribute, buffer, size)); \
        return buffer && size < sizeof(HANDLE) ? SEC_BUFFER_TOO_SMALL : query_access_token(context, buffer); \
    }
QUERY(QueryContextAttributesA, attribute_to_ansi)
QUERY(QueryContextAttributesW, as_it_is)
QUERY_EX(QueryContextAttributesExA, attribute_to_ansi)
QUERY_EX(QueryContextAttributesExW, as_it_is)

int32_t __stdcall QueryCredentialsAttributesA(void *credential, uint32_t attribute, void *buffer)
{
    return attribute_to_ansi(attribute, buffer, thunk_QueryCredentialsAttributesA(credential, attribute, buffer));
}

int32_t __stdcall QueryCredentialsAttributesExA(void *credential, uint32_t attribute, void *buffer, uint32_t size)
{
    return attribute_to_ansi(attribute, buffer, thunk_QueryCredentialsAttributesExA(credential, attribute, buffer, size));
}

/* ---- the end of a context ------------------------------------------------------------------------------------------------------- */

int32_t __stdcall DeleteSecurityContext(void *handle)
{
    CtxtHandle context = { 0 };
    int32_t status;

    if (handle) context = *(const CtxtHandle *)handle;
    status = thunk_DeleteSecurityContext(handle);
    if (!status) forget_kept(&context);
    return status;
}

int32_t __stdcall ExportSecurityContext(void *handle, uint32_t flags, void *packed, void *token)
{
    CtxtHandle context = { 0 };
    int32_t status;

    if (handle) context = *(const CtxtHandle *)handle;
    status = thunk_ExportSecurityContext(handle, flags, packed, token);
    if (!status && flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) forget_kept(&context);
    return status;
}

/* ---- legs ----------------------------------------------------------------------------------------------------------------------- */

/* A first leg that fails gives no context: the core did not know that its token would find no memory here. */
static int32_t leg_over(int32_t status, const void *context, CtxtHandle *made, CtxtHandle before)
{
    if (status != SEC_NO_MEMORY || context || !made || !memcmp(made, &before, sizeof(before))) return status;
    DeleteSecurityContext(made);
    *made = before;
    return status;
}

static CtxtHandle read_handle(const CtxtHandle *handle)
{
    static const CtxtHandle none;

    return handle ? *handle : none;
}

#define INITIALIZE(name) \
    int32_t __stdcall name(void *credential, void *context, void *target, uint32_t request, uint32_t reserved1, uint32_t representation, \
                           void *input, uint32_t reserved2, void *made, void *output, void *attributes, void *expiry) \
    { \
        CtxtHandle before = read_handle(made); \
        return leg_over(thunk_##name(credential, context, target, request, reserved1, representation, input, reserved2, made, output, \
                                     attributes, expiry), context, made, before); \
    }
INITIALIZE(InitializeSecurityContextA)
INITIALIZE(InitializeSecurityContextW)

int32_t __stdcall AcceptSecurityContext(void *credential, void *context, void *input, uint32_t request, uint32_t representation, void *made,
                                        void *output, void *attributes, void *expiry)
{
    CtxtHandle before = read_handle(made);

    return leg_over(thunk_AcceptSecurityContext(credential, context, input, request, representation, made, output, attributes, expiry),
                    context, made, before);
}
