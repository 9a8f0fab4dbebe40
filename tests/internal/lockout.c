/*
 * Lock-out after wrong passwords: the count and its window, across threads and processes, and through real logons.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>

#include "tests/internal/ntlm_double.h"
#include "wine/test.h"

#define NOW 1700000000

static char folder[PATH_MAX], store[PATH_MAX + 16], file[PATH_MAX + 32];

static bool make_folder(void)
{
    const char *top = getenv("TMPDIR");

    snprintf(folder, sizeof(folder), "%s/lockout.XXXXXX", top ? top : "/tmp");
    if (!mkdtemp(folder)) return false;
    snprintf(store, sizeof(store), "%s/accounts.mdb", folder);
    snprintf(file, sizeof(file), "%s-lockout", store);
    return true;
}

static struct lockout *open_lockout(unsigned int threshold, unsigned int window)
{
    struct lockout *lockout = NULL;
    NTSTATUS status = lockout_open(store, threshold, window, &lockout);

    ok(!status, "cannot open: %#x\n", status); /* design 7.1 */
    return lockout;
}

static void test_count(void)
{
    struct lockout *lockout = open_lockout(3, 60), *other = open_lockout(3, 60);

    if (!lockout || !other) return;
    /* design 7.1: three failures lock, the right password does not unlock, another account is not touched */
    ok(lockout_judge(lockout, 1000, true, NOW) == STATUS_SUCCESS, "a fresh account\n");
    ok(lockout_judge(lockout, 1000, false, NOW) == STATUS_LOGON_FAILURE, "first\n");
    ok(lockout_judge(other, 1000, false, NOW + 1) == STATUS_LOGON_FAILURE, "second\n");
    ok(lockout_judge(lockout, 1000, false, NOW + 30) == STATUS_LOGON_FAILURE, "third\n");
    ok(lockout_judge(other, 1000, true, NOW + 30) == STATUS_ACCOUNT_LOCKED_OUT, "right and locked\n");
    ok(lockout_judge(lockout, 1000, false, NOW + 30) == STATUS_ACCOUNT_LOCKED_OUT, "wrong and locked\n");
    ok(lockout_check(other, 1000, NOW + 30) == STATUS_ACCOUNT_LOCKED_OUT, "looked at\n");
    ok(lockout_check(other, 1001, NOW + 30) == STATUS_SUCCESS, "the neighbour looked at\n");
    ok(lockout_judge(lockout, 1001, true, NOW + 30) == STATUS_SUCCESS, "the neighbour\n");
    ok(lockout_judge(lockout, 999, true, NOW + 30) == STATUS_SUCCESS, "the other neighbour\n");

    /* design 7.1: from the failure that locked, and attempts in between do not lengthen it */
    ok(lockout_judge(lockout, 1000, true, NOW + 89) == STATUS_ACCOUNT_LOCKED_OUT, "a second early\n");
    ok(lockout_check(lockout, 1000, NOW + 90) == STATUS_SUCCESS, "still locked\n");
    ok(lockout_judge(lockout, 1000, true, NOW + 90) == STATUS_SUCCESS, "still locked\n");
    /* design 7.1: success forgets */
    ok(lockout_judge(lockout, 1000, false, NOW + 90) == STATUS_LOGON_FAILURE, "first again\n");
    ok(lockout_judge(lockout, 1000, false, NOW + 90) == STATUS_LOGON_FAILURE, "second again\n");
    ok(lockout_judge(lockout, 1000, true, NOW + 90) == STATUS_SUCCESS, "in time\n");
    ok(lockout_judge(lockout, 1000, false, NOW + 91) == STATUS_LOGON_FAILURE, "not forgotten\n");
    ok(lockout_judge(lockout, 1000, true, NOW + 91) == STATUS_SUCCESS, "not forgotten\n");
    /* design 7.1: so does the window */
    ok(lockout_judge(lockout, 1000, false, NOW + 200) == STATUS_LOGON_FAILURE, "first\n");
    ok(lockout_judge(lockout, 1000, false, NOW + 259) == STATUS_LOGON_FAILURE, "second\n");
    ok(lockout_judge(lockout, 1000, false, NOW + 260) == STATUS_LOGON_FAILURE, "first of the next window\n");
    ok(lockout_judge(lockout, 1000, false, NOW + 260) == STATUS_LOGON_FAILURE, "second of it\n");
    ok(lockout_judge(lockout, 1000, true, NOW + 260) == STATUS_SUCCESS, "locked too early\n");
    /* design 7.1: a clock set back opens nothing within the window */
    for (int i = 0; i < 3; i++) lockout_judge(lockout, 1000, false, NOW + 300);
    ok(lockout_judge(lockout, 1000, true, NOW + 280) == STATUS_ACCOUNT_LOCKED_OUT, "unlocked by the clock\n");
    ok(lockout_judge(lockout, 1000, true, NOW + 200) == STATUS_SUCCESS, "locked for good\n");
    /* design 7.1: the last RID there can be */
    ok(lockout_judge(lockout, 0x3fffffff, false, NOW) == STATUS_LOGON_FAILURE, "the last RID\n");
    lockout_close(lockout);
    lockout_close(other);
}

