/*
 * Thread objects: one ETHREAD per thread, made on first use, found by the thread itself through TLS and by others
 * through its id.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <unistd.h>

#include "ntoskrnl/ps/ps.h"

#define BUCKETS 256

/*
 * The threads of the process by id. Its lock guards the links. The one reference that comes with an entry is the
 * table's until the thread takes the entry over, and the thread's own from then on: it is dropped when the thread has
 * done with it, for others may have taken the dead out of the table before.
 */
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static PETHREAD table[BUCKETS];

static void thread_destroy(PVOID body)
{
    PETHREAD thread = body;

    cred_thread_discard(&thread->cred);
    impersonation_release(&thread->impersonation);
    token_release(thread->primary);
    pthread_cond_destroy(&thread->unchanging);
    pthread_mutex_destroy(&thread->lock);
}

static struct object_security *thread_security(PVOID body)
{
    (void)body;
    return process_type.security(current_process());
}

const struct _OBJECT_TYPE thread_type = {
    .name = "Thread",
    .mapping = {.GenericRead = STANDARD_RIGHTS_READ | THREAD_GET_CONTEXT | THREAD_QUERY_INFORMATION,
                .GenericWrite = STANDARD_RIGHTS_WRITE | THREAD_TERMINATE | THREAD_SUSPEND_RESUME | THREAD_SET_CONTEXT |
                                THREAD_SET_INFORMATION | THREAD_SET_LIMITED_INFORMATION,
                .GenericExecute =
                    STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE | THREAD_QUERY_LIMITED_INFORMATION | THREAD_RESUME,
                .GenericAll = THREAD_ALL_ACCESS},
    .security = thread_security,
    .destroy = thread_destroy,
};

/* PsThreadType (NTOSKRNL.@): the type of thread objects, as drivers pass it to the Ob routines. */
static POBJECT_TYPE thread_type_pointer = (POBJECT_TYPE)&thread_type;
POBJECT_TYPE *PsThreadType = &thread_type_pointer;

/* ---- the table --------------------------------------------------------------------------------------------------- */

static PETHREAD *bucket_of(pid_t tid)
{
    return &table[(unsigned int)tid % BUCKETS];
}

/* The link to the entry of TID, or to the end of its bucket; the table is locked. */
static PETHREAD *find_link(pid_t tid)
{
    PETHREAD *link = bucket_of(tid);

    while (*link && (*link)->cred.tid != tid) link = &(*link)->next;
    return link;
}

/* A thread with one reference, the entry's; NULL without memory. */
static PETHREAD create_thread(pid_t tid)
{
    PETHREAD thread = object_create(&thread_type, sizeof(*thread));

    if (!thread) return NULL;
    pthread_mutex_init(&thread->lock, NULL);
    pthread_cond_init(&thread->unchanging, NULL);
    thread->cred.tid = tid;
    return thread;
}

/* Takes THREAD out of the table; whether it was there. */
static bool unlink_thread(PETHREAD thread)
{
    PETHREAD *link;
    bool found;

    pthread_mutex_lock(&table_lock);
    for (link = bucket_of(thread->cred.tid); *link && *link != thread; link = &(*link)->next) continue;
    if ((found = *link != NULL)) *link = thread->next;
    pthread_mutex_unlock(&table_lock);
    return found;
}

/* ---- the end of a thread ----------------------------------------------------------------------------------------- */

/* Called by ntoskrnl/unix on the thread that ends, ids left as they are (design 5.14). */
static void thread_ended(struct cred_thread *cred)
{
    const struct impersonation none = {.level = SecurityAnonymous};
    PETHREAD thread = (PETHREAD)cred;
    struct impersonation left = none;

    pthread_mutex_lock(&thread->lock);
    thread->ended = true;
    /* A change that another thread has begun ends by itself, and clears the record then. */
    if (!thread->changing)
    {
        left = thread->impersonation;
        thread->impersonation = none;
        atomic_store(&thread->impersonating, false);
    }
    pthread_mutex_unlock(&thread->lock);
    impersonation_release(&left);
    unlink_thread(thread);
    object_dereference(thread);
}

/* ---- finding and making ------------------------------------------------------------------------------------------ */

/* A new entry at LINK; the record of a thread that is not the calling one is prepared. NULL: no memory, or there is no
 * such thread. */
static PETHREAD insert_thread(PETHREAD *link, pid_t tid, bool own)
{
    PETHREAD thread = create_thread(tid);

    if (!thread) return NULL;
    if (own)
        cred_thread_prepare_own(&thread->cred);
    else if (!cred_thread_prepare(&thread->cred, tid, thread_ended))
    {
        object_dereference(thread);
        return NULL;
    }
    *link = thread;
    return thread;
}

/*
 * The table's entry for TID, made if need be; with a reference for the caller. An entry of an earlier thread of the same
 * id goes, with its reference if that thread never took it over and so never will drop it.
 */
