/*
 * Whether the name that a client says it wants to reach (MsvAvTargetName) is a name of this machine, where `target-name` asks for that.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include "dlls/msv1_0/ntlm.h"

static const WCHAR *find(const WCHAR *from, const WCHAR *end, WCHAR c)
{
    while (from < end && *from != c) from++;
    return from;
}

/* The host of class/host, class/host:port or class/host:port/name. A literal IPv6 address keeps its brackets. */
static bool host_of(const WCHAR *text, size_t units, const WCHAR **host, size_t *host_units)
{
    const WCHAR *end = text + units, *start = find(text, end, '/'), *stop, *bracket;

    if (start == text || start == end) return false;
    stop = find(++start, end, '/');
    bracket = start < stop && *start == '[' ? find(start, stop, ']') : start;
    stop = find(bracket, stop, ':');
    *host = start;
    *host_units = stop - start;
    return *host_units;
}

static bool is_listed(const struct ntlm_text *list, const WCHAR *host, size_t units)
{
    const WCHAR *at = list->text, *end = at + list->units;

    while (at < end)
    {
        const WCHAR *stop = find(at, end, ' ');
        struct ntlm_text one = {(WCHAR *)at, stop - at};

        if (one.units && ntlm_text_equal_nocase(&one, host, units)) return true;
        at = stop < end ? stop + 1 : end;
    }
    return false;
}

static bool is_ours(const struct ntlm_names *names, struct wire_span target)
{
    struct ntlm_text text = {NULL, 0};
    const WCHAR *host;
    size_t units;
    bool ours = false;

    if (ntlm_text_from_wire(&text, target, true)) return false;
    if (text.text && host_of(text.text, text.units, &host, &units))
        ours = ntlm_text_equal_nocase(&names->computer, host, units) ||
               ntlm_text_equal_nocase(&names->dns_computer, host, units) ||
               (names->target_hosts.text && is_listed(&names->target_hosts, host, units));
    ntlm_text_free(&text);
    return ours;
}

/* A name that the client itself does not vouch for counts as none. */
bool ntlm_target_passes(const struct package_credential *credential, const struct ntlm_av_pairs *pairs)
{
    enum guise_check check = credential->policy.target_name;

    if (check != CHECK_SUPPORTED && check != CHECK_REQUIRED) return true;
    if (!pairs->target_name.size) return check != CHECK_REQUIRED;
    if (check == CHECK_REQUIRED && (pairs->flags & NTLM_AV_FLAG_UNTRUSTED_TARGET)) return false;
    return is_ours(&credential->names, pairs->target_name);
}
