/*
 * Where names lead. Wine's own look-up finds the path, with the thread's ids; what happens there goes by descriptors of folders.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dlls/guise/unix/file.h"

/* Success also for a file that is missing where its folder is there. */
static NTSTATUS look_up(const struct nt_name *name, char *path)
{
    ULONG size = PATH_MAX;
    NTSTATUS status = wine.nt_to_unix_file_name(&name->attributes, path, &size, FILE_OPEN_IF);

    if (status == STATUS_NO_SUCH_FILE) return STATUS_SUCCESS;
    return status == STATUS_BUFFER_TOO_SMALL ? STATUS_OBJECT_NAME_INVALID : status;
}

/*
 * A folder that the client may search but not list: names in it count letter by letter, as the kernel takes them. So its own path
 * is found, and the last component set behind it.
 */
static NTSTATUS look_up_exactly(const struct nt_name *name, char *path)
{
    size_t length = name->string.Length / sizeof(WCHAR), start, used;
    struct nt_name folder = *name;
    NTSTATUS status;
    ULONG size;

    while (length && name->text[length - 1] == '\\') length--;
    for (start = length; start && name->text[start - 1] != '\\'; start--)
        ;
    if (start < 2 || start == length) return STATUS_ACCESS_DENIED;
    folder.string.Length = (start - 1) * sizeof(WCHAR);
    folder.attributes.ObjectName = &folder.string;
    if ((status = look_up(&folder, path))) return status;
    used = strlen(path);
    if (used + 2 > PATH_MAX) return STATUS_OBJECT_NAME_INVALID;
    path[used++] = '/';
    if (wine.to_utf8(path + used, PATH_MAX - used - 1, &size, name->text + start, (length - start) * sizeof(WCHAR)))
        return STATUS_OBJECT_NAME_INVALID;
    path[used + size] = 0;
    return memchr(path + used, '/', size) ? STATUS_OBJECT_NAME_INVALID : STATUS_SUCCESS;
}

static NTSTATUS look_up_either(const struct nt_name *name, char *path)
{
    NTSTATUS status = look_up(name, path);

    return status == STATUS_ACCESS_DENIED ? look_up_exactly(name, path) : status;
}

/* The name of the handle that NAME starts from, and NAME. */
static NTSTATUS join(const struct nt_name *root, const struct nt_name *name, struct nt_name *both)
{
    size_t first = root->string.Length, second = name->string.Length, slash = 0;
    NTSTATUS status;

    if (second && first && root->text[first / sizeof(WCHAR) - 1] != '\\') slash = sizeof(WCHAR);
    if (first + slash + second > 0xfffe) return STATUS_OBJECT_NAME_INVALID;
    if ((status = nt_name_make(NULL, root->text, first, both))) return status;
    guise_free(both->text);
    if (!(both->text = guise_alloc(first + slash + second))) return STATUS_NO_MEMORY;
    memcpy(both->text, root->text, first);
    if (slash) both->text[first / sizeof(WCHAR)] = '\\';
    memcpy(both->text + (first + slash) / sizeof(WCHAR), name->text, second);
    both->string.Buffer = both->text;
    both->string.Length = both->string.MaximumLength = first + slash + second;
    both->attributes.ObjectName = &both->string;
    both->attributes.Attributes = name->attributes.Attributes;
    return STATUS_SUCCESS;
}

/* Whether the handle's name still leads to what it was opened on. */
static NTSTATUS check_root(HANDLE handle, const char *path)
{
    struct stat open_on, there;
    NTSTATUS status;
    int fd;

    if ((status = wine.handle_to_fd(handle, 0, &fd, NULL))) return status;
    status = fstat(fd, &open_on) || stat(path, &there) ? status_of_errno(errno) : STATUS_SUCCESS;
    close(fd);
    if (!status && !same_file(&open_on, &there)) return STATUS_OBJECT_PATH_NOT_FOUND;
    return status;
}

