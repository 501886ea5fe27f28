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

-- RFM and purchase histories: what a customer bought, and customers who are alike counted together

CREATE TYPE rfm_summary AS (
    frequency bigint,
    recency float8,
    age float8,
    monetary float8,
    unit_seconds float8
);
COMMENT ON TYPE rfm_summary IS
'a customer''s history: repeat purchases, the time from the first to the last of them, the time from the first to the end, the mean amount of a repeat purchase, and the unit of time in seconds';

-- The state of rfm: the type rfm_state

CREATE TYPE rfm_state;

CREATE FUNCTION rfm_state_in(cstring) RETURNS rfm_state
AS 'MODULE_PATHNAME', 'rfm_state_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rfm_state_in(cstring) IS
'text input of rfm_state';

CREATE FUNCTION rfm_state_out(rfm_state) RETURNS cstring
AS 'MODULE_PATHNAME', 'rfm_state_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rfm_state_out(rfm_state) IS
'text output of rfm_state';

CREATE FUNCTION rfm_state_recv(internal) RETURNS rfm_state
AS 'MODULE_PATHNAME', 'rfm_state_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rfm_state_recv(internal) IS
'binary input of rfm_state';

CREATE FUNCTION rfm_state_send(rfm_state) RETURNS bytea
AS 'MODULE_PATHNAME', 'rfm_state_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rfm_state_send(rfm_state) IS
'binary output of rfm_state';

