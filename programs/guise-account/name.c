/*
 * Which names an account may have.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "account.h"

#include <string.h>

bool check_name(const char *name)
{
    const char *c;

    if (!name[strspn(name, " .")])
    {
        complain("an account needs a name");
        return false;
    }
    for (c = name; *c; c++)
        if (strchr("\"/\\[]:;|=,+*?<>@", *c) || (unsigned char)*c < ' ' || *c == 0x7f)
        {
            complain("%s: %c is not allowed in the name of an account", name, (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
            return false;
        }
    return true;
}
