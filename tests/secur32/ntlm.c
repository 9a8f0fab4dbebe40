/*
 * The legs of NTLM: InitializeSecurityContext, AcceptSecurityContext, CompleteAuthToken, their buffers and flags.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "session.h"

#define NTLM_SIGN     0x00000010
#define NTLM_SEAL     0x00000020
#define NTLM_IDENTIFY 0x00100000

static ULONG word_at(const BYTE *bytes, ULONG offset)
{
    return bytes[offset] | bytes[offset + 1] << 8 | bytes[offset + 2] << 16 | (ULONG)bytes[offset + 3] << 24;
}

static ULONG half_at(const BYTE *bytes, ULONG offset)
{
    return bytes[offset] | bytes[offset + 1] << 8;
}

struct first_leg
{
    SecBuffer out;
    SecBufferDesc desc;
    BYTE token[MAX_TOKEN];
    CtxtHandle context;
    ULONG attributes;
};

static SECURITY_STATUS first_leg(struct session *session, struct first_leg *leg, ULONG request, ULONG type,
                                 ULONG capacity)
{
    memset(leg->token, 0x55, sizeof(leg->token));
    leg->out = (SecBuffer){capacity, type, leg->token};
    leg->desc = (SecBufferDesc){SECBUFFER_VERSION, 1, &leg->out};
    leg->context = (CtxtHandle){0x1234, 0x5678};
    leg->attributes = 0;
    return InitializeSecurityContextA(&session->client_credential, NULL, NULL, request, 0, SECURITY_NETWORK_DREP, NULL,
                                      0, &leg->context, &leg->desc, &leg->attributes, NULL);
}

static void test_first_leg_buffers(void)
{
    static struct first_leg leg;
    struct session session;
    SECURITY_STATUS status;
    ULONG attributes;

    if (!session_open(&session, SESSION_ALICE)) return;
    status = first_leg(&session, &leg, ISC_REQ_CONNECTION, SECBUFFER_TOKEN, MAX_TOKEN);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.5.1 */
    ok(leg.out.BufferType == SECBUFFER_TOKEN, "type %lu\n", leg.out.BufferType); /* S2.5.7 */
    ok(leg.out.cbBuffer >= 32 && leg.out.cbBuffer < 2888, "length %lu\n", leg.out.cbBuffer); /* S2.5.7 */
    ok(!memcmp(leg.token, "NTLMSSP\0\1\0\0\0", 12), "not a negotiate message\n"); /* MS-NLMP 2.2.1.1 */
    ok(SecIsValidHandle(&leg.context), "no handle\n"); /* S2.0.1 */
    status = DeleteSecurityContext(&leg.context);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.2 */

    status = first_leg(&session, &leg, ISC_REQ_CONNECTION, SECBUFFER_TOKEN, 0);
    ok(status == SEC_E_BUFFER_TOO_SMALL && !leg.out.cbBuffer, "got %08lx\n", status); /* S2.5.7 */
    status = first_leg(&session, &leg, ISC_REQ_CONNECTION, SECBUFFER_TOKEN, 8);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S2.5.5 */
    status = first_leg(&session, &leg, ISC_REQ_CONNECTION, SECBUFFER_DATA, MAX_TOKEN);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S2.5.7 */
    status = InitializeSecurityContextA(&session.client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &leg.context, NULL,
                                        &attributes, NULL);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "got %08lx\n", status); /* S2.5.7 */

    leg.out = (SecBuffer){MAX_TOKEN, SECBUFFER_TOKEN, NULL};
    status = InitializeSecurityContextA(&session.client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &leg.context,
                                        &leg.desc, &attributes, NULL);
    ok(status == SEC_E_INTERNAL_ERROR || broken(status == SEC_I_CONTINUE_NEEDED), "got %08lx\n", status); /* S2.5.7 */
    if (status == SEC_I_CONTINUE_NEEDED) DeleteSecurityContext(&leg.context);

    leg.out = (SecBuffer){0, SECBUFFER_TOKEN, (void *)(ULONG_PTR)0xdeadbeef};
    status = InitializeSecurityContextA(&session.client_credential, NULL, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0,
                                        &leg.context, &leg.desc, &attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.5.6 */
    ok(attributes & ISC_RET_ALLOCATED_MEMORY, "attributes %lx\n", attributes); /* S2.5.6 */
    ok(leg.out.cbBuffer >= 32 && !memcmp(leg.out.pvBuffer, "NTLMSSP", 8), "length %lu\n",
       leg.out.cbBuffer); /* S2.5.6 */
    status = FreeContextBuffer(leg.out.pvBuffer);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S12.3 */
    DeleteSecurityContext(&leg.context);
    session_close(&session);
}

