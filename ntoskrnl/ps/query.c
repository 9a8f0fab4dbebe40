/*
 * NtQueryInformationProcess and NtQueryInformationThread: the classes that mean something of a Unix process.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ntoskrnl/ps/process.h"

/* What a class answers: a block that is copied to the caller and freed, or a status. */
struct answer
{
    PVOID block;
    ULONG size;
};

/* ---- what both have ---------------------------------------------------------------------------------------------- */

/* The processors that a task may run on, as far as a mask of 64 has room. */
static ULONG_PTR affinity_of(pid_t task)
{
    ULONG_PTR mask = 0;
    unsigned int i;
    cpu_set_t set;

    if (sched_getaffinity(task, sizeof(set), &set)) return 0;
    for (i = 0; i < 8 * sizeof(mask); i++)
        if (CPU_ISSET(i, &set)) mask |= (ULONG_PTR)1 << i;
    return mask;
}

/* Windows' base priorities of the priority classes idle, below normal, normal, above normal and high, by niceness. */
static LONG priority_of(pid_t task)
{
    int nice = getpriority(PRIO_PROCESS, (id_t)task);

    return nice >= 10 ? 4 : nice > 0 ? 6 : !nice ? 8 : nice > -10 ? 10 : 13;
}

static NTSTATUS answer_with(const void *data, size_t size, struct answer *answer)
{
    answer->size = (ULONG)size;
    return (answer->block = guise_memdup(data, size)) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* The answer into a buffer of LENGTH bytes: one of a fixed size must be just that. */
static NTSTATUS deliver(struct answer *answer, bool fixed, PVOID buffer, ULONG length, ULONG *returned)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (fixed ? length != answer->size : length < answer->size)
        status = STATUS_INFO_LENGTH_MISMATCH;
    else if (!buffer)
        status = STATUS_ACCESS_VIOLATION;
    else
        memcpy(buffer, answer->block, answer->size);
    if (returned && (!status || !fixed)) *returned = answer->size;
    guise_free(answer->block);
    return status;
}

/* ---- processes --------------------------------------------------------------------------------------------------- */

static NTSTATUS process_basic(struct answer *answer)
{
    const PROCESS_BASIC_INFORMATION basic = {.ExitStatus = STATUS_PENDING,
                                             .AffinityMask = affinity_of(getpid()),
                                             .BasePriority = priority_of(getpid()),
                                             .UniqueProcessId = (ULONG_PTR)getpid(),
                                             .InheritedFromUniqueProcessId = (ULONG_PTR)getppid()};

    return answer_with(&basic, sizeof(basic), answer);
}

static NTSTATUS process_session(struct answer *answer)
{
    const ULONG number = PsGetProcessSessionId(current_process());

    return answer_with(&number, sizeof(number), answer);
}

/* It is of the system's own width: there is no other kind of process. */
static NTSTATUS process_wow64(struct answer *answer)
{
    const ULONG_PTR none = 0;

    return answer_with(&none, sizeof(none), answer);
}

/* A UNICODE_STRING and its characters; settle_string() puts the pointer right where they go. */
static NTSTATUS process_image(struct answer *answer)
{
    UNICODE_STRING *name;
    NTSTATUS status = process_image_name(&name);

    answer->block = name;
    if (!status) answer->size = (ULONG)(sizeof(*name) + name->MaximumLength);
    return status;
}

/* The characters follow the string, which need not be aligned. */
static void settle_string(UCHAR *copy)
{
    const PVOID characters = copy + sizeof(UNICODE_STRING);

    memcpy(copy + offsetof(UNICODE_STRING, Buffer), &characters, sizeof(characters));
}

static const struct process_class
{
    PROCESSINFOCLASS class;
    bool fixed;
    NTSTATUS (*ask)(struct answer *answer);
} process_classes[] = {
    {ProcessBasicInformation, true, process_basic},
    {ProcessSessionInformation, true, process_session},
    {ProcessWow64Information, true, process_wow64},
    {ProcessImageFileName, false, process_image},
};

/***********************************************************************
 *           NtQueryInformationProcess (NTOSKRNL.@)
 *
 * ProcessBasicInformation, ProcessSessionInformation, ProcessWow64Information, ProcessImageFileName; the handle needs
 * PROCESS_QUERY_INFORMATION or PROCESS_QUERY_LIMITED_INFORMATION. RETURNED may be NULL. STATUS_INVALID_INFO_CLASS: any other;
 * STATUS_INFO_LENGTH_MISMATCH; STATUS_ACCESS_VIOLATION; STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_NO_MEMORY;
 * STATUS_NOT_FOUND: the system does not tell the image. DDI page of ntddk.h; sdk page of winternl.h.
 */
NTSTATUS NtQueryInformationProcess(HANDLE handle, PROCESSINFOCLASS class, PVOID information, ULONG length,
                                   PULONG returned)
{
    const struct process_class *known = NULL;
    struct answer answer;
    PEPROCESS process;
    NTSTATUS status;
    size_t i;

    for (i = 0; i < ARRAYSIZE(process_classes); i++)
        if (process_classes[i].class == class) known = &process_classes[i];
    if (!known) return STATUS_INVALID_INFO_CLASS;
    status = process_from_handle(handle, PROCESS_QUERY_LIMITED_INFORMATION, &process);
    if (status == STATUS_ACCESS_DENIED) status = process_from_handle(handle, PROCESS_QUERY_INFORMATION, &process);
    if (status) return status;
    object_dereference(process);
    if ((status = known->ask(&answer))) return status;
    status = deliver(&answer, known->fixed, information, length, returned);
    if (!status && class == ProcessImageFileName) settle_string(information);
    return status;
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

static bool has_ended(PETHREAD thread)
{
    bool ended;

    pthread_mutex_lock(&thread->lock);
    ended = thread->ended;
    pthread_mutex_unlock(&thread->lock);
    return ended;
}

/***********************************************************************
 *           NtQueryInformationThread (NTOSKRNL.@)
 *
 * ThreadBasicInformation (THREAD_QUERY_INFORMATION). RETURNED may be NULL. STATUS_INVALID_INFO_CLASS: any other;
 * STATUS_INFO_LENGTH_MISMATCH; STATUS_ACCESS_VIOLATION; STATUS_ACCESS_DENIED; STATUS_INVALID_HANDLE; STATUS_NO_MEMORY. sdk page of
 * winternl.h.
 */
NTSTATUS NtQueryInformationThread(HANDLE handle, THREADINFOCLASS class, PVOID information, ULONG length, PULONG returned)
{
    THREAD_BASIC_INFORMATION basic = {.ExitStatus = STATUS_PENDING};
    struct answer answer;
    PETHREAD thread;
    NTSTATUS status;

    if (class != ThreadBasicInformation) return STATUS_INVALID_INFO_CLASS;
    if ((status = thread_from_handle(handle, THREAD_QUERY_INFORMATION, &thread, NULL))) return status;
    basic.ClientId = (CLIENT_ID){PsGetCurrentProcessId(), ULongToHandle(thread->cred.tid)};
    if (has_ended(thread))
        basic.ExitStatus = STATUS_SUCCESS; /* the id may be another thread's by now */
    else
    {
        basic.AffinityMask = affinity_of(thread->cred.tid);
        basic.Priority = basic.BasePriority = priority_of(thread->cred.tid);
    }
    object_dereference(thread);
    if ((status = answer_with(&basic, sizeof(basic), &answer))) return status;
    return deliver(&answer, true, information, length, returned);
}
