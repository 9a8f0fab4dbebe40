/*
 * Among the files of guise.so.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_UNIX_H
#define GUISE_DLLS_GUISE_UNIX_H

#include "dlls/guise/calls.h"
#include "ntoskrnl/core.h"

#define CALL(name) NTSTATUS call_##name(void *block);
GUISE_CALLS(CALL)
#undef CALL

/* IO_STATUS_BLOCK of a 64-bit program. */
struct io_status
{
    union
    {
        NTSTATUS status;
        uint64_t room;
    };
    uint64_t information;
};

#define MS_ABI __attribute__((ms_abi))

/* What is used of the inside of Wine, which has the ABI of Windows: wine.c. Set by wine_find(), which runs once before anything else does. */
struct wine
{
    /* A descriptor of the caller's behind HANDLE, which must grant ACCESS (FILE_READ_DATA ...; 0: any). */
    NTSTATUS(MS_ABI *handle_to_fd)(HANDLE handle, unsigned int access, int *fd, unsigned int *options);
    /* The path of a name. STATUS_BUFFER_TOO_SMALL. STATUS_NO_SUCH_FILE: what it would be, if DISPOSITION makes new files. */
    NTSTATUS(MS_ABI *nt_to_unix_file_name)(const OBJECT_ATTRIBUTES *attributes, char *path, ULONG *size, UINT disposition);
    /* Services as ntdll.dll's stubs reach them, past every hook. */
    NTSTATUS(MS_ABI *create_file)(HANDLE *handle, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, struct io_status *io,
                                  const LARGE_INTEGER *allocation, ULONG file_attributes, ULONG sharing, ULONG disposition, ULONG options,
                                  void *ea, ULONG ea_length);
    NTSTATUS(MS_ABI *set_information_file)(HANDLE handle, struct io_status *io, void *information, ULONG size, unsigned int class);
    NTSTATUS(MS_ABI *query_object)(HANDLE handle, unsigned int class, void *information, ULONG size, ULONG *needed);
    NTSTATUS(MS_ABI *close)(HANDLE handle);
    NTSTATUS(MS_ABI *to_utf8)(char *text, ULONG room, ULONG *size, const WCHAR *from, ULONG bytes);
    unsigned int teb_pthread; /* offset of pthread_self() in a TEB; 0: not known, so nobody can speak for another thread */
};
extern struct wine wine;

#define TEB_THREAD_ID 0x48 /* of the TEB's ClientId */

/* Where Wine keeps pthread_self() of a thread in its TEB, learnt from the calling one's. False: it does not. */
bool wine_find_pthread(uint64_t teb);

/*
 * Whether the calling thread's effective ids reach the prefix's own DLLs, which a client's first use of one needs. A line on the log says no. Also
 * where that is not known.
 */
bool wine_is_in_reach(void);

/* Whether VERSION is a Wine whose inside is known; if not, WHY says so in one line. */
bool wine_find(const char *version, char *why, size_t room);

#endif
