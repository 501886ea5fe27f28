-- retained, retention_agg, rollup(retention_summary) and retention.
--
-- The second sources: examples derived by hand, each with the reason; plain SQL over the rows of random journeys, with
-- the bounds of periods by AT TIME ZONE and interval arithmetic; counts over the elements of arrays; Wilson's formula.
-- (test/unit/retained_test.c compares journeys full of ties with a brute force.)

CREATE SCHEMA test_journey_retention;
SET search_path = test_journey_retention, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;

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

-- A journey in short: days since 2024-01-01, a Monday: day:event@channel=score.
CREATE FUNCTION day(float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-01-01Z' + $1 * interval '24 hours' $$;
CREATE FUNCTION made(touchpoints text) RETURNS journey LANGUAGE sql AS $$
    SELECT coalesce(journey_agg(day(m[1]::float8), m[2], m[3], NULL, m[4]::int), '[]')
    FROM regexp_matches($1, '([0-9.]+):([^ @=]+)(?:@([^ =]+))?(?:=([0-9-]+))?', 'g') m $$;

--
-- By hand
--

CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, j text, first text, back text, unit interval, periods int, as_of timestamptz, mode text, anchor text, time_zone text, result boolean[], why text);
INSERT INTO example (j, first, back, unit, periods, as_of, mode, anchor, time_zone, result, why) VALUES
    ('0:a 1:b 2.5:b', 'a', 'b', '1 day', 4, NULL, 'on', 'first', 'UTC', '{t,t,t,f}', 'the start belongs to a period'),
    ('0:a 0.999:b 3:b', 'a', 'b', '1 day', 4, NULL, 'on', 'first', 'UTC', '{t,f,f,t}', 'in period 0 it does not matter'),
    ('0:a 3:b', 'a', 'b', '1 day', 3, NULL, 'on', 'first', 'UTC', '{t,f,f}', 'the end of the last one does not belong to it'),
    ('0:a 3:b', 'a', 'b', '1 day', 3, NULL, 'on_or_after', 'first', 'UTC', '{t,t,t}', 'but is after the start of each'),
    ('0:a 1.5:b', 'a', 'b', '1 day', 4, NULL, 'on_or_after', 'first', 'UTC', '{t,t,f,f}', 'up to the last time it came back'),
    ('0:a', 'a', 'b', '1 day', 3, NULL, 'on', 'first', 'UTC', '{t,f,f}', 'never back'),
    ('0:a', 'a', 'b', '1 day', 1, NULL, 'on', 'first', 'UTC', '{t}', 'one period'),
    ('0:b 1:c', 'a', 'b', '1 day', 3, NULL, 'on', 'first', 'UTC', NULL, 'no entry'),
    ('', '.', '.', '1 day', 3, NULL, 'on', 'first', 'UTC', NULL, 'an empty journey'),
    ('0:a 0:a 0:a', 'a', 'a', '1 day', 2, NULL, 'on', 'first', 'UTC', '{t,f}', 'one instant'),
    ('0:b 1:a 1:b 2:b', 'a', 'b', '1 day', 2, NULL, 'on', 'first', 'UTC', '{t,t}', 'what comes before the entry is nothing'),
    ('0:a 1:a', 'a', 'a', '1 day', 3, NULL, 'on', 'first', 'UTC', '{t,t,f}', 'the first event may be coming back'),
    ('0:a=2 1:a=7 2:b/c@web 3:b/d', 'a:score>=5', 'b/*@web', '1 day', 3, NULL, 'on', 'first', 'UTC', '{t,t,f}', 'atoms with tests'),
    -- as_of
    ('0:a 1:b', 'a', 'b', '1 day', 3, day(2), 'on', 'first', 'UTC', '{t,t,NULL}', 'a period that ends at as_of is over'),
    ('0:a 1:b', 'a', 'b', '1 day', 3, day(1.99), 'on', 'first', 'UTC', '{t,NULL,NULL}', 'one that ends after it is not, whatever happened'),
    ('0:a 1:b', 'a', 'b', '1 day', 3, day(0), 'on', 'first', 'UTC', '{NULL,NULL,NULL}', 'period 0 neither'),
    ('1:a 2:b', 'a', 'b', '1 day', 3, day(0.5), 'on', 'first', 'UTC', NULL, 'an entry after as_of is not seen'),
    ('0:c 1:a 5:c', '.', 'c', '1 day', 4, day(4), 'on_or_after', 'first', 'UTC', '{t,f,f,f}', 'what comes back after as_of is not seen'),
    ('0:c 1:a 4:c', '.', 'c', '1 day', 4, day(4), 'on_or_after', 'first', 'UTC', '{t,t,t,t}', 'at as_of it is'),
    ('0:a 1:b', 'a', 'b', '1 day', 3, day(900), 'on', 'first', 'UTC', '{t,t,f}', 'all is over'),
    -- months: January 31, February 29, March 31, April 30
    ('30:a 59.9:b 90:b', 'a', 'b', '1 month', 4, NULL, 'on', 'first', 'UTC', '{t,t,t,f}', 'the end of the month is not February 29 for ever'),
    ('30:a 59:b', 'a', 'b', '1 month', 2, NULL, 'on', 'first', 'UTC', '{t,t}', 'clamped to February 29'),
    ('30:a 58.9:b', 'a', 'b', '1 month', 2, NULL, 'on', 'first', 'UTC', '{t,f}', 'not before'),
    ('0:a 45:b', 'a', 'b', '1 month 14 days', 3, NULL, 'on', 'first', 'UTC', '{t,t,f}', 'February 15 is the start of period 1'),
    ('0:a 44.9:b', 'a', 'b', '1 month 14 days', 3, NULL, 'on', 'first', 'UTC', '{t,f,f}', 'and not before'),
    -- the calendar: day 2 is a Wednesday, day 7 a Monday, day 31 February 1
    ('2:a 6.9:b 7:b', 'a', 'b', '7 days', 3, NULL, 'on', 'calendar', 'UTC', '{t,t,f}', 'weeks start on Monday'),
    ('2:a 6.9:b 14:b', 'a', 'b', '1 week', 3, NULL, 'on', 'calendar', 'UTC', '{t,f,t}', 'what is left of week 0 does not count'),
    ('0.9:a 1.1:b', 'a', 'b', '1 day', 2, NULL, 'on', 'calendar', 'UTC', '{t,t}', 'the next day'),
    ('30:a 31:b', 'a', 'b', '1 month', 2, NULL, 'on', 'calendar', 'UTC', '{t,t}', 'the next month'),
    ('31:a 60:b 91:b', 'a', 'b', '3 months', 2, NULL, 'on', 'calendar', 'UTC', '{t,t}', 'quarters: April 1'),
    ('31:a 90.9:b', 'a', 'b', '3 months', 2, NULL, 'on', 'calendar', 'UTC', '{t,f}', 'not March 31'),
    ('364:a 366:b', 'a', 'b', '1 year', 2, NULL, 'on', 'calendar', 'UTC', '{t,t}', 'years: 2024 has 366 days'),
    ('0.3:a 0.5:b', 'a', 'b', '6 hours', 2, NULL, 'on', 'calendar', 'UTC', '{t,t}', 'quarters of a day'),
    ('2:a 6.95:b', 'a', 'b', '7 days', 2, NULL, 'on', 'calendar', 'Europe/Madrid', '{t,f}', '22:48 UTC on Sunday is 23:48 in Madrid'),
    ('2:a 6.96:b', 'a', 'b', '7 days', 2, NULL, 'on', 'calendar', 'Europe/Madrid', '{t,t}', '23:02 UTC on Sunday is Monday there'),
    ('30.96:a 31.5:b', 'a', 'b', '1 month', 2, NULL, 'on', 'calendar', 'Europe/Madrid', '{t,f}', 'the entry was in February'),
    ('0:a 6.96:b', 'a', 'b', '7 days', 2, NULL, 'on', 'first', 'Europe/Madrid', '{t,f}', 'anchor first asks no clock'),
    ('2:a', 'a', 'b', '7 days', 2, day(7), 'on', 'calendar', 'UTC', '{t,NULL}', 'over on Monday'),
    ('2:a', 'a', 'b', '7 days', 2, day(6.97), 'on', 'calendar', 'Europe/Madrid', '{t,NULL}', 'an hour earlier in Madrid'),
    ('2:a', 'a', 'b', '7 days', 2, day(6.95), 'on', 'calendar', 'Europe/Madrid', '{NULL,NULL}', 'but not two');
