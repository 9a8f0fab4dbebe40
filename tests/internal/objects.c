/*
 * Objects that drivers make, names, shared descriptors and jobs, as far as no page tells of them; every allocation of theirs fails
 * once. Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <guise/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "wine/test.h"

#include "ntoskrnl/ps/job.h"
#include "ntoskrnl/rtl/memory.h"
#include "ntoskrnl/se/logon.h"

#define MOST_ALLOCATIONS 60

static LONG_PTR references_of(PVOID object)
{
    ObReferenceObject(object);
    return ObDereferenceObject(object);
}

/* ---- making and inserting ------------------------------------------------------------------------------------------------- */

static NTSTATUS create_job(PVOID *object)
{
    return ObCreateObject(KernelMode, *PsJobType, NULL, KernelMode, NULL, 0, 0, 0, object);
}

static void test_create(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\BaseNamedObjects\\x");
    OBJECT_ATTRIBUTES named = {.Length = sizeof(named), .ObjectName = &name}, bad = {.Length = sizeof(bad), .Attributes = 1};
    const POBJECT_TYPE others[] = {*PsProcessType, *PsThreadType, *SeTokenObjectType, *IoFileObjectType};
    PVOID object;
    NTSTATUS status;
    size_t i;

    for (i = 0; i < ARRAYSIZE(others); i++)
    {
        status = ObCreateObject(KernelMode, others[i], NULL, KernelMode, NULL, 4096, 0, 0, &object);
        ok(status == STATUS_NOT_SUPPORTED && !object, "%u: got %#x\n", (unsigned int)i, status); /* design 4 */
    }

    /* design 4 */
    status = ObCreateObject(KernelMode, NULL, NULL, KernelMode, NULL, 0, 0, 0, &object);
    ok(status == STATUS_INVALID_PARAMETER && !object, "got %#x\n", status);
    status = ObCreateObject(KernelMode, *PsJobType, &bad, KernelMode, NULL, 0, 0, 0, &object);
    ok(status == STATUS_INVALID_PARAMETER && !object, "got %#x\n", status);
    status = ObCreateObject(KernelMode, *PsJobType, &named, KernelMode, NULL, 0, 0, 0, &object);
    ok(status == STATUS_OBJECT_PATH_NOT_FOUND && !object, "got %#x\n", status);
    named.ObjectName->Length = 4;
    status = ObCreateObject(KernelMode, *PsJobType, &named, KernelMode, NULL, 0, 0, 0, &object);
    ok(status == STATUS_OBJECT_PATH_NOT_FOUND && !object, "got %#x\n", status);
    named.ObjectName->Length = 0;
    status = ObCreateObject(KernelMode, *PsJobType, &named, KernelMode, NULL, 1 << 16, 0, 0, &object);
    ok(!status && references_of(object) == 1, "got %#x\n", status);
    memset((UCHAR *)object + sizeof(struct job), 0x55, (1 << 16) - sizeof(struct job));
    ObDereferenceObject(object);
}

