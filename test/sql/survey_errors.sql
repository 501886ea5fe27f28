-- What the survey wing refuses, with SQLSTATE and message, and what it does not.

-- What each statement fails with: SQLSTATE, message, detail and hint.
CREATE FUNCTION pg_temp.error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END $$;

-- 11 answers of 0 to 10, and 5 of 1 to 5.
CREATE TEMP TABLE recommend AS SELECT score_agg(score) AS s FROM generate_series(0, 10) score;
CREATE TEMP TABLE satisfied AS SELECT score_agg(score) AS s FROM generate_series(1, 5) score;

\pset format unaligned
\pset tuples_only on

--
-- Scores
--

-- Off the scale of the metric: the first such score is named, in the one-call form and by the accessor.
SELECT pg_temp.error_of('SELECT nps(11)');
SELECT pg_temp.error_of('SELECT nps(score) FROM unnest(ARRAY[9, 12, -1, 11]) score');
SELECT pg_temp.error_of('SELECT nps(score_agg(score)) FROM unnest(ARRAY[9, 12, 11]) score');
SELECT pg_temp.error_of('SELECT csat(0)');
SELECT pg_temp.error_of('SELECT csat(6::float8)');
SELECT pg_temp.error_of('SELECT net_satisfaction(6::int2)');
SELECT pg_temp.error_of('SELECT ces(8)');
SELECT pg_temp.error_of('SELECT ces_agree(s, 4) FROM satisfied');
SELECT pg_temp.error_of('SELECT rate(s) FROM satisfied');
SELECT pg_temp.error_of('SELECT top_box(s) FROM recommend');
SELECT pg_temp.error_of('SELECT bottom_box(s) FROM recommend');
SELECT pg_temp.error_of('SELECT satisfaction_index(s, 1, 10) FROM recommend');

-- The rest by SQLSTATE: all 22003.
\pset format aligned
\pset tuples_only off
SELECT statement, left(pg_temp.error_of(statement), 5) AS state
FROM (VALUES
    ('SELECT nps(-1)'), ('SELECT nps(100)'), ('SELECT ces(0)'), ('SELECT csat(-1)'), ('SELECT net_satisfaction(0)'),
    ('SELECT csat(s) FROM recommend'), ('SELECT csat(s, scale_max => 4) FROM satisfied'),
    ('SELECT csat(s, scale_min => 2) FROM satisfied'), ('SELECT net_satisfaction(s) FROM recommend'),
    ('SELECT ces(s) FROM recommend'), ('SELECT ces(s, 4) FROM satisfied'), ('SELECT ces_agree(s) FROM recommend'),
    ('SELECT promoters(score_agg(11)) FROM generate_series(1, 1)'),
    ('SELECT passives(score_agg(-1)) FROM generate_series(1, 1)'),
    ('SELECT detractors(score_agg(11)) FROM generate_series(1, 1)'),
    ('SELECT nps_ci(score_agg(11)) FROM generate_series(1, 1)'), ('SELECT csat_ci(s) FROM recommend'),
    ('SELECT csat_ci(s, scale_max => 4) FROM satisfied'), ('SELECT net_satisfaction_ci(s) FROM recommend'),
    ('SELECT rate_ci(s) FROM satisfied'),
    ('SELECT nps(score) OVER (ORDER BY score) FROM generate_series(9, 11) score')) v(statement);
\pset format unaligned
\pset tuples_only on

-- No score at all: outside -100..100, a fraction, not a number; the value is named, in full.
SELECT pg_temp.error_of('SELECT score_agg(101)');
SELECT pg_temp.error_of('SELECT score_agg((-101)::int2)');
SELECT pg_temp.error_of('SELECT nps(6.5)');
SELECT pg_temp.error_of('SELECT nps(''NaN''::float8)');
SELECT pg_temp.error_of('SELECT score_agg(''Infinity''::float8)');
SELECT pg_temp.error_of('SELECT csat(''-Infinity''::float8)');
SELECT left(pg_temp.error_of('SELECT score_agg(9223372036854775807)'), 5);
SELECT pg_temp.error_of('SELECT score_agg(2147483647)') LIKE '22003: score 2147483647 is out of range%' AS largest,
       pg_temp.error_of('SELECT score_agg(-2147483648)') LIKE '22003: score -2147483648 is out of range%' AS smallest;
