-- business_seconds.
--
-- The second sources: examples derived by hand, each with the reason; minutes counted one by one by what clocks show, with
-- AT TIME ZONE; shifts day by day with both ends by AT TIME ZONE; four centuries, which are whole weeks.

CREATE SCHEMA test_business_seconds;
SET search_path = test_business_seconds, public;
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

--
-- By hand. 2024-03-11 is a Monday; clocks in Madrid are one hour ahead of UTC, from 2024-03-31 01:00 to 2024-10-27 01:00 two.
--

CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, started timestamptz, ended timestamptz, opens time, closes time, weekdays int[], zone text, holidays date[], hours float8, why text);
INSERT INTO example (started, ended, opens, closes, weekdays, zone, holidays, hours, why) VALUES
    ('2024-03-11 10:00Z', '2024-03-11 12:30Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{}', 2.5, 'within a shift'),
    ('2024-03-11 10:00Z', '2024-03-11 10:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{}', 0, 'no time'),
    ('2024-03-11 06:00Z', '2024-03-11 10:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{}', 1, 'before it opens nothing counts'),
    ('2024-03-11 16:00Z', '2024-03-12 10:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{}', 2, 'nor over night'),
    ('2024-03-15 16:00Z', '2024-03-18 10:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{}', 2, 'nor on Saturday and Sunday'),
    ('2024-03-16 00:00Z', '2024-03-18 00:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{}', 0, 'a weekend'),
    ('2024-03-16 00:00Z', '2024-03-18 00:00Z', '09:00', '17:00', '{7}', 'UTC', '{}', 8, '7 is Sunday'),
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '09:00', '17:00', '{1}', 'UTC', '{}', 8, '1 is Monday'),
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '09:00', '17:00', '{5,1,1,5}', 'UTC', '{}', 16, 'in any order, more than once'),
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '09:00', '17:00', '{}', 'UTC', '{}', 0, 'never open'),
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '00:00', '24:00', '{1,2,3,4,5,6,7}', 'UTC', '{}', 168, 'always open'),
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{2024-03-12,2024-03-16,2024-03-12}', 32, 'a holiday, once; one on a Saturday'),
    ('2024-03-12 10:00Z', '2024-03-11 16:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{}', -2, 'ended before it started'),
    ('2024-03-11 10:00Z', '2024-03-11 12:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'America/New_York', '{}', 0, 'opens at 13:00 UTC, clocks are in summer'),
    ('2024-03-11 10:00Z', '2024-03-11 14:00Z', '09:00', '17:00', '{1,2,3,4,5}', 'America/New_York', '{}', 1, 'so this is one hour'),
    ('2024-03-10 23:00Z', '2024-03-11 08:00Z', '00:00', '02:00', '{1}', 'Europe/Madrid', '{}', 2, 'Monday starts at 23:00 UTC'),
    ('2024-03-10 23:00Z', '2024-03-11 08:00Z', '00:00', '02:00', '{1}', 'Europe/Madrid', '{2024-03-11}', 0, 'the date of a holiday is a local one'),
    -- over midnight: the shift of Friday ends on Saturday
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '22:00', '06:00', '{5}', 'UTC', '{}', 8, 'Friday 22:00 to Saturday 06:00'),
    ('2024-03-16 00:00Z', '2024-03-16 12:00Z', '22:00', '06:00', '{5}', 'UTC', '{}', 6, 'its part on Saturday'),
    ('2024-03-11 00:00Z', '2024-03-11 12:00Z', '22:00', '06:00', '{1}', 'UTC', '{}', 0, 'the morning of Monday is of Sunday'),
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '22:00', '06:00', '{5}', 'UTC', '{2024-03-16}', 8, 'a holiday on Saturday does not end it'),
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '22:00', '06:00', '{5}', 'UTC', '{2024-03-15}', 0, 'one on Friday does'),
    ('2024-03-11 00:00Z', '2024-03-18 00:00Z', '18:00', '00:00', '{1,2}', 'UTC', '{}', 12, 'until midnight'),
    ('2024-03-11 00:00Z', '2024-03-14 00:00Z', '12:00', '11:59', '{1,2,3,4,5,6,7}', 'UTC', '{}', 71.95, 'nearly always open: without a minute on each of three days'),
    ('2024-03-11 00:00Z', '2024-03-13 00:00Z', '24:00', '01:00', '{1}', 'UTC', '{}', 1, 'opens at the end of Monday'),
    -- clocks are turned
    ('2024-03-30 00:00Z', '2024-04-01 00:00Z', '00:00', '24:00', '{7}', 'Europe/Madrid', '{}', 23, 'a Sunday of 23 hours'),
    ('2024-10-26 00:00Z', '2024-10-29 00:00Z', '00:00', '24:00', '{7}', 'Europe/Madrid', '{}', 25, 'and one of 25'),
    ('2024-03-30 00:00Z', '2024-04-01 00:00Z', '22:00', '06:00', '{6}', 'Europe/Madrid', '{}', 7, 'a night of 7 hours'),
    ('2024-10-26 00:00Z', '2024-10-29 00:00Z', '22:00', '06:00', '{6}', 'Europe/Madrid', '{}', 9, 'and one of 9'),
    ('2024-03-30 00:00Z', '2024-04-01 12:00Z', '09:00', '17:00', '{1,7}', 'Europe/Madrid', '{}', 13, 'a day later it opens at 07:00 UTC'),
    ('2024-03-30 00:00Z', '2024-04-01 00:00Z', '01:00', '02:30', '{7}', 'Europe/Madrid', '{}', 1.5, '02:30 is skipped: 01:30 UTC, as AT TIME ZONE has it'),
    ('2024-03-30 00:00Z', '2024-04-01 00:00Z', '02:30', '04:00', '{7}', 'Europe/Madrid', '{}', 0.5, 'opening there too'),
    ('2024-03-30 00:00Z', '2024-04-01 00:00Z', '02:30', '03:00', '{7}', 'Europe/Madrid', '{}', 0, '03:00 is 01:00 UTC: never open'),
    ('2024-10-26 00:00Z', '2024-10-29 00:00Z', '01:00', '02:30', '{7}', 'Europe/Madrid', '{}', 2.5, '02:30 is shown twice, the second time counts'),
    ('2024-10-26 00:00Z', '2024-10-29 00:00Z', '02:30', '04:00', '{7}', 'Europe/Madrid', '{}', 1.5, 'for opening too'),
    ('2011-12-28 00:00Z', '2012-01-01 00:00Z', '09:00', '17:00', '{4,5,6}', 'Pacific/Apia', '{}', 16, 'a Friday that was skipped'),
    ('2024-03-11 10:00Z', '2024-03-11 10:00:00.000001Z', '09:00', '17:00', '{1,2,3,4,5}', 'UTC', '{}', 1 / 3.6e9, 'a microsecond'),
    ('2024-03-11 08:00Z', '2024-03-11 10:00Z', '09:00', '09:00:00.000003', '{1,2,3,4,5}', 'UTC', '{}', 3 / 3.6e9, 'a shift of three');
