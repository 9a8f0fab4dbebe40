/*
 * guise-httpd: a sample server in the style of Windows. It authenticates with Negotiate or NTLM and serves files that the client may open.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

#define THREADS_MAX 256
#define TIMEOUT_MAX 3600

static void print_help(void)
{
    puts("usage: guise-httpd --root DIR [--listen ADDRESS:PORT] [--threads N] [--timeout SECONDS]\n\n"
         "Serves the files below DIR over HTTP to clients that authenticate with Negotiate or NTLM, each opened as the client.\n\n"
         "  --root DIR             the files\n"
         "  --listen ADDRESS:PORT  default 127.0.0.1:8080; port 0: a free one\n"
         "  --threads N            workers, default 8\n"
         "  --timeout SECONDS      for a request to be complete, default 10\n"
         "  --help, --version\n\n"
         "The address is printed once the server listens; the log goes to standard error. See guise-httpd(1).");
}

struct settings
{
    const char *root, *listen;
    unsigned long threads, timeout;
};

static bool read_number(const char *text, unsigned long most, unsigned long *number)
{
    char *end;

    *number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && *number >= 1 && *number <= most;
}

/* -1: go on; else the exit code. */
static int read_options(int argc, char **argv, struct settings *settings)
{
    static const struct option options[] = {
        {"root", required_argument, NULL, 'r'},    {"listen", required_argument, NULL, 'l'}, {"threads", required_argument, NULL, 't'},
        {"timeout", required_argument, NULL, 's'}, {"version", no_argument, NULL, 'v'},      {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    bool good = true;
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1)
        switch (option)
        {
        case 'r': settings->root = optarg; break;
        case 'l': settings->listen = optarg; break;
        case 't': good = good && read_number(optarg, THREADS_MAX, &settings->threads); break;
        case 's': good = good && read_number(optarg, TIMEOUT_MAX, &settings->timeout); break;
        case 'v': puts("guise-httpd (Guise) 0.1.0"); return 0;
        case 'h': print_help(); return 0;
        default: return 2;
        }
    if (good && settings->root && optind == argc) return -1;
    platform_log("guise-httpd: --root DIR is needed, --threads from 1 to %d, --timeout from 1 to %d; --help explains", THREADS_MAX,
                 TIMEOUT_MAX);
    return 2;
}

static bool run(const struct settings *settings)
{
    struct server *server = calloc(1, sizeof(*server));
    unsigned int port;
    bool done = false;

    if (!server) return false;
    server->listener = PLATFORM_NO_SOCKET;
    server->header_milliseconds = settings->timeout * 1000;
    if (platform_start() && (server->root = platform_open_root(settings->root)) &&
        (server->listener = platform_listen(settings->listen, &port)) != PLATFORM_NO_SOCKET && auth_start(&server->auth))
    {
        printf("listening on %.*s:%u\n", (int)(strrchr(settings->listen, ':') - settings->listen), settings->listen, port);
        fflush(stdout);
        done = server_run(server, settings->threads);
        auth_stop(&server->auth);
    }
    if (server->listener != PLATFORM_NO_SOCKET) platform_close_socket(server->listener);
    platform_close_root(server->root);
    free(server);
    return done;
}

int main(int argc, char **argv)
{
    struct settings settings = {.listen = "127.0.0.1:8080", .threads = 8, .timeout = 10};
    int done = read_options(argc, argv, &settings);

    if (done >= 0) return done;
    return run(&settings) ? 0 : 1;
}
