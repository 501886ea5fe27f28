-- control_chart, nps_chart, rate_chart, ewma, cusum.
--
-- The second sources: reference cases (R's qcc), Montgomery's book, and the definitions in SQL over whole series.
-- (test/unit/chart_test.c has the rules one by one, with their near misses.)

CREATE SCHEMA test_experiment_chart;
SET search_path = test_experiment_chart, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET extra_float_digits = 1;

CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ': ' || message, nullif(hint, ''));
END $$;
CREATE FUNCTION near(got float8, want float8, tolerance float8 DEFAULT 1e-9) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN got IS NULL OR want IS NULL THEN got IS NULL AND want IS NULL ELSE abs(got - want) <= tolerance * greatest(1, abs(want)) END $$;

--
-- Reference cases
--

-- spc-008, viscosity: the 4th is out.
SELECT near((p).center, 34.088) AS center, near((p).sigma, 0.507652108995894) AS sigma, near((p).lcl, 32.5650436730123) AS lcl, near((p).ucl, 35.6109563269877) AS ucl,
       count(*), string_agg(n || ': ' || (p).signal, ', ') AS signals
FROM (SELECT n, control_chart(x) OVER (ORDER BY n) AS p
      FROM unnest('{34.05,34.4,33.59,35.96,34.7,33.51,33.79,34.04,34.52,33.75,33.27,33.71,34.03,34.58,34.02,33.97,34.05,34.04,33.73,34.05}'::float8[]) WITH ORDINALITY u(x, n)) q
GROUP BY 1, 2, 3, 4;

-- A baseline of 9 rows with center 0 and sigma 1, the last of them NULL, for cases that give center and sigma.
CREATE FUNCTION after_unit_baseline(x float8[], center float8 DEFAULT 0, sigma float8 DEFAULT 1) RETURNS TABLE (n bigint, x float8) LANGUAGE sql AS $$
    SELECT n - 9, v FROM unnest((SELECT array_agg(center + sigma * 0.564 * CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END) || NULL::float8 FROM generate_series(1, 8) i) || x) WITH ORDINALITY u(v, n) $$;
-- spc-023: 14 and 15. spc-027: 8.
SELECT array_agg(n) FILTER (WHERE n > 0 AND (p).signal LIKE '%rule 4%') AS rule_4
FROM (SELECT n, control_chart(x, 'nelson', 9) OVER (ORDER BY n) AS p FROM after_unit_baseline('{1,3,2,4,3,5,4,6,5,7,6,8,7,9,8}')) q;
SELECT array_agg(n || ': ' || (p).signal) FILTER (WHERE n > 0) AS signals
FROM (SELECT n, control_chart(x, 'nelson', 9) OVER (ORDER BY n) AS p FROM after_unit_baseline('{1.2,-1.3,1.1,-1.4,1.5,-1.2,1.3,-1.1,0.2}')) q;
-- spc-010: above at 3, below at 6. (A value on the target brings the sums back to 0 first.)
SELECT n - 1 AS n, near((p).high, high) AS high, near((p).low, low) AS low, near((p).sigma, 1) AS sigma, (p).target, (p).h, (p).signal
FROM (SELECT n, cusum(x, 0, 0.5, 1, 9) OVER (ORDER BY n) AS p FROM after_unit_baseline('{0,1.5,0.5,0.6,-1.5,-0.5,-0.8}')) q
     JOIN unnest('{1,1,1.1,0,0,0}'::float8[], '{0,0,0,-1,-1,-1.3}'::float8[]) WITH ORDINALITY w(high, low, i) ON n = i + 1;
-- spc-009 and spc-012: pistonrings, with the sigma of a mean of five. For the EWMA the baseline is what follows the rings: two numbers that bring center and sigma to where qcc has them.
CREATE TABLE ring AS SELECT n::int, x FROM unnest('{74.0102,74.0006,74.008,74.003,74.0034,73.9956,74.0,73.9968,74.0042,73.998,73.9942,74.0014,73.9984,73.9902,74.006,73.9966,74.0008,74.0074,73.9982,74.0092,73.9998,74.0016,74.0024,74.0052,73.9982}'::float8[]) WITH ORDINALITY u(x, n);
SELECT count(*), bool_and(near((p).high, high, 1e-6)) AS high, bool_and(near((p).low, low, 1e-6)) AS low, count((p).signal) AS signals
FROM (SELECT n, cusum(x, 74.001176, baseline => 9) OVER (ORDER BY n) AS p FROM after_unit_baseline((SELECT 74.001176::float8 || array_agg(x ORDER BY n) FROM ring), 74.001176, 0.0097850386930353 / sqrt(5))) q
     JOIN unnest('{1.56215612037841,0.930529133975764,1.98994329238263,1.90676208267444,1.91498850241533,0.140766147894377,0,0,0.191041678639034,0,0,0,0,0,0.602376011161495,0,0,0.922302714234881,0,1.33363704675734,0.519194801453303,0.116086888671726,0,0.419560752263345,0}'::float8[],
                 '{0,0,0,0,0,-0.774222354520949,-0.542960785098827,-1.04296025127255,0,-0.225776577823252,-1.31992563541434,-0.768737362918831,-0.903106311293008,-2.91133166337809,-1.3089556522166,-1.85465893311324,-1.44058210479296,0,-0.180072763100338,0,0,0,0,0,-0.180072763100338}'::float8[]) WITH ORDINALITY w(high, low, i) ON n = i + 1;
