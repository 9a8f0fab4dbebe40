/*
 * libFuzzer target: exported contexts. The first byte says what the others are: even, what is encrypted in a block, which this
 * target encrypts under its own key, so that the readers behind the cipher are reached through ImportSecurityContext; odd, a
 * block as it came from anywhere. Whatever is taken is a context for every call, and can be passed on.
 *
 * Covers: dlls/secur32/export.c dlls/secur32/client_blob.c dlls/msv1_0/export.c dlls/msv1_0/seal_export.c ntoskrnl/se/transfer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dlls/msv1_0/crypto.h"
#include "dlls/secur32/ticket.h"
#include "dlls/secur32/wire.h"
#include "ntoskrnl/core.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Before the nonce: magic, uid, boot id, expiry, id (dlls/secur32/export.c). */
#define CLEAR_SIZE 52
#define HEAD_SIZE  (CLEAR_SIZE + 12 + 16)

static const UCHAR key[AEAD_KEY_SIZE] = "the one key of the fuzz target.";

/* The tickets of this target (linked with --wrap): there is one for every name, and none is ever used up. */
SECURITY_STATUS __wrap_ticket_create(struct ticket *ticket);
SECURITY_STATUS __wrap_ticket_read(const struct ticket_name *name, struct ticket *ticket);
SECURITY_STATUS __wrap_ticket_use(const struct ticket_name *name);
bool __real_crypto_rc4_skip(struct crypto_rc4 *rc4, ULONGLONG size);
bool __wrap_crypto_rc4_skip(struct crypto_rc4 *rc4, ULONGLONG size);

SECURITY_STATUS __wrap_ticket_create(struct ticket *ticket)
{
    memset(&ticket->name, 0, sizeof(ticket->name));
    memcpy(ticket->key, key, sizeof(key));
    return SEC_E_OK;
}

SECURITY_STATUS __wrap_ticket_read(const struct ticket_name *name, struct ticket *ticket)
{
    ticket->name = *name;
    memcpy(ticket->key, key, sizeof(key));
    return SEC_E_OK;
}

SECURITY_STATUS __wrap_ticket_use(const struct ticket_name *name)
{
    (void)name;
    return SEC_E_OK;
}

/* The way along a key stream takes as long as it says, which nobody waits for here. */
bool __wrap_crypto_rc4_skip(struct crypto_rc4 *rc4, ULONGLONG size)
{
    return __real_crypto_rc4_skip(rc4, size < 8192 ? size : 8192);
}

static void must(int condition)
{
    if (!condition) abort();
}

/* A whole block around SIZE bytes. */
static UCHAR *close_block(const uint8_t *data, size_t size)
{
    UCHAR *block = calloc(1, HEAD_SIZE + size);
    struct aead_input input = {.key = key, .associated = block, .associated_size = CLEAR_SIZE, .size = size};
    struct aead_seal seal;

    must(block != NULL);
    memcpy(block, "GUISEXC1", 8);
    input.bytes = block + HEAD_SIZE;
    if (size) memcpy(input.bytes, data, size);
    must(aead_close(&input, &seal) == SEC_E_OK);
    memcpy(block + CLEAR_SIZE, seal.nonce, sizeof(seal.nonce));
    memcpy(block + CLEAR_SIZE + sizeof(seal.nonce), seal.tag, sizeof(seal.tag));
    return block;
}

/* Every attribute that has a size here, and a message; the answers are free, the memory is not. */
static void use(CtxtHandle *context)
{
    SecPkgContext_NamesW names = {NULL};
    SecPkgContext_NativeNamesW native = {NULL, NULL};
    SecPkgContext_SessionKey session = {0, NULL};
    char text[32] = "a message", token[16];
    SecBuffer buffers[2] = {{sizeof(token), SECBUFFER_TOKEN, token}, {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    HANDLE access = NULL;

    if (QueryContextAttributesW(context, SECPKG_ATTR_NAMES, &names) == SEC_E_OK) FreeContextBuffer(names.sUserName);
    if (QueryContextAttributesW(context, SECPKG_ATTR_NATIVE_NAMES, &native) == SEC_E_OK)
    {
        FreeContextBuffer(native.sClientName);
        FreeContextBuffer(native.sServerName);
    }
    if (QueryContextAttributesW(context, SECPKG_ATTR_SESSION_KEY, &session) == SEC_E_OK)
        FreeContextBuffer(session.SessionKey);
    if (QuerySecurityContextToken(context, &access) == SEC_E_OK) NtClose(access);
    if (MakeSignature(context, 0, &desc, 0) == SEC_E_OK) VerifySignature(context, &desc, 0, NULL);
    if (EncryptMessage(context, 0, &desc, 0) == SEC_E_OK) DecryptMessage(context, &desc, 0, NULL);
    must(ExportSecurityContext(context, SECPKG_CONTEXT_EXPORT_TO_KERNEL, &packed, NULL) == SEC_E_UNSUPPORTED_FUNCTION);
}

/* Whatever came in goes out again and is the same context elsewhere; only a key stream can be too far along. */
static void pass_on(CtxtHandle *context)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    CtxtHandle copy;

    if (ExportSecurityContext(context, 0, &packed, NULL) == SEC_E_OK)
    {
        must(ImportSecurityContextA((char *)"NTLM", &packed, NULL, &copy) == SEC_E_OK);
        must(DeleteSecurityContext(&copy) == SEC_E_OK);
        FreeContextBuffer(packed.pvBuffer);
    }
    must(ExportSecurityContext(context, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL) == SEC_E_OK);
    FreeContextBuffer(packed.pvBuffer);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    setenv("GUISE_CONF", "/dev/null", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    CtxtHandle context = {1, 2};
    SECURITY_STATUS status;

    if (!size) return 0;
    if (*data & 1)
    {
        must((packed.pvBuffer = malloc(size)) != NULL); /* of its own: a byte too many is seen */
        memcpy(packed.pvBuffer, data + 1, size - 1);
        packed.cbBuffer = (ULONG)size - 1;
    }
    else
    {
        packed.pvBuffer = close_block(data + 1, size - 1);
        packed.cbBuffer = (ULONG)(HEAD_SIZE + size - 1);
    }
    status = ImportSecurityContextA((char *)"NTLM", &packed, NULL, &context);
    if (status == SEC_E_OK)
    {
        use(&context);
        pass_on(&context);
        must(DeleteSecurityContext(&context) == SEC_E_OK);
    }
    else must(context.dwLower == 1 && context.dwUpper == 2);
    free(packed.pvBuffer);
    return 0;
}
