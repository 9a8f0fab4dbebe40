/*
 * NTLM over a real account store: which credential can be had, who gets a token and which.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>

#include "ntoskrnl/rtl/memory.h"
#include "tests/internal/ntlm_double.h"
#include "wine/test.h"

static char folder[PATH_MAX], store[PATH_MAX + 16], config[PATH_MAX + 16];

/* The credential is opened as the configuration says, once for the process: store, names, null sessions. */
static bool make_config(void)
{
    const char *top = getenv("TMPDIR");
    FILE *file;

    snprintf(folder, sizeof(folder), "%s/ntlm_logon.XXXXXX", top ? top : "/tmp");
    if (!mkdtemp(folder)) return false;
    snprintf(store, sizeof(store), "%s/accounts.mdb", folder);
    snprintf(config, sizeof(config), "%s/guise.conf", folder);
    if (!(file = fopen(config, "w"))) return false;
    fprintf(file, "[accounts]\nstore = %s\n[ntlm]\nnetbios-name = SERVER\nnetbios-domain = GUISE\n", store);
    fprintf(file, "dns-name = server.example\ndns-domain = example\nallow-anonymous = yes\n");
    return !fclose(file) && !setenv("GUISE_CONF", config, 1);
}

static void remove_files(void)
{
    char lock[sizeof(store) + 8];

    snprintf(lock, sizeof(lock), "%s-lock", store);
    unlink(lock);
    unlink(store);
    unlink(config);
    rmdir(folder);
}

static NTSTATUS add(struct sam *sam, const char *name, const char *unix_name, ULONG flags, const WCHAR *password,
                    size_t units)
{
    struct sam_account account = {.flags = flags, .has_hash = true};

    strcpy(account.name, name);
    strcpy(account.unix_name, unix_name);
    if (!ntlm_ntowf_v1(password, units, account.nt_hash)) return STATUS_NO_MEMORY;
    return sam_store(sam, &account, true);
}

static SECURITY_STATUS acquire(ULONG use, struct package_credential **credential)
{
    struct acquire_request request = {.use = use};
    TimeStamp expiry = {0};
    SECURITY_STATUS status;

    *credential = NULL;
    status = ntlm_package.acquire_credential(&request, credential, &expiry);
    /* S2.1.10 */
    ok(!status == !!*credential && (status || expiry.QuadPart == 0x7fffffffffffffffll), "%#x\n", status);
    return status;
}

static void test_store_states(void)
{
    struct package_credential *credential;
    struct sam *sam;

    ok(acquire(SECPKG_CRED_INBOUND, &credential) == SEC_E_NO_CREDENTIALS, "no store\n"); /* S2.1.11 */
    ok(acquire(SECPKG_CRED_BOTH, &credential) == SEC_E_NO_CREDENTIALS, "no store\n");    /* S2.1.11 */
    ok(acquire(SECPKG_CRED_OUTBOUND, &credential) == SEC_E_OK, "a client needs none\n"); /* S2.1.6 */
    ntlm_package.free_credential(credential);

    ok(!sam_open(store, true, &sam), "cannot make a store\n"); /* design 5 */
    ok(!add(sam, "Alice", "daemon", 0, u"Password", 8), "alice\n");
    ok(!add(sam, "ghost", "no-such-unix-account", 0, u"Password", 8), "ghost\n");
    ok(!add(sam, "chief", "root", 0, u"Password", 8), "chief\n");
    ok(!add(sam, "Disabled", "daemon", SAM_DISABLED, u"Password", 8), "disabled\n");
    ok(!add(sam, "blank", "daemon", 0, u"", 0), "blank\n");
    sam_close(sam);

    ok(!chmod(store, 0644), "chmod\n"); /* S2.1.11 */
    ok(acquire(SECPKG_CRED_INBOUND, &credential) == SEC_E_NO_CREDENTIALS, "a store that others read\n");
    ok(!chmod(store, 0600), "chmod\n"); /* S2.1.11 */
    ok(acquire(SECPKG_CRED_INBOUND, &credential) == SEC_E_OK, "a proper store\n");
    ntlm_package.free_credential(credential);
}

