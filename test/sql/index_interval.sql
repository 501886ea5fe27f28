-- The figures of a cx_summary: cx_index, cx_index_ci, cx_coverage, cx_dimensions.
-- Second sources: reference cases, R's survey package, and the definitions written
-- out in SQL over the single respondents.

CREATE SCHEMA test_index_interval;
SET search_path = test_index_interval, public;

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

--
-- Reference cases (survey/index.jsonl; 020, 021 and 024 are of kano_category)
--

SELECT id, round(got::numeric, 9) AS got, got IS NOT DISTINCT FROM expected OR abs(got - expected) <= 1e-9 AS ok FROM (
	-- ACSI formula with State of Ohio weights (verint.com): (8-1)*.3885+(7-1)*.3190+(9-1)*.2925 over 9
	SELECT 'index-001', cx_index(cx_agg(ARRAY['satisfaction', 'expectations', 'ideal'], ARRAY[8, 7, 9], 1, 10), '{"satisfaction": 0.3885, "expectations": 0.3190, "ideal": 0.2925}'), 77.48333333333332 UNION ALL
	-- contract: function, ease, emotion on 1-5 are 100, 75, 50
	SELECT 'index-003', cx_index(s), 75 FROM (SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[5, 4, 3], 1, 5)) t(s) UNION ALL
	SELECT 'index-003, one call', cx_index(5, 4, 3), 75 UNION ALL
	SELECT 'index-004', cx_index(s, '{"function": 0.2, "ease": 0.3, "emotion": 0.5}'), 67.5 FROM (SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[5, 4, 3], 1, 5)) t(s) UNION ALL
	SELECT 'index-007', cx_index(s, '{"function": 0.2, "ease": 0.3, "emotion": 0.5}', missing => 'null'), NULL FROM (SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[5, 4, NULL], 1, 5)) t(s) UNION ALL
	-- by hand: the same renormalized, (0.2 * 100 + 0.3 * 75) / 0.5
	SELECT 'index-007, renormalized', cx_index(s, '{"function": 0.2, "ease": 0.3, "emotion": 0.5}'), 85 FROM (SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[5, 4, NULL], 1, 5)) t(s) UNION ALL
	SELECT 'index-009', cx_index(s, method => 'geometric'), 72.11247851537041 FROM (SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[5, 4, 3], 1, 5)) t(s) UNION ALL
	-- raw 1-5 answers (Forrester CXi method): top two minus bottom two
	SELECT 'index-013', cx_index(cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[f, e, m], 1, 5), method => 'net'), 26.666666666666668
	FROM unnest(ARRAY[5, 5, 4, 3, 2], ARRAY[4, 4, 3, 1, 5], ARRAY[3, 2, 1, 5, 4]) u(f, e, m)
) t(id, got, expected) ORDER BY id;

--
-- R: twelve respondents, weighted and not
--

-- survey 4.1-1, svydesign(ids = ~1, weights = ~w): svycontrast of svymean of the rescaled
-- scores (mean), of 100 * sign (net) and of quote((f*e*m)^(1/3)) (geometric); limits by
-- qt(.975, (sum(w)^2 / sum(w^2)) - 1).
CREATE TABLE twelve (id int, f int, e int, m int, w float8);
INSERT INTO twelve VALUES (1, 5, 4, 3, 1), (2, 4, 4, 4, 2), (3, 2, 3, 1, 0.5), (4, 5, 5, 5, 1.5), (5, 3, 2, 2, 1), (6, 4, 5, 3, 3),
	(7, 1, 2, 2, 0.7), (8, 5, 3, 4, 1.2), (9, 4, 4, 5, 2.5), (10, 2, 2, 3, 0.4), (11, 3, 4, 4, 1), (12, 5, 5, 4, 0.9);
SELECT design, r.method, given, round(c.value::numeric, 6) AS value, round(c.std_error::numeric, 6) AS std_error, c.responses, round(c.effective_base::numeric, 6) AS base, c.base_quality AS quality,
	greatest(abs(c.value - r.value), abs(c.std_error - r.std_error), abs(c.lo - r.lo), abs(c.hi - r.hi)) <= 1e-10 AS ok