static void test_negotiate_flags(void)
{
    static const struct
    {
        ULONG request, bits;
        const char *name;
    } rows[] = {
        {0, 0, "nothing"},
        {ISC_REQ_CONNECTION, 0, "CONNECTION"},                   /* S2.5.20 */
        {ISC_REQ_EXTENDED_ERROR, 0, "EXTENDED_ERROR"},           /* S2.5.21 */
        {ISC_REQ_MUTUAL_AUTH, 0, "MUTUAL_AUTH"},                 /* S2.5.16 */
        {ISC_REQ_USE_DCE_STYLE, 0, "USE_DCE_STYLE"},             /* S2.5.19 */
        {ISC_REQ_DELEGATE, 0, "DELEGATE"},                       /* S2.5.15 */
        {ISC_REQ_INTEGRITY, NTLM_SIGN, "INTEGRITY"},             /* S2.5.22 */
        {ISC_REQ_REPLAY_DETECT, NTLM_SIGN, "REPLAY_DETECT"},     /* S2.5.17 */
        {ISC_REQ_SEQUENCE_DETECT, NTLM_SIGN, "SEQUENCE_DETECT"}, /* S2.5.17 */
        {ISC_REQ_CONFIDENTIALITY, NTLM_SEAL, "CONFIDENTIALITY"}, /* S2.5.18 */
    };
    static struct first_leg leg;
    struct session session;
    SECURITY_STATUS status;
    ULONG flags;

    if (!session_open(&session, SESSION_ALICE)) return;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
        winetest_push_context("%s", rows[i].name);
        status = first_leg(&session, &leg, rows[i].request, SECBUFFER_TOKEN, MAX_TOKEN);
        ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.5.14 */
        flags = word_at(leg.token, 12);
        /* rows cite */
        ok((flags & rows[i].bits) == rows[i].bits, "flags %08lx\n", flags);
        /* S2.5.14 */
        if (!rows[i].bits) ok(!(flags & (NTLM_SIGN | NTLM_SEAL)), "flags %08lx\n", flags);
        DeleteSecurityContext(&leg.context);
        winetest_pop_context();
    }
    status = first_leg(&session, &leg, ISC_REQ_IDENTIFY, SECBUFFER_TOKEN, MAX_TOKEN);
    ok(status == SEC_I_CONTINUE_NEEDED && word_at(leg.token, 12) & NTLM_IDENTIFY, "flags %08lx\n",
       word_at(leg.token, 12)); /* S2.5.23 */
    DeleteSecurityContext(&leg.context);
    session_close(&session);
}

/* The value of the flags pair among the AV pairs of an authenticate message. */
static ULONG av_flags(const struct session *session)
{
    const BYTE *message = session->authenticate;
    ULONG length = half_at(message, 20), offset = word_at(message, 24),
          at = offset + 44; /* MS-NLMP 2.2.2.7: the pairs follow 16 + 28 bytes */

    while (at + 4 <= offset + length && offset + length <= session->authenticate_length && half_at(message, at))
    {
        if (half_at(message, at) == 6 && half_at(message, at + 2) == 4) return word_at(message, at + 4);
        at += 4 + half_at(message, at + 2);
    }
    return 0;
}

