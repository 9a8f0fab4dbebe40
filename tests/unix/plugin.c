/*
 * Security packages from shared objects: which files are loaded, and what the kernel says of a thread that impersonates a
 * client of one (tests/plugin/echo.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SECURITY_WIN32
#include <sspi.h>

#include <schannel.h>

#include "support.h"

static char store[PATH_MAX]; /* the plug-ins of the build tree */

/* A copy of a plug-in of the build tree in FOLDER, which others may not change. */
static const char *put(const char *folder, const char *name)
{
    static char path[8][PATH_MAX];
    static unsigned int turn;
    char command[5 * PATH_MAX];
    char *to = path[turn++ % 8];

    snprintf(to, PATH_MAX, "%s/%s.so", folder, name);
    snprintf(command, sizeof(command), "rm -f %s && cp %s/%s.so %s && chmod 0644 %s", to, store, name, to, to);
    if (system(command)) abort();
    return to;
}

static SECURITY_STATUS add(const char *name)
{
    return AddSecurityPackageA((char *)name, NULL);
}

static bool listed(const char *name)
{
    PSecPkgInfoA info = NULL;
    bool found = false;
    ULONG count = 0;

    if (EnumerateSecurityPackagesA(&count, &info)) return false;
    for (ULONG i = 0; i < count; i++) found = found || !strcmp(info[i].Name, name);
    FreeContextBuffer(info);
    return found;
}

/* ---- what is not loaded ------------------------------------------------------------------------------------------ */

static void test_names(void)
{
    static const char *const bad[] = {"", "echo.so", "./echo.so", "../plugin/echo.so", "guise-no-such", ".", "..",
                                      "/nonexistent/echo.so", "sub/echo"};
    SECURITY_STATUS status;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    {
        status = add(bad[i]);
        ok(status == SEC_E_SECPKG_NOT_FOUND, "%s: got %08lx\n", bad[i], status); /* S2.16.1 */
    }
    status = add("/");
    ok(status == SEC_E_CANNOT_INSTALL, "got %08lx\n", status); /* S2.16.1 */
    status = AddSecurityPackageA(NULL, NULL);
    ok(status == SEC_E_INVALID_PARAMETER, "got %08lx\n", status); /* S2.16.1 */
}

static void test_options(void)
{
    const char *path = put(test_folder(), "echo");
    SECURITY_PACKAGE_OPTIONS options = {.Size = sizeof(options) - 1};
    SECURITY_STATUS status;

    status = AddSecurityPackageA((char *)path, &options);
    ok(status == SEC_E_INVALID_PARAMETER, "got %08lx\n", status); /* S2.16.1 */
    options = (SECURITY_PACKAGE_OPTIONS){.Size = sizeof(options), .Type = SECPKG_OPTIONS_TYPE_LSA};
    status = AddSecurityPackageA((char *)path, &options);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.16.1 */
    options = (SECURITY_PACKAGE_OPTIONS){.Size = sizeof(options), .Flags = SECPKG_OPTIONS_PERMANENT};
    status = AddSecurityPackageA((char *)path, &options);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.16.1 */
    options = (SECURITY_PACKAGE_OPTIONS){.Size = sizeof(options), .SignatureSize = 1, .Signature = &options};
    status = AddSecurityPackageA((char *)path, &options);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.16.1 */
    ok(!listed("Echo"), "it is there\n"); /* S2.16.1 */
}

static void check_refused(const char *path)
{
    SECURITY_STATUS status = add(path);

    /* callers cite */
    ok(status == SEC_E_CANNOT_INSTALL, "%s: got %08lx\n", path, status);
    ok(!listed("Echo"), "%s: it is there\n", path);
    if (status == SEC_E_OK) DeleteSecurityPackageA((char *)"Echo");
}

