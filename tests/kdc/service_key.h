/*
 * A service whose key changes while it serves, and a KDC that goes away and comes back.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_KDC_SERVICE_KEY_H
#define GUISE_TESTS_KDC_SERVICE_KEY_H

#include <stdbool.h>

#define ROLLING "rolling/server.guise.test"

/* The service is new, its first key is in the KDC and in a keytab of its own, which is the keytab from now on. False: a failed ok(). */
bool service_begin(void);

/* The KDC's key of the service is KVNO, one more than it was. */
bool service_key_in_kdc(int kvno);

/* The keytab has the keys OLDEST to NEWEST and no other: another file in the place of the one that was there. */
bool service_keytab(int oldest, int newest);

bool kdc_stop(void);
bool kdc_start(void);

#endif