FROM (VALUES (1, 'weighted', 'mean', NULL::jsonb, 71.23142250530785, 5.57203846791971, 58.35811932215475, 84.10472568846095),
	(2, 'weighted', 'mean', '{"f": 0.5, "e": 0.3, "m": 0.2}', 72.03821656050957, 5.52058715476208, 59.28378340261973, 84.79264971839940),
	(3, 'weighted', 'net', NULL, 57.7494692144374, 16.1274928340795, 20.4894779145666, 95.0094605143082),
	(4, 'weighted', 'geometric', NULL, 71.15131239085092, 5.60561403888354, 58.20043822410656, 84.10218655759527),
	(5, 'weighted', 'geometric', '{"f": 5, "e": 3, "m": 2}', 71.98203603123143, 5.52195701603766, 59.22443802808417, 84.73963403437870),
	(6, 'unweighted', 'mean', NULL, 62.5, 8.04422749302852, 44.79477466344306, 80.20522533655694),
	(7, 'unweighted', 'mean', '{"f": 50, "e": 30, "m": 20}', 63.33333333333334, 8.37301159872141, 44.90445905927236, 81.76220760739433),
	(8, 'unweighted', 'net', NULL, 30.5555555555556, 23.0130739204531, -20.0958786314536, 81.2069897425647),
	(9, 'unweighted', 'geometric', NULL, 62.42893156474932, 8.04155679961706, 44.72958438475815, 80.12827874474050),
	(10, 'unweighted', 'geometric', '{"f": 0.05, "e": 0.03, "m": 0.02}', 63.28193116066449, 8.35424862930368, 44.89435390385118, 81.66950841747780)
) r(n, design, method, given, value, std_error, lo, hi),
	(SELECT cx_agg(ARRAY['f', 'e', 'm'], ARRAY[f, e, m], 1, 5, w) AS weighted, cx_agg(ARRAY['f', 'e', 'm'], ARRAY[f, e, m], 1, 5) AS unweighted FROM twelve) s,
	LATERAL cx_index_ci(CASE design WHEN 'weighted' THEN weighted ELSE unweighted END, given, r.method) c
ORDER BY n;

-- Ease of 3, 7, 9 and emotion of 2, 9 not answered: the error of
-- svycontrast(svytotal(..), quote((xf/of + xe/oe + xm/om)/3)), where all twelve answered one.
SELECT round((w).value::numeric, 6) AS weighted, abs((w).value - 69.47862956222829) <= 1e-10 AS value_ok, abs((w).std_error - 5.95411843069241) <= 1e-10 AS error_ok,
	round((u).value::numeric, 6) AS unweighted, abs((u).value - 62.17592592592592) <= 1e-10 AS value_ok, abs((u).std_error - 8.01205487627237) <= 1e-10 AS error_ok
FROM (SELECT cx_index_ci(cx_agg(ARRAY['f', 'e', 'm'], a, 1, 5, w)) AS w, cx_index_ci(cx_agg(ARRAY['f', 'e', 'm'], a, 1, 5)) AS u
	FROM twelve, LATERAL (SELECT ARRAY[f, CASE WHEN id NOT IN (3, 7, 9) THEN e END, CASE WHEN id NOT IN (2, 9) THEN m END]) t(a)) c;

-- Other confidence levels: qt(.995, 11), qt(.95, 11) and qt(.75, 11)
SELECT confidence, abs(((c).hi - (c).value) / (c).std_error - t) <= 1e-10 AND abs(((c).value - (c).lo) / (c).std_error - t) <= 1e-10 AS ok
FROM (VALUES (0.99, 3.105806515539281), (0.9, 1.795884818704044), (0.5, 0.6974453275598816)) v(confidence, t),
	(SELECT cx_agg(ARRAY['f', 'e', 'm'], ARRAY[3, e, m], 1, 5) AS s FROM twelve) s, LATERAL (SELECT cx_index_ci(s, confidence => confidence::float8) AS c) c;

--
-- Brute force over respondents
--

-- Five samples of 45 respondents on four dimensions of 1..7 that hang together, with weights
-- over two orders of magnitude; in `gaps` dimension d misses 10 d % of the answers.
CREATE TABLE answers AS
	SELECT seed, id, d, 1 + floor(7 * (chance(seed, id * 10 + d) + chance(seed, -id)) / 2)::int AS full_x,
		CASE WHEN chance(seed + 50, id * 10 + d) >= 0.1 * d THEN 1 + floor(7 * (chance(seed, id * 10 + d) + chance(seed, -id)) / 2)::int END AS gap_x,
		10 ^ (2 * chance(seed + 100, id)) AS w
	FROM generate_series(1, 5) seed, generate_series(1, 45) id, generate_series(1, 4) d;
CREATE TABLE respondents AS
	SELECT seed, id, w, ARRAY['a', 'b', 'c', 'd'] AS dims, array_agg(full_x ORDER BY d) AS full_x, array_agg(gap_x ORDER BY d) AS gap_x FROM answers GROUP BY seed, id, w;

