/*
 * friction_brute.h
 *	  Friction and effort by their definition, and random journeys to try them on.
 *
 * Touchpoint by touchpoint, by the names, with the words of the documentation
 * and no thought of speed.
 */
#ifndef CX_FRICTION_BRUTE_H
#define CX_FRICTION_BRUTE_H

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "journey/effort.h"
#include "journey/friction.h"
#include "journey/journey_build.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define BRUTE_MOST 120
#define BRUTE_ATOMS 70
#define US_PER_HOUR (3600 * US_PER_SECOND)

typedef struct BruteFriction
{
	FrictionKind kind;
	int			at;
	double		weight;
	int			count;
	int			ords[BRUTE_MOST];
} BruteFriction;

typedef struct Brute
{
	int			n;
	Touchpoint	touchpoints[BRUTE_MOST];
	bool		has_goal;
	bool		has_intent;
	Atom		goal;
	Atom		intent;
	int			n_others;
	Atom		others[BRUTE_ATOMS];	/* required, or failed */
	const CalendarInterval *gap;	/* stall, or gap */
	const int64_t *as_of;
	char		names[BRUTE_MOST][8];
	CalendarInterval gap_room;
	int64_t		as_of_room;
} Brute;

/* ---------- The words ---------- */

static inline bool
same_name(JourneyName a, JourneyName b)
{
	return name_compare(&a, &b) == 0;
}

static inline JourneyName
channel_of(const Touchpoint *t)
{
	return name_prefix(t->channel, 1);
}

static inline bool
has_channel(const Touchpoint *t)
{
	return t->channel.bytes != NULL;
}

static inline bool
has_team(const Touchpoint *t)
{
	return has_channel(t) && t->channel.length > channel_of(t).length;
}

static inline bool
same_event(const Brute *b, int i, int k)
{
	return same_name(b->touchpoints[i].event, b->touchpoints[k].event);
}

static inline bool
passes_other(const Brute *b, int i)
{
	for (int k = 0; k < b->n_others; k++)
	{
		if (atom_matches(&b->others[k], &b->touchpoints[i]))
			return true;
	}
	return false;
}

static inline bool
passes_goal(const Brute *b, int i)
{
	return b->has_goal && atom_matches(&b->goal, &b->touchpoints[i]);
}

/* The latest touchpoint before i that has a channel; -1 for none. */
static inline int
brute_previous(const Brute *b, int i)
{
	do
		i--;
	while (i >= 0 && !has_channel(&b->touchpoints[i]));
	return i;
}

static inline bool
more_than_gap_before(const Brute *b, int i)
{
	return i > 0 && b->gap != NULL &&
		calendar_add(b->touchpoints[i - 1].at, b->gap) < b->touchpoints[i].at;
}

/* ---------- Friction ---------- */

typedef struct BruteList
{
	int			count;
	BruteFriction *items;
} BruteList;

static inline void
brute_add(BruteList *list, FrictionKind kind, int at, double weight, int count, const int *ords)
{
	BruteFriction *item;

	list->items = cx_realloc(list->items, list->count + 1, sizeof(BruteFriction));
	item = &list->items[list->count++];
	item->kind = kind;
	item->at = at;
	item->weight = weight;
	item->count = count;
	memcpy(item->ords, ords, count * sizeof(int));
}

/* The same unless one of its touchpoints is required. */
static inline bool
brute_add_unless_required(const Brute *b, BruteList *list, FrictionKind kind, int at, double weight, int count, const int *ords)
{
	for (int k = 0; k < count; k++)
	{
		if (passes_other(b, ords[k]))
			return false;
	}
	brute_add(list, kind, at, weight, count, ords);
	return true;
}

static inline void
brute_repeats(const Brute *b, int n, BruteList *list)
{
	for (int from = 0; from < n; from++)
	{
		for (int to = from + 1; to < n; to++)
		{
			int			ords[BRUTE_MOST];
			bool		run = true;

			for (int k = from; k <= to; k++)
			{
				run &= same_event(b, k, from);
				ords[k - from] = k;
			}
			run &= from == 0 || !same_event(b, from - 1, from);
			run &= to == n - 1 || !same_event(b, to + 1, from);
			if (run)
				brute_add_unless_required(b, list, FRICTION_REPEAT, from + 1, to - from, to - from + 1, ords);
		}
	}
}

static inline void
brute_loops(const Brute *b, int n, BruteList *list)
{
	int			ended = 0;

	for (int i = 0; i < n; i++)
	{
		int			ords[BRUTE_MOST];
		int			met = i - 1;

		while (met >= 0 && !same_event(b, met, i))
			met--;
		if (met < ended || met >= i - 1)
			continue;
		for (int k = met; k <= i; k++)
			ords[k - met] = k;
		if (brute_add_unless_required(b, list, FRICTION_LOOP, i, i - met, i - met + 1, ords))
			ended = i;
	}
}

