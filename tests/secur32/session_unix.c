/*
 * The accounts of session.h natively: a store in a temporary directory, made by guise-account.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef _WIN32

#include <glob.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

const char *session_password(enum session_user user)
{
    return (const char *)identities[user].Password;
}

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

BOOL session_own_policy(void)
{
    return TRUE;
}

BOOL session_under_wine(void)
{
    return FALSE;
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

BOOL session_run_child(const char *argument)
{
    char **argv, *child_argv[4] = {NULL};
    pid_t pid;

    winetest_get_mainargs(&argv);
    child_argv[0] = argv[0];
    child_argv[1] = argv[1];
    child_argv[2] = (char *)argument;
    if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, child_argv, environ)) return FALSE;
    winetest_wait_child_process(pid);
    return TRUE;
}

#endif
