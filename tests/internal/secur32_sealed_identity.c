/*
 * Encrypted identities: whatever byte of one is changed, wherever it is cut, nothing takes it any more, and what is
 * refused is left as it was.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sspi.h>
#include <wine/test.h>

#include "secur32_fake.h"

static void *sealed_identity(ULONG *size)
{
    void *identity = NULL;

    ok(SspiEncodeStringsAsAuthIdentity(u"alice", u"DOMAIN", u"secret", &identity) == SEC_E_OK, "none\n"); /* S2.20.1 */
    ok(SspiEncryptAuthIdentity(identity) == SEC_E_OK, "not encrypted\n");                                /* S2.20.1 */
    *size = ((SEC_WINNT_AUTH_IDENTITY_EX2 *)identity)->cbStructureLength;
    return identity;
}

static SECURITY_STATUS acquire(void *identity)
{
    CredHandle handle;
    SECURITY_STATUS status;

    memset(&fake_script, 0, sizeof(fake_script));
    memset(&fake_seen, 0, sizeof(fake_seen));
    status = AcquireCredentialsHandleW(NULL, (WCHAR *)L"fake", SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL,
                                       &handle, NULL);
    if (status == SEC_E_OK) FreeCredentialsHandle(&handle);
    return status;
}

static void test_acquire(void)
{
    ULONG size;
    void *identity = sealed_identity(&size), *copy = malloc(size);

    memcpy(copy, identity, size);
    ok(acquire(identity) == SEC_E_OK && !memcmp(fake_seen.password, u"secret", 14), "password %s\n",
       wine_dbgstr_w(fake_seen.password)); /* S2.1.3 */
    ok(!memcmp(copy, identity, size), "the caller's identity was changed\n"); /* S12.13 */
    /* A copy of the bytes elsewhere is the same identity. */
    ok(acquire(copy) == SEC_E_OK && !memcmp(fake_seen.user, u"alice", 12), "user %s\n",
       wine_dbgstr_w(fake_seen.user)); /* S2.1.3 */
    free(copy);
    SspiFreeAuthIdentity(identity);
}

/* Bytes of the header may make another shape of it, with pointers that nobody may follow: only Unmarshal takes those. */
static void test_altered(void)
{
    ULONG size, refused = 0, unchanged = 0;
    UCHAR *identity = sealed_identity(&size), *copy = malloc(size), *before = malloc(size);
    void *back;

    for (ULONG at = 0; at < size; at++)
    {
        memcpy(copy, identity, size);
        copy[at] ^= 0x40;
        memcpy(before, copy, size);
        if (SspiUnmarshalAuthIdentity(size, (char *)copy, &back) != SEC_E_OK) refused++;
        else SspiFreeAuthIdentity(back);
        if (!memcmp(before, copy, size)) unchanged++;
        if (at < sizeof(SEC_WINNT_AUTH_IDENTITY_EX2)) continue;
        ok(SspiDecryptAuthIdentity(copy) == SEC_E_UNKNOWN_CREDENTIALS, "byte %lu\n", at);   /* S2.1.12 */
        ok(SspiEncryptAuthIdentity(copy) == SEC_E_UNKNOWN_CREDENTIALS, "byte %lu\n", at);   /* S2.1.12 */
        ok(SspiValidateAuthIdentity(copy) == SEC_E_UNKNOWN_CREDENTIALS, "byte %lu\n", at);  /* S2.1.12 */
        ok(acquire(copy) == SEC_E_UNKNOWN_CREDENTIALS, "byte %lu\n", at);                   /* S2.1.12 */
        ok(!memcmp(before, copy, size), "byte %lu: changed\n", at);                         /* S2.20.1 */
    }
    ok(refused == size && unchanged == size, "%lu of %lu refused\n", refused, size); /* S2.20.1 */
    free(before);
    free(copy);
    SspiFreeAuthIdentity(identity);
}

