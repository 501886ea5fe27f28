/*
 * state_fuzz.c
 *	  The state of journey_agg: as it is built up, and as a damaged disk gives it.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "journey/journey_build.h"
#include "journey/journey_state.h"

/* The smallest block, so that most states grow. */
#define FIRST_SIZE (JOURNEY_STATE_HEADER + 24)

typedef struct Grown
{
	JourneyState *state;
	size_t		size;
} Grown;

static Grown
new_state(size_t size)
{
	Grown		grown = {cx_alloc0(1, size), size};

	journey_state_init(grown.state);
	return grown;
}

/* As journey_agg does it. */
static void
add(Grown *grown, const Touchpoint *touchpoint)
{
	size_t		needed = journey_state_add(grown->state, grown->size, touchpoint);
	Grown		larger;

	if (needed == 0)
		return;
	CHECK(needed > grown->size);
	larger = new_state(needed + random_below(one_in(2) ? 200 : 2));
	journey_state_move(larger.state, larger.size, grown->state, grown->size);
	CHECK(journey_state_add(larger.state, larger.size, touchpoint) == 0);
	cx_free(grown->state);
	*grown = larger;
}

static size_t
make_state(uint8_t *out)
{
	Touchpoint	touchpoints[100];
	Grown		grown;

	do
	{
		size_t		count = random_touchpoints(touchpoints, lengthof(touchpoints));

		grown = new_state(FIRST_SIZE);
		for (size_t i = 0; i < count; i++)
			add(&grown, &touchpoints[i]);
	} while (grown.size > FUZZ_MAX_INPUT);
	memcpy(out, grown.state, grown.size);
	return grown.size;
}

const FuzzTarget fuzz_target = {"journey_state", make_state, NULL, offsetof(JourneyState, version)};

/* NaN and -0 are as good as any bits here. */
static bool
same(const Touchpoint *a, const Touchpoint *b)
{
	return a->at == b->at &&
		name_compare(&a->event, &b->event) == 0 && name_compare(&a->channel, &b->channel) == 0 &&
		a->has_value == b->has_value && memcmp(&a->value, &b->value, sizeof(double)) == 0 &&
		a->has_score == b->has_score && a->score == b->score;
}

/* Rows come back as they went in, whatever they hold. */
static void
rows_come_back(const Touchpoint *rows, uint32_t count)
{
	Grown		grown = new_state(FIRST_SIZE);
	Touchpoint *read = cx_alloc(count, sizeof(Touchpoint));

	for (uint32_t i = 0; i < count; i++)
		add(&grown, &rows[i]);
	CHECK(grown.state->count == count && journey_state_valid(grown.state, grown.size));
	CHECK(journey_state_read(grown.state, grown.size, read));
	for (uint32_t i = 0; i < count; i++)
		CHECK(same(&rows[i], &read[i]));
	cx_free(grown.state);
	cx_free(read);
}

/* What can be in a journey: damage can make of a row what cannot. */
static bool
may_stand_in_journey(const Touchpoint *rows, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
	{
		if (!calendar_time_valid(rows[i].at) || !isfinite(rows[i].value) ||
			(rows[i].value == 0 && signbit(rows[i].value)) ||
			rows[i].event.length > NAME_MAX_LENGTH || rows[i].channel.length > NAME_MAX_LENGTH)
			return false;
	}
	return true;
}

/* The journey that comes of it: a right one, or at least one that can be read. */
static void
journey_comes_of(Touchpoint *rows, uint32_t count)
{
	bool		right = may_stand_in_journey(rows, count);
	size_t		size;
	void	   *bytes = journey_build(rows, count, 0, &size);
	JourneyView view;

	CHECK(bytes != NULL && journey_open(&view, bytes, size));
	readers_hold(&view);
	if (right)
		CHECK(journey_problem(bytes, size) == NULL);
	cx_free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	JourneyState *state;
	Touchpoint *rows;

	fuzz_begin(data, size);
	if (size < JOURNEY_STATE_HEADER)
		return 0;
	state = cx_alloc(size, 1);
	memcpy(state, data, size);
	if (journey_state_valid(state, size))
	{
		uint32_t	count = state->count;

		rows = cx_alloc(count, sizeof(Touchpoint));
		if (journey_state_read(state, size, rows))
		{
			fuzz_accepted++;
			CHECK(fuzz_blocks() == 2);
			rows_come_back(rows, count);
			journey_comes_of(rows, count);
		}
		CHECK(fuzz_blocks() == 2);
		cx_free(rows);
	}
	cx_free(state);
	CHECK(fuzz_blocks() == 0);
	return 0;
}
