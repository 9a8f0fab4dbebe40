/*
 * A plug-in that is refused: a package of a later version.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <guise/package.h>

static const struct sec_package table = {.version = SEC_PACKAGE_VERSION + 1, .size = sizeof(struct sec_package), .name = u"Future"};

const struct sec_package *guise_security_package(ULONG front_version, const struct sec_package_services *services)
{
    (void)front_version, (void)services;
    return &table;
}
