/*
 * A connection that one process of a service accepts and another one serves: the context goes through a socket, and the
 * kernel says whom the other process then acts as. What a process may not be, it does not become by importing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../secur32/session.h"
#include "support.h"

static char ntlm[] = "NTLM";
static int ends[2]; /* this process, the other one */
static const char *alices, *roots;

/* ---- what goes through the socket -------------------------------------------------------------------------------- */

static void put(const void *data, ULONG size)
{
    if (write(ends[0], &size, sizeof(size)) != sizeof(size) || write(ends[0], data, size) != (ssize_t)size) abort();
}

static ULONG get(int from, void *data, ULONG room)
{
    ULONG size;

    if (read(from, &size, sizeof(size)) != sizeof(size) || size > room) abort();
    if (recv(from, data, size, MSG_WAITALL) != (ssize_t)size) abort();
    return size;
}

struct wire_message
{
    char token[16], text[16];
};

static SECURITY_STATUS seal(CtxtHandle *context, struct wire_message *message)
{
    SecBuffer buffers[2] = {{sizeof(message->token), SECBUFFER_TOKEN, message->token},
                            {sizeof(message->text), SECBUFFER_DATA, message->text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    memcpy(message->text, "fifteen letters", 16);
    return EncryptMessage(context, 0, &desc, 0);
}

static SECURITY_STATUS unseal(CtxtHandle *context, struct wire_message *message)
{
    SecBuffer buffers[2] = {{sizeof(message->token), SECBUFFER_TOKEN, message->token},
                            {sizeof(message->text), SECBUFFER_DATA, message->text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = DecryptMessage(context, &desc, 0, NULL);

    return status == SEC_E_OK && memcmp(message->text, "fifteen letters", 16) ? SEC_E_DECRYPT_FAILURE : status;
}

/* ---- the other process ------------------------------------------------------------------------------------------- */

static int socket_of_role(void)
{
    return atoi(getenv("GUISE_TEST_SOCKET"));
}

static SECURITY_STATUS take(CtxtHandle *context)
{
    static BYTE bytes[65536];
    SecBuffer packed = {0, SECBUFFER_EMPTY, bytes};

    packed.cbBuffer = get(socket_of_role(), bytes, sizeof(bytes));
    return ImportSecurityContextA(ntlm, &packed, NULL, context);
}

/* Serves alice: her ids, her files, and the server again. Then the next message of the client, and an answer. */
static void serve(void)
{
    struct task before = task_now(), during, after;
    struct wire_message message;
    CtxtHandle context;
    SECURITY_STATUS status;
    int own, other;

    status = take(&context);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */
    if (status != SEC_E_OK) return;
    status = ImpersonateSecurityContext(&context);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    during = task_now();
    own = open_error(getenv("GUISE_TEST_ALICES"));
    other = open_error(getenv("GUISE_TEST_ROOTS"));
    status = RevertSecurityContext(&context);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.2 */
    after = task_now();
    ok(during.uid[EFFECTIVE] == ALICE && during.uid[REAL] == THIRD && during.gid[EFFECTIVE] == ALICE, "uid %u, real %u\n",
       during.uid[EFFECTIVE], during.uid[REAL]); /* design 5.3 */
    ok(during.group_count == 2 && during.group_sum == STAFF + READERS && !during.effective, "%zu groups\n",
       during.group_count); /* design 5.4 */
    ok(!own && other == EACCES, "errno %d and %d\n", own, other); /* open(2) */
    ok(same_credential(&before, &after), "not the server again\n"); /* design 5.4 */

    get(socket_of_role(), &message, sizeof(message));
    status = unseal(&context, &message);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    DeleteSecurityContext(&context);
}

/* The same block, after another process has had it. */
static void serve_again(void)
{
    CtxtHandle context = {7, 8};
    SECURITY_STATUS status = take(&context);

    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.14.2 */
    ok(context.dwLower == 7 && context.dwUpper == 8, "the handle was written\n"); /* S2.14.2 */
}

/* Of the service's user, but without the right to be anybody else: a name and a token, and nobody's ids. */
static void serve_without_rights(void)
{
    struct task before = task_now(), after;
    SecPkgContext_NamesA names = {NULL};
    CtxtHandle context;
    HANDLE token = NULL;
    SECURITY_STATUS status = take(&context);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */
    if (status != SEC_E_OK) return;
    status = QueryContextAttributesA(&context, SECPKG_ATTR_NAMES, &names);
    ok(status == SEC_E_OK && strstr(names.sUserName, "alice"), "got %08lx\n", status); /* S2.10.1 */
    FreeContextBuffer(names.sUserName);
    status = ImpersonateSecurityContext(&context);
    after = task_now();
    ok(status == SEC_E_NO_IMPERSONATION, "got %08lx\n", status); /* design 5.7 */
    ok(same_credential(&before, &after), "the thread has changed\n"); /* design 5.7 */
    status = QuerySecurityContextToken(&context, &token);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.3 */
    ok(NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &token, sizeof(token)) < 0 ||
           (after = task_now(), same_credential(&before, &after)),
       "the thread has changed\n"); /* design 5.7 */
    PsRevertToSelf();
    NtClose(token);
    DeleteSecurityContext(&context);
}

/* Another user: refused by the name in the block, and by the ticket's folder too when that name is forged. */
static void serve_as_other(void)
{
    static BYTE bytes[65536];
    SecBuffer packed = {0, SECBUFFER_EMPTY, bytes};
    ULONG uid = geteuid();
    CtxtHandle context;
    SECURITY_STATUS status;

    packed.cbBuffer = get(socket_of_role(), bytes, sizeof(bytes));
    status = ImportSecurityContextA(ntlm, &packed, NULL, &context);
    ok(status == SEC_E_NOT_OWNER, "got %08lx\n", status); /* S2.14.2 */
    memcpy(bytes + 8, &uid, sizeof(uid));
    status = ImportSecurityContextA(ntlm, &packed, NULL, &context);
    ok(status == SEC_E_NO_CREDENTIALS || status == SEC_E_INTERNAL_ERROR, "forged: got %08lx\n", status); /* S2.14.2 */
    ok(open(getenv("GUISE_TEST_EXPORTS"), O_RDONLY | O_DIRECTORY) < 0 && errno == EACCES, "errno %d\n", errno); /* open(2) */
}

/* After a boot, as far as a process can see. */
static void serve_after_boot(void)
{
    CtxtHandle context;
    SECURITY_STATUS status = take(&context);

    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.14.2 */
}

static const struct
{
    const char *name;
    void (*run)(void);
} roles[] = {
    {"serve", serve},           {"again", serve_again},         {"without", serve_without_rights},
    {"other", serve_as_other},  {"boot", serve_after_boot},
};

/* ---- this process ------------------------------------------------------------------------------------------------ */

static struct session session;

static SecBuffer export(ULONG flags)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SECURITY_STATUS status = ExportSecurityContext(&session.server, flags, &packed, NULL);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    if (status != SEC_E_OK) abort();
    if (flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) session.have_server = FALSE;
    return packed;
}

static BOOL log_on(void)
{
    return session_log_on(&session, SESSION_ALICE, ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY,
                          ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY);
}

static void test_handover(void)
{
    static const char *const same[] = {"setpriv", "--reuid", "0", NULL};
    struct wire_message message;
    SECURITY_STATUS status;
    SecBuffer packed;

    if (!log_on()) return;
    for (int i = 0; i < 3; i++)
    {
        status = seal(&session.client, &message);
        ok(status == SEC_E_OK && unseal(&session.server, &message) == SEC_E_OK, "got %08lx\n", status); /* S2.12.7 */
    }
    packed = export(SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    put(packed.pvBuffer, packed.cbBuffer);
    status = seal(&session.client, &message);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.4 */
    put(&message, sizeof(message));
    run_role(same, "export", "serve");
    put(packed.pvBuffer, packed.cbBuffer);
    run_role(same, "export", "again");
    FreeContextBuffer(packed.pvBuffer);
    session_close(&session);
}

static void test_others(void)
{
    static const char *const without[] = {"setpriv", "--bounding-set", "-setuid,-setgid", NULL};
    static const char *const other[] = {"setpriv", "--reuid", "70020", "--regid", "70020", "--clear-groups", NULL};
    static const char *const boot[] = {
        "unshare", "--mount", "sh", "-c",
        "echo 01234567-89ab-cdef-0123-456789abcdef >$GUISE_TEST_BOOT && "
        "mount --bind $GUISE_TEST_BOOT /proc/sys/kernel/random/boot_id && exec \"$@\"", "sh", NULL};
    const struct
    {
        const char *const *prefix;
        const char *role;
    } cases[] = {{without, "without"}, {other, "other"}, {boot, "boot"}};

    if (!log_on()) return;
    setenv("GUISE_TEST_BOOT", make_file("boot_id", "", 0, 0, 0644), 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        SecBuffer packed = export(0);

        put(packed.pvBuffer, packed.cbBuffer);
        run_role(cases[i].prefix, "export", cases[i].role);
        FreeContextBuffer(packed.pvBuffer);
    }
    session_close(&session);
}

/* On a thread that is a client, the files are the server's all the same. */
static void test_impersonating(void)
{
    SECURITY_STATUS status, imported;
    struct task task;
    SecBuffer packed;
    CtxtHandle moved;

    if (!log_on()) return;
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    packed = export(SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    imported = ImportSecurityContextA(ntlm, &packed, NULL, &moved);
    task = task_now();
    PsRevertToSelf();
    ok(imported == SEC_E_OK, "got %08lx\n", imported); /* design 5.10 */
    ok(task.uid[EFFECTIVE] == ALICE, "uid %u\n", task.uid[EFFECTIVE]); /* design 5.10 */
    FreeContextBuffer(packed.pvBuffer);
    if (imported == SEC_E_OK) DeleteSecurityContext(&moved);
    session_close(&session);
}

/* Two processes at the same time, many times: each block is imported once. */
static void race(int from, int to)
{
    static BYTE bytes[65536];
    SecBuffer packed = {0, SECBUFFER_EMPTY, bytes};
    CtxtHandle context;
    BYTE won;

    for (int i = 0; i < 100; i++)
    {
        packed.cbBuffer = get(from, bytes, sizeof(bytes));
        won = ImportSecurityContextA(ntlm, &packed, NULL, &context) == SEC_E_OK;
        if (won) DeleteSecurityContext(&context);
        if (write(to, &won, 1) != 1) _exit(1);
    }
    _exit(0);
}

static void test_race(void)
{
    int out[2][2], in[2][2], both = 0, none = 0;
    pid_t children[2];

    if (!log_on()) return;
    fflush(stdout);
    for (int i = 0; i < 2; i++)
    {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out[i]) || pipe(in[i])) abort();
        if (!(children[i] = fork())) race(out[i][1], in[i][1]);
    }
    for (int i = 0; i < 100; i++)
    {
        SecBuffer packed = export(0);
        BYTE won[2] = {9, 9};

        for (int j = 0; j < 2; j++)
        {
            ends[0] = out[j][0];
            put(packed.pvBuffer, packed.cbBuffer);
        }
        for (int j = 0; j < 2; j++)
            if (read(in[j][0], &won[j], 1) != 1) abort();
        both += won[0] && won[1];
        none += !won[0] && !won[1];
        FreeContextBuffer(packed.pvBuffer);
    }
    ok(!both && !none, "%d imported twice, %d never\n", both, none); /* design 7.4 */
    for (int i = 0; i < 2; i++)
    {
        int status;

        waitpid(children[i], &status, 0);
        ok(!status, "status %x\n", status); /* design 7.4 */
        for (int j = 0; j < 2; j++)
        {
            close(out[i][j]);
            close(in[i][j]);
        }
    }
    session_close(&session);
}

static CtxtHandle handed_over;

static void serve_in_child(void)
{
    struct task task;
    SECURITY_STATUS status = ImpersonateSecurityContext(&handed_over);

    task = task_now();
    PsRevertToSelf();
    ok(status == SEC_E_OK && task.uid[EFFECTIVE] == ALICE && task.uid[SAVED] == SERVICE, "got %08lx, uid %u\n", status,
       task.uid[EFFECTIVE]); /* design 7.4 */
}

static SecBuffer from_parent;

static void import_in_child(void)
{
    SECURITY_STATUS status = ImportSecurityContextA(ntlm, &from_parent, NULL, &handed_over);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */
    if (status == SEC_E_OK) serve_in_child();
}

/* A server that is not root, in a folder that was made for it. */
static void export_as_service(void)
{
    SECURITY_STATUS status;

    if (!log_on()) return;
    from_parent = export(SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    ok(!run_child(import_in_child), "the child\n"); /* design 7.4 */
    status = ImportSecurityContextA(ntlm, &from_parent, NULL, &handed_over);
    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.14.2 */
    FreeContextBuffer(from_parent.pvBuffer);
    session_close(&session);
}

static void test_service(void)
{
    static const char *const service[] = {"setpriv", "--reuid", "70020", "--regid", "70020", "--clear-groups",
                                          "--inh-caps", "+setuid,+setgid", "--ambient-caps", "+setuid,+setgid", NULL};
    const char *directory = session_directory();
    char command[PATH_MAX], *before = strdup(getenv("GUISE_CONF"));

    snprintf(command, sizeof(command),
             "cd %s && mkdir own exports/70020 && cp accounts.mdb own && sed s,%s/accounts.mdb,%s/own/accounts.mdb, "
             "guise.conf >own/guise.conf && chown -R 70020 own exports/70020 && chmod 0700 own exports/70020",
             directory, directory, directory);
    ok(!system(command), "%s\n", command); /* sed(1) */
    snprintf(command, sizeof(command), "%s/own/guise.conf", directory);
    setenv("GUISE_CONF", command, 1);
    run_role(service, "export", "service");
    setenv("GUISE_CONF", before, 1);
    free(before);
    snprintf(command, sizeof(command), "rm -rf %s/own", directory);
    ok(!system(command), "rm\n"); /* rm(1) */
}

static unsigned int count_tickets(void)
{
    DIR *list = opendir(getenv("GUISE_TEST_EXPORTS"));
    const struct dirent *entry;
    unsigned int count = 0;

    while (list && (entry = readdir(list))) count += entry->d_name[0] != '.';
    if (list) closedir(list);
    return count;
}

/* In a process whose exports live for a second. */
static void export_short(void)
{
    SecBuffer packed, later;
    SECURITY_STATUS status;
    CtxtHandle moved;

    if (!log_on()) return;
    packed = export(0);
    sleep(3);
    status = ImportSecurityContextA(ntlm, &packed, NULL, &moved);
    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.14.2 */
    later = export(0);
    ok(count_tickets() == 1, "%u tickets\n", count_tickets()); /* design 7.4 */
    status = ImportSecurityContextA(ntlm, &later, NULL, &moved);
    ok(status == SEC_E_OK && !count_tickets(), "got %08lx, %u tickets\n", status, count_tickets()); /* design 7.4 */
    if (status == SEC_E_OK) DeleteSecurityContext(&moved);
    FreeContextBuffer(packed.pvBuffer);
    FreeContextBuffer(later.pvBuffer);
    session_close(&session);
}

/* The same user, from the same file. */
static void test_lifetime(void)
{
    static const char *const same[] = {"setpriv", "--reuid", "0", NULL};
    char command[PATH_MAX];

    snprintf(command, sizeof(command), "rm -f %s/exports/0/* && sed -i 's/^lifetime.*/lifetime = 1/' %s/guise.conf",
             session_directory(), session_directory());
    ok(!system(command), "sed\n"); /* sed(1) */
    run_role(same, "export", "short");
}

START_TEST(export)
{
    char text[PATH_MAX];

    if (role())
    {
        for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
            if (!strcmp(role(), roles[i].name)) roles[i].run();
        if (!strcmp(role(), "short")) export_short();
        if (!strcmp(role(), "service")) export_as_service();
        return;
    }
    /* The text goes on in section [exports]. */
    if (!have_sandbox() || !session_setup_with("lifetime = 30\n")) return;
    alices = make_file("alices", "hers", ALICE, ALICE, 0600);
    roots = make_file("roots", "his", 0, 0, 0600);
    setenv("GUISE_TEST_ALICES", alices, 1);
    setenv("GUISE_TEST_ROOTS", roots, 1);
    snprintf(text, sizeof(text), "%s/exports/0", session_directory());
    setenv("GUISE_TEST_EXPORTS", text, 1);
    chmod(session_directory(), 0711); /* other users read the configuration */
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) abort();
    snprintf(text, sizeof(text), "%d", ends[1]);
    setenv("GUISE_TEST_SOCKET", text, 1);

    test_handover();
    test_others();
    test_impersonating();
    test_race();
    test_service();
    test_lifetime();
    session_cleanup();
}
