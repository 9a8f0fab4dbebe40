/*
 * The account store: names, Unix accounts and password hashes of the local domain, in one LMDB file of mode 0600.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/msv1_0/sam.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "dlls/msv1_0/sam_env.h"
#include "dlls/msv1_0/sam_record.h"

struct sam
{
    _Atomic(struct sam_env *) env;
    bool writable;
    char *path;
};

/* ---- life ------------------------------------------------------------------------------------------------------- */

NTSTATUS sam_open(const char *path, bool writable, struct sam **result)
{
    struct sam_env *env = NULL;
    struct sam *sam;
    NTSTATUS status;

    if (!(sam = guise_alloc(sizeof(*sam)))) return STATUS_NO_MEMORY;
    if (!(sam->path = guise_strdup(path)))
    {
        guise_free(sam);
        return STATUS_NO_MEMORY;
    }
    if ((status = sam_env_open(path, writable, &env)))
    {
        guise_free(sam->path);
        guise_free(sam);
        return status;
    }
    sam->writable = writable;
    atomic_init(&sam->env, env);
    *result = sam;
    return STATUS_SUCCESS;
}

void sam_close(struct sam *sam)
{
    if (!sam) return;
    sam_env_release(atomic_load(&sam->env));
    guise_free(sam->path);
    guise_free(sam);
}

