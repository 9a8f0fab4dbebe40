/*
 * The client and server of session.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <glob.h>
#include <pthread.h>
#include <unistd.h>
#endif

#include "session.h"

#define ALICE_PASSWORD "Secret-alice-1"
#define BOB_PASSWORD   "Secret-bob-2"

static SEC_WINNT_AUTH_IDENTITY_A identities[] = {
    [SESSION_ALICE] = {(BYTE *)"alice", 5, (BYTE *)"", 0, (BYTE *)ALICE_PASSWORD, sizeof(ALICE_PASSWORD) - 1,
                       SEC_WINNT_AUTH_IDENTITY_ANSI},
    [SESSION_BOB] = {(BYTE *)"bob", 3, (BYTE *)"", 0, (BYTE *)BOB_PASSWORD, sizeof(BOB_PASSWORD) - 1,
                     SEC_WINNT_AUTH_IDENTITY_ANSI},
    [SESSION_NOBODY] = {(BYTE *)"guise-no-such-user", 18, (BYTE *)"", 0, (BYTE *)"x", 1, SEC_WINNT_AUTH_IDENTITY_ANSI},
    [SESSION_WRONG] = {(BYTE *)"alice", 5, (BYTE *)"", 0, (BYTE *)"Secret-alice-2", 14, SEC_WINNT_AUTH_IDENTITY_ANSI},
    [SESSION_ANONYMOUS] = {(BYTE *)"", 0, (BYTE *)"", 0, (BYTE *)"", 0, SEC_WINNT_AUTH_IDENTITY_ANSI},
};

const char *session_user_name(enum session_user user)
{
    return (const char *)identities[user].User;
}

#ifdef _WIN32

BOOL session_setup(void)
{
    return TRUE;
}

void session_cleanup(void)
{
}

BOOL session_other_users(void)
{
    return FALSE;
}

void *session_identity(enum session_user user)
{
    return user == SESSION_ALICE ? NULL : &identities[user];
}

static DWORD WINAPI thread_start(void *arg)
{
    ((void (*)(unsigned int))((void **)arg)[0])((unsigned int)(ULONG_PTR)((void **)arg)[1]);
    return 0;
}

void session_run_threads(unsigned int count, void (*routine)(unsigned int number))
{
    void *args[64][2];
    HANDLE threads[64];

    for (unsigned int i = 0; i < count; i++)
    {
        args[i][0] = (void *)routine;
        args[i][1] = (void *)(ULONG_PTR)i;
        threads[i] = CreateThread(NULL, 0, thread_start, args[i], 0, NULL);
    }
    for (unsigned int i = 0; i < count; i++)
    {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
}

#else

static char directory[] = "/tmp/guise-secur32-XXXXXX";

/* The program beside this one in the build tree. */
static BOOL find_account_program(char *path, size_t room)
{
    ssize_t length = readlink("/proc/self/exe", path, room - 64);

    if (length < 0) return FALSE;
    path[length] = 0;
    for (int i = 0; i < 3; i++)
    {
        char *slash = strrchr(path, '/');

        if (!slash) return FALSE;
        *slash = 0;
    }
    strcat(path, "/programs/guise-account/guise-account");
    return !access(path, X_OK);
}

BOOL session_add_account(const char *name, const char *password, const char *unix_name)
{
    char program[4200], command[4500];
    FILE *pipe;

    if (!find_account_program(program, sizeof(program))) return FALSE;
    snprintf(command, sizeof(command), "'%s' --store %s/accounts.mdb --unix %s add %s", program, directory,
             unix_name ? unix_name : name, name);
    if (!(pipe = popen(command, "w"))) return FALSE;
    fprintf(pipe, "%s\n", password);
    return !pclose(pipe);
}

BOOL session_account(const char *arguments)
{
    char program[4200], command[4500];

    if (!find_account_program(program, sizeof(program))) return FALSE;
    snprintf(command, sizeof(command), "'%s' --store %s/accounts.mdb %s", program, directory, arguments);
    return !system(command);
}

const char *session_directory(void)
{
    return directory;
}

static BOOL write_config(const char *config)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof(path), "%s/guise.conf", directory);
    if (!(file = fopen(path, "w"))) return FALSE;
    fprintf(file, "[accounts]\nstore = %s/accounts.mdb\n[exports]\ndirectory = %s/exports\n%s", directory, directory, config);
    if (fclose(file)) return FALSE;
    return !setenv("GUISE_CONF", path, 1);
}

BOOL session_setup(void)
{
    return session_setup_with(
        "[credentials]\nidentification = token-only\n[ntlm]\nallow-anonymous = yes\nnetbios-name = GUISETEST\n");
}

BOOL session_setup_with(const char *config)
{
    char program[4200];

    if (!find_account_program(program, sizeof(program)))
    {
        skip("guise-account is not there\n");
        return FALSE;
    }
    if (!mkdtemp(directory) || !write_config(config) || !session_add_account("alice", ALICE_PASSWORD, NULL) ||
        !session_add_account("bob", BOB_PASSWORD, NULL))
    {
        ok(FALSE, "the account store cannot be made\n"); /* header sspi.h */
        session_cleanup();
        return FALSE;
    }
    return TRUE;
}

