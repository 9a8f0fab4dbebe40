/*
 * From the password to the kernel: a client logs on over NTLM, the server impersonates it, and Linux judges what the
 * thread opens.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../secur32/session.h"

/* The accounts of tools/sandbox. */
enum
{
    ALICE = 70001,
    BOB = 70002,
    USER1 = 70011,
    SERVICE = 70020,
    REAL = 70090,
    ANONYMOUS = 70091,
    STAFF = 70101,
    READERS = 70102
};

static char files[64];

static const char *path_of(char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", files, name);
    return path;
}

/* ---- what the kernel says of a thread ---- */

struct ids
{
    unsigned int uid[4], gid[4]; /* real, effective, saved, file system */
    unsigned int groups[16];
    int group_count;
    unsigned long long permitted, effective;
};

static void read_ids_of(const char *path, struct ids *ids)
{
    FILE *file = fopen(path, "r");
    char line[512];

    memset(ids, 0, sizeof(*ids));
    while (file && fgets(line, sizeof(line), file))
    {
        sscanf(line, "Uid: %u %u %u %u", &ids->uid[0], &ids->uid[1], &ids->uid[2], &ids->uid[3]);
        sscanf(line, "Gid: %u %u %u %u", &ids->gid[0], &ids->gid[1], &ids->gid[2], &ids->gid[3]);
        sscanf(line, "CapPrm: %llx", &ids->permitted);
        sscanf(line, "CapEff: %llx", &ids->effective);
        if (!strncmp(line, "Groups:", 7))
        {
            char *at = line + 7;
            int used;

            while (ids->group_count < 16 && sscanf(at, "%u%n", &ids->groups[ids->group_count], &used) == 1)
            {
                ids->group_count++;
                at += used;
            }
        }
    }
    if (file) fclose(file);
}

static void read_ids(struct ids *ids)
{
    read_ids_of("/proc/thread-self/status", ids);
}

static BOOL has_group(const struct ids *ids, unsigned int group)
{
    for (int i = 0; i < ids->group_count; i++)
        if (ids->groups[i] == group) return TRUE;
    return FALSE;
}

/* ---- files ---- */

static const struct
{
    const char *name;
    uid_t owner;
    gid_t group;
    mode_t mode;
    int alice, bob, anonymous; /* errno of opening it to read */
} cases[] = {
    {"alice", ALICE, ALICE, 0600, 0, EACCES, EACCES},
    {"bob", BOB, BOB, 0600, EACCES, 0, EACCES},
    {"staff", 0, STAFF, 0640, 0, EACCES, EACCES},
    {"readers", 0, READERS, 0640, 0, 0, EACCES},
    {"root", 0, 0, 0600, EACCES, EACCES, EACCES},
    {"rootgroup", 0, 0, 0640, EACCES, EACCES, EACCES},
    {"public", 0, 0, 0644, 0, 0, 0},
    {"notstaff", 0, STAFF, 0604, EACCES, 0, 0},
};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void make_files(void)
{
    char path[128];

    snprintf(files, sizeof(files), "%s/files", session_directory());
    chmod(session_directory(), 0711);
    mkdir(files, 0777);
    chmod(files, 01777);
    for (int i = 0; i < CASES; i++)
    {
        int fd = open(path_of(path, cases[i].name), O_CREAT | O_WRONLY | O_EXCL, 0600);

        ok(fd >= 0 && !fchown(fd, cases[i].owner, cases[i].group) && !fchmod(fd, cases[i].mode), "%s: errno %d\n", path,
           errno); /* open(2) */
        close(fd);
    }
}

static void remove_files(void)
{
    static const char *const made[] = {"made-by-alice", "made-by-bob"};
    char path[128];

    for (int i = 0; i < CASES; i++) unlink(path_of(path, cases[i].name));
    for (int i = 0; i < 2; i++) unlink(path_of(path, made[i]));
    rmdir(files);
}

static int open_errno(const char *name)
{
    char path[128];
    int fd = open(path_of(path, name), O_RDONLY);

    if (fd < 0) return errno;
    close(fd);
    return 0;
}

/* How many of the cases Linux judges otherwise than for USER. */
static int wrong_cases(unsigned int user)
{
    int wrong = 0;

    for (int i = 0; i < CASES; i++)
    {
        int expected = 0; /* the server itself */

        if (user == ALICE) expected = cases[i].alice;
        else if (user == BOB) expected = cases[i].bob;
        else if (user == ANONYMOUS) expected = cases[i].anonymous;
        wrong += open_errno(cases[i].name) != expected;
    }
    return wrong;
}

/* ---- one client after the other ---- */

