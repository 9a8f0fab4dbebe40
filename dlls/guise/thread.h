/*
 * Whether a thread impersonates, as the hooks ask it: one word of the thread's own in its TEB.
 *
 * The word is written before the thread's ids change to a client's, and cleared when they are those of the process again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_THREAD_H
#define GUISE_DLLS_GUISE_THREAD_H

#include "dlls/guise/private.h"

#define TEB_TLS_SLOTS 0x1480

/* Offsets in the TEB, of slots that TlsAlloc gave: written before the first hook is in place. Until then, of words that are always 0. */
extern ULONG teb_impersonates, teb_busy;

/* Gets the two slots. False, with a line: there are none. */
BOOL thread_slots_init(void);

/* What the word says. */
enum thread_word
{
    THREAD_IS_PROCESS,
    THREAD_ACTS,      /* as its client */
    THREAD_KNOWS_ONLY /* who he is, at a level below Impersonation: no file is opened for him, and its ids may be the process's (design 5.6) */
};

static inline ULONG64 thread_word(void)
{
    ULONG64 word;

    __asm__ volatile("movq %%gs:(%q1), %0" : "=r"(word) : "r"((ULONG64)teb_impersonates));
    return word;
}

static inline BOOL thread_impersonates(void)
{
    return thread_word() != THREAD_IS_PROCESS;
}

static inline BOOL thread_knows_only(void)
{
    return thread_word() == THREAD_KNOWS_ONLY;
}

/* TEB is that of a thread of this process. */
static inline void thread_set_word(void *teb, ULONG64 word)
{
    *(volatile ULONG64 *)((char *)teb + teb_impersonates) = word;
}

/*
 * Around what makes a thread or a process, and what does something to files in more than one step: nobody else may change then whom the calling
 * thread impersonates.
 */
static inline void thread_busy(BOOL begins)
{
    volatile ULONG64 *slot = (volatile ULONG64 *)((char *)NtCurrentTeb() + teb_busy);

    *slot += begins ? 1 : (ULONG64)-1;
}

static inline BOOL thread_is_busy(void *teb)
{
    return *(volatile ULONG64 *)((char *)teb + teb_busy) != 0;
}

#endif
