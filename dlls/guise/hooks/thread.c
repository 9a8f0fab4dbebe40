/*
 * Whom a thread impersonates: NtSetInformationThread(ThreadImpersonationToken), through which RevertToSelf, SetThreadToken,
 * ImpersonateLoggedOnUser and RpcImpersonateClient all go (design 10.3).
 *
 * Two things change: the thread's token in wineserver and its credential in the kernel. wineserver's comes first, since it judges the handles; if
 * the kernel refuses it is put back, and if that fails the process ends.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/services.h"
#include "dlls/guise/thread.h"
#include "dlls/guise/tokens.h"

#define TWO_IDENTITIES "wineserver and the kernel could not be made to agree on whom a thread impersonates: ending the process"

/* EnvironmentPointer is NULL in every thread. */
#define TEB_ZERO 0x38
ULONG teb_impersonates = TEB_ZERO, teb_busy = TEB_ZERO;

BOOL thread_slots_init(void)
{
    DWORD impersonates = TlsAlloc(), busy = TlsAlloc();

    if (impersonates >= TLS_MINIMUM_AVAILABLE || busy >= TLS_MINIMUM_AVAILABLE)
    {
        say("no slot of thread-local storage is left: nobody is impersonated");
        return FALSE;
    }
    teb_impersonates = TEB_TLS_SLOTS + impersonates * sizeof(void *);
    teb_busy = TEB_TLS_SLOTS + busy * sizeof(void *);
    return TRUE;
}

/* A thread of this process. */
struct target
{
    HANDLE handle;           /* the caller's */
    HANDLE control;          /* to hold it, NULL: the calling thread */
    void *teb;               /* of another thread: known while it is held */
    struct thread_name name; /* zeros: the calling thread */
};

/* ---- other threads ---------------------------------------------------------------------------------------------- */

/* The TEB of a thread that stands still; wineserver does not know it before the thread has begun. */
static NTSTATUS find_teb(struct target *target)
{
    THREAD_BASIC_INFORMATION basic;
    NTSTATUS status = NtQueryInformationThread(target->control, ThreadBasicInformation, &basic, sizeof(basic), NULL);

    if (status) return status;
    if (!(target->teb = basic.TebBaseAddress)) return STATUS_ACCESS_DENIED;
    target->name = (struct thread_name){ (ULONG_PTR)basic.TebBaseAddress, (ULONG_PTR)basic.ClientId.UniqueThread };
    return STATUS_SUCCESS;
}

/* Waits until the thread stands still: NtSuspendThread alone only asks for it. STATUS_DEVICE_BUSY: not in the middle of that (thread_busy()). */
static NTSTATUS try_to_hold(struct target *target)
{
    CONTEXT context = { .ContextFlags = CONTEXT_CONTROL };
    NTSTATUS status;

    if (!target->control) return STATUS_SUCCESS;
    if ((status = NtSuspendThread(target->control, NULL))) return status;
    status = NtGetContextThread(target->control, &context);
    if (!status) status = find_teb(target);
    if (!status && thread_is_busy(target->teb)) status = STATUS_DEVICE_BUSY;
    if (status) NtResumeThread(target->control, NULL);
    return status;
}

/* STATUS_ACCESS_DENIED: it was busy for a second. */
static NTSTATUS hold(struct target *target)
{
    LARGE_INTEGER pause = { .QuadPart = -10000 }; /* a millisecond */
    NTSTATUS status;
    int tries;

    for (tries = 0; (status = try_to_hold(target)) == STATUS_DEVICE_BUSY && tries < 1000; tries++) NtDelayExecution(FALSE, &pause);
    return status == STATUS_DEVICE_BUSY ? STATUS_ACCESS_DENIED : status;
}

static void let_go(const struct target *target)
{
    if (target->control) NtResumeThread(target->control, NULL);
}

static BOOL is_of_this_process(const CLIENT_ID *id)
{
    return (ULONG_PTR)id->UniqueProcess == GetCurrentProcessId();
}

/* Which thread HANDLE is. *OURS is FALSE for one of another process. The caller closes target->control. */
static NTSTATUS find_target(HANDLE handle, struct target *target, BOOL *ours)
{
    const ACCESS_MASK access = THREAD_QUERY_LIMITED_INFORMATION | THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT;
    THREAD_BASIC_INFORMATION basic;
    NTSTATUS status;

    *target = (struct target){ .handle = handle, .teb = NtCurrentTeb() };
    *ours = TRUE;
    if (handle == GetCurrentThread()) return STATUS_SUCCESS;
    if ((status = NtDuplicateObject(GetCurrentProcess(), handle, GetCurrentProcess(), &target->control, access, 0, 0))) return status;
    if (!(status = NtQueryInformationThread(target->control, ThreadBasicInformation, &basic, sizeof(basic), NULL)))
        *ours = is_of_this_process(&basic.ClientId);
    if (status || !*ours || basic.TebBaseAddress == NtCurrentTeb())
    {
        NtClose(target->control);
        target->control = NULL;
    }
    return status;
}

/* ---- both sides ------------------------------------------------------------------------------------------------- */

