-- One figure a customer and what was expected: rescale, customer_score, peak_end,
-- expectation_gap, wow_rate. Second sources: by hand, and the definition written
-- out in SQL over the rows.

CREATE SCHEMA test_index_person;
SET search_path = test_index_person, public;
SET timezone = 'UTC';

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

-- True where both are NULL or got is expected within 1e-12 relative
CREATE FUNCTION close_to(got float8, expected float8) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN got IS NULL OR expected IS NULL THEN got IS NULL AND expected IS NULL ELSE abs(got - expected) <= 1e-12 * greatest(1, abs(expected)) END
$$;

--
-- rescale
--

SELECT score, lo, hi, round(rescale(score, lo, hi)::numeric, 9) AS rescaled, close_to(rescale(score, lo, hi), expected) AS ok
FROM (VALUES (1, 1, 5, 0), (3, 1, 5, 50), (5, 1, 5, 100), (7, 0, 10, 70), (4, 1, 7, 50), (6.5, 1, 7, 91.66666666666667), (-50, -100, 100, 25), (0, -3, -0.0, 100), (-2, -3, 0, 33.333333333333336), (0.25, 0, 1, 25)) v(score, lo, hi, expected);
SELECT rescale(NULL, 1, 5) AS score, rescale(3, NULL, 5) AS lo, rescale(3, 1, NULL) AS hi;
SELECT call, failure('SELECT rescale' || call) FROM unnest(ARRAY['(6, 1, 5)', '(0.999, 1, 5)', '(3, 5, 1)', '(5, 5, 5)', '(''NaN'', 1, 5)', '(''Infinity'', 1, 5)', '(3, ''NaN'', 5)', '(3, 1, ''NaN'')', '(3, ''-Infinity'', 5)', '(3, 1, ''Infinity'')']) call;
-- The ends are met exactly, and no infinity comes out, however wide or narrow the scale
SELECT lo, hi, rescale(hi, lo, hi) = 100 AS best, rescale(lo, lo, hi) = 0 AS worst
FROM (VALUES (0::float8, 1e307::float8), (0, 1.7e308), (-1e-300, 1e-300), (0, 5e-324)) v(lo, hi);
SELECT count(*) AS scales, count(*) FILTER (WHERE rescale(hi, 0, hi) <> 100) AS best_missed FROM (SELECT i / 1000.0::float8 AS hi FROM generate_series(1, 10000) i) t;
SELECT left(failure('SELECT rescale(0, -1.7e308, 1.7e308)'), 5) AS too_wide;

--
-- customer_score
--

-- By hand: 10 today, 4 a half-life ago, 7 two ago: (10 + 4/2 + 7/4) / (1 + 1/2 + 1/4) = 55/7. What
-- came after as_of does not count, nor does a row with a NULL.
CREATE TABLE visits (score float8, at timestamptz);
INSERT INTO visits VALUES (10, '2024-03-01'), (4, '2024-01-31'), (7, '2024-01-01'), (1, '2024-03-01 00:00:00.000001'), (0, '2025-01-01'), (NULL, '2024-02-01'), (3, NULL);
SELECT round(customer_score(score, at, '2024-03-01', '30 days')::numeric, 9) AS score, close_to(customer_score(score, at, '2024-03-01', '30 days'), 55.0 / 7) AS ok FROM visits;
-- A later as_of takes more rows in; which one is later does not move the weights of the rest.
SELECT as_of, round(customer_score(score, at, as_of::timestamptz, '30 days')::numeric, 9) AS score, close_to(customer_score(score, at, as_of::timestamptz, '30 days'), expected) AS ok
FROM visits, (VALUES ('2023-12-31', NULL), ('2024-01-01', 7), ('2024-01-30', 7), ('2024-01-31', (4 + 7 / 2.0) / 1.5), ('2024-02-28', (4 + 7 / 2.0) / 1.5), ('2024-03-01', 55.0 / 7)) v(as_of, expected)
GROUP BY as_of, expected ORDER BY as_of;

