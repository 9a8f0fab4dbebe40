/*
 * ZwXxx: system services that trust their caller.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

START_TEST(zw)
{
    HANDLE weak = process_token_handle(TOKEN_QUERY), copy = NULL, thread_token;
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    TOKEN_SOURCE source;
    NTSTATUS status;
    ULONG length;

    /* DDI ZwDuplicateToken: TOKEN_DUPLICATE is for programs; the mode is that of one call */
    status = NtDuplicateToken(weak, TOKEN_ALL_ACCESS, &attributes, FALSE, TokenImpersonation, &copy);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = ZwDuplicateToken(weak, TOKEN_ALL_ACCESS, &attributes, FALSE, TokenImpersonation, &copy);
    ok(!status && token_level(copy) == SecurityImpersonation, "got %#x, level %d\n", status, token_level(copy));
    status = NtDuplicateToken(weak, TOKEN_ALL_ACCESS, &attributes, FALSE, TokenImpersonation, &thread_token);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);

    /* DDI ZwQueryInformationToken */
    status = NtQueryInformationToken(weak, TokenSource, &source, sizeof(source), &length);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = ZwQueryInformationToken(weak, TokenSource, &source, sizeof(source), &length);
    ok(!status && length == sizeof(source), "got %#x, %u bytes\n", status, length);
    status = ZwQueryInformationToken(NULL, TokenSource, &source, sizeof(source), &length);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);

    /* DDI ZwSetInformationToken: a token that belongs to the caller */
    status = NtSetInformationToken(weak, TokenDefaultDacl, &(TOKEN_DEFAULT_DACL){NULL}, sizeof(TOKEN_DEFAULT_DACL));
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = ZwSetInformationToken(copy, TokenDefaultDacl, &(TOKEN_DEFAULT_DACL){NULL}, sizeof(TOKEN_DEFAULT_DACL));
    ok(!status, "got %#x\n", status);

    /* DDI ZwOpenThreadTokenEx */
    status = ZwSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &copy, sizeof(copy));
    ok(!status, "got %#x\n", status);
    status = ZwOpenThreadToken(NtCurrentThread(), MAXIMUM_ALLOWED, TRUE, &thread_token);
    ok(!status && token_level(thread_token) == SecurityImpersonation, "got %#x\n", status);
    if (!status) ZwClose(thread_token);
    status = NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &(HANDLE){NULL}, sizeof(HANDLE));
    ok(!status, "got %#x\n", status);

    /* DDI ZwClose */
    status = ZwClose(copy);
    ok(!status, "got %#x\n", status);
    status = ZwClose(copy);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    NtClose(weak);
}
