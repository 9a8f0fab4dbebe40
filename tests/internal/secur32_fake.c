/*
 * The packages of secur32_fake.h. They are added behind the built-in ones by wrapping sec_package_at() when the test is
 * linked.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/secur32/front.h"
#include "ntoskrnl/out.h"
#include "secur32_fake.h"

struct fake_script fake_script;
_Thread_local struct fake_seen fake_seen;
atomic_int fake_credentials, fake_contexts;

static void note(WCHAR *to, const WCHAR *from, size_t room)
{
    size_t length = from ? sec_wide_length(from) : 0;

    if (length >= room) length = room - 1;
    if (length) memcpy(to, from, length * sizeof(WCHAR));
    to[length] = 0;
}

static SECURITY_STATUS fake_acquire(const struct acquire_request *request, struct package_credential **credential,
                                    TimeStamp *expiry)
{
    const struct auth_identity *identity = request->identity;

    (void)expiry;
    memset(&fake_seen, 0, sizeof(fake_seen));
    fake_seen.use = request->use;
    fake_seen.impersonating = request->impersonating;
    note(fake_seen.principal, request->principal, 64);
    if (identity)
    {
        fake_seen.has_identity = true;
        fake_seen.anonymous = identity->anonymous;
        note(fake_seen.user, identity->user, 300);
        note(fake_seen.domain, identity->domain, 300);
        note(fake_seen.password, identity->password, 300);
        note(fake_seen.package_list, identity->package_list, 300);
        fake_seen.user_length = identity->user_length;
        fake_seen.domain_length = identity->domain_length;
        fake_seen.password_length = identity->password_length;
    }
    if (fake_script.status < 0) return fake_script.status;
    if (!(*credential = guise_alloc(1))) return SEC_E_INSUFFICIENT_MEMORY;
    fake_credentials++;
    return SEC_E_OK;
}

static void fake_free_credential(struct package_credential *credential)
{
    fake_credentials--;
    guise_free(credential);
}

static SECURITY_STATUS fake_leg(struct package_credential *credential, struct package_context **context,
                                struct leg *leg)
{
    struct fake_script script = fake_script;

    (void)credential;
    fake_seen.request = leg->request;
    fake_seen.data_representation = leg->data_representation;
    fake_seen.input_has_bindings = sec_buffer_find(leg->input, SECBUFFER_CHANNEL_BINDINGS) != NULL;
    note(fake_seen.target, leg->target, 64);
    if (!*context && !script.no_state)
    {
        if (!(*context = guise_alloc(1))) return SEC_E_INSUFFICIENT_MEMORY;
        fake_contexts++;
    }
    if (script.during) script.during();
    if (script.token)
    {
        leg->token_length = (ULONG)strlen(script.token);
        if (!(leg->token = guise_memdup(script.token, leg->token_length))) return SEC_E_INSUFFICIENT_MEMORY;
    }
    leg->attributes = script.attributes;
    leg->expiry.QuadPart = 77;
    return script.status;
}

static SECURITY_STATUS fake_complete(struct package_context *context, SecBufferDesc *token)
{
    (void)context;
    (void)token;
    return fake_script.status;
}

static void fake_delete_context(struct package_context *context)
{
    fake_contexts--;
    guise_free(context);
}

static SECURITY_STATUS fake_message(struct package_context *context, struct message *message)
{
    (void)context;
    fake_seen.sequence = message->sequence;
    fake_seen.qop = message->qop;
    if (fake_script.during) fake_script.during();
    message->qop = 5;
    message->qop_set = fake_script.attributes != 0;
    return fake_script.status;
}

static WCHAR *fake_string(const WCHAR *text)
{
    WCHAR *block = out_block((sec_wide_length(text) + 1) * sizeof(WCHAR));

    if (block) memcpy(block, text, sec_wide_length(text) * sizeof(WCHAR));
    return block;
}

static SECURITY_STATUS fake_query(struct package_context *context, ULONG attribute, void *buffer)
{
    SecPkgContext_NativeNamesW *names = buffer;

    (void)context;
    if (attribute == SECPKG_ATTR_SIZES)
    {
        ((SecPkgContext_Sizes *)buffer)->cbMaxToken = 2888;
        return SEC_E_OK;
    }
    if (attribute == SECPKG_ATTR_CLIENT_SPECIFIED_TARGET)
    {
        out_ptr(&((SecPkgContext_ClientSpecifiedTarget *)buffer)->sTargetName, fake_string(u"T"));
        return SEC_E_OK;
    }
    if (attribute != SECPKG_ATTR_NATIVE_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
    out_ptr(&names->sClientName, fake_string(u"J\x00f6rg"));
    out_ptr(&names->sServerName, NULL);
    return names->sClientName ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS fake_set(struct package_context *context, ULONG attribute, const void *buffer, ULONG size)
{
    (void)context, (void)attribute, (void)buffer, (void)size;
    return SEC_E_OK;
}

static SECURITY_STATUS fake_control(struct package_context *context, const SecBufferDesc *input)
{
    (void)context, (void)input;
    return SEC_E_OK;
}

static SECURITY_STATUS fake_token(struct package_context *context, PACCESS_TOKEN *token)
{
    (void)context;
    if (!fake_script.access_token) return SEC_E_NO_IMPERSONATION;
    *token = fake_script.access_token;
    return SEC_E_OK;
}

static const struct sec_package fake_package = {
    .name = u"Fake",
    .comment = u"Package f\x00fcr tests",
    .capabilities = SECPKG_FLAG_IMPERSONATION,
    .rpc_id = 7,
    .max_token = 99,
    .acquire_credential = fake_acquire,
    .free_credential = fake_free_credential,
    .initialize = fake_leg,
    .accept = fake_leg,
    .complete_token = fake_complete,
    .delete_context = fake_delete_context,
    .make_signature = fake_message,
    .verify_signature = fake_message,
    .encrypt_message = fake_message,
    .decrypt_message = fake_message,
    .query_context = fake_query,
    .context_token = fake_token,
    .set_context = fake_set,
    .apply_control = fake_control,
};

static const struct sec_package bare_package = {
    .name = u"FakeBare",
    .comment = u"",
    .rpc_id = SECPKG_ID_NONE,
    .acquire_credential = fake_acquire,
    .free_credential = fake_free_credential,
    .accept = fake_leg,
    .delete_context = fake_delete_context,
};

/* The package of a SASL profile: EXTERNAL. */
static const struct sec_package profile_package = {
    .name = u"Schannel",
    .comment = u"",
    .rpc_id = SECPKG_ID_NONE,
    .acquire_credential = fake_acquire,
    .free_credential = fake_free_credential,
};

const struct sec_package *__real_sec_package_at(unsigned int index);
const struct sec_package *__wrap_sec_package_at(unsigned int index);

const struct sec_package *__wrap_sec_package_at(unsigned int index)
{
    unsigned int builtin = 0;

    while (__real_sec_package_at(builtin)) builtin++;
    if (index < builtin) return __real_sec_package_at(index);
    switch (index - builtin)
    {
    case 0: return &fake_package;
    case 1: return &bare_package;
    case 2: return &profile_package;
    default: return NULL;
    }
}
