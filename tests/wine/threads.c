/*
 * Clients on many threads: at the same time, put there by others, on threads of a pool, on threads that an impersonating one starts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/wine/kernel.h"
#include "tests/wine/logon.h"
#include <ntsecapi.h>
#include <wine/test.h>

static BOOL has_thread_token(void)
{
    HANDLE token;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return FALSE;
    CloseHandle(token);
    return TRUE;
}

/* ---- two users at the same time ----------------------------------------------------------------------------------- */

struct worker
{
    CtxtHandle *context;
    int uid;
    LONG wrong;
};

static DWORD WINAPI impersonate_often(void *parameter)
{
    struct worker *worker = parameter;
    int i;

    for (i = 0; i < 200; i++)
    {
        if (ImpersonateSecurityContext(worker->context)) worker->wrong++;
        if (!carries(kernel_ids(), worker->uid)) worker->wrong++;
        if (i % 3 && !RevertToSelf()) worker->wrong++;
        if (i % 3 && !is_process(kernel_ids())) worker->wrong++;
    }
    return 0;
}

static void test_two_users(CtxtHandle *alice, CtxtHandle *bob)
{
    struct worker workers[4] = { { alice, ALICE, 0 }, { bob, BOB, 0 }, { alice, ALICE, 0 }, { bob, BOB, 0 } };
    HANDLE threads[4];
    int i;

    for (i = 0; i < 4; i++) threads[i] = CreateThread(NULL, 0, impersonate_often, &workers[i], 0, NULL);
    ok(!WaitForMultipleObjects(4, threads, TRUE, 60000), "they do not end\n"); /* design 10.3 */
    for (i = 0; i < 4; i++)
    {
        ok(!workers[i].wrong, "worker %d: %ld times somebody else\n", i, workers[i].wrong); /* design 10.3 */
        CloseHandle(threads[i]);
    }
    ok(is_process(kernel_ids()), "this thread is another\n"); /* design 10.3 */
}

/* ---- another thread ----------------------------------------------------------------------------------------------- */

struct waiting
{
    HANDLE ready, go;
    int tid;
    struct kernel_ids seen;
    BOOL has_token;
};

static DWORD WINAPI wait_and_look(void *parameter)
{
    struct waiting *waiting = parameter;

    waiting->tid = kernel_tid();
    SetEvent(waiting->ready);
    WaitForSingleObject(waiting->go, 30000);
    waiting->seen = kernel_ids();
    waiting->has_token = has_thread_token();
    return 0;
}

static void test_other_thread(CtxtHandle *alice)
{
    struct waiting waiting = { CreateEventA(NULL, FALSE, FALSE, NULL), CreateEventA(NULL, FALSE, FALSE, NULL), 0, { .here = 0 }, FALSE };
    HANDLE thread = CreateThread(NULL, 0, wait_and_look, &waiting, 0, NULL), token, found, weak;

    ok(!QuerySecurityContextToken(alice, &token), "token\n"); /* design 10.3 */
    WaitForSingleObject(waiting.ready, 30000);
    ok(is_process(kernel_ids_of(waiting.tid)), "it starts as another\n"); /* design 10.3 */
    ok(SetThreadToken(&thread, token), "%lu\n", GetLastError());          /* design 10.3 */
    ok(carries(kernel_ids_of(waiting.tid), ALICE), "it is not alice\n");  /* design 10.3 */
    ok(is_process(kernel_ids()) && !has_thread_token(), "this one is\n"); /* design 10.3 */
    ok(OpenThreadToken(thread, TOKEN_QUERY, TRUE, &found), "%lu\n", GetLastError()); /* design 10.3 */
    CloseHandle(found);
    ok(SetThreadToken(&thread, NULL), "%lu\n", GetLastError());           /* design 10.3 */
    ok(is_process(kernel_ids_of(waiting.tid)), "it is still alice\n");    /* design 10.3 */
    ok(SetThreadToken(&thread, token), "%lu\n", GetLastError());          /* design 10.3 */

    /* Without the right to the thread nothing changes. */
    ok(DuplicateHandle(GetCurrentProcess(), thread, GetCurrentProcess(), &weak, THREAD_QUERY_INFORMATION, FALSE, 0), "%lu\n", GetLastError()); /* design 10.3 */
    ok(!SetThreadToken(&weak, NULL) && GetLastError() == ERROR_ACCESS_DENIED, "%lu\n", GetLastError()); /* design 10.3 */
    ok(carries(kernel_ids_of(waiting.tid), ALICE), "it is not alice any more\n"); /* design 10.3 */
    CloseHandle(weak);

    SetEvent(waiting.go);
    WaitForSingleObject(thread, 30000);
    ok(carries(waiting.seen, ALICE) && waiting.has_token, "it saw uid %d\n", waiting.seen.uid[1]); /* design 10.3 */
    ok(!SetThreadToken(&thread, token), "a thread that has ended\n"); /* design 10.3 */
    CloseHandle(thread);

    /* One that has not begun. */
    waiting.seen.here = 0;
    thread = CreateThread(NULL, 0, wait_and_look, &waiting, CREATE_SUSPENDED, NULL);
    ok(SetThreadToken(&thread, token), "%lu\n", GetLastError()); /* design 10.3 */
    ResumeThread(thread);
    SetEvent(waiting.go);
    WaitForSingleObject(thread, 30000);
    ok(carries(waiting.seen, ALICE) && waiting.has_token, "it saw uid %d\n", waiting.seen.uid[1]); /* design 10.3 */
    CloseHandle(thread);
    CloseHandle(token);
    CloseHandle(waiting.ready);
    CloseHandle(waiting.go);
}

