# cx_metrics: customer experience metrics inside PostgreSQL (PGXS build).
#
#   make && make install            build and install for the server of PG_CONFIG
#   make demo                       scripts/demo: a private server, sample data, the report
#   make check                      scripts/check: a private server, every test
#   make installcheck               pg_regress and TAP suites against what is installed
#   make unit                       the C tests that need no server
#   make bench                      scripts/bench: speed, as ratios

EXTENSION = cx_metrics
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" cx_metrics.control)
MODULE_big = cx_metrics

# In the order in which the install script needs them.
SQL_PARTS = sql/common.sql sql/survey.sql sql/index.sql sql/journey.sql sql/value.sql sql/experiment.sql

EXTENSION_SQL = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA_built = $(EXTENSION_SQL)
DATA = $(wildcard sql/$(EXTENSION)--*--*.sql)

C_SOURCES = $(sort $(wildcard src/*/*.c))
CXX_SOURCES = $(sort $(wildcard src/*/*.cpp))
ALL_HEADERS = $(wildcard src/*/*.h)
OBJS = $(C_SOURCES:.c=.o) $(CXX_SOURCES:.cpp=.o)

UNIT_SOURCES = $(sort $(wildcard test/unit/*_test.c))
UNIT_TESTS = $(UNIT_SOURCES:.c=)

FUZZ_BUILD = test/fuzz/build
FUZZ_SOURCES = $(sort $(wildcard test/fuzz/*_fuzz.c))
FUZZ_TESTS = $(FUZZ_SOURCES:test/fuzz/%.c=$(FUZZ_BUILD)/%)

# Eigen and Boost are header-only; as system headers their warnings stay theirs.
EIGEN_INCLUDE ?= /usr/include/eigen3
PG_CPPFLAGS = -Isrc -isystem $(EIGEN_INCLUDE) -DCX_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-declaration-after-statement -ffp-contract=off
CXX_ONLY_FLAGS = -std=c++14 -fvisibility=hidden -g0
PG_CXXFLAGS = $(CXX_ONLY_FLAGS) -ffp-contract=off
SHLIB_LINK = -lstdc++ $(SYMBOLIC)

REGRESS = $(sort $(notdir $(basename $(wildcard test/sql/*.sql))))
REGRESS_OPTS = --inputdir=test --load-extension=cx_metrics
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

EXTRA_CLEAN = $(EXTENSION_SQL) $(UNIT_TESTS) src/*/*.bc test/unit/*.o $(FUZZ_BUILD) \
	results regression.diffs regression.out tmp_check

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Our own calls stay ours even when another library exports the same name.
ifeq ($(PORTNAME), linux)
SYMBOLIC = -Wl,-Bsymbolic-functions
endif

# The bitcode rule of PGXS does not see PG_CXXFLAGS.
BITCODE_CXXFLAGS += -std=c++14 -ffp-contract=off

$(OBJS) $(OBJS:.o=.bc): $(ALL_HEADERS) Makefile


$(EXTENSION_SQL): $(SQL_PARTS) cx_metrics.control
	printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit' | \
		cat - $(SQL_PARTS) > $@

.PHONY: check demo bench unit fuzz fuzz-objects fuzz-programs
check:
	scripts/check

demo:
	scripts/demo

bench:
	scripts/bench

# Files without PostgreSQL in them, linked to a plain program that prints TAP.
PLAIN_OBJS = $(CXX_SOURCES:.cpp=.o) $(patsubst %.c,%.o,$(shell grep -L '"postgres.h"' $(C_SOURCES)))

test/unit/%_test: test/unit/%_test.c test/unit/memory.c $(PLAIN_OBJS) $(ALL_HEADERS)
	$(CC) $(CFLAGS) -Isrc -Itest/unit $< test/unit/memory.c $(PLAIN_OBJS) -o $@ -lstdc++ -lm

unit: $(UNIT_TESTS)
	prove --exec '' $(UNIT_TESTS)

# The plain files of the journey and value wings once more, apart from the others: with the sanitizers.
FUZZ_FLAGS = -std=gnu99 -g -O1 -ffp-contract=off -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-Wall -Wextra -Wmissing-prototypes -Wno-sign-compare -Wno-unused-parameter
FUZZ_OBJS = $(patsubst %.c,$(FUZZ_BUILD)/%.o,$(filter-out $(FUZZ_SOURCES),$(wildcard test/fuzz/*.c)) \
	$(shell grep -L '"postgres.h"' src/common/*.c src/journey/*.c src/value/*.c))
FUZZ_TARGET_OBJS = $(FUZZ_SOURCES:%.c=$(FUZZ_BUILD)/%.o)

$(FUZZ_OBJS) $(FUZZ_TARGET_OBJS): $(FUZZ_BUILD)/%.o: %.c $(ALL_HEADERS) $(wildcard test/fuzz/*.h)
	@mkdir -p $(@D)
	$(CC) $(FUZZ_FLAGS) -Isrc -Itest/unit -c $< -o $@

$(FUZZ_TESTS): $(FUZZ_BUILD)/%: $(FUZZ_BUILD)/test/fuzz/%.o $(FUZZ_OBJS) $(CXX_SOURCES:.cpp=.o)
	$(CC) $(FUZZ_FLAGS) $^ -o $@ -lstdc++ -lm

fuzz-objects: $(FUZZ_OBJS) $(FUZZ_TARGET_OBJS)

fuzz-programs: $(FUZZ_TESTS)

fuzz: $(FUZZ_TESTS)
	prove --exec '' $(FUZZ_TESTS)
