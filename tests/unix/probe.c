/*
 * The probe of probe.h: a script, and what reads its reports.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Each act raises OSError or the kernel has allowed it. Numbers of system calls and requests are those of x86-64. */
static const char script[] =
    "import ctypes, os, subprocess, sys\n"
    "out, server, secret, uid, gid, rounds = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:])\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "def say(text): os.write(out, (text + '\\n').encode())\n"
    "def call(number, *arguments):\n"
    "    words = [a if isinstance(a, (bytes, ctypes.Array)) else ctypes.c_long(a) for a in arguments]\n"
    "    if libc.syscall(ctypes.c_long(number), *words) < 0: raise OSError(ctypes.get_errno(), '')\n"
    "def capset(bits):\n"
    "    call(126, (ctypes.c_uint * 2)(0x20080522, 0), (ctypes.c_uint * 6)(bits, bits, bits, 0, 0, 0))\n"
    "def setfsuid():\n"
    "    libc.setfsuid(uid)\n"
    "    if libc.setfsuid(-1) != uid: raise PermissionError()\n"
    "def helper(*words):\n"
    "    if subprocess.run(words, stderr=subprocess.DEVNULL).returncode: raise PermissionError()\n"
    "vector = (ctypes.c_ulong * 2)(0, 1)\n"
    "acts = [\n"
    "    ('setuid', lambda: os.setuid(uid)),\n"
    "    ('seteuid', lambda: os.seteuid(uid)),\n"
    "    ('setreuid', lambda: os.setreuid(uid, uid)),\n"
    "    ('setresuid', lambda: os.setresuid(uid, uid, uid)),\n"
    "    ('setresuid of the effective uid', lambda: os.setresuid(-1, uid, -1)),\n"
    "    ('raw setresuid', lambda: call(117, uid, uid, uid)),\n"
    "    ('setfsuid', setfsuid),\n"
    "    ('setgid', lambda: os.setgid(gid)),\n"
    "    ('setresgid', lambda: os.setresgid(gid, gid, gid)),\n"
    "    ('setgroups', lambda: os.setgroups([gid])),\n"
    "    ('initgroups', lambda: os.initgroups('root', gid)),\n"
    "    ('capset CAP_SETUID', lambda: capset(1 << 7)),\n"
    "    ('capset CAP_DAC_OVERRIDE', lambda: capset(1 << 1)),\n"
    "    ('ambient CAP_SETUID', lambda: call(157, 47, 2, 7, 0, 0)),\n"
    "    ('setpriv', lambda: helper('setpriv', '--reuid=%d' % uid, 'true')),\n"
    "    ('PTRACE_ATTACH', lambda: call(101, 16, server, 0, 0)),\n"
    "    ('PTRACE_SEIZE', lambda: call(101, 0x4206, server, 0, 0)),\n"
    "    ('process_vm_readv', lambda: call(310, server, vector, 1, vector, 1, 0)),\n"
    "    ('pidfd_getfd', lambda: call(438, os.pidfd_open(server), 0, 0)),\n"
    "    ('memory of the server', lambda: os.close(os.open('/proc/%d/mem' % server, os.O_RDWR))),\n"
    "    ('environment of the server', lambda: os.close(os.open('/proc/%d/environ' % server, os.O_RDONLY))),\n"
    "    ('kill', lambda: os.kill(server, 0)),\n"
    "    ('prlimit', lambda: call(302, server, 7, 0, (ctypes.c_ulong * 2)())),\n"
    "    ('secret', lambda: os.close(os.open(secret, os.O_RDONLY))),\n"
    "]\n"
    "for line in open('/proc/self/status'):\n"
    "    if line.split(':')[0] in ('Uid', 'Gid', 'Groups', 'CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'SigBlk'): say(line.rstrip())\n"
    "if rounds:\n"
    "    for name, act in acts:\n"
    "        try: act(); say('allowed ' + name)\n"
    "        except OSError as error: say('refused ' + name)\n"
    "    if rounds > 1: os.execv(sys.executable, [sys.executable] + sys.orig_argv[1:-1] + [str(rounds - 1)])\n"
    "say('end')\n";

