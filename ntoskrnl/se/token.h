/*
 * The access token, its layout and life. Only se/token.c builds identities; everybody else reads through these
 * declarations.
 *
 * A token is an immutable identity, shared by all its duplicates, a few fields that never change once it is made, and a
 * small mutable part under one lock.
 *
 * Lock order: token.adjusting before impersonation record of a thread (ps/ps.h) before process token (ps/process.c)
 * before token.lock; two tokens are locked by tokens_lock_shared() alone, in the order of their addresses. Nothing is
 * called out under a token's lock.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_TOKEN_H
#define GUISE_NTOSKRNL_SE_TOKEN_H

#include <pthread.h>
#include <stdatomic.h>

#include "ntoskrnl/ob/object.h"
#include "ntoskrnl/rtl/object_security.h"
#include "ntoskrnl/rtl/sid.h"
#include "ntoskrnl/se/session.h"
#include "ntoskrnl/unix/cred.h"

/* Privileges 2 to 36 as a set: bit n is the privilege of LUID {n, 0}. */
typedef uint64_t privilege_set;
#define PRIVILEGE_BIT(privilege) (UINT64_C(1) << (privilege))

/* Who a token is, as it was made. Immutable, reference counted. */
struct token_identity
{
    _Atomic unsigned int references;
    struct logon_session *session;
    TOKEN_SOURCE source;
    LARGE_INTEGER expiration;
    bool of_process;                  /* the process token or made from it: carries the process (design 5.8) */
    unsigned int process_generation;  /* of_process: the process credential it was made from */
    privilege_set process_privileges; /* of_process: what the process held when the first token was made from it */
    privilege_set privileges_default; /* ENABLED_BY_DEFAULT, as far as they are still held */
    struct credential *account;       /* what the Unix account carries with all its groups; NULL: none, or of_process */
    bool write_restricted;            /* the restricting SIDs are asked about write access only (K2.2.1) */
    bool sandbox_inert;               /* what made it asked for no software restriction policies (K2.2.1) */
    bool filtered;                    /* NtFilterToken or its kin made it, or what it was made from */
    bool lua;                         /* the lesser one of an administrator's two tokens */
    bool is_restricted;               /* also when no restricting SID is left: then nothing is granted through them */
    ULONG sid_count;                  /* the user is index 0 */
    ULONG restricted_count;
    const struct token_sid *sids;     /* SE_GROUP_ENABLED is as it was made: token_sid_attributes() tells how it is */
    const struct token_sid *restricted;
    const ULONG *order;            /* indices into sids, ascending by sid_compare(), for membership tests */
    const ULONG *restricted_order; /* the same for restricted */
    const struct sid_index *index, *restricted_index; /* where an access check finds them (se/sid_index.h) */
    ULONG logon_sid;    /* index, or 0 for none */
    bool has_deny_only; /* one of sids is for denying only */
};

struct token
{
    /* never change */
    TOKEN_TYPE type;
    SECURITY_IMPERSONATION_LEVEL level;
    LUID id, parent_id;
    struct token_identity *identity;
    struct object_security *security; /* of the token as an object */
    ULONG dynamic_charged;

    /* written under lock, read anywhere */
    _Atomic privilege_set privileges; /* held: adjusting may remove one, nothing adds one */
    _Atomic privilege_set enabled;    /* subset of it */
    /* Grows when adjusting changes what the credential is made from: whoever carries an older one has to change. */
    _Atomic unsigned int generation;
    _Atomic uint64_t origin; /* logon session of whoever gave explicit credentials; zero for network logons (K1.1.6) */
    _Atomic ULONG integrity; /* RID under S-1-16 */
    _Atomic ULONG mandatory_policy;

    pthread_rwlock_t lock; /* guards what follows */
    LUID modified_id;
    ULONG owner, primary_group;               /* indices into identity->sids */
    struct object_security *default_security; /* owner and default DACL: what new objects get */
    ULONG session_number;
    bool ui_access;
    struct token *linked; /* the other one of an administrator's two tokens, a duplicate without such a link; or NULL */
    struct credential *credential; /* made when first needed (se/credential.c) */

    pthread_mutex_t adjusting; /* held by whoever adjusts, until all threads carry the change or it is undone */
    _Atomic uint64_t groups_enabled[]; /* bit n: sids[n] is enabled; written under lock, read anywhere */
};

extern const struct _OBJECT_TYPE token_type;

static inline struct token *token_reference(struct token *token)
{
    object_reference(token);
    return token;
}

