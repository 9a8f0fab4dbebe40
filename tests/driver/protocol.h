/*
 * What the loader and the driver say to each other.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_TESTS_DRIVER_PROTOCOL_H
#define GUISE_TESTS_DRIVER_PROTOCOL_H

/* Runs one unit to its end. In: struct guise_test_run; out: the unit's exit code, a LONG. */
#define IOCTL_GUISE_TEST_RUN CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)

/* A unit's name that stands for probe.c. */
#define GUISE_TEST_PROBE "--exports"

/* What the version of both must agree in; a driver left over from another version is refused. */
#define GUISE_TEST_PROTOCOL 1

struct guise_test_run
{
    ULONG protocol;
    ULONG on_wine; /* todo_wine is active */
    ULONG first_export; /* for probe.c */
    char unit[64];
    WCHAR log[512]; /* NT path of a file that the output is appended to */
};

#endif