/* Whoever else may write to the file or above it. */
static void test_files(void)
{
    char folder[PATH_MAX], inner[PATH_MAX], link_path[PATH_MAX];
    const char *path = put(test_folder(), "echo");

    ok(!chmod(path, 0646), "chmod\n"); /* chmod(2) */
    check_refused(path); /* design 7.5 */
    ok(!chmod(path, 0664), "chmod\n"); /* chmod(2) */
    check_refused(path); /* design 7.5 */
    ok(!chmod(path, 0644) && !chown(path, ALICE, 0), "chown\n"); /* chown(2) */
    check_refused(path); /* design 7.5 */

    snprintf(link_path, sizeof(link_path), "%s/link.so", test_folder());
    ok(!symlink(path, link_path), "symlink: errno %d\n", errno); /* symlink(2) */
    check_refused(link_path); /* design 7.5 */

    /* A folder two levels above. */
    snprintf(folder, sizeof(folder), "%s/others", test_folder());
    snprintf(inner, sizeof(inner), "%s/others/inner", test_folder());
    ok(!mkdir(folder, 0755) && !mkdir(inner, 0755), "mkdir: errno %d\n", errno); /* mkdir(2) */
    path = put(inner, "echo");
    ok(!chmod(folder, 0777), "chmod\n"); /* chmod(2) */
    check_refused(path); /* design 7.5 */
    ok(!chmod(folder, 0755) && !chown(folder, BOB, 0), "chown\n"); /* chown(2) */
    check_refused(path); /* design 7.5 */
    ok(!chown(folder, 0, 0) && !chown(inner, ALICE, 0), "chown\n"); /* chown(2) */
    check_refused(path); /* design 7.5 */
}

static void test_contents(void)
{
    static const char *const bad[] = {"future", "short", "partial", "twin", "no_entry"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) check_refused(put(test_folder(), bad[i])); /* design 7.5 */
    check_refused(make_file("text.so", "this is no shared object", 0, 0, 0644)); /* design 7.5 */
    check_refused(test_folder()); /* design 7.5 */
}

static void test_impersonating(void)
{
    const char *path = put(test_folder(), "echo");
    PACCESS_TOKEN token = account_token("alice");
    SECURITY_STATUS status;

    ok(token && !impersonate(token), "alice\n"); /* design 5.4 */
    status = add(path);
    PsRevertToSelf();
    ok(status == SEC_E_NOT_OWNER, "got %08lx\n", status); /* design 7.5 */
    ok(!listed("Echo"), "it is there\n"); /* design 7.5 */
    if (token) ObDereferenceObject(token);
}

/* ---- what is loaded ---------------------------------------------------------------------------------------------- */

struct talk
{
    CredHandle credentials[2];
    CtxtHandle contexts[2]; /* client, server */
};

static bool log_on(struct talk *talk, const char *user)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        (UCHAR *)user, strlen(user), (UCHAR *)"", 0, (UCHAR *)"", 0, SEC_WINNT_AUTH_IDENTITY_ANSI};
    char bytes[64];
    SecBuffer token = {sizeof(bytes), SECBUFFER_TOKEN, bytes};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &token};
    SECURITY_STATUS status;
    ULONG attributes;

    /* S2.1.11 */
    status = AcquireCredentialsHandleA(NULL, (char *)"eChO", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                                       &talk->credentials[0], NULL);
    ok(status == SEC_E_OK, "outbound: got %08lx\n", status);
    status = AcquireCredentialsHandleW(NULL, (WCHAR *)u"Echo", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                       &talk->credentials[1], NULL);
    ok(status == SEC_E_OK, "inbound: got %08lx\n", status);
    status = InitializeSecurityContextA(&talk->credentials[0], NULL, NULL, 0, 0, 0, NULL, 0, &talk->contexts[0], &desc,
                                        &attributes, NULL);
    ok(status == SEC_E_OK && token.cbBuffer == strlen(user), "client: got %08lx\n", status);
    status = AcceptSecurityContext(&talk->credentials[1], NULL, &desc, 0, 0, &talk->contexts[1], NULL, &attributes, NULL);
    ok(status == SEC_E_OK, "server: got %08lx\n", status);
    return status == SEC_E_OK;
}

static void close_talk(struct talk *talk)
{
    for (int i = 0; i < 2; i++)
    {
        ok(DeleteSecurityContext(&talk->contexts[i]) == SEC_E_OK, "context %d\n", i); /* S12.2 */
        ok(FreeCredentialsHandle(&talk->credentials[i]) == SEC_E_OK, "credential %d\n", i); /* S12.1 */
    }
}

