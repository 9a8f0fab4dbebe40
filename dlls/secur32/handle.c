/*
 * Handle tables: a SecHandle is the number of a slot with the slot's generation, never a pointer.
 *
 * Looking a handle up is one compare-and-swap on the slot and takes no lock, so message calls of different contexts
 * never meet. A slot's memory lives as long as the process; what stale handles can reach is therefore always a slot,
 * whose generation tells them apart.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <sched.h>

#include "dlls/secur32/front.h"

/*
 * state = generation << 32 | LIVE | references. The open handle counts as one reference. Closing clears LIVE, so of two
 * threads that close the same handle one wins; the last reference destroys the object and then starts the next
 * generation.
 */
struct sec_slot
{
    _Atomic uint64_t state;
    union
    {
        struct sec_object *object;  /* while references > 0 */
        struct sec_slot *next_free; /* in the free list; guarded by free_lock */
    };
    uint32_t index;
    uint32_t kind;
};

#define LIVE             0x80000000u
#define REFERENCES       0x7fffffffu
#define LAST_GENERATION  0xffffffffu
#define generation_of(s) ((uint32_t)((s) >> 32))

/* Chunk n has FIRST_CHUNK << n slots, so growing moves nothing and empty tables cost nothing. */
#define FIRST_CHUNK 64u
#define CHUNKS      24u

struct sec_table
{
    void (*destroy)(struct sec_object *object);
    struct sec_slot *_Atomic chunks[CHUNKS];
    pthread_mutex_t free_lock; /* guards the two below; innermost: nothing else is locked under it */
    struct sec_slot *free_slots;
    unsigned int chunk_count;
};

static struct sec_table credentials = {.destroy = credential_destroy, .free_lock = PTHREAD_MUTEX_INITIALIZER};
static struct sec_table contexts = {.destroy = context_destroy, .free_lock = PTHREAD_MUTEX_INITIALIZER};

static struct sec_table *table_of(enum sec_handle_kind kind)
{
    return kind == SEC_HANDLE_CREDENTIAL ? &credentials : &contexts;
}

static struct sec_slot *slot_at(struct sec_table *table, uint64_t index)
{
    uint64_t block = index / FIRST_CHUNK + 1;
    unsigned int chunk = 63 - (unsigned int)__builtin_clzll(block);
    struct sec_slot *slots;

    if (chunk >= CHUNKS) return NULL;
    slots = atomic_load_explicit(&table->chunks[chunk], memory_order_acquire);
    return slots ? slots + (index - FIRST_CHUNK * ((1ull << chunk) - 1)) : NULL;
}

/* Called with free_lock held. */
static bool add_chunk(struct sec_table *table, enum sec_handle_kind kind)
{
    unsigned int chunk = table->chunk_count;
    uint32_t count = FIRST_CHUNK << chunk, first = FIRST_CHUNK * ((1u << chunk) - 1);
    struct sec_slot *slots;

    if (chunk == CHUNKS || !(slots = guise_alloc(count * sizeof(*slots)))) return false;
    for (uint32_t i = 0; i < count; i++)
    {
        slots[i].index = first + i;
        slots[i].kind = kind;
        slots[i].next_free = i + 1 < count ? &slots[i + 1] : table->free_slots;
        atomic_init(&slots[i].state, 1ull << 32);
    }
    table->free_slots = slots;
    table->chunk_count++;
    atomic_store_explicit(&table->chunks[chunk], slots, memory_order_release);
    return true;
}

bool sec_handle_open(enum sec_handle_kind kind, struct sec_object *object, SecHandle *handle)
{
    struct sec_table *table = table_of(kind);
    struct sec_slot *slot = NULL;
    uint32_t generation;

    pthread_mutex_lock(&table->free_lock);
    if (table->free_slots || add_chunk(table, kind))
    {
        slot = table->free_slots;
        table->free_slots = slot->next_free;
    }
    pthread_mutex_unlock(&table->free_lock);
    if (!slot) return false;

    slot->object = object;
    object->slot = slot;
    generation = generation_of(atomic_load_explicit(&slot->state, memory_order_relaxed));
    handle->dwLower = (ULONG_PTR)slot->index << 2 | kind;
    handle->dwUpper = generation;
    atomic_store_explicit(&slot->state, (uint64_t)generation << 32 | LIVE | 1, memory_order_release);
    return true;
}

