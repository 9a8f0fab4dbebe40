/*
 * Tickets: one file of mode 0600 for each exported context, in a folder of the service's user alone.
 *
 * The file holds the key of the one blob and is made with O_EXCL; importing unlinks it, which only one process can do.
 * What is forged, of another boot or user, expired or used has no file, or one whose key does not fit. Nothing has to be
 * remembered, and a lost folder refuses.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dlls/secur32/ticket.h"
#include "ntoskrnl/core.h"

/* "%016llx-" and the id in hexadecimal. */
#define EXPIRY_DIGITS  16
#define FILE_NAME_SIZE (EXPIRY_DIGITS + 1 + 2 * TICKET_ID_SIZE + 1)

static ULONGLONG now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_BOOTTIME, &time);
    return (ULONGLONG)time.tv_sec;
}

static void file_name(const struct ticket_name *name, char text[FILE_NAME_SIZE])
{
    char *end = text + sprintf(text, "%0*llx-", EXPIRY_DIGITS, (unsigned long long)name->expiry);

    for (size_t i = 0; i < TICKET_ID_SIZE; i++) end += sprintf(end, "%02x", name->id[i]);
}

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" as the bytes that it says. */
static bool read_boot_id(UCHAR boot[TICKET_BOOT_SIZE])
{
    int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    char text[64] = "", digits[2 * TICKET_BOOT_SIZE + 1] = "";
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
    size_t count = 0;

    if (file >= 0) close(file);
    for (ssize_t i = 0; i < length && count < sizeof(digits) - 1; i++)
        if (strchr("0123456789abcdef", text[i])) digits[count++] = text[i];
    if (count != sizeof(digits) - 1) return false;
    for (size_t i = 0; i < TICKET_BOOT_SIZE; i++)
    {
        unsigned int byte;

        if (sscanf(digits + 2 * i, "%2x", &byte) != 1) return false;
        boot[i] = (UCHAR)byte;
    }
    return true;
}

/* ---- the folder -------------------------------------------------------------------------------------------------- */

static int complain(const char *path, const char *problem)
{
    guise_log("contexts cannot be exported or imported: %s: %s", path, problem);
    return -1;
}

/* The folder that all services share, or one of the service's own; made if its parent lets us. */
static int open_parent(const char *path)
{
    bool made = !mkdir(path, 0755);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat info;

    if (folder < 0) return complain(path, strerror(errno));
    if (made) fchmod(folder, 0755); /* whatever the umask: each service finds its own folder in it */
    if (!fstat(folder, &info) && (info.st_uid == 0 || info.st_uid == geteuid()) && !(info.st_mode & 022)) return folder;
    close(folder);
    return complain(path, "others may change what is in it");
}

/* This user's folder. -1: there is none that can be trusted. */
static int open_own(int parent, const char *path)
{
    char name[16];
    struct stat info;
    int folder, error;

    snprintf(name, sizeof(name), "%u", geteuid());
    error = mkdirat(parent, name, 0700) ? errno : 0;
    folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return complain(path, strerror(errno == ENOENT ? error : errno));
    if (!fstat(folder, &info) && info.st_uid == geteuid() && !(info.st_mode & 077)) return folder;
    close(folder);
    return complain(path, "the folder of this user is another's, or others may look into it");
}

static int open_folder(const char *path)
{
    int parent = open_parent(path), folder = parent < 0 ? -1 : open_own(parent, path);

    if (parent >= 0) close(parent);
    return folder;
}

/* ---- old tickets ------------------------------------------------------------------------------------------------- */

/* When this process looks for expired tickets again. */
static _Atomic ULONGLONG next_sweep;

static void sweep(int folder, ULONGLONG time, ULONGLONG lifetime)
{
    ULONGLONG due = atomic_load(&next_sweep);
    const struct dirent *entry;
    int copy;
    DIR *list;

    if (time < due || !atomic_compare_exchange_strong(&next_sweep, &due, time + lifetime / 4 + 1)) return;
    copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!(list = copy < 0 ? NULL : fdopendir(copy)))
    {
        if (copy >= 0) close(copy);
        return;
    }
    while ((entry = readdir(list)))
    {
        if (strlen(entry->d_name) != FILE_NAME_SIZE - 1 || entry->d_name[EXPIRY_DIGITS] != '-') continue;
        if (strtoull(entry->d_name, NULL, 16) < time) unlinkat(folder, entry->d_name, 0);
    }
    closedir(list);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static bool write_key(int folder, const char *name, const UCHAR key[AEAD_KEY_SIZE])
{
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool whole;

    if (file < 0) return false;
    whole = write(file, key, AEAD_KEY_SIZE) == AEAD_KEY_SIZE;
    close(file);
    if (!whole) unlinkat(folder, name, 0);
    return whole;
}

