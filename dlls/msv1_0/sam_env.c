/*
 * The LMDB environment under the account store: opened with every check, shared within a process, renewed after a fork.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/msv1_0/sam_env.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dlls/msv1_0/sam_record.h"

#define MAP_SIZE     ((size_t)1 << 30) /* address space only; the same for every process, so that a map never has to grow */
#define MAX_READERS  4096              /* threads that read at one moment, over all processes */
#define SLACK_PAGES  256               /* what one small transaction never exceeds */
#define RECORD_PAGES 8                 /* the same for each further record */

/*
 * The environments of this process: LMDB forbids opening a file twice (its locks are the process's). The lock guards the list and
 * each refs; it is a leaf and is held across fork.
 */
static pthread_mutex_t env_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sam_env *env_list;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void lock_list(void)
{
    pthread_mutex_lock(&env_lock);
}

static void unlock_list(void)
{
    pthread_mutex_unlock(&env_lock);
}

static void watch_fork(void)
{
    pthread_atfork(lock_list, unlock_list, unlock_list);
}

NTSTATUS sam_status_from_lmdb(int error)
{
    switch (error)
    {
    case MDB_SUCCESS: return STATUS_SUCCESS;
    case ENOENT: return STATUS_OBJECT_NAME_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS: return STATUS_ACCESS_DENIED;
    case ENOMEM: return STATUS_NO_MEMORY;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case MDB_MAP_FULL: return STATUS_DISK_FULL;
    case MDB_VERSION_MISMATCH: return STATUS_REVISION_MISMATCH;
    case MDB_READERS_FULL:
    case EMFILE:
    case ENFILE: return STATUS_INSUFFICIENT_RESOURCES;
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:
    case MDB_NOTFOUND:
    case MDB_INCOMPATIBLE: return STATUS_FILE_CORRUPT_ERROR;
    default: return STATUS_UNSUCCESSFUL;
    }
}

/* ---- the checks ------------------------------------------------------------------------------------------------- */

static NTSTATUS check_owner_and_mode(const char *path, const struct stat *info)
{
    if (!S_ISREG(info->st_mode)) guise_log("account store %s: not a regular file", path);
    else if (info->st_uid != 0 && info->st_uid != geteuid())
        guise_log("account store %s: owned by uid %u, which is neither root nor this process", path, info->st_uid);
    else if (info->st_mode & 077)
        guise_log("account store %s: mode %04o lets others at the password hashes: it must be 0600", path, info->st_mode & 07777);
    else return STATUS_SUCCESS;
    return STATUS_ACCESS_DENIED;
}

/*
 * One meta page as LMDB's data version 1 lays it out on a 64-bit little-endian machine: LMDB trusts these numbers and would divide by
 * a page size of nothing.
 */
static NTSTATUS check_meta_page(int fd, off_t offset, ULONG *page_size)
{
    UCHAR page[44];

    if (pread(fd, page, sizeof(page), offset) != sizeof(page)) return STATUS_FILE_CORRUPT_ERROR;
    if (sam_get32(page + 16) != 0xbeefc0de) return STATUS_FILE_CORRUPT_ERROR;
    if (sam_get32(page + 20) != 1) return STATUS_REVISION_MISMATCH;
    *page_size = sam_get32(page + 40);
    if (*page_size < 4096 || *page_size > 65536 || (*page_size & (*page_size - 1))) return STATUS_FILE_CORRUPT_ERROR;
    return STATUS_SUCCESS;
}

static NTSTATUS check_header(const char *path, int fd)
{
    ULONG first, second;
    NTSTATUS status;

    if (!(status = check_meta_page(fd, 0, &first)) && !(status = check_meta_page(fd, first, &second)) && first != second)
        status = STATUS_FILE_CORRUPT_ERROR;
    if (status == STATUS_FILE_CORRUPT_ERROR)
        guise_log("account store %s: not an account store, or truncated; restore it from a backup", path);
    else if (status)
        guise_log("account store %s: written by a newer version of LMDB", path);
    return status;
}

