-- The ways an aggregate is called, for every aggregate of the extension.
--
-- A new aggregate joins by one line in `call`: its expression over the columns
-- of `fact`, with {distinct} after the opening parenthesis and {over} where FILTER or
-- OVER go; 'exact' when every way has to give the same text, 'close' when
-- float8 sums may differ by 1e-12 relative (the expression is then a float8).
-- The second source of every figure is the same aggregate called another way
-- on the same rows; what the figures mean is tested wing by wing.

-- A fit to a few rows warns.
SET client_min_messages = error;

-- Everything a covariance_summary holds, in one number.
CREATE FUNCTION figures(summary covariance_summary) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT observations(summary) + sum(v.value::float8 / (1 + v.place))
    FROM jsonb_array_elements_text((summary::jsonb -> 'means') || (summary::jsonb -> 'products')) WITH ORDINALITY v(value, place) $$;

CREATE TABLE call (expression text PRIMARY KEY, kind text CHECK (kind IN ('exact', 'close')));
INSERT INTO call VALUES
    -- survey
    ('score_agg({distinct} score::int2) {over}', 'exact'),
    ('score_agg({distinct} score) {over}', 'exact'),
    ('score_agg({distinct} score::float8) {over}', 'exact'),
    ('score_agg({distinct} yes) {over}', 'exact'),
    ('mean(score_agg({distinct} score::int2, weight) {over})', 'close'),
    ('mean(score_agg({distinct} score, weight) {over})', 'close'),
    ('effective_base(score_agg({distinct} score::float8, weight) {over})', 'close'),
    ('rate(score_agg({distinct} yes, weight) {over})', 'close'),
    ('rollup({distinct} summary) {over}', 'exact'),
    ('mean(rollup({distinct} weighted_summary) {over})', 'close'),
    ('nps({distinct} score::int2) {over}', 'exact'),
    ('nps({distinct} score) {over}', 'exact'),
    ('nps({distinct} score::float8) {over}', 'exact'),
    ('csat({distinct} five::int2) {over}', 'exact'),
    ('csat({distinct} five) {over}', 'exact'),
    ('csat({distinct} five::float8) {over}', 'exact'),
    ('ces({distinct} five::int2) {over}', 'exact'),
    ('ces({distinct} five) {over}', 'exact'),
    ('ces({distinct} five::float8) {over}', 'exact'),
    ('net_satisfaction({distinct} five::int2) {over}', 'exact'),
    ('net_satisfaction({distinct} five) {over}', 'exact'),
    ('net_satisfaction({distinct} five::float8) {over}', 'exact'),
    ('rate({distinct} yes) {over}', 'exact'),
    ('share_at_least({distinct} score, 8) {over}', 'exact'),
    ('share_at_least({distinct} score::float8, five::float8) {over}', 'exact'),
    -- index
    ('cx_agg({distinct} dimensions, scores, 1, 5) {over}', 'exact'),
    ('cx_index(cx_agg({distinct} dimensions, scores, 1, 5, weight) {over})', 'close'),
    ('cx_agg({distinct} dimension, five, 1, 5) {over}', 'exact'),
    ('cx_agg({distinct} dimension, five::float8, 1, 5) {over}', 'exact'),
    ('cx_index(cx_agg({distinct} dimension, five, 1, 5, weight) {over})', 'close'),
    ('cx_index(cx_agg({distinct} dimension, five::float8, 1, 5, weight) {over})', 'close'),
    ('rollup({distinct} cx) {over}', 'exact'),
    ('cx_index({distinct} five, scores[1], scores[3]) {over}', 'exact'),
    ('cx_index({distinct} five, scores[1], scores[3], 0, 10) {over}', 'exact'),
    ('expectation_gap({distinct} five, score) {over}', 'exact'),
    ('expectation_gap({distinct} five::float8, score::float8) {over}', 'exact'),
    ('wow_rate({distinct} five, score) {over}', 'exact'),
    ('wow_rate({distinct} five::float8, score::float8) {over}', 'exact'),
    ('wow_rate({distinct} five, score, 2) {over}', 'exact'),
    ('wow_rate({distinct} five::float8, score::float8, 2) {over}', 'exact'),
    ('customer_score({distinct} score, at, ''2024-09-01Z'', ''60 days'') {over}', 'close'),
    ('peak_end({distinct} score, at) {over}', 'close'),
    ('figures(covariance_agg({distinct} score) {over})', 'close'),
    ('figures(covariance_agg({distinct} score, five, weight) {over})', 'close'),
    ('figures(covariance_agg({distinct} weight, scores[1], scores[2], scores[3]) {over})', 'close'),
    ('figures(rollup({distinct} covariance) {over})', 'close'),
    -- journey
    ('journey_agg({distinct} at, dimension) {over}', 'exact'),
    ('journey_agg({distinct} at, dimension, channel) {over}', 'exact'),
    ('journey_agg({distinct} at, dimension, channel, weight) {over}', 'exact'),
    ('journey_agg({distinct} at, dimension, channel, weight, score) {over}', 'exact'),
    ('rollup({distinct} journey) {over}', 'exact'),
    ('funnel_agg({distinct} path, ''{function,.@phone/*}'', ''3 months'') {over}', 'exact'),
    ('funnel_agg({distinct} path, ''{function,ease,emotion}'', ''3 months'', ''any'') {over}', 'exact'),
    ('funnel_agg({distinct} path, ''{function,.}'', ''1 month'', ''ordered'', ''{emotion}'', ''2024-06-01Z'') {over}', 'exact'),
    ('rollup({distinct} funnel) {over}', 'exact'),
    ('transition_agg({distinct} path) {over}', 'exact'),
    ('transition_agg({distinct} path, ''channel'', ''emotion'') {over}', 'exact'),
    ('transition_agg({distinct} path, ''phase'', ''ease@phone/*'', true) {over}', 'exact'),
    ('rollup({distinct} transitions) {over}', 'exact'),
    ('retention_agg({distinct} back) {over}', 'exact'),
    ('rollup({distinct} retention) {over}', 'exact'),
    -- value
    ('survival_agg({distinct} weight, yes) {over}', 'exact'),
    ('survival_agg({distinct} age, yes) {over}', 'exact'),
    ('rollup({distinct} survival) {over}', 'exact'),
    ('rfm({distinct} at, weight, ''2024-09-01Z'') {over}', 'exact'),
    ('rfm({distinct} at, weight, ''2024-09-01Z'', ''1 week'', ''1 hour'') {over}', 'exact'),
    ('npv({distinct} weight, at, ''2024-09-01Z'', 0.1) {over}', 'close'),
    ('purchase_agg({distinct} x, t_x, t) {over}', 'exact'),
    ('purchase_agg({distinct} customer) {over}', 'exact'),
    ('rollup({distinct} purchases) {over}', 'exact'),
    ('spend_agg({distinct} x, weight) {over}', 'exact'),
    ('spend_agg({distinct} customer) {over}', 'exact'),
    ('rollup({distinct} spend) {over}', 'exact'),
    ('bgnbd_fit({distinct} x, t_x, t) {over}', 'exact'),
    ('bgnbd_fit({distinct} customer) {over}', 'exact'),
    ('mbgnbd_fit({distinct} x, t_x, t) {over}', 'exact'),
    ('mbgnbd_fit({distinct} customer) {over}', 'exact'),
    ('gamma_gamma_fit({distinct} x, weight) {over}', 'exact'),
    ('gamma_gamma_fit({distinct} customer) {over}', 'exact'),
    ('sbg_fit({distinct} five, yes) {over}', 'exact'),
    ('cac({distinct} weight, score::bigint) {over}', 'exact'),
    ('revenue_retention({distinct} weight, score::float8) {over}', 'exact');

