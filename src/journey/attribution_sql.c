/*
 * attribution_sql.c
 *	  attribution and shapley_attribution: credit for the conversions of one journey.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "common/results.h"
#include "journey/atom_args.h"
#include "journey/attribution.h"
#include "journey/journey_type.h"

/* What defines an attribution, in the order of the arguments of attribution(). */
enum
{
	CONVERSION, MODEL, LOOKBACK, HALF_LIFE, DIRECT, BY, FIRST_SHARE, LAST_SHARE, RESTART, N_PARTS
};

/* Which argument gives a part; 0, where the journey stands: none. */
typedef int Places[N_PARTS];

static const Places attribution_places = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const Places shapley_places = {[CONVERSION] = 1, [LOOKBACK] = 2, [BY] = 3, [RESTART] = 4};

/* ---------- Arguments ---------- */

/* An argument that must not be NULL is. */
static bool
lacks_part(FunctionCallInfo fcinfo, const int *places)
{
	for (int part = 0; part < N_PARTS; part++)
	{
		if (part != LOOKBACK && places[part] != 0 && PG_ARGISNULL(places[part]))
			return true;
	}
	return false;
}

static double
share_arg(FunctionCallInfo fcinfo, int arg, const char *what)
{
	double		share = PG_GETARG_FLOAT8(arg);
	char		number[FLOAT8_TEXT_SIZE];

	if (!(share >= 0 && share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s %s is not between 0 and 1", what, float8_text(share, number)),
				 errhint("40 %% of the credit is 0.4.")));
	return share;
}

/* The shares of model position. Sums such as 0.7 + 0.3 may be a little above 1. */
static void
read_shares(FunctionCallInfo fcinfo, const int *places, AttributionRule *rule)
{
	double		sum;
	char		number[FLOAT8_TEXT_SIZE];

	rule->first_share = share_arg(fcinfo, places[FIRST_SHARE], "first_share");
	rule->last_share = share_arg(fcinfo, places[LAST_SHARE], "last_share");
	sum = rule->first_share + rule->last_share;
	if (sum > 1 + 1e-9)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("first_share and last_share add up to %s", float8_text(sum, number)),
				 errhint("Together they are 1 at most; what is left goes to the touches between.")));
}

/* In microseconds. */
static double
half_life_arg(FunctionCallInfo fcinfo, int arg)
{
	const Interval *given = PG_GETARG_INTERVAL_P(arg);
	double		half_life = (double) given->day * US_PER_DAY + (double) given->time;
	CalendarInterval interval = {given->month, given->day, given->time};
	char		text[CALENDAR_INTERVAL_TEXT];

	if (given->month != 0 || half_life <= 0)
	{
		calendar_interval_text(&interval, text);
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 given->month != 0
				 ? errmsg("half_life of %s has months, which differ in length", text)
				 : errmsg("half_life of %s is not more than zero", text),
				 errhint("Give it in days or hours: '7 days'.")));
	}
	return half_life;
}

/* The names that count as direct; they point into the array. */
static void
read_direct(ArrayType *given, AttributionRule *rule)
{
	Datum	   *elements;
	bool	   *nulls;
	NameTest   *tests;
	int			count;

	if (ARR_NDIM(given) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("direct is an array of %d dimensions", ARR_NDIM(given)),
				 errhint("Give a plain array.")));
	deconstruct_array(given, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	tests = palloc(Max(count, 1) * sizeof(NameTest));
	for (int i = 0; i < count; i++)
	{
		text	   *name;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("element %d of direct is NULL", i + 1),
					 errhint("Give the names of direct nodes, or an empty array.")));
		name = DatumGetTextPP(elements[i]);
		tests[i] = name_test_of((JourneyName) {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)});
	}
	rule->direct = tests;
	rule->n_direct = count;
}

/* ---------- The rule ---------- */

/* NULL where a required argument is NULL. */
static void *
compile(FunctionCallInfo fcinfo, const void *detail)
{
	const int  *places = detail;
	AttributionRule *rule;
	AtomList	conversion = {0};

	if (lacks_part(fcinfo, places))
		return NULL;
	rule = palloc0(sizeof(AttributionRule));
	atoms_add_text(&conversion, PG_GETARG_TEXT_PP(places[CONVERSION]), "conversion");
	attribution_set_conversion(rule, atom_set_make(conversion.atoms, conversion.count));
	rule->by = (JourneyBy) choice_arg(fcinfo, places[BY], "by", journey_by_names);
	rule->restart = PG_GETARG_BOOL(places[RESTART]);
	rule->unlimited = PG_ARGISNULL(places[LOOKBACK]) ||
		interval_is_endless(PG_GETARG_INTERVAL_P(places[LOOKBACK]));
	if (!rule->unlimited)
		rule->lookback = journey_interval(PG_GETARG_INTERVAL_P(places[LOOKBACK]), "lookback");
	if (places[MODEL] == 0)
		rule->model = ATTRIBUTION_SHAPLEY;
	else
	{
		rule->model = (AttributionModel) choice_arg(fcinfo, places[MODEL], "model", attribution_model_names);
		rule->half_life = half_life_arg(fcinfo, places[HALF_LIFE]);
		read_direct(PG_GETARG_ARRAYTYPE_P_COPY(places[DIRECT]), rule);
		read_shares(fcinfo, places, rule);
	}
	return rule;
}

/* ---------- Rows ---------- */

static void
add_row(RowSet *rows, const Attribution *attribution, uint32 node)
{
	const AttributionCredit *credit = &attribution->credits[node];
	Datum		values[3] = {0};
	bool		nulls[3] = {node == attribution->nodes.count, false, !credit->has_value};

	if (credit->credit == 0)
		return;
	if (!isfinite(credit->value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the values of a journey's conversions add up to more than a float8 holds")));
	if (!nulls[0])
		values[0] = PointerGetDatum(cstring_to_text_with_len(attribution->nodes.names[node].bytes,
															 attribution->nodes.names[node].length));
	values[1] = Float8GetDatum(credit->credit);
	values[2] = Float8GetDatum(credit->value);
	rowset_add(rows, values, nulls);
}

static Datum
attribute_journey(FunctionCallInfo fcinfo, const int *places)
{
	RowSet		rows = rowset_open(fcinfo);
	const AttributionRule *rule;
	JourneyView view;
	Attribution attribution;

	if (PG_ARGISNULL(0) || (rule = call_cache_with(fcinfo, CALL_ARGS(1, N_PARTS), compile, places)) == NULL)
		return (Datum) 0;
	JOURNEY_ARG(0, &view);
	if (!attribution_run(rule, &view, &attribution))
		return (Datum) 0;
	for (uint32 node = 0; node <= attribution.nodes.count; node++)
		add_row(&rows, &attribution, node);
	attribution_free(&attribution);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(journey_attribution);
Datum
journey_attribution(PG_FUNCTION_ARGS)
{
	return attribute_journey(fcinfo, attribution_places);
}

PG_FUNCTION_INFO_V1(journey_shapley_attribution);
Datum
journey_shapley_attribution(PG_FUNCTION_ARGS)
{
	return attribute_journey(fcinfo, shapley_places);
}
