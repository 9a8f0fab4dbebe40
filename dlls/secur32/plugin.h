/*
 * Security packages from shared objects.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_SECUR32_PLUGIN_H
#define GUISE_SECUR32_PLUGIN_H

#include "dlls/secur32/front.h"

/* ---- files: plugin_file.c ---------------------------------------------------------------------------------------- */

/*
 * The file that NAME, UTF-8, stands for, made with guise_alloc(): an absolute path, or what [packages] directory has under
 * that name. SEC_E_SECPKG_NOT_FOUND: there is none. SEC_E_CANNOT_INSTALL: somebody besides root and the process's user could change
 * it; the log says who. SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR.
 */
SECURITY_STATUS plugin_file(const char *name, char **path);

/* ---- what plug-ins get: plugin_services.c ------------------------------------------------------------------------ */

extern const struct sec_package_services plugin_services;

/* ---- the loaded ones: plugin.c ----------------------------------------------------------------------------------- */

/* The INDEX-th of them, or NULL. */
const struct sec_package *plugin_at(unsigned int index);

#endif
