-- attribution, shapley_attribution and markov_attribution.
--
-- The second sources: examples derived by hand, each with the reason; window functions over the rows of random
-- journeys full of ties; the Shapley value by its definition, over all subsets of six nodes; the Markov chain by
-- power iteration on counts of plain SQL; published examples.

CREATE SCHEMA test_journey_attribution;
SET search_path = test_journey_attribution, public;
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

-- A journey in short: hour:event@channel=value.
CREATE FUNCTION hour(float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-01-01Z' + $1 * interval '1 hour' $$;
CREATE FUNCTION made(touchpoints text) RETURNS journey LANGUAGE sql AS $$
    SELECT coalesce(journey_agg(hour(m[1]::float8), m[2], m[3], m[4]::float8), '[]')
    FROM regexp_matches($1, '([0-9.]+):([^ @=]+)(?:@([^ =]+))?(?:=([0-9.-]+))?', 'g') m $$;
-- Every path of channels ends with a sale, as packages write it.
CREATE FUNCTION sold(channels text, sells boolean DEFAULT true) RETURNS journey LANGUAGE sql AS $$
    SELECT journey_agg(hour(n), event, channel)
    FROM (SELECT n, 'touch' AS event, channel FROM regexp_split_to_table($1, ' > ') WITH ORDINALITY u(channel, n)
          UNION ALL SELECT 1000, 'sale', NULL WHERE $2) t $$;
-- Credits in short: node credit value, in the order they come.
CREATE FUNCTION short(node text, credit float8, value float8) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', coalesce($1, 'NULL'), round($2::numeric, 4)::float8, round($3::numeric, 4)::float8) $$;

--
-- By hand
--

CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, j text, model text, lookback interval, half_life interval DEFAULT '7 days', direct text[] DEFAULT '{direct}', by text DEFAULT 'channel',
    first_share float8 DEFAULT 0.4, last_share float8 DEFAULT 0.4, restart boolean DEFAULT true, expected text, why text);
-- Where a node has no credit, what is expected does not name it.
INSERT INTO example (j, model, lookback, expected, why) VALUES
    ('0:v@a 1:v@b 2:v@c 3:sale=90', 'first', NULL, 'a 1 90', 'the first'),
    ('0:v@a 1:v@b 2:v@c 3:sale=90', 'last', NULL, 'c 1 90', 'the last'),
    ('0:v@a 1:v@b 2:v@c 3:sale=90', 'linear', NULL, 'a 0.3333 30, b 0.3333 30, c 0.3333 30', 'each alike'),
    ('0:v@a 1:v@b 2:v@a 3:sale=90', 'linear', NULL, 'a 0.6667 60, b 0.3333 30', 'a node twice: one row'),
    ('0:v@a 1:v@b 2:v@c 3:v@d 4:sale=100', 'position', NULL, 'a 0.4 40, b 0.1 10, c 0.1 10, d 0.4 40', '40 20 40'),
    ('0:v@a 1:v@b 2:sale=100', 'position', NULL, 'a 0.5 50, b 0.5 50', 'two: shares of 0.8'),
    ('0:v@a 1:sale=100', 'position', NULL, 'a 1 100', 'one: all'),
    ('0:n@a 168:n@b 168:sale=90', 'time_decay', NULL, 'a 0.3333 30, b 0.6667 60', 'a week is half'),
    ('0:v@a 1:v@direct 2:sale=9', 'last_non_direct', NULL, 'a 1 9', 'direct is passed over'),
    ('0:v@direct 1:v@direct 2:sale=9', 'last_non_direct', NULL, 'direct 1 9', 'unless there is nothing else'),
    ('0:v@direct/app 1:v@direct 2:sale=9', 'last_non_direct', NULL, 'direct/app 1 9', 'names are whole'),
    ('0:sale=9', 'linear', NULL, 'NULL 1 9', 'no touch: the credit goes to NULL'),
    ('0:v 1:v 2:sale=9', 'first', NULL, 'NULL 1 9', 'no channel is no touch'),
    ('0:v@a 1:v', 'first', NULL, '', 'no conversion: no row'),
    ('', 'linear', NULL, '', 'nothing at all'),
    ('0:v@a 1:sale=5 2:v@b 3:sale=7 4:v@c', 'linear', NULL, 'a 1 5, b 1 7', 'each conversion has the touches since the last one'),
    ('0:v@a 1:sale=5 3:sale=7', 'linear', NULL, 'a 1 5, NULL 1 7', 'which may be none'),
    ('0:v@a 1:sale@web=5 3:sale@web=7', 'linear', NULL, 'a 1 5, NULL 1 7', 'a conversion is no touch, whatever its channel'),
    ('0:v@b 1:sale 2:v@a 3:sale=4', 'linear', NULL, 'a 1 4, b 1', 'without a value: NULL'),
    ('0:v@a 1:sale 2:v@a 3:sale=4', 'linear', NULL, 'a 2 4', 'with one: the sum of those there are'),
    ('0:v@a 1:sale=0', 'linear', NULL, 'a 1 0', 'a value of nothing is one'),
    ('0:v@a 1:sale=-8', 'linear', NULL, 'a 1 -8', 'so is less'),
    ('0:v@a 1:v@b 3:sale=1', 'linear', '2 hours', 'b 1 1', 'too far back'),
    ('0:v@a 1:v@b 3:sale=1', 'first', '3 hours', 'a 1 1', 'the end of the lookback belongs to it'),
    ('0:v@a 3:v@b 3:sale=1', 'linear', '0', 'NULL 1 1', 'a tie after the conversion in the order: v after sale'),
    ('0:v@a 3:n@b 3:sale=1', 'linear', '0', 'b 1 1', 'a tie before it; nothing is back: the same instant'),
    ('0:v@é 1:v@B 2:v@a 3:v 4:sale 5:sale=3', 'linear', NULL, 'B 0.3333, a 0.3333, é 0.3333, NULL 1 3', 'bytewise order of nodes, NULL last');