/* A child of fork() has none of the threads that may hold these locks. */
static void lock_free_slots(void)
{
    pthread_mutex_lock(&credentials.free_lock);
    pthread_mutex_lock(&contexts.free_lock);
}

static void unlock_free_slots(void)
{
    pthread_mutex_unlock(&contexts.free_lock);
    pthread_mutex_unlock(&credentials.free_lock);
}

__attribute__((constructor)) static void register_fork(void)
{
    pthread_atfork(lock_free_slots, unlock_free_slots, unlock_free_slots);
}

/* The slot a handle names, before anything is known of its generation. */
static struct sec_slot *slot_of(enum sec_handle_kind kind, const SecHandle *handle)
{
    if (!handle || (handle->dwLower & 3) != kind || handle->dwUpper > LAST_GENERATION) return NULL;
    return slot_at(table_of(kind), handle->dwLower >> 2);
}

/* Changes the state of a slot that still is what HANDLE names: adds ADD, clears CLEAR. */
static bool change_live(struct sec_slot *slot, const SecHandle *handle, uint64_t add, uint64_t clear)
{
    uint64_t state = atomic_load_explicit(&slot->state, memory_order_relaxed);

    do
    {
        if (generation_of(state) != handle->dwUpper || !(state & LIVE)) return false;
    } while (!atomic_compare_exchange_weak_explicit(&slot->state, &state, (state + add) & ~clear, memory_order_acquire,
                                                    memory_order_relaxed));
    return true;
}

struct sec_object *sec_handle_reference(enum sec_handle_kind kind, const SecHandle *handle)
{
    struct sec_slot *slot = slot_of(kind, handle);

    return slot && change_live(slot, handle, 1, 0) ? slot->object : NULL;
}

bool sec_handle_close(enum sec_handle_kind kind, const SecHandle *handle)
{
    struct sec_slot *slot = slot_of(kind, handle);

    if (!slot || !change_live(slot, handle, 0, LIVE)) return false;
    sec_object_dereference(slot->object);
    return true;
}

bool sec_handle_suspend(enum sec_handle_kind kind, const SecHandle *handle)
{
    struct sec_slot *slot = slot_of(kind, handle);

    if (!slot || !change_live(slot, handle, 0, LIVE)) return false;
    while ((atomic_load_explicit(&slot->state, memory_order_acquire) & REFERENCES) > 2) sched_yield();
    return true;
}

void sec_handle_resume(enum sec_handle_kind kind, const SecHandle *handle)
{
    atomic_fetch_or_explicit(&slot_of(kind, handle)->state, LIVE, memory_order_release);
}

void sec_object_reference(struct sec_object *object)
{
    atomic_fetch_add_explicit(&object->slot->state, 1, memory_order_relaxed);
}

static void recycle(struct sec_table *table, struct sec_slot *slot, uint32_t generation)
{
    atomic_store_explicit(&slot->state, (uint64_t)(generation + 1) << 32, memory_order_relaxed);
    pthread_mutex_lock(&table->free_lock);
    slot->next_free = table->free_slots;
    table->free_slots = slot;
    pthread_mutex_unlock(&table->free_lock);
}

void sec_object_dereference(struct sec_object *object)
{
    struct sec_slot *slot = object->slot;
    struct sec_table *table = table_of(slot->kind);
    uint64_t before = atomic_fetch_sub_explicit(&slot->state, 1, memory_order_acq_rel);

    if ((before & REFERENCES) > 1) return;
    table->destroy(object);
    /* A slot whose generations are used up is never used again: an old handle must not become valid once more. */
    if (generation_of(before) < LAST_GENERATION) recycle(table, slot, generation_of(before));
}