SELECT count(*) AS examples FROM example;
SELECT n, why, retained(made(j), first, back, unit, periods, as_of, mode, anchor, time_zone) AS got, result
FROM example WHERE retained(made(j), first, back, unit, periods, as_of, mode, anchor, time_zone) IS DISTINCT FROM result;
-- By default: everything is seen, on, from the first one on, UTC.
SELECT bool_and(retained(made(j), first, back, unit, periods) IS NOT DISTINCT FROM result) AS defaults FROM example WHERE as_of IS NULL AND mode = 'on' AND anchor = 'first';
SELECT array_ndims(r), array_lower(r, 1), array_length(r, 1), r = '{t,f,f,NULL,NULL,NULL,NULL,NULL,NULL,NULL}'::boolean[] AS as_written FROM retained(made('0:a'), 'a', 'b', '1 day', 10, day(3.5)) r;
-- As many periods as there can be, longer than all of time.
SELECT array_length(r, 1), array_positions(r, true) AS true_at FROM retained(made('0:a 2.5:b 9999.5:b'), 'a', 'b', '1 day', 10000) r;
SELECT retained(made('0:a 1:b'), 'a', 'b', unit, 3, day(2)) AS first, retained(made('0:a 1:b'), 'a', 'b', unit, 3) AS all_over
FROM unnest('{178000000 years,2147483647 days,2562047788 hours,178000000 years 2147483647 days 2562047788 hours}'::interval[]) unit;
SELECT retained(journey_agg(at, 'a'), 'a', 'a', unit, 3, NULL, 'on', 'calendar', 'Europe/Madrid') AS the_ends_of_time
FROM (VALUES ('4714-11-24 BC'::timestamptz), ('294276-12-31 23:59Z')) v(at), unnest('{1 month,1 year,100000 years,1 day,7 days,2147483647 days,1 hour}'::interval[]) unit GROUP BY unit ORDER BY unit;

