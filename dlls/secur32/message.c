/*
 * Message protection: MakeSignature, VerifySignature, EncryptMessage, DecryptMessage, and FreeContextBuffer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

static SecBuffer *find_token(const struct sec_package *package, PSecBufferDesc buffers, bool may_be_stream)
{
    const SecBuffer *token = sec_buffer_find(buffers, SECBUFFER_TOKEN);

    if (!token && may_be_stream && (package->capabilities & SECPKG_FLAG_GSS_COMPATIBLE))
        token = sec_buffer_find(buffers, SECBUFFER_STREAM); /* S2.12.7 */
    return (SecBuffer *)token;
}

/*
 * Looks at what all four calls share and references the context. No lock is taken: one thread may protect messages
 * while another one takes protection off (S2.0.8), and different contexts share nothing.
 */
static SECURITY_STATUS begin_message(const CtxtHandle *handle, PSecBufferDesc buffers, ULONG sequence, bool may_be_stream,
                                     struct context **context, struct message *message)
{
    struct context *found;

    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!(found = context_reference(handle))) return SEC_E_INVALID_HANDLE;
    message->buffers = buffers;
    message->sequence = sequence;
    if (context_phase(found) != CONTEXT_COMPLETE)
    {
        context_dereference(found);
        return SEC_E_INVALID_HANDLE; /* S2.10.2: an unfinished context is none yet */
    }
    if (sec_buffers_check(buffers) != SEC_E_OK || !(message->token = find_token(found->package, buffers, may_be_stream)))
    {
        context_dereference(found);
        return SEC_E_INVALID_TOKEN; /* S2.12.2 */
    }
    *context = found;
    return SEC_E_OK;
}

static SECURITY_STATUS end_message(struct context *context, const struct message *message, ULONG *qop,
                                   SECURITY_STATUS status)
{
    if (qop && message->qop_set) *qop = message->qop;
    context_dereference(context);
    return status;
}

/***********************************************************************
 *           MakeSignature (SECUR32.@)
 *
 * Signs the buffers into the TOKEN buffer, whose cbBuffer is capacity before and length after (S2.12.2).
 */
SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle handle, ULONG qop, PSecBufferDesc buffers, ULONG sequence)
{
    struct message message = {.qop = qop};
    struct context *context;
    SECURITY_STATUS status = begin_message(handle, buffers, sequence, false, &context, &message);

    if (status != SEC_E_OK) return status;
    status = context->package->make_signature ? context->package->make_signature(context->state, &message)
                                              : SEC_E_UNSUPPORTED_FUNCTION;
    return end_message(context, &message, NULL, status);
}

/***********************************************************************
 *           VerifySignature (SECUR32.@)
 *
 * *QOP is written only by packages that report one; NTLM leaves it alone (S2.12.3).
 */
SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle handle, PSecBufferDesc buffers, ULONG sequence, ULONG *qop)
{
    struct message message = {.qop = 0};
    struct context *context;
    SECURITY_STATUS status = begin_message(handle, buffers, sequence, false, &context, &message);

    if (status != SEC_E_OK) return status;
    status = context->package->verify_signature ? context->package->verify_signature(context->state, &message)
                                                : SEC_E_UNSUPPORTED_FUNCTION;
    return end_message(context, &message, qop, status);
}

/***********************************************************************
 *           EncryptMessage (SECUR32.@)
 *           SealMessage (SECUR32.@)
 *
 * Encrypts the DATA buffers in place (S2.12.4).
 */
SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle handle, ULONG qop, PSecBufferDesc buffers, ULONG sequence)
{
    struct message message = {.qop = qop};
    struct context *context;
    SECURITY_STATUS status = begin_message(handle, buffers, sequence, false, &context, &message);

    if (status != SEC_E_OK) return status;
    status = context->package->encrypt_message ? context->package->encrypt_message(context->state, &message)
                                               : SEC_E_UNSUPPORTED_FUNCTION;
    return end_message(context, &message, NULL, status);
}

/***********************************************************************
 *           DecryptMessage (SECUR32.@)
 *           UnsealMessage (SECUR32.@)
 *
 * The reverse, in place (S2.12.7).
 */
SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle handle, PSecBufferDesc buffers, ULONG sequence, ULONG *qop)
{
    struct message message = {.qop = 0};
    struct context *context;
    SECURITY_STATUS status = begin_message(handle, buffers, sequence, true, &context, &message);

    if (status != SEC_E_OK) return status;
    status = context->package->decrypt_message ? context->package->decrypt_message(context->state, &message)
                                               : SEC_E_UNSUPPORTED_FUNCTION;
    return end_message(context, &message, qop, status);
}

/* The old names are the same entry points, not calls of them (S1.2.3). */
SECURITY_STATUS SEC_ENTRY SealMessage(PCtxtHandle, ULONG, PSecBufferDesc, ULONG)
    __attribute__((alias("EncryptMessage")));
SECURITY_STATUS SEC_ENTRY UnsealMessage(PCtxtHandle, PSecBufferDesc, ULONG, ULONG *)
    __attribute__((alias("DecryptMessage")));

/***********************************************************************
 *           FreeContextBuffer (SECUR32.@)
 *
 * Frees what this library gave: package information, output tokens, strings and blobs of attributes (S2.13.1). NULL is
 * allowed.
 */
SECURITY_STATUS SEC_ENTRY FreeContextBuffer(void *block)
{
    out_free(block);
    return SEC_E_OK;
}

/***********************************************************************
 *           SecGetLocaleSpecificEncryptionRules (SECUR32.@)
 *
 * Whether messages may be encrypted where this machine stands. No locale of this system forbids it; what packages offer
 * is in their capabilities.
 */
SECURITY_STATUS SEC_ENTRY SecGetLocaleSpecificEncryptionRules(BOOLEAN *permitted)
{
    if (!sec_core_matches()) return SEC_E_INTERNAL_ERROR;
    if (!permitted) return SEC_E_INVALID_PARAMETER;
    *permitted = TRUE;
    return SEC_E_OK;
}
