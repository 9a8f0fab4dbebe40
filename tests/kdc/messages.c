/*
 * Messages between Guise and MIT Kerberos: MIC and wrap tokens, in the buffers of SSPI and as one block.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <stdlib.h>
#include <string.h>

static struct side side;
static struct mit mit;
static SecPkgContext_Sizes sizes;
static UCHAR text[3000], copy[3000], token[256], whole[4096];

static void make_text(void)
{
    for (size_t i = 0; i < sizeof(text); i++) text[i] = i * 7 + i / 256;
    memcpy(copy, text, sizeof(text));
}

static bool open_pair(bool initiator, ULONG request, OM_uint32 flags)
{
    bool opened;

    if (initiator) opened = side_open_initiator(&side, "alice", HTTP, request) && mit_open_acceptor(&mit);
    else opened = mit_open_initiator(&mit, "alice", HTTP, flags) && side_open_acceptor(&side, NULL, 0);
    if (!opened) return false;
    if (initiator) run_side_to_mit(&side, &mit);
    else run_mit_to_side(&mit, &side);
    ok(side.status == SEC_E_OK && mit.major == GSS_S_COMPLETE, "%08lx, %x %x\n", side.status, mit.major, mit.minor); /* S6.2.2 */
    side.status = QueryContextAttributesA(&side.context, SECPKG_ATTR_SIZES, &sizes);
    ok(side.status == SEC_E_OK, "%08lx\n", side.status); /* S3.2.2 */
    return side.status == SEC_E_OK;
}

static void close_pair(void)
{
    side_close(&side);
    mit_close(&mit);
}

/* ---- signatures ---- */

static void test_signature_to_mit(void)
{
    SecBuffer buffers[] = {{1000, SECBUFFER_DATA, text}, {sizes.cbMaxSignature, SECBUFFER_TOKEN, token}, {500, SECBUFFER_DATA, text + 1000},
                           {100, SECBUFFER_DATA | SECBUFFER_READONLY, text + 2000}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};
    gss_buffer_desc message = {1500, text}, mic;
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    buffers[1].cbBuffer--;
    status = MakeSignature(&side.context, 0, &desc, 0);
    ok(status == SEC_E_BUFFER_TOO_SMALL, "%08lx\n", status); /* S2.12.2 */
    buffers[1].cbBuffer = sizeof(token);
    status = MakeSignature(&side.context, 0, &desc, 0);
    ok(status == SEC_E_OK && buffers[1].cbBuffer && buffers[1].cbBuffer <= sizes.cbMaxSignature, "%08lx, %lu\n", status, buffers[1].cbBuffer); /* S2.12.2 */
    mic = (gss_buffer_desc){buffers[1].cbBuffer, token};
    major = gss_verify_mic(&minor, mit.context, &message, &mic, NULL);
    ok(major == GSS_S_COMPLETE, "%x %x\n", major, minor); /* S6.5.2 */
    text[0] ^= 1;
    major = gss_verify_mic(&minor, mit.context, &message, &mic, NULL);
    ok(GSS_ERROR(major), "%x %x\n", major, minor); /* S6.5.2 */
    text[0] ^= 1;
}

static SECURITY_STATUS verify(gss_buffer_t mic, size_t length)
{
    SecBuffer buffers[] = {{length, SECBUFFER_DATA, text}, {mic->length, SECBUFFER_TOKEN, mic->value}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};

    return VerifySignature(&side.context, &desc, 0, NULL);
}