-- NULL arguments give NULL, but for as_of.
SELECT bool_and(r IS NULL) AS "null" FROM (VALUES (retained(NULL, 'a', 'b', '1 day', 3)), (retained('[]', NULL, 'b', '1 day', 3)), (retained('[]', 'a', NULL, '1 day', 3)), (retained('[]', 'a', 'b', NULL, 3)), (retained('[]', 'a', 'b', '1 day', NULL)),
    (retained(made('0:a'), 'a', 'b', '1 day', 3, NULL, NULL)), (retained(made('0:a'), 'a', 'b', '1 day', 3, NULL, 'on', NULL)), (retained(made('0:a'), 'a', 'b', '1 day', 3, NULL, 'on', 'first', NULL))) v(r);

SELECT n, call, error_of('SELECT ' || call) AS error FROM unnest(ARRAY[
    $$retained('[]', 'a', 'b', '0', 3)$$, $$retained('[]', 'a', 'b', '-1 day', 3)$$, $$retained('[]', 'a', 'b', '1 month -1 day', 3)$$, $$retained('[]', 'a', 'b', '1 day', 0)$$, $$retained('[]', 'a', 'b', '1 day', -5)$$, $$retained('[]', 'a', 'b', '1 day', 10001)$$,
    $$retained('[]', '', 'b', '1 day', 3)$$, $$retained('[]', 'a', 'b c', '1 day', 3)$$, $$retained('[]', 'a', 'b', '1 day', 3, 'infinity')$$, $$retained('[]', 'a', 'b', '1 day', 3, '-infinity')$$, $$retained('[]', 'a', 'b', '1 day', 3, NULL, 'after')$$,
    $$retained('[]', 'a', 'b', '1 day', 3, NULL, 'on', 'last')$$, $$retained('[]', 'a', 'b', '1 month 1 day', 3, NULL, 'on', 'calendar')$$, $$retained('[]', 'a', 'b', '1 day 1 hour', 3, NULL, 'on', 'calendar')$$, $$retained('[]', 'a', 'b', '7 hours', 3, NULL, 'on', 'calendar')$$,
    $$retained('[]', 'a', 'b', '48 hours', 3, NULL, 'on', 'calendar')$$,
    $$retention_agg('{{t,f}}'::boolean[])$$, $$retention_agg(array_fill(true, ARRAY[10001]))$$, $$retention(retention_agg('{t}'::boolean[]), 0)$$, $$retention(retention_agg('{t}'::boolean[]), 1)$$, $$retention(retention_agg('{t}'::boolean[]), 'NaN')$$,
    $$retention_accum(NULL, '{t}')$$, $$retention_accum_inv(NULL, '{t}')$$, $$retention_combine(NULL, NULL)$$, $$retention_combine_inv(NULL, NULL)$$]) WITH ORDINALITY u(call, n) ORDER BY n;
-- The message about a time zone is PostgreSQL's own where it has one.
SELECT zone, left(error_of(format($$SELECT retained('[]', 'a', 'b', '1 day', 3, NULL, 'on', %L, %L)$$, anchor, zone)), 5) AS error FROM unnest('{Nowhere,UTC/Madrid}'::text[]) zone, unnest('{first,calendar}'::text[]) anchor;

-- One expression, arguments that change from row to row: as literals give it.
CREATE FUNCTION by_literal(example) RETURNS boolean[] LANGUAGE plpgsql AS $$
DECLARE result boolean[];
BEGIN
    EXECUTE format('SELECT retained(made(%L), %L, %L, %L, %s, %L, %L, %L, %L)', $1.j, $1.first, $1.back, $1.unit, $1.periods, $1.as_of, $1.mode, $1.anchor, $1.time_zone) INTO result;
    RETURN result;
END $$;
SELECT count(*) AS examples, bool_and(by_literal(example) IS NOT DISTINCT FROM result) AS same FROM example;

--
-- Random journeys
--

\set seed 0.61
\echo seed :seed
SELECT setseed(:seed);
-- 30 of hours around each change of the clocks in Madrid, 30 of days over a year and a half.
CREATE TABLE touch AS
SELECT c, CASE WHEN c <= 60 THEN CASE WHEN c % 2 = 0 THEN timestamptz '2024-03-28Z' ELSE timestamptz '2024-10-25Z' END + floor(random() * 240) * interval '30 minutes'
               ELSE timestamptz '2023-12-20Z' + floor(random() * 13000) * interval '1 hour' END AS at,
       (ARRAY['a', 'b', 'c'])[1 + floor(random() * 3)] AS event
FROM generate_series(1, 90) c, generate_series(1, 10) i WHERE i <= 1 + c % 10;
CREATE TABLE journeys AS SELECT c, journey_agg(at, event) AS j FROM touch GROUP BY c;
CREATE INDEX ON touch (c);
ANALYZE touch;
SELECT count(*) AS journeys, count(*) FILTER (WHERE length(j) > 1) > 60 AS longer FROM journeys;

-- The definition in plain SQL, for the first a and any b. Bounds: the entry and multiples of the unit; or local times of units,
-- of which one that clocks skip is not later than the next one, from the last one that is not after the entry.
CREATE FUNCTION first_bounds(entry timestamptz, unit interval, periods int) RETURNS TABLE (k int, bound timestamptz) LANGUAGE sql AS $$
    SELECT k, (entry AT TIME ZONE 'UTC' + k * unit) AT TIME ZONE 'UTC' FROM generate_series(0, periods) k $$;
