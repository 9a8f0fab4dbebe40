/*
 * Credential handles: AcquireCredentialsHandle, AddCredentials, FreeCredentialsHandle.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"

struct credential *find_credential(const CredHandle *handle)
{
    return (struct credential *)sec_handle_reference(SEC_HANDLE_CREDENTIAL, handle);
}

void credential_dereference(struct credential *credential)
{
    if (credential) sec_object_dereference(&credential->object);
}

static void credential_free(struct credential *credential)
{
    if (credential->state) credential->package->free_credential(credential->state);
    sec_package_unuse(credential->package);
    if (credential->token) guise_dereference_token(credential->token);
    guise_free(credential);
}

void credential_destroy(struct sec_object *object)
{
    credential_free((struct credential *)object);
}

/*
 * There is no way into a logon session but the caller's own, so naming another one is refused whatever its privileges.
 */
static bool is_own_session(const LUID *session)
{
    SECURITY_SUBJECT_CONTEXT subject;
    LUID own = {0, 0};
    NTSTATUS status;

    SeCaptureSubjectContext(&subject);
    status = SeQueryAuthenticationIdToken(SeQuerySubjectContextToken(&subject), &own);
    SeReleaseSubjectContext(&subject);
    return NT_SUCCESS(status) && own.LowPart == session->LowPart && own.HighPart == session->HighPart;
}

/* Who asks, if nobody else is named: a domain or password alone names nobody (S2.1.6). */
static PACCESS_TOKEN default_token(const struct auth_identity *identity)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PACCESS_TOKEN token;

    if (identity && (identity->user_length || identity->anonymous)) return NULL;
    SeCaptureSubjectContext(&subject);
    if ((token = SeQuerySubjectContextToken(&subject))) guise_reference_token(token);
    SeReleaseSubjectContext(&subject);
    return token;
}

static SECURITY_STATUS open_credential(const struct sec_package *package, const struct acquire_request *request,
                                       CredHandle *handle, TimeStamp *expiry)
{
    struct credential *credential = guise_alloc(sizeof(*credential));
    SECURITY_STATUS status;

    if (!credential) return SEC_E_INSUFFICIENT_MEMORY;
    if (!sec_package_use(package))
    {
        guise_free(credential);
        return SEC_E_SECPKG_NOT_FOUND;
    }
    credential->package = package;
    credential->use = request->use;
    credential->token = default_token(request->identity);
    status = package->acquire_credential(request, &credential->state, expiry);
    if (status == SEC_E_OK && !sec_handle_open(SEC_HANDLE_CREDENTIAL, &credential->object, handle))
        status = SEC_E_INSUFFICIENT_MEMORY;
    if (status != SEC_E_OK) credential_free(credential);
    return status;
}

/* What a caller asks for, as the package gets it. *IDENTITY, which the request points to, is to be freed after SEC_E_OK. */
static SECURITY_STATUS request_read(struct acquire_request *request, const void *auth_data, struct auth_identity **identity)
{
    PETHREAD thread = PsGetCurrentThread();
    SECURITY_STATUS status;

    if (!request->use) return SEC_E_UNKNOWN_CREDENTIALS;
    if (!thread) return SEC_E_INSUFFICIENT_MEMORY; /* its record is made on first use */
    if (auth_data && (status = identity_read(auth_data, identity)) != SEC_E_OK) return status;
    request->identity = *identity;
    request->impersonating = PsIsThreadImpersonating(thread);
    return SEC_E_OK;
}

static SECURITY_STATUS acquire(const WCHAR *principal, const WCHAR *package_name, ULONG use, const LUID *session,
                               const void *auth_data, CredHandle *handle, TimeStamp *expiry)
{
    const struct sec_package *package = sec_package_find(package_name);
    struct acquire_request request = {.principal = principal, .use = use & SECPKG_CRED_BOTH, .restricted = use & SECPKG_CRED_AUTOLOGON_RESTRICTED};
    struct auth_identity *identity = NULL;
    TimeStamp end = {.QuadPart = INT64_MAX}; /* "never", unless the package knows better (S2.1.10) */
    CredHandle fresh;
    SECURITY_STATUS status;

    if (!package) return SEC_E_SECPKG_NOT_FOUND; /* before anything else (S2.1.11) */
    if (!handle) return SEC_E_INVALID_HANDLE;
    if (session && !is_own_session(session)) return SEC_E_NOT_OWNER;
    if ((status = request_read(&request, auth_data, &identity)) != SEC_E_OK) return status;
    status = open_credential(package, &request, &fresh, &end);
    identity_free(identity);
    GUISE_TRACE("sspi", "use %u, %s identity: 0x%08x", (unsigned int)use, auth_data ? "given" : "default",
                (unsigned int)status);
    if (status != SEC_E_OK) return status;
    *handle = fresh;
    if (expiry) *expiry = end;
    return SEC_E_OK;
}

/***********************************************************************
 *           AcquireCredentialsHandleW (SECUR32.@)
 *
 * A credential of one package. AUTH_DATA is copied and may be wiped by the caller at once (S12.13); no password is
 * tried here (S2.1.6). PRINCIPAL and the key call-back are accepted and unused (S2.1.1). *HANDLE and *EXPIRY are
 * written on SEC_E_OK only.
 */
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(SEC_WCHAR *principal, SEC_WCHAR *package, ULONG use, void *session,
                                                    void *auth_data, SEC_GET_KEY_FN get_key, void *get_key_argument,
                                                    PCredHandle handle, PTimeStamp expiry)
{
    (void)get_key;
    (void)get_key_argument;
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    return acquire(principal, package, use, session, auth_data, handle, expiry);
}

