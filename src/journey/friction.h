/*
 * friction.h
 *	  Where a journey goes in circles, changes hands, stalls or ends without its goal.
 *
 * Plain C. A channel here is the first part of a channel name, its team the
 * whole name: 'phone/billing'. In what concerns channels, touchpoints without
 * one are passed over.
 */
#ifndef CX_FRICTION_H
#define CX_FRICTION_H

#include "common/calendar.h"
#include "journey/atom.h"

/* In the order in which instances at one touchpoint come. */
typedef enum FrictionKind
{
	FRICTION_REPEAT,
	FRICTION_LOOP,
	FRICTION_CHANNEL_SWITCH,
	FRICTION_HANDOFF,
	FRICTION_PING_PONG,
	FRICTION_STALL,
	FRICTION_ABANDONMENT,
	FRICTION_KINDS
} FrictionKind;

extern const char *const friction_kind_names[FRICTION_KINDS];

/* ---------- What journey_effort counts too ---------- */

/* A channel name of a journey and the channel in it. */
typedef struct ChannelName
{
	JourneyName name;
	uint32_t	channel_length; /* bytes of its first part; less than the name has when it is of a team */
	uint32_t	channel;		/* the same number for the same first part: the place of the first name with it */
} ChannelName;

/* Reads the channel names of a journey into names[channel_count]; they point into the journey. */
extern void channel_names_read(const JourneyView *view, ChannelName *names);

/* What it is to go from one channel name to another: FRICTION_KINDS when it is neither a switch nor a hand-off. */
static inline FrictionKind
channel_change(const ChannelName *from, const ChannelName *to)
{
	if (from == to)
		return FRICTION_KINDS;
	if (from->channel != to->channel)
		return FRICTION_CHANNEL_SWITCH;
	return from->channel_length < from->name.length && to->channel_length < to->name.length
		? FRICTION_HANDOFF : FRICTION_KINDS;
}

/* The returns of a journey to events met before, touchpoint by touchpoint. */
typedef struct LoopSearch
{
	uint32_t   *met;			/* by event code: 1 + the latest touchpoint of it, 0 for none */
	uint32_t	start;			/* where the last loop ended */
} LoopSearch;

/* Touchpoint i returns to an event with something else in between; *from is where it was met. */
static inline bool
loop_closes(const LoopSearch *search, uint32_t event, uint32_t i, uint32_t *from)
{
	uint32_t	met = search->met[event];

	*from = met - 1;
	return (met > search->start) & (met < i);
}

/* The codes of touchpoint i. Where the bytes are damaged they still are codes. */
static inline uint32_t
safe_event_code(const JourneyView *view, uint32_t i)
{
	uint32_t	event = journey_event_code(view, i);

	return event < view->event_count ? event : 0;
}

static inline int64_t
safe_channel_code(const JourneyView *view, uint32_t i)
{
	int64_t		channel = journey_channel_code(view, i);

	return channel < view->channel_count ? channel : -1;
}

/* More than `limit` passes from one time to a later one: from + limit < to. */
static inline bool
more_than_passes(int64_t from, int64_t to, const CalendarInterval *limit)
{
	/* Without months it is a number of microseconds, which fits for less than 100 million days. */
	if (limit->months == 0 && limit->days < 100000000)
		return (uint64_t) to - (uint64_t) from > (uint64_t) limit->days * US_PER_DAY + (uint64_t) limit->us;
	return calendar_add(from, limit) < to;
}

/* ---------- Friction ---------- */

/* What a touchpoint passes. */
#define FRICTION_REQUIRED 0x01
#define FRICTION_GOAL 0x02
#define FRICTION_INTENT 0x04

/* A journey, unpacked. */
typedef struct FrictionJourney
{
	uint32_t	count;			/* touchpoints that are seen */
	uint32_t	event_count;
	uint32_t   *events;			/* code of the event */
	int64_t    *channels;		/* code of the channel name, -1 for none */
	int64_t    *at;
	uint8_t    *passes;			/* FRICTION_REQUIRED .. */
	ChannelName *names;			/* by code of the channel name */
} FrictionJourney;

typedef struct FrictionRules
{
	const CalendarInterval *stall;	/* NULL: no stalls */
	bool		has_goal;		/* else nothing is abandoned */
	const int64_t *as_of;		/* NULL: everything is seen, nothing is open */
} FrictionRules;

/*
 * The atoms that say what is required, a goal, an intent, bound to the journey:
 * of the bits of word 0 `goal` and `intent` (0: none), all others `required`.
 */
typedef struct FrictionAtoms
{
	const AtomBinding *binding; /* NULL: no atoms at all */
	uint64_t	goal;
	uint64_t	intent;
} FrictionAtoms;

/* Unpacks what is seen at as_of (NULL: everything). To be freed by friction_journey_free. */
extern void friction_journey_read(FrictionJourney *journey, const JourneyView *view,
								  const FrictionAtoms *atoms, const int64_t *as_of);
extern void friction_journey_free(FrictionJourney *journey);

/* One instance. */
typedef struct Friction
{
	FrictionKind kind;
	uint32_t	at;				/* the touchpoint at which it is booked */
	double		weight;
	uint32_t	count;
	const uint32_t *ords;		/* its touchpoints, from 0 on; until the next instance */
} Friction;

typedef struct FrictionScan
{
	const FrictionJourney *journey;
	const FrictionRules *rules;
	uint32_t	at;				/* the touchpoint that is looked at */
	int			kind;			/* the kind that is looked for there next */
	LoopSearch	loops;
	int64_t		last_required;	/* up to `at`; -1: none */
	int64_t		previous;		/* the touchpoint before `at` that has a channel; -1: none */
	int64_t		stretches[3];	/* first touchpoints of the stretches of one team before `at`, latest first; -1: none */
	int64_t		abandoned;		/* first touchpoint with intent after the goal; -1: none */
	uint32_t   *ords;			/* room for all touchpoints */
} FrictionScan;

/* Begins; journey and rules have to stay. To be freed by friction_end. */
extern void friction_begin(FrictionScan *scan, const FrictionJourney *journey, const FrictionRules *rules);

/* The next instance, in order of touchpoints, then of kinds; false after the last. Linear in touchpoints for all. */
extern bool friction_next(FrictionScan *scan, Friction *friction);
extern void friction_end(FrictionScan *scan);

#endif							/* CX_FRICTION_H */
