-- score_summary: its text, order, + and -, storage and canonical form.

-- What a statement fails with: SQLSTATE, message, detail and hint, one a line.
CREATE FUNCTION pg_temp.error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
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

-- Seeded answers for the rest of the file: 1000 of them, on -100..100 and on 0..10, with dyadic weights.
CREATE TEMP TABLE answers AS
SELECT id, (id * 48271 % 2147483647 % 201)::int - 100 AS wide, (id * 16807 % 2147483647 % 11)::int AS score,
       (1 + id % 7)::float8 / 4 AS weight
FROM generate_series(1::bigint, 1000) id;

--
-- Text
--

-- How it reads: scores in order, whatever the order of the input; empty is a value too.
SELECT text::score_summary AS read
FROM (VALUES
    (1, '{"counts": {"7": 2, "9": 5}}'),
    (2, '{"counts":{"9":5,"7":2}}'),
    (3, E' \t\r\n{ "counts" : { "9" : 5 ,\n"7" : 2 } } '),
    (4, '{"counts": {"-100": 1, "0": 3, "100": 9223372036854775800}}'),
    (5, '{"counts": {"\u0039": 1, "\u002d5": 4}}'),
    (6, '{"counts": {}}'),
    (7, '{"squared_weights": {"3": 2.5}, "counts": {"3": 2}, "weights": {"3": 2}}'),
    (8, '{"counts": {"1": 3}, "weights": {"1": 3e-7}, "squared_weights": {"1": 3.5E-14}}'),
    (9, '{"counts": {}, "weights": {}, "squared_weights": {}}')) v(n, text)
ORDER BY n;

-- Round trip: what comes out reads back as the same value, with and without weights.
SELECT bool_and(s::text::score_summary = s) AS same, count(*)
FROM (SELECT score_agg(wide) AS s FROM answers GROUP BY id % 50
      UNION ALL SELECT score_agg(wide, sqrt(id)) FROM answers GROUP BY id % 50
      UNION ALL SELECT score_agg(wide, exp(id / 10.0 - 50)) FROM answers GROUP BY id % 50
      UNION ALL SELECT '{"counts": {}}'
      UNION ALL SELECT '{"counts": {"0": 9223372036854775807}}') v;

-- Bad text: 22P02, with what was expected and where.
SELECT pg_temp.error_of('SELECT ''{"counts": {"7": 2, "7": 1}}''::score_summary') AS "a score twice";
SELECT pg_temp.error_of('SELECT ''{"counts": {"101": 1}}''::score_summary') AS "off the range";
SELECT pg_temp.error_of('SELECT ''{"counts": {"7": 2}, "weights": {"7": 2}}''::score_summary') AS "half the weights";
SELECT pg_temp.error_of('SELECT ''{"counts": {"7": 1}} x''::score_summary') AS "something after the end";

