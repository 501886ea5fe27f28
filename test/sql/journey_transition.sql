-- transition_agg, rollup(transition_matrix) and transitions.
--
-- The second sources: examples derived by hand; lead() over the rows of random journeys full of ties, with counts,
-- shares and quantiles of PostgreSQL; Wilson's formula. Attribution by a matrix is tested in journey_attribution.

CREATE SCHEMA test_journey_transition;
SET search_path = test_journey_transition, public;
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

-- A journey in short: hour:event@channel=score.
CREATE FUNCTION hour(float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2024-01-01Z' + $1 * interval '1 hour' $$;
CREATE FUNCTION made(touchpoints text) RETURNS journey LANGUAGE sql AS $$
    SELECT coalesce(journey_agg(hour(m[1]::float8), m[2], m[3], NULL, m[4]::int), '[]')
    FROM regexp_matches($1, '([0-9.]+):([^ @=]*)(?:@([^ =]+))?(?:=([0-9-]+))?', 'g') m $$;
-- Transitions in short: source>target times(journeys), in the order they come.
CREATE FUNCTION short(tm transition_matrix) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s>%s %s(%s)', source, target, transitions, journeys), ', ' ORDER BY k) FROM transitions($1) WITH ORDINALITY t(source, target, transitions, journeys, share, lo, hi, median_seconds, k) $$;

--
-- By hand
--

CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, js text[], by text DEFAULT 'event', until text, restart boolean DEFAULT false, expected text, why text);
INSERT INTO example (js, expected, why) VALUES
    ('{0:a 1:b 2:a}', '(start)>a 1(1), a>b 1(1), a>(end) 1(1), b>a 1(1)', 'start first, end last'),
    ('{0:a}', '(start)>a 1(1), a>(end) 1(1)', 'one touchpoint'),
    ('{0:a 0:a 0:a}', '(start)>a 1(1), a>a 2(1), a>(end) 1(1)', 'to itself'),
    ('{0:b 0:a}', '(start)>a 1(1), a>b 1(1), b>(end) 1(1)', 'ties in the one total order'),
    ('{0:a 1:b,0:a 1:b 2:a 3:b,""}', '(start)>a 2(2), a>b 3(2), b>a 1(1), b>(end) 2(2)', 'a journey counts once; an empty one is none'),
    ('{0:é 1:b 2:B}', '(start)>é 1(1), B>(end) 1(1), b>B 1(1), é>b 1(1)', 'bytewise order'),
    ('{0: 1:a}', '(start)> 1(1), >a 1(1), a>(end) 1(1)', 'an event without a name'),
    ('{0:(start) 1:(end) 2:(start)}', '(start)>(start) 1(1), (end)>(start) 1(1), (start)>(end) 1(1), (start)>(end) 1(1)', 'events of these names are others: (end) and (start) in bytewise order');
INSERT INTO example (js, by, until, restart, expected, why) VALUES
    ('{0:x@a 1:x 2:x@b}', 'channel', NULL, false, '(start)>a 1(1), a>b 1(1), b>(end) 1(1)', 'without a channel is passed over'),
    ('{0:x 1:x@a 2:x,0:x 1:x}', 'channel', NULL, false, '(start)>a 1(1), a>(end) 1(1)', 'at the ends too'),
    ('{0:x@p/1 1:x@p/2}', 'channel', NULL, false, '(start)>p/1 1(1), p/1>p/2 1(1), p/2>(end) 1(1)', 'channels are whole names'),
    ('{0:x/1 1:x-2 2:x/3 3:y}', 'phase', NULL, false, '(start)>x 1(1), x>x-2 1(1), x>y 1(1), x-2>x 1(1), y>(end) 1(1)', 'phases'),
    ('{0:a 1:sale 2:b 3:sale 4:c}', 'event', 'sale', false, '(start)>a 1(1), a>sale 1(1), sale>(end) 1(1)', 'cut at the first'),
    ('{0:a 1:sale 2:b 3:sale 4:c}', 'event', 'sale', true, '(start)>a 1(1), (start)>b 1(1), (start)>c 1(1), a>sale 1(1), b>sale 1(1), c>(end) 1(1), sale>(end) 2(1)', 'and begun anew; sale>end twice in one journey'),
    ('{0:a 1:sale 2:sale}', 'event', 'sale', true, '(start)>a 1(1), (start)>sale 1(1), a>sale 1(1), sale>(end) 2(1)', 'a path of one; none after the last'),
    ('{0:x@web 1:x@email 2:purchase 3:x@web}', 'channel', 'purchase', false, '(start)>web 1(1), email>purchase 1(1), purchase>(end) 1(1), web>email 1(1)', 'by channel the last node is the event'),
    ('{0:x@web 1:purchase@web 2:x}', 'channel', 'purchase', true, '(start)>web 1(1), purchase>(end) 1(1), web>purchase 1(1)', 'whatever its channel; a path of no node is none'),
    ('{0:sale/big@web 1:x@web}', 'phase', 'sale/*', false, '(start)>sale/big 1(1), sale/big>(end) 1(1)', 'by phase the last node is the whole event'),
    ('{0:a@web 1:b@web 2:c}', 'channel', 'c', false, '(start)>web 1(1), c>(end) 1(1), web>c 1(1), web>web 1(1)', 'a node without a channel'),
    ('{0:a 1:b@web=3 2:c,0:a 1:b@web=7 2:c}', 'event', '.@web:score<5', false, '(start)>a 2(2), a>b 2(2), b>c 1(1), b>(end) 1(1), c>(end) 1(1)', 'any atom'),
    ('{0:a 1:b}', 'event', 'x', true, '(start)>a 1(1), a>b 1(1), b>(end) 1(1)', 'that passes nothing'),
    ('{0:a@x 1:x 2:a@y}', 'channel', 'x', false, '(start)>x 1(1), x>x 1(1), x>(end) 1(1)', 'a channel and the event that ends a path of one name are one node');
