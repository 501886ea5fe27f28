-- journey_agg, rollup(journey), || and the state they build: whatever way the rows come, the same bytes.
--
-- The second sources: the rows that went in, compared with what touchpoints() gives back as multisets and in
-- order; and the journey of the same rows put in order before they are aggregated one after the other.

CREATE SCHEMA test_journey_agg;
SET search_path = test_journey_agg, public;
SET timezone = 'UTC';
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;

CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', SQLSTATE || ': ' || message, nullif(hint, ''));
END $$;
CREATE FUNCTION plan_shows(statement text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%' || node || '%' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;

-- 12,000 rows of 200 customers; many fall on one instant, and one in twenty is there twice.
CREATE TABLE touch AS
SELECT i, i % 200 AS c, i % 7 AS part,
       '2024-03-13Z'::timestamptz + (h % 30) * (ARRAY['1 day', '1 hour', '1 minute', '1 second', '1 millisecond', '1 microsecond'])[1 + i % 200 % 6]::interval AS at,
       (ARRAY['login', 'delivery/shipped', 'delivery', 'é', '', 'pay'])[1 + h / 64 % (1 + i % 200 % 6)] AS event,
       CASE WHEN h / 512 % 4 < i % 5 THEN (ARRAY['web', 'phone/billing', ''])[1 + h / 2048 % 3] END AS channel,
       CASE WHEN h / 8192 % 4 < i % 200 / 3 % 5 THEN (ARRAY[0, 1, -2.5, 1e300])[1 + h / 32768 % 4]::float8 END AS value,
       CASE WHEN h / 4096 % 4 < i % 200 / 7 % 5 THEN (ARRAY[0, 9, -200, 70000])[1 + h / 65536 % 4] END AS score
FROM generate_series(1, 12000) i, LATERAL (SELECT hashint4(CASE WHEN i % 20 = 0 AND i > 200 THEN i - 200 ELSE i END) & 1048575 AS h) x;
ANALYZE touch;
SELECT count(*) AS rows, count(*) - count(DISTINCT (c, at, event, coalesce(channel, '-'), value, score)) > 500 AS with_many_duplicates FROM touch;

-- The journeys of the rows in order, by sorted groups.
SET enable_hashagg = off;
CREATE TABLE want AS
SELECT c, journey_agg(at, event, channel, value, score) AS j
FROM (SELECT * FROM touch ORDER BY c, at, event COLLATE "C", channel COLLATE "C" NULLS FIRST, value NULLS FIRST, score NULLS FIRST) x
GROUP BY c;
RESET enable_hashagg;

-- How many customers a way gives, and how many of them with the same bytes.
CREATE FUNCTION compare(statement text, OUT customers bigint, OUT same bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*), count(*) FILTER (WHERE journey_send(x.j) = journey_send(want.j)) FROM (%s) x(c, j) JOIN want USING (c)', statement)
    INTO customers, same;
END $$;

--
-- What goes in comes out
--

SELECT count(*) AS customers, sum(length(j)) AS touchpoints FROM want;
CREATE VIEW given AS SELECT c, at, event, channel, value, score FROM touch;
CREATE VIEW gotten AS SELECT c, t.at, t.event, t.channel, t.value, t.score FROM want, touchpoints(j) t;
SELECT (SELECT count(*) FROM (TABLE given EXCEPT ALL TABLE gotten) x) AS lost, (SELECT count(*) FROM (TABLE gotten EXCEPT ALL TABLE given) x) AS made_up;
-- In order, numbered from 1.
SELECT count(*) AS rows, count(*) FILTER (WHERE (a.at, a.event, a.channel, a.value, a.score) IS NOT DISTINCT FROM (b.at, b.event, b.channel, b.value, b.score)) AS same
FROM (SELECT c, t.* FROM want, touchpoints(j) t) a
JOIN (SELECT *, row_number() OVER (PARTITION BY c ORDER BY at, event COLLATE "C", channel COLLATE "C" NULLS FIRST, value NULLS FIRST, score NULLS FIRST) AS ord
      FROM given) b USING (c, ord);

-- The five ways to call it. A row without time or event is ignored; a channel, value or score that is NULL is none.
CREATE TABLE few (at timestamptz, event text, channel text, value float8, score int);
INSERT INTO few VALUES
    ('2024-03-13 10:00Z', 'b', 'web', 1.5, 9), ('2024-03-13 10:00Z', 'a', NULL, NULL, NULL), ('2024-03-13 09:00Z', 'c', '', -1, NULL),
    (NULL, 'b', 'web', 1.5, 9), ('2024-03-13 10:00Z', NULL, 'web', 1.5, 9), (NULL, NULL, NULL, NULL, NULL), ('2024-03-13 10:00Z', '', 'web', NULL, 0);
SELECT journey_agg(at, event) FROM few;
SELECT journey_agg(at, event, channel) FROM few;
SELECT journey_agg(at, event, channel, value) FROM few;
SELECT journey_agg(at, event, channel, value, score) FROM few;
SELECT rollup(j) FROM (SELECT journey_agg(at, event, channel, value, score) AS j FROM few GROUP BY channel) x;
SELECT journey_agg(at, event) = journey_agg(at, event, NULL) AS "2", journey_agg(at, event, channel) = journey_agg(at, event, channel, NULL) AS "3",
       journey_agg(at, event, channel, value) = journey_agg(at, event, channel, value, NULL) AS "4" FROM touch;
-- Other types that become these.
SELECT journey_agg('2024-03-13'::date, 'a'::varchar(5), 'b'::name, 1::numeric, 2::int2);

-- Nothing usable is NULL.
SELECT journey_agg(at, event) AS no_rows, rollup(NULL::journey) FILTER (WHERE false) AS no_journeys FROM few WHERE false;
SELECT journey_agg(at, event, channel, value, score) AS only_nulls FROM few WHERE at IS NULL OR event IS NULL;
SELECT journey_agg(at, event) FILTER (WHERE event = 'z') AS filtered, journey_agg(at, event) FILTER (WHERE event = 'a') AS one FROM few;
SELECT event, journey_agg(at, event) FILTER (WHERE value > 0) FROM few WHERE at IS NOT NULL GROUP BY event ORDER BY event;
SELECT rollup(j) AS only_nulls FROM (VALUES (NULL::journey), (NULL)) v(j);
-- Empty journeys make an empty one, NULL among them or not.
SELECT rollup(j) AS empty FROM (VALUES (NULL::journey), ('[]'), ('[]')) v(j);
SELECT rollup(j) FROM (VALUES ('[]'::journey), ('[{"at": "2024-03-13T10:00:00Z", "event": "a"}]'), (NULL)) v(j);

--
-- Any order, any plan
--

SELECT seed, x.*
FROM generate_series(1, 5) seed,
     compare(format('SELECT c, journey_agg(at, event, channel, value, score) FROM (SELECT * FROM touch ORDER BY hashint4(i * %s)) s GROUP BY c', seed)) x
ORDER BY seed;
SELECT * FROM compare('SELECT c, journey_agg(at, event, channel, value, score ORDER BY at DESC, event, score DESC) FROM touch GROUP BY c');
SET enable_hashagg = off;
SELECT plan_shows('SELECT c, journey_agg(at, event) FROM touch GROUP BY c', 'GroupAggregate') AS sorted_groups;
SELECT * FROM compare('SELECT c, journey_agg(at, event, channel, value, score) FROM touch GROUP BY c');
RESET enable_hashagg;
SET enable_sort = off;
SELECT plan_shows('SELECT c, journey_agg(at, event) FROM touch GROUP BY c', 'HashAggregate') AS hashed_groups;
SELECT * FROM compare('SELECT c, journey_agg(at, event, channel, value, score) FROM touch GROUP BY c');
RESET enable_sort;
-- DISTINCT: each row once, as a subquery would have it.
SELECT count(*) AS customers, count(*) FILTER (WHERE a.j = b.j) AS same, count(*) FILTER (WHERE a.j <> want.j) > 100 AS without_duplicates
FROM (SELECT c, journey_agg(DISTINCT at, event, channel, value, score) AS j FROM touch GROUP BY c) a
JOIN (SELECT c, journey_agg(at, event, channel, value, score) AS j FROM (SELECT DISTINCT * FROM given) s GROUP BY c) b USING (c)
JOIN want USING (c);
-- GROUPING SETS: customers, parts, both, all.
SELECT c IS NOT NULL AS by_customer, part IS NOT NULL AS by_part, count(*) AS journeys,
       count(*) FILTER (WHERE j = (SELECT journey_agg(t.at, t.event, t.channel, t.value, t.score) FROM touch t
                                   WHERE t.c % 20 = 3 AND (x.c IS NULL OR t.c = x.c) AND (x.part IS NULL OR t.part = x.part))) AS same
FROM (SELECT c, part, journey_agg(at, event, channel, value, score) AS j FROM touch WHERE c % 20 = 3 GROUP BY CUBE (c, part)) x
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT j = (SELECT journey_agg(at, event, channel, value, score) FROM touch) AS grand_total
FROM (SELECT c, journey_agg(at, event, channel, value, score) AS j FROM touch GROUP BY ROLLUP (c)) x WHERE c IS NULL;

-- Parallel: partial states merged in whatever order the workers come.
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 3;
SET enable_sort = off;
SELECT plan_shows('SELECT c, journey_agg(at, event, channel, value, score) FROM touch GROUP BY c', 'Partial HashAggregate') AS partial;
SELECT turn, x.* FROM generate_series(1, 3) turn, compare('SELECT c, journey_agg(at, event, channel, value, score) FROM touch GROUP BY c LIMIT 1000 + ' || turn) x ORDER BY turn;
CREATE TABLE parts AS SELECT c, part, journey_agg(at, event, channel, value, score) AS j FROM touch GROUP BY c, part;
CREATE TABLE singles AS SELECT i, c, journey_agg(at, event, channel, value, score) AS j FROM touch GROUP BY i, c;
ANALYZE parts, singles;
SELECT plan_shows('SELECT c, rollup(j) FROM singles GROUP BY c', 'Partial HashAggregate') AS partial;
SELECT * FROM compare('SELECT c, rollup(j) FROM singles GROUP BY c');
RESET enable_sort;
SELECT plan_shows('SELECT journey_agg(at, event, channel, value, score) FROM touch', 'Partial Aggregate') AS partial;
SELECT journey_agg(at, event, channel, value, score) = (SELECT rollup(j) FROM want) AS all_customers_in_one FROM touch;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; SET max_parallel_workers_per_gather = 0;

-- Partitionwise.
CREATE TABLE cut (LIKE touch) PARTITION BY LIST (part);
CREATE TABLE cut_0 PARTITION OF cut FOR VALUES IN (0, 1);
CREATE TABLE cut_1 PARTITION OF cut FOR VALUES IN (2, 3, 4);
CREATE TABLE cut_2 PARTITION OF cut DEFAULT;
INSERT INTO cut SELECT * FROM touch;
ANALYZE cut;
SET enable_partitionwise_aggregate = on; SET enable_sort = off;
SELECT plan_shows('SELECT c, journey_agg(at, event, channel, value, score) FROM cut GROUP BY c', 'Partial HashAggregate') AS partitionwise;
SELECT * FROM compare('SELECT c, journey_agg(at, event, channel, value, score) FROM cut GROUP BY c');
RESET enable_partitionwise_aggregate; RESET enable_sort;

-- Window frames: each row's frame against the aggregate of its rows.
SELECT count(*) AS rows, count(*) FILTER (WHERE running = (SELECT journey_agg(t.at, t.event, t.channel, t.value, t.score) FROM touch t WHERE t.c = w.c AND t.i <= w.i)) AS running,
       count(*) FILTER (WHERE sliding = (SELECT journey_agg(t.at, t.event, t.channel, t.value, t.score) FROM touch t WHERE t.c = w.c AND t.i BETWEEN w.i - 3 * 200 AND w.i + 200)) AS sliding,
       count(*) FILTER (WHERE whole = (SELECT j FROM want WHERE want.c = w.c)) AS whole,
       count(*) FILTER (WHERE before IS NOT DISTINCT FROM (SELECT journey_agg(t.at, t.event) FROM touch t WHERE t.c = w.c AND t.i BETWEEN w.i - 2 * 200 AND w.i - 200)) AS before,
       count(*) FILTER (WHERE rolled = (SELECT journey_agg(t.at, t.event, t.channel, t.value, t.score) FROM touch t WHERE t.c = w.c AND t.i <= w.i)) AS rolled
FROM (SELECT c, i,
             journey_agg(at, event, channel, value, score) OVER (PARTITION BY c ORDER BY i) AS running,
             journey_agg(at, event, channel, value, score) OVER (PARTITION BY c ORDER BY i ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) AS sliding,
             journey_agg(at, event, channel, value, score) OVER (PARTITION BY c) AS whole,
             journey_agg(at, event) OVER (PARTITION BY c ORDER BY i ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS before,
             rollup(j) OVER (PARTITION BY c ORDER BY i) AS rolled
      FROM touch JOIN singles USING (i, c) WHERE c < 3) w;

-- Several in one query, and rescanned.
SELECT count(*) AS customers, count(*) FILTER (WHERE a = want.j AND length(b) = length(want.j) AND d = a) AS same
FROM want, LATERAL (SELECT journey_agg(at, event, channel, value, score) AS a, journey_agg(at, event) AS b, journey_agg(at, event, channel, value, score) AS d
                    FROM touch t WHERE t.c = want.c OFFSET 0) x;

--
-- Merging
--

SELECT * FROM compare('SELECT c, rollup(j) FROM parts GROUP BY c');
SELECT * FROM compare('SELECT c, rollup(j) FROM (SELECT c, rollup(j) AS j FROM parts GROUP BY c, part % 3) s GROUP BY c');
SELECT * FROM compare('SELECT c, rollup(j) FROM (SELECT c, date_trunc(''day'', at), journey_agg(at, event, channel, value, score) AS j FROM touch GROUP BY 1, 2) s GROUP BY c');
SELECT * FROM compare('SELECT c, j || ''[]'' FROM want');
SELECT * FROM compare('SELECT c, ''[]'' || j FROM want');
-- || of two halves, whichever comes first; of seven parts, one after the other.
SELECT * FROM compare('SELECT a.c, a.j || b.j FROM (SELECT c, rollup(j) AS j FROM parts WHERE part < 3 GROUP BY c) a JOIN (SELECT c, rollup(j) AS j FROM parts WHERE part >= 3 GROUP BY c) b USING (c)');
SELECT * FROM compare('SELECT a.c, b.j || a.j FROM (SELECT c, rollup(j) AS j FROM parts WHERE part < 3 GROUP BY c) a JOIN (SELECT c, rollup(j) AS j FROM parts WHERE part >= 3 GROUP BY c) b USING (c)');
SELECT * FROM compare('SELECT c, p[1] || (p[2] || p[3]) || p[4] || ((p[5] || p[6]) || coalesce(p[7], ''[]'')) FROM (SELECT c, array_agg(j ORDER BY part DESC) AS p FROM parts GROUP BY c) x');
SELECT '[]'::journey || '[]' AS nothing, '[]'::journey || NULL AS unknown;
-- What is in both is there twice.
SELECT count(*) AS customers, count(*) FILTER (WHERE length(j || j) = 2 * length(j) AND j || j = (SELECT rollup(x) FROM unnest(ARRAY[j, j]) x)) AS doubled,
       count(*) FILTER (WHERE j || j = (SELECT journey_agg(at, event, channel, value, score) FROM touch t, generate_series(1, 2) WHERE t.c = want.c)) AS as_from_rows
FROM want;
-- Journeys of another unit of time, with other columns.
SELECT '[{"at": "2024-03-13T00:00:00Z", "event": "a"}]'::journey || '[{"at": "2024-03-12T23:59:59.999999Z", "event": "b", "channel": "", "value": 1, "score": 2}]' AS joined;

--
-- Names
--

-- 1000 names of events and of channels in one group, of all lengths at which the form changes, each twice and interleaved.
CREATE TABLE named AS
SELECT n, '2024-03-13Z'::timestamptz + n % 10 * interval '1 minute' AS at, rpad('e' || n % 500, l, 'é') AS event, CASE WHEN n % 5 > 0 THEN rpad('c' || n % 250, l, 'x') END AS channel
FROM generate_series(1, 1000) n, LATERAL (SELECT (ARRAY[5, 126, 127, 128, 129, 254, 255, 256, 257, 2048])[1 + n % 10] AS l) x;
SELECT length(journey_agg(at, event, channel)), cardinality(events(journey_agg(at, event, channel))) AS events, cardinality(channels(journey_agg(at, event, channel))) AS channels,
       max(octet_length(event)) AS longest, journey_agg(at, event, channel ORDER BY n) = journey_agg(at, event, channel ORDER BY hashint4(n)) AS same FROM named;
SELECT (SELECT count(*) FROM (SELECT at, event, channel FROM named EXCEPT ALL SELECT t.at, t.event, t.channel FROM (SELECT journey_agg(at, event, channel) AS j FROM named) x, touchpoints(j) t) y) AS lost,
       (SELECT count(*) FROM (SELECT t.at, t.event, t.channel FROM (SELECT journey_agg(at, event, channel) AS j FROM named) x, touchpoints(j) t EXCEPT ALL SELECT at, event, channel FROM named) y) AS made_up;
-- 31, 32, 33, 34 names, an event's and a channel's the same.
SELECT k, length(j), cardinality(events(j)) AS events, cardinality(channels(j)) AS channels,
       j = (SELECT journey_agg('2024-03-13Z', 'n' || i % k, 'n' || (i + 1) % k) FROM generate_series(200, 1, -1) i) AS same,
       (SELECT bool_and(right(event, -1)::int = (right(channel, -1)::int + k - 1) % k) FROM touchpoints(j)) AS in_pairs
FROM generate_series(31, 34) k,
     LATERAL (SELECT journey_agg('2024-03-13Z', 'n' || i % k, 'n' || (i + 1) % k) AS j FROM generate_series(1, 200) i) y
ORDER BY k;

--
-- Large
--

-- 300,000 touchpoints of one customer, in disorder and in order.
CREATE TABLE large AS
SELECT i, '2020-01-01Z'::timestamptz + (i * 48271 % 2147483647 % 100000) * interval '1 second' AS at, 'event ' || i % 40 AS event, 'channel ' || i % 3 AS channel
FROM generate_series(1::bigint, 300000) i;
CREATE TABLE large_journey AS SELECT journey_agg(at, event, channel) AS j FROM large;
SELECT length(j), started_at(j) = (SELECT min(at) FROM large) AS starts, ended_at(j) = (SELECT max(at) FROM large) AS ends,
       j = (SELECT journey_agg(at, event, channel) FROM (SELECT * FROM large ORDER BY at, event COLLATE "C") s) AS same_as_sorted
FROM large_journey;
SELECT count(*) AS rows, count(*) FILTER (WHERE difference <> 0) AS wrong
FROM (SELECT sum(side) AS difference
      FROM (SELECT at, event, channel, 1 AS side FROM large
            UNION ALL SELECT t.at, t.event, t.channel, -1 FROM large_journey, touchpoints(j) t) x
      GROUP BY at, event, channel) y;

-- 100,000 groups in memory too small for them: the states go to disk and come back.
CREATE TABLE many AS SELECT i % 100000 AS c, '2024-03-13Z'::timestamptz + i * interval '1 minute' AS at, 'event ' || i % 7 AS event FROM generate_series(1, 200000) i;
ANALYZE many;
CREATE FUNCTION batches(statement text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ' || statement LOOP
        IF line LIKE '%Batches: %' THEN RETURN (regexp_match(line, 'Batches: (\d+)'))[1]; END IF;
    END LOOP;
    RETURN 0;
END $$;
SET enable_hashagg = off;
CREATE TABLE many_sorted AS SELECT c, journey_agg(at, event) AS j FROM many GROUP BY c;
RESET enable_hashagg;
SET enable_sort = off; SET work_mem = '512kB'; SET hash_mem_multiplier = 1;
SELECT batches('CREATE TABLE many_hashed AS SELECT c, journey_agg(at, event) AS j FROM many GROUP BY c') > 1 AS spilled;
RESET enable_sort; RESET work_mem; RESET hash_mem_multiplier;
SELECT count(*) AS customers, count(*) FILTER (WHERE a.j = b.j) AS same, sum(length(a.j)) AS touchpoints FROM many_sorted a JOIN many_hashed b USING (c);

--
-- The state
--

-- An aggregate of one's own whose state is kept: rows as they came.
CREATE AGGREGATE state_of(timestamptz, text, text, float8, int) (SFUNC = journey_accum, STYPE = journey_state, COMBINEFUNC = journey_combine, PARALLEL = SAFE);
SELECT state_of(at, event, channel, value, score) FROM few;
SELECT state_of(at, event, channel, value, score) AS none FROM few WHERE at IS NULL;
CREATE TABLE states AS SELECT c, part, state_of(at, event, channel, value, score) AS s FROM touch GROUP BY c, part;
INSERT INTO states SELECT 1000, 0, state_of(at, event, channel, NULL, NULL) FROM large WHERE i <= 50000;
INSERT INTO states SELECT 1001, 0, state_of(at, event, channel, NULL, NULL) FROM named;
-- The journey of a stored state, and of its text.
SELECT count(*) AS states, count(*) FILTER (WHERE journey_final(s) = j) AS same, count(*) FILTER (WHERE journey_final(s::text::journey_state) = j) AS by_text,
       count(*) FILTER (WHERE s::text::journey_state::text = s::text) AS same_text, count(*) FILTER (WHERE s::text::journey = j) AS its_text_is_a_journey
FROM states JOIN parts USING (c, part);
SELECT journey_final(s) = (SELECT journey_agg(at, event, channel) FROM large WHERE i <= 50000) AS large FROM states WHERE c = 1000;
SELECT journey_final(s::text::journey_state) = (SELECT journey_agg(at, event, channel) FROM named) AS named FROM states WHERE c = 1001;
-- Binary, by COPY.
CREATE TABLE states_loaded (LIKE states);
\set file `mktemp`
\set load '\\copy states_loaded from ' :'file' ' (format binary)'
COPY states TO STDOUT (FORMAT binary) \g :file
:load
\set file `rm -f :file`
SELECT count(*) AS states, count(*) FILTER (WHERE a.s::text = b.s::text AND journey_final(a.s) = journey_final(b.s)) AS same FROM states a JOIN states_loaded b USING (c, part);
-- Stored states merge, in memory and out of line.
CREATE AGGREGATE merge_states(journey_state) (SFUNC = journey_combine, STYPE = journey_state, FINALFUNC = journey_final, COMBINEFUNC = journey_combine, PARALLEL = SAFE);
SELECT * FROM compare('SELECT c, merge_states(s) FROM states GROUP BY c');
SELECT length(merge_states(s)) FROM states WHERE c >= 1000;
SELECT merge_states(s) AS none FROM states WHERE false;
SELECT merge_states(s) AS only_null FROM (VALUES (NULL::journey_state)) v(s);
-- An aggregate that starts from a state, empty or not; it is there once a group, and not changed by any.
CREATE AGGREGATE started(timestamptz, text) (SFUNC = journey_accum, STYPE = journey_state, FINALFUNC = journey_final, INITCOND = '[]');
CREATE AGGREGATE primed(timestamptz, text) (SFUNC = journey_accum, STYPE = journey_state, FINALFUNC = journey_final, INITCOND = '[{"at": "2024-03-13T00:00:00Z", "event": "first"}]');
SELECT started(at, event) AS nothing, primed(at, event) AS only_first FROM few WHERE false;
SELECT event, started(at, event), primed(at, event) FROM few WHERE at IS NOT NULL AND event IS NOT NULL GROUP BY event ORDER BY event;
-- By hand, outside an aggregate, the functions that change a state in place are refused; a row that does not count is not.
SELECT error_of('SELECT journey_accum(NULL, now(), ''a'')') AS new;
SELECT n, left(error_of(call), 5) AS state
FROM (VALUES (1, 'SELECT journey_accum(s, now(), ''a'') FROM states'), (2, 'SELECT journey_accum(s, now(), ''a'', ''b'') FROM states'),
             (3, 'SELECT journey_accum(s, now(), ''a'', ''b'', 1) FROM states'), (4, 'SELECT journey_accum(s, now(), ''a'', ''b'', 1, 2) FROM states'),
             (5, 'SELECT journey_accum(s, ''[]''::journey) FROM states'), (6, 'SELECT journey_accum(NULL, ''[]''::journey)'),
             (7, 'SELECT journey_combine(s, s) FROM states'), (8, 'SELECT journey_combine(NULL, s) FROM states'),
             (9, 'SELECT journey_accum(s, NULL, ''a'') FROM states'), (10, 'SELECT journey_combine(s, NULL) FROM states')) v(n, call)
ORDER BY n;
SELECT journey_final(NULL) AS none, journey_combine(NULL, NULL) AS neither;

DROP SCHEMA test_journey_agg CASCADE;