static void test_insert(void)
{
    OBJECT_HANDLE_INFORMATION information;
    PVOID object, found, new_object;
    HANDLE handle, first;
    NTSTATUS status;

    /* header ntifs.h, design 4: the reference of the creation becomes the handle's */
    ok(!create_job(&object), "no job\n");
    status = ObInsertObject(object, NULL, MAXIMUM_ALLOWED, 0, NULL, &first);
    ok(!status && references_of(object) == 1, "got %#x, %d references\n", status, (int)references_of(object));
    status = ObReferenceObjectByHandle(first, 0, *PsJobType, KernelMode, &found, &information);
    ok(!status && found == object && information.GrantedAccess == JOB_OBJECT_ALL_ACCESS, "got %#x, %#x\n", status,
       information.GrantedAccess);
    ok(ObInsertObject(object, NULL, GENERIC_ALL, 0, NULL, &handle) == STATUS_INVALID_PARAMETER, "inserted twice\n");
    ok(references_of(object) == 2 && !handle, "%d references\n", (int)references_of(object));
    ObDereferenceObject(found);
    ok(!ObCloseHandle(first, KernelMode) && ObCloseHandle(first, KernelMode) == STATUS_INVALID_HANDLE, "closed\n");
    ok(ObCloseHandle(NULL, KernelMode) == STATUS_INVALID_HANDLE, "no handle is closed\n");

    /* header ntifs.h, design 4: more references for the caller */
    ok(!create_job(&object), "no job\n");
    status = ObInsertObject(object, NULL, JOB_OBJECT_QUERY, 2, &new_object, &handle);
    ok(!status && new_object == object && references_of(object) == 3, "got %#x\n", status);
    ok(!ObCloseHandle(handle, KernelMode) && references_of(object) == 2, "%d references\n", (int)references_of(object));
    ObDereferenceObject(object);
    ObDereferenceObject(object);

    /* design 4: used up on failure, too */
    ok(!create_job(&object), "no job\n");
    ObReferenceObject(object);
    status = ObInsertObject(object, NULL, 0x00800000, 1, &new_object, &handle);
    ok(status == STATUS_ACCESS_DENIED && !handle && !new_object, "got %#x\n", status);
    ok(references_of(object) == 1, "%d references\n", (int)references_of(object));
    ObDereferenceObject(object);
    status = ObInsertObject(PsGetCurrentProcess(), NULL, GENERIC_ALL, 0, NULL, &handle);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
}

static void test_names(void)
{
    static const struct
    {
        const WCHAR *name;
        NTSTATUS status;
    } names[] = {
        {u"", STATUS_OBJECT_NAME_INVALID},
        {u"x", STATUS_OBJECT_PATH_SYNTAX_BAD},
        {u"\\", STATUS_OBJECT_NAME_NOT_FOUND},
        {u"\\x", STATUS_OBJECT_NAME_NOT_FOUND},
        {u"\\Device\\x", STATUS_OBJECT_PATH_NOT_FOUND},
    };
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes)};
    BOOLEAN generate = 77;
    PVOID object;
    HANDLE handle;
    NTSTATUS status;
    size_t i;

    for (i = 0; i < ARRAYSIZE(names); i++)
    {
        UNICODE_STRING name = {0, 0, (WCHAR *)names[i].name};

        while (name.Buffer[name.Length / sizeof(WCHAR)]) name.Length += sizeof(WCHAR);
        attributes.ObjectName = &name;
        /* header ntifs.h, design 4 */
        status = ObReferenceObjectByName(&name, 0, NULL, 0, *PsJobType, KernelMode, NULL, &object);
        ok(status == names[i].status && !object, "%u: got %#x\n", (unsigned int)i, status);
        status = ObOpenObjectByName(&attributes, *PsJobType, KernelMode, NULL, 0, NULL, &handle);
        ok(status == names[i].status && !handle, "%u: got %#x\n", (unsigned int)i, status);
    }

    /* design 4: nothing is a directory */
    attributes.RootDirectory = NtCurrentProcess();
    ok(ObOpenObjectByName(&attributes, NULL, KernelMode, NULL, 0, NULL, &handle) == STATUS_OBJECT_TYPE_MISMATCH, "a directory\n");
    attributes.RootDirectory = ULongToHandle(0x7ffffff0);
    ok(ObOpenObjectByName(&attributes, NULL, KernelMode, NULL, 0, NULL, &handle) == STATUS_INVALID_HANDLE, "a handle\n");
    ok(ObOpenObjectByName(NULL, NULL, KernelMode, NULL, 0, NULL, &handle) == STATUS_INVALID_PARAMETER, "attributes\n");
    ok(!ObQueryObjectAuditingByHandle(NtCurrentProcess(), &generate) && !generate, "got %d\n", generate);
    ok(ObQueryObjectAuditingByHandle(attributes.RootDirectory, &generate) == STATUS_INVALID_HANDLE, "a handle\n");
}

/* ---- descriptors ---------------------------------------------------------------------------------------------------------- */

