/*
 * The few certificate and algorithm types that the security packages' structures mention.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_WINCRYPT_H
#define GUISE_WINCRYPT_H

#include <windef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned int ALG_ID;
typedef void *HCERTSTORE;
typedef ULONG_PTR HCRYPTPROV;
typedef struct _CERT_INFO *PCERT_INFO;

typedef struct _CERT_CONTEXT
{
    DWORD dwCertEncodingType;
    BYTE *pbCertEncoded;
    DWORD cbCertEncoded;
    PCERT_INFO pCertInfo;
    HCERTSTORE hCertStore;
} CERT_CONTEXT, *PCERT_CONTEXT;
typedef const CERT_CONTEXT *PCCERT_CONTEXT;

typedef struct _CRYPTOAPI_BLOB
{
    DWORD cbData;
    BYTE *pbData;
} CERT_NAME_BLOB, *PCERT_NAME_BLOB, CRYPT_INTEGER_BLOB, *PCRYPT_INTEGER_BLOB;

#define X509_ASN_ENCODING 0x00000001
#define PKCS_7_ASN_ENCODING 0x00010000

#define CALG_MD4        0x00008002
#define CALG_MD5        0x00008003
#define CALG_SHA1       0x00008004
#define CALG_SHA_256    0x0000800c
#define CALG_SHA_384    0x0000800d
#define CALG_SHA_512    0x0000800e
#define CALG_HMAC       0x00008009
#define CALG_RSA_SIGN   0x00002400
#define CALG_RSA_KEYX   0x0000a400
#define CALG_DH_EPHEM   0x0000aa02
#define CALG_ECDH       0x0000aa05
#define CALG_ECDH_EPHEM 0x0000ae06
#define CALG_ECDSA      0x00002203
#define CALG_DES        0x00006601
#define CALG_3DES       0x00006603
#define CALG_RC2        0x00006602
#define CALG_RC4        0x00006801
#define CALG_AES_128    0x0000660e
#define CALG_AES_192    0x0000660f
#define CALG_AES_256    0x00006610

#ifdef __cplusplus
}
#endif

#endif /* GUISE_WINCRYPT_H */
