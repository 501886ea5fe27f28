/*
 * transition_fuzz.c
 *	  transition_matrix: as a damaged disk gives it, and against a plain list of all steps.
 */
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "journey/name_table.h"
#include "journey/transition_cells.h"

/* ---------- Journeys that are counted ---------- */

#define MOST_JOURNEYS 200

/* What a matrix is of: a definition and journeys. */
typedef struct Sample
{
	TransitionDefinition definition;
	AtomSet    *until;			/* NULL: none */
	Atom		atom;
	uint32_t	count;
	JourneyView views[MOST_JOURNEYS];
} Sample;

static void
random_sample(Sample *sample)
{
	static const char *const atoms[] = {"a", "[a|b/*]", ".@web", "[^a|b|c]:score<=6", "x"};

	sample->definition = (TransitionDefinition) {(JourneyBy) random_below(3), one_in(2), {NULL, 0}};
	sample->until = NULL;
	if (one_in(2))
	{
		const char *text = ONE_OF(atoms);
		ParseProblem problem;

		CHECK(atom_parse(text, strlen(text), &sample->atom, &problem));
		sample->until = atom_set_make(&sample->atom, 1);
		sample->definition.until = (JourneyName) {text, (uint32_t) strlen(text)};
	}
	sample->count = random_below(one_in(30) ? MOST_JOURNEYS : one_in(4) ? 20 : 4);
	for (uint32_t k = 0; k < sample->count; k++)
	{
		/* Many journeys are like the one before, so that some transitions are frequent. */
		if (k > 0 && one_in(2))
			sample->views[k] = sample->views[k - 1];
		else
			random_journey(&sample->views[k], one_in(20) ? 400 : 13);
	}
}

/* Keeps what a change made of a block, and frees what it was. */
static TransitionOutcome
changed(TransitionBlock **block, TransitionBlock *now, TransitionOutcome outcome)
{
	if (now != *block)
	{
		cx_free(*block);
		*block = now;
	}
	return outcome;
}

static TransitionOutcome
add(TransitionBlock **block, const Sample *sample, uint32_t k)
{
	TransitionBlock *now = *block;
	TransitionOutcome outcome = transition_add(&now, &sample->views[k], sample->until);

	CHECK(outcome == TRANSITION_DONE || outcome == TRANSITION_IGNORED);
	return changed(block, now, outcome);
}

/* False when that left nothing. */
static bool
take_away(TransitionBlock **block, const Sample *sample, uint32_t k)
{
	TransitionBlock *now = *block;
	TransitionOutcome outcome = transition_remove(&now, &sample->views[k], sample->until);

	CHECK(outcome == TRANSITION_DONE || outcome == TRANSITION_IGNORED || outcome == TRANSITION_MISSING);
	return changed(block, now, outcome) != TRANSITION_MISSING;
}

/* The canonical block, NULL of no journeys. */
static TransitionBlock *
packed(const TransitionBlock *block, size_t *size)
{
	TransitionMatrix *matrix;
	TransitionBlock *canonical;

	*size = 0;
	if (block->journeys == 0)
		return NULL;
	matrix = transition_open(block, transition_block_size(block));
	CHECK(matrix != NULL);
	canonical = transition_pack(matrix, size);
	CHECK(canonical != NULL);
	transition_close(matrix);
	return canonical;
}

static bool
same_bytes(const TransitionBlock *a, size_t a_size, const TransitionBlock *b, size_t b_size)
{
	return a_size == b_size && (a_size == 0 || memcmp(a, b, a_size) == 0);
}

static size_t
make_matrix(uint8_t *out)
{
	static Sample sample;
	size_t		size;

	do
	{
		TransitionBlock *block;
		TransitionBlock *canonical;

		random_sample(&sample);
		block = transition_block_new(&sample.definition);
		for (uint32_t k = 0; k < sample.count; k++)
			add(&block, &sample, k);
		size = transition_block_size(block);
		canonical = packed(block, &size);
		if (canonical != NULL && one_in(3))
		{
			canonical = block;
			size = transition_block_size(block);
		}
		if (canonical != NULL && size <= FUZZ_MAX_INPUT)
			memcpy(out, canonical, size);
		else
			size = 0;
	} while (size == 0);
	return size;
}

const FuzzTarget fuzz_target = {"transition_matrix", make_matrix, NULL, offsetof(TransitionBlock, version)};

/* ---------- A list of all steps ---------- */

