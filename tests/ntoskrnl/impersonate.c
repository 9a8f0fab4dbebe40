/*
 * PsImpersonateClient: the record, references, the rule with and without SeImpersonatePrivilege.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

/* The thread's token without a reference, or NULL; the three values if it impersonates. */
static PACCESS_TOKEN current_record(BOOLEAN *copy_on_open, BOOLEAN *effective_only, SECURITY_IMPERSONATION_LEVEL *level)
{
    PACCESS_TOKEN token = PsReferenceImpersonationToken(PsGetCurrentThread(), copy_on_open, effective_only, level);

    PsDereferenceImpersonationToken(token);
    return token;
}

static void test_constants(void)
{
    /* K0.3.1 */
    ok(DEFAULT_IMPERSONATION_LEVEL == SecurityImpersonation, "got %d\n", DEFAULT_IMPERSONATION_LEVEL);
    ok(SECURITY_MAX_IMPERSONATION_LEVEL == SecurityDelegation, "got %d\n", SECURITY_MAX_IMPERSONATION_LEVEL);
    ok(SECURITY_MIN_IMPERSONATION_LEVEL == SecurityAnonymous, "got %d\n", SECURITY_MIN_IMPERSONATION_LEVEL);
}

static void test_record(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation), found;
    BOOLEAN copy_on_open = 77, effective_only = 77;
    SECURITY_IMPERSONATION_LEVEL level = 77;
    PETHREAD thread = PsGetCurrentThread();
    LONG_PTR count = reference_count(token);
    NTSTATUS status;

    /* K1.2.1 */
    status = PsImpersonateClient(thread, NULL, FALSE, FALSE, SecurityAnonymous);
    ok(!status, "reverting while not impersonating gave %#x\n", status);
    status = PsImpersonateClient(thread, token, TRUE, FALSE, SecurityImpersonation);
    ok(!status, "got %#x\n", status);
    ok(PsIsThreadImpersonating(thread), "not impersonating\n");

    /* K1.2.2 */
    found = current_record(&copy_on_open, &effective_only, &level);
    ok(found == token, "got %p, not %p\n", found, token);
    ok(copy_on_open == TRUE && effective_only == FALSE, "got %d %d\n", copy_on_open, effective_only);
    ok(level == SecurityImpersonation, "got level %d\n", level);
    ok(reference_count(token) == count + 1, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.2.2: the same token again, with other values */
    status = PsImpersonateClient(thread, token, FALSE, TRUE, SecurityIdentification);
    ok(!status, "got %#x\n", status);
    found = current_record(&copy_on_open, &effective_only, &level);
    ok(found == token, "got %p, not %p\n", found, token);
    ok(copy_on_open == FALSE && effective_only == TRUE, "got %d %d\n", copy_on_open, effective_only);
    ok(level == SecurityIdentification, "got level %d\n", level);
    ok(reference_count(token) == count + 1, "got %d references, had %d\n", (int)reference_count(token), (int)count);

    /* K1.2.1 */
    status = PsImpersonateClient(thread, NULL, FALSE, FALSE, SecurityAnonymous);
    ok(!status, "got %#x\n", status);
    ok(!PsIsThreadImpersonating(thread), "still impersonating\n");
    ok(reference_count(token) == count, "got %d references, had %d\n", (int)reference_count(token), (int)count);
    PsDereferenceImpersonationToken(token);
}

