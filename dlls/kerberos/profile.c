/*
 * What a logon tells of its account.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/kerberos/logon.h"
#include "ntoskrnl/out.h"

/* Nothing but when: what a name alone says. */
static void fill_unknown(KERB_INTERACTIVE_PROFILE *profile)
{
    profile->LogonTime.QuadPart = krb_now();
    profile->LogoffTime.QuadPart = profile->KickOffTime.QuadPart = profile->PasswordMustChange.QuadPart = KRB_NEVER;
}

static void fill(KERB_INTERACTIVE_PROFILE *profile, const struct pac_logon *logon)
{
    UCHAR *room = (UCHAR *)(profile + 1);

    profile->LogonCount = logon->logon_count;
    profile->BadPasswordCount = logon->bad_password_count;
    profile->LogonTime.QuadPart = logon->logon_time;
    profile->LogoffTime.QuadPart = logon->logoff_time;
    profile->KickOffTime.QuadPart = logon->kickoff_time;
    profile->PasswordLastSet.QuadPart = logon->password_last_set;
    profile->PasswordCanChange.QuadPart = logon->password_can_change;
    profile->PasswordMustChange.QuadPart = logon->password_must_change;
    profile->UserFlags = logon->user_flags;
    lsa_put_text(&room, &profile->LogonScript, logon->script);
    lsa_put_text(&room, &profile->HomeDirectory, logon->home);
    lsa_put_text(&room, &profile->FullName, logon->full_name);
    lsa_put_text(&room, &profile->ProfilePath, logon->profile);
    lsa_put_text(&room, &profile->HomeDirectoryDrive, logon->home_drive);
    lsa_put_text(&room, &profile->LogonServer, logon->logon_server);
}

static size_t texts_size(const struct pac_logon *logon)
{
    return lsa_text_size(logon->script) + lsa_text_size(logon->home) + lsa_text_size(logon->full_name) + lsa_text_size(logon->profile) +
           lsa_text_size(logon->home_drive) + lsa_text_size(logon->logon_server);
}

NTSTATUS krb_make_profile(const struct krb_client *client, struct lsa_logon_result *result)
{
    struct pac_logon *logon = NULL;
    KERB_INTERACTIVE_PROFILE *profile;
    size_t size = sizeof(*profile);
    NTSTATUS status = krb_has_logon(client) ? pac_read(client->pac, client->pac_size, &logon) : STATUS_SUCCESS;

    if (status) return status;
    if (logon) size += texts_size(logon);
    if ((profile = out_block(size)))
    {
        profile->MessageType = KerbInteractiveProfile;
        if (logon) fill(profile, logon);
        else fill_unknown(profile);
        result->profile = profile;
        result->profile_size = (ULONG)size;
    }
    pac_free(logon);
    return profile ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}
