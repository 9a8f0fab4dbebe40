/*
 * The page /whoami: what Windows and what the kernel say about the thread that serves the client.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_HTTPD_WHOAMI_H
#define GUISE_HTTPD_WHOAMI_H

#include "auth.h"

/*
 * The page, to be freed with free(); NULL and the status to answer: 403, this client cannot be impersonated; 503, out of memory
 * or handles.
 */
char *make_whoami(struct auth *auth, int *status);

#endif
