/*
 * Fuzz target: the request header of guise-httpd, from its first byte to the path that is opened.
 *
 * Covers: programs/guise-httpd/http.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "programs/guise-httpd/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct http_text text, const char *header, size_t length)
{
    if (text.data && (text.data < header || text.data + text.length > header + length)) abort();
}

/* No segment may lead out of the root, and the path must be what is opened: relative, printable, without a second meaning. */
static void check_path(const char *path)
{
    const char *segment = path;

    if (*path == '/' || strlen(path) >= HTTP_PATH_MAX || strpbrk(path, "\\\n\r")) abort();
    while (*segment)
    {
        size_t length = strcspn(segment, "/");

        if (!length || (length == 1 && segment[0] == '.') || (length == 2 && segment[0] == '.' && segment[1] == '.')) abort();
        segment += length;
        if (*segment) segment++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_request request;
    char path[HTTP_PATH_MAX], *header;
    size_t length;
    int status;

    if (size > HTTP_HEADER_MAX) return 0;
    if (!(header = malloc(size ? size : 1))) return 0; /* of this size, so that a byte too far is seen */
    memcpy(header, data, size);
    length = http_header_length(header, size);
    if (length > size) abort();
    status = http_parse(header, length, &request);
    if (!length && !status) abort();
    if (!status)
    {
        inside(request.method, header, length);
        inside(request.target, header, length);
        inside(request.authorization, header, length);
        if (http_decode_path(request.target, path)) check_path(path);
    }
    free(header);
    return 0;
}
