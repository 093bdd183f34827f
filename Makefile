# SPDX-License-Identifier: MIT
#
# One non-recursive Makefile. A folder of engine/ is a library; a new .c file in it is found by
# itself. FLAVOUR picks an own build folder: plain (build), asan (build/asan), tsan (build/tsan),
# fuzz (build/fuzz).

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

FLAVOUR ?= plain
ifeq ($(FLAVOUR),plain)
B := build
else
B := build/$(FLAVOUR)
endif

CC := gcc
VERSION := 0.1.0
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion \
	-Wno-sign-conversion -Wpointer-arith -Wvla -Werror
OPT := -O2 -g -fno-omit-frame-pointer -fstack-protector-strong -D_FORTIFY_SOURCE=2
ifeq ($(FLAVOUR),asan)
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
LDSAN := -fsanitize=address,undefined
endif
ifeq ($(FLAVOUR),tsan)
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
LDSAN := -fsanitize=thread
endif
ifeq ($(FLAVOUR),fuzz)
CC := clang
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined
LDSAN := -fsanitize=fuzzer,address,undefined
endif

# What instruments the code hides from the compiler how long a text can be: the plain build, which
# sees it, is the judge of that.
ifneq ($(filter asan tsan,$(FLAVOUR)),)
WARN += -Wno-format-truncation
endif

CFLAGS := -std=c17 -D_GNU_SOURCE -DHLP_VERSION='"$(VERSION)"' $(OPT) $(WARN) -fPIE -pthread
CPPFLAGS := -Iengine -I. -I$(B)/gen -MMD -MP
LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now $(LDSAN)

LAYERS := base model draw launch executor store runtime wire service client
PROGRAMS := hlp hlpd hlp-launcher hlp-relay hlp-console

# What each program is made of, and the libraries it may see.
hlp_PARTS := cli client wire draw model base
hlp_LIBS := -lyaml -lnghttp2 -lprotobuf-c -ljansson -lm
hlpd_PARTS := daemon service runtime executor store wire launch model base
hlpd_LIBS := -lyaml -lsqlite3 -lgit2 -lnettle -lnghttp2 -lprotobuf-c -ljansson -lm
hlp-launcher_PARTS := launcher launch base
hlp-launcher_LIBS :=
hlp-relay_PARTS := relay launch base
hlp-relay_LIBS :=
hlp-console_PARTS := tui client wire draw model base
hlp-console_LIBS := -lyaml -lnghttp2 -lprotobuf-c -ljansson -lncursesw -ltinfo -lm
TEST_PARTS := launcher relay cli tui client service runtime executor store wire draw launch model base
TEST_LIBS := -lcmocka -lyaml -lsqlite3 -lgit2 -lnettle -lnghttp2 -lprotobuf-c -ljansson -lncursesw \
	-ltinfo -lm

.PHONY: all
all: $(PROGRAMS:%=$(B)/%)

# ---- generated --------------------------------------------------------------------------------
PB_C := $(B)/gen/wire/hlp.pb-c.c
PB_H := $(B)/gen/wire/hlp.pb-c.h
$(PB_C): engine/wire/hlp.proto
	@mkdir -p $(@D)
	protoc-c --proto_path=engine/wire --c_out=$(B)/gen/wire $<
$(PB_H): $(PB_C) ;
$(B)/gen/wire/hlp.pb-c.o: $(PB_C)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -I$(B)/gen/wire $(CFLAGS) -c -o $@ $<

