# The units of tests/ntoskrnl as a driver for Windows and Wine, and its loader: make kernel-tests (needs mingw-w64).
# SPDX-License-Identifier: LGPL-2.1-or-later

DRIVER      = tests/driver/guise_test.sys
LOADER      = tests/driver/guise_kernel_test.exe
DRIVER_GENERATED = tests/driver/testlist.c tests/driver/names.c tests/driver/calls.h tests/driver/exports.h
DRIVER_UNITS = $(patsubst tests/ntoskrnl/%.c,tests/driver/units/%.obj,$(call in_rooms,tests/ntoskrnl))
# In the kernel nothing may lie below the stack pointer. Windows' own .sys are position-independent and not executable in data.
PE_CFLAGS     = -std=gnu11 -O2 -MMD -MP -mno-red-zone -I. -I$(srcdir) $(WARNINGS)
# mingw-w64's kernel headers include one another without their folder, ddk.
DDK           := $(patsubst %/windef.h,%/ddk,$(filter %/windef.h,$(shell $(MINGW_CC) -M -include windef.h -x c /dev/null)))
UNIT_CFLAGS   = $(PE_CFLAGS) -Wno-error=format -Wno-error=format-extra-args -DWINETEST_KERNEL -DGUISE_HEADERS_IN_PE -I$(srcdir)/tests/driver/include -I$(srcdir)/include
DRIVER_LDFLAGS = -nostdlib -shared -s -Wl,--subsystem,native -Wl,--entry,DriverEntry -Wl,--image-base,0x140000000 -Wl,--dynamicbase \
                 -Wl,--nxcompat -Wl,--exclude-all-symbols -Wl,--no-insert-timestamp

kernel-tests: $(DRIVER) $(LOADER)

tests/driver/testlist.c: $(addprefix $(srcdir)/,$(call in_rooms,tests/ntoskrnl)) tools/testlist
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(srcdir)/tools/testlist $@ $(filter %.c,$^)
tests/driver/names.c: $(addprefix $(srcdir)/,$(call in_rooms,tests/ntoskrnl)) tools/testlist
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(srcdir)/tools/testlist --names $@ $(filter %.c,$^)
tests/driver/calls.h tests/driver/exports.h &: ntoskrnl/ntoskrnl.spec tools/driver-calls
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(srcdir)/tools/driver-calls $(filter %.spec,$^) tests/driver/calls.h tests/driver/exports.h

tests/driver/units/%.obj: tests/ntoskrnl/%.c $(DRIVER_GENERATED)
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(UNIT_CFLAGS) -include tests/driver/kernel.h -include tests/driver/calls.h -c -o $@ $<
tests/driver/testlist.obj: tests/driver/testlist.c
	$(Q)$(MINGW_CC) $(UNIT_CFLAGS) -Dmain=winetest_main -c -o $@ $<
tests/driver/unit.obj: tests/driver/unit.c
	$(Q)$(MINGW_CC) $(UNIT_CFLAGS) -c -o $@ $<
tests/driver/%.obj: tests/driver/%.c $(DRIVER_GENERATED)
	@mkdir -p $(@D)
	$(Q)$(MINGW_CC) $(PE_CFLAGS) -isystem $(DDK) -c -o $@ $<

$(DRIVER): tests/driver/driver.obj tests/driver/probe.obj tests/driver/unit.obj tests/driver/testlist.obj $(DRIVER_UNITS)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(DRIVER_LDFLAGS) -o $@ $^ -lntoskrnl -lgcc
$(LOADER): tests/driver/loader.obj tests/driver/names.obj
	$(say) PE  $@
	$(Q)$(MINGW_CC) -s -Wl,--no-insert-timestamp -o $@ $^ -ladvapi32

.PHONY: kernel-tests
