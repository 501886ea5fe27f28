/*
 * journey_stats.c
 *	  ANALYZE of journeys, and what the planner expects of @>, && and @~.
 *
 * ANALYZE keeps the share of journeys that have each of the most common facts
 * (journey_keys.h) as most_common_elems, in a form that a person can read: the
 * event 'pay', the channel '@phone', 'cart -> pay' at adjacent touchpoints, and
 * what is below a name as the name with a slash and a star.
 *
 * A condition is then a conjunction of disjunctions of facts, which are taken
 * for independent.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/selfuncs.h"

#include "common/compat.h"
#include "journey/journey_gin.h"
#include "journey/journey_type.h"
#include "journey/pattern_type.h"

/* ---------- Facts as text ---------- */

/* Facts that take more are not listed: names have up to 4096 bytes, and every planner reads the list. */
#define MAX_ELEMENT_LENGTH 256

typedef struct ElementText
{
	int			length;
	char		bytes[MAX_ELEMENT_LENGTH];
} ElementText;

static void
add_bytes(ElementText *text, const char *bytes, int length)
{
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

/* False when it would be too long. */
static bool
write_element(const Requirement *fact, ElementText *text)
{
	bool		of_channel = fact->kind == REQUIRE_CHANNEL || fact->kind == REQUIRE_CHANNEL_BELOW;

	if (fact->name.length + (fact->kind == REQUIRE_PAIR ? fact->second.length : 0) + 4 > MAX_ELEMENT_LENGTH)
		return false;
	text->length = 0;
	if (of_channel)
		add_bytes(text, "@", 1);
	add_bytes(text, fact->name.bytes, fact->name.length);
	if (fact->kind == REQUIRE_EVENT_BELOW || fact->kind == REQUIRE_CHANNEL_BELOW)
		add_bytes(text, "/*", 2);
	if (fact->kind == REQUIRE_PAIR)
	{
		add_bytes(text, " -> ", 4);
		add_bytes(text, fact->second.bytes, fact->second.length);
	}
	return true;
}

/* Bytewise, which is the order of text in the collation "C". */
static int
compare_bytes(const char *a, int a_length, const char *b, int b_length)
{
	int			order = memcmp(a, b, Min(a_length, b_length));

	return order != 0 ? order : a_length - b_length;
}

/* ---------- Counting ---------- */

/* Larger journeys are left out: a sample of them would take ANALYZE too long. */
#define MAX_SAMPLED_SIZE 65536

/* Elements listed for each step of the statistics target, as for arrays and tsvector. */
#define ELEMENTS_PER_TARGET 10

/*
 * Elements counted at a time for each one listed. When there are more, the
 * rare ones are forgotten, after Manku and Motwani's lossy counting: those
 * counted once, when that happens again those that cannot be more than two, and
 * so on. A count then misses at most as many as there were such passes.
 */
#define COUNTED_PER_LISTED 100

typedef struct Element
{
	uint64		key;			/* first, for the hash table */
	int32		count;
	int32		missed;			/* at most so many before it was met */
	int32		length;
	char	   *text;
} Element;

typedef struct ElementCounts
{
	HTAB	   *table;
	MemoryContext context;		/* of the texts */
	long		room;			/* most elements in the table */
	int32		passes;			/* in which the rare ones were forgotten */
} ElementCounts;

/* Forgets half of the elements at least. */
static void
forget_rare(ElementCounts *counts)
{
	while (hash_get_num_entries(counts->table) > counts->room / 2)
	{
		HASH_SEQ_STATUS all;
		Element    *element;

		counts->passes++;
		hash_seq_init(&all, counts->table);
		while ((element = hash_seq_search(&all)) != NULL)
		{
			if (element->count + element->missed > counts->passes)
				continue;
			pfree(element->text);
			hash_search(counts->table, &element->key, HASH_REMOVE, NULL);
		}
	}
}

static void
count_fact(ElementCounts *counts, uint64 key, const Requirement *fact)
{
	ElementText text;
	Element    *element = hash_search(counts->table, &key, HASH_FIND, NULL);

	if (element != NULL)
	{
		element->count++;
		return;
	}
	if (!write_element(fact, &text))
		return;
	if (hash_get_num_entries(counts->table) >= counts->room)
		forget_rare(counts);
	element = hash_search(counts->table, &key, HASH_ENTER, NULL);
	element->count = 1;
	element->missed = counts->passes;
	element->length = text.length;
	element->text = MemoryContextAlloc(counts->context, text.length + 1);
	memcpy(element->text, text.bytes, text.length);
}

/* Counts the facts of the sample; returns the journeys looked at. */
static int
count_sample(ElementCounts *counts, VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int rows)
{
	MemoryContext of_journey = AllocSetContextCreate(CurrentMemoryContext, "cx_metrics analyze",
													 ALLOCSET_DEFAULT_SIZES);
	int			journeys = 0;

	for (int row = 0; row < rows; row++)
	{
		MemoryContext caller;
		bool		is_null;
		Datum		value = fetch(stats, row, &is_null);
		JourneyView view;
		JourneyKeys keys;

		cx_analyze_delay_point();
		if (is_null || toast_raw_datum_size(value) > MAX_SAMPLED_SIZE)
			continue;
		journeys++;
		caller = MemoryContextSwitchTo(of_journey);
		journey_load(value, &view);
		journey_keys_read(&keys, &view, true);
		for (size_t i = 0; i < keys.count; i++)
			count_fact(counts, keys.keys[i], &keys.facts[i]);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(of_journey);
	}
	MemoryContextDelete(of_journey);
	return journeys;
}

/* ---------- The list ---------- */

static int
compare_texts(const void *a, const void *b)
{
	const Element *left = *(Element *const *) a;
	const Element *right = *(Element *const *) b;

	return compare_bytes(left->text, left->length, right->text, right->length);
}

/* Common ones first, equal ones by text. */
static int
compare_counts(const void *a, const void *b)
{
	const Element *left = *(Element *const *) a;
	const Element *right = *(Element *const *) b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return compare_texts(a, b);
}

/* The most common elements in order of text, at most `limit`; *least is the smallest count that was enough. */
static Element **
most_common(const ElementCounts *counts, int limit, int *count, int64 *least)
{
	long		in_table = hash_get_num_entries(counts->table);
	Element   **listed = palloc(Max(in_table, 1) * sizeof(Element *));
	HASH_SEQ_STATUS all;
	Element    *element;

	*count = 0;
	/* A count that may miss more than a tenth is not kept. */
	*least = 9 * (int64) counts->passes + 1;
	hash_seq_init(&all, counts->table);
	while ((element = hash_seq_search(&all)) != NULL)
	{
		if (element->count >= *least)
			listed[(*count)++] = element;
	}
	qsort(listed, *count, sizeof(Element *), compare_counts);
	if (*count > limit)
	{
		*count = limit;
		*least = listed[limit - 1]->count;
	}
	qsort(listed, *count, sizeof(Element *), compare_texts);
	return listed;
}

/*
 * Stores them as STATISTIC_KIND_MCELEM: shares of the journeys, then the
 * smallest share that would be listed and the largest that is.
 */
static void
store_elements(VacAttrStats *stats, int slot, Element **listed, int count, int64 least, int journeys)
{
	MemoryContext caller = MemoryContextSwitchTo(stats->anl_context);
	Datum	   *values = palloc(count * sizeof(Datum));
	float4	   *shares = palloc((count + 2) * sizeof(float4));

	shares[count] = (float4) ((double) least / journeys);
	shares[count + 1] = 0;
	for (int i = 0; i < count; i++)
	{
		values[i] = PointerGetDatum(cstring_to_text_with_len(listed[i]->text, listed[i]->length));
		shares[i] = (float4) ((double) listed[i]->count / journeys);
		shares[count + 1] = Max(shares[count + 1], shares[i]);
	}
	MemoryContextSwitchTo(caller);

	stats->stakind[slot] = STATISTIC_KIND_MCELEM;
	stats->staop[slot] = TextEqualOperator;
	stats->stacoll[slot] = C_COLLATION_OID;
	stats->stanumbers[slot] = shares;
	stats->numnumbers[slot] = count + 2;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = count;
	stats->statypid[slot] = TEXTOID;
	stats->statyplen[slot] = -1;
	stats->statypbyval[slot] = false;
	stats->statypalign[slot] = TYPALIGN_INT;
}

/* What is computed for every type, and by what. */
typedef struct ScalarAnalyze
{
	AnalyzeAttrComputeStatsFunc compute;
	void	   *extra_data;
	int			target;
} ScalarAnalyze;

/*
 * The order of journeys is that of their bytes: a histogram of whole journeys
 * would tell nothing, and be read by every planner. Returns a free slot, -1 for none.
 */
static int
drop_histogram(VacAttrStats *stats)
{
	int			empty = -1;

	for (int slot = STATISTIC_NUM_SLOTS - 1; slot >= 0; slot--)
	{
		if (stats->stakind[slot] == STATISTIC_KIND_HISTOGRAM || stats->stakind[slot] == STATISTIC_KIND_CORRELATION)
		{
			stats->stakind[slot] = 0;
			stats->staop[slot] = stats->stacoll[slot] = InvalidOid;
			stats->numnumbers[slot] = stats->numvalues[slot] = 0;
		}
		if (stats->stakind[slot] == 0)
			empty = slot;
	}
	return empty;
}

static void
compute_journey_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int rows, double total_rows)
{
	ScalarAnalyze *scalar = stats->extra_data;
	int			limit = scalar->target * ELEMENTS_PER_TARGET;
	ElementCounts counts = {NULL, CurrentMemoryContext, (long) limit * COUNTED_PER_LISTED, 0};
	HASHCTL		control = {0};
	Element   **listed;
	int			slot;
	int			count;
	int64		least;
	int			journeys;

	stats->extra_data = scalar->extra_data;
	scalar->compute(stats, fetch, rows, total_rows);
	stats->extra_data = scalar;
	if (!stats->stats_valid)
		return;
	slot = drop_histogram(stats);

	control.keysize = sizeof(uint64);
	control.entrysize = sizeof(Element);
	control.hcxt = CurrentMemoryContext;
	counts.table = hash_create("cx_metrics elements", limit, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	journeys = count_sample(&counts, stats, fetch, rows);
	listed = most_common(&counts, limit, &count, &least);
	if (count > 0 && slot >= 0)
		store_elements(stats, slot, listed, count, least, journeys);
}

PG_FUNCTION_INFO_V1(journey_typanalyze);
Datum
journey_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	ScalarAnalyze *scalar;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	scalar = palloc(sizeof(ScalarAnalyze));
	scalar->compute = stats->compute_stats;
	scalar->extra_data = stats->extra_data;
	scalar->target = cx_statistics_target(stats);
	stats->compute_stats = compute_journey_stats;
	stats->extra_data = scalar;
	PG_RETURN_BOOL(true);
}

