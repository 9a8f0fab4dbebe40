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

/* What is used of the inside of Wine, which has the ABI of Windows: wine.c. Set by wine_find(), which runs once before anything else does. */
struct wine
{
    /* A descriptor of the caller's behind HANDLE, which must grant ACCESS (FILE_READ_DATA ...; 0: any). */
    NTSTATUS(__attribute__((ms_abi)) * handle_to_fd)(HANDLE handle, unsigned int access, int *fd, unsigned int *options);
    unsigned int teb_pthread; /* offset of pthread_self() in a TEB; 0: not known, so nobody can speak for another thread */
};
extern struct wine wine;

#define TEB_THREAD_ID 0x48 /* of the TEB's ClientId */

/* Where Wine keeps pthread_self() of a thread in its TEB, learnt from the calling one's. False: it does not. */
bool wine_find_pthread(uint64_t teb);

/* Whether VERSION is a Wine whose inside is known; if not, WHY says so in one line. */
bool wine_find(const char *version, char *why, size_t room);

#endif
