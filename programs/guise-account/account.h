/*
 * guise-account: what its files share.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_ACCOUNT_H
#define GUISE_ACCOUNT_H

#include "dlls/msv1_0/sam.h"

/* Exit codes, as guise-account(8) has them. */
enum result
{
    RESULT_DONE = 0,
    RESULT_FAILED = 1,
    RESULT_USAGE = 2,
    RESULT_NO_ACCOUNT = 3,
    RESULT_EXISTS = 4
};

struct request
{
    const char *store;     /* the file */
    struct sam *sam;       /* open as the command wants it; NULL: it wants none */
    char **words;          /* what follows the command */
    int count;
    const char *unix_name; /* --unix */
    bool disabled;         /* --disabled */
    bool no_password;      /* --no-password */
    bool lm_hash;          /* --lm-hash */
    bool replace;          /* --replace */
    bool show_hashes;      /* --yes-show-hashes */
    bool print;            /* --print */
};

enum result run_add(const struct request *request);
enum result run_passwd(const struct request *request);
enum result run_disable(const struct request *request);
enum result run_enable(const struct request *request);
enum result run_expire(const struct request *request);
enum result run_delete(const struct request *request);
enum result run_list(const struct request *request);
enum result run_import(const struct request *request);
enum result run_export(const struct request *request);
enum result run_setup(const struct request *request);

/* One line on standard error, after the program's name. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What to tell the operator of STATUS about the account NAME, and the exit code. */
enum result explain(NTSTATUS status, const char *name);

/* Whether NAME may be an account: what Windows forbids in account names is refused. Complains. name.c */
bool check_name(const char *name);

/*
 * Asks on the terminal, twice and without echo, or reads the first line of standard input when that is no terminal; puts the
 * hash of the answer into ACCOUNT, and with LM_HASH that hash too, in the place of any that were there. Complains.
 */
bool ask_password(struct sam_account *account, bool lm_hash);

#endif
