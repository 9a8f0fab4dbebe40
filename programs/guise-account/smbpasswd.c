/*
 * Lines of smbpasswd(5), and what Guise adds to them in comments.
 *
 *     alice:70001:LMHASH:NTHASH:[U          ]:LCT-5F3B2C11:
 *     #guise:NAME:UNIX ACCOUNT:RID:EXPIRES:FLAGS      before a line: what the format has no place for
 *
 * LCT is the time of the last password change, in hexadecimal seconds.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "smbpasswd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GUISE_MARK "#guise:"
#define NO_HASH    "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"

/* Takes the next field off *LINE; NULL: there is no colon any more. */
static char *next_field(char **line)
{
    char *field = *line, *colon = strchr(field, ':');

    if (!colon) return NULL;
    *colon = 0;
    *line = colon + 1;
    return field;
}

static bool copy_name(char *to, size_t room, const char *from)
{
    if (!*from || strlen(from) >= room) return false;
    strcpy(to, from);
    return true;
}

static bool read_number(const char *text, int base, LONGLONG least, LONGLONG most, LONGLONG *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, base);
    return *text && !*end && !errno && *number >= least && *number <= most;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 32 hexadecimal digits, or what stands for no password. */
static bool read_hash(const char *text, UCHAR hash[16], bool *has_hash)
{
    int i, high, low;

    *has_hash = false;
    if (strlen(text) != 32) return false;
    if (!strcmp(text, NO_HASH) || !strncmp(text, "NO PASSWORD", 11)) return true;
    for (i = 0; i < 16; i++)
    {
        if ((high = hex_digit(text[2 * i])) < 0 || (low = hex_digit(text[2 * i + 1])) < 0) return false;
        hash[i] = high << 4 | low;
    }
    *has_hash = true;
    return true;
}

/* An LM hash beside no NT hash, or that of nothing, stands for a password that has none. */
static void drop_useless_lm_hash(struct sam_account *account)
{
    if (account->has_hash && account->has_lm_hash && !sam_is_blank_lm_hash(account->lm_hash)) return;
    account->has_lm_hash = false;
    explicit_bzero(account->lm_hash, sizeof(account->lm_hash));
}

static enum smbpasswd_line parse_mark(char *line, struct sam_account *account, const char **why)
{
    char *name = next_field(&line), *unix_name = next_field(&line), *rid = next_field(&line), *expires = next_field(&line);
    LONGLONG number;

    *why = "a broken #guise line";
    if (account->name[0]) *why = "a #guise line that no account follows";
    else if (name && unix_name && rid && expires && copy_name(account->name, sizeof(account->name), name) &&
             copy_name(account->unix_name, sizeof(account->unix_name), unix_name) &&
             read_number(rid, 10, 1, 0x3fffffff, &number) && read_number(expires, 10, 0, INT64_MAX, &account->expires) &&
             (!*line || !strcmp(line, "M")))
    {
        account->rid = number;
        if (*line) account->flags |= SAM_PASSWORD_MUST_CHANGE;
        return LINE_COMMENT;
    }
    return LINE_BAD;
}

/* "[U          ]" and its letters; false: not that. */
static bool read_letters(const char *text, struct sam_account *account, bool *machine)
{
    size_t length = strlen(text);

    *machine = false;
    if (length < 3 || text[0] != '[' || text[length - 1] != ']') return false;
    if (text[1 + strspn(text + 1, " NDHTUMWSLXI")] != ']') return false;
    *machine = strpbrk(text, "WSI");
    if (strchr(text, 'D')) account->flags |= SAM_DISABLED;
    return true;
}

enum smbpasswd_line smbpasswd_parse(char *line, struct sam_account *account, const char **why)
{
    char *name, *uid, *lm, *nt, *letters, *change;
    LONGLONG number;
    bool machine;

    *why = NULL;
    line[strcspn(line, "\r\n")] = 0;
    if (!strncmp(line, GUISE_MARK, strlen(GUISE_MARK))) return parse_mark(line + strlen(GUISE_MARK), account, why);
    if (!*line || *line == '#') return LINE_COMMENT;

    name = next_field(&line);
    uid = next_field(&line);
    lm = next_field(&line);
    nt = next_field(&line);
    letters = next_field(&line);
    change = line;
    change[strcspn(change, ":")] = 0;

    if (!letters) *why = "fewer than six fields";
    else if (!read_number(uid, 10, 0, UINT32_MAX, &number)) *why = "the uid is not a number";
    else if (!read_hash(lm, account->lm_hash, &account->has_lm_hash)) *why = "the LM hash is not 32 hexadecimal digits";
    else if (!read_hash(nt, account->nt_hash, &account->has_hash)) *why = "the NT hash is not 32 hexadecimal digits";
    else if (!read_letters(letters, account, &machine)) *why = "the account flags are not understood";
    else if (strncmp(change, "LCT-", 4) || !read_number(change + 4, 16, 0, UINT32_MAX, &account->password_set))
        *why = "the time of the last change is not LCT- and a hexadecimal number";
    else if (account->name[0] && strcmp(account->name, name)) *why = "the #guise line before it names another account";
    else if (!copy_name(account->name, sizeof(account->name), name)) *why = "the name is empty or too long";
    else if (machine) return LINE_MACHINE;
    else if (!account->unix_name[0] && !copy_name(account->unix_name, sizeof(account->unix_name), name))
        *why = "the name is too long for a Unix account";
    drop_useless_lm_hash(account);
    return *why ? LINE_BAD : LINE_ACCOUNT;
}

static void write_hash(const UCHAR hash[16], char text[33])
{
    int i;

    for (i = 0; i < 16; i++) sprintf(text + 2 * i, "%02X", hash[i]);
}

int smbpasswd_format(const struct sam_account *account, uid_t uid, char text[2 * SMBPASSWD_LINE_MAX])
{
    ULONG change = account->password_set < 0             ? 0
                   : account->password_set > (LONGLONG)UINT32_MAX ? UINT32_MAX
                                                         : account->password_set;
    char lm[33] = NO_HASH, nt[33] = NO_HASH;
    int i;

    if (account->has_lm_hash) write_hash(account->lm_hash, lm);
    if (account->has_hash) write_hash(account->nt_hash, nt);
    i = snprintf(text, 2 * SMBPASSWD_LINE_MAX, GUISE_MARK "%s:%s:%u:%lld:%s\n%s:%u:%s:%s:[%c%c         ]:LCT-%08X:\n",
                 account->name, account->unix_name, (unsigned int)account->rid, (long long)account->expires,
                 account->flags & SAM_PASSWORD_MUST_CHANGE ? "M" : "", account->name, uid, lm, nt,
                 account->flags & SAM_DISABLED ? 'D' : 'U', account->flags & SAM_DISABLED ? 'U' : ' ', (unsigned int)change);
    explicit_bzero(lm, sizeof(lm));
    explicit_bzero(nt, sizeof(nt));
    return i;
}
