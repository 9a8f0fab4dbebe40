/*
 * What is there for ever cannot leak, as the sanitizers see it; so here is counted whether every routine gives back the references to the
 * process's token and to the process and thread objects that it takes. Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include "ntoskrnl/ob/object.h"
#include "ntoskrnl/ps/ps.h"

/* Each is called some times, so that what is made once and kept does not count. */
enum
{
    ROUNDS = 20
};

static void open_tokens(void)
{
    HANDLE token;

    if (!NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &token)) NtClose(token);
    NtOpenProcessToken((HANDLE)0x7777, TOKEN_QUERY, &token);
    NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &token);
}

static void name_tokens(void)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsGetCurrentProcess());
    BOOLEAN copy_on_open, effective_only;
    SECURITY_IMPERSONATION_LEVEL level;

    PsDereferencePrimaryToken(token);
    PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only, &level);
}

static void take_subject(void)
{
    SECURITY_SUBJECT_CONTEXT subject;

    SeCaptureSubjectContext(&subject);
    SeReleaseSubjectContext(&subject);
}

static void impersonate_itself(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    SECURITY_CLIENT_CONTEXT context;

    if (SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &context)) return;
    SeImpersonateClientEx(&context, NULL);
    PsRevertToSelf();
    SeDeleteClientSecurity(&context);
}

static void check_privileges(void)
{
    SeSinglePrivilegeCheck((LUID){SE_TCB_PRIVILEGE, 0}, UserMode);
    SeSinglePrivilegeCheck((LUID){60, 0}, UserMode);
}

/* The process is in the first of them, and refused to the others. */
static void assign_jobs(void)
{
    HANDLE job;

    if (NtCreateJobObject(&job, JOB_OBJECT_ALL_ACCESS, NULL)) return;
    NtAssignProcessToJobObject(job, NtCurrentProcess());
    NtAssignProcessToJobObject(job, NtCurrentThread());
    NtClose(job);
}

static void check_all(void)
{
    static const struct
    {
        const char *name;
        void (*call)(void);
    } cases[] = {{"open", open_tokens},          {"reference", name_tokens},      {"subject", take_subject},
                 {"client", impersonate_itself}, {"privilege", check_privileges}, {"job", assign_jobs}};
    struct token *primary = primary_token();
    PVOID objects[] = {primary, PsGetCurrentProcess(), PsGetCurrentThread()};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        long before[ARRAYSIZE(objects)];

        cases[i].call();
        for (size_t j = 0; j < ARRAYSIZE(objects); j++) before[j] = object_header_of(objects[j])->references;
        for (int round = 0; round < ROUNDS; round++) cases[i].call();
        for (size_t j = 0; j < ARRAYSIZE(objects); j++)
            ok(object_header_of(objects[j])->references == before[j], "%s: object %d has %ld references, before %ld\n", cases[i].name, (int)j,
               object_header_of(objects[j])->references, before[j]); /* design 3 */
    }
    token_release(primary);
}

START_TEST(references)
{
    check_all();
}
