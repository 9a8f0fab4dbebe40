/*
 * Logons through the LSA, for the units beside a KDC.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_KDC_LOGONS_H
#define GUISE_TESTS_KDC_LOGONS_H

#include <stdbool.h>

#include <windef.h>
#include <winbase.h>
#include <ntsecapi.h>
#include <ntstatus.h>
#include <wine/test.h>

/* What a logon gave, to be ended. */
struct logon
{
    NTSTATUS status, substatus;
    HANDLE token;
    void *profile; /* KERB_INTERACTIVE_PROFILE, MSV1_0_INTERACTIVE_PROFILE */
    ULONG profile_size;
    LUID session;
};

/* Connections of both kinds, closed with the process. False: a failed ok(). */
bool logons_begin(void);

/* The caller's package from now on: "Kerberos" at first. */
void logons_use(const char *package);

/* KERB_S4U_LOGON; REALM may be NULL. TRUSTED: through a registered connection. */
bool s4u_log_on(struct logon *logon, bool trusted, SECURITY_LOGON_TYPE type, ULONG flags, const char *upn, const char *realm);
/* KERB_INTERACTIVE_LOGON. Both are true where there is a token. */
bool password_log_on(struct logon *logon, SECURITY_LOGON_TYPE type, const char *domain, const char *user, const char *password);
void log_off(struct logon *logon);

/* AuthenticationPackage of the logon's session. */
const char *package_of(const struct logon *logon);

/* KerbChangePasswordMessage: its protocol status. */
NTSTATUS change_password(const char *domain, const char *user, const char *old_password, const char *new_password);

/* TokenImpersonationLevel; -1: a primary token. */
int level_of(const struct logon *logon);

#endif
