# The conformance units as Windows programs: `make winetest`. Included by Makefile.in; needs mingw-w64.
# A program per room and machine, ROOM_test.exe, with the room's units, those of tests/windows and tests/windows/ROOM, against mingw-w64's headers and msvcrt;
# of our headers it sees wine/ only.
# SPDX-License-Identifier: LGPL-2.1-or-later

WINETEST_ROOMS    = secur32 advapi32
WINETEST_MACHINES = $(if $(MINGW_CC),x86_64) $(if $(MINGW32_CC),i686)
WINETEST_PROGRAMS = $(foreach m,$(WINETEST_MACHINES),$(foreach r,$(WINETEST_ROOMS),winetest/$(m)/$(r)_test.exe))
WINETEST_KERNEL   = $(if $(MINGW_CC),$(DRIVER) $(LOADER))
WINETEST_ZIP      = guise-winetest-$(VERSION).zip
WINETEST_FILES    = $(addprefix $(srcdir)/tests/windows/,run.cmd kernel.cmd README.txt) $(srcdir)/COPYING
# Messages are checked against their arguments here and nowhere else: natively their formats are Windows' too. %u for a DWORD is no error.
WINETEST_CFLAGS   = -std=gnu11 -D_WIN32_WINNT=0x0A00 -O1 -Iwinetest/include -Wall -Wextra -Wshadow -Wstrict-prototypes $(WERROR) \
                    -Wno-error=format -Wno-error=format-extra-args

winetest/include/wine:
	@mkdir -p $(@D)
	$(Q)ln -sfn $(abspath $(srcdir))/include/wine $@

define winetest_machine # MACHINE COMPILER
winetest/$(1)/%.o: tests/%.c Makefile | winetest/include/wine
	@mkdir -p $$(@D)
	$$(say) PE $$@
	$$(Q)$(2) $$(WINETEST_CFLAGS) -MMD -MP -c -o $$@ $$<
winetest/$(1)/%/testlist.o: winetest/$(1)/%/testlist.c
	$$(Q)$(2) $$(WINETEST_CFLAGS) -c -o $$@ $$<
endef
define winetest_room # MACHINE COMPILER ROOM
winetest/$(1)/$(3)/testlist.c: $$(addprefix $$(srcdir)/,$$(call in_rooms,tests/$(3) tests/windows tests/windows/$(3))) $$(srcdir)/tools/testlist
	@mkdir -p $$(@D)
	$$(Q)$$(PYTHON) $$(srcdir)/tools/testlist $$@ $$(filter %.c,$$^)
winetest/$(1)/$(3)_test.exe: $$(patsubst tests/%.c,winetest/$(1)/%.o,$$(call in_rooms,tests/$(3) tests/windows tests/windows/$(3))) winetest/$(1)/$(3)/testlist.o
	$$(say) PE $$@
	$$(Q)$(2) -static-libgcc -Wl,--no-insert-timestamp -s -o $$@ $$(filter %.o,$$^) -lsecur32 -ladvapi32 -lkernel32 -lntdll
endef
$(if $(MINGW_CC),$(eval $(call winetest_machine,x86_64,$(MINGW_CC))))
$(if $(MINGW32_CC),$(eval $(call winetest_machine,i686,$(MINGW32_CC))))
$(if $(MINGW_CC),$(foreach r,$(WINETEST_ROOMS),$(eval $(call winetest_room,x86_64,$(MINGW_CC),$(r)))))
$(if $(MINGW32_CC),$(foreach r,$(WINETEST_ROOMS),$(eval $(call winetest_room,i686,$(MINGW32_CC),$(r)))))

ifeq ($(strip $(WINETEST_MACHINES)),)
winetest:
	@echo "winetest: configured without mingw-w64 (gcc-mingw-w64-x86-64)" >&2; exit 1
else
winetest: $(WINETEST_ZIP)
endif
$(WINETEST_ZIP): $(WINETEST_PROGRAMS) $(WINETEST_KERNEL) $(WINETEST_FILES) $(srcdir)/tests/windows/imports.list $(srcdir)/tools/winetest
	$(Q)$(PYTHON) $(srcdir)/tools/winetest imports $(srcdir)/tests/windows/imports.list $(WINETEST_PROGRAMS) $(WINETEST_KERNEL)
	$(say) ZIP $@
	$(Q)$(PYTHON) $(srcdir)/tools/winetest zip $@ $(srcdir) $(WINETEST_PROGRAMS) $(WINETEST_KERNEL) $(WINETEST_FILES)

# Every unit on Wine's own DLLs, in a prefix that is gone afterwards; then the archive as somebody with Windows uses it.
check-wine: winetest
	$(PYTHON) $(srcdir)/tools/winetest todos $(srcdir)
	$(srcdir)/tools/wine-prefix sh -ec '$(PYTHON) $(srcdir)/tools/run-units --launcher wine64 --timeout 60 \
	    --except advapi32:accounts --except advapi32:system \
	    $(foreach r,$(WINETEST_ROOMS),winetest/x86_64/$(r)_test.exe); \
	    $(PYTHON) $(srcdir)/tools/winetest run $(WINETEST_ZIP) $(srcdir); $(srcdir)/tests/driver/run $(srcdir) .'

clean: clean-winetest
clean-winetest:
	rm -rf winetest $(WINETEST_ZIP)
.PHONY: winetest check-wine clean-winetest
