/*
 * Names of Windows as names of Kerberos (S6.1.1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/kerberos/kerberos.h"
#include "dlls/msv1_0/utf16.h"
#include "ntoskrnl/out.h"

gss_OID_desc krb_mechanism = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};

/* GSS_KRB5_NT_PRINCIPAL_NAME: a principal as krb5_parse_name() reads it; the realm behind an @ may be left empty, which is "not known". */
static gss_OID_desc principal_name = {10, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01"};

/* GSS_KRB5_NT_ENTERPRISE_NAME: whatever stands before the realm's @ is one name, which the KDC looks up (RFC 6806 5). */
static gss_OID_desc enterprise_name = {10, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x06"};

#define MAX_UNITS 1024 /* of a name; the longest host name has 255 characters */
#define MAX_PARTS 3    /* service/host/name */

/* A name in its parts, as UTF-8 in one block. */
struct name
{
    char *block;
    size_t count;
    char *parts[MAX_PARTS];
    char *realm; /* NULL = none given */
};

/* ---- reading ---- */

static SECURITY_STATUS copy_utf8(const WCHAR *text, size_t units, char **copy)
{
    size_t length;

    for (size_t i = 0; i < units; i++)
        if (!text[i]) return SEC_E_TARGET_UNKNOWN;
    if (!units || units > MAX_UNITS) return SEC_E_TARGET_UNKNOWN;
    if (!(*copy = guise_alloc(3 * units + 1))) return SEC_E_INSUFFICIENT_MEMORY;
    if (utf16_to_utf8(text, units, *copy, 3 * units, &length)) return SEC_E_OK;
    guise_free(*copy);
    *copy = NULL;
    return SEC_E_TARGET_UNKNOWN;
}

/* Realms are compared byte by byte and written in capitals; who types a domain's name does not always (MS-KILE 3.1.5.2). */
void krb_tidy_realm(char *realm)
{
    for (const char *c = realm; *c; c++)
        if (*c >= 'A' && *c <= 'Z') return;
    for (char *c = realm; *c; c++)
        if (*c >= 'a' && *c <= 'z') *c -= 'a' - 'A';
}

static bool split_parts(struct name *name, char *text)
{
    for (char *slash; name->count < MAX_PARTS; text = slash + 1)
    {
        if ((slash = strchr(text, '/'))) *slash = 0;
        if (!*text) return false;
        name->parts[name->count++] = text;
        if (!slash) return true;
    }
    return false;
}

static bool split(struct name *name)
{
    char *text = name->block, *slash = strchr(text, '/'), *at = strrchr(text, '@'), *backslash = strchr(text, '\\');

    if (at && at > slash) /* none before the service's name ends */
    {
        *at = 0;
        name->realm = at + 1;
    }
    else if (backslash && !slash)
    {
        *backslash = 0;
        name->realm = text;
        text = backslash + 1;
    }
    if (name->realm && !*name->realm) return false;
    if (name->realm) krb_tidy_realm(name->realm);
    return split_parts(name, text);
}

/* Hosts are compared without regard to case, and in the KDC's data they are written small. */
static void lower_host(struct name *name)
{
    if (name->count < 2) return;
    for (char *c = name->parts[1]; *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c += 'a' - 'A';
}

/* ---- writing ---- */

static char *put_escaped(char *out, const char *text)
{
    for (; *text; text++)
    {
        if (strchr("\\/@", *text)) *out++ = '\\';
        *out++ = *text;
    }
    return out;
}

static char *realm_of_host(const char *host)
{
    char **realms = NULL, *realm = NULL;
    krb5_context krb5;

    if (krb->krb5_init_context(&krb5)) return guise_strdup("");
    if (krb->krb5_get_host_realm(krb5, host, &realms)) realm = guise_strdup("");
    else realm = guise_strdup(realms[0] ? realms[0] : "");
    if (realms) krb->krb5_free_host_realm(krb5, realms);
    krb->krb5_free_context(krb5);
    return realm;
}

/* The realm of the host that krb5.conf names ([domain_realm]); "" where it does not, and then the KDC is asked. NULL: no memory. */
static char *find_host_realm(const char *host_and_port)
{
    char *host = guise_strdup(host_and_port), *colon = host ? strchr(host, ':') : NULL, *realm;

    if (!host) return NULL;
    if (colon) *colon = 0;
    realm = realm_of_host(host);
    guise_free(host);
    return realm;
}

/* NULL: no memory. Without a realm an account is one of the default realm, as krb5_parse_name() sees to. */
static char *write_principal(const struct name *name, const char *realm)
{
    size_t room = realm ? 2 * strlen(realm) + 2 : 1;
    char *text, *end;

    for (size_t i = 0; i < name->count; i++) room += 2 * strlen(name->parts[i]) + 1;
    if (!(text = end = guise_alloc(room))) return NULL;
    for (size_t i = 0; i < name->count; i++)
    {
        if (i) *end++ = '/';
        end = put_escaped(end, name->parts[i]);
    }
    if (realm)
    {
        *end++ = '@';
        put_escaped(end, realm);
    }
    return text;
}

SECURITY_STATUS krb_import_principal(const char *text, bool enterprise, gss_name_t *name)
{
    gss_buffer_desc buffer = {strlen(text), (void *)text};
    OM_uint32 major, minor;

    major = krb->gss_import_name(&minor, &buffer, enterprise ? &enterprise_name : &principal_name, name);
    return GSS_ERROR(major) ? krb_leg_status(major, minor, false, "name") : SEC_E_OK;
}

/* Keys lie under a realm: a service's own is the default one, where krb5.conf says nothing of its host. */
static SECURITY_STATUS import(struct name *name, bool own, gss_name_t *imported)
{
    bool of_host = !name->realm && name->count > 1;
    char *realm = of_host ? find_host_realm(name->parts[1]) : name->realm, *text;
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;

    if (of_host && !realm) return status;
    if ((text = write_principal(name, own && realm && !*realm ? NULL : realm))) status = krb_import_principal(text, false, imported);
    guise_free(text);
    if (of_host) guise_free(realm);
    return status;
}

static SECURITY_STATUS import_text(const WCHAR *text, size_t units, bool own, gss_name_t *imported)
{
    struct name name = {0};
    SECURITY_STATUS status = copy_utf8(text, units, &name.block);

    if (status) return status;
    guise_process_begin();
    status = split(&name) ? SEC_E_OK : SEC_E_TARGET_UNKNOWN;
    if (!status)
    {
        lower_host(&name);
        status = import(&name, own, imported);
    }
    guise_process_end();
    guise_free(name.block);
    return status;
}

/* ---- entry points ---- */

size_t krb_text_units(const WCHAR *text)
{
    size_t units = 0;

    while (text && text[units]) units++;
    return units;
}

SECURITY_STATUS krb_import_target(const WCHAR *target, gss_name_t *name)
{
    return import_text(target, krb_text_units(target), false, name);
}

SECURITY_STATUS krb_import_service(const WCHAR *principal, gss_name_t *name)
{
    return import_text(principal, krb_text_units(principal), true, name);
}

static SECURITY_STATUS import_account(const WCHAR *user, size_t user_units, const WCHAR *domain, size_t domain_units, gss_name_t *imported)
{
    struct name name = {.count = 1};
    SECURITY_STATUS status = copy_utf8(user, user_units, &name.parts[0]);

    if (!status) status = copy_utf8(domain, domain_units, &name.realm);
    if (!status)
    {
        krb_tidy_realm(name.realm);
        guise_process_begin();
        status = import(&name, true, imported);
        guise_process_end();
    }
    guise_free(name.parts[0]);
    guise_free(name.realm);
    return status;
}

SECURITY_STATUS krb_import_user(const WCHAR *user, size_t user_units, const WCHAR *domain, size_t domain_units, gss_name_t *name)
{
    SECURITY_STATUS status = domain_units ? import_account(user, user_units, domain, domain_units, name)
                                          : import_text(user, user_units, true, name);

    return status == SEC_E_TARGET_UNKNOWN ? SEC_E_UNKNOWN_CREDENTIALS : status;
}

/* ---- users of logons ---- */

char *krb_write_account(const char *user, const char *realm)
{
    struct name name = {.count = 1, .parts = {(char *)user}};

    return write_principal(&name, *realm ? realm : NULL);
}

/* Only the backslash is special in it (krb5_parse_name_flags). */
char *krb_write_upn(const char *upn, const char *realm)
{
    char *text = guise_alloc(2 * (strlen(upn) + strlen(realm)) + 2), *end = text;

    if (!text) return NULL;
    for (; *upn; upn++)
    {
        if (*upn == '\\') *end++ = '\\';
        *end++ = *upn;
    }
    if (!*realm) return text;
    *end++ = '@';
    put_escaped(end, realm);
    return text;
}

SECURITY_STATUS krb_display_name(gss_name_t name, char **text)
{
    gss_buffer_desc buffer;
    OM_uint32 major, minor;

    major = krb->gss_display_name(&minor, name, &buffer, NULL);
    if (GSS_ERROR(major)) return krb_leg_status(major, minor, true, "display name");
    if ((*text = guise_alloc(buffer.length + 1))) memcpy(*text, buffer.value, buffer.length);
    krb->gss_release_buffer(&minor, &buffer);
    return *text ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* What is no UTF-8 in a name of Kerberos, which any bytes may be, is shown as question marks. */
WCHAR *krb_out_text(const char *text, size_t length)
{
    WCHAR *out = out_block((length + 1) * sizeof(WCHAR));
    size_t units;

    if (!out || utf8_to_utf16(text, length, out, length, &units)) return out;
    for (units = 0; units < length; units++) out[units] = (UCHAR)text[units] < 0x80 ? text[units] : '?';
    out[units] = 0;
    return out;
}
