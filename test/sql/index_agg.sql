-- cx_agg, rollup and the one-call cx_index: every form of the call, against the same
-- counted by brute force from the raw answers.

CREATE SCHEMA test_index_agg;
SET search_path = test_index_agg, public;

CREATE FUNCTION failure(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	state text;
	result text;
BEGIN
	EXECUTE statement INTO result;
	RETURN 'no error: ' || coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, state = RETURNED_SQLSTATE;
	RETURN state || ': ' || message;
END $$;

-- A number from 0 to 1 that is the same on every machine and version
CREATE FUNCTION chance(seed int, i int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT ('x' || substr(md5(seed || ' ' || i), 1, 8))::bit(32)::bigint / 4294967296.0
$$;

-- 600 respondents, three to five of five dimensions on 1..5 in an order that changes,
-- about a fifth of the answers missing, some respondents without any; weights.
CREATE TABLE index_people (id int PRIMARY KEY, dims text[], scores int[], w float8);
INSERT INTO index_people
	SELECT id, array_agg(dim ORDER BY chance(3, id * 10 + d)), array_agg(score ORDER BY chance(3, id * 10 + d)), 0.25 + chance(4, id)
	FROM (SELECT id, d, (ARRAY['ease', 'ea', 'emotion', U&'\00FCbersicht', 'function'])[d] AS dim,
			CASE WHEN chance(1, id * 10 + d) < 0.8 AND id % 97 <> 0
				THEN least(5, 1 + floor(2.5 * chance(2, id * 10 + d) + 2.9 * chance(2, -id)))::int END AS score
		FROM generate_series(1, 600) id, generate_series(1, 3 + id % 3) d) t
	GROUP BY id;

-- The answers as rows, and what brute force makes of some respondents: the text of a
-- summary put together from counts and from a join of each two answers of a respondent.
CREATE TABLE index_answers AS
	SELECT id, dim, score, w FROM index_people, unnest(dims, scores) u(dim, score) WHERE score IS NOT NULL;
CREATE INDEX ON index_answers (id);
ANALYZE index_people;
ANALYZE index_answers;
SELECT count(*), count(DISTINCT id) AS respondents, count(DISTINCT dim) AS dimensions FROM index_answers;
CREATE FUNCTION brute_force(ids int[], joint boolean) RETURNS text LANGUAGE sql STABLE AS $$
	WITH a AS (SELECT *, score - 1 AS u, CASE WHEN score >= 4 THEN 1 WHEN score <= 2 THEN -1 ELSE 0 END AS s
			FROM unnest(ids) i JOIN index_answers ON id = i),
		d AS (SELECT dim COLLATE "C" AS dim, string_agg(format('"%s": %s', score, n), ', ' ORDER BY score) AS counts
			FROM (SELECT dim, score, count(*) AS n FROM a GROUP BY dim, score) t GROUP BY 1),
		p AS (SELECT i.dim AS i, j.dim AS j, format('[%s, %s, %s, %s, %s, %s, %s]', count(a.id), coalesce(sum(a.u), 0), coalesce(sum(b.u), 0),
				coalesce(sum(a.u * b.u), 0), coalesce(sum(a.s), 0), coalesce(sum(b.s), 0), coalesce(sum(a.s * b.s), 0)) AS sums
			FROM d i JOIN d j ON i.dim < j.dim
			LEFT JOIN (a JOIN a b USING (id)) ON a.dim = i.dim AND b.dim = j.dim GROUP BY 1, 2)
	SELECT '{"dimensions": [' || string_agg(format('{"dimension": "%s", "scale": [1, 5], "counts": {%s}}', dim, counts), ', ' ORDER BY dim) || ']' ||
		CASE WHEN joint THEN ', "cross_products": [' || coalesce((SELECT string_agg(sums, ', ' ORDER BY j, i) FROM p), '') || ']' ELSE '' END || '}'
	FROM d
$$;

-- How far apart two summaries are: the largest difference of two numbers at the same
-- place, relative to the larger or to 1; infinite where their texts differ otherwise.
CREATE FUNCTION distance(a text, b text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN regexp_replace(a, '-?[0-9.]+(e[+-]?[0-9]+)?', '#', 'g') IS DISTINCT FROM regexp_replace(b, '-?[0-9.]+(e[+-]?[0-9]+)?', '#', 'g') THEN 'Infinity'
		ELSE (SELECT max(abs(x[1]::float8 - y[1]::float8) / greatest(abs(x[1]::float8), abs(y[1]::float8), 1))
			FROM ROWS FROM (regexp_matches(a, '-?[0-9.]+(?:e[+-]?[0-9]+)?', 'g'), regexp_matches(b, '-?[0-9.]+(?:e[+-]?[0-9]+)?', 'g')) t(x, y)) END
$$;

--
-- Forms against brute force
--

-- By hand, to see brute force at work: respondents 1 and 2
SELECT dims, scores FROM index_people WHERE id IN (1, 2) ORDER BY id;
SELECT brute_force('{1,2}', true);

-- One row a respondent; one row an answer, whole numbers of three types. Bit for bit.
SELECT cx_agg(dims, scores, 1, 5)::text = brute_force(array_agg(id), true) AS wide FROM index_people;
SELECT cx_agg(dim, score, 1, 5)::text = brute_force(array_agg(DISTINCT id), false) AS long,
	cx_agg(dim, score::float8, 1, 5)::text = brute_force(array_agg(DISTINCT id), false) AS long_float8,
	cx_agg(dim, score::numeric, 1, 5)::text = brute_force(array_agg(DISTINCT id), false) AS long_numeric,
	cx_agg(dim, score::bigint, 1, 5)::text = brute_force(array_agg(DISTINCT id), false) AS long_bigint,
	cx_agg(dim, score::smallint, 1, 5)::text = brute_force(array_agg(DISTINCT id), false) AS long_smallint
FROM index_answers;
SELECT bool_and(cx_agg::text = brute_force) AS by_group, count(*) FROM (
	SELECT cx_agg(dims, scores, 1, 5), brute_force(array_agg(id), true) FROM index_people GROUP BY id % 50) t;
SELECT count(*) FILTER (WHERE cx_agg IS NULL AND brute_force IS NULL) AS nobody, bool_and(cx_agg::text IS NOT DISTINCT FROM brute_force) AS by_respondent, count(*) FROM (
	SELECT cx_agg(dims, scores, 1, 5), brute_force(array_agg(id), true) FROM index_people GROUP BY id) t;

-- Weighted: sums of w and w^2 by score, products with w^2, to 1e-12.
CREATE FUNCTION brute_force_weighted(joint boolean) RETURNS text LANGUAGE sql STABLE AS $$
	WITH a AS (SELECT *, score - 1 AS u, CASE WHEN score >= 4 THEN 1 WHEN score <= 2 THEN -1 ELSE 0 END AS s FROM index_answers),
		d AS (SELECT dim COLLATE "C" AS dim, string_agg(format('"%s": %s', score, n), ', ' ORDER BY score) AS counts,
				string_agg(format('"%s": %s', score, w), ', ' ORDER BY score) AS weights, string_agg(format('"%s": %s', score, w2), ', ' ORDER BY score) AS squares
			FROM (SELECT dim, score, count(*) AS n, sum(w) AS w, sum(w * w) AS w2 FROM a GROUP BY dim, score) t GROUP BY 1),
		p AS (SELECT a.dim COLLATE "C" AS i, b.dim COLLATE "C" AS j, format('[%s, %s, %s, %s, %s, %s, %s]', sum(a.w * a.w), sum(a.w * a.w * a.u), sum(a.w * a.w * b.u),
				sum(a.w * a.w * a.u * b.u), sum(a.w * a.w * a.s), sum(a.w * a.w * b.s), sum(a.w * a.w * a.s * b.s)) AS sums
			FROM a JOIN a b USING (id) WHERE a.dim COLLATE "C" < b.dim COLLATE "C" GROUP BY 1, 2)
	SELECT '{"dimensions": [' || string_agg(format('{"dimension": "%s", "scale": [1, 5], "counts": {%s}, "weights": {%s}, "squared_weights": {%s}}', dim, counts, weights, squares), ', ' ORDER BY dim) || ']' ||
		CASE WHEN joint THEN ', "cross_products": [' || (SELECT string_agg(sums, ', ' ORDER BY j, i) FROM p) || ']' ELSE '' END || '}'
	FROM d
$$;
SELECT distance(cx_agg(dims, scores, 1, 5, w)::text, brute_force_weighted(true)) <= 1e-12 AS wide FROM index_people;
SELECT distance(cx_agg(dim, score, 1, 5, w)::text, brute_force_weighted(false)) <= 1e-12 AS long,
	distance(cx_agg(dim, score::float8, 1, 5, w)::text, brute_force_weighted(false)) <= 1e-12 AS long_float8 FROM index_answers;

-- Groups of every size from 1 to 60 respondents, and of names long and short on the widest
-- scale: weighted in one go is weighted one by one and rolled up.
SELECT count(*), bool_and(distance(cx_agg::text, rollup::text) <= 1e-12) AS ok FROM (
	SELECT n, cx_agg(dims, scores, 1, 5, w), rollup(one) FROM generate_series(1, 60) n JOIN (SELECT id, dims, scores, w, cx_agg(dims, scores, 1, 5, w) AS one FROM index_people GROUP BY id) p ON p.id <= n GROUP BY n) t;
SELECT size, count(*), bool_and(distance(cx_agg::text, rollup::text) <= 1e-12) AS ok FROM (
	SELECT size, n, cx_agg(dims, scores, -100, 100, w), rollup(one) FROM (
		SELECT size, n, i, dims, scores, w, cx_agg(dims, scores, -100, 100, w) AS one FROM unnest('{1,4,20,250}'::int[]) size, unnest('{1,2,3,5,8,20}'::int[]) n, generate_series(1, n) i,
			LATERAL (SELECT ARRAY[lpad('a', size, 'x'), lpad(i % 3 || 'b', size, 'x')] AS dims, ARRAY[-100 + 7 * i, CASE WHEN i % 4 > 0 THEN 100 - 9 * i END] AS scores, 1 / i::float8 AS w) r GROUP BY 1, 2, 3, 4, 5, 6) o
	GROUP BY size, n) t GROUP BY size ORDER BY size;
SELECT n, cx_agg('a', 3 - i % 3, -3, 3, 0.5 * i) AS weighted_long FROM generate_series(1, 2) n, generate_series(1, n) i GROUP BY n ORDER BY n;
SELECT failure($$SELECT cx_agg('a', 3, 1, m, 0.5) FROM (VALUES (5), (7)) v(m)$$) AS two_scales, failure($$SELECT cx_agg('d' || i, 3, 1, 5, 0.5) FROM generate_series(1, 33) i$$) AS dimensions,
	failure($$SELECT cx_agg(repeat('x', 256), 3, 1, 5, 0.5)$$) AS long_name, failure($$SELECT cx_agg('', 3, 1, 5, 0.5)$$) AS no_name, left(failure($$SELECT cx_agg('a', 3, 1, 5, 1e154) FROM generate_series(1, 2) i$$), 5) AS too_heavy;

-- Weights of 1 count like no weights, 0 and NULL leave the row out.
SELECT regexp_replace(cx_agg(dims, scores, 1, 5, 1)::text, ', "(weights|squared_weights)": {[^}]*}', '', 'g') = cx_agg(dims, scores, 1, 5)::text AS as_unweighted,
	cx_agg(dims, scores, 1, 5, CASE id % 3 WHEN 0 THEN 0 WHEN 1 THEN NULL ELSE 2 END) = cx_agg(dims, scores, 1, 5, 2) FILTER (WHERE id % 3 = 2) AS left_out
FROM (SELECT * FROM index_people ORDER BY id) p;
SELECT cx_agg(dims, scores, 1, 5, 0) AS no_weight, cx_agg(dims, scores, 1, 5, NULL) AS null_weight FROM index_people;

-- A row that is left out for a weight of NULL is not looked at; for a weight of 0 wide and long do alike.
SELECT cx_agg(ARRAY['a'], ARRAY[9], 1, 5, NULL) AS wide, cx_agg('a', 9, 1, 5, NULL) AS long,
	split_part(failure($$SELECT cx_agg(ARRAY['a'], ARRAY[9], 1, 5, 0)$$), ':', 1) = split_part(failure($$SELECT cx_agg('a', 9, 1, 5, 0)$$), ':', 1) AS alike;

--
-- One call
--

-- By hand: complete rows (5,4,3), (1,5,2); means 3, 4.5, 2.5 on 1..5 are 50, 87.5, 37.5; index 58.333..
SELECT round(cx_index(f, e, m)::numeric, 9) AS index, abs(cx_index(f, e, m) - 175.0 / 3) <= 1e-12 AS ok,
	abs(cx_index(f, e, m, 1, 5) - 175.0 / 3) <= 1e-12 AS same, abs(cx_index(f, e, m, 0, 10) - 100.0 / 3) <= 1e-12 AS on_0_10
FROM (VALUES (5, 4, 3), (1, 5, 2), (NULL, 4, 4), (3, NULL, 5), (1, 1, NULL), (NULL, NULL, NULL)) v(f, e, m);

-- Against the mean of each complete row, by group and in all
SELECT count(*), max(abs(got - expected)) <= 1e-11 AS ok FROM (
	SELECT cx_index(f, e, m) AS got, avg((f + e + m - 3) * 100 / 12.0) FILTER (WHERE f + e + m IS NOT NULL) AS expected
	FROM (SELECT id, max(score) FILTER (WHERE dim = 'function') AS f, max(score) FILTER (WHERE dim = 'ease') AS e, max(score) FILTER (WHERE dim = 'emotion') AS m
		FROM index_answers GROUP BY id) t
	GROUP BY GROUPING SETS ((), (id % 20))) g;
SELECT cx_index(5, 5, 5) = 100 AS best, cx_index(1, 1, 1) = 0 AS worst, cx_index(NULL::int, 1, 1) AS incomplete;
SELECT cx_index(f, e, m) AS no_rows FROM (VALUES (1, 2, 3)) v(f, e, m) WHERE f > 1;

-- The final function is called with any summary at all: a value on 0..100, NULL or an error.
CREATE FUNCTION within(statement text, lo float8, hi float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	value float8;
BEGIN
	EXECUTE statement INTO value;
	RETURN value IS NULL OR value BETWEEN lo AND hi;
EXCEPTION WHEN OTHERS THEN
	RETURN true;
END $$;
SELECT n, within(format('SELECT cx_index_final((SELECT cx_agg(''d'' || i, 5, 1, 5) FROM generate_series(1, %s) i))', n), 0, 100) AS sane
FROM unnest('{1,2,3,4,8,32}'::int[]) n;

--
-- What does not count, and what cannot be
--

-- Nothing answered is nothing counted; no row at all is NULL.
SELECT cx_agg(ARRAY['a', 'b'], ARRAY[NULL, NULL]::int[], 1, 5) AS nothing, cx_agg('{}'::text[], '{}'::int[], 1, 5) AS no_dimensions,
	cx_agg(NULL::text[], ARRAY[1], 1, 5) AS null_dimensions, cx_agg(ARRAY['a'], NULL::int[], 1, 5) AS null_scores,
	cx_agg(NULL, 3, 1, 5) AS null_dimension, cx_agg('a', NULL::int, 1, 5) AS null_score, cx_agg('a', NULL::float8, 1, 5) AS null_float8,
	cx_agg('a', 3, NULL, 5) AS null_scale, cx_agg('a', 3, 1, 5) FILTER (WHERE false) AS filtered, rollup(NULL::cx_summary) AS no_summary;
SELECT cx_agg(dims, scores, 1, 5) AS none, rollup(NULL::cx_summary) AS rollup_none FROM index_people WHERE id < 0;
SELECT cx_agg(dims, scores, 1, 5) = cx_agg(dims, scores, 1, 5) FILTER (WHERE scores IS NOT NULL AND array_remove(scores, NULL) <> '{}') AS ok
FROM (SELECT dims, scores FROM index_people UNION ALL VALUES (NULL::text[], ARRAY[9, 9]), (ARRAY['z'], NULL), ('{}', '{}'), (ARRAY['y', 'z'], ARRAY[NULL, NULL]::int[])) t;

-- Array bounds that do not start at 1, empty strings of elements
SELECT cx_agg('[0:1]={a,b}'::text[], '[5:6]={3,NULL}'::int[], 1, 5);

SELECT call, failure(format('SELECT %s', call)) FROM (VALUES
	(1, $$cx_agg(ARRAY['a', 'b'], ARRAY[1], 1, 5)$$),
	(2, $$cx_agg(ARRAY['a'], ARRAY[1, 2], 1, 5)$$),
	(3, $$cx_agg('{}'::text[], ARRAY[1], 1, 5)$$),
	(4, $$cx_agg(ARRAY['a'], '{}'::int[], 1, 5)$$),
	(5, $$cx_agg(ARRAY[['a', 'b'], ['c', 'd']], ARRAY[1, 2, 3, 4], 1, 5)$$),
	(6, $$cx_agg(ARRAY['a', 'b', 'c', 'd'], ARRAY[[1, 2], [3, 4]], 1, 5)$$),
	(7, $$cx_agg(ARRAY['a', NULL], ARRAY[1, 2], 1, 5)$$),
	(8, $$cx_agg(ARRAY['a', 'b', 'a'], ARRAY[1, 2, 3], 1, 5)$$),
	(9, $$cx_agg(ARRAY[''], ARRAY[1], 1, 5)$$),
	(10, $$cx_agg(ARRAY[repeat('x', 256)], ARRAY[1], 1, 5)$$),
	(11, $$cx_agg(repeat('x', 256), 1, 1, 5)$$),
	(12, $$cx_agg('', 1, 1, 5)$$),
	(13, $$cx_agg(ARRAY['a'], ARRAY[6], 1, 5)$$),
	(14, $$cx_agg(ARRAY['a'], ARRAY[0], 1, 5)$$),
	(15, $$cx_agg(ARRAY['a'], ARRAY[2147483647], 1, 5)$$),
	(16, $$cx_agg(ARRAY['a', 'b'], ARRAY[NULL, -2147483648], 1, 5)$$),
	(17, $$cx_agg('a', 6, 1, 5)$$),
	(18, $$cx_agg('a', 6.5, 1, 7)$$),
	(19, $$cx_agg('a', 'NaN'::float8, 1, 7)$$),
	(20, $$cx_agg('a', 'Infinity'::float8, 1, 7)$$),
	(21, $$cx_agg('a', 1e300, 1, 7)$$),
	(22, $$cx_agg('a', 3, 5, 1)$$),
	(23, $$cx_agg('a', 3, 3, 3)$$),
	(24, $$cx_agg('a', 3, 0, 101)$$),
	(25, $$cx_agg('a', 3, -101, 5)$$),
	(26, $$cx_agg(ARRAY['a'], ARRAY[3], 5, 1)$$),
	(27, $$cx_agg(ARRAY['a'], ARRAY[3], -2147483648, 2147483647)$$),
	(28, $$cx_agg('a', 3, 1, 5, -1)$$),
	(29, $$cx_agg('a', 3, 1, 5, 'NaN')$$),
	(30, $$cx_agg('a', 3, 1, 5, 'Infinity')$$),
	(31, $$cx_agg(ARRAY['a'], ARRAY[3], 1, 5, -0.5)$$),
	(32, $$cx_agg(ARRAY['a'], ARRAY[3], 1, 5, 1e200)$$),
	(33, $$cx_agg(ARRAY['a'], ARRAY[3], 1, 5, 1e-200)$$),
	(34, $$cx_index(6, 1, 1)$$),
	(35, $$cx_index(1, 0, 1)$$),
	(36, $$cx_index(1, 1, 8, 1, 7)$$),
	(37, $$cx_index(1, 1, 1, 7, 1)$$),
	(38, $$cx_accum_wide('{"dimensions": []}', ARRAY['a'], ARRAY[1], 1, 5)$$),
	(39, $$cx_accum_int4('{"dimensions": []}', 'a', 1, 1, 5)$$),
	(40, $$cx_combine('{"dimensions": []}', '{"dimensions": []}')$$),
	(41, $$cx_inv_index('{"dimensions": []}', 1, 1, 1)$$)
) v(n, call) ORDER BY n;
SELECT failure($$SELECT cx_agg('a', 3, 1, m) FROM (VALUES (5), (7)) v(m)$$);
SELECT failure($$SELECT cx_agg(ARRAY['b', 'a'], ARRAY[2, 3], 1, m) FROM (VALUES (5), (7)) v(m)$$);
SELECT failure($$SELECT cx_index(1, 1, 1, 0, m) FROM (VALUES (5), (7)) v(m)$$);
SELECT failure($$SELECT rollup(s ORDER BY m) FROM (SELECT m, cx_agg('a', 3, 1, m) FROM (VALUES (5), (7)) v(m) GROUP BY m) t(m, s)$$);
-- A dimension on another scale where it was never answered is no conflict.
SELECT cx_agg(ARRAY['a', 'b'], CASE m WHEN 5 THEN ARRAY[3, NULL] ELSE ARRAY[NULL, 3] END, 1, m) FROM (VALUES (5), (7)) v(m);

--
-- Ways to hand over the arrays
--

-- Names that change from row to row: as a column, in a loop of the same length, alternating
SELECT cx_agg(ARRAY['d' || (i % 7), 'e' || (i % 5)], ARRAY[1 + i % 5, 5 - i % 5], 1, 5) =
	(SELECT rollup(s) FROM (SELECT cx_agg(ARRAY['d' || (i % 7), 'e' || (i % 5)], ARRAY[1 + i % 5, 5 - i % 5], 1, 5) AS s FROM generate_series(1, 70) i GROUP BY i) t) AS ok
FROM generate_series(1, 70) i;
SELECT cx_agg(ARRAY['ab', 'c'], ARRAY[i, 1], 1, 5) FILTER (WHERE i < 3) AS first, cx_agg(CASE WHEN i % 2 = 0 THEN ARRAY['ab', 'c'] ELSE ARRAY['a', 'bc'] END, ARRAY[i, 1], 1, 5) AS alternating
FROM generate_series(1, 4) i;

-- Stored short, long, compressed and out of line: 32 names of 120 bytes
CREATE TABLE index_wide (id int, dims text[], scores int[]);
INSERT INTO index_wide SELECT id, array_agg(lpad(d::text, 120, md5(d::text)) ORDER BY d), array_agg(1 + floor(5 * chance(6, id * 40 + d))::int ORDER BY d)
	FROM generate_series(1, 40) id, generate_series(1, 32) d GROUP BY id;
ALTER TABLE index_wide ALTER dims SET STORAGE external, ALTER scores SET STORAGE external;
CREATE TABLE index_wide_compressed AS SELECT * FROM index_wide;
INSERT INTO index_wide SELECT id + 100, dims || ARRAY[]::text[], scores || ARRAY[]::int[] FROM index_wide;
SELECT pg_column_size(dims) BETWEEN 3900 AND 4100 AS full_size FROM index_wide WHERE id = 101;
CREATE TEMP TABLE unnested AS SELECT id, d, s FROM index_wide, unnest(dims, scores) u(d, s);
SELECT cx_agg(dims, scores, 1, 5) = (SELECT rollup(s) FROM (SELECT cx_agg(array_agg, scores, 1, 5) AS s FROM (SELECT id, array_agg(d), array_agg(s) AS scores FROM unnested GROUP BY id) t GROUP BY id) r) AS external FROM index_wide;
SELECT cx_agg(w.dims, w.scores, 1, 5) = cx_agg(c.dims, c.scores, 1, 5) AS compressed FROM index_wide w JOIN index_wide_compressed c USING (id);
SELECT regexp_replace(cx_agg(dims, scores, 1, 5)::text, ', "cross_products".*', '}') = (SELECT cx_agg(d, s, 1, 5)::text FROM unnested) AS as_long FROM index_wide;

-- Variables of PL/pgSQL, which keep arrays unpacked; prepared statements, generic plans; a loop over a group
DO $$
DECLARE
	d text[];
	s int[];
	one cx_summary;
	merged cx_summary;
	direct cx_summary;
BEGIN
	FOR i IN 1..40 LOOP
		SELECT dims, scores INTO d, s FROM index_people WHERE id = i;
		s[1] := coalesce(s[1], 1);
		d[array_upper(d, 1) + 1] := 'more';
		s[array_upper(d, 1)] := 5;
		SELECT cx_agg(d, s, 1, 5) INTO one;
		SELECT rollup(x) INTO merged FROM (VALUES (merged), (one)) v(x);
	END LOOP;
	SELECT cx_agg(dims || 'more'::text, coalesce(scores[1], 1) || scores[2:] || 5, 1, 5) INTO direct FROM index_people WHERE id <= 40;
	RAISE NOTICE 'equal: %', merged = direct;
END $$;
PREPARE by_names(text[], int, int) AS SELECT cx_agg($1, ARRAY[score, score], $2, $3) FROM generate_series(2, 4) score;
EXECUTE by_names('{a,b}', 1, 5);
SET plan_cache_mode = force_generic_plan;
EXECUTE by_names('{a,b}', 1, 5);
EXECUTE by_names('{y,x}', 0, 10);
RESET plan_cache_mode;
DEALLOCATE by_names;

--
-- rollup
--

-- Of wide: the same as direct, in any grouping and order, once and twice rolled up
SELECT rollup(s) = (SELECT cx_agg(dims, scores, 1, 5) FROM index_people) AS by_1, rollup(s ORDER BY id DESC) = rollup(s ORDER BY id) AS by_order
FROM (SELECT id, cx_agg(dims, scores, 1, 5) AS s FROM index_people GROUP BY id) t;
SELECT rollup(month) = (SELECT cx_agg(dims, scores, 1, 5) FROM index_people) AS rolled_twice
FROM (SELECT rollup(day) AS month FROM (SELECT id % 60 AS d, cx_agg(dims, scores, 1, 5) AS day FROM index_people GROUP BY 1) t GROUP BY d % 7) t;
SELECT rollup(s) = (SELECT cx_agg(dim, score, 1, 5) FROM index_answers) AS long
FROM (SELECT cx_agg(dim, score, 1, 5) AS s FROM index_answers GROUP BY id % 10, dim) t;
SELECT distance(rollup(s)::text, (SELECT cx_agg(dims, scores, 1, 5, w)::text FROM index_people)) <= 1e-12 AS weighted
FROM (SELECT cx_agg(dims, scores, 1, 5, w) AS s FROM index_people GROUP BY id % 10) t;
SELECT distance(rollup(s)::text, (SELECT cx_agg(dim, score, 1, 5, w)::text FROM index_answers)) <= 1e-12 AS weighted_long
FROM (SELECT cx_agg(dim, score, 1, 5, w) AS s FROM index_answers GROUP BY dim, id % 10) t;
SELECT rollup(s) = s AS of_one, rollup(s) = (SELECT rollup(x) FROM (VALUES (s), (NULL), ('{"dimensions": []}')) v(x)) AS with_nothing
FROM (SELECT cx_agg(dims, scores, 1, 5) AS s FROM index_people) t GROUP BY s;

-- Wide with long: all answers, but how they go together is lost, whichever comes first.
SELECT rollup(s ORDER BY part)::text = brute_force(ids, false) AS wide_first, rollup(s ORDER BY part DESC)::text = brute_force(ids, false) AS long_first
FROM (SELECT array_agg(id) AS ids FROM index_people) i,
	(SELECT 1, cx_agg(dims, scores, 1, 5) FROM index_people WHERE id <= 300 UNION ALL SELECT 2, cx_agg(dim, score, 1, 5) FROM index_answers WHERE id > 300) t(part, s)
GROUP BY ids;

-- Weighted with unweighted: an answer without a weight weighs 1. Wide and long.
SELECT distance(rollup(s ORDER BY part)::text, (SELECT cx_agg(dims, scores, 1, 5, CASE WHEN id <= 300 THEN w ELSE 1 END)::text FROM index_people)) <= 1e-12 AS weighted_first,
	distance(rollup(s ORDER BY part DESC)::text, (SELECT cx_agg(dims, scores, 1, 5, CASE WHEN id <= 300 THEN w ELSE 1 END)::text FROM index_people)) <= 1e-12 AS weighted_last
FROM (SELECT 1, cx_agg(dims, scores, 1, 5, w) FROM index_people WHERE id <= 300 UNION ALL SELECT 2, cx_agg(dims, scores, 1, 5) FROM index_people WHERE id > 300) t(part, s);
SELECT distance(rollup(s)::text, (SELECT cx_agg(dim, score, 1, 5, CASE WHEN id <= 300 THEN w ELSE 1 END)::text FROM index_answers)) <= 1e-12 AS long
FROM (SELECT 1, cx_agg(dim, score, 1, 5, w) FROM index_answers WHERE id <= 300 UNION ALL SELECT 2, cx_agg(dim, score, 1, 5) FROM index_answers WHERE id > 300) t(part, s);

-- Dimensions on different scales, each from a call of its own: (5,3) on 1..5 and (0,10) on 0..10
-- are 75 and 50, by hand; with weights 3 and 1 that is 68.75.
SELECT rollup(s), cx_index(rollup(s)) AS index, cx_index(rollup(s), '{"function": 3, "would recommend": 1}') AS weighted
FROM (SELECT cx_agg('function', score, 1, 5) FROM (VALUES (5), (3)) v(score) UNION ALL
	SELECT cx_agg('would recommend', score, 0, 10) FROM (VALUES (0), (10)) v(score)) t(s);

--
-- Moving frames: each frame against brute force over the respondents it holds
--

CREATE TEMP VIEW people60 AS SELECT * FROM index_people WHERE id <= 60;
SELECT count(*) FILTER (WHERE s4 IS NULL) AS empty, bool_and(s1::text IS NOT DISTINCT FROM brute_force(i1, true)) AS two_preceding, bool_and(s2::text IS NOT DISTINCT FROM brute_force(i2, true)) AS around,
	bool_and(s3::text IS NOT DISTINCT FROM brute_force(i3, true)) AS following, bool_and(s4::text IS NOT DISTINCT FROM brute_force(i4, true)) AS behind, bool_and(s5::text IS NOT DISTINCT FROM brute_force(i5, true)) AS ahead,
	bool_and(s6::text IS NOT DISTINCT FROM brute_force(i6, true)) AS exclude, bool_and(s7::text IS NOT DISTINCT FROM brute_force(i7, true)) AS running, bool_and(s8::text IS NOT DISTINCT FROM brute_force(i8, true)) AS by_range,
	bool_and(s9::text IS NOT DISTINCT FROM brute_force(i9, true)) AS by_groups
FROM (SELECT cx_agg(dims, scores, 1, 5) OVER w1 AS s1, array_agg(id) OVER w1 AS i1, cx_agg(dims, scores, 1, 5) OVER w2 AS s2, array_agg(id) OVER w2 AS i2,
		cx_agg(dims, scores, 1, 5) OVER w3 AS s3, array_agg(id) OVER w3 AS i3, cx_agg(dims, scores, 1, 5) OVER w4 AS s4, array_agg(id) OVER w4 AS i4,
		cx_agg(dims, scores, 1, 5) OVER w5 AS s5, array_agg(id) OVER w5 AS i5, cx_agg(dims, scores, 1, 5) OVER w6 AS s6, array_agg(id) OVER w6 AS i6,
		cx_agg(dims, scores, 1, 5) OVER w7 AS s7, array_agg(id) OVER w7 AS i7, cx_agg(dims, scores, 1, 5) OVER w8 AS s8, array_agg(id) OVER w8 AS i8,
		cx_agg(dims, scores, 1, 5) OVER w9 AS s9, array_agg(id) OVER w9 AS i9
	FROM people60
	WINDOW w1 AS (ORDER BY id ROWS 2 PRECEDING), w2 AS (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 2 FOLLOWING), w3 AS (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
		w4 AS (ORDER BY id ROWS BETWEEN 5 PRECEDING AND 3 PRECEDING), w5 AS (PARTITION BY id % 4 ORDER BY id DESC ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING),
		w6 AS (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING EXCLUDE CURRENT ROW), w7 AS (PARTITION BY id % 3 ORDER BY id),
		w8 AS (ORDER BY id * id RANGE BETWEEN 150 PRECEDING AND 20 PRECEDING), w9 AS (ORDER BY id / 4 GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES)) t;

-- Long, whole numbers and float8; frames that lose a whole dimension, that empty and fill again
SELECT bool_and(s1::text IS NOT DISTINCT FROM e1) AS long, bool_and(s2::text IS NOT DISTINCT FROM e1) AS long_float8, bool_and(s3::text IS NOT DISTINCT FROM e3) AS sparse, count(*) FILTER (WHERE s3 IS NULL) AS empty
FROM (SELECT cx_agg(dim, score, 1, 5) OVER w1 AS s1, cx_agg(dim, score::float8, 1, 5) OVER w1 AS s2, cx_agg(dim, score, 1, 5) OVER w3 AS s3,
		array_agg(dim) OVER w1 AS d1, array_agg(score) OVER w1 AS a1, array_agg(dim) OVER w3 AS d3, array_agg(score) OVER w3 AS a3
	FROM index_answers WHERE id <= 60
	WINDOW w1 AS (ORDER BY id, dim ROWS BETWEEN 4 PRECEDING AND 1 PRECEDING), w3 AS (ORDER BY (id * 37) % 91 RANGE BETWEEN 9 PRECEDING AND 8 PRECEDING)) t,
	LATERAL (SELECT cx_agg(d, s, 1, 5)::text AS e1 FROM unnest(d1, a1) u(d, s)) e1, LATERAL (SELECT cx_agg(d, s, 1, 5)::text AS e3 FROM unnest(d3, a3) u(d, s)) e3;

-- One call
SELECT count(*), count(s1) AS not_null, max(abs(s1 - e1)) <= 1e-12 AS ok, bool_and((s1 IS NULL) = (e1 IS NULL)) AS same_nulls, max(abs(s2 - e1)) <= 1e-12 AS with_scale
FROM (SELECT cx_index(f, e, m) OVER w AS s1, cx_index(f, e, m, 1, 5) OVER w AS s2, avg((f + e + m - 3) * 100 / 12.0) OVER w AS e1
	FROM (SELECT id, max(score) FILTER (WHERE dim = 'function') AS f, max(score) FILTER (WHERE dim = 'ease') AS e, max(score) FILTER (WHERE dim = 'emotion') AS m
		FROM index_answers WHERE id <= 200 GROUP BY id) t
	WINDOW w AS (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING)) t;

-- Weighted frames are restarted, so they have no drift: 1e-12 after 400 rows of weights from 1e-6 to 1e6.
SELECT count(*), bool_and(distance(s::text, e::text) <= 1e-12) AS wide
FROM (SELECT cx_agg(dims, scores, 1, 5, 10 ^ (12 * w - 9)) OVER w3 AS s,
		(SELECT cx_agg(p.dims, p.scores, 1, 5, 10 ^ (12 * p.w - 9)) FROM index_people p WHERE p.id BETWEEN q.id - 2 AND q.id) AS e
	FROM index_people q WHERE id <= 400 WINDOW w3 AS (ORDER BY id ROWS 2 PRECEDING)) t;

-- rollup of days
SELECT bool_and(s1::text IS NOT DISTINCT FROM brute_force(i1, true)) AS rows, bool_and(s2::text IS NOT DISTINCT FROM brute_force(i2, true)) AS behind, bool_and(s3::text IS NOT DISTINCT FROM brute_force(i3, true)) AS exclude
FROM (SELECT rollup(s) OVER w1 AS s1, array_agg(id) OVER w1 AS i1, rollup(s) OVER w2 AS s2, array_agg(id) OVER w2 AS i2, rollup(s) OVER w3 AS s3, array_agg(id) OVER w3 AS i3
	FROM (SELECT id, cx_agg(dims, scores, 1, 5) AS s FROM people60 GROUP BY id) d
	WINDOW w1 AS (ORDER BY id ROWS 4 PRECEDING), w2 AS (ORDER BY id ROWS BETWEEN 5 PRECEDING AND 4 PRECEDING), w3 AS (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW)) t;

-- rollup of days of every kind: wide, long, weighted, empty, NULL. What a frame holds decides,
-- not what has left it: each against rollup of the frame alone.
CREATE TEMP TABLE days AS
	SELECT day, CASE floor(6 * chance(9, day)) WHEN 0 THEN (SELECT cx_agg(dim, score, 1, 5) FROM index_answers WHERE id = day)
		WHEN 1 THEN (SELECT cx_agg(dims, scores, 1, 5, 2) FROM index_people WHERE id = day) WHEN 2 THEN CASE WHEN day % 2 = 0 THEN '{"dimensions": []}'::cx_summary END
		ELSE (SELECT cx_agg(dims, scores, 1, 5) FROM index_people WHERE id = day) END AS s
	FROM generate_series(1, 120) day;
SELECT width, count(*) AS frames, count(*) FILTER (WHERE got IS DISTINCT FROM expected) AS wrong
FROM (SELECT 2 AS width, day, rollup(s) OVER (ORDER BY day ROWS 1 PRECEDING)::text AS got FROM days UNION ALL
	SELECT 3, day, rollup(s) OVER (ORDER BY day ROWS 2 PRECEDING)::text FROM days UNION ALL
	SELECT 6, day, rollup(s) OVER (ORDER BY day ROWS 5 PRECEDING)::text FROM days) t,
	LATERAL (SELECT rollup(d.s ORDER BY d.day)::text AS expected FROM days d WHERE d.day BETWEEN t.day - width + 1 AND t.day) e
GROUP BY width ORDER BY width;

-- A dimension that has left the frame may come back on another scale, and does not count
-- towards the 32: a frame gives what a plain aggregate over it gives.
CREATE TABLE comes_back AS SELECT * FROM (VALUES (1, 'a', 5), (2, 'b', 5), (3, 'a', 7), (4, 'c', 7), (5, 'b', 3), (6, 'a', 5)) v(i, d, m);
CREATE VIEW frames AS
	SELECT i, (SELECT cx_agg(d, 3, 1, m)::text FROM comes_back b WHERE b.i BETWEEN a.i - 1 AND a.i) AS long, (SELECT cx_agg(ARRAY[d], ARRAY[3], 1, m)::text FROM comes_back b WHERE b.i BETWEEN a.i - 1 AND a.i) AS wide FROM comes_back a;
SELECT * FROM frames ORDER BY i;
SELECT what, failure('SELECT 1 / (bool_and(got::text = ' || form || '))::int FROM frames JOIN (SELECT i, ' || call || ' OVER (ORDER BY i ROWS 1 PRECEDING) AS got FROM ' || source || ') w USING (i)') AS as_plain
FROM (VALUES (1, 'long', 'long', 'cx_agg(d, 3, 1, m)', 'comes_back'), (2, 'long float8', 'long', 'cx_agg(d, 3.0, 1, m)', 'comes_back'), (3, 'wide', 'wide', 'cx_agg(ARRAY[d], ARRAY[3], 1, m)', 'comes_back'),
	(4, 'rollup', 'long', 'rollup(s)', '(SELECT i, cx_agg(d, 3, 1, m) AS s FROM comes_back GROUP BY i) s')) v(n, what, form, call, source) ORDER BY n;
SELECT failure($$SELECT count(s) FROM (SELECT cx_agg('d' || i, 3, 1, 5) OVER (ORDER BY i ROWS 1 PRECEDING) AS s FROM generate_series(1, 40) i) t$$) AS dimensions_40,
	failure($$SELECT count(s) FROM (SELECT rollup(s) OVER (ORDER BY i ROWS 1 PRECEDING) AS s FROM (SELECT i, cx_agg('d' || i, 3, 1, 5) FROM generate_series(1, 40) i GROUP BY i) d(i, s)) t$$) AS rolled_up_40;

--
-- Grouping, order of input, parallel
--

SELECT bool_and(s::text = brute_force(ids, true)) AS grouping_sets, count(*) FROM (
	SELECT cx_agg(dims, scores, 1, 5) AS s, array_agg(id) AS ids FROM index_people GROUP BY GROUPING SETS ((), (id % 7), (id % 7, id % 2), (id % 2))) t;
SELECT bool_and(s::text = brute_force(ids, true)) AS cube, count(*) FROM (
	SELECT cx_agg(dims, scores, 1, 5) AS s, array_agg(id) AS ids FROM index_people GROUP BY CUBE (id % 3, id % 2)) t;

CREATE TEMP TABLE plain AS SELECT cx_agg(dims, scores, 1, 5) AS wide, cx_agg(dims, scores, 1, 5, w) AS weighted, array_agg(id) AS ids FROM index_people;
SELECT bool_and(cx_agg = wide) AS shuffled, bool_and(distance(w::text, weighted::text) <= 1e-12) AS weighted
FROM generate_series(1, 4) seed, plain, LATERAL (SELECT cx_agg(dims, scores, 1, 5), cx_agg(dims, scores, 1, 5, w) AS w FROM (SELECT * FROM index_people ORDER BY chance(seed, id) OFFSET 0) p) s;
SELECT rollup(s) = (SELECT wide FROM plain) AS halves, distance(rollup(w)::text, (SELECT weighted::text FROM plain)) <= 1e-12 AS weighted
FROM (SELECT cx_agg(dims, scores, 1, 5) AS s, cx_agg(dims, scores, 1, 5, w) AS w FROM index_people GROUP BY id <= 300) t;
SELECT cx_agg(DISTINCT dims, scores, 1, 5) = (SELECT cx_agg(dims, scores, 1, 5) FROM (SELECT DISTINCT dims, scores FROM index_people) p) AS distinct_rows FROM index_people;

-- A larger table, respondents 1 to 600 ten times over. The plan is checked to be parallel.
CREATE TABLE index_many AS SELECT p.* FROM generate_series(1, 10), index_people p;
ANALYZE index_many;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT cx_agg(dims, scores, 1, 5)::text AS wide, cx_agg(dims, scores, 1, 5, w)::text AS weighted,
	cx_agg(dims[1], scores[1], 1, 5)::text AS long, cx_agg(dims[1], scores[1]::float8, 1, 5, w)::text AS long_weighted, cx_index(scores[1], scores[2], scores[3]) AS one_call FROM index_many;
CREATE TABLE index_days AS SELECT id, cx_agg(dims, scores, 1, 5) AS s, cx_agg(dims, scores, 1, 5, w) AS w FROM index_many GROUP BY id;
ANALYZE index_days;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION is_parallel(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line text;
	found_it boolean := false;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
		found_it := found_it OR line LIKE '%Partial%Aggregate%';
	END LOOP;
	RETURN found_it;
END $$;
SELECT is_parallel('SELECT cx_agg(dims, scores, 1, 5), cx_agg(dims, scores, 1, 5, w), cx_agg(dims[1], scores[1], 1, 5), cx_index(scores[1], scores[2], scores[3]) FROM index_many') AS parallel,
	is_parallel('SELECT rollup(s), rollup(w) FROM index_days') AS rollup_parallel;
SELECT p.wide::text = s.wide AS wide, distance(p.weighted::text, s.weighted) <= 1e-12 AS weighted, p.long::text = s.long AS long, distance(p.long_weighted::text, s.long_weighted) <= 1e-12 AS long_weighted, p.one_call = s.one_call AS one_call
FROM serial s, (SELECT cx_agg(dims, scores, 1, 5) AS wide, cx_agg(dims, scores, 1, 5, w) AS weighted,
	cx_agg(dims[1], scores[1], 1, 5) AS long, cx_agg(dims[1], scores[1]::float8, 1, 5, w) AS long_weighted, cx_index(scores[1], scores[2], scores[3]) AS one_call FROM index_many) p;
SELECT p.s::text = s.wide AS rollup, distance(p.w::text, s.weighted) <= 1e-12 AS rollup_weighted
FROM serial s, (SELECT rollup(s) AS s, rollup(w) AS w FROM index_days) p;
SELECT bool_and(s = again) AS by_group, count(*) FROM (SELECT id % 100 AS g, cx_agg(dims, scores, 1, 5) AS s FROM index_many GROUP BY 1) p
	JOIN (SELECT id % 100 AS g, rollup(s) AS again FROM index_days GROUP BY 1) r USING (g);
-- Workers without a usable row add nothing.
SELECT cx_agg(dims, scores, 1, 5) FILTER (WHERE id = 600)::text = (SELECT cx_agg(dims, scores, 1, 5)::text FROM index_people, generate_series(1, 10) WHERE id = 600) AS one_in_600, cx_agg(dims, scores, 1, 5) FILTER (WHERE id < 0) AS none FROM index_many;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;

--
-- Counts past 32 bits, and their end
--

-- Two respondents (5,1) and (2,4), doubled n times: a count of 2^n, products 2^(n+1), 4*2^n + 1*2^n ..
CREATE FUNCTION doubled(s cx_summary, n int) RETURNS cx_summary LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..n LOOP
		SELECT rollup(x) INTO s FROM (VALUES (s), (s)) v(x);
	END LOOP;
	RETURN s;
END $$;
SELECT n, (s::jsonb #>> '{dimensions,0,counts,5}')::numeric = 2 ^ n::numeric AS count,
	(SELECT array_agg(x::numeric / 2 ^ n::numeric ORDER BY o) FROM jsonb_array_elements_text(s::jsonb #> '{cross_products,0}') WITH ORDINALITY e(x, o)) = '{2,5,3,3,0,0,-2}' AS products,
	s::text::cx_summary = s AS by_text, cx_index(s) = 50 AS value, (cx_index_ci(s)).responses = 2 ^ (n + 1) AS responses
FROM unnest('{26,27,28,30,31,32,33,40,46}'::int[]) n,
	LATERAL (SELECT doubled(cx_agg(ARRAY['a', 'b'], v, 1, 5), n) AS s FROM (VALUES (ARRAY[5, 1]), (ARRAY[2, 4])) v(v)) t;
-- With products the respondents end at 2^63 / 200^2; without them, at 2^63.
SELECT form, n, split_part(failure(format('SELECT doubled(cx_agg(%s, 1, 5), %s)', form, n)), ':', 1) AS state
FROM (VALUES (1, $$ARRAY['a', 'b'], ARRAY[5, 1]$$, 47), (2, $$ARRAY['a', 'b'], ARRAY[5, 1]$$, 48), (3, $$'a', 5$$, 62), (4, $$'a', 5$$, 63)) v(o, form, n) ORDER BY o;
SELECT (cx_dimensions(doubled(cx_agg('a', 5, 1, 5), 62))).responses = 4611686018427387904 AS responses;
SELECT left(failure($$SELECT doubled(cx_agg('a', 5, 1, 5, 1e154), 50)$$), 5) AS weights;

-- Single answers across the limits: aggregates whose state starts just below them.
CREATE AGGREGATE pg_temp.from_uint32(text[], int[], int, int) (SFUNC = cx_accum_wide, STYPE = cx_summary, FINALFUNC = cx_final,
	INITCOND = '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 4294967294}}, {"dimension": "b", "scale": [1, 5], "counts": {"4": 1}}], "cross_products": [[1, 3, 3, 9, 1, 1, 1]]}');
SELECT n, pg_temp.from_uint32(ARRAY['a', 'b'], ARRAY[4, CASE WHEN i = 1 THEN 4 END], 1, 5) FROM unnest('{1,2,3}'::int[]) n, generate_series(1, n) i GROUP BY n ORDER BY n;
CREATE AGGREGATE pg_temp.from_uint32_long(text, int, int, int) (SFUNC = cx_accum_int4, STYPE = cx_summary, FINALFUNC = cx_final,
	INITCOND = '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 4294967294}}]}');
SELECT n, pg_temp.from_uint32_long('a', 4, 1, 5) FROM unnest('{1,2,3}'::int[]) n, generate_series(1, n) i GROUP BY n ORDER BY n;
-- On -100..100 a product of 40,000 a respondent fills 32 bits after 53,687 of them.
CREATE AGGREGATE pg_temp.from_int32(text[], int[], int, int) (SFUNC = cx_accum_wide, STYPE = cx_summary, FINALFUNC = cx_final,
	INITCOND = '{"dimensions": [{"dimension": "a", "scale": [-100, 100], "counts": {"100": 53686}}, {"dimension": "b", "scale": [-100, 100], "counts": {"100": 53686}}], "cross_products": [[53686, 10737200, 10737200, 2147440000, 53686, 53686, 53686]]}');
SELECT n, pg_temp.from_int32(ARRAY['b', 'a'], ARRAY[100, 100], -100, 100)::jsonb -> 'cross_products' AS products FROM unnest('{1,2,3}'::int[]) n, generate_series(1, n) i GROUP BY n ORDER BY n;
SELECT cx_agg(ARRAY['b', 'a'], ARRAY[100, 100], -100, 100)::jsonb -> 'cross_products' AS products FROM generate_series(1, 60000);

SET client_min_messages = warning;
DROP SCHEMA test_index_agg CASCADE;
