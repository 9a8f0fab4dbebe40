/*
 * guise-account: manages the account store of the local domain. Options, the table of commands, and what is said on failure.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "account.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum store_use
{
    STORE_NONE,
    STORE_READ,
    STORE_WRITE
};

static const struct command
{
    const char *name, *words, *help;
    int least, most; /* words */
    enum store_use use;
    enum result (*run)(const struct request *request);
} commands[] = {
    {"add", "NAME", "add an account; --unix, --disabled, --no-password, --lm-hash", 1, 1, STORE_WRITE, run_add},
    {"passwd", "NAME", "set its password; --lm-hash", 1, 1, STORE_WRITE, run_passwd},
    {"disable", "NAME", "refuse its logons", 1, 1, STORE_WRITE, run_disable},
    {"enable", "NAME", "allow them again", 1, 1, STORE_WRITE, run_enable},
    {"expire", "NAME YYYY-MM-DD|never", "refuse its logons from a day on (UTC)", 2, 2, STORE_WRITE, run_expire},
    {"delete", "NAME", "delete it", 1, 1, STORE_WRITE, run_delete},
    {"list", "", "show all accounts", 0, 0, STORE_READ, run_list},
    {"import", "[FILE]", "add the accounts of an smbpasswd file; --replace, --lm-hash", 0, 1, STORE_WRITE, run_import},
    {"export", "[FILE]", "write an smbpasswd file; --yes-show-hashes", 0, 1, STORE_READ, run_export},
    {"setup", "", "make the Unix accounts that impersonation needs, and the store; --print", 0, 0, STORE_NONE, run_setup},
};

