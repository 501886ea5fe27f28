-- p_alive, expected_purchases, expected_spend, cltv, cltv_ci, retention_rate, survivor, residual_lifetime.
--
-- The figures are those of the papers' spreadsheets, of the packages BTYD and lifetimes, and of mpmath 1.3 where they have
-- too few digits or fail. (test/unit/bgnbd_test.c, gamma_gamma_test.c and sbg_test.c have more.)

CREATE SCHEMA test_value_predict;
SET search_path = test_value_predict, public;
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
CREATE FUNCTION near(got float8, want float8, tolerance float8 DEFAULT 1e-9) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN got IS NULL OR want IS NULL THEN got IS NULL AND want IS NULL ELSE abs(got - want) <= tolerance * greatest(1, abs(want)) END $$;
-- Models of given parameters, as somebody might write them down.
CREATE FUNCTION bg(r float8, alpha float8, a float8, b float8, unit float8 DEFAULT NULL) RETURNS bgnbd_model LANGUAGE sql IMMUTABLE AS $$
    SELECT ROW(r, alpha, a, b, NULL, NULL, NULL, unit, NULL, NULL, NULL)::bgnbd_model $$;
CREATE FUNCTION mbg(r float8, alpha float8, a float8, b float8, unit float8 DEFAULT NULL) RETURNS mbgnbd_model LANGUAGE sql IMMUTABLE AS $$
    SELECT ROW(r, alpha, a, b, NULL, NULL, NULL, unit, NULL, NULL, NULL)::mbgnbd_model $$;
CREATE FUNCTION gg(p float8, q float8, v float8) RETURNS gamma_gamma_model LANGUAGE sql IMMUTABLE AS $$
    SELECT ROW(p, q, v, NULL, NULL, NULL, NULL, NULL, NULL)::gamma_gamma_model $$;
CREATE FUNCTION sbg(alpha float8, beta float8) RETURNS sbg_model LANGUAGE sql IMMUTABLE AS $$
    SELECT ROW(alpha, beta, NULL, NULL, NULL, NULL, NULL, NULL)::sbg_model $$;

--
-- Purchases
--

CREATE TABLE alive (what text, m bgnbd_model, x bigint, t_x float8, t float8, want float8);
INSERT INTO alive VALUES
    ('BTYD 0.9688523', bg(0.2425967, 4.413659, 0.7929869, 2.426164), 26, 30.857142857142858, 31, 0.9688522601450139),
    ('Hardie, note 21', bg(0.243, 4.414, 0.793, 2.426), 1, 16, 32, 0.5984020826116335),
    ('1,000 and long gone', bg(0.243, 4.414, 0.793, 2.426), 1000, 10, 100, 0),
    ('at once and never again', bg(0.243, 4.414, 0.793, 2.426), 1, 0, 1000, 0.0035826790549255676),
    ('no repeat', bg(0.243, 4.414, 0.793, 2.426), 0, 0, 1000, 1);
SELECT what, near(p_alive(m, x, t_x, t), want, 1e-12) AS ok, near(p_alive(m, ROW(x, t_x, t, NULL, NULL)::rfm_summary), want, 1e-12) AS summary FROM alive;

