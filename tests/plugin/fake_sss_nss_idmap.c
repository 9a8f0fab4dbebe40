/*
 * A libsss_nss_idmap whose SSSD says what a unit wants to hear (tests/internal/domain_accounts.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake_domain.h"

#define VISIBLE __attribute__((visibility("default")))

VISIBLE struct fake_domain fake_domain = {.user_id = 0xffff};

VISIBLE int sss_nss_getidbysid_timeout(const char *sid, unsigned int milliseconds, uint32_t *id, int *type);
VISIBLE int sss_nss_getpwuid_timeout(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found, uint32_t flags,
                                     unsigned int milliseconds);

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
