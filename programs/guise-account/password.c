/*
 * Asking for a password: on the terminal without echo, or one line of standard input.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "account.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "dlls/msv1_0/proof.h"
#include "dlls/msv1_0/utf16.h"

#define PASSWORD_MAX 256 /* characters, S2.1.4 */

/* The signal that ended the question; its default action is taken once the terminal echoes again. */
static volatile sig_atomic_t interrupted;

static void note_signal(int number)
{
    interrupted = number;
}

/* One character. SIGNALS is the mask while it is waited for: a signal that came before is then seen too, and none is lost. */
static ssize_t read_character(int fd, const sigset_t *signals, char *c)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    ssize_t got;

    do got = signals && ppoll(&wait, 1, NULL, signals) < 0 ? -1 : read(fd, c, 1);
    while (got < 0 && errno == EINTR && !interrupted); /* a signal that is none of the question's */
    return got;
}

/* Reads up to the end of the line; false: nothing there, too long, or interrupted. */
static bool read_line(int fd, const sigset_t *signals, char *line, size_t room)
{
    size_t length = 0;
    ssize_t got;
    char c;

    while ((got = read_character(fd, signals, &c)) == 1 && c != '\n')
    {
        if (length == room - 1 || !c) return false;
        line[length++] = c;
    }
    if (length && line[length - 1] == '\r') length--;
    line[length] = 0;
    return got == 1 || (!got && length);
}

static bool ask(int terminal, const char *question, char *line, size_t room)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    struct sigaction old[sizeof(signals) / sizeof(signals[0])], note = {.sa_handler = note_signal};
    struct termios shown, hidden;
    sigset_t blocked, before;
    bool done = false;
    size_t i;

    if (tcgetattr(terminal, &shown)) return false;
    hidden = shown;
    hidden.c_lflag &= ~(ECHO | ECHONL);
    interrupted = 0;
    sigemptyset(&blocked);
    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) sigaddset(&blocked, signals[i]);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) sigaction(signals[i], &note, &old[i]);
    if (!tcsetattr(terminal, TCSAFLUSH, &hidden))
    {
        dprintf(terminal, "%s: ", question);
        done = read_line(terminal, &before, line, room);
        tcsetattr(terminal, TCSAFLUSH, &shown);
        dprintf(terminal, "\n");
    }
    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) sigaction(signals[i], &old[i], NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (interrupted) raise(interrupted);
    return done && !interrupted;
}

static bool ask_twice(int terminal, char *line, size_t room)
{
    char again[4 * PASSWORD_MAX + 2];
    bool same;

    if (!ask(terminal, "Password", line, room) || !ask(terminal, "Again", again, sizeof(again)))
    {
        complain("no password was given");
        return false;
    }
    if (!(same = !strcmp(line, again))) complain("the passwords differ");
    explicit_bzero(again, sizeof(again));
    return same;
}

static bool get_password(char *line, size_t room)
{
    int terminal;
    bool done;

    if (!isatty(0))
    {
        if (read_line(0, NULL, line, room)) return true;
        complain("standard input has no password line (of at most %d characters)", PASSWORD_MAX);
        return false;
    }
    if ((terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
    {
        complain("there is no terminal to ask on: %s", strerror(errno));
        return false;
    }
    done = ask_twice(terminal, line, room);
    close(terminal);
    return done;
}

static bool hash_password(const char *line, struct sam_account *account)
{
    WCHAR wide[PASSWORD_MAX];
    size_t count;
    bool done = false;

    if (!*line) complain("an empty password is not accepted");
    else if (!utf8_to_utf16(line, strlen(line), wide, PASSWORD_MAX, &count))
        complain("the password is not UTF-8, or longer than %d characters", PASSWORD_MAX);
    else if (account->has_lm_hash && !ntlm_has_lm_hash(wide, count))
        complain("the password has no LM hash: it is longer than 14 characters, or not ASCII");
    else if (!(done = ntlm_ntowf_v1(wide, count, account->nt_hash) &&
                      (!account->has_lm_hash || ntlm_lmowf_v1(wide, count, account->lm_hash))))
        complain("the password cannot be hashed: OpenSSL offers no MD4, or no DES");
    explicit_bzero(wide, sizeof(wide));
    return done;
}

bool ask_password(struct sam_account *account, bool lm_hash)
{
    char line[4 * PASSWORD_MAX + 2];
    bool done;

    /* The LM hash of the last password must not outlive it. */
    explicit_bzero(account->lm_hash, sizeof(account->lm_hash));
    account->has_lm_hash = lm_hash;
    done = get_password(line, sizeof(line)) && hash_password(line, account);
    explicit_bzero(line, sizeof(line));
    if (!done) return false;
    account->has_hash = true;
    account->password_set = time(NULL);
    return true;
}
