/*
 * The text of one audit event: fields "name=value", in which nothing that a caller gave can look like another field.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_AUDIT_LINE_H
#define GUISE_NTOSKRNL_SE_AUDIT_LINE_H

#include "ntoskrnl/unix/audit_sink.h"

struct audit_line
{
    char text[AUDIT_LINE_MAX];
    size_t length;
};

/* What does not fit is left out. */
void audit_add(struct audit_line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* COUNT characters of a caller's text between quotation marks. */
void audit_add_text(struct audit_line *line, const WCHAR *text, size_t count);

void audit_add_sid(struct audit_line *line, const SID *sid);

#endif
