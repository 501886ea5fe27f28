-- cac, revenue_retention, and the window functions cohort_period, cohort_retention, projected_retention, cohort_cltv,
-- payback_period, cltv_cac_ratio.
--
-- The second sources: reference cases and published figures; the definitions in SQL, by joins of the table with itself.
-- (test/unit/cohort_test.c has the mathematics: payback, the fit of a curve with holes, exact sums.)

CREATE SCHEMA test_value_cohort;
SET search_path = test_value_cohort, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
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
CREATE FUNCTION near(got float8, want float8, tolerance float8 DEFAULT 1e-12) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN got IS NULL OR want IS NULL THEN got IS NULL AND want IS NULL ELSE abs(got - want) <= tolerance * greatest(1, abs(want)) END $$;

--
-- Figures
--

-- cac-001: variable 60k + 10k, fixed 80k + 5k, 120 customers.
SELECT near(cac(spend, customers) FILTER (WHERE paid), 583.3333333333334) AS paid, near(cac(spend, customers), 1291.6666666666667) AS fully_loaded
FROM (VALUES (60000, 120, true), (10000, 0, true), (80000, 0, false), (5000, 0, false)) v(spend, customers, paid);
-- cac-002, cac-004: CAC / (revenue * margin), the same margin each month.
SELECT id, near(max(payback), want) AS months
FROM (SELECT id, want, payback_period(k, arpa * gross, 1, cac) OVER (PARTITION BY id ORDER BY k) AS payback
      FROM (VALUES ('cac-002', 1291.6666666666667::float8, 800, 0.8, 2.018229166666667::float8), ('cac-004', 300, 100, 1, 3)) v(id, cac, arpa, gross, want), generate_series(0, 5) k) x GROUP BY id, want ORDER BY id;
-- cac-008: 56 are back with the sixth period.
SELECT k, cohort_cltv(k, margin, 1) OVER w AS cltv, payback_period(k, margin, 1, 56) OVER w AS payback, cltv_cac_ratio(k, margin, 1, 56) OVER w AS ratio
FROM unnest('{20,13,8,6,5,4,3.5}'::float8[]) WITH ORDINALITY u(margin, n), LATERAL (SELECT n::int - 1 AS k) p WINDOW w AS (ORDER BY k);
-- cac-015: margin 800 * 0.8 a month, 3 % of the customers leave each month; what is left after 1,500 months is nothing.
SELECT near(cltv, 21333.333333333336, 1e-9) AS cltv, near(ratio, 16.516129032258064, 1e-9) AS ratio
FROM (SELECT k, cohort_cltv(k, m, 1000) OVER w AS cltv, cltv_cac_ratio(k, m, 1000, 1291.6666666666667) OVER w AS ratio FROM generate_series(0, 1500) k, LATERAL (SELECT 1000 * 640 * power(0.97::float8, k) AS m) m WINDOW w AS (ORDER BY k)) x WHERE k = 1500;
-- The sum of a geometric series: 100 a period at 10 percent for ever is 1,100.
SELECT near(max(v), 1100, 1e-9) AS annuity FROM (SELECT cohort_cltv(k, 100, 1, 0.1) OVER (ORDER BY k) AS v FROM generate_series(0, 400) k) x;

-- revenue_retention-003; -005 and more by hand.
SELECT (revenue_retention(b, e)).* FROM (VALUES ('a', 10, 15), ('b', 20, 20), ('c', NULL, 5)) v(customer, b, e);
SELECT near((revenue_retention(b, e)).quick_ratio, 6.0) AS quick_ratio FROM (VALUES (0, 2e6), (1e6, 2e6), (3e5, 0), (1e6, 8e5)) v(b, e);
SELECT (revenue_retention(b, e)).* FROM (VALUES (100, 120), (50, 30), (40, 0), (10, 10), (0, 25), (0, 0), (NULL, NULL), (0, NULL), (60, NULL)) v(b, e);
SELECT revenue_retention(b, e) FROM (VALUES (NULL::float8, 7::float8), (0, 3)) v(b, e);
SELECT revenue_retention(b, e) FROM (VALUES (8::float8, NULL::float8), (2, 0)) v(b, e);

-- Fader and Hardie 2007: years 1 to 7 observed, S(8..12) of sbg-002.
SELECT k, active, cohort_retention(k, active) OVER w AS observed, near(projected_retention(k, active) OVER w, coalesce(cohort_retention(k, active) OVER w, want), 1e-8) AS projected
FROM unnest('{1000,869,743,653,593,551,517,491,NULL,NULL,NULL,NULL,NULL}'::int[], '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0.46043967183296763,0.43577959002102123,0.4141723978904794,0.3950553431796649,0.3779990716210754}'::float8[])
     WITH ORDINALITY u(active, want, n), LATERAL (SELECT n::int - 1 AS k) p WINDOW w AS (ORDER BY k);
