-- Journey analytics: reference cases of peers. The facts (events, parameters, expected results) come from the test suites and documentation of eeghor/mta (MIT),
-- Marketing-Attribution-Models, dbt-snowplow-fractribution, retentioneering, ClickHouse (by way of Timeplus Proton) and Apache Doris (Apache-2.0), duckdb-behavioral (MIT),
-- OpenPanel (figures only), and the vignette of ChannelAttribution. Patterns, funnels and sessions are in journey_cases.
-- Each dialect is put into ours once. Where theirs is an array expression on a path, it stands here as one. What ours does not have is listed at the end, with the reason.

CREATE SCHEMA test_journey_analytics_cases;
SET search_path = test_journey_analytics_cases, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET jit = off;
SET client_min_messages = warning;

CREATE TABLE results (dialect text, topic text, id text, got text, expected text);

-- A number as the cases write it, to six places.
CREATE FUNCTION short(number float8) RETURNS text LANGUAGE sql AS $$ SELECT trim_scale(round(number::numeric, 6))::text $$;

-- A path of channels as a journey: a touch a second, then the conversion, which has no channel and so is no touch.
CREATE FUNCTION journey_of(path text[], converted boolean) RETURNS journey LANGUAGE sql AS $$
    SELECT journey_agg('2024-01-01Z'::timestamptz + n * interval '1 second', CASE WHEN channel IS NULL THEN 'conversion' ELSE 'touch' END, channel)
    FROM unnest(path || CASE WHEN converted THEN ARRAY[NULL] ELSE '{}' END) WITH ORDINALITY t(channel, n)
$$;

--
-- Attribution: paths of channels, each with how often it converted and how often not (nulls)
--

CREATE TABLE attributions (dialect text, id text, model text, first float8, last float8, direct text[], expected text);
INSERT INTO attributions VALUES
    ('mta', 'mta-first', 'first', NULL, NULL, NULL, 'direct 2; search 8'),
    ('mta', 'mta-position-40-40', 'position', 0.4, 0.4, NULL, 'direct 2; email 3.5; search 3.5; social 1'),
    ('mta', 'mta-position-len2-30-70', 'position', 0.3, 0.7, NULL, 'x 3; y 7'),
    ('mta', 'mta-first-nullrows', 'first', NULL, NULL, NULL, 'first_a 4; last_b 6'),
    ('mta', 'mta-last-nullrows', 'last', NULL, NULL, NULL, 'first_a 4; z 6'),
    ('mta', 'mta-shapley-1', 'shapley', NULL, NULL, NULL, 'a 5'),
    ('mta', 'mta-shapley-4', 'shapley', NULL, NULL, NULL, 'a 2.5; b 2.5; c 2.5; d 2.5'),
    ('Marketing-Attribution-Models', 'mam-first-2', 'first', NULL, NULL, NULL, 'A 3'),
    ('Marketing-Attribution-Models', 'mam-last-3', 'last', NULL, NULL, NULL, 'B 3'),
    ('Marketing-Attribution-Models', 'mam-first-4', 'first', NULL, NULL, NULL, 'B 3'),
    ('Marketing-Attribution-Models', 'mam-last-6', 'last', NULL, NULL, NULL, 'C 3'),
    ('Marketing-Attribution-Models', 'mam-last-7', 'last', NULL, NULL, NULL, 'A 3'),
    ('Marketing-Attribution-Models', 'mam-last-non-A-CBA', 'last_non_direct', NULL, NULL, '{A}', 'B 3'),
    ('ChannelAttribution', 'channelattribution-vignette-markov', 'markov', NULL, NULL, NULL, 'A 2; B 1'),
    ('snowplow', 'snowplow-last_touch', 'last', NULL, NULL, NULL, 'Direct 4; Organic_Search 1; Video 1');

