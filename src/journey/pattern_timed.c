/*
 * pattern_timed.c
 *	  The automaton with time conditions; see pattern_run.h.
 *
 * Where the untimed engine has a bit, this one has tokens. A token waits at a
 * gate: in front of a position, for a touchpoint to fill it. Forwards it knows
 * from when and until when that may happen, and the deadline of each scope that
 * the edge keeps; the deadlines are computed once, from the scope's start.
 * Backwards it knows the time of the touchpoint that it comes from and the time
 * at which each kept scope ends; whether that is within, shows at the start.
 *
 * A token is a vector in which larger is better in every place, so one that is
 * nowhere better than another need not be kept. That bounds the tokens of a gate
 * by the times within the windows: one token where nothing or one thing is
 * limited. calendar_add is not strictly monotone in months (30 January 23:00 plus
 * a month is later than 31 January 1:00 plus a month, by less than a day), so
 * what is compared are always the times that came out.
 */
#include <string.h>

#include "journey/pattern_run.h"

/* How much earlier a deadline can be than that of an earlier touchpoint. */
#define CLAMP_SLACK US_PER_DAY

/* A list longer than this is a reason to look for a cancel request. */
#define TOKENS_PER_CHECK 64

/*
 * Token places before those of the scopes. Forwards: minus the first time, the
 * last time. Backwards: as pack_time says.
 */
#define TOKEN_HEAD 2

/* Scopes are patterns, so at most one a level. */
#define TOKEN_MAX_SIZE (TOKEN_HEAD + PATTERN_MAX_DEPTH + 1)

/* Tokens of one size: a list with room at its front. */
typedef struct TokenList
{
	int64_t    *tokens;
	uint32_t	from;			/* the first one */
	uint32_t	to;				/* behind the last one */
	uint32_t	room;
} TokenList;

/* What a link allows: times from `least` to `most`. */
typedef struct TimeSpan
{
	int64_t		least;
	int64_t		most;
} TimeSpan;

typedef struct Gate
{
	TokenList	list;
	uint64_t	filled;			/* when a token came last, in TimedRun.now */
} Gate;

struct TimedRun
{
	PatternRun *run;
	const PatternProgram *program;
	Gate	   *forward_gates;
	Gate	   *backward_gates;
	bool		forward;
	const GateTable *table;		/* of the present direction, */
	Gate	   *gates;			/* and these too */
	uint64_t	now;			/* touchpoints looked at so far, plus 1 */
	uint64_t   *ended;			/* by list of names: when a touchpoint was on it */
	int64_t		alive;			/* forwards: no token lives longer, but those for the very next touchpoint, */
	uint64_t	alive_next;		/* which came last at this time in `now` */
	TokenList  *filled;			/* by position: tokens of the present touchpoint, the head left out */
	int		   *filled_positions;
	int			n_filled;
};

/* ---------- Lists of tokens ---------- */

static inline int64_t *
token(const TokenList *list, uint32_t i, int size)
{
	return list->tokens + (size_t) i * size;
}

static void
list_clear(TokenList *list)
{
	list->from = list->to = 0;
}

static void
list_append(TokenList *list, const int64_t *added, int size)
{
	if (list->to == list->room)
	{
		uint32_t	count = list->to - list->from;

		if (list->from > list->room / 2)
			memmove(list->tokens, token(list, list->from, size), (size_t) count * size * sizeof(int64_t));
		else
		{
			uint32_t	room = list->room * 2 + 2;
			int64_t    *tokens = cx_alloc((size_t) room * size + 1, sizeof(int64_t));

			if (count > 0)
				memcpy(tokens, token(list, list->from, size), (size_t) count * size * sizeof(int64_t));
			cx_free(list->tokens);
			list->tokens = tokens;
			list->room = room;
		}
		list->from = 0;
		list->to = count;
	}
	memcpy(token(list, list->to, size), added, size * sizeof(int64_t));
	list->to++;
}

/* Takes a token out; the last one takes its place. */
static void
list_remove(TokenList *list, uint32_t i, int size)
{
	list->to--;
	memmove(token(list, i, size), token(list, list->to, size), size * sizeof(int64_t));
}

static inline bool
at_least_as_good(const int64_t *a, const int64_t *b, int size)
{
	for (int k = 0; k < size; k++)
	{
		if (a[k] < b[k])
			return false;
	}
	return true;
}

