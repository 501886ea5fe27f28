-- journey: its text, canonical form, order, jsonb, size and binary form.

CREATE SCHEMA test_journey_type;
SET search_path = test_journey_type, public;
SET timezone = 'UTC';
SET client_min_messages = warning;

-- What a statement fails with: SQLSTATE, message, detail and hint, one a line.
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

-- Touchpoints of 150 customers, full of ties: 1 to 60 each, times in another unit for each, names with signs in them.
CREATE TABLE touch AS
SELECT c, n,
       '2024-03-13Z'::timestamptz + (h % 40) * (ARRAY['1 day', '1 hour', '1 minute', '1 second', '1 millisecond', '1 microsecond'])[1 + c % 6]::interval
           - c % 3 * interval '30 years' AS at,
       (ARRAY['login', 'delivery/shipped', 'delivery', E'a "b" \\ \n c', '', 'ñandú', 'Zed', 'delivery-x'])[1 + h / 64 % (1 + c % 8)] AS event,
       CASE WHEN h / 512 % 4 < c / 8 % 5 THEN (ARRAY['web', 'phone/billing', '', 'é'])[1 + h / 2048 % (1 + c / 4 % 4)] END AS channel,
       CASE WHEN h / 8192 % 4 < c / 3 % 5 THEN (ARRAY[0, 1, -2.5, 1e300, 5e-324, 0.1])[1 + h / 32768 % 6]::float8 END AS value,
       CASE WHEN h / 4096 % 4 < c / 7 % 5 THEN (ARRAY[0, 9, -128, 127, 128, -32769, 2147483647])[1 + h / 65536 % (1 + c % 7)] END AS score
FROM generate_series(1, 150) c, generate_series(1, 60) n, LATERAL (SELECT hashint4(c * 1000 + n) & 1048575 AS h) x
WHERE n <= 1 + c * 7 % 60;
CREATE TABLE journeys AS SELECT c, journey_agg(at, event, channel, value, score) AS j FROM touch GROUP BY c;
SELECT count(*) AS rows, count(DISTINCT c) AS customers, count(channel) AS channels, count(value) AS values, count(score) AS scores FROM touch;

--
-- Text
--

-- Members in any order, null as good as absent, blanks anywhere; out come at, event, channel, value, score, in order of time.
SELECT n, text::journey AS read
FROM (VALUES
    (1, '[]'),
    (2, E' \t\r\n[ \n] '),
    (3, '[{"at": "2024-03-13T10:21:14Z", "event": "home"}]'),
    (4, '[{"score":9,"value":12.5,"channel":"email","event":"home","at":"2024-03-13T10:21:14Z"}]'),
    (5, '[{"event": "home", "channel": null, "at": "2024-03-13T10:21:14Z", "value": null, "score": null}]'),
    (6, '[{"at": "2024-03-13T10:21:15Z", "event": "b"}, {"at": "2024-03-13T10:21:14Z", "event": "c"}]'),
    (7, '[{"at": "2024-03-13T10:21:14Z", "event": "a", "channel": ""}, {"at": "2024-03-13T10:21:14Z", "event": "", "channel": "x"}, {"at": "2024-03-13T10:21:14Z", "event": "a"}]'),
    (8, '[{"at": "2024-03-13T10:21:14Z", "event": "a"}, {"at": "2024-03-13T10:21:14Z", "event": "a"}]'),
    (9, '[{"at": "2024-03-13T10:21:14Z", "event": "\u0061\"\\\/\b\f\n\r\t\u001f\u00f1\u20ac\ud83d\ude00/é"}]'),
    (10, '[{"\u0061t": "2024-03-13T10:21:14Z", "e\u0076ent": "a"}]'),
    (11, '[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": -0.0, "score": -0}]'),
    (12, '[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": 0.1, "score": -2147483648}, {"at": "2024-03-13T10:21:14Z", "event": "a", "value": 1.7976931348623157E+308}, {"at": "2024-03-13T10:21:14Z", "event": "a", "value": 5e-324, "score": 2147483647}]')) v(n, text)
ORDER BY n;

