/*
 * The Sspi helpers that derive something from an identity or a target: package lists, hosts, what CredWrite wants.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/authidentity.h"
#include "ntoskrnl/out.h"

#define CREDENTIAL_TYPE_DOMAIN_PASSWORD 2 /* CRED_TYPE_DOMAIN_PASSWORD of wincred.h */

/* ---- package lists ----------------------------------------------------------------------------------------------- */

/* Whether an entry of a list, "name" or "!name", is about NAME. */
static bool entry_is(const WCHAR *entry, ULONG length, const WCHAR *name, ULONG name_length)
{
    if (length && *entry == '!')
    {
        entry++;
        length--;
    }
    return sec_same_name(entry, length, name, name_length);
}

/* LIST without what it says of NAME, and "!NAME"; OUT has room for both, a comma and the mark. Returns its length. */
static ULONG list_without(const WCHAR *list, ULONG length, const WCHAR *name, ULONG name_length, WCHAR *out)
{
    ULONG used = 0, start = 0;

    while (start < length)
    {
        ULONG end = start;

        while (end < length && list[end] != ',') end++;
        if (end > start && !entry_is(list + start, end - start, name, name_length))
        {
            memcpy(out + used, list + start, (end - start) * sizeof(WCHAR));
            used += end - start;
            out[used++] = ',';
        }
        start = end + 1;
    }
    out[used++] = '!';
    memcpy(out + used, name, name_length * sizeof(WCHAR));
    return used + name_length;
}

/* LIKE may be NULL. */
static SECURITY_STATUS exclude(const void *like, struct auth_identity *parts, const WCHAR *name,
                               PSEC_WINNT_AUTH_IDENTITY_OPAQUE *result)
{
    size_t name_length = sec_wide_length(name);
    WCHAR *list;
    ULONG length;

    if (name_length > 0xffff) return SEC_E_INVALID_PARAMETER;
    /* Each entry that stays keeps its comma, so the last one may get one more than it had. */
    if (!(list = guise_alloc((parts->package_list_length + name_length + 2) * sizeof(WCHAR))))
        return SEC_E_INSUFFICIENT_MEMORY;
    length = list_without(parts->package_list, parts->package_list_length, name, (ULONG)name_length, list);
    guise_free(parts->package_list);
    parts->package_list = list;
    parts->package_list_length = length;
    return opaque_identity_like(like, parts, result);
}

/***********************************************************************
 *           SspiExcludePackage (SECUR32.@)
 *
 * What the list said of the package before is dropped: an entry that asks for it would contradict the new one.
 */
SECURITY_STATUS SEC_ENTRY SspiExcludePackage(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, PCWSTR package,
                                             PSEC_WINNT_AUTH_IDENTITY_OPAQUE *result)
{
    struct auth_identity *parts;
    SECURITY_STATUS status = SEC_E_OK;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!package || !*package || !result) return SEC_E_INVALID_TOKEN;
    if (identity)
        status = identity_read_any(identity, &parts);
    else if (!(parts = guise_alloc(sizeof(*parts))))
        status = SEC_E_INSUFFICIENT_MEMORY;
    if (status != SEC_E_OK) return status;
    status = exclude(identity, parts, package, result);
    identity_free(parts);
    return status;
}

/* ---- targets ----------------------------------------------------------------------------------------------------- */

static size_t span_until(const WCHAR *text, const WCHAR *stops)
{
    size_t length = 0;

    for (; text[length]; length++)
    {
        for (const WCHAR *stop = stops; *stop; stop++)
        {
            if (text[length] == *stop) return length;
        }
    }
    return length;
}

/* The host ends at a port or at the service's name; an IPv6 address in brackets has colons of its own. */
static size_t host_length(const WCHAR *host)
{
    size_t closing = *host == '[' ? span_until(host, u"]") : 0;

    return closing && host[closing] ? closing + 1 : span_until(host, u":/");
}

/***********************************************************************
 *           SspiGetTargetHostName (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiGetTargetHostName(PCWSTR target, PWSTR *host)
{
    size_t prefix, length;
    WCHAR *copy;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!target || !host) return SEC_E_INVALID_TOKEN;
    prefix = span_until(target, u"/");
    if (target[prefix]) target += prefix + 1;
    length = host_length(target);
    if (!(copy = secret_alloc((length + 1) * sizeof(WCHAR)))) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(copy, target, length * sizeof(WCHAR));
    out_ptr(host, copy);
    return SEC_E_OK;
}

/* ---- CredWrite --------------------------------------------------------------------------------------------------- */