CREATE TABLE expected (what text, m bgnbd_model, horizon float8, x bigint, t_x float8, t float8, want float8);
INSERT INTO expected VALUES
    ('Hardie 1.226', bg(0.24259452242830334, 4.413602018959042, 0.7929220176569717, 2.425906778604955), 39, 2, 30.43, 38.86, 1.2259068353858067),
    ('Hardie 1.858', bg(0.24259452242830334, 4.413602018959042, 0.7929220176569717, 2.425906778604955), 78, 0, 0, 0, 1.857958390018494),
    ('BTYD 25.75659', bg(0.2425967, 4.413659, 0.7929869, 2.426164), 52, 26, 30.857142857142858, 31, 25.756585890676146),
    ('BTYD 0.004158973', bg(0.2425967, 4.413659, 0.7929869, 2.426164), 52, 20, 20, 39, 0.004158972596535037),
    ('lifetimes 0.030461', bg(0.16385090144836356, 1.864280440018445, 1.8503431078054433, 3.181058756291007), 30, 6, 142, 292, 0.030461311775921856),
    ('a = 1', bg(0.5, 5, 1, 2.5), 30, 3, 20, 40, 0.7020877280841252),
    ('a + b = 1', bg(0.5, 5, 0.4, 0.6), 30, 0, 0, 40, 0.28452561087099115),
    ('a, b < 1', bg(0.05, 60, 0.3, 0.1), 39, 7, 30, 38.86, 2.4000374696476685),
    ('x = 150', bg(4, 0.5, 5, 100), 39, 150, 380, 400, 0.2384997777241953),
    ('T = 0, a century', bg(.243, 4.414, .793, 2.426), 5200, 0, 0, 0, 12.148119026370994),
    ('T = 0, a day', bg(.243, 4.414, .793, 2.426), 0.14, 0, 0, 0, 0.007670239539838108),
    ('nobody stops', bg(.01, .1, 1e-5, 1e5), 5200, 0, 0, 0, 519.99892685223535),
    ('everybody stops', bg(.25, 4.4, 5000, 3000), 39, 0, 0, 40, 0.16580621847892744),
    ('no time', bg(.243, 4.414, .793, 2.426), 0, 3, 4, 5, 0),
    ('for ever, a = 2', bg(1, 5, 2, 3), 'Infinity', 0, 0, 10, 4),
    ('for ever, a < 1', bg(.243, 4.414, .793, 2.426), 'Infinity', 3, 4, 5, NULL);
SELECT what, near(expected_purchases(m, horizon, x, t_x, t), want, 1e-11) AS ok,
       near(expected_purchases(m, horizon, ROW(x, t_x, t, NULL, NULL)::rfm_summary), want, 1e-11) AS summary,
       CASE WHEN t = 0 THEN near(expected_purchases(m, horizon), want, 1e-11) END AS new_customer
FROM expected;
-- x = 5,000 and x = 1e9.
SELECT near(expected_purchases(m, horizon, 5000, 799.9, 800), p_alive(m, 5000, 799.9, 800) * want, 1e-9) AS x_5000,
       near(expected_purchases(m, 1, 1000000000, 100, 100), 9541098.0204238283, 1e-9) AS x_1e9
FROM bg(.243, 4.414, .793, 2.426) m, (VALUES (0.14::float8, 0.87018094789824638), (5200, 12467.542931353789)) v (horizon, want);
-- The MBG/NBD model.
SELECT near(p_alive(m, 26, 30.857142857142858, 31), 0.9654846491549114, 1e-12) AS alive,
       near(expected_purchases(m, 52, 26, 30.857142857142858, 31), 23.9981908931636, 1e-11) AS expected,
       near(expected_purchases(m, 39), 1.1822797511166139, 1e-11) AS new_customer,
       near(p_alive(m, 0, 0, 0), 1.614002240629073 / (1.614002240629073 + 0.8913593908253938), 1e-12) AS just_now,
       near(expected_purchases(m, 39, ROW(0, 0, 0, NULL, NULL)::rfm_summary), 1.1822797511166139, 1e-11) AS summary
FROM mbg(0.5248431590114803, 6.1830852789358355, 0.8913593908253938, 1.614002240629073) m;

