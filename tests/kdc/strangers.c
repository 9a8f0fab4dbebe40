/*
 * Clients whose tickets are sound and who are nobody here: names that are another's if they are read otherwise than they are meant.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "forge.h"

#include <security.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct side side;
static struct token token, answer;

/* The acceptor's status, and whether a token came of it. */
static SECURITY_STATUS judge(bool *has_token)
{
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
    HANDLE handle = NULL;

    *has_token = false;
    if (side_open_acceptor(&side, NULL, 0)) status = side_step(&side, &token, &answer);
    if (side.has_context && !QuerySecurityContextToken(&side.context, &handle))
    {
        *has_token = true;
        CloseHandle(handle);
    }
    side_close(&side);
    return status;
}

static void check(const char *client, SECURITY_STATUS expected)
{
    bool has_token;
    SECURITY_STATUS status;

    if (!forge_token(client, HTTP, &token)) return;
    status = judge(&has_token);
    ok(status == expected && has_token == !expected, "%.60s: %08lx\n", client, status); /* design 7.9 */
}

static void test_names(void)
{
    static const char *const strangers[] = {
        "alice\\0@GUISE.TEST", "alice\\0mallory@GUISE.TEST", "\\0alice@GUISE.TEST", "alice@OTHER.TEST", "alice@guise.test", "alice@",
        "alice/admin@GUISE.TEST", "alice/GUISE.TEST@OTHER.TEST", "alice\\@GUISE.TEST@OTHER.TEST", "alice\\@GUISE.TEST@GUISE.TEST",
        "ALICE@GUISE.TEST", "GUISE\\\\alice@GUISE.TEST", "alice\\ @GUISE.TEST", "alice\\n@GUISE.TEST", "70001@GUISE.TEST", "@GUISE.TEST",
        "WELLKNOWN/ANONYMOUS@GUISE.TEST", "WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS", "krbtgt/GUISE.TEST@GUISE.TEST", HTTP "@GUISE.TEST",
        "\xff@GUISE.TEST",
    };
    /* Accounts that nobody may be (design 5.8). */
    static const char *const never[] = {"root@GUISE.TEST", "_guise@GUISE.TEST", "_guise-anon@GUISE.TEST", "nobody@GUISE.TEST"};
    char name[5000];

    check("alice@GUISE.TEST", SEC_E_OK);
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) check(strangers[i], SEC_E_LOGON_DENIED);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) check(never[i], SEC_E_LOGON_DENIED);
    memset(name, 'a', sizeof(name));
    strcpy(name + sizeof(name) - 20, "@GUISE.TEST");
    check(name, SEC_E_LOGON_DENIED);
}

/* A member of a domain knows people by what the domain says of them: a ticket that says nothing (PA-PAC-REQUEST) makes nobody a namesake. */
static void test_member(void)
{
    static const char *const sources[] = {"winbind", "files winbind nss", "sssd"};

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
    {
        int status = -1;
        pid_t child;

        fflush(stdout);
        if (!(child = fork()))
        {
            LONG before = winetest_get_failures();
            FILE *file = fopen(kdc_path("guise.conf"), "w");

            fprintf(file, "[accounts]\naccounts = %s\n", sources[i]);
            fclose(file);
            setenv("GUISE_CONF", kdc_path("guise.conf"), 1);
            check("alice@GUISE.TEST", SEC_E_LOGON_DENIED);
            speak_spnego(false, true);
            check("alice@GUISE.TEST", SEC_E_LOGON_DENIED);
            fflush(stdout);
            _exit(winetest_get_failures() > before);
        }
        ok(child > 0 && waitpid(child, &status, 0) == child && !status, "%s: the child ended with %x\n", sources[i], status); /* design 11.3 */
    }
}

START_TEST(strangers)
{
    if (!kdc_is_here()) return;
    test_member(); /* before the configuration is read here */
    test_names();
}