static void test_nesting(void)
{
    PACCESS_TOKEN first = self_token(SecurityImpersonation), second = self_token(SecurityImpersonation), saved, found;
    BOOLEAN copy_on_open, effective_only, copy_now, effective_now;
    SECURITY_IMPERSONATION_LEVEL level, level_now;
    LONG_PTR count = reference_count(first);
    PETHREAD thread = PsGetCurrentThread();
    NTSTATUS status;

    /* K1.2.3: the first is lost with the second */
    status = PsImpersonateClient(thread, first, FALSE, TRUE, SecurityImpersonation);
    ok(!status, "got %#x\n", status);
    status = PsImpersonateClient(thread, second, FALSE, FALSE, SecurityImpersonation);
    ok(!status, "got %#x\n", status);
    ok(reference_count(first) == count, "got %d references, had %d\n", (int)reference_count(first), (int)count);
    PsRevertToSelf();
    ok(!PsIsThreadImpersonating(thread), "the first impersonation came back\n");

    /* K1.2.3: unless the caller saves and restores all four values */
    PsImpersonateClient(thread, first, TRUE, TRUE, SecurityImpersonation);
    saved = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    PsImpersonateClient(thread, second, FALSE, FALSE, SecurityImpersonation);
    status = PsImpersonateClient(thread, saved, copy_on_open, effective_only, level);
    ok(!status, "got %#x\n", status);
    found = current_record(&copy_now, &effective_now, &level_now);
    ok(found == first, "got %p, not %p\n", found, first);
    ok(copy_now == TRUE && effective_now == TRUE && level_now == SecurityImpersonation, "got %d %d %d\n", copy_now,
       effective_now, level_now);

    PsDereferenceImpersonationToken(saved);
    PsRevertToSelf();
    PsDereferenceImpersonationToken(second);
    PsDereferenceImpersonationToken(first);
}

static void test_primary(void)
{
    PACCESS_TOKEN primary = PsReferencePrimaryToken(PsGetCurrentProcess()), found;
    SECURITY_IMPERSONATION_LEVEL level;
    PETHREAD thread = PsGetCurrentThread();
    BOOLEAN copy_on_open, effective_only;
    NTSTATUS status;
    HANDLE handle;

    /* K1.2.4 */
    status = PsImpersonateClient(thread, primary, FALSE, FALSE, SecurityImpersonation);
    ok(!status, "got %#x\n", status);
    found = current_record(&copy_on_open, &effective_only, &level);
    ok(found == primary, "got %p, not %p\n", found, primary);
    ok(SeTokenType(found) == TokenPrimary, "got type %d\n", SeTokenType(found));
    ok(level == SecurityImpersonation, "got level %d\n", level);

    /* K0.3.2: the record says what a primary token, which has no level, may be used for */
    status = PsImpersonateClient(thread, primary, FALSE, FALSE, SecurityAnonymous);
    ok(!status, "got %#x\n", status);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &handle);
    ok(status == STATUS_CANT_OPEN_ANONYMOUS, "got %#x\n", status);
    status = PsImpersonateClient(thread, primary, FALSE, FALSE, SecurityIdentification);
    ok(!status, "got %#x\n", status);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, FALSE, &handle);
    ok(status == STATUS_BAD_IMPERSONATION_LEVEL, "got %#x\n", status);

    PsRevertToSelf();
    PsDereferencePrimaryToken(primary);
}

