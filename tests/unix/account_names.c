/*
 * Names of accounts of the store, of Unix users and of Unix groups, by whoever asks.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sddl.h>

#include "../secur32/session.h"
#include "support.h"

#define PASSWORD "Secret-alice-1"

/* The SID behind NAME as text, or what is wrong. */
static const char *sid_of(const char *name)
{
    DWORD size = SECURITY_MAX_SID_SIZE, domain_size = 256;
    static char text[256];
    BYTE sid[SECURITY_MAX_SID_SIZE];
    char domain[256], *converted;
    SID_NAME_USE use;

    if (!LookupAccountNameA(NULL, name, sid, &size, domain, &domain_size, &use))
        return GetLastError() == ERROR_NONE_MAPPED ? "none" : GetLastError() == ERROR_ACCESS_DENIED ? "denied" : "error";
    if (!ConvertSidToStringSidA(sid, &converted)) return "no text";
    strcpy(text, converted);
    LocalFree(converted);
    return text;
}

/* DOMAIN\NAME:USE of a SID, or what is wrong. */
static const char *name_of_sid(PSID sid)
{
    static char text[600];
    char name[256], domain[256], number[8] = {':', 0};
    DWORD size = sizeof(name), domain_size = sizeof(domain);
    SID_NAME_USE use;

    if (!LookupAccountSidA(NULL, sid, name, &size, domain, &domain_size, &use))
        return GetLastError() == ERROR_NONE_MAPPED ? "none" : GetLastError() == ERROR_ACCESS_DENIED ? "denied" : "error";
    number[1] = (char)('0' + use);
    strcpy(text, domain);
    strcat(text, "\\");
    strcat(text, name);
    strcat(text, number);
    return text;
}

static const char *name_of(const char *text)
{
    const char *name;
    PSID sid;

    if (!ConvertStringSidToSidA(text, &sid)) return "no SID";
    name = name_of_sid(sid);
    LocalFree(sid);
    return name;
}

static void test_well_known(void)
{
    static const struct
    {
        const char *sid, *name;
    } rows[] = {
        /* win32 secauthz/well-known-sids */
        {"S-1-1-0", "\\Everyone:5"},
        {"S-1-5-18", "NT AUTHORITY\\SYSTEM:5"},
        {"S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON:5"},
        {"S-1-5-64-10", "NT AUTHORITY\\NTLM Authentication:5"},
        {"S-1-5-32-544", "BUILTIN\\Administrators:4"},
        {"S-1-5-32", "BUILTIN\\:3"},
        {"S-1-5-5-0-4711", "none"},
    };

    for (size_t i = 0; i < ARRAYSIZE(rows); i++)
        ok(!strcmp(name_of(rows[i].sid), rows[i].name), "%s: %s\n", rows[i].sid, name_of(rows[i].sid)); /* rows cite */
}

/* The account of the store and the Unix user behind it are two: what a logon's token says is the former. */
static void test_store(void)
{
    TOKEN_USER *user = malloc(256);
    char *text, joined[64];
    HANDLE token;
    DWORD length;

    if (!LogonUserA("alice", NULL, PASSWORD, LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &token)) abort();
    GetTokenInformation(token, TokenUser, user, 256, &length);
    ConvertSidToStringSidA(user->User.Sid, &text);
    ok(!strncmp(text, "S-1-5-21-", 9), "alice is %s\n", text);                                              /* design 8.5 */
    ok(!strcmp(sid_of("alice"), text), "alice: %s\n", sid_of("alice"));                                      /* design 8.5 */
    ok(!strcmp(sid_of("ALICE"), text), "ALICE: %s\n", sid_of("ALICE"));                                      /* design 8.5 */
    ok(!strcmp(sid_of("guisetest\\alice"), text), "with domain: %s\n", sid_of("guisetest\\alice"));          /* design 8.5 */
    ok(!strcmp(sid_of("alice@guise.example"), text), "with realm: %s\n", sid_of("alice@guise.example"));     /* design 8.5 */
    ok(!strcmp(sid_of(".\\alice"), text), "of this machine: %s\n", sid_of(".\\alice"));                      /* design 8.5 */
    ok(!strcmp(sid_of("OTHER\\alice"), "none"), "of another domain: %s\n", sid_of("OTHER\\alice"));          /* design 8.5 */
    ok(!strcmp(sid_of("alice@other.example"), "none"), "of another: %s\n", sid_of("alice@other.example"));   /* design 8.5 */
    ok(!strcmp(name_of_sid(user->User.Sid), "GUISETEST\\alice:1"), "got %s\n", name_of_sid(user->User.Sid)); /* design 8.5 */
    *strrchr(text, '-') = 0;
    ok(!strcmp(sid_of("GUISETEST"), text), "the domain: %s\n", sid_of("GUISETEST"));  /* design 8.5 */
    ok(!strcmp(name_of(text), "GUISETEST\\:3"), "the domain: %s\n", name_of(text));   /* design 8.5 */
    strcpy(joined, text);
    strcat(joined, "-999999");
    ok(!strcmp(name_of(joined), "none"), "%s: %s\n", joined, name_of(joined)); /* design 8.5 */
    LocalFree(text);
    CloseHandle(token);
    free(user);
}

