/*
 * SSPI: credentials, contexts and message protection (libsecur32), with the structures of every attribute.
 *
 * Each function that exists in a W and an A form takes UTF-16 in the first and UTF-8 (the ANSI code page of this
 * system) in the second; the plain name follows UNICODE as on Windows. Every SECURITY_STATUS is 0 or positive for
 * success and negative for failure. Lengths are bytes unless said. Timestamps count 100 ns since 1601 and are local
 * time; "never" is the largest value. Handles belong to the process, not to a thread; a handle given back twice, stale
 * or foreign is SEC_E_INVALID_HANDLE. Every function answers SEC_E_INTERNAL_ERROR when the libraries loaded are not of
 * one version. Sources: the sspi.h pages of the Windows SDK documentation and the facts cited (doc/facts.md).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_SSPI_H
#define GUISE_SSPI_H

#include <windef.h>
#include <winerror.h>
#include <ntdef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SEC_TEXT TEXT
#define SEC_FAR
#define SEC_ENTRY
#define ISSP_LEVEL 32
#define ISSP_MODE 1

typedef WCHAR SEC_WCHAR;
typedef CHAR SEC_CHAR;
typedef LONG SECURITY_STATUS;
#ifdef UNICODE
typedef SEC_WCHAR *SECURITY_PSTR;
typedef const SEC_WCHAR *SECURITY_PCSTR;
#else
typedef SEC_CHAR *SECURITY_PSTR;
typedef const SEC_CHAR *SECURITY_PCSTR;
#endif
typedef UNICODE_STRING SECURITY_STRING, *PSECURITY_STRING;
typedef LARGE_INTEGER SECURITY_INTEGER, *PSECURITY_INTEGER;
typedef SECURITY_INTEGER TimeStamp, *PTimeStamp;

#define SEC_SUCCESS(status) ((status) >= 0)

/* --- Handles ------------------------------------------------------------------------------------------------ */

typedef struct _SecHandle
{
    ULONG_PTR dwLower;
    ULONG_PTR dwUpper;
} SecHandle, *PSecHandle;
typedef SecHandle CredHandle, CtxtHandle;
typedef PSecHandle PCredHandle, PCtxtHandle;

#define SEC_DELETED_HANDLE ((ULONG_PTR)(-2))
#define SecInvalidateHandle(h) ((void)((h)->dwLower = (h)->dwUpper = (ULONG_PTR)(LONG_PTR)-1))
#define SecIsValidHandle(h) \
    ((h)->dwLower != (ULONG_PTR)(LONG_PTR)-1 && (h)->dwUpper != (ULONG_PTR)(LONG_PTR)-1)

/* --- Packages ----------------------------------------------------------------------------------------------- */

#define NTLMSP_NAME_A  "NTLM"
#define NTLMSP_NAME    TEXT("NTLM")
#define NEGOSSP_NAME_A "Negotiate"
#define NEGOSSP_NAME_W __WTEXT("Negotiate")
#define NEGOSSP_NAME   TEXT("Negotiate")

typedef struct _SecPkgInfoW
{
    ULONG fCapabilities; /* SECPKG_FLAG_* */
    USHORT wVersion;
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_WCHAR *Name;
    SEC_WCHAR *Comment;
} SecPkgInfoW, *PSecPkgInfoW;

typedef struct _SecPkgInfoA
{
    ULONG fCapabilities;
    USHORT wVersion;
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_CHAR *Name;
    SEC_CHAR *Comment;
} SecPkgInfoA, *PSecPkgInfoA;

#define SECPKG_FLAG_INTEGRITY                    0x00000001
#define SECPKG_FLAG_PRIVACY                      0x00000002
#define SECPKG_FLAG_TOKEN_ONLY                   0x00000004
#define SECPKG_FLAG_DATAGRAM                     0x00000008
#define SECPKG_FLAG_CONNECTION                   0x00000010
#define SECPKG_FLAG_MULTI_REQUIRED               0x00000020
#define SECPKG_FLAG_CLIENT_ONLY                  0x00000040
#define SECPKG_FLAG_EXTENDED_ERROR               0x00000080
#define SECPKG_FLAG_IMPERSONATION                0x00000100
#define SECPKG_FLAG_ACCEPT_WIN32_NAME            0x00000200
#define SECPKG_FLAG_STREAM                       0x00000400
#define SECPKG_FLAG_NEGOTIABLE                   0x00000800
#define SECPKG_FLAG_GSS_COMPATIBLE               0x00001000
#define SECPKG_FLAG_LOGON                        0x00002000
#define SECPKG_FLAG_ASCII_BUFFERS                0x00004000
#define SECPKG_FLAG_FRAGMENT                     0x00008000
#define SECPKG_FLAG_MUTUAL_AUTH                  0x00010000
#define SECPKG_FLAG_DELEGATION                   0x00020000
#define SECPKG_FLAG_READONLY_WITH_CHECKSUM       0x00040000
#define SECPKG_FLAG_RESTRICTED_TOKENS            0x00080000
#define SECPKG_FLAG_NEGO_EXTENDER                0x00100000
#define SECPKG_FLAG_NEGOTIABLE2                  0x00200000
#define SECPKG_FLAG_APPCONTAINER_PASSTHROUGH     0x00400000
#define SECPKG_FLAG_APPCONTAINER_CHECKS          0x00800000
#define SECPKG_FLAG_CREDENTIAL_ISOLATION_ENABLED 0x01000000
#define SECPKG_FLAG_APPLY_LOOPBACK               0x02000000

#define SECPKG_ID_NONE 0xffff

/* --- Buffers ------------------------------------------------------------------------------------------------ */

#define SECBUFFER_VERSION 0

typedef struct _SecBuffer
{
    ULONG cbBuffer;
    ULONG BufferType; /* SECBUFFER_*: type in the low 28 bits, attributes in the high 4 */
    void *pvBuffer;
} SecBuffer, *PSecBuffer;

typedef struct _SecBufferDesc
{
    ULONG ulVersion; /* SECBUFFER_VERSION */
    ULONG cBuffers;
    PSecBuffer pBuffers;
} SecBufferDesc, *PSecBufferDesc;

#define SECBUFFER_EMPTY                           0
#define SECBUFFER_DATA                            1
#define SECBUFFER_TOKEN                           2
#define SECBUFFER_PKG_PARAMS                      3
#define SECBUFFER_MISSING                         4
#define SECBUFFER_EXTRA                           5
#define SECBUFFER_STREAM_TRAILER                  6
#define SECBUFFER_STREAM_HEADER                   7
#define SECBUFFER_NEGOTIATION_INFO                8
#define SECBUFFER_PADDING                         9
#define SECBUFFER_STREAM                          10
#define SECBUFFER_MECHLIST                        11
#define SECBUFFER_MECHLIST_SIGNATURE              12
#define SECBUFFER_TARGET                          13
#define SECBUFFER_CHANNEL_BINDINGS                14
#define SECBUFFER_CHANGE_PASS_RESPONSE            15
#define SECBUFFER_TARGET_HOST                     16
#define SECBUFFER_ALERT                           17
#define SECBUFFER_APPLICATION_PROTOCOLS           18
#define SECBUFFER_SRTP_PROTECTION_PROFILES        19
#define SECBUFFER_SRTP_MASTER_KEY_IDENTIFIER      20
#define SECBUFFER_TOKEN_BINDING                   21
#define SECBUFFER_PRESHARED_KEY                   22
#define SECBUFFER_PRESHARED_KEY_IDENTITY          23
#define SECBUFFER_DTLS_MTU                        24
#define SECBUFFER_SEND_GENERIC_TLS_EXTENSION      25
#define SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION 26
#define SECBUFFER_FLAGS                           27
#define SECBUFFER_TRAFFIC_SECRETS                 28
#define SECBUFFER_ATTRMASK                        0xf0000000
#define SECBUFFER_READONLY                        0x80000000
#define SECBUFFER_READONLY_WITH_CHECKSUM          0x10000000
#define SECBUFFER_RESERVED                        0x60000000

#define SECURITY_NATIVE_DREP 0x00000010
#define SECURITY_NETWORK_DREP 0x00000000

typedef struct _SEC_NEGOTIATION_INFO
{
    ULONG Size;
    ULONG NameLength;
    SEC_WCHAR *Name;
    void *Reserved;
} SEC_NEGOTIATION_INFO, *PSEC_NEGOTIATION_INFO;

/* Data follow the structure; offsets count from its start. */
typedef struct _SEC_CHANNEL_BINDINGS
{
    ULONG dwInitiatorAddrType;
    ULONG cbInitiatorLength;
    ULONG dwInitiatorOffset;
    ULONG dwAcceptorAddrType;
    ULONG cbAcceptorLength;
    ULONG dwAcceptorOffset;
    ULONG cbApplicationDataLength;
    ULONG dwApplicationDataOffset;
} SEC_CHANNEL_BINDINGS, *PSEC_CHANNEL_BINDINGS;

typedef enum _SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT
{
    SecApplicationProtocolNegotiationExt_None,
    SecApplicationProtocolNegotiationExt_NPN,
    SecApplicationProtocolNegotiationExt_ALPN
} SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT, *PSEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT;

typedef struct _SEC_APPLICATION_PROTOCOL_LIST
{
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT ProtoNegoExt;
    USHORT ProtocolListSize;
    UCHAR ProtocolList[ANYSIZE_ARRAY];
} SEC_APPLICATION_PROTOCOL_LIST, *PSEC_APPLICATION_PROTOCOL_LIST;

typedef struct _SEC_APPLICATION_PROTOCOLS
{
    ULONG ProtocolListsSize;
    SEC_APPLICATION_PROTOCOL_LIST ProtocolLists[ANYSIZE_ARRAY];
} SEC_APPLICATION_PROTOCOLS, *PSEC_APPLICATION_PROTOCOLS;

typedef struct _SEC_SRTP_PROTECTION_PROFILES
{
    USHORT ProfilesSize;
    USHORT ProfilesList[ANYSIZE_ARRAY];
} SEC_SRTP_PROTECTION_PROFILES, *PSEC_SRTP_PROTECTION_PROFILES;

typedef struct _SEC_SRTP_MASTER_KEY_IDENTIFIER
{
    UCHAR MasterKeyIdentifierSize;
    UCHAR MasterKeyIdentifier[ANYSIZE_ARRAY];
} SEC_SRTP_MASTER_KEY_IDENTIFIER, *PSEC_SRTP_MASTER_KEY_IDENTIFIER;

typedef struct _SEC_TOKEN_BINDING
{
    UCHAR MajorVersion;
    UCHAR MinorVersion;
    USHORT KeyParametersSize;
    UCHAR KeyParameters[ANYSIZE_ARRAY];
} SEC_TOKEN_BINDING, *PSEC_TOKEN_BINDING;

typedef struct _SEC_PRESHAREDKEY
{
    USHORT KeySize;
    UCHAR Key[ANYSIZE_ARRAY];
} SEC_PRESHAREDKEY, *PSEC_PRESHAREDKEY;

typedef struct _SEC_PRESHAREDKEY_IDENTITY
{
    USHORT KeyIdentitySize;
    UCHAR KeyIdentity[ANYSIZE_ARRAY];
} SEC_PRESHAREDKEY_IDENTITY, *PSEC_PRESHAREDKEY_IDENTITY;

typedef struct _SEC_DTLS_MTU
{
    USHORT PathMTU;
} SEC_DTLS_MTU, *PSEC_DTLS_MTU;

typedef struct _SEC_FLAGS
{
    ULONGLONG Flags;
} SEC_FLAGS, *PSEC_FLAGS;

typedef enum _SEC_TRAFFIC_SECRET_TYPE
{
    SecTrafficSecret_None,
    SecTrafficSecret_Client,
    SecTrafficSecret_Server
} SEC_TRAFFIC_SECRET_TYPE, *PSEC_TRAFFIC_SECRET_TYPE;

#ifndef SZ_ALG_MAX_SIZE
#define SZ_ALG_MAX_SIZE 64
#endif

typedef struct _SEC_TRAFFIC_SECRETS
{
    WCHAR SymmetricAlgId[SZ_ALG_MAX_SIZE];
    WCHAR ChainingMode[SZ_ALG_MAX_SIZE];
    WCHAR HashAlgId[SZ_ALG_MAX_SIZE];
    USHORT KeySize;
    USHORT IvSize;
    USHORT MsgSequenceStart;
    USHORT MsgSequenceEnd;
    SEC_TRAFFIC_SECRET_TYPE TrafficSecretType;
    USHORT TrafficSecretSize;
    UCHAR TrafficSecret[ANYSIZE_ARRAY];
} SEC_TRAFFIC_SECRETS, *PSEC_TRAFFIC_SECRETS;

