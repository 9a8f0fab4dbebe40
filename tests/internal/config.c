/*
 * Tests of the reader of guise.conf: every key and every kind of value, and that a file with one thing wrong in it takes no effect at all.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ntoskrnl/unix/config.h"

static char said[1024]; /* what the last read() wrote on the log */

static NTSTATUS read_from(FILE *stream, struct guise_config *config)
{
    int ends[2], standard_error = dup(STDERR_FILENO);
    NTSTATUS status;
    ssize_t length;

    if (standard_error < 0 || pipe(ends)) abort();
    fflush(stderr);
    dup2(ends[1], STDERR_FILENO);
    status = config_read("a.conf", stream, config);
    dup2(standard_error, STDERR_FILENO);
    close(standard_error);
    close(ends[1]);
    length = read(ends[0], said, sizeof(said) - 1);
    said[length > 0 ? length : 0] = 0;
    close(ends[0]);
    return status;
}

static NTSTATUS read_text(const char *text, struct guise_config *config)
{
    FILE *stream = fmemopen((char *)text, strlen(text), "r");
    NTSTATUS status = read_from(stream, config);

    fclose(stream);
    return status;
}

static bool is_empty(const struct guise_config *config)
{
    static const struct guise_config empty;

    return !memcmp(config, &empty, sizeof(empty));
}

static void test_defaults(void)
{
    struct guise_config config;
    NTSTATUS status = read_from(NULL, &config);

    /* guise.conf(5) */
    ok(!status && !*said, "status %#x, %s\n", status, said); /* design 6 */
    ok(!strcmp(config.impersonation_account, "_guise") && !strcmp(config.anonymous_account, "_guise-anon"), "accounts\n"); /* design 6 */
    ok(!config.allow_root && !config.drop_deny_only_groups && !config.require_interposition, "credentials\n"); /* design 6 */
    ok(!config.restore_dumpable && config.identification == IDENTIFICATION_ENFORCE, "credentials\n"); /* design 6 */
    ok(config.remote_timeout == 1000 && config.setid_wait == 1000, "times %u %u\n", config.remote_timeout, config.setid_wait); /* design 6 */
    ok(!config.everyone_includes_anonymous, "Everyone includes Anonymous\n"); /* design 6 */
    ok(!strcmp(config.account_store, "/var/lib/guise/accounts.mdb"), "store %s\n", config.account_store); /* design 6 */
    ok(config.accounts.count == 2 && config.accounts.source[0] == ACCOUNTS_FILES && config.accounts.source[1] == ACCOUNTS_NSS, "order\n"); /* design 6 */
    ok(!strcmp(config.names.account_domain, config.names.netbios_domain) && !strcmp(config.names.account_dns_domain, config.names.dns_domain), "accounts' domain\n"); /* design 6 */
    ok(config.winbind_timeout == 5000 && config.domain_cache == 60 && config.domain_cache_size == 256, "domain\n"); /* design 6 */
    ok(config.lookup_cache == 1000 && !config.lockout_threshold && config.lockout_window == 900, "accounts\n"); /* design 6 */
    ok(config.max_clock_skew == 129600 && !config.allow_anonymous && config.require_128bit, "NTLM\n"); /* design 6 */
    ok(config.channel_bindings == CHECK_APPLICATION && config.target_name == CHECK_APPLICATION, "NTLM\n"); /* design 6 */
    ok(!*config.target_hosts && config.lm_compatibility_level == 5, "NTLM\n"); /* design 6 */
    ok(!strcmp(config.export_directory, "/run/guise") && config.export_lifetime == 300, "exports\n"); /* design 6 */
    ok(!*config.package_directory, "packages %s\n", config.package_directory); /* design 6 */
    config_free(&config);
    ok(is_empty(&config), "not empty\n"); /* design 6 */
}

