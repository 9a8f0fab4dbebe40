/*
 * A program that loads and unloads the library as a plug-in while a thread that used it lives on.
 *
 * usage: unload LIBRARY
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <windows.h>
#include <sspi.h>

static void *library;
static pthread_barrier_t barrier;

static void *user(void *argument)
{
    SECURITY_STATUS (*acquire)(SEC_CHAR *, SEC_CHAR *, ULONG, void *, void *, SEC_GET_KEY_FN, void *, PCredHandle, PTimeStamp);
    SEC_WINNT_AUTH_IDENTITY_A identity;
    CredHandle credential;

    memset(&identity, 0, sizeof(identity));
    identity.User = (unsigned char *)"user";
    identity.UserLength = 4;
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_ANSI;
    *(void **)&acquire = dlsym(library, "AcquireCredentialsHandleA");
    /* Digests the password, so that the thread has something to give back at its end. */
    if (acquire(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &credential, NULL)) argument = library;
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return argument;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    void *failed;

    if (argc != 2 || !(library = dlopen(argv[1], RTLD_NOW))) return 2;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, user, NULL);
    pthread_barrier_wait(&barrier);
    dlclose(library);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, &failed);
    return failed != NULL;
}
