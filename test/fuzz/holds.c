/*
 * holds.c
 *	  What holds of every journey that can be opened, whoever wrote its bytes.
 */
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "journey/journey_keys.h"
#include "journey/name_table.h"
#include "journey/pattern_require.h"

/* ---------- Readers ---------- */

static bool
name_within(const JourneyName *name, const JourneyView *view)
{
	const char *names = (const char *) view->names;

	name_hash(name->bytes, name->length);	/* reads every byte */
	return name->bytes >= names && name->bytes + name->length <= names + view->names_size;
}

static bool
same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof(double)) == 0;
}

static void
columns_hold(const JourneyView *view, const Touchpoint *touchpoints)
{
	int64_t    *at = cx_alloc(view->count, sizeof(int64_t));
	double	   *values = cx_alloc(view->count, sizeof(double));
	int32_t    *scores = cx_alloc(view->count, sizeof(int32_t));
	bool	   *has_value = cx_alloc(view->count, sizeof(bool));
	bool	   *has_score = cx_alloc(view->count, sizeof(bool));

	journey_read_times(view, at);
	journey_read_values(view, values, has_value);
	journey_read_scores(view, scores, has_score);
	for (uint32_t i = 0; i < view->count; i++)
	{
		CHECK(touchpoints[i].at == at[i]);
		CHECK(touchpoints[i].has_value == has_value[i] && same_bits(touchpoints[i].value, values[i]));
		CHECK(touchpoints[i].has_score == has_score[i] && touchpoints[i].score == scores[i]);
		CHECK(name_within(&touchpoints[i].event, view));
		CHECK(touchpoints[i].channel.bytes == NULL || name_within(&touchpoints[i].channel, view));
	}
	cx_free(at);
	cx_free(values);
	cx_free(scores);
	cx_free(has_value);
	cx_free(has_score);
}

void
readers_hold(const JourneyView *view)
{
	size_t		before = fuzz_blocks();
	size_t		n_names = (size_t) view->event_count + view->channel_count;
	JourneyName *names = cx_alloc(n_names, sizeof(JourneyName));
	Touchpoint *touchpoints = cx_alloc(view->count, sizeof(Touchpoint));

	journey_read_names(view, names);
	for (size_t i = 0; i < n_names; i++)
		CHECK(name_within(&names[i], view));
	journey_read(view, touchpoints);
	columns_hold(view, touchpoints);
	cx_free(names);
	cx_free(touchpoints);
	CHECK(fuzz_blocks() == before);
}

bool
can_be_asked(const JourneyView *view)
{
	int64_t    *at = cx_alloc(view->count, sizeof(int64_t));
	bool		fit = true;

	journey_read_times(view, at);
	for (uint32_t i = 0; i < view->count && fit; i++)
		fit = journey_event_code(view, i) < view->event_count &&
			journey_channel_code(view, i) < (int64_t) view->channel_count && calendar_time_valid(at[i]);
	cx_free(at);
	return fit;
}

/* ---------- Atoms ---------- */

void
atoms_hold(const AtomSet *set, const JourneyView *view)
{
	size_t		before = fuzz_blocks();
	Touchpoint *touchpoints = cx_alloc(view->count, sizeof(Touchpoint));
	AtomBinding binding;

	journey_read(view, touchpoints);
	atom_bind(&binding, set, view);
	for (uint32_t i = 0; i < view->count; i++)
	{
		for (int k = 0; k < set->count; k++)
			CHECK((atom_mask(&binding, i, k / 64) >> (k % 64) & 1) ==
				  atom_matches(&set->atoms[k], &touchpoints[i]));
	}
	atom_unbind(&binding);
	cx_free(touchpoints);
	CHECK(fuzz_blocks() == before);
}

/* ---------- Patterns ---------- */

/* Four times what was ever needed; going back and trying again would cost far more. */
static uint64_t
most_steps(const PatternProgram *program, const JourneyView *view)
{
	uint64_t	of_touchpoint = (uint64_t) program->n_edges + program->n_positions + program->n_atoms +
		(uint64_t) program->n_sets * program->words + 16;
	uint64_t	untimed = 8 * of_touchpoint * (view->count + 1);

	return program->timed ? untimed * (view->count + 1) : untimed;
}

