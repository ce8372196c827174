# eddy: `make help` lists the targets. Everything that is made lies in $(BUILD).

BUILD  ?= build
PREFIX ?= /usr/local

CFLAGS   ?= -O2 -g
WARNINGS  = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion
OWN_FLAGS = -std=c11 -D_GNU_SOURCE -DXXH_INLINE_ALL -Isrc -Icmd $(WARNINGS) $(SANITIZE) -pthread
LDLIBS   += -lmicrohttpd -lgnutls -ljansson -lz -lbrotlienc -lm

# The kernel's interface for watching. On Linux kqueue can be tested by libkqueue, where that is installed. One
# that was built elsewhere: make check LIBKQUEUE='-ILIB/include -LLIB -lkqueue -Wl,-rpath,LIB' (all WATCH=kqueue BUILD=…
# LIBKQUEUE=… only builds it)
KERNEL := $(shell uname -s)
WATCH  ?= $(if $(filter Linux,$(KERNEL)),inotify,kqueue)
LIBKQUEUE ?= $(if $(filter Linux,$(KERNEL)),$(shell pkg-config --cflags --libs libkqueue 2>/dev/null))
ifeq ($(WATCH),inotify)
LDLIBS += -linotifytools
else
LDLIBS += $(filter-out -I%,$(LIBKQUEUE))
OWN_FLAGS += $(filter -I%,$(LIBKQUEUE))
endif

SOURCES := $(filter-out $(filter-out %_$(WATCH).c,%_inotify.c %_kqueue.c),$(wildcard src/*/*.c cmd/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/assets.o
ASSETS  := $(sort $(shell find templates static -type f ! -name '.*' ! -name '*~'))
FORMATTED = $(wildcard src/*/*.[ch] cmd/*.[ch] tests/*/*.[ch])

FUZZ_SECONDS ?= 10
TEMPLATES ?= 20000
SEED ?= 1
FUZZERS := $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))

# Debian package and a file that shows that it is there.
BUILD_DEPS = libmicrohttpd-dev:/usr/include/microhttpd.h libgnutls28-dev:/usr/include/gnutls/gnutls.h libinotifytools0-dev:/usr/include/inotifytools/inotify.h \
             libxxhash-dev:/usr/include/xxhash.h libjansson-dev:/usr/include/jansson.h \
             zlib1g-dev:/usr/include/zlib.h libbrotli-dev:/usr/include/brotli/encode.h
TEST_DEPS  = git:/usr/bin/git vim:/usr/bin/vim emacs-nox:/usr/bin/emacs rsync:/usr/bin/rsync bats:/usr/bin/bats bats-support:/usr/lib/bats/bats-support bats-assert:/usr/lib/bats/bats-assert \
             bats-file:/usr/lib/bats/bats-file parallel:/usr/bin/parallel curl:/usr/bin/curl jq:/usr/bin/jq nginx:/usr/sbin/nginx openssl:/usr/bin/openssl \
             xxhash:/usr/bin/xxhsum python3:/usr/bin/python3 python3-doc:/usr/share/doc/python3-doc/html \
             python3-tornado:/usr/lib/python3/dist-packages/tornado \
             man-db:/usr/bin/man groff-base:/usr/bin/groff wrk:/usr/bin/wrk apache2-utils:/usr/bin/ab chromium:/usr/bin/chromium nodejs:/usr/bin/node npm:/usr/bin/npm \
             wget:/usr/bin/wget ffmpeg:/usr/bin/ffprobe entr:/usr/bin/entr
BENCH_DEPS = $(TEST_DEPS) inotify-tools:/usr/bin/inotifywait lighttpd:/usr/sbin/lighttpd \
             python3-jinja2:/usr/lib/python3/dist-packages/jinja2
# What Debian has no packages of, from npm: what drives Chromium, what judges pages for their readers, and servers that
# eddy is compared with.
TEST_NPM   = playwright-core@1.65.1 axe-core@4.14.1 live-server@1.2.2 http-server@14.1.1 nodemon@3.1.14
BENCH_NPM  = nunjucks@3.2.4
# What the analyzer may try for one function: a fifth of what it does by itself, in a quarter of the time.
LINT_EFFORT = -Xclang -analyzer-config -Xclang max-nodes=50000
LINT_DEPS  = clang-format:/usr/bin/clang-format clang-tidy:/usr/bin/clang-tidy shellcheck:/usr/bin/shellcheck

# Builds use all processors, where make itself was told nothing.
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))

# `make -s` tells only of what is linked.
SAY = @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,echo)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all run deps check asan fuzz fuzzers differential bench rivals layers lint format pictures install help clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

all: $(BUILD)/eddy ## build $(BUILD)/eddy

run: deps ## install what is missing, build, serve this checkout's own site
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(BUILD)/eddy $(ARGS)

deps: ## install the libraries that the build needs
	@tests/tools/deps $(BUILD_DEPS)

