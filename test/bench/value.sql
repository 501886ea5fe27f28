-- The value rows of the bench, at :rows customers; memory and growth up to :most (10 million).
-- The table customer stays, for lifetimes.sh.
\pset footer off
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '512MB';
SET hash_mem_multiplier = 1;
SET TimeZone = 'UTC';
\if :{?most}
\else
\set most 10000000
\endif

-- A customer of the models, by whole days: buys at a rate that is gamma (1, 8 weeks), stops after each purchase with a
-- probability that is beta (1, 2.5), spends by gamma-gamma (6, 4, 20); seen for 26 to 39 weeks.
CREATE OR REPLACE FUNCTION bench.customer(i bigint, OUT x bigint, OUT t_x float8, OUT age float8, OUT monetary float8) LANGUAGE plpgsql AS $$
DECLARE
    days int := 182 + i % 91;
    rate float8 := -ln(1 - random()) / 56;
    stops float8 := 1 - (1 - random()) ^ 0.4;
    hour float8 := random();
    at float8 := 0;
    last_day int := 0;
    spent float8 := 0;
BEGIN
    x := 0;
    LOOP
        at := at - ln(1 - random()) / rate;
        EXIT WHEN hour + at >= days + 1;
        IF floor(hour + at) > last_day THEN
            last_day := floor(hour + at);
            x := x + 1;
        END IF;
        EXIT WHEN random() < stops;
    END LOOP;
    t_x := last_day / 7.0;
    age := days / 7.0;
    IF x > 0 THEN
        FOR k IN 1..least(6 * x, 600) LOOP
            spent := spent - ln(1 - random());
        END LOOP;
        monetary := round((20 * spent / (least(x, 100) * -ln((1 - random()) * (1 - random()) * (1 - random()) * (1 - random()))))::numeric, 2) + 0.01;
    END IF;
END $$;

SELECT setseed(0.5) \g /dev/null
CREATE TABLE customer AS
SELECT c.*, ROW(x, t_x, age, monetary, 604800)::rfm_summary AS s FROM generate_series(1, greatest(:rows, :most)) i, LATERAL bench.customer(i) c;
VACUUM ANALYZE customer;
-- The first of them: :rows for speed, tenths of :most for growth.
CREATE TABLE scored AS SELECT * FROM customer LIMIT :rows;
CREATE TABLE tenth AS SELECT * FROM customer LIMIT :most / 10;
CREATE TABLE hundredth AS SELECT * FROM customer LIMIT :most / 100;
CREATE TABLE duration AS
SELECT (h % 1000)::float8 AS few, h::float8 AS own, h % 3 > 0 AS observed FROM (SELECT hashint8(i)::bigint + 2147483648 AS h FROM generate_series(1, :rows) i) x;
VACUUM ANALYZE scored, tenth, hundredth, duration;

\echo
\echo ===== :rows rows, one worker, JIT off: CPU time against count()
SELECT * FROM bench.ratios('count(duration)',
    ARRAY['count(duration)', 'survival_agg, 1,000 durations', 'survival_agg, all different'],
    ARRAY['SELECT count(few) FROM duration', 'SELECT pg_column_size(survival_agg(few, observed)) FROM duration', 'SELECT pg_column_size(survival_agg(own, observed)) FROM duration'],
    ARRAY[NULL, NULL, NULL]::float8[], :rounds);

-- Seconds of CPU, against a goal in seconds.
CREATE OR REPLACE FUNCTION bench.costs(labels text[], queries text[], goals float8[], rounds int)
RETURNS TABLE (work text, cpu_seconds numeric, goal numeric, met text) LANGUAGE sql AS $$
    WITH m AS MATERIALIZED (SELECT bench.seconds(queries, rounds) AS s)
    SELECT u.label, round(s[u.i]::numeric, 3), round(u.goal::numeric, 3), CASE WHEN u.goal IS NULL THEN '' WHEN s[u.i] <= u.goal THEN 'yes' ELSE 'NO' END
    FROM m, unnest(labels, goals) WITH ORDINALITY u(label, goal, i)
    ORDER BY u.i $$;