static void test_all_keys(void)
{
    struct guise_config config;
    NTSTATUS status = read_text("# every key once\n[credentials]\nimpersonation-account = third\nanonymous-account=nobody\n"
                                "allow-root = yes\nidentification = token-only\ndeny-only-groups = drop\nremote-timeout = 1\n"
                                "setid-wait = 2147483647\ninterposition = require\nrestore-dumpable = yes\n\n"
                                "[lsa]\neveryone-includes-anonymous = yes\n"
                                "[accounts]\nstore = /a b\naccounts = nss  winbind sssd files\nwinbind-timeout = 5\ndomain-cache = 6\ndomain-cache-size = 7\nlookup-cache = 0\nlockout-threshold = 3\nlockout-window = 4\n"
                                "[ntlm]\nnetbios-name = N\nnetbios-domain = D\ndns-name = n.d.example\ndns-domain =\n"
                                "max-lifetime = 5\nallow-anonymous = yes\nrequire-128-bit = no\nchannel-bindings = require\n"
                                "target-name = when-supported\ntarget-hosts = a b\nlm-compatibility-level = 0\n"
                                "[exports]\ndirectory = /e\nlifetime = 6\n[packages]\ndirectory = /p", &config);

    ok(!status && !*said, "status %#x, %s\n", status, said); /* design 6 */
    if (status) return;
    ok(!strcmp(config.impersonation_account, "third") && !strcmp(config.anonymous_account, "nobody"), "accounts\n"); /* design 6 */
    ok(config.allow_root && config.drop_deny_only_groups && config.require_interposition, "credentials\n"); /* design 6 */
    ok(config.restore_dumpable && config.identification == IDENTIFICATION_TOKEN_ONLY, "credentials\n"); /* design 6 */
    ok(config.remote_timeout == 1 && config.setid_wait == 2147483647, "times %u %u\n", config.remote_timeout, config.setid_wait); /* design 6 */
    ok(config.everyone_includes_anonymous, "Everyone does not include Anonymous\n"); /* design 6 */
    ok(!strcmp(config.account_store, "/a b"), "store %s\n", config.account_store); /* design 6 */
    ok(config.accounts.count == 4 && config.accounts.source[0] == ACCOUNTS_NSS && config.accounts.source[1] == ACCOUNTS_WINBIND &&
           config.accounts.source[2] == ACCOUNTS_SSSD && config.accounts.source[3] == ACCOUNTS_FILES, "order\n"); /* design 6 */
    ok(!strcmp(config.names.account_domain, config.names.netbios_name) && !*config.names.account_dns_domain, "accounts' domain\n"); /* design 11.2 */
    ok(config.winbind_timeout == 5 && config.domain_cache == 6 && config.domain_cache_size == 7, "domain\n"); /* design 6 */
    ok(!config.lookup_cache && config.lockout_threshold == 3 && config.lockout_window == 4, "accounts\n"); /* design 6 */
    ok(!strcmp(config.names.netbios_name, "N") && !strcmp(config.names.netbios_domain, "D"), "names\n"); /* design 6 */
    ok(!strcmp(config.names.dns_name, "n.d.example") && !*config.names.dns_domain, "names\n"); /* design 6 */
    ok(config.max_clock_skew == 5 && config.allow_anonymous && !config.require_128bit, "NTLM\n"); /* design 6 */
    ok(config.channel_bindings == CHECK_REQUIRED && config.target_name == CHECK_SUPPORTED, "NTLM\n"); /* design 6 */
    ok(!strcmp(config.target_hosts, "a b") && !config.lm_compatibility_level, "NTLM\n"); /* design 6 */
    ok(!strcmp(config.export_directory, "/e") && config.export_lifetime == 6, "exports\n"); /* design 6 */
    ok(!strcmp(config.package_directory, "/p"), "packages %s\n", config.package_directory); /* design 6 */
    config_free(&config);
}

