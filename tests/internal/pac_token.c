/*
 * Whom a ticket with a PAC makes somebody, by a GSS that says what this unit wants: only a PAC that was verified, and can be read, does; no other one
 * lets its client in by name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>
#include <wine/test.h>

#include "dlls/kerberos/kerberos.h"
#include "tests/internal/ntlm_hex.h"
#include "tests/internal/pac_hex.h"

static struct
{
    struct bytes pac;
    int authenticated;
    OM_uint32 answer; /* of gss_get_name_attribute */
} ticket;

/* ---- GSS ----------------------------------------------------------------------------------------------------------- */

static OM_uint32 fill(gss_buffer_t buffer, const void *data, size_t size)
{
    buffer->value = malloc(size + 1);
    memcpy(buffer->value, data, size);
    buffer->length = size;
    return GSS_S_COMPLETE;
}

static OM_uint32 inquire_context(OM_uint32 *minor, gss_ctx_id_t context, gss_name_t *source, gss_name_t *target, OM_uint32 *lifetime, gss_OID *mech,
                                 OM_uint32 *flags, int *local, int *open)
{
    (void)context, (void)target, (void)lifetime, (void)mech, (void)flags, (void)local, (void)open;
    *minor = 0;
    *source = (gss_name_t)&ticket;
    return GSS_S_COMPLETE;
}

static OM_uint32 display_name(OM_uint32 *minor, gss_name_t name, gss_buffer_t text, gss_OID *type)
{
    (void)name, (void)type;
    *minor = 0;
    return fill(text, "daemon@GUISE.TEST", 17);
}

/* An account that every machine has: who came in by name would be it. */
static OM_uint32 localname(OM_uint32 *minor, const gss_name_t name, gss_const_OID mech, gss_buffer_t text)
{
    (void)name, (void)mech;
    *minor = 0;
    return fill(text, "daemon", 6);
}

static OM_uint32 get_name_attribute(OM_uint32 *minor, gss_name_t name, gss_buffer_t attribute, int *authenticated, int *complete, gss_buffer_t value,
                                    gss_buffer_t shown, int *more)
{
    (void)name, (void)attribute, (void)shown, (void)complete, (void)more;
    *minor = 0;
    if (ticket.answer) return ticket.answer;
    *authenticated = ticket.authenticated;
    return fill(value, ticket.pac.data, ticket.pac.size);
}

static OM_uint32 release_buffer(OM_uint32 *minor, gss_buffer_t buffer)
{
    *minor = 0;
    free(buffer->value);
    *buffer = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
    return GSS_S_COMPLETE;
}

static OM_uint32 release_name(OM_uint32 *minor, gss_name_t *name)
{
    *minor = 0;
    *name = GSS_C_NO_NAME;
    return GSS_S_COMPLETE;
}

static OM_uint32 display_status(OM_uint32 *minor, OM_uint32 value, int type, gss_OID mech, OM_uint32 *context, gss_buffer_t text)
{
    (void)value, (void)type, (void)mech;
    *minor = *context = 0;
    return fill(text, "?", 1);
}

static const struct krb_library fake = {.gss_inquire_context = inquire_context,
                                        .gss_display_name = display_name,
                                        .gss_localname = localname,
                                        .gss_get_name_attribute = get_name_attribute,
                                        .gss_release_buffer = release_buffer,
                                        .gss_release_name = release_name,
                                        .gss_display_status = display_status};

/* ---- the units ----------------------------------------------------------------------------------------------------- */

static SECURITY_STATUS create(bool *has_token)
{
    PACCESS_TOKEN token = NULL;
    SECURITY_STATUS status = krb_create_token(GSS_C_NO_CONTEXT, (struct krb_span){NULL, 0}, SecurityImpersonation, &token);

    *has_token = token;
    if (token) guise_dereference_token(token);
    return status;
}

static void check_refused(const char *what, SECURITY_STATUS expected)
{
    bool has_token;
    SECURITY_STATUS status = create(&has_token);

    ok(status == expected && !has_token, "%s: got %08x\n", what, (unsigned int)status); /* callers cite */
}

START_TEST(pac_token)
{
    const struct krb_library *kept = krb;
    bool has_token;

    setenv("GUISE_CONF", "/nonexistent/guise.conf", 1); /* accounts = files nss: nobody has a domain's user */
    krb = &fake;
    ticket.answer = GSS_S_UNAVAILABLE;
    ok(create(&has_token) == SEC_E_OK && has_token, "without a PAC the name counts\n"); /* design 11.3 */
    ticket.answer = GSS_S_FAILURE;
    check_refused("who knows whether there is one", SEC_E_INTERNAL_ERROR); /* design 11.3 */

    ticket.answer = GSS_S_COMPLETE;
    ticket.pac = unhex(samba_pac);
    check_refused("not signed with the service's key", SEC_E_LOGON_DENIED); /* design 11.3 */
    ticket.authenticated = 1;
    check_refused("a domain's user of whom nobody knows", SEC_E_LOGON_DENIED); /* design 11.3 */
    memset(ticket.pac.data + 128, 0xff, 72); /* LOGON_INFO begins there */
    check_refused("one that cannot be read", SEC_E_LOGON_DENIED); /* design 11.3 */
    krb = kept;
}
