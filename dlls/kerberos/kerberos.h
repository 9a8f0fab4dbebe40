/*
 * What the parts of the Kerberos package share: names, channel bindings, credentials, contexts.
 *
 * Everything that MIT Kerberos does in a call of gss_*() or krb5_*() may open its files (keytab, ticket cache, krb5.conf, replay cache) and ask
 * the KDC. So each is made between guise_process_begin() and guise_process_end() (design 5.10), but for those on messages, which touch
 * memory alone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_KERBEROS_H
#define GUISE_KERBEROS_KERBEROS_H

#include <pthread.h>
#include <stdatomic.h>

#include "dlls/kerberos/framing.h"
#include "dlls/kerberos/library.h"
#include "dlls/kerberos/status.h"
#include "dlls/secur32/package.h"
#include "ntoskrnl/core.h"

/* S3.1.3: what Windows has since version 8. */
#define KRB_MAX_TOKEN 48000

#define KRB_NEVER INT64_MAX

struct krb_span
{
    const UCHAR *data;
    size_t size;
};

/* ---- names: name.c --------------------------------------------------------------------------------------------------------- */

extern gss_OID_desc krb_mechanism;

/*
 * The name that a caller wants to reach: service/host[:port][/name][@REALM], user@REALM, DOMAIN\account or account (S6.1.1). Nothing is
 * asked of DNS: a name that the KDC does not know as it stands is not known. SEC_E_TARGET_UNKNOWN: no such form.
 */
SECURITY_STATUS krb_import_target(const WCHAR *target, gss_name_t *name);

/* The same forms for the service that this process is, and whose keys it has. */
SECURITY_STATUS krb_import_service(const WCHAR *principal, gss_name_t *name);

/* A user's, of his name and domain or of his name alone, which may be user@REALM. SEC_E_UNKNOWN_CREDENTIALS. */
SECURITY_STATUS krb_import_user(const WCHAR *user, size_t user_units, const WCHAR *domain, size_t domain_units, gss_name_t *name);

/* A realm in small letters alone is meant in capitals. */
void krb_tidy_realm(char *realm);

/* A principal as krb5_parse_name() reads it, or an enterprise name. In the bracket. */
SECURITY_STATUS krb_import_principal(const char *text, bool enterprise, gss_name_t *name);

/*
 * USER of REALM, "" being the default one, as krb5_parse_name() reads it; and UPN, user@domain, as an enterprise name that the KDC of REALM knows. UTF-8;
 * guise_free(). NULL: no memory.
 */
char *krb_write_account(const char *user, const char *realm);
char *krb_write_upn(const char *upn, const char *realm);

/* NAME as MIT Kerberos writes it, UTF-8 (guise_free). SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR. In the bracket. */
SECURITY_STATUS krb_display_name(gss_name_t name, char **text);

/* TEXT as a caller's block (out_block), or NULL. */
WCHAR *krb_out_text(const char *text, size_t length);
size_t krb_text_units(const WCHAR *text);

/* ---- channel bindings: bindings.c -------------------------------------------------------------------------------------------- */

struct krb_bindings
{
    UCHAR *block; /* the caller's SEC_CHANNEL_BINDINGS, copied; NULL = none given */
    struct gss_channel_bindings_struct gss;
};

/* Those of the input, if it has any. SEC_E_INVALID_TOKEN: its parts are not inside it. */
SECURITY_STATUS krb_take_bindings(struct krb_bindings *bindings, const SecBufferDesc *input);
void krb_free_bindings(struct krb_bindings *bindings);

/* ---- a client's credential that came with its ticket: delegation.c ------------------------------------------------------------- */

struct krb_delegated;

/* Keeps CREDENTIAL, which is its from here on, for as long as the logon session of TOKEN lasts. False: no memory; it is released. */
bool krb_keep_delegated(PACCESS_TOKEN token, gss_cred_id_t credential);
/* The same for the tickets of a logon with a password and their cache: its token may use them wherever it may act. */
bool krb_keep_logon(PACCESS_TOKEN token, gss_cred_id_t credential, krb5_ccache cache);
/* What came with the client that the calling thread impersonates, with a reference; NULL: nothing, or he may not be acted for elsewhere. */
struct krb_delegated *krb_find_delegated(void);
gss_cred_id_t krb_delegated_credential(const struct krb_delegated *delegated);
void krb_release_delegated(struct krb_delegated *delegated);

