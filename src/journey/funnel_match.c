/*
 * funnel_match.c
 *	  Which touchpoints can fill steps together; see funnel_match.h.
 */
#include "journey/funnel_match.h"

/* No touchpoint of the match leads to this step: the new one does. */
#define FROM_NEW (-1)

/* Frees `step` by moving touchpoints along the way that led to it, and gives the first step of that way to the new one. */
static void
shift_along(Match *match, const signed char *from, int step, uint64_t passes, int64_t at)
{
	while (from[step] != FROM_NEW)
	{
		int			before = from[step];

		match->passes[step] = match->passes[before];
		match->at[step] = match->at[before];
		step = before;
	}
	match->passes[step] = passes;
	match->at[step] = at;
}

bool
match_add(Match *match, uint64_t passes, int64_t at, int64_t *replaced)
{
	signed char from[MATCH_STEPS];
	uint64_t	reached = passes;
	uint64_t	pending = passes;
	int			oldest = -1;

	for (uint64_t bits = passes; bits != 0; bits &= bits - 1)
		from[__builtin_ctzll(bits)] = FROM_NEW;
	while ((reached & ~match->filled) == 0 && pending != 0)
	{
		int			step = __builtin_ctzll(pending);
		uint64_t	more = match->passes[step] & ~reached;

		pending = (pending & (pending - 1)) | more;
		reached |= more;
		for (; more != 0; more &= more - 1)
			from[__builtin_ctzll(more)] = (signed char) step;
		if (oldest < 0 || match->at[step] < match->at[oldest])
			oldest = step;
	}

	if ((reached & ~match->filled) != 0)
	{
		int			step = __builtin_ctzll(reached & ~match->filled);

		match->filled |= UINT64_C(1) << step;
		shift_along(match, from, step, passes, at);
		return true;
	}
	*replaced = at;
	if (oldest >= 0 && match->at[oldest] < at)
	{
		*replaced = match->at[oldest];
		shift_along(match, from, oldest, passes, at);
	}
	return false;
}

int
match_count_since(const Match *match, int64_t since)
{
	int			count = 0;

	for (uint64_t bits = match->filled; bits != 0; bits &= bits - 1)
		count += match->at[__builtin_ctzll(bits)] >= since;
	return count;
}
