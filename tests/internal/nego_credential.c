/*
 * Negotiate's credentials: package lists, directions, and what is left when a package has nothing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dlls/msv1_0/sam.h"
#include "dlls/negotiate/negotiate.h"
#include "ntoskrnl/rtl/memory.h"
#include "wine/test.h"

static size_t length_of(const WCHAR *text)
{
    size_t length = 0;

    while (text[length]) length++;
    return length;
}

static struct auth_identity identity_with(const WCHAR *list)
{
    return (struct auth_identity){.user = (WCHAR *)u"alice", .user_length = 5, .password = (WCHAR *)u"pw", .password_length = 2,
                                  .package_list = (WCHAR *)list, .package_list_length = list ? length_of(list) : 0};
}

static SECURITY_STATUS acquire(const struct auth_identity *identity, ULONG use, struct nego_credential **credential)
{
    struct acquire_request request = {.use = use, .identity = identity};
    struct package_credential *made = NULL;
    TimeStamp expiry = {.QuadPart = -1};
    SECURITY_STATUS status = nego_acquire_credential(&request, &made, &expiry);

    *credential = (struct nego_credential *)made;
    return status;
}

static bool has(const struct nego_credential *credential, const struct sec_package *package)
{
    for (unsigned int i = 0; i < credential->count; i++)
        if (credential->candidates[i].package == package) return true;
    return false;
}

/* S2.1.5 */
static void test_lists(void)
{
    static const struct
    {
        const WCHAR *list;
        bool ntlm, nothing;
    } cases[] = {
        {NULL, true, false},
        {u"", true, false},
        {u"NTLM", true, false},
        {u"ntlm", true, false},
        {u" nTlM\t", true, false},
        {u"kerberos,ntlm", true, false},
        {u"!kerberos", true, false},
        {u"!", true, false},
        {u",,", true, false},
        {u"!ntlm", false, false},
        {u"! ntlm", true, false}, /* the name is " ntlm" */
        {u"ntlm,!ntlm", false, true},
        {u"!ntlm,ntlm", false, true},
        {u"ntl", false, true},
        {u"ntlmssp", false, true},
        {u"kerberos,!ntlm", false, false},
        {u"!ntlm,!kerberos", false, true},
        {u"guise-no-such-package", false, true},
    };

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        struct auth_identity identity = identity_with(cases[i].list);
        struct nego_credential *credential;
        struct package_context *context = NULL;
        struct leg leg = {.request = 0};
        SECURITY_STATUS status = acquire(&identity, SECPKG_CRED_OUTBOUND, &credential);

        winetest_push_context("%s", wine_dbgstr_w(cases[i].list));
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.6 */
        if (status == SEC_E_OK)
        {
            ok(has(credential, &ntlm_package) == cases[i].ntlm, "NTLM %d\n", has(credential, &ntlm_package)); /* S2.1.5 */
            if (cases[i].nothing) ok(!credential->count, "%u are left\n", credential->count); /* S2.1.5 */
            status = nego_initialize((struct package_credential *)credential, &context, &leg);
            if (!credential->count) ok(status == SEC_E_NO_CREDENTIALS && !context, "got %08lx\n", status); /* S2.1.5 */
            guise_free(leg.token);
            nego_delete_context(context);
            nego_free_credential((struct package_credential *)credential);
        }
        winetest_pop_context();
    }
}

/* Without a store, or a list that has it, there is nothing to accept with; and a handle is for both directions or for none. */
static void test_directions(void)
{
    struct auth_identity identity = identity_with(u"ntlm"), none = identity_with(u"nobody");
    struct nego_credential *credential;
    struct package_context *context = NULL;
    UCHAR token[] = "NTLMSSP";
    SecBuffer buffer = {sizeof(token), SECBUFFER_TOKEN, token};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &buffer};
    struct leg leg = {.input = &input};
    SECURITY_STATUS status;

    status = acquire(&identity, SECPKG_CRED_INBOUND, &credential);
    ok(status == SEC_E_NO_CREDENTIALS && !credential, "got %08lx\n", status); /* S2.1.11 */
    status = acquire(&identity, SECPKG_CRED_BOTH, &credential);
    ok(status == SEC_E_NO_CREDENTIALS && !credential, "got %08lx\n", status); /* S2.1.11 */
    status = acquire(&none, SECPKG_CRED_INBOUND, &credential);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.5 */
    status = nego_accept((struct package_credential *)credential, &context, &leg);
    ok(status == SEC_E_NO_CREDENTIALS && !context, "got %08lx\n", status); /* S2.1.5 */
    nego_free_credential((struct package_credential *)credential);
}