-- Half-lives: a month is 30.4375 days, a year 12 of them, a day 24 hours
SELECT half_life, close_to(customer_score(score, at, '2024-03-01', half_life::interval), customer_score(score, at, '2024-03-01', same::interval)) AS ok
FROM visits, (VALUES ('1 month', '30 days 10:30'), ('1 year', '365 days 6:00'), ('1 day', '24:00'), ('2 months -1 day', '59 days 21:00'), ('1.5 days', '36:00')) v(half_life, same) GROUP BY half_life, same ORDER BY half_life COLLATE "C";
SELECT half_life, close_to(customer_score(score, at, '2024-03-01', half_life::interval), (10 + 4 * 2 ^ (-30 / days) + 7 * 2 ^ (-60 / days)) / (1 + 2 ^ (-30 / days) + 2 ^ (-60 / days))) AS ok
FROM visits, (VALUES ('1 month', 30.4375), ('1 day', 1), ('1 hour', 1 / 24.0), ('10 years', 3652.5), ('1000 years', 365250)) v(half_life, days) GROUP BY half_life, days ORDER BY half_life COLLATE "C";

-- Against the definition: 60 customers of 1 to 20 scores, each with times to the microsecond, three half-lives
CREATE TABLE scores AS
	SELECT customer, i, CASE WHEN chance(1, customer * 100 + i) > 0.1 THEN round((10 * chance(2, customer * 100 + i))::numeric, (customer % 3))::float8 END AS score,
		timestamptz '2022-01-01' + chance(3, customer * 100 + i) * interval '700 days' AS at
	FROM generate_series(1, 60) customer, generate_series(1, 1 + customer % 20) i;
CREATE FUNCTION by_definition(of_customer int, as_of timestamptz, days float8) RETURNS float8 LANGUAGE sql STABLE AS $$
	SELECT sum(score * w) / sum(w) FROM (SELECT score, 2 ^ (-extract(epoch FROM as_of - at)::float8 / 86400 / days) AS w FROM scores WHERE customer = of_customer AND at <= as_of AND score IS NOT NULL) t
$$;
SELECT half_life, as_of, count(*), count(customer_score) AS with_score, bool_and(close_to(customer_score, by_definition(customer, as_of, extract(epoch FROM half_life)::float8 / 86400))) AS ok
FROM (SELECT customer, half_life, as_of, customer_score(score, at, as_of, half_life) FROM scores, unnest('{7 days,90 days,1000 days}'::interval[]) half_life, unnest('{2022-06-01,2024-01-01}'::timestamptz[]) as_of GROUP BY customer, half_life, as_of) t
GROUP BY half_life, as_of ORDER BY 1, 2;

-- Order-free: shuffled, by groups, in a frame, by workers
SELECT bool_and(close_to(a.s, b.s)) AS shuffled, count(*) FROM
	(SELECT customer, customer_score(score, at, '2024-01-01', '30 days' ORDER BY at) AS s FROM scores GROUP BY customer) a JOIN
	(SELECT seed, customer, customer_score(score, at, '2024-01-01', '30 days' ORDER BY chance(seed, i)) AS s FROM scores, generate_series(5, 8) seed GROUP BY seed, customer) b USING (customer);
SELECT bool_and(close_to(got, (SELECT customer_score(s, a, '2023-06-01', '30 days') FROM unnest(scores, ats) u(s, a)))) AS frames, count(*) FILTER (WHERE got IS NULL) AS empty FROM (
	SELECT customer_score(score, at, '2023-06-01', '30 days') OVER w AS got, array_agg(score) OVER w AS scores, array_agg(at) OVER w AS ats
	FROM scores WINDOW w AS (PARTITION BY customer ORDER BY i ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING)) t;
CREATE TABLE many AS SELECT * FROM scores, generate_series(1, 10);
ANALYZE many;
CREATE TABLE serial AS SELECT customer_score(score, at, '2024-01-01', '30 days') AS c, peak_end(score, at) AS p FROM many;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
SELECT close_to(customer_score(score, at, '2024-01-01', '30 days'), (SELECT c FROM serial)) AS customer_score, close_to(peak_end(score, at), (SELECT p FROM serial)) AS peak_end FROM many;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;

