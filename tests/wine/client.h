/*
 * A client for the units under Wine: NTLM with ourselves, through secur32.dll as any server.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_WINE_CLIENT_H
#define GUISE_TESTS_WINE_CLIENT_H

#define SECURITY_WIN32
#include <windows.h>
#include <sspi.h>

/*
 * The server's context of a client who has logged on, for ImpersonateSecurityContext; until the process ends. The password is that of
 * tests/wine/run.
 */
SECURITY_STATUS client_log_on(const char *user, CtxtHandle *server);

#endif
