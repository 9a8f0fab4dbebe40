/*
 * Clients of this process: what is left of a logon of both sides when the client is gone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/wine/both_sides.h"
#include "tests/wine/logon.h"

BOOL logon(const char *user, const char *password, CtxtHandle *context)
{
    struct both_sides sides;
    SECURITY_STATUS status = both_sides_run(&sides, user, password);

    *context = sides.server;
    SecInvalidateHandle(&sides.server);
    both_sides_end(&sides);
    return status == SEC_E_OK;
}

BOOL logon_alice(CtxtHandle *context)
{
    return logon(ALICE, context);
}

BOOL logon_bob(CtxtHandle *context)
{
    return logon(BOB, context);
}
