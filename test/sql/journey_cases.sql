-- journey: reference cases of peers. The facts (events, parameters, expected results) come from the test suites and documentation of ClickHouse (Apache-2.0,
-- by way of Timeplus Proton), Apache Doris, retentioneering and Apache MADlib (Apache-2.0), duckdb-behavioral and PostHog (MIT).
-- Each dialect is put into ours once, in the functions below. What differs by design is listed with what ours gives, and explained in docs/journey.md.

CREATE SCHEMA test_journey_cases;
SET search_path = test_journey_cases, public;
SET timezone = 'UTC';
SET jit = off;
SET intervalstyle = postgres;
SET client_min_messages = warning;

CREATE TABLE results (dialect text, topic text, id text, got text, expected text);

-- What theirs expects, ours gives something else, and means to.
CREATE TABLE by_design (id text PRIMARY KEY, ours text, reason text);
INSERT INTO by_design VALUES
    ('clickhouse-window_funnel-0061', '1', 'one touchpoint fills one place'),
    ('clickhouse-sequence_count-0088', 'no pattern', 'a match is never empty');

--
-- Facts to journeys
--

-- Cases are written as '0 A; 5 B=12.5; 9 ~C': seconds since the first touchpoint of the case, event, value; without a name the event is NULL.
-- The mark ~ is for rows that fail the base condition of sequenceNextNode; all others have the channel base.
CREATE FUNCTION journey_of(touches text) RETURNS journey LANGUAGE sql AS $$
    SELECT journey_agg('2024-01-01Z'::timestamptz + (split_part(touch, ' ', 1) || ' seconds')::interval,
                       nullif(ltrim(split_part(event, '=', 1), '~'), ''),
                       CASE WHEN event NOT LIKE '~%' THEN 'base' END,
                       nullif(split_part(event, '=', 2), '')::float8)
    FROM string_to_table(touches, '; ') touch, substr(touch, strpos(touch, ' ') + 1) event
$$;

-- ClickHouse, Doris and DuckDB give each row the set of conditions it meets: '0 1; 5 1,3; 9 '. A row is one touchpoint; its event is named after the set, 1-3, and 0 where
-- it meets none.
CREATE FUNCTION condition_journey(touches text, unit text) RETURNS journey LANGUAGE sql AS $$
    SELECT journey_agg('2024-01-01Z'::timestamptz + (split_part(touch, ' ', 1) || ' ' || unit)::interval,
                       coalesce(nullif(replace(split_part(touch, ' ', 2), ',', '-'), ''), '0'))
    FROM string_to_table(touches, '; ') touch
$$;

