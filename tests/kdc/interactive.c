/*
 * Users with a password: KERB_INTERACTIVE_LOGON at a KDC of MIT Kerberos, at one that only says it is, and at none.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logons.h"
#include "peers.h"
#include "service_key.h"

enum { ALICE = 70001 };

static void test_types(void)
{
    static const struct
    {
        SECURITY_LOGON_TYPE type;
        NTSTATUS status;
        int level; /* -1: a primary token */
    } cases[] = {
        {Interactive, STATUS_SUCCESS, -1},
        {Batch, STATUS_SUCCESS, -1},
        {Service, STATUS_SUCCESS, -1},
        {NetworkCleartext, STATUS_SUCCESS, -1},
        {Network, STATUS_SUCCESS, SecurityImpersonation},
        {Proxy, STATUS_INVALID_LOGON_TYPE, 0},
    };
    struct logon logon;

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        if (password_log_on(&logon, cases[i].type, "GUISE.TEST", "alice", "alice-pw"))
        {
            ok(level_of(&logon) == cases[i].level, "type %d: level %d\n", cases[i].type, level_of(&logon)); /* S2.18.4 */
            ok(ImpersonateLoggedOnUser(logon.token) && geteuid() == ALICE, "type %d: uid %d\n", cases[i].type, geteuid()); /* design 5.4 */
            RevertToSelf();
        }
        ok(logon.status == cases[i].status, "type %d: %08x\n", cases[i].type, logon.status); /* S2.18.4 */
        log_off(&logon);
    }
}

static void test_refusals(void)
{
    static const struct
    {
        const char *domain, *user, *password;
        NTSTATUS status, substatus;
    } cases[] = {
        {"GUISE.TEST", "alice", "wrong", STATUS_LOGON_FAILURE, 0},
        {"GUISE.TEST", "alice", "", STATUS_LOGON_FAILURE, 0},
        {"GUISE.TEST", "nobody-at-all", "alice-pw", STATUS_LOGON_FAILURE, 0},
        {"GUISE.TEST", "", "alice-pw", STATUS_LOGON_FAILURE, 0},
        {NULL, "alice", "alice-pw", STATUS_SUCCESS, 0},
        {NULL, "alice@guise.test", "alice-pw", STATUS_SUCCESS, 0},
        {NULL, "alice@guise.test", "wrong", STATUS_LOGON_FAILURE, 0},
        {"GUISE.TEST", "mallory", "mallory-pw", STATUS_ACCOUNT_RESTRICTION, 0}, /* no account here */
        {"GUISE.TEST", "root", "root-pw", STATUS_ACCOUNT_RESTRICTION, 0},       /* design 5.8 */
        {"GUISE.TEST", "gone", "gone-pw", STATUS_LOGON_FAILURE, 0},             /* this KDC refuses whoever asks */
        {"GUISE.TEST", "old", "old-pw", STATUS_ACCOUNT_RESTRICTION, STATUS_PASSWORD_EXPIRED},
        {"GUISE.TEST", "old", "wrong", STATUS_LOGON_FAILURE, 0},
        {"NOWHERE.TEST", "alice", "alice-pw", STATUS_NO_LOGON_SERVERS, 0},
        {"DOWN.TEST", "alice", "alice-pw", STATUS_NO_LOGON_SERVERS, 0},
    };
    struct logon logon;

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        password_log_on(&logon, Interactive, cases[i].domain, cases[i].user, cases[i].password);
        ok(logon.status == cases[i].status && logon.substatus == cases[i].substatus, "%s with %s: %08x, %08x\n", cases[i].user, cases[i].password,
           logon.status, logon.substatus); /* S2.18.5 */
        log_off(&logon);
    }
}

