/*
 * Putting a hook before a stub of ntdll.dll while other threads may be running in it.
 *
 * A stub of Wine 8.0, 32 bytes of position-independent code at a multiple of 16:
 *
 *   +0   4c 8b d1                  mov  r10, rcx
 *   +3   b8 NN NN NN NN            mov  eax, number of the service
 *   +8   f6 04 25 08 03 fe 7f 01   test byte [7ffe0308], 1
 *   ...
 *
 * The second instruction becomes `jmp hook`: five bytes inside one aligned word, stored at once, so a thread sees the old or the new
 * instruction and nothing between, wherever in the stub it stands. The first instruction, which stays, does no harm. A copy of
 * the stub elsewhere is the original. The jump reaches 2 GB, so copies and far jumps lie near ntdll.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"

#define STUB_SIZE 32
#define NUMBER_AT 4 /* four bytes that differ from stub to stub */

static const UCHAR stub_shape[STUB_SIZE] = {
    0x4c, 0x8b, 0xd1, 0xb8, 0, 0, 0, 0, 0xf6, 0x04, 0x25, 0x08, 0x03, 0xfe, 0x7f, 0x01,
    0x75, 0x03, 0x0f, 0x05, 0xc3, 0xeb, 0x01, 0xc3, 0xff, 0x14, 0x25, 0x00, 0x10, 0xfe, 0x7f, 0xc3,
};

/* What lies near ntdll for each hook. */
struct island
{
    UCHAR stub[STUB_SIZE];  /* the original */
    UCHAR jump[6];          /* jmp [rip+2] */
    UCHAR pad[2];
    const void *hook;       /* where to */
};
C_ASSERT(sizeof(struct island) == 48);

static BOOL has_known_shape(const UCHAR *stub)
{
    size_t i;

    if ((ULONG_PTR)stub & 7) return FALSE;
    for (i = 0; i < STUB_SIZE; i++)
        if ((i < NUMBER_AT || i >= NUMBER_AT + 4) && stub[i] != stub_shape[i]) return FALSE;
    return TRUE;
}

void *allocate_near(HMODULE module, SIZE_T size)
{
    const IMAGE_DOS_HEADER *dos = (const void *)module;
    const IMAGE_NT_HEADERS *nt = (const void *)((const UCHAR *)module + dos->e_lfanew);
    ULONG_PTR base = (ULONG_PTR)module, end = base + nt->OptionalHeader.SizeOfImage, step = 0x10000, at;
    void *found;

    for (at = (end + step - 1) & ~(step - 1); at + size - base < 0x7fff0000; at += step)
        if ((found = VirtualAlloc((void *)at, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE))) return found;
    for (at = (base & ~(step - 1)) - step; at > step && end - at < 0x7fff0000; at -= step)
        if ((found = VirtualAlloc((void *)at, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE))) return found;
    return NULL;
}

void say_of_hook(const char *name, const char *what)
{
    char line[128];

    lstrcpynA(line, name, 64);
    lstrcatA(line, what);
    say(line);
}

/* The word of the stub at +0 with a jump to the island in place of `mov eax, number`. */
static void divert(UCHAR *stub, const struct island *island)
{
    union { LONG64 word; UCHAR bytes[8]; } after;
    LONG distance = (LONG)((ULONG_PTR)island->jump - (ULONG_PTR)(stub + 8));

    memcpy(after.bytes, stub, sizeof(after));
    after.bytes[3] = 0xe9;
    memcpy(after.bytes + 4, &distance, sizeof(distance));
    InterlockedExchange64((LONG64 volatile *)stub, after.word);
}

BOOL patch_stubs(const struct hook *const *lists, size_t count)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    struct island *islands, *island;
    const struct hook *hook;
    size_t i, total = 0;
    DWORD old;

    for (i = 0; i < count; i++)
        for (hook = lists[i]; hook->name; hook++, total++)
        {
            const UCHAR *stub = (const UCHAR *)GetProcAddress(ntdll, hook->name);

            if (stub && has_known_shape(stub)) continue;
            say_of_hook(hook->name, stub ? " of this Wine has a shape that is not known: nobody is impersonated"
                                    : " is missing in this Wine: nobody is impersonated");
            return FALSE;
        }
    if (!total) return TRUE;
    if (!(islands = allocate_near(ntdll, total * sizeof(*islands))))
    {
        say("no memory near ntdll for the hooks: nobody is impersonated");
        return FALSE;
    }
    for (i = 0, island = islands; i < count; i++)
        for (hook = lists[i]; hook->name; hook++, island++)
        {
            static const UCHAR jump[] = { 0xff, 0x25, 0x02, 0x00, 0x00, 0x00 };

            memcpy(island->stub, (const void *)GetProcAddress(ntdll, hook->name), STUB_SIZE);
            memcpy(island->jump, jump, sizeof(jump));
            island->hook = hook->replacement;
            *hook->original = island->stub;
        }
    if (!VirtualProtect(islands, total * sizeof(*islands), PAGE_EXECUTE_READ, &old)) goto failed;
    /* All of them become writable before the first is changed: what can fail is done then. */
    for (i = 0; i < count; i++)
        for (hook = lists[i]; hook->name; hook++)
            if (!VirtualProtect((void *)GetProcAddress(ntdll, hook->name), 8, PAGE_EXECUTE_READWRITE, &old)) goto failed;
    for (i = 0, island = islands; i < count; i++)
        for (hook = lists[i]; hook->name; hook++, island++) divert((UCHAR *)GetProcAddress(ntdll, hook->name), island);
    for (i = 0; i < count; i++)
        for (hook = lists[i]; hook->name; hook++)
            VirtualProtect((void *)GetProcAddress(ntdll, hook->name), 8, PAGE_EXECUTE_READ, &old);
    return TRUE;

failed:
    say("ntdll cannot be changed for the hooks: nobody is impersonated");
    VirtualFree(islands, 0, MEM_RELEASE);
    return FALSE;
}