static void test_unix(void)
{
    ok(!strcmp(sid_of("Unix User\\alice"), "S-1-22-1-70001"), "got %s\n", sid_of("Unix User\\alice"));      /* design 8.5 */
    ok(!strcmp(sid_of("carol"), "S-1-22-1-70003"), "got %s\n", sid_of("carol"));                            /* design 8.5 */
    ok(!strcmp(sid_of("GUISETEST\\carol"), "S-1-22-1-70003"), "got %s\n", sid_of("GUISETEST\\carol"));      /* design 8.5 */
    ok(!strcmp(sid_of("staff"), "S-1-22-2-70101"), "got %s\n", sid_of("staff"));                            /* design 8.5 */
    ok(!strcmp(sid_of("Unix Group\\alice"), "S-1-22-2-70001"), "got %s\n", sid_of("Unix Group\\alice"));    /* design 8.5 */
    ok(!strcmp(sid_of("Unix User\\staff"), "none"), "got %s\n", sid_of("Unix User\\staff"));                /* design 8.5 */
    ok(!strcmp(sid_of("root"), "S-1-5-18"), "got %s\n", sid_of("root"));                                    /* design 5.1, design 8.5 */
    ok(!strcmp(name_of("S-1-22-1-70001"), "Unix User\\alice:1"), "got %s\n", name_of("S-1-22-1-70001"));    /* design 8.5 */
    ok(!strcmp(name_of("S-1-22-2-70101"), "Unix Group\\staff:2"), "got %s\n", name_of("S-1-22-2-70101"));   /* design 8.5 */
    ok(!strcmp(name_of("S-1-22-1-79999"), "none"), "got %s\n", name_of("S-1-22-1-79999"));                  /* design 8.5 */
    ok(!strcmp(name_of("S-1-22-3-70001"), "none"), "got %s\n", name_of("S-1-22-3-70001"));                  /* design 8.5 */
}

static void test_others(void)
{
    char name[64];
    DWORD size = sizeof(name);
    PACCESS_TOKEN token = account_token("bob");
    int status;
    pid_t child;

    /* design 5.10: a client's thread asks as the process, and is the client before and after */
    ok(!impersonate(token), "refused\n");
    ok(!strncmp(sid_of("alice"), "S-1-5-21-", 9), "got %s\n", sid_of("alice"));
    ok(!strcmp(sid_of("staff"), "S-1-22-2-70101"), "got %s\n", sid_of("staff"));
    ok(task_now().uid[EFFECTIVE] == BOB, "uid %u\n", task_now().uid[EFFECTIVE]);
    ok(GetUserNameA(name, &size) && !strcmp(name, "bob") && size == 4, "got %s\n", name);
    RevertToSelf();
    ObDereferenceObject(token);

    /* Who cannot read the store cannot say that nobody in it has a name. */
    if (!(child = fork()))
    {
        if (setresgid(CAROL, CAROL, CAROL) || setresuid(CAROL, CAROL, CAROL)) _exit(1);
        if (strcmp(sid_of("alice"), "denied") || strcmp(sid_of("Unix User\\alice"), "S-1-22-1-70001")) _exit(2);
        if (strcmp(name_of("S-1-5-21-1-2-3-1000"), "denied") || strcmp(name_of("S-1-5-18"), "NT AUTHORITY\\SYSTEM:5")) _exit(3);
        _exit(0);
    }
    waitpid(child, &status, 0);
    ok(WIFEXITED(status) && !WEXITSTATUS(status), "status %#x\n", status); /* design 5.10 */
}

START_TEST(account_names)
{
    if (!have_sandbox()) return;
    if (!session_setup_with("[ntlm]\nnetbios-name = GUISETEST\ndns-name = host.guise.example\n")) return;
    test_well_known();
    test_store();
    test_unix();
    test_others();
    session_cleanup();
}
