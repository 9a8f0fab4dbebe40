/*
 * Tests of the account store: contents, every refusal of a bad file, threads, forks.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dlls/msv1_0/crypto.h"
#include "dlls/msv1_0/sam_record.h"

static char folder[PATH_MAX], path[PATH_MAX + 16], lock_path[PATH_MAX + 32];

static void make_folder(void)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(folder, sizeof(folder), "%s/guise-sam-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(folder)) abort();
    snprintf(path, sizeof(path), "%s/accounts.mdb", folder);
    snprintf(lock_path, sizeof(lock_path), "%s-lock", path);
}

static void remove_store(void)
{
    unlink(path);
    unlink(lock_path);
}

static struct sam_account make_account(const char *name)
{
    struct sam_account account = {0};

    snprintf(account.name, sizeof(account.name), "%s", name);
    snprintf(account.unix_name, sizeof(account.unix_name), "unix-%.200s", name);
    account.password_set = 1700000000;
    account.has_hash = true;
    memset(account.nt_hash, name[0], sizeof(account.nt_hash));
    return account;
}

static NTSTATUS add(struct sam *sam, const char *name)
{
    struct sam_account account = make_account(name);

    return sam_store(sam, &account, true);
}

static struct sam *open_new(void)
{
    struct sam *sam = NULL;
    NTSTATUS status;

    remove_store();
    status = sam_open(path, true, &sam);
    ok(!status, "cannot make a store: %08x\n", status); /* design 8.1 */
    return sam;
}

/* ---- contents --------------------------------------------------------------------------------------------------- */

static void test_create(void)
{
    UCHAR first[SECURITY_MAX_SID_SIZE], second[SECURITY_MAX_SID_SIZE];
    struct stat info;
    struct sam *sam;
    NTSTATUS status;
    mode_t mask = umask(0);

    sam = open_new();
    umask(mask);
    ok(!stat(path, &info) && (info.st_mode & 07777) == 0600, "mode %o\n", info.st_mode); /* design 8.1 */
    ok(!stat(lock_path, &info) && (info.st_mode & 07777) == 0600, "mode %o\n", info.st_mode); /* design 8.1 */
    status = sam_domain_sid(sam, (SID *)first, sizeof(first));
    ok(!status, "no domain SID: %08x\n", status); /* design 8.1 */
    ok(first[0] == 1 && first[1] == 4 && first[7] == 5 && first[8] == 21, "not S-1-5-21-a-b-c\n"); /* design 8.1 */
    status = sam_domain_sid(sam, (SID *)first, SECURITY_MAX_SID_SIZE - 1);
    ok(status == STATUS_BUFFER_TOO_SMALL, "got %08x\n", status); /* header sam.h */
    sam_close(sam);

    status = sam_open(path, false, &sam);
    ok(!status, "cannot open it again: %08x\n", status); /* design 8.2 */
    status = sam_domain_sid(sam, (SID *)second, sizeof(second));
    ok(!status && !memcmp(first, second, 24), "the SID is another one: %08x\n", status); /* design 8.1 */
    status = add(sam, "alice");
    ok(status == STATUS_ACCESS_DENIED, "writing to what was opened to read: %08x\n", status); /* header sam.h */
    sam_close(sam);

    sam = open_new();
    status = sam_domain_sid(sam, (SID *)second, sizeof(second));
    ok(!status && memcmp(first, second, 24), "two stores with one SID: %08x\n", status); /* design 8.1 */
    sam_close(sam);
}

static void test_find(void)
{
    struct sam *sam = open_new();
    struct sam_account account, expected;
    NTSTATUS status;

    expected = make_account("Alice");
    expected.flags = SAM_PASSWORD_MUST_CHANGE;
    expected.expires = 0x123456789abll;
    expected.password_set = -5;
    status = sam_store(sam, &expected, true);
    ok(!status, "cannot add: %08x\n", status); /* header sam.h */
    expected.rid = 1000;
    memset(&account, 0xcc, sizeof(account));
    status = sam_find(sam, "aLICE", &account);
    ok(!status, "cannot find: %08x\n", status); /* design 8.4 */
    ok(!memcmp(&account, &expected, sizeof(account)), "another account came back\n"); /* header sam.h */
    status = sam_find_rid(sam, 1000, &account);
    ok(!status && !strcmp(account.name, "Alice"), "by RID: %08x\n", status); /* header sam.h */

    ok(!add(sam, "Ren\xc3\xa9"), "cannot add\n"); /* design 8.4 */
    ok(!sam_find(sam, "REN\xc3\x89", &account) && account.rid == 1001, "not found in capitals\n"); /* design 8.4 */
    ok(sam_find(sam, "rene", &account) == STATUS_NO_SUCH_USER, "found without the accent\n"); /* header sam.h */
    ok(sam_find(sam, "", &account) == STATUS_NO_SUCH_USER, "found nobody\n"); /* header sam.h */
    ok(sam_find(sam, "alice\xff", &account) == STATUS_NO_SUCH_USER, "found what is not UTF-8\n"); /* header sam.h */
    ok(sam_find_rid(sam, 999, &account) == STATUS_NO_SUCH_USER, "found RID 999\n"); /* header sam.h */
    ok(add(sam, "ALICE") == STATUS_USER_EXISTS, "added twice\n"); /* header sam.h */
    ok(add(sam, "") == STATUS_INVALID_PARAMETER, "added nobody\n"); /* header sam.h */
    ok(add(sam, "a\nb") == STATUS_INVALID_PARAMETER, "added a line break\n"); /* header sam.h */
    ok(add(sam, "a\xc3") == STATUS_INVALID_PARAMETER, "added what is not UTF-8\n"); /* header sam.h */
    sam_close(sam);
}

