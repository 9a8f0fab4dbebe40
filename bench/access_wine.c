/*
 * AccessCheck as a Windows program has it under Wine, beside bench/access: built with mingw-w64, run by Wine on its own DLLs.
 *
 * usage: access_wine.exe     Operation check:ACES, the protocol of bench/driver.h. The subject is the process's own user; the DACL has ACES allow
 *                            ACEs, each for one right, of which only the last is for it. The time is the wall's: wineserver does the work.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

enum
{
    RIGHT = 0x1
};

static GENERIC_MAPPING mapping = {RIGHT, RIGHT, RIGHT, STANDARD_RIGHTS_REQUIRED | RIGHT};

struct question
{
    unsigned long aces;
    HANDLE token;
    SECURITY_DESCRIPTOR descriptor;
};

static void fail(const char *what)
{
    fprintf(stderr, "access_wine: %s: error %lu\n", what, GetLastError());
    exit(1);
}

static PSID user_of(HANDLE token)
{
    static BYTE buffer[512];
    DWORD length;

    if (!GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &length)) fail("GetTokenInformation");
    return ((TOKEN_USER *)buffer)->User.Sid;
}

static PSID stranger(DWORD rid)
{
    static SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
    PSID sid;

    if (!AllocateAndInitializeSid(&nt, 5, 21, 0x11111111, 0x22222222, 0x33333333, rid, 0, 0, 0, &sid)) fail("AllocateAndInitializeSid");
    return sid;
}

static ACL *dacl_of(unsigned long aces, PSID last)
{
    DWORD size = sizeof(ACL) + aces * (sizeof(ACCESS_ALLOWED_ACE) + SECURITY_MAX_SID_SIZE);
    ACL *acl = calloc(1, size);
    unsigned long i;

    if (!acl || !InitializeAcl(acl, size, ACL_REVISION)) fail("InitializeAcl");
    for (i = 0; i < aces; i++)
    {
        PSID sid = i + 1 < aces ? stranger(500000 + i) : last;

        if (!AddAccessAllowedAce(acl, ACL_REVISION, RIGHT, sid)) fail("AddAccessAllowedAce");
        if (sid != last) FreeSid(sid);
    }
    return acl;
}

static BOOL ask(struct question *question)
{
    PRIVILEGE_SET privileges;
    DWORD length = sizeof(privileges), granted;
    BOOL status;

    if (!AccessCheck(&question->descriptor, question->token, RIGHT, &mapping, &privileges, &length, &granted, &status)) fail("AccessCheck");
    return status;
}

/* Says yes, and no to a DACL without the last ACE. */
static void prepare(struct question *question, unsigned long aces)
{
    HANDLE process;

    if (question->aces == aces) return;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &process) ||
        !DuplicateToken(process, SecurityImpersonation, &question->token) ||
        !InitializeSecurityDescriptor(&question->descriptor, SECURITY_DESCRIPTOR_REVISION) ||
        !SetSecurityDescriptorOwner(&question->descriptor, stranger(1), FALSE) ||
        !SetSecurityDescriptorGroup(&question->descriptor, stranger(1), FALSE))
        fail("no question");
    SetSecurityDescriptorDacl(&question->descriptor, TRUE, dacl_of(aces, stranger(2)), FALSE);
    if (ask(question)) fail("what no ACE grants is granted");
    SetSecurityDescriptorDacl(&question->descriptor, TRUE, dacl_of(aces, user_of(question->token)), FALSE);
    if (!ask(question)) fail("what the last ACE grants is refused");
    question->aces = aces;
}

int main(void)
{
    static struct question question;
    LARGE_INTEGER frequency, begin, end;
    unsigned long aces, count, i;
    char line[256];

    QueryPerformanceFrequency(&frequency);
    while (fgets(line, sizeof(line), stdin))
    {
        if (sscanf(line, "check:%lu %lu", &aces, &count) != 2 || !aces || !count) fail("not a request");
        prepare(&question, aces);
        QueryPerformanceCounter(&begin);
        for (i = 0; i < count; i++) ask(&question);
        QueryPerformanceCounter(&end);
        printf("%.0f\n", (double)(end.QuadPart - begin.QuadPart) * 1e9 / (double)frequency.QuadPart);
        fflush(stdout);
    }
    return 0;
}
