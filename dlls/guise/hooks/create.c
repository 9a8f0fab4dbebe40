/*
 * Threads and processes start as the process, whoever the thread impersonates that makes them (design 5.11, 10.3); and what a pipe's client makes of
 * the thread.
 *
 * Wine makes both in the calling thread, whose kernel credential they would inherit. So it is put aside meanwhile. What is an image is asked as the
 * client before.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/services.h"
#include "dlls/guise/thread.h"
#include "dlls/guise/tokens.h"

/* PS_ATTRIBUTE_LIST and what of it is looked at. */
struct ps_attribute
{
    ULONG_PTR attribute;
    SIZE_T size;
    union { ULONG_PTR value; void *pointer; };
    SIZE_T *returned;
};
struct ps_attribute_list
{
    SIZE_T size;
    struct ps_attribute attributes[32];
};
C_ASSERT(sizeof(struct ps_attribute) == 32);

#define ATTRIBUTE_TOKEN      0x60002
#define ATTRIBUTE_IMAGE_NAME 0x20005

static NTSTATUS(NTAPI *original_create_thread)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, HANDLE, void *, void *, ULONG, ULONG_PTR, SIZE_T,
                                               SIZE_T, void *);
static NTSTATUS(NTAPI *original_create_process)(HANDLE *, HANDLE *, ACCESS_MASK, ACCESS_MASK, OBJECT_ATTRIBUTES *, OBJECT_ATTRIBUTES *, ULONG,
                                                ULONG, void *, void *, void *);
static NTSTATUS(NTAPI *original_fs_control)(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG, void *, ULONG);
static NTSTATUS(NTAPI *original_device_control)(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG, void *, ULONG);

/* ---- as the process ----------------------------------------------------------------------------------------------- */

/* FALSE, with a status: the thread could not be made the process; it is as before. */
static NTSTATUS begin_as_process(struct thread_aside_block *aside)
{
    NTSTATUS status = STATUS_SUCCESS;

    aside->token = 0;
    thread_busy(TRUE);
    if (thread_impersonates() && (status = unix_call(CALL_thread_aside, aside))) thread_busy(FALSE);
    return status;
}

static void end_as_process(struct thread_aside_block *aside)
{
    if (aside->token && unix_call(CALL_thread_return, aside)) fatal("a thread could not get back its client: ending the process");
    thread_busy(FALSE);
}

static NTSTATUS NTAPI create_thread(HANDLE *thread, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, HANDLE process, void *start,
                                    void *parameter, ULONG flags, ULONG_PTR zero_bits, SIZE_T commit, SIZE_T reserve, void *list)
{
    struct thread_aside_block aside;
    NTSTATUS status;

    if ((status = begin_as_process(&aside))) return status;
    status = original_create_thread(thread, access, attributes, process, start, parameter, flags, zero_bits, commit, reserve, list);
    end_as_process(&aside);
    return status;
}

/* ---- processes ---------------------------------------------------------------------------------------------------- */

/* A copy of the caller's list; more attributes than there are kinds of are refused. */
static NTSTATUS copy_list(const void *given, struct ps_attribute_list *list, ULONG *count)
{
    NTSTATUS status;

    *count = 0;
    if (!given) return STATUS_SUCCESS;
    if ((status = copy_memory(&list->size, given, sizeof(list->size)))) return status;
    if (list->size < sizeof(list->size) || list->size > sizeof(*list)) return STATUS_INVALID_PARAMETER;
    *count = (ULONG)((list->size - sizeof(list->size)) / sizeof(list->attributes[0]));
    return copy_memory(list->attributes, (const char *)given + sizeof(list->size), *count * sizeof(list->attributes[0]));
}