static NTSTATUS check_file(const char *path, struct stat *info)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    NTSTATUS status;

    if (fd < 0)
    {
        int error = errno;

        status = error == ENOENT || error == ENOTDIR ? STATUS_OBJECT_NAME_NOT_FOUND
                 : error == ELOOP                    ? STATUS_ACCESS_DENIED
                                                     : sam_status_from_lmdb(error);
        /* A store that is yet to be made is no failure; sam_env_open says so when it is one. */
        if (status != STATUS_OBJECT_NAME_NOT_FOUND)
            guise_log("account store %s: %s", path, error == ELOOP ? "is a symbolic link" : strerror(error));
        return status;
    }
    if (fstat(fd, info)) status = STATUS_UNSUCCESSFUL;
    else if (!(status = check_owner_and_mode(path, info))) status = check_header(path, fd);
    close(fd);
    return status;
}

/* LMDB's lock file decides who may write: it needs the same care, and is never opened here (closing it would drop LMDB's locks). */
static NTSTATUS check_lock_file(const char *path)
{
    char lock_path[PATH_MAX];
    struct stat info;

    if ((size_t)snprintf(lock_path, sizeof(lock_path), "%s-lock", path) >= sizeof(lock_path)) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (lstat(lock_path, &info)) return STATUS_SUCCESS; /* LMDB makes it, 0600 */
    return check_owner_and_mode(lock_path, &info);
}

/* Reading beyond the end of a mapped file would be a SIGBUS: every page that was ever used must be there. */
static NTSTATUS check_size(const char *path, MDB_env *mdb, const struct stat *info)
{
    MDB_envinfo pages;
    MDB_stat sizes;

    if (mdb_env_info(mdb, &pages) || mdb_env_stat(mdb, &sizes)) return STATUS_UNSUCCESSFUL;
    if ((unsigned long long)info->st_size / sizes.ms_psize > pages.me_last_pgno) return STATUS_SUCCESS;
    guise_log("account store %s: truncated: %lld bytes of %llu; restore it from a backup", path, (long long)info->st_size,
              (unsigned long long)(pages.me_last_pgno + 1) * sizes.ms_psize);
    return STATUS_FILE_CORRUPT_ERROR;
}

static NTSTATUS check_format(const char *path, struct sam_env *env, MDB_txn *txn)
{
    MDB_val key = {sizeof(SAM_META_FORMAT) - 1, SAM_META_FORMAT}, value;
    int error;

    if ((error = mdb_get(txn, env->meta, &key, &value)) || value.mv_size != 4)
    {
        guise_log("account store %s: no format version inside: not an account store, or damaged", path);
        return STATUS_FILE_CORRUPT_ERROR;
    }
    if (sam_get32(value.mv_data) == SAM_FORMAT || sam_get32(value.mv_data) == SAM_FORMAT_LM) return STATUS_SUCCESS;
    guise_log("account store %s: format %u is from a newer version of Guise; this one reads format %u", path,
              sam_get32(value.mv_data), SAM_FORMAT_LM);
    return STATUS_REVISION_MISMATCH;
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

static NTSTATUS open_databases(const char *path, struct sam_env *env)
{
    MDB_txn *txn;
    NTSTATUS status;
    int error;

    if ((error = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn))) goto failed;
    if ((error = mdb_dbi_open(txn, "meta", 0, &env->meta)))
    {
        mdb_txn_abort(txn);
        goto failed;
    }
    /* The format first: another version may have other databases. */
    if ((status = check_format(path, env, txn)))
    {
        mdb_txn_abort(txn);
        return status;
    }
    if ((error = mdb_dbi_open(txn, "names", 0, &env->names)) || (error = mdb_dbi_open(txn, "rids", 0, &env->rids)))
    {
        mdb_txn_abort(txn);
        goto failed;
    }
    if (!(error = mdb_txn_commit(txn))) return STATUS_SUCCESS;

failed:
    guise_log("account store %s: %s", path, mdb_strerror(error));
    return sam_status_from_lmdb(error);
}