INSERT INTO example (j, model, direct, expected, why) VALUES
    ('0:v@direct/app 1:v@direct 2:sale=9', 'last_non_direct', '{direct,direct/*}', 'direct 1 9', 'all direct: the last'),
    ('0:v@a 1:v@direct 2:v@mail/own 3:sale=9', 'last_non_direct', '{mail/*,direct}', 'a 1 9', 'names below'),
    ('0:v@a 1:v@direct 2:v@mail/own 3:sale=9', 'last_non_direct', '{mail,direct}', 'mail/own 1 9', 'or whole'),
    ('0:v@a 1:v@direct 2:sale=9', 'last_non_direct', '{}', 'direct 1 9', 'no name is direct');
INSERT INTO example (j, model, first_share, last_share, expected, why) VALUES
    ('0:v@a 1:v@b 2:v@c 3:sale=1', 'position', 0.3, 0.1, 'a 0.3 0.3, b 0.6 0.6, c 0.1 0.1', 'other shares'),
    ('0:v@a 1:v@b 2:sale=1', 'position', 0.3, 0.1, 'a 0.75 0.75, b 0.25 0.25', 'of two'),
    ('0:v@a 1:v@b 2:sale=1', 'position', 0, 0, 'a 0.5 0.5, b 0.5 0.5', 'half each'),
    ('0:v@a 1:v@b 2:v@c 3:sale=1', 'position', 0, 0, 'b 1 1', 'all in the middle'),
    ('0:v@a 1:v@b 2:v@c 3:sale=1', 'position', 0.5, 0.5, 'a 0.5 0.5, c 0.5 0.5', 'none'),
    ('0:v@a 1:v@b 2:v@c 3:sale=1', 'position', 1, 0, 'a 1 1', 'the first'),
    ('0:v@a 1:sale=1', 'position', 0, 0, 'a 1 1', 'one gets all');
INSERT INTO example (j, model, half_life, expected, why) VALUES
    ('0:v@a 1:v@b 3:sale=3', 'time_decay', '1 hour', 'a 0.3333 1, b 0.6667 2', 'an hour is half'),
    ('0:v@a 9000:v@b 9000:v@c 10000:sale=3', 'time_decay', '1 microsecond', 'b 0.5 1.5, c 0.5 1.5', 'nothing is 0/0'),
    ('0:v@a 24:v@b 30:sale=1', 'time_decay', '1 day', 'a 0.3333 0.3333, b 0.6667 0.6667', 'a day is 24 hours');
INSERT INTO example (j, model, by, restart, expected, why) VALUES
    ('0:x/1 1:x/2 2:y 3:sale=9', 'linear', 'phase', true, 'x 0.6667 6, y 0.3333 3', 'by phase'),
    ('0:x/1 1:x/2@a 2:y 3:sale=9', 'linear', 'event', true, 'x/1 0.3333 3, x/2 0.3333 3, y 0.3333 3', 'by event: without a channel too'),
    ('0:v@a 1:sale=5 2:v@b 3:sale=7', 'first', 'channel', false, 'a 2 12', 'conversions do not cut'),
    ('0:v@a 1:sale@web=5 3:sale@web=7', 'linear', 'channel', false, 'a 2 12', 'and are no touches');
-- Otherwise than derived by hand: none.
SELECT count(*) AS examples FROM example;
SELECT e.n, e.j, e.model, e.expected, found FROM example e
CROSS JOIN LATERAL (SELECT coalesce(string_agg(short(node, credit, value), ', ' ORDER BY k) FILTER (WHERE credit <> 0), '') AS found
    FROM attribution(made(j), 'sale', model, lookback, half_life, direct, by, first_share, last_share, restart) WITH ORDINALITY a(node, credit, value, k)) f
