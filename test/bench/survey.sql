-- The survey and index rows of the bench, at :rows rows.
\pset footer off
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '512MB';
SET hash_mem_multiplier = 1;

CREATE TABLE answer AS
SELECT (h % 11)::int AS score, 1 + (h / 16 % 5)::int AS function, 1 + (h / 128 % 5)::int AS ease,
       1 + (h / 1024 % 5)::int AS emotion, (ARRAY['function', 'ease', 'emotion'])[1 + h / 8192 % 3] AS dimension,
       0.1 + (h / 65536 % 30) / 10.0::float8 AS weight, (i % 10)::int AS channel, (i % 1000000)::int AS customer
FROM (SELECT i, hashint8(i)::bigint + 2147483648 AS h FROM generate_series(1, :rows) i) x;
CREATE TABLE narrow AS SELECT score FROM answer;
VACUUM ANALYZE answer;
VACUUM ANALYZE narrow;

\echo
\echo ===== :rows rows, one worker, JIT off: CPU time against count(score)
SELECT * FROM bench.ratios('count(score)',
    ARRAY['count(score)', 'nps(score)', 'score_agg(score)', 'NPS by two FILTERs'],
    ARRAY['SELECT count(score) FROM narrow', 'SELECT nps(score) FROM narrow', 'SELECT score_agg(score) FROM narrow',
          'SELECT 100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6)) / count(score) FROM narrow'],
    ARRAY[NULL, 1.15, 1.25, NULL], 9);

\echo ===== the same against the hand-written query
SELECT * FROM bench.ratios('NPS by two FILTERs',
    ARRAY['NPS by two FILTERs', 'nps(score)'],
    ARRAY['SELECT 100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6)) / count(score) FROM narrow',
          'SELECT nps(score) FROM narrow'],
    ARRAY[NULL, 0.85], 9);

\echo ===== JIT on
SET jit = on;
SET jit_above_cost = 0;
SELECT * FROM bench.ratios('count(score)',
    ARRAY['count(score)', 'nps(score)', 'score_agg(score)', 'NPS by two FILTERs'],
    ARRAY['SELECT count(score) FROM narrow', 'SELECT nps(score) FROM narrow', 'SELECT score_agg(score) FROM narrow',
          'SELECT 100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6)) / count(score) FROM narrow'],
    ARRAY[NULL, 1.15, 1.25, NULL], 5);
SET jit = off;

\echo ===== weights and dimensions, against count() of the last column each reads
SELECT * FROM bench.ratios('count(weight)',
    ARRAY['count(weight)', 'count(score)', 'score_agg(score, weight)', 'cx_agg long', 'cx_agg long, weighted',
          'cx_index(function, ease, emotion)', 'cx_agg wide', 'cx_agg wide, weighted'],
    ARRAY['SELECT count(weight) FROM answer', 'SELECT count(score) FROM answer',
          'SELECT score_agg(score, weight) FROM answer',
          'SELECT cx_agg(dimension, function, 1, 5) FROM answer',
          'SELECT cx_agg(dimension, function, 1, 5, weight) FROM answer',
          'SELECT cx_index(function, ease, emotion) FROM answer',
          $$SELECT cx_agg('{function,ease,emotion}', ARRAY[function, ease, emotion], 1, 5) FROM answer$$,
          $$SELECT cx_agg('{function,ease,emotion}', ARRAY[function, ease, emotion], 1, 5, weight) FROM answer$$],
    ARRAY[NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL]::float8[], 5);

\echo ===== cx_agg, one row an answer, against count(score)
SELECT * FROM bench.ratios('count(score)',
    ARRAY['count(score)', 'cx_agg long'],
    ARRAY['SELECT count(score) FROM answer', 'SELECT cx_agg(dimension, function, 1, 5) FROM answer'],
    ARRAY[NULL, 2.0], 7);

\echo ===== GROUP BY 10 groups
SELECT * FROM bench.ratios('count(score)',
    ARRAY['count(score)', 'nps(score)', 'score_agg(score)'],
    ARRAY['SELECT sum(v) FROM (SELECT count(score) AS v FROM answer GROUP BY channel) x',
          'SELECT sum(v) FROM (SELECT nps(score) AS v FROM answer GROUP BY channel) x',
          'SELECT sum(responses(v)) FROM (SELECT score_agg(score) AS v FROM answer GROUP BY channel) x'],
    ARRAY[NULL, 1.15, 1.25]);