check: deps ## install what the tests need, build, run them all
	@tests/tools/deps $(TEST_DEPS)
	@tests/tools/npm-deps $(TEST_NPM)
	@$(MAKE) --no-print-directory -s $(PARALLEL) all
	@$(if $(LIBKQUEUE),$(MAKE) --no-print-directory -s $(PARALLEL) all WATCH=kqueue BUILD=$(BUILD)/kqueue)
	@$(if $(LIBKQUEUE),KQUEUE_EDDY="$(abspath $(BUILD)/kqueue/eddy)") WATCH_BACKEND=$(WATCH) \
	EDDY="$(abspath $(BUILD)/eddy)" CC='$(CC)' CFLAGS='$(CFLAGS)' SANITIZE='$(SANITIZE)' tests/tools/run-tests $(TESTS)

asan: deps ## the same tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory check BUILD=$(BUILD)/asan CFLAGS='-O1 -g -fno-omit-frame-pointer' \
		SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

fuzz: deps ## run every fuzzer of tests/fuzz for FUZZ_SECONDS each
	@tests/tools/deps clang:/usr/bin/clang
	@$(MAKE) --no-print-directory -s $(PARALLEL) fuzzers BUILD=$(BUILD)/fuzz CC=clang CFLAGS='-O1 -g' \
		SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined'
	@BUILD=$(BUILD)/fuzz tests/tools/run-fuzzers $(FUZZ_SECONDS) $(FUZZERS)

differential: deps ## compare TEMPLATES random templates with Tornado, and show what they use
	@tests/tools/deps $(TEST_DEPS)
	@$(MAKE) --no-print-directory -s $(PARALLEL) $(BUILD)/render-cases
	@RENDER_CASES=$(BUILD)/render-cases tests/templates/differential --seed $(SEED) --count $(TEMPLATES) --table

bench: deps ## measure eddy against other servers, in turn, in one run
	@tests/tools/deps $(BENCH_DEPS)
	@tests/tools/npm-deps $(TEST_NPM) $(BENCH_NPM)
	@$(MAKE) --no-print-directory -s $(PARALLEL) all $(BUILD)/bench-render
	@EDDY="$(abspath $(BUILD)/eddy)" BUILD="$(abspath $(BUILD))" tests/bench/run

rivals: ## install what `make bench` measures saving against
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix $(BUILD) $$(python3 tests/bench/rivals.py)

layers: ## check that includes go downwards only
	@tests/tools/layers

lint: ## check format, layers, shell scripts and the code
	@tests/tools/deps $(BUILD_DEPS) $(LINT_DEPS)
	@tests/tools/layers
	@clang-format --dry-run -Werror $(FORMATTED)
	@printf '%s\n' $(SOURCES) | xargs -P "$$(getconf _NPROCESSORS_ONLN)" -I FILE clang-tidy --quiet --warnings-as-errors='*' FILE -- \
		$(OWN_FLAGS) $(LINT_EFFORT) 2>/dev/null
	@shellcheck -x .ci/run $$(grep -rlE '^#!.*(bash|/sh)$$' tests)

format: ## format the code
	@clang-format -i $(FORMATTED)

pictures: all ## make the pictures of the README anew
	@tests/tools/deps $(TEST_DEPS)
	@tests/tools/npm-deps $(TEST_NPM)
	@EDDY="$(abspath $(BUILD)/eddy)" tests/tools/screenshots --readme

install: all $(BUILD)/eddy.1 ## install into $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 $(BUILD)/eddy $(DESTDIR)$(PREFIX)/bin/eddy
	install -m 644 $(BUILD)/eddy.1 $(DESTDIR)$(PREFIX)/share/man/man1/eddy.1
	install -m 644 completions/eddy.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/eddy

clean: ## remove what was made
	rm -rf $(BUILD)

# Linked aside and renamed, so that a running eddy sees the old file or the new one.
$(BUILD)/eddy: $(OBJECTS)
	@echo LD $@
	@$(CC) $(CFLAGS) $(SANITIZE) -pthread $(LDFLAGS) -o $@.new $(OBJECTS) $(LDLIBS)
	@mv $@.new $@

$(BUILD)/eddy.1: $(BUILD)/eddy
	@$< manual > $@

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(SAY) CC $<
	@$(CC) $(OWN_FLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# A fuzzer takes from the archive what it needs.
fuzzers: $(FUZZERS:%=$(BUILD)/fuzz-%)

$(BUILD)/fuzzed.a: $(filter $(BUILD)/src/base/% $(BUILD)/src/os/% $(BUILD)/src/text/% $(BUILD)/src/tmpl/%,$(OBJECTS))
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/fuzz-%: tests/fuzz/%.c $(BUILD)/fuzzed.a
	@echo LD $@
	@$(CC) $(OWN_FLAGS) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

$(BUILD)/render-cases: tests/templates/render-cases.c $(BUILD)/fuzzed.a
	@$(CC) $(OWN_FLAGS) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/bench-render: tests/bench/render.c $(BUILD)/fuzzed.a
	@$(CC) $(OWN_FLAGS) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/assets.c: $(ASSETS) tests/tools/embed
	@mkdir -p $(@D)
	@tests/tools/embed $(ASSETS) > $@

$(BUILD)/assets.o: $(BUILD)/assets.c
	@$(CC) $(OWN_FLAGS) $(CFLAGS) -c -o $@ $<

-include $(OBJECTS:.o=.d)
