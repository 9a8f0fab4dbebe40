/*
 * What a member is called, told by a winbind that says what this unit wants: names, lies, silence, memory that runs out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ntsecapi.h>
#include <wine/test.h>

#include "ntoskrnl/core.h"
#include "ntoskrnl/rtl/memory.h"
#include "tests/internal/domain_double.h"

#define RETRY 1100 /* milliseconds after which winbind is asked again */

/* "NAME DOMAIN dns.domain", or the status. */
static const char *said(void)
{
    static char room[256];
    const struct guise_names *names;
    NTSTATUS status = guise_get_names(&names);

    if (status) snprintf(room, sizeof(room), "%#x", status);
    else snprintf(room, sizeof(room), "%s %s %s", names->netbios_name, names->netbios_domain, names->dns_domain);
    return room;
}

#define DOWN "0xc000005e" /* STATUS_NO_LOGON_SERVERS */

static void test_learned(void)
{
    const struct guise_names *names, *again;
    char host[256] = "";

    ok(!strcmp(said(), "MEMBER FAKE fake.test"), "%s\n", said()); /* design 11.7 */
    if (guise_get_names(&names)) return;
    ok(!strcmp(names->account_domain, "MEMBER") && !*names->account_dns_domain, "the store's accounts: %s\n", names->account_domain); /* design 11.2 */
    gethostname(host, sizeof(host) - 1);
    if (!strchr(host, '.')) strcat(host, ".fake.test");
    ok(!strcmp(names->dns_name, host), "%s\n", names->dns_name); /* design 11.7 */
    /* For ever. */
    winbind->error = 6;
    winbind->machine = "OTHER";
    ok(!guise_get_names(&again) && again == names, "asked again\n"); /* design 11.7 */
}

static void test_given(void)
{
    winbind->error = 6;
    ok(!strcmp(said(), "GIVEN GIVENDOM given.test"), "%s\n", said()); /* design 11.7 */
}

/* What is not given is asked for, and what is given wins. */
static void test_half(void)
{
    FILE *log = tmpfile();
    char line[512] = "";
    int error = dup(2);

    if (!log || error < 0) abort();
    fflush(stderr);
    dup2(fileno(log), 2);
    ok(!strcmp(said(), "GIVEN FAKE fake.test"), "%s\n", said()); /* design 11.7 */
    dup2(error, 2);
    close(error);
    rewind(log);
    ok(fgets(line, sizeof(line), log) && strstr(line, "netbios-name is GIVEN") && strstr(line, "MEMBER"), "log: %s\n", line); /* design 11.7 */
    ok(!fgets(line, sizeof(line), log), "log: %s\n", line); /* design 11.7 */
    fclose(log);
}

static void test_down(void)
{
    winbind->error = 6; /* WBC_ERR_WINBIND_NOT_AVAILABLE */
    ok(!strcmp(said(), DOWN), "%s\n", said()); /* design 11.7 */
    winbind->error = 0;
    ok(!strcmp(said(), DOWN), "%s\n", said()); /* design 11.7: not at once */
    usleep(RETRY * 1000);
    ok(!strcmp(said(), "MEMBER FAKE fake.test"), "%s\n", said()); /* design 11.7 */
}

static void test_slow(void)
{
    winbind->slow = 1500;
    ok(!strcmp(said(), DOWN), "%s\n", said()); /* design 11.7 */
    winbind->slow = 0;
    usleep(RETRY * 1000);
    ok(!strcmp(said(), "MEMBER FAKE fake.test"), "%s\n", said()); /* design 11.7 */
}

static void test_lie(const char *machine, const char *domain)
{
    winbind->machine = machine;
    winbind->domain = domain;
    ok(!strcmp(said(), DOWN), "%s\n", said()); /* design 11.7 */
}

static void test_no_name(void) { test_lie("", "FAKE"); }
static void test_no_domain(void) { test_lie("MEMBER", NULL); }
static void test_long_name(void) { test_lie("A-NAME-OF-SIXTEE", "FAKE"); }
static void test_two_names(void) { test_lie("MEMBER", "FAKE\\OTHER"); }
static void test_control(void) { test_lie("MEM\nBER", "FAKE"); }

static void test_no_memory(void)
{
    const struct guise_names *names;
    const struct guise_config *config;
    NTSTATUS status = STATUS_NO_MEMORY;
    long nth;

    if (guise_get_config(&config)) return;
    for (nth = 1; status && nth < 100; nth++)
    {
        guise_fail_allocation(nth);
        status = guise_get_names(&names);
        guise_fail_allocation(0);
        ok(status == STATUS_SUCCESS || status == STATUS_NO_MEMORY, "%ld: %#x\n", nth, status); /* design 5.5 */
    }
    ok(!status && nth > 4, "after %ld\n", nth); /* design 5.5 */
}

START_TEST(machine_names)
{
    if (!double_load()) return;
    double_run(test_learned, "accounts = files winbind");
    double_run(test_given, "accounts = files winbind\n[ntlm]\nnetbios-name = GIVEN\nnetbios-domain = GIVENDOM\ndns-domain = given.test");
    double_run(test_half, "accounts = files winbind\n[ntlm]\nnetbios-name = GIVEN");
    double_run(test_down, "accounts = winbind");
    double_run(test_slow, "accounts = winbind\nwinbind-timeout = 100");
    double_run(test_no_name, "accounts = winbind");
    double_run(test_no_domain, "accounts = winbind");
    double_run(test_long_name, "accounts = winbind");
    double_run(test_two_names, "accounts = winbind");
    double_run(test_control, "accounts = winbind");
    double_run(test_no_memory, "accounts = winbind");
    double_unload();
}
