/*
 * Security descriptors as what they say, after validation: every reader of a descriptor goes through these.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_SD_H
#define GUISE_NTOSKRNL_RTL_SD_H

#include "ntoskrnl/rtl/acl.h"
#include "ntoskrnl/rtl/sid.h"

/*
 * The parts of a valid descriptor, as pointers into it. A part that is not there is NULL; an ACL that is NULL is absent
 * or, if CONTROL has its SE_xACL_PRESENT, present and NULL.
 */
struct sd
{
    SECURITY_DESCRIPTOR_CONTROL control; /* without SE_SELF_RELATIVE */
    UCHAR rm_control;                    /* counts with SE_RM_CONTROL_VALID */
    const SID *owner, *group;
    const ACL *sacl, *dacl;
};

/*
 * Reads a self-relative descriptor out of SIZE bytes (MS-DTYP 2.4.6). Every part is found by offset + size inside them;
 * nothing that the bytes say about themselves is believed before it is compared with SIZE.
 * STATUS_UNKNOWN_REVISION; STATUS_BAD_DESCRIPTOR_FORMAT: it is absolute; STATUS_INVALID_SECURITY_DESCR: too short, misaligned,
 * or a part lies outside; STATUS_INVALID_SID; STATUS_INVALID_ACL.
 */
NTSTATUS sd_read_bytes(const void *bytes, size_t size, struct sd *sd);

/*
 * Reads a descriptor of either form whose length nobody told: the caller answers for the memory, as for any pointer.
 * Statuses of sd_read_bytes().
 */
NTSTATUS sd_read(PSECURITY_DESCRIPTOR descriptor, struct sd *sd);

/* Whether the form is self-relative; the first four bytes are the same in both. */
static inline bool sd_is_relative(const void *descriptor)
{
    return ((const SECURITY_DESCRIPTOR_RELATIVE *)descriptor)->Control & SE_SELF_RELATIVE;
}

/* Bytes that SD takes as a self-relative descriptor. */
size_t sd_relative_size(const struct sd *sd);

/* Writes SD, self-relative, to sd_relative_size() bytes at DESCRIPTOR, aligned for ULONG. */
void sd_write(const struct sd *sd, SECURITY_DESCRIPTOR_RELATIVE *descriptor);

/* The same into new pool memory, or NULL. */
SECURITY_DESCRIPTOR_RELATIVE *sd_make(const struct sd *sd);

#endif
