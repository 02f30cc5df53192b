# Everything a person or a CI machine does with Velox. `make help` lists it.

PRESET ?= release
BUILD := build/$(PRESET)
NINJA := ninja

# The suites that also run under the sanitizers; the thread sanitizer's are those with threads ("threads": those of
# the actors' tests that use real ones; the others run in virtual time on one). Unoptimised, because
# compiling costs more than running, and with fewer simulated calls. The suites that speak over Beast take long
# to compile this way; name them to run them: make test-asan ASAN_SUITES="http carriers cli speech".
ASAN_SUITES ?= protocol actors persistence
TSAN_SUITES ?= threads recording
SANITIZER_SEEDS ?= 200
# What waits or loads for long says nothing more under a sanitizer; the thread sanitizer leaves out PostgreSQL, which
# is one more process and no more threads.
ASAN_SKIP ?= Outage|LedgerLoad|LedgerHistory
TSAN_SKIP ?= $(ASAN_SKIP)|postgres|Postgres
space := $(subst ,, )
any_of = ^($(subst $(space),|,$(strip $(1))))$$
# To look for more than a change may have broken: make test-fuzz FUZZ_SECONDS=600 FUZZ_SEED=0
FUZZ_SECONDS ?= 6
FUZZ_SEED ?= 1

.PHONY: help build run test test-release test-asan test-tsan test-fuzz bench lint format clean install-build install-test

help: ## Show this list
	@echo "Velox: make TARGET"; echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install-build:
	@config/install-packages.sh config/apt-build.txt

install-test: install-build
	@config/install-packages.sh config/apt-test.txt

build: install-build ## Build the engine: build/release/velox
	@cmake --preset $(PRESET) -DVELOX_TESTS=OFF -DVELOX_BENCH=OFF >/dev/null
	@$(NINJA) -C $(BUILD) velox
	@echo "Built $(BUILD)/velox. Try: $(BUILD)/velox --help"

run: build ## Start the engine, hold a spoken demo call with it, keep serving
	@config/run-demo.sh $(BUILD)/velox

test: test-release test-fuzz test-asan test-tsan ## Install what tests need, build, run every test
	@echo "All test suites passed."

test-release: install-test ## The whole test suite, release build
	@cmake --preset release -DVELOX_TESTS=ON -DVELOX_BENCH=ON >/dev/null
	@$(NINJA) -C build/release
	@ctest --test-dir build/release --output-on-failure -j 2

test-asan: install-test ## The tests under AddressSanitizer and UBSan
	@cmake --preset asan-ubsan -DVELOX_TESTS=ON >/dev/null
	@$(NINJA) -C build/asan-ubsan $(ASAN_SUITES:%=test_%)
	@ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  LSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/lsan.supp:print_suppressions=0 VELOX_SIM_CALLS=$(SANITIZER_SEEDS) \
	  ctest --test-dir build/asan-ubsan --output-on-failure -j 2 -L '$(call any_of,$(ASAN_SUITES))' -E '$(ASAN_SKIP)'

test-tsan: install-test ## The tests under ThreadSanitizer
	@cmake --preset tsan -DVELOX_TESTS=ON >/dev/null
	@$(NINJA) -C build/tsan $(TSAN_SUITES:%=test_%)
	@TSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/tsan.supp:halt_on_error=1 VELOX_SIM_CALLS=$(SANITIZER_SEEDS) \
	  ctest --test-dir build/tsan --output-on-failure -j 2 -L '$(call any_of,$(TSAN_SUITES))' -E '$(TSAN_SKIP)'

test-fuzz: install-test ## A short run of every fuzz target
	@cmake --preset fuzz -DVELOX_TESTS=ON -DVELOX_FUZZ_SECONDS=$(FUZZ_SECONDS) -DVELOX_FUZZ_SEED=$(FUZZ_SEED) >/dev/null
	@$(NINJA) -C build/fuzz fuzz
	@ctest --test-dir build/fuzz --output-on-failure -j 2 -R '^fuzz/'

bench: install-test ## Measure against the floors; prints ratios
	@cmake --preset release -DVELOX_BENCH=ON >/dev/null
	@$(NINJA) -C build/release velox velox_bench
	@build/release/velox_bench

lint: install-test ## clang-format and clang-tidy, no change
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run --Werror
	@cmake --preset lint >/dev/null
	@git ls-files 'protocol/*.cpp' 'actors/*.cpp' 'adapters/*.cpp' 'persistence/*.cpp' 'config/*.cpp' \
	  | xargs -P 2 -n 4 clang-tidy-14 -p build/lint --quiet

format: ## Let clang-format rewrite the sources
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 -i

clean: ## Remove what was built (not the data directory)
	@rm -rf build
