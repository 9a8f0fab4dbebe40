/*
 * Fuzz target: the configuration file.
 *
 * Covers: ntoskrnl/unix/config.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ntoskrnl/unix/config.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int quiet = -1, loud = -1;

/* Each bad file logs a line: they go nowhere, reports of the sanitizers go where they would. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    loud = dup(STDERR_FILENO);
    if (quiet < 0 || loud < 0) abort();
    __sanitizer_set_report_fd((void *)(intptr_t)loud);
    return 0;
}

/* What others rely on: a configuration that was read has every text. */
static void check(const struct guise_config *config)
{
    const struct guise_names *names = &config->names;
    const char *const texts[] = {config->impersonation_account, config->anonymous_account, config->account_store};
    const char *const named[] = {names->netbios_name, names->netbios_domain, names->dns_name, names->account_domain};
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (!texts[i] || !*texts[i]) abort();
    if (!names->account_domain && config->is_member && (!names->netbios_name || !names->netbios_domain)) return; /* winbind is to be asked */
    for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
        if (!named[i] || !*named[i]) abort();
    if (!names->dns_domain || !names->account_dns_domain) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct guise_config config;
    FILE *stream;
    NTSTATUS status;

    if (!size || !(stream = fmemopen((void *)data, size, "r"))) return 0;
    dup2(quiet, STDERR_FILENO);
    status = config_read("fuzz", stream, &config);
    dup2(loud, STDERR_FILENO);
    fclose(stream);
    if (status) return 0;
    check(&config);
    config_free(&config);
    return 0;
}
