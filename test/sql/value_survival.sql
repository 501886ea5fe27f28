-- survival_agg, rollup(survival_summary), survival_at and the other accessors, logrank.
--
-- The second sources: figures of R 4.2.2, survival 3.5-3 (survfit, survdiff); reference cases of lifelines (MIT); the
-- definitions written in SQL over the rows. (test/unit/survival_test.c has more figures and random samples,
-- test/unit/multiset_test.c how the counts are kept.)

CREATE SCHEMA test_value_survival;
SET search_path = test_value_survival, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET extra_float_digits = 1;

CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END $$;
CREATE FUNCTION plan_shows(statement text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%' || node || '%' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
CREATE FUNCTION near(got float8, want float8, tolerance float8 DEFAULT 1e-9) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN got IS NULL OR want IS NULL THEN got IS NULL AND want IS NULL ELSE abs(got - want) <= tolerance * greatest(1, abs(want)) END $$;

--
-- Figures
--

-- Remission in weeks: 6-MP against placebo (Freireich et al. 1963, Gehan 1965).
CREATE TABLE gehan AS
    SELECT 'treated' AS arm, t, o = 1 AS observed FROM unnest('{6,6,6,6,7,9,10,10,11,13,16,17,19,20,22,23,25,32,32,34,35}'::float8[], '{1,1,1,0,1,0,1,0,0,1,1,0,0,0,1,1,0,0,0,0,0}'::int[]) u(t, o)
    UNION ALL
    SELECT 'placebo', t, true FROM unnest('{1,1,2,2,3,4,4,5,5,8,8,8,8,11,11,12,12,15,17,22,23}'::float8[]) t;
CREATE TABLE arm AS SELECT arm, survival_agg(t, observed) AS s FROM gehan GROUP BY arm;
SELECT arm, s FROM arm ORDER BY arm;

-- What R's summary(survfit(.., conf.type = ..), censored = TRUE) says of the treated.
CREATE TABLE survfit (t float8, at_risk int, events int, censored int, survival float8, std_error float8, hazard float8);
INSERT INTO survfit VALUES
    (6, 21, 3, 1, 0.85714285714285710, 0.076360354832121252, 0.14285714285714285), (7, 17, 1, 0, 0.80672268907563016, 0.086935285180057192, 0.20168067226890757),
    (9, 16, 0, 1, 0.80672268907563016, 0.086935285180057192, 0.20168067226890757), (10, 15, 1, 1, 0.75294117647058811, 0.096349652994320495, 0.26834733893557422),
    (11, 13, 0, 1, 0.75294117647058811, 0.096349652994320495, 0.26834733893557422), (13, 12, 1, 0, 0.69019607843137243, 0.106814707775009815, 0.35168067226890753),
    (16, 11, 1, 0, 0.62745098039215674, 0.114053865256752526, 0.44258976317799847), (17, 10, 0, 1, 0.62745098039215674, 0.114053865256752526, 0.44258976317799847),
    (19, 9, 0, 1, 0.62745098039215674, 0.114053865256752526, 0.44258976317799847), (20, 8, 0, 1, 0.62745098039215674, 0.114053865256752526, 0.44258976317799847),
    (22, 7, 1, 0, 0.53781512605042003, 0.128233751693033970, 0.58544690603514127), (23, 6, 1, 0, 0.44817927170868338, 0.134591456755760425, 0.75211357270180790),
    (25, 5, 0, 1, 0.44817927170868338, 0.134591456755760425, 0.75211357270180790), (32, 4, 0, 2, 0.44817927170868338, 0.134591456755760425, 0.75211357270180790),
    (34, 2, 0, 1, 0.44817927170868338, 0.134591456755760425, 0.75211357270180790), (35, 1, 0, 1, 0.44817927170868338, 0.134591456755760425, 0.75211357270180790);
SELECT count(*) AS rows, count(*) FILTER (WHERE (c.duration, c.at_risk, c.events, c.censored) IS DISTINCT FROM (r.t, r.at_risk::bigint, r.events::bigint, r.censored::bigint)) AS counts_differ,
       count(*) FILTER (WHERE NOT near(c.survival, r.survival, 1e-13)) AS survival_differs, count(*) FILTER (WHERE NOT near(c.cumulative_hazard, r.hazard, 1e-13)) AS hazard_differs,
       count(*) FILTER (WHERE NOT near(survival_at(s, r.t), r.survival, 1e-13) OR NOT near(survival_at(s, r.t + 0.5), nullif(r.survival, CASE WHEN r.t = 35 THEN r.survival END), 1e-13)) AS survival_at_differs,
       count(*) FILTER (WHERE NOT near((survival_ci(s, r.t)).std_error, r.std_error, 1e-13)) AS error_differs
FROM arm, survival_curve(s) WITH ORDINALITY c(duration, at_risk, events, censored, survival, lo, hi, cumulative_hazard, n) FULL JOIN (SELECT *, row_number() OVER (ORDER BY t) AS n FROM survfit) r USING (n) WHERE arm = 'treated';
CREATE TABLE survfit_interval (arm text, t float8, method text, lo float8, hi float8);
INSERT INTO survfit_interval VALUES
    ('treated', 6, 'log-log', 0.61971795526598394, 0.95155174764699701), ('treated', 7, 'log-log', 0.56314656462223334, 0.92280901920288039), ('treated', 10, 'log-log', 0.50319951079995651, 0.88936183516926537),
    ('treated', 16, 'log-log', 0.36751085598750205, 0.80491218947184118), ('treated', 22, 'log-log', 0.26777893676713499, 0.74679071763539440), ('treated', 35, 'log-log', 0.18805200595923241, 0.68014262849524132),
    ('treated', 6, 'log', 0.71981708391627042, 1), ('treated', 7, 'log', 0.65312421846217106, 0.99644367590865912), ('treated', 35, 'log', 0.24878822681765961, 0.80737204552907704),
    ('treated', 6, 'plain', 0.70747931182520041, 1), ('treated', 7, 'plain', 0.63633266113699938, 0.97711271701426095), ('treated', 35, 'plain', 0.18438486384061287, 0.71197367957675395),
    ('placebo', 22, 'log-log', 0.003324463042531181, 0.19704490569894603), ('placebo', 22, 'log', 0.0070322298473955913, 0.32245443413441999), ('placebo', 22, 'plain', 0, 0.1387013807375779),
    ('placebo', 23, 'log-log', NULL, NULL), ('placebo', 23, 'log', NULL, NULL), ('placebo', 23, 'plain', NULL, NULL);
SELECT count(*) AS intervals, count(*) FILTER (WHERE NOT near(e.lo, r.lo, 1e-12) OR NOT near(e.hi, r.hi, 1e-12)) AS differ,
       count(*) FILTER (WHERE (c.lo, c.hi) IS DISTINCT FROM (e.lo, e.hi) OR c.survival <> e.value) AS curve_differs, bool_and(e.responses = 21 AND e.effective_base = 21) AS base
FROM survfit_interval r JOIN arm USING (arm) CROSS JOIN LATERAL survival_ci(s, t, method => r.method) e LEFT JOIN LATERAL (SELECT * FROM survival_curve(s, 0.95, r.method) WHERE duration = t) c ON true;
-- 99 % by hand: z = 2.5758293035489004; S^exp(-+z se / (S ln S)).
SELECT near(e.lo, power(0.85714285714285710, exp(2.5758293035489004 * 0.076360354832121252 / (0.85714285714285710 * -ln(0.85714285714285710))))) AS lo,
       near(e.hi, power(0.85714285714285710, exp(-2.5758293035489004 * 0.076360354832121252 / (0.85714285714285710 * -ln(0.85714285714285710))))) AS hi
FROM arm, survival_ci(s, 6, 0.99) e WHERE arm = 'treated';

-- quantile(survfit(..)), survmean(.., rmean = ..), survdiff(..) of R.
SELECT arm, survival_quantile(s, 0.25) AS quarter, median_survival(s) AS median, survival_quantile(s, 0.5) AS half, survival_quantile(s, 0.75) AS three_quarters, survival_quantile(s, 0) AS none, survival_quantile(s, 1) AS "all" FROM arm ORDER BY arm;
SELECT near(restricted_mean(s, 30), 21.0464985994397722, 1e-14) AS "30", near(restricted_mean(s, 35), 23.287394957983192, 1e-14) AS "35", restricted_mean(s, 36) AS "36", restricted_mean(s, 'Infinity') AS endless, restricted_mean(s, 6) AS "6", restricted_mean(s, 0) AS "0" FROM arm WHERE arm = 'treated';
SELECT near(restricted_mean(s, 23), 8.6666666666666661, 1e-14) AS "23", restricted_mean(s, 23) = restricted_mean(s, 'Infinity') AS endless FROM arm WHERE arm = 'placebo';
SELECT near(l.chi2, 16.792940989216525, 1e-12) AS chi2, df, near(l.p_value / 4.1688091093345626e-05, 1, 1e-11) AS p_value, near(l.chi2, (logrank(b.s, a.s)).chi2, 1e-12) AS symmetric FROM arm a, arm b, logrank(a.s, b.s) l WHERE a.arm = 'treated' AND b.arm = 'placebo';
SELECT l.* FROM arm, logrank(s, s) l WHERE arm = 'placebo';

-- lifelines: test_kmf_confidence_intervals_output_against_R, test_kmf_survival_curve_output_against_R.
CREATE TABLE glioma AS
    SELECT 'control' AS arm, survival_agg(t, o = 1) AS s FROM unnest('{34,32,9,19,50,48}'::float8[], '{1,1,1,1,0,0}'::int[]) u(t, o) UNION ALL
    SELECT 'rit', survival_agg(t, o = 1) FROM unnest('{53,28,69,58,54,25,51,61,57,57,50}'::float8[], '{1,0,0,0,0,1,0,0,0,0,0}'::int[]) u(t, o);
SELECT arm, t, method, near(e.value, v.s) AS survival, near(e.std_error, se) AS std_error, near(e.lo, v.lo) AS lo, near(e.hi, v.hi) AS hi
FROM (VALUES ('control', 19::float8, 'plain', 0.6666666666666667::float8, 0.1924500897298753::float8, 0.28947142197460946::float8, 1::float8), ('control', 19, 'log', 0.6666666666666667, 0.1924500897298753, 0.3786064608870951, 1),
    ('control', 19, 'log-log', 0.6666666666666667, 0.1924500897298753, 0.19461663680623484, 0.9044341643225164), ('control', 32, 'plain', 0.5, 0.2041241452319315, 0.09992402697039082, 0.9000759730296092),
    ('control', 32, 'log', 0.5, 0.2041241452319315, 0.2246303477692667, 1), ('control', 32, 'log-log', 0.5, 0.2041241452319315, 0.11094826035143798, 0.8037092368500567),
    ('rit', 25, 'log-log', 0.9090909090909091, 0.08667841720414475, 0.5080802057699296, 0.9866738226678231), ('rit', 53, 'log-log', 0.7792207792207793, 0.14133877776383144, 0.35439952224310706, 0.9417727989089287)) v(arm, t, method, s, se, lo, hi)
JOIN glioma g USING (arm), survival_ci(g.s, t, 0.95, method) e;

--
-- Ends
--

SELECT survival_agg(t, o) FROM (VALUES (1::float8, true)) v(t, o) WHERE false;
SELECT survival_agg(t, o) FROM (VALUES (1::float8, NULL::boolean), (NULL, true), (NULL, NULL)) v(t, o);
SELECT survival_agg(t, o) FROM (VALUES (1::float8, NULL::boolean), (NULL, true), (2, false), ('NaN', NULL)) v(t, o);
SELECT o AS observed, s, survival_at(s, 4.9) AS before, survival_at(s, 5) AS at, survival_at(s, 5.1) AS after, median_survival(s) AS median, restricted_mean(s, 5) AS mean, restricted_mean(s, 6) AS longer
FROM (SELECT o, survival_agg(5::float8, o) AS s FROM (VALUES (true), (false)) v(o) GROUP BY o) x ORDER BY o DESC;
SELECT what, t, e.* FROM (VALUES ('before any event', 3, 'log-log'), ('before any event', 3, 'log'), ('before any event', 3, 'plain'), ('nobody left', 8, 'plain'), ('after that', 9, 'log-log')) v(what, t, method),
    (SELECT survival_agg(t, o) AS s FROM (VALUES (3::float8, false), (5, true), (8, true)) v(t, o)) x, survival_ci(s, t, 0.95, method) e;
SELECT (survival_ci(survival_agg(5::float8, false), 6)).*;
SELECT 'all censored' AS what, median_survival(s), survival_at(s, 9), survival_at(s, 10), (SELECT count(*) FROM survival_curve(s) WHERE survival = 1 AND events = 0 AND lo IS NULL) AS flat
FROM (SELECT survival_agg(i::float8, false) AS s FROM generate_series(0, 9) i) x;
-- Without censoring S is the share that lasts longer, and the median of an even number is the first with half.
SELECT 'all events' AS what, median_survival(s), survival_at(s, 499) = 0.5 AS half, near(restricted_mean(s, 1000), 499.5, 1e-14) AS mean, count(*) FILTER (WHERE c.survival = (999 - duration) / 1000) AS exact
FROM (SELECT survival_agg(i::float8, true) AS s FROM generate_series(0, 999) i) x, survival_curve(s) c GROUP BY s;
-- In a tie events come first: of four at risk at 2, one has the event.
SELECT survival_at(survival_agg(t, o), 2) AS "3/4" FROM (VALUES (2::float8, false), (2, true), (2, false), (3, true)) v(t, o);
SELECT survival_agg(t, true) = survival_agg(abs(t), true) AS zero_has_no_sign FROM (VALUES ('-0'::float8), (0)) v(t);
SELECT survival_at(NULL, 1), survival_at(s, NULL), survival_ci(s, 1, NULL), median_survival(NULL), logrank(s, NULL) FROM arm WHERE arm = 'treated';
SELECT count(*) FROM survival_curve(NULL);

-- Intervals are seconds, a day 24 hours.
SELECT survival_agg(d, true) FROM unnest('{1 day,24 hours,0,1 microsecond,2 days -1 hour,0.3 s}'::interval[]) d;
SELECT survival_agg(timestamptz '2024-03-01Z' - at, true) FROM unnest('{2024-02-01Z,2024-01-01Z}'::timestamptz[]) at;
SELECT survival_agg(d, false) AS longest FROM unnest('{106751991 days 04:00:54.775807,106751991 days 24 hours,106751992 days,2147483647 days}'::interval[]) d;

--
-- Against the definitions, in SQL over the rows
--

CREATE TABLE life AS
SELECT i, k, (i * 7919 % 1009 * (k + 1) % 61)::float8 AS t, i * 104729 % 7 >= k AS observed FROM generate_series(1, 400) i, generate_series(0, 7) k;
CREATE TABLE summary AS SELECT k AS n, survival_agg(t, observed) AS s FROM life GROUP BY k;
CREATE TABLE by_hand AS
SELECT k, t, at_risk, events, censored,
       CASE WHEN min(CASE WHEN events = at_risk THEN 0 ELSE 1 END) OVER w = 0 THEN 0 ELSE exp(sum(ln(CASE WHEN events = at_risk THEN 1 ELSE 1 - events / at_risk END)) OVER w) END AS survival,
       sum(events / at_risk) OVER w AS hazard, sum(CASE WHEN events = at_risk THEN 0 ELSE events / (at_risk * (at_risk - events)) END) OVER w AS greenwood
FROM (SELECT k, t, (SELECT count(*) FROM life b WHERE b.k = a.k AND b.t >= a.t)::float8 AS at_risk, count(*) FILTER (WHERE observed)::float8 AS events, count(*) FILTER (WHERE NOT observed)::float8 AS censored FROM life a GROUP BY k, t) x
WINDOW w AS (PARTITION BY k ORDER BY t);
SELECT count(*) AS rows, count(*) FILTER (WHERE (c.at_risk, c.events, c.censored) IS DISTINCT FROM (h.at_risk::bigint, h.events::bigint, h.censored::bigint)) AS counts_differ, count(*) FILTER (WHERE NOT near(c.survival, h.survival, 1e-12)) AS survival_differs,
       count(*) FILTER (WHERE NOT near(c.cumulative_hazard, h.hazard, 1e-12)) AS hazard_differs, count(*) FILTER (WHERE h.survival > 0 AND NOT near((survival_ci(s, t)).std_error, h.survival * sqrt(greenwood), 1e-12)) AS error_differs,
       count(*) FILTER (WHERE NOT near(survival_at(s, t), h.survival, 1e-12)) AS at_differs
FROM summary CROSS JOIN LATERAL survival_curve(s) c FULL JOIN by_hand h ON h.k = n AND h.t = c.duration;
SELECT count(*) AS quantiles, count(*) FILTER (WHERE survival_quantile(s, p) IS DISTINCT FROM first) AS differ, count(first) AS reached
FROM summary, generate_series(0.05, 1, 0.05) q, LATERAL (SELECT q::float8 AS p) p, LATERAL (SELECT min(t) AS first FROM by_hand WHERE k = n AND survival <= (1 - p) * (1 + 1e-10)) f;
SELECT count(*) AS areas, count(*) FILTER (WHERE NOT near(restricted_mean(s, until), area, 1e-12)) AS differ
FROM summary, generate_series(0, 61, 0.5) u, LATERAL (SELECT u::float8 AS until, max(t) AS last, min(survival) AS least FROM by_hand WHERE k = n) l,
    LATERAL (SELECT CASE WHEN until <= last OR least = 0 THEN sum(survival * (least(next, until) - t)) END AS area
             FROM (SELECT t, survival, lead(t, 1, 'Infinity') OVER (ORDER BY t) AS next FROM (SELECT 0 AS t, 1 AS survival WHERE NOT EXISTS (SELECT FROM by_hand WHERE k = n AND t = 0) UNION ALL SELECT t, survival FROM by_hand WHERE k = n) x) steps
             WHERE t <= until) a;
SELECT count(*) AS tests, count(*) FILTER (WHERE NOT near(l.chi2, h.chi2, 1e-11)) AS differ, count(h.chi2) AS with_variance, count(*) FILTER (WHERE l.chi2 IS NOT NULL AND NOT l.p_value BETWEEN 0 AND 1) AS no_probability
FROM summary a, summary b, logrank(a.s, b.s) l, LATERAL (
    SELECT CASE WHEN sum(v) > 1e-12 THEN power(sum(d1 - d * n1 / n), 2) / sum(v) END AS chi2
    FROM (SELECT d1, n1, d, n, CASE WHEN n > 1 THEN d * n1 * (n - n1) * (n - d) / (n * n * (n - 1)) ELSE 0 END AS v
          FROM (SELECT t, sum(d1) AS d1, sum(d) AS d, (SELECT count(*) FROM life WHERE k = a.n AND life.t >= x.t)::float8 AS n1, (SELECT count(*) FROM life WHERE k = a.n AND life.t >= x.t)::float8 + (SELECT count(*) FROM life WHERE k = b.n AND life.t >= x.t) AS n
                FROM (SELECT t, events AS d1, events AS d FROM by_hand WHERE k = a.n UNION ALL SELECT t, 0, events FROM by_hand WHERE k = b.n) x GROUP BY t) y) z) h;

--
-- Every way to the same bytes
--

CREATE FUNCTION agree(statement text, OUT summaries bigint, OUT same bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*), count(*) FILTER (WHERE survival_summary_send(x.s) = survival_summary_send(summary.s) AND x.s = summary.s AND pg_column_size(x.s) = pg_column_size(x.s::text::survival_summary)) FROM (%s) x(n, s) JOIN summary USING (n)', statement)
    INTO summaries, same;
END $$;
INSERT INTO life SELECT i, 100, i * 7919 % 100003 / 7.0, i % 3 = 0 FROM generate_series(1, 50000) i;
INSERT INTO summary SELECT k, survival_agg(t, observed) FROM life WHERE k = 100 GROUP BY k;
SELECT seed, a.* FROM generate_series(1, 3) seed, agree(format('SELECT k, survival_agg(t, observed) FROM (SELECT * FROM life ORDER BY hashint4(i * %s + k)) x GROUP BY k', seed)) a ORDER BY seed;
SELECT * FROM agree('SELECT k, survival_agg(t, observed ORDER BY t DESC) FROM life GROUP BY k');
SELECT * FROM agree('SELECT k, rollup(s) FROM (SELECT k, survival_agg(t, observed) AS s FROM life GROUP BY k, i % 10) x GROUP BY k');
SELECT * FROM agree('SELECT k, rollup(s ORDER BY p DESC) FROM (SELECT k, i % 3 AS p, survival_agg(t, observed) AS s FROM life GROUP BY k, p UNION ALL SELECT 1, 9, NULL) x GROUP BY k');
SELECT * FROM agree('SELECT k, rollup(s) FROM (SELECT k, survival_agg(t, observed) AS s FROM life GROUP BY k, i) x GROUP BY k');
SELECT * FROM agree('SELECT k, survival_agg(t * interval ''1 second'', observed) FROM life WHERE k < 100 GROUP BY k');
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
ANALYZE life;
SELECT plan_shows('SELECT k, survival_agg(t, observed) FROM life GROUP BY k', 'Partial') AS partial;
SELECT * FROM agree('SELECT k, survival_agg(t, observed) FROM life GROUP BY k');
SET max_parallel_workers_per_gather = 0;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

-- Moving frames give what each frame gives by itself; FILTER, NULL and frames without a row included.
CREATE TABLE moved AS
SELECT k, i, t, observed, survival_agg(t, observed) OVER (PARTITION BY k ORDER BY i ROWS BETWEEN 20 PRECEDING AND 5 FOLLOWING) AS f, survival_agg(t, observed) FILTER (WHERE i % 4 > 0) OVER (PARTITION BY k ORDER BY i ROWS BETWEEN 9 PRECEDING AND 7 PRECEDING) AS g,
       survival_agg(t, nullif(observed, i % 5 = 0)) OVER (PARTITION BY k ORDER BY i ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS h, survival_agg(t, observed) OVER (PARTITION BY k ORDER BY i) AS running
FROM life WHERE k IN (0, 3, 7) AND i <= 150;
SELECT count(*) AS frames, count(*) FILTER (WHERE survival_summary_send(m.f) IS DISTINCT FROM survival_summary_send(x.f)) AS f_differ, count(*) FILTER (WHERE survival_summary_send(m.g) IS DISTINCT FROM survival_summary_send(x.g)) AS g_differ,
       count(*) FILTER (WHERE survival_summary_send(m.h) IS DISTINCT FROM survival_summary_send(x.h)) AS h_differ, count(*) FILTER (WHERE survival_summary_send(m.running) IS DISTINCT FROM survival_summary_send(x.running)) AS running_differ, count(*) FILTER (WHERE m.g IS NULL) AS empty
FROM moved m CROSS JOIN LATERAL (
    SELECT survival_agg(t, observed) FILTER (WHERE w.i BETWEEN m.i - 20 AND m.i + 5) AS f, survival_agg(t, observed) FILTER (WHERE w.i % 4 > 0 AND w.i BETWEEN m.i - 9 AND m.i - 7) AS g,
           survival_agg(t, nullif(observed, w.i % 5 = 0)) FILTER (WHERE w.i BETWEEN m.i - 2 AND m.i) AS h, survival_agg(t, observed) FILTER (WHERE w.i <= m.i) AS running
    FROM moved w WHERE w.k = m.k) x;
-- Frames of more distinct durations than are kept sorted row by row.
CREATE TABLE wide AS SELECT i, survival_agg(t, observed) OVER (ORDER BY i ROWS BETWEEN 5999 PRECEDING AND CURRENT ROW) AS f FROM (SELECT * FROM life WHERE k = 100 AND i <= 9000) x;
SELECT count(*) AS frames, count(*) FILTER (WHERE f = (SELECT survival_agg(t, observed) FROM life WHERE k = 100 AND i BETWEEN wide.i - 5999 AND wide.i)) AS same FROM wide WHERE i % 1000 = 0 OR i IN (4096, 6001, 8999);
-- Intervals, and rollup.
SELECT count(*) AS frames, count(*) FILTER (WHERE survival_summary_send(m.f) = survival_summary_send(m.g)) AS same
FROM (SELECT survival_agg(t, observed) OVER w AS f, survival_agg(t * interval '1 second', observed) OVER w AS g FROM life WHERE k < 3 WINDOW w AS (PARTITION BY k ORDER BY i ROWS BETWEEN 11 PRECEDING AND 3 PRECEDING)) m WHERE f IS NOT NULL;
CREATE TABLE part AS SELECT k, i / 40 AS p, survival_agg(t, observed) AS s FROM life WHERE k < 100 AND i / 40 <> 4 GROUP BY k, p UNION ALL SELECT 3, 4, NULL;
SELECT count(*) AS frames, count(*) FILTER (WHERE survival_summary_send(m.s) IS DISTINCT FROM survival_summary_send(x.s)) AS differ, count(*) FILTER (WHERE m.s IS NULL) AS empty
FROM (SELECT k, p, rollup(s) OVER (PARTITION BY k ORDER BY p ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING) AS s FROM part) m CROSS JOIN LATERAL (SELECT rollup(s) AS s FROM part WHERE part.k = m.k AND p IN (SELECT p FROM part b WHERE b.k = m.k AND b.p < m.p ORDER BY p DESC OFFSET 1 LIMIT 2)) x;

--
-- The type
--

INSERT INTO summary SELECT 200, NULL;
INSERT INTO summary SELECT 201, survival_agg(t, i % 2 = 0) FROM (VALUES (0::float8, 1), (5e-324, 2), (1.7976931348623157e308, 2), (0.1, 4), (0.30000000000000004, 4), (123456789012345680, 1)) v(t, i);
SELECT s FROM summary WHERE n = 201;
SELECT count(s) AS summaries, count(*) FILTER (WHERE s::text::survival_summary = s AND survival_summary_send(s::text::survival_summary) = survival_summary_send(s) AND s::text::survival_summary::text = s::text) AS by_text,
       count(*) FILTER (WHERE s::jsonb::survival_summary = s AND survival_summary_send(s::jsonb::survival_summary) = survival_summary_send(s)) AS by_jsonb FROM summary;
SELECT s::jsonb #> '{durations,0}' AS first FROM summary WHERE n = 201;
CREATE TABLE loaded (LIKE summary);
\set file `mktemp`
\set load '\\copy loaded from ' :'file' ' (format binary)'
COPY summary TO STDOUT (FORMAT binary) \g :file
:load
SELECT count(*) AS rows, count(*) FILTER (WHERE a.s = b.s AND a.s::text = b.s::text) AS same, count(*) FILTER (WHERE a.s IS NULL AND b.s IS NULL) AS "null" FROM summary a JOIN loaded b USING (n);
TRUNCATE loaded;
\set load '\\copy loaded from ' :'file'
COPY summary TO STDOUT \g :file
:load
SELECT count(*) FILTER (WHERE a.s = b.s) AS same_by_text FROM summary a JOIN loaded b USING (n);
\set file `rm -f :file`

-- Blanks where JSON has them; each change of one that is right makes it wrong.
SELECT ' { "durations" :[[6.0,3 , 1],[ 7e0,1,0 ] ] } '::survival_summary AS canonical;
CREATE FUNCTION damaged(old text, new text) RETURNS text LANGUAGE sql AS $$ SELECT replace('{"durations": [[6, 3, 1], [7, 1, 0]]}', old, new) $$;
SELECT old, new, damaged(old, new) <> damaged('', '') AS changed, regexp_replace(error_of(format('SELECT %L::survival_summary', damaged(old, new))), ': invalid input syntax for type survival_summary: "[^|]*" \|', ' |') AS error
FROM (VALUES (damaged('', ''), ''), (damaged('', ''), '{}'), (damaged('', ''), 'null'), (damaged('', ''), '{"durations": []}'), ('}', ''), ('}', '}}'), ('}', ', "durations": []}'), ('durations', 'times'), ('durations', 'durations of all sorts'),
    ('[[6', '[6'), ('6', '-6'), ('6', '7'), ('6', '8'), ('6', '"6"'), ('6', 'NaN'), ('6', '1e400'), ('6', 'null'), ('3, 1', '0, 0'), ('3, 1', '-3, 1'), ('3, 1', '3, -1'), ('3, 1', '3.5, 1'), ('3, 1', '3'), ('3, 1', '3, 1, 1'),
    ('3, 1', '9223372036854775807, 1'), ('3, 1', '9223372036854775808, 1'), ('3, 1', '9223372036854775807, 0')) v(old, new);
SELECT '{"durations": [[6, 9223372036854775806, 1]]}'::survival_summary AS most;
SELECT error_of($$SELECT rollup(s) FROM unnest(ARRAY['{"durations": [[6, 9223372036854775807, 0]]}', '{"durations": [[7, 1, 0]]}']::survival_summary[]) s$$);

-- The binary form: version, records, unit; duration and kind in one word, count. Here 6: 2 events, 1 censored; 7: 1 event.
CREATE FUNCTION sent() RETURNS bytea LANGUAGE sql AS $$
    SELECT '\x01000000030000000000000000'::bytea || '\x80300000000000000000000000000002' || '\x80300000000000010000000000000001' || '\x80380000000000000000000000000001' $$;
SELECT survival_summary_send('{"durations": [[6, 2, 1], [7, 1, 0]]}') = sent() AS as_written;
CREATE TABLE received (s survival_summary);
CREATE FUNCTION receive(message bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a0000000000000000000001'::bytea || int4send(length(message)) || message || '\xffff'::bytea;
    octal text;
    detail text;
    state text;
BEGIN
    SELECT string_agg('\' || get_byte(file, i) / 64 || get_byte(file, i) / 8 % 8 || get_byte(file, i) % 8, '' ORDER BY i) INTO octal FROM generate_series(0, length(file) - 1) i;
    DELETE FROM received;
    EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
    RETURN (SELECT s FROM received);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, state = RETURNED_SQLSTATE;
    RETURN state || ': ' || coalesce(nullif(detail, ''), SQLERRM);
END $$;
SELECT receive(sent());
SELECT left(receive(substr(sent(), 1, n)), 5) AS cut, count(*) FROM generate_series(0, length(sent()) - 1, 4) n GROUP BY 1;
SELECT what, receive(bytes) FROM (VALUES (1, 'goes on', sent() || '\x00'), (2, 'a version', set_byte(sent(), 0, 2)), (3, 'no record', '\x01000000000000000000000000'), (4, 'many records', set_byte(sent(), 1, 255)), (5, 'a unit', set_byte(sent(), 5, 64)),
    (6, 'a count of 0', set_byte(sent(), 28, 0)), (7, 'a negative count', set_byte(sent(), 21, 128)), (8, 'the same key', set_byte(sent(), 36, 0)), (9, 'a key before', set_byte(sent(), 30, 1)), (10, 'an infinite duration', set_byte(set_byte(sent(), 45, 255), 46, 224)),
    (11, 'not a number', set_byte(set_byte(sent(), 45, 255), 46, 240)), (12, 'too many rows', overlay(overlay(sent() PLACING '\x7fffffffffffffff' FROM 22) PLACING '\x7fffffffffffffff' FROM 38))) v(n, what, bytes) ORDER BY n;

-- A damaged value is refused: XX001. Bytes that are not a value, by a type of our own that is stored like one.
CREATE TYPE damaged;
CREATE FUNCTION damaged_in(cstring) RETURNS damaged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION damaged_out(damaged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE damaged (INPUT = damaged_in, OUTPUT = damaged_out, INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (damaged AS survival_summary) WITHOUT FUNCTION;
-- Version, words, sorted, tail, room; total, unit; the duration 6 with 2 events.
CREATE FUNCTION stored() RETURNS bytea LANGUAGE sql AS $$
    SELECT '\x01010000'::bytea || '\x01000000' || '\x00000000' || '\x01000000' || '\x00000000' || '\x0200000000000000' || '\x0000000000000000' || '\x0000000000003080' || '\x0200000000000000' $$;
SELECT stored()::text::damaged::survival_summary AS not_damaged, stored()::text::damaged::survival_summary = '{"durations": [[6, 2, 0]]}' AS same;
SELECT what, left(error_of(format('SELECT %L::damaged::survival_summary::text', bytes)), 60) AS out, left(error_of(format('SELECT rollup(s) FROM unnest(ARRAY[%1$L, %1$L]::damaged[]::survival_summary[]) s', bytes)), 5) AS rollup,
       left(error_of(format('SELECT median_survival(%L::damaged::survival_summary)', bytes)), 5) AS median
FROM (VALUES (1, 'nothing', '\x'::bytea), (2, 'the version', set_byte(stored(), 0, 2)), (3, 'two words', set_byte(stored(), 1, 2)), (4, 'two records', set_byte(stored(), 4, 2)), (5, '2^31 records', set_byte(stored(), 7, 128)), (6, 'more room', set_byte(stored(), 12, 2)),
    (7, 'less room', set_byte(stored(), 12, 0)), (8, 'the padding', set_byte(stored(), 16, 1)), (9, 'cut', substr(stored(), 1, 51)), (10, 'cut in the header', substr(stored(), 1, 30)), (11, 'longer', stored() || '\x00')) v(n, what, bytes) ORDER BY n;

-- Equality, order and hash.
SELECT count(*) AS rows, count(DISTINCT s) = count(DISTINCT s::text) AS "distinct", (SELECT count(*) FROM (SELECT s FROM summary GROUP BY s) x) = count(DISTINCT s::text) + 1 AS grouped FROM summary;
SELECT count(*) AS pairs, bool_and((a.s = b.s) = (a.s::text = b.s::text)) AS eq, bool_and((a.s <> b.s) = NOT (a.s = b.s)) AS ne, bool_and((a.s < b.s) = (b.s > a.s)) AS lt_gt, bool_and((a.s <= b.s) = (a.s < b.s OR a.s = b.s)) AS le,
       bool_and((a.s >= b.s) = (b.s <= a.s)) AS ge, bool_and(sign(survival_summary_cmp(a.s, b.s)) = (a.s > b.s)::int - (a.s < b.s)::int) AS cmp,
       bool_and(a.s <> b.s OR survival_summary_hash(a.s) = survival_summary_hash(b.s)) AS hash, bool_and(a.s <> b.s OR survival_summary_hash_extended(a.s, 7) = survival_summary_hash_extended(b.s, 7)) AS hash_extended
FROM (SELECT s FROM summary UNION ALL SELECT s FROM part) a, (SELECT s FROM summary UNION ALL SELECT s FROM part) b WHERE a.s IS NOT NULL AND b.s IS NOT NULL;

--
-- Errors
--

SELECT error_of(format('SELECT survival_agg(%L::float8, true)', t)) FROM unnest('{-1,-1e-300,NaN,Infinity,-Infinity}'::float8[]) t;
SELECT error_of(format('SELECT survival_agg(%L::interval, true)', t)) FROM unnest('{-1 second,1 month,-1 year 1 day,1 day -25 hours,-2147483648 days}'::text[]) t;
SELECT error_of(format('SELECT %s FROM arm', call)) FROM unnest(ARRAY['survival_at(s, -1)', $$survival_at(s, 'NaN')$$, 'survival_ci(s, -0.5)', 'survival_ci(s, 1, 1)', $$survival_ci(s, 1, 0.95, 'exact')$$, 'survival_quantile(s, 1.1)', $$survival_quantile(s, 'NaN')$$,
    'restricted_mean(s, -1)', 'survival_curve(s, 0)', $$survival_curve(s, 0.95, 'LOG')$$, 'survival_accum(NULL, 1, true)', 'survival_accum(s, 1, true)', 'survival_combine(s, s)']) call;

SET client_min_messages = error;
DROP SCHEMA test_value_survival CASCADE;