static void test_rids(void)
{
    struct sam *sam = open_new();
    struct sam_account account;
    NTSTATUS status;

    ok(!add(sam, "alice") && !add(sam, "bob"), "cannot add\n"); /* header sam.h */
    ok(!sam_delete(sam, "BOB"), "cannot delete\n"); /* header sam.h */
    ok(sam_delete(sam, "bob") == STATUS_NO_SUCH_USER, "deleted twice\n"); /* header sam.h */
    ok(sam_find_rid(sam, 1001, &account) == STATUS_NO_SUCH_USER, "the RID is still there\n"); /* header sam.h */
    ok(!add(sam, "bob") && !sam_find(sam, "bob", &account) && account.rid == 1002, "RID %u comes twice\n", account.rid); /* design 8.1 */

    account = make_account("carol");
    account.rid = 1000;
    status = sam_store(sam, &account, true);
    ok(status == STATUS_OBJECT_NAME_COLLISION, "two accounts with one RID: %08x\n", status); /* header sam.h */
    ok(sam_find(sam, "carol", &account) == STATUS_NO_SUCH_USER, "half an account stayed\n"); /* design 8.3 */
    account = make_account("carol");
    account.rid = 5000;
    ok(!sam_store(sam, &account, true), "cannot choose a RID\n"); /* header sam.h */
    ok(!add(sam, "dave") && !sam_find(sam, "dave", &account) && account.rid == 5001, "RID %u\n", account.rid); /* header sam.h */
    account.rid = 500;
    ok(sam_store(sam, &account, false) == STATUS_INVALID_PARAMETER, "a built-in RID\n"); /* header sam.h */

    /* Replacing keeps the RID, or moves the account to another. */
    account = make_account("ALICE");
    ok(!sam_store(sam, &account, false), "cannot replace\n"); /* header sam.h */
    ok(!sam_find(sam, "alice", &account) && account.rid == 1000 && !strcmp(account.name, "ALICE"), "RID %u\n", account.rid); /* header sam.h */
    account.rid = 6000;
    ok(!sam_store(sam, &account, false), "cannot move\n"); /* header sam.h */
    ok(sam_find_rid(sam, 1000, &account) == STATUS_NO_SUCH_USER, "the old RID is still there\n"); /* header sam.h */
    ok(!sam_find_rid(sam, 6000, &account) && !strcmp(account.name, "ALICE"), "the new RID is not there\n"); /* header sam.h */
    sam_close(sam);
}

static void test_long_names(void)
{
    char name[3 * SAM_NAME_MAX + 4] = "", other[sizeof(name)];
    struct sam *sam = open_new();
    struct sam_account account;
    int i;

    for (i = 0; i < SAM_NAME_MAX; i++) strcat(name, "\xe2\x82\xac"); /* 256 characters, 768 bytes */
    strcpy(other, name);
    other[3 * SAM_NAME_MAX - 1] = '\xad';
    ok(!add(sam, name), "cannot add the longest name\n"); /* S2.1.4 */
    ok(sam_find(sam, other, &account) == STATUS_NO_SUCH_USER, "two long names are one\n"); /* header sam.h */
    ok(!add(sam, other), "cannot add another long name\n"); /* header sam.h */
    ok(!sam_find(sam, name, &account) && !strcmp(account.name, name), "the long name is another\n"); /* header sam.h */
    strcat(name, "x");
    ok(add(sam, name) == STATUS_INVALID_PARAMETER, "257 characters\n"); /* S2.1.4 */
    sam_close(sam);
}

struct listing
{
    char names[8][16];
    unsigned int count, stop;
};

static bool list_one(const struct sam_account *account, void *arg)
{
    struct listing *listing = arg;

    snprintf(listing->names[listing->count++], sizeof(listing->names[0]), "%.15s", account->name);
    return listing->count != listing->stop;
}

