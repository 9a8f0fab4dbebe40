/*
 * channel-bindings and target-name of guise.conf: what an acceptor asks of what clients say about channel and target.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <unistd.h>

#include <windef.h>
#include <winbase.h>

#include "ntoskrnl/unix/config.h"
#include "tests/internal/ntlm_double.h"
#include "tests/internal/ntlm_hex.h"
#include "wine/test.h"

static struct package_credential alice, server;

struct blob
{
    SEC_CHANNEL_BINDINGS header;
    UCHAR data[32];
};

static struct handshake new_handshake(bool v1)
{
    alice.policy.send_v1 = server.policy.accept_v1 = v1;
    return (struct handshake){.client_credential = &alice,
                              .server_credential = &server,
                              .client_request = ISC_REQ_INTEGRITY,
                              .server_request = ASC_REQ_NO_TOKEN};
}

/* Who says what about the channel: version 1 stands for the clients that cannot say anything. */
enum says
{
    SAYS_OURS,
    SAYS_OTHER,
    SAYS_ZEROS,
    SAYS_NOTHING
};

static void test_bindings(void)
{
    static const SECURITY_STATUS bad = SEC_E_BAD_BINDINGS;
    static const struct
    {
        enum guise_check check;
        bool given; /* by the program that accepts */
        ULONG request;
        SECURITY_STATUS expected[4]; /* enum says */
    } cases[] = {
        {CHECK_APPLICATION, true, 0, {SEC_E_OK, bad, bad, bad}},
        {CHECK_APPLICATION, true, ASC_REQ_ALLOW_MISSING_BINDINGS, {SEC_E_OK, bad, bad, SEC_E_OK}},
        {CHECK_APPLICATION, false, 0, {SEC_E_OK, SEC_E_OK, SEC_E_OK, SEC_E_OK}},
        {CHECK_OFF, true, 0, {SEC_E_OK, SEC_E_OK, SEC_E_OK, SEC_E_OK}},
        {CHECK_OFF, false, ASC_REQ_PROXY_BINDINGS, {SEC_E_OK, SEC_E_OK, SEC_E_OK, SEC_E_OK}},
        {CHECK_SUPPORTED, true, 0, {SEC_E_OK, bad, bad, SEC_E_OK}},
        {CHECK_SUPPORTED, false, 0, {SEC_E_OK, SEC_E_OK, SEC_E_OK, SEC_E_OK}},
        {CHECK_SUPPORTED, false, ASC_REQ_PROXY_BINDINGS, {SEC_E_OK, SEC_E_OK, bad, SEC_E_OK}},
        {CHECK_REQUIRED, true, 0, {SEC_E_OK, bad, bad, bad}},
        {CHECK_REQUIRED, true, ASC_REQ_ALLOW_MISSING_BINDINGS, {SEC_E_OK, bad, bad, bad}},
        {CHECK_REQUIRED, false, 0, {bad, bad, bad, bad}},
        {CHECK_REQUIRED, false, ASC_REQ_ALLOW_MISSING_BINDINGS, {bad, bad, bad, bad}},
        {CHECK_REQUIRED, false, ASC_REQ_PROXY_BINDINGS, {SEC_E_OK, SEC_E_OK, bad, bad}},
    };
    struct blob ours = {.header = {.cbApplicationDataLength = 32, .dwApplicationDataOffset = sizeof(ours.header)}};
    struct blob other = ours;

    other.data[31] = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        for (int says = SAYS_OURS; says <= SAYS_NOTHING; says++)
        {
            struct handshake handshake = new_handshake(says == SAYS_NOTHING);
            SECURITY_STATUS status;

            server.policy.channel_bindings = cases[i].check;
            handshake.server_request |= cases[i].request;
            if (says == SAYS_OURS) handshake.client_bindings = (struct wire_span){(UCHAR *)&ours, sizeof(ours)};
            if (says == SAYS_OTHER) handshake.client_bindings = (struct wire_span){(UCHAR *)&other, sizeof(other)};
            if (cases[i].given) handshake.server_bindings = (struct wire_span){(UCHAR *)&ours, sizeof(ours)};
            status = shake_hands(&handshake);
            ok(status == cases[i].expected[says], "case %d, %d: %#x\n", (int)i, says, status); /* S4.9.2, design 7.1 */
            end_handshake(&handshake);
        }
    }
    server.policy.channel_bindings = CHECK_APPLICATION;
}

