# SPDX-License-Identifier: ISC
# vlanbridge: `make` builds both programs; `make demo` and `make check` do all their own set-up.

CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
DESTDIR ?=
PREFIX ?= /usr/local
SBIN ?= $(PREFIX)/sbin
LIBEXEC ?= $(PREFIX)/libexec/vlanbridge
MANDIR ?= $(PREFIX)/share/man
DOCS ?= $(PREFIX)/share/doc/vlanbridge
COMPLETIONS ?= $(PREFIX)/share/bash-completion/completions
SCRIPTS ?= /etc/xen/scripts
UNITS ?= $(or $(call pkg,--variable=systemdsystemunitdir systemd),/lib/systemd/system)
B ?= build

# The one place that has it; the tag of a release is vVERSION.
VERSION := $(shell sed -n '1s/^.*(\(.*\)).*$$/\1/p' debian/changelog)

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 $(if $(CI),-Werror)
# Unless the caller has a level of his own: a second definition is an error.
FORTIFY = $(if $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDENING = $(FORTIFY) -fstack-protector-strong -fPIE
FULL_RELRO = -Wl,-z,relro,-z,now
# Lazy, and silent without pkg-config: `make check` is what installs it.
pkg = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
PKG_CFLAGS = $(call pkg,--cflags libnl-3.0 xenstore xlutil smartcols)
# Static, see config_xlutil.c. libxenstore has one ABI for all versions of Xen.
XLUTIL = $(patsubst -lxlutil,-l:libxlutil.a,$(call pkg,--libs xlutil))
NETWORK_LIBS = $(XLUTIL) $(call pkg,--libs libnl-3.0 xenstore smartcols)
# Static: half the time of the dynamic one, for every vif of every guest. The sanitizers can't be.
VIF_LINK = $(if $(findstring -fsanitize,$(CFLAGS)),-pie,-static-pie)
VIF_LIBS = $(call pkg,--libs $(if $(findstring -fsanitize,$(CFLAGS)),,--static) libnl-3.0 xenstore)
UNIT_LIBS = $(NETWORK_LIBS) $(call pkg,--libs cmocka)
COMPILE = $(CC) -std=gnu11 -D_GNU_SOURCE -MMD -MP -I. -Icommon $(WARNINGS) $(HARDENING) $(PKG_CFLAGS) $(DEFINES) $(CPPFLAGS) $(CFLAGS)
LINK = $(CC) $(CFLAGS) $(LDFLAGS)
# A short line per file; V=1 shows the commands, -s nothing.
say = $(if $(V),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo '  $(1)';))