SELECT text, left(pg_temp.error_of(format('SELECT %L::score_summary', text)), 5) AS state
FROM (VALUES
    -- not an object, or cut short
    (''), (' '), ('{}'), ('[]'), ('null'), ('7'), ('{'), ('{"counts"'), ('{"counts":'), ('{"counts": {'),
    ('{"counts": {"'),
    ('{"counts": {"7'), ('{"counts": {"7"'), ('{"counts": {"7":'), ('{"counts": {"7": 1'), ('{"counts": {"7": 1}'),
    ('{"counts": null}'), ('{"counts": []}'), ('{"counts": {"7": 1}}}'), ('{counts: {"7": 1}}'), ('{''counts'': {}}'),
    ('{"counts": {"7": 1,}}'), ('{"counts": {,"7": 1}}'), ('{"counts": {"7": 1 "8": 1}}'), ('{"counts": {"7": 1},}'),
    ('{"counts" {"7": 1}}'),
    -- other members, or one twice
    ('{"count": {"7": 1}}'), ('{"Counts": {"7": 1}}'), ('{"counts": {}, "other": {}}'),
    ('{"counts": {}, "counts": {}}'),
    ('{"weights": {}, "squared_weights": {}}'), ('{"counts": {}, "squared_weights": {}}'),
    ('{"a member with a name of more than 15 bytes": {}}'),
    -- keys that are no score
    ('{"counts": {"": 1}}'), ('{"counts": {"seven": 1}}'), ('{"counts": {"7.0": 1}}'), ('{"counts": {"7 ": 1}}'),
    ('{"counts": {" 7": 1}}'), ('{"counts": {"+7": 1}}'), ('{"counts": {"-101": 1}}'),
    ('{"counts": {"99999999999999999999": 1}}'), ('{"counts": {7: 1}}'), ('{"counts": {"\u00zz": 1}}'),
    ('{"counts": {"\u0000": 1}}'), ('{"counts": {"\q": 1}}'),
    -- counts that are no counts
    ('{"counts": {"7": 0}}'), ('{"counts": {"7": -1}}'), ('{"counts": {"7": 1.5}}'), ('{"counts": {"7": 1e3}}'),
    ('{"counts": {"7": "1"}}'),
    ('{"counts": {"7": null}}'), ('{"counts": {"7": +1}}'), ('{"counts": {"7": 1-1}}'), ('{"counts": {"7": -}}'),
    ('{"counts": {"7": 9223372036854775808}}'),
    -- weights that no such answers have: not finite, without answers, missing, or sums that do not fit
    ('{"counts": {"7": 1}, "weights": {"7": NaN}, "squared_weights": {"7": 1}}'),
    ('{"counts": {"7": 1}, "weights": {"7": Infinity}, "squared_weights": {"7": 1}}'),
    ('{"counts": {"7": 1}, "weights": {"7": 1e400}, "squared_weights": {"7": 1e400}}'),
    ('{"counts": {"7": 1}, "weights": {"7": 0}, "squared_weights": {"7": 0}}'),
    ('{"counts": {"7": 1}, "weights": {"7": -1}, "squared_weights": {"7": 1}}'),
    ('{"counts": {"7": 1}, "weights": {}, "squared_weights": {}}'),
    ('{"counts": {"7": 1}, "weights": {"7": 1, "8": 1}, "squared_weights": {"7": 1, "8": 1}}'),
    ('{"counts": {"7": 1}, "weights": {"7": 2}, "squared_weights": {"7": 1}}'),
    ('{"counts": {"7": 2}, "weights": {"7": 1}, "squared_weights": {"7": 1.1}}'),
    ('{"counts": {"7": 2}, "weights": {"7": 3}, "squared_weights": {"7": 4.4}}')) v(text);

-- Each part fits, but not together: 22003.
SELECT pg_temp.error_of('SELECT ''{"counts": {"7": 9223372036854775807, "8": 1}}''::score_summary') AS "too many responses";
SELECT pg_temp.error_of('SELECT ''{"counts": {"7": 1, "8": 1}, "weights": {"7": 1.3e154, "8": 1.3e154}, "squared_weights": {"7": 1.69e308, "8": 1.69e308}}''::score_summary') AS "too much weight";

--
-- jsonb
--

SELECT s::jsonb AS as_jsonb, s::jsonb -> 'counts' ->> '9' AS nines, s::jsonb::score_summary = s AS same
FROM (SELECT score_agg(score) AS s FROM answers WHERE id < 10) v;
-- jsonb writes numbers without an exponent, so small and large weights get long.
SELECT how, s::jsonb::score_summary = s AS same
FROM (SELECT 1, 'wide', score_agg(wide) AS s FROM answers
      UNION ALL SELECT 2, 'weighted', score_agg(wide, sqrt(id)) FROM answers
      UNION ALL SELECT 3, 'small weights', score_agg(score, id * 1e-40) FROM answers
      UNION ALL SELECT 4, 'large weights', score_agg(score, id * 1e40) FROM answers
      UNION ALL SELECT 5, 'smallest and largest weight', score_agg(score, w)
                FROM (VALUES (9, 1.5e-154::float8), (10, 1.3e154::float8)) x(score, w)
      UNION ALL SELECT 6, 'empty', '{"counts": {}}') v(n, how, s)
ORDER BY n;
SELECT left(pg_temp.error_of('SELECT ''{"counts": {"7": 1.0}}''::jsonb::score_summary'), 5) AS "no count",
       left(pg_temp.error_of('SELECT ''[1, 2]''::jsonb::score_summary'), 5) AS "no summary";
