/*
 * What is timed of NTLM through an SSPI, the same for Guise's and WinPR's. Whoever includes this has client_cred,
 * check(), handshake(), and SSPI(function), which names a function of that SSPI.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_BENCH_SSPI_OPS_H
#define GUISE_BENCH_SSPI_OPS_H

#include <stdlib.h>

#include "driver.h"

static void delete_both(CtxtHandle *client, CtxtHandle *server)
{
    check("DeleteSecurityContext", SSPI(DeleteSecurityContext)(client));
    check("DeleteSecurityContext", SSPI(DeleteSecurityContext)(server));
}

static void establish(CtxtHandle *client, CtxtHandle *server)
{
    SECURITY_STATUS status = handshake(&client_cred, client, server);

    if (status != SEC_E_OK) bench_fail("handshake: %08x", (unsigned int)status);
}

static uint64_t run_handshake(unsigned long first, unsigned long second, unsigned long count)
{
    uint64_t begin = bench_now(1);

    (void)first;
    (void)second;
    while (count--)
    {
        CtxtHandle client, server;

        establish(&client, &server);
        delete_both(&client, &server);
    }
    return bench_now(1) - begin;
}

struct sealed_message
{
    UCHAR signature[64];
    SecBuffer buffers[2];
    SecBufferDesc desc;
};

static void seal(CtxtHandle *context, struct sealed_message *message, void *data, ULONG size, ULONG sequence)
{
    message->buffers[0] = (SecBuffer){16, SECBUFFER_TOKEN, message->signature};
    message->buffers[1] = (SecBuffer){size, SECBUFFER_DATA, data};
    message->desc = (SecBufferDesc){SECBUFFER_VERSION, 2, message->buffers};
    check("EncryptMessage", SSPI(EncryptMessage)(context, 0, &message->desc, sequence));
}

static uint64_t run_seal(unsigned long size, unsigned long second, unsigned long count)
{
    void *data = calloc(1, size);
    struct sealed_message message;
    CtxtHandle client, server;
    uint64_t begin, end;
    unsigned long i;

    (void)second;
    if (!data) bench_fail("no memory");
    establish(&client, &server);
    begin = bench_now(1);
    for (i = 0; i < count; i++) seal(&client, &message, data, size, i);
    end = bench_now(1);
    delete_both(&client, &server);
    free(data);
    return end - begin;
}

/* Bytes of COUNT established contexts, of the server's side or the client's. */
static uint64_t run_memory(unsigned long client_side, unsigned long second, unsigned long count)
{
    CtxtHandle *kept = calloc(count, sizeof(*kept));
    uint64_t before, after;
    unsigned long i;

    (void)second;
    if (!kept) bench_fail("no memory");
    before = bench_allocated();
    for (i = 0; i < count; i++)
    {
        CtxtHandle client, server;

        establish(&client, &server);
        kept[i] = client_side ? client : server;
        check("DeleteSecurityContext", SSPI(DeleteSecurityContext)(client_side ? &server : &client));
    }
    after = bench_allocated();
    for (i = 0; i < count; i++) check("DeleteSecurityContext", SSPI(DeleteSecurityContext)(&kept[i]));
    free(kept);
    return after - before;
}

#endif