-- Times: with any zone, to the microsecond, from the first year to the last; the zone of the session does not matter.
SELECT given, started_at(j) = want::timestamptz AS right, j::jsonb -> 0 ->> 'at' AS at
FROM (VALUES
    (1, '2024-03-13T10:21:14Z', '2024-03-13 10:21:14+00'),
    (2, '2024-03-13 10:21:14+00', '2024-03-13 10:21:14+00'),
    (3, '2024-03-13T10:21:14+02', '2024-03-13 08:21:14+00'),
    (4, '2024-03-13T00:00:00+05:45', '2024-03-12 18:15:00+00'),
    (5, '2024-03-13T23:59:59-03:30', '2024-03-14 03:29:59+00'),
    (6, '2024-03-13T10:21:14.5Z', '2024-03-13 10:21:14.5+00'),
    (7, '2024-03-13T10:21:14.123456Z', '2024-03-13 10:21:14.123456+00'),
    (8, '2024-03-13T10:21:14.100000Z', '2024-03-13 10:21:14.1+00'),
    (9, '1999-12-31T23:59:59.999999Z', '1999-12-31 23:59:59.999999+00'),
    (10, '2024-02-29T00:00:00Z', '2024-02-29 00:00:00+00'),
    (11, '0001-01-01T00:00:00Z', '0001-01-01 00:00:00+00'),
    (12, '0001-12-31T23:00:00Z BC', '0001-12-31 23:00:00+00 BC'),
    (13, '4714-11-24T00:00:00Z BC', '4714-11-24 00:00:00+00 BC'),
    (14, '4713-02-28T00:00:00Z BC', '4713-02-28 00:00:00+00 BC'),
    (15, '10000-01-01T00:00:00Z', '10000-01-01 00:00:00+00'),
    (16, '294276-12-31T23:59:59.999999Z', '294276-12-31 23:59:59.999999+00')) v(n, given, want),
    LATERAL (SELECT format('[{"at": "%s", "event": "a"}]', given)::journey AS j) x
ORDER BY n;
CREATE TABLE texts AS SELECT c, j::text AS text FROM journeys;
SET timezone = 'Asia/Kathmandu';
SET datestyle = 'SQL, DMY';
SET intervalstyle = 'sql_standard';
SET extra_float_digits = -15;
SELECT count(*) AS journeys, count(*) FILTER (WHERE j::text = text AND text::journey = j) AS same_under_other_settings
FROM journeys JOIN texts USING (c);
SET timezone = 'UTC';
RESET datestyle;
RESET intervalstyle;
RESET extra_float_digits;

-- The first and the last time there is in one journey, in every unit that both are multiples of.
SELECT unit, bool_and(journey_agg::text::journey = journey_agg) AS same, bool_and(started_at(journey_agg) = a AND ended_at(journey_agg) = b) AS "right"
FROM (SELECT unit, journey_agg(at, 'e'), min(at) AS a, max(at) AS b
      FROM unnest(ARRAY['1 day', '1 hour', '1 minute', '1 second', '1 millisecond', '1 microsecond']) unit,
           LATERAL (VALUES ('4714-11-24Z BC'::timestamptz), ('294276-12-31 23:59:59.999999Z'::timestamptz - unit::interval + '1 microsecond')) v(at)
      GROUP BY unit) x
GROUP BY unit ORDER BY unit;

