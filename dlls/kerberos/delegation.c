/*
 * The tickets that clients sent along, found through the token that the thread carries: by its logon session, which all its copies share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdatomic.h>

#include "dlls/kerberos/kerberos.h"

struct krb_delegated
{
    struct krb_delegated *next; /* guarded by table_lock, as long as it is in the table */
    LUID session;
    atomic_uint references;
    gss_cred_id_t credential;
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

void krb_release_delegated(struct krb_delegated *delegated)
{
    OM_uint32 minor;

    if (!delegated || atomic_fetch_sub_explicit(&delegated->references, 1, memory_order_acq_rel) != 1) return;
    guise_process_begin();
    krb->gss_release_cred(&minor, &delegated->credential);
    guise_process_end();
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

static void ask_to_be_told(void)
{
    told = !pthread_atfork(lock_table, unlock_table, unlock_table) && NT_SUCCESS(SeRegisterLogonSessionTerminatedRoutine(forget));
}

/* ---- in and out ---- */

bool krb_keep_delegated(PACCESS_TOKEN token, gss_cred_id_t credential)
{
    struct krb_delegated *delegated = guise_alloc(sizeof(*delegated));
    OM_uint32 minor;

    pthread_once(&once, ask_to_be_told);
    if (!delegated || !told || !NT_SUCCESS(SeQueryAuthenticationIdToken(token, &delegated->session)) ||
        !NT_SUCCESS(SeMarkLogonSessionForTerminationNotification(&delegated->session)))
    {
        guise_free(delegated);
        krb->gss_release_cred(&minor, &credential);
        return false;
    }
    atomic_init(&delegated->references, 1);
    delegated->credential = credential;
    lock_table();
    delegated->next = *bucket_of(delegated->session);
    *bucket_of(delegated->session) = delegated;
    unlock_table();
    return true;
}

static struct krb_delegated *find_session(LUID session)
{
    struct krb_delegated *found;

    lock_table();
    for (found = *bucket_of(session); found && !is_of(found, session); found = found->next) continue;
    if (found) atomic_fetch_add_explicit(&found->references, 1, memory_order_relaxed);
    unlock_table();
    return found;
}

/* Below Delegation a client may be acted for here only (S9.1.3), whatever came with him. */
struct krb_delegated *krb_find_delegated(void)
{
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy_on_open, effective_only;
    LUID session;
    PACCESS_TOKEN token = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy_on_open, &effective_only, &level);
    struct krb_delegated *found = NULL;

    if (!token) return NULL;
    if (level == SecurityDelegation && NT_SUCCESS(SeQueryAuthenticationIdToken(token, &session))) found = find_session(session);
    PsDereferenceImpersonationToken(token);
    return found;
}
