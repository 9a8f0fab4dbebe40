/*
 * NTLM credentials and what is asked of a context, for every SSPI: include that SSPI's header first. For the sides in
 * tests/peers and for bench.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_PEERS_SSPI_NTLM_H
#define GUISE_PEERS_SSPI_NTLM_H

#include <string.h>

#define SSPI_NTLM_CLIENT_FLAGS                                                                                         \
    (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)
#define SSPI_NTLM_SERVER_FLAGS                                                                                         \
    (ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT)

/* Whose credentials they are. */
static const char *sspi_ntlm_package = "NTLM";

static inline SECURITY_STATUS sspi_ntlm_initiator(SecurityFunctionTableA *sspi, const char *domain, const char *user,
                                                  const char *password, CredHandle *credential)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        .User = (unsigned char *)user,
        .UserLength = strlen(user),
        .Domain = (unsigned char *)domain,
        .DomainLength = strlen(domain),
        .Password = (unsigned char *)password,
        .PasswordLength = strlen(password),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };
    TimeStamp expiry;

    return sspi->AcquireCredentialsHandleA(NULL, (SEC_CHAR *)sspi_ntlm_package, SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                                           credential, &expiry);
}

static inline SECURITY_STATUS sspi_ntlm_acceptor(SecurityFunctionTableA *sspi, CredHandle *credential)
{
    TimeStamp expiry;

    return sspi->AcquireCredentialsHandleA(NULL, (SEC_CHAR *)sspi_ntlm_package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL,
                                           credential, &expiry);
}

#endif
