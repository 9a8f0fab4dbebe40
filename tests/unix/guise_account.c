/*
 * Tests of guise-account: every command, exit codes, passwords from the terminal and from standard input, smbpasswd files, setup.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char program[PATH_MAX], folder[PATH_MAX], store[PATH_MAX + 16];

/* What the last run wrote. */
static char out[65536], err[8192];

static bool find_program(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (length < 0) return false;
    self[length] = 0;
    *strrchr(self, '/') = 0;
    if (snprintf(program, sizeof(program), "%s/../../programs/guise-account/guise-account", self) >= (int)sizeof(program)) return false;
    return !access(program, X_OK);
}

static const char *in_folder(const char *name)
{
    static char paths[16][PATH_MAX + 64];
    static unsigned int next;
    char *path = paths[next++ % 16];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void read_back(const char *name, char *text, size_t room)
{
    int fd = open(name, O_RDONLY);
    ssize_t got = fd < 0 ? 0 : read(fd, text, room - 1);

    text[got < 0 ? 0 : got] = 0;
    close(fd);
}

static void write_text(const char *name, const char *text)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) abort();
    close(fd);
}

static void redirect(int fd, const char *name, int flags, mode_t mode)
{
    int file = open(name, flags, mode);

    if (file < 0 || dup2(file, fd) != fd) _exit(99);
    close(file);
}

