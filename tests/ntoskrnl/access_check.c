/*
 * SeAccessCheck and its forms.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "wine/test.h"
#include "client_token.h"
#include "descriptor.h"

#define READ  0x1
#define WRITE 0x2
#define RUN   0x4
#define ALL   (STANDARD_RIGHTS_REQUIRED | READ | WRITE | RUN)

static GENERIC_MAPPING mapping = {READ | READ_CONTROL, WRITE, RUN, ALL};

struct answer
{
    BOOLEAN granted;
    ACCESS_MASK access;
    NTSTATUS status;
    ULONG used[4], used_count; /* privileges */
};

static struct answer ask(SECURITY_SUBJECT_CONTEXT *subject, PVOID descriptor, ACCESS_MASK desired, ACCESS_MASK previous)
{
    struct answer answer = {.access = 0xdeadbeef, .status = 0xdeadbeef};
    PPRIVILEGE_SET used = (PVOID)0xdeadbeef;
    ULONG i;

    answer.granted = SeAccessCheck(descriptor, subject, FALSE, desired, previous, &used, &mapping, UserMode,
                                   &answer.access, &answer.status);
    for (i = 0; used && i < used->PrivilegeCount && i < 4; i++)
    {
        /* K3.1.2 */
        ok(used->Privilege[i].Attributes & SE_PRIVILEGE_USED_FOR_ACCESS, "got %#x\n", used->Privilege[i].Attributes);
        answer.used[i] = used->Privilege[i].Luid.LowPart;
        answer.used_count++;
    }
    if (used) SeFreePrivileges(used);
    return answer;
}

/* The subject that TOKEN is as a client. */
static SECURITY_SUBJECT_CONTEXT client_of(PACCESS_TOKEN token, SECURITY_IMPERSONATION_LEVEL level)
{
    SECURITY_SUBJECT_CONTEXT subject;

    SeCaptureSubjectContextEx(NULL, PsGetCurrentProcess(), &subject);
    ObReferenceObject(token);
    subject.ClientToken = token;
    subject.ImpersonationLevel = level;
    return subject;
}

#define ok_answer(given, wanted_status, wanted_access) \
    do \
    { \
        struct answer a_ = (given); \
        NTSTATUS status_ = (wanted_status); \
        ACCESS_MASK access_ = (wanted_access); \
        ok(a_.status == status_ && !a_.granted == !!status_ && a_.access == access_, /* callers cite */ \
           "got %d, status %#x, access %#x for %#x, %#x\n", a_.granted, a_.status, a_.access, status_, access_); \
    } while (0)

static void test_kernel_mode(void)
{
    struct answer answer = {0};
    PPRIVILEGE_SET used = (PVOID)0xdeadbeef;

    /* DDI SeAccessCheck: kernel mode is granted everything, without a descriptor */
    answer.granted = SeAccessCheck(NULL, NULL, FALSE, READ | WRITE, RUN, &used, &mapping, KernelMode, &answer.access,
                                   &answer.status);
    ok(answer.granted && answer.access == (READ | WRITE | RUN), "got %d, %#x\n", answer.granted, answer.access);
    ok(!used, "got %p\n", used); /* K3.1.2 */
    answer.granted = SeAccessCheck(NULL, NULL, FALSE, MAXIMUM_ALLOWED, 0, NULL, &mapping, KernelMode, &answer.access,
                                   &answer.status);
    ok(answer.granted && answer.access == ALL, "got %d, %#x\n", answer.granted, answer.access); /* DDI SeAccessCheck */
}

