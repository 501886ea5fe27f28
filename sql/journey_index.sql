-- Which journeys have an event: operators, and what the planner expects of them. The GIN class is in journey_z_gin.sql.

CREATE FUNCTION journey_contains(journey, text[]) RETURNS boolean
AS 'MODULE_PATHNAME', 'journey_contains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_contains(journey, text[]) IS
'implementation of @> operator';

CREATE FUNCTION journey_overlaps(journey, text[]) RETURNS boolean
AS 'MODULE_PATHNAME', 'journey_overlaps' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_overlaps(journey, text[]) IS
'implementation of && operator';

CREATE FUNCTION journey_contains_sel(internal, oid, internal, int) RETURNS float8
AS 'MODULE_PATHNAME', 'journey_contains_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_contains_sel(internal, oid, internal, int) IS
'restriction selectivity of @> on journeys';

CREATE FUNCTION journey_overlaps_sel(internal, oid, internal, int) RETURNS float8
AS 'MODULE_PATHNAME', 'journey_overlaps_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_overlaps_sel(internal, oid, internal, int) IS
'restriction selectivity of && on journeys';

CREATE OPERATOR @> (
    LEFTARG = journey,
    RIGHTARG = text[],
    FUNCTION = journey_contains,
    RESTRICT = journey_contains_sel,
    JOIN = contjoinsel
);
COMMENT ON OPERATOR @>(journey, text[]) IS
'the journey has all of these events; a name that ends with /* stands for all below';

CREATE OPERATOR && (
    LEFTARG = journey,
    RIGHTARG = text[],
    FUNCTION = journey_overlaps,
    RESTRICT = journey_overlaps_sel,
    JOIN = contjoinsel
);
COMMENT ON OPERATOR &&(journey, text[]) IS
'the journey has one of these events; a name that ends with /* stands for all below';