/* NULL is allowed. */
static inline void token_release(struct token *token)
{
    if (token) object_dereference(token);
}

/* ---- locks: se/token_lock.c ---------------------------------------------------------------------------------------- */

void token_lock_shared(struct token *token);
void token_lock_exclusive(struct token *token); /* by a thread that holds no token's lock */
void token_unlock(struct token *token);

/* Both tokens stay as they are; they are locked in the order of their addresses, may be one, and B may be NULL. */
void tokens_lock_shared(struct token *a, struct token *b);
void tokens_unlock(struct token *a, struct token *b);

/* The token that a handle names, with a reference; statuses of handle_reference(). GRANTED may be NULL. */
NTSTATUS token_from_handle(HANDLE handle, ACCESS_MASK access, struct token **token, ACCESS_MASK *granted);

/* ---- making tokens: se/token.c ----------------------------------------------------------------------------------- */

/* Everything of an identity, and the starting values of the mutable part; arrays and what they point to are copied. */
struct token_template
{
    struct logon_session *session; /* a reference is taken */
    const char *source;
    LUID source_id;
    LUID origin;
    LARGE_INTEGER expiration; /* zero: never */
    ULONG integrity;
    bool of_process;
    unsigned int process_generation;
    privilege_set privileges, enabled, enabled_by_default;
    const struct token_sid *sids;
    ULONG sid_count;
    ULONG owner, primary_group; /* indices into sids */
    TOKEN_TYPE type;
    SECURITY_IMPERSONATION_LEVEL level;
    struct object_security *default_security; /* a reference is taken */
    struct object_security *security;         /* a reference is taken */
    struct credential *account;               /* a reference is taken; NULL: no Unix account */
};

/* A token with one reference, or NULL without memory. */
struct token *token_create(const struct token_template *template);

/*
 * The copy that the lattice of types and levels allows (K1.18.1 to K1.18.3); SECURITY is the copy's own, a reference is taken.
 * STATUS_BAD_IMPERSONATION_LEVEL, STATUS_NO_MEMORY.
 */
NTSTATUS token_duplicate(struct token *source, bool effective_only, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level,
                         struct object_security *security, struct token **copy);

/* What the maker of a token says of its security, or the defaults of the maker's own token (K1.18.6); a reference. */
NTSTATUS token_object_security(const OBJECT_ATTRIBUTES *attributes, struct token *caller,
                               struct object_security **security);

/*
 * What a handle to a new token grants: its maker may have everything, except that ACCESS_SYSTEM_SECURITY needs its
 * privilege; 0 is the access of the EXISTING handle (K1.18.5). STATUS_PRIVILEGE_NOT_HELD; STATUS_ACCESS_DENIED.
 */
NTSTATUS token_object_access(struct token *caller, ACCESS_MASK desired, ACCESS_MASK existing, ACCESS_MASK *granted);

/* What NtFilterToken takes from a token (K2.2.1 to K2.2.4). */
struct token_filter
{
    ULONG flags; /* DISABLE_MAX_PRIVILEGE, SANDBOX_INERT, LUA_TOKEN, WRITE_RESTRICTED */
    const struct token_sid *disable, *restrict_to;
    ULONG disable_count, restrict_count;
    privilege_set remove;
};

/*
 * SOURCE less what FILTER takes (se/token_filter.c), with one reference; SECURITY is its own, a reference is taken. NULL
 * without memory.
 */
struct token *token_filter(struct token *source, const struct token_filter *filter, struct object_security *security);

/* The token made from P, and the anonymous one (se/process_token.c, se/logon.c). STATUS_NO_MEMORY. */
NTSTATUS process_token_create(struct token **token);
NTSTATUS anonymous_token_create(const char *source, SECURITY_IMPERSONATION_LEVEL level, struct token **token);

/* ---- reading tokens ---------------------------------------------------------------------------------------------- */

static inline const SID *token_user(const struct token *token)
{
    return token->identity->sids[0].sid;
}

static inline bool token_is_restricted(const struct token *token)
{
    return token->identity->is_restricted;
}

/* The restricting SIDs limit write access only. */
static inline bool token_is_write_restricted(const struct token *token)
{
    return token->identity->write_restricted;
}

static inline ULONG token_integrity(const struct token *token)
{
    return atomic_load_explicit(&token->integrity, memory_order_relaxed);
}

/* TOKEN_MANDATORY_POLICY_* */
static inline ULONG token_mandatory_policy(const struct token *token)
{
    return atomic_load_explicit(&token->mandatory_policy, memory_order_relaxed);
}