-- The regular segment: .704077, 1.182043 give these by the recursion S(t) = S(t - 1) (beta + t - 1) / (alpha + beta + t - 1).
WITH RECURSIVE s AS (SELECT 0 AS t, 1::float8 AS s UNION ALL SELECT t + 1, s * (1.182043 + t) / (0.704077 + 1.182043 + t) FROM s WHERE t < 12)
SELECT count(*) AS years, bool_and(near(p, s, 2e-6)) AS near
FROM (SELECT k, active, projected_retention(k, active) OVER (ORDER BY k) AS p FROM unnest('{1000,631,468,382,326,289,262,241,NULL,NULL,NULL,NULL,NULL}'::float8[]) WITH ORDINALITY u(active, n), LATERAL (SELECT n::int - 1 AS k) p) x JOIN s ON t = k AND active IS NULL;

--
-- Window functions against their definitions
--

-- 300 cohorts, from none to 40 periods with holes, some with tails that have not closed, some without customers.
CREATE TABLE cell (cohort int, period int, margin float8, customers bigint, active float8, cac float8, rate float8);
INSERT INTO cell
SELECT c, k, CASE WHEN k < closed THEN ((c * 7919 + k * 104729) % 2003 - 400) / 7.0 END, c * 31 % 17 * 10,
       CASE WHEN k < closed THEN (c * 31 % 17 * 10 * power(0.9, sqrt(k)))::int END, c * 13 % 29 * 3, (c % 5) * 0.01
FROM (SELECT c, c * 37 % 41 AS length, CASE WHEN c % 3 = 0 THEN c * 11 % 20 ELSE 99 END AS closed, c % 4 AS holes FROM generate_series(1, 300) c) x, generate_series(0, length) k
WHERE length > 0 AND (holes = 0 OR (c * 17 + k * 29) % 13 > holes);
SELECT count(DISTINCT cohort) AS cohorts, count(*) AS cells, count(*) - count(margin) AS open, count(DISTINCT cohort) FILTER (WHERE customers = 0) AS empty, count(DISTINCT cohort) FILTER (WHERE cac = 0) AS free,
       (SELECT count(*) FROM (SELECT cohort FROM cell GROUP BY 1 HAVING min(period) > 0) x) AS late, (SELECT count(*) FROM (SELECT FROM cell GROUP BY cohort HAVING count(*) = 1) x) AS of_one_row FROM cell;
CREATE VIEW got AS
SELECT cohort, period, cohort_retention(period, active) OVER w AS retention, cohort_cltv(period, margin, customers) OVER w AS cltv, cohort_cltv(period, margin, customers, rate) OVER w AS discounted,
       payback_period(period, margin, customers, cac) OVER w AS payback, cltv_cac_ratio(period, margin, customers, cac) OVER w AS ratio
FROM cell WINDOW w AS (PARTITION BY cohort ORDER BY period);
CREATE TABLE want AS
SELECT a.cohort, a.period, a.active / nullif(max(b.active) FILTER (WHERE b.period = 0), 0) AS retention,
       CASE WHEN bool_and(b.margin IS NOT NULL) THEN sum(b.margin) / nullif(a.customers, 0) END AS cltv,
       CASE WHEN bool_and(b.margin IS NOT NULL) THEN sum(b.margin * exp(-b.period * ln(1 + b.rate))) / nullif(a.customers, 0) END AS discounted,
       CASE WHEN bool_and(b.margin IS NOT NULL) THEN sum(b.margin) / nullif(a.customers, 0) / nullif(a.cac, 0) END AS ratio, a.cac, a.margin / nullif(a.customers, 0) AS margin
FROM cell a JOIN cell b ON b.cohort = a.cohort AND b.period <= a.period GROUP BY a.cohort, a.period, a.active, a.customers, a.cac, a.margin;
-- The first period in which the margins reach the cost, and the share of it that was needed.
CREATE TABLE paid AS
SELECT DISTINCT ON (cohort) cohort, period, CASE WHEN cac = 0 THEN 0 ELSE period + (cac - (cltv - margin)) / margin END AS payback FROM want WHERE cltv >= cac * (1 - 1e-12) OR (cac = 0 AND cltv IS NOT NULL) ORDER BY cohort, period;
SELECT count(*) AS cells, count(g.retention) AS retentions, count(*) FILTER (WHERE NOT near(g.retention, w.retention)) AS differ, count(g.cltv) AS cltvs, count(*) FILTER (WHERE NOT near(g.cltv, w.cltv)) AS differ,
       count(*) FILTER (WHERE NOT near(g.discounted, w.discounted)) AS discounted_differ, count(*) FILTER (WHERE NOT near(g.ratio, w.ratio)) AS ratio_differs,
       count(g.payback) AS paybacks, count(DISTINCT g.payback) AS different, count(*) FILTER (WHERE NOT near(g.payback, CASE WHEN w.cltv IS NOT NULL THEN p.payback END)) AS payback_differs
