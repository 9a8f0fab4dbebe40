/*
 * The doubles of winbind and SSSD.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ntsecapi.h>
#include <wine/test.h>

#include "tests/internal/domain_double.h"

struct fake_domain *winbind, *sssd;
static char directory[32];

static struct fake_domain *load(const char *name)
{
    char path[PATH_MAX + 64];
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
    void *library;

    if (length < 0) return NULL;
    path[length] = 0;
    *strrchr(path, '/') = 0;
    strcat(path, "/../plugin/");
    strcat(path, name);
    /* With the name of the real one, which is not loaded any more then. */
    if (!(library = dlopen(path, RTLD_NOW | RTLD_LOCAL))) printf("%s\n", dlerror());
    return library ? dlsym(library, "fake_domain") : NULL;
}

static void configure(const char *lines)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof(path), "%s/guise.conf", directory);
    if (!(file = fopen(path, "w"))) abort();
    fprintf(file, "[accounts]\n%s\n", lines);
    fclose(file);
    setenv("GUISE_CONF", path, 1);
}

void double_run(void (*part)(void), const char *lines)
{
    pid_t child;

    fflush(stdout);
    if (!(child = fork()))
    {
        LONG before = winetest_get_failures();

        configure(lines);
        part();
        fflush(stdout);
        _exit(winetest_get_failures() > before);
    }
    winetest_wait_child_process(child);
}

bool double_load(void)
{
    winbind = load("fake_wbclient.so");
    sssd = load("fake_sss_nss_idmap.so");
    ok(winbind && sssd, "the fakes are not there\n"); /* design 2 */
    strcpy(directory, "/tmp/guise-domain-XXXXXX");
    return winbind && sssd && mkdtemp(directory);
}

void double_unload(void)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/guise.conf", directory);
    unlink(path);
    rmdir(directory);
}