/* Adds a token unless one is at least as good, and drops those that it is at least as good as. */
static void
list_improve(TimedRun *timed, TokenList *list, const int64_t *added, int size)
{
	if (list->to - list->from > TOKENS_PER_CHECK)
		cx_check_interrupts();
	for (uint32_t i = list->from; i < list->to;)
	{
		int64_t    *present = token(list, i, size);

		timed->run->steps++;
		if (at_least_as_good(present, added, size))
			return;
		if (at_least_as_good(added, present, size))
			list_remove(list, i, size);
		else
			i++;
	}
	list_append(list, added, size);
}

/* ---------- Times ---------- */

/* The times that the limits of a link allow after `at`. */
static TimeSpan
link_span(const ProgramLink *link, int64_t at)
{
	TimeSpan	span = {-INT64_MAX, INT64_MAX};

	for (int i = 0; i < link->n_limits; i++)
	{
		int64_t		limit = calendar_add(at, &link->limits[i].interval);
		Comparison	comparison = link->limits[i].comparison;

		if (comparison == NUMBER_GT && limit < INT64_MAX)
			limit++;
		if (comparison == NUMBER_LT)
			limit--;
		if (comparison == NUMBER_GE || comparison == NUMBER_GT)
			span.least = limit > span.least ? limit : span.least;
		else
			span.most = limit < span.most ? limit : span.most;
	}
	return span;
}

/* Whether a time is beyond a limit even if the limit were CLAMP_SLACK later. */
static inline bool
far_beyond(int64_t at, int64_t limit)
{
	return limit < INT64_MAX - CLAMP_SLACK && at > limit + CLAMP_SLACK;
}

static inline int64_t
scope_deadline(const TimedRun *timed, int position, int scope, int64_t at)
{
	const ProgramPosition *p = &timed->program->positions[position];

	return calendar_add(at, &timed->program->scopes[p->first_scope + scope]);
}

/* ---------- Gates ---------- */

/* Turns to a direction and starts anew. */
static void
begin(TimedRun *timed, bool forward)
{
	timed->forward = forward;
	timed->table = forward ? &timed->program->forward_gates : &timed->program->backward_gates;
	timed->gates = forward ? timed->forward_gates : timed->backward_gates;
	timed->alive = INT64_MIN;
	timed->alive_next = 0;
	for (int g = 0; g < timed->table->n_gates; g++)
		list_clear(&timed->gates[g].list);
	timed->run->steps += timed->table->n_gates;
}

static inline int
token_size(const TimedRun *timed, int gate)
{
	return TOKEN_HEAD + timed->table->gates[gate].kept;
}

/* Tokens of one gate that differ in nothing but two times, which come in order: a queue. */
static bool
is_queue(const TimedRun *timed, int gate)
{
	const ProgramLink *link = &timed->program->links[timed->table->gates[gate].link];

	return timed->table->gates[gate].kept == 0 && link->has_lower && link->has_upper;
}

/*
 * Drops the tokens that touchpoints have ended since they came; those for the
 * very next one if older than `since`.
 */
static void
refresh(TimedRun *timed, int gate, uint64_t since)
{
	int			set = timed->program->links[timed->table->gates[gate].link].set;
	Gate	   *g = &timed->gates[gate];

	if (set == SET_NEXT ? g->filled < since
		: set >= SET_WITHOUT && timed->ended[set - SET_WITHOUT] > g->filled)
		list_clear(&g->list);
}

typedef enum TokenState
{
	TOKEN_EXPIRED,				/* its time is over, */
	TOKEN_MISSED,				/* over for this touchpoint, */
	TOKEN_EARLY,				/* still to come, */
	TOKEN_FAR,					/* also for tokens that came later, */
	TOKEN_READY					/* now */
} TokenState;

/* Forwards: may the token be taken by a touchpoint at this time? */
static inline TokenState
forward_state(const int64_t *waiting, int64_t at)
{
	if (waiting[1] < at)
		return TOKEN_EXPIRED;
	if (-waiting[0] > at)
		return far_beyond(-waiting[0], at) ? TOKEN_FAR : TOKEN_EARLY;
	return TOKEN_READY;
}

/* Backwards: the time of a token as its head, in which larger is better where there is a limit. */
static void
pack_time(const ProgramLink *link, int64_t at, int64_t *head)
{
	head[0] = link->has_lower ? at : 0;
	head[1] = link->has_upper ? -at : 0;
}

