/*
 * libFuzzer target: lists of AV pairs and the NTLMv2 responses that carry them.
 *
 * Covers: dlls/msv1_0/avpairs.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>

#include "dlls/msv1_0/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_span list = {size ? data : NULL, size}, value;
    struct ntlm_v2_response response;
    struct wire_reader reader;
    struct ntlm_av_pairs pairs;
    size_t sum = 0;
    USHORT id;

    if (ntlm_parse_av_pairs(list, &pairs))
    {
        /* Walking the list ends at the EOL that the parser found. */
        wire_reader_init(&reader, list.data, list.size);
        for (;;)
        {
            if (!ntlm_next_av_pair(&reader, &id, &value)) abort();
            if (id == NTLM_AV_EOL) break;
            sum += 4 + value.size;
        }
        if (sum != pairs.size) abort();
    }
    ntlm_parse_v2_response(list, &response);
    return 0;
}