static void test_dacl(SECURITY_SUBJECT_CONTEXT *subject, const struct test_sid *user)
{
    struct descriptor descriptor;

    /* K3.1.3: no DACL */
    descriptor_init(&descriptor, &test_nobody);
    ok_answer(ask(subject, &descriptor, READ | WRITE_DAC, 0), STATUS_SUCCESS, READ | WRITE_DAC);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, ALL);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED | SYNCHRONIZE, 0), STATUS_SUCCESS, ALL | SYNCHRONIZE);
    descriptor_null_dacl(&descriptor);
    ok_answer(ask(subject, &descriptor, READ, 0), STATUS_SUCCESS, READ);

    /* MS-DTYP 2.5.3.2: an empty one grants nothing but to the owner */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    ok_answer(ask(subject, &descriptor, READ, 0), STATUS_ACCESS_DENIED, 0);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_ACCESS_DENIED, 0);
    descriptor_init(&descriptor, user);
    descriptor_dacl(&descriptor);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, READ_CONTROL | WRITE_DAC);
    ok_answer(ask(subject, &descriptor, WRITE_DAC, 0), STATUS_SUCCESS, WRITE_DAC);
    ok_answer(ask(subject, &descriptor, WRITE_DAC | READ, 0), STATUS_ACCESS_DENIED, 0);

    /* MS-DTYP 2.5.3.2: the first ACE that names a right decides */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, READ, &test_everyone);
    descriptor_deny(&descriptor, READ | WRITE, user);
    descriptor_allow(&descriptor, GENERIC_ALL, &test_everyone);
    ok_answer(ask(subject, &descriptor, READ, 0), STATUS_SUCCESS, READ);
    ok_answer(ask(subject, &descriptor, READ | WRITE, 0), STATUS_ACCESS_DENIED, 0);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, ALL & ~WRITE);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED | WRITE, 0), STATUS_ACCESS_DENIED, 0);

    /* MS-DTYP 2.5.3.2: ACEs that are only inherited, and those for others, do not count */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    descriptor_ace(&descriptor, ACCESS_DENIED_ACE_TYPE, INHERIT_ONLY_ACE, READ, &test_everyone, NULL, NULL, 0);
    descriptor_deny(&descriptor, READ, &test_nobody);
    descriptor_allow(&descriptor, READ, &test_everyone);
    descriptor_allow(&descriptor, WRITE, &test_nobody);
    descriptor_ace(&descriptor, ACCESS_ALLOWED_ACE_TYPE, INHERIT_ONLY_ACE, RUN, &test_everyone, NULL, NULL, 0);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, READ);
    ok_answer(ask(subject, &descriptor, RUN, 0), STATUS_ACCESS_DENIED, 0);

    /* DDI SeAccessCheck: what was granted before is part of the answer */
    ok_answer(ask(subject, &descriptor, READ, WRITE), STATUS_SUCCESS, READ | WRITE);
    ok_answer(ask(subject, &descriptor, RUN, WRITE), STATUS_ACCESS_DENIED, 0);

    /* DDI SeAccessCheck: without a descriptor nothing can be granted */
    ok_answer(ask(subject, NULL, READ, 0), STATUS_ACCESS_DENIED, 0);
}

static void test_owner_rights_ace(SECURITY_SUBJECT_CONTEXT *subject, const struct test_sid *user)
{
    struct descriptor descriptor;

    /* MS-DTYP 2.5.3.2: an ACE for S-1-3-4 says what the owner may do */
    descriptor_init(&descriptor, user);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, READ | READ_CONTROL, &test_owner_rights);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, READ | READ_CONTROL);
    ok_answer(ask(subject, &descriptor, WRITE_DAC, 0), STATUS_ACCESS_DENIED, 0);

    /* MS-DTYP 2.5.3.2: and is nothing to others */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, READ, &test_owner_rights);
    ok_answer(ask(subject, &descriptor, READ, 0), STATUS_ACCESS_DENIED, 0);
}

static void test_no_privileges(SECURITY_SUBJECT_CONTEXT *subject)
{
    struct descriptor descriptor;

    /* K3.1.1: SeSecurityPrivilege alone gives the right, also where there is no DACL */
    descriptor_init(&descriptor, &test_nobody);
    ok_answer(ask(subject, &descriptor, ACCESS_SYSTEM_SECURITY, 0), STATUS_PRIVILEGE_NOT_HELD, 0);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, GENERIC_ALL | ACCESS_SYSTEM_SECURITY, &test_everyone);
    ok_answer(ask(subject, &descriptor, ACCESS_SYSTEM_SECURITY, 0), STATUS_PRIVILEGE_NOT_HELD, 0);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, ALL);
}