/* domain\user, or the user alone; NULL without memory. */
static WCHAR *full_name(const struct auth_identity *parts)
{
    ULONG at = parts->domain_length ? parts->domain_length + 1 : 0;
    WCHAR *name = secret_alloc(((size_t)at + parts->user_length + 1) * sizeof(WCHAR));

    if (!name) return NULL;
    if (at)
    {
        memcpy(name, parts->domain, parts->domain_length * sizeof(WCHAR));
        name[at - 1] = '\\';
    }
    memcpy(name + at, parts->user, parts->user_length * sizeof(WCHAR));
    return name;
}

static WCHAR *given_target(const WCHAR *target)
{
    size_t size = (sec_wide_length(target) + 1) * sizeof(WCHAR);
    WCHAR *copy = secret_alloc(size);

    if (copy) memcpy(copy, target, size);
    return copy;
}

/* What a credential of an identity is stored for: TARGET, or whoever it names. */
static WCHAR *target_of(const struct auth_identity *parts, const WCHAR *target)
{
    return target ? given_target(target) : full_name(parts);
}

/***********************************************************************
 *           SspiPrepareForCredRead (SECUR32.@)
 */
SECURITY_STATUS SEC_ENTRY SspiPrepareForCredRead(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, PCWSTR target, PULONG type,
                                                 PCWSTR *target_name)
{
    struct auth_identity *parts;
    SECURITY_STATUS status;
    WCHAR *name = NULL;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!identity || !type || !target_name) return SEC_E_INVALID_TOKEN;
    if ((status = identity_read_any(identity, &parts)) != SEC_E_OK) return status;
    if (!target && !parts->user_length) status = SEC_E_UNKNOWN_CREDENTIALS;
    else if (!(name = target_of(parts, target))) status = SEC_E_INSUFFICIENT_MEMORY;
    identity_free(parts);
    if (status != SEC_E_OK) return status;
    *type = CREDENTIAL_TYPE_DOMAIN_PASSWORD;
    out_ptr(target_name, name);
    return SEC_E_OK;
}

/* The three blocks of a stored credential. */
struct stored
{
    WCHAR *target, *user;
    UCHAR *blob; /* NULL: no password */
    ULONG blob_size;
};

static bool make_stored(const struct auth_identity *parts, const WCHAR *target, struct stored *stored)
{
    stored->user = full_name(parts);
    stored->target = target_of(parts, target);
    stored->blob_size = parts->password_length * (ULONG)sizeof(WCHAR);
    stored->blob = stored->blob_size ? secret_alloc(stored->blob_size) : NULL;
    if (stored->blob) memcpy(stored->blob, parts->password, stored->blob_size);
    return stored->user && stored->target && (stored->blob || !stored->blob_size);
}

/***********************************************************************
 *           SspiPrepareForCredWrite (SECUR32.@)
 *
 * The blob is NULL, its size 0, if the identity has no password or an empty one.
 */
SECURITY_STATUS SEC_ENTRY SspiPrepareForCredWrite(PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, PCWSTR target, PULONG type,
                                                  PCWSTR *target_name, PCWSTR *user_name, PUCHAR *blob,
                                                  PULONG blob_size)
{
    struct stored stored = {NULL, NULL, NULL, 0};
    struct auth_identity *parts;
    SECURITY_STATUS status;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!identity || !type || !target_name || !user_name || !blob || !blob_size) return SEC_E_INVALID_TOKEN;
    if ((status = identity_read_any(identity, &parts)) != SEC_E_OK) return status;
    if (!parts->user_length)
        status = SEC_E_UNKNOWN_CREDENTIALS;
    else if (!make_stored(parts, target, &stored))
        status = SEC_E_INSUFFICIENT_MEMORY;
    identity_free(parts);
    if (status != SEC_E_OK)
    {
        secret_free(stored.target);
        secret_free(stored.user);
        secret_free(stored.blob);
        return status;
    }
    *type = CREDENTIAL_TYPE_DOMAIN_PASSWORD;
    *blob_size = stored.blob_size;
    out_ptr(target_name, stored.target);
    out_ptr(user_name, stored.user);
    out_ptr(blob, stored.blob);
    return SEC_E_OK;
}
