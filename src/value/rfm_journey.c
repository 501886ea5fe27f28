/*
 * rfm_journey.c
 *	  rfm of a stored journey.
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/compat.h"
#include "common/memory.h"
#include "journey/atom_args.h"
#include "journey/journey_type.h"
#include "value/rfm_summary.h"

/* Arguments: journey, event, as_of, merge, unit. */
#define JOURNEY 0
#define EVENT 1
#define AS_OF 2
#define MERGE 3
#define UNIT 4

/* The touchpoints up to as_of that pass the atom, as purchases; their number is returned. */
static size_t
read_purchases(const JourneyView *journey, const AtomSet *event, const RfmView *view,
			   RfmPurchase *purchases)
{
	double	   *values = cx_alloc(journey->count, sizeof(double));
	bool	   *has_value = cx_alloc(journey->count, sizeof(bool));
	size_t		n = 0;
	AtomBinding binding;
	TimeCursor	cursor;

	journey_read_values(journey, values, has_value);
	atom_bind(&binding, event, journey);
	journey_times(journey, &cursor);
	for (uint32 i = 0; cursor.now <= view->as_of; journey_next_time(&cursor))
	{
		if (atom_mask(&binding, i, 0) != 0)
		{
			purchases[n].bin = rfm_bin(cursor.now, view->merge);
			purchases[n++].amount = has_value[i] ? values[i] : 0;
		}
		if (++i == journey->count)
			break;
	}
	atom_unbind(&binding);
	cx_free(values);
	cx_free(has_value);
	return n;
}

PG_FUNCTION_INFO_V1(journey_rfm);
Datum
journey_rfm(PG_FUNCTION_ARGS)
{
	const RfmView view = {rfm_time_arg(fcinfo, AS_OF, "as_of"),
		rfm_interval_arg(fcinfo, MERGE, "merge"),
	rfm_interval_arg(fcinfo, UNIT, "unit")};
	const AtomSet *event = atom_set_of_text(fcinfo, EVENT, "event");
	JourneyView journey;
	RfmPurchase *purchases;
	size_t		n;
	Rfm			rfm;

	JOURNEY_ARG(JOURNEY, &journey);
	if (journey.count == 0)
		PG_RETURN_NULL();
	purchases = cx_alloc(journey.count, sizeof(RfmPurchase));
	n = read_purchases(&journey, event, &view, purchases);
	if (!rfm_measure(&view, purchases, n, &rfm))
		PG_RETURN_NULL();
	cx_free(purchases);
	return rfm_summary_datum(fcinfo, &rfm, view.unit);
}