/* A server with SeImpersonatePrivilege. */
static void test_privileged(void)
{
    PACCESS_TOKEN alice = client_token("alice", SecurityImpersonation), found;
    BOOLEAN copy_on_open, effective_only;
    SECURITY_IMPERSONATION_LEVEL level;
    PETHREAD thread = PsGetCurrentThread();
    ULONG session = 7;
    NTSTATUS status;
    HANDLE handle;

    if (!alice)
    {
        win_skip("no token of another user\n");
        return;
    }

    /* K1.1.2 */
    status = PsImpersonateClient(thread, alice, FALSE, FALSE, SecurityImpersonation);
    found = current_record(&copy_on_open, &effective_only, &level);
    PsRevertToSelf();
    ok(!status, "got %#x\n", status);
    ok(found == alice, "got %p, not %p\n", found, alice);
    ok(level == SecurityImpersonation, "got level %d\n", level);

    /* K1.1.1 */
    status = PsImpersonateClient(thread, alice, FALSE, FALSE, SecurityIdentification);
    found = current_record(&copy_on_open, &effective_only, &level);
    PsRevertToSelf();
    ok(!status, "got %#x\n", status);
    ok(found == alice && level == SecurityIdentification, "got %p (%p), level %d\n", found, alice, level);

    /* K1.1.7: the number of the session has no part in it */
    handle = token_handle(alice);
    status = NtSetInformationToken(handle, TokenSessionId, &session, sizeof(session));
    ok(!status || status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    status = PsImpersonateClient(thread, alice, FALSE, FALSE, SecurityImpersonation);
    current_record(&copy_on_open, &effective_only, &level);
    PsRevertToSelf();
    ok(!status && level == SecurityImpersonation, "got %#x, level %d\n", status, level);
    NtClose(handle);
    PsDereferenceImpersonationToken(alice);
}

/* A server that is user alice, without any privilege. */
static void test_unprivileged(void)
{
    PACCESS_TOKEN bob = client_token("bob", SecurityImpersonation),
                  alice = client_token("alice", SecurityImpersonation), found;
    SECURITY_IMPERSONATION_LEVEL level;
    PETHREAD thread = PsGetCurrentThread();
    BOOLEAN copy_on_open, effective_only;
    LUID origin = {1, 1};
    NTSTATUS status;
    HANDLE handle;
    ULONG length;

    if (!bob || !alice)
    {
        win_skip("no tokens of other users\n");
        return;
    }

    /* K1.1.5: another user is identified by a copy, and the status does not tell */
    status = PsImpersonateClient(thread, bob, TRUE, TRUE, SecurityImpersonation);
    ok(!status, "got %#x\n", status);
    found = current_record(&copy_on_open, &effective_only, &level);
    ok(level == SecurityIdentification, "got level %d\n", level);
    ok(found != NULL && found != bob, "got %p for %p\n", found, bob);
    ok(SeTokenType(found) == TokenImpersonation, "got type %d\n", SeTokenType(found));
    ok(SeTokenImpersonationLevel(found) == SecurityIdentification, "got %d\n", SeTokenImpersonationLevel(found));
    ok(copy_on_open == TRUE && effective_only == TRUE, "got %d %d\n", copy_on_open, effective_only);

    /* K1.2.5: restoring at another level than the record's is judged anew */
    status = PsImpersonateClient(thread, found, FALSE, FALSE, SecurityImpersonation);
    ok(!status, "got %#x\n", status);
    current_record(&copy_on_open, &effective_only, &level);
    ok(level == SecurityIdentification, "got level %d\n", level);
    PsRevertToSelf();

    /* K1.1.1: asked for no more than identifying, the token itself is used */
    status = PsImpersonateClient(thread, bob, FALSE, FALSE, SecurityIdentification);
    found = current_record(&copy_on_open, &effective_only, &level);
    ok(!status && found == bob && level == SecurityIdentification, "got %#x, %p for %p, level %d\n", status, found, bob,
       level);
    status = PsImpersonateClient(thread, bob, FALSE, FALSE, SecurityAnonymous);
    found = current_record(&copy_on_open, &effective_only, &level);
    ok(!status && found == bob && level == SecurityAnonymous, "got %#x, %p for %p, level %d\n", status, found, bob,
       level);
    PsRevertToSelf();

    /* K1.1.4: the same user */
    status = PsImpersonateClient(thread, alice, FALSE, FALSE, SecurityImpersonation);
    found = current_record(&copy_on_open, &effective_only, &level);
    PsRevertToSelf();
    ok(!status && found == alice && level == SecurityImpersonation, "got %#x, %p for %p, level %d\n", status, found,
       alice, level);

    /* K1.1.6: a network logon originates from nobody, also not from this server */
    handle = token_handle(bob);
    status = NtQueryInformationToken(handle, TokenOrigin, &origin, sizeof(origin), &length);
    ok(!status && !origin.LowPart && !origin.HighPart, "got %#x, origin %#x:%#x\n", status, origin.HighPart,
       origin.LowPart);
    NtClose(handle);

    PsDereferenceImpersonationToken(alice);
    PsDereferenceImpersonationToken(bob);
}

START_TEST(impersonate)
{
    if (child_argument())
    {
        test_unprivileged();
        return;
    }
    test_constants();
    test_record();
    test_nesting();
    test_primary();
    test_privileged();
    if (!run_without_privileges("impersonate")) win_skip("no process without privileges\n");
}
