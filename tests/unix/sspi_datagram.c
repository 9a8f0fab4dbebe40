/*
 * NTLM in datagram mode through the SSPI: the client's first call gives nothing, the server speaks first, and the numbers of messages
 * are those that the program says.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <unistd.h>

#include "../secur32/session.h"

struct datagram
{
    char text[16];
    BYTE signature[16];
    SecBuffer buffers[2];
    SecBufferDesc desc;
};

static SecBufferDesc *desc_of(struct datagram *datagram)
{
    datagram->buffers[0] = (SecBuffer){sizeof(datagram->signature), SECBUFFER_TOKEN, datagram->signature};
    datagram->buffers[1] = (SecBuffer){sizeof(datagram->text), SECBUFFER_DATA, datagram->text};
    datagram->desc = (SecBufferDesc){SECBUFFER_VERSION, 2, datagram->buffers};
    return &datagram->desc;
}

static void test_messages(struct session *session)
{
    struct datagram sent[3] = {{.text = "zero"}, {.text = "one"}, {.text = "two"}}, copy, back = {.text = "back"};

    for (ULONG i = 0; i < 3; i++)
        ok(!EncryptMessage(&session->client, 0, desc_of(&sent[i]), 100 + i), "message %u\n", i); /* S4.11.1 */
    for (int i = 2; i >= 0; i--)
    {
        copy = sent[i];
        ok(DecryptMessage(&session->server, desc_of(&copy), 99, NULL) == SEC_E_OUT_OF_SEQUENCE, "99\n"); /* S4.6.2 */
        ok(!DecryptMessage(&session->server, desc_of(&copy), 100 + i, NULL), "number %d\n", i); /* S4.11.1 */
        ok(!strcmp(copy.text, i == 2 ? "two" : i ? "one" : "zero"), "got %.16s\n", copy.text); /* S2.12.7 */
    }
    copy = sent[0];
    copy.text[0] ^= 1;
    ok(DecryptMessage(&session->server, desc_of(&copy), 100, NULL) == SEC_E_MESSAGE_ALTERED, "changed\n"); /* S2.12.7 */
    ok(!MakeSignature(&session->server, 0, desc_of(&back), 7), "signed\n"); /* S4.11.1 */
    ok(!VerifySignature(&session->client, desc_of(&back), 7, NULL), "refused\n"); /* S4.11.1 */
    ok(VerifySignature(&session->client, desc_of(&back), 8, NULL) == SEC_E_OUT_OF_SEQUENCE, "8\n"); /* S4.6.2 */
}

START_TEST(sspi_datagram)
{
    static struct session session;
    const ULONG request = ISC_REQ_DATAGRAM | ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY;
    enum session_user refused[] = {SESSION_WRONG, SESSION_NOBODY};

    if (!session_setup()) return;
    if (session_log_on(&session, SESSION_ALICE, request, ASC_REQ_DATAGRAM))
    {
        ok(!session.negotiate_length && session.challenge_length, "the client begins\n"); /* S4.11.1 */
        ok((session.client_attributes & ISC_RET_DATAGRAM) && (session.server_attributes & ASC_RET_DATAGRAM),
           "%#x, %#x\n", session.client_attributes, session.server_attributes); /* header sspi.h */
        test_messages(&session);
        if (!geteuid())
        {
            ok(!ImpersonateSecurityContext(&session.server) && geteuid() == 70001, "uid %u\n", geteuid()); /* S2.11.1 */
            ok(!RevertSecurityContext(&session.server) && !geteuid(), "uid %u\n", geteuid()); /* S2.11.2 */
        }
        session_close(&session);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
    {
        if (!session_open(&session, refused[i])) continue;
        session_run(&session, request, ASC_REQ_DATAGRAM);
        ok(session.server_status == SEC_E_LOGON_DENIED, "got %08lx\n", session.server_status); /* S4.9.5 */
        session_close(&session);
    }
    session_cleanup();
}