\echo ===== fits to :rows customers with purchases on whole days; the goal is 3 times the count and half a second
SELECT (bench.seconds(ARRAY['SELECT count(*) FROM scored'], :rounds))[1] AS counting \gset
SELECT *, round(cpu_seconds / :counting::numeric, 1) AS times_count
FROM bench.costs(
    ARRAY['count(*)', 'purchase_agg', 'bgnbd_fit', 'mbgnbd_fit', 'spend_agg', 'gamma_gamma_fit', 'bgnbd_fit of rfm_summary'],
    ARRAY['SELECT count(*) FROM scored', 'SELECT pg_column_size(purchase_agg(x, t_x, age)) FROM scored', 'SELECT bgnbd_fit(x, t_x, age) FROM scored', 'SELECT mbgnbd_fit(x, t_x, age) FROM scored',
          'SELECT pg_column_size(spend_agg(x, monetary)) FROM scored', 'SELECT gamma_gamma_fit(x, monetary) FROM scored', 'SELECT bgnbd_fit(s) FROM scored'],
    ARRAY[NULL, NULL, 3 * :counting + 0.5, NULL, NULL, NULL, NULL], :rounds);
SELECT format('The customers were made with r = 1, alpha = 8, a = 1, b = 2.5 and whole days; fitted: %s, %s, %s, %s.',
              round((m).r::numeric, 3), round((m).alpha::numeric, 3), round((m).a::numeric, 3), round((m).b::numeric, 3)) AS fitted
FROM (SELECT bgnbd_fit(x, t_x, age) AS m FROM scored) f \gset
\echo :fitted

\echo ===== growth of bgnbd_fit, beyond reading its input: seconds of CPU for each million customers
SELECT customers, round(seconds[k]::numeric, 3) AS cpu_seconds, round((1e6 * (seconds[k] - seconds[3 + k]) / customers)::numeric, 3) AS each_million,
       CASE WHEN k = 1 THEN '' WHEN (seconds[k] - seconds[3 + k]) / customers <= 1.1 * (seconds[k - 1] - seconds[2 + k]) / n[k - 1] THEN 'yes' ELSE 'NO' END AS linear
FROM bench.seconds(ARRAY['SELECT bgnbd_fit(x, t_x, age) FROM hundredth', 'SELECT bgnbd_fit(x, t_x, age) FROM tenth', 'SELECT bgnbd_fit(x, t_x, age) FROM (SELECT * FROM customer LIMIT ' || :most || ') c',
                         'SELECT count(age) FROM hundredth', 'SELECT count(age) FROM tenth', 'SELECT count(age) FROM (SELECT * FROM customer LIMIT ' || :most || ') c'], 3) seconds,
     (VALUES (ARRAY[:most / 100, :most / 10, :most])) v(n), unnest(n) WITH ORDINALITY u(customers, k)
ORDER BY k;

\echo ===== predictions for :rows customers; the goal is half a second a million
CREATE TABLE model AS SELECT bgnbd_fit(s) AS bg, mbgnbd_fit(s) AS mbg, gamma_gamma_fit(s) AS gg FROM scored;
SELECT * FROM bench.costs(
    ARRAY['sum(x), the floor', 'p_alive', 'expected_purchases', 'p_alive, MBG/NBD', 'expected_purchases, MBG/NBD', 'expected_purchases of rfm_summary', 'expected_spend'],
    ARRAY['SELECT sum(x) FROM scored, model', 'SELECT sum(p_alive(bg, x, t_x, age)) FROM scored, model', 'SELECT sum(expected_purchases(bg, 52, x, t_x, age)) FROM scored, model',
          'SELECT sum(p_alive(mbg, x, t_x, age)) FROM scored, model', 'SELECT sum(expected_purchases(mbg, 52, x, t_x, age)) FROM scored, model',
          'SELECT sum(expected_purchases(bg, 52, s)) FROM scored, model', 'SELECT sum(expected_spend(gg, x, monetary)) FROM scored, model'],
    ARRAY[NULL, 0.5 * :rows / 1e6, 0.5 * :rows / 1e6, NULL, NULL, NULL, NULL], :rounds);