/* What was counted outlasts the processes that counted; a child of fork() goes on with what its parent opened. */
static void test_processes(void)
{
    struct lockout *lockout = open_lockout(4, 60);
    int status = 0;

    if (!lockout) return;
    for (int i = 0; i < 2; i++)
    {
        pid_t child = fork();

        if (!child) _exit(lockout_judge(lockout, 2000, false, NOW) != STATUS_LOGON_FAILURE);
        ok(waitpid(child, &status, 0) == child && !status, "child %#x\n", status); /* design 7.1 */
    }
    lockout_close(lockout);
    if (!(lockout = open_lockout(4, 60))) return;
    /* design 7.1 */
    ok(lockout_judge(lockout, 2000, false, NOW) == STATUS_LOGON_FAILURE, "third\n");
    ok(lockout_judge(lockout, 2000, false, NOW) == STATUS_LOGON_FAILURE, "fourth\n");
    ok(lockout_judge(lockout, 2000, true, NOW) == STATUS_ACCOUNT_LOCKED_OUT, "not locked\n");
    lockout_close(lockout);
}

#define THREADS  8
#define ATTEMPTS 200

static struct lockout *shared;
static atomic_int counted, refused;

static void *guess(void *arg)
{
    for (int i = 0; i < ATTEMPTS; i++)
    {
        NTSTATUS status = lockout_judge(shared, 3000, false, NOW);

        if (status == STATUS_LOGON_FAILURE) atomic_fetch_add(&counted, 1);
        if (status == STATUS_ACCOUNT_LOCKED_OUT) atomic_fetch_add(&refused, 1);
    }
    return arg;
}

/* However many guess at a time, exactly as many as the threshold are looked at. */
static void test_threads(void)
{
    pthread_t threads[THREADS];
    int started = 0;

    if (!(shared = open_lockout(10, 60))) return;
    for (int i = 0; i < THREADS; i++)
        if (!pthread_create(&threads[started], NULL, guess, NULL)) started++;
    for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
    /* design 7.1 */
    ok(started == THREADS && counted == 10 && refused == THREADS * ATTEMPTS - 10, "%d counted, %d refused\n", counted,
       refused);
    lockout_close(shared);
}

static void test_file(void)
{
    struct lockout *lockout = NULL;
    char other[PATH_MAX + 32];
    struct stat info;
    int fd;

    /* design 7.1 */
    ok(!stat(file, &info) && (info.st_mode & 07777) == 0600, "mode %o\n", info.st_mode);
    ok(lockout_open(store, 0, 60, &lockout) == STATUS_INVALID_PARAMETER, "no threshold\n");
    ok(lockout_open(store, 65536, 60, &lockout) == STATUS_INVALID_PARAMETER, "a threshold beyond the count\n");
    ok(lockout_open(store, 3, 0, &lockout) == STATUS_INVALID_PARAMETER, "no window\n");
    ok(!chmod(file, 0620) && lockout_open(store, 3, 60, &lockout) == STATUS_ACCESS_DENIED, "writable by the group\n");
    ok(!unlink(file) && !symlink("/dev/null", file) && lockout_open(store, 3, 60, &lockout) == STATUS_ACCESS_DENIED,
       "a link\n");
    ok(!unlink(file) && !lockout, "opened\n");
    snprintf(other, sizeof(other), "%s-other", store);
    if ((fd = open(other, O_CREAT | O_EXCL | O_RDWR, 0600)) >= 0) close(fd);
    ok(!symlink(other, file) && lockout_open(store, 3, 60, &lockout) == STATUS_ACCESS_DENIED, "a link to a good file\n");
    ok(!unlink(file) && !rename(other, file), "rename\n");
    if (geteuid()) return; /* nobody else's file can be made */
    ok(!chown(file, 1, 1) && lockout_open(store, 3, 60, &lockout) == STATUS_ACCESS_DENIED, "somebody else's\n");
    ok(!unlink(file), "unlink\n");
}