static bool
requirement_met(const Requirement *requirement, const Touchpoint *touchpoints, uint32_t count)
{
	RequirementKind kind = requirement->kind;
	bool		below = kind == REQUIRE_EVENT_BELOW || kind == REQUIRE_CHANNEL_BELOW;
	bool		channel = kind == REQUIRE_CHANNEL || kind == REQUIRE_CHANNEL_BELOW;
	NameTest	test = {requirement->name, below};
	NameTest	second = {requirement->second, false};

	for (uint32_t i = 0; i < count; i++)
	{
		if (name_test_matches(&test, channel ? &touchpoints[i].channel : &touchpoints[i].event) &&
			(kind != REQUIRE_PAIR ||
			 (i + 1 < count && name_test_matches(&second, &touchpoints[i + 1].event))))
			return true;
	}
	return false;
}

/* A journey that matches has what the pattern requires. */
static void
requirements_hold(const Pattern *pattern, const JourneyView *view)
{
	PatternRequirements *requirements = pattern_requirements(pattern);
	Touchpoint *touchpoints = cx_alloc(view->count, sizeof(Touchpoint));

	journey_read(view, touchpoints);
	for (int i = 0; i < requirements->count; i++)
	{
		const RequirementClause *clause = &requirements->clauses[i];
		bool		met = false;

		for (int k = 0; k < clause->count; k++)
			met |= requirement_met(&clause->alternatives[k], touchpoints, view->count);
		CHECK(met);
	}
	cx_free(touchpoints);
	cx_free(requirements);
}

/* Keys stand for their facts, each once. */
static void
keys_hold(const JourneyKeys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
	{
		CHECK(keys->facts == NULL || journey_key(&keys->facts[i]) == keys->keys[i]);
		for (size_t k = 0; k < i && keys->count < 100; k++)
			CHECK(keys->keys[k] != keys->keys[i]);
	}
}

static bool
has_key(const JourneyKeys *keys, uint64_t key)
{
	for (size_t i = 0; i < keys->count; i++)
	{
		if (keys->keys[i] == key)
			return true;
	}
	return false;
}

/* An index finds a journey that matches. */
static void
index_finds(const Pattern *pattern, const JourneyView *view)
{
	KeyQuery   *query = key_query_of_pattern(pattern);
	JourneyKeys keys;
	int			from = 0;

	journey_keys_read(&keys, view, one_in(2));
	keys_hold(&keys);
	for (int clause = 0; clause < query->n_clauses; clause++)
	{
		bool		met = false;

		for (; from < query->ends[clause]; from++)
			met |= has_key(&keys, journey_key(&query->facts[from]));
		CHECK(met);
	}
	journey_keys_free(&keys);
	cx_free(query);
}

void
pattern_holds(const Pattern *pattern, const PatternProgram *program, const JourneyView *view)
{
	size_t		before = fuzz_blocks();
	uint64_t	most = most_steps(program, view);
	uint64_t	steps[3] = {0};
	uint32_t	n_ords;
	bool		exists = pattern_exists(program, view, &steps[0]);
	uint32_t   *ords = pattern_find(program, view, &n_ords, &steps[1]);
	uint64_t	matches = pattern_count(program, view, &steps[2]);

	CHECK(exists == (ords != NULL) && exists == (n_ords > 0) && exists == (matches > 0));
	CHECK(matches <= view->count);
	for (uint32_t i = 0; i < n_ords; i++)
		CHECK(ords[i] < view->count && (i == 0 || ords[i - 1] < ords[i]));
	for (int i = 0; i < 3; i++)
		CHECK(steps[i] <= most);
	cx_free(ords);
	if (exists)
	{
		requirements_hold(pattern, view);
		index_finds(pattern, view);
	}
	CHECK(fuzz_blocks() == before);
}

/* ---------- Funnels ---------- */

static void
result_holds(const Funnel *funnel, const FunnelResult *result, const int64_t *as_of)
{
	CHECK(result->level >= 0 && result->level <= funnel->n_steps);
	CHECK((result->status == FUNNEL_CONVERTED) == (result->level == funnel->n_steps));
	CHECK(as_of != NULL || (result->mature && result->status != FUNNEL_OPEN));
	for (int i = 0; i < result->level; i++)
	{
		CHECK(i == 0 || result->at[i - 1] <= result->at[i]);
		CHECK(as_of == NULL || result->at[i] <= *as_of);
		CHECK(funnel->unlimited || result->at[i] <= calendar_add(result->at[0], &funnel->within));
	}
}