/* --- Credentials -------------------------------------------------------------------------------------------- */

#define SECPKG_CRED_INBOUND              0x00000001
#define SECPKG_CRED_OUTBOUND             0x00000002
#define SECPKG_CRED_BOTH                 0x00000003
#define SECPKG_CRED_DEFAULT              0x00000004
#define SECPKG_CRED_RESERVED             0xf0000000
#define SECPKG_CRED_AUTOLOGON_RESTRICTED 0x00000010
#define SECPKG_CRED_PROCESS_POLICY_ONLY  0x00000020

/* Strings are counted in characters and follow Flags, not the A or W of the function they are given to. */
typedef struct _SEC_WINNT_AUTH_IDENTITY_W
{
    USHORT *User;
    ULONG UserLength;
    USHORT *Domain;
    ULONG DomainLength;
    USHORT *Password;
    ULONG PasswordLength;
    ULONG Flags;
} SEC_WINNT_AUTH_IDENTITY_W, *PSEC_WINNT_AUTH_IDENTITY_W;

typedef struct _SEC_WINNT_AUTH_IDENTITY_A
{
    UCHAR *User;
    ULONG UserLength;
    UCHAR *Domain;
    ULONG DomainLength;
    UCHAR *Password;
    ULONG PasswordLength;
    ULONG Flags;
} SEC_WINNT_AUTH_IDENTITY_A, *PSEC_WINNT_AUTH_IDENTITY_A;

#define SEC_WINNT_AUTH_IDENTITY_VERSION 0x200
#define SEC_WINNT_AUTH_IDENTITY_VERSION_2 0x201

