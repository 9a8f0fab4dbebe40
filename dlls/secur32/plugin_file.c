/*
 * Which file a plug-in is loaded from, and whether it may be: nobody but root and the server's user may be able to put
 * other code there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dlls/secur32/plugin.h"

static SECURITY_STATUS complain(const char *path, const char *problem)
{
    guise_log("security package %s: %s", path, problem);
    return SEC_E_CANNOT_INSTALL;
}

/* A name that leaves its folder in no way. */
static bool is_plain(const char *name)
{
    return *name != '.' && !strchr(name, '/');
}

/* What the caller means, before links are followed. */
static SECURITY_STATUS written_path(const char *name, char path[PATH_MAX])
{
    const struct guise_config *config;
    int length;

    if (guise_get_config(&config)) return SEC_E_INTERNAL_ERROR;
    if (*name == '/') length = snprintf(path, PATH_MAX, "%s", name);
    /* Not what lies in the working directory, and nothing that depends on it. */
    else if (!*name || !is_plain(name) || *config->package_directory != '/') return SEC_E_SECPKG_NOT_FOUND;
    else length = snprintf(path, PATH_MAX, "%s/%s.so", config->package_directory, name);
    return length > 0 && length < PATH_MAX ? SEC_E_OK : SEC_E_SECPKG_NOT_FOUND;
}

/* Whether others could change what the entry holds; of a folder also by putting something else there. */
static const char *weakness(const struct stat *info)
{
    if (info->st_uid != 0 && info->st_uid != geteuid()) return "belongs to another user";
    if (!(info->st_mode & (S_IWGRP | S_IWOTH))) return NULL;
    /* Where names are sticky, those of root and the server's user stay theirs. */
    return S_ISDIR(info->st_mode) && info->st_mode & S_ISVTX ? NULL : "may be changed by other users";
}

/* PATH has no links in it any more: what is checked here is what dlopen(3) will open. */
static SECURITY_STATUS check_path(char *path)
{
    struct stat info;
    char *slash = path;
    const char *weak;

    if (strchr(path, '$')) return complain(path, "dlopen(3) would read something else out of the name");
    do
    {
        slash = strchr(slash + 1, '/');
        if (slash) *slash = 0;
        if (lstat(path, &info)) return complain(path, strerror(errno));
        if ((weak = weakness(&info))) return complain(path, weak);
        if (slash) *slash = '/';
    } while (slash);
    return S_ISREG(info.st_mode) ? SEC_E_OK : complain(path, "is no file");
}

static SECURITY_STATUS resolve(const char *name, char path[PATH_MAX])
{
    char written[PATH_MAX];
    SECURITY_STATUS status = written_path(name, written);
    struct stat root;

    if (status != SEC_E_OK) return status;
    if (!realpath(written, path)) return errno == ENOMEM ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_SECPKG_NOT_FOUND;
    if (lstat("/", &root) || weakness(&root)) return complain("/", "may be changed by other users");
    return check_path(path);
}

SECURITY_STATUS plugin_file(const char *name, char **path)
{
    char resolved[PATH_MAX];
    SECURITY_STATUS status;

    guise_process_begin(); /* also for geteuid() */
    status = resolve(name, resolved);
    guise_process_end();
    if (status != SEC_E_OK) return status;
    return (*path = guise_strdup(resolved)) ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}
