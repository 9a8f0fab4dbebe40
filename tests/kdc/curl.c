/*
 * curl, with the tickets of MIT Kerberos, at guise-httpd.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts the server of the build tree and reads its address, which it prints. 0: it did not start. */
static pid_t start_server(char *address, size_t room)
{
    char path[4200];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 64);
    FILE *output;
    int pipes[2];
    pid_t child;

    if (length < 0 || pipe(pipes)) return 0;
    path[length] = 0;
    for (int i = 0; i < 3; i++) *strrchr(path, '/') = 0;
    strcat(path, "/programs/guise-httpd/guise-httpd");
    if (!(child = fork()))
    {
        dup2(pipes[1], 1);
        execl(path, "guise-httpd", "--root", kdc_path(""), "--listen", "127.0.0.1:0", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    if (!(output = fdopen(pipes[0], "r")) || fscanf(output, "listening on 127.0.0.1:%31s", address) != 1 || strlen(address) >= room) return 0;
    fclose(output);
    return child;
}

/* What curl gets for TARGET; the page in PAGE. */
static int get(const char *port, const char *target, char page[4096])
{
    char command[512];
    int status = 0;
    size_t got;
    FILE *curl;

    snprintf(command, sizeof(command), "curl -s -m 20 -w '\\n%%{http_code}' --negotiate -u : http://server.guise.test:%s%s", port, target);
    page[0] = 0;
    if (!(curl = popen(command, "r"))) return 0;
    got = fread(page, 1, 4095, curl);
    page[got] = 0;
    pclose(curl);
    if (got > 4) sscanf(page + got - 3, "%d", &status);
    return status;
}

START_TEST(curl)
{
    char port[32], page[4096], cache[200];
    pid_t server;
    int status;

    if (!kdc_is_here()) return;
    if (system("curl --version | grep -q SPNEGO"))
    {
        skip("no curl with SPNEGO\n");
        return;
    }
    server = start_server(port, sizeof(port));
    ok(server != 0, "guise-httpd did not start\n"); /* RFC 4559 4 */
    if (!server) return;
    snprintf(cache, sizeof(cache), "FILE:%s", kdc_path("curl-cache"));
    if (kdc_log_in("alice", cache, 0))
    {
        status = get(port, "/whoami", page);
        ok(status == 200 && strstr(page, "account: GUISE.TEST\\alice\n") == page, "%d: %s\n", status, page); /* RFC 4559 4.2 */
        ok(strstr(page, ": 70090\t70001\t0\t70001\n") != NULL, "%s\n", page); /* design 5.3 */
        status = get(port, "/keytab", page);
        ok(status == 403, "%d\n", status); /* K10.1 */
    }
    setenv("KRB5CCNAME", "FILE:/nonexistent", 1);
    status = get(port, "/whoami", page);
    ok(status == 401, "%d\n", status); /* RFC 9110 11.6.1 */
    kill(server, SIGTERM);
    waitpid(server, &status, 0);
    ok(!status, "exit status %x\n", status); /* signal(7) */
}
