/*
 * Default credentials of NTLM, by itself and through Negotiate: the file that NTLM_USER_FILE names, whose it must be, and that a client's thread has none.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../secur32/session.h"

#define ALICE  70001 /* of tools/sandbox */
#define GOOD   "GUISETEST:alice:Secret-alice-1\n"
#define COLONS "GUISETEST:colons:a:b:\n"

static char path[128];

static void write_bytes(const char *text, size_t size, uid_t owner, mode_t mode)
{
    int fd;

    unlink(path);
    rmdir(path);
    fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    ok(fd >= 0 && write(fd, text, size) == (ssize_t)size && !fchown(fd, owner, owner) && !fchmod(fd, mode), "errno %d\n", errno); /* open(2) */
    close(fd);
}

static void write_file(const char *text)
{
    write_bytes(text, strlen(text), 0, 0600);
}

/* What a logon with default credentials comes to: the status of the side that ended it, the account in NAME. */
static SECURITY_STATUS log_on(void *identity, char name[64])
{
    static struct session session;
    SecPkgContext_NamesA names;
    SECURITY_STATUS status;

    *name = 0;
    if (!session_open_as(&session, identity)) return SEC_E_INTERNAL_ERROR;
    session_run(&session, ISC_REQ_INTEGRITY, 0);
    status = session.client_status < 0 ? session.client_status : session.server_status;
    if (status == SEC_E_OK && QueryContextAttributesA(&session.server, SECPKG_ATTR_NAMES, &names) == SEC_E_OK)
    {
        snprintf(name, 64, "%s", names.sUserName);
        FreeContextBuffer(names.sUserName);
    }
    session_close(&session);
    return status;
}

static void is_account(const char *what, void *identity, const char *expected)
{
    char name[64];
    SECURITY_STATUS status = log_on(identity, name);

    ok(status == SEC_E_OK && !strcmp(name, expected), "%s: %08lx, %s\n", what, status, name); /* callers cite */
}

static void is_nobody(const char *what)
{
    char name[64];
    SECURITY_STATUS status = log_on(NULL, name);

    ok(status == SEC_E_NO_CREDENTIALS, "%s: %08lx\n", what, status); /* callers cite */
}

static void test_entries(void)
{
    static const struct
    {
        const char *text, *account; /* NULL: no credentials */
    } cases[] = {
        {GOOD, "GUISETEST\\alice"},
        {"GUISETEST:alice:Secret-alice-1", "GUISETEST\\alice"},
        {"\n# a comment\r\n\r\nGUISETEST:alice:Secret-alice-1\r\nGUISETEST:bob:no\n", "GUISETEST\\alice"},
        {":bob:Secret-bob-2\n" GOOD, "GUISETEST\\bob"},
        {COLONS, "GUISETEST\\colons"},
        {"", NULL},
        {"# nothing\n", NULL},
        {"alice\n" GOOD, NULL},
        {"GUISETEST:alice\n" GOOD, NULL},
        {"GUISETEST::Secret-alice-1\n", NULL},
        {"GUISETEST:\xff\xfe:Secret-alice-1\n", NULL},
    };
    static const char with_nul[] = "GUISETEST:alice:Secret-alice-1\0\n";
    SEC_WINNT_AUTH_IDENTITY_A domain_alone = {(BYTE *)"", 0, (BYTE *)"ELSEWHERE", 9, (BYTE *)"", 0, SEC_WINNT_AUTH_IDENTITY_ANSI};
    char long_name[1024], name[64];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        write_file(cases[i].text);
        if (cases[i].account) is_account(cases[i].text, NULL, cases[i].account); /* design 7.2 */
        else is_nobody(cases[i].text);                                            /* design 7.2 */
    }
    write_bytes(with_nul, sizeof(with_nul) - 1, 0, 0600);
    is_nobody("a zero byte"); /* design 7.2 */
    snprintf(long_name, sizeof(long_name), "GUISETEST:%0300d:x\n", 0);
    write_file(long_name);
    is_nobody("a long name"); /* S2.1.4 */

    write_file("GUISETEST:alice:Secret-alice-2\n");
    ok(log_on(NULL, name) == SEC_E_LOGON_DENIED, "a wrong password\n"); /* S4.9.5 */
    write_file(GOOD);
    is_account("a domain alone", &domain_alone, "GUISETEST\\alice"); /* S2.1.6 */
    is_account("bob himself", session_identity(SESSION_BOB), "GUISETEST\\bob"); /* S2.1.9 */
}

