/*
 * The rules that the front keeps for every package: handles, legs and their order, buffers, attributes, message calls.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <pthread.h>
#include <string.h>

#include <sspi.h>
#include <wine/test.h>

#include "secur32_fake.h"

static const CtxtHandle untouched = {0x1234, 0x5678};

static void script(SECURITY_STATUS status, const char *token)
{
    memset(&fake_script, 0, sizeof(fake_script));
    fake_script.status = status;
    fake_script.token = token;
}

static CredHandle acquire(const char *package, ULONG use)
{
    CredHandle handle = {0, 0};
    SECURITY_STATUS status;

    script(SEC_E_OK, NULL);
    status = AcquireCredentialsHandleA(NULL, (char *)package, use, NULL, NULL, NULL, NULL, &handle, NULL);
    ok(status == SEC_E_OK, "%s: got %08lx\n", package, status); /* S2.1.11 */
    return handle;
}

struct output
{
    SecBufferDesc desc;
    SecBuffer buffer;
    char memory[64];
};

static void output_init(struct output *output, ULONG type, ULONG capacity)
{
    memset(output, 0x55, sizeof(*output));
    output->buffer = (SecBuffer){capacity, type, output->memory};
    output->desc = (SecBufferDesc){SECBUFFER_VERSION, 1, &output->buffer};
}

static SECURITY_STATUS accept_leg(CredHandle *credential, CtxtHandle *context, CtxtHandle *fresh, struct output *output,
                                  ULONG request)
{
    ULONG attributes = 0xdead;

    return AcceptSecurityContext(credential, context, NULL, request, SECURITY_NATIVE_DREP, fresh,
                                 output ? &output->desc : NULL, &attributes, NULL);
}

/* A completed server context. */
static CtxtHandle completed(CredHandle *credential)
{
    CtxtHandle context = untouched;
    SECURITY_STATUS status;

    script(SEC_E_OK, NULL);
    status = accept_leg(credential, NULL, &context, NULL, 0);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.6.1 */
    return context;
}

