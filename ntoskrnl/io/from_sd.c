/*
 * The classes and named entries that mean what a DACL says, if there are any.
 *
 * The DACL is asked, for each of r, w and x, what it gives the owner, each user it names, a member of each group it names
 * and anybody else. Those answers are the entries; whether they mean the same for everybody, a member of several groups too,
 * is asked of the DACL again: for a user's class no group may matter, and of two groups the one that allows must win, as
 * POSIX has it. What holds for pairs of groups holds for all: the ACE that decides for a set decides for one of its pairs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "ntoskrnl/io/permissions.h"
#include "ntoskrnl/se/token.h"
#include "ntoskrnl/unix/domain.h"

/* Rights that no Unix file gives to anybody but root: to deny them says nothing. */
#define NEVER_GRANTED (DELETE | WRITE_OWNER | FILE_DELETE_CHILD)

enum subject_kind
{
    SUBJECT_USER,
    SUBJECT_GROUP,
    SUBJECT_EVERYONE,
    SUBJECT_ROOT /* S-1-5-18 */
};

struct subject
{
    enum subject_kind kind;
    uint32_t id;
};

/* One ACE, understood. */
struct entry
{
    struct subject subject;
    bool allow;
    unsigned char perm; /* r, w, x */
};

/* A DACL, understood. */
struct dacl
{
    struct permissions *permissions; /* owner and group in, classes and entries out */
    bool root_named;                 /* there is an ACE for S-1-5-18 */
    size_t count;
    struct entry entries[];
};

static NTSTATUS find_subject(const SID *sid, struct subject *subject)
{
    struct unix_id id;
    NTSTATUS status;

    *subject = (struct subject){SUBJECT_EVERYONE, 0};
    if (sid_equal(sid, &sid_everyone.sid)) return STATUS_SUCCESS;
    if (!(status = unix_id_of_sid(sid, &id)))
        *subject = (struct subject){id.of_group ? SUBJECT_GROUP : id.id ? SUBJECT_USER : SUBJECT_ROOT, id.id};
    return status;
}

/* A right that is one thing on Unix is asked for as a whole or not at all. */
static bool take_perm(ACCESS_MASK *mask, ACCESS_MASK rights, unsigned int bit, unsigned char *perm)
{
    if (!(*mask & rights)) return true;
    if ((*mask & rights) != rights) return false;
    *mask &= ~rights;
    *perm |= bit;
    return true;
}

/* The r, w and x of an ACE's mask; false: it asks for something else too that Unix cannot give. */
static bool read_mask(ACCESS_MASK mask, bool allow, bool owner, bool root, unsigned char *perm)
{
    *perm = 0;
    if (allow && owner && (mask & RIGHTS_WRITE) == FILE_WRITE_ATTRIBUTES) mask &= ~FILE_WRITE_ATTRIBUTES;
    if (!take_perm(&mask, RIGHTS_READ, PERM_READ, perm) || !take_perm(&mask, RIGHTS_WRITE, PERM_WRITE, perm) ||
        !take_perm(&mask, RIGHTS_EXEC, PERM_EXEC, perm))
        return false;
    if (root)
        mask &= ~FILE_ALL_ACCESS;
    else
        mask &= allow ? ~RIGHTS_BASE & ~(owner ? RIGHTS_OWNER : 0) : ~NEVER_GRANTED;
    return !mask;
}

