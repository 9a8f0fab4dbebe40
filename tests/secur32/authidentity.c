/*
 * The Sspi helpers for identities.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "late.h"

#define SENTINEL ((WCHAR *)0xdeadbeef)

static BOOL wide_is(const WCHAR *text, const WCHAR *expected)
{
    size_t i = 0;

    if (!text || !expected) return text == expected;
    while (text[i] && text[i] == expected[i]) i++;
    return text[i] == expected[i];
}

static void *identity_of(const WCHAR *user, const WCHAR *domain, const WCHAR *password)
{
    void *identity = NULL;
    SECURITY_STATUS status = SspiEncodeStringsAsAuthIdentity(user, domain, password, &identity);

    ok(status == SEC_E_OK && identity, "got %08lx\n", status); /* S2.20.1 */
    return identity;
}

static void check_strings(void *identity, const WCHAR *user, const WCHAR *domain, const WCHAR *password)
{
    const WCHAR *got_user = SENTINEL, *got_domain = SENTINEL, *got_password = SENTINEL;
    SECURITY_STATUS status = SspiEncodeAuthIdentityAsStrings(identity, &got_user, &got_domain, &got_password);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* callers cite */
    if (status != SEC_E_OK) return;
    ok(wide_is(got_user, user), "user %s\n", wine_dbgstr_w(got_user));                 /* callers cite */
    ok(wide_is(got_domain, domain), "domain %s\n", wine_dbgstr_w(got_domain));         /* callers cite */
    ok(wide_is(got_password, password), "password %s\n", wine_dbgstr_w(got_password)); /* callers cite */
    SspiLocalFree((void *)got_user);
    SspiLocalFree((void *)got_domain);
    SspiLocalFree((void *)got_password);
}

static void test_encode(void)
{
    static const struct
    {
        const WCHAR *user, *domain, *password;
    } parts[] = {
        {L"alice", L"DOMAIN", L"Secret-alice-1"},
        {L"alice", NULL, L"Secret-alice-1"},
        {L"alice", L"DOMAIN", NULL},
        {L"alice", NULL, NULL},
        {NULL, NULL, L"Secret-alice-1"},
        {NULL, L"DOMAIN", L"Secret-alice-1"},
        {L"", L"", L""},
    };
    void *identity = SENTINEL;
    SECURITY_STATUS status;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
    {
        winetest_push_context("parts %u", (unsigned int)i);
        identity = identity_of(parts[i].user, parts[i].domain, parts[i].password);
        check_strings(identity, parts[i].user, parts[i].domain, parts[i].password); /* S12.10 */
        SspiFreeAuthIdentity(identity);
        winetest_pop_context();
    }

    /* S2.20.1 */
    identity = SENTINEL;
    status = SspiEncodeStringsAsAuthIdentity(NULL, NULL, NULL, &identity);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status);
    status = SspiEncodeStringsAsAuthIdentity(NULL, L"DOMAIN", NULL, &identity);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status);
    ok(identity == SENTINEL, "written\n");
    status = SspiEncodeStringsAsAuthIdentity(L"alice", L"DOMAIN", L"pw", NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status);
}

/* Good until the next but one. */
static const WCHAR *wide(const char *text)
{
    static WCHAR rooms[2][64];
    static unsigned int next;
    WCHAR *room = rooms[next++ % 2];
    unsigned int i = 0;

    do room[i] = (BYTE)text[i];
    while (text[i] && ++i < 64);
    return room;
}

/* An opaque identity logs on as the plain one with the same texts would. */
static void test_log_on(void)
{
    struct session session = {.client_status = SEC_E_OK};
    void *identity;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    identity = identity_of(wide(session_user_name(SESSION_BOB)), L"", wide(session_password(SESSION_BOB)));
    if (session_open_as(&session, identity))
    {
        SspiZeroAuthIdentity(identity); /* ACH has copied it */
        session_run(&session, 0, 0);
        ok(session.client_status == SEC_E_OK && session.server_status == SEC_E_OK, "got %08lx, %08lx\n",
           session.client_status, session.server_status); /* S2.1.3 */
        session_close(&session);
    }
    SspiFreeAuthIdentity(identity);

    identity = identity_of(wide(session_user_name(SESSION_BOB)), L"", L"wrong");
    if (session_open_as(&session, identity))
    {
        session_run(&session, 0, 0);
        ok(session.server_status == SEC_E_LOGON_DENIED, "got %08lx\n", session.server_status); /* S2.1.3 */
        session_close(&session);
    }
    SspiFreeAuthIdentity(identity);
}

