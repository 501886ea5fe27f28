-- repeat_contacts and sequence_stats.
--
-- The second sources: examples derived by hand, each with the reason; window functions over the rows of random
-- journeys; Shannon's formula in SQL.

CREATE SCHEMA test_journey_service;
SET search_path = test_journey_service, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
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

-- A journey in short: hour:event@channel=score.
CREATE FUNCTION hour(float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-01-01Z' + $1 * interval '1 hour' $$;
CREATE FUNCTION made(touchpoints text) RETURNS journey LANGUAGE sql AS $$
    SELECT coalesce(journey_agg(hour(m[1]::float8), m[2], m[3], NULL, m[4]::int), '[]')
    FROM regexp_matches($1, '([0-9.]+):([^ @=]+)(?:@([^ =]+))?(?:=([0-9-]+))?', 'g') m $$;

--
-- repeat_contacts by hand: contacts, resolved, repeated, open
--

CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, j text, contact text[], within interval, as_of float8, want int[], why text);
INSERT INTO example (j, contact, within, as_of, want, why) VALUES
    ('', '{call}', '1 day', 5, '{0,0,0,0}', 'an empty journey'),
    ('0:web', '{call}', '1 day', NULL, '{0,0,0,0}', 'no contact'),
    ('0:call', '{}', '1 day', NULL, '{0,0,0,0}', 'nothing is a contact'),
    ('0:call', '{call}', '1 day', NULL, '{1,1,0,0}', 'one contact'),
    ('0:call 10:web 24:call', '{call}', '1 day', NULL, '{2,0,1,0}', 'the end of the window belongs to it'),
    ('0:call 24.001:call', '{call}', '1 day', NULL, '{2,2,0,0}', 'another issue'),
    ('0:call 20:call 40:call', '{call}', '1 day', NULL, '{3,0,1,0}', 'one issue: the previous contact counts, not the first'),
    ('0:call 20:call 50:call', '{call}', '1 day', NULL, '{3,1,1,0}', 'two'),
    ('0:call 0:call 0:call', '{call}', '0', NULL, '{3,0,1,0}', 'at one instant, a window of nothing'),
    ('0:call 0.001:call', '{call}', '0', NULL, '{2,2,0,0}', 'any time that passes'),
    ('0:call 5:mail', '{call}', '1 day', NULL, '{1,1,0,0}', 'a mail is no contact'),
    ('0:call 5:mail', '{call,mail}', '1 day', NULL, '{2,0,1,0}', 'unless it is'),
    ('0:call/tax 5:call/card', '{call/*}', '1 day', NULL, '{2,0,1,0}', 'any call'),
    ('0:call@in 5:call@out', '{call@in}', '1 day', NULL, '{1,1,0,0}', 'calls that came in'),
    ('0:call=2 5:call=9', '{call:score<=6}', '1 day', NULL, '{1,1,0,0}', 'calls that went badly'),
    ('0:call 744:call 1440.5:call', '{call}', '1 month', NULL, '{3,1,1,0}', 'a month is 31 days, then 29'),
    ('0:call', '{call}', '1 day', 24, '{1,0,0,1}', 'as long as somebody may call again it is open'),
    ('0:call', '{call}', '1 day', 24.001, '{1,1,0,0}', 'now nobody did'),
    ('0:call 5:call', '{call}', '1 day', 24, '{2,0,0,1}', 'open, whatever happened'),
    ('0:call 20:call', '{call}', '1 day', 30, '{2,0,1,0}', 'the window of the first contact has closed'),
    ('0:call 20:call 60:call', '{call}', '1 day', 61, '{3,0,1,1}', 'the first is known, the second open'),
    ('0:call 5:call', '{call}', '1 day', 4, '{1,0,0,1}', 'what is after as_of is not seen'),
    ('0:call 20:call', '{call}', '5 hours', 19, '{1,1,0,0}', 'nor does it change what was known'),
    ('1:call', '{call}', '1 day', 0, '{0,0,0,0}', 'before the start'),
    ('0:call', '{call}', '0', 0, '{1,0,0,1}', 'a window of nothing is open for its instant');
SELECT * FROM (
    SELECT n, j, why, (SELECT ARRAY[contacts, resolved, repeated, open] FROM repeat_contacts(made(j), contact, within, hour(as_of))) AS got, want
    FROM example) x
WHERE got IS DISTINCT FROM want;
SELECT count(*) AS examples FROM example;

