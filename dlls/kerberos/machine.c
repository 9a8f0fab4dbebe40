/*
 * The service itself as a client of its KDC.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/machine.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dlls/kerberos/caches.h"
#include "dlls/kerberos/logon.h"

/* ---- names ---- */

static krb5_error_code open_keytab(krb5_context krb5, krb5_keytab *keytab)
{
    const struct guise_config *config;

    if (guise_get_config(&config)) return KRB5_CONFIG_BADFORMAT;
    return *config->kerberos_keytab ? krb->krb5_kt_resolve(krb5, config->kerberos_keytab, keytab) : krb->krb5_kt_default(krb5, keytab);
}

static bool is_listed(const struct krb_machine_names *names, const char *text)
{
    for (size_t i = 0; i < names->count; i++)
        if (!strcmp(names->list[i].text, text)) return true;
    return false;
}

static NTSTATUS add_name(krb5_context krb5, krb5_const_principal principal, struct krb_machine_names *names)
{
    char *text = NULL, *copy = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (krb->krb5_unparse_name(krb5, principal, &text)) return STATUS_NO_MEMORY;
    if (!is_listed(names, text))
    {
        if (!(copy = guise_strdup(text))) status = STATUS_NO_MEMORY;
        else
        {
            names->list[names->count].is_account = principal->length == 1;
            names->list[names->count++].text = copy;
        }
    }
    krb->krb5_free_unparsed_name(krb5, text);
    return status;
}

static NTSTATUS read_names(krb5_context krb5, krb5_keytab keytab, struct krb_machine_names *names)
{
    NTSTATUS status = STATUS_SUCCESS;
    krb5_kt_cursor cursor;
    krb5_keytab_entry entry;

    if (krb->krb5_kt_start_seq_get(krb5, keytab, &cursor)) return STATUS_SUCCESS;
    while (!status && names->count < KRB_MOST_NAMES && !krb->krb5_kt_next_entry(krb5, keytab, &entry, &cursor))
    {
        status = add_name(krb5, entry.principal, names);
        krb->krb5_free_keytab_entry_contents(krb5, &entry);
    }
    krb->krb5_kt_end_seq_get(krb5, keytab, &cursor);
    return status;
}

NTSTATUS krb_list_machine_names(krb5_context krb5, struct krb_machine_names *names)
{
    krb5_keytab keytab;
    NTSTATUS status;

    names->count = 0;
    if (open_keytab(krb5, &keytab)) return STATUS_NO_TRUST_LSA_SECRET;
    status = read_names(krb5, keytab, names);
    krb->krb5_kt_close(krb5, keytab);
    return status || names->count ? status : STATUS_NO_TRUST_LSA_SECRET;
}

void krb_free_machine_names(struct krb_machine_names *names)
{
    for (size_t i = 0; i < names->count; i++) guise_free(names->list[i].text);
    names->count = 0;
}

/* ---- one ticket ---- */

struct krb_machine
{
    atomic_uint references;
    krb5_ccache cache;
    bool is_ours; /* the cache, which is destroyed with the last reference; else the process's */
    char *name;
    LONGLONG end; /* seconds since 1970 */
};

const char *krb_machine_name(const struct krb_machine *machine)
{
    return machine->name;
}

NTSTATUS krb_machine_credential(const struct krb_machine *machine, gss_cred_id_t *credential)
{
    return krb_logon_status(krb_credential_of(machine->cache, credential), NULL);
}

static void close_cache(krb5_ccache cache)
{
    krb5_context krb5;

    if (!cache || krb->krb5_init_context(&krb5)) return;
    krb->krb5_cc_close(krb5, cache);
    krb->krb5_free_context(krb5);
}

void krb_release_machine(struct krb_machine *machine)
{
    if (!machine || atomic_fetch_sub_explicit(&machine->references, 1, memory_order_acq_rel) != 1) return;
    if (machine->is_ours) krb_destroy_cache(machine->cache);
    else close_cache(machine->cache);
    guise_free(machine->name);
    guise_free(machine);
}

/* The ticket of NAME, whose key is in KEYTAB. */
static krb5_error_code ask_with_key(krb5_context krb5, krb5_keytab keytab, const char *name, struct krb_machine *machine)
{
    krb5_principal principal;
    krb5_creds creds = {0};
    krb5_error_code code = krb->krb5_parse_name(krb5, name, &principal);

    if (code) return code;
    code = krb->krb5_get_init_creds_keytab(krb5, &creds, principal, keytab, 0, NULL, NULL);
    krb->krb5_free_principal(krb5, principal);
    if (code) return code;
    machine->is_ours = true;
    machine->end = (uint32_t)creds.times.endtime;
    code = krb_make_cache(krb5, &creds, &machine->cache);
    krb->krb5_free_cred_contents(krb5, &creds);
    return code;
}