typedef struct _SEC_WINNT_AUTH_IDENTITY_EXW
{
    ULONG Version; /* SEC_WINNT_AUTH_IDENTITY_VERSION */
    ULONG Length;
    USHORT *User;
    ULONG UserLength;
    USHORT *Domain;
    ULONG DomainLength;
    USHORT *Password;
    ULONG PasswordLength;
    ULONG Flags;
    USHORT *PackageList; /* comma separated; "!name" leaves one out */
    ULONG PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EXW, *PSEC_WINNT_AUTH_IDENTITY_EXW;

typedef struct _SEC_WINNT_AUTH_IDENTITY_EXA
{
    ULONG Version;
    ULONG Length;
    UCHAR *User;
    ULONG UserLength;
    UCHAR *Domain;
    ULONG DomainLength;
    UCHAR *Password;
    ULONG PasswordLength;
    ULONG Flags;
    UCHAR *PackageList;
    ULONG PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EXA, *PSEC_WINNT_AUTH_IDENTITY_EXA;

/* Marshalled: offsets count from the start of the structure, lengths are bytes. */
typedef struct _SEC_WINNT_AUTH_IDENTITY_EX2
{
    ULONG Version; /* SEC_WINNT_AUTH_IDENTITY_VERSION_2 */
    USHORT cbHeaderLength;
    ULONG cbStructureLength;
    ULONG UserOffset;
    USHORT UserLength;
    ULONG DomainOffset;
    USHORT DomainLength;
    ULONG PackedCredentialsOffset;
    USHORT PackedCredentialsLength;
    ULONG Flags;
    ULONG PackageListOffset;
    USHORT PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EX2, *PSEC_WINNT_AUTH_IDENTITY_EX2;

typedef PVOID PSEC_WINNT_AUTH_IDENTITY_OPAQUE;

#define SEC_WINNT_AUTH_IDENTITY_ANSI                    0x1
#define SEC_WINNT_AUTH_IDENTITY_UNICODE                 0x2
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED 0x10
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED  0x20
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED    0x40
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED  0x80
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_RESERVED          0x10000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_USER         0x20000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_NULL_DOMAIN       0x40000
#define SEC_WINNT_AUTH_IDENTITY_FLAGS_ID_PROVIDER       0x80000
#define SEC_WINNT_AUTH_IDENTITY_MARSHALLED              0x4
#define SEC_WINNT_AUTH_IDENTITY_ONLY                    0x8

/* A package to be added to the list. */
typedef struct _SECURITY_PACKAGE_OPTIONS
{
    ULONG Size;
    ULONG Type; /* SECPKG_OPTIONS_TYPE_* */
    ULONG Flags;
    ULONG SignatureSize;
    void *Signature;
} SECURITY_PACKAGE_OPTIONS, *PSECURITY_PACKAGE_OPTIONS;

#define SECPKG_OPTIONS_TYPE_UNKNOWN 0
#define SECPKG_OPTIONS_TYPE_LSA     1
#define SECPKG_OPTIONS_TYPE_SSPI    2
#define SECPKG_OPTIONS_PERMANENT    0x00000001

typedef void (SEC_ENTRY *SEC_GET_KEY_FN)(void *Arg, void *Principal, ULONG KeyVer, void **Key, SECURITY_STATUS *Status);

#define SECPKG_CRED_ATTR_NAMES              1
#define SECPKG_CRED_ATTR_SSI_PROVIDER       2
#define SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS 3
#define SECPKG_CRED_ATTR_CERT               4
#define SECPKG_CRED_ATTR_PAC_BYPASS         5

typedef struct _SecPkgCredentials_NamesW
{
    SEC_WCHAR *sUserName;
} SecPkgCredentials_NamesW, *PSecPkgCredentials_NamesW;

typedef struct _SecPkgCredentials_NamesA
{
    SEC_CHAR *sUserName;
} SecPkgCredentials_NamesA, *PSecPkgCredentials_NamesA;

typedef struct _SecPkgCredentials_SSIProviderW
{
    SEC_WCHAR *sProviderName;
    ULONG ProviderInfoLength;
    char *ProviderInfo;
} SecPkgCredentials_SSIProviderW, *PSecPkgCredentials_SSIProviderW;

typedef struct _SecPkgCredentials_SSIProviderA
{
    SEC_CHAR *sProviderName;
    ULONG ProviderInfoLength;
    char *ProviderInfo;
} SecPkgCredentials_SSIProviderA, *PSecPkgCredentials_SSIProviderA;

typedef struct _SecPkgCredentials_KdcProxySettingsW
{
    ULONG Version;
    ULONG Flags;
    USHORT ProxyServerOffset;
    USHORT ProxyServerLength;
    USHORT ClientTlsCredOffset;
    USHORT ClientTlsCredLength;
} SecPkgCredentials_KdcProxySettingsW, *PSecPkgCredentials_KdcProxySettingsW;

typedef struct _SecPkgCredentials_Cert
{
    ULONG EncodedCertSize;
    UCHAR *EncodedCert;
} SecPkgCredentials_Cert, *PSecPkgCredentials_Cert;

/* --- Context flags ------------------------------------------------------------------------------------------ */
/* The ISC and ASC values differ from 0x1000 upward. Requests are wishes: read what was granted when the last leg
 * has answered SEC_E_OK. */

#define ISC_REQ_DELEGATE               0x00000001
#define ISC_REQ_MUTUAL_AUTH            0x00000002
#define ISC_REQ_REPLAY_DETECT          0x00000004
#define ISC_REQ_SEQUENCE_DETECT        0x00000008
#define ISC_REQ_CONFIDENTIALITY        0x00000010
#define ISC_REQ_USE_SESSION_KEY        0x00000020
#define ISC_REQ_PROMPT_FOR_CREDS       0x00000040
#define ISC_REQ_USE_SUPPLIED_CREDS     0x00000080
#define ISC_REQ_ALLOCATE_MEMORY        0x00000100
#define ISC_REQ_USE_DCE_STYLE          0x00000200
#define ISC_REQ_DATAGRAM               0x00000400
#define ISC_REQ_CONNECTION             0x00000800
#define ISC_REQ_CALL_LEVEL             0x00001000
#define ISC_REQ_FRAGMENT_SUPPLIED      0x00002000
#define ISC_REQ_EXTENDED_ERROR         0x00004000
#define ISC_REQ_STREAM                 0x00008000
#define ISC_REQ_INTEGRITY              0x00010000
#define ISC_REQ_IDENTIFY               0x00020000
#define ISC_REQ_NULL_SESSION           0x00040000
#define ISC_REQ_MANUAL_CRED_VALIDATION 0x00080000
#define ISC_REQ_RESERVED1              0x00100000
#define ISC_REQ_FRAGMENT_TO_FIT        0x00200000
#define ISC_REQ_FORWARD_CREDENTIALS    0x00400000
#define ISC_REQ_NO_INTEGRITY           0x00800000
#define ISC_REQ_USE_HTTP_STYLE         0x01000000
#define ISC_REQ_UNVERIFIED_TARGET_NAME 0x20000000
#define ISC_REQ_CONFIDENTIALITY_ONLY   0x40000000
#define ISC_REQ_MESSAGES               0x0000000100000000

#define ISC_RET_DELEGATE               0x00000001
#define ISC_RET_MUTUAL_AUTH            0x00000002
#define ISC_RET_REPLAY_DETECT          0x00000004
#define ISC_RET_SEQUENCE_DETECT        0x00000008
#define ISC_RET_CONFIDENTIALITY        0x00000010
#define ISC_RET_USE_SESSION_KEY        0x00000020
#define ISC_RET_USED_COLLECTED_CREDS   0x00000040
#define ISC_RET_USED_SUPPLIED_CREDS    0x00000080
#define ISC_RET_ALLOCATED_MEMORY       0x00000100
#define ISC_RET_USED_DCE_STYLE         0x00000200
#define ISC_RET_DATAGRAM               0x00000400
#define ISC_RET_CONNECTION             0x00000800
#define ISC_RET_INTERMEDIATE_RETURN    0x00001000
#define ISC_RET_CALL_LEVEL             0x00002000
#define ISC_RET_EXTENDED_ERROR         0x00004000
#define ISC_RET_STREAM                 0x00008000
#define ISC_RET_INTEGRITY              0x00010000
#define ISC_RET_IDENTIFY               0x00020000
#define ISC_RET_NULL_SESSION           0x00040000
#define ISC_RET_MANUAL_CRED_VALIDATION 0x00080000
#define ISC_RET_RESERVED1              0x00100000
#define ISC_RET_FRAGMENT_ONLY          0x00200000
#define ISC_RET_FORWARD_CREDENTIALS    0x00400000
#define ISC_RET_USED_HTTP_STYLE        0x01000000
#define ISC_RET_NO_ADDITIONAL_TOKEN    0x02000000
#define ISC_RET_REAUTHENTICATION       0x08000000
#define ISC_RET_CONFIDENTIALITY_ONLY   0x40000000
#define ISC_RET_MESSAGES               0x0000000100000000

#define ASC_REQ_DELEGATE               0x00000001
#define ASC_REQ_MUTUAL_AUTH            0x00000002
#define ASC_REQ_REPLAY_DETECT          0x00000004
#define ASC_REQ_SEQUENCE_DETECT        0x00000008
#define ASC_REQ_CONFIDENTIALITY        0x00000010
#define ASC_REQ_USE_SESSION_KEY        0x00000020
#define ASC_REQ_SESSION_TICKET         0x00000040
#define ASC_REQ_ALLOCATE_MEMORY        0x00000100
#define ASC_REQ_USE_DCE_STYLE          0x00000200
#define ASC_REQ_DATAGRAM               0x00000400
#define ASC_REQ_CONNECTION             0x00000800
#define ASC_REQ_CALL_LEVEL             0x00001000
#define ASC_REQ_FRAGMENT_SUPPLIED      0x00002000
#define ASC_REQ_EXTENDED_ERROR         0x00008000
#define ASC_REQ_STREAM                 0x00010000
#define ASC_REQ_INTEGRITY              0x00020000
#define ASC_REQ_LICENSING              0x00040000
#define ASC_REQ_IDENTIFY               0x00080000
#define ASC_REQ_ALLOW_NULL_SESSION     0x00100000
#define ASC_REQ_ALLOW_NON_USER_LOGONS  0x00200000
#define ASC_REQ_ALLOW_CONTEXT_REPLAY   0x00400000
#define ASC_REQ_FRAGMENT_TO_FIT        0x00800000
#define ASC_REQ_NO_TOKEN               0x01000000
#define ASC_REQ_PROXY_BINDINGS         0x04000000
#define ASC_REQ_ALLOW_MISSING_BINDINGS 0x10000000
#define ASC_REQ_MESSAGES               0x0000000100000000

#define ASC_RET_DELEGATE              0x00000001
#define ASC_RET_MUTUAL_AUTH           0x00000002
#define ASC_RET_REPLAY_DETECT         0x00000004
#define ASC_RET_SEQUENCE_DETECT       0x00000008
#define ASC_RET_CONFIDENTIALITY       0x00000010
#define ASC_RET_USE_SESSION_KEY       0x00000020
#define ASC_RET_SESSION_TICKET        0x00000040
#define ASC_RET_ALLOCATED_MEMORY      0x00000100
#define ASC_RET_USED_DCE_STYLE        0x00000200
#define ASC_RET_DATAGRAM              0x00000400
#define ASC_RET_CONNECTION            0x00000800
#define ASC_RET_CALL_LEVEL            0x00002000
#define ASC_RET_THIRD_LEG_FAILED      0x00004000
#define ASC_RET_EXTENDED_ERROR        0x00008000
#define ASC_RET_STREAM                0x00010000
#define ASC_RET_INTEGRITY             0x00020000
#define ASC_RET_LICENSING             0x00040000
#define ASC_RET_IDENTIFY              0x00080000
#define ASC_RET_NULL_SESSION          0x00100000
#define ASC_RET_ALLOW_NON_USER_LOGONS 0x00200000
#define ASC_RET_ALLOW_CONTEXT_REPLAY  0x00400000
#define ASC_RET_FRAGMENT_ONLY         0x00800000
#define ASC_RET_NO_TOKEN              0x01000000
#define ASC_RET_NO_ADDITIONAL_TOKEN   0x02000000
#define ASC_RET_MESSAGES              0x0000000100000000

/* --- Context attributes ------------------------------------------------------------------------------------- */

#define SECPKG_ATTR_SIZES                       0
#define SECPKG_ATTR_NAMES                       1
#define SECPKG_ATTR_LIFESPAN                    2
#define SECPKG_ATTR_DCE_INFO                    3
#define SECPKG_ATTR_STREAM_SIZES                4
#define SECPKG_ATTR_KEY_INFO                    5
#define SECPKG_ATTR_AUTHORITY                   6
#define SECPKG_ATTR_PROTO_INFO                  7
#define SECPKG_ATTR_PASSWORD_EXPIRY             8
#define SECPKG_ATTR_SESSION_KEY                 9
#define SECPKG_ATTR_PACKAGE_INFO                10
#define SECPKG_ATTR_USER_FLAGS                  11
#define SECPKG_ATTR_NEGOTIATION_INFO            12
#define SECPKG_ATTR_NATIVE_NAMES                13
#define SECPKG_ATTR_FLAGS                       14
#define SECPKG_ATTR_USE_VALIDATED               15
#define SECPKG_ATTR_CREDENTIAL_NAME             16
#define SECPKG_ATTR_TARGET_INFORMATION          17
#define SECPKG_ATTR_ACCESS_TOKEN                18
#define SECPKG_ATTR_TARGET                      19
#define SECPKG_ATTR_AUTHENTICATION_ID           20
#define SECPKG_ATTR_LOGOFF_TIME                 21
#define SECPKG_ATTR_NEGO_KEYS                   22
#define SECPKG_ATTR_PROMPTING_NEEDED            24
#define SECPKG_ATTR_UNIQUE_BINDINGS             25
#define SECPKG_ATTR_ENDPOINT_BINDINGS           26
#define SECPKG_ATTR_CLIENT_SPECIFIED_TARGET     27
#define SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS    30
#define SECPKG_ATTR_NEGO_PKG_INFO               31
#define SECPKG_ATTR_NEGO_STATUS                 32
#define SECPKG_ATTR_CONTEXT_DELETED             33
#define SECPKG_ATTR_DTLS_MTU                    34
#define SECPKG_ATTR_DATAGRAM_SIZES              SECPKG_ATTR_STREAM_SIZES
#define SECPKG_ATTR_SUBJECT_SECURITY_ATTRIBUTES 128
#define SECPKG_ATTR_APPLICATION_PROTOCOL        35
#define SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS   36
#define SECPKG_ATTR_IS_LOOPBACK                 37
#define SECPKG_ATTR_NEGO_INFO_FLAG_NO_KERBEROS  0x1
#define SECPKG_ATTR_NEGO_INFO_FLAG_NO_NTLM      0x2

typedef struct _SecPkgContext_SubjectAttributes
{
    void *AttributeInfo;
} SecPkgContext_SubjectAttributes, *PSecPkgContext_SubjectAttributes;

typedef enum _SECPKG_CRED_CLASS
{
    SecPkgCredClass_None = 0,
    SecPkgCredClass_Ephemeral = 10,
    SecPkgCredClass_PersistedGeneric = 20,
    SecPkgCredClass_PersistedSpecific = 30,
    SecPkgCredClass_Explicit = 40
} SECPKG_CRED_CLASS, *PSECPKG_CRED_CLASS;

typedef struct _SecPkgContext_CredInfo
{
    SECPKG_CRED_CLASS CredClass;
    ULONG IsPromptingNeeded;
} SecPkgContext_CredInfo, *PSecPkgContext_CredInfo;

typedef struct _SecPkgContext_NegoPackageInfo
{
    ULONG PackageMask;
} SecPkgContext_NegoPackageInfo, *PSecPkgContext_NegoPackageInfo;

typedef struct _SecPkgContext_NegoStatus
{
    ULONG LastStatus;
} SecPkgContext_NegoStatus, *PSecPkgContext_NegoStatus;

typedef struct _SecPkgContext_Sizes
{
    ULONG cbMaxToken;
    ULONG cbMaxSignature;
    ULONG cbBlockSize;
    ULONG cbSecurityTrailer;
} SecPkgContext_Sizes, *PSecPkgContext_Sizes;

typedef struct _SecPkgContext_StreamSizes
{
    ULONG cbHeader;
    ULONG cbTrailer;
    ULONG cbMaximumMessage;
    ULONG cBuffers;
    ULONG cbBlockSize;
} SecPkgContext_StreamSizes, *PSecPkgContext_StreamSizes;
typedef SecPkgContext_StreamSizes SecPkgContext_DatagramSizes, *PSecPkgContext_DatagramSizes;

/* Strings and blobs below are the caller's to free with FreeContextBuffer, one by one. */
typedef struct _SecPkgContext_NamesW
{
    SEC_WCHAR *sUserName;
} SecPkgContext_NamesW, *PSecPkgContext_NamesW;

typedef struct _SecPkgContext_NamesA
{
    SEC_CHAR *sUserName;
} SecPkgContext_NamesA, *PSecPkgContext_NamesA;

typedef enum _SECPKG_ATTR_LCT_STATUS
{
    SecPkgAttrLastClientTokenYes,
    SecPkgAttrLastClientTokenNo,
    SecPkgAttrLastClientTokenMaybe
} SECPKG_ATTR_LCT_STATUS, *PSECPKG_ATTR_LCT_STATUS;

typedef struct _SecPkgContext_LastClientTokenStatus
{
    SECPKG_ATTR_LCT_STATUS LastClientTokenStatus;
} SecPkgContext_LastClientTokenStatus, *PSecPkgContext_LastClientTokenStatus;

typedef struct _SecPkgContext_Lifespan
{
    TimeStamp tsStart;
    TimeStamp tsExpiry;
} SecPkgContext_Lifespan, *PSecPkgContext_Lifespan;

typedef struct _SecPkgContext_DceInfo
{
    ULONG AuthzSvc;
    void *pPac;
} SecPkgContext_DceInfo, *PSecPkgContext_DceInfo;

typedef struct _SecPkgContext_KeyInfoA
{
    SEC_CHAR *sSignatureAlgorithmName;
    SEC_CHAR *sEncryptAlgorithmName;
    ULONG KeySize; /* bits */
    ULONG SignatureAlgorithm;
    ULONG EncryptAlgorithm;
} SecPkgContext_KeyInfoA, *PSecPkgContext_KeyInfoA;

typedef struct _SecPkgContext_KeyInfoW
{
    SEC_WCHAR *sSignatureAlgorithmName;
    SEC_WCHAR *sEncryptAlgorithmName;
    ULONG KeySize;
    ULONG SignatureAlgorithm;
    ULONG EncryptAlgorithm;
} SecPkgContext_KeyInfoW, *PSecPkgContext_KeyInfoW;

typedef struct _SecPkgContext_AuthorityA
{
    SEC_CHAR *sAuthorityName;
} SecPkgContext_AuthorityA, *PSecPkgContext_AuthorityA;

typedef struct _SecPkgContext_AuthorityW
{
    SEC_WCHAR *sAuthorityName;
} SecPkgContext_AuthorityW, *PSecPkgContext_AuthorityW;

typedef struct _SecPkgContext_ProtoInfoA
{
    SEC_CHAR *sProtocolName;
    ULONG majorVersion;
    ULONG minorVersion;
} SecPkgContext_ProtoInfoA, *PSecPkgContext_ProtoInfoA;

typedef struct _SecPkgContext_ProtoInfoW
{
    SEC_WCHAR *sProtocolName;
    ULONG majorVersion;
    ULONG minorVersion;
} SecPkgContext_ProtoInfoW, *PSecPkgContext_ProtoInfoW;

typedef struct _SecPkgContext_PasswordExpiry
{
    TimeStamp tsPasswordExpires;
} SecPkgContext_PasswordExpiry, *PSecPkgContext_PasswordExpiry;

typedef struct _SecPkgContext_LogoffTime
{
    TimeStamp tsLogoffTime;
} SecPkgContext_LogoffTime, *PSecPkgContext_LogoffTime;

typedef struct _SecPkgContext_SessionKey
{
    ULONG SessionKeyLength;
    UCHAR *SessionKey;
} SecPkgContext_SessionKey, *PSecPkgContext_SessionKey;

typedef struct _SecPkgContext_NegoKeys
{
    ULONG KeyType;
    USHORT KeyLength;
    UCHAR *KeyValue;
    ULONG VerifyKeyType;
    USHORT VerifyKeyLength;
    UCHAR *VerifyKeyValue;
} SecPkgContext_NegoKeys, *PSecPkgContext_NegoKeys;

typedef struct _SecPkgContext_PackageInfoW
{
    PSecPkgInfoW PackageInfo;
} SecPkgContext_PackageInfoW, *PSecPkgContext_PackageInfoW;

typedef struct _SecPkgContext_PackageInfoA
{
    PSecPkgInfoA PackageInfo;
} SecPkgContext_PackageInfoA, *PSecPkgContext_PackageInfoA;

typedef struct _SecPkgContext_UserFlags
{
    ULONG UserFlags;
} SecPkgContext_UserFlags, *PSecPkgContext_UserFlags;

typedef struct _SecPkgContext_Flags
{
    ULONG Flags; /* ISC_RET_* or ASC_RET_* */
} SecPkgContext_Flags, *PSecPkgContext_Flags;

typedef struct _SecPkgContext_NegotiationInfoA
{
    PSecPkgInfoA PackageInfo;
    ULONG NegotiationState; /* SECPKG_NEGOTIATION_* */
} SecPkgContext_NegotiationInfoA, *PSecPkgContext_NegotiationInfoA;

typedef struct _SecPkgContext_NegotiationInfoW
{
    PSecPkgInfoW PackageInfo;
    ULONG NegotiationState;
} SecPkgContext_NegotiationInfoW, *PSecPkgContext_NegotiationInfoW;

#define SECPKG_NEGOTIATION_COMPLETE      0
#define SECPKG_NEGOTIATION_OPTIMISTIC    1
#define SECPKG_NEGOTIATION_IN_PROGRESS   2
#define SECPKG_NEGOTIATION_DIRECT        3
#define SECPKG_NEGOTIATION_TRY_MULTICRED 4

typedef struct _SecPkgContext_NativeNamesW
{
    SEC_WCHAR *sClientName;
    SEC_WCHAR *sServerName;
} SecPkgContext_NativeNamesW, *PSecPkgContext_NativeNamesW;

typedef struct _SecPkgContext_NativeNamesA
{
    SEC_CHAR *sClientName;
    SEC_CHAR *sServerName;
} SecPkgContext_NativeNamesA, *PSecPkgContext_NativeNamesA;

typedef struct _SecPkgContext_CredentialNameW
{
    ULONG CredentialType;
    SEC_WCHAR *sCredentialName;
} SecPkgContext_CredentialNameW, *PSecPkgContext_CredentialNameW;

typedef struct _SecPkgContext_CredentialNameA
{
    ULONG CredentialType;
    SEC_CHAR *sCredentialName;
} SecPkgContext_CredentialNameA, *PSecPkgContext_CredentialNameA;

typedef struct _SecPkgContext_AccessToken
{
    void *AccessToken; /* a HANDLE that belongs to the context: do not close it */
} SecPkgContext_AccessToken, *PSecPkgContext_AccessToken;

typedef struct _SecPkgContext_TargetInformation
{
    ULONG MarshalledTargetInfoLength;
    UCHAR *MarshalledTargetInfo;
} SecPkgContext_TargetInformation, *PSecPkgContext_TargetInformation;

typedef struct _SecPkgContext_AuthzID
{
    ULONG AuthzIDLength;
    char *AuthzID;
} SecPkgContext_AuthzID, *PSecPkgContext_AuthzID;

typedef struct _SecPkgContext_Target
{
    ULONG TargetLength;
    char *Target;
} SecPkgContext_Target, *PSecPkgContext_Target;

typedef struct _SecPkgContext_ClientSpecifiedTarget
{
    SEC_WCHAR *sTargetName;
} SecPkgContext_ClientSpecifiedTarget, *PSecPkgContext_ClientSpecifiedTarget;

typedef struct _SecPkgContext_Bindings
{
    ULONG BindingsLength;
    SEC_CHANNEL_BINDINGS *Bindings;
} SecPkgContext_Bindings, *PSecPkgContext_Bindings;

typedef enum _SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS
{
    SecApplicationProtocolNegotiationStatus_None,
    SecApplicationProtocolNegotiationStatus_Success,
    SecApplicationProtocolNegotiationStatus_SelectedClientOnly
} SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS, *PSEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS;

#define MAX_PROTOCOL_ID_SIZE 0xff

typedef struct _SecPkgContext_ApplicationProtocol
{
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS ProtoNegoStatus;
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT ProtoNegoExt;
    UCHAR ProtocolIdSize;
    UCHAR ProtocolId[MAX_PROTOCOL_ID_SIZE];
} SecPkgContext_ApplicationProtocol, *PSecPkgContext_ApplicationProtocol;

typedef struct _SecPkgContext_NegotiatedTlsExtensions
{
    ULONG ExtensionsCount;
    USHORT *Extensions;
} SecPkgContext_NegotiatedTlsExtensions, *PSecPkgContext_NegotiatedTlsExtensions;

#define SECPKG_CONTEXT_EXPORT_RESET_NEW  0x00000001
#define SECPKG_CONTEXT_EXPORT_DELETE_OLD 0x00000002
#define SECPKG_CONTEXT_EXPORT_TO_KERNEL  0x00000004

#define SECQOP_WRAP_NO_ENCRYPT 0x80000001
#define SECQOP_WRAP_OOB_DATA 0x40000000

/* --- Functions ---------------------------------------------------------------------------------------------- */

/*
 * EnumerateSecurityPackages: the packages of this library.
 * pcPackages receives their number, ppPackageInfo an array of that many entries: one block with its strings, freed
 * with one FreeContextBuffer (S1.2.1). SEC_E_OK; SEC_E_INSUFFICIENT_MEMORY; SEC_E_INVALID_PARAMETER: a NULL pointer.
 */
SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(ULONG *pcPackages, PSecPkgInfoW *ppPackageInfo);
SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesA(ULONG *pcPackages, PSecPkgInfoA *ppPackageInfo);

/*
 * QuerySecurityPackageInfo: one package by name ("NTLM", any case).
 * ppPackageInfo receives one block freed with FreeContextBuffer; it is untouched on failure (S1.2.2).
 * SEC_E_OK; SEC_E_SECPKG_NOT_FOUND; SEC_E_INVALID_PARAMETER: ppPackageInfo is NULL. SEC_E_INSUFFICIENT_MEMORY.
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(SEC_WCHAR *pszPackageName, PSecPkgInfoW *ppPackageInfo);
SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(SEC_CHAR *pszPackageName, PSecPkgInfoA *ppPackageInfo);

/*
 * AcquireCredentialsHandle: a credential of one package, for one or both directions.
 * pszPrincipal     NULL for the identity of the calling thread.
 * pszPackage       name of the package.
 * fCredentialUse   SECPKG_CRED_INBOUND, _OUTBOUND or _BOTH.
 * pvLogonId        NULL, or the LUID of a logon session (needs SeTcbPrivilege).
 * pAuthData        NULL for default credentials, or SEC_WINNT_AUTH_IDENTITY (plain, EX or EX2). It is copied: the
 *                  caller may wipe it at once.
 * pGetKeyFn, pvGetKeyArgument   not used; NULL.
 * phCredential     receives the handle, given back with FreeCredentialsHandle.
 * ptsExpiry        receives the end of validity, or NULL.
 * Passwords are not tried here (S2.1.6). SEC_E_OK. SEC_E_SECPKG_NOT_FOUND: no such package, or no name; looked at
 * before anything else (S2.1.11). SEC_E_INVALID_HANDLE: phCredential is NULL. SEC_E_UNKNOWN_CREDENTIALS: pAuthData is
 * not understood, or fCredentialUse says no direction. SEC_E_NOT_OWNER: pvLogonId is another's session.
 * SEC_E_NO_CREDENTIALS; SEC_E_INSUFFICIENT_MEMORY.
 */
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage,
                                                    ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                                    SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                                    PCredHandle phCredential, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage,
                                                    ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                                    SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                                    PCredHandle phCredential, PTimeStamp ptsExpiry);

/*
 * FreeCredentialsHandle: gives a credential back. Contexts made from it go on working; its secrets are wiped with the
 * last of them (S2.3.1, S2.3.2). SEC_E_OK; SEC_E_INVALID_HANDLE, also the second time.
 */
SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle phCredential);

/*
 * InitializeSecurityContext: one leg of the client side.
 * phCredential   outbound credential; may be NULL after the first leg.
 * phContext      NULL on the first leg, afterwards the handle that the first leg gave.
 * pszTargetName  the service, e.g. "HTTP/host"; repeat it on each leg.
 * fContextReq    ISC_REQ_*.
 * Reserved1, Reserved2   0.
 * TargetDataRep  SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP.
 * pInput         NULL on the first leg, then a SECBUFFER_TOKEN with the peer's message; SECBUFFER_CHANNEL_BINDINGS
 *                may accompany it.
 * phNewContext   receives the handle on the first leg; may be the same variable later.
 * pOutput        one SECBUFFER_TOKEN. With ISC_REQ_ALLOCATE_MEMORY its memory is the library's, freed with
 *                FreeContextBuffer; else cbBuffer is the capacity on entry. On return cbBuffer is what must be sent,
 *                also together with SEC_E_OK; 0 means nothing to send.
 * pfContextAttr  receives ISC_RET_*; the security bits count on the final SEC_E_OK only.
 * ptsExpiry      receives the end of validity, or NULL.
 * SEC_E_OK: done. SEC_I_CONTINUE_NEEDED: send and wait for an answer. SEC_E_INVALID_TOKEN: the message is no good.
 * SEC_E_BUFFER_TOO_SMALL: no room for the token, or no SECBUFFER_TOKEN in pOutput (S2.5.7). SEC_E_INVALID_HANDLE;
 * SEC_E_OUT_OF_SEQUENCE: a leg too many, one after a failure, or one while another thread is in a leg of this context;
 * SEC_E_NO_CREDENTIALS; SEC_E_UNSUPPORTED_FUNCTION: a demanded feature was not offered. SEC_E_TARGET_UNKNOWN: the name
 * is not UTF-8. SEC_E_INSUFFICIENT_MEMORY; SEC_E_INTERNAL_ERROR.
 * A failed first leg gives no handle (S2.5.3); a handle that was given must be deleted even when a later leg fails.
 */
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(PCredHandle phCredential, PCtxtHandle phContext,
                                                     SEC_WCHAR *pszTargetName, ULONG fContextReq, ULONG Reserved1,
                                                     ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
                                                     PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                     ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(PCredHandle phCredential, PCtxtHandle phContext,
                                                     SEC_CHAR *pszTargetName, ULONG fContextReq, ULONG Reserved1,
                                                     ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
                                                     PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                     ULONG *pfContextAttr, PTimeStamp ptsExpiry);

/*
 * AcceptSecurityContext: one leg of the server side.
 * phCredential   inbound credential. It may serve many contexts; the client's identity belongs to the context.
 * phContext      NULL on the first leg.
 * pInput         SECBUFFER_TOKEN with the client's message, optionally SECBUFFER_CHANNEL_BINDINGS.
 * fContextReq    ASC_REQ_*: note that their values are not those of ISC_REQ_*.
 * phNewContext, pOutput, pfContextAttr, ptsExpiry   as for InitializeSecurityContext, with ASC_RET_*.
 * SEC_E_OK: the client is who it claims to be. SEC_I_CONTINUE_NEEDED. SEC_E_LOGON_DENIED: wrong password, unknown,
 * disabled or expired account, not told apart. SEC_E_INVALID_TOKEN; SEC_E_MESSAGE_ALTERED; SEC_E_BAD_BINDINGS;
 * SEC_E_NO_AUTHENTICATING_AUTHORITY: the account store cannot be read (S2.6.7). SEC_E_BUFFER_TOO_SMALL;
 * SEC_E_INVALID_HANDLE; SEC_E_OUT_OF_SEQUENCE; SEC_E_INSUFFICIENT_MEMORY. A rejected context must be deleted too.
 */
SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext, PSecBufferDesc pInput,
                                                ULONG fContextReq, ULONG TargetDataRep, PCtxtHandle phNewContext,
                                                PSecBufferDesc pOutput, ULONG *pfContextAttr, PTimeStamp ptsExpiry);

/*
 * CompleteAuthToken: finishes a message for packages that answered SEC_I_COMPLETE_NEEDED.
 * NTLM never does: SEC_E_UNSUPPORTED_FUNCTION (S2.7.1). SEC_E_INVALID_HANDLE for a bad context.
 */
SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle phContext, PSecBufferDesc pToken);

