# guise-httpd as a Windows program, from the same sources with another platform. Included by Makefile.in; needs mingw-w64.
# SPDX-License-Identifier: LGPL-2.1-or-later

HTTPD_PE      = programs/guise-httpd/guise-httpd.exe
HTTPD_PE_OBJS = $(patsubst %.c,%.obj,$(filter-out %/platform_unix.c %/platform_unix_socket.c,$(call in_rooms,programs/guise-httpd programs/guise-httpd/pe)))
# Windows' own windows.h and security.h. Messages are checked against their arguments natively, where %zu is known.
all: $(HTTPD_PE)

HTTPD_PE_CFLAGS = -std=gnu11 -O2 -D_WIN32_WINNT=0x0A00 -D__USE_MINGW_ANSI_STDIO=1 $(WARNINGS) -Wno-format -MMD -MP

$(HTTPD_PE_OBJS): %.obj: %.c Makefile
	@mkdir -p $(@D)
	$(say) PE  $@
	$(Q)$(MINGW_CC) $(HTTPD_PE_CFLAGS) -MF $(@:.obj=.obj.d) -c -o $@ $<
$(HTTPD_PE): $(HTTPD_PE_OBJS)
	$(say) PE  $@
	$(Q)$(MINGW_CC) -static-libgcc -s -Wl,--no-insert-timestamp -o $@ $^ -lsecur32 -ladvapi32 -lws2_32 -lntdll

# It and a server of somebody else (node.exe with an addon), with the modules for Wine.
check-wine-servers: all
	$(srcdir)/tests/wine/run . $(PYTHON) $(srcdir)/tests/wine/check_servers . $(SERVERS_OPTIONS)
	$(srcdir)/tests/kdc/run env GUISE_WINE_INSIDE=yes $(srcdir)/tools/wine-prefix $(srcdir)/tests/wine/run . $(PYTHON) $(srcdir)/tests/wine/check_servers . --only kerberos
	$(srcdir)/tests/domain/run env GUISE_WINE_INSIDE=yes $(srcdir)/tools/wine-prefix $(srcdir)/tests/wine/run . $(PYTHON) $(srcdir)/tests/wine/check_servers . --only domain
.PHONY: check-wine-servers
