/*
 * guise-httpd: the text that says where to listen.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "platform.h"

#include <string.h>

bool platform_split_where(const char *where, char address[256], const char **port)
{
    const char *colon = strrchr(where, ':');
    size_t length;

    if (!colon || !colon[1]) return false;
    length = colon - where;
    if (length >= 2 && where[0] == '[' && where[length - 1] == ']')
    {
        where++;
        length -= 2;
    }
    if (!length || length >= 256) return false;
    memcpy(address, where, length);
    address[length] = 0;
    *port = colon + 1;
    return true;
}