-- Otherwise than derived by hand: none.
SELECT count(*) AS examples FROM example;
SELECT n, js, by, until, restart, expected, short(tm) AS found FROM example, LATERAL (SELECT transition_agg(made(j), by, until, restart) AS tm FROM unnest(js) j) x
WHERE short(tm) IS DISTINCT FROM expected OR NOT restart AND tm IS DISTINCT FROM (SELECT transition_agg(made(j), by, until) FROM unnest(js) j) ORDER BY n;
-- Everything there is, once: two hours and four hours; the middle one of three is 2 (percentile_disc), of two the first.
SELECT source, target, transitions, journeys, share, round(lo::numeric, 6) AS lo, round(hi::numeric, 6) AS hi, round(median_seconds::numeric / 3600, 1) AS median_hours
FROM (SELECT transition_agg(made(j)) AS tm FROM unnest('{0:a 2:b 6:c,0:a 4:b,0:a 2:b 2:c,5:a 5:a}'::text[]) j) x, transitions(tm);

-- What is left out, and NULL for it.
SELECT transition_agg(j) = transition_agg(j, 'event', NULL) AS three, transition_agg(j) = transition_agg(j, 'event', NULL, false) AS four, transition_agg(j) = transition_agg(j, NULL, NULL) AS nulls, transition_agg(j) = transition_agg(j, NULL, NULL, NULL) AS all_null
FROM made('0:a 1:b 2:a') j;
SELECT transition_agg(NULL) AS journey, transition_agg('[]') AS empty, transition_agg(made('0:a 1:b'), 'channel', NULL) AS no_channel, transition_agg(NULL, 'phase', 'a', true) AS four, rollup(NULL::transition_matrix) AS rollup FROM generate_series(1, 2);
SELECT transition_agg('[]'::journey) AS no_rows, rollup(NULL::transition_matrix) AS rollup FROM generate_series(1, 0);
SELECT short(transition_agg(j)) AS of_one FROM (VALUES (NULL::journey), (made('0:a 1:b')), ('[]'), (NULL)) v(j);
SELECT count(*) FROM transitions(NULL);
SELECT count(*) FROM (SELECT transition_agg(made('0:a')) AS tm) x, transitions(tm, NULL);

--
-- Arguments
--

SELECT call, error_of('SELECT ' || call) FROM unnest(ARRAY[
    $$transition_agg('[]', 'team', NULL)$$, $$transition_agg('[]', '', NULL)$$, $$transition_agg('[]', 'event', 'a ~> b')$$, $$transition_agg('[]', 'event', '')$$, $$transition_agg('[]', 'event', 'a+', true)$$,
    $$transitions(transition_agg(made('0:a')), 0)$$, $$transitions(transition_agg(made('0:a')), 1)$$, $$transitions(transition_agg(made('0:a')), 'NaN')$$, $$transitions('{}')$$]) WITH ORDINALITY u(call, n) ORDER BY n;
-- The definition may not change from row to row, and summaries of others do not merge.
SELECT error_of($$SELECT transition_agg(made('0:a@b'), by, until, restart) FROM (VALUES ('event', 'x', true), $$ || other || $$) v(by, until, restart)$$)
FROM unnest(ARRAY[$$('phase', 'x', true)$$, $$('event', 'y', true)$$, $$('event', NULL, true)$$, $$('event', 'x', false)$$, $$('event', '[x]', true)$$]) other;
SELECT error_of($$SELECT rollup(tm) FROM (SELECT transition_agg(made('0:a@b'), by, until, restart) AS tm FROM (VALUES ('event', 'x', true), $$ || other || $$) v(by, until, restart) GROUP BY by, until, restart) x$$)
FROM unnest(ARRAY[$$('phase', 'x', true)$$, $$('channel', 'x', true)$$, $$('event', 'y', true)$$, $$('event', NULL, true)$$, $$('event', 'x', false)$$]) other;

