/*
 * Logons with MSV1_0's requests: a password, a challenge and its responses, or nothing but a privileged caller's word.
 *
 * The judgement is that of the acceptor: the same sources of accounts, the same proofs, lock-out and time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/accounts.h"
#include "dlls/msv1_0/logon.h"
#include "ntoskrnl/out.h"

/* ---- what all of them do ------------------------------------------------------------------------------------------ */

NTSTATUS logon_open(struct package_credential **credential)
{
    const struct acquire_request request = {.use = SECPKG_CRED_INBOUND};
    TimeStamp expiry;
    SECURITY_STATUS status = ntlm_acquire_credential(&request, credential, &expiry);

    if (!status && (status = ntlm_need_names(*credential))) ntlm_free_credential(*credential);
    switch (status)
    {
    case SEC_E_OK: return STATUS_SUCCESS;
    case SEC_E_INSUFFICIENT_MEMORY: return STATUS_NO_MEMORY;
    case SEC_E_NO_CREDENTIALS:
    case SEC_E_NO_AUTHENTICATING_AUTHORITY: return STATUS_NO_LOGON_SERVERS;
    default: return STATUS_INTERNAL_ERROR;
    }
}

NTSTATUS logon_read_text(const struct lsa_buffer *request, const UNICODE_STRING *string, struct ntlm_text *text)
{
    const UCHAR *bytes;

    if (!lsa_find(request, string->Buffer, string->Length, &bytes)) return STATUS_INVALID_PARAMETER;
    switch (ntlm_text_from_wire(text, (struct wire_span){bytes, string->Length}, true))
    {
    case SEC_E_OK: return STATUS_SUCCESS;
    case SEC_E_INSUFFICIENT_MEMORY: return STATUS_NO_MEMORY;
    default: return STATUS_INVALID_PARAMETER; /* an odd length, a NUL inside */
    }
}

