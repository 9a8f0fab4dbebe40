/*
 * Contexts and messages in the wrong hands, at the wrong moment, too often: what is refused changes nothing, and nobody comes in by it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <unistd.h>

#include "../secur32/session.h"

#define PROTECTED (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)

enum
{
    ALICE = 70001, /* of tools/sandbox */
    BOB = 70002,
    THREADS = 16
};

struct token
{
    BYTE bytes[MAX_TOKEN];
    ULONG length;
};

/* One leg of either side; *context is made by the first one. */
static SECURITY_STATUS leg(BOOL acceptor, CredHandle *credential, CtxtHandle *context, BOOL first, const struct token *in, struct token *out)
{
    SecBuffer input = {in ? in->length : 0, SECBUFFER_TOKEN, in ? (void *)in->bytes : NULL}, output = {MAX_TOKEN, SECBUFFER_TOKEN, out->bytes};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &input}, out_desc = {SECBUFFER_VERSION, 1, &output};
    CtxtHandle made = {0, 0};
    SECURITY_STATUS status;
    ULONG attributes;

    if (acceptor)
        status = AcceptSecurityContext(credential, first ? NULL : context, in ? &in_desc : NULL, 0, 0, &made, &out_desc, &attributes, NULL);
    else
        status = InitializeSecurityContextA(credential, first ? NULL : context, (char *)"HOST/guisetest", PROTECTED, 0, 0, in ? &in_desc : NULL,
                                            0, &made, &out_desc, &attributes, NULL);
    out->length = output.cbBuffer;
    if (first && status >= 0) *context = made;
    return status;
}

/* Both sides, the three messages made, the last of them not yet judged. */
struct talk
{
    struct session session;
    struct token negotiate, challenge, authenticate;
};

static BOOL begin(struct talk *talk, enum session_user user)
{
    struct session *session = &talk->session;
    SECURITY_STATUS status;

    if (!session_open(session, user)) return FALSE;
    status = leg(FALSE, &session->client_credential, &session->client, TRUE, NULL, &talk->negotiate);
    session->have_client = status == SEC_I_CONTINUE_NEEDED;
    if (session->have_client) status = leg(TRUE, &session->server_credential, &session->server, TRUE, &talk->negotiate, &talk->challenge);
    session->have_server = session->have_client && status == SEC_I_CONTINUE_NEEDED;
    if (session->have_server) status = leg(FALSE, NULL, &session->client, FALSE, &talk->challenge, &talk->authenticate);
    ok(session->have_server && status == SEC_E_OK, "got %08lx\n", status); /* S2.5.12 */
    return session->have_server && status == SEC_E_OK;
}

static SECURITY_STATUS finish(struct talk *talk, CredHandle *credential, const struct token *last)
{
    struct token nothing;

    return leg(TRUE, credential, &talk->session.server, FALSE, last, &nothing);
}

