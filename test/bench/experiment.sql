-- The rows of the bench on drivers, control charts and experiments, at :rows rows.
\pset footer off
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '512MB';

-- An outcome and 30 drivers that are correlated with each other and with it: answers on 0..10 as float8.
SELECT setseed(0.5) \g /dev/null
SELECT string_agg(format('x%s float8', i), ', ' ORDER BY i) AS columns, string_agg('x' || i, ', ' ORDER BY i) AS covariates, string_agg('x' || i, ', ' ORDER BY i) FILTER (WHERE i <= 15) AS half,
       string_agg('floor(2 + 4 * mood + 5 * random())', ', ') AS answers FROM generate_series(1, 30) i \gset
CREATE TABLE wide (y float8, :columns);
INSERT INTO wide SELECT floor(3 * mood + 8 * random()), :answers FROM (SELECT random() AS mood FROM generate_series(1, :rows)) m;
VACUUM (FREEZE, ANALYZE) wide;

-- One regr_r2 a query, for five pairs that lie as deep in the row as the 435 pairs do on average: the mean of their times stands
-- for that of all. The goal of covariance_agg, which does the 496 pairs of its 31 variables at once, is 3 times that.
\echo
\echo ===== :rows rows, 30 drivers, one worker, JIT off: CPU time against one regr_r2 a query, the mean of five pairs
\echo SELECT covariance_agg(y, x1, x2, .., x30) FROM wide, against SELECT regr_r2(x1, x2) FROM wide
WITH m AS MATERIALIZED (
    SELECT bench.seconds(ARRAY['SELECT regr_r2(x1, x2) FROM wide', 'SELECT regr_r2(x7, x24) FROM wide', 'SELECT regr_r2(x15, x16) FROM wide', 'SELECT regr_r2(x3, x29) FROM wide', 'SELECT regr_r2(x29, x30) FROM wide',
        'SELECT count(x30) FROM wide', 'SELECT covariance_agg(y) FROM wide', 'SELECT covariance_agg(y, x1) FROM wide', 'SELECT covariance_agg(y, ' || :'half' || ') FROM wide', 'SELECT covariance_agg(y, ' || :'covariates' || ') FROM wide',
        (SELECT 'SELECT ' || string_agg(format('regr_r2(x%s, x%s)', i, j), ', ') || ' FROM wide' FROM generate_series(1, 30) i, generate_series(i + 1, 30) j WHERE (i + j) % 11 = 0)], :rounds) AS s)
SELECT u.work, round(s[u.i]::numeric, 3) AS cpu_seconds, round((s[u.i] / pair)::numeric, 2) AS ratio, u.goal, CASE WHEN u.goal IS NULL THEN '' WHEN s[u.i] <= u.goal * pair THEN 'yes' ELSE 'NO' END AS met
FROM m, LATERAL (SELECT avg(v) AS pair FROM unnest(s[1:5]) v) p,
     unnest(ARRAY['regr_r2(x1, x2)', 'regr_r2(x7, x24)', 'regr_r2(x15, x16)', 'regr_r2(x3, x29)', 'regr_r2(x29, x30)', 'count(x30), the floor', 'covariance_agg, no driver', 'covariance_agg, 1 driver', 'covariance_agg, 15 drivers', 'covariance_agg, 30 drivers',
                  'regr_r2 of ' || (SELECT count(*) FROM generate_series(1, 30) i, generate_series(i + 1, 30) j WHERE (i + j) % 11 = 0) || ' pairs in one query'],
            ARRAY[NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3, NULL]::float8[]) WITH ORDINALITY u(work, goal, i)
ORDER BY u.i;

\echo ===== drivers from a summary; the goal of shapley with 15 drivers is a second
CREATE TABLE driven AS
SELECT (SELECT array_agg('driver ' || i ORDER BY i) FROM generate_series(1, 30) i) AS names, covariance_agg(y, :covariates) AS s30, covariance_agg(y, :half) AS s15,
       covariance_agg(y, :half, x16, x17, x18, x19, x20) AS s20 FROM wide;
SELECT work, round((1000 * seconds[k])::numeric, 2) AS milliseconds, goal, CASE WHEN goal IS NULL THEN '' WHEN 1000 * seconds[k] <= goal THEN 'yes' ELSE 'NO' END AS met
FROM bench.seconds(ARRAY['SELECT sum(d.importance) FROM driven, drivers(s30, names) d', 'SELECT sum(d.importance) FROM driven, drivers(s15, names[1:15], ''shapley'') d', 'SELECT sum(d.importance) FROM driven, drivers(s20, names[1:20], ''shapley'') d'], 2) seconds,
     unnest(ARRAY['relative_weights, 30 drivers', 'shapley, 15 drivers', 'shapley, 20 drivers'], ARRAY[NULL, 1000, NULL]::int[]) WITH ORDINALITY u(work, goal, k)
ORDER BY k;

\echo ===== two workers: how many times faster by the clock, and against regr_r2
SET parallel_setup_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT * FROM bench.speedups(ARRAY['regr_r2(x29, x30)', 'covariance_agg, 30 drivers'], ARRAY['SELECT regr_r2(x29, x30) FROM wide', 'SELECT covariance_agg(y, ' || :'covariates' || ') FROM wide'], 2);
RESET parallel_setup_cost;
RESET min_parallel_table_scan_size;
DROP TABLE wide, driven;