static void test_each(void)
{
    struct listing listing = {.stop = 8};
    struct sam *sam = open_new();

    ok(!sam_each(sam, list_one, &listing) && !listing.count, "%u accounts in an empty store\n", listing.count); /* header sam.h */
    ok(!add(sam, "b") && !add(sam, "C") && !add(sam, "A"), "cannot add\n"); /* header sam.h */
    ok(!sam_each(sam, list_one, &listing) && listing.count == 3, "%u accounts\n", listing.count); /* header sam.h */
    ok(!strcmp(listing.names[0], "A") && !strcmp(listing.names[1], "b") && !strcmp(listing.names[2], "C"), "not in order\n"); /* header sam.h */
    listing = (struct listing){.stop = 2};
    ok(!sam_each(sam, list_one, &listing) && listing.count == 2, "did not stop: %u\n", listing.count); /* header sam.h */
    sam_close(sam);
}

static void test_all_or_none(void)
{
    struct sam_account accounts[3] = {make_account("alice"), make_account("bob"), make_account("Alice")};
    struct sam *sam = open_new();

    ok(sam_store_all(sam, accounts, 3, true) == STATUS_USER_EXISTS, "one account twice\n"); /* header sam.h */
    ok(sam_find(sam, "bob", &accounts[0]) == STATUS_NO_SUCH_USER, "some were stored\n"); /* header sam.h */
    accounts[0] = make_account("alice");
    ok(!sam_store_all(sam, accounts, 2, true), "cannot store two\n"); /* header sam.h */
    ok(!sam_find(sam, "bob", &accounts[0]), "not stored\n"); /* header sam.h */
    sam_close(sam);
}

static void test_account_status(void)
{
    struct sam_account account = {0};

    ok(!sam_account_status(&account, 100), "refused\n"); /* S2.18.5 */
    account.flags = SAM_PASSWORD_MUST_CHANGE;
    ok(sam_account_status(&account, 100) == STATUS_PASSWORD_MUST_CHANGE, "allowed\n"); /* S2.18.5 */
    account.expires = 100;
    ok(sam_account_status(&account, 100) == STATUS_ACCOUNT_EXPIRED, "allowed\n"); /* S2.18.5 */
    ok(sam_account_status(&account, 99) == STATUS_PASSWORD_MUST_CHANGE, "expired early\n"); /* S2.18.5 */
    account.flags |= SAM_DISABLED;
    ok(sam_account_status(&account, 100) == STATUS_ACCOUNT_DISABLED, "allowed\n"); /* S2.18.5 */
}

static void test_many(void)
{
    enum { COUNT = 10000 };
    struct sam_account *accounts = calloc(COUNT, sizeof(*accounts)), found;
    struct sam *sam = open_new();
    unsigned int i, wrong = 0;
    char name[32];
    NTSTATUS status;

    for (i = 0; i < COUNT; i++)
    {
        snprintf(name, sizeof(name), "user%05u", i * 7919 % COUNT);
        accounts[i] = make_account(name);
        memcpy(accounts[i].nt_hash, &i, sizeof(i));
    }
    status = sam_store_all(sam, accounts, COUNT, true);
    ok(!status, "cannot store them: %08x\n", status); /* design 8.3 */
    sam_close(sam);

    status = sam_open(path, false, &sam);
    ok(!status, "cannot open it again: %08x\n", status); /* design 8.2 */
    for (i = 0; i < COUNT; i++)
    {
        snprintf(name, sizeof(name), "USER%05u", i * 7919 % COUNT);
        if (sam_find(sam, name, &found) || memcmp(found.nt_hash, &i, sizeof(i)) || found.rid != 1000 + i) wrong++;
        if (sam_find_rid(sam, 1000 + i, &found) || strcasecmp(found.name, name)) wrong++;
    }
    ok(!wrong, "%u look-ups went wrong\n", wrong); /* design 8.4 */
    sam_close(sam);
    free(accounts);
}

/* ---- bad files ---------------------------------------------------------------------------------------------------- */

static size_t read_file(const char *name, UCHAR **data)
{
    struct stat info;
    int fd = open(name, O_RDONLY);
    ssize_t got;

    if (fd < 0 || fstat(fd, &info)) abort();
    *data = malloc(info.st_size + 1);
    got = read(fd, *data, info.st_size);
    close(fd);
    return got;
}

static void write_file(const char *name, const void *data, size_t size, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size || fchmod(fd, mode)) abort();
    close(fd);
}

static int saved_stderr;

