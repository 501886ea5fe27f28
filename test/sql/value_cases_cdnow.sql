-- Customer value: the reference cases of value_cases that need the purchases of CDNOW. The data are no part of the project: CX_DATA names their directory, else it is looked for beside the
-- checkout, from there and from where scripts/check runs.
\set data `for d in "$CX_DATA" ../shared/data ../../../../shared/data; do [ -r "$d/CDNOW_sample.txt" ] && echo "$d" && break; done; true`
SELECT :'data' = '' AS missing \gset
\if :missing
\echo 'skipped: no data'
\quit
\endif

CREATE SCHEMA test_value_cases;
SET search_path = test_value_cases, public;
SET timezone = 'UTC';
SET jit = off;
SET client_min_messages = warning;

-- Columns of fixed width: the number in the whole data, the number here, the day, CDs, dollars.
CREATE TEMP TABLE line (text text);
\set copy '\\copy line FROM ' :data '/CDNOW_sample.txt'
:copy
CREATE TEMP TABLE purchase AS
SELECT f[2]::int AS customer, to_timestamp(f[3], 'YYYYMMDD') AS at, f[5]::float8 AS amount FROM line CROSS JOIN LATERAL regexp_split_to_array(trim(text), '\s+') f;
CREATE TEMP TABLE history AS
SELECT customer, rfm(at, amount, '1997-09-30', '1 day', '1 week') AS s, (rfm(at, amount, '1998-06-30')).frequency AS all_days FROM purchase GROUP BY customer;
CREATE TEMP TABLE journeys AS
SELECT customer, journey_agg(at, 'purchase', NULL, amount) AS j FROM purchase GROUP BY customer;

CREATE TABLE results (id text, what text, got float8, expected float8, tolerance float8);

-- Histories to September 1997; where nothing was bought again the monetary value of lifetimes is 0, ours NULL.
INSERT INTO results
SELECT id, 'rfm, ' || what, got, want, 1e-9
FROM (VALUES ('rfm-007', 1, 2, 30.428571428571427, 38.857142857142854, 22.345), ('rfm-008', 2, 1, 1.7142857142857142, 38.857142857142854, 11.77),
             ('rfm-009', 3, 0, 0, 38.857142857142854, 0), ('rfm-011', 1516, 26, 30.857142857142858, 31, 39.96999999999999)) v(id, customer, x, t_x, age, m)
JOIN history h USING (customer),
     LATERAL (VALUES ('frequency', (s).frequency, x), ('recency', (s).recency, t_x), ('age', (s).age, v.age), ('monetary', coalesce((s).monetary, 0), m)) w(what, got, want);

-- The table of Fader, Hardie and Lee 2005.
INSERT INTO results
SELECT 'rfm-012', 'rfm, ' || what, got, want, 1e-9
FROM (SELECT count(*) AS customers, count((s).monetary) AS repeaters, sum((s).frequency) AS sum_x, max((s).frequency) AS max_x, avg((s).monetary) AS mean, stddev_samp((s).monetary) AS sd,
             min((s).monetary) AS least, percentile_cont(0.5) WITHIN GROUP (ORDER BY (s).monetary) AS median, max((s).monetary) AS most, sum(all_days - (s).frequency) AS holdout
      FROM history) x,
     LATERAL (VALUES ('customers', customers, 2357), ('repeaters', repeaters, 946), ('sum of x', sum_x, 2457), ('largest x', max_x, 29), ('mean', mean, 35.0778475336899),
                     ('standard deviation', sd, 30.283506220809606), ('least', least, 2.99), ('median', median, 27.497500000000002), ('most', most, 299.63380952380953),
                     ('holdout', holdout, 1882)) w(what, got, want);