typedef struct Step
{
	JourneyName source;			/* bytes NULL: the start */
	JourneyName target;			/* bytes NULL: the end */
	uint32_t	bin;
	uint32_t	journey;
} Step;

typedef struct StepList
{
	Step	   *steps;
	uint32_t	count;
	uint32_t	journeys;
} StepList;

static bool
same_name(const JourneyName *a, const JourneyName *b)
{
	return (a->bytes == NULL) == (b->bytes == NULL) && name_compare(a, b) == 0;
}

/* The bin of a step; two times may be further apart than a duration can be. */
static uint32_t
bin_between(int64_t from, int64_t to)
{
	int64_t		passed;

	return TRANSITION_TIMED + (uint32_t) log_bin(__builtin_sub_overflow(to, from, &passed) ? INT64_MAX : passed);
}

/* The steps of one journey, by the definition. */
static void
list_steps(StepList *list, const Sample *sample, uint32_t k)
{
	const JourneyView *view = &sample->views[k];
	Touchpoint *touchpoints = cx_alloc(view->count, sizeof(Touchpoint));
	JourneyName source = {NULL, 0};
	uint32_t	before = list->count;
	int64_t		left = 0;

	journey_read(view, touchpoints);
	for (uint32_t i = 0; i < view->count; i++)
	{
		const Touchpoint *touchpoint = &touchpoints[i];
		bool		ends = sample->until != NULL && atom_matches(&sample->atom, touchpoint);
		JourneyName node = ends || sample->definition.by == BY_EVENT ? touchpoint->event :
			sample->definition.by == BY_CHANNEL ? touchpoint->channel : name_prefix(touchpoint->event, 1);

		if (node.bytes == NULL)
			continue;
		list->steps[list->count++] = (Step) {
			source, node, source.bytes == NULL ? TRANSITION_NO_TIME : bin_between(left, touchpoint->at), k
		};
		source = node;
		left = touchpoint->at;
		if (!ends)
			continue;
		list->steps[list->count++] = (Step) {source, {NULL, 0}, TRANSITION_NO_TIME, k};
		source.bytes = NULL;
		source.length = 0;
		if (!sample->definition.restart)
			break;
	}
	if (source.bytes != NULL)
		list->steps[list->count++] = (Step) {source, {NULL, 0}, TRANSITION_NO_TIME, k};
	list->journeys += list->count > before;
	cx_free(touchpoints);		/* the names stay in the journey */
}

/* How often the list has a cell: steps of a bin, or for that of repeats those whose journey had such a step before. */
static int64_t
times_in(const StepList *list, const JourneyName *source, const JourneyName *target, uint32_t bin)
{
	int64_t		times = 0;
	int64_t		latest = -1;	/* journey of the step before */

	for (uint32_t i = 0; i < list->count; i++)
	{
		const Step *step = &list->steps[i];

		if (!same_name(&step->source, source) || !same_name(&step->target, target))
			continue;
		if (bin == TRANSITION_REPEATS)
		{
			times += step->journey == latest;
			latest = step->journey;
		}
		else
			times += step->bin == bin;
	}
	return times;
}

/* The matrix counts what the list has. */
static void
matrix_holds(TransitionMatrix *matrix, const StepList *list)
{
	const JourneyName nothing = {NULL, 0};
	int64_t		counted = 0;

	CHECK(transition_problem(matrix) == NULL);
	CHECK(matrix->journeys == list->journeys && matrix->transitions == list->count);
	for (uint32_t i = TRANSITION_NAMED + 1; i < matrix->n_nodes; i++)
		CHECK(name_compare(&matrix->names[i - 1], &matrix->names[i]) < 0);
	for (uint32_t i = 0; i < matrix->n_cells; i++)
	{
		uint64_t	key = matrix->cells[i].key;
		uint32_t	source = transition_key_source(key);
		uint32_t	target = transition_key_target(key);

		CHECK(i == 0 || matrix->cells[i - 1].key < key);
		CHECK(matrix->cells[i].count ==
			  times_in(list, source == TRANSITION_START ? &nothing : &matrix->names[source],
					   target == TRANSITION_END ? &nothing : &matrix->names[target], transition_key_bin(key)));
		counted += transition_key_bin(key) == TRANSITION_REPEATS ? 0 : matrix->cells[i].count;
	}
	CHECK(counted == list->count);
}

/* ---------- Adding, taking away, merging ---------- */

