/*
 * Negotiate's two sides face to face, over NTLM with the accounts of ntlm_double.h and a package that a script drives.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_INTERNAL_NEGO_DOUBLE_H
#define GUISE_TESTS_INTERNAL_NEGO_DOUBLE_H

#include "dlls/negotiate/negotiate.h"
#include "tests/internal/ntlm_double.h"

/*
 * "FakeKerberos", with both OIDs of Kerberos: tokens "K1", "K2", ... one after the other; its signatures are sums of the message
 * and of who speaks, so a change in either shows.
 */
extern const struct sec_package nego_fake;

struct nego_fake_script
{
    int legs;                  /* tokens of a handshake: 1, 2 or 3 */
    bool integrity, list_mic;  /* offers message protection; expects a mechListMIC by itself */
    SECURITY_STATUS first_leg; /* of the initiator; SEC_E_OK: as it should go */
    bool client_unknown;       /* and why, if so */
    ULONG mute;                /* ISC_REQ_* for which none of the initiator's mechanisms goes */
    const char *error_token;   /* of the acceptor, which then answers SEC_E_LOGON_DENIED */
};

extern struct nego_fake_script nego_fake_script;

struct nego_fake_seen
{
    ULONG request;     /* of the last leg */
    bool had_bindings, had_parameters; /* the acceptor's last leg had some */
    int restarts, contexts, server_legs;
};

extern struct nego_fake_seen nego_fake_seen;

/* One conversation. Who has what: nego_talk_begin(). */
struct nego_talk
{
    struct nego_credential client_credential, server_credential;
    struct package_context *client, *server;
    ULONG client_request, server_request;
    SECURITY_STATUS client_status, server_status;
    ULONG client_attributes, server_attributes;
    UCHAR token[4096]; /* the last that was sent */
    ULONG token_length;
    struct wire_span server_bindings; /* with the first leg of the server alone */
    int legs;                         /* so far */
    /* Called with each token before the other side gets it: what happens on the way. TURN counts from 0. May be NULL. */
    void (*on_the_way)(struct nego_talk *talk, int turn);
};

#define NEGO_FAKE   1
#define NEGO_NTLM   2
#define NEGO_STRICT 4 /* the fake one, known by the second of its identifiers alone: a Kerberos that has not heard of Microsoft's */

/* CLIENT and SERVER: which packages each has, the fake one first. */
void nego_talk_begin(struct nego_talk *talk, int client, int server);
void nego_client_leg(struct nego_talk *talk);
void nego_server_leg(struct nego_talk *talk);
/* The client goes on until both are done, or one refuses. */
void nego_talk_run(struct nego_talk *talk);
/* nego_talk_run(), and whether both are done. */
bool nego_talk_works(struct nego_talk *talk);
void nego_talk_end(struct nego_talk *talk);

/* Before the first talk and after the last. */
void nego_double_begin(void);
void nego_double_end(void);

/* On the way: both identifiers of Kerberos in an offer or a hint become others, which nobody knows. */
void nego_forget_kerberos(struct nego_talk *talk);

/* A message of the client to the server and one back, sealed. */
bool nego_talk_seals(struct nego_talk *talk);

#endif
