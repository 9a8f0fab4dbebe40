/*
 * The Negotiate security package: its row in the front's table. What belongs to a completed context is the chosen package's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/negotiate/negotiate.h"

static struct nego_context *ours(struct package_context *context)
{
    return (struct nego_context *)context;
}

/*
 * The package of a context whose legs are over, or NULL. The inner context may be complete before: nobody speaks through it, and nobody
 * becomes its client, while a mechListMIC is missing.
 */
static const struct sec_package *finished(const struct nego_context *context)
{
    return context->phase == NEGO_COMPLETE ? atomic_load_explicit(&context->package, memory_order_relaxed) : NULL;
}

typedef SECURITY_STATUS (*message_call)(struct package_context *context, struct message *message);

/* ---- messages ---------------------------------------------------------------------------------------------------------- */

static SECURITY_STATUS pass_message(const struct nego_context *context, message_call call, struct message *message)
{
    return call ? call(context->inner, message) : SEC_E_UNSUPPORTED_FUNCTION;
}

static SECURITY_STATUS make_signature(struct package_context *context, struct message *message)
{
    const struct sec_package *package = finished(ours(context));

    return package ? pass_message(ours(context), package->make_signature, message) : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS verify_signature(struct package_context *context, struct message *message)
{
    const struct sec_package *package = finished(ours(context));

    return package ? pass_message(ours(context), package->verify_signature, message) : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS encrypt_message(struct package_context *context, struct message *message)
{
    const struct sec_package *package = finished(ours(context));

    return package ? pass_message(ours(context), package->encrypt_message, message) : SEC_E_INVALID_HANDLE;
}

static SECURITY_STATUS decrypt_message(struct package_context *context, struct message *message)
{
    const struct sec_package *package = finished(ours(context));

    return package ? pass_message(ours(context), package->decrypt_message, message) : SEC_E_INVALID_HANDLE;
}

/* ---- the rest ---------------------------------------------------------------------------------------------------------- */

static SECURITY_STATUS set_context(struct package_context *context, ULONG attribute, const void *buffer, ULONG size)
{
    const struct sec_package *package = finished(ours(context));

    return package && package->set_context ? package->set_context(ours(context)->inner, attribute, buffer, size)
                                           : SEC_E_UNSUPPORTED_FUNCTION;
}

static SECURITY_STATUS context_token(struct package_context *context, PACCESS_TOKEN *token)
{
    const struct sec_package *package = finished(ours(context));

    if (!package) return SEC_E_NO_IMPERSONATION;
    return package->context_token ? package->context_token(ours(context)->inner, token) : SEC_E_UNSUPPORTED_FUNCTION;
}

static const struct sec_package *chosen(struct package_context *context, ULONG *state)
{
    *state = atomic_load_explicit(&ours(context)->negotiation, memory_order_acquire);
    return atomic_load_explicit(&ours(context)->package, memory_order_acquire);
}

#define CAPABILITIES \
    (SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION | SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_EXTENDED_ERROR | \
     SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME | SECPKG_FLAG_NEGOTIABLE | SECPKG_FLAG_GSS_COMPATIBLE | SECPKG_FLAG_LOGON)
_Static_assert(CAPABILITIES == 0x3bb3, "the base set of S3.1.2");

const struct sec_package negotiate_package = {
    .version = SEC_PACKAGE_VERSION,
    .size = sizeof(struct sec_package),
    .name = u"Negotiate",
    .comment = u"Microsoft Package Negotiator",
    .capabilities = CAPABILITIES,
    .rpc_id = 9,
    .max_token = NEGOTIATE_MAX_TOKEN,
    .acquire_credential = nego_acquire_credential,
    .free_credential = nego_free_credential,
    .query_credential = nego_query_credential,
    .initialize = nego_initialize,
    .accept = nego_accept,
    .delete_context = nego_delete_context,
    .make_signature = make_signature,
    .verify_signature = verify_signature,
    .encrypt_message = encrypt_message,
    .decrypt_message = decrypt_message,
    .query_context = nego_query_context,
    .context_token = context_token,
    .export_context = nego_export_context,
    .import_context = nego_import_context,
    .add_credential = nego_add_credential,
    .set_credential = nego_set_credential,
    .set_context = set_context,
    .chosen = chosen,
};
