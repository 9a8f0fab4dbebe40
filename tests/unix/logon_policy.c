/*
 * What guise.conf asks of clients holds for responses to a challenge that a program gives to LsaLogonUser, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

/* The field of an AUTHENTICATE whose descriptor is at AT, copied behind the message: an offset is as good as an address. */
static STRING take_field(const BYTE *authenticate, ULONG at, struct network *request, ULONG *used)
{
    USHORT length = half(authenticate + at);
    STRING string = {length, length, (char *)(offsetof(struct network, texts) + *used)};

    memcpy(request->texts + *used, authenticate + half(authenticate + at + 4), length);
    *used += length + length % 2;
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

/* The answer of SESSION's client as a request. */
static void take_answer(const struct session *session, struct network *request)
{
    MSV1_0_LM20_LOGON *message = &request->message;
    ULONG used = 0;

    memset(request, 0, sizeof(*request));
    message->MessageType = MsV1_0Lm20Logon;
    memcpy(message->ChallengeToClient, session->challenge + 24, 8);
    message->CaseInsensitiveChallengeResponse = take_field(session->authenticate, 12, request, &used);
    message->CaseSensitiveChallengeResponse = take_field(session->authenticate, 20, request, &used);
    message->LogonDomainName = wide(take_field(session->authenticate, 28, request, &used));
    message->UserName = wide(take_field(session->authenticate, 36, request, &used));
}

static BOOL set_up(const char *ntlm)
{
    char config[256];

    snprintf(config, sizeof(config), "[ntlm]\n%s", ntlm);
    return session_setup_with(config);
}

/* In a process of its own: the configuration is read once. The acceptor's own judgement of the same responses is the same. */
static void under_policy(void)
{
    static struct session session;
    struct network request;
    NTSTATUS status;
    HANDLE token;

    if (!set_up(policy->ntlm)) return;
    if (session_open(&session, SESSION_ALICE))
    {
        session_run(&session, 0, 0);
        take_answer(&session, &request);
        status = submit(&request, &token);
        ok(status == policy->expected && !token == !!status, "got %08lx\n", status); /* design 7.1 */
        ok(!session.server_status == !status, "the acceptor: %08lx\n", session.server_status); /* design 7.1 */
        if (token) CloseHandle(token);
        session_close(&session);
    }
    session_cleanup();
}

/* ---- answers that were given elsewhere, under another configuration ---- */

/* Shared with the processes that make and judge them. */
static struct network *recorded;
static const char *recorder;

static void record(void)
{
    static struct session session;

    if (!set_up(recorder)) return;
    if (session_open(&session, SESSION_ALICE))
    {
        session_run(&session, 0, 0);
        ok(!session.server_status, "got %08lx\n", session.server_status); /* S2.6.7 */
        take_answer(&session, recorded);
        session_close(&session);
    }
    session_cleanup();
}

#define KEPT 0xffff

static const struct judgement
{
    const char *what, *ntlm;
    ULONG control;
    USHORT nt, lm; /* lengths */
    NTSTATUS expected;
} judgements[] = {
    {"allowed", "lm-compatibility-level = 4\n", MSV1_0_USE_CLIENT_CHALLENGE, KEPT, KEPT, STATUS_SUCCESS},
    {"the default", "", MSV1_0_USE_CLIENT_CHALLENGE, KEPT, KEPT, STATUS_LOGON_FAILURE},
    {"without the client's challenge", "lm-compatibility-level = 4\n", 0, KEPT, KEPT, STATUS_LOGON_FAILURE},
    {"half of it", "lm-compatibility-level = 4\n", MSV1_0_USE_CLIENT_CHALLENGE, KEPT, 7, STATUS_INVALID_PARAMETER},
    {"23 bytes", "lm-compatibility-level = 0\n", MSV1_0_USE_CLIENT_CHALLENGE, 23, KEPT, STATUS_LOGON_FAILURE},
    {"the LM field alone", "lm-compatibility-level = 0\n", MSV1_0_USE_CLIENT_CHALLENGE, 0, KEPT, STATUS_LOGON_FAILURE},
    {"a flag that nobody knows", "lm-compatibility-level = 4\n", MSV1_0_USE_CLIENT_CHALLENGE | 0x80000000, KEPT, KEPT,
     STATUS_INVALID_PARAMETER},
    {"bindings are required", "lm-compatibility-level = 4\nchannel-bindings = require\n", MSV1_0_USE_CLIENT_CHALLENGE, KEPT, KEPT,
     STATUS_LOGON_FAILURE},
    {"a target is required", "lm-compatibility-level = 4\ntarget-name = require\n", MSV1_0_USE_CLIENT_CHALLENGE, KEPT, KEPT,
     STATUS_LOGON_FAILURE},
}, late[] = {
    {"version 2", "", 0, KEPT, KEPT, STATUS_SUCCESS},
    {"too late", "max-lifetime = 0\n", 0, KEPT, KEPT, STATUS_LOGON_FAILURE},
};
static const struct judgement *judgement;

static void judge(void)
{
    struct network request = *recorded;
    NTSTATUS status;
    HANDLE token;

    if (!set_up(judgement->ntlm)) return;
    request.message.ParameterControl = judgement->control;
    if (judgement->nt != KEPT) request.message.CaseSensitiveChallengeResponse.Length = judgement->nt;
    if (judgement->lm != KEPT) request.message.CaseInsensitiveChallengeResponse.Length = judgement->lm;
    status = submit(&request, &token);
    ok(status == judgement->expected && !token == !!status, "got %08lx\n", status); /* callers cite */
    if (token) CloseHandle(token);
    session_cleanup();
}

static void judge_each(const char *by, const struct judgement *rows, size_t count)
{
    recorder = by;
    ok(!run_child(record), "no answer\n"); /* callers cite */
    for (judgement = rows; judgement < rows + count; judgement++)
        ok(!run_child(judge), "%s\n", judgement->what); /* callers cite */
}

START_TEST(logon_policy)
{
    if (!have_sandbox()) return;
    for (policy = policies; policy < policies + ARRAYSIZE(policies); policy++)
        ok(!run_child(under_policy), "under %s\n", policy->ntlm); /* design 7.1 */
    recorded = mmap(NULL, sizeof(*recorded), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (recorded == MAP_FAILED) abort();
    judge_each("lm-compatibility-level = 2\n", judgements, ARRAYSIZE(judgements)); /* design 7.1 */
    judge_each("", late, ARRAYSIZE(late)); /* S4.9.3 */
}
