/*
 * What a context of Negotiate tells about itself (table 3.3 of the SSPI notes): how the choice went, and for all the rest what the chosen
 * package says.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/negotiate/negotiate.h"

/* How the last leg of a package ended, also of one that was passed over, and before the end (S5.7.1). */
static SECURITY_STATUS query_status(const struct nego_context *context, SecPkgContext_NegoStatus *answer)
{
    answer->LastStatus = (ULONG)context->inner_status;
    return SEC_E_OK;
}

/* ---- what there was to choose from ------------------------------------------------------------------------------------- */

/* S5.1.1 */
static const struct
{
    const char *oid;
    size_t size;
    ULONG flag;
} known[] = {
    {"\x2a\x86\x48\x82\xf7\x12\x01\x02\x02", 9, SECPKG_ATTR_NEGO_INFO_FLAG_NO_KERBEROS},
    {"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 10, SECPKG_ATTR_NEGO_INFO_FLAG_NO_NTLM},
};

static bool is_listed(const struct nego_context *context, struct wire_span mechanism)
{
    struct wire_reader reader;
    struct wire_span offered;

    spnego_begin_list(&reader, (struct wire_span){context->list, context->list_size});
    while (spnego_next_mechanism(&reader, &offered))
        if (offered.size == mechanism.size && !memcmp(offered.data, mechanism.data, offered.size)) return true;
    return false;
}

/* An initiator's offer; what an acceptor's credential has; else nothing but what was chosen, by a peer without SPNEGO or in another process. */
static bool could_be_chosen(const struct nego_context *context, const struct sec_package *package, struct wire_span mechanism)
{
    if (!context->server && context->list) return is_listed(context, mechanism);
    if (context->server && context->credential) return nego_find_mechanism(context, mechanism, (struct wire_span){NULL, 0});
    return package && nego_knows_mechanism(package, mechanism);
}

static SECURITY_STATUS query_packages(const struct nego_context *context, SecPkgContext_NegoPackageInfo *answer)
{
    const struct sec_package *package = atomic_load_explicit(&context->package, memory_order_relaxed);

    answer->PackageMask = 0;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (!could_be_chosen(context, package, (struct wire_span){(const UCHAR *)known[i].oid, known[i].size}))
            answer->PackageMask |= known[i].flag;
    return SEC_E_OK;
}

/* ---- was that the client's last token? ----------------------------------------------------------------------------------- */

static SECURITY_STATUS ask_inner(const struct nego_context *context, ULONG attribute, void *buffer)
{
    const struct sec_package *package = atomic_load_explicit(&context->package, memory_order_relaxed);

    return package->query_context ? package->query_context(context->inner, attribute, buffer) : SEC_E_UNSUPPORTED_FUNCTION;
}

/*
 * S3.3.8. The server may take another package as long as it has not answered, and may send a MIC until all is over, which wants one back
 * unless ours is under way.
 */
static SECURITY_STATUS query_last_token(const struct nego_context *context, SecPkgContext_LastClientTokenStatus *answer)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (context->server) return SEC_E_UNSUPPORTED_FUNCTION;
    if (context->phase == NEGO_FAILED || !context->inner) return SEC_E_INVALID_HANDLE;
    answer->LastClientTokenStatus = SecPkgAttrLastClientTokenYes;
    if (context->phase == NEGO_COMPLETE) return SEC_E_OK;
    if (!context->inner_done) status = ask_inner(context, SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS, answer);
    if (status == SEC_E_OK && answer->LastClientTokenStatus == SecPkgAttrLastClientTokenYes && !context->mic_sent && !context->raw)
        answer->LastClientTokenStatus = SecPkgAttrLastClientTokenMaybe;
    return status;
}

/* ---- the table ------------------------------------------------------------------------------------------------------------- */

/* What was promised to the last leg's caller (nego_tell). */
static SECURITY_STATUS query_flags(const struct nego_context *context, SecPkgContext_Flags *answer)
{
    SECURITY_STATUS status = ask_inner(context, SECPKG_ATTR_FLAGS, answer);

    if (status == SEC_E_OK) answer->Flags |= context->request & ISC_REQ_CONNECTION;
    return status;
}

SECURITY_STATUS nego_query_context(struct package_context *handle, ULONG attribute, void *buffer)
{
    const struct nego_context *context = (const struct nego_context *)handle;

    switch (attribute)
    {
    case SECPKG_ATTR_NEGO_STATUS: return query_status(context, buffer);
    case SECPKG_ATTR_NEGO_PKG_INFO: return query_packages(context, buffer);
    case SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS: return query_last_token(context, buffer);
    default: break;
    }
    if (context->phase != NEGO_COMPLETE) return SEC_E_INVALID_HANDLE; /* S2.10.2 */
    return attribute == SECPKG_ATTR_FLAGS ? query_flags(context, buffer) : ask_inner(context, attribute, buffer);
}
