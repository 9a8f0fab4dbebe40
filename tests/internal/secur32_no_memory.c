/*
 * Every allocation of the identity helpers and of the names fails once: the answer says so, nothing is written, nothing
 * is kept (a leak checker sees).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <sspi.h>
#include <secext.h>
#include <wine/test.h>

#include "ntoskrnl/core.h"
#include "ntoskrnl/rtl/memory.h"

#define SENTINEL ((void *)0xdeadbeef)
#define MOST     60 /* more than any of them makes */

static void *identity; /* made before anything fails */

static SECURITY_STATUS copy(void)
{
    void *made = SENTINEL;
    SECURITY_STATUS status = SspiCopyAuthIdentity(identity, &made);

    ok((status == SEC_E_OK) == (made != SENTINEL), "written\n"); /* S2.20.1 */
    if (status == SEC_E_OK) SspiFreeAuthIdentity(made);
    return status;
}

static SECURITY_STATUS strings(void)
{
    const WCHAR *user = SENTINEL, *domain = SENTINEL, *password = SENTINEL;
    SECURITY_STATUS status = SspiEncodeAuthIdentityAsStrings(identity, &user, &domain, &password);

    ok((status == SEC_E_OK) == (user != SENTINEL && domain != SENTINEL && password != SENTINEL),
       "written\n"); /* S12.10 */
    if (status != SEC_E_OK) return status;
    SspiLocalFree((void *)user);
    SspiLocalFree((void *)domain);
    SspiLocalFree((void *)password);
    return status;
}

static SECURITY_STATUS round_trip(void)
{
    void *back = SENTINEL;
    char *bytes = SENTINEL;
    SECURITY_STATUS status;
    ULONG length;

    if ((status = SspiMarshalAuthIdentity(identity, &length, &bytes)) != SEC_E_OK) return status;
    status = SspiUnmarshalAuthIdentity(length, bytes, &back);
    ok((status == SEC_E_OK) == (back != SENTINEL), "written\n"); /* S2.20.1 */
    if (status == SEC_E_OK) SspiFreeAuthIdentity(back);
    SspiLocalFree(bytes);
    return status;
}

static SECURITY_STATUS exclude(void)
{
    void *made = SENTINEL;
    SECURITY_STATUS status = SspiExcludePackage(identity, u"NTLM", &made);

    if (status == SEC_E_OK) SspiFreeAuthIdentity(made);
    return status;
}

static SECURITY_STATUS compare(void)
{
    BOOLEAN user, same;

    return SspiCompareAuthIdentities(identity, identity, &user, &same);
}

static SECURITY_STATUS prepare(void)
{
    const WCHAR *target = SENTINEL, *user = SENTINEL;
    SECURITY_STATUS status;
    BYTE *blob = SENTINEL;
    ULONG type, size;

    status = SspiPrepareForCredWrite(identity, NULL, &type, &target, &user, &blob, &size);
    ok((status == SEC_E_OK) == (target != SENTINEL && user != SENTINEL && blob != SENTINEL), "written\n"); /* S12.10 */
    if (status != SEC_E_OK) return status;
    SspiLocalFree((void *)target);
    SspiLocalFree((void *)user);
    SspiLocalFree(blob);
    return status;
}

static void *encrypted; /* the same identity */

static SECURITY_STATUS encrypt(void)
{
    SECURITY_STATUS status = SspiEncryptAuthIdentity(identity);

    ok(SspiIsAuthIdentityEncrypted(identity) == (status == SEC_E_OK), "half done\n"); /* S2.20.1 */
    if (status != SEC_E_OK) return status;
    status = SspiDecryptAuthIdentity(identity);
    ok(SspiIsAuthIdentityEncrypted(identity) == (status != SEC_E_OK), "half done\n"); /* S2.20.1 */
    if (status != SEC_E_OK)
    {
        guise_fail_allocation(0);
        ok(SspiDecryptAuthIdentity(identity) == SEC_E_OK, "lost\n"); /* S2.20.1 */
    }
    return status;
}

