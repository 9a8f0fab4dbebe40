/*
 * Names of files as programs say them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/guise/unix/file.h"

#define OBJECT_NAME_INFORMATION 1
#define MAX_NAME                0xfffe /* bytes */

static NTSTATUS allocate(size_t bytes, struct nt_name *name)
{
    if (bytes > MAX_NAME || bytes % sizeof(WCHAR)) return STATUS_OBJECT_NAME_INVALID;
    if (!(name->text = guise_alloc(bytes + sizeof(WCHAR)))) return STATUS_NO_MEMORY;
    name->string = (UNICODE_STRING){ .Length = bytes, .MaximumLength = bytes, .Buffer = name->text };
    name->attributes.Length = sizeof(name->attributes);
    name->attributes.ObjectName = &name->string;
    return STATUS_SUCCESS;
}

/* Reads all of it, so that a fault comes while there is nothing to lose. */
static void touch(const void *memory, size_t size)
{
    const volatile unsigned char *bytes = memory;
    size_t i;

    for (i = 0; i < size; i += 64) (void)bytes[i];
    if (size) (void)bytes[size - 1];
}

NTSTATUS nt_name_make(HANDLE root, const WCHAR *text, size_t bytes, struct nt_name *name)
{
    NTSTATUS status;

    memset(name, 0, sizeof(*name));
    touch(text, bytes);
    if ((status = allocate(bytes, name))) return status;
    memcpy(name->text, text, bytes);
    name->attributes.RootDirectory = root;
    name->attributes.Attributes = OBJ_CASE_INSENSITIVE;
    return STATUS_SUCCESS;
}

NTSTATUS descriptor_copy(void *given, void **copy)
{
    SECURITY_DESCRIPTOR_CONTROL control;
    ULONG revision, size = 0;
    NTSTATUS status;

    *copy = NULL;
    if (!given) return STATUS_SUCCESS;
    if (!RtlValidSecurityDescriptor(given)) return STATUS_INVALID_SECURITY_DESCR;
    if ((status = RtlGetControlSecurityDescriptor(given, &control, &revision))) return status;
    if (control & SE_SELF_RELATIVE) return (*copy = guise_memdup(given, RtlLengthSecurityDescriptor(given))) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    status = RtlAbsoluteToSelfRelativeSD(given, NULL, &size);
    if (status != STATUS_BUFFER_TOO_SMALL) return status ? status : STATUS_INVALID_SECURITY_DESCR;
    if (!(*copy = guise_alloc(size))) return STATUS_NO_MEMORY;
    if (!(status = RtlAbsoluteToSelfRelativeSD(given, *copy, &size))) return STATUS_SUCCESS;
    guise_free(*copy);
    *copy = NULL;
    return status;
}

NTSTATUS nt_name_copy(const OBJECT_ATTRIBUTES *attributes, struct nt_name *name)
{
    SECURITY_QUALITY_OF_SERVICE quality = { 0 };
    UNICODE_STRING string;
    OBJECT_ATTRIBUTES copy;
    NTSTATUS status;

    if (!attributes) return STATUS_INVALID_PARAMETER;
    copy = *attributes;
    if (copy.Length != sizeof(copy)) return STATUS_INVALID_PARAMETER;
    if (!copy.ObjectName) return STATUS_OBJECT_PATH_SYNTAX_BAD;
    string = *copy.ObjectName;
    if (copy.SecurityQualityOfService) quality = *(const SECURITY_QUALITY_OF_SERVICE *)copy.SecurityQualityOfService;
    if ((status = nt_name_make(copy.RootDirectory, string.Buffer, string.Length, name))) return status;
    if ((status = descriptor_copy(copy.SecurityDescriptor, &name->descriptor)))
    {
        nt_name_free(name);
        return status;
    }
    copy.ObjectName = &name->string;
    copy.SecurityDescriptor = name->descriptor;
    name->quality = quality;
    if (copy.SecurityQualityOfService) copy.SecurityQualityOfService = &name->quality;
    name->attributes = copy;
    return STATUS_SUCCESS;
}

NTSTATUS nt_name_of_handle(HANDLE handle, struct nt_name *name)
{
    struct
    {
        UNICODE_STRING string;
        WCHAR text[2048];
    } short_name, *found = &short_name;
    NTSTATUS status;
    ULONG needed = 0;

    status = wine.query_object(handle, OBJECT_NAME_INFORMATION, found, sizeof(*found), &needed);
    if (status == STATUS_BUFFER_OVERFLOW || status == STATUS_INFO_LENGTH_MISMATCH || status == STATUS_BUFFER_TOO_SMALL)
    {
        if (!(found = guise_alloc(needed))) return STATUS_NO_MEMORY;
        status = wine.query_object(handle, OBJECT_NAME_INFORMATION, found, needed, &needed);
    }
    if (!status) status = nt_name_make(NULL, found->string.Buffer, found->string.Length, name);
    if (found != &short_name) guise_free(found);
    return status;
}

void nt_name_free(struct nt_name *name)
{
    guise_free(name->text);
    guise_free(name->descriptor);
    name->text = NULL;
    name->descriptor = NULL;
}

/* ---- what is no file -------------------------------------------------------------------------------------------- */

/* What has no Unix permission, and leads to no file. A name that ends with a backslash is a folder of names. */
static const char *const harmless[] = {
    "\\??\\pipe\\", "\\DosDevices\\pipe\\", "\\Device\\NamedPipe\\", "\\Device\\NamedPipe",
    "\\??\\mailslot\\", "\\DosDevices\\mailslot\\", "\\Device\\MailSlot\\",
    "\\??\\CON", "\\??\\CONIN$", "\\??\\CONOUT$", "\\Device\\ConDrv", "\\Device\\ConDrv\\",
    "\\??\\NUL", "\\DosDevices\\NUL", "\\Device\\Null",
    "\\Device\\Afd", "\\Device\\Afd\\",
};

static bool matches(const char *pattern, const WCHAR *text, size_t length)
{
    size_t i, size = strlen(pattern);

    if (size > length || (size < length && pattern[size - 1] != '\\')) return false;
    for (i = 0; i < size; i++)
        if (guise_upcase(text[i]) != guise_upcase(pattern[i])) return false;
    return true;
}

bool nt_name_is_harmless_device(const struct nt_name *name)
{
    struct nt_name root;
    bool found = false;
    size_t i;

    if (name->attributes.RootDirectory)
    {
        /* What an open handle leads to is judged by its own name. */
        if (nt_name_of_handle(name->attributes.RootDirectory, &root)) return false;
        found = nt_name_is_harmless_device(&root);
        nt_name_free(&root);
        return found;
    }
    for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]) && !found; i++)
        found = matches(harmless[i], name->text, name->string.Length / sizeof(WCHAR));
    return found;
}