objects = $(patsubst %.c,$(B)/obj/%.o,$(wildcard $(1)))
COMMON = $(call objects,common/*.c)
# `check GUEST.cfg` finds bridges by the rules of the vif hook.
NETWORK = $(call objects,network-vlanbridge/*.c vif-vlanbridge/bridge_ref*.c vif-vlanbridge/nic.c)
VIF = $(call objects,vif-vlanbridge/*.c)
# What decides: plain data in, plain data out. The random engine is linked of these alone, so none can need netlink or xenstore;
# check-pure looks at their headers.
PURE = $(wildcard $(addprefix network-vlanbridge/,name_table.c host*.c step.c kernel_model*.c origin.c target*.c plan*.c l3.c l3_key.c \
	l3_new.c l3_implied.c loss.c config*.c)) $(addprefix common/,err.c link.c link_kinds.c link_sysctl.c mark.c names.c vlans.c vlans_kept.c)
PURE_VIF = $(wildcard $(addprefix vif-vlanbridge/,decide.c bridge_ref*.c bridge_names.c sources.c rules.c rules_rows.c request.c nic.c \
	port_change.c update_request.c))
PURE_CHECK = $(filter-out network-vlanbridge/check_read%,$(wildcard network-vlanbridge/check*.c))
# The unit tests take all of the programs but their main.
UNIT = $(call objects,tests/unit/*.c) $(COMMON) $(filter-out %/main.o,$(sort $(NETWORK) $(VIF)))

.PHONY: all check check-long demo bench soak setup run-check run-check-long run-demo run-bench run-soak unit engine sanitized sanitized-programs random model ports confirm wrappers check-found hosts documents package commands
.PHONY: fuzz run-fuzz check-pure install uninstall dist deb clean format format-check manlint
.DELETE_ON_ERROR:

all: $(B)/network-vlanbridge $(B)/vif-vlanbridge

$(B)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC   $<)$(COMPILE) -c -o $@ $<

MAINS = $(addprefix $(B)/obj/,network-vlanbridge/main.o network-vlanbridge/status_view.o network-vlanbridge/status_json.o vif-vlanbridge/main.o)
$(MAINS): debian/changelog
$(MAINS): private DEFINES = -DVERSION='"$(VERSION)"'
# The only part that needs a library of one version of Xen, and loads it.
XEN = $(shell $(PKG_CONFIG) --modversion xenlight 2>/dev/null | cut -d. -f1,2)
$(B)/obj/network-vlanbridge/keep.o: private DEFINES = -DLIBXENLIGHT='"libxenlight.so.$(XEN)"'

$(B)/network-vlanbridge: $(NETWORK) $(COMMON)
	$(call say,LINK $@)$(LINK) -pie $(FULL_RELRO) -o $@ $^ $(NETWORK_LIBS)

$(B)/vif-vlanbridge: $(VIF) $(COMMON)
	$(call say,LINK $@)$(LINK) $(VIF_LINK) $(FULL_RELRO) -o $@ $^ $(VIF_LIBS)

$(B)/unit: $(UNIT)
	$(call say,LINK $@)$(LINK) -pie -o $@ $^ $(UNIT_LIBS)

unit: $(B)/unit
	$(B)/unit tests/plan

# Random hosts: the decisions alone, with the model as the kernel; both programs on a real one; and the model beside a real one.
CASES ?= 100000
SEEDS ?= 1-20
MODEL_SECONDS ?= 15

generator = generate generate_host generate_config generate_edit sensible
random = $(patsubst %,$(B)/obj/tests/random/%.o,$(1))

$(B)/random/engine: $(call random,engine $(generator)) $(patsubst %,$(B)/obj/tests/unit/%.o,allocations host_text kernel_text) $(patsubst %.c,$(B)/obj/%.o,$(PURE))
	@mkdir -p $(@D)
	$(call say,LINK $@)$(LINK) -pie -o $@ $^ $(XLUTIL) $(call pkg,--libs cmocka)

# Those that failed once come first.
engine: $(B)/random/engine
	for seed in $$(grep -v '^#' tests/random/seeds-engine); do $(B)/random/engine $$seed-$$seed >$(B)/random/kept || { cat $(B)/random/kept; exit 1; }; done
	$(B)/random/engine --cases $(CASES)

# Static: processes start slowly in user-mode Linux.
$(B)/random/model: $(call random,model model_steps lab state state_link state_l3 $(generator)) $(COMMON) \
		$(call objects,$(addprefix network-vlanbridge/,name_table.c host*.c step*.c kernel_model*.c l3*.c snapshot.c apply.c external.c \
			group_delete.c) vif-vlanbridge/resolver_stubs.c)
	@mkdir -p $(@D)
	$(call say,LINK $@)$(LINK) -static-pie -o $@ $^ $(call pkg,--libs --static libnl-3.0)

model: $(B)/random/model
	tests/random/boot $(abspath $(B))/random/model --seconds $(MODEL_SECONDS)

# Guests' ports, changed while they are in use.
$(B)/random/ports: $(call random,ports) $(COMMON) $(call objects,$(addprefix vif-vlanbridge/,port_change.c port_send.c resolver_stubs.c))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -static-pie $(LDFLAGS) -o $@ $^ $(call pkg,--libs --static libnl-3.0)

ports: $(B)/random/ports
	tests/random/boot $(abspath $(B))/random/ports

# Each trouble on a real kernel, and none where there is none.
check-found: all
	tests/random/check

random: all
	tests/random/uml $(SEEDS)

# Hosts that the generator doesn't make.
hosts: all
	tests/random/hosts

# What the documents tell people to write and to type.
documents: all
	tests/random/documents

# The Debian package: what is in it, and how it comes and goes.
package: all
	tests/package

# What shows changes nothing, and is what is done then.
commands: all
	tests/random/commands

# Changes with confirm= and probe=, and the ways back.
confirm: all
	tests/random/confirm

# The wrapper scripts that network-bridge's users have.
wrappers: all
	tests/random/wrappers

# Once more with sanitizers, in a build of their own.
SANITIZERS = B=$(B)/sanitized CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all" LDFLAGS="-static-libasan -static-libubsan"
sanitized:
	@$(MAKE) --no-print-directory $(SANITIZERS) unit engine CASES=20000

# make check SANITIZE=1, or check-long: both programs with sanitizers in the lab.
sanitized-programs:
	@$(MAKE) --no-print-directory $(SANITIZERS) all

LAB = $(if $(SANITIZE),LAB_PROGRAMS=$(abspath $(B))/sanitized) tests/lab/check

# What reads text and messages of others, with libFuzzer: FUZZ_SECONDS for each directory of tests/fuzz/corpus. libnl's
# functions don't see the sanitizers, nor do those that FORTIFY puts in place of others.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= $(notdir $(wildcard tests/fuzz/corpus/*))

fuzz:
	@tests/setup fuzz
	@$(MAKE) --no-print-directory run-fuzz

run-fuzz:
	@$(MAKE) --no-print-directory B=$(B)/fuzz CC=clang CPPFLAGS=-U_FORTIFY_SOURCE \
		CFLAGS="-O1 -g -Werror=incompatible-pointer-types -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" $(B)/fuzz/fuzzer
	for target in $(FUZZ_TARGETS); do \
		mkdir -p $(B)/fuzz/corpus/$$target && echo "fuzz: $$target" && \
		FUZZ=$$target $(B)/fuzz/fuzzer -max_total_time=$(FUZZ_SECONDS) -timeout=10 -dict=tests/fuzz/words -verbosity=0 -print_final_stats=1 \
			-artifact_prefix=$(B)/fuzz/$$target- $(B)/fuzz/corpus/$$target tests/fuzz/corpus/$$target || exit; \
	done

$(B)/fuzzer: $(call objects,tests/fuzz/*.c) $(filter-out $(B)/obj/tests/%,$(UNIT))
	$(call say,LINK $@)$(LINK) -fsanitize=fuzzer -Wl,--wrap=recv,--wrap=sendmsg,--wrap=access,--wrap=config_read_text -pie -o $@ $^ $(NETWORK_LIBS)

# No header of netlink or xenstore, directly or through ours. linux/rtnetlink.h is allowed where its constants are needed.
FORBIDDEN = (^|/)netlink/|(^|/)xenstore[^/]*[.]h|(^|/)(netlink|netlink_session|link_msg|port_msg)[.]h$$|linux/rtnetlink[.]h
check-pure:
	@for source in $(PURE) $(PURE_VIF) $(PURE_CHECK); do \
		case $$source in */l3_key.c | */l3_new.c) allowed=linux/rtnetlink.h ;; *) allowed=none ;; esac; \
		$(CC) -D_GNU_SOURCE -I. -Icommon $(PKG_CFLAGS) -M $$source | tr -s ' \\' '\n' | grep -v "$$allowed" | grep -v '/linux/netlink[.]h' | \
			grep -E '$(FORBIDDEN)' | sed "s|^|$$source decides, and includes |"; \
		grep -n 'nlmsghdr' $$source | sed "s|^|$$source:|"; \
	done | { ! grep .; }