-- Every aggregate is in the list (checked by name and argument types).
CREATE VIEW missing AS
SELECT p.oid::regprocedure AS aggregate
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'cx_metrics'
WHERE p.prokind = 'a';

-- Facts: three groups, answers on 0..10 and 1..5, one in eleven missing, ties everywhere.
CREATE TABLE fact AS
SELECT i, i % 3 AS g,
       CASE WHEN h % 11 > 0 THEN h / 16 % 11 END AS score,
       CASE WHEN h % 13 > 0 THEN 1 + h / 64 % 5 END AS five,
       CASE WHEN h % 7 > 0 THEN h / 32 % 2 = 0 END AS yes,
       CASE WHEN h % 17 > 0 THEN (h / 128 % 20) / 10.0::float8 END AS weight,
       '2024-01-01Z'::timestamptz + h / 256 % 300 * interval '1 day' AS at,
       (ARRAY['function', 'ease', 'emotion'])[1 + h / 8 % 3] AS dimension,
       (ARRAY['web', 'phone', 'phone/billing', NULL])[1 + h / 4096 % 4] AS channel,
       '{function,ease,emotion}'::text[] AS dimensions,
       ARRAY[1 + h / 512 % 5, CASE WHEN h % 5 > 0 THEN 1 + h / 1024 % 5 END, 1 + h / 2048 % 5] AS scores
FROM (SELECT i, hashint4(i) & 1048575 AS h FROM generate_series(1, 400) i) x;