-- Only on demand: no cast happens by itself, and none comes from bytea.
SELECT left(pg_temp.error_of('SELECT nps(''{"counts": {"7": 1}}''::jsonb)'), 5) AS implicit,
       left(pg_temp.error_of('SELECT ''\x00''::bytea::score_summary'), 5) AS from_bytea;

--
-- Order and hash
--

-- 60 values and NULL: a total order that =, <, the operator class and ORDER BY agree on.
CREATE TEMP TABLE summaries AS
SELECT n, score_agg(wide) AS s FROM answers, generate_series(1, 40) n WHERE id % 40 < n AND id % 3 = n % 3 GROUP BY n
UNION ALL
SELECT 40 + n, score_agg(score, weight) FROM answers, generate_series(1, 20) n WHERE id <= n * n GROUP BY n;
INSERT INTO summaries SELECT n + 100, s FROM summaries WHERE n % 4 = 0;
INSERT INTO summaries VALUES (200, NULL), (201, NULL), (202, '{"counts": {}}');

SELECT count(*) AS pairs,
       count(*) FILTER (WHERE (a.s < b.s)::int + (a.s = b.s)::int + (a.s > b.s)::int <> 1) AS not_one_of_three,
       count(*) FILTER (WHERE (a.s <= b.s) <> (a.s < b.s OR a.s = b.s) OR (a.s >= b.s) <> (b.s <= a.s)
                           OR (a.s <> b.s) = (a.s = b.s)) AS not_consistent,
       count(*) FILTER (WHERE sign(score_summary_cmp(a.s, b.s))
                           <> (a.s > b.s)::int - (a.s < b.s)::int) AS not_as_compared,
       count(*) FILTER (WHERE (a.s = b.s) <> (a.s::text = b.s::text)) AS not_as_read,
       count(*) FILTER (WHERE a.s = b.s AND (score_summary_hash(a.s) <> score_summary_hash(b.s)
                           OR score_summary_hash_extended(a.s, 42)
                               <> score_summary_hash_extended(b.s, 42))) AS not_hashed_alike
FROM summaries a, summaries b WHERE a.s IS NOT NULL AND b.s IS NOT NULL;
SELECT count(*) AS not_transitive
FROM summaries a JOIN summaries b ON a.s < b.s JOIN summaries c ON b.s < c.s WHERE NOT a.s < c.s;
WITH ranked AS (SELECT s, row_number() OVER (ORDER BY s) AS place FROM summaries)
SELECT count(*) AS not_sorted FROM ranked a JOIN ranked b ON b.place = a.place + 1 WHERE a.s > b.s;
SELECT count(DISTINCT score_summary_hash_extended(s, seed)) = count(DISTINCT (s::text, seed)) AS seeds_differ
FROM summaries, generate_series(0, 9) seed WHERE s IS NOT NULL;

-- NULL compares as NULL and sorts last.
SELECT s = NULL AS equal, s < NULL AS less FROM summaries WHERE n = 1;
SELECT array_agg(s IS NULL ORDER BY s) FILTER (WHERE n >= 200) AS nulls FROM summaries;

-- Every way to bring equal ones together: sorted, hashed, merged. Expected: count(DISTINCT text).
SELECT count(DISTINCT s::text) AS expected, count(DISTINCT s) AS got FROM summaries;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT DISTINCT s FROM summaries) v;
SELECT count(*) FROM (SELECT s FROM summaries GROUP BY s) v;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT count(*) FROM (SELECT DISTINCT s FROM summaries) v;
SELECT count(*) FROM (SELECT s FROM summaries GROUP BY s) v;
RESET enable_hashagg;
RESET enable_sort;

SELECT count(*) AS expected FROM summaries a JOIN summaries b ON a.s::text = b.s::text;
SET enable_nestloop = off;
SET enable_hashjoin = off;
SELECT count(*) AS merge_join FROM summaries a JOIN summaries b USING (s);
RESET enable_hashjoin;
SET enable_mergejoin = off;
SELECT count(*) AS hash_join FROM summaries a JOIN summaries b USING (s);
RESET enable_mergejoin;
RESET enable_nestloop;

