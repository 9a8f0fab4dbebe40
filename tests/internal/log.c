/*
 * Tests of the lines on standard error: one write each, a priority for the journal alone, nothing that a client says can forge a line, and
 * which traces GUISE_DEBUG turns on.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ntoskrnl/core.h"

/* How standard error of the child and the journal's stream are related. */
enum journal
{
    JOURNAL_NONE,
    JOURNAL_SAME,
    JOURNAL_OTHER_INODE,
    JOURNAL_OTHER_DEVICE,
    JOURNAL_UNCLEAR
};

static void name_journal(enum journal journal)
{
    char text[64];
    struct stat st;

    unsetenv("JOURNAL_STREAM");
    if (journal == JOURNAL_NONE || fstat(STDERR_FILENO, &st)) return;
    snprintf(text, sizeof(text), journal == JOURNAL_UNCLEAR ? "%lu" : "%lu:%lu", st.st_dev + (journal == JOURNAL_OTHER_DEVICE),
             st.st_ino + (journal == JOURNAL_OTHER_INODE));
    setenv("JOURNAL_STREAM", text, 1);
}

/* What a new process, that reads DEBUG for itself, writes in WRITE_LINES. */
static const char *lines_of(void (*write_lines)(void), enum journal journal, const char *debug)
{
    static char text[4096];
    size_t length = 0;
    ssize_t got;
    int ends[2];
    pid_t child;

    if (pipe(ends) || (child = fork()) < 0) abort();
    if (!child)
    {
        dup2(ends[1], STDERR_FILENO);
        close(ends[1]);
        name_journal(journal);
        if (debug)
            setenv("GUISE_DEBUG", debug, 1);
        else
            unsetenv("GUISE_DEBUG");
        write_lines();
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + length, sizeof(text) - 1 - length)) > 0) length += (size_t)got;
    text[length] = 0;
    close(ends[0]);
    waitpid(child, NULL, 0);
    return text;
}

static void write_one(void)
{
    guise_log("%d of %s", 1, "two");
}

static void write_notice(void)
{
    guise_notice("%d of %s", 2, "two");
}

static void write_trace(void)
{
    GUISE_TRACE("ntlm", "level %d", 2);
}

static void test_journal(void)
{
    const char *text;

    text = lines_of(write_one, JOURNAL_NONE, NULL);
    ok(!strcmp(text, "guise: 1 of two\n"), "%s\n", wine_dbgstr_a(text)); /* design 6 */
    text = lines_of(write_one, JOURNAL_SAME, NULL);
    ok(!strcmp(text, "<4>guise: 1 of two\n"), "%s\n", wine_dbgstr_a(text)); /* sd-daemon(3) */
    text = lines_of(write_notice, JOURNAL_SAME, NULL);
    ok(!strcmp(text, "<5>guise: 2 of two\n"), "%s\n", wine_dbgstr_a(text)); /* sd-daemon(3) */
    text = lines_of(write_trace, JOURNAL_SAME, "ntlm");
    ok(!strcmp(text, "<7>trace:ntlm:write_trace: level 2\n"), "%s\n", wine_dbgstr_a(text)); /* sd-daemon(3) */
    for (enum journal journal = JOURNAL_OTHER_INODE; journal <= JOURNAL_UNCLEAR; journal++)
    {
        text = lines_of(write_one, journal, NULL);
        ok(!strcmp(text, "guise: 1 of two\n"), "%d: %s\n", journal, wine_dbgstr_a(text)); /* systemd.exec(5) */
    }
}

/* ---- what a line may hold ------------------------------------------------------------------------------------------------------- */

static void write_control(void)
{
    guise_log("name '%s'", "a\nguise: b\r\x1b[2Jc\x7f\x01\t\xc3\xa9~ ");
}

static void write_long(void)
{
    char name[3001];

    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = 0;
    guise_log("%s", name);
    guise_log("%.*s", 1016, name); /* as much as there is room for, and one less */
    guise_log("%.*s", 1015, name);
}

static void test_content(void)
{
    const char *text = lines_of(write_control, JOURNAL_NONE, NULL), *line, *end;
    size_t lengths[3] = {0}, count = 0;

    ok(!strcmp(text, "guise: name 'a?guise: b??[2Jc???\xc3\xa9~ '\n"), "%s\n", wine_dbgstr_a(text)); /* design 6 */
    text = lines_of(write_long, JOURNAL_NONE, NULL);
    for (line = text; (end = strchr(line, '\n')) && count < 3; line = end + 1)
    {
        lengths[count++] = (size_t)(end - line);
        ok(!strncmp(line, "guise: nnn", 10) && end[-1] == 'n', "line %s\n", wine_dbgstr_an(line, 20)); /* design 6 */
    }
    ok(count == 3 && !*line, "%u lines\n", (unsigned int)count); /* design 6 */
    ok(lengths[0] == 1023 && lengths[1] == 1023 && lengths[2] == 1022, "lengths %u, %u, %u\n", (unsigned int)lengths[0],
       (unsigned int)lengths[1], (unsigned int)lengths[2]); /* design 6 */
}

/* ---- traces --------------------------------------------------------------------------------------------------------------------- */

static void write_channels(void)
{
    static const char *const channels[] = {"sspi", "ntlm", "token", "tok", "all", ""};

    for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
    {
        if (guise_trace_on(channels[i])) dprintf(STDERR_FILENO, "%s.", channels[i]);
    }
}

static void test_channels(void)
{
    static const struct
    {
        const char *debug, *on;
    } cases[] = {{NULL, ""},
                 {"", ""},
                 {"ntlm", "ntlm."},
                 {"+ntlm", "ntlm."},
                 {"-ntlm", ""},
                 {"+sspi,token", "sspi.token."},
                 {"all", "sspi.ntlm.token."},
                 {"+all,-ntlm", "sspi.token."},
                 {"-all,+token", "token."},
                 {"-ntlm,all", "sspi.ntlm.token."},
                 {"ntl", ""},
                 {"ntlmx", ""},
                 {"al,alls,aLl", ""},
                 {"+,-,,token,", "token."},
                 {"token,+-token,++token", "token."}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        const char *on = lines_of(write_channels, JOURNAL_NONE, cases[i].debug);

        ok(!strcmp(on, cases[i].on), "%s: %s\n", wine_dbgstr_a(cases[i].debug), on); /* design 6 */
    }
    ok(!*lines_of(write_trace, JOURNAL_NONE, "sspi,token"), "a trace of a channel that is off\n"); /* design 6 */
}

START_TEST(log)
{
    test_journal();
    test_content();
    test_channels();
}