FROM got g FULL JOIN want w USING (cohort, period) LEFT JOIN paid p ON p.cohort = g.cohort AND p.period <= g.period;

-- The frame does not matter; nor do other columns that order peers.
SELECT count(*) AS cells, count(*) FILTER (WHERE v IS DISTINCT FROM g) AS differ FROM got g JOIN (
    SELECT cohort, period, cohort_retention(period, active) OVER w AS retention, cohort_cltv(period, margin, customers) OVER f AS cltv, cohort_cltv(period, margin, customers, rate) OVER e AS discounted,
       payback_period(period, margin, customers, cac) OVER f AS payback, cltv_cac_ratio(period, margin, customers, cac) OVER (w GROUPS 1 PRECEDING) AS ratio
    FROM cell WINDOW w AS (PARTITION BY cohort ORDER BY period), f AS (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), e AS (w RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES)) v USING (cohort, period);
-- Rows in order, all of them peers.
SELECT count(*) AS cells, count(*) FILTER (WHERE NOT (v.cltv IS NOT DISTINCT FROM g.cltv AND v.payback IS NOT DISTINCT FROM g.payback)) AS differ
FROM got g JOIN (SELECT cohort, period, cohort_cltv(period, margin, customers) OVER w AS cltv, payback_period(period, margin, customers, cac) OVER w AS payback FROM (SELECT * FROM cell ORDER BY cohort, period) x WINDOW w AS (PARTITION BY cohort)) v USING (cohort, period);
-- Along with others in one window, rescanned by LATERAL, by name.
SELECT count(*) AS cells, count(*) FILTER (WHERE v.cltv IS DISTINCT FROM g.cltv) AS differ
FROM (SELECT DISTINCT cohort FROM cell) c CROSS JOIN LATERAL (SELECT period, row_number() OVER w, cohort_cltv(period => period, customers => customers, margin => margin) OVER w AS cltv, sum(margin) OVER w, lag(margin) OVER w
    FROM cell WHERE cohort = c.cohort WINDOW w AS (ORDER BY period)) v JOIN got g USING (cohort, period);
-- No row; rows without a period, which are passed over; a NULL among the others.
SELECT cohort_cltv(period, margin, customers) OVER w, cohort_retention(period, active) OVER w, projected_retention(period, active) OVER w FROM cell WHERE false WINDOW w AS (ORDER BY period);
SELECT k, m, n, c, cohort_cltv(k, m, n) OVER w AS cltv, payback_period(k, m, n, c) OVER w AS payback, cltv_cac_ratio(k, m, n, c) OVER w AS ratio, cohort_retention(k, m) OVER w AS retention
FROM (VALUES (1, 0, 10, 2, 5), (2, NULL, 99, NULL, NULL), (3, 2, 10, 2, 5), (4, 3, 10, 2, NULL), (5, 4, 10, 2, 5)) v(i, k, m, n, c) WINDOW w AS (ORDER BY i);
SELECT k, cohort_cltv(k, m, n) OVER w AS cltv, cohort_cltv(k, m, 2, NULL) OVER w AS no_rate FROM (VALUES (0, 10, 2), (1, 10, NULL), (2, 10, 2)) v(k, m, n) WINDOW w AS (ORDER BY k);
-- A refund keeps what was paid back; a cost of 0 needs no time; nobody has no value.
SELECT k, m, payback_period(k, m, 1, 15) OVER w AS payback, payback_period(k, m, 1, 0) OVER w AS free, cltv_cac_ratio(k, m, 1, 0) OVER w AS free_ratio, payback_period(k, m, 0, 5) OVER w AS nobody, cohort_cltv(k, m, 0) OVER w AS nobody
FROM (VALUES (0, -5), (1, 10), (2, 40), (3, -40), (7, 100), (9, NULL), (10, 5)) v(k, m) WINDOW w AS (ORDER BY k);
-- A tenth ten times.
SELECT max(payback_period) AS ten FROM (SELECT payback_period(k, 0.1, 1, 1) OVER (ORDER BY k) FROM generate_series(0, 9) k) x;
-- Long partitions, at the cost of a row a row.
SELECT near(max(c), 300000) AS cltv, min(b) AS payback, near(min(r), 1 / 300000.0, 1e-15) AS retention
FROM (SELECT cohort_cltv(k, 1, 1) OVER w AS c, payback_period(k, 1, 1, 299999.5) OVER w AS b, cohort_retention(k, 300000 - k) OVER w AS r FROM generate_series(0, 299999) k WINDOW w AS (ORDER BY k)) x;

