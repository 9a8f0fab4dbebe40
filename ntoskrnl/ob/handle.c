/*
 * The handle table of the process.
 *
 * A handle is a positive multiple of 4 below 2^31: a slot's number and its generation, which changes with every close,
 * so that a stale handle is told from the slot's next tenant. Free slots are used again in the order they were freed,
 * and a freshly closed one is left alone until many others have been, which keeps generations from coming round soon.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <string.h>

#include "ntoskrnl/ob/mode.h"
#include "ntoskrnl/ob/object.h"

#define SHARD_BITS      4
#define SLOT_BITS       16 /* of one shard */
#define GENERATION_BITS 9
#define SHARDS          (1u << SHARD_BITS)
#define MAX_SLOTS       (1u << SLOT_BITS)
#define MAX_GENERATION  ((1u << GENERATION_BITS) - 1)
#define MIN_FREE        16 /* slots that must be free before one is used again */
#define NO_SLOT         UINT32_MAX

struct slot
{
    PVOID body; /* NULL = free */
    ACCESS_MASK granted;
    ULONG attributes;
    uint32_t generation;
    uint32_t next_free;
};

/*
 * A shard's lock guards everything in it. It is a leaf: nothing else is locked, and no object dies, under it.
 * Generations run from 1, so that no handle is 0.
 */
static struct shard
{
    pthread_mutex_t lock;
    struct slot *slots;
    uint32_t count, free_count, first_free, last_free;
} __attribute__((aligned(64))) shards[SHARDS] = {
    [0 ... SHARDS - 1] = {.lock = PTHREAD_MUTEX_INITIALIZER, .first_free = NO_SLOT, .last_free = NO_SLOT}};

static _Atomic unsigned int next_shard; /* where the next handle is made */

static HANDLE make_handle(uint32_t shard, uint32_t slot, uint32_t generation)
{
    ULONG value = generation << (SLOT_BITS + SHARD_BITS) | slot << SHARD_BITS | shard;

    return ULongToHandle(value << 2);
}

/* Finds the slot of a handle that is open and locks its shard; NULL (nothing locked) if it is not. */
static struct slot *lock_slot(HANDLE handle, struct shard **shard)
{
    uint64_t value = (ULONG_PTR)handle >> 2;
    uint32_t index, generation;
    struct slot *slot;

    if (value >> (GENERATION_BITS + SLOT_BITS + SHARD_BITS)) return NULL;
    *shard = &shards[value & (SHARDS - 1)];
    index = (value >> SHARD_BITS) & (MAX_SLOTS - 1);
    generation = (uint32_t)(value >> (SLOT_BITS + SHARD_BITS));
    pthread_mutex_lock(&(*shard)->lock);
    if (index < (*shard)->count)
    {
        slot = &(*shard)->slots[index];
        if (slot->body && slot->generation == generation) return slot;
    }
    pthread_mutex_unlock(&(*shard)->lock);
    return NULL;
}

static void append_free(struct shard *shard, uint32_t index)
{
    shard->slots[index].next_free = NO_SLOT;
    if (shard->last_free == NO_SLOT)
        shard->first_free = index;
    else
        shard->slots[shard->last_free].next_free = index;
    shard->last_free = index;
    shard->free_count++;
}

/* Doubles a shard; the lock is held. False: full or no memory. */
static bool grow(struct shard *shard)
{
    uint32_t count = shard->count ? shard->count * 2 : 4 * MIN_FREE, i;
    struct slot *slots;

    if (shard->count == MAX_SLOTS) return false;
    if (!(slots = guise_alloc(count * sizeof(*slots)))) return false;
    if (shard->count) memcpy(slots, shard->slots, shard->count * sizeof(*slots));
    guise_free(shard->slots);
    shard->slots = slots;
    i = shard->count;
    for (shard->count = count; i < count; i++) append_free(shard, i);
    return true;
}

static struct slot *take_free(struct shard *shard)
{
    struct slot *slot;

    if (shard->free_count <= MIN_FREE && !grow(shard) && !shard->free_count) return NULL;
    slot = &shard->slots[shard->first_free];
    shard->first_free = slot->next_free;
    if (shard->first_free == NO_SLOT) shard->last_free = NO_SLOT;
    shard->free_count--;
    return slot;
}

