/*
 * Credentials of Negotiate: one of each package that the identity's package list allows and that has something to offer.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/negotiate/negotiate.h"

static struct nego_credential *ours(struct package_credential *credential)
{
    return (struct nego_credential *)credential;
}

/* ---- package lists --------------------------------------------------------------------------------------------------- */

struct name_list
{
    const WCHAR *text;
    size_t length;
};

static bool is_blank(WCHAR unit)
{
    return unit == ' ' || unit == '\t';
}

/* The next of the names between commas, without the blanks around it. */
static bool next_name(struct name_list *list, struct name_list *name)
{
    const WCHAR *text = list->text;
    size_t length = 0;

    if (!list->length) return false;
    while (length < list->length && text[length] != ',') length++;
    list->text += length < list->length ? length + 1 : length;
    list->length -= length < list->length ? length + 1 : length;
    while (length && is_blank(*text)) text++, length--;
    while (length && is_blank(text[length - 1])) length--;
    *name = (struct name_list){text, length};
    return true;
}

/*
 * Names allow, names behind "!" forbid, and who only forbids allows the rest (S2.1.5). Names that nobody has count too: a list of
 * them leaves nothing.
 */
static bool is_allowed(const struct sec_package *package, const struct auth_identity *identity)
{
    struct name_list list = {NULL, 0}, name;
    bool named = false, names_some = false;

    if (identity && identity->package_list) list = (struct name_list){identity->package_list, identity->package_list_length};
    while (next_name(&list, &name))
    {
        bool forbids = name.length && *name.text == '!', is_this;

        if (forbids) name.text++, name.length--;
        if (!name.length) continue;
        is_this = sec_same_name(package->name, sec_wide_length(package->name), name.text, name.length);
        if (forbids && is_this) return false;
        if (!forbids) names_some = true;
        if (!forbids && is_this) named = true;
    }
    return named || !names_some;
}

/* ---- acquiring ------------------------------------------------------------------------------------------------------- */

/* One package's credential for one direction. What it has not is no failure of the others. */
static SECURITY_STATUS acquire_side(const struct sec_package *package, const struct acquire_request *request, ULONG use,
                                    struct package_credential **credential, TimeStamp *expiry)
{
    struct acquire_request one = *request;
    TimeStamp end = {.QuadPart = INT64_MAX};
    SECURITY_STATUS status;

    one.use = use;
    status = package->acquire_credential(&one, credential, &end);
    if (status == SEC_E_OK && end.QuadPart > expiry->QuadPart) *expiry = end;
    if (status != SEC_E_OK) GUISE_TRACE("sspi", "no credential of a candidate: 0x%08x", (unsigned int)status);
    return status;
}

static void drop_candidate(struct nego_candidate *candidate)
{
    if (candidate->inbound) candidate->package->free_credential(candidate->inbound);
    if (candidate->outbound) candidate->package->free_credential(candidate->outbound);
    sec_package_unuse(candidate->package);
    memset(candidate, 0, sizeof(*candidate));
}

/* What is still missing for a handle that is good for what was asked. */
struct missing
{
    SECURITY_STATUS inbound, outbound; /* SEC_E_OK: somebody has it; else what the first one said */
};

static void note(SECURITY_STATUS *missing, SECURITY_STATUS status)
{
    if (status == SEC_E_OK || *missing == SEC_E_NO_CREDENTIALS) *missing = status;
}

/* Whether there is somebody to speak for: not with default credentials where they are not to be used. */
static bool may_speak(const struct acquire_request *request)
{
    const struct auth_identity *identity = request->identity;

    return !request->restricted || (identity && (identity->user_length || identity->anonymous));
}