/* There is no store: who is not the realm's is nobody's. */
static void test_negotiate(void)
{
    static const struct
    {
        const char *domain, *user, *password;
        NTSTATUS status;
    } cases[] = {
        {"GUISE.TEST", "alice", "alice-pw", STATUS_SUCCESS},
        {"GUISE.TEST", "alice", "wrong", STATUS_LOGON_FAILURE},
        {NULL, "alice@guise.test", "alice-pw", STATUS_SUCCESS},
        {NULL, "alice", "alice-pw", STATUS_SUCCESS},
        {".", "alice", "alice-pw", STATUS_NO_LOGON_SERVERS},
        {"DOWN.TEST", "alice", "alice-pw", STATUS_NO_LOGON_SERVERS},
    };
    struct logon logon;

    logons_use("Negotiate");
    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        password_log_on(&logon, Interactive, cases[i].domain, cases[i].user, cases[i].password);
        ok(logon.status == cases[i].status, "%s\\%s: %08x\n", cases[i].domain, cases[i].user, logon.status); /* S2.18.4 */
        ok(!logon.token || !strcmp(package_of(&logon), "Kerberos"), "%s\n", package_of(&logon));              /* design 7.7 */
        log_off(&logon);
    }
    ok(s4u_log_on(&logon, true, Network, 0, "alice", NULL), "%08x\n", logon.status); /* S6.3.2 */
    log_off(&logon);
    logons_use("Kerberos");
}

/* ---- tickets of the session ---- */

static SECURITY_STATUS go_on(char *who, size_t size)
{
    SecPkgCredentials_NamesA names = {NULL};
    static struct token token;
    struct side side;
    SECURITY_STATUS status;

    if (!side_open_initiator(&side, NULL, HTTP, 0)) return SEC_E_INTERNAL_ERROR;
    status = side_step(&side, NULL, &token);
    ok(status || !(side.attributes & (ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY)), "attributes %08lx\n", side.attributes); /* S2.5.14 */
    if (!QueryCredentialsAttributesA(&side.credential, SECPKG_CRED_ATTR_NAMES, &names)) snprintf(who, size, "%s", names.sUserName);
    FreeContextBuffer(names.sUserName);
    side_close(&side);
    return status;
}

/* Of the session that the thread is of. */
static int count_tickets(void)
{
    LSA_STRING name = {8, 9, (char *)"Kerberos"};
    KERB_QUERY_TKT_CACHE_REQUEST request = {KerbQueryTicketCacheMessage, {0, 0}};
    KERB_QUERY_TKT_CACHE_RESPONSE *response = NULL;
    int count = -1;
    HANDLE lsa;
    ULONG number, size;
    NTSTATUS protocol;

    if (LsaConnectUntrusted(&lsa)) return count;
    if (!LsaLookupAuthenticationPackage(lsa, &name, &number) &&
        !LsaCallAuthenticationPackage(lsa, number, &request, sizeof(request), (void **)&response, &size, &protocol) && !protocol)
        count = (int)response->CountOfTickets;
    LsaFreeReturnBuffer(response);
    LsaDeregisterLogonProcess(lsa);
    return count;
}

/* The process is bob all the while. */
static void test_tickets(void)
{
    static const struct
    {
        SECURITY_LOGON_TYPE type;
        int level;
        SECURITY_STATUS status;
    } cases[] = {
        {Interactive, SecurityImpersonation, SEC_E_OK},
        {Batch, SecurityDelegation, SEC_E_OK},
        {Interactive, SecurityIdentification, SEC_E_NO_CREDENTIALS},
        {Network, SecurityImpersonation, SEC_E_NO_CREDENTIALS},
    };
    struct logon logon;

    kdc_log_in("bob", kdc_path("interactive"), 0);
    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        char who[64] = "";
        SECURITY_STATUS status;
        HANDLE token;
        int count;

        if (!password_log_on(&logon, cases[i].type, "GUISE.TEST", "alice", "alice-pw")) ok(false, "%08x\n", logon.status); /* S2.18.4 */
        ok(DuplicateTokenEx(logon.token, TOKEN_ALL_ACCESS, NULL, cases[i].level, TokenImpersonation, &token), "no copy\n"); /* S9.1.3 */
        log_off(&logon); /* the session lives as long as one of its tokens */
        ok(SetThreadToken(NULL, token), "not impersonated\n"); /* S9.1.3 */
        status = go_on(who, sizeof(who));
        count = count_tickets();
        RevertToSelf();
        ok(status ? !count : count > 0, "case %d: %d tickets\n", (int)i, count); /* S2.18.3 */
        ok(status == cases[i].status, "case %d: %08lx\n", (int)i, status); /* S9.1.5 */
        ok(status || !strcmp(who, "alice@GUISE.TEST"), "case %d: %s\n", (int)i, who); /* S9.1.5 */
        CloseHandle(token);
    }
}