CREATE FUNCTION local_start(local timestamp, unit interval) RETURNS timestamp LANGUAGE sql AS $$
    SELECT CASE WHEN unit >= '28 days' AND extract(day FROM unit) = 0
                THEN timestamp '2000-01-01' + floor((12 * (extract(year FROM local) - 2000) + extract(month FROM local) - 1) / months)::int * unit
                WHEN extract(day FROM unit) > 0
                THEN timestamp '2000-01-03' + floor((local::date - date '2000-01-03') / extract(day FROM unit))::int * unit
                ELSE local::date + floor(extract(epoch FROM local - local::date) / extract(epoch FROM unit))::int * unit END
    FROM (SELECT 12 * extract(year FROM unit) + extract(month FROM unit) AS months) u $$;
CREATE FUNCTION calendar_bounds(entry timestamptz, unit interval, periods int, zone text) RETURNS TABLE (k int, bound timestamptz) LANGUAGE sql AS $$
    WITH literal AS (SELECT i, (local_start(entry AT TIME ZONE zone, unit) + i * unit) AT TIME ZONE zone AS bound
                     FROM ceil(extract(epoch FROM interval '1 day') / extract(epoch FROM unit)) margin, generate_series(-margin::int, periods + margin::int) i),
    risen AS (SELECT i, min(bound) OVER (ORDER BY i DESC) AS bound FROM literal),
    start AS (SELECT max(i) AS i FROM risen WHERE bound <= entry)
    SELECT risen.i - start.i, bound FROM risen, start WHERE risen.i - start.i BETWEEN 0 AND periods $$;
CREATE FUNCTION by_hand(c int, unit interval, periods int, as_of timestamptz, mode text, anchor text, zone text) RETURNS boolean[] LANGUAGE sql AS $$
    WITH seen AS (SELECT at, event FROM touch WHERE touch.c = $1 AND at <= coalesce($4, 'infinity')),
    entry AS (SELECT min(at) AS at FROM seen WHERE event = 'a'),
    bounds AS (SELECT b.* FROM entry, first_bounds(entry.at, $2, $3) b WHERE $6 = 'first' AND entry.at IS NOT NULL
               UNION ALL SELECT b.* FROM entry, calendar_bounds(entry.at, $2, $3, $7) b WHERE $6 = 'calendar' AND entry.at IS NOT NULL)
    SELECT array_agg(CASE WHEN upper.bound > $4 THEN NULL
                          ELSE lower.k = 0 OR EXISTS (SELECT FROM seen WHERE event = 'b' AND at >= lower.bound AND (at < upper.bound OR $5 = 'on_or_after')) END ORDER BY lower.k)
    FROM bounds lower JOIN bounds upper ON upper.k = lower.k + 1 $$;
CREATE TABLE asked AS
SELECT row_number() OVER () AS n, a.*, as_of, mode
FROM (SELECT unit, 'first' AS anchor, 'UTC' AS zone FROM unnest('{1 hour,36 hours,1 day,7 days,1 month,2 months,1 month 10 days 3 hours}'::interval[]) unit
      UNION ALL SELECT unit, 'calendar', zone FROM unnest('{1 hour,30 minutes,6 hours,1 day,3 days,7 days,1 month,3 months,5 months,1 year}'::interval[]) unit,
                unnest('{UTC,Europe/Madrid}'::text[]) zone) a,
     unnest('{NULL,2024-03-30 12:00Z,2024-10-27 01:10Z,2025-01-01Z}'::timestamptz[]) as_of, unnest('{on,on_or_after}'::text[]) mode;
CREATE TABLE result AS
SELECT n, c, retained(j, 'a', 'b', unit, 8, as_of, mode, anchor, zone) AS got, by_hand(c, unit, 8, as_of, mode, anchor, zone) AS wanted FROM asked, journeys WHERE (n + c) % 4 = 0;
SELECT anchor, zone, count(*) AS calls, count(*) FILTER (WHERE got IS DISTINCT FROM wanted) AS differ, count(wanted) * 2 > count(*) AS most_enter,
       count(*) FILTER (WHERE array_position(wanted, NULL) > 1) > 50 AS open, count(*) FILTER (WHERE true = ANY (wanted[2:])) > 50 AS back, count(DISTINCT wanted) > 20 AS vary
FROM result JOIN asked USING (n) GROUP BY anchor, zone ORDER BY anchor, zone;
-- Other zones: a fixed abbreviation that is a name too, one that has changed its meaning, rules, a half hour; midnights that clocks skip (Sao Paulo 2018-11-04, Cairo)
-- or show twice (Havana); a day that was skipped (Apia 2011-12-30); clocks turned by half an hour (Lord Howe).
CREATE TABLE place (p int GENERATED ALWAYS AS IDENTITY, zone text, at timestamptz);
INSERT INTO place (zone, at) VALUES ('CET', '2024-03-28Z'), ('MSK', '2011-03-25Z'), ('MSK', '2014-10-24Z'), ('EST5EDT,M3.2.0,M11.1.0', '2024-03-08Z'), ('<+0330>-3:30', '2024-03-08Z'), ('Asia/Kolkata', '2024-03-08Z'),
    ('America/Sao_Paulo', '2018-11-02Z'), ('America/Sao_Paulo', '2018-02-16Z'), ('Africa/Cairo', '2024-04-24Z'), ('America/Havana', '2023-11-03Z'), ('Pacific/Apia', '2011-12-28Z'), ('Australia/Lord_Howe', '2024-04-05Z'), ('Australia/Lord_Howe', '2024-10-04Z'),
    ('Europe/Madrid', '1900-12-30Z'), ('Europe/Madrid', '2500-03-26Z'), ('America/New_York', '1883-11-17Z');
