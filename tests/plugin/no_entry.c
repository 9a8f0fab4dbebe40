/*
 * A shared object that is no plug-in.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
int no_entry;
