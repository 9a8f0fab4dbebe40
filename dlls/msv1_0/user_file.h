/*
 * The file of default credentials that NTLM_USER_FILE names: lines of DOMAIN:USER:PASSWORD in UTF-8, as gss-ntlmssp has them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_MSV1_0_USER_FILE_H
#define GUISE_MSV1_0_USER_FILE_H

#include "dlls/msv1_0/ntlm.h"

/* One line's parts, inside the text that was read. */
struct user_entry
{
    struct wire_span domain, user, password;
};

/*
 * The first entry of TEXT. Empty lines and those that begin with '#' are passed over; a password may hold colons. False: there is
 * none; *bad_line is the number of the line that is no entry, 0 when the text is just over.
 */
bool user_file_first(struct wire_span text, struct user_entry *entry, unsigned int *bad_line);

/*
 * The first entry of the process's file as an identity, whose texts the caller frees with user_file_free(). SEC_E_NO_CREDENTIALS:
 * no file is named, there is none, others than its owner can read or write it, its owner is neither root nor the process's effective
 * user, or it is not understood; but for the first, a line on the log says which. SEC_E_INSUFFICIENT_MEMORY.
 */
SECURITY_STATUS user_file_identity(struct auth_identity *identity);
void user_file_free(struct auth_identity *identity);

#endif