TRUNCATE touch;
INSERT INTO touch SELECT 1000 * p + i, at + i * interval '191 minutes', 'a' FROM place, generate_series(0, 34) i;
INSERT INTO touch SELECT c, at + d * interval '47 minutes', 'b' FROM touch, generate_series(1, 120) d WHERE event = 'a' AND (c + d) % 17 IN (0, 5, 6);
CREATE TABLE abroad AS SELECT zone, c, journey_agg(touch.at, event) AS j FROM touch JOIN place ON c / 1000 = p GROUP BY zone, c;
ANALYZE touch;
SELECT zone, count(*) AS calls, count(*) FILTER (WHERE retained(j, 'a', 'b', unit, 5, NULL, 'on', 'calendar', zone) IS DISTINCT FROM by_hand(c::int, unit, 5, NULL, 'on', 'calendar', zone)) AS differ,
       count(DISTINCT retained(j, 'a', 'b', unit, 5, NULL, 'on', 'calendar', zone)) > 3 AS vary
FROM abroad, unnest('{15 minutes,1 hour,1 day}'::interval[]) unit GROUP BY zone ORDER BY zone COLLATE "C";

--
-- Many customers
--

-- What retained() says of ten groups of customers, with arrays of many lengths.
CREATE TABLE cohort AS
SELECT n, c, retained(j, 'a', 'b', unit, 1 + c % 12, as_of, mode, anchor, zone) AS r FROM asked, journeys WHERE n % 7 = 0;
INSERT INTO cohort VALUES (0, 1, '{}'), (0, 2, NULL), (0, 3, '{NULL,t,NULL,f}'), (0, 4, '[5:7]={t,f,NULL}'), (0, 5, '{t}');
CREATE TABLE summary AS SELECT n, retention_agg(r) AS s FROM cohort GROUP BY n;
SELECT count(*) AS summaries, count(DISTINCT s) > 20 AS vary FROM summary;
-- By hand: of four arrays three reach period 0, one NULL and two true; two reach 1 and 2, one reaches 3.
SELECT s, p.period, eligible, retained, rate, round(lo::numeric, 4) AS lo, round(hi::numeric, 4) AS hi FROM summary, retention(s) p WHERE n = 0 ORDER BY period;
-- From the elements.
CREATE TABLE counted AS
SELECT n, ord - 1 AS period, count(e) AS eligible, count(*) FILTER (WHERE e) AS retained
FROM cohort, unnest(r) WITH ORDINALITY u(e, ord) GROUP BY n, ord;
SELECT count(*) AS periods, count(*) FILTER (WHERE (p.eligible, p.retained) IS DISTINCT FROM (c.eligible, c.retained)) AS counts_differ,
       count(*) FILTER (WHERE p.rate IS DISTINCT FROM c.retained::float8 / nullif(c.eligible, 0)) AS rates_differ, count(*) FILTER (WHERE p.eligible = 0) > 10 AS some_without,
       count(*) FILTER (WHERE p.eligible = 0 AND (p.rate, p.lo, p.hi) IS DISTINCT FROM (NULL, NULL, NULL)) AS not_null
FROM counted c FULL JOIN (SELECT n, p.* FROM summary, retention(s) p) p USING (n, period);
SELECT bool_and(period = ord - 1) AS in_order FROM summary, retention(s) WITH ORDINALITY p(period, eligible, retained, rate, lo, hi, ord);
-- Wilson's interval: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), z of 90, 95 and 99 %.
SELECT confidence, count(*) > 100 AS intervals, count(*) FILTER (WHERE abs(r.lo - (p + z * z / (2 * m) - z * sqrt(p * (1 - p) / m + z * z / (4 * m * m))) / (1 + z * z / m)) > 1e-12) AS lo_differ,
       count(*) FILTER (WHERE abs(r.hi - (p + z * z / (2 * m) + z * sqrt(p * (1 - p) / m + z * z / (4 * m * m))) / (1 + z * z / m)) > 1e-12) AS hi_differ
FROM (VALUES (0.90::float8, 1.6448536269514722::float8), (0.95, 1.9599639845400545), (0.99, 2.5758293035489004)) v(confidence, z), summary, retention(s, confidence) r,
     LATERAL (SELECT r.eligible::float8 AS m, r.retained / r.eligible::float8 AS p WHERE r.eligible > 0) x
GROUP BY confidence ORDER BY confidence;
SELECT count(*) > 100 AS periods, bool_and(a IS NOT DISTINCT FROM b) AS the_default_is_95 FROM summary, retention(s) a JOIN retention(s, 0.95) b USING (period);

