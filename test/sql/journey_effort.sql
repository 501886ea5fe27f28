-- journey_effort, and the story from the field: what journey_effort, friction and repeat_contacts say of it.
--
-- The second sources: examples derived by hand, each with the reason; the rows of friction() and window functions over
-- random journeys. (test/unit/effort_test.c compares with the definition, touchpoint by touchpoint.)

CREATE SCHEMA test_journey_effort;
SET search_path = test_journey_effort, public;
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
-- The story from the field. A customer wants a new card. The web shop fails for a quarter of an hour; the call centre
-- is closed; an automatic e-mail answers the message left there; next morning the branch makes the card.
--

CREATE TABLE story AS
SELECT journey_agg(at, event, channel) AS j
FROM (VALUES
    (timestamptz '2024-03-11 17:48Z', 'login', 'web'),
    ('2024-03-11 17:49Z', 'card_order', 'web'),
    ('2024-03-11 17:51Z', 'error/form', 'web'),
    ('2024-03-11 17:55Z', 'card_order', 'web'),
    ('2024-03-11 17:58Z', 'error/timeout', 'web'),
    ('2024-03-11 18:03Z', 'error/timeout', 'web'),
    ('2024-03-11 18:06Z', 'call/closed', 'phone'),
    ('2024-03-11 18:07Z', 'reply/automatic', 'email'),
    ('2024-03-12 09:20Z', 'visit', 'branch'),
    ('2024-03-12 09:31Z', 'card_made', 'branch')) story(at, event, channel);

-- One goal, four channels, three failed attempts, resolved at the fourth.
SELECT e.touchpoints, e.channels, e.switches, e.attempts, e.failures, e.resolved,
       e.seconds_to_goal = extract(epoch FROM interval '15 hours 43 minutes') AS after_15_hours_43_minutes
FROM story CROSS JOIN LATERAL journey_effort(j, 'card_made', '{error/*, call/closed, reply/automatic}') e;
SELECT e.* FROM story CROSS JOIN LATERAL journey_effort(j, 'card_made', '{error/*, call/closed, reply/automatic}') e;
-- The same until the evening: three attempts, all failed.
SELECT e.channels, e.attempts, e.failures, e.resolved, e.seconds_to_goal, e.elapsed_seconds
FROM story CROSS JOIN LATERAL journey_effort(journey_between(j, NULL, '2024-03-12Z'), 'card_made', '{error/*, call/closed, reply/automatic}') e;

-- Back to the form, the same error twice, from channel to channel three times, a night without an answer; logging in is intended.
SELECT kind, at, event, channel, ords, detail, weight
FROM story CROSS JOIN LATERAL friction(j, required => '{login}', stall => '2 hours', goal => 'card_made', intent => 'card_order');
-- In the evening it looks abandoned, once it has been quiet for long enough; in the morning it is not.
SELECT as_of, count(*) FILTER (WHERE kind = 'abandonment') AS abandoned
FROM story CROSS JOIN (VALUES (timestamptz '2024-03-11 19:00Z'), ('2024-03-11 20:08Z'), ('2024-03-12 09:31Z')) v(as_of)
LEFT JOIN LATERAL friction(j, stall => '2 hours', goal => 'card_made', intent => 'card_order', as_of => as_of) ON true
GROUP BY as_of ORDER BY as_of;

-- The call and the visit are one issue: not resolved at the first contact, and open until its window has closed.
SELECT as_of, r.* FROM story
CROSS JOIN (VALUES (timestamptz '2024-03-11 12:00Z'), ('2024-03-13 12:00Z'), ('2024-03-20 12:00Z'), (NULL)) v(as_of)
CROSS JOIN LATERAL repeat_contacts(j, '{call/*, visit}', '7 days', as_of) r;

--
-- By hand
--