/* ---- threads that an impersonating one starts --------------------------------------------------------------------- */

static DWORD WINAPI look(void *parameter)
{
    struct waiting *waiting = parameter;

    waiting->seen = kernel_ids();
    waiting->has_token = has_thread_token();
    SetEvent(waiting->ready);
    return 0;
}

static void test_started(CtxtHandle *alice)
{
    struct waiting waiting = { CreateEventA(NULL, FALSE, FALSE, NULL), NULL, 0, { .here = 0 }, FALSE };
    HANDLE thread;
    int i;

    ok(!ImpersonateSecurityContext(alice), "impersonate\n"); /* design 10.3 */
    thread = CreateThread(NULL, 0, look, &waiting, 0, NULL);
    ok(thread != NULL, "%lu\n", GetLastError());             /* design 10.3 */
    ok(carries(kernel_ids(), ALICE), "CreateThread left another\n"); /* design 10.3 */
    WaitForSingleObject(thread, 30000);
    CloseHandle(thread);
    ok(is_process(waiting.seen) && !waiting.has_token, "a thread starts as uid %d\n", waiting.seen.uid[1]); /* design 10.3 */
    for (i = 0; i < 20; i++)
    {
        waiting.seen.here = 0;
        ResetEvent(waiting.ready);
        ok(QueueUserWorkItem(look, &waiting, i % 2 ? WT_EXECUTEDEFAULT : WT_EXECUTELONGFUNCTION), "%lu\n", GetLastError()); /* design 10.3 */
        WaitForSingleObject(waiting.ready, 30000);
        ok(is_process(waiting.seen) && !waiting.has_token, "item %d is uid %d\n", i, waiting.seen.uid[1]); /* design 10.3 */
    }
    ok(carries(kernel_ids(), ALICE), "this thread is another\n"); /* design 10.3 */
    RevertToSelf();
    CloseHandle(waiting.ready);
}

/* A thread that ends as a client leaves nothing to the one that gets its place. */
static DWORD WINAPI end_as_client(void *context)
{
    return (DWORD)ImpersonateSecurityContext(context);
}

static void test_end(CtxtHandle *alice)
{
    struct waiting waiting = { CreateEventA(NULL, FALSE, FALSE, NULL), NULL, 0, { .here = 0 }, FALSE };
    int i, others = 0;

    for (i = 0; i < 40; i++)
    {
        HANDLE thread = CreateThread(NULL, 0, i % 2 ? look : end_as_client, i % 2 ? (void *)&waiting : (void *)alice, 0, NULL);

        WaitForSingleObject(thread, 30000);
        CloseHandle(thread);
        if (i % 2 && (!is_process(waiting.seen) || waiting.has_token)) others++;
    }
    ok(!others, "%d threads began as another\n", others); /* design 10.3 */
    CloseHandle(waiting.ready);
}

struct item
{
    CtxtHandle *context;
    int uid;
    HANDLE done;
    BOOL good;
};

static DWORD WINAPI work_as_client(void *parameter)
{
    struct item *item = parameter;

    item->good = is_process(kernel_ids()) && !ImpersonateSecurityContext(item->context) && carries(kernel_ids(), item->uid) && RevertToSelf() &&
                 is_process(kernel_ids());
    SetEvent(item->done);
    return 0;
}

static void test_pool(CtxtHandle *alice, CtxtHandle *bob)
{
    struct item items[40];
    int i;

    for (i = 0; i < 40; i++)
    {
        items[i] = (struct item){ i % 2 ? alice : bob, i % 2 ? ALICE : BOB, CreateEventA(NULL, TRUE, FALSE, NULL), FALSE };
        QueueUserWorkItem(work_as_client, &items[i], WT_EXECUTEDEFAULT);
    }
    for (i = 0; i < 40; i++)
    {
        WaitForSingleObject(items[i].done, 30000);
        ok(items[i].good, "item %d was somebody else\n", i); /* design 10.3 */
        CloseHandle(items[i].done);
    }
}

