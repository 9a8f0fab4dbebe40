/*
 * What guise.conf asks of clients holds for responses to a challenge that a program gives to LsaLogonUser, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>

#include <ntsecapi.h>

#include "../secur32/session.h"
#include "support.h"

/* The client of session_run() means HOST/guisetest. */
static const struct policy
{
    const char *ntlm;
    NTSTATUS expected;
} policies[] = {
    {"netbios-name = GUISETEST\n", STATUS_SUCCESS},
    {"netbios-name = GUISETEST\ntarget-name = require\n", STATUS_SUCCESS},
    {"netbios-name = GUISETEST\nchannel-bindings = when-supported\n", STATUS_SUCCESS},
    {"netbios-name = GUISETEST\nchannel-bindings = require\n", STATUS_LOGON_FAILURE},
    {"netbios-name = OTHER\n", STATUS_SUCCESS},
    {"netbios-name = OTHER\ntarget-name = when-supported\n", STATUS_LOGON_FAILURE},
    {"netbios-name = OTHER\ntarget-name = require\n", STATUS_LOGON_FAILURE},
};
static const struct policy *policy;

struct network
{
    MSV1_0_LM20_LOGON message;
    BYTE texts[8192];
};

static USHORT half(const BYTE *bytes)
{
    return (USHORT)(bytes[0] | bytes[1] << 8);
}

/* The field of an AUTHENTICATE whose descriptor is at AT, copied behind the message. */
static STRING take_field(const BYTE *authenticate, ULONG at, BYTE **room)
{
    STRING string = {half(authenticate + at), half(authenticate + at), (char *)*room};

    memcpy(*room, authenticate + half(authenticate + at + 4), string.Length);
    *room += string.Length + string.Length % 2;
    return string;
}

static UNICODE_STRING wide(STRING string)
{
    return (UNICODE_STRING){string.Length, string.Length, (WCHAR *)string.Buffer};
}

static NTSTATUS submit(struct network *request, HANDLE *token)
{
    char name[] = MSV1_0_PACKAGE_NAME;
    LSA_STRING package = {sizeof(name) - 1, sizeof(name), name};
    TOKEN_SOURCE source = {{'T', 'e', 's', 't'}, {0, 0}};
    ULONG number, length;
    NTSTATUS status, substatus;
    QUOTA_LIMITS quotas;
    HANDLE lsa = NULL;
    void *profile;
    LUID session;

    *token = NULL;
    if ((status = LsaConnectUntrusted(&lsa))) return status;
    if (!(status = LsaLookupAuthenticationPackage(lsa, &package, &number)))
        status = LsaLogonUser(lsa, NULL, Network, number, request, sizeof(*request), NULL, &source, &profile, &length, &session, token,
                              &quotas, &substatus);
    if (!status) LsaFreeReturnBuffer(profile);
    LsaDeregisterLogonProcess(lsa);
    return status;
}

/* In a process of its own: the configuration is read once. The acceptor's own judgement of the same responses is the same. */
static void under_policy(void)
{
    static struct session session;
    struct network request = {.message = {.MessageType = MsV1_0Lm20Logon}};
    MSV1_0_LM20_LOGON *message = &request.message;
    BYTE *room = request.texts;
    char config[256];
    NTSTATUS status;
    HANDLE token;

    snprintf(config, sizeof(config), "[ntlm]\n%s", policy->ntlm);
    if (!session_setup_with(config)) return;
    if (session_open(&session, SESSION_ALICE))
    {
        session_run(&session, 0, 0);
        memcpy(message->ChallengeToClient, session.challenge + 24, 8);
        message->CaseInsensitiveChallengeResponse = take_field(session.authenticate, 12, &room);
        message->CaseSensitiveChallengeResponse = take_field(session.authenticate, 20, &room);
        message->LogonDomainName = wide(take_field(session.authenticate, 28, &room));
        message->UserName = wide(take_field(session.authenticate, 36, &room));
        status = submit(&request, &token);
        ok(status == policy->expected && !token == !!status, "got %08lx\n", status); /* design 7.1 */
        ok(!session.server_status == !status, "the acceptor: %08lx\n", session.server_status); /* design 7.1 */
        if (token) CloseHandle(token);
        session_close(&session);
    }
    session_cleanup();
}

START_TEST(logon_policy)
{
    if (!have_sandbox()) return;
    for (policy = policies; policy < policies + ARRAYSIZE(policies); policy++)
        ok(!run_child(under_policy), "under %s\n", policy->ntlm); /* design 7.1 */
}
