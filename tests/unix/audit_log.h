/*
 * What the units about audit events share: a sink that is a file, and reading it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_UNIX_AUDIT_LOG_H
#define GUISE_TESTS_UNIX_AUDIT_LOG_H

#include "support.h"

/* An event with privileges=20. */
void use_debug_privilege(void);

/* A file's first megabyte; good until the next is read. */
const char *read_file(const char *path);

/* Whether one line has all of the words. */
#define HAS(text, ...) has_line(text, (const char *const[]){__VA_ARGS__, NULL})
bool has_line(const char *text, const char *const *words);
size_t count_of(const char *text, const char *word);

/* Lines of [audit] for this process, which has not used the library yet. */
void use_sink(const char *lines);
/* The file of use_file(), for which the parent has made the folder. */
const char *log_path(void);
void use_file(void);

/* Runs CALL in a child that ends with exit(), so that its queue is written. False: something failed there. */
bool run_and_exit(void (*call)(void));

#endif
