/*
 * What audit events say, which accesses are events, and whose SeAuditPrivilege counts. Where they go: audit_sink.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "audit_log.h"

#include <string.h>
#include <sys/stat.h>

#define READ  0x1
#define WRITE 0x2

static GENERIC_MAPPING mapping = {READ, WRITE, READ_CONTROL, STANDARD_RIGHTS_REQUIRED | READ | WRITE};
static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}}, nobody = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 99}}, {1}};

/* ---- what is audited --------------------------------------------------------------------------------------------------- */

static UNICODE_STRING text_of(const char *text, WCHAR *room)
{
    size_t i, length = strlen(text);

    for (i = 0; i < length; i++) room[i] = (unsigned char)text[i];
    return (UNICODE_STRING){.Length = (USHORT)(2 * length), .MaximumLength = (USHORT)(2 * length), .Buffer = room};
}

/* Everyone may read; reading and being refused to write are told. */
static SECURITY_DESCRIPTOR *audited(void)
{
    static SECURITY_DESCRIPTOR descriptor;
    static DWORD dacl[64], sacl[64];

    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)dacl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce((PACL)dacl, ACL_REVISION, READ, &everyone);
    RtlCreateAcl((PACL)sacl, sizeof(sacl), ACL_REVISION);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, READ, &everyone, TRUE, FALSE);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, WRITE, &everyone, FALSE, TRUE);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, READ | WRITE, &nobody, TRUE, TRUE);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, (PACL)dacl, FALSE);
    RtlSetSaclSecurityDescriptor(&descriptor, TRUE, (PACL)sacl, FALSE);
    RtlSetOwnerSecurityDescriptor(&descriptor, &nobody, FALSE);
    RtlSetGroupSecurityDescriptor(&descriptor, &nobody, FALSE);
    return &descriptor;
}

/* The decision, or what was returned; *ON_CLOSE is 2 where nothing was written. */
static NTSTATUS check_named(const char *name, ACCESS_MASK desired, BOOLEAN *on_close)
{
    WCHAR rooms[3][64];
    UNICODE_STRING subsystem = text_of("Server", rooms[0]), type = text_of("Thing", rooms[1]), object = text_of(name, rooms[2]);
    ACCESS_MASK granted;
    NTSTATUS returned, decision = 0x5eed;

    *on_close = 2;
    returned = NtAccessCheckAndAuditAlarm(&subsystem, (PVOID)0x44, &type, &object, audited(), desired, &mapping, FALSE, &granted, &decision,
                                          on_close);
    return returned ? returned : decision;
}

/* ---- a file -------------------------------------------------------------------------------------------------------------- */