-- A half-life of nothing against years, and years against nothing: the last ones alone, or nearly all alike:
-- 6736 and 124 years old are 2^-0.06736 and 2^-0.00124, so (0.95438 + 2 * 0.99914 + 9 + 3) / 3.95352 = 3.78211
SELECT half_life, customer_score(score, at, '2024-03-01', half_life::interval) AS last FROM visits, unnest('{1 microsecond,1 second}'::text[]) half_life GROUP BY half_life ORDER BY half_life COLLATE "C";
SELECT customer_score(score, at, '2024-03-01', '1 second') AS last, customer_score(score, at, '2024-03-01', '1 second' ORDER BY at DESC) AS last_first, round(customer_score(score, at, '294276-12-31', '100000 years')::numeric, 5) AS alike
FROM (VALUES (1, '4713-01-01 BC'::timestamptz), (2, '1900-01-01'), (9, '2024-02-29'), (3, '2024-02-29')) v(score, at);
SELECT customer_score(score, at, '294276-12-31', '1 microsecond') AS first_last FROM (VALUES (2, '294276-12-31'::timestamptz), (1, '4713-01-01 BC')) v(score, at);
SELECT customer_score(5, '2024-01-01', '2024-01-01', '1 day') AS one, customer_score(score, '2024-01-01', '2024-01-01', '1 day') AS same_time FROM (VALUES (5), (5)) v(score);
-- A difference of one microsecond in half-lives of one
SELECT close_to(customer_score(score, at, '2024-01-02', '00:00:00.000001'), (1 * 0.25 + 2 * 0.5 + 4 * 1) / 1.75) AS ok
FROM (VALUES (1, '1999-12-31 23:59:59.999999'::timestamptz), (2, '2000-01-01'), (4, '2000-01-01 00:00:00.000001')) v(score, at);
-- Scores below zero and large ones
SELECT close_to(customer_score(score, at, '2024-01-02', '1 day'), (-5e99 + 1e99 / 2) / 1.5) AS ok FROM (VALUES (-5e99, '2024-01-02'::timestamptz), (1e99, '2024-01-01')) v(score, at);

-- What cannot be
SELECT call, failure('SELECT customer_score' || call || ' FROM visits') FROM (VALUES
	(1, $$(score, at, '2024-03-01', '0 days')$$), (2, $$(score, at, '2024-03-01', '-1 day')$$), (3, $$(score, at, '2024-03-01', '1 month -31 days')$$), (4, $$(score, at, '2024-03-01', NULL)$$),
	(5, $$(score, at, NULL, '1 day')$$), (6, $$(score, at, 'infinity', '1 day')$$), (7, $$(score, at, '-infinity', '1 day')$$), (8, $$(5, 'infinity', '2024-03-01', '1 day')$$), (9, $$(5, '-infinity', '2024-03-01', '1 day')$$),
	(10, $$('NaN', at, '2024-03-01', '1 day')$$), (11, $$('Infinity', at, '2024-03-01', '1 day')$$), (12, $$(-1e101, at, '2024-03-01', '1 day')$$),
	(13, $$(score, at, '2024-03-01', CASE WHEN score = 10 THEN interval '1 day' ELSE '2 days' END)$$), (14, $$(score, at, '2024-03-01', CASE WHEN score = 0 THEN interval '1 day' ELSE '2 days' END)$$)
) v(n, call) ORDER BY n;
SELECT customer_score(score, at, '2024-03-01', CASE WHEN score = 10 THEN interval '1 day' ELSE '24:00' END) IS NOT NULL AS a_day_by_two_names, customer_score(score, at, '2024-03-01', '1 day') FILTER (WHERE false) AS nothing FROM visits;
SELECT customer_score(score, at, '2024-03-01', '1 day') AS no_rows FROM visits WHERE at < '2000-01-01';
SELECT failure($$SELECT customer_score_accum('{0,0,0,0,0}', 1, '2024-01-01', '2024-01-01', '1 day')$$) AS by_hand, failure($$SELECT customer_score_final('{1,2}')$$) AS short, failure($$SELECT customer_score_final('{1,2,3,4,NULL}')$$) AS nulls,
	failure($$SELECT customer_score_final('{{1,2,3,4,5}}')$$) AS nested, failure($$SELECT customer_score_final('{}')$$) AS none, failure($$SELECT peak_end_final('{1,2,3,4,5}')$$) AS peak_end, failure($$SELECT peak_end_accum('{0,0,0,0,0,0,0,0}', 1, '2024-01-01')$$) AS peak_by_hand;

