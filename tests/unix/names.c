/*
 * The forms of names that Unix and the account store can tell, of the process, of a client, of the computer, and from one to the
 * other, where a domain is configured.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "../secur32/session.h"
#include "support.h"

#include <secext.h>

/* "" for a name that the account does not have. */
struct form
{
    EXTENDED_NAME_FORMAT format;
    const char *name;
};

static void check_forms(const struct form *forms, size_t count, const char *whose)
{
    for (size_t i = 0; i < count; i++)
    {
        char name[256] = "";
        ULONG size = sizeof(name);
        BOOLEAN result = GetUserNameExA(forms[i].format, name, &size);

        /* callers cite */
        ok(result == (*forms[i].name != 0) && !strcmp(name, forms[i].name), "%s, format %u: %s, error %lu\n", whose,
           forms[i].format, name, GetLastError());
        if (!result) ok(GetLastError() == ERROR_NONE_MAPPED, "%s, format %u: error %lu\n", whose, forms[i].format, GetLastError());
    }
}

static void check_process(void)
{
    static const struct form forms[] = {
        {NameSamCompatible, "GUISE\\root"}, {NameUserPrincipal, "root@guise.example"}, {NameDnsDomain, "guise.example\\root"},
        {NameDisplay, "root"},             {NameFullyQualifiedDN, ""},                {NameUniqueId, ""},
        {NameCanonical, ""},               {NameCanonicalEx, ""},                     {NameServicePrincipal, ""},
        {NameGivenName, ""},               {NameSurname, ""},
    };

    check_forms(forms, ARRAYSIZE(forms), "root"); /* S2.17.1 */
}

/* Of the store's account carl, whose Unix account is carol: Carol. */
static void check_client(void)
{
    static const struct form forms[] = {
        {NameSamCompatible, "GUISE\\carl"}, {NameUserPrincipal, "carl@guise.example"}, {NameDnsDomain, "guise.example\\carl"},
        {NameDisplay, "Carol"},            {NameFullyQualifiedDN, ""},                {NameGivenName, ""},
    };
    HANDLE token;

    ok(LogonUserA("carl", NULL, "Secret-carl-3", LOGON32_LOGON_NETWORK, LOGON32_PROVIDER_DEFAULT, &token), "error %lu\n",
       GetLastError()); /* S2.18.4 */
    ok(ImpersonateLoggedOnUser(token), "error %lu\n", GetLastError()); /* design 5.4 */
    check_forms(forms, ARRAYSIZE(forms), "carl"); /* S2.17.2 */
    ok(RevertToSelf() && CloseHandle(token), "error %lu\n", GetLastError()); /* design 5.4 */
    check_process(); /* S2.17.2 */
}

static void test_sizes(void)
{
    ULONG size = 0;
    char name[8] = "abc";

    ok(!GetUserNameExA(NameDisplay, NULL, &size) && GetLastError() == ERROR_MORE_DATA && size == 5, "error %lu, size %lu\n",
       GetLastError(), size); /* S2.17.2 */
    size = 4;
    ok(!GetUserNameExA(NameDisplay, name, &size) && size == 5 && !strcmp(name, "abc"), "error %lu, size %lu\n", GetLastError(),
       size); /* S2.17.2 */
    size = 5;
    ok(GetUserNameExA(NameDisplay, name, &size) && size == 4 && !strcmp(name, "root"), "error %lu, size %lu\n", GetLastError(),
       size); /* S2.17.2 */
    size = 8;
    ok(!GetUserNameExA(NameDisplay, NULL, &size) && GetLastError() == ERROR_INVALID_PARAMETER, "error %lu\n", GetLastError()); /* header secext.h */
    ok(!GetUserNameExA((EXTENDED_NAME_FORMAT)4, name, &size) && GetLastError() == ERROR_INVALID_PARAMETER, "error %lu\n",
       GetLastError()); /* S2.17.1 */
}

/* ---- the computer ------------------------------------------------------------------------------------------------- */