/* The other shapes may be copied; the copy is opaque. */
static void test_copy(void)
{
    char user[] = "alice", domain[] = "DOMAIN", password[] = "pw";
    SEC_WINNT_AUTH_IDENTITY_A plain = {
        (BYTE *)user, 5, (BYTE *)domain, 6, (BYTE *)password, 2, SEC_WINNT_AUTH_IDENTITY_ANSI};
    SEC_WINNT_AUTH_IDENTITY_EXW ex = {.Version = SEC_WINNT_AUTH_IDENTITY_VERSION,
                                      .Length = sizeof(ex),
                                      .User = (USHORT *)L"alice",
                                      .UserLength = 5,
                                      .Password = (USHORT *)L"pw",
                                      .PasswordLength = 2,
                                      .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE};
    void *copy = NULL, *again = NULL;
    SECURITY_STATUS status;

    status = SspiCopyAuthIdentity(&plain, &copy);
    ok(status == SEC_E_OK, "got %08lx\n", status);   /* S2.20.1 */
    check_strings(copy, L"alice", L"DOMAIN", L"pw"); /* S2.20.1 */
    status = SspiCopyAuthIdentity(copy, &again);
    ok(status == SEC_E_OK && again != copy, "got %08lx\n", status); /* S2.20.1 */
    SspiFreeAuthIdentity(copy);
    check_strings(again, L"alice", L"DOMAIN", L"pw"); /* S2.20.1 */
    SspiFreeAuthIdentity(again);

    status = SspiCopyAuthIdentity(&ex, &copy);
    ok(status == SEC_E_OK, "got %08lx\n", status);                 /* S2.1.3 */
    check_strings(copy, L"alice", NULL, L"pw");                    /* S2.1.3 */
    ok(SspiValidateAuthIdentity(copy) == SEC_E_OK, "not valid\n"); /* S2.20.1 */
    ok(!SspiIsAuthIdentityEncrypted(copy), "encrypted\n");         /* S2.20.1 */
    SspiFreeAuthIdentity(copy);
    SspiFreeAuthIdentity(NULL);
    SspiLocalFree(NULL);
}

static BOOL holds(const BYTE *bytes, size_t size, const void *what, size_t length)
{
    for (size_t i = 0; i + length <= size; i++)
        if (!memcmp(bytes + i, what, length)) return TRUE;
    return FALSE;
}

static void test_zero(void)
{
    char user[] = "alice", password[] = "pw-pw-pw";
    SEC_WINNT_AUTH_IDENTITY_A plain = {(BYTE *)user, 5, NULL, 0, (BYTE *)password, 8, SEC_WINNT_AUTH_IDENTITY_ANSI};
    SEC_WINNT_AUTH_IDENTITY_EX2 *identity = identity_of(L"alice", L"DOMAIN", L"Secret-alice-1");
    ULONG size = identity->cbStructureLength;

    ok(holds((BYTE *)identity, size, L"Secret-alice-1", 14 * sizeof(WCHAR)), "no password\n"); /* S2.20.1 */
    SspiZeroAuthIdentity(identity);
    ok(!holds((BYTE *)identity, size, L"Secret", 6 * sizeof(WCHAR)), "still there\n"); /* S2.20.1 */
    SspiFreeAuthIdentity(identity);
    SspiZeroAuthIdentity(&plain);
    ok(!memcmp(password, "\0\0\0\0\0\0\0\0", 8), "still there\n"); /* S2.20.1 */
    SspiZeroAuthIdentity(NULL);
}

static void test_compare(void)
{
    static const struct
    {
        const WCHAR *user, *domain, *password;
        BOOLEAN same_user, same_identity;
    } others[] = {
        {L"alice", L"DOMAIN", L"pw", TRUE, TRUE},    {L"ALICE", L"domain", L"pw", TRUE, TRUE},
        {L"alice", L"DOMAIN", L"PW", TRUE, FALSE},   {L"alice", L"DOMAIN", L"pw2", TRUE, FALSE},
        {L"alice", L"DOMAIN", NULL, TRUE, FALSE},    {L"alicf", L"DOMAIN", L"pw", FALSE, FALSE},
        {L"alice", L"DOMAIN2", L"pw", FALSE, FALSE},
    };
    void *identity = identity_of(L"alice", L"DOMAIN", L"pw"), *other;
    BOOLEAN same_user, same_identity;
    SECURITY_STATUS status;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
    {
        winetest_push_context("other %u", (unsigned int)i);
        other = identity_of(others[i].user, others[i].domain, others[i].password);
        same_user = same_identity = 0x55;
        status = SspiCompareAuthIdentities(identity, other, &same_user, &same_identity);
        ok(status == SEC_E_OK, "got %08lx\n", status);                                /* S2.20.1 */
        ok(same_user == others[i].same_user, "user %u\n", same_user);                 /* S2.20.1 */
        ok(same_identity == others[i].same_identity, "identity %u\n", same_identity); /* S2.20.1 */
        SspiFreeAuthIdentity(other);
        winetest_pop_context();
    }
    status = SspiCompareAuthIdentities(identity, NULL, &same_user, &same_identity);
    ok(status == SEC_E_OK && !same_user && !same_identity, "got %08lx\n", status); /* S2.20.1 */
    SspiFreeAuthIdentity(identity);
}

