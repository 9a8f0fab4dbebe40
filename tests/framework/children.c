/*
 * A forked child's ok() counts in the parent; a child that runs the program again reports by its exit code.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <sys/wait.h>
#include <unistd.h>
#include "wine/test.h"

static int start_again(char **argv, const char *how)
{
    int pid = fork();

    if (!pid)
    {
        execl("/proc/self/exe", argv[0], argv[1], how, (char *)NULL);
        _exit(255);
    }
    return pid;
}

START_TEST(children)
{
    char **argv;
    int argc = winetest_get_mainargs(&argv), status, pid;

    if (argc > 2)
    {
        ok(!strcmp(argv[2], "good"), "asked to fail\n");
        return;
    }
    pid = fork();
    if (!pid)
    {
        ok(TRUE, "in the child\n");
        ok(FALSE, "fails in the child\n");
        _exit(0);
    }
    ok(waitpid(pid, &status, 0) == pid && status == 0, "the child ended with %#x\n", status);
    winetest_wait_child_process(start_again(argv, "good"));
    winetest_wait_child_process(start_again(argv, "bad"));
    ok(winetest_get_failures() == 2, "%d failures\n", winetest_get_failures());
}
