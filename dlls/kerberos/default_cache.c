/*
 * Whether the ticket cache of the process may be used: MIT Kerberos opens /tmp/krb5cc_UID whoever has put it there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dlls/kerberos/kerberos.h"

/* Who can change what is there, but for who may do anything? */
static const char *objection(const struct stat *info)
{
    if (info->st_uid && info->st_uid != geteuid()) return "its owner is neither root nor the user of this process";
    return !S_ISLNK(info->st_mode) && (info->st_mode & 022) ? "others may write to it" : NULL;
}

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

/* A link counts as much as what it leads to: whose it is says which cache it is. */
static bool check_file(krb5_context krb5, const char *path)
{
    const char *why;
    struct stat info;

    if (lstat(path, &info)) return errno == ENOENT && has_client_keytab(krb5);
    why = objection(&info);
    if (!why && S_ISLNK(info.st_mode)) why = stat(path, &info) ? strerror(errno) : objection(&info);
    if (why) guise_log("Kerberos: ticket cache %s: %s; there are no default credentials", path, why);
    return !why;
}

static bool check_cache(krb5_context krb5, krb5_ccache cache)
{
    const char *type = krb->krb5_cc_get_type(krb5, cache), *name = krb->krb5_cc_get_name(krb5, cache);

    if (!strcmp(type, "FILE")) return check_file(krb5, name);
    if (!strcmp(type, "DIR") && *name == ':') return check_file(krb5, name + 1);
    return true; /* the kernel, a daemon or this process knows whose it is */
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
