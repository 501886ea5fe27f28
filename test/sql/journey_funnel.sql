-- funnel, funnel_level, funnel_agg, rollup(funnel_summary) and funnel_steps.
--
-- The second sources: examples derived by hand, each with the reason; window functions over the rows of random
-- journeys without ties; counts and quantiles of funnel_steps from the rows of funnel(); Wilson's formula; a
-- simulation whose rate is known. (test/unit/funnel_test.c compares journeys full of ties with a brute force.)

CREATE SCHEMA test_journey_funnel;
SET search_path = test_journey_funnel, public;
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

-- A journey in short: hour:event@channel=score; and times as hours.
CREATE FUNCTION hour(float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-01-01Z' + $1 * interval '1 hour' $$;
CREATE FUNCTION made(touchpoints text) RETURNS journey LANGUAGE sql AS $$
    SELECT coalesce(journey_agg(hour(m[1]::float8), m[2], m[3], NULL, m[4]::int), '[]')
    FROM regexp_matches($1, '([0-9.]+):([^ @=]+)(?:@([^ =]+))?(?:=([0-9-]+))?', 'g') m $$;
CREATE FUNCTION hours(timestamptz[]) RETURNS float8[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg(extract(epoch FROM t - '2024-01-01Z')::float8 / 3600 ORDER BY n), '{}') FROM unnest($1) WITH ORDINALITY u(t, n) $$;

--
-- By hand
--

CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, j text, steps text[], within interval, mode text, without text[], as_of float8,
    level int, status text, at float8[], why text);
INSERT INTO example (j, steps, within, mode, without, as_of, level, status, at, why) VALUES
    ('0:a 1:b 2:c', '{a,b,c}', '2 hours', 'ordered', NULL, NULL, 3, 'converted', '{0,1,2}', 'the end of the window belongs to it'),
    ('0:a 1:b 2.001:c', '{a,b,c}', '2 hours', 'ordered', NULL, NULL, 2, 'dropped', '{0,1}', 'just late'),
    ('0:a 1:x 2:b 3:x 4:c', '{a,b,c}', '1 day', 'ordered', NULL, NULL, 3, 'converted', '{0,2,4}', 'anything may be between'),
    ('0:c 1:b 2:a', '{a,b,c}', '1 day', 'ordered', NULL, NULL, 1, 'dropped', '{2}', 'the order counts'),
    ('0:b 1:c', '{a,b,c}', '1 day', 'ordered', NULL, NULL, 0, 'dropped', '{}', 'no start'),
    ('', '{a}', '1 day', 'ordered', NULL, 5, 0, 'dropped', '{}', 'an empty journey is never open'),
    ('0:a', '{a}', '0', 'ordered', NULL, NULL, 1, 'converted', '{0}', 'one step'),
    ('0:a 5:a 6:b', '{a,b}', '2 hours', 'ordered', NULL, NULL, 2, 'converted', '{5,6}', 'every start is tried: the furthest'),
    ('0:a 1:a 2:b', '{a,b}', '1 day', 'ordered', NULL, NULL, 2, 'converted', '{0,2}', 'as far and as early: the earlier start'),
    ('0:a 3:b 5:a 6:b 7:c', '{a,b,c}', '2 hours', 'ordered', NULL, NULL, 3, 'converted', '{5,6,7}', 'only the later start'),
    ('0:a 5:a 6:b 6.5:a 7:b', '{a,b}', '1 hour', 'ordered', NULL, NULL, 2, 'converted', '{5,6}', 'the earliest completion'),
    ('0:a 1:a 2:a', '{a,a,a}', '1 day', 'ordered', NULL, NULL, 3, 'converted', '{0,1,2}', 'a touchpoint fills one step'),
    ('0:a 1:a', '{a,a,a}', '1 day', 'ordered', NULL, NULL, 2, 'dropped', '{0,1}', 'two fill two'),
    ('0:a=3 1:b/c@web=9', '{a:score<5,b/*@web:score>=9}', '1 day', 'ordered', NULL, NULL, 2, 'converted', '{0,1}', 'steps have tests'),
    ('0:a=5 1:b/c@web=9', '{a:score<5,b/*@web:score>=9}', '1 day', 'ordered', NULL, NULL, 0, 'dropped', '{}', 'that may fail'),
    ('0:a 1:b 1:c', '{a,c,b}', '1 day', 'ordered', NULL, NULL, 3, 'converted', '{0,1,1}', 'a tie in the order that serves'),
    ('0:a 0:b', '{b,a}', '0', 'ordered', NULL, NULL, 2, 'converted', '{0,0}', 'at the start too, and within nothing'),
    ('0:a 0.001:b', '{a,b}', '0', 'ordered', NULL, NULL, 1, 'dropped', '{0}', 'within nothing is one instant'),
    ('0:a 1:a 1:a', '{a,a,a}', '1 day', 'ordered', NULL, NULL, 3, 'converted', '{0,1,1}', 'each of a tie once'),
    ('0:a 0:a', '{a,a,a}', '1 day', 'ordered', NULL, NULL, 2, 'dropped', '{0,0}', 'and not twice'),
    -- adjacent
    ('0:a 1:b 2:c', '{a,b,c}', '1 day', 'adjacent', NULL, NULL, 3, 'converted', '{0,1,2}', 'next to each other'),
    ('0:a 1:x 2:b 3:c', '{a,b,c}', '1 day', 'adjacent', NULL, NULL, 1, 'dropped', '{0}', 'something is between'),
    ('0:a 1:x 2:a 3:b', '{a,b,c}', '1 day', 'adjacent', NULL, NULL, 2, 'dropped', '{2,3}', 'a later start gets further'),
    ('0:b 0:a', '{b,a}', '1 day', 'adjacent', NULL, NULL, 1, 'dropped', '{0}', 'ties in the one total order: a, b'),
    ('0:b 0:a', '{a,b}', '1 day', 'adjacent', NULL, NULL, 2, 'converted', '{0,0}', 'the same'),
    ('0:a 3:b', '{a,b}', '2 hours', 'adjacent', NULL, NULL, 1, 'dropped', '{0}', 'the window counts'),
    ('0:a 1:x 2:b', '{a,b}', '1 day', 'adjacent', '{x}', NULL, 1, 'excluded', '{0}', 'the very next is an exclusion'),
    ('0:a 1:y 2:x', '{a,b}', '1 day', 'adjacent', '{x}', NULL, 1, 'dropped', '{0}', 'not the very next'),
    ('0:a 1:b 2:x', '{a,b}', '1 day', 'adjacent', '{b,x}', NULL, 2, 'converted', '{0,1}', 'the next step is no exclusion'),
    -- any
    ('0:c 1:x 2:a 3:b', '{a,b,c}', '1 day', 'any', NULL, NULL, 3, 'converted', '{0,2,3}', 'at[k]: k steps were filled'),
    ('0:c 2:a 3:b', '{a,b,c}', '2 hours', 'any', NULL, NULL, 2, 'dropped', '{0,2}', 'from the first that was filled; earliest completion'),
    ('0:a 1:a', '{a,b}', '1 day', 'any', NULL, NULL, 1, 'dropped', '{0}', 'the same step twice is one'),
    ('0:a 1:a', '{a,[a|b]}', '1 day', 'any', NULL, NULL, 2, 'converted', '{0,1}', 'but one may fill the other step'),
    ('0:b 1:a 2:x', '{a,x}', '1 day', 'any', '{b}', NULL, 2, 'converted', '{1,2}', 'an exclusion before does nothing'),
    ('0:a 1:y 2:b', '{a,b}', '1 day', 'any', '{y}', NULL, 1, 'excluded', '{0}', 'between it does'),
    -- exclusions
    ('0:a 1:x 2:b', '{a,b}', '1 day', 'ordered', '{x}', NULL, 1, 'excluded', '{0}', 'ends the start'),
    ('0:a 1:b 2:x 3:c', '{a,b,c}', '1 day', 'ordered', '{x}', NULL, 2, 'excluded', '{0,1}', 'at the level it had'),
    ('0:a 1:x 2:a 3:b', '{a,b}', '1 day', 'ordered', '{x}', NULL, 2, 'converted', '{2,3}', 'another start competes'),
    ('0:x 1:a 2:b 3:x', '{a,b}', '1 day', 'ordered', '{x}', NULL, 2, 'converted', '{1,2}', 'before and after it is harmless'),
    ('0:a 0:x 1:b', '{a,b}', '1 day', 'ordered', '{x}', NULL, 2, 'converted', '{0,1}', 'in the instant of the start too'),
    ('0:a 1:b 1:x 2:c', '{a,b,c}', '1 day', 'ordered', '{x}', NULL, 2, 'excluded', '{0,1}', 'later in an instant: after the steps filled there'),
    ('0:a 3:x', '{a,b}', '2 hours', 'ordered', '{x}', NULL, 1, 'dropped', '{0}', 'after the window it is nothing'),
    ('0:a 2:x', '{a,b}', '2 hours', 'ordered', '{x}', NULL, 1, 'excluded', '{0}', 'at its end it counts'),
    ('0:a 1:y/z 2:b', '{a,b}', '1 day', 'ordered', '{x,y/*@web}', NULL, 2, 'converted', '{0,2}', 'an exclusion may have tests'),
    ('0:a 1:y/z@web 2:b', '{a,b}', '1 day', 'ordered', '{x,y/*@web}', NULL, 1, 'excluded', '{0}', 'that pass here'),
    ('0:a 1:x 2:b', '{a,b}', '1 day', 'ordered', '{}', NULL, 2, 'converted', '{0,2}', 'no exclusions'),
    -- as_of
    ('1:a 2:b', '{a,b}', '2 hours', 'ordered', NULL, 0, 0, 'dropped', '{}', 'before the start: nothing is seen, nothing is open'),
    ('1:a 2:b', '{a,b}', '2 hours', 'ordered', NULL, 1, 1, 'open', '{1}', 'at the start'),
    ('1:a 2:b', '{a,b}', '2 hours', 'ordered', NULL, 2, 2, 'converted', '{1,2}', 'a touchpoint at as_of is seen'),
    ('1:a 3:b', '{a,b}', '2 hours', 'ordered', NULL, 2.999, 1, 'open', '{1}', 'one after is not'),
    ('1:a 4:b', '{a,b}', '2 hours', 'ordered', NULL, 3, 1, 'open', '{1}', 'at the deadline it is open still'),
    ('1:a 4:b', '{a,b}', '2 hours', 'ordered', NULL, 3.001, 1, 'dropped', '{1}', 'after it not'),
    ('1:a 2:x', '{a,b}', '2 hours', 'ordered', '{x}', 2, 1, 'excluded', '{1}', 'excluded goes before open'),
    ('0:a 1:a 2:a', '{a,b}', '2 hours', 'ordered', NULL, 2.5, 1, 'dropped', '{0}', 'the best start is over, though a later one is open'),
    ('1:a 2:x', '{a,b}', '2 hours', 'adjacent', NULL, 2, 1, 'open', '{1}', 'open means only that its window runs'),
    ('1:b', '{a,b}', '2 hours', 'any', NULL, 3, 1, 'open', '{1}', 'as in every mode');