--
-- peak_end
--

-- By hand; scores in the order of their days, several after a + on the last one
SELECT what, scores, round(got::numeric, 9) AS peak_end, close_to(got, expected) AS ok FROM (
	SELECT n, what, scores, expected, peak_end(score, timestamptz '2024-01-01' + least(i, days) * interval '1 day') AS got
	FROM (VALUES (1, 'mean 5.75, so the high one: (9 + 6) / 2', '{5,9,3,6}'::float8[], 4, 7.5), (2, 'the low one: (1 + 6) / 2', '{5,1,7,6}', 4, 3.5), (3, 'both as far from 5: the lower, (2 + 8) / 2', '{2,8}', 2, 5),
		(4, 'and lower first or last', '{8,2}', 2, 2), (5, 'a tie of fractions, mean 0.2: (0.1 + 0.3) / 2', '{0.2,0.1,0.3}', 3, 0.2), (6, 'alike', '{7,7,7}', 3, 7), (7, 'one', '{4}', 1, 4),
		(8, 'last two at once: (9 + (3 + 6) / 2) / 2', '{5,9,3,6}', 3, 6.75), (9, 'all at once: mean 5.75, (9 + 5.75) / 2', '{5,9,3,6}', 1, 7.375), (10, 'below zero: mean -3, (-10 - 2) / 2', '{3,-10,-2}', 3, -6)) v(n, what, scores, days, expected),
		unnest(scores) WITH ORDINALITY u(score, i) GROUP BY n, what, scores, expected) t ORDER BY n;

SELECT close_to(peak_end(score, '2024-01-01'), (1e100 + 1e100 / 3) / 2) AS large FROM (VALUES (1e100), (0), (0)) v(score);

-- Against the definition: whole scores, so ties are exact; times on few days, so lasts coincide
CREATE TABLE moments AS
	SELECT customer, i, floor(11 * chance(11, customer * 100 + i))::float8 AS score, timestamptz '1999-12-25' + floor((2 + customer % 12) * chance(12, customer * 100 + i)) * interval '1 day' + (i % 3) * interval '1 microsecond' AS at
	FROM generate_series(1, 500) customer, generate_series(1, 1 + customer % 9) i;
CREATE TABLE peaks AS
	SELECT customer, got, ((SELECT m.score FROM moments m WHERE m.customer = t.customer ORDER BY abs(m.score::numeric * n - total) DESC, m.score LIMIT 1)
		+ (SELECT avg(m.score) FROM moments m WHERE m.customer = t.customer AND m.at = last)) / 2 AS expected
	FROM (SELECT customer, peak_end(score, at) AS got, count(*) AS n, sum(score::numeric) AS total, max(at) AS last FROM moments GROUP BY customer) t;
SELECT count(*), bool_and(close_to(got, expected)) AS ok FROM peaks;
SELECT count(*) AS customers, count(*) FILTER (WHERE lasts > 1) AS several_last FROM (SELECT customer, count(*) AS lasts FROM moments m WHERE at = (SELECT max(at) FROM moments x WHERE x.customer = m.customer) GROUP BY customer) t;
SELECT bool_and(close_to(got, again)) AS shuffled FROM peaks JOIN (SELECT customer, seed, peak_end(score, at ORDER BY chance(seed, i)) AS again FROM moments, generate_series(13, 15) seed GROUP BY 1, 2) t USING (customer);
SELECT bool_and(close_to(got, (SELECT peak_end(s, a) FROM unnest(scores, ats) u(s, a)))) AS frames FROM (SELECT peak_end(score, at) OVER w AS got, array_agg(score) OVER w AS scores, array_agg(at) OVER w AS ats FROM moments WHERE customer <= 60
	WINDOW w AS (PARTITION BY customer ORDER BY i ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW)) t;