static void check_client(const struct ids *server, unsigned int user)
{
    struct ids ids, process;
    char path[64];

    read_ids(&ids);
    ok(ids.uid[1] == user && ids.uid[3] == user, "effective uid %u\n", ids.uid[1]); /* design 5.4 */
    ok(ids.gid[1] == user && ids.gid[3] == user, "effective gid %u\n", ids.gid[1]); /* design 5.4 */
    ok(ids.uid[0] == REAL && ids.gid[0] == REAL, "real ids %u, %u\n", ids.uid[0], ids.gid[0]); /* design 5.3 */
    ok(ids.uid[2] == server->uid[2] && ids.gid[2] == server->gid[2], "saved ids %u, %u\n", ids.uid[2],
       ids.gid[2]); /* design 5.3 */
    ok(!ids.effective && ids.permitted == server->permitted, "capabilities %llx of %llx\n", ids.effective,
       ids.permitted); /* design 5.4 */
    ok(has_group(&ids, READERS) && has_group(&ids, STAFF) == (user == ALICE), "groups\n"); /* design 5.2 */
    ok(ids.group_count == (user == ALICE ? 2 : 1), "%d groups\n", ids.group_count); /* design 5.2 */

    snprintf(path, sizeof(path), "/proc/self/task/%d/status", getpid());
    read_ids_of(path, &process);
    if (gettid() != getpid())
        ok(process.uid[1] == server->uid[1], "the main thread is %u\n", process.uid[1]); /* design 5.4 */
}

static void *other_thread(void *arg)
{
    read_ids(arg);
    return NULL;
}

static void test_user(enum session_user who, unsigned int user)
{
    static struct session session;
    struct ids server, other, after;
    struct stat info = {0};
    char path[128], name[32];
    SECURITY_STATUS status;
    pthread_t thread;
    int fd;

    if (!session_log_on(&session, who, 0, 0)) return;
    winetest_push_context("%s", session_user_name(who));
    read_ids(&server);
    ok(!wrong_cases(0), "the server cannot open its files\n"); /* open(2) */
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    check_client(&server, user);
    for (int i = 0; i < CASES; i++)
    {
        int error = open_errno(cases[i].name), expected = user == ALICE ? cases[i].alice : cases[i].bob;

        ok(error == expected, "%s: errno %d, not %d\n", cases[i].name, error, expected); /* design 1 */
    }

    /* What is made belongs to the client. */
    snprintf(name, sizeof(name), "made-by-%s", session_user_name(who));
    fd = open(path_of(path, name), O_CREAT | O_EXCL | O_WRONLY, 0600);
    ok(fd >= 0 && !fstat(fd, &info) && info.st_uid == user && info.st_gid == user, "owner %u\n",
       info.st_uid); /* S9.2.1 */
    close(fd);

    /* A thread that starts meanwhile is the server. */
    pthread_create(&thread, NULL, other_thread, &other);
    pthread_join(thread, NULL);
    ok(!memcmp(&other, &server, sizeof(other)), "a new thread has other ids\n"); /* S9.2.1 */

    status = RevertSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.2 */
    read_ids(&after);
    ok(!memcmp(&after, &server, sizeof(after)), "the ids after reverting differ\n"); /* design 5.4 */
    ok(!wrong_cases(0), "the server cannot open its files\n"); /* S9.3.1 */
    session_close(&session);
    winetest_pop_context();
}

/* From one client to the next without a revert, and a deleted context. */
static void test_replace(void)
{
    static struct session alice, bob;
    struct ids server, after;
    SECURITY_STATUS status;
    CtxtHandle deleted;

    if (!session_log_on(&alice, SESSION_ALICE, 0, 0)) return;
    if (!session_log_on(&bob, SESSION_BOB, 0, 0))
    {
        session_close(&alice);
        return;
    }
    read_ids(&server);
    status = ImpersonateSecurityContext(&alice.server);
    ok(status == SEC_E_OK && !wrong_cases(ALICE), "got %08lx\n", status); /* S2.11.1 */
    status = ImpersonateSecurityContext(&bob.server);
    ok(status == SEC_E_OK && !wrong_cases(BOB), "got %08lx\n", status); /* S9.3.1 */
    check_client(&server, BOB);

    deleted = bob.server;
    bob.have_server = FALSE;
    DeleteSecurityContext(&bob.server);
    ok(!wrong_cases(BOB), "the thread is not bob any more\n"); /* S2.8.3 */
    status = RevertSecurityContext(&deleted);
    ok(status == SEC_E_INVALID_HANDLE && !wrong_cases(BOB), "got %08lx\n", status); /* S2.11.2 */
    status = RevertSecurityContext(&alice.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S9.3.1 */
    read_ids(&after);
    ok(!memcmp(&after, &server, sizeof(after)), "the ids after reverting differ\n"); /* S9.3.1 */
    session_close(&alice);
    session_close(&bob);
}

static int level_of(CtxtHandle *context)
{
    SECURITY_IMPERSONATION_LEVEL level;
    HANDLE token;
    DWORD length;
    BOOL told;

    if (QuerySecurityContextToken(context, &token) != SEC_E_OK) return -1;
    told = GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &length);
    CloseHandle(token);
    return told ? (int)level : -1;
}