SELECT pg_temp.error_of('SELECT score_agg(9.0000001)') LIKE '22003: score 9.0000001 is out of range%' AS in_full;
SELECT pg_temp.error_of('SELECT share_at_least(101, 5)');
SELECT pg_temp.error_of('SELECT share_at_least(4.5, 4)');
SELECT pg_temp.error_of('SELECT rollup(s) FROM (VALUES (''{"counts": {"101": 1}}''::score_summary)) v(s)');

--
-- Weights
--

SELECT pg_temp.error_of('SELECT score_agg(9, -1)');
SELECT pg_temp.error_of('SELECT score_agg(9, ''NaN''::float8)');
SELECT pg_temp.error_of('SELECT score_agg(9, ''Infinity''::float8)');
SELECT pg_temp.error_of('SELECT score_agg(9, 1e200)');
SELECT pg_temp.error_of('SELECT score_agg(9, 1e-200)');
SELECT left(pg_temp.error_of('SELECT score_agg(true, -1)'), 5) AS outcome;
SELECT pg_temp.error_of('SELECT score_agg(9, ''-Infinity''::float8)') LIKE '22003: weight -Infinity%' AS minus_infinity;

--
-- Definitions
--

-- NPS: detractors from 0, promoters to 10, nobody both.
SELECT pg_temp.error_of('SELECT nps(s, 9, 9) FROM recommend');
SELECT pg_temp.error_of('SELECT nps(s, detractor_max => -1) FROM recommend');
SELECT pg_temp.error_of('SELECT nps(s, promoter_min => 11) FROM recommend');
-- Scales and boxes.
SELECT pg_temp.error_of('SELECT csat(s, scale_max => 1) FROM satisfied');
SELECT pg_temp.error_of('SELECT csat(s, scale_max => 101) FROM satisfied');
SELECT pg_temp.error_of('SELECT csat(s, boxes => 0) FROM satisfied');
SELECT pg_temp.error_of('SELECT csat(s, boxes => 5) FROM satisfied');
SELECT pg_temp.error_of('SELECT net_satisfaction(s, boxes => 3) FROM satisfied');
SELECT pg_temp.error_of('SELECT share(s, 4, 3) FROM satisfied');
-- The rest by SQLSTATE: all 22023.
\pset format aligned
\pset tuples_only off
SELECT statement, left(pg_temp.error_of(statement), 5) AS state
FROM (VALUES
    ('SELECT nps(s, 6, 6) FROM recommend'), ('SELECT nps(s, 9, 6) FROM recommend'),
    ('SELECT nps(s, 2147483647, -2147483648) FROM recommend'),
    ('SELECT nps(s, -2147483648, 2147483647) FROM recommend'),
    ('SELECT promoters(s, 9, 9) FROM recommend'), ('SELECT passives(s, 9, 9) FROM recommend'),
    ('SELECT detractors(s, 9, 9) FROM recommend'), ('SELECT passives(s, 2147483647, 9) FROM recommend'),
    ('SELECT nps_ci(s, detractor_max => 9) FROM recommend'), ('SELECT nps_ci(s, promoter_min => 11) FROM recommend'),
    ('SELECT csat(s, scale_min => 5) FROM satisfied'), ('SELECT csat(s, scale_min => -101) FROM satisfied'),
    ('SELECT csat(s, boxes => -1) FROM satisfied'), ('SELECT csat(s, boxes => 2147483647) FROM satisfied'),
    ('SELECT csat_ci(s, scale_max => 1) FROM satisfied'), ('SELECT csat_ci(s, boxes => 5) FROM satisfied'),
    ('SELECT net_satisfaction(s, boxes => 0) FROM satisfied'),
    ('SELECT net_satisfaction_ci(s, boxes => 3) FROM satisfied'),
    ('SELECT net_satisfaction_ci(s, scale_min => 5) FROM satisfied'),
    ('SELECT satisfaction_index(s, 5, 1) FROM satisfied'), ('SELECT satisfaction_index(s, 1, 1) FROM satisfied'),
    ('SELECT satisfaction_index(s, -2147483648, 2147483647) FROM satisfied'),
    ('SELECT ces(s, 1) FROM satisfied'), ('SELECT ces(s, 2147483647) FROM satisfied'),
    ('SELECT ces_agree(s, 0) FROM satisfied'), ('SELECT top_box(s, -100) FROM satisfied'),
    ('SELECT top_box(s, 101) FROM satisfied'),
    ('SELECT top_box(s, boxes => 0) FROM satisfied'), ('SELECT bottom_box(s, 100) FROM satisfied'),
    ('SELECT bottom_box(s, -101) FROM satisfied'), ('SELECT bottom_box(s, boxes => 0) FROM satisfied'),
    ('SELECT bottom_box(s, boxes => 2147483647) FROM satisfied'), ('SELECT share_ci(s, 4, 3) FROM satisfied'),
    ('SELECT share(s, 2147483647, -2147483648) FROM satisfied')) v(statement);