static void test_computer(void)
{
    WCHAR wide[32] = {0};
    char name[64] = "untouched";
    ULONG size = sizeof(name);

    ok(GetComputerObjectNameA(NameSamCompatible, name, &size) && !strcmp(name, "GUISE\\HOST$") && size == 12, "error %lu: %s, %lu\n",
       GetLastError(), name, size); /* S2.17.4 */
    size = sizeof(name);
    ok(GetComputerObjectNameA(NameDnsDomain, name, &size) && !strcmp(name, "guise.example\\HOST$"), "error %lu: %s\n", GetLastError(),
       name); /* S2.17.4 */
    size = ARRAYSIZE(wide);
    ok(GetComputerObjectNameW(NameSamCompatible, wide, &size) && !memcmp(wide, u"GUISE\\HOST$", sizeof(u"GUISE\\HOST$")), "error %lu\n",
       GetLastError()); /* S2.17.4 */
    size = 0;
    ok(!GetComputerObjectNameA(NameSamCompatible, NULL, &size) && GetLastError() == ERROR_INSUFFICIENT_BUFFER && size == 12,
       "error %lu, size %lu\n", GetLastError(), size); /* S2.17.4 */
    strcpy(name, "untouched");
    size = 11;
    ok(!GetComputerObjectNameA(NameSamCompatible, name, &size) && GetLastError() == ERROR_INSUFFICIENT_BUFFER && size == 12 &&
           !strcmp(name, "untouched"),
       "error %lu, size %lu\n", GetLastError(), size); /* S2.17.4 */
    size = sizeof(name);
    ok(!GetComputerObjectNameA(NameFullyQualifiedDN, name, &size) && GetLastError() == ERROR_NONE_MAPPED, "error %lu\n",
       GetLastError()); /* S2.17.4 */
}

/* ---- from one form to the other ------------------------------------------------------------------------------------ */

static const struct
{
    const char *name;
    EXTENDED_NAME_FORMAT from, to;
    const char *translated; /* or: */
    DWORD error;
} translations[] = {
    {"GUISE\\carl", NameSamCompatible, NameUserPrincipal, "carl@guise.example", 0},
    {"guise\\CARL", NameSamCompatible, NameSamCompatible, "GUISE\\carl", 0},
    {"carl@Guise.Example", NameUserPrincipal, NameSamCompatible, "GUISE\\carl", 0},
    {"guise.example\\carl", NameDnsDomain, NameDisplay, "Carol", 0},
    {"GUISE\\bob", NameSamCompatible, NameDisplay, "Bob", 0},
    {"GUISE\\user1", NameSamCompatible, NameDnsDomain, "guise.example\\user1", 0}, /* in no store */
    {"GUISE\\carl", NameUnknown, NameDnsDomain, "guise.example\\carl", 0},
    {"carl@guise.example", NameUnknown, NameSamCompatible, "GUISE\\carl", 0},
    {"GUISE\\", NameSamCompatible, NameDnsDomain, "guise.example\\", 0},
    {"guise.example\\", NameDnsDomain, NameSamCompatible, "GUISE\\", 0},
    {"GUISE\\", NameSamCompatible, NameCanonical, "guise.example/", 0},
    {"GUISE\\", NameSamCompatible, NameCanonicalEx, "guise.example\n", 0},
    {"GUISE\\", NameSamCompatible, NameUserPrincipal, NULL, ERROR_NONE_MAPPED},
    {"GUISE\\no-such-name", NameSamCompatible, NameUserPrincipal, NULL, ERROR_NONE_MAPPED},
    {"GUISE\\user1", NameSamCompatible, NameDisplay, NULL, ERROR_NONE_MAPPED}, /* Unix has no full name of it */
    {"GUISE\\carl", NameSamCompatible, NameUniqueId, NULL, ERROR_NONE_MAPPED},
    {"carl", NameUnknown, NameUserPrincipal, NULL, ERROR_NONE_MAPPED},
    {"@guise.example", NameUserPrincipal, NameSamCompatible, NULL, ERROR_NONE_MAPPED},
    {"", NameSamCompatible, NameUserPrincipal, NULL, ERROR_NONE_MAPPED},
    {"OTHER\\carl", NameSamCompatible, NameUserPrincipal, NULL, ERROR_CANT_ACCESS_DOMAIN_INFO},
    {"guise.example\\carl", NameSamCompatible, NameUserPrincipal, NULL, ERROR_CANT_ACCESS_DOMAIN_INFO},
    {"carl@other.example", NameUserPrincipal, NameSamCompatible, NULL, ERROR_CANT_ACCESS_DOMAIN_INFO},
    {"carl@", NameUserPrincipal, NameSamCompatible, NULL, ERROR_CANT_ACCESS_DOMAIN_INFO},
    {"CN=carl", NameFullyQualifiedDN, NameSamCompatible, NULL, ERROR_CANT_ACCESS_DOMAIN_INFO},
    {"GUISE\\carl", NameSamCompatible, NameUnknown, NULL, ERROR_INVALID_PARAMETER},
    {"GUISE\\carl", (EXTENDED_NAME_FORMAT)5, NameSamCompatible, NULL, ERROR_INVALID_PARAMETER},
    {"GUISE\\c\xff", NameSamCompatible, NameUserPrincipal, NULL, ERROR_INVALID_PARAMETER},
};