static void catch_stderr(void)
{
    char name[PATH_MAX + 16];

    fflush(stderr);
    saved_stderr = dup(2);
    snprintf(name, sizeof(name), "%s/log", folder);
    close(2);
    if (open(name, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600) != 2) abort();
}

/* How many lines were logged; LINE gets the first. */
static int release_stderr(char line[512])
{
    char name[PATH_MAX + 16];
    UCHAR *text;
    size_t size, i;
    int lines = 0;

    fflush(stderr);
    dup2(saved_stderr, 2);
    close(saved_stderr);
    snprintf(name, sizeof(name), "%s/log", folder);
    size = read_file(name, &text);
    unlink(name);
    for (i = 0; i < size; i++) lines += text[i] == '\n';
    text[size] = 0;
    snprintf(line, 512, "%.*s", (int)strcspn((char *)text, "\n"), (char *)text);
    free(text);
    return lines;
}

/* Opening must fail with EXPECTED and one line that names the file, and leave the file alone, to read and to write. */
static void check_refused(const char *what, NTSTATUS expected)
{
    UCHAR *before = NULL, *after = NULL;
    size_t size_before = 0, size_after = 0;
    struct stat info;
    bool file = !lstat(path, &info) && S_ISREG(info.st_mode);
    struct sam *sam;
    NTSTATUS status;
    char line[512];
    int writable, lines;

    winetest_push_context("%s", what);
    for (writable = 0; writable < 2; writable++)
    {
        if (file) size_before = read_file(path, &before);
        catch_stderr();
        status = sam_open(path, writable, &sam);
        lines = release_stderr(line);
        ok(status == expected, "writable %d: got %08x\n", writable, status); /* design 8.2 */
        ok(lines == 1 && strstr(line, path), "%d lines, first: %s\n", lines, line); /* design 8.2 */
        if (!status) sam_close(sam);
        if (file)
        {
            size_after = read_file(path, &after);
            ok(size_before == size_after && !memcmp(before, after, size_after), "the file was changed\n"); /* design 8.1 */
            free(before);
            free(after);
        }
    }
    winetest_pop_context();
}

static void test_missing(void)
{
    struct sam *sam;
    NTSTATUS status;
    char line[512];
    int lines;

    remove_store();
    catch_stderr();
    status = sam_open(path, false, &sam);
    lines = release_stderr(line);
    ok(status == STATUS_OBJECT_NAME_NOT_FOUND, "got %08x\n", status); /* design 8.2 */
    ok(lines == 1 && strstr(line, path), "%d lines, first: %s\n", lines, line); /* design 8.2 */
    ok(access(path, F_OK) && access(lock_path, F_OK), "a file was made\n"); /* design 8.2 */
    catch_stderr();
    for (int i = 0; i < 3; i++) sam_open(path, false, &sam);
    lines = release_stderr(line);
    ok(!lines, "told again: %d lines, first: %s\n", lines, line); /* design 8.2 */
    catch_stderr();
    status = sam_open("/nonexistent/guise/accounts.mdb", true, &sam);
    lines = release_stderr(line);
    ok(status == STATUS_OBJECT_PATH_NOT_FOUND, "got %08x\n", status); /* design 8.2 */
    ok(lines == 1 && strstr(line, "/nonexistent/guise"), "%d lines, first: %s\n", lines, line); /* design 8.2 */
}

static void test_permissions(void)
{
    static const mode_t modes[] = {0604, 0602, 0640, 0620, 0610, 0644, 0666};
    char other[PATH_MAX + 32], what[32];
    size_t i;

    sam_close(open_new());
    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
    {
        snprintf(what, sizeof(what), "mode %04o", modes[i]);
        chmod(path, modes[i]);
        check_refused(what, STATUS_ACCESS_DENIED); /* design 8.2 */
    }
    chmod(path, 0600);
    chmod(lock_path, 0660);
    check_refused("lock file 0660", STATUS_ACCESS_DENIED); /* design 8.2 */
    chmod(lock_path, 0600);

    if (!geteuid())
    {
        if (chown(path, 70001, 0)) abort();
        check_refused("another owner", STATUS_ACCESS_DENIED); /* design 8.2 */
        if (chown(path, 0, 0)) abort();
    }
    else skip("needs root to give the store to another user\n");

    snprintf(other, sizeof(other), "%s/other", folder);
    rename(path, other);
    if (symlink(other, path)) abort();
    check_refused("symbolic link", STATUS_ACCESS_DENIED); /* design 8.2 */
    unlink(path);
    if (mkdir(path, 0700)) abort();
    check_refused("directory", STATUS_ACCESS_DENIED); /* design 8.2 */
    rmdir(path);
    if (mkfifo(path, 0600)) abort();
    check_refused("pipe", STATUS_ACCESS_DENIED); /* design 8.2 */
    unlink(path);
    unlink(other);
}