static void test_legs(void)
{
    static struct session session;
    SecBuffer in, out;
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};
    BYTE memory[MAX_TOKEN];
    CtxtHandle same;
    SECURITY_STATUS status;
    ULONG attributes;
    TimeStamp expiry;

    if (!session_open(&session, SESSION_ALICE)) return;
    out = (SecBuffer){MAX_TOKEN, SECBUFFER_TOKEN, session.negotiate};
    status =
        InitializeSecurityContextW(&session.client_credential, NULL, (WCHAR *)L"HOST/x", ISC_REQ_CONNECTION, 0,
                                   SECURITY_NATIVE_DREP, NULL, 0, &session.client, &out_desc, &attributes, &expiry);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.0.6 */
    session.have_client = TRUE;

    /* A server leg that leaves its answer in allocated memory; the time stamp may be asked for. */
    in = (SecBuffer){out.cbBuffer, SECBUFFER_TOKEN, session.negotiate};
    out = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
    status = AcceptSecurityContext(&session.server_credential, NULL, &in_desc, ASC_REQ_ALLOCATE_MEMORY,
                                   SECURITY_NATIVE_DREP, &session.server, &out_desc, &attributes, &expiry);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.6.1 */
    ok(out.pvBuffer && out.cbBuffer > 48, "challenge of %lu bytes\n", out.cbBuffer); /* S2.6.4 */
    session.have_server = TRUE;
    status = CompleteAuthToken(&session.server, &out_desc);
    ok(status == SEC_E_UNSUPPORTED_FUNCTION || broken(status == SEC_E_INVALID_HANDLE), "got %08lx\n",
       status); /* S2.7.1 */

    /* A NULL credential, and the same words for the handle. */
    in = out;
    out = (SecBuffer){MAX_TOKEN, SECBUFFER_TOKEN, memory};
    same = session.client;
    status =
        InitializeSecurityContextW(NULL, &session.client, (WCHAR *)L"HOST/x", ISC_REQ_CONNECTION, 0,
                                   SECURITY_NATIVE_DREP, &in_desc, 0, &session.client, &out_desc, &attributes, &expiry);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.5.2 */
    ok(!memcmp(&same, &session.client, sizeof(same)), "another handle\n"); /* S2.5.3 */
    ok(out.cbBuffer > 64 && out.BufferType == SECBUFFER_TOKEN, "%lu bytes with SEC_E_OK\n", out.cbBuffer); /* S2.5.12 */
    FreeContextBuffer(in.pvBuffer);

    in = (SecBuffer){out.cbBuffer, SECBUFFER_TOKEN, memory};
    out = (SecBuffer){sizeof(session.challenge), SECBUFFER_TOKEN, session.challenge};
    status = AcceptSecurityContext(&session.server_credential, &session.server, &in_desc, 0, SECURITY_NATIVE_DREP,
                                   &session.server, &out_desc, &attributes, &expiry);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.6.7 */
    ok(!out.cbBuffer, "%lu bytes to send\n", out.cbBuffer); /* S12.15 */

    /* The last message once more. */
    status = AcceptSecurityContext(&session.server_credential, &session.server, &in_desc, 0, SECURITY_NATIVE_DREP,
                                   &session.server, &out_desc, &attributes, &expiry);
    ok(status == SEC_E_OUT_OF_SEQUENCE || broken(status == SEC_E_INVALID_HANDLE), "got %08lx\n", status); /* S4.9.9 */
    session_close(&session);
}

static void test_granted(void)
{
    static const ULONG both =
        ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY;
    static struct session session;

    if (!session_log_on(&session, SESSION_ALICE, both | ISC_REQ_CONNECTION | ISC_REQ_UNVERIFIED_TARGET_NAME,
                        ASC_REQ_CONNECTION))
        return;
    ok((session.client_attributes & both) == both, "client %lx\n", session.client_attributes); /* S2.5.11 */
    ok(session.server_attributes & ASC_RET_INTEGRITY && session.server_attributes & ASC_RET_CONFIDENTIALITY,
       "server %lx\n", session.server_attributes); /* S11.2 */
    ok(session.server_attributes & ASC_RET_REPLAY_DETECT && session.server_attributes & ASC_RET_SEQUENCE_DETECT,
       "server %lx\n", session.server_attributes); /* S11.2 */
    ok(session.server_expiry.QuadPart > 0, "expiry\n"); /* S2.6.9 */
    ok(av_flags(&session) & 4, "AV flags %lx\n", av_flags(&session)); /* S2.5.24 */
    session_close(&session);

    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_CONNECTION, ASC_REQ_CONNECTION)) return;
    ok(!(session.client_attributes & ISC_RET_CONFIDENTIALITY), "client %lx\n", session.client_attributes); /* S2.5.11 */
    ok(!(session.server_attributes & ASC_RET_CONFIDENTIALITY), "server %lx\n", session.server_attributes); /* S2.5.11 */
    session_close(&session);

    /* Mutual authentication and delegation are asked for in vain. */
    if (!session_log_on(&session, SESSION_ALICE, ISC_REQ_MUTUAL_AUTH | ISC_REQ_DELEGATE, 0)) return;
    ok(!(session.client_attributes & ISC_RET_DELEGATE), "client %lx\n", session.client_attributes); /* S2.5.15 */
    ok(!(session.server_attributes & ASC_RET_DELEGATE), "server %lx\n", session.server_attributes); /* S9.1.5 */
    session_close(&session);
}