SELECT peak_end(score, at) AS no_rows FROM visits WHERE false;
SELECT peak_end(NULL, '2024-01-01') AS score, peak_end(5, NULL) AS at, peak_end(score, at) FILTER (WHERE score IS NULL) AS only_nulls FROM visits;
SELECT call, failure('SELECT peak_end' || call) FROM unnest(ARRAY['(5, ''infinity'')', '(5, ''-infinity'')', '(''NaN'', ''2024-01-01'')', '(''-Infinity'', ''2024-01-01'')', '(1e101, ''2024-01-01'')']) call;

--
-- expectation_gap and wow_rate
--

-- By hand: gaps 2, 0, -1, 1; mean 0.5; above 0 two of four; at least 0 three, 1 two, 2 one, 3 none, -1 all
CREATE TABLE pairs (expected int, perceived int);
INSERT INTO pairs VALUES (3, 5), (4, 4), (5, 4), (1, 2), (NULL, 5), (5, NULL), (NULL, NULL);
SELECT expectation_gap(expected, perceived) AS gap, wow_rate(expected, perceived) AS wow, wow_rate(expected, perceived, 0) AS wow_0, wow_rate(expected, perceived, 1) AS wow_1, wow_rate(expected, perceived, 2) AS wow_2, wow_rate(expected, perceived, 3) AS wow_3, wow_rate(expected, perceived, -1) AS wow_minus_1 FROM pairs;
SELECT expectation_gap(expected::float8, perceived::float8) AS gap, wow_rate(expected::float8, perceived::float8) AS wow, wow_rate(expected::float8, perceived::float8, 0) AS wow_0, wow_rate(expected::float8, perceived::float8, 1) AS wow_1,
	wow_rate(expected::float8, perceived::float8, 1.5) AS wow_1_5, wow_rate(expected::float8, perceived::float8, 3) AS wow_3, wow_rate(expected::float8, perceived::float8, -1) AS wow_minus_1 FROM pairs;
SELECT expectation_gap(expected::smallint, perceived::smallint) AS int2, expectation_gap(expected::bigint, perceived::bigint) AS int8, expectation_gap(expected::numeric, perceived) AS mixed, wow_rate(expected::numeric, perceived::numeric, 2) AS numeric FROM pairs;
SELECT expectation_gap(expected, perceived) AS gap, wow_rate(expected, perceived) AS wow, wow_rate(expected, perceived, 2) AS wow_2, wow_rate(expected, perceived, NULL) AS no_threshold FROM pairs WHERE expected IS NULL OR perceived IS NULL;
SELECT wow_rate(expected, perceived, NULL::int) AS no_threshold, wow_rate(expected, perceived, 2147483647) AS highest, wow_rate(expected, perceived, -2147483648) AS lowest, expectation_gap(expected, perceived) FILTER (WHERE false) AS filtered FROM pairs;
-- A threshold of each row's own: 2 of gap 2, 0 of 0, ..: reached where the gap is at least perceived - 3
SELECT wow_rate(expected, perceived, perceived - 3) AS wow, (SELECT avg((perceived - expected >= perceived - 3)::int)::float8 FROM pairs WHERE expected + perceived IS NOT NULL) AS by_hand FROM pairs;