/* S2.1.2: a caller who wants no default credentials; what he names counts. */
static void test_restricted(void)
{
    struct auth_identity identity = identity_with(NULL);

    for (int named = 0; named < 2; named++)
    {
        struct acquire_request request = {.use = SECPKG_CRED_OUTBOUND, .restricted = true, .identity = named ? &identity : NULL};
        struct package_credential *credential = NULL;
        struct package_context *context = NULL;
        struct leg leg = {.request = 0};
        TimeStamp expiry;
        SECURITY_STATUS status = nego_acquire_credential(&request, &credential, &expiry);

        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.2 */
        if (status != SEC_E_OK) continue;
        status = nego_initialize(credential, &context, &leg);
        ok(status == (named ? SEC_I_CONTINUE_NEEDED : SEC_E_NO_CREDENTIALS), "got %08lx\n", status); /* S2.1.2 */
        guise_free(leg.token);
        nego_delete_context(context);
        nego_free_credential(credential);
    }
}

/* Whom a handle speaks for: the first package that can say. */
static void test_query(void)
{
    struct auth_identity identity = identity_with(u"ntlm");
    struct sec_package silent = ntlm_package;
    struct nego_credential *credential, two;
    SecPkgCredentials_NamesW names = {NULL};
    SECURITY_STATUS status = acquire(&identity, SECPKG_CRED_OUTBOUND, &credential);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.1.6 */
    if (status != SEC_E_OK) return;
    silent.query_credential = NULL;
    two = (struct nego_credential){.count = 2, .candidates = {credential->candidates[0], credential->candidates[0]}};
    two.candidates[0].package = &silent;
    status = nego_query_credential((struct package_credential *)&two, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_OK && names.sUserName && !memcmp(names.sUserName, u"alice", 12), "got %08lx\n", status); /* S2.4.1 */
    FreeContextBuffer(names.sUserName);
    status = nego_query_credential((struct package_credential *)&two, 99, &names);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.4.5 */
    two.candidates[1].package = &silent;
    status = nego_query_credential((struct package_credential *)&two, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.4.5 */
    two.count = 0;
    status = nego_query_credential((struct package_credential *)&two, SECPKG_CRED_ATTR_NAMES, &names);
    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.4.1 */
    status = nego_set_credential((struct package_credential *)credential, SECPKG_CRED_ATTR_NAMES, &names, sizeof(names));
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.4.5 */
    nego_free_credential((struct package_credential *)credential);
}

/* ---- AddCredentials (S2.2.1) -------------------------------------------------------------------------------------------------- */

static SECURITY_STATUS add(struct nego_credential *credential, const struct auth_identity *identity, ULONG use, const struct sec_package *package)
{
    struct acquire_request request = {.use = use, .identity = identity, .added = package};
    TimeStamp expiry = {.QuadPart = -1};

    return nego_add_credential((struct package_credential *)credential, &request, &expiry);
}

static const struct nego_credential *now(const struct nego_credential *credential)
{
    return nego_current((const struct package_credential *)credential);
}

/* "KN": Kerberos, then NTLM. */
static const char *packages_of(const struct nego_credential *credential)
{
    static char names[NEGOTIATE_MAX_CANDIDATES + 1];
    unsigned int i;

    for (i = 0; i < credential->count; i++)
        names[i] = credential->candidates[i].package == &ntlm_package ? 'N' : credential->candidates[i].package == &kerberos_package ? 'K' : '?';
    names[i] = 0;
    return names;
}

static void test_add(void)
{
    struct auth_identity ntlm = identity_with(u"ntlm"), all = identity_with(NULL), none = identity_with(u"nobody"), nobody = {.user_length = 0};
    struct acquire_request restricted = {.use = SECPKG_CRED_OUTBOUND, .restricted = true};
    struct nego_credential *credential;
    struct package_context *context = NULL;
    struct leg leg = {.target = u"HTTP/nowhere"};
    TimeStamp expiry;
    SECURITY_STATUS status = acquire(&ntlm, SECPKG_CRED_OUTBOUND, &credential);

    ok(status == SEC_E_OK && !strcmp(packages_of(credential), "N"), "got %08lx\n", status); /* S2.1.5 */
    if (status != SEC_E_OK) return;
    status = nego_initialize((struct package_credential *)credential, &context, &leg);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.5.12 */

    /* What fails changes nothing. */
    ok(add(credential, &all, SECPKG_CRED_OUTBOUND, &ntlm_package) == SEC_E_UNSUPPORTED_FUNCTION, "a second one of NTLM's\n"); /* S2.2.1 */
    ok(add(credential, &none, SECPKG_CRED_OUTBOUND, NULL) == SEC_E_NO_CREDENTIALS, "a list that leaves nobody\n"); /* S2.1.5 */
    ok(add(credential, &ntlm, SECPKG_CRED_OUTBOUND, &kerberos_package) == SEC_E_NO_CREDENTIALS, "one that forbids the package\n"); /* S2.1.5 */
    ok(add(credential, &nobody, SECPKG_CRED_INBOUND, NULL) == SEC_E_NO_CREDENTIALS, "no store, no keys and no password\n"); /* S2.1.11 */
    ok(add(credential, &nobody, SECPKG_CRED_BOTH, NULL) == SEC_E_NO_CREDENTIALS, "not for one direction alone\n"); /* S2.1.11 */
    status = nego_add_credential((struct package_credential *)credential, &restricted, &expiry);
    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.1.2 */
    ok(now(credential) == credential && !strcmp(packages_of(credential), "N"), "it has changed\n"); /* S2.2.1 */

    /* In the order of preference, whatever came first; a context goes on with what it began with. */
    status = add(credential, &all, SECPKG_CRED_OUTBOUND, NULL);
    if (status == SEC_E_SECPKG_NOT_FOUND) skip("no MIT Kerberos\n");
    else
    {
        ok(status == SEC_E_OK && !strcmp(packages_of(now(credential)), "KN"), "got %08lx, %s\n", status, packages_of(now(credential))); /* S2.2.1 */
        ok(!strcmp(packages_of(((struct nego_context *)context)->credential), "N"), "of the context: %s\n",
           packages_of(((struct nego_context *)context)->credential)); /* S2.2.1 */
        ok(add(credential, &all, SECPKG_CRED_OUTBOUND, NULL) == SEC_E_UNSUPPORTED_FUNCTION, "nothing is missing\n"); /* S2.2.1 */
    }
    guise_free(leg.token);
    nego_delete_context(context);
    nego_free_credential((struct package_credential *)credential);
}

/* The other direction of a package that is there. */
static void test_add_direction(const char *store)
{
    struct auth_identity identity = identity_with(u"ntlm");
    struct nego_credential *credential;
    SECURITY_STATUS status = acquire(&identity, SECPKG_CRED_OUTBOUND, &credential);
    struct package_credential *outbound;
    struct sam *sam;

    if (status != SEC_E_OK || sam_open(store, true, &sam)) abort();
    outbound = credential->candidates[0].outbound;
    guise_fail_allocation(1);
    status = add(credential, &identity, SECPKG_CRED_BOTH, &ntlm_package);
    for (long nth = 2; status == SEC_E_INSUFFICIENT_MEMORY && nth < 200; nth++)
    {
        ok(now(credential) == credential && !credential->candidates[0].inbound, "it has changed\n"); /* S2.2.1 */
        guise_fail_allocation(nth);
        status = add(credential, &identity, SECPKG_CRED_BOTH, &ntlm_package);
    }
    guise_fail_allocation(0);
    ok(status == SEC_E_OK && now(credential)->count == 1, "got %08lx, %u\n", status, now(credential)->count); /* S2.2.1 */
    ok(now(credential)->candidates[0].inbound && now(credential)->candidates[0].outbound == outbound, "not both\n"); /* S2.2.1 */
    ok(!credential->candidates[0].inbound, "written to\n"); /* S2.2.1 */
    nego_free_credential((struct package_credential *)credential);
    sam_close(sam);
    unlink(store);
}

/* ---- contexts that begin meanwhile ---- */

static atomic_bool adding_is_over;

static void *begin_contexts(void *credential)
{
    size_t good = 0;

    do
    {
        struct package_context *context = NULL;
        struct leg leg = {.target = u"HTTP/nowhere"};

        good += nego_initialize(credential, &context, &leg) == SEC_I_CONTINUE_NEEDED;
        guise_free(leg.token);
        nego_delete_context(context);
    } while (!atomic_load(&adding_is_over));
    return (void *)good;
}

/* Contexts may be using the credential: nothing that they look at is written (package.h). Two add, and one of them finds it done. */
static void *add_inbound(void *credential)
{
    struct auth_identity identity = identity_with(u"ntlm");

    return (void *)(size_t)(add(credential, &identity, SECPKG_CRED_INBOUND, &ntlm_package) == SEC_E_OK);
}

static void test_add_meanwhile(const char *store)
{
    struct auth_identity identity = identity_with(u"ntlm");
    struct sam *sam;

    if (sam_open(store, true, &sam)) abort();
    for (int i = 0; i < 20; i++)
    {
        struct nego_credential *credential;
        pthread_t user, adder;
        void *contexts, *added;

        if (acquire(&identity, SECPKG_CRED_OUTBOUND, &credential)) abort();
        atomic_store(&adding_is_over, false);
        pthread_create(&user, NULL, begin_contexts, credential);
        pthread_create(&adder, NULL, add_inbound, credential);
        contexts = add_inbound(credential);
        pthread_join(adder, &added);
        ok((size_t)added + (size_t)contexts == 1, "%u were added\n", (unsigned int)((size_t)added + (size_t)contexts)); /* S2.2.1 */
        atomic_store(&adding_is_over, true);
        pthread_join(user, &contexts);
        ok(contexts != NULL, "no context\n"); /* S2.0.8 */
        ok(now(credential)->candidates[0].inbound && now(credential)->candidates[0].outbound, "not both\n"); /* S2.2.1 */
        nego_free_credential((struct package_credential *)credential);
    }
    sam_close(sam);
    unlink(store);
}

/* Every allocation fails once; only the lack of memory may be the reason then. */
static void test_no_memory(void)
{
    struct auth_identity identity = identity_with(u"ntlm");
    struct nego_credential *credential;
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    long nth;

    for (nth = 1; status && nth < 100; nth++)
    {
        guise_fail_allocation(nth);
        status = acquire(&identity, SECPKG_CRED_OUTBOUND, &credential);
        guise_fail_allocation(0);
        ok(!status == (credential != NULL) && (!status || status == SEC_E_INSUFFICIENT_MEMORY), "allocation %ld: got %08lx\n", nth, status); /* S2.1.11 */
    }
    ok(nth > 4 && nth < 100, "ended at allocation %ld\n", nth); /* S2.1.11 */
    nego_free_credential((struct package_credential *)credential);
}

START_TEST(nego_credential)
{
    char path[] = "/tmp/guise-nego-XXXXXX", store[64];
    FILE *file;
    int fd;

    if ((fd = mkstemp(path)) < 0 || !(file = fdopen(fd, "w"))) abort();
    snprintf(store, sizeof(store), "%s-accounts", path);
    fprintf(file, "[accounts]\nstore = %s\n[ntlm]\nnetbios-name = GUISETEST\n", store);
    fclose(file);
    setenv("GUISE_CONF", path, 1);
    setenv("KRB5_CONFIG", "/dev/null", 1);
    setenv("KRB5_KTNAME", "FILE:/nonexistent", 1);
    setenv("KRB5CCNAME", "FILE:/nonexistent", 1);
    test_lists();
    test_directions();
    test_restricted();
    test_query();
    test_no_memory();
    test_add();
    test_add_direction(store);
    test_add_meanwhile(store);
    strcat(store, "-lock");
    unlink(store);
    unlink(path);
}
