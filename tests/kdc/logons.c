/*
 * Logons through the LSA.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "logons.h"

#include <string.h>

static HANDLE untrusted, registered;
static const char *package = "Kerberos";

bool logons_begin(void)
{
    LSA_STRING name = {4, 5, (char *)"unit"};
    LSA_OPERATIONAL_MODE mode;

    if (untrusted && registered) return true;
    ok(!LsaConnectUntrusted(&untrusted) && !LsaRegisterLogonProcess(&name, &registered, &mode), "no connections\n"); /* S2.18.1 */
    return untrusted && registered;
}

void logons_use(const char *name)
{
    package = name;
}

/* One request in one block: its head, then its texts. */
struct request
{
    union
    {
        KERB_S4U_LOGON s4u;
        KERB_INTERACTIVE_LOGON password;
        KERB_CHANGEPASSWORD_REQUEST change;
    } head;
    WCHAR texts[512];
    size_t used;
};

static UNICODE_STRING put(struct request *request, const char *text)
{
    UNICODE_STRING string = {.Buffer = request->texts + request->used};

    for (; text && *text; text++) request->texts[request->used++] = *text;
    string.Length = string.MaximumLength = (USHORT)((request->texts + request->used - string.Buffer) * sizeof(WCHAR));
    return string;
}

static bool submit(struct logon *logon, HANDLE lsa, SECURITY_LOGON_TYPE type, struct request *request)
{
    LSA_STRING name = {(USHORT)strlen(package), (USHORT)strlen(package), (char *)package}, origin = {4, 5, (char *)"unit"};
    TOKEN_SOURCE source = {"unit", {1, 2}};
    QUOTA_LIMITS quotas;
    ULONG number;

    memset(logon, 0, sizeof(*logon));
    if ((logon->status = LsaLookupAuthenticationPackage(lsa, &name, &number))) return false;
    logon->status = LsaLogonUser(lsa, &origin, type, number, request, sizeof(*request), NULL, &source, &logon->profile, &logon->profile_size, &logon->session,
                                 &logon->token, &quotas, &logon->substatus);
    ok(!logon->status == !!logon->token && !logon->status == !!logon->profile, "%08x, token %p\n", logon->status, logon->token); /* S2.18.4 */
    return !logon->status;
}

bool s4u_log_on(struct logon *logon, bool trusted, SECURITY_LOGON_TYPE type, ULONG flags, const char *upn, const char *realm)
{
    struct request request = {.used = 0};

    request.head.s4u = (KERB_S4U_LOGON){.MessageType = KerbS4ULogon, .Flags = flags, .ClientUpn = put(&request, upn), .ClientRealm = put(&request, realm)};
    return submit(logon, trusted ? registered : untrusted, type, &request);
}

bool password_log_on(struct logon *logon, SECURITY_LOGON_TYPE type, const char *domain, const char *user, const char *password)
{
    struct request request = {.used = 0};

    request.head.password = (KERB_INTERACTIVE_LOGON){.MessageType = KerbInteractiveLogon,
                                                     .LogonDomainName = put(&request, domain),
                                                     .UserName = put(&request, user),
                                                     .Password = put(&request, password)};
    return submit(logon, untrusted, type, &request);
}

void log_off(struct logon *logon)
{
    if (logon->token) CloseHandle(logon->token);
    LsaFreeReturnBuffer(logon->profile);
    memset(logon, 0, sizeof(*logon));
}

int level_of(const struct logon *logon)
{
    SECURITY_IMPERSONATION_LEVEL level;
    DWORD length;

    return GetTokenInformation(logon->token, TokenImpersonationLevel, &level, sizeof(level), &length) ? (int)level : -1;
}

const char *package_of(const struct logon *logon)
{
    static char name[32];
    SECURITY_LOGON_SESSION_DATA *data;
    LUID session = logon->session;

    name[0] = 0;
    if (LsaGetLogonSessionData(&session, &data)) return name;
    for (USHORT i = 0; i < data->AuthenticationPackage.Length / sizeof(WCHAR) && i < sizeof(name) - 1; i++)
    {
        name[i] = (char)data->AuthenticationPackage.Buffer[i];
        name[i + 1] = 0;
    }
    LsaFreeReturnBuffer(data);
    return name;
}

NTSTATUS change_password(const char *domain, const char *user, const char *old_password, const char *new_password)
{
    LSA_STRING name = {8, 8, (char *)"Kerberos"};
    struct request request = {.used = 0};
    NTSTATUS status, protocol = STATUS_UNSUCCESSFUL;
    ULONG number;

    request.head.change = (KERB_CHANGEPASSWORD_REQUEST){.MessageType = KerbChangePasswordMessage,
                                                        .DomainName = put(&request, domain),
                                                        .AccountName = put(&request, user),
                                                        .OldPassword = put(&request, old_password),
                                                        .NewPassword = put(&request, new_password)};
    status = LsaLookupAuthenticationPackage(untrusted, &name, &number);
    if (!status) status = LsaCallAuthenticationPackage(untrusted, number, &request, sizeof(request), NULL, NULL, &protocol);
    ok(!status, "%08x\n", status); /* S2.18.3 */
    return protocol;
}