static SECURITY_STATUS pass(CtxtHandle *from, CtxtHandle *to)
{
    char text[] = "a message", token[16];
    SecBuffer buffers[2] = {{sizeof(token), SECBUFFER_TOKEN, token}, {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = EncryptMessage(from, 0, &desc, 0);

    if (status != SEC_E_OK || !strcmp(text, "a message")) return status ? status : SEC_E_ENCRYPT_FAILURE;
    status = DecryptMessage(to, &desc, 0, NULL);
    return status == SEC_E_OK && strcmp(text, "a message") ? SEC_E_DECRYPT_FAILURE : status;
}

static void check_is_alice(CtxtHandle *context)
{
    const char *hers = make_file("hers", "alice's", ALICE, ALICE, 0600), *roots = make_file("roots", "root's", 0, 0, 0600);
    SECURITY_STATUS status = ImpersonateSecurityContext(context);
    struct task task = task_now();
    int own = open_error(hers), other = open_error(roots);

    /* design 7.5 */
    ok(status == SEC_E_OK, "got %08lx\n", status);
    status = RevertSecurityContext(context);
    ok(status == SEC_E_OK, "got %08lx\n", status);
    ok(task.uid[EFFECTIVE] == ALICE && task.uid[REAL] == THIRD && task.gid[EFFECTIVE] == ALICE, "uid %u, real %u\n",
       task.uid[EFFECTIVE], task.uid[REAL]);
    ok(!own && other == EACCES, "errno %d and %d\n", own, other);
    task = task_now();
    ok(!task.uid[EFFECTIVE] && !open_error(roots), "uid %u\n", task.uid[EFFECTIVE]);
}

static void test_package(void)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SecPkgContext_NamesW names = {NULL};
    struct talk talk;
    CtxtHandle moved;
    SECURITY_STATUS status;
    PSecPkgInfoW info;

    status = QuerySecurityPackageInfoW((WCHAR *)u"ECHO", &info);
    ok(status == SEC_E_OK && info->cbMaxToken == 32 && info->wRPCID == SECPKG_ID_NONE, "got %08lx\n", status); /* S1.2.2 */
    FreeContextBuffer(info);
    if (!log_on(&talk, "alice")) return;
    status = QueryContextAttributesW(&talk.contexts[1], SECPKG_ATTR_NAMES, &names);
    ok(status == SEC_E_OK && !memcmp(names.sUserName, u"alice", sizeof(u"alice")), "got %08lx\n", status); /* S2.10.1 */
    FreeContextBuffer(names.sUserName);
    status = pass(&talk.contexts[0], &talk.contexts[1]);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.4 */
    check_is_alice(&talk.contexts[1]); /* design 7.5 */

    status = ExportSecurityContext(&talk.contexts[1], SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    status = ImportSecurityContextA((char *)"NTLM", &packed, NULL, &moved);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "another package's: got %08lx\n", status); /* S2.14.2 */
    status = ImportSecurityContextA((char *)"echo", &packed, NULL, &moved);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */
    FreeContextBuffer(packed.pvBuffer);
    talk.contexts[1] = moved;
    status = pass(&talk.contexts[0], &moved);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    check_is_alice(&moved); /* design 7.4 */

    status = DeleteSecurityPackageA((char *)"Echo");
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "in use: got %08lx\n", status); /* S2.16.1 */
    FreeCredentialsHandle(&talk.credentials[1]);
    DeleteSecurityContext(&talk.contexts[0]);
    FreeCredentialsHandle(&talk.credentials[0]);
    status = DeleteSecurityPackageA((char *)"Echo");
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "an imported context: got %08lx\n", status); /* S2.16.1 */
    ok(DeleteSecurityContext(&moved) == SEC_E_OK, "the last one\n"); /* S12.2 */
}

