/*
 * Putting a hook at the head of a routine that is no system service: its first instructions, at least five bytes of them, move to a copy
 * elsewhere that jumps back behind them, and a jump takes their place in one aligned word.
 *
 * Only instructions are moved that mean the same anywhere: pushes, and the making of a frame.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"

#define JUMP_SIZE 5
#define MAX_HEAD  16

/* What lies near the module for each hook. */
struct island
{
    UCHAR head[MAX_HEAD + 8]; /* the instructions moved, and a jump to what follows them */
    const void *back;
    UCHAR jump[8];            /* to the hook */
    const void *hook;
};
C_ASSERT(sizeof(struct island) == 48);

static const UCHAR far_jump[6] = { 0xff, 0x25, 0, 0, 0, 0 }; /* jmp [rip+N] */

/* The length of an instruction that may be moved; 0: it is none. */
static SIZE_T movable(const UCHAR *code)
{
    if (code[0] >= 0x50 && code[0] <= 0x57) return 1;                                         /* push */
    if (code[0] == 0x41 && code[1] >= 0x50 && code[1] <= 0x57) return 2;                      /* push r8 to r15 */
    if (!memcmp(code, "\x48\x8d\xa4\x24\0\0\0\0", 8)) return 8;                           /* lea rsp, [rsp + 0] */
    if (code[0] == 0x48 && code[1] == 0x83 && code[2] == 0xec) return 4;                      /* sub rsp, byte */
    if (code[0] == 0x48 && code[1] == 0x81 && code[2] == 0xec) return 7;                      /* sub rsp, number */
    return 0;
}

/* How much of the routine moves; 0: its shape is not known. */
static SIZE_T head_size(const UCHAR *code)
{
    SIZE_T size = 0, length;

    if ((ULONG_PTR)code & 7) return 0;
    while (size < JUMP_SIZE)
    {
        if (!(length = movable(code + size))) return 0;
        size += length;
    }
    return size;
}

static void write_far_jump(UCHAR *at, const void *target_cell)
{
    LONG distance = (LONG)((ULONG_PTR)target_cell - (ULONG_PTR)(at + sizeof(far_jump)));

    memcpy(at, far_jump, sizeof(far_jump));
    memcpy(at + 2, &distance, sizeof(distance));
}

static BOOL patch_one(HMODULE module, const struct hook *hook)
{
    UCHAR *code = (UCHAR *)GetProcAddress(module, hook->name);
    SIZE_T size = code ? head_size(code) : 0;
    union { LONG64 word; UCHAR bytes[8]; } after;
    struct island *island;
    LONG distance;
    DWORD old;

    if (!size)
    {
        say_of_hook(hook->name, code ? " of this Wine has a shape that is not known: nobody is impersonated"
                                     : " is missing in this Wine: nobody is impersonated");
        return FALSE;
    }
    if (!(island = allocate_near(module, sizeof(*island))))
    {
        say_of_hook(hook->name, " finds no memory for its hook: nobody is impersonated");
        return FALSE;
    }
    memcpy(island->head, code, size);
    write_far_jump(island->head + size, &island->back);
    write_far_jump(island->jump, &island->hook);
    island->back = code + size;
    island->hook = hook->replacement;
    if (!VirtualProtect(island, sizeof(*island), PAGE_EXECUTE_READ, &old) || !VirtualProtect(code, 8, PAGE_EXECUTE_READWRITE, &old))
    {
        VirtualFree(island, 0, MEM_RELEASE);
        say_of_hook(hook->name, " cannot be changed: nobody is impersonated");
        return FALSE;
    }
    *hook->original = island->head;
    memcpy(after.bytes, code, sizeof(after));
    distance = (LONG)((ULONG_PTR)island->jump - (ULONG_PTR)(code + JUMP_SIZE));
    after.bytes[0] = 0xe9;
    memcpy(after.bytes + 1, &distance, sizeof(distance));
    InterlockedExchange64((LONG64 volatile *)code, after.word);
    VirtualProtect(code, 8, old, &old);
    return TRUE;
}

BOOL patch_routines(const WCHAR *module_name, const struct hook *hooks)
{
    HMODULE module = LoadLibraryW(module_name);

    if (!module)
    {
        say_of_hook("a module of Wine's", " cannot be loaded: nobody is impersonated");
        return FALSE;
    }
    for (; hooks->name; hooks++)
        if (!patch_one(module, hooks)) return FALSE;
    return TRUE;
}
