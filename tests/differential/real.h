/*
 * The core's answer to a triple, in the form of the naive one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DIFFERENTIAL_REAL_H
#define GUISE_TESTS_DIFFERENTIAL_REAL_H

#include "tests/differential/generate.h"

/* FORM is TRIPLE encoded. The outcome is not told by the core. */
void real_access_check(const struct triple *triple, const struct naive_form *form, struct naive_answer *answer);

/* The same from the exported routines; false if they cannot be asked that. */
bool public_access_check(const struct triple *triple, const struct naive_form *form, struct naive_answer *answer);

#endif
