# gochat: builds the launcher and its siblings at the top of the tree,
# everything else below build/. "make help" lists the targets.

VERSION	= 0.1.0

CC	?= gcc
PKGCONF	?= pkg-config
# What makes the programs that run while building: another compiler where
# gochat is built for another architecture.
CC_FOR_BUILD ?= $(CC)
PKGCONF_FOR_BUILD ?= $(PKGCONF)
BUILD	?= build
BIN	?= .

# Where make install puts what, below DESTDIR.
PREFIX	?= /usr/local
BINDIR	?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec/gochat
MANDIR	?= $(PREFIX)/share/man
DOCDIR	?= $(PREFIX)/share/doc/gochat
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d
UNITDIR	?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	   -Wmissing-prototypes -Wformat=2 -Wvla -Wcast-align -Wwrite-strings
HARDENING = -fPIE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	   -fstack-clash-protection $(BRANCHES_$(MACHINE))
# Which jumps may go where, on processors that can tell.
MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
BRANCHES_x86_64 = -fcf-protection=full
BRANCHES_i686 = $(BRANCHES_x86_64)
BRANCHES_aarch64 = -mbranch-protection=standard
OPT	?= -O2 -g
CFLAGS	+= -std=gnu17 $(OPT) $(WARNINGS) $(WERROR) $(HARDENING) $(SANITIZE) \
	   -ffunction-sections
# Times after 2038 and inodes above 2^32 where registers have 32 bits.
CPPFLAGS += -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -I. -I$(BUILD) -DGOCHAT_VERSION='"$(VERSION)"' \
	   -DGOCHAT_LIBEXECDIR='"$(LIBEXECDIR)"' -MMD -MP
LDFLAGS	+= -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed \
	   -Wl,--gc-sections $(SANITIZE)

# make V=1 shows the commands.
ifdef V
say	= 
Q	=
else
say	= @echo '  $(1)	$(2)'
Q	= @
endif

# make check-asan builds everything again like this, in a folder of its own.
ifdef ASAN
BUILD	= build/asan
BIN	= build/asan
OPT	= -O1 -g -fno-omit-frame-pointer
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
HARDENING = -fPIE
CPPFLAGS += -DGOCHAT_SANITIZE
endif

# make fuzz, likewise with clang and libFuzzer.
ifdef FUZZ
BUILD	= build/fuzz
BIN	= build/fuzz
CC	= clang
OPT	= -O1 -g -fno-omit-frame-pointer
SANITIZE = -fsanitize=fuzzer-no-link,address,undefined \
	   -fno-sanitize-recover=all
HARDENING = -fPIE
CPPFLAGS += -DGOCHAT_SANITIZE
endif

# Folders are words of make, and compiled in.
ifneq ($(words $(PREFIX))$(filter-out /%,$(PREFIX))$(findstring :,$(PREFIX))$(findstring |,$(PREFIX)),1)
$(error PREFIX is "$(PREFIX)": expected an absolute path without blanks, ":" or "|")
endif

# --- Libraries: one line for one that is missing ---------------------------

# $(call need,pkg-config name,Debian package)
define need
$(if $(shell $(or $(3),$(PKGCONF)) --exists $(1) 2>/dev/null && echo yes),,\
$(error $(1) is missing: install the package $(2) (packaging/install-deps \
installs all that is needed)))
endef

NO_LIBS = help clean install-deps uninstall format demo check check-asan fuzz \
	  dist deb check-packaging check-deb check-container check-systems
ifneq ($(filter-out $(NO_LIBS),$(or $(MAKECMDGOALS),all)),)
ifeq ($(shell command -v $(PKGCONF)),)
$(error pkg-config is missing: install the package pkg-config)
endif
$(call need,libseccomp,libseccomp-dev)
$(call need,libbsd,libbsd-dev)
$(call need,libcrypto,libssl-dev)
$(call need,jansson,libjansson-dev)
$(call need,libutf8proc,libutf8proc-dev)
$(call need,libqrencode,libqrencode-dev)
$(call need,tinfo,libncurses-dev)
$(call need,hiredis,libhiredis-dev)
$(call need,libssl,libssl-dev)
$(call need,icu-i18n,libicu-dev,$(PKGCONF_FOR_BUILD))
ifneq ($(filter check-run unit unit-run replay fuzz-run,$(MAKECMDGOALS)),)
$(call need,cunit,libcunit1-dev)
$(call need,vterm,libvterm-dev)
endif
endif

