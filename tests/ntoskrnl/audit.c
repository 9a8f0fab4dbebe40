/*
 * The routines that write audit events: who may call them, and what they decide. Where the events go is Unix's business
 * (tests/unix/audit_sink.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"
#include "client_token.h"
#include "descriptor.h"

#define READ  0x1
#define WRITE 0x2
#define ALL   (STANDARD_RIGHTS_REQUIRED | READ | WRITE)

static GENERIC_MAPPING mapping = {READ, WRITE, READ_CONTROL, ALL};
static WCHAR letters[] = {'T', 'e', 's', 't'};
static UNICODE_STRING text = {sizeof(letters), sizeof(letters), letters};
static PVOID object_handle = (PVOID)(ULONG_PTR)0x1234;

struct answer
{
    NTSTATUS returned, decision;
    ACCESS_MASK granted;
    BOOLEAN on_close;
};

static const struct answer unanswered = {0, 0x5eed, 0x5eed, 2};

static struct answer check(PVOID descriptor, ACCESS_MASK desired)
{
    struct answer answer = unanswered;

    answer.returned = NtAccessCheckAndAuditAlarm(&text, object_handle, &text, &text, descriptor, desired, &mapping, FALSE,
                                                 &answer.granted, &answer.decision, &answer.on_close);
    return answer;
}

static struct answer check_by_type(PVOID descriptor, AUDIT_EVENT_TYPE type, ULONG flags)
{
    struct answer answer = unanswered;

    answer.returned =
        NtAccessCheckByTypeAndAuditAlarm(&text, object_handle, &text, &text, descriptor, NULL, READ, type, flags, NULL, 0,
                                         &mapping, FALSE, &answer.granted, &answer.decision, &answer.on_close);
    return answer;
}

static GUID object_type = {.Data1 = 1}, property_a = {.Data1 = 2}, property_b = {.Data1 = 3};
static OBJECT_TYPE_LIST tree[] = {{0, 0, &object_type}, {1, 0, &property_a}, {1, 0, &property_b}};

enum
{
    NODES = sizeof(tree) / sizeof(tree[0])
};

struct answers
{
    NTSTATUS returned, decisions[NODES];
    ACCESS_MASK granted[NODES];
    BOOLEAN on_close;
};

static struct answers check_list(PVOID descriptor, ULONG count)
{
    struct answers answers = {.on_close = 2};

    answers.returned = NtAccessCheckByTypeResultListAndAuditAlarm(
        &text, object_handle, &text, &text, descriptor, NULL, READ, AuditEventObjectAccess, 0, tree, count, &mapping, FALSE,
        answers.granted, answers.decisions, &answers.on_close);
    return answers;
}

static struct answers check_list_by_handle(PVOID descriptor, HANDLE token)
{
    struct answers answers = {.on_close = 2};

    answers.returned = NtAccessCheckByTypeResultListAndAuditAlarmByHandle(
        &text, object_handle, token, &text, &text, descriptor, NULL, READ, AuditEventObjectAccess, 0, tree, NODES, &mapping,
        FALSE, answers.granted, answers.decisions, &answers.on_close);
    return answers;
}

/* Readable by everybody, of one object's two properties only the first. */
static struct descriptor readable(BOOL first_property_alone)
{
    struct descriptor descriptor;

    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    if (first_property_alone)
        descriptor_ace(&descriptor, ACCESS_ALLOWED_OBJECT_ACE_TYPE, 0, READ, &test_everyone, &property_a, NULL, 0);
    else
        descriptor_allow(&descriptor, READ, &test_everyone);
    return descriptor;
}