-- Units of time.
CREATE TABLE weekly AS SELECT bg(.243, 4.414, .793, 2.426, 604800) AS m, mbg(.243, 4.414, .793, 2.426, 604800) AS mb, bg(.243, 4.414, .793, 2.426) AS plain, ROW(2, 30.43, 38.86, 20, 604800)::rfm_summary AS s;
SELECT expected_purchases(m, '273 days'::interval) = expected_purchases(m, 39) AS new_customer,
       expected_purchases(m, '39 weeks'::interval, 2, 30.43, 38.86) = expected_purchases(m, 39, 2, 30.43, 38.86) AS history,
       expected_purchases(m, '273 days'::interval, s) = expected_purchases(m, 39, s) AS summary,
       expected_purchases(plain, '273 days'::interval, s) = expected_purchases(m, 39, s) AS unit_of_summary,
       expected_purchases(mb, '273 days'::interval) = expected_purchases(mb, 39) AS mbg_new, expected_purchases(mb, '273 days'::interval, s) = expected_purchases(mb, 39, s) AS mbg_summary,
       expected_purchases(mb, '273 days'::interval, 2, 30.43, 38.86) = expected_purchases(mb, 39, 2, 30.43, 38.86) AS mbg_history,
       p_alive(m, ROW(2, 30.43, 38.86, 20, NULL)::rfm_summary) = p_alive(m, s) AS unit_of_model, p_alive(mb, s) = p_alive(mb, 2, 30.43, 38.86) AS mbg_alive
FROM weekly;
SELECT error_of('SELECT ' || e || ' FROM weekly') FROM unnest(ARRAY[
    'expected_purchases(plain, ''273 days''::interval)', 'expected_purchases(m, ''1 month''::interval)', 'expected_purchases(m, ''-1 day''::interval)',
    'expected_purchases(m, -1)', 'expected_purchases(m, ''NaN''::float8)', 'p_alive(m, ROW(2, 213, 272, 20, 86400)::rfm_summary)', 'p_alive(m, ROW(2, 213, 272, 20, -1)::rfm_summary)',
    'expected_purchases(mb, 39, ROW(2, 213, 272, 20, 86400)::rfm_summary)', 'p_alive(m, -1, 0, 3)', 'p_alive(m, 1, 4, 3)', 'p_alive(m, 0, 1, 3)', 'p_alive(m, 1, ''NaN'', 3)',
    'expected_purchases(m, 39, 1, 2, ''Infinity'')', 'p_alive(m, ROW(1, 4, 3, NULL, NULL)::rfm_summary)', 'p_alive(bg(-1, 1, 1, 1), 1, 2, 3)', 'p_alive(bg(1, 1, 1, 1, 0), 1, 2, 3)']) e;

-- NULL where something is not known: an argument, a column, a parameter; or where the model is not identified.
SELECT p_alive(m, NULL, 1, 2) IS NULL AS argument, p_alive(m, ROW(2, NULL, 38.86, 20, 604800)::rfm_summary) IS NULL AS part, p_alive(NULL::bgnbd_model, s) IS NULL AS model,
       p_alive(bg(1, NULL, 1, 1), 1, 2, 3) IS NULL AS parameter, expected_purchases(m, NULL::float8) IS NULL AS horizon,
       p_alive(ROW(1, 1, 1, 1, 5, -3, NULL, NULL, true, false, NULL)::bgnbd_model, 1, 2, 3) IS NULL AS not_identified
FROM weekly;

-- A model that changes from row to row, and one that stays, are both read right.
CREATE TABLE scored AS
SELECT i, CASE WHEN i % 3 = 0 THEN bg(.243, 4.414, .793, 2.426) WHEN i % 3 = 1 THEN bg(1, 5, 2, 3 + i) END AS m, (i % 5)::bigint AS x, (i % 5) * 2.5 AS t_x, 20 + i % 7 AS t FROM generate_series(1, 200) i;
SELECT count(*) AS rows, count(p) AS scored, count(*) FILTER (WHERE i % 3 < 2 AND NOT near(p, CASE WHEN x = 0 THEN 1 ELSE 1 / (1 + (m).a / ((m).b + x - 1) * (((m).alpha + t) / ((m).alpha + t_x)) ^ ((m).r + x)) END, 1e-13)) AS differ
FROM (SELECT *, p_alive(m, x, t_x, t) AS p FROM scored) q;
SELECT sum(expected_purchases(m, 52, x, t_x, t)) = sum(expected_purchases((SELECT m FROM weekly), 52, x, t_x, t)) AS same FROM (SELECT s.*, w.m AS other FROM scored s, weekly w) q (i, old, x, t_x, t, m);
CREATE FUNCTION score(m bgnbd_model, x bigint) RETURNS float8 LANGUAGE plpgsql AS $$ BEGIN RETURN p_alive(m, x, 1, 3); END $$;
SELECT bool_and(score(m, 2) IS NOT DISTINCT FROM p_alive(m, 2, 1, 3)) AS plpgsql FROM scored;

