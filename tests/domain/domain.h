/*
 * What the units of this room share: they run on the member of a domain that tests/domain/run makes, with the people of tests/domain/populate.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DOMAIN_DOMAIN_H
#define GUISE_TESTS_DOMAIN_DOMAIN_H

#include <stdbool.h>
#include <sys/types.h>

#include "../secur32/session.h"

#define WWW "HTTP/www.guise.test" /* the service whose keys this machine has */

#define DOMAIN_MOST_GROUPS 512

/* The store's alice and bob, and the domain; LINES more of guise.conf. FALSE: said why, and the unit should end. */
bool domain_setup(const char *lines);

/* What NSS, and so winbind, says of DOMAIN\user: who a process of that user would be. */
struct domain_user
{
    uid_t uid;
    gid_t gid, groups[DOMAIN_MOST_GROUPS];
    int group_count; /* with GID */
};

bool domain_find_user(const char *name, struct domain_user *user);
/* Of a group of the domain. */
gid_t domain_gid(const char *group);
/* "S-1-5-21-..." of an account or a group of the domain, as wbinfo says it. */
const char *domain_sid(const char *name);

/* The SID of the domain that Samba calls this machine; S-1-0-0 if it cannot be had. */
const char *domain_machine_sid(void);

/* One logon of DOMAIN\user with PASSWORD, NULL for his; the statuses are in SESSION, to be closed. False: no credentials. */
bool domain_run(struct session *session, const char *package, const char *domain, const char *user, const char *password);
/* The same, and it must succeed. */
bool domain_log_on(struct session *session, const char *package, const char *user);
/* Whether this machine's own alice can log on. */
bool domain_local_works(void);

/* `tests/domain/winbind WHAT` */
bool domain_winbind(const char *what);
/* `tests/domain/sssd WHAT` */
bool domain_sssd(const char *what);

/* Monotonic milliseconds. */
unsigned long long domain_now(void);

/* ---- checks.c: what holds whoever proved the logon ------------------------------------------------------------------ */

/* The server's token of SESSION in a buffer that the next call but one overwrites; NULL: refused. */
void *domain_query(struct session *session, TOKEN_INFORMATION_CLASS class);
bool domain_has_sid(const TOKEN_GROUPS *groups, const char *text);

void domain_check_sids(const char *package);
void domain_check_carried(const char *package, const char *name);
void domain_check_files(const char *package);
void domain_check_deny_only(const char *package);
/* file_sids.c */
void domain_check_file_sids(const char *package);
void domain_check_messages(const char *package);
void domain_check_times(const char *package);
/* No token, and EXPECTED from the side that knows it first. */
void domain_check_refused(const char *package, const char *domain, const char *user, const char *password, SECURITY_STATUS expected);

#endif
