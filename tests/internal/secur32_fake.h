/*
 * Two small security packages for tests of the front, and a script that says how their next leg goes.
 *
 * "Fake" has every operation but tokens for impersonation's sake come from the test; "FakeBare" has none that is
 * optional.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_SECUR32_FAKE_H
#define GUISE_TESTS_SECUR32_FAKE_H

#include <stdatomic.h>

#include "dlls/secur32/package.h"

/* How the next legs and message calls answer. One test thread writes it while no leg runs. */
struct fake_script
{
    SECURITY_STATUS status;
    const char *token; /* NULL = none */
    ULONG attributes;
    bool no_state;     /* succeed without keeping state */
    void (*during)(void); /* called inside the leg or message call */
    PACCESS_TOKEN access_token;
};

extern struct fake_script fake_script;

/* What the package saw last on this thread. */
struct fake_seen
{
    ULONG use;
    bool has_identity, anonymous, impersonating;
    WCHAR user[300], domain[300], password[300], package_list[300], principal[64], target[64];
    ULONG user_length, domain_length, password_length;
    ULONG request, data_representation, sequence, qop;
    bool input_has_bindings;
};

extern _Thread_local struct fake_seen fake_seen;

/* Objects the packages hold now. */
extern atomic_int fake_credentials, fake_contexts;

#endif
