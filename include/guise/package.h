/*
 * What a security package is: the seam between the SSPI front (secur32) and the packages, built in or loaded with
 * AddSecurityPackage.
 *
 * A package is a const struct sec_package with named initialisers. The front owns handles, strings, identities and
 * buffers' rules; a package sees validated arguments only, never a handle, and never another package except through
 * this table.
 *
 * A plug-in is a shared object for dlopen(3) that exports guise_security_package(), described at the end of this file.
 * It is code of the server's: it runs inside the server's process with all that the process may do, and is loaded only
 * from a file that nobody but root and the server's user can change (guise.conf(5), section [packages]).
 *
 * Threads: any operation may be called on any thread, several at once; what of one credential or context never runs at
 * the same time is said with the operation. The calling thread may carry a client: a package opens files and asks name
 * services between process_begin() and process_end() of its services, or works with the client's rights. Operations
 * must return; none may longjmp, end the thread, or fork.
 *
 * Memory: what a package hands to the front is made with alloc() of its services (which built-in packages know as
 * guise_alloc) and is the front's then. Secrets are wiped by who frees them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_PACKAGE_H
#define GUISE_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <ntifs.h>
#include <sspi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes when an old plug-in would no longer work. New operations go to the end of the table and leave it alone. */
#define SEC_PACKAGE_VERSION 1

/*
 * What a caller gave as SEC_WINNT_AUTH_IDENTITY of any shape (S2.1.3 to S2.1.7), as counted, terminated UTF-16 copies.
 * Wiped and freed by the front when acquire_credential() returns.
 */
struct auth_identity
{
    WCHAR *user, *domain, *password; /* NULL where the caller gave none */
    ULONG user_length, domain_length, password_length; /* characters without the terminator */
    bool anonymous;                  /* all three given and empty, or the NULL_USER and NULL_DOMAIN flags (S2.1.7) */
    WCHAR *package_list;             /* EX and EX2, may be NULL */
    ULONG package_list_length;
    ULONG flags;                     /* SEC_WINNT_AUTH_IDENTITY_* as given */
};

struct acquire_request
{
    const WCHAR *principal;             /* may be NULL */
    ULONG use;                          /* SECPKG_CRED_INBOUND, _OUTBOUND or both */
    const struct auth_identity *identity; /* NULL = default credentials; the package copies what it keeps */
    bool impersonating;                 /* default credentials are then never the process's (design 5.10) */
    bool restricted;                    /* no default credentials at all: SECPKG_CRED_AUTOLOGON_RESTRICTED, for Negotiate (S2.1.2) */
    const struct sec_package *added;    /* AddCredentials for Negotiate: of this package alone; NULL = of every one */
};

/* What a package keeps of a credential and of a context: each package defines its own struct. */
struct package_credential;
struct package_context;

/* One call of InitializeSecurityContext or AcceptSecurityContext. */
struct leg
{
    const WCHAR *target;       /* initiator: the name given, may be NULL */
    ULONG request;             /* ISC_REQ_* or ASC_REQ_* */
    ULONG data_representation; /* SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP */
    const SecBufferDesc *input; /* may be NULL; version checked by the front. Look buffers up with sec_buffer_find() */
    /* out */
    UCHAR *token; /* made with alloc(), NULL = none; delivered and freed by the front, also on errors */
    ULONG token_length;
    ULONG attributes;          /* ISC_RET_* or ASC_RET_* */
    TimeStamp expiry;
    /*
     * Of an initiator's first leg that failed: nobody whom the package asks knows the client's name, so another package may. Negotiate goes
     * on with the next one. Plug-ins leave it alone.
     */
    bool client_unknown;
};

/* The buffers of one message call, in array order. */
struct message
{
    SecBufferDesc
        *buffers; /* version checked, non-NULL; a TOKEN buffer is there (the front answers INVALID_TOKEN otherwise) */
    SecBuffer *token;       /* that one; a package that says it is GSS_COMPATIBLE may get a STREAM buffer to decrypt instead */
    ULONG sequence;         /* MessageSeqNo */
    ULONG qop;              /* in: fQOP. A package that reports one on the way back sets qop_set too */
    bool qop_set;
};

/*
 * A mechanism by which Negotiate offers a package (RFC 4178): the DER of its object identifier without tag and length,
 * "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a" for 1.3.6.1.4.1.311.2.2.10.
 */
struct sec_mechanism
{
    const UCHAR *oid; /* NULL ends a list */
    ULONG oid_length;
};

/*
 * The operations. All are needed but those that say what NULL means, and one of initialize and accept is enough.
 */
struct sec_package
{
    ULONG version; /* SEC_PACKAGE_VERSION */
    ULONG size;    /* sizeof(struct sec_package): a plug-in that was built with a shorter table has no later operation */

    /* SecPkgInfo, table 3.1 of the SSPI notes. The name has 1 to 63 printable ASCII characters. */
    const WCHAR *name;
    const WCHAR *comment;
    ULONG capabilities;
    USHORT rpc_id;
    ULONG max_token;