/* Backwards: may a touchpoint that allows this span come before the token? */
static TokenState
backward_state(const TimedRun *timed, const ProgramGate *gate, const int64_t *waiting, int64_t at,
			   TimeSpan span)
{
	const ProgramLink *link = &timed->program->links[gate->link];

	for (int k = 0; k < gate->kept; k++)
	{
		if (far_beyond(-waiting[TOKEN_HEAD + k], scope_deadline(timed, gate->position, k, at)))
			return TOKEN_EXPIRED;
	}
	if (link->has_upper && -waiting[1] > span.most)
		return far_beyond(-waiting[1], span.most) ? TOKEN_EXPIRED : TOKEN_MISSED;
	return link->has_lower && waiting[0] < span.least ? TOKEN_FAR : TOKEN_READY;
}

/*
 * What became of a token at a gate, for a touchpoint at this time, which
 * backwards allows this span.
 */
static inline TokenState
token_state(const TimedRun *timed, int gate, const int64_t *waiting, int64_t at, TimeSpan span)
{
	return timed->forward ? forward_state(waiting, at)
		: backward_state(timed, &timed->table->gates[gate], waiting, at, span);
}

/* Drops what no touchpoint from this time on can take, in order. */
static void
drop_expired(TimedRun *timed, int gate, int64_t at, TimeSpan span)
{
	TokenList  *list = &timed->gates[gate].list;
	int			size = token_size(timed, gate);
	uint32_t	to = list->from;

	for (uint32_t i = list->from; i < list->to; i++)
	{
		if (token_state(timed, gate, token(list, i, size), at, span) == TOKEN_EXPIRED)
			continue;
		memmove(token(list, to, size), token(list, i, size), size * sizeof(int64_t));
		to++;
	}
	timed->run->steps += list->to - list->from;
	list->to = to;
}

/*
 * Where a link has a lower limit: a token that has reached it for good is no
 * longer told apart by when it did, so most of these give way to others.
 */
static void
ripen(TimedRun *timed, int gate, int64_t at, TimeSpan span)
{
	const ProgramLink *link = &timed->program->links[timed->table->gates[gate].link];
	TokenList  *list = &timed->gates[gate].list;
	int			size = token_size(timed, gate);
	int64_t		slack = link->has_months ? CLAMP_SLACK : 0;
	int64_t		ripe[TOKEN_MAX_SIZE];

	for (uint32_t i = list->from; i < list->to;)
	{
		int64_t    *waiting = token(list, i, size);

		timed->run->steps++;
		if (waiting[0] == INT64_MAX ||
			(timed->forward ? -waiting[0] > at : waiting[0] - slack < span.least))
		{
			i++;
			continue;
		}
		memcpy(ripe, waiting, size * sizeof(int64_t));
		ripe[0] = INT64_MAX;
		list_remove(list, i, size);
		list_improve(timed, list, ripe, size);
	}
}

/* Makes a list as short as it can be, before it grows. */
static void
tidy(TimedRun *timed, int gate, int64_t at)
{
	const ProgramLink *link = &timed->program->links[timed->table->gates[gate].link];
	TimeSpan	span = link_span(link, at);

	drop_expired(timed, gate, at, span);
	if (link->has_lower && !is_queue(timed, gate))
		ripen(timed, gate, at, span);
}

/* Puts a token at a gate. */
static void
wait_at(TimedRun *timed, int gate, const int64_t *added, int64_t at)
{
	Gate	   *g = &timed->gates[gate];
	TokenList  *list = &g->list;
	int			size = token_size(timed, gate);

	refresh(timed, gate, timed->now);
	g->filled = timed->now;
	timed->run->steps++;
	if (list->to == list->room && list->to > list->from)
		tidy(timed, gate, at);
	if (!is_queue(timed, gate))
		list_improve(timed, list, added, size);
	else if (list->from == list->to ||
			 memcmp(token(list, list->to - 1, size), added, size * sizeof(int64_t)) != 0)
		list_append(list, added, size);
}

/* ---------- One touchpoint ---------- */

static void
clear_filled(TimedRun *timed)
{
	for (int i = 0; i < timed->n_filled; i++)
		list_clear(&timed->filled[timed->filled_positions[i]]);
	timed->n_filled = 0;
}

static void
fill(TimedRun *timed, int position, const int64_t *scopes)
{
	TokenList  *list = &timed->filled[position];

	if (list->from == list->to)
		timed->filled_positions[timed->n_filled++] = position;
	list_improve(timed, list, scopes, timed->program->positions[position].n_scopes);
}