--
-- Random journeys
--

\set seed 0.17
\echo seed :seed
SELECT setseed(:seed);
-- 400 journeys of up to 20 touchpoints over ten days by the minute, the hour or the day, many at once; seven events in four phases, three channels, every third touchpoint without one.
CREATE TABLE journeys AS
SELECT c, c % 10 AS day, journey_agg(timestamptz '2024-02-20Z' + floor(random() * 864000 / unit) * unit * interval '1 second', (ARRAY['a', 'a', 'b/1', 'b/2', 'c', 'b-1', 'buy', 'é'])[1 + floor(random() * 8)],
                      (ARRAY['web', 'phone/billing', 'phone', NULL, NULL])[1 + floor(random() * 5)], NULL, floor(random() * 11)::int) AS j
FROM generate_series(1, 420) c, generate_series(1, 20) i, LATERAL (SELECT (ARRAY[60, 3600, 86400])[1 + c % 3] AS unit) u WHERE i <= c % 21 GROUP BY c;
INSERT INTO journeys VALUES (0, 0, '[]'), (-1, 0, NULL);
CREATE TABLE touch AS SELECT c, t.* FROM journeys, touchpoints(j) t;
ANALYZE touch;
CREATE TABLE definition (n int GENERATED ALWAYS AS IDENTITY, by text, until text, restart boolean, condition text);
INSERT INTO definition (by, until, restart, condition)
SELECT by, until, restart, condition FROM unnest('{event,channel,phase}'::text[]) by, unnest('{f,t}'::boolean[]) restart,
     (VALUES (NULL, 'false'), ('buy', $$event = 'buy'$$), ('.@phone/*:score>=5', $$channel = 'phone/billing' AND score >= 5$$), ('[^a|b/1|b/2|b-1]', $$event NOT IN ('a', 'b/1', 'b/2', 'b-1')$$)) u(until, condition);

-- Each step of each path: from its start (no previous node) to its end (no next one).
CREATE FUNCTION steps(by text, condition text, restart boolean) RETURNS TABLE (c int, source text, target text, seconds float8) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        WITH t AS (SELECT *, (%s) IS TRUE AS ends, CASE $1 WHEN 'event' THEN event WHEN 'channel' THEN channel ELSE split_part(event, '/', 1) END AS node FROM touch),
        paths AS (SELECT *, count(*) FILTER (WHERE ends) OVER (PARTITION BY t.c ORDER BY ord ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS path FROM t),
        nodes AS (SELECT paths.c, path, ord, at, CASE WHEN ends THEN event ELSE node END AS node FROM paths WHERE path = 0 OR $2),
        steps AS (SELECT *, lead(nodes.node) OVER w AS next, lead(at) OVER w - at AS spent, row_number() OVER w AS k FROM nodes WHERE nodes.node IS NOT NULL WINDOW w AS (PARTITION BY nodes.c, path ORDER BY ord))
        SELECT steps.c, '(start)', steps.node, NULL::float8 FROM steps WHERE k = 1
        UNION ALL SELECT steps.c, steps.node, coalesce(next, '(end)'), extract(epoch FROM spent)::float8 FROM steps$q$, condition) USING by, restart;
END $$;
CREATE TABLE by_hand AS
SELECT n, source, target, count(*) AS transitions, count(DISTINCT c) AS journeys, count(*)::float8 / sum(count(*)) OVER (PARTITION BY n, source)::float8 AS share, sum(count(*)) OVER (PARTITION BY n, source)::float8 AS out_of_source,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) AS median
FROM definition, steps(by, condition, restart) GROUP BY n, source, target;
CREATE TABLE summary AS SELECT n, transition_agg(j, by, until, restart) AS tm FROM definition, journeys GROUP BY n;
SELECT count(*) AS summaries, count(DISTINCT tm) AS different FROM summary;
-- With a middle time within 2.2 percent; no time from the start or to the end.
SELECT count(*) > 800 AS many, count(*) FILTER (WHERE (h.transitions, h.journeys) IS DISTINCT FROM (t.transitions, t.journeys)) AS counts_differ, count(*) FILTER (WHERE h.share IS DISTINCT FROM t.share) AS shares_differ,
       count(*) FILTER (WHERE (h.median IS NULL) <> (t.median_seconds IS NULL) OR abs(h.median - t.median_seconds) > 0.022 * h.median) AS medians_differ,
       count(*) FILTER (WHERE (t.median_seconds IS NULL) <> (t.source = '(start)' OR t.target = '(end)')) AS times_where_none_are,
       count(*) FILTER (WHERE h.journeys < h.transitions) > 200 AS some_twice_in_a_journey, count(*) FILTER (WHERE h.median = 0) > 0 AS some_at_once