static inline LUID token_origin(const struct token *token)
{
    uint64_t origin = atomic_load_explicit(&token->origin, memory_order_relaxed);

    return (LUID){.LowPart = (DWORD)origin, .HighPart = (LONG)(origin >> 32)};
}

static inline bool token_group_enabled(const struct token *token, ULONG index)
{
    return atomic_load_explicit(&token->groups_enabled[index / 64], memory_order_relaxed) >> (index % 64) & 1;
}

/* SE_GROUP_* of sids[INDEX] as they are now. */
static inline ULONG token_sid_attributes(const struct token *token, ULONG index)
{
    ULONG attributes = token->identity->sids[index].attributes & ~SE_GROUP_ENABLED;

    return token_group_enabled(token, index) ? attributes | SE_GROUP_ENABLED : attributes;
}

static inline bool token_privilege_enabled(const struct token *token, ULONG privilege)
{
    return atomic_load_explicit(&token->enabled, memory_order_relaxed) & PRIVILEGE_BIT(privilege);
}

/*
 * Whether SID counts for the token: for granting, the user or an enabled group that is not for denying only; for
 * DENYING also deny-only entries. O(log groups).
 */
bool token_has_sid(const struct token *token, const SID *sid, bool denying);

/* Whether an entry of SID is for denying only. */
bool token_has_deny_only_sid(const struct token *token, const SID *sid);

/* Whether SID is among the restricting ones, which always count (K2.2.4). O(log restricting SIDs). */
bool token_has_restricting_sid(const struct token *token, const SID *sid);

/* Owner and default DACL for objects made by a caller with this effective token, with a reference. */
struct object_security *token_default_security(struct token *token);

static inline LUID token_authentication_id(const struct token *token)
{
    return token->identity->session->form.id;
}

/* Whether the two mean the same to every access check (se/compare.c). */
bool token_equal(struct token *a, struct token *b);

/* ---- what a token may do: se/rule.c, se/credential.c, se/access.c ------------------------------------------------ */

/* Why a thread may, or may not, impersonate a token at a level (K1.1.1 to K1.1.7). */
enum impersonation_verdict
{
    IMPERSONATE_LOW_LEVEL, /* Anonymous and Identification are for everybody (K1.1.1) */
    IMPERSONATE_PRIVILEGE, /* SeImpersonatePrivilege in the primary token (K1.1.2) */
    IMPERSONATE_ORIGIN,    /* made from explicit credentials by the server's logon session (K1.1.3) */
    IMPERSONATE_SAME_USER, /* (K1.1.4) */
    IMPERSONATE_ANONYMOUS, /* the anonymous logon is always less than the server */
    IDENTIFY_OTHER_USER,   /* none of these: the client may be identified only (K1.1.5) */
    IDENTIFY_RESTRICTION,  /* same user, but one of the two tokens is restricted */
    IDENTIFY_INTEGRITY     /* same user, but of a higher integrity level */
};

enum impersonation_verdict impersonation_judge(struct token *primary, struct token *client,
                                               SECURITY_IMPERSONATION_LEVEL level);

static inline bool impersonation_allowed(enum impersonation_verdict verdict)
{
    return verdict < IDENTIFY_OTHER_USER;
}

/*
 * The credential that a thread carries for TOKEN at LEVEL, with a reference (design rules 2, 6, 8); *CREDENTIAL NULL:
 * the process. STATUS_ACCESS_DENIED: the token has no Unix account or cannot be expressed in ids. No lock may be held.
 */
NTSTATUS token_credential(struct token *token, SECURITY_IMPERSONATION_LEVEL level, struct credential **credential);

/* Whether the process would have other capabilities with the one set of privileges enabled than with the other. */
bool privileges_differ_in_capabilities(privilege_set a, privilege_set b);

/* MASK with its generic rights replaced by what they mean for a type. */
ACCESS_MASK access_map_generic(ACCESS_MASK mask, const GENERIC_MAPPING *mapping);

/*
 * What SUBJECT may have of an object with that security: DESIRED (generic rights mapped, MAXIMUM_ALLOWED resolved).
 * STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD, STATUS_BAD_IMPERSONATION_LEVEL, STATUS_NO_MEMORY.
 */
NTSTATUS access_check(const struct object_security *security, const SECURITY_SUBJECT_CONTEXT *subject,
                      ACCESS_MASK desired, const struct _OBJECT_TYPE *type, ACCESS_MASK *granted);

#endif
