-- journey: what customers live. One customer's touchpoints in a packed value, patterns, an index, funnels.

-- The type

CREATE TYPE journey;

CREATE FUNCTION journey_in(cstring) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_in(cstring) IS
'text input of journey';

CREATE FUNCTION journey_out(journey) RETURNS cstring
AS 'MODULE_PATHNAME', 'journey_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_out(journey) IS
'text output of journey';

CREATE FUNCTION journey_recv(internal) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_recv(internal) IS
'binary input of journey';

CREATE FUNCTION journey_send(journey) RETURNS bytea
AS 'MODULE_PATHNAME', 'journey_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_send(journey) IS
'binary output of journey';

CREATE FUNCTION journey_typanalyze(internal) RETURNS boolean
AS 'MODULE_PATHNAME', 'journey_typanalyze' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_typanalyze(internal) IS
'ANALYZE of journey: the most common events, channels and adjacent pairs of events, in most_common_elems';

CREATE TYPE journey (
    INPUT = journey_in,
    OUTPUT = journey_out,
    RECEIVE = journey_recv,
    SEND = journey_send,
    ANALYZE = journey_typanalyze,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = int4,
    STORAGE = extended
);
COMMENT ON TYPE journey IS
'the touchpoints of one customer in order of time, packed: time, event, and where given channel, value and score; merges by rollup()';

CREATE CAST (journey AS jsonb) WITH INOUT;
COMMENT ON CAST (journey AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS journey) WITH INOUT;
COMMENT ON CAST (jsonb AS journey) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION journey_eq(journey, journey) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_eq(journey, journey) IS
'implementation of = operator';

CREATE FUNCTION journey_ne(journey, journey) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_ne(journey, journey) IS
'implementation of <> operator';

CREATE FUNCTION journey_lt(journey, journey) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_lt(journey, journey) IS
'implementation of < operator';

CREATE FUNCTION journey_le(journey, journey) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_le(journey, journey) IS
'implementation of <= operator';

CREATE FUNCTION journey_gt(journey, journey) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_gt(journey, journey) IS
'implementation of > operator';

CREATE FUNCTION journey_ge(journey, journey) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_ge(journey, journey) IS
'implementation of >= operator';

CREATE FUNCTION journey_cmp(journey, journey) RETURNS int
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_cmp(journey, journey) IS
'order of two values, for btree';

CREATE FUNCTION journey_hash(journey) RETURNS int
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_hash(journey) IS
'hash of a value';

