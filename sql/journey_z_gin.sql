-- The GIN class of journeys, after the operators of journey_index.sql and journey_pattern.sql.

CREATE FUNCTION journey_matches_sel(internal, oid, internal, int) RETURNS float8
AS 'MODULE_PATHNAME', 'journey_matches_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_matches_sel(internal, oid, internal, int) IS
'restriction selectivity of @~ on journeys';

ALTER OPERATOR @~ (journey, journey_pattern) SET (RESTRICT = journey_matches_sel, JOIN = contjoinsel);

CREATE FUNCTION journey_gin_extract_value(journey, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'journey_gin_extract_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_gin_extract_value(journey, internal) IS
'support of operator class journey_ops: the keys of a journey';

CREATE FUNCTION journey_gin_extract_query(journey, internal, int2, internal, internal, internal, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'journey_gin_extract_query' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_gin_extract_query(journey, internal, int2, internal, internal, internal, internal) IS
'support of operator class journey_ops: the keys that a condition needs';

CREATE FUNCTION journey_gin_consistent(internal, int2, journey, int, internal, internal, internal, internal) RETURNS boolean
AS 'MODULE_PATHNAME', 'journey_gin_consistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_gin_consistent(internal, int2, journey, int, internal, internal, internal, internal) IS
'support of operator class journey_ops: whether keys may pass a condition';

CREATE FUNCTION journey_gin_triconsistent(internal, int2, journey, int, internal, internal, internal) RETURNS "char"
AS 'MODULE_PATHNAME', 'journey_gin_triconsistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_gin_triconsistent(internal, int2, journey, int, internal, internal, internal) IS
'support of operator class journey_ops: whether keys, some of them unknown, may pass a condition';

CREATE OPERATOR CLASS journey_ops DEFAULT FOR TYPE journey USING gin AS
    OPERATOR 1 && (journey, text[]),
    OPERATOR 2 @> (journey, text[]),
    OPERATOR 3 @~ (journey, journey_pattern),
    FUNCTION 1 btint8cmp(bigint, bigint),
    FUNCTION 2 journey_gin_extract_value(journey, internal),
    FUNCTION 3 journey_gin_extract_query(journey, internal, int2, internal, internal, internal, internal),
    FUNCTION 4 journey_gin_consistent(internal, int2, journey, int, internal, internal, internal, internal),
    FUNCTION 6 journey_gin_triconsistent(internal, int2, journey, int, internal, internal, internal),
    STORAGE bigint;
COMMENT ON OPERATOR CLASS journey_ops USING gin IS
'events, channels and adjacent pairs of events: @>, && and @~';
