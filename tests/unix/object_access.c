/*
 * ObCheckObjectAccess: what an access state still wants is judged by the security that the object has now, be that its type's, one that
 * somebody has set, or a file's mode; what comes of it is in the state.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <fcntl.h>
#include <guise/file.h>
#include <stdlib.h>
#include <sys/stat.h>

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};

/* A state of ACCOUNT, or of the process for NULL. */
static bool begin(ACCESS_STATE *state, AUX_ACCESS_DATA *aux, const char *account, ACCESS_MASK wanted)
{
    PACCESS_TOKEN token = account ? account_token(account) : NULL;

    if (account && (!token || impersonate(token)))
    {
        ok(FALSE, "no %s\n", account); /* design 5.4 */
        return false;
    }
    SeCreateAccessState(state, aux, wanted, NULL);
    PsRevertToSelf();
    if (token) ObDereferenceObject(token);
    return true;
}

/* What comes of it, and that the state says so. */
static NTSTATUS check(PVOID object, const char *account, ACCESS_MASK wanted, KPROCESSOR_MODE mode, ACCESS_MASK *granted)
{
    NTSTATUS status = 0x5eed;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    BOOLEAN answer;

    if (!begin(&state, &aux, account, wanted)) return STATUS_UNSUCCESSFUL;
    answer = ObCheckObjectAccess(object, &state, FALSE, mode, &status);
    ok(answer == !status, "%d and %#x\n", answer, status); /* callers cite */
    if (answer)
        ok(!state.RemainingDesiredAccess, "%#x remains\n", state.RemainingDesiredAccess); /* callers cite */
    else
        ok(state.RemainingDesiredAccess == wanted && !state.PreviouslyGrantedAccess, "the state is not as before\n"); /* callers cite */
    *granted = state.PreviouslyGrantedAccess;
    SeDeleteAccessState(&state);
    return status;
}

static void test_file(void)
{
    const char *path = make_file("file", "text", ALICE, STAFF, 0640);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ACCESS_MASK granted;
    HANDLE handle;
    NTSTATUS status;
    PVOID object;

    ok(!GuiseCreateFileObject(fd, MAXIMUM_ALLOWED, &handle), "no object\n"); /* design 2 */
    ok(!ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, &object, NULL), "no object\n"); /* DDI ObReferenceObjectByHandle */

    /* DDI SeAccessCheck, path_resolution(7): the owner, a member of the group, somebody else */
    status = check(object, "alice", FILE_READ_DATA | FILE_WRITE_DATA, UserMode, &granted);
    ok(!status && granted == (FILE_READ_DATA | FILE_WRITE_DATA), "got %#x, %#x\n", status, granted);
    status = check(object, "carol", FILE_READ_DATA, UserMode, &granted);
    ok(!status && granted == FILE_READ_DATA, "got %#x, %#x\n", status, granted);
    status = check(object, "carol", FILE_WRITE_DATA, UserMode, &granted);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);
    status = check(object, "bob", FILE_READ_DATA, UserMode, &granted);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);

    /* DDI SeAccessCheck: it is asked anew each time */
    ok(!fchmod(fd, 0644), "it cannot be changed\n");
    status = check(object, "bob", FILE_READ_DATA, UserMode, &granted);
    ok(!status && granted == FILE_READ_DATA, "got %#x, %#x\n", status, granted);
    status = check(object, "bob", MAXIMUM_ALLOWED, UserMode, &granted);
    ok(!status && granted & FILE_READ_DATA && !(granted & (FILE_WRITE_DATA | MAXIMUM_ALLOWED)), "got %#x, %#x\n", status, granted);

    ObDereferenceObject(object);
    NtClose(handle);
    close(fd);
}

