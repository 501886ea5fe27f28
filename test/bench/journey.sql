-- The journey rows of the bench, at about :rows touchpoints of :rows / 20 customers.
-- The tables stay, for peers.sh.
\pset footer off
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '512MB';
SET hash_mem_multiplier = 1;
SET TimeZone = 'UTC';

-- A log in order of time over 90 days. Each customer comes four times, with one to eleven touchpoints within minutes
-- while others come too; never two touchpoints of a customer in one second, so that every way to count a funnel agrees.
CREATE TABLE log AS
WITH mix AS (
    SELECT ARRAY['home', 'home', 'home', 'home', 'home', 'home', 'search', 'search', 'search', 'search', 'search', 'search',
                 'search', 'product_view', 'product_view', 'product_view', 'product_view', 'product_view', 'product_view',
                 'product_view', 'product_view', 'add_to_cart', 'add_to_cart', 'add_to_cart', 'checkout', 'checkout', 'payment',
                 'purchase', 'purchase', 'support/call', 'support/chat', 'delivery/shipped'] AS events
), visit AS (
    SELECT v, (t * (ARRAY[7368787, 15485863, 32452843, 49979687])[v + 1]) % (:rows / 20) AS customer,
           (t * 4 + v) * (90 * 86400.0 / (:rows / 5)) AS started, hashint8(t * 4 + v)::bigint + 2147483648 AS h
    FROM generate_series(0::bigint, :rows / 20 - 1) t, generate_series(0, 3) v
), touchpoint AS (
    SELECT v, customer, started + k * (20 + h % 200) AS second, h, hashint8(h * 16 + k) AS dice
    FROM visit, generate_series(1, (ARRAY[1, 2, 3, 4, 5, 6, 8, 11])[1 + h / 65536 % 8]) k
)
SELECT customer::int AS customer,
       timestamptz '2025-01-01' + make_interval(secs => 4 * floor((second + (dice >> 8 & 15)) / 4) + v) AS at,
       events[1 + (dice & 31)] AS event, (ARRAY['web', 'app', 'phone'])[1 + h / 16 % 3] AS channel
FROM touchpoint, mix
ORDER BY at;
VACUUM ANALYZE log;

\echo
SELECT format('===== a log of %s touchpoints of %s customers in order of time; one worker, JIT off, CPU time',
              count(*), count(DISTINCT customer)) AS title FROM log
\gset
\echo :title
SELECT * FROM bench.ratios('array_agg(ROW(at, event) ORDER BY at)',
    ARRAY['array_agg(ROW(at, event) ORDER BY at)', 'journey_agg(at, event)',
          'array_agg(ROW(at, event, channel) ORDER BY at)', 'journey_agg(at, event, channel)',
          'array_agg(at ORDER BY at), array_agg(event ORDER BY at)', 'count(event)'],
    ARRAY['SELECT count(v) FROM (SELECT array_agg(ROW(at, event) ORDER BY at) AS v FROM log GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT journey_agg(at, event) AS v FROM log GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT array_agg(ROW(at, event, channel) ORDER BY at) AS v FROM log GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT journey_agg(at, event, channel) AS v FROM log GROUP BY customer) x',
          'SELECT count(v), count(w) FROM (SELECT array_agg(at ORDER BY at) AS v, array_agg(event ORDER BY at) AS w FROM log GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT count(event) AS v FROM log GROUP BY customer) x'],
    ARRAY[NULL, 0.6, NULL, NULL, NULL, NULL], :rounds);

\echo ===== the same rows in an order at random, the worst for the caches
CREATE TABLE scattered AS SELECT * FROM log ORDER BY hashint8(extract(epoch FROM at)::bigint * 1000 + customer % 1000);
VACUUM ANALYZE scattered;
SELECT * FROM bench.ratios('array_agg(ROW(at, event) ORDER BY at)',
    ARRAY['array_agg(ROW(at, event) ORDER BY at)', 'journey_agg(at, event)', 'journey_agg(at, event, channel)', 'count(event)'],
    ARRAY['SELECT count(v) FROM (SELECT array_agg(ROW(at, event) ORDER BY at) AS v FROM scattered GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT journey_agg(at, event) AS v FROM scattered GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT journey_agg(at, event, channel) AS v FROM scattered GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT count(event) AS v FROM scattered GROUP BY customer) x'],
    ARRAY[NULL, 0.6, NULL, NULL], :rounds);
