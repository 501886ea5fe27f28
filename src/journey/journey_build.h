/*
 * journey_build.h
 *	  From touchpoints in any order to the packed bytes of a journey.
 *
 * Plain C.
 */
#ifndef CX_JOURNEY_BUILD_H
#define CX_JOURNEY_BUILD_H

#include <stddef.h>

#include "journey/touchpoint.h"

/*
 * Sorts `touchpoints` in place and packs them. Returns memory of cx_alloc with
 * `reserve` bytes of room before the journey, whose length goes into *size;
 * NULL when it would pass JOURNEY_MAX_SIZE.
 */
extern void *journey_build(Touchpoint *touchpoints, size_t count, size_t reserve, size_t *size);

/* The same for touchpoints that are in order already. */
extern void *journey_pack(const Touchpoint *touchpoints, size_t count, size_t reserve, size_t *size);

/* Sorts by the total order. */
extern void touchpoints_sort(Touchpoint *touchpoints, size_t count);

#endif							/* CX_JOURNEY_BUILD_H */