/* Allows USER what MASK says. */
static void make_descriptor(SECURITY_DESCRIPTOR *descriptor, UCHAR acl[64], const SID *user, ACCESS_MASK mask)
{
    RtlCreateSecurityDescriptor(descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)acl, 64, ACL_REVISION);
    RtlAddAccessAllowedAce((PACL)acl, ACL_REVISION, mask, (PSID)user);
    RtlSetDaclSecurityDescriptor(descriptor, TRUE, (PACL)acl, FALSE);
}

static ACCESS_MASK first_mask(PVOID object)
{
    BOOLEAN allocated, present, defaulted;
    PSECURITY_DESCRIPTOR descriptor;
    ACCESS_ALLOWED_ACE *ace;
    ACCESS_MASK mask = 0;
    PACL dacl;

    if (ObGetObjectSecurity(object, &descriptor, &allocated)) return 0;
    if (!RtlGetDaclSecurityDescriptor(descriptor, &present, &dacl, &defaulted) && present &&
        !RtlGetAce(dacl, 0, (PVOID *)&ace))
        mask = ace->Mask;
    ObReleaseObjectSecurity(descriptor, allocated);
    return mask;
}

static void test_assign(void)
{
    UCHAR acl[64] __attribute__((aligned(8)));
    SECURITY_DESCRIPTOR descriptor;
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityDescriptor = &descriptor};
    OBJECT_HANDLE_INFORMATION information;
    SECURITY_SUBJECT_CONTEXT subject;
    PVOID object, other, found;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    NTSTATUS status;
    HANDLE handle;

    /* design 4 */
    make_descriptor(&descriptor, acl, &sid_everyone.sid, JOB_OBJECT_SET_ATTRIBUTES);
    status = ObCreateObject(KernelMode, *PsJobType, &attributes, KernelMode, NULL, 0, 0, 0, &object);
    ok(!status && first_mask(object) == JOB_OBJECT_SET_ATTRIBUTES, "got %#x, %#x\n", status, first_mask(object));
    make_descriptor(&descriptor, acl, &sid_everyone.sid, JOB_OBJECT_QUERY);
    ObDereferenceObject(object);
    ok(!create_job(&object), "no job\n");
    SeCreateAccessState(&state, &aux, JOB_OBJECT_QUERY, NULL);
    state.SecurityDescriptor = &descriptor;
    status = ObAssignSecurity(&state, NULL, object, *PsProcessType);
    ok(status == STATUS_OBJECT_TYPE_MISMATCH, "got %#x\n", status);
    status = ObAssignSecurity(&state, NULL, object, *PsJobType);
    ok(!status && first_mask(object) == JOB_OBJECT_QUERY, "got %#x, %#x\n", status, first_mask(object));

    /* design 4: an object that is inserted with a state has what that says, and its handle what it wants */
    state.RemainingDesiredAccess = JOB_OBJECT_TERMINATE;
    state.PreviouslyGrantedAccess = JOB_OBJECT_ASSIGN_PROCESS;
    ok(!create_job(&other), "no job\n");
    ObReferenceObject(other);
    status = ObInsertObject(other, &state, JOB_OBJECT_ALL_ACCESS, 0, NULL, &handle);
    ok(!status && first_mask(other) == JOB_OBJECT_QUERY, "got %#x, %#x\n", status, first_mask(other));
    status = ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &found, &information);
    ok(!status && information.GrantedAccess == (JOB_OBJECT_TERMINATE | JOB_OBJECT_ASSIGN_PROCESS), "got %#x, %#x\n", status,
       information.GrantedAccess);
    ObDereferenceObject(found);
    ObDereferenceObject(other);
    NtClose(handle);
    state.RemainingDesiredAccess = JOB_OBJECT_QUERY;
    state.PreviouslyGrantedAccess = 0;

    /* K3.5.3, design 4: a privilege that was used is noted */
    SeCaptureSubjectContext(&subject);
    if (token_privilege_enabled(subject.PrimaryToken, SE_TAKE_OWNERSHIP_PRIVILEGE))
        ok(ObCheckCreateObjectAccess(object, WRITE_OWNER, &state, NULL, FALSE, UserMode, &status) &&
               state.Privileges.PrivilegeSet.PrivilegeCount == 1, "got %#x, %u privileges\n", status,
           state.Privileges.PrivilegeSet.PrivilegeCount);
    SeReleaseSubjectContext(&subject);

    /* design 4: what is wanted of the new object is not looked at */
    ok(ObCheckCreateObjectAccess(object, JOB_OBJECT_QUERY, &state, NULL, FALSE, UserMode, &status) && !status, "got %#x\n", status);
    ok(!ObCheckCreateObjectAccess(object, JOB_OBJECT_TERMINATE, &state, NULL, FALSE, UserMode, &status) &&
           status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    ok(ObCheckCreateObjectAccess(object, JOB_OBJECT_TERMINATE, &state, NULL, FALSE, KernelMode, &status), "got %#x\n", status);
    ok(state.RemainingDesiredAccess == JOB_OBJECT_QUERY && !state.PreviouslyGrantedAccess, "the state has changed\n");

    /* design 4 */
    make_descriptor(&descriptor, acl, &sid_everyone.sid, JOB_OBJECT_TERMINATE);
    status = ObSetSecurityObjectByPointer(object, DACL_SECURITY_INFORMATION, &descriptor);
    ok(!status && first_mask(object) == JOB_OBJECT_TERMINATE, "got %#x, %#x\n", status, first_mask(object));
    descriptor.Revision = 7;
    status = ObSetSecurityObjectByPointer(object, DACL_SECURITY_INFORMATION, &descriptor);
    ok(status == STATUS_UNKNOWN_REVISION && first_mask(object) == JOB_OBJECT_TERMINATE, "got %#x\n", status);
    state.SecurityDescriptor = NULL;
    SeDeleteAccessState(&state);
    ObDereferenceObject(object);
}