DROP TABLE scattered;

\echo ===== space: bytes a touchpoint by pg_column_size, against the array of rows
WITH size AS (
    SELECT (SELECT count(*) FROM log) AS n, sum(pg_column_size(rows)) AS rows, sum(pg_column_size(at)) + sum(pg_column_size(event)) AS columns,
           sum(pg_column_size(journey)) AS journey, sum(pg_column_size(rows_channel)) AS rows_channel, sum(pg_column_size(journey_channel)) AS journey_channel
    FROM (SELECT array_agg(ROW(at, event) ORDER BY at) AS rows, array_agg(at ORDER BY at) AS at, array_agg(event ORDER BY at) AS event,
                 array_agg(ROW(at, event, channel) ORDER BY at) AS rows_channel,
                 journey_agg(at, event) AS journey, journey_agg(at, event, channel) AS journey_channel
          FROM log GROUP BY customer) x
), shown AS (
    SELECT v.* FROM size, LATERAL (VALUES
        (1, 'array_agg(ROW(at, event) ORDER BY at)', rows, rows, NULL),
        (2, 'array_agg(at ORDER BY at), array_agg(event ORDER BY at)', columns, rows, NULL),
        (3, 'journey_agg(at, event)', journey, rows, 0.35),
        (4, 'array_agg(ROW(at, event, channel) ORDER BY at)', rows_channel, rows_channel, NULL),
        (5, 'the rows of the log', (SELECT sum(pg_column_size(log)) FROM log), rows_channel, NULL),
        (6, 'journey_agg(at, event, channel)', journey_channel, rows_channel, 0.35)) v (i, work, bytes, against, goal)
)
SELECT work, round(bytes::numeric / n, 1) AS bytes_a_touchpoint, round(bytes::numeric / against, 2) AS ratio, goal,
       CASE WHEN goal IS NULL THEN '' WHEN bytes <= goal * against THEN 'yes' ELSE 'NO' END AS met
FROM shown, size ORDER BY i;

CREATE TABLE journeys AS SELECT customer, journey_agg(at, event, channel) AS j FROM log GROUP BY customer;
VACUUM ANALYZE journeys;

\echo ===== one group a customer, 512 MB of hash memory
SET enable_sort = off;
SELECT * FROM bench.hash_memory(
    ARRAY['count(event)', 'journey_agg(at, event)', 'journey_agg(at, event, channel)'],
    ARRAY['SELECT count(event) FROM log GROUP BY customer', 'SELECT journey_agg(at, event) FROM log GROUP BY customer',
          'SELECT journey_agg(at, event, channel) FROM log GROUP BY customer']);
RESET enable_sort;

SELECT to_regtype('journey_pattern') IS NOT NULL AS has_patterns,
       to_regprocedure('funnel_level(journey, text[], interval)') IS NOT NULL AS has_funnels,
       to_regtype('transition_matrix') IS NOT NULL AS has_analytics,
       EXISTS (SELECT FROM pg_opclass o, pg_am a WHERE a.oid = opcmethod AND amname = 'gin' AND opcintype = to_regtype('journey')) AS has_index
\gset

\if :has_patterns
\echo ===== patterns on stored journeys, against a scan that calls length(j)
SELECT * FROM bench.ratios('length(j)',
    ARRAY['length(j)', 'add_to_cart ~> purchase', 'product_view -> add_to_cart', 'product_view ~> add_to_cart ~> purchase',
          'an event that no journey has', 'product_view ~>{<= 7 days} purchase, timed'],
    ARRAY['SELECT count(length(j)) FROM journeys',
          $$SELECT count(j @~ 'add_to_cart ~> purchase') FROM journeys$$,
          $$SELECT count(j @~ 'product_view -> add_to_cart') FROM journeys$$,
          $$SELECT count(j @~ 'product_view ~> add_to_cart ~> purchase') FROM journeys$$,
          $$SELECT count(j @~ 'product_view ~> refund') FROM journeys$$,
          $$SELECT count(j @~ 'product_view ~>{<= 7 days} purchase') FROM journeys$$],
    ARRAY[NULL, 1.5, 1.5, 1.5, 1.5, NULL], :rounds * 2);