/* A null session that asks to be identified only is, and where it is handed over to as well. */
static void test_null_session_levels(void)
{
    for (int identify = 0; identify < 2; identify++)
    {
        static struct session session;
        int level = identify ? SecurityIdentification : SecurityImpersonation;
        SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
        CtxtHandle imported;

        if (!session_log_on(&session, SESSION_ANONYMOUS, identify ? ISC_REQ_IDENTIFY : 0, ASC_REQ_ALLOW_NULL_SESSION)) return;
        ok(level_of(&session.server) == level, "level %d\n", level_of(&session.server)); /* design 7.1 */
        ok(!ExportSecurityContext(&session.server, 0, &packed, NULL), "cannot export\n"); /* design 7.4 */
        ok(!ImportSecurityContextA((char *)"NTLM", &packed, NULL, &imported), "cannot import\n"); /* design 7.4 */
        ok(level_of(&imported) == level, "level %d\n", level_of(&imported)); /* design 7.4 */
        DeleteSecurityContext(&imported);
        FreeContextBuffer(packed.pvBuffer);
        session_close(&session);
    }
}

/* At Identification level and for a null session the thread is nobody who owns anything. */
static void test_low_levels(void)
{
    static struct session session;
    struct ids server, ids;
    SECURITY_STATUS status;

    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_IDENTIFY, 0)) return;
    read_ids(&server);
    status = ImpersonateSecurityContext(&session.server);
    read_ids(&ids);
    ok(status == SEC_E_OK && ids.uid[1] == ANONYMOUS, "got %08lx, uid %u\n", status, ids.uid[1]); /* design 5.6 */
    ok(!wrong_cases(ANONYMOUS), "files open that should not\n"); /* design 5.6 */
    RevertSecurityContext(&session.server);
    session_close(&session);

    if (!session_log_on(&session, SESSION_ANONYMOUS, 0, ASC_REQ_ALLOW_NULL_SESSION)) return;
    status = ImpersonateSecurityContext(&session.server);
    read_ids(&ids);
    ok(status == SEC_E_OK && ids.uid[1] == ANONYMOUS, "got %08lx, uid %u\n", status, ids.uid[1]); /* design 5.6 */
    ok(!wrong_cases(ANONYMOUS), "files open that should not\n"); /* design 5.6 */
    RevertSecurityContext(&session.server);
    read_ids(&ids);
    ok(!memcmp(&ids, &server, sizeof(ids)), "the ids after reverting differ\n"); /* design 5.4 */
    session_close(&session);
}

/* Whatever is refused leaves the thread as it was. */
static void test_refused(void)
{
    SEC_WINNT_AUTH_IDENTITY_A boss = {(BYTE *)"boss", 4, (BYTE *)"", 0, (BYTE *)"pw", 2, SEC_WINNT_AUTH_IDENTITY_ANSI};
    static struct session session;
    struct ids server, ids;
    SECURITY_STATUS status;

    read_ids(&server);
    if (!session_open(&session, SESSION_WRONG)) return;
    session_run(&session, 0, 0);
    status = ImpersonateSecurityContext(&session.server);
    read_ids(&ids);
    ok(status == SEC_E_NO_IMPERSONATION && !memcmp(&ids, &server, sizeof(ids)), "got %08lx\n", status); /* S2.11.1 */
    session_close(&session);

    /* An account of the store that is root's is never carried. */
    ok(session_add_account("boss", "pw", "root"), "no account\n"); /* design 5.8 */
    if (!session_open_as(&session, &boss)) return;
    session_run(&session, 0, 0);
    ok(session.server_status == SEC_E_LOGON_DENIED, "got %08lx\n", session.server_status); /* design 5.8 */
    status = ImpersonateSecurityContext(&session.server);
    read_ids(&ids);
    ok(status == SEC_E_NO_IMPERSONATION && !memcmp(&ids, &server, sizeof(ids)), "got %08lx\n", status); /* design 5.8 */
    session_close(&session);
}

/* ---- eight clients at once ---- */

enum { CLIENTS = 8, ROUNDS = 50 };
static pthread_barrier_t together;
static LONG thread_failures;