SELECT count(*) AS examples FROM example;
-- Otherwise than derived by hand: none. funnel_level says the same where it can be asked.
SELECT n, j, steps, mode, without, as_of, e.level, f.level, e.status, f.status, e.at, hours(f.at) AS found
FROM example e, LATERAL (SELECT * FROM funnel(made(j), steps, within, mode, without, hour(as_of))) f
WHERE (e.level, e.status, e.at) IS DISTINCT FROM (f.level, f.status, hours(f.at))
   OR (mode = 'ordered' AND without IS NULL AND as_of IS NULL AND funnel_level(made(j), steps, within) <> e.level);
-- What is left out, and NULL for it; by name.
SELECT f, f = funnel(j, '{a,b}', '1 day', 'ordered') AS mode, f = funnel(j, '{a,b}', '1 day', 'ordered', NULL) AS without, f = funnel(j, '{a,b}', '1 day', 'ordered', NULL, NULL) AS as_of,
       funnel(j, '{a,b}', '1 day', as_of => hour(0.5), without => '{c}')
FROM made('0:a 1:b') j, funnel(j, '{a,b}', '1 day') f;

-- Months, clamped: 31 January and a month is the end of February. Added in UTC, whatever the session says.
SELECT a, b, within, funnel_level(journey_agg(at, event), '{a,b}', within) AS level
FROM (VALUES ('2024-01-31 10:00Z', '2024-02-29 10:00:00Z', interval '1 month'), ('2024-01-31 10:00Z', '2024-02-29 10:00:00.000001Z', '1 month'),
             ('2023-01-31 10:00Z', '2023-02-28 10:00:00Z', '1 month'), ('2023-01-31 10:00Z', '2023-03-01 00:00:00Z', '1 month'),
             ('2024-01-31 10:00Z', '2024-03-02 11:00:00Z', '1 month 2 days 1 hour'), ('2024-01-31 10:00Z', '2024-03-02 11:00:01Z', '1 month 2 days 1 hour'),
             ('2024-02-29 10:00Z', '2025-02-28 10:00:00Z', '1 year'), ('2024-02-29 10:00Z', '2025-02-28 10:00:01Z', '1 year'),
             ('2024-03-30 10:00Z', '2024-03-31 10:00:00Z', '1 day'), ('2024-03-30 10:00Z', '2024-03-31 10:00:01Z', '1 day')) v(a, b, within),
     LATERAL (VALUES (a::timestamptz, 'a'), (b::timestamptz, 'b')) t(at, event)