-- The text of every journey, written by SQL alone from the rows.
SELECT count(*) AS journeys, count(*) FILTER (WHERE j::text = want) AS as_written
FROM journeys JOIN (
    SELECT c, '[' || string_agg(format('{"at": "%s", "event": %s%s%s%s}',
                rtrim(rtrim(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z', to_json(event),
                ', "channel": ' || to_json(channel), ', "value": ' || value, ', "score": ' || score), ', '
            ORDER BY at, event COLLATE "C", channel COLLATE "C" NULLS FIRST, value NULLS FIRST, score NULLS FIRST) || ']' AS want
    FROM touch GROUP BY c) x USING (c);

-- Bad text: 22P02, with what was expected and where. The place is marked by hand with a bar.
CREATE TABLE bad (n serial, marked text);
INSERT INTO bad (marked) VALUES
    ('|'), ('   |'), ('|{}'), ('|null'), ('|7'), ('[|'), ('[] |x'), ('[]|]'), ('[|1]'), ('[|null]'), ('[|[]'),
    ('[{|'), ('[{"at"|'), ('[{"at":|'), ('[{"at" |"2024-03-13T10:21:14Z"}]'),
    ('[{}|]'), ('[{"at": "2024-03-13T10:21:14Z"}|]'), ('[{"event": "a"}|]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": null}|]'), ('[{"at": null, "event": "a"}|]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a"}|'), ('[{"at": "2024-03-13T10:21:14Z", "event": "a"|'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a"} |{"at": "2024-03-13T10:21:14Z", "event": "a"}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a"}, |]'), ('[|, {"at": "2024-03-13T10:21:14Z", "event": "a"}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a", |}]'),
    ('[{"at": "2024-03-13T10:21:14Z",| "At": "2024-03-13T10:21:14Z", "event": "a"}]'),
    ('[{"at": "2024-03-13T10:21:14Z",| "at": "2024-03-13T10:21:14Z", "event": "a"}]'),
    ('[{"at": null,| "at": "2024-03-13T10:21:14Z", "event": "a"}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a",| "ord": 1}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": |7}]'), ('[{"at": "2024-03-13T10:21:14Z", "event": |["a"]}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": |''a''}]'), ('[{"at": "2024-03-13T10:21:14Z", "event": |nul}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a|'), ('[{"at": "2024-03-13T10:21:14Z", "event": "a\q|"}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "\u0000|"}]'), ('[{"at": "2024-03-13T10:21:14Z", "event": "\ud83d|"}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a' || E'|\t' || '"}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "ñandú€", "channel": |1}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": |"1"}]'), ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": |NaN}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": |Infinity}]'), ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": 1e999|}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": |.5}]'), ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": 0|1}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "value": |true}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "score": 9.5|}]'), ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "score": 90e-2|}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "score": 2147483648|}]'), ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "score": -2147483649|}]'),
    ('[{"at": "2024-03-13T10:21:14Z", "event": "a", "score": 99999999999999999999|}]'),
    -- times
    ('[{"at": |1710325274, "event": "a"}]'), ('[{"at": ""|, "event": "a"}]'), ('[{"at": "2024-03-13T10:21:14"|, "event": "a"}]'),
    ('[{"at": "2024-03-13"|, "event": "a"}]'), ('[{"at": "2024-03-13T10:21Z"|, "event": "a"}]'), ('[{"at": "2024-3-13T10:21:14Z"|, "event": "a"}]'),
    ('[{"at": "2024-02-30T10:21:14Z"|, "event": "a"}]'), ('[{"at": "2023-02-29T10:21:14Z"|, "event": "a"}]'), ('[{"at": "2024-13-01T10:21:14Z"|, "event": "a"}]'),
    ('[{"at": "2024-03-13T24:00:00Z"|, "event": "a"}]'), ('[{"at": "2024-03-13T10:60:14Z"|, "event": "a"}]'), ('[{"at": "2024-03-13T10:21:60Z"|, "event": "a"}]'),
    ('[{"at": "2024-03-13T10:21:14.1234567Z"|, "event": "a"}]'), ('[{"at": "2024-03-13T10:21:14.Z"|, "event": "a"}]'),
    ('[{"at": "2024-03-13T10:21:14z"|, "event": "a"}]'), ('[{"at": "2024-03-13T10:21:14+16"|, "event": "a"}]'), ('[{"at": "2024-03-13T10:21:14 CET"|, "event": "a"}]'),
    ('[{"at": " 2024-03-13T10:21:14Z"|, "event": "a"}]'), ('[{"at": "0000-01-01T00:00:00Z"|, "event": "a"}]'), ('[{"at": "infinity"|, "event": "a"}]'),
    ('[{"at": "4714-11-23T23:59:59.999999Z BC"|, "event": "a"}]'), ('[{"at": "294277-01-01T00:00:00Z"|, "event": "a"}]'),
    ('[{"at": "294276-12-31T23:59:59-01"|, "event": "a"}]'), ('[{"at": "2024-03-13T10:21:14Z AD"|, "event": "a"}]'),
    ('[{"at": "2024-03-13T10:21:14Z00000000000000000000|0000000000000000", "event": "a"}]');
SELECT n, marked, split_part(e, ':', 1) AS state, split_part(e, E'\n', 2) AS detail,
       e LIKE '%at character ' || position('|' in marked) || '.' AS at_the_mark