--
-- projected_retention
--

-- What is observed is cohort_retention; the tail is one curve: ln(S(t - 1) / S(t) - 1) = ln alpha - ln(beta + t - 1).
CREATE TABLE curve AS SELECT c AS cohort, k AS period, CASE WHEN k <= 6 + c % 5 THEN round(5000 * power(1 + k::float8 / (1 + c % 7), -0.3 - (c % 4) / 10.0)) END AS active
FROM generate_series(1, 60) c, generate_series(0, 24) k WHERE k = 0 OR (c * 17 + k * 29) % 13 > c % 4;
CREATE TABLE projected AS SELECT *, cohort_retention(period, active) OVER w AS retention, projected_retention(period, active) OVER w AS projection FROM curve WINDOW w AS (PARTITION BY cohort ORDER BY period);
SELECT count(*) AS cells, count(*) FILTER (WHERE active IS NULL) AS open, count(*) FILTER (WHERE active IS NOT NULL AND projection <> retention) AS observed_differ, count(*) FILTER (WHERE projection IS NULL) AS missing,
       count(*) FILTER (WHERE active IS NULL AND NOT projection BETWEEN 0 AND 1) AS outside FROM projected;
-- The odds of leaving fall as 1 / (beta + t - 1) does: their inverses are on a line.
SELECT count(*) AS triples, bool_and(near(c - b, b - a, 1e-8)) AS on_a_line
FROM (SELECT period, inverse AS a, lead(inverse) OVER w AS b, lead(inverse, 2) OVER w AS c, lead(period, 2) OVER w AS third FROM (
    SELECT cohort, period, 1 / (lag(projection) OVER w / projection - 1) AS inverse, lag(active) OVER w IS NULL AND lag(period) OVER w = period - 1 AS pair FROM projected WINDOW w AS (PARTITION BY cohort ORDER BY period)) x
    WHERE pair WINDOW w AS (PARTITION BY cohort ORDER BY period)) y WHERE third = period + 2;
-- The first NULL decides: what comes after it is not fitted, and two periods are too few.
SELECT k, a, round(projected_retention(k, a) OVER (ORDER BY k)::numeric, 10) AS projection FROM unnest('{100,60,NULL,40,NULL,NULL}'::int[]) WITH ORDINALITY u(a, n), LATERAL (SELECT n::int - 1 AS k) p;
-- Too little to go by: one warning a partition. What is observed after the first NULL is shown, and not fitted.
SELECT what, k, a, round(projected_retention(k, a) OVER (PARTITION BY what ORDER BY k)::numeric, 9) AS projection
FROM (VALUES ('all lost', '{9,0,NULL,NULL}'::int[]), ('constant', '{9,9,9,NULL,NULL}'), ('later', '{100,60,45,NULL,20,NULL}'), ('nobody', '{0,0,NULL,NULL}'), ('nothing', '{NULL,5,NULL}'), ('rises', '{100,60,61,50,45,NULL}'), ('two', '{9,8,NULL}')) v(what, actives),
    unnest(actives) WITH ORDINALITY u(a, n), LATERAL (SELECT n::int - 1 AS k) p;
SELECT k, projected_retention(k, a) OVER (ORDER BY k) AS no_period_0 FROM (VALUES (1, 50), (2, 40), (3, 35), (4, NULL)) v(k, a);
SELECT k, projected_retention(k, a) OVER (ORDER BY k) > 0 AS far FROM (VALUES (0, 100), (1, 60), (2, 45), (1000000000, NULL), (2147483647, NULL)) v(k, a);

--
-- cohort_period
--