\endif

\if :has_analytics
-- What an analysis reads is stored journeys: reading them is the floor. Where a function gives a record or rows, a column of each is summed.
\echo ===== journey analytics on stored journeys, against a scan that calls length(j)
SELECT * FROM bench.ratios('length(j)',
    ARRAY['length(j)', 'transition_agg(j)', 'transition_agg(j, channel)', 'transition_agg(j, event, until purchase)', 'transition_agg(j, channel, until purchase, restart)',
          'retention_agg(retained(j, .., 1 week, 12))', 'retained(j, .., 1 week, 12)', 'retained(j, .., 1 month, 3, calendar)', 'journey_path(j, 5)', 'journey_path(j, 5, search, purchase)',
          'journey_effort(j, purchase, .., 1 day)', 'repeat_contacts(j, support/*, 7 days)', 'sequence_stats(j)', 'attribution(j, .., linear) by node', 'attribution(j, .., time_decay, 30 days) by node',
          'shapley_attribution(j, ..) by node', 'friction(j, .., stall 1 day, goal) by kind'],
    ARRAY['SELECT count(length(j)) FROM journeys',
          'SELECT count(tm) FROM (SELECT transition_agg(j) AS tm FROM journeys) x',
          $$SELECT count(tm) FROM (SELECT transition_agg(j, 'channel', NULL) AS tm FROM journeys) x$$,
          $$SELECT count(tm) FROM (SELECT transition_agg(j, 'event', 'purchase') AS tm FROM journeys) x$$,
          $$SELECT count(tm) FROM (SELECT transition_agg(j, 'channel', 'purchase', true) AS tm FROM journeys) x$$,
          $$SELECT count(r) FROM (SELECT retention_agg(retained(j, 'home', '.', '1 week', 12)) AS r FROM journeys) x$$,
          $$SELECT count(retained(j, 'home', '.', '1 week', 12)) FROM journeys$$,
          $$SELECT count(retained(j, 'home', 'purchase', '1 month', 3, anchor => 'calendar', time_zone => 'Europe/Madrid')) FROM journeys$$,
          'SELECT count(journey_path(j, 5)) FROM journeys',
          $$SELECT count(journey_path(j, 5, 'search', 'purchase', true)) FROM journeys$$,
          $$SELECT sum(attempts) FROM journeys, LATERAL journey_effort(j, 'purchase', '{support/call}', '1 day')$$,
          $$SELECT sum(contacts) FROM journeys, LATERAL repeat_contacts(j, '{support/*}', '7 days')$$,
          'SELECT sum(complexity) FROM journeys, LATERAL sequence_stats(j)',
          $$SELECT count(c) FROM (SELECT node, sum(credit) AS c FROM journeys, LATERAL attribution(j, 'purchase', 'linear') GROUP BY node) x$$,
          $$SELECT count(c) FROM (SELECT node, sum(credit) AS c FROM journeys, LATERAL attribution(j, 'purchase', 'time_decay', '30 days') GROUP BY node) x$$,
          $$SELECT count(c) FROM (SELECT node, sum(credit) AS c FROM journeys, LATERAL shapley_attribution(j, 'purchase') GROUP BY node) x$$,
          $$SELECT count(w) FROM (SELECT kind, sum(weight) AS w FROM journeys, LATERAL friction(j, NULL, '1 day', 'purchase') GROUP BY kind) x$$],
    ARRAY[NULL, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3], :rounds);

-- A matrix a day or a team comes to thousands: merging them, and solving one of 200 nodes.
CREATE TABLE matrices AS SELECT customer, transition_agg(j) AS tm FROM journeys WHERE customer < 10000 GROUP BY customer;
CREATE TABLE chain AS
SELECT transition_agg(j) AS tm
FROM (SELECT n, journey_agg(timestamptz '2025-01-01' + i * interval '1 hour', CASE WHEN i = 15 AND n % 3 > 0 THEN 'purchase' ELSE 'node ' || abs(hashint4(n * 100 + i)) % 200 END) AS j
      FROM generate_series(1, 10000) n, generate_series(1, 15) i GROUP BY n) x;