/* A line of the log names file, line and key. */
static void test_refused(void)
{
    static const struct
    {
        const char *text, *says;
    } cases[] = {
        {"[credentials]\nallow-root = Yes\n", "guise: a.conf:2: [credentials] allow-root: bad value\n"},
        {"[credentials]\nallow-root =\n", "guise: a.conf:2: [credentials] allow-root: bad value\n"},
        {"[credentials]\nidentification = enforced\n", "guise: a.conf:2: [credentials] identification: bad value\n"},
        {"[credentials]\ndeny-only-groups = keep\n", "guise: a.conf:2: [credentials] deny-only-groups: bad value\n"},
        {"[credentials]\ninterposition = no\n", "guise: a.conf:2: [credentials] interposition: bad value\n"},
        {"[credentials]\nanonymous-account =\n", "guise: a.conf:2: [credentials] anonymous-account: bad value\n"},
        {"[credentials]\nremote-timeout = 1s\n", "guise: a.conf:2: [credentials] remote-timeout: bad value\n"},
        {"[credentials]\nremote-timeout = -1\n", "guise: a.conf:2: [credentials] remote-timeout: bad value\n"},
        {"[credentials]\nremote-timeout = +1\n", "guise: a.conf:2: [credentials] remote-timeout: bad value\n"},
        {"[credentials]\nremote-timeout =\n", "guise: a.conf:2: [credentials] remote-timeout: bad value\n"},
        {"[credentials]\nremote-timeout = 2147483648\n", "guise: a.conf:2: [credentials] remote-timeout: bad value\n"},
        {"[credentials]\nremote-timeout = 18446744073709551617\n", "guise: a.conf:2: [credentials] remote-timeout: bad value\n"},
        {"[accounts]\naccounts =\n", "guise: a.conf:2: [accounts] accounts: bad value\n"},
        {"[accounts]\naccounts = files files\n", "guise: a.conf:2: [accounts] accounts: bad value\n"},
        {"[accounts]\naccounts = files winbinds\n", "guise: a.conf:2: [accounts] accounts: bad value\n"},
        {"[accounts]\naccounts = files,winbind\n", "guise: a.conf:2: [accounts] accounts: bad value\n"},
        {"[ntlm]\nlm-compatibility-level = 6\n", "guise: a.conf:2: [ntlm] lm-compatibility-level: bad value\n"},
        {"[ntlm]\nchannel-bindings = on\n", "guise: a.conf:2: [ntlm] channel-bindings: bad value\n"},
        {"[ntlm]\ntarget-name =\n", "guise: a.conf:2: [ntlm] target-name: bad value\n"},
        /* What is right in one section is not known in another; and names are not looked at without regard to case. */
        {"[lsa]\nallow-root = yes\n", "guise: a.conf:2: [lsa] allow-root: unknown key\n"},
        {"[Credentials]\nallow-root = yes\n", "guise: a.conf:2: [Credentials] allow-root: unknown key\n"},
        {"[credentials]\nallow-Root = yes\n", "guise: a.conf:2: [credentials] allow-Root: unknown key\n"},
        {"allow-root = yes\n", "guise: a.conf:1: [] allow-root: unknown key\n"},
        {"[exports]\nlifetime = 1\n\nlifetime = 1\n", "guise: a.conf:4: [exports] lifetime: given twice\n"},
        {"[ntlm]\ntarget-hosts = a\n  b\n", "guise: a.conf:3: [ntlm] target-hosts: given twice\n"},
        /* The first thing that is wrong is the one that is named. */
        {"[exports]\nlifetime = 1\nx = 1\n[ntlm]\ny = 2\n", "guise: a.conf:3: [exports] x: unknown key\n"},
        {"[exports]\nlifetime\n", "guise: a.conf:2: neither a [section] nor key = value\n"},
        {"[exports\n", "guise: a.conf:1: neither a [section] nor key = value\n"}};
    struct guise_config config;
    NTSTATUS status;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        status = read_text(cases[i].text, &config);
        ok(status == STATUS_INVALID_PARAMETER, "%s: status %#x\n", wine_dbgstr_a(cases[i].text), status); /* design 6 */
        ok(!strcmp(said, cases[i].says), "%s: %s\n", wine_dbgstr_a(cases[i].text), wine_dbgstr_a(said)); /* design 6 */
        ok(is_empty(&config), "%s: something took effect\n", wine_dbgstr_a(cases[i].text)); /* design 6 */
    }
}

/* The rest of a line that is too long is not taken for another. */
static void test_long_lines(void)
{
    static const char head[] = "[ntlm]\n; ", tail[] = "lm-compatibility-level = 0\n";
    struct guise_config config;
    NTSTATUS status;
    char text[6000];

    for (size_t blanks = 100; blanks < 5000; blanks++)
    {
        memcpy(text, head, sizeof(head) - 1);
        memset(text + sizeof(head) - 1, ' ', blanks);
        strcpy(text + sizeof(head) - 1 + blanks, tail);
        status = read_text(text, &config);
        if (status)
        {
            ok(status == STATUS_INVALID_PARAMETER && blanks > 140, "%u blanks: status %#x\n", (unsigned int)blanks, status); /* design 6 */
            ok(!strcmp(said, "guise: a.conf:2: the line is too long\n"), "%s\n", wine_dbgstr_a(said)); /* design 6 */
            if (blanks > 300) break;
            continue;
        }
        ok(config.lm_compatibility_level == 5, "a comment of %u blanks took effect\n", (unsigned int)blanks); /* design 6 */
        config_free(&config);
    }
    /* The last line needs no end, however long it may be. */
    status = read_text("[credentials]\nallow-root = yes", &config);
    ok(!status && config.allow_root, "status %#x, %s\n", status, said); /* design 6 */
    config_free(&config);
}

