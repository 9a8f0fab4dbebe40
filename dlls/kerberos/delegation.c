/*
 * The tickets that clients sent along, or that were got with their password, found through the token that the thread carries: by its logon session, which all its copies share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "dlls/kerberos/caches.h"
#include "dlls/kerberos/kerberos.h"

struct krb_delegated
{
    struct krb_delegated *next; /* guarded by table_lock, as long as it is in the table */
    LUID session;
    atomic_uint references;
    gss_cred_id_t credential;
    krb5_ccache cache;                  /* what the credential is of, if it is its own; destroyed with it */
    SECURITY_IMPERSONATION_LEVEL least; /* that a token needs to use it */
};

#define BUCKETS 64

/* Guards the table. A leaf: nothing is allocated, freed or asked under it. */
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct krb_delegated *table[BUCKETS];

static struct krb_delegated **bucket_of(LUID session)
{
    return &table[session.LowPart % BUCKETS];
}

static bool is_of(const struct krb_delegated *delegated, LUID session)
{
    return delegated->session.LowPart == session.LowPart && delegated->session.HighPart == session.HighPart;
}

static void release_tickets(gss_cred_id_t credential, krb5_ccache cache)
{
    OM_uint32 minor;

    guise_process_begin();
    krb->gss_release_cred(&minor, &credential);
    krb_destroy_cache(cache);
    guise_process_end();
}

void krb_release_delegated(struct krb_delegated *delegated)
{
    if (!delegated || atomic_fetch_sub_explicit(&delegated->references, 1, memory_order_acq_rel) != 1) return;
    release_tickets(delegated->credential, delegated->cache);
    guise_free(delegated);
}

gss_cred_id_t krb_delegated_credential(const struct krb_delegated *delegated)
{
    return delegated->credential;
}

/* ---- the end of a session ---- */

static NTSTATUS NTAPI forget(LUID *session)
{
    struct krb_delegated **link, *found;

    pthread_mutex_lock(&table_lock);
    for (link = bucket_of(*session); *link && !is_of(*link, *session); link = &(*link)->next) continue;
    if ((found = *link)) *link = found->next;
    pthread_mutex_unlock(&table_lock);
    krb_release_delegated(found);
    return STATUS_SUCCESS;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool told; /* when a session ends; set once */

static void lock_table(void)
{
    pthread_mutex_lock(&table_lock);
}

static void unlock_table(void)
{
    pthread_mutex_unlock(&table_lock);
}

/* The process ends: MIT Kerberos takes its locks apart, and ends it otherwise than it meant to if another thread comes for one. */
static void stop(void)
{
    SeUnregisterLogonSessionTerminatedRoutine(forget); /* waits for the one that runs */
}

static void ask_to_be_told(void)
{
    told = !pthread_atfork(lock_table, unlock_table, unlock_table) && !atexit(stop) && NT_SUCCESS(SeRegisterLogonSessionTerminatedRoutine(forget));
}

/* ---- in and out ---- */

static bool keep(PACCESS_TOKEN token, gss_cred_id_t credential, krb5_ccache cache, SECURITY_IMPERSONATION_LEVEL least)
{
    struct krb_delegated *delegated = guise_alloc(sizeof(*delegated));

    pthread_once(&once, ask_to_be_told);
    if (!delegated || !told || !NT_SUCCESS(SeQueryAuthenticationIdToken(token, &delegated->session)) ||
        !NT_SUCCESS(SeMarkLogonSessionForTerminationNotification(&delegated->session)))
    {
        guise_free(delegated);
        release_tickets(credential, cache);
        return false;
    }
    atomic_init(&delegated->references, 1);
    delegated->credential = credential;
    delegated->cache = cache;
    delegated->least = least;
    lock_table();
    delegated->next = *bucket_of(delegated->session);
    *bucket_of(delegated->session) = delegated;
    unlock_table();
    return true;
}

/* Below Delegation a client may be acted for here only (S9.1.3), whatever came with him. */
bool krb_keep_delegated(PACCESS_TOKEN token, gss_cred_id_t credential)
{
    return keep(token, credential, NULL, SecurityDelegation);
}

bool krb_keep_logon(PACCESS_TOKEN token, gss_cred_id_t credential, krb5_ccache cache)
{
    return keep(token, credential, cache, SecurityImpersonation);
}

static struct krb_delegated *find_session(LUID session, SECURITY_IMPERSONATION_LEVEL level)
{
    struct krb_delegated *found;

    lock_table();
    for (found = *bucket_of(session); found && !is_of(found, session); found = found->next) continue;
    if (found && level < found->least) found = NULL;
    if (found) atomic_fetch_add_explicit(&found->references, 1, memory_order_relaxed);
    unlock_table();
    return found;
}

struct krb_delegated *krb_find_delegated(void)
{
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy_on_open, effective_only;
    LUID session;
    PACCESS_TOKEN token = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only, &level);
    struct krb_delegated *found = NULL;

    if (!token) return NULL;
    if (NT_SUCCESS(SeQueryAuthenticationIdToken(token, &session))) found = find_session(session, level);
    PsDereferenceImpersonationToken(token);
    return found;
}
