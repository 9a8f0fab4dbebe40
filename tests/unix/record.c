/*
 * A recorder of system calls over seccomp's user notification.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "record.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

/* A call that nobody makes otherwise marks begin and end. */
#define MARK_CALL     SYS_getpriority
#define MARK_ARGUMENT 0x4755u

#define NOT_YET (-1)

struct recorded_thread
{
    void (*prepare)(void *arg);
    void (*act)(void *arg);
    void *arg;
    int error;
    _Atomic int listener; /* NOT_YET, the descriptor, or -2 when there will be none */
};

static int report_every_call(void)
{
    struct sock_filter instructions[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)};
    struct sock_fprog program = {1, instructions};
    int listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);

    if (listener >= 0 || errno != EACCES) return listener;
    /* Without CAP_SYS_ADMIN (a client has none) the thread has to promise that it will not gain anything by execve. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -1;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void *run_recorded(void *data)
{
    struct recorded_thread *thread = data;
    int listener;

    thread->prepare(thread->arg);
    listener = report_every_call();
    thread->error = listener < 0 ? errno : 0;
    /* From here on each call waits for the listener, so the descriptor is handed over without one. */
    atomic_store(&thread->listener, listener < 0 ? -2 : listener);
    if (listener < 0) return NULL;
    syscall(MARK_CALL, MARK_ARGUMENT, 0);
    thread->act(thread->arg);
    syscall(MARK_CALL, MARK_ARGUMENT, 0);
    return NULL;
}

static bool is_mark(const struct seccomp_data *call)
{
    return call->nr == MARK_CALL && call->args[0] == MARK_ARGUMENT;
}

static void note(struct recording *recording, const struct seccomp_data *call)
{
    struct recorded_call *room = &recording->calls[recording->count];

    if (recording->count++ >= sizeof(recording->calls) / sizeof(recording->calls[0])) return;
    room->number = call->nr;
    for (int i = 0; i < 6; i++) room->arguments[i] = call->args[i];
}

/* Lets every call of the thread go on until the thread has ended; notes those between the marks. */
static void listen_to(int listener, struct recording *recording)
{
    struct pollfd ready = {.fd = listener, .events = POLLIN};
    bool inside = false;

    for (;;)
    {
        struct seccomp_notif call;
        struct seccomp_notif_resp answer = {.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

        if (poll(&ready, 1, -1) < 0 && errno != EINTR) return;
        if (ready.revents & POLLHUP) return;
        memset(&call, 0, sizeof(call));
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call)) continue;
        if (is_mark(&call.data)) inside = !inside;
        else if (inside) note(recording, &call.data);
        answer.id = call.id;
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
}

int record_system_calls(void (*prepare)(void *arg), void (*act)(void *arg), void *arg, struct recording *recording)
{
    struct recorded_thread thread = {.prepare = prepare, .act = act, .arg = arg, .listener = NOT_YET};
    pthread_t id;
    int error, listener;

    memset(recording, 0, sizeof(*recording));
    if ((error = pthread_create(&id, NULL, run_recorded, &thread))) return error;
    while ((listener = atomic_load(&thread.listener)) == NOT_YET) usleep(100);
    if (listener >= 0)
    {
        listen_to(listener, recording);
        close(listener);
    }
    pthread_join(id, NULL);
    return thread.error;
}