/* ---- credentials: credential.c ------------------------------------------------------------------------------------------------- */

enum krb_identity
{
    KRB_IDENTITY_NONE,      /* no tickets to be had: SEC_E_NO_CREDENTIALS at the first leg (S2.1.9) */
    KRB_IDENTITY_DEFAULT,   /* the ticket cache of the process, looked at for each context: it may be renewed meanwhile */
    KRB_IDENTITY_PASSWORD,  /* given with the call */
    KRB_IDENTITY_DELEGATED  /* a client's, by its own will */
};

struct package_credential
{
    ULONG use;
    enum guise_check channel_bindings;
    gss_cred_id_t acceptor;           /* inbound */
    gss_cred_id_t acceptor_no_replay; /* for ASC_REQ_ALLOW_CONTEXT_REPLAY and for a look at a token without consequences */
    enum krb_identity identity;       /* outbound */
    enum krb_identity own_ticket;     /* inbound, user-to-user: PASSWORD, DEFAULT, or one that gives none */
    gss_name_t name;                  /* whom it speaks for, NULL = whoever the cache is of */
    char *password;                   /* KRB_IDENTITY_PASSWORD, as UTF-8; wiped */
    size_t password_size;
    struct krb_delegated *delegated;  /* KRB_IDENTITY_DELEGATED */
    pthread_mutex_t lock;             /* guards tickets */
    gss_cred_id_t tickets;            /* those that the password gave */
    atomic_uint silences;             /* how often no KDC has answered; counted under the lock, read without */
};

SECURITY_STATUS krb_acquire_credential(const struct acquire_request *request, struct package_credential **credential, TimeStamp *expiry);
void krb_free_credential(struct package_credential *credential);
SECURITY_STATUS krb_query_credential(struct package_credential *credential, ULONG attribute, void *buffer);

/* Any key of the keytab that is configured, or those of NAME; REPLAYS are looked for. SEC_E_NO_CREDENTIALS: there is none. */
SECURITY_STATUS krb_acquire_keys(gss_name_t name, bool replays, gss_cred_id_t *keys);
/* The same of KEYTAB, "" being krb5's default one. */
SECURITY_STATUS krb_acquire_key_table(gss_name_t name, const char *keytab, bool replays, gss_cred_id_t *keys);

/* ---- caches that are not in memory: default_cache.c ---- */

/* Whether nobody but this process's user and root can have put CACHE, the default one, where it is. In the bracket. */
bool krb_is_own_cache(krb5_context krb5, krb5_ccache cache);

/* Whether the default cache may be used to speak for the process: no file that somebody else has put there, or could have, which the log says, and no missing one. */
bool krb_default_cache_is_ours(void);

/*
 * The tickets to open a context with, until krb_put_tickets(): other contexts of a password wait meanwhile, as MIT Kerberos would make them. In
 * the bracket. SEC_E_NO_CREDENTIALS, SEC_E_LOGON_DENIED and the like; *UNKNOWN: because the KDC does not know the client.
 */
SECURITY_STATUS krb_take_tickets(struct package_credential *credential, gss_cred_id_t *tickets, bool *unknown);
void krb_put_tickets(struct package_credential *credential, gss_cred_id_t tickets);

/* The same of a password alone, for whichever use. */
SECURITY_STATUS krb_take_password_tickets(struct package_credential *credential, gss_cred_id_t *tickets, bool *unknown);
void krb_put_password_tickets(struct package_credential *credential);

/* Whether they have some life left; gets them from the KDC where they are none yet. In the bracket. */
SECURITY_STATUS krb_check_tickets(gss_cred_id_t tickets, bool *usable, bool *unknown);

/* Those of CACHE alone, which has to last longer. In the bracket. */
SECURITY_STATUS krb_acquire_cache(krb5_ccache cache, gss_cred_id_t *tickets);