# Two steps, because what pkg-config says is known only after the set-up.
check check-long demo:
	@tests/setup $@
	@$(MAKE) --no-print-directory run-$@

# Two at a time, the longest first; the seeds and the lab take both processors themselves.
run-check: all $(if $(SANITIZE),sanitized-programs)
	+@$(MAKE) -j2 --output-sync --no-print-directory sanitized confirm package unit check-pure manlint format-check engine model \
		wrappers check-found documents hosts commands
	tests/random/uml $(SEEDS)
	$(LAB)

# What takes hours rather than minutes: every message as the moment of a kill. A host that was upgraded to 13 has 12's programs.
run-check-long: run-check ports run-fuzz
	$(B)/random/engine --cases 5000000
	tests/random/boot $(abspath $(B))/random/model 1-300
	tests/random/confirm --all
	tests/random/wrappers --all
	tests/random/uml --all-kills 1-200
	$(LAB) --long
	tests/package 12 13 arm64
	dpkg-deb -x $(B)/package/12/vlanbridge_$(VERSION)_amd64.deb $(B)/package/12/root
	LAB_PROGRAMS=$(B)/package/12/root/usr/libexec/vlanbridge tests/lab/run --release 13 main-job

# New seeds for SECONDS.
SECONDS ?= 3600
soak:
	@tests/setup check
	@$(MAKE) --no-print-directory run-soak

run-soak: all $(B)/random/engine
	$(B)/random/engine --seconds $(SECONDS) --from $$(od -An -N4 -tu4 /dev/urandom) & \
		tests/random/uml --no-known --soak $(SECONDS); status=$$?; wait $$! && exit $$status

run-demo: all
	tests/lab/demo

bench:
	@tests/setup demo
	@$(MAKE) --no-print-directory run-bench

# What the vif hook is compared with: the floor is linked as the hook is.
$(B)/bench/floor: $(B)/obj/tests/bench/floor.o
	@mkdir -p $(@D)
	$(call say,LINK $@)$(LINK) -static-pie $(FULL_RELRO) -o $@ $^ $(call pkg,--libs --static xenstore)