FROM bad, LATERAL (SELECT error_of(format('SELECT %L::journey', replace(marked, '|', ''))) AS e) x
ORDER BY n;
-- The whole message, once.
SELECT error_of($$SELECT '[{"at": "2024-03-13", "event": "a"}]'::journey$$) AS no_zone;
-- The state reads the same text.
SELECT count(*) FILTER (WHERE replace(b, 'journey_state', 'journey') = a) = count(*) AS the_same_for_the_state
FROM bad, LATERAL (SELECT error_of(format('SELECT %L::journey', replace(marked, '|', ''))) AS a,
                          error_of(format('SELECT %L::journey_state', replace(marked, '|', ''))) AS b) x;
-- Every text of a journey that is cut anywhere is refused.
SELECT count(*) AS cuts, count(*) FILTER (WHERE error_of(format('SELECT %L::journey', left(text, n))) LIKE '22P02%') AS refused
FROM texts, LATERAL generate_series(0, length(text) - 1) n WHERE c IN (5, 40, 121);

--
-- Limits
--

-- Names have at most 4096 bytes.
SELECT length(journey_agg('2024-03-13Z', repeat('a', 4096), repeat('é', 2048))) AS longest;
SELECT error_of($$SELECT journey_agg('2024-03-13Z', repeat('a', 4097))$$) AS event;
SELECT error_of($$SELECT journey_agg('2024-03-13Z', 'a', repeat('é', 2048) || 'x')$$) AS channel;
SELECT length(format('[{"at": "2024-03-13T10:21:14Z", "event": "%s"}]', repeat('a', 4096))::journey) AS longest_text,
       split_part(error_of(format('SELECT %L::journey', format('[{"at": "2024-03-13T10:21:14Z", "event": "%s"}]', repeat('a', 4097)))), E'\n', 2) AS text;
-- Values are finite, times too.
SELECT error_of(format('SELECT journey_agg(%L::timestamptz, %L, NULL, %L::float8)', at, 'a', value))
FROM (VALUES (1, '2024-03-13Z', 'NaN'), (2, '2024-03-13Z', 'Infinity'), (3, '2024-03-13Z', '-Infinity'),
             (4, 'infinity', '1'), (5, '-infinity', '1')) v(n, at, value)
ORDER BY n;
-- -0 is 0.
SELECT journey_agg('2024-03-13Z', 'a', NULL, '-0'::float8) = journey_agg('2024-03-13Z', 'a', NULL, 0) AS same,
       journey_agg('2024-03-13Z', 'a', NULL, '-0'::float8);

--
-- Canonical form: equal touchpoints are equal bytes
--

-- Every journey, from text with its touchpoints in five other orders, members in another order and blanks between.
SELECT count(*) AS texts, count(*) FILTER (WHERE other = j AND journey_send(other) = journey_send(j)) AS same
FROM journeys JOIN (
    SELECT c, seed, ('[' || string_agg(format(E' {%s%s "event" :%s,\n%s "at":"%s"}', '"score": ' || score || ',', '"value": ' || value || ',', to_json(event),
                             '"channel": ' || to_json(channel) || ',', to_char(at AT TIME ZONE 'UTC' + '2 hours', 'YYYY-MM-DD HH24:MI:SS.US') || '+02'), ','
                         ORDER BY hashint4(n * seed), n) || ']')::journey AS other
    FROM touch, generate_series(1, 5) seed GROUP BY c, seed) x USING (c);
-- And a touchpoint that is other, or there once more, makes another journey.
SELECT count(*) FILTER (WHERE j = other OR j || one = j OR other = j || one) AS same
FROM (SELECT j, journey_agg(t.at, t.event, t.channel, CASE WHEN t.ord = 1 THEN coalesce(t.value, 0) + 1 ELSE t.value END, t.score) AS other,
             journey_agg(t.at, t.event, t.channel, t.value, t.score) FILTER (WHERE t.ord = 1) AS one
      FROM journeys, touchpoints(j) t WHERE c % 10 = 1 AND coalesce((SELECT value < 1e15 FROM touchpoints(j) t WHERE ord = 1), true) GROUP BY c, j) x;

--
-- Order and hash
--

