/*
 * What the parts of Negotiate share: credentials of several packages, contexts of one of them.
 *
 * Negotiate knows the other packages through their tables alone. struct package_credential and struct package_context, which every
 * package defines for itself, are left undefined here: a pointer to one of them is always another package's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NEGOTIATE_NEGOTIATE_H
#define GUISE_NEGOTIATE_NEGOTIATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "dlls/negotiate/spnego.h"
#include "dlls/secur32/front.h"

/* The token size the package announces: that of the largest package, and what SPNEGO puts around it (S3.1.2, S3.1.3). */
#define NEGOTIATE_MAX_TOKEN 48256

/* ---- credentials: credential.c ------------------------------------------------------------------------------------- */

#define NEGOTIATE_MAX_CANDIDATES 8

/* A package that may be chosen. NULL: it has no credential in that direction. */
struct nego_candidate
{
    const struct sec_package *package; /* in use (sec_package_use) */
    struct package_credential *inbound, *outbound;
};

/*
 * Written once, when it is acquired. AddCredentials makes another one, with all that was in this one, and hangs it behind: contexts go on with
 * the one that they began with, and all go together with the handle.
 */
struct nego_credential
{
    unsigned int count;
    struct nego_candidate candidates[NEGOTIATE_MAX_CANDIDATES]; /* in the order of preference */
    _Atomic(struct nego_credential *) newer;
    pthread_mutex_t adding; /* of the first one: one call of AddCredentials at a time. Readers do without */
};

/* The last of them. */
static inline const struct nego_credential *nego_current(const struct package_credential *credential)
{
    const struct nego_credential *known = (const struct nego_credential *)credential, *newer;

    while ((newer = atomic_load_explicit(&known->newer, memory_order_acquire))) known = newer;
    return known;
}

static inline struct package_credential *nego_side(const struct nego_candidate *candidate, bool server)
{
    return server ? candidate->inbound : candidate->outbound;
}

SECURITY_STATUS nego_acquire_credential(const struct acquire_request *request, struct package_credential **credential, TimeStamp *expiry);
SECURITY_STATUS nego_add_credential(struct package_credential *credential, const struct acquire_request *request, TimeStamp *expiry);
void nego_free_credential(struct package_credential *credential);
SECURITY_STATUS nego_query_credential(struct package_credential *credential, ULONG attribute, void *buffer);
SECURITY_STATUS nego_set_credential(struct package_credential *credential, ULONG attribute, const void *buffer, ULONG size);

/* ---- contexts: context.c ------------------------------------------------------------------------------------------- */

enum nego_phase
{
    NEGO_NOTHING_SAID, /* server: nothing was chosen; it may have sent its hint */
    NEGO_OFFERED,      /* client: waits for the first answer to its offer */
    NEGO_CHOSEN,       /* both know the mechanism */
    NEGO_COMPLETE,
    NEGO_FAILED
};

struct nego_context
{
    bool server;
    bool raw; /* the peer speaks the chosen package without SPNEGO */
    enum nego_phase phase;
    const struct nego_credential *credential; /* the front keeps it alive (package.h). Imported contexts: NULL */
    ULONG request;                            /* ISC_REQ_* or ASC_REQ_* of the legs so far */
    UCHAR *bindings;                          /* SECBUFFER_CHANNEL_BINDINGS, kept for legs of the package that come later */
    ULONG bindings_size;

    /* The package that was chosen, of its client's first choice while that is unconfirmed. Both may be read during a leg. */
    _Atomic(const struct sec_package *) package;
    _Atomic ULONG negotiation; /* SECPKG_NEGOTIATION_* */
    const struct nego_candidate *candidate;
    struct package_context *inner; /* PACKAGE's */
    bool inner_done;
    ULONG attributes; /* what the last leg of the inner context said; that of the leg that ends SPNEGO too */
    TimeStamp expiry;
    SECURITY_STATUS inner_status;
    bool client_unknown; /* the package's reason for that: nobody has looked at a password (struct leg) */

    /* SPNEGO */
    UCHAR *list; /* MechTypeList as the client sent it */
    size_t list_size;
    struct wire_span answer; /* server: the supportedMech that is still to be told, inside list */
    bool mic_required;       /* the mechanism was not the client's first, or the server asked for it */
    bool mic_sent, mic_verified;
};

struct nego_context *nego_new_context(const struct nego_credential *credential, bool server);
void nego_delete_context(struct package_context *context);
/* Forgets the inner context: another package is chosen, or an offer could not be made with this one. */
void nego_drop_inner(struct nego_context *context);
void nego_choose(struct nego_context *context, const struct nego_candidate *candidate, ULONG negotiation);
/* The TOKEN of a leg's input; empty when there is none. */
struct wire_span nego_input_token(const struct leg *leg);
/* Takes what a leg asks for: the request adds up, and bindings are kept. SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS nego_take_request(struct nego_context *context, const struct leg *leg);
/* What a leg tells its caller besides its token. */
void nego_tell(const struct nego_context *context, struct leg *leg);
SECURITY_STATUS nego_send_response(struct leg *leg, const struct spnego_response *response);

/* ---- mechanisms: mechanisms.c ---------------------------------------------------------------------------------------- */

bool nego_knows_mechanism(const struct sec_package *package, struct wire_span mechanism);

/* The candidate that MECHANISM can be used with, as this context asks for it, or NULL. TOKEN: what came with it, if anything. */
const struct nego_candidate *nego_find_mechanism(const struct nego_context *context, struct wire_span mechanism, struct wire_span token);

/* The MechTypeList of the candidates from FIRST on, made with guise_alloc(). SEC_E_NO_CREDENTIALS: it would be empty. */
SECURITY_STATUS nego_make_list(const struct nego_context *context, const struct nego_candidate *first, UCHAR **list, size_t *size);

/* ---- the package inside: inner.c ----------------------------------------------------------------------------------- */

/*
 * One leg of the inner context with TOKEN, which may be empty, and the caller's other buffers. *OUTPUT, made with guise_alloc(), is
 * the caller's, also on errors.
 */
SECURITY_STATUS nego_run_inner(struct nego_context *context, const struct leg *leg, struct wire_span token, UCHAR **output,
                               ULONG *output_size);

/* A leg of a peer who speaks the package without SPNEGO: all that is in LEG is the package's. */
SECURITY_STATUS nego_run_raw(struct nego_context *context, struct leg *leg);

/* Whether the inner context, which is complete, can protect a mechListMIC, and whether it takes part in the exchange by itself. */
bool nego_has_integrity(const struct nego_context *context);
bool nego_expects_mic(const struct nego_context *context);

/* The mechListMIC of this side, made with guise_alloc(). */
SECURITY_STATUS nego_make_mic(struct nego_context *context, UCHAR **mic, ULONG *size);
/* SEC_E_MESSAGE_ALTERED: it is not the peer's MIC of the list. */
SECURITY_STATUS nego_verify_mic(struct nego_context *context, struct wire_span mic);

/* ---- the table ----------------------------------------------------------------------------------------------------- */

SECURITY_STATUS nego_initialize(struct package_credential *credential, struct package_context **context, struct leg *leg);
SECURITY_STATUS nego_accept(struct package_credential *credential, struct package_context **context, struct leg *leg);
/* info.c */
SECURITY_STATUS nego_query_context(struct package_context *context, ULONG attribute, void *buffer);
/* export.c */
SECURITY_STATUS nego_export_context(struct package_context *context, bool reset, UCHAR **data, ULONG *size);
SECURITY_STATUS nego_import_context(const UCHAR *data, ULONG size, bool acceptor, PACCESS_TOKEN token, struct package_context **context);

#endif
