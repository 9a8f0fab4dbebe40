/*
 * Import and export of smbpasswd files.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"

/* ---- import ------------------------------------------------------------------------------------------------------ */

/* Which account of the batch the store refused: the transaction does not say. */
static const char *culprit(const struct request *request, const struct batch *batch, NTSTATUS status)
{
    struct sam_account account;
    size_t i;

    for (i = 0; i < batch->count; i++)
    {
        NTSTATUS found = status == STATUS_OBJECT_NAME_COLLISION ? sam_find_rid(request->sam, batch->accounts[i].rid, &account)
                                                                : sam_find(request->sam, batch->accounts[i].name, &account);
        bool same = !strcmp(account.name, batch->accounts[i].name);

        sam_wipe(&account);
        if (!found && (status == STATUS_USER_EXISTS || !same)) return batch->accounts[i].name;
    }
    return "the file"; /* one of its accounts collides with another of them */
}

/* What a file of another program cannot say about an account that it replaces stays as it is. */
static void keep_old(const struct request *request, struct batch *batch)
{
    struct sam_account old;
    size_t i;

    for (i = 0; i < batch->count; i++)
    {
        struct sam_account *account = &batch->accounts[i];

        if (account->rid || sam_find(request->sam, account->name, &old)) continue;
        strcpy(account->unix_name, old.unix_name);
        account->expires = old.expires;
        sam_wipe(&old);
    }
}

static void drop_lm_hashes(struct batch *batch)
{
    size_t i;

    for (i = 0; i < batch->count; i++)
    {
        batch->accounts[i].has_lm_hash = false;
        explicit_bzero(batch->accounts[i].lm_hash, sizeof(batch->accounts[i].lm_hash));
    }
}

enum result run_import(const struct request *request)
{
    const char *name = request->count && strcmp(request->words[0], "-") ? request->words[0] : NULL;
    FILE *file = name ? fopen(name, "re") : stdin;
    struct batch batch = {0};
    enum result result = RESULT_FAILED;
    NTSTATUS status;

    if (!file)
    {
        complain("%s: %s", name, strerror(errno));
        return RESULT_FAILED;
    }
    if (batch_read(file, name ? name : "standard input", &batch))
    {
        if (!request->lm_hash) drop_lm_hashes(&batch);
        keep_old(request, &batch);
        status = batch.count ? sam_store_all(request->sam, batch.accounts, batch.count, !request->replace) : STATUS_SUCCESS;
        if (!status) printf("%zu accounts imported, %u machine accounts left out\n", batch.count, batch.machines);
        result = explain(status, status ? culprit(request, &batch, status) : NULL);
        if (result == RESULT_EXISTS) complain("nothing was imported%s", request->replace ? "" : "; --replace would replace accounts");
    }
    batch_free(&batch);
    if (name) fclose(file);
    return result;
}

/* ---- export ------------------------------------------------------------------------------------------------------ */

struct output
{
    FILE *file;
    unsigned int without_uid;
};

static bool write_account(const struct sam_account *account, void *arg)
{
    struct output *output = arg;
    struct unix_account *unix_account;
    char text[2 * SMBPASSWD_LINE_MAX];
    uid_t uid = (uid_t)-1;

    if (guise_account_by_name(account->unix_name, &unix_account)) output->without_uid++;
    else
    {
        uid = unix_account->uid;
        guise_account_free(unix_account);
    }
    smbpasswd_format(account, uid, text);
    fputs(text, output->file);
    explicit_bzero(text, sizeof(text));
    return !ferror(output->file);
}

/* Hashes are as good as passwords: not onto a screen, and not into a file that others can read, unless that is said. */
static bool may_write_to_stdout(const struct request *request)
{
    struct stat info;

    if (request->show_hashes) return true;
    if (isatty(1)) complain("password hashes are as good as passwords: name a file, or say --yes-show-hashes");
    else if (!fstat(1, &info) && S_ISREG(info.st_mode) && (info.st_mode & 077))
        complain("standard output is a file that others can read: name the file, or say --yes-show-hashes");
    else return true;
    return false;
}

static FILE *open_output(const struct request *request, const char *name)
{
    FILE *file;
    int fd;

    if (!name) return may_write_to_stdout(request) ? stdout : NULL;
    if ((fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) >= 0 && (file = fdopen(fd, "w"))) return file;
    complain("%s: %s", name, strerror(errno));
    return NULL;
}

enum result run_export(const struct request *request)
{
    const char *name = request->count && strcmp(request->words[0], "-") ? request->words[0] : NULL;
    struct output output = {.file = open_output(request, name)};
    enum result result;

    if (!output.file) return RESULT_FAILED;
    result = explain(sam_each(request->sam, write_account, &output), request->store);
    if (fflush(output.file) || ferror(output.file) || (name && fsync(fileno(output.file))))
    {
        complain("%s: %s", name ? name : "standard output", strerror(errno));
        result = RESULT_FAILED;
    }
    if (name) fclose(output.file);
    if (name && result != RESULT_DONE) unlink(name);
    if (result == RESULT_DONE && output.without_uid)
        complain("note: %u accounts have no Unix account now; their uid is written as %u", output.without_uid, (uid_t)-1);
    return result;
}
