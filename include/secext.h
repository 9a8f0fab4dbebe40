/*
 * Name formats of GetUserNameEx and TranslateName.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_SECEXT_H
#define GUISE_SECEXT_H

#include <windef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    NameUnknown = 0,
    NameFullyQualifiedDN = 1,  /* CN=user,DC=example,DC=com */
    NameSamCompatible = 2,     /* DOMAIN\user */
    NameDisplay = 3,
    NameUniqueId = 6,          /* {GUID} */
    NameCanonical = 7,         /* example.com/user */
    NameUserPrincipal = 8,     /* user@example.com */
    NameCanonicalEx = 9,       /* as Canonical, the last slash a newline */
    NameServicePrincipal = 10, /* service/host@REALM */
    NameDnsDomain = 12,        /* example.com\user */
    NameGivenName = 13,
    NameSurname = 14
} EXTENDED_NAME_FORMAT, *PEXTENDED_NAME_FORMAT;

#ifdef __cplusplus
}
#endif

#endif /* GUISE_SECEXT_H */
