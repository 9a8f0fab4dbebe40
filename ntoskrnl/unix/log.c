/*
 * Lines for the operator and debug traces, both on standard error: to the journal with a priority where that is the journal.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ntoskrnl/core.h"

enum
{
    LINE_MAX_BYTES = 1024
};

static const char *const channels[] = {"sspi", "negotiate", "ntlm", "kerberos", "token"};

enum
{
    CHANNELS = sizeof(channels) / sizeof(channels[0])
};

/* Written once under set_up; read-only afterwards. */
static pthread_once_t set_up = PTHREAD_ONCE_INIT;
static bool channel_on[CHANNELS];
static bool to_journal;

static void switch_channels(const char *word, size_t length)
{
    bool on = true;

    if (length && (*word == '+' || *word == '-'))
    {
        on = *word == '+';
        word++;
        length--;
    }
    for (size_t i = 0; i < CHANNELS; i++)
    {
        bool named = strlen(channels[i]) == length && !strncmp(channels[i], word, length);

        if (named || (length == 3 && !strncmp(word, "all", 3))) channel_on[i] = on;
    }
}

/* systemd names the device and inode of the stream it connected to the journal; a redirected stderr is not that one. */
static bool stderr_is_journal(void)
{
    const char *stream = secure_getenv("JOURNAL_STREAM");
    unsigned long device, inode;
    struct stat st;

    return stream && sscanf(stream, "%lu:%lu", &device, &inode) == 2 && !fstat(STDERR_FILENO, &st) &&
           st.st_dev == device && st.st_ino == inode;
}

static void read_environment(void)
{
    const char *list = secure_getenv("GUISE_DEBUG");

    to_journal = stderr_is_journal();
    while (list && *list)
    {
        size_t length = strcspn(list, ",");

        switch_channels(list, length);
        list += length;
        if (*list) list++;
    }
}

/* One write, so that lines of several threads do not mix; control characters cannot forge a second line. */
static void write_line(const char *priority, const char *origin, const char *format, va_list arguments)
{
    char line[LINE_MAX_BYTES];
    int used = snprintf(line, sizeof(line), "%s%s: ", to_journal ? priority : "", origin);
    size_t length = (size_t)used < sizeof(line) ? (size_t)used : sizeof(line) - 1;
    size_t start = length;
    int cancel_state;

    used = vsnprintf(line + length, sizeof(line) - length, format, arguments);
    if (used > 0) length += (size_t)used;
    if (length > sizeof(line) - 1) length = sizeof(line) - 1;
    for (size_t i = start; i < length; i++)
    {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) line[i] = '?';
    }
    line[length++] = '\n';
    /* Nobody expects a cancellation point here. There is nobody to tell when the line cannot be written. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    if (write(STDERR_FILENO, line, length) < 0) length = 0;
    pthread_setcancelstate(cancel_state, NULL);
}

void guise_log(const char *format, ...)
{
    va_list arguments;

    pthread_once(&set_up, read_environment);
    va_start(arguments, format);
    write_line("<4>", "guise", format, arguments);
    va_end(arguments);
}

void guise_notice(const char *format, ...)
{
    va_list arguments;

    pthread_once(&set_up, read_environment);
    va_start(arguments, format);
    write_line("<5>", "guise", format, arguments);
    va_end(arguments);
}

bool guise_trace_on(const char *channel)
{
    pthread_once(&set_up, read_environment);
    for (size_t i = 0; i < CHANNELS; i++)
    {
        if (channel_on[i] && !strcmp(channels[i], channel)) return true;
    }
    return false;
}

void guise_trace_line(const char *channel, const char *function, const char *format, ...)
{
    char origin[128];
    va_list arguments;

    snprintf(origin, sizeof(origin), "trace:%s:%s", channel, function);
    va_start(arguments, format);
    write_line("<7>", origin, format, arguments);
    va_end(arguments);
}
