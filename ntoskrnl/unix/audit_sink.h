/*
 * Where audit events go: nowhere, to standard error, to the system's log or to a file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_AUDIT_SINK_H
#define GUISE_NTOSKRNL_UNIX_AUDIT_SINK_H

#include "ntoskrnl/core.h"

#define AUDIT_LINE_MAX 1024

/* Whether there is a sink. After the first call, which opens it as the process, a few ns; without one no line need be made. */
bool audit_sink_on(void);

/*
 * One line without its end, at most AUDIT_LINE_MAX bytes. It is copied and written later, so that nothing waits for the
 * sink; if that is too slow, the line is lost, and the next one that is written says how many were. Only with a sink.
 */
void audit_sink_write(const char *line, size_t length);

/* Around fork() (ps/fork.c). What was not written yet is written by the parent. */
void audit_sink_lock(void);
void audit_sink_unlock(void);
void audit_sink_forked(void);

#endif