NTSTATUS logon_hash_password(const struct lsa_buffer *request, const UNICODE_STRING *string, UCHAR hash[NTLM_KEY_SIZE])
{
    const UCHAR *bytes;
    WCHAR *password;
    bool ok;

    if (string->Length % sizeof(WCHAR)) return STATUS_INVALID_PARAMETER;
    if (!lsa_find(request, string->Buffer, string->Length, &bytes)) return STATUS_INVALID_PARAMETER;
    if (!(password = guise_alloc(string->Length + 1))) return STATUS_NO_MEMORY;
    memcpy(password, bytes, string->Length); /* it may lie at any address */
    ok = ntlm_ntowf_v1(password, string->Length / sizeof(WCHAR), hash);
    guise_free_secret(password, string->Length);
    return ok ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static NTSTATUS authorise(struct package_credential *credential, const struct ntlm_logon *proved,
                          const struct lsa_logon *logon, bool asserted, struct lsa_logon_result *result)
{
    const struct guise_logon_kind kind = lsa_logon_kind(logon, !asserted);
    const struct ntlm_token_request request = {.kind = &kind,
                                               .source = logon->source->SourceName,
                                               .level = SecurityImpersonation,
                                               .asserted = asserted};

    return lsa_refuse(credential->accounts->ops->authorise(credential->accounts, proved, &request, &result->token), result);
}

/* ---- profiles ------------------------------------------------------------------------------------------------------ */

/* FILETIME of seconds since 1970. */
static LONGLONG filetime(LONGLONG seconds)
{
    return (seconds + 11644473600ll) * 10000000;
}

static LONGLONG end_of(const struct sam_account *account)
{
    return account->expires ? filetime(account->expires) : NTLM_NEVER;
}

/* A domain's user has his domain's; a password of the store has no end of its own. */
static struct guise_account_times times_of(const struct ntlm_logon *proved)
{
    const LONGLONG end = end_of(&proved->account), set = filetime(proved->account.password_set);

    if (proved->domain) return proved->domain->times;
    return (struct guise_account_times){
        .logoff = end, .kickoff = end, .password_set = set, .password_can_change = set, .password_must_change = NTLM_NEVER};
}

static NTSTATUS interactive_profile(const struct ntlm_names *names, const struct ntlm_logon *proved,
                                    struct lsa_logon_result *result)
{
    size_t size = sizeof(MSV1_0_INTERACTIVE_PROFILE) + lsa_text_size(names->computer.text);
    const struct guise_account_times times = times_of(proved);
    MSV1_0_INTERACTIVE_PROFILE *profile = out_block(size);
    UCHAR *room = (UCHAR *)(profile + 1);

    if (!profile) return STATUS_NO_MEMORY;
    profile->MessageType = MsV1_0InteractiveProfile;
    profile->LogonTime.QuadPart = (LONGLONG)ntlm_now();
    profile->LogoffTime.QuadPart = times.logoff;
    profile->KickOffTime.QuadPart = times.kickoff;
    profile->PasswordLastSet.QuadPart = times.password_set;
    profile->PasswordCanChange.QuadPart = times.password_can_change;
    profile->PasswordMustChange.QuadPart = times.password_must_change;
    lsa_put_text(&room, &profile->LogonServer, names->computer.text);
    result->profile = profile;
    result->profile_size = (ULONG)size;
    return STATUS_SUCCESS;
}

static NTSTATUS network_profile(const struct ntlm_names *names, const struct ntlm_logon *proved, bool v2,
                                struct lsa_logon_result *result)
{
    const struct guise_account_times times = times_of(proved);
    MSV1_0_LM20_LOGON_PROFILE *profile = NULL;
    struct ntlm_text domain = {NULL, 0};
    size_t size;
    UCHAR *room;

    if (!ntlm_logon_domain(proved, names, &domain)) return STATUS_NO_MEMORY;
    size = sizeof(*profile) + lsa_text_size(domain.text) + lsa_text_size(names->computer.text);
    if (!(profile = out_block(size)))
    {
        ntlm_text_free(&domain);
        return STATUS_NO_MEMORY;
    }
    room = (UCHAR *)(profile + 1);
    profile->MessageType = MsV1_0Lm20LogonProfile;
    profile->LogoffTime.QuadPart = times.logoff;
    profile->KickOffTime.QuadPart = times.kickoff;
    profile->UserFlags = v2 ? LOGON_NTLMV2_ENABLED | LOGON_NT_V2 : 0;
    memcpy(profile->UserSessionKey, proved->session_base_key, sizeof(profile->UserSessionKey));
    lsa_put_text(&room, &profile->LogonDomainName, domain.text);
    ntlm_text_free(&domain);
    lsa_put_text(&room, &profile->LogonServer, names->computer.text);
    result->profile = profile;
    result->profile_size = (ULONG)size;
    return STATUS_SUCCESS;
}

/* ---- a password ---------------------------------------------------------------------------------------------------- */

static NTSTATUS prove_password(struct package_credential *credential, const struct lsa_logon *logon,
                               const struct ntlm_attempt *attempt, struct lsa_logon_result *result)
{
    struct account_source *accounts = credential->accounts;
    struct ntlm_logon proved = {0};
    NTSTATUS status = accounts->ops->prove(accounts, attempt, &proved);

    if (!status) status = authorise(credential, &proved, logon, false, result);
    if (!status) status = interactive_profile(&credential->names, &proved, result);
    ntlm_wipe_logon(&proved);
    return status;
}

static NTSTATUS log_on_with_password(struct package_credential *credential, const struct lsa_logon *logon,
                                     struct lsa_logon_result *result)
{
    struct ntlm_text user = {NULL, 0}, domain = {NULL, 0};
    MSV1_0_INTERACTIVE_LOGON message;
    UCHAR hash[NTLM_KEY_SIZE];
    const struct ntlm_attempt attempt = {.user = &user, .domain = &domain, .nt_hash = hash};
    NTSTATUS status;

    if (!lsa_is_logon_type(logon->type)) return STATUS_INVALID_LOGON_TYPE;
    if (!lsa_read(logon->request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    if (!(status = logon_read_text(logon->request, &message.UserName, &user)) &&
        !(status = logon_read_text(logon->request, &message.LogonDomainName, &domain)) &&
        !(status = logon_hash_password(logon->request, &message.Password, hash)))
        status = prove_password(credential, logon, &attempt, result);
    crypto_wipe(hash, sizeof(hash));
    ntlm_text_free(&user);
    ntlm_text_free(&domain);
    return status;
}

/* ---- responses to a challenge -------------------------------------------------------------------------------------- */

/* What changes nothing here: there are no guests, no trust accounts, no other domains, no statistics. */
#define LM20_FLAGS \
    (MSV1_0_CLEARTEXT_PASSWORD_ALLOWED | MSV1_0_UPDATE_LOGON_STATISTICS | MSV1_0_RETURN_USER_PARAMETERS | \
     MSV1_0_DONT_TRY_GUEST_ACCOUNT | MSV1_0_ALLOW_SERVER_TRUST_ACCOUNT | MSV1_0_RETURN_PASSWORD_EXPIRY | \
     MSV1_0_USE_CLIENT_CHALLENGE | MSV1_0_RETURN_PROFILE_PATH | MSV1_0_TRY_SPECIFIED_DOMAIN_ONLY | \
     MSV1_0_ALLOW_WORKSTATION_TRUST_ACCOUNT | MSV1_0_DISABLE_PERSONAL_FALLBACK)

struct answer
{
    struct ntlm_v2_response v2;
    struct ntlm_v1_proof v1;
    bool is_v1;
};

/* The version is told by the length (MS-NLMP 2.2.1.3); LM alone is not asked for here. */
static NTSTATUS read_answer(const struct ntlm_policy *policy, const struct lsa_buffer *request,
                            const MSV1_0_LM20_LOGON *message, struct answer *answer)
{
    const STRING *nt = &message->CaseSensitiveChallengeResponse, *lm = &message->CaseInsensitiveChallengeResponse;
    const UCHAR *nt_bytes, *lm_bytes;

    if (!lsa_find(request, nt->Buffer, nt->Length, &nt_bytes) || !lsa_find(request, lm->Buffer, lm->Length, &lm_bytes))
        return STATUS_INVALID_PARAMETER;
    if (nt->Length > NTLM_V1_RESPONSE_SIZE)
        return ntlm_parse_v2_response((struct wire_span){nt_bytes, nt->Length}, &answer->v2) ? STATUS_SUCCESS
                                                                                              : STATUS_LOGON_FAILURE;
    if (nt->Length != NTLM_V1_RESPONSE_SIZE || !policy->accept_v1) return STATUS_LOGON_FAILURE;
    answer->is_v1 = true;
    answer->v1.nt = nt_bytes;
    if (!(message->ParameterControl & MSV1_0_USE_CLIENT_CHALLENGE)) return STATUS_SUCCESS;
    if (lm->Length < NTLM_CHALLENGE_SIZE) return STATUS_INVALID_PARAMETER;
    answer->v1.client_challenge = lm_bytes;
    return STATUS_SUCCESS;
}

/* S4.9.3, after the proof that covers it. */
static NTSTATUS check_time(const struct ntlm_policy *policy, const struct answer *answer)
{
    ULONGLONG now = ntlm_now(), then = answer->v2.timestamp;

    if (answer->is_v1) return STATUS_SUCCESS;
    return (now > then ? now - then : then - now) > policy->max_skew ? STATUS_LOGON_FAILURE : STATUS_SUCCESS;
}

/* S4.9.2. No program can say here which channel the responses came through: where that is required, none of them is good. */
static NTSTATUS check_policy(const struct package_credential *credential, const struct answer *answer)
{
    if (credential->policy.channel_bindings == CHECK_REQUIRED) return STATUS_LOGON_FAILURE;
    return ntlm_target_passes(credential, &answer->v2.pairs) ? STATUS_SUCCESS : STATUS_LOGON_FAILURE;
}

static NTSTATUS prove_answer(struct package_credential *credential, const struct lsa_logon *logon,
                             const struct ntlm_attempt *attempt, const struct answer *answer,
                             struct lsa_logon_result *result)
{
    struct account_source *accounts = credential->accounts;
    struct ntlm_logon proved = {0};
    NTSTATUS status = accounts->ops->prove(accounts, attempt, &proved);

    if (!status) status = check_time(&credential->policy, answer);
    if (!status) status = check_policy(credential, answer);
    if (!status) status = authorise(credential, &proved, logon, false, result);
    if (!status) status = network_profile(&credential->names, &proved, !answer->is_v1, result);
    ntlm_wipe_logon(&proved);
    return status;
}

/* Nobody in particular comes in here: a null session is AcceptSecurityContext's. */
static NTSTATUS log_on_with_answer(struct package_credential *credential, const struct lsa_logon *logon,
                                   struct lsa_logon_result *result)
{
    struct ntlm_text user = {NULL, 0}, domain = {NULL, 0};
    struct answer answer = {.is_v1 = false};
    MSV1_0_LM20_LOGON message;
    struct ntlm_attempt attempt = {.user = &user, .domain = &domain, .server_challenge = message.ChallengeToClient};
    NTSTATUS status;

    if (logon->type != Network) return STATUS_INVALID_LOGON_TYPE;
    if (!lsa_read(logon->request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    if (message.ParameterControl & ~LM20_FLAGS) return STATUS_INVALID_PARAMETER;
    if (!(status = logon_read_text(logon->request, &message.UserName, &user)) &&
        !(status = logon_read_text(logon->request, &message.LogonDomainName, &domain)) &&
        !(status = read_answer(&credential->policy, logon->request, &message, &answer)))
    {
        attempt.response = answer.is_v1 ? NULL : &answer.v2;
        attempt.v1 = answer.is_v1 ? &answer.v1 : NULL;
        status = prove_answer(credential, logon, &attempt, &answer, result);
    }
    ntlm_text_free(&user);
    ntlm_text_free(&domain);
    return status;
}

/* ---- a privileged caller's word ------------------------------------------------------------------------------------ */

static NTSTATUS assert_user(struct package_credential *credential, const struct lsa_logon *logon,
                            const struct ntlm_text *user, const struct ntlm_text *domain,
                            struct lsa_logon_result *result)
{
    struct account_source *accounts = credential->accounts;
    struct ntlm_logon meant = {0};
    NTSTATUS status;

    if (!accounts->ops->find) return STATUS_NOT_SUPPORTED;
    if (!(status = accounts->ops->find(accounts, user, domain, &meant)) &&
        !(status = authorise(credential, &meant, logon, true, result)))
        status = interactive_profile(&credential->names, &meant, result);
    ntlm_wipe_logon(&meant);
    return status;
}

/*
 * S4U: a token of somebody who proved nothing. Only for who could make any token: SeTcbPrivilege in the primary token, on a
 * connection that was registered with it. Windows gives others one of level Identification (S2.18.1).
 */
static NTSTATUS log_on_by_word(struct package_credential *credential, const struct lsa_logon *logon,
                               struct lsa_logon_result *result)
{
    struct ntlm_text user = {NULL, 0}, domain = {NULL, 0};
    MSV1_0_S4U_LOGON message;
    NTSTATUS status;

    if (!logon->trusted) return STATUS_PRIVILEGE_NOT_HELD; /* whoever asks */
    if (logon->type != Network && logon->type != Batch) return STATUS_INVALID_LOGON_TYPE;
    if (!lsa_read(logon->request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    if (message.Flags & ~(ULONG)MSV1_0_S4U_LOGON_FLAG_CHECK_LOGONHOURS) return STATUS_INVALID_PARAMETER;
    if (!(status = logon_read_text(logon->request, &message.UserPrincipalName, &user)) &&
        !(status = logon_read_text(logon->request, &message.DomainName, &domain)))
        status = assert_user(credential, logon, &user, &domain, result);
    ntlm_text_free(&user);
    ntlm_text_free(&domain);
    return status;
}

/* ---- the package --------------------------------------------------------------------------------------------------- */

typedef NTSTATUS (*log_on)(struct package_credential *credential, const struct lsa_logon *logon,
                           struct lsa_logon_result *result);

static const struct
{
    MSV1_0_LOGON_SUBMIT_TYPE type;
    bool for_trusted;
    log_on log_on;
} requests[] = {
    {MsV1_0InteractiveLogon, false, log_on_with_password},
    {MsV1_0Lm20Logon, false, log_on_with_answer},
    {MsV1_0NetworkLogon, false, log_on_with_answer},
    {MsV1_0S4ULogon, true, log_on_by_word},
};

static NTSTATUS log_on_as(log_on how, const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    struct package_credential *credential;
    NTSTATUS status;

    if ((status = logon_open(&credential))) return status;
    status = how(credential, logon, result);
    ntlm_free_credential(credential);
    if (status) GUISE_TRACE("ntlm", "a logon of type %u refused with 0x%08x", logon->type, (unsigned int)status);
    return status;
}

static NTSTATUS logon_user(const struct lsa_logon *logon, struct lsa_logon_result *result)
{
    MSV1_0_LOGON_SUBMIT_TYPE type;

    if (!lsa_read(logon->request, &type, sizeof(type))) return STATUS_INVALID_PARAMETER;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
    {
        if (requests[i].type != type) continue;
        return requests[i].for_trusted && !logon->trusted ? STATUS_PRIVILEGE_NOT_HELD
                                                          : log_on_as(requests[i].log_on, logon, result);
    }
    return STATUS_BAD_VALIDATION_CLASS;
}

const struct lsa_package msv1_0_package = {
    .name = u"MICROSOFT_AUTHENTICATION_PACKAGE_V1_0",
    .sspi = &ntlm_package,
    .logon_user = logon_user,
    .call = logon_call,
    .change_password = logon_change_password,
    .find_account = logon_find_account,
};
