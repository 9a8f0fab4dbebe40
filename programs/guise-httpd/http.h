/*
 * HTTP/1.1 requests: finding the end of a header, taking it apart, and the path in its target.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_HTTPD_HTTP_H
#define GUISE_HTTPD_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_HEADER_MAX 16384 /* bytes of request line and fields; more is 431 */
#define HTTP_FIELDS_MAX 100
#define HTTP_PATH_MAX   4096

struct http_text
{
    const char *data;
    size_t length;
};

struct http_request
{
    struct http_text method, target, authorization; /* they point into the header; authorization.data NULL: none */
    int minor;                                      /* of HTTP/1.x: 0 or 1 */
    bool keep_alive;                                /* what version and Connection ask for */
};

/*
 * The length of the header at the start of DATA up to and with its empty line, or 0 if that has not come yet. Empty lines before a
 * request are part of it (RFC 9112 2.2).
 */
size_t http_header_length(const char *data, size_t length);

/*
 * Takes a whole header apart. 0, or the status of the answer, after which the connection is to be closed: 400 malformed, 413 it has a
 * body, 431 too many fields, 505 another version.
 */
int http_parse(const char *header, size_t length, struct http_request *request);

/*
 * The path of TARGET without its leading slash and its query, percent-decoded once, empty segments left out. False: not a path, or one with
 * a segment "." or "..", a control character or a backslash in it. PATH is terminated.
 */
bool http_decode_path(struct http_text target, char path[HTTP_PATH_MAX]);

bool http_text_is(struct http_text text, const char *word);
/* Without regard to case. */
bool http_text_is_nocase(struct http_text text, const char *word);

#endif
