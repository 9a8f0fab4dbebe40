/*
 * A service whose key changes while it serves, and a KDC that goes away and comes back. Keys are made of passwords that tell their number, so that
 * a key can be in the keytab before the KDC uses it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "service_key.h"

#include "peers.h"

#include <arpa/inet.h>
#include <krb5.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TRIES = 500, PAUSE = 20000 }; /* ten seconds */

/* ---- keys ---- */

static bool run(const char *command)
{
    int code = system(command);

    ok(!code, "%s: %d\n", command, code); /* design 7.9 */
    return !code;
}

static bool administrate(const char *query)
{
    char command[256];

    snprintf(command, sizeof(command), "kadmin.local -r GUISE.TEST %s >>%s 2>&1", query, kdc_path("rotation.log"));
    return run(command);
}

bool service_key_in_kdc(int kvno)
{
    char query[160];

    snprintf(query, sizeof(query), "cpw -e aes256-cts-hmac-sha1-96:normal -pw key-%d " ROLLING, kvno);
    return administrate(query);
}

static krb5_error_code add_key(krb5_context krb5, krb5_keytab keytab, krb5_principal principal, const krb5_data *salt, int kvno)
{
    char password[32];
    krb5_data text = {.length = snprintf(password, sizeof(password), "key-%d", kvno), .data = password};
    krb5_keytab_entry entry = {.principal = principal, .vno = kvno};
    krb5_error_code code = krb5_c_string_to_key(krb5, ENCTYPE_AES256_CTS_HMAC_SHA1_96, &text, salt, &entry.key);

    if (code) return code;
    code = krb5_kt_add_entry(krb5, keytab, &entry);
    krb5_free_keyblock_contents(krb5, &entry.key);
    return code;
}

static krb5_error_code write_keys(krb5_context krb5, const char *path, int oldest, int newest)
{
    krb5_principal principal = NULL;
    krb5_data salt = {0};
    krb5_keytab keytab = NULL;
    krb5_error_code code = krb5_parse_name(krb5, ROLLING, &principal);

    if (!code) code = krb5_principal2salt(krb5, principal, &salt);
    if (!code) code = krb5_kt_resolve(krb5, path, &keytab);
    for (int kvno = oldest; !code && kvno <= newest; kvno++) code = add_key(krb5, keytab, principal, &salt, kvno);
    if (keytab) krb5_kt_close(krb5, keytab);
    krb5_free_data_contents(krb5, &salt);
    krb5_free_principal(krb5, principal);
    return code;
}

bool service_keytab(int oldest, int newest)
{
    const char *path = kdc_path("rolling-keytab"), *next = kdc_path("rolling-keytab.new");
    krb5_context krb5;
    krb5_error_code code = krb5_init_context(&krb5);

    if (!code)
    {
        code = write_keys(krb5, next, oldest, newest);
        krb5_free_context(krb5);
    }
    if (!code) code = rename(next, path);
    ok(!code, "keys %d to %d: %d\n", oldest, newest, (int)code); /* design 7.9 */
    return !code;
}

bool service_begin(void)
{
    setenv("KRB5_KTNAME", kdc_path("rolling-keytab"), 1);
    /* Of an earlier unit, perhaps. */
    if (system("kadmin.local -r GUISE.TEST delprinc -force " ROLLING " >/dev/null 2>&1") < 0) return false;
    return administrate("addprinc -e aes256-cts-hmac-sha1-96:normal -pw key-1 " ROLLING) && service_keytab(1, 1);
}

/* ---- the KDC ---- */

static pid_t read_pid(void)
{
    FILE *file = fopen(kdc_path("kdc.pid"), "r");
    int pid = 0;

    if (!file) return 0;
    if (fscanf(file, "%d", &pid) != 1) pid = 0;
    fclose(file);
    return pid;
}

bool kdc_stop(void)
{
    pid_t pid = read_pid();
    bool gone = false;

    if (pid > 1 && !kill(pid, SIGTERM))
        for (int i = 0; i < TRIES && !(gone = kill(pid, 0) != 0); i++) usleep(PAUSE);
    ok(gone, "the KDC, %d, goes on\n", (int)pid); /* design 7.9 */
    if (!gone) return false;
    unlink(kdc_path("kdc.pid"));
    return !truncate(kdc_path("kdc.log"), 0); /* hours of logons would fill the memory it is in */
}

static bool answers(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(88), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected = !connect(fd, (struct sockaddr *)&address, sizeof(address));

    close(fd);
    return connected;
}

bool kdc_start(void)
{
    char command[256];
    bool there = false;

    snprintf(command, sizeof(command), "krb5kdc -P %s >/dev/null 2>&1 </dev/null", kdc_path("kdc.pid"));
    if (!run(command)) return false;
    for (int i = 0; i < TRIES && !(there = read_pid() && answers()); i++) usleep(PAUSE);
    ok(there, "no KDC\n"); /* design 7.9 */
    return there;
}
