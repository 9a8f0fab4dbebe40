/*
 * The calls that tell their end by a call-back, which no call-back into a program could do from the Unix half: the same source as
 * natively, over the exports of this module.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdatomic.h>
#include <stdbool.h>

#define SECURITY_WIN32
#include "dlls/secur32/pe/thunks.h"
#define _NO_KSECDD_IMPORT_ /* they are here */
#include <sspi.h>

/* mingw-w64 declares them for drivers alone. */
typedef struct _SspiAsyncContext SspiAsyncContext;
typedef void (*SspiAsyncNotifyCallback)(SspiAsyncContext *context, void *callback_data);

#define GUISE_SECUR32_FRONT_H /* what it would give: */

static bool sec_core_matches(void)
{
    return companion() != NULL;
}

static void *guise_alloc(size_t size)
{
    return HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
}

static void guise_free(void *block)
{
    if (block) HeapFree(GetProcessHeap(), 0, block);
}

#include "dlls/secur32/async.c"
