/*
 * Messages are protected without any lock of the library: another thread holds every one that there is, or stands in the
 * middle of a handshake with one in its hand, and messages go on. What a message call takes is the lock of its own
 * context's direction and nothing else.
 *
 * To know the locks this program stands between the libraries and glibc: these are the functions that the libraries call.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../secur32/session.h"

#ifdef __SANITIZE_THREAD__

static void run(void)
{
    skip("ThreadSanitizer itself stands there\n");
}

#else

#define PROTECTED (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)

/* glibc's own. The libraries lock before anything of this program runs, so each is looked up when it is first needed. */
#define REAL(name, type) \
    static int real_##name(type *lock) \
    { \
        static int (*_Atomic found)(type *); \
        if (!found) found = (int (*)(type *))dlsym(RTLD_NEXT, "pthread_" #name); \
        return found(lock); \
    }
REAL(mutex_lock, pthread_mutex_t)
REAL(rwlock_rdlock, pthread_rwlock_t)
REAL(rwlock_wrlock, pthread_rwlock_t)

struct known_lock
{
    void *address;
    BOOL is_rwlock;
};

static struct known_lock known[1024];
static unsigned int known_count; /* changed by one thread at a time: the others wait or have ended */

static _Thread_local BOOL watched; /* what this thread locks is noted */
static _Thread_local unsigned int taken;
static _Thread_local unsigned int park_at; /* 0, or which lock this thread stops with in its hand */
static sem_t parked, go_on;
static unsigned int blocked_count;

static void note(void *address, BOOL is_rwlock)
{
    unsigned int i = 0;

    while (i < known_count && known[i].address != address) i++;
    if (i < known_count || i == ARRAYSIZE(known)) return;
    known[known_count++] = (struct known_lock){address, is_rwlock};
}

/* Behind every lock that is taken. */
static void took(void *address, BOOL is_rwlock)
{
    if (!watched) return;
    taken++;
    if (park_at)
    {
        if (taken != park_at) return;
        sem_post(&parked);
        while (sem_wait(&go_on)) continue;
        return;
    }
    note(address, is_rwlock);
}

static _Thread_local BOOL may_block;

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    int error;

    if (may_block && pthread_mutex_trylock(mutex) == 0) return 0;
    if (may_block) __atomic_fetch_add(&blocked_count, 1, __ATOMIC_RELEASE);
    if (!(error = real_mutex_lock(mutex))) took(mutex, FALSE);
    return error;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    int error = real_rwlock_rdlock(lock);

    if (!error) took(lock, TRUE);
    return error;
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    int error = real_rwlock_wrlock(lock);

    if (!error) took(lock, TRUE);
    return error;
}

/* ---- messages ---- */

/* Seals and signs in both directions. FALSE: something did not arrive as it was sent. */
static BOOL exchange(struct session *session)
{
    CtxtHandle *from[] = {&session->client, &session->server}, *to[] = {&session->server, &session->client};

    for (int i = 0; i < 2; i++)
    {
        char data[] = "past every lock";
        BYTE token[16];
        SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token}, {sizeof(data), SECBUFFER_DATA, data}};
        SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

        if (EncryptMessage(from[i], 0, &desc, 0) || !memcmp(data, "past", 4)) return FALSE;
        if (DecryptMessage(to[i], &desc, 0, NULL) || memcmp(data, "past every lock", sizeof(data))) return FALSE;
        if (MakeSignature(from[i], 0, &desc, 0) || VerifySignature(to[i], &desc, 0, NULL)) return FALSE;
    }
    return TRUE;
}

/* All that a server does with a client, so that every lock is met. */
static void live(void)
{
    struct session session;
    SecPkgContext_AccessToken token;
    SecPkgInfoA *info;
    HANDLE handle;

    if (!session_log_on(&session, SESSION_BOB, PROTECTED, 0)) return;
    ImpersonateSecurityContext(&session.server);
    RevertSecurityContext(&session.server);
    if (QuerySecurityContextToken(&session.server, &handle) == SEC_E_OK) CloseHandle(handle);
    QueryContextAttributesA(&session.server, SECPKG_ATTR_ACCESS_TOKEN, &token);
    if (QuerySecurityPackageInfoA((char *)"NTLM", &info) == SEC_E_OK) FreeContextBuffer(info);
    session_close(&session);
}

/* ---- every lock in another thread's hands ---- */

