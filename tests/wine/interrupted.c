/*
 * Threads that impersonate and are interrupted: by a fault inside a system service, by SuspendThread, by TerminateThread. The kernel says the client
 * afterwards, or the thread is gone; never the server.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>

#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <wine/test.h>

/* ---- bad pointers ------------------------------------------------------------------------------------------------- */

/* Called by name: a service has as many arguments as its row says, and each is a number. */
typedef NTSTATUS(NTAPI *service)(ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR, ULONG_PTR,
                                 ULONG_PTR);

enum
{
    NUMBER, /* as it is */
    POINTER, /* made bad, one after the other */
    TOKEN    /* a handle of the client's token */
};

struct argument
{
    int kind;
    ULONG_PTR value; /* of a POINTER: what it is while another one is bad */
};

/* Good memory, more than any service writes, with zeros. */
static BYTE good[4096];
static OBJECT_ATTRIBUTES attributes;
static SECURITY_QUALITY_OF_SERVICE quality = { sizeof(quality), SecurityImpersonation, 0, 0 };
static OBJECT_ATTRIBUTES bad_inside = { .Length = sizeof(bad_inside), .SecurityQualityOfService = (void *)8, .ObjectName = (void *)8,
                                        .SecurityDescriptor = (void *)8 };
static struct { DWORD count; SID_AND_ATTRIBUTES entry; } bad_sid = { 1, { (PSID)8, 0 } };
static TOKEN_DEFAULT_DACL bad_dacl = { (ACL *)8 };
static DWORD length = sizeof(good);

#define N(value) { NUMBER, (ULONG_PTR)(value) }
#define P(value) { POINTER, (ULONG_PTR)(value) }
#define T        { TOKEN, 0 }

static const struct row
{
    const char *name;
    int count;
    struct argument arguments[11];
} rows[] = {
    { "NtQueryInformationToken", 5, { T, N(TokenUser), P(good), N(sizeof(good)), P(&length) } },
    { "NtQueryInformationToken", 5, { T, N(TokenGroups), P(good), N(sizeof(good)), P(&length) } },
    { "NtSetInformationToken", 4, { T, N(TokenDefaultDacl), P(&bad_dacl), N(sizeof(bad_dacl)) } },
    { "NtSetInformationToken", 4, { T, N(TokenOwner), P(&bad_dacl), N(sizeof(bad_dacl)) } },
    { "NtDuplicateToken", 6, { T, N(0), P(&bad_inside), N(0), N(TokenImpersonation), P(good) } },
    { "NtDuplicateToken", 6, { T, N(0), P(&attributes), N(2), N(TokenImpersonation), P(good) } },
    { "NtFilterToken", 6, { T, N(0), P(&bad_sid), P(good), P(good), P(good) } },
    { "NtAdjustPrivilegesToken", 6, { T, N(0), P(good), N(sizeof(good)), P(good), P(&length) } },
    { "NtAdjustGroupsToken", 6, { T, N(0), P(&bad_sid), N(sizeof(good)), P(good), P(&length) } },
    { "NtAccessCheck", 8, { P(good), T, N(1), P(good), P(good), P(&length), P(good), P(good) } },
    { "NtPrivilegeCheck", 3, { T, P(good), P(good) } },
    { "NtSetInformationThread", 4, { N((LONG_PTR)-2), N(5), P(NULL), N(sizeof(HANDLE)) } },
    { "NtOpenFile", 6, { P(good), N(GENERIC_READ), P(&bad_inside), P(good), N(7), N(0) } },
    { "NtCreateFile", 11, { P(good), N(GENERIC_READ), P(&bad_inside), P(good), P(good), N(0), N(7), N(1), N(0), P(NULL), N(0) } },
    { "NtDeleteFile", 1, { P(&bad_inside) } },
    { "NtQueryAttributesFile", 2, { P(&bad_inside), P(good) } },
    { "NtQueryFullAttributesFile", 2, { P(&bad_inside), P(good) } },
    { "NtCreateUserProcess", 11,
      { P(good), P(good), N(0), N(0), P(NULL), P(NULL), N(0), N(0), P(NULL), P(good), P(good) } },
};

/* Two pages, of which the second is not there: 8 bytes before the end of the first. */
static void *end_of_memory(void)
{
    BYTE *pages = VirtualAlloc(NULL, 0x2000, MEM_RESERVE, PAGE_READWRITE);

    VirtualAlloc(pages, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    return pages + 0x1000 - 8;
}

/* The status of ROW with argument BAD, if it is a pointer, as ADDRESS. */
static NTSTATUS call(const struct row *row, HANDLE token, int bad, const void *address)
{
    service routine = (service)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), row->name);
    ULONG_PTR a[11] = { 0 };
    int i;

    for (i = 0; i < row->count; i++)
        a[i] = row->arguments[i].kind == TOKEN ? (ULONG_PTR)token : i == bad ? (ULONG_PTR)address : row->arguments[i].value;
    return routine(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10]);
}