GROUP BY a, b, within ORDER BY a, b, within;
SET timezone = 'Europe/Berlin';
SELECT event_at(j, 'b') AS b, funnel_level(j, '{a,b}', '1 month') AS level, (funnel(j, '{a,b}', '1 day', as_of => event_at(j, 'c'))).status
FROM (VALUES (journey '[{"at": "2024-01-30T23:30:00Z", "event": "a"}, {"at": "2024-02-29T23:30:00Z", "event": "b"}]'),
             (journey '[{"at": "2024-03-30T12:00:00Z", "event": "a"}, {"at": "2024-03-31T12:00:00Z", "event": "c"}]'),
             (journey '[{"at": "2024-03-30T12:00:00Z", "event": "a"}, {"at": "2024-03-31T12:00:01Z", "event": "c"}]')) v(j);
SET timezone = 'UTC';

--
-- Arguments
--

SELECT call, error_of('SELECT ' || call) FROM unnest(ARRAY[
    $$funnel('[]', '{a}', '1 day', 'strict')$$, $$funnel('[]', '{a}', '1 day', '')$$, $$funnel('[]', '{}', '1 day')$$, $$funnel_level('[]', '{}', '1 day')$$,
    $$funnel('[]', '{a,NULL}', '1 day')$$, $$funnel('[]', '{{a,b}}', '1 day')$$, $$funnel('[]', '{a,"b ~> c"}', '1 day')$$, $$funnel('[]', '{a,é@}', '1 day')$$, $$funnel_level('[]', '{a,b+}', '1 day')$$,
    $$funnel('[]', '{a}', '-1 day')$$, $$funnel('[]', '{a}', '1 month -1 day')$$, $$funnel_level('[]', '{a}', '-1 microsecond')$$,
    $$funnel('[]', '{a}', '1 day', 'any', '{NULL}')$$, $$funnel('[]', '{a}', '1 day', 'any', '{b c}')$$, $$funnel('[]', '{a}', '1 day', 'any', NULL, 'infinity')$$, $$funnel('[]', '{a}', '1 day', as_of => '-infinity')$$,
    $$funnel('[]', array_fill('a'::text, ARRAY[64]), '1 day')$$, $$funnel_level('[]', array_fill('a'::text, ARRAY[64]), '1 day')$$,
    $$funnel('[]', '{a}', '1 day', 'any', array_fill('b'::text, ARRAY[4096]))$$, $$funnel('[]', '{a}', '1 day', 'any', array_fill('b'::text, ARRAY[4095]))$$,
    $$funnel_agg('[]', '{}', '1 day')$$, $$funnel_agg('[]', '{a}', '1 day', 'strict')$$, $$funnel_agg('[]', '{a}', '-1 day')$$, $$funnel_agg('[]', '{a}', '1 day', 'any', '{NULL}', NULL)$$,
    $$funnel_agg('[]', '{a}', '1 day', 'any', NULL, 'infinity')$$, $$funnel_steps(funnel_agg('[]', '{a}', '1 day'), 0)$$, $$funnel_steps(funnel_agg('[]', '{a}', '1 day'), 1)$$,
    $$funnel_steps(funnel_agg('[]', '{a}', '1 day'), 'NaN')$$, $$funnel_accum(NULL, '[]', '{a}', '1 day')$$, $$funnel_combine(NULL, NULL)$$]) WITH ORDINALITY u(call, n) ORDER BY n;
-- 63 steps are possible.
SELECT f.level, f.status, cardinality(f.at), funnel_level(j, steps, '1 day')
FROM (SELECT journey_agg(hour(i / 10.0), 's' || i) AS j, array_agg('s' || i ORDER BY i) AS steps FROM generate_series(1, 63) i) x, funnel(j, steps, '1 day') f;

-- NULL arguments give NULL, but for without and as_of.
SELECT funnel(NULL, '{a}', '1 day') AS journey, funnel('[]', NULL, '1 day') AS steps, funnel('[]', '{a}', NULL) AS within, funnel('[]', '{a}', '1 day', NULL) AS mode,
       funnel_level(NULL, '{a}', '1 day') AS journey, funnel_level('[]', NULL, '1 day') AS steps, funnel_level('[]', '{a}', NULL) AS within;
SELECT funnel_agg(NULL, '{a}', '1 day') AS journey, funnel_agg('[]', NULL, '1 day') AS steps, funnel_agg('[]', '{a}', NULL) AS within, funnel_agg('[]', '{a}', '1 day', NULL) AS mode,
       rollup(NULL::funnel_summary) AS rollup FROM generate_series(1, 2);
SELECT funnel_agg(j, '{a,b}', '1 day') AS of_one FROM (VALUES (NULL::journey), (made('0:a 1:b')), (NULL)) v(j);
SELECT funnel_agg(j, '{a,b}', '1 day') AS of_an_empty_one FROM (VALUES (NULL::journey), ('[]')) v(j);
SELECT funnel_agg('[]'::journey, '{a}', '1 day') AS no_rows FROM generate_series(1, 0);
SELECT funnel_agg('[]'::journey, '{a,b/*:score>3}', '36 hours', 'any', '{''x y'',z}', '2024-01-01Z'), funnel_agg('[]'::journey, '{a}', '1 month 2 days') AS months;
SELECT count(*) FROM funnel_steps(NULL);
-- Nothing known.
SELECT s.* FROM (SELECT funnel_agg('[]'::journey, '{a,b}', '1 day') AS f) x, funnel_steps(f) s;

-- One expression, arguments that change from row to row: as literals give it.
CREATE TABLE asked (steps text[], within interval, mode text, without text[]);
INSERT INTO asked VALUES ('{a,b,c}', '2 hours', 'ordered', NULL), ('{a,b}', '2 hours', 'ordered', NULL), ('{a,b,c}', '9 hours', 'ordered', NULL), ('{a,b,c}', '9 hours', 'any', NULL),
    ('{a,b,c}', '9 hours', 'any', '{x}'), ('{a,b,c}', '9 hours', 'ordered', '{x}'), ('{a,b,c}', '9 hours', NULL, '{x}'), ('{a,b,c}', '9 hours', 'adjacent', '{x}'), ('{b,c}', '9 hours', 'adjacent', '{x,a}');
