# The modules for Wine: secur32.dll, which takes the place of Wine's, and guise.dll (built in for Wine) with its Unix half guise.so. Included by Makefile.in; needs mingw-w64 and winebuild.
# WINEDLLPATH=dlls/guise/wine makes a Wine find them in the build tree.
# SPDX-License-Identifier: LGPL-2.1-or-later

WINE_ROOM    = dlls/guise/wine
WINE_PE      = $(WINE_ROOM)/x86_64-windows
WINE_UNIX    = $(WINE_ROOM)/x86_64-unix
WINE_MODULES = $(WINE_PE)/guise.dll $(WINE_UNIX)/guise.so $(WINE_PE)/secur32.dll $(WINE_PE)/guise-probe.exe

# msvcrt is left out: hooks run where its own calls would come back to them. -mno-red-zone is mingw's rule anyway.
# gcc 12 takes the TEB's address, which is relative to gs, for one in the first page.
WINE_PE_CFLAGS  = -std=gnu11 -D_WIN32_WINNT=0x0A00 -O2 -MMD -MP -fno-builtin -fno-stack-protector -Wno-array-bounds -I. -I$(srcdir) $(WARNINGS)
WINE_PE_LDFLAGS = -nostdlib -shared -s -Wl,--entry,DllMain -Wl,--enable-stdcall-fixup -Wl,--no-insert-timestamp -Wl,--dynamicbase -Wl,--nxcompat
WINE_PE_LIBS    = -lntdll -lntdllcrt -lkernel32 -lgcc

guise_PE_OBJS   = $(patsubst %.c,%.obj,$(call in_rooms,dlls/guise dlls/guise/hooks))
guise_UNIX_OBJS = $(sort $(call objects,$(call in_rooms,dlls/guise/unix)) dlls/guise/unix/secur32_thunks.o)
secur32_PE_OBJS = $(sort $(patsubst %.c,%.obj,$(call in_rooms,dlls/secur32/pe)) dlls/secur32/pe/secur32_thunks.obj) dlls/guise/say.obj

wine-modules: $(WINE_MODULES)

# The blocks that both halves of secur32 know, and what fills them and takes them apart.
THUNK_TOOLS   = tools/makethunks tools/makespec $(wildcard $(addprefix $(srcdir)/include/,sspi.h secext.h ntsecapi.h winbase.h))
SECUR32_BLOCKS = dlls/secur32/pe/secur32_blocks.h dlls/guise/unix/secur32_blocks.h
THUNK_SOURCES = $(SECUR32_BLOCKS) dlls/secur32/pe/secur32_thunks.c dlls/guise/unix/secur32_thunks.c
dlls/%/secur32_blocks.h: dlls/secur32/secur32.spec $(THUNK_TOOLS)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(srcdir)/tools/makethunks --blocks $< >$@.new && mv $@.new $@
dlls/secur32/pe/secur32_thunks.c: dlls/secur32/secur32.spec $(THUNK_TOOLS)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(srcdir)/tools/makethunks --pe $< >$@.new && mv $@.new $@
dlls/guise/unix/secur32_thunks.c: dlls/secur32/secur32.spec $(THUNK_TOOLS)
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(srcdir)/tools/makethunks --unix $< >$@.new && mv $@.new $@
$(guise_UNIX_OBJS) $(secur32_PE_OBJS): | $(SECUR32_BLOCKS)
dlls/guise/unix/main.o dlls/guise/unix/secur32_thunks.o: ALL_CFLAGS += -I.

dlls/secur32/pe/%.obj: dlls/secur32/pe/%.c Makefile
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(WINE_PE_CFLAGS) -c -o $@ $<
dlls/secur32/pe/secur32.def: dlls/secur32/secur32.spec tools/makespec
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(srcdir)/tools/makespec --def $< >$@.new && mv $@.new $@
# Without the mark of a builtin: only so Wine takes it before its own.
$(WINE_PE)/secur32.dll: $(secur32_PE_OBJS) dlls/secur32/pe/secur32.def
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(WINE_PE_LDFLAGS) -o $@ $^ $(WINE_PE_LIBS)

