/*
 * What Wine 8.0 says it has done and has not, where somebody would be taken for another: logging on with any password, a process for a
 * client that is the server, a restricted token that is none, an access check that checks nothing,
 * a deletion that the server does later (design 10.6).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/services.h"
#include "dlls/guise/thread.h"
#include "dlls/guise/tokens.h"
#include <winnls.h>

NTSYSAPI NTSTATUS NTAPI NtAccessCheckAndAuditAlarm(UNICODE_STRING *, HANDLE, UNICODE_STRING *, UNICODE_STRING *, SECURITY_DESCRIPTOR *, ACCESS_MASK,
                                                   GENERIC_MAPPING *, BOOLEAN, ACCESS_MASK *, NTSTATUS *, BOOLEAN *);
NTSYSAPI BOOLEAN NTAPI RtlCreateUnicodeStringFromAsciiz(UNICODE_STRING *, const char *);

static BOOL(WINAPI *original_logon_user)(const WCHAR *, const WCHAR *, const WCHAR *, DWORD, DWORD, HANDLE *);
static BOOL(WINAPI *original_logon_user_a)(const char *, const char *, const char *, DWORD, DWORD, HANDLE *);
static BOOL(WINAPI *original_create_with_token)(HANDLE, DWORD, const WCHAR *, WCHAR *, DWORD, void *, const WCHAR *, STARTUPINFOW *,
                                                PROCESS_INFORMATION *);
static BOOL(WINAPI *original_check_and_audit_w)(const WCHAR *, void *, WCHAR *, WCHAR *, SECURITY_DESCRIPTOR *, DWORD, GENERIC_MAPPING *, BOOL,
                                                DWORD *, BOOL *, BOOL *);
static BOOL(WINAPI *original_check_and_audit_a)(const char *, void *, char *, char *, SECURITY_DESCRIPTOR *, DWORD, GENERIC_MAPPING *, BOOL,
                                                DWORD *, BOOL *, BOOL *);
static BOOL(WINAPI *original_move_file)(const WCHAR *, const WCHAR *, void *, void *, DWORD);
static NTSTATUS(NTAPI *original_low_box)(HANDLE *, HANDLE, ACCESS_MASK, OBJECT_ATTRIBUTES *, SID *, ULONG, SID_AND_ATTRIBUTES *, ULONG, HANDLE *);
static NTSTATUS(CDECL *original_spawn)(char *const *, int);

static BOOL result_of(NTSTATUS status)
{
    if (status) SetLastError(RtlNtStatusToDosError(status));
    return !status;
}

static BOOL WINAPI logon_user(const WCHAR *user, const WCHAR *domain, const WCHAR *password, DWORD type, DWORD provider, HANDLE *token)
{
    struct token_service_block block = { .service = SERVICE_LOGON,
                                         .arguments = { ARGUMENT(user), ARGUMENT(domain), ARGUMENT(password), type, provider } };
    NTSTATUS status = service_run(&block);
    HANDLE made;

    if (status == STATUS_UNSUCCESSFUL)
    {
        SetLastError(block.error);
        return FALSE;
    }
    if (!status && !(status = publish_token(block.made, TOKEN_ALL_ACCESS, &made)) && (status = copy_memory(token, &made, sizeof(made))))
        NtClose(made);
    return result_of(status);
}

/* Windows has no longer ones. NULL stays NULL. */
#define MAX_TEXT 1024
static BOOL widen(const char *text, WCHAR *room, const WCHAR **wide)
{
    *wide = text ? room : NULL;
    return !text || MultiByteToWideChar(CP_ACP, MB_ERR_INVALID_CHARS, text, -1, room, MAX_TEXT);
}

/* Wine's gives the user where the domain belongs. */
static BOOL WINAPI logon_user_a(const char *user, const char *domain, const char *password, DWORD type, DWORD provider, HANDLE *token)
{
    WCHAR rooms[3][MAX_TEXT];
    const WCHAR *wide[3];
    BOOL good = FALSE;

    if (!widen(user, rooms[0], &wide[0]) || !widen(domain, rooms[1], &wide[1]) || !widen(password, rooms[2], &wide[2]))
        SetLastError(ERROR_INVALID_PARAMETER);
    else
        good = logon_user(wide[0], wide[1], wide[2], type, provider, token);
    SecureZeroMemory(rooms[2], sizeof(rooms[2]));
    return good;
}

/* Wine gives the child the token of the process, whatever TOKEN says. */
static BOOL WINAPI create_with_token(HANDLE token, DWORD logon_flags, const WCHAR *name, WCHAR *line, DWORD flags, void *environment,
                                     const WCHAR *directory, STARTUPINFOW *startup, PROCESS_INFORMATION *information)
{
    NTSTATUS status = overlay_refuse(token);

    if (status) return result_of(status);
    return original_create_with_token(token, logon_flags, name, line, flags, environment, directory, startup, information);
}