SELECT count(*) AS examples FROM example;
SELECT n, why, business_seconds(started, ended, opens, closes, weekdays, zone, holidays) / 3600 AS got, hours
FROM example WHERE NOT (abs(business_seconds(started, ended, opens, closes, weekdays, zone, holidays) - hours * 3600) < 1e-9);
SELECT count(*) AS examples, bool_and(business_seconds(ended, started, opens, closes, weekdays, zone, holidays) = -business_seconds(started, ended, opens, closes, weekdays, zone, holidays)) AS the_other_way_round FROM example;
-- By default: Monday to Friday, UTC, no holidays.
SELECT business_seconds('2024-03-11 00:00Z', '2024-03-18 00:00Z', '09:00', '17:00') / 3600 AS hours, pg_typeof(business_seconds('2024-03-11 00:00Z', '2024-03-18 00:00Z', '09:00', '17:00'));
-- The story: complains on Friday at 16:50, answered on Tuesday at 09:20, Monday is a holiday; open from 9 to 17 in Madrid.
SELECT business_seconds('2024-03-15 16:50 Europe/Madrid', '2024-03-19 09:20 Europe/Madrid', '09:00', '17:00', time_zone => 'Europe/Madrid', holidays => '{2024-03-18}') / 60 AS minutes;

-- NULL arguments give NULL.
SELECT bool_and(s IS NULL) AS "null" FROM (VALUES (business_seconds(NULL, now(), '09:00', '17:00')), (business_seconds(now(), NULL, '09:00', '17:00')), (business_seconds(now(), now(), NULL, '17:00')), (business_seconds(now(), now(), '09:00', NULL)),
    (business_seconds(now(), now(), '09:00', '17:00', NULL)), (business_seconds(now(), now(), '09:00', '17:00', '{1}', NULL)), (business_seconds(now(), now(), '09:00', '17:00', '{1}', 'UTC', NULL))) v(s);