static void test_unknown_client(void)
{
    char names[][8] = {"root", "nobody0"};
    CredHandle credential;
    CtxtHandle context;
    ULONG attributes;

    AcquireCredentialsHandleA(NULL, (char *)"Echo", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &credential, NULL);
    for (int i = 0; i < 2; i++)
    {
        SecBuffer token = {(ULONG)strlen(names[i]), SECBUFFER_TOKEN, names[i]};
        SecBufferDesc desc = {SECBUFFER_VERSION, 1, &token};
        SECURITY_STATUS status =
            AcceptSecurityContext(&credential, NULL, &desc, 0, 0, &context, NULL, &attributes, NULL);

        ok(status == SEC_E_LOGON_DENIED, "%s: got %08lx\n", names[i], status); /* design 5.8 */
    }
    FreeCredentialsHandle(&credential);
}

#define ATTRIBUTE_USER 0x4711 /* tests/plugin/echo.c */

static SECURITY_STATUS add_user(CredHandle *handle, const char *package, const char *user, TimeStamp *expiry)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {.User = (UCHAR *)user, .UserLength = (ULONG)strlen(user), .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};

    return AddCredentialsA(handle, NULL, (char *)package, SECPKG_CRED_OUTBOUND, &identity, NULL, NULL, expiry);
}

static SECURITY_STATUS begin(CredHandle *credential, CtxtHandle *context, char user[32])
{
    SecBuffer token = {31, SECBUFFER_TOKEN, user};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &token};
    ULONG attributes;
    SECURITY_STATUS status =
        InitializeSecurityContextA(credential, NULL, NULL, 0, 0, 0, NULL, 0, context, &desc, &attributes, NULL);

    user[token.cbBuffer] = 0;
    return status;
}

/* A credential to serve with becomes one to be a client with too. */
static void test_credentials(void)
{
    TimeStamp expiry = {.QuadPart = 7};
    CredHandle credential;
    CtxtHandle context;
    SECURITY_STATUS status;
    char user[32];

    status = AcquireCredentialsHandleA(NULL, (char *)"Echo", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &credential, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.11 */
    status = begin(&credential, &context, user);
    ok(status == SEC_E_INVALID_HANDLE, "an inbound one: got %08lx\n", status); /* S2.5.1 */
    status = add_user(&credential, "Nothing", "alice", &expiry);
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.2.1 */
    status = add_user(&credential, "NTLM", "alice", &expiry);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "another package's: got %08lx\n", status); /* S2.2.1 */
    status = AddCredentialsA(&credential, NULL, (char *)"Echo", SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, &expiry);
    ok(status == SEC_E_NO_CREDENTIALS, "nobody: got %08lx\n", status); /* S2.2.1 */
    status = begin(&credential, &context, user);
    ok(status == SEC_E_INVALID_HANDLE && expiry.QuadPart == 7, "got %08lx\n", status); /* S2.2.1 */
    status = add_user(&credential, "echo", "alice", &expiry);
    ok(status == SEC_E_OK && expiry.QuadPart == 4711, "got %08lx\n", status); /* S2.2.1 */
    status = begin(&credential, &context, user);
    ok(status == SEC_E_OK && !strcmp(user, "alice"), "got %08lx, %s\n", status, user); /* S2.2.1 */
    if (status == SEC_E_OK) DeleteSecurityContext(&context);

    status = SetCredentialsAttributesW(&credential, ATTRIBUTE_USER, (char *)"bob", 3);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S1.3.1 */
    status = begin(&credential, &context, user);
    ok(status == SEC_E_OK && !strcmp(user, "bob"), "got %08lx, %s\n", status, user); /* S1.3.1 */
    if (status == SEC_E_OK) DeleteSecurityContext(&context);
    status = SetCredentialsAttributesA(&credential, ATTRIBUTE_USER, user, 0);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S1.3.1 */
    status = SetCredentialsAttributesA(&credential, ATTRIBUTE_USER, NULL, 3);
    ok(status == SEC_E_INTERNAL_ERROR, "got %08lx\n", status); /* S2.4.4 */
    status = SetCredentialsAttributesA(&credential, SECPKG_CRED_ATTR_NAMES, user, 3);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.4.5 */
    FreeCredentialsHandle(&credential);
    status = SetCredentialsAttributesW(&credential, ATTRIBUTE_USER, (char *)"bob", 3);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.4.5 */
}

static SECURITY_STATUS control(CtxtHandle *context, DWORD type, ULONG buffer_type, ULONG count)
{
    SecBuffer buffers[2] = {{sizeof(type), buffer_type, &type}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, count, buffers};

    return ApplyControlToken(context, &desc);
}

