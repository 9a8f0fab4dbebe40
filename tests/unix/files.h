/*
 * What the units about files share: files with owners, modes and ACLs as they come, clients that ask for them, and what the access check
 * and the kernel answer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_UNIX_FILES_H
#define GUISE_TESTS_UNIX_FILES_H

#include "support.h"

#include <guise/file.h>
#include <sys/stat.h>

#define ACL_ATTRIBUTE "system.posix_acl_access"
#define MAX_ACL       256

/* Below BELOW, the same in each run. */
unsigned int pick(unsigned int below);

/* ---- files ------------------------------------------------------------------------------------------------------------ */

enum
{
    TAG_USER_OBJ = 0x01,
    TAG_USER = 0x02,
    TAG_GROUP_OBJ = 0x04,
    TAG_GROUP = 0x08,
    TAG_MASK = 0x10,
    TAG_OTHER = 0x20
};

/* Who is about. */
extern const uid_t users[3];
extern const gid_t groups[3];

struct file
{
    char path[64];
    int fd;
    HANDLE handle;
    PVOID object;
};

/* All that the kernel keeps of a file's permissions. */
struct state
{
    struct stat stat;
    ssize_t acl_size;
    unsigned char acl[MAX_ACL];
};

struct state state_of(int fd);
bool same_state(const struct state *a, const struct state *b);

/* Appends an entry to an ACL of SIZE bytes, which starts with its version; the new size. */
size_t put_entry(unsigned char *acl, size_t size, unsigned int tag, unsigned int perm, uint32_t id);

/* File or folder NUMBER; the descriptor is this process's own, so that nobody's rights are needed to have it. */
void make_plain(struct file *file, unsigned int number, bool directory, uid_t uid, gid_t gid, mode_t mode);
/* One of any owner, group, mode and perhaps ACL, with its object. */
void make_random(struct file *file, unsigned int number);
void open_object(struct file *file);
void close_file(struct file *file);

/* ---- who asks --------------------------------------------------------------------------------------------------------- */

struct subject
{
    uid_t uid;
    gid_t gid;
    size_t count;
    gid_t groups[3];
};

#define SUBJECTS 12

extern const struct subject subjects[SUBJECTS];
extern PACCESS_TOKEN tokens[SUBJECTS];
extern const ACCESS_MASK rights[8]; /* by the bits of r, w, x */
extern bool have_posix_acls;

/* Tokens of all subjects. False: this cannot be tested here. */
bool prepare_subjects(void);
void release_subjects(void);

/* What SeAccessCheck says to the calling thread of the file's descriptor, and what the kernel says to it. */
bool check_says(const struct file *file, unsigned int perm);
bool kernel_says(const struct file *file, unsigned int perm);

struct outcome
{
    unsigned int asked, granted, different; /* single rights */
    unsigned int combined, combined_granted, more, less; /* together: the check grants more, or less, than the kernel */
    unsigned int unexplained;                            /* of those more: not by the union of groups */
    unsigned int more_of[8];                             /* by the rights asked for */
};

/* Everybody, one after the other, and root at last. */
struct outcome compare_as_all(const struct file *files, unsigned int count);

/* ---- descriptors ------------------------------------------------------------------------------------------------------ */

#define PARTS (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)

union descriptor
{
    SECURITY_DESCRIPTOR_RELATIVE sd;
    UCHAR bytes[4096];
};

/* Its owner, group and DACL; their length. */
ULONG query(const struct file *file, union descriptor *descriptor);

struct unix_sid
{
    SID sid;
    ULONG id;
};

struct unix_sid sid_of_user(uid_t uid);
struct unix_sid sid_of_group(gid_t gid);

/* What r, w and x are of a file. */
#define R (FILE_READ_DATA | FILE_READ_EA)
#define W (FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)
#define X FILE_EXECUTE

static inline ACCESS_MASK mask_of(unsigned int perm)
{
    return (perm & 4 ? R : 0) | (perm & 2 ? W : 0) | (perm & 1 ? X : 0);
}

#endif