CREATE TABLE few AS SELECT s FROM scored LIMIT 10000;
SELECT work, round((1e6 * seconds[k] / 10000)::numeric, 2) AS microseconds_a_customer
FROM bench.seconds(ARRAY[$$SELECT sum(cltv(bg, gg, s, 52::float8, 0.1)) FROM few, model$$, $$SELECT sum(cltv(bg, gg, s, 'infinity'::float8, 0.1)) FROM few, model$$,
                         $$SELECT sum(cltv(bg, gg, s, 52::float8, 0.1, discounting => 'monthly')) FROM few, model$$, $$SELECT sum((cltv_ci(bg, gg, s, 52::float8, 0.1)).hi) FROM few, model$$], :rounds) seconds,
     unnest(ARRAY['cltv, a year', 'cltv, without an end', 'cltv, a year by months', 'cltv_ci, a year']) WITH ORDINALITY u(work, k)
ORDER BY k;

\echo ===== 5 purchases a customer, in an order at random: against array_agg
CREATE TABLE purchase AS
SELECT (h % :rows)::int AS customer, timestamptz '2024-01-01Z' + (h / 64 % 400) * interval '1 day' AS at, 1 + (h % 10000) / 100.0::float8 AS amount
FROM (SELECT hashint8(i)::bigint + 2147483648 AS h FROM generate_series(1, :rows * 5) i) x;
VACUUM ANALYZE purchase;
SELECT * FROM bench.ratios('array_agg(ROW(at, amount))',
    ARRAY['array_agg(ROW(at, amount))', 'rfm(at, amount, as_of)', 'rfm, by weeks', 'npv', 'sum(amount)'],
    ARRAY['SELECT count(v) FROM (SELECT array_agg(ROW(at, amount)) AS v FROM purchase GROUP BY customer) x',
          $$SELECT count(v) FROM (SELECT rfm(at, amount, '2025-03-01Z') AS v FROM purchase GROUP BY customer) x$$,
          $$SELECT count(v) FROM (SELECT rfm(at, amount, '2025-03-01Z', '1 week', '1 week') AS v FROM purchase GROUP BY customer) x$$,
          $$SELECT count(v) FROM (SELECT npv(amount, at, '2025-03-01Z', 0.1) AS v FROM purchase GROUP BY customer) x$$,
          'SELECT count(v) FROM (SELECT sum(amount) AS v FROM purchase GROUP BY customer) x'],
    ARRAY[NULL, 1, NULL, NULL, NULL], 2);
SET enable_sort = off;
SELECT * FROM bench.hash_memory(ARRAY['sum(amount)', 'rfm(at, amount, as_of)', 'array_agg(ROW(at, amount))'],
    ARRAY['SELECT sum(amount) FROM purchase GROUP BY customer', $$SELECT rfm(at, amount, '2025-03-01Z') FROM purchase GROUP BY customer$$,
          'SELECT array_agg(ROW(at, amount)) FROM purchase GROUP BY customer']);
RESET enable_sort;
DROP TABLE purchase;

\echo ===== cohort windows over 5 times :rows rows, 24 periods a cohort, read in order from an index: against sum() OVER the same frame
CREATE TABLE cell AS
SELECT i / 24 AS cohort, i % 24 AS period, CASE WHEN i % 24 < 20 OR i / 24 % 2 = 0 THEN floor(1000 * 0.9::float8 ^ (i % 24)) END AS active, 1000::bigint AS customers, (i % 977)::float8 AS margin, 20 * 1000::float8 AS cost
FROM generate_series(0, :rows * 5 - 1) i;
CREATE UNIQUE INDEX cell_index ON cell (cohort, period) INCLUDE (active, customers, margin, cost);
VACUUM ANALYZE cell;
SET enable_sort = off;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT * FROM bench.ratios('sum() OVER',
    ARRAY['sum() OVER', 'cohort_retention', 'cohort_cltv', 'payback_period', 'cltv_cac_ratio', 'projected_retention, half with a tail'],
    ARRAY['SELECT count(v) FROM (SELECT sum(margin) OVER w AS v FROM cell WINDOW w AS (PARTITION BY cohort ORDER BY period)) x',
          'SELECT count(v) FROM (SELECT cohort_retention(period, active) OVER w AS v FROM cell WINDOW w AS (PARTITION BY cohort ORDER BY period)) x',
          'SELECT count(v) FROM (SELECT cohort_cltv(period, margin, customers, 0.01) OVER w AS v FROM cell WINDOW w AS (PARTITION BY cohort ORDER BY period)) x',
          'SELECT count(v) FROM (SELECT payback_period(period, margin, customers, cost) OVER w AS v FROM cell WINDOW w AS (PARTITION BY cohort ORDER BY period)) x',
          'SELECT count(v) FROM (SELECT cltv_cac_ratio(period, margin, customers, cost) OVER w AS v FROM cell WINDOW w AS (PARTITION BY cohort ORDER BY period)) x',
          'SELECT count(v) FROM (SELECT projected_retention(period, active) OVER w AS v FROM cell WINDOW w AS (PARTITION BY cohort ORDER BY period)) x'],
    ARRAY[NULL, 1.5, 1.5, 1.5, 1.5, NULL], 2);
