/*
 * Among the files of secur32.dll, the PE module for Wine: the generated exports, what they are made of, and what is by hand.
 *
 * The declarations of mingw-w64's sspi.h are not used: every parameter is a pointer or a number here, as in the blocks.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_PE_THUNKS_H
#define GUISE_SECUR32_PE_THUNKS_H

#include <ntstatus.h>
#define WIN32_NO_STATUS
#include "dlls/guise/guise.h"
#include "dlls/guise/say.h"
#include "dlls/secur32/pe/secur32_blocks.h"

/* What crosses with a constant of its own; the values are those of winerror.h. */
#define SEC_OK ((int32_t)0)
#define SEC_NO_MEMORY ((int32_t)0x80090300)
#define SEC_INVALID_HANDLE ((int32_t)0x80090301)
#define SEC_UNSUPPORTED ((int32_t)0x80090302)
#define SEC_INTERNAL ((int32_t)0x80090304)
#define SEC_NO_IMPERSONATION ((int32_t)0x8009030b)
#define SEC_INVALID_PARAMETER ((int32_t)0x8009035d)
#define SEC_BUFFER_TOO_SMALL ((int32_t)0x80090321)

/* ---- the way across: companion.c --------------------------------------------------------------------------------------------- */

/* guise.dll, or NULL, with a line that says why: then nothing is done at all. */
const struct guise_api *companion(void);

/* Runs a thunk of the Unix half. FALSE: there is none. A fault there ends the process: what was locked or raised is not known. */
BOOL thunk_run(enum thunk thunk, void *block);

static inline uint32_t get_last_error(void)
{
    return GetLastError();
}

static inline void set_last_error(uint32_t error)
{
    SetLastError(error);
}

/* ---- memory: memory.c -------------------------------------------------------------------------------------------------------- */

/* Copies what a thunk left to the process heap; not WANTED: the caller gets NULL instead. FALSE: no memory, and the caller got NULL. */
BOOL out_deliver(struct out_list *list, BOOL wanted);

/* ---- handles: tokens.c, ports.c ------------------------------------------------------------------------------------------------ */

/*
 * A token of the core's as a handle of Wine's in *TOKEN. The native handle is taken over. RESULT is what the routine answered, and
 * what comes back, unless the token could not be published.
 */
int32_t token_deliver(uint64_t native, HANDLE *token, int32_t result);      /* of an NTSTATUS */
int32_t token_deliver_sec(uint64_t native, HANDLE *token, int32_t result);  /* of a SECURITY_STATUS */
int32_t token_deliver_bool(uint64_t native, HANDLE *token, int32_t result); /* of a BOOL with a last error */

/* The core's handle of a token that the program names, until token_end(). FALSE: none of the core's, or without the rights. NULL stays NULL. */
BOOL token_begin(HANDLE token, void **native, void **hold);
void token_end(void *hold);

/* As token_deliver() for a connection to the LSA, whose handles are ours. */
int32_t port_deliver(uint64_t native, HANDLE *port, int32_t result);
/* The connection behind a handle, which stays open until port_end(). FALSE: it is none. */
BOOL port_begin(HANDLE port, void **native);
void port_end(HANDLE port);

/* ---- text of the A routines: text.c ----------------------------------------------------------------------------------------------- */

/* TEXT, which may be NULL, as the core reads it, until text_end(), which is owed whatever it answers. FALSE: no memory, or no text of the code page. */
BOOL text_begin(const char *text, void **utf8);
void text_end(const char *text, void *utf8);

/* The same for SEC_WINNT_AUTH_IDENTITY of any shape. FALSE: no memory. */
BOOL identity_begin(void *identity, void **given, size_t *size);
void identity_end(void *given, size_t size);

/* Behind a query of an A form that answered STATUS: its strings in the program's code page. */
int32_t attribute_to_ansi(uint32_t attribute, void *buffer, int32_t status);

/* ---- memory of the caller's: touch.c. What is bad faults here, as on Windows, before anything is held --------------------------- */

void touch_read(const void *start, size_t size);
void touch_write(void *start, size_t size);
void touch_text(const void *text, size_t unit);
void touch_read_buffers(const void *desc);
/* WRITTEN: those of its buffers that the routine writes. */
enum
{
    TOUCH_DATA = 1,
    TOUCH_TOKEN = 2
};
void touch_message_buffers(const void *desc, unsigned int written);
void touch_output_buffers(void *desc, uint32_t request);
void touch_packed(const void *buffer);
void touch_identity(const void *identity);
void touch_groups(const void *groups);
void touch_lsa_string(const void *string);

#endif
