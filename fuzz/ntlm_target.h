/*
 * What the NTLM targets share: the accounts of the tests, and one leg on the fuzzer's bytes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_FUZZ_NTLM_TARGET_H
#define GUISE_FUZZ_NTLM_TARGET_H

#include <stdint.h>
#include <stdlib.h>

#include "dlls/msv1_0/server.h"
#include "tests/internal/ntlm_double.c" /* one object per target */
#include "tests/internal/ntlm_hex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the bytes are. */
static inline void must(int condition)
{
    if (!condition) abort();
}

#endif