\echo ===== GROUP BY 1 million groups, 512 MB of hash memory
SELECT * FROM bench.ratios('count(score)',
    ARRAY['count(score)', 'nps(score)', 'score_agg(score)', 'cx_agg long', 'cx_index'],
    ARRAY['SELECT sum(v) FROM (SELECT count(score) AS v FROM answer GROUP BY customer) x',
          'SELECT sum(v) FROM (SELECT nps(score) AS v FROM answer GROUP BY customer) x',
          'SELECT sum(responses(v)) FROM (SELECT score_agg(score) AS v FROM answer GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT cx_agg(dimension, function, 1, 5) AS v FROM answer GROUP BY customer) x',
          'SELECT sum(v) FROM (SELECT cx_index(function, ease, emotion) AS v FROM answer GROUP BY customer) x'],
    ARRAY[NULL, NULL, NULL, NULL, NULL]::float8[], 2);
SET enable_sort = off;
SELECT * FROM bench.hash_memory(
    ARRAY['count', 'nps', 'score_agg', 'score_agg weighted', 'expectation_gap', 'cx_agg long', 'cx_agg wide', 'cx_index',
          'cx_agg long, weighted', 'cx_agg wide, weighted', 'customer_score', 'peak_end'],
    ARRAY['SELECT count(score) FROM answer GROUP BY customer', 'SELECT nps(score) FROM answer GROUP BY customer',
          'SELECT score_agg(score) FROM answer GROUP BY customer',
          'SELECT score_agg(score, weight) FROM answer GROUP BY customer',
          'SELECT expectation_gap(ease, function) FROM answer GROUP BY customer',
          'SELECT cx_agg(dimension, function, 1, 5) FROM answer GROUP BY customer',
          $$SELECT cx_agg('{function,ease,emotion}', ARRAY[function, ease, emotion], 1, 5) FROM answer GROUP BY customer$$,
          'SELECT cx_index(function, ease, emotion) FROM answer GROUP BY customer',
          'SELECT cx_agg(dimension, function, 1, 5, weight) FROM answer GROUP BY customer',
          $$SELECT cx_agg('{function,ease,emotion}', ARRAY[function, ease, emotion], 1, 5, weight) FROM answer GROUP BY customer$$,
          $$SELECT customer_score(score, 'epoch', 'epoch', '1 day') FROM answer GROUP BY customer$$,
          $$SELECT peak_end(score, 'epoch') FROM answer GROUP BY customer$$]);
RESET enable_sort;

\echo ===== moving frames over the first 300,000 rows, against a moving count of 1,000 rows
CREATE TABLE series AS
SELECT row_number() OVER ()::int AS i, score, score_agg(score) OVER (ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS summary
FROM (SELECT score FROM answer LIMIT 300000) x;
VACUUM ANALYZE series;
SELECT * FROM bench.ratios('count, 1,000 rows',
    ARRAY['count, 1,000 rows', 'nps, 100 rows', 'nps, 1,000 rows', 'nps, 100,000 rows', 'nps(rollup), 1,000 rows'],
    ARRAY['SELECT sum(v) FROM (SELECT count(score) OVER (ORDER BY i ROWS 999 PRECEDING) AS v FROM series) x',
          'SELECT sum(v) FROM (SELECT nps(score) OVER (ORDER BY i ROWS 99 PRECEDING) AS v FROM series) x',
          'SELECT sum(v) FROM (SELECT nps(score) OVER (ORDER BY i ROWS 999 PRECEDING) AS v FROM series) x',
          'SELECT sum(v) FROM (SELECT nps(score) OVER (ORDER BY i ROWS 99999 PRECEDING) AS v FROM series) x',
          'SELECT sum(nps(v)) FROM (SELECT rollup(summary) OVER (ORDER BY i ROWS 999 PRECEDING) AS v FROM series) x'],
    ARRAY[NULL, 1.3, 1.3, 1.3, NULL]);

\echo ===== two workers: how many times faster by the clock, and against count(score)
SET parallel_setup_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT * FROM bench.speedups(
    ARRAY['count(score)', 'nps(score)', 'score_agg(score, weight)', 'cx_agg long', 'cx_index', 'cx_agg wide', 'peak_end'],
    ARRAY['SELECT count(score) FROM answer', 'SELECT nps(score) FROM answer',
          'SELECT score_agg(score, weight) FROM answer', 'SELECT cx_agg(dimension, function, 1, 5) FROM answer',
          'SELECT cx_index(function, ease, emotion) FROM answer',
          $$SELECT cx_agg('{function,ease,emotion}', ARRAY[function, ease, emotion], 1, 5) FROM answer$$,
          $$SELECT peak_end(score, 'epoch') FROM answer$$]);

DROP TABLE answer, narrow, series;
