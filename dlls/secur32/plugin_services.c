/*
 * What the front does for plug-ins (guise/package.h).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/plugin.h"
#include "ntoskrnl/out.h"

static void *make_block(size_t size)
{
    return out_block(size);
}

static SECURITY_STATUS create_token(const struct sec_package_logon *logon, PACCESS_TOKEN *token)
{
    struct guise_logon form = {.source = logon->source,
                               .user_name = logon->user_name,
                               .domain_name = logon->domain_name,
                               .level = logon->level};
    struct unix_account *account;
    NTSTATUS status = guise_account_by_name(logon->unix_account, &account);

    if (status) return sec_status_from_nt(status);
    form.account = account;
    status = guise_create_logon_token(&form, token);
    guise_account_free(account);
    return sec_status_from_nt(status);
}

static void log_line(const char *line)
{
    guise_log("%s", line);
}

const struct sec_package_services plugin_services = {
    .version = SEC_PACKAGE_VERSION,
    .size = sizeof(struct sec_package_services),
    .alloc = guise_alloc,
    .free = guise_free,
    .free_secret = guise_free_secret,
    .out_block = make_block,
    .buffer_find = sec_buffer_find,
    .process_begin = guise_process_begin,
    .process_end = guise_process_end,
    .create_token = create_token,
    .log = log_line,
};
