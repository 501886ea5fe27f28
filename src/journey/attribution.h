/*
 * attribution.h
 *	  Which touches of a journey its conversions are credited to.
 *
 * Plain C. A conversion is a touchpoint that passes an atom. Its touches are the
 * touchpoints before it, in the total order, that are nodes and no conversions,
 * stand after the conversion before it (with restart) and are not further back
 * than the lookback: touch + lookback >= conversion, for each touch on its own.
 *
 * A conversion is one credit. It goes to its touches by weights; what a node
 * has is the sum of its touches' weights over that of all:
 *
 *	  first, last		1 for that touch
 *	  last_non_direct	1 for the last touch whose node is not direct, for the last one when all are
 *	  linear			1 for each
 *	  position			first_share, last_share, the rest equally among those between
 *	  time_decay		2 ^ -(time to the latest touch / half_life)
 *	  shapley			1 for each different node
 *
 * Shapley: with v(S) the conversions all of whose touched nodes lie in S, v is a
 * sum of unanimity games, one a conversion, and the value of such a game goes
 * equally to its players (Shapley 1953).
 *
 * A conversion without touches is credited to no node.
 */
#ifndef CX_ATTRIBUTION_H
#define CX_ATTRIBUTION_H

#include "common/calendar.h"
#include "journey/atom.h"
#include "journey/journey_nodes.h"

typedef enum AttributionModel
{
	ATTRIBUTION_FIRST,
	ATTRIBUTION_LAST,
	ATTRIBUTION_LAST_NON_DIRECT,
	ATTRIBUTION_LINEAR,
	ATTRIBUTION_POSITION,
	ATTRIBUTION_TIME_DECAY,
	ATTRIBUTION_SHAPLEY
} AttributionModel;

/* Their names in SQL, in the order of the enum, closed by NULL; shapley has a function of its own. */
extern const char *const attribution_model_names[];

typedef struct AttributionRule
{
	const AtomSet *conversion;	/* one atom */
	int			conversion_bit;	/* name_bit of its event when it asks for one name, else -1 */
	AttributionModel model;
	JourneyBy	by;
	bool		restart;
	bool		unlimited;		/* no lookback */
	CalendarInterval lookback;	/* does not point backwards */
	double		half_life;		/* microseconds, > 0; time_decay */
	double		first_share;	/* position: 0..1, their sum too */
	double		last_share;
	int			n_direct;
	const NameTest *direct;		/* last_non_direct */
} AttributionRule;

typedef struct AttributionCredit
{
	double		credit;			/* 0: the node has none */
	double		value;			/* infinite when the values are more than a float8 holds */
	bool		has_value;		/* some conversion it is credited with has a value */
} AttributionCredit;

typedef struct Attribution
{
	JourneyNodes nodes;
	AttributionCredit *credits;	/* by node; behind the last: no node */
} Attribution;

/* Sets the conversion of a rule; `set` holds one atom and has to outlive the rule. */
extern void attribution_set_conversion(AttributionRule *rule, const AtomSet *set);

/*
 * Attributes the conversions of a journey. False, and *result is not set, when
 * no event of it can be one. Else give *result back with attribution_free; it
 * points into the view.
 */
extern bool attribution_run(const AttributionRule *rule, const JourneyView *view, Attribution *result);
extern void attribution_free(Attribution *result);

#endif							/* CX_ATTRIBUTION_H */
