/*
 * kano.c
 *	  kano_category: how somebody feels about having a feature and about not having it.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "common/compat.h"

#define ANSWERS 5

/*
 * Kano, Seraku, Takahashi and Tsuji, "Attractive quality and must-be quality"
 * (1984): a row for the answer with the feature, a column for the one without.
 */
static const char *const categories[ANSWERS][ANSWERS] = {
	/* like, expect, neutral, tolerate, dislike it if it is missing */
	{"Q", "A", "A", "A", "O"},	/* likes it */
	{"R", "I", "I", "I", "M"},	/* expects it */
	{"R", "I", "I", "I", "M"},	/* is neutral */
	{"R", "I", "I", "I", "M"},	/* tolerates it */
	{"R", "R", "R", "R", "Q"}	/* dislikes it */
};

static int
answer_arg(FunctionCallInfo fcinfo, int arg)
{
	int32		answer = PG_GETARG_INT32(arg);

	if (answer < 1 || answer > ANSWERS)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("answer %d is not one of 1 to %d", answer, ANSWERS),
				 errhint("1 like, 2 expect, 3 neutral, 4 tolerate, 5 dislike.")));
	return answer - 1;
}

PG_FUNCTION_INFO_V1(kano_category);
Datum
kano_category(PG_FUNCTION_ARGS)
{
	int			functional = answer_arg(fcinfo, 0);
	int			dysfunctional = answer_arg(fcinfo, 1);

	PG_RETURN_TEXT_P(cstring_to_text(categories[functional][dysfunctional]));
}
