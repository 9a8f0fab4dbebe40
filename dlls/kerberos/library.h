/*
 * MIT Kerberos, loaded when it is first needed: who never uses Kerberos needs no library of it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_KERBEROS_LIBRARY_H
#define GUISE_KERBEROS_LIBRARY_H

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

/* What is called of it, by the name of the function: the one list for the table, its filling and its test. */
#define KRB_GSS_FUNCTIONS(X) \
    X(gss_accept_sec_context) \
    X(gss_acquire_cred_from) \
    X(gss_acquire_cred_impersonate_name) \
    X(gss_acquire_cred_with_password) \
    X(gss_delete_sec_context) \
    X(gss_display_name) \
    X(gss_display_status) \
    X(gss_export_sec_context) \
    X(gss_get_mic_iov) \
    X(gss_get_mic_iov_length) \
    X(gss_get_name_attribute) \
    X(gss_import_name) \
    X(gss_import_sec_context) \
    X(gss_init_sec_context) \
    X(gss_inquire_context) \
    X(gss_inquire_cred) \
    X(gss_inquire_sec_context_by_oid) \
    X(gss_krb5_copy_ccache) \
    X(gss_krb5_import_cred) \
    X(gss_localname) \
    X(gss_release_buffer) \
    X(gss_release_buffer_set) \
    X(gss_release_cred) \
    X(gss_release_name) \
    X(gss_set_cred_option) \
    X(gss_unwrap_iov) \
    X(gss_verify_mic_iov) \
    X(gss_wrap_iov) \
    X(gss_wrap_iov_length)

#define KRB_KRB5_FUNCTIONS(X) \
    X(krb5_build_principal_ext) \
    X(krb5_cc_close) \
    X(krb5_cc_default) \
    X(krb5_cc_destroy) \
    X(krb5_cc_end_seq_get) \
    X(krb5_cc_get_name) \
    X(krb5_cc_get_principal) \
    X(krb5_cc_get_type) \
    X(krb5_cc_initialize) \
    X(krb5_cc_new_unique) \
    X(krb5_cc_next_cred) \
    X(krb5_cc_retrieve_cred) \
    X(krb5_cc_start_seq_get) \
    X(krb5_cc_store_cred) \
    X(krb5_change_password) \
    X(krb5_decode_ticket) \
    X(krb5_free_context) \
    X(krb5_free_cred_contents) \
    X(krb5_free_creds) \
    X(krb5_free_data_contents) \
    X(krb5_free_error) \
    X(krb5_free_host_realm) \
    X(krb5_free_keytab_entry_contents) \
    X(krb5_free_principal) \
    X(krb5_free_ticket) \
    X(krb5_free_unparsed_name) \
    X(krb5_get_credentials) \
    X(krb5_get_host_realm) \
    X(krb5_get_init_creds_keytab) \
    X(krb5_get_init_creds_opt_alloc) \
    X(krb5_get_init_creds_opt_free) \
    X(krb5_get_init_creds_opt_set_canonicalize) \
    X(krb5_init_context) \
    X(krb5_init_creds_free) \
    X(krb5_init_creds_get) \
    X(krb5_init_creds_get_creds) \
    X(krb5_init_creds_get_error) \
    X(krb5_init_creds_init) \
    X(krb5_init_creds_set_service) \
    X(krb5_is_config_principal) \
    X(krb5_kt_add_entry) \
    X(krb5_kt_client_default) \
    X(krb5_kt_close) \
    X(krb5_kt_default) \
    X(krb5_kt_end_seq_get) \
    X(krb5_kt_have_content) \
    X(krb5_kt_next_entry) \
    X(krb5_kt_resolve) \
    X(krb5_kt_start_seq_get) \
    X(krb5_mk_error) \
    X(krb5_parse_name) \
    X(krb5_parse_name_flags) \
    X(krb5_principal_compare) \
    X(krb5_rd_error) \
    X(krb5_timeofday) \
    X(krb5_unparse_name) \
    X(krb5_unparse_name_flags) \
    X(krb5_us_timeofday)

struct krb_library
{
#define MEMBER(name) __typeof__(name) *name;
    KRB_GSS_FUNCTIONS(MEMBER)
    KRB_KRB5_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* The library, or NULL and one line on the log the first time: it is not installed. It stays in the process. */
const struct krb_library *krb_load(void);

/* The same for those who have a credential or a context, which nobody gets without it. */
extern const struct krb_library *krb;

#endif