static inline void
brute_changes(const Brute *b, int n, BruteList *list)
{
	for (int i = 0; i < n; i++)
	{
		int			before = brute_previous(b, i);
		const Touchpoint *t = &b->touchpoints[i];
		int			ords[2] = {before, i};

		if (!has_channel(t) || before < 0)
			continue;
		if (!same_name(channel_of(t), channel_of(&b->touchpoints[before])))
			brute_add_unless_required(b, list, FRICTION_CHANNEL_SWITCH, i, 1, 2, ords);
		else if (has_team(t) && has_team(&b->touchpoints[before]) && !same_name(t->channel, b->touchpoints[before].channel))
			brute_add_unless_required(b, list, FRICTION_HANDOFF, i, 1, 2, ords);
	}
}

static inline bool
alternates(const Brute *b, const int *stretches, int from, int to)
{
	for (int k = from; k + 2 <= to; k++)
	{
		if (!same_name(b->touchpoints[stretches[k]].channel, b->touchpoints[stretches[k + 2]].channel))
			return false;
	}
	return true;
}

static inline void
brute_ping_pongs(const Brute *b, int n, BruteList *list)
{
	int			stretches[BRUTE_MOST];
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		int			before = brute_previous(b, i);

		if (has_channel(&b->touchpoints[i]) &&
			(before < 0 || !same_name(b->touchpoints[i].channel, b->touchpoints[before].channel)))
			stretches[count++] = i;
	}
	for (int from = 0; from < count; from++)
	{
		for (int to = from + 2; to < count; to++)
		{
			if (alternates(b, stretches, from, to) &&
				!(from > 0 && alternates(b, stretches, from - 1, to)) &&
				!(to < count - 1 && alternates(b, stretches, from, to + 1)))
				brute_add_unless_required(b, list, FRICTION_PING_PONG, stretches[from + 2], to - from - 1,
										  to - from + 1, stretches + from);
		}
	}
}

static inline void
brute_abandonment(const Brute *b, int n, BruteList *list)
{
	int			goal = -1;
	int			since;

	if (!b->has_goal || n == 0)
		return;
	if (b->as_of != NULL && b->gap != NULL && !(calendar_add(b->touchpoints[n - 1].at, b->gap) < *b->as_of))
		return;
	for (int i = 0; i < n; i++)
	{
		if (passes_goal(b, i))
			goal = i;
	}
	for (since = goal + 1; since < n; since++)
	{
		if (!b->has_intent || atom_matches(&b->intent, &b->touchpoints[since]))
			break;
	}
	if (since < n)
	{
		int			ords[2] = {since, n - 1};

		brute_add(list, FRICTION_ABANDONMENT, n - 1, 1, since == n - 1 ? 1 : 2, ords);
	}
}

static inline int
compare_friction(const void *a, const void *b)
{
	const BruteFriction *x = a;
	const BruteFriction *y = b;

	return x->at != y->at ? x->at - y->at : (int) x->kind - (int) y->kind;
}

/* Of the first n touchpoints. items is to be freed. */
static inline BruteList
brute_friction(const Brute *b, int n)
{
	BruteList	list = {0, NULL};

	brute_repeats(b, n, &list);
	brute_loops(b, n, &list);
	brute_changes(b, n, &list);
	brute_ping_pongs(b, n, &list);
	for (int i = 1; i < n; i++)
	{
		int			ords[2] = {i - 1, i};

		if (more_than_gap_before(b, i))
			brute_add_unless_required(b, &list, FRICTION_STALL, i, 1, 2, ords);
	}
	brute_abandonment(b, n, &list);
	if (list.count > 0)
		qsort(list.items, list.count, sizeof(BruteFriction), compare_friction);
	return list;
}

/* ---------- Random journeys ---------- */

static uint64_t random_state;

static inline uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

static inline JourneyName
name_of(const char *text)
{
	JourneyName name = {text, text == NULL ? 0 : (uint32_t) strlen(text)};

	return name;
}

static inline Atom
atom_of(const char *text)
{
	Atom		atom;
	ParseProblem problem;

	if (!atom_parse(text, strlen(text), &atom, &problem))
	{
		printf("Bail out! %s is no atom\n", text);
		exit(1);
	}
	return atom;
}

/* 2023-01-30 00:00 UTC, hours later: near each other with ties, or around the ends of months. */
static inline int64_t
random_time(bool months, int moments)
{
	static const int hours[] = {0, 23, 25, 24, 29 * 24, 29 * 24 + 1, 28 * 24 + 23, 30 * 24, 59 * 24, 60 * 24 - 1};

	return INT64_C(8430) * US_PER_DAY + US_PER_HOUR *
		(months ? hours[random_below(lengthof(hours))] : (int64_t) random_below(moments));
}