/*
 * DeleteSecurityContext: owed for every context handle, finished or not. It ends no impersonation and leaves tokens
 * from QuerySecurityContextToken alone; a call in progress on another thread ends normally (S2.8.1 to S2.8.3).
 * SEC_E_OK; SEC_E_INVALID_HANDLE, also the second time.
 */
SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle phContext);

/*
 * QueryContextAttributes: pBuffer points to the structure that belongs to ulAttribute. The caller owns that
 * structure; strings and blobs in it are freed with FreeContextBuffer, one by one (S2.10.1, S12.5).
 * NTLM answers SIZES, NAMES, NATIVE_NAMES, DCE_INFO (pPac is the name), SESSION_KEY, FLAGS, LIFESPAN, PACKAGE_INFO,
 * NEGOTIATION_INFO, KEY_INFO and AUTHORITY; on the server ACCESS_TOKEN, PASSWORD_EXPIRY and CLIENT_SPECIFIED_TARGET (UTF-16 in
 * both forms; SEC_E_TARGET_UNKNOWN: the client named none), on the client LAST_CLIENT_TOKEN_STATUS. Negotiate answers what the
 * chosen package does, and NEGO_STATUS (how its last leg ended) and NEGO_PKG_INFO (SECPKG_ATTR_NEGO_INFO_FLAG_NO_*: which could
 * not be chosen).
 * SEC_E_OK; SEC_E_UNSUPPORTED_FUNCTION: the package does not know the attribute. SEC_E_INVALID_HANDLE: bad or
 * unfinished context (PACKAGE_INFO, NEGOTIATION_INFO, NEGO_* and LAST_CLIENT_TOKEN_STATUS may be asked before the end). SEC_E_NO_IMPERSONATION:
 * ACCESS_TOKEN of a context without a client token. SEC_E_INTERNAL_ERROR: pBuffer is NULL. SEC_E_INSUFFICIENT_MEMORY.
 */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer);
SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer);