static NTSTATUS read_ace(const ACE_HEADER *ace, struct dacl *dacl)
{
    bool allow = ace->AceType == ACCESS_ALLOWED_ACE_TYPE, owner, root;
    struct entry *entry = &dacl->entries[dacl->count];
    ACCESS_MASK mask;
    NTSTATUS status;

    if ((!allow && ace->AceType != ACCESS_DENIED_ACE_TYPE) || ace->AceFlags) return STATUS_NOT_SUPPORTED;
    if ((status = find_subject(ace_sid(ace), &entry->subject))) return status;
    mask = access_map_generic(ace_mask(ace), &file_mapping);
    root = entry->subject.kind == SUBJECT_ROOT;
    dacl->root_named |= root;
    owner = entry->subject.kind == SUBJECT_USER && entry->subject.id == dacl->permissions->owner;
    entry->allow = allow;
    if (!read_mask(mask, allow, owner, root && allow, &entry->perm)) return STATUS_NOT_SUPPORTED;
    if (entry->perm) dacl->count++;
    return STATUS_SUCCESS;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

#define NOBODY ((struct subject){SUBJECT_EVERYONE, 0})

static bool concerns(const struct entry *entry, struct subject subject)
{
    return entry->subject.kind == SUBJECT_EVERYONE ||
           (entry->subject.kind == subject.kind && entry->subject.id == subject.id);
}

/* What the DACL gives to somebody who is FIRST and SECOND, of r, w and x. */
static unsigned int ask(const struct dacl *dacl, struct subject first, struct subject second)
{
    unsigned int granted = 0, decided = 0;
    size_t i;

    for (i = 0; i < dacl->count && decided != PERM_ALL; i++)
    {
        const struct entry *entry = &dacl->entries[i];

        if (!concerns(entry, first) && !concerns(entry, second)) continue;
        if (entry->allow) granted |= entry->perm & ~decided;
        decided |= entry->perm;
    }
    return granted;
}

/* Every user and group that the DACL names and that is not the file's own becomes an entry. */
static NTSTATUS collect_named(const struct dacl *dacl, bool groups)
{
    struct permissions *permissions = dacl->permissions;
    size_t i, j, place;

    for (i = 0; i < dacl->count; i++)
    {
        struct subject subject = dacl->entries[i].subject;

        if (subject.kind != (groups ? SUBJECT_GROUP : SUBJECT_USER)) continue;
        if (subject.id == (groups ? permissions->group : permissions->owner)) continue;
        for (place = 0; place < permissions->named_count; place++)
        {
            const struct named_permission *named = &permissions->named[place];

            if (named->group == groups && named->id >= subject.id) break;
        }
        if (place < permissions->named_count && permissions->named[place].id == subject.id) continue;
        if (permissions->named_count == PERMISSIONS_MAX_NAMED) return STATUS_NOT_SUPPORTED;
        for (j = permissions->named_count++; j > place; j--) permissions->named[j] = permissions->named[j - 1];
        permissions->named[place] = (struct named_permission){subject.id, groups, (unsigned char)ask(dacl, subject, NOBODY)};
    }
    return STATUS_SUCCESS;
}

static struct subject group_at(const struct permissions *permissions, size_t index, unsigned int *perm)
{
    *perm = index < permissions->named_count ? permissions->named[index].perm : permissions->owning_group;
    return (struct subject){SUBJECT_GROUP,
                            index < permissions->named_count ? permissions->named[index].id : permissions->group};
}

/* Whether no group matters to a user who has a class of his own. */
static bool user_alone(const struct dacl *dacl, uid_t uid, unsigned int perm)
{
    const struct permissions *permissions = dacl->permissions;
    unsigned int unused;
    size_t i;

    for (i = 0; i <= permissions->named_count; i++)
        if ((i == permissions->named_count || permissions->named[i].group) &&
            ask(dacl, (struct subject){SUBJECT_USER, uid}, group_at(permissions, i, &unused)) != perm)
            return false;
    return true;
}

/* Whether somebody in two groups has what one of them gives. */
static bool groups_together(const struct dacl *dacl)
{
    const struct permissions *permissions = dacl->permissions;
    unsigned int first_perm, second_perm;
    size_t i, j;

    for (i = 0; i <= permissions->named_count; i++)
        for (j = i + 1; j <= permissions->named_count; j++)
        {
            struct subject first = group_at(permissions, i, &first_perm);
            struct subject second = group_at(permissions, j, &second_perm);

            if (i < permissions->named_count && !permissions->named[i].group) continue;
            if (j < permissions->named_count && !permissions->named[j].group) continue;
            if (ask(dacl, first, second) != (first_perm | second_perm)) return false;
        }
    return true;
}

static bool means_the_same(const struct dacl *dacl)
{
    const struct permissions *permissions = dacl->permissions;
    size_t i;

    /* Root's own class decides nothing. */
    if (permissions->owner && !user_alone(dacl, permissions->owner, permissions->user)) return false;
    for (i = 0; i < permissions->named_count; i++)
        if (!permissions->named[i].group && !user_alone(dacl, permissions->named[i].id, permissions->named[i].perm))
            return false;
    return groups_together(dacl);
}

/* A mask that takes nothing away and is not empty, for the kernel would then leave the entries aside. */
static unsigned char mask_of(const struct permissions *permissions)
{
    unsigned char mask = permissions->owning_group;
    size_t i;

    for (i = 0; i < permissions->named_count; i++) mask |= permissions->named[i].perm;
    return mask ? mask : PERM_READ;
}

/* ---- root -------------------------------------------------------------------------------------------------------- */

/*
 * What is said of S-1-5-18 must be what root has anyway. A file that belongs to root keeps the bits of its owner, which mean
 * nothing but that an x anywhere lets root execute it; a mask's will do.
 */
static bool fit_root(const struct dacl *dacl, const struct permissions *current)
{
    struct permissions *permissions = dacl->permissions;
    unsigned int root = ask(dacl, (struct subject){SUBJECT_ROOT, 0}, NOBODY);

    if (!permissions->owner)
    {
        permissions->user = current->user;
        if (dacl->root_named && !(root & PERM_EXEC)) permissions->user &= ~PERM_EXEC;
    }
    if (dacl->root_named && root & PERM_EXEC & ~root_bits(permissions))
    {
        if (!permissions->owner && !permissions->masked)
            permissions->user |= PERM_EXEC;
        else
        {
            permissions->masked = true;
            permissions->mask |= PERM_EXEC;
        }
    }
    return !dacl->root_named || root == root_bits(permissions);
}

static NTSTATUS solve(struct dacl *dacl, const struct permissions *current)
{
    struct permissions *permissions = dacl->permissions;
    NTSTATUS status;

    permissions->user = (unsigned char)ask(dacl, (struct subject){SUBJECT_USER, permissions->owner}, NOBODY);
    permissions->owning_group = (unsigned char)ask(dacl, (struct subject){SUBJECT_GROUP, permissions->group}, NOBODY);
    permissions->other = (unsigned char)ask(dacl, NOBODY, NOBODY);
    permissions->named_count = 0;
    if ((status = collect_named(dacl, false)) || (status = collect_named(dacl, true))) return status;
    permissions->masked = permissions->named_count;
    permissions->mask = mask_of(permissions);
    if (!fit_root(dacl, current)) return STATUS_NOT_SUPPORTED;
    return means_the_same(dacl) ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

NTSTATUS permissions_from_dacl(const struct permissions *current, const ACL *acl, struct permissions *changed)
{
    struct dacl *dacl = guise_alloc(sizeof(*dacl) + (acl->AceCount + (size_t)1) * sizeof(dacl->entries[0]));
    NTSTATUS status = STATUS_SUCCESS;
    const ACE_HEADER *ace;
    unsigned int i;

    if (!dacl) return STATUS_NO_MEMORY;
    *changed = *current;
    dacl->permissions = changed;
    for (i = 0, ace = acl_first(acl); !status && i < acl->AceCount; i++, ace = ace_after(ace))
        status = read_ace(ace, dacl);
    if (!status) status = solve(dacl, current);
    guise_free(dacl);
    return status;
}
