/*
 * A ticket cache that is not the process's: in a folder that everybody may write to, somebody else may have put it there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peers.h"

#include <security.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MALLORY 70002

static struct side side;
static struct token token;

/* The first leg with default credentials, and whom they are of. */
static void check(const char *what, SECURITY_STATUS expected)
{
    SecPkgCredentials_NamesA names = {NULL};
    SECURITY_STATUS status;

    if (!side_open_initiator(&side, NULL, HTTP, 0)) return;
    side_step(&side, NULL, &token);
    ok(side.status == expected && !token.size == !!expected, "%s: %08lx, %lu bytes\n", what, side.status, token.size); /* design 7.9 */
    status = QueryCredentialsAttributesA(&side.credential, SECPKG_CRED_ATTR_NAMES, &names);
    ok(!names.sUserName == !!status && (!expected || status || strcmp(names.sUserName, "alice@GUISE.TEST")), "%s: %s\n", what, names.sUserName); /* design 7.9 */
    FreeContextBuffer(names.sUserName);
    side_close(&side);
}

static void test_owner(const char *path)
{
    check("ours", SEC_E_OK);
    ok(!chown(path, MALLORY, MALLORY), "chown\n"); /* design 7.9 */
    check("somebody else's", SEC_E_NO_CREDENTIALS);
    ok(!chown(path, 0, 0) && !chmod(path, 0620), "chmod\n"); /* design 7.9 */
    check("the group may write", SEC_E_NO_CREDENTIALS);
    ok(!chmod(path, 0602), "chmod\n"); /* design 7.9 */
    check("everybody may write", SEC_E_NO_CREDENTIALS);
    ok(!chmod(path, 0640), "chmod\n"); /* design 7.9 */
    check("the group may read", SEC_E_OK);
}

/* A link says which cache it is, whoever has made it. */
static void test_link(const char *path)
{
    const char *link = kdc_path("planted-link");

    ok(!symlink(path, link), "symlink\n"); /* design 7.9 */
    setenv("KRB5CCNAME", link, 1);
    check("a link", SEC_E_NO_CREDENTIALS);
}

/* A folder in which another one can be put in its place. */
static void test_folder(const char *user)
{
    char path[200];

    snprintf(path, sizeof(path), "%s/cache", kdc_path("planted-folder"));
    ok(!mkdir(kdc_path("planted-folder"), 0755), "mkdir\n"); /* design 7.9 */
    if (!kdc_log_in(user, path, 0)) return;
    check("our folder", SEC_E_OK);
    ok(!chmod(kdc_path("planted-folder"), 0777), "chmod\n"); /* design 7.9 */
    check("everybody's folder", SEC_E_NO_CREDENTIALS);
    ok(!chmod(kdc_path("planted-folder"), 01777), "chmod\n"); /* design 7.9 */
    check("a folder like /tmp", SEC_E_OK);
    ok(!chown(kdc_path("planted-folder"), MALLORY, MALLORY), "chown\n"); /* design 7.9 */
    check("somebody else's folder", SEC_E_NO_CREDENTIALS);
}

START_TEST(planted_cache)
{
    if (!kdc_is_here()) return;
    if (!kdc_log_in("alice", kdc_path("planted"), 0)) return;
    test_owner(kdc_path("planted"));
    test_link(kdc_path("planted"));
    test_folder("alice");
    setenv("KRB5CCNAME", "FILE:/nonexistent/cache", 1);
    check("none", SEC_E_NO_CREDENTIALS);
    setenv("KRB5_CLIENT_KTNAME", kdc_path("keytab"), 1);
    setenv("KRB5CCNAME", kdc_path("from-keytab"), 1);
    check("none, but a keytab to make it with", SEC_E_OK);
    unsetenv("KRB5_CLIENT_KTNAME");
    if (kdc_log_in("alice", "MEMORY:planted", 0)) check("in memory", SEC_E_OK);
}
