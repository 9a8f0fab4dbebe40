/*
 * The end of a process in which a client's tickets are being given back: GSS takes itself apart then, and nobody may be inside of it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <ntsecapi.h>
#include <wine/test.h>

#include "dlls/kerberos/kerberos.h"
#include "ntoskrnl/unix/idmap.h"

static atomic_int entered, left;

static OM_uint32 release_cred(OM_uint32 *minor, gss_cred_id_t *credential)
{
    atomic_fetch_add(&entered, 1);
    usleep(50000);
    *minor = 0;
    *credential = GSS_C_NO_CREDENTIAL;
    atomic_fetch_add(&left, 1);
    return GSS_S_COMPLETE;
}

static const struct krb_library fake = {.gss_release_cred = release_cred};

/* What is registered first is called last, as the destructors of libraries are. */
static void check(void)
{
    int before = atomic_load(&entered);

    if (before != atomic_load(&left)) _exit(3);
    usleep(100000);
    if (before != atomic_load(&entered)) _exit(4);
}

static bool log_on(PACCESS_TOKEN *token)
{
    static union id_sid user;
    struct unix_account account = {.name = (char *)"x", .uid = 70001, .gid = 70001};
    struct guise_logon_kind kind = {.type = Network, .token_type = TokenImpersonation};
    const struct guise_logon logon = {.source = "Test", .user = &user.sid, .account = &account, .level = SecurityDelegation};

    return guise_sid_from_text("S-1-5-21-1-2-3-1103", &user.sid) && !guise_create_session_token(&logon, &kind, token) &&
           krb_keep_delegated(*token, (gss_cred_id_t)&user);
}

/* Some sessions end, and with the first of them in the hands of GSS the process does. */
static void end(void)
{
    PACCESS_TOKEN tokens[4];

    krb = &fake;
    if (atexit(check)) _exit(5);
    for (size_t i = 0; i < ARRAYSIZE(tokens); i++)
        if (!log_on(&tokens[i])) _exit(6);
    for (size_t i = 0; i < ARRAYSIZE(tokens); i++) guise_dereference_token(tokens[i]);
    while (!atomic_load(&entered)) usleep(1000);
    exit(0);
}

START_TEST(kerberos_exit)
{
    pid_t child;

    setenv("GUISE_CONF", "/nonexistent/guise.conf", 1);
    if (!(child = fork())) end();
    winetest_wait_child_process(child); /* design 7.9 */
}
