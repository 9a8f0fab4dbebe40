/*
 * Job objects: making one, and putting the process into it. Their security limits, which Windows has no more, are in tests/unix.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static void test_access(HANDLE job)
{
    HANDLE weak = NULL;
    NTSTATUS status;

    /* sdk AssignProcessToJobObject: JOB_OBJECT_ASSIGN_PROCESS, PROCESS_SET_QUOTA and PROCESS_TERMINATE */
    status = NtDuplicateObject(NtCurrentProcess(), job, NtCurrentProcess(), &weak, JOB_OBJECT_QUERY, 0, 0);
    ok(!status, "got %#x\n", status);
    status = NtAssignProcessToJobObject(weak, NtCurrentProcess());
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(weak);
    status = NtDuplicateObject(NtCurrentProcess(), NtCurrentProcess(), NtCurrentProcess(), &weak, PROCESS_QUERY_INFORMATION, 0, 0);
    ok(!status, "got %#x\n", status);
    status = NtAssignProcessToJobObject(job, weak);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(weak);

    /* sdk AssignProcessToJobObject */
    status = NtAssignProcessToJobObject(NULL, NtCurrentProcess());
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtAssignProcessToJobObject(job, NULL);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtAssignProcessToJobObject(NtCurrentProcess(), NtCurrentProcess());
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    status = NtAssignProcessToJobObject(job, job);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
}

START_TEST(job)
{
    HANDLE job = NULL;
    PVOID object = NULL;
    NTSTATUS status;

#ifdef WINETEST_KERNEL
    skip("the process is the system's, which should be in no job\n");
    return;
#endif
    status = ZwCreateJobObject(&job, JOB_OBJECT_ALL_ACCESS, NULL);
    /* sdk CreateJobObjectW */
    ok(!status && job, "got %#x\n", status);
    status = ObReferenceObjectByHandle(job, JOB_OBJECT_ALL_ACCESS, *PsJobType, UserMode, &object, NULL);
    ok(!status, "got %#x\n", status);
    if (!status) ObDereferenceObject(object);
    test_access(job);

    /* sdk AssignProcessToJobObject */
    status = ZwAssignProcessToJobObject(job, NtCurrentProcess());
    ok(!status, "got %#x\n", status);
    NtClose(job);

    /* DDI ZwSetInformationProcess, sdk SetInformationJobObject: no handle */
    status = ZwSetInformationJobObject(NULL, JobObjectSecurityLimitInformation, &object, 1);
    ok(status != STATUS_SUCCESS, "got %#x\n", status);
}