/* Forwards: the scopes of a token that goes into a position, with those that start there. */
static void
enter_scopes(const TimedRun *timed, int position, const int64_t *kept, int n_kept, int64_t at,
			 int64_t *scopes)
{
	for (int k = 0; k < n_kept; k++)
		scopes[k] = kept[k];
	for (int k = n_kept; k < timed->program->positions[position].n_scopes; k++)
		scopes[k] = scope_deadline(timed, position, k, at);
}

/* Backwards: the same, with those that end there. */
static void
end_scopes(const TimedRun *timed, int position, const int64_t *kept, int n_kept, int64_t at,
		   int64_t *scopes)
{
	for (int k = 0; k < n_kept; k++)
		scopes[k] = kept[k];
	for (int k = n_kept; k < timed->program->positions[position].n_scopes; k++)
		scopes[k] = -at;
}

/* Fills the gate's position with what waits there for a touchpoint at this time. */
static void
take_from_gate(TimedRun *timed, int gate, int64_t at)
{
	const ProgramGate *place = &timed->table->gates[gate];
	TokenList  *list = &timed->gates[gate].list;
	int			size = token_size(timed, gate);
	bool		queue;
	bool		ripened = false;
	TimeSpan	span = {0, 0};

	refresh(timed, gate, timed->now - 1);
	timed->run->steps++;
	if (list->from == list->to)
		return;
	queue = is_queue(timed, gate);
	if (!timed->forward)
		span = link_span(&timed->program->links[place->link], at);
	for (uint32_t i = list->from; i < list->to;)
	{
		const int64_t *waiting = token(list, i, size);
		TokenState	state = token_state(timed, gate, waiting, at, span);
		int64_t		scopes[TOKEN_MAX_SIZE];

		timed->run->steps++;
		if (state == TOKEN_READY)
		{
			if (timed->forward)
				enter_scopes(timed, place->position, waiting + TOKEN_HEAD, place->kept, at, scopes);
			else
				end_scopes(timed, place->position, waiting + TOKEN_HEAD, place->kept, at, scopes);
			fill(timed, place->position, scopes);
			ripened |= waiting[0] != INT64_MAX;
		}
		if (queue && (state == TOKEN_READY || state == TOKEN_FAR))
			return;
		if (state != TOKEN_EXPIRED)
			i++;
		else if (!queue)
			list_remove(list, i, size);
		else if (i++ == list->from)
			list->from++;
	}
	if (ripened && timed->program->links[place->link].has_lower)
		ripen(timed, gate, at, span);
}

/*
 * Looks at touchpoint i: fills the positions that it can fill, of those in
 * `allowed` unless that is NULL. With `starts`, tokens of the first kind are
 * made as well: forwards where a match may start, backwards where it may end.
 */
static void
touch(TimedRun *timed, uint32_t i, int64_t at, bool starts, const uint64_t *allowed)
{
	PatternRun *run = timed->run;
	const PatternProgram *program = timed->program;

	cx_check_interrupts();
	pattern_look(run, i);
	clear_filled(timed);
	timed->now++;
	for (int w = 0; w < program->words; w++)
	{
		uint64_t	begins = !starts ? 0
			: timed->forward ? may_start(program, i, w) : may_end(run, i, w);
		uint64_t	rest = run->passed[w] & (allowed != NULL ? allowed[w] : UINT64_MAX);

		for (; rest != 0; rest &= rest - 1)
		{
			int			p = w * 64 + __builtin_ctzll(rest);

			if ((begins >> (p % 64) & 1) != 0)
			{
				int64_t		scopes[TOKEN_MAX_SIZE];

				if (timed->forward)
					enter_scopes(timed, p, NULL, 0, at, scopes);
				else
					end_scopes(timed, p, NULL, 0, at, scopes);
				fill(timed, p, scopes);
			}
			for (uint32_t g = timed->table->before[p]; g < timed->table->before[p + 1]; g++)
				take_from_gate(timed, g, at);
		}
	}
	for (int k = 0; k < run->n_ended; k++)
		timed->ended[run->ended[k]] = timed->now;
	timed->run->steps += program->words;
}