WHERE found <> expected ORDER BY e.n;
-- A node whose touches have no credit has no row.
SELECT * FROM attribution(made('0:v@a 1:v@b 2:sale=90'), 'sale', 'first');
-- Defaults, and arguments by name.
SELECT a.* FROM made('0:v@a 1:v@direct 2:sale=9') j, attribution(j, 'sale', 'last_non_direct') a;
SELECT a.* FROM made('0:x/1@a 1:y@b 2:sale=9') j, attribution(j, 'sale', 'linear', by => 'phase', lookback => '1 hour') a;
-- More than a float8 holds.
SELECT error_of($$SELECT a.* FROM attribution('[{"at": "2024-01-01T00:00:00Z", "event": "sale", "value": 1e308}, {"at": "2024-01-02T00:00:00Z", "event": "sale", "value": 1e308}]', 'sale', 'first') a$$);
-- What a conversion is, an atom says.
SELECT atom, string_agg(short(node, credit, value), ', ' ORDER BY k) AS credits
FROM unnest(ARRAY['sale', '[sale|rent]', 'rent:value>3', '.@shop/*', '.:value>=0', '[^v]', 'x']) WITH ORDINALITY u(atom, i),
     made('0:v@a 1:v@b 2:rent@shop/2=2 3:v@c 4:rent=4 5:v@d 6:sale@shop/1=6') j LEFT JOIN LATERAL attribution(j, atom, 'linear') WITH ORDINALITY a(node, credit, value, k) ON true
GROUP BY i, atom ORDER BY i;

-- Months are the calendar's, added to the touch in UTC.
SELECT touch, conversion, lookback, node IS NOT NULL AS touched
FROM (VALUES ('2024-01-31 10:00Z', '2024-02-29 10:00:00Z', interval '1 month'), ('2024-01-31 10:00Z', '2024-02-29 10:00:00.000001Z', '1 month'),
             ('2023-01-31 10:00Z', '2023-02-28 10:00:00Z', '1 month'), ('2023-01-31 10:00Z', '2023-03-01 00:00:00Z', '1 month'),
             ('2024-02-29 10:00Z', '2025-02-28 10:00:00Z', '1 year'), ('2024-02-29 10:00Z', '2025-02-28 10:00:01Z', '1 year'),
             ('2024-01-31 10:00Z', '2024-03-02 11:00:00Z', '1 month 2 days 1 hour'), ('2024-01-31 10:00Z', '2024-03-02 11:00:01Z', '1 month 2 days 1 hour')) v(touch, conversion, lookback),
     LATERAL (SELECT journey_agg(at::timestamptz, event, 'web') AS j FROM (VALUES (touch, 'v'), (conversion, 'sale')) t(at, event)) x, attribution(j, 'sale', 'linear', lookback)
ORDER BY touch, conversion, lookback;
SET timezone = 'Europe/Berlin';
SELECT node IS NOT NULL AS touched FROM attribution('[{"at": "2024-01-30T23:30:00Z", "event": "v", "channel": "a"}, {"at": "2024-02-29T23:30:00Z", "event": "sale"}]', 'sale', 'linear', '1 month');
SELECT node IS NOT NULL AS touched FROM attribution('[{"at": "2024-03-30T12:00:00Z", "event": "v", "channel": "a"}, {"at": "2024-03-31T12:00:00.000001Z", "event": "sale"}]', 'sale', 'linear', '1 day');
SET timezone = 'UTC';

--
-- Arguments
--

SELECT call, error_of('SELECT * FROM ' || call) FROM unnest(ARRAY[
    $$attribution('[]', 'sale', 'best')$$, $$attribution('[]', 'sale', '')$$, $$attribution('[]', 'sale', 'shapley')$$, $$attribution('[]', 'sale', 'first', by => 'team')$$,
    $$attribution('[]', 'a ~> b', 'first')$$, $$attribution('[]', '', 'first')$$, $$attribution('[]', 'a+', 'first')$$,
    $$attribution('[]', 'sale', 'first', '-1 day')$$, $$attribution('[]', 'sale', 'first', '1 month -1 day')$$,
    $$attribution('[]', 'sale', 'time_decay', half_life => '0')$$, $$attribution('[]', 'sale', 'time_decay', half_life => '-1 day')$$, $$attribution('[]', 'sale', 'time_decay', half_life => '1 month')$$,
    $$attribution('[]', 'sale', 'last_non_direct', direct => '{a,NULL}')$$, $$attribution('[]', 'sale', 'position', first_share => -0.1)$$, $$attribution('[]', 'sale', 'position', last_share => 1.1)$$,
    $$attribution('[]', 'sale', 'position', first_share => 0.6, last_share => 0.5)$$, $$attribution('[]', 'sale', 'position', first_share => 'NaN')$$, $$attribution('[]', 'sale', 'position', last_share => 'infinity')$$,
    $$attribution('[]', 'sale', 'position', first_share => 0.6, last_share => 0.4)$$, $$attribution('[]', 'sale', 'position', first_share => 0.9, last_share => 0.1)$$, $$attribution('[]', 'sale', 'position', first_share => 0.7, last_share => 0.3)$$,
    $$shapley_attribution('[]', 'sale', by => 'team')$$, $$shapley_attribution('[]', 'a b')$$, $$shapley_attribution('[]', 'sale', '-1 day')$$,
    $$markov_attribution(transition_agg('[]'), 'sale')$$]) WITH ORDINALITY u(call, n) ORDER BY n;