-- Complete unweighted rows: the index is the mean of what each respondent's own index is,
-- and its error stddev / sqrt(n): for mean of the mean of rescaled scores, for net of the mean of signs.
SELECT seed, count(*), bool_and(abs((c).value - value) <= 1e-11) AS value, max(abs((c).std_error / error - 1)) <= 1e-12 AS std_error
FROM (SELECT seed, cx_index_ci(cx_agg(dims, full_x, 1, 7), jsonb_build_object('a', g[1], 'b', g[2], 'c', g[3], 'd', g[4]), method) AS c, avg(own) AS value, stddev_samp(own) / sqrt(count(*)) AS error
	FROM respondents, (VALUES (ARRAY[1, 1, 1, 1]), (ARRAY[4, 3, 2, 1]), (ARRAY[0, 5, 0, 1])) g(g), unnest('{mean,net}'::text[]) method,
		LATERAL (SELECT sum(g[d] * CASE method WHEN 'mean' THEN 100.0 * (full_x[d] - 1) / 6 ELSE 100.0 * ((full_x[d] >= 6)::int - (full_x[d] <= 2)::int) END)::float8 / sum(g[d]) AS own FROM generate_series(1, 4) d) o
	GROUP BY seed, g, method) t
GROUP BY seed ORDER BY seed;

-- The linearised error in general: z_r = w_r sum_d g_d (f_rd - m_d) / W_d over the answers of
-- respondent r, Var = n/(n-1) sum_r z_r^2, n the answers of the most answered dimension used;
-- g the gradient of the index by the dimensions' means: its weight, for geometric weight * index / mean.
CREATE FUNCTION by_definition(sample int, weights float8[], method text, weighted boolean, gaps boolean) RETURNS float8[] LANGUAGE sql STABLE AS $$
	WITH x AS (SELECT id, d, CASE WHEN weighted THEN w ELSE 1 END AS w, CASE WHEN gaps THEN gap_x ELSE full_x END AS x FROM answers WHERE seed = sample),
		f AS (SELECT *, CASE method WHEN 'net' THEN 100.0 * ((x >= 6)::int - (x <= 2)::int) ELSE 100.0 * (x - 1) / 6 END::float8 AS f FROM x WHERE x IS NOT NULL AND weights[d] > 0),
		m AS (SELECT d, count(*) AS n, sum(w) AS w_d, sum(w * f) / sum(w) AS m, sum(w) ^ 2 / sum(w * w) AS base FROM f GROUP BY d),
		i AS (SELECT max(n)::float8 AS n, min(base) AS base, sum(weights[d]) AS a, CASE method WHEN 'geometric' THEN exp(sum(weights[d] * ln(greatest(m, 1e-300))) / sum(weights[d])) ELSE sum(weights[d] * m) / sum(weights[d]) END AS value FROM m),
		g AS (SELECT m.*, weights[d] / a * CASE method WHEN 'geometric' THEN value / m ELSE 1 END AS g FROM m, i),
		z AS (SELECT id, sum(f.w * g * (f - m) / w_d) AS z FROM f JOIN g USING (d) GROUP BY id)
	SELECT ARRAY[value, sqrt(n / (n - 1) * (SELECT sum(z * z) FROM z)), n, base] FROM i
$$;
CREATE TABLE designs AS
	SELECT seed, g, method, weighted, gaps, cx_index_ci(CASE WHEN weighted THEN cx_agg(dims, CASE WHEN gaps THEN gap_x ELSE full_x END, 1, 7, w) ELSE cx_agg(dims, CASE WHEN gaps THEN gap_x ELSE full_x END, 1, 7) END,
		jsonb_build_object('a', g[1], 'b', g[2], 'c', g[3], 'd', g[4]), method) AS c, by_definition(seed, g, method, weighted, gaps) AS e
	FROM respondents, (VALUES (ARRAY[1, 1, 1, 1]::float8[]), (ARRAY[0.4, 0.3, 0.2, 0.1]), (ARRAY[0, 5, 0, 1])) g(g), unnest('{mean,net,geometric}'::text[]) method, unnest('{f,t}'::boolean[]) weighted, unnest('{f,t}'::boolean[]) gaps
	GROUP BY seed, g, method, weighted, gaps;
SELECT gaps, weighted, method, count(*), max(abs((c).value - e[1])) <= 1e-11 AS value, max(abs((c).std_error / e[2] - 1)) <= 1e-12 AS std_error, bool_and((c).responses = e[3]) AS responses, max(abs((c).effective_base / e[4] - 1)) <= 1e-12 AS base
FROM designs GROUP BY gaps, weighted, method ORDER BY 1, 2, 3;
-- For the eye
SELECT method, round((c).value::numeric, 6) AS value, round((c).std_error::numeric, 6) AS std_error, round((c).lo::numeric, 6) AS lo, round((c).hi::numeric, 6) AS hi, (c).responses, round((c).effective_base::numeric, 6) AS effective_base, (c).base_quality
FROM designs WHERE seed = 1 AND g[1] = 0.4 AND weighted AND NOT gaps ORDER BY 1;