static void test_output(void)
{
    CredHandle credential = acquire("Fake", SECPKG_CRED_BOTH);
    CtxtHandle context = untouched;
    struct output output;
    SECURITY_STATUS status;
    ULONG attributes = 0;
    TimeStamp expiry;

    script(SEC_I_CONTINUE_NEEDED, "hello");
    fake_script.attributes = ISC_RET_CONNECTION;
    output_init(&output, SECBUFFER_TOKEN, sizeof(output.memory));
    status = InitializeSecurityContextA(&credential, NULL, (char *)"HTTP/h\xc3\xb6st", ISC_REQ_CONNECTION, 0,
                                        SECURITY_NETWORK_DREP, NULL, 0, &context, &output.desc, &attributes, &expiry);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.5.1 */
    ok(output.buffer.cbBuffer == 5 && !memcmp(output.memory, "hello", 5), "token of %lu bytes\n",
       output.buffer.cbBuffer); /* S2.5.5 */
    ok(attributes == ISC_RET_CONNECTION, "attributes %lx\n", attributes); /* S2.5.11 */
    ok(expiry.QuadPart == 77, "expiry\n"); /* S2.6.9 */
    ok(!memcmp(fake_seen.target, u"HTTP/h\x00f6st", sizeof(u"HTTP/h\x00f6st")), "target %s\n",
       wine_dbgstr_w(fake_seen.target)); /* S2.0.7 */
    ok(fake_seen.request == ISC_REQ_CONNECTION && fake_seen.data_representation == SECURITY_NETWORK_DREP,
       "arguments\n"); /* S2.0.5 */
    status = DeleteSecurityContext(&context);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.8.1 */

    /* What does not fit is an error, and no handle is given. */
    output_init(&output, SECBUFFER_TOKEN, 4);
    context = untouched;
    status = accept_leg(&credential, NULL, &context, &output, 0);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S2.5.5 */
    ok(!output.buffer.cbBuffer, "cbBuffer %lu\n", output.buffer.cbBuffer); /* S12.15 */
    ok(!memcmp(&context, &untouched, sizeof(context)), "the handle was written\n"); /* S2.5.3 */
    ok((unsigned char)output.memory[0] == 0x55, "memory was written\n"); /* S2.5.5 */

    output_init(&output, SECBUFFER_TOKEN, 0);
    status = accept_leg(&credential, NULL, &context, &output, 0);
    ok(status == SEC_E_BUFFER_TOO_SMALL && !output.buffer.cbBuffer, "got %08lx\n", status); /* S2.5.7 */
    output_init(&output, SECBUFFER_DATA, sizeof(output.memory));
    status = accept_leg(&credential, NULL, &context, &output, 0);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S2.5.7 */
    output_init(&output, SECBUFFER_TOKEN, sizeof(output.memory));
    output.buffer.pvBuffer = NULL;
    status = accept_leg(&credential, NULL, &context, &output, 0);
    ok(status == SEC_E_INTERNAL_ERROR, "got %08lx\n", status); /* S2.5.7 */
    status = accept_leg(&credential, NULL, &context, NULL, 0);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S2.5.7 */
    ok(!fake_contexts, "%d contexts remain\n", fake_contexts); /* S2.5.3 */

    /* ALLOCATE_MEMORY overwrites whatever the buffer holds. */
    output_init(&output, SECBUFFER_TOKEN, 0xdead);
    output.buffer.pvBuffer = (void *)(ULONG_PTR)0xdeadbeef;
    attributes = 0;
    status = AcceptSecurityContext(&credential, NULL, NULL, ASC_REQ_ALLOCATE_MEMORY, 0, &context, &output.desc,
                                   &attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.6.4 */
    ok(output.buffer.cbBuffer == 5 && !memcmp(output.buffer.pvBuffer, "hello", 5), "token\n"); /* S2.5.6 */
    ok(output.buffer.BufferType == SECBUFFER_TOKEN, "type %lu\n", output.buffer.BufferType); /* S2.5.7 */
    ok(attributes == (ISC_RET_CONNECTION | ASC_RET_ALLOCATED_MEMORY), "attributes %lx\n", attributes); /* S2.5.6 */
    status = FreeContextBuffer(output.buffer.pvBuffer);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.3 */

    /* Nothing to send is a length of zero, not the capacity. */
    script(SEC_E_OK, NULL);
    output_init(&output, SECBUFFER_TOKEN, sizeof(output.memory));
    status = accept_leg(&credential, &context, &context, &output, 0);
    ok(status == SEC_E_OK && !output.buffer.cbBuffer, "got %08lx, %lu bytes\n", status,
       output.buffer.cbBuffer); /* S12.15 */
    DeleteSecurityContext(&context);

    /* The type may carry attributes. */
    script(SEC_E_OK, "last");
    output_init(&output, SECBUFFER_TOKEN | SECBUFFER_RESERVED, sizeof(output.memory));
    status = accept_leg(&credential, NULL, &context, &output, 0);
    ok(status == SEC_E_OK && output.buffer.cbBuffer == 4, "got %08lx, %lu bytes\n", status,
       output.buffer.cbBuffer); /* S2.0.4 */
    DeleteSecurityContext(&context);
    FreeCredentialsHandle(&credential);
}

static void test_refusals(void)
{
    CredHandle inbound = acquire("Fake", SECPKG_CRED_INBOUND), outbound = acquire("Fake", SECPKG_CRED_OUTBOUND);
    CredHandle bare = acquire("FakeBare", SECPKG_CRED_BOTH), zero = {0, 0}, invalid;
    CtxtHandle context = untouched;
    SecBuffer buffers[2];
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, buffers};
    struct output output;
    SECURITY_STATUS status;

    SecInvalidateHandle(&invalid);
    script(SEC_E_OK, NULL);
    status = accept_leg(&outbound, NULL, &context, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.6.1 */
    status = accept_leg(NULL, NULL, &context, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = accept_leg(&zero, NULL, &context, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.2 */
    status = accept_leg(&invalid, NULL, &context, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.1 */
    status = accept_leg(&inbound, NULL, NULL, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.6.1 */
    status = accept_leg(&inbound, &zero, &context, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.2 */
    status = InitializeSecurityContextW(&inbound, NULL, NULL, 0, 0, 0, NULL, 0, &context, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.5.1 */
    status = InitializeSecurityContextW(&bare, NULL, NULL, 0, 0, 0, NULL, 0, &context, NULL, NULL, NULL);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.0.3 */
    status =
        InitializeSecurityContextA(&outbound, NULL, (char *)"bad \xc3", 0, 0, 0, NULL, 0, &context, NULL, NULL, NULL);
    ok(status == SEC_E_TARGET_UNKNOWN, "got %08lx\n", status); /* S2.5.13 */

    desc.ulVersion = 1;
    buffers[0] = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
    status = AcceptSecurityContext(&inbound, NULL, &desc, 0, 0, &context, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.5.13 */
    status = AcceptSecurityContext(&inbound, NULL, NULL, 0, 0, &context, &desc, NULL, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.5.13 */
    desc.ulVersion = SECBUFFER_VERSION;
    buffers[0].cbBuffer = 1; /* a byte without memory */
    status = AcceptSecurityContext(&inbound, NULL, &desc, 0, 0, &context, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.5.13 */
    desc.pBuffers = NULL;
    status = AcceptSecurityContext(&inbound, NULL, &desc, 0, 0, &context, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.5.13 */
    ok(!memcmp(&context, &untouched, sizeof(context)), "the handle was written\n"); /* S2.5.3 */

    /* Even a call that no package sees leaves no stale length. */
    output_init(&output, SECBUFFER_TOKEN, sizeof(output.memory));
    status = accept_leg(&zero, NULL, &context, &output, 0);
    ok(status == SEC_E_INVALID_HANDLE && !output.buffer.cbBuffer, "got %08lx, %lu\n", status,
       output.buffer.cbBuffer); /* S12.15 */

    /* A package that succeeds without keeping anything has not succeeded. */
    script(SEC_E_OK, NULL);
    fake_script.no_state = true;
    status = accept_leg(&inbound, NULL, &context, NULL, 0);
    ok(status == SEC_E_INTERNAL_ERROR, "got %08lx\n", status); /* S2.5.12 */

    FreeCredentialsHandle(&inbound);
    FreeCredentialsHandle(&outbound);
    FreeCredentialsHandle(&bare);
}

static void test_sequence(void)
{
    CredHandle credential = acquire("Fake", SECPKG_CRED_BOTH), other = acquire("Fake", SECPKG_CRED_BOTH);
    CredHandle bare = acquire("FakeBare", SECPKG_CRED_BOTH), stale = other;
    CtxtHandle context, same;
    struct output output;
    SecPkgContext_Sizes sizes;
    SECURITY_STATUS status;

    script(SEC_I_CONTINUE_NEEDED, NULL);
    status = accept_leg(&credential, NULL, &context, NULL, 0);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.6.1 */
    status = QueryContextAttributesW(&context, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.10.2 */
    status = InitializeSecurityContextW(&credential, &context, NULL, 0, 0, 0, NULL, 0, NULL, NULL, NULL, NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.2 */
    status = accept_leg(&bare, &context, &context, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.2 */
    same = untouched;
    status = accept_leg(&other, &context, &same, NULL, 0);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.3.1 */
    ok(!memcmp(&same, &context, sizeof(same)), "another handle\n"); /* S2.5.3 */
    FreeCredentialsHandle(&other);
    status = accept_leg(&stale, &context, &context, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.3.1 */

    /* The credential may go first. */
    status = FreeCredentialsHandle(&credential);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.3.1 */
    ok(fake_credentials == 2, "%d credentials\n", fake_credentials); /* S2.3.1 */
    script(SEC_E_OK, NULL);
    status = accept_leg(NULL, &context, NULL, NULL, 0);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.5.2 */
    status = accept_leg(NULL, &context, NULL, NULL, 0);
    ok(status == SEC_E_OUT_OF_SEQUENCE, "got %08lx\n", status); /* S4.9.9 */
    status = QueryContextAttributesW(&context, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK && sizes.cbMaxToken == 2888, "got %08lx\n", status); /* S2.10.2 */
    status = DeleteSecurityContext(&context);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.8.1 */
    ok(fake_credentials == 1 && !fake_contexts, "%d credentials, %d contexts\n", fake_credentials,
       fake_contexts); /* S2.3.2 */
    status = DeleteSecurityContext(&context);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* design 7 */
    FreeCredentialsHandle(&bare);

    /* A refused leg: the context stays, takes no further leg and does nothing else. */
    credential = acquire("Fake", SECPKG_CRED_BOTH);
    script(SEC_I_CONTINUE_NEEDED, NULL);
    accept_leg(&credential, NULL, &context, NULL, 0);
    script(SEC_E_LOGON_DENIED, NULL);
    output_init(&output, SECBUFFER_TOKEN, sizeof(output.memory));
    status = accept_leg(&credential, &context, &context, &output, 0);
    ok(status == SEC_E_LOGON_DENIED, "got %08lx\n", status); /* S2.6.7 */
    ok(!output.buffer.cbBuffer, "cbBuffer %lu\n", output.buffer.cbBuffer); /* S2.6.10 */
    script(SEC_E_OK, NULL);
    status = accept_leg(&credential, &context, &context, NULL, 0);
    ok(status == SEC_E_OUT_OF_SEQUENCE, "got %08lx\n", status); /* S2.5.7 */
    status = QueryContextAttributesW(&context, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.10.2 */
    ok(fake_contexts == 1, "%d contexts\n", fake_contexts); /* S2.6.10 */
    status = DeleteSecurityContext(&context);
    ok(status == SEC_E_OK && !fake_contexts, "got %08lx\n", status); /* S12.2 */

    /* An error may bring a token; a leg that wants more bytes changes nothing. */
    script(SEC_I_CONTINUE_NEEDED, NULL);
    accept_leg(&credential, NULL, &context, NULL, 0);
    script(SEC_E_INCOMPLETE_MESSAGE, NULL);
    status = accept_leg(&credential, &context, &context, NULL, 0);
    ok(status == SEC_E_INCOMPLETE_MESSAGE, "got %08lx\n", status); /* S2.12.10 */
    script(SEC_E_INVALID_TOKEN, "alert");
    output_init(&output, SECBUFFER_TOKEN, sizeof(output.memory));
    status = accept_leg(&credential, &context, &context, &output, 0);
    ok(status == SEC_E_INVALID_TOKEN && output.buffer.cbBuffer == 5, "got %08lx, %lu bytes\n", status,
       output.buffer.cbBuffer); /* S12.15 */
    DeleteSecurityContext(&context);

    /* COMPLETE_NEEDED does not make a decision wait. */
    script(SEC_I_COMPLETE_NEEDED, NULL);
    status = accept_leg(&credential, NULL, &context, NULL, 0);
    ok(status == SEC_I_COMPLETE_NEEDED, "got %08lx\n", status); /* S2.7.1 */
    status = QueryContextAttributesW(&context, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.7.1 */
    script(SEC_E_MESSAGE_ALTERED, NULL);
    output_init(&output, SECBUFFER_TOKEN, 4);
    status = CompleteAuthToken(&context, &output.desc);
    ok(status == SEC_E_MESSAGE_ALTERED, "got %08lx\n", status); /* S2.7.1 */
    status = CompleteAuthToken(&context, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.7.1 */
    DeleteSecurityContext(&context);
    FreeCredentialsHandle(&credential);
}

/* ---- what another thread may do meanwhile ---- */

static CredHandle thread_credential;
static CtxtHandle thread_context;
static SECURITY_STATUS thread_status;

static void *second_leg(void *arg)
{
    thread_status = accept_leg(NULL, &thread_context, NULL, NULL, 0);
    return arg;
}

static void *delete_it(void *arg)
{
    thread_status = DeleteSecurityContext(&thread_context);
    return arg;
}

static void on_thread(void *(*routine)(void *))
{
    pthread_t thread;

    pthread_create(&thread, NULL, routine, NULL);
    pthread_join(thread, NULL);
}

static void leg_meanwhile(void)
{
    on_thread(second_leg);
}

static SECURITY_STATUS control_status[3];

static void *control_it(void *unused)
{
    SecBuffer buffer = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};

    (void)unused;
    control_status[0] = SetContextAttributesA(&thread_context, SECPKG_ATTR_FLAGS, NULL, 0);
    control_status[1] = ApplyControlToken(&thread_context, &desc);
    control_status[2] = CompleteAuthToken(&thread_context, &desc);
    return NULL;
}

static void control_meanwhile(void)
{
    on_thread(control_it);
}

static void delete_meanwhile(void)
{
    on_thread(delete_it);
}

static void test_threads(void)
{
    SecBuffer buffer = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    SECURITY_STATUS status;

    thread_credential = acquire("Fake", SECPKG_CRED_BOTH);
    script(SEC_I_CONTINUE_NEEDED, NULL);
    accept_leg(&thread_credential, NULL, &thread_context, NULL, 0);
    fake_script.during = leg_meanwhile;
    status = accept_leg(NULL, &thread_context, NULL, NULL, 0);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.0.8 */
    ok(thread_status == SEC_E_OUT_OF_SEQUENCE, "got %08lx\n", thread_status); /* S2.0.8 */
    fake_script.during = NULL;
    status = accept_leg(NULL, &thread_context, NULL, NULL, 0);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.0.8 */

    /* Nothing else that changes the context comes between, and all of it afterwards. */
    fake_script.during = control_meanwhile;
    status = accept_leg(NULL, &thread_context, NULL, NULL, 0);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.0.8 */
    for (int i = 0; i < 3; i++) ok(control_status[i] == SEC_E_OUT_OF_SEQUENCE, "%d: got %08lx\n", i, control_status[i]); /* S2.0.8 */
    fake_script.during = NULL;
    script(SEC_E_OK, NULL);
    control_it(NULL);
    for (int i = 0; i < 3; i++) ok(control_status[i] == SEC_E_OK, "%d: got %08lx\n", i, control_status[i]); /* S2.9.2 */
    script(SEC_I_CONTINUE_NEEDED, NULL);

    /* Deleted while a leg runs: the leg ends normally, the object goes afterwards. */
    fake_script.during = delete_meanwhile;
    status = accept_leg(NULL, &thread_context, NULL, NULL, 0);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* design 7 */
    ok(thread_status == SEC_E_OK && !fake_contexts, "got %08lx, %d contexts\n", thread_status,
       fake_contexts); /* design 7 */
    fake_script.during = NULL;
    status = accept_leg(NULL, &thread_context, NULL, NULL, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.2 */

    thread_context = completed(&thread_credential);
    fake_script.during = delete_meanwhile;
    status = MakeSignature(&thread_context, 0, &desc, 0);
    ok(status == SEC_E_OK && !fake_contexts, "got %08lx, %d contexts\n", status, fake_contexts); /* design 7 */
    FreeCredentialsHandle(&thread_credential);
    ok(!fake_credentials, "%d credentials\n", fake_credentials); /* design 7 */
}

static void test_messages(void)
{
    CredHandle credential = acquire("Fake", SECPKG_CRED_BOTH), bare = acquire("FakeBare", SECPKG_CRED_INBOUND);
    CtxtHandle context = completed(&credential), bare_context = completed(&bare), unfinished;
    char text[4] = "abc";
    SecBuffer buffers[2] = {{3, SECBUFFER_DATA, text}, {4, SECBUFFER_TOKEN, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers}, data_only = {SECBUFFER_VERSION, 1, buffers};
    ULONG qop = 0xdead;
    SECURITY_STATUS status;

    status = EncryptMessage(&context, 0x80000001, &desc, 42);
    ok(status == SEC_E_OK && fake_seen.sequence == 42 && fake_seen.qop == 0x80000001, "got %08lx\n",
       status); /* S2.12.4 */
    status = VerifySignature(&context, &desc, 0, &qop);
    ok(status == SEC_E_OK && qop == 0xdead, "got %08lx, qop %lx\n", status, qop); /* S2.12.3 */
    fake_script.attributes = 1;
    status = DecryptMessage(&context, &desc, 0, &qop);
    ok(status == SEC_E_OK && qop == 5, "got %08lx, qop %lx\n", status, qop); /* S2.12.8 */
    status = DecryptMessage(&context, &desc, 0, NULL);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.12.8 */

    status = MakeSignature(&context, 0, &data_only, 0);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.12.2 */
    status = VerifySignature(&context, NULL, 0, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.12.3 */
    buffers[0].pvBuffer = NULL;
    status = MakeSignature(&context, 0, &desc, 0);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.12.2 */
    buffers[0].pvBuffer = text;
    desc.pBuffers = NULL; /* buffers that are announced and not there */
    status = MakeSignature(&context, 0, &desc, 0);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.12.2 */
    status = DecryptMessage(&context, &desc, 0, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.12.7 */
    desc.pBuffers = buffers;

    status = MakeSignature(&bare_context, 0, &desc, 0);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.0.3 */
    status = DecryptMessage(&bare_context, &desc, 0, NULL);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.0.3 */
    status = CompleteAuthToken(&bare_context, &desc);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.7.1 */
    status = ImpersonateSecurityContext(&bare_context);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.11.1 */
    status = RevertSecurityContext(&bare_context);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.11.2 */
    status = QuerySecurityContextToken(&bare_context, &(HANDLE){0});
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.11.3 */

    script(SEC_I_CONTINUE_NEEDED, NULL);
    accept_leg(&credential, NULL, &unfinished, NULL, 0);
    status = EncryptMessage(&unfinished, 0, &desc, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.12.4 */
    DeleteSecurityContext(&unfinished);
    DeleteSecurityContext(&context);
    status = EncryptMessage(&context, 0, &desc, 0);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.12.4 */
    DeleteSecurityContext(&bare_context);
    FreeCredentialsHandle(&credential);
    FreeCredentialsHandle(&bare);
}

static void test_attributes(void)
{
    CredHandle credential = acquire("Fake", SECPKG_CRED_BOTH);
    CtxtHandle context = completed(&credential), unfinished;
    SecPkgContext_NativeNamesA names_a;
    SecPkgContext_NativeNamesW names_w;
    SecPkgContext_ClientSpecifiedTarget target;
    SecPkgContext_NegotiationInfoA negotiation;
    SecPkgContext_PackageInfoW package;
    SECURITY_STATUS status;

    memset(&names_w, 0x55, sizeof(names_w));
    status = QueryContextAttributesW(&context, SECPKG_ATTR_NATIVE_NAMES, &names_w);
    ok(status == SEC_E_OK && !memcmp(names_w.sClientName, u"J\x00f6rg", 10), "got %08lx\n", status); /* S2.10.1 */
    ok(!names_w.sServerName, "server name\n"); /* S2.10.1 */
    FreeContextBuffer(names_w.sClientName);
    memset(&names_a, 0x55, sizeof(names_a));
    status = QueryContextAttributesA(&context, SECPKG_ATTR_NATIVE_NAMES, &names_a);
    ok(status == SEC_E_OK && !strcmp(names_a.sClientName, "J\xc3\xb6rg"), "got %08lx\n", status); /* S2.0.7 */
    ok(!names_a.sServerName, "server name\n"); /* S2.0.7 */
    FreeContextBuffer(names_a.sClientName);
    status = QueryContextAttributesA(&context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target);
    ok(status == SEC_E_OK && target.sTargetName[0] == 'T' && !target.sTargetName[1], "got %08lx\n",
       status); /* header sspi.h */
    FreeContextBuffer(target.sTargetName);

    status = QueryContextAttributesW(&context, SECPKG_ATTR_STREAM_SIZES, &names_w);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION, "got %08lx\n", status); /* S2.10.2 */
    status = QueryContextAttributesW(&context, SECPKG_ATTR_SIZES, NULL);
    ok(status == SEC_E_INTERNAL_ERROR, "got %08lx\n", status); /* design 7 */
    status = QueryContextAttributesW(NULL, SECPKG_ATTR_SIZES, &names_w);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    status = QueryContextAttributesW(&context, SECPKG_ATTR_ACCESS_TOKEN, &names_w);
    ok(status == SEC_E_NO_IMPERSONATION, "got %08lx\n", status); /* S3.3.5 */

    status = QueryContextAttributesW(&context, SECPKG_ATTR_PACKAGE_INFO, &package);
    ok(status == SEC_E_OK && package.PackageInfo->cbMaxToken == 99 && package.PackageInfo->wRPCID == 7, "got %08lx\n",
       status); /* S12.4 */
    FreeContextBuffer(package.PackageInfo);
    status = QueryContextAttributesA(&context, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation);
    ok(status == SEC_E_OK && negotiation.NegotiationState == SECPKG_NEGOTIATION_COMPLETE, "got %08lx\n",
       status); /* S3.3.4 */
    ok(!strcmp(negotiation.PackageInfo->Name, "Fake"), "name %s\n", negotiation.PackageInfo->Name); /* S3.3.4 */
    ok(!strcmp(negotiation.PackageInfo->Comment, "Package f\xc3\xbcr tests"), "comment %s\n",
       negotiation.PackageInfo->Comment); /* S2.0.7 */
    FreeContextBuffer(negotiation.PackageInfo);
    script(SEC_I_CONTINUE_NEEDED, NULL);
    accept_leg(&credential, NULL, &unfinished, NULL, 0);
    status = QueryContextAttributesA(&unfinished, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation);
    ok(status == SEC_E_OK && negotiation.NegotiationState == SECPKG_NEGOTIATION_IN_PROGRESS, "got %08lx\n",
       status); /* S3.3.4 */
    FreeContextBuffer(negotiation.PackageInfo);

    DeleteSecurityContext(&unfinished);
    DeleteSecurityContext(&context);
    FreeCredentialsHandle(&credential);
}

static void test_handles(void)
{
    enum { COUNT = 10000 };
    CredHandle credential = acquire("Fake", SECPKG_CRED_BOTH), copy = credential, context_as_credential;
    static CtxtHandle contexts[COUNT];
    SecPkgContext_Sizes sizes;
    CtxtHandle old;
    int failures = 0;
    SECURITY_STATUS status;

    script(SEC_E_OK, NULL);
    for (int i = 0; i < COUNT; i++) failures += accept_leg(&credential, NULL, &contexts[i], NULL, 0) != SEC_E_OK;
    ok(!failures && fake_contexts == COUNT, "%d failures, %d contexts\n", failures, fake_contexts); /* design 7 */
    for (int i = 0; i < COUNT; i++)
        failures += QueryContextAttributesW(&contexts[i], SECPKG_ATTR_SIZES, &sizes) != SEC_E_OK;
    ok(!failures, "%d failures\n", failures); /* design 7 */

    context_as_credential = contexts[0];
    status = FreeCredentialsHandle(&context_as_credential);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* design 7 */
    status = DeleteSecurityContext(&credential);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* design 7 */

    old = contexts[17];
    status = DeleteSecurityContext(&contexts[17]);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.8.1 */
    accept_leg(&credential, NULL, &contexts[17], NULL, 0); /* takes the same slot */
    ok(contexts[17].dwLower == old.dwLower && contexts[17].dwUpper != old.dwUpper,
       "slot not used again\n"); /* design 7 */
    status = DeleteSecurityContext(&old);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* design 7 */
    status = QueryContextAttributesW(&contexts[17], SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* design 7 */

    for (int bit = 0; bit < 64; bit++)
    {
        CtxtHandle foreign = contexts[17];

        foreign.dwUpper ^= (ULONG_PTR)1 << bit;
        failures += DeleteSecurityContext(&foreign) != SEC_E_INVALID_HANDLE;
        foreign = (CtxtHandle){(ULONG_PTR)1 << bit | 2, 1}; /* a number that was never given out */
        if (bit > 16) failures += DeleteSecurityContext(&foreign) != SEC_E_INVALID_HANDLE;
    }
    ok(!failures, "%d foreign handles were taken\n", failures); /* S2.0.2 */

    for (int i = 0; i < COUNT; i++) failures += DeleteSecurityContext(&contexts[i]) != SEC_E_OK;
    ok(!failures && !fake_contexts, "%d failures, %d contexts\n", failures, fake_contexts); /* design 7 */
    status = FreeCredentialsHandle(&copy);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.0.1 */
    status = FreeCredentialsHandle(&credential);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.3.2 */
    status = FreeCredentialsHandle(NULL);
    ok(status == SEC_E_INVALID_HANDLE, "got %08lx\n", status); /* S2.0.3 */
    ok(!fake_credentials, "%d credentials\n", fake_credentials); /* design 7 */
}

/* Threads make, use and delete contexts, and race for the deletion of shared ones. */
enum { RACERS = 4, ROUNDS = 300 };
static CtxtHandle raced[ROUNDS];
static pthread_barrier_t barrier;
static atomic_int won, wrong;

static void *race(void *arg)
{
    SecPkgContext_Sizes sizes;
    CtxtHandle own;

    for (int i = 0; i < ROUNDS; i++)
    {
        SECURITY_STATUS status;

        wrong += accept_leg(&thread_credential, NULL, &own, NULL, 0) != SEC_E_OK;
        pthread_barrier_wait(&barrier);
        status = QueryContextAttributesW(&raced[i], SECPKG_ATTR_SIZES, &sizes);
        wrong += status != SEC_E_OK && status != SEC_E_INVALID_HANDLE;
        won += DeleteSecurityContext(&raced[i]) == SEC_E_OK;
        wrong += QueryContextAttributesW(&own, SECPKG_ATTR_SIZES, &sizes) != SEC_E_OK;
        wrong += DeleteSecurityContext(&own) != SEC_E_OK;
    }
    return arg;
}

static void test_races(void)
{
    pthread_t threads[RACERS];

    thread_credential = acquire("Fake", SECPKG_CRED_INBOUND);
    script(SEC_E_OK, NULL);
    for (int i = 0; i < ROUNDS; i++) accept_leg(&thread_credential, NULL, &raced[i], NULL, 0);
    pthread_barrier_init(&barrier, NULL, RACERS);
    for (int i = 0; i < RACERS; i++) pthread_create(&threads[i], NULL, race, NULL);
    for (int i = 0; i < RACERS; i++) pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&barrier);
    ok(won == ROUNDS, "%d of %d deletions\n", won, ROUNDS); /* design 7 */
    ok(!wrong && !fake_contexts, "%d wrong answers, %d contexts\n", wrong, fake_contexts); /* S2.0.2 */
    FreeCredentialsHandle(&thread_credential);
}

START_TEST(secur32_front)
{
    test_output();
    test_refusals();
    test_sequence();
    test_threads();
    test_messages();
    test_attributes();
    test_handles();
    test_races();
}
