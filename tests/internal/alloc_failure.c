/*
 * Every allocation of a whole conversation fails once: a handshake of both sides, attributes, impersonation, signed and
 * sealed messages.
 *
 * Whatever fails, the status says so, the thread keeps its ids, and everything can be given back; what is leaked then
 * the address sanitizer tells. A second round fails the allocations of a process that has used nothing of the library
 * yet.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sspi.h>
#include <wine/test.h>

#include "dlls/msv1_0/crypto.h"
#include "dlls/msv1_0/sam.h"
#include "ntoskrnl/rtl/memory.h"

static char directory[] = "/tmp/guise-alloc-XXXXXX";
static BOOL may_impersonate;

static void path_of(char path[64], const char *name)
{
    snprintf(path, 64, "%s/%s", directory, name);
}

static BOOL is_account(const char *name)
{
    return getpwnam(name) != NULL;
}

/* The third and the anonymous account: those of tools/sandbox, or any two of which nothing runs here. */
static const char *const stand_ins[][2] = {{"_guise", "_guise-anon"}, {"games", "lp"}, {"games", "news"}};

static BOOL write_config(void)
{
    size_t pair = 0, pairs = sizeof(stand_ins) / sizeof(stand_ins[0]);
    char path[64];
    FILE *file;

    path_of(path, "guise.conf");
    if (!(file = fopen(path, "w"))) return FALSE;
    fprintf(file, "[accounts]\nstore = %s/accounts.mdb\nlookup-cache = 0\n[ntlm]\nnetbios-name = GUISETEST\n",
            directory);
    while (pair < pairs && !(is_account(stand_ins[pair][0]) && is_account(stand_ins[pair][1]))) pair++;
    may_impersonate = geteuid() || pair < pairs;
    if (pair < pairs)
        fprintf(file, "[credentials]\nimpersonation-account = %s\nanonymous-account = %s\n", stand_ins[pair][0],
                stand_ins[pair][1]);
    if (fclose(file)) return FALSE;
    return !setenv("GUISE_CONF", path, 1);
}

/* Unprivileged, the client is the user who runs the test. */
static BOOL make_store(void)
{
    static const WCHAR password[] = L"pw";
    struct sam_account account = {.name = "alice", .has_hash = true};
    const struct passwd *own = geteuid() ? getpwuid(geteuid()) : getpwnam("daemon");
    struct sam *sam;
    NTSTATUS status;
    char path[64];

    if (!own || strlen(own->pw_name) >= sizeof(account.unix_name)) return FALSE;
    strcpy(account.unix_name, own->pw_name);
    if (!crypto_md4(password, sizeof(password) - sizeof(WCHAR), account.nt_hash)) return FALSE;
    path_of(path, "accounts.mdb");
    if (sam_open(path, true, &sam)) return FALSE;
    status = sam_store(sam, &account, true);
    sam_close(sam);
    return !status;
}

static void remove_all(void)
{
    static const char *const names[] = {"guise.conf", "accounts.mdb", "accounts.mdb-lock"};
    char path[64];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        path_of(path, names[i]);
        unlink(path);
    }
    rmdir(directory);
}

/* ---- the conversation ---- */

struct talk
{
    CredHandle credentials[2];
    CtxtHandle contexts[2]; /* client, server */
    BOOL have_credential[2], have_context[2];
    SECURITY_STATUS status;  /* of the step that failed, or SEC_E_OK */
    const char *step;
};

static BOOL step(struct talk *talk, const char *name, SECURITY_STATUS status)
{
    if (status >= 0) return TRUE;
    talk->step = name;
    talk->status = status;
    return FALSE;
}

static BOOL acquire(struct talk *talk)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        (UCHAR *)"alice", 5, (UCHAR *)"", 0, (UCHAR *)"pw", 2, SEC_WINNT_AUTH_IDENTITY_ANSI};

    for (int i = 0; i < 2; i++)
    {
        if (!step(talk, i ? "inbound" : "outbound",
                  AcquireCredentialsHandleA(NULL, (char *)"NTLM", i ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                            i ? NULL : &identity, NULL, NULL, &talk->credentials[i], NULL)))
            return FALSE;
        talk->have_credential[i] = TRUE;
    }
    return TRUE;
}