-- The gradient itself by differences: the geometric index of means moved up and down a little
CREATE VIEW means AS SELECT seed, d, (ARRAY[0.4, 0.3, 0.2, 0.1])[d] AS a, avg(100.0 * (full_x - 1) / 6)::float8 AS m FROM answers GROUP BY seed, d;
SELECT seed, abs((c).std_error / error - 1) <= 1e-7 AS geometric
FROM (SELECT seed, sqrt(45 / 44.0 * sum(z * z)) AS error FROM (
		SELECT seed, id, sum((100.0 * (full_x - 1) / 6 - m) / 45 * (up - down) / 2e-3) AS z
		FROM answers JOIN means USING (seed, d) JOIN (
			SELECT t.seed, t.d, exp(sum(k.a * ln(k.m + 1e-3 * (k.d = t.d)::int))) AS up, exp(sum(k.a * ln(k.m - 1e-3 * (k.d = t.d)::int))) AS down FROM means t JOIN means k USING (seed) GROUP BY t.seed, t.d) moved USING (seed, d)
		GROUP BY seed, id) z GROUP BY seed) e
	JOIN designs USING (seed) WHERE method = 'geometric' AND g[1] = 0.4 AND NOT weighted AND NOT gaps ORDER BY seed;

-- A respondent who is counted with a weight of 3 is not three respondents: the effective base tells.
SELECT round((c).effective_base::numeric, 9) AS effective_base, abs((c).effective_base - (5.0 * 5) / (9 + 1 + 1)) <= 1e-12 AS ok, (c).responses
FROM (SELECT cx_index_ci(cx_agg(ARRAY['a'], ARRAY[x], 1, 5, w)) AS c FROM (VALUES (5, 3), (3, 1), (2, 1)) v(x, w)) t;

-- Weights are about proportion: times 1000 or a millionth they say the same.
SELECT factor, max(abs((a).value - (b).value)) <= 1e-11 AND max(abs((a).std_error / (b).std_error - 1)) <= 1e-12 AND max(abs((a).lo - (b).lo)) <= 1e-9 AS ok
FROM (SELECT factor, seed, cx_index_ci(cx_agg(dims, gap_x, 1, 7, w * factor)) AS a, cx_index_ci(cx_agg(dims, gap_x, 1, 7, w)) AS b FROM respondents, unnest('{1000,1e-6,1e60,1e-60}'::float8[]) factor GROUP BY factor, seed) t
GROUP BY factor ORDER BY factor;

-- Dimensions that undo one another: b = 6 - a, so every respondent's index is 50.
SELECT round((c).value::numeric, 9) AS value, (c).std_error <= 1e-6 AS no_error, (c).hi - (c).lo <= 1e-5 AS narrow
FROM (SELECT cx_index_ci(cx_agg(ARRAY['a', 'b'], ARRAY[x, 6 - x], 1, 5)) AS c FROM generate_series(1, 5) x, generate_series(1, 7)) t;

-- Many: a million of each of the respondents by rollup; the error is that of sqrt(10^6 * 12) of them.
SELECT abs((c).value - 62.5) <= 1e-10 AS value, abs((c).std_error / (8.04422749302852 * sqrt(11.0 / 12) * sqrt(1 / 1e6) * sqrt(12e6 / (12e6 - 1))) - 1) <= 1e-10 AS std_error, (c).responses
FROM (SELECT cx_index_ci(regexp_replace(regexp_replace(replace(s::text, 'counts": {', 'counts": { '), '("[1-5]": [0-9]+)', '\1000000', 'g'), '([0-9-]+)([,\]])(?=[^{}]*\]\]})', '\1000000\2', 'g')::cx_summary) AS c
	FROM (SELECT cx_agg(ARRAY['f', 'e', 'm'], ARRAY[f, e, m], 1, 5) AS s FROM twelve) t) c;

--
-- Long form
--

-- SE^2 = sum_i a_i^2 SE_i^2 + 2 rho sum_{i<j} a_i a_j SE_i SE_j, SE_d = stddev / sqrt(n) of dimension d
SELECT correlation, count(*), max(abs((c).value - value)) <= 1e-11 AS value, max(abs((c).std_error / sqrt((1 - correlation) * squares + correlation * line ^ 2) - 1)) <= 1e-12 AS std_error, bool_and((c).responses = n) AS responses, bool_and((c).effective_base = base) AS base
FROM (SELECT seed, correlation, cx_index_ci(s, '{"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1}', correlation => correlation) AS c, sum(a * m) AS value, sum((a * se) ^ 2) AS squares, sum(a * se) AS line, max(n) AS n, min(n) AS base
	FROM (SELECT seed, d, (5 - d) / 10.0 AS a, count(*) AS n, avg(100.0 * (gap_x - 1) / 6) AS m, stddev_samp(100.0 * (gap_x - 1) / 6) / sqrt(count(*)) AS se FROM answers WHERE gap_x IS NOT NULL GROUP BY seed, d) dim
		JOIN (SELECT seed, cx_agg(chr(96 + d), gap_x, 1, 7) AS s FROM answers GROUP BY seed) long USING (seed), unnest('{0,0.5,0.9,1}'::float8[]) correlation
	GROUP BY seed, correlation, s) t
