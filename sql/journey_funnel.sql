
-- journey: funnels

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
