-- value: what customers are worth. Survival, purchase histories, models of purchases and spend, cohorts.

-- Survival: durations that may still be open

-- The type survival_summary

CREATE TYPE survival_summary;

CREATE FUNCTION survival_summary_in(cstring) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_in(cstring) IS
'text input of survival_summary';

CREATE FUNCTION survival_summary_out(survival_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'survival_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_out(survival_summary) IS
'text output of survival_summary';

CREATE FUNCTION survival_summary_recv(internal) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_summary_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_recv(internal) IS
'binary input of survival_summary';

CREATE FUNCTION survival_summary_send(survival_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'survival_summary_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_send(survival_summary) IS
'binary output of survival_summary';

CREATE TYPE survival_summary (
    INPUT = survival_summary_in,
    OUTPUT = survival_summary_out,
    RECEIVE = survival_summary_recv,
    SEND = survival_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE survival_summary IS
'counted durations, some until an event and some censored: how many there are of each; merges by rollup()';

CREATE CAST (survival_summary AS jsonb) WITH INOUT;
COMMENT ON CAST (survival_summary AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS survival_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS survival_summary) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION survival_summary_eq(survival_summary, survival_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_eq(survival_summary, survival_summary) IS
'implementation of = operator';

CREATE FUNCTION survival_summary_ne(survival_summary, survival_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_ne(survival_summary, survival_summary) IS
'implementation of <> operator';

CREATE FUNCTION survival_summary_lt(survival_summary, survival_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_lt(survival_summary, survival_summary) IS
'implementation of < operator';

CREATE FUNCTION survival_summary_le(survival_summary, survival_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_le(survival_summary, survival_summary) IS
'implementation of <= operator';

CREATE FUNCTION survival_summary_gt(survival_summary, survival_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_gt(survival_summary, survival_summary) IS
'implementation of > operator';

CREATE FUNCTION survival_summary_ge(survival_summary, survival_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_ge(survival_summary, survival_summary) IS
'implementation of >= operator';

CREATE FUNCTION survival_summary_cmp(survival_summary, survival_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_cmp(survival_summary, survival_summary) IS
'less-equal-greater, for btree';

CREATE FUNCTION survival_summary_hash(survival_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_hash(survival_summary) IS
'hash';

CREATE FUNCTION survival_summary_hash_extended(survival_summary, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_hash_extended(survival_summary, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (survival_summary, survival_summary) IS 'the same durations';

CREATE OPERATOR <> (
    LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (survival_summary, survival_summary) IS 'other durations';

CREATE OPERATOR < (
    LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (survival_summary, survival_summary) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (survival_summary, survival_summary) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (survival_summary, survival_summary) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (survival_summary, survival_summary) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS survival_summary_ops DEFAULT FOR TYPE survival_summary USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 survival_summary_cmp(survival_summary, survival_summary);
COMMENT ON OPERATOR CLASS survival_summary_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS survival_summary_ops DEFAULT FOR TYPE survival_summary USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 survival_summary_hash(survival_summary),
    FUNCTION 2 survival_summary_hash_extended(survival_summary, bigint);
COMMENT ON OPERATOR CLASS survival_summary_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- Transition, inverse and final functions

CREATE FUNCTION survival_accum(survival_summary, float8, boolean) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_accum_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_accum(survival_summary, float8, boolean) IS
'transition function: adds one duration';

CREATE FUNCTION survival_accum_inv(survival_summary, float8, boolean) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_inv_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_accum_inv(survival_summary, float8, boolean) IS
'inverse transition function: takes one duration away';

CREATE FUNCTION survival_accum(survival_summary, interval, boolean) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_accum_interval' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_accum(survival_summary, interval, boolean) IS
'transition function: adds one duration';

CREATE FUNCTION survival_accum_inv(survival_summary, interval, boolean) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_inv_interval' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_accum_inv(survival_summary, interval, boolean) IS
'inverse transition function: takes one duration away';

CREATE FUNCTION survival_combine(survival_summary, survival_summary) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_combine(survival_summary, survival_summary) IS
'combine function; transition function of rollup';

CREATE FUNCTION survival_combine_inv(survival_summary, survival_summary) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_combine_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_combine_inv(survival_summary, survival_summary) IS
'inverse transition function of rollup';

CREATE FUNCTION survival_final(survival_summary) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'survival_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_final(survival_summary) IS
'final function: the state sorted, without its room; NULL without a row';

-- Aggregates

CREATE AGGREGATE survival_agg(duration float8, observed boolean) (
    SFUNC = survival_accum, STYPE = survival_summary, SSPACE = 1024,
    FINALFUNC = survival_final, COMBINEFUNC = survival_combine, PARALLEL = SAFE,
    MSFUNC = survival_accum, MINVFUNC = survival_accum_inv, MSTYPE = survival_summary, MSSPACE = 1024,
    MFINALFUNC = survival_final
);
COMMENT ON AGGREGATE survival_agg(duration float8, observed boolean) IS
'summarises durations in any unit; observed: the event happened at that duration, false: still open then';

CREATE AGGREGATE survival_agg(duration interval, observed boolean) (
    SFUNC = survival_accum, STYPE = survival_summary, SSPACE = 1024,
    FINALFUNC = survival_final, COMBINEFUNC = survival_combine, PARALLEL = SAFE,
    MSFUNC = survival_accum, MINVFUNC = survival_accum_inv, MSTYPE = survival_summary, MSSPACE = 1024,
    MFINALFUNC = survival_final
);
COMMENT ON AGGREGATE survival_agg(duration interval, observed boolean) IS
'summarises durations as seconds; observed: the event happened at that duration, false: still open then';

CREATE AGGREGATE rollup(summary survival_summary) (
    SFUNC = survival_combine, STYPE = survival_summary, SSPACE = 1024,
    FINALFUNC = survival_final, COMBINEFUNC = survival_combine, PARALLEL = SAFE,
    MSFUNC = survival_combine, MINVFUNC = survival_combine_inv, MSTYPE = survival_summary, MSSPACE = 1024,
    MFINALFUNC = survival_final
);
COMMENT ON AGGREGATE rollup(summary survival_summary) IS
'merges summaries: days to a month, shards to the whole';

-- Accessors

CREATE FUNCTION survival_at(summary survival_summary, duration float8)
RETURNS float8
AS 'MODULE_PATHNAME', 'survival_summary_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION survival_at(summary survival_summary, duration float8) IS
'Kaplan-Meier: the share that lasts longer than the duration; NULL beyond the last one seen unless nobody is left';

CREATE FUNCTION survival_ci(summary survival_summary, duration float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'log-log')
RETURNS estimate
AS 'MODULE_PATHNAME', 'survival_summary_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION survival_ci(summary survival_summary, duration float8, confidence float8, method text) IS
'survival_at with its interval by Greenwood; method log-log, log or plain';

CREATE FUNCTION median_survival(summary survival_summary)
RETURNS float8
AS 'MODULE_PATHNAME', 'survival_summary_median' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION median_survival(summary survival_summary) IS
'the first duration by which half had the event; NULL when that is not reached';

CREATE FUNCTION survival_quantile(summary survival_summary, p float8)
RETURNS float8
AS 'MODULE_PATHNAME', 'survival_summary_quantile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION survival_quantile(summary survival_summary, p float8) IS
'the first duration by which the share p had the event; NULL when that is not reached';

CREATE FUNCTION restricted_mean(summary survival_summary, until float8)
RETURNS float8
AS 'MODULE_PATHNAME', 'survival_summary_restricted_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION restricted_mean(summary survival_summary, until float8) IS
'the mean duration, none counted longer than until: the area under the survival curve; NULL beyond the last duration seen unless nobody is left';

CREATE FUNCTION survival_curve(summary survival_summary, confidence float8 DEFAULT 0.95, method text DEFAULT 'log-log')
RETURNS TABLE (duration float8, at_risk bigint, events bigint, censored bigint, survival float8, lo float8, hi float8, cumulative_hazard float8)
AS 'MODULE_PATHNAME', 'survival_summary_curve' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION survival_curve(summary survival_summary, confidence float8, method text) IS
'each distinct duration: how many lasted so long, events and censorings there, Kaplan-Meier survival from there on with its interval, and the Nelson-Aalen cumulative hazard';

CREATE FUNCTION logrank(a survival_summary, b survival_summary, OUT chi2 float8, OUT df int, OUT p_value float8)
AS 'MODULE_PATHNAME', 'survival_summary_logrank' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION logrank(a survival_summary, b survival_summary) IS
'Mantel''s log-rank test of two samples; NULLs when they cannot differ';
