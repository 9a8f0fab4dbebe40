/*
 * Client security contexts, and impersonating from them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static SECURITY_QUALITY_OF_SERVICE make_qos(SECURITY_IMPERSONATION_LEVEL level, BOOLEAN dynamic, BOOLEAN effective_only)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), level, dynamic, effective_only};

    return qos;
}

static LUID token_id(PACCESS_TOKEN token)
{
    TOKEN_STATISTICS *statistics = NULL;
    LUID id = {0, 0};

    if (!SeQueryInformationToken(token, TokenStatistics, (PVOID *)&statistics))
    {
        id = statistics->TokenId;
        ExFreePool(statistics);
    }
    return id;
}

static void test_tracking(void)
{
    PACCESS_TOKEN primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    SECURITY_QUALITY_OF_SERVICE qos;
    SECURITY_CLIENT_CONTEXT context;
    LONG_PTR count = reference_count(primary);
    NTSTATUS status;
    LUID id, copy;

    /* K1.11.1: a local server that follows the client shares the token */
    qos = make_qos(SecurityImpersonation, SECURITY_DYNAMIC_TRACKING, FALSE);
    status = SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context);
    ok(!status, "got %#x\n", status);
    ok(context.ClientToken == primary, "got %p for %p\n", context.ClientToken, primary);
    ok(context.DirectlyAccessClientToken == TRUE, "got %d\n", context.DirectlyAccessClientToken);
    ok(reference_count(primary) == count + 1, "got %d references, had %d\n", (int)reference_count(primary), (int)count);
    ok(context.SecurityQos.ImpersonationLevel == SecurityImpersonation, "got %d\n",
       context.SecurityQos.ImpersonationLevel);
    ok(context.ServerIsRemote == FALSE, "got %d\n", context.ServerIsRemote);

    /* K1.11.2: each success is followed by a deletion */
    SeDeleteClientSecurity(&context);
    ok(reference_count(primary) == count, "got %d references, had %d\n", (int)reference_count(primary), (int)count);

    /* K1.11.1: everybody else has a copy */
    qos = make_qos(SecurityIdentification, SECURITY_STATIC_TRACKING, TRUE);
    status = SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context);
    ok(!status, "got %#x\n", status);
    ok(context.ClientToken != primary, "got the client's own token\n");
    ok(!context.DirectlyAccessClientToken, "got %d\n", context.DirectlyAccessClientToken);
    ok(SeTokenType(context.ClientToken) == TokenImpersonation, "got type %d\n", SeTokenType(context.ClientToken));
    ok(SeTokenImpersonationLevel(context.ClientToken) == SecurityIdentification, "got level %d\n",
       SeTokenImpersonationLevel(context.ClientToken));
    id = token_id(primary);
    copy = token_id(context.ClientToken);
    ok(id.LowPart != copy.LowPart || id.HighPart != copy.HighPart, "the copy has the id of the original\n");
    SeDeleteClientSecurity(&context);

    /* K1.11.1: also a remote server that wants to follow */
    qos = make_qos(SecurityImpersonation, SECURITY_DYNAMIC_TRACKING, FALSE);
    status = SeCreateClientSecurity(PsGetCurrentThread(), &qos, TRUE, &context);
    ok(!status, "got %#x\n", status);
    ok(context.ClientToken != primary || broken(context.ClientToken == primary), "got the client's own token\n");
    ok(context.ServerIsRemote == TRUE, "got %d\n", context.ServerIsRemote);
    SeDeleteClientSecurity(&context);
    ok(reference_count(primary) == count, "got %d references, had %d\n", (int)reference_count(primary), (int)count);
    PsDereferencePrimaryToken(primary);
}

