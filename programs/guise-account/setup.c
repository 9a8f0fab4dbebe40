/*
 * The command setup: the two Unix accounts of design 5.3 and 5.6, and an empty store.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "account.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Runs a program of the system by its full path; false: it could not run, or failed (and has said why). */
static bool run(char *const arguments[])
{
    int result;
    pid_t child;

    if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ))
    {
        complain("cannot run %s: %s", arguments[0], strerror(errno));
        return false;
    }
    while (waitpid(child, &result, 0) < 0)
        if (errno != EINTR) return false;
    return WIFEXITED(result) && !WEXITSTATUS(result);
}

/* An account that runs and owns nothing, in a group of its own. */
static bool make_unix_account(const char *name, const char *purpose)
{
    char *arguments[] = {"/usr/sbin/useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell",
                         "/usr/sbin/nologin", "--comment", (char *)purpose, (char *)name, NULL};
    struct unix_account *account;
    NTSTATUS status = guise_account_by_name(name, &account);

    if (!status)
    {
        printf("%s: there already, uid %u\n", name, account->uid);
        guise_account_free(account);
        return true;
    }
    if (status != STATUS_NO_SUCH_USER)
    {
        complain("%s: the look-up failed (NTSTATUS %08x)", name, (unsigned int)status);
        return false;
    }
    if (!run(arguments)) return false;
    printf("%s: made\n", name);
    return true;
}

static bool make_store(const char *path)
{
    char copy[PATH_MAX], *folder;
    struct sam *sam;

    snprintf(copy, sizeof(copy), "%s", path);
    folder = dirname(copy);
    if (mkdir(folder, 0700) && errno != EEXIST)
    {
        complain("%s: %s", folder, strerror(errno));
        return false;
    }
    if (sam_open(path, true, &sam)) return false;
    sam_close(sam);
    printf("%s: ready\n", path);
    return true;
}

enum result run_setup(const struct request *request)
{
    static const char real_ids[] = "Guise real ids of impersonating threads";
    static const char anonymous[] = "Guise threads that only identify a client";
    const struct guise_config *config;

    if (guise_get_config(&config)) return RESULT_FAILED;
    if (request->print)
    {
        printf("u %s - \"%s\" / /usr/sbin/nologin\n", config->impersonation_account, real_ids);
        printf("u %s - \"%s\" / /usr/sbin/nologin\n", config->anonymous_account, anonymous);
        return RESULT_DONE;
    }
    if (geteuid())
    {
        complain("setup makes system accounts and needs root; --print shows the lines for sysusers.d(5)");
        return RESULT_FAILED;
    }
    fflush(stdout);
    return make_unix_account(config->impersonation_account, real_ids) && make_unix_account(config->anonymous_account, anonymous) &&
                   make_store(request->store)
               ? RESULT_DONE
               : RESULT_FAILED;
}