/* Whose context this is by now: the thread becomes the client, and messages of the client's side come through. */
static void check_established(struct talk *talk, uid_t uid)
{
    char text[] = "still what it was";
    BYTE signature[16];
    SecBuffer buffers[] = {{sizeof(signature), SECBUFFER_TOKEN, signature}, {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    /* callers cite */
    if (!geteuid())
    {
        ok(!ImpersonateSecurityContext(&talk->session.server) && geteuid() == uid, "uid %u\n", geteuid());
        ok(!RevertSecurityContext(&talk->session.server) && !geteuid(), "uid %u\n", geteuid());
    }
    ok(!EncryptMessage(&talk->session.client, 0, &desc, 0) && !DecryptMessage(&talk->session.server, &desc, 0, NULL) && /* callers cite */
           !strcmp(text, "still what it was"),
       "messages\n");
}

static void check_nobody(struct talk *talk)
{
    SECURITY_STATUS status = ImpersonateSecurityContext(&talk->session.server);
    HANDLE token;

    /* callers cite */
    ok(status == SEC_E_NO_IMPERSONATION, "got %08lx\n", status);
    ok(QuerySecurityContextToken(&talk->session.server, &token) == SEC_E_NO_IMPERSONATION, "a token\n");
    ok(!geteuid() || geteuid() == getuid(), "uid %u\n", geteuid());
}

/* ---- another conversation's answer ---- */

static void test_swapped(void)
{
    static struct talk alice, bob;
    SECURITY_STATUS status;

    if (begin(&alice, SESSION_ALICE) && begin(&bob, SESSION_BOB))
    {
        status = finish(&bob, &bob.session.server_credential, &alice.authenticate);
        ok(status == SEC_E_LOGON_DENIED, "got %08lx\n", status); /* S4.9.4 */
        check_nobody(&bob); /* S4.9.4 */
        status = finish(&bob, &bob.session.server_credential, &bob.authenticate);
        ok(status == SEC_E_OUT_OF_SEQUENCE, "got %08lx\n", status); /* S4.9.4 */
        check_nobody(&bob); /* S4.9.4 */
        /* The credential of another conversation is as good as its own. */
        status = finish(&alice, &bob.session.server_credential, &alice.authenticate);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.3.1 */
        check_established(&alice, ALICE); /* S2.3.1 */
    }
    session_close(&alice.session);
    session_close(&bob.session);
}

/* ---- the other side's context ---- */

static void test_wrong_side(void)
{
    static struct talk talk;
    struct session *session = &talk.session;
    struct token out;
    SECURITY_STATUS status;

    if (begin(&talk, SESSION_BOB))
    {
        status = leg(FALSE, &session->client_credential, &session->server, FALSE, &talk.challenge, &out);
        ok(status == SEC_E_INVALID_HANDLE && !out.length, "got %08lx, %lu bytes\n", status, out.length); /* S2.5.2 */
        status = leg(TRUE, &session->server_credential, &session->client, FALSE, &talk.authenticate, &out);
        ok(status == SEC_E_INVALID_HANDLE && !out.length, "got %08lx, %lu bytes\n", status, out.length); /* S2.5.2 */
        status = finish(&talk, &session->server_credential, &talk.authenticate);
        ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.6.7 */
        check_established(&talk, BOB); /* S2.6.7 */
    }
    session_close(session);
}

/* ---- too early, too late ---- */

static void test_early(void)
{
    static struct talk talk;
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SecPkgContext_Sizes sizes;
    char text[] = "early";
    BYTE signature[16];
    SecBuffer buffers[] = {{sizeof(signature), SECBUFFER_TOKEN, signature}, {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    if (begin(&talk, SESSION_ALICE))
    {
        CtxtHandle *server = &talk.session.server;

        check_nobody(&talk); /* S2.11.1 */
        ok(EncryptMessage(server, 0, &desc, 0) == SEC_E_INVALID_HANDLE && !strcmp(text, "early"), "sealed\n"); /* S2.10.2 */
        ok(DecryptMessage(server, &desc, 0, NULL) == SEC_E_INVALID_HANDLE && !strcmp(text, "early"), "opened\n"); /* S2.10.2 */
        ok(MakeSignature(server, 0, &desc, 0) == SEC_E_INVALID_HANDLE, "signed\n"); /* S2.10.2 */
        ok(VerifySignature(server, &desc, 0, NULL) == SEC_E_INVALID_HANDLE, "verified\n"); /* S2.10.2 */
        ok(ExportSecurityContext(server, 0, &packed, NULL) < 0 && !packed.pvBuffer, "exported\n"); /* S2.14.1 */
        ok(QueryContextAttributesA(server, SECPKG_ATTR_SIZES, &sizes) == SEC_E_INVALID_HANDLE, "told\n"); /* S2.10.2 */
        ok(!finish(&talk, NULL, &talk.authenticate), "refused\n"); /* S2.6.7 */
        check_established(&talk, ALICE); /* S2.6.7 */
    }
    session_close(&talk.session);
}

static void test_late(void)
{
    static struct talk talk;
    static const struct token empty;

    if (begin(&talk, SESSION_ALICE))
    {
        const struct token *messages[] = {&talk.authenticate, &talk.negotiate, &talk.challenge, &empty};
        struct token out;

        ok(!finish(&talk, &talk.session.server_credential, &talk.authenticate), "refused\n"); /* S2.6.7 */
        for (size_t i = 0; i < ARRAYSIZE(messages); i++)
        {
            SECURITY_STATUS status = finish(&talk, &talk.session.server_credential, messages[i]);

            ok(status == SEC_E_OUT_OF_SEQUENCE, "message %d: got %08lx\n", (int)i, status); /* S4.9.9 */
            status = leg(FALSE, &talk.session.client_credential, &talk.session.client, FALSE, messages[i], &out);
            ok(status == SEC_E_OUT_OF_SEQUENCE && !out.length, "message %d: got %08lx\n", (int)i, status); /* S4.9.9 */
        }
        check_established(&talk, ALICE); /* S4.9.9 */
    }
    session_close(&talk.session);
}

/* ---- all at once ---- */

static struct talk shared;
static LONG accepted, told, others;

static void submit(unsigned int number)
{
    SECURITY_STATUS status = finish(&shared, NULL, &shared.authenticate);

    (void)number;
    __atomic_fetch_add(status == SEC_E_OK ? &accepted : status == SEC_E_OUT_OF_SEQUENCE ? &told : &others, 1, __ATOMIC_RELAXED);
}

/* One answer to one challenge, brought by many threads, is one logon. */
static void test_at_once(void)
{
    for (int round = 0; round < 10; round++)
    {
        accepted = told = others = 0;
        if (begin(&shared, SESSION_BOB))
        {
            session_run_threads(THREADS, submit);
            ok(accepted == 1 && told == THREADS - 1 && !others, "%ld, %ld, %ld\n", accepted, told, others); /* S2.0.8, S4.9.4 */
            check_established(&shared, BOB); /* S4.9.4 */
        }
        session_close(&shared.session);
    }
}

START_TEST(sspi_misuse)
{
    if (!session_setup()) return;
    test_swapped();
    test_wrong_side();
    test_early();
    test_late();
    test_at_once();
    session_cleanup();
}