--
-- Spend
--

SELECT near(expected_spend(m, 1, 11.77), 18.916852057842046, 1e-12) AS customer_2, near(expected_spend(m, 0, 0), 35.21897810218978, 1e-12) AS customer_4,
       near(expected_spend(m, 0, NULL), 35.21897810218978, 1e-12) AS nothing_known, near(expected_spend(m, ROW(0, 0, 38, NULL, 86400)::rfm_summary), 35.21897810218978, 1e-12) AS summary,
       near(expected_spend(m, ROW(1, 4, 38, 11.77, 86400)::rfm_summary), 18.916852057842046, 1e-12) AS summary_2,
       expected_spend(m, 3, NULL) IS NULL AS unknown, expected_spend(m, 3, 0) IS NULL AS free, expected_spend(m, 3, -2) IS NULL AS refunds, expected_spend(m, NULL, 2) IS NULL AS frequency
FROM gg(6.25, 3.74, 15.44) m;
SELECT expected_spend(gg(2, 1, 15), 0, NULL) IS NULL AS q_1, expected_spend(gg(2, 0.9, 15), 5, 20) IS NULL AS q_below, expected_spend(NULL, 5, 20) IS NULL AS no_model,
       expected_spend(ROW(1, 2, 3, 9, -5, NULL, true, false, NULL)::gamma_gamma_model, 5, 20) IS NULL AS not_identified;
SELECT error_of('SELECT expected_spend(gg(2, 3, 4), ' || e) FROM unnest('{"-1, 5)", "2, ''NaN'')", "2, ''Infinity'')"}'::text[]) e;

--
-- Value
--

CREATE TABLE valued AS
SELECT bg(0.24259452242830334, 4.413602018959042, 0.7929220176569717, 2.425906778604955, 604800) AS m, mbg(0.5248431590114803, 6.1830852789358355, 0.8913593908253938, 1.614002240629073, 604800) AS mb,
       gg(6.25, 3.74, 15.44) AS g, bg(0.24259452242830334, 4.413602018959042, 0.7929220176569717, 2.425906778604955) AS plain,
       ROW(2, 30.428571428571427, 38.857142857142854, 22.345, 604800)::rfm_summary AS two, ROW(1, 1.7142857142857142, 38.857142857142854, 11.77, 604800)::rfm_summary AS one,
       ROW(0, 0, 38.857142857142854, NULL, 604800)::rfm_summary AS none, 12 * 4.348214285714286 AS year, 1.01 ^ 12 - 1 AS rate;
-- As lifetimes does it: twelve months of 30.4375 days at 1 % a month.
SELECT near(cltv(m, g, two, year, rate, 1, 'monthly'), 36.30439854029194, 1e-9) AS two, near(cltv(m, g, one, year, rate, 1, 'monthly'), 4.64550749717249, 1e-9) AS one,
       near(cltv(m, g, two, year, 0, 1, 'monthly'), 38.54457997572527, 1e-9) AS undiscounted, near(cltv(m, g, two, year, 0), 38.54457997572527, 1e-9) AS and_continuous,
       near(cltv(m, g, two, year, rate, 0.3, 'monthly'), 0.3 * 36.30439854029194, 1e-9) AS margin FROM valued;
