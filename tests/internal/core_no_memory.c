/*
 * Every allocation of the core's operations fails once: the answer is STATUS_NO_MEMORY, nothing is kept (a leak checker
 * sees to that), and the operation works afterwards. Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/memory.h"
#include <fcntl.h>
#include <guise/file.h>
#include <unistd.h>

#define MOST_ALLOCATIONS 60

static gid_t groups[] = {71101, 71102, 71103};
static char account_name[] = "nobody-of-note";
static const struct unix_account account = {
    .name = account_name, .uid = 71001, .gid = 71001, .group_count = ARRAYSIZE(groups), .groups = groups};

static NTSTATUS make_logon_token(void)
{
    const SID *const further[] = {&sid_users.sid};
    const struct guise_logon logon = {.source = "NtLmSsp",
                                      .user_name = u"someone",
                                      .domain_name = u"SOMEWHERE",
                                      .groups = further,
                                      .group_count = ARRAYSIZE(further),
                                      .account = &account,
                                      .level = SecurityImpersonation};
    PACCESS_TOKEN token;
    NTSTATUS status = guise_create_logon_token(&logon, &token);

    if (!status) ObDereferenceObject(token);
    return status;
}

static NTSTATUS make_anonymous_token(void)
{
    PACCESS_TOKEN token;
    NTSTATUS status = guise_create_anonymous_token("NtLmSsp", SecurityImpersonation, &token);

    if (!status) ObDereferenceObject(token);
    return status;
}

static NTSTATUS make_process_token(void)
{
    struct token *token;
    NTSTATUS status = process_token_create(&token);

    if (!status) token_release(token);
    return status;
}

static NTSTATUS open_process_token(void)
{
    HANDLE handle;
    NTSTATUS status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &handle);

    if (!status) NtClose(handle);
    return status;
}

static NTSTATUS duplicate_with_security(void)
{
    ACL dacl = {ACL_REVISION, 0, sizeof(dacl), 0, 0};
    SECURITY_DESCRIPTOR security = {.Revision = SECURITY_DESCRIPTOR_REVISION,
                                    .Control = SE_DACL_PRESENT,
                                    .Owner = (PSID)&sid_users.sid,
                                    .Dacl = &dacl};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityDescriptor = &security};
    HANDLE process, copy;
    NTSTATUS status;

    if ((status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &process))) return status;
    if (!(status = NtDuplicateToken(process, TOKEN_QUERY, &attributes, TRUE, TokenImpersonation, &copy))) NtClose(copy);
    NtClose(process);
    return status;
}

static NTSTATUS make_client_security(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, TRUE};
    SECURITY_CLIENT_CONTEXT context;
    NTSTATUS status = SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context);

    if (!status) SeDeleteClientSecurity(&context);
    return status;
}

static NTSTATUS query(void)
{
    struct token *primary = primary_token();
    PVOID answer = NULL;
    NTSTATUS status = primary ? SeQueryInformationToken(primary, TokenGroups, &answer) : STATUS_NO_MEMORY;

    if (!status) ExFreePool(answer);
    token_release(primary);
    return status;
}

/* An answer with pointers in a buffer that has only the alignment of a ULONG. */
static NTSTATUS query_unaligned(void)
{
    ULONG buffer[1024], length;

    return NtQueryInformationToken(NtCurrentProcessToken(), TokenUser, buffer + ((ULONG_PTR)buffer % 8 ? 0 : 1), 1024,
                                   &length);
}

static NTSTATUS change_dacl(void)
{
    TOKEN_DEFAULT_DACL none = {NULL};
    HANDLE process, copy;
    NTSTATUS status;

    if ((status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &process))) return status;
    if (!(status = NtDuplicateToken(process, TOKEN_ADJUST_DEFAULT, NULL, FALSE, TokenPrimary, &copy)))
    {
        status = NtSetInformationToken(copy, TokenDefaultDacl, &none, sizeof(none));
        NtClose(copy);
    }
    NtClose(process);
    return status;
}

/* A primary token is impersonated as it is, and makes its credential then. */
static NTSTATUS impersonate(void)
{
    struct token *token;
    NTSTATUS status = process_token_create(&token);

    if (status) return status;
    status = PsImpersonateClient(PsGetCurrentThread(), token, TRUE, FALSE, SecurityImpersonation);
    PsRevertToSelf();
    token_release(token);
    return status;
}

/* A thread's token, of a primary token's copy, which makes its credential then. */
static NTSTATUS set_thread_token(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES client = {.Length = sizeof(client), .SecurityQualityOfService = &qos};
    HANDLE process, token, none = NULL;
    NTSTATUS status = NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &process);

    if (status) return status;
    status = NtDuplicateToken(process, TOKEN_IMPERSONATE, &client, FALSE, TokenImpersonation, &token);
    NtClose(process);
    if (status) return status;
    status = NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &token, sizeof(token));
    ok(!status == !!PsIsThreadImpersonating(PsGetCurrentThread()), "got %#x\n", status); /* K1.2.6 */
    NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &none, sizeof(none));
    NtClose(token);
    return status;
}

static GENERIC_MAPPING mapping = {1, 2, 4, STANDARD_RIGHTS_ALL | 7};