/* ---- through logons ----------------------------------------------------------- */

static SECURITY_STATUS log_on(struct package_credential *server, const WCHAR *user, const WCHAR *password)
{
    struct handshake handshake = {.server_credential = server, .server_request = ASC_REQ_NO_TOKEN};
    struct package_credential credential;
    SECURITY_STATUS status;

    double_outbound(&credential, u"SERVER", user, password);
    handshake.client_credential = &credential;
    status = shake_hands(&handshake);
    end_handshake(&handshake);
    double_free(&credential);
    return status;
}

/* What is said on the log goes to a file from here on; -1: it cannot. */
static int catch_log(int *log)
{
    int terminal = dup(2);

    *log = memfd_create("log", MFD_CLOEXEC);
    if (terminal >= 0 && *log >= 0 && dup2(*log, 2) == 2) return terminal;
    close(terminal);
    return -1;
}

/* How often TEXT was said. */
static int end_log(int terminal, int log, const char *text)
{
    char said[4096] = "", *at = said;
    int count = 0;

    dup2(terminal, 2);
    close(terminal);
    if (pread(log, said, sizeof(said) - 1, 0) < 0) return -1;
    close(log);
    while ((at = strstr(at, text)))
    {
        count++;
        at++;
    }
    return count;
}

static void test_logons(void)
{
    struct sam_account account = {.name = "alice", .unix_name = "daemon", .has_hash = true};
    struct package_credential server;
    char lock[PATH_MAX + 32];
    struct sam *sam = NULL;
    int terminal, file_of_log;

    double_inbound(&server);
    server.accounts = NULL;
    ok(ntlm_ntowf_v1(u"Password", 8, account.nt_hash) && !sam_open(store, true, &sam) &&
           !sam_store(sam, &account, true),
       "no store\n"); /* design 8 */
    strcpy(account.name, "bob");
    account.rid = 0;
    ok(sam && !sam_store(sam, &account, true), "bob\n"); /* design 8 */
    if (sam) sam_close(sam);
    ok(!ntlm_open_local_accounts(store, &server.names, 3, 1000000, &server.accounts), "accounts\n"); /* design 7.1 */
    if (server.accounts)
    {
        /* S4.9.5, S4.9.6: on the wire all refusals are the same, for accounts that there are and others */
        /* design 7.1: who gets in before the threshold begins anew */
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 2; j++)
                ok(log_on(&server, u"alice", u"wrong") == SEC_E_LOGON_DENIED, "alice %d\n", j); /* S4.9.5 */
            ok(log_on(&server, u"alice", u"Password") == SEC_E_OK, "alice is refused\n"); /* design 7.1 */
        }
        terminal = catch_log(&file_of_log);
        for (int i = 0; i < 4; i++)
        {
            ok(log_on(&server, u"alice", u"wrong") == SEC_E_LOGON_DENIED, "alice %d\n", i); /* S4.9.5 */
            ok(log_on(&server, u"nobody", u"wrong") == SEC_E_LOGON_DENIED, "nobody %d\n", i); /* S4.9.5 */
        }
        /* design 7.1 */
        ok(terminal >= 0 && end_log(terminal, file_of_log, "locked out") == 1, "it was not said once\n");
        ok(log_on(&server, u"alice", u"Password") == SEC_E_LOGON_DENIED, "alice is let in\n"); /* S4.9.6 */
        ok(log_on(&server, u"bob", u"Password") == SEC_E_OK, "bob is refused\n");              /* S4.9.5 */
        server.accounts->ops->close(server.accounts);
    }
    /* Not configured: the count is not looked at. */
    server.accounts = NULL;
    ok(!ntlm_open_local_accounts(store, &server.names, 0, 900, &server.accounts), "accounts\n"); /* design 7.1 */
    if (server.accounts)
    {
        ok(log_on(&server, u"alice", u"Password") == SEC_E_OK, "alice is refused\n"); /* design 7.1 */
        server.accounts->ops->close(server.accounts);
    }
    server.accounts = NULL;
    ok(ntlm_open_local_accounts(store, &server.names, 3, 0, &server.accounts) == STATUS_INVALID_PARAMETER &&
           !server.accounts,
       "no window\n"); /* design 7.1 */
    double_free(&server);
    snprintf(lock, sizeof(lock), "%s-lock", store);
    unlink(lock);
    unlink(store);
}

START_TEST(lockout)
{
    if (!make_folder())
    {
        skip("cannot make a folder\n");
        return;
    }
    test_count();
    test_processes();
    test_threads();
    test_file();
    test_logons();
    unlink(file);
    rmdir(folder);
}
