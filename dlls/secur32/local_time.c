/*
 * Time stamps.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <time.h>

#include "dlls/secur32/package.h"

#define TICKS 10000000ll      /* a second's */
#define EPOCH 11644473600ll   /* seconds from 1601 to 1970 */

LONGLONG sec_local_time(LONGLONG filetime)
{
    time_t seconds = filetime / TICKS - EPOCH;
    struct tm local;

    if (filetime == INT64_MAX || !filetime) return filetime; /* never, and not said */
    guise_process_begin(); /* reads the zone */
    if (!localtime_r(&seconds, &local)) local.tm_gmtoff = 0;
    guise_process_end();
    return filetime + local.tm_gmtoff * TICKS;
}
