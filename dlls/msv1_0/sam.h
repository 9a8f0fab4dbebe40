/*
 * The account store: names, Unix accounts and password hashes of the local domain, in one LMDB file of mode 0600.
 *
 * Readers take no lock, a writer is atomic and may be killed at any moment. Names compare without case (the UTF-16 upper
 * casing of MS-NLMP 3.3.2's user names; the key is stored upper-cased).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_SAM_H
#define GUISE_MSV1_0_SAM_H

#include "ntoskrnl/core.h"

#define SAM_NAME_MAX 256 /* characters, S2.1.4 */

enum sam_account_flags
{
    SAM_DISABLED = 1,
    SAM_PASSWORD_MUST_CHANGE = 2 /* the password counts as expired */
};

struct sam_account
{
    char name[4 * SAM_NAME_MAX + 1]; /* UTF-8, as the administrator wrote it */
    char unix_name[256];             /* the Unix account behind it */
    ULONG rid;                       /* S-1-5-21-<machine>-rid */
    ULONG flags;                     /* enum sam_account_flags */
    LONGLONG expires;                /* seconds since 1970, 0 = never */
    LONGLONG password_set;           /* seconds since 1970 */
    bool has_hash;                   /* false: no password was ever set, nobody can log on */
    UCHAR nt_hash[16];               /* MD4 of the UTF-16 password. Wipe with sam_wipe() */
    bool has_lm_hash;                /* beside the other, where somebody asked for it; never of a password that has none */
    UCHAR lm_hash[16];
};

struct sam;

/*
 * Opens the store inside the bracket. READ-ONLY unless WRITABLE (then it is created if missing, 0600).
 * STATUS_OBJECT_NAME_NOT_FOUND missing; STATUS_ACCESS_DENIED unreadable, or readable or writable by group or others, or not owned by
 * root or the caller; STATUS_FILE_CORRUPT_ERROR truncated or not a store; STATUS_REVISION_MISMATCH from a newer version;
 * STATUS_NO_MEMORY. Each failure logs one clear line that names the file. A child of fork() may go on using what its parent opened.
 */
NTSTATUS sam_open(const char *path, bool writable, struct sam **sam);
void sam_close(struct sam *sam);

/* Finds an account. Thread-safe, lock-free. STATUS_NO_SUCH_USER; STATUS_FILE_CORRUPT_ERROR. */
NTSTATUS sam_find(struct sam *sam, const char *name, struct sam_account *account);
/* The same by RID, for SID to name. */
NTSTATUS sam_find_rid(struct sam *sam, ULONG rid, struct sam_account *account);

/* The SID of the local domain, S-1-5-21-a-b-c, made at random when the store is created. ROOM: at least SECURITY_MAX_SID_SIZE. */
NTSTATUS sam_domain_sid(struct sam *sam, SID *sid, size_t room);

/*
 * Adds (rid 0: the next free one, from 1000; none comes twice) or replaces (rid 0: keeps its own). STATUS_USER_EXISTS when CREATE and
 * there is one; STATUS_OBJECT_NAME_COLLISION: another account has the rid; STATUS_INVALID_PARAMETER: not a name, not a rid, an LM hash
 * alone or of nothing; STATUS_DISK_FULL; STATUS_ACCESS_DENIED: not opened writable.
 */
NTSTATUS sam_store(struct sam *sam, const struct sam_account *account, bool create);
/* The same for COUNT accounts: all of them or none. */
NTSTATUS sam_store_all(struct sam *sam, const struct sam_account *accounts, size_t count, bool create);
/*
 * New hashes in the place of those of SEEN, a copy of the account as it was read before; LM_HASH may be NULL. The rest of the record
 * stays what it is now, but the password counts as set at NOW and need not be changed. STATUS_WRONG_PASSWORD: it has another password
 * by now, or is another account; else as sam_store().
 */
NTSTATUS sam_change_password(struct sam *sam, const struct sam_account *seen, const UCHAR nt_hash[16], const UCHAR *lm_hash, LONGLONG now);
NTSTATUS sam_delete(struct sam *sam, const char *name);
/* Calls EACH for every account in name order until it returns false. */
NTSTATUS sam_each(struct sam *sam, bool (*each)(const struct sam_account *account, void *arg), void *arg);

/*
 * Whether ACCOUNT may log on at NOW, looked at only after the password was proved (S2.18.5): STATUS_SUCCESS,
 * STATUS_ACCOUNT_DISABLED, STATUS_ACCOUNT_EXPIRED, STATUS_PASSWORD_MUST_CHANGE.
 */
NTSTATUS sam_account_status(const struct sam_account *account, LONGLONG now);

/* Whether HASH is the LM hash of an empty password: what others write for a password that has no LM hash, and never one. */
bool sam_is_blank_lm_hash(const UCHAR hash[16]);

void sam_wipe(struct sam_account *account);

#endif
