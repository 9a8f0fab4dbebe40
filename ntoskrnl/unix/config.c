/*
 * guise.conf: one table of keys, read with inih as the process when first asked for (design 6).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntoskrnl/unix/config.h"

enum kind
{
    KIND_TEXT,
    KIND_ACCOUNT, /* a text that may not be empty */
    KIND_BOOL,
    KIND_NUMBER,
    KIND_LEVEL, /* a number from 0 to 5 */
    KIND_IDENTIFICATION,
    KIND_CHECK, /* application | off | when-supported | require */
    KIND_AUDIT, /* none | stderr | syslog | file */
    KIND_ACCOUNTS, /* some of files winbind sssd nss, in the order in which they are asked */
    KIND_CHOICE_DROP,   /* refuse | drop, as a bool */
    KIND_CHOICE_REQUIRE /* auto | require, as a bool */
};

struct key
{
    const char *section;
    const char *name;
    enum kind kind;
    size_t offset;
    const char *value; /* the default; NULL: unix/machine_names.c */
};

#define FIELD(name) offsetof(struct guise_config, name)

static const struct key keys[] = {
    {"credentials", "impersonation-account", KIND_ACCOUNT, FIELD(impersonation_account), "_guise"},
    {"credentials", "anonymous-account", KIND_ACCOUNT, FIELD(anonymous_account), "_guise-anon"},
    {"credentials", "allow-root", KIND_BOOL, FIELD(allow_root), "no"},
    {"credentials", "identification", KIND_IDENTIFICATION, FIELD(identification), "enforce"},
    {"credentials", "deny-only-groups", KIND_CHOICE_DROP, FIELD(drop_deny_only_groups), "refuse"},
    {"credentials", "remote-timeout", KIND_NUMBER, FIELD(remote_timeout), "1000"},
    {"credentials", "setid-wait", KIND_NUMBER, FIELD(setid_wait), "1000"},
    {"credentials", "interposition", KIND_CHOICE_REQUIRE, FIELD(require_interposition), "auto"},
    {"credentials", "restore-dumpable", KIND_BOOL, FIELD(restore_dumpable), "no"},
    {"lsa", "everyone-includes-anonymous", KIND_BOOL, FIELD(everyone_includes_anonymous), "no"},
    {"audit", "sink", KIND_AUDIT, FIELD(audit_sink), "none"},
    {"audit", "file", KIND_ACCOUNT, FIELD(audit_file), "/var/log/guise-audit.log"},
    {"accounts", "accounts", KIND_ACCOUNTS, FIELD(accounts), "files nss"},
    {"accounts", "winbind-timeout", KIND_NUMBER, FIELD(winbind_timeout), "5000"},
    {"accounts", "domain-cache", KIND_NUMBER, FIELD(domain_cache), "60"},
    {"accounts", "domain-cache-size", KIND_NUMBER, FIELD(domain_cache_size), "256"},
    {"accounts", "store", KIND_ACCOUNT, FIELD(account_store), "/var/lib/guise/accounts.mdb"},
    {"accounts", "lookup-cache", KIND_NUMBER, FIELD(lookup_cache), "1000"},
    {"accounts", "lockout-threshold", KIND_NUMBER, FIELD(lockout_threshold), "0"},
    {"accounts", "lockout-window", KIND_NUMBER, FIELD(lockout_window), "900"},
    {"ntlm", "netbios-name", KIND_ACCOUNT, FIELD(names.netbios_name), NULL},
    {"ntlm", "netbios-domain", KIND_ACCOUNT, FIELD(names.netbios_domain), NULL},
    {"ntlm", "dns-name", KIND_ACCOUNT, FIELD(names.dns_name), NULL},
    {"ntlm", "dns-domain", KIND_TEXT, FIELD(names.dns_domain), NULL},
    {"ntlm", "max-lifetime", KIND_NUMBER, FIELD(max_clock_skew), "129600"},
    {"ntlm", "allow-anonymous", KIND_BOOL, FIELD(allow_anonymous), "no"},
    {"ntlm", "require-128-bit", KIND_BOOL, FIELD(require_128bit), "yes"},
    {"ntlm", "channel-bindings", KIND_CHECK, FIELD(channel_bindings), "application"},
    {"ntlm", "target-name", KIND_CHECK, FIELD(target_name), "application"},
    {"ntlm", "target-hosts", KIND_TEXT, FIELD(target_hosts), ""},
    {"ntlm", "lm-compatibility-level", KIND_LEVEL, FIELD(lm_compatibility_level), "5"},
    {"kerberos", "keytab", KIND_TEXT, FIELD(kerberos_keytab), ""},
    {"kerberos", "channel-bindings", KIND_CHECK, FIELD(kerberos_channel_bindings), "application"},
    {"exports", "directory", KIND_ACCOUNT, FIELD(export_directory), "/run/guise"},
    {"exports", "lifetime", KIND_NUMBER, FIELD(export_lifetime), "300"},
    {"packages", "directory", KIND_TEXT, FIELD(package_directory), ""},
};

