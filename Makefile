# SPDX-License-Identifier: ISC
# vlanbridge: `make` builds both programs; `make demo` and `make check` do all their own set-up.

CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
DESTDIR ?=
MANDIR ?= /usr/share/man
SCRIPTS ?= /etc/xen/scripts
UNITS ?= /lib/systemd/system
DOCS ?= /usr/share/doc/vlanbridge
B ?= build

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 $(if $(CI),-Werror)
HARDENING = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
FULL_RELRO = -Wl,-z,relro,-z,now
# Lazy, and silent without pkg-config: `make check` is what installs it.
pkg = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
PKG_CFLAGS = $(call pkg,--cflags libnl-3.0 libnl-route-3.0 xenstore xlutil xenlight smartcols)
NETWORK_LIBS = $(call pkg,--libs libnl-route-3.0 libnl-3.0 xlutil xenlight xentoollog smartcols)
# Static: half the time of the dynamic one, for every vif of every guest.
VIF_LIBS = $(call pkg,--libs --static libnl-3.0 xenstore)
UNIT_LIBS = $(NETWORK_LIBS) $(call pkg,--libs cmocka xenstore)
COMPILE = $(CC) -std=gnu11 -D_GNU_SOURCE -MMD -MP -I. -Icommon $(WARNINGS) $(HARDENING) $(PKG_CFLAGS) $(CFLAGS)

objects = $(patsubst %.c,$(B)/obj/%.o,$(wildcard $(1)))
COMMON = $(call objects,common/*.c)
NETWORK = $(call objects,network-vlanbridge/*.c)
VIF = $(call objects,vif-vlanbridge/*.c)
# The unit tests take all of the programs but their main.
UNIT = $(call objects,tests/unit/*.c) $(COMMON) $(filter-out %/main.o,$(NETWORK) $(VIF))

.PHONY: all check demo bench setup run-check run-demo run-bench unit install clean format manlint
.DELETE_ON_ERROR:

all: $(B)/network-vlanbridge $(B)/vif-vlanbridge

$(B)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(B)/network-vlanbridge: $(NETWORK) $(COMMON)
	$(CC) $(CFLAGS) -pie $(FULL_RELRO) $(LDFLAGS) -o $@ $^ $(NETWORK_LIBS)

$(B)/vif-vlanbridge: $(VIF) $(COMMON)
	$(CC) $(CFLAGS) -static-pie $(FULL_RELRO) $(LDFLAGS) -o $@ $^ $(VIF_LIBS)

$(B)/unit: $(UNIT)
	$(CC) $(CFLAGS) -pie $(LDFLAGS) -o $@ $^ $(UNIT_LIBS)

unit: $(B)/unit
	$(B)/unit tests/plan

# Two steps, because what pkg-config says is known only after the set-up.
check demo:
	@tests/setup $@
	@$(MAKE) --no-print-directory run-$@

# The unit tests once more with sanitizers, in a build of their own.
run-check: all unit manlint
	@$(MAKE) --no-print-directory B=$(B)/sanitized unit \
		CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
	tests/lab/check

run-demo: all
	tests/lab/demo

bench:
	@tests/setup demo
	@$(MAKE) --no-print-directory run-bench

# What the vif hook is compared with: the floor is linked as the hook is.
$(B)/bench/floor: $(B)/obj/tests/bench/floor.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -static-pie $(FULL_RELRO) $(LDFLAGS) -o $@ $^ $(call pkg,--libs --static xenstore)

$(B)/bench/dynamic: $(B)/obj/tests/bench/dynamic.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -pie $(LDFLAGS) -o $@ $^ $(call pkg,--libs xenstore)

$(B)/bench/measure: $(B)/obj/tests/bench/measure.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -static-pie $(LDFLAGS) -o $@ $^

run-bench: all $(B)/bench/floor $(B)/bench/dynamic $(B)/bench/measure
	B=$(abspath $(B)) tests/bench/vif
	tests/bench/network

install: all
	install -D -m 755 -t $(DESTDIR)$(SCRIPTS) $(B)/network-vlanbridge $(B)/vif-vlanbridge
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man8 network-vlanbridge/network-vlanbridge.8 vif-vlanbridge/vif-vlanbridge.8
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man5 network-vlanbridge/vlanbridge.conf.5
	install -D -m 644 -t $(DESTDIR)$(UNITS) network-vlanbridge/network-vlanbridge.service
	install -D -m 644 -t $(DESTDIR)/etc/xen network-vlanbridge/vlanbridge.conf.example
	install -D -m 644 -t $(DESTDIR)$(DOCS)/examples xend-config.sxp.example xl.conf.example \
		vif-vlanbridge/vif-vlanbridge.rules $(wildcard tests/lab/examples/*.conf)

clean:
	rm -rf $(B)

format:
	clang-format -i $$(git ls-files '*.[ch]')

manlint:
	mandoc -Tlint -Wwarning */*.[58]

-include $(patsubst %.o,%.d,$(UNIT) $(NETWORK) $(VIF))