NTSTATUS handle_create(PVOID body, ACCESS_MASK granted, ULONG attributes, HANDLE *handle)
{
    uint32_t number = atomic_fetch_add_explicit(&next_shard, 1, memory_order_relaxed) & (SHARDS - 1);
    struct shard *shard = &shards[number];
    struct slot *slot;

    pthread_mutex_lock(&shard->lock);
    if (!(slot = take_free(shard)))
    {
        NTSTATUS status = shard->count == MAX_SLOTS ? STATUS_INSUFFICIENT_RESOURCES : STATUS_NO_MEMORY;
        pthread_mutex_unlock(&shard->lock);
        return status;
    }
    object_reference(body);
    slot->body = body;
    if (!slot->generation) slot->generation = 1;
    slot->granted = granted;
    slot->attributes = attributes & HANDLE_INHERIT;
    *handle = make_handle(number, (uint32_t)(slot - shard->slots), slot->generation);
    pthread_mutex_unlock(&shard->lock);
    return STATUS_SUCCESS;
}

/* What any handle names, with a reference. */
static NTSTATUS reference_any(HANDLE handle, PVOID *body, ACCESS_MASK *granted)
{
    struct shard *shard;
    struct slot *slot;

    if (handle_is_pseudo(handle)) return pseudo_handle_reference(handle, body, granted);
    if (!(slot = lock_slot(handle, &shard))) return STATUS_INVALID_HANDLE;
    *body = slot->body;
    *granted = slot->granted;
    object_reference(*body);
    pthread_mutex_unlock(&shard->lock);
    return STATUS_SUCCESS;
}

NTSTATUS handle_reference(HANDLE handle, ACCESS_MASK access, const struct _OBJECT_TYPE *type, PVOID *body,
                          ACCESS_MASK *granted)
{
    ACCESS_MASK has;
    NTSTATUS status = reference_any(handle, body, &has);

    if (status) return status;
    if (type && object_header_of(*body)->type != type)
        status = STATUS_OBJECT_TYPE_MISMATCH;
    else if (access & ~has && previous_mode() == UserMode)
        status = STATUS_ACCESS_DENIED;
    if (status)
        object_dereference(*body);
    else if (granted)
        *granted = has;
    return status;
}

void handles_lock(void)
{
    unsigned int i;

    for (i = 0; i < SHARDS; i++) pthread_mutex_lock(&shards[i].lock);
}

void handles_unlock(void)
{
    unsigned int i;

    for (i = 0; i < SHARDS; i++) pthread_mutex_unlock(&shards[i].lock);
}

/***********************************************************************
 *           NtClose (NTOSKRNL.@)
 *
 * STATUS_INVALID_HANDLE: not open (any more). Pseudo handles need no closing and may be closed.
 */
NTSTATUS NtClose(HANDLE handle)
{
    struct shard *shard;
    struct slot *slot;
    PVOID body;

    if (handle_is_pseudo(handle)) return STATUS_SUCCESS;
    if (!(slot = lock_slot(handle, &shard))) return STATUS_INVALID_HANDLE;
    body = slot->body;
    slot->body = NULL;
    slot->generation = slot->generation == MAX_GENERATION ? 1 : slot->generation + 1;
    append_free(shard, (uint32_t)(slot - shard->slots));
    pthread_mutex_unlock(&shard->lock);
    object_dereference(body);
    return STATUS_SUCCESS;
}

/***********************************************************************
 *           ObReferenceObjectByHandle (NTOSKRNL.@)
 *
 * MODE KernelMode does not check ACCESS. INFORMATION may be NULL.
 */
NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode,
                                   PVOID *object, POBJECT_HANDLE_INFORMATION information)
{
    ACCESS_MASK granted;
    PVOID body;
    NTSTATUS status = handle_reference(handle, mode == KernelMode ? 0 : access, type, &body, &granted);

    *object = status ? NULL : body;
    if (!status && information) *information = (OBJECT_HANDLE_INFORMATION){.GrantedAccess = granted};
    return status;
}

/***********************************************************************
 *           ObCloseHandle (NTOSKRNL.@)
 *
 * NtClose; there is one table of handles for both modes.
 */
NTSTATUS ObCloseHandle(HANDLE handle, KPROCESSOR_MODE mode)
{
    (void)mode;
    return NtClose(handle);
}

/***********************************************************************
 *           ObQueryObjectAuditingByHandle (NTOSKRNL.@)
 *
 * Whether closing the handle is an event for the audit log: no handle is marked so. STATUS_INVALID_HANDLE. Header ntifs.h.
 */
NTSTATUS ObQueryObjectAuditingByHandle(HANDLE handle, PBOOLEAN generate_on_close)
{
    ACCESS_MASK granted;
    PVOID body;
    NTSTATUS status = reference_any(handle, &body, &granted);

    if (status) return status;
    object_dereference(body);
    *generate_on_close = FALSE;
    return STATUS_SUCCESS;
}
