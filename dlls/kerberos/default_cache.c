/*
 * Whose the ticket cache of the process is: MIT Kerberos opens /tmp/krb5cc_UID whoever has put it there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dlls/kerberos/kerberos.h"

/* ---- files ---- */

static bool is_others(const struct stat *info)
{
    return info->st_uid && info->st_uid != geteuid();
}

static const char *folder_objection(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    struct stat info;

    if (!slash || length >= sizeof(folder)) return "its name is no path";
    snprintf(folder, sizeof(folder), "%.*s", length ? (int)length : 1, path);
    if (stat(folder, &info)) return strerror(errno);
    if (is_others(&info)) return "its folder is neither root's nor that of this process's user";
    if (!(info.st_mode & (S_IWGRP | S_IWOTH)) || (info.st_mode & S_ISVTX)) return NULL;
    return "others may put another one in its place";
}

/* Not written by this process's user or root alone, or in a folder where another could put one in its place. NULL: it is ours. */
static const char *objection(const char *path)
{
    struct stat info;

    if (lstat(path, &info)) return strerror(errno);
    if (!S_ISREG(info.st_mode)) return "it is no file";
    if (is_others(&info)) return "its owner is neither root nor the user of this process";
    return info.st_mode & (S_IWGRP | S_IWOTH) ? "others may write to it" : folder_objection(path);
}

/* The path of a cache in a file; NULL: it is none. */
static const char *path_of(krb5_context krb5, krb5_ccache cache)
{
    const char *type = krb->krb5_cc_get_type(krb5, cache), *name = krb->krb5_cc_get_name(krb5, cache);

    if (!strcmp(type, "FILE")) return name;
    return !strcmp(type, "DIR") && *name == ':' ? name + 1 : NULL;
}

/* ---- caches ---- */

/* A keyring may have been handed down by another user's session; the one that is kept for a user is his. */
static bool is_own_keyring(const char *name)
{
    char own[32];
    size_t length = snprintf(own, sizeof(own), "persistent:%u", geteuid());

    return !strncmp(name, own, length) && (!name[length] || name[length] == ':');
}

bool krb_is_own_cache(krb5_context krb5, krb5_ccache cache)
{
    const char *type = krb->krb5_cc_get_type(krb5, cache), *path = path_of(krb5, cache);

    if (path) return !objection(path);
    if (!strcmp(type, "KEYRING")) return is_own_keyring(krb->krb5_cc_get_name(krb5, cache));
    return !strcmp(type, "MEMORY") || !strcmp(type, "KCM"); /* this process's; its user's, says the daemon */
}

/* ---- default credentials ---- */

/* Tickets that are got with the keytab for clients, as the first one asks for them, make the cache. */
static bool has_client_keytab(krb5_context krb5)
{
    krb5_keytab keytab;
    bool found;

    if (krb->krb5_kt_client_default(krb5, &keytab)) return false;
    found = !krb->krb5_kt_have_content(krb5, keytab);
    krb->krb5_kt_close(krb5, keytab);
    return found;
}

/* What is in no file comes from the kernel, a daemon or this process, which know whom they give it to. */
static bool check_cache(krb5_context krb5, krb5_ccache cache)
{
    const char *path = path_of(krb5, cache), *why = path ? objection(path) : NULL;
    struct stat info;

    if (!why) return true;
    if (lstat(path, &info) && errno == ENOENT) return has_client_keytab(krb5);
    guise_log("Kerberos: ticket cache %s: %s; there are no default credentials", path, why);
    return false;
}

bool krb_default_cache_is_ours(void)
{
    krb5_context krb5;
    krb5_ccache cache;
    bool ours = false;

    guise_process_begin();
    if (!krb->krb5_init_context(&krb5))
    {
        if (!krb->krb5_cc_default(krb5, &cache))
        {
            ours = check_cache(krb5, cache);
            krb->krb5_cc_close(krb5, cache);
        }
        krb->krb5_free_context(krb5);
    }
    guise_process_end();
    return ours;
}
