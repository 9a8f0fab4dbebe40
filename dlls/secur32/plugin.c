/*
 * Loading security packages: AddSecurityPackage, DeleteSecurityPackage.
 *
 * A package that was deleted is found no more, but its code stays where it is: a thread may be inside, and addresses of
 * it may be anywhere. Its slot is used again when the same file is added again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "dlls/secur32/plugin.h"

#define MAX_PLUGINS    24
#define MAX_NAME       63
#define GONE           0x80000000u
#define SIZE_VERSION_1 (offsetof(struct sec_package, import_context) + sizeof(void (*)(void)))

struct plugin
{
    struct sec_package package; /* a copy: later operations than the plug-in's own are NULL */
    void *module;
    _Atomic unsigned int users; /* credentials and imported contexts; GONE: deleted */
};

/* Changed under the lock, read anywhere; a slot that is filled stays so. No other lock is taken under it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct plugin *_Atomic plugins[MAX_PLUGINS];

static void take_lock(void)
{
    pthread_mutex_lock(&lock);
}

static void drop_lock(void)
{
    pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void register_fork(void)
{
    pthread_atfork(take_lock, drop_lock, drop_lock);
}

static bool is_gone(const struct plugin *plugin)
{
    return atomic_load_explicit(&plugin->users, memory_order_acquire) & GONE;
}

static struct plugin *slot_at(unsigned int slot)
{
    return slot < MAX_PLUGINS ? atomic_load_explicit(&plugins[slot], memory_order_acquire) : NULL;
}

const struct sec_package *plugin_at(unsigned int index)
{
    const struct plugin *plugin;

    for (unsigned int slot = 0; (plugin = slot_at(slot)); slot++)
        if (!is_gone(plugin) && !index--) return &plugin->package;
    return NULL;
}

/* ---- use --------------------------------------------------------------------------------------------------------- */

static struct plugin *plugin_of(const struct sec_package *package)
{
    struct plugin *plugin;

    for (unsigned int slot = 0; (plugin = slot_at(slot)); slot++)
        if (&plugin->package == package) return plugin;
    return NULL; /* built in */
}

bool sec_package_use(const struct sec_package *package)
{
    struct plugin *plugin = plugin_of(package);
    unsigned int users;

    if (!plugin) return true;
    users = atomic_load_explicit(&plugin->users, memory_order_relaxed);
    do
    {
        if (users & GONE) return false;
    } while (!atomic_compare_exchange_weak_explicit(&plugin->users, &users, users + 1, memory_order_acquire,
                                                    memory_order_relaxed));
    return true;
}

