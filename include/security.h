/*
 * What a program that uses the security packages includes: SSPI and the name functions' types.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GUISE_SECURITY_H
#define GUISE_SECURITY_H

#include <sspi.h>
#include <secext.h>

#ifndef MICROSOFT_KERBEROS_NAME_A
#define MICROSOFT_KERBEROS_NAME_A "Kerberos"
#define MICROSOFT_KERBEROS_NAME_W __WTEXT("Kerberos")
#define MICROSOFT_KERBEROS_NAME   TEXT("Kerberos")
#endif

#endif /* GUISE_SECURITY_H */
