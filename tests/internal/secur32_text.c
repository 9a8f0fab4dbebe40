/*
 * Text between the A and W forms, and statuses between the kernel's and SSPI's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <ntstatus.h>
#include <wine/test.h>

#include "dlls/secur32/front.h"

static const struct
{
    const char *ansi;
    const WCHAR *wide; /* NULL = refused */
} texts[] = {
    {"", L""},
    {"NTLM", L"NTLM"},
    {"\xc2\x80\xdf\xbf", L"\x0080\x07ff"},
    {"\xe0\xa0\x80\xef\xbf\xbf", L"\x0800\xffff"},
    {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", L"\xd800\xdc00\xdbff\xdfff"},
    {"\x80", NULL},             /* a continuation alone */
    {"\xc3", NULL},             /* cut */
    {"\xe2\x82", NULL},
    {"\xc0\xaf", NULL},         /* overlong */
    {"\xe0\x9f\xbf", NULL},
    {"\xf0\x8f\xbf\xbf", NULL},
    {"\xed\xa0\x80", NULL},     /* a surrogate */
    {"\xf4\x90\x80\x80", NULL}, /* beyond U+10FFFF */
    {"\xff", NULL},
};

static void test_text(void)
{
    static const WCHAR lone[] = {'a', 0xd800, 'b', 0xdc00, 0xd800, 0};
    static const char replaced[] = "a\xef\xbf\xbd\x62\xef\xbf\xbd\xef\xbf\xbd"; /* U+FFFD for each half */
    char out[32];
    size_t length;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
    {
        WCHAR *wide = NULL;
        ULONG count = 0;
        SECURITY_STATUS status = sec_wide_from_ansi(texts[i].ansi, strlen(texts[i].ansi), &wide, &count);

        winetest_push_context("%u", (unsigned int)i);
        if (!texts[i].wide) ok(status == SEC_E_INVALID_PARAMETER && !wide, "got %08lx\n", status); /* RFC 3629 3 */
        else
        {
            ok(status == SEC_E_OK && count == sec_wide_length(texts[i].wide), "got %08lx\n", status); /* RFC 3629 3 */
            ok(!memcmp(wide, texts[i].wide, (count + 1) * sizeof(WCHAR)), "text %s\n",
               wine_dbgstr_w(wide)); /* RFC 3629 3 */
            length = sec_ansi_from_wide(wide, count, out);
            ok(length == strlen(texts[i].ansi) && !memcmp(out, texts[i].ansi, length), "back: %u bytes\n",
               (unsigned int)length); /* RFC 3629 3 */
            guise_free(wide);
        }
        winetest_pop_context();
    }
    length = sec_ansi_from_wide(lone, sec_wide_length(lone), out);
    ok(length == 11 && !memcmp(out, replaced, 11), "%u bytes\n", (unsigned int)length); /* RFC 3629 3 */
    ok(sec_ansi_from_wide(lone, sec_wide_length(lone), NULL) == length, "counting differs\n"); /* RFC 3629 3 */
}

static void test_status(void)
{
    static const struct
    {
        NTSTATUS nt;
        SECURITY_STATUS sec;
    } pairs[] = {
        {STATUS_BAD_BINDINGS, SEC_E_BAD_BINDINGS},
        {STATUS_SMARTCARD_LOGON_REQUIRED, SEC_E_SMARTCARD_LOGON_REQUIRED},
        {STATUS_NO_SECURITY_CONTEXT, SEC_E_NO_CONTEXT},
    };
    static const struct
    {
        NTSTATUS nt;
        SECURITY_STATUS sec;
    } customary[] = {
        {STATUS_SUCCESS, SEC_E_OK},
        {STATUS_LOGON_FAILURE, SEC_E_LOGON_DENIED},
        {STATUS_NO_SUCH_USER, SEC_E_LOGON_DENIED},
        {STATUS_ACCOUNT_DISABLED, SEC_E_LOGON_DENIED},
        {STATUS_NO_LOGON_SERVERS, SEC_E_NO_AUTHENTICATING_AUTHORITY},
        {STATUS_NO_SUCH_LOGON_SESSION, SEC_E_NO_CREDENTIALS},
        {STATUS_NO_MEMORY, SEC_E_INSUFFICIENT_MEMORY},
        {STATUS_INVALID_HANDLE, SEC_E_INVALID_HANDLE},
        {STATUS_NOT_SUPPORTED, SEC_E_UNSUPPORTED_FUNCTION},
        {STATUS_NO_SUCH_PACKAGE, SEC_E_SECPKG_NOT_FOUND},
        {STATUS_PRIVILEGE_NOT_HELD, SEC_E_NOT_OWNER},
        {STATUS_BUFFER_TOO_SMALL, SEC_E_BUFFER_TOO_SMALL},
        {STATUS_TIME_DIFFERENCE_AT_DC, SEC_E_TIME_SKEW},
        {STATUS_BAD_IMPERSONATION_LEVEL, SEC_E_NO_IMPERSONATION},
        {STATUS_DOWNGRADE_DETECTED, SEC_E_DOWNGRADE_DETECTED},
        {STATUS_MUTUAL_AUTHENTICATION_FAILED, SEC_E_MUTUAL_AUTH_FAILED},
        {STATUS_FILE_CORRUPT_ERROR, SEC_E_INTERNAL_ERROR},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
    {
        SECURITY_STATUS status = sec_status_from_nt(pairs[i].nt);

        ok(status == pairs[i].sec, "%08lx: got %08lx\n", pairs[i].nt, status); /* S8.2.1 */
    }
    for (size_t i = 0; i < sizeof(customary) / sizeof(customary[0]); i++)
    {
        SECURITY_STATUS status = sec_status_from_nt(customary[i].nt);

        ok(status == customary[i].sec, "%08lx: got %08lx\n", customary[i].nt, status); /* S8.2.2 */
    }
}

START_TEST(secur32_text)
{
    test_text();
    test_status();
}
