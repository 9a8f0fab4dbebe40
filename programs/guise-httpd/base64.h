/*
 * Base64 (RFC 4648 4) for the tokens in HTTP fields.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_HTTPD_BASE64_H
#define GUISE_HTTPD_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#define BASE64_LENGTH(size) (((size) + 2) / 3 * 4)

/* Writes BASE64_LENGTH(size) characters and a terminator. */
void base64_encode(const unsigned char *data, size_t size, char *text);

/* False: not canonical base64 with its padding, or more than ROOM bytes. */
bool base64_decode(const char *text, size_t length, unsigned char *data, size_t room, size_t *size);

#endif