/* As alice, who may not write there. */
static void events_of_all_kinds(void)
{
    WCHAR rooms[4][64];
    UNICODE_STRING server = text_of("Server", rooms[0]), name = text_of("a\"b\nevent=forged", rooms[1]);
    UNICODE_STRING link = text_of("link", rooms[2]), service = text_of("Backup", rooms[3]);
    PACCESS_TOKEN alice;
    PRIVILEGE_SET set = {1, 0, {{{SE_BACKUP_PRIVILEGE, 0}, 0}}};
    SE_ADT_PARAMETER_ARRAY array = {.CategoryId = 3, .AuditId = 4711};
    SECURITY_SUBJECT_CONTEXT subject;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    HANDLE handle;
    BOOLEAN on_close;
    ULONG number = 42;

    use_file();
    alice = account_token("alice");
    ok(!guise_open_token(alice, TOKEN_ALL_ACCESS, &handle), "no handle\n"); /* design 5.10 */
    ok(!impersonate(alice), "alice is refused\n"); /* design 5.4 */

    /* K3.7.1, K3.4.2: what the SACL asks for, and the rest is not told */
    ok(!check_named("one", READ, &on_close) && on_close == TRUE, "got %d\n", on_close);
    ok(check_named("two", READ | WRITE, &on_close) == STATUS_ACCESS_DENIED && on_close == FALSE, "got %d\n", on_close);
    ok(check_named("not told", READ_CONTROL, &on_close) == STATUS_ACCESS_DENIED && on_close == FALSE, "got %d\n", on_close);
    ok(!NtOpenObjectAuditAlarm(&server, (PVOID)0x45, &server, &name, audited(), handle, READ, READ, &set, TRUE, TRUE, &on_close),
       "refused\n");
    ok(on_close == TRUE, "got %d\n", on_close);
    ok(!NtCloseObjectAuditAlarm(&server, (PVOID)0x46, TRUE), "refused\n");
    ok(!NtCloseObjectAuditAlarm(&server, (PVOID)0x47, FALSE), "refused\n");
    ok(!NtDeleteObjectAuditAlarm(&server, (PVOID)0x48, TRUE), "refused\n");
    ok(!NtPrivilegeObjectAuditAlarm(&server, (PVOID)0x49, handle, READ, &set, FALSE), "refused\n");
    ok(!NtPrivilegedServiceAuditAlarm(&server, &service, handle, &set, TRUE), "refused\n");
    use_debug_privilege();

    /* K3.7.1: of drivers */
    ok(SeAuditingFileEvents(TRUE, NULL) && SeAuditingHardLinkEvents(FALSE, NULL), "no sink\n");
    SeCaptureSubjectContext(&subject);
    ok(SeAuditingFileEventsWithContext(TRUE, NULL, &subject) && SeAuditingFileOrGlobalEvents(TRUE, NULL, &subject) &&
           SeAuditingHardLinkEventsWithContext(TRUE, NULL, &subject),
       "no sink\n");
    SePrivilegeObjectAuditAlarm((HANDLE)0x50, &subject, READ, &set, TRUE, UserMode);
    SePrivilegeObjectAuditAlarm((HANDLE)0x51, &subject, READ, &set, TRUE, KernelMode);
    SeReleaseSubjectContext(&subject);
    SeAuditHardLinkCreation(&server, &link, TRUE);
    SeDeleteObjectAuditAlarm(NULL, (HANDLE)0x52);
    SeCloseObjectAuditAlarm(NULL, (HANDLE)0x53, TRUE);
    SeCloseObjectAuditAlarm(NULL, (HANDLE)0x54, FALSE);
    SeCreateAccessState(&state, &aux, READ, &mapping);
    state.PreviouslyGrantedAccess = READ;
    SeLockSubjectContext(&state.SubjectSecurityContext);
    SeOpenObjectAuditAlarm(&server, NULL, &link, audited(), &state, FALSE, TRUE, UserMode, &on_close);
    ok(on_close == TRUE, "got %d\n", on_close);
    SeOpenObjectForDeleteAuditAlarm(&server, NULL, &link, audited(), &state, FALSE, TRUE, UserMode, &on_close);
    ok(on_close == TRUE, "got %d\n", on_close);
    SeOpenObjectForDeleteAuditAlarm(&server, NULL, &service, audited(), &state, FALSE, TRUE, KernelMode, &on_close);
    ok(on_close == FALSE, "got %d\n", on_close);
    SeUnlockSubjectContext(&state.SubjectSecurityContext);
    SeDeleteAccessState(&state);

    /* header wdm.h */
    ok(!SeSetAuditParameter(&array, SeAdtParmTypeString, 0, &name) && !SeSetAuditParameter(&array, SeAdtParmTypeUlong, 1, &number) &&
           !SeSetAuditParameter(&array, SeAdtParmTypeSid, 2, &everyone) && array.ParameterCount == 3,
       "%u parameters\n", array.ParameterCount);
    ok(SeSetAuditParameter(&array, SeAdtParmTypeSid, SE_MAX_AUDIT_PARAMETERS, &everyone) == STATUS_INVALID_PARAMETER, "it fits\n");
    ok(SeSetAuditParameter(&array, SeAdtParmTypeClaims, 3, &everyone) == STATUS_INVALID_PARAMETER && array.ParameterCount == 3, "it fits\n");
    ok(!SeReportSecurityEvent(0, &server, NULL, &array), "refused\n");
    array.ParameterCount = SE_MAX_AUDIT_PARAMETERS + 1;
    ok(SeReportSecurityEvent(0, &server, NULL, &array) == STATUS_INVALID_PARAMETER, "reported\n");
    PsRevertToSelf();
    NtClose(handle);
    ObDereferenceObject(alice);
}

