/*
 * guise_test.sys: runs the conformance units of tests/ntoskrnl inside the kernel.
 *
 * A unit runs on a system thread: its previous mode is kernel, so that the NtXxx take its buffers, and what it does to its
 * own identity ends with it. Output goes to a file at once, written through.
 *
 * Sources: the DDI pages of the routines.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ddk/ntifs.h>
#include <ntstatus.h>
#include <string.h>

#include "protocol.h"
#include "run.h"

#define POOL_TAG 0x73697547 /* "Guis" */

#define NAME_LENGTH 128

/* Written by DriverEntry, before anything else runs. */
static WCHAR link_buffer[NAME_LENGTH];
static UNICODE_STRING link_name = {0, sizeof(link_buffer), link_buffer};

/* Of the running unit; one runs at a time: run_lock. */
static HANDLE log_file;
static int on_wine;
static KMUTEX run_lock; /* not a fast one: the holder waits for threads, at passive level */

/* ---- what the units rest on ---- */

void driver_log(const void *data, size_t size)
{
    IO_STATUS_BLOCK io;

    ZwWriteFile(log_file, NULL, NULL, NULL, &io, (void *)data, (ULONG)size, NULL, NULL);
}

void *driver_lookup(const char *name)
{
    UNICODE_STRING text;
    WCHAR buffer[128];
    USHORT length;

    for (length = 0; name[length]; length++)
    {
        if (length == sizeof(buffer) / sizeof(buffer[0])) return NULL;
        buffer[length] = name[length];
    }
    text.Buffer = buffer;
    text.Length = text.MaximumLength = length * sizeof(WCHAR);
    return MmGetSystemRoutineAddress(&text);
}

void *driver_allocate(size_t size)
{
    return ExAllocatePoolWithTag(NonPagedPool, size, POOL_TAG);
}

void driver_free(void *block)
{
    ExFreePoolWithTag(block, POOL_TAG);
}

struct thread_start
{
    void (*entry)(void *context);
    void *context;
};

static void NTAPI thread_main(void *argument)
{
    struct thread_start *start = argument;

    start->entry(start->context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

int driver_run_on_thread(void (*entry)(void *context), void *context)
{
    struct thread_start start = {entry, context};
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    if (PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL, thread_main, &start)) return 0;
    ZwWaitForSingleObject(handle, FALSE, NULL); /* START lies on this stack */
    ZwClose(handle);
    return 1;
}

void driver_end_thread(void)
{
    PsTerminateSystemThread(STATUS_SUCCESS);
    for (;;) KeBugCheck(0xDEAD); /* never: the calling thread is a system thread */
}

void driver_revert(void)
{
    if (!on_wine) PsRevertToSelf(); /* Wine 8.0 ends the process there */
}

void *driver_thread_id(void)
{
    return PsGetCurrentThreadId();
}

unsigned int driver_process_id(void)
{
    return (unsigned int)(ULONG_PTR)PsGetCurrentProcessId();
}

unsigned long long driver_milliseconds(void)
{
    LARGE_INTEGER now;

    KeQuerySystemTime(&now);
    return (unsigned long long)now.QuadPart / 10000;
}

int driver_runs_on_wine(void)
{
    return on_wine;
}

/* ---- the device ---- */

struct run
{
    const struct guise_test_run *request;
    NTSTATUS status;
    LONG code;
};

static void run_unit(void *context)
{
    struct run *run = context;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    UNICODE_STRING path;

    RtlInitUnicodeString(&path, run->request->log);
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    run->status = ZwCreateFile(&log_file, FILE_GENERIC_WRITE, &attributes, &io, NULL, FILE_ATTRIBUTE_NORMAL,
                               FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN_IF,
                               FILE_SYNCHRONOUS_IO_NONALERT | FILE_WRITE_THROUGH, NULL, 0);
    if (run->status) return;
    on_wine = run->request->on_wine != 0;
    if (on_wine && !strcmp(run->request->unit, GUISE_TEST_PROBE))
    {
        probe_exports(run->request->first_export);
        run->code = 0;
    }
    else run->code = unit_run(run->request->unit);
    ZwClose(log_file);
}

static NTSTATUS run_request(void *buffer, ULONG in, ULONG out, ULONG_PTR *answered)
{
    const struct guise_test_run *request = buffer;
    struct run run = {request, STATUS_INSUFFICIENT_RESOURCES, -1};

    if (in != sizeof(*request) || out < sizeof(LONG) || request->protocol != GUISE_TEST_PROTOCOL ||
        request->unit[sizeof(request->unit) - 1] || request->log[sizeof(request->log) / sizeof(request->log[0]) - 1])
        return STATUS_INVALID_PARAMETER;
    KeWaitForSingleObject(&run_lock, Executive, KernelMode, FALSE, NULL);
    driver_run_on_thread(run_unit, &run);
    KeReleaseMutex(&run_lock, FALSE);
    if (run.status) return run.status;
    *(LONG *)buffer = run.code;
    *answered = sizeof(LONG);
    return STATUS_SUCCESS;
}

static NTSTATUS complete(IRP *irp, NTSTATUS status, ULONG_PTR answered)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = answered;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS NTAPI open_or_close(DEVICE_OBJECT *device, IRP *irp)
{
    (void)device;
    return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI control(DEVICE_OBJECT *device, IRP *irp)
{
    const IO_STACK_LOCATION *location = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    ULONG_PTR answered = 0;

    (void)device;
    if (location->Parameters.DeviceIoControl.IoControlCode == IOCTL_GUISE_TEST_RUN)
        status = run_request(irp->AssociatedIrp.SystemBuffer, location->Parameters.DeviceIoControl.InputBufferLength,
                             location->Parameters.DeviceIoControl.OutputBufferLength, &answered);
    return complete(irp, status, answered);
}

/* "\\DosDevices\\SERVICE" or "\\Device\\SERVICE": each start has a service name of its own, as Wine keeps the names of a driver that
 * was cut off. */
static void name_of(UNICODE_STRING *name, const UNICODE_STRING *folder, const UNICODE_STRING *registry)
{
    USHORT begin = registry->Length / sizeof(WCHAR), length;

    while (begin && registry->Buffer[begin - 1] != '\\') begin--;
    length = registry->Length - begin * sizeof(WCHAR);
    name->Length = 0;
    RtlCopyUnicodeString(name, folder);
    if (name->Length + length > name->MaximumLength) return;
    memcpy((char *)name->Buffer + name->Length, registry->Buffer + begin, length);
    name->Length += length;
}

static void NTAPI unload(DRIVER_OBJECT *driver)
{
    IoDeleteSymbolicLink(&link_name);
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(DRIVER_OBJECT *driver, UNICODE_STRING *registry)
{
    static const UNICODE_STRING devices = RTL_CONSTANT_STRING(L"\\Device\\"), links = RTL_CONSTANT_STRING(L"\\DosDevices\\");
    WCHAR buffer[NAME_LENGTH];
    UNICODE_STRING name = {0, sizeof(buffer), buffer};
    DEVICE_OBJECT *device;
    NTSTATUS status;

    KeInitializeMutex(&run_lock, 0);
    name_of(&name, &devices, registry);
    name_of(&link_name, &links, registry);
    status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, TRUE, &device);
    if (status) return status;
    status = IoCreateSymbolicLink(&link_name, &name);
    if (status)
    {
        IoDeleteDevice(device);
        return status;
    }
    driver->MajorFunction[IRP_MJ_CREATE] = open_or_close;
    driver->MajorFunction[IRP_MJ_CLOSE] = open_or_close;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
    driver->DriverUnload = unload;
    return STATUS_SUCCESS;
}
