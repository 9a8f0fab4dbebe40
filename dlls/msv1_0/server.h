/*
 * The acceptor's inside, as far as tests look into it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_SERVER_H
#define GUISE_MSV1_0_SERVER_H

#include "dlls/msv1_0/ntlm.h"

/*
 * Puts a recorded NEGOTIATE and CHALLENGE in the place of those of a server context that waits for AUTHENTICATE, so
 * that a recorded answer can be judged. For tests and fuzz targets only: a challenge that is used twice protects
 * nobody.
 */
SECURITY_STATUS server_set_challenge(struct package_context *context, struct wire_span negotiate,
                                     struct wire_span challenge);

#endif
