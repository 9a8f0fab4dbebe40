/*
 * A unit that behaves as its environment tells it: what the runner must notice.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <unistd.h>
#include "wine/test.h"

START_TEST(behave)
{
    const char *how = getenv("BEHAVE");

    if (!how) ok(TRUE, "as it should\n");
    else if (!strcmp(how, "fail")) ok(FALSE, "as told\n");
    else if (!strcmp(how, "crash")) abort();
    else if (!strcmp(how, "exit")) exit(0);
    else if (!strcmp(how, "hang")) pause();
    else if (!strcmp(how, "skip")) skip("nothing to test here\n");
    else if (!strcmp(how, "nothing")) trace("no test\n");
    else if (!strcmp(how, "child"))
    {
        ok(TRUE, "leaves a process behind\n");
        if (!fork())
        {
            close(1);
            close(2);
            pause();
        }
    }
}
