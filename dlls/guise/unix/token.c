/*
 * Tokens of the core and the threads that impersonate them, for the PE half.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "dlls/guise/unix/unix.h"

static HANDLE native_handle(uint64_t number)
{
    return (HANDLE)(uintptr_t)number;
}

/* The token behind a handle, with a reference. */
static NTSTATUS reference_token(uint64_t native, ACCESS_MASK access, PACCESS_TOKEN *token)
{
    return ObReferenceObjectByHandle(native_handle(native), access, *SeTokenObjectType, UserMode, token, NULL);
}

NTSTATUS call_reassert(void *faulted)
{
    guise_thread_reassert(faulted != NULL);
    return STATUS_SUCCESS;
}

NTSTATUS call_copy(void *parameters)
{
    const struct copy_block *block = parameters;

    memcpy((void *)(uintptr_t)block->target, (const void *)(uintptr_t)block->source, block->size);
    return STATUS_SUCCESS;
}

NTSTATUS call_token_describe(void *parameters)
{
    struct token_describe_block *block = parameters;
    HANDLE query = NULL;
    struct { TOKEN_USER user; UCHAR sid[SECURITY_MAX_SID_SIZE]; } user;
    PACCESS_TOKEN token;
    ULONG length;
    NTSTATUS status;

    if ((status = reference_token(block->native, 0, &token))) return status;
    block->object = (uintptr_t)token;
    block->type = SeTokenType(token);
    block->level = block->type == TokenImpersonation ? (uint32_t)SeTokenImpersonationLevel(token) : 0;
    if (!(status = guise_open_token(token, TOKEN_QUERY, &query)))
        status = NtQueryInformationToken(query, TokenUser, &user, sizeof(user), &length);
    if (!status) memcpy(block->user, user.user.User.Sid, RtlLengthSid(user.user.User.Sid));
    if (query) NtClose(query);
    ObDereferenceObject(token);
    return status;
}

NTSTATUS call_token_open(void *parameters)
{
    struct token_open_block *block = parameters;
    PACCESS_TOKEN token;
    HANDLE handle;
    NTSTATUS status;

    if ((status = reference_token(block->native, 0, &token))) return status;
    if (!(status = guise_open_token(token, block->granted, &handle))) block->native = (uintptr_t)handle;
    ObDereferenceObject(token);
    return status;
}

NTSTATUS call_token_close(void *parameters)
{
    const struct token_close_block *block = parameters;

    return NtClose(native_handle(block->native));
}

/* ---- threads ---------------------------------------------------------------------------------------------------- */

/*
 * The id in the kernel of a thread that PE code knows by its TEB, where Wine keeps what pthread_self() is there. The clock of a thread has its id
 * in it (pthread_getcpuclockid(3), clock_getcpuclockid(3): bits 3 up, inverted).
 */
static pid_t tid_of(const struct thread_name *name)
{
    pthread_t self;
    clockid_t clock;

    memcpy(&self, (const char *)(uintptr_t)name->teb + wine.teb_pthread, sizeof(self));
    if (!self || pthread_getcpuclockid(self, &clock)) return 0;
    return (pid_t)~((unsigned int)clock >> 3 | 0xe0000000u);
}

static bool still_there(const struct thread_name *name)
{
    uint64_t id;

    memcpy(&id, (const char *)(uintptr_t)name->teb + TEB_THREAD_ID, sizeof(id));
    return id == name->id;
}

/* The thread object, with a reference. The caller holds the thread suspended, so TEB and thread belong together as long as the id is there. */
static NTSTATUS find_thread(const struct thread_name *name, PETHREAD *thread)
{
    NTSTATUS status;
    pid_t tid;

    if (!name->teb)
    {
        if (!(*thread = PsGetCurrentThread())) return STATUS_NO_MEMORY;
        ObReferenceObject(*thread);
        return STATUS_SUCCESS;
    }
    if (!wine.teb_pthread || !still_there(name) || !(tid = tid_of(name))) return STATUS_ACCESS_DENIED;
    if ((status = PsLookupThreadByThreadId((HANDLE)(uintptr_t)tid, thread))) return status;
    if (still_there(name) && tid_of(name) == tid) return STATUS_SUCCESS;
    ObDereferenceObject(*thread);
    return STATUS_ACCESS_DENIED;
}

/* What a thread impersonates, with a reference; Token NULL: nobody. */
static SE_IMPERSONATION_STATE state_of_thread(PETHREAD thread)
{
    SE_IMPERSONATION_STATE state = {.Token = NULL};

    state.Token = PsReferenceImpersonationToken(thread, &state.CopyOnOpen, &state.EffectiveOnly, &state.Level);
    return state;
}

