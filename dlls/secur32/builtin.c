/*
 * The security packages built into this library, in the order in which they are enumerated (S3.1.5), before those that
 * were added.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/lsa_package.h"
#include "dlls/secur32/plugin.h"

static const struct sec_package *const builtin[] = {
    &negotiate_package,
    &kerberos_package,
    &ntlm_package,
};

const struct sec_package *sec_package_at(unsigned int index)
{
    const unsigned int count = sizeof(builtin) / sizeof(builtin[0]);

    return index < count ? builtin[index] : plugin_at(index - count);
}

/* The numbers that LsaLookupAuthenticationPackage gives count from here. */
static const struct lsa_package *const authenticators[] = {
    &msv1_0_package,
    &kerberos_lsa_package,
    &negotiate_lsa_package,
};

const struct lsa_package *lsa_package_at(unsigned int number)
{
    return number < sizeof(authenticators) / sizeof(authenticators[0]) ? authenticators[number] : NULL;
}
