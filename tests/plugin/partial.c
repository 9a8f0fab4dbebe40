/*
 * A plug-in that is refused: a package without most of its operations.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <guise/package.h>

static const struct sec_package table = {.version = SEC_PACKAGE_VERSION, .size = sizeof(struct sec_package), .name = u"Partial", .comment = u"", .max_token = 1};

const struct sec_package *guise_security_package(ULONG front_version, const struct sec_package_services *services)
{
    (void)front_version, (void)services;
    return &table;
}