/* Forwards: what the touchpoint leaves at the gates. */
static void
pass_on(TimedRun *timed, int64_t at)
{
	const GateTable *table = timed->table;

	for (int i = 0; i < timed->n_filled; i++)
	{
		int			p = timed->filled_positions[i];
		const TokenList *list = &timed->filled[p];
		int			n_scopes = timed->program->positions[p].n_scopes;

		for (uint32_t exit = table->start[p]; exit < table->start[p + 1]; exit++)
		{
			int			gate = table->exits[exit];
			int			kept = table->gates[gate].kept;
			const ProgramLink *link = &timed->program->links[table->gates[gate].link];
			TimeSpan	span = link_span(link, at);
			int64_t		added[TOKEN_MAX_SIZE];

			for (uint32_t k = list->from; k < list->to; k++)
			{
				const int64_t *scopes = token(list, k, n_scopes);

				added[0] = -span.least;
				added[1] = span.most;
				for (int s = 0; s < kept; s++)
				{
					added[TOKEN_HEAD + s] = scopes[s];
					added[1] = scopes[s] < added[1] ? scopes[s] : added[1];
				}
				if (link->set == SET_NEXT)
					timed->alive_next = timed->now;
				else if (added[1] > timed->alive)
					timed->alive = added[1];
				wait_at(timed, gate, added, at);
			}
		}
	}
}

/*
 * Backwards: whether all scopes of a position from `first` on, which start at
 * this time, are within.
 */
static bool
scopes_hold(const TimedRun *timed, int position, const int64_t *scopes, int first, int64_t at)
{
	for (int k = first; k < timed->program->positions[position].n_scopes; k++)
	{
		if (-scopes[k] > scope_deadline(timed, position, k, at))
			return false;
	}
	return true;
}

/* Backwards: the same as pass_on. */
static void
pass_back(TimedRun *timed, int64_t at)
{
	const GateTable *table = timed->table;

	for (int i = 0; i < timed->n_filled; i++)
	{
		int			p = timed->filled_positions[i];
		const TokenList *list = &timed->filled[p];
		int			n_scopes = timed->program->positions[p].n_scopes;

		for (uint32_t exit = table->start[p]; exit < table->start[p + 1]; exit++)
		{
			int			gate = table->exits[exit];
			int			kept = table->gates[gate].kept;
			int64_t		added[TOKEN_MAX_SIZE];

			pack_time(&timed->program->links[table->gates[gate].link], at, added);
			for (uint32_t k = list->from; k < list->to; k++)
			{
				const int64_t *scopes = token(list, k, n_scopes);

				if (!scopes_hold(timed, p, scopes, kept, at))
					continue;
				memcpy(added + TOKEN_HEAD, scopes, kept * sizeof(int64_t));
				wait_at(timed, gate, added, at);
			}
		}
	}
}

/* Whether one of the filled positions may be the match's last. */
static bool
ends_here(const TimedRun *timed, uint32_t i)
{
	for (int k = 0; k < timed->n_filled; k++)
	{
		int			p = timed->filled_positions[k];

		if ((may_end(timed->run, i, p / 64) >> (p % 64) & 1) != 0)
			return true;
	}
	return false;
}

/* ---------- Runs ---------- */

TimedRun *
timed_start(PatternRun *run)
{
	const PatternProgram *program = run->program;
	TimedRun   *timed = cx_alloc0(1, sizeof(TimedRun));

	timed->run = run;
	timed->program = program;
	timed->forward_gates = cx_alloc0(program->forward_gates.n_gates, sizeof(Gate));
	timed->backward_gates = cx_alloc0(program->backward_gates.n_gates, sizeof(Gate));
	timed->ended = cx_alloc0(program->n_without, sizeof(uint64_t));
	timed->filled = cx_alloc0(program->n_positions, sizeof(TokenList));
	timed->filled_positions = cx_alloc(program->n_positions, sizeof(int));
	return timed;
}

void
timed_finish(TimedRun *timed)
{
	const PatternProgram *program = timed->program;

	for (int g = 0; g < program->forward_gates.n_gates; g++)
		cx_free(timed->forward_gates[g].list.tokens);
	for (int g = 0; g < program->backward_gates.n_gates; g++)
		cx_free(timed->backward_gates[g].list.tokens);
	for (int p = 0; p < program->n_positions; p++)
		cx_free(timed->filled[p].tokens);
	cx_free(timed->forward_gates);
	cx_free(timed->backward_gates);
	cx_free(timed->ended);
	cx_free(timed->filled);
	cx_free(timed->filled_positions);
	cx_free(timed);
}

/* Whether no touchpoint at this time or later can go on with what waits. */
static bool
nothing_waits(const TimedRun *timed, int64_t at)
{
	return timed->alive < at && timed->alive_next < timed->now;
}