/* A descriptor with a DACL and a SACL that are inherited. */
static void make_parent(SECURITY_DESCRIPTOR *parent, UCHAR acls[2][64])
{
    RtlCreateSecurityDescriptor(parent, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)acls[0], 64, ACL_REVISION);
    RtlAddAccessAllowedAceEx((PACL)acls[0], ACL_REVISION, OBJECT_INHERIT_ACE, 1, (PSID)&sid_everyone);
    RtlCreateAcl((PACL)acls[1], 64, ACL_REVISION);
    RtlAddAuditAccessAceEx((PACL)acls[1], ACL_REVISION, OBJECT_INHERIT_ACE, 1, (PSID)&sid_everyone, TRUE, TRUE);
    RtlSetDaclSecurityDescriptor(parent, TRUE, (PACL)acls[0], FALSE);
    RtlSetSaclSecurityDescriptor(parent, TRUE, (PACL)acls[1], FALSE);
}

static NTSTATUS assign_security(void)
{
    UCHAR acls[2][64] __attribute__((aligned(8)));
    PSECURITY_DESCRIPTOR made = (PSECURITY_DESCRIPTOR)1;
    SECURITY_SUBJECT_CONTEXT subject;
    SECURITY_DESCRIPTOR parent;
    NTSTATUS status;

    make_parent(&parent, acls);
    SeCaptureSubjectContext(&subject);
    status = SeAssignSecurity(&parent, NULL, &made, FALSE, &subject, &mapping, PagedPool);
    SeReleaseSubjectContext(&subject);
    ok(!status == !!made, "got %#x, %p\n", status, made); /* K3.8.5 */
    SeDeassignSecurity(&made);
    return status;
}

static NTSTATUS change_descriptor(void)
{
    const SECURITY_INFORMATION information = DACL_SECURITY_INFORMATION | SACL_SECURITY_INFORMATION;
    UCHAR acls[2][64] __attribute__((aligned(8))), room[256] __attribute__((aligned(8)));
    PSECURITY_DESCRIPTOR object = room, before = room;
    SECURITY_DESCRIPTOR given;
    ULONG length = sizeof(room);
    NTSTATUS status;

    make_parent(&given, acls);
    RtlAbsoluteToSelfRelativeSD(&given, room, &length);
    status = SeSetSecurityDescriptorInfo(NULL, (PSECURITY_INFORMATION)&information, &given, &object, PagedPool, &mapping);
    ok(!status == (object != before), "got %#x, %p\n", status, object); /* K3.8.3 */
    if (!status) ExFreePool(object);
    return status;
}

static NTSTATUS set_object_security(void)
{
    UCHAR acls[2][64] __attribute__((aligned(8)));
    struct token *token;
    SECURITY_DESCRIPTOR given;
    PSECURITY_DESCRIPTOR descriptor;
    BOOLEAN allocated;
    HANDLE handle = NULL;
    NTSTATUS status = process_token_create(&token);

    if (status) return status;
    make_parent(&given, acls);
    if (!(status = guise_open_token(token, TOKEN_ALL_ACCESS, &handle)))
        status = NtSetSecurityObject(handle, DACL_SECURITY_INFORMATION, &given);
    if (!status && !(status = ObGetObjectSecurity(token, &descriptor, &allocated)))
        ObReleaseObjectSecurity(descriptor, allocated);
    if (handle) NtClose(handle);
    token_release(token);
    return status;
}

static NTSTATUS file_object(void)
{
    int fd = open("/", O_RDONLY | O_CLOEXEC);
    HANDLE handle = NULL;
    UCHAR room[1024];
    ULONG length;
    NTSTATUS status = GuiseCreateFileObject(fd, READ_CONTROL | WRITE_DAC, &handle);

    close(fd);
    if (!status) status = NtQuerySecurityObject(handle, DACL_SECURITY_INFORMATION, room, sizeof(room), &length);
    if (handle) NtClose(handle);
    return status;
}

static const struct
{
    const char *name;
    NTSTATUS (*run)(void);
} operations[] = {
    {"a new object's descriptor", assign_security},
    {"a descriptor's parts", change_descriptor},
    {"an object's security", set_object_security},
    {"file object", file_object},
    {"logon token", make_logon_token},
    {"anonymous token", make_anonymous_token},
    {"process token", make_process_token},
    {"open", open_process_token},
    {"duplicate with a descriptor", duplicate_with_security},
    {"client security", make_client_security},
    {"query", query},
    {"unaligned query", query_unaligned},
    {"default DACL", change_dacl},
    {"impersonate", impersonate},
    {"a thread's token", set_thread_token},
};

START_TEST(core_no_memory)
{
    unsigned int i, nth, failed;
    NTSTATUS status;

    PsGetCurrentThread();
    for (i = 0; i < ARRAYSIZE(operations); i++)
    {
        /* What is made once and kept (configuration, handle table) is not what fails here. */
        status = operations[i].run();
        ok(!status, "%s: got %#x\n", operations[i].name, status); /* K1.2.6 */
        for (nth = 1, failed = 0, status = STATUS_NO_MEMORY; status && nth < MOST_ALLOCATIONS; nth++)
        {
            guise_fail_allocation(nth);
            status = operations[i].run();
            guise_fail_allocation(0);
            failed += status != STATUS_SUCCESS;
            /* K1.2.6: all routines answer want of memory with the one status */
            ok(!status || status == STATUS_NO_MEMORY, "%s, allocation %u: got %#x\n", operations[i].name, nth, status);
        }
        ok(!status, "%s: still %#x after %u failures\n", operations[i].name, status, failed); /* K1.2.6 */
        ok(failed || operations[i].run == open_process_token, "%s allocates nothing\n",
           operations[i].name);                                                                        /* K1.2.6 */
        ok(!PsIsThreadImpersonating(PsGetCurrentThread()), "%s: impersonating\n", operations[i].name); /* K1.2.6 */
    }
}
