/*
 * Tokens of the core as Wine programs hold them (design 10.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_TOKENS_H
#define GUISE_DLLS_GUISE_TOKENS_H

#include "dlls/guise/private.h"

/* One token of the core and the one of wineserver that stands for it. What is set here never changes. */
struct overlay
{
    LUID id;        /* of wineserver's token */
    UINT64 object;  /* of the core's token: two handles of one token have the same */
    UINT64 native;  /* a handle of the core with every access */
    HANDLE anchor;  /* a handle of wineserver with every access: as long as it is open the id is not another token's */
    ULONG users;    /* calls that are using it now; guarded by the table's lock */
    struct overlay *next_by_id, *next_by_object;
};

/*
 * The overlay of the token behind HANDLE, to be released; NULL: a token of Wine's own, or HANDLE is none, so the original service answers.
 * STATUS_ACCESS_DENIED: one of Guise's that another process made (or that cannot be looked into): nobody knows here who it is.
 */
NTSTATUS overlay_find(HANDLE handle, struct overlay **overlay);
void overlay_release(struct overlay *overlay); /* NULL is allowed */
/* STATUS_ACCESS_DENIED: HANDLE's token has an overlay, which what is asked for would not follow. */
NTSTATUS overlay_refuse(HANDLE handle);

/* The overlay of the token behind NATIVE, made if there is none, to be released. NATIVE is used up whatever the outcome. */
NTSTATUS overlay_adopt(UINT64 native, struct overlay **overlay);

/*
 * A new entry, which the caller releases. NATIVE and ANCHOR, both with every access, are used up whatever the outcome; OBJECT is that of NATIVE.
 */
NTSTATUS overlay_insert(UINT64 native, UINT64 object, HANDLE anchor, struct overlay **made);

/* Sets wineserver's default DACL of a token: DACL (NULL: an empty one) with Guise's mark and, unless NULL, all access for CLIENT. */
NTSTATUS mark_default_dacl(HANDLE token, const ACL *dacl, const SID *client);

/* The overlay of a token that is known to live, by struct overlay.object; NULL: there is none. */
struct overlay *overlay_of_object(UINT64 object);

/*
 * Has the core run BLOCK's service, with as much scratch memory as it turns out to need: with BLOCK's own handle, or for the token of OVERLAY as far
 * as HANDLE, the program's, allows it. hooks/token.c.
 */
NTSTATUS service_run(struct token_service_block *block);
NTSTATUS service_ask(struct overlay *overlay, HANDLE handle, struct token_service_block *block);
#define ARGUMENT(value) ((UINT64)(ULONG_PTR)(value))

/* Of struct guise_api. */
NTSTATUS publish_token(UINT64 native, ACCESS_MASK access, HANDLE *handle);
NTSTATUS impersonate_token(UINT64 native);

/* hooks/thread.c: NtSetInformationThread(ThreadImpersonationToken) of the calling thread with a token of the table. */
NTSTATUS thread_impersonate(struct overlay *overlay);
/* The kernel's side alone, for the calling thread: wineserver's has changed already. OVERLAY NULL: the process. */
NTSTATUS thread_follow(struct overlay *overlay);
/* The same for a thread by the program's handle. */
NTSTATUS thread_set_overlay(HANDLE thread, struct overlay *overlay);

#endif