CREATE TABLE paths (id text, path text[], conversions int, nulls int);
INSERT INTO paths VALUES
    ('mta-first', '{direct}', 2, 1),
    ('mta-first', '{search,email}', 3, 2),
    ('mta-first', '{search,social,email}', 5, 4),
    ('mta-position-40-40', '{direct}', 2, 1),
    ('mta-position-40-40', '{search,email}', 3, 2),
    ('mta-position-40-40', '{search,social,email}', 5, 4),
    ('mta-position-len2-30-70', '{x,y}', 10, 0),
    ('mta-first-nullrows', '{ignored,x}', 0, 9),
    ('mta-first-nullrows', '{first_a}', 4, 1),
    ('mta-first-nullrows', '{last_b,z}', 6, 1),
    ('mta-first-nullrows', '{only_null}', 0, 10),
    ('mta-last-nullrows', '{ignored,x}', 0, 9),
    ('mta-last-nullrows', '{first_a}', 4, 1),
    ('mta-last-nullrows', '{last_b,z}', 6, 1),
    ('mta-last-nullrows', '{only_null}', 0, 10),
    ('mta-shapley-1', '{a}', 5, 0),
    ('mta-shapley-4', '{a,b,c,d}', 10, 0),
    ('mam-first-2', '{A,B,C}', 3, 0),
    ('mam-last-3', '{B}', 3, 0),
    ('mam-first-4', '{B,A}', 3, 0),
    ('mam-last-6', '{C}', 3, 0),
    ('mam-last-7', '{C,A}', 3, 0),
    ('mam-last-non-A-CBA', '{C,B,A}', 3, 0),
    ('channelattribution-vignette-markov', '{A,B,A,B,B,A}', 1, 0),
    ('channelattribution-vignette-markov', '{A,B,B,A,A}', 1, 0),
    ('channelattribution-vignette-markov', '{A,A}', 1, 0),
    ('snowplow-last_touch', '{Direct}', 3, 25),
    ('snowplow-last_touch', '{Organic_Search}', 1, 26),
    ('snowplow-last_touch', '{Referral,Direct}', 0, 1),
    ('snowplow-last_touch', '{Video}', 1, 2),
    ('snowplow-last_touch', '{Organic_Search,Paid_Search_Other}', 0, 2),
    ('snowplow-last_touch', '{Referral}', 0, 2),
    ('snowplow-last_touch', '{Organic_Search,Direct}', 1, 1),
    ('snowplow-last_touch', '{Paid_Search_Other}', 0, 1),
    ('snowplow-last_touch', '{Unmatched_Channel}', 0, 1);

-- One journey for each conversion and each null.
CREATE TABLE journeys AS
SELECT id, journey_of(path, n <= conversions) AS j FROM paths, generate_series(1, conversions + nulls) n;

-- The models have the same names; first and last are the shares of position; the channel that is skipped is `direct`; Markov is computed from the transitions up to the conversion.
-- Its figures are the exact ones, which the 10,000 simulations of the source approach (1.991 and 1.009). Channels without credit, which some peers leave out and some list, are left out.
INSERT INTO results
SELECT dialect, 'attribution ' || model, id, string_agg(node || ' ' || short(credit), '; ' ORDER BY node COLLATE "C"), expected
FROM (SELECT a.dialect, a.model, id, a.expected, x.node, sum(x.credit) AS credit
      FROM attributions a JOIN journeys USING (id),
           LATERAL attribution(j, 'conversion', model, first_share => coalesce(first, 0.4), last_share => coalesce(last, 0.4), direct => coalesce(direct, '{direct}')) x
      WHERE model NOT IN ('shapley', 'markov')
      GROUP BY 1, 2, 3, 4, 5
      UNION ALL
      SELECT a.dialect, a.model, id, a.expected, x.node, sum(x.credit)
      FROM attributions a JOIN journeys USING (id), LATERAL shapley_attribution(j, 'conversion') x
      WHERE model = 'shapley'
      GROUP BY 1, 2, 3, 4, 5
      UNION ALL
      SELECT a.dialect, a.model, id, a.expected, x.node, x.credit
      FROM attributions a JOIN (SELECT id, transition_agg(j, 'channel', 'conversion') AS tm FROM journeys GROUP BY id) t USING (id), LATERAL markov_attribution(tm, 'conversion') x
      WHERE model = 'markov') credits
WHERE credit <> 0
GROUP BY dialect, model, id, expected;

--
-- Transitions
--

-- The example of ChannelAttribution: shares out of a channel. Their (conversion) is the event's node; its step to (end) is not in theirs.
INSERT INTO results
SELECT 'ChannelAttribution', 'transitions', 'channelattribution-vignette-transitions',
       string_agg(source || '>' || target || ' ' || short(share) || ' ' || transitions, '; ' ORDER BY source COLLATE "C", target COLLATE "C"),
       '(start)>A 1 3; A>A 0.25 2; A>B 0.375 3; A>conversion 0.375 3; B>A 0.6 3; B>B 0.4 2'
FROM (SELECT transition_agg(j, 'channel', 'conversion') AS tm FROM journeys WHERE id = 'channelattribution-vignette-markov') t, LATERAL transitions(tm)
WHERE target <> '(end)';

