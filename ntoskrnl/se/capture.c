/*
 * Copies of descriptors that a caller may change meanwhile.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/rtl/sd.h"

/***********************************************************************
 *           SeCaptureSecurityDescriptor (NTOSKRNL.@)
 *
 * A self-relative copy in pool memory, given back with SeReleaseSecurityDescriptor and the same MODE and CAPTURE_IF_KERNEL.
 * In KernelMode without CAPTURE_IF_KERNEL the descriptor itself; NULL stays NULL. STATUS_UNKNOWN_REVISION, STATUS_INVALID_SID,
 * STATUS_INVALID_ACL, STATUS_INVALID_SECURITY_DESCR, STATUS_NO_MEMORY. Exported without a page.
 */
NTSTATUS SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, KPROCESSOR_MODE mode, POOL_TYPE pool,
                                     BOOLEAN capture_if_kernel, PSECURITY_DESCRIPTOR *captured)
{
    NTSTATUS status;
    struct sd sd;

    (void)pool;
    *captured = mode == KernelMode && !capture_if_kernel ? descriptor : NULL;
    if (!descriptor || *captured) return STATUS_SUCCESS;
    if ((status = sd_read(descriptor, &sd))) return status;
    *captured = sd_make(&sd);
    return *captured ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/***********************************************************************
 *           SeReleaseSecurityDescriptor (NTOSKRNL.@)
 */
NTSTATUS SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR captured, KPROCESSOR_MODE mode, BOOLEAN capture_if_kernel)
{
    if (mode != KernelMode || capture_if_kernel) guise_free(captured);
    return STATUS_SUCCESS;
}
