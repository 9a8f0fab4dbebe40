/*
 * Evaluators with a mistake, which the comparison has to find.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DIFFERENTIAL_CANARY_H
#define GUISE_TESTS_DIFFERENTIAL_CANARY_H

#include "tests/differential/generate.h"

struct mistake
{
    const char *name;
    void (*make)(struct triple *triple);
};

extern const struct mistake mistakes[]; /* ends with a NULL name */

#endif
