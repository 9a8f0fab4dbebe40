/*
 * The rules of SecBufferDesc: what is accepted, how a buffer is found, and how a leg's output reaches the caller.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"

SECURITY_STATUS sec_buffers_check(const SecBufferDesc *desc)
{
    if (!desc) return SEC_E_OK;
    if (desc->ulVersion != SECBUFFER_VERSION || (desc->cBuffers && !desc->pBuffers)) return SEC_E_INVALID_TOKEN;
    for (ULONG i = 0; i < desc->cBuffers; i++)
    {
        const SecBuffer *buffer = &desc->pBuffers[i];

        if (buffer->cbBuffer && !buffer->pvBuffer && (buffer->BufferType & ~SECBUFFER_ATTRMASK) != SECBUFFER_EMPTY)
            return SEC_E_INVALID_TOKEN;
    }
    return SEC_E_OK;
}

const SecBuffer *sec_buffer_find(const SecBufferDesc *desc, ULONG type)
{
    for (ULONG i = 0; desc && i < desc->cBuffers; i++)
    {
        if ((desc->pBuffers[i].BufferType & ~SECBUFFER_ATTRMASK) == type) return &desc->pBuffers[i];
    }
    return NULL;
}

static SECURITY_STATUS deliver_block(SecBuffer *buffer, const void *token, ULONG length)
{
    void *block = NULL;

    /* The caller frees what it finds here even after an error, and what it put there was no memory of ours (S2.5.6). */
    buffer->pvBuffer = NULL;
    buffer->cbBuffer = 0;
    if (!length) return SEC_E_OK;
    if (!(block = out_block(length))) return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(block, token, length);
    out_ptr(&buffer->pvBuffer, block);
    buffer->cbBuffer = length;
    return SEC_E_OK;
}

static SECURITY_STATUS deliver_into(SecBuffer *buffer, const void *token, ULONG length)
{
    ULONG capacity = buffer->cbBuffer;

    buffer->cbBuffer = 0;
    if (!length) return SEC_E_OK;
    if (capacity < length) return SEC_E_BUFFER_TOO_SMALL;
    if (!buffer->pvBuffer) return SEC_E_INTERNAL_ERROR; /* S2.5.7 */
    memcpy(buffer->pvBuffer, token, length);
    buffer->cbBuffer = length;
    return SEC_E_OK;
}

SECURITY_STATUS sec_buffers_deliver(const SecBufferDesc *output, const void *token, ULONG length, bool allocate)
{
    SecBuffer *buffer = (SecBuffer *)sec_buffer_find(output, SECBUFFER_TOKEN);

    if (!buffer) return length ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK; /* S2.5.7: as if it had no room */
    return allocate ? deliver_block(buffer, token, length) : deliver_into(buffer, token, length);
}