static void test_rejected(void)
{
    static const enum session_user users[] = {SESSION_NOBODY, SESSION_WRONG};
    static struct session session;
    SecBuffer in, out;
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;
    ULONG attributes;

    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
    {
        BYTE answer[MAX_TOKEN];
        CtxtHandle context;

        if (!session_open(&session, users[i])) return;
        session_run(&session, 0, 0);
        winetest_push_context("%s", session_user_name(users[i]));
        ok(session.client_status == SEC_E_OK, "client: got %08lx\n", session.client_status); /* S2.1.6 */
        ok(session.server_status == SEC_E_LOGON_DENIED, "server: got %08lx\n", session.server_status); /* S2.6.7 */

        /* It exists, takes no further leg, and must be deleted. */
        in = (SecBuffer){session.authenticate_length, SECBUFFER_TOKEN, session.authenticate};
        out = (SecBuffer){sizeof(answer), SECBUFFER_TOKEN, answer};
        status = AcceptSecurityContext(&session.server_credential, &session.server, &in_desc, 0, 0, &session.server,
                                       &out_desc, &attributes, NULL);
        ok(status == SEC_E_OUT_OF_SEQUENCE || broken(status == SEC_E_INVALID_HANDLE), "got %08lx\n",
           status); /* S2.5.7 */
        ok(!out.cbBuffer || broken(out.cbBuffer == sizeof(answer)), "%lu bytes\n", out.cbBuffer); /* S12.15 */
        context = session.server;
        session.have_server = FALSE;
        status = DeleteSecurityContext(&context);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.6.10 */
        session_close(&session);
        winetest_pop_context();
    }
}

static void test_bad_tokens(void)
{
    static struct session session;
    BYTE zeros[64] = {0};
    SecBuffer in, out;
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in}, out_desc = {SECBUFFER_VERSION, 1, &out},
                  no_buffers = {SECBUFFER_VERSION, 0, NULL};
    CtxtHandle context = {0x1234, 0x5678};
    SECURITY_STATUS status;
    ULONG attributes;

    if (!session_open(&session, SESSION_ALICE)) return;
    session_run(&session, 0, 0);
    out = (SecBuffer){sizeof(session.challenge), SECBUFFER_TOKEN, session.challenge};
    in = (SecBuffer){sizeof(zeros), SECBUFFER_TOKEN, zeros};
    status =
        AcceptSecurityContext(&session.server_credential, NULL, &in_desc, 0, 0, &context, &out_desc, &attributes, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "zeros: got %08lx\n", status); /* S2.5.13 */
    in = (SecBuffer){8, SECBUFFER_TOKEN, session.negotiate};
    status =
        AcceptSecurityContext(&session.server_credential, NULL, &in_desc, 0, 0, &context, &out_desc, &attributes, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "8 bytes: got %08lx\n", status); /* S2.5.13 */
    status = AcceptSecurityContext(&session.server_credential, NULL, &no_buffers, 0, 0, &context, &out_desc,
                                   &attributes, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "no buffer: got %08lx\n", status); /* S2.6.2 */
    in = (SecBuffer){session.authenticate_length, SECBUFFER_TOKEN, session.authenticate};
    status =
        AcceptSecurityContext(&session.server_credential, NULL, &in_desc, 0, 0, &context, &out_desc, &attributes, NULL);
    ok(status == SEC_E_INVALID_TOKEN || status == SEC_E_OUT_OF_SEQUENCE, "type 3: got %08lx\n", status); /* S2.6.7 */
    ok(context.dwLower == 0x1234 && context.dwUpper == 0x5678, "a refused first leg gave a handle\n"); /* S12.2 */
    session_close(&session);

    /* The client refuses what is no challenge, and a failed leg ends the context. */
    if (!session_open(&session, SESSION_ALICE)) return;
    out = (SecBuffer){MAX_TOKEN, SECBUFFER_TOKEN, session.negotiate};
    status = InitializeSecurityContextA(&session.client_credential, NULL, NULL, 0, 0, 0, NULL, 0, &session.client,
                                        &out_desc, &attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.5.1 */
    in = (SecBuffer){sizeof(zeros), SECBUFFER_TOKEN, zeros};
    out = (SecBuffer){MAX_TOKEN, SECBUFFER_TOKEN, session.authenticate};
    status = InitializeSecurityContextA(&session.client_credential, &session.client, NULL, 0, 0, 0, &in_desc, 0,
                                        &session.client, &out_desc, &attributes, NULL);
    ok(status == SEC_E_INVALID_TOKEN, "got %08lx\n", status); /* S2.5.13 */
    in = (SecBuffer){sizeof(zeros), SECBUFFER_TOKEN, zeros};
    out = (SecBuffer){MAX_TOKEN, SECBUFFER_TOKEN, session.authenticate};
    status = InitializeSecurityContextA(&session.client_credential, &session.client, NULL, 0, 0, 0, &in_desc, 0,
                                        &session.client, &out_desc, &attributes, NULL);
    ok(status == SEC_E_OUT_OF_SEQUENCE || broken(status == SEC_E_INVALID_TOKEN), "got %08lx\n", status); /* S2.5.7 */
    session.have_client = TRUE;
    session_close(&session);
}