CREATE FUNCTION journey_hash_extended(journey, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_hash_extended(journey, bigint) IS
'hash of a value with a seed';

CREATE OPERATOR = (
    LEFTARG = journey, RIGHTARG = journey, FUNCTION = journey_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (journey, journey) IS 'the same touchpoints';

CREATE OPERATOR <> (
    LEFTARG = journey, RIGHTARG = journey, FUNCTION = journey_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (journey, journey) IS 'other touchpoints';

CREATE OPERATOR < (
    LEFTARG = journey, RIGHTARG = journey, FUNCTION = journey_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (journey, journey) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = journey, RIGHTARG = journey, FUNCTION = journey_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (journey, journey) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = journey, RIGHTARG = journey, FUNCTION = journey_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (journey, journey) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = journey, RIGHTARG = journey, FUNCTION = journey_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (journey, journey) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS journey_ops DEFAULT FOR TYPE journey USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 journey_cmp(journey, journey);
COMMENT ON OPERATOR CLASS journey_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS journey_ops DEFAULT FOR TYPE journey USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 journey_hash(journey),
    FUNCTION 2 journey_hash_extended(journey, bigint);
COMMENT ON OPERATOR CLASS journey_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- Aggregates

CREATE TYPE journey_state;

CREATE FUNCTION journey_state_in(cstring) RETURNS journey_state
AS 'MODULE_PATHNAME', 'journey_state_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_state_in(cstring) IS
'text input of journey_state';

CREATE FUNCTION journey_state_out(journey_state) RETURNS cstring
AS 'MODULE_PATHNAME', 'journey_state_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_state_out(journey_state) IS
'text output of journey_state';

CREATE FUNCTION journey_state_recv(internal) RETURNS journey_state
AS 'MODULE_PATHNAME', 'journey_state_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_state_recv(internal) IS
'binary input of journey_state';

CREATE FUNCTION journey_state_send(journey_state) RETURNS bytea
AS 'MODULE_PATHNAME', 'journey_state_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_state_send(journey_state) IS
'binary output of journey_state';

CREATE TYPE journey_state (
    INPUT = journey_state_in,
    OUTPUT = journey_state_out,
    RECEIVE = journey_state_recv,
    SEND = journey_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE journey_state IS
'touchpoints as they came, the state of journey_agg; the aggregate makes a journey of it';

CREATE FUNCTION journey_accum(state journey_state, at timestamptz, event text) RETURNS journey_state
AS 'MODULE_PATHNAME', 'journey_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_accum(state journey_state, at timestamptz, event text) IS
'transition of journey_agg: adds a touchpoint';

CREATE FUNCTION journey_accum(state journey_state, at timestamptz, event text, channel text) RETURNS journey_state
AS 'MODULE_PATHNAME', 'journey_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_accum(state journey_state, at timestamptz, event text, channel text) IS
'transition of journey_agg: adds a touchpoint';

CREATE FUNCTION journey_accum(state journey_state, at timestamptz, event text, channel text, value float8) RETURNS journey_state
AS 'MODULE_PATHNAME', 'journey_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_accum(state journey_state, at timestamptz, event text, channel text, value float8) IS
'transition of journey_agg: adds a touchpoint';

CREATE FUNCTION journey_accum(state journey_state, at timestamptz, event text, channel text, value float8, score int) RETURNS journey_state
AS 'MODULE_PATHNAME', 'journey_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_accum(state journey_state, at timestamptz, event text, channel text, value float8, score int) IS
'transition of journey_agg: adds a touchpoint';

CREATE FUNCTION journey_accum(state journey_state, journey) RETURNS journey_state
AS 'MODULE_PATHNAME', 'journey_accum_journey' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_accum(state journey_state, journey) IS
'transition of rollup: adds the touchpoints of a journey';

CREATE FUNCTION journey_combine(state journey_state, other journey_state) RETURNS journey_state
AS 'MODULE_PATHNAME', 'journey_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_combine(state journey_state, other journey_state) IS
'adds the touchpoints of another state';

CREATE FUNCTION journey_final(state journey_state) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_final(state journey_state) IS
'the journey of a state';

CREATE AGGREGATE journey_agg(at timestamptz, event text) (
    SFUNC = journey_accum,
    STYPE = journey_state,
    SSPACE = 256,
    FINALFUNC = journey_final,
    COMBINEFUNC = journey_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_agg(at timestamptz, event text) IS
'the journey of a customer from its touchpoints, in any order';

CREATE AGGREGATE journey_agg(at timestamptz, event text, channel text) (
    SFUNC = journey_accum,
    STYPE = journey_state,
    SSPACE = 256,
    FINALFUNC = journey_final,
    COMBINEFUNC = journey_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_agg(at timestamptz, event text, channel text) IS
'the journey of a customer from its touchpoints, in any order; with channels';

CREATE AGGREGATE journey_agg(at timestamptz, event text, channel text, value float8) (
    SFUNC = journey_accum,
    STYPE = journey_state,
    SSPACE = 256,
    FINALFUNC = journey_final,
    COMBINEFUNC = journey_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_agg(at timestamptz, event text, channel text, value float8) IS
'the journey of a customer from its touchpoints, in any order; with channels and values';

CREATE AGGREGATE journey_agg(at timestamptz, event text, channel text, value float8, score int) (
    SFUNC = journey_accum,
    STYPE = journey_state,
    SSPACE = 256,
    FINALFUNC = journey_final,
    COMBINEFUNC = journey_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_agg(at timestamptz, event text, channel text, value float8, score int) IS
'the journey of a customer from its touchpoints, in any order; with channels, values and scores';

CREATE AGGREGATE rollup(j journey) (
    SFUNC = journey_accum,
    STYPE = journey_state,
    SSPACE = 256,
    FINALFUNC = journey_final,
    COMBINEFUNC = journey_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(j journey) IS
'merges journeys, the months of a customer for example; touchpoints that are in two of them count twice';

CREATE FUNCTION journey_concat(journey, journey) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_concat' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_concat(journey, journey) IS
'implementation of || operator';

CREATE OPERATOR || (LEFTARG = journey, RIGHTARG = journey, FUNCTION = journey_concat, COMMUTATOR = ||);
COMMENT ON OPERATOR ||(journey, journey) IS 'both journeys in one';

-- Accessors

CREATE FUNCTION length(j journey) RETURNS int
AS 'MODULE_PATHNAME', 'journey_length' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION length(j journey) IS
'number of touchpoints';

CREATE FUNCTION started_at(j journey) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'journey_started_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION started_at(j journey) IS
'time of the first touchpoint';

CREATE FUNCTION ended_at(j journey) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'journey_ended_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ended_at(j journey) IS
'time of the last touchpoint';

CREATE FUNCTION duration_seconds(j journey) RETURNS float8
AS 'MODULE_PATHNAME', 'journey_duration_seconds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_seconds(j journey) IS
'seconds from the first touchpoint to the last';

CREATE FUNCTION events(j journey) RETURNS text[]
AS 'MODULE_PATHNAME', 'journey_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION events(j journey) IS
'the events of the journey, each once, in bytewise order';

CREATE FUNCTION channels(j journey) RETURNS text[]
AS 'MODULE_PATHNAME', 'journey_channels' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION channels(j journey) IS
'the channels of the journey, each once, in bytewise order';

CREATE FUNCTION phases(j journey) RETURNS text[]
AS 'MODULE_PATHNAME', 'journey_phases' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION phases(j journey) IS
'the first parts of the event names, each once, in bytewise order';

CREATE FUNCTION event_at(j journey, event text, nth int DEFAULT 1) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'journey_event_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION event_at(j journey, event text, nth int) IS
'time of the nth touchpoint that passes the atom, from the end where nth is negative';

CREATE FUNCTION touchpoints(j journey, OUT ord int, OUT at timestamptz, OUT event text, OUT channel text, OUT value float8, OUT score int) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'touchpoints' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION touchpoints(j journey) IS
'the touchpoints of the journey, in order';

-- Journeys from journeys

CREATE FUNCTION journey_between(j journey, since timestamptz, until timestamptz) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_between' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_between(j journey, since timestamptz, until timestamptz) IS
'the touchpoints from since on and before until; NULL is no bound';

CREATE FUNCTION journey_filter(j journey, keep text[] DEFAULT NULL, remove text[] DEFAULT NULL) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_filter' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_filter(j journey, keep text[], remove text[]) IS
'the touchpoints that pass one of the atoms to keep, without those that pass one to remove';

CREATE FUNCTION journey_rename(j journey, names text[], replacements text[]) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_rename' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_rename(j journey, names text[], replacements text[]) IS
'the journey with events renamed; a name that ends with /* stands for all below';

CREATE FUNCTION journey_collapse(j journey, within interval DEFAULT NULL) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_collapse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_collapse(j journey, within interval) IS
'the journey with repetitions of the same event on the same channel in one touchpoint; within limits the time between two of them';

CREATE FUNCTION journey_level(j journey, depth int) RETURNS journey
AS 'MODULE_PATHNAME', 'journey_level' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_level(j journey, depth int) IS
'the journey with event names cut to their first parts; depth 1 is the phases';

-- Sessions

CREATE FUNCTION journey_sessions(j journey, gap interval) RETURNS SETOF journey
AS 'MODULE_PATHNAME', 'journey_sessions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 5;
COMMENT ON FUNCTION journey_sessions(j journey, gap interval) IS
'the journey cut where more than the gap passes between two touchpoints';

CREATE FUNCTION sessionize(at timestamptz, gap interval) RETURNS bigint
AS 'MODULE_PATHNAME', 'sessionize' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sessionize(at timestamptz, gap interval) IS
'number of the session of a row: a new one begins when more than the gap has passed since the row before';

-- Patterns: the type journey_pattern, like jsonpath

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

CREATE FUNCTION journey_matches_sel(internal, oid, internal, int) RETURNS float8
AS 'MODULE_PATHNAME', 'journey_matches_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_matches_sel(internal, oid, internal, int) IS
'restriction selectivity of @~ on journeys';

CREATE OPERATOR @~ (
    LEFTARG = journey,
    RIGHTARG = journey_pattern,
    FUNCTION = journey_matches,
    RESTRICT = journey_matches_sel,
    JOIN = contjoinsel
);
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

-- Which journeys have an event

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

-- The GIN index: events, channels and adjacent pairs

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


-- Funnels

CREATE FUNCTION funnel(j journey, steps text[], within interval, mode text DEFAULT 'ordered', without text[] DEFAULT NULL, as_of timestamptz DEFAULT NULL, OUT level int, OUT status text, OUT at timestamptz[])
AS 'MODULE_PATHNAME', 'journey_funnel' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION funnel(j journey, steps text[], within interval, mode text, without text[], as_of timestamptz) IS
'how far the best start gets: steps filled, status converted, excluded, open or dropped, and when each was filled; mode ordered, adjacent or any';

CREATE FUNCTION funnel_level(j journey, steps text[], within interval) RETURNS int
AS 'MODULE_PATHNAME', 'journey_funnel_level' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION funnel_level(j journey, steps text[], within interval) IS
'how many steps of the funnel the journey fills in order, 0 where none';

-- The type funnel_summary

CREATE TYPE funnel_summary;

CREATE FUNCTION funnel_summary_in(cstring) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_in(cstring) IS
'text input of funnel_summary';

CREATE FUNCTION funnel_summary_out(funnel_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'funnel_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_out(funnel_summary) IS
'text output of funnel_summary';

CREATE FUNCTION funnel_summary_recv(internal) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_summary_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_recv(internal) IS
'binary input of funnel_summary';

CREATE FUNCTION funnel_summary_send(funnel_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'funnel_summary_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_send(funnel_summary) IS
'binary output of funnel_summary';

CREATE TYPE funnel_summary (
    INPUT = funnel_summary_in,
    OUTPUT = funnel_summary_out,
    RECEIVE = funnel_summary_recv,
    SEND = funnel_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE funnel_summary IS
'many journeys in one funnel: its definition and for each step how many reached it, how many of them are mature, how many are open, and how long they took; merges by rollup()';

CREATE CAST (funnel_summary AS jsonb) WITH INOUT;
COMMENT ON CAST (funnel_summary AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS funnel_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS funnel_summary) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION funnel_summary_eq(funnel_summary, funnel_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_eq(funnel_summary, funnel_summary) IS
'implementation of = operator';

CREATE FUNCTION funnel_summary_ne(funnel_summary, funnel_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_ne(funnel_summary, funnel_summary) IS
'implementation of <> operator';

CREATE FUNCTION funnel_summary_lt(funnel_summary, funnel_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_lt(funnel_summary, funnel_summary) IS
'implementation of < operator';

CREATE FUNCTION funnel_summary_le(funnel_summary, funnel_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_le(funnel_summary, funnel_summary) IS
'implementation of <= operator';

CREATE FUNCTION funnel_summary_gt(funnel_summary, funnel_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_gt(funnel_summary, funnel_summary) IS
'implementation of > operator';

CREATE FUNCTION funnel_summary_ge(funnel_summary, funnel_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_ge(funnel_summary, funnel_summary) IS
'implementation of >= operator';

CREATE FUNCTION funnel_summary_cmp(funnel_summary, funnel_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_cmp(funnel_summary, funnel_summary) IS
'less-equal-greater, for btree';

CREATE FUNCTION funnel_summary_hash(funnel_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_hash(funnel_summary) IS
'hash';

CREATE FUNCTION funnel_summary_hash_extended(funnel_summary, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_hash_extended(funnel_summary, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (funnel_summary, funnel_summary) IS 'the same journeys in the same funnel';

CREATE OPERATOR <> (
    LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (funnel_summary, funnel_summary) IS 'another funnel, or other journeys';

CREATE OPERATOR < (
    LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (funnel_summary, funnel_summary) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (funnel_summary, funnel_summary) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (funnel_summary, funnel_summary) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (funnel_summary, funnel_summary) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS funnel_summary_ops DEFAULT FOR TYPE funnel_summary USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 funnel_summary_cmp(funnel_summary, funnel_summary);
COMMENT ON OPERATOR CLASS funnel_summary_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS funnel_summary_ops DEFAULT FOR TYPE funnel_summary USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 funnel_summary_hash(funnel_summary),
    FUNCTION 2 funnel_summary_hash_extended(funnel_summary, bigint);
COMMENT ON OPERATOR CLASS funnel_summary_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- Transition, inverse and final functions

CREATE FUNCTION funnel_accum(funnel_summary, journey, text[], interval) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_accum(funnel_summary, journey, text[], interval) IS
'transition function: adds one journey';

CREATE FUNCTION funnel_accum_inv(funnel_summary, journey, text[], interval) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_accum_inv(funnel_summary, journey, text[], interval) IS
'inverse transition function: takes one journey away';

CREATE FUNCTION funnel_accum(funnel_summary, journey, text[], interval, text) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_accum(funnel_summary, journey, text[], interval, text) IS
'transition function: adds one journey in a mode';

CREATE FUNCTION funnel_accum_inv(funnel_summary, journey, text[], interval, text) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_accum_inv(funnel_summary, journey, text[], interval, text) IS
'inverse transition function: takes one journey away in a mode';

CREATE FUNCTION funnel_accum(funnel_summary, journey, text[], interval, text, text[], timestamptz) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_accum(funnel_summary, journey, text[], interval, text, text[], timestamptz) IS
'transition function: adds one journey in a mode, with exclusions and a time';

CREATE FUNCTION funnel_accum_inv(funnel_summary, journey, text[], interval, text, text[], timestamptz) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_accum_inv(funnel_summary, journey, text[], interval, text, text[], timestamptz) IS
'inverse transition function: takes one journey away in a mode, with exclusions and a time';

CREATE FUNCTION funnel_combine(funnel_summary, funnel_summary) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_combine(funnel_summary, funnel_summary) IS
'combine function; transition function of rollup';

CREATE FUNCTION funnel_combine_inv(funnel_summary, funnel_summary) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_combine_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_combine_inv(funnel_summary, funnel_summary) IS
'inverse transition function of rollup';

CREATE FUNCTION funnel_final(funnel_summary) RETURNS funnel_summary
AS 'MODULE_PATHNAME', 'funnel_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_final(funnel_summary) IS
'final function: the state without its room; NULL without a journey';

-- Aggregates over journeys

CREATE AGGREGATE funnel_agg(j journey, steps text[], within interval) (
    SFUNC = funnel_accum, STYPE = funnel_summary, SSPACE = 256,
    FINALFUNC = funnel_final, COMBINEFUNC = funnel_combine, PARALLEL = SAFE,
    MSFUNC = funnel_accum, MINVFUNC = funnel_accum_inv, MSTYPE = funnel_summary, MSSPACE = 256,
    MFINALFUNC = funnel_final
);
COMMENT ON AGGREGATE funnel_agg(j journey, steps text[], within interval) IS
'summarises journeys in a funnel whose steps come in order';

CREATE AGGREGATE funnel_agg(j journey, steps text[], within interval, mode text) (
    SFUNC = funnel_accum, STYPE = funnel_summary, SSPACE = 256,
    FINALFUNC = funnel_final, COMBINEFUNC = funnel_combine, PARALLEL = SAFE,
    MSFUNC = funnel_accum, MINVFUNC = funnel_accum_inv, MSTYPE = funnel_summary, MSSPACE = 256,
    MFINALFUNC = funnel_final
);
COMMENT ON AGGREGATE funnel_agg(j journey, steps text[], within interval, mode text) IS
'summarises journeys in a funnel; mode ordered, adjacent or any';

CREATE AGGREGATE funnel_agg(j journey, steps text[], within interval, mode text, without text[], as_of timestamptz) (
    SFUNC = funnel_accum, STYPE = funnel_summary, SSPACE = 256,
    FINALFUNC = funnel_final, COMBINEFUNC = funnel_combine, PARALLEL = SAFE,
    MSFUNC = funnel_accum, MINVFUNC = funnel_accum_inv, MSTYPE = funnel_summary, MSSPACE = 256,
    MFINALFUNC = funnel_final
);
COMMENT ON AGGREGATE funnel_agg(j journey, steps text[], within interval, mode text, without text[], as_of timestamptz) IS
'summarises journeys in a funnel, with exclusions, as of a time after which nothing is seen; either may be NULL';

CREATE AGGREGATE rollup(summary funnel_summary) (
    SFUNC = funnel_combine, STYPE = funnel_summary, SSPACE = 256,
    FINALFUNC = funnel_final, COMBINEFUNC = funnel_combine, PARALLEL = SAFE,
    MSFUNC = funnel_combine, MINVFUNC = funnel_combine_inv, MSTYPE = funnel_summary, MSSPACE = 256,
    MFINALFUNC = funnel_final
);
COMMENT ON AGGREGATE rollup(summary funnel_summary) IS
'merges summaries of one funnel: days to a month, shards to the whole';

-- Accessors

CREATE FUNCTION funnel_steps(summary funnel_summary, confidence float8 DEFAULT 0.95)
RETURNS TABLE (step int, event text, reached bigint, mature bigint, rate float8, lo float8, hi float8, step_rate float8, open bigint, median_seconds float8, p90_seconds float8)
AS 'MODULE_PATHNAME', 'funnel_summary_steps' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 4;
COMMENT ON FUNCTION funnel_steps(summary funnel_summary, confidence float8) IS
'each step: journeys that reached it, the mature ones among them, their share of the mature entrants with its Wilson interval and of those of the step before, open journeys, and the time from step 1 on';

-- Paths

CREATE FUNCTION journey_path(j journey, length int, starting text DEFAULT NULL, ending text DEFAULT NULL, collapse boolean DEFAULT false, by text DEFAULT 'event') RETURNS text[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey_path(j journey, length int, starting text, ending text, collapse boolean, by text) IS
'at most so many events, channels or phases of the journey, from and to the anchors; "..." for what is left out between both; NULL where an anchor is missing';

CREATE FUNCTION journey_links(j journey, length int, starting text DEFAULT NULL, ending text DEFAULT NULL, collapse boolean DEFAULT false, by text DEFAULT 'event') RETURNS TABLE (step int, source text, target text)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION journey_links(j journey, length int, starting text, ending text, collapse boolean, by text) IS
'the neighbours on journey_path by step: the layers of a Sankey diagram, which so has no cycles';

-- The type transition_matrix

CREATE TYPE transition_matrix;

CREATE FUNCTION transition_matrix_in(cstring) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_matrix_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_in(cstring) IS
'text input of transition_matrix';

CREATE FUNCTION transition_matrix_out(transition_matrix) RETURNS cstring
AS 'MODULE_PATHNAME', 'transition_matrix_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_out(transition_matrix) IS
'text output of transition_matrix';

CREATE FUNCTION transition_matrix_recv(internal) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_matrix_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_recv(internal) IS
'binary input of transition_matrix';

CREATE FUNCTION transition_matrix_send(transition_matrix) RETURNS bytea
AS 'MODULE_PATHNAME', 'transition_matrix_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_send(transition_matrix) IS
'binary output of transition_matrix';

CREATE TYPE transition_matrix (
    INPUT = transition_matrix_in,
    OUTPUT = transition_matrix_out,
    RECEIVE = transition_matrix_recv,
    SEND = transition_matrix_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE transition_matrix IS
'how often many journeys went from node to node, in how many of them and how long it took; nodes are events, channels or phases, with a start and an end; merges by rollup()';

CREATE CAST (transition_matrix AS jsonb) WITH INOUT;
COMMENT ON CAST (transition_matrix AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS transition_matrix) WITH INOUT;
COMMENT ON CAST (jsonb AS transition_matrix) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION transition_matrix_eq(transition_matrix, transition_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_eq(transition_matrix, transition_matrix) IS
'implementation of = operator';

CREATE FUNCTION transition_matrix_ne(transition_matrix, transition_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_ne(transition_matrix, transition_matrix) IS
'implementation of <> operator';

CREATE FUNCTION transition_matrix_lt(transition_matrix, transition_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_lt(transition_matrix, transition_matrix) IS
'implementation of < operator';

CREATE FUNCTION transition_matrix_le(transition_matrix, transition_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_le(transition_matrix, transition_matrix) IS
'implementation of <= operator';

CREATE FUNCTION transition_matrix_gt(transition_matrix, transition_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_gt(transition_matrix, transition_matrix) IS
'implementation of > operator';

CREATE FUNCTION transition_matrix_ge(transition_matrix, transition_matrix) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_ge(transition_matrix, transition_matrix) IS
'implementation of >= operator';

CREATE FUNCTION transition_matrix_cmp(transition_matrix, transition_matrix) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_cmp(transition_matrix, transition_matrix) IS
'less-equal-greater, for btree';

CREATE FUNCTION transition_matrix_hash(transition_matrix) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_hash(transition_matrix) IS
'hash';

CREATE FUNCTION transition_matrix_hash_extended(transition_matrix, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_matrix_hash_extended(transition_matrix, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = transition_matrix, RIGHTARG = transition_matrix, FUNCTION = transition_matrix_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (transition_matrix, transition_matrix) IS 'the same transitions of the same definition';

CREATE OPERATOR <> (
    LEFTARG = transition_matrix, RIGHTARG = transition_matrix, FUNCTION = transition_matrix_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (transition_matrix, transition_matrix) IS 'another definition, or other transitions';

CREATE OPERATOR < (
    LEFTARG = transition_matrix, RIGHTARG = transition_matrix, FUNCTION = transition_matrix_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (transition_matrix, transition_matrix) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = transition_matrix, RIGHTARG = transition_matrix, FUNCTION = transition_matrix_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (transition_matrix, transition_matrix) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = transition_matrix, RIGHTARG = transition_matrix, FUNCTION = transition_matrix_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (transition_matrix, transition_matrix) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = transition_matrix, RIGHTARG = transition_matrix, FUNCTION = transition_matrix_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (transition_matrix, transition_matrix) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS transition_matrix_ops DEFAULT FOR TYPE transition_matrix USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 transition_matrix_cmp(transition_matrix, transition_matrix);
COMMENT ON OPERATOR CLASS transition_matrix_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS transition_matrix_ops DEFAULT FOR TYPE transition_matrix USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 transition_matrix_hash(transition_matrix),
    FUNCTION 2 transition_matrix_hash_extended(transition_matrix, bigint);
COMMENT ON OPERATOR CLASS transition_matrix_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- Transition, inverse and final functions

CREATE FUNCTION transition_accum(transition_matrix, journey) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION transition_accum(transition_matrix, journey) IS
'transition function: adds one journey';

CREATE FUNCTION transition_accum_inv(transition_matrix, journey) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION transition_accum_inv(transition_matrix, journey) IS
'inverse transition function: takes one journey away';

CREATE FUNCTION transition_accum(transition_matrix, journey, text, text) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION transition_accum(transition_matrix, journey, text, text) IS
'transition function: adds one journey by nodes, up to what ends a path';

CREATE FUNCTION transition_accum_inv(transition_matrix, journey, text, text) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION transition_accum_inv(transition_matrix, journey, text, text) IS
'inverse transition function: takes one journey away by nodes, up to what ends a path';

CREATE FUNCTION transition_accum(transition_matrix, journey, text, text, boolean) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION transition_accum(transition_matrix, journey, text, text, boolean) IS
'transition function: adds one journey by nodes, up to what ends a path, where a new path may start';

CREATE FUNCTION transition_accum_inv(transition_matrix, journey, text, text, boolean) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION transition_accum_inv(transition_matrix, journey, text, text, boolean) IS
'inverse transition function: takes one journey away by nodes, up to what ends a path, where a new path may start';

CREATE FUNCTION transition_combine(transition_matrix, transition_matrix) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION transition_combine(transition_matrix, transition_matrix) IS
'combine function; transition function of rollup';

CREATE FUNCTION transition_combine_inv(transition_matrix, transition_matrix) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_combine_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION transition_combine_inv(transition_matrix, transition_matrix) IS
'inverse transition function of rollup';

CREATE FUNCTION transition_final(transition_matrix) RETURNS transition_matrix
AS 'MODULE_PATHNAME', 'transition_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION transition_final(transition_matrix) IS
'final function: the state in its stored form; NULL without a journey';

-- Aggregates over journeys

CREATE AGGREGATE transition_agg(j journey) (
    SFUNC = transition_accum, STYPE = transition_matrix, SSPACE = 4096,
    FINALFUNC = transition_final, COMBINEFUNC = transition_combine, PARALLEL = SAFE,
    MSFUNC = transition_accum, MINVFUNC = transition_accum_inv, MSTYPE = transition_matrix, MSSPACE = 4096,
    MFINALFUNC = transition_final
);
COMMENT ON AGGREGATE transition_agg(j journey) IS
'counts how often journeys go from event to event';

CREATE AGGREGATE transition_agg(j journey, by text, until text) (
    SFUNC = transition_accum, STYPE = transition_matrix, SSPACE = 4096,
    FINALFUNC = transition_final, COMBINEFUNC = transition_combine, PARALLEL = SAFE,
    MSFUNC = transition_accum, MINVFUNC = transition_accum_inv, MSTYPE = transition_matrix, MSSPACE = 4096,
    MFINALFUNC = transition_final
);
COMMENT ON AGGREGATE transition_agg(j journey, by text, until text) IS
'counts how often journeys go from node to node, by event, channel or phase; the first touchpoint that passes the atom until ends the path, NULL for none';

CREATE AGGREGATE transition_agg(j journey, by text, until text, restart boolean) (
    SFUNC = transition_accum, STYPE = transition_matrix, SSPACE = 4096,
    FINALFUNC = transition_final, COMBINEFUNC = transition_combine, PARALLEL = SAFE,
    MSFUNC = transition_accum, MINVFUNC = transition_accum_inv, MSTYPE = transition_matrix, MSSPACE = 4096,
    MFINALFUNC = transition_final
);
COMMENT ON AGGREGATE transition_agg(j journey, by text, until text, restart boolean) IS
'counts how often journeys go from node to node, by event, channel or phase; a touchpoint that passes the atom until ends the path, and with restart a new one starts behind it';

CREATE AGGREGATE rollup(summary transition_matrix) (
    SFUNC = transition_combine, STYPE = transition_matrix, SSPACE = 4096,
    FINALFUNC = transition_final, COMBINEFUNC = transition_combine, PARALLEL = SAFE,
    MSFUNC = transition_combine, MINVFUNC = transition_combine_inv, MSTYPE = transition_matrix, MSSPACE = 4096,
    MFINALFUNC = transition_final
);
COMMENT ON AGGREGATE rollup(summary transition_matrix) IS
'merges transitions of one definition: days to a month, shards to the whole';

-- Accessors

CREATE FUNCTION transitions(tm transition_matrix, confidence float8 DEFAULT 0.95)
RETURNS TABLE (source text, target text, transitions bigint, journeys bigint, share float8, lo float8, hi float8, median_seconds float8)
AS 'MODULE_PATHNAME', 'transition_matrix_transitions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION transitions(tm transition_matrix, confidence float8) IS
'each transition from (start) over the nodes to (end): how often, in how many journeys, its share of all that leave the source with its Wilson interval, and the median time it took';

-- Attribution

CREATE FUNCTION attribution(j journey, conversion text, model text, lookback interval DEFAULT NULL, half_life interval DEFAULT '7 days', direct text[] DEFAULT '{direct}', by text DEFAULT 'channel', first_share float8 DEFAULT 0.4, last_share float8 DEFAULT 0.4, restart boolean DEFAULT true)
RETURNS TABLE (node text, credit float8, value float8)
AS 'MODULE_PATHNAME', 'journey_attribution' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 2;
COMMENT ON FUNCTION attribution(j journey, conversion text, model text, lookback interval, half_life interval, direct text[], by text, first_share float8, last_share float8, restart boolean) IS
'credit and value of the conversions in the journey by channel, event or phase; model first, last, last_non_direct, linear, position or time_decay; node NULL: conversions without a touch';

CREATE FUNCTION shapley_attribution(j journey, conversion text, lookback interval DEFAULT NULL, by text DEFAULT 'channel', restart boolean DEFAULT true)
RETURNS TABLE (node text, credit float8, value float8)
AS 'MODULE_PATHNAME', 'journey_shapley_attribution' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 2;
COMMENT ON FUNCTION shapley_attribution(j journey, conversion text, lookback interval, by text, restart boolean) IS
'credit and value of the conversions in the journey by Shapley value: each goes in equal parts to the different nodes that were touched before it';

CREATE FUNCTION markov_attribution(tm transition_matrix, conversion text)
RETURNS TABLE (node text, removal_effect float8, credit float8)
AS 'MODULE_PATHNAME', 'markov_attribution' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION markov_attribution(tm transition_matrix, conversion text) IS
'conversions shared out by removal effect: the share of them that is lost when all that goes into a node is lost; exact, first order Markov chain';

-- Retention

CREATE FUNCTION retained(j journey, first text, back text, unit interval, periods int, as_of timestamptz DEFAULT NULL, mode text DEFAULT 'on', anchor text DEFAULT 'first', time_zone text DEFAULT 'UTC') RETURNS boolean[]
AS 'MODULE_PATHNAME', 'journey_retained' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 15;
COMMENT ON FUNCTION retained(j journey, first text, back text, unit interval, periods int, as_of timestamptz, mode text, anchor text, time_zone text) IS
'whether the customer came back in each period since the first touchpoint that passes first, element 1 for period 0; on, or on_or_after; periods from that touchpoint on or those of the calendar; NULL for those not over at as_of';

-- The type retention_summary

CREATE TYPE retention_summary;

CREATE FUNCTION retention_summary_in(cstring) RETURNS retention_summary
AS 'MODULE_PATHNAME', 'retention_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_in(cstring) IS
'text input of retention_summary';

CREATE FUNCTION retention_summary_out(retention_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'retention_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_out(retention_summary) IS
'text output of retention_summary';

CREATE FUNCTION retention_summary_recv(internal) RETURNS retention_summary
AS 'MODULE_PATHNAME', 'retention_summary_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_recv(internal) IS
'binary input of retention_summary';

CREATE FUNCTION retention_summary_send(retention_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'retention_summary_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_send(retention_summary) IS
'binary output of retention_summary';

CREATE TYPE retention_summary (
    INPUT = retention_summary_in,
    OUTPUT = retention_summary_out,
    RECEIVE = retention_summary_recv,
    SEND = retention_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE retention_summary IS
'many customers by period: how many have been watched so long, and how many of them came back; merges by rollup()';

CREATE CAST (retention_summary AS jsonb) WITH INOUT;
COMMENT ON CAST (retention_summary AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS retention_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS retention_summary) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION retention_summary_eq(retention_summary, retention_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_eq(retention_summary, retention_summary) IS
'implementation of = operator';

CREATE FUNCTION retention_summary_ne(retention_summary, retention_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_ne(retention_summary, retention_summary) IS
'implementation of <> operator';

CREATE FUNCTION retention_summary_lt(retention_summary, retention_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_lt(retention_summary, retention_summary) IS
'implementation of < operator';

CREATE FUNCTION retention_summary_le(retention_summary, retention_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_le(retention_summary, retention_summary) IS
'implementation of <= operator';

CREATE FUNCTION retention_summary_gt(retention_summary, retention_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_gt(retention_summary, retention_summary) IS
'implementation of > operator';

CREATE FUNCTION retention_summary_ge(retention_summary, retention_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_ge(retention_summary, retention_summary) IS
'implementation of >= operator';

CREATE FUNCTION retention_summary_cmp(retention_summary, retention_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_cmp(retention_summary, retention_summary) IS
'less-equal-greater, for btree';

CREATE FUNCTION retention_summary_hash(retention_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_hash(retention_summary) IS
'hash';

CREATE FUNCTION retention_summary_hash_extended(retention_summary, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_hash_extended(retention_summary, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (retention_summary, retention_summary) IS 'the same counts';

CREATE OPERATOR <> (
    LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (retention_summary, retention_summary) IS 'other counts';

CREATE OPERATOR < (
    LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (retention_summary, retention_summary) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (retention_summary, retention_summary) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (retention_summary, retention_summary) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (retention_summary, retention_summary) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS retention_summary_ops DEFAULT FOR TYPE retention_summary USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 retention_summary_cmp(retention_summary, retention_summary);
COMMENT ON OPERATOR CLASS retention_summary_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS retention_summary_ops DEFAULT FOR TYPE retention_summary USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 retention_summary_hash(retention_summary),
    FUNCTION 2 retention_summary_hash_extended(retention_summary, bigint);
COMMENT ON OPERATOR CLASS retention_summary_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- Transition, inverse and final functions

CREATE FUNCTION retention_accum(retention_summary, boolean[]) RETURNS retention_summary
AS 'MODULE_PATHNAME', 'retention_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_accum(retention_summary, boolean[]) IS
'transition function: adds one customer';

CREATE FUNCTION retention_accum_inv(retention_summary, boolean[]) RETURNS retention_summary
AS 'MODULE_PATHNAME', 'retention_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_accum_inv(retention_summary, boolean[]) IS
'inverse transition function: takes one customer away';

CREATE FUNCTION retention_combine(retention_summary, retention_summary) RETURNS retention_summary
AS 'MODULE_PATHNAME', 'retention_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_combine(retention_summary, retention_summary) IS
'combine function; transition function of rollup';

CREATE FUNCTION retention_combine_inv(retention_summary, retention_summary) RETURNS retention_summary
AS 'MODULE_PATHNAME', 'retention_combine_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_combine_inv(retention_summary, retention_summary) IS
'inverse transition function of rollup';

CREATE FUNCTION retention_final(retention_summary) RETURNS retention_summary
AS 'MODULE_PATHNAME', 'retention_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_final(retention_summary) IS
'final function: the state without its room; NULL without an array';

-- Aggregates over customers

CREATE AGGREGATE retention_agg(retained boolean[]) (
    SFUNC = retention_accum, STYPE = retention_summary, SSPACE = 320,
    FINALFUNC = retention_final, COMBINEFUNC = retention_combine, PARALLEL = SAFE,
    MSFUNC = retention_accum, MINVFUNC = retention_accum_inv, MSTYPE = retention_summary, MSSPACE = 320,
    MFINALFUNC = retention_final
);
COMMENT ON AGGREGATE retention_agg(retained boolean[]) IS
'summarises what retained() says of many customers';

CREATE AGGREGATE rollup(summary retention_summary) (
    SFUNC = retention_combine, STYPE = retention_summary, SSPACE = 320,
    FINALFUNC = retention_final, COMBINEFUNC = retention_combine, PARALLEL = SAFE,
    MSFUNC = retention_combine, MINVFUNC = retention_combine_inv, MSTYPE = retention_summary, MSSPACE = 320,
    MFINALFUNC = retention_final
);
COMMENT ON AGGREGATE rollup(summary retention_summary) IS
'merges summaries of retention: cohorts to the whole, shards to the whole';

-- Accessors

CREATE FUNCTION retention(summary retention_summary, confidence float8 DEFAULT 0.95)
RETURNS TABLE (period int, eligible bigint, retained bigint, rate float8, lo float8, hi float8)
AS 'MODULE_PATHNAME', 'retention_summary_periods' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 12;
COMMENT ON FUNCTION retention(summary retention_summary, confidence float8) IS
'each period from 0 on: customers for whom it is over, those of them who came back, and their share with its Wilson interval';

-- Service: contacts that come back, friction, effort

CREATE FUNCTION repeat_contacts(j journey, contact text[], within interval, as_of timestamptz DEFAULT NULL, OUT contacts int, OUT resolved int, OUT repeated int, OUT open int)
AS 'MODULE_PATHNAME', 'repeat_contacts' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION repeat_contacts(j journey, contact text[], within interval, as_of timestamptz) IS
'contacts, and the issues they are about: resolved by one contact, repeated within the window, or open at as_of; first contact resolution = resolved / (resolved + repeated)';

CREATE FUNCTION friction(j journey, required text[] DEFAULT NULL, stall interval DEFAULT NULL, goal text DEFAULT NULL, intent text DEFAULT NULL, as_of timestamptz DEFAULT NULL, OUT kind text, OUT at timestamptz, OUT event text, OUT channel text, OUT ords int[], OUT detail text, OUT weight float8) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'friction' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 50 ROWS 5;
COMMENT ON FUNCTION friction(j journey, required text[], stall interval, goal text, intent text, as_of timestamptz) IS
'each repeat, loop, channel_switch, handoff, ping_pong, stall and abandonment of the journey; what touches a required step is intended and left out';

CREATE FUNCTION journey_effort(j journey, goal text, failed text[] DEFAULT NULL, gap interval DEFAULT NULL, OUT touchpoints int, OUT channels int, OUT switches int, OUT handoffs int, OUT repeats int, OUT loops int, OUT attempts int, OUT failures int, OUT resolved boolean, OUT seconds_to_goal float8, OUT elapsed_seconds float8)
AS 'MODULE_PATHNAME', 'journey_effort' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey_effort(j journey, goal text, failed text[], gap interval) IS
'what it took to reach the goal: touchpoints, channels, switches, hand-offs, repeats, loops, attempts and failed ones, and the time';

CREATE FUNCTION sequence_stats(j journey, alphabet int DEFAULT NULL, OUT touchpoints int, OUT distinct_events int, OUT transitions int, OUT entropy float8, OUT complexity float8)
AS 'MODULE_PATHNAME', 'sequence_stats' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION sequence_stats(j journey, alphabet int) IS
'how varied the journey is: changes of event, entropy of the events from 0 to 1, and the complexity index of both';

-- Opening hours

CREATE FUNCTION business_seconds(started timestamptz, ended timestamptz, opens time, closes time, weekdays int[] DEFAULT '{1,2,3,4,5}', time_zone text DEFAULT 'UTC', holidays date[] DEFAULT '{}') RETURNS float8
AS 'MODULE_PATHNAME', 'business_seconds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION business_seconds(started timestamptz, ended timestamptz, opens time, closes time, weekdays int[], time_zone text, holidays date[]) IS
'seconds between two times within opening hours: local times of a zone, on weekdays from 1 (Monday) to 7 but for holidays; over midnight when it closes before it opens';
