-- Accessors of journeys, journeys from journeys, and sessions.
--
-- The second source is plain SQL over the raw rows: the same question asked of the table the journeys were built from.

CREATE SCHEMA test_journey_functions;
SET search_path = test_journey_functions, public;
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

-- 120 customers of 1 to 40 touchpoints: hierarchical names, some with signs; gaps of minutes, days and months; ties.
CREATE TABLE touch AS
SELECT c, n,
       '2024-01-31Z'::timestamptz + (h % 5) * interval '10 minutes' + (h / 8 % 6) * interval '1 day' + CASE WHEN c % 3 = 0 THEN h / 64 % 5 * interval '30 days' ELSE '0' END AS at,
       (ARRAY['call', 'delivery', 'delivery-x', 'delivery/shipped', 'delivery/shipped/late', 'ER Registration', 'a/b', 'within', 'call/back', 'ñ/x'])[1 + h / 512 % (1 + c % 10)] AS event,
       CASE WHEN h / 8192 % 4 > 0 THEN (ARRAY['phone', 'phone/billing', 'web', ''])[1 + h / 32768 % 4] END AS channel,
       CASE WHEN h / 4096 % 3 > 0 THEN (h / 16 % 9 - 4) / 2.0::float8 END AS value,
       CASE WHEN h / 2048 % 3 > 0 THEN h / 131072 % 11 END::int AS score
FROM generate_series(1, 120) c, generate_series(1, 40) n, LATERAL (SELECT hashint4(c * 500 + n) & 16777215 AS h) x
WHERE n <= 1 + c * 7 % 40;
CREATE INDEX ON touch (c);
CREATE TABLE journeys AS SELECT c, journey_agg(at, event, channel, value, score) AS j FROM touch GROUP BY c;
-- The rows in the one order, numbered.
CREATE TABLE ordered AS
SELECT *, row_number() OVER (PARTITION BY c ORDER BY at, event COLLATE "C", channel COLLATE "C" NULLS FIRST, value NULLS FIRST, score NULLS FIRST)::int AS ord FROM touch;
SELECT count(*) AS rows, count(DISTINCT c) AS customers, count(*) - count(DISTINCT (c, at)) AS ties FROM touch;

--
-- Accessors
--

SELECT count(*) AS customers,
       count(*) FILTER (WHERE length(j) = n) AS length, count(*) FILTER (WHERE started_at(j) = first) AS started_at, count(*) FILTER (WHERE ended_at(j) = last) AS ended_at,
       count(*) FILTER (WHERE duration_seconds(j) = extract(epoch FROM last - first)) AS duration,
       count(*) FILTER (WHERE events(j) = e) AS events, count(*) FILTER (WHERE channels(j) = ch) AS channels, count(*) FILTER (WHERE phases(j) = p) AS phases
FROM journeys JOIN (
    SELECT c, count(*) AS n, min(at) AS first, max(at) AS last, array_agg(DISTINCT event COLLATE "C" ORDER BY event COLLATE "C") AS e,
           coalesce(array_agg(DISTINCT channel COLLATE "C" ORDER BY channel COLLATE "C") FILTER (WHERE channel IS NOT NULL), '{}') AS ch,
           array_agg(DISTINCT split_part(event, '/', 1) COLLATE "C" ORDER BY split_part(event, '/', 1) COLLATE "C") AS p
    FROM touch GROUP BY c) x USING (c);
