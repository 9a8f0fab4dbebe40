/*
 * A child of fork() opens handles of its own, whatever the parent's other threads were doing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sspi.h>
#include <wine/test.h>

#include "secur32_fake.h"

enum { FORKS = 200, PATIENCE = 20 };

static atomic_bool over;

static SECURITY_STATUS open_and_close(void)
{
    CredHandle credential;
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, (char *)"Fake", SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &credential, NULL);

    return status == SEC_E_OK ? FreeCredentialsHandle(&credential) : status;
}

static void *open_many(void *arg)
{
    while (!over) open_and_close();
    return arg;
}

/* The alarm ends a child that waits for a lock which nobody will give back. */
static BOOL child_works(void)
{
    int status;
    pid_t child = fork();

    if (!child)
    {
        alarm(PATIENCE);
        _exit(open_and_close() == SEC_E_OK ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status);
}

START_TEST(secur32_fork)
{
    pthread_t threads[2];
    int good = 0;

#ifdef __SANITIZE_ADDRESS__
    skip("AddressSanitizer's allocator may be locked in the child of several threads\n");
    return;
#endif
    memset(&fake_script, 0, sizeof(fake_script));
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, open_many, NULL);
    while (good < FORKS && child_works()) good++;
    over = true;
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    ok(good == FORKS, "child %d found no handle\n", good); /* design 5.11 */
}