static PETHREAD find_or_create(pid_t tid, bool own)
{
    PETHREAD *link, thread, stale = NULL;

    pthread_mutex_lock(&table_lock);
    link = find_link(tid);
    thread = *link;
    if (thread && !cred_thread_lives(&thread->cred))
    {
        if (!atomic_load(&thread->cred.attached)) stale = thread;
        *link = thread->next;
        thread = NULL;
        link = find_link(tid);
    }
    if (!thread) thread = insert_thread(link, tid, own);
    if (thread) object_reference(thread);
    pthread_mutex_unlock(&table_lock);
    if (stale) object_dereference(stale);
    return thread;
}

static bool is_outdated(const struct impersonation *record, const struct token *token)
{
    return record && record->token == token && record->generation != atomic_load(&token->generation);
}

/* Whether THREAD impersonates TOKEN with a credential from before it was last adjusted, or may do so again. */
static bool is_behind(PETHREAD thread, const struct token *token)
{
    bool behind;

    pthread_mutex_lock(&thread->lock);
    behind = is_outdated(&thread->impersonation, token) || is_outdated(thread->previous, token);
    pthread_mutex_unlock(&thread->lock);
    return behind;
}

PETHREAD thread_behind_token(const struct token *token, unsigned int *bucket)
{
    PETHREAD thread = NULL;

    pthread_mutex_lock(&table_lock);
    for (; *bucket < BUCKETS; ++*bucket)
    {
        for (thread = table[*bucket]; thread && !is_behind(thread, token); thread = thread->next) continue;
        if (thread) break;
    }
    if (thread) object_reference(thread);
    pthread_mutex_unlock(&table_lock);
    return thread;
}

/* ---- the calling thread ------------------------------------------------------------------------------------------ */

/* First use of Guise by this thread: takes over the entry another thread made, or makes one. */
static PETHREAD attach_current(void)
{
    PETHREAD thread = find_or_create(gettid(), true);

    if (!thread) return NULL;
    if (cred_thread_attach(&thread->cred, thread_ended))
    {
        if (unlink_thread(thread)) object_dereference(thread);
        object_dereference(thread);
        return NULL;
    }
    object_dereference(thread); /* the entry's reference is left */
    return thread;
}

PETHREAD current_thread(void)
{
    struct cred_thread *cred = cred_thread_current();

    return cred ? (PETHREAD)cred : attach_current();
}

/* ---- fork -------------------------------------------------------------------------------------------------------- */

void threads_lock(void)
{
    PETHREAD self = (PETHREAD)cred_thread_current();

    pthread_mutex_lock(&table_lock);
    if (self) pthread_mutex_lock(&self->lock);
}

void threads_unlock(void)
{
    PETHREAD self = (PETHREAD)cred_thread_current();

    if (self) pthread_mutex_unlock(&self->lock);
    pthread_mutex_unlock(&table_lock);
}

void threads_forked(void)
{
    PETHREAD self = (PETHREAD)cred_thread_current();

    /* The others are not there any more, but what they hold may be locked: it is left behind. */
    memset(table, 0, sizeof(table));
    if (!self) return;
    self->cred.tid = gettid();
    self->next = NULL;
    *bucket_of(self->cred.tid) = self;
    pthread_cond_init(&self->unchanging, NULL);
    self->changing = false;
    self->previous = NULL;
    self->primary = NULL;
    /* Children start as the process (design 5.11). */
    self->impersonation = (struct impersonation){.level = SecurityAnonymous};
    atomic_store(&self->impersonating, false);
}

NTSTATUS thread_from_handle(HANDLE handle, ACCESS_MASK access, PETHREAD *thread, ACCESS_MASK *granted)
{
    PVOID body;
    NTSTATUS status = handle_reference(handle, access, &thread_type, &body, granted);

    *thread = status ? NULL : body;
    return status;
}

/***********************************************************************
 *           PsGetCurrentThread (NTOSKRNL.@)
 *
 * No reference is taken (K1.5.5). NULL only when there is no memory to make the object.
 */
PETHREAD PsGetCurrentThread(void)
{
    return current_thread();
}

/***********************************************************************
 *           PsGetCurrentThreadId (NTOSKRNL.@)
 */
HANDLE PsGetCurrentThreadId(void)
{
    return ULongToHandle(gettid());
}

/***********************************************************************
 *           PsLookupThreadByThreadId (NTOSKRNL.@)
 *
 * The object of a living thread of this process, with a reference. STATUS_INVALID_PARAMETER: there is none of that id.
 * STATUS_NO_MEMORY.
 */
NTSTATUS PsLookupThreadByThreadId(HANDLE id, PETHREAD *thread)
{
    pid_t tid = (pid_t)(ULONG_PTR)id;

    if (tid <= 0 || (ULONG_PTR)tid != (ULONG_PTR)id || !cred_thread_exists(tid)) return STATUS_INVALID_PARAMETER;

    *thread = find_or_create(tid, tid == gettid());
    return *thread ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}