static void test_signature_from_mit(void)
{
    gss_buffer_desc message = {1500, text}, mic;
    OM_uint32 minor;
    SECURITY_STATUS status;

    gss_get_mic(&minor, mit.context, 0, &message, &mic);
    status = verify(&mic, 1499);
    ok(status == SEC_E_MESSAGE_ALTERED, "%08lx\n", status); /* S2.12.3 */
    status = verify(&mic, 1500);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S6.5.2 */
    ((UCHAR *)mic.value)[mic.length - 1] ^= 1;
    status = verify(&mic, 1500);
    ok(status == SEC_E_MESSAGE_ALTERED, "%08lx\n", status); /* S2.12.3 */
    for (mic.length = 0; mic.length <= 16; mic.length++)
    {
        status = verify(&mic, 1500);
        ok(status == SEC_E_INVALID_TOKEN, "%d bytes: %08lx\n", (int)mic.length, status); /* S2.12.3 */
    }
    mic.length = sizes.cbMaxSignature;
    gss_release_buffer(&minor, &mic);
    gss_wrap(&minor, mit.context, 0, 0, &message, NULL, &mic);
    status = verify(&mic, 1500);
    ok(status == SEC_E_INVALID_TOKEN, "%08lx\n", status); /* S6.5.2 */
    gss_release_buffer(&minor, &mic);
}

/* ---- sealing ---- */

/* Sealed by Guise with this QOP, opened by MIT as one block (gss_unwrap), which it does not do in DCE style. */
static void test_seal_to_mit(ULONG qop, bool dce)
{
    SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token}, {2000, SECBUFFER_DATA, text}, {16, SECBUFFER_PADDING, whole}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 3, buffers};
    gss_buffer_desc wrapped = {0, whole}, plain;
    int encrypted = -1;
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    make_text();
    buffers[0].cbBuffer = 15;
    status = EncryptMessage(&side.context, qop, &desc, 0);
    ok(status == SEC_E_BUFFER_TOO_SMALL && !memcmp(text, copy, 2000), "%08lx\n", status); /* S2.12.4 */
    buffers[0].cbBuffer = sizes.cbSecurityTrailer;
    status = EncryptMessage(&side.context, qop, &desc, 0);
    ok(status == SEC_E_OK && buffers[0].cbBuffer <= sizes.cbSecurityTrailer, "%08lx, %lu\n", status, buffers[0].cbBuffer); /* S6.5.1 */
    ok(!buffers[2].cbBuffer, "%lu bytes of padding\n", buffers[2].cbBuffer); /* S6.5.1 */
    ok(!memcmp(text, copy, 2000) == (qop != 0), "sealed or not\n"); /* S2.12.4 */
    memcpy(whole, token, buffers[0].cbBuffer);
    memcpy(whole + buffers[0].cbBuffer, text, 2000);
    wrapped.length = buffers[0].cbBuffer + 2000;
    if (dce)
    {
        make_text();
        return;
    }
    major = gss_unwrap(&minor, mit.context, &wrapped, &plain, &encrypted, NULL);
    ok(major == GSS_S_COMPLETE && encrypted == !qop, "%x %x, %d\n", major, minor, encrypted); /* S6.5.2 */
    ok(plain.length == 2000 && !memcmp(plain.value, copy, 2000), "%d bytes\n", (int)plain.length); /* S6.5.2 */
    if (!GSS_ERROR(major)) gss_release_buffer(&minor, &plain);
    make_text();
}

/* Several buffers, one of them only signed, opened by MIT with the same ones. */
static void test_parts_to_mit(void)
{
    SecBuffer buffers[] = {{24, SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM, text}, {1000, SECBUFFER_DATA, text + 24},
                           {40, SECBUFFER_DATA | SECBUFFER_READONLY, text + 2000}, {7, SECBUFFER_DATA, text + 1024},
                           {sizes.cbSecurityTrailer, SECBUFFER_TOKEN, token}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 5, buffers};
    gss_iov_buffer_desc parts[] = {{GSS_IOV_BUFFER_TYPE_HEADER, {0, token}}, {GSS_IOV_BUFFER_TYPE_SIGN_ONLY, {24, text}},
                                   {GSS_IOV_BUFFER_TYPE_DATA, {1000, text + 24}}, {GSS_IOV_BUFFER_TYPE_DATA, {7, text + 1024}}};
    OM_uint32 major, minor;
    SECURITY_STATUS status = EncryptMessage(&side.context, 0, &desc, 0);

    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.12.1 */
    ok(!memcmp(text, copy, 24) && memcmp(text + 24, copy + 24, 1007) && !memcmp(text + 1031, copy + 1031, 1500), "not what was to be sealed\n"); /* S2.12.1 */
    parts[0].buffer.length = buffers[4].cbBuffer;
    major = gss_unwrap_iov(&minor, mit.context, NULL, NULL, parts, 4);
    ok(major == GSS_S_COMPLETE && !memcmp(text, copy, sizeof(text)), "%x %x\n", major, minor); /* S2.12.1 */
    make_text();
}