-- Names whose first parts are not neighbours in bytewise order, and names that begin or end with a slash.
SELECT phases(journey_agg('2024-03-13Z', event)), events(journey_agg('2024-03-13Z', event))
FROM unnest(ARRAY['a/c', 'a', 'a-b', 'a!/x', 'a/', '/a', '', 'b//c', 'ä', 'Z', 'a-b/c']) event;
SELECT cardinality(phases(j)) AS phases, cardinality(events(j)) AS events, phases(j) = (SELECT array_agg(DISTINCT split_part(e, '/', 1) COLLATE "C" ORDER BY split_part(e, '/', 1) COLLATE "C") FROM unnest(events(j)) e) AS "right"
FROM (SELECT journey_agg('2024-03-13Z', 'p' || i % 300 || CASE i % 3 WHEN 0 THEN '' WHEN 1 THEN '-x' ELSE '/y' END) AS j FROM generate_series(1, 900) i) x;
-- Microseconds count, in the year 9999 too; the longest time there is.
SELECT duration_seconds(j)
FROM (VALUES (1, '[{"at": "9999-03-13T00:00:00Z", "event": "a"}, {"at": "9999-03-13T00:00:00.000001Z", "event": "a"}]'::journey),
             (2, '[{"at": "2024-03-13T00:00:00Z", "event": "a"}]'),
             (3, '[{"at": "4714-11-24T00:00:00Z BC", "event": "a"}, {"at": "294276-12-31T00:00:00Z", "event": "a"}]')) v(n, j)
ORDER BY n;
SELECT (date '294276-12-31' - date '4714-11-24 BC') * 86400.0 AS by_dates;

-- event_at: an atom of every kind beside the same test in SQL, for every nth from either end.
CREATE TABLE atom (n serial, atom text, test text);
INSERT INTO atom (atom, test) VALUES
    ('call', 'event = ''call'''), ('delivery', 'event = ''delivery'''), ('delivery/*', 'event LIKE ''delivery/%'''), ('delivery/shipped/*', 'event LIKE ''delivery/shipped/%'''),
    ('''ER Registration''', 'event = ''ER Registration'''), ('''within''', 'event = ''within'''), ('ñ/*', 'event LIKE ''ñ/%'''), ('delivery-x', 'event = ''delivery-x'''),
    ('.', 'true'), ('[call|a/b]', 'event IN (''call'', ''a/b'')'), ('[^call|delivery/*]', 'event <> ''call'' AND event NOT LIKE ''delivery/%'''),
    ('call@phone', 'event = ''call'' AND channel = ''phone'''), ('.@phone/*', 'channel LIKE ''phone/%'''), ('.@''''', 'channel = '''''), ('[^call]@web', 'event <> ''call'' AND channel = ''web'''),
    ('.:score<=6', 'score <= 6'), ('.:score>8', 'score > 8'), ('.:score=0', 'score = 0'), ('.:value>0.5', 'value > 0.5'), ('.:value<-1', 'value < -1'), ('.:value>=-1:value<1', 'value BETWEEN -1 AND 0.5'),
    ('call@phone:score>=5:value<2', 'event = ''call'' AND channel = ''phone'' AND score >= 5 AND value < 2'), (' call @ phone : score >= 5 ', 'event = ''call'' AND channel = ''phone'' AND score >= 5'),
    ('nothing', 'false'), ('.:score>10', 'false');
CREATE FUNCTION compare_event_at(atom text, test text, OUT hits bigint, OUT wrong bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$
        WITH passed AS (SELECT c, at, row_number() OVER (PARTITION BY c ORDER BY ord) AS nth, row_number() OVER (PARTITION BY c ORDER BY ord DESC) AS from_end
                        FROM ordered WHERE %s)
        SELECT count(want), count(*) FILTER (WHERE event_at(j, %L, nth) IS DISTINCT FROM want)
        FROM (SELECT j, nth, CASE WHEN nth > 0 THEN (SELECT at FROM passed p WHERE p.c = journeys.c AND p.nth = g.nth)
                                  ELSE (SELECT at FROM passed p WHERE p.c = journeys.c AND p.from_end = -g.nth) END AS want
              FROM journeys, unnest(ARRAY[1, 2, 3, 40, 41, -1, -2, -40, -41]) g(nth) WHERE c > 60) x$q$, test, atom) INTO hits, wrong;