static void test_marshal(void)
{
    void *identity = identity_of(L"alice", NULL, L"Secret-alice-1"), *back = SENTINEL;
    SECURITY_STATUS status;
    ULONG length = 0, refused = 0;
    char *bytes = NULL;

    status = SspiMarshalAuthIdentity(identity, &length, &bytes);
    ok(status == SEC_E_OK && length > 28, "got %08lx, %lu\n", status, length); /* S2.20.1 */
    SspiFreeAuthIdentity(identity);
    for (ULONG cut = 0; cut < length; cut++)
        if (SspiUnmarshalAuthIdentity(cut, bytes, &back) != SEC_E_OK) refused++;
    ok(refused == length && back == SENTINEL, "%lu of %lu cut ones refused\n", refused, length); /* S2.20.1 */
    status = SspiUnmarshalAuthIdentity(length, bytes, &back);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.20.1 */
    if (status == SEC_E_OK)
    {
        check_strings(back, L"alice", NULL, L"Secret-alice-1"); /* S2.20.1 */
        SspiFreeAuthIdentity(back);
    }
    SspiLocalFree(bytes);
}

static void test_prepare(void)
{
    void *identity = identity_of(L"alice", L"DOMAIN", L"pw");
    const WCHAR *target = NULL, *user = NULL;
    SECURITY_STATUS status;
    ULONG type = 0, size = 0;
    BYTE *blob = NULL;

    status = SspiPrepareForCredWrite(identity, NULL, &type, &target, &user, &blob, &size);
    ok(status == SEC_E_OK && type == 2, "got %08lx, type %lu\n", status, type);  /* S2.20.1 */
    ok(wide_is(target, L"DOMAIN\\alice"), "target %s\n", wine_dbgstr_w(target)); /* S2.20.1 */
    ok(wide_is(user, L"DOMAIN\\alice"), "user %s\n", wine_dbgstr_w(user));       /* S2.20.1 */
    ok(size == 4 && blob && !memcmp(blob, L"pw", 4), "blob of %lu\n", size);     /* S2.20.1 */
    SspiLocalFree((void *)target);
    SspiLocalFree((void *)user);
    SspiLocalFree(blob);
    status = SspiPrepareForCredWrite(identity, L"server", &type, &target, &user, &blob, &size);
    ok(status == SEC_E_OK && wide_is(target, L"server"), "got %08lx\n", status); /* S2.20.1 */
    SspiLocalFree((void *)target);
    SspiLocalFree((void *)user);
    SspiLocalFree(blob);
    SspiFreeAuthIdentity(identity);
}

static void test_prepare_read(void)
{
    void *identity = identity_of(L"alice", L"DOMAIN", L"pw");
    const WCHAR *target = NULL;
    SECURITY_STATUS status;
    ULONG type = 0;

    status = SspiPrepareForCredRead(identity, NULL, &type, &target);
    ok(status == SEC_E_OK && type == 2, "got %08lx, type %lu\n", status, type);  /* S2.20.1 */
    ok(wide_is(target, L"DOMAIN\\alice"), "target %s\n", wine_dbgstr_w(target)); /* S2.20.1 */
    SspiLocalFree((void *)target);
    status = SspiPrepareForCredRead(identity, L"server", &type, &target);
    ok(status == SEC_E_OK && wide_is(target, L"server"), "got %08lx\n", status); /* S2.20.1 */
    SspiLocalFree((void *)target);
    SspiFreeAuthIdentity(identity);
}

