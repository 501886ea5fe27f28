/*
 * path_test.c
 *	  Paths against their definition in plain steps, and by hand.
 *
 * The definition writes out the whole way and cuts it afterwards. The journeys
 * are random and small: ties, missing channels, phases that are no neighbours
 * in bytewise order. PATH_SEED and PATH_ROUNDS in the environment change the
 * seed and the rounds.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/memory.h"
#include "journey/journey_build.h"
#include "journey/path.h"
#include "tap.h"

#define lengthof(array) ((int) (sizeof(array) / sizeof((array)[0])))

#define MOST 14					/* touchpoints of a random journey */

/* ---------- Random numbers that every machine has the same ---------- */

static uint64_t random_state;

static uint32_t
random_below(uint32_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t) ((random_state >> 33) % limit);
}

/* ---------- Building ---------- */

static JourneyName
name_of(const char *text)
{
	JourneyName name = {text, text == NULL ? 0 : (uint32_t) strlen(text)};

	return name;
}

/* The atom of a literal; each is read once. */
static const Atom *
atom_of(const char *text)
{
	static struct
	{
		const char *text;
		Atom		atom;
	}			known[64];
	ParseProblem problem;
	int			i = 0;

	while (known[i].text != NULL && known[i].text != text)
		i++;
	if (known[i].text == NULL && (i == lengthof(known) - 1 || !atom_parse(text, strlen(text), &known[i].atom, &problem)))
	{
		printf("Bail out! %s is no atom, or one too many\n", text);
		exit(1);
	}
	known[i].text = text;
	return &known[i].atom;
}

/* Packs and opens; the bytes are freed by the caller. */
static void *
open_journey(const Touchpoint *touchpoints, size_t count, JourneyView *view)
{
	Touchpoint	copy[64];
	size_t		size;
	void	   *bytes;

	memcpy(copy, touchpoints, count * sizeof(Touchpoint));
	bytes = journey_build(copy, count, 0, &size);
	if (bytes == NULL || !journey_open(view, bytes, size))
	{
		printf("Bail out! a journey could not be built\n");
		exit(1);
	}
	return bytes;
}

/* ---------- A case and its definition ---------- */

typedef struct Case
{
	int			count;
	Touchpoint	touchpoints[64];	/* in order */
	const char *starting;		/* NULL: none */
	const char *ending;
	int			length;
	bool		collapse;
	JourneyBy	by;
} Case;

typedef struct List
{
	int			count;
	JourneyName names[64];
} List;

static void
add(List *list, JourneyName name)
{
	list->names[list->count++] = name;
}

/* The place of the first touchpoint from `from` on that passes the atom, or -1. */
static int
first_that_passes(const Case *c, const char *text, int from)
{
	for (int i = from; i < c->count; i++)
	{
		if (atom_matches(atom_of(text), &c->touchpoints[i]))
			return i;
	}
	return -1;
}

/* Every node of the way; none when an anchor is not found. */
static void
whole_way(const Case *c, List *way)
{
	int			from = 0;
	int			to = c->count - 1;

	way->count = 0;
	if (c->starting != NULL && (from = first_that_passes(c, c->starting, 0)) < 0)
		return;
	if (c->ending != NULL && (to = first_that_passes(c, c->ending, from)) < 0)
		return;
	for (int i = from; i <= to; i++)
	{
		JourneyName node = c->by == BY_CHANNEL ? c->touchpoints[i].channel : c->touchpoints[i].event;
		const char *slash = c->by == BY_PHASE ? memchr(node.bytes, '/', node.length) : NULL;

		if (node.bytes == NULL)
			continue;
		if (slash != NULL)
			node.length = (uint32_t) (slash - node.bytes);
		if (c->collapse && way->count > 0 && name_compare(&way->names[way->count - 1], &node) == 0)
			continue;
		add(way, node);
	}
}

static void
define(const Case *c, List *path)
{
	List		way;
	int			first = c->length;
	int			last = 0;

	whole_way(c, &way);
	path->count = 0;
	if (way.count <= c->length)
		first = way.count;
	else if (c->starting == NULL && c->ending != NULL)
	{
		first = 0;
		last = c->length;
	}
	else if (c->ending != NULL)
	{
		last = (c->length - 1) / 2;
		first = c->length - 1 - last;
	}
	for (int i = 0; i < first; i++)
		add(path, way.names[i]);
	if (first > 0 && last > 0)
		add(path, name_of("..."));
	for (int i = way.count - last; i < way.count; i++)
		add(path, way.names[i]);
}

/* ---------- The code ---------- */