CREATE INDEX ON summaries USING btree (s);
CREATE INDEX ON summaries USING hash (s);
ANALYZE summaries;
SET enable_seqscan = off;
SELECT count(*) AS by_index FROM summaries WHERE s = (SELECT s FROM summaries WHERE n = 4);
SELECT count(*) = (SELECT count(*) FROM summaries b
       WHERE NOT b.s <= (SELECT s FROM summaries WHERE n = 4)) AS above_by_index
FROM summaries WHERE s > (SELECT s FROM summaries WHERE n = 4);
RESET enable_seqscan;
CREATE TEMP TABLE partitioned (n int, s score_summary) PARTITION BY HASH (s);
CREATE TEMP TABLE partition_0 PARTITION OF partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TEMP TABLE partition_1 PARTITION OF partitioned FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO partitioned SELECT * FROM summaries;
SELECT count(*) AS expected, sum((SELECT count(*) FROM partitioned p WHERE p.s = q.s AND p.n = q.n)) AS got
FROM summaries q WHERE s IS NOT NULL;

--
-- + and -
--

SELECT '{"counts": {"7": 2, "9": 5}}'::score_summary + '{"counts": {"-3": 1, "7": 40}}' AS sum,
       '{"counts": {"7": 2, "9": 5}}'::score_summary - '{"counts": {"7": 2, "9": 1}}' AS difference,
       '{"counts": {"7": 2}}'::score_summary - '{"counts": {"7": 2}}' AS nothing_left,
       '{"counts": {"7": 2}}'::score_summary + '{"counts": {}}' AS with_nothing,
       '{"counts": {"7": 2}}'::score_summary + NULL AS with_null;
-- (a + b) - b = a, a + b = b + a, (a + b) + c = a + (b + c), over all triples of 12 summaries.
SELECT count(*), bool_and((a.s + b.s) - b.s = a.s) AS taken_away, bool_and(a.s + b.s = b.s + a.s) AS either_way,
       bool_and((a.s + b.s) + c.s = a.s + (b.s + c.s)) AS any_grouping
FROM summaries a, summaries b, summaries c WHERE a.n <= 12 AND b.n <= 12 AND c.n <= 12;

SELECT pg_temp.error_of($$SELECT '{"counts": {"7": 2}}'::score_summary - '{"counts": {"7": 3}}'$$) AS "below zero";
SELECT pg_temp.error_of($$SELECT '{"counts": {"7": 2}}'::score_summary - '{"counts": {"8": 1}}'$$) AS "not there";
SELECT pg_temp.error_of($$SELECT '{"counts": {"7": 1}}'::score_summary + score_agg(7, 0.5)
       FROM generate_series(1, 2)$$) AS "weighted +";
SELECT pg_temp.error_of($$SELECT score_agg(7, 0.5) - '{"counts": {"7": 1}}'::score_summary
       FROM generate_series(1, 2)$$) AS "weighted -";

--
-- Storage: packed, compressed, out of line
--

-- A small value is stored with a short header of 1 byte: 5 bytes and 4 a slot.
CREATE TEMP TABLE stored (id int, how text, s score_summary, t score_summary);
ALTER TABLE stored ALTER COLUMN t SET STORAGE EXTERNAL;
INSERT INTO stored
SELECT 1, 'small', score_agg(score), score_agg(score) FROM answers
UNION ALL SELECT 2, 'wide', score_agg(wide), score_agg(wide) FROM answers
UNION ALL SELECT 3, 'weighted', score_agg(wide, weight), score_agg(wide, weight) FROM answers
UNION ALL SELECT 4, 'weighted, one each', score_agg(wide, 1), score_agg(wide, 1) FROM generate_series(-100, 100) wide
UNION ALL SELECT 5, 'empty', '{"counts": {}}', '{"counts": {}}'
UNION ALL SELECT 6, 'null', NULL, NULL;
VACUUM ANALYZE stored;
SELECT pg_column_size(s) AS size FROM stored WHERE how = 'small';
SELECT how, pg_column_size(s) < 8 + 201 * 20 AS compressed, pg_column_size(t) >= 4 + 201 * 20 AS external
FROM stored WHERE id IN (3, 4) ORDER BY id;
SELECT pg_relation_size(reltoastrelid) > 0 AS out_of_line FROM pg_class WHERE oid = 'stored'::regclass;

