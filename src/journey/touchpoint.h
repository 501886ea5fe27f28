/*
 * touchpoint.h
 *	  One touchpoint, unpacked.
 *
 * Plain C.
 */
#ifndef CX_TOUCHPOINT_H
#define CX_TOUCHPOINT_H

#include <stdbool.h>
#include <stdint.h>

/* Names of events and channels, in bytes of the server's encoding. */
#define NAME_MAX_LENGTH 4096

typedef struct JourneyName
{
	const char *bytes;			/* NULL: there is no name (an absent channel) */
	uint32_t	length;
} JourneyName;

typedef struct Touchpoint
{
	int64_t		at;				/* microseconds since 2000-01-01 UTC */
	JourneyName		event;
	JourneyName		channel;
	double		value;			/* finite, never -0 */
	int32_t		score;
	bool		has_value;
	bool		has_score;
} Touchpoint;

/* The one total order: time, event, channel, value, score; names bytewise, what is absent first. */
extern int	name_compare(const JourneyName *a, const JourneyName *b);

/* The first `depth` parts of a name, parts being what slashes separate. */
extern JourneyName name_prefix(JourneyName name, int depth);

extern int	touchpoint_compare(const Touchpoint *a, const Touchpoint *b);

#endif							/* CX_TOUCHPOINT_H */