static void
merge(TransitionBlock **block, const TransitionBlock *other, size_t size, bool back)
{
	TransitionBlock *now = *block;
	TransitionOutcome outcome = back ? transition_unmerge(&now, other, size) : transition_merge(&now, other, size);

	CHECK(outcome == TRANSITION_DONE);
	changed(block, now, outcome);
}

/* A block that journeys came into and left, one by one or merged, holds those that stayed. */
static void
sequence_holds(void)
{
	static Sample sample;
	bool		stays[MOST_JOURNEYS];
	StepList	list = {NULL, 0, 0};
	size_t		touchpoints = 0;
	TransitionBlock *block;
	TransitionBlock *other;
	TransitionBlock *canonical;
	TransitionBlock *anew;
	size_t		size;
	size_t		anew_size;

	random_sample(&sample);
	block = transition_block_new(&sample.definition);
	other = transition_block_new(&sample.definition);
	for (uint32_t k = 0; k < sample.count; k++)
	{
		stays[k] = !one_in(3);
		touchpoints += sample.views[k].count;
		add(one_in(2) ? &block : &other, &sample, k);
	}
	/* Both halves together, as they are or packed; and once more, and away again. */
	canonical = packed(other, &size);
	if (canonical != NULL)
	{
		bool		as_it_is = one_in(2);

		merge(&block, as_it_is ? other : canonical, as_it_is ? transition_block_size(other) : size, false);
		merge(&block, canonical, size, false);
		merge(&block, other, transition_block_size(other), true);
	}
	for (uint32_t k = 0; k < sample.count; k++)
	{
		if (!stays[k] && !take_away(&block, &sample, k))
			return;				/* nothing is left */
	}

	list.steps = cx_alloc(2 * touchpoints + 1, sizeof(Step));
	for (uint32_t k = 0; k < sample.count; k++)
	{
		if (stays[k])
			list_steps(&list, &sample, k);
	}
	CHECK(block->journeys == list.journeys);
	canonical = packed(block, &size);
	if (canonical == NULL)
		return;
	if (list.count < 2000)
		matrix_holds(transition_open(canonical, size), &list);
	anew = transition_block_new(&sample.definition);
	for (uint32_t k = sample.count; k-- > 0;)
	{
		if (stays[k])
			add(&anew, &sample, k);
	}
	anew = packed(anew, &anew_size);
	CHECK(same_bytes(canonical, size, anew, anew_size));
}

/* ---------- Bytes ---------- */

/* Of counts that can be those of journeys: packed and opened again they are the same, and so are they when merged. */
static void
round_trips(TransitionMatrix *matrix)
{
	size_t		size;
	size_t		again_size;
	TransitionBlock *block = transition_pack(matrix, &size);
	TransitionBlock *merged = transition_block_new(&matrix->definition);
	TransitionBlock *packed_again;
	TransitionMatrix *again;

	CHECK(block != NULL);
	again = transition_open(block, size);
	CHECK(again != NULL && transition_problem(again) == NULL);
	packed_again = transition_pack(again, &again_size);
	CHECK(same_bytes(packed_again, again_size, block, size));
	merge(&merged, block, size, false);
	packed_again = packed(merged, &again_size);
	CHECK(same_bytes(packed_again, again_size, block, size));
	transition_close(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const TransitionBlock *block = (const TransitionBlock *) data;
	TransitionMatrix *matrix;

	fuzz_begin(data, size);
	matrix = transition_open(block, size);
	if (matrix != NULL)
	{
		TransitionDefinition definition = transition_definition(block);
		TransitionBlock *merged = transition_block_new(&definition);

		CHECK(transition_same_definition(&definition, &matrix->definition));
		for (uint32_t i = 0; i < matrix->n_cells; i++)
			CHECK(transition_key_source(matrix->cells[i].key) < matrix->n_nodes &&
				  transition_key_target(matrix->cells[i].key) < matrix->n_nodes);
		for (uint32_t i = TRANSITION_NAMED; i < matrix->n_nodes; i++)
			name_hash(matrix->names[i].bytes, matrix->names[i].length); /* reads every byte */
		transition_merge(&merged, block, size);
		if (block->flags & TRANSITION_HASHED)
			transition_sort(matrix);
		if (transition_problem(matrix) == NULL)
		{
			fuzz_accepted++;
			round_trips(matrix);
		}
		transition_close(matrix);
	}
	if (one_in(4))
		sequence_holds();
	fuzz_free_all();			/* blocks grow by copies, and names belong to the memory around them */
	return 0;
}