-- Summaries of single facts, for rollup.
ALTER TABLE fact ADD summary score_summary, ADD weighted_summary score_summary, ADD covariance covariance_summary, ADD cx cx_summary, ADD journey journey,
    ADD path journey, ADD funnel funnel_summary, ADD transitions transition_matrix, ADD back boolean[], ADD retention retention_summary,
    ADD age interval, ADD x bigint, ADD t_x float8, ADD t float8, ADD customer rfm_summary, ADD survival survival_summary, ADD purchases purchase_summary, ADD spend spend_summary;
UPDATE fact SET
    summary = (SELECT score_agg(f.score) FROM fact f WHERE f.i = fact.i),
    weighted_summary = (SELECT score_agg(f.score, f.weight) FROM fact f WHERE f.i = fact.i),
    covariance = (SELECT covariance_agg(f.score, f.five, f.weight) FROM fact f WHERE f.i IN (fact.i, fact.i + 1)),
    cx = (SELECT cx_agg(f.dimensions, f.scores, 1, 5) FROM fact f WHERE f.i = fact.i),
    journey = (SELECT journey_agg(f.at, f.dimension, f.channel, f.weight, f.score) FROM fact f WHERE f.i = fact.i),
    path = (SELECT journey_agg(f.at, f.dimension, f.channel) FROM fact f WHERE f.i IN (fact.i, fact.i + 1, fact.i + 5)),
    funnel = (SELECT funnel_agg(j, '{function,ease}', '100 days')
              FROM (SELECT journey_agg(f.at, f.dimension) AS j FROM fact f WHERE f.i IN (fact.i, fact.i + 1, fact.i + 5)) x),
    transitions = (SELECT transition_agg(j) FROM (SELECT journey_agg(f.at, f.dimension) AS j FROM fact f WHERE f.i IN (fact.i, fact.i + 1, fact.i + 5)) x),
    back = CASE WHEN score IS NOT NULL THEN (ARRAY[true, yes, five > 2, NULL, score > 4])[1:1 + i % 5] END,
    retention = (SELECT retention_agg(b) FROM (VALUES (ARRAY[true, yes, five > 2]), (ARRAY[NULL, score > 4]), (NULL)) v(b)),
    age = (i % 29) * interval '7 hours',
    x = greatest(five - 2, 0), t_x = CASE WHEN five > 2 THEN score * 0.75 ELSE 0 END, t = 8 + i % 4;
UPDATE fact SET customer = CASE WHEN t_x IS NOT NULL THEN ROW(x, t_x, t, CASE WHEN x > 0 THEN weight END, 604800)::rfm_summary END;
UPDATE fact SET
    survival = (SELECT survival_agg(f.weight, f.yes) FROM fact f WHERE f.i IN (fact.i, fact.i + 1)),
    purchases = (SELECT purchase_agg(f.customer) FROM fact f WHERE f.i IN (fact.i, fact.i + 1)),
    spend = (SELECT spend_agg(f.customer) FROM fact f WHERE f.i IN (fact.i, fact.i + 1));

-- All columns NULL; the facts in another order; a group each; cut into partitions.
CREATE TABLE nothing AS SELECT * FROM fact;
UPDATE nothing SET score = NULL, five = NULL, yes = NULL, weight = NULL, at = NULL, dimension = NULL,
    dimensions = NULL, scores = NULL, summary = NULL, weighted_summary = NULL, covariance = NULL, cx = NULL, journey = NULL, path = NULL, funnel = NULL,
    transitions = NULL, back = NULL, retention = NULL, age = NULL, x = NULL, t_x = NULL, t = NULL, customer = NULL, survival = NULL, purchases = NULL, spend = NULL;
CREATE TABLE shuffled AS SELECT * FROM fact ORDER BY hashint4(i + 1000);
-- The planner expects three groups there: it would not plan partial aggregation for 400.
CREATE TABLE single WITH (autovacuum_enabled = off) AS SELECT * FROM fact;
ANALYZE single;
UPDATE single SET g = i;
CREATE TABLE parts (LIKE fact) PARTITION BY HASH (i);
CREATE TABLE part_0 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE part_2 PARTITION OF parts FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO parts SELECT * FROM fact;
ANALYZE fact, nothing, shuffled, parts;

-- The expression with what follows the arguments.
CREATE FUNCTION written(expression text, after text DEFAULT '', before text DEFAULT '') RETURNS text
LANGUAGE sql AS $$ SELECT replace(replace(expression, '{over}', after), '{distinct}', before) $$;