/* What a package lets its contexts be told. */
static void test_contexts(void)
{
    SecBufferDesc wrong = {77, 0, NULL};
    ULONG limit = 2;
    struct talk talk;
    SECURITY_STATUS status;

    if (!log_on(&talk, "alice")) return;
    status = SetContextAttributesA(&talk.contexts[0], SECPKG_ATTR_APP_DATA, &limit, 1);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S2.10.3 */
    status = SetContextAttributesA(&talk.contexts[0], SECPKG_ATTR_APP_DATA, NULL, sizeof(limit));
    ok(status == SEC_E_INTERNAL_ERROR, "got %08lx\n", status); /* S2.4.4 */
    status = SetContextAttributesW(&talk.contexts[0], SECPKG_ATTR_NAMES, &limit, sizeof(limit));
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.10.3 */
    status = SetContextAttributesW(&talk.contexts[0], SECPKG_ATTR_APP_DATA, &limit, sizeof(limit));
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.10.3 */
    for (ULONG i = 0; i < limit; i++) ok(pass(&talk.contexts[0], &talk.contexts[1]) == SEC_E_OK, "message %lu\n", i); /* S2.12.4 */
    status = pass(&talk.contexts[0], &talk.contexts[1]);
    ok(status == SEC_E_CONTEXT_EXPIRED, "got %08lx\n", status); /* S2.10.3 */

    ok(pass(&talk.contexts[1], &talk.contexts[0]) == SEC_E_OK, "the way back\n"); /* S2.12.4 */
    status = ApplyControlToken(&talk.contexts[1], NULL);
    ok(status == SEC_E_INTERNAL_ERROR, "got %08lx\n", status); /* S2.9.1 */
    status = ApplyControlToken(&talk.contexts[1], &wrong);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.0.3 */
    ok(control(&talk.contexts[1], SCHANNEL_SHUTDOWN, SECBUFFER_TOKEN, 2) == SEC_E_INVALID_TOKEN, "two\n"); /* S2.9.1 */
    ok(control(&talk.contexts[1], SCHANNEL_RENEGOTIATE, SECBUFFER_TOKEN, 1) == SEC_E_UNSUPPORTED_FUNCTION, "taken\n"); /* S2.9.1 */
    ok(control(&talk.contexts[1], SCHANNEL_SHUTDOWN, SECBUFFER_DATA, 1) == SEC_E_INVALID_TOKEN, "data\n"); /* S2.9.2 */
    ok(pass(&talk.contexts[1], &talk.contexts[0]) == SEC_E_OK, "something was changed\n"); /* S2.9.1 */
    for (int i = 0; i < 2; i++)
        ok(control(&talk.contexts[1], SCHANNEL_SHUTDOWN, SECBUFFER_TOKEN, 1) == SEC_E_OK, "refused\n"); /* S2.9.2 */
    status = pass(&talk.contexts[1], &talk.contexts[0]);
    ok(status == SEC_E_CONTEXT_EXPIRED, "got %08lx\n", status); /* S2.9.1 */
    close_talk(&talk);
    ok(control(&talk.contexts[1], SCHANNEL_SHUTDOWN, SECBUFFER_TOKEN, 1) == SEC_E_INVALID_HANDLE, "deleted\n"); /* S2.9.1 */
}