/* A store that another user's process may not even read. */
static void test_unreadable(void)
{
    int result;
    pid_t child;

    if (geteuid())
    {
        skip("needs root to become another user\n");
        return;
    }
    sam_close(open_new());
    chmod(folder, 0711);
    if (!(child = fork()))
    {
        struct sam *sam;

        if (setgid(70001) || setuid(70001)) _exit(2);
        close(2);
        _exit(sam_open(path, false, &sam) == STATUS_ACCESS_DENIED ? 0 : 1);
    }
    waitpid(child, &result, 0);
    ok(!result, "exit status %x\n", result); /* design 8.2 */
    chmod(folder, 0700);
}

static void test_truncated(void)
{
    struct sam_account account;
    UCHAR *whole, garbage[20000];
    size_t size, cut;
    struct sam *sam = open_new();
    char name[32], line[512];
    int i;

    for (i = 0; i < 300; i++)
    {
        snprintf(name, sizeof(name), "user%d", i);
        account = make_account(name);
        account.rid = 2000 + i;
        if (sam_store_all(sam, &account, 1, true)) break;
    }
    ok(i == 300, "stored %d\n", i); /* header sam.h */
    sam_close(sam);
    size = read_file(path, &whole);

    for (cut = 0; cut < size; cut += cut < 16384 ? 1000 : 77777)
    {
        /* What lies beyond the last page in use holds nothing: cutting there loses nothing. */
        write_file(path, whole, cut, 0600);
        if (cut < 16384) check_refused("cut off early", STATUS_FILE_CORRUPT_ERROR); /* design 8.2 */
        else
        {
            catch_stderr();
            i = sam_open(path, false, &sam);
            release_stderr(line);
            ok(!i || i == STATUS_FILE_CORRUPT_ERROR, "cut at %u: %08x\n", (unsigned int)cut, i); /* design 8.2 */
            if (i) continue;
            for (i = 0; i < 300; i++)
            {
                snprintf(name, sizeof(name), "user%d", i);
                if (sam_find(sam, name, &account)) break;
            }
            ok(i == 300, "cut at %u: lost user%d\n", (unsigned int)cut, i); /* design 8.2 */
            sam_close(sam);
        }
    }
    memset(garbage, 0, sizeof(garbage));
    write_file(path, garbage, sizeof(garbage), 0600);
    check_refused("zeros", STATUS_FILE_CORRUPT_ERROR); /* design 8.2 */
    for (cut = 0; cut < sizeof(garbage); cut++) garbage[cut] = cut * 2654435761u >> 13;
    write_file(path, garbage, sizeof(garbage), 0600);
    check_refused("garbage", STATUS_FILE_CORRUPT_ERROR); /* design 8.2 */
    memcpy(garbage, whole, 4096); /* the first page, then garbage */
    write_file(path, garbage, sizeof(garbage), 0600);
    check_refused("one page", STATUS_FILE_CORRUPT_ERROR); /* design 8.2 */

    write_file(path, whole, size, 0600);
    ok(!sam_open(path, false, &sam), "the whole file is refused\n"); /* design 8.2 */
    sam_close(sam);
    whole[20] = 2; /* LMDB's data version */
    write_file(path, whole, size, 0600);
    check_refused("newer LMDB", STATUS_REVISION_MISMATCH); /* design 8.2 */
    free(whole);
}

/* Writes one entry of the database "meta" as another program would, or takes it away. */
static void patch_meta(const char *name, const void *data, size_t size)
{
    MDB_val key = {strlen(name), (void *)name}, value = {size, (void *)data};
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi meta;

    if (mdb_env_create(&env) || mdb_env_set_maxdbs(env, 3) || mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0600) ||
        mdb_txn_begin(env, NULL, 0, &txn) || mdb_dbi_open(txn, "meta", MDB_CREATE, &meta) ||
        (data ? mdb_put(txn, meta, &key, &value, 0) : mdb_del(txn, meta, &key, NULL)) || mdb_txn_commit(txn))
        abort();
    mdb_env_close(env);
}

/* What version the file says it has. */
static void check_format(const char *expected)
{
    MDB_val key = {6, "format"}, value;
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi meta;

    if (mdb_env_create(&env) || mdb_env_set_maxdbs(env, 3) || mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, 0600) ||
        mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) || mdb_dbi_open(txn, "meta", 0, &meta) || mdb_get(txn, meta, &key, &value))
        abort();
    ok(value.mv_size == 4 && !memcmp(value.mv_data, expected, 4), "format %d\n", *(UCHAR *)value.mv_data); /* callers cite */
    mdb_txn_abort(txn);
    mdb_env_close(env);
}