/* An encrypted identity says so, holds nothing legible, and is legible again once decrypted. */
static void test_encrypt(void)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 *identity = identity_of(L"alice", L"DOMAIN", L"Secret-alice-1");
    ULONG size = identity->cbStructureLength;
    SECURITY_STATUS status;

    status = SspiEncryptAuthIdentityEx(SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS, identity);
    ok(status == SEC_E_OK, "got %08lx\n", status);                                               /* S2.20.1 */
    ok(SspiIsAuthIdentityEncrypted(identity), "not encrypted\n");                                /* S2.20.1 */
    ok(!holds((BYTE *)identity, size, L"Secret-alice-1", 14 * sizeof(WCHAR)), "still legible\n"); /* S2.20.1 */
    status = SspiDecryptAuthIdentityEx(SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS, identity);
    ok(status == SEC_E_OK, "got %08lx\n", status);                 /* S2.20.1 */
    ok(!SspiIsAuthIdentityEncrypted(identity), "still encrypted\n"); /* S2.20.1 */
    check_strings(identity, L"alice", L"DOMAIN", L"Secret-alice-1"); /* S2.20.1 */

    status = SspiEncryptAuthIdentity(identity);
    ok(status == SEC_E_OK && SspiIsAuthIdentityEncrypted(identity), "got %08lx\n", status); /* S2.20.1 */
    status = SspiDecryptAuthIdentity(identity);
    ok(status == SEC_E_OK, "got %08lx\n", status);                  /* S2.20.1 */
    check_strings(identity, L"alice", L"DOMAIN", L"Secret-alice-1"); /* S2.20.1 */
    SspiFreeAuthIdentity(identity);
    ok(SspiEncryptAuthIdentity(NULL) != SEC_E_OK, "encrypted\n"); /* S2.20.1 */
}

static void test_encrypted_log_on(void)
{
    struct session session = {.client_status = SEC_E_OK};
    void *identity;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    identity = identity_of(wide(session_user_name(SESSION_BOB)), L"", wide(session_password(SESSION_BOB)));
    ok(SspiEncryptAuthIdentity(identity) == SEC_E_OK, "not encrypted\n"); /* S2.20.1 */
    if (session_open_as(&session, identity))
    {
        session_run(&session, 0, 0);
        ok(session.client_status == SEC_E_OK && session.server_status == SEC_E_OK, "got %08lx, %08lx\n",
           session.client_status, session.server_status); /* S2.1.3 */
        session_close(&session);
    }
    SspiFreeAuthIdentity(identity);
}

static void test_exclude(void)
{
    SEC_WINNT_AUTH_IDENTITY_EX2 *once = NULL, *twice = NULL;
    void *identity = identity_of(L"alice", L"DOMAIN", L"pw");
    SECURITY_STATUS status;

    status = SspiExcludePackage(identity, L"NTLM", (void **)&once);
    ok(status == SEC_E_OK, "got %08lx\n", status);                                    /* S2.20.1 */
    check_strings(once, L"alice", L"DOMAIN", L"pw");                                  /* S2.20.1 */
    ok(holds((BYTE *)once, once->cbStructureLength, L"!NTLM", 10), "not excluded\n"); /* S2.20.1 */
    status = SspiExcludePackage(once, L"Kerberos", (void **)&twice);
    ok(status == SEC_E_OK, "got %08lx\n", status);                                                /* S2.20.1 */
    ok(holds((BYTE *)twice, twice->cbStructureLength, L"!NTLM,!Kerberos", 30), "not excluded\n"); /* S2.20.1 */
    SspiFreeAuthIdentity(twice);
    SspiFreeAuthIdentity(once);
    SspiFreeAuthIdentity(identity);
}

static void test_host(void)
{
    static const struct
    {
        const WCHAR *target, *host;
    } targets[] = {
        {L"http/www.example.com", L"www.example.com"},
        {L"http/www.example.com:8080", L"www.example.com"},
        {L"ldap/dc.example.com/example.com", L"dc.example.com"},
    };

    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
    {
        WCHAR *host = NULL;
        SECURITY_STATUS status = SspiGetTargetHostName(targets[i].target, &host);

        /* S2.20.1 */
        ok(status == SEC_E_OK && wide_is(host, targets[i].host), "%u: %08lx, %s\n", (unsigned int)i, status,
           wine_dbgstr_w(host));
        SspiLocalFree(host);
    }
}

START_TEST(authidentity)
{
    if (!LATE_NEED("SspiEncodeStringsAsAuthIdentity", "SspiEncodeAuthIdentityAsStrings", "SspiFreeAuthIdentity",
                   "SspiCopyAuthIdentity", "SspiCompareAuthIdentities", "SspiLocalFree", "SspiMarshalAuthIdentity",
                   "SspiUnmarshalAuthIdentity", "SspiPrepareForCredRead", "SspiPrepareForCredWrite",
                   "SspiValidateAuthIdentity", "SspiZeroAuthIdentity", "SspiIsAuthIdentityEncrypted",
                   "SspiEncryptAuthIdentity", "SspiDecryptAuthIdentity", "SspiExcludePackage", "SspiGetTargetHostName"))
        return;
    if (!session_setup()) return;
    test_encode();
    test_log_on();
    test_copy();
    test_zero();
    test_compare();
    test_marshal();
    test_prepare();
    test_prepare_read();
    if (LATE_NEED("SspiEncryptAuthIdentityEx", "SspiDecryptAuthIdentityEx")) test_encrypt();
    test_encrypted_log_on();
    test_exclude();
    test_host();
    session_cleanup();
}
