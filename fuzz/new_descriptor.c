/*
 * libFuzzer target: two descriptors, of which one is inherited from or changed and the other is what somebody gives: the descriptor of a
 * new object, and that of an object whose parts are set. What comes out is valid, and nothing comes out of a failure.
 *
 * An input is a byte of SEF_* flags, one of parts to be set, one whose lowest bits say that the object is a container and that it has a
 * type, two of the first descriptor's length, and the two.
 *
 * Covers: ntoskrnl/rtl/inherit.c ntoskrnl/se/assign.c
 * Covers: ntoskrnl/se/sd_info.c:sd_change,change_owner,check_label,change_dacl,make_dacl,change_sacl,make_sacl,set_control,sd_changed_free
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/rtl/inherit.h"
#include "ntoskrnl/se/sd_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum
{
    FLAGS,
    PARTS,
    KIND,
    LENGTH,
    HEAD_SIZE = LENGTH + 2
};

static GENERIC_MAPPING mapping = {READ_CONTROL | 1, READ_CONTROL | 2, READ_CONTROL | 4, STANDARD_RIGHTS_ALL | 7};

static void require(bool condition)
{
    if (!condition) abort();
}

static void check_made(PSECURITY_DESCRIPTOR made)
{
    struct sd sd;

    require(!sd_read_bytes(made, RtlLengthSecurityDescriptor(made), &sd));
    require(sd.owner && sd.group);
    require(!(sd.dacl && !(sd.control & SE_DACL_PRESENT)) && !(sd.sacl && !(sd.control & SE_SACL_PRESENT)));
}

static void assign(const uint8_t *head, PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR explicit)
{
    static GUID type = {0x03020100, 0x0504, 0x0706, {8, 9, 10, 11, 12, 13, 14, 15}}; /* the corpus' */
    PSECURITY_DESCRIPTOR made = (PSECURITY_DESCRIPTOR)1;
    SECURITY_SUBJECT_CONTEXT subject;
    NTSTATUS status;

    SeCaptureSubjectContext(&subject);
    status = SeAssignSecurityEx(parent, explicit, &made, head[KIND] & 2 ? &type : NULL, head[KIND] & 1, head[FLAGS], &subject, &mapping,
                                PagedPool);
    SeReleaseSubjectContext(&subject);
    require(!status == !!made);
    if (made) check_made(made);
    SeDeassignSecurity(&made);
}

/* Changed, it says of the parts that nobody named what it said before. */
static void change(const uint8_t *head, PSECURITY_DESCRIPTOR object, PSECURITY_DESCRIPTOR given)
{
    const SECURITY_INFORMATION parts = (head[PARTS] & 0x7f) | (head[PARTS] & 0x80 ? PROTECTED_DACL_SECURITY_INFORMATION : 0);
    PSECURITY_DESCRIPTOR before = object;
    struct sd was, is;
    NTSTATUS status = SeSetSecurityDescriptorInfoEx(NULL, (PSECURITY_INFORMATION)&parts, given, &object, head[FLAGS], PagedPool, &mapping);

    require(!status == (object != before));
    if (status) return;
    require(!sd_read(before, &was) && !sd_read_bytes(object, RtlLengthSecurityDescriptor(object), &is));
    if (!(parts & OWNER_SECURITY_INFORMATION)) require(!was.owner == !is.owner && (!is.owner || sid_equal(was.owner, is.owner)));
    if (!(parts & DACL_SECURITY_INFORMATION)) require(!was.dacl == !is.dacl && (!is.dacl || !memcmp(was.dacl, is.dacl, is.dacl->AclSize)));
    if (parts & PROTECTED_DACL_SECURITY_INFORMATION) require(is.control & SE_DACL_PROTECTED);
    guise_free(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t length, rest;
    void *first, *second;
    struct sd sd;

    if (size < HEAD_SIZE) return 0;
    length = data[LENGTH] | data[LENGTH + 1] << 8;
    if (length > size - HEAD_SIZE) return 0;
    rest = size - HEAD_SIZE - length;
    if (!(first = malloc(length + 1)) || !(second = malloc(rest + 1))) abort();
    memcpy(first, data + HEAD_SIZE, length);
    memcpy(second, data + HEAD_SIZE + length, rest);
    /* Whoever has no length to tell answers for the memory: only what is valid in its own is passed on. */
    if (!sd_read_bytes(first, length, &sd) && !sd_read_bytes(second, rest, &sd))
    {
        assign(data, first, second);
        assign(data, first, NULL);
        change(data, first, second);
    }
    free(first);
    free(second);
    return 0;
}
