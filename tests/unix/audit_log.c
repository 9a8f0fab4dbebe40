/*
 * What the units about audit events share: a sink that is a file, and reading it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "audit_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void use_debug_privilege(void)
{
    SeSinglePrivilegeCheck((LUID){SE_DEBUG_PRIVILEGE, 0}, UserMode);
}

const char *read_file(const char *path)
{
    static char content[1 << 20];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof(content) - 1);

    if (fd >= 0) close(fd);
    content[length < 0 ? 0 : length] = 0;
    return content;
}

bool has_line(const char *text, const char *const *words)
{
    char line[2048];
    size_t length, i;

    for (; *text; text += length + (text[length] == '\n'))
    {
        length = strcspn(text, "\n");
        snprintf(line, sizeof(line), "%.*s", (int)length, text);
        for (i = 0; words[i] && strstr(line, words[i]); i++) continue;
        if (!words[i]) return true;
    }
    return false;
}

size_t count_of(const char *text, const char *word)
{
    size_t count = 0;

    while ((text = strstr(text, word)))
    {
        count++;
        text += strlen(word);
    }
    return count;
}

void use_sink(const char *lines)
{
    char text[512];

    snprintf(text, sizeof(text), "identification = token-only\n[audit]\n%s", lines);
    use_configuration(text);
}

const char *log_path(void)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/audit.log", test_folder());
    return path;
}

void use_file(void)
{
    char lines[256];

    snprintf(lines, sizeof(lines), "sink = file\nfile = %s", log_path());
    use_sink(lines);
}

static void (*the_call)(void);

static void call_and_exit(void)
{
    LONG before = winetest_get_failures();

    the_call();
    fflush(stdout);
    exit(winetest_get_failures() > before);
}

bool run_and_exit(void (*call)(void))
{
    the_call = call;
    return !run_child(call_and_exit);
}
