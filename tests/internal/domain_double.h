/*
 * A winbind and an SSSD that say what a unit wants (tests/plugin/fake_*.c), and parts of units with a configuration of their own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_INTERNAL_DOMAIN_DOUBLE_H
#define GUISE_TESTS_INTERNAL_DOMAIN_DOUBLE_H

#include "tests/plugin/fake_domain.h"

extern struct fake_domain *winbind, *sssd;

/* False: the unit should end; it has been said why. */
bool double_load(void);
void double_unload(void);

/* PART in a process of its own, as the configuration is read once. LINES: of [accounts]. */
void double_run(void (*part)(void), const char *lines);

#endif
