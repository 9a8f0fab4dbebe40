/*
 * Descriptors, ACLs and SIDs that lie: truncated at every byte, with every byte changed, at the end of readable memory, where one
 * byte read too many ends the process.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "ntoskrnl/rtl/sd.h"

static UCHAR *page_end; /* what lies here faults */

static bool make_guard(void)
{
    size_t page = sysconf(_SC_PAGESIZE);
    UCHAR *pages = mmap(NULL, 17 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED) return false;
    page_end = pages + 16 * page;
    return !mprotect(page_end, page, PROT_NONE);
}

/* Everything that a valid descriptor leads to, read to its last byte. */
static size_t read_all(const struct sd *sd)
{
    const ACL *acls[] = {sd->dacl, sd->sacl};
    size_t sum = 0, i, size, k;
    unsigned int n;

    for (i = 0; i < 2; i++)
    {
        const ACE_HEADER *ace = acls[i] ? acl_first(acls[i]) : NULL;

        for (n = 0; acls[i] && n < acls[i]->AceCount; n++, ace = ace_after(ace))
        {
            const UCHAR *data = ace_application_data(ace, &size);

            if (ace_sid(ace)) sum += sid_length(ace_sid(ace));
            for (k = 0; k < size; k++) sum += data[k];
        }
    }
    if (sd->owner) sum += ((const UCHAR *)sd->owner)[sid_length(sd->owner) - 1];
    if (sd->group) sum += ((const UCHAR *)sd->group)[sid_length(sd->group) - 1];
    return sum;
}

static struct
{
    SECURITY_DESCRIPTOR_RELATIVE header;
    UCHAR parts[400];
} whole;

static ULONG make_whole(void)
{
    static GUID guid = {1, 2, 3, {4}};
    ULONG length = sizeof(whole);
    SECURITY_DESCRIPTOR absolute;
    UCHAR dacl[128] __attribute__((aligned(4))), sacl[64] __attribute__((aligned(4)));

    RtlCreateSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)dacl, sizeof(dacl), ACL_REVISION_DS);
    RtlAddAccessAllowedAce((PACL)dacl, ACL_REVISION, 1, (PSID)&sid_users);
    RtlAddAccessDeniedObjectAce((PACL)dacl, ACL_REVISION_DS, 0, 1, &guid, &guid, (PSID)&sid_everyone);
    RtlCreateAcl((PACL)sacl, sizeof(sacl), ACL_REVISION);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, 1, (PSID)&sid_everyone, TRUE, FALSE);
    RtlSetOwnerSecurityDescriptor(&absolute, (PSID)&sid_administrators, FALSE);
    RtlSetGroupSecurityDescriptor(&absolute, (PSID)&sid_local_system, FALSE);
    RtlSetDaclSecurityDescriptor(&absolute, TRUE, (PACL)dacl, FALSE);
    RtlSetSaclSecurityDescriptor(&absolute, TRUE, (PACL)sacl, FALSE);
    /* MS-DTYP 2.4.6 */
    ok(!RtlAbsoluteToSelfRelativeSD(&absolute, &whole, &length), "needs %u\n", length);
    return length;
}

static void test_truncated(ULONG length)
{
    struct sd sd;
    ULONG i;

    for (i = 0; i < length; i++)
    {
        UCHAR *place = page_end - ((i + 3) & ~3u); /* what is aligned; the rest of the last ULONG is there to be left alone */

        memcpy(place, &whole, i);
        /* MS-DTYP 2.4.6: the last part ends with the descriptor */
        ok(sd_read_bytes(place, i, &sd), "valid in %u bytes\n", i);
    }
}

static void test_changed(ULONG length)
{
    static const UCHAR values[] = {0x00, 0x01, 0x02, 0x04, 0x7f, 0x80, 0xfc, 0xff};
    UCHAR *place = page_end - length;
    unsigned int valid = 0, invalid = 0;
    size_t sum = 0;
    size_t i, k, j;
    struct sd sd;

    memcpy(place, &whole, length);
    for (i = 0; i < length; i++)
        for (k = 0; k < ARRAYSIZE(values); k++)
            for (j = 0; j < 2; j++)
            {
                UCHAR old[4];
                size_t width = j && i + 4 <= length ? 4 : 1;

                memcpy(old, place + i, width);
                memset(place + i, values[k], width);
                if (sd_read_bytes(place, length, &sd))
                    invalid++;
                else
                {
                    valid++;
                    sum += read_all(&sd);
                }
                memcpy(place + i, old, width);
            }
    /* MS-DTYP 2.4.6: none of them read further than it may, or this would not be reached */
    ok(valid && invalid && sum, "%u valid, %u invalid, sum %zu\n", valid, invalid, sum);
}

