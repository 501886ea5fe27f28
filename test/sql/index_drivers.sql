-- covariance_agg, rollup(covariance_summary) and its accessors, drivers, drivers_jackknife, consistency, kano_category.
--
-- The second sources: PostgreSQL's own covar_samp, regr_r2 and stddev_samp; R 4.2.2 (lm, cor, t.test, pchisq; relative
-- weights from eigen(), Shapley values from lm() over all orders of the drivers); NIST StRD for Longley.
-- (test/unit/driver_test.c has random samples.)

CREATE SCHEMA test_index_drivers;
SET search_path = test_index_drivers, public;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET extra_float_digits = 1;

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
    RETURN concat_ws(' | ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END $$;
CREATE FUNCTION plan_shows(statement text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%' || node || '%' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
CREATE FUNCTION near(got float8, want float8, tolerance float8 DEFAULT 1e-12) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN got IS NULL OR want IS NULL THEN got IS NULL AND want IS NULL ELSE abs(got - want) <= tolerance * greatest(1, abs(want)) END $$;
-- Cross-product of variables i and j, counted from 0.
CREATE FUNCTION product(s covariance_summary, i int, j int) RETURNS float8 LANGUAGE sql AS $$
    SELECT (s::jsonb #>> ARRAY['products', (i * jsonb_array_length(s::jsonb -> 'means') - i * (i - 1) / 2 + j - i)::text])::float8 $$;
CREATE FUNCTION mean(s covariance_summary, i int) RETURNS float8 LANGUAGE sql AS $$ SELECT (s::jsonb #>> ARRAY['means', i::text])::float8 $$;
-- The largest difference, of products relative to what they can be.
CREATE FUNCTION difference(a covariance_summary, b covariance_summary) RETURNS float8 LANGUAGE sql AS $$
    SELECT max(greatest(abs(mean(a, i) - mean(b, i)) / (abs(mean(b, i)) + sqrt(product(b, i, i) / observations(b))), abs(product(a, i, j) - product(b, i, j)) / sqrt(product(b, i, i) * product(b, j, j))))
    FROM generate_series(0, jsonb_array_length(b::jsonb -> 'means') - 1) i, generate_series(i, jsonb_array_length(b::jsonb -> 'means') - 1) j
    HAVING observations(a) = observations(b) $$;

--
-- Figures
--

CREATE TABLE stackloss AS SELECT * FROM unnest('{42,37,37,28,18,18,19,20,15,14,14,13,11,12,8,7,8,8,9,15,15}'::float8[], '{80,80,75,62,62,62,62,62,58,58,58,58,58,58,50,50,50,50,50,56,70}'::float8[],
    '{27,27,25,24,22,23,24,24,23,18,18,17,18,19,18,18,19,19,20,20,20}'::float8[], '{89,88,90,87,87,87,93,93,87,80,89,88,82,93,89,86,72,79,80,82,91}'::float8[]) WITH ORDINALITY t(loss, air, water, acid, n);
CREATE TABLE longley AS SELECT * FROM unnest('{60.323,61.122,60.171,61.187,63.221,63.639,64.989,63.761,66.019,67.857,68.169,66.513,68.655,69.564,69.331,70.551}'::float8[],
    '{83,88.5,88.2,89.5,96.2,98.1,99,100,101.2,104.6,108.4,110.8,112.6,114.2,115.7,116.9}'::float8[], '{234.289,259.426,258.054,284.599,328.975,346.999,365.385,363.112,397.469,419.18,442.769,444.546,482.704,502.601,518.173,554.894}'::float8[],
    '{235.6,232.5,368.2,335.1,209.9,193.2,187,357.8,290.4,282.2,293.6,468.1,381.3,393.1,480.6,400.7}'::float8[], '{159,145.6,161.6,165,309.9,359.4,354.7,335,304.8,285.7,279.8,263.7,255.2,251.4,257.2,282.7}'::float8[],
    '{107.608,108.632,109.773,110.929,112.075,113.27,115.094,116.219,117.388,118.734,120.445,121.95,123.366,125.368,127.852,130.081}'::float8[], '{1947,1948,1949,1950,1951,1952,1953,1954,1955,1956,1957,1958,1959,1960,1961,1962}'::float8[]) t(employed, deflator, gnp, unemployed, forces, population, year);
CREATE TABLE data AS
    SELECT 'stackloss' AS set, '{air,water,acid}'::text[] AS names, covariance_agg(loss, air, water, acid) AS s FROM stackloss UNION ALL
    SELECT 'longley', '{deflator,gnp,unemployed,forces,population,year}', covariance_agg(employed, deflator, gnp, unemployed, forces, population, year) FROM longley;
SELECT observations(s), near(outcome_mean(s), 368 / 21.0), near(outcome_stddev(s), (SELECT stddev_samp(loss) FROM stackloss)), near(r_squared(s), 0.91357690446068163) AS r_squared FROM data WHERE set = 'stackloss';
-- NIST: 0.995479004577296.
SELECT near(r_squared(s), 0.995479004577296, 1e-11) AS r_squared FROM data WHERE set = 'longley';
CREATE TABLE r (set text, driver text, mean float8, correlation float8, beta float8, relative_weights float8, shapley float8);
INSERT INTO r VALUES
    ('stackloss', 'air', 60.428571428571431, 0.91966345290585527, 0.645047662682183387, 0.461279509210658856, 0.468478376868427693),
    ('stackloss', 'water', 21.095238095238095, 0.87550440441944699, 0.402502491464382828, 0.396424407372378107, 0.388749771504346475),
    ('stackloss', 'acid', 86.285714285714292, 0.39982958709931060, -0.080140543349473528, 0.055872987877644928, 0.056348756087907487),
    ('longley', 'deflator', 101.68125, 0.97089852506105589, 0.046282022670908585, 0.219303268901158976, 0.213818429911180441),
    ('longley', 'gnp', 387.6984375, 0.98355161117966938, -1.013746348714528178, 0.226676723172686778, 0.230219350835639242),
    ('longley', 'unemployed', 319.33125, 0.50249808387599415, -0.537542577639366193, 0.063552104025677625, 0.069602792970204691),
    ('longley', 'forces', 260.66875, 0.45730739997648218, -0.204740692344250547, 0.047860096016463939, 0.050803830962626001),
    ('longley', 'population', 117.424, 0.96039057159437557, -0.101221113945844390, 0.217076576791521203, 0.211606822581053289),
    ('longley', 'year', 1954.5, 0.97132945919211877, 2.479664382946822787, 0.221010235669787614, 0.219427777316593381);
SELECT data.set, d.driver, method, near(d.mean, r.mean) AS mean, near(d.correlation, r.correlation) AS correlation, near(d.beta, r.beta, 1e-9) AS beta,
       near(d.importance, CASE method WHEN 'shapley' THEN r.shapley ELSE r.relative_weights END, 1e-11) AS importance, near(d.share, d.importance / r_squared(s)) AS share, direction, quadrant, note
FROM data, unnest('{relative_weights,shapley}'::text[]) method, drivers(s, names, method) WITH ORDINALITY d(driver, mean, correlation, beta, importance, share, direction, quadrant, note, place) LEFT JOIN r USING (driver) WHERE data.set = r.set ORDER BY data.set DESC, method, place;
-- Groups: the importances of relative weights added up; as players in R, over both orders of the groups.
SELECT set, method, array_agg(driver ORDER BY driver) AS groups, bool_and(near(importance, want[n], 1e-11)) AS importance, near(sum(importance), r_squared(s)) AND near(sum(share), 1) AS sums, bool_and(num_nulls(mean, correlation, beta, direction, quadrant, note) = 6) AS nulls
FROM (VALUES ('stackloss', 'relative_weights', ARRAY[0.51715249708830380, 0.39642440737237811]), ('stackloss', 'shapley', ARRAY[0.49883605862904723, 0.41474084583163440]),
    ('longley', 'relative_weights', ARRAY[0.49993194971835780, 0.49554705485893835]), ('longley', 'shapley', ARRAY[0.49864281205713878, 0.49683619252015682])) v(set, method, want)
JOIN data USING (set), drivers(s, names, CASE set WHEN 'longley' THEN '{one,two,one,two,one,two}' ELSE '{one,two,one}'::text[] END, method) WITH ORDINALITY d(driver, mean, correlation, beta, importance, share, direction, quadrant, note, n) GROUP BY set, method, s ORDER BY set, method;
-- Every driver a group of its own: the same.
SELECT count(*) AS drivers, count(*) FILTER (WHERE NOT near(a.importance, b.importance) OR a.driver <> b.driver) AS differ FROM data, unnest('{relative_weights,shapley}'::text[]) method, ROWS FROM (drivers(s, names, method)) WITH ORDINALITY a(driver, mean, correlation, beta, importance, share, direction, quadrant, note, n) JOIN LATERAL ROWS FROM (drivers(s, names, names, method)) WITH ORDINALITY b(driver, mean, correlation, beta, importance, share, direction, quadrant, note, n) USING (n);

-- t.test of R.
SELECT near(e.value, 368 / 21.0) AS value, near(e.std_error, 2.2196300073693616) AS std_error, near(e.lo, 12.893742461982576) AS lo, near(e.hi, 22.153876585636475) AS hi, responses, effective_base, base_quality FROM data, outcome_ci(s) e WHERE set = 'stackloss';
SELECT near(e.lo, 13.695573157565187) AS lo, near(e.hi, 21.352045890053866) AS hi FROM data, outcome_ci(s, confidence => 0.9) e WHERE set = 'stackloss';

-- Jackknife: seven blocks of three rows, left out in R one at a time.
SELECT d.driver, near(importance, est, 1e-11) AS importance, near(d.lo, greatest(0, v.lo), 1e-11) AS lo, near(d.hi, v.hi, 1e-11) AS hi, near(share, est / 0.91357690446068163) AS share, note
FROM (SELECT array_agg(s ORDER BY block) AS blocks FROM (SELECT n % 7 AS block, covariance_agg(loss, air, water, acid) AS s FROM (SELECT loss, air, water, acid, n - 1 AS n FROM stackloss) x GROUP BY 1) x) b, drivers_jackknife(blocks, '{air,water,acid}') d
JOIN (VALUES ('air', 0.461279509210658856, 0.321144309554285634, 0.60141470886703208), ('water', 0.396424407372378107, 0.300213420143242815, 0.49263539460151340), ('acid', 0.055872987877644928, -0.048708126449625869, 0.16045410220491574)) v(driver, est, lo, hi) USING (driver);
SELECT what, d.* FROM (VALUES ('one block', 1), ('too few without one', 5)) v(what, rows), LATERAL (SELECT array_agg(s) AS blocks FROM (SELECT CASE rows WHEN 1 THEN 0 ELSE n / 5 END AS block, covariance_agg(loss, air, water) AS s FROM stackloss WHERE n < 6 OR rows = 1 GROUP BY 1) x) b,
    LATERAL (SELECT driver, importance IS NOT NULL AS importance, lo, hi, note FROM drivers_jackknife(blocks, '{air,water}', 'shapley')) d;
SELECT count(*) AS none FROM drivers_jackknife('{}', '{a}');
SELECT count(*) AS none FROM drivers_jackknife(ARRAY[NULL]::covariance_summary[], '{a}');

--
-- Against PostgreSQL's aggregates
--

SELECT setseed(0.42);
CREATE TABLE answers AS SELECT i, i % 7 AS channel, least(10, greatest(0, round(a + b - c / 2 + 3 * random())))::float8 AS y, a, b, c, CASE WHEN i % 11 = 0 THEN NULL ELSE d END AS d
    FROM (SELECT i, floor(random() * 5) + 1 AS a, random() * 3 AS b, floor(random() * 7) AS c, 1e6 * random() - 3 AS d FROM generate_series(1, 20000) i) x;
ALTER TABLE answers SET (parallel_workers = 2);
CREATE TABLE serial AS SELECT covariance_agg(y, a, b, c, d) AS s FROM answers;
CREATE TABLE postgres AS SELECT count(*) AS n, avg(y) AS mean, stddev_samp(y) AS sd, ARRAY[regr_sxx(y, y), regr_sxy(y, a), regr_sxy(y, b), regr_sxy(y, c), regr_sxy(y, d), regr_sxx(a, a), regr_sxy(a, b), regr_sxy(a, c), regr_sxy(a, d), regr_sxx(b, b), regr_sxy(b, c), regr_sxy(b, d), regr_sxx(c, c), regr_sxy(c, d), regr_sxx(d, d)] AS products,
    ARRAY[avg(y), avg(a), avg(b), avg(c), avg(d)] AS means, ARRAY[corr(y, a), corr(y, b), corr(y, c), corr(y, d)] AS correlations FROM answers WHERE d IS NOT NULL;
SELECT observations(s) = n AS n, near(outcome_mean(s), mean) AS mean, near(outcome_stddev(s), sd) AS stddev, difference(s, jsonb_build_object('observations', n, 'means', means, 'products', products)::covariance_summary) < 1e-12 AS numbers FROM serial, postgres;
SELECT driver, near(correlation, correlations[place]) AS correlation, direction = sign(correlations[place]) AS direction FROM serial, postgres, drivers(s, '{a,b,c,d}') WITH ORDINALITY d(driver, mean, correlation, beta, importance, share, direction, quadrant, note, place);
SELECT near(r_squared(covariance_agg(y, b)), regr_r2(y, b)) AS one_driver, near(max(importance), regr_r2(y, b)) AS its_importance, near(max(beta), corr(y, b)) AS its_beta FROM answers, (SELECT importance, beta FROM drivers((SELECT covariance_agg(y, b) FROM answers), '{b}', 'shapley')) d;

-- However the rows come: parallel, shuffled, merged.
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_shows('SELECT covariance_agg(y, a, b, c, d) FROM answers', 'Partial Aggregate') AS parallel, difference(covariance_agg(y, a, b, c, d), (SELECT s FROM serial)) < 1e-12 AS same FROM answers;
SET max_parallel_workers_per_gather = 0;
SELECT difference(covariance_agg(y, a, b, c, d), (SELECT s FROM serial)) < 1e-12 AS shuffled FROM (SELECT * FROM answers ORDER BY md5(i::text)) x;
SELECT difference(rollup(s), (SELECT s FROM serial)) < 1e-12 AS merged FROM (SELECT covariance_agg(y, a, b, c, d) AS s FROM answers GROUP BY channel) x;
SELECT difference(rollup(s), (SELECT s FROM serial)) < 1e-12 AS merged_one_by_one FROM (SELECT covariance_agg(y, a, b, c, d) AS s FROM answers GROUP BY i) x;
SELECT count(DISTINCT x.s) = 1 AS serial_is_repeatable FROM (SELECT covariance_agg(y, a, b, c, d) AS s FROM answers UNION ALL SELECT covariance_agg(y, VARIADIC ARRAY[a, b, c, d]) FROM answers) x;
-- A mean of 1e9 and a spread of 1 leave 6 digits, as exact arithmetic shows.
SELECT near(outcome_stddev(s) ^ 2 / exact, 1, 1e-6) AS row_by_row, near(outcome_stddev(merged) ^ 2 / exact, 1, 1e-6) AS merged, near(product(s, 0, 1) / exact_product, 1, 1e-6) AS product
FROM (SELECT covariance_agg(1e9 + y, 1e9 + b) AS s, var_samp((1e9 + y)::numeric)::float8 AS exact, ((sum((1e9 + y)::numeric * (1e9 + b)::numeric) - sum((1e9 + y)::numeric) * sum((1e9 + b)::numeric) / count(*)))::float8 AS exact_product FROM answers) x, (SELECT rollup(p) AS merged FROM (SELECT covariance_agg(1e9 + y, 1e9 + b) AS p FROM answers GROUP BY channel) x) m;
-- Frames and groups.
SELECT count(*) FILTER (WHERE NOT near(outcome_stddev(s), sd)) AS differ FROM (SELECT covariance_agg(y, a) OVER w AS s, stddev_samp(y) OVER w AS sd FROM answers WHERE i <= 300 WINDOW w AS (ORDER BY i ROWS BETWEEN 9 PRECEDING AND 2 FOLLOWING)) x;
SELECT count(*) FILTER (WHERE NOT near(outcome_mean(s), m)) AS differ, count(*) FROM (SELECT rollup(s) OVER w AS s, avg(y) OVER w AS m FROM (SELECT i, y, covariance_agg(y, b) AS s FROM answers WHERE i <= 50 GROUP BY i, y) x WINDOW w AS (ORDER BY i)) x;
SELECT channel IS NULL AS total, count(*), bool_and(near(outcome_stddev(s), sd)) AS same FROM (SELECT channel, covariance_agg(y, b) AS s, stddev_samp(y) AS sd FROM answers GROUP BY ROLLUP (channel)) x GROUP BY 1 ORDER BY 1;

--
-- Ends
--

SELECT covariance_agg(y) AS empty, covariance_agg(y, a) AS empty_too, rollup(covariance_agg) AS nothing FROM (SELECT y, a, NULL::covariance_summary AS covariance_agg FROM answers WHERE false) x;
SELECT covariance_agg(y, a) AS all_null FROM (VALUES (1::float8, NULL::float8), (NULL, 1)) v(y, a);
SELECT covariance_agg(y, VARIADIC x) AS null_array FROM (VALUES (1::float8, NULL::float8[]), (2, ARRAY[3, NULL])) v(y, x);
SELECT covariance_agg(y, a) AS some_null FROM (VALUES (1::float8, NULL::float8), (NULL, 1), (3, 4), (5, 2)) v(y, a);
SELECT covariance_agg(y, a) FILTER (WHERE false) AS filtered FROM answers;
SELECT covariance_agg(y) AS no_covariates, r_squared(covariance_agg(y)) AS r_squared, (SELECT count(*) FROM drivers(covariance_agg(y), '{}')) AS drivers FROM (VALUES (1::float8), (4)) v(y);
SELECT covariance_agg(y, VARIADIC '{}') = covariance_agg(y) AS the_same FROM (VALUES (1::float8), (4)) v(y);
SELECT s AS one_row, outcome_stddev(s), r_squared(s), outcome_ci(s) FROM (SELECT covariance_agg(3::float8, 4, 5) AS s) x;
SELECT d.* FROM (SELECT covariance_agg(3::float8, 4, 5) AS s) x, drivers(s, '{a,b}') d;
SELECT what, r_squared(s), d.driver, d.mean, round(d.correlation::numeric, 6) AS correlation, d.beta, d.importance, d.share, d.direction, d.quadrant, d.note
FROM (SELECT 'constant outcome' AS what, covariance_agg(0.1, n, n % 3) AS s FROM generate_series(1, 9) n UNION ALL
    SELECT 'collinear', covariance_agg(n * n, n, 3 * n - 7) FROM generate_series(1, 9) n UNION ALL
    SELECT 'collinear by three', covariance_agg(n * n, n, n % 3, n + 2 * (n % 3)) FROM generate_series(1, 9) n UNION ALL
    SELECT 'as many rows as that', covariance_agg(n * n, n, n % 2) FROM generate_series(1, 3) n UNION ALL
    SELECT 'all constant', covariance_agg(n, 1, 2) FROM generate_series(1, 9) n) x, drivers(s, CASE what WHEN 'collinear by three' THEN '{p,q,r}' ELSE '{p,q}'::text[] END) d WHERE d.driver <> 'r';
-- A constant driver is left out of the rest; r_squared and quadrants are of the others.
SELECT d.driver, mean IS NULL AS mean, near(importance, regr.r2) AS all_of_it, share, direction, quadrant, note, near(r_squared(s), regr.r2) AS r_squared FROM (SELECT covariance_agg(y, b, 7) AS s, regr_r2(y, b) AS r2 FROM answers) regr, drivers(s, '{b,constant}', 'shapley') d;
SELECT d.driver, near(importance, regr.r2) AS all_of_it, share, note FROM (SELECT covariance_agg(y, b, 7) AS s, regr_r2(y, b) AS r2 FROM answers) regr, drivers(s, '{b,constant}', '{mine,theirs}'::text[], 'shapley') d;
-- Nothing explained: no share.
SELECT driver, importance, share, direction, note FROM drivers((SELECT covariance_agg(y, x) FROM (VALUES (1::float8, 1::float8), (1, 2), (2, 1), (2, 2)) v(y, x)), '{x}');
-- Quadrants: importance in R's order, performance as given.
SELECT driver, quadrant FROM drivers('{"observations": 100, "means": [5, 1, 9, 1, 9], "products": [1, 0.5, 0.5, 0.1, 0.1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1]}', '{a,b,c,d}');
-- Far ends of float8.
SELECT s, r_squared(s) FROM (SELECT covariance_agg(y, x) AS s FROM (VALUES (1e-170::float8, 1::float8), (2e-170, 2), (3e-170, 4), (5e-170, 4)) v(y, x)) x;
SELECT s::text::covariance_summary = s AS reads_back FROM (SELECT covariance_agg(y, x) AS s FROM (VALUES (1e-170::float8, 1::float8), (2e-170, 2), (3e-170, 4), (5e-170, 4)) v(y, x)) x;
-- Sixty-three covariates, and twenty players.
SELECT observations(s) AS rows, jsonb_array_length(s::jsonb -> 'products') = 64 * 65 / 2 AS all_pairs FROM (SELECT covariance_agg(n, VARIADIC ARRAY(SELECT (hashint4(n * 100 + i) % 1000)::float8 FROM generate_series(1, 63) i)) AS s FROM generate_series(1, 100) n) x;
SELECT count(*) AS drivers, near(sum(importance), r_squared(s), 1e-11) AS sum FROM (SELECT covariance_agg(n, VARIADIC ARRAY(SELECT (hashint4(n * 100 + i) % 1000)::float8 FROM generate_series(1, 20) i)) AS s FROM generate_series(1, 100) n) x, drivers(s, ARRAY(SELECT i::text FROM generate_series(1, 20) i), 'shapley') GROUP BY s;

--
-- Errors
--

SELECT statement, error_of(statement) FROM (VALUES
    ('SELECT covariance_agg(y, VARIADIC x) FROM (VALUES (1::float8, ARRAY[1::float8, 2]), (1, ARRAY[1])) v(y, x)'),
    ('SELECT rollup(s) FROM (VALUES (covariance_summary ''{"observations": 1, "means": [1], "products": [0]}''), (''{"observations": 1, "means": [1, 2], "products": [0, 0, 0]}'')) v(s)'),
    ('SELECT rollup(s) FROM (VALUES (covariance_summary ''{"observations": 9223372036854775807, "means": [1], "products": [0]}''), (''{"observations": 1, "means": [1], "products": [0]}'')) v(s)'),
    ('SELECT covariance_agg(1, VARIADIC array_fill(1::float8, ARRAY[64]))'),
    ('SELECT covariance_agg(''NaN''::float8)'),
    ('SELECT covariance_agg(1, 2, ''-Infinity'')'),
    ('SELECT covariance_agg(y) FROM (VALUES (1e300::float8), (-1e300)) v(y)'),
    ('SELECT covariance_accum(NULL, 1::float8)'),
    ('SELECT covariance_combine(s, s) FROM data'),
    ('SELECT outcome_ci(s, 1) FROM data'),
    ('SELECT drivers(s, ''{a}'') FROM data WHERE set = ''stackloss'''),
    ('SELECT drivers(s, ''{a,b,NULL}'') FROM data WHERE set = ''stackloss'''),
    ('SELECT drivers(s, ''{a,b,a}'') FROM data WHERE set = ''stackloss'''),
    ('SELECT drivers(s, ''{{a,b,c}}'') FROM data WHERE set = ''stackloss'''),
    ('SELECT drivers(s, ''{a,b,c}'', ''lmg'') FROM data WHERE set = ''stackloss'''),
    ('SELECT drivers(s, ''{a,b,c}'', ARRAY[''x'', ''y'']) FROM data WHERE set = ''stackloss'''),
    ('SELECT drivers(s, ''{a,b,c}'', ARRAY[''x'', ''y'', NULL]) FROM data WHERE set = ''stackloss'''),
    ('SELECT drivers(covariance_agg(n, VARIADIC array_fill(n::float8, ARRAY[21])), ARRAY(SELECT i::text FROM generate_series(1, 21) i), ''shapley'') FROM generate_series(1, 30) n'),
    ('SELECT drivers_jackknife(array_agg(s), ''{a,b,c}'') FROM data'),
    ('SELECT drivers_jackknife(array_agg(s), ''{a,b,c}'', ''shapley'', 95) FROM data'),
    ('SELECT consistency(ARRAY[score_agg(4)], ''wow'')'),
    ('SELECT consistency(ARRAY[score_agg(11)], ''nps'')'),
    ('SELECT consistency(ARRAY[score_agg(6)], ''csat'')'),
    ('SELECT kano_category(0, 1)'),
    ('SELECT kano_category(5, 6)')) v(statement);
-- 21 drivers in two groups are two players.
SELECT count(*) AS groups FROM drivers((SELECT covariance_agg(n, VARIADIC ARRAY(SELECT (hashint4(n * 100 + i) % 1000)::float8 FROM generate_series(1, 21) i)) FROM generate_series(1, 100) n), ARRAY(SELECT i::text FROM generate_series(1, 21) i), ARRAY(SELECT (i % 2)::text FROM generate_series(1, 21) i), 'shapley');

--
-- The type
--

SELECT s, s::jsonb, s::text::covariance_summary = s AS text, s::jsonb::covariance_summary = s AS jsonb FROM data WHERE set = 'stackloss';
SELECT count(*) AS values, count(*) FILTER (WHERE s::text::covariance_summary <> s OR s::jsonb::covariance_summary <> s) AS differ FROM (SELECT covariance_agg(y * 1e-7, b, a / 3, d) AS s FROM answers GROUP BY i % 500) x;
SELECT count(*), count(DISTINCT s), bool_and(s = s AND NOT s < s AND s <= s AND s >= s AND covariance_summary_cmp(s, s) = 0) AS equal, (SELECT bool_and((a.s < b.s) = (b.s > a.s) AND (a.s <> b.s) = (a.s < b.s OR b.s < a.s)) FROM data a, data b) AS ordered FROM (SELECT s FROM data UNION ALL SELECT s FROM data) x;
SELECT count(*) AS groups FROM (SELECT s FROM (SELECT s FROM data UNION ALL SELECT s FROM data) x GROUP BY s) g;
SELECT covariance_summary ' { "products" : [2, -1, 6], "means":[8,-0.0] , "observations":3}' AS any_order;
SELECT text, error_of(format('SELECT %L::covariance_summary', text)) FROM (VALUES (''), ('{}'), ('[]'), ('{"observations": 3, "means": [8], "products": [2]'), ('{"observations": 3, "means": [8], "products": [2]} x'), ('{"observations": 3, "means": [8], "products": [2, 3]}'),
    ('{"observations": 3, "means": [8, 1], "products": [2, 3]}'), ('{"observations": 3, "means": [], "products": []}'), ('{"observations": 3, "means": [8]}'), ('{"observations": 0, "means": [8], "products": [0]}'), ('{"observations": 1, "means": [8], "products": [1]}'),
    ('{"observations": 3, "means": [8], "products": [-1]}'), ('{"observations": 3, "means": [8, 1], "products": [1, 1.1, 1]}'), ('{"observations": 3, "means": [8], "products": [1e999]}'), ('{"observations": 3, "means": ["a"], "products": [1]}'), ('{"observations": 3, "means": [null], "products": [1]}'),
    ('{"observations": 3, "observations": 3, "means": [1], "products": [1]}'), ('{"observations": 3, "means": [1], "means": [1], "products": [1]}'), ('{"observations": 2.5, "means": [1], "products": [1]}'), ('{"observations": 3, "means": [1], "products": [1], "k": 1}')) v(text);
SELECT error_of(format('SELECT %L::covariance_summary', '{"observations": 3, "means": [' || repeat('1, ', 64) || '1], "products": []}')) LIKE '22P02%fewer numbers%' AS too_many;

CREATE TABLE copied (LIKE data);
\set file `mktemp`
\set load '\\copy copied from ' :'file' ' (format binary)'
COPY data TO STDOUT (FORMAT binary) \g :file
:load
SELECT count(*) AS values, count(*) FILTER (WHERE a.s = b.s AND a.s::text = b.s::text) AS same FROM data a JOIN copied b USING (set);
TRUNCATE copied;
\set load '\\copy copied from ' :'file'
COPY data TO STDOUT \g :file
:load
SELECT count(*) FILTER (WHERE a.s = b.s) AS same_by_text FROM data a JOIN copied b USING (set);
\set file `rm -f :file`

-- The binary form: version, variables, observations; means, products. Here 3 rows, means 1 and 2, products 1, 0.5 and 4.
CREATE FUNCTION sent() RETURNS bytea LANGUAGE sql AS $$
    SELECT '\x01020000000000000003'::bytea || '\x3ff0000000000000' || '\x4000000000000000' || '\x3ff0000000000000' || '\x3fe0000000000000' || '\x4010000000000000' $$;
SELECT covariance_summary_send('{"observations": 3, "means": [1, 2], "products": [1, 0.5, 4]}') = sent() AS as_written;
CREATE TABLE received (s covariance_summary);
CREATE FUNCTION receive(message bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a0000000000000000000001'::bytea || int4send(length(message)) || message || '\xffff'::bytea;
    octal text;
    detail text;
    state text;
BEGIN
    SELECT string_agg('\' || get_byte(file, i) / 64 || get_byte(file, i) / 8 % 8 || get_byte(file, i) % 8, '' ORDER BY i) INTO octal FROM generate_series(0, length(file) - 1) i;
    DELETE FROM received;
    EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
    RETURN (SELECT s FROM received);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, state = RETURNED_SQLSTATE;
    RETURN state || ': ' || coalesce(nullif(detail, ''), SQLERRM);
END $$;
SELECT receive(sent());
SELECT left(receive(substr(sent(), 1, n)), 5) AS cut, count(*) FROM generate_series(0, length(sent()) - 1, 4) n GROUP BY 1;
SELECT what, receive(bytes) FROM (VALUES (1, 'goes on', sent() || '\x00'), (2, 'a version', set_byte(sent(), 0, 2)), (3, 'no variable', set_byte(sent(), 1, 0)), (4, 'one variable', set_byte(sent(), 1, 1)), (5, '65 variables', set_byte(sent(), 1, 65)),
    (6, 'no observation', set_byte(sent(), 9, 0)), (7, 'one observation', set_byte(sent(), 9, 1)), (8, 'a negative count', set_byte(sent(), 2, 255)), (9, 'an infinite mean', overlay(sent() PLACING '\x7ff0' FROM 11)), (10, 'not a number', overlay(sent() PLACING '\x7ff8' FROM 11)),
    (11, 'a negative square', set_byte(sent(), 26, 191)), (12, 'a large product', set_byte(sent(), 34, 65)), (13, '-0', overlay(sent() PLACING '\x8000' FROM 11))) v(n, what, bytes) ORDER BY n;

-- A damaged value is refused: XX001. Bytes that are not a value, by a type of our own that is stored like one.
CREATE TYPE damaged;
CREATE FUNCTION damaged_in(cstring) RETURNS damaged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION damaged_out(damaged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE damaged (INPUT = damaged_in, OUTPUT = damaged_out, INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (damaged AS covariance_summary) WITHOUT FUNCTION;
-- Version, zero, variables; observations; mean, product.
CREATE FUNCTION stored() RETURNS bytea LANGUAGE sql AS $$ SELECT '\x01000100'::bytea || '\x0300000000000000' || '\x0000000000002040' || '\x0000000000000040' $$;
SELECT stored()::text::damaged::covariance_summary AS not_damaged, stored()::text::damaged::covariance_summary = '{"observations": 3, "means": [8], "products": [2]}' AS same;
SELECT what, left(error_of(format('SELECT %L::damaged::covariance_summary::text', bytes)), 60) AS out, left(error_of(format('SELECT rollup(s) FROM unnest(ARRAY[%1$L, %1$L]::damaged[]::covariance_summary[]) s', bytes)), 5) AS rollup,
       left(error_of(format('SELECT outcome_mean(%L::damaged::covariance_summary)', bytes)), 5) AS mean
FROM (VALUES (1, 'nothing', '\x'::bytea), (2, 'the version', set_byte(stored(), 0, 2)), (3, 'the padding', set_byte(stored(), 1, 1)), (4, 'two variables', set_byte(stored(), 2, 2)), (5, 'no variable', '\x010000000300000000000000'), (6, 'many variables', set_byte(stored(), 3, 255)),
    (7, 'no rows', set_byte(stored(), 4, 0)), (8, 'cut', substr(stored(), 1, 27)), (9, 'cut in the header', substr(stored(), 1, 7)), (10, 'longer', stored() || '\x00')) v(n, what, bytes) ORDER BY n;

--
-- consistency
--

CREATE TABLE channel (scale int, channel int, scores int[]);
INSERT INTO channel VALUES (10, 1, '{9,10,8,7,10,6,9,10,3,9}'), (10, 2, '{5,6,7,8,9,10,2,1,7,7,6}'), (10, 3, '{0,3,10,9,9,9,8,10}'), (5, 1, '{5,4,4,3,5,2,1,5}'), (5, 2, '{1,2,3,4,4,5,5,5,5,5,4}'), (5, 3, '{3,3,2,1,4}');
CREATE TABLE by_channel AS SELECT scale, channel, score_agg(score) AS s FROM channel, unnest(scores) score GROUP BY scale, channel;
-- In R: w = n / var(x), Q = sum(w (x - sum(w x) / sum(w))^2), pchisq(Q, 2, lower.tail = FALSE), (Q - 2) / Q; a promoter is 100, a detractor -100.
SELECT v.metric, c.groups, near(c.q, v.q) AS q, c.df, near(c.p_value, v.p_value) AS p_value, near(c.i_squared, v.i_squared) AS i_squared, near(c.lowest, v.lowest) AS lowest, near(c.highest, v.highest) AS highest, near(c.spread, v.spread) AS spread, c.left_out
FROM (VALUES ('mean', 10, 3.14983234514812427, 0.20702490631878881, 0.36504557041560642, 6.18181818181818166, 8.09999999999999964, 1.91818181818181799), ('nps', 10, 4.45749285121647443, 0.10766330954522345, 0.55131728378337408, -27.27272727272727337, 40, 67.27272727272728048),
    ('csat', 5, 4.758904543295869871, 0.092601283971061085, 0.579735213891291457, 20, 72.727272727272733732, 52.727272727272733732), ('net_satisfaction', 5, 2.78393490984436331, 0.24858574195174868, 0.28159239897178107, -20, 54.54545454545454675, 74.54545454545454675)) v(metric, scale, q, p_value, i_squared, lowest, highest, spread),
    LATERAL (SELECT array_agg(s) AS summaries FROM by_channel b WHERE b.scale = v.scale) b, consistency(summaries, v.metric) c;
SELECT near((consistency(array_agg(s))).q, 3.14983234514812427) AS default_is_mean FROM by_channel WHERE scale = 10;
-- Left out: no summary, one answer, answers all alike.
SELECT groups, near(q, 3.14983234514812427) AS q, df, lowest > 6 AS lowest, left_out FROM (SELECT array_agg(s) || ARRAY[NULL, (SELECT score_agg(5)), (SELECT score_agg(0) FROM generate_series(1, 9))] AS summaries FROM by_channel WHERE scale = 10) b, consistency(summaries) c;
SELECT what, c.* FROM (VALUES ('none', '{}'::score_summary[]), ('nothing', ARRAY[NULL]::score_summary[]), ('one', ARRAY['{"counts": {"1": 2, "3": 2}}']::score_summary[]), ('alike', ARRAY['{"counts": {"1": 2, "3": 2}}', '{"counts": {"1": 2, "3": 2}}']::score_summary[])) v(what, summaries), consistency(summaries) c;
SELECT consistency(NULL) AS "null";

--
-- kano_category
--

-- Kano et al. 1984, table of answers with the feature (down) and without it (across): like, expect, neutral, tolerate, dislike.
SELECT functional, string_agg(kano_category(functional, dysfunctional), ' ' ORDER BY dysfunctional) AS categories, string_agg(kano_category(functional, dysfunctional), ' ' ORDER BY dysfunctional) = want AS as_in_the_table
FROM (VALUES (1, 'Q A A A O'), (2, 'R I I I M'), (3, 'R I I I M'), (4, 'R I I I M'), (5, 'R R R R Q')) v(functional, want), generate_series(1, 5) dysfunctional GROUP BY functional, want ORDER BY functional;
-- Reference cases: index-020, index-021, index-024.
SELECT kano_category(3, 3) AS "I", kano_category(5, 1) AS "R", kano_category(1, 3) AS "A", kano_category(NULL, 1) AS "null";
-- Better and worse coefficients: a recipe.
SELECT count(*) FILTER (WHERE c IN ('A', 'O'))::float8 / count(*) AS better, -count(*) FILTER (WHERE c IN ('O', 'M'))::float8 / count(*) AS worse
FROM (SELECT kano_category(f, d) AS c FROM (VALUES (1, 5), (1, 3), (2, 5), (3, 3), (5, 1), (1, 1)) v(f, d)) x WHERE c IN ('A', 'O', 'M', 'I');

DROP SCHEMA test_index_drivers CASCADE;
-- Rows in order of time with a trend and a large mean: the second source is exact arithmetic in numeric.
WITH trend AS (SELECT 1e9 + i / 250000.0::float8 AS a, 1e9 + i / 250000.0::float8 + ((i::bigint * 7919) % 1009 - 504) / 300.0::float8 AS b FROM generate_series(1, 100000) i),
     exact AS (SELECT sum(a::numeric) AS sa, sum(b::numeric) AS sb, sum(a::numeric * a::numeric) AS saa, sum(a::numeric * b::numeric) AS sab, sum(b::numeric * b::numeric) AS sbb, count(*)::numeric AS n
               FROM (SELECT (a - 1e9)::numeric AS a, (b - 1e9)::numeric AS b FROM trend) shifted),
     ours AS (SELECT covariance_agg(a, b)::jsonb -> 'products' AS p FROM trend)
SELECT abs((p ->> 0)::float8 / (saa - sa * sa / n)::float8 - 1) < 1e-6 AS outcome, abs((p ->> 1)::float8 / (sab - sa * sb / n)::float8 - 1) < 1e-6 AS cross_product,
       abs((p ->> 2)::float8 / (sbb - sb * sb / n)::float8 - 1) < 1e-6 AS covariate
FROM exact, ours;
-- Equal values have equal hashes.
SELECT count(*) AS pairs, bool_and((a.n = b.n) = (a.s = b.s)) AS equal, bool_and(a.s <> b.s OR covariance_summary_hash(a.s) = covariance_summary_hash(b.s)) AS hash,
       bool_and(a.s <> b.s OR covariance_summary_hash_extended(a.s, 7) = covariance_summary_hash_extended(b.s, 7)) AS hash_extended, count(DISTINCT covariance_summary_hash(a.s)) AS hashes
FROM (SELECT k AS n, covariance_agg(2 ^ k + i % 2 ORDER BY i) AS s FROM generate_series(1, 3) k, generate_series(1, 5) i GROUP BY k) a,
     (SELECT k AS n, covariance_agg(2 ^ k + i % 2 ORDER BY -i) AS s FROM generate_series(1, 3) k, generate_series(1, 5) i GROUP BY k) b;