/* The file's own security is what changes, or nothing. */
static void test_assign_file(void)
{
    SECURITY_DESCRIPTOR descriptor;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    HANDLE handle;
    PVOID file;
    NTSTATUS status;
    int fd = memfd_create("objects", MFD_CLOEXEC);

    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, NULL, FALSE);
    ok(!GuiseCreateFileObject(fd, READ_CONTROL, &handle), "no file\n"); /* design 4 */
    ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, &file, NULL);
    SeCreateAccessState(&state, &aux, 0, NULL);
    state.SecurityDescriptor = &descriptor;
    status = ObAssignSecurity(&state, NULL, file, *IoFileObjectType);
    ok(status == STATUS_NOT_SUPPORTED || status == STATUS_NONE_MAPPED, "got %#x\n", status); /* design 4: no DACL; Administrators own it */
    state.SecurityDescriptor = NULL;
    SeDeleteAccessState(&state);
    ObDereferenceObject(file);
    NtClose(handle);
    close(fd);
}

static void test_shared(void)
{
    GENERIC_MAPPING mapping = (*PsJobType)->mapping;
    SECURITY_INFORMATION information = DACL_SECURITY_INFORMATION;
    UCHAR acl[64] __attribute__((aligned(8))), room[256] __attribute__((aligned(8)));
    PSECURITY_DESCRIPTOR shared, before;
    SECURITY_DESCRIPTOR descriptor;
    ULONG length = sizeof(room);
    NTSTATUS status;

    /* design 4 */
    make_descriptor(&descriptor, acl, &sid_everyone.sid, 1);
    RtlSetOwnerSecurityDescriptor(&descriptor, (PSID)&sid_local_system.sid, FALSE);
    ok(ObLogSecurityDescriptor(&descriptor, &shared, 1) == STATUS_BAD_DESCRIPTOR_FORMAT && !shared, "an absolute one\n");
    RtlAbsoluteToSelfRelativeSD(&descriptor, room, &length);
    ok(ObLogSecurityDescriptor(room, &shared, 0) == STATUS_INVALID_PARAMETER && !shared, "without a reference\n");
    status = ObLogSecurityDescriptor(room, &shared, 2);
    ok(!status && RtlLengthSecurityDescriptor(shared) == RtlLengthSecurityDescriptor(room), "got %#x\n", status);
    ObReferenceSecurityDescriptor(shared, 3);
    ObDereferenceSecurityDescriptor(shared, 4);

    /* design 4: the new one is the caller's, the others keep the old one */
    before = shared;
    ObReferenceSecurityDescriptor(before, 1);
    status = ObSetSecurityDescriptorInfo(NULL, &information, &descriptor, &shared, PagedPool, &mapping);
    ok(!status && shared != before && RtlValidSecurityDescriptor(before), "got %#x\n", status);
    ObDereferenceSecurityDescriptor(before, 1);
    ObDereferenceSecurityDescriptor(shared, 1);
}