-- retentioneering: all touchpoints of its cases stand at one instant, in the order of arrival. Ours has no order of arrival, so they are put a second apart.
-- Its path_start and path_end are (start) and (end); its cells of 0 are no rows; proba_in is the share of all that come into a node.
CREATE TABLE routes (id text, who text, touches text);
INSERT INTO routes VALUES
    ('rete-transition-test__count', 'user_1', 'ABCABCBBB'),
    ('rete-transition-test__count', 'user_2', 'ABABCC'),
    ('rete-transition-test__count', 'user_3', 'BBB'),
    ('rete-transition-test__path_col_count', 'session_1', 'ABCABC'),
    ('rete-transition-test__path_col_count', 'session_2', 'BBB'),
    ('rete-transition-test__path_col_count', 'session_3', 'ABABCC'),
    ('rete-transition-test__path_col_count', 'session_4', 'BBB');

CREATE TABLE matrices AS
SELECT id, transition_agg(j) AS tm
FROM (SELECT id, journey_agg('2024-01-01Z'::timestamptz + n * interval '1 second', event) AS j FROM routes, string_to_table(touches, NULL) WITH ORDINALITY t(event, n) GROUP BY id, who) j
GROUP BY id;

INSERT INTO results
SELECT 'retentioneering', 'transitions', id, string_agg(source || '>' || target || ' ' || transitions, '; ' ORDER BY source COLLATE "C", target COLLATE "C"), expected
FROM (VALUES
    ('rete-transition-test__count', '(start)>A 2; (start)>B 1; A>B 4; B>(end) 2; B>A 1; B>B 4; B>C 3; C>(end) 1; C>A 1; C>B 1; C>C 1'),
    ('rete-transition-test__path_col_count', '(start)>A 2; (start)>B 2; A>B 4; B>(end) 2; B>A 1; B>B 4; B>C 3; C>(end) 2; C>A 1; C>C 1')) v(id, expected)
JOIN matrices USING (id), LATERAL transitions(tm)
GROUP BY id, expected
UNION ALL
SELECT 'retentioneering', 'transitions', 'rete-transition-test__proba_in', string_agg(source || '>' || target || ' ' || short(proba_in), '; ' ORDER BY source COLLATE "C", target COLLATE "C"),
       '(start)>A 0.5; (start)>B 0.1; A>B 0.4; B>(end) 0.666667; B>A 0.25; B>B 0.4; B>C 0.75; C>(end) 0.333333; C>A 0.25; C>B 0.1; C>C 0.25'
FROM (SELECT source, target, transitions / sum(transitions) OVER (PARTITION BY target) AS proba_in
      FROM matrices, LATERAL transitions(tm)
      WHERE id = 'rete-transition-test__count') t;

--
-- Paths
--

-- mta: paths that differ only in repeats, put together.
INSERT INTO results
SELECT 'mta', 'journey_path', 'mta-collapse-loops', string_agg(concat_ws(' ', path, conversions, nulls), '; '), '{a,b} 3 7'
FROM (SELECT journey_path(journey_of(path, n <= conversions), 100, collapse => true, by => 'channel') AS path, count(*) FILTER (WHERE n <= conversions) AS conversions,
             count(*) FILTER (WHERE n > conversions) AS nulls
      FROM (VALUES ('{a,a,b}'::text[], 1, 3), ('{a,b}', 2, 4)) v(path, conversions, nulls), generate_series(1, conversions + nulls) n
      GROUP BY 1) p;