/* ---------- Selectivity ---------- */

/* The share of journeys that have a fact, and that an operator passes, where nothing is known. */
#define UNKNOWN_SHARE 0.005

/* What a pattern asks for beyond its facts (an order, times, numbers) is expected of half the journeys that have them. */
#define PATTERN_SHARE 0.5

/* The list of ANALYZE. */
typedef struct CommonElements
{
	AttStatsSlot slot;
	double		rare;			/* expected of a fact that is not listed: half of what would be */
} CommonElements;

static double
fact_share(const CommonElements *common, const Requirement *fact)
{
	ElementText wanted;
	int			low = 0;
	int			high = common->slot.nvalues;

	if (high == 0 || !write_element(fact, &wanted))
		return UNKNOWN_SHARE;
	while (low < high)
	{
		int			middle = (low + high) / 2;
		text	   *element = DatumGetTextPP(common->slot.values[middle]);
		int			order = compare_bytes(wanted.bytes, wanted.length,
										  VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element));

		if (order == 0)
			return common->slot.numbers[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return common->rare;
}

static double
query_share(const CommonElements *common, const KeyQuery *query)
{
	double		share = 1;
	int			fact = 0;

	for (int clause = 0; clause < query->n_clauses; clause++)
	{
		double		none = 1;

		for (; fact < query->ends[clause]; fact++)
			none *= 1 - fact_share(common, &query->facts[fact]);
		share *= 1 - none;
	}
	return share;
}

/* Nearly all that the pattern asks for is in its one clause: an event, or a pair. */
static bool
is_told_by(const Pattern *pattern, const KeyQuery *query)
{
	if (query->n_clauses != 1 || pattern->n_items > 2 || pattern->at_start || pattern->at_end || pattern->has_within)
		return false;
	for (int i = 0; i < pattern->n_items; i++)
	{
		const PatternItem *item = &pattern->items[i];

		if (item->atom.n_numbers > 0 || (i > 0 && (!item->link.adjacent || item->link.n_limits > 0)))
			return false;
	}
	return true;
}

/* The share of journeys that the operator passes with `right` on its right side. */
static double
operator_share(const CommonElements *common, int operator_number, Datum right)
{
	const Pattern *pattern;
	const KeyQuery *query;

	if (operator_number != JOURNEY_MATCHES)
		return query_share(common, journey_key_query(operator_number, right));
	pattern = journey_pattern_load(right);
	query = key_query_of_pattern(pattern);
	return query_share(common, query) * (is_told_by(pattern, query) ? 1 : PATTERN_SHARE);
}

/* Opens the list, if ANALYZE made one and the user may know of it; it is empty otherwise. */
static void
open_common(CommonElements *common, VariableStatData *variable, Oid operator)
{
	memset(common, 0, sizeof(*common));
	if (!HeapTupleIsValid(variable->statsTuple) ||
		!statistic_proc_security_check(variable, get_opcode(operator)) ||
		!get_attstatsslot(&common->slot, variable->statsTuple, STATISTIC_KIND_MCELEM, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return;
	if (common->slot.valuetype == TEXTOID && common->slot.nnumbers == common->slot.nvalues + 2)
		common->rare = Min(UNKNOWN_SHARE, common->slot.numbers[common->slot.nvalues] / 2);
	else
		common->slot.nvalues = 0;
}

static double
null_share(const VariableStatData *variable)
{
	if (!HeapTupleIsValid(variable->statsTuple))
		return 0;
	return ((Form_pg_statistic) GETSTRUCT(variable->statsTuple))->stanullfrac;
}

static Datum
restriction_selectivity(FunctionCallInfo fcinfo, int operator_number)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	VariableStatData variable;
	CommonElements common;
	Node	   *other;
	bool		on_left;
	double		share = UNKNOWN_SHARE;

	if (!get_restriction_variable(root, (List *) PG_GETARG_POINTER(2), PG_GETARG_INT32(3),
								  &variable, &other, &on_left))
		PG_RETURN_FLOAT8(UNKNOWN_SHARE);
	if (on_left && IsA(other, Const))
	{
		if (((Const *) other)->constisnull)
			share = 0;
		else
		{
			open_common(&common, &variable, operator);
			share = operator_share(&common, operator_number, ((Const *) other)->constvalue);
			free_attstatsslot(&common.slot);
		}
	}
	share *= 1 - null_share(&variable);
	ReleaseVariableStats(variable);
	CLAMP_PROBABILITY(share);
	PG_RETURN_FLOAT8(share);
}

PG_FUNCTION_INFO_V1(journey_contains_sel);
Datum
journey_contains_sel(PG_FUNCTION_ARGS)
{
	return restriction_selectivity(fcinfo, JOURNEY_CONTAINS);
}

PG_FUNCTION_INFO_V1(journey_overlaps_sel);
Datum
journey_overlaps_sel(PG_FUNCTION_ARGS)
{
	return restriction_selectivity(fcinfo, JOURNEY_OVERLAPS);
}

PG_FUNCTION_INFO_V1(journey_matches_sel);
Datum
journey_matches_sel(PG_FUNCTION_ARGS)
{
	return restriction_selectivity(fcinfo, JOURNEY_MATCHES);
}
