/*
 * main.c
 *	  Runs a fuzz target over inputs that it makes itself; prints TAP.
 *
 *	  NAME_fuzz			ROUNDS inputs of each kind (environment; 10,000), from SEED
 *	  NAME_fuzz FILE..	these inputs only
 *
 * An input that stops the program is left in NAME_fuzz.crash.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "tap.h"

/* Nothing that is made here takes longer. */
#define MOST_SECONDS 60

/* From so many inputs on, each kind that can be accepted was. */
#define ENOUGH_ROUNDS 1000

typedef struct Kind
{
	const char *name;
	FuzzMake	make;
	bool		all_accepted;
	bool		some_accepted;
} Kind;

/* The present input. */
static const uint8_t *input;
static size_t input_size;
static char crash_file[1024];

/* Sanitizers end the program by a signal, so that its input can be kept. */
extern const char *__asan_default_options(void);
extern const char *__ubsan_default_options(void);

const char *
__asan_default_options(void)
{
	return "abort_on_error=1";
}

const char *
__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

static void
keep_input(int signal_number)
{
	FILE	   *file = input == NULL ? NULL : fopen(crash_file, "wb");

	signal(signal_number, SIG_DFL);
	if (file != NULL)
	{
		fwrite(input, 1, input_size, file);
		fclose(file);
		printf("not ok %d - signal %d at the input in %s\n", tap.run + 1, signal_number, crash_file);
		fflush(stdout);
	}
	raise(signal_number);
}

/* In memory of exactly its size. */
static void
run_input(const uint8_t *bytes, size_t size)
{
	uint8_t    *copy = malloc(size);

	if (size > 0)
		memcpy(copy, bytes, size);
	input = copy;
	input_size = size;
	LLVMFuzzerTestOneInput(copy, size);
	input = NULL;
	free(copy);
}

static void
run_kind(const Kind *kind, int number, uint64_t seed, long rounds)
{
	static uint8_t bytes[FUZZ_MAX_INPUT];
	uint64_t	before = fuzz_accepted;
	uint64_t	accepted;
	char		name[200];

	for (long round = 0; round < rounds; round++)
	{
		size_t		size;

		if (round % 1000 == 0)
			alarm(MOST_SECONDS);
		random_start(seed * UINT64_C(0x9E3779B97F4A7C15) + ((uint64_t) number << 40) + round);
		size = kind->make(bytes);
		fuzz_free_all();
		run_input(bytes, size);
	}
	accepted = fuzz_accepted - before;
	snprintf(name, sizeof(name), "%s, %s: %ld inputs, %" PRIu64 " accepted",
			 fuzz_target.what, kind->name, rounds, accepted);
	ok((!kind->all_accepted || accepted == (uint64_t) rounds) &&
	   (!kind->some_accepted || accepted > 0 || rounds < ENOUGH_ROUNDS), name);
	fflush(stdout);
}

static void
run_file(const char *path)
{
	static uint8_t bytes[FUZZ_MAX_INPUT];
	FILE	   *file = fopen(path, "rb");

	if (file == NULL)
	{
		perror(path);
		exit(1);
	}
	run_input(bytes, fread(bytes, 1, sizeof(bytes), file));
	fclose(file);
	ok(true, path);
}

static long
number_of(const char *variable, long otherwise)
{
	const char *text = getenv(variable);

	return text == NULL || *text == '\0' ? otherwise : strtol(text, NULL, 10);
}

int
main(int argc, char **argv)
{
	const Kind	kinds[] = {
		{"random bytes", make_bytes, false, false},
		{"random pieces", make_pieces, false, true},
		{"damaged", make_mutated, false, true},
		{"valid", fuzz_target.make_valid, true, true},
	};
	long		seed = number_of("SEED", 3);
	long		rounds = number_of("ROUNDS", 10000);

	snprintf(crash_file, sizeof(crash_file), "%s.crash", argv[0]);
	signal(SIGABRT, keep_input);
	signal(SIGALRM, keep_input);
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	if (argc == 1)
	{
		printf("# SEED=%ld ROUNDS=%ld\n", seed, rounds);
		for (size_t i = 0; i < lengthof(kinds); i++)
		{
			if (kinds[i].make != make_pieces || fuzz_target.pieces != NULL)
				run_kind(&kinds[i], (int) i, (uint64_t) seed, rounds);
		}
	}
	return done();
}