-- Against the definition, by group and in frames that empty
CREATE TABLE expectations AS SELECT i, i % 7 AS g, CASE WHEN chance(41, i) < 0.85 THEN floor(11 * chance(42, i))::int END AS e, CASE WHEN chance(43, i) < 0.85 THEN floor(11 * chance(44, i))::int END AS p FROM generate_series(1, 400) i;
SELECT count(*), bool_and(close_to(g1, e1)) AS gap, bool_and(close_to(g2, e1)) AS gap_float8, bool_and(close_to(w1, ew)) AS wow, bool_and(close_to(w3, ew3)) AS wow_3, bool_and(close_to(w25, ew3)) AS wow_float8, bool_and(close_to(s, e1)) AS as_score_agg
FROM (SELECT g, expectation_gap(e, p) AS g1, expectation_gap(e::float8, p::float8) AS g2, wow_rate(e, p) AS w1, wow_rate(e, p, 3) AS w3, wow_rate(e::float8, p::float8, 2.5) AS w25, mean(score_agg(p - e)) AS s,
		avg(p - e) AS e1, avg((p > e)::int) AS ew, avg((p - e >= 3)::int) AS ew3 FROM expectations GROUP BY GROUPING SETS ((g), ())) t;
SELECT frame, count(*), count(*) FILTER (WHERE e1 IS NULL) AS empty, bool_and(close_to(g1, e1)) AS gap, bool_and(close_to(g2, e1)) AS gap_float8, bool_and(close_to(w1, ew)) AS wow, bool_and(close_to(w3, ew3)) AS wow_3, bool_and(close_to(w25, ew3)) AS wow_float8
FROM (SELECT 1 AS frame, expectation_gap(e, p) OVER w AS g1, expectation_gap(e::float8, p::float8) OVER w AS g2, wow_rate(e, p) OVER w AS w1, wow_rate(e, p, 3) OVER w AS w3, wow_rate(e::float8, p::float8, 2.5) OVER w AS w25,
		avg(p - e) OVER w AS e1, avg((p > e)::int) OVER w AS ew, avg((p - e >= 3)::int) OVER w AS ew3 FROM expectations WINDOW w AS (ORDER BY i ROWS BETWEEN 4 PRECEDING AND 3 PRECEDING) UNION ALL
	SELECT 2, expectation_gap(e, p) OVER w, expectation_gap(e::float8, p::float8) OVER w, wow_rate(e, p) OVER w, wow_rate(e, p, 3) OVER w, wow_rate(e::float8, p::float8, 2.5) OVER w,
		avg(p - e) OVER w, avg((p > e)::int) OVER w, avg((p - e >= 3)::int) OVER w FROM expectations WINDOW w AS (PARTITION BY g ORDER BY i ROWS 9 PRECEDING EXCLUDE TIES)) t GROUP BY frame ORDER BY frame;

-- Scores lie on -100..100, and so does the gap that is kept; only whole ones
SELECT call, failure('SELECT ' || call) FROM unnest(ARRAY['expectation_gap(101, 5)', 'expectation_gap(5, -101)', 'expectation_gap(5.5, 6)', 'expectation_gap(5, ''NaN''::float8)', 'expectation_gap(''Infinity''::float8, 5)', 'wow_rate(101, 5)', 'wow_rate(5, 2147483647, 1)', 'wow_rate(-2147483648, 2147483647, 1)', 'wow_rate(1.5, 2, 1)', 'wow_rate(1, 1e300, 1)',
	'expectation_gap(0, 100)', 'expectation_gap(100, 0)', 'expectation_gap(-50, 50)', 'wow_rate(-100, 100, 200)']) call;
SELECT left(failure('SELECT expectation_gap(-100, 100)'), 5) AS gap_of_200, left(failure('SELECT expectation_gap(1, -100)'), 5) AS gap_of_minus_101;
-- A threshold that is no number is no threshold.
SELECT threshold, left(failure(format('SELECT wow_rate(1::float8, 2, %L::float8)', threshold)), 2) AS refused FROM unnest('{NaN}'::text[]) threshold;
-- The gap as a summary, for all the rest
SELECT score_agg(perceived - expected), round((mean_ci(score_agg(perceived - expected))).std_error::numeric, 6) AS std_error, abs((mean_ci(score_agg(perceived - expected))).std_error - sqrt(5.0 / 3 / 4)) <= 1e-12 AS ok FROM pairs;

SET client_min_messages = warning;
DROP SCHEMA test_index_person CASCADE;
