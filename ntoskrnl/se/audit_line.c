/*
 * The text of audit events.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdio.h>

#include "ntoskrnl/se/audit_line.h"

#define TEXT_MAX 160 /* characters of one text: the others shall fit as well */

void audit_add(struct audit_line *line, const char *format, ...)
{
    size_t room = sizeof(line->text) - line->length;
    va_list arguments;
    int added;

    va_start(arguments, format);
    added = vsnprintf(line->text + line->length, room, format, arguments);
    va_end(arguments);
    if (added > 0) line->length += (size_t)added < room ? (size_t)added : room - 1;
}

void audit_add_text(struct audit_line *line, const WCHAR *text, size_t count)
{
    size_t i;

    audit_add(line, "\"");
    for (i = 0; i < count && i < TEXT_MAX; i++)
        if (text[i] >= ' ' && text[i] < 0x7f && text[i] != '"' && text[i] != '\\')
            audit_add(line, "%c", (char)text[i]);
        else
            audit_add(line, "\\u%04x", text[i]);
    audit_add(line, count > TEXT_MAX ? "...\"" : "\"");
}

void audit_add_sid(struct audit_line *line, const SID *sid)
{
    char text[GUISE_SID_TEXT_SIZE];

    guise_sid_to_text(sid, text);
    audit_add(line, "%s", text);
}