GROUP BY correlation ORDER BY correlation;
-- Net: of the signs. Weighted: SE_d^2 = n/(n-1) sum w^2 (x - m)^2 / W^2. Correlation 1 is the default.
SELECT max(abs((net).std_error / net_error - 1)) <= 1e-12 AS net, max(abs((weighted).std_error / weighted_error - 1)) <= 1e-12 AS weighted, max(abs((weighted).effective_base / base - 1)) <= 1e-12 AS base
FROM (SELECT seed, cx_index_ci(s, method => 'net') AS net, cx_index_ci(w) AS weighted, avg(net_se) AS net_error, avg(se) AS weighted_error, min(base) AS base
	FROM (SELECT seed, d, stddev_samp(100.0 * ((gap_x >= 6)::int - (gap_x <= 2)::int)) / sqrt(count(*)) AS net_se, sqrt(count(*) / (count(*) - 1.0) * sum(w ^ 2 * (f - m) ^ 2)) / sum(w) AS se, sum(w) ^ 2 / sum(w ^ 2) AS base
		FROM (SELECT *, sum(w * f) OVER p / sum(w) OVER p AS m FROM (SELECT *, 100.0 * (gap_x - 1) / 6 AS f FROM answers WHERE gap_x IS NOT NULL) a WINDOW p AS (PARTITION BY seed, d)) f GROUP BY seed, d) dim
		JOIN (SELECT seed, cx_agg(chr(96 + d), gap_x, 1, 7) AS s, cx_agg(chr(96 + d), gap_x, 1, 7, w) AS w FROM answers GROUP BY seed) long USING (seed)
	GROUP BY seed, s, w) t;
-- A wide summary knows its own: the argument changes nothing, but it is checked.
SELECT cx_index_ci(s, correlation => 0) = cx_index_ci(s) AS same, failure('SELECT cx_index_ci(cx_agg(ARRAY[''a''], ARRAY[3], 1, 5), correlation => 2)') AS checked
FROM (SELECT cx_agg(dims, full_x, 1, 7) AS s FROM respondents) t;
SELECT correlation, failure(format('SELECT cx_index_ci(cx_agg(''a'', 3, 1, 5), correlation => %L)', correlation)) FROM unnest('{-0.1,1.0001,NaN,Infinity}'::text[]) correlation;

-- Simulation: 1,000 samples of 40 respondents from a population of 2,000 whose index is known,
-- three dimensions that correlate by about .5. The wide interval covers it in 95 %, within
-- 3 errors of 1,000 draws; the long form with correlation 1 at least as often; with 0 (which
-- is wrong here) clearly less.
CREATE TABLE population AS
	SELECT id, 1 + floor(5 * (chance(21, id) + chance(22, id)) / 2)::int AS f, 1 + floor(5 * (chance(23, id) + chance(22, id)) / 2)::int AS e, 1 + floor(5 * (chance(24, id) + chance(22, id)) / 2)::int AS m FROM generate_series(1, 2000) id;
ALTER TABLE population ADD PRIMARY KEY (id);
SELECT round(corr(f, e)::numeric, 1) AS corr_fe, round(corr(f, m)::numeric, 1) AS corr_fm, round(corr(e, m)::numeric, 1) AS corr_em FROM population;
CREATE TABLE samples AS
	SELECT sample, cx_agg(ARRAY['f', 'e', 'm'], ARRAY[f, e, m], 1, 5) AS wide, rollup(f_1) AS long, rollup(apart) AS apart
	FROM (SELECT sample, 1 + floor(2000 * chance(31, sample * 100 + i))::int AS id FROM generate_series(1, 1000) sample, generate_series(1, 40) i OFFSET 0) draw JOIN population USING (id),
		LATERAL (SELECT cx_agg(d, x, 1, 5) AS f_1 FROM unnest(ARRAY['f', 'e', 'm'], ARRAY[f, e, m]) u(d, x)) l,
		LATERAL (SELECT rollup(s) AS apart FROM (SELECT cx_agg(ARRAY[d], ARRAY[x], 1, 5) AS s FROM unnest(ARRAY['f', 'e', 'm'], ARRAY[f, e, m]) u(d, x) GROUP BY d) s) a
	GROUP BY sample;
CREATE FUNCTION covers(c estimate) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT (SELECT avg((f + e + m - 3) * 100 / 12.0) FROM population) BETWEEN c.lo AND c.hi
$$;
CREATE TABLE coverage AS
	SELECT avg(covers(cx_index_ci(wide))::int) AS wide, avg(covers(cx_index_ci(long))::int) AS long_1, avg(covers(cx_index_ci(long, correlation => 0))::int) AS long_0, avg(covers(cx_index_ci(apart))::int) AS apart,
		sqrt(0.95 * 0.05 / count(*)) AS error FROM samples;
