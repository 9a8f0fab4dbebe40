/*
 * What a call of the Unix half notes of the memory that it leaves to the caller, and the list that the PE half gets.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <wine/test.h>

#include "dlls/guise/unix/out.h"
#include "ntoskrnl/rtl/memory.h"

struct node
{
    struct node *next;
    char *name;
    char text[8];
};

/* Memory of the caller's, which is not on the stack of the call. */
static struct node *caller_slot, *second_slot;
static char *caller_text;

static struct node *make_node(const char *text)
{
    struct node *node = out_block(sizeof(*node));

    if (!node) return NULL;
    strcpy(node->text, text);
    out_ptr(&node->name, node->text);
    return node;
}

/* Natively through a local, as opaque_identity_like() does. */
static void __attribute__((noinline)) give_through_local(struct node **slot, struct node *node)
{
    struct node *local;

    out_ptr(&local, node);
    out_ptr(slot, local);
}

static void test_nested(void)
{
    struct out_record record;
    struct out_list *list;
    struct node *first, *second;

    out_begin(&record);
    first = make_node("first");
    second = make_node("second");
    out_ptr(&first->next, second);
    give_through_local(&caller_slot, first);
    list = out_end(&record);
    ok(list && !list->failed && list->block_count == 2 && list->slot_count == 4, "%u blocks, %u slots\n", list ? list->block_count : 0,
       list ? list->slot_count : 0); /* design 3 */
    if (!list) return;
    for (uint32_t i = 0; i < list->block_count; i++)
        ok(list->blocks[i].size == sizeof(struct node) && !list->blocks[i].header, "%u bytes\n", (unsigned int)list->blocks[i].size); /* design 3 */
    for (uint32_t i = 0; i < list->slot_count; i++)
    {
        const struct out_slot *slot = &list->slots[i];
        const struct out_block *to = &list->blocks[slot->to];

        if (slot->in == OUT_CALLER)
        {
            ok(slot->at == (void **)&caller_slot && to->block == first && !slot->to_offset, "another slot of the caller's\n"); /* design 3 */
            continue;
        }
        if (slot->offset == offsetof(struct node, next))
            ok(list->blocks[slot->in].block == first && to->block == second && !slot->to_offset, "another link\n"); /* design 3 */
        else
            ok(slot->offset == offsetof(struct node, name) && slot->in == slot->to && slot->to_offset == offsetof(struct node, text),
               "another name\n"); /* design 3 */
    }
    out_release(list);
}

static void test_header(void)
{
    struct out_record record;
    struct out_list *list;
    char *block;

    out_begin(&record);
    block = out_block_behind(32, 5);
    out_ptr(&caller_text, block + 32);
    list = out_end(&record);
    ok(list && list->block_count == 1 && list->blocks[0].header == 32 && list->blocks[0].size == 5 && list->slot_count == 1 && !list->slots[0].to_offset,
       "the header is handed over\n"); /* design 3 */
    out_release(list);
}

/* Freed, overwritten, or reached by nobody: none of it is the caller's. */
static void test_kept(void)
{
    struct out_record record;
    struct node *own, *freed;

    out_begin(&record);
    freed = make_node("freed");
    out_ptr(&caller_slot, freed);
    out_free(freed);
    caller_slot = NULL;
    own = make_node("own");
    out_ptr(&caller_slot, own);
    caller_slot = NULL;
    ok(!out_end(&record), "something is handed over\n"); /* design 3 */
    ok(!strcmp(own->name, "own"), "the library's own is gone\n"); /* design 3 */
    out_free(own);

    own = make_node("outside");
    out_ptr(&caller_slot, own);
    out_begin(&record);
    ok(!out_end(&record), "what came before a call is noted\n"); /* design 3 */
    out_free(own);
}

/* A slot in a block that stays is none of the caller's, though it leads to one that goes. */
static void test_own_slot(void)
{
    struct out_record record;
    struct out_list *list;
    struct node *own, *given;

    out_begin(&record);
    own = make_node("own");
    given = make_node("given");
    out_ptr(&own->next, given);
    out_ptr(&caller_slot, given);
    out_ptr(&caller_slot, given); /* once more */
    list = out_end(&record);
    ok(list && list->block_count == 1 && list->blocks[0].block == given && list->slot_count == 2, "%u blocks, %u slots\n", list ? list->block_count : 0,
       list ? list->slot_count : 0); /* design 3 */
    out_release(list);
    out_free(own);
}

static void test_many(void)
{
    static struct node *slots[100];
    struct out_record record;
    struct out_list *list;

    out_begin(&record);
    for (size_t i = 0; i < 100; i++) out_ptr(&slots[i], make_node("many"));
    list = out_end(&record);
    ok(list && list->block_count == 100 && list->slot_count == 200, "not all\n"); /* design 3 */
    out_release(list);
}

/* FALSE: the call itself had no memory, and gave nothing. */
static BOOL give_two(void)
{
    struct node *first = make_node("first"), *second = first ? make_node("second") : NULL;

    if (!second)
    {
        if (first) out_free(first);
        return FALSE;
    }
    out_ptr(&caller_slot, first);
    out_ptr(&second_slot, second);
    return TRUE;
}

static void test_no_memory(void)
{
    for (long nth = 1; nth < 16; nth++)
    {
        struct out_record record;
        struct out_list *list;
        BOOL given;

        caller_slot = second_slot = NULL;
        out_begin(&record);
        guise_fail_allocation(nth);
        given = give_two();
        list = out_end(&record);
        guise_fail_allocation(0);
        if (given && list && list->failed) ok(!caller_slot && !second_slot, "allocation %ld: a slot leads somewhere\n", nth); /* design 3 */
        else if (given) ok(list && list->block_count == 2, "allocation %ld: lost\n", nth); /* design 3 */
        else ok(!list && !caller_slot, "allocation %ld: something is handed over\n", nth); /* design 3 */
        if (nth == 15) ok(given && list && !list->failed, "there are more allocations\n"); /* design 3 */
        out_release(list);
    }
}

START_TEST(out_list)
{
    out_start();
    test_nested();
    test_header();
    test_kept();
    test_own_slot();
    test_many();
    test_no_memory();
}