-- A total order: exactly one of <, =, > for every pair, agreeing with the other operators and journey_cmp; equal means equal text.
SELECT count(*) AS pairs,
       bool_and((a.j < b.j)::int + (a.j = b.j)::int + (a.j > b.j)::int = 1) AS trichotomy,
       bool_and((a.j <= b.j) = (a.j < b.j OR a.j = b.j) AND (a.j >= b.j) = (b.j <= a.j) AND (a.j <> b.j) = NOT (a.j = b.j)
                AND sign(journey_cmp(a.j, b.j)) = CASE WHEN a.j < b.j THEN -1 WHEN a.j = b.j THEN 0 ELSE 1 END) AS agree,
       bool_and((a.j = b.j) = (a.j::text = b.j::text)) AS equal_is_equal_text,
       bool_and(journey_hash(a.j) = journey_hash(b.j) AND journey_hash_extended(a.j, 5) = journey_hash_extended(b.j, 5)) FILTER (WHERE a.j = b.j) AS equal_hash
FROM journeys a, journeys b;
SELECT count(*) FILTER (WHERE NOT before < j) AS out_of_order FROM (SELECT j, lag(j) OVER (ORDER BY j) AS before FROM journeys) x;
SELECT bool_and(journey_hash(j) = (journey_hash_extended(j, 0) & 4294967295)::bit(32)::int) AS seed_0_is_the_hash,
       count(DISTINCT journey_hash(j)) > 140 AS spread, count(DISTINCT journey_hash_extended(j, 1)) > 140 AS spread_with_seed
FROM journeys;