/* ---- jobs ----------------------------------------------------------------------------------------------------------------- */

/* A token with the group Administrators, whose attributes are these. */
static struct token *administrator(ULONG attributes)
{
    struct token_sid sids[] = {{&sid_users.sid, 0}, {&sid_administrators.sid, attributes}};
    struct token_template template = {.source = "test",
                                      .session = logon_session_system(),
                                      .sids = sids,
                                      .sid_count = ARRAYSIZE(sids),
                                      .type = TokenImpersonation,
                                      .level = SecurityImpersonation};
    struct token *token = NULL;

    logon_create_token(&template, &token);
    logon_session_release(template.session);
    return token;
}

static void test_limits(void)
{
    static const struct
    {
        ULONG attributes;
        NTSTATUS status;
    } groups[] = {
        {SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT, STATUS_ACCESS_DENIED},
        {0, STATUS_ACCESS_DENIED}, /* it can be enabled */
        {SE_GROUP_USE_FOR_DENY_ONLY, STATUS_SUCCESS},
    };
    const struct job_limits no_admin = {.flags = JOB_OBJECT_SECURITY_NO_ADMIN};
    struct token *token, *asked;
    NTSTATUS status;
    size_t i;

    for (i = 0; i < ARRAYSIZE(groups); i++)
    {
        token = asked = administrator(groups[i].attributes);
        status = job_limit_impersonation(&no_admin, &token);
        /* design 4 */
        ok(status == groups[i].status && token == asked && references_of(token) == 1, "%u: got %#x\n", (unsigned int)i, status);
        ok(job_limit_primary(&no_admin, token) == groups[i].status, "%u\n", (unsigned int)i);
        token_release(token);
    }
}

/* Limits that filter, and ask about the token besides. */
static void test_filter_and_limit(void)
{
    struct token_sid disabled[] = {{&sid_administrators.sid, 0}};
    struct job_limits limits = {.flags = JOB_OBJECT_SECURITY_FILTER_TOKENS | JOB_OBJECT_SECURITY_NO_ADMIN,
                                .filter = {.disable = {ARRAYSIZE(disabled), disabled}}};
    struct token *asked = administrator(SE_GROUP_ENABLED), *used = asked;
    NTSTATUS status;

    /* design 4: what is made by the job's filter is not made by NtFilterToken */
    limits.flags = JOB_OBJECT_SECURITY_FILTER_TOKENS | JOB_OBJECT_SECURITY_RESTRICTED_TOKEN;
    status = job_limit_impersonation(&limits, &used);
    ok(status == STATUS_ACCESS_DENIED && used == asked && references_of(asked) == 1, "got %#x\n", status);

    /* design 4: who is no administrator after the filter is none */
    limits.flags = JOB_OBJECT_SECURITY_FILTER_TOKENS | JOB_OBJECT_SECURITY_NO_ADMIN;
    status = job_limit_impersonation(&limits, &used);
    ok(!status && used != asked && token_has_deny_only_sid(used, &sid_administrators.sid), "got %#x\n", status);
    token_release(used);
}