static struct package_credential *server;

/* A handshake as USER; *handshake is the caller's to end. */
static SECURITY_STATUS log_on(const WCHAR *domain, const WCHAR *user, ULONG client, ULONG acceptor,
                              struct handshake *handshake)
{
    struct package_credential credential;
    SECURITY_STATUS status;

    double_outbound(&credential, domain, user, *user ? u"Password" : u"");
    *handshake = (struct handshake){.client_credential = &credential,
                                    .server_credential = server,
                                    .client_request = client,
                                    .server_request = acceptor};
    status = shake_hands(handshake);
    double_free(&credential);
    return status;
}

static SECURITY_IMPERSONATION_LEVEL level_of(struct handshake *handshake)
{
    PACCESS_TOKEN token;

    return ntlm_package.context_token(handshake->server, &token) ? (SECURITY_IMPERSONATION_LEVEL)-1
                                                                 : SeTokenImpersonationLevel(token);
}

static bool same_sid(const SID *sid, const SID *other)
{
    return sid->SubAuthorityCount == other->SubAuthorityCount && !memcmp(sid, other, SeLengthSid(other));
}

static void test_token(void)
{
    static const struct
    {
        UCHAR revision, count, authority[6];
        ULONG rids[2];
    } by_ntlm = {1, 2, {0, 0, 0, 0, 0, 5}, {64, 10}};
    struct
    {
        SID sid;
        ULONG room[SID_MAX_SUB_AUTHORITIES];
    } expected;
    struct handshake handshake;
    SecPkgContext_NamesW names;
    PACCESS_TOKEN token;
    TOKEN_GROUPS *groups;
    TOKEN_SOURCE *source;
    TOKEN_USER *user;
    struct sam *sam;
    int found = 0;

    ok(log_on(u"GUISE", u"aLICE", 0, 0, &handshake) == SEC_E_OK, "%#x\n", handshake.server_status); /* S9.1.4 */
    ok(level_of(&handshake) == SecurityImpersonation, "level\n");
    ok(!ntlm_package.context_token(handshake.server, &token), "token\n"); /* S2.11.3 */
    ok(SeTokenType(token) == TokenImpersonation, "type\n");

    /* design 5: the account's SID is the store's, its groups come from Unix */
    ok(!sam_open(store, false, &sam) && !sam_domain_sid(sam, &expected.sid, sizeof(expected)), "domain SID\n");
    sam_close(sam);
    (&expected.sid.SubAuthority[0])[expected.sid.SubAuthorityCount++] = 1000;
    ok(!SeQueryInformationToken(token, TokenUser, (void **)&user), "user\n");
    ok(same_sid((SID *)user->User.Sid, &expected.sid), "user SID\n");
    ok(!SeQueryInformationToken(token, TokenGroups, (void **)&groups), "groups\n");
    for (ULONG i = 0; i < groups->GroupCount; i++)
        if (same_sid((SID *)groups->Groups[i].Sid, (const SID *)&by_ntlm)) found++;
    ok(found == 1, "S-1-5-64-10 is there %d times\n", found);
    ok(!SeQueryInformationToken(token, TokenSource, (void **)&source), "source\n");
    ok(!memcmp(source->SourceName, "NtLmSsp", 8), "source\n");
    ExFreePool(user);
    ExFreePool(groups);
    ExFreePool(source);

    ok(!ntlm_package.query_context(handshake.server, SECPKG_ATTR_NAMES, &names), "names\n"); /* S3.3.1 */
    ok(!memcmp(names.sUserName, u"GUISE\\Alice", sizeof(u"GUISE\\Alice")), "%s\n", wine_dbgstr_w(names.sUserName));
    guise_free(names.sUserName);
    end_handshake(&handshake);
}

