/*
 * GetUserNameEx, GetComputerObjectName, TranslateName.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

#include <secext.h>

/* What only some accounts have, and what each of these names has in it (S2.17.1). */
static const struct
{
    EXTENDED_NAME_FORMAT format;
    const char *mark;
} other_formats[] = {
    {NameFullyQualifiedDN, "="}, {NameDisplay, ""},           {NameUniqueId, "{"},       {NameCanonical, "/"}, {NameUserPrincipal, "@"},
    {NameCanonicalEx, "\n"},     {NameServicePrincipal, "/"}, {NameDnsDomain, "\\"},     {NameGivenName, ""},  {NameSurname, ""},
};

static void test_own_name(void)
{
    char name[256] = "untouched", small[4] = "abc";
    ULONG size = 0, needed;
    WCHAR wide[256];
    BOOLEAN result;

    SetLastError(0xdeadbeef);
    result = GetUserNameExA(NameSamCompatible, NULL, &size);
    ok(!result && GetLastError() == ERROR_MORE_DATA, "%u, error %lu\n", result, GetLastError()); /* S2.17.2 */
    needed = size;
    ok(needed > 3, "size %lu\n", needed); /* S2.17.2 */

    size = needed - 1;
    result = GetUserNameExA(NameSamCompatible, name, &size);
    ok(!result && GetLastError() == ERROR_MORE_DATA && size == needed, "%u, error %lu\n", result,
       GetLastError());                           /* S2.17.2 */
    ok(!strcmp(name, "untouched"), "%s\n", name); /* S2.17.2 */
    size = sizeof(small);
    GetUserNameExA(NameSamCompatible, small, &size);
    ok(!strcmp(small, "abc"), "%s\n", small); /* S2.17.2 */

    size = needed;
    result = GetUserNameExA(NameSamCompatible, name, &size);
    ok(result && size == needed - 1, "%u, size %lu\n", result, size); /* S2.17.2 */
    ok(strlen(name) == size && strchr(name, '\\'), "%s\n", name);     /* S2.17.1 */

    size = 256;
    result = GetUserNameExW(NameSamCompatible, wide, &size);
    ok(result && size == needed - 1 && !wide[size], "%u, size %lu\n", result, size); /* S2.17.2 */
    for (ULONG i = 0; result && i < size; i++)
        if (wide[i] != (BYTE)name[i]) result = FALSE;
    ok(result, "%s is not %s\n", wine_dbgstr_w(wide), name); /* S2.17.2 */
}

static void test_formats(void)
{
    BOOLEAN result;
    WCHAR wide[256];
    char name[256];
    ULONG size;

    size = sizeof(name);
    result = GetUserNameExA(NameUnknown, name, &size);
    todo_wine /* Wine: unknown-format */
    ok(!result && GetLastError() == ERROR_NO_SUCH_USER, "%u, error %lu\n", result, GetLastError()); /* S2.17.3 */
    size = 256;
    result = GetUserNameExW(NameUnknown, wide, &size);
    todo_wine /* Wine: unknown-format */
    ok(!result && GetLastError() == ERROR_NO_SUCH_USER, "%u, error %lu\n", result, GetLastError()); /* S2.17.3 */
    for (size_t i = 0; i < sizeof(other_formats) / sizeof(other_formats[0]); i++)
    {
        size = sizeof(name);
        SetLastError(0xdeadbeef);
        result = GetUserNameExA(other_formats[i].format, name, &size);
        if (result)
        {
            ok(size && strlen(name) == size && strstr(name, other_formats[i].mark), "format %u: %s\n", other_formats[i].format,
               name); /* S2.17.1 */
            continue;
        }
        /* S2.17.3 */
        todo_wine_if(other_formats[i].format >= NameGivenName) /* Wine: unknown-format */
        ok(GetLastError() == ERROR_NONE_MAPPED || broken(GetLastError() == ERROR_INVALID_PARAMETER) ||
               broken(GetLastError() == ERROR_NO_SUCH_DOMAIN),
           "format %u: error %lu\n", other_formats[i].format, GetLastError());
    }
}

