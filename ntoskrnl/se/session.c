/*
 * The table of live logon sessions.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include <ntsecapi.h>

#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/rtl/sid.h"
#include "ntoskrnl/se/session.h"
#include "ntoskrnl/unix/idmap.h"

#define BUCKETS 256 /* ids come one after the other: their low bits spread them evenly */

/* Two that no logon made and that never end: there is one reference too many. Not in the table. */
static struct logon_session fixed_sessions[] = {
    {.form = {.id = {0x3e7, 0}, .user = &sid_local_system.sid}, .references = 1},
    {.form = {.id = {0x3e6, 0}, .user = &sid_anonymous.sid, .type = Network}, .references = 1},
};

/*
 * Guards the buckets, links and marks of all sessions. A leaf: nothing else is locked, allocated or freed under it. A
 * session whose references are gone may still be found in it until its releaser comes to take it out, so that a search
 * takes a reference only where there is one left.
 */
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct logon_session *buckets[BUCKETS];
static size_t session_count;

void logon_sessions_lock(void)
{
    pthread_mutex_lock(&table_lock);
}

void logon_sessions_unlock(void)
{
    pthread_mutex_unlock(&table_lock);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static LONGLONG filetime_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (now.tv_sec + 11644473600ll) * 10000000 + now.tv_nsec / 100;
}

static size_t text_size(const WCHAR *text)
{
    size_t units = 0;

    if (!text) return 0;
    while (text[units]) units++;
    return (units + 1) * sizeof(*text);
}

static void copy_text(const WCHAR **text, UCHAR **room)
{
    size_t size = text_size(*text);

    if (!size) return;
    *text = memcpy(*room, *text, size);
    *room += size;
}

static void insert(struct logon_session *session)
{
    struct logon_session **bucket = &buckets[session->form.id.LowPart % BUCKETS];

    logon_sessions_lock();
    if ((session->next = *bucket)) session->next->link = &session->next;
    session->link = bucket;
    *bucket = session;
    session_count++;
    logon_sessions_unlock();
}

struct logon_session *logon_session_create(const struct logon_session_form *form)
{
    size_t sid_size = form->user ? sid_length(form->user) : 0;
    struct logon_session *session =
        guise_alloc(sizeof(*session) + sid_size + text_size(form->user_name) + text_size(form->domain_name) +
                    text_size(form->package) + text_size(form->server) + text_size(form->dns_domain) +
                    text_size(form->upn));
    UCHAR *room;

    if (!session) return NULL;
    session->form = *form;
    session->references = 1;
    session->start = filetime_now();
    room = (UCHAR *)(session + 1);
    if (sid_size) session->form.user = memcpy(room, form->user, sid_size);
    room += sid_size;
    copy_text(&session->form.user_name, &room);
    copy_text(&session->form.domain_name, &room);
    copy_text(&session->form.package, &room);
    copy_text(&session->form.server, &room);
    copy_text(&session->form.dns_domain, &room);
    copy_text(&session->form.upn, &room);
    insert(session);
    return session;
}

struct logon_session *logon_session_reference(struct logon_session *session)
{
    atomic_fetch_add_explicit(&session->references, 1, memory_order_relaxed);
    return session;
}

void logon_session_release(struct logon_session *session)
{
    if (!session || atomic_fetch_sub_explicit(&session->references, 1, memory_order_acq_rel) != 1) return;

    logon_sessions_lock();
    if (session->next) session->next->link = session->link;
    *session->link = session->next;
    session_count--;
    logon_sessions_unlock();
    logon_session_ended(session);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

struct logon_session *logon_session_system(void)
{
    return logon_session_reference(&fixed_sessions[0]);
}

struct logon_session *logon_session_anonymous(void)
{
    return logon_session_reference(&fixed_sessions[1]);
}

/* One more reference unless the last one is gone. */
static bool reference_living(struct logon_session *session)
{
    unsigned int references = atomic_load_explicit(&session->references, memory_order_relaxed);

    while (references)
        if (atomic_compare_exchange_weak_explicit(&session->references, &references, references + 1,
                                                  memory_order_relaxed, memory_order_relaxed))
            return true;
    return false;
}

struct logon_session *logon_session_find(LUID id)
{
    struct logon_session *session;

    for (size_t i = 0; i < ARRAYSIZE(fixed_sessions); i++)
        if (luid_equal(fixed_sessions[i].form.id, id)) return logon_session_reference(&fixed_sessions[i]);
    logon_sessions_lock();
    for (session = buckets[id.LowPart % BUCKETS]; session; session = session->next)
        if (luid_equal(session->form.id, id) && reference_living(session)) break;
    logon_sessions_unlock();
    return session;
}

bool logon_session_mark(LUID id)
{
    struct logon_session *session = logon_session_find(id);

    if (!session) return false;
    logon_sessions_lock();
    session->marked = true;
    logon_sessions_unlock();
    logon_session_release(session);
    return true;
}

/* ---- for the other libraries ------------------------------------------------------------------------------------- */

NTSTATUS guise_find_session(LUID id, struct guise_session *out)
{
    struct logon_session *session = logon_session_find(id);
    const struct logon_session_form *form;

    if (!session) return STATUS_NO_SUCH_LOGON_SESSION;
    form = &session->form;
    *out = (struct guise_session){.id = id,
                                  .type = form->type,
                                  .start = session->start,
                                  .user = form->user,
                                  .user_name = form->user_name,
                                  .domain_name = form->domain_name,
                                  .package = form->package,
                                  .server = form->server,
                                  .dns_domain = form->dns_domain,
                                  .upn = form->upn,
                                  .has_times = form->has_times,
                                  .times = form->times,
                                  .body = session};
    out->has_uid = form->user && idmap_sid_to_uid(form->user, &out->uid);
    return STATUS_SUCCESS;
}

void guise_release_session(struct guise_session *session)
{
    logon_session_release(session->body);
    session->body = NULL;
}

size_t guise_list_sessions(LUID *ids, size_t room)
{
    size_t count = 0;

    for (; count < ARRAYSIZE(fixed_sessions); count++)
        if (count < room) ids[count] = fixed_sessions[count].form.id;
    logon_sessions_lock();
    if (room >= count + session_count)
        for (size_t i = 0; i < BUCKETS; i++)
            for (struct logon_session *session = buckets[i]; session; session = session->next)
                ids[count++] = session->form.id;
    else
        count += session_count;
    logon_sessions_unlock();
    return count;
}
