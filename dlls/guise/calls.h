/*
 * What crosses between the PE modules and the Unix half: one call, one parameter block.
 *
 * Both compilers read this file, so a block has members of fixed size and pointers only, and its size is asserted. The calls of
 * secur32.spec are generated behind these (tools/makethunks).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_CALLS_H
#define GUISE_DLLS_GUISE_CALLS_H

#include <stdint.h>

#include "dlls/guise/out_list.h"

#define GUISE_COMPANION_VERSION 1

/* CALL(name): the routine call_NAME() of the Unix half, whose block is struct NAME_block. In the order of their numbers. */
#define GUISE_CALLS(CALL) \
    CALL(start) \
    CALL(reassert) \
    CALL(copy) \
    CALL(token_describe) \
    CALL(token_open) \
    CALL(token_close) \
    CALL(thread_token) \
    CALL(thread_assign) \
    CALL(thread_aside) \
    CALL(thread_return) \
    CALL(thunks) \
    CALL(release) \
    CALL(check_revert) \
    CALL(token_service) \
    CALL(file_create) \
    CALL(file_stat) \
    CALL(file_change) \
    CALL(file_query_security) \
    CALL(file_set_security)

enum guise_call
{
#define CALL(name) CALL_##name,
    GUISE_CALLS(CALL)
#undef CALL
    CALL_COUNT
};

/* The first call of a process: whether the halves belong together, and whether this Wine is one whose inside is known. */
struct start_block
{
    uint32_t version;         /* in: GUISE_COMPANION_VERSION of the PE half */
    uint32_t can_impersonate; /* out: no if the text says why not */
    uint64_t teb;             /* in: of the calling thread */
    char wine_version[32];    /* in */
    char why[256];            /* out: one line for the operator, "" if there is nothing to say */
};
_Static_assert(sizeof(struct start_block) == 304, "one layout for both compilers");

/* reassert has no block: in its place stands whether the call before has failed half way (guise_thread_reassert). */

/* SIZE bytes from SOURCE to TARGET, either of which may be the caller's and bad: STATUS_ACCESS_VIOLATION. */
struct copy_block
{
    uint64_t target, source, size;
};
_Static_assert(sizeof(struct copy_block) == 24, "one layout for both compilers");

/* What a token of the core is. */
struct token_describe_block
{
    uint64_t native;   /* in: its handle in the core */
    uint64_t object;   /* out: the same for two handles of one token, while either is open */
    uint32_t type;     /* out: TOKEN_TYPE */
    uint32_t level;    /* out: SECURITY_IMPERSONATION_LEVEL */
    uint32_t user[17]; /* out: the SID of its user; 68 bytes is the longest there is */
    uint32_t pad;
};
_Static_assert(sizeof(struct token_describe_block) == 96, "one layout for both compilers");

/* A second handle of the core, that grants what the program's handle of wineserver grants. */
struct token_open_block
{
    uint64_t native;  /* in; out: the new handle */
    uint32_t granted; /* in */
    uint32_t pad;
};
_Static_assert(sizeof(struct token_open_block) == 16, "one layout for both compilers");

struct token_close_block
{
    uint64_t native;
};
_Static_assert(sizeof(struct token_close_block) == 8, "one layout for both compilers");

/* A thread of this process: the calling one (both 0), or the one with this TEB as long as it has this id. */
struct thread_name
{
    uint64_t teb;
    uint64_t id;
};

/* Whom a thread impersonates. */
struct thread_token_block
{
    struct thread_name thread; /* in */
    uint64_t object;           /* out: as of token_describe; 0: nobody */
};
_Static_assert(sizeof(struct thread_token_block) == 24, "one layout for both compilers");

/* Makes a thread impersonate a token or, for 0, nobody; on failure it goes on as before. */
struct thread_assign_block
{
    struct thread_name thread; /* in */
    uint64_t native;           /* in: the token; the caller has seen that it may */
    uint64_t instead;          /* out: a new handle of the token that was taken in its place, at Identification; or 0 */
    uint32_t level, pad;       /* out: at which it is impersonated */
};
_Static_assert(sizeof(struct thread_assign_block) == 40, "one layout for both compilers");

/* aside: the calling thread is the process until return with the same block, whoever it impersonates. */
struct thread_aside_block
{
    uint64_t token;
    uint32_t copy_on_open, effective_only, level, pad;
};
_Static_assert(sizeof(struct thread_aside_block) == 24, "one layout for both compilers");