$(B)/bench/dynamic: $(B)/obj/tests/bench/dynamic.o
	@mkdir -p $(@D)
	$(call say,LINK $@)$(LINK) -pie -o $@ $^ $(call pkg,--libs xenstore)

$(B)/bench/measure: $(B)/obj/tests/bench/measure.o
	@mkdir -p $(@D)
	$(call say,LINK $@)$(LINK) -static-pie -o $@ $^

$(B)/bench/packets: $(B)/obj/tests/bench/packets.o
	@mkdir -p $(@D)
	$(call say,LINK $@)$(LINK) -static-pie -o $@ $^

run-bench: all $(addprefix $(B)/bench/,floor dynamic measure packets)
	B=$(abspath $(B)) tests/bench/vif
	tests/bench/packets
	tests/bench/network

# Both programs are in one directory, where each finds the other; administrators and toolstacks find links.
install: all
	install -D -m 755 -t $(DESTDIR)$(LIBEXEC) $(B)/network-vlanbridge $(B)/vif-vlanbridge
	install -d $(DESTDIR)$(SBIN) $(DESTDIR)$(SCRIPTS)
	ln -sf $(LIBEXEC)/network-vlanbridge $(LIBEXEC)/vif-vlanbridge $(DESTDIR)$(SBIN)
	ln -sf $(LIBEXEC)/network-vlanbridge $(LIBEXEC)/vif-vlanbridge $(DESTDIR)$(SCRIPTS)
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man8 network-vlanbridge/network-vlanbridge.8 vif-vlanbridge/vif-vlanbridge.8
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man7 network-vlanbridge/vlanbridge.7
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man5 network-vlanbridge/vlanbridge.conf.5
	install -D -m 644 -t $(DESTDIR)$(UNITS) network-vlanbridge/network-vlanbridge.service
	install -D -m 644 network-vlanbridge/nftables.service.conf $(DESTDIR)$(UNITS)/nftables.service.d/vlanbridge.conf
	install -D -m 644 network-vlanbridge/completion.bash $(DESTDIR)$(COMPLETIONS)/network-vlanbridge
	install -D -m 644 -t $(DESTDIR)$(DOCS) README NEWS
	install -D -m 644 -t $(DESTDIR)$(DOCS)/examples network-vlanbridge/vlanbridge.conf.example xend-config.sxp.example \
		xl.conf.example vif-vlanbridge/vif-vlanbridge.rules $(wildcard tests/lab/examples/*.conf)

# What install, with the same variables, puts somewhere else.
uninstall:
	@list=$$(mktemp -d) && trap "rm -r $$list" EXIT && $(MAKE) -s --no-print-directory install DESTDIR=$$list && \
		(cd $$list && find . ! -type d -printf '$(DESTDIR)/%P\n') | xargs -d '\n' rm -f
	@rmdir --ignore-fail-on-non-empty $(addprefix $(DESTDIR),$(LIBEXEC) $(DOCS)/examples $(DOCS) $(UNITS)/nftables.service.d)

# A release's tarball: the same bytes for the same commit.
dist:
	@mkdir -p $(B)
	git archive --prefix=vlanbridge-$(VERSION)/ HEAD | gzip -9n >$(B)/vlanbridge-$(VERSION).tar.gz

# The Debian package, of the files as they are here, in build/deb. `apt build-dep .` installs what it needs.
deb:
	rm -rf $(B)/deb
	@mkdir -p $(B)/deb/vlanbridge
	if [ -e .git ]; then git ls-files -z; else find . -path './$(B)' -prune -o -type f -print0; fi | \
		tar -c --null -T - | tar -x -C $(B)/deb/vlanbridge
	cd $(B)/deb/vlanbridge && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc
	rm -r $(B)/deb/vlanbridge
	@ls $(B)/deb/*.deb

clean:
	rm -rf $(B)

format:
	clang-format -i $$(git ls-files '*.[ch]')

# Another version formats otherwise: that of Debian 12 decides.
format-check:
	case $$(clang-format --version) in *"version 14."*) clang-format --dry-run --Werror $$(git ls-files '*.[ch]') ;; \
	*) echo "format-check: skipped, it needs clang-format 14" ;; esac

manlint:
	mandoc -Tlint -Wwarning */*.[578]

-include $(patsubst %.o,%.d,$(UNIT) $(NETWORK) $(VIF)) $(wildcard $(B)/obj/tests/random/*.d $(B)/obj/tests/fuzz/*.d)