static void test_unreadable(void)
{
    FILE *folder = fopen("/", "r");
    struct guise_config config;
    NTSTATUS status = read_from(folder, &config);

    ok(status == STATUS_UNSUCCESSFUL && is_empty(&config), "status %#x\n", status); /* design 6 */
    ok(!strcmp(said, "guise: a.conf: Is a directory\n"), "%s\n", wine_dbgstr_a(said)); /* design 6 */
    fclose(folder);
}

/* What a process with this GUISE_CONF gets, and what it says. */
static const char *first_read(const char *path)
{
    static char text[256];
    const struct guise_config *config = (const struct guise_config *)text;
    int ends[2];
    NTSTATUS status;
    ssize_t length;
    pid_t child;

    if (pipe(ends) || (child = fork()) < 0) abort();
    if (!child)
    {
        dup2(ends[1], STDERR_FILENO);
        setenv("GUISE_CONF", path, 1);
        status = guise_get_config(&config);
        dprintf(ends[1], "%#x %s", (unsigned int)status, config ? config->impersonation_account : "none");
        status = guise_get_config(&config);
        dprintf(ends[1], ", %#x %s", (unsigned int)status, config ? config->impersonation_account : "none");
        _exit(0);
    }
    close(ends[1]);
    waitpid(child, NULL, 0);
    length = read(ends[0], text, sizeof(text) - 1);
    text[length > 0 ? length : 0] = 0;
    close(ends[0]);
    return text;
}

/* Only that there is no file leaves the defaults; what failed once is not tried again. */
static void test_first_read(void)
{
    const char *got = first_read("/nowhere/guise.conf");

    ok(!strcmp(got, "0 _guise, 0 _guise"), "%s\n", got); /* design 6 */
    got = first_read("/dev/null/guise.conf");
    ok(!strcmp(got, "guise: /dev/null/guise.conf: Not a directory\n0xc0000001 none, 0xc0000001 none"), "%s\n", got); /* design 6 */
    got = first_read("/");
    ok(!strcmp(got, "guise: /: Is a directory\n0xc0000001 none, 0xc0000001 none"), "%s\n", got); /* design 6 */
}

/* ---- names of the host ------------------------------------------------------------------------------------------------------------ */

static void check_names(const char *text, const char *netbios, const char *domain, const char *dns_name, const char *dns_domain)
{
    struct guise_config config;
    NTSTATUS status = read_text(text, &config);

    ok(!status, "status %#x, %s\n", status, said); /* design 6 */
    if (status) return;
    ok(!strcmp(config.names.netbios_name, netbios), "NetBIOS name %s\n", config.names.netbios_name); /* MS-NBTE 2.2.1 */
    ok(!strcmp(config.names.netbios_domain, domain), "NetBIOS domain %s\n", config.names.netbios_domain); /* design 6 */
    ok(!strcmp(config.names.dns_name, dns_name), "DNS name %s\n", config.names.dns_name); /* design 6 */
    ok(!strcmp(config.names.dns_domain, dns_domain), "DNS domain %s\n", config.names.dns_domain); /* design 6 */
    config_free(&config);
}

static void test_names(void)
{
    static const char host[] = "a-very-long-name.corp.example";

    if (unshare(CLONE_NEWUTS) || sethostname(host, sizeof(host) - 1))
    {
        skip("no host name of its own\n");
        return;
    }
    check_names("\n", "A-VERY-LONG-NAM", "A-VERY-LONG-NAM", host, "corp.example");
    check_names("[accounts]\naccounts = files sssd\n", "A-VERY-LONG-NAM", "A-VERY-LONG-NAM", host, "corp.example");
    check_names("[accounts]\naccounts = winbind\n[ntlm]\nnetbios-name = A\nnetbios-domain = B\n", "A", "B", host, "corp.example");
    check_names("[ntlm]\nnetbios-name = files\n", "files", "files", host, "corp.example");
    check_names("[ntlm]\ndns-name = www\n", "A-VERY-LONG-NAM", "A-VERY-LONG-NAM", "www", "");
    check_names("[ntlm]\ndns-name = a.b\ndns-domain = c\n", "A-VERY-LONG-NAM", "A-VERY-LONG-NAM", "a.b", "c");
    ok(!sethostname("az-09{", 6), "no host name\n"); /* sethostname(2) */
    check_names("\n", "AZ-09{", "AZ-09{", "az-09{", "");
    ok(!sethostname("", 0), "no host name\n"); /* sethostname(2) */
    check_names("\n", "LOCALHOST", "LOCALHOST", "localhost", "");
}

START_TEST(config)
{
    test_defaults();
    test_all_keys();
    test_refused();
    test_long_lines();
    test_unreadable();
    test_first_read();
    test_names();
}