FROM by_hand h FULL JOIN (SELECT n, t.* FROM summary, transitions(tm) t) t USING (n, source, target);
SELECT count(*) AS wrong_order FROM (SELECT k, row_number() OVER (PARTITION BY n ORDER BY source <> '(start)', source COLLATE "C", target = '(end)', target COLLATE "C") AS place
    FROM summary, transitions(tm) WITH ORDINALITY t(source, target, transitions, journeys, share, lo, hi, median_seconds, k)) x WHERE k <> place;
-- Wilson's interval: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), z of 90, 95 and 99 %.
SELECT confidence, count(*) > 800 AS many, count(*) FILTER (WHERE abs(t.lo - (share + z * z / (2 * m) - z * sqrt(share * (1 - share) / m + z * z / (4 * m * m))) / (1 + z * z / m)) > 1e-12) AS lo_differ,
       count(*) FILTER (WHERE abs(t.hi - (share + z * z / (2 * m) + z * sqrt(share * (1 - share) / m + z * z / (4 * m * m))) / (1 + z * z / m)) > 1e-12) AS hi_differ
FROM (VALUES (0.90::float8, 1.6448536269514722::float8), (0.95, 1.9599639845400545), (0.99, 2.5758293035489004)) v(confidence, z), summary, transitions(tm, confidence) t,
     LATERAL (SELECT out_of_source AS m FROM by_hand h WHERE (h.n, h.source, h.target) = (summary.n, t.source, t.target)) x
GROUP BY confidence ORDER BY confidence;
SELECT count(*) > 800 AS many, bool_and(a = b) AS the_default_is_95 FROM summary, transitions(tm) a JOIN transitions(tm, 0.95) b USING (source, target);
-- And by the survey wing: a share is a rate.
SELECT count(*) > 800 AS many, bool_and(abs(t.lo - ci.lo) < 1e-12 AND abs(t.hi - ci.hi) < 1e-12) AS as_prop_ci FROM summary, transitions(tm) t JOIN by_hand h USING (source, target), prop_ci(h.transitions, h.out_of_source::bigint) ci WHERE h.n = summary.n;

-- The same bytes however the journeys come.
CREATE FUNCTION agree(statement text, OUT summaries bigint, OUT same bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*), count(*) FILTER (WHERE transition_matrix_send(x.tm) = transition_matrix_send(summary.tm) AND x.tm = summary.tm AND x.tm::text = summary.tm::text) FROM (%s) x(n, tm) JOIN summary USING (n)', statement)
    INTO summaries, same;
END $$;
SELECT seed, a.* FROM generate_series(1, 3) seed,
    agree(format('SELECT n, (SELECT transition_agg(j, by, until, restart) FROM (SELECT * FROM journeys ORDER BY hashint4(c * %s)) s) FROM definition', seed)) a ORDER BY seed;
-- The definition changes from row to row, as it does between groups that come hashed.
SELECT * FROM agree('SELECT n, transition_agg(j, by, until, restart) FROM (SELECT * FROM definition, journeys ORDER BY hashint4(c * 50 + n)) s GROUP BY n');
SELECT * FROM agree('SELECT n, (SELECT transition_agg(j, by, until, restart ORDER BY c DESC) FROM journeys) FROM definition');
-- By days, by single journeys, by halves in either order.
CREATE TABLE days AS SELECT n, day, tm FROM definition, LATERAL (SELECT day, transition_agg(j, by, until, restart) AS tm FROM journeys GROUP BY day) x;
CREATE TABLE singles AS SELECT n, c, tm FROM definition, LATERAL (SELECT c, transition_agg(j, by, until, restart) AS tm FROM journeys GROUP BY c) x;
ANALYZE singles;
SELECT * FROM agree('SELECT n, rollup(tm) FROM days GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(tm ORDER BY day DESC) FROM days GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(tm) FROM singles GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(tm ORDER BY half DESC) FROM (SELECT n, half, tm FROM definition, LATERAL (SELECT c % 2 AS half, transition_agg(j, by, until, restart) AS tm FROM journeys GROUP BY c % 2) x) s GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(tm ORDER BY half) FROM (SELECT n, day % 2 AS half, rollup(tm) AS tm FROM days GROUP BY n, day % 2) s GROUP BY n');
-- The shorter arities.
SELECT * FROM agree('SELECT n, (SELECT transition_agg(j, by, until) FROM journeys) FROM definition WHERE NOT restart');
SELECT * FROM agree('SELECT n, (SELECT transition_agg(j) FROM journeys) FROM definition WHERE NOT restart AND until IS NULL AND by = ''event''');
-- Twice everything is not the same.
SELECT count(*) AS differ FROM (SELECT n, rollup(tm) AS tm FROM (SELECT * FROM summary UNION ALL SELECT * FROM summary) s GROUP BY n) x JOIN summary USING (n) WHERE x.tm <> summary.tm;
-- In parallel.
CREATE TABLE work AS SELECT * FROM definition, journeys;
ANALYZE work;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_shows('SELECT n, transition_agg(j, by, until, restart) FROM work GROUP BY n', 'Partial') AS partial;
SELECT * FROM agree('SELECT n, transition_agg(j, by, until, restart) FROM work GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(tm) FROM singles GROUP BY n');
RESET max_parallel_workers_per_gather; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
SET max_parallel_workers_per_gather = 0;
-- A state goes through text, as shards send it, and on from there.
CREATE AGGREGATE state_of(journey, text, text, boolean) (SFUNC = transition_accum, STYPE = transition_matrix);
CREATE AGGREGATE states_of(transition_matrix) (SFUNC = transition_combine, STYPE = transition_matrix);
CREATE TABLE states AS SELECT n, day, state FROM definition, LATERAL (SELECT day, state_of(j, by, until, restart) AS state FROM journeys GROUP BY day) x;
SELECT * FROM agree('SELECT n, rollup(state) FROM states GROUP BY n');
SELECT * FROM agree('SELECT n, rollup(state::text::transition_matrix) FROM states GROUP BY n');
SELECT * FROM agree('SELECT n, states_of(state::text::transition_matrix)::text::transition_matrix FROM states GROUP BY n');
SELECT count(*) > 200 AS many, bool_and(state::text = tm::text) AS as_text, bool_and(transition_matrix_send(state) = transition_matrix_send(tm)) AS sent, bool_and((SELECT array_agg(t) FROM transitions(state) t) = (SELECT array_agg(t) FROM transitions(tm) t)) AS transitions
FROM states JOIN days USING (n, day);

