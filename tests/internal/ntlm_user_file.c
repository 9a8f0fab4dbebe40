/*
 * The file of default credentials: what a line is, to the byte, and that no failing allocation gives half an identity.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>

#include "dlls/msv1_0/user_file.h"
#include "ntoskrnl/rtl/memory.h"
#include "wine/test.h"

static bool is(struct wire_span span, const char *text)
{
    return span.size == strlen(text) && !memcmp(span.data, text, span.size);
}

static void test_lines(void)
{
    static const struct
    {
        const char *text, *domain, *user, *password; /* domain NULL: none */
        unsigned int bad_line;
    } cases[] = {
        {"D:u:p\n", "D", "u", "p", 0},
        {"D:u:p", "D", "u", "p", 0},
        {"D:u:p\r\n", "D", "u", "p", 0},
        {"D:u:p:q: \n", "D", "u", "p:q: ", 0},
        {":u:\n", "", "u", "", 0},
        {":u:", "", "u", "", 0},
        {"\n\r\n#D:a:b\nD:u:p\n", "D", "u", "p", 0},
        {"D:u:p\nE:v:q\n", "D", "u", "p", 0},
        {" D:u:p\n", " D", "u", "p", 0},
        {"", NULL, NULL, NULL, 0},
        {"\n\n", NULL, NULL, NULL, 0},
        {"#", NULL, NULL, NULL, 0},
        {"D", NULL, NULL, NULL, 1},
        {"D:u", NULL, NULL, NULL, 1},
        {"::p", NULL, NULL, NULL, 1},
        {"\n# x\nD:u\nD:u:p\n", NULL, NULL, NULL, 3},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        struct wire_span text = {(const UCHAR *)cases[i].text, strlen(cases[i].text)};
        struct user_entry entry = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
        unsigned int bad_line = 99;
        bool found = user_file_first(text, &entry, &bad_line);

        ok(found == (cases[i].domain != NULL) && bad_line == cases[i].bad_line, "case %d: %d, line %u\n", (int)i, found, bad_line); /* design 7.2 */
        if (found)
            ok(is(entry.domain, cases[i].domain) && is(entry.user, cases[i].user) && is(entry.password, cases[i].password),
               "case %d\n", (int)i); /* design 7.2 */
    }
}

static void test_memory(void)
{
    char path[] = "/tmp/guise-users-XXXXXX";
    struct auth_identity identity;
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    int file = mkstemp(path), nth = 0;

    ok(file >= 0 && write(file, "D:u\u00fc:p\n", 8) == 8, "no file\n"); /* design 7.2 */
    close(file);
    setenv("NTLM_USER_FILE", path, 1);
    while (status == SEC_E_INSUFFICIENT_MEMORY && nth < 20)
    {
        guise_fail_allocation(++nth);
        status = user_file_identity(&identity);
        guise_fail_allocation(0);
        if (status) ok(!identity.user && !identity.password && !identity.domain, "allocation %d leaves something\n", nth); /* design 7.2 */
    }
    ok(!status && nth == 5, "%#x after %d\n", status, nth); /* design 7.2 */
    ok(!status && identity.user_length == 2 && identity.user[1] == 0xfc && !identity.user[2] && identity.password_length == 1 &&
           identity.domain_length == 1,
       "another identity\n"); /* design 7.2 */
    user_file_free(&identity);
    ok(!identity.user, "freed twice\n"); /* design 7.2 */
    user_file_free(&identity);
    unsetenv("NTLM_USER_FILE");
    unlink(path);
}

START_TEST(ntlm_user_file)
{
    test_lines();
    test_memory();
}