    SECURITY_STATUS (*acquire_credential)(const struct acquire_request *request, struct package_credential **credential,
                                          TimeStamp *expiry);
    void (*free_credential)(struct package_credential *credential);

    /*
     * As query_context below. NAMES of a credential that nobody was named for: SEC_E_NO_CREDENTIALS; the front then
     * gives the name of whoever asked for default credentials. NULL = unsupported.
     */
    SECURITY_STATUS (*query_credential)(struct package_credential *credential, ULONG attribute, void *buffer);

    /*
     * One leg. *CONTEXT is NULL on the first and is set by the package when it keeps state (also when the leg is then
     * refused: the caller deletes it, S12.2). CREDENTIAL may be NULL on later legs (S2.5.2). The front holds a
     * reference on the credential for the context's life. Legs of one context never run at the same time; the front
     * refuses legs after a failed one with OUT_OF_SEQUENCE.
     */
    SECURITY_STATUS (*initialize)
    (struct package_credential *credential, struct package_context **context, struct leg *leg);
    SECURITY_STATUS (*accept)(struct package_credential *credential, struct package_context **context, struct leg *leg);
    SECURITY_STATUS (*complete_token)(struct package_context *context, SecBufferDesc *token); /* NULL = unsupported */
    void (*delete_context)(struct package_context *context);

    /*
     * Only after completion; NULL = unsupported. One signer/sealer and one verifier/unsealer may run at once; a package
     * that allows more locks by itself.
     */
    SECURITY_STATUS (*make_signature)(struct package_context *context, struct message *message);
    SECURITY_STATUS (*verify_signature)(struct package_context *context, struct message *message);
    SECURITY_STATUS (*encrypt_message)(struct package_context *context, struct message *message);
    SECURITY_STATUS (*decrypt_message)(struct package_context *context, struct message *message);

    /*
     * Attributes; NULL = unsupported. BUFFER is the W structure; the inner pointers are blocks made with out_block() of
     * the services, which the caller of SSPI frees one by one. The front turns strings into ANSI for the A form, and
     * answers PACKAGE_INFO, NEGOTIATION_INFO and ACCESS_TOKEN itself. Of a package with mechanisms, LAST_CLIENT_TOKEN_STATUS is asked for
     * between legs, too. Under Wine the pointers that it knows (strings, and the session key)
     * are moved to the program's heap; those in structures of other attributes are not the program's to free there.
     */
    SECURITY_STATUS (*query_context)(struct package_context *context, ULONG attribute, void *buffer);

    /*
     * The access token of a completed server context, made when the accept side completed; no reference is taken. NULL
     * in the table: SEC_E_UNSUPPORTED_FUNCTION for impersonation, and SECPKG_FLAG_IMPERSONATION must not be in
     * capabilities. SEC_E_NO_IMPERSONATION: a client context, ASC_REQ_NO_TOKEN.
     */
    SECURITY_STATUS (*context_token)(struct package_context *context, PACCESS_TOKEN *token);

    /*
     * A completed context as bytes from which import_context() makes it again in another process, without its token,
     * which the front carries. RESET: message numbers and key streams begin anew in the copy. *DATA is made with alloc()
     * and is the front's: it is encrypted, then wiped. Message calls may run at the same time and are wholly in the copy or
     * not at all. NULL = unsupported.
     */
    SECURITY_STATUS (*export_context)(struct package_context *context, bool reset, UCHAR **data, ULONG *size);

    /*
     * DATA comes from export_context() of this package; it was proved to be unaltered, but perhaps another version of the
     * package wrote it: SEC_E_UNKNOWN_CREDENTIALS if it cannot be read. TOKEN, NULL for none, is what context_token() is to
     * give: the package takes a reference. There is no credential behind an imported context.
     */
    SECURITY_STATUS (*import_context)(const UCHAR *data, ULONG size, bool acceptor, PACCESS_TOKEN token,
                                      struct package_context **context);

    /* ---- added since; a table that ends before is as one with NULL, and NULL = unsupported ---- */

    /*
     * One more credential behind a handle (S2.2.1), asked for as with acquire_credential(). Contexts may be using the
     * credential at the same time. On failure it is as it was.
     */
    SECURITY_STATUS (*add_credential)(struct package_credential *credential, const struct acquire_request *request,
                                      TimeStamp *expiry);

    /*
     * The caller's structure of ATTRIBUTE and how long he says it is, which is for the package to check; NULL has size 0.
     * set_credential() as add_credential(). set_context() never runs at the same time as a leg, but also before the last one.
     */
    SECURITY_STATUS (*set_credential)(struct package_credential *credential, ULONG attribute, const void *buffer,
                                      ULONG size);
    SECURITY_STATUS (*set_context)(struct package_context *context, ULONG attribute, const void *buffer, ULONG size);

    /* What the next leg is to say. The buffers are checked as those of a leg; it runs when set_context() may. */
    SECURITY_STATUS (*apply_control)(struct package_context *context, const SecBufferDesc *input);