/* Whether all that need it answer that the privilege is missing. */
static void test_missing(PACCESS_TOKEN client)
{
    struct descriptor descriptor = readable(FALSE);
    HANDLE token = token_handle(client);
    PRIVILEGE_SET set = {1, 0, {{{SE_DEBUG_PRIVILEGE, 0}, 0}}};
    BOOLEAN on_close = 2;
    struct answer answer;
    NTSTATUS status;

    /* K3.4.2 */
    answer = check(&descriptor, READ);
    ok(answer.returned == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", answer.returned);
    answer = check_by_type(&descriptor, AuditEventObjectAccess, 0);
    ok(answer.returned == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", answer.returned);
    ok(check_list(&descriptor, NODES).returned == STATUS_PRIVILEGE_NOT_HELD, "got another status\n");
    ok(check_list_by_handle(&descriptor, token).returned == STATUS_PRIVILEGE_NOT_HELD, "got another status\n");

    /* sdk AccessCheckByTypeAndAuditAlarm: it can be done without */
    answer = check_by_type(&descriptor, AuditEventObjectAccess, AUDIT_ALLOW_NO_PRIVILEGE);
    ok(!answer.returned && !answer.decision && answer.granted == READ, "got %#x, %#x, %#x\n", answer.returned,
       answer.decision, answer.granted);

    /* sdk ObjectOpenAuditAlarm */
    status = NtOpenObjectAuditAlarm(&text, object_handle, &text, &text, &descriptor, token, READ, READ, NULL, FALSE, TRUE,
                                    &on_close);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    /* sdk ObjectCloseAuditAlarm */
    status = NtCloseObjectAuditAlarm(&text, object_handle, TRUE);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    /* sdk ObjectDeleteAuditAlarm */
    status = NtDeleteObjectAuditAlarm(&text, object_handle, TRUE);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    /* sdk ObjectPrivilegeAuditAlarm */
    status = NtPrivilegeObjectAuditAlarm(&text, object_handle, token, READ, &set, TRUE);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    /* sdk PrivilegedServiceAuditAlarm */
    status = NtPrivilegedServiceAuditAlarm(&text, &text, token, &set, TRUE);
    ok(status == STATUS_PRIVILEGE_NOT_HELD, "got %#x\n", status);
    NtClose(token);
}

static void test_decisions(PACCESS_TOKEN client)
{
    struct descriptor descriptor = readable(FALSE), object = readable(TRUE);
    HANDLE token = token_handle(client), primary;
    struct answers answers;
    struct answer answer;
    int i;

    /* sdk AccessCheckAndAuditAlarm */
    answer = check(&descriptor, READ);
    ok(!answer.returned && !answer.decision && answer.granted == READ, "got %#x, %#x, %#x\n", answer.returned,
       answer.decision, answer.granted);
    ok(!answer.on_close, "no SACL, and an event\n");
    answer = check(&descriptor, READ | WRITE);
    ok(!answer.returned && answer.decision == STATUS_ACCESS_DENIED && !answer.granted, "got %#x, %#x, %#x\n",
       answer.returned, answer.decision, answer.granted);
    answer = check(&descriptor, MAXIMUM_ALLOWED);
    ok(!answer.returned && !answer.decision && answer.granted == READ, "got %#x, %#x, %#x\n", answer.returned,
       answer.decision, answer.granted);
    answer = check_by_type(&descriptor, AuditEventDirectoryServiceAccess, 0);
    ok(!answer.returned && !answer.decision && answer.granted == READ, "got %#x, %#x, %#x\n", answer.returned,
       answer.decision, answer.granted);

    /* K3.4.1: as with NtAccessCheck */
    answer = check(&descriptor, GENERIC_READ);
    ok(answer.returned == STATUS_GENERIC_NOT_MAPPED, "got %#x\n", answer.returned);
    descriptor.header.Group = 0;
    answer = check(&descriptor, READ);
    ok(answer.returned == STATUS_INVALID_SECURITY_DESCR, "got %#x\n", answer.returned);

    /* sdk AccessCheckByTypeResultListAndAuditAlarm: each node has its own */
    answers = check_list(&object, NODES);
    ok(!answers.returned, "got %#x\n", answers.returned);
    for (i = 0; i < NODES; i++)
        ok(answers.decisions[i] == (i == 1 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED) && answers.granted[i] == (i == 1),
           "node %d: got %#x, %#x\n", i, answers.decisions[i], answers.granted[i]);
    answers = check_list(&object, 0);
    ok(answers.returned == STATUS_INVALID_PARAMETER, "got %#x\n", answers.returned);

    /* sdk AccessCheckByTypeResultListAndAuditAlarmByHandle */
    answers = check_list_by_handle(&object, token);
    ok(!answers.returned && answers.decisions[0] == STATUS_ACCESS_DENIED && !answers.decisions[1], "got %#x, %#x, %#x\n",
       answers.returned, answers.decisions[0], answers.decisions[1]);
    primary = process_token_handle(TOKEN_QUERY);
    answers = check_list_by_handle(&object, primary);
    ok(answers.returned == STATUS_NO_IMPERSONATION_TOKEN, "got %#x\n", answers.returned); /* K3.4.1 */
    NtClose(primary);
    answers = check_list_by_handle(&object, NULL);
    ok(answers.returned == STATUS_INVALID_HANDLE, "got %#x\n", answers.returned);
    NtClose(token);
}

static void test_openings(PACCESS_TOKEN client)
{
    struct descriptor descriptor = readable(FALSE);
    HANDLE token = token_handle(client);
    PRIVILEGE_SET set = {1, 0, {{{SE_DEBUG_PRIVILEGE, 0}, 0}}};
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    BOOLEAN on_close = 2;
    NTSTATUS status;

    /* sdk ObjectOpenAuditAlarm */
    status = NtOpenObjectAuditAlarm(&text, object_handle, &text, &text, &descriptor, token, READ, READ, &set, TRUE, TRUE,
                                    &on_close);
    ok(!status && !on_close, "got %#x, %d\n", status, on_close);
    status = NtOpenObjectAuditAlarm(&text, object_handle, &text, &text, &descriptor, NULL, READ, READ, NULL, FALSE, FALSE,
                                    &on_close);
    ok(status == STATUS_INVALID_HANDLE, "got %#x\n", status);
    /* sdk ObjectCloseAuditAlarm */
    status = NtCloseObjectAuditAlarm(&text, object_handle, TRUE);
    ok(!status, "got %#x\n", status);
    /* sdk ObjectDeleteAuditAlarm */
    status = NtDeleteObjectAuditAlarm(&text, object_handle, TRUE);
    ok(!status, "got %#x\n", status);
    /* sdk ObjectPrivilegeAuditAlarm */
    status = NtPrivilegeObjectAuditAlarm(&text, object_handle, token, READ, &set, FALSE);
    ok(!status, "got %#x\n", status);
    /* sdk PrivilegedServiceAuditAlarm */
    status = NtPrivilegedServiceAuditAlarm(&text, &text, token, &set, TRUE);
    ok(!status, "got %#x\n", status);
    NtClose(token);

    SeCreateAccessState(&state, &aux, READ, &mapping);
    SeLockSubjectContext(&state.SubjectSecurityContext);
    /* K3.7.1: nothing for kernel mode, and so nothing at the end */
    on_close = FALSE;
    SeOpenObjectAuditAlarm(&text, NULL, &text, &descriptor, &state, FALSE, TRUE, KernelMode, &on_close);
    ok(!on_close, "an event for kernel mode\n");
    SeOpenObjectForDeleteAuditAlarm(&text, NULL, &text, &descriptor, &state, FALSE, TRUE, KernelMode, &on_close);
    ok(!on_close, "an event for kernel mode\n");
    /* DDI SeOpenObjectAuditAlarm: nobody asked for it */
    SeOpenObjectAuditAlarm(&text, NULL, &text, &descriptor, &state, FALSE, TRUE, UserMode, &on_close);
    ok(!on_close, "an event without a SACL\n");
    SeUnlockSubjectContext(&state.SubjectSecurityContext);
    SeDeleteAccessState(&state);
}

/* Switches SeAuditPrivilege of a token; FALSE: it has none. */
static BOOL set_audit(HANDLE token, BOOL on)
{
    TOKEN_PRIVILEGES change = {1, {{{SE_AUDIT_PRIVILEGE, 0}, on ? SE_PRIVILEGE_ENABLED : 0}}};

    return NtAdjustPrivilegesToken(token, FALSE, &change, 0, NULL, NULL) == STATUS_SUCCESS;
}

static void test_whose(HANDLE process, PACCESS_TOKEN client)
{
    struct descriptor descriptor = readable(FALSE);
    HANDLE token = token_handle(client);
    struct answer answer;

    /* sdk AccessCheckAndAuditAlarm: there must be a client */
    answer = check(&descriptor, READ);
    ok(answer.returned < 0, "got %#x\n", answer.returned);

    /* K0.3.4: the process has it, the client has not */
    ok(set_audit(token, FALSE), "no such privilege\n");
    ok(!PsImpersonateClient(PsGetCurrentThread(), client, FALSE, FALSE, SecurityImpersonation), "refused\n");
    test_decisions(client);
    test_openings(client);

    PsRevertToSelf();

    /* K0.3.4: the client has it, the process has not */
    ok(set_audit(token, TRUE), "no such privilege\n");
    if (!set_audit(process, FALSE))
        skip("what the process may do cannot be changed\n");
    else
    {
        ok(!PsImpersonateClient(PsGetCurrentThread(), client, FALSE, FALSE, SecurityImpersonation), "refused\n");
        test_missing(client);
        PsRevertToSelf();
        ok(set_audit(process, TRUE), "no such privilege\n");
    }
    NtClose(token);
}

START_TEST(audit)
{
    HANDLE process = process_token_handle(TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES);
    PACCESS_TOKEN client = self_token(SecurityImpersonation);

    if (child_argument())
    {
        ok(!PsImpersonateClient(PsGetCurrentThread(), client, FALSE, FALSE, SecurityImpersonation), "refused\n"); /* K1.1.1 */
        test_missing(client);
        PsRevertToSelf();
    }
    else if (set_audit(process, TRUE))
        test_whose(process, client);
    else
        win_skip("the process has no SeAuditPrivilege\n");
    if (!child_argument() && !run_without_privileges("audit")) win_skip("no process without privileges\n");
    ObDereferenceObject(client);
    NtClose(process);
}