/* Wine answers success and NULL, and whoever impersonates NULL is the process again. */
static NTSTATUS NTAPI low_box(HANDLE *made, HANDLE token, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, SID *package, ULONG count,
                              SID_AND_ATTRIBUTES *capabilities, ULONG handle_count, HANDLE *handles)
{
    NTSTATUS status = overlay_refuse(token);

    if (status) return status == STATUS_ACCESS_DENIED ? STATUS_NOT_SUPPORTED : status;
    return original_low_box(made, token, access, attributes, package, count, capabilities, handle_count, handles);
}

/* The service asks for the client of the thread, and audits (design 10.2). */
static BOOL check_access(UNICODE_STRING *names, void *id, SECURITY_DESCRIPTOR *descriptor, DWORD desired, GENERIC_MAPPING *mapping, BOOL creation,
                         DWORD *granted, BOOL *allowed, BOOL *close)
{
    ACCESS_MASK rights = 0;
    NTSTATUS status, decided = STATUS_ACCESS_DENIED;
    BOOLEAN on_close = FALSE;
    BOOL good, closes;

    status = NtAccessCheckAndAuditAlarm(&names[0], id, &names[1], &names[2], descriptor, desired, mapping, creation != 0, &rights, &decided, &on_close);
    good = !decided;
    closes = on_close;
    if (!status && !(status = copy_memory(close, &closes, sizeof(closes))) && !(status = copy_memory(granted, &rights, sizeof(rights))))
        status = copy_memory(allowed, &good, sizeof(good));
    if (!status && decided) SetLastError(RtlNtStatusToDosError(decided));
    return result_of(status);
}

static BOOL WINAPI check_and_audit_w(const WCHAR *subsystem, void *id, WCHAR *type, WCHAR *object, SECURITY_DESCRIPTOR *descriptor, DWORD desired,
                                     GENERIC_MAPPING *mapping, BOOL creation, DWORD *granted, BOOL *allowed, BOOL *close)
{
    UNICODE_STRING names[3];

    if (!thread_impersonates())
        return original_check_and_audit_w(subsystem, id, type, object, descriptor, desired, mapping, creation, granted, allowed, close);
    RtlInitUnicodeString(&names[0], subsystem);
    RtlInitUnicodeString(&names[1], type);
    RtlInitUnicodeString(&names[2], object);
    return check_access(names, id, descriptor, desired, mapping, creation, granted, allowed, close);
}

static BOOL WINAPI check_and_audit_a(const char *subsystem, void *id, char *type, char *object, SECURITY_DESCRIPTOR *descriptor, DWORD desired,
                                     GENERIC_MAPPING *mapping, BOOL creation, DWORD *granted, BOOL *allowed, BOOL *close)
{
    const char *given[3] = { subsystem, type, object };
    UNICODE_STRING names[3] = { { 0 } };
    BOOL good = TRUE;
    int i;

    if (!thread_impersonates())
        return original_check_and_audit_a(subsystem, id, type, object, descriptor, desired, mapping, creation, granted, allowed, close);
    for (i = 0; i < 3 && good; i++)
        if (given[i]) good = RtlCreateUnicodeStringFromAsciiz(&names[i], given[i]);
    good = good ? check_access(names, id, descriptor, desired, mapping, creation, granted, allowed, close) : result_of(STATUS_NO_MEMORY);
    for (i = 0; i < 3; i++) RtlFreeUnicodeString(&names[i]);
    return good;
}

/* What is to be moved or deleted at the next start of Wine is a note in the registry, and whoever reads it asks nobody. On Windows it is an administrator's. */
static BOOL WINAPI move_file(const WCHAR *source, const WCHAR *target, void *progress, void *parameter, DWORD flags)
{
    if (flags & MOVEFILE_DELAY_UNTIL_REBOOT && thread_impersonates()) return result_of(STATUS_ACCESS_DENIED);
    return original_move_file(source, target, progress, parameter, flags);
}

/* A child of fork is the process (design 5.11), and the program that it runs would be. */
static NTSTATUS CDECL spawn(char *const *arguments, int wait)
{
    return thread_impersonates() ? STATUS_ACCESS_DENIED : original_spawn(arguments, wait);
}

const struct hook advapi32_claims[] = {
    { "LogonUserW", logon_user, (void **)&original_logon_user },
    { "LogonUserA", logon_user_a, (void **)&original_logon_user_a },
    { "CreateProcessWithTokenW", create_with_token, (void **)&original_create_with_token },
    { "AccessCheckAndAuditAlarmA", check_and_audit_a, (void **)&original_check_and_audit_a },
    { 0 },
};

const struct hook kernelbase_claims[] = {
    { "AccessCheckAndAuditAlarmW", check_and_audit_w, (void **)&original_check_and_audit_w },
    { "MoveFileWithProgressW", move_file, (void **)&original_move_file },
    { 0 },
};

const struct hook claim_hooks[] = {
    { "NtCreateLowBoxToken", low_box, (void **)&original_low_box },
    { "__wine_unix_spawnvp", spawn, (void **)&original_spawn },
    { 0 },
};
