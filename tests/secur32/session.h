/*
 * A client and a server of one package in this process, for the units of this room.
 *
 * Natively session_setup() makes a store with the accounts alice and bob in a temporary directory (session_unix.c). On
 * Windows the one account at hand is the user who runs the test, and what needs another one is skipped, unless
 * --create-accounts asks for two (session_windows.c). What names they have, session_user_name() says.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_SECUR32_SESSION_H
#define GUISE_TESTS_SECUR32_SESSION_H

#define SECURITY_WIN32
#include <windef.h>
#include <winbase.h>
#include <sspi.h>
#include <wine/test.h>

#define MAX_TOKEN 12288

enum session_user
{
    SESSION_ALICE,  /* on Windows: whoever runs the test */
    SESSION_BOB,    /* needs session_other_users() */
    SESSION_NOBODY, /* a user that no one knows */
    SESSION_WRONG,  /* alice with a wrong password */
    SESSION_ANONYMOUS
};

struct session
{
    CredHandle client_credential, server_credential;
    CtxtHandle client, server;
    BOOL have_client, have_server; /* the two contexts exist */
    SECURITY_STATUS client_status, server_status;
    ULONG client_attributes, server_attributes;
    TimeStamp client_expiry, server_expiry;
    SecBuffer *client_bindings, *server_bindings; /* may be set before session_run() */
    BYTE negotiate[MAX_TOKEN], challenge[MAX_TOKEN], authenticate[MAX_TOKEN];
    ULONG negotiate_length, challenge_length, authenticate_length;
};

/* Before anything else of SSPI is called. FALSE: said why and the unit should end. */
BOOL session_setup(void);
/* Natively: the same with CONFIG in guise.conf; session_setup() asks for Windows' answers at low levels. */
BOOL session_setup_with(const char *config);
/* Natively: one more account, of a Unix account that may have another name (NULL = the same). */
BOOL session_add_account(const char *name, const char *password, const char *unix_name);
/* Natively: guise-account ARGUMENTS on the store of this test, as `disable alice`. */
BOOL session_account(const char *arguments);
const char *session_directory(void);
void session_cleanup(void);

/* Whether there are accounts besides the one that runs the test. */
BOOL session_other_users(void);
/* Whether the machine's policy is the one of session_setup(): null sessions, and no short cut for clients of this machine. */
BOOL session_own_policy(void);
/* Whether this is Guise's secur32.dll under Wine, where the process's own token stays Wine's. */
BOOL session_under_wine(void);
const char *session_user_name(enum session_user user);
const char *session_password(enum session_user user);

/* Whether the package these tests are about is there. FALSE: an ok() has failed, or is expected to. */
BOOL session_have_ntlm(void);

/* Of which package credentials are made: "NTLM", unless a unit says another one. */
extern const char *session_package;

/* Both credentials. FALSE: not to be had, and an ok() has failed. */
BOOL session_open_as(struct session *session, void *identity);
BOOL session_open(struct session *session, enum session_user user);

/* All legs. The statuses in SESSION are those of the last leg of each side. */
void session_run(struct session *session, ULONG client_request, ULONG server_request);

/* Deletes and frees what there is. */
void session_close(struct session *session);

/* session_open and session_run, and the logon must succeed. FALSE: an ok() has failed and there is nothing to close. */
BOOL session_log_on(struct session *session, enum session_user user, ULONG client_request, ULONG server_request);

/* Identity data for AcquireCredentialsHandle, or NULL for the default. */
void *session_identity(enum session_user user);

/* Runs ROUTINE on COUNT threads at the same time with 0, 1, ... and waits for them. */
void session_run_threads(unsigned int count, void (*routine)(unsigned int number));

/* Runs this program once more with this unit and ARGUMENT, and waits: what fails there has failed here. FALSE: not started. */
BOOL session_run_child(const char *argument);

#endif
