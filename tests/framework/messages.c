/*
 * One of each message that a unit can print; tests/framework/run knows what must come out, also on other platforms.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "wine/test.h"

static void fail_at(const char *file, int line)
{
    ok_(file, line)(FALSE, "at another place\n");
}

static int five(void)
{
    return 5;
}

START_TEST(messages)
{
    int i;

    ok(TRUE, "never printed\n");
    ok(five() == 6, "got %d\n", five());
    todo_wine ok(five() == 6, "in todo_wine\n");
    todo_wine_if(five() == 5)
    {
        ok(TRUE, "true in todo_wine_if\n");
    }
    todo_if(TRUE) ok(FALSE, "a debt\n");
    todo_if(FALSE) ok(TRUE, "not a debt\n");
    todo_if(TRUE) todo_if(FALSE) ok(FALSE, "nested debt\n");
    flaky ok(FALSE, "sometimes\n");
    flaky ok(TRUE, "mostly\n");
    ok(broken(TRUE), "broken is not accepted\n");
    skip("a reason %s\n", "why");
    win_skip("not on this Windows\n");
    winetest_push_context("row %d", 1);
    winetest_push_context("%s", "inner");
    ok(FALSE, "with context\n");
    winetest_pop_context();
    trace("a trace\n");
    winetest_pop_context();
    for (i = 0; i < 50; i++) trace("again\n");
    fail_at("/some/where/else.c", 77);
    subtest("part");
    if (five() == 5) ok(TRUE, "an ok is one statement\n");
    else ok(FALSE, "so that else belongs to the if\n");
}
