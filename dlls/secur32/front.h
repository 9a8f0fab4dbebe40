/*
 * What the files of the SSPI front share: handles, credentials, contexts, buffers, identities and text.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_FRONT_H
#define GUISE_SECUR32_FRONT_H

#include <stdatomic.h>

#include <secext.h>

#include "dlls/secur32/package.h"

/* ---- the library: table.c --------------------------------------------------------------------------------------- */

/* A mark by which a program tells this library from others of its name. */
extern const ULONG guise_secur32_version;

/* Whether the core that was loaded is the one this library was built with. Otherwise every call is refused. */
bool sec_core_matches(void);

/* ---- handles: handle.c ------------------------------------------------------------------------------------------ */

/* What a handle stands for begins with this. The references are counted in the slot. */
struct sec_object
{
    struct sec_slot *slot;
};

enum sec_handle_kind
{
    SEC_HANDLE_CREDENTIAL = 1,
    SEC_HANDLE_CONTEXT = 2
};

/* A new handle, which holds one reference. false: no memory; the object is then still the caller's. */
bool sec_handle_open(enum sec_handle_kind kind, struct sec_object *object, SecHandle *handle);

/*
 * The object behind a handle with a reference added, or NULL for a handle that is NULL, stale, foreign or of another
 * kind.
 */
struct sec_object *sec_handle_reference(enum sec_handle_kind kind, const SecHandle *handle);

/* Makes the handle invalid and drops its reference. false: it was none. */
bool sec_handle_close(enum sec_handle_kind kind, const SecHandle *handle);

/*
 * Makes the handle invalid and waits until nobody uses the object but the caller, who holds one reference; the handle's
 * own is kept. Then either sec_handle_resume(), and the handle is what it was, or sec_object_dereference(). false: it was none.
 */
bool sec_handle_suspend(enum sec_handle_kind kind, const SecHandle *handle);
void sec_handle_resume(enum sec_handle_kind kind, const SecHandle *handle);

void sec_object_reference(struct sec_object *object);
/* The last one destroys the object and lets its slot be used again. */
void sec_object_dereference(struct sec_object *object);

/* ---- credentials: credential.c ---------------------------------------------------------------------------------- */

struct credential
{
    struct sec_object object;
    const struct sec_package *package;
    struct package_credential *state;
    _Atomic ULONG use; /* SECPKG_CRED_INBOUND, _OUTBOUND or both; AddCredentials may make it both */
    PACCESS_TOKEN token; /* default credentials: the caller's token at that time (S2.1.9), referenced; else NULL */
};

struct credential *find_credential(const CredHandle *handle);
void credential_dereference(struct credential *credential);
void credential_destroy(struct sec_object *object);

/* ---- contexts: context.c ---------------------------------------------------------------------------------------- */

enum context_phase
{
    CONTEXT_IN_PROGRESS,
    CONTEXT_COMPLETE,
    CONTEXT_FAILED
};

struct context
{
    struct sec_object object;
    const struct sec_package *package;
    struct package_context *state;
    struct credential *credential; /* referenced: freeing its handle breaks no context (S2.3.1). Imported: NULL */
    _Atomic(HANDLE) token_handle;  /* made by the first query of ACCESS_TOKEN, closed with the context (S12.8) */
    _Atomic unsigned char phase;   /* enum context_phase. Written by the leg that holds the flag below */
    atomic_flag leg_runs;          /* legs of one context never run at the same time (S2.0.8) */
    bool acceptor;
};

/* The handle of a context that was completed elsewhere. STATE is taken over, unless there is no memory: false. */
bool context_adopt(const struct sec_package *package, struct package_context *state, bool acceptor, CtxtHandle *handle);

struct context *context_reference(const CtxtHandle *handle);
void context_dereference(struct context *context);
void context_destroy(struct sec_object *object);

/*
 * Keeps legs off a context until context_release(). SEC_E_OUT_OF_SEQUENCE: another thread is inside one.
 * SEC_E_INVALID_HANDLE: the package keeps nothing of it yet.
 */
SECURITY_STATUS context_hold(struct context *context);
void context_release(struct context *context);

static inline enum context_phase context_phase(const struct context *context)
{
    return (enum context_phase)atomic_load_explicit(&context->phase, memory_order_acquire);
}

/* A new handle to the client's token of a completed server context, with the rights an SSPI caller gets (impersonate.c). */
SECURITY_STATUS context_open_token(struct context *context, HANDLE *handle);

/* What RevertSecurityContext answers, and nothing is reverted: for the PE module, which has a thread of Wine's to revert (impersonate.c). */
SECURITY_STATUS guise_check_revert(const CtxtHandle *handle);

/* The client's token of a completed server context, valid while the context is referenced (impersonate.c). */
SECURITY_STATUS context_access_token(struct context *context, PACCESS_TOKEN *token);

/* ---- attributes: attribute_shapes.c ------------------------------------------------------------------------------ */

/* The structure of an attribute: its size, and where its strings are. */
struct attribute_shape
{
    ULONG attribute;
    ULONG size;
    unsigned int string_count;
    size_t strings[2];
    size_t blob; /* where a block of bytes is; 0: it has none */
};

const struct attribute_shape *sec_attribute_find(const struct attribute_shape *shapes, size_t count, ULONG attribute);