# Which process may link what is the design's word, not the linker's.
LIBS_common	= $(shell $(PKGCONF) --libs libseccomp libbsd)
LIBS_gochat	= $(LIBS_common) $(shell $(PKGCONF) --libs libutf8proc)
LIBS_gochat-netd = $(LIBS_common)
LIBS_gochat-netd-bootnode = $(LIBS_common)
LIBS_gochat-cryptod = $(LIBS_common) $(shell $(PKGCONF) --libs libcrypto)
LIBS_gochat-cryptod-bootnode = $(LIBS_gochat-cryptod)
LIBS_gochat-ui	= $(LIBS_common) $(shell $(PKGCONF) --libs jansson libutf8proc \
		  libqrencode tinfo)
LIBS_gochat-ui-bootnode = $(LIBS_gochat-ui)
# fleetd alone speaks to another program, and alone reads its certificates.
LIBS_gochat-fleetd = $(LIBS_common) $(shell $(PKGCONF) --libs hiredis libssl libcrypto)
LIBS_unit	= $(LIBS_gochat-cryptod) $(LIBS_gochat-ui) $(LIBS_gochat-fleetd) \
		  $(shell $(PKGCONF) --libs cunit vterm) -lm

# --- Programs ---------------------------------------------------------------

# The folders that each program is made of, in addition to common. Code that only
# a client needs is in no program of a bootnode, and the other way round.
FOLDERS_gochat	= launcher precis
FOLDERS_gochat-netd = netd netd/client netd/transport
FOLDERS_gochat-netd-bootnode = netd netd/bootnode
FOLDERS_gochat-cryptod = cryptod cryptod/client
FOLDERS_gochat-cryptod-bootnode = cryptod cryptod/bootnode
FOLDERS_gochat-ui = ui ui/client ui/json ui/tui ui/tui/editor precis
FOLDERS_gochat-ui-bootnode = ui ui/bootnode ui/json ui/tui ui/tui/editor precis
FOLDERS_gochat-fleetd = fleetd

NAMES	= gochat gochat-netd gochat-netd-bootnode gochat-cryptod \
	  gochat-cryptod-bootnode gochat-ui gochat-ui-bootnode \
	  gochat-fleetd
PROGRAMS = $(NAMES:%=$(BIN)/%)

