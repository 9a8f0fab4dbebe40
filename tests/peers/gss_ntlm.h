/*
 * gss-ntlmssp through GSSAPI: its name, and the credentials of both sides. For the peer's side in tests/peers and for
 * bench.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_PEERS_GSS_NTLM_H
#define GUISE_PEERS_GSS_NTLM_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#define GSS_NTLM_FLAGS (GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG)

#define GSS_NTLM_DATAGRAM_FLAG 0x10000

static gss_OID_desc gss_ntlm = {10, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"}; /* 1.3.6.1.4.1.311.2.2.10 */
static gss_OID_set_desc gss_ntlm_set = {1, &gss_ntlm};
/* What says the number of the next datagram, for gss_set_sec_context_option(). */
__attribute__((unused)) static gss_OID_desc gss_ntlm_set_number = {11, "\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x01"};

static inline void gss_ntlm_print_status(FILE *file, const char *what, OM_uint32 major, OM_uint32 minor)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 context = 0, ignored;

    gss_display_status(&ignored, minor, GSS_C_MECH_CODE, &gss_ntlm, &context, &text);
    fprintf(file, "%s: %08x %.*s\n", what, (unsigned int)major, (int)text.length, (char *)text.value);
    gss_release_buffer(&ignored, &text);
}

static inline OM_uint32 gss_ntlm_name(OM_uint32 *minor, const char *text, gss_OID type, gss_name_t *name)
{
    gss_buffer_desc buffer = {strlen(text), (void *)text};

    *name = GSS_C_NO_NAME;
    return gss_import_name(minor, &buffer, type, name);
}

static gss_OID_desc gss_spnego = {6, "\x2b\x06\x01\x05\x05\x02"}; /* 1.3.6.1.5.5.2 */
static gss_OID_set_desc gss_spnego_set = {1, &gss_spnego};

/* Whether credentials are for MIT Kerberos' SPNEGO, which then knows of NTLM alone, and not for NTLM. */
static bool gss_ntlm_in_spnego;

static inline OM_uint32 gss_ntlm_restrict(OM_uint32 *minor, gss_cred_id_t credential)
{
    return gss_ntlm_in_spnego ? gss_set_neg_mechs(minor, credential, &gss_ntlm_set) : GSS_S_COMPLETE;
}

static inline OM_uint32 gss_ntlm_initiator(OM_uint32 *minor, const char *domain, const char *user, const char *password,
                                           gss_cred_id_t *credential)
{
    gss_buffer_desc secret = {strlen(password), (void *)password};
    OM_uint32 major, ignored;
    gss_name_t name;
    char text[512];

    *credential = GSS_C_NO_CREDENTIAL;
    snprintf(text, sizeof(text), "%s\\%s", domain, user);
    if (GSS_ERROR(major = gss_ntlm_name(minor, text, GSS_C_NT_USER_NAME, &name))) return major;
    major = gss_acquire_cred_with_password(minor, name, &secret, GSS_C_INDEFINITE, gss_ntlm_in_spnego ? &gss_spnego_set : &gss_ntlm_set,
                                           GSS_C_INITIATE, credential, NULL, NULL);
    gss_release_name(&ignored, &name);
    return GSS_ERROR(major) ? major : gss_ntlm_restrict(minor, *credential);
}

/* Its accounts are in the file that NTLM_USER_FILE names. */
static inline OM_uint32 gss_ntlm_acceptor(OM_uint32 *minor, gss_cred_id_t *credential)
{
    OM_uint32 major;

    *credential = GSS_C_NO_CREDENTIAL;
    major = gss_acquire_cred(minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, gss_ntlm_in_spnego ? &gss_spnego_set : &gss_ntlm_set, GSS_C_ACCEPT,
                             credential, NULL, NULL);
    return GSS_ERROR(major) ? major : gss_ntlm_restrict(minor, *credential);
}

#endif
