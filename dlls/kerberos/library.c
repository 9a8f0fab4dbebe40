/*
 * Loading of MIT Kerberos, and the only place where its names are looked up.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <pthread.h>

#include "dlls/kerberos/library.h"
#include "ntoskrnl/core.h"

#define GSS_LIBRARY  "libgssapi_krb5.so.2"
#define KRB5_LIBRARY "libkrb5.so.3"

const struct krb_library *krb;
static struct krb_library library;
static pthread_once_t once = PTHREAD_ONCE_INIT; /* glibc's starts anew in a child that was forked meanwhile */

static bool find(void *handle, const char *name, void *slot)
{
    if ((*(void **)slot = dlsym(handle, name))) return true;
    guise_log("Kerberos is not available: %s", dlerror());
    return false;
}

static void *load(const char *name)
{
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

    if (!handle) guise_log("Kerberos is not available: %s", dlerror());
    return handle;
}

static void fill(void)
{
    void *gss = load(GSS_LIBRARY), *krb5 = gss ? load(KRB5_LIBRARY) : NULL;
    bool found = krb5;

#define FIND(handle, name) found = found && find(handle, #name, &library.name);
#define FIND_GSS(name)     FIND(gss, name)
#define FIND_KRB5(name)    FIND(krb5, name)
    KRB_GSS_FUNCTIONS(FIND_GSS)
    KRB_KRB5_FUNCTIONS(FIND_KRB5)
    if (found) krb = &library;
}

/* Its constructors and what it reads at once belong to the process (design 5.10). */
static void fill_as_process(void)
{
    guise_process_begin();
    fill();
    guise_process_end();
}

const struct krb_library *krb_load(void)
{
    pthread_once(&once, fill_as_process);
    return krb;
}