static void test_label(SECURITY_SUBJECT_CONTEXT *subject)
{
    struct descriptor descriptor;

    /* MS-DTYP 2.5.3.3, K7.3.1: above the subject, writing is withheld, whatever the DACL says */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_sacl(&descriptor);
    descriptor_ace(&descriptor, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, SYSTEM_MANDATORY_LABEL_NO_WRITE_UP,
                   &test_system_level, NULL, NULL, 0);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, GENERIC_ALL, &test_everyone);
    ok_answer(ask(subject, &descriptor, READ, 0), STATUS_SUCCESS, READ);
    ok_answer(ask(subject, &descriptor, WRITE, 0), STATUS_ACCESS_DENIED, 0);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, READ | READ_CONTROL | RUN);

    /* MS-DTYP 2.5.3.3: the other two bits of the policy */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_sacl(&descriptor);
    descriptor_ace(&descriptor, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, SYSTEM_MANDATORY_LABEL_VALID_MASK,
                   &test_system_level, NULL, NULL, 0);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, GENERIC_ALL, &test_everyone);
    ok_answer(ask(subject, &descriptor, READ, 0), STATUS_ACCESS_DENIED, 0);
    ok_answer(ask(subject, &descriptor, RUN, 0), STATUS_ACCESS_DENIED, 0);

    /* MS-DTYP 2.5.3.3, K7.3.1: who is not below it is not limited */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_sacl(&descriptor);
    descriptor_ace(&descriptor, SYSTEM_MANDATORY_LABEL_ACE_TYPE, 0, SYSTEM_MANDATORY_LABEL_VALID_MASK, &test_low, NULL,
                   NULL, 0);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, GENERIC_ALL, &test_everyone);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, ALL);
}

/* "artx", then Member_of {SID}: MS-DTYP 2.4.4.17 */
static ULONG member_of(BYTE code[64], const struct test_sid *sid, BYTE operation)
{
    ULONG size = 8 + 4 * sid->count;
    BYTE *end = code;

    memcpy(end, "artx\x51", 5);
    memcpy(end + 5, &size, 4);
    memcpy(end + 9, sid, size);
    end[9 + size] = operation;
    for (size += 10; size % 4; size++) code[size] = 0;
    return size;
}

static void test_condition(SECURITY_SUBJECT_CONTEXT *subject)
{
    /* @USER.x == 1: nobody has x */
    static const BYTE absent[] = {'a', 'r', 't', 'x', 0xf9, 2, 0, 0, 0, 'x', 0,    0x04, 1, 0,
                                  0,   0,   0,   0,   0,    0, 3, 2, 0x80, 0,   0, 0,    0, 0};
    struct descriptor descriptor;
    BYTE code[64];
    ULONG size;

    /* MS-DTYP 2.4.4.17: an allow ACE counts if its condition is true */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    size = member_of(code, &test_everyone, 0x89);
    descriptor_ace(&descriptor, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, 0, READ, &test_everyone, NULL, code, size);
    size = member_of(code, &test_nobody, 0x89);
    descriptor_ace(&descriptor, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, 0, WRITE, &test_everyone, NULL, code, size);
    descriptor_ace(&descriptor, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, 0, RUN, &test_everyone, NULL, absent, sizeof(absent));
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, READ);

    /* MS-DTYP 2.4.4.17: a deny ACE unless its condition is false */
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);
    size = member_of(code, &test_nobody, 0x89);
    descriptor_ace(&descriptor, ACCESS_DENIED_CALLBACK_ACE_TYPE, 0, READ, &test_everyone, NULL, code, size);
    size = member_of(code, &test_nobody, 0x90);
    descriptor_ace(&descriptor, ACCESS_DENIED_CALLBACK_ACE_TYPE, 0, WRITE, &test_everyone, NULL, code, size);
    descriptor_ace(&descriptor, ACCESS_DENIED_CALLBACK_ACE_TYPE, 0, RUN, &test_everyone, NULL, absent, sizeof(absent));
    descriptor_allow(&descriptor, READ | WRITE | RUN, &test_everyone);
    ok_answer(ask(subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_SUCCESS, READ);
}

