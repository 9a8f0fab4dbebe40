/*
 * NTLM's initiator and acceptor face to face, over accounts that live in the test.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_INTERNAL_NTLM_DOUBLE_H
#define GUISE_TESTS_INTERNAL_NTLM_DOUBLE_H

#include "dlls/msv1_0/accounts.h"

/*
 * The accounts of the double: alice and bob (disabled), the password of each is "Password"; carol has expired, dave
 * has no hash; M\u00fcller has no LM hash; User is the one of MS-NLMP 4.2.
 */
extern struct account_source double_accounts;
/* How often an account was authorised. */
extern int double_authorised;
extern SECURITY_IMPERSONATION_LEVEL double_level; /* of the last */

/* An acceptor's credential of the double: SERVER of domain SERVER, server.example; 128 bits, no null sessions. */
void double_inbound(struct package_credential *credential);
/* An initiator's. PASSWORD NULL: default credentials; all empty: a null session. */
void double_outbound(struct package_credential *credential, const WCHAR *domain, const WCHAR *user,
                     const WCHAR *password);
void double_free(struct package_credential *credential);

/* One handshake, leg by leg. Start from zeros. */
struct handshake
{
    struct package_credential *client_credential, *server_credential;
    struct package_context *client, *server;
    ULONG client_request, server_request;
    const WCHAR *target;
    struct wire_span client_bindings, server_bindings;
    ULONG client_attributes, server_attributes;
    SECURITY_STATUS client_status, server_status;
    UCHAR negotiate[4096], challenge[4096], authenticate[4096];
    size_t negotiate_size, challenge_size, authenticate_size;
};

/* Each runs one leg from and into the messages of the handshake and returns its status. */
SECURITY_STATUS leg_negotiate(struct handshake *handshake);
SECURITY_STATUS leg_challenge(struct handshake *handshake);
SECURITY_STATUS leg_authenticate(struct handshake *handshake);
SECURITY_STATUS leg_finish(struct handshake *handshake);
/* All four; the first failure, or SEC_E_OK. */
SECURITY_STATUS shake_hands(struct handshake *handshake);
void end_handshake(struct handshake *handshake);

/* One message of one buffer, in place. CALL is one of the package's four. */
SECURITY_STATUS one_message(SECURITY_STATUS (*call)(struct package_context *, struct message *),
                            struct package_context *context, void *data, ULONG size, UCHAR signature[16]);

#endif
