/*
 * libFuzzer target: smbpasswd files as guise-account imports them. What is taken has names and hashes that a store takes, and
 * survives being exported and imported again.
 *
 * Covers: programs/guise-account/smbpasswd.c programs/guise-account/batch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dlls/msv1_0/sam_record.h"
#include "programs/guise-account/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What would go to the operator. */
void complain(const char *format, ...)
{
    (void)format;
}

static bool read_text(const void *text, size_t size, struct batch *batch)
{
    FILE *file = fmemopen((void *)text, size, "r");
    bool taken;

    memset(batch, 0, sizeof(*batch));
    if (!file) return false;
    taken = batch_read(file, "fuzz", batch);
    fclose(file);
    return taken;
}

static void check_same(const struct sam_account *a, const struct sam_account *b)
{
    if (strcmp(a->name, b->name) || strcmp(a->unix_name, b->unix_name) || a->rid != b->rid || a->flags != b->flags ||
        a->expires != b->expires || a->password_set != b->password_set || a->has_hash != b->has_hash ||
        a->has_lm_hash != b->has_lm_hash || memcmp(a->nt_hash, b->nt_hash, sizeof(a->nt_hash)) ||
        memcmp(a->lm_hash, b->lm_hash, sizeof(a->lm_hash)))
        abort();
}

static void check_account(const struct sam_account *taken)
{
    struct sam_account account = *taken;
    UCHAR record[SAM_RECORD_MAX];
    char text[2 * SMBPASSWD_LINE_MAX];
    struct batch again;
    size_t length;
    int size;

    if (!*account.name || !*account.unix_name || !check_name(account.name)) abort();
    /* What was read is stored, but for a name that is no UTF-8 or too long, which the store itself refuses. */
    if (sam_record_encode(&account, record, &length)) abort();
    if (!account.rid) account.rid = 1000; /* the store would give it one */
    if ((size = smbpasswd_format(&account, 0, text)) <= 0 || (size_t)size >= sizeof(text)) abort();
    if (!read_text(text, size, &again) || again.count != 1 || again.machines) abort();
    check_same(&account, &again.accounts[0]);
    batch_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct batch batch;

    if (!size) return 0;
    if (read_text(data, size, &batch))
        for (size_t i = 0; i < batch.count; i++) check_account(&batch.accounts[i]);
    batch_free(&batch);
    return 0;
}
