/*
 * A whole smbpasswd file as accounts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_ACCOUNT_BATCH_H
#define GUISE_ACCOUNT_BATCH_H

#include <stdio.h>

#include "smbpasswd.h"

struct batch
{
    struct sam_account *accounts;
    size_t count, room;
    unsigned int machines;
};

/* Adds what FILE says to BATCH, which is zeros at the start. False: the file is not understood, and what is wrong has been told under NAME. */
bool batch_read(FILE *file, const char *name, struct batch *batch);
/* Wipes it. Also after a failure. */
void batch_free(struct batch *batch);

#endif