-- No array: NULL. An empty one counts, and reaches no period.
SELECT retention_agg(NULL) AS "null", rollup(NULL::retention_summary) AS rollup FROM generate_series(1, 2);
SELECT retention_agg('{t}'::boolean[]) AS no_rows FROM generate_series(1, 0);
SELECT retention_agg(r) AS empty, (SELECT count(*) FROM retention(retention_agg(r))) AS periods FROM (VALUES (NULL::boolean[]), ('{}')) v(r);
SELECT retention_agg(r) AS longest, (SELECT count(*) FROM retention(retention_agg(r))) AS periods FROM (SELECT array_fill(NULL::boolean, ARRAY[10000]) AS r) x WHERE false;
SELECT count(*) AS periods, min(eligible), max(eligible), sum(retained) FROM retention((SELECT retention_agg(r) FROM (VALUES (array_fill(true, ARRAY[10000])), (array_fill(NULL::boolean, ARRAY[9999]))) v(r)));
SELECT count(*) FROM retention(NULL);

-- The same bytes however the arrays come.
CREATE FUNCTION agree(statement text, OUT summaries bigint, OUT same bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*), count(*) FILTER (WHERE retention_summary_send(x.s) = retention_summary_send(summary.s) AND x.s = summary.s AND x.s::text = summary.s::text) FROM (%s) x(n, s) JOIN summary USING (n)', statement)
    INTO summaries, same;
END $$;
SELECT seed, a.* FROM generate_series(1, 3) seed, agree(format('SELECT n, retention_agg(r) FROM (SELECT * FROM cohort ORDER BY hashint4(c * %s)) s GROUP BY n', seed)) a ORDER BY seed;
SELECT * FROM agree('SELECT n, retention_agg(r ORDER BY c DESC) FROM cohort GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(s) FROM (SELECT n, c % 10, retention_agg(r) AS s FROM cohort GROUP BY n, c % 10) s GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(s ORDER BY p DESC) FROM (SELECT n, c AS p, retention_agg(r) AS s FROM cohort GROUP BY n, c) s GROUP BY n');
ANALYZE cohort;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_shows('SELECT n, retention_agg(r) FROM cohort GROUP BY n', 'Partial') AS partial;
SELECT * FROM agree('SELECT n, retention_agg(r) FROM cohort GROUP BY n');
SET max_parallel_workers_per_gather = 0;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

