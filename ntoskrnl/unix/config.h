/*
 * The configuration file's reader, apart from where the file lies: for ntoskrnl/unix, its tests and the fuzzer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_CONFIG_H
#define GUISE_NTOSKRNL_UNIX_CONFIG_H

#include <stdio.h>

#include "ntoskrnl/core.h"

/*
 * Fills CONFIG with the defaults and then what STREAM says; STREAM may be NULL. NAME is for messages.
 * STATUS_INVALID_PARAMETER: an unknown section or key, or a bad value (a line on the log names file, line and key).
 * STATUS_UNSUCCESSFUL: the file cannot be read. STATUS_NO_MEMORY. After a failure CONFIG is empty.
 */
NTSTATUS config_read(const char *name, FILE *stream, struct guise_config *config);
void config_free(struct guise_config *config);

/* NAMES' missing ones, which are TOLD by winbind, or NULL: made from the host name. STATUS_NO_MEMORY. */
struct told_names;
NTSTATUS names_complete(struct guise_names *names, bool is_member, const struct told_names *told);

#endif