static void test_classes(void)
{
    JOBOBJECT_SECURITY_LIMIT_INFORMATION limits = {.SecurityLimitFlags = 0x10};
    HANDLE job = NULL;

    /* design 4 */
    ok(!NtCreateJobObject(&job, JOB_OBJECT_SET_SECURITY_ATTRIBUTES, NULL), "no job\n");
    ok(NtCreateJobObject(NULL, JOB_OBJECT_ALL_ACCESS, NULL) == STATUS_ACCESS_VIOLATION, "nowhere\n");
    ok(NtSetInformationJobObject(job, 0, &limits, sizeof(limits)) == STATUS_INVALID_INFO_CLASS, "class 0\n");
    ok(NtSetInformationJobObject(job, MaxJobObjectInfoClass, &limits, sizeof(limits)) == STATUS_INVALID_INFO_CLASS, "the last class\n");
    ok(NtSetInformationJobObject(job, JobObjectBasicLimitInformation, &limits, sizeof(limits)) == STATUS_NOT_SUPPORTED, "limits of time\n");
    ok(NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits) - 1) == STATUS_INFO_LENGTH_MISMATCH,
       "a short one\n");
    ok(NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, NULL, sizeof(limits)) == STATUS_ACCESS_VIOLATION, "NULL\n");
    ok(NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits)) == STATUS_INVALID_PARAMETER,
       "an unknown flag\n");
    NtClose(job);
    NtCreateJobObject(&job, JOB_OBJECT_ALL_ACCESS & ~JOB_OBJECT_SET_SECURITY_ATTRIBUTES, NULL);
    limits.SecurityLimitFlags = JOB_OBJECT_SECURITY_NO_ADMIN;
    ok(NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits)) == STATUS_ACCESS_DENIED,
       "without the right\n");
    NtClose(job);
}

/* ---- no memory ------------------------------------------------------------------------------------------------------------ */

static HANDLE limited_job; /* with a filter of Users */

static NTSTATUS make_and_insert(void)
{
    HANDLE handle = NULL;
    PVOID object;
    NTSTATUS status = create_job(&object);

    if (!status) status = ObInsertObject(object, NULL, JOB_OBJECT_ALL_ACCESS, 0, NULL, &handle);
    if (handle) NtClose(handle);
    return status;
}

static NTSTATUS set_filter(void)
{
    TOKEN_GROUPS users = {1, {{(PSID)&sid_users.sid, 0}}};
    TOKEN_PRIVILEGES backup = {1, {{{SE_BACKUP_PRIVILEGE, 0}, 0}}};
    JOBOBJECT_SECURITY_LIMIT_INFORMATION limits = {.SecurityLimitFlags = JOB_OBJECT_SECURITY_FILTER_TOKENS,
                                                   .SidsToDisable = &users,
                                                   .PrivilegesToDelete = &backup,
                                                   .RestrictedSids = &users};
    HANDLE job = NULL;
    PVOID object;
    NTSTATUS status = NtCreateJobObject(&job, JOB_OBJECT_ALL_ACCESS, NULL);

    if (status) return status;
    status = NtSetInformationJobObject(job, JobObjectSecurityLimitInformation, &limits, sizeof(limits));
    if (!ObReferenceObjectByHandle(job, 0, *PsJobType, KernelMode, &object, NULL))
    {
        ok(!job_limits_of(object) == !!status, "limits after %#x\n", status); /* design 4 */
        ObDereferenceObject(object);
    }
    if (!status && !limited_job)
        limited_job = job;
    else
        NtClose(job);
    return status;
}

static NTSTATUS impersonate_filtered(void)
{
    struct token *token, *asked;
    NTSTATUS status = process_token_create(&token);
    PVOID job;

    if (status) return status;
    asked = token;
    ObReferenceObjectByHandle(limited_job, 0, *PsJobType, KernelMode, &job, NULL);
    status = job_limit_impersonation(job_limits_of(job), &token);
    ok(status ? token == asked : token != asked, "got %#x, another token\n", status); /* design 4 */
    ObDereferenceObject(job);
    token_release(token);
    return status;
}

