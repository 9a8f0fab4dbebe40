/*
 * LogonUserExExW: a logon with a name and a password, for the LogonUser family of advapi32 (S1.3.5).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <winbase.h>
#include <winternl.h>

#include "dlls/secur32/front.h"
#include "dlls/secur32/lsa.h"
#include "ntoskrnl/out.h"

/* One block: the request, then its texts. */
struct request
{
    MSV1_0_INTERACTIVE_LOGON *message; /* and KERB_INTERACTIVE_LOGON */
    ULONG size;
    const char *package;
};

static UNICODE_STRING put(UCHAR **room, const WCHAR *text)
{
    USHORT size = (USHORT)((lsa_text_size(text) ? lsa_text_size(text) : sizeof(WCHAR)) - sizeof(WCHAR));
    UNICODE_STRING string = {.Length = size, .MaximumLength = size, .Buffer = (WCHAR *)*room};

    if (size) memcpy(*room, text, size);
    *room += size;
    return string;
}

/* STATUS_INVALID_PARAMETER: texts beyond what a request can hold. */
static NTSTATUS make_request(struct request *request, const WCHAR *user, const WCHAR *domain, const WCHAR *password)
{
    size_t size = sizeof(*request->message) + lsa_text_size(user) + lsa_text_size(domain) + lsa_text_size(password);
    UCHAR *room;

    if (size > LSA_MAX_SUBMIT) return STATUS_INVALID_PARAMETER;
    if (!(request->message = guise_alloc(size))) return STATUS_NO_MEMORY;
    request->size = (ULONG)size;
    room = (UCHAR *)(request->message + 1);
    request->message->MessageType = MsV1_0InteractiveLogon;
    request->message->UserName = put(&room, user);
    request->message->LogonDomainName = put(&room, domain);
    request->message->Password = put(&room, password);
    return STATUS_SUCCESS;
}

/* What a logon gave, until it is the caller's. */
struct result
{
    HANDLE token;
    void *profile;
    ULONG profile_size;
    PSID logon_sid;
    QUOTA_LIMITS quotas;
};

/*
 * Negotiate by default (LogonUser's page): but who names neither a domain nor a principal means NTLM.
 */
static const char *package_for(DWORD provider, const WCHAR *user, const WCHAR *domain)
{
    if (provider == LOGON32_PROVIDER_WINNT50) return "Negotiate";
    if (provider != LOGON32_PROVIDER_DEFAULT) return MSV1_0_PACKAGE_NAME;
    if (domain) return "Negotiate";
    while (*user && *user != '@') user++;
    return *user ? "Negotiate" : MSV1_0_PACKAGE_NAME;
}

static NTSTATUS log_on(HANDLE connection, const struct request *request, ULONG type, TOKEN_GROUPS *groups,
                       struct result *result)
{
    static const char origin_name[] = "LogonUser";
    LSA_STRING package = {(USHORT)strlen(request->package), (USHORT)strlen(request->package), (char *)request->package};
    LSA_STRING origin = {sizeof(origin_name) - 1, sizeof(origin_name), (char *)origin_name};
    TOKEN_SOURCE source = {.SourceName = {'A', 'd', 'v', 'a', 'p', 'i', ' ', ' '}};
    NTSTATUS status, substatus;
    ULONG number;
    LUID session;

    if ((status = LsaLookupAuthenticationPackage(connection, &package, &number))) return status;
    status = LsaLogonUser(connection, &origin, (SECURITY_LOGON_TYPE)type, number, request->message, request->size,
                          groups, &source, &result->profile, &result->profile_size, &session, &result->token,
                          &result->quotas, &substatus);
    /* The reason of a restriction is what Win32 callers get. */
    return status == STATUS_ACCOUNT_RESTRICTION && substatus ? substatus : status;
}