/* Runs guise-account with INPUT; the words end with NULL. Gives the exit code, 128 + signal if it was killed. */
static int run_words(const char *input, mode_t mode, const char *const *words)
{
    char *arguments[16] = {program};
    int count = 1, result;
    pid_t child;

    while (*words) arguments[count++] = (char *)*words++;
    write_text(in_folder("in"), input);
    unlink(in_folder("out"));
    if (!(child = fork()))
    {
        umask(0);
        redirect(0, in_folder("in"), O_RDONLY, 0);
        redirect(1, in_folder("out"), O_WRONLY | O_CREAT | O_TRUNC, mode);
        redirect(2, in_folder("err"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        execv(program, arguments);
        _exit(99);
    }
    waitpid(child, &result, 0);
    read_back(in_folder("out"), out, sizeof(out));
    read_back(in_folder("err"), err, sizeof(err));
    return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
}

#define run(input, ...) run_words(input, 0600, (const char *const[]){"--store", store, __VA_ARGS__, NULL})

/* Whether the list shows NAME with WHAT beside it; WHAT NULL: whether it does not show it. */
static bool listed(const char *name, const char *what)
{
    char line[512], found[128];
    const char *at = out;
    size_t length;

    if (run("", "list")) return false;
    for (; *at; at += at[length] ? length + 1 : length)
    {
        if ((length = strcspn(at, "\n")) >= sizeof(line)) return false;
        memcpy(line, at, length);
        line[length] = 0;
        if (sscanf(line, "%127s", found) == 1 && !strcmp(found, name)) return what && strstr(line, what);
    }
    return !what;
}

/* "Password" and "secret", MD4 over UTF-16. */
#define HASH_PASSWORD "A4F49C406510BDCAB6824EE7C30FD852"
#define HASH_SECRET   "878D8014606CDA29677A44EFA1353FC7"

static void check_hash(const char *hash)
{
    ok(!run("", "export", "-"), "cannot export: %s\n", err); /* design 8.4 */
    ok(strstr(out, hash) != NULL, "%s is not in %s\n", hash, out); /* callers cite */
}

static void test_accounts(void)
{
    int result;

    result = run("Password\n", "add", "Alice", "--unix", "alice");
    ok(!result && !*err, "exit %d: %s\n", result, err); /* design 8.4 */
    ok(listed("Alice", "enabled"), "got %s\n", out); /* design 8.4 */
    ok(strstr(out, "# domain S-1-5-21-") == out, "got %s\n", out); /* design 8.1 */
    check_hash(HASH_PASSWORD); /* MS-NLMP 4.2.2.1.2 */
    result = run("other\n", "add", "ALICE");
    ok(result == 4 && strstr(err, "already"), "exit %d: %s\n", result, err); /* design 8.4 */
    check_hash(HASH_PASSWORD); /* design 8.4 */
    result = run("secret", "passwd", "alice");
    ok(!result, "exit %d: %s\n", result, err); /* design 8.4 */
    check_hash(HASH_SECRET); /* MS-NLMP 4.2.2.1.2 */

    ok(!run("", "disable", "alice") && listed("Alice", "disabled"), "%s%s\n", err, out); /* design 8.4 */
    ok(!run("", "enable", "alice") && listed("Alice", "enabled"), "%s%s\n", err, out); /* design 8.4 */
    ok(!run("", "expire", "alice", "2001-01-01") && listed("Alice", "expired"), "%s%s\n", err, out); /* design 8.4 */
    ok(!run("", "expire", "alice", "never") && listed("Alice", "enabled"), "%s%s\n", err, out); /* design 8.4 */
    ok(!run("", "add", "x", "--no-password") && listed("x", "no password"), "%s%s\n", err, out); /* design 8.4 */
    ok(strstr(out, "1001") != NULL, "got %s\n", out); /* design 8.1 */
    ok(!run("", "delete", "X") && listed("x", NULL), "%s%s\n", err, out); /* design 8.4 */
    ok(run("", "delete", "x") == 3, "%s\n", err); /* design 8.4 */
    ok(run("pw\n", "passwd", "x") == 3, "%s\n", err); /* design 8.4 */
    ok(run("", "disable", "x") == 3 && run("", "enable", "x") == 3 && run("", "expire", "x", "never") == 3, "%s\n", err); /* design 8.4 */

    /* Told, not refused. */
    ok(!run("pw\n", "add", "ghost") && strstr(err, "no Unix account ghost"), "%s\n", err); /* design 8.4 */
    ok(!run("pw\n", "add", "boss", "--unix", "root") && strstr(err, "uid 0"), "%s\n", err); /* design 5.8 */
    ok(!run("", "delete", "ghost") && !run("", "delete", "boss"), "%s\n", err); /* design 8.4 */
}

static void test_usage(void)
{
    static const char *const bad_names[] = {"", "a:b", "a/b", "DOM\\a", "a@b", "a\nb", "a\"", "...", "a*"};
    static const char *const bad_days[] = {"", "tomorrow", "2026-02-30", "2026-13-01", "2026-01-01x", "1960-01-01"};
    size_t i;

    ok(run("", "frobnicate") == 2, "%s\n", err); /* design 8.4 */
    ok(run("", "add") == 2, "%s\n", err); /* design 8.4 */
    ok(run("", "add", "a", "password") == 2, "a password was taken from the arguments\n"); /* design 8.4 */
    ok(run("", "list", "--unix", "bob") == 2, "%s\n", err); /* design 8.4 */
    ok(run("", "list", "--lm-hash") == 2, "%s\n", err); /* design 8.4 */
    ok(run("", "add", "a", "--no-password", "--lm-hash") == 2, "%s\n", err); /* design 8.4 */
    ok(run("", "--frobnicate") == 2, "%s\n", err); /* design 8.4 */
    ok(run("pw\n", "add", "a", "--unix", "") == 2, "%s\n", err); /* design 8.4 */
    ok(!run("", "--help") && strstr(out, "usage: guise-account"), "%s\n", err); /* design 8.4 */
    for (i = 0; i < sizeof(bad_names) / sizeof(bad_names[0]); i++)
        ok(run("pw\n", "add", bad_names[i]) == 2 && *err, "%s was taken\n", bad_names[i]); /* design 8.4 */
    for (i = 0; i < sizeof(bad_days) / sizeof(bad_days[0]); i++)
        ok(run("", "expire", "alice", bad_days[i]) == 2 && *err, "%s was taken\n", bad_days[i]); /* design 8.4 */
    ok(run("", "add", "empty") == 1 && strstr(err, "no password line"), "%s\n", err); /* design 8.4 */
    ok(run("\n", "add", "empty") == 1 && strstr(err, "empty password"), "%s\n", err); /* design 8.4 */
    ok(run("\xff\n", "add", "empty") == 1 && strstr(err, "UTF-8"), "%s\n", err); /* design 8.4 */
    ok(listed("empty", NULL), "an account without its password: %s\n", out); /* design 8.4 */
}

/* A store that is refused: exit 1, one line. */
static void test_bad_store(void)
{
    int result;

    chmod(store, 0644);
    result = run("", "list");
    ok(result == 1 && strstr(err, store) && strstr(err, "0644"), "exit %d: %s\n", result, err); /* design 8.2 */
    result = run("pw\n", "add", "mallory");
    ok(result == 1 && strstr(err, store), "exit %d: %s\n", result, err); /* design 8.2 */
    chmod(store, 0600);
    ok(listed("mallory", NULL), "stored all the same: %s\n", out); /* design 8.2 */
    result = run_words("", 0600, (const char *const[]){"--store", in_folder("none"), "list", NULL});
    ok(result == 1 && access(in_folder("none"), F_OK), "exit %d: %s\n", result, err); /* design 8.2 */
}

/* ---- terminal ------------------------------------------------------------------------------------------------------- */

/* Reads from the terminal until WHAT was seen. */
static bool expect(int terminal, const char *what, char *seen, size_t room)
{
    size_t length = strlen(seen);
    ssize_t got;

    while (!strstr(seen, what) && length < room - 1 && (got = read(terminal, seen + length, room - 1 - length)) > 0)
        seen[length += got] = 0;
    return strstr(seen, what) != NULL;
}

/* Types the two answers at the two questions; gives the exit code and what the terminal showed. */
static int run_on_terminal(const char *first, const char *second, char *seen, size_t room)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY), result;
    pid_t child;

    *seen = 0;
    if (terminal < 0 || grantpt(terminal) || unlockpt(terminal)) return -1;
    if (!(child = fork()))
    {
        const char *name = ptsname(terminal);

        setsid();
        signal(SIGINT, SIG_DFL); /* a shell's background commands ignore it */
        redirect(0, name, O_RDWR, 0); /* becomes the controlling terminal */
        dup2(0, 1);
        dup2(0, 2);
        close(terminal);
        execl(program, program, "--store", store, "passwd", "alice", (char *)NULL);
        _exit(99);
    }
    if (expect(terminal, "Password: ", seen, room) && write(terminal, first, strlen(first)) > 0 &&
        expect(terminal, "Again: ", seen, room) && write(terminal, second, strlen(second)) > 0)
        expect(terminal, "\x1a", seen, room); /* up to the end */
    waitpid(child, &result, 0);
    close(terminal);
    return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
}