\echo ===== control charts over :rows points in one partition, read in order from an index: against avg(x) OVER (ORDER BY t)
CREATE TABLE point AS
SELECT t, 50 + 10 * (random() + random() + random()) AS x, ('{"counts": {"0": ' || (40 + 20 * random())::int || ', "1": ' || (500 + 60 * random())::int || '}}')::score_summary AS yes,
       ('{"counts": {"3": ' || (40 + 20 * random())::int || ', "8": ' || (40 + 20 * random())::int || ', "10": ' || (500 + 60 * random())::int || '}}')::score_summary AS scores
FROM generate_series(1, :rows) t;
CREATE UNIQUE INDEX point_index ON point (t) INCLUDE (x, yes, scores);
VACUUM (FREEZE, ANALYZE) point;
SET enable_sort = off;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT * FROM bench.ratios('avg OVER',
    ARRAY['avg OVER', 'avg(x + 0 * mean(yes)) OVER', 'control_chart', 'control_chart, three fields', 'control_chart, nelson', 'control_chart, baseline of 30', 'rate_chart', 'nps_chart', 'ewma', 'cusum'],
    ARRAY['SELECT count(v) FROM (SELECT avg(x) OVER (ORDER BY t) AS v FROM point) q',
          'SELECT count(v) FROM (SELECT avg(x + 0 * mean(yes)) OVER (ORDER BY t) AS v FROM point) q',
          'SELECT count(v) FROM (SELECT control_chart(x) OVER (ORDER BY t) AS v FROM point) q',
          'SELECT count((v).lcl) + count((v).ucl) + count((v).signal) FROM (SELECT control_chart(x) OVER (ORDER BY t) AS v FROM point) q',
          $$SELECT count(v) FROM (SELECT control_chart(x, 'nelson') OVER (ORDER BY t) AS v FROM point) q$$,
          'SELECT count(v) FROM (SELECT control_chart(x, baseline => 30) OVER (ORDER BY t) AS v FROM point) q',
          'SELECT count(v) FROM (SELECT rate_chart(yes) OVER (ORDER BY t) AS v FROM point) q',
          'SELECT count(v) FROM (SELECT nps_chart(scores) OVER (ORDER BY t) AS v FROM point) q',
          'SELECT count(v) FROM (SELECT ewma(x) OVER (ORDER BY t) AS v FROM point) q',
          'SELECT count(v) FROM (SELECT cusum(x) OVER (ORDER BY t) AS v FROM point) q'],
    ARRAY[NULL, NULL, 2, 2, 2, 2, 2, 2, 2, 2], :rounds);
\echo ===== the same in partitions of 24 points
CREATE TABLE part AS SELECT t / 24 AS series, * FROM point;
CREATE UNIQUE INDEX part_index ON part (series, t) INCLUDE (x, yes);
VACUUM (FREEZE, ANALYZE) part;
SELECT * FROM bench.ratios('avg OVER',
    ARRAY['avg OVER', 'control_chart', 'rate_chart', 'ewma', 'cusum'],
    ARRAY['SELECT count(v) FROM (SELECT avg(x) OVER (PARTITION BY series ORDER BY t) AS v FROM part) q',
          'SELECT count(v) FROM (SELECT control_chart(x) OVER (PARTITION BY series ORDER BY t) AS v FROM part) q',
          'SELECT count(v) FROM (SELECT rate_chart(yes) OVER (PARTITION BY series ORDER BY t) AS v FROM part) q',
          'SELECT count(v) FROM (SELECT ewma(x) OVER (PARTITION BY series ORDER BY t) AS v FROM part) q',
          'SELECT count(v) FROM (SELECT cusum(x) OVER (PARTITION BY series ORDER BY t) AS v FROM part) q'],
    ARRAY[NULL, NULL, NULL, NULL, NULL]::float8[], 2);
RESET enable_sort;
RESET enable_seqscan;
RESET enable_bitmapscan;
DROP TABLE part;

\echo ===== microseconds a call
CREATE TABLE arm AS SELECT scores, yes, lead(scores, 1, scores) OVER (ORDER BY t) AS next_scores FROM point WHERE t <= 10000;
CREATE TABLE adjusted AS SELECT c.s AS a, d.s AS b FROM (SELECT covariance_agg(x, x + t % 7) AS s FROM point WHERE t <= 1000) c, (SELECT covariance_agg(x, x + t % 7) AS s FROM point WHERE t BETWEEN 1001 AND 2000) d, generate_series(1, 10000);
SELECT work, round((1e6 * seconds[k] / 10000)::numeric, 2) AS microseconds
FROM bench.seconds(ARRAY[$$SELECT count(c.p_value) FROM arm, compare(scores, next_scores) c$$, $$SELECT count(c.p_value) FROM arm, compare(scores, next_scores, 'nps') c$$, $$SELECT count(c.lo) FROM arm, compare(scores, next_scores, method => 'sequential') c$$,
                         $$SELECT count(c.lo) FROM arm, compare(scores, next_scores, method => 'bayes') c$$, $$SELECT count(c.lo) FROM adjusted, compare(a, b) c$$, $$SELECT sum(prob_b_beats_a(500, 5000, 520 + responses(yes) % 10, 5000)) FROM arm$$,
                         $$SELECT sum(mean_test_sample_size(1, 5 + responses(yes) % 10)) FROM arm$$], 2) seconds,
     unnest(ARRAY['compare, means', 'compare, nps', 'compare, sequential', 'compare, bayes', 'compare with a covariate', 'prob_b_beats_a', 'mean_test_sample_size']) WITH ORDINALITY u(work, k)
ORDER BY k;
DROP TABLE point, arm, adjusted;