/* Returns the bytes of the journey, which the names point into; the caller frees them. */
static void *
run(const Case *c, List *path)
{
	Atom		atoms[2];
	int			count = 0;
	PathQuery	query = {.by = c->by, .collapse = c->collapse, .length = (uint32_t) c->length};
	AtomSet    *set;
	JourneyView view;
	void	   *bytes = open_journey(c->touchpoints, c->count, &view);
	Path		got;

	if (c->starting != NULL)
	{
		query.starting = UINT64_C(1) << count;
		atoms[count++] = *atom_of(c->starting);
	}
	if (c->ending != NULL)
	{
		query.ending = UINT64_C(1) << count;
		atoms[count++] = *atom_of(c->ending);
	}
	set = atom_set_make(atoms, count);
	query.anchors = count > 0 ? set : NULL;
	path_read(&view, &query, &got);
	path->count = 0;
	for (uint32_t i = 0; i < got.count; i++)
		add(path, got.names[i]);
	path_free(&got);
	cx_free(set);
	return bytes;
}

static bool
lists_equal(const List *a, const List *b)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
	{
		if (name_compare(&a->names[i], &b->names[i]) != 0)
			return false;
	}
	return true;
}

static void
print_list(const char *what, const List *list)
{
	printf("# %s:", what);
	for (int i = 0; i < list->count; i++)
		printf(" %.*s", (int) list->names[i].length, list->names[i].bytes);
	printf("\n");
}

static void
print_case(const Case *c)
{
	printf("# %d, from %s to %s%s, by %s\n", c->length, c->starting ? c->starting : "start",
		   c->ending ? c->ending : "end", c->collapse ? ", collapse" : "", journey_by_names[c->by]);
	for (int i = 0; i < c->count; i++)
	{
		const Touchpoint *t = &c->touchpoints[i];

		printf("#   %" PRId64 " %.*s@%.*s\n", t->at, (int) t->event.length, t->event.bytes,
			   (int) t->channel.length, t->channel.length > 0 ? t->channel.bytes : "");
	}
}

/* ---------- Random cases ---------- */

static const char *const events[] = {"a", "b", "c", "a-b", "a/c", "a/d", "x/y/z", "..."};
static const char *const events_as_atoms[] = {"'a'", "'b'", "'c'", "'a-b'", "'a/c'", "'a/d'", "'x/y/z'", "'...'"};
static const char *const channels[] = {NULL, "web", "phone/billing", "phone/delivery", "app"};
static const char *const anchors[] = {
	"a", "b", "c", "'a-b'", "a/*", "[a|b]", "[^a|b]", ".", "a@web", ".@phone/*", "b:score>=3",
	".:score<=2", "x/y/z", "missing", "missing/*"
};

/* NULL, one of the events that the journey may have, or something else. */
static const char *
random_anchor(int few_events)
{
	switch (random_below(4))
	{
		case 0:
			return NULL;
		case 1:
			return anchors[random_below(lengthof(anchors))];
		default:
			return events_as_atoms[random_below(few_events)];
	}
}

static void
random_case(Case *c)
{
	int			few_events = 1 + random_below(lengthof(events));
	int			few_channels = 1 + random_below(lengthof(channels));
	int			moments = 1 + random_below(MOST);

	memset(c, 0, sizeof(*c));
	c->count = random_below(MOST + 1);
	for (int i = 0; i < c->count; i++)
	{
		Touchpoint *t = &c->touchpoints[i];

		t->at = random_below(moments);
		t->event = name_of(events[random_below(few_events)]);
		t->channel = name_of(channels[random_below(few_channels)]);
		t->has_score = random_below(2);
		t->score = t->has_score ? (int32_t) random_below(6) : 0;
	}
	touchpoints_sort(c->touchpoints, c->count);
	c->starting = random_anchor(few_events);
	c->ending = random_anchor(few_events);
	c->length = 1 + random_below(random_below(3) ? 4 : MOST + 2);
	if (c->starting != NULL && c->ending != NULL && c->length < 3)
		c->length += 2;
	c->collapse = random_below(2);
	c->by = (JourneyBy) random_below(3);
}

/* What the random cases were like, so that none of it is missing. */
typedef struct Seen
{
	int			none;
	int			whole;
	int			first;
	int			last;
	int			gaps;
	int			collapsed;
	int			passed_over;
} Seen;

static void
note(const Case *c, const List *path, Seen *seen)
{
	Case		longer = *c;
	List		way;
	List		every;

	whole_way(c, &way);
	longer.collapse = false;
	whole_way(&longer, &every);
	seen->none += path->count == 0 && c->count > 0;
	seen->whole += way.count > 0 && way.count <= c->length;
	seen->collapsed += every.count > way.count;
	if (way.count > c->length)
	{
		seen->first += c->ending == NULL;
		seen->last += c->ending != NULL && c->starting == NULL;
		seen->gaps += c->ending != NULL && c->starting != NULL;
	}
	if (c->by == BY_CHANNEL && c->starting == NULL && c->ending == NULL)
		seen->passed_over += every.count < c->count;
}