SELECT n, call, error_of('SELECT business_seconds(' || call || ')') AS error FROM unnest(ARRAY[
    $$'2024-01-01Z', '2024-01-01Z', '09:00', '09:00'$$, $$'2024-01-01Z', '2024-01-01Z', '09:00', '17:00', '{0}'$$, $$'2024-01-01Z', '2024-01-01Z', '09:00', '17:00', '{1,8}'$$, $$'2024-01-01Z', '2024-01-01Z', '09:00', '17:00', '{1,NULL}'$$,
    $$'2024-01-01Z', '2024-01-01Z', '09:00', '17:00', '{{1},{2}}'$$, $$'infinity', '2024-01-01Z', '09:00', '17:00'$$, $$'2024-01-01Z', 'infinity', '09:00', '17:00'$$, $$'-infinity', 'infinity', '09:00', '17:00'$$,
    $$'2024-01-01Z', '2024-01-01Z', '09:00', '17:00', '{1}', 'UTC', '{2024-01-01,NULL}'$$, $$'2024-01-01Z', '2024-01-01Z', '09:00', '17:00', '{1}', 'UTC', '{infinity}'$$, $$'2024-01-01Z', '2024-01-01Z', '09:00', '17:00', '{1}', 'UTC', '{{2024-01-01},{2024-01-02}}'$$]) WITH ORDINALITY u(call, n) ORDER BY n;
SELECT zone, left(error_of(format($$SELECT business_seconds('2024-01-01Z', '2024-01-01Z', '09:00', '17:00', '{1}', %L)$$, zone)), 5) AS error FROM unnest('{Nowhere,UTC/Madrid}'::text[]) zone;
-- One expression, arguments that change from row to row: as literals give it.
CREATE FUNCTION by_literal(example) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE result float8;
BEGIN
    EXECUTE format('SELECT business_seconds(%L, %L, %L, %L, %L, %L, %L)', $1.started, $1.ended, $1.opens, $1.closes, $1.weekdays, $1.zone, $1.holidays) INTO result;
    RETURN result;
END $$;
SELECT count(*) AS examples, bool_and(by_literal(example) = business_seconds(started, ended, opens, closes, weekdays, zone, holidays)) AS same FROM example;
-- In a generated column, as it is immutable.
CREATE TABLE ticket (opened timestamptz, answered timestamptz, waited float8 GENERATED ALWAYS AS (business_seconds(opened, answered, '09:00', '17:00', time_zone => 'Europe/Madrid')) STORED);
INSERT INTO ticket VALUES ('2024-03-11 10:00Z', '2024-03-12 10:00Z'), ('2024-03-11 10:00Z', NULL);
SELECT * FROM ticket ORDER BY answered;

--
-- Minute by minute
--

