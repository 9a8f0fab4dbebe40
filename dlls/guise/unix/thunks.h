/*
 * For the generated thunks of the Unix half.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_DLLS_GUISE_UNIX_THUNKS_H
#define GUISE_DLLS_GUISE_UNIX_THUNKS_H

#include <secext.h>
#include <sspi.h>
#include <ntsecapi.h>
#include <winbase.h>

#include "dlls/guise/unix/out.h"
#include "dlls/guise/unix/secur32_blocks.h"
#include "dlls/guise/unix/unix.h"

#endif