static void test_terminal(void)
{
    char seen[4096];
    int result;

    result = run_on_terminal("Password\n", "Password\n", seen, sizeof(seen));
    if (result < 0)
    {
        skip("there are no pseudo-terminals here\n");
        return;
    }
    ok(!result, "exit %d: %s\n", result, seen); /* design 8.4 */
    ok(!strstr(seen, "Password\r") && !strstr(seen, "Password\n"), "the password was shown: %s\n", seen); /* design 8.4 */
    check_hash(HASH_PASSWORD); /* MS-NLMP 4.2.2.1.2 */
    result = run_on_terminal("one\n", "two\n", seen, sizeof(seen));
    ok(result == 1 && strstr(seen, "differ"), "exit %d: %s\n", result, seen); /* design 8.4 */
    check_hash(HASH_PASSWORD); /* design 8.4 */
    result = run_on_terminal("one\n", "\x03", seen, sizeof(seen)); /* ^C */
    ok(result == 128 + 2, "exit %d: %s\n", result, seen); /* design 8.4 */
    check_hash(HASH_PASSWORD); /* design 8.4 */
}

/* ---- smbpasswd --------------------------------------------------------------------------------------------------------- */

static void test_transfer(void)
{
    static const char foreign[] =
        "# a file of another program\n"
        "bob:70002:AAD3B435B51404EEAAD3B435B51404EE:a4f49c406510bdcab6824ee7c30fd852:[U          ]:LCT-5F3B2C11:\n"
        "carol:70003:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[UXD        ]:LCT-00000000:Carol\n"
        "nopass:70004:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[UN         ]:LCT-5F3B2C11:\n"
        "PC1$:70005:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[W          ]:LCT-5F3B2C11:\r\n";
    static const char *const bad_lines[] = {
        "dave", "dave:1:2", ":1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[U          ]:LCT-5F3B2C11:",
        "dave:x:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[U          ]:LCT-5F3B2C11:",
        "dave:1:XXXX:878D8014606CDA29677A44EFA1353FC7:[U          ]:LCT-5F3B2C11:",
        "dave:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FG7:[U          ]:LCT-5F3B2C11:",
        "dave:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC:[U          ]:LCT-5F3B2C11:",
        "dave:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[Uq         ]:LCT-5F3B2C11:",
        "dave:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:U:LCT-5F3B2C11:",
        "dave:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[U          ]:LCT-x:",
        "da/ve:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[U          ]:LCT-5F3B2C11:",
        "#guise:dave", "#guise:dave:dave:0:0:", "#guise:dave:dave:1500:0:Q", "#guise:dave:dave:1500:0:",
    };
    char first[4096], text[1024];
    struct stat info;
    size_t i;

    write_text(in_folder("smb"), foreign);
    ok(!run("", "import", in_folder("smb")), "%s\n", err); /* smbpasswd(5) */
    ok(strstr(out, "3 accounts imported, 1 machine") == out, "got %s\n", out); /* smbpasswd(5) */
    ok(listed("bob", "enabled") && listed("carol", "disabled") && listed("nopass", "no password"), "%s\n", out); /* smbpasswd(5) */
    ok(listed("PC1$", NULL), "%s\n", out); /* smbpasswd(5) */
    check_hash("bob:70002:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:" HASH_PASSWORD ":[U          ]:LCT-5F3B2C11:"); /* smbpasswd(5) */
    check_hash("carol:70003:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:" HASH_SECRET ":[DU         ]:LCT-00000000:"); /* smbpasswd(5) */

    /* All or none; with --replace the old ones go. */
    write_text(in_folder("smb"), "dave:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[U          ]:LCT-1:\n"
                                 "BOB:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[U          ]:LCT-1:\n");
    ok(run("", "import", in_folder("smb")) == 4 && strstr(err, "BOB"), "%s\n", err); /* design 8.3 */
    ok(listed("dave", NULL), "%s\n", out); /* design 8.3 */
    ok(!run("", "import", "--replace", in_folder("smb")), "%s\n", err); /* design 8.4 */
    ok(listed("dave", "enabled") && listed("BOB", " bob "), "%s\n", out); /* design 8.4 */
    ok(!run("", "delete", "dave"), "%s\n", err); /* design 8.4 */

    for (i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++)
    {
        snprintf(text, sizeof(text), "erin:1:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:878D8014606CDA29677A44EFA1353FC7:[U          ]:LCT-1:\n%s\n",
                 bad_lines[i]);
        ok(run(text, "import") == 1 && strstr(err, ":2: "), "case %u: %s%s\n", (unsigned int)i, out, err); /* smbpasswd(5) */
    }
    ok(listed("erin", NULL) && listed("dave", NULL), "%s\n", out); /* design 8.3 */

    /* Export and import into another store give the same. */
    ok(!run("", "expire", "bob", "2030-01-01") && !run("", "export", in_folder("exp")), "%s\n", err); /* design 8.4 */
    ok(!stat(in_folder("exp"), &info) && (info.st_mode & 07777) == 0600, "mode %o\n", info.st_mode); /* design 8.4 */
    ok(run("", "export", in_folder("exp")) == 1, "wrote over a file\n"); /* design 8.4 */
    read_back(in_folder("exp"), first, sizeof(first));
    ok(!run_words("", 0600, (const char *const[]){"--store", in_folder("b.mdb"), "import", in_folder("exp"), NULL}), "%s\n", err); /* design 8.4 */
    ok(!run_words("", 0600, (const char *const[]){"--store", in_folder("b.mdb"), "export", NULL}), "%s\n", err); /* design 8.4 */
    ok(!strcmp(out, first), "got %s\ninstead of %s\n", out, first); /* design 8.4 */

    /* Hashes do not go where others can read. */
    ok(run_words("", 0644, (const char *const[]){"--store", store, "export", NULL}) == 1 && !*out, "%s%s\n", out, err); /* design 8.4 */
    ok(!run_words("", 0644, (const char *const[]){"--store", store, "export", "--yes-show-hashes", NULL}) && *out, "%s\n", err); /* design 8.4 */
    unlink(in_folder("exp"));
    unlink(in_folder("smb"));
    unlink(in_folder("b.mdb"));
    unlink(in_folder("b.mdb-lock"));
}