CREATE TYPE effort AS (touchpoints int, channels int, switches int, handoffs int, repeats int, loops int, attempts int, failures int, resolved boolean, seconds_to_goal float8, elapsed_seconds float8);
CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, j text, goal text, failed text[], gap interval, want effort, why text);
INSERT INTO example (j, goal, failed, gap, want, why) VALUES
    ('', 'g', '{x}', '0', (0,0,0,0,0,0,0,0,false,NULL,NULL), 'an empty journey'),
    ('', NULL, NULL, NULL, (0,0,0,0,0,0,0,0,NULL,NULL,NULL), 'and without a goal'),
    ('0:g', 'g', NULL, NULL, (1,0,0,0,0,0,1,0,true,0,0), 'one touchpoint'),
    ('0:a', 'g', '{a}', NULL, (1,0,0,0,0,0,1,1,false,NULL,0), 'which fails'),
    ('0:a@web 1:b@web 2:g@web 3:c@phone', 'g', NULL, NULL, (3,1,0,0,0,0,1,0,true,7200,10800), 'up to the goal; elapsed is the whole'),
    ('0:a@web 1:b@web 2:g@web 3:c@phone', NULL, '{c}', NULL, (4,2,1,0,0,0,2,1,NULL,NULL,10800), 'no goal: the whole'),
    ('0:a@web 1:b@web 2:g@web 3:c@phone', 'never', '{c}', NULL, (4,2,1,0,0,0,2,1,false,NULL,10800), 'a goal that never comes'),
    ('0:g@web 1:x@web 2:g@web', 'g', '{x}', NULL, (1,1,0,0,0,0,1,0,true,0,7200), 'the first goal'),
    ('0:x@web 1:g@web', 'g', '{x}', NULL, (2,1,0,0,0,0,1,0,true,3600,3600), 'an attempt that reaches the goal has not failed'),
    ('0:x@web 1:g@web', 'g', '{x,g}', NULL, (2,1,0,0,0,0,1,0,true,3600,3600), 'whatever the goal is besides'),
    ('0:x@web 1:x@web 2:g@phone', 'g', '{x}', NULL, (3,2,1,0,1,0,2,1,true,7200,7200), 'an attempt fails once'),
    ('0:a@web 1:x 2:g@phone', 'g', '{x}', NULL, (3,2,1,0,0,0,2,1,true,7200,7200), 'without a channel: part of the stretch it stands in'),
    ('0:x 1:a@web 2:g@phone', 'g', '{x}', NULL, (3,2,1,0,0,0,2,1,true,7200,7200), 'of the first one too'),
    ('0:a 5:b 6:g', 'g', '{a}', NULL, (3,0,0,0,0,0,1,0,true,21600,21600), 'no channel at all: one attempt'),
    ('0:a 5:b 6:g', 'g', '{a}', '1 hour', (3,0,0,0,0,0,2,1,true,21600,21600), 'unless the customer comes back later'),
    ('0:a@web 2:b 3:c@phone', NULL, NULL, '1 hour', (3,2,1,0,0,0,2,0,NULL,NULL,10800), 'after the gap the stretch has no channel yet'),
    ('0:a@web 0:b@web 1:c@web', NULL, NULL, '0', (3,1,0,0,0,0,2,0,NULL,NULL,3600), 'a gap of nothing: any time that passes'),
    ('0:a@p/x 1:b@p/y 2:c@p/x 3:g@p', 'g', '{a}', NULL, (4,1,0,2,0,0,1,0,true,10800,10800), 'teams of one channel are one attempt; the last has no team'),
    ('0:a@p/x 1:a@p/y 2:b@w 3:a@p/x', NULL, NULL, NULL, (4,2,2,1,1,1,3,0,NULL,NULL,10800), 'a channel met before counts once'),
    ('0:a 1:b 2:a 3:b 4:a 5:a 6:a', NULL, NULL, NULL, (7,0,0,0,2,2,1,0,NULL,NULL,21600), 'two loops, two repeats'),
    ('0:a 0:b 0:c', 'b', NULL, NULL, (2,0,0,0,0,0,1,0,true,0,0), 'all at one instant: in the order of names'),
    ('0:a=9 1:a=2 2:b', 'a:score<5', '{a:score>5}', NULL, (2,0,0,0,1,0,1,0,true,3600,7200), 'goal and failures ask for scores'),
    ('0:a 1:b', '.', NULL, NULL, (1,0,0,0,0,0,1,0,true,0,3600), 'any touchpoint is the goal'),
    ('0:a 1:b', 'b', '{}', NULL, (2,0,0,0,0,0,1,0,true,3600,3600), 'nothing fails');
SELECT * FROM (
    SELECT n, j, why, (SELECT e::text FROM journey_effort(made(j), goal, failed, gap) e) AS got, want::text FROM example) x
WHERE got IS DISTINCT FROM want;
SELECT count(*) AS examples FROM example;

-- NULL without a journey; the rest is optional. One row a journey.
SELECT * FROM journey_effort(NULL, 'g');
SELECT (journey_effort(made('0:a 1:g'), 'g')).*;
-- The arguments change from row to row.
SELECT goal, failed, e.touchpoints, e.failures, e.resolved
FROM (VALUES ('a', '{b}'::text[]), ('b', NULL), (NULL, '{a}'), (NULL, NULL), ('c', '{a,b}'), ('c', '{}')) v(goal, failed)
CROSS JOIN LATERAL journey_effort(made('0:a 1:b'), goal, failed) e;

--
-- The rows of friction() and window functions over random journeys with channels, gaps and ties
--