/* Both representations of data give the same message. */
static void test_representation(void)
{
    static struct first_leg first, second;
    struct session session;
    SECURITY_STATUS status;

    if (!session_open(&session, SESSION_ALICE)) return;
    status = first_leg(&session, &first, ISC_REQ_CONNECTION, SECBUFFER_TOKEN, MAX_TOKEN);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.0.5 */
    second.out = (SecBuffer){MAX_TOKEN, SECBUFFER_TOKEN, second.token};
    second.desc = (SecBufferDesc){SECBUFFER_VERSION, 1, &second.out};
    status =
        InitializeSecurityContextA(&session.client_credential, NULL, NULL, ISC_REQ_CONNECTION, 0, SECURITY_NATIVE_DREP,
                                   NULL, 0, &second.context, &second.desc, &second.attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %08lx\n", status); /* S2.0.5 */
    ok(first.out.cbBuffer == second.out.cbBuffer && !memcmp(first.token, second.token, first.out.cbBuffer),
       "the messages differ\n"); /* S2.0.5 */
    DeleteSecurityContext(&first.context);
    DeleteSecurityContext(&second.context);
    session_close(&session);
}

/* Channel bindings beside the token. */
static void test_bindings(void)
{
    static struct session session;
    struct
    {
        SEC_CHANNEL_BINDINGS head;
        char data[8];
    } one = {{0, 0, 0, 0, 0, 0, 8, 32}, "tls-one"}, two = {{0, 0, 0, 0, 0, 0, 8, 32}, "tls-two"};
    SecBuffer first = {sizeof(one), SECBUFFER_CHANNEL_BINDINGS, &one},
              second = {sizeof(two), SECBUFFER_CHANNEL_BINDINGS, &two};

    ok(sizeof(SEC_CHANNEL_BINDINGS) == 32 && sizeof(one) == 40, "size %u\n",
       (unsigned int)sizeof(SEC_CHANNEL_BINDINGS)); /* S2.5.10 */
    if (!session_own_policy())
    {
        skip("a loop-back logon does not look at bindings\n");
        return;
    }
    if (!session_open(&session, SESSION_ALICE)) return;
    session.client_bindings = session.server_bindings = &first;
    session_run(&session, 0, 0);
    ok(session.server_status == SEC_E_OK, "same: got %08lx\n", session.server_status); /* S2.5.9 */
    session_close(&session);

    if (!session_open(&session, SESSION_ALICE)) return;
    session.client_bindings = &first;
    session.server_bindings = &second;
    session_run(&session, 0, 0);
    ok(session.server_status == SEC_E_BAD_BINDINGS, "different: got %08lx\n", session.server_status); /* S2.6.7 */
    session_close(&session);

    if (!session_open(&session, SESSION_ALICE)) return;
    session.server_bindings = &second;
    session_run(&session, 0, 0);
    ok(session.server_status == SEC_E_BAD_BINDINGS, "none: got %08lx\n", session.server_status); /* S4.9.2 */
    session_close(&session);

    if (!session_open(&session, SESSION_ALICE)) return;
    session.client_bindings = &first;
    session_run(&session, 0, 0);
    ok(session.server_status == SEC_E_OK, "not asked for: got %08lx\n", session.server_status); /* S2.6.2 */
    session_close(&session);
}

static void test_anonymous(void)
{
    static struct session session;

    if (!session_own_policy())
    {
        skip("policy decides about null sessions\n");
        return;
    }
    if (!session_open(&session, SESSION_ANONYMOUS)) return;
    session_run(&session, 0, ASC_REQ_ALLOW_NULL_SESSION);
    ok(session.server_status == SEC_E_OK, "got %08lx\n", session.server_status); /* S2.6.5 */
    ok(session.server_attributes & ASC_RET_NULL_SESSION, "attributes %lx\n", session.server_attributes); /* S11.1 */
    session_close(&session);
    if (!session_open(&session, SESSION_ANONYMOUS)) return;
    session_run(&session, 0, 0);
    ok(session.server_status == SEC_E_LOGON_DENIED || session.server_status == SEC_E_NO_CREDENTIALS, "got %08lx\n",
       session.server_status); /* S4.8.1 */
    session_close(&session);
}

START_TEST(ntlm)
{
    if (!session_setup()) return;
    test_first_leg_buffers();
    test_negotiate_flags();
    test_representation();
    test_legs();
    test_granted();
    test_rejected();
    test_bad_tokens();
    test_bindings();
    test_anonymous();
    session_cleanup();
}