SELECT * FROM repeat_contacts(made('0:call 5:call'), contact => '{call}', within => '1 day');
-- NULL where what is required is NULL.
SELECT r IS NULL AS is_null FROM (VALUES (repeat_contacts(NULL, '{a}', '1 day')), (repeat_contacts('[]', NULL, '1 day')), (repeat_contacts('[]', '{a}', NULL))) v(r);

--
-- The same by window functions, on random journeys with ties
--

-- Numbers at random that every version has the same.
CREATE FUNCTION pick(n int, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT (hashint4(n) & 1048575) % sides $$;
CREATE TABLE random_journeys AS
SELECT customer, journey_agg(at, event) AS j
FROM (SELECT customer, hour(pick(n, 300)) AS at, (ARRAY['call', 'mail', 'a', 'b'])[1 + pick(n + 1, 4)] AS event
      FROM generate_series(1, 500) customer, generate_series(1, 1 + customer % 20) i, LATERAL (SELECT customer * 100 + i * 3 AS n) y) x
GROUP BY customer;
CREATE FUNCTION counted(within interval, as_of timestamptz)
RETURNS TABLE (customer int, contacts int, resolved int, repeated int, open int) LANGUAGE sql AS $$
    WITH contact AS (
        SELECT customer, ord, at, coalesce(at > lag(at) OVER (PARTITION BY customer ORDER BY ord) + within, true) AS is_new
        FROM random_journeys CROSS JOIN LATERAL touchpoints(j)
        WHERE event IN ('call', 'mail') AND (as_of IS NULL OR at <= as_of)
    ), issue AS (
        SELECT customer, issue, count(*) AS contacts, coalesce(as_of <= min(at) + within, false) AS open
        FROM (SELECT *, count(*) FILTER (WHERE is_new) OVER (PARTITION BY customer ORDER BY ord) AS issue FROM contact) x
        GROUP BY customer, issue
    )
    SELECT customer, coalesce(sum(contacts), 0)::int, (count(*) FILTER (WHERE contacts = 1 AND NOT open))::int,
           (count(*) FILTER (WHERE contacts > 1 AND NOT open))::int, (count(*) FILTER (WHERE open))::int
    FROM random_journeys LEFT JOIN issue USING (customer) GROUP BY customer $$;
CREATE TABLE run AS
SELECT row_number() OVER () AS run, within, as_of
FROM unnest('{0,1 hour,12 hours,2 days,30 days}'::interval[]) within, unnest(ARRAY[NULL, hour(-1), hour(0), hour(100), hour(250), hour(2000)]) as_of;
SELECT count(*) AS runs, sum(contacts) AS contacts, sum(resolved) AS resolved, sum(repeated) AS repeated, sum(open) AS open
FROM run CROSS JOIN LATERAL counted(within, as_of);
SELECT count(*) AS different
FROM ((SELECT run, c.* FROM run CROSS JOIN LATERAL counted(within, as_of) c
       EXCEPT ALL
       SELECT run, customer, r.* FROM run CROSS JOIN random_journeys CROSS JOIN LATERAL repeat_contacts(j, '{call,mail}', within, as_of) r)
      UNION ALL
      (SELECT run, customer, r.* FROM run CROSS JOIN random_journeys CROSS JOIN LATERAL repeat_contacts(j, '{call,mail}', within, as_of) r
       EXCEPT ALL
       SELECT run, c.* FROM run CROSS JOIN LATERAL counted(within, as_of) c)) x;
-- First contact resolution of all; every issue is one of the three.
SELECT round(sum(resolved)::numeric / sum(resolved + repeated), 4) AS first_contact_resolution,
       sum(resolved + repeated + open) = (SELECT sum(resolved + repeated + open) FROM counted('12 hours', hour(250))) AS all_issues
FROM random_journeys CROSS JOIN LATERAL repeat_contacts(j, '{call,mail}', '12 hours', hour(250));

SELECT statement, error_of(statement) FROM (VALUES
    ($$SELECT repeat_contacts(made('0:a'), '{"a b"}', '1 day')$$),
    ($$SELECT repeat_contacts(made('0:a'), '{a,NULL}', '1 day')$$),
    ($$SELECT repeat_contacts(made('0:a'), '{{a},{b}}', '1 day')$$),
    ($$SELECT repeat_contacts(made('0:a'), '{a}', '-1 day')$$),
    ($$SELECT repeat_contacts(made('0:a'), '{a}', '1 day', '-infinity')$$),
    ($$SELECT repeat_contacts(made('0:a'), (SELECT array_agg('e' || i) FROM generate_series(1, 5000) i), '1 day')$$)) v(statement);
SELECT r.* FROM repeat_contacts(made('0:a 1:b 2:e200'), (SELECT array_agg('e' || i) FROM generate_series(1, 200) i), '1 day') r;

--
-- sequence_stats by hand
--

SELECT j, alphabet, touchpoints, distinct_events, transitions, round(entropy::numeric, 6) AS entropy, round(complexity::numeric, 6) AS complexity, why
FROM (VALUES
    (1, '', NULL, 'an empty journey has no entropy'),
    (2, '', 4, 'whatever is possible'),
    (3, '0:a', NULL, 'one touchpoint has no complexity'),
    (4, '0:a 1:a 2:a', NULL, 'one event: no surprise'),
    (5, '0:a 1:a 2:a', 5, 'none either'),
    (6, '0:a 1:b', NULL, 'two events: all that two can have, and every step is a change'),
    (7, '0:a 1:b', 4, 'half of what four can have: sqrt(1 * 1/2)'),
    (8, '0:a 1:a 2:b 3:b', NULL, 'one change of three: sqrt(1/3)'),
    (9, '0:a 1:b 2:a 3:b', NULL, 'three of three'),
    (10, '0:a 1:a 2:a 3:b', 2, '-(3/4 log2 3/4 + 1/4 log2 1/4) = 0.811278; sqrt(0.811278 / 3)'),
    (11, '0:a 0:b 0:c 0:d', NULL, 'all at one instant: in the order of names')) v(n, j, alphabet, why)
CROSS JOIN LATERAL sequence_stats(made(j), alphabet) ORDER BY n;
SELECT * FROM sequence_stats(NULL);
SELECT * FROM sequence_stats(NULL, 3);

-- Shannon's formula and lag() over the rows of random journeys.
CREATE TABLE shares AS
SELECT customer, event, count(*)::float8 / sum(count(*)) OVER (PARTITION BY customer) AS share
FROM random_journeys CROSS JOIN LATERAL touchpoints(j) GROUP BY customer, event;
CREATE TABLE wanted AS
SELECT customer, alphabet, touchpoints, distinct_events, transitions, entropy,
       CASE WHEN touchpoints > 1 THEN sqrt(transitions / (touchpoints - 1.0) * entropy) END AS complexity
FROM (SELECT customer, count(*)::int AS touchpoints, (count(*) FILTER (WHERE event <> before))::int AS transitions
      FROM (SELECT customer, event, lag(event) OVER (PARTITION BY customer ORDER BY ord) AS before
            FROM random_journeys CROSS JOIN LATERAL touchpoints(j)) x GROUP BY customer) t
JOIN (SELECT customer, alphabet, count(*)::int AS distinct_events,
             CASE WHEN count(*) = 1 THEN 0 ELSE -sum(share * ln(share)) / ln(coalesce(alphabet, count(*))) END AS entropy
      FROM shares CROSS JOIN (VALUES (NULL), (4), (19)) a(alphabet) GROUP BY customer, alphabet) e USING (customer);
SELECT count(*), count(*) FILTER (WHERE s.touchpoints <> w.touchpoints OR s.distinct_events <> w.distinct_events OR s.transitions <> w.transitions
           OR abs(s.entropy - w.entropy) > 1e-14 OR abs(s.complexity - w.complexity) > 1e-14
           OR (s.complexity IS NULL) <> (w.complexity IS NULL) OR s.entropy IS NULL) AS different,
       count(*) FILTER (WHERE s.entropy > 1 OR s.entropy < 0 OR s.complexity > 1 OR s.complexity < 0) AS out_of_range, round(sum(w.complexity)::numeric, 4) AS sum_of_complexity
FROM wanted w JOIN random_journeys USING (customer) CROSS JOIN LATERAL sequence_stats(j, alphabet) s;

SELECT statement, error_of(statement) FROM (VALUES
    ($$SELECT sequence_stats(made('0:a 1:b 2:c'), 2)$$),
    ($$SELECT sequence_stats(made('0:a'), 0)$$),
    ($$SELECT sequence_stats('[]', -1)$$),
    ($$SELECT sequence_stats(made('0:a 1:b 2:c'), 3)$$)) v(statement);

-- More events than fit the small table: all different, so all that is possible.
SELECT s.* FROM (SELECT journey_agg(hour(i), 'e' || i) AS j FROM generate_series(1, 128) i) x CROSS JOIN LATERAL sequence_stats(j) s;

DROP SCHEMA test_journey_service CASCADE;
