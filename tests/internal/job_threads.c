/*
 * Limits that come while threads impersonate: what is asked for afterwards is refused, and no reference is lost. Tokens of this
 * process only, so that no ids change. Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>

#include "wine/test.h"

#include "ntoskrnl/ps/job.h"

#define THREADS 4
#ifdef __SANITIZE_THREAD__
#define ROUNDS 200
#else
#define ROUNDS 5000
#endif

static struct token *plain, *filtered; /* the second is made by SeFilterToken */
static _Atomic bool limited;           /* the limit has been set */
static _Atomic unsigned int allowed_late, filtered_refused, odd;

static void *work(void *unused)
{
    PETHREAD thread = PsGetCurrentThread();
    unsigned int round;

    for (round = 0; round < ROUNDS; round++)
    {
        bool late = limited;
        NTSTATUS status = PsImpersonateClient(thread, plain, FALSE, FALSE, SecurityImpersonation);

        if (!status && late) allowed_late++;
        if (status && status != STATUS_ACCESS_DENIED) odd++;
        if ((status == STATUS_SUCCESS) != (PsIsThreadImpersonating(thread) == TRUE)) odd++;
        if (PsImpersonateClient(thread, filtered, FALSE, FALSE, SecurityImpersonation)) filtered_refused++;
        PsRevertToSelf();
    }
    return unused;
}

static LONG_PTR references_of(PVOID object)
{
    ObReferenceObject(object);
    return ObDereferenceObject(object);
}

START_TEST(job_threads)
{
    JOBOBJECT_SECURITY_LIMIT_INFORMATION limits = {.SecurityLimitFlags = JOB_OBJECT_SECURITY_RESTRICTED_TOKEN};
    pthread_t threads[THREADS];
    PVOID token;
    NTSTATUS status;
    HANDLE job;
    size_t i;

    status = process_token_create(&plain);
    if (!status) status = SeFilterToken(plain, SANDBOX_INERT, NULL, NULL, NULL, &token);
    if (!status) status = NtCreateJobObject(&job, JOB_OBJECT_ALL_ACCESS, NULL);
    if (!status) status = NtAssignProcessToJobObject(job, NtCurrentProcess());
    ok(!status, "got %#x\n", status); /* design 4 */
    if (status) return;
    filtered = token;
    for (i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, work, NULL);
    /* None, the limit, and the same again: each is a list of its own behind the job. */
    for (i = 0; i < 3; i++)
    {
        limits.SecurityLimitFlags = i ? JOB_OBJECT_SECURITY_RESTRICTED_TOKEN : 0;
        status = NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits));
        ok(!status, "got %#x\n", status); /* design 4 */
        if (i) limited = true;
    }
    for (i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);

    /* design 4 */
    ok(!allowed_late && !filtered_refused && !odd, "%u allowed too late, %u refused, %u odd answers\n", allowed_late,
       filtered_refused, odd);
    status = PsImpersonateClient(PsGetCurrentThread(), plain, FALSE, FALSE, SecurityImpersonation);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(references_of(plain) == 1 && references_of(filtered) == 1, "%d and %d references\n", (int)references_of(plain),
       (int)references_of(filtered));
    token_release(filtered);
    token_release(plain);
    NtClose(job);
}
