/*
 * What is asked of MSV1_0 beside logons: a challenge, a new password, who there is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "dlls/msv1_0/accounts.h"
#include "dlls/msv1_0/logon.h"
#include "ntoskrnl/out.h"

/* ---- a challenge --------------------------------------------------------------------------------------------------- */

static NTSTATUS make_challenge(const struct lsa_buffer *request, void **answer, ULONG *answer_size)
{
    MSV1_0_LM20_CHALLENGE_RESPONSE *response = out_block(sizeof(*response));

    (void)request;
    if (!response) return STATUS_NO_MEMORY;
    if (!crypto_random(response->ChallengeToClient, sizeof(response->ChallengeToClient)))
    {
        out_free(response);
        return STATUS_INTERNAL_ERROR;
    }
    response->MessageType = MsV1_0Lm20ChallengeRequest;
    *answer = response;
    *answer_size = sizeof(*response);
    return STATUS_SUCCESS;
}

/* ---- a new password ------------------------------------------------------------------------------------------------ */

/* What a change is about. The old password is there as its hash alone. */
struct change
{
    struct ntlm_text user, domain, password;
    UCHAR old_hash[NTLM_KEY_SIZE];
};

static void free_change(struct change *change)
{
    ntlm_text_free(&change->user);
    ntlm_text_free(&change->domain);
    guise_free_secret(change->password.text, change->password.units * sizeof(WCHAR));
    crypto_wipe(change, sizeof(*change));
}

/* A password that has expired is one that may be changed: to prove it is enough for that. */
static NTSTATUS may_change(const struct sam_account *account)
{
    NTSTATUS status = sam_account_status(account, (LONGLONG)(ntlm_now() / 10000000) - 11644473600ll);

    return status == STATUS_PASSWORD_MUST_CHANGE ? STATUS_SUCCESS : status;
}

#define MAX_PASSWORD 256 /* S2.1.4: nobody could log on with a longer one */

/* An empty password lets nobody log on either. */
static NTSTATUS change_proved(struct account_source *accounts, const struct change *change)
{
    const struct ntlm_attempt attempt = {.user = &change->user, .domain = &change->domain, .nt_hash = change->old_hash};
    struct ntlm_logon proved = {0};
    NTSTATUS status = accounts->ops->prove(accounts, &attempt, &proved);

    if (status == STATUS_LOGON_FAILURE) status = STATUS_WRONG_PASSWORD;
    if (!status) status = may_change(&proved.account);
    if (!status && (!change->password.units || change->password.units > MAX_PASSWORD)) status = STATUS_PASSWORD_RESTRICTION;
    if (!status)
        status = accounts->ops->change_password
                     ? accounts->ops->change_password(accounts, &proved, &change->password)
                     : STATUS_NOT_SUPPORTED;
    ntlm_wipe_logon(&proved);
    return status;
}

static NTSTATUS change_password(const struct change *change)
{
    struct package_credential *credential;
    NTSTATUS status;

    if ((status = logon_open(&credential))) return status;
    status = change_proved(credential->accounts, change);
    ntlm_free_credential(credential);
    return status;
}

static NTSTATUS change_by_message(const struct lsa_buffer *request, void **answer, ULONG *answer_size)
{
    MSV1_0_CHANGEPASSWORD_RESPONSE *response;
    MSV1_0_CHANGEPASSWORD_REQUEST message;
    struct change change = {0};
    NTSTATUS status;

    if (!lsa_read(request, &message, sizeof(message))) return STATUS_INVALID_PARAMETER;
    /* Made first: no change is carried out that could not be told. */
    if (!(response = out_block(sizeof(*response)))) return STATUS_NO_MEMORY;
    response->MessageType = MsV1_0ChangePassword;
    if (!(status = logon_read_text(request, &message.AccountName, &change.user)) &&
        !(status = logon_read_text(request, &message.DomainName, &change.domain)) &&
        !(status = logon_read_text(request, &message.NewPassword, &change.password)) &&
        !(status = logon_hash_password(request, &message.OldPassword, change.old_hash)))
        status = change_password(&change);
    free_change(&change);
    if (status)
    {
        out_free(response);
        return status;
    }
    *answer = response;
    *answer_size = sizeof(*response);
    return STATUS_SUCCESS;
}