-- `x`, a NULL and 20 rows that alternate, so that the chart of all rows has this center and sigma.
CREATE FUNCTION before_baseline(x float8[], center float8, sigma float8) RETURNS TABLE (n bigint, x float8) LANGUAGE sql AS $$
    WITH given AS (SELECT count(*) AS k, sum(v - center) AS d, sum(abs(v - l)) AS ranges FROM (SELECT v, lag(v) OVER (ORDER BY i) AS l FROM unnest(x) WITH ORDINALITY u(v, i)) r),
         alternate AS (SELECT -d / 20 AS shift, ((k - 1 + 19) * sigma * 1.128 - ranges) / 19 / 2 AS swing FROM given)
    SELECT n, v FROM unnest(x || NULL::float8 || (SELECT array_agg(center + shift + CASE WHEN i % 2 = 0 THEN swing ELSE -swing END ORDER BY i) FROM alternate, generate_series(1, 20) i)) WITH ORDINALITY u(v, n) $$;
SELECT count(*), bool_and(near((p).value, want)) AS value, bool_and(n > 1 OR (near((p).lcl, 73.9985503985984) AND near((p).ucl, 74.0038016014016))) AS first_limits, bool_and(near((p).center, 74.001176)) AS center
FROM (SELECT n, ewma(x) OVER (ORDER BY n) AS p FROM before_baseline((SELECT array_agg(x ORDER BY n) FROM ring), 74.001176, 0.0097850386930353 / sqrt(5))) q
     JOIN unnest('{74.0029808,74.00250464,74.003603712,74.0034829696,74.00346637568,74.001893100544,74.0015144804352,74.0005715843482,74.0012972674785,74.0006378139828,73.9993502511863,73.999760200949,73.9994881607592,73.9976305286074,73.9993044228859,73.9987635383087,73.999170830647,74.0008166645176,74.0002933316141,74.0020746652913,74.001619732233,74.0016157857864,74.0017726286291,74.0024581029033,74.0016064823227}'::float8[]) WITH ORDINALITY w(want, i) ON n = i;
-- spc-011
SELECT n, near((p).value, value) AS value, near((p).sigma, sigma) AS sigma, near((p).center, 10) AS center
FROM (SELECT n, ewma(x, 0.5) OVER (ORDER BY n) AS p FROM before_baseline('{11,13,12}', 10, 2)) q
     JOIN unnest('{10.5,11.75,11.875}'::float8[], '{1,1.118033988749895,1.14564392373896}'::float8[]) WITH ORDINALITY w(value, sigma, i) ON n = i;
-- p chart: cans of orange juice, 30 samples of 50 (Montgomery, Statistical Quality Control, chapter 7): .2313, .0524, .4102; samples 15 and 23 are out.
SELECT round((p).center::numeric, 4) AS center, round((0.23133333 - ((p).ucl - (p).center) / (p).dispersion)::numeric, 4) AS lcl, round(((p).center + ((p).ucl - (p).center) / (p).dispersion)::numeric, 4) AS ucl,
       round((p).dispersion::numeric, 3) AS dispersion, count(*), count((p).signal) AS signals, array_agg(n) FILTER (WHERE d / 50.0 > (p).center + 3 * (p).sigma / (p).dispersion) AS beyond_binomial
FROM (SELECT n, d, rate_chart(s) OVER (ORDER BY n) AS p
      FROM (SELECT n, d, score_agg(i <= d) AS s FROM unnest('{12,15,8,10,4,7,16,9,14,10,5,6,17,12,22,8,10,5,13,11,20,18,24,15,9,12,7,13,9,6}'::int[]) WITH ORDINALITY u(d, n), generate_series(1, 50) i GROUP BY n, d) r) q
GROUP BY 1, 2, 3, 4;
-- What one expression does: c chart (spc-005) and u chart (spc-006, spc-007).
SELECT near(avg(x), 19.8461538461538) AS center, near(greatest(0, avg(x) - 3 * sqrt(avg(x))), 6.48144716716591) AS lcl, near(avg(x) + 3 * sqrt(avg(x)), 33.2108605251418) AS ucl
FROM unnest('{21,24,16,12,15,5,28,20,31,25,20,24,16,19,10,17,13,22,18,39,30,24,16,19,17,15}'::float8[]) x;
SELECT n, round((u - 3 * sqrt(u / n))::numeric, 6) AS lcl, round((u + 3 * sqrt(u / n))::numeric, 6) AS ucl
FROM (SELECT n, sum(x) OVER () / sum(n) OVER () AS u FROM unnest('{14,12,20,11,7,10,21,16,19,23}'::float8[], '{10,8,13,10,9.5,10,12,10.5,12,12.5}'::float8[]) u(x, n)) q LIMIT 3;

--
-- Rules: each where exactly it fires, and its near misses (center 0, sigma 1)
--