/* ---- contexts: context.c --------------------------------------------------------------------------------------------------------- */

enum krb_state
{
    KRB_STATE_OPEN, /* legs are to come */
    KRB_STATE_COMPLETE,
    KRB_STATE_FAILED
};

enum krb_cipher
{
    KRB_CIPHER_UNKNOWN,
    KRB_CIPHER_OLD,
    KRB_CIPHER_NEW
};

struct krb_session_keys; /* user_to_user.h */

struct package_context
{
    bool acceptor;
    enum krb_state state;
    struct package_credential *credential; /* NULL in an imported context; not looked at after the legs */
    ULONG request;
    ULONG attributes; /* ISC_RET_* or ASC_RET_*, once complete */
    struct krb_bindings bindings;
    gss_name_t target;  /* initiator, while legs are to come */
    OM_uint32 flags;    /* GSS_C_*_FLAG */
    bool user_to_user;
    enum krb_frame_kind frame; /* how the peer frames its messages; KRB_FRAME_NONE: nothing is known of it */
    struct krb_session_keys *session_keys; /* user-to-user, acceptor, while legs are to come */
    PACCESS_TOKEN token; /* acceptor: the client */
    LONGLONG start, expiry; /* FILETIME, UTC */
    /*
     * Guards gss once the context is complete: the keys of MIT Kerberos keep what they have computed, without a lock, and both directions
     * share them.
     */
    pthread_mutex_t lock;
    gss_ctx_id_t gss;
    atomic_int cipher; /* enum krb_cipher, once somebody asked */
};

struct package_context *krb_new_context(struct package_credential *credential, bool acceptor, ULONG request);
void krb_delete_context(struct package_context *context);

/* The token of the input, empty if there is none. */
struct krb_span krb_input_token(const struct leg *leg);

/* Moves what GSS made to the leg. SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS krb_output_token(struct leg *leg, gss_buffer_t token);

/* After the last leg: LIFETIME as GSS told it, in seconds. */
void krb_complete(struct package_context *context, struct leg *leg, OM_uint32 lifetime);
void krb_fail(struct package_context *context);
bool krb_has_expired(const struct package_context *context);

LONGLONG krb_now(void);

/* ISC_RET_* or ASC_RET_*, of the flags so far. */
ULONG krb_attributes(const struct package_context *context);

/* ---- legs: server.c, client.c, token.c ------------------------------------------------------------------------------------------ */

SECURITY_STATUS krb_accept(struct package_credential *credential, struct package_context **context, struct leg *leg);
SECURITY_STATUS krb_initialize(struct package_credential *credential, struct package_context **context, struct leg *leg);

/*
 * The access token of the client who has proved himself to GSS: by the PAC of his ticket where there is one with a logon in it, else by the rules
 * of krb5.conf for local names and NSS. AP_REQ is his message, in another leg than the first an empty one. SEC_E_LOGON_DENIED: nobody here, or a PAC that is not signed with our key, which may say anything.
 */
SECURITY_STATUS krb_create_token(gss_ctx_id_t gss, struct krb_span ap_req, SECURITY_IMPERSONATION_LEVEL level, PACCESS_TOKEN *token);

/* ---- after the legs: messages.c, info.c, export.c ------------------------------------------------------------------------------- */

SECURITY_STATUS krb_make_signature(struct package_context *context, struct message *message);
SECURITY_STATUS krb_verify_signature(struct package_context *context, struct message *message);
SECURITY_STATUS krb_encrypt_message(struct package_context *context, struct message *message);
SECURITY_STATUS krb_decrypt_message(struct package_context *context, struct message *message);
SECURITY_STATUS krb_query_context(struct package_context *context, ULONG attribute, void *buffer);
/* Whether the context's messages are those of RFC 1964, of DES and RC4, and not RFC 4121's. */
SECURITY_STATUS krb_has_old_cipher(struct package_context *context, bool *old);
SECURITY_STATUS krb_export_context(struct package_context *context, bool reset, UCHAR **data, ULONG *size);
SECURITY_STATUS krb_import_context(const UCHAR *data, ULONG size, bool acceptor, PACCESS_TOKEN token, struct package_context **context);

#endif