/* Of a caller's BUFFER and its SIZE; SIZE NULL: not said. SHAPE NULL: the attribute is not known. */
SECURITY_STATUS sec_attribute_check(const struct attribute_shape *shape, const void *buffer, const ULONG *size);

/* What a package has put there for the caller to free: a plug-in does not know out_ptr(). SHAPE NULL: nothing is known of it. */
void sec_attribute_give(const struct attribute_shape *shape, void *buffer);

/* Replaces the W strings of a package's answer. SEC_E_INSUFFICIENT_MEMORY: they are gone. SHAPE NULL: it has none. */
SECURITY_STATUS sec_attribute_to_ansi(const struct attribute_shape *shape, void *buffer);

/* ---- packages: packages.c, builtin.c, plugin.c ---------------------------------------------------------------------------- */

/* The packages in enumeration order; NULL behind the last. */
const struct sec_package *sec_package_at(unsigned int index);
const struct sec_package *sec_package_find(const WCHAR *name);

/* Around what keeps a package from being deleted. false: it has been. The address of a package stays good for ever. */
bool sec_package_use(const struct sec_package *package);
void sec_package_unuse(const struct sec_package *package);

/* One out_block with COUNT entries from the package FIRST on (index) and their strings: SecPkgInfoA or SecPkgInfoW. */
void *sec_package_info(const struct sec_package *const *packages, unsigned int count, bool ansi);

/* The same for one package; *INFO is then a block, or as it was. NULL, no package: SEC_E_SECPKG_NOT_FOUND. */
SECURITY_STATUS sec_package_describe(const struct sec_package *package, void **info, bool ansi);

/* ---- buffers: buffers.c ----------------------------------------------------------------------------------------- */

/*
 * SEC_E_INVALID_TOKEN unless the description is of the known version and each buffer has the memory it claims. NULL is
 * fine.
 */
SECURITY_STATUS sec_buffers_check(const SecBufferDesc *desc);

/*
 * Writes a leg's output, which may be empty, into the caller's TOKEN buffer: into its memory or, with ALLOCATE, into a
 * block of its own. Whatever happens, cbBuffer ends as what there is to send (S2.5.5 to S2.5.7, S12.15).
 */
SECURITY_STATUS sec_buffers_deliver(const SecBufferDesc *output, const void *token, ULONG length, bool allocate);

/* ---- identities: identity.c ------------------------------------------------------------------------------------- */

/*
 * A copy of what the caller gave as pAuthData, within the limits of S2.1.4; freed with identity_free(), which wipes it.
 * SEC_E_UNKNOWN_CREDENTIALS: not understood.
 */
SECURITY_STATUS identity_read(const void *auth_data, struct auth_identity **identity);

/* The same, as long as an opaque identity can be: for the helpers that give nothing to a package. */
SECURITY_STATUS identity_read_any(const void *auth_data, struct auth_identity **identity);

/* The flags of any shape, which are readable when the rest is encrypted. */
ULONG identity_flags(const void *auth_data);

/* Any of these: encrypted, by somebody for somebody. */
#define IDENTITY_ENCRYPTED                                                                                             \
    (SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED | SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED |                \
     SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED | SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED)

/* Whether it is of the shape without pointers, all in one block. */
bool identity_is_block(const void *auth_data);

/* Overwrites what any shape holds: the whole block of an EX2 identity, the texts of the others. */
void identity_wipe(void *auth_data);

/*
 * SEC_WINNT_AUTH_PACKED_CREDENTIALS with what a password is: the payload of an EX2 identity. Offsets count from its
 * start.
 */
struct packed_credentials
{
    USHORT header_length;
    USHORT structure_length;
    GUID type;
    ULONG data_offset;
    USHORT data_length;
};

extern const GUID packed_password_type;
void identity_free(struct auth_identity *identity);

/* ---- encrypted identities: identity_seal.c ---------------------------------------------------------------------- */

/*
 * A legible copy of an encrypted identity, freed with secret_free() (authidentity.h). SEC_E_UNKNOWN_CREDENTIALS: not encrypted by this
 * process, or changed since.
 */
SECURITY_STATUS identity_unsealed(const void *auth_data, void **copy);

/* ---- text: ansi.c. The ANSI code page of this system is UTF-8 --------------------------------------------------- */

/*
 * A terminated copy in the other form; the length out is in units without the terminator and may be NULL. Bad UTF-8 is
 * refused: SEC_E_INVALID_PARAMETER. The copies are wiped by their owners with guise_free_secret() when they held a
 * secret.
 */
SECURITY_STATUS sec_wide_from_ansi(const char *ansi, size_t length, WCHAR **wide, ULONG *wide_length);

/* Bytes of the UTF-8 form without terminator; unpaired surrogates become U+FFFD. OUT may be NULL to count. */
size_t sec_ansi_from_wide(const WCHAR *wide, size_t length, char *out);

size_t sec_wide_length(const WCHAR *wide);

/* Whether two names are the same but for case. */
bool sec_same_name(const WCHAR *a, size_t a_length, const WCHAR *b, size_t b_length);

/* ---- names of accounts: names.c --------------------------------------------------------------------------------- */

/* The name of a token's user in FORMAT, made with guise_alloc(). An ERROR_ code; ERROR_NONE_MAPPED: it has none. */
ULONG sec_name_of_token(PACCESS_TOKEN token, EXTENDED_NAME_FORMAT format, WCHAR **name);

#endif
