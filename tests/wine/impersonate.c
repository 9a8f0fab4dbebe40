/*
 * Who a thread is, by wineserver and by the kernel: every way in and out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>

#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <wine/test.h>

/* The SID of TOKEN's user, as text in one of two places; "" if it cannot be had. */
static const char *user_of(HANDLE token)
{
    static char text[4][256];
    static int next;
    union { TOKEN_USER user; BYTE room[256]; } user;
    char *here = text[next++ % 4];
    const SID *sid;
    DWORD i, length;

    *here = 0;
    if (!GetTokenInformation(token, TokenUser, &user, sizeof(user), &length)) return here;
    sid = user.user.User.Sid;
    snprintf(here, 256, "S-1-%d", sid->IdentifierAuthority.Value[5]);
    for (i = 0; i < sid->SubAuthorityCount; i++) snprintf(here + strlen(here), 256 - strlen(here), "-%lu", sid->SubAuthority[i]);
    return here;
}

static HANDLE thread_token(DWORD access)
{
    HANDLE token = NULL;

    return OpenThreadToken(GetCurrentThread(), access, TRUE, &token) ? token : NULL;
}

/* Whether both sides say the thread is USER (its uid, 0: the process). */
#define CHECK_IS(user) check_is(__LINE__, user)
static void check_is(int line, int uid)
{
    struct kernel_ids ids = kernel_ids();
    HANDLE token = thread_token(TOKEN_QUERY);

    ok(uid ? carries(ids, uid) : is_process(ids), "line %d: uid %d %d %d gid %d %d caps %llx\n", line, ids.uid[0], ids.uid[1], ids.uid[2],
       ids.gid[0], ids.gid[1], ids.effective); /* design 10.3 */
    if (uid) ok(token != NULL, "line %d: no thread token: %lu\n", line, GetLastError()); /* design 10.3 */
    if (!uid) ok(!token && GetLastError() == ERROR_NO_TOKEN, "line %d: a thread token, %lu\n", line, GetLastError()); /* design 10.3 */
    if (token) CloseHandle(token);
}

static void test_context(CtxtHandle *alice, CtxtHandle *bob)
{
    char user[256];
    HANDLE token;

    CHECK_IS(0);
    ok(!ImpersonateSecurityContext(alice), "impersonate\n"); /* design 10.3 */
    CHECK_IS(ALICE);
    token = thread_token(TOKEN_QUERY);
    strcpy(user, user_of(token));
    CloseHandle(token);
    ok(user[0], "no user: %lu\n", GetLastError()); /* design 10.2 */
    ok(!ImpersonateSecurityContext(bob), "bob on top of alice\n"); /* design 10.3 */
    CHECK_IS(BOB);
    token = thread_token(TOKEN_QUERY);
    ok(strcmp(user, user_of(token)), "both are %s\n", user); /* design 10.2 */
    CloseHandle(token);
    ok(RevertToSelf(), "revert\n"); /* design 10.3 */
    CHECK_IS(0);
    ok(!ImpersonateSecurityContext(alice), "again\n"); /* design 10.3 */
    CHECK_IS(ALICE);
    ok(!RevertSecurityContext(alice), "revert\n"); /* design 10.3 */
    CHECK_IS(0);
}

static void test_ways(CtxtHandle *alice)
{
    HANDLE token, duplicate, own, only;
    const char *user;

    ok(!QuerySecurityContextToken(alice, &token), "token\n"); /* design 10.2 */
    user = user_of(token);
    trace("alice is %s\n", user);
    ok(ImpersonateLoggedOnUser(token), "ImpersonateLoggedOnUser: %lu\n", GetLastError()); /* design 10.3 */
    CHECK_IS(ALICE);
    ok(SetThreadToken(NULL, NULL), "SetThreadToken(NULL): %lu\n", GetLastError()); /* design 10.3 */
    CHECK_IS(0);
    ok(SetThreadToken(NULL, token), "SetThreadToken: %lu\n", GetLastError()); /* design 10.3 */
    CHECK_IS(ALICE);

    /* A plain token of Wine's is the process. */
    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own), "process token: %lu\n", GetLastError()); /* design 10.3 */
    ok(strcmp(user_of(own), user), "the process is %s too\n", user); /* design 10.2 */
    ok(DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &duplicate), "%lu\n", GetLastError()); /* design 10.3 */
    ok(SetThreadToken(NULL, duplicate), "a plain token: %lu\n", GetLastError()); /* design 10.3 */
    ok(is_process(kernel_ids()), "a plain token left the client on the thread\n"); /* design 10.3 */
    CloseHandle(duplicate);
    RevertToSelf();
    CHECK_IS(0);

    ok(DuplicateTokenEx(token, TOKEN_IMPERSONATE, NULL, SecurityImpersonation, TokenImpersonation, &duplicate), "%lu\n", GetLastError()); /* design 10.2 */
    ok(SetThreadToken(NULL, duplicate), "a duplicate: %lu\n", GetLastError()); /* design 10.2 */
    CHECK_IS(ALICE);
    CloseHandle(duplicate);
    CloseHandle(token);
    CHECK_IS(ALICE);
    token = thread_token(TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE);
    ok(!strcmp(user_of(token), user), "%s became %s\n", user, user_of(token)); /* design 10.2 */
    RevertToSelf();
    CHECK_IS(0);

    /* What the handle does not grant is refused, and nothing changes. */
    ok(DuplicateHandle(GetCurrentProcess(), token, GetCurrentProcess(), &only, TOKEN_QUERY, FALSE, 0), "%lu\n", GetLastError()); /* design 10.2 */
    ok(!SetThreadToken(NULL, only) && GetLastError() == ERROR_ACCESS_DENIED, "without TOKEN_IMPERSONATE: %lu\n", GetLastError()); /* design 10.3 */
    CHECK_IS(0);
    CloseHandle(only);
    CloseHandle(token);
    CloseHandle(own);
}

START_TEST(impersonate)
{
    CtxtHandle alice, bob;

    ok(logon_alice(&alice) && logon_bob(&bob), "no clients\n"); /* design 10.2 */
    test_context(&alice, &bob);
    test_ways(&alice);
    DeleteSecurityContext(&alice);
    DeleteSecurityContext(&bob);
}