CREATE FUNCTION by_literal(asked, j journey, OUT result text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT funnel(%L, %L, %L, %L, %L)', j, $1.steps, $1.within, $1.mode, $1.without) INTO result;
END $$;
SELECT count(*) AS calls, count(*) FILTER (WHERE (SELECT count(*) FROM asked a2 WHERE a2 = asked) = 1 AND funnel(j, steps, within, mode, without)::text IS NOT DISTINCT FROM by_literal(asked, j)) AS same,
       count(DISTINCT funnel(j, steps, within, mode, without)) > 10 AS differ
FROM (SELECT made(s) AS j FROM unnest('{0:a 1:b 2:c,0:a 1:x 2:b 3:c,0:c 1:b 2:a,0:a 1:b 2:x 5:c}'::text[]) s) j, asked;

--
-- Random journeys without ties
--

\set seed 0.27
\echo seed :seed
SELECT setseed(:seed);
-- 300 of hours, 300 of days over several months.
CREATE TABLE journeys AS
SELECT c, journey_agg(CASE WHEN c <= 300 THEN timestamptz '2024-01-01Z' + i * interval '1 hour' + floor(random() * 3500) * interval '1 second'
                           ELSE timestamptz '2023-01-20Z' + i * interval '6 days' + floor(random() * 6) * interval '1 day' END,
                      (ARRAY['a', 'a', 'b', 'b', 'c', 'c', 'd', 'x'])[1 + floor(random() * 8)]) AS j
FROM generate_series(1, 600) c, generate_series(1, 16) i WHERE i <= 1 + c % 16 GROUP BY c;
CREATE TABLE touch AS SELECT c, t.ord, t.at, t.event FROM journeys, touchpoints(j) t;
CREATE INDEX ON touch (c, ord);
ANALYZE touch;
SELECT count(*) AS journeys, count(*) FILTER (WHERE length(j) <> (SELECT count(DISTINCT at) FROM touchpoints(j))) AS with_ties FROM journeys;

-- Steps a, b, c; every start with how far it gets, and the best of each journey.
CREATE FUNCTION ordered_starts(within interval, without boolean, as_of timestamptz) RETURNS TABLE (c int, at timestamptz[], excluded boolean) LANGUAGE sql AS $$
    WITH seen AS (
        SELECT *, min(ord) FILTER (WHERE event = 'b') OVER later AS b, min(ord) FILTER (WHERE event = 'c') OVER later AS c_ord,
               min(t.at) FILTER (WHERE event = 'x') OVER later AS x_at
        FROM touch t WHERE $3 IS NULL OR t.at <= $3
        WINDOW later AS (PARTITION BY t.c ORDER BY ord ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)),
    starts AS (
        SELECT a.c, a.at AS a_at, b.at AS b_at, c.at AS c_at, least(a.at + $1, CASE WHEN $2 THEN a.x_at END) AS bound, $2 AND a.x_at <= a.at + $1 AS excluded
        FROM seen a LEFT JOIN seen b ON b.c = a.c AND b.ord = a.b LEFT JOIN seen c ON c.c = b.c AND c.ord = b.c_ord WHERE a.event = 'a')
    SELECT starts.c, CASE WHEN c_at <= bound THEN ARRAY[a_at, b_at, c_at] WHEN b_at <= bound THEN ARRAY[a_at, b_at] ELSE ARRAY[a_at] END, coalesce(starts.excluded, false) FROM starts $$;
CREATE FUNCTION adjacent_starts(within interval, without boolean, as_of timestamptz) RETURNS TABLE (c int, at timestamptz[], excluded boolean) LANGUAGE sql AS $$
    WITH seen AS (
        SELECT *, lead(event) OVER w AS event_1, lead(event, 2) OVER w AS event_2, lead(t.at) OVER w AS at_1, lead(t.at, 2) OVER w AS at_2
        FROM touch t WHERE $3 IS NULL OR t.at <= $3 WINDOW w AS (PARTITION BY t.c ORDER BY ord))
    SELECT s.c, CASE WHEN event_1 = 'b' AND event_2 = 'c' AND at_2 <= s.at + $1 THEN ARRAY[s.at, at_1, at_2] WHEN event_1 = 'b' AND at_1 <= s.at + $1 THEN ARRAY[s.at, at_1] ELSE ARRAY[s.at] END,
           $2 AND coalesce(CASE WHEN event_1 = 'b' THEN event_2 = 'x' AND at_2 <= s.at + $1 ELSE event_1 = 'x' AND at_1 <= s.at + $1 END, false)
    FROM seen s WHERE event = 'a' $$;
CREATE FUNCTION any_starts(within interval, without boolean, as_of timestamptz) RETURNS TABLE (c int, at timestamptz[], excluded boolean) LANGUAGE sql AS $$
    WITH seen AS (
        SELECT *, min(t.at) FILTER (WHERE event = 'x') OVER later AS x_at
        FROM touch t WHERE $3 IS NULL OR t.at <= $3
        WINDOW later AS (PARTITION BY t.c ORDER BY ord ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING))
    SELECT s.c, f.at, $2 AND coalesce(s.x_at <= s.at + $1, false)
    FROM seen s CROSS JOIN LATERAL (
        SELECT array_agg(first ORDER BY first) AS at
        FROM (SELECT min(n.at) AS first FROM touch n
              WHERE n.c = s.c AND n.at <= coalesce($3, 'infinity') AND n.at >= s.at AND n.at <= s.at + $1 AND n.event IN ('a', 'b', 'c') AND NOT ($2 AND coalesce(n.at > s.x_at, false)) GROUP BY n.event) e) f
    WHERE s.event IN ('a', 'b', 'c') $$;
CREATE FUNCTION compare(mode text, within interval, without boolean, as_of timestamptz, OUT differ bigint, OUT levels int, OUT statuses text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TEMP TABLE best AS
        SELECT DISTINCT ON (c) c, cardinality(at) AS level, at,
               CASE WHEN cardinality(at) = 3 THEN ''converted'' WHEN excluded THEN ''excluded'' WHEN $3 <= at[1] + $1 THEN ''open'' ELSE ''dropped'' END AS status
        FROM %I($1, $2, $3) ORDER BY c, cardinality(at) DESC, at[cardinality(at)], at[1]', mode || '_starts') USING within, without, as_of;
    SELECT count(*) FILTER (WHERE (f.level, f.status, f.at) IS DISTINCT FROM (coalesce(best.level, 0), coalesce(best.status, 'dropped'), coalesce(best.at, '{}'))
                               OR (mode = 'ordered' AND NOT without AND as_of IS NULL AND funnel_level(j, '{a,b,c}', within) IS DISTINCT FROM f.level)),
           count(DISTINCT f.level), string_agg(DISTINCT f.status, ' ' ORDER BY f.status)
    INTO differ, levels, statuses
    FROM journeys LEFT JOIN best USING (c)
    CROSS JOIN LATERAL funnel(j, '{a,b,c}', within, mode, CASE WHEN without THEN '{x}'::text[] END, as_of) f;
    DROP TABLE best;
END $$;
-- Over windows from nothing to a month and three days: differences, and that there were all levels and statuses.
SELECT mode, without, count(*) AS comparisons, sum(differ) AS differ, max(levels) AS levels, string_agg(DISTINCT statuses, ', ' ORDER BY statuses) LIKE '%converted dropped%open%' AS statuses
FROM unnest('{ordered,adjacent,any}'::text[]) mode, unnest('{0 seconds,2 hours,4 hours,20 days,1 month,1 month 3 days}'::interval[]) within, unnest('{f,t}'::boolean[]) without,
     unnest('{NULL,2024-01-01 08:00Z,2023-03-20Z}'::timestamptz[]) as_of, compare(mode, within, without, as_of)
GROUP BY mode, without ORDER BY mode, without;

--
-- Many journeys
--

-- Journeys of all months, in ten parts; every funnel that the others below are compared with.
CREATE TABLE definition (n int, within interval, mode text, without text[], as_of timestamptz);
INSERT INTO definition
SELECT row_number() OVER (), w, m, x, a
FROM unnest('{4 hours,20 days,1 month}'::interval[]) w, unnest('{ordered,adjacent,any}'::text[]) m, (VALUES (NULL::text[]), ('{x}')) x(x), unnest('{NULL,2024-01-01 08:00Z,2023-03-20Z}'::timestamptz[]) a;
CREATE TABLE summary AS
SELECT n, funnel_agg(j, '{a,b,c}', within, mode, without, as_of) AS f FROM definition, journeys GROUP BY n;
SELECT count(*) AS summaries, count(DISTINCT f) > 40 AS differ FROM summary;

-- What funnel_steps counts, from the rows of funnel(): a journey is mature when as_of is after the end of its window.
CREATE TABLE result AS
SELECT n, c, r.level, r.status, r.at, as_of IS NULL OR as_of > r.at[1] + within AS mature FROM definition, journeys, funnel(j, '{a,b,c}', within, mode, without, as_of) r;
CREATE TABLE by_hand AS
SELECT n, step, count(*) FILTER (WHERE level >= step) AS reached, count(*) FILTER (WHERE level >= step AND mature) AS mature, count(*) FILTER (WHERE level = step AND status = 'open') AS open,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at[step] - at[1])::float8) FILTER (WHERE level >= step AND mature) AS median,
       percentile_disc(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM at[step] - at[1])::float8) FILTER (WHERE level >= step AND mature) AS p90