# ---- libraries: one archive a folder; main.c stays out of it -----------------------------------
folder_of = $(if $(filter tui,$1),tui,engine/$1)
sources_of = $(filter-out %/main.c,$(wildcard $(call folder_of,$1)/*.c))
objects_of = $(patsubst %.c,$(B)/obj/%.o,$(call sources_of,$1))

define LIBRARY
$(B)/lib/$1.a: $(call objects_of,$1) $(if $(filter wire,$1),$(B)/gen/wire/hlp.pb-c.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(foreach part,$(sort $(TEST_PARTS) daemon),$(eval $(call LIBRARY,$(part))))

# A text that is put into a program as a string: a line a literal.
SCHEMA_INC := $(B)/gen/cli/schema.inc
$(SCHEMA_INC): engine/cli/schema.json
	@mkdir -p $(@D)
	sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $< >$@
$(B)/obj/engine/cli/schema.o: $(SCHEMA_INC)

$(B)/obj/%.o: %.c | $(PB_H)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Tests write numbers as they come; their narrowing is no hazard to anyone.
$(B)/obj/tests/%.o: CFLAGS += -Wno-conversion -Wno-float-conversion

define PROGRAM
$(B)/$1: $(B)/obj/$(call folder_of,$(firstword $($1_PARTS)))/main.o \
		$(patsubst %,$(B)/lib/%.a,$($1_PARTS))
	$(CC) $(LDFLAGS) -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $($1_LIBS)
endef
$(foreach program,$(PROGRAMS),$(eval $(call PROGRAM,$(program))))

# ---- unit tests: one program a file, test_NAME.c -----------------------------------------------
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SOURCES))
UNIT_HELPERS := $(patsubst %.c,$(B)/obj/%.o,$(filter-out $(UNIT_SOURCES),$(wildcard tests/unit/*.c)))
TEST_ARCHIVES := $(patsubst %,$(B)/lib/%.a,$(TEST_PARTS))

$(B)/tests/test_%: $(B)/obj/tests/unit/test_%.o $(UNIT_HELPERS) $(TEST_ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< $(UNIT_HELPERS) -Wl,--start-group $(TEST_ARCHIVES) -Wl,--end-group \
		$(TEST_LIBS)

# These start the real launcher.
$(B)/tests/test_launcher $(B)/tests/test_executor_local: | $(B)/hlp-launcher

.PHONY: unit
unit: $(UNIT_TESTS)
	@for t in $^; do $$t || exit 1; done

# ---- fuzzers: one program a file, fuzz_NAME.c; make FLAVOUR=fuzz fuzz, then e.g.
# build/fuzz/fuzz/fuzz_workflow -max_total_time=60 NEW_FOLDER tests/fuzz/corpus/workflow
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(TEST_ARCHIVES)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(TEST_ARCHIVES) -Wl,--end-group $(TEST_LIBS)

.PHONY: fuzz
fuzz: $(FUZZERS)

# ---- the simulator, and small programs that scripts of the tests use -----------------------------
# The runtime as it is, but for its threads; what stands in for those, for the store and for the
# executors is in tests/sim/seam_*.c. Files of attempts' outputs are no seam: they are wrapped.
SIM_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/sim/*.c))
SIM_RUNTIME := $(filter-out engine/runtime/worker.c,$(wildcard engine/runtime/*.c)) \
	engine/store/journal_batch.c
SIM_WRAPS := -Wl,--wrap=file_read,--wrap=file_make_folders
$(B)/tests/sim: $(SIM_OBJECTS) $(SIM_RUNTIME:%.c=$(B)/obj/%.o) $(B)/lib/model.a $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(SIM_WRAPS) -o $@ $^ -lyaml -lm
# The same with a copy of model and runtime in which rules can be broken: `--break RULE`.
BROKEN_OBJECTS := $(patsubst engine/%.c,$(B)/broken/%.o,$(wildcard engine/model/*.c) $(SIM_RUNTIME))
$(B)/broken/%.o: engine/%.c
	@mkdir -p $(@D)
	$(CC) -Itests/sim/broken $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/tests/sim-broken: $(SIM_OBJECTS) $(BROKEN_OBJECTS) $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(SIM_WRAPS) -o $@ $^ -lyaml -lm

TOOLS := $(patsubst %.c,$(B)/%,$(wildcard tests/scenario/*.c tests/bench/*.c tests/crash/*.c))
$(B)/tests/crash/%: $(B)/obj/tests/crash/%.o $(B)/obj/tests/crash/victim/victim.o $(B)/lib/model.a $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lsqlite3 -lyaml -lm
# It speaks to the engine itself.
$(B)/tests/crash/race: $(B)/obj/tests/crash/race.o $(B)/obj/tests/crash/victim/victim.o \
		$(B)/lib/client.a $(B)/lib/wire.a $(B)/lib/model.a $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
		-lyaml -lnghttp2 -lprotobuf-c -ljansson -lm
# An hlpd that tests can make die of its own doing: the real one with one function wrapped.
BRITTLE := $(B)/tests/crash/brittle/hlpd
$(BRITTLE): $(B)/obj/tests/crash/brittle/brittle.o $(B)/obj/engine/daemon/main.o \
		$(hlpd_PARTS:%=$(B)/lib/%.a)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -Wl,--wrap=load_event -o $@ $(filter %.o,$^) -Wl,--start-group \
		$(filter %.a,$^) -Wl,--end-group $(hlpd_LIBS)
# It speaks to real programs as crash tests do.
$(B)/tests/scenario/turns: $(B)/obj/tests/scenario/turns.o $(B)/obj/tests/crash/victim/victim.o $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^
$(B)/tests/scenario/%: $(B)/obj/tests/scenario/%.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< -ljansson
$(B)/tests/bench/%: $(B)/obj/tests/bench/%.o $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lyaml
$(B)/tests/bench/plan: $(B)/obj/tests/bench/plan.o $(B)/lib/model.a $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lyaml -lm
# What drives the console has a terminal of its own.
PTY_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/bench/pty/*.c))
$(B)/tests/bench/console_pty: $(B)/obj/tests/bench/console_pty.o $(PTY_OBJECTS) $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^
# The layout bench draws the graphs of the layout's unit tests.
$(B)/tests/bench/layout: $(B)/obj/tests/bench/layout.o $(B)/obj/tests/unit/layout_graphs.o \
		$(B)/lib/draw.a $(B)/lib/model.a $(B)/lib/base.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lyaml -lm

.PHONY: tests
tests: all $(UNIT_TESTS) $(TOOLS) $(BRITTLE) $(if $(SIM_OBJECTS),$(B)/tests/sim $(B)/tests/sim-broken)
ifneq ($(FLAVOUR),plain) # bundled runbooks lie beside a program, wherever it was built
	@ln -sfn ../../workflows $(B)/workflows
endif

# ---- what it takes, and running it ---------------------------------------------------------------
# gcc, not build-essential: nothing here needs C++ or the Debian packager's tools.
BUILD_PACKAGES := make gcc libc6-dev git libyaml-dev libsqlite3-dev libgit2-dev nettle-dev \
	libnghttp2-dev libprotobuf-c-dev protobuf-c-compiler libjansson-dev libncurses-dev openssl
SOAK_PACKAGES := valgrind
TEST_PACKAGES := libcmocka-dev clang-format shellcheck tmux strace procps openssh-server openssh-client \
	postgresql python3-jsonschema python3-yaml

.PHONY: deps test-deps
deps:
	@mkdir -p build
	@tests/packages build $(BUILD_PACKAGES)
test-deps: deps
	@tests/packages tests $(TEST_PACKAGES)

JOBS := $(shell nproc 2>/dev/null || echo 2)
AGAIN := $(MAKE) --no-print-directory -s -j$(JOBS)

# The demonstration is started by the build that was just made, in the instance of its user.
.PHONY: run
run: deps
	@$(AGAIN) all
	@HLP_BUILD=$(abspath $(B)) workflows/demo

PREFIX ?= /usr/local
.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/hlp
	install $(PROGRAMS:%=$(B)/%) $(DESTDIR)$(PREFIX)/bin
	for page in $(wildcard docs/man/*.[1-8]); do \
		install -D -m 0644 $$page \
			$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; done
	cp -r workflows $(if $(wildcard themes),themes) $(DESTDIR)$(PREFIX)/share/hlp

# ---- proof ---------------------------------------------------------------------------------------
# A fixed sample of each kind of test; `make soak` runs the full counts.
.PHONY: test
test: test-deps
	@$(AGAIN) tests
	@$(AGAIN) FLAVOUR=asan tests
	@$(AGAIN) FLAVOUR=tsan tests
	@tests/run lint unit sim scenario crash screen asan:unit asan:sim asan:scenario \
		tsan:unit tsan:sim tsan:scenario

.PHONY: asan tsan
asan tsan: test-deps
	@$(AGAIN) FLAVOUR=$@ tests
	@tests/run $@:unit $@:sim $@:scenario

# HLP_SIM_SEEDS, HLP_KILLS and HLP_RACES are read by the simulator and by the crash tests.
.PHONY: soak
soak: export HLP_SIM_SEEDS ?= 10000
soak: export HLP_KILLS ?= 200
soak: export HLP_RACES ?= 10000
soak: export HLP_ROLLBACK_SEEDS ?= 2000
soak: export HLP_TURNS ?= 500
soak: export HLP_TEST_TIMEOUT ?= 3600
soak: test-deps
	@tests/packages soak $(SOAK_PACKAGES)
	@$(AGAIN) tests
	@$(AGAIN) FLAVOUR=asan tests
	@$(AGAIN) FLAVOUR=tsan tests
	@tests/run lint unit sim scenario crash screen leaks
	@HLP_ALL=1 HLP_KILLS=30 HLP_RACES=1000 tests/run asan:unit asan:sim asan:scenario asan:crash asan:screen
	@HLP_ALL=1 HLP_KILLS=30 HLP_RACES=1000 tests/run tsan:unit tsan:sim tsan:scenario tsan:crash tsan:screen

.PHONY: lint
lint:
	@$(AGAIN) all
	@tests/lint/run

.PHONY: format
format:
	find engine tui tests -name '*.[ch]' -print0 2>/dev/null | xargs -0 clang-format -i

.PHONY: bench
bench:
	@$(AGAIN) tests
	@tests/bench/run
	@tests/bench/revisions.sh

.PHONY: bench-console
bench-console:
	@$(AGAIN) tests
	@tests/bench/console

.PHONY: fresh
fresh:
	@tests/fresh

.PHONY: clean
clean:
	rm -rf build

-include $(shell find $(B)/obj $(B)/gen $(B)/broken -name '*.d' 2>/dev/null)
