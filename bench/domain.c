/*
 * Logons of a domain's users on its member (tests/domain/run): NTLM by winbind beside NTLM by the store, a user in 200 groups, what a token of his takes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECURITY_WIN32
#include <windef.h>
#include <winbase.h>
#include <sspi.h>

#include "driver.h"

#define TOKEN_ROOM 48000
#define WALL       2 /* threads wait for winbind: the wall's time (driver.h) */

static const struct user
{
    const char *package, *domain, *name, *password;
} local = {"NTLM", "MEMBER", "alice", "Secret-alice-1"}, member = {"NTLM", "GUISE", "alice", "Passw0rd-alice"},
  crowded = {"NTLM", "GUISE", "many", "Passw0rd-many"}, ticket = {"Kerberos", "GUISE.TEST", "many", "Passw0rd-many"};

static void check(const char *what, SECURITY_STATUS status)
{
    if (status < 0) bench_fail("%s: %08x", what, (unsigned int)status);
}

/* ---- the member's configuration, and one account of its own -------------------------------------------------------- */

static void write_configuration(void)
{
    const char *directory = getenv("DOMAIN_DIR");
    char path[256];
    FILE *file;

    if (!directory) bench_fail("needs tests/domain/run");
    snprintf(path, sizeof(path), "%s/bench.conf", directory);
    if (!(file = fopen(path, "w"))) bench_fail("cannot write %s", path);
    fprintf(file,
            "[accounts]\nstore = %s/bench.mdb\naccounts = files winbind nss\n",
            directory);
    fclose(file);
    setenv("GUISE_CONF", path, 1);
}

static void add_account(void)
{
    char self[4096], command[4600];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    FILE *pipe;

    if (length < 0) bench_fail("no /proc");
    self[length] = 0;
    *strrchr(self, '/') = 0;
    snprintf(command, sizeof(command), "%s/../programs/guise-account/guise-account --store %s/bench.mdb add %s >/dev/null", self, getenv("DOMAIN_DIR"), local.name);
    if (!(pipe = popen(command, "w"))) bench_fail("no guise-account");
    fprintf(pipe, "%s\n", local.password);
    if (pclose(pipe)) bench_fail("%s failed", command);
}

/* ---- logons -------------------------------------------------------------------------------------------------------- */

struct pair
{
    CredHandle client, server;
};

static void open_pair(const struct user *user, struct pair *pair)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {(BYTE *)user->name, (ULONG)strlen(user->name), (BYTE *)user->domain, (ULONG)strlen(user->domain),
                                          (BYTE *)user->password, (ULONG)strlen(user->password), SEC_WINNT_AUTH_IDENTITY_ANSI};

    check("outbound", AcquireCredentialsHandleA(NULL, (char *)user->package, SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &pair->client, NULL));
    check("inbound", AcquireCredentialsHandleA(NULL, (char *)user->package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &pair->server, NULL));
}

static void close_pair(struct pair *pair)
{
    FreeCredentialsHandle(&pair->client);
    FreeCredentialsHandle(&pair->server);
}

/* The server's context, established. The client's is gone again. */
static void log_on(struct pair *pair, CtxtHandle *server)
{
    static BYTE to_server[TOKEN_ROOM], to_client[TOKEN_ROOM];
    SecBuffer up = {0, SECBUFFER_TOKEN, to_server}, down = {0, SECBUFFER_TOKEN, to_client};
    SecBufferDesc up_desc = {SECBUFFER_VERSION, 1, &up}, down_desc = {SECBUFFER_VERSION, 1, &down};
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    CtxtHandle client;
    bool first = true;
    ULONG attributes;

    for (; status == SEC_I_CONTINUE_NEEDED; first = false)
    {
        up.cbBuffer = TOKEN_ROOM;
        check("InitializeSecurityContext",
              InitializeSecurityContextA(first ? &pair->client : NULL, first ? NULL : &client, (char *)"HTTP/www.guise.test", 0, 0, SECURITY_NATIVE_DREP,
                                         first ? NULL : &down_desc, 0, &client, &up_desc, &attributes, NULL));
        down.cbBuffer = TOKEN_ROOM;
        status = AcceptSecurityContext(&pair->server, first ? NULL : server, &up_desc, 0, SECURITY_NATIVE_DREP, server, &down_desc, &attributes, NULL);
        check("AcceptSecurityContext", status);
    }
    DeleteSecurityContext(&client);
}

static uint64_t time_logons(const struct user *user, unsigned long count)
{
    struct pair pair;
    CtxtHandle server;
    uint64_t before;

    open_pair(user, &pair);
    log_on(&pair, &server); /* what is kept is kept by now */
    DeleteSecurityContext(&server);
    before = bench_now(WALL);
    for (unsigned long i = 0; i < count; i++)
    {
        log_on(&pair, &server);
        DeleteSecurityContext(&server);
    }
    before = bench_now(WALL) - before;
    close_pair(&pair);
    return before;
}

static uint64_t run_store(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first, (void)second;
    return time_logons(&local, count);
}

static uint64_t run_winbind(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first, (void)second;
    return time_logons(&member, count);
}

static uint64_t run_crowded(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first, (void)second;
    return time_logons(&crowded, count);
}

static uint64_t run_ticket(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first, (void)second;
    return time_logons(&ticket, count);
}

static uint64_t wall(void)
{
    return bench_now(WALL);
}

static uint64_t resident(void)
{
    unsigned long pages;
    FILE *file = fopen("/proc/self/statm", "r");

    if (!file || fscanf(file, "%*u %lu", &pages) != 1) bench_fail("no /proc/self/statm");
    fclose(file);
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* By how much GAUGE rises with COUNT server contexts and their tokens, all of which are there at the end. */
static uint64_t hold(const struct user *user, uint64_t (*gauge)(void), unsigned long count)
{
    CtxtHandle *servers = calloc(count + 1, sizeof(*servers));
    struct pair pair;
    uint64_t before, rise;

    if (!servers) bench_fail("no memory");
    memset(servers, 1, (count + 1) * sizeof(*servers)); /* resident */
    open_pair(user, &pair);
    log_on(&pair, &servers[count]);
    before = gauge();
    for (unsigned long i = 0; i < count; i++) log_on(&pair, &servers[i]);
    rise = gauge() - before;
    for (unsigned long i = 0; i <= count; i++) DeleteSecurityContext(&servers[i]);
    close_pair(&pair);
    free(servers);
    return rise;
}

static uint64_t run_memory(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first, (void)second;
    return hold(&ticket, bench_allocated, count);
}

static uint64_t run_resident(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first, (void)second;
    return hold(&ticket, resident, count);
}

static uint64_t run_held(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first, (void)second;
    return hold(&ticket, wall, count);
}

static uint64_t run_held_ntlm(unsigned long first, unsigned long second, unsigned long count)
{
    (void)first, (void)second;
    return hold(&crowded, wall, count);
}

int main(int argc, char **argv)
{
    static const struct bench_op ops[] = {
        {"store", run_store}, {"winbind", run_winbind}, {"crowded", run_crowded}, {"ticket", run_ticket}, {"memory", run_memory},
        {"resident", run_resident}, {"held", run_held}, {"held-ntlm", run_held_ntlm}, {NULL, NULL},
    };

    (void)argv;
    if (argc != 1) bench_fail("usage: domain");
    write_configuration();
    add_account();
    return bench_serve(ops);
}
