-- friction.
--
-- The second sources: examples derived by hand, each with the reason; window functions over the rows of random
-- journeys. (test/unit/friction_test.c compares every kind with its definition, touchpoint by touchpoint.)

CREATE SCHEMA test_journey_friction;
SET search_path = test_journey_friction, public;
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

-- A journey in short: hour:event@channel=score; and its friction: kind hour ords detail weight.
CREATE FUNCTION hour(float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-01-01Z' + $1 * interval '1 hour' $$;
CREATE FUNCTION made(touchpoints text) RETURNS journey LANGUAGE sql AS $$
    SELECT coalesce(journey_agg(hour(m[1]::float8), m[2], m[3], NULL, m[4]::int), '[]')
    FROM regexp_matches($1, '([0-9.]+):([^ @=]+)(?:@([^ =]+))?(?:=([0-9-]+))?', 'g') m $$;
CREATE FUNCTION shown(j journey, required text[] DEFAULT NULL, stall interval DEFAULT NULL, goal text DEFAULT NULL, intent text DEFAULT NULL, as_of timestamptz DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', kind, 'at', extract(epoch FROM at - '2024-01-01Z')::float8 / 3600, ords, '<' || detail || '>', weight), '; ' ORDER BY n)
    FROM friction($1, $2, $3, $4, $5, $6) WITH ORDINALITY f(kind, at, event, channel, ords, detail, weight, n) $$;

--
-- By hand
--

CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, j text, required text[], stall interval, goal text, intent text, as_of float8,
    friction text, why text);
INSERT INTO example (j, required, stall, goal, intent, as_of, friction, why) VALUES
    ('', NULL, '0', 'g', NULL, 5, NULL, 'an empty journey has none, and is not abandoned'),
    ('0:a', NULL, '0', 'a', NULL, NULL, NULL, 'one touchpoint'),
    ('0:a 1:b 2:c', NULL, NULL, NULL, NULL, NULL, NULL, 'straight on'),
-- repeat
    ('0:a 1:a', NULL, NULL, NULL, NULL, NULL, 'repeat at 1 {1,2} <a> 1', 'a run, at its second touchpoint'),
    ('0:b 1:a 2:a 3:a 4:b', NULL, NULL, NULL, NULL, NULL, 'repeat at 2 {2,3,4} <a> 2; loop at 4 {1,2,3,4,5} <b > a > b> 4', 'three in a row count twice; in the way of the loop they are written once'),
    ('0:a 0:a 0:a', NULL, '0', NULL, NULL, NULL, 'repeat at 0 {1,2,3} <a> 2', 'all at one instant; nothing stalls'),
    ('0:a@web 1:a@phone', NULL, NULL, NULL, NULL, NULL, 'repeat at 1 {1,2} <a> 1; channel_switch at 1 {1,2} <web > phone> 1', 'the same on another channel is a repeat too'),
-- loop
    ('0:a 1:b 2:a', NULL, NULL, NULL, NULL, NULL, 'loop at 2 {1,2,3} <a > b > a> 2', 'a return'),
    ('0:a 1:b 2:a 3:b', NULL, NULL, NULL, NULL, NULL, 'loop at 2 {1,2,3} <a > b > a> 2', 'b was met before the loop ended'),
    ('0:a 1:b 2:a 3:b 4:a', NULL, NULL, NULL, NULL, NULL, 'loop at 2 {1,2,3} <a > b > a> 2; loop at 4 {3,4,5} <a > b > a> 2', 'where one ends the next may begin'),
    ('0:a 1:b 2:a 3:a', NULL, NULL, NULL, NULL, NULL, 'loop at 2 {1,2,3} <a > b > a> 2; repeat at 3 {3,4} <a> 1', 'nothing in between: a repeat'),
    ('0:a 1:b 2:c 3:b 4:a', NULL, NULL, NULL, NULL, NULL, 'loop at 3 {2,3,4} <b > c > b> 2', 'a was met before the loop of b ended'),
    ('0:a 1:a 2:b 3:a', NULL, NULL, NULL, NULL, NULL, 'repeat at 1 {1,2} <a> 1; loop at 3 {2,3,4} <a > b > a> 2', 'from the latest'),
-- required
    ('0:a 1:menu 2:a', '{menu}', NULL, NULL, NULL, NULL, NULL, 'the way through the menu is intended'),
    ('0:menu 1:a 2:menu', '{menu}', NULL, NULL, NULL, NULL, NULL, 'back to the menu too'),
    ('0:a 1:menu 2:a 3:b 4:a', '{menu}', NULL, NULL, NULL, NULL, 'loop at 4 {3,4,5} <a > b > a> 2', 'then a real one'),
    ('0:b 1:menu 2:c 3:menu 4:c', '{menu}', NULL, NULL, NULL, NULL, NULL, 'c > menu > c is intended'),
    ('0:a 1:menu 2:menu 3:b 4:c 5:b', '{menu}', NULL, NULL, NULL, NULL, 'loop at 5 {4,5,6} <b > c > b> 2', 'a loop left out ends nothing'),
    ('0:a@web 1:id@phone 2:b@web', '{id}', NULL, NULL, NULL, NULL, NULL, 'neither switch, nor the ping-pong'),
    ('0:a=9 1:a=3 2:a=9', '{a:score<=3}', NULL, NULL, NULL, NULL, NULL, 'one of the run is enough'),
    ('0:a 1:b 2:a', '{}', NULL, NULL, NULL, NULL, 'loop at 2 {1,2,3} <a > b > a> 2', 'nothing is required'),
    ('0:a 1:b 2:a', '{never}', NULL, NULL, NULL, NULL, 'loop at 2 {1,2,3} <a > b > a> 2', 'an event that never comes'),
-- channels
    ('0:a@web 1:b 2:c@phone', NULL, NULL, NULL, NULL, NULL, 'channel_switch at 2 {1,3} <web > phone> 1', 'touchpoints without a channel are passed over'),
    ('0:a@phone/billing 1:b@phone/delivery', NULL, NULL, NULL, NULL, NULL, 'handoff at 1 {1,2} <phone/billing > phone/delivery> 1', 'from team to team'),
    ('0:a@phone 1:b@phone/delivery 2:c@phone', NULL, NULL, NULL, NULL, NULL, 'ping_pong at 2 {1,2,3} <phone > phone/delivery > phone> 1', 'no hand-off without a team, but back and forth'),
    ('0:a@phone/billing 1:b@web', NULL, NULL, NULL, NULL, NULL, 'channel_switch at 1 {1,2} <phone > web> 1', 'a switch is between channels'),
    ('0:a@web 1:b@web-shop', NULL, NULL, NULL, NULL, NULL, 'channel_switch at 1 {1,2} <web > web-shop> 1', 'names that begin alike'),
    ('0:a@web 1:b@phone 2:c@web 3:d@phone', NULL, NULL, NULL, NULL, NULL,
     'channel_switch at 1 {1,2} <web > phone> 1; channel_switch at 2 {2,3} <phone > web> 1; ping_pong at 2 {1,2,3,4} <web > phone > web> 2; channel_switch at 3 {3,4} <web > phone> 1',
     'one row, two returns, where it returns first'),
    ('0:a@x/1 1:b@x/1 2:c 3:d@x/2 4:e@x/1 5:f@x/3 6:g@x/1', NULL, NULL, NULL, NULL, NULL,
     'handoff at 3 {2,4} <x/1 > x/2> 1; handoff at 4 {4,5} <x/2 > x/1> 1; ping_pong at 4 {1,4,5} <x/1 > x/2 > x/1> 1; handoff at 5 {5,6} <x/1 > x/3> 1; handoff at 6 {6,7} <x/3 > x/1> 1; ping_pong at 6 {5,6,7} <x/1 > x/3 > x/1> 1',
     'stretches by their first touchpoint; two runs share one'),
-- stall
    ('0:a 2:b 4.5:c', NULL, '2 hours', NULL, NULL, NULL, 'stall at 4.5 {2,3} <9000> 1', 'more than the limit'),
    ('0:a 0:b 0.5:c', NULL, '0', NULL, NULL, NULL, 'stall at 0.5 {2,3} <1800> 1', 'a limit of nothing: any time that passes'),
    ('0:a 744:b 1440.5:c', NULL, '1 month', NULL, NULL, NULL, 'stall at 1440.5 {2,3} <2507400> 1', 'a month is 31 days, then 29'),
-- abandonment
    ('0:cart 1:home', NULL, NULL, 'order', NULL, NULL, 'abandonment at 1 {1,2} <home> 1', 'no order'),
    ('0:cart', NULL, NULL, 'order', 'cart', NULL, 'abandonment at 0 {1} <cart> 1', 'one touchpoint is both'),
    ('0:home 1:cart 2:home 3:cart 4:faq', NULL, NULL, 'order', 'cart', NULL, 'loop at 2 {1,2,3} <home > cart > home> 2; abandonment at 4 {2,5} <faq> 1', 'from the first intent'),
    ('0:cart 1:order 2:home', NULL, NULL, 'order', 'cart', NULL, NULL, 'no intent after the order'),
    ('0:cart 1:order 2:home', NULL, NULL, 'order', NULL, NULL, 'abandonment at 2 {3} <home> 1', 'any touchpoint is one'),
    ('0:cart 1:order 2:cart', NULL, NULL, 'order', 'cart', NULL, 'loop at 2 {1,2,3} <cart > order > cart> 2; abandonment at 2 {3} <cart> 1', 'the next time'),
    ('0:home', NULL, NULL, 'order', 'cart', NULL, NULL, 'never meant to'),
    ('0:cart', '{cart}', NULL, 'order', 'cart', NULL, 'abandonment at 0 {1} <cart> 1', 'required does not matter'),
    ('0:cart', NULL, '2 hours', 'order', 'cart', 2, NULL, 'still open'),
    ('0:cart', NULL, '2 hours', 'order', 'cart', 2.5, 'abandonment at 0 {1} <cart> 1', 'no longer'),
    ('0:cart', NULL, NULL, 'order', 'cart', 0, 'abandonment at 0 {1} <cart> 1', 'without stall nothing is open'),
    ('0:cart 5:order', NULL, '2 hours', 'order', 'cart', 4, 'abandonment at 0 {1} <cart> 1', 'the order is not seen yet, nor the stall'),
    ('0:cart 5:order', NULL, '2 hours', 'order', 'cart', NULL, 'stall at 5 {1,2} <18000> 1', 'it is seen'),
-- as_of
    ('1:a 2:b 3:a', NULL, '0', 'g', NULL, 0, NULL, 'before the start there is nothing'),
    ('1:a 2:b 3:a', NULL, NULL, NULL, NULL, 2.5, NULL, 'what is after it is not seen'),
    ('1:a 2:b 3:a', NULL, NULL, NULL, NULL, 3, 'loop at 3 {1,2,3} <a > b > a> 2', 'what is at it is'),
-- goal without intent and the other way round
    ('0:a', NULL, NULL, NULL, 'a', NULL, NULL, 'an intent without a goal');
SELECT n, j, why, got, friction AS want
FROM (SELECT *, shown(made(j), required, stall, goal, intent, hour(as_of)) AS got FROM example) x
WHERE got IS DISTINCT FROM friction;
SELECT count(*) AS examples, count(friction) AS with_friction FROM example;

-- All columns, in order; event and channel are those of the touchpoint at which it is booked.
SELECT * FROM friction(made('0:a@web 1:b@web 2:b 3:a@phone/x 3:a@phone/y 9:c'), stall => '1 hour', goal => 'order');
SELECT * FROM friction('[]', goal => 'order');
SELECT * FROM friction(NULL, goal => 'order');
-- In the select list too.
SELECT friction(made('0:a 1:a'));
-- The arguments change from row to row; a loop of PL/pgSQL compiles them once a value.
SELECT required, stall, shown(made('0:a 1:b 2:a 2:a 5:b'), required, stall)
FROM (VALUES ('{a}'::text[], NULL::interval), (NULL, '1 hour'), ('{b}', '2 hours'), ('{b}', '3 hours'), ('{}', NULL)) v(required, stall);
CREATE FUNCTION each(required text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY required LOOP
        RETURN NEXT concat_ws(': ', one, (SELECT string_agg(kind, ' ') FROM friction(made('0:a 1:b 2:a 3:a'), ARRAY[one])));
    END LOOP;
END $$;
SELECT * FROM each('{a,b,c,a}');

--
-- Window functions over the rows: random journeys with channels, gaps and ties
--

-- Numbers at random that every version has the same.
CREATE FUNCTION pick(n int, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT (hashint4(n) & 1048575) % sides $$;
CREATE TABLE random_rows AS
SELECT customer, hour(pick(n, 60)) AS at, (ARRAY['a', 'b', 'c', 'd'])[1 + pick(n + 1, 4)] AS event,
       (ARRAY['web', 'phone/a', 'phone/b', 'phone', NULL])[1 + pick(n + 2, 5)] AS channel
FROM generate_series(1, 400) customer, generate_series(1, 15) i, LATERAL (SELECT customer * 100 + i * 3 AS n) x;
CREATE TABLE random_journeys AS SELECT customer, journey_agg(at, event, channel) AS j FROM random_rows GROUP BY customer;
CREATE TABLE numbered AS
SELECT customer, t.*, lag(ord) OVER w AS before, lag(at) OVER w AS at_before, lag(event) OVER w AS event_before
FROM random_journeys CROSS JOIN LATERAL touchpoints(j) t WINDOW w AS (PARTITION BY customer ORDER BY ord);
CREATE TABLE on_channels AS
SELECT *, lag(ord) OVER w AS ord_before, lag(channel) OVER w AS channel_before
FROM numbered WHERE channel IS NOT NULL WINDOW w AS (PARTITION BY customer ORDER BY ord);
CREATE TABLE stretches AS
SELECT *, lag(channel, 2) OVER w AS two_before, lag(channel, 3) OVER w AS three_before,
       row_number() OVER w AS stretch
FROM on_channels WHERE channel IS DISTINCT FROM channel_before WINDOW w AS (PARTITION BY customer ORDER BY ord);

CREATE TABLE got AS
SELECT customer, f.* FROM random_journeys CROSS JOIN LATERAL friction(j, stall => '4 hours') f;
CREATE TABLE want AS
SELECT customer, 'channel_switch' AS kind, at, event, channel, ARRAY[ord_before, ord] AS ords,
       split_part(channel_before, '/', 1) || ' > ' || split_part(channel, '/', 1) AS detail, 1::float8 AS weight
FROM on_channels WHERE split_part(channel_before, '/', 1) <> split_part(channel, '/', 1)
UNION ALL
SELECT customer, 'handoff', at, event, channel, ARRAY[ord_before, ord], channel_before || ' > ' || channel, 1
FROM on_channels
WHERE split_part(channel_before, '/', 1) = split_part(channel, '/', 1) AND channel_before <> channel
  AND channel_before LIKE '%/%' AND channel LIKE '%/%'
UNION ALL
SELECT customer, 'stall', at, event, channel, ARRAY[before, ord], extract(epoch FROM at - at_before)::bigint::text, 1
FROM numbered WHERE at > at_before + interval '4 hours'
UNION ALL
SELECT customer, 'repeat', (array_agg(at ORDER BY ord))[2], min(event), (array_agg(channel ORDER BY ord))[2],
       array_agg(ord ORDER BY ord), min(event), count(*) - 1
FROM (SELECT *, count(*) FILTER (WHERE event IS DISTINCT FROM event_before) OVER (PARTITION BY customer ORDER BY ord) AS run
      FROM numbered) runs
GROUP BY customer, run HAVING count(*) > 1;
SELECT kind, count(*), sum(weight) FROM want GROUP BY kind ORDER BY kind;
SELECT * FROM want EXCEPT ALL SELECT * FROM got WHERE kind IN (SELECT kind FROM want);
SELECT * FROM got WHERE kind IN (SELECT kind FROM want) EXCEPT ALL SELECT * FROM want;
-- Every return to the team before the last is in one run, and every run is that many returns.
SELECT count(*) FILTER (WHERE channel = two_before) AS returns,
       count(*) FILTER (WHERE channel = two_before AND channel_before IS DISTINCT FROM three_before) AS runs,
       (SELECT sum(weight) FROM got WHERE kind = 'ping_pong') AS got_returns,
       (SELECT count(*) FROM got WHERE kind = 'ping_pong') AS got_runs
FROM stretches;

-- The order of rows: by touchpoint, then by kind.
SELECT count(*) AS out_of_order
FROM (SELECT n, lead(n) OVER (PARTITION BY customer ORDER BY ords[CASE WHEN kind = 'repeat' THEN 2 WHEN kind = 'ping_pong' THEN 3 ELSE cardinality(ords) END],
             array_position('{repeat,loop,channel_switch,handoff,ping_pong,stall,abandonment}'::text[], kind)) AS next
      FROM random_journeys CROSS JOIN LATERAL friction(j, stall => '4 hours', goal => 'd') WITH ORDINALITY f(kind, at, event, channel, ords, detail, weight, n)) x
WHERE next <= n;

--
-- Errors
--

SELECT statement, error_of(statement) FROM (VALUES
    ($$SELECT * FROM friction(made('0:a'), '{a,"b c"}')$$),
    ($$SELECT * FROM friction(made('0:a'), '{a,NULL}')$$),
    ($$SELECT * FROM friction(made('0:a'), '{{a},{b}}')$$),
    ($$SELECT * FROM friction(made('0:a'), goal => '')$$),
    ($$SELECT * FROM friction(made('0:a'), goal => 'a', intent => 'a ~> b')$$),
    ($$SELECT * FROM friction(made('0:a'), stall => '-1 hour')$$),
    ($$SELECT * FROM friction(made('0:a'), stall => '1 month -1 day')$$),
    ($$SELECT * FROM friction(made('0:a'), as_of => 'infinity')$$),
    ($$SELECT * FROM friction(made('0:a'), (SELECT array_agg('e' || i) FROM generate_series(1, 5000) i))$$)) v(statement);

-- More atoms than a word has bits.
SELECT string_agg(kind, ' ') FROM friction(made('0:a 1:b 2:a'), (SELECT array_agg('e' || i) || '{b}' FROM generate_series(1, 200) i));
SELECT string_agg(kind, ' ') FROM friction(made('0:a 1:b 2:a'), (SELECT array_agg('e' || i) FROM generate_series(1, 200) i), goal => 'b', intent => 'a');

-- A journey of 100,000 touchpoints to and fro: 49,999 loops, one ping-pong.
SELECT kind, count(*), sum(weight), max(cardinality(ords))
FROM (SELECT journey_agg(hour(0) + i * interval '1 second', 'e' || i % 2, 'c' || i % 2) AS j FROM generate_series(1, 100000) i) x
CROSS JOIN LATERAL friction(j) f GROUP BY kind ORDER BY kind;

DROP SCHEMA test_journey_friction CASCADE;
