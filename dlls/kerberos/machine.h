/*
 * The service itself as a client of its KDC: the names under which it has keys, and the ticket that one of them gets.
 *
 * All of it in the bracket (design 5.10): it is the service that asks, whomever the thread carries.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_MACHINE_H
#define GUISE_KERBEROS_MACHINE_H

#include "dlls/kerberos/kerberos.h"

#define KRB_MOST_NAMES 64

/* As krb5_parse_name() reads them, each once, in the order of the keytab. */
struct krb_machine_names
{
    size_t count;
    struct
    {
        char *text;
        bool is_account; /* of one part, "SERVER$": in an Active Directory nothing else gets a first ticket */
    } list[KRB_MOST_NAMES];
};

/* To be freed, also where it fails. STATUS_NO_TRUST_LSA_SECRET: there is no keytab with a key in it. STATUS_NO_MEMORY. */
NTSTATUS krb_list_machine_names(krb5_context krb5, struct krb_machine_names *names);
void krb_free_machine_names(struct krb_machine_names *names);

/* The first ticket of one of the names. Shared. */
struct krb_machine;

/*
 * The service's ticket, got with a key of the keytab, or else the one in the ticket cache of the process; with a reference. It is kept for the next who asks; FRESH: the kept
 * one is not good. STATUS_NO_TRUST_LSA_SECRET: there is no key; STATUS_NO_TRUST_SAM_ACCOUNT: the KDC knows none of the names, or not with that key; STATUS_NO_LOGON_SERVERS;
 * STATUS_TIME_DIFFERENCE_AT_DC; STATUS_NO_MEMORY.
 */
NTSTATUS krb_find_machine(bool fresh, struct krb_machine **machine);
void krb_release_machine(struct krb_machine *machine);

/* Whose ticket it is, as krb5_parse_name() reads it. */
const char *krb_machine_name(const struct krb_machine *machine);
/* A credential of GSS of that ticket, to be released before OWN. STATUS_INTERNAL_ERROR, STATUS_NO_MEMORY. */
NTSTATUS krb_machine_credential(const struct krb_machine *machine, gss_cred_id_t *credential);

#endif