-- Each journey three times: DISTINCT, GROUP BY, joins; by hash and by sort.
CREATE TABLE thrice AS SELECT c, j FROM journeys, generate_series(1, 3);
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT DISTINCT j FROM thrice) x;
SELECT count(*), min(n), max(n) FROM (SELECT count(*) AS n FROM thrice GROUP BY j) x;
RESET enable_hashagg;
SET enable_sort = off;
SELECT count(*) FROM (SELECT DISTINCT j FROM thrice) x;
SELECT count(*), min(n), max(n) FROM (SELECT count(*) AS n FROM thrice GROUP BY j) x;
RESET enable_sort;
CREATE FUNCTION plan_shows(statement text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%' || node || '%' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT plan_shows('SELECT count(*) FROM thrice a JOIN thrice b USING (j)', 'Merge Join') AS merged;
SELECT count(*) FROM thrice a JOIN thrice b USING (j);
SET enable_hashjoin = on; SET enable_mergejoin = off;
SELECT plan_shows('SELECT count(*) FROM thrice a JOIN thrice b USING (j)', 'Hash Join') AS hashed;
SELECT count(*) FROM thrice a JOIN thrice b USING (j);
RESET enable_hashjoin; RESET enable_nestloop; RESET enable_mergejoin;
SELECT count(*) FROM (SELECT j FROM thrice INTERSECT SELECT j FROM journeys EXCEPT SELECT j FROM journeys WHERE c % 2 = 0) x;

-- Indexes: unique btree and hash find each journey.
CREATE UNIQUE INDEX journeys_btree ON journeys (j);
CREATE INDEX journeys_hash ON journeys USING hash (j);
SET enable_seqscan = off; SET enable_bitmapscan = off;
SELECT count(*) AS found FROM journeys a, LATERAL (SELECT FROM journeys b WHERE b.j = a.j OFFSET 0) x;
DROP INDEX journeys_btree;
SELECT count(*) AS found FROM journeys a, LATERAL (SELECT FROM journeys b WHERE b.j = a.j OFFSET 0) x;
RESET enable_seqscan; RESET enable_bitmapscan;
SELECT left(error_of('CREATE UNIQUE INDEX ON thrice (j)'), 5) AS not_unique;

--
-- jsonb
--

SELECT '[{"at": "2024-03-13T10:21:14Z", "event": "home", "channel": "email", "value": 12.5, "score": 9}]'::journey::jsonb;
SELECT count(*) AS journeys, count(*) FILTER (WHERE j::jsonb::journey = j) AS same, count(*) FILTER (WHERE j::jsonb = j::text::jsonb) AS as_text
FROM journeys;
-- Columns of their own, by jsonb_to_recordset: the rows that went in.
SELECT count(*) AS different_rows, count(*) FILTER (WHERE missing <> 0) AS wrong
FROM (SELECT sum(side) AS missing
      FROM (SELECT c, at, event, channel, value, score, 1 AS side FROM touch
            UNION ALL
            SELECT c, t.at, t.event, t.channel, t.value, t.score, -1
            FROM journeys, jsonb_to_recordset(j::jsonb) AS t(at timestamptz, event text, channel text, value float8, score int)) x
      GROUP BY c, at, event, channel, value, score) y;
-- jsonb spells numbers out; they come back all the same.
SELECT j::jsonb::journey = j AS same
FROM (SELECT journey_agg('2024-03-13Z', 'a', NULL, value) AS j
      FROM unnest(ARRAY[5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 0.1, 1e15 + 0.3]::float8[]) value) x;
-- Only on demand: no cast happens by itself, and none comes from bytea or json's scalars.
SELECT left(error_of($$SELECT length('[]'::jsonb)$$), 5) AS implicit,
       left(error_of($$SELECT '\x010000'::bytea::journey$$), 5) AS from_bytea,
       left(error_of($$SELECT '{"at": "2024-03-13T10:21:14Z", "event": "a"}'::jsonb::journey$$), 5) AS one_touchpoint,
       left(error_of($$SELECT 'null'::jsonb::journey$$), 5) AS json_null;

--
-- Size
--

-- What the layout takes, added up by hand: version, flags, count, names, dictionary; then the columns; then the times.
SELECT what, octet_length(journey_send(j)) AS bytes, octet_length(journey_send(j)) = by_hand AS as_by_hand, pg_column_size(j) - octet_length(journey_send(j)) AS header
FROM (VALUES
    (1, 'nothing', '[]'::journey, 3),
    -- 2 + count 1 + events 1 + size of names 1 + bitmap 1 + name 1 + 5; day 8838 in 3 bytes
    (2, 'one event, on a day', '[{"at": "2024-03-13T00:00:00Z", "event": "login"}]', 12 + 3),
    -- hour 212112 in 3 bytes (to 2^20 of either sign), minute 12.7 M in 4, second 764 M, ms, us
    (3, 'on the hour', '[{"at": "2024-03-13T10:00:00Z", "event": "login"}]', 12 + 3),
    (4, 'on the minute', '[{"at": "2024-03-13T10:21:00Z", "event": "login"}]', 12 + 4),
    (5, 'on the second', '[{"at": "2024-03-13T10:21:14Z", "event": "login"}]', 12 + 5),
    (6, 'on the millisecond', '[{"at": "2024-03-13T10:21:14.001Z", "event": "login"}]', 12 + 6),
    (7, 'on the microsecond', '[{"at": "2024-03-13T10:21:14.000001Z", "event": "login"}]', 12 + 8),
    -- one channel: count of channels 1, name 1 + 3; no byte a touchpoint
    (8, 'with a channel', '[{"at": "2024-03-13T00:00:00Z", "event": "login", "channel": "web"}]', 12 + 5 + 3),
    (9, 'with a value', '[{"at": "2024-03-13T00:00:00Z", "event": "login", "value": 1}]', 12 + 8 + 3),
    (10, 'with a score of 1 byte', '[{"at": "2024-03-13T00:00:00Z", "event": "login", "score": -128}]', 12 + 1 + 1 + 3),
    (11, 'with a score of 2 bytes', '[{"at": "2024-03-13T00:00:00Z", "event": "login", "score": 128}]', 12 + 1 + 2 + 3),
    (12, 'with a score of 4 bytes', '[{"at": "2024-03-13T00:00:00Z", "event": "login", "score": 32768}]', 12 + 1 + 4 + 3)) v(n, what, j, by_hand)
ORDER BY n;
-- A thousand touchpoints. The steps are below 128 units, so a byte each; the count takes 2 bytes.
SELECT what, octet_length(journey_send(j)) AS bytes, octet_length(journey_send(j)) = by_hand AS as_by_hand
FROM (SELECT 1 AS n, 'one event, a touchpoint a minute: 1 byte each' AS what, journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', 'login') AS j, 13 + 4 + 999 AS by_hand
      FROM generate_series(1, 1000) i
      UNION ALL
      -- two names: bitmap of 2 bytes, a code a touchpoint
      SELECT 2, 'two events: 2 bytes each', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', (ARRAY['login', 'pay'])[1 + i % 2]), 13 + 1 + 4 + 1000 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 3, 'and a constant channel: no more', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', (ARRAY['login', 'pay'])[1 + i % 2], 'web'), 13 + 1 + 4 + 1 + 4 + 1000 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 4, 'and half without a channel: 3 bytes each', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', (ARRAY['login', 'pay'])[1 + i % 2], (ARRAY['web', NULL])[1 + i / 2 % 2]), 13 + 1 + 4 + 1 + 4 + 2000 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      -- 256 names of 3 bytes and their lengths; 2 bytes for their number and their size, 8 of bitmap
      SELECT 5, '256 events: codes of 1 byte', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', lpad((i % 256)::text, 3, '0')), 2 + 2 + 2 + 2 + 8 + 1024 + 1000 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 6, '300 events: codes of 2 bytes', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', lpad((i % 300)::text, 3, '0')), 2 + 2 + 2 + 2 + 8 + 1200 + 2000 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 7, 'values for all: 8 bytes more each', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', 'login', NULL, i), 13 + 8000 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 8, 'values for one in ten: a bit each, 8 bytes for those', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', 'login', NULL, CASE WHEN i % 10 = 0 THEN i END), 13 + 125 + 800 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 9, 'scores for all: 1 byte more each', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', 'login', NULL, NULL, i % 11), 13 + 1 + 1000 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 10, 'scores for one in ten: a bit each', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', 'login', NULL, NULL, CASE WHEN i % 10 = 0 THEN i % 11 END), 13 + 1 + 125 + 100 + 4 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      -- 86399 seconds take 3 bytes
      SELECT 11, 'a touchpoint a day, but for a second', journey_agg('2024-03-13Z'::timestamptz + i * interval '86399 seconds', 'login'), 13 + 5 + 3 * 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 12, 'a touchpoint a day, on time', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 day', 'login'), 13 + 3 + 999
      FROM generate_series(1, 1000) i
      UNION ALL
      SELECT 13, 'a thousand at once', journey_agg('2024-03-13Z'::timestamptz, 'login'), 13 + 3 + 999
      FROM generate_series(1, 1000) i) v