static void test_levels(PACCESS_TOKEN token)
{
    SECURITY_SUBJECT_CONTEXT subject = client_of(token, SecurityIdentification);
    struct descriptor descriptor;
    struct answer answer;

    /* DDI SeAccessCheck: a client that is only identified opens nothing */
    descriptor_init(&descriptor, &test_nobody);
    ok_answer(ask(&subject, &descriptor, READ, 0), STATUS_BAD_IMPERSONATION_LEVEL, 0);
    SeReleaseSubjectContext(&subject);

    /* DDI SeAccessCheckFromStateEx */
    answer.granted = SeAccessCheckFromStateEx(&descriptor, token, NULL, READ, 0, NULL, &mapping, UserMode, &answer.access,
                                              &answer.status);
    ok_answer(answer, STATUS_SUCCESS, READ);
    descriptor_dacl(&descriptor);
    answer.granted = SeAccessCheckFromStateEx(&descriptor, token, token, READ, 0, NULL, &mapping, UserMode,
                                              &answer.access, &answer.status);
    ok_answer(answer, STATUS_ACCESS_DENIED, 0);
}

static void test_from_state(void)
{
    SID_AND_ATTRIBUTES groups[] = {{(PSID)&test_everyone, SE_GROUP_ENABLED}, {(PSID)&test_nobody, SE_GROUP_ENABLED},
                                   {(PSID)&test_high, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED}};
    SID_AND_ATTRIBUTES restricting[] = {{(PSID)&test_everyone, SE_GROUP_ENABLED}};
    SID_AND_ATTRIBUTES_HASH hash = {.SidCount = 3, .SidAttr = groups};
    SID_AND_ATTRIBUTES_HASH restricting_hash = {.SidCount = 1, .SidAttr = restricting};
    TOKEN_PRIVILEGES privileges = {1, {{{SE_SECURITY_PRIVILEGE, 0}, SE_PRIVILEGE_ENABLED}}};
    TOKEN_ACCESS_INFORMATION information = {.SidHash = &hash,
                                            .Privileges = &privileges,
                                            .TokenType = TokenPrimary,
                                            .MandatoryPolicy = {TOKEN_MANDATORY_POLICY_NO_WRITE_UP}};
    struct descriptor descriptor;
    PPRIVILEGE_SET used = NULL;
    struct answer answer;

    descriptor_init(&descriptor, &test_system_level);
    descriptor_dacl(&descriptor);
    descriptor_allow(&descriptor, READ, &test_everyone);
    descriptor_allow(&descriptor, WRITE, &test_nobody);

    /* DDI SeAccessCheckFromState: SIDs and privileges come from the snapshot */
    answer.granted = SeAccessCheckFromState(&descriptor, &information, NULL, READ | WRITE | ACCESS_SYSTEM_SECURITY, 0,
                                            &used, &mapping, UserMode, &answer.access, &answer.status);
    ok_answer(answer, STATUS_SUCCESS, READ | WRITE | ACCESS_SYSTEM_SECURITY);
    ok(used && used->PrivilegeCount == 1 && used->Privilege[0].Luid.LowPart == SE_SECURITY_PRIVILEGE, "got %p\n", used);
    SeFreePrivileges(used);

    /* MS-DTYP 2.5.3.2, K2.9.3: a restricted one has what both lists give */
    information.RestrictedSidHash = &restricting_hash;
    answer.granted = SeAccessCheckFromState(&descriptor, &information, NULL, MAXIMUM_ALLOWED, 0, NULL, &mapping,
                                            UserMode, &answer.access, &answer.status);
    ok_answer(answer, STATUS_SUCCESS, READ);

    /* DDI SeAccessCheckFromState: a client below Impersonation */
    information.TokenType = TokenImpersonation;
    information.ImpersonationLevel = SecurityIdentification;
    answer.granted = SeAccessCheckFromState(&descriptor, &information, &information, READ, 0, NULL, &mapping, UserMode,
                                            &answer.access, &answer.status);
    ok_answer(answer, STATUS_BAD_IMPERSONATION_LEVEL, 0);
}