/*
 * ImpersonateSecurityContext: the calling thread, and no other, acts as the client of a server context until
 * RevertSecurityContext (S2.11.1, S9.2.1). Linux then judges its system calls as the client's; children started
 * meanwhile cannot become the server again.
 * SEC_E_OK; SEC_E_NO_IMPERSONATION: no client token (unfinished, rejected or client context, ASC_REQ_NO_TOKEN) or
 * the switch was refused, and the thread is as before. SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION.
 * Success does not mean the level asked for: without the right to impersonate others the level becomes
 * Identification, with which nothing of the client's can be opened.
 */
SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle phContext);

/*
 * RevertSecurityContext: the calling thread is the server again. Impersonations do not nest.
 * SEC_E_OK, also when nothing was impersonated (S2.11.2). SEC_E_INVALID_HANDLE, or SEC_E_NO_IMPERSONATION for a client
 * context: nothing was done, but RevertToSelf still works.
 * If the kernel refuses the way back the process ends: it never goes on with the wrong identity.
 */
SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle phContext);

/*
 * QuerySecurityContextToken: a new handle to the client's impersonation token with TOKEN_QUERY, TOKEN_DUPLICATE and
 * TOKEN_IMPERSONATE, closed by the caller with CloseHandle; it outlives the context (S2.11.3).
 * SEC_E_OK; SEC_E_NO_IMPERSONATION; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER: Token is NULL.
 * SEC_E_UNSUPPORTED_FUNCTION.
 */
SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle phContext, HANDLE *Token);

/*
 * MakeSignature: signs the SECBUFFER_DATA buffers, in order, into the one SECBUFFER_TOKEN.
 * fQOP 0. MessageSeqNo is used by datagram contexts only. The token's cbBuffer is the capacity (cbMaxSignature) on
 * entry and the length used on return. SEC_E_OK; SEC_E_INVALID_TOKEN: no token buffer (S2.12.2). SEC_E_INVALID_HANDLE:
 * bad or unfinished context. SEC_E_BUFFER_TOO_SMALL; SEC_E_QOP_NOT_SUPPORTED.
 */
SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage, ULONG MessageSeqNo);

/*
 * VerifySignature: checks a signature made by the peer. pfQOP may be NULL; NTLM leaves it alone (S2.12.3).
 * SEC_E_OK; SEC_E_MESSAGE_ALTERED; SEC_E_OUT_OF_SEQUENCE; SEC_E_INVALID_TOKEN; SEC_E_INVALID_HANDLE.
 */
SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                          ULONG *pfQOP);

/*
 * EncryptMessage: encrypts the SECBUFFER_DATA buffers in place and signs into the SECBUFFER_TOKEN (cbSecurityTrailer
 * bytes). Buffers marked SECBUFFER_READONLY_WITH_CHECKSUM are signed only, SECBUFFER_READONLY ones are left out
 * (S2.12.1). SealMessage is its old name: the same entry point (S1.2.3).
 * SEC_E_OK; SEC_E_UNSUPPORTED_FUNCTION: sealing was not negotiated. SEC_E_INVALID_TOKEN: no data or no token
 * buffer. SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_HANDLE.
 */
SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo);
SECURITY_STATUS SEC_ENTRY SealMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage, ULONG MessageSeqNo);

/*
 * DecryptMessage: the reverse, in place. What it leaves in the buffers is to be thrown away unless it answers SEC_E_OK.
 * UnsealMessage is its old name.
 * SEC_E_MESSAGE_ALTERED; SEC_E_OUT_OF_SEQUENCE; SEC_E_INVALID_TOKEN; SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION.
 */
SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                         ULONG *pfQOP);
SECURITY_STATUS SEC_ENTRY UnsealMessage(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                        ULONG *pfQOP);

/*
 * FreeContextBuffer: frees what the functions above allocated, nothing else. NULL is allowed. SEC_E_OK.
 */
SECURITY_STATUS SEC_ENTRY FreeContextBuffer(void *pvContextBuffer);

/*
 * AddCredentials: one more credential behind a handle (S2.2.1); arguments as those of AcquireCredentialsHandle, of the
 * handle's own package. On failure the handle is as it was. SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION: the
 * package keeps one alone, as NTLM does, or another package was named; SEC_E_SECPKG_NOT_FOUND; SEC_E_NO_CREDENTIALS;
 * SEC_E_UNKNOWN_CREDENTIALS; SEC_E_INSUFFICIENT_MEMORY.
 */
SECURITY_STATUS SEC_ENTRY AddCredentialsW(PCredHandle hCredentials, SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage,
                                          ULONG fCredentialUse, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                          void *pvGetKeyArgument, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY AddCredentialsA(PCredHandle hCredentials, SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage,
                                          ULONG fCredentialUse, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                          void *pvGetKeyArgument, PTimeStamp ptsExpiry);

/*
 * QueryCredentialsAttributes: SECPKG_CRED_ATTR_NAMES gives, in a SecPkgCredentials_Names, the user that a credential
 * was given or, for default credentials, who asked for them; the string is freed with FreeContextBuffer (S2.4.1).
 * SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION: another attribute (S2.4.5). SEC_E_NO_CREDENTIALS: nobody
 * is named (the null session). SEC_E_INTERNAL_ERROR: pBuffer is NULL. SEC_E_INSUFFICIENT_MEMORY.
 * The Ex forms take the size of the structure: SEC_E_BUFFER_TOO_SMALL if it is less than the attribute's (S1.3.1).
 */
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute, void *pBuffer);
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute, void *pBuffer);
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(PCredHandle phCredential, ULONG ulAttribute, void *pBuffer,
                                                        ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(PCredHandle phCredential, ULONG ulAttribute, void *pBuffer,
                                                        ULONG cbBuffer);

/*
 * SetCredentialsAttributes: pBuffer is the structure of ulAttribute, cbBuffer its size; A and W are the same. SEC_E_OK;
 * SEC_E_INVALID_HANDLE; SEC_E_UNSUPPORTED_FUNCTION: the package has no such thing to set, and NTLM nothing at all.
 * SEC_E_INTERNAL_ERROR: pBuffer is NULL, cbBuffer is not 0. What else the package says.
 */
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute, void *pBuffer,
                                                    ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute, void *pBuffer,
                                                    ULONG cbBuffer);

/*
 * SetContextAttributes: the same for a context, whose legs need not be over.
 * ApplyControlToken: what the next leg is to say, in one TOKEN buffer (S2.9.1).
 * Of the packages of Windows Schannel has them (S2.10.3), here such as AddSecurityPackage loads. SEC_E_INVALID_HANDLE;
 * SEC_E_UNSUPPORTED_FUNCTION: the package does not, as NTLM; SEC_E_OUT_OF_SEQUENCE: another thread is in a leg of this context;
 * SEC_E_INTERNAL_ERROR: no buffer. What else the package says.
 */
SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                                ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY SetContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                                ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput);

/* QueryContextAttributesEx: QueryContextAttributes with the size of the structure: SEC_E_BUFFER_TOO_SMALL (S1.3.1). */
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                                    ULONG cbBuffer);
SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                                    ULONG cbBuffer);

/* --- Passwords ---------------------------------------------------------------------------------------------- */

/*
 * ChangeAccountPassword: a new password in the account store for who knows the old one (S1.3.2). Domain NULL: this
 * machine's. SEC_E_LOGON_DENIED: the old password is wrong, there is no such account, it may not log on, or this process
 * may not write the store. SEC_E_INVALID_PARAMETER: a text is NULL; the new password is empty or longer than 256
 * characters. SEC_E_SECPKG_NOT_FOUND. SEC_E_NO_AUTHENTICATING_AUTHORITY: no account store.
 */
SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordW(SEC_WCHAR *pszPackageName, SEC_WCHAR *pszDomainName,
                                                 SEC_WCHAR *pszAccountName, SEC_WCHAR *pszOldPassword,
                                                 SEC_WCHAR *pszNewPassword, BOOLEAN bImpersonating, ULONG dwReserved,
                                                 PSecBufferDesc pOutput);
SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(SEC_CHAR *pszPackageName, SEC_CHAR *pszDomainName,
                                                 SEC_CHAR *pszAccountName, SEC_CHAR *pszOldPassword,
                                                 SEC_CHAR *pszNewPassword, BOOLEAN bImpersonating, ULONG dwReserved,
                                                 PSecBufferDesc pOutput);

/* --- SASL --------------------------------------------------------------------------------------------------- */

/*
 * SaslEnumerateProfiles: the names of the SASL profiles whose package is there, each terminated, and an empty one behind
 * them; freed with FreeContextBuffer (S2.19.1). NTLM is no profile. SEC_E_OK; SEC_E_INVALID_PARAMETER: a pointer is
 * NULL. SEC_E_INSUFFICIENT_MEMORY.
 */
SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesW(LPWSTR *ProfileList, ULONG *ProfileCount);
SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesA(LPSTR *ProfileList, ULONG *ProfileCount);

/* SaslGetProfilePackage: the package of a profile, as QuerySecurityPackageInfo. SEC_E_SECPKG_NOT_FOUND: no such profile. */
SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageW(LPWSTR ProfileName, PSecPkgInfoW *PackageInfo);
SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageA(LPSTR ProfileName, PSecPkgInfoA *PackageInfo);

/*
 * SaslIdentifyPackage: the package of the profile whose name the SECBUFFER_DATA of pInput begins with, as
 * SaslGetProfilePackage. SEC_E_INVALID_TOKEN: there is no such buffer. SEC_E_SECPKG_NOT_FOUND: it names no profile.
 */
SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageW(PSecBufferDesc pInput, PSecPkgInfoW *PackageInfo);
SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageA(PSecBufferDesc pInput, PSecPkgInfoA *PackageInfo);

/* --- Calls that tell their end by a call-back ----------------------------------------------------------------- */

/*
 * A call with a context of these answers SEC_E_OK when it was made; how it went is the context's status, and the
 * call-back, if there is one, is called. Here a call is over, and the call-back has returned, when it returns; it was made
 * by the calling thread, as whoever that is. The call-back may free the context.
 */
struct _SspiAsyncContext;
typedef struct _SspiAsyncContext SspiAsyncContext;
typedef void (*SspiAsyncNotifyCallback)(SspiAsyncContext *Handle, PVOID CallbackData);

/* NULL without memory. */
SspiAsyncContext *SEC_ENTRY SspiCreateAsyncContext(void);

/* NULL is allowed. Not while a call is made with it. */
void SEC_ENTRY SspiFreeAsyncContext(SspiAsyncContext *Handle);

/*
 * A context is good for one call and then, made fit again by this, for another; its call-back stays. STATUS_SUCCESS;
 * STATUS_INVALID_PARAMETER: NULL. STATUS_INVALID_DEVICE_STATE: a call is being made with it.
 */
NTSTATUS SEC_ENTRY SspiReinitAsyncContext(SspiAsyncContext *Handle);

/* NULL: no call-back. SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_OUT_OF_SEQUENCE: a call is being made. */
SECURITY_STATUS SEC_ENTRY SspiSetAsyncNotifyCallback(SspiAsyncContext *Context, SspiAsyncNotifyCallback Callback,
                                                     void *CallbackData);

/* Whether there is a call-back. */
BOOLEAN SEC_ENTRY SspiAsyncContextRequiresNotify(SspiAsyncContext *AsyncContext);

/*
 * The status of the call. SEC_I_ASYNC_CALL_PENDING: it is being made, by another thread. SEC_E_OUT_OF_SEQUENCE: none was
 * made. SEC_E_INVALID_HANDLE.
 */
SECURITY_STATUS SEC_ENTRY SspiGetAsyncCallStatus(SspiAsyncContext *Handle);

/*
 * The calls, with the arguments of those without Async. SEC_E_OK: made. SEC_E_INVALID_HANDLE: no context.
 * SEC_E_OUT_OF_SEQUENCE: the context was used for a call before.
 */
SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncW(SspiAsyncContext *AsyncContext, SEC_WCHAR *pszPrincipal,
                                                             SEC_WCHAR *pszPackage, ULONG fCredentialUse,
                                                             void *pvLogonId, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                                             void *pvGetKeyArgument, PCredHandle phCredential,
                                                             PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiAcquireCredentialsHandleAsyncA(SspiAsyncContext *AsyncContext, SEC_CHAR *pszPrincipal,
                                                             SEC_CHAR *pszPackage, ULONG fCredentialUse,
                                                             void *pvLogonId, void *pAuthData, SEC_GET_KEY_FN pGetKeyFn,
                                                             void *pvGetKeyArgument, PCredHandle phCredential,
                                                             PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncW(SspiAsyncContext *AsyncContext, PCredHandle phCredential,
                                                              PCtxtHandle phContext, SEC_WCHAR *pszTargetName,
                                                              ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep,
                                                              PSecBufferDesc pInput, ULONG Reserved2,
                                                              PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                              ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiInitializeSecurityContextAsyncA(SspiAsyncContext *AsyncContext, PCredHandle phCredential,
                                                              PCtxtHandle phContext, SEC_CHAR *pszTargetName,
                                                              ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep,
                                                              PSecBufferDesc pInput, ULONG Reserved2,
                                                              PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                              ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiAcceptSecurityContextAsync(SspiAsyncContext *AsyncContext, PCredHandle phCredential,
                                                         PCtxtHandle phContext, PSecBufferDesc pInput,
                                                         ULONG fContextReq, ULONG TargetDataRep,
                                                         PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                         ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SspiFreeCredentialsHandleAsync(SspiAsyncContext *AsyncContext, PCredHandle phCredential);
SECURITY_STATUS SEC_ENTRY SspiDeleteSecurityContextAsync(SspiAsyncContext *AsyncContext, PCtxtHandle phContext);

/* --- In no header of Windows ---------------------------------------------------------------------------------- */

/* SecCacheSspiPackages: loads the packages before they are asked for. SEC_E_OK; SEC_E_INTERNAL_ERROR: there is none. */
SECURITY_STATUS SEC_ENTRY SecCacheSspiPackages(void);

/* Whether encryption is permitted in the locale of this machine: TRUE. SEC_E_OK; SEC_E_INVALID_PARAMETER. */
SECURITY_STATUS SEC_ENTRY SecGetLocaleSpecificEncryptionRules(BOOLEAN *Permitted);

/* --- What is refused ---------------------------------------------------------------------------------------- */

/* SaslInitializeSecurityContext, SaslAcceptSecurityContext: SEC_E_UNSUPPORTED_FUNCTION. Nothing is written. */
SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextW(PCredHandle phCredential, PCtxtHandle phContext,
                                                         LPWSTR pszTargetName, ULONG fContextReq, ULONG Reserved1,
                                                         ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
                                                         PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                         ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextA(PCredHandle phCredential, PCtxtHandle phContext,
                                                         LPSTR pszTargetName, ULONG fContextReq, ULONG Reserved1,
                                                         ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2,
                                                         PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                         ULONG *pfContextAttr, PTimeStamp ptsExpiry);
SECURITY_STATUS SEC_ENTRY SaslAcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                                    PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep,
                                                    PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                    ULONG *pfContextAttr, PTimeStamp ptsExpiry);

/* SaslSetContextOption, SaslGetContextOption: options of SASL contexts (S2.19.3). Refused as those: there are no such contexts. */
#define SASL_OPTION_SEND_SIZE        1
#define SASL_OPTION_RECV_SIZE        2
#define SASL_OPTION_AUTHZ_STRING     3
#define SASL_OPTION_AUTHZ_PROCESSING 4

typedef enum _SASL_AUTHZID_STATE
{
    Sasl_AuthZIDForbidden,
    Sasl_AuthZIDProcessed
} SASL_AUTHZID_STATE;

SECURITY_STATUS SEC_ENTRY SaslSetContextOption(PCtxtHandle ContextHandle, ULONG Option, PVOID Value, ULONG Size);
SECURITY_STATUS SEC_ENTRY SaslGetContextOption(PCtxtHandle ContextHandle, ULONG Option, PVOID Value, ULONG Size,
                                               PULONG Needed);

/* What packages of Windows and TranslateName use among themselves; the same. */
SECURITY_STATUS SEC_ENTRY SecInitUserModeContext(PCtxtHandle phContext, PSecBuffer pPackedContext);
SECURITY_STATUS SEC_ENTRY SecDeleteUserModeContext(PCtxtHandle phContext);
SECURITY_STATUS SEC_ENTRY SecpTranslateName(void);
SECURITY_STATUS SEC_ENTRY SecpTranslateNameEx(void);
SECURITY_STATUS SEC_ENTRY SecpFreeMemory(void);

/*
 * ExportSecurityContext: a completed context as a block for one ImportSecurityContext in another process of the same
 * user on this machine, soon (guise.conf(5), section [exports]). The block is encrypted; FreeContextBuffer (S12.9).
 * *Token, which may not be asked for, is a handle to the client's token for CloseHandle (S12.7), or NULL.
 * SECPKG_CONTEXT_EXPORT_RESET_NEW: message numbers and key streams begin anew in the copy. _DELETE_OLD: the handle is gone on
 * success. _TO_KERNEL: SEC_E_UNSUPPORTED_FUNCTION (S2.14.1). SEC_E_INVALID_HANDLE: not completed either.
 * SEC_E_UNSUPPORTED_FUNCTION: also a token that was adjusted since the logon. SEC_E_INTERNAL_ERROR: the log says why.
 */
SECURITY_STATUS SEC_ENTRY ExportSecurityContext(PCtxtHandle phContext, ULONG fFlags, PSecBuffer pPackedContext,
                                                void **pToken);

/*
 * ImportSecurityContext: that context in this process, with the client's token. Token: NULL, or a handle to the token that
 * was exported. SEC_E_UNKNOWN_CREDENTIALS: altered, truncated or forged, or another package's. SEC_E_NO_CREDENTIALS:
 * imported already, expired, of another boot. SEC_E_NOT_OWNER: another user's, or another token (S2.14.2).
 * SEC_E_SECPKG_NOT_FOUND. On failure the block is as good as before.
 */
SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(SEC_WCHAR *pszPackage, PSecBuffer pPackedContext, void *Token,
                                                 PCtxtHandle phContext);
SECURITY_STATUS SEC_ENTRY ImportSecurityContextA(SEC_CHAR *pszPackage, PSecBuffer pPackedContext, void *Token,
                                                 PCtxtHandle phContext);

/*
 * AddSecurityPackage: loads a plug-in (guise/package.h) into this process: an absolute path, or the name of a file in the
 * directory of guise.conf(5), section [packages], without its .so. pOptions may be NULL; Flags and a signature are
 * SEC_E_UNSUPPORTED_FUNCTION. SEC_E_SECPKG_NOT_FOUND: no such file. SEC_E_CANNOT_INSTALL: others than root and the process's user
 * could have changed it, it is no package, or there is one of its name. SEC_E_NOT_OWNER: the thread impersonates.
 */
SECURITY_STATUS SEC_ENTRY AddSecurityPackageW(LPWSTR pszPackageName, PSECURITY_PACKAGE_OPTIONS pOptions);
SECURITY_STATUS SEC_ENTRY AddSecurityPackageA(LPSTR pszPackageName, PSECURITY_PACKAGE_OPTIONS pOptions);

/*
 * DeleteSecurityPackage: a package that was added is found no more. SEC_E_UNSUPPORTED_FUNCTION: it is built in and stays
 * (S2.16.1), or has credentials or contexts. SEC_E_SECPKG_NOT_FOUND.
 */
SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageW(LPWSTR pszPackageName);
SECURITY_STATUS SEC_ENTRY DeleteSecurityPackageA(LPSTR pszPackageName);

/* --- Opaque identities -------------------------------------------------------------------------------------- */

/*
 * An opaque identity is one block (SEC_WINNT_AUTH_IDENTITY_EX2 with everything behind it) that AcquireCredentialsHandle
 * takes as pAuthData. The functions below take the other shapes of SEC_WINNT_AUTH_IDENTITY too, but give back opaque
 * ones. What they give back is freed with SspiFreeAuthIdentity (identities) and SspiLocalFree (all else); both wipe.
 * They and AcquireCredentialsHandle take identities that this process encrypted, and what is made of one is encrypted too.
 * Common statuses: SEC_E_INVALID_TOKEN: an argument that must be given is NULL. SEC_E_UNKNOWN_CREDENTIALS: an identity
 * that is not understood, or encrypted by somebody else. SEC_E_INVALID_PARAMETER: a text is longer than an identity can hold.
 * SEC_E_INSUFFICIENT_MEMORY. Results are written on SEC_E_OK only.
 */

/*
 * SspiEncodeStringsAsAuthIdentity: an identity of a user, a domain and a password (the packed credentials); each may be
 * NULL, which is "not given", but not user and password both.
 */
SECURITY_STATUS SEC_ENTRY SspiEncodeStringsAsAuthIdentity(PCWSTR pszUserName, PCWSTR pszDomainName,
                                                          PCWSTR pszPackedCredentialsString,
                                                          PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppAuthIdentity);

/* SspiEncodeAuthIdentityAsStrings: the way back. A part that was not given becomes NULL. */
SECURITY_STATUS SEC_ENTRY SspiEncodeAuthIdentityAsStrings(PSEC_WINNT_AUTH_IDENTITY_OPAQUE pAuthIdentity,
                                                          PCWSTR *ppszUserName, PCWSTR *ppszDomainName,
                                                          PCWSTR *ppszPackedCredentialsString);

/* SspiValidateAuthIdentity: SEC_E_OK for an identity that the other functions would take. */
SECURITY_STATUS SEC_ENTRY SspiValidateAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);

SECURITY_STATUS SEC_ENTRY SspiCopyAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData,
                                               PSEC_WINNT_AUTH_IDENTITY_OPAQUE *AuthDataCopy);

/* SspiFreeAuthIdentity, SspiLocalFree: NULL is allowed. */
VOID SEC_ENTRY SspiFreeAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);
VOID SEC_ENTRY SspiLocalFree(PVOID DataBuffer);

/*
 * SspiZeroAuthIdentity: overwrites the identity with zeros: an opaque one whole, of the other shapes the texts. The
 * memory stays its owner's; an opaque one is good for SspiFreeAuthIdentity only. NULL is allowed.
 */
VOID SEC_ENTRY SspiZeroAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);

/*
 * SspiMarshalAuthIdentity, SspiUnmarshalAuthIdentity: an identity as bytes, and back. The password in the bytes is
 * legible unless the identity is encrypted. Bytes that are no identity: SEC_E_UNKNOWN_CREDENTIALS.
 */
SECURITY_STATUS SEC_ENTRY SspiMarshalAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity,
                                                  ULONG *AuthIdentityLength, char **AuthIdentityByteArray);
SECURITY_STATUS SEC_ENTRY SspiUnmarshalAuthIdentity(ULONG AuthIdentityLength, char *AuthIdentityByteArray,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppAuthIdentity);

/*
 * SspiCompareAuthIdentities: whether two identities name the same user (user and domain without regard to case), and
 * whether they are the same in all they hold. NULL is the identity of the caller. Both results may be NULL.
 */
SECURITY_STATUS SEC_ENTRY SspiCompareAuthIdentities(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity1,
                                                    PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity2,
                                                    PBOOLEAN SameSuppliedUser, PBOOLEAN SameSuppliedIdentity);

/*
 * SspiExcludePackage: a copy whose package list excludes a package ("!name"); AuthIdentity NULL: the default
 * credentials with that list.
 */
SECURITY_STATUS SEC_ENTRY SspiExcludePackage(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity, PCWSTR pszPackageName,
                                             PSEC_WINNT_AUTH_IDENTITY_OPAQUE *ppNewAuthIdentity);

/* SspiGetTargetHostName: the host in a service principal name class/host[:port][/name]; a name without a slash is one. */
SECURITY_STATUS SEC_ENTRY SspiGetTargetHostName(PCWSTR pszTargetName, PWSTR *pszHostName);

/* SspiIsAuthIdentityEncrypted: by the identity's flags. FALSE for NULL. */
BOOLEAN SEC_ENTRY SspiIsAuthIdentityEncrypted(PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData);

#define SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_LOGON   1
#define SEC_WINNT_AUTH_IDENTITY_ENCRYPT_SAME_PROCESS 2
#define SEC_WINNT_AUTH_IDENTITY_ENCRYPT_FOR_SYSTEM   4

/*
 * SspiEncryptAuthIdentity, SspiDecryptAuthIdentity: an opaque identity made by these functions, in place, with a key of
 * this process (SAME_PROCESS; children of fork() have it too). One that is encrypted, or decrypted, already is looked at
 * and left. An error leaves the identity as it is. SEC_E_UNSUPPORTED_FUNCTION: SAME_LOGON, FOR_SYSTEM: there is no key
 * that other processes share. SEC_E_INVALID_PARAMETER: other options; an identity that was made without room for this.
 */
SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);
SECURITY_STATUS SEC_ENTRY SspiEncryptAuthIdentityEx(ULONG Options, PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthData);
SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentity(PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData);
SECURITY_STATUS SEC_ENTRY SspiDecryptAuthIdentityEx(ULONG Options, PSEC_WINNT_AUTH_IDENTITY_OPAQUE EncryptedAuthData);

/* SspiPrepareForCredRead: the type and the target that SspiPrepareForCredWrite gives. */
SECURITY_STATUS SEC_ENTRY SspiPrepareForCredRead(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity, PCWSTR pszTargetName,
                                                 PULONG pCredmanCredentialType, PCWSTR *ppszCredmanTargetName);

/*
 * SspiPrepareForCredWrite: an identity as the arguments of CredWrite: the type (CRED_TYPE_DOMAIN_PASSWORD, 2), the
 * target (pszTargetName, or domain\user if that is NULL), domain\user, and the password as UTF-16 without terminator
 * with its size in bytes. An identity without a user is SEC_E_UNKNOWN_CREDENTIALS.
 */
SECURITY_STATUS SEC_ENTRY SspiPrepareForCredWrite(PSEC_WINNT_AUTH_IDENTITY_OPAQUE AuthIdentity, PCWSTR pszTargetName,
                                                  PULONG pCredmanCredentialType, PCWSTR *ppszCredmanTargetName,
                                                  PCWSTR *ppszCredmanUserName, PUCHAR *ppCredentialBlob,
                                                  PULONG pCredentialBlobSize);

#ifdef UNICODE
#define SecPkgInfo                         SecPkgInfoW
#define PSecPkgInfo                        PSecPkgInfoW
#define SEC_WINNT_AUTH_IDENTITY            SEC_WINNT_AUTH_IDENTITY_W
#define PSEC_WINNT_AUTH_IDENTITY           PSEC_WINNT_AUTH_IDENTITY_W
#define SEC_WINNT_AUTH_IDENTITY_EX         SEC_WINNT_AUTH_IDENTITY_EXW
#define PSEC_WINNT_AUTH_IDENTITY_EX        PSEC_WINNT_AUTH_IDENTITY_EXW
#define SecPkgCredentials_Names            SecPkgCredentials_NamesW
#define PSecPkgCredentials_Names           PSecPkgCredentials_NamesW
#define SecPkgCredentials_SSIProvider      SecPkgCredentials_SSIProviderW
#define PSecPkgCredentials_SSIProvider     PSecPkgCredentials_SSIProviderW
#define SecPkgContext_Names                SecPkgContext_NamesW
#define PSecPkgContext_Names               PSecPkgContext_NamesW
#define SecPkgContext_KeyInfo              SecPkgContext_KeyInfoW
#define PSecPkgContext_KeyInfo             PSecPkgContext_KeyInfoW
#define SecPkgContext_Authority            SecPkgContext_AuthorityW
#define PSecPkgContext_Authority           PSecPkgContext_AuthorityW
#define SecPkgContext_ProtoInfo            SecPkgContext_ProtoInfoW
#define PSecPkgContext_ProtoInfo           PSecPkgContext_ProtoInfoW
#define SecPkgContext_PackageInfo          SecPkgContext_PackageInfoW
#define PSecPkgContext_PackageInfo         PSecPkgContext_PackageInfoW
#define SecPkgContext_NegotiationInfo      SecPkgContext_NegotiationInfoW
#define PSecPkgContext_NegotiationInfo     PSecPkgContext_NegotiationInfoW
#define SecPkgContext_NativeNames          SecPkgContext_NativeNamesW
#define PSecPkgContext_NativeNames         PSecPkgContext_NativeNamesW
#define SecPkgContext_CredentialName       SecPkgContext_CredentialNameW
#define PSecPkgContext_CredentialName      PSecPkgContext_CredentialNameW
#define EnumerateSecurityPackages          EnumerateSecurityPackagesW
#define QuerySecurityPackageInfo           QuerySecurityPackageInfoW
#define AcquireCredentialsHandle           AcquireCredentialsHandleW
#define InitializeSecurityContext          InitializeSecurityContextW
#define QueryContextAttributes             QueryContextAttributesW
#define SaslEnumerateProfiles              SaslEnumerateProfilesW
#define SaslGetProfilePackage              SaslGetProfilePackageW
#define SaslIdentifyPackage                SaslIdentifyPackageW
#define SaslInitializeSecurityContext      SaslInitializeSecurityContextW
#define SspiAcquireCredentialsHandleAsync  SspiAcquireCredentialsHandleAsyncW
#define SspiInitializeSecurityContextAsync SspiInitializeSecurityContextAsyncW
#define AddSecurityPackage                 AddSecurityPackageW
#define DeleteSecurityPackage              DeleteSecurityPackageW
#define ImportSecurityContext              ImportSecurityContextW
#define QueryContextAttributesEx           QueryContextAttributesExW
#define SetContextAttributes               SetContextAttributesW
#define ChangeAccountPassword              ChangeAccountPasswordW
#define AddCredentials                     AddCredentialsW
#define QueryCredentialsAttributes         QueryCredentialsAttributesW
#define QueryCredentialsAttributesEx       QueryCredentialsAttributesExW
#define SetCredentialsAttributes           SetCredentialsAttributesW
#define InitSecurityInterface              InitSecurityInterfaceW
#define SecurityFunctionTable              SecurityFunctionTableW
#define PSecurityFunctionTable             PSecurityFunctionTableW
#define SECURITY_ENTRYPOINT                SECURITY_ENTRYPOINTW
#define SECURITY_ENTRYPOINT_ANSI           SECURITY_ENTRYPOINT_ANSIW
#define INIT_SECURITY_INTERFACE            INIT_SECURITY_INTERFACE_W
#define ENUMERATE_SECURITY_PACKAGES_FN     ENUMERATE_SECURITY_PACKAGES_FN_W
#define QUERY_CREDENTIALS_ATTRIBUTES_FN    QUERY_CREDENTIALS_ATTRIBUTES_FN_W
#define ACQUIRE_CREDENTIALS_HANDLE_FN      ACQUIRE_CREDENTIALS_HANDLE_FN_W
#define INITIALIZE_SECURITY_CONTEXT_FN     INITIALIZE_SECURITY_CONTEXT_FN_W
#define QUERY_CONTEXT_ATTRIBUTES_FN        QUERY_CONTEXT_ATTRIBUTES_FN_W
#define QUERY_SECURITY_PACKAGE_INFO_FN     QUERY_SECURITY_PACKAGE_INFO_FN_W
#define IMPORT_SECURITY_CONTEXT_FN         IMPORT_SECURITY_CONTEXT_FN_W
#define ADD_CREDENTIALS_FN                 ADD_CREDENTIALS_FN_W
#define SET_CONTEXT_ATTRIBUTES_FN          SET_CONTEXT_ATTRIBUTES_FN_W
#define SET_CREDENTIALS_ATTRIBUTES_FN      SET_CREDENTIALS_ATTRIBUTES_FN_W
#define CHANGE_PASSWORD_FN                 CHANGE_PASSWORD_FN_W
#define QUERY_CONTEXT_ATTRIBUTES_EX_FN     QUERY_CONTEXT_ATTRIBUTES_EX_FN_W
#define QUERY_CREDENTIALS_ATTRIBUTES_EX_FN QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W
#else
#define SecPkgInfo                         SecPkgInfoA
#define PSecPkgInfo                        PSecPkgInfoA
#define SEC_WINNT_AUTH_IDENTITY            SEC_WINNT_AUTH_IDENTITY_A
#define PSEC_WINNT_AUTH_IDENTITY           PSEC_WINNT_AUTH_IDENTITY_A
#define SEC_WINNT_AUTH_IDENTITY_EX         SEC_WINNT_AUTH_IDENTITY_EXA
#define PSEC_WINNT_AUTH_IDENTITY_EX        PSEC_WINNT_AUTH_IDENTITY_EXA
#define SecPkgCredentials_Names            SecPkgCredentials_NamesA
#define PSecPkgCredentials_Names           PSecPkgCredentials_NamesA
#define SecPkgCredentials_SSIProvider      SecPkgCredentials_SSIProviderA
#define PSecPkgCredentials_SSIProvider     PSecPkgCredentials_SSIProviderA
#define SecPkgContext_Names                SecPkgContext_NamesA
#define PSecPkgContext_Names               PSecPkgContext_NamesA
#define SecPkgContext_KeyInfo              SecPkgContext_KeyInfoA
#define PSecPkgContext_KeyInfo             PSecPkgContext_KeyInfoA
#define SecPkgContext_Authority            SecPkgContext_AuthorityA
#define PSecPkgContext_Authority           PSecPkgContext_AuthorityA
#define SecPkgContext_ProtoInfo            SecPkgContext_ProtoInfoA
#define PSecPkgContext_ProtoInfo           PSecPkgContext_ProtoInfoA
#define SecPkgContext_PackageInfo          SecPkgContext_PackageInfoA
#define PSecPkgContext_PackageInfo         PSecPkgContext_PackageInfoA
#define SecPkgContext_NegotiationInfo      SecPkgContext_NegotiationInfoA
#define PSecPkgContext_NegotiationInfo     PSecPkgContext_NegotiationInfoA
#define SecPkgContext_NativeNames          SecPkgContext_NativeNamesA
#define PSecPkgContext_NativeNames         PSecPkgContext_NativeNamesA
#define SecPkgContext_CredentialName       SecPkgContext_CredentialNameA
#define PSecPkgContext_CredentialName      PSecPkgContext_CredentialNameA
#define EnumerateSecurityPackages          EnumerateSecurityPackagesA
#define QuerySecurityPackageInfo           QuerySecurityPackageInfoA
#define AcquireCredentialsHandle           AcquireCredentialsHandleA
#define InitializeSecurityContext          InitializeSecurityContextA
#define QueryContextAttributes             QueryContextAttributesA
#define SaslEnumerateProfiles              SaslEnumerateProfilesA
#define SaslGetProfilePackage              SaslGetProfilePackageA
#define SaslIdentifyPackage                SaslIdentifyPackageA
#define SaslInitializeSecurityContext      SaslInitializeSecurityContextA
#define SspiAcquireCredentialsHandleAsync  SspiAcquireCredentialsHandleAsyncA
#define SspiInitializeSecurityContextAsync SspiInitializeSecurityContextAsyncA
#define AddSecurityPackage                 AddSecurityPackageA
#define DeleteSecurityPackage              DeleteSecurityPackageA
#define ImportSecurityContext              ImportSecurityContextA
#define QueryContextAttributesEx           QueryContextAttributesExA
#define SetContextAttributes               SetContextAttributesA
#define ChangeAccountPassword              ChangeAccountPasswordA
#define AddCredentials                     AddCredentialsA
#define QueryCredentialsAttributes         QueryCredentialsAttributesA
#define QueryCredentialsAttributesEx       QueryCredentialsAttributesExA
#define SetCredentialsAttributes           SetCredentialsAttributesA
#define InitSecurityInterface              InitSecurityInterfaceA
#define SecurityFunctionTable              SecurityFunctionTableA
#define PSecurityFunctionTable             PSecurityFunctionTableA
#define SECURITY_ENTRYPOINT                SECURITY_ENTRYPOINTA
#define SECURITY_ENTRYPOINT_ANSI           SECURITY_ENTRYPOINT_ANSIA
#define INIT_SECURITY_INTERFACE            INIT_SECURITY_INTERFACE_A
#define ENUMERATE_SECURITY_PACKAGES_FN     ENUMERATE_SECURITY_PACKAGES_FN_A
#define QUERY_CREDENTIALS_ATTRIBUTES_FN    QUERY_CREDENTIALS_ATTRIBUTES_FN_A
#define ACQUIRE_CREDENTIALS_HANDLE_FN      ACQUIRE_CREDENTIALS_HANDLE_FN_A
#define INITIALIZE_SECURITY_CONTEXT_FN     INITIALIZE_SECURITY_CONTEXT_FN_A
#define QUERY_CONTEXT_ATTRIBUTES_FN        QUERY_CONTEXT_ATTRIBUTES_FN_A
#define QUERY_SECURITY_PACKAGE_INFO_FN     QUERY_SECURITY_PACKAGE_INFO_FN_A
#define IMPORT_SECURITY_CONTEXT_FN         IMPORT_SECURITY_CONTEXT_FN_A
#define ADD_CREDENTIALS_FN                 ADD_CREDENTIALS_FN_A
#define SET_CONTEXT_ATTRIBUTES_FN          SET_CONTEXT_ATTRIBUTES_FN_A
#define SET_CREDENTIALS_ATTRIBUTES_FN      SET_CREDENTIALS_ATTRIBUTES_FN_A
#define CHANGE_PASSWORD_FN                 CHANGE_PASSWORD_FN_A
#define QUERY_CONTEXT_ATTRIBUTES_EX_FN     QUERY_CONTEXT_ATTRIBUTES_EX_FN_A
#define QUERY_CREDENTIALS_ATTRIBUTES_EX_FN QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A
#endif