static NTSTATUS set_in_wineserver(const struct target *target, HANDLE token)
{
    return original.set_thread(target->handle, ThreadImpersonationToken, &token, sizeof(token));
}

/* What the thread impersonates now, to be released; NULL: nobody, or a token of Wine's own. */
static NTSTATUS current_overlay(const struct target *target, struct overlay **overlay)
{
    struct thread_token_block block = { .thread = target->name };
    NTSTATUS status;

    *overlay = NULL;
    if (!target->control && !thread_impersonates()) return STATUS_SUCCESS;
    if ((status = unix_call(CALL_thread_token, &block))) return status;
    if (block.object && !(*overlay = overlay_of_object(block.object))) return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

static ULONG64 word_of(const struct overlay *overlay, ULONG level)
{
    if (!overlay) return THREAD_IS_PROCESS;
    return level >= SecurityImpersonation ? THREAD_ACTS : THREAD_KNOWS_ONLY;
}

/* The kernel's side; OVERLAY NULL: the process again. On failure the thread is as before. */
static NTSTATUS set_in_kernel(const struct target *target, struct overlay *overlay)
{
    struct thread_assign_block block = { .thread = target->name, .native = overlay ? overlay->native : 0 };
    ULONG64 before = *(ULONG64 *)((char *)target->teb + teb_impersonates);
    struct overlay *instead;
    NTSTATUS status;

    if (!overlay && !before && !target->control) return STATUS_SUCCESS;
    thread_set_word(target->teb, THREAD_KNOWS_ONLY);
    status = unix_call(CALL_thread_assign, &block);
    thread_set_word(target->teb, status ? before : word_of(overlay, block.level));
    if (status || !block.instead) return status;
    /* At Identification in place of what was asked for: that is what a query has to say. */
    if (overlay_adopt(block.instead, &instead) || set_in_wineserver(target, instead->anchor)) fatal(TWO_IDENTITIES);
    overlay_release(instead);
    return STATUS_SUCCESS;
}

/* The thread, which stands still or is the calling one, has TOKEN in wineserver and OVERLAY in the kernel, or what it had. */
static NTSTATUS set_both(const struct target *target, HANDLE token, struct overlay *overlay)
{
    struct overlay *before;
    NTSTATUS status;

    if ((status = current_overlay(target, &before))) return status;
    if (!(status = set_in_wineserver(target, token)) && (status = set_in_kernel(target, overlay)) &&
        set_in_wineserver(target, before ? before->anchor : NULL))
        fatal(TWO_IDENTITIES);
    overlay_release(before);
    return status;
}

NTSTATUS thread_impersonate(struct overlay *overlay)
{
    const struct target self = { .handle = GetCurrentThread(), .teb = NtCurrentTeb() };

    return set_both(&self, overlay->anchor, overlay);
}

NTSTATUS thread_follow(struct overlay *overlay)
{
    const struct target self = { .handle = GetCurrentThread(), .teb = NtCurrentTeb() };

    return set_in_kernel(&self, overlay);
}

/* ---- the service ------------------------------------------------------------------------------------------------ */

static NTSTATUS set_thread_token(HANDLE thread, HANDLE token, struct overlay *overlay)
{
    struct target target;
    NTSTATUS status;
    BOOL ours;

    if ((status = find_target(thread, &target, &ours))) return status;
    if (!ours) return overlay ? STATUS_ACCESS_DENIED : original.set_thread(thread, ThreadImpersonationToken, &token, sizeof(token));
    if (!(status = hold(&target)))
    {
        status = set_both(&target, token, overlay);
        let_go(&target);
    }
    if (target.control) NtClose(target.control);
    return status;
}

NTSTATUS thread_set_overlay(HANDLE thread, struct overlay *overlay)
{
    return set_thread_token(thread, overlay->anchor, overlay);
}

/* TOKEN is a handle of this module's own, so both sides are told of one token. */
static NTSTATUS set_held_token(HANDLE thread, HANDLE token)
{
    struct overlay *overlay = NULL;
    NTSTATUS status;

    if (token && (status = overlay_find(token, &overlay))) return status;
    status = set_thread_token(thread, token, overlay);
    overlay_release(overlay);
    return status;
}

static NTSTATUS NTAPI set_thread(HANDLE thread, THREADINFOCLASS class, const void *information, ULONG length)
{
    HANDLE token, held = NULL;
    NTSTATUS status;

    if (class != ThreadImpersonationToken || length != sizeof(token)) return original.set_thread(thread, class, information, length);
    if ((status = copy_memory(&token, information, sizeof(token)))) return status;
    /* Another thread may close the program's handle, and its number come to stand for something else. */
    if (token && (status = NtDuplicateObject(GetCurrentProcess(), token, GetCurrentProcess(), &held, 0, 0, DUPLICATE_SAME_ACCESS))) return status;
    status = set_held_token(thread, held);
    if (held) NtClose(held);
    return status;
}

const struct hook thread_hooks[] = {
    { "NtSetInformationThread", set_thread, (void **)&original.set_thread },
    { 0 },
};
