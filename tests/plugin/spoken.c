/*
 * The package of echo.c with a mechanism, so that Negotiate offers it and takes it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define ECHO_NAME     u"Spoken"
#define ECHO_SIZE     sizeof(struct sec_package)
#define ECHO_SPOKEN   .make_signature = make_signature, .verify_signature = verify_signature, .mechanisms = mechanisms
#define ECHO_SPOKEN_1 /* what that needs */ \
    static SECURITY_STATUS make_signature(struct package_context *context, struct message *message) \
    { \
        (void)context, (void)message; \
        return SEC_E_QOP_NOT_SUPPORTED; \
    } \
    static SECURITY_STATUS verify_signature(struct package_context *context, struct message *message) \
    { \
        (void)context, (void)message; \
        return SEC_E_QOP_NOT_SUPPORTED; \
    } \
    static const struct sec_mechanism mechanisms[] = {{(const UCHAR *)"\x2a\x03\x04", 3}, {NULL, 0}};

#include "echo.c"