/* Opens what check_file() saw as INFO. */
static NTSTATUS open_lmdb(const char *path, struct sam_env *env, const struct stat *info)
{
    unsigned int flags = MDB_NOSUBDIR | MDB_NOTLS | (env->writable ? 0 : MDB_RDONLY);
    struct stat now;
    int error, dead;
    mdb_filehandle_t fd;

    if ((error = mdb_env_create(&env->mdb)) || (error = mdb_env_set_maxdbs(env->mdb, 3)) ||
        (error = mdb_env_set_mapsize(env->mdb, MAP_SIZE)) || (error = mdb_env_set_maxreaders(env->mdb, MAX_READERS)) ||
        (error = mdb_env_open(env->mdb, path, flags, 0600)))
    {
        guise_log("account store %s: %s", path, mdb_strerror(error));
        return sam_status_from_lmdb(error);
    }
    if (mdb_env_get_fd(env->mdb, &fd) || fstat(fd, &now)) return STATUS_UNSUCCESSFUL;
    if (now.st_dev != info->st_dev || now.st_ino != info->st_ino)
    {
        guise_log("account store %s: the file was exchanged while it was being opened", path);
        return STATUS_ACCESS_DENIED;
    }
    mdb_reader_check(env->mdb, &dead); /* readers that were killed keep old pages alive */
    return check_size(path, env->mdb, &now);
}

static void free_env(struct sam_env *env)
{
    size_t i;

    for (i = 0; i < SAM_IDLE_READERS; i++)
        if (atomic_load(&env->idle[i])) mdb_txn_abort(atomic_load(&env->idle[i]));
    if (env->mdb) mdb_env_close(env->mdb);
    guise_free(env);
}

static NTSTATUS new_env(const char *path, bool writable, const struct stat *info, struct sam_env **result)
{
    struct sam_env *env;
    NTSTATUS status;

    if (!(env = guise_alloc(sizeof(*env)))) return STATUS_NO_MEMORY;
    env->refs = 1;
    env->device = info->st_dev;
    env->inode = info->st_ino;
    env->pid = getpid();
    /*
     * LMDB allows one environment on a file in a process: who may write opens it so, because a password may have to be
     * changed while others read.
     */
    env->writable = writable || !faccessat(AT_FDCWD, path, W_OK, AT_EACCESS);
    if ((status = open_lmdb(path, env, info)) || (status = open_databases(path, env)))
    {
        free_env(env);
        return status;
    }
    env->next = env_list;
    env_list = env;
    *result = env;
    return STATUS_SUCCESS;
}

static struct sam_env *find_env(const struct stat *info)
{
    struct sam_env *env;

    for (env = env_list; env; env = env->next)
        if (env->device == info->st_dev && env->inode == info->st_ino && env->pid == getpid()) break;
    return env;
}

/*
 * Told once, until there is one: a server that has Kerberos may do without, and each of its credentials would say so. Under the list's lock.
 */
static void tell_missing(const char *path, bool missing)
{
    static bool told;

    if (missing && !told) guise_notice("account store %s: there is none; guise-account setup makes one", path);
    told = missing;
}

static NTSTATUS find_or_create_file(const char *path, bool create, struct stat *info)
{
    NTSTATUS status = check_file(path, info);

    if (status == STATUS_OBJECT_NAME_NOT_FOUND && create && !(status = sam_create(path))) status = check_file(path, info);
    tell_missing(path, status == STATUS_OBJECT_NAME_NOT_FOUND);
    return status ? status : check_lock_file(path);
}