/* Legs until both sides are done; the tokens are allocated ones. */
static BOOL legs(struct talk *talk)
{
    SecBuffer token = {0, SECBUFFER_TOKEN, NULL};
    BOOL going = TRUE;

    for (int leg = 0; leg < 4 && going; leg++)
    {
        BOOL server = leg & 1, first = !talk->have_context[server];
        SecBuffer in = token, out = {0, SECBUFFER_TOKEN, NULL};
        SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};
        CtxtHandle *context = &talk->contexts[server];
        SECURITY_STATUS status;
        ULONG attributes;

        if (server)
            status = AcceptSecurityContext(&talk->credentials[1], first ? NULL : context, &in_desc,
                                           ASC_REQ_ALLOCATE_MEMORY, 0, context, &out_desc, &attributes, NULL);
        else
            status =
                InitializeSecurityContextA(&talk->credentials[0], first ? NULL : context, (char *)"HOST/x",
                                           ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY, 0, 0,
                                           first ? NULL : &in_desc, 0, context, &out_desc, &attributes, NULL);
        FreeContextBuffer(in.pvBuffer);
        token = out;
        if (status >= 0) talk->have_context[server] = TRUE;
        going = step(talk, server ? "server leg" : "client leg", status);
    }
    FreeContextBuffer(token.pvBuffer);
    return going;
}

static BOOL attributes(struct talk *talk)
{
    SecPkgContext_NamesA names = {0};
    SecPkgContext_KeyInfoA keys = {0};
    SecPkgContext_SessionKey key = {0};
    SecPkgContext_NegotiationInfoW package = {0};
    SecPkgContext_AccessToken token;
    BOOL done =
        step(talk, "NAMES", QueryContextAttributesA(&talk->contexts[1], SECPKG_ATTR_NAMES, &names)) &&
        step(talk, "KEY_INFO", QueryContextAttributesA(&talk->contexts[0], SECPKG_ATTR_KEY_INFO, &keys)) &&
        step(talk, "SESSION_KEY", QueryContextAttributesA(&talk->contexts[0], SECPKG_ATTR_SESSION_KEY, &key)) &&
        step(talk, "NEGOTIATION_INFO",
             QueryContextAttributesW(&talk->contexts[0], SECPKG_ATTR_NEGOTIATION_INFO, &package)) &&
        step(talk, "ACCESS_TOKEN", QueryContextAttributesA(&talk->contexts[1], SECPKG_ATTR_ACCESS_TOKEN, &token));

    /* What an attribute that failed left behind would be found here, or be a leak. */
    FreeContextBuffer(names.sUserName);
    FreeContextBuffer(keys.sSignatureAlgorithmName);
    FreeContextBuffer(keys.sEncryptAlgorithmName);
    FreeContextBuffer(key.SessionKey);
    FreeContextBuffer(package.PackageInfo);
    return done;
}

