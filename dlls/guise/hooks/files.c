/*
 * Services that act on files by name (design 10.4). A thread that impersonates goes through the Unix half, which acts as its client.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/thread.h"

#ifndef FILE_OPEN
#define FILE_OPEN 1
#endif

static NTSTATUS(NTAPI *next_NtCreateFile)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *, LARGE_INTEGER *, ULONG, ULONG, ULONG,
                                          ULONG, void *, ULONG);
static NTSTATUS(NTAPI *next_NtOpenFile)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *, ULONG, ULONG);
static NTSTATUS(NTAPI *next_NtDeleteFile)(OBJECT_ATTRIBUTES *);
static NTSTATUS(NTAPI *next_NtQueryAttributesFile)(const OBJECT_ATTRIBUTES *, void *);
static NTSTATUS(NTAPI *next_NtQueryFullAttributesFile)(const OBJECT_ATTRIBUTES *, void *);
static NTSTATUS(NTAPI *next_NtSetInformationFile)(HANDLE, IO_STATUS_BLOCK *, void *, ULONG, int);
static NTSTATUS(NTAPI *next_NtQuerySecurityObject)(HANDLE, SECURITY_INFORMATION, void *, ULONG, ULONG *);
static NTSTATUS(NTAPI *next_NtSetSecurityObject)(HANDLE, SECURITY_INFORMATION, void *);

/* What the client may do is found in one step and done in another: who the client is stays meanwhile. */
static NTSTATUS file_call(unsigned int call, void *block)
{
    NTSTATUS status;

    thread_busy(TRUE);
    status = unix_call(call, block);
    thread_busy(FALSE);
    return status;
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static NTSTATUS NTAPI hook_NtCreateFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *io,
                                        LARGE_INTEGER *allocation, ULONG file_attributes, ULONG sharing, ULONG disposition, ULONG options,
                                        void *ea, ULONG ea_length)
{
    struct file_create_block block = { handle, io, attributes, access, file_attributes, sharing, disposition, options, thread_knows_only() };

    if (!thread_impersonates())
        return next_NtCreateFile(handle, access, attributes, io, allocation, file_attributes, sharing, disposition, options, ea, ea_length);
    return file_call(CALL_file_create, &block);
}

static NTSTATUS NTAPI hook_NtOpenFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *io, ULONG sharing,
                                      ULONG options)
{
    struct file_create_block block = { handle, io, attributes, access, 0, sharing, FILE_OPEN, options, thread_knows_only() };

    if (!thread_impersonates()) return next_NtOpenFile(handle, access, attributes, io, sharing, options);
    return file_call(CALL_file_create, &block);
}

static NTSTATUS NTAPI hook_NtDeleteFile(OBJECT_ATTRIBUTES *attributes)
{
    const ULONG share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    IO_STATUS_BLOCK io;
    HANDLE file;
    struct file_create_block block = { &file, &io, attributes, DELETE, 0, share_all, FILE_OPEN, FILE_DELETE_ON_CLOSE, thread_knows_only() };
    NTSTATUS status;

    if (!thread_impersonates()) return next_NtDeleteFile(attributes);
    if (!(status = file_call(CALL_file_create, &block))) NtClose(file);
    return status;
}

/* ---- looking ---------------------------------------------------------------------------------------------------- */

/* Wine looks with the thread's own ids; what it must not do is to tell a file that may not be seen from one that is not there. */
static NTSTATUS may_see(const OBJECT_ATTRIBUTES *attributes)
{
    struct file_stat_block block = { attributes, thread_knows_only(), 0 };

    return file_call(CALL_file_stat, &block);
}

static NTSTATUS NTAPI hook_NtQueryAttributesFile(const OBJECT_ATTRIBUTES *attributes, void *information)
{
    NTSTATUS status = thread_impersonates() ? may_see(attributes) : STATUS_SUCCESS;

    return status ? status : next_NtQueryAttributesFile(attributes, information);
}

static NTSTATUS NTAPI hook_NtQueryFullAttributesFile(const OBJECT_ATTRIBUTES *attributes, void *information)
{
    NTSTATUS status = thread_impersonates() ? may_see(attributes) : STATUS_SUCCESS;

    return status ? status : next_NtQueryFullAttributesFile(attributes, information);
}

/* ---- changing --------------------------------------------------------------------------------------------------- */

/* FILE_INFORMATION_CLASS: what NtSetInformationFile does by the names of files, and what by the handle alone. */
enum class_kind
{
    BY_NAME = 1,
    BY_HANDLE
};
static const UCHAR class_kinds[] = {
    [4] = BY_HANDLE,   /* FileBasicInformation: with the thread's own ids */
    [10] = BY_NAME,    /* FileRenameInformation */
    [11] = BY_NAME,    /* FileLinkInformation */
    [13] = BY_NAME,    /* FileDispositionInformation */
    [14] = BY_HANDLE,  /* FilePositionInformation */
    [16] = BY_HANDLE,  /* FileModeInformation */
    [19] = BY_HANDLE,  /* FileAllocationInformation */
    [20] = BY_HANDLE,  /* FileEndOfFileInformation */
    [23] = BY_HANDLE,  /* FilePipeInformation */
    [25] = BY_HANDLE,  /* FilePipeRemoteInformation */
    [27] = BY_HANDLE,  /* FileMailslotSetInformation */
    [30] = BY_HANDLE,  /* FileCompletionInformation */
    [39] = BY_HANDLE,  /* FileValidDataLengthInformation */
    [41] = BY_HANDLE,  /* FileIoCompletionNotificationInformation */
    [43] = BY_HANDLE,  /* FileIoPriorityHintInformation */
    [61] = BY_HANDLE,  /* FileReplaceCompletionInformation */
    [64] = BY_NAME,    /* FileDispositionInformationEx */
    [65] = BY_NAME,    /* FileRenameInformationEx */
    [72] = BY_NAME,    /* FileLinkInformationEx */
};

