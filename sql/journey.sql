-- journey: what customers live. The type, its order, aggregates, accessors and the functions that make journeys of journeys.

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