static NTSTATUS copy_logon_sid(HANDLE token, PSID *sid)
{
    ULONG size = 0;
    TOKEN_GROUPS *groups;
    NTSTATUS status = NtQueryInformationToken(token, TokenLogonSid, NULL, 0, &size);

    if (status != STATUS_BUFFER_TOO_SMALL) return status ? status : STATUS_INTERNAL_ERROR;
    if (!(groups = guise_alloc(size))) return STATUS_NO_MEMORY;
    status = NtQueryInformationToken(token, TokenLogonSid, groups, size, &size);
    if (!status && groups->GroupCount != 1) status = STATUS_NOT_FOUND;
    if (!status)
    {
        const SID *found = groups->Groups[0].Sid;
        size_t length = offsetof(SID, SubAuthority) + found->SubAuthorityCount * sizeof(found->SubAuthority[0]);

        if ((*sid = out_block(length))) memcpy(*sid, found, length);
        else status = STATUS_NO_MEMORY;
    }
    guise_free(groups);
    return status;
}

static NTSTATUS open_connection(bool trusted, HANDLE *connection)
{
    static const char process_name[] = "LogonUserExEx";
    LSA_STRING name = {sizeof(process_name) - 1, sizeof(process_name), (char *)process_name};
    LSA_OPERATIONAL_MODE mode;
    NTSTATUS status;

    if (!trusted) return LsaConnectUntrusted(connection);
    status = LsaRegisterLogonProcess(&name, connection, &mode);
    return status == STATUS_PORT_CONNECTION_REFUSED ? STATUS_PRIVILEGE_NOT_HELD : status;
}

static NTSTATUS log_on_with(const struct request *request, ULONG type, TOKEN_GROUPS *groups, bool wants_sid,
                            struct result *result)
{
    HANDLE connection;
    NTSTATUS status;

    if ((status = open_connection(groups && groups->GroupCount, &connection))) return status;
    status = log_on(connection, request, type, groups, result);
    LsaDeregisterLogonProcess(connection);
    if (!status && wants_sid) status = copy_logon_sid(result->token, &result->logon_sid);
    if (!status) return STATUS_SUCCESS;
    if (result->token) NtClose(result->token);
    out_free(result->profile);
    return status;
}

/***********************************************************************
 *           LogonUserExExW (SECUR32.@)
 *
 * LsaLogonUser with a name and a password. DOMAIN NULL: the name says it, or this machine; PASSWORD NULL is empty. PROVIDER: LOGON32_PROVIDER_WINNT50 is
 * Negotiate, which asks Kerberos about a domain's users where it can, WINNT40 and WINNT35 are NTLM; the default one is Negotiate where a domain is named. The last
 * four may be NULL: LOGON_SID is freed with LocalFree, PROFILE with LsaFreeReturnBuffer. GROUPS needs SeTcbPrivilege
 * (ERROR_PRIVILEGE_NOT_HELD). ERROR_LOGON_FAILURE: no such user or a wrong password; of an account whose password is right:
 * ERROR_ACCOUNT_DISABLED, ERROR_ACCOUNT_EXPIRED, ERROR_PASSWORD_MUST_CHANGE, ERROR_ACCOUNT_RESTRICTION; ERROR_ACCOUNT_LOCKED_OUT;
 * ERROR_NO_LOGON_SERVERS: no account store, or no domain controller; ERROR_INVALID_LOGON_TYPE; ERROR_INVALID_PARAMETER; ERROR_NOT_ENOUGH_MEMORY.
 */
BOOL WINAPI LogonUserExExW(LPWSTR user, LPWSTR domain, LPWSTR password, DWORD type, DWORD provider, PTOKEN_GROUPS groups,
                           PHANDLE token, PSID *logon_sid, PVOID *profile, LPDWORD profile_size, PQUOTA_LIMITS quotas)
{
    struct result result = {0};
    struct request request = {0};
    NTSTATUS status;

    if (!user || !token || provider > LOGON32_PROVIDER_WINNT50) status = STATUS_INVALID_PARAMETER;
    else if (!(status = make_request(&request, user, domain, password)))
    {
        request.package = package_for(provider, user, domain);
        status = log_on_with(&request, type, groups, logon_sid, &result);
    }
    guise_free_secret(request.message, request.size);
    if (status)
    {
        guise_set_last_error(RtlNtStatusToDosError(status));
        return FALSE;
    }
    *token = result.token;
    if (logon_sid) out_ptr(logon_sid, result.logon_sid);
    if (profile) out_ptr(profile, result.profile);
    else out_free(result.profile);
    if (profile_size) *profile_size = result.profile_size;
    if (quotas) *quotas = result.quotas;
    return TRUE;
}