-- Moving frames, against the same frame computed anew.
CREATE FUNCTION frames_differ(call text, source text, OUT frames bigint, OUT differ bigint, OUT "null" bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('WITH source AS MATERIALIZED (%s), w AS (
            SELECT k, %2$s OVER (ORDER BY k ROWS BETWEEN 3 PRECEDING AND 4 FOLLOWING) AS a, %2$s OVER (ORDER BY k ROWS BETWEEN 9 PRECEDING AND 3 PRECEDING) AS b,
                   %2$s OVER (ORDER BY k ROWS BETWEEN 2 PRECEDING AND 5 FOLLOWING EXCLUDE CURRENT ROW) AS c, %2$s OVER (ORDER BY k ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS d,
                   %2$s OVER (ORDER BY k ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS e FROM source)
        SELECT count(*) * 5, sum((w.a IS DISTINCT FROM n.a)::int + (w.b IS DISTINCT FROM n.b)::int + (w.c IS DISTINCT FROM n.c)::int + (w.d IS DISTINCT FROM n.d)::int + (w.e IS DISTINCT FROM n.e)::int),
               sum((w.a IS NULL)::int + (w.b IS NULL)::int + (w.c IS NULL)::int + (w.d IS NULL)::int + (w.e IS NULL)::int)
        FROM w CROSS JOIN LATERAL (SELECT %2$s FILTER (WHERE k BETWEEN w.k - 3 AND w.k + 4) AS a, %2$s FILTER (WHERE k BETWEEN w.k - 9 AND w.k - 3) AS b,
            %2$s FILTER (WHERE k BETWEEN w.k - 2 AND w.k + 5 AND k <> w.k) AS c, %2$s FILTER (WHERE k >= w.k) AS d, %2$s FILTER (WHERE k = w.k) AS e FROM source) n', source, call) INTO frames, differ, "null";
END $$;
SELECT call, f.* FROM unnest(ARRAY['transition_agg(j)', $$transition_agg(j, 'channel', NULL)$$, $$transition_agg(j, 'phase', 'buy')$$, $$transition_agg(j, 'channel', '.@phone/*:score>=5', true)$$]) WITH ORDINALITY u(call, k),
     frames_differ(call, 'SELECT row_number() OVER (ORDER BY c) AS k, j FROM journeys WHERE c <= 60') f ORDER BY k;
SELECT f.* FROM frames_differ('rollup(tm)', 'SELECT row_number() OVER (ORDER BY c) AS k, tm FROM singles WHERE n = 4 AND c <= 60') f;
-- Names come and go.
SELECT f.* FROM frames_differ('transition_agg(j)', $$SELECT k, journey_agg(hour(i), 'n' || (k * 7 + i) % (3 * k + 1)) AS j FROM generate_series(1, 60) k, generate_series(1, 6) i GROUP BY k$$) f;

--
-- Size
--

-- 2,000 events: a dense matrix would have 4,000,000 cells. 200 journeys of 100 touchpoints: what the rows of transitions would take, about 40 bytes each.
CREATE TABLE wide AS SELECT c, journey_agg(hour(i), 'event ' || abs(hashint4(c * 1000 + i)) % 2000) AS j FROM generate_series(1, 200) c, generate_series(1, 100) i GROUP BY c;
CREATE TABLE large AS SELECT transition_agg(j) AS tm FROM wide;
ALTER TABLE large ALTER tm SET STORAGE EXTERNAL;
UPDATE large SET tm = tm::text::transition_matrix;
SELECT (SELECT count(DISTINCT event) FROM wide, touchpoints(j)) > 1990 AS events, count(*) > 15000 AS pairs, pg_column_size(tm) < 60 * count(*) AS sparse, pg_column_size(tm) > 8 * count(*) AS "not compressed" FROM large, transitions(tm) GROUP BY tm;
SELECT count(*) AS differ FROM (SELECT source, target, transitions FROM large, transitions(tm) EXCEPT ALL
    SELECT coalesce(source, '(start)'), coalesce(target, '(end)'), count(*) FROM (SELECT lag(event) OVER w AS source, event AS target FROM wide, touchpoints(j) WINDOW w AS (PARTITION BY c ORDER BY ord)
        UNION ALL SELECT event, NULL FROM wide, touchpoints(j) WHERE ord = 100) s GROUP BY 1, 2) x;
-- The longest names there are, that differ in the last byte.
SELECT count(*) AS rows, bool_and(length(source) IN (4096, 7)) AS whole, count(DISTINCT source) AS sources, pg_column_size(tm) > 3 * 4096 AS kept, tm::text::transition_matrix = tm AS by_text
FROM (SELECT transition_agg(journey_agg) AS tm FROM (SELECT journey_agg(hour(i), repeat('n', 4095) || i % 3) FROM generate_series(1, 9) i) j) x, transitions(tm) GROUP BY tm;

--
-- The type
--

-- Text, jsonb, COPY BINARY: the same again.
INSERT INTO summary SELECT 1001, transition_agg(made('0:é@ü 1:"b\\" 2:€'), 'event', '''é ü''');
INSERT INTO summary VALUES (1002, NULL);
INSERT INTO summary SELECT 1003, tm FROM large;
INSERT INTO summary SELECT 1004, transition_agg(journey_agg) FROM (SELECT journey_agg(hour(i), name) FROM unnest(ARRAY[E'\x01\n\t', '', '(start)', '(end)', '"\']) WITH ORDINALITY u(name, i)) j;
SELECT count(tm) AS summaries, count(*) FILTER (WHERE tm::text::transition_matrix = tm AND transition_matrix_send(tm::text::transition_matrix) = transition_matrix_send(tm) AND tm::text::transition_matrix::text = tm::text) AS by_text,
       count(*) FILTER (WHERE tm::jsonb::transition_matrix = tm AND transition_matrix_send(tm::jsonb::transition_matrix) = transition_matrix_send(tm)) AS by_jsonb FROM summary;
CREATE TABLE loaded (LIKE summary);
\set file `mktemp`
\set load '\\copy loaded from ' :'file' ' (format binary)'
COPY summary TO STDOUT (FORMAT binary) \g :file
:load
SELECT count(*) AS rows, count(*) FILTER (WHERE a.tm = b.tm AND a.tm::text = b.tm::text) AS same, count(*) FILTER (WHERE a.tm IS NULL AND b.tm IS NULL) AS "null" FROM summary a JOIN loaded b USING (n);
TRUNCATE loaded;
SET client_encoding = 'LATIN1';
COPY (SELECT * FROM summary WHERE n <> 1001) TO STDOUT (FORMAT binary) \g :file
:load
RESET client_encoding;
SELECT count(*) FILTER (WHERE a.tm = b.tm) AS same_by_latin1 FROM summary a JOIN loaded b USING (n);
TRUNCATE loaded;
\set load '\\copy loaded from ' :'file'
COPY summary TO STDOUT \g :file
:load
SELECT count(*) FILTER (WHERE a.tm = b.tm) AS same_by_text FROM summary a JOIN loaded b USING (n);
\set file `rm -f :file`

-- Members, nodes, transitions and bins in any order, blanks where JSON has them.
SELECT '{"transitions": [ [3, 1, 2, 2], [2, 3, 2, [ [9, 1], [5 ,1] ]], [0, 2, 2, 2]], "nodes": ["b", "a"], "journeys": 2, "restart": true, "until": "[x]", "by": "phase"}'::transition_matrix AS canonical;
-- Each change of one that is right makes it wrong.
CREATE FUNCTION damaged(old text, new text) RETURNS text LANGUAGE sql AS $$
    SELECT replace('{"by": "event", "until": "x", "restart": true, "journeys": 2, "nodes": ["a", "b"], "transitions": [[0, 2, 2, 3], [2, 1, 1, 1], [2, 3, 2, [[5, 1], [7, 1]]], [3, 1, 2, 2]]}', old, new) $$;
SELECT damaged('', '')::transition_matrix AS undamaged;
SELECT old, new, damaged(old, new) <> damaged('', '') AS changed, regexp_replace(error_of(format('SELECT %L::transition_matrix', damaged(old, new))), ': invalid input syntax for type transition_matrix: "[^|]*" \|', ' |') AS error
FROM (VALUES (damaged('', ''), ''), (damaged('', ''), '{}'), (damaged('', ''), '[]'), (damaged('', ''), 'null'), ('["a", "b"]', '["a", "b", "c"]'), ('}', ''), ('}', '}}'), ('"until": "x", ', ''), ('"until": "x", ', '"until": "x", "until": "x", '), ('"nodes"', '"NODES"'),
    ('"event"', '"team"'), ('"event"', 'null'), ('"x"', '"x ~> y"'), ('"x"', '""'), ('"x"', '1'), ('"x"', 'null'), ('true', 'false'), ('true', '1'), ('true', 'tru'), ('"journeys": 2', '"journeys": 0'), ('"journeys": 2', '"journeys": -2'), ('"journeys": 2', '"journeys": 1'), ('"journeys": 2', '"journeys": 4'),
    ('"journeys": 2', '"journeys": 2.5'), ('"journeys": 2', '"journeys": 140737488355328'), ('["a", "b"]', '["a"]'), ('["a", "b"]', '["a", "a"]'), ('["a", "b"]', '["a", null]'), ('["a", "b"]', '[]'), ('["a", "b"]', '{}'),
    ('[0, 2, 2, 3]', '[0, 2, 2, 2]'), ('[0, 2, 2, 3]', '[0, 2, 3, 3]'), ('[0, 2, 2, 3]', '[0, 2, 2, [[5, 3]]]'), ('[0, 2, 2, 3]', '[0, 2, 0, 3]'), ('[0, 2, 2, 3]', '[0, 2, 2, 0]'), ('[0, 2, 2, 3]', '[0, 2, 2]'), ('[0, 2, 2, 3], ', ''), ('[0, 2, 2, 3]', '[0, 1, 2, 3]'), ('[0, 2, 2, 3]', '[1, 2, 2, 3]'),
    ('[0, 2, 2, 3]', '[0, 4, 2, 3]'), ('[0, 2, 2, 3]', '[0, -1, 2, 3]'), ('[0, 2, 2, 3]', '[0, 2, 2, 140737488355327]'), ('[0, 2, 2, 3]', '[0, 2, 2, 9223372036854775808]'), ('[2, 1, 1, 1]', '[2, 0, 1, 1]'), ('[2, 1, 1, 1]', '[2, 1, 1, 1], [2, 1, 1, 1]'), ('[2, 3, 2,', '[3, 2, 2,'), ('[2, 3, 2,', '[2, 3, 3,'),
    ('[[5, 1], [7, 1]]', '2'), ('[[5, 1], [7, 1]]', '[]'), ('[5, 1], ', ''), ('[5, 1]', '[5, 2]'), ('[5, 1]', '[7, 1]'), ('[5, 1]', '[5, 0]'), ('[5, 1]', '[-1, 1]'), ('[5, 1]', '[2017, 1]'), ('[5, 1]', '[5]'), ('[5, 1]', '[5.5, 1]')) v(old, new);
SELECT error_of($$SELECT '[1]'::jsonb::transition_matrix$$);
SELECT regexp_replace(error_of(format($$SELECT %L::transition_matrix$$, damaged('"a"', '"' || repeat('a', 4097) || '"'))), 'a{9,}', 'a..') AS long_name, damaged('"a"', '"' || repeat('a', 4096) || '"')::transition_matrix IS NOT NULL AS longest_name;
-- Counts that are full: 22003. By rollup, and by a journey more.
CREATE FUNCTION full_one(count text) RETURNS transition_matrix LANGUAGE sql AS $$ SELECT replace('{"by": "event", "until": null, "restart": false, "journeys": ##, "nodes": ["a"], "transitions": [[0, 2, ##, ##], [2, 1, ##, ##]]}', '##', $1)::transition_matrix $$;
SELECT short(rollup(tm)) AS all_but_one FROM (VALUES (full_one('70368744177662')), (full_one('1'))) v(tm);
SELECT error_of($$SELECT rollup(tm) FROM (VALUES (full_one('70368744177662')), (full_one('2'))) v(tm)$$) AS too_many, error_of($$SELECT full_one('70368744177664')$$) AS too_many;
SELECT m.node, m.credit FROM (SELECT rollup(tm) AS tm FROM (SELECT full_one('70368744177600') AS tm UNION ALL SELECT transition_agg(made('0:b 1:a'))) v) x, markov_attribution(tm, 'a') m;

-- A damaged value is refused (XX001) or it gives a text, whatever it is. Bytes that are not a value, by a type of our own that is stored like one; each of its bytes is changed.
CREATE TYPE damaged;
CREATE FUNCTION damaged_in(cstring) RETURNS damaged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION damaged_out(damaged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE damaged (INPUT = damaged_in, OUTPUT = damaged_out, INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (damaged AS transition_matrix) WITHOUT FUNCTION;
CREATE CAST (transition_matrix AS damaged) WITHOUT FUNCTION;
CREATE TABLE stored AS SELECT tm, bytes, what
FROM (SELECT transition_agg(j, 'event', 'x') AS tm, state_of(j, 'event', 'x', NULL) AS state FROM (SELECT made('0:a 1:b 3:a 3:a 5:x') AS j) x) y, LATERAL (VALUES ('stored', tm::damaged::text::bytea), ('state', state::damaged::text::bytea)) v(what, bytes);
SELECT what, tm = bytes::text::damaged::transition_matrix::text::transition_matrix AS not_damaged FROM stored ORDER BY what;
SET client_min_messages = error;
CREATE TABLE outcome AS
SELECT what, call, left(error_of(format(call, bad)), 5) AS outcome, count(*)
FROM stored, LATERAL (SELECT set_byte(bytes, i, v) AS bad FROM generate_series(0, length(bytes) - 1) i, unnest(ARRAY[0, 1, 2, 127, 128, 255, get_byte(bytes, i) # 1, get_byte(bytes, i) # 4]) v WHERE (what = 'stored' OR i < 64 OR i % 7 = 0) AND v <> get_byte(bytes, i)
                      UNION ALL SELECT substr(bytes, 1, n) FROM generate_series(0, length(bytes) - 1) n WHERE n < 200) d,
     unnest(ARRAY['SELECT %L::damaged::transition_matrix::text', 'SELECT transition_matrix_send(%L::damaged::transition_matrix)', 'SELECT rollup(m) FROM unnest(ARRAY[%1$L, %1$L]::damaged[]::transition_matrix[]) m', 'SELECT count(*) FROM transitions(%L::damaged::transition_matrix)',
                  'SELECT count(*) FROM markov_attribution(%L::damaged::transition_matrix, ''x'')']) call
GROUP BY what, call, outcome;
SET client_min_messages = warning;
SELECT what, call, string_agg(outcome, ' ' ORDER BY outcome) AS outcomes, sum(count) FILTER (WHERE outcome = 'XX001') > 100 AS many_refused FROM outcome GROUP BY what, call ORDER BY what, call COLLATE "C";

-- Equality, order and hash.
SELECT count(*) AS rows, count(DISTINCT tm) = count(DISTINCT tm::text) AS "distinct", (SELECT count(*) FROM (SELECT tm FROM summary GROUP BY tm) x) = count(DISTINCT tm::text) + 1 AS grouped FROM summary;
SELECT count(*) > 500 AS pairs, bool_and((a.tm = b.tm) = (a.tm::text = b.tm::text)) AS eq, bool_and((a.tm <> b.tm) = NOT (a.tm = b.tm)) AS ne, bool_and((a.tm < b.tm) = (b.tm > a.tm)) AS lt_gt, bool_and((a.tm <= b.tm) = (a.tm < b.tm OR a.tm = b.tm)) AS le,
       bool_and((a.tm >= b.tm) = (b.tm <= a.tm)) AS ge, bool_and(sign(transition_matrix_cmp(a.tm, b.tm)) = (a.tm > b.tm)::int - (a.tm < b.tm)::int) AS cmp,
       bool_and(a.tm <> b.tm OR transition_matrix_hash(a.tm) = transition_matrix_hash(b.tm)) AS hash, bool_and(a.tm <> b.tm OR transition_matrix_hash_extended(a.tm, 7) = transition_matrix_hash_extended(b.tm, 7)) AS hash_extended
FROM summary a, summary b WHERE a.tm IS NOT NULL AND b.tm IS NOT NULL AND a.n <> 1003 AND b.n <> 1003;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT plan_shows('SELECT * FROM summary a JOIN summary b USING (tm)', 'Merge Join') AS merge_join;
CREATE TABLE by_merge AS SELECT a.n, b.n AS m FROM summary a JOIN summary b USING (tm);
RESET enable_hashjoin; RESET enable_nestloop;
SELECT count(*) AS differ FROM ((SELECT a.n, b.n FROM summary a, summary b WHERE a.tm::text = b.tm::text) EXCEPT ALL TABLE by_merge) x UNION ALL SELECT count(*) FROM (TABLE by_merge EXCEPT ALL SELECT a.n, b.n FROM summary a, summary b WHERE a.tm::text = b.tm::text) x;

SET client_min_messages = error;
DROP SCHEMA test_journey_transition CASCADE;
