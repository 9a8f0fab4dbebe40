/*
 * Logon sessions (S2.18.6): which there are, and what is known of one. They are those of this process.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"
#include "dlls/secur32/lsa.h"
#include "ntoskrnl/out.h"

#define NEVER INT64_MAX

static bool same_luid(LUID a, LUID b)
{
    return a.LowPart == b.LowPart && a.HighPart == b.HighPart;
}

static const LUID system_session = {0x3e7, 0};

/***********************************************************************
 *           LsaEnumerateLogonSessions (SECUR32.@)
 *
 * The ids of all sessions, freed with LsaFreeReturnBuffer. Anybody may ask. STATUS_INVALID_PARAMETER: a pointer is NULL;
 * STATUS_NO_MEMORY.
 */
NTSTATUS NTAPI LsaEnumerateLogonSessions(PULONG count, PLUID *list)
{
    size_t room, found;
    LUID *ids;

    if (!sec_core_matches()) return STATUS_INTERNAL_ERROR;
    if (!count || !list) return STATUS_INVALID_PARAMETER;
    for (room = guise_list_sessions(NULL, 0);; room = found)
    {
        if (!(ids = out_block(room * sizeof(*ids)))) return STATUS_NO_MEMORY;
        if ((found = guise_list_sessions(ids, room)) <= room) break;
        out_free(ids);
    }
    *count = (ULONG)found;
    out_ptr(list, ids);
    return STATUS_SUCCESS;
}

/* ---- one session --------------------------------------------------------------------------------------------------- */

/* Names of a session that no logon named: those of the process's own Unix account. */
struct names
{
    WCHAR *user, *domain;
};

static void free_names(struct names *names)
{
    guise_free(names->user);
    guise_free(names->domain);
}

static NTSTATUS widen(const char *text, WCHAR **wide)
{
    SECURITY_STATUS status = sec_wide_from_ansi(text, strlen(text), wide, NULL);

    return status == SEC_E_OK                    ? STATUS_SUCCESS
           : status == SEC_E_INSUFFICIENT_MEMORY ? STATUS_NO_MEMORY
                                                 : STATUS_UNSUCCESSFUL;
}

/* A user that NSS does not know has no name: that is no error here. */
static NTSTATUS find_names(const struct guise_session *session, struct names *names)
{
    const struct guise_names *machine;
    struct unix_account *account;
    NTSTATUS status;

    if (session->user_name || !session->has_uid) return STATUS_SUCCESS;
    if ((status = guise_get_names(&machine))) return status;
    status = guise_account_by_uid(session->uid, &account);
    if (status) return status == STATUS_NO_SUCH_USER ? STATUS_SUCCESS : status;
    status = widen(account->name, &names->user);
    if (!status) status = widen(machine->account_domain, &names->domain);
    guise_account_free(account);
    return status;
}

static size_t sid_size(const SID *sid)
{
    return sid ? offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(sid->SubAuthority[0]) : 0;
}

/* A copy of SID at *ROOM, which moves on. */
static void put_sid(UCHAR **room, PSID *slot, const SID *sid)
{
    if (!sid) return;
    out_ptr(slot, (PSID)memcpy(*room, sid, sid_size(sid)));
    *room += sid_size(sid);
}

static void fill_times(SECURITY_LOGON_SESSION_DATA *data, const struct guise_account_times *times)
{
    data->LogoffTime.QuadPart = times->logoff;
    data->KickOffTime.QuadPart = times->kickoff;
    data->PasswordLastSet.QuadPart = times->password_set;
    data->PasswordCanChange.QuadPart = times->password_can_change;
    data->PasswordMustChange.QuadPart = times->password_must_change;
}

static NTSTATUS describe(const struct guise_session *session, const struct names *names,
                         SECURITY_LOGON_SESSION_DATA **out)
{
    const WCHAR *user = session->user_name ? session->user_name : names->user;
    const WCHAR *domain = session->user_name ? session->domain_name : names->domain;
    SECURITY_LOGON_SESSION_DATA *data;
    UCHAR *room;

    if (!(data = out_block(sizeof(*data) + sid_size(session->user) + lsa_text_size(user) + lsa_text_size(domain) +
                           lsa_text_size(session->package) + lsa_text_size(session->server) +
                           lsa_text_size(session->dns_domain) + lsa_text_size(session->upn))))
        return STATUS_NO_MEMORY;
    data->Size = sizeof(*data);
    data->LogonId = session->id;
    data->LogonType = session->type;
    data->LogonTime.QuadPart = session->start;
    data->LogoffTime.QuadPart = data->KickOffTime.QuadPart = NEVER;
    data->PasswordMustChange.QuadPart = NEVER;
    if (session->has_times) fill_times(data, &session->times);
    room = (UCHAR *)(data + 1);
    put_sid(&room, &data->Sid, session->user);
    lsa_put_text(&room, &data->UserName, user);
    lsa_put_text(&room, &data->LogonDomain, domain);
    lsa_put_text(&room, &data->AuthenticationPackage, session->package);
    lsa_put_text(&room, &data->LogonServer, session->server);
    lsa_put_text(&room, &data->DnsDomainName, session->dns_domain);
    lsa_put_text(&room, &data->Upn, session->upn);
    *out = data;
    return STATUS_SUCCESS;
}

