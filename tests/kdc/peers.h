/*
 * What the units beside a KDC share: one side of a conversation by Guise, and one by MIT Kerberos, which is the oracle.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_KDC_PEERS_H
#define GUISE_TESTS_KDC_PEERS_H

#include "wine/test.h"

#include <stdbool.h>
#include <stddef.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <sspi.h>

#define HTTP    "HTTP/server.guise.test"
#define TRUSTED "cifs/server.guise.test" /* the KDC calls it trusted for delegation */
#define ROTATED "rotated/server.guise.test"
#define RC4     "rc4/server.guise.test"
#define ABSENT  "absent/server.guise.test"

enum { TOKEN_ROOM = 48000 };

struct token
{
    ULONG size;
    UCHAR data[TOKEN_ROOM];
};

/* Whether tests/kdc/run is around us; says why not. */
bool kdc_is_here(void);

/* A name in the KDC's folder, in a buffer that the next call but three overwrites. */
const char *kdc_path(const char *name);

/* A ticket-granting ticket of USER in the cache CACHE, SECONDS long (0: as long as may be); KRB5CCNAME is then that cache. */
bool kdc_log_in(const char *user, const char *cache, int seconds);

/* Tickets for RC4 are asked for first from now on, until KRB5_CONFIG is krb5.conf again: for the service RC4, which has such a key alone. */
void kdc_prefer_rc4(void);

/* What both speak from now on: Kerberos, or SPNEGO through Negotiate. */
void speak_spnego(bool mit, bool guise);

/* ---- MIT Kerberos ---- */

struct mit
{
    gss_cred_id_t credential;
    gss_name_t target;
    gss_ctx_id_t context;
    OM_uint32 asked, flags, major, minor;
    gss_channel_bindings_t bindings;
    gss_cred_id_t delegated; /* acceptor */
    char client[128];        /* acceptor: who it was */
};

bool mit_open_initiator(struct mit *mit, const char *user, const char *target, OM_uint32 flags);
bool mit_open_acceptor(struct mit *mit);
/* One leg; IN may be NULL. False: MIT says that something is wrong. */
bool mit_initiate(struct mit *mit, const struct token *in, struct token *out);
bool mit_accept(struct mit *mit, const struct token *in, struct token *out);
void mit_close(struct mit *mit);

/* ---- Guise ---- */

struct side
{
    CredHandle credential;
    CtxtHandle context;
    bool has_credential, has_context, acceptor;
    SECURITY_STATUS status;
    ULONG request, attributes;
    const char *target;
    SecBuffer bindings; /* given with each leg if not empty */
    TimeStamp expiry;
};

/* USER NULL: default credentials; else NAME or NAME@REALM, with the password NAME-pw. */
bool side_open_initiator(struct side *side, const char *user, const char *target, ULONG request);
bool side_open_acceptor(struct side *side, const char *principal, ULONG request);
/* An acceptor that has what USER has: a password, or with NULL the process's tickets. */
bool side_open_user(struct side *side, const char *user, ULONG request);
SECURITY_STATUS side_step(struct side *side, const struct token *in, struct token *out);
void side_close(struct side *side);
/* The package that Negotiate has chosen for good, or "". */
const char *side_chosen(struct side *side, char name[32]);

/* Legs until both sides are done or one says no: the statuses are in SIDE and MIT. */
void run_mit_to_side(struct mit *mit, struct side *side);
void run_side_to_mit(struct side *side, struct mit *mit);
void run_sides(struct side *initiator, struct side *acceptor);

#endif