-- Days to the second day with a purchase, else censored at the end of June 1998. Nobody is censored before 180 days, so the share who came back by then is what survival leaves.
INSERT INTO results
SELECT id, what, got, want, tolerance
FROM (SELECT survival_agg(coalesce(second, date '1998-06-30') - first, second IS NOT NULL) AS s
      FROM (SELECT min(day) AS first, nth_value(min(day), 2) OVER (PARTITION BY customer ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS second,
                   row_number() OVER (PARTITION BY customer ORDER BY day) AS n
            FROM (SELECT DISTINCT customer, at::date AS day FROM purchase) d GROUP BY customer, day) x WHERE n = 1) y,
     LATERAL survival_ci(s, 365) ll, LATERAL survival_ci(s, 365, method => 'log') lg,
     LATERAL (VALUES ('km-027', 'survival_at', survival_at(s, 365), 0.5443360203648688, 1e-9), ('km-027', 'survival_ci, Greenwood', ll.std_error, 0.010258316520120894, 1e-9),
                     ('km-027', 'survival_ci, log', lg.lo, 0.5245968820823993, 1e-9), ('km-027', 'survival_ci, log', lg.hi, 0.5648178881477268, 1e-9),
                     ('km-027', 'survival_ci, log-log', ll.lo, 0.5239967322870663, 1e-9), ('km-027', 'survival_ci, log-log', ll.hi, 0.5641973503310158, 1e-9),
                     ('km-027', 'survival_curve, hazard', (SELECT max(cumulative_hazard) FROM survival_curve(s) WHERE duration <= 365), 0.6069827331193718, 1e-9),
                     ('commerce-009', 'survival_curve, at risk', (SELECT max(at_risk) FROM survival_curve(s)), 2357, 1e-12),
                     ('commerce-009', 'survival_curve, events', (SELECT sum(events) FROM survival_curve(s) WHERE duration <= 180), 887, 1e-12),
                     ('commerce-009', 'survival_at', 1 - survival_at(s, 180), 0.37632583792957147, 1e-12)) w(id, what, got, want, tolerance);

-- Days between two days with a purchase.
INSERT INTO results
SELECT 'commerce-012', what, got, want, 1e-12
FROM (SELECT survival_agg(gap, true) AS s
      FROM (SELECT day - lag(day) OVER (PARTITION BY customer ORDER BY day) AS gap FROM (SELECT DISTINCT customer, at::date AS day FROM purchase) d) x) y,
     LATERAL (VALUES ('survival_curve, at risk', (SELECT max(at_risk) FROM survival_curve(s)), 4339), ('restricted_mean', restricted_mean(s, 1000), 70.86056695091035),
                     ('median_survival', median_survival(s), 34)) w(what, got, want);

INSERT INTO results
SELECT 'commerce-016', what, got, want, 1e-9
FROM (SELECT count(*) AS orders, npv(amount, at, '1998-06-30', 0) AS clv FROM purchase WHERE customer = 2) x, LATERAL (VALUES ('orders', orders, 2), ('npv', clv, 75.11)) w(what, got, want);

-- The cohort of February 1997, by months.
INSERT INTO results
SELECT id, what, got, want, 1e-12
FROM (SELECT id, count(DISTINCT customer) AS size, count(DISTINCT customer) FILTER (WHERE period BETWEEN since AND until) AS active, max(active) AS want_active, max(rate) AS rate
      FROM (SELECT customer, cohort_period(at, '1 month') OVER w AS period, first_value(at) OVER w AS first FROM purchase WINDOW w AS (PARTITION BY customer ORDER BY at)) p,
           (VALUES ('retention-008', 1, 3, 222, 0.2590431738623104), ('retention-010', 7, 12, 196, 0.22870478413068845)) v(id, since, until, active, rate)
      WHERE first >= '1997-02-01' AND first < '1997-03-01'
      GROUP BY id) x,
     LATERAL (VALUES ('cohort_period, customers', size, 857), ('cohort_period, active', active, want_active), ('cohort_period, rate', active / size::float8, rate)) w(what, got, want);

-- Windows of 30 days from a customer's first purchase.
INSERT INTO results
SELECT id, what, got, want, 1e-12
FROM (SELECT retention_agg(retained(j, 'purchase', 'purchase', '30 days', 7, '1998-06-30')) AS bounded,
             retention_agg(retained(j, 'purchase', 'purchase', '30 days', 7, '1998-06-30', mode => 'on_or_after')) AS unbounded FROM journeys) x,
     (VALUES ('retention-017', 2, 228, 0.09673313534153585, 940, 0.39881204921510394), ('retention-018', 6, 183, 0.07764106915570641, 747, 0.3169282986847688)) v(id, k, active, rate, after, rate_after),
     LATERAL (SELECT * FROM retention(bounded) r WHERE r.period = k) b, LATERAL (SELECT * FROM retention(unbounded) r WHERE r.period = k) u,
     LATERAL (VALUES ('retained, eligible', b.eligible, 2357), ('retained', b.retained, active), ('retained, rate', b.rate, v.rate), ('retained on or after', u.retained, after),
                     ('retained on or after, rate', u.rate, rate_after)) w(what, got, want);

-- The errors of what a customer is expected to buy: cltv_ci without interest, where it is certain that a purchase is worth the same to everybody. The model is the one fitted.
INSERT INTO results
SELECT id, what, got, want, 0.002
FROM (SELECT bgnbd_fit(s) AS m FROM history) f,
     (SELECT ROW(1, 3, 2, NULL, NULL, '{0,0,0,0,0,0,0,0,0}', true, true, NULL)::gamma_gamma_model AS gg) g,
     (VALUES ('fits_extra-007', ROW(2, 30.428571428571427, 38.857142857142854, 1, 604800)::rfm_summary, 1.2259944552441102, 0.04519268067741282, 1.1405424756819327, 1.3178486872140545),
             ('fits_extra-008', ROW(0, 0, 38.857142857142854, NULL, 604800)::rfm_summary, 0.1947936312352166, 0.00899773508312758, 0.17793312432742486, 0.21325179846770748)) v(id, s, e, se, e_lo, e_hi),
     LATERAL cltv_ci(m, gg, s, float8 '39', 0) ci, LATERAL expected_spend(gg, s) spend,
     LATERAL (VALUES ('expected_purchases', expected_purchases(m, 39, s), e), ('cltv_ci', ci.value / spend, e), ('cltv_ci, standard error', ci.std_error / spend, se), ('cltv_ci', ci.lo / spend, e_lo),
                     ('cltv_ci', ci.hi / spend, e_hi)) w(what, got, want);

-- The model of the cases is the fitted one.
SELECT bool_and(abs(got - want) < 1e-7 * want) AS fitted
FROM (SELECT bgnbd_fit(s) AS m FROM history) f,
     LATERAL (VALUES ((m).r, 0.24259452242830334), ((m).alpha, 4.413602018959042), ((m).a, 0.7929220176569717), ((m).b, 2.425906778604955)) v(got, want);

CREATE FUNCTION near(got float8, want float8, tolerance float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN got IS NULL OR want IS NULL THEN got IS NULL AND want IS NULL ELSE abs(got - want) <= tolerance * greatest(1, abs(want)) END $$;

-- Right, of those that are covered: figures.
SELECT split_part(id, '-', 1) AS topic, count(DISTINCT id) AS cases, count(*) FILTER (WHERE near(got, expected, tolerance)) || ' of ' || count(*) AS figures
FROM results GROUP BY split_part(id, '-', 1) ORDER BY split_part(id, '-', 1) COLLATE "C";
SELECT count(DISTINCT id) AS cases FROM results;

-- Wrong.
SELECT * FROM results WHERE near(got, expected, tolerance) IS NOT TRUE ORDER BY id COLLATE "C", what COLLATE "C";

DROP SCHEMA test_value_cases CASCADE;
