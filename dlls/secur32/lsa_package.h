/*
 * The seam between the LSA calls (lsa*.c) and the authentication packages behind them.
 *
 * A package is a const struct lsa_package with named initialisers. The front owns handles, privileges and the caller's
 * memory: a package sees a copy of what was submitted, and reads it through lsa_read() and lsa_find() alone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_LSA_PACKAGE_H
#define GUISE_SECUR32_LSA_PACKAGE_H

#include <ntsecapi.h>

#include "dlls/secur32/package.h"

/* ---- what a caller submits: lsa_buffer.c ------------------------------------------------------------------------- */

/* More than any request needs; and no pointer is so small (vm.mmap_min_addr), so that one below it is an offset. */
#define LSA_MAX_SUBMIT 65536

/* A copy of a request. Its pointers still say where things were in the caller's memory, at BASE. */
struct lsa_buffer
{
    UCHAR *data; /* guise_alloc() */
    size_t size;
    ULONG_PTR base;
};

/* STATUS_INVALID_PARAMETER: larger than LSA_MAX_SUBMIT, or NULL with a size. STATUS_NO_MEMORY. */
NTSTATUS lsa_buffer_copy(struct lsa_buffer *buffer, const void *submitted, ULONG size);
/* Wipes it: there are passwords in it. */
void lsa_buffer_free(struct lsa_buffer *buffer);

/* Copies the fixed part of a request. False: there is not so much. */
bool lsa_read(const struct lsa_buffer *buffer, void *fixed, size_t size);

/*
 * The LENGTH bytes that a pointer in the fixed part means: an address inside the request as it was in the caller's
 * memory, or an offset from its start. False: not wholly inside. Nothing is ever read outside the request: where
 * Windows' client part would find it is another address space. No length is no bytes, wherever the pointer goes.
 */
bool lsa_find(const struct lsa_buffer *buffer, const void *pointer, size_t length, const UCHAR **bytes);

/* WIDE as UTF-8 (lsa_free_text). STATUS_INVALID_PARAMETER: no text, or with a NUL; STATUS_NO_MEMORY. */
NTSTATUS lsa_text_of(const WCHAR *wide, size_t units, char **text);
/* A text of a request; the same, and STATUS_INVALID_PARAMETER: not inside it. *TEXT is NULL then. */
NTSTATUS lsa_read_text(const struct lsa_buffer *request, const UNICODE_STRING *string, char **text);
/* Wiped: it may have been a password. */
void lsa_free_text(char *text);

/* ---- what it gets: one block with texts behind the structure ------------------------------------------------------ */

/* Bytes that lsa_put_text() takes. NULL is none. */
size_t lsa_text_size(const WCHAR *text);
/* A copy of TEXT at *ROOM, which moves on, as the counted string in the block. One too long for that is left out. */
void lsa_put_text(UCHAR **room, UNICODE_STRING *string, const WCHAR *text);

/* ---- packages ----------------------------------------------------------------------------------------------------- */

struct lsa_logon
{
    const struct lsa_buffer *request;
    ULONG type;                      /* SECURITY_LOGON_TYPE, as given */
    const TOKEN_GROUPS *local_groups; /* checked; may be NULL */
    const TOKEN_SOURCE *source;
    LUID caller_session;
    bool trusted; /* a registered connection, and SeTcbPrivilege in the caller's primary token now */
};

/* All zero when the package is called. */
struct lsa_logon_result
{
    PACCESS_TOKEN token; /* with a reference for the front */
    void *profile;       /* an out_block, or NULL */
    ULONG profile_size;
    NTSTATUS substatus; /* with STATUS_ACCOUNT_RESTRICTION */
};

/* ---- what packages have in common: lsa_logon.c ---- */

/* Types of logon that somebody with a password may ask for. */
bool lsa_is_logon_type(ULONG type);

/*
 * The kind of token that a logon is to give. K1.1.6: network logons have no origin; who knew the password of the others may act for them later (K1.1.3):
 * EXPLICIT_CREDENTIALS.
 */
struct guise_logon_kind lsa_logon_kind(const struct lsa_logon *logon, bool explicit_credentials);

/*
 * The status to answer where there is no token for an account that proved itself: more may be told of it (S2.18.5), and what has no status of its own comes as
 * a restriction. A Unix account that is missing or never carried is one; the log says which.
 */
NTSTATUS lsa_refuse(NTSTATUS status, struct lsa_logon_result *result);

/* UTF-8. */
struct lsa_account
{
    char name[4 * 256 + 1], unix_name[256];
};

struct lsa_package
{
    const WCHAR *name;                /* of LsaLookupAuthenticationPackage: ASCII */
    const struct sec_package *sspi;   /* the same package to SSPI callers: for ChangeAccountPassword */

    /* Statuses of S2.18.4 and S2.18.5. STATUS_BAD_VALIDATION_CLASS: no such kind of request. */
    NTSTATUS (*logon_user)(const struct lsa_logon *logon, struct lsa_logon_result *result);

    /*
     * Whether it could log anybody on. STATUS_NO_TRUST_LSA_SECRET, STATUS_NO_SUCH_PACKAGE: it has no key for that, or nothing to do it with;
     * STATUS_NO_MEMORY. May be NULL: it does not depend on anything.
     */
    NTSTATUS (*check_ready)(void);

    /* The answer is the protocol status. *ANSWER is an out_block, or NULL. */
    NTSTATUS (*call)(const struct lsa_buffer *request, void **answer, ULONG *answer_size);

    /* NULL is "not given". STATUS_WRONG_PASSWORD: or there is no such account. STATUS_PASSWORD_RESTRICTION: not that one. */
    NTSTATUS (*change_password)(const WCHAR *domain, const WCHAR *account, const WCHAR *old_password,
                                const WCHAR *new_password);

    /* How an account of this machine is spelt, and its Unix account. STATUS_NO_SUCH_USER; STATUS_NO_LOGON_SERVERS: no store. */
    NTSTATUS (*find_account)(const WCHAR *account, struct lsa_account *found);
};

extern const struct lsa_package msv1_0_package, kerberos_lsa_package, negotiate_lsa_package;

/* The authentication packages by number; NULL behind the last: dlls/secur32/builtin.c. */
const struct lsa_package *lsa_package_at(unsigned int number);

#endif