ORDER BY n;

--
-- Binary form
--

-- COPY BINARY out and in again, here and under a client encoding in which the names have other bytes and another order.
INSERT INTO journeys VALUES (1000, '[]'), (1001, NULL);
INSERT INTO journeys
SELECT 1002, journey_agg('2024-03-13Z'::timestamptz + i % 7 * interval '1 day', event, channel)
FROM generate_series(1, 100) i, LATERAL (SELECT (ARRAY['ю', 'а', 'ц', 'в', 'z'])[1 + i % 5] AS event, (ARRAY['ж', 'б', NULL])[1 + i % 3] AS channel) x;
CREATE TABLE loaded (LIKE journeys);
\set file `mktemp`
\set load '\\copy loaded from ' :'file' ' (format binary)'
COPY journeys TO STDOUT (FORMAT binary) \g :file
:load
SELECT count(*) AS rows, count(*) FILTER (WHERE a.j = b.j) AS same, count(*) FILTER (WHERE a.j IS NULL AND b.j IS NULL) AS "null"
FROM journeys a JOIN loaded b USING (c);
TRUNCATE loaded;
SET client_encoding = 'KOI8R';
COPY (SELECT * FROM journeys WHERE c = 1002) TO STDOUT (FORMAT binary) \g :file
:load
RESET client_encoding;
SELECT count(*) AS rows, count(*) FILTER (WHERE a.j = b.j) AS same FROM journeys a JOIN loaded b USING (c);
-- What was written in the one is not read in the other.
\set VERBOSITY sqlstate
:load
\set VERBOSITY default
\set file `rm -f :file`
-- A journey of letters that the client does not have is not sent.
SET client_encoding = 'KOI8R';
SELECT left(test_journey_type.error_of('SELECT journey_send(journey_agg(''2024-03-13Z'', chr(241)))'), 5) AS no_such_letter;
RESET client_encoding;

DROP SCHEMA test_journey_type CASCADE;

-- jsonb may have kept a whole score as a number with decimals.
SELECT jsonb_build_array(jsonb_build_object('at', '2024-03-13T10:21:14Z', 'event', 'a', 'score', 10.0))::journey =
       '[{"at": "2024-03-13T10:21:14Z", "event": "a", "score": 10}]' AS same;