static void test_translate(void)
{
    for (size_t i = 0; i < ARRAYSIZE(translations); i++)
    {
        const char *wanted = translations[i].translated;
        char name[256] = "";
        ULONG size = sizeof(name);
        BOOLEAN result;

        SetLastError(0);
        result = TranslateNameA(translations[i].name, translations[i].from, translations[i].to, name, &size);
        if (!wanted) ok(!result && GetLastError() == translations[i].error && !*name, "%zu: %u, error %lu\n", i, result, GetLastError()); /* S2.17.5 */
        else ok(result && !strcmp(name, wanted) && size == strlen(wanted) + 1, "%zu: error %lu, %s\n", i, GetLastError(), name); /* S2.17.5 */
    }
}

static void test_translated_sizes(void)
{
    char name[64] = "untouched";
    ULONG size = 0;

    ok(TranslateNameA("GUISE\\carl", NameSamCompatible, NameUserPrincipal, NULL, &size) && size == 19, "error %lu, size %lu\n",
       GetLastError(), size); /* S2.17.5 */
    size = 18;
    ok(!TranslateNameA("GUISE\\carl", NameSamCompatible, NameUserPrincipal, name, &size) &&
           GetLastError() == ERROR_INSUFFICIENT_BUFFER && size == 19 && !strcmp(name, "untouched"),
       "error %lu, size %lu\n", GetLastError(), size); /* S2.17.5 */
    ok(TranslateNameA("GUISE\\carl", NameSamCompatible, NameUserPrincipal, name, &size) && size == 19, "error %lu\n", GetLastError()); /* S2.17.5 */
    ok(!TranslateNameA("GUISE\\carl", NameSamCompatible, NameUserPrincipal, NULL, &size) && GetLastError() == ERROR_INVALID_PARAMETER,
       "error %lu\n", GetLastError()); /* S2.17.5 */
}

/* Who impersonates asks as the process does: the store is not the client's to read. */
static void test_impersonating(void)
{
    PACCESS_TOKEN alice = account_token("alice");
    char name[64] = "";
    ULONG size = sizeof(name);
    BOOLEAN result;

    ok(alice && !impersonate(alice), "alice\n"); /* design 5.4 */
    result = TranslateNameA("GUISE\\carl", NameSamCompatible, NameDisplay, name, &size);
    PsRevertToSelf();
    ok(result && !strcmp(name, "Carol"), "error %lu: %s\n", GetLastError(), name); /* design 5.10 */
    if (alice) ObDereferenceObject(alice);
}

START_TEST(names)
{
    if (!have_sandbox()) return;
    if (!session_setup_with("[ntlm]\nnetbios-name = HOST\nnetbios-domain = GUISE\ndns-domain = guise.example\n")) return;
    ok(session_add_account("carl", "Secret-carl-3", "carol"), "no account\n"); /* S2.18.4 */
    check_process(); /* S2.17.1 */
    check_client(); /* S2.17.2 */
    test_sizes();
    test_computer();
    test_translate();
    test_translated_sizes();
    test_impersonating();
    session_cleanup();
}
