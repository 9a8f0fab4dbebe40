/*
 * A libsss_nss_idmap whose SSSD says what a unit wants to hear (tests/internal/domain_accounts.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "fake_domain.h"

#define VISIBLE __attribute__((visibility("default")))

VISIBLE struct fake_domain fake_domain = {.user_id = 0xffff};

VISIBLE int sss_nss_getidbysid_timeout(const char *sid, unsigned int milliseconds, uint32_t *id, int *type);
VISIBLE int sss_nss_getpwuid_timeout(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found, uint32_t flags,
                                     unsigned int milliseconds);
VISIBLE int sss_nss_getnamebysid_timeout(const char *sid, unsigned int milliseconds, char **name, int *type);
VISIBLE int sss_nss_getsidbyname_timeout(const char *name, unsigned int milliseconds, char **sid, int *type);

int sss_nss_getidbysid_timeout(const char *sid, unsigned int milliseconds, uint32_t *id, int *type)
{
    unsigned int rid = 0;

    fake_domain.asked++;
    usleep((fake_domain.slow < milliseconds ? fake_domain.slow : milliseconds) * 1000);
    if (fake_domain.error || fake_domain.slow >= milliseconds) return ENOENT; /* as the real one when nobody answers */
    if (sscanf(sid, "S-1-5-21-1-2-3-%u", &rid) != 1) return ENOENT;
    if (rid != FAKE_USER && rid != FAKE_GROUP && rid != FAKE_PRIMARY_GROUP) return ENOENT;
    if (fake_domain.deaf && fake_domain.deaf-- == 1) return ENOENT;
    *type = rid == FAKE_USER ? 1 : 2;
    *id = rid == FAKE_USER ? fake_domain.user_id : FAKE_GID + rid;
    return 0;
}

int sss_nss_getpwuid_timeout(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found, uint32_t flags,
                             unsigned int milliseconds)
{
    (void)uid, (void)entry, (void)buffer, (void)size, (void)flags;
    *found = NULL;
    if (fake_domain.slow >= milliseconds) return ETIME;
    return fake_domain.error ? fake_domain.error : ENOENT;
}

/* account.name is the whole name that is said; sid that of any name. */
int sss_nss_getnamebysid_timeout(const char *sid, unsigned int milliseconds, char **name, int *type)
{
    unsigned int rid = 0;

    fake_domain.asked++;
    if (fake_domain.error || fake_domain.slow >= milliseconds) return ENOENT;
    if (sscanf(sid, "S-1-5-21-1-2-3-%u", &rid) != 1 || (rid != FAKE_USER && rid != FAKE_GROUP)) return ENOENT;
    *type = fake_domain.account.use ? fake_domain.account.use : rid == FAKE_USER ? 1 : 2;
    *name = strdup(fake_domain.account.name ? fake_domain.account.name : rid == FAKE_USER ? "alice@fake.test" : "staff@fake.test");
    return 0;
}

int sss_nss_getsidbyname_timeout(const char *name, unsigned int milliseconds, char **sid, int *type)
{
    bool user = !strcasecmp(name, "alice@fake.test"), group = !strcasecmp(name, "staff@fake.test");

    fake_domain.asked++;
    if (fake_domain.error || fake_domain.slow >= milliseconds) return ENOENT;
    if (strchr(name, '*')) return EINVAL;
    if (strstr(name, "@other.")) return ENETUNREACH;
    if (!user && !group && !fake_domain.sid) return ENOENT;
    *type = user ? 1 : 2;
    *sid = strdup(fake_domain.sid ? fake_domain.sid : user ? "S-1-5-21-1-2-3-1103" : "S-1-5-21-1-2-3-1111");
    return 0;
}