void complain(const char *format, ...)
{
    va_list args;

    fputs("guise-account: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

enum result explain(NTSTATUS status, const char *name)
{
    switch (status)
    {
    case STATUS_SUCCESS:
        return RESULT_DONE;
    case STATUS_NO_SUCH_USER:
        complain("there is no account %s", name);
        return RESULT_NO_ACCOUNT;
    case STATUS_USER_EXISTS:
        complain("there is an account %s already", name);
        return RESULT_EXISTS;
    case STATUS_OBJECT_NAME_COLLISION:
        complain("%s: another account has this relative id", name);
        return RESULT_EXISTS;
    case STATUS_INVALID_PARAMETER:
        complain("%s cannot be the name of an account, or its relative id is out of range", name);
        break;
    case STATUS_DISK_FULL:
        complain("%s: the disk or the store is full; nothing was changed", name);
        break;
    case STATUS_NO_MEMORY:
        complain("%s: out of memory; nothing was changed", name);
        break;
    default:
        complain("%s: failed (NTSTATUS %08x); nothing was changed", name, (unsigned int)status);
    }
    return RESULT_FAILED;
}

static void print_help(void)
{
    size_t i;

    puts("usage: guise-account [--store FILE] COMMAND ...\n\nManages the accounts that Guise's NTLM servers know.\n");
    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        printf("  %-8s%-24s%s\n", commands[i].name, commands[i].words, commands[i].help);
    puts("\n  --store FILE        instead of the store that guise.conf names\n"
         "  --unix USER         the Unix account behind it; default: the same name\n"
         "  --disabled          add it disabled\n"
         "  --no-password       add it without a password: nobody can log on until it has one\n"
         "  --lm-hash           add, passwd, import: keep the LM hash too, which is easily undone, for clients that know nothing else\n"
         "  --replace           import: replace accounts that exist\n"
         "  --yes-show-hashes   export: to the terminal, or to a file that others can read\n"
         "  --print             setup: only show the sysusers.d(5) lines\n"
         "  --help, --version\n\n"
         "Passwords are asked for on the terminal, or are the first line of standard input; never arguments.\n"
         "Exit: 0 done, 1 failed, 2 usage, 3 no such account, 4 exists already. See guise-account(8).");
}

static enum result usage(const char *problem, const char *what)
{
    complain("%s%s; guise-account --help explains", problem, what);
    return RESULT_USAGE;
}

static const struct command *find_command(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (!strcmp(commands[i].name, name)) return &commands[i];
    return NULL;
}

enum option_code
{
    OPTION_STORE = 256,
    OPTION_UNIX,
    OPTION_DISABLED,
    OPTION_NO_PASSWORD,
    OPTION_LM_HASH,
    OPTION_REPLACE,
    OPTION_SHOW_HASHES,
    OPTION_PRINT,
    OPTION_VERSION
};

static const struct option options[] = {
    {"store", required_argument, NULL, OPTION_STORE},
    {"unix", required_argument, NULL, OPTION_UNIX},
    {"disabled", no_argument, NULL, OPTION_DISABLED},
    {"no-password", no_argument, NULL, OPTION_NO_PASSWORD},
    {"lm-hash", no_argument, NULL, OPTION_LM_HASH},
    {"replace", no_argument, NULL, OPTION_REPLACE},
    {"yes-show-hashes", no_argument, NULL, OPTION_SHOW_HASHES},
    {"print", no_argument, NULL, OPTION_PRINT},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* Reads the options; -1: go on. */
static int read_options(int argc, char **argv, struct request *request)
{
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1)
        switch (option)
        {
        case OPTION_STORE: request->store = optarg; break;
        case OPTION_UNIX: request->unix_name = optarg; break;
        case OPTION_DISABLED: request->disabled = true; break;
        case OPTION_NO_PASSWORD: request->no_password = true; break;
        case OPTION_LM_HASH: request->lm_hash = true; break;
        case OPTION_REPLACE: request->replace = true; break;
        case OPTION_SHOW_HASHES: request->show_hashes = true; break;
        case OPTION_PRINT: request->print = true; break;
        case OPTION_VERSION: puts("guise-account (Guise) 0.1.0"); return RESULT_DONE;
        case 'h': print_help(); return RESULT_DONE;
        default: return RESULT_USAGE;
        }
    return -1;
}

/* The option that COMMAND has no use for, or NULL. */
static const char *foreign_option(const struct command *command, const struct request *request)
{
    if (request->unix_name && command->run != run_add) return "--unix";
    if (request->disabled && command->run != run_add) return "--disabled";
    if (request->no_password && command->run != run_add) return "--no-password";
    if (request->lm_hash && command->run != run_add && command->run != run_passwd && command->run != run_import) return "--lm-hash";
    if (request->replace && command->run != run_import) return "--replace";
    if (request->show_hashes && command->run != run_export) return "--yes-show-hashes";
    if (request->print && command->run != run_setup) return "--print";
    return NULL;
}

/* The store that the configuration names, unless one was given. The log has said why if there is none. */
static bool choose_store(struct request *request)
{
    const struct guise_config *config;

    if (request->store) return true;
    if (guise_get_config(&config)) return false;
    request->store = config->account_store;
    return true;
}

int main(int argc, char **argv)
{
    struct request request = {0};
    const struct command *command;
    const char *foreign;
    enum result result;
    int done = read_options(argc, argv, &request);

    if (done >= 0) return done;
    if (optind == argc) return usage("no command", "");
    if (!(command = find_command(argv[optind]))) return usage("no such command: ", argv[optind]);
    request.words = argv + optind + 1;
    request.count = argc - optind - 1;
    if (request.count < command->least || request.count > command->most)
        return usage("wrong number of words after ", command->name);
    if ((foreign = foreign_option(command, &request))) return usage("out of place: ", foreign);

    umask(077);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* no password or hash in a core file */
    if (!choose_store(&request)) return RESULT_FAILED;
    if (command->use != STORE_NONE && sam_open(request.store, command->use == STORE_WRITE, &request.sam)) return RESULT_FAILED;
    result = command->run(&request);
    sam_close(request.sam);
    if (fflush(stdout) || ferror(stdout))
    {
        complain("cannot write to standard output");
        return RESULT_FAILED;
    }
    return result;
}
