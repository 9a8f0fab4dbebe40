/*
 * What the parts of the NTLM package share: credentials, contexts, counted text.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_NTLM_H
#define GUISE_MSV1_0_NTLM_H

#include <pthread.h>
#include <stdatomic.h>

#include "dlls/msv1_0/messages.h"
#include "dlls/msv1_0/proof.h"
#include "dlls/msv1_0/seal.h"
#include "dlls/secur32/package.h"
#include "ntoskrnl/core.h"

/* ---- text.c ----------------------------------------------------------- */

/* Counted UTF-16 with a terminator behind it; text is NULL when there is none. */
struct ntlm_text
{
    WCHAR *text;
    size_t units;
};

bool ntlm_text_copy(struct ntlm_text *out, const WCHAR *text, size_t units);
bool ntlm_text_from_utf8(struct ntlm_text *out, const char *text);
void ntlm_text_free(struct ntlm_text *text);
bool ntlm_text_equal_nocase(const struct ntlm_text *a, const WCHAR *b, size_t b_units);
struct wire_span ntlm_text_span(const struct ntlm_text *text);

/*
 * A name of a message. Without UNICODE it is in the client's OEM code page, of which only what is UTF-8 can be told
 * here. SEC_E_INVALID_TOKEN: odd length, a NUL inside, not UTF-8. SEC_E_INSUFFICIENT_MEMORY.
 */
SECURITY_STATUS ntlm_text_from_wire(struct ntlm_text *out, struct wire_span span, bool unicode);

/* ---- credentials: credential.c ----------------------------------------------------------- */

/* What this machine calls itself; domain equals computer unless configured. */
struct ntlm_names
{
    struct ntlm_text computer, domain, dns_computer, dns_domain;
    bool member; /* the domain has accounts of its own: the store's are the computer's */
    struct ntlm_text target_hosts; /* further host names that clients may ask for, separated by blanks */
};

/* The domain of the store's accounts, and its DNS name, which may be empty. */
const struct ntlm_text *ntlm_account_domain(const struct ntlm_names *names);
const struct ntlm_text *ntlm_account_dns_domain(const struct ntlm_names *names);

struct ntlm_policy
{
    ULONGLONG max_skew; /* between a client's clock and ours, in 100 ns */
    bool allow_anonymous;
    bool require_128bit;
    enum guise_check channel_bindings, target_name; /* acceptor */
    /* [ntlm] lm-compatibility-level (section 4.7 of the SSPI notes); all false is the default, 5 */
    bool accept_v1;   /* acceptor, 0 to 4 */
    bool accept_lm;   /* acceptor, 0 to 3: an LM response alone */
    bool lm_keys;     /* both, 0 and 1, and only without require_128bit: keys that are made of LM hashes */
    bool send_v1;     /* initiator, 0 to 2 */
    bool send_lm;     /* initiator, 0 and 1 */
    bool without_ess; /* initiator, 0: never asks for extended session security */
};

enum ntlm_identity
{
    NTLM_IDENTITY_DEFAULT, /* nothing was given, and there were no default credentials to take */
    NTLM_IDENTITY_ANONYMOUS,
    NTLM_IDENTITY_PASSWORD
};

struct package_credential
{
    ULONG use; /* SECPKG_CRED_* */
    struct ntlm_names names; /* ntlm_need_names() */
    _Atomic bool has_names;
    pthread_mutex_t naming; /* whoever copies the names; nothing is called out under it */
    struct ntlm_policy policy;
    /* outbound */
    enum ntlm_identity identity;
    struct ntlm_text user, domain;
    UCHAR ntowf_v2[NTLM_KEY_SIZE]; /* all that is kept of the password */
    UCHAR nt_hash[NTLM_KEY_SIZE];  /* but with send_v1 */
    UCHAR lm_hash[NTLM_KEY_SIZE];  /* but with send_lm */
    bool has_lm_hash;              /* only with send_lm */
    /* inbound */
    struct account_source *accounts;
};

SECURITY_STATUS ntlm_acquire_credential(const struct acquire_request *request, struct package_credential **credential,
                                        TimeStamp *expiry);
void ntlm_free_credential(struct package_credential *credential);

/*
 * The names of an inbound credential are there when this is SEC_E_OK: before a challenge is made, or an account sought. SEC_E_NO_AUTHENTICATING_AUTHORITY:
 * winbind has not said them yet. SEC_E_INSUFFICIENT_MEMORY.
 */
SECURITY_STATUS ntlm_need_names(struct package_credential *credential);

/* ---- contexts: context.c ----------------------------------------------------------- */

enum ntlm_state
{
    NTLM_STATE_NEGOTIATED, /* client: NEGOTIATE went out, or datagrams; server: CHALLENGE went out */
    NTLM_STATE_COMPLETE,
    NTLM_STATE_FAILED
};

