/*
 * fork(): the child has one thread, nobody's locks, and starts as the process. Its credential is put right by
 * ntoskrnl/unix.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ps/job.h"
#include "ntoskrnl/se/session.h"
#include "ntoskrnl/unix/audit_sink.h"
#include "ntoskrnl/unix/worker.h"

static void before_fork(void)
{
    jobs_lock();
    threads_lock();
    process_lock();
    handles_lock();
    object_security_lock();
    logon_sessions_lock();
    session_notify_lock();
    audit_sink_lock();
    workers_lock();
}

static void after_in_parent(void)
{
    workers_unlock();
    audit_sink_unlock();
    session_notify_unlock();
    logon_sessions_unlock();
    object_security_unlock();
    handles_unlock();
    process_unlock();
    threads_unlock();
    jobs_unlock();
}

static void after_in_child(void)
{
    threads_forked();
    process_forked();
    session_notify_forked();
    audit_sink_forked();
    workers_forked();
    after_in_parent();
}

__attribute__((constructor)) static void register_fork(void)
{
    pthread_atfork(before_fork, after_in_parent, after_in_child);
}