static void test_versions(void)
{
    UCHAR sid[SECURITY_MAX_SID_SIZE];
    struct sam *sam;
    NTSTATUS status;
    char line[512];

    sam_close(open_new());
    patch_meta("format", "\3\0\0\0", 4);
    check_refused("newer format", STATUS_REVISION_MISMATCH); /* design 8.2 */
    patch_meta("format", "\1\0\0\0", 4);
    ok(!sam_open(path, false, &sam), "the right format is refused\n"); /* design 8.2 */
    sam_close(sam);
    patch_meta("format", "\1", 1);
    check_refused("short format", STATUS_FILE_CORRUPT_ERROR); /* design 8.2 */
    patch_meta("format", NULL, 0);
    check_refused("no format", STATUS_FILE_CORRUPT_ERROR); /* design 8.2 */
    patch_meta("format", "\1\0\0\0", 4);
    patch_meta("domain-sid", "\1\4", 2);
    ok(!sam_open(path, false, &sam), "cannot open\n"); /* design 8.2 */
    catch_stderr();
    status = sam_domain_sid(sam, (SID *)sid, sizeof(sid));
    release_stderr(line);
    ok(status == STATUS_FILE_CORRUPT_ERROR && strstr(line, path), "got %08x, %s\n", status, line); /* design 8.2 */
    sam_close(sam);

    /* Another program's LMDB file. */
    remove_store();
    patch_meta("something", "else", 4);
    check_refused("another program's file", STATUS_FILE_CORRUPT_ERROR); /* design 8.2 */
}

/* ---- LM hashes --------------------------------------------------------------------------------------------------- */

static const UCHAR blank_lm[16] = {0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee,
                                   0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee};

/* To the byte: without an LM hash a record is what it always was. */
static void test_records(void)
{
    struct sam_account account = make_account("alice"), back;
    UCHAR plain[SAM_RECORD_MAX], record[SAM_RECORD_MAX], changed[SAM_RECORD_MAX];
    size_t size, lm_size;
    int taken = 0;

    memset(account.lm_hash, 7, sizeof(account.lm_hash)); /* not said to be there */
    ok(!sam_record_encode(&account, plain, &size) && plain[0] == 1 && plain[2] == 1 && size == 52 + 5 + 10,
       "layout %d, %d bytes\n", plain[0], (int)size); /* design 8.1 */
    ok(!sam_record_decode(plain, size, &back) && !back.has_lm_hash && !memcmp(back.lm_hash, "\0", 1), "LM hash\n"); /* design 8.1 */

    account.has_lm_hash = true;
    ok(!sam_record_encode(&account, record, &lm_size) && record[0] == 2 && record[2] == 3 && lm_size == size + 16,
       "layout %d, %d bytes\n", record[0], (int)lm_size); /* design 8.1 */
    ok(!sam_record_decode(record, lm_size, &back) && back.has_lm_hash && back.has_hash && !memcmp(back.lm_hash, account.lm_hash, 16) &&
           !memcmp(back.nt_hash, account.nt_hash, 16) && !strcmp(back.name, "alice") && !strcmp(back.unix_name, "unix-alice"),
       "differs\n"); /* design 8.1 */
    ok(sam_record_decode(record, size, &back) == STATUS_FILE_CORRUPT_ERROR, "without its hash\n");      /* design 8.1 */
    ok(sam_record_decode(plain, size + 16, &back) == STATUS_FILE_CORRUPT_ERROR, "16 bytes more\n"); /* design 8.1 */
    for (int layout = 0; layout < 256; layout++)
        for (int bits = 0; bits < 256; bits++)
        {
            memcpy(changed, record, lm_size);
            changed[0] = layout;
            changed[2] = bits;
            if (!sam_record_decode(changed, lm_size, &back)) taken++;
        }
    ok(taken == 1, "%d of layouts and bits\n", taken); /* design 8.1 */

    /* A hash that everybody knows is none. */
    memcpy(account.lm_hash, blank_lm, sizeof(blank_lm));
    ok(sam_record_encode(&account, changed, &size) == STATUS_INVALID_PARAMETER, "blank\n"); /* design 8.4 */
    memcpy(changed, record, lm_size);
    memcpy(changed + lm_size - 16, blank_lm, sizeof(blank_lm));
    ok(sam_record_decode(changed, lm_size, &back) == STATUS_FILE_CORRUPT_ERROR, "blank\n"); /* design 8.4 */
    account.lm_hash[15] = 0;
    account.has_hash = false;
    ok(sam_record_encode(&account, changed, &size) == STATUS_INVALID_PARAMETER, "alone\n"); /* design 8.4 */
}