static void test_levels(void)
{
    struct handshake handshake;

    ok(!log_on(u"GUISE", u"alice", ISC_REQ_IDENTIFY, 0, &handshake), "the client's IDENTIFY\n"); /* S9.1.4 */
    ok(level_of(&handshake) == SecurityIdentification, "level\n");
    end_handshake(&handshake);
    ok(!log_on(u"GUISE", u"alice", 0, ASC_REQ_IDENTIFY, &handshake), "the server's IDENTIFY\n"); /* S9.1.4 */
    ok(level_of(&handshake) == SecurityIdentification, "level\n");
    end_handshake(&handshake);
    ok(!log_on(u"GUISE", u"alice", ISC_REQ_DELEGATE, 0, &handshake), "DELEGATE\n"); /* S9.1.5 */
    ok(level_of(&handshake) == SecurityImpersonation, "level\n");
    end_handshake(&handshake);
    ok(!log_on(u"GUISE", u"alice", 0, ASC_REQ_NO_TOKEN, &handshake), "NO_TOKEN\n"); /* S2.6.5 */
    ok(level_of(&handshake) == (SECURITY_IMPERSONATION_LEVEL)-1, "a token\n");
    end_handshake(&handshake);
}

static void test_names(void)
{
    static const struct
    {
        const WCHAR *domain, *user;
        SECURITY_STATUS expected;
    } cases[] = {
        {u"", u"alice", SEC_E_OK},
        {u"SERVER", u"alice", SEC_E_OK},
        {u"ELSEWHERE", u"alice", SEC_E_OK}, /* one store: the password is what was proved */
        {u"", u"alice@example", SEC_E_OK},
        {u"", u"alice@SERVER.example", SEC_E_OK},
        {u"", u"alice@GUISE", SEC_E_OK},
        {u"", u"alice@elsewhere", SEC_E_LOGON_DENIED},
        {u"", u"alice@", SEC_E_LOGON_DENIED},
        {u"", u"@example", SEC_E_LOGON_DENIED},
        {u"GUISE", u"nobody-of-the-store", SEC_E_LOGON_DENIED},
        {u"GUISE", u"disabled", SEC_E_LOGON_DENIED},
        {u"GUISE", u"ghost", SEC_E_LOGON_DENIED}, /* no Unix account */
        {u"GUISE", u"chief", SEC_E_LOGON_DENIED}, /* root */
    };
    struct handshake handshake;
    size_t units;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        SECURITY_STATUS status = log_on(cases[i].domain, cases[i].user, 0, 0, &handshake);

        ok(status == cases[i].expected, "%s\\%s: %#x\n", wine_dbgstr_w(cases[i].domain), wine_dbgstr_w(cases[i].user),
           status); /* S4.9.5, S4.9.6, design 5.8 */
        end_handshake(&handshake);
    }

    /* A server without a DNS domain: no realm is not one of its names. */
    units = server->names.dns_domain.units;
    server->names.dns_domain.units = 0;
    ok(log_on(u"", u"alice@", 0, 0, &handshake) == SEC_E_LOGON_DENIED, "alice without a realm\n"); /* S4.9.5 */
    server->names.dns_domain.units = units;
    end_handshake(&handshake);
}

static void test_null_session(void)
{
    static const struct
    {
        UCHAR revision, count, authority[6];
        ULONG rid;
    } anonymous = {1, 1, {0, 0, 0, 0, 0, 5}, 7};
    struct handshake handshake;
    SecPkgContext_NamesW names;
    PACCESS_TOKEN token;
    TOKEN_USER *user;

    ok(log_on(u"", u"", 0, 0, &handshake) == SEC_E_LOGON_DENIED, "not asked for\n"); /* S4.8.1 */
    end_handshake(&handshake);
    ok(!log_on(u"", u"", 0, ASC_REQ_ALLOW_NULL_SESSION, &handshake), "%#x\n", handshake.server_status); /* S4.8.1 */
    ok(!ntlm_package.context_token(handshake.server, &token), "token\n");
    ok(!SeQueryInformationToken(token, TokenUser, (void **)&user), "user\n");
    ok(same_sid((SID *)user->User.Sid, (const SID *)&anonymous), "not S-1-5-7\n");
    ExFreePool(user);
    ok(!ntlm_package.query_context(handshake.server, SECPKG_ATTR_NAMES, &names), "names\n"); /* S3.3.1 */
    ok(!memcmp(names.sUserName, u"NT AUTHORITY\\ANONYMOUS LOGON", sizeof(u"NT AUTHORITY\\ANONYMOUS LOGON")), "%s\n",
       wine_dbgstr_w(names.sUserName));
    guise_free(names.sUserName);
    end_handshake(&handshake);
}

