/*
 * The RtlXxxSid routines.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include <ntifs.h>

static SID_IDENTIFIER_AUTHORITY nt_authority = {SECURITY_NT_AUTHORITY};

static PSID make_sid(UCHAR count, ULONG first, ULONG second)
{
    PSID sid = NULL;
    NTSTATUS status =
        RtlAllocateAndInitializeSid(&nt_authority, count, first, second, 3, 4, 5, 6, 7, 8, &sid);

    /* DDI RtlAllocateAndInitializeSid */
    ok(!status && sid, "got %#x, %p\n", status, sid);
    return sid;
}

static void test_make(void)
{
    UCHAR room[SECURITY_MAX_SID_SIZE + 4];
    NTSTATUS status;
    PSID sid, none = (PSID)1;

    /* DDI RtlLengthRequiredSid */
    ok(RtlLengthRequiredSid(0) == 8 && RtlLengthRequiredSid(1) == 12 && RtlLengthRequiredSid(15) == 68, "got %u, %u\n",
       RtlLengthRequiredSid(1), RtlLengthRequiredSid(15));

    memset(room, 0xcc, sizeof(room));
    status = RtlInitializeSid(room, &nt_authority, 15);
    /* DDI RtlInitializeSid */
    ok(!status && room[0] == SID_REVISION && room[1] == 15 && room[7] == 5, "got %#x, %u, %u\n", status, room[0], room[1]);
    ok(room[8] == 0xcc && room[67] == 0xcc, "the subauthorities are the caller's: %#x, %#x\n", room[8], room[67]);
    ok(RtlLengthSid(room) == 68, "got %u\n", RtlLengthSid(room));
    status = RtlInitializeSid(room, &nt_authority, 16);
    ok(status == STATUS_INVALID_PARAMETER && room[1] == 15, "got %#x, %u\n", status, room[1]);

    sid = make_sid(2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS);
    /* DDI RtlSubAuthorityCountSid, DDI RtlSubAuthoritySid, DDI RtlIdentifierAuthoritySid */
    ok(*RtlSubAuthorityCountSid(sid) == 2, "got %u\n", *RtlSubAuthorityCountSid(sid));
    ok(*RtlSubAuthoritySid(sid, 0) == 32 && *RtlSubAuthoritySid(sid, 1) == 544, "got %u, %u\n",
       *RtlSubAuthoritySid(sid, 0), *RtlSubAuthoritySid(sid, 1));
    ok(!memcmp(RtlIdentifierAuthoritySid(sid), &nt_authority, sizeof(nt_authority)), "another authority\n");
    /* DDI RtlFreeSid */
    ok(!RtlFreeSid(sid), "not freed\n");
    sid = make_sid(8, 1, 2);
    ok(*RtlSubAuthoritySid(sid, 7) == 8, "got %u\n", *RtlSubAuthoritySid(sid, 7)); /* DDI RtlAllocateAndInitializeSid */
    RtlFreeSid(sid);
    status = RtlAllocateAndInitializeSid(&nt_authority, 9, 1, 2, 3, 4, 5, 6, 7, 8, &none);
    ok(status == STATUS_INVALID_SID && none == (PSID)1, "got %#x, %p\n", status, none); /* DDI RtlAllocateAndInitializeSid */
}

static void test_initialize_ex(void)
{
    UCHAR room[SECURITY_MAX_SID_SIZE];
    NTSTATUS status = RtlInitializeSidEx(room, &nt_authority, 3, 21u, 1u, 0xffffffffu);

    /* DDI RtlInitializeSidEx */
    ok(!status && RtlValidSid(room) && RtlLengthSid(room) == 20, "got %#x\n", status);
    ok(*RtlSubAuthoritySid(room, 0) == 21 && *RtlSubAuthoritySid(room, 2) == 0xffffffff, "got %u, %#x\n",
       *RtlSubAuthoritySid(room, 0), *RtlSubAuthoritySid(room, 2));
    status = RtlInitializeSidEx(room, &nt_authority, 16, 1u);
    ok(status == STATUS_INVALID_PARAMETER, "got %#x\n", status);
}

static void test_valid(void)
{
    PSID sid = make_sid(1, 18, 0);

    /* DDI RtlValidSid */
    ok(RtlValidSid(sid), "S-1-5-18 is valid\n");
    *RtlSubAuthorityCountSid(sid) = 16;
    ok(!RtlValidSid(sid), "16 subauthorities are too many\n");
    *RtlSubAuthorityCountSid(sid) = 255;
    ok(!RtlValidSid(sid), "255 subauthorities are too many\n");
    *RtlSubAuthorityCountSid(sid) = 0;
    ok(RtlValidSid(sid), "none is enough\n");
    *RtlSubAuthorityCountSid(sid) = 1;
    ((SID *)sid)->Revision = 2;
    ok(!RtlValidSid(sid), "there is one revision\n");
    RtlFreeSid(sid);
}