/* The store's format says from when on an older version cannot read it, and not before. */
static void test_lm_hash(void)
{
    struct sam_account account = make_account("alice"), found;
    struct sam *sam = open_new();

    ok(!add(sam, "bob"), "bob\n"); /* design 8.1 */
    sam_close(sam);
    check_format("\1\0\0\0"); /* design 8.1 */
    if (sam_open(path, true, &sam)) abort();
    account.has_lm_hash = true;
    memset(account.lm_hash, 7, sizeof(account.lm_hash));
    ok(!sam_store(sam, &account, true), "alice\n"); /* design 8.1 */
    ok(!sam_find(sam, "ALICE", &found) && found.has_lm_hash && found.lm_hash[15] == 7, "found\n"); /* design 8.1 */
    ok(!sam_find(sam, "bob", &found) && !found.has_lm_hash, "bob has one\n");                       /* design 8.1 */
    account.has_lm_hash = false;
    ok(!sam_store(sam, &account, false) && !sam_find(sam, "alice", &found) && !found.has_lm_hash && !found.lm_hash[15],
       "taken away\n"); /* design 8.4 */
    sam_close(sam);
    check_format("\2\0\0\0"); /* design 8.1 */
    ok(!sam_open(path, false, &sam) && !sam_find(sam, "bob", &found), "cannot read\n"); /* design 8.2 */
    sam_close(sam);
}

/* ---- a new password ---------------------------------------------------------------------------------------------- */

static void test_change_password(void)
{
    static const UCHAR first[16] = "first hash......", second[16] = "second hash.....";
    struct sam *sam = open_new();
    struct sam_account seen, account;

    ok(!add(sam, "alice"), "cannot add\n"); /* header sam.h */
    ok(!sam_find(sam, "ALICE", &seen), "not found\n"); /* design 8.1 */
    account = seen;
    account.flags = SAM_PASSWORD_MUST_CHANGE;
    account.expires = 12345;
    ok(!sam_store(sam, &account, false), "cannot store\n"); /* header sam.h */

    ok(!sam_change_password(sam, &seen, first, NULL, 1700000001), "not changed\n"); /* header sam.h */
    ok(!sam_find(sam, "alice", &account), "lost\n"); /* design 8.1 */
    ok(!memcmp(account.nt_hash, first, sizeof(first)) && !account.has_lm_hash, "the other hash\n"); /* header sam.h */
    ok(!account.flags && account.password_set == 1700000001, "flags %x\n", account.flags); /* header sam.h */
    ok(account.expires == 12345 && account.rid == seen.rid, "what changed in between is lost\n"); /* header sam.h */

    /* The hash that was seen is not that of now. */
    ok(sam_change_password(sam, &seen, second, NULL, 1700000002) == STATUS_WRONG_PASSWORD, "changed\n"); /* header sam.h */
    /* Another account of that name. */
    ok(!sam_delete(sam, "alice") && !add(sam, "alice"), "cannot replace\n"); /* header sam.h */
    ok(sam_change_password(sam, &seen, second, NULL, 1700000002) == STATUS_WRONG_PASSWORD, "changed\n"); /* header sam.h */
    ok(!sam_delete(sam, "alice"), "cannot delete\n"); /* header sam.h */
    ok(sam_change_password(sam, &seen, second, NULL, 1700000002) == STATUS_WRONG_PASSWORD, "changed\n"); /* header sam.h */

    /* An account that has an LM hash. */
    ok(!add(sam, "bob") && !sam_find(sam, "bob", &seen), "cannot add\n"); /* header sam.h */
    ok(!sam_change_password(sam, &seen, first, second, 1), "not changed\n"); /* header sam.h */
    ok(!sam_find(sam, "bob", &account) && account.has_lm_hash && !memcmp(account.lm_hash, second, 16), "no LM hash\n"); /* header sam.h */
    seen = account;
    ok(!sam_change_password(sam, &seen, second, NULL, 1), "not changed\n"); /* header sam.h */
    ok(!sam_find(sam, "bob", &account) && !account.has_lm_hash, "the LM hash of the old password stays\n"); /* header sam.h */
    sam_close(sam);
}

/* ---- one process, many users ---------------------------------------------------------------------------------------- */

static void test_shared(void)
{
    struct sam *first = open_new(), *second, *third;
    struct sam_account account;
    NTSTATUS status;

    status = sam_open(path, false, &second);
    ok(!status, "cannot open twice: %08x\n", status); /* header sam.h */
    ok(!add(first, "alice"), "cannot add\n"); /* header sam.h */
    ok(!sam_find(second, "alice", &account), "not seen by the other\n"); /* design 8.3 */
    sam_close(first);
    ok(!sam_find(second, "alice", &account), "lost with the other\n"); /* design 8.3 */
    sam_close(second);

    ok(!sam_open(path, false, &second), "cannot open\n"); /* header sam.h */
    ok(add(second, "bob") == STATUS_ACCESS_DENIED, "written through one that is for reading\n"); /* header sam.h */
    status = sam_open(path, true, &third);
    ok(!status, "got %08x\n", status); /* header sam.h */
    ok(!add(third, "bob") && !sam_find(second, "bob", &account), "cannot add beside readers\n"); /* header sam.h */
    ok(add(second, "carol") == STATUS_ACCESS_DENIED, "written through one that is for reading\n"); /* header sam.h */
    sam_close(third);
    sam_close(second);
    sam_close(NULL);
}

