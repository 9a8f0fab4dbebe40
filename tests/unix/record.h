/*
 * Records which system calls a thread makes while it does something: every one, in order, whoever in the process makes it.
 *
 * The thread is put under a seccomp filter that reports each call to a listener (seccomp_unotify(2)), which notes it and lets it go on.
 * Nothing is traced or changed, and other threads are not concerned.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_UNIX_RECORD_H
#define GUISE_TESTS_UNIX_RECORD_H

#include <stddef.h>
#include <stdint.h>

struct recorded_call
{
    int number; /* SYS_* */
    uint64_t arguments[6];
};

struct recording
{
    size_t count; /* may be more than fit */
    struct recorded_call calls[64];
};

/*
 * On a new thread: PREPARE(ARG), then ACT(ARG) under the recorder. 0, or the errno of what could not be set up.
 */
int record_system_calls(void (*prepare)(void *arg), void (*act)(void *arg), void *arg, struct recording *recording);

#endif
