/*
 * Job objects: making them and assigning the process.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/insert.h"
#include "ntoskrnl/ps/job.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void jobs_lock(void)
{
    pthread_mutex_lock(&lock);
}

void jobs_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static struct object_security *job_security(PVOID body)
{
    (void)body;
    return process_type.security(current_process());
}

static void job_destroy(PVOID body)
{
    job_limits_free(atomic_load(&((struct job *)body)->limits));
}

const struct _OBJECT_TYPE job_type = {
    .name = "Job",
    .mapping = {.GenericRead = STANDARD_RIGHTS_READ | JOB_OBJECT_QUERY,
                .GenericWrite =
                    STANDARD_RIGHTS_WRITE | JOB_OBJECT_ASSIGN_PROCESS | JOB_OBJECT_SET_ATTRIBUTES | JOB_OBJECT_TERMINATE,
                .GenericExecute = STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE,
                .GenericAll = JOB_OBJECT_ALL_ACCESS},
    .security = job_security,
    .body_size = sizeof(struct job),
    .destroy = job_destroy,
};

/* PsJobType (NTOSKRNL.@): the type of job objects, as drivers pass it to the Ob routines. */
static POBJECT_TYPE job_type_pointer = (POBJECT_TYPE)&job_type;
POBJECT_TYPE *PsJobType = &job_type_pointer;

NTSTATUS job_from_handle(HANDLE handle, ACCESS_MASK access, struct job **job)
{
    PVOID body;
    NTSTATUS status = handle_reference(handle, access, &job_type, &body, NULL);

    *job = status ? NULL : body;
    return status;
}

/* ---- making one -------------------------------------------------------------------------------------------------- */

static NTSTATUS create_for(struct token *caller, ACCESS_MASK desired, const OBJECT_ATTRIBUTES *attributes,
                           HANDLE *handle)
{
    ACCESS_MASK granted;
    NTSTATUS status;
    PVOID job;

    if ((status = object_make(&job_type, sizeof(struct job), attributes, caller, &job))) return status;
    if (!(status = object_creator_access(&job_type, caller, desired, 0, &granted)))
        status = handle_create(job, granted, attributes ? attributes->Attributes : 0, handle);
    object_dereference(job);
    return status;
}

/***********************************************************************
 *           NtCreateJobObject (NTOSKRNL.@)
 *
 * A job without limits; its maker may have all of it. ATTRIBUTES may be NULL. STATUS_OBJECT_PATH_NOT_FOUND and its kin: it
 * is to have a name. STATUS_ACCESS_VIOLATION; STATUS_ACCESS_DENIED; STATUS_PRIVILEGE_NOT_HELD; STATUS_NO_MEMORY; statuses of
 * an invalid descriptor. CreateJobObject of the sdk.
 */
NTSTATUS NtCreateJobObject(PHANDLE handle, ACCESS_MASK desired, POBJECT_ATTRIBUTES attributes)
{
    SECURITY_SUBJECT_CONTEXT subject;
    NTSTATUS status;

    if (!handle) return STATUS_ACCESS_VIOLATION;
    SeCaptureSubjectContext(&subject);
    status = create_for(SeQuerySubjectContextToken(&subject), desired, attributes, handle);
    SeReleaseSubjectContext(&subject);
    return status;
}

/* ---- assigning the process --------------------------------------------------------------------------------------- */

static NTSTATUS assign(struct job *job, PEPROCESS process, struct token *primary)
{
    const struct job_limits *limits;
    NTSTATUS status = STATUS_SUCCESS;

    jobs_lock();
    limits = job_limits_of(job);
    if (atomic_load(&process->job))
        status = STATUS_ACCESS_DENIED;
    else if (limits)
        status = job_limit_primary(limits, primary);
    if (!status)
    {
        object_reference(job);
        atomic_store_explicit(&process->job, job, memory_order_release);
    }
    jobs_unlock();
    return status;
}

static NTSTATUS assign_referenced(struct job *job, HANDLE process_handle)
{
    struct token *primary;
    PEPROCESS process;
    NTSTATUS status = process_from_handle(process_handle, PROCESS_SET_QUOTA | PROCESS_TERMINATE, &process);

    if (status) return status;
    primary = primary_token();
    status = primary ? assign(job, process, primary) : STATUS_NO_MEMORY;
    token_release(primary);
    object_dereference(process);
    return status;
}

/***********************************************************************
 *           NtAssignProcessToJobObject (NTOSKRNL.@)
 *
 * For good. The job handle needs JOB_OBJECT_ASSIGN_PROCESS, the process handle PROCESS_SET_QUOTA and PROCESS_TERMINATE.
 * STATUS_ACCESS_DENIED: also a process that is in a job, or whose token the job's limits forbid. STATUS_INVALID_HANDLE;
 * STATUS_OBJECT_TYPE_MISMATCH; STATUS_NO_MEMORY. AssignProcessToJobObject of the sdk.
 */
NTSTATUS NtAssignProcessToJobObject(HANDLE job_handle, HANDLE process_handle)
{
    struct job *job;
    NTSTATUS status;

    if ((status = job_from_handle(job_handle, JOB_OBJECT_ASSIGN_PROCESS, &job))) return status;
    status = assign_referenced(job, process_handle);
    object_dereference(job);
    return status;
}

/***********************************************************************
 *           PsGetProcessJob (NTOSKRNL.@)
 *
 * The job that the process is in, or NULL. No reference is taken; it is in it for good.
 */
PVOID PsGetProcessJob(PEPROCESS process)
{
    return atomic_load_explicit(&process->job, memory_order_acquire);
}