bool
timed_exists(TimedRun *timed)
{
	const JourneyView *view = timed->run->view;
	TimeCursor	cursor;

	begin(timed, true);
	journey_times(view, &cursor);
	for (uint32_t i = 0; i < view->count; i++)
	{
		int64_t		at = i == 0 ? cursor.now : journey_next_time(&cursor);

		touch(timed, i, at, true, NULL);
		if (ends_here(timed, i))
			return true;
		pass_on(timed, at);
	}
	return false;
}

/* Reads all times once. */
static const int64_t *
all_times(PatternRun *run)
{
	if (run->at == NULL)
	{
		run->at = cx_alloc(run->view->count, sizeof(int64_t));
		journey_read_times(run->view, run->at);
	}
	return run->at;
}

/* Backwards: whether a match can start with what was filled. */
static bool
starts_here(const TimedRun *timed, uint32_t i, int64_t at)
{
	for (int k = 0; k < timed->n_filled; k++)
	{
		int			p = timed->filled_positions[k];
		const TokenList *list = &timed->filled[p];

		if ((may_start(timed->program, i, p / 64) >> (p % 64) & 1) == 0)
			continue;
		for (uint32_t t = list->from; t < list->to; t++)
		{
			if (scopes_hold(timed, p, token(list, t, timed->program->positions[p].n_scopes), 0, at))
				return true;
		}
	}
	return false;
}

void
timed_starts(TimedRun *timed, bool *starts)
{
	const int64_t *at = all_times(timed->run);

	begin(timed, false);
	for (uint32_t left = timed->run->view->count; left > 0; left--)
	{
		uint32_t	i = left - 1;

		touch(timed, i, at[i], true, NULL);
		starts[i] = starts_here(timed, i, at[i]);
		pass_back(timed, at[i]);
	}
}

uint32_t
timed_end(TimedRun *timed, uint32_t start)
{
	const int64_t *at = all_times(timed->run);

	begin(timed, true);
	for (uint32_t i = start; i < timed->run->view->count; i++)
	{
		touch(timed, i, at[i], i == start, NULL);
		if (ends_here(timed, i))
			return i;
		pass_on(timed, at[i]);
		if (i + 1 < timed->run->view->count && nothing_waits(timed, at[i + 1]))
			break;
	}
	return NOWHERE;
}

/* ---------- The smallest ords ---------- */

/*
 * Whether a match can go on from what `timed` has filled at touchpoint i to its
 * end at `end`; reach begins at `start`.
 */
static bool
completes(TimedRun *probe, const TimedRun *timed, uint32_t i, uint32_t start, uint32_t end,
		  const uint64_t *reach)
{
	const int64_t *at = timed->run->at;
	int			words = timed->program->words;

	begin(probe, true);
	clear_filled(probe);
	probe->now++;
	for (int k = 0; k < timed->n_filled; k++)
	{
		int			p = timed->filled_positions[k];
		const TokenList *list = &timed->filled[p];

		for (uint32_t t = list->from; t < list->to; t++)
			fill(probe, p, token(list, t, probe->program->positions[p].n_scopes));
	}
	for (; i < end; i++)
	{
		pass_on(probe, at[i]);
		if (nothing_waits(probe, at[i + 1]))
			return false;
		touch(probe, i + 1, at[i + 1], false, reach + (size_t) (i + 1 - start) * words);
	}
	return ends_here(probe, end);
}

uint32_t *
timed_ords(TimedRun *timed, uint32_t start, uint32_t end, uint32_t *count)
{
	PatternRun *run = timed->run;
	const int64_t *at = all_times(run);
	int			words = timed->program->words;
	uint64_t   *reach = cx_alloc((size_t) (end - start + 1) * words, sizeof(uint64_t));
	TimedRun   *probe = timed_start(run);
	OrdList		list = {NULL, 0, 0};

	untimed_reach(run, start, end, reach);
	begin(timed, true);
	for (uint32_t i = start; i <= end; i++)
	{
		touch(timed, i, at[i], i == start, reach + (size_t) (i - start) * words);
		if (timed->n_filled == 0 ||
			(i > start && !completes(probe, timed, i, start, end, reach)))
			continue;

		/* From here on only what goes on from this touchpoint counts. */
		ord_list_add(&list, i);
		begin(timed, true);
		pass_on(timed, at[i]);
	}
	timed_finish(probe);
	cx_free(reach);
	*count = list.count;
	return list.ords;
}
