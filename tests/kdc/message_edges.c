/*
 * Messages of a hostile peer that end where their memory does: nothing is read behind a buffer, whatever lengths its first bytes speak of.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct side side;
static struct mit mit;
static UCHAR text[4096], *page; /* behind PAGE's room there is no memory */
static size_t room;

static bool open_pair(const char *service, OM_uint32 flags)
{
    if (!mit_open_initiator(&mit, "alice", service, GSS_C_MUTUAL_FLAG | flags) || !side_open_acceptor(&side, NULL, 0)) return false;
    run_mit_to_side(&mit, &side);
    ok(side.status == SEC_E_OK, "%08lx\n", side.status); /* S6.2.2 */
    return side.status == SEC_E_OK;
}

static void close_pair(void)
{
    side_close(&side);
    mit_close(&mit);
}

static bool make_page(void)
{
    room = (size_t)sysconf(_SC_PAGESIZE);
    page = mmap(NULL, 2 * room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && !mprotect(page + room, room, PROT_NONE);
}

/* The token in the last SIZE bytes of the page. */
static UCHAR *at_the_end(const UCHAR *data, size_t size)
{
    return memcpy(page + room - size, data, size);
}

static SECURITY_STATUS verify(UCHAR *token, ULONG size)
{
    SecBuffer buffers[] = {{sizeof(text), SECBUFFER_DATA, text}, {size, SECBUFFER_TOKEN, token}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    return VerifySignature(&side.context, &desc, 0, NULL);
}

static SECURITY_STATUS decrypt(ULONG type, UCHAR *token, ULONG size, ULONG text_size)
{
    SecBuffer buffers[] = {{size, type, token}, {text_size, SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    return DecryptMessage(&side.context, &desc, 0, NULL);
}

/* All beginnings of a token, in each place where one may be given. */
static void try_beginnings(const char *what, const UCHAR *token, size_t size)
{
    for (size_t length = 0; length <= size; length++)
    {
        SECURITY_STATUS status = verify(at_the_end(token, length), (ULONG)length);

        ok(status < 0, "%s, %d bytes: signature: %08lx\n", what, (int)length, status); /* S2.12.3 */
        status = decrypt(SECBUFFER_STREAM, at_the_end(token, length), (ULONG)length, 0);
        ok(status < 0, "%s, %d bytes: stream: %08lx\n", what, (int)length, status); /* S2.12.7 */
        for (ULONG text_size = 0; text_size <= sizeof(text); text_size = 8 * text_size + 1)
        {
            status = decrypt(SECBUFFER_TOKEN, at_the_end(token, length), (ULONG)length, text_size);
            ok(status < 0, "%s, %d and %lu bytes: %08lx\n", what, (int)length, text_size, status); /* S2.12.7 */
        }
    }
}

/* A frame (RFC 2743 3.1) that speaks of as many bytes as the DATA beside it has, more, or fewer. */
static void test_frames(void)
{
    static const UCHAR mechanism[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2};
    static const UCHAR ids[][2] = {{2, 1}, {1, 1}, {5, 4}, {4, 4}, {0xff, 0xff}};
    UCHAR token[64] = {0x60};

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
    {
        for (ULONG text_size = 0; text_size <= sizeof(text); text_size = 8 * text_size + 1)
        {
            ULONG inside = text_size + sizeof(mechanism) + 2 + 8;

            token[1] = 0x82;
            token[2] = inside >> 8;
            token[3] = inside;
            memcpy(token + 4, mechanism, sizeof(mechanism));
            memcpy(token + 4 + sizeof(mechanism), ids[i], 2);
            try_beginnings("frame", token, 4 + sizeof(mechanism) + 2 + 8);
        }
    }
}

static void test_genuine(void)
{
    gss_buffer_desc plain = {1000, text}, made;
    OM_uint32 minor;

    gss_wrap(&minor, mit.context, 1, 0, &plain, NULL, &made);
    try_beginnings("sealed", made.value, made.length < 100 ? made.length - 1 : 100);
    gss_release_buffer(&minor, &made);
    gss_wrap(&minor, mit.context, 0, 0, &plain, NULL, &made);
    try_beginnings("signed", made.value, made.length < 100 ? made.length - 1 : 100);
    gss_release_buffer(&minor, &made);
    gss_get_mic(&minor, mit.context, 0, &plain, &made);
    try_beginnings("MIC", made.value, made.length - 1);
    gss_release_buffer(&minor, &made);
}

/* Any bytes behind a beginning that gets somewhere. */
static void test_noise(void)
{
    static const UCHAR beginnings[][4] = {{4, 4, 4, 0xff}, {4, 4, 0, 0xff}, {5, 4, 4, 0xff}, {5, 4, 6, 0xff}, {5, 4, 2, 0xff}, {5, 4, 0, 0xff}};
    UCHAR token[80];
    ULONG random = 1;

    for (int round = 0; round < 600; round++)
    {
        ULONG size = 16 + round % 64;

        for (size_t i = 0; i < sizeof(token); i++)
        {
            random = random * 1664525 + 1013904223;
            token[i] = random >> 28 ? 0 : random >> 20;
        }
        memcpy(token, beginnings[round % 6], 4);
        token[5] = round % 3 ? token[5] : 12;
        token[7] = round % 2 ? 28 : 12;
        verify(at_the_end(token, size), size);
        decrypt(SECBUFFER_STREAM, at_the_end(token, size), size, 0);
        decrypt(SECBUFFER_TOKEN, at_the_end(token, size), size, round * 7 % sizeof(text));
    }
}

/* Whatever buffers a program gives, with the cipher that the client has chosen: a message or a refusal. */
static void test_buffers(void)
{
    static const ULONG kinds[] = {SECBUFFER_DATA, SECBUFFER_DATA | SECBUFFER_READONLY, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM};
    static const ULONG sizes[] = {0, 1, 7, 8, 16, 1000}, rooms[] = {0, 15, 16, 28, 44, 45, 60, 76, 200};
    UCHAR token[200], padding[16];

    for (size_t round = 0; round < 3 * 6 * 9 * 3 * 2; round++)
    {
        ULONG kind = kinds[round % 3], size = sizes[round / 3 % 6], space = rooms[round / 18 % 9], count = round / 162 % 3 + 1;
        SecBuffer buffers[] = {{space, SECBUFFER_TOKEN, token}, {size, kind, text}, {sizeof(padding), SECBUFFER_PADDING, padding}};
        SecBufferDesc desc = {SECBUFFER_VERSION, count, buffers};
        SECURITY_STATUS status = EncryptMessage(&side.context, round / 486 ? SECQOP_WRAP_NO_ENCRYPT : 0, &desc, 0);

        ok(status == SEC_E_OK || status == SEC_E_BUFFER_TOO_SMALL || status == SEC_E_INVALID_TOKEN || (status == SEC_E_INTERNAL_ERROR && round % 3), "%d: %08lx\n",
           (int)round, status); /* S2.12.4 */
        ok(status || buffers[0].cbBuffer <= space, "%d: %lu of %lu\n", (int)round, buffers[0].cbBuffer, space); /* S2.12.4 */
        buffers[0].cbBuffer = space;
        status = MakeSignature(&side.context, 0, &desc, 0);
        ok(status == SEC_E_OK || status == SEC_E_BUFFER_TOO_SMALL || status == SEC_E_INVALID_TOKEN, "%d: signature: %08lx\n", (int)round, status); /* S2.12.2 */
    }
}

START_TEST(message_edges)
{
    static const struct
    {
        const char *service;
        OM_uint32 flags;
    } kinds[] = {{HTTP, 0}, {HTTP, GSS_C_DCE_STYLE}, {RC4, 0}, {RC4, GSS_C_DCE_STYLE}};

    if (!kdc_is_here()) return;
    if (!make_page()) return;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
    {
        winetest_push_context("%s, %x", kinds[i].service, kinds[i].flags);
        if (!strcmp(kinds[i].service, RC4)) kdc_prefer_rc4();
        if (open_pair(kinds[i].service, kinds[i].flags))
        {
            test_genuine();
            test_frames();
            test_noise();
            test_buffers();
        }
        close_pair();
        winetest_pop_context();
    }
    setenv("KRB5_CONFIG", kdc_path("krb5.conf"), 1);
    munmap(page, 2 * room);
}
