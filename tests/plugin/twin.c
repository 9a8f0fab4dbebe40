/*
 * A plug-in that is refused: a whole package with the name of one that is built in.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <guise/package.h>

static SECURITY_STATUS acquire_credential(const struct acquire_request *request, struct package_credential **credential,
                                          TimeStamp *expiry)
{
    (void)request, (void)credential, (void)expiry;
    return SEC_E_NO_CREDENTIALS;
}

static void free_credential(struct package_credential *credential)
{
    (void)credential;
}

static SECURITY_STATUS initialize(struct package_credential *credential, struct package_context **context, struct leg *leg)
{
    (void)credential, (void)context, (void)leg;
    return SEC_E_LOGON_DENIED;
}

static void delete_context(struct package_context *context)
{
    (void)context;
}

static const struct sec_package table = {
    .version = SEC_PACKAGE_VERSION,
    .size = sizeof(struct sec_package),
    .name = u"nTlM",
    .comment = u"",
    .max_token = 1,
    .acquire_credential = acquire_credential,
    .free_credential = free_credential,
    .initialize = initialize,
    .delete_context = delete_context,
};

const struct sec_package *guise_security_package(ULONG front_version, const struct sec_package_services *services)
{
    (void)front_version, (void)services;
    return &table;
}
