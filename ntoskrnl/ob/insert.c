/*
 * New objects: what their maker may have of them, and their first handle. Objects have no names here, as there is no
 * directory to hold one; what looks a name up, or brings one, gets the failure that Windows has for that.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ob/insert.h"
#include "ntoskrnl/ob/mode.h"

NTSTATUS object_creator_access(const struct _OBJECT_TYPE *type, struct token *caller, ACCESS_MASK desired,
                               ACCESS_MASK existing, ACCESS_MASK *granted)
{
    ACCESS_MASK all = type->mapping.GenericAll;

    *granted = desired ? access_map_generic(desired, &type->mapping) : existing;
    if (*granted & MAXIMUM_ALLOWED) *granted = (*granted & ~MAXIMUM_ALLOWED) | all;
    if (*granted & ~existing & ACCESS_SYSTEM_SECURITY && previous_mode() == UserMode &&
        !token_privilege_enabled(caller, SE_SECURITY_PRIVILEGE))
        return STATUS_PRIVILEGE_NOT_HELD;
    return *granted & ~(all | ACCESS_SYSTEM_SECURITY) ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

NTSTATUS object_name_check(const UNICODE_STRING *name)
{
    NTSTATUS status = name && name->Length ? object_name_lookup(name) : STATUS_SUCCESS;

    return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_OBJECT_PATH_NOT_FOUND : status;
}

NTSTATUS object_name_lookup(const UNICODE_STRING *name)
{
    size_t units, i;

    if (!name || !name->Length || !name->Buffer || name->Length % sizeof(WCHAR)) return STATUS_OBJECT_NAME_INVALID;
    if (name->Buffer[0] != '\\') return STATUS_OBJECT_PATH_SYNTAX_BAD;
    units = name->Length / sizeof(WCHAR);
    for (i = 1; i < units && name->Buffer[i] != '\\'; i++) continue;
    return i < units ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
}