/* Who has an empty password cannot come over the network, as Windows' policy is by default: anybody could. */
static void test_blank_password(void)
{
    const ULONG requests[] = {0, ASC_REQ_NO_TOKEN};

    for (int i = 0; i < 2; i++)
    {
        struct handshake handshake = {.server_credential = server, .server_request = requests[i]};
        struct package_credential credential;

        double_outbound(&credential, u"GUISE", u"blank", u"");
        handshake.client_credential = &credential;
        ok(shake_hands(&handshake) == SEC_E_LOGON_DENIED, "let in\n"); /* S2.18.5 */
        end_handshake(&handshake);
        double_free(&credential);
    }
}

/* Of an account whose password was not proved nothing is told, neither its hashes nor who it is. */
static void test_unproved(void)
{
    static const UCHAR wrong[NTLM_KEY_SIZE];
    static const WCHAR *const users[] = {u"alice", u"nobody-of-the-store"};

    for (int i = 0; i < 2; i++)
    {
        struct ntlm_logon logon, zeros;
        struct ntlm_text user = {(WCHAR *)users[i], i ? 19 : 5}, domain = {NULL, 0};
        const struct ntlm_attempt attempt = {.user = &user, .domain = &domain, .nt_hash = wrong};

        memset(&logon, 0x55, sizeof(logon));
        memset(&zeros, 0, sizeof(zeros));
        ok(server->accounts->ops->prove(server->accounts, &attempt, &logon) == STATUS_LOGON_FAILURE, "proved\n"); /* S4.9.5 */
        ok(!memcmp(&logon, &zeros, sizeof(logon)), "%s: something is left\n", wine_dbgstr_w(users[i])); /* S4.9.5 */
    }
}

/* Whatever is missing in the last leg, a client that is refused leaves no token. */
static void test_no_memory(void)
{
    struct package_credential credential;
    SECURITY_STATUS status;
    long nth = 0;

    double_outbound(&credential, u"GUISE", u"alice", u"Password");
    do
    {
        struct handshake handshake = {.client_credential = &credential, .server_credential = server};

        ok(leg_negotiate(&handshake) == SEC_I_CONTINUE_NEEDED && leg_challenge(&handshake) == SEC_I_CONTINUE_NEEDED &&
               leg_authenticate(&handshake) == SEC_E_OK,
           "legs\n"); /* S2.5.12 */
        guise_fail_allocation(++nth);
        status = leg_finish(&handshake);
        guise_fail_allocation(0);
        ok(!status || status == SEC_E_INSUFFICIENT_MEMORY, "allocation %ld: %#x\n", nth, status); /* S2.5.12 */
        ok(!status == !!handshake.server->token, "allocation %ld: %#x, token %p\n", nth, status, handshake.server->token); /* S2.11.3 */
        end_handshake(&handshake);
    } while (status && nth < 1000);
    ok(nth > 5 && nth < 1000, "%ld allocations\n", nth); /* S2.5.12 */
    double_free(&credential);
}

START_TEST(ntlm_logon)
{
    if (!make_config())
    {
        skip("cannot make a configuration\n");
        return;
    }
    test_store_states();
    if (acquire(SECPKG_CRED_INBOUND, &server) == SEC_E_OK) /* S2.1.11 */
    {
        test_token();
        test_levels();
        test_names();
        test_null_session();
        test_blank_password();
        test_unproved();
        test_no_memory();
        ntlm_package.free_credential(server);
    }
    remove_files();
}