-- Continuous: what the expected purchases of each hour come to.
SELECT near(cltv(m, g, two, 26, 0.5),
            (SELECT sum((expected_purchases(m, i / 168.0, two) - expected_purchases(m, (i - 1) / 168.0, two)) * 1.5 ^ -((i - 0.5) / 168 * 7 / 365.25)) FROM generate_series(1, 26 * 168) i) * expected_spend(g, two), 1e-7) AS bg,
       near(cltv(mb, g, two, 26, 0.5),
            (SELECT sum((expected_purchases(mb, i / 168.0, two) - expected_purchases(mb, (i - 1) / 168.0, two)) * 1.5 ^ -((i - 0.5) / 168 * 7 / 365.25)) FROM generate_series(1, 26 * 168) i) * expected_spend(g, two), 1e-7) AS mbg
FROM valued;
-- All that is to come, of purchases: 0.6767610715016622 at 0.0027 a week in mpmath.
SELECT near(cltv(m, g, ROW(7, 35, 77.86, 20, NULL)::rfm_summary, 'infinity'::float8, exp(0.0027 * 365.25 / 7) - 1) / expected_spend(g, 7, 20), 0.6767610715016622, 1e-7) AS dert,
       cltv(m, g, two, 'infinity'::float8, 0) IS NULL AS no_bound,
       near(cltv(bg(1, 5, 2, 3), g, ROW(0, 0, 10, NULL, NULL)::rfm_summary, 'infinity'::float8, 0), 4 * 35.21897810218978, 1e-12) AS bound,
       cltv(m, g, two, 1e6, 0.1) = cltv(m, g, two, 'infinity'::float8, 0.1) AS long_enough, near(cltv(m, g, two, 52, 1e-9), cltv(m, g, two, 52, 0), 1e-8) AS hardly_a_rate
FROM valued;
SELECT near(cltv(m, g, none, '52 weeks'::interval, 0.1), cltv(m, g, none, 52, 0.1), 1e-15) AS by_interval, near(cltv(mb, g, none, '364 days'::interval, 0.1), cltv(mb, g, none, 52, 0.1), 1e-15) AS mbg,
       cltv(m, g, none, 0, 0.1) = 0 AS no_time, cltv(plain, g, two, 52, 0.1) = cltv(m, g, two, 52, 0.1) AS unit_of_summary,
       cltv(m, g, ROW(2, 30, 38, NULL, 604800)::rfm_summary, 52, 0.1) IS NULL AS spend_unknown, cltv(m, g, ROW(NULL, 30, 38, 5, 604800)::rfm_summary, 52, 0.1) IS NULL AS history_unknown,
       cltv(m, gg(2, 0.5, 3), two, 52, 0.1) IS NULL AS no_mean, cltv(NULL::bgnbd_model, g, two, 52, 0.1) IS NULL AS no_model
FROM valued;
SELECT error_of('SELECT ' || e || ' FROM valued') FROM unnest(ARRAY['cltv(m, g, two, -1, 0.1)', 'cltv(m, g, two, 52, -0.1)', 'cltv(m, g, two, 52, ''NaN'')', 'cltv(m, g, two, 52, 0.1, ''Infinity'')',
    'cltv(m, g, two, 52, 0.1, 1, ''daily'')', 'cltv(m, g, two, ''Infinity''::float8, 0.1, 1, ''monthly'')', 'cltv(m, g, ROW(2, 213, 272, 20, 86400)::rfm_summary, 52, 0.1)',
    'cltv(plain, g, ROW(2, 30, 38, 20, NULL)::rfm_summary, 52, 0.1)', 'cltv(plain, g, ROW(2, 30, 38, 20, NULL)::rfm_summary, ''52 weeks''::interval, 0)', 'cltv(m, g, ROW(2, 30, 38, ''NaN'', NULL)::rfm_summary, 52, 0.1)',
    'cltv(m, g, two, ''1 year''::interval, 0.1)', 'cltv_ci(m, g, two, 52, 0.1, 1, ''continuous'', 95)']) e;