CREATE FUNCTION same(a text, b text, kind text) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN a IS NULL OR b IS NULL THEN a IS NULL AND b IS NULL
                WHEN kind = 'exact' THEN a = b
                ELSE abs(a::float8 - b::float8) <= 1e-12 * greatest(1, abs(a::float8)) END $$;

-- Results by group, as text.
CREATE FUNCTION by_group(expression text, source text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE result text[];
BEGIN
    EXECUTE format('SELECT array_agg(r ORDER BY g) FROM (SELECT g, (%s)::text AS r FROM %s GROUP BY g) x',
                   expression, source) INTO result;
    RETURN result;
END $$;

CREATE FUNCTION all_same(a text[], b text[], kind text) RETURNS boolean LANGUAGE sql AS $$
    SELECT count(*) > 0 AND bool_and(same(x, y, kind)) FROM unnest(a, b) u(x, y) $$;

-- A way to call it under other settings gives what the plain call gives; the plan shows the way was taken.
CREATE FUNCTION under(settings jsonb, plan_shows text, expression text, source text)
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
    result text[];
BEGIN
    PERFORM set_config(key, value, true) FROM jsonb_each_text(settings);
    FOR line IN EXECUTE format('EXPLAIN (COSTS OFF) SELECT g, (%s)::text FROM %s GROUP BY g',
                               expression, source) LOOP
        plan := plan || line || E'\n';
    END LOOP;
    result := by_group(expression, source);
    PERFORM set_config(key, boot_val, true)
    FROM jsonb_object_keys(settings) key JOIN pg_settings ON name = key;
    IF plan NOT LIKE '%' || plan_shows || '%' THEN
        RAISE EXCEPTION 'the plan does not show %', plan_shows USING DETAIL = plan;
    END IF;
    RETURN result;
END $$;

-- Each row's frame, computed apart for every row: a subquery without OVER.
CREATE FUNCTION frame_is_right(expression text, kind text, frame text, rows_of_frame text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE ok boolean;
BEGIN
    EXECUTE format(
        'SELECT count(*) = 120 AND bool_and(same(w.r, p.r, %L)) FROM
           (SELECT i, (%s)::text AS r FROM fact WHERE i <= 120) w
         JOIN LATERAL (SELECT (%s)::text AS r FROM fact f WHERE f.i <= 120 AND (%s)) p ON true',
        kind, written(expression, format('OVER (ORDER BY i %s)', frame)), written(expression),
        rows_of_frame) INTO ok;
    RETURN ok;
END $$;

CREATE FUNCTION ways(expression text, kind text, OUT way text, OUT ok boolean)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    call text := written(expression);
    plain text[] := by_group(call, 'fact');
    one text;
BEGIN
    way := 'plain: a result for every group';
    ok := cardinality(plain) = 3 AND array_position(plain, NULL) IS NULL;
    RETURN NEXT;

    way := 'empty table';
    EXECUTE format('SELECT (%s)::text FROM fact WHERE false', call) INTO one;
    ok := one IS NULL;
    RETURN NEXT;

    way := 'all NULL';
    ok := by_group(call, 'nothing') = ARRAY[NULL, NULL, NULL]::text[];
    RETURN NEXT;

    way := 'FILTER that removes a group';
    ok := all_same(by_group(written(expression, 'FILTER (WHERE g <> 1)'), 'fact'),
                   ARRAY[plain[1], NULL, plain[3]], kind);
    RETURN NEXT;

    way := 'one row';
    EXECUTE format('SELECT count(r) FROM (SELECT (%s)::text AS r FROM fact GROUP BY i) x', call) INTO one;
    ok := one::int > 100;
    RETURN NEXT;

    way := 'GROUPING SETS';
    EXECUTE format('SELECT bool_and(same(r, CASE WHEN g IS NULL THEN (SELECT (%1$s)::text FROM fact)
                                                 ELSE ($1)[g + 1] END, %2$L)) AND count(*) = 4
                    FROM (SELECT g, (%1$s)::text AS r FROM fact GROUP BY GROUPING SETS ((g), ())) x',
                   call, kind) INTO ok USING plain;
    RETURN NEXT;

    way := 'DISTINCT';
    EXECUTE format('SELECT same((%1$s)::text, (SELECT (%1$s)::text FROM fact), %2$L)
                    FROM (SELECT * FROM fact UNION ALL SELECT * FROM fact) twice',
                   written(expression, '', 'DISTINCT'), kind) INTO ok;
    RETURN NEXT;

    way := 'shuffled';
    ok := all_same(plain, by_group(call, 'shuffled'), kind);
    RETURN NEXT;

    way := 'sorted groups';
    ok := all_same(plain, under('{"enable_hashagg": "off"}', 'GroupAggregate', call, 'fact'), kind);
    RETURN NEXT;

    way := 'hashed groups';
    ok := all_same(plain, under('{"enable_sort": "off"}', 'HashAggregate', call, 'fact'), kind);
    RETURN NEXT;

    way := 'parallel';
    ok := all_same(plain, under('{"parallel_setup_cost": "0", "parallel_tuple_cost": "0",
                                  "min_parallel_table_scan_size": "0", "enable_sort": "off"}',
                                'Partial HashAggregate', call, 'fact'), kind);
    RETURN NEXT;

    way := 'parallel, each group in one worker only';
    ok := all_same(by_group(call, 'single'),
                   under('{"parallel_setup_cost": "0", "parallel_tuple_cost": "0",
                           "min_parallel_table_scan_size": "0", "enable_sort": "off"}',
                         'Partial HashAggregate', call, 'single'), kind);
    RETURN NEXT;

    way := 'partitionwise';
    ok := all_same(plain, under('{"enable_partitionwise_aggregate": "on",
                                  "max_parallel_workers_per_gather": "0"}',
                                'Partial HashAggregate', call, 'parts'), kind);
    RETURN NEXT;

    way := 'JIT';
    ok := all_same(plain, under('{"jit": "on", "jit_above_cost": "0", "jit_inline_above_cost": "0",
                                  "jit_optimize_above_cost": "0"}', 'Aggregate', call, 'fact'), kind);
    RETURN NEXT;

    way := 'rescanned by LATERAL';
    EXECUTE format('SELECT bool_and(same(l.r, ($1)[n + 1], %L))
                    FROM generate_series(0, 2) n, LATERAL (SELECT (%s)::text AS r FROM fact WHERE g = n) l',
                   kind, call) INTO ok USING plain;
    RETURN NEXT;

    way := 'in a loop';
    ok := true;
    FOR turn IN 1..20 LOOP
        ok := ok AND all_same(plain, by_group(call, 'fact'), kind);
    END LOOP;
    RETURN NEXT;

    way := 'whole partition OVER ()';
    EXECUTE format('SELECT bool_and(same(w.r, ($1)[g + 1], %L))
                    FROM (SELECT g, (%s)::text AS r FROM fact) w',
                   kind, written(expression, 'OVER (PARTITION BY g)')) INTO ok USING plain;
    RETURN NEXT;

    way := 'running frame';
    ok := frame_is_right(expression, kind, '', 'f.i <= w.i');
    RETURN NEXT;

    way := 'sliding frame';
    ok := frame_is_right(expression, kind, 'ROWS BETWEEN 9 PRECEDING AND 2 FOLLOWING',
                         'f.i BETWEEN w.i - 9 AND w.i + 2');
    RETURN NEXT;

    way := 'frame that is empty at first';
    ok := frame_is_right(expression, kind, 'ROWS BETWEEN 9 PRECEDING AND 3 PRECEDING',
                         'f.i BETWEEN w.i - 9 AND w.i - 3');
    RETURN NEXT;

    way := 'EXCLUDE';
    ok := frame_is_right(expression, kind, 'ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING EXCLUDE CURRENT ROW',
                         'f.i BETWEEN w.i - 5 AND w.i + 5 AND f.i <> w.i');
    RETURN NEXT;
END $$;

-- Ways, over all aggregates: how many were right, and which were not.
SELECT way, count(*) FILTER (WHERE ok) AS "right", count(*) FILTER (WHERE ok IS NOT TRUE) AS wrong,
       string_agg(expression, '; ') FILTER (WHERE ok IS NOT TRUE) AS which
FROM call, ways(expression, kind)
GROUP BY way ORDER BY way COLLATE "C";

-- An aggregate that no line above calls: none.
CREATE FUNCTION called_aggregates() RETURNS SETOF regprocedure LANGUAGE plpgsql AS $$
DECLARE c text;
BEGIN
    FOR c IN SELECT expression FROM call LOOP
        EXECUTE format('CREATE TEMP VIEW probe AS SELECT (%s)::text FROM fact', written(c));
        RETURN QUERY SELECT DISTINCT m.aggregate FROM missing m
            WHERE EXISTS (SELECT FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
                          WHERE d.classid = 'pg_rewrite'::regclass AND r.ev_class = 'probe'::regclass
                            AND d.refclassid = 'pg_proc'::regclass AND d.refobjid = m.aggregate);
        DROP VIEW probe;
    END LOOP;
END $$;
SELECT aggregate FROM missing EXCEPT SELECT * FROM called_aggregates();
