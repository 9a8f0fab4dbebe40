/*
 * Asks the core's access check and the naive one the same random questions and demands the same answers.
 *
 *   differential [--seed N] [--first N] [--count N] [--jobs N]
 *   differential --canary
 *
 * The seed may come from GUISE_SEED; a run with the same seed asks the same. Says how many ended in each outcome, and
 * fails if one of those that matter is so rare that nothing was tested. The first differences are shown with what it
 * takes to see them again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/canary.h"
#include "tests/differential/report.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK          512
#define MAX_JOBS       64
#define SHOWN          3
#define LEAST_PERCENT  5
#define CANARY_TRIPLES 20000
#define ENOUGH         10000 /* triples, for a share to mean something */

struct run
{
    uint64_t seed, first, count;
    _Atomic uint64_t next;
    pthread_mutex_t lock; /* guards what follows, and the output */
    uint64_t outcomes[NAIVE_OUTCOMES], differences;
};

static void show(struct run *run, struct triple *triple)
{
    pthread_mutex_lock(&run->lock);
    if (run->differences++ < SHOWN)
    {
        printf("difference at %" PRIu64 ":\n", triple->number);
        print_triple(triple);
        shrink(triple);
        printf("the same, cut down:\n");
        print_triple(triple);
        fflush(stdout);
    }
    pthread_mutex_unlock(&run->lock);
}

static void *work(void *context)
{
    static _Thread_local struct triple triple;
    uint64_t outcomes[NAIVE_OUTCOMES] = {0}, from, i;
    struct run *run = context;
    unsigned int o;

    while ((from = atomic_fetch_add(&run->next, CHUNK)) < run->count)
        for (i = from; i < from + CHUNK && i < run->count; i++)
        {
            struct naive_answer naive, real;

            generate(run->seed, run->first + i, &triple);
            if (!answers_agree(&triple, &naive, &real)) show(run, &triple);
            outcomes[naive.outcome]++;
        }
    pthread_mutex_lock(&run->lock);
    for (o = 0; o < NAIVE_OUTCOMES; o++) run->outcomes[o] += outcomes[o];
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

/* The outcomes of the run; how many of those that matter are too rare. */
static unsigned int print_outcomes(const struct run *run)
{
    unsigned int rare = 0, o;

    for (o = 0; o < NAIVE_OUTCOMES; o++)
    {
        bool matters = o <= NAIVE_BY_EMPTY_DACL, few = run->outcomes[o] * 100 < run->count * LEAST_PERCENT;

        printf("%10" PRIu64 " %5.1f %% %s%s\n", run->outcomes[o], 100.0 * run->outcomes[o] / run->count,
               naive_outcome_name(o), matters && few ? ": too few" : "");
        rare += matters && few;
    }
    return rare;
}

/* Whether one of the first triples is answered differently with the mistake, and alike without. */
static bool is_seen(const struct mistake *mistake)
{
    static struct triple triple;
    struct naive_answer naive, real;
    uint64_t number;
    bool differ;

    for (number = 0; number < CANARY_TRIPLES; number++)
    {
        generate(1, number, &triple);
        set_mistake(mistake->make);
        differ = !answers_agree(&triple, &naive, &real);
        set_mistake(NULL);
        if (differ && answers_agree(&triple, &naive, &real)) return true;
    }
    return false;
}

static int run_canary(void)
{
    const struct mistake *mistake;
    unsigned int seen = 0, missed = 0;

    for (mistake = mistakes; mistake->name; mistake++)
    {
        if (is_seen(mistake))
        {
            seen++;
            continue;
        }
        printf("not seen: %s\n", mistake->name);
        missed++;
    }
    printf("%u passed, %u failed, 0 skipped\n", seen, missed);
    return missed != 0;
}

int main(int argc, char **argv)
{
    static struct run run = {.count = 1000000, .lock = PTHREAD_MUTEX_INITIALIZER};
    const char *seed = getenv("GUISE_SEED");
    uint64_t jobs = 2, i;
    pthread_t threads[MAX_JOBS];
    unsigned int rare = 0;

    if (argc == 2 && !strcmp(argv[1], "--canary")) return run_canary();
    run.seed = seed ? strtoull(seed, NULL, 0) : 1;
    for (i = 1; i + 1 < (uint64_t)argc; i += 2)
    {
        uint64_t value = strtoull(argv[i + 1], NULL, 0);

        if (!strcmp(argv[i], "--seed"))
            run.seed = value;
        else if (!strcmp(argv[i], "--first"))
            run.first = value;
        else if (!strcmp(argv[i], "--count"))
            run.count = value;
        else if (!strcmp(argv[i], "--jobs"))
            jobs = value;
        else
            break;
    }
    if (i < (uint64_t)argc || !run.count || !jobs || jobs > MAX_JOBS)
    {
        fprintf(stderr, "usage: differential [--seed N] [--first N] [--count N] [--jobs N] | --canary\n");
        return 2;
    }
    for (i = 0; i < jobs; i++)
        if (pthread_create(&threads[i], NULL, work, &run))
        {
            fprintf(stderr, "differential: no thread\n");
            return 1;
        }
    for (i = 0; i < jobs; i++) pthread_join(threads[i], NULL);
    printf("seed %" PRIu64 ", %" PRIu64 " triples, %" PRIu64 " of them also through the exported routines, %" PRIu64
           " differences\n",
           run.seed, run.count, asked_publicly(), run.differences);
    if (run.count >= ENOUGH) rare = print_outcomes(&run);
    printf("%u passed, %u failed, 0 skipped\n", !run.differences + (run.count >= ENOUGH ? 6 - rare : 0),
           !!run.differences + rare);
    return run.differences || rare;
}
