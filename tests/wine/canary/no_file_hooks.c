/*
 * In place of dlls/guise/hooks/files.c: no hooks on files, so that a thread that impersonates has its ids alone to protect it. Shows that
 * the checks of tests/wine/check_files see it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"

const struct hook file_hooks[] = { { 0 } };
