/*
 * What a unit tells the fakes of libwbclient and libsss_nss_idmap, which export it as `fake_domain`.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_PLUGIN_FAKE_DOMAIN_H
#define GUISE_TESTS_PLUGIN_FAKE_DOMAIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* RIDs of S-1-5-21-1-2-3; the groups have the gids FAKE_GID + RID, others have none. */
enum
{
    FAKE_USER = 1103,
    FAKE_PRIMARY_GROUP = 513,
    FAKE_GROUP = 1111,
    FAKE_GID = 60000
};

struct wb_account;

/* What is said in the place of FAKE\alice (FAKE_USER), FAKE\Staff (FAKE_GROUP) and FAKE itself; NULL, 0: the truth. */
struct fake_name
{
    const char *domain, *name;
    int use;
};

struct fake_domain
{
    _Atomic unsigned int asked; /* questions so far */
    _Atomic unsigned int slow;  /* milliseconds that each takes */
    _Atomic int error;          /* the library's, for all of them */
    _Atomic unsigned int deaf;  /* that many questions on, SSSD is away for one of them: 1 is the next */
    _Atomic uint32_t refusal;   /* NTSTATUS of a logon */
    uint32_t user_id, group_id; /* of the user */
    const char *machine, *domain, *dns_domain; /* what the machine has joined as */
    const char *user_name;      /* as winbind says it */
    void (*spoil)(struct wb_account *account); /* what the controller says is changed so */
    struct fake_name account, whole; /* of the accounts, and of the domain */
    const char *sid;                 /* whose name any is: "S-1-..."; NULL: the truth */
    int unreachable;                 /* the library's error of wbcCtxPingDc() */
};

#endif