/* Fails only without memory, which must not look like a package that has nothing. */
static SECURITY_STATUS add_candidate(struct nego_credential *made, const struct sec_package *package,
                                     const struct acquire_request *request, struct missing *missing, TimeStamp *expiry)
{
    struct nego_candidate *candidate = &made->candidates[made->count];
    SECURITY_STATUS in = SEC_E_UNSUPPORTED_FUNCTION, out = SEC_E_UNSUPPORTED_FUNCTION;

    if (!sec_package_use(package)) return SEC_E_OK;
    candidate->package = package;
    if ((request->use & SECPKG_CRED_INBOUND) && package->accept)
        note(&missing->inbound, in = acquire_side(package, request, SECPKG_CRED_INBOUND, &candidate->inbound, expiry));
    if ((request->use & SECPKG_CRED_OUTBOUND) && !may_speak(request)) missing->outbound = SEC_E_OK; /* the first leg says so */
    else if ((request->use & SECPKG_CRED_OUTBOUND) && package->initialize)
        note(&missing->outbound, out = acquire_side(package, request, SECPKG_CRED_OUTBOUND, &candidate->outbound, expiry));
    if (in == SEC_E_INSUFFICIENT_MEMORY || out == SEC_E_INSUFFICIENT_MEMORY)
    {
        drop_candidate(candidate);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    if (candidate->inbound || candidate->outbound) made->count++;
    else drop_candidate(candidate);
    return SEC_E_OK;
}

/* The next package after *INDEX that REQUEST may be about, or NULL. */
static const struct sec_package *next_package(const struct acquire_request *request, unsigned int *index)
{
    const struct sec_package *package;

    while ((package = sec_package_at((*index)++)))
    {
        if (!package->mechanisms || (request->added && request->added != package)) continue;
        if (is_allowed(package, request->identity)) break;
    }
    return package;
}

/* An identity whose list leaves no package is noticed at the first leg (S2.1.5). */
static SECURITY_STATUS add_candidates(struct nego_credential *made, const struct acquire_request *request, TimeStamp *expiry)
{
    struct missing missing = {SEC_E_NO_CREDENTIALS, SEC_E_NO_CREDENTIALS};
    const struct sec_package *package;
    bool some_allowed = false;

    for (unsigned int i = 0; made->count < NEGOTIATE_MAX_CANDIDATES && (package = next_package(request, &i));)
    {
        SECURITY_STATUS status = add_candidate(made, package, request, &missing, expiry);

        if (status) return status;
        some_allowed = true;
    }
    if (!some_allowed) return SEC_E_OK;
    if ((request->use & SECPKG_CRED_INBOUND) && missing.inbound) return missing.inbound;
    return request->use & SECPKG_CRED_OUTBOUND ? missing.outbound : SEC_E_OK;
}

static struct nego_credential *new_credential(void)
{
    struct nego_credential *made = guise_alloc(sizeof(*made));

    if (made) pthread_mutex_init(&made->adding, NULL);
    return made;
}

SECURITY_STATUS nego_acquire_credential(const struct acquire_request *request, struct package_credential **credential, TimeStamp *expiry)
{
    struct nego_credential *made = new_credential();
    TimeStamp end = {.QuadPart = 0};
    SECURITY_STATUS status;

    if (!made) return SEC_E_INSUFFICIENT_MEMORY;
    if ((status = add_candidates(made, request, &end)))
    {
        nego_free_credential((struct package_credential *)made);
        return status;
    }
    if (made->count) *expiry = end;
    *credential = (struct package_credential *)made;
    return SEC_E_OK;
}

void nego_free_credential(struct package_credential *credential)
{
    struct nego_credential *next;

    for (struct nego_credential *old = ours(credential); old; old = next)
    {
        next = atomic_load_explicit(&old->newer, memory_order_relaxed);
        while (!next && old->count) drop_candidate(&old->candidates[--old->count]); /* those of the others are among them */
        pthread_mutex_destroy(&old->adding);
        guise_free(old);
    }
}

/* ---- adding ---------------------------------------------------------------------------------------------------------- */

/* What a credential has of PACKAGE, or NULL. */
static const struct nego_candidate *find_package(const struct nego_credential *credential, const struct sec_package *package)
{
    for (unsigned int i = 0; i < credential->count; i++)
        if (credential->candidates[i].package == package) return &credential->candidates[i];
    return NULL;
}

/* The directions among USE in which it has one of PACKAGE. */
static ULONG uses_of(const struct nego_credential *credential, const struct sec_package *package, ULONG use)
{
    const struct nego_candidate *candidate = find_package(credential, package);
    ULONG has = 0;

    if (candidate && candidate->inbound) has |= SECPKG_CRED_INBOUND;
    if (candidate && candidate->outbound) has |= SECPKG_CRED_OUTBOUND;
    return has & use;
}

/* Acquires what KNOWN has not of what is asked for. A package keeps one credential for each direction: SEC_E_UNSUPPORTED_FUNCTION (S2.2.1). */
static SECURITY_STATUS acquire_missing(const struct nego_credential *known, const struct acquire_request *request,
                                       struct nego_credential *added, TimeStamp *expiry)
{
    struct missing missing = {SEC_E_NO_CREDENTIALS, SEC_E_NO_CREDENTIALS};
    const struct sec_package *package;
    bool some_allowed = false, some_missing = false;

    for (unsigned int i = 0; added->count < NEGOTIATE_MAX_CANDIDATES && (package = next_package(request, &i));)
    {
        struct acquire_request one = *request;
        SECURITY_STATUS status;

        some_allowed = true;
        one.use &= ~uses_of(known, package, request->use);
        if (!one.use) continue;
        some_missing = true;
        if ((status = add_candidate(added, package, &one, &missing, expiry))) return status;
    }
    if (added->count) return SEC_E_OK;
    if (some_allowed && !some_missing) return SEC_E_UNSUPPORTED_FUNCTION;
    if ((request->use & SECPKG_CRED_INBOUND) && missing.inbound) return missing.inbound;
    return missing.outbound ? missing.outbound : SEC_E_NO_CREDENTIALS;
}

/* MADE: what KNOWN and ADDED have, in the order of preference. The packages are in use by both of those. */
static void merge(const struct nego_credential *known, const struct nego_credential *added, struct nego_credential *made)
{
    const struct sec_package *package;

    for (unsigned int i = 0; made->count < NEGOTIATE_MAX_CANDIDATES && (package = sec_package_at(i)); i++)
    {
        const struct nego_candidate *old = find_package(known, package), *more = find_package(added, package);
        struct nego_candidate *candidate = &made->candidates[made->count];

        if (!old && !more) continue;
        *candidate = old ? *old : *more;
        if (old && more && more->inbound) candidate->inbound = more->inbound;
        if (old && more && more->outbound) candidate->outbound = more->outbound;
        if (old && more) sec_package_unuse(package); /* once is enough */
        made->count++;
    }
}

/* Whether somebody has each direction that was asked for. */
static bool is_good_for(const struct nego_credential *known, const struct nego_credential *added, ULONG use)
{
    const struct sec_package *package;
    ULONG has = 0;

    for (unsigned int i = 0; (package = sec_package_at(i)); i++) has |= uses_of(known, package, use) | uses_of(added, package, use);
    return has == use;
}

static SECURITY_STATUS add(struct nego_credential *newest, const struct acquire_request *request, TimeStamp *expiry)
{
    struct nego_credential added = {.count = 0}, *made = new_credential();
    SECURITY_STATUS status = made ? acquire_missing(newest, request, &added, expiry) : SEC_E_INSUFFICIENT_MEMORY;

    if (!status && !is_good_for(newest, &added, request->use)) status = SEC_E_NO_CREDENTIALS;
    if (status)
    {
        while (added.count) drop_candidate(&added.candidates[--added.count]);
        nego_free_credential((struct package_credential *)made);
        return status;
    }
    merge(newest, &added, made);
    atomic_store_explicit(&newest->newer, made, memory_order_release);
    return SEC_E_OK;
}

/* S2.2.1 */
SECURITY_STATUS nego_add_credential(struct package_credential *credential, const struct acquire_request *request, TimeStamp *expiry)
{
    TimeStamp end = {.QuadPart = 0};
    SECURITY_STATUS status;

    pthread_mutex_lock(&ours(credential)->adding);
    status = add((struct nego_credential *)nego_current(credential), request, &end);
    pthread_mutex_unlock(&ours(credential)->adding);
    if (!status) *expiry = end;
    return status;
}

/* ---- using ----------------------------------------------------------------------------------------------------------- */

/* Whom the handle speaks for: what the first package says that can say it. */
SECURITY_STATUS nego_query_credential(struct package_credential *credential, ULONG attribute, void *buffer)
{
    const struct nego_credential *known = nego_current(credential);
    SECURITY_STATUS status = known->count ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_NO_CREDENTIALS;

    for (unsigned int i = 0; i < known->count; i++)
    {
        const struct nego_candidate *candidate = &known->candidates[i];
        struct package_credential *inner = candidate->outbound ? candidate->outbound : candidate->inbound;
        SECURITY_STATUS said;

        if (!candidate->package->query_credential) continue;
        said = candidate->package->query_credential(inner, attribute, buffer);
        if (said == SEC_E_OK || said == SEC_E_INSUFFICIENT_MEMORY) return said;
        if (status == SEC_E_UNSUPPORTED_FUNCTION) status = said;
    }
    return status;
}

/* For the one package that knows the attribute: Kerberos alone has any (S2.4.2). */
SECURITY_STATUS nego_set_credential(struct package_credential *credential, ULONG attribute, const void *buffer, ULONG size)
{
    const struct nego_credential *known = nego_current(credential);

    for (unsigned int i = 0; i < known->count; i++)
    {
        const struct nego_candidate *candidate = &known->candidates[i];
        struct package_credential *inner = candidate->outbound ? candidate->outbound : candidate->inbound;
        SECURITY_STATUS status;

        if (!candidate->package->set_credential) continue;
        status = candidate->package->set_credential(inner, attribute, buffer, size);
        if (status != SEC_E_UNSUPPORTED_FUNCTION) return status;
    }
    return SEC_E_UNSUPPORTED_FUNCTION;
}