/* A token of this process with these privileges enabled and no others, or NULL: it does not hold them. */
static PACCESS_TOKEN token_with(ULONG first, ULONG second)
{
    TOKEN_PRIVILEGES *privileges = NULL;
    PACCESS_TOKEN token = self_token(SecurityImpersonation);
    ULONG i, found = 0;

    if (!token || SeQueryInformationToken(token, TokenPrivileges, (PVOID *)&privileges)) return NULL;
    for (i = 0; i < privileges->PrivilegeCount; i++)
        if ((privileges->Privileges[i].Luid.LowPart == first || privileges->Privileges[i].Luid.LowPart == second) &&
            privileges->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED)
            found++;
    ExFreePool(privileges);
    if (found == 2) return token;
    ObDereferenceObject(token);
    return NULL;
}

static void test_privileges(void)
{
    PACCESS_TOKEN token = token_with(SE_SECURITY_PRIVILEGE, SE_TAKE_OWNERSHIP_PRIVILEGE);
    SECURITY_SUBJECT_CONTEXT subject;
    struct descriptor descriptor;
    struct answer answer;

    if (!token)
    {
        skip("this process has not both privileges enabled\n");
        return;
    }
    subject = client_of(token, SecurityImpersonation);
    descriptor_init(&descriptor, &test_nobody);
    descriptor_dacl(&descriptor);

    /* K3.1.1, K3.1.2: both rights come from privileges, which are handed back */
    answer = ask(&subject, &descriptor, WRITE_OWNER | ACCESS_SYSTEM_SECURITY, 0);
    ok_answer(answer, STATUS_SUCCESS, WRITE_OWNER | ACCESS_SYSTEM_SECURITY);
    ok(answer.used_count == 2 && answer.used[0] == SE_TAKE_OWNERSHIP_PRIVILEGE &&
           answer.used[1] == SE_SECURITY_PRIVILEGE,
       "got %u: %u, %u\n", answer.used_count, answer.used[0], answer.used[1]);

    /* K3.1.1: neither through MAXIMUM_ALLOWED, nor where it does not suffice */
    ok_answer(ask(&subject, &descriptor, MAXIMUM_ALLOWED, 0), STATUS_ACCESS_DENIED, 0);
    answer = ask(&subject, &descriptor, WRITE_OWNER | READ, 0);
    ok_answer(answer, STATUS_ACCESS_DENIED, 0);
    ok(!answer.used_count, "got %u\n", answer.used_count);

    SeReleaseSubjectContext(&subject);
    ObDereferenceObject(token);
}

START_TEST(access_check)
{
    PACCESS_TOKEN token = client_token("alice", SecurityImpersonation);
    SECURITY_SUBJECT_CONTEXT subject;
    struct test_sid user;

    test_kernel_mode();
    test_from_state();
    test_privileges();
    if (!token)
    {
        win_skip("no token of another user can be made here\n");
        return;
    }
    subject = client_of(token, SecurityImpersonation);
    user = user_of(token);
    test_dacl(&subject, &user);
    test_owner_rights_ace(&subject, &user);
    test_no_privileges(&subject);
    test_label(&subject);
    test_condition(&subject);
    test_levels(token);
    SeReleaseSubjectContext(&subject);
    ObDereferenceObject(token);
}