-- NULL: no rows, but for lookback.
SELECT (SELECT count(*) FROM attribution(NULL, 'sale', 'first')) AS journey, (SELECT count(*) FROM attribution(j, NULL, 'first')) AS conversion, (SELECT count(*) FROM attribution(j, 'sale', NULL)) AS model,
       (SELECT count(*) FROM attribution(j, 'sale', 'first', half_life => NULL)) AS half_life, (SELECT count(*) FROM attribution(j, 'sale', 'first', direct => NULL)) AS direct, (SELECT count(*) FROM attribution(j, 'sale', 'first', by => NULL)) AS by,
       (SELECT count(*) FROM attribution(j, 'sale', 'first', first_share => NULL)) AS first_share, (SELECT count(*) FROM attribution(j, 'sale', 'first', last_share => NULL)) AS last_share, (SELECT count(*) FROM attribution(j, 'sale', 'first', restart => NULL)) AS restart,
       (SELECT count(*) FROM attribution(j, 'sale', 'first', NULL)) AS lookback
FROM made('0:v@a 1:sale') j;
SELECT (SELECT count(*) FROM shapley_attribution(NULL, 'sale')) AS journey, (SELECT count(*) FROM shapley_attribution(j, NULL)) AS conversion, (SELECT count(*) FROM shapley_attribution(j, 'sale', by => NULL)) AS by,
       (SELECT count(*) FROM shapley_attribution(j, 'sale', restart => NULL)) AS restart, (SELECT count(*) FROM shapley_attribution(j, 'sale', NULL)) AS lookback,
       (SELECT count(*) FROM markov_attribution(NULL, 'sale')) AS matrix, (SELECT count(*) FROM markov_attribution(transition_agg(j), NULL)) AS of_nothing
FROM made('0:v@a 1:sale') j GROUP BY j;

--
-- Random journeys
--

\set seed 0.31
\echo seed :seed
SELECT setseed(:seed);
-- 400 journeys of up to 18 touchpoints: half by the hour with ties, half by the day over several months; six channels, every fifth touchpoint without one, every seventh a sale, every third sale without a value.
CREATE TABLE journeys AS
SELECT c, journey_agg(CASE WHEN c % 2 = 0 THEN timestamptz '2024-01-01Z' + floor(random() * 12) * interval '1 hour' ELSE timestamptz '2023-10-31Z' + floor(random() * 200) * interval '1 day' END,
                      (ARRAY['visit', 'visit/long', 'click', 'click', 'open/mail', 'sale', 'visit'])[1 + floor(random() * 7)], (ARRAY['web', 'email', 'direct', 'direct/app', 'paid/search', 'paid', NULL])[1 + floor(random() * 7)],
                      CASE WHEN random() < 0.67 THEN floor(random() * 1000) / 10 - 5 END, floor(random() * 11)::int) AS j
FROM generate_series(1, 400) c, generate_series(1, 18) i WHERE i <= c % 19 GROUP BY c;
INSERT INTO journeys VALUES (0, '[]'), (-1, NULL);
-- Conversions as an atom and as a condition.
CREATE TABLE conversion (atom text, condition text);
INSERT INTO conversion VALUES ('sale', $$event = 'sale'$$), ('[sale|click]@paid', $$event IN ('sale', 'click') AND channel = 'paid'$$), ('.:score>=9:value>50', $$score >= 9 AND value > 50$$);

-- Each conversion with each of its touches (or none), and the weights of every model.
CREATE FUNCTION touches(condition text, lookback interval, by text, restart boolean)
RETURNS TABLE (c int, conversion int, at timestamptz, value float8, touch int, touched timestamptz, node text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        WITH t AS MATERIALIZED (
            SELECT c, t.*, (%s) IS TRUE AS converts, CASE $2 WHEN 'event' THEN event WHEN 'channel' THEN channel ELSE split_part(event, '/', 1) END AS node
            FROM journeys, touchpoints(j) t),
        s AS (SELECT *, lag(ord, 1, 0) OVER (PARTITION BY c ORDER BY ord) AS previous FROM t WHERE converts)
        SELECT s.c, s.ord, s.at, s.value, t.ord, t.at, t.node
        FROM s LEFT JOIN t ON t.c = s.c AND t.ord < s.ord AND NOT t.converts AND t.node IS NOT NULL AND (t.ord > s.previous OR NOT $3) AND (t.at + $1 >= s.at OR $1 IS NULL)$q$, condition)
    USING lookback, by, restart;
END $$;
CREATE FUNCTION weights(condition text, lookback interval, half_life interval, direct text[], by text, first_share float8, last_share float8, restart boolean)
RETURNS TABLE (c int, node text, value float8, model text, weight float8) LANGUAGE sql AS $$
    WITH t AS (SELECT *, row_number() OVER (PARTITION BY c, conversion ORDER BY touch) AS k, count(touch) OVER (PARTITION BY c, conversion) AS n,
                      power(2, - extract(epoch FROM at - touched)::float8 / extract(epoch FROM half_life)::float8) AS decay,
                      node = ANY (direct) OR EXISTS (SELECT FROM unnest(direct) d WHERE d LIKE '%/*' AND starts_with(node, left(d, -1))) AS is_direct
               FROM touches(condition, lookback, by, restart)),
    u AS (SELECT *, coalesce(max(k) FILTER (WHERE NOT is_direct) OVER w, n) AS not_direct, sum(decay) OVER w AS decays FROM t WINDOW w AS (PARTITION BY c, conversion))
    SELECT c, node, value, m.model, CASE WHEN touch IS NULL THEN 1 ELSE m.weight END
    FROM u CROSS JOIN LATERAL (VALUES
        ('first', (k = 1)::int::float8), ('last', (k = n)::int), ('last_non_direct', (k = not_direct)::int), ('linear', 1::float8 / nullif(n, 0)), ('time_decay', decay / decays),
        ('position', CASE WHEN n = 1 THEN 1 WHEN n = 2 AND first_share + last_share = 0 THEN 0.5 WHEN n = 2 THEN CASE k WHEN 1 THEN first_share ELSE last_share END / (first_share + last_share)
                          WHEN k = 1 THEN first_share WHEN k = n THEN last_share ELSE (1 - first_share - last_share) / (n - 2) END)) m(model, weight) $$;
