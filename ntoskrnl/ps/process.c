/*
 * The process object (there is one: this process) and its primary token.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <unistd.h>

#include "ntoskrnl/ps/process.h"

/* Threads and the process belong to whoever the process is: its primary token's defaults are their security. */
static struct object_security *process_security(PVOID body)
{
    struct token *primary = primary_token();
    struct object_security *security = primary ? token_default_security(primary) : NULL;

    (void)body;
    token_release(primary);
    return security;
}

const struct _OBJECT_TYPE process_type = {
    .name = "Process",
    .mapping = {.GenericRead = STANDARD_RIGHTS_READ | PROCESS_VM_READ | PROCESS_QUERY_INFORMATION,
                .GenericWrite = STANDARD_RIGHTS_WRITE | PROCESS_CREATE_PROCESS | PROCESS_CREATE_THREAD |
                                PROCESS_VM_OPERATION | PROCESS_VM_WRITE | PROCESS_DUP_HANDLE | PROCESS_TERMINATE |
                                PROCESS_SET_QUOTA | PROCESS_SET_INFORMATION | PROCESS_SUSPEND_RESUME,
                .GenericExecute = STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION,
                .GenericAll = PROCESS_ALL_ACCESS},
    .security = process_security,
};

/* PsProcessType (NTOSKRNL.@): the type of process objects, as drivers pass it to the Ob routines. */
static POBJECT_TYPE process_type_pointer = (POBJECT_TYPE)&process_type;
POBJECT_TYPE *PsProcessType = &process_type_pointer;

struct this_process this_process = {.header = {.type = &process_type, .references = 1}, .body = {.lock = PTHREAD_MUTEX_INITIALIZER}};

PEPROCESS current_process(void)
{
    return &this_process.body;
}

NTSTATUS process_from_handle(HANDLE handle, ACCESS_MASK access, PEPROCESS *process)
{
    PVOID body;
    NTSTATUS status = handle_reference(handle, access, &process_type, &body, NULL);

    *process = status ? NULL : body;
    return status;
}

struct token *primary_token(void)
{
    struct _EPROCESS *process = current_process();
    struct token *made, *old = NULL, *primary = NULL;
    unsigned int generation;

    pthread_mutex_lock(&process->lock);
    generation = process_credential_generation();
    if (!process->primary || process->generation != generation)
    {
        /* Without memory for the new one the old one must not speak for the process: it may hold what was given up. */
        old = process->primary;
        process->primary = process_token_create(&made) ? NULL : made;
        process->generation = process->primary ? process->primary->identity->process_generation : generation;
    }
    if (process->primary) primary = token_reference(process->primary);
    pthread_mutex_unlock(&process->lock);
    token_release(old);
    return primary;
}

struct token *primary_token_borrowed(void)
{
    PETHREAD self = current_thread();

    if (!self) return NULL;
    if (!self->primary || self->primary_generation != process_credential_generation())
    {
        token_release(self->primary);
        if ((self->primary = primary_token())) self->primary_generation = self->primary->identity->process_generation;
    }
    return self->primary;
}

void process_lock(void)
{
    pthread_mutex_lock(&this_process.body.lock);
}

void process_unlock(void)
{
    pthread_mutex_unlock(&this_process.body.lock);
}

void process_forked(void)
{
    this_process.body.primary = NULL; /* left behind: it may be locked for ever */
}

/***********************************************************************
 *           PsGetCurrentProcess (NTOSKRNL.@)
 *
 * No reference is taken.
 */
PEPROCESS PsGetCurrentProcess(void)
{
    return current_process();
}

/***********************************************************************
 *           PsGetCurrentProcessId (NTOSKRNL.@)
 */
HANDLE PsGetCurrentProcessId(void)
{
    return ULongToHandle(getpid());
}

/***********************************************************************
 *           PsLookupProcessByProcessId (NTOSKRNL.@)
 *
 * The object of this process with a reference; of others nothing is known. STATUS_INVALID_PARAMETER: another id.
 */
NTSTATUS PsLookupProcessByProcessId(HANDLE id, PEPROCESS *process)
{
    if ((ULONG_PTR)id != (ULONG_PTR)getpid()) return STATUS_INVALID_PARAMETER;

    *process = current_process();
    object_reference(*process);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           PsReferencePrimaryToken (NTOSKRNL.@)
 *
 * The primary token with a reference (K1.5.3); NULL only when there is no memory to make it.
 */
PACCESS_TOKEN PsReferencePrimaryToken(PEPROCESS process)
{
    (void)process; /* there is one */
    return primary_token();
}

/***********************************************************************
 *           PsDereferencePrimaryToken (NTOSKRNL.@)
 */
void PsDereferencePrimaryToken(PACCESS_TOKEN token)
{
    object_dereference(token);
}