NTSTATUS call_thread_token(void *parameters)
{
    struct thread_token_block *block = parameters;
    SE_IMPERSONATION_STATE state;
    PETHREAD thread;
    NTSTATUS status;

    if ((status = find_thread(&block->thread, &thread))) return status;
    state = state_of_thread(thread);
    block->object = (uintptr_t)state.Token;
    PsDereferenceImpersonationToken(state.Token);
    ObDereferenceObject(thread);
    return STATUS_SUCCESS;
}

/* At which level THREAD impersonates, and a handle for the token that it has got in the place of TOKEN, if it has. */
static NTSTATUS describe_outcome(PETHREAD thread, PACCESS_TOKEN token, struct thread_assign_block *block)
{
    SE_IMPERSONATION_STATE now = state_of_thread(thread);
    NTSTATUS status = STATUS_SUCCESS;
    HANDLE handle;

    block->level = (uint32_t)now.Level;
    if (now.Token && now.Token != token && !(status = guise_open_token(now.Token, TOKEN_ALL_ACCESS, &handle)))
        block->instead = (uintptr_t)handle;
    PsDereferenceImpersonationToken(now.Token);
    return status;
}

/* A thread that cannot reach Wine's own files would fail anywhere. It can be asked of the calling one alone. */
static bool acts_out_of_reach(PETHREAD thread, uint32_t level)
{
    return level >= SecurityImpersonation && thread == PsGetCurrentThread() && guise_thread_carries_client() && !wine_is_in_reach();
}

/* STATUS_ACCESS_DENIED: THREAD must not stay what it has become. */
static NTSTATUS check_outcome(PETHREAD thread, PACCESS_TOKEN token, struct thread_assign_block *block)
{
    NTSTATUS status = describe_outcome(thread, token, block);

    if (status || !acts_out_of_reach(thread, block->level)) return status;
    if (block->instead) NtClose(native_handle(block->instead));
    block->instead = 0;
    return STATUS_ACCESS_DENIED;
}

static NTSTATUS impersonate(PETHREAD thread, PACCESS_TOKEN token, struct thread_assign_block *block)
{
    SE_IMPERSONATION_STATE before;
    NTSTATUS status;

    if (SeTokenType(token) != TokenImpersonation) return STATUS_BAD_TOKEN_TYPE;
    before = state_of_thread(thread);
    status = PsImpersonateClient(thread, token, FALSE, FALSE, SeTokenImpersonationLevel(token));
    if (!status && (status = check_outcome(thread, token, block)))
        PsRestoreImpersonation(thread, &before);
    else
        PsDereferenceImpersonationToken(before.Token);
    return status;
}

NTSTATUS call_thread_assign(void *parameters)
{
    struct thread_assign_block *block = parameters;
    PACCESS_TOKEN token;
    PETHREAD thread;
    NTSTATUS status;

    block->instead = 0;
    block->level = SecurityAnonymous;
    if ((status = find_thread(&block->thread, &thread))) return status;
    /* The right to it is asked of the program's handle, in wineserver. */
    if (block->native && !(status = reference_token(block->native, 0, &token)))
    {
        status = impersonate(thread, token, block);
        ObDereferenceObject(token);
    }
    if (!block->native)
    {
        PsRevertThreadToSelf(thread);
        if (PsIsThreadImpersonating(thread)) status = STATUS_ACCESS_DENIED;
    }
    ObDereferenceObject(thread);
    return status;
}

NTSTATUS call_thread_aside(void *parameters)
{
    struct thread_aside_block *block = parameters;
    SE_IMPERSONATION_STATE state;

    PsDisableImpersonation(PsGetCurrentThread(), &state);
    *block = (struct thread_aside_block){.token = (uintptr_t)state.Token,
                                         .copy_on_open = state.CopyOnOpen,
                                         .effective_only = state.EffectiveOnly,
                                         .level = (uint32_t)state.Level};
    return STATUS_SUCCESS;
}

NTSTATUS call_thread_return(void *parameters)
{
    const struct thread_aside_block *block = parameters;
    SE_IMPERSONATION_STATE state = {.Token = (PACCESS_TOKEN)(uintptr_t)block->token,
                                    .CopyOnOpen = (BOOLEAN)block->copy_on_open,
                                    .EffectiveOnly = (BOOLEAN)block->effective_only,
                                    .Level = (SECURITY_IMPERSONATION_LEVEL)block->level};

    if (block->token) PsRestoreImpersonation(PsGetCurrentThread(), &state);
    return STATUS_SUCCESS;
}
