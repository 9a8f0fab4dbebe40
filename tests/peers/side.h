/*
 * One side of a conversation as a process: commands come in as lines on stdin, each is answered by a line on stdout.
 *
 *     COMMAND [BYTES...]   ->   done|continue|CODE BYTES
 *
 * BYTES are hexadecimal digits, "-" for none. CODE is what the library under it answered, in eight hexadecimal digits.
 * The commands, with the same meaning for every library:
 *
 * - client PROTECTION BINDINGS DOMAIN USER PASSWORD SERVICE, server PROTECTION BINDINGS: a new context of the initiator
 *   or the acceptor, in the place of the last one. PROTECTION is "sign", "seal" for both, or "datagram" for both in datagram mode.
 * - token TOKEN: a leg; answers the token for the other side.
 * - sign DATA, verify DATA SIGNATURE, seal DATA, open SEALED: a message. SEALED is the signature and then the data.
 * - number NUMBER: the number (decimal digits) of the next message in either direction; in datagram mode only.
 * - account, target: the acceptor tells who the client is, and which service it named.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_PEERS_SIDE_H
#define GUISE_PEERS_SIDE_H

#include <stddef.h>
#include <stdint.h>

#define SIDE_ROOM      (1 << 20) /* bytes of an answer */
#define SIDE_ARGUMENTS 6

#define SIDE_DONE     0u
#define SIDE_CONTINUE 1u

/* An argument, or an answer with SIDE_ROOM behind data. A zero byte follows an argument, so that it can be a string. */
struct side_bytes
{
    size_t size;
    unsigned char *data;
};

struct side_command
{
    const char *name;
    int arguments;
    /* SIDE_DONE, SIDE_CONTINUE or the library's code. */
    uint32_t (*run)(const struct side_bytes *arguments, struct side_bytes *answer);
};

/* Answers lines until the end of input. COMMANDS end with a NULL name. */
int side_serve(const struct side_command *commands);

/* Appends to the answer; ends the program if there is no room. */
void side_put(struct side_bytes *answer, const void *data, size_t size);

#endif