-- The names of the journey that stand for one of the conditions: 1|1-3.
CREATE FUNCTION condition_names(j journey, conditions int[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(name, '|' ORDER BY name)
    FROM (SELECT unnest(events(j)) UNION SELECT unnest(conditions)::text) names(name)
    WHERE string_to_array(name, '-') && conditions::text[]
$$;

CREATE FUNCTION condition_atom(j journey, condition int) RETURNS text LANGUAGE sql AS $$
    SELECT '[' || condition_names(j, ARRAY[condition]) || ']'
$$;

-- A name as an atom, whatever signs are in it.
CREATE FUNCTION atom(name text) RETURNS text LANGUAGE sql AS $$
    SELECT '''' || replace(name, '''', '''''') || ''''
$$;

-- How many of the patterns, each a longer beginning of the same, the journey contains.
CREATE FUNCTION level_of(j journey, beginnings text[]) RETURNS int LANGUAGE sql AS $$
    SELECT coalesce(max(level), 0)::int
    FROM unnest(beginnings) WITH ORDINALITY b(pattern, level)
    WHERE j @~ pattern::journey_pattern
$$;

-- Every match, one after the other. (The rest of a journey begins after the instant of the last match; the cases have no ties there.)
CREATE FUNCTION all_matches(j journey, pattern journey_pattern, OUT n int, OUT path text[], OUT value float8) RETURNS SETOF record LANGUAGE sql AS $$
    WITH RECURSIVE search(n, rest, ended_at, ords) AS (
        SELECT 1, j, ended_at, ords FROM journey_match(j, pattern)
        UNION ALL
        SELECT n + 1, later, m.ended_at, m.ords
        FROM search, journey_between(rest, search.ended_at + interval '1 microsecond', NULL) later, LATERAL journey_match(later, pattern) m
        WHERE search.ords IS NOT NULL)
    SELECT n, array_agg(event ORDER BY ord), sum(value)
    FROM search, touchpoints(rest)
    WHERE ord = ANY(ords)
    GROUP BY n
$$;

--
-- windowFunnel of ClickHouse, window_funnel of Doris and DuckDB
--

-- The default and strict_once are funnel_level. The other modes say what may not lie between step k and step k+1; that is a pattern,
--     1 ~>{without 1|2} 2 ~>{without 1|2|3} 3 within 1 day
-- and the level is that of the longest beginning that matches. Step k+1 may not lie there either, so that it is the first one that comes, except where
-- the ones at the same time are passed over.
CREATE FUNCTION barred(dialect text, mode text, k int, steps int) RETURNS int[] LANGUAGE sql AS $$
    SELECT array_agg(step)
    FROM generate_series(CASE
            WHEN mode = 'strict_order' AND dialect = 'clickhouse' THEN k + 1  -- nothing else, but steps that are filled may come again
            WHEN mode = 'strict_deduplication' THEN 2                         -- no step again, but the first restarts
            WHEN mode = 'strict' THEN k                                       -- not step k again
            ELSE 1 END,                                                       -- deduplication, strict_order of DuckDB: no step again
        CASE WHEN mode = 'strict_order' AND dialect = 'clickhouse' THEN steps ELSE k END) step
    WHERE mode IN ('strict_order', 'strict_deduplication', 'strict', 'deduplication')
$$;

CREATE FUNCTION link(j journey, dialect text, modes text[], k int, steps int) RETURNS text LANGUAGE sql AS $$
    WITH mode AS (
        SELECT modes && '{strict_increase,increase,timestamp_dedup}' AS increases,
               (SELECT array_agg(step) FROM unnest(modes) mode, unnest(barred(dialect, mode, k, steps)) step) AS barred,
               dialect = 'clickhouse' AND 'strict_order' = ANY(modes) AS nothing_else)
    SELECT ' ~>{' || concat_ws(', ',
        CASE WHEN increases THEN '> 0 seconds' END,
        'without ' || CASE WHEN nothing_else THEN '0|' ELSE '' END ||
            condition_names(j, barred || CASE WHEN NOT increases THEN k + 1 END)) || '} '
    FROM mode
$$;

CREATE FUNCTION window_funnel(j journey, dialect text, modes text[], steps int, within text) RETURNS int LANGUAGE sql AS $$
    SELECT CASE
        WHEN modes <@ '{strict_once}' THEN
            funnel_level(j, (SELECT array_agg(condition_atom(j, k) ORDER BY k) FROM generate_series(1, steps) k), within::interval)
        WHEN modes = '{fixed}' THEN  -- the very next of the rows that meet a condition
            (SELECT level FROM funnel(journey_filter(j, remove => '{0}'),
                (SELECT array_agg(condition_atom(j, k) ORDER BY k) FROM generate_series(1, steps) k), within::interval, 'adjacent'))
        ELSE level_of(j,
            (SELECT array_agg((SELECT string_agg(CASE WHEN k > 1 THEN link(j, dialect, modes, k - 1, steps) ELSE '' END || condition_atom(j, k), '' ORDER BY k)
                               FROM generate_series(1, level) k) || ' within ' || within ORDER BY level)
             FROM generate_series(1, steps) level))
        END
$$;

CREATE TABLE window_funnels (dialect text, id text, modes text[], steps int, within text, unit text, expected int, touches text);
INSERT INTO window_funnels VALUES
    ('clickhouse', 'clickhouse-window_funnel-0001', '{}', 1, '10000 seconds', 'seconds', 1, '0 1; 1 ; 2 ; 3 ; 4 ; 5 ; 6 ; 7 ; 8 '),
    ('clickhouse', 'clickhouse-window_funnel-0004', '{}', 4, '10000 seconds', 'seconds', 4, '0 1; 1 2; 2 3; 3 ; 4 ; 5 ; 6 ; 7 ; 8 4'),
    ('clickhouse', 'clickhouse-window_funnel-0008', '{}', 5, '4 seconds', 'seconds', 5, '0 ; 1 ; 2 ; 3 1; 4 2; 5 3; 6 4; 7 5; 8 '),
    ('clickhouse', 'clickhouse-window_funnel-0010', '{}', 2, '10000 seconds', 'seconds', 2, '0 1; 1 ; 2 ; 3 ; 4 ; 5 ; 6 ; 7 2'),
    ('clickhouse', 'clickhouse-window_funnel-0012', '{}', 4, '4 seconds', 'seconds', 4, '0 1,3; 1 1,2,3; 2 1,2,3; 3 1,2,3,4; 4 1,2,3,4; 5 1,2,3,4; 6 1,2,4; 7 2,4'),
    ('clickhouse', 'clickhouse-window_funnel-0014', '{}', 2, '10000 seconds', 'seconds', 2, '0 1; 1 ; 2 ; 3 ; 4 ; 5 ; 6 ; 7 2'),
    ('clickhouse', 'clickhouse-window_funnel-0015', '{}', 2, '10000 seconds', 'seconds', 1, '0 2; 1 ; 2 ; 3 ; 4 ; 5 ; 6 ; 7 1'),
    ('clickhouse', 'clickhouse-window_funnel-0018', '{}', 7, '10000 seconds', 'seconds', 7, '0 1; 10 2; 20 3; 30 4; 40 5; 50 6; 51 6; 60 7; 70 ; 80 '),
    ('clickhouse', 'clickhouse-window_funnel-0026', '{strict_order}', 3, '86400 seconds', 'seconds', 1, '0 1; 1 ; 2 2; 3 3'),
    ('clickhouse', 'clickhouse-window_funnel-0030', '{strict_order}', 3, '86400 seconds', 'seconds', 1, '0 3; 1 3; 2 2; 3 2; 4 1; 5 1'),
    ('clickhouse', 'clickhouse-window_funnel-0031', '{strict_deduplication,strict_order}', 3, '86400 seconds', 'seconds', 3, '0 1; 1 2; 2 3'),
    ('clickhouse', 'clickhouse-window_funnel-0034', '{strict_deduplication,strict_order}', 3, '86400 seconds', 'seconds', 2, '0 1; 1 1; 2 1; 3 1; 4 2; 5 2; 6 3; 7 3'),
    ('clickhouse', 'clickhouse-window_funnel-0038', '{strict_deduplication}', 4, '86400 seconds', 'seconds', 3, '0 1; 1 2; 2 3; 3 2; 4 4'),
    ('clickhouse', 'clickhouse-window_funnel-0041', '{}', 2, '86400 seconds', 'seconds', 0, '0 '),
    ('clickhouse', 'clickhouse-window_funnel-0042', '{}', 2, '86400 seconds', 'seconds', 0, '0 ; 1 2; 2 '),
    ('clickhouse', 'clickhouse-window_funnel-0043', '{}', 2, '86400 seconds', 'seconds', 2, '0 1; 1 2'),
    ('clickhouse', 'clickhouse-window_funnel-0047', '{}', 1, '86400 seconds', 'seconds', 0, '0 ; 1 '),
    ('clickhouse', 'clickhouse-window_funnel-0050', '{}', 1, '86400 seconds', 'seconds', 0, '0 ; 1 ; 2 '),
    ('clickhouse', 'clickhouse-window_funnel-0057', '{strict_order}', 2, '86400 seconds', 'seconds', 1, '0 1'),
    ('clickhouse', 'clickhouse-window_funnel-0061', '{}', 3, '10000 seconds', 'seconds', 3, '0 ; 1 ; 1 ; 1 ; 2 1,2,3'),
    ('clickhouse', 'clickhouse-window_funnel-0062', '{strict_increase}', 3, '10000 seconds', 'seconds', 1, '0 ; 1 ; 1 ; 1 ; 2 1,2,3'),
    ('clickhouse', 'clickhouse-window_funnel-0418', '{strict_once}', 3, '10000 seconds', 'seconds', 1, '0 ; 1 ; 1 ; 1 ; 2 1,2,3'),
    ('clickhouse', 'clickhouse-window_funnel-0427', '{strict_once,strict_deduplication}', 3, '200 seconds', 'seconds', 1, '0 3; 10 1,2; 30 3'),
    ('clickhouse', 'issue-window_funnel-0469', '{}', 2, '50 seconds', 'seconds', 1, '1 1; 0 2'),
    ('clickhouse', 'issue-window_funnel-0476', '{strict_once}', 2, '50 seconds', 'seconds', 1, '0 1,2'),
    ('clickhouse', 'issue-window_funnel-0478', '{}', 4, '1800 seconds', 'seconds', 2, '0 1; 600 2; 1800 4; 2400 2'),
    ('clickhouse', 'issue-window_funnel-0480', '{strict_deduplication}', 4, '1800 seconds', 'seconds', 2, '0 1; 600 2; 1800 4; 2400 2'),
    ('clickhouse', 'issue-window_funnel-0481', '{strict_order}', 4, '1800 seconds', 'seconds', 2, '0 1; 600 2; 1800 4; 2400 2'),
    ('doris', 'doris-window_funnel-002-u1', '{}', 2, '20000 seconds', 'seconds', 2, '0 1; 10022 2; 20041 ; 30244 '),
    ('doris', 'doris-window_funnel-011-u100123', '{}', 4, '30 seconds', 'seconds', 1, '0 1; 60 2; 180 3; 540 4'),
    ('doris', 'doris-window_funnel-018-u100127', '{}', 4, '3600000000 seconds', 'seconds', 2, '0 1,2; 60 2'),
    ('doris', 'doris-window_funnel-019-u100123', '{}', 4, '3600000000 seconds', 'seconds', 4, '0 1; 60 2; 180 3; 540 4'),
    ('doris', 'doris-window_funnel-020-u100125', '{}', 4, '3600000000 seconds', 'seconds', 2, '0 1; 60 2; 120 '),
    ('doris', 'doris-window_funnel-022-u100127', '{}', 4, '3600000000 seconds', 'seconds', 1, '0 1; 60 '),
    ('doris', 'doris-window_funnel-036-u100123', '{increase}', 4, '3600 seconds', 'seconds', 3, '0 1; 60 2; 180 3; 180 4'),
    ('doris', 'doris-window_funnel-044-u1', '{increase}', 3, '100 seconds', 'seconds', 2, '0 1; 10 2; 50 1'),
    ('doris', 'doris-window_funnel-048-u1', '{fixed}', 3, '864000 seconds', 'seconds', 3, '0 1; 86400 1,2; 172800 3'),
    ('duckdb', 'duckdb-window_funnel-test_window_expiry', '{}', 3, '60000000 microseconds', 'microseconds', 2, '0 1; 30000000 2; 120000000 3'),
    ('duckdb', 'duckdb-window_funnel-test_multiple_entries_best_wins', '{}', 3, '60000000 microseconds', 'microseconds', 2, '0 1; 120000000 2; 200000000 1; 230000000 2'),
    ('duckdb', 'duckdb-window_funnel-test_single_step_funnel', '{}', 1, '3600000000 microseconds', 'microseconds', 1, '0 1'),
    ('duckdb', 'duckdb-window_funnel-test_strict_dedup_basic_success', '{timestamp_dedup}', 3, '3600000000 microseconds', 'microseconds', 3, '0 1; 1000 2; 2000 3'),
    ('duckdb', 'duckdb-window_funnel-test_strict_dedup_skips_same_timestamp', '{timestamp_dedup}', 2, '3600000000 microseconds', 'microseconds', 1, '0 1; 0 2'),
    ('duckdb', 'duckdb-window_funnel-test_strict_dedup_different_timestamps_ok', '{timestamp_dedup}', 2, '3600000000 microseconds', 'microseconds', 2, '0 1; 1 2'),
    ('duckdb', 'duckdb-window_funnel-test_strict_mode_refire_breaks_chain', '{strict}', 3, '3600000000 microseconds', 'microseconds', 2, '0 1; 1000 1; 2000 2'),
    ('duckdb', 'duckdb-window_funnel-test_window_boundary_one_past_excluded', '{}', 2, '1000 microseconds', 'microseconds', 1, '0 1; 1001 2'),
    ('duckdb', 'duckdb-window_funnel-test_strict_increase_same_timestamp_stops_funnel', '{strict_increase}', 3, '3600000000 microseconds', 'microseconds', 1, '0 1; 0 2'),
    ('duckdb', 'duckdb-window_funnel-test_strict_increase_increasing_timestamps_ok', '{strict_increase}', 3, '3600000000 microseconds', 'microseconds', 3, '0 1; 1 2; 2 3'),
    ('duckdb', 'duckdb-window_funnel-test_strict_increase_mixed_same_and_increasing', '{strict_increase}', 3, '3600000000 microseconds', 'microseconds', 2, '0 1; 1000 2; 1000 3'),
    ('duckdb', 'duckdb-window_funnel-test_strict_increase_skips_then_matches_later', '{strict_increase}', 3, '3600000000 microseconds', 'microseconds', 3, '0 1; 0 2; 1000 2; 2000 3'),
    ('duckdb', 'duckdb-window_funnel-test_strict_increase_all_same_timestamp_entry_only', '{strict_increase}', 2, '3600000000 microseconds', 'microseconds', 1, '0 1; 0 2'),
    ('duckdb', 'duckdb-window_funnel-test_strict_dedup_plus_strict_increase', '{timestamp_dedup,strict_increase}', 2, '3600000000 microseconds', 'microseconds', 1, '0 1; 0 2'),
    ('duckdb', 'duckdb-window_funnel-test_strict_once_plus_strict_increase', '{strict_once,strict_increase}', 3, '3600000000 microseconds', 'microseconds', 3, '0 1; 1000 2,3; 2000 3'),
    ('duckdb', 'duckdb-window_funnel-test_all_modes_combined', '{}', 3, '3600000000 microseconds', 'microseconds', 3, '0 1; 1000 2; 2000 3'),
    ('duckdb', 'duckdb-window_funnel-test_strict_dedup_plus_strict_order', '{timestamp_dedup,strict_order}', 3, '3600000000 microseconds', 'microseconds', 3, '0 1; 0 2; 100 2; 200 3');

INSERT INTO results
SELECT dialect, 'window_funnel', id, window_funnel(condition_journey(touches, unit), dialect, modes, steps, within), expected FROM window_funnels;

-- strict_order is nearly the mode adjacent, and for these cases the same.
INSERT INTO results
SELECT dialect, 'strict_order as adjacent', id, level, expected
FROM window_funnels, condition_journey(touches, unit) j,
     LATERAL (SELECT array_agg(condition_atom(j, k) ORDER BY k) AS atoms FROM generate_series(1, steps) k) a, funnel(j, atoms, within::interval, 'adjacent')
WHERE 'strict_order' = ANY(modes) AND dialect = 'clickhouse';

--
-- sequenceMatch, sequenceCount, sequenceMatchEvents
--

-- The beginnings of the pattern, each one condition longer. Side by side is ->, over .* or a time condition is ~>, . is any touchpoint; == is from both sides, != is one side or the other.
-- What follows the last condition asks for nothing more.
CREATE FUNCTION sequence_patterns(j journey, pattern text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    token text[];
    far boolean := false;
    limits text[] := '{}';
    comparison text;
    patterns text[] := '{}';
    whole text;
BEGIN
    IF pattern LIKE '%!=%' THEN
        RETURN ARRAY(SELECT '(' || below || ' | ' || above || ')'
                     FROM unnest(sequence_patterns(j, regexp_replace(pattern, '!=', '<')), sequence_patterns(j, regexp_replace(pattern, '!=', '>'))) p(below, above));
    END IF;
    FOR token IN SELECT regexp_matches(pattern, '\(\?(\d+)\)|\(\?t([<>=]+)\+?(\d+)\)|(\.\*)|(\.)', 'g') LOOP
        IF token[4] IS NOT NULL THEN
            far := true;
        ELSIF token[2] IS NOT NULL THEN
            far := true;
            FOREACH comparison IN ARRAY CASE token[2] WHEN '==' THEN ARRAY['>=', '<='] ELSE token[2:2] END LOOP
                limits := limits || concat(comparison, ' ', token[3], ' seconds');
            END LOOP;
        ELSE
            whole := concat(whole || CASE WHEN far THEN ' ~>' ELSE ' ->' END || coalesce('{' || nullif(array_to_string(limits, ', '), '') || '}', '') || ' ',
                            coalesce(condition_atom(j, token[1]::int), '.'));
            far := false;
            limits := '{}';
            patterns := array_append(patterns, whole);
        END IF;
    END LOOP;
    RETURN patterns;
END $$;

-- Rows that meet no condition are not seen.
CREATE FUNCTION sequence_result(j journey, function text, pattern text) RETURNS text LANGUAGE sql AS $$
    WITH seen AS (SELECT journey_filter(j, remove => '{0}') AS j, sequence_patterns(j, pattern) AS beginnings),
         whole AS (SELECT j, beginnings, beginnings[cardinality(beginnings)]::journey_pattern AS pattern FROM seen)
    SELECT CASE
        WHEN pattern IS NULL THEN 'no pattern'
        WHEN function = 'sequence_match' THEN (j @~ pattern)::int::text
        WHEN function = 'sequence_count' THEN journey_count(j, pattern)::text
        WHEN function = 'sequence_match_events' THEN  -- the times of the longest beginning
            (SELECT array_agg(extract(epoch FROM moment - '2024-01-01Z')::int ORDER BY moment)::text
             FROM journey_match(j, beginnings[level_of(j, beginnings)]::journey_pattern) m, unnest(m.at) moment)
        END
    FROM whole
$$;

CREATE TABLE sequences (dialect text, id text, function text, pattern text, unit text, expected text, touches text);
INSERT INTO sequences VALUES
    ('clickhouse', 'clickhouse-sequence_match-0068', 'sequence_match', '(?1)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match-0072', 'sequence_match', '(?1)(?1)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match-0073', 'sequence_match', '(?1)(?1)(?1)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match-0075', 'sequence_match', '(?1)(?1)(?1)(?1)(?1)', 'seconds', '0', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match-0076', 'sequence_match', '(?1)(?1)(?1)(?1)(?2)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match-0079', 'sequence_match', '(?1)(?t<11)(?2)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match-0080', 'sequence_match', '(?1)(?t<3)(?3)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match-0082', 'sequence_match', '(?1)(?t<2)(?3)', 'seconds', '0', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0088', 'sequence_count', '', 'seconds', '12', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0091', 'sequence_count', '(?1)', 'seconds', '8', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0093', 'sequence_count', '(?3)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0095', 'sequence_count', '(?1)(?1)', 'seconds', '4', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0099', 'sequence_count', '(?1)(?1)(?1)(?1)(?2)', 'seconds', '2', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0101', 'sequence_count', '(?1)(?t>11)(?2)', 'seconds', '0', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0103', 'sequence_count', '(?1)(?t<3)(?3)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0105', 'sequence_count', '(?1)(?t<2)(?3)', 'seconds', '0', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_count-0108', 'sequence_count', '(?2)(?3)(?1)', 'seconds', '1', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match_events-0442', 'sequence_match_events', '(?1)(?t>10)(?2)', 'seconds', '{0,11}', '0 1; 1 1; 2 1; 3 1; 4 2; 5 3; 6 1; 7 1; 8 1; 9 1; 10 2; 11 2'),
    ('clickhouse', 'clickhouse-sequence_match_events-0451', 'sequence_match_events', '(?1)(?t==2)(?2)', 'seconds', '{4}', '0 ; 1 ; 2 ; 3 ; 4 1; 5 2; 6 ; 7 ; 8 ; 9 ; 10 1; 11 1'),
    ('clickhouse', 'clickhouse-sequence_match-0453', 'sequence_match', '(?1)(?t>+0)(?2)', 'seconds', '1', '0 ; 1 ; 2 ; 3 ; 4 1; 5 2; 6 ; 7 ; 8 ; 9 ; 10 1; 11 1'),
    ('clickhouse', 'clickhouse-sequence_match-0454', 'sequence_match', '(?1)(?t>+1)(?2)', 'seconds', '0', '0 ; 1 ; 2 ; 3 ; 4 1; 5 2; 6 ; 7 ; 8 ; 9 ; 10 1; 11 1'),
    ('clickhouse', 'clickhouse-sequence_match_events-0455', 'sequence_match_events', '(?1)(?t<=10)(?2)(?3)', 'seconds', '{0,5}', '0 1; 5 2; 100 2; 101 3'),
    ('clickhouse', 'clickhouse-sequence_match_events-0459', 'sequence_match_events', '(?1)(?2)(?3)', 'seconds', '{0,1}', '0 1; 1 2; 2 2; 3 3'),
    ('clickhouse', 'clickhouse-sequence_count-0462', 'sequence_count', '(?1).*', 'seconds', '1', '0 1'),
    ('clickhouse', 'clickhouse-sequence_match-0463', 'sequence_match', '(?1)(?t<=10)(?2)', 'seconds', '0', '0 1; 100 2'),
    ('clickhouse', 'clickhouse-sequence_count-0466', 'sequence_count', '(?1)(?t<=100)(?2)(?3).*.*.*', 'seconds', '1', '0 1; 1 2; 2 3'),
    ('doris', 'doris-sequence_match-001-u1', 'sequence_match', '(?1)(?2)', 'seconds', '0', '0 1; 3600 ; 20041 ; 30244 ; 38592 '),
    ('doris', 'doris-sequence_count-001-u1', 'sequence_count', '(?1)(?2)', 'seconds', '0', '0 1; 3600 ; 20041 ; 30244 ; 38592 '),
    ('doris', 'doris-sequence_count-002-u1', 'sequence_count', '(?1)(?2).*', 'seconds', '0', '0 1; 3600 ; 20041 ; 30244 ; 38592 '),
    ('doris', 'doris-sequence_match-003-u1', 'sequence_match', '(?1)(?t>3600)(?2)', 'seconds', '0', '0 1; 3600 2; 20041 ; 30244 ; 38592 '),
    ('doris', 'doris-sequence_match-004-u1', 'sequence_match', '(?1)(?t>=3600)(?2)', 'seconds', '1', '0 1; 3600 2; 20041 ; 30244 ; 38592 '),
    ('doris', 'doris-sequence_count-004-u1', 'sequence_count', '(?1)(?t>=3600)(?2)', 'seconds', '1', '0 1; 3600 2; 20041 ; 30244 ; 38592 '),
    ('doris', 'doris-sequence_match-005-u1', 'sequence_match', '(?1)(?2)', 'seconds', '0', '0 1; 3600 ; 20041 3; 30244 2; 38592 '),
    ('doris', 'doris-sequence_count-011-u1', 'sequence_count', '(?1)(?2)', 'seconds', '1', '34064 2; 30244 ; 20041 1; 10022 ; 0 1'),
    ('duckdb', 'duckdb-sequence_match-test_three_step_pattern', 'sequence_match', '(?1).*(?2).*(?3)', 'microseconds', '1', '0 1; 100 2; 200 3'),
    ('duckdb', 'duckdb-sequence_match-test_unsorted_input', 'sequence_match', '(?1)(?2)', 'microseconds', '1', '100 2; 0 1'),
    ('duckdb', 'duckdb-sequence_match-test_match_with_time_constraint_and_wildcard', 'sequence_match', '(?1).*(?t<=5)(?2)', 'microseconds', '1', '0 1; 1000000 ; 2000000 2'),
    ('duckdb', 'duckdb-sql-sequence_match-(?1)(?2)(?3)-u1', 'sequence_match', '(?1)(?2)(?3)', 'microseconds', '1', '0 1; 300000000 2; 600000000 3'),
    ('duckdb', 'duckdb-sql-sequence_match-(?1).*(?3)-u1', 'sequence_match', '(?1).*(?3)', 'microseconds', '1', '0 1; 300000000 2; 600000000 3'),
    ('duckdb', 'duckdb-sql-sequence_match-(?1).*(?3)-u2', 'sequence_match', '(?1).*(?3)', 'microseconds', '0', '0 1; 300000000 1'),
    ('duckdb', 'duckdb-sql-sequence_match-(?1).*(?3)-u3', 'sequence_match', '(?1).*(?3)', 'microseconds', '1', '0 1; 300000000 3'),
    ('duckdb', 'duckdb-sql-sequence_count-(?1).*(?3)-u3', 'sequence_count', '(?1).*(?3)', 'microseconds', '1', '0 1; 300000000 3');

INSERT INTO results
SELECT dialect, function, id, sequence_result(condition_journey(touches, unit), function, pattern), expected FROM sequences;

--
-- sequenceNextNode
--

-- The base is the first touchpoint (head), the last (tail), or the first or last that passes step 1 and the base condition. From there the steps stand side by side, backwards
-- in time where the direction is backward, and the node is the touchpoint that follows: '^.{2} -> A@base -> B -> .', and '^.{2} -> . -> B -> A@base'.
CREATE FUNCTION next_node(j journey, direction text, base text, steps text[]) RETURNS text LANGUAGE sql AS $$
    WITH atoms AS (
        SELECT n, CASE WHEN step IS NULL THEN '.' ELSE atom(step) END || CASE n WHEN 1 THEN '@base' ELSE '' END AS atom
        FROM unnest(array_append(steps, NULL)) WITH ORDINALITY s(step, n)),
    base AS (
        SELECT CASE base WHEN 'head' THEN 1 WHEN 'tail' THEN length(j) WHEN 'first_match' THEN min(ord) WHEN 'last_match' THEN max(ord) END AS ord
        FROM touchpoints(j)
        WHERE event = steps[1] AND channel = 'base' OR base IN ('head', 'tail')),
    node AS (
        SELECT base.ord + n AS ord, least(base.ord, base.ord + n) - 1 AS before
        FROM base, LATERAL (SELECT CASE direction WHEN 'forward' THEN 1 ELSE -1 END * cardinality(steps)) x(n)),
    pattern AS (
        SELECT '^' || CASE WHEN before > 0 THEN '.{' || before || '} -> ' ELSE '' END ||
            (SELECT string_agg(atom, ' -> ' ORDER BY CASE direction WHEN 'forward' THEN n ELSE -n END) FROM atoms) AS pattern
        FROM node)
    SELECT event FROM pattern, node JOIN touchpoints(j) USING (ord) WHERE j @~ pattern::journey_pattern
$$;

CREATE TABLE next_nodes (id text, direction text, base text, steps text[], expected text, touches text);
INSERT INTO next_nodes VALUES
    ('clickhouse-sequence_next_node-0130', 'forward', 'head', '{A}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0132', 'forward', 'head', '{A}', 'A', '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0136', 'forward', 'head', '{B}', 'B', '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0137', 'forward', 'head', '{B}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0140', 'forward', 'head', '{B}', NULL, '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0143', 'forward', 'head', '{C}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0144', 'forward', 'head', '{C}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0153', 'forward', 'head', '{E}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0156', 'forward', 'head', '{E}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0159', 'backward', 'tail', '{A}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0164', 'backward', 'tail', '{A}', NULL, '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0168', 'backward', 'tail', '{B}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0172', 'backward', 'tail', '{C}', 'D', '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0174', 'backward', 'tail', '{C}', 'B', '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0177', 'backward', 'tail', '{D}', 'C', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0179', 'backward', 'tail', '{D}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0184', 'backward', 'tail', '{E}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0185', 'backward', 'tail', '{E}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0194', 'forward', 'head', '{A,B}', 'A', '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0202', 'forward', 'head', '{B,A}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0203', 'forward', 'head', '{B,A}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0206', 'forward', 'head', '{B,A}', NULL, '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0209', 'backward', 'tail', '{A,B}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0210', 'backward', 'tail', '{A,B}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0213', 'backward', 'tail', '{A,C}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0220', 'backward', 'tail', '{B,A}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0221', 'backward', 'tail', '{B,A}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0224', 'backward', 'tail', '{B,A}', NULL, '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0226', 'forward', 'head', '{A,A,B}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0228', 'forward', 'head', '{A,A,B}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0234', 'forward', 'head', '{B,A,A}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0235', 'forward', 'head', '{B,A,A}', NULL, '0 A; 1 B; 2 A; 3 C'),
    ('clickhouse-sequence_next_node-0240', 'backward', 'tail', '{A,A,B}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0250', 'forward', 'head', '{A,B}', 'C', '0 A; 1 B; 1 ; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0251', 'forward', 'head', '{B,C}', NULL, '0 A; 1 B; 1 ; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0253', 'backward', 'tail', '{D,C}', 'B', '0 A; 1 B; 1 ; 2 C; 3 D'),
    ('clickhouse-next_node-0255', 'forward', 'head', '{A}', 'B', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-next_node-0256', 'forward', 'head', '{C}', 'not D', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-next_node-0257', 'forward', 'head', '{B,C}', 'not D', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-next_node-0258', 'forward', 'head', '{A,B,C}', 'D', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-sequence_next_node-0263', 'forward', 'head', '{}', 'A', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0265', 'forward', 'head', '{}', 'A', '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0266', 'forward', 'head', '{}', 'A', '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0267', 'forward', 'head', '{}', 'A', '0 A; 1 B; 2 A; 3 C'),
    ('clickhouse-sequence_next_node-0268', 'forward', 'head', '{}', 'A', '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0269', 'backward', 'tail', '{}', 'D', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0277', 'forward', 'first_match', '{A}', 'B', '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0280', 'forward', 'first_match', '{A}', 'B', '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0281', 'forward', 'first_match', '{A}', 'B', '0 A; 1 B; 1 ; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0284', 'forward', 'first_match', '{A,B}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0286', 'forward', 'first_match', '{A,B}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0294', 'forward', 'first_match', '{A,B,C}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0296', 'forward', 'first_match', '{A,B,C}', NULL, '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0299', 'forward', 'first_match', '{B}', 'C', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0300', 'forward', 'first_match', '{B}', 'B', '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0304', 'forward', 'first_match', '{B}', 'A', '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0306', 'forward', 'first_match', '{B}', 'C', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-sequence_next_node-0307', 'forward', 'first_match', '{B,B}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0309', 'forward', 'first_match', '{B,B}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0315', 'forward', 'first_match', '{B,A}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0316', 'forward', 'first_match', '{B,A}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0317', 'forward', 'first_match', '{B,A}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0318', 'forward', 'first_match', '{B,A}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0319', 'forward', 'first_match', '{B,A}', 'C', '0 A; 1 B; 2 A; 3 C'),
    ('clickhouse-sequence_next_node-0324', 'backward', 'first_match', '{A}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0326', 'backward', 'first_match', '{A}', NULL, '0 A; 1 A; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0327', 'backward', 'first_match', '{A}', NULL, '0 A; 1 B; 2 A; 3 C'),
    ('clickhouse-sequence_next_node-0337', 'backward', 'first_match', '{B}', 'A', '0 A; 1 B; 1 ; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0338', 'backward', 'first_match', '{B}', 'A', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-sequence_next_node-0340', 'backward', 'first_match', '{B,A}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0341', 'backward', 'first_match', '{B,A}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0345', 'backward', 'first_match', '{B,A}', NULL, '0 A; 1 B; 1 ; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0346', 'backward', 'first_match', '{B,A}', NULL, '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-sequence_next_node-0349', 'backward', 'first_match', '{B,B}', NULL, '0 A; 1 B'),
    ('clickhouse-sequence_next_node-0352', 'backward', 'first_match', '{B,B}', NULL, '0 A; 1 B; 2 A; 3 B; 4 C'),
    ('clickhouse-sequence_next_node-0353', 'backward', 'first_match', '{B,B}', NULL, '0 A; 1 B; 1 ; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0354', 'backward', 'first_match', '{B,B}', NULL, '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-sequence_next_node-0356', 'forward', 'head', '{A,B}', 'C', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0358', 'backward', 'tail', '{C}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0359', 'backward', 'tail', '{D,C}', 'B', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0360', 'backward', 'tail', '{D,C,B}', 'A', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-next_node-0364', 'forward', 'head', '{A,B,C}', 'D', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-next_node-0366', 'backward', 'tail', '{C}', 'not B', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-next_node-0367', 'backward', 'tail', '{C,B}', 'not A', '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-next_node-0368', 'backward', 'tail', '{C,B,A}', NULL, '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-sequence_next_node-0369', 'forward', 'first_match', '{A}', 'B', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0371', 'forward', 'first_match', '{A,B,C}', 'D', '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0373', 'forward', 'first_match', '{B,B}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0377', 'backward', 'first_match', '{B,A}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0379', 'forward', 'head', '{0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63}', NULL, '0 A; 1 B; 2 C; 3 D'),
    ('clickhouse-sequence_next_node-0380', 'forward', 'head', '{0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63}', NULL, '0 B; 1 B; 2 D; 3 C'),
    ('clickhouse-sequence_next_node-0383', 'forward', 'head', '{0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63}', NULL, '0 A; 1 B; 2 A; 3 C'),
    ('clickhouse-sequence_next_node-0386', 'forward', 'head', '{0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63}', NULL, '0 A; 0 B; 0 C; 0 D'),
    ('clickhouse-sequence_next_node-0387', 'forward', 'head', '{A}', 'A', '0 A; 0 A'),
    ('clickhouse-sequence_next_node-0388', 'forward', 'head', '{}', 'A', '0 A; 1 ~B; 2 ~C; 3 ~D'),
    ('clickhouse-sequence_next_node-0390', 'forward', 'head', '{}', NULL, '0 ~B; 1 ~B; 2 ~D; 3 ~C'),
    ('clickhouse-sequence_next_node-0393', 'forward', 'head', '{A}', NULL, '0 ~B; 1 ~B; 2 ~D; 3 ~C'),
    ('clickhouse-sequence_next_node-0394', 'forward', 'head', '{A,B}', 'C', '0 A; 1 ~B; 2 ~C; 3 ~D'),
    ('clickhouse-sequence_next_node-0397', 'backward', 'tail', '{}', NULL, '0 A; 1 ~B; 2 ~C; 3 ~D'),
    ('clickhouse-sequence_next_node-0400', 'backward', 'tail', '{A}', NULL, '0 A; 1 ~B; 2 ~C; 3 ~D'),
    ('clickhouse-sequence_next_node-0402', 'backward', 'tail', '{A}', NULL, '0 ~B; 1 ~B; 2 ~D; 3 ~C'),
    ('clickhouse-sequence_next_node-0404', 'backward', 'tail', '{A,B}', 'C', '0 ~D; 1 ~C; 2 ~B; 3 A'),
    ('clickhouse-sequence_next_node-0405', 'backward', 'tail', '{A,B}', NULL, '0 ~B; 1 ~B; 2 ~D; 3 ~C'),
    ('clickhouse-sequence_next_node-0409', 'forward', 'first_match', '{B,C}', 'D', '0 ~A; 1 B; 2 ~C; 3 ~D'),
    ('clickhouse-sequence_next_node-0411', 'forward', 'first_match', '{B,C}', NULL, '0 ~B; 1 B; 2 ~D; 3 ~C'),
    ('clickhouse-sequence_next_node-0413', 'backward', 'first_match', '{B}', 'C', '0 ~D; 1 ~C; 2 B; 3 ~A'),
    ('clickhouse-sequence_next_node-0416', 'backward', 'first_match', '{B,A}', NULL, '0 ~D; 1 ~C; 2 B; 3 ~A');

INSERT INTO results
SELECT 'clickhouse', 'next_node', id,
       CASE WHEN expected LIKE 'not %' AND 'not ' || node IS DISTINCT FROM expected THEN expected ELSE node END, expected
FROM next_nodes, next_node(journey_of(touches), direction, base, steps) node;

--
-- Funnels of PostHog: strict is the mode adjacent. A person who is excluded is in no step. An exclusion between all steps is `without`; one
-- between two steps is a pattern: the steps up to the first of the two, then the excluded event before the second.
--

CREATE TABLE posthog (id text, mode text, within interval, steps text[], expected text);
INSERT INTO posthog VALUES
    ('posthog-strict-basic', 'adjacent', '14 days', '{user signed up,$pageview,insight viewed}', 'p1 p2 p3 p4 p5 p6 p7 / p3 p7 / p7'),
    ('posthog-ties-repeating-steps', 'ordered', '14 days', '{finish onboarding,$pageview,$pageview}', 'user_1 / user_1 / user_1'),
    ('posthog-window-14d', 'ordered', '14 days', '{user signed up,pageview}', 's1 s2 s3 / s1 s3'),
    ('posthog-excl-full', 'ordered', '14 days', '{user signed up,paid}', 'person1 person3 / person1 person3'),
    ('posthog-excl-1-2', 'ordered', '14 days', '{user signed up,$pageview,insight viewed,invite teammate,pageview2}',
     'person2 person3 / person2 person3 / person2 person3 / person2 person3 / person2 person3'),
    ('posthog-excl-multi-0', 'ordered', '14 days', '{user signed up,$pageview,insight viewed,invite teammate,pageview2}', 'person4 / person4 / person4 / person4 / person4'),
    ('posthog-repeat-steps', 'ordered', '14 days', '{user signed up,$pageview,$pageview,$pageview,$pageview}', 's1 s2 s3 s4 s5 / s2 s3 s4 s5 / s3 s4 s5 / s4 s5 / s5');

-- Steps count from 1.
CREATE TABLE posthog_exclusions (id text, event text, after_step int, before_step int);
INSERT INTO posthog_exclusions VALUES
    ('posthog-excl-full', 'x 1 name with numbers 2', 1, 2),
    ('posthog-excl-1-2', 'x', 2, 3),
    ('posthog-excl-multi-0', 'x', 1, 2),
    ('posthog-excl-multi-0', 'y', 3, 4);

CREATE TABLE posthog_persons (id text, person text, touches text);
INSERT INTO posthog_persons VALUES
    ('posthog-strict-basic', 'p1', '0 user signed up'),
    ('posthog-strict-basic', 'p2', '0 $pageview; 60 user signed up'),
    ('posthog-strict-basic', 'p3', '0 user signed up; 60 $pageview; 120 blaah blaa; 180 insight viewed'),
    ('posthog-strict-basic', 'p4', '0 insight viewed; 60 blaah blaa; 120 $pageview; 180 user signed up'),
    ('posthog-strict-basic', 'p5', '0 $pageview; 60 user signed up; 120 blaah blaa; 180 $pageview; 240 insight viewed'),
    ('posthog-strict-basic', 'p6', '0 blaah blaa; 60 user signed up; 120 blaah blaa; 180 $pageview'),
    ('posthog-strict-basic', 'p7', '0 blaah blaa; 60 user signed up; 120 $pageview; 180 insight viewed; 240 blaah blaa'),
    ('posthog-strict-basic', 'p8', '0 insight viewed; 60 $pageview'),
    ('posthog-ties-repeating-steps', 'user_1', '0 finish onboarding; 540 $pageview; 540 $pageview; 600 $pageview'),
    ('posthog-window-14d', 's1', '7200 user signed up; 7500 pageview'),
    ('posthog-window-14d', 's2', '7380 user signed up'),
    ('posthog-window-14d', 's3', '0 user signed up; 900 pageview'),
    ('posthog-excl-full', 'person1', '0 user signed up; 3600 paid'),
    ('posthog-excl-full', 'person2', '7200 user signed up; 9000 x 1 name with numbers 2; 10800 paid'),
    ('posthog-excl-full', 'person3', '14400 user signed up; 18000 paid'),
    ('posthog-excl-1-2', 'person1', '0 user signed up; 3600 $pageview; 7200 x; 10800 insight viewed; 12600 x; 14400 invite teammate; 16200 x; 18000 pageview2'),
    ('posthog-excl-1-2', 'person2', '0 user signed up; 3600 $pageview; 10800 insight viewed; 12600 x; 14400 invite teammate; 16200 x; 18000 pageview2'),
    ('posthog-excl-1-2', 'person3', '0 user signed up; 1800 x; 3600 $pageview; 10800 insight viewed; 14400 invite teammate; 16200 x; 18000 pageview2'),
    ('posthog-excl-multi-0', 'person1', '0 user signed up; 3600 x; 7200 $pageview; 10800 insight viewed; 12600 y; 14400 invite teammate; 18000 pageview2'),
    ('posthog-excl-multi-0', 'person2', '0 user signed up; 1800 y; 3600 $pageview; 10800 insight viewed; 12600 y; 14400 invite teammate; 16200 x; 18000 pageview2'),
    ('posthog-excl-multi-0', 'person3', '0 user signed up; 1800 x; 3600 $pageview; 10800 insight viewed; 14400 invite teammate; 16200 x; 18000 pageview2'),
    ('posthog-excl-multi-0', 'person4', '0 user signed up; 3600 $pageview; 10800 insight viewed; 14400 invite teammate; 18000 pageview2'),
    ('posthog-repeat-steps', 's1', '0 user signed up'),
    ('posthog-repeat-steps', 's2', '0 user signed up; 60 $pageview'),
    ('posthog-repeat-steps', 's3', '0 user signed up; 60 $pageview; 120 blaah blaa; 180 $pageview'),
    ('posthog-repeat-steps', 's4', '0 user signed up; 60 $pageview; 120 blaah blaa; 180 $pageview; 240 $pageview; 300 blaah blaa'),
    ('posthog-repeat-steps', 's5', '0 user signed up; 60 $pageview; 120 $pageview; 180 $pageview; 240 $pageview');

CREATE FUNCTION atoms(names text[]) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(atom(name) ORDER BY n) FROM unnest(names) WITH ORDINALITY s(name, n)
$$;

CREATE FUNCTION exclusion(steps text[], event text, after_step int, before_step int, within interval) RETURNS journey_pattern LANGUAGE sql AS $$
    SELECT (array_to_string(atoms(steps[:after_step]), ' ~> ') || ' ~>{without ' || atom(steps[before_step]) || '} ' || atom(event) || ' within ' || within)::journey_pattern
$$;

CREATE TABLE posthog_funnels AS
SELECT p.*, person, j, level, at,
       status = 'excluded' OR EXISTS (SELECT FROM posthog_exclusions e WHERE e.id = p.id AND j @~ exclusion(steps, event, after_step, before_step, within)) AS excluded
FROM posthog p JOIN posthog_persons USING (id), journey_of(touches) j,
     LATERAL (SELECT array_agg(atom(event)) AS without FROM posthog_exclusions e WHERE e.id = p.id AND after_step = 1 AND before_step = cardinality(steps)) x,
     funnel(j, atoms(steps), within, mode, without) f;

INSERT INTO results
SELECT 'posthog', 'funnel', id, string_agg(persons, ' / ' ORDER BY step), expected
FROM (SELECT id, step, expected, string_agg(person, ' ' ORDER BY person) AS persons
      FROM posthog_funnels, generate_series(1, cardinality(steps)) step
      WHERE level >= step AND NOT excluded
      GROUP BY id, step, expected) s
GROUP BY id, expected;

INSERT INTO results
SELECT 'posthog', 'average time', id, avg(extract(epoch FROM at[2] - at[1]))::int, 600 FROM posthog_funnels WHERE id = 'posthog-window-14d' AND level = 2 GROUP BY id;

-- The counts once more, by the summary.
INSERT INTO results
SELECT 'posthog', 'funnel_steps', id, counts,
       (SELECT string_agg(cardinality(string_to_array(persons, ' '))::text, ' ' ORDER BY n) FROM string_to_table(expected, ' / ') WITH ORDINALITY e(persons, n))
FROM (SELECT id, expected, funnel_agg(j, atoms(steps), within, mode) AS summary FROM posthog_funnels WHERE NOT excluded GROUP BY id, expected) f,
     LATERAL (SELECT string_agg(reached::text, ' ' ORDER BY step) AS counts FROM funnel_steps(summary)) s;
--
-- retentioneering: funnels without a window, conversions as two patterns, sessions between two events
--

CREATE TABLE rete_paths (id text, path text, touches text);
INSERT INTO rete_paths VALUES
    ('rete-test_funnel_step_conversion_rate_diverges_from_conversion_rate-result', 'basket_user_1', '0 basket; 60 shipping'),
    ('rete-test_funnel_step_conversion_rate_diverges_from_conversion_rate-result', 'basket_user_2', '0 basket; 60 shipping'),
    ('rete-test_funnel_step_conversion_rate_diverges_from_conversion_rate-result', 'basket_user_3', '0 basket; 60 shipping'),
    ('rete-test_funnel_step_conversion_rate_diverges_from_conversion_rate-result', 'basket_user_4', '0 basket; 60 shipping'),
    ('rete-test_funnel_step_conversion_rate_diverges_from_conversion_rate-result', 'basket_user_5', '0 basket'),
    ('rete-test_funnel_path_col_override_finer_grain_preserves_chronological_order-result_same_session', 'S1', '0 A; 60 B'),
    ('rete-test_funnel_path_col_override_finer_grain_preserves_chronological_order-result_same_session', 'S2', '120 C; 180 D'),
    ('rete-test_funnel_path_col_override_finer_grain_preserves_chronological_order-result_cross_session', 'S1', '0 A; 60 B'),
    ('rete-test_funnel_path_col_override_finer_grain_preserves_chronological_order-result_cross_session', 'S2', '120 C; 180 D'),
    ('rete-test_order_matters', 'user_1', '0 Y; 60 X'),
    ('rete-test_order_matters', 'user_2', '0 X; 60 Y'),
    ('rete-test_path_end_within_one_event_is_the_exit_rate', 'user_1', '0 checkout; 60 error'),
    ('rete-test_path_end_within_one_event_is_the_exit_rate', 'user_2', '0 error; 60 checkout; 120 purchase'),
    ('rete-test_path_end_within_one_event_is_the_exit_rate', 'user_3', '0 checkout');

INSERT INTO results
SELECT 'retentioneering', 'funnel_steps', id,
       (SELECT string_agg(reached::text, ' ' ORDER BY step) FROM funnel_steps(summary)), expected
FROM (VALUES
    ('rete-test_funnel_step_conversion_rate_diverges_from_conversion_rate-result', '{basket,shipping}'::text[], '5 4'),
    ('rete-test_funnel_path_col_override_finer_grain_preserves_chronological_order-result_same_session', '{A,B}', '1 1'),
    ('rete-test_funnel_path_col_override_finer_grain_preserves_chronological_order-result_cross_session', '{A,D}', '1 0')) f(id, steps, expected),
    LATERAL (SELECT funnel_agg(journey_of(touches), steps, '1000 years') AS summary FROM rete_paths p WHERE p.id = f.id) p;

-- Paths with the start, those of them that convert, their share; the share of all paths that have the end; lift.
INSERT INTO results
SELECT 'retentioneering', 'conversion', c.id,
       concat_ws(' ', starts, converted, converted / starts::float8, ends / paths::float8, (converted / starts::float8) / (ends / paths::float8)), expected
FROM (VALUES
    ('rete-test_order_matters', 'Y', 'Y ~> X', 'X', '2 1 0.5 1 0.5'),
    ('rete-test_path_end_within_one_event_is_the_exit_rate', 'error', 'error$', '.$', '2 1 0.5 1 0.5')) c(id, start, conversion, ending, expected),
    LATERAL (SELECT count(*) AS paths, count(*) FILTER (WHERE j @~ start::journey_pattern) AS starts,
                    count(*) FILTER (WHERE j @~ conversion::journey_pattern) AS converted, count(*) FILTER (WHERE j @~ ending::journey_pattern) AS ends
             FROM rete_paths p, journey_of(touches) j WHERE p.id = c.id) x;

INSERT INTO results
SELECT 'retentioneering', 'split_sessions', 'rete-test_start_end_basic', string_agg(n || ' ' || array_to_string(path[2:cardinality(path) - 1], ' '), ' / '), '1 event_1 event_2'
FROM all_matches(journey_of('0 start; 60 event_1; 120 event_2; 180 end'), 'start -> [^start|end]+ -> end');

--
-- MADlib path
--

CREATE TABLE madlib (session text, j journey);
INSERT INTO madlib SELECT session, journey_of(touches) FROM (VALUES
    ('100', '0 LANDING=0; 60 WINE=0; 120 CHECKOUT=39'),
    ('101', '3780 WINE=0; 3960 WINE=0'),
    ('102', '720 LANDING=0; 780 WINE=0; 840 CHECKOUT=15; 900 LANDING=0; 960 HELP=0; 1080 WINE=0; 1140 CHECKOUT=23'),
    ('103', '4320 LANDING=0; 4380 WINE=0; 4440 HELP=0; 4500 WINE=0; 4560 CHECKOUT=16'),
    ('104', '4740 BEER=0; 4920 CHECKOUT=12'),
    ('105', '5160 LANDING=0; 5220 BEER=0'),
    ('106', '120 LANDING=0; 180 HELP=0; 360 LANDING=0'),
    ('107', '4320 WINE=0; 4380 BEER=0; 4440 WINE=0'),
    ('108', '4500 BEER=0; 4560 WINE=0; 4740 CHECKOUT=21; 4920 LANDING=0'),
    ('109', '4440 BEER=0; 4500 LANDING=0; 4560 WINE=0')) v(session, touches);

INSERT INTO results
SELECT 'madlib', 'path', 'madlib-land-2-buy', string_agg(concat_ws(' ', session, n, array_to_string(path, '>'), value), ' / ' ORDER BY session, n),
       '100 1 LANDING>WINE>CHECKOUT 39 / 102 1 LANDING>WINE>CHECKOUT 15 / 102 2 LANDING>HELP>WINE>CHECKOUT 23'
FROM madlib, all_matches(j, 'LANDING -> [^LANDING|CHECKOUT]{1,2} -> CHECKOUT')
UNION ALL
SELECT 'madlib', 'path', 'madlib-before-buy', string_agg(path || ' ' || times, ' / ' ORDER BY times DESC), 'WINE>CHECKOUT 5 / BEER>CHECKOUT 1'
FROM (SELECT array_to_string(path, '>') AS path, count(*) AS times FROM madlib, all_matches(j, '[^CHECKOUT] -> CHECKOUT') GROUP BY 1) m;

--
-- Sessions
--

INSERT INTO results
SELECT 'duckdb', 'sessionize', 'duckdb-sessionize-30m', string_agg(session::text, ' ' ORDER BY at), '1 1 1 2 2'
FROM (SELECT at, sessionize(at, '1800 seconds') OVER (ORDER BY at) AS session
      FROM touchpoints(journey_of('0 a; 300 a; 600 a; 7200 a; 7500 a'))) s
UNION ALL
SELECT 'duckdb', 'journey_sessions', 'duckdb-sessionize-30m', string_agg(length(session)::text, ' ' ORDER BY started_at(session)), '3 2'
FROM journey_sessions(journey_of('0 a; 300 a; 600 a; 7200 a; 7500 a'), '1800 seconds') session;

--
-- What came out
--

-- Right, of those that the semantics cover.
SELECT dialect || ' ' || topic || ': ' || count(*) FILTER (WHERE got IS NOT DISTINCT FROM expected) || ' of ' || count(*) AS covered
FROM results LEFT JOIN by_design USING (id)
WHERE reason IS NULL
GROUP BY dialect, topic
ORDER BY dialect, topic;

-- Wrong.
SELECT id, topic, got, expected FROM results LEFT JOIN by_design USING (id) WHERE reason IS NULL AND got IS DISTINCT FROM expected ORDER BY id;

-- Different by design.
SELECT id, expected AS theirs, got AS ours, got IS NOT DISTINCT FROM ours AS as_documented FROM results JOIN by_design USING (id) ORDER BY id;

DROP SCHEMA test_journey_cases CASCADE;