-- Snowplow's path transforms. Three are journey_path; the others are an expression on the array.
CREATE TABLE transforms (id text, transform text, path text[], expected text[]);
INSERT INTO transforms VALUES
    ('snowplow-unique_path-47', 'identity', '{Example,Video,Direct,Direct}', '{Example,Video,Direct,Direct}'),
    ('snowplow-frequency_path-48', 'frequency', '{Example,Video,Direct,Direct}', '{Example(1),Video(1),Direct(2)}'),
    ('snowplow-first_path-50', 'first_occurrence', '{Example,Video,Direct,Direct}', '{Example,Video,Direct}'),
    ('snowplow-trim_long_path2-54', 'trim_last_n', '{Direct,Direct}', '{Direct,Direct}'),
    ('snowplow-frequency_path-56', 'frequency', '{Direct,Direct}', '{Direct(2)}'),
    ('snowplow-exposure_path-57', 'collapse_consecutive', '{Direct,Direct}', '{Direct}'),
    ('snowplow-remove_if_not_all-59', 'remove_if_not_all', '{Direct,Direct}', '{Direct,Direct}'),
    ('snowplow-remove_if_last_and_not_all-60', 'remove_if_last_and_not_all', '{Direct,Direct}', '{Direct,Direct}'),
    ('snowplow-unique_path-63', 'identity', '{a,a,a,Direct,a,Direct,Direct}', '{a,a,a,Direct,a,Direct,Direct}'),
    ('snowplow-trim_long_path2-70', 'trim_last_n', '{Direct}', '{Direct}'),
    ('snowplow-first_path-74', 'first_occurrence', '{Direct}', '{Direct}'),
    ('snowplow-trim_long_path2-78', 'trim_last_n', '{""}', '{""}'),
    ('snowplow-frequency_path-88', 'frequency', '{Example,Video,Direct}', '{Example(1),Video(1),Direct(1)}'),
    ('snowplow-remove_if_not_all-91', 'remove_if_not_all', '{Example,Video,Direct}', '{Example,Video}'),
    ('snowplow-remove_if_last_and_not_all-92', 'remove_if_last_and_not_all', '{Example,Video,Direct}', '{Example,Video}'),
    ('snowplow-remove_if_not_all-99', 'remove_if_not_all', '{Example,Video,""}', '{Example,Video,""}'),
    ('snowplow-remove_if_last_and_not_all-100', 'remove_if_last_and_not_all', '{Example,Video,""}', '{Example,Video,""}');

INSERT INTO results
SELECT 'snowplow', 'path ' || transform, id, CASE transform
           WHEN 'identity' THEN p
           WHEN 'collapse_consecutive' THEN journey_path(j, 100, collapse => true, by => 'channel')
           WHEN 'trim_last_n' THEN journey_path(j, 2, ending => 'conversion', by => 'channel')
           WHEN 'first_occurrence' THEN (SELECT array_agg(channel ORDER BY n) FROM (SELECT channel, min(n) AS n FROM unnest(p) WITH ORDINALITY t(channel, n) GROUP BY channel) f)
           WHEN 'frequency' THEN (SELECT array_agg(channel || '(' || times || ')' ORDER BY n) FROM (SELECT channel, min(n) AS n, count(*) AS times FROM unnest(p) WITH ORDINALITY t(channel, n) GROUP BY channel) f)
           WHEN 'remove_if_not_all' THEN CASE WHEN 'Direct' = ALL(p) THEN p ELSE array_remove(p, 'Direct') END
           WHEN 'remove_if_last_and_not_all' THEN coalesce((SELECT p[:max(n)] FROM unnest(p) WITH ORDINALITY t(channel, n) WHERE channel <> 'Direct'), p)
       END::text, expected::text
FROM (SELECT *, journey_of(path, true) AS j FROM transforms) t, LATERAL journey_path(j, 100, by => 'channel') p;

--
-- Retention
--

-- ClickHouse, Doris and DuckDB give each row the conditions it meets: '0 1; 1 1,3' is condition 1 on day 0, and 1 and 3 on day 1. Their array says for each condition whether some
-- row met it, all 0 when none met the first. A row is one touchpoint; its event is named after the conditions, 1-3, and 0 where it meets none.
CREATE TABLE retentions (dialect text, id text, conditions int, offsets int[], expected text);
INSERT INTO retentions VALUES
    ('clickhouse', 'clickhouse-retention_sum-0111', 2, '{0,1}', '80 50'),
    ('clickhouse', 'clickhouse-retention_sum-0112', 2, '{0,2}', '80 60'),
    ('clickhouse', 'clickhouse-retention-0117', 2, '{0,1}', '1 1'),
    ('clickhouse', 'clickhouse-retention-0119', 3, '{0,0,1}', '1 1 1'),
    ('clickhouse', 'clickhouse-retention-0120', 3, '{0,0,1}', '1 1 1'),
    ('clickhouse', 'clickhouse-retention-0121', 3, '{0,0,1}', '1 1 1'),
    ('clickhouse', 'clickhouse-retention-0122', 3, '{0,0,1}', '1 1 1'),
    ('clickhouse', 'clickhouse-retention-0124', 3, '{0,0,1}', '1 1 1'),
    ('clickhouse', 'clickhouse-retention-0127', 3, '{0,0,1}', '0 0 0'),
    ('doris', 'doris-retention-002-u1', 1, '{0}', '1'),
    ('doris', 'doris-retention-006-u2', 2, '{0,1}', '1 0'),
    ('doris', 'doris-retention-007-u0', 3, '{0,1,2}', '1 1 1'),
    ('duckdb', 'duckdb-retention-u2', 3, '{0,1,2}', '1 0 1'),
    ('duckdb', 'duckdb-retention-u3', 3, '{0,1,2}', '1 0 0'),
    ('duckdb', 'duckdb-retention-base-not-met', 2, '{0,0}', '0 0'),
    ('duckdb', 'duckdb-retention-test_anchor_not_met', 3, NULL, '0 0 0'),
    ('duckdb', 'duckdb-retention-test_full_retention', 4, NULL, '1 1 1 1'),
    ('duckdb', 'duckdb-retention-test_retention_across_multiple_rows', 3, NULL, '1 1 0'),
    ('duckdb', 'duckdb-retention-test_idempotent_updates', 3, NULL, '1 1 0'),
    ('duckdb', 'duckdb-retention-test_all_false', 3, NULL, '0 0 0');