const char *probe_interpreter(void)
{
    if (!access("/usr/bin/python3", X_OK)) return "/usr/bin/python3";
    skip("needs /usr/bin/python3\n");
    return NULL;
}

static struct
{
    char server[16], uid[16], gid[16];
    const char *path, *secret;
} prepared;

void probe_prepare(const char *secret)
{
    /* A server that is not root finds what root has left for it. */
    prepared.path = getenv("GUISE_TEST_PROBE") ? getenv("GUISE_TEST_PROBE") : make_file("probe.py", script, 0, 0, 0644);
    prepared.secret = secret ? secret : make_file("secret", "secret", 0, 0, 0600);
    setenv("GUISE_TEST_PROBE", prepared.path, 1);
    snprintf(prepared.server, sizeof(prepared.server), "%d", (int)getpid());
    snprintf(prepared.uid, sizeof(prepared.uid), "%d", (int)geteuid());
    snprintf(prepared.gid, sizeof(prepared.gid), "%d", (int)getegid());
}

const char *const *probe_words(int out, bool try)
{
    static char descriptor[16], rounds[16];
    /* -I -S: nothing of the environment, and a quick start. */
    static const char *words[] = {"/usr/bin/python3", "-I",         "-S",         NULL,   descriptor,
                                  prepared.server,    NULL,         prepared.uid, prepared.gid, rounds, NULL};

    words[3] = prepared.path;
    words[6] = prepared.secret;
    snprintf(descriptor, sizeof(descriptor), "%d", out);
    snprintf(rounds, sizeof(rounds), "%d", try ? PROBE_ROUNDS : 0);
    return words;
}

const char *probe_command(int out, bool try)
{
    static char command[1024];
    const char *const *words = probe_words(out, try);
    size_t length = 0;

    for (; *words; words++) length += (size_t)snprintf(command + length, sizeof(command) - length, "%s ", *words);
    /* A command after it: the shell stays the parent. */
    snprintf(command + length, sizeof(command) - length, "; true");
    return command;
}

char *probe_read(int in, char *text, size_t room)
{
    size_t length = 0;
    ssize_t got;

    while ((got = read(in, text + length, room - 1 - length)) > 0 || (got < 0 && errno == EINTR)) length += got > 0 ? (size_t)got : 0;
    text[length] = 0;
    close(in);
    return text;
}

const char *probe_field(const char *report, int round, const char *key)
{
    static char fields[8][512];
    static unsigned int next;
    char *field = fields[next++ % 8];

    *field = 0;
    for (const char *line = report; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
    {
        size_t length = strlen(key);

        if (strncmp(line, key, length) || line[length] != ':' || round--) continue;
        snprintf(field, sizeof(fields[0]), "%.*s", (int)strcspn(line + length + 2, "\n"), line + length + 2);
        for (char *c = field; *c; c++) *c = *c == '\t' ? ' ' : *c;
        /* The kernel ends a list of groups with a blank. */
        while (*field && field[strlen(field) - 1] == ' ') field[strlen(field) - 1] = 0;
        break;
    }
    return field;
}

int probe_tried(const char *report)
{
    int count = 0;

    for (const char *line = report; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        count += !strncmp(line, "allowed ", 8) || !strncmp(line, "refused ", 8);
    return count;
}

const char *probe_allowed(const char *report)
{
    static char names[512];
    size_t length = 0;

    *names = 0;
    for (const char *line = report; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
    {
        if (strncmp(line, "allowed ", 8) || length >= sizeof(names)) continue;
        length += (size_t)snprintf(names + length, sizeof(names) - length, "%.*s, ", (int)strcspn(line + 8, "\n"), line + 8);
    }
    return names;
}