static SECURITY_STATUS decrypt(SecBuffer *buffers, ULONG count, ULONG *qop)
{
    SecBufferDesc desc = {SECBUFFER_VERSION, count, buffers};

    return DecryptMessage(&side.context, &desc, 0, qop);
}

/* One block of MIT's, and where the text lies in it. */
static void test_stream_from_mit(int encrypt)
{
    gss_buffer_desc plain = {2000, text}, wrapped;
    SecBuffer buffers[] = {{0, SECBUFFER_STREAM, NULL}, {0, SECBUFFER_DATA, NULL}};
    ULONG qop = 77;
    OM_uint32 minor;
    SECURITY_STATUS status;

    gss_wrap(&minor, mit.context, encrypt, 0, &plain, NULL, &wrapped);
    memcpy(whole, wrapped.value, wrapped.length);
    whole[wrapped.length / 2] ^= 1;
    buffers[0].pvBuffer = whole;
    buffers[0].cbBuffer = wrapped.length;
    status = decrypt(buffers, 2, &qop);
    ok(status == SEC_E_MESSAGE_ALTERED && qop == 77, "%08lx, %lu\n", status, qop); /* S2.12.7 */
    memcpy(whole, wrapped.value, wrapped.length);
    status = decrypt(buffers, 1, &qop);
    ok(status == SEC_E_INVALID_TOKEN, "%08lx\n", status); /* S2.12.7 */
    status = decrypt(buffers, 2, &qop);
    ok(status == SEC_E_OK && qop == (encrypt ? 0 : SECQOP_WRAP_NO_ENCRYPT), "%08lx, %lx\n", status, qop); /* S2.12.8 */
    ok(buffers[1].cbBuffer == 2000 && (UCHAR *)buffers[1].pvBuffer > whole && (UCHAR *)buffers[1].pvBuffer < whole + 100 &&
       !memcmp(buffers[1].pvBuffer, text, 2000), "%lu bytes\n", buffers[1].cbBuffer); /* S2.12.7 */
    for (size_t size = 0; size < 40; size++)
    {
        buffers[0].cbBuffer = size;
        status = decrypt(buffers, 2, NULL);
        ok(status < 0, "%d bytes: %08lx\n", (int)size, status); /* S2.12.7 */
    }
    gss_release_buffer(&minor, &wrapped);
}

/* TOKEN and DATA as an SSPI peer makes them, which MIT does without a trailer. */
static void test_parts_from_mit(void)
{
    gss_iov_buffer_desc parts[] = {{GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE, {0, NULL}}, {GSS_IOV_BUFFER_TYPE_DATA, {2000, text}}};
    SecBuffer buffers[] = {{0, SECBUFFER_TOKEN, NULL}, {2000, SECBUFFER_DATA, text}};
    ULONG qop = 77;
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    major = gss_wrap_iov(&minor, mit.context, 1, 0, NULL, parts, 2);
    ok(major == GSS_S_COMPLETE && parts[0].buffer.length == sizes.cbSecurityTrailer, "%x %x, %d\n", major, minor, (int)parts[0].buffer.length); /* S3.2.2 */
    buffers[0].cbBuffer = parts[0].buffer.length;
    buffers[0].pvBuffer = parts[0].buffer.value;
    status = decrypt(buffers, 2, &qop);
    ok(status == SEC_E_OK && !qop && !memcmp(text, copy, sizeof(text)), "%08lx\n", status); /* S6.5.1 */
    gss_release_iov_buffer(&minor, parts, 2);
    make_text();
}

