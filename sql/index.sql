-- index: how customer experience adds up. One index from its dimensions, expectations, and one figure a customer.

CREATE FUNCTION rescale(score float8, scale_min float8, scale_max float8) RETURNS float8
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rescale(score float8, scale_min float8, scale_max float8) IS
'the score on 0..100';

-- The type

CREATE TYPE cx_summary;

CREATE FUNCTION cx_summary_in(cstring) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_in(cstring) IS
'text input of cx_summary';

CREATE FUNCTION cx_summary_out(cx_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'cx_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_out(cx_summary) IS
'text output of cx_summary';

CREATE FUNCTION cx_summary_recv(internal) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_summary_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_recv(internal) IS
'binary input of cx_summary';

CREATE FUNCTION cx_summary_send(cx_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'cx_summary_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_send(cx_summary) IS
'binary output of cx_summary';

CREATE TYPE cx_summary (
    INPUT = cx_summary_in,
    OUTPUT = cx_summary_out,
    RECEIVE = cx_summary_recv,
    SEND = cx_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE cx_summary IS
'answers on the dimensions of customer experience, one scale and histogram a dimension; from respondents also how the dimensions go together; merges by rollup()';

CREATE CAST (cx_summary AS jsonb) WITH INOUT;
COMMENT ON CAST (cx_summary AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS cx_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS cx_summary) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION cx_summary_eq(cx_summary, cx_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_eq(cx_summary, cx_summary) IS
'implementation of = operator';

CREATE FUNCTION cx_summary_ne(cx_summary, cx_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_ne(cx_summary, cx_summary) IS
'implementation of <> operator';

CREATE FUNCTION cx_summary_lt(cx_summary, cx_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_lt(cx_summary, cx_summary) IS
'implementation of < operator';

CREATE FUNCTION cx_summary_le(cx_summary, cx_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_le(cx_summary, cx_summary) IS
'implementation of <= operator';

CREATE FUNCTION cx_summary_gt(cx_summary, cx_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_gt(cx_summary, cx_summary) IS
'implementation of > operator';

CREATE FUNCTION cx_summary_ge(cx_summary, cx_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_ge(cx_summary, cx_summary) IS
'implementation of >= operator';

CREATE FUNCTION cx_summary_cmp(cx_summary, cx_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_cmp(cx_summary, cx_summary) IS
'less-equal-greater, for btree';

CREATE FUNCTION cx_summary_hash(cx_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_hash(cx_summary) IS
'hash';

CREATE FUNCTION cx_summary_hash_extended(cx_summary, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_summary_hash_extended(cx_summary, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = cx_summary, RIGHTARG = cx_summary, FUNCTION = cx_summary_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (cx_summary, cx_summary) IS 'the same answers';

CREATE OPERATOR <> (
    LEFTARG = cx_summary, RIGHTARG = cx_summary, FUNCTION = cx_summary_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (cx_summary, cx_summary) IS 'other answers';

CREATE OPERATOR < (
    LEFTARG = cx_summary, RIGHTARG = cx_summary, FUNCTION = cx_summary_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (cx_summary, cx_summary) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = cx_summary, RIGHTARG = cx_summary, FUNCTION = cx_summary_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (cx_summary, cx_summary) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = cx_summary, RIGHTARG = cx_summary, FUNCTION = cx_summary_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (cx_summary, cx_summary) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = cx_summary, RIGHTARG = cx_summary, FUNCTION = cx_summary_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (cx_summary, cx_summary) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS cx_summary_ops DEFAULT FOR TYPE cx_summary USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 cx_summary_cmp(cx_summary, cx_summary);
COMMENT ON OPERATOR CLASS cx_summary_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS cx_summary_ops DEFAULT FOR TYPE cx_summary USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 cx_summary_hash(cx_summary),
    FUNCTION 2 cx_summary_hash_extended(cx_summary, bigint);
COMMENT ON OPERATOR CLASS cx_summary_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- Transition, inverse and final functions

CREATE FUNCTION cx_accum_wide(cx_summary, text[], int[], int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_accum_wide' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_accum_wide(cx_summary, text[], int[], int, int) IS
'transition function: adds one respondent';

CREATE FUNCTION cx_inv_wide(cx_summary, text[], int[], int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_inv_wide' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_inv_wide(cx_summary, text[], int[], int, int) IS
'inverse transition function: takes one respondent away';

CREATE FUNCTION cx_accum_wide(cx_summary, text[], int[], int, int, float8) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_accum_wide' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_accum_wide(cx_summary, text[], int[], int, int, float8) IS
'transition function: adds one respondent with a weight';

CREATE FUNCTION cx_accum_int4(cx_summary, text, int4, int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_accum_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_accum_int4(cx_summary, text, int4, int, int) IS
'transition function: adds one answer';

CREATE FUNCTION cx_inv_int4(cx_summary, text, int4, int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_inv_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_inv_int4(cx_summary, text, int4, int, int) IS
'inverse transition function: takes one answer away';

CREATE FUNCTION cx_accum_int4(cx_summary, text, int4, int, int, float8) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_accum_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_accum_int4(cx_summary, text, int4, int, int, float8) IS
'transition function: adds one answer with its weight';

CREATE FUNCTION cx_accum_float8(cx_summary, text, float8, int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_accum_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_accum_float8(cx_summary, text, float8, int, int) IS
'transition function: adds one answer';

CREATE FUNCTION cx_inv_float8(cx_summary, text, float8, int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_inv_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_inv_float8(cx_summary, text, float8, int, int) IS
'inverse transition function: takes one answer away';

CREATE FUNCTION cx_accum_float8(cx_summary, text, float8, int, int, float8) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_accum_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_accum_float8(cx_summary, text, float8, int, int, float8) IS
'transition function: adds one answer with its weight';

CREATE FUNCTION cx_accum_index(cx_summary, int, int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_accum_index' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_accum_index(cx_summary, int, int, int) IS
'transition function: adds one respondent on 1..5';

CREATE FUNCTION cx_inv_index(cx_summary, int, int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_inv_index' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_inv_index(cx_summary, int, int, int) IS
'inverse transition function: takes one respondent on 1..5 away';

CREATE FUNCTION cx_accum_index(cx_summary, int, int, int, int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_accum_index' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_accum_index(cx_summary, int, int, int, int, int) IS
'transition function: adds one respondent on the given scale';

CREATE FUNCTION cx_inv_index(cx_summary, int, int, int, int, int) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_inv_index' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_inv_index(cx_summary, int, int, int, int, int) IS
'inverse transition function: takes one respondent on the given scale away';

CREATE FUNCTION cx_combine(cx_summary, cx_summary) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_combine(cx_summary, cx_summary) IS
'combine function, and transition function of rollup';

CREATE FUNCTION cx_combine_inv(cx_summary, cx_summary) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_combine_inv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_combine_inv(cx_summary, cx_summary) IS
'inverse of cx_combine; NULL with weights';

CREATE FUNCTION cx_final(cx_summary) RETURNS cx_summary
AS 'MODULE_PATHNAME', 'cx_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_final(cx_summary) IS
'final function; NULL without an answer';

CREATE FUNCTION cx_index_final(cx_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_index_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx_index_final(cx_summary) IS
'final function; NULL without an answer';

CREATE FUNCTION gap_accum_int4(score_summary, int4, int4) RETURNS score_summary
AS 'MODULE_PATHNAME', 'gap_accum_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gap_accum_int4(score_summary, int4, int4) IS
'transition function: adds one gap, perceived minus expected';

CREATE FUNCTION gap_inv_int4(score_summary, int4, int4) RETURNS score_summary
AS 'MODULE_PATHNAME', 'gap_inv_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gap_inv_int4(score_summary, int4, int4) IS
'inverse transition function: takes one gap, perceived minus expected away';

CREATE FUNCTION wow_accum_int4(score_summary, int4, int4, int4) RETURNS score_summary
AS 'MODULE_PATHNAME', 'wow_accum_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wow_accum_int4(score_summary, int4, int4, int4) IS
'transition function: adds whether one gap reaches the threshold';

CREATE FUNCTION wow_inv_int4(score_summary, int4, int4, int4) RETURNS score_summary
AS 'MODULE_PATHNAME', 'wow_inv_int4' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wow_inv_int4(score_summary, int4, int4, int4) IS
'inverse transition function: takes whether one gap reaches the threshold away';

CREATE FUNCTION gap_accum_float8(score_summary, float8, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'gap_accum_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gap_accum_float8(score_summary, float8, float8) IS
'transition function: adds one gap, perceived minus expected';

CREATE FUNCTION gap_inv_float8(score_summary, float8, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'gap_inv_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gap_inv_float8(score_summary, float8, float8) IS
'inverse transition function: takes one gap, perceived minus expected away';

CREATE FUNCTION wow_accum_float8(score_summary, float8, float8, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'wow_accum_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wow_accum_float8(score_summary, float8, float8, float8) IS
'transition function: adds whether one gap reaches the threshold';

CREATE FUNCTION wow_inv_float8(score_summary, float8, float8, float8) RETURNS score_summary
AS 'MODULE_PATHNAME', 'wow_inv_float8' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wow_inv_float8(score_summary, float8, float8, float8) IS
'inverse transition function: takes whether one gap reaches the threshold away';

CREATE FUNCTION expectation_gap_final(score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'expectation_gap_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION expectation_gap_final(score_summary) IS
'final function; NULL without a row';

CREATE FUNCTION wow_rate_final(score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'wow_rate_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION wow_rate_final(score_summary) IS
'final function; NULL without a row';

CREATE FUNCTION customer_score_accum(float8[], float8, timestamptz, timestamptz, interval) RETURNS float8[]
AS 'MODULE_PATHNAME', 'customer_score_accum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_score_accum(float8[], float8, timestamptz, timestamptz, interval) IS
'transition function of customer_score';

CREATE FUNCTION customer_score_combine(float8[], float8[]) RETURNS float8[]
AS 'MODULE_PATHNAME', 'customer_score_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_score_combine(float8[], float8[]) IS
'combine function of customer_score';

CREATE FUNCTION customer_score_final(float8[]) RETURNS float8
AS 'MODULE_PATHNAME', 'customer_score_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_score_final(float8[]) IS
'final function of customer_score; NULL without a score';

CREATE FUNCTION peak_end_accum(float8[], float8, timestamptz) RETURNS float8[]
AS 'MODULE_PATHNAME', 'peak_end_accum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION peak_end_accum(float8[], float8, timestamptz) IS
'transition function of peak_end';

CREATE FUNCTION peak_end_combine(float8[], float8[]) RETURNS float8[]
AS 'MODULE_PATHNAME', 'peak_end_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION peak_end_combine(float8[], float8[]) IS
'combine function of peak_end';

CREATE FUNCTION peak_end_final(float8[]) RETURNS float8
AS 'MODULE_PATHNAME', 'peak_end_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION peak_end_final(float8[]) IS
'final function of peak_end; NULL without a score';

-- Aggregates over answers

CREATE AGGREGATE cx_agg(dimensions text[], scores int[], scale_min int, scale_max int) (
    SFUNC = cx_accum_wide, STYPE = cx_summary, SSPACE = 256, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE,
    MSFUNC = cx_accum_wide, MINVFUNC = cx_inv_wide, MSTYPE = cx_summary, MSSPACE = 256,
    MINITCOND = '{"dimensions": []}', MFINALFUNC = cx_final
);
COMMENT ON AGGREGATE cx_agg(dimensions text[], scores int[], scale_min int, scale_max int) IS
'one row a respondent: counts the scores of the dimensions, and how they go together; a NULL score was not answered';

CREATE AGGREGATE cx_agg(dimensions text[], scores int[], scale_min int, scale_max int, weight float8) (
    SFUNC = cx_accum_wide, STYPE = cx_summary, SSPACE = 256, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx_agg(dimensions text[], scores int[], scale_min int, scale_max int, weight float8) IS
'one row a respondent with a weight, such as the importance of the moment; a weight of NULL or 0 leaves the row out';

CREATE AGGREGATE cx_agg(dimension text, score int4, scale_min int, scale_max int) (
    SFUNC = cx_accum_int4, STYPE = cx_summary, SSPACE = 128, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE,
    MSFUNC = cx_accum_int4, MINVFUNC = cx_inv_int4, MSTYPE = cx_summary, MSSPACE = 128,
    MINITCOND = '{"dimensions": []}', MFINALFUNC = cx_final
);
COMMENT ON AGGREGATE cx_agg(dimension text, score int4, scale_min int, scale_max int) IS
'one row an answer: counts the scores of the dimensions';

CREATE AGGREGATE cx_agg(dimension text, score int4, scale_min int, scale_max int, weight float8) (
    SFUNC = cx_accum_int4, STYPE = cx_summary, SSPACE = 256, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx_agg(dimension text, score int4, scale_min int, scale_max int, weight float8) IS
'one row an answer with a weight; a weight of NULL or 0 leaves the row out';

CREATE AGGREGATE cx_agg(dimension text, score float8, scale_min int, scale_max int) (
    SFUNC = cx_accum_float8, STYPE = cx_summary, SSPACE = 128, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE,
    MSFUNC = cx_accum_float8, MINVFUNC = cx_inv_float8, MSTYPE = cx_summary, MSSPACE = 128,
    MINITCOND = '{"dimensions": []}', MFINALFUNC = cx_final
);
COMMENT ON AGGREGATE cx_agg(dimension text, score float8, scale_min int, scale_max int) IS
'one row an answer: counts the scores of the dimensions';

CREATE AGGREGATE cx_agg(dimension text, score float8, scale_min int, scale_max int, weight float8) (
    SFUNC = cx_accum_float8, STYPE = cx_summary, SSPACE = 256, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx_agg(dimension text, score float8, scale_min int, scale_max int, weight float8) IS
'one row an answer with a weight; a weight of NULL or 0 leaves the row out';

CREATE AGGREGATE rollup(summary cx_summary) (
    SFUNC = cx_combine, STYPE = cx_summary, SSPACE = 256, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE,
    MSFUNC = cx_combine, MINVFUNC = cx_combine_inv, MSTYPE = cx_summary, MSSPACE = 256,
    MINITCOND = '{"dimensions": []}', MFINALFUNC = cx_final
);
COMMENT ON AGGREGATE rollup(summary cx_summary) IS
'merges summaries: days to a month, shards to the whole';

CREATE AGGREGATE cx_index(function int, ease int, emotion int) (
    SFUNC = cx_accum_index, STYPE = cx_summary, SSPACE = 256, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_index_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE,
    MSFUNC = cx_accum_index, MINVFUNC = cx_inv_index, MSTYPE = cx_summary, MSSPACE = 256,
    MINITCOND = '{"dimensions": []}', MFINALFUNC = cx_index_final
);
COMMENT ON AGGREGATE cx_index(function int, ease int, emotion int) IS
'CX index of complete rows on 1..5: the mean of the three rescaled means, 0..100';

CREATE AGGREGATE cx_index(function int, ease int, emotion int, scale_min int, scale_max int) (
    SFUNC = cx_accum_index, STYPE = cx_summary, SSPACE = 256, INITCOND = '{"dimensions": []}',
    FINALFUNC = cx_index_final, COMBINEFUNC = cx_combine, PARALLEL = SAFE,
    MSFUNC = cx_accum_index, MINVFUNC = cx_inv_index, MSTYPE = cx_summary, MSSPACE = 256,
    MINITCOND = '{"dimensions": []}', MFINALFUNC = cx_index_final
);
COMMENT ON AGGREGATE cx_index(function int, ease int, emotion int, scale_min int, scale_max int) IS
'CX index of complete rows on the given scale, 0..100';

CREATE AGGREGATE expectation_gap(expected int4, perceived int4) (
    SFUNC = gap_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = expectation_gap_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = gap_accum_int4, MINVFUNC = gap_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = expectation_gap_final
);
COMMENT ON AGGREGATE expectation_gap(expected int4, perceived int4) IS
'mean of perceived minus expected, in scores';

CREATE AGGREGATE wow_rate(expected int4, perceived int4) (
    SFUNC = gap_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = wow_rate_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = gap_accum_int4, MINVFUNC = gap_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = wow_rate_final
);
COMMENT ON AGGREGATE wow_rate(expected int4, perceived int4) IS
'share of experiences above what was expected, 0..1';

CREATE AGGREGATE wow_rate(expected int4, perceived int4, threshold int4) (
    SFUNC = wow_accum_int4, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = wow_rate_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = wow_accum_int4, MINVFUNC = wow_inv_int4, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = wow_rate_final
);
COMMENT ON AGGREGATE wow_rate(expected int4, perceived int4, threshold int4) IS
'share of experiences at least threshold above what was expected, 0..1';

CREATE AGGREGATE expectation_gap(expected float8, perceived float8) (
    SFUNC = gap_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = expectation_gap_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = gap_accum_float8, MINVFUNC = gap_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = expectation_gap_final
);
COMMENT ON AGGREGATE expectation_gap(expected float8, perceived float8) IS
'mean of perceived minus expected, in scores';

CREATE AGGREGATE wow_rate(expected float8, perceived float8) (
    SFUNC = gap_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = wow_rate_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = gap_accum_float8, MINVFUNC = gap_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = wow_rate_final
);
COMMENT ON AGGREGATE wow_rate(expected float8, perceived float8) IS
'share of experiences above what was expected, 0..1';

CREATE AGGREGATE wow_rate(expected float8, perceived float8, threshold float8) (
    SFUNC = wow_accum_float8, STYPE = score_summary, SSPACE = 64, INITCOND = '{"counts": {}}',
    FINALFUNC = wow_rate_final, COMBINEFUNC = score_combine, PARALLEL = SAFE,
    MSFUNC = wow_accum_float8, MINVFUNC = wow_inv_float8, MSTYPE = score_summary, MSSPACE = 64,
    MINITCOND = '{"counts": {}}', MFINALFUNC = wow_rate_final
);
COMMENT ON AGGREGATE wow_rate(expected float8, perceived float8, threshold float8) IS
'share of experiences at least threshold above what was expected, 0..1';

CREATE AGGREGATE customer_score(score float8, at timestamptz, as_of timestamptz, half_life interval) (
    SFUNC = customer_score_accum, STYPE = float8[], SSPACE = 64, INITCOND = '{0,0,0,0,0}',
    FINALFUNC = customer_score_final, COMBINEFUNC = customer_score_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE customer_score(score float8, at timestamptz, as_of timestamptz, half_life interval) IS
'mean score in which a score of one half-life ago counts half; rows after as_of are left out';

CREATE AGGREGATE peak_end(score float8, at timestamptz) (
    SFUNC = peak_end_accum, STYPE = float8[], SSPACE = 88, INITCOND = '{0,0,0,0,0,0,0,0}',
    FINALFUNC = peak_end_final, COMBINEFUNC = peak_end_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE peak_end(score float8, at timestamptz) IS
'mean of the most extreme score and the last one: how the experience is remembered';

-- Accessors

CREATE FUNCTION cx_index(summary cx_summary, weights jsonb DEFAULT NULL, method text DEFAULT 'mean', missing text DEFAULT 'renormalize') RETURNS float8
AS 'MODULE_PATHNAME', 'cx_summary_index' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx_index(summary cx_summary, weights jsonb, method text, missing text) IS
'CX index: method mean, geometric and min 0..100, net -100..100; a dimension that has a weight and no answer is renormalized away or makes NULL';

CREATE FUNCTION cx_index_ci(summary cx_summary, weights jsonb DEFAULT NULL, method text DEFAULT 'mean', confidence float8 DEFAULT 0.95, correlation float8 DEFAULT 1) RETURNS estimate
AS 'MODULE_PATHNAME', 'cx_summary_index_ci' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx_index_ci(summary cx_summary, weights jsonb, method text, confidence float8, correlation float8) IS
'CX index with its Student t interval; correlation is what a long-form summary assumes between dimensions, 1 is never too narrow';

CREATE FUNCTION cx_coverage(summary cx_summary, weights jsonb DEFAULT NULL) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_summary_coverage' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx_coverage(summary cx_summary, weights jsonb) IS
'share of the dimension weights that has answers, 0..1';

CREATE FUNCTION cx_dimensions(summary cx_summary, weights jsonb DEFAULT NULL, confidence float8 DEFAULT 0.95)
RETURNS TABLE (dimension text, responses bigint, value float8, lo float8, hi float8, weight float8, contribution float8)
AS 'MODULE_PATHNAME', 'cx_summary_dimensions' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 3;
COMMENT ON FUNCTION cx_dimensions(summary cx_summary, weights jsonb, confidence float8) IS
'each dimension with its rescaled mean 0..100, interval, share of the index and contribution to it';

-- Drivers: what moves an outcome, how alike channels are, and what a feature is to customers

-- The type

CREATE TYPE covariance_summary;

CREATE FUNCTION covariance_summary_in(cstring) RETURNS covariance_summary
AS 'MODULE_PATHNAME', 'covariance_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_in(cstring) IS
'text input of covariance_summary';

CREATE FUNCTION covariance_summary_out(covariance_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'covariance_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_out(covariance_summary) IS
'text output of covariance_summary';

CREATE FUNCTION covariance_summary_recv(internal) RETURNS covariance_summary
AS 'MODULE_PATHNAME', 'covariance_summary_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_recv(internal) IS
'binary input of covariance_summary';

CREATE FUNCTION covariance_summary_send(covariance_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'covariance_summary_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_send(covariance_summary) IS
'binary output of covariance_summary';

CREATE TYPE covariance_summary (
    INPUT = covariance_summary_in,
    OUTPUT = covariance_summary_out,
    RECEIVE = covariance_summary_recv,
    SEND = covariance_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE covariance_summary IS
'how an outcome and its covariates vary: observations, means and centred cross-products; merges by rollup()';

CREATE CAST (covariance_summary AS jsonb) WITH INOUT;
COMMENT ON CAST (covariance_summary AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS covariance_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS covariance_summary) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION covariance_summary_eq(covariance_summary, covariance_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_eq(covariance_summary, covariance_summary) IS
'implementation of = operator';

CREATE FUNCTION covariance_summary_ne(covariance_summary, covariance_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_ne(covariance_summary, covariance_summary) IS
'implementation of <> operator';

CREATE FUNCTION covariance_summary_lt(covariance_summary, covariance_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_lt(covariance_summary, covariance_summary) IS
'implementation of < operator';

CREATE FUNCTION covariance_summary_le(covariance_summary, covariance_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_le(covariance_summary, covariance_summary) IS
'implementation of <= operator';

CREATE FUNCTION covariance_summary_gt(covariance_summary, covariance_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_gt(covariance_summary, covariance_summary) IS
'implementation of > operator';

CREATE FUNCTION covariance_summary_ge(covariance_summary, covariance_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_ge(covariance_summary, covariance_summary) IS
'implementation of >= operator';

CREATE FUNCTION covariance_summary_cmp(covariance_summary, covariance_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_cmp(covariance_summary, covariance_summary) IS
'less-equal-greater, for btree';

CREATE FUNCTION covariance_summary_hash(covariance_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_hash(covariance_summary) IS
'hash';

CREATE FUNCTION covariance_summary_hash_extended(covariance_summary, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_summary_hash_extended(covariance_summary, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = covariance_summary, RIGHTARG = covariance_summary, FUNCTION = covariance_summary_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (covariance_summary, covariance_summary) IS 'the same numbers';

CREATE OPERATOR <> (
    LEFTARG = covariance_summary, RIGHTARG = covariance_summary, FUNCTION = covariance_summary_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (covariance_summary, covariance_summary) IS 'other numbers';

CREATE OPERATOR < (
    LEFTARG = covariance_summary, RIGHTARG = covariance_summary, FUNCTION = covariance_summary_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (covariance_summary, covariance_summary) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = covariance_summary, RIGHTARG = covariance_summary, FUNCTION = covariance_summary_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (covariance_summary, covariance_summary) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = covariance_summary, RIGHTARG = covariance_summary, FUNCTION = covariance_summary_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (covariance_summary, covariance_summary) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = covariance_summary, RIGHTARG = covariance_summary, FUNCTION = covariance_summary_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (covariance_summary, covariance_summary) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS covariance_summary_ops DEFAULT FOR TYPE covariance_summary USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 covariance_summary_cmp(covariance_summary, covariance_summary);
COMMENT ON OPERATOR CLASS covariance_summary_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS covariance_summary_ops DEFAULT FOR TYPE covariance_summary USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 covariance_summary_hash(covariance_summary),
    FUNCTION 2 covariance_summary_hash_extended(covariance_summary, bigint);
COMMENT ON OPERATOR CLASS covariance_summary_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- Transition and final functions

CREATE FUNCTION covariance_accum(covariance_summary, float8) RETURNS covariance_summary
AS 'MODULE_PATHNAME', 'covariance_accum_outcome' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION covariance_accum(covariance_summary, float8) IS
'transition function: adds one outcome';

CREATE FUNCTION covariance_accum(covariance_summary, float8, float8[]) RETURNS covariance_summary
AS 'MODULE_PATHNAME', 'covariance_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION covariance_accum(covariance_summary, float8, float8[]) IS
'transition function: adds one outcome with its covariates';

CREATE FUNCTION covariance_combine(covariance_summary, covariance_summary) RETURNS covariance_summary
AS 'MODULE_PATHNAME', 'covariance_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION covariance_combine(covariance_summary, covariance_summary) IS
'combine function: adds another summary';

CREATE FUNCTION covariance_final(covariance_summary) RETURNS covariance_summary
AS 'MODULE_PATHNAME', 'covariance_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION covariance_final(covariance_summary) IS
'final function: the summary, its numbers checked';

-- Aggregates

CREATE AGGREGATE covariance_agg(outcome float8) (
    SFUNC = covariance_accum, STYPE = covariance_summary, SSPACE = 64,
    FINALFUNC = covariance_final, COMBINEFUNC = covariance_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE covariance_agg(outcome float8) IS
'mean and variance of an outcome, to be merged; equal to 1e-12 relative in any order';

CREATE AGGREGATE covariance_agg(outcome float8, VARIADIC covariates float8[]) (
    SFUNC = covariance_accum, STYPE = covariance_summary, SSPACE = 640,
    FINALFUNC = covariance_final, COMBINEFUNC = covariance_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE covariance_agg(outcome float8, VARIADIC covariates float8[]) IS
'how an outcome and up to 63 covariates vary together, to be merged; a row with a NULL is left out; equal to 1e-12 relative in any order';

CREATE AGGREGATE rollup(summary covariance_summary) (
    SFUNC = covariance_combine, STYPE = covariance_summary, SSPACE = 640,
    FINALFUNC = covariance_final, COMBINEFUNC = covariance_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(summary covariance_summary) IS
'merges summaries: days to a month, shards to the whole';

-- Accessors

CREATE FUNCTION observations(summary covariance_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'covariance_summary_observations' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION observations(summary covariance_summary) IS
'rows without a NULL';

CREATE FUNCTION outcome_mean(summary covariance_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'covariance_summary_outcome_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION outcome_mean(summary covariance_summary) IS
'mean of the outcome';

CREATE FUNCTION outcome_stddev(summary covariance_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'covariance_summary_outcome_stddev' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION outcome_stddev(summary covariance_summary) IS
'sample standard deviation of the outcome; NULL of one row';

CREATE FUNCTION outcome_ci(summary covariance_summary, confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME', 'covariance_summary_outcome_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION outcome_ci(summary covariance_summary, confidence float8) IS
'mean of the outcome with Student''s t interval';

CREATE FUNCTION r_squared(summary covariance_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'covariance_summary_r_squared' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION r_squared(summary covariance_summary) IS
'how much of the variance of the outcome the covariates explain, 0..1; NULL with too few rows, collinear covariates or nothing that varies';

CREATE FUNCTION drivers(summary covariance_summary, names text[], method text DEFAULT 'relative_weights')
RETURNS TABLE (driver text, mean float8, correlation float8, beta float8, importance float8, share float8, direction int, quadrant text, note text)
AS 'MODULE_PATHNAME', 'covariance_summary_drivers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION drivers(summary covariance_summary, names text[], method text) IS
'each covariate as a driver of the outcome: importance is its part of R squared (relative_weights or shapley), with what is to be done about it';

CREATE FUNCTION drivers(summary covariance_summary, names text[], groups text[], method text DEFAULT 'relative_weights')
RETURNS TABLE (driver text, mean float8, correlation float8, beta float8, importance float8, share float8, direction int, quadrant text, note text)
AS 'MODULE_PATHNAME', 'covariance_summary_grouped_drivers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 5;
COMMENT ON FUNCTION drivers(summary covariance_summary, names text[], groups text[], method text) IS
'groups of covariates as drivers of the outcome: weights added up, or each group as one player of shapley';

CREATE FUNCTION drivers_jackknife(summaries covariance_summary[], names text[], method text DEFAULT 'relative_weights', confidence float8 DEFAULT 0.95)
RETURNS TABLE (driver text, importance float8, lo float8, hi float8, share float8, note text)
AS 'MODULE_PATHNAME', 'covariance_summary_drivers_jackknife' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 10;
COMMENT ON FUNCTION drivers_jackknife(summaries covariance_summary[], names text[], method text, confidence float8) IS
'importance over all blocks, with an interval from leaving out one block at a time; blocks of like size, twenty or more';

CREATE FUNCTION consistency(summaries score_summary[], metric text DEFAULT 'mean',
    OUT groups int, OUT q float8, OUT df int, OUT p_value float8, OUT i_squared float8, OUT lowest float8, OUT highest float8, OUT spread float8, OUT left_out int)
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION consistency(summaries score_summary[], metric text) IS
'are groups such as channels alike? Cochran''s Q, the share of it that chance does not explain, and the spread; metric mean, nps, csat or net_satisfaction';

CREATE FUNCTION kano_category(functional int, dysfunctional int) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION kano_category(functional int, dysfunctional int) IS
'Kano category (A, O, M, I, R, Q) of the answers with and without the feature: 1 like, 2 expect, 3 neutral, 4 tolerate, 5 dislike';