CREATE TYPE rfm_state (
    INPUT = rfm_state_in,
    OUTPUT = rfm_state_out,
    RECEIVE = rfm_state_recv,
    SEND = rfm_state_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE rfm_state IS
'the state of rfm: the purchases of one customer in the order of arrival; store rfm_summary instead';

-- rfm

CREATE FUNCTION rfm_accum(rfm_state, timestamptz, float8, timestamptz) RETURNS rfm_state
AS 'MODULE_PATHNAME', 'rfm_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rfm_accum(rfm_state, timestamptz, float8, timestamptz) IS
'transition function: adds one purchase';

CREATE FUNCTION rfm_accum(rfm_state, timestamptz, float8, timestamptz, interval, interval) RETURNS rfm_state
AS 'MODULE_PATHNAME', 'rfm_accum_units' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rfm_accum(rfm_state, timestamptz, float8, timestamptz, interval, interval) IS
'transition function: adds one purchase';

CREATE FUNCTION rfm_combine(rfm_state, rfm_state) RETURNS rfm_state
AS 'MODULE_PATHNAME', 'rfm_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rfm_combine(rfm_state, rfm_state) IS
'combine function';

CREATE FUNCTION rfm_final(rfm_state) RETURNS rfm_summary
AS 'MODULE_PATHNAME', 'rfm_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rfm_final(rfm_state) IS
'final function: NULL without a purchase';

CREATE AGGREGATE rfm(at timestamptz, amount float8, as_of timestamptz) (
    SFUNC = rfm_accum, STYPE = rfm_state, SSPACE = 160,
    FINALFUNC = rfm_final, COMBINEFUNC = rfm_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rfm(at timestamptz, amount float8, as_of timestamptz) IS
'frequency, recency, age and monetary value of a customer from its purchases up to as_of; those of one day are one, time is in days';

CREATE AGGREGATE rfm(at timestamptz, amount float8, as_of timestamptz, merge interval, unit interval) (
    SFUNC = rfm_accum, STYPE = rfm_state, SSPACE = 160,
    FINALFUNC = rfm_final, COMBINEFUNC = rfm_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rfm(at timestamptz, amount float8, as_of timestamptz, merge interval, unit interval) IS
'frequency, recency, age and monetary value of a customer from its purchases up to as_of; those in the same stretch of length merge are one, time is in units';

CREATE FUNCTION rfm(j journey, event text, as_of timestamptz, merge interval DEFAULT '1 day', unit interval DEFAULT '1 day') RETURNS rfm_summary
AS 'MODULE_PATHNAME', 'journey_rfm' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION rfm(j journey, event text, as_of timestamptz, merge interval, unit interval) IS
'the same from a journey: the touchpoints that pass the event atom are the purchases, their values the amounts, 0 where there is none';

-- npv

CREATE FUNCTION npv_accum(float8[], float8, timestamptz, timestamptz, float8) RETURNS float8[]
AS 'MODULE_PATHNAME', 'npv_accum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION npv_accum(float8[], float8, timestamptz, timestamptz, float8) IS
'transition function: adds one amount';

CREATE FUNCTION npv_combine(float8[], float8[]) RETURNS float8[]
AS 'MODULE_PATHNAME', 'npv_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION npv_combine(float8[], float8[]) IS
'combine function';

CREATE FUNCTION npv_final(float8[]) RETURNS float8
AS 'MODULE_PATHNAME', 'npv_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION npv_final(float8[]) IS
'final function: NULL without an amount';

CREATE AGGREGATE npv(amount float8, at timestamptz, as_of timestamptz, annual_rate float8) (
    SFUNC = npv_accum, STYPE = float8[], SSPACE = 64, INITCOND = '{0,0,0}',
    FINALFUNC = npv_final, COMBINEFUNC = npv_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE npv(amount float8, at timestamptz, as_of timestamptz, annual_rate float8) IS
'what amounts up to as_of are worth then: each grows by annual_rate a year of 365.25 days';

-- The type purchase_summary

CREATE TYPE purchase_summary;

CREATE FUNCTION purchase_summary_in(cstring) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_in(cstring) IS
'text input of purchase_summary';

CREATE FUNCTION purchase_summary_out(purchase_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'purchase_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_out(purchase_summary) IS
'text output of purchase_summary';

CREATE FUNCTION purchase_summary_recv(internal) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_summary_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_recv(internal) IS
'binary input of purchase_summary';

CREATE FUNCTION purchase_summary_send(purchase_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'purchase_summary_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_send(purchase_summary) IS
'binary output of purchase_summary';

CREATE TYPE purchase_summary (
    INPUT = purchase_summary_in,
    OUTPUT = purchase_summary_out,
    RECEIVE = purchase_summary_recv,
    SEND = purchase_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE purchase_summary IS
'counted purchase histories: how many customers have the same frequency, recency and age; merges by rollup()';

CREATE CAST (purchase_summary AS jsonb) WITH INOUT;
COMMENT ON CAST (purchase_summary AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS purchase_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS purchase_summary) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION purchase_summary_eq(purchase_summary, purchase_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_eq(purchase_summary, purchase_summary) IS
'implementation of = operator';

CREATE FUNCTION purchase_summary_ne(purchase_summary, purchase_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_ne(purchase_summary, purchase_summary) IS
'implementation of <> operator';

CREATE FUNCTION purchase_summary_lt(purchase_summary, purchase_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_lt(purchase_summary, purchase_summary) IS
'implementation of < operator';

CREATE FUNCTION purchase_summary_le(purchase_summary, purchase_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_le(purchase_summary, purchase_summary) IS
'implementation of <= operator';

CREATE FUNCTION purchase_summary_gt(purchase_summary, purchase_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_gt(purchase_summary, purchase_summary) IS
'implementation of > operator';

CREATE FUNCTION purchase_summary_ge(purchase_summary, purchase_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_ge(purchase_summary, purchase_summary) IS
'implementation of >= operator';

CREATE FUNCTION purchase_summary_cmp(purchase_summary, purchase_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_cmp(purchase_summary, purchase_summary) IS
'less-equal-greater, for btree';

CREATE FUNCTION purchase_summary_hash(purchase_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_hash(purchase_summary) IS
'hash';

CREATE FUNCTION purchase_summary_hash_extended(purchase_summary, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_summary_hash_extended(purchase_summary, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = purchase_summary, RIGHTARG = purchase_summary, FUNCTION = purchase_summary_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (purchase_summary, purchase_summary) IS 'the same customers';

CREATE OPERATOR <> (
    LEFTARG = purchase_summary, RIGHTARG = purchase_summary, FUNCTION = purchase_summary_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (purchase_summary, purchase_summary) IS 'other customers';

CREATE OPERATOR < (
    LEFTARG = purchase_summary, RIGHTARG = purchase_summary, FUNCTION = purchase_summary_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (purchase_summary, purchase_summary) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = purchase_summary, RIGHTARG = purchase_summary, FUNCTION = purchase_summary_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (purchase_summary, purchase_summary) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = purchase_summary, RIGHTARG = purchase_summary, FUNCTION = purchase_summary_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (purchase_summary, purchase_summary) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = purchase_summary, RIGHTARG = purchase_summary, FUNCTION = purchase_summary_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (purchase_summary, purchase_summary) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS purchase_summary_ops DEFAULT FOR TYPE purchase_summary USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 purchase_summary_cmp(purchase_summary, purchase_summary);
COMMENT ON OPERATOR CLASS purchase_summary_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS purchase_summary_ops DEFAULT FOR TYPE purchase_summary USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 purchase_summary_hash(purchase_summary),
    FUNCTION 2 purchase_summary_hash_extended(purchase_summary, bigint);
COMMENT ON OPERATOR CLASS purchase_summary_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- The type spend_summary

CREATE TYPE spend_summary;

CREATE FUNCTION spend_summary_in(cstring) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_in(cstring) IS
'text input of spend_summary';

CREATE FUNCTION spend_summary_out(spend_summary) RETURNS cstring
AS 'MODULE_PATHNAME', 'spend_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_out(spend_summary) IS
'text output of spend_summary';

CREATE FUNCTION spend_summary_recv(internal) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_summary_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_recv(internal) IS
'binary input of spend_summary';

CREATE FUNCTION spend_summary_send(spend_summary) RETURNS bytea
AS 'MODULE_PATHNAME', 'spend_summary_send' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_send(spend_summary) IS
'binary output of spend_summary';

CREATE TYPE spend_summary (
    INPUT = spend_summary_in,
    OUTPUT = spend_summary_out,
    RECEIVE = spend_summary_recv,
    SEND = spend_summary_send,
    INTERNALLENGTH = VARIABLE,
    ALIGNMENT = double,
    STORAGE = extended
);
COMMENT ON TYPE spend_summary IS
'counted spend: how many customers with repeat purchases have the same frequency and monetary value; merges by rollup()';

CREATE CAST (spend_summary AS jsonb) WITH INOUT;
COMMENT ON CAST (spend_summary AS jsonb) IS 'the text form as jsonb';
CREATE CAST (jsonb AS spend_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS spend_summary) IS 'reads the jsonb form back';

-- Order and hash

CREATE FUNCTION spend_summary_eq(spend_summary, spend_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_eq(spend_summary, spend_summary) IS
'implementation of = operator';

CREATE FUNCTION spend_summary_ne(spend_summary, spend_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_ne(spend_summary, spend_summary) IS
'implementation of <> operator';

CREATE FUNCTION spend_summary_lt(spend_summary, spend_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_lt(spend_summary, spend_summary) IS
'implementation of < operator';

CREATE FUNCTION spend_summary_le(spend_summary, spend_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_le(spend_summary, spend_summary) IS
'implementation of <= operator';

CREATE FUNCTION spend_summary_gt(spend_summary, spend_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_gt(spend_summary, spend_summary) IS
'implementation of > operator';

CREATE FUNCTION spend_summary_ge(spend_summary, spend_summary) RETURNS boolean
AS 'MODULE_PATHNAME', 'packed_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_ge(spend_summary, spend_summary) IS
'implementation of >= operator';

CREATE FUNCTION spend_summary_cmp(spend_summary, spend_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_cmp(spend_summary, spend_summary) IS
'less-equal-greater, for btree';

CREATE FUNCTION spend_summary_hash(spend_summary) RETURNS integer
AS 'MODULE_PATHNAME', 'packed_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_hash(spend_summary) IS
'hash';

CREATE FUNCTION spend_summary_hash_extended(spend_summary, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'packed_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_summary_hash_extended(spend_summary, bigint) IS
'hash with a seed';

CREATE OPERATOR = (
    LEFTARG = spend_summary, RIGHTARG = spend_summary, FUNCTION = spend_summary_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (spend_summary, spend_summary) IS 'the same customers';

CREATE OPERATOR <> (
    LEFTARG = spend_summary, RIGHTARG = spend_summary, FUNCTION = spend_summary_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (spend_summary, spend_summary) IS 'other customers';

CREATE OPERATOR < (
    LEFTARG = spend_summary, RIGHTARG = spend_summary, FUNCTION = spend_summary_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (spend_summary, spend_summary) IS 'before, in an arbitrary total order';

CREATE OPERATOR <= (
    LEFTARG = spend_summary, RIGHTARG = spend_summary, FUNCTION = spend_summary_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (spend_summary, spend_summary) IS 'before or the same, in an arbitrary total order';

CREATE OPERATOR > (
    LEFTARG = spend_summary, RIGHTARG = spend_summary, FUNCTION = spend_summary_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (spend_summary, spend_summary) IS 'after, in an arbitrary total order';

CREATE OPERATOR >= (
    LEFTARG = spend_summary, RIGHTARG = spend_summary, FUNCTION = spend_summary_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (spend_summary, spend_summary) IS 'after or the same, in an arbitrary total order';

CREATE OPERATOR CLASS spend_summary_ops DEFAULT FOR TYPE spend_summary USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 spend_summary_cmp(spend_summary, spend_summary);
COMMENT ON OPERATOR CLASS spend_summary_ops USING btree IS 'arbitrary total order, for ORDER BY, DISTINCT and merge joins';

CREATE OPERATOR CLASS spend_summary_ops DEFAULT FOR TYPE spend_summary USING hash AS
    OPERATOR 1 =,
    FUNCTION 1 spend_summary_hash(spend_summary),
    FUNCTION 2 spend_summary_hash_extended(spend_summary, bigint);
COMMENT ON OPERATOR CLASS spend_summary_ops USING hash IS 'for GROUP BY, DISTINCT and hash joins';

-- purchase_agg: transition, inverse and final functions, aggregates

CREATE FUNCTION purchase_accum(purchase_summary, bigint, float8, float8) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION purchase_accum(purchase_summary, bigint, float8, float8) IS
'transition function: adds one customer';

CREATE FUNCTION purchase_accum_inv(purchase_summary, bigint, float8, float8) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION purchase_accum_inv(purchase_summary, bigint, float8, float8) IS
'inverse transition function: takes one customer away';

CREATE FUNCTION purchase_accum(purchase_summary, rfm_summary) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_accum_rfm' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION purchase_accum(purchase_summary, rfm_summary) IS
'transition function: adds one customer';

CREATE FUNCTION purchase_accum_inv(purchase_summary, rfm_summary) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_accum_rfm_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION purchase_accum_inv(purchase_summary, rfm_summary) IS
'inverse transition function: takes one customer away';

CREATE FUNCTION purchase_combine(purchase_summary, purchase_summary) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION purchase_combine(purchase_summary, purchase_summary) IS
'combine function; transition function of rollup';

CREATE FUNCTION purchase_combine_inv(purchase_summary, purchase_summary) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_combine_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION purchase_combine_inv(purchase_summary, purchase_summary) IS
'inverse transition function of rollup';

CREATE FUNCTION purchase_final(purchase_summary) RETURNS purchase_summary
AS 'MODULE_PATHNAME', 'purchase_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION purchase_final(purchase_summary) IS
'final function: the state sorted, without its room; NULL without a customer';

CREATE AGGREGATE purchase_agg(frequency bigint, recency float8, age float8) (
    SFUNC = purchase_accum, STYPE = purchase_summary, SSPACE = 1024,
    FINALFUNC = purchase_final, COMBINEFUNC = purchase_combine, PARALLEL = SAFE,
    MSFUNC = purchase_accum, MINVFUNC = purchase_accum_inv, MSTYPE = purchase_summary, MSSPACE = 1024,
    MFINALFUNC = purchase_final
);
COMMENT ON AGGREGATE purchase_agg(frequency bigint, recency float8, age float8) IS
'summarises purchase histories in any unit: repeat purchases, time from the first purchase to the last, and to the end';

CREATE AGGREGATE purchase_agg(summary rfm_summary) (
    SFUNC = purchase_accum, STYPE = purchase_summary, SSPACE = 1024,
    FINALFUNC = purchase_final, COMBINEFUNC = purchase_combine, PARALLEL = SAFE,
    MSFUNC = purchase_accum, MINVFUNC = purchase_accum_inv, MSTYPE = purchase_summary, MSSPACE = 1024,
    MFINALFUNC = purchase_final
);
COMMENT ON AGGREGATE purchase_agg(summary rfm_summary) IS
'summarises purchase histories, their unit with them';

CREATE AGGREGATE rollup(summary purchase_summary) (
    SFUNC = purchase_combine, STYPE = purchase_summary, SSPACE = 1024,
    FINALFUNC = purchase_final, COMBINEFUNC = purchase_combine, PARALLEL = SAFE,
    MSFUNC = purchase_combine, MINVFUNC = purchase_combine_inv, MSTYPE = purchase_summary, MSSPACE = 1024,
    MFINALFUNC = purchase_final
);
COMMENT ON AGGREGATE rollup(summary purchase_summary) IS
'merges summaries: segments to the whole';

-- spend_agg: transition, inverse and final functions, aggregates

CREATE FUNCTION spend_accum(spend_summary, bigint, float8) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION spend_accum(spend_summary, bigint, float8) IS
'transition function: adds one customer';

CREATE FUNCTION spend_accum_inv(spend_summary, bigint, float8) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION spend_accum_inv(spend_summary, bigint, float8) IS
'inverse transition function: takes one customer away';

CREATE FUNCTION spend_accum(spend_summary, rfm_summary) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_accum_rfm' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION spend_accum(spend_summary, rfm_summary) IS
'transition function: adds one customer';

CREATE FUNCTION spend_accum_inv(spend_summary, rfm_summary) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_accum_rfm_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION spend_accum_inv(spend_summary, rfm_summary) IS
'inverse transition function: takes one customer away';

CREATE FUNCTION spend_combine(spend_summary, spend_summary) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION spend_combine(spend_summary, spend_summary) IS
'combine function; transition function of rollup';

CREATE FUNCTION spend_combine_inv(spend_summary, spend_summary) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_combine_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION spend_combine_inv(spend_summary, spend_summary) IS
'inverse transition function of rollup';

CREATE FUNCTION spend_final(spend_summary) RETURNS spend_summary
AS 'MODULE_PATHNAME', 'spend_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION spend_final(spend_summary) IS
'final function: the state sorted, without its room; NULL without a customer';

CREATE AGGREGATE spend_agg(frequency bigint, monetary float8) (
    SFUNC = spend_accum, STYPE = spend_summary, SSPACE = 1024,
    FINALFUNC = spend_final, COMBINEFUNC = spend_combine, PARALLEL = SAFE,
    MSFUNC = spend_accum, MINVFUNC = spend_accum_inv, MSTYPE = spend_summary, MSSPACE = 1024,
    MFINALFUNC = spend_final
);
COMMENT ON AGGREGATE spend_agg(frequency bigint, monetary float8) IS
'summarises the mean amounts of customers with repeat purchases; others say nothing on spend and are left out';

CREATE AGGREGATE spend_agg(summary rfm_summary) (
    SFUNC = spend_accum, STYPE = spend_summary, SSPACE = 1024,
    FINALFUNC = spend_final, COMBINEFUNC = spend_combine, PARALLEL = SAFE,
    MSFUNC = spend_accum, MINVFUNC = spend_accum_inv, MSTYPE = spend_summary, MSSPACE = 1024,
    MFINALFUNC = spend_final
);
COMMENT ON AGGREGATE spend_agg(summary rfm_summary) IS
'summarises the mean amounts of customers with repeat purchases; others say nothing on spend and are left out';

CREATE AGGREGATE rollup(summary spend_summary) (
    SFUNC = spend_combine, STYPE = spend_summary, SSPACE = 1024,
    FINALFUNC = spend_final, COMBINEFUNC = spend_combine, PARALLEL = SAFE,
    MSFUNC = spend_combine, MINVFUNC = spend_combine_inv, MSTYPE = spend_summary, MSSPACE = 1024,
    MFINALFUNC = spend_final
);
COMMENT ON AGGREGATE rollup(summary spend_summary) IS
'merges summaries: segments to the whole';

-- Models of what customers do: records that live in a table, one a segment

-- The types

CREATE TYPE bgnbd_model AS (
    r float8,
    alpha float8,
    a float8,
    b float8,
    customers bigint,
    loglik float8,
    covariance float8[],
    unit_seconds float8,
    converged boolean,
    identified boolean,
    extra jsonb
);
COMMENT ON TYPE bgnbd_model IS
'a fitted BG/NBD model of repeat purchases, its covariance by rows and the seconds of its unit of time; identified: at a maximum of the likelihood inside exp(-12) to exp(12), without which nothing is predicted';

CREATE TYPE mbgnbd_model AS (
    r float8,
    alpha float8,
    a float8,
    b float8,
    customers bigint,
    loglik float8,
    covariance float8[],
    unit_seconds float8,
    converged boolean,
    identified boolean,
    extra jsonb
);
COMMENT ON TYPE mbgnbd_model IS
'a fitted MBG/NBD model of repeat purchases, in which a customer may stop after the first purchase already; as bgnbd_model';

CREATE TYPE gamma_gamma_model AS (
    p float8,
    q float8,
    v float8,
    customers bigint,
    loglik float8,
    covariance float8[],
    converged boolean,
    identified boolean,
    extra jsonb
);
COMMENT ON TYPE gamma_gamma_model IS
'a fitted Gamma-Gamma model of what customers spend on a purchase; as bgnbd_model';

CREATE TYPE sbg_model AS (
    alpha float8,
    beta float8,
    customers bigint,
    loglik float8,
    covariance float8[],
    converged boolean,
    identified boolean,
    extra jsonb
);
COMMENT ON TYPE sbg_model IS
'a fitted shifted-beta-geometric model of contracts that are renewed or not; as bgnbd_model';

-- Final and transition functions

CREATE FUNCTION bgnbd_fit_final(purchase_summary) RETURNS bgnbd_model
AS 'MODULE_PATHNAME', 'bgnbd_fit_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bgnbd_fit_final(purchase_summary) IS
'final function: fits the model to the state';

CREATE FUNCTION mbgnbd_fit_final(purchase_summary) RETURNS mbgnbd_model
AS 'MODULE_PATHNAME', 'mbgnbd_fit_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION mbgnbd_fit_final(purchase_summary) IS
'final function: fits the model to the state';

CREATE FUNCTION gamma_gamma_fit_final(spend_summary) RETURNS gamma_gamma_model
AS 'MODULE_PATHNAME', 'gamma_gamma_fit_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gamma_gamma_fit_final(spend_summary) IS
'final function: fits the model to the state';

CREATE FUNCTION sbg_fit_final(survival_summary) RETURNS sbg_model
AS 'MODULE_PATHNAME', 'sbg_fit_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION sbg_fit_final(survival_summary) IS
'final function: fits the model to the state';

CREATE FUNCTION sbg_accum(survival_summary, int, boolean) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'sbg_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sbg_accum(survival_summary, int, boolean) IS
'transition function: adds one customer';

CREATE FUNCTION sbg_accum_inv(survival_summary, int, boolean) RETURNS survival_summary
AS 'MODULE_PATHNAME', 'sbg_accum_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION sbg_accum_inv(survival_summary, int, boolean) IS
'inverse transition function: takes one customer away';

-- Fits over summaries

CREATE FUNCTION bgnbd_fit(summary purchase_summary, ridge float8 DEFAULT 0) RETURNS bgnbd_model
AS 'MODULE_PATHNAME', 'purchase_summary_bgnbd_fit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION bgnbd_fit(summary purchase_summary, ridge float8) IS
'fits the BG/NBD model by maximum likelihood; ridge: a penalty of ridge times the sum of the squared logarithms of the parameters, on the mean negative log-likelihood; warns where the data do not tell the parameters';

CREATE FUNCTION mbgnbd_fit(summary purchase_summary, ridge float8 DEFAULT 0) RETURNS mbgnbd_model
AS 'MODULE_PATHNAME', 'purchase_summary_mbgnbd_fit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION mbgnbd_fit(summary purchase_summary, ridge float8) IS
'fits the MBG/NBD model by maximum likelihood; ridge: a penalty of ridge times the sum of the squared logarithms of the parameters, on the mean negative log-likelihood; warns where the data do not tell the parameters';

CREATE FUNCTION gamma_gamma_fit(summary spend_summary, ridge float8 DEFAULT 0) RETURNS gamma_gamma_model
AS 'MODULE_PATHNAME', 'spend_summary_gamma_gamma_fit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION gamma_gamma_fit(summary spend_summary, ridge float8) IS
'fits the Gamma-Gamma model by maximum likelihood; ridge: a penalty of ridge times the sum of the squared logarithms of the parameters, on the mean negative log-likelihood; warns where the data do not tell the parameters';

CREATE FUNCTION sbg_fit(summary survival_summary) RETURNS sbg_model
AS 'MODULE_PATHNAME', 'survival_summary_sbg_fit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION sbg_fit(summary survival_summary) IS
'fits the shifted-beta-geometric model by maximum likelihood; durations are whole numbers of periods, observed: churned at the end of that period, censored: still there after it';

-- Fits as aggregates

CREATE AGGREGATE bgnbd_fit(frequency bigint, recency float8, age float8) (
    SFUNC = purchase_accum, STYPE = purchase_summary, SSPACE = 1024,
    FINALFUNC = bgnbd_fit_final, COMBINEFUNC = purchase_combine, PARALLEL = SAFE,
    MSFUNC = purchase_accum, MINVFUNC = purchase_accum_inv, MSTYPE = purchase_summary, MSSPACE = 1024,
    MFINALFUNC = bgnbd_fit_final
);
COMMENT ON AGGREGATE bgnbd_fit(frequency bigint, recency float8, age float8) IS
'fits the BG/NBD model to customers: repeat purchases, time of the last one and time observed, both since the first purchase';

CREATE AGGREGATE bgnbd_fit(summary rfm_summary) (
    SFUNC = purchase_accum, STYPE = purchase_summary, SSPACE = 1024,
    FINALFUNC = bgnbd_fit_final, COMBINEFUNC = purchase_combine, PARALLEL = SAFE,
    MSFUNC = purchase_accum, MINVFUNC = purchase_accum_inv, MSTYPE = purchase_summary, MSSPACE = 1024,
    MFINALFUNC = bgnbd_fit_final
);
COMMENT ON AGGREGATE bgnbd_fit(summary rfm_summary) IS
'fits the BG/NBD model to customers; it carries their unit of time';

CREATE AGGREGATE mbgnbd_fit(frequency bigint, recency float8, age float8) (
    SFUNC = purchase_accum, STYPE = purchase_summary, SSPACE = 1024,
    FINALFUNC = mbgnbd_fit_final, COMBINEFUNC = purchase_combine, PARALLEL = SAFE,
    MSFUNC = purchase_accum, MINVFUNC = purchase_accum_inv, MSTYPE = purchase_summary, MSSPACE = 1024,
    MFINALFUNC = mbgnbd_fit_final
);
COMMENT ON AGGREGATE mbgnbd_fit(frequency bigint, recency float8, age float8) IS
'fits the MBG/NBD model to customers: repeat purchases, time of the last one and time observed, both since the first purchase';

CREATE AGGREGATE mbgnbd_fit(summary rfm_summary) (
    SFUNC = purchase_accum, STYPE = purchase_summary, SSPACE = 1024,
    FINALFUNC = mbgnbd_fit_final, COMBINEFUNC = purchase_combine, PARALLEL = SAFE,
    MSFUNC = purchase_accum, MINVFUNC = purchase_accum_inv, MSTYPE = purchase_summary, MSSPACE = 1024,
    MFINALFUNC = mbgnbd_fit_final
);
COMMENT ON AGGREGATE mbgnbd_fit(summary rfm_summary) IS
'fits the MBG/NBD model to customers; it carries their unit of time';

CREATE AGGREGATE gamma_gamma_fit(frequency bigint, monetary float8) (
    SFUNC = spend_accum, STYPE = spend_summary, SSPACE = 1024,
    FINALFUNC = gamma_gamma_fit_final, COMBINEFUNC = spend_combine, PARALLEL = SAFE,
    MSFUNC = spend_accum, MINVFUNC = spend_accum_inv, MSTYPE = spend_summary, MSSPACE = 1024,
    MFINALFUNC = gamma_gamma_fit_final
);
COMMENT ON AGGREGATE gamma_gamma_fit(frequency bigint, monetary float8) IS
'fits the Gamma-Gamma model to customers who bought again: repeat purchases and their mean amount';

CREATE AGGREGATE gamma_gamma_fit(summary rfm_summary) (
    SFUNC = spend_accum, STYPE = spend_summary, SSPACE = 1024,
    FINALFUNC = gamma_gamma_fit_final, COMBINEFUNC = spend_combine, PARALLEL = SAFE,
    MSFUNC = spend_accum, MINVFUNC = spend_accum_inv, MSTYPE = spend_summary, MSSPACE = 1024,
    MFINALFUNC = gamma_gamma_fit_final
);
COMMENT ON AGGREGATE gamma_gamma_fit(summary rfm_summary) IS
'fits the Gamma-Gamma model to customers who bought again';

CREATE AGGREGATE sbg_fit(periods int, churned boolean) (
    SFUNC = sbg_accum, STYPE = survival_summary, SSPACE = 1024,
    FINALFUNC = sbg_fit_final, COMBINEFUNC = survival_combine, PARALLEL = SAFE,
    MSFUNC = sbg_accum, MINVFUNC = sbg_accum_inv, MSTYPE = survival_summary, MSSPACE = 1024,
    MFINALFUNC = sbg_fit_final
);
COMMENT ON AGGREGATE sbg_fit(periods int, churned boolean) IS
'fits the shifted-beta-geometric model to contracts: the period at the end of which the customer churned, or the periods survived so far';

-- Standard errors

CREATE FUNCTION standard_errors(model bgnbd_model) RETURNS float8[]
AS 'MODULE_PATHNAME', 'bgnbd_standard_errors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION standard_errors(model bgnbd_model) IS
'standard errors of the parameters, in their order; NULL where the model is not identified';

CREATE FUNCTION standard_errors(model mbgnbd_model) RETURNS float8[]
AS 'MODULE_PATHNAME', 'bgnbd_standard_errors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION standard_errors(model mbgnbd_model) IS
'standard errors of the parameters, in their order; NULL where the model is not identified';

CREATE FUNCTION standard_errors(model gamma_gamma_model) RETURNS float8[]
AS 'MODULE_PATHNAME', 'gamma_gamma_standard_errors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION standard_errors(model gamma_gamma_model) IS
'standard errors of the parameters, in their order; NULL where the model is not identified';

CREATE FUNCTION standard_errors(model sbg_model) RETURNS float8[]
AS 'MODULE_PATHNAME', 'sbg_standard_errors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION standard_errors(model sbg_model) IS
'standard errors of the parameters, in their order; NULL where the model is not identified';

-- Predictions from fitted models. They cover what the model says; a model that is not identified predicts NULL.

CREATE FUNCTION p_alive(model bgnbd_model, frequency bigint, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_p_alive_history' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION p_alive(model bgnbd_model, frequency bigint, recency float8, age float8) IS
'the probability that the customer has not stopped buying';

CREATE FUNCTION p_alive(model bgnbd_model, summary rfm_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_p_alive_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION p_alive(model bgnbd_model, summary rfm_summary) IS
'the probability that the customer has not stopped buying';

CREATE FUNCTION p_alive(model mbgnbd_model, frequency bigint, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_p_alive_history' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION p_alive(model mbgnbd_model, frequency bigint, recency float8, age float8) IS
'the probability that the customer has not stopped buying';

CREATE FUNCTION p_alive(model mbgnbd_model, summary rfm_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_p_alive_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION p_alive(model mbgnbd_model, summary rfm_summary) IS
'the probability that the customer has not stopped buying';

CREATE FUNCTION expected_purchases(model bgnbd_model, horizon float8) RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_expected_new' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model bgnbd_model, horizon float8) IS
'purchases expected of a new customer until the horizon, in the model''s units of time, the first one not counted';

CREATE FUNCTION expected_purchases(model bgnbd_model, horizon float8, frequency bigint, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_expected_history' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model bgnbd_model, horizon float8, frequency bigint, recency float8, age float8) IS
'purchases expected of a customer from now until the horizon, in the model''s units of time';

CREATE FUNCTION expected_purchases(model bgnbd_model, horizon float8, summary rfm_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_expected_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model bgnbd_model, horizon float8, summary rfm_summary) IS
'purchases expected of a customer from now until the horizon, in the model''s units of time';

CREATE FUNCTION expected_purchases(model bgnbd_model, horizon interval) RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_expected_new_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model bgnbd_model, horizon interval) IS
'purchases expected of a new customer until the horizon, as an interval without months, the first one not counted';

CREATE FUNCTION expected_purchases(model bgnbd_model, horizon interval, frequency bigint, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_expected_history_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model bgnbd_model, horizon interval, frequency bigint, recency float8, age float8) IS
'purchases expected of a customer from now until the horizon, as an interval without months';

CREATE FUNCTION expected_purchases(model bgnbd_model, horizon interval, summary rfm_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_expected_summary_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model bgnbd_model, horizon interval, summary rfm_summary) IS
'purchases expected of a customer from now until the horizon, as an interval without months';

CREATE FUNCTION expected_purchases(model mbgnbd_model, horizon float8) RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_expected_new' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model mbgnbd_model, horizon float8) IS
'purchases expected of a new customer until the horizon, in the model''s units of time, the first one not counted';

CREATE FUNCTION expected_purchases(model mbgnbd_model, horizon float8, frequency bigint, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_expected_history' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model mbgnbd_model, horizon float8, frequency bigint, recency float8, age float8) IS
'purchases expected of a customer from now until the horizon, in the model''s units of time';

CREATE FUNCTION expected_purchases(model mbgnbd_model, horizon float8, summary rfm_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_expected_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model mbgnbd_model, horizon float8, summary rfm_summary) IS
'purchases expected of a customer from now until the horizon, in the model''s units of time';

CREATE FUNCTION expected_purchases(model mbgnbd_model, horizon interval) RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_expected_new_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model mbgnbd_model, horizon interval) IS
'purchases expected of a new customer until the horizon, as an interval without months, the first one not counted';

CREATE FUNCTION expected_purchases(model mbgnbd_model, horizon interval, frequency bigint, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_expected_history_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model mbgnbd_model, horizon interval, frequency bigint, recency float8, age float8) IS
'purchases expected of a customer from now until the horizon, as an interval without months';

CREATE FUNCTION expected_purchases(model mbgnbd_model, horizon interval, summary rfm_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_expected_summary_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION expected_purchases(model mbgnbd_model, horizon interval, summary rfm_summary) IS
'purchases expected of a customer from now until the horizon, as an interval without months';

CREATE FUNCTION expected_spend(model gamma_gamma_model, frequency bigint, monetary float8) RETURNS float8
AS 'MODULE_PATHNAME', 'gamma_gamma_expected_spend' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5;
COMMENT ON FUNCTION expected_spend(model gamma_gamma_model, frequency bigint, monetary float8) IS
'the amount expected of a purchase; of a customer without a repeat purchase the mean of all; NULL where the model has no mean (q <= 1), or a repeat buyer''s monetary is not above 0';

CREATE FUNCTION expected_spend(model gamma_gamma_model, summary rfm_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'gamma_gamma_expected_spend_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION expected_spend(model gamma_gamma_model, summary rfm_summary) IS
'the amount expected of a purchase; of a customer without a repeat purchase the mean of all; NULL where the model has no mean (q <= 1), or a repeat buyer''s monetary is not above 0';

CREATE FUNCTION cltv(model bgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon float8, annual_rate float8, margin float8 DEFAULT 1, discounting text DEFAULT 'continuous') RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_cltv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cltv(model bgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon float8, annual_rate float8, margin float8, discounting text) IS
'what the customer is worth from now until the horizon, discounted to now at annual_rate per 365.25 days; what was bought before is npv(); discounting continuous, or monthly as other packages do; NULL where there is no finite value';

CREATE FUNCTION cltv(model bgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon interval, annual_rate float8, margin float8 DEFAULT 1, discounting text DEFAULT 'continuous') RETURNS float8
AS 'MODULE_PATHNAME', 'bgnbd_cltv_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cltv(model bgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon interval, annual_rate float8, margin float8, discounting text) IS
'what the customer is worth from now until the horizon, discounted to now at annual_rate per 365.25 days; what was bought before is npv(); discounting continuous, or monthly as other packages do; NULL where there is no finite value';

CREATE FUNCTION cltv(model mbgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon float8, annual_rate float8, margin float8 DEFAULT 1, discounting text DEFAULT 'continuous') RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_cltv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cltv(model mbgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon float8, annual_rate float8, margin float8, discounting text) IS
'what the customer is worth from now until the horizon, discounted to now at annual_rate per 365.25 days; what was bought before is npv(); discounting continuous, or monthly as other packages do; NULL where there is no finite value';

CREATE FUNCTION cltv(model mbgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon interval, annual_rate float8, margin float8 DEFAULT 1, discounting text DEFAULT 'continuous') RETURNS float8
AS 'MODULE_PATHNAME', 'mbgnbd_cltv_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cltv(model mbgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon interval, annual_rate float8, margin float8, discounting text) IS
'what the customer is worth from now until the horizon, discounted to now at annual_rate per 365.25 days; what was bought before is npv(); discounting continuous, or monthly as other packages do; NULL where there is no finite value';

CREATE FUNCTION cltv_ci(model bgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon float8, annual_rate float8, margin float8 DEFAULT 1, discounting text DEFAULT 'continuous', confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME', 'bgnbd_cltv_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION cltv_ci(model bgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon float8, annual_rate float8, margin float8, discounting text, confidence float8) IS
'cltv with its interval by the delta method: it covers the uncertainty of the parameters, not chance in what one customer does, nor the model being wrong';

CREATE FUNCTION cltv_ci(model bgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon interval, annual_rate float8, margin float8 DEFAULT 1, discounting text DEFAULT 'continuous', confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME', 'bgnbd_cltv_ci_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION cltv_ci(model bgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon interval, annual_rate float8, margin float8, discounting text, confidence float8) IS
'cltv with its interval by the delta method: it covers the uncertainty of the parameters, not chance in what one customer does, nor the model being wrong';

CREATE FUNCTION cltv_ci(model mbgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon float8, annual_rate float8, margin float8 DEFAULT 1, discounting text DEFAULT 'continuous', confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME', 'mbgnbd_cltv_ci' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION cltv_ci(model mbgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon float8, annual_rate float8, margin float8, discounting text, confidence float8) IS
'cltv with its interval by the delta method: it covers the uncertainty of the parameters, not chance in what one customer does, nor the model being wrong';

CREATE FUNCTION cltv_ci(model mbgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon interval, annual_rate float8, margin float8 DEFAULT 1, discounting text DEFAULT 'continuous', confidence float8 DEFAULT 0.95) RETURNS estimate
AS 'MODULE_PATHNAME', 'mbgnbd_cltv_ci_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION cltv_ci(model mbgnbd_model, gg gamma_gamma_model, summary rfm_summary, horizon interval, annual_rate float8, margin float8, discounting text, confidence float8) IS
'cltv with its interval by the delta method: it covers the uncertainty of the parameters, not chance in what one customer does, nor the model being wrong';

CREATE FUNCTION retention_rate(model sbg_model, period int) RETURNS float8
AS 'MODULE_PATHNAME', 'sbg_model_retention_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION retention_rate(model sbg_model, period int) IS
'the share of those there before the end of the period who stay after it; period 1 is the first';

CREATE FUNCTION survivor(model sbg_model, period int) RETURNS float8
AS 'MODULE_PATHNAME', 'sbg_model_survivor' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION survivor(model sbg_model, period int) IS
'the share of new customers still there after so many periods';

CREATE FUNCTION residual_lifetime(model sbg_model, periods int, discount float8 DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'sbg_model_residual_lifetime' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION residual_lifetime(model sbg_model, periods int, discount float8) IS
'renewals to come, each discounted by the rate a period, of a customer who has been there for so many periods and is about to renew, that renewal included; periods 0: payments of a new customer, the first included; NULL where there is no bound (discount 0 and alpha <= 1)';

-- Cohorts: what a customer costs, what revenue stays, and window functions over a cohort table

-- cac

CREATE FUNCTION cac_accum(bigint[], float8, bigint) RETURNS bigint[]
AS 'MODULE_PATHNAME', 'cac_accum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cac_accum(bigint[], float8, bigint) IS
'transition function: adds what was spent, and the customers it brought';

CREATE FUNCTION cac_inv(bigint[], float8, bigint) RETURNS bigint[]
AS 'MODULE_PATHNAME', 'cac_inv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cac_inv(bigint[], float8, bigint) IS
'inverse transition function: a row leaves the frame';

CREATE FUNCTION cac_combine(bigint[], bigint[]) RETURNS bigint[]
AS 'MODULE_PATHNAME', 'cac_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cac_combine(bigint[], bigint[]) IS
'combine function';

CREATE FUNCTION cac_final(bigint[]) RETURNS float8
AS 'MODULE_PATHNAME', 'cac_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cac_final(bigint[]) IS
'final function: NULL without a customer';

CREATE AGGREGATE cac(spend float8, customers bigint) (
    SFUNC = cac_accum, STYPE = bigint[], SSPACE = 64, INITCOND = '{0,0,0,0}',
    FINALFUNC = cac_final, COMBINEFUNC = cac_combine, PARALLEL = SAFE,
    MSFUNC = cac_accum, MINVFUNC = cac_inv, MSTYPE = bigint[], MSSPACE = 64,
    MINITCOND = '{0,0,0,0}', MFINALFUNC = cac_final
);
COMMENT ON AGGREGATE cac(spend float8, customers bigint) IS
'customer acquisition cost: all that was spent by all customers it brought; a row with a NULL is left out, so give 0 for a month without customers';

-- revenue_retention

CREATE TYPE revenue_movement AS (
    starting float8,
    new_revenue float8,
    expansion float8,
    contraction float8,
    churned float8,
    ending float8,
    grr float8,
    nrr float8,
    quick_ratio float8,
    logo_churn float8
);
COMMENT ON TYPE revenue_movement IS
'how the revenue of the start of a period became that of its end; gross and net revenue retention, what was won by what was lost, and the share of customers lost';

CREATE FUNCTION revenue_retention_accum(bigint[], float8, float8) RETURNS bigint[]
AS 'MODULE_PATHNAME', 'revenue_retention_accum' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_retention_accum(bigint[], float8, float8) IS
'transition function: adds one customer';

CREATE FUNCTION revenue_retention_inv(bigint[], float8, float8) RETURNS bigint[]
AS 'MODULE_PATHNAME', 'revenue_retention_inv' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_retention_inv(bigint[], float8, float8) IS
'inverse transition function: a customer leaves the frame';

CREATE FUNCTION revenue_retention_combine(bigint[], bigint[]) RETURNS bigint[]
AS 'MODULE_PATHNAME', 'revenue_retention_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_retention_combine(bigint[], bigint[]) IS
'combine function';

CREATE FUNCTION revenue_retention_final(bigint[]) RETURNS revenue_movement
AS 'MODULE_PATHNAME', 'revenue_retention_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_retention_final(bigint[]) IS
'final function: NULL without a customer';

CREATE AGGREGATE revenue_retention(at_start float8, at_end float8) (
    SFUNC = revenue_retention_accum, STYPE = bigint[], SSPACE = 208,
    INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    FINALFUNC = revenue_retention_final, COMBINEFUNC = revenue_retention_combine, PARALLEL = SAFE,
    MSFUNC = revenue_retention_accum, MINVFUNC = revenue_retention_inv, MSTYPE = bigint[], MSSPACE = 208,
    MINITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', MFINALFUNC = revenue_retention_final
);
COMMENT ON AGGREGATE revenue_retention(at_start float8, at_end float8) IS
'one row a customer, with its recurring revenue at the start and at the end of a period; NULL is 0, and a customer with 0 at both is left out';

-- Window functions: OVER (PARTITION BY cohort ORDER BY period)

CREATE FUNCTION cohort_period(at timestamptz, unit interval, time_zone text DEFAULT 'UTC') RETURNS int
AS 'MODULE_PATHNAME', 'cohort_period' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cohort_period(at timestamptz, unit interval, time_zone text) IS
'over a customer''s rows in order of time: units of the calendar since that of the first row';

CREATE FUNCTION cohort_retention(period int, active float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cohort_retention' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cohort_retention(period int, active float8) IS
'share of those active in period 0 of the cohort; NULL where active is NULL';

CREATE FUNCTION projected_retention(period int, active float8) RETURNS float8
AS 'MODULE_PATHNAME', 'projected_retention' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION projected_retention(period int, active float8) IS
'the same, and where active is NULL the curve of an sBG model fitted to the periods up to the first NULL';

CREATE FUNCTION cohort_cltv(period int, margin float8, customers bigint, period_rate float8 DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cohort_cltv' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cohort_cltv(period int, margin float8, customers bigint, period_rate float8) IS
'margin per acquired customer up to the period, discounted to period 0; NULL from the first NULL on';

CREATE FUNCTION payback_period(period int, margin float8, customers bigint, cac float8) RETURNS float8
AS 'MODULE_PATHNAME', 'payback_period' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION payback_period(period int, margin float8, customers bigint, cac float8) IS
'how many periods it took until the margin per acquired customer had paid back its cost, with the share of the last one; NULL before, and from the first NULL on';

CREATE FUNCTION cltv_cac_ratio(period int, margin float8, customers bigint, cac float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cltv_cac_ratio' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cltv_cac_ratio(period int, margin float8, customers bigint, cac float8) IS
'margin per acquired customer up to the period by what it cost, not discounted; NULL where it cost nothing, and from the first NULL on';
