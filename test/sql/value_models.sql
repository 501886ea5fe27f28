-- bgnbd_fit, mbgnbd_fit, gamma_gamma_fit, sbg_fit, standard_errors.
--
-- The second source: mpmath 1.3, the likelihoods of the papers maximised there with 30 digits and their second derivatives
-- inverted there; Fader and Hardie 2007 for the two cohorts of sBG. (test/unit/bgnbd_test.c, gamma_gamma_test.c and
-- sbg_test.c have more; value_models_cdnow.sql fits real customers.)

CREATE SCHEMA test_value_models;
SET search_path = test_value_models, public;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET extra_float_digits = 1;

CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ': ' || message, nullif(hint, ''));
END $$;
CREATE FUNCTION plan_shows(statement text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%' || node || '%' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
CREATE FUNCTION near(got float8[], want float8[], tolerance float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT bool_and(coalesce(abs(g - w) <= tolerance * greatest(1, abs(w)), g IS NULL AND w IS NULL)) AND count(g) = count(w)
    FROM unnest(got, want) u(g, w) $$;

--
-- Purchases
--

CREATE TABLE customer (id int GENERATED ALWAYS AS IDENTITY, x bigint, t_x float8, t float8, r rfm_summary);
INSERT INTO customer (x, t_x, t)
    SELECT v.x, v.t_x, v.t
    FROM (VALUES (0, 0, 10, 120), (0, 0, 20, 150), (0, 0, 30, 180), (1, 0.5, 30, 60), (1, 1, 20, 40), (1, 2, 10, 25), (1, 3, 20, 20), (1, 12, 30, 25),
                 (1, 25, 30, 30), (2, 2, 30, 20), (2, 8, 10, 12), (2, 15, 30, 14), (3, 22, 30, 15), (4, 9, 20, 6), (5, 28, 30, 9), (8, 17, 30, 3),
                 (10, 8, 30, 2), (12, 29, 30, 4), (16, 19.5, 20, 3), (25, 29.5, 30, 6)) v (x, t_x, t, customers), generate_series(1, v.customers);
UPDATE customer SET r = ROW(x, t_x, t, CASE WHEN x > 0 THEN 20 + id % 7 END, 604800);
INSERT INTO customer (x, t_x, t) VALUES (NULL, 1, 2), (1, NULL, 2), (1, 1, NULL);

CREATE TABLE fitted AS SELECT bgnbd_fit(x, t_x, t) AS bg, mbgnbd_fit(x, t_x, t) AS mbg FROM customer;
SELECT (bg).customers, (bg).converged, (bg).identified, (bg).unit_seconds IS NULL AS no_unit, (bg).extra IS NULL AS no_extra,
       near(ARRAY[(bg).r, (bg).alpha, (bg).a, (bg).b], '{0.16480328596325191, 0.95905701526491292, 0.43780120237440281, 0.28197672373555668}', 1e-8) AS parameters,
       near(ARRAY[(bg).loglik], '{-2236.3978066031043}', 1e-12) AS loglik,
       near(standard_errors(bg), '{0.013824883967857381, 0.16462282427487132, 0.098395834928715939, 0.075879588648227016}', 1e-8) AS errors,
       near((bg).covariance[2:2] || (bg).covariance[12:12], '{0.0016390196128525857, 0.0064426354757179609}', 1e-8) AS covariance,
       array_length((bg).covariance, 1) AS elements
FROM fitted;
SELECT (mbg).customers, (mbg).converged, (mbg).identified,
       near(ARRAY[(mbg).r, (mbg).alpha, (mbg).a, (mbg).b], '{0.65549738646590126, 2.0379584917881683, 1.6433214305791041, 1.3757823261314683}', 1e-8) AS parameters,
       near(ARRAY[(mbg).loglik], '{-2272.7863294060267}', 1e-12) AS loglik,
       near(standard_errors(mbg), '{0.10971134051762689, 0.39940064789480188, 0.2501461081822418, 0.26964068256435967}', 1e-8) AS errors
FROM fitted;

-- However the customers come together, it is the same model to the last bit.
SELECT count(DISTINCT bgnbd_fit(s)::text) AS bg, count(DISTINCT mbgnbd_fit(s)::text) AS mbg
FROM (SELECT purchase_agg(x, t_x, t) FROM customer
      UNION ALL SELECT purchase_agg(x, t_x, t ORDER BY md5(id::text)) FROM customer
      UNION ALL SELECT purchase_agg(x, t_x, t ORDER BY id DESC) FROM customer
      UNION ALL SELECT rollup(s) FROM (SELECT purchase_agg(x, t_x, t) AS s FROM customer GROUP BY id % 7) u) v (s);
SELECT (SELECT bgnbd_fit(purchase_agg(x, t_x, t)) FROM customer)::text = bg::text AS over_summary,
       (SELECT bgnbd_fit(x, t_x, t ORDER BY md5(id::text)) FROM customer)::text = bg::text AS shuffled
FROM fitted;
CREATE TABLE big AS SELECT c.* FROM customer c, generate_series(1, 60);
ALTER TABLE big SET (parallel_workers = 2);
ANALYZE big;
CREATE TABLE serial AS SELECT bgnbd_fit(x, t_x, t) AS bg, mbgnbd_fit(r) AS mbg, gamma_gamma_fit(r) AS gg, sbg_fit(x::int + 1, x < t / 4) AS sbg FROM big;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT plan_shows('SELECT bgnbd_fit(x, t_x, t), mbgnbd_fit(r), gamma_gamma_fit(r), sbg_fit(x::int + 1, x < t / 4) FROM big', 'Partial Aggregate') AS parallel;
SELECT bgnbd_fit(x, t_x, t)::text = (SELECT bg::text FROM serial) AS bg, mbgnbd_fit(r)::text = (SELECT mbg::text FROM serial) AS mbg,
       gamma_gamma_fit(r)::text = (SELECT gg::text FROM serial) AS gg, sbg_fit(x::int + 1, x < t / 4)::text = (SELECT sbg::text FROM serial) AS sbg
FROM big;
SET max_parallel_workers_per_gather = 0;

-- From rfm_summary the model carries the unit.
SELECT (bgnbd_fit(r)).unit_seconds, bgnbd_fit(r)::text = (SELECT bgnbd_fit(purchase_agg(r))::text FROM customer) AS same,
       (bgnbd_fit(r)).r = (SELECT (bg).r FROM fitted) AS r FROM customer;
SELECT error_of($$ SELECT bgnbd_fit(ROW(1, 1, 2, 3, unit)::rfm_summary) FROM unnest('{86400, 604800}'::float8[]) unit $$);

-- A penalty draws the parameters to 1 and costs likelihood.
SELECT (m).identified, abs(ln((m).a)) < abs(ln((bg).a)) AS drawn, (m).loglik < (bg).loglik AS costs
FROM fitted, (SELECT bgnbd_fit(purchase_agg(x, t_x, t), 0.05) AS m FROM customer) q;
SELECT bgnbd_fit(s, 0)::text = bgnbd_fit(s)::text AS no_penalty FROM (SELECT purchase_agg(x, t_x, t) AS s FROM customer) q;
SELECT error_of(format('SELECT bgnbd_fit(purchase_agg(1, 1, 2), %s)', ridge)) FROM unnest('{-0.1, ''NaN'', ''Infinity''}'::text[]) ridge;

-- In moving frames.
SET client_min_messages = error;
CREATE TABLE framed AS SELECT id, x, t_x, t, bgnbd_fit(x, t_x, t) OVER (ORDER BY id DESC ROWS 400 PRECEDING) AS m
FROM (SELECT * FROM customer WHERE id > 320) c;
SELECT count(*) AS frames, count(m) AS models,
       bool_and(m::text = (SELECT bgnbd_fit(c.x, c.t_x, c.t)::text FROM customer c WHERE c.id >= f.id AND c.id <= f.id + 400 AND c.id > 320)) AS same
FROM framed f WHERE id < 345;
SET client_min_messages = notice;

--
-- What the data do not tell
--

SELECT bgnbd_fit(x, t_x, t) IS NULL AS none FROM customer WHERE false;
SELECT bgnbd_fit(x, t_x, t) IS NULL AS all_null FROM customer WHERE x IS NULL OR t IS NULL;
SELECT bgnbd_fit(NULL::purchase_summary) IS NULL AS bg, gamma_gamma_fit(NULL::spend_summary) IS NULL AS gg, sbg_fit(NULL::survival_summary) IS NULL AS sbg;

CREATE FUNCTION say(m bgnbd_model) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s customers, identified %s, covariance %s', (m).customers, (m).identified, (m).covariance IS NOT NULL) $$;
SELECT say(bgnbd_fit(0, 0, 10 * i)) AS no_repeats FROM generate_series(1, 20) i;
SELECT say(bgnbd_fit(i % 9, i % 9 * 5, i % 9 * 5 + 1)) AS none_lost FROM generate_series(1, 200) i;
SELECT say(bgnbd_fit(i, i * 2, 30)) AS five FROM generate_series(0, 4) i;
SELECT say(bgnbd_fit(3, 20, 30)) AS alike FROM generate_series(1, 500) i;
SELECT say(bgnbd_fit(3, 20, 30)) AS one;
SELECT say(bgnbd_fit(x, t_x * 6.048e11, t * 6.048e11)) AS microseconds FROM customer;
SELECT say(bgnbd_fit(i % 3, 0, 0)) AS no_time FROM generate_series(1, 20) i;
SELECT say(bgnbd_fit(1, 1e307, 1.7e308)) AS endless FROM generate_series(1, 20) i;
SELECT say(bgnbd_fit(1000000000::bigint * (1 + i % 5), 20 + i % 7, 30)) AS often FROM generate_series(1, 50) i;
SELECT (m).customers, (m).identified FROM (SELECT mbgnbd_fit(0, 0, 10 * i) AS m FROM generate_series(1, 20) i OFFSET 0) q;
-- Without a covariance there are no errors.
SET client_min_messages = error;
SELECT standard_errors(bgnbd_fit(3, 20, 30)) IS NULL AS no_errors;
-- No number is NaN or infinite.
SELECT count(*) AS models, count(*) FILTER (WHERE m::text ~* 'nan|inf') AS strange
FROM (SELECT bgnbd_fit(i % a, least(i % b, i % a * 5), 10 ^ c)::text AS m
      FROM generate_series(1, 12) i, unnest('{1, 2, 5}'::int[]) a, unnest('{1, 3, 7}'::int[]) b, unnest('{1, 6, 12}'::int[]) c
      GROUP BY a, b, c) q;
SET client_min_messages = notice;

--
-- Spend
--

CREATE TABLE spender (x bigint, m float8);
INSERT INTO spender SELECT v.x, v.m FROM (VALUES (1, 12, 9), (1, 25, 14), (1, 31, 10), (1, 80, 4), (1, 7.5, 5), (2, 20, 8), (2, 33, 9), (2, 60, 3), (3, 14, 5),
    (3, 41, 6), (5, 28, 4), (5, 90, 1), (9, 22, 3), (30, 36, 2), (30, 19, 1)) v (x, m, customers), generate_series(1, v.customers);
-- Of no account: no repeat purchase, no spend, nothing known.
INSERT INTO spender VALUES (0, NULL), (0, 0), (3, 0), (3, -5), (3, NULL), (NULL, 20);
CREATE TABLE spent AS SELECT gamma_gamma_fit(x, m) AS gg FROM spender;
SELECT (gg).customers, (gg).converged, (gg).identified, near(ARRAY[(gg).p, (gg).q, (gg).v], '{4.0705143694831131, 8.6311245247736585, 55.305513653851885}', 1e-9) AS parameters,
       near(ARRAY[(gg).loglik], '{-336.88282227520982}', 1e-12) AS loglik,
       near((gg).covariance, '{1.824163307059784, -2.9957341683311571, -46.795065331981364, -2.9957341683311571, 11.441118555389325, 121.31044143848243, -46.795065331981364, 121.31044143848243, 1513.4673724861344}', 1e-7) AS covariance,
       near(standard_errors(gg), ARRAY[sqrt(1.824163307059784), sqrt(11.441118555389325), sqrt(1513.4673724861344)], 1e-7) AS errors
FROM spent;
SELECT count(DISTINCT m) AS models
FROM (SELECT gamma_gamma_fit(x, m)::text FROM spender
      UNION ALL SELECT gamma_gamma_fit(x, m ORDER BY m DESC, x)::text FROM spender
      UNION ALL SELECT gamma_gamma_fit(spend_agg(x, m))::text FROM spender
      UNION ALL SELECT gamma_gamma_fit(rollup(s))::text FROM (SELECT spend_agg(x, m) AS s FROM spender GROUP BY x) q
      UNION ALL SELECT gamma_gamma_fit(ROW(x, CASE WHEN x > 0 THEN 1 ELSE 0 END, 2, m, 86400)::rfm_summary)::text FROM spender WHERE x IS NOT NULL) u (m);
-- A currency of large figures is as good.
SELECT (g).identified, near(ARRAY[(g).p, (g).q, (g).v / 25000], '{4.0705143694831131, 8.6311245247736585, 55.305513653851885}', 1e-8) AS parameters
FROM (SELECT gamma_gamma_fit(x, m * 25000) AS g FROM spender) q;
SELECT (gamma_gamma_fit(1, 20)).identified AS one;
SELECT (m).identified FROM (SELECT gamma_gamma_fit(i, 20) AS m FROM generate_series(1, 30) i) alike;
SELECT gamma_gamma_fit(0, 20) IS NULL AS none;
-- Amounts with so heavy a tail have no mean.
SELECT (m).identified, (m).q < 1 AS heavy FROM (SELECT gamma_gamma_fit(3, (i / (101.0 - i)) ^ 1.3) AS m FROM generate_series(1, 100) i) q;

--
-- Contracts
--

CREATE TABLE cohort (name text, period int, there int);
INSERT INTO cohort SELECT 'regular', n - 1, v FROM unnest('{1000, 631, 468, 382, 326, 289, 262, 241}'::int[]) WITH ORDINALITY u(v, n)
    UNION ALL SELECT 'high end', n - 1, v FROM unnest('{1000, 869, 743, 653, 593, 551, 517, 491}'::int[]) WITH ORDINALITY u(v, n);
CREATE TABLE contract AS
SELECT name, period, true AS churned FROM (SELECT name, period, lag(there) OVER (PARTITION BY name ORDER BY period) - there AS left_then FROM cohort) c, generate_series(1, left_then)
UNION ALL SELECT name, 7, false FROM cohort, generate_series(1, there) WHERE period = 7;
SELECT name, round((m).alpha::numeric, 6) AS alpha, round((m).beta::numeric, 6) AS beta, (m).customers, (m).converged, (m).identified,
       near(ARRAY[(m).loglik], CASE name WHEN 'regular' THEN '{-1680.265188463287}' ELSE '{-1611.1581473911564}' END::float8[], 1e-12) AS loglik,
       near((m).covariance, CASE name WHEN 'regular' THEN '{0.0043032241085784927, 0.0088911925524291248, 0.0088911925524291248, 0.023248818254967574}'
            ELSE '{0.010760935940604898, 0.077659155049583238, 0.077659155049583238, 0.61706003878400451}' END::float8[], 1e-7) AS covariance,
       near(standard_errors(m), CASE name WHEN 'regular' THEN ARRAY[sqrt(0.0043032241085784927), sqrt(0.023248818254967574)] ELSE ARRAY[sqrt(0.010760935940604898), sqrt(0.61706003878400451)] END, 1e-7) AS errors
FROM (SELECT name, sbg_fit(period, churned) AS m FROM contract GROUP BY name) q ORDER BY name;
SELECT name, sbg_fit(period, churned)::text = sbg_fit(survival_agg(period, churned))::text AS over_summary FROM contract GROUP BY name ORDER BY name;
SELECT sbg_fit(period, churned)::text = (SELECT sbg_fit(period, churned)::text FROM (SELECT * FROM contract UNION ALL VALUES ('', NULL, true), ('', 3, NULL)) c) AS null_rows FROM contract;
SELECT (m).customers, (m).identified FROM (SELECT sbg_fit(i % 5, false) AS m FROM generate_series(1, 20) i) none_churned;
SELECT (m).customers, (m).identified FROM (SELECT sbg_fit(1, i < 5) AS m FROM generate_series(1, 20) i) one_period;
SELECT (m).customers, (m).identified FROM (SELECT sbg_fit(3, true) AS m) one;
SELECT sbg_fit(period, churned) IS NULL AS none FROM contract WHERE false;
SELECT error_of(statement) FROM (VALUES ('SELECT sbg_fit(0, true)'), ('SELECT sbg_fit(-1, false)'), ('SELECT sbg_fit(survival_agg(1.5, true))'),
    ('SELECT sbg_fit(survival_agg(0, true))'), ('SELECT sbg_fit(survival_agg(3e9, false))')) e (statement);

--
-- Models as values
--

SELECT bg::text::bgnbd_model::text = bg::text AS reads_back FROM fitted;
SELECT error_of($$ SELECT standard_errors(ROW(1, 1, 1, 1, 5, -3, '{1, 2}', NULL, true, true, NULL)::bgnbd_model) $$);
SELECT error_of($$ SELECT standard_errors(ROW(1, 0, 1, 1, 5, -3, NULL, NULL, true, true, NULL)::bgnbd_model) $$);
-- Every function is described.
SELECT count(*) AS functions, bool_and(obj_description(p.oid, 'pg_proc') IS NOT NULL) AS described
FROM pg_proc p WHERE p.proname ~ '^(m?bgnbd|gamma_gamma|sbg)_fit|^standard_errors$|^sbg_accum';

SET client_min_messages = warning;
DROP SCHEMA test_value_models CASCADE;
