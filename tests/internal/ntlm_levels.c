/*
 * lm-compatibility-level and require-128-bit of guise.conf: what comes of each in a credential.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <limits.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>

#include "dlls/msv1_0/ntlm.h"
#include "wine/test.h"

static bool write_config(const char *text)
{
    const char *top = getenv("TMPDIR");
    static char path[PATH_MAX];
    ssize_t written;
    int file;

    snprintf(path, sizeof(path), "%s/ntlm_levels.XXXXXX", top ? top : "/tmp");
    if ((file = mkstemp(path)) < 0) return false;
    written = write(file, text, strlen(text));
    return !close(file) && written == (ssize_t)strlen(text) && !setenv("GUISE_CONF", path, 1);
}

static unsigned int policy_bits(const struct ntlm_policy *policy)
{
    return policy->accept_v1 | policy->accept_lm << 1 | policy->lm_keys << 2 | policy->send_v1 << 3 | policy->send_lm << 4 |
           policy->without_ess << 5 | policy->require_128bit << 6;
}

/* What a credential under TEXT may do; in a process of its own, since the configuration is read once. */
static int policy_under(const char *text)
{
    struct acquire_request request = {.use = SECPKG_CRED_OUTBOUND};
    struct package_credential *credential;
    TimeStamp expiry;
    int status = -1;
    pid_t child = fork();

    if (!child)
    {
        if (!write_config(text)) _exit(255);
        if (ntlm_package.acquire_credential(&request, &credential, &expiry)) _exit(254);
        unlink(getenv("GUISE_CONF"));
        _exit((int)policy_bits(&credential->policy));
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

enum
{
    ACCEPT_V1 = 1,
    ACCEPT_LM = 2,
    LM_KEYS = 4,
    SEND_V1 = 8,
    SEND_LM = 16,
    WITHOUT_ESS = 32,
    STRONG = 64
};

START_TEST(ntlm_levels)
{
    /* Section 4.7 of the SSPI notes; keys of LM hashes only where short keys are allowed. */
    static const int expected[] = {
        ACCEPT_V1 | ACCEPT_LM | SEND_V1 | SEND_LM | WITHOUT_ESS,
        ACCEPT_V1 | ACCEPT_LM | SEND_V1 | SEND_LM,
        ACCEPT_V1 | ACCEPT_LM | SEND_V1,
        ACCEPT_V1 | ACCEPT_LM,
        ACCEPT_V1,
        0,
    };

    for (int level = 0; level < (int)(sizeof(expected) / sizeof(expected[0])); level++)
    {
        int keys = level <= 1 ? LM_KEYS : 0, got;
        char text[100];

        snprintf(text, sizeof(text), "[ntlm]\nlm-compatibility-level = %d\n", level);
        got = policy_under(text);
        ok(got == (expected[level] | STRONG), "level %d: %#x\n", level, got); /* design 7.1, design 7.2 */
        snprintf(text, sizeof(text), "[ntlm]\nlm-compatibility-level = %d\nrequire-128-bit = no\n", level);
        got = policy_under(text);
        ok(got == (expected[level] | keys), "level %d, short keys: %#x\n", level, got); /* design 7.1, design 7.2 */
    }
    ok(policy_under("") == STRONG, "by default: %#x\n", policy_under("")); /* design 7.1 */
}