static SECURITY_STATUS copy_encrypted(void)
{
    void *made = SENTINEL;
    SECURITY_STATUS status = SspiCopyAuthIdentity(encrypted, &made);

    ok((status == SEC_E_OK) == (made != SENTINEL), "written\n"); /* S2.20.1 */
    if (status != SEC_E_OK) return status;
    ok(SspiIsAuthIdentityEncrypted(made), "legible\n"); /* S2.20.1 */
    SspiFreeAuthIdentity(made);
    return SEC_E_OK;
}

static SECURITY_STATUS prepare_read(void)
{
    const WCHAR *target = SENTINEL;
    SECURITY_STATUS status;
    ULONG type;

    status = SspiPrepareForCredRead(identity, NULL, &type, &target);
    ok((status == SEC_E_OK) == (target != SENTINEL), "written\n"); /* S12.10 */
    if (status == SEC_E_OK) SspiLocalFree((void *)target);
    return status;
}

static SECURITY_STATUS async_context(void)
{
    SspiAsyncContext *context = SspiCreateAsyncContext();

    SspiFreeAsyncContext(context);
    return context ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS profiles(void)
{
    char *list = SENTINEL;
    ULONG count;
    SECURITY_STATUS status = SaslEnumerateProfilesA(&list, &count);

    if (status == SEC_E_OK) FreeContextBuffer(list);
    return status;
}

static SECURITY_STATUS own_name(void)
{
    char name[256] = "untouched";
    ULONG size = sizeof(name);

    if (GetUserNameExA(NameSamCompatible, name, &size)) return SEC_E_OK;
    ok(size == sizeof(name) && name[0] == 'u', "written\n"); /* S2.17.2 */
    return SEC_E_INSUFFICIENT_MEMORY;
}

static char sam_name[256]; /* this process's, made before anything fails */

static SECURITY_STATUS translated(void)
{
    char name[256] = "untouched";
    ULONG size = sizeof(name);

    if (TranslateNameA(sam_name, NameSamCompatible, NameSamCompatible, name, &size)) return SEC_E_OK;
    ok(size == sizeof(name) && name[0] == 'u' && guise_get_last_error() == ERROR_NOT_ENOUGH_MEMORY, "error %lu\n", guise_get_last_error()); /* S2.17.5 */
    return SEC_E_INSUFFICIENT_MEMORY;
}

START_TEST(secur32_no_memory)
{
    ULONG size = sizeof(sam_name);

    static const struct
    {
        const char *name;
        SECURITY_STATUS (*run)(void);
    } operations[] = {{"copy", copy},       {"strings", strings},       {"round trip", round_trip},
                      {"exclude", exclude}, {"compare", compare},       {"prepare", prepare},
                      {"encrypt", encrypt}, {"encrypted", copy_encrypted}, {"prepare to read", prepare_read},
                      {"async", async_context}, {"profiles", profiles}, {"own name", own_name}, {"translated", translated}};

    if (SspiEncodeStringsAsAuthIdentity(u"alice", u"DOMAIN", u"secret", &identity) != SEC_E_OK)
    {
        ok(FALSE, "no identity\n"); /* S2.20.1 */
        return;
    }
    ok(GetUserNameExA(NameSamCompatible, sam_name, &size), "no name\n"); /* S2.17.2 */
    ok(SspiCopyAuthIdentity(identity, &encrypted) == SEC_E_OK && SspiEncryptAuthIdentity(encrypted) == SEC_E_OK,
       "not encrypted\n"); /* S2.20.1 */
    for (size_t i = 0; i < ARRAYSIZE(operations); i++)
    {
        SECURITY_STATUS status = SEC_E_OK;
        unsigned int failed = 0;

        /* What can be done without, as an entry in a cache, may fail unseen: success does not end the row. */
        for (long nth = 1; nth <= MOST; nth++)
        {
            guise_fail_allocation(nth);
            status = operations[i].run();
            guise_fail_allocation(0);
            if (status != SEC_E_OK) failed++;
            ok(status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY, "%s, allocation %ld: got %08lx\n",
               operations[i].name, nth, status); /* S2.5.12 */
        }
        ok(failed && status == SEC_E_OK, "%s: %u failed, then %08lx\n", operations[i].name, failed,
           status); /* S2.5.12 */
    }
    SspiFreeAuthIdentity(encrypted);
    SspiFreeAuthIdentity(identity);
}
