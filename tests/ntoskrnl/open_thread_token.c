/*
 * NtOpenThreadToken and its Ex form.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static PVOID object_of(HANDLE handle)
{
    PVOID object = NULL;
    NTSTATUS status = ObReferenceObjectByHandle(handle, 0, *SeTokenObjectType, KernelMode, &object, NULL);

    ok(!status, "got %#x\n", status); /* DDI ObReferenceObjectByHandle */
    if (object) ObDereferenceObject(object);
    return object;
}

static void test_parameters(void)
{
    HANDLE token = (HANDLE)0x55, thread;
    NTSTATUS status;

    /* K1.17.1 */
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, FALSE, NULL);
    ok(status == STATUS_ACCESS_VIOLATION, "got %#x\n", status);

    /* K1.17.2 */
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, FALSE, &token);
    ok(status == STATUS_NO_TOKEN, "got %#x\n", status);
    ok(token == (HANDLE)0x55 || !token, "got %p\n", token);
    status = NtOpenThreadTokenEx(NtCurrentThread(), TOKEN_QUERY, TRUE, 0, &token);
    ok(status == STATUS_NO_TOKEN, "got %#x\n", status);

    /* DDI NtOpenThreadTokenEx */
    status = NtOpenThreadToken(NULL, TOKEN_QUERY, FALSE, &token);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    status = NtOpenThreadToken(NtCurrentProcess(), TOKEN_QUERY, FALSE, &token);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    status =
        NtDuplicateObject(NtCurrentProcess(), NtCurrentThread(), NtCurrentProcess(), &thread, THREAD_IMPERSONATE, 0, 0);
    ok(!status, "got %#x\n", status);
    status = NtOpenThreadToken(thread, TOKEN_QUERY, FALSE, &token);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    NtClose(thread);
}

static void test_levels(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation);
    HANDLE handle = NULL;
    NTSTATUS status;
    ULONG attributes;
    BOOLEAN as_self;

    /* K1.17.3 */
    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityAnonymous);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, FALSE, &handle);
    ok(status == STATUS_CANT_OPEN_ANONYMOUS, "got %#x\n", status);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &handle);
    ok(status == STATUS_CANT_OPEN_ANONYMOUS, "got %#x\n", status);

    /* K1.17.4, K0.3.4: an identified client cannot open its own token, the process can */
    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityIdentification);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, FALSE, &handle);
    ok(status == STATUS_BAD_IMPERSONATION_LEVEL, "got %#x\n", status);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &handle);
    ok(!status, "got %#x\n", status);
    if (!status) NtClose(handle);

    /* K5.2.1: both ways and both attributes at Impersonation */
    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityImpersonation);
    for (as_self = FALSE; as_self <= TRUE; as_self++)
        for (attributes = 0; attributes <= OBJ_KERNEL_HANDLE; attributes += OBJ_KERNEL_HANDLE)
        {
            status = NtOpenThreadTokenEx(NtCurrentThread(), TOKEN_QUERY, as_self, attributes, &handle);
            ok(!status, "as self %d, attributes %#x: got %#x\n", as_self, attributes, status);
            if (!status) NtClose(handle);
        }
    PsRevertToSelf();
    PsDereferenceImpersonationToken(token);
}

static void test_copy_on_open(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation), now;
    TOKEN_DEFAULT_DACL nothing = {NULL};
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy_on_open, effective_only;
    TOKEN_DEFAULT_DACL *dacl;
    HANDLE first, second;
    NTSTATUS status;

    /* DDI PsImpersonateClient: opened directly */
    PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, SecurityImpersonation);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &first);
    ok(!status && object_of(first) == token, "got %#x, %p for %p\n", status, object_of(first), token);
    NtClose(first);

    /* DDI PsImpersonateClient: or a duplicate, which handles share */
    PsImpersonateClient(PsGetCurrentThread(), token, TRUE, FALSE, SecurityIdentification);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY | TOKEN_ADJUST_DEFAULT, TRUE, &first);
    ok(!status && object_of(first) != token, "got %#x, the token itself\n", status);
    ok(token_level(first) == SecurityIdentification, "got level %d\n", token_level(first));
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &second);
    ok(!status && object_of(second) == object_of(first), "got %#x, two duplicates\n", status);
    now = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only, &level);
    ok(now == object_of(first), "the thread has another token than its handle\n");
    ok(!copy_on_open && level == SecurityIdentification, "got %d, level %d\n", copy_on_open, level);
    PsDereferenceImpersonationToken(now);

    /* DDI PsImpersonateClient: what is changed through the handle leaves the client's token alone */
    status = NtSetInformationToken(first, TokenDefaultDacl, &nothing, sizeof(nothing));
    ok(!status, "got %#x\n", status);
    status = SeQueryInformationToken(token, TokenDefaultDacl, (PVOID *)&dacl);
    ok(!status && dacl->DefaultDacl, "got %#x, the client lost its DACL\n", status);
    ExFreePool(dacl);

    NtClose(second);
    NtClose(first);
    PsRevertToSelf();
    PsDereferenceImpersonationToken(token);
}

/* A server that impersonates another user. */
static void test_client(void)
{
    PACCESS_TOKEN alice = client_token("alice", SecurityImpersonation);
    PETHREAD thread = PsGetCurrentThread();
    HANDLE handle;
    NTSTATUS status;

    if (!alice)
    {
        win_skip("no token of another user\n");
        return;
    }

    /* K1.17.4: as the client, who may read its own token, and as the server */
    PsImpersonateClient(thread, alice, TRUE, FALSE, SecurityImpersonation);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, FALSE, &handle);
    ok(!status, "as the client got %#x\n", status);
    if (!status) NtClose(handle);
    status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &handle);
    ok(!status, "as the server got %#x\n", status);
    if (!status) NtClose(handle);

    /* K0.3.3: the client may not open the server's token */
    status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &handle);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    PsRevertToSelf();
    PsDereferenceImpersonationToken(alice);
}

START_TEST(open_thread_token)
{
    test_parameters();
    test_levels();
    test_copy_on_open();
    test_client();
}