/* ---- LM hashes: only for who asks ------------------------------------------------------------------------------------------ */

#define LM_PASSWORD "E52CAC67419A9A224A3B108F3FA6CB6D"
#define LM_SECRET   "552902031BEDE9EFAAD3B435B51404EE"
#define LM_NONE     "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"

static void test_lm_hash(void)
{
    /* What stands for no LM hash, a real one, and one of an account without password. */
    static const char foreign[] =
        "l2:1:AAD3B435B51404EEAAD3B435B51404EE:" HASH_PASSWORD ":[U          ]:LCT-1:\n"
        "l3:1:" LM_SECRET ":" HASH_SECRET ":[U          ]:LCT-1:\n"
        "l4:1:" LM_SECRET ":NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[U          ]:LCT-1:\n";

    ok(!run("Password\n", "add", "l1", "--lm-hash") && listed("l1", "enabled, LM hash"), "%s%s\n", out, err); /* design 8.4 */
    check_hash(LM_PASSWORD ":" HASH_PASSWORD); /* MS-NLMP 4.2.2.1.1 */
    /* A new password takes the hash of the old one away, unless another is asked for. */
    ok(!run("secret\n", "passwd", "l1") && listed("l1", "enabled") && listed("l1", "LM") == false, "%s%s\n", out, err); /* design 8.4 */
    check_hash(LM_NONE ":" HASH_SECRET); /* design 8.4 */
    ok(!run("secret\n", "passwd", "l1", "--lm-hash"), "%s\n", err); /* design 8.4 */
    check_hash(LM_SECRET ":" HASH_SECRET); /* MS-NLMP 3.3.1 */
    ok(!run("", "disable", "l1") && !run("", "enable", "l1"), "%s\n", err); /* design 8.4 */
    check_hash(LM_SECRET ":" HASH_SECRET); /* design 8.4 */
    ok(run("fifteen letters\n", "passwd", "l1", "--lm-hash") == 1 && strstr(err, "14"), "%s\n", err); /* MS-NLMP 3.3.1 */
    ok(run("S\xc3\xa9""cret\n", "passwd", "l1", "--lm-hash") == 1 && strstr(err, "ASCII"), "%s\n", err); /* design 8.4 */
    check_hash(LM_SECRET ":" HASH_SECRET); /* design 8.4 */

    write_text(in_folder("smb"), foreign);
    ok(!run("", "import", in_folder("smb")) && listed("l3", "LM") == false, "%s%s\n", out, err); /* design 8.4 */
    ok(!run("", "import", "--replace", "--lm-hash", in_folder("smb")), "%s\n", err); /* design 8.4 */
    ok(listed("l2", "LM") == false && listed("l3", "LM hash") && listed("l4", "no password") && listed("l4", "LM") == false,
       "%s\n", out); /* design 8.4 */
    check_hash(LM_SECRET ":" HASH_SECRET ":[U          ]:LCT-00000001:"); /* smbpasswd(5) */
    ok(!run("", "import", "--replace", in_folder("smb")) && listed("l3", "LM") == false, "%s%s\n", out, err); /* design 8.4 */
    ok(run("l5:1:G52CAC67419A9A224A3B108F3FA6CB6D:" HASH_SECRET ":[U          ]:LCT-1:\n", "import") == 1 && strstr(err, "LM"),
       "%s\n", err); /* smbpasswd(5) */
    ok(!run("", "delete", "l1") && !run("", "delete", "l2") && !run("", "delete", "l3") && !run("", "delete", "l4"), "%s\n", err); /* design 8.4 */
    unlink(in_folder("smb"));
}