/* A table from before there were all operations: what stands behind it is none. */
static void test_older(void)
{
    SECURITY_STATUS status = add(put(test_folder(), "older"));
    SEC_WINNT_AUTH_IDENTITY_A identity = {.User = (UCHAR *)"alice", .UserLength = 5, .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    CredHandle credential;
    CtxtHandle context;
    ULONG limit = 2;
    char user[32];

    ok(status == SEC_E_OK, "got %08lx\n", status); /* design 7.5 */
    if (status != SEC_E_OK) return;
    status = AcquireCredentialsHandleA(NULL, (char *)"Older", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &credential, NULL);
    ok(status == SEC_E_OK && begin(&credential, &context, user) == SEC_E_OK, "got %08lx\n", status); /* design 7.5 */
    status = add_user(&credential, "Older", "alice", NULL);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* design 7.5 */
    status = SetCredentialsAttributesA(&credential, ATTRIBUTE_USER, (char *)"bob", 3);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* design 7.5 */
    status = SetContextAttributesW(&context, SECPKG_ATTR_APP_DATA, &limit, sizeof(limit));
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* design 7.5 */
    ok(control(&context, SCHANNEL_SHUTDOWN, SECBUFFER_TOKEN, 1) == SEC_E_UNSUPPORTED_FUNCTION, "taken\n"); /* design 7.5 */
    DeleteSecurityContext(&context);
    FreeCredentialsHandle(&credential);
    ok(DeleteSecurityPackageA((char *)"Older") == SEC_E_OK, "still in use\n"); /* S2.16.1 */
}

/* A package with a mechanism is Negotiate's too, and stays while Negotiate's handles hold it. */
static void test_negotiated(void)
{
    static const WCHAR alice[] = u"alice", list[] = u"spoken";
    SEC_WINNT_AUTH_IDENTITY_EXW identity = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION, .Length = sizeof(identity), .User = (unsigned short *)alice,
                                            .UserLength = 5, .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE, .PackageList = (unsigned short *)list,
                                            .PackageListLength = 6};
    BYTE there[64], back[64];
    SecBuffer offer = {sizeof(there), SECBUFFER_TOKEN, there}, answer = {sizeof(back), SECBUFFER_TOKEN, back};
    SecBufferDesc offer_desc = {SECBUFFER_VERSION, 1, &offer}, answer_desc = {SECBUFFER_VERSION, 1, &answer};
    SecPkgContext_NegotiationInfoA info = {0};
    struct talk talk;
    SECURITY_STATUS status = add(put(test_folder(), "spoken"));
    ULONG attributes;

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.16.1 */
    if (status != SEC_E_OK) return;
    status = AcquireCredentialsHandleA(NULL, (char *)"Negotiate", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &talk.credentials[0], NULL);
    ok(status == SEC_E_OK, "outbound: got %08lx\n", status); /* S2.1.5 */
    status = AcquireCredentialsHandleA(NULL, (char *)"Negotiate", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &talk.credentials[1], NULL);
    ok(status == SEC_E_OK, "inbound: got %08lx\n", status); /* S2.1.11 */
    status = InitializeSecurityContextA(&talk.credentials[0], NULL, NULL, 0, 0, 0, NULL, 0, &talk.contexts[0], &offer_desc, &attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED && there[0] == 0x60 && !memcmp(there + offer.cbBuffer - 5, "alice", 5), "client: got %08lx, %lu bytes\n", status,
       offer.cbBuffer); /* S5.2.1 */
    status = AcceptSecurityContext(&talk.credentials[1], NULL, &offer_desc, 0, 0, &talk.contexts[1], &answer_desc, &attributes, NULL);
    ok(status == SEC_E_OK, "server: got %08lx\n", status); /* S5.4.3 */
    status = InitializeSecurityContextA(NULL, &talk.contexts[0], NULL, 0, 0, 0, &answer_desc, 0, &talk.contexts[0], &offer_desc, &attributes, NULL);
    ok(status == SEC_E_OK, "client: got %08lx\n", status); /* S5.4.3 */
    status = QueryContextAttributesA(&talk.contexts[1], SECPKG_ATTR_NEGOTIATION_INFO, &info);
    ok(status == SEC_E_OK && !strcmp(info.PackageInfo->Name, "Spoken"), "got %08lx\n", status); /* S3.3.4 */
    FreeContextBuffer(info.PackageInfo);
    status = pass(&talk.contexts[0], &talk.contexts[1]);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.4 */
    check_is_alice(&talk.contexts[1]); /* design 7.8 */
    status = DeleteSecurityPackageA((char *)"Spoken");
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "in use: got %08lx\n", status); /* S2.16.1 */
    close_talk(&talk);
    ok(DeleteSecurityPackageA((char *)"Spoken") == SEC_E_OK, "still in use\n"); /* S2.16.1 */
}