static BOOL clears_disposition(const struct file_change_block *block)
{
    return (block->class == 13 || block->class == 64) && !(*(const UCHAR *)block->information & 1);
}

static NTSTATUS NTAPI hook_NtSetInformationFile(HANDLE handle, IO_STATUS_BLOCK *io, void *information, ULONG size, int class)
{
    struct file_change_block block = { handle, io, information, size, class };
    NTSTATUS status;

    if (!thread_impersonates()) return next_NtSetInformationFile(handle, io, information, size, class);
    switch ((unsigned int)class < ARRAYSIZE(class_kinds) ? class_kinds[class] : 0)
    {
    case BY_HANDLE: return next_NtSetInformationFile(handle, io, information, size, class);
    case BY_NAME:
        if (thread_knows_only()) return STATUS_BAD_IMPERSONATION_LEVEL;
        status = file_call(CALL_file_change, &block);
        /* One that wineserver keeps, of before the thread impersonated. */
        if (!status && clears_disposition(&block)) status = next_NtSetInformationFile(handle, io, information, size, class);
        return status;
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

/* ---- security --------------------------------------------------------------------------------------------------- */

static NTSTATUS NTAPI hook_NtQuerySecurityObject(HANDLE handle, SECURITY_INFORMATION information, void *descriptor, ULONG size, ULONG *needed)
{
    struct file_query_security_block block = { handle, descriptor, needed, information, size };
    NTSTATUS status = thread_impersonates() ? file_call(CALL_file_query_security, &block) : STATUS_BAD_DEVICE_TYPE;

    return status == STATUS_BAD_DEVICE_TYPE ? next_NtQuerySecurityObject(handle, information, descriptor, size, needed) : status;
}

static NTSTATUS NTAPI hook_NtSetSecurityObject(HANDLE handle, SECURITY_INFORMATION information, void *descriptor)
{
    struct file_set_security_block block = { handle, descriptor, information, 0 };
    NTSTATUS status = thread_impersonates() ? file_call(CALL_file_set_security, &block) : STATUS_BAD_DEVICE_TYPE;

    return status == STATUS_BAD_DEVICE_TYPE ? next_NtSetSecurityObject(handle, information, descriptor) : status;
}

/* ---- what a client has no privilege for ------------------------------------------------------------------------- */

/* Wine would open the file, or load the driver, as itself, deep in its Unix half. */
#define REFUSED(name, parameters, arguments) \
    static NTSTATUS(NTAPI *next_##name) parameters; \
    static NTSTATUS NTAPI hook_##name parameters \
    { \
        return thread_impersonates() ? STATUS_PRIVILEGE_NOT_HELD : next_##name arguments; \
    }

REFUSED(NtLoadKey, (const OBJECT_ATTRIBUTES *key, OBJECT_ATTRIBUTES *file), (key, file))
REFUSED(NtLoadKey2, (const OBJECT_ATTRIBUTES *key, OBJECT_ATTRIBUTES *file, ULONG flags), (key, file, flags))
REFUSED(NtLoadKeyEx,
        (const OBJECT_ATTRIBUTES *key, OBJECT_ATTRIBUTES *file, ULONG flags, HANDLE trust, HANDLE event, ACCESS_MASK access, HANDLE *root,
         IO_STATUS_BLOCK *io),
        (key, file, flags, trust, event, access, root, io))
REFUSED(NtReplaceKey, (OBJECT_ATTRIBUTES *file, HANDLE key, OBJECT_ATTRIBUTES *old), (file, key, old))
REFUSED(NtLoadDriver, (const UNICODE_STRING *name), (name))
REFUSED(NtUnloadDriver, (const UNICODE_STRING *name), (name))
REFUSED(NtCreatePagingFile, (UNICODE_STRING *name, LARGE_INTEGER *least, LARGE_INTEGER *most, LARGE_INTEGER *now), (name, least, most, now))

#define HOOK(name) { #name, hook_##name, (void **)&next_##name }

const struct hook file_hooks[] = {
    HOOK(NtCreateFile),
    HOOK(NtOpenFile),
    HOOK(NtDeleteFile),
    HOOK(NtQueryAttributesFile),
    HOOK(NtQueryFullAttributesFile),
    HOOK(NtSetInformationFile),
    HOOK(NtQuerySecurityObject),
    HOOK(NtSetSecurityObject),
    HOOK(NtLoadKey),
    HOOK(NtLoadKey2),
    HOOK(NtLoadKeyEx),
    HOOK(NtReplaceKey),
    HOOK(NtLoadDriver),
    HOOK(NtUnloadDriver),
    HOOK(NtCreatePagingFile),
    { 0 },
};
