/*
 * Names: who a SID of Guise's or of a domain's is, whose SID such a name has, who an impersonating thread is. All other SIDs and names are Wine's to tell.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/services.h"
#include "dlls/guise/thread.h"
#include "dlls/guise/tokens.h"

static BOOL(WINAPI *original_name_of_sid)(const WCHAR *, PSID, WCHAR *, DWORD *, WCHAR *, DWORD *, SID_NAME_USE *);
static BOOL(WINAPI *original_sid_of_name)(const WCHAR *, const WCHAR *, PSID, DWORD *, WCHAR *, DWORD *, SID_NAME_USE *);
static BOOL(WINAPI *original_user_name_w)(WCHAR *, DWORD *);
static BOOL(WINAPI *original_user_name_a)(char *, DWORD *);
static BOOL(WINAPI *original_membership)(HANDLE, PSID, BOOL *);

/* Errors after which Wine may still know the name: there is none, or those who would know it cannot be asked. */
static BOOL may_be_of_wine(DWORD error)
{
    return error == ERROR_NONE_MAPPED || error == ERROR_ACCESS_DENIED || error == ERROR_TRUSTED_RELATIONSHIP_FAILURE;
}

/* Whether the core has answered, with success or with an error of its own: *GOOD. If not, the question is for Wine. */
static BOOL core_answers(struct token_service_block *block, BOOL *good)
{
    NTSTATUS status = service_run(block);

    *good = !status;
    if (!status) return TRUE;
    if (status == STATUS_UNSUCCESSFUL && !may_be_of_wine(block->error))
    {
        SetLastError(block->error);
        return TRUE;
    }
    return FALSE;
}

static BOOL is_here(const WCHAR *system)
{
    return !system || !*system;
}

static BOOL WINAPI name_of_sid(const WCHAR *system, PSID sid, WCHAR *name, DWORD *name_size, WCHAR *domain, DWORD *domain_size,
                               SID_NAME_USE *use)
{
    struct token_service_block block = { .service = SERVICE_NAME_OF_SID,
                                         .arguments = { ARGUMENT(sid), ARGUMENT(name), ARGUMENT(name_size), ARGUMENT(domain),
                                                        ARGUMENT(domain_size), ARGUMENT(use) } };
    BOOL good;

    if (is_here(system) && sid && core_answers(&block, &good)) return good;
    return original_name_of_sid(system, sid, name, name_size, domain, domain_size, use);
}

static BOOL WINAPI sid_of_name(const WCHAR *system, const WCHAR *name, PSID sid, DWORD *sid_size, WCHAR *domain, DWORD *domain_size,
                               SID_NAME_USE *use)
{
    struct token_service_block block = { .service = SERVICE_SID_OF_NAME,
                                         .arguments = { ARGUMENT(name), ARGUMENT(sid), ARGUMENT(sid_size), ARGUMENT(domain),
                                                        ARGUMENT(domain_size), ARGUMENT(use) } };
    BOOL good;

    if (is_here(system) && name && core_answers(&block, &good)) return good;
    if (original_sid_of_name(system, name, sid, sid_size, domain, domain_size, use)) return TRUE;
    /* Of a name that a silent domain may have nobody can say that it is nobody's. */
    if (block.error == ERROR_TRUSTED_RELATIONSHIP_FAILURE && GetLastError() == ERROR_NONE_MAPPED) SetLastError(block.error);
    return FALSE;
}

/* An impersonating thread is never told the name of the server. */
static BOOL user_name(void *name, DWORD *size, BOOL wide)
{
    struct token_service_block block = { .service = SERVICE_USER_NAME, .arguments = { ARGUMENT(name), ARGUMENT(size), wide } };
    NTSTATUS status = service_run(&block);

    if (status) SetLastError(status == STATUS_UNSUCCESSFUL ? block.error : RtlNtStatusToDosError(status));
    return !status;
}

static BOOL WINAPI user_name_w(WCHAR *name, DWORD *size)
{
    return thread_impersonates() ? user_name(name, size, TRUE) : original_user_name_w(name, size);
}

static BOOL WINAPI user_name_a(char *name, DWORD *size)
{
    return thread_impersonates() ? user_name(name, size, FALSE) : original_user_name_a(name, size);
}

static BOOL WINAPI membership(HANDLE token, PSID sid, BOOL *member)
{
    struct token_service_block block = { .service = SERVICE_MEMBERSHIP, .arguments = { ARGUMENT(sid), ARGUMENT(member) } };
    struct overlay *overlay = NULL;
    NTSTATUS status = token ? overlay_find(token, &overlay) : STATUS_SUCCESS;

    if (!status && !overlay && (token || !thread_impersonates())) return original_membership(token, sid, member);
    if (!status) status = overlay ? service_ask(overlay, token, &block) : service_run(&block);
    overlay_release(overlay);
    if (status) SetLastError(status == STATUS_UNSUCCESSFUL ? block.error : RtlNtStatusToDosError(status));
    return !status;
}

const struct hook advapi32_hooks[] = {
    { "LookupAccountSidW", name_of_sid, (void **)&original_name_of_sid },
    { "LookupAccountNameW", sid_of_name, (void **)&original_sid_of_name },
    { "GetUserNameW", user_name_w, (void **)&original_user_name_w },
    { "GetUserNameA", user_name_a, (void **)&original_user_name_a },
    { 0 },
};

const struct hook kernelbase_hooks[] = {
    { "CheckTokenMembership", membership, (void **)&original_membership },
    { 0 },
};