static NTSTATUS open_as_client(UNICODE_STRING *path, ACCESS_MASK access, HANDLE *file)
{
    OBJECT_ATTRIBUTES attributes = { .Length = sizeof(attributes), .ObjectName = path, .Attributes = OBJ_CASE_INSENSITIVE };
    IO_STATUS_BLOCK io;

    return NtOpenFile(file, access | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ | FILE_SHARE_DELETE,
                      FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
}

static BOOL is_for_windows(HANDLE image)
{
    LARGE_INTEGER start = { .QuadPart = 0 };
    USHORT magic = 0;
    IO_STATUS_BLOCK io;

    return !NtReadFile(image, NULL, NULL, NULL, &io, &magic, sizeof(magic), &start, NULL) && magic == IMAGE_DOS_SIGNATURE;
}

/* Of what is not for Windows Wine makes a Unix process: then the kernel's own right to execute counts. */
static NTSTATUS open_program(UNICODE_STRING *path, HANDLE *file)
{
    NTSTATUS status = open_as_client(path, FILE_READ_DATA, file);

    if (status || is_for_windows(*file)) return status;
    NtClose(*file);
    *file = NULL;
    return open_as_client(path, FILE_EXECUTE, file);
}

/* The image as the client may read it; what of Wine's own path there is says the hook of NtOpenFile. *FILE keeps it open. */
static NTSTATUS open_image(const struct ps_attribute *name, HANDLE *file)
{
    UNICODE_STRING path = { (USHORT)name->size, (USHORT)name->size, NULL };
    NTSTATUS status;

    if (name->size > 0xfffe || !(path.Buffer = HeapAlloc(GetProcessHeap(), 0, name->size + 2))) return STATUS_NO_MEMORY;
    if (!(status = copy_memory(path.Buffer, name->pointer, name->size)))
        status = open_program(&path, file);
    HeapFree(GetProcessHeap(), 0, path.Buffer);
    return status;
}

/* A token of the table cannot be given to a process: it would be the server to the kernel. */
static NTSTATUS check_attributes(const void *given, HANDLE *image)
{
    struct ps_attribute_list list;
    NTSTATUS status;
    ULONG i, count;

    status = copy_list(given, &list, &count);
    for (i = 0; !status && i < count; i++)
    {
        if (list.attributes[i].attribute == ATTRIBUTE_TOKEN) status = overlay_refuse(list.attributes[i].pointer);
        if (list.attributes[i].attribute == ATTRIBUTE_IMAGE_NAME && thread_impersonates() && !*image)
            status = open_image(&list.attributes[i], image);
    }
    return status;
}

static NTSTATUS NTAPI create_process(HANDLE *process, HANDLE *thread, ACCESS_MASK process_access, ACCESS_MASK thread_access,
                                     OBJECT_ATTRIBUTES *process_attributes, OBJECT_ATTRIBUTES *thread_attributes, ULONG process_flags,
                                     ULONG thread_flags, void *parameters, void *info, void *list)
{
    struct thread_aside_block aside;
    HANDLE image = NULL;
    NTSTATUS status;

    status = check_attributes(list, &image);
    if (!status && !(status = begin_as_process(&aside)))
    {
        status = original_create_process(process, thread, process_access, thread_access, process_attributes, thread_attributes, process_flags,
                                         thread_flags, parameters, info, list);
        end_as_process(&aside);
    }
    if (image) NtClose(image);
    return status;
}

/* ---- pipes -------------------------------------------------------------------------------------------------------- */

/* What wineserver has put on the thread is followed in the kernel; if that cannot be, there is nobody on the thread. */
static NTSTATUS follow_pipe(void)
{
    HANDLE token = NULL, none = NULL;
    struct overlay *overlay = NULL;
    NTSTATUS status = NtOpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);

    /* One at level Anonymous is of Wine's own. */
    if (!status || status == STATUS_CANT_OPEN_ANONYMOUS) status = token ? overlay_find(token, &overlay) : STATUS_SUCCESS;
    if (token) NtClose(token);
    if (!status) status = thread_follow(overlay);
    overlay_release(overlay);
    if (status && (original.set_thread(GetCurrentThread(), ThreadImpersonationToken, &none, sizeof(none)) || thread_follow(NULL)))
        fatal("a thread could not be made the process again: ending the process");
    return status;
}

static NTSTATUS after_control(ULONG code, NTSTATUS status)
{
    if (code != FSCTL_PIPE_IMPERSONATE || status) return status;
    return follow_pipe();
}

#define CONTROL(name) \
    static NTSTATUS NTAPI name(HANDLE file, HANDLE event, PIO_APC_ROUTINE apc, void *context, IO_STATUS_BLOCK *io, ULONG code, void *in, \
                               ULONG in_size, void *out, ULONG out_size) \
    { \
        return after_control(code, original_##name(file, event, apc, context, io, code, in, in_size, out, out_size)); \
    }
CONTROL(fs_control)
/* DeviceIoControl comes here with the same code, and wineserver makes no difference. */
CONTROL(device_control)

const struct hook create_hooks[] = {
    { "NtCreateThreadEx", create_thread, (void **)&original_create_thread },
    { "NtCreateUserProcess", create_process, (void **)&original_create_process },
    { "NtFsControlFile", fs_control, (void **)&original_fs_control },
    { "NtDeviceIoControlFile", device_control, (void **)&original_device_control },
    { 0 },
};