/* Which thunks follow the calls: secur32.dll compares it with its own THUNKS_MARK. */
struct thunks_block
{
    uint32_t mark; /* out */
};
_Static_assert(sizeof(struct thunks_block) == 4, "one layout for both compilers");

/* Wipes and frees what a thunk handed over. */
struct release_block
{
    struct out_list *list; /* in; NULL is fine */
};
_Static_assert(sizeof(struct release_block) == 8, "one layout for both compilers");

/* What RevertSecurityContext answers; nothing is reverted. */
struct check_revert_block
{
    const void *context;
    int32_t result, pad;
};
_Static_assert(sizeof(struct check_revert_block) == 16, "one layout for both compilers");

/* Which service of the core token_service runs, and its arguments after the handle, as the caller of the system service gave them. */
enum token_service
{
    SERVICE_QUERY,             /* class, information, length, returned */
    SERVICE_SET,               /* class, information, length */
    SERVICE_DUPLICATE,         /* attributes, level (Wine's own form), type */
    SERVICE_FILTER,            /* flags, disable, remove, restrict */
    SERVICE_ADJUST_PRIVILEGES, /* disable all, wanted, length, previous, returned */
    SERVICE_ADJUST_GROUPS,     /* reset, wanted, length, previous, returned */
    SERVICE_ACCESS_CHECK,      /* descriptor, desired, mapping, privileges, length, granted, status */
    SERVICE_PRIVILEGE_CHECK,   /* required, result */
    SERVICE_AUDITED_CHECK,     /* subsystem, handle id, type name, object name, descriptor, desired, mapping, creation, granted, status, on close;
                                  without a token: of whom the thread impersonates */
    SERVICE_ANONYMOUS,         /* none, and no token: a new one for an anonymous logon */
    SERVICE_NAME_OF_SID,       /* SID, name, size, domain, size, use: LookupAccountSidW of a SID of Guise's or of a domain's */
    SERVICE_SID_OF_NAME,       /* name, SID, size, domain, size, use: LookupAccountNameW of an account of Guise's or of a domain's */
    SERVICE_USER_NAME,         /* name, size, wide */
    SERVICE_MEMBERSHIP,        /* SID, result; without a token: of whom the thread impersonates */
    SERVICE_LOGON,             /* user, domain, password, type, provider; no token: a new one for who the password is of */
    SERVICE_COUNT
};

/*
 * All that the caller points at is copied to the scratch memory first and the answer from there last, so that a bad pointer meets nothing that
 * is open or locked. STATUS_BUFFER_OVERFLOW: the scratch memory is too small; nothing has been done.
 */
struct token_service_block
{
    uint32_t service;      /* in */
    uint32_t error;        /* out: the last error of the services that are no system services */
    uint64_t handle;       /* in: of token_open, or 0 */
    uint64_t scratch;      /* in: memory of the PE half's own, */
    uint64_t scratch_size; /* and how much of it there is */
    uint64_t made;         /* out: a handle to a new token of the core, or 0 */
    uint64_t arguments[11]; /* in */
};
_Static_assert(sizeof(struct token_service_block) == 128, "one layout for both compilers");

/* The services of files, for a thread that impersonates; parameters as theirs, pointers the caller's own. */
struct file_create_block
{
    void *handle, *io;
    const void *attributes;
    uint32_t access, file_attributes, sharing, disposition, options;
    uint32_t known_only; /* in: thread_knows_only() */
};
_Static_assert(sizeof(struct file_create_block) == 48, "one layout for both compilers");

/* Whether the client may see that a file is there. */
struct file_stat_block
{
    const void *attributes;
    uint32_t known_only, pad;
};
_Static_assert(sizeof(struct file_stat_block) == 16, "one layout for both compilers");

/* NtSetInformationFile of the classes that change names. */
struct file_change_block
{
    void *handle, *io;
    const void *information;
    uint32_t size, class;
};
_Static_assert(sizeof(struct file_change_block) == 32, "one layout for both compilers");

/* NtQuerySecurityObject, NtSetSecurityObject of an object of the type File. STATUS_BAD_DEVICE_TYPE: it is no Unix file. */
struct file_query_security_block
{
    void *handle;
    void *descriptor;
    void *needed;
    uint32_t information, size;
};
_Static_assert(sizeof(struct file_query_security_block) == 32, "one layout for both compilers");
struct file_set_security_block
{
    void *handle;
    void *descriptor;
    uint32_t information, pad;
};
_Static_assert(sizeof(struct file_set_security_block) == 24, "one layout for both compilers");

#endif