SELECT round(wide, 3) AS wide, round(long_1, 3) AS long_1, round(long_0, 3) AS long_0, wide BETWEEN 0.95 - 3 * error AND 0.95 + 3 * error AS wide_ok, long_1 > 0.95 - 3 * error AS long_1_ok, long_0 < 0.95 - 6 * error AS long_0_too_narrow FROM coverage;
-- One respondent's dimensions summarised apart and rolled up (the way to have two scales): nothing
-- is known of how they go together, so this must not be narrower than it should be either.
SELECT apart > 0.95 - 3 * error AS apart_ok FROM coverage;

--
-- Edges of the interval
--

-- min: the lowest dimension, no interval. By hand: means 75, 25, 50.
CREATE TABLE edges AS SELECT cx_agg(ARRAY['a', 'b', 'c'], x, 1, 5) AS s FROM (VALUES (ARRAY[5, 1, 3]), (ARRAY[3, 3, 3])) v(x);
SELECT cx_index(s) = 50 AS no_rounding, cx_index(s, method => 'min') AS min, cx_index(s, '{"a": 1, "c": 2}', 'min') AS min_of_two, cx_index_ci(s, method => 'min') AS ci FROM edges;
-- geometric: one dimension at 0 gives 0 without an interval, unless it does not count
SELECT cx_index(s, method => 'geometric') AS index, cx_index_ci(s, method => 'geometric') AS ci, round(cx_index(s, '{"a": 1, "b": 3, "c": 0}', 'geometric')::numeric, 9) AS without_it,
	abs(cx_index(s, '{"a": 1, "b": 3, "c": 0}', 'geometric') - (75.0 ^ 0.25 * 50.0 ^ 0.75)) <= 1e-11 AS ok, (cx_index_ci(s, '{"a": 1, "b": 3, "c": 0}', 'geometric')).std_error IS NOT NULL AS error
FROM (SELECT cx_agg(ARRAY['a', 'b', 'c'], x, 1, 5) AS s FROM (VALUES (ARRAY[5, 2, 1]), (ARRAY[3, 4, 1])) v(x)) t;
-- The best and the worst there are: within 0..100 and the limits, whatever the number of dimensions
SELECT method, count(*), bool_and(abs((c).value - 100) <= 1e-10) AS best, bool_and((c).value <= 100) AS not_above, bool_and((c).value BETWEEN (c).lo AND (c).hi) AS in_limits
FROM (SELECT method, n, cx_index_ci(s, weights, method) AS c
	FROM (SELECT n, cx_agg(dims, array_fill(5, ARRAY[n]), 1, 5) AS s, jsonb_object_agg(dim, w) AS weights FROM
		(SELECT n, array_agg('d' || i) AS dims FROM generate_series(1, 12) n, generate_series(1, n) i GROUP BY n) t, generate_series(1, 2), unnest(dims) WITH ORDINALITY u(dim, i), LATERAL (SELECT 0.1 * i + 0.3) w(w) GROUP BY n) s,
		unnest('{mean,net,geometric,min}'::text[]) method WHERE method <> 'min') t
GROUP BY method ORDER BY method;
SELECT method, round(value::numeric, 9) AS worst, value >= CASE method WHEN 'net' THEN -100 ELSE 0 END AS not_below, value BETWEEN lo AND hi AS in_limits
FROM (SELECT cx_agg(ARRAY['a', 'b', 'c'], '{1,1,1}', 1, 5) AS s FROM generate_series(1, 3)) t, unnest('{mean,net,geometric,min}'::text[]) method, LATERAL cx_index_ci(s, method => method) ORDER BY 1;
-- Limits are cut to the scale: two respondents, 5 and 3 or 1 and 3, one dimension; t(1) = 12.706
SELECT x, cx_index_ci(s) AS mean, (SELECT ((c).value, (c).lo, (c).hi) FROM (SELECT cx_index_ci(s, method => 'net') AS c) c) AS net
FROM (SELECT x, cx_agg(ARRAY['a'], ARRAY[y], 1, 5) AS s FROM (VALUES (1, 5), (1, 3), (2, 1), (2, 3)) v(x, y) GROUP BY x) t ORDER BY x;
-- One respondent has a value and no error; neither has a dimension that one answered; nobody answered: nothing
SELECT cx_index_ci(cx_agg(ARRAY['a', 'b'], ARRAY[5, 4], 1, 5)) AS one FROM edges;
SELECT cx_index_ci(cx_agg(ARRAY['a', 'b'], x, 1, 5)) AS one_answered_b, cx_index_ci(cx_agg(ARRAY['a', 'b'], x, 1, 5), '{"a": 1}') AS without_b FROM (VALUES (ARRAY[5, 4]), (ARRAY[3, NULL])) v(x);
SELECT cx_index_ci(s) AS nobody, cx_index(s) AS index, cx_coverage(s) AS coverage, cx_coverage(s, '{"a": 1}') AS coverage_of_a, cx_index(s, '{"a": 1}', missing => 'null') AS strict FROM (SELECT '{"dimensions": []}'::cx_summary) t(s);
-- All weight on one respondent: no degrees of freedom left
SELECT (c).responses, round((c).effective_base::numeric, 6) AS effective_base, (c).lo, (c).hi, (c).std_error IS NOT NULL AS error FROM (SELECT cx_index_ci(cx_agg(ARRAY['a'], ARRAY[x], 1, 5, w)) AS c FROM (VALUES (5, 1e12), (3, 1e-12)) v(x, w)) t;

