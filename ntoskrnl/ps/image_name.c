/*
 * SeLocateProcessImageName: the program that a process runs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "ntoskrnl/ps/process.h"

/* Where Unix paths begin in the names of NT, as Wine has it too. */
static const WCHAR prefix[] = u"\\??\\unix";
#define PREFIX_UNITS (ARRAYSIZE(prefix) - 1)

/* One character of UTF-8 at TEXT, which is terminated; bytes that are none become U+FFFD one by one. */
static const char *next_character(const char *text, ULONG *character)
{
    const UCHAR *bytes = (const UCHAR *)text;
    unsigned int more = bytes[0] < 0x80 ? 0 : bytes[0] >> 5 == 6 ? 1 : bytes[0] >> 4 == 14 ? 2 : bytes[0] >> 3 == 30 ? 3 : 4;
    static const ULONG least[] = {0, 0x80, 0x800, 0x10000};
    unsigned int i;

    *character = more ? bytes[0] & (0x3f >> more) : bytes[0];
    for (i = 1; i <= more && more < 4 && bytes[i] >> 6 == 2; i++) *character = *character << 6 | (bytes[i] & 0x3f);
    if (more < 4 && i > more && *character >= least[more] && *character <= 0x10ffff && *character >> 11 != 0x1b)
        return text + i;
    *character = 0xfffd;
    return text + 1;
}

/* UTF-16 of a path with NT's separators; UNITS receives their number. OUT NULL: only that. */
static void convert_path(const char *path, WCHAR *out, size_t *units)
{
    ULONG c;

    for (*units = 0; *path;)
    {
        path = next_character(path, &c);
        if (c == '/') c = '\\';
        if (c >= 0x10000)
        {
            if (out) out[*units] = (WCHAR)(0xd800 + ((c - 0x10000) >> 10));
            ++*units;
            c = 0xdc00 + (c & 0x3ff);
        }
        if (out) out[*units] = (WCHAR)c;
        ++*units;
    }
}

/* The path of the running program, as the process: a client may not read the link. */
static NTSTATUS read_image_path(char *path, size_t size)
{
    ssize_t length;
    int error;

    guise_process_begin();
    length = readlink("/proc/self/exe", path, size);
    error = errno;
    guise_process_end();
    if (length < 0) return error == ENOMEM ? STATUS_NO_MEMORY : STATUS_NOT_FOUND;
    if ((size_t)length == size) return STATUS_NOT_FOUND;
    path[length] = 0;
    return STATUS_SUCCESS;
}

NTSTATUS process_image_name(UNICODE_STRING **name)
{
    char path[PATH_MAX + 1];
    UNICODE_STRING *made;
    size_t units, size;
    NTSTATUS status;

    *name = NULL;
    if ((status = read_image_path(path, sizeof(path)))) return status;
    convert_path(path, NULL, &units);
    size = (PREFIX_UNITS + units) * sizeof(WCHAR);
    if (!(made = guise_alloc(sizeof(*made) + size + sizeof(WCHAR)))) return STATUS_NO_MEMORY;
    made->Buffer = (WCHAR *)(made + 1);
    made->Length = (USHORT)size;
    made->MaximumLength = (USHORT)(size + sizeof(WCHAR));
    memcpy(made->Buffer, prefix, PREFIX_UNITS * sizeof(WCHAR));
    convert_path(path, made->Buffer + PREFIX_UNITS, &units);
    *name = made;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           SeLocateProcessImageName (NTOSKRNL.@)
 *
 * Header and characters in one block, which the caller frees with ExFreePool (K3.7.2): \??\unix and the path of the program.
 * STATUS_NOT_FOUND: the system does not tell, as without /proc. STATUS_NO_MEMORY.
 */
NTSTATUS SeLocateProcessImageName(PEPROCESS process, PUNICODE_STRING *name)
{
    (void)process; /* there is one */
    return process_image_name(name);
}
