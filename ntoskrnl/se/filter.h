/*
 * What is to be taken from tokens, as a caller asks for it: of one token now (NtFilterToken) or of all that are impersonated in
 * a job (ps/job_limits.c).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_SE_FILTER_H
#define GUISE_NTOSKRNL_SE_FILTER_H

#include "ntoskrnl/se/token_capture.h"

struct filter_request
{
    struct captured_sids disable, restrict_to;
    struct captured_privileges remove;
};

/*
 * Copies of the lists, each of which may be NULL, into a zeroed REQUEST, which is released whatever the outcome. Statuses of
 * capture_sids(); STATUS_INVALID_PARAMETER: a restricting SID with attributes (K2.2.4).
 */
NTSTATUS filter_request_capture(const TOKEN_GROUPS *disable, const TOKEN_PRIVILEGES *remove,
                                const TOKEN_GROUPS *restrict_to, struct filter_request *request);
void filter_request_release(struct filter_request *request);

/* SOURCE less what the request and the FLAGS of NtFilterToken take, with one reference. STATUS_NO_MEMORY. */
NTSTATUS filter_request_apply(const struct filter_request *request, struct token *source, ULONG flags,
                              struct object_security *security, struct token **filtered);

#endif
