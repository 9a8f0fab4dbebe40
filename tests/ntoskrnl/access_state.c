/*
 * What an access state says of the token behind it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"

#define CHANGE_NOTIFY 23

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};

static ULONG state_flags(void)
{
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    ULONG flags;
    NTSTATUS status = SeCreateAccessState(&state, &aux, 1, &mapping);

    ok(!status, "got %#x\n", status); /* DDI SeSetAccessStateGenericMapping */
    flags = state.Flags;
    SeDeleteAccessState(&state);
    return flags;
}

/* The flags while the thread impersonates TOKEN, whose last reference goes; ~0: it cannot. */
static ULONG flags_of(PACCESS_TOKEN token, SECURITY_IMPERSONATION_LEVEL level)
{
    ULONG flags = ~0u;

    if (!PsImpersonateClient(PsGetCurrentThread(), token, FALSE, FALSE, level)) flags = state_flags();
    PsRevertToSelf();
    ObDereferenceObject(token);
    return flags;
}

START_TEST(access_state)
{
    TOKEN_PRIVILEGES off = {1, {{{CHANGE_NOTIFY, 0}, 0}}};
    TOKEN_GROUPS world = {1, {{&everyone, 0}}};
    PACCESS_TOKEN self = self_token(SecurityIdentification), restricted;
    HANDLE handle = token_handle(self);
    NTSTATUS status;
    ULONG flags;

    /* K2.9.4, K7.4.1 */
    flags = state_flags();
    ok((flags & (TOKEN_HAS_TRAVERSE_PRIVILEGE | TOKEN_IS_RESTRICTED)) == TOKEN_HAS_TRAVERSE_PRIVILEGE, "got %#x\n", flags);
    status = SeFilterToken(self, 0, NULL, NULL, &world, &restricted);
    ok(!status, "got %#x\n", status);
    flags = flags_of(restricted, SecurityIdentification);
    ok(flags != ~0u && flags & TOKEN_IS_RESTRICTED && flags & TOKEN_HAS_TRAVERSE_PRIVILEGE, "got %#x\n", flags);

    /* K2.9.4: not if it is disabled */
    status = NtAdjustPrivilegesToken(handle, FALSE, &off, 0, NULL, NULL);
    ok(!status, "got %#x\n", status);
    flags = flags_of(self, SecurityIdentification);
    ok(!(flags & (TOKEN_HAS_TRAVERSE_PRIVILEGE | TOKEN_IS_RESTRICTED)), "got %#x\n", flags);
    NtClose(handle);
}
