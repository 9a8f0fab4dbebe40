/*
 * The seam between the SSPI front (secur32) and the security packages.
 *
 * A package is a const struct sec_package with named initialisers. The front owns handles, strings, identities and
 * buffers' rules; a package sees validated arguments only, never a handle, and never another package except through
 * this table.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_PACKAGE_H
#define GUISE_SECUR32_PACKAGE_H

#include <sspi.h>

#include "ntoskrnl/core.h"

/*
 * What a caller gave as SEC_WINNT_AUTH_IDENTITY of any shape (S2.1.3 to S2.1.7), as counted, terminated UTF-16 copies.
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
    UCHAR *token; /* made with guise_alloc(), NULL = none; delivered and freed by the front, also on errors */
    ULONG token_length;
    ULONG attributes;          /* ISC_RET_* or ASC_RET_* */
    TimeStamp expiry;
};

/* The buffers of one message call, in array order. */
struct message
{
    SecBufferDesc
        *buffers; /* version checked, non-NULL; a TOKEN buffer is there (the front answers INVALID_TOKEN otherwise) */
    SecBuffer *token;
    ULONG sequence;         /* MessageSeqNo */
    ULONG qop;              /* in: fQOP. A package that reports one on the way back sets qop_set too */
    bool qop_set;
};

struct sec_package
{
    /* SecPkgInfo, table 3.1 of the SSPI notes */
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
     * Only after completion. One signer/sealer and one verifier/unsealer may run at once; a package that allows more
     * locks by itself.
     */
    SECURITY_STATUS (*make_signature)(struct package_context *context, struct message *message);
    SECURITY_STATUS (*verify_signature)(struct package_context *context, struct message *message);
    SECURITY_STATUS (*encrypt_message)(struct package_context *context, struct message *message);
    SECURITY_STATUS (*decrypt_message)(struct package_context *context, struct message *message);

    /*
     * Attributes. BUFFER is the W structure; inner pointers are out_blocks written with out_ptr() (ntoskrnl/out.h). The
     * front turns strings into ANSI for the A form, and answers PACKAGE_INFO, NEGOTIATION_INFO and ACCESS_TOKEN itself.
     */
    SECURITY_STATUS (*query_context)(struct package_context *context, ULONG attribute, void *buffer);

    /*
     * The access token of a completed server context, made when the accept side completed; no reference is taken. NULL
     * in the table: SEC_E_UNSUPPORTED_FUNCTION for impersonation, and SECPKG_FLAG_IMPERSONATION must not be in
     * capabilities. SEC_E_NO_IMPERSONATION: a client context, ASC_REQ_NO_TOKEN.
     */
    SECURITY_STATUS (*context_token)(struct package_context *context, PACCESS_TOKEN *token);
};

/* The packages built in, in enumeration order (S3.1.5); one line each in dlls/secur32/builtin.c. */
extern const struct sec_package ntlm_package;

/* First buffer of TYPE (low 28 bits, S2.0.4), or NULL. */
const SecBuffer *sec_buffer_find(const SecBufferDesc *desc, ULONG type);

/* The one mapping from NTSTATUS to SECURITY_STATUS (S8.2.1, S8.2.2): dlls/secur32/status.c. */
SECURITY_STATUS sec_status_from_nt(NTSTATUS status);

#endif