-- However it is stored, it is the same value to every function.
SELECT id, how, s = t AS same, s = s::text::score_summary AS as_text,
       score_summary_hash(s) = score_summary_hash(t) AS as_hash,
       score_summary_send(s) = score_summary_send(t) AS as_bytes, responses(s),
       responses(t) = responses(s) AS as_count,
       mean(s) = mean(t) AS as_mean, (SELECT count(*) FROM distribution(t)) AS scores
FROM stored ORDER BY id;
SELECT s + s = t + t AS added, (t + s) - t = s AS taken_away FROM stored WHERE id <= 2 ORDER BY id;
SELECT rollup(s) = rollup(t) AS rolled_up, responses(rollup(t)), rollup(t) = rollup(s::text::score_summary) AS as_text
       FROM stored;
SELECT id, responses(rollup(t) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS two,
       responses(rollup(t) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)) AS next_one
FROM stored ORDER BY id;
SELECT count(DISTINCT v) FROM (SELECT s AS v FROM stored UNION ALL SELECT t FROM stored) u;

-- An aggregate of one's own without an initial value starts from the first stored value as it lies there.
CREATE AGGREGATE pg_temp.merged(score_summary) (SFUNC = score_combine, STYPE = score_summary, FINALFUNC = score_final,
    COMBINEFUNC = score_combine);
SELECT pg_temp.merged(s ORDER BY id) = rollup(s) AS packed,
       pg_temp.merged(s ORDER BY id DESC) = rollup(s) AS compressed,
       pg_temp.merged(t ORDER BY id DESC) = rollup(s) AS external FROM stored WHERE id <= 4;

--
-- Canonical form: equal answers are one value, however they came together
--

SELECT count(*) AS ways, count(DISTINCT s) AS values, count(DISTINCT score_summary_send(s)) AS binary_forms
FROM (
    SELECT score_agg(wide ORDER BY id) FROM answers
    UNION ALL SELECT score_agg(wide ORDER BY id DESC) FROM answers
    UNION ALL SELECT score_agg(wide ORDER BY wide) FROM answers
    UNION ALL SELECT score_agg(wide ORDER BY abs(wide) DESC) FROM answers
    UNION ALL SELECT score_agg(wide::int2) FROM answers
    UNION ALL SELECT score_agg(wide::float8) FROM answers
    UNION ALL SELECT rollup(s) FROM (SELECT score_agg(wide) AS s FROM answers GROUP BY id % 2) half
    UNION ALL SELECT rollup(s) FROM (SELECT score_agg(wide) AS s FROM answers GROUP BY wide) each
    UNION ALL SELECT rollup(s) FROM (SELECT score_agg(wide) AS s FROM answers GROUP BY id) single
    UNION ALL SELECT rollup(s) FROM (SELECT score_agg(wide) AS s FROM answers
           UNION ALL SELECT '{"counts": {}}') with_nothing
    UNION ALL SELECT score_agg(wide) FILTER (WHERE id % 3 = 0) + score_agg(wide) FILTER (WHERE id % 3 <> 0)
    FROM answers
    UNION ALL SELECT (score_agg(wide) + score_agg(score)) - score_agg(score) FROM answers
    UNION ALL (SELECT score_agg(wide) OVER (ORDER BY id ROWS BETWEEN 999 PRECEDING AND CURRENT ROW) FROM answers
        ORDER BY id DESC LIMIT 1)
    UNION ALL (SELECT score_agg(wide) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        FROM answers LIMIT 1)
) v(s);

-- Weights in quarters add up exactly, so here too every way gives one value.
SELECT count(*) AS ways, count(DISTINCT s) AS values
FROM (
    SELECT score_agg(wide, weight ORDER BY id) FROM answers
    UNION ALL SELECT score_agg(wide, weight ORDER BY id DESC) FROM answers
    UNION ALL SELECT score_agg(wide, weight ORDER BY wide, weight) FROM answers
    UNION ALL SELECT rollup(s) FROM (SELECT score_agg(wide, weight) AS s FROM answers GROUP BY id % 5) part
    UNION ALL SELECT rollup(s) FROM (SELECT score_agg(wide, weight) AS s FROM answers GROUP BY wide) each
) v(s);