/* Whoever could have written or read it. */
static void test_owners(void)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601};
    char other[160];

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
    {
        char what[16];

        snprintf(what, sizeof(what), "%04o", modes[i]);
        write_bytes(GOOD, strlen(GOOD), 0, modes[i]);
        is_nobody(what); /* design 7.2 */
    }
    write_bytes(GOOD, strlen(GOOD), 0, 0400);
    is_account("0400", NULL, "GUISETEST\\alice"); /* design 7.2 */
    write_bytes(GOOD, strlen(GOOD), ALICE, 0600);
    is_nobody("a file of alice"); /* design 7.2 */
    unlink(path);
    is_nobody("no file"); /* design 7.2 */
    ok(!mkdir(path, 0700), "errno %d\n", errno); /* mkdir(2) */
    is_nobody("a folder"); /* design 7.2 */
    rmdir(path);
    ok(!mkfifo(path, 0600), "errno %d\n", errno); /* mkfifo(3) */
    is_nobody("a pipe"); /* design 7.2 */

    /* A link is as good as what it leads to. */
    snprintf(other, sizeof(other), "%s-target", path);
    write_file(GOOD);
    ok(!rename(path, other) && !symlink(other, path), "errno %d\n", errno); /* symlink(2) */
    is_account("a link", NULL, "GUISETEST\\alice"); /* design 7.2 */
    ok(!chmod(other, 0644), "errno %d\n", errno); /* chmod(2) */
    is_nobody("a link to an open file"); /* design 7.2 */
    unlink(other);

    setenv("NTLM_USER_FILE", "", 1);
    is_nobody("an empty name"); /* design 7.2 */
    unsetenv("NTLM_USER_FILE");
    is_nobody("no name"); /* S2.1.9 */
    setenv("NTLM_USER_FILE", path, 1);
    write_file(GOOD);
}

/* The name of a credential is that of the file's user. */
static void test_name(void)
{
    SecPkgCredentials_NamesA names = {0};
    CredHandle credential;

    ok(!AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &credential, NULL),
       "acquire\n"); /* S2.1.6 */
    ok(!QueryCredentialsAttributesA(&credential, SECPKG_CRED_ATTR_NAMES, &names) && names.sUserName &&
           !strcmp(names.sUserName, "GUISETEST\\alice"),
       "%s\n", names.sUserName); /* S2.4.1 */
    FreeContextBuffer(names.sUserName);
    FreeCredentialsHandle(&credential);
}

static SECURITY_STATUS begin(CredHandle *credential, ULONG request)
{
    BYTE room[MAX_TOKEN];
    SecBuffer out = {sizeof(room), SECBUFFER_TOKEN, room};
    SecBufferDesc out_desc = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;
    CtxtHandle context;
    ULONG attributes;

    status = InitializeSecurityContextA(credential, NULL, (char *)"HOST/guisetest", request, 0, SECURITY_NATIVE_DREP, NULL, 0,
                                        &context, &out_desc, &attributes, NULL);
    if (status >= 0) DeleteSecurityContext(&context);
    return status;
}

/*
 * While a thread impersonates bob it has no default credentials: neither the process's, though the file is there, nor any that it
 * could reach as bob. What the process acquired before it may still use.
 */
