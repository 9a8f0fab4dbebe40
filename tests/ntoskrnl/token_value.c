/*
 * The helpers of token_value.h.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "token_value.h"

void *token_value(HANDLE token, TOKEN_INFORMATION_CLASS class)
{
    ULONG length = 0;
    void *value;
    NTSTATUS status;

    NtQueryInformationToken(token, class, NULL, 0, &length);
    value = malloc(length + 1);
    status = NtQueryInformationToken(token, class, value, length, &length);
    ok(!status, "class %d: got %#x\n", class, status); /* DDI NtQueryInformationToken */
    return value;
}

DWORD group_attributes(HANDLE token, PSID sid)
{
    TOKEN_GROUPS *groups = token_value(token, TokenGroups);
    DWORD i, attributes = ~0u;

    for (i = 0; i < groups->GroupCount; i++)
        if (RtlEqualSid(groups->Groups[i].Sid, sid)) attributes = groups->Groups[i].Attributes;
    free(groups);
    return attributes;
}