static void test_list(void)
{
    const char *path = put(test_folder(), "echo");
    struct talk talk;
    SECURITY_STATUS status;

    status = add("echo"); /* from [packages] directory */
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.16.1 */
    if (status != SEC_E_OK) return;
    ok(listed("Echo") && listed("NTLM"), "not there\n"); /* S2.16.1 */
    status = add("echo");
    ok(status == SEC_E_CANNOT_INSTALL, "twice: got %08lx\n", status); /* S2.16.1 */
    status = add(path);
    ok(status == SEC_E_CANNOT_INSTALL, "another file of that name: got %08lx\n", status); /* S2.16.1 */

    test_package();
    test_unknown_client();
    test_credentials();
    test_contexts();
    status = DeleteSecurityPackageW((WCHAR *)u"echo");
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.16.1 */
    ok(!listed("Echo"), "still there\n"); /* S2.16.1 */
    status = DeleteSecurityPackageW((WCHAR *)u"echo");
    ok(status == SEC_E_SECPKG_NOT_FOUND, "got %08lx\n", status); /* S2.16.1 */
    status = DeleteSecurityPackageA((char *)"NTLM");
    ok(status == SEC_E_UNSUPPORTED_FUNCTION && listed("NTLM"), "got %08lx\n", status); /* S2.16.1 */

    /* Again, under another path of the same file, and by many. */
    status = AddSecurityPackageW((WCHAR *)u"echo", &(SECURITY_PACKAGE_OPTIONS){.Size = sizeof(SECURITY_PACKAGE_OPTIONS)});
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.16.1 */
    if (log_on(&talk, "alice"))
    {
        check_is_alice(&talk.contexts[1]); /* design 7.5 */
        close_talk(&talk);
    }
    status = DeleteSecurityPackageA((char *)"Echo");
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.16.1 */
}

/* A server of another user loads what root or itself may change. */
static void run_service(void)
{
    SECURITY_STATUS status = add("/proc/self/exe");

    ok(status == SEC_E_CANNOT_INSTALL, "got %08lx\n", status); /* design 7.5 */
    status = add(getenv("GUISE_TEST_ALICES"));
    ok(status == SEC_E_CANNOT_INSTALL, "got %08lx\n", status); /* design 7.5 */
    status = add(getenv("GUISE_TEST_OWN"));
    ok(status == SEC_E_OK, "got %08lx\n", status); /* design 7.5 */
    status = DeleteSecurityPackageA((char *)"Echo");
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.16.1 */
    status = add("echo");
    ok(status == SEC_E_OK, "root's: got %08lx\n", status); /* design 7.5 */
}

static void test_service(void)
{
    static const char *const service[] = {"setpriv", "--reuid", "70020", "--regid", "70020", "--clear-groups", NULL};
    char folder[2][PATH_MAX];
    const char *path;

    for (int i = 0; i < 2; i++)
    {
        snprintf(folder[i], PATH_MAX, "%s/of%d", test_folder(), i);
        ok(!mkdir(folder[i], 0755), "mkdir\n"); /* mkdir(2) */
        path = put(folder[i], "echo");
        ok(!chown(path, i ? ALICE : SERVICE, 0), "chown\n"); /* chown(2) */
        setenv(i ? "GUISE_TEST_ALICES" : "GUISE_TEST_OWN", path, 1);
    }
    run_role(service, "plugin", "service");
}

static void find_store(void)
{
    ssize_t length = readlink("/proc/self/exe", store, sizeof(store) - 32);

    if (length < 0) abort();
    store[length] = 0;
    for (int i = 0; i < 2; i++) *strrchr(store, '/') = 0;
    strcat(store, "/plugin");
}

START_TEST(plugin)
{
    char lines[2 * PATH_MAX], folder[PATH_MAX];

    if (role())
    {
        run_service();
        return;
    }
    if (!have_sandbox()) return;
    find_store();
    snprintf(folder, sizeof(folder), "%s/packages", test_folder());
    if (mkdir(folder, 0755)) abort();
    put(folder, "echo");
    snprintf(lines, sizeof(lines), "[packages]\ndirectory = %s\n[exports]\ndirectory = %s/exports", folder, test_folder());
    use_configuration(lines);
    test_names();
    test_options();
    test_files();
    test_contents();
    test_impersonating();
    test_list();
    test_older();
    test_negotiated();
    test_service();
}