/* ---- no KDC, another KDC, no keytab ---- */

static void is_refused(const char *what, const char *password, NTSTATUS expected, NTSTATUS expected_s4u)
{
    struct logon logon;

    password_log_on(&logon, Interactive, "GUISE.TEST", "alice", password);
    ok(logon.status == expected, "%s: %08x\n", what, logon.status); /* design 7.9 */
    log_off(&logon);
    s4u_log_on(&logon, true, Network, 0, "alice", NULL);
    ok(logon.status == expected_s4u, "%s, S4U: %08x\n", what, logon.status); /* design 7.9 */
    log_off(&logon);
}

static bool shell(const char *command)
{
    int code = system(command);

    ok(!code, "%s: %d\n", command, code); /* design 7.9 */
    return !code;
}

/* Somebody in the KDC's place who knows no key of this machine, but what the caller has been told to type. */
static void test_false_kdc(void)
{
    static const char make[] = "mkdir -p $KDC_DIR/false && sed s,$KDC_DIR/,$KDC_DIR/false/, $KRB5_KDC_PROFILE >$KDC_DIR/false/kdc.conf && "
                               "export KRB5_KDC_PROFILE=$KDC_DIR/false/kdc.conf && { kdb5_util create -s -r GUISE.TEST -P other && "
                               "printf 'addprinc -pw typed alice\\naddprinc -randkey HTTP/server.guise.test\\n"
                               "addprinc -randkey host/server.guise.test\\n' | kadmin.local -r GUISE.TEST; } >$KDC_DIR/false/log 2>&1";
    char *profile = strdup(getenv("KRB5_KDC_PROFILE"));

    setenv("KRB5CCNAME", kdc_path("no-such-cache"), 1);
    if (shell(make) && kdc_stop())
    {
        setenv("KRB5_KDC_PROFILE", kdc_path("false/kdc.conf"), 1);
        if (kdc_start())
        {
            is_refused("a false KDC", "typed", STATUS_TRUSTED_RELATIONSHIP_FAILURE, STATUS_NO_TRUST_SAM_ACCOUNT);
            is_refused("a false KDC", "alice-pw", STATUS_LOGON_FAILURE, STATUS_NO_TRUST_SAM_ACCOUNT);
        }
        setenv("KRB5_KDC_PROFILE", profile, 1);
        if (kdc_stop())
        {
            is_refused("no KDC", "alice-pw", STATUS_NO_LOGON_SERVERS, STATUS_NO_LOGON_SERVERS);
            kdc_start();
        }
    }
    is_refused("the KDC again", "alice-pw", STATUS_SUCCESS, STATUS_SUCCESS);
    free(profile);
}

static void test_no_keytab(void)
{
    char *keytab = strdup(getenv("KRB5_KTNAME"));

    setenv("KRB5_KTNAME", kdc_path("no-such-keytab"), 1);
    is_refused("no keytab", "alice-pw", STATUS_NO_TRUST_LSA_SECRET, STATUS_NO_TRUST_LSA_SECRET);
    setenv("KRB5_KTNAME", keytab, 1);
    free(keytab);
}

START_TEST(interactive)
{
    if (!kdc_is_here() || !logons_begin()) return;
    test_types();
    test_refusals();
    test_negotiate();
    test_tickets();
    test_no_keytab();
    test_false_kdc();
}