void
funnel_holds(const Funnel *funnel, const JourneyView *view)
{
	size_t		before = fuzz_blocks();
	int64_t    *at = cx_alloc(view->count, sizeof(int64_t));
	FunnelResult all;
	FunnelResult some;
	int64_t		as_of;

	funnel_run(funnel, view, NULL, &all);
	result_holds(funnel, &all, NULL);
	CHECK(funnel_level(funnel, view) == all.level);

	journey_read_times(view, at);
	as_of = view->count > 0 && !one_in(8) ? at[random_below(view->count)] - random_below(2) : random_time();
	funnel_run(funnel, view, &as_of, &some);
	result_holds(funnel, &some, &as_of);
	CHECK(some.level <= all.level);
	cx_free(at);
	CHECK(fuzz_blocks() == before);
}

/* ---------- Questions that never change ---------- */

#define USUAL_ATOMS 9
#define MANY_ATOMS 70

static struct
{
	bool		made;
	Atom		atoms[USUAL_ATOMS];
	Atom		many[MANY_ATOMS];
	AtomSet    *few_set;
	AtomSet    *many_set;
	AtomSet    *step_set;		/* three steps, or two and a `without` */
	Pattern    *patterns[8];
	PatternProgram *programs[8];
	Funnel		funnels[6];
} usual;

static Atom
atom_of(const char *text)
{
	Atom		atom;
	ParseProblem problem;

	CHECK(atom_parse(text, strlen(text), &atom, &problem));
	return atom;
}

void
make_usual_questions(void)
{
	static const char *const atoms[USUAL_ATOMS] = {
		"a", "b/*", "[^a|b/*]", ".@phone", ".:score<=6", "'':value>1", "a1@web/*", ".",
		"[a|b|c]:score>0:value<=0.1"
	};
	static const char *const patterns[lengthof(usual.patterns)] = {
		"a -> b", "a ~> b ~>{without c} .", "^(a+ | b)+ -> [^a]$",
		"a ~>{<= 7 days} b within 1 month", "(.@phone -> .){2,3}",
		"a{2,} ~>{> 1 day, < 2 months, without b/*} c?", ". ~> . ~> . ~> .", "(a ~> b within 2 h)+"
	};
	static const CalendarInterval within[] = {{0, 7, 0}, {1, 0, 0}};

	if (usual.made)
		return;
	for (int i = 0; i < USUAL_ATOMS; i++)
		usual.atoms[i] = atom_of(atoms[i]);
	for (int i = 0; i < MANY_ATOMS; i++)
		usual.many[i] = usual.atoms[i * 7 % USUAL_ATOMS];
	usual.few_set = atom_set_make(usual.atoms, USUAL_ATOMS);
	usual.many_set = atom_set_make(usual.many, MANY_ATOMS);
	usual.step_set = atom_set_make(usual.atoms, 3);
	for (size_t i = 0; i < lengthof(patterns); i++)
	{
		ParseProblem problem;

		usual.patterns[i] = pattern_parse(patterns[i], strlen(patterns[i]), &problem);
		CHECK(usual.patterns[i] != NULL);
		usual.programs[i] = pattern_compile(usual.patterns[i]);
		CHECK(usual.programs[i] != NULL);
	}
	for (int i = 0; i < (int) lengthof(usual.funnels); i++)
		funnel_init(&usual.funnels[i], usual.step_set, 2 + i / 3, (FunnelMode) (i % 3),
					&within[i % 2], i == 5);
	usual.made = true;
	fuzz_keep_all();
}

void
usual_questions_hold(const JourneyView *view)
{
	uint32_t	i = random_below(lengthof(usual.patterns));

	atoms_hold(one_in(4) ? usual.many_set : usual.few_set, view);
	pattern_holds(usual.patterns[i], usual.programs[i], view);
	funnel_holds(&usual.funnels[random_below(lengthof(usual.funnels))], view);
}

void
usual_questions_end(const JourneyView *view)
{
	const PatternProgram *program = usual.programs[random_below(lengthof(usual.patterns))];
	const Funnel *funnel = &usual.funnels[random_below(lengthof(usual.funnels))];
	size_t		before = fuzz_blocks();
	int64_t		as_of = random_time();
	FunnelResult result;
	uint32_t	n_ords;
	JourneyKeys keys;

	journey_keys_read(&keys, view, one_in(2));
	journey_keys_free(&keys);
	pattern_exists(program, view, NULL);
	cx_free(pattern_find(program, view, &n_ords, NULL));
	pattern_count(program, view, NULL);
	funnel_level(funnel, view);
	funnel_run(funnel, view, NULL, &result);
	funnel_run(funnel, view, &as_of, &result);
	CHECK(fuzz_blocks() == before);
}