static SECURITY_STATUS log_on_to(const WCHAR *target, enum guise_check check, ULONG request, bool v1)
{
    struct handshake handshake = new_handshake(v1);
    SECURITY_STATUS status;

    server.policy.target_name = check;
    handshake.target = target;
    handshake.client_request |= request;
    status = shake_hands(&handshake);
    end_handshake(&handshake);
    server.policy.target_name = CHECK_APPLICATION;
    return status;
}

static void test_targets(void)
{
    static const struct
    {
        const WCHAR *target;
        bool ours;
    } cases[] = {
        {u"HTTP/server.example", true},
        {u"http/SERVER", true},
        {u"HTTP/server.example:8080", true},
        {u"HTTP/server.example:8080/instance", true},
        {u"LDAP/server.example/example", true},
        {u"HTTP/www.example", true},
        {u"HTTP/WWW", true},
        {u"HTTP/[2001:db8::1]", true},
        {u"HTTP/[2001:db8::1]:80", true},
        {u"HTTP/other.example", false},
        {u"HTTP/server.example.org", false},
        {u"HTTP/server.exampl", false},
        {u"HTTP/www.example www", false},
        {u"HTTP/ww", false},
        {u"HTTP/[2001:db8::2]", false},
        {u"HTTP/other/server.example", false},
        {u"server.example", false}, /* no service of any host */
        {u"/server.example", false},
        {u"HTTP/", false},
        {u"HTTP/:80", false},
    };

    ok(ntlm_text_from_utf8(&server.names.target_hosts, "www.example  www [2001:db8::1]"),
       "no memory\n"); /* design 7.1 */
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        SECURITY_STATUS expected = cases[i].ours ? SEC_E_OK : SEC_E_LOGON_DENIED;
        const WCHAR *target = cases[i].target;
        const char *name = wine_dbgstr_w(target);

        /* design 7.1 */
        ok(log_on_to(target, CHECK_APPLICATION, 0, false) == SEC_E_OK, "%s: application\n", name);
        ok(log_on_to(target, CHECK_OFF, 0, false) == SEC_E_OK, "%s: off\n", name);
        ok(log_on_to(target, CHECK_SUPPORTED, 0, false) == expected, "%s: when-supported\n", name);
        ok(log_on_to(target, CHECK_REQUIRED, 0, false) == expected, "%s: require\n", name);
    }

    /* Nothing said: an empty name (S4.4.7), or version 1, which has no place for one. */
    for (int v1 = 0; v1 < 2; v1++)
    {
        /* design 7.1 */
        ok(log_on_to(NULL, CHECK_SUPPORTED, 0, v1) == SEC_E_OK, "no name: when-supported\n");
        ok(log_on_to(NULL, CHECK_REQUIRED, 0, v1) == SEC_E_LOGON_DENIED, "no name: require\n");
        ok(log_on_to(NULL, CHECK_APPLICATION, 0, v1) == SEC_E_OK, "no name: application\n");
    }
    ok(log_on_to(u"HTTP/server.example", CHECK_REQUIRED, 0, true) == SEC_E_LOGON_DENIED,
       "version 1\n"); /* design 7.1 */

    /* A name that the client has from a source it does not trust. */
    ok(log_on_to(u"HTTP/server.example", CHECK_SUPPORTED, ISC_REQ_UNVERIFIED_TARGET_NAME, false) == SEC_E_OK,
       "unverified: when-supported\n"); /* design 7.1 */
    ok(log_on_to(u"HTTP/server.example", CHECK_REQUIRED, ISC_REQ_UNVERIFIED_TARGET_NAME, false) == SEC_E_LOGON_DENIED,
       "unverified: require\n"); /* design 7.1 */
}