CREATE FUNCTION near(a float8, b float8) RETURNS boolean LANGUAGE sql AS $$ SELECT abs(a - b) <= 1e-12 * greatest(1, abs(a), abs(b)) OR a IS NULL AND b IS NULL $$;

CREATE TABLE asked (n int GENERATED ALWAYS AS IDENTITY, atom text, lookback interval, by text, restart boolean, half_life interval, direct text[], first_share float8, last_share float8);
INSERT INTO asked (atom, lookback, by, restart, half_life, direct, first_share, last_share)
SELECT atom, lookback, by, restart, half_life, direct, first_share, last_share
FROM conversion, unnest('{NULL,0,3 hours,1 month,2 months 3 days}'::interval[]) lookback, unnest('{event,channel,phase}'::text[]) by, unnest('{t,f}'::boolean[]) restart,
     (VALUES (interval '7 days', '{direct}'::text[], 0.4::float8, 0.4::float8), ('100 hours', '{direct,direct/*,visit,visit/*}', 0, 0), ('40 days', '{paid/*,web,open}', 0.25, 0)) v(half_life, direct, first_share, last_share)
WHERE lookback IS NULL OR half_life = '7 days' OR by = 'channel';
CREATE TABLE by_hand AS
SELECT n, c, model, node, coalesce(node, 'NULL') AS key, sum(weight) AS credit, sum(weight * value) AS value
FROM asked JOIN conversion USING (atom), weights(condition, lookback, half_life, direct, by, first_share, last_share, restart) GROUP BY n, c, model, node;
CREATE TABLE found AS
SELECT n, c, model, coalesce(node, 'NULL') AS key, a.* FROM asked, journeys, unnest('{first,last,last_non_direct,linear,time_decay,position}'::text[]) model,
     attribution(j, atom, model, lookback, half_life, direct, by, first_share, last_share, restart) WITH ORDINALITY a(node, credit, value, k);
-- A row without credit is as good as none here.
SELECT model, count(*) > 10000 AS many, count(*) FILTER (WHERE NOT near(coalesce(h.credit, 0), coalesce(f.credit, 0))) AS credits_differ, count(*) FILTER (WHERE NOT near(h.value, f.value) AND greatest(h.credit, f.credit) > 1e-15) AS values_differ,
       count(*) FILTER (WHERE h.value IS NULL AND h.credit > 0) > 100 AS some_without_value, count(*) FILTER (WHERE h.credit > 1) > 100 AS some_of_several_conversions
FROM by_hand h FULL JOIN found f USING (n, c, model, key)
GROUP BY model ORDER BY model;
-- One row a node, in bytewise order, NULL last; every node is touched.
SELECT count(*) AS wrong_order FROM (SELECT *, row_number() OVER (PARTITION BY n, c, model ORDER BY node COLLATE "C" NULLS LAST) AS place, count(*) OVER (PARTITION BY n, c, model, node) AS times FROM found) f WHERE k <> place OR times > 1;
SELECT count(*) AS not_touched FROM found f WHERE NOT EXISTS (SELECT FROM by_hand h WHERE (h.n, h.c, h.model, h.key) = (f.n, f.c, f.model, f.key));
-- Credits sum to conversions, values to their values; of one conversion exactly.
SELECT model, count(*) > 10000 AS many, count(*) FILTER (WHERE NOT near(credit, conversions)) AS credits, count(*) FILTER (WHERE NOT near(value, total)) AS "values",
       count(*) FILTER (WHERE conversions = 1 AND abs(credit - 1) > 2.3e-16) AS of_one
FROM (SELECT n, c, model, sum(credit) AS credit, sum(value) AS value FROM found GROUP BY n, c, model) f
FULL JOIN (SELECT n, c, count(DISTINCT conversion) AS conversions, sum(value) FILTER (WHERE first) AS total
           FROM (SELECT n, t.*, row_number() OVER (PARTITION BY n, c, conversion ORDER BY touch) = 1 AS first FROM asked JOIN conversion USING (atom), touches(condition, lookback, by, restart) t) x GROUP BY n, c) t USING (n, c)
GROUP BY model ORDER BY model;

--
-- The Shapley value
--