/* What may be passed on of a client that itself impersonates. */
static const struct
{
    SECURITY_IMPERSONATION_LEVEL source, wanted;
    BOOLEAN remote;
    NTSTATUS status;
} level_tests[] = {
    /* DDI SeCreateClientSecurity */
    {SecurityAnonymous, SecurityAnonymous, FALSE, STATUS_BAD_IMPERSONATION_LEVEL},
    {SecurityIdentification, SecurityIdentification, FALSE, STATUS_BAD_IMPERSONATION_LEVEL},
    {SecurityIdentification, SecurityAnonymous, FALSE, STATUS_BAD_IMPERSONATION_LEVEL},
    {SecurityImpersonation, SecurityImpersonation, FALSE, STATUS_SUCCESS},
    {SecurityImpersonation, SecurityIdentification, FALSE, STATUS_SUCCESS},
    {SecurityImpersonation, SecurityDelegation, FALSE, STATUS_BAD_IMPERSONATION_LEVEL},
    {SecurityImpersonation, SecurityImpersonation, TRUE, STATUS_BAD_IMPERSONATION_LEVEL},
    {SecurityDelegation, SecurityDelegation, FALSE, STATUS_SUCCESS},
    {SecurityDelegation, SecurityImpersonation, TRUE, STATUS_SUCCESS},
};

static void test_levels(void)
{
    PETHREAD thread = PsGetCurrentThread();
    SECURITY_SUBJECT_CONTEXT subject;
    SECURITY_CLIENT_CONTEXT context;
    SECURITY_QUALITY_OF_SERVICE qos;
    NTSTATUS status;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(level_tests); i++)
    {
        PACCESS_TOKEN token = self_token(level_tests[i].source);
        LONG_PTR count;

        PsImpersonateClient(thread, token, FALSE, FALSE, level_tests[i].source);
        count = reference_count(token);
        qos = make_qos(level_tests[i].wanted, SECURITY_STATIC_TRACKING, FALSE);
        status = SeCreateClientSecurity(thread, &qos, level_tests[i].remote, &context);
        ok(status == level_tests[i].status, "test %u: got %#x\n", i, status); /* rows cite */
        if (!status) SeDeleteClientSecurity(&context);

        SeCaptureSubjectContext(&subject);
        status = SeCreateClientSecurityFromSubjectContext(&subject, &qos, level_tests[i].remote, &context);
        SeReleaseSubjectContext(&subject);
        ok(status == level_tests[i].status, "test %u: from the subject context got %#x\n", i, status); /* rows cite */
        if (!status) SeDeleteClientSecurity(&context);

        /* K1.11.2: a failure leaves nothing to delete, a deletion nothing behind */
        ok(reference_count(token) == count, "test %u: got %d references, had %d\n", i, (int)reference_count(token),
           (int)count);
        PsRevertToSelf();
        PsDereferenceImpersonationToken(token);
    }
}

/* What the thread impersonates with after SeImpersonateClientEx. */
static void test_impersonate(void)
{
    static const struct
    {
        BOOLEAN dynamic, client_effective_only, wanted_effective_only, expected;
    } tests[] = {
        /* K1.12.1 */
        {SECURITY_STATIC_TRACKING, FALSE, FALSE, FALSE}, {SECURITY_STATIC_TRACKING, FALSE, TRUE, TRUE},
        {SECURITY_STATIC_TRACKING, TRUE, FALSE, FALSE},  {SECURITY_DYNAMIC_TRACKING, FALSE, FALSE, FALSE},
        {SECURITY_DYNAMIC_TRACKING, FALSE, TRUE, TRUE},  {SECURITY_DYNAMIC_TRACKING, TRUE, FALSE, TRUE},
    };
    PACCESS_TOKEN token = self_token(SecurityImpersonation), found;
    PETHREAD thread = PsGetCurrentThread();
    SECURITY_QUALITY_OF_SERVICE qos;
    SECURITY_CLIENT_CONTEXT context;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        SECURITY_IMPERSONATION_LEVEL level = 77;
        BOOLEAN copy_on_open = 77, effective_only = 77;
        NTSTATUS status;

        PsImpersonateClient(thread, token, FALSE, tests[i].client_effective_only, SecurityImpersonation);
        qos = make_qos(SecurityImpersonation, tests[i].dynamic, tests[i].wanted_effective_only);
        status = SeCreateClientSecurity(thread, &qos, FALSE, &context);
        ok(!status, "test %u: got %#x\n", i, status); /* K1.11.1 */
        PsRevertToSelf();

        /* K1.12.1: no thread is the calling one */
        status = SeImpersonateClientEx(&context, i & 1 ? thread : NULL);
        ok(!status, "test %u: got %#x\n", i, status);
        found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
        ok(found == context.ClientToken, "test %u: got %p for %p\n", i, found, context.ClientToken);
        ok(level == SecurityImpersonation, "test %u: got level %d\n", i, level);
        ok(copy_on_open == TRUE, "test %u: got %d\n", i, copy_on_open);
        ok(effective_only == tests[i].expected, "test %u: got %d\n", i, effective_only);

        PsDereferenceImpersonationToken(found);
        SeStopImpersonatingClient();
        SeDeleteClientSecurity(&context);
    }
    PsDereferenceImpersonationToken(token);
}

