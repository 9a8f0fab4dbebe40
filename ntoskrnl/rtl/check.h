/*
 * What must hold. Builds with GUISE_DEBUG (those with a sanitizer are) look, and end the process where it does not.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_RTL_CHECK_H
#define GUISE_NTOSKRNL_RTL_CHECK_H

#ifdef GUISE_DEBUG
/* One line that names the place, then SIGABRT, which nothing in the program handles. */
void guise_check_failed(const char *condition, const char *file, int line) __attribute__((noreturn));
#define GUISE_CHECK(condition) ((condition) ? (void)0 : guise_check_failed(#condition, __FILE__, __LINE__))
#else
#define GUISE_CHECK(condition) ((void)sizeof(!(condition)))
#endif

#endif