static NTSTATUS look_up_from(const struct nt_name *name, char *path)
{
    struct nt_name root = { .text = NULL }, both = { .text = NULL };
    NTSTATUS status;

    if (!(status = nt_name_of_handle(name->attributes.RootDirectory, &root)) && !(status = look_up_either(&root, path)) &&
        !(status = check_root(name->attributes.RootDirectory, path)) && !(status = join(&root, name, &both)))
        status = look_up_either(&both, path);
    nt_name_free(&root);
    nt_name_free(&both);
    return status;
}

/* "\??\C:\" and the like: its path ends with a link that Wine made for the drive. */
static bool names_a_drive(const struct nt_name *name)
{
    size_t length = name->string.Length / sizeof(WCHAR);

    while (length && name->text[length - 1] == '\\') length--;
    return length && name->text[length - 1] == ':';
}

NTSTATUS place_find(const struct nt_name *name, struct place *place)
{
    NTSTATUS status;
    size_t size;

    place->parent = -1;
    status = name->attributes.RootDirectory ? look_up_from(name, place->path) : look_up_either(name, place->path);
    if (status) return status;
    if (place->path[0] != '/') return STATUS_ACCESS_DENIED;
    for (size = strlen(place->path); size > 1 && place->path[size - 1] == '/'; size--) place->path[size - 1] = 0;
    place->last = strrchr(place->path, '/') + 1;
    if (!*place->last || names_a_drive(name)) place->last = NULL;
    else if (!strcmp(place->last, ".") || !strcmp(place->last, "..")) return STATUS_OBJECT_NAME_INVALID;
    return STATUS_SUCCESS;
}

NTSTATUS place_find_for(bool known_only, const struct nt_name *name, struct place *place)
{
    NTSTATUS status = place_find(name, place);

    return known_only && status != STATUS_BAD_DEVICE_TYPE ? STATUS_BAD_IMPERSONATION_LEVEL : status;
}

NTSTATUS place_open_parent(struct place *place)
{
    char folder[PATH_MAX];
    size_t size;

    if (place->parent >= 0) return STATUS_SUCCESS;
    if (!place->last) return STATUS_ACCESS_DENIED;
    size = place->last - place->path;
    memcpy(folder, place->path, size);
    folder[size] = 0; /* ends with a slash: a folder */
    place->parent = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place->parent >= 0) return STATUS_SUCCESS;
    return errno == ENOENT ? STATUS_OBJECT_PATH_NOT_FOUND : status_of_errno(errno);
}

void place_close(struct place *place)
{
    if (place->parent >= 0) close(place->parent);
    place->parent = -1;
}

NTSTATUS place_open(const struct place *place, int *file, struct stat *is)
{
    NTSTATUS status;

    *file = place->parent >= 0 ? openat(place->parent, place->last, O_PATH | O_CLOEXEC) : open(place->path, O_PATH | O_CLOEXEC);
    if (*file < 0) return status_of_errno(errno);
    if (!fstat(*file, is)) return STATUS_SUCCESS;
    status = status_of_errno(errno);
    close(*file);
    return status;
}

NTSTATUS place_remove(struct place *place, const struct stat *file)
{
    struct stat itself, there;
    NTSTATUS status;

    if ((status = place_open_parent(place))) return status;
    if (fstatat(place->parent, place->last, &itself, AT_SYMLINK_NOFOLLOW)) return status_of_errno(errno);
    there = itself;
    if (S_ISLNK(itself.st_mode) && fstatat(place->parent, place->last, &there, 0)) return status_of_errno(errno);
    if (!same_file(&there, file)) return STATUS_OBJECT_NAME_NOT_FOUND;
    return unlinkat(place->parent, place->last, S_ISDIR(itself.st_mode) ? AT_REMOVEDIR : 0) ? status_of_errno(errno) : STATUS_SUCCESS;
}