-- No empty slot is kept at an end, whatever the state went through: header of 4 bytes, 8 a slot.
SELECT id, s, octet_length(score_summary_send(s)) AS bytes
FROM (SELECT id, score_agg(score) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s
      FROM (VALUES (1, -100), (2, 100), (3, 5), (4, 5), (5, 6)) v(id, score)) w ORDER BY id;

--
-- Past 32 bits, and up to 64
--

-- s merged with itself so many times over.
CREATE FUNCTION pg_temp.doubled(s score_summary, times int) RETURNS score_summary LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. times LOOP
        SELECT rollup(v) INTO s FROM unnest(ARRAY[s, s]) v;
    END LOOP;
    RETURN s;
END $$;

-- 2 billion equal answers; widening past 2^32 - 1; and the widest there is. Stored: 5 bytes, then 4 or 8 a slot.
CREATE TEMP TABLE large AS
SELECT * FROM (VALUES
    (1, pg_temp.doubled('{"counts": {"9": 1}}', 31)),
    (2, pg_temp.doubled('{"counts": {"9": 1}}', 32) - '{"counts": {"9": 1}}'),
    (3, pg_temp.doubled('{"counts": {"9": 1}}', 32)),
    (4, pg_temp.doubled('{"counts": {"9": 1}}', 32) + '{"counts": {"0": 4294967296}}'),
    (5, pg_temp.doubled('{"counts": {"9": 1}}', 62)
        + (pg_temp.doubled('{"counts": {"9": 1}}', 62) - '{"counts": {"9": 1}}'))) v(n, s);
SELECT n, s, responses(s), nps(s), mean(s), median(s), stddev(s), pg_column_size(s) AS size FROM large WHERE n <> 4
       ORDER BY n;
SELECT n, s, responses(s), nps(s), mean(s), median(s), round(stddev(s)::numeric, 6) AS stddev, pg_column_size(s)
       AS size FROM large WHERE n = 4;
-- Back below 2^32 a value is narrow again, and equal to one that never was wide.
SELECT s - '{"counts": {"9": 4294967290}}' = '{"counts": {"9": 6}}' AS narrow_again FROM large WHERE n = 3;
-- In moving frames too, where the answers that made it wide leave again.
SELECT id, w, w = w::text::score_summary AS canonical
FROM (SELECT id, rollup(s) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS w
      FROM (VALUES (1, '{"counts": {"9": 4294967295}}'::score_summary), (2, '{"counts": {"9": 1}}'),
                   (3, '{"counts": {"9": 4294967295, "10": 1}}'), (4, '{"counts": {"10": 7}}'),
                   (5, '{"counts": {"10": 1}}')) v(id, s)) f
ORDER BY id;
-- One answer more than 2^32 - 1 of them, and with weights.
SELECT rollup(s) AS mixed
FROM (VALUES ('{"counts": {"9": 4294967295}}'::score_summary),
     ('{"counts": {"9": 1}, "weights": {"9": 0.5}, "squared_weights": {"9": 0.25}}')) v(s);

-- The 64-bit limit: one more is an error, in one score and over all.
SELECT pg_temp.error_of('SELECT pg_temp.doubled(''{"counts": {"9": 1}}'', 63)') AS "2^63 by rollup";
SELECT pg_temp.error_of($$SELECT '{"counts": {"9": 9223372036854775807}}'::score_summary + '{"counts": {"9": 1}}'$$) AS "+, one score";
SELECT pg_temp.error_of($$SELECT '{"counts": {"9": 9223372036854775807}}'::score_summary + '{"counts": {"8": 1}}'$$) AS "+, two scores";
SELECT pg_temp.error_of($$SELECT rollup(s)
       FROM (VALUES ('{"counts": {"9": 9223372036854775807}}'::score_summary),
       ('{"counts": {"8": 1}}')) v(s)$$) AS "rollup, two scores";
