/*
 * The table of information classes: what each needs, how large its answer is, and which can be set.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

static const struct
{
    TOKEN_INFORMATION_CLASS class;
    ULONG size;     /* of the answer; 0: it depends on the token */
    ULONG set_size; /* 0: cannot be set */
} classes[] = {
    /* header winnt.h, K2.8.1 */
    {TokenUser, 0, 0},
    {TokenGroups, 0, 0},
    {TokenPrivileges, 0, 0},
    {TokenOwner, 0, sizeof(TOKEN_OWNER)},
    {TokenPrimaryGroup, 0, sizeof(TOKEN_PRIMARY_GROUP)},
    {TokenDefaultDacl, 0, sizeof(TOKEN_DEFAULT_DACL)},
    {TokenType, sizeof(TOKEN_TYPE), 0},
    {TokenImpersonationLevel, sizeof(SECURITY_IMPERSONATION_LEVEL), 0},
    {TokenStatistics, sizeof(TOKEN_STATISTICS), 0},
    {TokenRestrictedSids, 0, 0},
    {TokenSessionId, sizeof(ULONG), sizeof(ULONG)},
    {TokenGroupsAndPrivileges, 0, 0},
    {TokenSandBoxInert, sizeof(ULONG), 0},
    {TokenOrigin, sizeof(TOKEN_ORIGIN), sizeof(TOKEN_ORIGIN)},
    {TokenElevationType, sizeof(TOKEN_ELEVATION_TYPE), 0},
    {TokenElevation, sizeof(TOKEN_ELEVATION), 0},
    {TokenAccessInformation, 0, 0},
    {TokenIntegrityLevel, 0, sizeof(TOKEN_MANDATORY_LABEL)},
    {TokenUIAccess, sizeof(ULONG), sizeof(ULONG)},
    {TokenMandatoryPolicy, sizeof(TOKEN_MANDATORY_POLICY), sizeof(TOKEN_MANDATORY_POLICY)},
    {TokenIsAppContainer, sizeof(ULONG), 0},
};

static HANDLE open_copy(ACCESS_MASK access)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    HANDLE process = process_token_handle(TOKEN_DUPLICATE), copy = NULL;
    NTSTATUS status = NtDuplicateToken(process, access, &attributes, FALSE, TokenImpersonation, &copy);

    ok(!status, "got %#x\n", status); /* DDI NtDuplicateToken */
    NtClose(process);
    return copy;
}

static void test_query(void)
{
    HANDLE token = open_copy(TOKEN_QUERY), blind = open_copy(TOKEN_IMPERSONATE);
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(classes); i++)
    {
        UCHAR answer[4096];
        ULONG length = 0;
        NTSTATUS status = NtQueryInformationToken(token, classes[i].class, NULL, 0, &length);

        /* K2.7.4 */
        ok(status == STATUS_BUFFER_TOO_SMALL && length, "class %d: got %#x, length %u\n", classes[i].class, status, length);
        ok(!classes[i].size || length == classes[i].size, "class %d: got length %u\n", classes[i].class, length);
        status = NtQueryInformationToken(token, classes[i].class, answer, sizeof(answer), &length);
        ok(!status, "class %d: got %#x\n", classes[i].class, status);
        status = NtQueryInformationToken(blind, classes[i].class, answer, sizeof(answer), &length);
        ok(status == STATUS_ACCESS_DENIED, "class %d: got %#x\n", classes[i].class, status);
        status = NtQueryInformationToken(NULL, classes[i].class, answer, sizeof(answer), &length);
        ok(status == STATUS_INVALID_HANDLE, "class %d: got %#x\n", classes[i].class, status);
    }
    NtClose(token);
    NtClose(blind);
}

static void test_set(void)
{
    HANDLE token = open_copy(TOKEN_ALL_ACCESS), blind = open_copy(TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_GROUPS);
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(classes); i++)
    {
        UCHAR value[256] = {0};
        NTSTATUS status = NtSetInformationToken(token, classes[i].class, value, classes[i].set_size ? classes[i].set_size - 1 : sizeof(value));

        /* K2.8.1 */
        ok(status == (classes[i].set_size ? STATUS_INFO_LENGTH_MISMATCH : STATUS_INVALID_INFO_CLASS), "class %d: got %#x\n",
           classes[i].class, status);
        if (!classes[i].set_size) continue;
        status = NtSetInformationToken(blind, classes[i].class, value, sizeof(value));
        ok(status == STATUS_ACCESS_DENIED, "class %d: got %#x\n", classes[i].class, status);
        /* K2.8.3: the handle comes before the length */
        status = NtSetInformationToken(NULL, classes[i].class, value, 0);
        ok(status == STATUS_INVALID_HANDLE, "class %d: got %#x\n", classes[i].class, status);
    }
    NtClose(token);
    NtClose(blind);
}

/* K2.7.3, K2.7.2: the kernel's form takes the same classes by token, without asking for rights */
static void test_kernel_form(void)
{
    PACCESS_TOKEN token = self_token(SecurityImpersonation);
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(classes); i++)
    {
        PVOID answer = (PVOID)0x55;
        NTSTATUS status = SeQueryInformationToken(token, classes[i].class, &answer);

        /* K2.7.2, K2.7.1 */
        ok(!status || (status == STATUS_INVALID_INFO_CLASS && !answer), "class %d: got %#x, %p\n", classes[i].class, status, answer);
        if (!status && classes[i].class != TokenSessionId && classes[i].class != TokenIntegrityLevel) ExFreePool(answer);
    }
    ObDereferenceObject(token);
}

START_TEST(token_classes)
{
    test_query();
    test_set();
    test_kernel_form();
}