-- A moving frame gives what a computation of each frame by itself gives; arrays leave it again, the longest one too. Compared as bytes.
CREATE TABLE moved AS
SELECT n, c, retention_agg(r) OVER (PARTITION BY n ORDER BY c ROWS BETWEEN 7 PRECEDING AND 2 FOLLOWING) AS s,
       retention_agg(r) OVER (PARTITION BY n ORDER BY c ROWS BETWEEN 9 PRECEDING AND 4 PRECEDING) AS t,
       retention_agg(r) FILTER (WHERE c % 3 > 0) OVER (PARTITION BY n ORDER BY c ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS u
FROM cohort;
SELECT count(*) AS frames, count(*) FILTER (WHERE retention_summary_send(m.s) IS DISTINCT FROM retention_summary_send(x.s)) AS s_differ,
       count(*) FILTER (WHERE retention_summary_send(m.t) IS DISTINCT FROM retention_summary_send(x.t)) AS t_differ, count(*) FILTER (WHERE retention_summary_send(m.u) IS DISTINCT FROM retention_summary_send(x.u)) AS u_differ,
       count(*) FILTER (WHERE m.t IS NULL) > 50 AS some_empty
FROM moved m CROSS JOIN LATERAL (
    SELECT retention_agg(r) FILTER (WHERE w.c BETWEEN m.c - 7 AND m.c + 2) AS s, retention_agg(r) FILTER (WHERE w.c BETWEEN m.c - 9 AND m.c - 4) AS t, retention_agg(r) FILTER (WHERE w.c % 3 > 0 AND w.c BETWEEN m.c - 2 AND m.c) AS u
    FROM cohort w WHERE w.n = m.n) x;
CREATE TABLE part AS SELECT n, c / 6 AS p, retention_agg(r) AS s FROM cohort GROUP BY n, c / 6;
SELECT count(*) AS frames, count(*) FILTER (WHERE retention_summary_send(m.s) IS DISTINCT FROM retention_summary_send(x.s)) AS differ
FROM (SELECT n, p, rollup(s) OVER (PARTITION BY n ORDER BY p ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS s FROM part) m
CROSS JOIN LATERAL (SELECT rollup(s) AS s FROM part WHERE part.n = m.n AND p BETWEEN m.p - 2 AND m.p + 1) x;

--
-- The type
--

-- Text, jsonb, COPY BINARY: the same again.
INSERT INTO summary VALUES (1001, NULL);
INSERT INTO summary SELECT 1002, retention_agg(r) FROM (VALUES (array_fill(true, ARRAY[10000])), ('{}'), ('{NULL}')) v(r);
SELECT count(s) AS summaries, count(*) FILTER (WHERE s::text::retention_summary = s AND retention_summary_send(s::text::retention_summary) = retention_summary_send(s) AND s::text::retention_summary::text = s::text) AS by_text,
       count(*) FILTER (WHERE s::jsonb::retention_summary = s AND retention_summary_send(s::jsonb::retention_summary) = retention_summary_send(s)) AS by_jsonb FROM summary;
SELECT s::jsonb -> 'retained' AS retained, s::jsonb -> 'arrays' AS arrays FROM summary WHERE n = 0;
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
-- Members in any order, blanks where JSON has them.
SELECT '{"retained" : [2,0], "eligible":[3 ,1], "arrays": 9, "reach": [ 4, 1]}'::retention_summary AS canonical, '{"arrays": 0, "reach": [], "eligible": [], "retained": []}'::retention_summary AS of_none;
-- Each change of one that is right makes it wrong.
CREATE FUNCTION damaged(old text, new text) RETURNS text LANGUAGE sql AS $$
    SELECT replace('{"arrays": 9, "reach": [8, 5], "eligible": [7, 3], "retained": [6, 2]}', old, new) $$;
SELECT damaged('', '')::retention_summary AS undamaged;
SELECT old, new, damaged(old, new) <> damaged('', '') AS changed, regexp_replace(error_of(format('SELECT %L::retention_summary', damaged(old, new))), ': invalid input syntax for type retention_summary: "[^|]*" \|', ' |') AS error
FROM (VALUES (damaged('', ''), ''), (damaged('', ''), '{}'), (damaged('', ''), '[]'), (damaged('', ''), 'null'), ('}', ''), ('}', '}}'), ('"arrays": 9, ', ''), ('"arrays": 9, ', '"arrays": 9, "arrays": 9, '), ('"arrays"', '"ARRAYS"'),
    ('"arrays"', '"more than sixteen bytes"'), ('9', '7'), ('9', '-1'), ('9', '9.5'), ('9', '9223372036854775808'), ('[8, 5]', '[8]'), ('[8, 5]', '[8, 5, 1]'), ('[8, 5]', '[]'), ('[8, 5]', '[5, 8]'), ('[8, 5]', '[8, 0]'), ('[8, 5]', '[8, 2]'), ('[8, 5]', '8'),
    ('[7, 3]', '[9, 3]'), ('[7, 3]', '[7, 1]'), ('[7, 3]', '[7, -3]'), ('[7, 3]', '[7, null]'), ('[6, 2]', '[6, 4]'), ('[6, 2]', '[6, -2]'), ('[6, 2]', '[]'), ('"eligible": [7, 3], ', '')) v(old, new);
SELECT error_of(format($$SELECT '{"arrays": 1, "reach": %1$s, "eligible": %1$s, "retained": %1$s}'::retention_summary IS NULL$$, to_json(array_fill(1, ARRAY[10000]))))  AS periods_10000,
       left(error_of(format($$SELECT '{"arrays": 1, "reach": %1$s, "eligible": %1$s, "retained": %1$s}'::retention_summary IS NULL$$, to_json(array_fill(1, ARRAY[10001])))), 5) AS periods_10001;
SELECT error_of($$SELECT '[1]'::jsonb::retention_summary$$);
SELECT error_of($$SELECT rollup(s) FROM (SELECT '{"arrays": 9223372036854775807, "reach": [9223372036854775807], "eligible": [1], "retained": [0]}'::retention_summary s FROM generate_series(1, 2)) x$$) AS too_many;

-- Bad messages: 22P03. This one is right: version, periods, arrays; reach, eligible, retained.
CREATE FUNCTION message() RETURNS bytea LANGUAGE sql AS $$ SELECT '\x01'::bytea || '\x00000001' || '\x0000000000000009' || '\x0000000000000008' || '\x0000000000000007' || '\x0000000000000006' $$;
SELECT retention_summary_send('{"arrays": 9, "reach": [8], "eligible": [7], "retained": [6]}') = message() AS the_message;
CREATE FUNCTION received(message bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a0000000000000000000001'::bytea || int4send(length(message)) || message || '\xffff'::bytea;
    octal text;
BEGIN
    SELECT string_agg('\' || get_byte(file, i) / 64 || get_byte(file, i) / 8 % 8 || get_byte(file, i) % 8, '' ORDER BY i) INTO octal FROM generate_series(0, length(file) - 1) i;
    TRUNCATE loaded;
    RETURN error_of(format('COPY loaded (s) FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || ''''));
END $$;
SELECT n, what, received(bytes) FROM (VALUES (1, 'undamaged', message()), (2, 'empty', '\x'::bytea), (3, 'version', set_byte(message(), 0, 2)), (4, 'two periods', set_byte(message(), 4, 2)), (5, 'no period', set_byte(message(), 4, 0)), (6, '2^31 periods', set_byte(message(), 1, 128)),
    (7, '10001 periods', '\x0100002711'::bytea || substr(message(), 6)), (8, 'fewer arrays', set_byte(message(), 12, 7)), (9, 'negative arrays', set_byte(message(), 5, 255)), (10, 'reached by none', set_byte(message(), 20, 0)), (11, 'fewer reach', set_byte(message(), 20, 6)),
    (12, 'more eligible', set_byte(message(), 28, 9)), (13, 'more retained', set_byte(message(), 36, 8)), (14, 'negative retained', set_byte(message(), 29, 255)), (15, 'cut', substr(message(), 1, 36)), (16, 'cut in the header', substr(message(), 1, 10)), (17, 'a byte more', message() || '\x00')) v(n, what, bytes) ORDER BY n;

-- A damaged value is refused: XX001. Bytes that are not a value, by a type of our own that is stored like one. This one is right:
-- version, zeros; periods, zeros; arrays; reach, eligible, retained.
CREATE TYPE damaged;
CREATE FUNCTION damaged_in(cstring) RETURNS damaged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION damaged_out(damaged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE damaged (INPUT = damaged_in, OUTPUT = damaged_out, INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (damaged AS retention_summary) WITHOUT FUNCTION;
CREATE FUNCTION stored() RETURNS bytea LANGUAGE sql AS $$
    SELECT '\x01000000'::bytea || '\x0100000000000000' || '\x0900000000000000' || '\x080000000000000007000000000000000600000000000000' $$;
SELECT stored()::text::damaged::retention_summary AS not_damaged;
SELECT what, error_of(format('SELECT %L::damaged::retention_summary::text', bytes)) AS out, left(error_of(format('SELECT retention_summary_send(%L::damaged::retention_summary)', bytes)), 5) AS send,
       left(error_of(format('SELECT rollup(s) FROM unnest(ARRAY[%1$L, %1$L]::damaged[]::retention_summary[]) s', bytes)), 5) AS rollup, left(error_of(format('SELECT retention(%L::damaged::retention_summary)', bytes)), 5) AS periods
FROM (VALUES (1, 'nothing', '\x'::bytea), (2, 'the version', set_byte(stored(), 0, 2)), (3, 'no version', set_byte(stored(), 0, 0)), (4, 'two periods', set_byte(stored(), 4, 2)), (5, 'many periods', set_byte(stored(), 7, 255)), (6, 'cut', substr(stored(), 1, 43)), (7, 'cut in the header', substr(stored(), 1, 15))) v(n, what, bytes) ORDER BY n;

-- Equality, order and hash.
SELECT count(*) AS rows, count(DISTINCT s) = count(DISTINCT s::text) AS "distinct", (SELECT count(*) FROM (SELECT s FROM summary GROUP BY s) x) = count(DISTINCT s::text) + 1 AS grouped FROM summary;
SELECT count(*) > 500 AS pairs, bool_and((a.s = b.s) = (a.s::text = b.s::text)) AS eq, bool_and((a.s <> b.s) = NOT (a.s = b.s)) AS ne, bool_and((a.s < b.s) = (b.s > a.s)) AS lt_gt, bool_and((a.s <= b.s) = (a.s < b.s OR a.s = b.s)) AS le,
       bool_and((a.s >= b.s) = (b.s <= a.s)) AS ge, bool_and(sign(retention_summary_cmp(a.s, b.s)) = (a.s > b.s)::int - (a.s < b.s)::int) AS cmp,
       bool_and(a.s <> b.s OR retention_summary_hash(a.s) = retention_summary_hash(b.s)) AS hash, bool_and(a.s <> b.s OR retention_summary_hash_extended(a.s, 7) = retention_summary_hash_extended(b.s, 7)) AS hash_extended
FROM summary a, summary b WHERE a.s IS NOT NULL AND b.s IS NOT NULL;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT plan_shows('SELECT * FROM summary a JOIN summary b USING (s)', 'Merge Join') AS merge_join;
CREATE TABLE by_merge AS SELECT a.n, b.n AS m FROM summary a JOIN summary b USING (s);
RESET enable_hashjoin; RESET enable_nestloop;
SELECT count(*) AS differ FROM ((SELECT a.n, b.n FROM summary a, summary b WHERE a.s::text = b.s::text) EXCEPT ALL TABLE by_merge) x UNION ALL SELECT count(*) FROM (TABLE by_merge EXCEPT ALL SELECT a.n, b.n FROM summary a, summary b WHERE a.s::text = b.s::text) x;

--
-- A simulation whose rate is known
--

-- 10,000 customers enter evenly over 90 days; in each week from then on a customer comes back with probability 0.40. Uniform numbers are the digits of md5, so they are the same everywhere.
CREATE TABLE simulated AS
SELECT i, journey_agg(at, event) AS j
FROM (SELECT i, timestamptz '2024-01-01Z' + (90 * 86400 * (i + 0.5) / 10000) * interval '1 second' AS entered FROM generate_series(0, 9999) i) e,
     LATERAL (SELECT entered AS at, 'enter' AS event
              UNION ALL SELECT entered + (week * 7 + 3) * interval '1 day', 'visit' FROM generate_series(1, 12) week WHERE ('x' || substr(md5(i || ' in week ' || week), 1, 8))::bit(32)::bigint / 4294967296.0 < 0.40) t GROUP BY i;
-- By day 90 a period counts those who entered early enough; 0.40 lies in the interval. naive: over all who have entered.
SELECT p.period, eligible, eligible = (SELECT count(*) FROM simulated WHERE started_at(j) + (p.period + 1) * interval '7 days' <= day(90)) AS eligible_by_hand, round(rate::numeric, 4) AS rate, period = 0 OR 0.40 BETWEEN lo AND hi AS unbiased,
       round((SELECT count(*) FROM simulated WHERE EXISTS (SELECT FROM touchpoints(j) t WHERE t.event = 'visit' AND t.at <= day(90) AND t.at >= started_at(j) + p.period * interval '7 days' AND t.at < started_at(j) + (p.period + 1) * interval '7 days')) / 10000.0, 4) AS naive
FROM (SELECT retention_agg(retained(j, 'enter', 'visit', '1 week', 9, day(90))) AS s FROM simulated) x, retention(s) p ORDER BY period;

SET client_min_messages = error;
DROP SCHEMA test_journey_retention CASCADE;