static inline void
random_touchpoints(Brute *b, bool months)
{
	static const char *const events[] = {"a", "b", "c", "d", "x/a", "x", "x-b", "x/b"};
	static const char *const channels[] = {
		"web", "phone/a", "phone/b", NULL, "phone", "phone-x", "phone/c", "ph", "web/", "/"
	};
	bool		many = random_below(20) == 0;
	int			n_events = 1 + random_below(lengthof(events));
	int			n_channels = 1 + random_below(lengthof(channels));
	int			first_channel = random_below(lengthof(channels) - n_channels + 1);
	int			moments = 1 + random_below(40);

	b->n = many ? 70 + random_below(BRUTE_MOST - 70) : random_below(13);
	for (int i = 0; i < b->n; i++)
	{
		Touchpoint *t = &b->touchpoints[i];

		snprintf(b->names[i], sizeof(b->names[i]), "%c%c", (char) ('A' + random_below(4)), (char) ('a' + random_below(26)));
		t->at = random_time(months, moments);
		t->event = many ? name_of(b->names[random_below(i + 1)]) : name_of(events[random_below(n_events)]);
		t->channel = many && random_below(2) ? name_of(b->names[i])
			: name_of(channels[first_channel + random_below(n_channels)]);
		t->has_score = random_below(2);
		t->score = t->has_score ? (int32_t) random_below(6) : 0;
	}
	touchpoints_sort(b->touchpoints, b->n);
}

static inline CalendarInterval
random_gap(bool months)
{
	static const CalendarInterval ends[] = {{1, 0, 0}, {1, 1, 0}, {1, 0, US_PER_HOUR}, {0, 28, 0}, {0, 1, 0}};

	return months ? ends[random_below(lengthof(ends))]
		: (CalendarInterval) {0, 0, (int64_t) random_below(4) * US_PER_HOUR};
}

static inline void
random_brute(Brute *b)
{
	static const char *const atoms[] = {
		"a", "b", "c", "d", "x/*", "x", "[a|b]", "[^a|x]", "a@web", ".@phone/*", "c:score<=3", ".:score>=5", "b@phone"
	};
	bool		months = random_below(4) == 0;

	memset(b, 0, sizeof(*b));
	random_touchpoints(b, months);
	b->has_goal = random_below(3) > 0;
	b->has_intent = random_below(2);
	b->goal = atom_of(atoms[random_below(lengthof(atoms))]);
	b->intent = atom_of(atoms[random_below(lengthof(atoms))]);
	b->n_others = random_below(2) ? 0 : random_below(8) == 0 ? BRUTE_ATOMS : 1 + random_below(3);
	for (int k = 0; k < b->n_others; k++)
		b->others[k] = atom_of(k + 3 < b->n_others ? "nowhere" : atoms[random_below(lengthof(atoms))]);
	b->gap_room = random_gap(months);
	b->gap = random_below(3) > 0 ? &b->gap_room : NULL;
	b->as_of_room = random_time(months, 60);
	b->as_of = random_below(3) == 0 ? &b->as_of_room : NULL;
}

/* The atoms in the order of the kernels: goal, intent, others. To be freed by cx_free. */
static inline AtomSet *
brute_atoms(const Brute *b, bool with_intent, Atom *atoms, uint64_t *goal, uint64_t *intent)
{
	int			count = 0;

	*goal = *intent = 0;
	if (b->has_goal)
	{
		*goal = UINT64_C(1) << count;
		atoms[count++] = b->goal;
	}
	if (with_intent && b->has_intent)
	{
		*intent = UINT64_C(1) << count;
		atoms[count++] = b->intent;
	}
	memcpy(atoms + count, b->others, b->n_others * sizeof(Atom));
	return count + b->n_others == 0 ? NULL : atom_set_make(atoms, count + b->n_others);
}

/* Packs and opens; to be freed by cx_free. */
static inline void *
open_journey(Touchpoint *touchpoints, size_t count, JourneyView *view)
{
	size_t		size;
	void	   *bytes = journey_build(touchpoints, count, 0, &size);

	if (bytes == NULL || !journey_open(view, bytes, size))
	{
		printf("Bail out! a journey could not be built\n");
		exit(1);
	}
	return bytes;
}

static inline void
print_atom(const char *what, const Atom *atom)
{
	PatternText text = {NULL, 0, 0};

	atom_write(&text, atom);
	printf("# %s %.*s\n", what, (int) text.length, text.bytes);
	cx_free(text.bytes);
}

static inline void
print_brute(const Brute *b)
{
	char		text[CALENDAR_INTERVAL_TEXT];

	if (b->has_goal)
		print_atom("goal", &b->goal);
	if (b->has_intent)
		print_atom("intent", &b->intent);
	for (int k = 0; k < b->n_others; k++)
		print_atom("required or failed", &b->others[k]);
	if (b->gap != NULL)
	{
		calendar_interval_text(b->gap, text);
		printf("# stall or gap %s\n", text);
	}
	if (b->as_of != NULL)
	{
		calendar_time_text(*b->as_of, text);
		printf("# as of %s\n", text);
	}
	for (int i = 0; i < b->n; i++)
	{
		const Touchpoint *t = &b->touchpoints[i];

		calendar_time_text(t->at, text);
		printf("#   %d %s %.*s @%.*s score %d\n", i, text, (int) t->event.length, t->event.bytes,
			   (int) t->channel.length, has_channel(t) ? t->channel.bytes : "", t->has_score ? t->score : -1);
	}
}

#endif							/* CX_FRICTION_BRUTE_H */
