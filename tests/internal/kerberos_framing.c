/*
 * What is read of Kerberos tokens here: what kind they are, and which ticket is in them. Two readers that see different tickets would be two clients.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <wine/test.h>

#include "dlls/kerberos/clients.h"
#include "dlls/kerberos/user_messages.h"
#include "ntoskrnl/core.h"

static const UCHAR mit[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2};

/* An element around BODY, which may lie where the element is to be. */
static size_t wrap(UCHAR *out, UCHAR tag, const UCHAR *body, size_t size)
{
    memmove(out + 2, body, size);
    out[0] = tag;
    out[1] = size;
    return size + 2;
}

/* An AP-REQ of the fields that TAGS names, each with its own place as contents; MARK stands in field 3. */
static size_t make_request(UCHAR *out, const char *tags, UCHAR mark)
{
    UCHAR fields[100];
    size_t size = 0;

    for (; *tags; tags++)
    {
        UCHAR body[] = {4, 2, *tags, *tags == '3' ? mark : 0};

        size += wrap(fields + size, 0xa0 | (*tags - '0'), body, sizeof(body));
    }
    size = wrap(out, 0x30, fields, size);
    return wrap(out, 0x6e, out, size);
}

static size_t frame(UCHAR *out, const UCHAR *request, size_t size, UCHAR number)
{
    UCHAR inner[160];

    memcpy(inner, mit, sizeof(mit));
    inner[sizeof(mit)] = number;
    inner[sizeof(mit) + 1] = 0;
    memcpy(inner + sizeof(mit) + 2, request, size);
    return wrap(out, 0x60, inner, sizeof(mit) + 2 + size);
}

static bool id_of(const UCHAR *data, size_t size, UCHAR id[KRB_TICKET_ID_SIZE])
{
    return krb_ticket_id((struct krb_span){data, size}, id);
}

static void test_ticket(void)
{
    static const char *const others[] = {"0123", "012334", "0123345", "012344", "10234", "0124", "3", "01243", "012 34", "1234", "01235", ""};
    UCHAR request[160], framed[200], first[KRB_TICKET_ID_SIZE], second[KRB_TICKET_ID_SIZE];
    size_t size = make_request(request, "01234", 7), framed_size = frame(framed, request, size, 1);

    ok(id_of(request, size, first) && id_of(framed, framed_size, second) && !memcmp(first, second, sizeof(first)), "bare or framed\n"); /* RFC 4120 5.5.1 */
    size = make_request(request, "01234", 8);
    ok(id_of(request, size, second) && memcmp(first, second, sizeof(first)), "another ticket\n"); /* RFC 4120 5.5.1 */
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
    {
        size = make_request(request, others[i], 7);
        ok(!id_of(request, size, first), "fields %s\n", others[i]); /* RFC 4120 5.5.1 */
    }
    size = make_request(request, "01234", 7);
    request[size] = 0;
    ok(!id_of(request, size + 1, first), "a byte behind\n"); /* RFC 4120 5.5.1 */
    request[1]++;
    ok(!id_of(request, size + 1, first), "a byte inside\n"); /* RFC 4120 5.5.1 */
    request[1]--;
    for (size_t i = 0; i < size; i++) ok(!id_of(request, i, first), "%d bytes\n", (int)i); /* RFC 4120 5.5.1 */
    request[3] = 0x80;
    ok(!id_of(request, size, first), "an indefinite length\n"); /* X.690 8.1.3.6 */
    size = make_request(request, "01234", 7);
    framed_size = frame(framed, request, size, 2);
    ok(!id_of(framed, framed_size, first), "called an AP-REP\n"); /* RFC 4121 4.1 */
}

static void test_kinds(void)
{
    static const UCHAR spnego[] = {0x60, 10, 6, 6, 0x2b, 6, 1, 5, 5, 2, 0xa0, 0};
    UCHAR request[160], framed[200];
    size_t size = make_request(request, "01234", 7), framed_size = frame(framed, request, size, 1);

    ok(krb_message_of(request, size) == KRB_MESSAGE_AP_REQ, "bare\n"); /* MS-KILE 3.4.5.1 */
    ok(krb_message_of(framed, framed_size) == KRB_MESSAGE_AP_REQ, "framed\n"); /* RFC 4121 4.1 */
    framed[7] = 0x82;
    ok(krb_message_of(framed, framed_size) == KRB_MESSAGE_AP_REQ, "Microsoft's identifier\n"); /* MS-SPNG 1.9 */
    framed[7] = 0x81;
    ok(krb_message_of(framed, framed_size) == KRB_MESSAGE_NONE, "nobody's identifier\n"); /* RFC 4121 4.1 */
    ok(krb_message_of(spnego, sizeof(spnego)) == KRB_MESSAGE_NONE, "SPNEGO\n"); /* RFC 4178 4.2 */
    ok(krb_message_of((const UCHAR *)"NTLMSSP\0\1\0\0", 12) == KRB_MESSAGE_NONE, "NTLM\n"); /* MS-NLMP 2.2.1 */
    request[0] = 0x6f;
    ok(krb_message_of(request, size) == KRB_MESSAGE_AP_REP, "AP-REP\n"); /* MS-KILE 3.4.5.1 */
    request[0] = 0x7e;
    ok(krb_message_of(request, size) == KRB_MESSAGE_ERROR, "KRB-ERROR\n"); /* RFC 4120 5.9.1 */
    ok(krb_message_of(NULL, 0) == KRB_MESSAGE_NONE, "nothing\n"); /* RFC 4121 4.1 */
}