/* A null session proves nothing, least of all what it says about itself. */
static void test_anonymous(void)
{
    struct package_credential nobody;

    double_outbound(&nobody, u"", u"", u"");
    server.policy.allow_anonymous = true;
    for (int check = CHECK_APPLICATION; check <= CHECK_REQUIRED; check++)
    {
        for (int which = 0; which < 2; which++)
        {
            struct handshake handshake = new_handshake(false);
            SECURITY_STATUS status, expected = check == CHECK_REQUIRED ? SEC_E_LOGON_DENIED : SEC_E_OK;

            if (which)
                server.policy.target_name = check;
            else
                server.policy.channel_bindings = check;
            handshake.client_credential = &nobody;
            handshake.client_request = 0;
            handshake.server_request |= ASC_REQ_ALLOW_NULL_SESSION;
            status = shake_hands(&handshake);
            ok(status == expected, "check %d of %d: %#x\n", check, which, status); /* S4.8.1, design 7.1 */
            end_handshake(&handshake);
            server.policy.target_name = server.policy.channel_bindings = CHECK_APPLICATION;
        }
    }
    server.policy.allow_anonymous = false;
    double_free(&nobody);
}

/* ---- configuration ----------------------------------------------------------- */

static NTSTATUS read_text(const char *text, struct guise_config *config)
{
    FILE *stream = fmemopen((void *)text, strlen(text), "r");
    NTSTATUS status = config_read("a test", stream, config);

    fclose(stream);
    return status;
}

static void test_values(void)
{
    static const char *const values[] = {"application", "off", "when-supported", "require"};
    struct guise_config config;

    /* design 5 */
    ok(!config_read("nowhere", NULL, &config), "defaults\n");
    ok(config.channel_bindings == CHECK_APPLICATION && config.target_name == CHECK_APPLICATION && !*config.target_hosts,
       "defaults\n");
    config_free(&config);
    for (int i = 0; i < 4; i++)
    {
        char text[80];

        snprintf(text, sizeof(text), "[ntlm]\nchannel-bindings = %s\ntarget-name = %s\n", values[i], values[3 - i]);
        /* design 5 */
        ok(!read_text(text, &config), "%s\n", values[i]);
        ok(config.channel_bindings == (enum guise_check)i && config.target_name == (enum guise_check)(3 - i), "%d\n",
           i);
        config_free(&config);
    }
    /* design 5 */
    ok(read_text("[ntlm]\nchannel-bindings = required\n", &config) == STATUS_INVALID_PARAMETER, "required\n");
    ok(read_text("[ntlm]\ntarget-name = yes\n", &config) == STATUS_INVALID_PARAMETER, "yes\n");
    ok(read_text("[ntlm]\ntarget-name =\n", &config) == STATUS_INVALID_PARAMETER, "nothing\n");
}

/* From the file into a credential. */
static void test_credential(void)
{
    struct acquire_request request = {.use = SECPKG_CRED_OUTBOUND};
    struct package_credential *credential = NULL;
    const char *top = getenv("TMPDIR");
    char path[4096];
    TimeStamp expiry;
    int file;

    snprintf(path, sizeof(path), "%s/ntlm_policy.XXXXXX", top ? top : "/tmp");
    file = mkstemp(path);
    if (file < 0 || setenv("GUISE_CONF", path, 1) ||
        dprintf(file, "[ntlm]\nchannel-bindings = require\ntarget-name = when-supported\ntarget-hosts = www\n") < 0 ||
        close(file))
    {
        skip("cannot write a configuration\n");
        return;
    }
    ok(!ntlm_package.acquire_credential(&request, &credential, &expiry), "no credential\n"); /* design 7.1 */
    unlink(path);
    if (!credential) return;
    ok(credential->policy.channel_bindings == CHECK_REQUIRED && credential->policy.target_name == CHECK_SUPPORTED &&
           ntlm_text_equal_nocase(&credential->names.target_hosts, u"www", 3),
       "policy\n"); /* design 7.1 */
    ntlm_package.free_credential(credential);
}

START_TEST(ntlm_policy)
{
    double_outbound(&alice, u"SERVER", u"alice", u"Password");
    double_inbound(&server);
    if (!ntlm_ntowf_v1(u"Password", 8, alice.nt_hash)) return;
    test_bindings();
    test_targets();
    test_anonymous();
    test_values();
    test_credential();
    ntlm_text_free(&server.names.target_hosts);
    double_free(&alice);
    double_free(&server);
}
