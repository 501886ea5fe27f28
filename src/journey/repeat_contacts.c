/*
 * repeat_contacts.c
 *	  repeat_contacts: contacts that settled an issue, and those that were followed by others.
 */
#include "postgres.h"

#include "fmgr.h"

#include "common/compat.h"
#include "journey/friction.h"
#include "journey/journey_type.h"
#include "journey/service_args.h"

/* Arguments: journey, contact, within, as_of. */
#define JOURNEY 0
#define CONTACT 1
#define WITHIN 2
#define AS_OF 3

static const ServiceAtoms contact_atoms = {.array = CONTACT, .array_what = "contact"};

typedef struct ContactCounts
{
	int32		contacts;
	int32		resolved;
	int32		repeated;
	int32		open;
} ContactCounts;

/* The touchpoint passes one of the atoms. */
static inline bool
is_contact(const AtomBinding *binding, uint32 i)
{
	for (int word = 0; word < binding->words; word++)
	{
		if (atom_mask(binding, i, word) != 0)
			return true;
	}
	return false;
}

/* An issue of `contacts` contacts, none being no issue, whose window closes at `closes`. */
static inline void
count_issue(ContactCounts *counts, int32 contacts, int64 closes, const int64 *as_of)
{
	if (contacts == 0)
		return;
	if (as_of != NULL && *as_of <= closes)
		counts->open++;
	else if (contacts > 1)
		counts->repeated++;
	else
		counts->resolved++;
}

static ContactCounts
count_contacts(const JourneyView *view, const AtomBinding *binding, const CalendarInterval *within, const int64 *as_of)
{
	ContactCounts counts = {0};
	TimeCursor	cursor = {0};
	int32		of_issue = 0;	/* contacts of the issue so far */
	int64		closes = 0;		/* end of the window of its first contact, where as_of asks for it */
	int64		latest = 0;		/* its latest contact */

	for (uint32 i = 0; i < view->count; i++)
	{
		if (i == 0)
			journey_times(view, &cursor);
		else
			journey_next_time(&cursor);
		if (as_of != NULL && cursor.now > *as_of)
			break;
		if (!is_contact(binding, i))
			continue;
		counts.contacts++;
		if (of_issue > 0 && more_than_passes(latest, cursor.now, within))
		{
			count_issue(&counts, of_issue, closes, as_of);
			of_issue = 0;
		}
		latest = cursor.now;
		if (of_issue++ == 0 && as_of != NULL)
			closes = calendar_add(latest, within);
	}
	count_issue(&counts, of_issue, closes, as_of);
	return counts;
}

PG_FUNCTION_INFO_V1(repeat_contacts);
Datum
repeat_contacts(PG_FUNCTION_ARGS)
{
	ServiceArgs *args;
	CalendarInterval within;
	const int64 *as_of;
	int64		as_of_time;
	JourneyView view;
	ContactCounts counts = {0};
	Datum		values[4];
	bool		nulls[4] = {false};

	if (PG_ARGISNULL(JOURNEY) || PG_ARGISNULL(CONTACT) || PG_ARGISNULL(WITHIN))
		PG_RETURN_NULL();
	args = service_args(fcinfo, &contact_atoms);
	within = journey_interval(PG_GETARG_INTERVAL_P(WITHIN), "within");
	as_of = journey_as_of_arg(fcinfo, AS_OF, &as_of_time);
	JOURNEY_ARG(JOURNEY, &view);
	if (args->set != NULL)
	{
		AtomBinding binding;

		atom_bind(&binding, args->set, &view);
		counts = count_contacts(&view, &binding, &within, as_of);
		atom_unbind(&binding);
	}
	values[0] = Int32GetDatum(counts.contacts);
	values[1] = Int32GetDatum(counts.resolved);
	values[2] = Int32GetDatum(counts.repeated);
	values[3] = Int32GetDatum(counts.open);
	return service_row(args, values, nulls);
}