static NTSTATUS assign_security(void)
{
    UCHAR acl[64] __attribute__((aligned(8)));
    SECURITY_DESCRIPTOR descriptor;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    NTSTATUS status;
    PVOID object;

    if ((status = create_job(&object))) return status;
    make_descriptor(&descriptor, acl, &sid_everyone.sid, JOB_OBJECT_QUERY);
    SeCreateAccessState(&state, &aux, JOB_OBJECT_QUERY, NULL);
    state.SecurityDescriptor = &descriptor;
    status = ObAssignSecurity(&state, NULL, object, *PsJobType);
    if (!status) ObCheckCreateObjectAccess(object, JOB_OBJECT_QUERY, &state, NULL, FALSE, UserMode, &status);
    state.SecurityDescriptor = NULL;
    SeDeleteAccessState(&state);
    ObDereferenceObject(object);
    return status;
}

static NTSTATUS share(void)
{
    SECURITY_INFORMATION information = DACL_SECURITY_INFORMATION;
    GENERIC_MAPPING mapping = (*PsJobType)->mapping;
    UCHAR acl[64] __attribute__((aligned(8))), room[256] __attribute__((aligned(8)));
    PSECURITY_DESCRIPTOR shared, before;
    SECURITY_DESCRIPTOR descriptor;
    ULONG length = sizeof(room);
    NTSTATUS status;

    make_descriptor(&descriptor, acl, &sid_everyone.sid, 1);
    RtlSetOwnerSecurityDescriptor(&descriptor, (PSID)&sid_local_system.sid, FALSE);
    RtlAbsoluteToSelfRelativeSD(&descriptor, room, &length);
    if ((status = ObLogSecurityDescriptor(room, &shared, 1))) return status;
    before = shared;
    status = ObSetSecurityDescriptorInfo(NULL, &information, &descriptor, &shared, PagedPool, &mapping);
    ok(!status == (shared != before), "got %#x\n", status); /* design 4 */
    ObDereferenceSecurityDescriptor(shared, 1);
    return status;
}

static NTSTATUS image_name(void)
{
    UNICODE_STRING *name;
    NTSTATUS status = SeLocateProcessImageName(PsGetCurrentProcess(), &name);

    if (!status) ExFreePool(name);
    return status;
}

static NTSTATUS query_process(void)
{
    PROCESS_BASIC_INFORMATION basic;

    return NtQueryInformationProcess(NtCurrentProcess(), ProcessBasicInformation, &basic, sizeof(basic), NULL);
}

static const struct
{
    const char *name;
    NTSTATUS (*run)(void);
} operations[] = {
    {"an object and its handle", make_and_insert},
    {"limits of a job", set_filter},
    {"a filtered token", impersonate_filtered},
    {"an assigned descriptor", assign_security},
    {"shared descriptors", share},
    {"the image", image_name},
    {"a process's information", query_process},
};

static void test_no_memory(void)
{
    unsigned int i, nth, failed;
    NTSTATUS status;

    for (i = 0; i < ARRAYSIZE(operations); i++)
    {
        status = operations[i].run();
        ok(!status, "%s: got %#x\n", operations[i].name, status); /* design 4 */
        for (nth = 1, failed = 0, status = STATUS_NO_MEMORY; status && nth < MOST_ALLOCATIONS; nth++)
        {
            guise_fail_allocation(nth);
            status = operations[i].run();
            guise_fail_allocation(0);
            failed += status != STATUS_SUCCESS;
            /* design 4 */
            ok(!status || status == STATUS_NO_MEMORY || status == STATUS_INSUFFICIENT_RESOURCES, "%s, allocation %u: got %#x\n",
               operations[i].name, nth, status);
        }
        ok(!status && failed, "%s: %#x after %u failures\n", operations[i].name, status, failed); /* design 4 */
    }
    NtClose(limited_job);
    limited_job = NULL;
}

START_TEST(objects)
{
    test_create();
    test_insert();
    test_names();
    test_assign();
    test_assign_file();
    test_shared();
    test_limits();
    test_filter_and_limit();
    test_classes();
    test_no_memory();
}