static NTSTATUS take_name(struct krb_machine *machine, const char *name)
{
    return (machine->name = guise_strdup(name)) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* A KDC that does not know the name, or not with this key, may know the next one; one that does not answer knows none. */
static bool may_try_next(NTSTATUS status)
{
    return status == STATUS_NO_SUCH_USER || status == STATUS_LOGON_FAILURE || status == STATUS_ACCOUNT_RESTRICTION || status == STATUS_INTERNAL_ERROR;
}

/* Accounts first, then services. */
static NTSTATUS ask_with_keys(krb5_context krb5, krb5_keytab keytab, const struct krb_machine_names *names, struct krb_machine *machine)
{
    NTSTATUS status = STATUS_LOGON_FAILURE;

    for (int accounts = 1; accounts >= 0; accounts--)
        for (size_t i = 0; i < names->count && may_try_next(status); i++)
        {
            if (names->list[i].is_account != accounts) continue;
            status = krb_logon_status(ask_with_key(krb5, keytab, names->list[i].text, machine), NULL);
            if (!status) return take_name(machine, names->list[i].text);
        }
    return may_try_next(status) ? STATUS_NO_TRUST_SAM_ACCOUNT : status;
}

/* That of somebody who keeps the service's ticket fresh (k5start). Nothing is kept of it here. */
static bool take_default_cache(krb5_context krb5, struct krb_machine *machine)
{
    krb5_principal principal;
    char *text;

    if (krb->krb5_cc_default(krb5, &machine->cache)) return false;
    if (!krb_is_own_cache(krb5, machine->cache) || krb->krb5_cc_get_principal(krb5, machine->cache, &principal)) return false;
    if (!krb->krb5_unparse_name(krb5, principal, &text))
    {
        take_name(machine, text);
        krb->krb5_free_unparsed_name(krb5, text);
    }
    krb->krb5_free_principal(krb5, principal);
    return machine->name;
}

static NTSTATUS ask(krb5_context krb5, struct krb_machine *machine)
{
    struct krb_machine_names names;
    krb5_keytab keytab;
    NTSTATUS status = krb_list_machine_names(krb5, &names);

    if (!status && open_keytab(krb5, &keytab)) status = STATUS_NO_TRUST_LSA_SECRET;
    else if (!status)
    {
        status = ask_with_keys(krb5, keytab, &names, machine);
        krb->krb5_kt_close(krb5, keytab);
        if (status == STATUS_NO_TRUST_SAM_ACCOUNT && take_default_cache(krb5, machine)) status = STATUS_SUCCESS;
        if (status == STATUS_NO_TRUST_SAM_ACCOUNT) guise_log("Kerberos: nobody can be logged on: the KDC takes no key of the keytab for a first ticket");
    }
    krb_free_machine_names(&names);
    return status;
}

static NTSTATUS make(struct krb_machine **made)
{
    struct krb_machine *machine = guise_alloc(sizeof(*machine));
    NTSTATUS status = STATUS_INTERNAL_ERROR;
    krb5_context krb5;

    if (!machine) return STATUS_NO_MEMORY;
    atomic_init(&machine->references, 1);
    if (!krb->krb5_init_context(&krb5))
    {
        status = ask(krb5, machine);
        krb->krb5_free_context(krb5);
    }
    if (status) krb_release_machine(machine);
    else *made = machine;
    return status;
}

/* ---- the one that is kept ---- */

#define SPARE_TIME 60 /* seconds that it must have left */

/*
 * Guards kept. It is only ever tried, so that nobody waits and a child of a fork that finds it taken has lost nothing but what is kept. What the
 * parent kept is none of the child's: a lock inside of MIT Kerberos may have been taken.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct
{
    struct krb_machine *machine; /* a reference */
    pid_t process;
} kept;

static struct krb_machine *find_kept(void)
{
    struct krb_machine *found = NULL;

    if (pthread_mutex_trylock(&lock)) return NULL;
    if (kept.machine && kept.process == getpid() && kept.machine->end > (LONGLONG)time(NULL) + SPARE_TIME)
    {
        found = kept.machine;
        atomic_fetch_add_explicit(&found->references, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static void keep(struct krb_machine *machine)
{
    struct krb_machine *old;

    if (pthread_mutex_trylock(&lock)) return;
    old = kept.process == getpid() ? kept.machine : NULL;
    atomic_fetch_add_explicit(&machine->references, 1, memory_order_relaxed);
    kept.machine = machine;
    kept.process = getpid();
    pthread_mutex_unlock(&lock);
    krb_release_machine(old);
}

NTSTATUS krb_find_machine(bool fresh, struct krb_machine **machine)
{
    NTSTATUS status;

    if (!fresh && (*machine = find_kept())) return STATUS_SUCCESS;
    status = make(machine);
    if (!status && (*machine)->is_ours) keep(*machine);
    return status;
}