CREATE TABLE visit AS SELECT c AS customer, timestamptz '2023-01-31 22:30Z' + (c * 7919 % 700) * interval '1 day' + (c * 104729 % 86400) * interval '1 second' + (k * k * (1 + c % 5)) * interval '7 hours 13 minutes' AS at FROM generate_series(1, 200) c, generate_series(0, 40) k;
SELECT zone, unit, count(*) AS rows, max(got) AS most, count(*) FILTER (WHERE got IS DISTINCT FROM want) AS differ
FROM (SELECT zone, unit, cohort_period(at, unit, zone) OVER w AS got,
             CASE unit WHEN '1 month' THEN extract(year FROM l) * 12 + extract(month FROM l) - extract(year FROM f) * 12 - extract(month FROM f)
                       WHEN '3 months' THEN (extract(year FROM l) * 12 + extract(month FROM l) - 1)::int / 3 - (extract(year FROM f) * 12 + extract(month FROM f) - 1)::int / 3
                       WHEN '1 year' THEN extract(year FROM l) - extract(year FROM f)
                       WHEN '7 days' THEN (date_trunc('week', l)::date - date_trunc('week', f)::date) / 7 ELSE l::date - f::date END::int AS want
      FROM (SELECT *, at AT TIME ZONE zone AS l, min(at) OVER (PARTITION BY customer) AT TIME ZONE zone AS f FROM visit, unnest('{UTC,Europe/Madrid,America/St_Johns}'::text[]) zone, unnest('{1 month,3 months,1 year,7 days,1 day}'::interval[]) unit) x
      WINDOW w AS (PARTITION BY customer, zone, unit ORDER BY at)) y
GROUP BY zone, unit ORDER BY zone, unit;
-- As retained() has them.
SELECT unit, count(*) AS customers, count(*) FILTER (WHERE r IS DISTINCT FROM retained(j, 'v', 'v', unit, 30, NULL, 'on', 'calendar', 'Europe/Madrid')) AS differ
FROM (SELECT customer, unit, journey_agg(at, 'v') AS j, (SELECT array_agg(k = ANY (array_agg(period)) ORDER BY k) FROM generate_series(0, 29) k) AS r
      FROM (SELECT customer, at, unit, cohort_period(at, unit, 'Europe/Madrid') OVER (PARTITION BY customer, unit ORDER BY at) AS period FROM visit, unnest('{1 month,7 days,12 hours,1 hour}'::interval[]) unit) x GROUP BY customer, unit) y GROUP BY unit ORDER BY unit;
-- Clocks that are turned back show an hour twice: units start the second time, and periods never fall.
SELECT at, cohort_period(at, '30 minutes', 'Europe/Madrid') OVER (ORDER BY at) FROM generate_series(timestamptz '2024-10-26 23:45Z', '2024-10-27 02:15Z', '30 minutes') at;
-- NULLs; a unit of its own in each row counts from the first row all the same; ties.
SELECT i, at, unit, cohort_period(at, unit, zone) OVER (ORDER BY i) FROM (VALUES (1, NULL::timestamptz, interval '1 day', 'UTC'), (2, '2024-02-28Z', NULL, 'UTC'), (3, '2024-02-28Z', '1 day', 'UTC'), (4, '2024-03-05Z', '1 day', NULL), (5, '2024-03-05Z', '1 day', 'UTC'),
    (6, '2024-03-05Z', '1 month', 'UTC'), (7, NULL, '1 month', 'UTC'), (8, '2024-03-05Z', '7 days', 'UTC'), (9, '2024-03-05Z', '1 us', 'Asia/Tokyo')) v(i, at, unit, zone) WHERE i < 9;
SELECT max(cohort_period) AS all_time FROM (SELECT cohort_period(at, '1 day', 'Europe/Madrid') OVER (ORDER BY at) FROM (VALUES ('4714-11-24 BC'::timestamptz), ('294276-12-31 23:59Z')) v(at)) x;

--
-- What they refuse
--

CREATE FUNCTION refused(calls text[], rows text, columns text) RETURNS TABLE (n bigint, error text) LANGUAGE sql AS $$
    SELECT n, error_of(format('SELECT %s OVER (ORDER BY i) FROM (VALUES %s) v(i, %s)', call, rows, columns)) FROM unnest(calls) WITH ORDINALITY u(call, n) $$;