\set seed 0.37
\echo seed :seed
SELECT setseed(:seed);
CREATE TABLE span AS
SELECT i, started, started + floor(random() * 6 * 1440) * interval '1 minute' AS ended
FROM (SELECT i, (ARRAY['2024-03-27Z', '2024-10-23Z', '2024-05-10Z']::timestamptz[])[1 + i % 3] + floor(random() * 5 * 1440) * interval '1 minute' AS started FROM generate_series(1, 45) i) s;
-- Shifts of which no end is skipped or shown twice. What clocks show in a minute lies in the shift of that day, or in that of the day before.
CREATE TABLE hours (h int GENERATED ALWAYS AS IDENTITY, opens time, closes time, weekdays int[], zone text, holidays date[]);
INSERT INTO hours (opens, closes, weekdays, zone, holidays) VALUES
    ('09:00', '17:30', '{1,2,3,4,5}', 'Europe/Madrid', '{}'), ('09:00', '17:30', '{1,2,3,4,5}', 'Europe/Madrid', '{2024-03-29,2024-04-01,2024-10-25,2024-05-13}'), ('22:00', '06:00', '{5,6,7}', 'Europe/Madrid', '{2024-03-29,2024-10-28,2024-05-12}'),
    ('00:00', '24:00', '{6,7}', 'Europe/Madrid', '{}'), ('20:15', '20:14', '{1,2,3,4,5,6,7}', 'Europe/Madrid', '{2024-03-31,2024-05-12}'), ('09:00', '17:00', '{1,2,3,4,5}', 'Asia/Kathmandu', '{}'), ('18:00', '00:00', '{1,3,5,7}', 'America/New_York', '{2024-10-27}');
CREATE TABLE counted AS
SELECT i, h, count(*) FILTER (WHERE inside) AS minutes
FROM (SELECT i, h, CASE WHEN opens < closes THEN shown::time >= opens AND shown::time < closes AND open_today
                        ELSE shown::time >= opens AND open_today OR shown::time < closes AND open_yesterday END AS inside
      FROM span, hours, generate_series(started, ended - interval '1 minute', interval '1 minute') minute, LATERAL (SELECT minute AT TIME ZONE zone AS shown OFFSET 0) s,
           LATERAL (SELECT extract(isodow FROM shown) = ANY (weekdays) AND shown::date <> ALL (holidays) AS open_today,
                           extract(isodow FROM shown - interval '1 day') = ANY (weekdays) AND shown::date - 1 <> ALL (holidays) AS open_yesterday) o) x
GROUP BY i, h;
SELECT h, count(*) AS spans, count(*) FILTER (WHERE business_seconds(started, ended, opens, closes, weekdays, zone, holidays) <> 60 * coalesce(minutes, 0)) AS differ, sum(minutes) > 0 AS some
FROM span CROSS JOIN hours LEFT JOIN counted USING (i, h) GROUP BY h ORDER BY h;

--
-- Shift by shift, both ends by AT TIME ZONE, over years and wherever clocks did something odd
--

-- No instant counts twice: where a whole day was skipped its shift falls on that of another day.
CREATE FUNCTION by_shift(started timestamptz, ended timestamptz, opens time, closes time, zone text) RETURNS float8 LANGUAGE sql AS $$
    SELECT coalesce(sum(extract(epoch FROM upper(part) - lower(part))), 0)::float8
    FROM unnest((SELECT range_agg(tstzrange(since, until) * tstzrange(started, ended)) FILTER (WHERE since < until)
                 FROM generate_series(-2, (ended::date - started::date) + 2) d, LATERAL (SELECT started::date + d AS day) x,
                      LATERAL (SELECT (day + opens) AT TIME ZONE zone AS since, (day + closes + CASE WHEN closes < opens THEN interval '1 day' ELSE interval '0' END) AT TIME ZONE zone AS until) s)) part $$;