/* --- Function tables ---------------------------------------------------------------------------------------- */
/* A slot whose function this release does not have is NULL. */

typedef SECURITY_STATUS (SEC_ENTRY *FREE_CREDENTIALS_HANDLE_FN)(PCredHandle);
typedef SECURITY_STATUS (SEC_ENTRY *ACCEPT_SECURITY_CONTEXT_FN)(PCredHandle, PCtxtHandle, PSecBufferDesc, ULONG, ULONG,
                                                                PCtxtHandle, PSecBufferDesc, ULONG *, PTimeStamp);
typedef SECURITY_STATUS (SEC_ENTRY *COMPLETE_AUTH_TOKEN_FN)(PCtxtHandle, PSecBufferDesc);
typedef SECURITY_STATUS (SEC_ENTRY *DELETE_SECURITY_CONTEXT_FN)(PCtxtHandle);
typedef SECURITY_STATUS (SEC_ENTRY *APPLY_CONTROL_TOKEN_FN)(PCtxtHandle, PSecBufferDesc);
typedef SECURITY_STATUS (SEC_ENTRY *IMPERSONATE_SECURITY_CONTEXT_FN)(PCtxtHandle);
typedef SECURITY_STATUS (SEC_ENTRY *REVERT_SECURITY_CONTEXT_FN)(PCtxtHandle);
typedef SECURITY_STATUS (SEC_ENTRY *MAKE_SIGNATURE_FN)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);
typedef SECURITY_STATUS (SEC_ENTRY *VERIFY_SIGNATURE_FN)(PCtxtHandle, PSecBufferDesc, ULONG, ULONG *);
typedef SECURITY_STATUS (SEC_ENTRY *FREE_CONTEXT_BUFFER_FN)(void *);
typedef SECURITY_STATUS (SEC_ENTRY *EXPORT_SECURITY_CONTEXT_FN)(PCtxtHandle, ULONG, PSecBuffer, void **);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_SECURITY_CONTEXT_TOKEN_FN)(PCtxtHandle, HANDLE *);
typedef SECURITY_STATUS (SEC_ENTRY *ENCRYPT_MESSAGE_FN)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);
typedef SECURITY_STATUS (SEC_ENTRY *DECRYPT_MESSAGE_FN)(PCtxtHandle, PSecBufferDesc, ULONG, ULONG *);

typedef SECURITY_STATUS (SEC_ENTRY *ENUMERATE_SECURITY_PACKAGES_FN_W)(ULONG *, PSecPkgInfoW *);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_FN_W)(PCredHandle, ULONG, void *);
typedef SECURITY_STATUS (SEC_ENTRY *ACQUIRE_CREDENTIALS_HANDLE_FN_W)(SEC_WCHAR *, SEC_WCHAR *, ULONG, void *, void *,
                                                                     SEC_GET_KEY_FN, void *, PCredHandle, PTimeStamp);
typedef SECURITY_STATUS (SEC_ENTRY *INITIALIZE_SECURITY_CONTEXT_FN_W)(PCredHandle, PCtxtHandle, SEC_WCHAR *, ULONG,
                                                                      ULONG, ULONG, PSecBufferDesc, ULONG, PCtxtHandle,
                                                                      PSecBufferDesc, ULONG *, PTimeStamp);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle, ULONG, void *);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_SECURITY_PACKAGE_INFO_FN_W)(SEC_WCHAR *, PSecPkgInfoW *);
typedef SECURITY_STATUS (SEC_ENTRY *IMPORT_SECURITY_CONTEXT_FN_W)(SEC_WCHAR *, PSecBuffer, void *, PCtxtHandle);
typedef SECURITY_STATUS (SEC_ENTRY *ADD_CREDENTIALS_FN_W)(PCredHandle, SEC_WCHAR *, SEC_WCHAR *, ULONG, void *,
                                                          SEC_GET_KEY_FN, void *, PTimeStamp);
typedef SECURITY_STATUS (SEC_ENTRY *SET_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS (SEC_ENTRY *SET_CREDENTIALS_ATTRIBUTES_FN_W)(PCredHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS (SEC_ENTRY *CHANGE_PASSWORD_FN_W)(SEC_WCHAR *, SEC_WCHAR *, SEC_WCHAR *, SEC_WCHAR *, SEC_WCHAR
                                                          *, BOOLEAN, ULONG, PSecBufferDesc);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_EX_FN_W)(PCtxtHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W)(PCredHandle, ULONG, void *, ULONG);

typedef SECURITY_STATUS (SEC_ENTRY *ENUMERATE_SECURITY_PACKAGES_FN_A)(ULONG *, PSecPkgInfoA *);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_FN_A)(PCredHandle, ULONG, void *);
typedef SECURITY_STATUS (SEC_ENTRY *ACQUIRE_CREDENTIALS_HANDLE_FN_A)(SEC_CHAR *, SEC_CHAR *, ULONG, void *, void *,
                                                                     SEC_GET_KEY_FN, void *, PCredHandle, PTimeStamp);
typedef SECURITY_STATUS (SEC_ENTRY *INITIALIZE_SECURITY_CONTEXT_FN_A)(PCredHandle, PCtxtHandle, SEC_CHAR *, ULONG,
                                                                      ULONG, ULONG, PSecBufferDesc, ULONG, PCtxtHandle,
                                                                      PSecBufferDesc, ULONG *, PTimeStamp);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle, ULONG, void *);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_SECURITY_PACKAGE_INFO_FN_A)(SEC_CHAR *, PSecPkgInfoA *);
typedef SECURITY_STATUS (SEC_ENTRY *IMPORT_SECURITY_CONTEXT_FN_A)(SEC_CHAR *, PSecBuffer, void *, PCtxtHandle);
typedef SECURITY_STATUS (SEC_ENTRY *ADD_CREDENTIALS_FN_A)(PCredHandle, SEC_CHAR *, SEC_CHAR *, ULONG, void *,
                                                          SEC_GET_KEY_FN, void *, PTimeStamp);
typedef SECURITY_STATUS (SEC_ENTRY *SET_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS (SEC_ENTRY *SET_CREDENTIALS_ATTRIBUTES_FN_A)(PCredHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS (SEC_ENTRY *CHANGE_PASSWORD_FN_A)(SEC_CHAR *, SEC_CHAR *, SEC_CHAR *, SEC_CHAR *, SEC_CHAR *,
                                                          BOOLEAN, ULONG, PSecBufferDesc);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_EX_FN_A)(PCtxtHandle, ULONG, void *, ULONG);
typedef SECURITY_STATUS (SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A)(PCredHandle, ULONG, void *, ULONG);

#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION   1
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_2 2
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_3 3
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_4 4
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5 5

/* Look at dwVersion before using a slot below one of the marks. */
typedef struct _SECURITY_FUNCTION_TABLE_W
{
    ULONG dwVersion;
    ENUMERATE_SECURITY_PACKAGES_FN_W EnumerateSecurityPackagesW;
    QUERY_CREDENTIALS_ATTRIBUTES_FN_W QueryCredentialsAttributesW;
    ACQUIRE_CREDENTIALS_HANDLE_FN_W AcquireCredentialsHandleW;
    FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
    void *Reserved2;
    INITIALIZE_SECURITY_CONTEXT_FN_W InitializeSecurityContextW;
    ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
    COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
    DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
    APPLY_CONTROL_TOKEN_FN ApplyControlToken;
    QUERY_CONTEXT_ATTRIBUTES_FN_W QueryContextAttributesW;
    IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
    REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
    MAKE_SIGNATURE_FN MakeSignature;
    VERIFY_SIGNATURE_FN VerifySignature;
    FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
    QUERY_SECURITY_PACKAGE_INFO_FN_W QuerySecurityPackageInfoW;
    void *Reserved3;
    void *Reserved4;
    EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
    IMPORT_SECURITY_CONTEXT_FN_W ImportSecurityContextW;
    ADD_CREDENTIALS_FN_W AddCredentialsW;
    void *Reserved8;
    QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
    ENCRYPT_MESSAGE_FN EncryptMessage;
    DECRYPT_MESSAGE_FN DecryptMessage;
    /* version 2 */
    SET_CONTEXT_ATTRIBUTES_FN_W SetContextAttributesW;
    /* version 3 */
    SET_CREDENTIALS_ATTRIBUTES_FN_W SetCredentialsAttributesW;
    /* version 4 */
    CHANGE_PASSWORD_FN_W ChangeAccountPasswordW;
    /* version 5 */
    QUERY_CONTEXT_ATTRIBUTES_EX_FN_W QueryContextAttributesExW;
    QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W QueryCredentialsAttributesExW;
} SecurityFunctionTableW, *PSecurityFunctionTableW;

typedef struct _SECURITY_FUNCTION_TABLE_A
{
    ULONG dwVersion;
    ENUMERATE_SECURITY_PACKAGES_FN_A EnumerateSecurityPackagesA;
    QUERY_CREDENTIALS_ATTRIBUTES_FN_A QueryCredentialsAttributesA;
    ACQUIRE_CREDENTIALS_HANDLE_FN_A AcquireCredentialsHandleA;
    FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
    void *Reserved2;
    INITIALIZE_SECURITY_CONTEXT_FN_A InitializeSecurityContextA;
    ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
    COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
    DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
    APPLY_CONTROL_TOKEN_FN ApplyControlToken;
    QUERY_CONTEXT_ATTRIBUTES_FN_A QueryContextAttributesA;
    IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
    REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
    MAKE_SIGNATURE_FN MakeSignature;
    VERIFY_SIGNATURE_FN VerifySignature;
    FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
    QUERY_SECURITY_PACKAGE_INFO_FN_A QuerySecurityPackageInfoA;
    void *Reserved3;
    void *Reserved4;
    EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
    IMPORT_SECURITY_CONTEXT_FN_A ImportSecurityContextA;
    ADD_CREDENTIALS_FN_A AddCredentialsA;
    void *Reserved8;
    QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
    ENCRYPT_MESSAGE_FN EncryptMessage;
    DECRYPT_MESSAGE_FN DecryptMessage;
    /* version 2 */
    SET_CONTEXT_ATTRIBUTES_FN_A SetContextAttributesA;
    /* version 3 */
    SET_CREDENTIALS_ATTRIBUTES_FN_A SetCredentialsAttributesA;
    /* version 4 */
    CHANGE_PASSWORD_FN_A ChangeAccountPasswordA;
    /* version 5 */
    QUERY_CONTEXT_ATTRIBUTES_EX_FN_A QueryContextAttributesExA;
    QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A QueryCredentialsAttributesExA;
} SecurityFunctionTableA, *PSecurityFunctionTableA;

#define SECURITY_ENTRYPOINT_ANSIW "InitSecurityInterfaceW"
#define SECURITY_ENTRYPOINT_ANSIA "InitSecurityInterfaceA"
#define SECURITY_ENTRYPOINTW      SEC_TEXT("InitSecurityInterfaceW")
#define SECURITY_ENTRYPOINTA      SEC_TEXT("InitSecurityInterfaceA")

typedef PSecurityFunctionTableW (SEC_ENTRY *INIT_SECURITY_INTERFACE_W)(void);
typedef PSecurityFunctionTableA (SEC_ENTRY *INIT_SECURITY_INTERFACE_A)(void);

/*
 * InitSecurityInterface: the table of all entry points. Static, never NULL, never to be freed. Reserved3 and
 * Reserved4 are EncryptMessage and DecryptMessage under their old names.
 */
PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void);
PSecurityFunctionTableA SEC_ENTRY InitSecurityInterfaceA(void);

#ifdef __cplusplus
}
#endif

#endif /* GUISE_SSPI_H */