static void test_file(void)
{
    const char *text;
    struct stat st;

    ok(run_and_exit(events_of_all_kinds), "the child failed\n"); /* design 5.10 */
    text = read_file(log_path());

    /* design 5.10: as the process, whoever the thread was */
    ok(!stat(log_path(), &st) && st.st_uid == 0 && (st.st_mode & 07777) == 0600, "uid %u, mode %o\n", st.st_uid, st.st_mode);

    /* K3.7.1: each of them once */
    ok(HAS(text, "guise-audit: time=", "event=access result=success", "client=S-1-22-1-70001 process=S-1-5-18",
           "desired=0x1 granted=0x1", "handle=0x44 subsystem=\"Server\" type=\"Thing\" object=\"one\""),
       "got %s\n", text);
    ok(HAS(text, "event=access result=failure", "desired=0x3 granted=0", "object=\"two\""), "got %s\n", text);
    ok(!strstr(text, "not told"), "got %s\n", text);
    ok(HAS(text, "event=open result=success", "privileges=17 created=yes handle=0x45", "object=\"a\\u0022b\\u000aevent=forged\""),
       "got %s\n", text);
    ok(HAS(text, "event=close", "handle=0x46") && !strstr(text, "0x47"), "got %s\n", text);
    ok(HAS(text, "event=delete", "handle=0x48"), "got %s\n", text);
    ok(HAS(text, "event=privilege result=failure", "privileges=17", "handle=0x49"), "got %s\n", text);
    ok(HAS(text, "event=privilege result=success", "privileges=17", "service=\"Backup\""), "got %s\n", text);
    ok(HAS(text, "event=privilege result=failure", "client=S-1-22-1-70001", "privileges=20"), "got %s\n", text);
    ok(HAS(text, "event=privilege result=success", "handle=0x50") && !strstr(text, "0x51"), "got %s\n", text);
    ok(HAS(text, "event=link", "object=\"Server\" link=\"link\""), "got %s\n", text);
    ok(HAS(text, "event=delete", "handle=0x52"), "got %s\n", text);
    ok(HAS(text, "event=close", "handle=0x53") && !strstr(text, "0x54"), "got %s\n", text);
    ok(HAS(text, "event=open ", "type=\"Server\" object=\"link\"") && HAS(text, "event=open-for-delete", "object=\"link\""), "got %s\n",
       text);
    ok(HAS(text, "event=report", "source=\"Server\"", "category=3 id=4711", "p1=42 p2=S-1-1-0"), "got %s\n", text);
    ok(count_of(text, "guise-audit:") == count_of(text, "\n") && count_of(text, "\n") == 15, "%zu lines: %s\n", count_of(text, "\n"), text);
}

