/*
 * attribution.c
 *	  Which touches of a journey its conversions are credited to; see attribution.h.
 *
 * With restart each touch is looked at once. Without, a conversion looks at all
 * touches before it, so time grows with touches times conversions.
 */
#include <math.h>

#include "common/memory.h"
#include "journey/attribution.h"

/* Touchpoints between two looks for a cancel request. */
#define TOUCHPOINTS_PER_CHECK 4096

const char *const attribution_model_names[] = {
	"first", "last", "last_non_direct", "linear", "position", "time_decay", NULL
};

typedef struct Touch
{
	int64_t		at;
	int64_t		deadline;		/* the last time at which it counts */
	uint32_t	node;
} Touch;

typedef struct Conversion
{
	int64_t		at;
	double		value;
	bool		has_value;
} Conversion;

/* One journey while it is attributed. */
typedef struct Work
{
	const AttributionRule *rule;
	const JourneyView *view;
	Attribution *result;
	Touch	   *touches;		/* so far, or since the last conversion */
	Touch	   *recent;			/* those of them within the lookback */
	double	   *weights;		/* by node; all 0 between conversions */
	uint32_t   *weighted;		/* the nodes that have one */
	uint8_t    *direct;			/* by node: whether it is direct, once that was asked */
	double	   *values;			/* by touchpoint; NULL when the journey has none */
	bool	   *has_value;
} Work;

void
attribution_set_conversion(AttributionRule *rule, const AtomSet *set)
{
	const Atom *atom = &set->atoms[0];

	rule->conversion = set;
	rule->conversion_bit = -1;
	if (!atom->any && !atom->negated && atom->n_events == 1 && !atom->events[0].below)
		rule->conversion_bit = name_bit(atom->events[0].name.bytes, atom->events[0].name.length);
}

/* ---------- One conversion ---------- */

static void
give(Work *work, uint32_t node, double credit, double value, bool has_value)
{
	AttributionCredit *to = &work->result->credits[node];

	to->credit += credit;
	to->value += value;
	to->has_value |= has_value;
}

enum
{
	NOT_ASKED, IS_DIRECT, NOT_DIRECT
};

static bool
is_direct(const Work *work, uint32_t node)
{
	if (work->direct[node] == NOT_ASKED)
	{
		cx_check_interrupts();
		work->direct[node] = NOT_DIRECT;
		for (int i = 0; i < work->rule->n_direct; i++)
		{
			if (name_test_matches(&work->rule->direct[i], &work->result->nodes.names[node]))
			{
				work->direct[node] = IS_DIRECT;
				break;
			}
		}
	}
	return work->direct[node] == IS_DIRECT;
}

/* The node of the one touch that takes all; for the models that have one. */
static uint32_t
winner(const Work *work, const Touch *touches, size_t count)
{
	if (work->rule->model == ATTRIBUTION_FIRST)
		return touches[0].node;
	if (work->rule->model == ATTRIBUTION_LAST_NON_DIRECT)
	{
		for (size_t i = count; i-- > 0;)
		{
			if (!is_direct(work, touches[i].node))
				return touches[i].node;
		}
	}
	return touches[count - 1].node;
}

static double
position_weight(const AttributionRule *rule, size_t i, size_t count)
{
	if (count == 1 || (count == 2 && rule->first_share + rule->last_share == 0))
		return 1;
	if (i == 0)
		return rule->first_share;
	if (i == count - 1)
		return rule->last_share;
	return fmax(1 - rule->first_share - rule->last_share, 0) / (double) (count - 2);
}

static double
touch_weight(const Work *work, const Touch *touches, size_t i, size_t count)
{
	const AttributionRule *rule = work->rule;

	switch (rule->model)
	{
		case ATTRIBUTION_POSITION:
			return position_weight(rule, i, count);
		case ATTRIBUTION_TIME_DECAY:
			/* The difference of two times may need all 64 bits. */
			return exp2(-(double) ((uint64_t) touches[count - 1].at - (uint64_t) touches[i].at) / rule->half_life);
		case ATTRIBUTION_SHAPLEY:
			return work->weights[touches[i].node] == 0;
		default:
			return 1;
	}
}

/*
 * Shares a conversion out. The heaviest node takes what the others leave, so
 * that nothing is lost to rounding.
 */
static void
share_out(Work *work, const Touch *touches, size_t count, const Conversion *conversion)
{
	double		total = 0;
	double		credit_left = 1;
	double		value_left = conversion->value;
	uint32_t	n_weighted = 0;
	uint32_t	heaviest = 0;

	for (size_t i = 0; i < count; i++)
	{
		uint32_t	node = touches[i].node;
		double		weight = touch_weight(work, touches, i, count);

		if (weight == 0)
			continue;
		if (work->weights[node] == 0)
			work->weighted[n_weighted++] = node;
		work->weights[node] += weight;
		total += weight;
	}
	for (uint32_t i = 1; i < n_weighted; i++)
	{
		if (work->weights[work->weighted[i]] > work->weights[work->weighted[heaviest]])
			heaviest = i;
	}
	for (uint32_t i = 0; i < n_weighted; i++)
	{
		uint32_t	node = work->weighted[i];
		double		share = work->weights[node] / total;

		work->weights[node] = 0;
		if (i == heaviest)
			continue;
		give(work, node, share, share * conversion->value, conversion->has_value);
		credit_left -= share;
		value_left -= share * conversion->value;
	}
	give(work, work->weighted[heaviest], credit_left, value_left, conversion->has_value);
}

