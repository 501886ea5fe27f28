-- Paths: journey_path and journey_links.
--
-- The second source is plain SQL over touchpoints(j): the whole way by window functions, cut afterwards.

CREATE SCHEMA test_journey_path;
SET search_path = test_journey_path, public;
SET timezone = 'UTC';
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
    RETURN concat_ws(E'\n', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END $$;

-- 'home search@web - cart': a touchpoint a minute, in this order; - is a minute without one, = the minute of the one before.
CREATE FUNCTION journey_of(touches text) RETURNS journey LANGUAGE sql AS $$
    SELECT journey_agg('2024-03-01Z'::timestamptz + minute * interval '1 minute', split_part(ltrim(touch, '='), '@', 1), nullif(split_part(touch, '@', 2), ''))
    FROM (SELECT touch, count(*) FILTER (WHERE touch NOT LIKE '=%') OVER (ORDER BY n) AS minute
          FROM string_to_table(touches, ' ') WITH ORDINALITY t(touch, n)) t
    WHERE touch <> '-'
$$;

--
-- By hand
--

CREATE TABLE visit AS SELECT journey_of('home@web search@web search@web product@web cart@web help@phone/billing help@phone/delivery cart pay@app') AS j;

-- The first ones; all of them; repeats once; the whole names of the channels, the touchpoint without one is passed over.
SELECT journey_path(j, 3) AS first, journey_path(j, 100) AS all, journey_path(j, 100, collapse => true) AS collapsed, journey_path(j, 100, by => 'channel', collapse => true) AS channels FROM visit;
-- From, to, both.
SELECT journey_path(j, 3, 'search') AS from, journey_path(j, 3, NULL, 'cart') AS to, journey_path(j, 5, 'search', 'cart') AS both, journey_path(j, 2, NULL, 'cart', true) AS collapsed FROM visit;
-- 'search' to 'pay' are eight nodes: with 3 places 1 first and 1 last, with 4 2 and 1, with 5 2 and 2, with 7 3 and 3, with 8 all.
SELECT length, journey_path(j, length, 'search', 'pay') AS path FROM visit, unnest(ARRAY[3, 4, 5, 6, 7, 8]) length;
-- Collapsed they are six: search product cart help cart pay.
SELECT length, journey_path(j, length, 'search', 'pay', true) AS path FROM visit, unnest(ARRAY[3, 4, 5, 6]) length;
-- From the first cart on, the first cart is itself the end; the atoms are those of patterns.
SELECT journey_path(j, 5, 'cart', 'cart') AS one, journey_path(j, 5, 'cart@web', 'pay') AS five, journey_path(j, 5, '.@phone/*', '[pay|return]') AS four, journey_path(j, 5, 'help@phone/delivery', 'pay', by => 'channel') AS channels FROM visit;
-- No such anchor; no end after the start; no channel on the way.
SELECT journey_path(j, 5, 'missing') AS a, journey_path(j, 5, NULL, 'missing') AS b, journey_path(j, 5, 'missing', 'pay') AS c, journey_path(j, 5, 'pay', 'home') AS d, journey_path(j, 5, 'missing/*') AS e FROM visit;
SELECT journey_path(journey_of('a b c@web'), 5, 'a', 'b', by => 'channel') AS none, journey_path(journey_of('a b'), 5, by => 'channel') AS none_at_all, journey_path(journey_of('a b c@web'), 5, 'b', 'c', by => 'channel') AS one;
-- What is passed over makes neighbours: web, (none), web is one.
SELECT journey_path(journey_of('a@web b c@web d@app'), 5, collapse => true, by => 'channel') AS collapsed, journey_path(journey_of('a@web b c@web d@app'), 5, by => 'channel') AS not_collapsed;

-- Phases: 'a/c' stands behind 'a-b' in bytewise order, but below 'a'.
SELECT journey_path(journey_of('a-b a/c a a/d/e a-b/x /y z/'), 9, by => 'phase') AS phases, journey_path(journey_of('a-b a/c a a/d/e a-b/x /y z/'), 9, by => 'phase', collapse => true) AS collapsed, journey_path(journey_of('a-b a/c a a/d/e a-b/x'), 3, 'a/*', '''a-b''/*', by => 'phase') AS from_to;

-- Empty, one touchpoint, ties: events of the same instant in bytewise order, then by channel, no channel first.
SELECT journey_path('[]'::journey, 5) AS empty, journey_path(journey_of('a'), 5) AS one, journey_path(journey_of('a'), 5, 'a', 'a') AS both, journey_path(journey_of('z =b =ä =a/x =B'), 9) AS ties, journey_path(journey_of('a@web =a@app =a'), 9, by => 'channel') AS channels;
SELECT journey_path(j, 1) AS one, journey_path(j, 1, 'help') AS from, journey_path(j, 1, NULL, 'help') AS to, array_length(journey_path(j, 2147483647), 1) AS longest FROM visit;
-- Names with signs, an empty one, one that looks like what is left out.
SELECT journey_path(journey_agg('2024-03-01Z'::timestamptz + n * interval '1 s', event), 9) FROM unnest('{"ER Registration", "", ..., "a,b", "NULL", "{x}", "\"q\""}'::text[]) WITH ORDINALITY t(event, n);
-- Arrays like any other: bounds, equality, order.
SELECT array_lower(p, 1) AS lower, array_dims(p) AS dims, p = ARRAY['home', 'search'] AS same, p[2] AS second, p || 'x'::text AS longer FROM visit, journey_path(j, 2) p;

--
-- Links
--

SELECT l.* FROM visit, journey_links(j, 4) l;
SELECT l.* FROM visit, journey_links(j, 5, 'search', 'pay') l;
SELECT l.* FROM visit, journey_links(j, 3, NULL, 'pay', true) l;
SELECT l.* FROM visit, journey_links(j, 9, by => 'channel', collapse => true) l;
-- None: a path of one element, no path, nothing in it.
SELECT l.* FROM visit, journey_links(j, 1) l UNION ALL SELECT l.* FROM visit, journey_links(j, 5, 'cart', 'cart') l UNION ALL SELECT l.* FROM visit, journey_links(j, 5, 'missing') l
UNION ALL SELECT l.* FROM journey_links('[]', 5) l;

--
-- NULL
--

SELECT journey_path(NULL, 5) AS j, journey_path(j, NULL) AS length, journey_path(j, 5, collapse => NULL) AS collapse, journey_path(j, 5, by => NULL) AS by, journey_path(j, 2, NULL, NULL) AS anchors FROM visit;
SELECT (SELECT count(*) FROM journey_links(NULL, 5)) AS j, (SELECT count(*) FROM journey_links(j, NULL)) AS length, (SELECT count(*) FROM journey_links(j, 5, collapse => NULL)) AS collapse,
       (SELECT count(*) FROM journey_links(j, 5, by => NULL)) AS by, (SELECT count(*) FROM journey_links(j, 3, NULL, NULL)) AS anchors FROM visit;

--
-- Errors
--

SELECT error_of('SELECT journey_path(j, 0) FROM visit');
SELECT error_of('SELECT journey_path(j, -2147483648, ''cart'') FROM visit');
SELECT error_of('SELECT journey_path(j, 2, ''search'', ''pay'') FROM visit');
SELECT error_of('SELECT journey_path(j, 5, by => ''device'') FROM visit');
SELECT error_of('SELECT journey_path(j, 5, ''ER Registration'') FROM visit');
SELECT error_of('SELECT journey_path(j, 5, NULL, '''') FROM visit');
SELECT error_of('SELECT journey_path(j, 5, ''a -> b'') FROM visit');
SELECT error_of('SELECT * FROM visit, journey_links(j, 0)');
SELECT error_of('SELECT * FROM visit, journey_links(j, 2, ''search'', ''pay'')');
SELECT error_of('SELECT * FROM visit, journey_links(j, 5, ending => ''cart:score<'')');
-- An argument is wrong for an empty journey too.
SELECT error_of('SELECT journey_path(''[]'', 5, ''a b'')');

--
-- Against plain SQL: 150 customers
--

CREATE TABLE journeys AS
SELECT c, journey_agg('2024-01-31Z'::timestamptz + (h % 16) * interval '10 minutes',
                      (ARRAY['home', 'cart', 'pay', 'a', 'a-b', 'a/c', 'a/d', 'help'])[1 + h / 16 % (2 + c % 7)],
                      CASE WHEN h / 8192 % 4 > 0 THEN (ARRAY['phone', 'phone/billing', 'web', 'app'])[1 + h / 32768 % 4] END) AS j
FROM generate_series(1, 150) c, generate_series(1, 30) n, LATERAL (SELECT hashint4(c * 500 + n) & 16777215 AS h) x
WHERE n <= 1 + c * 7 % 30 GROUP BY c;
SELECT count(*) AS journeys, sum(length(j)) AS touchpoints FROM journeys;

-- Top paths and links of the first five.
WITH ours AS (SELECT journey_path(j, 5) AS path, count(*) AS n FROM journeys GROUP BY 1),
     theirs AS (SELECT path, count(*) AS n
                FROM (SELECT array_agg(event ORDER BY ord) AS path FROM journeys, touchpoints(j) WHERE ord <= 5 GROUP BY c) x GROUP BY 1)
SELECT count(*) AS paths, count(*) FILTER (WHERE ours.n = theirs.n) AS same, max(ours.n) AS most FROM ours FULL JOIN theirs USING (path);
WITH ours AS (SELECT step, source, target, count(*) AS n FROM journeys, journey_links(j, 5) GROUP BY 1, 2, 3),
     theirs AS (SELECT ord AS step, source, target, count(*) AS n
                FROM (SELECT ord, event AS source, lead(event) OVER (PARTITION BY c ORDER BY ord) AS target FROM journeys, touchpoints(j)) x
                WHERE ord < 5 AND target IS NOT NULL GROUP BY 1, 2, 3)
SELECT count(*) AS links, count(*) FILTER (WHERE ours.n = theirs.n) AS same, max(ours.n) AS most FROM ours FULL JOIN theirs USING (step, source, target);

-- Every argument: the definition in windows over the touchpoints, for anchors that are names.
CREATE FUNCTION defined_path(j journey, length int, starting text, ending text, collapse boolean, by text) RETURNS text[] LANGUAGE sql AS $$
    WITH touch AS (SELECT ord, event, CASE by WHEN 'event' THEN event WHEN 'channel' THEN channel ELSE split_part(event, '/', 1) END AS node FROM touchpoints(j)),
         start AS (SELECT min(ord) AS ord FROM touch WHERE starting IS NULL OR event = starting),
         stop AS (SELECT CASE WHEN ending IS NULL THEN max(t.ord) ELSE min(t.ord) FILTER (WHERE event = ending) END AS ord FROM touch t, start WHERE t.ord >= start.ord),
         way AS (SELECT t.ord, node, lag(node) OVER (ORDER BY t.ord) AS before FROM touch t, start, stop WHERE t.ord BETWEEN start.ord AND stop.ord AND node IS NOT NULL),
         nodes AS (SELECT node, row_number() OVER (ORDER BY ord) AS place, count(*) OVER () AS total FROM way WHERE NOT collapse OR node IS DISTINCT FROM before),
         kept AS (SELECT place, node FROM nodes
                  WHERE total <= length
                     OR CASE WHEN ending IS NULL THEN place <= length
                             WHEN starting IS NULL THEN place > total - length
                             ELSE place <= (length - 1) - (length - 1) / 2 OR place > total - (length - 1) / 2 END
                  UNION ALL
                  SELECT (length - 1) - (length - 1) / 2 + 0.5, '...' FROM nodes WHERE place = 1 AND total > length AND starting IS NOT NULL AND ending IS NOT NULL)
    SELECT array_agg(node ORDER BY place) FROM kept
$$;
CREATE TABLE asked AS
SELECT c, j, length, starting, ending, collapse, by
FROM journeys, unnest(ARRAY[1, 2, 3, 4, 6, 40]) length, unnest(ARRAY[NULL, 'cart', 'a']) starting, unnest(ARRAY[NULL, 'pay', 'a/c', 'cart']) ending, unnest(ARRAY[false, true]) collapse, unnest(ARRAY['event', 'channel', 'phase']) by
WHERE c % 5 = 0 AND (length >= 3 OR starting IS NULL OR ending IS NULL);
CREATE TABLE answered AS
SELECT *, journey_path(j, length, starting, ending, collapse, by) AS ours, defined_path(j, length, starting, ending, collapse, by) AS theirs FROM asked;
SELECT count(*) AS asked, count(ours) AS found, count(*) FILTER (WHERE '...' = ANY(ours)) AS left_out, count(*) FILTER (WHERE ours IS DISTINCT FROM theirs) AS wrong FROM answered;
-- Links are the neighbours on the path, whatever the arguments.
SELECT count(*) AS paths, sum(cardinality(l)) AS links, count(*) FILTER (WHERE l IS DISTINCT FROM n) AS wrong
FROM (SELECT (SELECT array_agg((step, source, target)::text ORDER BY step) FROM journey_links(j, length, starting, ending, collapse, by)) AS l,
             (SELECT array_agg((i, ours[i], ours[i + 1])::text ORDER BY i) FROM generate_series(1, cardinality(ours) - 1) i) AS n
      FROM answered) x;

-- A toasted journey of many names and touchpoints.
CREATE TABLE long AS SELECT journey_agg('2024-01-01Z'::timestamptz + n * interval '1 s', 'event' || n % 1000, 'c' || n % 300) AS j FROM generate_series(1, 100000) n;
SELECT journey_path(j, 3) AS first, journey_path(j, 3, 'event7', 'event3') AS both, journey_path(j, 3, ending => 'event0', by => 'channel') AS channels, cardinality(journey_path(j, 2147483647)) AS all,
       cardinality(journey_path(j, 50000, 'event1', 'missing')) AS none FROM long;
SELECT max(step) AS steps FROM long, journey_links(j, 2147483647);

-- Anchors from the rows: they change from call to call.
SELECT a, b, journey_path(j, 4, a, b) FROM visit, unnest(ARRAY['home', 'search', NULL, 'cart', 'cart', NULL], ARRAY['cart', 'cart', 'cart', 'cart', NULL, NULL]) WITH ORDINALITY t(a, b, n) ORDER BY n;

-- For indexes and parallel workers.
SELECT provolatile, proparallel, proisstrict FROM pg_proc WHERE proname IN ('journey_path', 'journey_links');

DROP SCHEMA test_journey_path CASCADE;