SELECT * FROM refused('{"cohort_cltv(k, 1, 1)","payback_period(k, 1, 1, 1)","cltv_cac_ratio(k, 1, 1, 1)","cohort_retention(k, 1)","projected_retention(k, 1)"}', '(1, 0), (2, 3), (3, 3)', 'k');
SELECT * FROM refused('{"cohort_cltv(k, 1, 1)","projected_retention(k, NULL)"}', '(1, 4), (2, NULL), (3, 3)', 'k');
SELECT * FROM refused('{"cohort_retention(k, 1)","cohort_cltv(k, 1, 1)","cohort_cltv(1, 1, k)","payback_period(1, 1, 1, k)","cltv_cac_ratio(1, 1, 1, k)","cohort_cltv(1, 1, 1, k)","cohort_retention(1, k)","projected_retention(1, k)"}', '(1, -1)', 'k');
SELECT * FROM refused('{"cohort_cltv(i, 1, k)","payback_period(i, NULL, k, 1)","payback_period(i, 1, 1, k)","cltv_cac_ratio(i, 1, 1, k)","cohort_cltv(i, 1, 1, k)"}', '(1, 5), (2, NULL), (3, 6)', 'k');
SELECT * FROM refused('{"cohort_cltv(i, k, 1)","payback_period(i, k, 1, 1)","cltv_cac_ratio(i, k, 1, 1)","payback_period(i, 1, 1, k)","cohort_cltv(i, 1, 1, k)","cohort_retention(i, k)","projected_retention(i, k)"}', '(1, ''NaN''::float8)', 'k');
SELECT * FROM refused('{"cohort_cltv(i, k, 1)","payback_period(i, -k, 1, 1)","cohort_cltv(1000 * i, k, 1, -0.9)","cltv_cac_ratio(i, k, 1, 1e-300)","cohort_retention(i - 1, k)","projected_retention(i - 1, k)","cohort_retention(i - 1, 1 / k)"}', '(1, 1e-308), (2, 1.5e308), (3, 1.5e308)', 'k');
SELECT * FROM refused('{"cohort_period(at, unit)"}', '(1, ''2024-01-02Z''::timestamptz, ''1 day''::interval), (2, ''2024-01-01Z'', ''1 day'')', 'at, unit');
SELECT unit, zone, at, error FROM (VALUES ('0', 'UTC', '2024-01-01Z'), ('-1 day', 'UTC', '2024-01-01Z'), ('1 month 1 day', 'UTC', '2024-01-01Z'), ('7 hours', 'UTC', '2024-01-01Z'), ('48 hours', 'UTC', '2024-01-01Z'), ('1 us', 'UTC', '2025-01-01Z'), ('1 day', 'UTC', 'infinity')) v(unit, zone, at),
    LATERAL error_of(format('SELECT cohort_period(at, %L, %L) OVER (ORDER BY at) FROM (VALUES (''2024-01-01Z''::timestamptz), (%L)) v(at)', unit, zone, at)) error;
SELECT left(error_of('SELECT cohort_period(now(), ''1 day'', ''Nowhere'') OVER ()'), 5) AS no_zone, left(error_of('SELECT cohort_cltv(1, 1, 1)'), 5) AS no_over;

--
-- Aggregates: any order, in parallel, merged
--

-- Cents, and amounts that no sum of whole numbers takes.
CREATE TABLE spend AS
SELECT i, i % 23 AS month, i * 7919 % 100003 / 100.0::float8 AS cents, CASE WHEN i % 50 = 0 THEN 1e-7 / i WHEN i % 77 = 0 THEN 3e16 / i ELSE i * 31 % 9973 / 7.0::float8 END AS odd, i * 13 % 7 AS customers,
       CASE WHEN i % 6 > 0 THEN i * 104729 % 5003 / 100.0::float8 * (i % 5)::int::bool::int END AS was, CASE WHEN i % 7 > 1 THEN i * 49999 % 5003 / 100.0::float8 * (i % 4)::int::bool::int WHEN i % 7 = 0 THEN i * 104729 % 5003 / 100.0::float8 * (i % 5)::int::bool::int END AS becomes
FROM generate_series(1, 20000) i;
ALTER TABLE spend SET (parallel_workers = 2);
ANALYZE spend;
CREATE VIEW by_hand AS
SELECT grouping(month) AS total, month, sum(cents::numeric) / nullif(sum(customers), 0) AS cac, sum(odd) / nullif(sum(customers), 0) AS odd, sum(b) AS starting, sum(e) FILTER (WHERE b = 0) AS new_revenue, sum(e - b) FILTER (WHERE e > b AND b > 0) AS expansion, sum(b - e) FILTER (WHERE e < b AND e > 0) AS contraction,
       sum(b) FILTER (WHERE e = 0) AS churned, sum(e) AS ending, sum(least(b, e)) / sum(b) AS grr, sum(e) FILTER (WHERE b > 0) / sum(b) AS nrr, sum(e - b) FILTER (WHERE e > b) / sum(b - e) FILTER (WHERE b > e) AS quick_ratio, count(*) FILTER (WHERE b > 0 AND e = 0)::float8 / count(*) FILTER (WHERE b > 0) AS logo_churn