static void client_thread(unsigned int number)
{
    char name[8];
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        (BYTE *)name, 5, (BYTE *)"", 0, (BYTE *)"pw", 2, SEC_WINNT_AUTH_IDENTITY_ANSI};
    static struct session sessions[CLIENTS];
    struct session *session = &sessions[number];
    struct ids server, ids;
    LONG wrong = 0;

    snprintf(name, sizeof(name), "user%u", number + 1);
    read_ids(&server);
    if (!session_open_as(session, &identity)) return;
    session_run(session, 0, 0);
    wrong += session->server_status != SEC_E_OK;
    pthread_barrier_wait(&together);
    for (int i = 0; i < ROUNDS; i++)
    {
        wrong += ImpersonateSecurityContext(&session->server) != SEC_E_OK;
        read_ids(&ids);
        wrong += ids.uid[1] != USER1 + number || ids.gid[1] != USER1 + number || ids.effective;
        wrong += open_errno("root") != EACCES || open_errno("public");
        wrong += RevertSecurityContext(&session->server) != SEC_E_OK;
        read_ids(&ids);
        wrong += memcmp(&ids, &server, sizeof(ids)) || open_errno("root");
    }
    session_close(session);
    __atomic_fetch_add(&thread_failures, wrong, __ATOMIC_RELAXED);
}

static void test_threads(void)
{
    char name[16];

    for (int i = 1; i <= CLIENTS; i++)
    {
        snprintf(name, sizeof(name), "user%d", i);
        ok(session_add_account(name, "pw", NULL), "no account %s\n", name); /* design 5.4 */
    }
    pthread_barrier_init(&together, NULL, CLIENTS);
    session_run_threads(CLIENTS, client_thread);
    pthread_barrier_destroy(&together);
    ok(!thread_failures, "%ld times a thread was not who it should be\n", thread_failures); /* design 5.4 */
}

/* ---- a server without privileges: itself, and nobody else ---- */

static BOOL give_store_to(uid_t owner)
{
    static const char *const names[] = {"accounts.mdb", "accounts.mdb-lock", ""};
    char path[128];

    for (int i = 0; i < 3; i++)
    {
        snprintf(path, sizeof(path), "%s/%s", session_directory(), names[i]);
        if (chown(path, owner, owner) && errno != ENOENT) return FALSE;
    }
    return TRUE;
}

static BOOL become_service(void)
{
    return give_store_to(SERVICE) && !setgroups(0, NULL) && !setresgid(SERVICE, SERVICE, SERVICE) &&
           !setresuid(SERVICE, SERVICE, SERVICE);
}

static void unprivileged_server(void)
{
    SEC_WINNT_AUTH_IDENTITY_A own = {
        (BYTE *)"service", 7, (BYTE *)"", 0, (BYTE *)"pw", 2, SEC_WINNT_AUTH_IDENTITY_ANSI};
    static struct session session;
    struct ids server, ids;
    SECURITY_STATUS status;

    read_ids(&server);
    if (session_log_on(&session, SESSION_ALICE, 0, 0))
    {
        status = ImpersonateSecurityContext(&session.server);
        read_ids(&ids);
        ok(status == SEC_E_NO_IMPERSONATION && !memcmp(&ids, &server, sizeof(ids)), "got %08lx\n",
           status); /* design 5.7 */
        session_close(&session);
    }
    if (!session_open_as(&session, &own)) return;
    session_run(&session, 0, 0);
    ok(session.server_status == SEC_E_OK, "got %08lx\n", session.server_status); /* S2.6.7 */
    status = ImpersonateSecurityContext(&session.server);
    read_ids(&ids);
    ok(status == SEC_E_OK && !memcmp(&ids, &server, sizeof(ids)), "got %08lx\n", status); /* design 5.7 */
    status = RevertSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* design 5.7 */
    session_close(&session);
}

/* In a child that has not used the library before. */
static void test_unprivileged(void)
{
    int status = -1;
    pid_t child;

    ok(session_add_account("service", "pw", NULL), "no account\n"); /* design 5.7 */
    child = fork();
    if (!child)
    {
        if (become_service()) unprivileged_server();
        else ok(FALSE, "errno %d\n", errno); /* design 5.7 */
        fflush(stdout);
        _exit(0);
    }
    ok(child > 0 && waitpid(child, &status, 0) == child && !status, "the child ended with %x\n",
       status); /* design 5.7 */
    ok(give_store_to(0), "errno %d\n", errno); /* design 5.7 */
}

START_TEST(sspi_impersonate)
{
    if (geteuid())
    {
        skip("needs root\n");
        return;
    }
    if (!session_setup_with("[ntlm]\nallow-anonymous = yes\nnetbios-name = GUISETEST\n")) return;
    make_files();
    test_unprivileged();
    test_user(SESSION_ALICE, ALICE);
    test_user(SESSION_BOB, BOB);
    test_replace();
    test_low_levels();
    test_null_session_levels();
    test_refused();
    test_threads();
    remove_files();
    session_cleanup();
}
