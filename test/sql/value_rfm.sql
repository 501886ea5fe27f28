-- RFM, npv, purchase_summary and spend_summary against plain SQL; their types; what they refuse.

CREATE SCHEMA test_value_rfm;
SET search_path = test_value_rfm, public;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET max_parallel_workers_per_gather = 0;

-- What a statement raises: its SQLSTATE and message.
CREATE FUNCTION failure(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	state text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, state = RETURNED_SQLSTATE;
	RETURN state || ': ' || message;
END $$;

--
-- rfm: known cases
--

-- Six customers of the test suite of the Python package lifetimes, in days, up to 7 February 2015.
-- There monetary is 0 where nothing was bought again; here it is NULL.
SELECT id, (r).frequency, (r).recency, (r).age, (r).monetary, (r).unit_seconds
FROM (SELECT id, rfm(at, amount, '2015-02-07') AS r
      FROM (VALUES (1, '2015-01-01'::timestamptz, 1), (1, '2015-02-06', 2), (2, '2015-01-01', 2), (3, '2015-01-01', 3),
                   (3, '2015-01-02', 1), (3, '2015-01-05', 5), (4, '2015-01-16', 6), (4, '2015-02-02', 3), (4, '2015-02-05', 3),
                   (5, '2015-01-16', 3), (5, '2015-01-17', 1), (5, '2015-01-18', 8), (6, '2015-02-02', 5)) v(id, at, amount)
      GROUP BY id) x ORDER BY id;
-- Twice on the day that is the last: one purchase, nothing after it.
SELECT rfm(at, 1, '2015-01-01', '1 day', '1 week') FROM (VALUES ('2015-01-01'::timestamptz), ('2015-01-01')) v(at);

-- Weeks start on Monday. Sunday 7 January 2001 and Monday are two, Monday and Sunday one.
SELECT rfm(at, 10, '2001-01-22', '7 days', '1 day') FROM (VALUES ('2001-01-07 23:59:59.999999'::timestamptz), ('2001-01-08')) v(at);
SELECT rfm(at, 10, '2001-01-22', '1 week', '1 day') FROM (VALUES ('2001-01-08'::timestamptz), ('2001-01-14 23:59:59.999999')) v(at);
-- The same before the origin, and on both sides of it.
SELECT rfm(at, 10, '2001-01-22', '7 days', '1 day') FROM (VALUES ('2000-12-31 23:59:59.999999'::timestamptz), ('2000-12-25'), ('2001-01-01')) v(at);
-- Exactly at as_of counts, a microsecond later does not; none left is NULL, as is no row and only NULLs.
SELECT rfm(at, 10, '2001-01-22 12:00') FROM (VALUES ('2001-01-07'::timestamptz), ('2001-01-22 12:00'), ('2001-01-22 12:00:00.000001')) v(at);
SELECT rfm(at, 10, '2001-01-22 12:00') IS NULL AS later FROM (VALUES ('2001-01-22 12:00:00.000001'::timestamptz)) v(at);
SELECT rfm(at, 10, '2001-01-22 12:00') IS NULL AS no_row FROM (VALUES ('2001-01-07'::timestamptz)) v(at) WHERE false;
SELECT rfm(at, a, d, m, u) IS NULL AS nulls
FROM (VALUES (NULL::timestamptz, 1, '2002-01-01'::timestamptz, '1 day'::interval, '1 day'::interval),
             ('2001-01-01', NULL, '2002-01-01', '1 day', '1 day'), ('2001-01-01', 1, NULL, '1 day', '1 day'),
             ('2001-01-01', 1, '2002-01-01', NULL, '1 day'), ('2001-01-01', 1, '2002-01-01', '1 day', NULL)) v(at, a, d, m, u);
-- A row with a NULL says nothing, not even what its other arguments are.
SELECT rfm(at, a, d, m, u)
FROM (VALUES ('2001-01-01'::timestamptz, 1, '2002-01-01'::timestamptz, '1 day'::interval, '1 day'::interval),
             ('2001-01-01', NULL, '2003-01-01', '3 days', '2 days')) v(at, a, d, m, u);
-- Amounts: what was bought first says nothing on repeats; refunds count.
SELECT rfm(at, amount, '2001-02-01') FROM (VALUES ('2001-01-01 10:00'::timestamptz, 1000), ('2001-01-01 11:00', 500), ('2001-01-02', 10), ('2001-01-02 01:00', 20), ('2001-01-05', -6)) v(at, amount);
-- All of time, in microseconds and in one bin.
SELECT rfm(at, 1, '294276-12-31 23:59:59.999999', m, '1 day')
FROM (VALUES ('4714-11-24 BC'::timestamptz), ('294276-12-31 23:59:59.999999')) v(at), (VALUES (1, '1 us'::interval), (2, '106751991 days')) w(n, m) GROUP BY n ORDER BY n;

--
-- rfm against plain SQL
--

-- Numbers from 0 to 1 that are the same everywhere; the seed is 'rfm'.
CREATE FUNCTION uniform(key text) RETURNS float8 IMMUTABLE LANGUAGE sql AS
$$SELECT ('x' || left(md5('rfm' || key), 12))::bit(48)::bigint / 2.0 ^ 48$$;
-- 400 customers, 1 to 40 purchases around 1 January 2001, bunched so that bins have several; some exactly on the hour.
CREATE TABLE purchase AS
SELECT id, CASE WHEN uniform('hour' || key) < 0.2 THEN date_trunc('hour', at) ELSE at END AS at,
       round((uniform('amount' || key) * 200 - 10)::numeric, 2)::float8 AS amount, CASE WHEN uniform('event' || key) < 0.7 THEN 'order' ELSE 'visit' END AS event
FROM (SELECT id, key, '2000-10-01Z'::timestamptz + floor(uniform('day' || key) * 60) * interval '3 days' + uniform('at' || key) ^ 3 * interval '2 days' AS at
      FROM (SELECT id, id || '/' || n AS key FROM generate_series(1, 400) id CROSS JOIN LATERAL generate_series(1, 1 + id % 40) n) k) x;
-- Some bought at the very end.
INSERT INTO purchase SELECT id, '2001-03-01 12:00Z', id, 'order' FROM generate_series(1, 400, 3) id;
ALTER TABLE purchase SET (parallel_workers = 2);
ANALYZE purchase;
CREATE TABLE views (n int, as_of timestamptz, merge interval, unit interval);
INSERT INTO views VALUES (1, '2001-03-01 12:00Z', '1 day', '1 day'), (2, '2001-03-01 12:00Z', '1 week', '1 day'),
    (3, '2001-01-01Z', '1 day', '1 week'), (4, '2000-12-31 23:59:59.999999Z', '5 hours 13.000001 seconds', '1 hour'), (5, '2001-03-01 12:00Z', '1 us', '1 second'), (6, '2000-12-15Z', '1000 days', '30 days');

-- The number of the stretch of time, in numeric: exact.
CREATE TABLE plain AS
WITH bins AS (
    SELECT n, id, v.as_of, extract(epoch FROM merge) AS m, extract(epoch FROM unit) AS u,
           floor((extract(epoch FROM at) - extract(epoch FROM timestamptz '2001-01-01Z')) / extract(epoch FROM merge)) AS bin, sum(amount) AS amount
    FROM purchase, views v WHERE at <= v.as_of GROUP BY 1, 2, 3, 4, 5, 6),
firsts AS (SELECT *, min(bin) OVER (PARTITION BY n, id) AS first FROM bins)
SELECT n, id, count(DISTINCT bin) - 1 AS frequency, (max(bin) - min(bin)) * m / u AS recency,
       (extract(epoch FROM as_of) - extract(epoch FROM timestamptz '2001-01-01Z') - min(bin) * m) / u AS age,
       avg(amount) FILTER (WHERE bin > first) AS monetary, u AS unit_seconds
FROM firsts GROUP BY n, id, as_of, m, u;
CREATE TABLE measured AS SELECT n, id, rfm(at, amount, v.as_of, merge, unit) AS r FROM purchase, views v GROUP BY n, id;
CREATE FUNCTION near(a float8, b float8, scale float8) RETURNS boolean LANGUAGE sql AS 'SELECT abs(a - b) <= 1e-12 * scale OR (a IS NULL AND b IS NULL)';
SELECT n, count(p) AS customers, sum(frequency) > 0 AS repeats, count(*) FILTER (WHERE (m.r).frequency IS DISTINCT FROM p.frequency) AS frequency,
       count(*) FILTER (WHERE NOT near((m.r).recency, p.recency::float8, p.recency::float8)) AS recency,
       count(*) FILTER (WHERE NOT near((m.r).age, p.age::float8, p.age::float8)) AS age,
       count(*) FILTER (WHERE NOT near((m.r).monetary, p.monetary, 200)) AS monetary,
       count(*) FILTER (WHERE (m.r).unit_seconds <> p.unit_seconds) AS unit, count(*) FILTER (WHERE (m.r).recency > (m.r).age) AS impossible
FROM measured m LEFT JOIN plain p USING (n, id) GROUP BY n ORDER BY n;
-- The short form is the long one with days.
SELECT count(*) AS customers, count(*) FILTER (WHERE r::text IS DISTINCT FROM x::text) AS differ
FROM measured JOIN (SELECT id, rfm(at, amount, '2001-03-01 12:00Z') AS x FROM purchase GROUP BY id) y USING (id) WHERE n = 1;
-- Stretches of time are those of date_bin.
SELECT count(*) AS customers, count(*) FILTER (WHERE (r).frequency <> days - 1) AS differ
FROM (SELECT id, rfm(at, amount, '2002-01-01Z', '11 hours', '1 day') AS r, count(DISTINCT date_bin('11 hours', at, '2001-01-01Z')) AS days
      FROM purchase WHERE at >= '2001-01-01Z' GROUP BY id) x;

--
-- rfm of a journey
--

CREATE TABLE journeys AS SELECT id, journey_agg(at, event, NULL, amount) AS j FROM purchase GROUP BY id;
SELECT n, count(j) AS journeys, count(*) FILTER (WHERE rfm(j, 'order', as_of, merge, unit)::text IS DISTINCT FROM r::text) AS differ,
       count(*) FILTER (WHERE rfm(j, '.', as_of, merge, unit)::text IS DISTINCT FROM a::text) AS differ_any, count(r) AS customers
FROM journeys JOIN (SELECT n, id, v.as_of, merge, unit, rfm(at, amount, v.as_of, merge, unit) FILTER (WHERE event = 'order') AS r, rfm(at, amount, v.as_of, merge, unit) AS a
                    FROM purchase, views v GROUP BY n, id, v.as_of, merge, unit) x USING (id) GROUP BY n ORDER BY n;
SELECT rfm(j, 'order:value>100', '2001-03-01') IS NOT DISTINCT FROM (SELECT rfm(at, amount, '2001-03-01') FROM purchase WHERE purchase.id = 39 AND event = 'order' AND amount > 100) AS same FROM journeys WHERE id = 39;
-- A touchpoint without a value is a purchase of 0; with none that passes, or none at all, there is nothing.
SELECT rfm(j, 'order', '2001-03-01'), rfm(j, 'nothing', '2001-03-01') AS nothing, rfm(j, 'order', '2000-03-01') AS before, rfm(j, 'order', NULL) AS "null"
FROM (SELECT journey_agg(at, 'order', NULL, amount) AS j FROM (VALUES ('2001-01-01'::timestamptz, 5), ('2001-01-05', NULL), ('2001-01-09', 5)) v(at, amount)) x;
SELECT rfm(j, 'order', as_of => '2001-03-01', unit => '7 days') FROM (SELECT journey_agg(at, 'order') AS j FROM (VALUES ('2001-01-01'::timestamptz), ('2001-01-08')) v(at)) x;
SELECT rfm('[]'::journey, 'order', '2001-03-01') IS NULL AS empty;

--
-- Any order, several workers, states as text and binary: the same to the last bit
--

CREATE AGGREGATE keep_rfm(timestamptz, float8, timestamptz, interval, interval) (SFUNC = rfm_accum, STYPE = rfm_state);
CREATE AGGREGATE merge_rfm(rfm_state) (SFUNC = rfm_combine, STYPE = rfm_state, FINALFUNC = rfm_final);
CREATE TABLE state AS SELECT n, id, md5(at::text) < '8' AS part, keep_rfm(at, amount, v.as_of, merge, unit) AS s FROM purchase, views v GROUP BY n, id, part;
SELECT count(*) AS customers, count(*) FILTER (WHERE m.r::text IS DISTINCT FROM x.r::text OR m.r::text IS DISTINCT FROM y.r::text) AS differ
FROM measured m
JOIN (SELECT n, id, rfm(at, amount, as_of, merge, unit) AS r FROM (SELECT * FROM purchase, views ORDER BY md5(at::text || id || amount)) s GROUP BY n, id) x USING (n, id)
JOIN (SELECT n, id, merge_rfm(s::text::rfm_state) AS r FROM state GROUP BY n, id) y USING (n, id);
CREATE TABLE loaded_state (LIKE state);
\set file `mktemp`
\set load '\\copy loaded_state from ' :'file' ' (format binary)'
COPY state TO STDOUT (FORMAT binary) \g :file
:load
SELECT count(*) AS states, count(*) FILTER (WHERE a.s::text = b.s::text AND rfm_state_send(a.s) = rfm_state_send(b.s) AND a.s::text::rfm_state::text = a.s::text) AS same
FROM state a JOIN loaded_state b USING (n, id, part);
CREATE FUNCTION plan_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
		plan := plan || line || E'\n';
	END LOOP;
	RETURN plan;
END $$;
CREATE TABLE serial AS SELECT rfm(at, amount, '2001-03-01Z', '1 us', '1 day')::text AS r, npv(amount, at, '2001-03-01Z', 0.1) AS npv, purchase_agg(id % 7, (id % 7) / 3.0, 3) AS p, spend_agg(id % 7, abs(amount)) AS s FROM purchase;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_of('SELECT rfm(at, amount, ''2001-03-01Z''), npv(amount, at, ''2001-03-01Z'', 0.1), purchase_agg(1, 1, 1), spend_agg(1, 1) FROM purchase') LIKE '%Finalize Aggregate%Partial Aggregate%' AS parallel;
SELECT x.r = serial.r AS rfm, abs(x.npv - serial.npv) <= 1e-12 * abs(x.npv) AS npv, purchase_summary_send(x.p) = purchase_summary_send(serial.p) AS purchases, spend_summary_send(x.s) = spend_summary_send(serial.s) AS spend
FROM serial, (SELECT rfm(at, amount, '2001-03-01Z', '1 us', '1 day')::text AS r, npv(amount, at, '2001-03-01Z', 0.1) AS npv, purchase_agg(id % 7, (id % 7) / 3.0, 3) AS p, spend_agg(id % 7, abs(amount)) AS s FROM purchase) x;
SET max_parallel_workers_per_gather = 0; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;

-- Running and sliding over rows, as any aggregate; the state is not used up by being asked.
SELECT count(*) AS frames, count(*) FILTER (WHERE w.r::text IS DISTINCT FROM x.r::text) AS differ
FROM (SELECT id, at, amount, ctid AS row, rfm(at, amount, '2001-03-01Z') OVER (PARTITION BY id ORDER BY at, ctid ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS r,
             array_agg(at) OVER f AS ats, array_agg(amount) OVER f AS amounts
      FROM purchase WHERE id % 10 = 0 WINDOW f AS (PARTITION BY id ORDER BY at, ctid ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)) w
CROSS JOIN LATERAL (SELECT rfm(u.at, u.amount, '2001-03-01Z') AS r FROM unnest(ats, amounts) u(at, amount)) x;

--
-- rfm: what it refuses
--

SELECT failure(format('SELECT rfm(at, amount, %s) FROM (VALUES (''2001-01-01''::timestamptz, 1::float8), (''2001-01-02'', 2)) v(at, amount)', args)) AS error
FROM (VALUES (1, '''2001-02-01'', ''1 month'', ''1 day'''), (2, '''2001-02-01'', ''1 day'', ''1 year 1 day'''), (3, '''2001-02-01'', ''0'', ''1 day'''), (4, '''2001-02-01'', ''1 day'', ''-1 hour'''),
             (5, '''2001-02-01'', ''2000000000 days'', ''1 day'''), (6, '''infinity'''), (7, 'at + interval ''40 days'''), (8, '''2001-02-01'', make_interval(days => amount::int), ''1 day'''),
             (9, '''2001-02-01'', ''1 day'', make_interval(hours => amount::int)')) v(n, args) ORDER BY n;
SELECT failure('SELECT rfm(at, 1, ''2001-02-01'') FROM (VALUES (''-infinity''::timestamptz)) v(at)') AS error
UNION ALL SELECT failure('SELECT rfm(''infinity''::timestamptz, 1, ''2001-02-01'')')
UNION ALL SELECT failure('SELECT rfm(''2001-01-01''::timestamptz, ''NaN'', ''2001-02-01'')')
UNION ALL SELECT failure('SELECT rfm(''2001-01-01''::timestamptz, ''-Infinity'', ''2001-02-01'')')
UNION ALL SELECT failure('SELECT rfm(at, 1e308, ''2001-02-01'') FROM generate_series(''2001-01-01''::timestamptz, ''2001-01-04'', ''1 day'') at')
UNION ALL SELECT failure('SELECT rfm(''[]''::journey, ''order'', ''infinity'')')
UNION ALL SELECT failure('SELECT rfm(''[]''::journey, ''order[['', ''2001-01-01'')')
UNION ALL SELECT failure('SELECT rfm(''[]''::journey, ''order'', ''2001-01-01'', ''1 month'')')
UNION ALL SELECT failure('SELECT rfm_accum(NULL, ''2001-01-01'', 1, ''2001-02-01'')')
UNION ALL SELECT failure('SELECT rfm_combine(s, s) FROM (SELECT s FROM test_value_rfm.state LIMIT 1) x');
-- Two views differ however the rows come together.
SELECT failure('SELECT merge_rfm(s) FROM state WHERE n IN (1, 2) AND id = 1');

--
-- rfm_state: text and binary from outside
--

CREATE FUNCTION bad_text(input text, type regtype) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	state text;
	accepted text;
BEGIN
	EXECUTE format('SELECT %L::%s::text', input, type) INTO accepted;
	RETURN 'accepted: ' || accepted;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, state = RETURNED_SQLSTATE;
	RETURN state || ': ' || detail;
END $$;
SELECT bad_text(replace(replace('{"as_of": "2001-02-01T00:00:00Z", "merge": "1 day", "unit": "7 days", "purchases": P}', 'P', '[[3, 29.33], [-400, 1e-7]]'), a, b), 'rfm_state')
FROM (VALUES (1, 'x', 'x'), (2, '2001-02-01T00:00:00Z', 'infinity'), (3, 'T00:00:00Z', ''), (4, '1 day', '1 month'), (5, '1 day', '0 days'), (6, '1 day', '1 day x'), (7, '7 days', '400000000 days'),
             (8, '[3,', '[31,'), (9, '[3,', '[32,'), (10, '[3,', '[3.5,'), (11, '-400', '-9000000000000'), (12, '29.33', 'NaN'), (13, '29.33', '1e999'), (14, ', 1e-7', ''), (15, '7]]}', '7]]'), (16, '7]]}', '7]]}}'),
             (17, 'unit', 'units'), (18, 'as_of', 'asof'), (19, '[[3, 29.33], [-400, 1e-7]]', '[]'), (20, '[[3, 29.33], [-400, 1e-7]]', 'null'), (21, '29.33', '-0'), (22, '"purchases"', '"purchase"')) v(n, a, b) ORDER BY n;

-- Receives bytes as COPY BINARY does: what printf writes is a file with one row and one column.
CREATE FUNCTION receive(message bytea, type regtype) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	file bytea := '\x5047434f50590aff0d0a0000000000000000000001'::bytea || int4send(length(message)) || message || '\xffff'::bytea;
	octal text;
	detail text;
	state text;
	received text;
BEGIN
	SELECT string_agg('\' || get_byte(file, i) / 64 || get_byte(file, i) / 8 % 8 || get_byte(file, i) % 8, '' ORDER BY i)
	INTO octal FROM generate_series(0, length(file) - 1) i;
	DROP TABLE IF EXISTS pg_temp.received;
	EXECUTE format('CREATE TEMP TABLE received (s %s)', type);
	EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
	EXECUTE 'SELECT s::text FROM received' INTO received;
	RETURN received;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, state = RETURNED_SQLSTATE;
	RETURN state || ': ' || coalesce(nullif(detail, ''), SQLERRM);
END $$;
SET client_min_messages = warning;

-- Version 1; as_of, merge and unit; how many purchases; bin and amount of each.
CREATE TABLE message AS
SELECT rfm_state_send('{"as_of": "2001-02-01T00:00:00Z", "merge": "1 day", "unit": "7 days", "purchases": [[3, 29.5], [-400, -1]]}') AS m;
SELECT m = '\x01'::bytea || int8send(397 * 86400000000) || int8send(86400000000) || int8send(7 * 86400000000) || int4send(2)
           || int8send(3) || float8send(29.5) || int8send(-400) || float8send(-1) AS bytes, receive(m, 'rfm_state') AS received FROM message;
SELECT left(receive(substr(m, 1, n), 'rfm_state'), 5) AS result, count(*) FROM message, generate_series(0, length(m) - 1, 3) n GROUP BY 1;
SELECT receive(m || '\x00', 'rfm_state') FROM message;
SELECT why, receive(overlay(m PLACING bytes FROM place + 1 FOR length(bytes)), 'rfm_state') FROM message,
    (VALUES (1, 'version 2', 0, '\x02'::bytea), (2, 'as_of infinite', 1, int8send(9223372036854775807)), (3, 'merge 0', 9, int8send(0)), (4, 'unit below 0', 17, int8send(-1)), (5, 'count 3', 25, int4send(3)), (6, 'count below 0', 25, int4send(-1)),
            (7, 'a bin after as_of', 29, int8send(32)), (8, 'a bin before all', 29, int8send(-9000000000000)), (9, 'NaN', 37, float8send('NaN')), (10, 'infinite', 37, float8send('Infinity')), (11, '-0', 37, float8send('-0'))) v(n, why, place, bytes) ORDER BY n;

--
-- npv
--

-- 100 a year before at 10 percent; at the date itself; after it.
SELECT abs(npv(100, at, '2001-01-01', 0.1) - 110) <= 1e-12 AS a_year FROM (VALUES ('2001-01-01'::timestamptz - interval '365.25 days')) v(at);
SELECT npv(100, at, '2001-01-01', 0.1) FROM (VALUES ('2001-01-01'::timestamptz)) v(at);
SELECT npv(100, at, '2001-01-01', 0.1) IS NULL AS later FROM (VALUES ('2001-01-01 00:00:00.000001'::timestamptz)) v(at);
SELECT npv(100, at, '2001-01-01', 0.1) IS NULL AS no_row FROM (VALUES ('2001-01-01'::timestamptz)) v(at) WHERE false;
SELECT npv(amount, at, d, r) IS NULL AS nulls FROM (VALUES (NULL::float8, '2001-01-01'::timestamptz, '2001-01-01'::timestamptz, 0.1), (1, NULL, '2001-01-01', 0.1), (1, '2001-01-01', NULL, 0.1), (1, '2001-01-01', '2001-01-01', NULL)) v(amount, at, d, r);
SELECT rate, count(*) AS customers, count(*) FILTER (WHERE abs(n - p) > 1e-12 * scale OR n IS NULL) AS differ
FROM (SELECT rate, id, npv(amount, at, '2001-03-01Z', rate) AS n, sum(amount * power(1 + rate, extract(epoch FROM '2001-03-01Z' - at)::float8 / 86400 / 365.25)) AS p,
             sum(abs(amount * power(1 + rate, extract(epoch FROM '2001-03-01Z' - at)::float8 / 86400 / 365.25))) AS scale
      FROM purchase, (VALUES (0::float8), (0.1), (-0.5), (12)) v(rate) WHERE at <= '2001-03-01Z' GROUP BY rate, id) x GROUP BY rate ORDER BY rate;
-- Refunds leave what is due.
SELECT npv(amount, '2001-01-01'::timestamptz, '2001-01-01', 0.1) FROM (VALUES (1e16::float8), (1), (-1e16)) v(amount);
SELECT failure(format('SELECT npv(%s)', args)) AS error
FROM (VALUES (1, '1, ''2001-01-01''::timestamptz, ''2001-01-01'', -1'), (2, '1, ''2001-01-01''::timestamptz, ''2001-01-01'', ''NaN'''), (3, '1, ''2001-01-01''::timestamptz, ''2001-01-01'', ''Infinity'''), (4, '''NaN'', ''2001-01-01''::timestamptz, ''2001-01-01'', 0'),
             (5, '1, ''infinity''::timestamptz, ''2001-01-01'', 0'), (6, '1, ''2001-01-01''::timestamptz, ''infinity'', 0'), (7, '1, ''1001-01-01''::timestamptz, ''2001-01-01'', 5')) v(n, args) ORDER BY n;
SELECT failure('SELECT npv_accum(''{0,0,0}'', 1, now(), now(), 0)');

--
-- purchase_agg, spend_agg against GROUP BY
--

-- Few values, so that customers are alike; NULLs among them.
CREATE TABLE customer AS
SELECT id, id % 5 AS segment, NULLIF(x, 9) AS x, CASE WHEN x = 0 THEN 0 ELSE floor(uniform('t_x' || id) * 4) / 3 END AS t_x,
       NULLIF(floor(uniform('t' || id) * 6), 5) / 3 + 1 AS t, NULLIF(floor(uniform('m' || id) * 8 - 1), 6) * 1.1 AS m
FROM (SELECT id, floor(uniform('x' || id) ^ 2 * 10)::bigint AS x FROM generate_series(1, 3000) id) v;
ALTER TABLE customer SET (parallel_workers = 2);
CREATE VIEW alike AS
SELECT segment, jsonb_agg(jsonb_build_array(x, t_x, t, n) ORDER BY x, t_x, t) AS customers
FROM (SELECT segment, x, t_x, t, count(*) AS n FROM customer WHERE x IS NOT NULL AND t_x IS NOT NULL AND t IS NOT NULL GROUP BY GROUPING SETS ((segment, x, t_x, t), (x, t_x, t))) g GROUP BY segment;
CREATE VIEW spent AS
SELECT segment, jsonb_agg(jsonb_build_array(x, m, n) ORDER BY x, m) AS customers
FROM (SELECT segment, x, m, count(*) AS n FROM customer WHERE x >= 1 AND m > 0 GROUP BY GROUPING SETS ((segment, x, m), (x, m))) g GROUP BY segment;
CREATE TABLE summary AS
SELECT segment, purchase_agg(x, t_x, t) AS p, spend_agg(x, m) AS s, purchase_agg(ROW(x, t_x, t, m, 3600)::rfm_summary) AS hours, spend_agg(ROW(x, t_x, t, m, 3600)::rfm_summary) AS spend_hours FROM customer GROUP BY GROUPING SETS ((segment), ());
-- Spend of an rfm_summary without a history is left out; here a missing age is one.
SELECT summary.segment, p::jsonb -> 'customers' = a.customers AS purchases, p::jsonb -> 'unit_seconds' = 'null' AS unknown, s::jsonb = jsonb_build_object('customers', b.customers) AS spend,
       hours::jsonb -> 'customers' = a.customers AS purchases_of_rfm, hours::jsonb -> 'unit_seconds' AS unit
FROM summary JOIN alike a ON a.segment IS NOT DISTINCT FROM summary.segment JOIN spent b ON b.segment IS NOT DISTINCT FROM summary.segment ORDER BY summary.segment;
SELECT count(*) AS segments, count(*) FILTER (WHERE spend_hours = (SELECT spend_agg(x, m) FROM customer c WHERE (c.segment = s.segment OR s.segment IS NULL) AND t_x IS NOT NULL AND t IS NOT NULL)) AS spend_of_rfm FROM summary s;
-- Parts merge to the whole, shuffled rows come to the same bytes.
SELECT (SELECT rollup(p) FROM summary WHERE segment IS NOT NULL) = p AND (SELECT rollup(p ORDER BY segment DESC) FROM summary WHERE segment IS NOT NULL) = p AS purchases, (SELECT rollup(s) FROM summary WHERE segment IS NOT NULL) = s AS spend,
       purchase_summary_send(hours) = (SELECT purchase_summary_send(rollup(hours)) FROM summary WHERE segment IS NOT NULL) AS hours,
       purchase_summary_send(p) = (SELECT purchase_summary_send(purchase_agg(x, t_x, t ORDER BY md5(id::text))) FROM customer) AS shuffled, spend_summary_send(s) = (SELECT spend_summary_send(spend_agg(x, m ORDER BY md5(id::text))) FROM customer) AS shuffled_spend
FROM summary WHERE segment IS NULL;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT purchase_summary_send(s.p) = purchase_summary_send(x.p) AS purchases, spend_summary_send(s.s) = spend_summary_send(x.s) AS spend, purchase_summary_send(s.hours) = purchase_summary_send(x.hours) AS hours
FROM summary s, (SELECT purchase_agg(x, t_x, t) AS p, spend_agg(x, m) AS s, purchase_agg(ROW(x, t_x, t, m, 3600)::rfm_summary) AS hours FROM customer) x WHERE segment IS NULL;
SET max_parallel_workers_per_gather = 0; RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- Nothing: NULL.
SELECT purchase_agg(x, t_x, t) IS NULL AS p, spend_agg(x, m) IS NULL AS s, purchase_agg(NULL::rfm_summary) IS NULL AS pr, spend_agg(NULL::rfm_summary) IS NULL AS sr FROM customer WHERE false;
SELECT purchase_agg(x, NULL, t) IS NULL AS p, spend_agg(0, m) IS NULL AS s, purchase_agg(ROW(x, t_x, NULL, 1, 1)::rfm_summary) IS NULL AS pr, spend_agg(ROW(0, 0, 1, 1, 1)::rfm_summary) IS NULL AS sr, purchase_agg(x, t_x, t) FILTER (WHERE false) IS NULL AS f FROM customer;
SELECT rollup(p) IS NULL AS p, rollup(s) IS NULL AS s FROM summary WHERE false;
SELECT rollup(NULL::purchase_summary) IS NULL AS p, rollup(NULL::spend_summary) IS NULL AS s FROM summary;

-- Moving frames: the same as each frame by itself; before the first row too.
CREATE TABLE frame AS
SELECT id, purchase_agg(x, t_x, t) OVER w AS p, purchase_agg(ROW(x, t_x, t, m, 60)::rfm_summary) OVER w AS pr, spend_agg(x, m) OVER w AS s, spend_agg(ROW(x, t_x, t, m, 60)::rfm_summary) OVER w AS sr
FROM customer WHERE id <= 300 WINDOW w AS (ORDER BY id ROWS BETWEEN 7 PRECEDING AND 3 PRECEDING);
SELECT count(*) AS frames, count(f.p) AS filled, count(*) FILTER (WHERE f.p IS DISTINCT FROM x.p) AS p, count(*) FILTER (WHERE f.pr IS DISTINCT FROM x.pr) AS pr, count(*) FILTER (WHERE f.s IS DISTINCT FROM x.s) AS s, count(*) FILTER (WHERE f.sr IS DISTINCT FROM x.sr) AS sr
FROM frame f CROSS JOIN LATERAL (SELECT purchase_agg(x, t_x, t) AS p, purchase_agg(ROW(x, t_x, t, m, 60)::rfm_summary) AS pr, spend_agg(x, m) AS s, spend_agg(ROW(x, t_x, t, m, 60)::rfm_summary) AS sr
                                 FROM customer c WHERE c.id BETWEEN f.id - 7 AND f.id - 3) x;
CREATE TABLE part AS SELECT id / 20 AS k, purchase_agg(x, t_x, t) AS p, purchase_agg(ROW(x, t_x, t, m, 60)::rfm_summary) AS pr, spend_agg(x, m) AS s FROM customer WHERE id <= 600 GROUP BY 1;
SELECT count(*) AS frames, count(*) FILTER (WHERE w.p IS DISTINCT FROM x.p) AS p, count(*) FILTER (WHERE w.pr IS DISTINCT FROM x.pr) AS pr, count(*) FILTER (WHERE w.s IS DISTINCT FROM x.s) AS s
FROM (SELECT k, rollup(p) OVER w AS p, rollup(pr) OVER w AS pr, rollup(s) OVER w AS s FROM part WINDOW w AS (ORDER BY k ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE NO OTHERS)) w
CROSS JOIN LATERAL (SELECT rollup(p) AS p, rollup(pr) AS pr, rollup(s) AS s FROM part WHERE part.k BETWEEN w.k - 2 AND w.k + 1) x;

--
-- What they refuse
--

SELECT failure(format('SELECT purchase_agg(%s)', args)) AS error, failure(format('SELECT purchase_agg(ROW(%s, 1, 86400)::rfm_summary)', args)) = failure(format('SELECT purchase_agg(%s)', args)) AS same
FROM (VALUES (1, '-1, 0, 5'), (2, '0, 1, 5'), (3, '2, 6, 5'), (4, '2, -1, 5'), (5, '2, ''NaN'', 5'), (6, '2, 1, ''NaN'''), (7, '2, 1, ''Infinity'''), (8, '2, ''-Infinity'', 5'), (9, '0, 0, -1'), (10, '2, 5, 5'), (11, '2, 0, 5'), (12, '0, ''-0'', 0')) v(n, args) ORDER BY n;
SELECT failure(format('SELECT spend_agg(%s)', args)) AS error FROM (VALUES (1, '-1, 5'), (2, '1, ''NaN'''), (3, '1, ''Infinity'''), (4, '1, -5'), (5, '0, NULL')) v(n, args) ORDER BY n;
SELECT failure('SELECT purchase_agg(ROW(1, 1, 1, 1, u)::rfm_summary) FROM (VALUES (86400), (3600)) v(u)') AS error
UNION ALL SELECT failure('SELECT purchase_agg(ROW(1, 1, 1, 1, u)::rfm_summary) FROM (VALUES (86400), (NULL)) v(u)')
UNION ALL SELECT failure('SELECT purchase_agg(ROW(1, 1, 1, 1, 0)::rfm_summary)')
UNION ALL SELECT failure('SELECT purchase_agg(ROW(1, 1, 1, 1, ''NaN'')::rfm_summary)')
UNION ALL SELECT failure('SELECT spend_agg(ROW(1, 1, 1, ''NaN'', 86400)::rfm_summary)')
UNION ALL SELECT failure('SELECT rollup(x) FROM (SELECT p FROM test_value_rfm.summary UNION ALL SELECT hours FROM test_value_rfm.summary) v(x)')
UNION ALL SELECT failure('SELECT purchase_accum(NULL, 1, 1, 1)')
UNION ALL SELECT failure('SELECT purchase_combine(p, p) FROM test_value_rfm.summary LIMIT 1')
UNION ALL SELECT failure('SELECT spend_combine(NULL, s) FROM test_value_rfm.summary LIMIT 1');
-- A frame that moves from one unit to another is right as long as it holds one.
SELECT purchase_agg(ROW(1, 1, 1, 1, u)::rfm_summary) OVER (ORDER BY n ROWS CURRENT ROW) FROM (VALUES (1, 60), (2, 3600)) v(n, u);

--
-- The types
--

SELECT segment, p::text::purchase_summary = p AND purchase_summary_send(p::text::purchase_summary) = purchase_summary_send(p) AS p, hours::jsonb::purchase_summary = hours AND purchase_summary_send(hours::jsonb::purchase_summary) = purchase_summary_send(hours) AS p_jsonb,
       s::text::spend_summary = s AS s, spend_summary_send(s::jsonb::spend_summary) = spend_summary_send(s) AS s_jsonb FROM summary ORDER BY segment;
CREATE TABLE loaded (LIKE summary);
\set load '\\copy loaded from ' :'file' ' (format binary)'
COPY summary TO STDOUT (FORMAT binary) \g :file
:load
SELECT count(*) AS rows, count(*) FILTER (WHERE a.p = b.p AND a.s = b.s AND a.hours = b.hours AND a.hours::text = b.hours::text) AS same FROM summary a JOIN loaded b ON a.segment IS NOT DISTINCT FROM b.segment;
\setenv file :file
\! rm "$file"
-- Numbers that jsonb spells out.
SELECT p::jsonb::purchase_summary::text = p::text AS ok, p FROM (SELECT purchase_agg(9007199254740993, 2.2250738585072014e-308, 1.7976931348623157e308) AS p) x;
-- A total order; the hash agrees.
SELECT count(*) AS pairs, count(*) FILTER (WHERE ((a.p < b.p)::int + (a.p = b.p)::int + (a.p > b.p)::int) <> 1 OR (a.p <= b.p) <> (a.p < b.p OR a.p = b.p) OR (a.p <> b.p) <> (a.p::text <> b.p::text)) AS bad,
       count(*) FILTER (WHERE ((a.s < b.s)::int + (a.s = b.s)::int + (a.s > b.s)::int) <> 1 OR (a.s >= b.s) <> (a.s > b.s OR a.s = b.s)) AS bad_spend FROM part a, part b;
SELECT count(*) AS rows, count(DISTINCT p) AS p, count(DISTINCT s) AS s FROM (SELECT p, s FROM part UNION ALL SELECT p::text::purchase_summary, s::text::spend_summary FROM part) x;
SELECT count(*) AS joined FROM part a JOIN part b ON a.p = b.p::text::purchase_summary AND a.s = b.s::text::spend_summary;

SELECT bad_text(replace('{"unit_seconds": 86400, "customers": [[0, 0, 38, 2], [2, 30.5, 37, 1], [2, 30.5, 38, 1]]}', a, b), 'purchase_summary')
FROM (VALUES (1, 'x', 'x'), (2, '86400', 'null'), (3, '86400', '0'), (4, '86400', '-1'), (5, '86400', '1e999'), (6, '"unit_seconds": 86400, ', ''), (7, ', "customers": [[0, 0, 38, 2], [2, 30.5, 37, 1], [2, 30.5, 38, 1]]', ''), (8, '"unit_seconds"', '"customers"'), (9, 'unit_seconds', 'unit'),
             (10, '[0, 0, 38, 2], [2, 30.5, 37, 1], [2, 30.5, 38, 1]', ''), (11, '[0, 0', '[0, 1'), (12, '[0, 0', '[-1, 0'), (13, '37, 1', '30, 1'), (14, '37, 1', '38, 1'), (15, '37, 1', '39, 1'), (16, '38, 2', '38, 0'), (17, '38, 2', '38, -2'), (18, '38, 2', '38'), (19, '38, 2', '38, 2, 2'), (20, '38, 2', '38, 9223372036854775807'),
             (21, '0, 38', '-0, 38'), (22, '}', '} x'), (23, '}', ''), (24, '"customers"', '"unit_seconds": 5, "customers"'), (25, '30.5', 'NaN')) v(n, a, b) ORDER BY n;
SELECT bad_text('{"customers": [[1, 5, 2]], "unit_seconds": 1}', 'purchase_summary') UNION ALL SELECT bad_text('{"customers": [[1, 5, 6, 2]], "unit_seconds": 1}', 'purchase_summary')
UNION ALL SELECT bad_text('{"customers": [[1, 5, 2], [1, 5.5, 2]]}', 'spend_summary') UNION ALL SELECT bad_text('{"customers": [[0, 5, 2]]}', 'spend_summary') UNION ALL SELECT bad_text('{"customers": [[1, 0, 2]]}', 'spend_summary')
UNION ALL SELECT bad_text('{"customers": [[1, 5, 2]], "unit_seconds": 1}', 'spend_summary') UNION ALL SELECT bad_text('{"customers": []}', 'spend_summary') UNION ALL SELECT bad_text('{}', 'spend_summary') UNION ALL SELECT bad_text('', 'spend_summary') UNION ALL SELECT bad_text('[]', 'purchase_summary');

-- Version 1, records, unit; frequency with its highest bit turned, recency and age as order-preserving bits, the count.
CREATE TABLE sent AS SELECT purchase_summary_send('{"unit_seconds": 86400, "customers": [[0, 0, 38, 2], [2, 30.5, 37, 1]]}') AS p, spend_summary_send('{"customers": [[1, 2.5, 2]]}') AS s;
CREATE FUNCTION word(number float8) RETURNS bytea LANGUAGE sql AS 'SELECT set_byte(float8send(number), 0, get_byte(float8send(number), 0) | 128)';
SELECT p = '\x01'::bytea || int4send(2) || float8send(86400) || '\x8000000000000000'::bytea || word(0) || word(38) || int8send(2) || '\x8000000000000002'::bytea || word(30.5) || word(37) || int8send(1) AS p,
       s = '\x01'::bytea || int4send(1) || float8send(0) || '\x8000000000000001'::bytea || word(2.5) || int8send(2) AS s, receive(p, 'purchase_summary'), receive(s, 'spend_summary') FROM sent;
SELECT left(receive(substr(p, 1, n), 'purchase_summary'), 5) AS p, left(receive(substr(s, 1, n), 'spend_summary'), 5) AS s, count(*) FROM sent, generate_series(0, length(s) - 1, 3) n GROUP BY 1, 2;
SELECT receive(p || '\x00', 'purchase_summary') FROM sent;
SELECT why, receive(overlay(p PLACING bytes FROM place + 1 FOR length(bytes)), 'purchase_summary') FROM sent,
    (VALUES (1, 'version 2', 0, '\x02'::bytea), (2, '3 records', 1, int4send(3)), (3, 'no unit', 5, float8send(0)), (4, 'unit -0', 5, float8send('-0')), (5, 'unit -1', 5, float8send(-1)), (6, 'unit NaN', 5, float8send('NaN')), (7, 'unit infinite', 5, float8send('Infinity')),
            (8, 'frequency -1', 13, '\x7f'::bytea), (9, 'recency of none', 21, word(1)), (10, 'recency -0', 21, '\x7fffffffffffffff'::bytea), (11, 'recency NaN', 21, '\xffffffffffffffff'::bytea), (12, 'age infinite', 29, word('Infinity')), (13, 'count 0', 37, int8send(0)),
            (14, 'count below 0', 37, int8send(-1)), (15, 'not ascending', 13, '\x80000000000000ff'::bytea), (16, 'recency after age', 61, word(30))) v(n, why, place, bytes) ORDER BY n;
SELECT why, receive(overlay(s PLACING bytes FROM place + 1 FOR length(bytes)), 'spend_summary') FROM sent,
    (VALUES (1, 'a unit', 5, float8send(1)), (2, 'frequency 0', 20, '\x00'::bytea), (3, 'monetary 0', 21, word(0)), (4, 'monetary NaN', 21, '\xffffffffffffffff'::bytea), (5, 'unit -0', 5, float8send('-0'))) v(n, why, place, bytes) ORDER BY n;
SELECT receive(s, 'purchase_summary') AS of_another_type FROM sent;

-- Hashes are those of equal values: the same counts put together in another order.
SELECT count(*) AS pairs, bool_and((a.n = b.n) = (a.s = b.s)) AS equal, bool_and(a.s <> b.s OR purchase_summary_hash(a.s) = purchase_summary_hash(b.s)) AS hash,
       bool_and(a.s <> b.s OR purchase_summary_hash_extended(a.s, 7) = purchase_summary_hash_extended(b.s, 7)) AS hash_extended, count(DISTINCT purchase_summary_hash(a.s)) AS hashes
FROM (SELECT k AS n, purchase_agg(i, i::float8, (i * k)::float8 ORDER BY i) AS s FROM generate_series(1, 3) k, generate_series(1, 5) i GROUP BY k) a,
     (SELECT k AS n, purchase_agg(i, i::float8, (i * k)::float8 ORDER BY -i) AS s FROM generate_series(1, 3) k, generate_series(1, 5) i GROUP BY k) b;
-- Hashes are those of equal values: the same counts put together in another order.
SELECT count(*) AS pairs, bool_and((a.n = b.n) = (a.s = b.s)) AS equal, bool_and(a.s <> b.s OR spend_summary_hash(a.s) = spend_summary_hash(b.s)) AS hash,
       bool_and(a.s <> b.s OR spend_summary_hash_extended(a.s, 7) = spend_summary_hash_extended(b.s, 7)) AS hash_extended, count(DISTINCT spend_summary_hash(a.s)) AS hashes
FROM (SELECT k AS n, spend_agg(i, (i * k)::float8 ORDER BY i) AS s FROM generate_series(1, 3) k, generate_series(1, 5) i GROUP BY k) a,
     (SELECT k AS n, spend_agg(i, (i * k)::float8 ORDER BY -i) AS s FROM generate_series(1, 3) k, generate_series(1, 5) i GROUP BY k) b;

DROP SCHEMA test_value_rfm CASCADE;
