-- survey: what customers say. Answers are counted once into a score_summary; every metric is read from it.

-- The type

CREATE TYPE score_summary;

CREATE FUNCTION score_summary_in(cstring) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_in(cstring) IS
'text input of score_summary';

CREATE FUNCTION score_summary_out(score_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'score_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_out(score_summary) IS
'text output of score_summary';

CREATE FUNCTION score_summary_recv(internal) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_recv(internal) IS
'binary input of score_summary';

CREATE FUNCTION score_summary_send(score_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'score_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_send(score_summary) IS
'binary output of score_summary';

CREATE TYPE score_summary (
    INPUT = score_summary_in,
    OUTPUT = score_summary_out,
    RECEIVE = score_summary_recv,
    SEND = score_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE score_summary IS
'how many respondents gave each integer score from -100 to 100, with their weights if they have any; merges by rollup() and +';

CREATE CAST (score_summary AS jsonb) WITH INOUT;
COMMENT ON CAST (score_summary AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS score_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS score_summary) IS 'reads the jsonb form back';

-- Order, hash, + and -

CREATE FUNCTION score_summary_eq(score_summary, score_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_eq(score_summary, score_summary) IS
'implementation of = operator';

CREATE FUNCTION score_summary_ne(score_summary, score_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_ne(score_summary, score_summary) IS
'implementation of <> operator';

CREATE FUNCTION score_summary_lt(score_summary, score_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_lt(score_summary, score_summary) IS
'implementation of < operator';

CREATE FUNCTION score_summary_le(score_summary, score_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_le(score_summary, score_summary) IS
'implementation of <= operator';

CREATE FUNCTION score_summary_gt(score_summary, score_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_gt(score_summary, score_summary) IS
'implementation of > operator';

CREATE FUNCTION score_summary_ge(score_summary, score_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_ge(score_summary, score_summary) IS
'implementation of >= operator';

CREATE FUNCTION score_summary_cmp(score_summary, score_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_cmp(score_summary, score_summary) IS
'less-equal-greater, for btree';

CREATE FUNCTION score_summary_hash(score_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_hash(score_summary) IS
'hash';

CREATE FUNCTION score_summary_hash_extended(score_summary, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_hash_extended(score_summary, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = score_summary, RIGHTARG = score_summary, FUNCTION = score_summary_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (score_summary, score_summary) IS 'the same answers';

CREATE OPERATOR <> (
    LEFTARG = score_summary, RIGHTARG = score_summary, FUNCTION = score_summary_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (score_summary, score_summary) IS 'other answers';

CREATE OPERATOR < (
    LEFTARG = score_summary, RIGHTARG = score_summary, FUNCTION = score_summary_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (score_summary, score_summary) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = score_summary, RIGHTARG = score_summary, FUNCTION = score_summary_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (score_summary, score_summary) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = score_summary, RIGHTARG = score_summary, FUNCTION = score_summary_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (score_summary, score_summary) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = score_summary, RIGHTARG = score_summary, FUNCTION = score_summary_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (score_summary, score_summary) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS score_summary_ops DEFAULT FOR TYPE score_summary USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 score_summary_cmp(score_summary, score_summary);
COMMENT ON OPERATOR CLASS score_summary_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS score_summary_ops DEFAULT FOR TYPE score_summary USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 score_summary_hash(score_summary),
    FUNCTION 2 score_summary_hash_extended(score_summary, bigint);
COMMENT ON OPERATOR CLASS score_summary_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

CREATE FUNCTION score_summary_add(score_summary, score_summary) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_add(score_summary, score_summary) IS
'implementation of + operator';

CREATE FUNCTION score_summary_subtract(score_summary, score_summary) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_summary_subtract(score_summary, score_summary) IS
'implementation of - operator';

CREATE OPERATOR + (
    LEFTARG = score_summary, RIGHTARG = score_summary, FUNCTION = score_summary_add, COMMUTATOR = +
);
COMMENT ON OPERATOR + (score_summary, score_summary) IS 'answers of both, exact; without weights only';

CREATE OPERATOR - (
    LEFTARG = score_summary, RIGHTARG = score_summary, FUNCTION = score_summary_subtract
);
COMMENT ON OPERATOR - (score_summary, score_summary) IS 'answers of the left without those of the right, exact; without weights only; an error below zero';

-- Transition, inverse and final functions

CREATE FUNCTION score_accum_int2(score_summary, int2) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_accum_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_accum_int2(score_summary, int2) IS
'transition function: adds one answer';

CREATE FUNCTION score_accum_int4(score_summary, int4) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_accum_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_accum_int4(score_summary, int4) IS
'transition function: adds one answer';

CREATE FUNCTION score_accum_float8(score_summary, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_accum_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_accum_float8(score_summary, float8) IS
'transition function: adds one answer';

CREATE FUNCTION score_accum_bool(score_summary, boolean) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_accum_bool' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_accum_bool(score_summary, boolean) IS
'transition function: adds one answer';

CREATE FUNCTION score_accum_weighted_int2(score_summary, int2, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_accum_weighted_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_accum_weighted_int2(score_summary, int2, float8) IS
'transition function: adds one answer with its weight';

CREATE FUNCTION score_accum_weighted_int4(score_summary, int4, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_accum_weighted_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_accum_weighted_int4(score_summary, int4, float8) IS
'transition function: adds one answer with its weight';

CREATE FUNCTION score_accum_weighted_float8(score_summary, float8, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_accum_weighted_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_accum_weighted_float8(score_summary, float8, float8) IS
'transition function: adds one answer with its weight';

CREATE FUNCTION score_accum_weighted_bool(score_summary, boolean, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_accum_weighted_bool' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_accum_weighted_bool(score_summary, boolean, float8) IS
'transition function: adds one outcome with its weight';

CREATE FUNCTION score_inv_int2(score_summary, int2) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_inv_int2' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_inv_int2(score_summary, int2) IS
'inverse transition function: takes one answer away';

CREATE FUNCTION score_inv_int4(score_summary, int4) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_inv_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_inv_int4(score_summary, int4) IS
'inverse transition function: takes one answer away';

CREATE FUNCTION score_inv_float8(score_summary, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_inv_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_inv_float8(score_summary, float8) IS
'inverse transition function: takes one answer away';

CREATE FUNCTION score_inv_bool(score_summary, boolean) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_inv_bool' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_inv_bool(score_summary, boolean) IS
'inverse transition function: takes one answer away';

CREATE FUNCTION share_at_least_accum_int4(score_summary, int4, int4) RETURNS score_summary
AS 'MODULE_PATHNAME', 'share_at_least_accum_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION share_at_least_accum_int4(score_summary, int4, int4) IS
'transition function: adds whether the score reaches the threshold';

CREATE FUNCTION share_at_least_inv_int4(score_summary, int4, int4) RETURNS score_summary
AS 'MODULE_PATHNAME', 'share_at_least_inv_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION share_at_least_inv_int4(score_summary, int4, int4) IS
'inverse transition function: takes one such answer away';

CREATE FUNCTION share_at_least_accum_float8(score_summary, float8, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'share_at_least_accum_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION share_at_least_accum_float8(score_summary, float8, float8) IS
'transition function: adds whether the score reaches the threshold';

CREATE FUNCTION share_at_least_inv_float8(score_summary, float8, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'share_at_least_inv_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION share_at_least_inv_float8(score_summary, float8, float8) IS
'inverse transition function: takes one such answer away';

CREATE FUNCTION score_combine(score_summary, score_summary) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_combine(score_summary, score_summary) IS
'combine function, and transition function of rollup';

CREATE FUNCTION score_combine_inv(score_summary, score_summary) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_combine_inv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_combine_inv(score_summary, score_summary) IS
'inverse of score_combine; NULL with weights';

CREATE FUNCTION score_final(score_summary) RETURNS score_summary
AS 'MODULE_PATHNAME', 'score_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_final(score_summary) IS
'final function; NULL without an answer';

CREATE FUNCTION nps_final(score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_nps' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nps_final(score_summary) IS
'final function; NULL without an answer';

CREATE FUNCTION csat_final(score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_csat' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csat_final(score_summary) IS
'final function; NULL without an answer';

CREATE FUNCTION ces_final(score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_ces' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ces_final(score_summary) IS
'final function; NULL without an answer';

CREATE FUNCTION net_satisfaction_final(score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_net_satisfaction' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION net_satisfaction_final(score_summary) IS
'final function; NULL without an answer';

CREATE FUNCTION rate_final(score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rate_final(score_summary) IS
'final function; NULL without an answer';

-- Aggregates over answers

CREATE AGGREGATE score_agg(score int2) (
    SFUNC = score_accum_int2, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int2, MINVFUNC = score_inv_int2, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = score_final
);
COMMENT ON AGGREGATE score_agg(score int2) IS
'counts answers by score';

CREATE AGGREGATE score_agg(score int4) (
    SFUNC = score_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int4, MINVFUNC = score_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = score_final
);
COMMENT ON AGGREGATE score_agg(score int4) IS
'counts answers by score';

CREATE AGGREGATE score_agg(score float8) (
    SFUNC = score_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_float8, MINVFUNC = score_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = score_final
);
COMMENT ON AGGREGATE score_agg(score float8) IS
'counts answers by score';

CREATE AGGREGATE score_agg(outcome boolean) (
    SFUNC = score_accum_bool, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_bool, MINVFUNC = score_inv_bool, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = score_final
);
COMMENT ON AGGREGATE score_agg(outcome boolean) IS
'counts outcomes: true is the score 1, false 0';

CREATE AGGREGATE score_agg(score int2, weight float8) (
    SFUNC = score_accum_weighted_int2, STYPE = score_summary, SSPACE = 240, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE score_agg(score int2, weight float8) IS
'counts answers by score and sums their weights; a weight of NULL or 0 leaves the answer out';

CREATE AGGREGATE score_agg(score int4, weight float8) (
    SFUNC = score_accum_weighted_int4, STYPE = score_summary, SSPACE = 240, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE score_agg(score int4, weight float8) IS
'counts answers by score and sums their weights; a weight of NULL or 0 leaves the answer out';

CREATE AGGREGATE score_agg(score float8, weight float8) (
    SFUNC = score_accum_weighted_float8, STYPE = score_summary, SSPACE = 240, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE score_agg(score float8, weight float8) IS
'counts answers by score and sums their weights; a weight of NULL or 0 leaves the answer out';

CREATE AGGREGATE score_agg(outcome boolean, weight float8) (
    SFUNC = score_accum_weighted_bool, STYPE = score_summary, SSPACE = 240, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE score_agg(outcome boolean, weight float8) IS
'counts outcomes and sums their weights: true is the score 1, false 0; a weight of NULL or 0 leaves the outcome out';

CREATE AGGREGATE rollup(summary score_summary) (
    SFUNC = score_combine, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = score_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_combine, MINVFUNC = score_combine_inv, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = score_final
);
COMMENT ON AGGREGATE rollup(summary score_summary) IS
'merges summaries: days to a month, shards to the whole';

CREATE AGGREGATE nps(score int2) (
    SFUNC = score_accum_int2, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = nps_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int2, MINVFUNC = score_inv_int2, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = nps_final
);
COMMENT ON AGGREGATE nps(score int2) IS
'Net Promoter Score of answers on 0..10, -100..100: promoters 9-10 minus detractors 0-6';

CREATE AGGREGATE nps(score int4) (
    SFUNC = score_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = nps_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int4, MINVFUNC = score_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = nps_final
);
COMMENT ON AGGREGATE nps(score int4) IS
'Net Promoter Score of answers on 0..10, -100..100: promoters 9-10 minus detractors 0-6';

CREATE AGGREGATE nps(score float8) (
    SFUNC = score_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = nps_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_float8, MINVFUNC = score_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = nps_final
);
COMMENT ON AGGREGATE nps(score float8) IS
'Net Promoter Score of answers on 0..10, -100..100: promoters 9-10 minus detractors 0-6';

CREATE AGGREGATE csat(score int2) (
    SFUNC = score_accum_int2, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = csat_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int2, MINVFUNC = score_inv_int2, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = csat_final
);
COMMENT ON AGGREGATE csat(score int2) IS
'satisfied respondents (4 and 5 on 1..5) in points, 0..100';

CREATE AGGREGATE csat(score int4) (
    SFUNC = score_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = csat_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int4, MINVFUNC = score_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = csat_final
);
COMMENT ON AGGREGATE csat(score int4) IS
'satisfied respondents (4 and 5 on 1..5) in points, 0..100';

CREATE AGGREGATE csat(score float8) (
    SFUNC = score_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = csat_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_float8, MINVFUNC = score_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = csat_final
);
COMMENT ON AGGREGATE csat(score float8) IS
'satisfied respondents (4 and 5 on 1..5) in points, 0..100';

CREATE AGGREGATE ces(score int2) (
    SFUNC = score_accum_int2, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = ces_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int2, MINVFUNC = score_inv_int2, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = ces_final
);
COMMENT ON AGGREGATE ces(score int2) IS
'mean Customer Effort Score of answers on 1..7';

CREATE AGGREGATE ces(score int4) (
    SFUNC = score_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = ces_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int4, MINVFUNC = score_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = ces_final
);
COMMENT ON AGGREGATE ces(score int4) IS
'mean Customer Effort Score of answers on 1..7';

CREATE AGGREGATE ces(score float8) (
    SFUNC = score_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = ces_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_float8, MINVFUNC = score_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = ces_final
);
COMMENT ON AGGREGATE ces(score float8) IS
'mean Customer Effort Score of answers on 1..7';

CREATE AGGREGATE net_satisfaction(score int2) (
    SFUNC = score_accum_int2, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = net_satisfaction_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int2, MINVFUNC = score_inv_int2, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = net_satisfaction_final
);
COMMENT ON AGGREGATE net_satisfaction(score int2) IS
'satisfied (4 and 5) minus dissatisfied (1 and 2) on 1..5 in points, -100..100';

CREATE AGGREGATE net_satisfaction(score int4) (
    SFUNC = score_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = net_satisfaction_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_int4, MINVFUNC = score_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = net_satisfaction_final
);
COMMENT ON AGGREGATE net_satisfaction(score int4) IS
'satisfied (4 and 5) minus dissatisfied (1 and 2) on 1..5 in points, -100..100';

CREATE AGGREGATE net_satisfaction(score float8) (
    SFUNC = score_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = net_satisfaction_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_float8, MINVFUNC = score_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = net_satisfaction_final
);
COMMENT ON AGGREGATE net_satisfaction(score float8) IS
'satisfied (4 and 5) minus dissatisfied (1 and 2) on 1..5 in points, -100..100';

CREATE AGGREGATE rate(outcome boolean) (
    SFUNC = score_accum_bool, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = rate_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = score_accum_bool, MINVFUNC = score_inv_bool, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = rate_final
);
COMMENT ON AGGREGATE rate(outcome boolean) IS
'share of true among true and false, 0..1: first-contact resolution, conversion, churn, on-time';

CREATE AGGREGATE share_at_least(score int4, threshold int4) (
    SFUNC = share_at_least_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = rate_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = share_at_least_accum_int4, MINVFUNC = share_at_least_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = rate_final
);
COMMENT ON AGGREGATE share_at_least(score int4, threshold int4) IS
'share of answers at or above the threshold, 0..1';

CREATE AGGREGATE share_at_least(score float8, threshold float8) (
    SFUNC = share_at_least_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = rate_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = share_at_least_accum_float8, MINVFUNC = share_at_least_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = rate_final
);
COMMENT ON AGGREGATE share_at_least(score float8, threshold float8) IS
'share of answers at or above the threshold, 0..1';

-- Accessors

CREATE FUNCTION responses(summary score_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'score_summary_responses' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION responses(summary score_summary) IS
'how many answered';

CREATE FUNCTION effective_base(summary score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_effective_base' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION effective_base(summary score_summary) IS
'Kish effective sample size: (sum w)^2 / sum w^2; the number of responses without weights';

CREATE FUNCTION mean(summary score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION mean(summary score_summary) IS
'weighted mean score';

CREATE FUNCTION stddev(summary score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_stddev' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stddev(summary score_summary) IS
'sample standard deviation of the scores; NULL below two answers';

CREATE FUNCTION median(summary score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_median' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION median(summary score_summary) IS
'weighted median score; the mean of the two middle ones for an even count';

CREATE FUNCTION score_count(summary score_summary, score int) RETURNS bigint
AS 'MODULE_PATHNAME', 'score_summary_score_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION score_count(summary score_summary, score int) IS
'how many gave exactly this score';

CREATE FUNCTION rate(summary score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rate(summary score_summary) IS
'share of ones among zeros and ones, 0..1';

CREATE FUNCTION share(summary score_summary, lo int, hi int) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_share' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION share(summary score_summary, lo int, hi int) IS
'share of answers from lo to hi, 0..1';

CREATE FUNCTION top_box(summary score_summary, scale_max int DEFAULT 5, boxes int DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_top_box' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION top_box(summary score_summary, scale_max int, boxes int) IS
'share of answers in the top boxes of the scale, 0..1';

CREATE FUNCTION bottom_box(summary score_summary, scale_min int DEFAULT 1, boxes int DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_bottom_box' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bottom_box(summary score_summary, scale_min int, boxes int) IS
'share of answers in the bottom boxes of the scale, 0..1';

CREATE FUNCTION nps(summary score_summary, detractor_max int DEFAULT 6, promoter_min int DEFAULT 9) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_nps' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nps(summary score_summary, detractor_max int, promoter_min int) IS
'Net Promoter Score, -100..100';

CREATE FUNCTION promoters(summary score_summary, detractor_max int DEFAULT 6, promoter_min int DEFAULT 9) RETURNS bigint
AS 'MODULE_PATHNAME', 'score_summary_promoters' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION promoters(summary score_summary, detractor_max int, promoter_min int) IS
'how many answered promoter_min or more, not weighted; share() weighs';

CREATE FUNCTION passives(summary score_summary, detractor_max int DEFAULT 6, promoter_min int DEFAULT 9) RETURNS bigint
AS 'MODULE_PATHNAME', 'score_summary_passives' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION passives(summary score_summary, detractor_max int, promoter_min int) IS
'how many answered between detractors and promoters, not weighted; share() weighs';

CREATE FUNCTION detractors(summary score_summary, detractor_max int DEFAULT 6, promoter_min int DEFAULT 9) RETURNS bigint
AS 'MODULE_PATHNAME', 'score_summary_detractors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION detractors(summary score_summary, detractor_max int, promoter_min int) IS
'how many answered detractor_max or less, not weighted; share() weighs';

CREATE FUNCTION csat(summary score_summary, scale_max int DEFAULT 5, boxes int DEFAULT 2, scale_min int DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_csat' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csat(summary score_summary, scale_max int, boxes int, scale_min int) IS
'satisfied respondents (top boxes) in points, 0..100';

CREATE FUNCTION net_satisfaction(summary score_summary, scale_max int DEFAULT 5, boxes int DEFAULT 2, scale_min int DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_net_satisfaction' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION net_satisfaction(summary score_summary, scale_max int, boxes int, scale_min int) IS
'top boxes minus bottom boxes in points, -100..100';

CREATE FUNCTION satisfaction_index(summary score_summary, scale_min int, scale_max int) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_satisfaction_index' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION satisfaction_index(summary score_summary, scale_min int, scale_max int) IS
'mean score rescaled to 0..100';

CREATE FUNCTION ces(summary score_summary, scale_max int DEFAULT 7, reversed boolean DEFAULT false) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_ces' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ces(summary score_summary, scale_max int, reversed boolean) IS
'mean Customer Effort Score on 1..scale_max; reversed when 1 is the best answer';

CREATE FUNCTION ces_agree(summary score_summary, scale_max int DEFAULT 7, reversed boolean DEFAULT false) RETURNS float8
AS 'MODULE_PATHNAME', 'score_summary_ces_agree' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ces_agree(summary score_summary, scale_max int, reversed boolean) IS
'respondents above the middle of the scale in points, 0..100: it was easy';

CREATE FUNCTION distribution(summary score_summary)
RETURNS TABLE (score int, responses bigint, share float8)
AS 'MODULE_PATHNAME', 'score_summary_distribution' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 11;
COMMENT ON FUNCTION distribution(summary score_summary) IS
'answers by score, from the lowest to the highest given';

-- Intervals

CREATE FUNCTION nps_ci(summary score_summary, confidence float8 DEFAULT 0.95, method text DEFAULT 'adjusted_wald', detractor_max int DEFAULT 6, promoter_min int DEFAULT 9) RETURNS estimate
AS 'MODULE_PATHNAME', 'score_summary_nps_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION nps_ci(summary score_summary, confidence float8, method text, detractor_max int, promoter_min int) IS
'NPS with its interval; method adjusted_wald, wald, t or aw_uniform';

CREATE FUNCTION csat_ci(summary score_summary, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', scale_max int DEFAULT 5, boxes int DEFAULT 2, scale_min int DEFAULT 1) RETURNS estimate
AS 'MODULE_PATHNAME', 'score_summary_csat_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION csat_ci(summary score_summary, confidence float8, method text, scale_max int, boxes int, scale_min int) IS
'CSAT with its interval; method wilson, agresti_coull, jeffreys, clopper_pearson or wald';

CREATE FUNCTION net_satisfaction_ci(summary score_summary, confidence float8 DEFAULT 0.95, method text DEFAULT 'adjusted_wald', scale_max int DEFAULT 5, boxes int DEFAULT 2, scale_min int DEFAULT 1) RETURNS estimate
AS 'MODULE_PATHNAME', 'score_summary_net_satisfaction_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION net_satisfaction_ci(summary score_summary, confidence float8, method text, scale_max int, boxes int, scale_min int) IS
'net satisfaction with its interval; method adjusted_wald, wald, t or aw_uniform';

CREATE FUNCTION mean_ci(summary score_summary, confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME', 'score_summary_mean_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION mean_ci(summary score_summary, confidence float8) IS
'mean score with its Student t interval';

CREATE FUNCTION rate_ci(summary score_summary, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson') RETURNS estimate
AS 'MODULE_PATHNAME', 'score_summary_rate_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_ci(summary score_summary, confidence float8, method text) IS
'rate with its interval; method wilson, agresti_coull, jeffreys, clopper_pearson or wald';

CREATE FUNCTION share_ci(summary score_summary, lo int, hi int, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson') RETURNS estimate
AS 'MODULE_PATHNAME', 'score_summary_share_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION share_ci(summary score_summary, lo int, hi int, confidence float8, method text) IS
'share of answers from lo to hi with its interval; methods of rate_ci';

CREATE FUNCTION prop_ci(successes bigint, trials bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson') RETURNS estimate
AS 'MODULE_PATHNAME', 'prop_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION prop_ci(successes bigint, trials bigint, confidence float8, method text) IS
'interval of successes / trials; method wilson, agresti_coull, jeffreys, clopper_pearson or wald';

CREATE FUNCTION nps_sample_size(margin float8, confidence float8 DEFAULT 0.95, promoters float8 DEFAULT 0.5, detractors float8 DEFAULT 0.5) RETURNS bigint
AS 'MODULE_PATHNAME', 'nps_sample_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nps_sample_size(margin float8, confidence float8, promoters float8, detractors float8) IS
'answers needed for an NPS interval of plus and minus margin points, by the Wald formula';

CREATE FUNCTION share_sample_size(margin float8, confidence float8 DEFAULT 0.95, share float8 DEFAULT 0.5) RETURNS bigint
AS 'MODULE_PATHNAME', 'share_sample_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION share_sample_size(margin float8, confidence float8, share float8) IS
'answers needed for an interval of plus and minus margin (0..1) around a share, by the Wald formula';
