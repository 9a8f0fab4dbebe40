/*
 * libFuzzer target: marshalled identities. What is taken is an identity for every helper, and survives a round trip.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sspi.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, PSEC_WINNT_AUTH_IDENTITY_OPAQUE other)
{
    BOOLEAN same_user = FALSE, same = FALSE;

    if (SspiCompareAuthIdentities(identity, other, &same_user, &same) != SEC_E_OK || !same_user || !same) abort();
}

static void read_strings(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    const WCHAR *user, *domain, *password;

    if (SspiEncodeAuthIdentityAsStrings(identity, &user, &domain, &password) != SEC_E_OK) abort();
    SspiLocalFree((void *)user);
    SspiLocalFree((void *)domain);
    SspiLocalFree((void *)password);
}

static void exclude(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity)
{
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE other;

    if (SspiExcludePackage(identity, u"ntlm", &other) != SEC_E_OK) return;
    if (SspiValidateAuthIdentity(other) != SEC_E_OK) abort();
    SspiFreeAuthIdentity(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes, *again, *copy = malloc(size ? size : 1);
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, back;
    ULONG length;

    if (!copy) return 0;
    if (size) memcpy(copy, data, size); /* a block of its own: a byte too many is seen */
    bytes = copy;
    if (SspiUnmarshalAuthIdentity((ULONG)size, bytes, &identity) == SEC_E_OK)
    {
        read_strings(identity);
        exclude(identity);
        if (SspiMarshalAuthIdentity(identity, &length, &again) != SEC_E_OK ||
            SspiUnmarshalAuthIdentity(length, again, &back) != SEC_E_OK)
            abort();
        check_same(identity, back);
        SspiFreeAuthIdentity(back);
        SspiLocalFree(again);
        SspiFreeAuthIdentity(identity);
    }
    free(copy);
    return 0;
}
