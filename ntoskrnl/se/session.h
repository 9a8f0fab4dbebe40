/*
 * Logon sessions: what the tokens of one logon have in common beyond their SIDs, and the table of those that live.
 *
 * Sessions are known to the process that made them; Guise keeps no state across processes (design 5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_SESSION_H
#define GUISE_NTOSKRNL_SE_SESSION_H

#include <stdatomic.h>

#include "ntoskrnl/core.h"

#define SYSTEM_SESSION_LUID    ((LUID){0x3e7, 0})
#define ANONYMOUS_SESSION_LUID ((LUID){0x3e6, 0})

/* What a package says about a logon. Texts may be NULL; the creation copies all that is pointed at. */
struct logon_session_form
{
    LUID id;
    ULONG type;      /* SECURITY_LOGON_TYPE */
    const SID *user; /* may be NULL */
    const WCHAR *user_name, *domain_name; /* as the package gave them, for names of the effective user */
    const WCHAR *package, *server, *dns_domain, *upn;
    bool has_times;
    struct guise_account_times times;
};

/* Immutable but for its place in the table; reference counted. */
struct logon_session
{
    struct logon_session_form form;
    LONGLONG start; /* FILETIME */
    _Atomic unsigned int references;
    struct logon_session *next, **link; /* in the table; link NULL: one of those that are always there */
    bool marked;                        /* its end is to be told (se/session_notify.c). Under the table's lock */
};

/* A session in the table with one reference; NULL without memory. */
struct logon_session *logon_session_create(const struct logon_session_form *form);

/* The sessions that every system has from its start, with a reference. */
struct logon_session *logon_session_system(void);
struct logon_session *logon_session_anonymous(void);

/* The live session of that id with a reference, or NULL. */
struct logon_session *logon_session_find(LUID id);

struct logon_session *logon_session_reference(struct logon_session *session);
/* The last one takes it out of the table. NULL is allowed. */
void logon_session_release(struct logon_session *session);

/* Its end is to be told; false: there is no such session. */
bool logon_session_mark(LUID id);

/* ---- telling: se/session_notify.c -------------------------------------------------------------------------------- */

/* SESSION is in no table any more and has no reference; its memory is the callee's. */
void logon_session_ended(struct logon_session *session);

/* ---- around fork(), in this order: ps/fork.c --------------------------------------------------------------------- */

void logon_sessions_lock(void);
void logon_sessions_unlock(void);
void session_notify_lock(void);
void session_notify_unlock(void);
void session_notify_forked(void); /* in the child, locked: there is no worker */

#endif