static size_t length_of(const WCHAR *text)
{
    size_t units = 0;

    while (text && text[units]) units++;
    return units;
}

NTSTATUS logon_change_password(const WCHAR *domain, const WCHAR *account, const WCHAR *old_password,
                               const WCHAR *new_password)
{
    struct change change = {0};
    NTSTATUS status = STATUS_NO_MEMORY;

    if (ntlm_text_copy(&change.domain, domain, length_of(domain)) &&
        ntlm_text_copy(&change.user, account, length_of(account)) &&
        ntlm_text_copy(&change.password, new_password, length_of(new_password)) &&
        ntlm_ntowf_v1(old_password, length_of(old_password), change.old_hash))
        status = change_password(&change);
    free_change(&change);
    return status;
}

/* ---- who there is ------------------------------------------------------------------------------------------------- */

static NTSTATUS find_in(struct account_source *accounts, const WCHAR *account, struct lsa_account *found)
{
    const struct ntlm_text user = {(WCHAR *)account, length_of(account)}, here = {NULL, 0};
    struct ntlm_logon meant = {0};
    NTSTATUS status;

    if (!accounts->ops->find) return STATUS_NO_LOGON_SERVERS;
    if (!(status = accounts->ops->find(accounts, &user, &here, &meant)))
    {
        strcpy(found->name, meant.account.name);
        strcpy(found->unix_name, meant.account.unix_name);
    }
    ntlm_wipe_logon(&meant);
    return status;
}
_Static_assert(sizeof(((struct lsa_account *)0)->name) >= sizeof(((struct sam_account *)0)->name) &&
                   sizeof(((struct lsa_account *)0)->unix_name) >= sizeof(((struct sam_account *)0)->unix_name),
               "every account has room");

/* A machine that only has clients has no store, and to ask for a name is no reason to complain about that. */
static bool have_store(void)
{
    const struct guise_config *config;
    struct stat info;
    bool there;

    if (guise_get_config(&config)) return false;
    guise_process_begin();
    there = !stat(config->account_store, &info) || errno != ENOENT;
    guise_process_end();
    return there;
}

NTSTATUS logon_find_account(const WCHAR *account, struct lsa_account *found)
{
    struct package_credential *credential;
    NTSTATUS status;

    if (!have_store()) return STATUS_NO_LOGON_SERVERS;
    if ((status = logon_open(&credential))) return status;
    status = find_in(credential->accounts, account, found);
    ntlm_free_credential(credential);
    return status;
}

/* ---- the package --------------------------------------------------------------------------------------------------- */

NTSTATUS logon_call(const struct lsa_buffer *request, void **answer, ULONG *answer_size)
{
    MSV1_0_PROTOCOL_MESSAGE_TYPE type;

    if (!lsa_read(request, &type, sizeof(type))) return STATUS_INVALID_PARAMETER;
    switch (type)
    {
    case MsV1_0Lm20ChallengeRequest: return make_challenge(request, answer, answer_size);
    case MsV1_0ChangePassword: return change_by_message(request, answer, answer_size);
    case MsV1_0Lm20GetChallengeResponse:
    case MsV1_0EnumerateUsers:
    case MsV1_0GetUserInfo:
    case MsV1_0ReLogonUsers:
    case MsV1_0ChangeCachedPassword:
    case MsV1_0GenericPassthrough:
    case MsV1_0CacheLogon:
    case MsV1_0SubAuth:
    case MsV1_0DeriveCredential:
    case MsV1_0CacheLookup:
    case MsV1_0SetProcessOption:
    case MsV1_0ConfigLocalAliases:
    case MsV1_0ClearCachedCredentials: return STATUS_NOT_IMPLEMENTED;
    }
    return STATUS_INVALID_PARAMETER;
}