NTSTATUS sam_env_open(const char *path, bool writable, struct sam_env **env)
{
    struct stat info;
    NTSTATUS status;

    pthread_once(&fork_once, watch_fork);
    guise_process_begin();
    lock_list();
    if (!(status = find_or_create_file(path, writable, &info)))
    {
        if (!(*env = find_env(&info))) status = new_env(path, writable, &info, env);
        else if (writable && !(*env)->writable)
        {
            guise_log("account store %s: this process may not write it", path);
            status = STATUS_ACCESS_DENIED;
        }
        else (*env)->refs++;
    }
    unlock_list();
    guise_process_end();
    return status;
}

void sam_env_release(struct sam_env *env)
{
    struct sam_env **link;

    lock_list();
    if (!--env->refs)
    {
        for (link = &env_list; *link != env; link = &(*link)->next) {}
        *link = env->next;
        /* Closing what a parent process opened would free the parent's readers: a child leaves it. */
        if (env->pid == getpid()) free_env(env);
    }
    unlock_list();
}

/* ---- transactions ----------------------------------------------------------------------------------------------- */

static size_t first_slot(void)
{
    return ((uintptr_t)pthread_self() >> 12) * 0x9e3779b97f4a7c15ull >> 58;
}

_Static_assert(SAM_IDLE_READERS == 1 << (64 - 58), "first_slot() gives a slot number");

NTSTATUS sam_read_begin(struct sam_env *env, MDB_txn **txn)
{
    size_t slot = first_slot(), i;
    int error, dead;

    for (i = 0; i < SAM_IDLE_READERS; i++, slot = (slot + 1) % SAM_IDLE_READERS)
    {
        if (!atomic_load_explicit(&env->idle[slot], memory_order_relaxed)) continue;
        if (!(*txn = atomic_exchange(&env->idle[slot], NULL))) continue;
        if (!(error = mdb_txn_renew(*txn))) return STATUS_SUCCESS;
        mdb_txn_abort(*txn);
        break;
    }
    error = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, txn);
    if (error == MDB_READERS_FULL && !mdb_reader_check(env->mdb, &dead) && dead)
        error = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, txn);
    if (error) guise_log("account store: cannot read: %s", mdb_strerror(error));
    return sam_status_from_lmdb(error);
}

void sam_read_end(struct sam_env *env, MDB_txn *txn)
{
    size_t slot = first_slot(), i;

    mdb_txn_reset(txn);
    for (i = 0; i < SAM_IDLE_READERS; i++, slot = (slot + 1) % SAM_IDLE_READERS)
    {
        MDB_txn *none = NULL;

        if (atomic_compare_exchange_strong(&env->idle[slot], &none, txn)) return;
    }
    mdb_txn_abort(txn);
}

/*
 * Pages that LMDB takes and gives back within one transaction count as used but are not written, so a sound file may be shorter than
 * its last page. Growing it (without blocks) before pages are taken makes a short file always a truncated one.
 */
static int grow_file(struct sam_env *env, size_t records)
{
    mdb_filehandle_t fd;
    MDB_envinfo pages;
    MDB_stat sizes;
    struct stat info;
    off_t least;
    int error;

    if ((error = mdb_env_get_fd(env->mdb, &fd)) || (error = mdb_env_info(env->mdb, &pages)) ||
        (error = mdb_env_stat(env->mdb, &sizes)))
        return error;
    least = (off_t)(pages.me_last_pgno + 1 + SLACK_PAGES + RECORD_PAGES * records) * sizes.ms_psize;
    if (fstat(fd, &info)) return errno;
    if (info.st_size >= least) return 0;
    return ftruncate(fd, least) ? errno : 0;
}

NTSTATUS sam_write_begin(struct sam_env *env, size_t records, MDB_txn **txn)
{
    int error;

    if (!env->writable) return STATUS_ACCESS_DENIED;
    if ((error = mdb_txn_begin(env->mdb, NULL, 0, txn))) return sam_status_from_lmdb(error);
    if (!(error = grow_file(env, records))) return STATUS_SUCCESS;
    mdb_txn_abort(*txn);
    return sam_status_from_lmdb(error);
}
