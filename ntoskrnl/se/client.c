/*
 * Client security: what a server keeps of a client in order to impersonate it later (K1.11.1, K1.11.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/ps/ps.h"

/* The client's effective token as a context is made from it. */
struct client_source
{
    struct token *token;
    bool impersonated; /* else it is the primary token, and what follows has no meaning */
    SECURITY_IMPERSONATION_LEVEL level;
    bool effective_only;
};

/* Whether the client's token may be passed on as the request asks. */
static NTSTATUS check_levels(const struct client_source *source, const SECURITY_QUALITY_OF_SERVICE *qos, bool remote)
{
    if (!VALID_IMPERSONATION_LEVEL(qos->ImpersonationLevel)) return STATUS_INVALID_PARAMETER;
    if (!source->impersonated) return STATUS_SUCCESS;
    if (qos->ImpersonationLevel > source->level || source->level < SecurityImpersonation)
        return STATUS_BAD_IMPERSONATION_LEVEL;
    if (remote && source->level != SecurityDelegation) return STATUS_BAD_IMPERSONATION_LEVEL;
    return STATUS_SUCCESS;
}

/* By which a later change of the client's token can be noticed. */
static TOKEN_CONTROL token_control(struct token *token)
{
    TOKEN_CONTROL control = {.TokenId = token->id,
                             .AuthenticationId = token_authentication_id(token),
                             .TokenSource = token->identity->source};

    token_lock_shared(token);
    control.ModifiedId = token->modified_id;
    token_unlock(token);
    return control;
}

/* The one worker behind both ways to make a context. */
static NTSTATUS create_client_security(const struct client_source *source, const SECURITY_QUALITY_OF_SERVICE *qos,
                                       bool remote, PSECURITY_CLIENT_CONTEXT context)
{
    /* K1.11.1: only a local server follows the client's changes; everybody else has a copy. */
    bool direct = qos->ContextTrackingMode == SECURITY_DYNAMIC_TRACKING && !remote;
    struct object_security *security;
    struct token *token;
    NTSTATUS status;

    if ((status = check_levels(source, qos, remote))) return status;
    if (direct)
        token = token_reference(source->token);
    else
    {
        security = token_default_security(source->token);
        status = token_duplicate(source->token, qos->EffectiveOnly, TokenImpersonation, qos->ImpersonationLevel,
                                 security, &token);
        object_security_release(security);
        if (status) return status;
    }
    *context = (SECURITY_CLIENT_CONTEXT){
        .SecurityQos = *qos,
        .ClientToken = token,
        .DirectlyAccessClientToken = direct,
        .DirectAccessEffectiveOnly = qos->EffectiveOnly || (source->impersonated && source->effective_only),
        .ServerIsRemote = remote,
        .ClientTokenControl = token_control(source->token),
    };
    context->SecurityQos.Length = sizeof(context->SecurityQos);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           SeCreateClientSecurity (NTOSKRNL.@)
 *
 * From the effective token of CLIENT. On success the context owns one token reference (SeDeleteClientSecurity); on
 * failure nothing (K1.11.2). STATUS_BAD_IMPERSONATION_LEVEL, STATUS_INVALID_PARAMETER, STATUS_NO_MEMORY.
 */
NTSTATUS SeCreateClientSecurity(PETHREAD client, PSECURITY_QUALITY_OF_SERVICE qos, BOOLEAN remote,
                                PSECURITY_CLIENT_CONTEXT context)
{
    struct impersonation record = impersonation_get(client);
    struct client_source source = {.token = record.token,
                                   .impersonated = record.token != NULL,
                                   .level = record.level,
                                   .effective_only = record.effective_only};
    NTSTATUS status = STATUS_NO_MEMORY;

    if (!source.token) source.token = record.token = primary_token();
    if (source.token) status = create_client_security(&source, qos, remote, context);
    impersonation_release(&record);
    return status;
}

/***********************************************************************
 *           SeCreateClientSecurityFromSubjectContext (NTOSKRNL.@)
 *
 * The same from a captured context, which does not know whether the client was impersonated EffectiveOnly.
 */
NTSTATUS SeCreateClientSecurityFromSubjectContext(PSECURITY_SUBJECT_CONTEXT subject, PSECURITY_QUALITY_OF_SERVICE qos,
                                                  BOOLEAN remote, PSECURITY_CLIENT_CONTEXT context)
{
    struct client_source source = {.token = SeQuerySubjectContextToken(subject),
                                   .impersonated = subject->ClientToken != NULL,
                                   .level = subject->ImpersonationLevel};

    return create_client_security(&source, qos, remote, context);
}

/***********************************************************************
 *           SeImpersonateClientEx (NTOSKRNL.@)
 *
 * SERVER, or the calling thread for NULL (K1.12.1), impersonates the client. The context is taken as current (K1.12.2).
 * Opening the thread's token gives a duplicate, so that the client's own is never adjusted. Statuses of
 * PsImpersonateClient.
 */
NTSTATUS SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT context, PETHREAD server)
{
    BOOLEAN effective_only =
        context->DirectlyAccessClientToken ? context->DirectAccessEffectiveOnly : context->SecurityQos.EffectiveOnly;

    return PsImpersonateClient(server ? server : current_thread(), context->ClientToken, TRUE, effective_only,
                               context->SecurityQos.ImpersonationLevel);
}

/***********************************************************************
 *           SeImpersonateClient (NTOSKRNL.@)
 *
 * Obsolete: without an answer the caller cannot know that the thread is still itself.
 */
void SeImpersonateClient(PSECURITY_CLIENT_CONTEXT context, PETHREAD server)
{
    SeImpersonateClientEx(context, server);
}

/***********************************************************************
 *           NtImpersonateThread (NTOSKRNL.@)
 *
 * The server thread (THREAD_DIRECT_IMPERSONATION) impersonates the client thread (THREAD_IMPERSONATE) as QOS says
 * (K1.10.1). Statuses of SeCreateClientSecurity and SeImpersonateClientEx, which are passed on.
 */
NTSTATUS NtImpersonateThread(HANDLE server_handle, HANDLE client_handle, PSECURITY_QUALITY_OF_SERVICE qos)
{
    SECURITY_CLIENT_CONTEXT context;
    PETHREAD server, client;
    NTSTATUS status;

    if (!qos) return STATUS_ACCESS_VIOLATION;
    if ((status = thread_from_handle(server_handle, THREAD_DIRECT_IMPERSONATION, &server, NULL))) return status;
    if (!(status = thread_from_handle(client_handle, THREAD_IMPERSONATE, &client, NULL)))
    {
        if (!(status = SeCreateClientSecurity(client, qos, FALSE, &context)))
        {
            status = SeImpersonateClientEx(&context, server);
            SeDeleteClientSecurity(&context);
        }
        object_dereference(client);
    }
    object_dereference(server);
    return status;
}