static void test_messages(bool dce)
{
    ok(sizes.cbMaxSignature == 28 && sizes.cbSecurityTrailer == (dce ? 76 : 60) && sizes.cbBlockSize == 1, "%lu %lu %lu\n", sizes.cbMaxSignature,
       sizes.cbSecurityTrailer, sizes.cbBlockSize); /* S3.2.2 */
    ok(sizes.cbMaxToken >= 12000, "%lu\n", sizes.cbMaxToken); /* S3.1.3 */
    test_signature_to_mit();
    test_signature_from_mit();
    test_seal_to_mit(0, dce);
    test_seal_to_mit(SECQOP_WRAP_NO_ENCRYPT, dce);
    test_parts_to_mit();
    if (!dce) test_stream_from_mit(1);
    if (!dce) test_stream_from_mit(0);
    test_parts_from_mit();
}

/* ---- a cipher of old, whose messages are padded (RFC 4757 7.3) ---- */

static void test_padded(void)
{
    SecBuffer buffers[] = {{sizeof(token), SECBUFFER_TOKEN, token}, {2000, SECBUFFER_DATA, text}, {16, SECBUFFER_PADDING, whole}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 3, buffers};
    gss_iov_buffer_desc parts[3] = {{GSS_IOV_BUFFER_TYPE_HEADER, {0, token}}, {GSS_IOV_BUFFER_TYPE_DATA, {2000, text}},
                                    {GSS_IOV_BUFFER_TYPE_PADDING, {0, whole}}};
    SecPkgContext_KeyInfoA info;
    OM_uint32 major, minor;
    SECURITY_STATUS status;

    kdc_prefer_rc4();
    if (!mit_open_initiator(&mit, "alice", RC4, 0) || !side_open_acceptor(&side, NULL, 0)) return;
    run_mit_to_side(&mit, &side);
    setenv("KRB5_CONFIG", kdc_path("krb5.conf"), 1);
    ok(side.has_context && side.status == SEC_E_OK, "%08lx, %x %x\n", side.status, mit.major, mit.minor); /* S6.2.2 */
    if (!side.has_context)
    {
        close_pair();
        return;
    }
    status = QueryContextAttributesA(&side.context, SECPKG_ATTR_SIZES, &sizes);
    ok(status == SEC_E_OK && sizes.cbMaxSignature >= 37 && sizes.cbSecurityTrailer == 45 && sizes.cbBlockSize == 1, "%08lx: %lu %lu %lu\n", status,
       sizes.cbMaxSignature, sizes.cbSecurityTrailer, sizes.cbBlockSize); /* RFC 4757 7.3 */
    status = QueryContextAttributesA(&side.context, SECPKG_ATTR_KEY_INFO, &info);
    ok(status == SEC_E_OK && info.EncryptAlgorithm == 23 && info.KeySize == 128, "%08lx: %lu\n", status, info.EncryptAlgorithm); /* S3.3.3 */
    FreeContextBuffer(info.sSignatureAlgorithmName);
    FreeContextBuffer(info.sEncryptAlgorithmName);
    make_text();
    status = EncryptMessage(&side.context, 0, &desc, 0);
    ok(status == SEC_E_OK && buffers[2].cbBuffer == 1, "%08lx, %lu bytes of padding\n", status, buffers[2].cbBuffer); /* S2.12.6 */
    parts[0].buffer.length = buffers[0].cbBuffer;
    parts[2].buffer.length = buffers[2].cbBuffer;
    major = gss_unwrap_iov(&minor, mit.context, NULL, NULL, parts, 3);
    ok(major == GSS_S_COMPLETE && !memcmp(text, copy, 2000), "%x %x\n", major, minor); /* S6.5.2 */
    make_text();
    test_signature_to_mit();
    test_stream_from_mit(1);
    close_pair();
}