static BOOL messages(struct talk *talk)
{
    char text[] = "a message", token[16];
    SecBuffer buffers[2] = {{sizeof(token), SECBUFFER_TOKEN, token}, {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    return step(talk, "MakeSignature", MakeSignature(&talk->contexts[0], 0, &desc, 0)) &&
           step(talk, "VerifySignature", VerifySignature(&talk->contexts[1], &desc, 0, NULL)) &&
           step(talk, "EncryptMessage", EncryptMessage(&talk->contexts[1], 0, &desc, 0)) &&
           step(talk, "DecryptMessage", DecryptMessage(&talk->contexts[0], &desc, 0, NULL));
}

static BOOL impersonate(struct talk *talk)
{
    HANDLE token = NULL;

    if (!step(talk, "QuerySecurityContextToken", QuerySecurityContextToken(&talk->contexts[1], &token))) return FALSE;
    NtClose(token);
    if (!may_impersonate) return TRUE;
    if (!step(talk, "ImpersonateSecurityContext", ImpersonateSecurityContext(&talk->contexts[1]))) return FALSE;
    return step(talk, "RevertSecurityContext", RevertSecurityContext(&talk->contexts[1]));
}

static void read_ids(char *ids, size_t room)
{
    FILE *file = fopen("/proc/thread-self/status", "r");
    char line[256];

    *ids = 0;
    while (file && fgets(line, sizeof(line), file))
    {
        if (!strncmp(line, "Uid:", 4) || !strncmp(line, "Gid:", 4) || !strncmp(line, "Groups:", 7) ||
            !strncmp(line, "CapEff:", 7))
            strncat(ids, line, room - strlen(ids) - 1);
    }
    if (file) fclose(file);
}

/* One conversation in which the NTH allocation fails. FALSE: it was over before. */
static BOOL talk_with_failure(long nth)
{
    char before[2048], after[2048];
    struct talk talk = {.status = SEC_E_OK};
    BOOL done;

    read_ids(before, sizeof(before));
    guise_fail_allocation(nth);
    done = acquire(&talk) && legs(&talk) && attributes(&talk) && messages(&talk) && impersonate(&talk);
    guise_fail_allocation(0);
    read_ids(after, sizeof(after));

    ok(!strcmp(before, after), "allocation %ld: the thread had\n%sand has\n%s", nth, before, after); /* design 5.5 */
    if (!done && !strcmp(talk.step, "ImpersonateSecurityContext"))
        ok(talk.status == SEC_E_NO_IMPERSONATION, "allocation %ld: got %08lx\n", nth, talk.status); /* design 5.5 */
    else if (!done && !talk.have_credential[1]) /* INTERNAL_ERROR: the configuration could not be read */
        ok(talk.status == SEC_E_INSUFFICIENT_MEMORY || talk.status == SEC_E_INTERNAL_ERROR,
           "allocation %ld: %s gave %08lx\n", nth, talk.step, talk.status); /* S2.1.11 */
    else if (!done)
        ok(talk.status == SEC_E_INSUFFICIENT_MEMORY, "allocation %ld: %s gave %08lx\n", nth, talk.step,
           talk.status); /* S2.5.12 */
    for (int i = 0; i < 2; i++)
    {
        if (talk.have_context[i])
            ok(DeleteSecurityContext(&talk.contexts[i]) == SEC_E_OK, "allocation %ld: context %d\n", nth,
               i); /* S12.2 */
        if (talk.have_credential[i])
            ok(FreeCredentialsHandle(&talk.credentials[i]) == SEC_E_OK, "allocation %ld: credential %d\n", nth,
               i); /* S12.1 */
    }
    return !done;
}

/* The same in a process of its own, in which nothing has been set up yet. */
static BOOL cold_talk(long nth)
{
    int status;
    pid_t child = fork();

    if (!child)
    {
        BOOL failed = talk_with_failure(nth);

        fflush(stdout);
        _exit(failed ? 10 : 11);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) return FALSE;
    ok(WIFEXITED(status) && WEXITSTATUS(status) >= 10 && WEXITSTATUS(status) <= 11,
       "allocation %ld: the child ended with %x\n", nth, status); /* design 5.5 */
    return WIFEXITED(status) && WEXITSTATUS(status) == 10;
}

enum { TOO_MANY = 2000 };

START_TEST(alloc_failure)
{
    long nth;

    if (!mkdtemp(directory) || !write_config() || !make_store())
    {
        ok(FALSE, "the account store cannot be made\n"); /* design 5 */
        remove_all();
        return;
    }
    if (!may_impersonate) skip("no accounts to stand for the third and the anonymous one: nothing is impersonated\n");

    for (nth = 1; nth < TOO_MANY && cold_talk(nth); nth++) {}
    ok(nth > 20 && nth < TOO_MANY, "ended at allocation %ld\n", nth); /* design 5.5 */
    trace("%ld allocations in a new process\n", nth - 1);

    ok(!talk_with_failure(0), "the conversation fails\n"); /* S2.5.12 */
    for (nth = 1; nth < TOO_MANY && talk_with_failure(nth); nth++) {}
    ok(nth > 20 && nth < TOO_MANY, "ended at allocation %ld\n", nth); /* design 5.5 */
    trace("%ld allocations in a used one\n", nth - 1);
    remove_all();
}