FROM result, generate_series(1, 3) step GROUP BY n, step;
SELECT count(*) AS steps, count(*) FILTER (WHERE (s.reached, s.mature, s.open) IS DISTINCT FROM (h.reached, h.mature, h.open)) AS counts_differ,
       count(*) FILTER (WHERE s.event <> (ARRAY['a', 'b', 'c'])[h.step]) AS names_differ,
       count(*) FILTER (WHERE s.rate IS DISTINCT FROM h.mature::float8 / nullif(first.mature, 0)) AS rates_differ,
       count(*) FILTER (WHERE s.step_rate IS DISTINCT FROM h.mature::float8 / nullif(coalesce(before.mature, first.mature), 0)) AS step_rates_differ,
       count(*) FILTER (WHERE s.median_seconds IS NULL AND h.median IS NOT NULL OR abs(s.median_seconds - h.median) > 0.022 * h.median) AS medians_differ,
       count(*) FILTER (WHERE s.p90_seconds IS NULL AND h.p90 IS NOT NULL OR abs(s.p90_seconds - h.p90) > 0.022 * h.p90) AS p90s_differ,
       count(*) FILTER (WHERE s.open > 0) > 20 AS some_open, count(*) FILTER (WHERE s.mature < s.reached) > 20 AS some_not_mature, count(*) FILTER (WHERE s.median_seconds > 0) > 40 AS with_times
FROM by_hand h JOIN summary USING (n) JOIN by_hand first ON first.n = h.n AND first.step = 1 LEFT JOIN by_hand before ON before.n = h.n AND before.step = h.step - 1
LEFT JOIN LATERAL (SELECT * FROM funnel_steps(f) x WHERE x.step = h.step) s ON true;
-- Wilson's interval: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), z of 90, 95 and 99 %.
SELECT confidence, count(*) > 100 AS intervals, count(*) FILTER (WHERE abs(s.lo - (p + z * z / (2 * m) - z * sqrt(p * (1 - p) / m + z * z / (4 * m * m))) / (1 + z * z / m)) > 1e-12) AS lo_differ,
       count(*) FILTER (WHERE abs(s.hi - (p + z * z / (2 * m) + z * sqrt(p * (1 - p) / m + z * z / (4 * m * m))) / (1 + z * z / m)) > 1e-12) AS hi_differ
FROM (VALUES (0.90::float8, 1.6448536269514722::float8), (0.95, 1.9599639845400545), (0.99, 2.5758293035489004)) v(confidence, z), summary, funnel_steps(f, confidence) s,
     LATERAL (SELECT first.mature::float8 AS m, s.mature / first.mature::float8 AS p FROM funnel_steps(f) first WHERE first.step = 1 AND first.mature > 0) x
GROUP BY confidence ORDER BY confidence;
SELECT count(*) AS steps, bool_and(a = b) AS the_default_is_95 FROM summary, funnel_steps(f) a JOIN funnel_steps(f, 0.95) b USING (step);
-- By hand: six journeys, five with an a, of which that at 10 (b reached) and that at 11 are open at 11.5. Of the three mature ones two reach b, after 1 and 1.5 hours, and one c after 2 hours; the c at 8 is late.
SELECT step, event, reached, mature, round(rate::numeric, 4) AS rate, round(lo::numeric, 4) AS lo, round(hi::numeric, 4) AS hi, round(step_rate::numeric, 4) AS step_rate, open,
       round(median_seconds::numeric) AS median_seconds, round(p90_seconds::numeric) AS p90_seconds FROM (SELECT funnel_agg(made(j), '{a,b,c}', '2 hours', 'ordered', NULL, hour(11.5)) AS f FROM unnest('{0:a 1:b 2:c,5:a 6.5:b 8:c,7:a,10:a 10.5:b,11:a 12:b,3:b}'::text[]) j) x, funnel_steps(f) s;

-- The same bytes however the journeys come. Parts of journeys, not parts of one journey.
CREATE FUNCTION agree(statement text, OUT summaries bigint, OUT same bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*), count(*) FILTER (WHERE funnel_summary_send(x.f) = funnel_summary_send(summary.f) AND x.f = summary.f AND x.f::text = summary.f::text) FROM (%s) x(n, f) JOIN summary USING (n)', statement)
    INTO summaries, same;