CREATE TABLE place (zone text, started timestamptz, ended timestamptz);
INSERT INTO place VALUES ('UTC', '2023-01-01 00:00:01Z', '2025-01-01Z'), ('Europe/Madrid', '1900-12-25Z', '1901-01-05Z'), ('Europe/Madrid', '1936-01-01Z', '1950-01-01 13:00:00.000007Z'), ('Europe/Madrid', '2020-02-29 12:34:56.789Z', '2025-12-31Z'),
    ('Europe/Madrid', '2500-01-01Z', '2503-01-01Z'), ('America/New_York', '1883-11-01Z', '1884-02-01Z'), ('America/New_York', '2005-01-01Z', '2010-01-01Z'), ('America/Sao_Paulo', '2015-01-01Z', '2020-01-01Z'), ('America/Havana', '2020-01-01Z', '2023-12-31Z'),
    ('Africa/Cairo', '2010-01-01Z', '2011-12-31Z'), ('Pacific/Apia', '2011-01-01Z', '2013-01-01Z'), ('Australia/Lord_Howe', '2020-01-01Z', '2022-12-31Z'), ('America/Caracas', '2007-01-01Z', '2017-01-01Z'), ('Europe/Dublin', '2020-01-01Z', '2022-12-31Z'),
    ('Africa/Casablanca', '2018-01-01Z', '2022-01-01Z'), ('Antarctica/Troll', '2020-01-01Z', '2022-01-01Z'), ('CET', '2020-01-01Z', '2022-01-01Z'), ('MSK', '2010-01-01Z', '2016-01-01Z'), ('EST5EDT,M3.2.0,M11.1.0', '2020-01-01Z', '2022-01-01Z'), ('<+0330>-3:30', '2020-01-01Z', '2022-01-01Z');
SELECT zone, count(*) AS shifts, count(*) FILTER (WHERE NOT (abs(business_seconds(started, ended, opens, closes, '{1,2,3,4,5,6,7}', zone) - by_shift(started, ended, opens, closes, zone)) < 1e-5)) AS differ
FROM place, (VALUES (time '09:00', time '17:00'), ('02:15', '02:45'), ('02:30', '03:00'), ('01:00', '02:30'), ('00:00', '24:00'), ('22:00', '06:00'), ('23:30', '00:30'), ('12:00', '11:00'), ('00:00', '00:00:00.5')) v(opens, closes)
GROUP BY zone ORDER BY zone COLLATE "C";
-- Always open is all the time, whatever clocks do.
SELECT count(*) AS spans, bool_and(business_seconds(started, ended, '00:00', '24:00', '{1,2,3,4,5,6,7}', zone) = extract(epoch FROM ended - started)::float8) AS all_of_it FROM place;
-- The parts of a span add up.
SELECT count(*) AS spans, bool_and(abs(business_seconds(started, ended, opens, closes, weekdays, h.zone, holidays) - business_seconds(started, middle, opens, closes, weekdays, h.zone, holidays) - business_seconds(middle, ended, opens, closes, weekdays, h.zone, holidays)) < 1e-5) AS add_up
FROM place, hours h, generate_series(1, 20) n, LATERAL (SELECT started + n / 21.0 * (ended - started) AS middle) m;

-- Four centuries are 20,871 weeks, of 40 hours; and all of time does not hang.
SELECT business_seconds('2000-01-01Z', '2400-01-01Z', '09:00', '17:00') / 3600 = 20871 * 40 AS utc, business_seconds('2000-01-01Z', '2400-01-01Z', '09:00', '17:00', time_zone => 'Europe/Madrid') / 3600 = 20871 * 40 AS madrid,
       business_seconds('1000-01-01Z', '3000-01-01Z', '00:00', '24:00', '{1,2,3,4,5,6,7}') = extract(epoch FROM timestamptz '3000-01-01Z' - timestamptz '1000-01-01Z') AS always;
SET statement_timeout = '200ms';
DO $$
BEGIN
    PERFORM business_seconds('4714-11-24Z BC', '294276-12-31Z', '09:00', '17:00', time_zone => 'Europe/Madrid') FROM generate_series(1, 10);
EXCEPTION WHEN query_canceled THEN
    RAISE WARNING 'cancelled';
END $$;
RESET statement_timeout;

SET client_min_messages = error;
DROP SCHEMA test_business_seconds CASCADE;
