/*
 * GetUserNameEx, GetComputerObjectName and TranslateName, with the formats of names.
 *
 * Each answers TRUE for success; after FALSE, GetLastError says why. Sizes count characters: UTF-16 units in the W
 * forms, bytes of UTF-8 in the A forms. There is no directory behind these functions: they know what the account store and
 * Unix tell of the domain that is configured (guise.conf(5), netbios-domain and dns-domain).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_SECEXT_H
#define GUISE_SECEXT_H

#include <windef.h>
#ifndef SEC_ENTRY
#define SEC_ENTRY
#endif

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

/*
 * GetUserNameEx: the account that the calling thread acts as: the client while it impersonates (S2.17.2), named as it
 * logged on, else the process's. NameSamCompatible is always known; NameUserPrincipal and NameDnsDomain in a DNS domain;
 * NameDisplay if Unix has a full name of its Unix account.
 * *nSize is the room in lpNameBuffer on entry. TRUE: the count of characters without the terminator. ERROR_MORE_DATA:
 * what is needed, with the terminator; the buffer is as it was. ERROR_NO_SUCH_USER: NameUnknown. ERROR_NONE_MAPPED:
 * the account has no name of that form (S2.17.3), or none at all. ERROR_CANT_OPEN_ANONYMOUS: the client permits level
 * Anonymous only. ERROR_INVALID_PARAMETER: nSize is NULL, or lpNameBuffer is with *nSize not 0; no such format.
 */
BOOLEAN SEC_ENTRY GetUserNameExW(EXTENDED_NAME_FORMAT NameFormat, LPWSTR lpNameBuffer, PULONG nSize);
BOOLEAN SEC_ENTRY GetUserNameExA(EXTENDED_NAME_FORMAT NameFormat, LPSTR lpNameBuffer, PULONG nSize);

/*
 * GetComputerObjectName: the computer's account in the domain that is configured, as DOMAIN\COMPUTER$; also NameDnsDomain and
 * NameUserPrincipal in a DNS domain. *nSize is the room, then the size of the name with its terminator, also when
 * ERROR_INSUFFICIENT_BUFFER says that it does not fit. ERROR_CANT_ACCESS_DOMAIN_INFO: in no domain but its own (S2.17.4).
 * ERROR_NONE_MAPPED: no name of that form. ERROR_INVALID_PARAMETER: NameUnknown or no such format, nSize is NULL, or
 * lpNameBuffer is with *nSize not 0. With *nSize 0 the error is always ERROR_INSUFFICIENT_BUFFER.
 */
BOOLEAN SEC_ENTRY GetComputerObjectNameW(EXTENDED_NAME_FORMAT NameFormat, LPWSTR lpNameBuffer, PULONG nSize);
BOOLEAN SEC_ENTRY GetComputerObjectNameA(EXTENDED_NAME_FORMAT NameFormat, LPSTR lpNameBuffer, PULONG nSize);

/*
 * TranslateName: a name of this machine's own accounts, or of a domain that it is a member of, in another form. It is given as DOMAIN\user (NameSamCompatible), example.com\user
 * (NameDnsDomain), user@example.com (NameUserPrincipal), or any of these (NameUnknown); without the user it is the domain.
 * The forms wanted are those of GetUserNameEx, and of a domain NameCanonical and NameCanonicalEx.
 * *nSize is the room, then the size of the name with its terminator; a NULL buffer and *nSize 0 ask for it and succeed.
 * ERROR_INSUFFICIENT_BUFFER: it does not fit. ERROR_NONE_MAPPED: there is no such account, or it has no such name.
 * ERROR_CANT_ACCESS_DOMAIN_INFO: of a domain, which does not answer or the machine is no member of; or given in another form, as
 * there is no directory to ask.
 * ERROR_INVALID_PARAMETER: the desired format is NameUnknown (S2.17.5), a format does not exist, a needed pointer is NULL.
 */
BOOLEAN SEC_ENTRY TranslateNameW(LPCWSTR lpAccountName, EXTENDED_NAME_FORMAT AccountNameFormat,
                                 EXTENDED_NAME_FORMAT DesiredNameFormat, LPWSTR lpTranslatedName, PULONG nSize);
BOOLEAN SEC_ENTRY TranslateNameA(LPCSTR lpAccountName, EXTENDED_NAME_FORMAT AccountNameFormat,
                                 EXTENDED_NAME_FORMAT DesiredNameFormat, LPSTR lpTranslatedName, PULONG nSize);

#ifdef UNICODE
#define GetUserNameEx         GetUserNameExW
#define GetComputerObjectName GetComputerObjectNameW
#define TranslateName         TranslateNameW
#else
#define GetUserNameEx         GetUserNameExA
#define GetComputerObjectName GetComputerObjectNameA
#define TranslateName         TranslateNameA
#endif

#ifdef __cplusplus
}
#endif

#endif /* GUISE_SECEXT_H */