/* ---- pipes -------------------------------------------------------------------------------------------------------- */

static DWORD WINAPI pipe_client(void *parameter)
{
    DWORD written;
    HANDLE pipe = CreateFileA("\\\\.\\pipe\\guise-test", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);

    (void)parameter;
    WriteFile(pipe, "x", 1, &written, NULL);
    Sleep(200);
    CloseHandle(pipe);
    return 0;
}

static void test_pipe(CtxtHandle *alice)
{
    HANDLE pipe = CreateNamedPipeA("\\\\.\\pipe\\guise-test", PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 100, 100, 0, NULL), thread;
    DWORD read;
    char byte;

    ok(pipe != INVALID_HANDLE_VALUE, "%lu\n", GetLastError()); /* design 10.3 */
    thread = CreateThread(NULL, 0, pipe_client, NULL, 0, NULL);
    ConnectNamedPipe(pipe, NULL);
    ReadFile(pipe, &byte, 1, &read, NULL);
    ok(!ImpersonateSecurityContext(alice), "impersonate\n"); /* design 10.3 */
    ok(ImpersonateNamedPipeClient(pipe), "%lu\n", GetLastError()); /* design 10.3 */
    ok(is_process(kernel_ids()), "the pipe's client is this process, not alice: uid %d\n", kernel_ids().uid[1]); /* design 10.3 */
    ok(has_thread_token(), "no token\n"); /* design 10.3 */
    RevertToSelf();
    ok(is_process(kernel_ids()) && !has_thread_token(), "not back\n"); /* design 10.3 */
    WaitForSingleObject(thread, 30000);
    CloseHandle(thread);
    CloseHandle(pipe);
}

/* ---- ends --------------------------------------------------------------------------------------------------------- */

static void test_order(void)
{
    HANDLE token, copy;
    CtxtHandle context;

    ok(logon_alice(&context), "no client\n"); /* design 10.2 */
    ok(!QuerySecurityContextToken(&context, &token), "token\n"); /* design 10.2 */
    ok(!ImpersonateSecurityContext(&context), "impersonate\n"); /* design 10.3 */
    DeleteSecurityContext(&context);
    CloseHandle(token);
    ok(carries(kernel_ids(), ALICE), "not alice without her context\n"); /* design 10.3 */
    ok(OpenThreadToken(GetCurrentThread(), TOKEN_ALL_ACCESS, TRUE, &token), "%lu\n", GetLastError()); /* design 10.2 */
    RevertToSelf();
    ok(is_process(kernel_ids()), "not back\n"); /* design 10.3 */
    ok(DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenImpersonation, &copy), "%lu\n", GetLastError()); /* design 10.2 */
    CloseHandle(token);
    ok(ImpersonateLoggedOnUser(copy) && carries(kernel_ids(), ALICE), "%lu\n", GetLastError()); /* design 10.3 */
    CloseHandle(copy);
    RevertToSelf();
}

static ULONG session_count(void)
{
    ULONG count = 0;
    LUID *list = NULL;

    LsaEnumerateLogonSessions(&count, &list);
    LsaFreeReturnBuffer(list);
    return count;
}

/* Sessions live as long as the tokens of the table do. */
static void test_table(void)
{
    char number[16];
    int i, rounds = GetEnvironmentVariableA("GUISE_TEST_LOGONS", number, sizeof(number)) ? atoi(number) : 500;
    ULONG before = session_count(), most = 0, after;
    CtxtHandle context;
    HANDLE token;

    for (i = 0; i < rounds; i++)
    {
        if (!logon_alice(&context) || QuerySecurityContextToken(&context, &token) || ImpersonateSecurityContext(&context)) break;
        RevertToSelf();
        CloseHandle(token);
        DeleteSecurityContext(&context);
        if (i % 16 == 0 && (after = session_count()) > most) most = after;
    }
    ok(i == rounds, "only %d logons\n", i); /* design 10.2 */
    ok(most <= before + 80, "%lu sessions before, up to %lu of %d logons\n", before, most, i); /* design 10.2 */
}

START_TEST(threads)
{
    CtxtHandle alice, bob;

    ok(logon_alice(&alice) && logon_bob(&bob), "no clients\n"); /* design 10.2 */
    test_two_users(&alice, &bob);
    test_other_thread(&alice);
    test_started(&alice);
    test_end(&alice);
    test_pool(&alice, &bob);
    test_pipe(&alice);
    test_order();
    test_table();
    DeleteSecurityContext(&alice);
    DeleteSecurityContext(&bob);
}