dlls/guise/%.obj: dlls/guise/%.c Makefile
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(WINE_PE_CFLAGS) -c -o $@ $<
dlls/guise/guise.def: dlls/guise/guise.spec tools/makespec
	@mkdir -p $(@D)
	$(Q)$(PYTHON) $(srcdir)/tools/makespec --def $< >$@.new && mv $@.new $@
$(WINE_PE)/guise.dll: $(guise_PE_OBJS) dlls/guise/guise.def
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(WINE_PE_LDFLAGS) -o $@.new $^ $(WINE_PE_LIBS) && $(WINEBUILD) --builtin $@.new && mv $@.new $@
# Its libraries are those of the build tree; of the one that gets installed, those of the folder that guise/wine is in, which it is told by name
# for the link that `guise-wine install --link` makes: ORIGIN is where the link is.
guise_so = $(CC) $(SO_LDFLAGS) -Wl,-rpath,'$$ORIGIN/../../..$(1)' -Wl,--version-script=$(srcdir)/dlls/guise/guise.symbols -o $@ $(filter %.o,$^) $(GUISE_SO_LIBS) -ldl
GUISE_SO_LIBS = libadvapi32.so.0 libsecur32.so.0 libntoskrnl.so.0
GUISE_SO_PARTS = $(guise_UNIX_OBJS) $(PER_LIBRARY_OBJS) $(GUISE_SO_LIBS) $(srcdir)/dlls/guise/guise.symbols
$(WINE_UNIX)/guise.so: $(GUISE_SO_PARTS)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(call guise_so,/..)
$(WINE_ROOM)/guise.so.installed: $(GUISE_SO_PARTS)
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(call guise_so,:$(abspath $(libdir)))
$(WINE_PE)/guise-probe.exe: programs/guise-wine/pe/probe.c dlls/guise/calls.h dlls/guise/guise.h
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) -std=gnu11 -O2 -I$(srcdir) $(WARNINGS) -static-libgcc -Wl,--no-insert-timestamp -s -o $@ $<

# ---- install --------------------------------------------------------------------------------------------------------------

WINE_HOME = $(libdir)/guise/wine
install: install-wine-modules
install-wine-modules: $(WINE_MODULES) $(WINE_ROOM)/guise.so.installed
	$(INSTALL) -d $(DESTDIR)$(WINE_HOME)/x86_64-windows $(DESTDIR)$(WINE_HOME)/x86_64-unix $(DESTDIR)$(bindir)
	$(INSTALL) -m 0644 $(filter $(WINE_PE)/%,$(WINE_MODULES)) $(DESTDIR)$(WINE_HOME)/x86_64-windows/
	$(INSTALL) -m 0644 $(WINE_ROOM)/guise.so.installed $(DESTDIR)$(WINE_HOME)/x86_64-unix/guise.so
	sed -e 's|@WINE_MODULES@|$(abspath $(WINE_HOME))|' -e "s|'@sysconfdir@' if .*|'$(sysconfdir)'|" $(srcdir)/programs/guise-wine/guise-wine >$(WINE_ROOM)/guise-wine
	$(INSTALL) -m 0755 $(WINE_ROOM)/guise-wine $(DESTDIR)$(bindir)/guise-wine

# ---- units that run under Wine, against mingw-w64's headers ----

WINE_TEST = tests/wine/wine_test.exe
tests/wine/%.obj: tests/wine/%.c Makefile | winetest/include/wine
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(filter-out -DSTANDALONE_PER_ROOM,$(WINETEST_CFLAGS)) -I$(srcdir) -MMD -MP -c -o $@ $<
$(WINE_TEST): $(patsubst %.c,%.obj,$(call in_rooms,tests/wine)) tests/wine/testlist.obj
	$(say) PE  $@
	$(Q)$(MINGW_CC) -static-libgcc -Wl,--no-insert-timestamp -s -o $@ $^ -lsecur32 -lws2_32 -ladvapi32 -lrpcrt4 -lkernel32 -lntdll