-- Intervals: against the delta method by finite differences in SQL, in the logarithms of all seven parameters.
CREATE TABLE fitted (m bgnbd_model, g gamma_gamma_model);
WITH customers AS MATERIALIZED (
    SELECT ROW(v.x, v.t_x, v.t, CASE WHEN v.x > 0 THEN 10 + (v.x * 7 + i * 13) % 50 END, 604800)::rfm_summary AS r
    FROM (VALUES (0, 0, 10, 120), (0, 0, 20, 150), (0, 0, 30, 180), (1, 0.5, 30, 60), (1, 1, 20, 40), (1, 2, 10, 25), (1, 3, 20, 20), (1, 12, 30, 25), (1, 25, 30, 30),
          (2, 2, 30, 20), (2, 8, 10, 12), (2, 15, 30, 14), (3, 22, 30, 15), (4, 9, 20, 6), (5, 28, 30, 9), (8, 17, 30, 3), (10, 8, 30, 2), (12, 29, 30, 4), (16, 19.5, 20, 3), (25, 29.5, 30, 6))
         v (x, t_x, t, n), generate_series(1, v.n) i)
INSERT INTO fitted SELECT bgnbd_fit(r), gamma_gamma_fit(r) FROM customers;
SELECT (m).identified AND (g).identified AS identified FROM fitted;
CREATE FUNCTION moved(m bgnbd_model, i int, h float8) RETURNS bgnbd_model LANGUAGE sql IMMUTABLE AS $$
    SELECT ROW((m).r * exp(CASE i WHEN 1 THEN h ELSE 0 END), (m).alpha * exp(CASE i WHEN 2 THEN h ELSE 0 END), (m).a * exp(CASE i WHEN 3 THEN h ELSE 0 END), (m).b * exp(CASE i WHEN 4 THEN h ELSE 0 END),
               (m).customers, NULL, NULL, (m).unit_seconds, true, true, NULL)::bgnbd_model $$;
CREATE FUNCTION moved(g gamma_gamma_model, i int, h float8) RETURNS gamma_gamma_model LANGUAGE sql IMMUTABLE AS $$
    SELECT ROW((g).p * exp(CASE i WHEN 1 THEN h ELSE 0 END), (g).q * exp(CASE i WHEN 2 THEN h ELSE 0 END), (g).v * exp(CASE i WHEN 3 THEN h ELSE 0 END), (g).customers, NULL, NULL, true, true, NULL)::gamma_gamma_model $$;
WITH customer (n, s) AS (VALUES (1, ROW(2, 8, 30, 25, 604800)::rfm_summary), (2, ROW(0, 0, 20, NULL, 604800)::rfm_summary), (3, ROW(16, 29, 30, 40, 604800)::rfm_summary)),
slope AS (
    SELECT n, s, m, g, array_agg((ln(cltv(moved(m, i, 1e-4), moved(g, i - 4, 1e-4), s, 52, 0.1)) - ln(cltv(moved(m, i, -1e-4), moved(g, i - 4, -1e-4), s, 52, 0.1))) / 2e-4 ORDER BY i) AS d
    FROM customer, fitted, generate_series(1, 7) i GROUP BY n, s, m, g),
error AS (
    SELECT n, s, m, g, sqrt((SELECT sum(d[i] * d[j] * (m).covariance[4 * (i - 1) + j] / ((ARRAY[(m).r, (m).alpha, (m).a, (m).b])[i] * (ARRAY[(m).r, (m).alpha, (m).a, (m).b])[j])) FROM generate_series(1, 4) i, generate_series(1, 4) j)
                          + (SELECT sum(d[4 + i] * d[4 + j] * (g).covariance[3 * (i - 1) + j] / ((ARRAY[(g).p, (g).q, (g).v])[i] * (ARRAY[(g).p, (g).q, (g).v])[j])) FROM generate_series(1, 3) i, generate_series(1, 3) j)) AS e
    FROM slope)
SELECT n, c.value = cltv(m, g, s, 52, 0.1) AS value, near(c.std_error, c.value * e, 1e-5) AS std_error, near(c.lo, c.value * exp(-1.959963984540054 * e), 1e-5) AS lo,
       near(c.hi, c.value * exp(1.959963984540054 * e), 1e-5) AS hi, c.responses, c.base_quality, near((ci90).hi, c.value * exp(1.6448536269514722 * e), 1e-5) AS hi_90
