/*
 * The LMDB environment under the account store: opened with every check, shared within a process, renewed after a fork.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_SAM_ENV_H
#define GUISE_MSV1_0_SAM_ENV_H

#include <lmdb.h>

#include "dlls/msv1_0/sam.h"

#define SAM_FORMAT    1 /* of a new store */
#define SAM_FORMAT_LM 2 /* from the first LM hash on: not for versions that know of none */
#define SAM_FIRST_RID 1000
#define SAM_LAST_RID  0x3fffffff

#define SAM_IDLE_READERS 64

/* Entries of the database "meta". */
#define SAM_META_FORMAT   "format"     /* u32 SAM_FORMAT or SAM_FORMAT_LM */
#define SAM_META_DOMAIN   "domain-sid" /* the SID as on the wire */
#define SAM_META_NEXT_RID "next-rid"   /* u32; never goes back, so that no SID comes twice */

struct sam_env
{
    struct sam_env *next; /* in the list of sam_env.c; with refs under its lock */
    unsigned int refs;
    dev_t device;
    ino_t inode;
    pid_t pid;            /* the process that opened it: an environment does not survive a fork */
    bool writable;        /* whether the process may write, or asked to */
    MDB_env *mdb;
    MDB_dbi meta, names, rids;
    _Atomic(MDB_txn *) idle[SAM_IDLE_READERS]; /* read transactions that wait, reset, for their next use */
};

/* As sam_open(). */
NTSTATUS sam_env_open(const char *path, bool writable, struct sam_env **env);
void sam_env_release(struct sam_env *env);

/* A snapshot to read from; takes no lock once the process has as many as it has readers. */
NTSTATUS sam_read_begin(struct sam_env *env, MDB_txn **txn);
void sam_read_end(struct sam_env *env, MDB_txn *txn);

/* The one writer, across processes. RECORDS: how many the transaction will touch at most. End with mdb_txn_commit or _abort. */
NTSTATUS sam_write_begin(struct sam_env *env, size_t records, MDB_txn **txn);

NTSTATUS sam_status_from_lmdb(int error);

/* Writes a new, empty store to PATH unless there is a file by now: sam_create.c. */
NTSTATUS sam_create(const char *path);

#endif