CREATE TABLE users (id text, times int, touches text);
INSERT INTO users VALUES
    ('clickhouse-retention_sum-0111', 50, '0 1; 1 2'),
    ('clickhouse-retention_sum-0111', 30, '0 1'),
    ('clickhouse-retention_sum-0112', 60, '0 1; 2 2'),
    ('clickhouse-retention_sum-0112', 20, '0 1'),
    ('clickhouse-retention-0117', 1, '0 1; 1 2'),
    ('clickhouse-retention-0119', 1, '0 1,2; 1 1,3'),
    ('clickhouse-retention-0120', 1, '0 1,2; 1 1,3'),
    ('clickhouse-retention-0121', 1, '0 1,2; 1 1,3'),
    ('clickhouse-retention-0122', 1, '0 1,2; 1 1,3'),
    ('clickhouse-retention-0124', 1, '0 1,2; 1 1,3'),
    ('clickhouse-retention-0127', 1, '0 2; 1 3'),
    ('doris-retention-002-u1', 1, '0 1; 1 '),
    ('doris-retention-006-u2', 1, '0 1'),
    ('doris-retention-007-u0', 1, '0 1; 1 2; 2 3'),
    ('duckdb-retention-u2', 1, '0 1; 2 3'),
    ('duckdb-retention-u3', 1, '0 1'),
    ('duckdb-retention-base-not-met', 1, '0 ; 1 2; 2 '),
    ('duckdb-retention-test_anchor_not_met', 1, '0 2,3'),
    ('duckdb-retention-test_full_retention', 1, '0 1,2,3,4'),
    ('duckdb-retention-test_retention_across_multiple_rows', 1, '0 1; 1 2'),
    ('duckdb-retention-test_idempotent_updates', 1, '0 1,2; 1 1,2; 2 1,2'),
    ('duckdb-retention-test_all_false', 1, '0 ');

CREATE FUNCTION condition_journey(touches text) RETURNS journey LANGUAGE sql AS $$
    SELECT journey_agg('2024-01-01Z'::timestamptz + split_part(touch, ' ', 1)::int * interval '1 day', coalesce(nullif(replace(split_part(touch, ' ', 2), ',', '-'), ''), '0'))
    FROM string_to_table(touches, '; ') touch
$$;

-- The names of the journey that stand for a condition, and the same as an atom.
CREATE FUNCTION condition_names(j journey, condition int) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(name) FROM (SELECT unnest(events(j)) UNION SELECT condition::text) names(name) WHERE condition::text = ANY(string_to_array(name, '-'))
$$;
CREATE FUNCTION condition_atom(j journey, condition int) RETURNS text LANGUAGE sql AS $$
    SELECT '[' || array_to_string(condition_names(j, condition), '|') || ']'
$$;

-- Theirs has no time: conditions met by whatever row. That is an expression with &&.
INSERT INTO results
SELECT dialect, 'retention, any row', id, string_agg(retained::text, ' ' ORDER BY period), expected
FROM (SELECT id, retention_agg(ARRAY(SELECT j && condition_names(j, 1) AND j && condition_names(j, k) FROM generate_series(1, conditions) k ORDER BY k)) AS summary
      FROM retentions JOIN users USING (id), LATERAL condition_journey(touches) j, generate_series(1, times)
      GROUP BY id) s JOIN retentions USING (id), LATERAL retention(summary)
GROUP BY dialect, id, expected;