static void test_impersonating(void)
{
    static struct session session;
    SEC_WINNT_AUTH_IDENTITY_A domain_alone = {(BYTE *)"", 0, (BYTE *)"GUISETEST", 9, (BYTE *)"", 0, SEC_WINNT_AUTH_IDENTITY_ANSI};
    static const struct
    {
        uid_t owner;
        mode_t mode;
    } files[] = {{0, 0600}, {70002, 0600}, {0, 0644}};
    CredHandle before, during;

    ok(!AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &before, NULL),
       "acquire\n"); /* S2.1.6 */
    if (!session_log_on(&session, SESSION_BOB, 0, 0)) return;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
    {
        write_bytes(GOOD, strlen(GOOD), files[i].owner, files[i].mode);
        ok(!ImpersonateSecurityContext(&session.server), "impersonate\n"); /* S2.11.1 */
        ok(geteuid() == 70002, "uid %u\n", geteuid());                     /* design 5.4 */
        for (int named = 0; named < 2; named++)
        {
            ok(!AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, named ? &domain_alone : NULL, NULL, NULL,
                                          &during, NULL),
               "acquire\n"); /* S2.1.9 */
            ok(begin(&during, 0) == SEC_E_NO_CREDENTIALS, "file %d: begun\n", (int)i);                    /* design 5.10 */
            ok(begin(&during, ISC_REQ_DELEGATE) == SEC_E_NO_CREDENTIALS, "file %d: delegated\n", (int)i); /* design 5.10 */
            ok(begin(&during, ISC_REQ_DATAGRAM) == SEC_E_NO_CREDENTIALS, "file %d: datagrams\n", (int)i); /* design 5.10 */
            ok(begin(&during, ISC_REQ_NULL_SESSION) == SEC_I_CONTINUE_NEEDED, "a null session\n");        /* S4.8.1 */
            FreeCredentialsHandle(&during);
        }
        ok(begin(&before, 0) == SEC_I_CONTINUE_NEEDED, "what was acquired before\n"); /* S2.1.9 */
        ok(geteuid() == 70002, "uid %u\n", geteuid());                                /* design 5.10 */
        ok(!RevertSecurityContext(&session.server), "revert\n");                      /* S2.11.2 */
    }
    FreeCredentialsHandle(&before);
    session_close(&session);

    /* The process's own identity, put on by itself, is impersonation too. */
    write_file(GOOD);
    ok(ImpersonateSelf(SecurityImpersonation), "ImpersonateSelf\n"); /* design 5.8 */
    is_nobody("ImpersonateSelf"); /* design 5.10 */
    ok(RevertToSelf(), "RevertToSelf\n"); /* design 5.8 */
    is_account("reverted", NULL, "GUISETEST\\alice"); /* design 5.10 */
}

/* A caller of Negotiate who wants no default credentials gets none, and those he names (S2.1.2). */
static void test_restricted(void)
{
    SEC_WINNT_AUTH_IDENTITY_A alice = {.User = (BYTE *)"alice", .UserLength = 5, .Password = (BYTE *)"Secret-alice-1", .PasswordLength = 14,
                                       .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    BYTE data[MAX_TOKEN];
    SecBuffer token;
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &token};
    SECURITY_STATUS status;
    CredHandle credential;
    CtxtHandle context;
    ULONG attributes;

    write_file(GOOD);
    for (int i = 0; i < 3; i++)
    {
        ULONG use = SECPKG_CRED_OUTBOUND | (i ? SECPKG_CRED_AUTOLOGON_RESTRICTED : 0);
        SECURITY_STATUS expected = i == 1 ? SEC_E_NO_CREDENTIALS : SEC_I_CONTINUE_NEEDED;

        token = (SecBuffer){sizeof(data), SECBUFFER_TOKEN, data};
        status = AcquireCredentialsHandleA(NULL, (char *)"Negotiate", use, NULL, i == 2 ? &alice : NULL, NULL, NULL, &credential, NULL);
        ok(status == SEC_E_OK, "%d: got %08lx\n", i, status); /* S2.1.2 */
        status = InitializeSecurityContextA(&credential, NULL, (char *)"HOST/x", 0, 0, 0, NULL, 0, &context, &desc, &attributes, NULL);
        ok(status == expected, "%d: got %08lx\n", i, status); /* S2.1.2 */
        if (status == SEC_I_CONTINUE_NEEDED) DeleteSecurityContext(&context);
        FreeCredentialsHandle(&credential);
    }
}

START_TEST(default_credentials)
{
    char file[160];

    if (geteuid())
    {
        skip("needs the sandbox\n");
        return;
    }
    if (!session_setup_with("[ntlm]\nnetbios-name = GUISETEST\n")) return;
    ok(session_add_account("colons", "a:b:", "alice"), "an account\n"); /* design 8.4 */
    snprintf(path, sizeof(path), "%s/users", session_directory());
    setenv("NTLM_USER_FILE", path, 1);
    test_entries();
    test_owners();
    test_name();
    test_impersonating();
    session_package = "Negotiate"; /* which has NTLM's */
    test_entries();
    test_name();
    test_impersonating();
    session_package = "NTLM";
    test_restricted();
    unsetenv("NTLM_USER_FILE");
    unlink(path);
    snprintf(file, sizeof(file), "%s-target", path);
    unlink(file);
    session_cleanup();
}