static SECURITY_STATUS create_file(const struct guise_config *config, struct ticket *ticket)
{
    char name[FILE_NAME_SIZE];
    int folder;
    bool written;

    if (!read_boot_id(ticket->name.boot)) return SEC_E_INTERNAL_ERROR;
    ticket->name.uid = geteuid();
    ticket->name.expiry = now() + config->export_lifetime;
    if ((folder = open_folder(config->export_directory)) < 0) return SEC_E_INTERNAL_ERROR;
    sweep(folder, now(), config->export_lifetime);
    file_name(&ticket->name, name);
    if (!(written = write_key(folder, name, ticket->key))) complain(config->export_directory, strerror(errno));
    close(folder);
    return written ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

SECURITY_STATUS ticket_create(struct ticket *ticket)
{
    const struct guise_config *config;
    SECURITY_STATUS status;

    if (guise_get_config(&config)) return SEC_E_INTERNAL_ERROR;
    if (!config->export_lifetime) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!aead_random(ticket->name.id, sizeof(ticket->name.id)) || !aead_random(ticket->key, sizeof(ticket->key)))
        return SEC_E_INTERNAL_ERROR;
    guise_process_begin(); /* also for geteuid() */
    status = create_file(config, ticket);
    guise_process_end();
    return status;
}

/* Whose, of when: before a file is looked for. */
static SECURITY_STATUS check_name(const struct ticket_name *name)
{
    UCHAR boot[TICKET_BOOT_SIZE];

    if (name->uid != geteuid()) return SEC_E_NOT_OWNER;
    if (!read_boot_id(boot)) return SEC_E_INTERNAL_ERROR;
    if (memcmp(boot, name->boot, sizeof(boot)) || name->expiry < now()) return SEC_E_NO_CREDENTIALS;
    return SEC_E_OK;
}

static SECURITY_STATUS read_key(int folder, const char *name, UCHAR key[AEAD_KEY_SIZE])
{
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat info;
    bool good;

    if (file < 0) return errno == ENOENT ? SEC_E_NO_CREDENTIALS : SEC_E_INTERNAL_ERROR;
    good = !fstat(file, &info) && S_ISREG(info.st_mode) && info.st_uid == geteuid() && !(info.st_mode & 077) &&
           info.st_size == AEAD_KEY_SIZE && read(file, key, AEAD_KEY_SIZE) == AEAD_KEY_SIZE;
    close(file);
    return good ? SEC_E_OK : SEC_E_NO_CREDENTIALS;
}

static SECURITY_STATUS read_file(const struct guise_config *config, struct ticket *ticket)
{
    SECURITY_STATUS status = check_name(&ticket->name);
    char name[FILE_NAME_SIZE];
    int folder;

    if (status != SEC_E_OK) return status;
    if ((folder = open_folder(config->export_directory)) < 0) return SEC_E_INTERNAL_ERROR;
    file_name(&ticket->name, name);
    status = read_key(folder, name, ticket->key);
    close(folder);
    return status;
}

SECURITY_STATUS ticket_read(const struct ticket_name *name, struct ticket *ticket)
{
    const struct guise_config *config;
    SECURITY_STATUS status;

    if (guise_get_config(&config)) return SEC_E_INTERNAL_ERROR;
    ticket->name = *name;
    guise_process_begin();
    status = read_file(config, ticket);
    guise_process_end();
    return status;
}

static SECURITY_STATUS remove_file(const struct guise_config *config, const struct ticket_name *ticket)
{
    int folder = open_folder(config->export_directory);
    char name[FILE_NAME_SIZE];
    SECURITY_STATUS status = SEC_E_OK;

    if (folder < 0) return SEC_E_INTERNAL_ERROR;
    file_name(ticket, name);
    if (unlinkat(folder, name, 0)) status = errno == ENOENT ? SEC_E_NO_CREDENTIALS : SEC_E_INTERNAL_ERROR;
    close(folder);
    return status;
}

SECURITY_STATUS ticket_use(const struct ticket_name *name)
{
    const struct guise_config *config;
    SECURITY_STATUS status;

    if (guise_get_config(&config)) return SEC_E_INTERNAL_ERROR;
    guise_process_begin();
    status = remove_file(config, name);
    guise_process_end();
    return status;
}
