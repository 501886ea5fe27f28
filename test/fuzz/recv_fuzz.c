/*
 * recv_fuzz.c
 *	  Bytes as journey_recv gets them, and as a damaged disk gives them.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "fuzz.h"
#include "journey/journey_build.h"

static size_t
make_journey(uint8_t *out)
{
	JourneyView view;

	do
		random_journey(&view, 400);
	while (view.size > FUZZ_MAX_INPUT);
	memcpy(out, view.bytes, view.size);
	return view.size;
}

const FuzzTarget fuzz_target = {"journey_recv", make_journey, NULL, 0};

/* Touchpoints of an accepted journey in any order give the same bytes. */
static void
builds_again(const JourneyView *view)
{
	Touchpoint *touchpoints = cx_alloc(view->count, sizeof(Touchpoint));
	size_t		size;
	void	   *again;

	journey_read(view, touchpoints);
	for (uint32_t i = 0; i < view->count; i++)
	{
		CHECK(isfinite(touchpoints[i].value));
		CHECK(touchpoints[i].value != 0 || !signbit(touchpoints[i].value));
	}
	again = journey_pack(touchpoints, view->count, 0, &size);
	CHECK(again != NULL && size == view->size && memcmp(again, view->bytes, size) == 0);
	cx_free(again);

	for (uint32_t i = view->count; i > 1; i--)
	{
		uint32_t	other = random_below(i);
		Touchpoint	swapped = touchpoints[i - 1];

		touchpoints[i - 1] = touchpoints[other];
		touchpoints[other] = swapped;
	}
	again = journey_build(touchpoints, view->count, 0, &size);
	CHECK(again != NULL && size == view->size && memcmp(again, view->bytes, size) == 0);
	cx_free(again);
	cx_free(touchpoints);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *problem;
	JourneyView view;
	bool		opened;

	fuzz_begin(data, size);
	problem = journey_problem(data, size);
	opened = journey_open(&view, data, size);
	CHECK(fuzz_blocks() == 0);
	if (opened)
		readers_hold(&view);
	if (problem == NULL)
	{
		fuzz_accepted++;
		CHECK(opened && can_be_asked(&view));
		builds_again(&view);
		usual_questions_hold(&view);
	}
	else if (opened && can_be_asked(&view))
		usual_questions_end(&view);
	CHECK(fuzz_blocks() == 0);
	return 0;
}
