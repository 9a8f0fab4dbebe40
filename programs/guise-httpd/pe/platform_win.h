/*
 * What the two Windows platform files of guise-httpd share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_HTTPD_PLATFORM_WIN_H
#define GUISE_HTTPD_PLATFORM_WIN_H

#include "../platform.h"

/* Winsock and the socket that platform_wake() writes to. Says why not. */
bool platform_start_sockets(void);

#endif