RESET enable_sort;
RESET enable_seqscan;
RESET enable_bitmapscan;
-- cohort_period is over a customer's rows in order of time: here a customer has 24, a day apart.
CREATE TABLE visit AS SELECT cohort AS customer, timestamptz '2024-01-01Z' + period * interval '1 day' AS at FROM cell;
CREATE INDEX visit_index ON visit (customer, at);
VACUUM ANALYZE visit;
SET enable_sort = off;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT * FROM bench.ratios('count() OVER',
    ARRAY['count() OVER', 'cohort_period, weeks', 'cohort_period, months in Madrid'],
    ARRAY['SELECT count(v) FROM (SELECT count(at) OVER w AS v FROM visit WINDOW w AS (PARTITION BY customer ORDER BY at)) x',
          $$SELECT count(v) FROM (SELECT cohort_period(at, '1 week') OVER w AS v FROM visit WINDOW w AS (PARTITION BY customer ORDER BY at)) x$$,
          $$SELECT count(v) FROM (SELECT cohort_period(at, '1 month', 'Europe/Madrid') OVER w AS v FROM visit WINDOW w AS (PARTITION BY customer ORDER BY at)) x$$],
    ARRAY[NULL, 1.5, NULL], 2);
RESET enable_sort;
RESET enable_seqscan;
RESET enable_bitmapscan;
DROP TABLE visit;

\echo ===== moving frames of 12 rows and of 1,000 over 300,000 rows, against a moving count
CREATE TABLE series AS SELECT (cohort * 24 + period)::int AS i, margin AS spend, customers, CASE WHEN period > 3 THEN margin / 2 END AS later FROM cell LIMIT 300000;
VACUUM ANALYZE series;
SELECT * FROM bench.ratios('count, 12 rows',
    ARRAY['count, 12 rows', 'count, 1,000 rows', 'cac, 12 rows', 'cac, 1,000 rows', 'sum / sum, 12 rows', 'revenue_retention, 12 rows', 'revenue_retention, 1,000 rows'],
    ARRAY['SELECT count(v) FROM (SELECT count(spend) OVER (ORDER BY i ROWS 11 PRECEDING) AS v FROM series) x',
          'SELECT count(v) FROM (SELECT count(spend) OVER (ORDER BY i ROWS 999 PRECEDING) AS v FROM series) x',
          'SELECT count(v) FROM (SELECT cac(spend, customers) OVER (ORDER BY i ROWS 11 PRECEDING) AS v FROM series) x',
          'SELECT count(v) FROM (SELECT cac(spend, customers) OVER (ORDER BY i ROWS 999 PRECEDING) AS v FROM series) x',
          'SELECT count(v) FROM (SELECT sum(spend) OVER w / sum(customers) OVER w AS v FROM series WINDOW w AS (ORDER BY i ROWS 11 PRECEDING)) x',
          'SELECT count(v) FROM (SELECT revenue_retention(spend, later) OVER (ORDER BY i ROWS 11 PRECEDING) AS v FROM series) x',
          'SELECT count(v) FROM (SELECT revenue_retention(spend, later) OVER (ORDER BY i ROWS 999 PRECEDING) AS v FROM series) x'],
    ARRAY[NULL, NULL, NULL, NULL, NULL, NULL, NULL]::float8[], 3);