FROM (SELECT *, coalesce(was, 0)::numeric AS b, coalesce(becomes, 0)::numeric AS e FROM spend) x GROUP BY ROLLUP (month);
CREATE FUNCTION alike(r revenue_movement, h by_hand, tolerance float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT near((r).starting, (h).starting::float8, tolerance) AND near((r).new_revenue, (h).new_revenue::float8, tolerance) AND near((r).expansion, (h).expansion::float8, tolerance) AND near((r).contraction, (h).contraction::float8, tolerance) AND near((r).churned, (h).churned::float8, tolerance) AND near((r).ending, (h).ending::float8, tolerance)
       AND near((r).grr, (h).grr::float8, tolerance) AND near((r).nrr, (h).nrr::float8, tolerance) AND near((r).quick_ratio, (h).quick_ratio::float8, tolerance) AND near((r).logo_churn, (h).logo_churn, tolerance) $$;
CREATE TABLE serial AS SELECT grouping(month) AS total, month, cac(cents, customers), cac(odd, customers) AS odd, revenue_retention(was, becomes) AS r FROM spend GROUP BY ROLLUP (month);
SELECT count(*) AS groups, count(*) FILTER (WHERE NOT near(s.cac, h.cac::float8)) AS cac_differs, count(*) FILTER (WHERE NOT near(s.odd, h.odd)) AS odd_differs, count(*) FILTER (WHERE NOT alike(s.r, h, 1e-12)) AS revenue_differs FROM serial s JOIN by_hand h USING (total, month) WHERE total = 0;
SELECT near(s.cac, h.cac::float8) AS cac, near(s.odd, h.odd) AS odd, alike(s.r, h, 1e-12) AS revenue FROM serial s JOIN by_hand h USING (total) WHERE total = 1;
-- Shuffled and in parallel: the same bits, but for what is added as float8.
SELECT count(*) AS groups, count(*) FILTER (WHERE (x.cac, x.r) IS DISTINCT FROM (s.cac, s.r)) AS differ, count(*) FILTER (WHERE NOT near(x.odd, s.odd)) AS odd_differs
FROM serial s JOIN (SELECT month, cac(cents, customers ORDER BY md5(i::text)), cac(odd, customers ORDER BY md5(i::text)) AS odd, revenue_retention(was, becomes ORDER BY md5(i::text)) AS r FROM spend GROUP BY month) x USING (month) WHERE total = 0;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_shows('SELECT cac(cents, customers), revenue_retention(was, becomes) FROM spend', 'Partial Aggregate') AS parallel;
SELECT x.cac = s.cac AS cac, near(x.odd, s.odd) AS odd, x.r = s.r AS revenue FROM serial s, (SELECT cac(cents, customers), cac(odd, customers) AS odd, revenue_retention(was, becomes) AS r FROM spend) x WHERE total = 1;
SELECT count(*) AS groups, count(*) FILTER (WHERE (x.cac, x.r) IS DISTINCT FROM (s.cac, s.r)) AS differ FROM serial s JOIN (SELECT month, cac(cents, customers), revenue_retention(was, becomes) AS r FROM spend GROUP BY month) x USING (month) WHERE total = 0;
-- Window functions above what is done in parallel.
SELECT count(*) AS cells, count(*) FILTER (WHERE NOT near(v, g.cltv)) AS differ FROM got g JOIN (SELECT cohort, period, cohort_cltv(period, sum(margin), max(customers)) OVER (PARTITION BY cohort ORDER BY period) AS v FROM cell GROUP BY cohort, period) x USING (cohort, period);
SET max_parallel_workers_per_gather = 0; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- The state goes as text to another server, and is merged there.
CREATE AGGREGATE cac_state(float8, bigint) (SFUNC = cac_accum, STYPE = bigint[], INITCOND = '{0,0,0,0}');
CREATE AGGREGATE cac_merge(bigint[]) (SFUNC = cac_combine, STYPE = bigint[], INITCOND = '{0,0,0,0}', FINALFUNC = cac_final);
CREATE AGGREGATE revenue_state(float8, float8) (SFUNC = revenue_retention_accum, STYPE = bigint[], INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}');
CREATE AGGREGATE revenue_merge(bigint[]) (SFUNC = revenue_retention_combine, STYPE = bigint[], INITCOND = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', FINALFUNC = revenue_retention_final);
CREATE TABLE shipped AS SELECT month, cac_state(cents, customers)::text AS c, cac_state(odd, customers)::text AS o, revenue_state(was, becomes)::text AS r FROM spend GROUP BY month;
SELECT cac_merge(shipped.c::bigint[]) = s.cac AS cac, near(cac_merge(shipped.o::bigint[]), s.odd) AS odd, revenue_merge(shipped.r::bigint[]) = s.r AS revenue FROM shipped, serial s WHERE total = 1 GROUP BY s.cac, s.odd, s.r;
SELECT error_of('SELECT cac_combine(''{0,0,0,0}'', ''{0,0,0,0}'')') AS by_hand, error_of('SELECT cac_accum(''{0,0,0,0}'', 1, 1)') AS by_hand, error_of('SELECT revenue_retention_accum(NULL, 1, 1)') AS by_hand;

-- Nothing to go by; DISTINCT; FILTER; a row with a NULL.
SELECT cac(spend, customers), cac(spend, customers) FILTER (WHERE false) AS none, cac(NULL, 1) AS no_spend, cac(1, 0) AS no_customer, cac(DISTINCT spend, customers) AS different, cac(-spend, customers) AS negative FROM (VALUES (100, 2), (100, 2), (NULL, 5), (70, NULL), (0.5, 1)) v(spend, customers);
SELECT revenue_retention(was, becomes) FROM spend WHERE false;
SELECT revenue_retention(0, NULL), revenue_retention(NULL, NULL) AS nulls, revenue_retention(1, 1) FILTER (WHERE false) AS none FROM spend;
SELECT cac(spend, customers) FROM (VALUES (1e20, 1), (-1e20, 0), (4, 1)) v(spend, customers);

-- Moving frames against the same rows aggregated by themselves; the amounts of `odd` restart frames.
CREATE TABLE frame AS SELECT i, cents, odd, customers, was, becomes FROM spend WHERE i <= 600;
SELECT what, count(*) AS frames, count(*) FILTER (WHERE NOT (near(w.cac, p.cac, 0) AND near(w.odd, p.odd) AND w.r IS NOT DISTINCT FROM p.r)) AS differ, count(w.cac) AS with_cac
FROM (SELECT 'rows' AS what, i, i - 17 AS lo, i + 5 AS hi, cac(cents, customers) OVER w, cac(odd, customers) OVER w AS odd, revenue_retention(was, becomes) OVER w AS r FROM frame WINDOW w AS (ORDER BY i ROWS BETWEEN 17 PRECEDING AND 5 FOLLOWING) UNION ALL
      SELECT 'one row', i, i, i, cac(cents, customers) OVER w, cac(odd, customers) OVER w AS odd, revenue_retention(was, becomes) OVER w AS r FROM frame WINDOW w AS (ORDER BY i ROWS BETWEEN CURRENT ROW AND CURRENT ROW) UNION ALL
      SELECT 'ahead', i, i + 2, i + 9, cac(cents, customers) OVER w, cac(odd, customers) OVER w AS odd, revenue_retention(was, becomes) OVER w AS r FROM frame WINDOW w AS (ORDER BY i ROWS BETWEEN 2 FOLLOWING AND 9 FOLLOWING) UNION ALL
      SELECT 'running', i, 0, i, cac(cents, customers) OVER w, cac(odd, customers) OVER w AS odd, revenue_retention(was, becomes) OVER w AS r FROM frame WINDOW w AS (ORDER BY i)) w
CROSS JOIN LATERAL (SELECT cac(cents, customers), cac(odd, customers) AS odd, revenue_retention(was, becomes) AS r FROM frame f WHERE f.i BETWEEN lo AND hi) p GROUP BY what ORDER BY what;
-- What was large leaves no trace.
SELECT i, cac(spend, 1) OVER w, (revenue_retention(spend, 0.01) OVER w).churned, (revenue_retention(spend, 0.01) OVER w).starting FROM (VALUES (1, 0.01), (2, 9e15), (3, 0.01), (4, 0.02), (5, 4e20), (6, 0.01), (7, 0.07)) v(i, spend) WINDOW w AS (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);

SELECT call, error_of('SELECT ' || call) AS error FROM unnest(ARRAY['cac(1, -1)', 'cac(''NaN'', 1)', 'cac(''infinity'', 1)', 'cac(1, 9223372036854775807) FROM generate_series(1, 2)', 'cac(9e15, 1) FROM generate_series(1, 1100)', 'cac(1e308, 1) FROM generate_series(1, 2)',
    'revenue_retention(-1, 1)', 'revenue_retention(1, -0.5)', 'revenue_retention(''NaN'', 1)', 'revenue_retention(1, ''infinity'')', 'revenue_retention(1e308, 1) FROM generate_series(1, 2)', 'revenue_retention(5e-324, 1e308)']) call;

DROP SCHEMA test_value_cohort CASCADE;