src	= $(filter-out $(1)/gen_%.c,$(wildcard $(1)/*.c))
objs	= $(patsubst %.c,$(BUILD)/%.o,$(call src,$(1)))
parts	= $(filter-out $(BUILD)/$(1)/main.o,$(call objs,$(1)))

COMMON	= $(call objs,common)
FOLDERS	= $(sort $(foreach n,$(NAMES),$(FOLDERS_$(n))))
UNIT_FOLDERS = $(addprefix tests/unit/,common $(FOLDERS))
UNIT	= $(foreach f,tests/unit $(UNIT_FOLDERS),$(call objs,$(f)))
SHELLS	= bash zsh fish

all: $(PROGRAMS) $(SHELLS:%=$(BUILD)/completions/gochat.%)

# What may be a nickname is one rule, ui's, for --nick as for /nick.
NICKNAMES = $(BUILD)/ui/nick.o $(BUILD)/ui/text.o $(BUILD)/ui/buf.o

$(foreach n,$(NAMES),$(eval \
    $(BIN)/$(n): $(foreach f,$(FOLDERS_$(n)),$(call objs,$(f))) $(COMMON)))
$(BIN)/gochat: $(NICKNAMES)
# The map tells a test what has become part of each.
$(PROGRAMS):
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -Wl,-Map=$(BUILD)/$(@F).map -o $@ $^ $(LIBS_$(@F))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The folders that are written into what is built: another PREFIX means
# another object.
$(BUILD)/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(BINDIR) $(LIBEXECDIR)' | cmp -s - $@ || \
	    echo '$(BINDIR) $(LIBEXECDIR)' >$@
$(BUILD)/launcher/spawn.o $(BUILD)/launcher/main.o \
    $(BUILD)/tests/unit/launcher/spawn_test.o: $(BUILD)/prefix
FORCE:

# The look-alike characters of UTS #39, and which letters join, read from ICU
# while building; ICU is not linked into any program.
$(BUILD)/%.inc: $(BUILD)/%.gen
	$(call say,GEN,$@)
	$(Q)$< > $@.new && mv $@.new $@
$(BUILD)/ui/confusables.gen: ui/gen_confusables.c
$(BUILD)/precis/context.gen: precis/gen_context.c precis/context.h
$(BUILD)/%.gen:
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC_FOR_BUILD) -D_GNU_SOURCE -I. -std=gnu17 -O1 $(WARNINGS) -o $@ \
	    $< $(shell $(PKGCONF_FOR_BUILD) --libs icu-i18n icu-uc)
$(BUILD)/ui/nick.o: $(BUILD)/ui/confusables.inc
$(BUILD)/precis/free_form.o: $(BUILD)/precis/context.inc

# What a shell completes comes from the table of options, as all else that is
# said of them.
GEN_COMPLETIONS = $(BUILD)/packaging/gen_completions
$(GEN_COMPLETIONS): packaging/completions/gen_completions.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC_FOR_BUILD) -D_GNU_SOURCE -I. -std=gnu17 -O1 $(WARNINGS) $(WERROR) -MMD -MP \
	    -o $@ $<
$(BUILD)/completions/gochat.%: packaging/completions/gochat.%.in \
    $(GEN_COMPLETIONS)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(GEN_COMPLETIONS) $* >$@.options
	$(Q)sed -e '/^@OPTIONS@$$/{r $@.options' -e 'd;}' $< >$@
$(BUILD)/options.table: $(GEN_COMPLETIONS)
	$(call say,GEN,$@)
	$(Q)$< table >$@

$(BUILD)/%.service: packaging/systemd/%.service $(BUILD)/prefix
	$(call say,GEN,$@)
	$(Q)sed -e 's|@BINDIR@|$(BINDIR)|g' -e 's|@LIBEXECDIR@|$(LIBEXECDIR)|g' \
	    $< >$@
$(BUILD)/gochat-node@.service: $(BUILD)/gochat-bootnode.service \
    packaging/systemd/node.sed
	$(call say,GEN,$@)
	$(Q)sed -f packaging/systemd/node.sed $< >$@

# --- Tests --------------------------------------------------------------------

$(BUILD)/tests/unit/run: $(UNIT) $(foreach f,$(FOLDERS),$(call parts,$(f))) \
    $(COMMON)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_unit)

# Many clients in one process, for the end-to-end tests and the benchmark.
SWARM	= $(BUILD)/tests/load/swarm
$(SWARM): $(call objs,tests/load) \
    $(foreach f,$(FOLDERS_gochat-cryptod),$(call parts,$(f))) $(COMMON)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_gochat-cryptod)

# Lets calls of the launcher fail, for the end-to-end tests.
INJECT	= $(BUILD)/tests/inject/inject.so
$(INJECT): tests/inject/inject.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) -std=gnu17 -O1 $(WARNINGS) $(WERROR) -fPIC \
	    -shared -o $@ $<

# The references that the benchmark measures against, a program for each file.
BENCH_TOOLS = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))
LIBS_bench = $(LIBS_gochat-cryptod)
$(BUILD)/tests/bench/curses: LIBS_bench = $(shell $(PKGCONF) --libs ncursesw)
$(BUILD)/tests/bench/homes: $(BUILD)/netd/bootnode/homes.o $(COMMON)
$(BENCH_TOOLS): %: %.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_bench)

# BENCH_FLAGS=--no-crowd leaves out the room of 50; BENCH_FLAGS=line measures
# that group alone.
bench: all $(SWARM) $(BENCH_TOOLS)
	tests/bench/run --bindir $(BIN) --swarm $(SWARM) \
	    --tools $(BUILD)/tests/bench $(BENCH_FLAGS)

# What a bootnode costs with up to a million sessions: ten minutes.
check-scale: all $(SWARM) $(BENCH_TOOLS)
	tests/bench/run --strict --bindir $(BIN) --swarm $(SWARM) \
	    --tools $(BUILD)/tests/bench scale storm million

# A target and a corpus for each parser of foreign bytes. check replays the
# corpora; fuzz looks for more, for so long each. The corpus of ipc is made.
FUZZ_TARGETS = $(filter-out replay ipc_seeds,$(patsubst tests/fuzz/%.c,%,\
	       $(wildcard tests/fuzz/*.c)))
FUZZ_SECONDS ?= 60
FUZZED	= $(foreach f,$(FOLDERS),$(call parts,$(f))) $(COMMON) \
	  $(BUILD)/tests/unit/ui/tui/vt.o

$(BUILD)/tests/fuzz/replay-%: $(BUILD)/tests/fuzz/%.o \
    $(BUILD)/tests/fuzz/replay.o $(FUZZED)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_unit)
$(BUILD)/tests/fuzz/fuzz-%: $(BUILD)/tests/fuzz/%.o $(FUZZED)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS_unit)

SEEDS	= $(BUILD)/tests/fuzz/seeds

$(BUILD)/tests/fuzz/ipc_seeds: $(BUILD)/tests/fuzz/ipc_seeds.o \
    $(BUILD)/tests/unit/ipc_build.o $(COMMON)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_unit)
$(SEEDS): $(BUILD)/tests/fuzz/ipc_seeds
	$(Q)rm -rf $@ && mkdir -p $@/ipc && $< $@/ipc

replay: $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/replay-%) $(SEEDS)
	@for t in $(FUZZ_TARGETS); do \
	    for c in tests/fuzz/corpus/$$t $(SEEDS)/$$t; do \
		[ ! -d $$c ] || $(BUILD)/tests/fuzz/replay-$$t $$c/* || \
		    exit 1; \
	    done; \
	done

fuzz: install-deps
	@packaging/install-deps --fuzz
	$(MAKE) fuzz-run FUZZ=1

# What is found beyond the corpus stays below build/.
fuzz-run: $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/fuzz-%) $(SEEDS)
	@for t in $(FUZZ_TARGETS); do mkdir -p $(BUILD)/corpus/$$t; \
	    mkdir -p $(SEEDS)/$$t; \
	    echo "  FUZZ	$$t"; \
	    $(BUILD)/tests/fuzz/fuzz-$$t -max_total_time=$(FUZZ_SECONDS) \
		-max_len=20000 -verbosity=0 -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/crash-$$t- \
		$(BUILD)/corpus/$$t $(SEEDS)/$$t \
		$$(ls -d tests/fuzz/corpus/$$t 2>/dev/null) || exit 1; \
	done

# With the sanitizers, too: they notice what no assertion looks at. Not every
# architecture that a package is built for has them: there it is unit-run.
unit: unit-run
ifndef ASAN
	$(MAKE) unit ASAN=1
endif

unit-run: $(BUILD)/tests/unit/run
	ASAN_OPTIONS=detect_leaks=1 $(BUILD)/tests/unit/run

# How many small changes of the program the unit tests notice.
COUNT	?= 100
SEED	?= 1
mutants: $(BUILD)/tests/unit/run
	tests/mutation/run --count $(COUNT) --seed $(SEED)

packaged: all $(BUILD)/options.table
	tests/packaging/run --bindir $(BIN) --build $(BUILD) $(if $(ASAN),--asan)

# Installs first, so the libraries are looked for by a second make.
check: install-deps
	$(MAKE) check-run WERROR=-Werror

check-run: all unit replay packaged $(SWARM) $(INJECT)
	tests/e2e/run --bindir $(BIN) --swarm $(SWARM) --inject $(INJECT)

check-asan: install-deps
	$(MAKE) check-run ASAN=1 WERROR=-Werror

demo: install-deps
	$(MAKE) all
	packaging/demo

# From a real run, in namespaces of its own; README.md shows them.
screenshots: all
	packaging/screenshots/take $(abspath $(BIN)/gochat)

install-deps:
	@packaging/install-deps

# What is installed: its mode, the file, and where it goes. uninstall takes
# away just that, and folders of ours that are empty then.
INSTALLED = \
	755:$(BIN)/gochat:$(BINDIR)/gochat \
	$(foreach n,$(filter-out gochat,$(NAMES)),\
	    755:$(BIN)/$(n):$(LIBEXECDIR)/$(n)) \
	$(foreach s,1 5 8,$(foreach m,$(notdir $(wildcard packaging/man/*.$(s))),\
	    644:packaging/man/$(m):$(MANDIR)/man$(s)/$(m))) \
	644:$(BUILD)/completions/gochat.bash:$(BASHCOMPDIR)/gochat \
	644:$(BUILD)/completions/gochat.zsh:$(ZSHCOMPDIR)/_gochat \
	644:$(BUILD)/completions/gochat.fish:$(FISHCOMPDIR)/gochat.fish \
	644:$(BUILD)/gochat-bootnode.service:$(UNITDIR)/gochat-bootnode.service \
	644:packaging/systemd/gochat-bootnode.socket:$(UNITDIR)/gochat-bootnode.socket \
	644:$(BUILD)/gochat-node@.service:$(UNITDIR)/gochat-node@.service \
	644:packaging/systemd/gochat-node@.socket:$(UNITDIR)/gochat-node@.socket \
	644:packaging/systemd/gochat.sysusers:$(SYSUSERSDIR)/gochat.conf \
	644:packaging/systemd/bootnode.env:$(DOCDIR)/examples/bootnode.env \
	644:.env.example:$(DOCDIR)/examples/env.example
OWN_FOLDERS = $(LIBEXECDIR) $(DOCDIR)/examples $(DOCDIR)

part	= $(word $(1),$(subst :, ,$(2)))

# A command a line, so that the first that fails ends it.
define install_one
install -D -m $(call part,1,$(1)) $(call part,2,$(1)) \
    '$(DESTDIR)$(call part,3,$(1))'

endef

install: all $(BUILD)/gochat-bootnode.service $(BUILD)/gochat-node@.service
	$(foreach f,$(INSTALLED),$(call install_one,$(f)))

uninstall:
	rm -f $(foreach f,$(INSTALLED),'$(DESTDIR)$(call part,3,$(f))')
	for d in $(OWN_FOLDERS:%='$(DESTDIR)%'); do \
	    [ ! -d "$$d" ] || rmdir --ignore-fail-on-non-empty "$$d"; done

format:
	clang-format -i $(foreach f,common $(FOLDERS) tests/unit $(UNIT_FOLDERS) tests/fuzz tests/load \
	    tests/bench packaging/completions,$(wildcard $(f)/*.[ch]))

# What is suppressed are the macros of queue.h and tree.h, which cppcheck does
# not see, and parameters that walk along a buffer.
lint:
	cppcheck --quiet --std=c11 --enable=warning,portability \
	    --suppress=unknownMacro --suppress=uninitvar \
	    --suppress=nullPointerRedundantCheck \
	    --suppress=uselessAssignmentPtrArg \
	    --error-exitcode=1 -I. common $(filter-out ui/%,$(FOLDERS))

clean:
	rm -rf build $(NAMES)

help:
	@echo 'make              build gochat and its siblings'
	@echo 'make demo         install what is missing, build, show two clients that chat'
	@echo 'make check        install what is missing, build, run every test'
	@echo 'make check-asan   the same with the address and undefined behaviour sanitizers'
	@echo 'make check-container build the image of the Dockerfile and try it, in minutes, as root'
	@echo 'make unit         the unit tests alone'
	@echo 'make mutants      how many of COUNT random changes the unit tests notice'
	@echo 'make replay       the fuzz corpora alone'
	@echo 'make fuzz         fuzz every parser of foreign bytes for FUZZ_SECONDS each'
	@echo 'make bench        measure, each figure next to its reference'
	@echo 'make check-scale  a bootnode with up to a million sessions, in ten minutes'
	@echo 'make screenshots  take those of the documents again'
	@echo 'make packaged     the tests of what is installed alone'
	@echo 'make install      install below DESTDIR and PREFIX (default /usr/local)'
	@echo 'make uninstall    remove what install put there'
	@echo 'make dist         a release as a tarball below build/'
	@echo 'make deb          Debian packages, into build/deb'
	@echo 'make check-packaging build the packages and the image, and test each in a system of its own'
	@echo 'make check-systems build and try gochat on Debian 12, 13, sid and others'
	@echo 'make install-deps install the libraries and tools that are missing'
	@echo 'make format       apply .clang-format'
	@echo 'make lint         static analysis with cppcheck'
	@echo 'make clean        remove everything built'

.PHONY: FORCE all screenshots unit unit-run mutants replay fuzz-run check check-run check-asan demo install-deps install \
	uninstall packaged format lint clean help fuzz bench check-scale

include packaging/packaging.mk

.SECONDARY:
.DELETE_ON_ERROR:
.SUFFIXES:

-include $(patsubst %.o,%.d,$(foreach f,common $(FOLDERS) tests/unit $(UNIT_FOLDERS) tests/load tests/bench tests/fuzz,\
    $(call objs,$(f)))) $(GEN_COMPLETIONS).d