END $$;
SELECT seed, a.* FROM generate_series(1, 3) seed,
    agree(format('SELECT n, funnel_agg(j, ''{a,b,c}'', within, mode, without, as_of) FROM (SELECT * FROM definition, journeys ORDER BY hashint4(c * %s)) s GROUP BY n', seed)) a ORDER BY seed;
SELECT * FROM agree('SELECT n, funnel_agg(j, ''{a,b,c}'', within, mode, without, as_of ORDER BY c DESC) FROM definition, journeys GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(f) FROM (SELECT n, c % 10, funnel_agg(j, ''{a,b,c}'', within, mode, without, as_of) AS f FROM definition, journeys GROUP BY n, c % 10) s GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(f) FROM (SELECT n, funnel_agg(j, ''{a,b,c}'', within, mode, without, as_of) AS f FROM definition, journeys GROUP BY n, c) s GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(f ORDER BY p DESC) FROM (SELECT n, c % 3 AS p, funnel_agg(j, ''{a,b,c}'', within, mode, without, as_of) AS f FROM definition, (SELECT * FROM journeys UNION ALL SELECT -1, NULL) j GROUP BY n, c % 3) s GROUP BY n');
-- The shorter arities: mode ordered, no exclusions, no as_of.
SELECT * FROM agree('SELECT n, funnel_agg(j, ''{a,b,c}'', within) FROM definition, journeys WHERE mode = ''ordered'' AND without IS NULL AND as_of IS NULL GROUP BY n');
SELECT * FROM agree('SELECT n, funnel_agg(j, ''{a,b,c}'', within, mode) FROM definition, journeys WHERE without IS NULL AND as_of IS NULL GROUP BY n');
-- In parallel.
CREATE TABLE work AS SELECT * FROM definition, journeys;
ANALYZE work;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_shows('SELECT n, funnel_agg(j, ''{a,b,c}'', within, mode, without, as_of) FROM work GROUP BY n', 'Partial') AS partial;
SELECT * FROM agree('SELECT n, funnel_agg(j, ''{a,b,c}'', within, mode, without, as_of) FROM work GROUP BY n');
SET max_parallel_workers_per_gather = 0;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

