/*
 * The table of design 5.1: which capabilities stand for which privilege.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <linux/capability.h>

#include "ntoskrnl/unix/caps.h"

#define BIT(capability) (UINT64_C(1) << (capability))

const struct privilege_capability privilege_capabilities[] = {
    {SE_CHANGE_NOTIFY_PRIVILEGE, 0},
    {SE_IMPERSONATE_PRIVILEGE, BIT(CAP_SETUID) | BIT(CAP_SETGID)},
    {SE_ASSIGNPRIMARYTOKEN_PRIVILEGE, BIT(CAP_SETUID) | BIT(CAP_SETGID)},
    {SE_BACKUP_PRIVILEGE, BIT(CAP_DAC_READ_SEARCH)},
    {SE_RESTORE_PRIVILEGE, BIT(CAP_DAC_OVERRIDE) | BIT(CAP_CHOWN) | BIT(CAP_FOWNER)},
    {SE_TAKE_OWNERSHIP_PRIVILEGE, BIT(CAP_CHOWN)},
    {SE_TCB_PRIVILEGE, BIT(CAP_SYS_ADMIN)},
    {SE_CREATE_TOKEN_PRIVILEGE, BIT(CAP_SYS_ADMIN)},
    {SE_DEBUG_PRIVILEGE, BIT(CAP_SYS_PTRACE)},
    {SE_SECURITY_PRIVILEGE, BIT(CAP_AUDIT_CONTROL)},
    {SE_AUDIT_PRIVILEGE, BIT(CAP_AUDIT_WRITE)},
    {SE_LOAD_DRIVER_PRIVILEGE, BIT(CAP_SYS_MODULE)},
    {SE_SHUTDOWN_PRIVILEGE, BIT(CAP_SYS_BOOT)},
    {SE_SYSTEMTIME_PRIVILEGE, BIT(CAP_SYS_TIME)},
    {SE_LOCK_MEMORY_PRIVILEGE, BIT(CAP_IPC_LOCK)},
    {SE_INC_BASE_PRIORITY_PRIVILEGE, BIT(CAP_SYS_NICE)},
    {SE_SYSTEM_ENVIRONMENT_PRIVILEGE, BIT(CAP_SYS_ADMIN)},
    {SE_MANAGE_VOLUME_PRIVILEGE, BIT(CAP_SYS_ADMIN)},
};

const size_t privilege_capability_count = sizeof(privilege_capabilities) / sizeof(privilege_capabilities[0]);

uint64_t capabilities_of_privilege(ULONG privilege)
{
    for (size_t i = 0; i < privilege_capability_count; i++)
    {
        if (privilege_capabilities[i].privilege == privilege) return privilege_capabilities[i].capabilities;
    }
    return 0;
}
