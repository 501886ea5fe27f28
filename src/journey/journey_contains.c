/*
 * journey_contains.c
 *	  The operators @> and &&: a journey has all, or any, of some events.
 *
 * Most journeys are told apart by the bitmap in their header. The dictionary
 * is in bytewise order, and so is the list that is looked for: one walk over both.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"

#include "common/call_cache.h"
#include "common/compat.h"
#include "journey/journey_contains.h"
#include "journey/journey_type.h"

/* ---------- The list ---------- */

static int
compare_tests(const void *a, const void *b)
{
	const NameTest *left = a;
	const NameTest *right = b;

	if (left->below != right->below)
		return left->below ? 1 : -1;
	return name_compare(&left->name, &right->name);
}

/* Puts the tests in order, each once, and sets what follows from them. */
static void
finish_list(EventList *list)
{
	int			kept = 0;

	qsort(list->events, list->count, sizeof(NameTest), compare_tests);
	for (int i = 0; i < list->count; i++)
	{
		NameTest   *test = &list->events[i];

		if (kept > 0 && compare_tests(&list->events[kept - 1], test) == 0)
			continue;
		list->events[kept++] = *test;
		if (test->below)
			continue;
		list->n_exact++;
		for (int width = 0; width < 4; width++)
			list->bits[width] |= UINT64CONST(1) << (name_bit(test->name.bytes, test->name.length) % (8 << width));
	}
	list->count = kept;
}

EventList *
event_list_read(ArrayType *given)
{
	EventList  *list = palloc0(sizeof(EventList));
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(given, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	list->events = palloc(Max(count, 1) * sizeof(NameTest));
	for (int i = 0; i < count; i++)
	{
		text	   *event;

		if (nulls[i])
		{
			list->has_null = true;
			continue;
		}
		event = DatumGetTextPP(elements[i]);
		list->events[list->count++] =
			name_test_of((JourneyName) {VARDATA_ANY(event), VARSIZE_ANY_EXHDR(event)});
	}
	finish_list(list);
	return list;
}

/* ---------- Kept from call to call ---------- */

static void *
compile_list(FunctionCallInfo fcinfo)
{
	return event_list_read(PG_GETARG_ARRAYTYPE_P_COPY(1));
}

static const EventList *
event_list_arg(FunctionCallInfo fcinfo)
{
	return call_cache(fcinfo, CALL_ARG(1), compile_list);
}

/* ---------- The operators ---------- */

static inline uint64
list_bits(const EventList *list, const JourneyView *view)
{
	return list->bits[view->bitmap_size <= 2 ? view->bitmap_size - 1 : view->bitmap_size == 4 ? 2 : 3];
}

/* Compares a name with those below the test's, which stand side by side: 0 when it is one of them. */
static int
compare_below(const JourneyName *name, const NameTest *test)
{
	uint32		shared = Min(name->length, test->name.length);
	int			order = memcmp(name->bytes, test->name.bytes, shared);

	if (order != 0)
		return order;
	return name->length <= shared ? -1 : (unsigned char) name->bytes[shared] - '/';
}

/* Whether the names, in bytewise order, have one below the test's. */
static bool
has_event_below(const JourneyName *names, uint32 count, const NameTest *test)
{
	uint32		from = 0;

	while (from < count)
	{
		uint32		middle = from + (count - from) / 2;
		int			order = compare_below(&names[middle], test);

		if (order == 0)
			return true;
		if (order < 0)
			from = middle + 1;
		else
			count = middle;
	}
	return false;
}

/* Whether all of the tests for events below a name are met, or with `any` one of them. */
static bool
has_below(const JourneyView *view, const EventList *list, bool any)
{
	JourneyName *names;

	if (list->n_exact == list->count)
		return !any;
	names = palloc(((Size) view->event_count + view->channel_count) * sizeof(JourneyName));
	journey_read_names(view, names);
	for (int i = list->n_exact; i < list->count; i++)
	{
		if (has_event_below(names, view->event_count, &list->events[i]) == any)
			return any;
	}
	return !any;
}

/* Whether all of the exact names are there, or with `any` one of them. */
static bool
has_exact(const JourneyView *view, const EventList *list, bool any)
{
	NameCursor	cursor;
	JourneyName name;
	uint32		i = 0;
	int			next = 0;

	journey_names(view, &cursor);
	name = journey_next_name(&cursor);
	while (next < list->n_exact && i < view->event_count)
	{
		int			order = name_compare(&list->events[next].name, &name);

		if (any ? order == 0 : order < 0)
			return any;
		if (order <= 0)
			next++;
		if (order >= 0 && ++i < view->event_count)
			name = journey_next_name(&cursor);
	}
	return !any && next == list->n_exact;
}

PG_FUNCTION_INFO_V1(journey_contains);
Datum
journey_contains(PG_FUNCTION_ARGS)
{
	JourneyView view;
	const EventList *list = event_list_arg(fcinfo);

	if (list->has_null)
		PG_RETURN_BOOL(false);
	if (list->count == 0)
		PG_RETURN_BOOL(true);
	JOURNEY_ARG(0, &view);
	if (view.count == 0)
		PG_RETURN_BOOL(false);
	if ((list_bits(list, &view) & ~view.bitmap) != 0 || !has_exact(&view, list, false))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(has_below(&view, list, false));
}

PG_FUNCTION_INFO_V1(journey_overlaps);
Datum
journey_overlaps(PG_FUNCTION_ARGS)
{
	JourneyView view;
	const EventList *list = event_list_arg(fcinfo);

	if (list->count == 0)
		PG_RETURN_BOOL(false);
	JOURNEY_ARG(0, &view);
	if (view.count == 0)
		PG_RETURN_BOOL(false);
	if ((list_bits(list, &view) & view.bitmap) != 0 && has_exact(&view, list, true))
		PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(has_below(&view, list, true));
}