static void test_bad_pointers(CtxtHandle *alice)
{
    void *bad[3] = { (void *)8, (void *)(LONG_PTR)-4096, end_of_memory() };
    HANDLE token, copy;
    ULONG i;
    int argument, which;

    attributes = (OBJECT_ATTRIBUTES){ .Length = sizeof(attributes), .SecurityQualityOfService = &quality };
    QuerySecurityContextToken(alice, &token);
    ok(DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &copy), "%lu\n", GetLastError()); /* design 10.5 */
    ok(!ImpersonateSecurityContext(alice), "impersonate\n"); /* design 10.5 */
    for (i = 0; i < ARRAYSIZE(rows); i++)
        for (argument = 0; argument < rows[i].count; argument++)
            for (which = 0; which < 3; which++)
            {
                NTSTATUS status;

                if (rows[i].arguments[argument].kind != POINTER) continue;
                memset(good, 0, sizeof(good));
                length = sizeof(good);
                memset(bad[2], 0xff, 8);
                status = call(&rows[i], copy, argument, bad[which]);
                ok(carries(kernel_ids(), ALICE), "%s, argument %d at %p: %#lx leaves uid %d\n", rows[i].name, argument, bad[which], status,
                   kernel_ids().uid[1]); /* design 10.5 */
                ok(status < 0 || bad[which] == bad[2], "%s, argument %d at %p: %#lx\n", rows[i].name, argument, bad[which], status); /* design 10.5 */
            }
    RevertToSelf();
    ok(is_process(kernel_ids()), "not back\n"); /* design 10.5 */
    CloseHandle(copy);
    CloseHandle(token);
}

/* ---- interruptions ------------------------------------------------------------------------------------------------ */

struct victim
{
    CtxtHandle *context;
    volatile LONG stop, rounds;
    volatile int tid;
};

/* All that a client's thread may be in the midst of. */
static void act(void)
{
    union { TOKEN_USER user; BYTE room[256]; } user;
    WCHAR name[64], domain[64];
    DWORD size, name_size = 64, domain_size = 64;
    SID_NAME_USE use;
    HANDLE token, file;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return;
    if (GetTokenInformation(token, TokenUser, &user, sizeof(user), &size))
        LookupAccountSidW(NULL, user.user.User.Sid, name, &name_size, domain, &domain_size, &use);
    CloseHandle(token);
    name_size = 64;
    GetUserNameW(name, &name_size);
    file = CreateFileA("C:\\windows\\system32\\secur32.dll", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
}

static DWORD WINAPI impersonate_and_act(void *parameter)
{
    struct victim *victim = parameter;

    if (ImpersonateSecurityContext(victim->context)) return 1;
    victim->tid = kernel_tid();
    while (!victim->stop)
    {
        act();
        InterlockedIncrement(&victim->rounds);
    }
    return 0;
}

static void wait_for_tid(struct victim *victim)
{
    while (!victim->tid) Sleep(1);
}

static void test_suspend(CtxtHandle *alice)
{
    struct victim victim = { alice, 0, 0, 0 };
    HANDLE thread = CreateThread(NULL, 0, impersonate_and_act, &victim, 0, NULL);
    int i, others = 0;

    wait_for_tid(&victim);
    for (i = 0; i < 100; i++)
    {
        CONTEXT context = { .ContextFlags = CONTEXT_CONTROL };
        struct kernel_ids ids;

        SuspendThread(thread);
        GetThreadContext(thread, &context);
        ids = kernel_ids_of(victim.tid);
        if (!carries(ids, ALICE)) others++;
        ResumeThread(thread);
        if (i % 10 == 0) Sleep(1);
    }
    victim.stop = 1;
    ok(!WaitForSingleObject(thread, 30000), "it does not end\n"); /* design 10.5 */
    ok(!others, "%d of %d times suspended as another\n", others, i); /* design 10.5 */
    ok(victim.rounds > 0, "it did nothing\n");                      /* design 10.5 */
    CloseHandle(thread);
}

/* In a process of its own: whoever is ended like this may hold a lock of the heap. Exits with 0 if all was well. */
static int terminate(unsigned int delay)
{
    struct victim victim = { NULL, 0, 0, 0 };
    struct kernel_ids ids;
    CtxtHandle alice;
    HANDLE thread;
    int i;

    if (!logon_alice(&alice)) return 2;
    victim.context = &alice;
    thread = CreateThread(NULL, 0, impersonate_and_act, &victim, 0, NULL);
    wait_for_tid(&victim);
    Sleep(delay);
    if (!TerminateThread(thread, 1)) return 3;
    for (i = 0; i < 100; i++)
    {
        ids = kernel_ids_of(victim.tid);
        if (!ids.here) return is_process(kernel_ids()) ? 0 : 4;
        /* Its very end, which no code of the program sees, may be the process's. */
        if (!carries(ids, ALICE) && i > 50) return 5;
        Sleep(1);
    }
    return 6;
}

static void test_terminate(void)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process;
    char command[MAX_PATH + 64], **argv;
    int delay;

    winetest_get_mainargs(&argv);
    for (delay = 0; delay < 4; delay++)
    {
        DWORD code = 99;

        snprintf(command, sizeof(command), "%s interrupted terminate %d", argv[0], delay * 3);
        ok(CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process), "%lu\n", GetLastError()); /* design 10.5 */
        if (WaitForSingleObject(process.hProcess, 30000)) TerminateProcess(process.hProcess, 98);
        GetExitCodeProcess(process.hProcess, &code);
        ok(!code, "after %d ms: %lu\n", delay * 3, code); /* design 10.5 */
        CloseHandle(process.hProcess);
        CloseHandle(process.hThread);
    }
}

START_TEST(interrupted)
{
    CtxtHandle alice;
    char **argv;

    if (winetest_get_mainargs(&argv) >= 4 && !strcmp(argv[2], "terminate"))
        TerminateProcess(GetCurrentProcess(), (UINT)terminate((unsigned int)atoi(argv[3])));
    ok(logon_alice(&alice), "no client\n"); /* design 10.5 */
    test_bad_pointers(&alice);
    test_suspend(&alice);
    test_terminate();
    DeleteSecurityContext(&alice);
}
