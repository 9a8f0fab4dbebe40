/*
 * A triple in words and bytes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/report.h"
#include "tests/differential/real.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define PUBLIC_SHARE 4 /* one of so many is also asked through the exported routines: it takes a token of its own */

static bool verdicts_agree(const struct naive_verdict *a, const struct naive_verdict *b)
{
    return a->status == b->status && a->granted == b->granted;
}

static bool same_answers(const struct triple *triple, const struct naive_answer *a, const struct naive_answer *b)
{
    size_t i;

    if (!verdicts_agree(&a->whole, &b->whole)) return false;
    for (i = 0; i < triple->node_count || !i; i++)
        if (!verdicts_agree(&a->nodes[i], &b->nodes[i])) return false;
    /* Which privileges a refused request would have used is nobody's business. */
    return a->whole.status ||
           (a->security_used == b->security_used && a->take_ownership_used == b->take_ownership_used);
}

static void (*current_mistake)(struct triple *triple);
static _Atomic uint64_t public_count;

uint64_t asked_publicly(void)
{
    return public_count;
}

void set_mistake(void (*mistake)(struct triple *triple))
{
    current_mistake = mistake;
}

bool answers_agree(const struct triple *triple, struct naive_answer *naive, struct naive_answer *real)
{
    static _Thread_local struct naive_form form;
    static _Thread_local struct triple mistaken;

    encode_naive(triple, &form);
    naive_access_check(&form.request, naive);
    if (current_mistake)
    {
        mistaken = *triple;
        current_mistake(&mistaken);
        encode_naive(&mistaken, &form);
        triple = &mistaken;
    }
    real_access_check(triple, &form, real);
    if (!same_answers(triple, naive, real)) return false;
    if (triple->number % PUBLIC_SHARE || !public_access_check(triple, &form, real)) return true;
    atomic_fetch_add(&public_count, 1);
    return same_answers(triple, naive, real);
}

static void print_sid(int sid)
{
    const uint8_t *bytes;
    unsigned int i;

    if (sid == SID_NONE)
    {
        printf("none");
        return;
    }
    bytes = sid_at(sid);
    printf("S-1-%u", bytes[7]);
    for (i = 0; i < bytes[1]; i++)
        printf("-%" PRIu32, bytes[8 + 4 * i] | (uint32_t)bytes[9 + 4 * i] << 8 | (uint32_t)bytes[10 + 4 * i] << 16 |
                                (uint32_t)bytes[11 + 4 * i] << 24);
}

static void print_bytes(const uint8_t *bytes, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) printf("%02x", bytes[i]);
}

static void print_aces(const char *title, enum acl_state state, const struct test_ace *aces, size_t count)
{
    size_t i;

    printf("  %s: %s\n", title, state == ACL_ABSENT ? "absent" : state == ACL_NULL ? "NULL" : count ? "" : "empty");
    for (i = 0; state == ACL_PRESENT && i < count; i++)
    {
        const struct test_ace *ace = &aces[i];

        printf("    type %02x flags %02x mask %08" PRIx32 " ", ace->type, ace->flags, ace->mask);
        if (ace->type == 0x11)
            printf("S-1-16-%#x", ace->sid);
        else
            print_sid(ace->sid);
        if (ace->has_object) printf(" object %u", ace->object);
        if (ace->has_inherited) printf(" inherited object %u", ace->inherited);
        if (ace->data_length) printf(" data ");
        print_bytes(ace->data, ace->data_length);
        printf("\n");
    }
}

static void print_answer(const char *who, const struct triple *triple, const struct naive_answer *answer)
{
    size_t i;

    printf("  %s: status %08" PRIx32 " granted %08" PRIx32 "%s%s;", who, answer->whole.status, answer->whole.granted,
           answer->security_used ? " by SeSecurity" : "", answer->take_ownership_used ? " by SeTakeOwnership" : "");
    for (i = 0; i < triple->node_count || !i; i++)
        printf(" %zu: %08" PRIx32 " %08" PRIx32 ";", i, answer->nodes[i].status, answer->nodes[i].granted);
    printf("\n");
}

void print_triple(const struct triple *triple)
{
    static _Thread_local uint8_t descriptor[MAX_DESCRIPTOR];
    struct naive_answer naive, real;
    size_t i;

    printf("  --seed %" PRIu64 " --first %" PRIu64 " --count 1\n  user and groups:", triple->seed, triple->number);
    for (i = 0; i < triple->group_count; i++)
    {
        printf(" ");
        print_sid(triple->groups[i].sid);
        printf("(%#" PRIx32 ")", triple->groups[i].attributes);
    }
    printf("\n  %srestricting:", triple->write_restricted ? "write " : "");
    for (i = 0; i < triple->restricting_count; i++)
    {
        printf(" ");
        print_sid(triple->restricting[i]);
    }
    printf("\n  privileges %#" PRIx64 " integrity %#" PRIx32 " policy %" PRIu32 "\n  owner ", triple->privileges,
           triple->integrity, triple->policy);
    print_sid(triple->owner);
    printf(" self ");
    print_sid(triple->self);
    printf("\n");
    print_aces("DACL", triple->dacl, triple->aces, triple->ace_count);
    print_aces("SACL", triple->sacl, triple->sacl_aces, triple->sacl_ace_count);
    printf("  descriptor ");
    print_bytes(descriptor, encode_descriptor(triple, descriptor));
    printf("\n  desired %08" PRIx32 " previous %08" PRIx32 " mapping %08" PRIx32 " %08" PRIx32 " %08" PRIx32
           " %08" PRIx32 "\n  objects",
           triple->desired, triple->previous, triple->mapping.read, triple->mapping.write, triple->mapping.execute,
           triple->mapping.all);
    for (i = 0; i < triple->node_count; i++) printf(" %u:%u", triple->nodes[i].level, triple->nodes[i].guid);
    printf("\n");
    answers_agree(triple, &naive, &real);
    print_answer("naive", triple, &naive);
    print_answer("real ", triple, &real);
}
