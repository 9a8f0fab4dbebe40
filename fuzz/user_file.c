/*
 * libFuzzer target: the file of default credentials. An entry lies inside the text, on one line, in the order that it has there.
 *
 * Covers: dlls/msv1_0/user_file.c:user_file_first,take_until,read_entry
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dlls/msv1_0/user_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(struct wire_span part, const UCHAR *from, const UCHAR *to)
{
    if (part.data < from || part.data > to || part.size > (size_t)(to - part.data)) abort();
    if (part.size && (memchr(part.data, '\n', part.size) || memchr(part.data, 0, part.size))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UCHAR *copy = malloc(size ? size : 1);
    struct user_entry entry;
    unsigned int bad_line;

    if (!copy) return 0;
    if (size) memcpy(copy, data, size); /* a block of its own: a byte too many is seen */
    if (user_file_first((struct wire_span){copy, size}, &entry, &bad_line))
    {
        check_part(entry.domain, copy, copy + size);
        check_part(entry.user, entry.domain.data + entry.domain.size + 1, copy + size);
        check_part(entry.password, entry.user.data + entry.user.size + 1, copy + size);
        if (!entry.user.size || bad_line) abort();
        if (entry.domain.size && entry.domain.data[0] == '#') abort();
    }
    free(copy);
    return 0;
}