/* The client's name while impersonating, and the own one again afterwards. */
static void test_client_name(void)
{
    static struct session session;
    char own[256], name[256];
    SECURITY_STATUS status;
    const char *user;
    BOOLEAN result;
    ULONG size;

    if (!session_other_users())
    {
        skip("needs --create-accounts\n");
        return;
    }
    if (!session_log_on(&session, SESSION_BOB, 0, 0)) return;
    size = sizeof(own);
    ok(GetUserNameExA(NameSamCompatible, own, &size), "error %lu\n", GetLastError()); /* S2.17.2 */
    status = ImpersonateSecurityContext(&session.server);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.11.1 */
    size = sizeof(name);
    result = GetUserNameExA(NameSamCompatible, name, &size);
    ok(result, "error %lu\n", GetLastError()); /* S2.17.2 */
    RevertSecurityContext(&session.server);
    if (result)
    {
        user = strchr(name, '\\');
        ok(user && !strcmp(user + 1, session_user_name(SESSION_BOB)), "name %s\n", name); /* S2.17.2 */
        ok(strcmp(name, own), "still %s\n", own);                                         /* S2.17.2 */
    }
    size = sizeof(name);
    result = GetUserNameExA(NameSamCompatible, name, &size);
    ok(result && !strcmp(name, own), "now %s\n", name); /* S2.17.2 */
    session_close(&session);
}

static BOOL is_no_domain(DWORD error)
{
    return error == ERROR_NONE_MAPPED || error == ERROR_NO_SUCH_USER || error == ERROR_CANT_ACCESS_DOMAIN_INFO;
}

static void test_computer(void)
{
    BOOLEAN result;
    WCHAR wide[256];
    char name[256];
    ULONG size;

    size = sizeof(name);
    result = GetComputerObjectNameA(NameUnknown, name, &size);
    ok(!result && GetLastError() == ERROR_INVALID_PARAMETER, "%u, error %lu\n", result, GetLastError()); /* S2.17.4 */
    size = 256;
    result = GetComputerObjectNameW(NameUnknown, wide, &size);
    ok(!result && GetLastError() == ERROR_INVALID_PARAMETER, "%u, error %lu\n", result, GetLastError()); /* S2.17.4 */
    size = 0;
    result = GetComputerObjectNameA(NameSamCompatible, NULL, &size);
    ok(!result, "succeeded\n"); /* S2.17.4 */
    ok(GetLastError() == ERROR_INSUFFICIENT_BUFFER || broken(is_no_domain(GetLastError())), "error %lu\n",
       GetLastError()); /* S2.17.4 */
    for (size_t i = 0; i < sizeof(other_formats) / sizeof(other_formats[0]); i++)
    {
        size = sizeof(name);
        result = GetComputerObjectNameA(other_formats[i].format, name, &size);
        /* S2.17.4; whoever runs this on Windows may be in a domain */
        todo_wine_if(other_formats[i].format == NameFullyQualifiedDN || other_formats[i].format >= NameGivenName) /* Wine: computer-name */
        ok((!result && is_no_domain(GetLastError())) || broken(result) || broken(!is_no_domain(GetLastError())),
           "format %u: %u, error %lu\n", other_formats[i].format, result, GetLastError());
    }
}

static void test_translate(void)
{
    WCHAR wide[256];
    char name[256];
    ULONG size = sizeof(name);
    BOOLEAN result;

    result = TranslateNameA("DOMAIN\\alice", NameSamCompatible, NameUnknown, name, &size);
    ok(!result, "succeeded\n"); /* S2.17.5 */
    size = 256;
    result = TranslateNameW(L"DOMAIN\\alice", NameSamCompatible, NameUnknown, wide, &size);
    ok(!result, "succeeded\n"); /* S2.17.5 */
    size = 256;
    result = TranslateNameW(L"NOSUCHDOMAIN\\nobody", NameSamCompatible, NameFullyQualifiedDN, wide, &size);
    ok(!result && GetLastError(), "succeeded\n"); /* sdk TranslateNameW */
}

START_TEST(names)
{
    if (!session_setup()) return;
    test_own_name();
    test_formats();
    test_client_name();
    test_computer();
    test_translate();
    session_cleanup();
}