/* Objects with a SACL of their own. */
static void open_with_sacl(void)
{
    DWORD sacl[32];
    SECURITY_DESCRIPTOR descriptor;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    HANDLE token, copy = NULL;
    NTSTATUS status;
    PVOID object;

    use_file();
    ok(!NtOpenProcessToken(NtCurrentProcess(), TOKEN_ALL_ACCESS | ACCESS_SYSTEM_SECURITY, &token), "no token\n"); /* K3.1.1 */
    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)sacl, sizeof(sacl), ACL_REVISION);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, TOKEN_DUPLICATE, &everyone, TRUE, TRUE);
    RtlSetSaclSecurityDescriptor(&descriptor, TRUE, (PACL)sacl, FALSE);
    status = NtSetSecurityObject(token, SACL_SECURITY_INFORMATION, &descriptor);
    ok(!status, "got %#x\n", status); /* DDI ZwSetSecurityObject */
    ok(!ObReferenceObjectByHandle(token, 0, NULL, KernelMode, &object, NULL), "no object\n"); /* DDI ObReferenceObjectByHandle */

    /* K3.7.1 */
    ok(!ObOpenObjectByPointer(object, 0, NULL, TOKEN_DUPLICATE, *SeTokenObjectType, UserMode, &copy), "refused\n");
    NtClose(copy);
    ok(!ObOpenObjectByPointer(object, 0, NULL, TOKEN_QUERY_SOURCE, *SeTokenObjectType, UserMode, &copy), "refused\n");
    NtClose(copy);
    SeCreateAccessState(&state, &aux, TOKEN_DUPLICATE | TOKEN_ADJUST_SESSIONID, NULL);
    ok(ObCheckObjectAccess(object, &state, FALSE, UserMode, &status) && state.GenerateOnClose, "got %#x\n", status);
    SeDeleteAccessState(&state);
    ObDereferenceObject(object);
    NtClose(token);
}

static void test_objects(void)
{
    const char *text;

    unlink(log_path());
    ok(run_and_exit(open_with_sacl), "the child failed\n"); /* K3.7.1 */
    text = read_file(log_path());
    ok(HAS(text, "event=open result=success", "desired=0x2 granted=0x2", "type=\"Token\""), "got %s\n", text); /* K3.7.1 */
    ok(HAS(text, "event=open result=success", "desired=0x102 granted=0x102"), "got %s\n", text); /* K3.7.1 */
    ok(count_of(text, "\n") == 2, "got %s\n", text); /* K3.7.1 */
}

/* ---- whose privilege ---------------------------------------------------------------------------------------------------------- */

/* The client has the privilege, and the process, which lacks CAP_AUDIT_WRITE, has not. */
static void client_has_it(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityIdentification, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    TOKEN_PRIVILEGES privileges = {1, {{{SE_AUDIT_PRIVILEGE, 0}, SE_PRIVILEGE_ENABLED}}};
    TOKEN_GROUPS groups = {1, {{&everyone, SE_GROUP_MANDATORY | SE_GROUP_ENABLED}}};
    TOKEN_SOURCE source = {.SourceName = "Test"};
    LARGE_INTEGER never = {.QuadPart = -1};
    PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{{SE_AUDIT_PRIVILEGE, 0}, 0}}};
    PVOID client = NULL;
    BOOLEAN on_close, held = FALSE;
    NTSTATUS status;
    HANDLE token;

    use_sink("sink = none");
    status = NtCreateToken(&token, TOKEN_ALL_ACCESS, &attributes, TokenImpersonation, &(LUID){0x3e7, 0}, &never, &(TOKEN_USER){{&nobody, 0}},
                           &groups, &privileges, NULL, &(TOKEN_PRIMARY_GROUP){&everyone}, NULL, &source);
    ok(!status, "got %#x\n", status); /* DDI ZwCreateToken */
    ok(!NtPrivilegeCheck(token, &set, &held) && held, "the client has it not\n"); /* K3.5.1 */
    ok(!ObReferenceObjectByHandle(token, 0, *SeTokenObjectType, KernelMode, &client, NULL), "no token\n"); /* DDI ObReferenceObjectByHandle */
    ok(!impersonate_at(client, SecurityIdentification), "refused\n"); /* design 5.6 */
    status = check_named("one", READ, &on_close);
    ok(status == STATUS_PRIVILEGE_NOT_HELD && on_close == 2, "got %#x\n", status); /* K0.3.4, K3.4.2 */
    PsRevertToSelf();
    ObDereferenceObject(client);
    NtClose(token);
}

START_TEST(audit)
{
    static const char *const without[] = {"setpriv", "--bounding-set=-audit_write", NULL};

    if (role())
    {
        client_has_it();
        return;
    }
    if (!have_sandbox()) return;
    test_file();
    test_objects();
    run_role(without, "audit", "client");
}
