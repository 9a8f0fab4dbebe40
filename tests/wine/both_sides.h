/*
 * One client and one server of NTLM in this process, for the units of this room.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_WINE_BOTH_SIDES_H
#define GUISE_TESTS_WINE_BOTH_SIDES_H

#include <ntstatus.h>
#define WIN32_NO_STATUS
#define SECURITY_WIN32
#include <windows.h>
#include <sspi.h>
#include <ntsecapi.h>

/* The accounts of tests/wine/run: alice, bob and carol. */
#define ALICE "alice", "Secret-alice-1"
#define BOB   "bob", "Secret-bob-2"
#define CAROL "carol", "Secret-carol-3"

/* Both sides, and the messages, which the library has allocated: 0 and 2 are the client's. */
struct both_sides
{
    CredHandle client_credential, server_credential;
    CtxtHandle client, server;
    SecBuffer message[3];
};

/* All legs; the server's last status. Whatever it is, both_sides_end() is owed. */
SECURITY_STATUS both_sides_run(struct both_sides *logon, const char *user, const char *password);
void both_sides_end(struct both_sides *logon);

/* A routine of secur32.dll that import libraries do not have. */
void *secur32_routine(const char *name);

#endif