static void test_fork(void)
{
    struct sam *sam = open_new();
    struct sam_account account;
    pid_t child;
    int result;

    ok(!add(sam, "alice") && !sam_find(sam, "alice", &account), "cannot add\n"); /* header sam.h */
    if (!(child = fork()))
    {
        if (sam_find(sam, "alice", &account)) _exit(1);
        if (add(sam, "bob")) _exit(2);
        if (sam_find(sam, "bob", &account)) _exit(3);
        sam_close(sam);
        _exit(0);
    }
    waitpid(child, &result, 0);
    ok(!result, "exit status %x\n", result); /* design 8.3 */
    ok(!sam_find(sam, "bob", &account), "the child's account is not there\n"); /* design 8.3 */
    ok(!add(sam, "carol") && !sam_find(sam, "carol", &account), "the parent cannot go on\n"); /* design 8.3 */
    sam_close(sam);
}

struct crowd
{
    struct sam *sam;
    atomic_bool stop;
    atomic_uint reads, wrong;
};

/* The writer keeps hash, time and flags of one account in step: no reader may see them apart. */
static void *read_again_and_again(void *arg)
{
    struct crowd *crowd = arg;
    struct sam_account account;

    while (!atomic_load(&crowd->stop))
    {
        if (sam_find(crowd->sam, "alice", &account) || account.nt_hash[0] != (UCHAR)account.password_set ||
            account.nt_hash[15] != account.nt_hash[0] || account.expires != account.password_set)
            atomic_fetch_add(&crowd->wrong, 1);
        atomic_fetch_add(&crowd->reads, 1);
    }
    return NULL;
}

static void test_threads(void)
{
    struct crowd crowd = {.sam = open_new()};
    struct sam_account account = make_account("alice");
    pthread_t threads[8];
    unsigned int i;

    for (i = 0; i < 200; i++)
    {
        account.password_set = account.expires = i;
        memset(account.nt_hash, i, sizeof(account.nt_hash));
        if (sam_store(crowd.sam, &account, false)) break;
        if (i) continue;
        for (unsigned int t = 0; t < 8; t++)
            if (pthread_create(&threads[t], NULL, read_again_and_again, &crowd)) abort();
    }
    atomic_store(&crowd.stop, true);
    for (unsigned int t = 0; t < 8; t++) pthread_join(threads[t], NULL);
    ok(i == 200, "stored %u times\n", i); /* design 8.3 */
    ok(atomic_load(&crowd.reads) >= 8 && !atomic_load(&crowd.wrong), "%u of %u reads wrong\n", atomic_load(&crowd.wrong), /* design 8.3 */
       atomic_load(&crowd.reads));
    sam_close(crowd.sam);
}

static void test_nt_hash(void)
{
    static const UCHAR expected[16] = {0xa4, 0xf4, 0x9c, 0x40, 0x65, 0x10, 0xbd, 0xca,
                                       0xb6, 0x82, 0x4e, 0xe7, 0xc3, 0x0f, 0xd8, 0x52};
    static const UCHAR empty[16] = {0x31, 0xd6, 0xcf, 0xe0, 0xd1, 0x6a, 0xe9, 0x31,
                                    0xb7, 0x3c, 0x59, 0xd7, 0xe0, 0xc0, 0x89, 0xc0};
    UCHAR hash[16];

    ok(crypto_md4(u"Password", 16, hash) && !memcmp(hash, expected, 16), "wrong hash\n"); /* MS-NLMP 4.2.2.1.2 */
    ok(crypto_md4(u"", 0, hash) && !memcmp(hash, empty, 16), "wrong hash of nothing\n"); /* RFC 1320 */
}

START_TEST(sam_store)
{
    make_folder();
    test_create();
    test_find();
    test_rids();
    test_long_names();
    test_each();
    test_all_or_none();
    test_account_status();
    test_many();
    test_missing();
    test_permissions();
    test_unreadable();
    test_truncated();
    test_versions();
    test_records();
    test_lm_hash();
    test_change_password();
    test_shared();
    test_fork();
    test_threads();
    test_nt_hash();
    remove_store();
    ok(!rmdir(folder), "files were left behind\n"); /* design 8.1 */
}