    /* ---- for Negotiate, which drives the packages that have mechanisms through this table, as the front does ---- */

    /*
     * Whether TOKEN, which is never empty, begins as the first token of a client that speaks this package without
     * Negotiate: an acceptor of Negotiate answers such a client as this package does (S5.4.2). NULL: none does.
     */
    bool (*owns_token)(const UCHAR *token, ULONG length);

    /*
     * Of a completed context: whether the peer is sure to have sent, or to wait for, a mechListMIC, although the mechanism
     * is the one it likes best. NTLM's MIC promises one (section 5.5 of the SSPI notes). NULL: never.
     */
    bool (*expects_list_mic)(struct package_context *context);

    /*
     * Of a completed context, each time a mechListMIC was made or verified: the key streams of the messages begin anew, the
     * numbers go on (MS-SPNG 3.3.5.1). No message call runs. NULL: nothing has to.
     */
    void (*restart_streams)(struct package_context *context);

    /*
     * For a package that lets another one do the work: who does, NULL while nobody was chosen, and in *STATE a SECPKG_NEGOTIATION_*
     * (S3.3.4, S5.7.2). May run at the same time as a leg. NULL: the package itself.
     */
    const struct sec_package *(*chosen)(struct package_context *context, ULONG *state);

    /*
     * By which Negotiate offers the package and knows it in a peer's offer: the one to be offered first in front. In
     * enumeration order of packages this is the order of preference. Such a package has make_signature, verify_signature,
     * and SECPKG_ATTR_SIZES; an initiator's first leg that cannot reach the target, or has no credentials for it, says so with
     * SEC_E_TARGET_UNKNOWN, _NO_AUTHENTICATING_AUTHORITY or _NO_CREDENTIALS and is passed over (S5.4.1). NULL: not
     * negotiated.
     */
    const struct sec_mechanism *mechanisms;

    /*
     * Whether MECHANISM, one of those, goes with CREDENTIAL in a context that asks for REQUEST (ISC_REQ_*, of an acceptor ASC_REQ_*): else it is
     * neither offered nor chosen. TOKEN is what an initiator sent with it, NULL where nothing was. NULL: all always do.
     */
    bool (*speaks)(struct package_credential *credential, bool acceptor, ULONG request, const struct sec_mechanism *mechanism,
                   const UCHAR *token, ULONG token_length);
};

/* ---- plug-ins ---------------------------------------------------------------------------------------------------- */

/* A client who has proved who it is. */
struct sec_package_logon
{
    const char *source;         /* TOKEN_SOURCE name, at most 8 characters */
    const char *unix_account;   /* UTF-8 */
    const WCHAR *user_name;     /* for GetUserNameEx and the like, may be NULL */
    const WCHAR *domain_name;
    SECURITY_IMPERSONATION_LEVEL level; /* what the client permits */
};

/* What the front does for plug-ins. It lives as long as the process. */
struct sec_package_services
{
    ULONG version; /* SEC_PACKAGE_VERSION */
    ULONG size;    /* look here before using what a later version added */

    void *(*alloc)(size_t size); /* zeroed, or NULL */
    void (*free)(void *block);   /* NULL is allowed */
    void (*free_secret)(void *block, size_t size); /* wipes SIZE bytes first */
    void *(*out_block)(size_t size); /* for pointers in attributes; zeroed, or NULL */

    /* First buffer of TYPE, or NULL. */
    const SecBuffer *(*buffer_find)(const SecBufferDesc *desc, ULONG type);

    /* Between the two the calling thread is the process, whomever it carries. Nests. Signals and cancellation are off. */
    void (*process_begin)(void);
    void (*process_end)(void);

    /*
     * The access token of a client, under the same rules as any other logon's (design 5.8), with one reference for the caller:
     * ObDereferenceObject(). SEC_E_LOGON_DENIED: no such Unix account, or one that is never carried.
     * SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR.
     */
    SECURITY_STATUS (*create_token)(const struct sec_package_logon *logon, PACCESS_TOKEN *token);

    /* One line for the operator. Never a secret. */
    void (*log)(const char *line);
};

/*
 * The one symbol of a plug-in. FRONT_VERSION is SEC_PACKAGE_VERSION of the front; a plug-in that does not know it
 * answers NULL and is unloaded again. A plug-in that was
 * accepted stays in the process, also when DeleteSecurityPackage has taken it off the list; its table is copied, what that points to
 * stays. It is called each time the package is added, on a thread that acts as the process; neither it nor a constructor may call
 * SSPI.
 */
typedef const struct sec_package *(*sec_package_entry)(ULONG front_version,
                                                       const struct sec_package_services *services);
#define SEC_PACKAGE_ENTRY "guise_security_package"
const struct sec_package *guise_security_package(ULONG front_version, const struct sec_package_services *services)
    __attribute__((visibility("default")));

#ifdef __cplusplus
}
#endif

#endif
