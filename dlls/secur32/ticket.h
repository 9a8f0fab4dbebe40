/*
 * Tickets of exported contexts: who holds the file may import, once.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_TICKET_H
#define GUISE_SECUR32_TICKET_H

#include <sys/types.h>

#include "dlls/secur32/aead.h"

#define TICKET_ID_SIZE   16
#define TICKET_BOOT_SIZE 16

/* What a blob says in clear; it names the file. */
struct ticket_name
{
    ULONG uid;                    /* of the process that exported */
    UCHAR boot[TICKET_BOOT_SIZE]; /* the machine's boot id */
    ULONGLONG expiry;             /* seconds of CLOCK_BOOTTIME */
    UCHAR id[TICKET_ID_SIZE];
};

struct ticket
{
    struct ticket_name name;
    UCHAR key[AEAD_KEY_SIZE]; /* of this one blob: to be wiped */
};

/* A new ticket of the calling process. SEC_E_UNSUPPORTED_FUNCTION: configured not to. SEC_E_INTERNAL_ERROR; the log says why. */
SECURITY_STATUS ticket_create(struct ticket *ticket);

/*
 * The ticket of that name. SEC_E_NOT_OWNER: another user's. SEC_E_NO_CREDENTIALS: of another boot, expired, used, or never
 * made. SEC_E_INTERNAL_ERROR.
 */
SECURITY_STATUS ticket_read(const struct ticket_name *name, struct ticket *ticket);

/* Uses it up. SEC_E_NO_CREDENTIALS: somebody else has. */
SECURITY_STATUS ticket_use(const struct ticket_name *name);

#endif
