/*
 * The file of failures: one word per RID, changed by compare and swap in a shared mapping of its page.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dlls/msv1_0/lockout.h"

#define COUNT_MAX 0xffff

struct lockout
{
    int fd;
    unsigned int threshold, window;
    size_t page;
};

/* A word: failures in the upper sixteen bits, below them the second of the first one, or of the one that locked. */
static ULONGLONG make_word(unsigned int count, LONGLONG since)
{
    return (ULONGLONG)count << 48 | ((ULONGLONG)since & 0xffffffffffff);
}

/* ---- the file ----------------------------------------------------------- */

static NTSTATUS check_file(const char *path, int fd)
{
    struct stat info;

    if (fstat(fd, &info)) return STATUS_UNSUCCESSFUL;
    if (S_ISREG(info.st_mode) && !(info.st_mode & 077) && (!info.st_uid || info.st_uid == geteuid()))
        return STATUS_SUCCESS;
    guise_log("%s: others could change it: it must be a file of mode 0600 of the server's own user or of root", path);
    return STATUS_ACCESS_DENIED;
}

NTSTATUS lockout_open(const char *store, unsigned int threshold, unsigned int window, struct lockout **lockout)
{
    struct lockout *made;
    char path[PATH_MAX];
    NTSTATUS status;

    if (!threshold || threshold > COUNT_MAX || !window)
    {
        guise_log("[accounts] lockout-threshold must be at most 65535 and lockout-window not 0");
        return STATUS_INVALID_PARAMETER;
    }
    if ((size_t)snprintf(path, sizeof(path), "%s-lockout", store) >= sizeof(path)) return STATUS_INVALID_PARAMETER;
    if (!(made = guise_alloc(sizeof(*made)))) return STATUS_NO_MEMORY;
    made->threshold = threshold;
    made->window = window;
    made->page = sysconf(_SC_PAGESIZE);
    guise_process_begin();
    made->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (made->fd < 0) guise_log("%s: %s", path, strerror(errno));
    status = made->fd < 0 ? STATUS_ACCESS_DENIED : check_file(path, made->fd);
    guise_process_end();
    if (status)
        lockout_close(made);
    else
        *lockout = made;
    return status;
}

void lockout_close(struct lockout *lockout)
{
    if (!lockout) return;
    if (lockout->fd >= 0) close(lockout->fd);
    guise_free(lockout);
}

/* ---- the words ----------------------------------------------------------- */

/* What becomes of WORD. A clock that was set back leaves the window open as long as it was wrong by less than that. */
static NTSTATUS judge_word(const struct lockout *lockout, ULONGLONG word, bool proved, LONGLONG now, ULONGLONG *next)
{
    unsigned int count = word >> 48;
    LONGLONG since = word & 0xffffffffffff, age = now > since ? now - since : since - now;

    if (age >= lockout->window) count = 0;
    *next = word;
    if (count >= lockout->threshold) return STATUS_ACCOUNT_LOCKED_OUT;
    if (proved)
    {
        *next = 0;
        return STATUS_SUCCESS;
    }
    if (!count || count + 1 == lockout->threshold) since = now;
    *next = make_word(count + 1, since);
    return STATUS_LOGON_FAILURE;
}

/* Maps the page of RID's word. */
static NTSTATUS map_word(const struct lockout *lockout, ULONG rid, void **page, _Atomic(ULONGLONG) **word)
{
    off_t at = (off_t)rid * (off_t)sizeof(ULONGLONG), inside = at % (off_t)lockout->page;

    /* Room first, so that a full disk is an error here and not a signal below. It never shrinks and never clears. */
    while (fallocate(lockout->fd, 0, at - inside, (off_t)lockout->page))
    {
        if (errno == EINTR) continue;
        guise_log("NTLM: cannot count failed logons: %s", strerror(errno));
        return STATUS_DISK_FULL;
    }
    *page = mmap(NULL, lockout->page, PROT_READ | PROT_WRITE, MAP_SHARED, lockout->fd, at - inside);
    if (*page == MAP_FAILED) return STATUS_NO_MEMORY;
    *word = (_Atomic(ULONGLONG) *)*page + inside / (off_t)sizeof(ULONGLONG);
    return STATUS_SUCCESS;
}

NTSTATUS lockout_check(struct lockout *lockout, ULONG rid, LONGLONG now)
{
    _Atomic(ULONGLONG) *word;
    ULONGLONG unused;
    NTSTATUS status;
    void *page;

    if ((status = map_word(lockout, rid, &page, &word))) return status;
    status = judge_word(lockout, atomic_load(word), true, now, &unused);
    munmap(page, lockout->page);
    return status;
}

NTSTATUS lockout_judge(struct lockout *lockout, ULONG rid, bool proved, LONGLONG now)
{
    _Atomic(ULONGLONG) *word;
    ULONGLONG value, next;
    NTSTATUS status;
    void *page;

    if ((status = map_word(lockout, rid, &page, &word))) return status;
    value = atomic_load(word);
    do
    {
        status = judge_word(lockout, value, proved, now, &next);
    } while (!atomic_compare_exchange_weak(word, &value, next));
    munmap(page, lockout->page);
    return status;
}