/* What is made of an encrypted identity is encrypted too, under another nonce. */
static void test_derived(void)
{
    ULONG size, length = 0;
    UCHAR *identity = sealed_identity(&size);
    SEC_WINNT_AUTH_IDENTITY_EX2 *copy = NULL, *list = NULL, *back = NULL;
    BOOLEAN user = FALSE, same = FALSE;
    char *bytes = NULL;

    ok(SspiCopyAuthIdentity(identity, (void **)&copy) == SEC_E_OK && SspiIsAuthIdentityEncrypted(copy), "legible\n"); /* S2.20.1 */
    ok(copy->cbStructureLength == size && memcmp(identity, copy, size), "the same bytes\n");                          /* S2.20.1 */
    ok(SspiCompareAuthIdentities(identity, copy, &user, &same) == SEC_E_OK && user && same, "others\n");              /* S2.20.1 */
    ok(SspiExcludePackage(identity, u"NTLM", (void **)&list) == SEC_E_OK && SspiIsAuthIdentityEncrypted(list),
       "legible\n"); /* S2.20.1 */
    ok(SspiMarshalAuthIdentity(identity, &length, &bytes) == SEC_E_OK &&
           SspiUnmarshalAuthIdentity(length, bytes, (void **)&back) == SEC_E_OK && SspiIsAuthIdentityEncrypted(back),
       "legible\n"); /* S2.20.1 */
    ok(SspiDecryptAuthIdentity(back) == SEC_E_OK && SspiCompareAuthIdentities(back, identity, &user, &same) == SEC_E_OK &&
           same, "others\n"); /* S2.20.1 */
    SspiFreeAuthIdentity(back);
    SspiLocalFree(bytes);
    SspiFreeAuthIdentity(list);
    SspiFreeAuthIdentity(copy);
    SspiFreeAuthIdentity(identity);
}

static void test_options(void)
{
    static const ULONG refused[] = {SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_LOGON, SEC_WINNT_AUTH_IDENTITY_ENCRYPT_FOR_SYSTEM};
    SEC_WINNT_AUTH_IDENTITY_W plain = {(USHORT *)u"alice", 5, NULL, 0, (USHORT *)u"pw", 2, SEC_WINNT_AUTH_IDENTITY_UNICODE};
    struct
    {
        SEC_WINNT_AUTH_IDENTITY_EX2 header;
        WCHAR user[5];
    } tight = {{.Version = SEC_WINNT_AUTH_IDENTITY_VERSION_2, .cbHeaderLength = sizeof(tight.header),
                .cbStructureLength = sizeof(tight), .UserOffset = sizeof(tight.header), .UserLength = 10,
                .Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE}, {'a', 'l', 'i', 'c', 'e'}};
    ULONG size;
    void *identity = sealed_identity(&size);
    SECURITY_STATUS status;

    for (int i = 0; i < 2; i++)
    {
        status = SspiDecryptAuthIdentityEx(refused[i], identity);
        ok(status == SEC_E_UNSUPPORTED_FUNCTION && SspiIsAuthIdentityEncrypted(identity), "got %08lx\n", status); /* S2.20.1 */
    }
    ok(SspiDecryptAuthIdentityEx(0, identity) == SEC_E_INVALID_PARAMETER, "taken\n"); /* S2.20.1 */
    ok(SspiEncryptAuthIdentity(identity) == SEC_E_OK, "twice\n");                     /* S2.20.1 */
    ok(SspiDecryptAuthIdentity(identity) == SEC_E_OK, "once\n");                      /* S2.20.1 */
    ok(SspiDecryptAuthIdentity(identity) == SEC_E_OK, "twice\n");                     /* S2.20.1 */
    ok(SspiValidateAuthIdentity(identity) == SEC_E_OK, "damaged\n");                  /* S2.20.1 */
    ok(SspiDecryptAuthIdentity(NULL) == SEC_E_INVALID_TOKEN, "taken\n");              /* S2.20.1 */
    ok(SspiEncryptAuthIdentity(&plain) == SEC_E_UNKNOWN_CREDENTIALS, "taken\n");      /* S2.20.1 */
    status = SspiEncryptAuthIdentity(&tight); /* sound, but the seal would stand on the name */
    ok(status == SEC_E_INVALID_PARAMETER && !memcmp(tight.user, u"alice", 10), "got %08lx\n", status); /* S2.20.1 */
    SspiFreeAuthIdentity(identity);
}

/* The key is the process's; a child of fork() is what its parent was. */
static void test_fork(void)
{
    ULONG size;
    void *identity = sealed_identity(&size);
    int status = -1;
    pid_t child;

    if (!(child = fork())) _exit(SspiDecryptAuthIdentity(identity) == SEC_E_OK ? 0 : 1);
    ok(child > 0 && waitpid(child, &status, 0) == child && !status, "child %x\n", status); /* S2.20.1 */
    SspiFreeAuthIdentity(identity);
}

START_TEST(secur32_sealed_identity)
{
    test_acquire();
    test_altered();
    test_derived();
    test_options();
    test_fork();
}
