/*
 * The tokens of SPNEGO: RFC 4178 4.2, and NegTokenInit2 of MS-SPNG 2.2.1. The spans of a parsed token point into it; the same structs
 * are what the writers take. has_* tell an element that is left out from an empty one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NEGOTIATE_SPNEGO_H
#define GUISE_NEGOTIATE_SPNEGO_H

#include "dlls/secur32/wire.h"

struct spnego_init
{
    struct wire_span list;  /* MechTypeList as it was sent, header included: what a mechListMIC covers */
    struct wire_span token; /* mechToken */
    struct wire_span mic;   /* mechListMIC */
    bool has_token, has_mic;
};

enum spnego_state
{
    SPNEGO_ACCEPT_COMPLETED = 0,
    SPNEGO_ACCEPT_INCOMPLETE = 1,
    SPNEGO_REJECT = 2,
    SPNEGO_REQUEST_MIC = 3,
    SPNEGO_NO_STATE = 4 /* the field is left out (S5.2.1) */
};

struct spnego_response
{
    enum spnego_state state;
    struct wire_span mechanism; /* supportedMech: the OID's contents; empty: left out */
    struct wire_span token, mic;
    bool has_token, has_mic;
};

/* Whether a token is SPNEGO's at all, by its first bytes: in a frame of GSSAPI, or a bare NegTokenInit (section 5.4 of the SSPI notes). */
bool spnego_is_init(struct wire_span token);

/*
 * NegTokenInit and NegTokenInit2, in a frame or bare. The list has one mechanism at least. Hints are checked for their shape and then
 * forgotten: nothing vouches for them.
 */
bool spnego_parse_init(struct wire_span token, struct spnego_init *init);
bool spnego_parse_response(struct wire_span token, struct spnego_response *response);

/* The next OID of a list that was parsed; false behind the last. READER begins with spnego_begin_list(). */
void spnego_begin_list(struct wire_reader *reader, struct wire_span list);
bool spnego_next_mechanism(struct wire_reader *reader, struct wire_span *oid);

/* Each writes exactly the size its _size() tells. HINTS: a server that speaks first (S5.3.1). */
size_t spnego_init_size(const struct spnego_init *init, bool hints);
bool spnego_write_init(const struct spnego_init *init, bool hints, void *data, size_t size);
size_t spnego_response_size(const struct spnego_response *response);
bool spnego_write_response(const struct spnego_response *response, void *data, size_t size);

#endif