static void test_misaligned(ULONG length)
{
    UCHAR *place = page_end - length - 1;
    struct sd sd;
    NTSTATUS status;

    memcpy(place, &whole, length);
    status = sd_read_bytes(place, length, &sd);
    ok(status == STATUS_INVALID_SECURITY_DESCR, "got %#x\n", status); /* MS-DTYP 2.4.6 */
    status = sd_read(place, &sd);
    ok(status == STATUS_INVALID_SECURITY_DESCR, "got %#x\n", status); /* MS-DTYP 2.4.6 */
    status = sd_read_bytes(NULL, 0, &sd);
    ok(status == STATUS_INVALID_SECURITY_DESCR, "got %#x\n", status); /* MS-DTYP 2.4.6 */
    ok(!acl_valid_in((const ACL *)(place + 1), 1), "valid\n");        /* MS-DTYP 2.4.5 */
}

/* An absolute descriptor is a handful of pointers. */
static void test_absolute(ULONG length)
{
    SECURITY_DESCRIPTOR absolute;
    UCHAR room[2 * sizeof(SECURITY_DESCRIPTOR)] __attribute__((aligned(8)));
    UCHAR *place = page_end - length - 1;
    NTSTATUS status;
    struct sd sd;

    memcpy(place, &whole, length);
    RtlCreateSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION);
    memcpy(room + 4, &absolute, sizeof(absolute));
    status = sd_read(room + 4, &sd);
    ok(status == STATUS_INVALID_SECURITY_DESCR, "got %#x\n", status); /* MS-DTYP 2.4.6 */
    absolute.Owner = place + whole.header.Owner;
    status = sd_read(&absolute, &sd);
    ok(status == STATUS_INVALID_SID, "got %#x\n", status); /* MS-DTYP 2.4.6 */
    absolute.Owner = NULL;
    absolute.Group = place + whole.header.Group;
    status = sd_read(&absolute, &sd);
    ok(status == STATUS_INVALID_SID, "got %#x\n", status); /* MS-DTYP 2.4.6 */
    absolute.Group = NULL;
    absolute.Dacl = (PACL)(place + whole.header.Dacl);
    status = sd_read(&absolute, &sd);
    ok(!status && !sd.dacl, "got %#x\n", status); /* MS-DTYP 2.4.6: it is not present */
    absolute.Control = SE_DACL_PRESENT;
    status = sd_read(&absolute, &sd);
    ok(status == STATUS_INVALID_ACL, "got %#x\n", status); /* MS-DTYP 2.4.6 */
}

/* A SID and an ACL that say that they are longer than there is room. */
static void test_liars(void)
{
    ACL *acl = (ACL *)(page_end - sizeof(ACL));
    UCHAR *sid = page_end - 8;

    memset(sid, 0, 8);
    sid[0] = SID_REVISION;
    sid[1] = 255;
    ok(!sid_valid_in(sid, 8), "valid\n"); /* MS-DTYP 2.4.2 */
    sid[1] = 15;
    ok(!sid_valid_in(sid, 8), "valid\n"); /* MS-DTYP 2.4.2 */
    sid[1] = 0;
    ok(sid_valid_in(sid, 8), "not valid\n"); /* MS-DTYP 2.4.2 */

    *acl = (ACL){.AclRevision = ACL_REVISION, .AclSize = UINT16_MAX, .AceCount = UINT16_MAX};
    ok(!acl_valid_in(acl, sizeof(*acl)), "valid\n"); /* MS-DTYP 2.4.5 */
    acl->AclSize = sizeof(*acl);
    ok(!acl_valid_in(acl, sizeof(*acl)), "valid\n"); /* MS-DTYP 2.4.5 */
    ok(!acl_valid(acl), "valid\n");                  /* MS-DTYP 2.4.5 */
    acl->AceCount = 0;
    ok(acl_valid(acl), "not valid\n"); /* MS-DTYP 2.4.5 */
}

START_TEST(sd_malformed)
{
    ULONG length = make_whole();

    if (!make_guard())
    {
        skip("no pages\n");
        return;
    }
    test_truncated(length);
    test_changed(length);
    test_misaligned(length);
    test_absolute(length);
    test_liars();
}