static void test_current(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = make_qos(SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE);
    PACCESS_TOKEN token = self_token(SecurityImpersonation), found;
    PETHREAD thread = PsGetCurrentThread();
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy_on_open, effective_only;
    SECURITY_CLIENT_CONTEXT context;
    NTSTATUS status;

    /* K1.12.2: the context is used as it was made, whatever the client has done since */
    PsImpersonateClient(thread, token, FALSE, FALSE, SecurityImpersonation);
    status = SeCreateClientSecurity(thread, &qos, FALSE, &context);
    ok(!status, "got %#x\n", status);
    PsRevertToSelf();
    PsDereferenceImpersonationToken(token);
    status = SeImpersonateClientEx(&context, NULL);
    ok(!status, "got %#x\n", status);
    found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    ok(found == context.ClientToken, "got %p for %p\n", found, context.ClientToken);
    PsDereferenceImpersonationToken(found);
    PsRevertToSelf();

    /* K1.12.1 through the form without an answer */
    SeImpersonateClient(&context, NULL);
    ok(PsIsThreadImpersonating(thread), "not impersonating\n");
    PsRevertToSelf();
    SeDeleteClientSecurity(&context);
}

struct other_thread
{
    PETHREAD server;
    SECURITY_CLIENT_CONTEXT *context;
};

static void impersonate_for(void *argument)
{
    struct other_thread *other = argument;
    NTSTATUS status;

    /* K1.12.1: another thread than the calling one */
    status = SeImpersonateClientEx(other->context, other->server);
    ok(!status, "got %#x\n", status);
    ok(PsIsThreadImpersonating(other->server), "the server thread does not impersonate\n");
    ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "the calling thread impersonates\n");
}

static void revert_for(void *argument)
{
    struct other_thread *other = argument;

    /* K1.2.1: also from another thread */
    PsRevertThreadToSelf(other->server);
    ok(!PsIsThreadImpersonating(other->server), "the server thread still impersonates\n");
}

static void test_other_thread(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = make_qos(SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE);
    PETHREAD thread = PsGetCurrentThread();
    SECURITY_CLIENT_CONTEXT context;
    struct other_thread other = {thread, &context};
    SECURITY_IMPERSONATION_LEVEL level = 77;
    BOOLEAN copy_on_open, effective_only;
    PACCESS_TOKEN found, alice;
    NTSTATUS status;

    status = SeCreateClientSecurity(thread, &qos, FALSE, &context);
    ok(!status, "got %#x\n", status); /* K1.11.1 */
    run_on_thread(impersonate_for, &other);
    found = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    ok(found == context.ClientToken, "got %p for %p\n", found, context.ClientToken); /* K1.12.1 */
    PsDereferenceImpersonationToken(found);
    run_on_thread(revert_for, &other);
    SeDeleteClientSecurity(&context);

    if (!(alice = client_token("alice", SecurityImpersonation)))
    {
        win_skip("no token of another user\n");
        return;
    }

    /* K1.11.1, K1.12.1: a client of this client's server is the same client */
    PsImpersonateClient(thread, alice, FALSE, FALSE, SecurityImpersonation);
    status = SeCreateClientSecurity(thread, &qos, FALSE, &context);
    PsRevertToSelf();
    ok(!status, "got %#x\n", status);
    run_on_thread(impersonate_for, &other);
    PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);
    run_on_thread(revert_for, &other);
    ok(level == SecurityImpersonation && copy_on_open, "got level %d, %d\n", level, copy_on_open); /* K1.12.1 */
    PsDereferenceImpersonationToken(context.ClientToken);
    SeDeleteClientSecurity(&context);
    PsDereferenceImpersonationToken(alice);
}

START_TEST(client_security)
{
    test_tracking();
    test_levels();
    test_impersonate();
    test_current();
    test_other_thread();
}
