/*
 * pattern_require.h
 *	  What a journey must contain to match a pattern.
 *
 * Plain C. An index and a bitmap answer questions about single names; these
 * are the questions. They are necessary, not sufficient.
 */
#ifndef CX_PATTERN_REQUIRE_H
#define CX_PATTERN_REQUIRE_H

#include "journey/pattern.h"

typedef enum RequirementKind
{
	REQUIRE_PAIR,				/* event `name`, and event `second` at the very next touchpoint */
	REQUIRE_EVENT,				/* event `name` */
	REQUIRE_CHANNEL,			/* channel `name` */
	REQUIRE_EVENT_BELOW,		/* an event that starts with `name` and a slash */
	REQUIRE_CHANNEL_BELOW
} RequirementKind;

typedef struct Requirement
{
	RequirementKind kind;
	JourneyName name;			/* the bytes are the pattern's */
	JourneyName second;
} Requirement;

/* A journey that matches meets one of the alternatives. */
#define CLAUSE_MAX_ALTERNATIVES 16
typedef struct RequirementClause
{
	int			count;
	Requirement alternatives[CLAUSE_MAX_ALTERNATIVES];
} RequirementClause;

/* And it meets each of the clauses. */
#define PATTERN_MAX_CLAUSES 64
typedef struct PatternRequirements
{
	int			count;			/* 0 where nothing is known */
	RequirementClause clauses[PATTERN_MAX_CLAUSES];
} PatternRequirements;

/* Collects them, without duplicates, in the order of the pattern. To be freed by cx_free. */
extern PatternRequirements *pattern_requirements(const Pattern *pattern);

#endif							/* CX_PATTERN_REQUIRE_H */