-- Numbers at random that every version has the same.
CREATE FUNCTION pick(n int, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT (hashint4(n) & 1048575) % sides $$;
CREATE TABLE random_journeys AS
SELECT customer, journey_agg(at, event, channel) AS j
FROM (SELECT customer, hour(pick(n, 60)) AS at, (ARRAY['a', 'b', 'c', 'd', 'e', 'g'])[1 + pick(n + 1, 6)] AS event,
             (ARRAY['web', 'phone/a', 'phone/b', 'phone', NULL])[1 + pick(n + 2, 5)] AS channel
      FROM generate_series(1, 500) customer, generate_series(1, 12) i, LATERAL (SELECT customer * 100 + i * 3 + 50000 AS n) y) x
GROUP BY customer;
CREATE TABLE got AS SELECT customer, e.* FROM random_journeys CROSS JOIN LATERAL journey_effort(j, 'g', '{a,d@web}', '5 hours') e;
CREATE TABLE numbered AS
SELECT customer, t.*, started_at(j) AS started, ended_at(j) AS ended, split_part(t.channel, '/', 1) AS trunk,
       count(*) FILTER (WHERE event = 'g') OVER w AS goals, at > lag(at) OVER w + interval '5 hours' AS pause
FROM random_journeys CROSS JOIN LATERAL touchpoints(j) t WINDOW w AS (PARTITION BY customer ORDER BY ord);
-- Up to the goal; the parts between pauses, in each the stretches of one channel.
CREATE TABLE seen AS
SELECT *, count(*) FILTER (WHERE pause) OVER (PARTITION BY customer ORDER BY ord) AS part
FROM numbered WHERE goals = 0 OR goals = 1 AND event = 'g';
CREATE TABLE attempts AS
SELECT customer, part, attempt, coalesce(bool_or(event = 'a' OR event = 'd' AND channel = 'web'), false) AS failed, bool_or(event = 'g') AS reached
FROM (SELECT *, count(*) FILTER (WHERE trunk <> before) OVER (PARTITION BY customer, part ORDER BY ord) AS attempt
      FROM (SELECT *, (SELECT s.trunk FROM seen s WHERE s.customer = seen.customer AND s.part = seen.part AND s.ord < seen.ord AND s.trunk IS NOT NULL
                       ORDER BY s.ord DESC LIMIT 1) AS before FROM seen) y) z
GROUP BY customer, part, attempt;
CREATE TABLE want AS
SELECT customer, s.touchpoints, s.channels, coalesce(switches, 0) AS switches, coalesce(handoffs, 0) AS handoffs, coalesce(repeats, 0) AS repeats,
       coalesce(loops, 0) AS loops, attempts, failures, resolved, seconds_to_goal, elapsed_seconds
FROM (SELECT customer, count(*)::int AS touchpoints, count(DISTINCT trunk)::int AS channels, bool_or(event = 'g') AS resolved,
             extract(epoch FROM max(at) FILTER (WHERE event = 'g') - min(started))::float8 AS seconds_to_goal,
             extract(epoch FROM min(ended) - min(started))::float8 AS elapsed_seconds
      FROM seen GROUP BY customer) s
JOIN (SELECT customer, count(*)::int AS attempts, (count(*) FILTER (WHERE failed AND NOT reached))::int AS failures FROM attempts GROUP BY customer) a USING (customer)
LEFT JOIN (SELECT customer, (count(*) FILTER (WHERE kind = 'channel_switch'))::int AS switches, (count(*) FILTER (WHERE kind = 'handoff'))::int AS handoffs,
                  (sum(weight) FILTER (WHERE kind = 'repeat'))::int AS repeats, (count(*) FILTER (WHERE kind = 'loop'))::int AS loops
           FROM (SELECT customer, journey_agg(at, event, channel) AS j FROM seen GROUP BY customer) x CROSS JOIN LATERAL friction(j) f
           GROUP BY customer) f USING (customer);
SELECT count(*), sum(touchpoints) AS touchpoints, sum(channels) AS channels, sum(switches) AS switches, sum(handoffs) AS handoffs, sum(repeats) AS repeats,
       sum(loops) AS loops, sum(attempts) AS attempts, sum(failures) AS failures, count(*) FILTER (WHERE resolved) AS resolved FROM want;
SELECT * FROM want EXCEPT ALL SELECT * FROM got;
SELECT * FROM got EXCEPT ALL SELECT * FROM want;

--
-- Errors
--

SELECT statement, error_of(statement) FROM (VALUES
    ($$SELECT journey_effort(made('0:a'), 'a b')$$),
    ($$SELECT journey_effort(made('0:a'), 'a', '{a,NULL}')$$),
    ($$SELECT journey_effort(made('0:a'), 'a', '{{a},{b}}')$$),
    ($$SELECT journey_effort(made('0:a'), 'a', '{''}')$$),
    ($$SELECT journey_effort(made('0:a'), 'a', gap => '-1 hour')$$),
    ($$SELECT journey_effort(made('0:a'), 'a', (SELECT array_agg('e' || i) FROM generate_series(1, 5000) i))$$)) v(statement);

-- More names than fit the small tables, more atoms than a word has bits.
SELECT e.* FROM (SELECT journey_agg(hour(i), 'e' || i % 100, 'c' || i % 40) AS j FROM generate_series(1, 400) i) x
CROSS JOIN LATERAL journey_effort(j, 'e0@c20', (SELECT array_agg('e' || i) FROM generate_series(1, 99) i)) e;

DROP SCHEMA test_journey_effort CASCADE;