# Then the conformance units on our secur32.dll. Left out: what is about Windows' own account data base, and pipes, which are Wine's
# and not what Windows' are (todo_wine there); and units that others run.
WINE_LEFT_OUT = secur32:accounts secur32:system secur32:impersonate_pipe wine:files wine:file_race
check-wine-modules: $(WINE_MODULES) $(WINE_ROOM)/guise.so.installed $(WINE_TEST) winetest/x86_64/secur32_test.exe
	$(srcdir)/tests/wine/run . env WINETEST_PLATFORM=guise $(PYTHON) $(srcdir)/tools/run-units --launcher wine64 --timeout 60 \
	    $(addprefix --except ,$(WINE_LEFT_OUT)) $(WINE_TEST) winetest/x86_64/secur32_test.exe
	$(if $(LONG),GUISE_TEST_LOGONS=100000 $(srcdir)/tests/wine/run . $(PYTHON) $(srcdir)/tools/run-units --launcher wine64 --timeout 900 $(WINE_TEST):threads)
	$(srcdir)/tests/wine/run . $(PYTHON) $(srcdir)/tests/wine/check_refusals .
	$(PYTHON) $(srcdir)/tests/wine/check_install .

# guise.dll without one of its guards, again and again.
check-wine-canaries: $(WINE_MODULES) $(WINE_TEST)
	GUISE_PE_COMPILE='$(MINGW_CC) $(filter-out -MMD -MP -I. -I$(srcdir),$(WINE_PE_CFLAGS)) -I$(abspath $(srcdir))' GUISE_PE_LINK='$(MINGW_CC) $(WINE_PE_LDFLAGS)' \
	    GUISE_PE_LIBS='dlls/guise/guise.def $(WINE_PE_LIBS)' GUISE_WINEBUILD='$(WINEBUILD)' \
	    $(srcdir)/tests/wine/run . $(PYTHON) $(srcdir)/tests/wine/check_canaries . $(guise_PE_OBJS)

# guise.dll without hooks on files, for the checks that must see it.
WINE_CANARY = tests/wine/canary
$(WINE_CANARY)/%.obj: $(WINE_CANARY)/%.c Makefile
	@mkdir -p $(@D)
	$(Q)$(MINGW_CC) $(WINE_PE_CFLAGS) -c -o $@ $<
$(WINE_CANARY)/x86_64-windows/guise.dll: $(filter-out dlls/guise/hooks/files.obj,$(guise_PE_OBJS)) $(WINE_CANARY)/no_file_hooks.obj dlls/guise/guise.def
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(WINE_PE_LDFLAGS) -o $@.new $^ $(WINE_PE_LIBS) && $(WINEBUILD) --builtin $@.new && mv $@.new $@
$(WINE_CANARY)/x86_64-unix/guise.so: $(WINE_UNIX)/guise.so
	@mkdir -p $(@D)
	$(Q)cp $< $@
check-wine-files: $(WINE_MODULES) $(WINE_TEST) $(WINE_CANARY)/x86_64-windows/guise.dll $(WINE_CANARY)/x86_64-unix/guise.so
	$(srcdir)/tests/wine/run . $(PYTHON) $(srcdir)/tests/wine/check_files . $(if $(LONG),--long)

clean: clean-wine-modules
clean-wine-modules:
	rm -rf $(WINE_CANARY)/x86_64-* $(WINE_ROOM) dlls/guise/guise.def dlls/secur32/pe/secur32.def $(THUNK_SOURCES) $(WINE_TEST)
.PHONY: wine-modules install-wine-modules check-wine-modules check-wine-canaries check-wine-files clean-wine-modules
