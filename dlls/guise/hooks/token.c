/*
 * Token services: what they say of a token of the table is said by the core (design 10.2).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/guise/hooks/hooks.h"
#include "dlls/guise/services.h"
#include "dlls/guise/tokens.h"

struct originals original = {
    .query_token = NtQueryInformationToken,
    .set_token = NtSetInformationToken,
    .duplicate_token = NtDuplicateToken,
};