enum
{
    KEYS = sizeof(keys) / sizeof(keys[0]),
    LM_COMPATIBILITY_MAX = 5
};

/* ---- values ------------------------------------------------------------------------------------------------------ */

static bool choose(const char *value, const char *first, const char *second, bool *is_second)
{
    if (strcmp(value, first) && strcmp(value, second)) return false;
    *is_second = !strcmp(value, second);
    return true;
}

/* The place of VALUE among COUNT names. */
static bool choose_name(const char *value, const char *const *names, size_t count, unsigned int *choice)
{
    for (size_t i = 0; i < count; i++)
    {
        if (strcmp(value, names[i])) continue;
        *choice = (unsigned int)i;
        return true;
    }
    return false;
}

static bool read_check(const char *value, enum guise_check *check)
{
    static const char *const names[] = {[CHECK_APPLICATION] = "application",
                                        [CHECK_OFF] = "off",
                                        [CHECK_SUPPORTED] = "when-supported",
                                        [CHECK_REQUIRED] = "require"};
    unsigned int choice;

    if (!choose_name(value, names, sizeof(names) / sizeof(names[0]), &choice)) return false;
    *check = (enum guise_check)choice;
    return true;
}

static bool read_audit(const char *value, enum guise_audit *sink)
{
    static const char *const names[] = {[AUDIT_NONE] = "none",
                                        [AUDIT_STDERR] = "stderr",
                                        [AUDIT_SYSLOG] = "syslog",
                                        [AUDIT_FILE] = "file"};
    unsigned int choice;

    if (!choose_name(value, names, sizeof(names) / sizeof(names[0]), &choice)) return false;
    *sink = (enum guise_audit)choice;
    return true;
}

/* Each at most once, and at least one. */
static bool read_accounts(const char *value, struct guise_account_order *order)
{
    static const char *const names[] = {[ACCOUNTS_FILES] = "files",
                                        [ACCOUNTS_WINBIND] = "winbind",
                                        [ACCOUNTS_SSSD] = "sssd",
                                        [ACCOUNTS_NSS] = "nss"};
    unsigned int seen = 0, choice;
    char word[sizeof("winbind")];

    order->count = 0;
    for (value += strspn(value, " \t"); *value; value += strspn(value, " \t"))
    {
        size_t length = strcspn(value, " \t");

        if (length >= sizeof(word)) return false;
        memcpy(word, value, length);
        word[length] = 0;
        if (!choose_name(word, names, ACCOUNTS_KINDS, &choice) || seen & 1u << choice) return false;
        seen |= 1u << choice;
        order->source[order->count++] = (enum guise_accounts)choice;
        value += length;
    }
    return order->count;
}

static bool read_number(const char *value, unsigned int *number)
{
    char *end;
    unsigned long read;

    if (!isdigit((unsigned char)*value)) return false;
    errno = 0;
    read = strtoul(value, &end, 10);
    if (errno || *end || read > INT_MAX) return false;
    *number = (unsigned int)read;
    return true;
}

static NTSTATUS set_text(char **field, const char *value)
{
    char *copy = guise_strdup(value);

    if (!copy) return STATUS_NO_MEMORY;
    guise_free(*field);
    *field = copy;
    return STATUS_SUCCESS;
}

