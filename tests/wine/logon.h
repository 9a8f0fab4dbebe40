/*
 * Clients of this process, by NTLM with itself.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_WINE_LOGON_H
#define GUISE_TESTS_WINE_LOGON_H

#include <ntstatus.h>
#define WIN32_NO_STATUS
#define SECURITY_WIN32
#include <windows.h>
#include <security.h>
#include <winternl.h>

/* The server's context of a client who has logged on as USER; FALSE: it was refused. DeleteSecurityContext() ends it. */
BOOL logon(const char *user, const char *password, CtxtHandle *context);
BOOL logon_alice(CtxtHandle *context);
BOOL logon_bob(CtxtHandle *context);

#endif
