/*
 * AccessCheck.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>
#include <string.h>

#include "wine/test.h"

#define RIGHT_READ  1
#define RIGHT_WRITE 2

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
static SID dialup = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {1}};

static GENERIC_MAPPING mapping = {RIGHT_READ, RIGHT_WRITE, 0, RIGHT_READ | RIGHT_WRITE};

/* A descriptor with room for two entries. */
struct object
{
    SECURITY_DESCRIPTOR descriptor;
    struct
    {
        ACL head;
        struct
        {
            ACE_HEADER header;
            ACCESS_MASK mask;
            SID sid; /* one subauthority */
        } entries[2];
    } dacl;
};

/* Owned by nobody here. */
static void make_object(struct object *object)
{
    memset(object, 0, sizeof(*object));
    object->descriptor.Revision = SECURITY_DESCRIPTOR_REVISION;
    object->descriptor.Owner = &dialup;
    object->descriptor.Group = &dialup;
    object->descriptor.Control = SE_DACL_PRESENT;
    object->descriptor.Dacl = &object->dacl.head;
    object->dacl.head.AclRevision = ACL_REVISION;
    object->dacl.head.AclSize = sizeof(object->dacl);
}

static void add_entry(struct object *object, BYTE type, ACCESS_MASK mask, const SID *sid)
{
    unsigned int i = object->dacl.head.AceCount++;

    object->dacl.entries[i].header.AceType = type;
    object->dacl.entries[i].header.AceSize = sizeof(object->dacl.entries[i]);
    object->dacl.entries[i].mask = mask;
    object->dacl.entries[i].sid = *sid;
}

static HANDLE open_copy(TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level)
{
    HANDLE process, copy = NULL;
    BOOL ret;

    OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE, &process);
    ret = DuplicateTokenEx(process, TOKEN_QUERY, NULL, level, type, &copy);
    ok(ret, "error %lu\n", GetLastError()); /* sdk DuplicateTokenEx */
    CloseHandle(process);
    return copy;
}

/* What is granted of DESIRED; 0 when it is denied. */
static DWORD granted_of(struct object *object, HANDLE token, DWORD desired)
{
    DWORD granted = 0xdeadbeef, length = sizeof(PRIVILEGE_SET);
    PRIVILEGE_SET privileges;
    BOOL status = 77, ret;

    SetLastError(0xdeadbeef);
    ret = AccessCheck(&object->descriptor, token, desired, &mapping, &privileges, &length, &granted, &status);
    ok(ret, "error %lu\n", GetLastError());                       /* sdk AccessCheck */
    ok(status == TRUE || status == FALSE, "status %d\n", status); /* sdk AccessCheck */
    if (!status)
    {
        ok(GetLastError() == ERROR_ACCESS_DENIED, "error %lu\n", GetLastError()); /* sdk AccessCheck */
        ok(!granted, "denied, but granted %#lx\n", granted);                      /* sdk AccessCheck */
    }
    return granted;
}

static void test_decisions(void)
{
    HANDLE token = open_copy(TokenImpersonation, SecurityIdentification);
    struct object object;

    /* MS-DTYP 2.5.3.2 */
    make_object(&object);
    ok(!granted_of(&object, token, RIGHT_READ), "an empty DACL grants\n");
    add_entry(&object, ACCESS_ALLOWED_ACE_TYPE, RIGHT_READ, &everyone);
    ok(granted_of(&object, token, RIGHT_READ) == RIGHT_READ, "Everyone may not read\n");
    ok(!granted_of(&object, token, RIGHT_READ | RIGHT_WRITE), "Everyone may write\n");
    ok(granted_of(&object, token, MAXIMUM_ALLOWED) == RIGHT_READ, "got %#lx\n",
       granted_of(&object, token, MAXIMUM_ALLOWED));
    add_entry(&object, ACCESS_ALLOWED_ACE_TYPE, RIGHT_WRITE, &dialup);
    ok(!granted_of(&object, token, RIGHT_WRITE), "somebody else's right\n");

    /* MS-DTYP 2.5.3.2 */
    make_object(&object);
    add_entry(&object, ACCESS_DENIED_ACE_TYPE, RIGHT_WRITE, &everyone);
    add_entry(&object, ACCESS_ALLOWED_ACE_TYPE, RIGHT_READ | RIGHT_WRITE, &everyone);
    ok(!granted_of(&object, token, RIGHT_WRITE), "denied first\n");
    ok(granted_of(&object, token, RIGHT_READ) == RIGHT_READ, "not denied\n");

    /* MS-DTYP 2.5.3.2 */
    object.descriptor.Dacl = NULL;
    ok(granted_of(&object, token, RIGHT_READ | RIGHT_WRITE) == (RIGHT_READ | RIGHT_WRITE), "no DACL denies\n");
    CloseHandle(token);
}

/* The error of a call that cannot be decided. */
static DWORD error_of(struct object *object, HANDLE token, DWORD desired, DWORD *length)
{
    PRIVILEGE_SET privileges;
    BOOL status, ret;
    DWORD granted;

    SetLastError(0xdeadbeef);
    ret = AccessCheck(&object->descriptor, token, desired, &mapping, &privileges, length, &granted, &status);
    return ret ? ERROR_SUCCESS : GetLastError();
}

static void test_errors(void)
{
    HANDLE token = open_copy(TokenImpersonation, SecurityIdentification);
    HANDLE primary = open_copy(TokenPrimary, SecurityImpersonation);
    HANDLE anonymous = open_copy(TokenImpersonation, SecurityAnonymous);
    DWORD length = sizeof(PRIVILEGE_SET), small = 0, error;
    struct object object;

    make_object(&object);
    /* K3.4.1 */
    error = error_of(&object, token, GENERIC_READ, &length);
    ok(error == ERROR_GENERIC_NOT_MAPPED, "got %lu\n", error);
    error = error_of(&object, primary, RIGHT_READ, &length);
    ok(error == ERROR_NO_IMPERSONATION_TOKEN, "got %lu\n", error);
    error = error_of(&object, anonymous, RIGHT_READ, &length);
    ok(error == ERROR_BAD_IMPERSONATION_LEVEL, "got %lu\n", error);
    error = error_of(&object, NULL, RIGHT_READ, &length);
    ok(error == ERROR_INVALID_HANDLE, "got %lu\n", error);
    error = error_of(&object, token, RIGHT_READ, &small);
    ok(error == ERROR_INSUFFICIENT_BUFFER && small == sizeof(PRIVILEGE_SET), "got %lu, length %lu\n", error, small);
    object.descriptor.Owner = NULL;
    error = error_of(&object, token, RIGHT_READ, &length);
    ok(error == ERROR_INVALID_SECURITY_DESCR, "got %lu\n", error);
    CloseHandle(token);
    CloseHandle(primary);
    CloseHandle(anonymous);
}

START_TEST(access_check)
{
    test_decisions();
    test_errors();
}
