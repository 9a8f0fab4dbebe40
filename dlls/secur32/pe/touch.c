/*
 * Memory of the caller's, touched before a call goes into the Unix half.
 *
 * A fault there would leave the core with its locks held and the thread as it was at the fault. Here it is an exception like any
 * other of the program's, as on Windows, where secur32.dll runs in the caller's process too. What another thread unmaps between
 * this and the call ends the process (companion.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define SECURITY_WIN32
#include "dlls/secur32/pe/thunks.h"
#include <sspi.h>
#include <ntsecapi.h>

#define PAGE 4096

static void read_byte(const volatile char *at)
{
    (void)*at;
}

/* Leaves the byte as it is, also when another thread writes it. */
static void write_byte(volatile char *at)
{
    __atomic_fetch_or(at, 0, __ATOMIC_RELAXED);
}

void touch_read(const void *start, size_t size)
{
    const char *at = start;

    if (!at || !size) return;
    for (size_t i = 0; i < size; i += PAGE) read_byte(at + i);
    read_byte(at + size - 1);
}

void touch_write(void *start, size_t size)
{
    char *at = start;

    if (!at || !size) return;
    for (size_t i = 0; i < size; i += PAGE) write_byte(at + i);
    write_byte(at + size - 1);
}

void touch_text(const void *text, size_t unit)
{
    if (!text) return;
    if (unit == 1)
        for (const volatile char *at = text; *at; at++)
            ;
    else
        for (const volatile WCHAR *at = text; *at; at++)
            ;
}

/* The description alone. FALSE: none that the core would look at. */
static BOOL touch_desc(const SecBufferDesc *desc)
{
    touch_read(desc, sizeof(*desc));
    if (!desc || desc->ulVersion != SECBUFFER_VERSION || !desc->pBuffers || !desc->cBuffers) return FALSE;
    touch_read(desc->pBuffers, desc->cBuffers * sizeof(SecBuffer));
    return TRUE;
}

void touch_read_buffers(const void *buffers)
{
    const SecBufferDesc *desc = buffers;

    if (!touch_desc(desc)) return;
    for (ULONG i = 0; i < desc->cBuffers; i++) touch_read(desc->pBuffers[i].pvBuffer, desc->pBuffers[i].cbBuffer);
}

void touch_message_buffers(const void *buffers, unsigned int written)
{
    const SecBufferDesc *desc = buffers;

    if (!touch_desc(desc)) return;
    touch_write(desc->pBuffers, desc->cBuffers * sizeof(SecBuffer));
    for (ULONG i = 0; i < desc->cBuffers; i++)
    {
        const SecBuffer *buffer = &desc->pBuffers[i];
        ULONG type = buffer->BufferType & ~SECBUFFER_ATTRMASK;
        BOOL constant = buffer->BufferType & (SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM);

        if ((type == SECBUFFER_TOKEN && written & TOUCH_TOKEN) || (type == SECBUFFER_DATA && written & TOUCH_DATA && !constant))
            touch_write(buffer->pvBuffer, buffer->cbBuffer);
        else touch_read(buffer->pvBuffer, buffer->cbBuffer);
    }
}

void touch_output_buffers(void *buffers, uint32_t request)
{
    SecBufferDesc *desc = buffers;

    if (!touch_desc(desc)) return;
    touch_write(desc->pBuffers, desc->cBuffers * sizeof(SecBuffer));
    if (request & ISC_REQ_ALLOCATE_MEMORY) return; /* what stands there is no memory */
    for (ULONG i = 0; i < desc->cBuffers; i++)
        if ((desc->pBuffers[i].BufferType & ~SECBUFFER_ATTRMASK) == SECBUFFER_TOKEN)
            touch_write(desc->pBuffers[i].pvBuffer, desc->pBuffers[i].cbBuffer);
}
C_ASSERT(ISC_REQ_ALLOCATE_MEMORY == ASC_REQ_ALLOCATE_MEMORY);

void touch_packed(const void *packed)
{
    const SecBuffer *buffer = packed;

    touch_read(buffer, sizeof(*buffer));
    if (buffer) touch_read(buffer->pvBuffer, buffer->cbBuffer);
}

static void touch_units(const void *text, ULONG length, ULONG flags)
{
    if (length <= 0xffff) touch_read(text, flags & SEC_WINNT_AUTH_IDENTITY_ANSI ? length : length * sizeof(WCHAR));
}

void touch_identity(const void *identity)
{
    const SEC_WINNT_AUTH_IDENTITY_W *plain = identity;
    const SEC_WINNT_AUTH_IDENTITY_EXW *extended = identity;
    const SEC_WINNT_AUTH_IDENTITY_EX2 *block = identity;

    if (!identity) return;
    touch_read(identity, sizeof(ULONG));
    if (block->Version == SEC_WINNT_AUTH_IDENTITY_VERSION_2)
    {
        touch_read(block, sizeof(*block));
        touch_read(block, block->cbStructureLength <= 0x100000 ? block->cbStructureLength : 0);
    }
    else if (extended->Version == SEC_WINNT_AUTH_IDENTITY_VERSION)
    {
        touch_read(extended, sizeof(*extended));
        touch_units(extended->User, extended->UserLength, extended->Flags);
        touch_units(extended->Domain, extended->DomainLength, extended->Flags);
        touch_units(extended->Password, extended->PasswordLength, extended->Flags);
        touch_units(extended->PackageList, extended->PackageListLength, extended->Flags);
    }
    else
    {
        touch_read(plain, sizeof(*plain));
        touch_units(plain->User, plain->UserLength, plain->Flags);
        touch_units(plain->Domain, plain->DomainLength, plain->Flags);
        touch_units(plain->Password, plain->PasswordLength, plain->Flags);
    }
}

static void touch_sid(const SID *sid)
{
    touch_read(sid, 8);
    if (sid) touch_read(sid, 8 + sid->SubAuthorityCount * sizeof(DWORD));
}

void touch_groups(const void *groups)
{
    const TOKEN_GROUPS *list = groups;

    if (!list) return;
    touch_read(list, sizeof(DWORD));
    if (list->GroupCount > 1024) return; /* more than is looked at */
    touch_read(list, offsetof(TOKEN_GROUPS, Groups) + list->GroupCount * sizeof(SID_AND_ATTRIBUTES));
    for (DWORD i = 0; i < list->GroupCount; i++) touch_sid(list->Groups[i].Sid);
}

void touch_lsa_string(const void *string)
{
    const LSA_STRING *text = string;

    touch_read(text, sizeof(*text));
    if (text) touch_read(text->Buffer, text->Length);
}
