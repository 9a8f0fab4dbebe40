/*
 * Makes a new account store: complete under another name first, so that there is never half a store and never a second one over
 * an existing file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/msv1_0/sam_env.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "dlls/msv1_0/sam_record.h"

#define DOMAIN_SID_SIZE 24 /* S-1-5-21-a-b-c */

static int put(MDB_txn *txn, MDB_dbi database, const char *name, const void *data, size_t size)
{
    MDB_val key = {strlen(name), (void *)name}, value = {size, (void *)data};

    return mdb_put(txn, database, &key, &value, MDB_NOOVERWRITE);
}

/* S-1-5-21-a-b-c with 96 random bits, as a machine gets it when Windows is installed. */
static int make_domain_sid(UCHAR sid[DOMAIN_SID_SIZE])
{
    static const UCHAR start[12] = {1, 4, 0, 0, 0, 0, 0, 5, 21};

    memcpy(sid, start, sizeof(start));
    return getrandom(sid + sizeof(start), DOMAIN_SID_SIZE - sizeof(start), 0) == DOMAIN_SID_SIZE - sizeof(start) ? 0 : EIO;
}

static int write_databases(MDB_txn *txn)
{
    UCHAR format[4], next_rid[4], sid[DOMAIN_SID_SIZE];
    MDB_dbi meta, other;
    int error;

    sam_put32(format, SAM_FORMAT);
    sam_put32(next_rid, SAM_FIRST_RID);
    if ((error = make_domain_sid(sid))) return error;
    if ((error = mdb_dbi_open(txn, "meta", MDB_CREATE, &meta)) || (error = mdb_dbi_open(txn, "names", MDB_CREATE, &other)) ||
        (error = mdb_dbi_open(txn, "rids", MDB_CREATE, &other)))
        return error;
    if ((error = put(txn, meta, SAM_META_FORMAT, format, sizeof(format))) ||
        (error = put(txn, meta, SAM_META_DOMAIN, sid, sizeof(sid))))
        return error;
    return put(txn, meta, SAM_META_NEXT_RID, next_rid, sizeof(next_rid));
}

/* Writes the store to a name nobody else uses: the directory is locked. */
static int write_file(const char *path)
{
    MDB_env *mdb = NULL;
    MDB_txn *txn;
    int error;

    if ((error = mdb_env_create(&mdb))) return error;
    if (!(error = mdb_env_set_maxdbs(mdb, 3)) && !(error = mdb_env_open(mdb, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS, 0600)) &&
        !(error = mdb_txn_begin(mdb, NULL, 0, &txn)))
    {
        if ((error = write_databases(txn))) mdb_txn_abort(txn);
        else error = mdb_txn_commit(txn);
    }
    mdb_env_close(mdb);
    return error;
}

/* A creator that was killed left its file behind under the same name: it is taken away first. */
static int write_and_name(const char *path, const char *temporary, int directory)
{
    int error;

    if (unlink(temporary) && errno != ENOENT) return errno;
    if ((error = write_file(temporary))) return error;
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE))
    {
        error = errno;
        unlink(temporary);
        return error == EEXIST ? 0 : error; /* somebody else's is as good */
    }
    return fsync(directory) ? errno : 0;
}

NTSTATUS sam_create(const char *path)
{
    char copy[PATH_MAX], temporary[PATH_MAX];
    int directory, error;

    if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy) ||
        (size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >= sizeof(temporary))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    guise_process_begin();
    if ((directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) error = errno;
    else
    {
        if (flock(directory, LOCK_EX)) error = errno;
        else if (!access(path, F_OK)) error = 0; /* made while this process waited */
        else error = write_and_name(path, temporary, directory);
        close(directory);
    }
    guise_process_end();
    if (error)
        guise_log("account store %s: cannot be made: %s%s", path, mdb_strerror(error),
                  error == ENOENT ? " (guise-account setup makes its folder)" : "");
    /* STATUS_OBJECT_NAME_NOT_FOUND would read as "there is none yet": a missing directory is another matter. */
    return error == ENOENT ? STATUS_OBJECT_PATH_NOT_FOUND : sam_status_from_lmdb(error);
}
