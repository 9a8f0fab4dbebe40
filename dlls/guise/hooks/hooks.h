/*
 * Hooks on system services: what stands between the program and Wine's ntdll.
 *
 * A hook takes the place of a stub of ntdll.dll, so kernel32, kernelbase and every other module pass through it too. Its first
 * line asks thread_impersonates() or the like, and goes straight to the original where Guise has nothing to do.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_HOOKS_H
#define GUISE_DLLS_GUISE_HOOKS_H

#include "dlls/guise/private.h"

struct hook
{
    const char *name;  /* the service, as ntdll exports it */
    void *replacement;
    void **original;   /* out: calls what was there before */
};

/* The hooks of each file; a name occurs once. {0} ends a list. */
extern const struct hook thread_hooks[], token_hooks[], create_hooks[], file_hooks[], claim_hooks[];
/* Of routines that are no system services. */
extern const struct hook advapi32_hooks[], kernelbase_hooks[], advapi32_claims[], kernelbase_claims[];

/* Whether all of them are where they belong: nobody is impersonated otherwise. */
extern BOOL hooks_in_place;

/*
 * Puts every hook in its place. False, with a line that says which, if one stub has a shape that is not known or memory is
 * short: then none is in place and nobody may be impersonated.
 */
BOOL hooks_install(void);

/* Patches the heads of routines of a module, which is loaded for good: inline.c. FALSE, with a line: one has an unknown shape. */
BOOL patch_routines(const WCHAR *module_name, const struct hook *hooks);

/* Memory that a jump of 32 bits reaches from the whole module, or NULL; and a line about a hook: patch.c. */
void *allocate_near(HMODULE module, SIZE_T size);
void say_of_hook(const char *name, const char *what);

/* Patches the stubs of LIST; all or none: patch.c. */
BOOL patch_stubs(const struct hook *const *lists, size_t count);

#endif