END $$;
SELECT atom, x.* FROM atom, compare_event_at(atom, test) x ORDER BY n;
SELECT event_at(j, 'call') = event_at(j, 'call', 1) AS first_by_default, event_at(j, 'call', 2147483647) AS beyond, event_at(j, 'call', -2147483648) AS before FROM journeys WHERE c = 1;
SELECT error_of('SELECT event_at(j, ''call'', 0) FROM journeys WHERE c = 1') AS nth_0;
-- Another atom in every row: the one of the row is used.
SELECT count(*) AS rows, count(*) FILTER (WHERE event_at(j, event, ord) IS DISTINCT FROM want) AS wrong
FROM (SELECT j, c, e.event, e.ord, (SELECT o.at FROM ordered o WHERE o.c = journeys.c AND o.event = e.name ORDER BY o.ord OFFSET e.ord - 1 LIMIT 1) AS want
      FROM journeys, (VALUES ('call', 'call', 1), ('''ER Registration''', 'ER Registration', 1), ('call', 'call', 2), ('a/b', 'a/b', 1), ('call/back', 'call/back', 1)) e(event, name, ord)) x;
CREATE DOMAIN atom_text AS text;
SELECT event_at(j, 'call'::atom_text) = event_at(j, 'call'::varchar) AS of_a_domain, journey_filter(j, ARRAY['call']::atom_text[]) = journey_filter(j, ARRAY['call']::varchar[]) AS array_of_it
FROM journeys WHERE c = 1;

-- Atoms that are none: 22023, with what was expected and where.
SELECT atom, e FROM (VALUES (1, ''), (2, 'ER Registration'), (3, 'call@'), (4, 'call:'), (5, 'call:score'), (6, 'call:score<'), (7, 'call:points<3'), (8, '[call'), (9, '[]'), (10, '''call'), (11, 'within'),
                            (12, 'call+'), (13, 'a -> b'), (14, '(a)'), (15, 'ñandú x')) v(n, atom),
     LATERAL (SELECT split_part(error_of(format('SELECT event_at(''[]'', %L)', atom)), E'\nPut', 1) AS e) x
ORDER BY n;
SELECT error_of('SELECT event_at(''[]'', ''ER Registration'')') AS whole;

--
-- Journeys from journeys
--

-- How many customers a statement gives journeys for, and how many are not the journey of the rows that a query selects.
CREATE FUNCTION compare(call text, rows_query text, OUT journeys bigint, OUT wrong bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($q$
        SELECT count(*), count(*) FILTER (WHERE a.j IS DISTINCT FROM coalesce(b.j, '[]'))
        FROM (SELECT c, %s AS j FROM journeys) a
        LEFT JOIN (SELECT c, journey_agg(at, event, channel, value, score) AS j FROM (%s) r(c, at, event, channel, value, score) GROUP BY c) b USING (c)$q$,
        call, rows_query) INTO journeys, wrong;
END $$;
CREATE FUNCTION compare_where(call text, condition text, OUT journeys bigint, OUT wrong bigint) LANGUAGE sql AS $$
    SELECT * FROM compare(call, 'SELECT c, at, event, channel, value, score FROM touch WHERE ' || condition) $$;

-- journey_between: from since on, before until; NULL and infinity are no bound.
SELECT call, x.*
FROM (VALUES
    (1, 'journey_between(j, ''2024-02-02Z'', ''2024-02-04Z'')', 'at >= ''2024-02-02Z'' AND at < ''2024-02-04Z'''),
    (2, 'journey_between(j, ''2024-02-02 00:10Z'', ''2024-02-02 00:20Z'')', 'at = ''2024-02-02 00:10Z'''),
    (3, 'journey_between(j, ''2024-02-02 00:10:00.000001Z'', ''2024-02-02 00:20Z'')', 'false'),
    (4, 'journey_between(j, NULL, ''2024-02-02 00:10Z'')', 'at < ''2024-02-02 00:10Z'''),
    (5, 'journey_between(j, ''2024-02-02 00:10Z'', NULL)', 'at >= ''2024-02-02 00:10Z'''),
    (6, 'journey_between(j, NULL, NULL)', 'true'),
    (7, 'journey_between(j, ''-infinity'', ''infinity'')', 'true'),
    (8, 'journey_between(j, ''infinity'', NULL)', 'false'),
    (9, 'journey_between(j, NULL, ''-infinity'')', 'false'),
    (10, 'journey_between(j, ''2024-02-04Z'', ''2024-02-02Z'')', 'false'),
    (11, 'journey_between(j, ''2024-02-02 00:10Z'', ''2024-02-02 00:10Z'')', 'false'),
    (12, 'journey_between(j, started_at(j), ended_at(j))', 'at < (SELECT max(at) FROM touch t WHERE t.c = touch.c)'),
    (13, 'journey_between(j, NULL, ''2024-02-02Z'') || journey_between(j, ''2024-02-02Z'', NULL)', 'true')) v(n, call, condition), compare_where(call, condition) x