/* The names of an A caller, as a W caller would give them. */
struct wide_names
{
    WCHAR *principal, *package;
};

static SECURITY_STATUS optional_wide(const char *ansi, WCHAR **wide)
{
    return ansi ? sec_wide_from_ansi(ansi, strlen(ansi), wide, NULL) : SEC_E_OK;
}

/* To be freed with free_names(), whatever comes. No package has a name that is not UTF-8. */
static SECURITY_STATUS widen_names(const char *principal, const char *package, struct wide_names *names)
{
    SECURITY_STATUS status = optional_wide(package, &names->package);

    if (status == SEC_E_INVALID_PARAMETER) return SEC_E_SECPKG_NOT_FOUND;
    return status == SEC_E_OK ? optional_wide(principal, &names->principal) : status;
}

static void free_names(struct wide_names *names)
{
    guise_free(names->principal);
    guise_free(names->package);
}

/***********************************************************************
 *           AcquireCredentialsHandleA (SECUR32.@)
 *
 * The strings in AUTH_DATA follow its own Flags, not the A of this function (S2.0.7).
 */
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(SEC_CHAR *principal, SEC_CHAR *package, ULONG use, void *session,
                                                    void *auth_data, SEC_GET_KEY_FN get_key, void *get_key_argument,
                                                    PCredHandle handle, PTimeStamp expiry)
{
    struct wide_names names = {NULL, NULL};
    SECURITY_STATUS status;

    (void)get_key;
    (void)get_key_argument;
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if ((status = widen_names(principal, package, &names)) == SEC_E_OK)
        status = acquire(names.principal, names.package, use, session, auth_data, handle, expiry);
    free_names(&names);
    return status;
}

/* ---- one more behind a handle ------------------------------------------------------------------------------------ */

static SECURITY_STATUS add_to(struct credential *credential, const struct sec_package *package,
                              struct acquire_request *request, const void *auth_data, TimeStamp *expiry)
{
    struct auth_identity *identity = NULL;
    TimeStamp end = {.QuadPart = INT64_MAX};
    SECURITY_STATUS status;

    if (!credential->package->add_credential) return SEC_E_UNSUPPORTED_FUNCTION;
    if (!package) return SEC_E_SECPKG_NOT_FOUND;
    if (package != credential->package)
    {
        /* Only a handle of one that lets others do the work has some of others. */
        if (!credential->package->chosen || !package->mechanisms) return SEC_E_UNSUPPORTED_FUNCTION;
        request->added = package;
    }
    if ((status = request_read(request, auth_data, &identity)) != SEC_E_OK) return status;
    status = credential->package->add_credential(credential->state, request, &end);
    identity_free(identity);
    if (status != SEC_E_OK) return status;
    atomic_fetch_or_explicit(&credential->use, request->use, memory_order_relaxed);
    if (expiry) *expiry = end;
    return SEC_E_OK;
}

static SECURITY_STATUS add(const CredHandle *handle, const WCHAR *principal, const WCHAR *package_name, ULONG use,
                           const void *auth_data, TimeStamp *expiry)
{
    struct acquire_request request = {.principal = principal, .use = use & SECPKG_CRED_BOTH, .restricted = use & SECPKG_CRED_AUTOLOGON_RESTRICTED};
    struct credential *credential = find_credential(handle);
    SECURITY_STATUS status;

    if (!credential) return SEC_E_INVALID_HANDLE;
    status = add_to(credential, sec_package_find(package_name), &request, auth_data, expiry);
    credential_dereference(credential);
    return status;
}

/***********************************************************************
 *           AddCredentialsW (SECUR32.@)
 *
 * One more credential behind a handle (S2.2.1), for packages that keep several: NTLM keeps one, SEC_E_UNSUPPORTED_FUNCTION. A handle of
 * Negotiate keeps one of each package and direction: PACKAGE names the one to be added, or is "Negotiate" for all that it has not. Contexts
 * that have begun do not see it. The handle is good for what both are good for. *EXPIRY is written on SEC_E_OK only; on failure the handle is as it was.
 */
SECURITY_STATUS SEC_ENTRY AddCredentialsW(PCredHandle handle, SEC_WCHAR *principal, SEC_WCHAR *package, ULONG use,
                                          void *auth_data, SEC_GET_KEY_FN get_key, void *get_key_argument,
                                          PTimeStamp expiry)
{
    (void)get_key;
    (void)get_key_argument;
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    return add(handle, principal, package, use, auth_data, expiry);
}

/***********************************************************************
 *           AddCredentialsA (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY AddCredentialsA(PCredHandle handle, SEC_CHAR *principal, SEC_CHAR *package, ULONG use,
                                          void *auth_data, SEC_GET_KEY_FN get_key, void *get_key_argument,
                                          PTimeStamp expiry)
{
    struct wide_names names = {NULL, NULL};
    SECURITY_STATUS status;

    (void)get_key;
    (void)get_key_argument;
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if ((status = widen_names(principal, package, &names)) == SEC_E_OK)
        status = add(handle, names.principal, names.package, use, auth_data, expiry);
    free_names(&names);
    return status;
}

/***********************************************************************
 *           FreeCredentialsHandle (SECUR32.@)
 *
 * The credential itself goes, wiped by its package, with the last context made from it (S2.3.1, S2.3.2).
 */
SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle handle)
{
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    return sec_handle_close(SEC_HANDLE_CREDENTIAL, handle) ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}