void sec_package_unuse(const struct sec_package *package)
{
    struct plugin *plugin = plugin_of(package);

    if (plugin) atomic_fetch_sub_explicit(&plugin->users, 1, memory_order_release);
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

static bool good_name(const WCHAR *name)
{
    size_t length = 0;

    if (!name) return false;
    while (name[length] && length <= MAX_NAME)
    {
        if (name[length] < ' ' || name[length] > '~') return false;
        length++;
    }
    return length && length <= MAX_NAME;
}

/* Whether all is there without which the front would call nothing. */
static bool is_whole(const struct sec_package *package)
{
    return good_name(package->name) && package->comment && package->max_token && package->acquire_credential &&
           package->free_credential && package->delete_context && (package->initialize || package->accept) &&
           !package->context_token == !(package->capabilities & SECPKG_FLAG_IMPERSONATION) &&
           !package->export_context == !package->import_context &&
           (!package->mechanisms || (package->make_signature && package->verify_signature && package->query_context));
}

/* The table of a module as the front's own. */
static bool read_table(void *module, struct sec_package *package)
{
    sec_package_entry entry = (sec_package_entry)dlsym(module, SEC_PACKAGE_ENTRY);
    const struct sec_package *table = entry ? entry(SEC_PACKAGE_VERSION, &plugin_services) : NULL;

    if (!table || table->version != SEC_PACKAGE_VERSION || table->size < SIZE_VERSION_1) return false;
    memset(package, 0, sizeof(*package));
    memcpy(package, table, table->size < sizeof(*package) ? table->size : sizeof(*package));
    package->size = sizeof(*package);
    return is_whole(package);
}

static struct plugin *find_module(const void *module)
{
    struct plugin *plugin;

    for (unsigned int slot = 0; (plugin = slot_at(slot)); slot++)
        if (plugin->module == module) return plugin;
    return NULL;
}

/* Lists a new package; MADE is taken over on success. The lock is held. */
static bool list_plugin(struct plugin *made)
{
    struct plugin *known = find_module(made->module);
    unsigned int slot = 0;

    if (sec_package_find(made->package.name)) return false;
    if (known && !is_gone(known)) return false; /* it has changed its name */
    if (known)
    {
        atomic_store_explicit(&known->users, 0, memory_order_release);
        dlclose(made->module); /* counted twice */
        guise_free(made);
        return true;
    }
    while (slot < MAX_PLUGINS && slot_at(slot)) slot++;
    if (slot == MAX_PLUGINS) return false;
    atomic_store_explicit(&plugins[slot], made, memory_order_release);
    return true;
}

static bool install(struct plugin *made)
{
    bool listed;

    if (!read_table(made->module, &made->package)) return false;
    take_lock();
    listed = list_plugin(made);
    drop_lock();
    return listed;
}

static SECURITY_STATUS load(const char *path)
{
    struct plugin *made = guise_alloc(sizeof(*made));

    if (!made) return SEC_E_INSUFFICIENT_MEMORY;
    /* Outside the bracket: its constructors are somebody else's code. The thread carries nobody. */
    if (!(made->module = dlopen(path, RTLD_NOW | RTLD_LOCAL)))
    {
        guise_log("security package %s: %s", path, dlerror());
        guise_free(made);
        return SEC_E_CANNOT_INSTALL;
    }
    if (install(made)) return SEC_E_OK;
    guise_log("security package %s: it is none of version %u, it is not whole, or there is one of its name", path,
              SEC_PACKAGE_VERSION);
    dlclose(made->module);
    guise_free(made);
    return SEC_E_CANNOT_INSTALL;
}

static bool thread_is_free(void)
{
    PETHREAD thread = PsGetCurrentThread();

    return thread && !PsIsThreadImpersonating(thread) && !guise_thread_carries_client();
}

/* What is asked for beyond loading is not done, so it is not agreed to. */
static SECURITY_STATUS check_options(const SECURITY_PACKAGE_OPTIONS *options)
{
    if (!options) return SEC_E_OK;
    if (options->Size < sizeof(*options)) return SEC_E_INVALID_PARAMETER;
    if (options->Type != SECPKG_OPTIONS_TYPE_UNKNOWN && options->Type != SECPKG_OPTIONS_TYPE_SSPI)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return options->Flags || options->SignatureSize ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK;
}

static SECURITY_STATUS add(const char *name, const SECURITY_PACKAGE_OPTIONS *options)
{
    SECURITY_STATUS status = check_options(options);
    char *path;

    if (status != SEC_E_OK) return status;
    if (!thread_is_free()) return SEC_E_NOT_OWNER;
    if ((status = plugin_file(name, &path)) != SEC_E_OK) return status;
    status = load(path);
    guise_free(path);
    return status;
}

/***********************************************************************
 *           AddSecurityPackageA (SECUR32.@)
 *
 * Loads a package (guise/package.h) into this process, where it is found like those that are built in. NAME is an absolute
 * path, or the name of a file in [packages] directory without its .so. OPTIONS may be NULL; Type is UNKNOWN or SSPI, there are no
 * Flags (PERMANENT would outlast the process) and no signature.
 *
 * SEC_E_SECPKG_NOT_FOUND: no such file. SEC_E_CANNOT_INSTALL: others than root and the process's user could have changed it, it is
 * no package of this version, or there is one of its name. SEC_E_NOT_OWNER: the thread impersonates; what a client asks for is
 * not loaded. SEC_E_UNSUPPORTED_FUNCTION, SEC_E_INVALID_PARAMETER: options. SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR.
 */
SECURITY_STATUS SEC_ENTRY AddSecurityPackageA(LPSTR name, PSECURITY_PACKAGE_OPTIONS options)
{
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    return name ? add(name, options) : SEC_E_INVALID_PARAMETER;
}

/***********************************************************************
 *           AddSecurityPackageW (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY AddSecurityPackageW(LPWSTR name, PSECURITY_PACKAGE_OPTIONS options)
{
    SECURITY_STATUS status;
    size_t length;
    char *ansi;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!name) return SEC_E_INVALID_PARAMETER;
    length = sec_wide_length(name);
    if (!(ansi = guise_alloc(sec_ansi_from_wide(name, length, NULL) + 1))) return SEC_E_INSUFFICIENT_MEMORY;
    sec_ansi_from_wide(name, length, ansi);
    status = add(ansi, options);
    guise_free(ansi);
    return status;
}

/* ---- deleting ---------------------------------------------------------------------------------------------------- */

static SECURITY_STATUS delete(const WCHAR *name)
{
    const struct sec_package *package = sec_package_find(name);
    struct plugin *plugin = package ? plugin_of(package) : NULL;
    unsigned int unused = 0;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!package) return SEC_E_SECPKG_NOT_FOUND;
    return plugin && atomic_compare_exchange_strong(&plugin->users, &unused, GONE) ? SEC_E_OK
                                                                                   : SEC_E_UNSUPPORTED_FUNCTION;
}

/***********************************************************************
 *           DeleteSecurityPackageW (SECUR32.@)
 *
 * A package that was added is found no more. SEC_E_UNSUPPORTED_FUNCTION: it is built in and stays (S2.16.1), or there are
 * credentials or contexts of it. SEC_E_SECPKG_NOT_FOUND.
 */
SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageW(LPWSTR name)
{
    return delete(name);
}

/***********************************************************************
 *           DeleteSecurityPackageA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageA(LPSTR name)
{
    WCHAR *wide = NULL;
    SECURITY_STATUS status = name ? sec_wide_from_ansi(name, strlen(name), &wide, NULL) : SEC_E_OK;

    if (status == SEC_E_INVALID_PARAMETER) return SEC_E_SECPKG_NOT_FOUND;
    if (status == SEC_E_OK) status = delete(wide);
    guise_free(wide);
    return status;
}
