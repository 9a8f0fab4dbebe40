/*
 * The line protocol of the programs that stand for one side of a conversation (side.h).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "side.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "side: %s %s\n", what, detail);
    exit(2);
}

void side_put(struct side_bytes *answer, const void *data, size_t size)
{
    if (size > SIDE_ROOM - answer->size) fail("no room for", "an answer");
    if (size) memcpy(answer->data + answer->size, data, size);
    answer->size += size;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes a word in its own place. */
static struct side_bytes decode(char *word)
{
    struct side_bytes bytes = {0, (unsigned char *)word};
    const char *next = word;

    if (!strcmp(word, "-")) next++;
    for (; *next; next += 2)
    {
        if (digit(next[0]) < 0 || digit(next[1]) < 0) fail("not hexadecimal:", word);
        bytes.data[bytes.size++] = digit(next[0]) << 4 | digit(next[1]);
    }
    bytes.data[bytes.size] = 0;
    return bytes;
}

static void print(uint32_t status, const struct side_bytes *answer)
{
    if (status == SIDE_DONE)
        printf("done ");
    else if (status == SIDE_CONTINUE)
        printf("continue ");
    else
        printf("%08x ", (unsigned int)status);
    for (size_t i = 0; i < answer->size; i++) printf("%02x", answer->data[i]);
    puts(answer->size ? "" : "-");
    fflush(stdout);
}

static void run(const struct side_command *command, char **rest, struct side_bytes *answer)
{
    struct side_bytes arguments[SIDE_ARGUMENTS];
    char *word;
    int count = 0;

    while ((word = strtok_r(NULL, " ", rest)) && count < SIDE_ARGUMENTS) arguments[count++] = decode(word);
    if (word || count != command->arguments) fail("wrong number of arguments:", command->name);
    answer->size = 0;
    print(command->run(arguments, answer), answer);
}

int side_serve(const struct side_command *commands)
{
    struct side_bytes answer = {0, malloc(SIDE_ROOM)};
    char *line = NULL, *rest;
    size_t room = 0;

    if (!answer.data) fail("no", "memory");
    while (getline(&line, &room, stdin) > 0)
    {
        const struct side_command *command = commands;
        const char *name;

        line[strcspn(line, "\n")] = 0;
        if (!(name = strtok_r(line, " ", &rest))) continue;
        while (command->name && strcmp(command->name, name)) command++;
        if (!command->name) fail("no command", name);
        run(command, &rest, &answer);
    }
    free(line);
    free(answer.data);
    return 0;
}