-- net takes scales of four scores or more; by hand on 1..4: 1 and 2 are bottom, 3 and 4 top
SELECT cx_index(s, method => 'net') AS net, abs(cx_index(s, method => 'net') - 20) <= 1e-12 AS ok FROM (SELECT cx_agg('a', x, 1, 4) AS s FROM unnest('{1,2,3,3,4}'::int[]) x) t;
SELECT failure($$SELECT cx_index(cx_agg('a', 2, 1, 3), method => 'net')$$);
SELECT failure($$SELECT cx_index_ci(cx_agg('a', 1, 0, 1), method => 'net')$$);
-- What has no weight does not count, so its scale does not either.
SELECT failure($$SELECT cx_index(rollup(s), '{"a": 1}', 'net') FROM (SELECT cx_agg('a', 5, 1, 5) UNION ALL SELECT cx_agg('solved', 1, 0, 1)) t(s)$$);

--
-- Weights
--

-- Means 75, 25, 50 of a, b, c
SELECT w AS weights, failure(format('SELECT round(cx_index(s, %L)::numeric, 9) FROM edges', w)) AS index, replace(failure(format('SELECT cx_coverage(s, %L) FROM edges', w)), failure(format('SELECT cx_index(s, %L) FROM edges', w)), 'the same') AS coverage,
	replace(failure(format('SELECT round(cx_index(s, %L, missing => ''null'')::numeric, 9) FROM edges', w)), failure(format('SELECT round(cx_index(s, %L)::numeric, 9) FROM edges', w)), 'the same') AS strict
FROM (VALUES
	(1, '{"a": 1}'), (2, '{"a": 1, "b": 1}'), (3, '{"a": 0.25, "b": 0.75}'), (4, '{"a": 1, "b": 0}'), (5, '{"a": 1, "x": 3}'), (6, '{"a": 1, "x": 0}'),
	(7, '{"x": 1}'), (8, '{"a": 0, "x": 1}'), (9, '{"a": 1e99, "b": 3e99}'), (10, '{"a": 1e-100, "b": 3e-100}'), (11, '{"a": 1, "a": 0, "b": 1}'), (12, '{"A": 1, "a ": 1}'),
	(13, '{}'), (14, '{"a": 0}'), (15, '{"a": 0, "b": 0, "c": 0}'), (16, '{"a": -1}'), (17, '{"a": 1, "b": -0.1}'), (18, '{"x": -1}'), (19, '{"a": "1"}'), (20, '{"a": true}'), (21, '{"a": null}'),
	(22, '{"a": [1]}'), (23, '{"a": {"b": 1}}'), (24, '[1, 2]'), (25, '1'), (26, '"a"'), (27, 'null'), (28, '{"a": 1e101}')
) v(n, w) ORDER BY n;
SELECT left(failure($$SELECT cx_index(s, '{"a": 1e400}') FROM edges$$), 2) AS huge, left(failure($$SELECT cx_index_ci(s, '{"a": -1}') FROM edges$$), 5) AS ci, left(failure($$SELECT d FROM edges, cx_dimensions(s, '{"a": -1}') d$$), 5) AS dimensions;
-- Names of any letters
SELECT cx_index(cx_agg(ARRAY[U&'\00FCber "alles"\\', 'b'], ARRAY[5, 1], 1, 5), jsonb_build_object(U&'\00FCber "alles"\\', 3, 'b', 1)) AS index;

-- Methods and what is missing
SELECT failure($$SELECT cx_index(s, method => 'median') FROM edges$$) AS method, failure($$SELECT cx_index(s, method => 'Mean') FROM edges$$) AS upper, failure($$SELECT cx_index(s, missing => 'zero') FROM edges$$) AS missing;
SELECT failure($$SELECT cx_index_ci(s, method => '') FROM edges$$) AS method, failure($$SELECT cx_index_ci(s, confidence => 0) FROM edges$$) AS zero, failure($$SELECT cx_index_ci(s, confidence => 1) FROM edges$$) AS one, failure($$SELECT cx_index_ci(s, confidence => 'NaN') FROM edges$$) AS nan,
	failure($$SELECT cx_index_ci(s, confidence => 95) FROM edges$$) AS percent, failure($$SELECT d FROM edges, cx_dimensions(s, confidence => 1.5) d$$) AS dimensions;