static void test_equal(void)
{
    PSID a = make_sid(2, 32, 544), b = make_sid(2, 32, 545), c = make_sid(3, 32, 544), d = make_sid(2, 33, 544);
    SID empty = {SID_REVISION, 0, {SECURITY_NT_AUTHORITY}, {1}}, other = {SID_REVISION, 0, {SECURITY_NT_AUTHORITY}, {2}};

    /* DDI RtlEqualSid */
    ok(RtlEqualSid(a, a) && !RtlEqualSid(a, b) && !RtlEqualSid(a, c), "wrong\n");

    /* DDI RtlEqualPrefixSid */
    ok(RtlEqualPrefixSid(a, b), "S-1-5-32 is the prefix of both\n");
    ok(!RtlEqualPrefixSid(a, c) && !RtlEqualPrefixSid(a, d), "another prefix\n");
    ok(RtlEqualPrefixSid(&empty, &other), "what lies behind the SID does not count\n");
    other.IdentifierAuthority.Value[5] = 1;
    ok(!RtlEqualPrefixSid(&empty, &other), "another authority\n");
    RtlFreeSid(a);
    RtlFreeSid(b);
    RtlFreeSid(c);
    RtlFreeSid(d);
}

static void test_copy(void)
{
    PSID sid = make_sid(2, 32, 544);
    UCHAR room[20];
    NTSTATUS status;

    /* DDI RtlCopySid */
    memset(room, 0xcc, sizeof(room));
    status = RtlCopySid(15, room, sid);
    ok(status == STATUS_BUFFER_TOO_SMALL && room[0] == 0xcc, "got %#x, %#x\n", status, room[0]);
    status = RtlCopySid(16, room, sid);
    ok(!status && RtlEqualSid(room, sid) && room[16] == 0xcc, "got %#x, %#x\n", status, room[16]);
    RtlFreeSid(sid);
}

static void test_text(void)
{
    static const WCHAR expect[] = L"S-1-5-32-544";
    PSID sid = make_sid(2, 32, 544);
    WCHAR room[16];
    UNICODE_STRING string = {0, sizeof(room), room};
    NTSTATUS status;

    /* DDI RtlConvertSidToUnicodeString */
    status = RtlConvertSidToUnicodeString(&string, sid, FALSE);
    ok(!status && string.Length == sizeof(expect) - 2 && !memcmp(room, expect, string.Length), "got %#x, length %u\n",
       status, string.Length);
    string.MaximumLength = sizeof(expect) - 4;
    status = RtlConvertSidToUnicodeString(&string, sid, FALSE);
    ok(status == STATUS_BUFFER_OVERFLOW, "got %#x\n", status);
    status = RtlConvertSidToUnicodeString(&string, sid, TRUE);
    ok(!status && string.Buffer != room && string.Length == sizeof(expect) - 2, "got %#x\n", status);
    ok(!memcmp(string.Buffer, expect, string.Length), "another text\n");
    RtlFreeUnicodeString(&string);
    ok(!string.Buffer && !string.Length && !string.MaximumLength, "%p is left\n", string.Buffer); /* DDI RtlFreeUnicodeString */
    ((SID *)sid)->Revision = 0;
    status = RtlConvertSidToUnicodeString(&string, sid, TRUE);
    ok(status == STATUS_INVALID_SID && !string.Buffer, "got %#x\n", status); /* DDI RtlConvertSidToUnicodeString */
    RtlFreeSid(sid);
}

static void test_masks(void)
{
    GENERIC_MAPPING mapping = {1, 2, 4, 0xf};
    ACCESS_MASK mask = GENERIC_READ | GENERIC_EXECUTE | DELETE;
    LUID from = {1, 2}, to = {0};

    /* DDI RtlMapGenericMask */
    RtlMapGenericMask(&mask, &mapping);
    ok(mask == (DELETE | 5), "got %#x\n", mask);
    mask = GENERIC_ALL | GENERIC_WRITE;
    RtlMapGenericMask(&mask, &mapping);
    ok(mask == 0xf, "got %#x\n", mask);

    /* DDI RtlAreAllAccessesGranted, DDI RtlAreAnyAccessesGranted */
    ok(RtlAreAllAccessesGranted(7, 5) && !RtlAreAllAccessesGranted(3, 5) && RtlAreAllAccessesGranted(0, 0), "wrong\n");
    ok(RtlAreAnyAccessesGranted(3, 5) && !RtlAreAnyAccessesGranted(2, 5) && !RtlAreAnyAccessesGranted(7, 0), "wrong\n");

    RtlCopyLuid(&to, &from);
    ok(RtlEqualLuid(&from, &to), "got %u, %d\n", (unsigned int)to.LowPart, (int)to.HighPart); /* DDI RtlCopyLuid */
}

START_TEST(rtl_sid)
{
    test_make();
    test_initialize_ex();
    test_valid();
    test_equal();
    test_copy();
    test_text();
    test_masks();
}
