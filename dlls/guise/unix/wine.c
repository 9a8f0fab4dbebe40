/*
 * The inside of Wine that the Unix half uses, by version.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dlls/guise/unix/file.h"

struct wine wine;
static char dll_folder[PATH_MAX]; /* written by wine_find() */

/* Versions that were tested, with the names below in their ntdll.so. */
static const char *const versions[] = { "8.0" };

static const struct
{
    void *slot;
    const char *name;
} routines[] = {
    { &wine.handle_to_fd, "wine_server_handle_to_fd" },
    { &wine.nt_to_unix_file_name, "wine_nt_to_unix_file_name" },
    { &wine.create_file, "NtCreateFile" },
    { &wine.set_information_file, "NtSetInformationFile" },
    { &wine.query_object, "NtQueryObject" },
    { &wine.close, "NtClose" },
    { &wine.to_utf8, "RtlUnicodeToUTF8N" },
};

static int find_ntdll(struct dl_phdr_info *info, size_t size, void *data)
{
    const char *name = info->dlpi_name ? strrchr(info->dlpi_name, '/') : NULL;

    (void)size;
    if (!name || strcmp(name, "/ntdll.so") != 0) return 0;
    *(void **)data = dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
    return 1;
}

static bool find_dll_folder(void)
{
    static WCHAR text[] = u"\\??\\C:\\windows\\system32";
    UNICODE_STRING name = { sizeof(text) - sizeof(WCHAR), sizeof(text), text };
    OBJECT_ATTRIBUTES attributes = { .Length = sizeof(attributes), .ObjectName = &name, .Attributes = OBJ_CASE_INSENSITIVE };
    ULONG size = sizeof(dll_folder);

    return !wine.nt_to_unix_file_name(&attributes, dll_folder, &size, FILE_OPEN);
}

bool wine_is_in_reach(void)
{
    if (!faccessat(AT_FDCWD, dll_folder, R_OK | X_OK, AT_EACCESS)) return true;
    guise_log("%s is out of the client's reach (%s): uid %u is not impersonated; guise-wine status says more", dll_folder, strerror(errno),
              (unsigned int)geteuid());
    return false;
}

bool wine_find(const char *version, char *why, size_t room)
{
    void *ntdll = NULL;
    size_t i;

    for (i = 0; i < sizeof(versions) / sizeof(versions[0]) && strcmp(versions[i], version) != 0; i++)
        ;
    if (i == sizeof(versions) / sizeof(versions[0]))
    {
        snprintf(why, room, "Wine %s is not known to this Guise, which was tested with 8.0: nobody is impersonated", version);
        return false;
    }
    dl_iterate_phdr(find_ntdll, &ntdll);
    for (i = 0; i < sizeof(routines) / sizeof(routines[0]); i++)
    {
        void *found = ntdll ? dlsym(ntdll, routines[i].name) : NULL;

        if (!found)
        {
            snprintf(why, room, "ntdll.so of Wine %s lacks %s: nobody is impersonated", version, routines[i].name);
            return false;
        }
        memcpy(routines[i].slot, &found, sizeof(found));
    }
    if (find_dll_folder()) return true;
    snprintf(why, room, "the prefix has no C:\\windows\\system32: nobody is impersonated");
    return false;
}

bool wine_find_pthread(uint64_t teb)
{
    /* Wine's own data of a thread lie in what Windows calls GdiTebBatch. */
    enum { FIRST = 0x2f0, END = 0x7d8 };
    pthread_t self = pthread_self(), word;
    unsigned int at;

    for (at = FIRST; at < END; at += sizeof(word))
    {
        memcpy(&word, (const char *)(uintptr_t)teb + at, sizeof(word));
        if (word != self) continue;
        wine.teb_pthread = at;
        return true;
    }
    return false;
}