/* Locks of objects come and go with them; those of the library lie in its image. */
static BOOL is_of_library(const struct known_lock *lock)
{
    Dl_info info;
    const char *name;

    if (!dladdr(lock->address, &info) || !info.dli_fname) return FALSE;
    name = strrchr(info.dli_fname, '/');
    name = name ? name + 1 : info.dli_fname;
    return !strncmp(name, "libntoskrnl.", 12) || !strncmp(name, "libsecur32.", 11);
}

static unsigned int keep_those_of_library(void)
{
    unsigned int kept = 0;

    for (unsigned int i = 0; i < known_count; i++)
        if (is_of_library(&known[i])) known[kept++] = known[i];
    return known_count = kept;
}

static void *hold_all(void *unused)
{
    (void)unused;
    for (unsigned int i = 0; i < known_count; i++)
    {
        if (known[i].is_rwlock) real_rwlock_wrlock(known[i].address);
        else real_mutex_lock(known[i].address);
    }
    sem_post(&parked);
    while (sem_wait(&go_on)) continue;
    for (unsigned int i = known_count; i--;)
    {
        if (known[i].is_rwlock) pthread_rwlock_unlock(known[i].address);
        else pthread_mutex_unlock(known[i].address);
    }
    return NULL;
}

static BOOL log_on_ended;

/* A logon does need them. */
static void *log_on(void *unused)
{
    (void)unused;
    may_block = TRUE;
    live();
    __atomic_store_n(&log_on_ended, TRUE, __ATOMIC_RELEASE);
    return NULL;
}

static void test_all_held(struct session *session)
{
    pthread_t holder, other;
    BOOL ended, sound;

    watched = TRUE;
    live();
    watched = FALSE;
    ok(keep_those_of_library() >= 5, "%u locks\n", known_count); /* design 7 */
    pthread_create(&holder, NULL, hold_all, NULL);
    while (sem_wait(&parked)) continue;
    alarm(60); /* instead of for ever */
    sound = exchange(session);
    alarm(0);
    pthread_create(&other, NULL, log_on, NULL);
    while (!__atomic_load_n(&blocked_count, __ATOMIC_ACQUIRE)) usleep(1000);
    ended = __atomic_load_n(&log_on_ended, __ATOMIC_ACQUIRE);
    sem_post(&go_on);
    pthread_join(holder, NULL);
    pthread_join(other, NULL);
    ok(sound, "a message was refused or altered\n");         /* S2.0.8 */
    ok(!ended, "a logon met none of the locks that are held\n"); /* design 7 */
    ok(log_on_ended, "no logon afterwards\n");               /* design 7 */
}

/* ---- in the middle of a handshake ---- */

static void *stop_with(void *number)
{
    watched = TRUE;
    park_at = (unsigned int)(ULONG_PTR)number;
    taken = 0;
    live();
    watched = FALSE; /* the thread's end takes locks too */
    if (taken < park_at) sem_post(&parked); /* there are not so many */
    return (void *)(ULONG_PTR)(taken >= park_at);
}

static void test_within_handshake(struct session *session)
{
    unsigned int number = 0, unsound = 0;
    void *stopped = NULL;
    pthread_t thread;

    do
    {
        number++;
        pthread_create(&thread, NULL, stop_with, (void *)(ULONG_PTR)number);
        while (sem_wait(&parked)) continue;
        alarm(60);
        unsound += !exchange(session);
        alarm(0);
        sem_post(&go_on);
        pthread_join(thread, &stopped);
        if (!stopped)
            while (sem_wait(&go_on)) continue; /* nobody took it */
    } while (stopped);
    ok(number > 10 && !unsound, "%u of %u exchanges failed\n", unsound, number); /* S2.0.8 */
}

/* ---- what a call takes ---- */

static void test_own_lock(struct session *session)
{
    unsigned int before;
    BOOL sound;

    known_count = 0;
    taken = 0;
    watched = TRUE;
    sound = exchange(session);
    watched = FALSE;
    ok(sound && known_count <= 4, "%u locks\n", known_count); /* design 7.3 */
    before = taken;
    ok(taken <= 8, "%u times a lock in 8 calls\n", before); /* design 7.3 */
    ok(!keep_those_of_library(), "%u of the library\n", known_count); /* design 7 */
}

static void run(void)
{
    static struct session session;

    sem_init(&parked, 0, 0);
    sem_init(&go_on, 0, 0);
    if (session_log_on(&session, SESSION_ALICE, PROTECTED, 0))
    {
        live(); /* what is made on first use is made */
        exchange(&session);
        test_own_lock(&session);
        test_all_held(&session);
        test_within_handshake(&session);
        session_close(&session);
    }
}

#endif

START_TEST(message_locks)
{
    if (!session_setup()) return;
    run();
    session_cleanup();
}