static void
test_random(void)
{
	const char *seed = getenv("PATH_SEED");
	const char *given = getenv("PATH_ROUNDS");
	uint64_t	start = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t) time(NULL);
	int			rounds = given != NULL ? atoi(given) : 100000;
	int			wrong = 0;
	Seen		seen = {0};

	printf("# PATH_SEED=%" PRIu64 " PATH_ROUNDS=%d\n", start, rounds);
	random_state = start;
	for (int i = 0; i < rounds; i++)
	{
		Case		c;
		List		want;
		List		got;
		void	   *bytes;

		random_case(&c);
		define(&c, &want);
		bytes = run(&c, &got);
		note(&c, &want, &seen);
		if (!lists_equal(&want, &got) && wrong++ < 3)
		{
			print_case(&c);
			print_list("want", &want);
			print_list("got", &got);
		}
		cx_free(bytes);
	}
	ok(wrong == 0, "random journeys: as defined");
	printf("# none %d, whole %d, first %d, last %d, gaps %d, collapsed %d, touchpoints passed over %d\n",
		   seen.none, seen.whole, seen.first, seen.last, seen.gaps, seen.collapsed, seen.passed_over);
	ok(seen.none > rounds / 100 && seen.whole > rounds / 100 && seen.first > rounds / 100 &&
	   seen.last > rounds / 100 && seen.gaps > rounds / 100 && seen.collapsed > rounds / 100 &&
	   seen.passed_over > rounds / 100, "every kind of them was there");
}

/* ---------- By hand ---------- */

/* A journey of one-letter events, one a second; an upper-case letter is on the channel web. */
static void
is_path(const char *letters, const char *starting, const char *ending, int length, bool collapse,
		JourneyBy by, const char *want)
{
	static char names[256][2];
	static char web[] = "web";
	Case		c = {0};
	List		got;
	void	   *bytes;
	char		text[256] = "";
	char		label[400];

	for (; letters[c.count] != '\0'; c.count++)
	{
		char		letter = letters[c.count] | 0x20;

		names[(int) letter][0] = letter;
		c.touchpoints[c.count].at = c.count;
		c.touchpoints[c.count].event = name_of(names[(int) letter]);
		c.touchpoints[c.count].channel = name_of(letters[c.count] == letter ? NULL : web);
	}
	c.starting = starting;
	c.ending = ending;
	c.length = length;
	c.collapse = collapse;
	c.by = by;
	bytes = run(&c, &got);
	for (int i = 0; i < got.count; i++)
	{
		strncat(text, i > 0 ? " " : "", sizeof(text) - strlen(text) - 1);
		strncat(text, got.names[i].bytes, got.names[i].length);
	}
	snprintf(label, sizeof(label), "%s, %d, from %s to %s%s: %s", letters, length, starting ? starting : "start",
			 ending ? ending : "end", collapse ? ", collapse" : "", want);
	if (!ok(strcmp(text, want) == 0, label))
		printf("#      got: %s\n", text);
	cx_free(bytes);
}

static void
test_by_hand(void)
{
	is_path("abcde", NULL, NULL, 3, false, BY_EVENT, "a b c");
	is_path("abcde", NULL, NULL, 9, false, BY_EVENT, "a b c d e");
	is_path("abcde", "b", NULL, 2, false, BY_EVENT, "b c");
	is_path("abcde", NULL, "d", 2, false, BY_EVENT, "c d");
	is_path("abcde", "b", "d", 3, false, BY_EVENT, "b c d");
	is_path("abcdefg", "a", "g", 3, false, BY_EVENT, "a ... g");
	is_path("abcdefg", "a", "g", 4, false, BY_EVENT, "a b ... g");
	is_path("abcdefg", "a", "g", 5, false, BY_EVENT, "a b ... f g");
	is_path("abcdefg", "a", "g", 6, false, BY_EVENT, "a b c ... f g");
	is_path("abcdefg", "a", "g", 7, false, BY_EVENT, "a b c d e f g");
	is_path("abab", "b", "a", 3, false, BY_EVENT, "b a");
	is_path("abab", "[a|b]", "a", 3, false, BY_EVENT, "a");
	is_path("aab", NULL, "a", 3, false, BY_EVENT, "a");
	is_path("ba", "a", "b", 3, false, BY_EVENT, "");
	is_path("ab", "c", NULL, 3, false, BY_EVENT, "");
	is_path("", NULL, NULL, 3, false, BY_EVENT, "");
	is_path("a", NULL, NULL, 1, false, BY_EVENT, "a");
	is_path("aabbbcc", NULL, NULL, 3, true, BY_EVENT, "a b c");
	is_path("aabbbcc", NULL, "c", 2, true, BY_EVENT, "b c");
	is_path("aabbaab", "a", "b", 3, true, BY_EVENT, "a b");
	is_path("abba", NULL, NULL, 3, true, BY_CHANNEL, "");
	is_path("AbbA", NULL, NULL, 3, true, BY_CHANNEL, "web");
	is_path("AbbA", NULL, NULL, 3, false, BY_CHANNEL, "web web");
	is_path("Abba", "b", NULL, 3, false, BY_CHANNEL, "");
}

int
main(void)
{
	test_by_hand();
	test_random();
	return done();
}