/* The environment, opened anew in the child of a fork: the parent's readers and locks are not the child's. */
static NTSTATUS current_env(struct sam *sam, struct sam_env **env)
{
    struct sam_env *fresh;
    NTSTATUS status;

    *env = atomic_load_explicit(&sam->env, memory_order_acquire);
    if ((*env)->pid == getpid()) return STATUS_SUCCESS;

    if ((status = sam_env_open(sam->path, sam->writable, &fresh))) return status;
    /* Threads of the child that come at the same time hold references to one and the same environment. */
    if (atomic_compare_exchange_strong(&sam->env, env, fresh)) *env = fresh;
    else sam_env_release(fresh);
    return STATUS_SUCCESS;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static NTSTATUS read_record(struct sam_env *env, MDB_txn *txn, MDB_val *key, struct sam_account *account)
{
    MDB_val value;
    NTSTATUS status;
    int error;

    if ((error = mdb_get(txn, env->names, key, &value)))
        return error == MDB_NOTFOUND ? STATUS_NO_SUCH_USER : sam_status_from_lmdb(error);
    if ((status = sam_record_decode(value.mv_data, value.mv_size, account))) guise_log("account store: a record is damaged");
    return status;
}

NTSTATUS sam_find(struct sam *sam, const char *name, struct sam_account *account)
{
    struct sam_env *env;
    struct sam_key key;
    MDB_val value;
    MDB_txn *txn;
    NTSTATUS status;

    if (!sam_name_key(name, &key)) return STATUS_NO_SUCH_USER;
    if ((status = current_env(sam, &env)) || (status = sam_read_begin(env, &txn))) return status;
    value = (MDB_val){key.length, key.bytes};
    status = read_record(env, txn, &value, account);
    sam_read_end(env, txn);
    return status;
}

/* Big-endian, so that key order is number order. */
static void rid_key(ULONG rid, UCHAR bytes[4])
{
    bytes[0] = rid >> 24;
    bytes[1] = rid >> 16;
    bytes[2] = rid >> 8;
    bytes[3] = rid;
}

NTSTATUS sam_find_rid(struct sam *sam, ULONG rid, struct sam_account *account)
{
    UCHAR bytes[4];
    MDB_val key = {sizeof(bytes), bytes}, name;
    struct sam_env *env;
    MDB_txn *txn;
    NTSTATUS status;
    int error;

    rid_key(rid, bytes);
    if ((status = current_env(sam, &env)) || (status = sam_read_begin(env, &txn))) return status;
    if ((error = mdb_get(txn, env->rids, &key, &name)))
        status = error == MDB_NOTFOUND ? STATUS_NO_SUCH_USER : sam_status_from_lmdb(error);
    else if ((status = read_record(env, txn, &name, account)) == STATUS_NO_SUCH_USER)
        status = STATUS_FILE_CORRUPT_ERROR;
    sam_read_end(env, txn);
    return status;
}

NTSTATUS sam_domain_sid(struct sam *sam, SID *sid, size_t room)
{
    MDB_val key = {sizeof(SAM_META_DOMAIN) - 1, SAM_META_DOMAIN}, value;
    struct sam_env *env;
    MDB_txn *txn;
    NTSTATUS status;

    if (room < SECURITY_MAX_SID_SIZE) return STATUS_BUFFER_TOO_SMALL;
    if ((status = current_env(sam, &env)) || (status = sam_read_begin(env, &txn))) return status;
    if (mdb_get(txn, env->meta, &key, &value) || value.mv_size != 24 || ((UCHAR *)value.mv_data)[0] != SID_REVISION ||
        ((UCHAR *)value.mv_data)[1] != 4)
    {
        guise_log("account store %s: the SID of the domain is missing or damaged", sam->path);
        status = STATUS_FILE_CORRUPT_ERROR;
    }
    else memcpy(sid, value.mv_data, value.mv_size);
    sam_read_end(env, txn);
    return status;
}

NTSTATUS sam_each(struct sam *sam, bool (*each)(const struct sam_account *account, void *arg), void *arg)
{
    struct sam_account account;
    MDB_cursor *cursor;
    MDB_val key, value;
    struct sam_env *env;
    MDB_txn *txn;
    NTSTATUS status;
    int error;

    if ((status = current_env(sam, &env)) || (status = sam_read_begin(env, &txn))) return status;
    if (!(error = mdb_cursor_open(txn, env->names, &cursor)))
    {
        while (!(error = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)))
            if ((status = sam_record_decode(value.mv_data, value.mv_size, &account)) || !each(&account, arg)) break;
        mdb_cursor_close(cursor);
    }
    sam_read_end(env, txn);
    sam_wipe(&account);
    if (error && error != MDB_NOTFOUND) status = sam_status_from_lmdb(error);
    if (status == STATUS_FILE_CORRUPT_ERROR) guise_log("account store %s: a record is damaged", sam->path);
    return status;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

/* The environment may be open for writing on somebody else's account. */
static NTSTATUS begin_write(struct sam *sam, size_t records, struct sam_env **env, MDB_txn **txn)
{
    NTSTATUS status;

    if (!sam->writable) return STATUS_ACCESS_DENIED;
    if ((status = current_env(sam, env))) return status;
    return sam_write_begin(*env, records, txn);
}

static NTSTATUS take_next_rid(struct sam_env *env, MDB_txn *txn, ULONG wanted, ULONG *rid)
{
    MDB_val key = {sizeof(SAM_META_NEXT_RID) - 1, SAM_META_NEXT_RID}, value;
    UCHAR bytes[4];
    ULONG next;

    if (mdb_get(txn, env->meta, &key, &value) || value.mv_size != sizeof(bytes)) return STATUS_FILE_CORRUPT_ERROR;
    next = sam_get32(value.mv_data);
    *rid = wanted ? wanted : next;
    if (*rid < SAM_FIRST_RID || *rid > SAM_LAST_RID) return STATUS_INVALID_PARAMETER;
    if (*rid < next) return STATUS_SUCCESS;
    sam_put32(bytes, *rid + 1);
    value = (MDB_val){sizeof(bytes), bytes};
    return sam_status_from_lmdb(mdb_put(txn, env->meta, &key, &value, 0));
}

/* Lets RID point to NAME; it must be free or NAME's already. */
static NTSTATUS claim_rid(struct sam_env *env, MDB_txn *txn, ULONG rid, MDB_val *name)
{
    UCHAR bytes[4];
    MDB_val key = {sizeof(bytes), bytes}, value = *name;
    int error;

    rid_key(rid, bytes);
    error = mdb_put(txn, env->rids, &key, &value, MDB_NOOVERWRITE);
    if (error != MDB_KEYEXIST) return sam_status_from_lmdb(error);
    if (value.mv_size == name->mv_size && !memcmp(value.mv_data, name->mv_data, name->mv_size)) return STATUS_SUCCESS;
    return STATUS_OBJECT_NAME_COLLISION;
}

static NTSTATUS release_rid(struct sam_env *env, MDB_txn *txn, ULONG rid)
{
    UCHAR bytes[4];
    MDB_val key = {sizeof(bytes), bytes};

    rid_key(rid, bytes);
    return sam_status_from_lmdb(mdb_del(txn, env->rids, &key, NULL));
}

/* An older version must not take the store for damaged. */
static NTSTATUS raise_format(struct sam_env *env, MDB_txn *txn)
{
    MDB_val key = {sizeof(SAM_META_FORMAT) - 1, SAM_META_FORMAT}, value;
    UCHAR bytes[4];

    sam_put32(bytes, SAM_FORMAT_LM);
    value = (MDB_val){sizeof(bytes), bytes};
    return sam_status_from_lmdb(mdb_put(txn, env->meta, &key, &value, 0));
}

static NTSTATUS store_one(struct sam_env *env, MDB_txn *txn, const struct sam_account *account, bool create)
{
    UCHAR record[SAM_RECORD_MAX];
    struct sam_account copy = *account, old;
    struct sam_key name;
    MDB_val key, value = {0, record};
    NTSTATUS status, found;

    if (!sam_name_key(account->name, &name)) return STATUS_INVALID_PARAMETER;
    key = (MDB_val){name.length, name.bytes};
    found = read_record(env, txn, &key, &old);
    if (found && found != STATUS_NO_SUCH_USER) status = found;
    else if (!found && create) status = STATUS_USER_EXISTS;
    else if (!(status = take_next_rid(env, txn, !account->rid && !found ? old.rid : account->rid, &copy.rid)) &&
             !(status = claim_rid(env, txn, copy.rid, &key)) &&
             (found || old.rid == copy.rid || !(status = release_rid(env, txn, old.rid))) &&
             !(status = sam_record_encode(&copy, record, &value.mv_size)) &&
             (!copy.has_lm_hash || !(status = raise_format(env, txn))))
        status = sam_status_from_lmdb(mdb_put(txn, env->names, &key, &value, 0));
    sam_wipe(&copy);
    sam_wipe(&old);
    explicit_bzero(record, sizeof(record));
    return status;
}

NTSTATUS sam_store_all(struct sam *sam, const struct sam_account *accounts, size_t count, bool create)
{
    struct sam_env *env;
    MDB_txn *txn;
    NTSTATUS status;
    size_t i;

    if ((status = begin_write(sam, count, &env, &txn))) return status;
    for (i = 0; i < count && !status; i++) status = store_one(env, txn, &accounts[i], create);
    if (!status) return sam_status_from_lmdb(mdb_txn_commit(txn));
    mdb_txn_abort(txn);
    return status;
}

NTSTATUS sam_store(struct sam *sam, const struct sam_account *account, bool create)
{
    return sam_store_all(sam, account, 1, create);
}

/* Whether NOW is still the account that SEEN was, with the password it had. */
static bool same_password(const struct sam_account *now, const struct sam_account *seen)
{
    return now->rid == seen->rid && now->has_hash && seen->has_hash &&
           !CRYPTO_memcmp(now->nt_hash, seen->nt_hash, sizeof(now->nt_hash));
}

NTSTATUS sam_change_password(struct sam *sam, const struct sam_account *seen, const UCHAR nt_hash[16], const UCHAR *lm_hash, LONGLONG now)
{
    struct sam_account account = {0};
    struct sam_env *env;
    struct sam_key bytes;
    MDB_val key;
    MDB_txn *txn;
    NTSTATUS status;

    if (!sam_name_key(seen->name, &bytes)) return STATUS_WRONG_PASSWORD;
    if ((status = begin_write(sam, 1, &env, &txn))) return status;
    key = (MDB_val){bytes.length, bytes.bytes};
    status = read_record(env, txn, &key, &account);
    if (status == STATUS_NO_SUCH_USER || (!status && !same_password(&account, seen))) status = STATUS_WRONG_PASSWORD;
    if (!status)
    {
        memcpy(account.nt_hash, nt_hash, sizeof(account.nt_hash));
        explicit_bzero(account.lm_hash, sizeof(account.lm_hash));
        if ((account.has_lm_hash = lm_hash)) memcpy(account.lm_hash, lm_hash, sizeof(account.lm_hash));
        account.password_set = now;
        account.flags &= ~(ULONG)SAM_PASSWORD_MUST_CHANGE;
        status = store_one(env, txn, &account, false);
    }
    sam_wipe(&account);
    if (!status) return sam_status_from_lmdb(mdb_txn_commit(txn));
    mdb_txn_abort(txn);
    return status;
}

NTSTATUS sam_delete(struct sam *sam, const char *name)
{
    struct sam_account account;
    struct sam_env *env;
    struct sam_key bytes;
    MDB_val key;
    MDB_txn *txn;
    NTSTATUS status;

    if (!sam_name_key(name, &bytes)) return STATUS_NO_SUCH_USER;
    if ((status = begin_write(sam, 1, &env, &txn))) return status;
    key = (MDB_val){bytes.length, bytes.bytes};
    if (!(status = read_record(env, txn, &key, &account)) && !(status = release_rid(env, txn, account.rid)))
        status = sam_status_from_lmdb(mdb_del(txn, env->names, &key, NULL));
    sam_wipe(&account);
    if (!status) return sam_status_from_lmdb(mdb_txn_commit(txn));
    mdb_txn_abort(txn);
    return status;
}

/* ---- accounts --------------------------------------------------------------------------------------------------- */

NTSTATUS sam_account_status(const struct sam_account *account, LONGLONG now)
{
    if (account->flags & SAM_DISABLED) return STATUS_ACCOUNT_DISABLED;
    if (account->expires && now >= account->expires) return STATUS_ACCOUNT_EXPIRED;
    if (account->flags & SAM_PASSWORD_MUST_CHANGE) return STATUS_PASSWORD_MUST_CHANGE;
    return STATUS_SUCCESS;
}

void sam_wipe(struct sam_account *account)
{
    explicit_bzero(account, sizeof(*account));
}
