/*
 * What the two Unix platform files of guise-httpd share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_HTTPD_PLATFORM_UNIX_H
#define GUISE_HTTPD_PLATFORM_UNIX_H

/* platform_wake() and the signal handler write to [1]; both ends do not block. Made by platform_start(). */
extern int platform_wake_pipe[2];

#endif