/* What protects messages: of the kind that the context has, and long enough to be one. */
static void test_protection(void)
{
    static const struct
    {
        const char *what;
        UCHAR data[20];
        size_t size;
        bool old, mic, wrap;
    } cases[] = {
        {"MIC", {4, 4}, 17, false, true, false},
        {"MIC without a checksum", {4, 4}, 16, false, false, false},
        {"wrap token", {5, 4}, 16, false, false, true},
        {"part of a wrap token", {5, 4}, 15, false, false, false},
        {"another token", {6, 4}, 20, false, false, false},
        {"old, in a context that is not", {0x60, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 2, 1}, 15, false, false, false},
        {"old MIC", {0x60, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 1, 1}, 15, true, true, false},
        {"old wrap token", {0x60, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 2, 1}, 15, true, false, true},
        {"old, long length", {0x60, 0x82, 1, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 2, 1}, 17, true, false, true},
        {"old, cut", {0x60, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 2, 1}, 14, true, false, false},
        {"old, without end", {0x60, 0xff}, 20, true, false, false},
        {"old frame around a new one", {0x60, 15, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 5, 4}, 15, true, false, false},
        {"old, no frame", {2, 1}, 20, true, false, false},
        {"new, in an old context", {5, 4}, 20, true, false, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        ok(krb_is_protection(cases[i].data, cases[i].size, cases[i].old, false) == cases[i].mic, "%s as a MIC\n", cases[i].what); /* RFC 4121 4.2.6 */
        ok(krb_is_protection(cases[i].data, cases[i].size, cases[i].old, true) == cases[i].wrap, "%s\n", cases[i].what); /* RFC 4121 4.2.6 */
    }
    ok(!krb_is_protection(NULL, 0, false, true) && !krb_is_protection(NULL, 0, true, true), "nothing\n"); /* RFC 4121 4.2.6 */
}

/* ---- user-to-user ---- */

static const UCHAR tgt_req[] = {0x60, 0x1a, 6, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 3, 4, 0, 0x30, 10, 0xa0, 3, 2, 1, 5, 0xa1, 3, 2, 1, 16};

static void test_user_frames(void)
{
    UCHAR token[sizeof(tgt_req)];
    struct krb_frame frame = krb_read_frame(tgt_req, sizeof(tgt_req));
    size_t size;
    UCHAR *written;

    ok(frame.message == KRB_MESSAGE_TGT_REQ && frame.kind == KRB_FRAME_USER_TO_USER && frame.body.size == 12, "not read\n"); /* design 7.9 */
    ok(krb_read_tgt_request(frame.body), "no TGT-REQ\n"); /* design 7.9 */
    written = krb_write_frame(&frame, &size);
    ok(size == sizeof(tgt_req) && !memcmp(written, tgt_req, size), "another frame\n"); /* RFC 2743 3.1 */
    guise_free(written);
    for (size_t i = 0; i < sizeof(tgt_req); i++) ok(!krb_message_of(tgt_req, i), "%d bytes\n", (int)i); /* RFC 2743 3.1 */
    for (size_t i = 0; i < 17; i++)
    {
        memcpy(token, tgt_req, sizeof(token));
        token[i] ^= 0x40;
        ok(!krb_message_of(token, sizeof(token)), "byte %d\n", (int)i); /* RFC 4121 4.1 */
    }
    ok(!krb_message_of(tgt_req + 16, 12), "bare\n"); /* design 7.9 */
}

static const UCHAR named[] = {0x30, 0x34, 0xa0, 3, 2, 1, 5, 0xa1, 3, 2, 1, 16, 0xa2, 0x1b, 0x30, 0x19, 0xa0, 3, 2, 1, 2, 0xa1, 0x12, 0x30, 0x10,
                              0x1b, 6, 'k', 'r', 'b', 't', 'g', 't', 0x1b, 6, 'S', 'E', 'R', 'V', 'E', 'R',
                              0xa3, 0x0b, 0x1b, 9, 'R', 'E', 'A', 'L', 'M', '.', 'O', 'R', 'G'};
static const UCHAR reply[] = {0x30, 14, 0xa0, 3, 2, 1, 5, 0xa1, 3, 2, 1, 17, 0xa2, 2, 0x61, 0};

static void test_requests(void)
{
    krb5_data parts[2] = {{.data = (char *)"krbtgt", .length = 6}, {.data = (char *)"SERVER", .length = 6}};
    struct krb5_principal_data principal = {.type = KRB5_NT_SRV_INST, .data = parts, .length = 2, .realm = {.data = (char *)"REALM.ORG", .length = 9}};
    size_t size;
    UCHAR *message = krb_write_tgt_request(&principal, &size);

    ok(size == sizeof(named) && !memcmp(message, named, size), "%d bytes\n", (int)size); /* design 7.9 */
    ok(krb_read_tgt_request((struct wire_span){message, size}), "not read\n"); /* design 7.9 */
    guise_free(message);
    principal.realm.length = 0;
    message = krb_write_tgt_request(&principal, &size);
    ok(size == sizeof(named) - 13 && krb_read_tgt_request((struct wire_span){message, size}), "%d bytes\n", (int)size); /* design 7.9 */
    guise_free(message);
    ok(!krb_read_tgt_request((struct wire_span){reply, sizeof(reply)}), "a reply is no request\n"); /* design 7.9 */
}

static void test_user_messages(void)
{
    struct wire_span ticket = {NULL, 0};
    UCHAR changed[sizeof(reply)], *message;
    size_t size;

    test_requests();
    ok(krb_read_tgt_reply((struct wire_span){reply, sizeof(reply)}, &ticket) && ticket.size == 2, "not read\n"); /* design 7.9 */
    message = krb_write_tgt_reply(ticket, &size);
    ok(size == sizeof(reply) && !memcmp(message, reply, size), "%d bytes\n", (int)size); /* design 7.9 */
    guise_free(message);
    ok(!krb_read_tgt_reply((struct wire_span){named, sizeof(named)}, &ticket), "a request is no reply\n"); /* design 7.9 */
    for (size_t i = 0; i < sizeof(reply); i++)
    {
        memcpy(changed, reply, sizeof(reply));
        changed[i] ^= 0x10;
        ok(!krb_read_tgt_reply((struct wire_span){changed, sizeof(reply)}, &ticket), "byte %d\n", (int)i); /* design 7.9 */
        ok(!krb_read_tgt_reply((struct wire_span){reply, i}, &ticket), "%d bytes\n", (int)i); /* design 7.9 */
    }
}

/* One bit of 32 says it, and what has another form says neither. */
static void test_option(void)
{
    static const struct
    {
        UCHAR field[8];
        size_t size;
        bool read, set;
    } cases[] = {
        {{3, 5, 0, 0, 0, 0, 0}, 7, true, false},
        {{3, 5, 0, 0x40, 0, 0, 0}, 7, true, true},
        {{3, 5, 0, 0xa0, 0, 0, 1}, 7, true, false},
        {{3, 5, 1, 0x40, 0, 0, 0}, 7, false, false},
        {{3, 4, 0, 0x40, 0, 0}, 6, false, false},
        {{3, 6, 0, 0x40, 0, 0, 0, 0}, 8, false, false},
        {{4, 5, 0, 0x40, 0, 0, 0}, 7, false, false},
        {{3, 5, 0, 0x40, 0, 0, 0, 0}, 8, false, false},
        {{3, 5, 0, 0x40, 0, 0}, 6, false, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        UCHAR field[8];
        struct krb_ap_req ap_req = {.options = {field, cases[i].size}};
        bool set = !cases[i].set;

        memcpy(field, cases[i].field, sizeof(field));
        ok(krb_read_use_session_key(&ap_req, &set) == cases[i].read && (!cases[i].read || set == cases[i].set), "case %d\n", (int)i); /* RFC 4120 5.5.1 */
        ok(krb_set_use_session_key(field, &ap_req) == cases[i].read, "case %d\n", (int)i); /* RFC 4120 5.5.1 */
        ok(!cases[i].read || field[3] == (cases[i].field[3] | 0x40), "case %d: %x\n", (int)i, field[3]); /* RFC 4120 5.5.1 */
        ok(cases[i].read || !memcmp(field, cases[i].field, sizeof(field)), "case %d has changed\n", (int)i); /* RFC 4120 5.5.1 */
    }
}

START_TEST(kerberos_framing)
{
    test_user_frames();
    test_user_messages();
    test_option();
    test_protection();
    test_ticket();
    test_kinds();
}
