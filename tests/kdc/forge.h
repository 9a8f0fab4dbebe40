/*
 * Tickets that no KDC has made: whoever has the service's key can write any client's name into one. Units do, to be the KDC that lies.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_KDC_FORGE_H
#define GUISE_TESTS_KDC_FORGE_H

#include "peers.h"

/*
 * The first token of CLIENT, a name as krb5_parse_name() reads it, to SERVICE, whose key is in the keytab. FALSE: a failed ok().
 */
bool forge_token(const char *client, const char *service, struct token *token);

#endif
