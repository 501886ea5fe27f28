/*
 * path.c
 *	  The way of a journey between two anchors; see path.h.
 *
 * Only the part of the way that is shown is read, from its beginning or from
 * its end.
 */
#include "common/memory.h"
#include "journey/path.h"

/* How many touchpoints to pass between two looks for a cancel request. */
#define TOUCHPOINTS_PER_CHECK 65536

/* The touchpoints from one to another, both of them part of it. */
typedef struct Way
{
	int64_t		from;
	int64_t		to;
} Way;

/* The first touchpoint from `from` on that passes one of the anchors in `wanted`, -1 for none. */
static int64_t
find_anchor(const AtomBinding *binding, uint64_t wanted, int64_t from)
{
	for (int64_t i = from; i < binding->view->count; i++)
	{
		if ((atom_mask(binding, (uint32_t) i, 0) & wanted) != 0)
			return i;
		if (i % TOUCHPOINTS_PER_CHECK == 0)
			cx_check_interrupts();
	}
	return -1;
}

/* False when an anchor is not there. */
static bool
find_way(const JourneyView *view, const PathQuery *query, Way *way)
{
	AtomBinding binding;

	way->from = 0;
	way->to = (int64_t) view->count - 1;
	if (query->anchors == NULL)
		return true;
	atom_bind(&binding, query->anchors, view);
	if (query->starting != 0)
		way->from = find_anchor(&binding, query->starting, 0);
	if (query->ending != 0 && way->from >= 0)
		way->to = find_anchor(&binding, query->ending, way->from);
	atom_unbind(&binding);
	return way->from >= 0 && way->to >= 0;
}

/*
 * Writes the names of at most `most` nodes, read from `from` on to `to`,
 * forward or back, the names in the same direction. Returns how many.
 */
static uint32_t
read_nodes(const JourneyNodes *nodes, bool collapse, int64_t from, int64_t to, uint32_t most,
		   JourneyName *names)
{
	int			step = from <= to ? 1 : -1;
	int64_t		before = -1;
	uint32_t	count = 0;

	for (int64_t i = from; count < most; i += step)
	{
		int64_t		node = journey_node(nodes, (uint32_t) i);

		/* Only a damaged journey has a node past the last. */
		if (node >= 0 && node < nodes->count && !(collapse && node == before))
		{
			names[step * (int64_t) count] = nodes->names[node];
			count++;
			before = node;
		}
		if (i == to)
			break;
		if (i % TOUCHPOINTS_PER_CHECK == 0)
			cx_check_interrupts();
	}
	return count;
}

void
path_read(const JourneyView *view, const PathQuery *query, Path *path)
{
	uint32_t	length = query->length;
	uint32_t	room;
	Way			way;

	*path = (Path) {0};
	if (view->count == 0 || !find_way(view, query, &way))
		return;

	/* One more than is shown tells whether something is left out. */
	room = way.to - way.from < length ? (uint32_t) (way.to - way.from + 1) : length + 1;
	journey_nodes_read(view, query->by, &path->nodes);
	path->names = path->room = cx_alloc(room, sizeof(JourneyName));
	if (query->starting == 0 && query->ending != 0)
	{
		path->count = read_nodes(&path->nodes, query->collapse, way.to, way.from, length, path->room + room - 1);
		path->names += room - path->count;
	}
	else if (query->ending == 0)
		path->count = read_nodes(&path->nodes, query->collapse, way.from, way.to, length, path->room);
	else
	{
		path->count = read_nodes(&path->nodes, query->collapse, way.from, way.to, room, path->room);
		if (path->count > length)
		{
			uint32_t	last = (length - 1) / 2;

			path->count = length;
			path->names[length - 1 - last] = (JourneyName) {PATH_GAP, sizeof(PATH_GAP) - 1};
			read_nodes(&path->nodes, query->collapse, way.to, way.from, last, path->names + length - 1);
		}
	}
}

void
path_free(Path *path)
{
	if (path->room == NULL)
		return;
	cx_free(path->room);
	journey_nodes_free(&path->nodes);
}
