/*
 * A plug-in that is refused: a table that ends too early.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <guise/package.h>

static const struct sec_package table = {.version = SEC_PACKAGE_VERSION, .size = 64, .name = u"Short"};

const struct sec_package *guise_security_package(ULONG front_version, const struct sec_package_services *services)
{
    (void)front_version, (void)services;
    return &table;
}
