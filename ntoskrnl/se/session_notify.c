/*
 * Telling drivers that a marked logon session has ended (K3.9.1).
 *
 * The last token of a session goes away wherever somebody drops it: inside the core, on a thread that may be a client, or
 * that ends. So the routines are not called there but on a thread of the core's own, which is the process and blocks all
 * signals, one after the other. It is made when the first routine is registered, and when needed in a child of fork().
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <signal.h>

#include "ntoskrnl/ps/ps.h"

struct routine
{
    PSE_LOGON_SESSION_TERMINATED_ROUTINE call;
    struct routine *next;
};

/* Guards all that follows. A leaf: no routine is called under it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queued = PTHREAD_COND_INITIALIZER; /* there is something for the worker */
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;   /* `calling` has changed */
static struct routine *routines;                         /* newest first */
static struct routine *calling;                          /* what the worker is in; NULL: nothing */
static struct routine *calls_next;                       /* and what it goes on with */
static bool withdrawn;                                   /* the routine that it is in has unregistered itself */
static struct logon_session *ended, **ended_end = &ended; /* to be told, in order of their ends; linked by next */
static bool has_worker;
static pthread_t worker;

/* ---- the worker -------------------------------------------------------------------------------------------------- */

/* Calls ROUTINE; the lock is given up meanwhile. A client that it leaves behind is not the next one's. */
static void call_routine(struct routine *routine, LUID id)
{
    calling = routine;
    withdrawn = false;
    pthread_mutex_unlock(&lock);
    routine->call(&id);
    PsRevertToSelf();
    pthread_mutex_lock(&lock);
    calling = NULL;
    pthread_cond_broadcast(&idle);
    if (withdrawn) guise_free(routine);
}

/* Those that are registered now; one that comes meanwhile is not called, one that goes is not called any more. */
static void tell(LUID id)
{
    struct routine *routine;

    calls_next = routines;
    while ((routine = calls_next))
    {
        calls_next = routine->next;
        call_routine(routine, id);
    }
}

static struct logon_session *take_ended(void)
{
    struct logon_session *session;

    while (!ended) pthread_cond_wait(&queued, &lock);
    session = ended;
    if (!(ended = session->next)) ended_end = &ended;
    return session;
}

static void *work(void *unused)
{
    PETHREAD self = current_thread();
    struct logon_session *session;

    (void)unused;
    if (self) atomic_store_explicit(&self->system, true, memory_order_relaxed);
    pthread_mutex_lock(&lock);
    for (;;)
    {
        session = take_ended();
        tell(session->form.id);
        guise_free(session);
    }
    return NULL;
}

/* The lock is held. False: no thread can be made now. */
static bool need_worker(void)
{
    pthread_attr_t attributes;
    sigset_t all, before;

    if (has_worker) return true;
    if (pthread_attr_init(&attributes)) return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    guise_process_begin();
    pthread_sigmask(SIG_BLOCK, &all, &before);
    has_worker = !program_pthread_create(&worker, &attributes, work, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    guise_process_end();
    pthread_attr_destroy(&attributes);
    return has_worker;
}

/* ---- sessions that end ------------------------------------------------------------------------------------------- */

void logon_session_ended(struct logon_session *session)
{
    bool told;

    pthread_mutex_lock(&lock);
    if ((told = session->marked && routines))
    {
        session->next = NULL;
        *ended_end = session;
        ended_end = &session->next;
        /* Without a thread it waits for the next session that ends. */
        if (!need_worker()) guise_log("no thread can be made to tell that a logon session has ended");
        pthread_cond_signal(&queued);
    }
    pthread_mutex_unlock(&lock);
    if (!told) guise_free(session);
}

/* ---- fork -------------------------------------------------------------------------------------------------------- */

void session_notify_lock(void)
{
    pthread_mutex_lock(&lock);
}

void session_notify_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

void session_notify_forked(void)
{
    /* What ended before is told in the parent. */
    ended = NULL;
    ended_end = &ended;
    calling = calls_next = NULL;
    has_worker = false;
    pthread_cond_init(&queued, NULL);
    pthread_cond_init(&idle, NULL);
}

/* ---- the exports ------------------------------------------------------------------------------------------------- */

/***********************************************************************
 *           SeRegisterLogonSessionTerminatedRoutine (NTOSKRNL.@)
 *
 * ROUTINE is called, on a thread of the core's own, for every marked session that ends from now on (K3.9.1). What it returns
 * does not count. STATUS_INVALID_PARAMETER: NULL. STATUS_INSUFFICIENT_RESOURCES: no memory, or no thread.
 */
NTSTATUS SeRegisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE routine)
{
    struct routine *entry;
    bool ready;

    if (!routine) return STATUS_INVALID_PARAMETER;
    if (!(entry = guise_alloc(sizeof(*entry)))) return STATUS_INSUFFICIENT_RESOURCES;
    entry->call = routine;
    pthread_mutex_lock(&lock);
    if ((ready = need_worker()))
    {
        entry->next = routines;
        routines = entry;
    }
    pthread_mutex_unlock(&lock);
    if (!ready) guise_free(entry);
    return ready ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Takes the newest entry of a routine out; the lock is held. NULL: there is none. */
static struct routine *unlink_routine(PSE_LOGON_SESSION_TERMINATED_ROUTINE routine)
{
    struct routine **link = &routines, *entry;

    while (*link && (*link)->call != routine) link = &(*link)->next;
    if (!(entry = *link)) return NULL;
    *link = entry->next;
    if (calls_next == entry) calls_next = entry->next;
    return entry;
}

/***********************************************************************
 *           SeUnregisterLogonSessionTerminatedRoutine (NTOSKRNL.@)
 *
 * When it returns, the routine is not running and will not be called again; a routine that unregisters itself goes on to its
 * end. The caller holds no lock that the routine waits for. STATUS_INVALID_PARAMETER: NULL.
 * STATUS_INSUFFICIENT_RESOURCES: it is not registered (the page of ntifs.h).
 */
NTSTATUS SeUnregisterLogonSessionTerminatedRoutine(PSE_LOGON_SESSION_TERMINATED_ROUTINE routine)
{
    struct routine *entry;
    bool own;

    if (!routine) return STATUS_INVALID_PARAMETER;
    pthread_mutex_lock(&lock);
    entry = unlink_routine(routine);
    own = entry && calling == entry && pthread_equal(worker, pthread_self());
    if (own) withdrawn = true;
    while (entry && !own && calling == entry) pthread_cond_wait(&idle, &lock);
    pthread_mutex_unlock(&lock);
    if (!own) guise_free(entry);
    return entry ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/***********************************************************************
 *           SeMarkLogonSessionForTerminationNotification (NTOSKRNL.@)
 *
 * The registered routines are told when the last token of the session goes (K3.9.1, K3.9.2). STATUS_NOT_FOUND: no such session.
 */
NTSTATUS SeMarkLogonSessionForTerminationNotification(PLUID id)
{
    return logon_session_mark(*id) ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}