-- Where the conditions are days, they are periods of retained: `offsets` says which period each is, counted from the day of the entry. Who has no entry gives NULL and is not in the
-- summary; theirs counts 0.
INSERT INTO results
SELECT dialect, 'retention by days', id, string_agg(retained::text, ' ' ORDER BY period), expected
FROM (SELECT id, retention_agg(ARRAY(
             SELECT coalesce((retained(j, condition_atom(j, 1), condition_atom(j, k::int), '1 day', 3, anchor => 'calendar'))[1 + "offset"], false)
             FROM unnest(offsets) WITH ORDINALITY t("offset", k) ORDER BY k)) AS summary
      FROM retentions JOIN users USING (id), LATERAL condition_journey(touches) j, generate_series(1, times)
      WHERE offsets IS NOT NULL
      GROUP BY id) s JOIN retentions USING (id), LATERAL retention(summary)
GROUP BY dialect, id, expected;

-- OpenPanel: cohorts by the calendar, how many came back in each period. Its weeks begin on Sunday, ours on Monday: a day later they are the same.
CREATE TABLE opens (who text, at timestamptz, event text, country text);
INSERT INTO opens
SELECT who, '2024-03-04 12:00Z'::timestamptz + day * interval '1 day', event, country
FROM (VALUES ('ru1', 0, 'app_open', 'US'), ('ru1', 1, 'app_open', 'US'), ('ru1', 2, 'app_open', 'US'), ('ru2', 0, 'app_open', 'US'), ('ru2', 2, 'app_open', 'US'),
             ('ru3', 0, 'app_open', 'SE'), ('ru4', 1, 'app_open', 'US'), ('ru4', 2, 'app_open', 'US'), ('ru5', 1, 'app_open', 'US'), ('ru1', 1, 'purchase', 'US'),
             ('ru2', 2, 'purchase', 'US')) v(who, day, event, country)
UNION ALL VALUES ('wu1', '2024-12-30 12:00Z'::timestamptz, 'app_open', 'US'), ('wu1', '2025-01-06 12:00Z', 'app_open', 'US'), ('wu2', '2024-12-30 12:00Z', 'app_open', 'US');

INSERT INTO results
SELECT 'openpanel', 'cohorts', id, string_agg(cohort || ': ' || counts, '; ' ORDER BY cohort), expected
FROM (SELECT id, expected, cohort, (SELECT string_agg(retained::text, ' ' ORDER BY period) FROM retention(summary)) AS counts
      FROM (SELECT c.id, c.expected, (date_trunc(c.unit, event_at(j, 'app_open')) - c.shift)::date AS cohort,
                   retention_agg(retained(j, 'app_open', 'app_open', ('1 ' || c.unit)::interval, c.periods, anchor => 'calendar')) AS summary
            FROM (VALUES ('openpanel-day-on', 'ru%', '%', 'day', 3, interval '0', '2024-03-04: 3 1 2; 2024-03-05: 2 1 0'),
                         ('openpanel-us-only', 'ru%', 'US', 'day', 3, interval '0', '2024-03-04: 2 1 2; 2024-03-05: 2 1 0'),
                         ('openpanel-week-year-boundary', 'wu%', '%', 'week', 2, interval '1 day', '2024-12-29: 2 1')) c(id, whose, country, unit, periods, shift, expected),
                 LATERAL (SELECT journey_agg(at + c.shift, event) AS j FROM opens WHERE who LIKE c.whose AND opens.country LIKE c.country GROUP BY who) j
            GROUP BY 1, 2, 3) s) t
GROUP BY id, expected;

--
-- What came out
--

-- Right, of those that are covered.
SELECT dialect || ', ' || topic || ': ' || count(*) FILTER (WHERE got IS NOT DISTINCT FROM expected) || ' of ' || count(*) AS covered
FROM results
GROUP BY dialect, topic
ORDER BY dialect COLLATE "C", topic COLLATE "C";
SELECT count(DISTINCT id) AS cases FROM results;

-- Wrong.
SELECT id, topic, got, expected FROM results WHERE got IS DISTINCT FROM expected ORDER BY id COLLATE "C", topic COLLATE "C";

-- Not covered. ByConity's attribution_analysis counts a touch only when named procedure events follow it in order, related to it by equal properties; ours has credit for touches
-- before a conversion, without conditions on what lies between.
SELECT * FROM (VALUES
    ('byconity-attribution-8', 'procedure events between touch and conversion'),
    ('byconity-attribution-10', 'procedure events, and a matrix of equal properties')) v(id, reason);

DROP SCHEMA test_journey_analytics_cases CASCADE;
