/*
 * Credentials and contexts that one thread deletes while others use them: who came in time is served to the end, who did
 * not is told so, and nothing else happens.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <sched.h>

#include "../secur32/session.h"

enum
{
    THREADS = 8, /* the first one deletes */
    ROUNDS = 20 /* and again in check-stress */
};

#define PROTECTED (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)

static struct session shared;
static pthread_barrier_t together;

struct count
{
    _Atomic int served, told, wrong;
};

static struct count counts[THREADS];

static void judge(struct count *count, SECURITY_STATUS status, SECURITY_STATUS expected)
{
    if (status == expected) count->served++;
    else if (status == SEC_E_INVALID_HANDLE) count->told++;
    else count->wrong++;
}

/* Everybody but the first one calls until he is told. */
static void use(unsigned int number, SECURITY_STATUS (*call)(unsigned int number), SECURITY_STATUS expected,
                SECURITY_STATUS (*delete_it)(void))
{
    struct count *count = &counts[number];

    pthread_barrier_wait(&together);
    if (!number)
    {
        for (int i = 1; i < THREADS; i++)
            while (!counts[i].served && !counts[i].wrong) sched_yield(); /* every one of them is at it */
        judge(count, delete_it(), SEC_E_OK);
        return;
    }
    while (!count->told && !count->wrong) judge(count, call(number), expected);
}

static void run(void (*routine)(unsigned int), struct count *sum)
{
    for (int i = 0; i < THREADS; i++) counts[i].served = counts[i].told = counts[i].wrong = 0;
    session_run_threads(THREADS, routine);
    for (int i = 0; i < THREADS; i++)
    {
        sum->served += counts[i].served > 0;
        sum->told += counts[i].told;
        sum->wrong += counts[i].wrong;
    }
}

/* ---- a context ---- */

static SECURITY_STATUS query(void)
{
    SecPkgContext_KeyInfoA info;
    SECURITY_STATUS status = QueryContextAttributesA(&shared.server, SECPKG_ATTR_KEY_INFO, &info);

    if (status != SEC_E_OK) return status;
    FreeContextBuffer(info.sSignatureAlgorithmName);
    FreeContextBuffer(info.sEncryptAlgorithmName);
    return SEC_E_OK;
}

static SECURITY_STATUS impersonate(void)
{
    SECURITY_STATUS status = ImpersonateSecurityContext(&shared.server);

    if (status != SEC_E_OK) return status;
    /* The context may be gone by now, which ends no impersonation: RevertToSelf does (S2.8.3). */
    return RevertToSelf() ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS seal(void)
{
    char data[] = "while it lasts";
    BYTE token[16];
    SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token}, {sizeof(data), SECBUFFER_DATA, data}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    return EncryptMessage(&shared.server, 0, &desc, 0);
}

static SECURITY_STATUS context_call(unsigned int number)
{
    switch (number % 3)
    {
    case 0: return query();
    case 1: return impersonate();
    default: return seal();
    }
}

static SECURITY_STATUS delete_context(void)
{
    return DeleteSecurityContext(&shared.server);
}

static void context_thread(unsigned int number)
{
    use(number, context_call, SEC_E_OK, delete_context);
}

static void test_context(void)
{
    struct count sum = {0, 0, 0};

    for (int i = 0; i < ROUNDS && session_log_on(&shared, SESSION_ALICE, PROTECTED, 0); i++)
    {
        run(context_thread, &sum);
        shared.have_server = FALSE;
        session_close(&shared);
    }
    ok(!sum.wrong && sum.served == ROUNDS * THREADS, "%d served, %d with another status\n", sum.served, sum.wrong); /* S2.8.2 */
    ok(sum.told == ROUNDS * (THREADS - 1), "%d told\n", sum.told); /* S2.0.2 */
}

/* ---- a credential ---- */

/* Half a handshake: the credential belongs to its contexts even when its handle is gone, so the next leg succeeds. */
static SECURITY_STATUS credential_call(unsigned int number)
{
    BYTE negotiate[MAX_TOKEN], challenge[MAX_TOKEN];
    SecBuffer client_out = {MAX_TOKEN, SECBUFFER_TOKEN, negotiate}, server_out = {MAX_TOKEN, SECBUFFER_TOKEN, challenge};
    SecBufferDesc client_desc = {SECBUFFER_VERSION, 1, &client_out}, server_desc = {SECBUFFER_VERSION, 1, &server_out};
    CtxtHandle client, server;
    SECURITY_STATUS status;
    ULONG attributes;

    (void)number;
    status = InitializeSecurityContextA(&shared.client_credential, NULL, NULL, PROTECTED, 0, 0, NULL, 0, &client,
                                        &client_desc, &attributes, NULL);
    if (status != SEC_I_CONTINUE_NEEDED) return status;
    status = AcceptSecurityContext(&shared.server_credential, NULL, &client_desc, 0, 0, &server, &server_desc,
                                   &attributes, NULL);
    if (status == SEC_I_CONTINUE_NEEDED)
    {
        client_out.cbBuffer = MAX_TOKEN;
        status = InitializeSecurityContextA(NULL, &client, NULL, PROTECTED, 0, 0, &server_desc, 0, &client,
                                            &client_desc, &attributes, NULL);
        DeleteSecurityContext(&server);
    }
    DeleteSecurityContext(&client);
    return status;
}

static SECURITY_STATUS free_credential(void)
{
    return FreeCredentialsHandle(&shared.client_credential);
}

static void credential_thread(unsigned int number)
{
    use(number, credential_call, SEC_E_OK, free_credential);
}

static void test_credential(void)
{
    struct count sum = {0, 0, 0};

    for (int i = 0; i < ROUNDS && session_open(&shared, SESSION_ALICE); i++)
    {
        run(credential_thread, &sum);
        FreeCredentialsHandle(&shared.server_credential);
    }
    ok(!sum.wrong && sum.served == ROUNDS * THREADS, "%d served, %d with another status\n", sum.served, sum.wrong); /* S2.3.1 */
    ok(sum.told == ROUNDS * (THREADS - 1), "%d told\n", sum.told); /* S2.0.2 */
}

START_TEST(sspi_threads)
{
    if (!session_setup()) return;
    pthread_barrier_init(&together, NULL, THREADS);
    test_context();
    test_credential();
    pthread_barrier_destroy(&together);
    session_cleanup();
}