ORDER BY n;

-- journey_filter: each atom alone to keep and to remove; and lists.
SELECT count(*) AS atoms, sum(a.journeys) AS kept, sum(a.wrong) AS wrong_kept, sum(b.journeys) AS removed, sum(b.wrong) AS wrong_removed
FROM atom, compare_where(format('journey_filter(j, ARRAY[%L])', atom), test) a, compare_where(format('journey_filter(j, remove => ARRAY[%L])', atom), format('(%s) IS NOT TRUE', test)) b;
SELECT call, x.*
FROM (VALUES
    (1, 'journey_filter(j)', 'true'), (2, 'journey_filter(j, NULL, NULL)', 'true'),
    (3, 'journey_filter(j, ARRAY[''call'', ''delivery/*''])', 'event = ''call'' OR event LIKE ''delivery/%'''),
    (4, 'journey_filter(j, ARRAY[''delivery/*''], ARRAY[''delivery/shipped/*''])', 'event LIKE ''delivery/%'' AND event NOT LIKE ''delivery/shipped/%'''),
    (5, 'journey_filter(j, ARRAY[''.@phone''], ARRAY[''.:score<5'', ''a/b''])', 'channel = ''phone'' AND (score < 5) IS NOT TRUE AND event <> ''a/b'''),
    (6, 'journey_filter(j, ''{}'')', 'false'), (7, 'journey_filter(j, remove => ''{}'')', 'true'), (8, 'journey_filter(j, ARRAY[''.''], ARRAY[''.''])', 'false'),
    (9, 'journey_filter(j, ARRAY[''call''], ARRAY[''call@web''])', 'event = ''call'' AND channel IS DISTINCT FROM ''web''')) v(n, call, condition), compare_where(call, condition) x
ORDER BY n;
-- More atoms than a word has bits, the last of them the one that matters; other lists row by row.
SELECT x.* FROM compare_where($$journey_filter(j, (SELECT array_agg('no' || i) FROM generate_series(1, 150) i) || ARRAY['call@phone'])$$, $$event = 'call' AND channel = 'phone'$$) x;
SELECT x.* FROM compare_where($$journey_filter(j, (SELECT array_agg('no' || i) FROM generate_series(1, 150) i) || ARRAY['call:score>5'])$$, $$event = 'call' AND score > 5$$) x;
SELECT x.* FROM compare_where($$journey_filter(j, CASE c % 3 WHEN 0 THEN ARRAY['call'] WHEN 1 THEN ARRAY['delivery/*', 'call'] END, CASE c % 2 WHEN 0 THEN ARRAY['.@web'] END)$$,
    $$(CASE c % 3 WHEN 0 THEN event = 'call' WHEN 1 THEN event LIKE 'delivery/%' OR event = 'call' ELSE true END) AND (c % 2 = 0 AND channel = 'web') IS NOT TRUE$$) x;
SELECT error_of('SELECT journey_filter(''[]'', ARRAY[''call'', NULL])') AS null_to_keep;
SELECT error_of('SELECT journey_filter(''[]'', NULL, ARRAY[''call:''])') AS no_atom_to_remove;
SELECT error_of('SELECT journey_filter(''[]'', ARRAY[[''call'', ''a'']])') AS two_dimensions;