/* S2.18.6: of the system's own session nothing is told but which it is. */
static NTSTATUS describe_system(SECURITY_LOGON_SESSION_DATA **out)
{
    SECURITY_LOGON_SESSION_DATA *data = out_block(sizeof(*data));

    if (!data) return STATUS_NO_MEMORY;
    data->Size = sizeof(*data);
    data->LogonId = system_session;
    *out = data;
    return STATUS_SUCCESS;
}

static bool may_see(const struct guise_caller *caller, const struct guise_session *session)
{
    if (caller->administrator || same_luid(caller->session, session->id)) return true;
    return !caller->nameless && session->user && sid_size(session->user) == sid_size((const SID *)caller->user) &&
           !memcmp(session->user, caller->user, sid_size(session->user));
}

/***********************************************************************
 *           LsaGetLogonSessionData (SECUR32.@)
 *
 * What is known of a session, for its owner and for administrators, in one block freed with LsaFreeReturnBuffer.
 * STATUS_ACCESS_DENIED; STATUS_NO_SUCH_LOGON_SESSION; STATUS_INVALID_PARAMETER: a pointer is NULL; STATUS_NO_MEMORY.
 */
NTSTATUS NTAPI LsaGetLogonSessionData(PLUID id, PSECURITY_LOGON_SESSION_DATA *out)
{
    SECURITY_LOGON_SESSION_DATA *data;
    struct names names = {NULL, NULL};
    struct guise_session session;
    struct guise_caller caller;
    NTSTATUS status;

    if (!sec_core_matches()) return STATUS_INTERNAL_ERROR;
    if (!id || !out) return STATUS_INVALID_PARAMETER;
    if ((status = guise_query_caller(&caller)) || (status = guise_find_session(*id, &session))) return status;
    if (!may_see(&caller, &session)) status = STATUS_ACCESS_DENIED;
    else if (same_luid(session.id, system_session)) status = describe_system(&data);
    else if (!(status = find_names(&session, &names))) status = describe(&session, &names, &data);
    free_names(&names);
    guise_release_session(&session);
    if (!status) out_ptr(out, data);
    return status;
}

static NTSTATUS describe_user(const struct guise_session *session, const struct names *names, SECURITY_USER_DATA **out)
{
    const WCHAR *user = session->user_name ? session->user_name : names->user;
    const WCHAR *domain = session->user_name ? session->domain_name : names->domain;
    SECURITY_USER_DATA *data;
    UCHAR *room;

    if (!(data = out_block(sizeof(*data) + sid_size(session->user) + lsa_text_size(user) + lsa_text_size(domain) +
                           lsa_text_size(session->server))))
        return STATUS_NO_MEMORY;
    room = (UCHAR *)(data + 1);
    put_sid(&room, &data->pSid, session->user);
    lsa_put_text(&room, &data->UserName, user);
    lsa_put_text(&room, &data->LogonDomainName, domain);
    lsa_put_text(&room, &data->LogonServer, session->server);
    *out = data;
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           GetSecurityUserInfo (SECUR32.@)
 *
 * The user of a session, or of the calling thread's for NULL; freed with LsaFreeReturnBuffer. FLAGS mean nothing (S1.2.4). It
 * is told to whom LsaGetLogonSessionData tells more. STATUS_NO_SUCH_LOGON_SESSION; STATUS_ACCESS_DENIED;
 * STATUS_INVALID_PARAMETER; STATUS_NO_MEMORY.
 */
NTSTATUS NTAPI GetSecurityUserInfo(PLUID id, ULONG flags, PSecurityUserData *out)
{
    struct names names = {NULL, NULL};
    struct guise_session session;
    struct guise_caller caller;
    SECURITY_USER_DATA *data;
    NTSTATUS status;

    (void)flags;
    if (!sec_core_matches()) return STATUS_INTERNAL_ERROR;
    if (!out) return STATUS_INVALID_PARAMETER;
    if ((status = guise_query_caller(&caller))) return status;
    if ((status = guise_find_session(id ? *id : caller.session, &session))) return status;
    if (!may_see(&caller, &session)) status = STATUS_ACCESS_DENIED;
    else if (!(status = find_names(&session, &names))) status = describe_user(&session, &names, &data);
    free_names(&names);
    guise_release_session(&session);
    if (!status) out_ptr(out, data);
    return status;
}
