/*
 * File actions of posix_spawn for a thread that carries a client: the child starts as the process (design 5.11), but what the actions name
 * by path is opened by the client, before.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ntoskrnl/core.h"
#include "ntoskrnl/unix/interpose.h"

/* One action as glibc keeps it (2.2 and later; kinds were added since). There is no interface to read them, so the layout is tried out. */
struct action
{
    int kind;
    union
    {
        struct
        {
            int fd, other;
        } descriptors;
        struct
        {
            int fd;
            char *path;
            int flags;
            mode_t mode;
        } open;
        char *folder;
    } of;
};

enum
{
    CLOSE,
    DUP2,
    OPEN,
    CHDIR,
    FCHDIR,
    CLOSE_FROM,
    TERMINAL,
    KINDS
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool layout_known; /* written under once */
static int kinds[KINDS];  /* written under once: what glibc calls them */

static const struct action *actions_of(const posix_spawn_file_actions_t *actions)
{
    return (const struct action *)(const void *)actions->__actions;
}

static bool has_layout(const posix_spawn_file_actions_t *sample)
{
    const struct action *actions = actions_of(sample);

    return sample->__used == KINDS && actions[CLOSE].of.descriptors.fd == 71 && actions[DUP2].of.descriptors.fd == 72 &&
           actions[DUP2].of.descriptors.other == 73 && actions[OPEN].of.open.fd == 74 && !strcmp(actions[OPEN].of.open.path, "/open") &&
           actions[OPEN].of.open.flags == O_WRONLY && actions[OPEN].of.open.mode == 0640 && !strcmp(actions[CHDIR].of.folder, "/folder") &&
           actions[FCHDIR].of.descriptors.fd == 75 && actions[CLOSE_FROM].of.descriptors.fd == 76 &&
           actions[TERMINAL].of.descriptors.fd == 77;
}

static void learn_layout(void)
{
    posix_spawn_file_actions_t sample;

    if (posix_spawn_file_actions_init(&sample)) return;
    if (!posix_spawn_file_actions_addclose(&sample, 71) && !posix_spawn_file_actions_adddup2(&sample, 72, 73) &&
        !posix_spawn_file_actions_addopen(&sample, 74, "/open", O_WRONLY, 0640) &&
        !posix_spawn_file_actions_addchdir_np(&sample, "/folder") && !posix_spawn_file_actions_addfchdir_np(&sample, 75) &&
        !posix_spawn_file_actions_addclosefrom_np(&sample, 76) && !posix_spawn_file_actions_addtcsetpgrp_np(&sample, 77) &&
        has_layout(&sample))
    {
        for (int i = 0; i < KINDS; i++) kinds[i] = actions_of(&sample)[i].kind;
        layout_known = true;
    }
    posix_spawn_file_actions_destroy(&sample);
}

/* The descriptors above this one are not named by an action. */
static int highest_descriptor(const posix_spawn_file_actions_t *given)
{
    const struct action *actions = actions_of(given);
    int highest = STDERR_FILENO;

    for (int i = 0; i < given->__used; i++)
    {
        if (actions[i].kind == kinds[CHDIR]) continue;
        if (actions[i].of.descriptors.fd > highest) highest = actions[i].of.descriptors.fd;
        if (actions[i].kind == kinds[DUP2] && actions[i].of.descriptors.other > highest) highest = actions[i].of.descriptors.other;
    }
    return highest;
}

/* Opens PATH as the calling thread, where no action is in its way. The descriptor, or -1 and errno. */
static int open_out_of_the_way(struct guise_spawn *spawn, const char *path, int flags, mode_t mode)
{
    int fd, moved;

    /* After an fchdir the folder of the child is not known here. */
    if (*path != '/' && spawn->folder_unknown)
    {
        errno = EACCES;
        return -1;
    }
    fd = openat(spawn->folder, path, flags | O_CLOEXEC | O_NOCTTY, mode);
    if (fd < 0) return -1;
    moved = fcntl(fd, F_DUPFD_CLOEXEC, spawn->above);
    if (moved < 0 && errno == EINVAL) errno = EMFILE;
    close(fd);
    if (moved >= 0) spawn->opened[spawn->opened_count++] = moved;
    return moved;
}

static int add_open(struct guise_spawn *spawn, const struct action *action)
{
    int fd = open_out_of_the_way(spawn, action->of.open.path, action->of.open.flags, action->of.open.mode);

    return fd < 0 ? errno : posix_spawn_file_actions_adddup2(&spawn->actions, fd, action->of.open.fd);
}

static int add_folder(struct guise_spawn *spawn, const char *path)
{
    int fd = open_out_of_the_way(spawn, path, O_PATH | O_DIRECTORY, 0);

    if (fd < 0) return errno;
    if (faccessat(fd, ".", X_OK, AT_EACCESS)) return errno;
    spawn->folder = fd;
    spawn->folder_unknown = false;
    return posix_spawn_file_actions_addfchdir_np(&spawn->actions, fd);
}

static int add_action(struct guise_spawn *spawn, const struct action *action)
{
    int fd = action->of.descriptors.fd;

    if (action->kind == kinds[OPEN]) return add_open(spawn, action);
    if (action->kind == kinds[CHDIR]) return add_folder(spawn, action->of.folder);
    if (action->kind == kinds[CLOSE]) return posix_spawn_file_actions_addclose(&spawn->actions, fd);
    if (action->kind == kinds[DUP2]) return posix_spawn_file_actions_adddup2(&spawn->actions, fd, action->of.descriptors.other);
    if (action->kind == kinds[CLOSE_FROM]) return posix_spawn_file_actions_addclosefrom_np(&spawn->actions, fd);
    if (action->kind == kinds[TERMINAL]) return posix_spawn_file_actions_addtcsetpgrp_np(&spawn->actions, fd);
    if (action->kind != kinds[FCHDIR]) return EACCES; /* nobody knows what it opens */
    spawn->folder_unknown = true;
    return posix_spawn_file_actions_addfchdir_np(&spawn->actions, fd);
}

static int add_actions(struct guise_spawn *spawn, const posix_spawn_file_actions_t *given)
{
    int error = 0;

    pthread_once(&once, learn_layout);
    if (!layout_known) return EACCES;
    spawn->above = highest_descriptor(given) + 1;
    spawn->opened = guise_alloc((size_t)given->__used * sizeof(*spawn->opened));
    if (!spawn->opened) return ENOMEM;
    for (int i = 0; !error && i < given->__used; i++) error = add_action(spawn, &actions_of(given)[i]);
    return error;
}

int guise_check_image(int folder, const char *path)
{
    struct stat st;

    if (faccessat(folder, path, X_OK, AT_EACCESS)) return errno;
    /* Which may be searched, but not executed. */
    return !fstatat(folder, path, &st, 0) && S_ISDIR(st.st_mode) ? EACCES : 0;
}

int guise_spawn_prepare(struct guise_spawn *spawn, const char *image, const posix_spawn_file_actions_t *given)
{
    int error;

    memset(spawn, 0, sizeof(*spawn));
    spawn->folder = AT_FDCWD;
    if ((error = posix_spawn_file_actions_init(&spawn->actions))) return error;
    if (given && given->__used) error = add_actions(spawn, given);
    if (!error && spawn->folder_unknown && *image != '/') error = EACCES;
    if (!error) error = guise_check_image(spawn->folder, image);
    if (error) guise_spawn_end(spawn);
    return error;
}

void guise_spawn_end(struct guise_spawn *spawn)
{
    for (int i = 0; i < spawn->opened_count; i++) close(spawn->opened[i]);
    guise_free(spawn->opened);
    posix_spawn_file_actions_destroy(&spawn->actions);
}