-- By the definition, over all subsets of the nodes, for each journey and for all together: v(S) counts the conversions whose nodes lie within S, or adds their values.
CREATE FUNCTION shapley(condition text, lookback interval, by text, restart boolean) RETURNS TABLE (c int, node text, credit float8, value float8) LANGUAGE sql AS $$
    WITH t AS MATERIALIZED (SELECT * FROM touches(condition, lookback, by, restart)),
    player AS MATERIALIZED (SELECT node, row_number() OVER (ORDER BY node)::int - 1 AS i, count(*) OVER ()::int AS n FROM (SELECT DISTINCT node FROM t WHERE node IS NOT NULL) p),
    game AS MATERIALIZED (SELECT t.c, conversion, coalesce(bit_or(1 << i), 0) AS mask, coalesce(max(value), 0) AS value FROM t LEFT JOIN player USING (node) GROUP BY t.c, conversion),
    v AS MATERIALIZED (SELECT game.c, s, count(*)::float8 AS credit, sum(value) AS value FROM game, generate_series(0, (SELECT (1 << max(n)) - 1 FROM player)) s WHERE mask & ~ s = 0 GROUP BY game.c, s)
    SELECT j.c, player.node, sum(share * (coalesce(more.credit, 0) - coalesce(less.credit, 0))), sum(share * (coalesce(more.value, 0) - coalesce(less.value, 0)))
    FROM (SELECT DISTINCT c FROM game) j CROSS JOIN player CROSS JOIN generate_series(0, (1 << n) - 1) subset(s)
    CROSS JOIN LATERAL (SELECT length(replace(s::bit(16)::text, '0', '')) AS size) b CROSS JOIN LATERAL (SELECT (factorial(size) * factorial(n - size - 1) / factorial(n))::float8 AS share) w
    LEFT JOIN v more ON more.c = j.c AND more.s = (subset.s | (1 << i)) LEFT JOIN v less ON less.c = j.c AND less.s = subset.s
    WHERE subset.s & (1 << i) = 0 GROUP BY j.c, player.node
    UNION ALL SELECT game.c, NULL, count(*), sum(value) FROM game WHERE mask = 0 GROUP BY game.c $$;
CREATE TABLE shared (n int GENERATED ALWAYS AS IDENTITY, atom text, by text, lookback interval, restart boolean);
INSERT INTO shared (atom, by, lookback, restart) VALUES ('sale', 'channel', NULL, true), ('sale', 'channel', '1 month', false), ('.:score>=9:value>50', 'phase', NULL, true), ('[sale|click]@paid', 'event', '3 hours', false);
CREATE TABLE shapley_by_hand AS SELECT n, c, coalesce(node, 'NULL') AS key, credit, value FROM shared JOIN conversion USING (atom), shapley(condition, lookback, by, restart);
CREATE TABLE shapley_found AS SELECT n, c, coalesce(node, 'NULL') AS key, s.* FROM shared, journeys, shapley_attribution(j, atom, lookback, by, restart) WITH ORDINALITY s(node, credit, value, k);
SELECT n, count(DISTINCT key) AS nodes, count(*) > 150 AS many, count(*) FILTER (WHERE NOT near(coalesce(h.credit, 0), coalesce(f.credit, 0))) AS credits_differ,
       count(*) FILTER (WHERE NOT near(coalesce(h.value, 0), coalesce(f.value, 0))) AS values_differ
FROM shapley_by_hand h FULL JOIN shapley_found f USING (n, c, key) GROUP BY n ORDER BY n;
SELECT count(*) AS wrong_order FROM (SELECT *, row_number() OVER (PARTITION BY n, c ORDER BY node COLLATE "C" NULLS LAST) AS place FROM shapley_found) f WHERE k <> place;
-- As published by mta (tests/test_shapley.py): one conversion of a, b, c and d a quarter each; repeats count once.
SELECT string_agg(short(node, credit, value), ', ' ORDER BY k) AS of_four FROM shapley_attribution(sold('a > b > c > d > a > a'), 'sale') WITH ORDINALITY a(node, credit, value, k);
-- Credit without a value, and with one in another conversion of the same node.
SELECT string_agg(short(node, credit, value), ', ' ORDER BY k) AS credits FROM shapley_attribution(made('0:v@b 1:sale 2:v@a 3:v@c 4:sale=4 5:sale=1'), 'sale') WITH ORDINALITY a(node, credit, value, k);

--
-- Removal effects
--

