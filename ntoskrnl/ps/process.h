/*
 * Inside of the process object, for the files of ntoskrnl/ps alone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_PS_PROCESS_H
#define GUISE_NTOSKRNL_PS_PROCESS_H

#include "ntoskrnl/ps/ps.h"

struct _EPROCESS
{
    pthread_mutex_t lock;    /* guards primary and generation */
    struct token *primary;   /* a reference; made when first asked for */
    unsigned int generation; /* process credential it was made from */
    PVOID _Atomic security_port;
    struct job *_Atomic job; /* a reference, once and for good; written under the lock of jobs (ps/job.h) */
};

/* There is one. */
extern struct this_process
{
    struct object_header header;
    struct _EPROCESS body;
} this_process;

/* The program that runs, as a block for ExFreePool (ps/image_name.c). STATUS_NOT_FOUND, STATUS_NO_MEMORY. */
NTSTATUS process_image_name(UNICODE_STRING **name);

#endif
