/*
 * The line protocol of the token programs: a token in hexadecimal digits goes out, the server's answer comes in the same way.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_PEERS_TOKENS_H
#define GUISE_PEERS_TOKENS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_ROOM 8192

static inline void write_token(const void *token, size_t size)
{
    const unsigned char *bytes = token;

    while (size--) printf("%02x", *bytes++);
    putchar('\n');
    fflush(stdout);
}

/* 0: there is no further token. */
static inline size_t read_token(unsigned char token[TOKEN_ROOM])
{
    char line[2 * TOKEN_ROOM + 2];
    size_t size = 0;
    unsigned int byte;

    if (!fgets(line, sizeof(line), stdin)) return 0;
    while (size < TOKEN_ROOM && sscanf(line + 2 * size, "%2x", &byte) == 1) token[size++] = byte;
    return size;
}

#endif
