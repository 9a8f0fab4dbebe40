/*
 * The file of default credentials that NTLM_USER_FILE names.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/msv1_0/user_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dlls/msv1_0/utf16.h"

#define FILE_MAX 65536

/* ---- the text ----------------------------------------------------------- */

/* Takes what lies before the first C, and C, off TEXT; the rest of it when there is none and NEEDED is not set. */
static bool take_until(struct wire_span *text, UCHAR c, bool needed, struct wire_span *part)
{
    const UCHAR *found = text->size ? memchr(text->data, c, text->size) : NULL;
    size_t size = found ? (size_t)(found - text->data) : text->size;

    if (!found && needed) return false;
    *part = (struct wire_span){text->data, size};
    text->data += size + (found ? 1 : 0);
    text->size -= size + (found ? 1 : 0);
    return true;
}

static bool read_entry(struct wire_span line, struct user_entry *entry)
{
    if (memchr(line.data, 0, line.size)) return false;
    if (!take_until(&line, ':', true, &entry->domain) || !take_until(&line, ':', true, &entry->user)) return false;
    entry->password = line;
    return entry->user.size;
}

bool user_file_first(struct wire_span text, struct user_entry *entry, unsigned int *bad_line)
{
    unsigned int number = 0;
    struct wire_span line;

    *bad_line = 0;
    while (text.size && take_until(&text, '\n', false, &line))
    {
        number++;
        if (line.size && line.data[line.size - 1] == '\r') line.size--;
        if (!line.size || line.data[0] == '#') continue;
        if (read_entry(line, entry)) return true;
        *bad_line = number;
        return false;
    }
    return false;
}

/* ---- the file ----------------------------------------------------------- */

static const char *objection(const struct stat *info)
{
    if (!S_ISREG(info->st_mode)) return "not a regular file";
    if (info->st_uid && info->st_uid != geteuid()) return "its owner is neither root nor the user of this process";
    if (info->st_mode & 077) return "its mode lets others at the passwords: it must be 0600";
    return info->st_size > FILE_MAX ? "too long" : NULL;
}

/* At most SIZE bytes. What a signal interrupts goes on. */
static ssize_t read_whole(int fd, char *data, size_t size)
{
    size_t length = 0;
    ssize_t got = 1;

    while (length < size && got)
    {
        got = read(fd, data + length, size - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

/* FILE_MAX bytes of memory in *DATA, which are the caller's, and how many were read. */
static SECURITY_STATUS read_file(const char *path, UCHAR **data, size_t *size)
{
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;
    const char *why = NULL;
    struct stat info;
    ssize_t got = -1;
    int fd;

    guise_process_begin();
    /* Neither a pipe that nobody writes to nor a terminal may hold the caller up. */
    if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) < 0 || fstat(fd, &info)) why = strerror(errno);
    else if ((why = objection(&info))) {}
    else if (!(*data = guise_alloc(FILE_MAX))) status = SEC_E_INSUFFICIENT_MEMORY;
    else if ((got = read_whole(fd, (char *)*data, FILE_MAX)) < 0) why = strerror(errno);
    else status = SEC_E_OK;
    if (fd >= 0) close(fd);
    guise_process_end();
    if (why) guise_log("NTLM_USER_FILE %s: %s; there are no default credentials", path, why);
    *size = status ? 0 : (size_t)got;
    return status;
}

/* ---- the identity ----------------------------------------------------------- */

/* SEC_E_INVALID_TOKEN: not UTF-8. Any of the parts may be the password, which must not stay behind. */
static SECURITY_STATUS take_text(struct wire_span span, WCHAR **text, ULONG *length)
{
    size_t room = (span.size + 1) * sizeof(WCHAR), units;
    WCHAR *made = guise_alloc(room);

    if (!made) return SEC_E_INSUFFICIENT_MEMORY;
    if (!utf8_to_utf16((const char *)span.data, span.size, made, span.size, &units))
    {
        guise_free_secret(made, room);
        return SEC_E_INVALID_TOKEN;
    }
    *text = made;
    *length = (ULONG)units;
    return SEC_E_OK;
}

void user_file_free(struct auth_identity *identity)
{
    guise_free_secret(identity->domain, identity->domain_length * sizeof(WCHAR));
    guise_free_secret(identity->user, identity->user_length * sizeof(WCHAR));
    guise_free_secret(identity->password, identity->password_length * sizeof(WCHAR));
    memset(identity, 0, sizeof(*identity));
}

static SECURITY_STATUS make_identity(const char *path, struct wire_span text, struct auth_identity *identity)
{
    struct user_entry entry;
    SECURITY_STATUS status;
    unsigned int bad_line;

    if (!user_file_first(text, &entry, &bad_line))
    {
        if (bad_line) guise_log("NTLM_USER_FILE %s:%u: not DOMAIN:USER:PASSWORD; there are no default credentials", path, bad_line);
        else guise_log("NTLM_USER_FILE %s: empty; there are no default credentials", path);
        return SEC_E_NO_CREDENTIALS;
    }
    if (!(status = take_text(entry.domain, &identity->domain, &identity->domain_length)) &&
        !(status = take_text(entry.user, &identity->user, &identity->user_length)))
        status = take_text(entry.password, &identity->password, &identity->password_length);
    if (!status) return SEC_E_OK;
    user_file_free(identity);
    if (status != SEC_E_INVALID_TOKEN) return status;
    guise_log("NTLM_USER_FILE %s: not UTF-8; there are no default credentials", path);
    return SEC_E_NO_CREDENTIALS;
}

SECURITY_STATUS user_file_identity(struct auth_identity *identity)
{
    const char *path = secure_getenv("NTLM_USER_FILE");
    UCHAR *data = NULL;
    SECURITY_STATUS status;
    size_t size;

    memset(identity, 0, sizeof(*identity));
    if (!path || !*path) return SEC_E_NO_CREDENTIALS;
    if (!(status = read_file(path, &data, &size))) status = make_identity(path, (struct wire_span){data, size}, identity);
    guise_free_secret(data, FILE_MAX);
    return status;
}