static void test_configuration(void)
{
    char text[PATH_MAX + 128];

    snprintf(text, sizeof(text), "[accounts]\nstore = %s\n[credentials]\nanonymous-account = nobody-at-all\n", store);
    write_text(in_folder("conf"), text);
    setenv("GUISE_CONF", in_folder("conf"), 1);
    ok(!run_words("", 0600, (const char *const[]){"list", NULL}) && strstr(out, "Alice"), "%s%s\n", out, err); /* design 8.1 */
    ok(!run_words("", 0600, (const char *const[]){"setup", "--print", NULL}), "%s\n", err); /* design 5.3 */
    ok(strstr(out, "u _guise - ") == out && strstr(out, "\nu nobody-at-all - "), "got %s\n", out); /* design 5.6 */
    write_text(in_folder("conf"), "[accounts]\nstroe = x\n");
    ok(run_words("", 0600, (const char *const[]){"list", NULL}) == 1 && strstr(err, "stroe"), "%s%s\n", out, err); /* design 8.1 */
    unsetenv("GUISE_CONF");
    unlink(in_folder("conf"));
}

/* In the sandbox both accounts are there, so that only the store is made. */
static void test_setup(void)
{
    struct stat info;
    char path[PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/new/accounts.mdb", folder);
    if (geteuid())
    {
        ok(run_words("", 0600, (const char *const[]){"--store", path, "setup", NULL}) == 1 && strstr(err, "root"), "%s\n", err); /* design 5.3 */
        return;
    }
    ok(!run_words("", 0600, (const char *const[]){"--store", path, "setup", NULL}), "%s\n", err); /* design 5.3 */
    ok(strstr(out, "_guise: there already, uid 70090") && strstr(out, "_guise-anon: there already, uid 70091"), "got %s\n", out); /* design 5.6 */
    ok(!stat(path, &info) && (info.st_mode & 07777) == 0600, "mode %o\n", info.st_mode); /* design 8.1 */
    ok(!stat(in_folder("new"), &info) && (info.st_mode & 07777) == 0700, "mode %o\n", info.st_mode); /* design 8.1 */
    unlink(path);
    unlink(in_folder("new/accounts.mdb-lock"));
    rmdir(in_folder("new"));
}

/* Lets this process see a copy of /etc, in memory, that it may change. */
static bool copy_etc(void)
{
    char options[3 * PATH_MAX];

    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mkdir(in_folder("etc"), 0700) ||
        mount("guise", in_folder("etc"), "tmpfs", 0, NULL) || mkdir(in_folder("etc/upper"), 0755) || mkdir(in_folder("etc/work"), 0755))
        return false;
    snprintf(options, sizeof(options), "lowerdir=/etc,upperdir=%s,workdir=%s", in_folder("etc/upper"), in_folder("etc/work"));
    return !mount("guise", "/etc", "overlay", 0, options);
}