-- A moving frame gives what a computation of each frame by itself gives; journeys leave it again. Compared as bytes.
CREATE TABLE moved AS
SELECT n, c, funnel_agg(j, '{a,b,c}', within, mode, without, as_of) OVER (PARTITION BY n ORDER BY c ROWS BETWEEN 7 PRECEDING AND 2 FOLLOWING) AS f,
       funnel_agg(j, '{a,b,c}', within, mode, without, as_of) OVER (PARTITION BY n ORDER BY c ROWS BETWEEN 9 PRECEDING AND 4 PRECEDING) AS g,
       funnel_agg(j, '{a,b,c}', within, mode, without, as_of) FILTER (WHERE c % 3 > 0) OVER (PARTITION BY n ORDER BY c ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS h
FROM work WHERE n % 5 = 0 AND c BETWEEN 280 AND 340;
SELECT count(*) AS frames, count(*) FILTER (WHERE funnel_summary_send(m.f) IS DISTINCT FROM funnel_summary_send(x.f)) AS f_differ,
       count(*) FILTER (WHERE funnel_summary_send(m.g) IS DISTINCT FROM funnel_summary_send(x.g)) AS g_differ, count(*) FILTER (WHERE funnel_summary_send(m.h) IS DISTINCT FROM funnel_summary_send(x.h)) AS h_differ,
       count(*) FILTER (WHERE m.g IS NULL) AS empty
FROM moved m CROSS JOIN LATERAL (
    SELECT funnel_agg(j, '{a,b,c}', within, mode, without, as_of) FILTER (WHERE w.c BETWEEN m.c - 7 AND m.c + 2) AS f, funnel_agg(j, '{a,b,c}', within, mode, without, as_of) FILTER (WHERE w.c BETWEEN m.c - 9 AND m.c - 4) AS g,
           funnel_agg(j, '{a,b,c}', within, mode, without, as_of) FILTER (WHERE w.c % 3 > 0 AND w.c BETWEEN m.c - 2 AND m.c) AS h
    FROM work w WHERE w.n = m.n AND w.c BETWEEN 280 AND 340) x;
CREATE TABLE part AS SELECT n, c / 50 AS p, funnel_agg(j, '{a,b,c}', within, mode, without, as_of) AS f FROM work GROUP BY n, c / 50;
SELECT count(*) AS frames, count(*) FILTER (WHERE funnel_summary_send(m.f) IS DISTINCT FROM funnel_summary_send(x.f)) AS differ
FROM (SELECT n, p, rollup(f) OVER (PARTITION BY n ORDER BY p ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS f FROM part) m
CROSS JOIN LATERAL (SELECT rollup(f) AS f FROM part WHERE part.n = m.n AND p BETWEEN m.p - 2 AND m.p + 1) x;

-- What is not of one funnel does not add up; as_of is not part of it.
SELECT error_of(format('SELECT rollup(f) FROM (SELECT funnel_agg(''[]''::journey, ''{a,b}'', ''1 day'', ''ordered'', NULL, NULL) AS f UNION ALL SELECT funnel_agg(''[]''::journey, %s)) x', other))
FROM unnest(ARRAY[$$'{a,c}', '1 day'$$, $$'{a}', '1 day'$$, $$'{b,a}', '1 day'$$, $$'{a,b}', '24 hours'$$, $$'{a,b}', '1 day', 'any'$$, $$'{a,b}', '1 day', 'ordered', '{x}', NULL$$]) other;
SELECT rollup(f) FROM (SELECT funnel_agg(made('0:a 1:b'), '{[a], b}', '1 day', 'ordered', NULL, NULL) AS f UNION ALL SELECT funnel_agg(made('0:a 1:b'), '{a,''b''}', '1 day', 'ordered', '{}', hour(0))) x;
SELECT error_of('SELECT funnel_agg(j, s, ''1 day'') FROM (VALUES (journey ''[]'', ''{a}''::text[]), (''[]'', ''{b}'')) v(j, s)') AS changing_steps;
SELECT error_of('SELECT funnel_agg(j, ''{a}'', ''1 day'', m) FROM (VALUES (journey ''[]'', ''any''), (''[]'', ''ordered'')) v(j, m)') AS changing_mode;

--
-- The type
--

-- Text, jsonb, COPY BINARY: the same again.
INSERT INTO summary SELECT 1001, funnel_agg('[]'::journey, '{é,''a b''}', '0');
INSERT INTO summary VALUES (1002, NULL);
INSERT INTO summary SELECT 1003, funnel_agg(j, '{ü@''x y'',.}', '1 year 2 months 3 days 04:05:06.789', 'any', '{b/*:score<=-1}', NULL) FROM journeys;
SELECT count(f) AS summaries, count(*) FILTER (WHERE f::text::funnel_summary = f AND funnel_summary_send(f::text::funnel_summary) = funnel_summary_send(f) AND f::text::funnel_summary::text = f::text) AS by_text,
       count(*) FILTER (WHERE f::jsonb::funnel_summary = f AND funnel_summary_send(f::jsonb::funnel_summary) = funnel_summary_send(f)) AS by_jsonb FROM summary;
SELECT f::jsonb -> 'steps' AS steps, f::jsonb ->> 'within' AS within, f::jsonb ->> 'journeys' AS journeys FROM summary WHERE n > 1000 ORDER BY n;
CREATE TABLE loaded (LIKE summary);
\set file `mktemp`
\set load '\\copy loaded from ' :'file' ' (format binary)'
COPY summary TO STDOUT (FORMAT binary) \g :file
:load
SELECT count(*) AS rows, count(*) FILTER (WHERE a.f = b.f AND a.f::text = b.f::text) AS same, count(*) FILTER (WHERE a.f IS NULL AND b.f IS NULL) AS "null" FROM summary a JOIN loaded b USING (n);
TRUNCATE loaded;
SET client_encoding = 'LATIN1';
COPY summary TO STDOUT (FORMAT binary) \g :file
:load
RESET client_encoding;
SELECT count(*) FILTER (WHERE a.f = b.f) AS same_by_latin1 FROM summary a JOIN loaded b USING (n);
TRUNCATE loaded;
\set load '\\copy loaded from ' :'file'
COPY summary TO STDOUT \g :file
:load
SELECT count(*) FILTER (WHERE a.f = b.f) AS same_by_text FROM summary a JOIN loaded b USING (n);
\set file `rm -f :file`
-- Members in any order, blanks where JSON has them.
SELECT '{"bins": [ [[0, 1]] ], "open": [1,0], "mature":[3 ,1], "reached": [4, 1], "journeys": 9, "without": ["''x y''"], "mode": "any", "within": "48 h", "steps": ["[a]", "b"]}'::funnel_summary AS canonical;
SELECT '{"steps": ["a", "b"], "within": "1 day", "mode": "any", "without": ["''x y''"], "journeys": 9, "reached": [4, 1], "mature": [3, 1], "open": [1, 0], "bins": [ [[0, 1]] ]}'::funnel_summary AS canonical;
-- Each change of one that is right makes it wrong.
CREATE FUNCTION damaged(old text, new text) RETURNS text LANGUAGE sql AS $$
    SELECT replace('{"steps": ["a", "b"], "within": "1 day", "mode": "ordered", "without": ["x"], "journeys": 9, "reached": [4, 2], "mature": [3, 2], "open": [1, 0], "bins": [[[5, 1], [7, 1]]]}', old, new) $$;
SELECT damaged('', '')::funnel_summary AS undamaged;
SELECT old, new, damaged(old, new) <> damaged('', '') AS changed, regexp_replace(error_of(format('SELECT %L::funnel_summary', damaged(old, new))), ': invalid input syntax for type funnel_summary: "[^|]*" \|', ' |') AS error
FROM (VALUES (damaged('', ''), ''), (damaged('', ''), '{}'), (damaged('', ''), '[]'), (damaged('', ''), 'null'), ('}', ''), ('}', '}}'), ('"mode": "ordered", ', ''), ('"mode": "ordered", ', '"mode": "ordered", "mode": "ordered", '),
    ('"mode"', '"MODE"'), ('ordered', 'strict'), ('["a", "b"]', '[]'), ('["a", "b"]', '["a"]'), ('["a", "b"]', '["a", "b", "c"]'), ('["a", "b"]', '["a", null]'), ('["a", "b"]', '["a", "b ~> c"]'), ('["x"]', '["x+"]'),
    ('1 day', '-1 day'), ('1 day', 'a day'), ('1 day', ''), ('"1 day"', '1'), ('"journeys": 9', '"journeys": 3'), ('"journeys": 9', '"journeys": -1'), ('"journeys": 9', '"journeys": 9.5'), ('"journeys": 9', '"journeys": 140737488355328'),
    ('[4, 2]', '[4]'), ('[4, 2]', '[4, 2, 1]'), ('[4, 2]', '[4, 5]'), ('[4, 2]', '[2, 2]'), ('[4, 2]', '[4, -2]'), ('[3, 2]', '[5, 2]'), ('[3, 2]', '[3, 1]'), ('[3, 2]', '[1, 2]'), ('[1, 0]', '[2, 1]'), ('[1, 0]', '[0, -1]'), ('[1, 0]', '[5, 0]'),
    ('[[[5, 1], [7, 1]]]', '[]'), ('[[[5, 1], [7, 1]]]', '[[[5, 2]], []]'), ('[5, 1], ', '[5, 2], '), ('[5, 1], ', ''), ('[5, 1], ', '[7, 1], '), ('[5, 1], ', '[8, 1], '), ('[5, 1]', '[5, 0]'), ('[5, 1]', '[-1, 1]'), ('[5, 1]', '[2048, 1]'), ('[5, 1]', '[5]'), ('[5, 1]', '[5.5, 1]')) v(old, new);
SELECT error_of($$SELECT '[1]'::jsonb::funnel_summary$$), error_of($$SELECT '{}'::funnel_summary$$);
SELECT error_of($$SELECT rollup(f) FROM (SELECT '{"steps": ["a"], "within": "1 day", "mode": "any", "without": [], "journeys": 140737488355327, "reached": [1], "mature": [1], "open": [0], "bins": []}'::funnel_summary f FROM generate_series(1, 2)) x$$) AS too_many;

-- A damaged value is refused: XX001. Bytes that are not a value, by a type of our own that is stored like one. This one is right:
-- version, mode, steps, unlimited; months, days, microseconds; exclusions, size of the texts, bins, zero; journeys; the text a; reached, mature, open.
CREATE TYPE damaged;
CREATE FUNCTION damaged_in(cstring) RETURNS damaged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION damaged_out(damaged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE damaged (INPUT = damaged_in, OUTPUT = damaged_out, INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (damaged AS funnel_summary) WITHOUT FUNCTION;
CREATE FUNCTION stored() RETURNS bytea LANGUAGE sql AS $$
    SELECT '\x01000100'::bytea || '\x00000000010000000000000000000000' || '\x00000000080000000000000000000000' || '\x0500000000000000' || '\x0100000061000000' || '\x040000000000000003000000000000000000000000000000' $$;
SELECT stored()::text::damaged::funnel_summary AS not_damaged, funnel_summary_send(stored()::text::damaged::funnel_summary) = funnel_summary_send(stored()::text::damaged::funnel_summary::text::funnel_summary) AS same;
SELECT what, left(error_of(format('SELECT %L::damaged::funnel_summary::text', bytes)), 50) AS out, left(error_of(format('SELECT funnel_summary_send(%L::damaged::funnel_summary)', bytes)), 5) AS send,
       left(error_of(format('SELECT rollup(f) FROM unnest(ARRAY[%1$L, %1$L]::damaged[]::funnel_summary[]) f', bytes)), 5) AS rollup, left(error_of(format('SELECT funnel_steps(%L::damaged::funnel_summary)', bytes)), 5) AS steps
FROM (VALUES (1, 'nothing', '\x'::bytea), (2, 'the version', set_byte(stored(), 0, 2)), (3, 'the mode', set_byte(stored(), 1, 3)), (4, 'no step', set_byte(stored(), 2, 0)), (5, '64 steps', set_byte(stored(), 2, 64)),
    (6, 'two steps', set_byte(stored(), 2, 2)), (7, 'an exclusion', set_byte(stored(), 20, 1)), (8, '2^31 exclusions', set_byte(stored(), 23, 128)), (9, 'texts of 9 bytes', set_byte(stored(), 24, 9)),
    (10, 'texts of none', set_byte(stored(), 24, 0)), (11, 'longer texts', set_byte(stored(), 24, 16)), (12, 'a bin', set_byte(stored(), 28, 1)), (13, 'many bins', set_byte(stored(), 31, 255)),
    (14, 'a longer text', set_byte(stored(), 44, 5)), (15, 'a text past the end', set_byte(stored(), 47, 255)), (16, 'cut', substr(stored(), 1, 75)), (17, 'cut in the header', substr(stored(), 1, 40))) v(n, what, bytes) ORDER BY n;

-- Equality, order and hash.
SELECT count(*) AS rows, count(DISTINCT f) = count(DISTINCT f::text) AS "distinct", (SELECT count(*) FROM (SELECT f FROM summary GROUP BY f) x) = count(DISTINCT f::text) + 1 AS grouped FROM summary;
SELECT count(*) > 1000 AS pairs, bool_and((a.f = b.f) = (a.f::text = b.f::text)) AS eq, bool_and((a.f <> b.f) = NOT (a.f = b.f)) AS ne, bool_and((a.f < b.f) = (b.f > a.f)) AS lt_gt, bool_and((a.f <= b.f) = (a.f < b.f OR a.f = b.f)) AS le,
       bool_and((a.f >= b.f) = (b.f <= a.f)) AS ge, bool_and(sign(funnel_summary_cmp(a.f, b.f)) = (a.f > b.f)::int - (a.f < b.f)::int) AS cmp,
       bool_and(a.f <> b.f OR funnel_summary_hash(a.f) = funnel_summary_hash(b.f)) AS hash, bool_and(a.f <> b.f OR funnel_summary_hash_extended(a.f, 7) = funnel_summary_hash_extended(b.f, 7)) AS hash_extended
FROM summary a, summary b WHERE a.f IS NOT NULL AND b.f IS NOT NULL;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT plan_shows('SELECT * FROM summary a JOIN summary b USING (f)', 'Merge Join') AS merge_join;
CREATE TABLE by_merge AS SELECT a.n, b.n AS m FROM summary a JOIN summary b USING (f);
RESET enable_hashjoin; RESET enable_nestloop;
SELECT count(*) AS differ FROM ((SELECT a.n, b.n FROM summary a, summary b WHERE a.f::text = b.f::text) EXCEPT ALL TABLE by_merge) x UNION ALL SELECT count(*) FROM (TABLE by_merge EXCEPT ALL SELECT a.n, b.n FROM summary a, summary b WHERE a.f::text = b.f::text) x;

--
-- A simulation whose rate is known
--

-- 20,000 customers enter evenly over 90 days and convert with probability 0.30, after a time that is exponential with a mean of 8 days, cut at 28 (drawn from the part below); the window is 30 days.
-- Uniform numbers are the digits of md5, so they are the same everywhere.
CREATE TABLE customer AS
SELECT i, timestamptz '2024-01-01Z' + (90 * 86400 * (i + 0.5) / 20000) * interval '1 second' AS entered, ('x' || substr(md5('converts ' || i), 1, 8))::bit(32)::bigint / 4294967296.0 < 0.30 AS converts,
       (-8 * ln(1 - ('x' || substr(md5('delay ' || i), 1, 8))::bit(32)::bigint / 4294967296.0 * (1 - exp(-28 / 8.0)))) * interval '1 day' AS delay
FROM generate_series(0, 19999) i;
CREATE TABLE simulated AS
SELECT i, journey_agg(at, event) AS j
FROM (SELECT i, entered AS at, 'enter' AS event FROM customer UNION ALL SELECT i, entered + delay, 'convert' FROM customer WHERE converts) t GROUP BY i;
SELECT round(avg(converts::int), 4) AS true_share FROM customer;
-- unbiased: 0.30 lies in the interval printed, and is less than three standard errors away. naive: converted / (converted + dropped), which leaves out who is open; it is too high until nothing is open.
SELECT day, x.mature, round(c.rate::numeric, 4) AS rate, round(c.lo::numeric, 4) AS lo, round(c.hi::numeric, 4) AS hi, 0.30 BETWEEN c.lo AND c.hi AND abs(c.rate - 0.30) < 3 * sqrt(0.30 * 0.70 / x.mature) AS unbiased,
       round(naive::numeric, 4) AS naive, naive > c.hi AS naive_is_too_high
FROM unnest(ARRAY[60, 90, 180]) day CROSS JOIN LATERAL (SELECT timestamptz '2024-01-01Z' + day * interval '1 day' AS as_of) a
CROSS JOIN LATERAL (SELECT funnel_agg(j, '{enter,convert}', '30 days', 'ordered', NULL, as_of) AS f FROM simulated) s
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'converted') / count(*) FILTER (WHERE status IN ('converted', 'dropped'))::float8 AS naive
                    FROM simulated CROSS JOIN LATERAL funnel(j, '{enter,convert}', '30 days', as_of => a.as_of) WHERE level > 0) n
CROSS JOIN LATERAL (SELECT * FROM funnel_steps(f) WHERE step = 1) x CROSS JOIN LATERAL (SELECT * FROM funnel_steps(f) WHERE step = 2) c ORDER BY day;
-- The times, against those of the customers themselves.
SELECT abs(s.median_seconds / d.median - 1) < 0.022 AS median, abs(s.p90_seconds / d.p90 - 1) < 0.022 AS p90
FROM (SELECT funnel_agg(j, '{enter,convert}', '30 days') AS f FROM simulated) x, funnel_steps(f) s,
     (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM delay))::float8 AS median, percentile_disc(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM delay))::float8 AS p90 FROM customer WHERE converts) d
WHERE s.step = 2;

SET client_min_messages = error;
DROP SCHEMA test_journey_funnel CASCADE;