/* A token whose DACL says that everyone may query it. */
static PVOID open_to_query(HANDLE *handle)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    SECURITY_DESCRIPTOR descriptor;
    DWORD dacl[16];
    HANDLE process;
    NTSTATUS status;
    PVOID object = NULL;

    ok(!NtOpenProcessToken(NtCurrentProcess(), TOKEN_DUPLICATE, &process), "no token\n"); /* DDI ZwOpenProcessTokenEx */
    status = NtDuplicateToken(process, TOKEN_ALL_ACCESS, &attributes, FALSE, TokenImpersonation, handle);
    ok(!status, "got %#x\n", status); /* K1.18.1 */
    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)dacl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce((PACL)dacl, ACL_REVISION, TOKEN_QUERY, &everyone);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, (PACL)dacl, FALSE);
    status = NtSetSecurityObject(*handle, DACL_SECURITY_INFORMATION, &descriptor);
    ok(!status, "got %#x\n", status); /* DDI ZwSetSecurityObject */
    ok(!ObReferenceObjectByHandle(*handle, 0, *SeTokenObjectType, KernelMode, &object, NULL), "no object\n"); /* DDI ObReferenceObjectByHandle */
    NtClose(process);
    return object;
}

static void test_set_security(PVOID object)
{
    ACCESS_MASK granted;
    NTSTATUS status;

    /* DDI SeAccessCheck: by what was set, not by what tokens begin with */
    status = check(object, "alice", TOKEN_QUERY, UserMode, &granted);
    ok(!status && granted == TOKEN_QUERY, "got %#x, %#x\n", status, granted);
    status = check(object, "alice", TOKEN_QUERY | TOKEN_DUPLICATE, UserMode, &granted);
    ok(status == STATUS_ACCESS_DENIED, "got %#x\n", status);

    /* DDI SeAccessCheck: kernel mode is not asked */
    status = check(object, "alice", TOKEN_DUPLICATE, KernelMode, &granted);
    ok(!status && granted == TOKEN_DUPLICATE, "got %#x, %#x\n", status, granted);

    /* K3.1.1, K3.1.4: the status is the check's own */
    status = check(object, "alice", ACCESS_SYSTEM_SECURITY, UserMode, &granted);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
}

/* The privileges that helped are the state's (K3.1.2, K3.5.3). */
static void test_privileges(PVOID object)
{
    NTSTATUS status = 0x5eed;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;

    begin(&state, &aux, NULL, ACCESS_SYSTEM_SECURITY | TOKEN_QUERY);
    ok(ObCheckObjectAccess(object, &state, FALSE, UserMode, &status), "got %#x\n", status); /* K3.1.1 */
    ok(aux.PrivilegesUsed->PrivilegeCount == 1 && aux.PrivilegesUsed->Privilege[0].Luid.LowPart == SE_SECURITY_PRIVILEGE,
       "%u privileges\n", aux.PrivilegesUsed->PrivilegeCount); /* K3.1.2 */
    ok(state.PreviouslyGrantedAccess == (ACCESS_SYSTEM_SECURITY | TOKEN_QUERY), "got %#x\n", state.PreviouslyGrantedAccess); /* K3.1.2 */

    /* DDI SeAccessCheck: what was granted before is not asked about again */
    state.RemainingDesiredAccess = TOKEN_QUERY | ACCESS_SYSTEM_SECURITY;
    ok(ObCheckObjectAccess(object, &state, FALSE, UserMode, &status) && aux.PrivilegesUsed->PrivilegeCount == 1, "got %#x, %u privileges\n",
       status, aux.PrivilegesUsed->PrivilegeCount);
    SeDeleteAccessState(&state);
}

static void test_level(PVOID object)
{
    NTSTATUS status = 0;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;

    if (!begin(&state, &aux, "alice", TOKEN_QUERY)) return;
    state.SubjectSecurityContext.ImpersonationLevel = SecurityIdentification;
    ok(!ObCheckObjectAccess(object, &state, FALSE, UserMode, &status) && status == STATUS_BAD_IMPERSONATION_LEVEL, "got %#x\n",
       status); /* win32 SecAuthZ/impersonation-levels */
    ok(state.RemainingDesiredAccess == TOKEN_QUERY && !state.PreviouslyGrantedAccess, "the state is not as before\n"); /* K3.1.4 */
    SeDeleteAccessState(&state);
}

START_TEST(object_access)
{
    HANDLE handle = NULL;
    PVOID object;

    if (!have_sandbox()) return;
    test_file();
    object = open_to_query(&handle);
    test_set_security(object);
    test_privileges(object);
    test_level(object);
    ObDereferenceObject(object);
    NtClose(handle);
}