/* What exported contexts that nobody imported have left, of each user. */
static void remove_exports(void)
{
    char pattern[64];
    glob_t found;

    for (int depth = 2; depth >= 0; depth--)
    {
        snprintf(pattern, sizeof(pattern), "%s/exports%s", directory, depth == 2 ? "/*/*" : depth ? "/*" : "");
        if (glob(pattern, 0, NULL, &found)) continue;
        for (size_t i = 0; i < found.gl_pathc; i++) remove(found.gl_pathv[i]);
        globfree(&found);
    }
}

void session_cleanup(void)
{
    static const char *const names[] = {"accounts.mdb", "accounts.mdb-lock", "accounts.mdb-lockout", "guise.conf"};
    char path[64];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
        unlink(path);
    }
    remove_exports();
    rmdir(directory);
}

BOOL session_other_users(void)
{
    return TRUE;
}

void *session_identity(enum session_user user)
{
    return &identities[user];
}

struct thread_arg
{
    void (*routine)(unsigned int number);
    unsigned int number;
};

static void *thread_start(void *arg)
{
    const struct thread_arg *thread = arg;

    thread->routine(thread->number);
    return NULL;
}

void session_run_threads(unsigned int count, void (*routine)(unsigned int number))
{
    struct thread_arg args[64];
    pthread_t threads[64];

    for (unsigned int i = 0; i < count; i++)
    {
        args[i] = (struct thread_arg){routine, i};
        if (pthread_create(&threads[i], NULL, thread_start, &args[i])) abort();
    }
    for (unsigned int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

#endif

BOOL session_open_as(struct session *session, void *identity)
{
    SECURITY_STATUS status;

    memset(session, 0, sizeof(*session));
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL,
                                       &session->client_credential, NULL);
    ok(status == SEC_E_OK, "outbound: got %08lx\n", status); /* S2.1.6 */
    if (status != SEC_E_OK) return FALSE;
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                       &session->server_credential, NULL);
    ok(status == SEC_E_OK, "inbound: got %08lx\n", status); /* S2.1.11 */
    if (status != SEC_E_OK) FreeCredentialsHandle(&session->client_credential);
    return status == SEC_E_OK;
}

BOOL session_open(struct session *session, enum session_user user)
{
    return session_open_as(session, session_identity(user));
}

static void client_leg(struct session *session, ULONG request, BYTE *input, ULONG input_length, BYTE *output,
                       ULONG *output_length)
{
    SecBuffer in[2] = {{input_length, SECBUFFER_TOKEN, input}}, out = {MAX_TOKEN, SECBUFFER_TOKEN, output};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, in}, out_desc = {SECBUFFER_VERSION, 1, &out};

    if (session->client_bindings) in[in_desc.cBuffers++] = *session->client_bindings;
    session->client_status = InitializeSecurityContextA(
        session->have_client ? NULL : &session->client_credential, session->have_client ? &session->client : NULL,
        (char *)"HOST/guisetest", request, 0, SECURITY_NATIVE_DREP, session->have_client ? &in_desc : NULL, 0,
        &session->client, &out_desc, &session->client_attributes, &session->client_expiry);
    if (session->client_status >= 0) session->have_client = TRUE;
    *output_length = out.cbBuffer;
}

static void server_leg(struct session *session, ULONG request, BYTE *input, ULONG input_length, BYTE *output,
                       ULONG *output_length)
{
    SecBuffer in[2] = {{input_length, SECBUFFER_TOKEN, input}}, out = {MAX_TOKEN, SECBUFFER_TOKEN, output};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, in}, out_desc = {SECBUFFER_VERSION, 1, &out};

    if (session->server_bindings) in[in_desc.cBuffers++] = *session->server_bindings;
    session->server_status = AcceptSecurityContext(
        &session->server_credential, session->have_server ? &session->server : NULL, &in_desc, request,
        SECURITY_NATIVE_DREP, &session->server, &out_desc, &session->server_attributes, &session->server_expiry);
    if (session->server_status >= 0) session->have_server = TRUE;
    *output_length = out.cbBuffer;
}

void session_run(struct session *session, ULONG client_request, ULONG server_request)
{
    BYTE last[MAX_TOKEN];
    ULONG last_length;

    session->server_status = SEC_E_INTERNAL_ERROR;
    client_leg(session, client_request, NULL, 0, session->negotiate, &session->negotiate_length);
    if (session->client_status != SEC_I_CONTINUE_NEEDED) return;
    server_leg(session, server_request, session->negotiate, session->negotiate_length, session->challenge,
               &session->challenge_length);
    if (session->server_status != SEC_I_CONTINUE_NEEDED) return;
    client_leg(session, client_request, session->challenge, session->challenge_length, session->authenticate,
               &session->authenticate_length);
    if (session->client_status < 0) return;
    server_leg(session, server_request, session->authenticate, session->authenticate_length, last, &last_length);
}

void session_close(struct session *session)
{
    if (session->have_client) DeleteSecurityContext(&session->client);
    if (session->have_server) DeleteSecurityContext(&session->server);
    FreeCredentialsHandle(&session->client_credential);
    FreeCredentialsHandle(&session->server_credential);
}

BOOL session_log_on(struct session *session, enum session_user user, ULONG client_request, ULONG server_request)
{
    if (!session_open(session, user)) return FALSE;
    session_run(session, client_request, server_request);
    ok(session->client_status == SEC_E_OK, "client: got %08lx\n", session->client_status); /* S2.5.12 */
    ok(session->server_status == SEC_E_OK, "server: got %08lx\n", session->server_status); /* S2.6.7 */
    if (session->client_status == SEC_E_OK && session->server_status == SEC_E_OK) return TRUE;
    session_close(session);
    return FALSE;
}
