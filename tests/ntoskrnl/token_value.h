/*
 * What a token's handle answers, for the units of this room.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_TOKEN_VALUE_H
#define GUISE_TESTS_TOKEN_VALUE_H

#include <ntifs.h>

/* A value of CLASS in memory of its own; the caller frees it. */
void *token_value(HANDLE token, TOKEN_INFORMATION_CLASS class);

/* The attributes of a group, or ~0. */
DWORD group_attributes(HANDLE token, PSID sid);

#endif
