/*
 * What a Unix file says about who may use it, and the same as a security descriptor (guise-files(7) has the rules).
 *
 * Nothing here trusts its input: extended attributes come from file systems, descriptors from callers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_IO_PERMISSIONS_H
#define GUISE_NTOSKRNL_IO_PERMISSIONS_H

#include "ntoskrnl/rtl/sd.h"

/* The classes' bits, as in a mode. */
#define PERM_READ  4u
#define PERM_WRITE 2u
#define PERM_EXEC  1u
#define PERM_ALL   7u

/* A named user or group of a POSIX ACL (acl(5)). */
struct named_permission
{
    uint32_t id; /* uid or gid */
    bool group;
    unsigned char perm; /* before the mask */
};

/* More named entries than a descriptor can be given or taken with. */
#define PERMISSIONS_MAX_NAMED 256

/* Everything by which the kernel judges r, w and x, but for what the file system forbids to all. */
struct permissions
{
    uid_t owner;
    gid_t group;
    bool directory;
    unsigned char user, owning_group, other; /* owning_group before the mask */
    bool masked;                             /* there is a mask, as there is with named entries */
    unsigned char mask;
    size_t named_count;                      /* users first; no id of a kind twice */
    struct named_permission named[PERMISSIONS_MAX_NAMED];
};

/* ---- POSIX ACLs: io/posix_acl.c ---------------------------------------------------------------------------------- */

/* Bytes that the extended attribute of PERMISSIONS takes, at most: header and entries. */
#define POSIX_ACL_MAX_SIZE (4 + 8 * (PERMISSIONS_MAX_NAMED + 4))

/*
 * Reads the value of system.posix_acl_access into the classes and named entries of PERMISSIONS.
 * STATUS_NOT_SUPPORTED: another version, or more entries than PERMISSIONS_MAX_NAMED. STATUS_FILE_INVALID: no POSIX ACL.
 */
NTSTATUS posix_acl_parse(const void *bytes, size_t size, struct permissions *permissions);

/* Writes it; returns its size, at most POSIX_ACL_MAX_SIZE. */
size_t posix_acl_write(const struct permissions *permissions, void *bytes);

/* ---- descriptors ------------------------------------------------------------------------------------------------- */

struct object_security;

/* What PERMISSIONS are as a descriptor (io/to_sd.c), or NULL without memory. */
struct object_security *permissions_to_sd(const struct permissions *permissions);

/*
 * What a DACL asks of a file that OWNER and GROUP of CURRENT have (io/from_sd.c): CHANGED gets CURRENT with the classes and
 * named entries that mean just that. STATUS_NOT_SUPPORTED: there are none. STATUS_NONE_MAPPED: an ACE is for a SID that is neither a
 * user or group with an id (unix_id_of_sid(), whose other statuses there may be) nor Everyone.
 */
NTSTATUS permissions_from_dacl(const struct permissions *current, const ACL *dacl, struct permissions *changed);

/* What all files have in common. */
extern const GENERIC_MAPPING file_mapping;

/* The rights that r, w and x are. */
#define RIGHTS_READ  (FILE_READ_DATA | FILE_READ_EA)
#define RIGHTS_WRITE (FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)
#define RIGHTS_EXEC  FILE_EXECUTE
/* What everybody has, and the owner. */
#define RIGHTS_BASE  (READ_CONTROL | SYNCHRONIZE | FILE_READ_ATTRIBUTES)
#define RIGHTS_OWNER (WRITE_DAC | FILE_WRITE_ATTRIBUTES)

static inline ACCESS_MASK rights_of(unsigned int perm)
{
    return (perm & PERM_READ ? RIGHTS_READ : 0) | (perm & PERM_WRITE ? RIGHTS_WRITE : 0) |
           (perm & PERM_EXEC ? RIGHTS_EXEC : 0);
}

/* What the kernel makes of the named entries: a mask of nothing leaves them and itself aside (acl_permission_check()). */
static inline bool named_entries_count(const struct permissions *permissions)
{
    return permissions->named_count && permissions->mask;
}

/* The bits of the owning group as they count. */
static inline unsigned int group_bits(const struct permissions *permissions)
{
    return permissions->masked ? permissions->owning_group & permissions->mask : permissions->owning_group;
}

/* What root may: read and write always, execute what somebody may (capabilities(7), CAP_DAC_OVERRIDE). */
unsigned int root_bits(const struct permissions *permissions);

#endif
