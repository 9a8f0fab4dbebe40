/*
 * How a difference is shown: cut down to what is needed for it, and with all that it takes to see it again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DIFFERENTIAL_REPORT_H
#define GUISE_TESTS_DIFFERENTIAL_REPORT_H

#include "tests/differential/generate.h"

/* Changes what the core is asked, for all threads, so that it answers like one with a mistake; NULL: nothing. */
void set_mistake(void (*mistake)(struct triple *triple));

/* Whether the two evaluators answer TRIPLE alike; their answers. */
bool answers_agree(const struct triple *triple, struct naive_answer *naive, struct naive_answer *real);

/* How many triples were also asked through the exported routines. */
uint64_t asked_publicly(void);

/* Takes away from TRIPLE what the difference does not need. */
void shrink(struct triple *triple);

void print_triple(const struct triple *triple);

#endif