-- NULL: no weights are equal weights, any other NULL gives NULL, a set of none.
SELECT cx_index(NULL::cx_summary) AS summary, round(cx_index(s, NULL)::numeric, 9) AS weights, cx_index(s, NULL, NULL) AS method, cx_index(s, NULL, 'mean', NULL) AS missing, cx_index_ci(NULL::cx_summary) AS ci, cx_index_ci(s, NULL, NULL) AS ci_method,
	cx_index_ci(s, confidence => NULL) AS ci_confidence, cx_index_ci(s, correlation => NULL) AS ci_correlation, cx_coverage(NULL::cx_summary) AS coverage, cx_coverage(s, NULL) AS coverage_weights FROM edges;
SELECT (SELECT count(*) FROM cx_dimensions(NULL::cx_summary)) AS summary, (SELECT count(*) FROM cx_dimensions(s, confidence => NULL)) AS confidence, (SELECT count(*) FROM cx_dimensions(s, NULL)) AS weights FROM edges;

--
-- cx_dimensions and cx_coverage
--

-- By hand: a 75, b 25, c 50; weights 2, 1, 0 and 1 for x, which nobody answered. c does not count, so its share is 0.
SELECT dimension, responses, value, round(lo::numeric, 6) AS lo, round(hi::numeric, 6) AS hi, round(weight::numeric, 9) AS weight, round(contribution::numeric, 9) AS contribution FROM edges, cx_dimensions(s, '{"a": 2, "b": 1, "c": 0, "x": 1}');
SELECT cx_coverage(s, '{"a": 2, "b": 1, "c": 0, "x": 1}') AS coverage, cx_coverage(s) AS of_itself FROM edges;

-- Against a dimension's own index and mean_ci of the same answers; contributions add up to the index, weights to 1.
SELECT count(*), bool_and(abs(d.value - (c).value) <= 1e-11 AND abs(d.lo - (c).lo) <= 1e-10 AND abs(d.hi - (c).hi) <= 1e-10 AND d.responses = (c).responses) AS as_index,
	bool_and(abs(d.lo - greatest(0, 100 * ((m).lo - 1) / 6)) <= 1e-10 AND abs(d.hi - least(100, 100 * ((m).hi - 1) / 6)) <= 1e-10) AS as_mean_ci
FROM (SELECT r.seed, cx_agg(dims, gap_x, 1, 7, w) AS s FROM respondents r GROUP BY r.seed) r, cx_dimensions(s, confidence => 0.8) d, LATERAL (SELECT cx_index_ci(s, jsonb_build_object(dimension, 1), confidence => 0.8) AS c) i,
	LATERAL (SELECT mean_ci(score_agg(gap_x, w), 0.8) AS m FROM answers a WHERE a.seed = r.seed AND a.d = ascii(dimension) - 96) m;
SELECT bool_and(abs(index - total) <= 1e-11) AS contributions, bool_and(abs(weights - 1) <= 1e-12) AS weights
FROM (SELECT cx_index(s, '{"a": 3, "b": 1, "d": 2, "x": 1}') AS index, sum(contribution) AS total, sum(weight) AS weights
	FROM (SELECT cx_agg(dims, gap_x, 1, 7) AS s FROM respondents GROUP BY seed) r, cx_dimensions(s, '{"a": 3, "b": 1, "d": 2, "x": 1}') GROUP BY s) t;
SELECT failure($$SELECT cx_dimensions(s) FROM edges$$) LIKE 'no error%' AS in_select_list, (SELECT count(*) FROM cx_dimensions('{"dimensions": []}')) AS of_nothing;

-- As a dashboard calls it: a row a group, stored and not
CREATE MATERIALIZED VIEW by_seed AS SELECT seed, cx_agg(dims, gap_x, 1, 7) AS s FROM respondents GROUP BY seed;
SELECT seed, dimension, responses, round(value::numeric, 3) AS value, round(contribution::numeric, 3) AS contribution FROM by_seed CROSS JOIN LATERAL cx_dimensions(s) WHERE seed < 3 ORDER BY 1, 2;
-- by hand from the answers
SELECT bool_and(d.responses = a.n AND abs(d.value - a.m) <= 1e-11) AS ok FROM by_seed b CROSS JOIN LATERAL cx_dimensions(s) d
	JOIN (SELECT seed, chr(96 + d) AS dimension, count(gap_x) AS n, avg(100.0 * (gap_x - 1) / 6) AS m FROM answers GROUP BY 1, 2) a ON a.seed = b.seed AND a.dimension = d.dimension;

SET client_min_messages = warning;
DROP SCHEMA test_index_interval CASCADE;
