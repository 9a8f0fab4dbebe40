/*
 * A whole smbpasswd file as accounts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "batch.h"

#include <errno.h>
#include <string.h>

static bool append(struct batch *batch, const struct sam_account *account)
{
    if (batch->count == batch->room)
    {
        size_t room = batch->room ? 2 * batch->room : 64;
        struct sam_account *accounts = guise_alloc(room * sizeof(*accounts));

        if (!accounts) return false;
        if (batch->count) memcpy(accounts, batch->accounts, batch->count * sizeof(*accounts));
        guise_free_secret(batch->accounts, batch->room * sizeof(*accounts));
        batch->accounts = accounts;
        batch->room = room;
    }
    batch->accounts[batch->count++] = *account;
    return true;
}

static bool take_line(char *line, struct sam_account *account, struct batch *batch, const char **why)
{
    switch (smbpasswd_parse(line, account, why))
    {
    case LINE_COMMENT: return true;
    case LINE_MACHINE: batch->machines++; break;
    case LINE_BAD: return false;
    case LINE_ACCOUNT:
        *why = "the name is not allowed";
        if (!check_name(account->name)) return false;
        *why = "out of memory";
        if (!append(batch, account)) return false;
    }
    sam_wipe(account);
    return true;
}

bool batch_read(FILE *file, const char *name, struct batch *batch)
{
    struct sam_account account = {0};
    char line[SMBPASSWD_LINE_MAX];
    const char *why = NULL;
    unsigned int number = 0;

    while (!why && fgets(line, sizeof(line), file))
    {
        number++;
        if (!strchr(line, '\n') && !feof(file)) why = "the line is too long";
        else if (take_line(line, &account, batch, &why)) why = NULL;
    }
    if (!why && ferror(file)) why = strerror(errno);
    if (!why && account.name[0]) why = "a #guise line that no account follows";
    if (why) complain("%s:%u: %s; nothing was imported", name, number, why);
    explicit_bzero(line, sizeof(line));
    sam_wipe(&account);
    return !why;
}

void batch_free(struct batch *batch)
{
    guise_free_secret(batch->accounts, batch->room * sizeof(*batch->accounts));
    memset(batch, 0, sizeof(*batch));
}
