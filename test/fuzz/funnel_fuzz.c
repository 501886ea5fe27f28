/*
 * funnel_fuzz.c
 *	  Definitions of funnels over random journeys.
 *
 * An input is lines: the mode's number, the interval (empty: no limit), then
 * the steps, then after an empty line those of `without`.
 */
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"

#define MOST_ATOMS 200

static size_t
make_funnel(uint8_t *out)
{
	FuzzText	text = {(char *) out, 0, false};

	put(&text, "%d\n", random_below(3));
	if (!one_in(5))
		put_interval(&text);
	for (uint32_t n = one_in(20) ? FUNNEL_MAX_STEPS : 1 + random_below(5); n > 0; n--)
	{
		put(&text, "\n");
		put_atom(&text);
	}
	if (one_in(2))
	{
		put(&text, "\n");
		for (uint32_t n = one_in(20) ? 100 : random_below(3); n > 0; n--)
		{
			put(&text, "\n");
			put_atom(&text);
		}
	}
	return text.full ? make_funnel(out) : text.length;
}

static const char *const pieces[] = {
	"0\n", "1\n", "2\n", "\n", "\n", "\n", "\n\n", "7 days", "1 month", "a", "b", "c", "a/*",
	"[^a|b]", ".", "@web", ":score<=6", "a1", NULL
};

const FuzzTarget fuzz_target = {"funnel", make_funnel, pieces, 0};

typedef struct Definition
{
	int			mode;
	bool		unlimited;
	CalendarInterval within;
	int			n_steps;
	int			n_atoms;
	Atom		atoms[MOST_ATOMS];
} Definition;

/* Moves past the next line; false after the last one. */
static bool
next_line(const char **at, const char *end, const char **line, size_t *length)
{
	const char *stop;

	if (*at > end)
		return false;
	*line = *at;
	stop = *at == end ? NULL : memchr(*at, '\n', end - *at);
	if (stop == NULL)
		stop = end;
	*length = stop - *at;
	*at = stop + 1;
	return true;
}

/* What the SQL functions let through. */
static bool
read_definition(const char *at, const char *end, Definition *definition)
{
	const char *line;
	size_t		length;
	bool		steps = true;

	if (!next_line(&at, end, &line, &length) || length != 1 || *line < '0' || *line > '2')
		return false;
	definition->mode = *line - '0';
	if (!next_line(&at, end, &line, &length))
		return false;
	definition->unlimited = length == 0;
	definition->within = (CalendarInterval) {0, 0, 0};
	if (length > 0)
	{
		const char *expected;
		size_t		problem_at;

		if (calendar_interval_read(line, length, &definition->within, &expected, &problem_at) != length ||
			!calendar_interval_forward(&definition->within))
			return false;
	}
	definition->n_steps = definition->n_atoms = 0;
	while (next_line(&at, end, &line, &length))
	{
		ParseProblem problem;

		if (steps && length == 0)
		{
			steps = false;
			continue;
		}
		if (definition->n_atoms == MOST_ATOMS ||
			!atom_parse(line, length, &definition->atoms[definition->n_atoms], &problem))
			return false;
		definition->n_atoms++;
		definition->n_steps += steps;
	}
	return definition->n_steps > 0 && definition->n_steps <= FUNNEL_MAX_STEPS;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Definition definition;

	fuzz_begin(data, size);
	if (size > 0 && read_definition((const char *) data, (const char *) data + size, &definition))
	{
		AtomSet    *set = atom_set_make(definition.atoms, definition.n_atoms);
		Funnel		funnel;

		fuzz_accepted++;
		funnel_init(&funnel, set, definition.n_steps, (FunnelMode) definition.mode, &definition.within,
					definition.unlimited);
		for (int i = 0; i < 2; i++)
		{
			JourneyView view;

			random_journey(&view, i == 0 ? 200 : 14);
			funnel_holds(&funnel, &view);
		}
	}
	fuzz_free_all();
	return 0;
}