/* What lives until the last leg only: the messages a MIC covers. */
struct ntlm_handshake
{
    UCHAR *negotiate, *challenge;
    size_t negotiate_size, challenge_size;
    ULONG negotiate_flags;
    ULONGLONG timestamp; /* acceptor: of the CHALLENGE; 0: it has none */
    UCHAR server_challenge[NTLM_CHALLENGE_SIZE];
};

struct package_context
{
    bool server;
    bool datagram; /* connectionless (S4.11.1): no NEGOTIATE, numbers of messages are the callers' */
    enum ntlm_state state;
    struct package_credential *credential; /* the front keeps it alive (package.h). Imported contexts: NULL */
    ULONG request;                         /* ISC_REQ_* or ASC_REQ_* of the legs so far */
    ULONG flags;                           /* NTLM_FLAG_*: asked or offered, then agreed on */
    ULONG attributes;                      /* ISC_RET_* or ASC_RET_* */
    struct ntlm_handshake handshake;
    bool has_bindings;
    bool has_mic; /* the client put a MIC into its AUTHENTICATE */
    UCHAR bindings[MD5_SIZE]; /* of the channel, as the caller gave it */
    UCHAR exported_key[NTLM_KEY_SIZE];
    struct seal seal;
    ULONGLONG start;               /* FILETIME of completion */
    struct ntlm_text user, domain; /* the client: its account */
    struct ntlm_text target;       /* the name the client asked for (S4.4.7) */
    bool has_target;
    struct ntlm_text authority;       /* who vouches: the server's domain */
    struct ntlm_text target_computer; /* client, and imported contexts: the server's own name */
    PACCESS_TOKEN token;
};

struct package_context *ntlm_new_context(struct package_credential *credential, bool server, ULONG request);
void ntlm_delete_context(struct package_context *context);
/* Frees what only the legs needed. */
void ntlm_end_handshake(struct package_context *context);
/* Takes the channel bindings out of a leg's input, if it has some. */
SECURITY_STATUS ntlm_take_bindings(struct package_context *context, const SecBufferDesc *input);
/* The TOKEN of a leg's input; empty when there is none. */
struct wire_span ntlm_input_token(const struct leg *leg);
/* A message of SIZE zero bytes as the leg's output, or NULL. */
UCHAR *ntlm_output_token(struct leg *leg, size_t size);
/* The agreed flags as ISC_RET_* / ASC_RET_* bits, whose values differ (trap 2 of the SSPI notes). */
ULONG ntlm_attributes(const struct package_context *context, bool anonymous);
/* Session security from the exported key; wipes nothing of the caller's. */
SECURITY_STATUS ntlm_complete(struct package_context *context, struct leg *leg, bool anonymous);
/* A null session has no key that others do not have too: it is not protected (S4.8.2). */
void ntlm_drop_protection(struct package_context *context);
/* What has to be agreed on in datagram mode: SEC_E_INVALID_TOKEN, or SEC_E_UNSUPPORTED_FUNCTION without session security. */
SECURITY_STATUS ntlm_check_datagram(const struct package_context *context);
/* Whether the agreed strength is below the policy's (S4.3.7): only where keys will be used at all. */
bool ntlm_too_weak(const struct ntlm_policy *policy, ULONG flags);
/* What the server calls itself. */
const struct ntlm_text *ntlm_server_name(const struct package_context *context);
/* FILETIME of now. */
ULONGLONG ntlm_now(void);

#define NTLM_NEVER 0x7fffffffffffffffLL /* S2.1.10 */

/* The VERSION of our messages; for debugging only (MS-NLMP 2.2.2.10). */
extern const UCHAR ntlm_version[8];

/* ---- the acceptor's view of what the client wants to reach: target.c ----------------------------------------------- */

/*
 * Whether the acceptor's policy lets in a client that says PAIRS, which its proof covers; all zeros for who cannot say anything. A name of this machine
 * is a service principal name whose host is one of the credential's names.
 */
bool ntlm_target_passes(const struct package_credential *credential, const struct ntlm_av_pairs *pairs);

/* ---- the legs and the rest of the table ----------------------------------------------------------- */

SECURITY_STATUS ntlm_initialize(struct package_credential *credential, struct package_context **context,
                                struct leg *leg);
SECURITY_STATUS ntlm_accept(struct package_credential *credential, struct package_context **context, struct leg *leg);
/* export.c */
SECURITY_STATUS ntlm_export_context(struct package_context *context, bool reset, UCHAR **data, ULONG *size);
SECURITY_STATUS ntlm_import_context(const UCHAR *data, ULONG size, bool acceptor, PACCESS_TOKEN token,
                                    struct package_context **context);
SECURITY_STATUS ntlm_query_credential(struct package_credential *credential, ULONG attribute, void *buffer);
SECURITY_STATUS ntlm_query_context(struct package_context *context, ULONG attribute, void *buffer);

#endif