DROP TABLE cell, series;

\echo ===== two workers: how many times faster by the clock, and against count(x)
SET parallel_setup_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT * FROM bench.speedups(
    ARRAY['count(x)', 'purchase_agg', 'bgnbd_fit', 'survival_agg, 1,000 durations', 'expected_purchases'],
    ARRAY['SELECT count(x) FROM tenth', 'SELECT pg_column_size(purchase_agg(x, t_x, age)) FROM tenth', 'SELECT bgnbd_fit(x, t_x, age) FROM tenth', 'SELECT pg_column_size(survival_agg(few, observed)) FROM duration',
          'SELECT sum(expected_purchases(bg, 52, x, t_x, age)) FROM tenth, model'], 3);
DROP TABLE duration, few, tenth, hundredth, model;

-- Memory: what a new session needs at its peak beyond what it needed to count the same rows, which come one by one.
\echo ===== peak memory of :most customers that are all different; the goal is 3.2 times what is kept
CREATE OR REPLACE FUNCTION bench.peak() RETURNS float8 LANGUAGE sql AS $$
    SELECT substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\s+(\d+)')::float8 * 1024 $$;
CREATE OR REPLACE FUNCTION bench.peak_of(query text, floor_query text, OUT kept float8, OUT peak float8) LANGUAGE plpgsql AS $$
DECLARE before float8;
BEGIN
    EXECUTE floor_query;
    before := bench.peak();
    EXECUTE query INTO kept;
    peak := bench.peak() - before;
END $$;
\set rows_of '(SELECT generate_series(1, ' :most ') AS g) x'
\connect -
SET jit = off;
SET client_min_messages = error;
SELECT 'purchase_agg' AS work, round(kept / 1e6) AS megabytes, round(peak / 1e6) AS peak, round((peak / kept)::numeric, 2) AS ratio, 3.2 AS goal, CASE WHEN peak <= 3.2 * kept THEN 'yes' ELSE 'NO' END AS met
FROM bench.peak_of('SELECT pg_column_size(purchase_agg(1 + g % 5, g * 1e-7, g * 1e-7 + 9)) FROM ' || :'rows_of', 'SELECT count(g) FROM ' || :'rows_of');
\connect -
SET jit = off;
SET client_min_messages = error;
SELECT 'survival_agg' AS work, round(kept / 1e6) AS megabytes, round(peak / 1e6) AS peak, round((peak / kept)::numeric, 2) AS ratio, 3.2 AS goal, CASE WHEN peak <= 3.2 * kept THEN 'yes' ELSE 'NO' END AS met
FROM bench.peak_of('SELECT pg_column_size(survival_agg(g * 1e-7, g % 3 > 0)) FROM ' || :'rows_of', 'SELECT count(g) FROM ' || :'rows_of');
\connect -
SET jit = off;
SET client_min_messages = error;
\echo ===== and of the fit to them; megabytes are those of their purchase_summary
SELECT 'bgnbd_fit' AS work, round(kept / 1e6) AS megabytes, round(peak / 1e6) AS peak, round((peak / kept)::numeric, 2) AS ratio
FROM bench.peak_of('SELECT 40 + 32.0 * (bgnbd_fit(1 + g % 5, g * 1e-7, g * 1e-7 + 9)).customers FROM ' || :'rows_of', 'SELECT count(g) FROM ' || :'rows_of');
\connect -
SET jit = off;
\echo ===== past 512 MB
CREATE OR REPLACE FUNCTION bench.refusal(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    hint text;
BEGIN
    EXECUTE query;
    RETURN 'nothing refused';
EXCEPTION WHEN program_limit_exceeded THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN message || '. ' || hint;
END $$;
SELECT bench.refusal('SELECT purchase_agg(1, g, g) FROM (SELECT generate_series(1, 20000000)::float8 AS g) x') AS refused \gset
\echo :refused