SELECT rules, x, (SELECT string_agg(i || ': ' || (p).signal, '; ' ORDER BY i) FROM (SELECT n AS i, control_chart(b.x, rules, 9) OVER (ORDER BY b.n) AS p FROM after_unit_baseline(c.x) b) q WHERE i > 0) AS signals
FROM (VALUES (1, 'western_electric', '{0.5,-0.5,3.1}'::float8[]), (2, 'western_electric', '{0.5,-0.5,2.9}'),
             (3, 'western_electric', '{2.1,0.1,2.1}'), (4, 'western_electric', '{2.1,0.1,-2.1}'), (5, 'western_electric', '{2.1,0.1,0.1,2.1}'), (6, 'western_electric', '{2.1,NULL,2.1}'),
             (7, 'western_electric', '{1.1,1.1,-0.1,1.1,1.1}'), (8, 'western_electric', '{1.1,1.1,-0.1,1.1,0.9}'), (9, 'western_electric', '{1.1,1.1,-0.1,-0.1,1.1,1.1}'),
             (10, 'western_electric', '{0.5,0.1,0.5,0.9,0.5,0.1,0.5,0.1}'), (11, 'western_electric', '{0.5,0.1,0.5,0.9,0.5,0.1,0.5,-0.1}'), (12, 'western_electric', '{0.5,0.1,0.5,0.9,NULL,0.5,0.1,0.5,0.1}'),
             (13, 'nelson', '{0.5,-0.5,3.1}'), (14, 'nelson', '{0.5,-0.5,2.9}'),
             (15, 'nelson', '{0.5,0.1,0.5,0.9,0.5,0.1,0.5,0.1,0.2}'), (16, 'nelson', '{0.5,0.1,0.5,0.9,0.5,0.1,0.5,0.1,-0.2}'),
             (17, 'nelson', '{-0.9,-0.6,-0.2,0.2,0.6,0.9}'), (18, 'nelson', '{-0.9,-0.6,-0.2,-0.2,0.6,0.9}'),
             (19, 'nelson', '{0.5,-0.5,0.5,-0.5,0.5,-0.5,0.5,-0.5,0.5,-0.5,0.5,-0.5,0.5,-0.5}'), (20, 'nelson', '{0.5,-0.5,0.5,-0.5,0.5,-0.5,0.5,0.5,-0.5,0.5,-0.5,0.5,-0.5,0.5}'),
             (21, 'nelson', '{2.1,0.1,2.1}'), (22, 'nelson', '{2.1,0.1,-2.1}'),
             (23, 'nelson', '{1.1,1.1,-0.1,1.1,1.1}'), (24, 'nelson', '{1.1,1.1,-0.1,1.1,0.9}'),
             (25, 'nelson', '{0.9,0.9,-0.9,-0.9,0.5,0.5,-0.5,-0.5,0.5,0.5,-0.5,-0.5,0.5,0.5,-0.5}'), (26, 'nelson', '{0.9,0.9,-0.9,-0.9,0.5,0.5,-0.5,-0.5,1.1,0.5,-0.5,-0.5,0.5,0.5,-0.5}'),
             (27, 'nelson', '{1.5,1.5,-1.5,-1.5,1.5,1.5,-1.5,-1.5}'), (28, 'nelson', '{1.5,1.5,-1.5,-1.5,0.9,1.5,-1.5,-1.5}'),
             (29, 'nelson', '{1.1,1.2,1.3,1.4,1.5,3.2}')) c(k, rules, x) ORDER BY k;

--
-- Charts against their definitions
--

-- 75 series of 1 to 60 rows, from a hash: some constant, some with NULLs, some only NULLs, some with a drift or saw teeth, quantised so that values tie. Seed 42.
CREATE TABLE series AS
SELECT c, t, CASE WHEN c % 3 = 0 AND (hashint8extended(c * 100 + t, 43) & 7) < c % 5 THEN NULL WHEN c % 37 = 0 THEN NULL
                  WHEN c % 10 = 0 THEN 0.5 * c
                  ELSE (hashint8extended(c * 100 + t, 42) & 31) / 8.0 + CASE WHEN c % 16 = 5 THEN t * 3 WHEN c % 4 = 1 THEN t * 0.125 ELSE 0 END + CASE WHEN c % 7 = 2 THEN t % 2 * 8 ELSE 0 END + CASE WHEN c % 5 = 3 THEN 1e6 ELSE 0 END END::float8 AS x
FROM generate_series(1, 75) c, generate_series(1, 1 + c * 37 % 60) t;
-- Summaries: NPS from 0 to 80 answers a row, weighted in some series; yes or no from them.
CREATE TABLE answer AS
SELECT c, t, least(10, greatest(0, (hashint8extended(c * 100000 + t * 100 + i, 44) & 15) - c % 4 + CASE WHEN t > 30 THEN 3 ELSE 0 END))::int AS score, CASE WHEN c % 6 = 5 THEN 0.5 + (hashint8extended(c * 100000 + t * 100 + i, 45) & 7) / 4.0 ELSE 1 END AS w
FROM generate_series(1, 60) c, generate_series(1, 1 + c * 37 % 50) t, generate_series(1, (hashint8extended(c * 100 + t, 46) & 63)::int + 17 - 17 * (c % 2)) i;
CREATE TABLE summary AS
SELECT c, t, nps, yes FROM (SELECT DISTINCT c, t FROM generate_series(1, 60) c, generate_series(1, 1 + c * 37 % 50) t) k
LEFT JOIN (SELECT c, t, CASE WHEN c % 6 = 5 THEN score_agg(score, w) ELSE score_agg(score) END AS nps,
                  CASE WHEN c % 6 = 5 THEN score_agg((score >= 9 OR c % 10 = 0)::int, w) ELSE score_agg(score >= 9 OR c % 10 = 0) END AS yes FROM answer GROUP BY 1, 2) a USING (c, t);