static NTSTATUS set_value(struct guise_config *config, const struct key *key, const char *value)
{
    void *field = (char *)config + key->offset;
    bool good = true, second = false;

    switch (key->kind)
    {
    case KIND_ACCOUNT:
        if (!*value) return STATUS_INVALID_PARAMETER;
        return set_text(field, value);
    case KIND_TEXT:
        return set_text(field, value);
    case KIND_NUMBER:
        return read_number(value, field) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    case KIND_CHECK:
        good = read_check(value, field);
        break;
    case KIND_AUDIT:
        good = read_audit(value, field);
        break;
    case KIND_ACCOUNTS:
        good = read_accounts(value, field);
        break;
    case KIND_LEVEL:
        good = read_number(value, field) && *(unsigned int *)field <= LM_COMPATIBILITY_MAX;
        break;
    case KIND_BOOL:
        good = choose(value, "no", "yes", field);
        break;
    case KIND_CHOICE_DROP:
        good = choose(value, "refuse", "drop", field);
        break;
    case KIND_CHOICE_REQUIRE:
        good = choose(value, "auto", "require", field);
        break;
    case KIND_IDENTIFICATION:
        good = choose(value, "enforce", "token-only", &second);
        if (good) *(enum guise_identification *)field = second ? IDENTIFICATION_TOKEN_ONLY : IDENTIFICATION_ENFORCE;
        break;
    }
    return good ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

struct reading
{
    const char *name;
    FILE *stream;
    struct guise_config *config;
    bool given[KEYS];
    unsigned int line;
    NTSTATUS status; /* the first failure; what follows it is not looked at */
};

static char *next_line(char *buffer, int size, void *context)
{
    struct reading *reading = context;
    size_t length;

    if (reading->status || !fgets(buffer, size, reading->stream)) return NULL;
    reading->line++;
    length = strlen(buffer);
    /* inih would take the rest of a line that does not fit for a line of its own. */
    if (length == (size_t)size - 1 && buffer[length - 1] != '\n')
    {
        guise_log("%s:%u: the line is too long", reading->name, reading->line);
        reading->status = STATUS_INVALID_PARAMETER;
        return NULL;
    }
    return buffer;
}

static const struct key *find_key(const char *section, const char *name)
{
    for (size_t i = 0; i < KEYS; i++)
    {
        if (!strcmp(keys[i].section, section) && !strcmp(keys[i].name, name)) return &keys[i];
    }
    return NULL;
}

static int take_key(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    const struct key *key = find_key(section, name);
    const char *problem = NULL;

    if (reading->status) return 0;
    if (!key)
    {
        problem = "unknown key";
        reading->status = STATUS_INVALID_PARAMETER;
    }
    else if (reading->given[key - keys])
    {
        /* Also what inih makes of a continued line. */
        problem = "given twice";
        reading->status = STATUS_INVALID_PARAMETER;
    }
    else
    {
        reading->given[key - keys] = true;
        reading->status = set_value(reading->config, key, value);
        problem = reading->status == STATUS_NO_MEMORY ? "no memory" : "bad value";
    }
    if (reading->status) guise_log("%s:%u: [%s] %s: %s", reading->name, reading->line, section, name, problem);
    return !reading->status;
}

static NTSTATUS read_stream(struct reading *reading)
{
    int bad_line = ini_parse_stream(next_line, reading, take_key, reading);

    if (reading->status) return reading->status;
    if (ferror(reading->stream))
    {
        guise_log("%s: %s", reading->name, strerror(errno));
        return STATUS_UNSUCCESSFUL;
    }
    if (bad_line == -2) return STATUS_NO_MEMORY;
    if (bad_line)
    {
        guise_log("%s:%d: neither a [section] nor key = value", reading->name, bad_line);
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* ---- defaults ---------------------------------------------------------------------------------------------------- */

static NTSTATUS set_defaults(struct guise_config *config)
{
    for (size_t i = 0; i < KEYS; i++)
    {
        NTSTATUS status = keys[i].value ? set_value(config, &keys[i], keys[i].value) : STATUS_SUCCESS;

        if (status) return status;
    }
    return STATUS_SUCCESS;
}

static bool asks(const struct guise_config *config, enum guise_accounts source)
{
    for (size_t i = 0; i < config->accounts.count; i++)
        if (config->accounts.source[i] == source) return true;
    return false;
}

/* What winbind is to say is left out. */
static NTSTATUS set_names(struct guise_config *config)
{
    config->is_member = asks(config, ACCOUNTS_WINBIND) || asks(config, ACCOUNTS_SSSD);
    if (asks(config, ACCOUNTS_WINBIND) && (!config->names.netbios_name || !config->names.netbios_domain)) return STATUS_SUCCESS;
    return names_complete(&config->names, config->is_member, NULL);
}

/* ---- entry points ------------------------------------------------------------------------------------------------ */

void config_free(struct guise_config *config)
{
    for (size_t i = 0; i < KEYS; i++)
    {
        if (keys[i].kind == KIND_TEXT || keys[i].kind == KIND_ACCOUNT)
            guise_free(*(char **)((char *)config + keys[i].offset));
    }
    memset(config, 0, sizeof(*config));
}

NTSTATUS config_read(const char *name, FILE *stream, struct guise_config *config)
{
    struct reading reading = {.name = name, .stream = stream, .config = config};
    NTSTATUS status;

    memset(config, 0, sizeof(*config));
    status = set_defaults(config);
    if (!status && stream) status = read_stream(&reading);
    if (!status) status = set_names(config);
    if (status) config_free(config);
    return status;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* Written once under once, read-only afterwards. */
static struct guise_config the_config;
static NTSTATUS the_status;

static void read_once(void)
{
    const char *path = secure_getenv("GUISE_CONF");
    FILE *stream;

    if (!path) path = GUISE_SYSCONFDIR "/guise/guise.conf";
    guise_process_begin();
    stream = fopen(path, "re");
    if (!stream && errno != ENOENT)
    {
        guise_log("%s: %s", path, strerror(errno));
        the_status = STATUS_UNSUCCESSFUL;
    }
    else
    {
        the_status = config_read(path, stream, &the_config);
        if (stream) fclose(stream);
    }
    guise_process_end();
}

NTSTATUS guise_get_config(const struct guise_config **config)
{
    pthread_once(&once, read_once);
    *config = the_status ? NULL : &the_config;
    return the_status;
}