-- A definition is refused before the answers are looked at, so an empty group fails like a full one.
SELECT statement, left(pg_temp.error_of(statement), 5) AS state
FROM (VALUES ('SELECT nps(''{"counts": {}}'', 9, 9)'), ('SELECT csat(''{"counts": {}}''::score_summary, boxes => 9)'),
     ('SELECT ces(''{"counts": {}}''::score_summary, 1)'), ('SELECT share(''{"counts": {}}'', 4, 3)'),
             ('SELECT nps_ci(''{"counts": {}}'', 2)'), ('SELECT rate_ci(''{"counts": {}}'', method => ''no'')'),
             ('SELECT satisfaction_index(''{"counts": {}}'', 5, 5)')) v(statement);
\pset format unaligned
\pset tuples_only on

--
-- Intervals and sample sizes
--

-- Confidence strictly between 0 and 1, named in full.
SELECT pg_temp.error_of('SELECT nps_ci(s, 0) FROM recommend');
SELECT pg_temp.error_of('SELECT rate_ci(s, 95) FROM satisfied');
SELECT pg_temp.error_of('SELECT mean_ci(s, ''NaN'') FROM satisfied');
SELECT pg_temp.error_of('SELECT mean_ci(s, 1.0000001) FROM satisfied') LIKE '22023: confidence 1.0000001 is not%' AS in_full;
-- Unknown methods: the hint lists those there are.
SELECT pg_temp.error_of('SELECT nps_ci(s, method => ''wilson'') FROM recommend');
SELECT pg_temp.error_of('SELECT csat_ci(s, method => ''adjusted_wald'') FROM satisfied');
SELECT pg_temp.error_of('SELECT prop_ci(1, 2, method => ''Wilson'')');
SELECT pg_temp.error_of('SELECT prop_ci(1, 2, method => '''')');
-- Counts that cannot be.
SELECT pg_temp.error_of('SELECT prop_ci(3, 2)');
SELECT pg_temp.error_of('SELECT prop_ci(-1, 2)');
SELECT pg_temp.error_of('SELECT prop_ci(0, -1)');
-- Margins and shares.
SELECT pg_temp.error_of('SELECT nps_sample_size(0)');
SELECT pg_temp.error_of('SELECT nps_sample_size(101)');
SELECT pg_temp.error_of('SELECT share_sample_size(5)');
SELECT pg_temp.error_of('SELECT share_sample_size(0.05, share => 2)');
SELECT pg_temp.error_of('SELECT nps_sample_size(5, promoters => 0.6, detractors => 0.5)');
SELECT pg_temp.error_of('SELECT nps_sample_size(1e-9)');
SELECT pg_temp.error_of('SELECT share_sample_size(1e-300)');
-- The rest by SQLSTATE: all 22023.
\pset format aligned
\pset tuples_only off
SELECT statement, left(pg_temp.error_of(statement), 5) AS state
FROM (VALUES
    ('SELECT nps_ci(s, 1) FROM recommend'), ('SELECT csat_ci(s, 1) FROM satisfied'),
    ('SELECT net_satisfaction_ci(s, 0) FROM satisfied'), ('SELECT mean_ci(s, 0) FROM satisfied'),
    ('SELECT mean_ci(s, -0.95) FROM satisfied'),
    ('SELECT share_ci(s, 1, 2, 1) FROM satisfied'), ('SELECT prop_ci(1, 2, 0)'), ('SELECT prop_ci(1, 2, 1)'),
    ('SELECT prop_ci(1, 2, ''NaN'')'), ('SELECT prop_ci(1, 2, ''Infinity'')'), ('SELECT prop_ci(0, 0, 1)'),
    ('SELECT net_satisfaction_ci(s, method => ''wilson'') FROM satisfied'),
    ('SELECT rate_ci(s, method => ''t'') FROM satisfied'),
    ('SELECT share_ci(s, 1, 2, method => ''exact'') FROM satisfied'),
    ('SELECT prop_ci(0, 0, method => ''exact'')'), ('SELECT nps_sample_size(-5)'),
    ('SELECT nps_sample_size(''NaN'')'), ('SELECT nps_sample_size(5, 1)'),
    ('SELECT nps_sample_size(5, promoters => -0.1)'),
    ('SELECT nps_sample_size(5, detractors => ''NaN'')'), ('SELECT share_sample_size(0)'),
    ('SELECT share_sample_size(''Infinity'')'), ('SELECT share_sample_size(0.05, 0)'),
    ('SELECT share_sample_size(0.05, share => -1)'),
    ('SELECT share_sample_size(0.05, share => ''NaN'')')) v(statement);
\pset format unaligned
\pset tuples_only on

--
-- Functions that are not for calling
--

SELECT pg_temp.error_of('SELECT score_accum_int4(s, 5) FROM satisfied');
\pset format aligned
\pset tuples_only off
SELECT statement, left(pg_temp.error_of(statement), 5) AS state
FROM (VALUES
    ('SELECT score_accum_int2(s, 5::int2) FROM satisfied'), ('SELECT score_accum_float8(s, 5) FROM satisfied'),
    ('SELECT score_accum_bool(s, true) FROM satisfied'),
    ('SELECT score_accum_weighted_int2(s, 5::int2, 1) FROM satisfied'),
    ('SELECT score_accum_weighted_int4(s, 5, 1) FROM satisfied'),
    ('SELECT score_accum_weighted_float8(s, 5, 1) FROM satisfied'),
    ('SELECT score_accum_weighted_bool(s, true, 1) FROM satisfied'),
    ('SELECT score_inv_int2(s, 5::int2) FROM satisfied'), ('SELECT score_inv_int4(s, 5) FROM satisfied'),
    ('SELECT score_inv_float8(s, 5) FROM satisfied'), ('SELECT score_inv_bool(s, true) FROM satisfied'),
    ('SELECT share_at_least_accum_int4(s, 5, 4) FROM satisfied'),
    ('SELECT share_at_least_accum_float8(s, 5, 4) FROM satisfied'),
    ('SELECT share_at_least_inv_int4(s, 5, 4) FROM satisfied'),
    ('SELECT share_at_least_inv_float8(s, 5, 4) FROM satisfied'), ('SELECT score_combine(s, s) FROM satisfied'),
    ('SELECT score_combine_inv(s, s) FROM satisfied')) v(statement);
-- Final functions only read: by hand they are what they are in the aggregate.
SELECT score_final(s) = s AS final, nps_final(s) AS nps, csat_final(s) AS csat, ces_final(s) AS ces,
       net_satisfaction_final(s) AS net, rate_final('{"counts": {"0": 1, "1": 3}}') AS rate,
       score_final('{"counts": {}}') AS nothing FROM satisfied;

-- A set where none can be taken: the server's own refusal, and ours when a declaration hides the set from it.
SELECT left(pg_temp.error_of('SELECT coalesce(distribution(s)) FROM satisfied'), 5) AS in_an_expression,
       left(pg_temp.error_of('SELECT 1 FROM satisfied WHERE (distribution(s)).score = 1'), 5) AS in_where;
CREATE FUNCTION pg_temp.one_row(score_summary, OUT score int, OUT responses bigint,
    OUT share float8) AS '$libdir/cx_metrics', 'score_summary_distribution' LANGUAGE C STRICT;
SELECT pg_temp.error_of('SELECT pg_temp.one_row(s) FROM satisfied') AS declared_wrong;

--
-- No errors
--

-- No row, no answer, no row left: NULL.
SELECT score_agg(n), nps(n), csat(n), ces(n), net_satisfaction(n), rate(n > 1), share_at_least(n, 3), score_agg(n, 1),
       rollup(NULL::score_summary) FROM generate_series(1, 0) n;
SELECT score_agg(n), nps(n), csat(n), ces(n), net_satisfaction(n), rate(n > 1), share_at_least(n, 3), score_agg(n, 1),
       rollup(s) FROM (VALUES (NULL::int, NULL::score_summary), (NULL, NULL)) v(n, s);
SELECT n, score_agg(n) FILTER (WHERE n > 2) AS summary, nps(n) FILTER (WHERE n > 2) AS nps,
       rate(n > 0) FILTER (WHERE n > 2) AS rate, score_agg(n, 1) FILTER (WHERE n > 2) AS weighted
       FROM generate_series(1, 3) n GROUP BY n ORDER BY n;
SELECT share_at_least(n, NULL) AS no_threshold, share_at_least(NULL::int, 3) AS no_score, score_agg(n, NULL)
       AS no_weight FROM generate_series(1, 5) n;
-- rollup of summaries without an answer.
SELECT rollup(s) FROM (VALUES ('{"counts": {}}'::score_summary), (NULL)) v(s);
-- A score that is left out before it is seen.
SELECT round((nps(score) FILTER (WHERE score <= 10))::numeric, 6) AS nps,
       csat(score) FILTER (WHERE score BETWEEN 1 AND 5) AS csat FROM unnest(ARRAY[9, 10, 11, 99, 4]) score;
-- Wide scores are scores: summaries take -100..100, and every metric without a scale of its own does.
SELECT mean(s), median(s), score_count(s, 100) AS hundreds, score_count(s, 101) AS none, share(s, -200, 200) AS every,
       share(s, 101, 200) AS nobody, top_box(s, 100, 1), bottom_box(s, -100, 1),
       satisfaction_index(s, -100, 100) AS index
FROM (SELECT score_agg(score) FROM unnest(ARRAY[-100, 0, 100, 100]) score) v(s);
-- A threshold may lie off the scale.
SELECT share_at_least(n, -1000) AS every, share_at_least(n, 1000) AS nobody, share_at_least(n, 'Infinity'::float8)
       AS infinite FROM generate_series(1, 5) n;

-- Where the reader gives up inside a character it is 22P02 still, pointing at the character.
SELECT split_part(pg_temp.error_of(format('SELECT %L::score_summary', '{"aaaaaaaaaaaaaaa' || chr(233) || '": 1}')), E'\n', 2);
