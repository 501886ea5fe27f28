-- journey_pattern: what to look for in a journey.

-- The type

CREATE TYPE journey_pattern;

CREATE FUNCTION journey_pattern_in(cstring) RETURNS journey_pattern
AS 'MODULE_PATHNAME', 'journey_pattern_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_in(cstring) IS
'text input of journey_pattern';

CREATE FUNCTION journey_pattern_out(journey_pattern) RETURNS cstring
AS 'MODULE_PATHNAME', 'journey_pattern_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_out(journey_pattern) IS
'text output of journey_pattern';

CREATE FUNCTION journey_pattern_recv(internal) RETURNS journey_pattern
AS 'MODULE_PATHNAME', 'journey_pattern_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_recv(internal) IS
'binary input of journey_pattern';

CREATE FUNCTION journey_pattern_send(journey_pattern) RETURNS bytea
AS 'MODULE_PATHNAME', 'journey_pattern_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_send(journey_pattern) IS
'binary output of journey_pattern';

CREATE TYPE journey_pattern (
    INPUT = journey_pattern_in,
    OUTPUT = journey_pattern_out,
    RECEIVE = journey_pattern_recv,
    SEND = journey_pattern_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE journey_pattern IS
'touchpoints to look for in a journey: login ~>{<= 7 days} complaint@phone -> resolved within 30 days; checked and brought to one form when it is read';

CREATE CAST (journey_pattern AS text) WITH INOUT;
COMMENT ON CAST (journey_pattern AS text) IS 'the pattern as it is written';
CREATE CAST (text AS journey_pattern) WITH INOUT;
COMMENT ON CAST (text AS journey_pattern) IS 'reads a pattern';

-- Order and hash

CREATE FUNCTION journey_pattern_eq(journey_pattern, journey_pattern) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_eq(journey_pattern, journey_pattern) IS
'implementation of = operator';

CREATE FUNCTION journey_pattern_ne(journey_pattern, journey_pattern) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_ne(journey_pattern, journey_pattern) IS
'implementation of <> operator';

CREATE FUNCTION journey_pattern_lt(journey_pattern, journey_pattern) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_lt(journey_pattern, journey_pattern) IS
'implementation of < operator';

CREATE FUNCTION journey_pattern_le(journey_pattern, journey_pattern) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_le(journey_pattern, journey_pattern) IS
'implementation of <= operator';

CREATE FUNCTION journey_pattern_gt(journey_pattern, journey_pattern) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_gt(journey_pattern, journey_pattern) IS
'implementation of > operator';

CREATE FUNCTION journey_pattern_ge(journey_pattern, journey_pattern) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_ge(journey_pattern, journey_pattern) IS
'implementation of >= operator';

CREATE FUNCTION journey_pattern_cmp(journey_pattern, journey_pattern) RETURNS int
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_cmp(journey_pattern, journey_pattern) IS
'order of two values, for btree';

CREATE FUNCTION journey_pattern_hash(journey_pattern) RETURNS int
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_hash(journey_pattern) IS
'hash of a value';

CREATE FUNCTION journey_pattern_hash_extended(journey_pattern, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_pattern_hash_extended(journey_pattern, bigint) IS
'hash of a value with a seed';

CREATE OPERATOR = (
    LEFTARG = journey_pattern, RIGHTARG = journey_pattern, FUNCTION = journey_pattern_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (journey_pattern, journey_pattern) IS 'the same pattern';

CREATE OPERATOR <> (
    LEFTARG = journey_pattern, RIGHTARG = journey_pattern, FUNCTION = journey_pattern_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (journey_pattern, journey_pattern) IS 'another pattern';

CREATE OPERATOR < (
    LEFTARG = journey_pattern, RIGHTARG = journey_pattern, FUNCTION = journey_pattern_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (journey_pattern, journey_pattern) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = journey_pattern, RIGHTARG = journey_pattern, FUNCTION = journey_pattern_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (journey_pattern, journey_pattern) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = journey_pattern, RIGHTARG = journey_pattern, FUNCTION = journey_pattern_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (journey_pattern, journey_pattern) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = journey_pattern, RIGHTARG = journey_pattern, FUNCTION = journey_pattern_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (journey_pattern, journey_pattern) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS journey_pattern_ops DEFAULT FOR TYPE journey_pattern USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 journey_pattern_cmp(journey_pattern, journey_pattern);
COMMENT ON OPERATOR CLASS journey_pattern_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS journey_pattern_ops DEFAULT FOR TYPE journey_pattern USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 journey_pattern_hash(journey_pattern),
    FUNCTION 2 journey_pattern_hash_extended(journey_pattern, bigint);
COMMENT ON OPERATOR CLASS journey_pattern_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- Looking for a pattern

CREATE FUNCTION journey_matches(journey, journey_pattern) RETURNS boolean
AS 'MODULE_PATHNAME', 'journey_matches' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey_matches(journey, journey_pattern) IS
'implementation of @~ operator';

CREATE OPERATOR @~ (LEFTARG = journey, RIGHTARG = journey_pattern, FUNCTION = journey_matches);
COMMENT ON OPERATOR @~ (journey, journey_pattern) IS
'the journey contains touchpoints that match the pattern';

CREATE FUNCTION journey_count(j journey, pattern journey_pattern) RETURNS bigint
AS 'MODULE_PATHNAME', 'journey_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey_count(j journey, pattern journey_pattern) IS
'number of matches that follow each other without overlap';

CREATE FUNCTION journey_match(j journey, pattern journey_pattern,
    OUT started_at timestamptz, OUT ended_at timestamptz, OUT ords int[], OUT at timestamptz[])
AS 'MODULE_PATHNAME', 'journey_match' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey_match(j journey, pattern journey_pattern) IS
'the first match: the one that starts earliest, of these the one that ends earliest, of these the one with the smallest touchpoints; NULL where there is none';