\echo ===== matrices, in milliseconds
SELECT work, round((1000 * seconds)::numeric, 2) AS milliseconds, nodes
FROM (SELECT count(*) AS matrices FROM matrices) m,
     LATERAL bench.seconds(ARRAY['SELECT count(tm) FROM (SELECT rollup(tm) AS tm FROM matrices) x', 'SELECT count(tm) FROM (SELECT tm FROM matrices OFFSET 0) x',
                                 $$SELECT sum(credit) FROM chain, markov_attribution(tm, 'purchase')$$, 'SELECT sum(transitions) FROM chain, transitions(tm)'], :rounds) s,
     LATERAL (VALUES (1, format('rollup of %s matrices of a journey each', matrices), NULL), (2, 'reading them only', NULL),
                     (3, 'markov_attribution', (SELECT count(DISTINCT source) - 2 FROM chain, transitions(tm))), (4, 'transitions of the same', NULL)) v(i, work, nodes),
     LATERAL (SELECT s[i] AS seconds) t ORDER BY i;
DROP TABLE matrices, chain;
\endif

\if :has_index
CREATE INDEX journeys_j ON journeys USING gin (j);
ANALYZE journeys;

-- What the planner expects of a condition on journeys, what there is, and how it reads them.
CREATE FUNCTION bench.plans(conditions text[])
RETURNS TABLE (condition text, expected bigint, actual bigint, read_by text) LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
    FOREACH condition IN ARRAY conditions LOOP
        EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT FROM journeys WHERE ' || condition INTO plan;
        plan := plan -> 0 -> 'Plan';
        expected := plan ->> 'Plan Rows';
        actual := plan ->> 'Actual Rows';
        read_by := plan ->> 'Node Type';
        RETURN NEXT;
    END LOOP;
END $$;

\echo ===== GIN index: journeys with touchpoints next to each other, against a scan of all
SELECT format('The index has %s of the bytes of the table.', round(pg_relation_size('journeys_j')::numeric / pg_table_size('journeys'), 2)) AS size
\gset
\echo :size
SELECT * FROM bench.plans(
    ARRAY[$$j @~ 'payment -> support/chat -> delivery/shipped'$$, $$j @~ 'payment -> support/chat'$$,
          $$j @~ 'product_view ~> purchase'$$, $$j @> '{payment,support/chat}'$$]);
SELECT * FROM bench.ratios('three in a row, scan',
    ARRAY['three in a row, scan', 'three in a row, index'],
    ARRAY[$$SELECT count(*) FROM journeys WHERE (j @~ 'payment -> support/chat -> delivery/shipped') IS TRUE$$,
          $$SELECT count(*) FROM journeys WHERE j @~ 'payment -> support/chat -> delivery/shipped'$$],
    ARRAY[NULL, NULL]::float8[], :rounds);
SELECT * FROM bench.ratios('a pair, scan',
    ARRAY['a pair, scan', 'a pair, index'],
    ARRAY[$$SELECT count(*) FROM journeys WHERE (j @~ 'payment -> support/chat') IS TRUE$$,
          $$SELECT count(*) FROM journeys WHERE j @~ 'payment -> support/chat'$$],
    ARRAY[NULL, NULL]::float8[], :rounds);
\endif

\echo ===== two workers: how many times faster by the clock, and against the count of the same shape
SET parallel_setup_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT * FROM bench.speedups(
    ARRAY['count(event) of each customer', 'journey_agg(at, event) of each customer'],
    ARRAY['SELECT count(v) FROM (SELECT count(event) AS v FROM log GROUP BY customer) x',
          'SELECT count(v) FROM (SELECT journey_agg(at, event) AS v FROM log GROUP BY customer) x'], :rounds);
\if :has_funnels
SELECT * FROM bench.speedups(
    ARRAY['length(j)', 'funnel_level(j, ..)'],
    ARRAY['SELECT count(length(j)) FROM journeys',
          $$SELECT count(funnel_level(j, '{product_view,add_to_cart,purchase}', '7 days')) FROM journeys$$], :rounds);
\endif