/* ---- order ---- */

static void test_order(void)
{
    gss_buffer_desc message = {100, text}, mics[4];
    OM_uint32 minor;
    SECURITY_STATUS status;

    if (!open_pair(false, 0, GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG)) return;
    for (int i = 0; i < 4; i++) gss_get_mic(&minor, mit.context, 0, &message, &mics[i]);
    status = verify(&mics[0], 100);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.12.3 */
    status = verify(&mics[0], 100);
    ok(status == SEC_E_OUT_OF_SEQUENCE, "%08lx\n", status); /* S2.12.3 */
    status = verify(&mics[2], 100);
    ok(status == SEC_E_OUT_OF_SEQUENCE, "%08lx\n", status); /* S2.12.3 */
    status = verify(&mics[1], 100);
    ok(status == SEC_E_OUT_OF_SEQUENCE, "%08lx\n", status); /* S2.12.3 */
    for (int i = 0; i < 4; i++) gss_release_buffer(&minor, &mics[i]);
    close_pair();
}

/* What was not agreed on is not done. */
static void test_without(void)
{
    SecBuffer buffers[] = {{100, SECBUFFER_DATA, text}, {sizeof(token), SECBUFFER_TOKEN, token}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers}, token_alone = {SECBUFFER_VERSION, 1, buffers + 1}, nothing = {SECBUFFER_VERSION, 1, buffers};
    SECURITY_STATUS status;

    if (!open_pair(true, 0, 0)) return;
    status = EncryptMessage(&side.context, 0, &desc, 0);
    ok(status == SEC_E_QOP_NOT_SUPPORTED, "%08lx\n", status); /* S2.12.4 */
    status = MakeSignature(&side.context, 0, &desc, 0);
    ok(status == SEC_E_QOP_NOT_SUPPORTED, "%08lx\n", status); /* S2.12.3 */
    close_pair();
    if (!open_pair(true, ISC_REQ_INTEGRITY, 0)) return;
    status = EncryptMessage(&side.context, 0, &desc, 0);
    ok(status == SEC_E_QOP_NOT_SUPPORTED, "%08lx\n", status); /* S2.12.4 */
    status = EncryptMessage(&side.context, 1, &desc, 0);
    ok(status == SEC_E_QOP_NOT_SUPPORTED, "%08lx\n", status); /* S2.12.4 */
    status = EncryptMessage(&side.context, SECQOP_WRAP_NO_ENCRYPT, &token_alone, 0);
    ok(status == SEC_E_INVALID_TOKEN, "%08lx\n", status); /* S2.12.4 */
    status = MakeSignature(&side.context, 0, &nothing, 0);
    ok(status == SEC_E_INVALID_TOKEN, "%08lx\n", status); /* S2.12.2 */
    status = MakeSignature(&side.context, 0, &desc, 0);
    ok(status == SEC_E_OK, "%08lx\n", status); /* S2.12.2 */
    close_pair();
}

START_TEST(messages)
{
    static const struct
    {
        const char *name;
        ULONG request;
        OM_uint32 flags;
    } kinds[] = {
        {"one leg", ISC_REQ_CONFIDENTIALITY, 0},
        {"mutual", ISC_REQ_CONFIDENTIALITY | ISC_REQ_MUTUAL_AUTH, GSS_C_MUTUAL_FLAG},
        {"DCE style", ISC_REQ_CONFIDENTIALITY | ISC_REQ_USE_DCE_STYLE, GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE},
    };

    if (!kdc_is_here()) return;
    make_text();
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        for (int initiator = 0; initiator < 2; initiator++)
        {
            winetest_push_context("%s, %s", kinds[i].name, initiator ? "initiator" : "acceptor");
            if (open_pair(initiator, kinds[i].request, kinds[i].flags)) test_messages(kinds[i].flags & GSS_C_DCE_STYLE);
            close_pair();
            winetest_pop_context();
        }
    test_padded();
    test_order();
    test_without();
}
