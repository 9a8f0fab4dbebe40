/*
 * Lines of smbpasswd(5), and what Guise adds to them in comments.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_ACCOUNT_SMBPASSWD_H
#define GUISE_ACCOUNT_SMBPASSWD_H

#include "account.h"

#define SMBPASSWD_LINE_MAX 2048

enum smbpasswd_line
{
    LINE_ACCOUNT, /* ACCOUNT is filled */
    LINE_COMMENT, /* a comment, an empty line, or one of Guise's, which ACCOUNT remembers for the line after it */
    LINE_MACHINE, /* a machine or domain trust account: not for this store */
    LINE_BAD      /* WHY says what is wrong */
};

/*
 * Reads one line without its end; takes it apart in place. ACCOUNT must be zeros at the start of a file and after each account; a name in
 * it after a comment line belongs to the account that must follow.
 */
enum smbpasswd_line smbpasswd_parse(char *line, struct sam_account *account, const char **why);

/* The lines of one account, with their ends, in TEXT. UID is what the format wants there, -1 for none. The caller wipes it. */
int smbpasswd_format(const struct sam_account *account, uid_t uid, char text[2 * SMBPASSWD_LINE_MAX]);

#endif
