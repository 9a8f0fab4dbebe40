/*
 * A program that any child can become: it says who it is, and tries to become the server again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_UNIX_PROBE_H
#define GUISE_TESTS_UNIX_PROBE_H

#include "support.h"

/* The interpreter, where every client can reach it; NULL and a skip when there is none. */
const char *probe_interpreter(void);

/* To be called as the server, once: what the probe tries is to become this process, and to open SECRET. NULL: a file is made. */
void probe_prepare(const char *secret);

/*
 * The words that run the probe, NULL at the end, and the same as one command of a shell. It writes to descriptor OUT, which is inherited.
 * TRY: it also tries its acts, and then all again after another execve.
 */
const char *const *probe_words(int out, bool try);
const char *probe_command(int out, bool try);

enum
{
    PROBE_ACTS = 24,
    PROBE_ROUNDS = 2
};

/* What has been written to the read end IN of a pipe, once all writers are gone. Closes it. */
char *probe_read(int in, char *text, size_t room);

/* Where "KEY:" stands in the status lines of report number ROUND, up to the end of the line: "70090 70001 70001 70001". "" without. */
const char *probe_field(const char *report, int round, const char *key);

/* How many acts were tried, and the names of those that the kernel allowed, or "". */
int probe_tried(const char *report);
const char *probe_allowed(const char *report);

#endif