-- journey_rename: first match wins, /* stands for all below, names may meet; the rest stays.
SELECT call, x.*
FROM (VALUES
    (1, 'journey_rename(j, ARRAY[''call''], ARRAY[''contact''])', 'CASE WHEN event = ''call'' THEN ''contact'' ELSE event END'),
    (2, 'journey_rename(j, ARRAY[''delivery/*''], ARRAY[''delivery''])', 'CASE WHEN event LIKE ''delivery/%'' THEN ''delivery'' ELSE event END'),
    (3, 'journey_rename(j, ARRAY[''delivery/shipped'', ''delivery/*'', ''delivery/shipped/late''], ARRAY[''s'', ''d'', ''never''])', 'CASE WHEN event = ''delivery/shipped'' THEN ''s'' WHEN event LIKE ''delivery/%'' THEN ''d'' ELSE event END'),
    (4, 'journey_rename(j, ARRAY[''delivery/*'', ''delivery/shipped''], ARRAY[''d'', ''never''])', 'CASE WHEN event LIKE ''delivery/%'' THEN ''d'' ELSE event END'),
    (5, 'journey_rename(j, ARRAY[''call'', ''a/b''], ARRAY[''a/b'', ''call''])', 'CASE event WHEN ''call'' THEN ''a/b'' WHEN ''a/b'' THEN ''call'' ELSE event END'),
    (6, 'journey_rename(j, events(j), (SELECT array_agg(''x''::text) FROM unnest(events(j))))', '''x'''),
    (7, 'journey_rename(j, ''{}'', ''{}'')', 'event'),
    (8, 'journey_rename(j, ARRAY[''ER Registration'', ''within'', ''nothing''], ARRAY['''', repeat(''w'', 4096), ''y''])', 'CASE event WHEN ''ER Registration'' THEN '''' WHEN ''within'' THEN repeat(''w'', 4096) ELSE event END')) v(n, call, renamed),
    compare(call, format('SELECT c, at, %s, channel, value, score FROM touch', renamed)) x
ORDER BY n;
SELECT error_of('SELECT journey_rename(''[]'', ARRAY[''a'', ''b''], ARRAY[''c''])') AS lengths;
SELECT error_of('SELECT journey_rename(''[]'', ARRAY[''a'', NULL], ARRAY[''c'', ''d''])') AS null_name;
SELECT error_of('SELECT journey_rename(''[]'', ARRAY[''a''], ARRAY[NULL::text])') AS null_replacement;
SELECT error_of('SELECT journey_rename(''[]'', ARRAY[''a''], ARRAY[repeat(''a'', 4097)])') AS long;

-- journey_level
SELECT depth, x.*
FROM generate_series(1, 4) depth,
     compare(format('journey_level(j, %s)', depth), format('SELECT c, at, array_to_string((string_to_array(event, ''/''))[1:%s], ''/''), channel, value, score FROM touch', depth)) x
ORDER BY depth;
SELECT count(*) AS customers, count(*) FILTER (WHERE events(journey_level(j, 1)) = phases(j)) AS phases, count(*) FILTER (WHERE journey_level(j, 2147483647) = j) AS deepest FROM journeys;
SELECT events(journey_level(journey_agg('2024-03-13Z', event), 2)) FROM unnest(ARRAY['/a/b', '//', 'a//b', 'a/b/', '']) event;
SELECT error_of('SELECT journey_level(''[]'', 0)') AS depth_0;

-- journey_collapse: gaps and islands. A run goes on while event and channel stay and, with a limit, each follows the one before within it;
-- months are added to the time of the one before, clamped to the month's end.
CREATE FUNCTION compare_collapse(within interval, OUT journeys bigint, OUT shorter bigint, OUT wrong bigint) LANGUAGE sql AS $$
    SELECT count(*), count(*) FILTER (WHERE length(journey_collapse(j, within)) < length(j)), count(*) FILTER (WHERE journey_collapse(j, within) IS DISTINCT FROM want)
    FROM journeys JOIN (
        SELECT c, journey_agg(at, event, channel, value, score) AS want
        FROM (SELECT c, min(at) AS at, min(event) AS event, min(channel) AS channel, sum(value ORDER BY ord) AS value, (array_agg(score ORDER BY ord DESC) FILTER (WHERE score IS NOT NULL))[1] AS score
              FROM (SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY c ORDER BY ord) AS run
                    FROM (SELECT *, (event, channel) IS DISTINCT FROM (lag(event) OVER w, lag(channel) OVER w) OR at > lag(at) OVER w + within AS begins
                          FROM ordered WINDOW w AS (PARTITION BY c ORDER BY ord)) x) y
              GROUP BY c, run) z
        GROUP BY c) want USING (c) $$;
SELECT within, x.* FROM (VALUES (1, NULL::interval), (2, '0'), (3, '10 minutes'), (4, '1 day'), (5, '1 day 10 minutes'), (6, '1 month'), (7, '1 month 1 day'), (8, '1000 years')) v(n, within), compare_collapse(within) x ORDER BY n;
SELECT count(*) FILTER (WHERE journey_collapse(j) IS DISTINCT FROM journey_collapse(j, NULL)) AS default_differs FROM journeys;
-- By hand: chained repetitions go on though the last is far from the first; another channel or event between ends a run; values add up, the last score stays.
SELECT journey_collapse('[{"at": "2024-03-13T10:00:00Z", "event": "a", "value": 1, "score": 3}, {"at": "2024-03-13T10:09:00Z", "event": "a", "value": 2, "score": 7},
    {"at": "2024-03-13T10:18:00Z", "event": "a"}, {"at": "2024-03-13T10:28:00.000001Z", "event": "a", "value": 4}, {"at": "2024-03-13T10:30:00Z", "event": "a", "channel": "x"},
    {"at": "2024-03-13T10:31:00Z", "event": "a"}, {"at": "2024-03-13T10:32:00Z", "event": "b"}, {"at": "2024-03-13T10:33:00Z", "event": "a"}, {"at": "2024-03-13T10:33:00Z", "event": "a"}]', '10 minutes') AS collapsed;
SELECT error_of('SELECT journey_collapse(''[]'', ''-1 second'')') AS backwards;
SELECT error_of('SELECT journey_collapse(''[]'', ''1 month -1 day'')') AS partly_backwards;
SELECT error_of($$SELECT journey_collapse(journey_agg('2024-03-13Z', 'a', NULL, 1.7e308)) FROM generate_series(1, 2)$$) AS too_much;

--
-- Sessions
--

-- journey_sessions beside lag() over the rows, for gaps of every kind.
CREATE FUNCTION compare_sessions(gap interval, OUT sessions bigint, OUT of_rows bigint, OUT wrong bigint, OUT pieces_wrong bigint) LANGUAGE sql AS $$
    WITH raw AS (SELECT c, session, journey_agg(at, event, channel, value, score) AS j
                 FROM (SELECT *, count(*) FILTER (WHERE begins) OVER (PARTITION BY c ORDER BY ord) AS session
                       FROM (SELECT *, coalesce(at > lag(at) OVER (PARTITION BY c ORDER BY ord) + gap, true) AS begins FROM ordered) x) y
                 GROUP BY c, session),
         cut AS (SELECT c, s.session, s.j FROM journeys, journey_sessions(j, gap) WITH ORDINALITY s(j, session))
    SELECT (SELECT count(*) FROM cut), (SELECT count(*) FROM raw),
           (SELECT count(*) FROM raw FULL JOIN cut USING (c, session) WHERE raw.j IS DISTINCT FROM cut.j),
           (SELECT count(*) FROM journeys WHERE j <> (SELECT rollup(s) FROM journey_sessions(j, gap) s)) $$;
CREATE TABLE gaps (n serial, gap interval);
INSERT INTO gaps (gap) VALUES ('0'), ('1 microsecond'), ('9 minutes 59.999999 seconds'), ('10 minutes'), ('1 day'), ('23 hours 50 minutes'), ('24 hours'), ('1 month'), ('29 days'), ('1 month 1 day 1 hour'), ('290000 years');
SELECT gap, x.* FROM gaps, compare_sessions(gap) x ORDER BY n;
-- sessionize over the same rows, in order of time, ties in any order: equal times are in one session, so it is the same for all.
CREATE FUNCTION compare_sessionize(gap interval, OUT rows bigint, OUT sessions bigint, OUT wrong bigint, OUT not_as_journey_sessions bigint) LANGUAGE sql AS $$
    SELECT count(*), count(DISTINCT (c, s)), count(*) FILTER (WHERE s <> session),
           (SELECT count(*) FROM journeys WHERE (SELECT count(*) FROM journey_sessions(j, gap)) <> (SELECT max(s) FROM (SELECT sessionize(at, gap) OVER (ORDER BY at) AS s FROM touch t WHERE t.c = journeys.c) x))
    FROM (SELECT c, s, count(*) FILTER (WHERE begins) OVER (PARTITION BY c ORDER BY at, n) AS session
          FROM (SELECT c, n, at, sessionize(at, gap) OVER w AS s, coalesce(at > lag(at) OVER w + gap, true) AS begins FROM touch WINDOW w AS (PARTITION BY c ORDER BY at, n)) x) y $$;
SELECT gap, x.* FROM gaps, compare_sessionize(gap) x ORDER BY n;

-- Months and days are those of UTC, whatever the zone of the session: on 10 March 2024 a day in New York had 23 hours.
SET timezone = 'America/New_York';
SELECT at AT TIME ZONE 'UTC' AS at, sessionize(at, '1 day') OVER w AS day, sessionize(at, '1 month') OVER w AS month, sessionize(at, '24 hours') OVER w AS hours
FROM (VALUES ('2024-03-09 12:00Z'::timestamptz), ('2024-03-10 12:00Z'), ('2024-03-11 12:00:00.000001Z'), ('2024-04-11 12:00Z'), ('2024-05-11 12:00:01Z')) v(at)
WINDOW w AS (ORDER BY at) ORDER BY at;
SELECT count(*) FROM journey_sessions('[{"at": "2024-03-09T12:00:00Z", "event": "a"}, {"at": "2024-03-10T12:00:00Z", "event": "a"}, {"at": "2024-03-11T12:00:00.000001Z", "event": "a"}]', '1 day');
SET timezone = 'UTC';
-- A month after 31 January is 29 February.
SELECT sessionize(at, '1 month') OVER (ORDER BY at) AS session, at FROM (VALUES ('2024-01-31Z'::timestamptz), ('2024-02-29Z'), ('2024-03-29 00:00:01Z')) v(at);
-- A row without a time or a gap is in no session, and does not count as the row before; the gap may be another in each row.
SELECT at, gap, sessionize(at, gap) OVER (ORDER BY n) AS session
FROM (VALUES (1, NULL::timestamptz, '1 hour'::interval), (2, '2024-03-13 10:00Z', NULL), (3, '2024-03-13 10:00Z', '1 hour'), (4, NULL, '1 hour'), (5, '2024-03-13 11:00Z', '1 hour'),
             (6, '2024-03-13 13:00Z', '2 hours'), (7, '2024-03-13 13:30Z', NULL), (8, '2024-03-13 13:30Z', '0'), (9, '2024-03-13 13:30Z', '0'), (10, '2024-03-13 13:30:00.000001Z', '0')) v(n, at, gap)
ORDER BY n;
SELECT count(*) FROM (SELECT sessionize(NULL, '1 hour') OVER () AS s FROM touch) x WHERE s IS NOT NULL;
-- Two windows in one query, and partitions one after the other.
SELECT count(*) AS rows, count(*) FILTER (WHERE a = b AND d = 1) AS same
FROM (SELECT sessionize(at, '1 day') OVER (PARTITION BY c ORDER BY at) AS a, sessionize(at, '24 hours') OVER (PARTITION BY c ORDER BY at, n) AS b, sessionize(at, '290000 years') OVER (PARTITION BY event, channel ORDER BY at) AS d FROM touch) x;
SELECT error_of('SELECT sessionize(at, ''1 day'') OVER (ORDER BY at DESC) FROM test_journey_functions.touch') AS wrong_order;
SELECT error_of('SELECT sessionize(now(), ''-1 day'') OVER ()') AS negative_gap;
SELECT error_of('SELECT sessionize(''infinity'', ''1 day'') OVER ()') AS infinite;
SELECT error_of('SELECT journey_sessions(''[]'', ''-1 day'')') AS negative_gap;
SELECT error_of('SELECT sessionize(now(), ''1 day'')') AS no_window;

--
-- Empty journeys and NULL
--

SELECT length('[]'::journey), started_at('[]'), ended_at('[]'), duration_seconds('[]'), events('[]'), channels('[]'), phases('[]'), event_at('[]', '.'), event_at('[]', '.', -1);
SELECT journey_between('[]', '2024-03-13Z', NULL), journey_filter('[]', ARRAY['a']), journey_rename('[]', ARRAY['a'], ARRAY['b']), journey_collapse('[]', '1 day'), journey_level('[]', 1),
       (SELECT count(*) FROM touchpoints('[]')) AS touchpoints, (SELECT count(*) FROM journey_sessions('[]', '1 day')) AS sessions;
SELECT length(NULL::journey), started_at(NULL), ended_at(NULL), duration_seconds(NULL), events(NULL), channels(NULL), phases(NULL), event_at(NULL, '.'), event_at('[]', NULL), event_at('[]', '.', NULL);
SELECT journey_between(NULL, '2024-03-13Z', NULL) AS "between", journey_filter(NULL) AS filter, journey_rename(NULL, '{}', '{}') AS rename, journey_rename('[]', NULL, '{}') AS names, journey_rename('[]', '{}', NULL) AS replacements,
       journey_collapse(NULL) AS collapse, journey_level(NULL, 1) AS level, journey_level('[]', NULL) AS depth,
       (SELECT count(*) FROM touchpoints(NULL)) AS touchpoints, (SELECT count(*) FROM journey_sessions(NULL, '1 day')) AS sessions, (SELECT count(*) FROM journey_sessions('[]', NULL)) AS gap;
-- Sets in the select list, and rescanned.
SELECT c, (touchpoints(j)).ord, length(journey_sessions(j, '1 day')) AS session FROM journeys WHERE c IN (7, 41) ORDER BY 1, 2;
SELECT sum(k) FROM generate_series(1, 3) g, LATERAL (SELECT count(*) AS k FROM journeys, touchpoints(j) t WHERE t.ord <= g) x;

--
-- Toasted: compressed, and out of line with and without compression
--

CREATE TABLE stored (kind text, j journey);
ALTER TABLE stored ALTER j SET STORAGE EXTERNAL;
INSERT INTO stored SELECT 'external', journey_agg('2024-03-13Z'::timestamptz + i * i * interval '1 second', 'event ' || i % 90, 'channel ' || i % 7, i, i % 300) FROM generate_series(1, 12000) i;
ALTER TABLE stored ALTER j SET STORAGE EXTENDED;
INSERT INTO stored SELECT 'extended', j || '[]' FROM stored;
ALTER TABLE stored ALTER j SET STORAGE MAIN;
INSERT INTO stored SELECT 'main', journey_agg('2024-03-13Z'::timestamptz + i * interval '1 minute', 'event', 'channel', 0, 0) FROM generate_series(1, 3000) i;
SELECT kind, pg_column_size(j) < length(journey_send(j)) AS compressed, length(journey_send(j)) > 100000 AS large FROM stored ORDER BY kind;
SELECT kind, length(j), started_at(j), ended_at(j) = (SELECT max(at) FROM touchpoints(j)) AS ended, cardinality(events(j)) AS events, cardinality(channels(j)) AS channels, event_at(j, '.', 2) AS second,
       length(journey_filter(j, ARRAY['.:score<3'])) AS filtered, (SELECT count(*) FROM touchpoints(j) WHERE score < 3) AS of_rows, j = (j::text)::journey AS same, journey_hash(j) = journey_hash(j || '[]') AS hash
FROM stored ORDER BY kind;
SELECT a.kind, b.kind FROM stored a JOIN stored b ON a.j = b.j AND a.kind < b.kind;

DROP SCHEMA test_journey_functions CASCADE;