FROM error, LATERAL cltv_ci(m, g, s, 52, 0.1) c, LATERAL (SELECT cltv_ci(m, g, s, '52 weeks'::interval, 0.1, confidence => 0.9) AS ci90) z ORDER BY n;
SELECT (cltv_ci(m, g, two, 52, 0.1)).value = cltv(m, g, two, 52, 0.1) AS value, (cltv_ci(m, g, two, 52, 0.1)).lo IS NULL AS no_covariance, cltv_ci(mb, g, ROW(3, 4, 5, NULL, NULL)::rfm_summary, 52, 0.1) IS NULL AS unknown,
       (cltv_ci(mb, g, two, '52 weeks'::interval, 0.1)).value = cltv(mb, g, two, 52, 0.1) AS mbg
FROM valued;

--
-- Contracts
--

-- Fader and Hardie 2007, high end: years 0 to 12.
SELECT bool_and(near(survivor(m, t - 1), s, 1e-12)) AS survivor, bool_and(t = 1 OR near(retention_rate(m, t - 1), s / before, 1e-12)) AS retention
FROM sbg(0.6680883509044305, 3.8060949625038325) m, (SELECT t::int, s, lag(s) OVER (ORDER BY t) AS before FROM unnest('{1.0, 0.8506792627601335, 0.7468594099587174, 0.6697889830952403, 0.609919135326414, 0.5618342811009281,
    0.5222155692895283, 0.48890641972971094, 0.46043967183296763, 0.43577959002102123, 0.4141723978904794, 0.3950553431796649, 0.3779990716210754}'::float8[]) WITH ORDINALITY u (s, t)) v;
-- Fader and Hardie 2010, table 3: 3.45, 3.59 and 10.06 to more digits.
SELECT near(residual_lifetime(sbg(3.8, 15.2), 2, 0.1), 3.4510003289098834) AS two, near(residual_lifetime(sbg(3.8, 15.2), 3, 0.1), 3.586543656544286) AS three,
       near(residual_lifetime(sbg(0.067, 0.267), 4, 0.1), 10.056167014087508) AS polarised, near(residual_lifetime(sbg(3.8, 15.2), 0, 0.1), 4.0089258372957906) AS new_customer,
       residual_lifetime(sbg(0.704, 1.182), 0) IS NULL AS no_bound, near(residual_lifetime(sbg(3.8, 15.2), 0), 18 / 2.8) AS bound,
       residual_lifetime(ROW(2, 1, 9, -5, NULL, true, false, NULL)::sbg_model, 0, 0.1) IS NULL AS not_identified;
SELECT near(survivor(sbg(.704, 1.182), 1000000000), 4.7825691653870352e-7, 1e-18) AS very_late, survivor(sbg(.704, 1.182), NULL) IS NULL AS null_period;
SELECT error_of('SELECT ' || e) FROM unnest(ARRAY['survivor(sbg(1, 1), -1)', 'retention_rate(sbg(1, 1), 0)', 'residual_lifetime(sbg(1, 1), -1, 0.1)', 'residual_lifetime(sbg(1, 1), 1, -0.1)', 'residual_lifetime(sbg(1, 1), 1, ''NaN'')']) e;

-- Every function can run in a parallel worker, and is described.
SELECT count(*) AS functions, bool_and(p.proparallel = 's') AS parallel, bool_and(p.provolatile = 'i') AS immutable, bool_and(obj_description(p.oid, 'pg_proc') IS NOT NULL) AS described
FROM pg_proc p WHERE p.proname IN ('p_alive', 'expected_purchases', 'expected_spend', 'cltv', 'cltv_ci', 'retention_rate', 'survivor', 'residual_lifetime') AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'c');

SET client_min_messages = warning;
DROP SCHEMA test_value_predict CASCADE;