-- Counts of the chain by plain SQL: what leaves a conversion starts anew, and its step to the end is nothing.
CREATE FUNCTION chain(conversion text, by text, until text) RETURNS TABLE (source text, target text, n float8) LANGUAGE sql AS $$
    WITH t AS (SELECT c, t.*, coalesce(event = until, false) AS hit FROM journeys, touchpoints(j) t),
    cut AS (SELECT *, count(*) FILTER (WHERE hit) OVER (PARTITION BY c ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM t),
    nodes AS (SELECT c, ord, CASE WHEN hit OR by = 'event' THEN event WHEN by = 'channel' THEN channel ELSE split_part(event, '/', 1) END AS node FROM cut WHERE before = 0),
    steps AS (SELECT *, lag(node) OVER w AS previous, lead(node) OVER w AS next FROM nodes WHERE node IS NOT NULL WINDOW w AS (PARTITION BY c ORDER BY ord)),
    links AS (SELECT coalesce(previous, '(start)') AS source, node AS target FROM steps UNION ALL SELECT node, '(end)' FROM steps WHERE next IS NULL)
    SELECT CASE source WHEN conversion THEN '(start)' ELSE source END, target, count(*) FROM links WHERE NOT (source = conversion AND target = '(end)') GROUP BY 1, 2 $$;
-- The chance to convert from the start, by power iteration until less than 1e-15 is on its way; `removed` (NULL: none) leads nowhere.
CREATE FUNCTION converts(sources int[], targets int[], shares float8[], n int, conversion int, removed int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    here float8[] := array_fill(0::float8, ARRAY[n]);
    there float8[];
    converted float8 := 0;
    left_over float8 := 1;
BEGIN
    here[1] := 1;   -- the start
    WHILE left_over > 1e-15 LOOP
        there := array_fill(0::float8, ARRAY[n]);
        FOR i IN 1..cardinality(sources) LOOP
            IF targets[i] = conversion THEN
                converted := converted + here[sources[i]] * shares[i];
            ELSIF targets[i] <> 2 AND targets[i] IS DISTINCT FROM removed THEN   -- not the end
                there[targets[i]] := there[targets[i]] + here[sources[i]] * shares[i];
            END IF;
        END LOOP;
        here := there;
        SELECT sum(x) INTO left_over FROM unnest(here) x;
    END LOOP;
    RETURN converted;
END $$;
CREATE FUNCTION removal(conversion text, by text, until text) RETURNS TABLE (node text, removal_effect float8, credit float8) LANGUAGE plpgsql AS $$
DECLARE
    names text[];
    sources int[];
    targets int[];
    shares float8[];
    arrivals float8;
    chance float8;
    place int;
BEGIN
    CREATE TEMP TABLE edge ON COMMIT DROP AS SELECT * FROM chain(conversion, by, until);
    SELECT array_agg(name ORDER BY name <> '(start)', name <> '(end)', name COLLATE "C") INTO names
    FROM (SELECT source FROM edge UNION SELECT target FROM edge UNION SELECT '(end)') x(name);
    SELECT array_agg(array_position(names, source)), array_agg(array_position(names, target)), array_agg(n / total), sum(n) FILTER (WHERE target = conversion)
    INTO sources, targets, shares, arrivals FROM (SELECT *, sum(n) OVER (PARTITION BY source) AS total FROM edge) e;
    DROP TABLE edge;
    place := array_position(names, conversion);
    chance := converts(sources, targets, shares, cardinality(names), place, NULL);
    RETURN QUERY
        SELECT e.name, e.effect, arrivals * e.effect / nullif(sum(e.effect) OVER (), 0)
        FROM (SELECT name, 1 - converts(sources, targets, shares, cardinality(names), place, i::int) / chance AS effect
              FROM unnest(names) WITH ORDINALITY u(name, i) WHERE i > 2 AND i <> place) e ORDER BY e.name COLLATE "C";
END $$;
-- With the chain absorbed at sale (until) or not; other nodes that count as the conversion.
CREATE TABLE chained (n int GENERATED ALWAYS AS IDENTITY, conversion text, by text, until text);
INSERT INTO chained (conversion, by, until) VALUES ('sale', 'event', NULL), ('sale', 'event', 'sale'), ('sale', 'channel', 'sale'), ('sale', 'phase', 'sale'), ('paid', 'channel', NULL), ('visit', 'phase', NULL), ('open/mail', 'event', 'sale');
CREATE TABLE removed_by_hand AS SELECT n, r.* FROM chained, removal(conversion, by, until) WITH ORDINALITY r(node, removal_effect, credit, k);
CREATE TABLE removed AS
SELECT n, r.* FROM chained, LATERAL (SELECT transition_agg(j, by, until) AS tm FROM journeys) t, markov_attribution(tm, conversion) WITH ORDINALITY r(node, removal_effect, credit, k);
SELECT conversion, by, until, count(*) AS nodes, count(*) FILTER (WHERE m.node IS DISTINCT FROM r.node) AS nodes_differ, count(*) FILTER (WHERE abs(m.removal_effect - r.removal_effect) < 1e-10) AS effects_agree,
       count(*) FILTER (WHERE abs(m.credit - r.credit) < 1e-8) AS credits_agree, abs(sum(m.credit) - (SELECT sum(links.n) FROM chain(conversion, by, until) links WHERE target = conversion)) < 1e-9 AS credits_sum,
       max(m.removal_effect) < 1 AND min(m.removal_effect) > 0.001 AS between
FROM chained JOIN (removed m FULL JOIN removed_by_hand r USING (n, k)) USING (n) GROUP BY n, conversion, by, until ORDER BY n;

-- Removal effects and credits of some paths of channels; a path that ends with - sells nothing.
CREATE FUNCTION of_paths(paths text[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(short(node, removal_effect, credit), ', ' ORDER BY k)
    FROM (SELECT transition_agg(sold(rtrim(p, ' -'), p NOT LIKE '%-'), 'channel', 'sale') AS tm FROM unnest($1) p) x, markov_attribution(tm, 'sale') WITH ORDINALITY m(node, removal_effect, credit, k) $$;
-- ChannelAttribution's vignette: A 1.991106, B 1.008894 there from 10,000 simulated paths; exact effects 1 and 0.5, credits 2 and 1.
SELECT of_paths('{A > B > A > B > B > A,A > B > B > A > A,A > A}');
-- As Bryl published it (analyzecore.com, Markov chains concept): C1 0.2, C2 0.4, C3 0.4 of the sales; effects 0.5, 1, 1.
SELECT of_paths('{C1 > C2 > C3,C1 -,C2 > C3 -}');
-- By hand: a and b serve alike; c leads nowhere, d is seen after all sales only, x before nothing.
SELECT of_paths('{a,b,a -,b -,c -}');
-- All sales straight from the start: no effect, no credit.
SELECT m.* FROM (SELECT transition_agg(j, 'event', NULL) AS tm FROM unnest(ARRAY[made('0:sale 1:a'), made('0:sale'), made('0:b'), made('0:sale 1:sale')]) j) x, markov_attribution(tm, 'sale') m;
-- The first sale of each starts anew: b comes before the second one.
SELECT m.* FROM (SELECT transition_agg(made('0:a 1:sale 2:b 3:sale'), 'event', NULL) AS tm) x, markov_attribution(tm, 'sale') m;
SELECT m.* FROM (SELECT transition_agg(made('0:a 1:sale 2:b 3:sale'), 'event', 'sale') AS tm) x, markov_attribution(tm, 'sale') m;
SELECT m.* FROM (SELECT transition_agg(made('0:a 1:sale 2:b 3:sale'), 'event', 'sale', true) AS tm) x, markov_attribution(tm, 'sale') m;
-- Sales, but nothing else: no rows.
SELECT m.* FROM (SELECT transition_agg(made('0:sale 1:sale')) AS tm) x, markov_attribution(tm, 'sale') m;
-- No such node: a warning, and no rows. Start and end are no names.
SELECT m.* FROM (SELECT transition_agg(made('0:a 1:b')) AS tm) x, markov_attribution(tm, 'sale') m;
SELECT m.* FROM (SELECT transition_agg(made('0:a 1:b')) AS tm) x, markov_attribution(tm, '(start)') m;
SELECT m.* FROM (SELECT transition_agg(made('0:a 1:(start) 2:(end) 3:(start)')) AS tm) x, markov_attribution(tm, '(start)') m;
-- A chance that is small, and one of a long way: a walk that returns to the start of its way ten times of eleven.
SELECT node, round(removal_effect::numeric, 9) AS removal_effect, round(credit::numeric, 9) AS credit
FROM (SELECT transition_agg(made('0:a' || (SELECT string_agg(format(' %s:b %s:a', 2 * n + 1, 2 * n + 2), '') FROM generate_series(0, 9) n) || ' 98:b 99:sale'), 'event', 'sale') AS tm) x, markov_attribution(tm, 'sale');
-- 300 nodes in a row, each the only way: every effect is 1.
SELECT count(*) AS nodes, min(abs(removal_effect - 1)) < 1e-12 AS least, max(abs(removal_effect - 1)) < 1e-12 AS most, abs(sum(credit) - 1) < 1e-12 AS one_sale
FROM (SELECT transition_agg(j) AS tm FROM (SELECT journey_agg(hour(n), CASE WHEN n <= 300 THEN 'n' || n ELSE 'sale' END) AS j FROM generate_series(1, 301) n) y) x, markov_attribution(tm, 'sale');
-- More than 2,000 nodes that lead to it are too many; those that do not are none.
SELECT error_of($$SELECT count(*) FROM (SELECT transition_agg(j) AS tm FROM (SELECT journey_agg(hour(n), CASE WHEN n <= 2001 THEN 'n' || n ELSE 'sale' END) AS j FROM generate_series(1, 2002) n) y) x, markov_attribution(tm, 'sale')$$);
SELECT count(*) AS nodes, sum(removal_effect) AS effects, max(node) FILTER (WHERE credit = 1) AS credit
FROM (SELECT transition_agg(j) AS tm FROM (SELECT journey_agg(hour(n), 'n' || n) AS j FROM generate_series(1, 2500) n UNION ALL SELECT made('0:a 1:sale')) y) x, markov_attribution(tm, 'sale');

--
-- Cost of a customer by channel
--

-- Spend by channel; credits by channel of all journeys, in one query. What no channel brought has no spend.
CREATE TABLE spend (channel text PRIMARY KEY, spent float8);
INSERT INTO spend VALUES ('email', 50), ('paid', 900), ('paid/search', 700), ('radio', 400);
CREATE TABLE cac AS
SELECT coalesce(channel, node) AS channel, spent, credit, spent / credit AS cac
FROM (SELECT node, sum(credit) AS credit FROM journeys, attribution(j, 'sale', 'linear', '30 days') GROUP BY node) a FULL JOIN spend ON channel = node;
-- Against the weights by hand; radio brought nothing.
SELECT cac.channel, spent, near(credit, h.weight) AS credit_as_by_hand, near(cac, spent / h.weight) AS cac_as_by_hand, cac IS NULL AS no_cac
FROM cac LEFT JOIN (SELECT node, sum(weight) AS weight FROM weights($$event = 'sale'$$, '30 days', '7 days', '{direct}', 'channel', 0.4, 0.4, true) WHERE model = 'linear' GROUP BY node) h ON coalesce(h.node, '') = coalesce(cac.channel, '')
ORDER BY cac.channel COLLATE "C";

SET client_min_messages = error;
DROP SCHEMA test_journey_attribution CASCADE;