static bool has_account(const char *name)
{
    static char passwd[262144];
    char line[128];

    read_back("/etc/passwd", passwd, sizeof(passwd));
    snprintf(line, sizeof(line), "\n%s:x:", name);
    return strstr(passwd, line) && strstr(strstr(passwd, line), ":/usr/sbin/nologin\n");
}

static int set_up_in_copy(const char *path)
{
    if (!copy_etc()) return 77;
    if (has_account("_guise")) return 77; /* this machine was set up */
    if (run_words("", 0600, (const char *const[]){"--store", path, "setup", NULL})) return 1;
    if (!strstr(out, "_guise: made") || !has_account("_guise") || !has_account("_guise-anon")) return 2;
    if (run_words("", 0600, (const char *const[]){"--store", path, "setup", NULL})) return 3;
    return strstr(out, "_guise: there already") ? 0 : 4;
}

static void test_setup_from_nothing(void)
{
    char path[PATH_MAX + 32];
    pid_t child;
    int result;

    snprintf(path, sizeof(path), "%s/etc/accounts.mdb", folder);
    if (!(child = fork())) _exit(set_up_in_copy(path));
    waitpid(child, &result, 0);
    if (WIFEXITED(result) && WEXITSTATUS(result) == 77) skip("there can be no copy of /etc here\n");
    else ok(!result, "exit status %x: %s\n", result, err); /* design 5.3 */
    rmdir(in_folder("etc"));
}

START_TEST(guise_account)
{
    const char *tmp = getenv("TMPDIR");

    if (!find_program())
    {
        ok(0, "there is no guise-account beside this test\n"); /* design 8.4 */
        return;
    }
    snprintf(folder, sizeof(folder), "%s/guise-account-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(folder)) abort();
    snprintf(store, sizeof(store), "%s/a.mdb", folder);
    unsetenv("GUISE_CONF");

    test_accounts();
    test_usage();
    test_bad_store();
    test_terminal();
    test_transfer();
    test_lm_hash();
    test_configuration();
    test_setup();
    test_setup_from_nothing();

    unlink(store);
    unlink(in_folder("a.mdb-lock"));
    unlink(in_folder("in"));
    unlink(in_folder("out"));
    unlink(in_folder("err"));
    ok(!rmdir(folder), "files were left behind\n"); /* design 8.1 */
}
