/*
 * Channel bindings of Kerberos: what the program asks for, and what the configuration does.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct side side, initiator;

struct bound
{
    SEC_CHANNEL_BINDINGS head;
    char data[32];
};

static SecBuffer bind_to(struct bound *bound, const char *channel)
{
    memset(bound, 0, sizeof(*bound));
    bound->head.cbApplicationDataLength = strlen(channel);
    bound->head.dwApplicationDataOffset = sizeof(bound->head);
    strcpy(bound->data, channel);
    return (SecBuffer){sizeof(bound->head) + strlen(channel), SECBUFFER_CHANNEL_BINDINGS, bound};
}

/* The acceptor's status for a client of MIT bound to CLIENT and a program bound to SERVER; NULL: to nothing. */
static SECURITY_STATUS log_on(const char *client, const char *server, ULONG request)
{
    struct gss_channel_bindings_struct bindings = {0};
    struct bound bound;
    struct mit mit;
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;

    if (mit_open_initiator(&mit, "alice", HTTP, GSS_C_MUTUAL_FLAG) && side_open_acceptor(&side, NULL, request))
    {
        if (client)
        {
            bindings.application_data = (gss_buffer_desc){strlen(client), (void *)client};
            mit.bindings = &bindings;
        }
        if (server) side.bindings = bind_to(&bound, server);
        run_mit_to_side(&mit, &side);
        status = side.status;
    }
    side_close(&side);
    mit_close(&mit);
    return status;
}

static void test_program(void)
{
    static const struct
    {
        const char *client, *server;
        ULONG request;
        SECURITY_STATUS status;
    } cases[] = {
        {NULL, NULL, 0, SEC_E_OK},
        {"a", NULL, 0, SEC_E_OK},
        {"a", "a", 0, SEC_E_OK},
        {"a", "b", 0, SEC_E_BAD_BINDINGS},
        {"b", "b", ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_OK},
        {"a", "b", ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_BAD_BINDINGS},
        {NULL, "b", 0, SEC_E_BAD_BINDINGS},
        {NULL, "b", ASC_REQ_ALLOW_MISSING_BINDINGS, SEC_E_OK},
        {"a", "b", ASC_REQ_PROXY_BINDINGS, SEC_E_OK},
        {"a", NULL, ASC_REQ_PROXY_BINDINGS, SEC_E_OK},
        {NULL, NULL, ASC_REQ_PROXY_BINDINGS, SEC_E_BAD_BINDINGS},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        SECURITY_STATUS status = log_on(cases[i].client, cases[i].server, cases[i].request);

        ok(status == cases[i].status, "%s, %s, %lx: %08lx\n", cases[i].client, cases[i].server, cases[i].request, status); /* S6.2.5 */
    }
}

/* Guise's own initiator. */
static void test_initiator(void)
{
    static const char *const channels[] = {"tls-unique:1", "tls-unique:2"};
    struct bound one, other;

    for (int i = 0; i < 2; i++)
    {
        if (!side_open_initiator(&initiator, "alice", HTTP, ISC_REQ_MUTUAL_AUTH) || !side_open_acceptor(&side, NULL, 0)) return;
        initiator.bindings = bind_to(&one, channels[0]);
        side.bindings = bind_to(&other, channels[i]);
        run_sides(&initiator, &side);
        ok(side.status == (i ? SEC_E_BAD_BINDINGS : SEC_E_OK), "%08lx\n", side.status); /* S6.2.5 */
        side_close(&initiator);
        side_close(&side);
    }
}

/* Parts that are not inside the block. */
static void test_malformed(void)
{
    static const struct
    {
        ULONG length, offset, size;
    } cases[] = {
        {2, sizeof(SEC_CHANNEL_BINDINGS), sizeof(SEC_CHANNEL_BINDINGS) + 1},
        {1, sizeof(SEC_CHANNEL_BINDINGS) + 1, sizeof(SEC_CHANNEL_BINDINGS) + 1},
        {1, 0xffffffff, sizeof(SEC_CHANNEL_BINDINGS) + 1},
        {0xffffffff, sizeof(SEC_CHANNEL_BINDINGS), sizeof(SEC_CHANNEL_BINDINGS) + 1},
        {0, 0, sizeof(SEC_CHANNEL_BINDINGS) - 1},
        {0, 0, 1},
    };
    static struct token token;
    struct bound bound;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        if (!side_open_initiator(&initiator, "alice", HTTP, 0)) return;
        initiator.bindings = bind_to(&bound, "a");
        bound.head.cbApplicationDataLength = cases[i].length;
        bound.head.dwApplicationDataOffset = cases[i].offset;
        initiator.bindings.cbBuffer = cases[i].size;
        side_step(&initiator, NULL, &token);
        ok(initiator.status == SEC_E_INVALID_TOKEN, "case %d: %08lx\n", (int)i, initiator.status); /* S2.5.10 */
        side_close(&initiator);
    }
}

/* ---- what the configuration says; each value in a child, which reads it once ---- */

static void test_configured(const char *value, const SECURITY_STATUS expected[5])
{
    static const struct
    {
        const char *client, *server;
        ULONG request;
    } cases[5] = {
        {NULL, NULL, 0},
        {"a", "a", 0},
        {"a", "b", 0},
        {NULL, "b", 0},
        {NULL, "b", ASC_REQ_ALLOW_MISSING_BINDINGS},
    };

    for (int i = 0; i < 5; i++)
    {
        SECURITY_STATUS status = log_on(cases[i].client, cases[i].server, cases[i].request);

        ok(status == expected[i], "%s: %s, %s, %lx: %08lx\n", value, cases[i].client, cases[i].server, cases[i].request, status); /* S6.2.5 */
    }
}

static void in_child(const char *value, const SECURITY_STATUS expected[5])
{
    FILE *file = fopen(kdc_path("guise.conf"), "w");
    int status = -1;
    pid_t child;

    fprintf(file, "[kerberos]\nkeytab = %s\nchannel-bindings = %s\n", kdc_path("keytab"), value);
    fclose(file);
    fflush(stdout);
    if (!(child = fork()))
    {
        setenv("GUISE_CONF", kdc_path("guise.conf"), 1);
        setenv("KRB5_KTNAME", "FILE:/nonexistent/keytab", 1);
        test_configured(value, expected);
        fflush(stdout);
        _exit(0);
    }
    ok(child > 0 && waitpid(child, &status, 0) == child && !status, "%s: the child ended with %x\n", value, status); /* design 5.10 */
}

START_TEST(bindings)
{
    static const SECURITY_STATUS off[5] = {SEC_E_OK, SEC_E_OK, SEC_E_OK, SEC_E_OK, SEC_E_OK};
    static const SECURITY_STATUS supported[5] = {SEC_E_OK, SEC_E_OK, SEC_E_BAD_BINDINGS, SEC_E_OK, SEC_E_OK};
    static const SECURITY_STATUS required[5] = {SEC_E_BAD_BINDINGS, SEC_E_OK, SEC_E_BAD_BINDINGS, SEC_E_BAD_BINDINGS, SEC_E_BAD_BINDINGS};

    if (!kdc_is_here()) return;
    in_child("off", off);
    in_child("when-supported", supported);
    in_child("require", required);
    test_program();
    test_initiator();
    test_malformed();
}