-- Does a test hold at the last of the points z on one side, and at k of the last n?
CREATE FUNCTION k_of_n(z float8[], k int, n int, beyond float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT bool_or(side * z[cardinality(z)] > beyond AND (SELECT count(*) FROM unnest(z[greatest(1, cardinality(z) - n + 1):]) v WHERE side * v > beyond) >= k) FROM (VALUES (1), (-1)) s(side) $$;
-- The steps between the last n points, up, down or none; NULL where there are not as many points.
CREATE FUNCTION steps(x float8[], n int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN cardinality(x) >= n THEN string_agg(CASE WHEN v > l THEN '+' WHEN v < l THEN '-' ELSE '0' END, '' ORDER BY i) END
    FROM (SELECT i, v, lag(v) OVER (ORDER BY i) AS l FROM unnest(x[greatest(1, cardinality(x) - n + 1):]) WITH ORDINALITY u(v, i)) s WHERE i > 1 $$;
-- What fires at the last of the points x since a NULL; z is their distance from the center in sigma, infinite where that is 0.
CREATE FUNCTION fires(rules text, x float8[], z float8[], varies boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg('rule ' || rule, ', ' ORDER BY rule) FROM (
        SELECT 1 AS rule, k_of_n(z, 1, 1, 3) AS fires UNION ALL
        SELECT r, f FROM (VALUES (2, k_of_n(z, 2, 3, 2)), (3, k_of_n(z, 4, 5, 1)), (4, k_of_n(z, 8, 8, 0))) w(r, f) WHERE rules = 'western_electric' UNION ALL
        SELECT r, f FROM (VALUES (2, k_of_n(z, 9, 9, 0)), (3, steps(x, 6) IN ('+++++', '-----')), (4, steps(x, 14) IN ('+-+-+-+-+-+-+', '-+-+-+-+-+-+-')), (5, k_of_n(z, 2, 3, 2)), (6, k_of_n(z, 4, 5, 1)),
            (7, varies AND cardinality(z) >= 15 AND (SELECT bool_and(abs(v) <= 1) FROM unnest(z[cardinality(z) - 14:]) v)), (8, cardinality(z) >= 8 AND (SELECT bool_and(abs(v) > 1) FROM unnest(z[cardinality(z) - 7:]) v))) n(r, f) WHERE rules = 'nelson') a WHERE fires $$;

-- For any chart: points with center and sigma in, ranges and signals out. No rule looks back at more than 15 points.
CREATE FUNCTION signals(rules text, points text) RETURNS TABLE (c int, t int, moving_range float8, signal text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT c, t, abs(x - lag(x) OVER (PARTITION BY c ORDER BY t)), CASE WHEN x IS NOT NULL AND sigma IS NOT NULL THEN fires(%L, array_agg(x) OVER run, array_agg(CASE WHEN x = center THEN 0 WHEN sigma = 0 THEN (x - center) * 'Infinity'::float8 ELSE (x - center) / sigma END) OVER run, sigma > 0) END
        FROM (SELECT *, count(*) FILTER (WHERE x IS NULL) OVER (PARTITION BY c ORDER BY t) AS run FROM %I) p
        WINDOW run AS (PARTITION BY c, run, x IS NULL ORDER BY t ROWS 14 PRECEDING)$q$, rules, points);
END $$;

-- control_chart, with all rows and with 20 as baseline
CREATE VIEW point AS SELECT s.*, abs(x - lag(x) OVER (PARTITION BY c ORDER BY t)) AS range FROM series s;
CREATE TABLE level AS
SELECT b AS baseline, c, avg(x) AS center, CASE WHEN count(x) >= 8 THEN avg(range) / 1.128 END AS sigma FROM point, (VALUES (20), (1000)) b(b) WHERE t <= b GROUP BY 1, 2;
SELECT count(*) AS levels, count(center) AS centers, count(sigma) AS sigmas, count(*) FILTER (WHERE sigma = 0) AS constant FROM level;
CREATE TABLE level_all AS SELECT c, t, x, center, sigma FROM series JOIN level USING (c) WHERE baseline = 1000;
CREATE TABLE level_20 AS SELECT c, t, x, center, sigma FROM series JOIN level USING (c) WHERE baseline = 20;
CREATE TABLE want_control AS
SELECT 1000 AS baseline, rules, w.*, center, sigma FROM (VALUES ('western_electric'), ('nelson')) r(rules), LATERAL signals(rules, 'level_all') w JOIN level_all USING (c, t) UNION ALL
SELECT 20, rules, w.*, center, sigma FROM (VALUES ('western_electric'), ('nelson')) r(rules), LATERAL signals(rules, 'level_20') w JOIN level_20 USING (c, t);
CREATE TABLE got_control AS
SELECT baseline, rules, c, t, (p).* FROM (
    SELECT 1000 AS baseline, 'western_electric' AS rules, c, t, control_chart(x) OVER w AS p FROM series WINDOW w AS (PARTITION BY c ORDER BY t) UNION ALL
    SELECT 1000, 'nelson', c, t, control_chart(x, 'nelson', NULL) OVER w FROM series WINDOW w AS (PARTITION BY c ORDER BY t) UNION ALL
    SELECT 20, 'western_electric', c, t, control_chart(x, baseline => 20) OVER w FROM series WINDOW w AS (PARTITION BY c ORDER BY t) UNION ALL
    SELECT 20, 'nelson', c, t, control_chart(x, 'nelson', 20) OVER w FROM series WINDOW w AS (PARTITION BY c ORDER BY t)) q;
SELECT rules, baseline, count(*) AS rows, count(g.lcl) AS limits, count(g.moving_range) AS ranges, count(g.signal) AS signals, count(DISTINCT g.signal) AS different, count(g.dispersion) AS dispersions,
       count(*) FILTER (WHERE NOT (near(g.center, w.center, 1e-14) AND near(g.sigma, w.sigma) AND near(g.lcl, w.center - 3 * w.sigma) AND near(g.ucl, w.center + 3 * w.sigma) AND near(g.moving_range, w.moving_range))) AS differ,
       count(*) FILTER (WHERE g.signal IS DISTINCT FROM w.signal) AS signals_differ
FROM got_control g FULL JOIN want_control w USING (baseline, rules, c, t) GROUP BY 1, 2 ORDER BY 1 DESC, 2 DESC;
-- Every rule has fired.
SELECT rules, (SELECT string_agg(DISTINCT r, ', ') FROM got_control, unnest(string_to_array(signal, ', ')) r WHERE rules = k.rules) AS fired FROM (VALUES ('western_electric'), ('nelson')) k(rules);

-- ewma, by the weighted sum of the points before and the closed form of its variance
CREATE TABLE numbered AS SELECT baseline, c, t, x, center, sigma, count(x) OVER (PARTITION BY baseline, c ORDER BY t) AS i FROM series JOIN level USING (c);
CREATE TABLE want_ewma AS
SELECT baseline, lambda, a.c, a.t, a.center, CASE WHEN a.x IS NOT NULL THEN power(1 - lambda, a.i) * a.center + sum(lambda * power(1 - lambda, a.i - b.i) * b.x) END AS value, a.sigma * sqrt(lambda / (2 - lambda) * (1 - power(1 - lambda, 2 * a.i))) AS sigma
FROM (VALUES (0.2::float8), (0.05), (1)) l(lambda), numbered a LEFT JOIN numbered b USING (baseline, c)
WHERE coalesce(b.t <= a.t, true) AND (b.x IS NOT NULL OR a.x IS NULL) GROUP BY 1, 2, 3, 4, 5, a.x, a.i, a.sigma;
CREATE TABLE got_ewma AS
SELECT lambda, 1000 AS baseline, c, t, (p).* FROM (VALUES (0.2::float8), (0.05), (1)) l(lambda), LATERAL (SELECT c, t, ewma(x, lambda) OVER (PARTITION BY c ORDER BY t) AS p FROM series) q UNION ALL
SELECT lambda, 20, c, t, (p).* FROM (VALUES (0.2::float8), (0.05), (1)) l(lambda), LATERAL (SELECT c, t, ewma(x, lambda, 20) OVER (PARTITION BY c ORDER BY t) AS p FROM series) q;
SELECT baseline, lambda, count(*) AS rows, count(g.value) AS values, count(g.signal) AS signals,
       count(*) FILTER (WHERE NOT (near(g.value, w.value) AND near(g.center, w.center, 1e-14) AND near(g.sigma, w.sigma) AND near(g.lcl, w.center - 3 * w.sigma) AND near(g.ucl, w.center + 3 * w.sigma))) AS differ,
       count(*) FILTER (WHERE g.signal IS DISTINCT FROM CASE WHEN w.value > w.center + 3 * w.sigma AND w.sigma > 0 THEN 'above' WHEN w.value < w.center - 3 * w.sigma AND w.sigma > 0 THEN 'below' END) AS signals_differ
FROM got_ewma g FULL JOIN want_ewma w USING (baseline, lambda, c, t) GROUP BY 1, 2 ORDER BY 1, 2;

-- cusum, as the largest sum that ends in the row: the sum so far less the least so far
CREATE TABLE want_cusum AS
SELECT baseline, k, c, t, tt AS target, sigma, CASE WHEN x IS NOT NULL THEN up - least(0, min(up) OVER w) END AS high, CASE WHEN x IS NOT NULL THEN down - greatest(0, max(down) OVER w) END AS low
FROM (SELECT *, sum((x - tt) / nullif(sigma, 0) - k) OVER w AS up, sum((x - tt) / nullif(sigma, 0) + k) OVER w AS down FROM (SELECT *, coalesce(target, center) AS tt FROM numbered, (VALUES (0.5::float8, NULL::float8), (0, 2), (1.25, NULL)) d(k, target)) p
      WINDOW w AS (PARTITION BY baseline, k, c ORDER BY t)) q WINDOW w AS (PARTITION BY baseline, k, c ORDER BY t);
CREATE TABLE got_cusum AS
SELECT k, 1000 AS baseline, c, t, (p).* FROM (VALUES (0.5::float8, NULL::float8), (0, 2), (1.25, NULL)) d(k, given), LATERAL (SELECT c, t, cusum(x, given, k) OVER (PARTITION BY c ORDER BY t) AS p FROM series) q UNION ALL
SELECT k, 20, c, t, (p).* FROM (VALUES (0.5::float8, NULL::float8), (0, 2), (1.25, NULL)) d(k, given), LATERAL (SELECT c, t, cusum(x, given, k, 5, 20) OVER (PARTITION BY c ORDER BY t) AS p FROM series) q;
SELECT baseline, k, count(*) AS rows, count(g.high) AS sums, count(g.signal) AS signals, string_agg(DISTINCT g.signal, '; ') AS different,
       count(*) FILTER (WHERE NOT (near(g.high, w.high) AND near(g.low, w.low) AND near(g.target, w.target) AND g.h = 5 AND near(g.sigma, w.sigma))) AS differ,
       count(*) FILTER (WHERE g.signal IS DISTINCT FROM nullif(concat_ws(', ', CASE WHEN w.high > 5 THEN 'high' END, CASE WHEN w.low < -5 THEN 'low' END), '')) AS signals_differ
FROM got_cusum g FULL JOIN want_cusum w USING (baseline, k, c, t) GROUP BY 1, 2 ORDER BY 1, 2;

-- rate_chart and nps_chart, pooled by rollup or by hand
CREATE TABLE want_mean AS
SELECT 'rate' AS chart, c, t, rate(yes) AS x, rate(yes) AS square, effective_base(yes) AS base FROM summary UNION ALL
SELECT 'nps', c, t, nps(nps), 10000 * (share(nps, 9, 10) + share(nps, 0, 6)), effective_base(nps) FROM summary;
CREATE TABLE want_scale AS
SELECT q.*, CASE WHEN n >= 8 THEN sqrt(greatest(0, square - center * center)) END AS sigma
FROM (SELECT chart, b AS baseline, c, count(x) AS n, sum(base * x) / sum(base) AS center, sum(base * square) / sum(base) AS square FROM want_mean, (VALUES (20), (1000)) b(b) WHERE t <= b GROUP BY 1, 2, 3) q;
UPDATE want_scale SET sigma = 0 WHERE sigma < 1e-6;
CREATE TABLE want_z AS
SELECT m.*, baseline, center, s.sigma AS answer, (x - center) / nullif(s.sigma, 0) * sqrt(base) AS z FROM want_mean m JOIN want_scale s USING (chart, c);
CREATE TABLE want_dispersion AS
SELECT chart, baseline, c, CASE WHEN max(answer) IS NOT NULL THEN greatest(1, avg(abs(z - l)) / 1.128) END AS dispersion
FROM (SELECT *, lag(z) OVER (PARTITION BY chart, baseline, c ORDER BY t) AS l FROM want_z WHERE t <= baseline) q GROUP BY 1, 2, 3;
-- Of unweighted series the center is the metric of the pooled answers.
SELECT chart, count(*) AS series, count(*) FILTER (WHERE NOT near(center, CASE chart WHEN 'rate' THEN y ELSE p END)) AS differ
FROM want_scale JOIN (SELECT c, rate(rollup(yes)) AS y, nps(rollup(nps)) AS p FROM summary GROUP BY 1) r USING (c) WHERE baseline = 1000 AND c % 6 <> 5 GROUP BY 1 ORDER BY 1;
DO $$
DECLARE k record;
BEGIN
    FOR k IN SELECT DISTINCT chart, baseline FROM want_scale LOOP
        EXECUTE format('CREATE TABLE mean_%s_%s AS SELECT c, t, x, base, center, answer / sqrt(base) * dispersion AS sigma, dispersion FROM want_z JOIN want_dispersion USING (chart, baseline, c) WHERE chart = %L AND baseline = %s', k.chart, k.baseline, k.chart, k.baseline);
    END LOOP;
END $$;
CREATE TABLE got_mean AS
SELECT chart, baseline, c, t, (p).* FROM (
    SELECT 'rate' AS chart, 1000 AS baseline, c, t, rate_chart(yes) OVER w AS p FROM summary WINDOW w AS (PARTITION BY c ORDER BY t) UNION ALL
    SELECT 'rate', 20, c, t, rate_chart(yes, 'nelson', 20) OVER w AS p FROM summary WINDOW w AS (PARTITION BY c ORDER BY t) UNION ALL
    SELECT 'nps', 1000, c, t, nps_chart(nps) OVER w AS p FROM summary WINDOW w AS (PARTITION BY c ORDER BY t) UNION ALL
    SELECT 'nps', 20, c, t, nps_chart(nps, 'nelson', 20) OVER w AS p FROM summary WINDOW w AS (PARTITION BY c ORDER BY t)) q;
CREATE TABLE want_chart AS
SELECT 'rate' AS chart, 1000 AS baseline, 0 AS lowest, 1 AS highest, m.*, moving_range, signal FROM mean_rate_1000 m JOIN signals('western_electric', 'mean_rate_1000') USING (c, t) UNION ALL
SELECT 'rate', 20, 0, 1, m.*, moving_range, signal FROM mean_rate_20 m JOIN signals('nelson', 'mean_rate_20') USING (c, t) UNION ALL
SELECT 'nps', 1000, -100, 100, m.*, moving_range, signal FROM mean_nps_1000 m JOIN signals('western_electric', 'mean_nps_1000') USING (c, t) UNION ALL
SELECT 'nps', 20, -100, 100, m.*, moving_range, signal FROM mean_nps_20 m JOIN signals('nelson', 'mean_nps_20') USING (c, t);
SELECT chart, baseline, count(*) AS rows, count(g.lcl) AS limits, count(*) FILTER (WHERE g.lcl = lowest OR g.ucl = highest) AS clipped, count(*) FILTER (WHERE g.dispersion > 1) AS dispersed, count(*) FILTER (WHERE g.sigma = 0) AS constant, count(g.signal) AS signals,
       count(*) FILTER (WHERE NOT (near(g.center, w.center, 1e-12) AND near(g.sigma, w.sigma) AND near(g.dispersion, w.dispersion) AND near(g.lcl, CASE WHEN w.sigma IS NOT NULL THEN greatest(lowest, w.center - 3 * w.sigma) END) AND near(g.ucl, CASE WHEN w.sigma IS NOT NULL THEN least(highest, w.center + 3 * w.sigma) END) AND near(g.moving_range, w.moving_range))) AS differ,
       count(*) FILTER (WHERE g.signal IS DISTINCT FROM w.signal) AS signals_differ
FROM got_mean g FULL JOIN want_chart w USING (chart, baseline, c, t) GROUP BY 1, 2 ORDER BY 1, 2;

--
-- A record a row
--

-- The argument notes its calls; that it is said to be immutable lets PostgreSQL make one of equal window functions.
CREATE SEQUENCE calls MINVALUE 0 START 0;
CREATE FUNCTION noted(x float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM nextval('calls'); RETURN x; END $$;
CREATE FUNCTION noted_volatile(x float8) RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$ BEGIN PERFORM nextval('calls'); RETURN x; END $$;
CREATE FUNCTION calls_of(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setval('calls', 0, false);
    EXECUTE statement;
    RETURN nextval('calls');
END $$;
SELECT count(*) AS rows FROM series;
SELECT calls_of('SELECT sum((p).center + (p).lcl + (p).ucl + (p).moving_range + (p).sigma), max((p).signal) FROM (SELECT control_chart(noted_volatile(x)) OVER (PARTITION BY c ORDER BY t) AS p FROM series) q') AS fields_of_a_column,
       calls_of('SELECT (control_chart(noted(x)) OVER (PARTITION BY c ORDER BY t)).* FROM series') AS all_fields,
       calls_of('SELECT (control_chart(noted(x), baseline => 20) OVER w).center, (control_chart(noted(x), baseline => 20) OVER w).signal FROM series WINDOW w AS (PARTITION BY c ORDER BY t)') AS two_fields,
       calls_of('SELECT (ewma(noted(x), 0.1, 10) OVER w).* FROM series WINDOW w AS (PARTITION BY c ORDER BY t)') AS ewma,
       calls_of('SELECT (cusum(noted(x)) OVER w).* FROM series WINDOW w AS (PARTITION BY c ORDER BY t)') AS cusum;
-- So says the plan.
CREATE FUNCTION plan_calls(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    line text;
    calls bigint := 0;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || statement LOOP calls := calls + (SELECT count(*) FROM regexp_matches(line, 'control_chart', 'g')); END LOOP;
    RETURN calls;
END $$;
SELECT plan_calls('SELECT (p).lcl, (p).ucl, (p).signal FROM (SELECT control_chart(x) OVER (ORDER BY n) AS p FROM test_experiment_chart.ring) q') AS calls;

--
-- Frames, windows, partitions
--

SELECT count(*) AS rows, count(*) FILTER (WHERE NOT (v.a IS NOT DISTINCT FROM v.b AND v.a IS NOT DISTINCT FROM v.c AND v.a IS NOT DISTINCT FROM v.d AND v.e IS NOT DISTINCT FROM v.f AND v.g IS NOT DISTINCT FROM v.h)) AS differ
FROM (SELECT control_chart(x, baseline => 20) OVER w AS a, control_chart(x, baseline => 20) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS b,
             control_chart(x, baseline => 20) OVER (w RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) AS c, control_chart(x, baseline => 20) OVER (w GROUPS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) AS d,
             ewma(x) OVER w AS e, ewma(x) OVER (w ROWS 3 PRECEDING) AS f, cusum(x) OVER w AS g, cusum(x) OVER (w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS h, lag(x) OVER w, sum(x) OVER w
      FROM series s WINDOW w AS (PARTITION BY s.c ORDER BY t)) v;
-- Rows in order, all of them peers; rescanned by LATERAL; stopped early.
SELECT count(*) AS rows, count(*) FILTER (WHERE v.p IS DISTINCT FROM ROW(g.center, g.lcl, g.ucl, g.moving_range, g.sigma, g.dispersion, g.signal)::control_point) AS differ
FROM got_control g JOIN (SELECT c, t, control_chart(x) OVER (PARTITION BY c) AS p FROM (SELECT * FROM series ORDER BY c, t) o) v USING (c, t) WHERE rules = 'western_electric' AND baseline = 1000;
SELECT count(*) AS rows, count(*) FILTER (WHERE v.p IS DISTINCT FROM ROW(g.center, g.lcl, g.ucl, g.moving_range, g.sigma, g.dispersion, g.signal)::control_point) AS differ
FROM (SELECT DISTINCT c FROM series) k CROSS JOIN LATERAL (SELECT t, control_chart(x, 'nelson', 20) OVER (ORDER BY t) AS p FROM series WHERE c = k.c) v JOIN got_control g USING (c, t) WHERE rules = 'nelson' AND baseline = 20;
SELECT n, (p).signal FROM (SELECT n, control_chart(x, baseline => 10) OVER (ORDER BY n) AS p FROM ring) q LIMIT 2;
-- Every partition may have a definition of its own; a parameter of a prepared statement is one.
SELECT count(*) AS rows, count(*) FILTER (WHERE v.p IS DISTINCT FROM ROW(g.center, g.lcl, g.ucl, g.moving_range, g.sigma, g.dispersion, g.signal)::control_point) AS differ
FROM (SELECT c, t, CASE WHEN c % 2 = 0 THEN 'nelson' ELSE 'western_electric' END AS rules, control_chart(x, CASE WHEN c % 2 = 0 THEN 'nelson' ELSE 'western_electric' END, CASE WHEN c % 3 = 0 THEN 20 END) OVER (PARTITION BY c ORDER BY t) AS p FROM series) v
JOIN got_control g ON g.c = v.c AND g.t = v.t AND g.rules = v.rules AND g.baseline = CASE WHEN v.c % 3 = 0 THEN 20 ELSE 1000 END;
PREPARE chart(int) AS SELECT count(DISTINCT (p).center) FROM (SELECT control_chart(x, baseline => $1) OVER (ORDER BY n) AS p FROM ring) q;
EXECUTE chart(10);
SET plan_cache_mode = force_generic_plan;
EXECUTE chart(10);
RESET plan_cache_mode;
-- A long series, with a baseline and without; the rows after a baseline are not kept.
SELECT count(*) AS rows, count(DISTINCT (p).ucl) AS limits, count(DISTINCT (q).ucl) AS limits, bool_and(near((p).sigma, sigma) AND near((q).sigma, sigma)) AS sigma
FROM (SELECT control_chart(x) OVER (ORDER BY t) AS p, control_chart(x, baseline => 700) OVER (ORDER BY t) AS q, 343 / 100.0 / 1.128 AS sigma FROM (SELECT t, CASE WHEN t % 2 = 0 THEN 0 ELSE 3.43 END AS x FROM generate_series(1, 20000) t) s) r;

--
-- What there is too little of
--

-- One row; seven points; eight; NULLs; only NULLs; no row
SELECT n, (p).*, (e).*, (c).* FROM (SELECT n, control_chart(x) OVER w AS p, ewma(x) OVER w AS e, cusum(x) OVER w AS c FROM (VALUES (1, 5.0)) v(n, x) WINDOW w AS (ORDER BY n)) q;
SELECT k, (p).*, (e).*, (c).* FROM (SELECT k, n, control_chart(n) OVER w AS p, ewma(n) OVER w AS e, cusum(n) OVER w AS c FROM (VALUES (7), (8)) v(k), generate_series(1, k) n WINDOW w AS (PARTITION BY k ORDER BY n)) q WHERE n = 7;
SELECT n, x, (p).*, (e).*, (c).* FROM (SELECT n, x, control_chart(x) OVER w AS p, ewma(x, 0.5) OVER w AS e, cusum(x) OVER w AS c FROM unnest('{NULL,1,2,1,2,NULL,1,2,1,2}'::float8[]) WITH ORDINALITY v(x, n) WINDOW w AS (ORDER BY n)) q;
SELECT (p).*, (e).*, (c).* FROM (SELECT control_chart(NULL) OVER w AS p, ewma(NULL) OVER w AS e, cusum(NULL) OVER w AS c FROM generate_series(1, 2) n WINDOW w AS (ORDER BY n)) q;
SELECT control_chart(x) OVER (ORDER BY n) FROM ring WHERE false;
-- Points, but no two in a row: no moving range.
SELECT count(*), count((p).center) AS centers, count((p).lcl) AS limits FROM (SELECT control_chart(CASE WHEN n % 2 = 0 THEN n END) OVER (ORDER BY n) AS p FROM generate_series(1, 20) n) q;
-- Without variance the limits are the center: rule 1 where a point differs, and no rule where none does.
SELECT n, (p).center, (p).lcl, (p).ucl, (p).signal, (e).signal AS ewma, (c).high, (c).signal AS cusum
FROM (SELECT n, control_chart(x, 'nelson', 17) OVER w AS p, ewma(x, baseline => 17) OVER w AS e, cusum(x, baseline => 17) OVER w AS c FROM (SELECT n, CASE WHEN n < 19 THEN 0.1 ELSE 0.3 END AS x FROM generate_series(1, 19) n) s WINDOW w AS (ORDER BY n)) q WHERE n > 16;
-- A baseline of fewer than 8 rows has no limits. NULL among the definitions: no chart; no baseline: all rows; no target: the center.
SELECT count(*), count((p).center) AS centers, count((p).lcl) AS limits FROM (SELECT control_chart(x, baseline => 7) OVER (ORDER BY n) AS p FROM ring) q;
SELECT count(*), count(control) AS control, count(ewma) AS ewma, count(cusum) AS cusum, count(h) AS h
FROM (SELECT control_chart(x, NULL) OVER w AS control, ewma(x, NULL) OVER w AS ewma, cusum(x, k => NULL) OVER w AS cusum, cusum(x, h => NULL) OVER w AS h FROM ring WINDOW w AS (ORDER BY n)) q;
-- Summaries: NULL and empty ones are missing; all yes; one that differs.
SELECT n, (p).* FROM (SELECT n, rate_chart(s) OVER (ORDER BY n) AS p
    FROM (SELECT n, CASE WHEN n = 3 THEN NULL WHEN n = 4 THEN '{"counts": {}}'::score_summary ELSE score_agg(i > n % 2) END AS s FROM generate_series(1, 10) n, generate_series(1, 10 * n) i GROUP BY n) s) q WHERE n IN (2, 3, 4, 5);
SELECT n, (p).* FROM (SELECT n, rate_chart(s, baseline => 9) OVER (ORDER BY n) AS p FROM (SELECT n, score_agg(n < 10 OR i > 1) AS s FROM generate_series(1, 10) n, generate_series(1, 10 * n) i GROUP BY n) s) q WHERE n > 8;
SELECT n, (p).* FROM (SELECT n, nps_chart(s, baseline => 9) OVER (ORDER BY n) AS p FROM (SELECT n, score_agg(CASE WHEN n < 10 OR i > 1 THEN 7 ELSE 10 END) AS s FROM generate_series(1, 10) n, generate_series(1, 10 * n) i GROUP BY n) s) q WHERE n > 8;
-- Large values
SELECT bool_and(abs((p).ucl) < 1e300) AS finite, count((p).signal) AS signals FROM (SELECT control_chart(x) OVER (ORDER BY n) AS p FROM (SELECT n, CASE WHEN n % 2 = 0 THEN 1e290 ELSE -1e290 END AS x FROM generate_series(1, 12) n) s) q;

--
-- Errors
--

CREATE FUNCTION chart_error(call text) RETURNS text LANGUAGE sql AS $$ SELECT error_of('SELECT ' || call || ' OVER (ORDER BY n) FROM test_experiment_chart.ring') $$;
SELECT call, chart_error(call) FROM unnest('{control_chart(''NaN''),control_chart(''-Infinity''),control_chart(x * 1e299),"control_chart(x, baseline => 8, rules => ''x'')","control_chart(x, ''westgard'')","control_chart(x, baseline => 0)","control_chart(x, baseline => -3)",
    "control_chart(x, baseline => n)","control_chart(x, CASE WHEN n < 5 THEN ''nelson'' END)","control_chart(x, CASE WHEN n < 5 THEN ''nelson'' ELSE ''western_electric'' END)","control_chart(CASE WHEN n > 20 THEN ''NaN'' ELSE x END, baseline => 10)",
    "ewma(x, 0)","ewma(x, 1.01)","ewma(x, ''NaN'')","ewma(x, n / 100.0)","cusum(x, k => -0.1)","cusum(x, k => ''Infinity'')","cusum(x, h => 0)","cusum(x, ''NaN'')","cusum(x, 1e291)","cusum(CASE WHEN n > 10 THEN 1e290 ELSE n * 1e-300 END, baseline => 10)",
    "nps_chart(''{\"counts\": {\"11\": 1}}'')","rate_chart(''{\"counts\": {\"7\": 1}}'')","nps_chart(NULL, ''x'')"}'::text[]) WITH ORDINALITY u(call, i) ORDER BY i;
SELECT error_of('SELECT control_chart(1)');
SELECT error_of('SELECT control_chart(DISTINCT 1) OVER ()');

DROP SCHEMA test_experiment_chart CASCADE;
