/*
 * What the interposed functions (interpose.c, a copy in every library) share: their state lives in libntoskrnl (interpose_state.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_INTERPOSE_H
#define GUISE_NTOSKRNL_UNIX_INTERPOSE_H

#include <spawn.h>
#include <stdbool.h>

/* The names of interpose.list. */
#define GUISE_INTERPOSED(X) \
    X(pthread_create) \
    X(thrd_create) \
    X(timer_create) \
    X(mq_notify) \
    X(aio_read) \
    X(aio_read64) \
    X(aio_write) \
    X(aio_write64) \
    X(aio_fsync) \
    X(aio_fsync64) \
    X(lio_listio) \
    X(lio_listio64) \
    X(getaddrinfo_a) \
    X(posix_spawn) \
    X(posix_spawnp) \
    X(system) \
    X(popen) \
    X(wordexp) \
    X(setuid) \
    X(seteuid) \
    X(setreuid) \
    X(setresuid) \
    X(setgid) \
    X(setegid) \
    X(setregid) \
    X(setresgid) \
    X(setgroups) \
    X(initgroups)

#define GUISE_INTERPOSED_INDEX(name) INTERPOSED_##name,
enum interposed
{
    GUISE_INTERPOSED(GUISE_INTERPOSED_INDEX) INTERPOSED_COUNT
};

/* The definition of the name that comes after Guise's; a program without it does not get here. */
void *guise_interpose_next(enum interposed which);

/* At load: OWN[which] is the address of the library's own function. Compares with what the program calls by that name (rule 13). */
void guise_interpose_register(void *const own[INTERPOSED_COUNT]);

/* Whether the kernel knows of a client on the calling thread. One TLS test. */
bool guise_thread_switched(void);

/* Runs CALL on a thread of its own that is the process, with the caller's signal mask, and waits for it. False: no thread to be had. */
bool guise_run_as_process(void (*call)(void *argument), void *argument);

/* Whether the client may execute the image PATH of FOLDER: it starts as the process, which may more. 0 or an error. */
int guise_check_image(int folder, const char *path);

/* File actions of which the client has opened beforehand what they name by path. */
struct guise_spawn
{
    posix_spawn_file_actions_t actions;
    int *opened, opened_count; /* descriptors, closed at the end */
    int above;                 /* where no action is in their way */
    int folder;                /* of the child, as far as it is known */
    bool folder_unknown;
};

/* What GIVEN, or NULL, means for IMAGE. 0, to be ended with guise_spawn_end(), or an error of posix_spawn(3). */
int guise_spawn_prepare(struct guise_spawn *spawn, const char *image, const posix_spawn_file_actions_t *given);
void guise_spawn_end(struct guise_spawn *spawn);

/* Around a set*id of the whole process (rule 12). False: errno is EBUSY and nothing may be done. CALLER is the return address. */
bool guise_setid_begin(enum interposed which, const void *caller);
void guise_setid_end(bool changed);

#endif