/* Leaves out the touches that are further back than the lookback. */
static size_t
keep_recent(Work *work, size_t count, int64_t at)
{
	size_t		kept = 0;

	for (size_t i = 0; i < count; i++)
	{
		if (work->touches[i].deadline >= at)
			work->recent[kept++] = work->touches[i];
	}
	return kept;
}

static void
attribute(Work *work, size_t count, const Conversion *conversion)
{
	const Touch *touches = work->touches;

	if (!work->rule->unlimited)
	{
		count = keep_recent(work, count, conversion->at);
		touches = work->recent;
	}
	if (count == 0)
		give(work, work->result->nodes.count, 1, conversion->value, conversion->has_value);
	else if (work->rule->model <= ATTRIBUTION_LAST_NON_DIRECT)
		give(work, winner(work, touches, count), 1, conversion->value, conversion->has_value);
	else
		share_out(work, touches, count, conversion);
}

/* ---------- A journey ---------- */

static void
walk(Work *work, const AtomBinding *binding)
{
	const AttributionRule *rule = work->rule;
	const JourneyNodes *nodes = &work->result->nodes;
	size_t		count = 0;		/* touches */
	size_t		steps = 0;		/* since the last look for a cancel request */
	TimeCursor	times;

	journey_times(work->view, &times);
	for (uint32_t i = 0; i < work->view->count; i++)
	{
		int64_t		at = i == 0 ? times.now : journey_next_time(&times);

		if (atom_mask(binding, i, 0) != 0)
		{
			Conversion	conversion = {.at = at};

			if (work->values != NULL)
			{
				conversion.value = work->values[i];
				conversion.has_value = work->has_value[i];
			}
			attribute(work, count, &conversion);
			steps += count;
			if (rule->restart)
				count = 0;
		}
		else
		{
			int64_t		node = journey_node(nodes, i);

			/* Only a damaged journey has a node past the last. */
			if (node >= 0 && node < nodes->count)
				work->touches[count++] = (Touch) {
					at, rule->unlimited ? INT64_MAX : calendar_add(at, &rule->lookback), (uint32_t) node
				};
		}
		if (++steps >= TOUCHPOINTS_PER_CHECK)
		{
			cx_check_interrupts();
			steps = 0;
		}
	}
}

/* The arrays of the work, in one piece of memory that the caller frees: those of 8-byte items first. */
static void *
allocate(Work *work)
{
	size_t		touchpoints = work->view->count;
	size_t		nodes = work->result->nodes.count;
	bool		limited = !work->rule->unlimited;
	bool		has_values = (work->view->flags & JOURNEY_HAS_VALUE) != 0;
	char	   *memory = cx_alloc(1, touchpoints * (sizeof(Touch) * (1 + limited) +
													(sizeof(double) + sizeof(bool)) * has_values) +
								  nodes * (sizeof(double) + sizeof(uint32_t) + sizeof(uint8_t)));

	work->touches = (Touch *) memory;
	work->recent = work->touches + touchpoints;
	work->weights = (double *) (work->recent + touchpoints * limited);
	work->values = work->weights + nodes;
	work->weighted = (uint32_t *) (work->values + touchpoints * has_values);
	work->direct = (uint8_t *) (work->weighted + nodes);
	work->has_value = (bool *) (work->direct + nodes);
	for (size_t node = 0; node < nodes; node++)
	{
		work->weights[node] = 0;
		work->direct[node] = NOT_ASKED;
	}
	if (has_values)
		journey_read_values(work->view, work->values, work->has_value);
	else
		work->values = NULL;
	return memory;
}

/* Whether the bitmap of its events says that the journey holds no conversion. */
static bool
cannot_convert(const AttributionRule *rule, const JourneyView *view)
{
	return view->count == 0 ||
		(rule->conversion_bit >= 0 &&
		 (view->bitmap >> (rule->conversion_bit & (8 * view->bitmap_size - 1)) & 1) == 0);
}

bool
attribution_run(const AttributionRule *rule, const JourneyView *view, Attribution *result)
{
	Work		work = {.rule = rule, .view = view, .result = result};
	AtomBinding binding;
	bool		converts;

	if (cannot_convert(rule, view))
		return false;
	atom_bind(&binding, rule->conversion, view);
	converts = binding.any != 0;
	if (converts)
	{
		void	   *memory;

		journey_nodes_read(view, rule->by, &result->nodes);
		result->credits = cx_alloc0((size_t) result->nodes.count + 1, sizeof(AttributionCredit));
		memory = allocate(&work);
		walk(&work, &binding);
		cx_free(memory);
	}
	atom_unbind(&binding);
	return converts;
}

void
attribution_free(Attribution *result)
{
	journey_nodes_free(&result->nodes);
	cx_free(result->credits);
}
