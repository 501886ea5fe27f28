-- compare, diff_in_diff, srm_test, p_adjust, prob_b_beats_a, and the sample sizes of tests.
--
-- The second sources: the tests of GrowthBook's gbstats; R 4 (t.test, prop.test, lm, p.adjust, power.t.test,
-- power.prop.test); the formulas in SQL over the rows.
-- (test/unit/compare_test.c has the mathematics: coverage by simulation, Satterthwaite, the beta distributions.)

CREATE SCHEMA test_experiment_compare;
SET search_path = test_experiment_compare, public;
SET client_min_messages = warning;
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
CREATE FUNCTION near(got float8, want float8, tolerance float8 DEFAULT 1e-9) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN got IS NULL OR want IS NULL THEN got IS NULL AND want IS NULL ELSE abs(got - want) <= tolerance * greatest(1, abs(want)) END $$;
-- n numbers of this mean and this sum of squares: half of them above, half of them below.
CREATE FUNCTION outcomes(n int, total float8, squares float8) RETURNS SETOF float8 LANGUAGE sql AS $$
    SELECT total / n + CASE WHEN n % 2 = 1 AND i = n THEN 0 WHEN i % 2 = 0 THEN 1 ELSE -1 END
           * sqrt((squares - total * total / n) / (n - n % 2)) FROM generate_series(1, n) i $$;
CREATE FUNCTION yes_no(x int, n int) RETURNS score_summary LANGUAGE sql AS $$
    SELECT score_agg(i <= x) FROM generate_series(1, n) i $$;

--
-- GrowthBook: figures of the lift
--

-- experiment-001: relative, Welch.
SELECT near(lift, 0.70732, 6e-6) AS lift, near(lift_lo, -0.03526, 6e-6) AS lo, near(lift_hi, 1.44989, 6e-6) AS hi, note
FROM (SELECT covariance_agg(y) AS a FROM outcomes(3407, 1396.87, 52377.9767) y) a, (SELECT covariance_agg(y) AS b FROM outcomes(3461, 2422.7, 134698.29) y) b, LATERAL compare(a, b);
-- experiment-005: sequential.
SELECT near(lift, 0.50386, 6e-6) AS lift, near(lift_lo, 0.40098, 6e-6) AS lo, near(lift_hi, 0.60675, 6e-6) AS hi, p_value, statistic, df
FROM compare(yes_no(1396, 3000), yes_no(2422, 3461), 'rate', method => 'sequential', tuning => 5000);
-- experiment-006: flat prior; what is won and lost is in raw units here: 0.02 apart, standard error sqrt(.2499 * 2 / 100).
SELECT near(lift, 0.04082, 6e-6) AS lift, near(lift_lo, -0.24779, 6e-6) AS lo, near(lift_hi, 0.32943, 6e-6) AS hi, near(std_error, 0.0706965346389310) AS se,
       near(chance_to_win, 0.611372983634383) AS wins, near(risk_control - risk_treatment, 0.02) AS risks, p_value, statistic
FROM compare(yes_no(49, 100), yes_no(51, 100), 'rate', method => 'bayes');
-- experiment-007.
SELECT near(lift, 0.05, 6e-6) AS lift, near((lift_hi - lift_lo) / 2 / 1.959963984540054, 0.03572, 6e-6) AS se, near(chance_to_win, 0.9213503964748575) AS wins
FROM (SELECT covariance_agg(y) AS a FROM outcomes(10, 100, 1002.25) y) a, (SELECT covariance_agg(y) AS b FROM outcomes(10, 105, 1111.5) y) b, LATERAL compare(a, b, method => 'bayes');

--
-- R: t.test and prop.test
--

CREATE TABLE ab AS SELECT arm, score_agg(s) AS s, covariance_agg(s::float8) AS c
FROM (VALUES ('a', '{3,1,2,4,5,10,12,20,30,25,18}'::int[]), ('b', '{1,1,1,2,4,6,9,15,25,30,26}')) v(arm, counts),
     unnest(counts) WITH ORDINALITY u(n, k), generate_series(1, n) i, LATERAL (SELECT k::int - 1 AS s) x GROUP BY arm;
CREATE VIEW pair AS SELECT a.s AS sa, b.s AS sb, a.c AS ca, b.c AS cb FROM ab a, ab b WHERE a.arm = 'a' AND b.arm = 'b';

SELECT near(statistic, 2.2040276087313173) AS t, near(df, 247.7625099598990914) AS df, near(p_value, 0.0284424490147697) AS p,
       near(lo, 0.0643675642886224) AS lo, near(hi, 1.1458888459677872) AS hi, near(std_error, 0.2745556374752169) AS se, chance_to_win, risk_control, note
FROM pair, compare(sa, sb);
SELECT near(lo, 0.252330305311463) AS lo_80, near(hi, 0.957926104944946) AS hi_80 FROM pair, compare(sa, sb, confidence => 0.8);
-- nps: t.test of 100, 0, -100
SELECT near(control, 4.6153846153846150) AS control, near(treatment, 26.6666666666666679) AS treatment, near(statistic, 2.2322382992087371) AS t,
       near(df, 246.9220434757799865) AS df, near(p_value, 0.0264966443091973) AS p, near(lo, 2.5943100844638143) AS lo, near(hi, 41.5082540181002884) AS hi, near(std_error, 9.8785519713995509) AS se
FROM pair, compare(sa, sb, 'nps');
-- Over covariance_summary without covariates the same.
SELECT near(x.p_value, y.p_value, 1e-12) AND near(x.df, y.df, 1e-12) AND near(x.lift_hi, y.lift_hi, 1e-12) AND near(x.lo, y.lo, 1e-12) AS same FROM pair, compare(sa, sb) x, compare(ca, cb) y;
-- rate: prop.test(c(130, 100), c(1000, 1100), correct = FALSE)
SELECT near(statistic, 2.86481801552091975) AS z, df, near(p_value, 0.00417248956662043) AS p, near(lo, 0.01220069749775411) AS lo, near(hi, 0.06598112068406409) AS hi
FROM compare(yes_no(100, 1100), yes_no(130, 1000), 'rate');

--
-- The formulas over the rows: random answers, unequal allocation
--

CREATE TABLE answers AS
SELECT i, CASE WHEN i % 5 = 0 THEN 'a' ELSE 'b' END AS arm, 1 + abs(hashint8(i) % 5) AS score, 50 + hashint8(i + 7) % 1000 / 50.0::float8 AS before
FROM generate_series(1, 3000) i;
ALTER TABLE answers ADD after float8;
UPDATE answers SET after = 20 + 0.7 * before + hashint8(i + 99) % 1000 / 200.0 + CASE WHEN arm = 'b' THEN 0.5 ELSE 0 END;
CREATE TABLE arms AS SELECT arm, score_agg(score) AS s, covariance_agg(after) AS plain, covariance_agg(after, before) AS c, covariance_agg(after, before, 1::float8) AS constant,
    covariance_agg(after, before, before * 2) AS collinear, score_agg(score, 1 + i % 3) AS w, score_agg(score, 2.5) AS w25 FROM answers GROUP BY arm;

-- csat 4..5 in points; net satisfaction 4..5 less 1..2; a share; each by its formula
WITH m AS (SELECT arm, count(*)::float8 AS n, avg((score >= 4)::int)::float8 AS top, avg((score >= 4)::int - (score <= 2)::int)::float8 AS net,
                  var_samp((score >= 4)::int - (score <= 2)::int)::float8 AS v, avg((score BETWEEN 2 AND 3)::int)::float8 AS mid FROM answers GROUP BY arm),
     f AS (SELECT *, (a.top * a.n + b.top * b.n) / (a.n + b.n) AS pooled, sqrt(a.top * (1 - a.top) / a.n + b.top * (1 - b.top) / b.n) AS se, sqrt(a.v / a.n + b.v / b.n) AS net_se,
                  a.top AS atop, b.top AS btop, a.n AS an, b.n AS bn, a.net AS anet, b.net AS bnet, a.v AS av, b.v AS bv, a.mid AS amid, b.mid AS bmid FROM m a, m b WHERE a.arm = 'a' AND b.arm = 'b')
SELECT near(csat.difference, 100 * (btop - atop)) AS difference, near(csat.std_error, 100 * se) AS se, near(csat.statistic, (btop - atop) / sqrt(pooled * (1 - pooled) * (1 / an + 1 / bn))) AS z,
       near(csat.hi, 100 * (btop - atop + 1.959963984540054 * se)) AS hi, near(csat.lift, btop / atop - 1) AS lift,
       near((csat.lift_hi - csat.lift_lo) / 2, 1.959963984540054 * sqrt(btop * (1 - btop) / bn / atop ^ 2 + atop * (1 - atop) / an * btop ^ 2 / atop ^ 4)) AS lift_width,
       near(net.difference, 100 * (bnet - anet)) AS net, near(net.std_error, 100 * net_se) AS net_se,
       near(net.df, net_se ^ 4 / ((av / an) ^ 2 / (an - 1) + (bv / bn) ^ 2 / (bn - 1))) AS net_df, near(mid.control, amid) AND near(mid.treatment, bmid) AS share,
       near(narrow.control, 100 * share(x.s, 5, 5)) AS one_box
FROM f, arms x, arms y, compare(x.s, y.s, 'csat') csat, compare(x.s, y.s, 'net_satisfaction') net, compare(x.s, y.s, 'share', lo => 2, hi => 3) mid, compare(x.s, y.s, 'csat', boxes => 1, scale_min => 0) narrow
WHERE x.arm = 'a' AND y.arm = 'b';

-- Sequential: half-width by its formula
SELECT near(hi - difference, std_error * sqrt(n) * sqrt(2 * (n * r2 + 1) * ln(sqrt(n * r2 + 1) / 0.1)) / (n * sqrt(r2))) AS half_width, p_value, statistic, df
FROM arms a, arms b, compare(a.s, b.s, 'mean', 0.9, 'sequential', tuning => 800), (SELECT 3000::float8 AS n, (-2 * ln(0.1) + ln(1 - 2 * ln(0.1))) / 800 AS r2) r WHERE a.arm = 'a' AND b.arm = 'b';

-- Weights that are all alike change nothing; others give svymean's standard error.
SELECT near(x.p_value, y.p_value, 1e-12) AND near(x.df, y.df, 1e-12) AS alike, near(u.std_error, sqrt((mean_ci(a.w)).std_error ^ 2 + (mean_ci(b.w)).std_error ^ 2)) AS weighted,
       near(v.std_error, sqrt(ra * (1 - ra) / effective_base(a.w) + rb * (1 - rb) / effective_base(b.w))) AS weighted_share
FROM arms a, arms b, compare(a.s, b.s) x, compare(a.w25, b.w25) y, compare(a.w, b.w) u, compare(a.w, b.w, 'share', lo => 4, hi => 5) v, LATERAL (SELECT share(a.w, 4, 5) AS ra, share(b.w, 4, 5) AS rb) r
WHERE a.arm = 'a' AND b.arm = 'b';

-- CUPED: Welch on the residuals with the pooled theta
WITH m AS (SELECT arm, avg(after) AS y, avg(before) AS x FROM answers GROUP BY arm),
     theta AS (SELECT sum((after - y) * (before - x)) / sum((before - x) ^ 2) AS theta, avg(before) AS centre FROM answers JOIN m USING (arm)),
     residuals AS (SELECT arm, covariance_agg(after - theta * (before - centre)) AS c FROM answers, theta GROUP BY arm)
SELECT near(x.difference, y.difference) AS difference, near(x.control, y.control) AS control, near(x.std_error, y.std_error) AS se, near(x.df, y.df) AS df, near(x.p_value, y.p_value) AS p,
       near(x.lo, y.lo) AS lo, near(x.lift_lo, y.lift_lo) AS lift, x.std_error < plain.std_error / 2 AS narrower, x.note
FROM arms a, arms b, residuals ra, residuals rb, compare(a.c, b.c) x, compare(ra.c, rb.c) y, compare(a.plain, b.plain) plain
WHERE a.arm = 'a' AND b.arm = 'b' AND ra.arm = 'a' AND rb.arm = 'b';
-- A constant covariate has no say; collinear ones are not used, and it is said.
SELECT near(x.p_value, y.p_value) AS constant, near(u.p_value, v.p_value) AS collinear, u.note
FROM arms a, arms b, compare(a.c, b.c) x, compare(a.constant, b.constant) y, compare(a.collinear, b.collinear) u, compare(a.plain, b.plain) v WHERE a.arm = 'a' AND b.arm = 'b';
SELECT near(x.hi - x.difference, y.hi - y.difference) AS sequential_is_the_same FROM arms a, arms b, compare(a.s, b.s, method => 'sequential') x, (SELECT arm, covariance_agg(score::float8) AS c FROM answers GROUP BY arm) ca, (SELECT arm, covariance_agg(score::float8) AS c FROM answers GROUP BY arm) cb, compare(ca.c, cb.c, 0.95, 'sequential') y
WHERE a.arm = 'a' AND b.arm = 'b' AND ca.arm = 'a' AND cb.arm = 'b';

-- More answers in fewer steps: compare over a rollup is compare over the rows.
SELECT near(x.p_value, y.p_value, 1e-12) AS rolled FROM (SELECT rollup(s) AS s FROM (SELECT score_agg(score) AS s FROM answers WHERE arm = 'a' GROUP BY i % 7) d) a, arms oa, arms b, compare(a.s, b.s) x, compare(oa.s, b.s) y WHERE oa.arm = 'a' AND b.arm = 'b';

--
-- What the data cannot support
--

CREATE TABLE odd AS SELECT name, summary::score_summary AS s FROM (VALUES
    ('empty', '{"counts": {}}'), ('one', '{"counts": {"3": 1}}'), ('threes', '{"counts": {"3": 20}}'), ('fours', '{"counts": {"4": 20}}'), ('zero', '{"counts": {"-1": 10, "1": 10}}'),
    ('some', '{"counts": {"1": 10, "3": 10, "5": 20}}'), ('none', '{"counts": {"0": 30}}'), ('all', '{"counts": {"1": 30}}')) v(name, summary);
SELECT name, round(control::numeric, 3) AS control, round(difference::numeric, 3) AS diff, lo IS NOT NULL AS lo, round(lift::numeric, 3) AS lift, lift_lo IS NOT NULL AS lift_lo, p_value IS NOT NULL AS p, std_error IS NOT NULL AS se, note
FROM odd a, (SELECT s AS b FROM odd WHERE name = 'some') b, compare(a.s, b) WHERE name NOT IN ('none', 'all', 'fours') ORDER BY name;
SELECT x.note, x.treatment IS NULL AS treatment FROM odd a, odd b, compare(b.s, a.s) x WHERE a.name = 'empty' AND b.name = 'some';
SELECT x.difference, x.lo, x.p_value, x.std_error, x.statistic, x.df, x.note FROM odd a, odd b, compare(a.s, b.s) x WHERE a.name = 'threes' AND b.name = 'fours';
SELECT chance_to_win, risk_control, risk_treatment, note FROM odd a, odd b, compare(a.s, b.s, method => 'bayes') WHERE a.name = 'threes' AND b.name = 'fours';
SELECT difference, lo, lift, near(statistic, sqrt(60)) AS z, p_value < 1e-13 AS p, note FROM odd a, odd b, compare(a.s, b.s, 'rate') WHERE a.name = 'none' AND b.name = 'all';
SELECT difference, lo, hi, p_value, note FROM odd a, odd b, compare(a.s, b.s, method => 'sequential') WHERE a.name = 'threes' AND b.name = 'some';
-- 49 and 50 answers in the smaller arm
SELECT n, lo IS NOT NULL AND lift_hi IS NOT NULL AS interval, note FROM (VALUES (49), (50)) v(n), compare(yes_no(10, n), yes_no(700, 2000), 'rate', method => 'sequential');
-- Below 0 the lift keeps the sign of the difference.
SELECT round(control::numeric, 1) AS control, round(treatment::numeric, 1) AS treatment, round(lift::numeric, 3) AS lift, lift_lo < lift AND lift < lift_hi AS inside
FROM compare('{"counts": {"3": 60, "8": 20, "10": 20}}'::score_summary, '{"counts": {"3": 50, "8": 20, "10": 30}}'::score_summary, 'nps');
-- A side that is NULL, any other argument that is: one row of NULLs
SELECT x IS NULL AS nulls FROM compare(NULL::score_summary, yes_no(1, 2)) x
UNION ALL SELECT x IS NULL FROM compare(yes_no(1, 2), NULL) x
UNION ALL SELECT x IS NULL FROM compare(yes_no(1, 2), yes_no(1, 2), NULL) x
UNION ALL SELECT x IS NULL FROM compare(yes_no(1, 2), yes_no(1, 2), tuning => NULL) x
UNION ALL SELECT x IS NULL FROM compare(NULL::covariance_summary, (SELECT c FROM arms LIMIT 1)) x
UNION ALL SELECT x IS NULL FROM compare((SELECT c FROM arms LIMIT 1), (SELECT c FROM arms LIMIT 1), NULL) x;
SELECT count(*) AS rows_for_nobody FROM (SELECT score_agg(score) FILTER (WHERE false) AS a, score_agg(score) AS b FROM answers) x, compare(a, b);

--
-- Several arms by one query
--

CREATE TABLE multi AS SELECT arm, score_agg(hashint8(i * 4 + arm) % 1000 < arm * 40 - 500) AS s FROM generate_series(0, 3) arm, generate_series(1, 2000) i GROUP BY arm;
SELECT t.arm, round(difference::numeric, 4) AS difference, adjusted[row_number() OVER (ORDER BY t.arm)] >= p_value AS adjusted, adjusted[row_number() OVER (ORDER BY t.arm)] = least(1, p_value * 3) AS by_three
FROM (SELECT m.arm, c.difference, c.p_value, p_adjust(array_agg(c.p_value) OVER (ORDER BY m.arm ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), 'bonferroni') AS adjusted
      FROM multi m, multi control, LATERAL compare(control.s, m.s, 'rate') c WHERE control.arm = 0 AND m.arm > 0) t ORDER BY t.arm;

--
-- diff_in_diff
--

-- experiment-022: Card and Krueger (1994), table 3
SELECT near(effect, 2.75) AS effect, df FROM diff_in_diff((SELECT covariance_agg(23.33 + d) FROM unnest('{-1,1}'::float8[]) d), (SELECT covariance_agg(21.17 + d) FROM unnest('{-1,1}'::float8[]) d),
    (SELECT covariance_agg(20.44 + d) FROM unnest('{-1,1}'::float8[]) d), (SELECT covariance_agg(21.03 + d) FROM unnest('{-1,1}'::float8[]) d));
-- R: lm(y ~ t * a)
CREATE TABLE cells AS SELECT name, score_agg(y) AS s, covariance_agg(y::float8) AS c, covariance_agg(y::float8, (y % 3)::float8) AS with_covariate FROM (VALUES ('cb', '{1,2,5,3,4}'::int[]), ('ca', '{5,4,3,2,2,4}'), ('tb', '{2,3,3,6}'), ('ta', '{7,8,5,6,9}')) v(name, ys), unnest(ys) y GROUP BY name;
SELECT kind, near(effect, 3.1666666666666679) AS effect, near(std_error, 1.3618053784916875) AS se, near(statistic, 2.3253445144812206) AS t, df, near(p_value, 0.0335296407646672) AS p,
       near(lo, 0.279768228294134) AS lo, near(hi, 6.053565105039201) AS hi, note
FROM (SELECT 'scores' AS kind, d.* FROM cells a, cells b, cells c, cells e, diff_in_diff(a.s, b.s, c.s, e.s) d WHERE (a.name, b.name, c.name, e.name) = ('cb', 'ca', 'tb', 'ta')
      UNION ALL SELECT 'numbers', d.* FROM cells a, cells b, cells c, cells e, diff_in_diff(a.c, b.c, c.c, e.c) d WHERE (a.name, b.name, c.name, e.name) = ('cb', 'ca', 'tb', 'ta')
      UNION ALL SELECT 'with a covariate', d.* FROM cells a, cells b, cells c, cells e, diff_in_diff(a.with_covariate, b.with_covariate, c.with_covariate, e.with_covariate) d WHERE (a.name, b.name, c.name, e.name) = ('cb', 'ca', 'tb', 'ta')) x;
SELECT name, effect, lo, p_value, df, note FROM odd, diff_in_diff(s, s, s, s) WHERE name IN ('empty', 'one', 'threes') ORDER BY name;
SELECT d IS NULL AS nulls FROM cells, diff_in_diff(s, NULL, s, s) d WHERE name = 'cb';
SELECT lo IS NOT NULL AND hi - lo < 12 AS narrower FROM cells, diff_in_diff(s, s, s, s, 0.5) WHERE name = 'cb';

--
-- srm_test, p_adjust, prob_b_beats_a
--

-- experiment-012; chisq.test(c(100, 210, 290), p = c(1, 2, 3) / 6); a split nobody believes; nobody
SELECT near(chi2, 6.90240494960583) AS chi2, df, near(p_value, 0.00860798781083626) AS p, suspicious FROM srm_test('{44700,45489}', '{0.5,0.5}');
SELECT near(chi2, 0.833333333333333) AS chi2, df, near(p_value, 0.659240630200444) AS p, suspicious FROM srm_test('{100,210,290}', '{1,2,3}');
SELECT suspicious FROM srm_test('{44000,45489}', '{50,50}');
SELECT s IS NULL AS nulls FROM srm_test('{0,0}', '{1,1}') s UNION ALL SELECT s IS NULL FROM srm_test(NULL, '{1,1}') s;

-- experiment-026, and R's other two; a NULL is not counted
SELECT method, bool_and(near(got, want)) AS same FROM (VALUES
    ('holm', '{0.02669124432515654,0.8327574849753566,0.4304474922526926,NULL,0.0121605855261014,0.4304474922526926,0.4304474922526926}'::float8[]),
    ('bh', '{0.0160147465950939,0.8327574849753566,0.2256688472067019,NULL,0.0121605855261014,0.1964231274501477,0.1964231274501477}'),
    ('bonferroni', '{0.0320294931901879,1,1,NULL,0.0121605855261014,0.7856925098005909,0.6456712383790386}')) v(method, wanted),
    unnest(p_adjust('{0.00533824886503131,0.8327574849753566,0.1880573726722516,NULL,0.002026764254350234,0.1309487516334318,0.1076118730631731}', method), wanted) u(got, want) GROUP BY method ORDER BY method;
SELECT p_adjust('{0.01,0.04}') AS holm, p_adjust('{}') AS empty, p_adjust('{NULL,NULL}') AS nulls, p_adjust('{{0.5,0.25},{0,1}}', 'bonferroni') AS square, p_adjust('[0:1]={0.25,0.5}', 'bh') AS bounds;

-- R: the exact sum, and integrate for other priors; an arm that nobody saw is the prior
SELECT near(prob_b_beats_a(49, 100, 51, 100), 0.6107705226878366, 1e-10) AS a, near(prob_b_beats_a(3, 10, 7, 12), 0.8978808914870295, 1e-10) AS b, near(prob_b_beats_a(0, 5, 0, 9), 0.375, 1e-10) AS c,
       near(prob_b_beats_a(480, 10000, 530, 10100), 0.9266791361895186, 1e-10) AS d, near(prob_b_beats_a(1000, 1000, 990, 1000), 0.000474980652698, 1e-10) AS e, near(prob_b_beats_a(0, 1000000, 3, 1000000), 0.9375001874998581, 1e-10) AS f,
       near(prob_b_beats_a(49, 100, 51, 100, 2.5, 3.5), 0.6087004832779857, 1e-10) AS g, near(prob_b_beats_a(1, 2, 3, 4, 0.5, 0.5), 0.7305619823327862, 1e-10) AS h, near(prob_b_beats_a(0, 0, 0, 0), 0.5, 1e-10) AS i;

--
-- Sample sizes: R
--

SELECT near(rate_test_sample_size(0.5, 0.75, 0.9), 76.70692, 2e-7) AS experiment_027, near(rate_test_power(0.015, 0.001, 550), 0.74156, 1e-5) AS experiment_029,
       near(rate_test_sample_size(0.1, 0.12), 3840.84748243627) AS rate, near(rate_test_sample_size(0.5, 0.55, confidence => 0.99), 2328.51537116913) AS rate_99, near(rate_test_power(0.1, 0.12, 1000, 0.99), 0.125667158426817) AS power_99;
SELECT near(mean_test_sample_size(1, 1, 0.9), 22.0210955700938) AS t1, near(mean_test_sample_size(0.5, 1), 63.7657637248461) AS t2, near(mean_test_sample_size(-5, 10, 0.95, 0.99), 144.182703751331) AS t3, near(mean_test_sample_size(0.02, 1), 39245.3590605332) AS t4;
-- The size that a power needs has that power.
SELECT near(rate_test_power(0.2, 0.25, ceil(n)::bigint), 0.8, 1e-3) AND rate_test_power(0.2, 0.25, ceil(n)::bigint) >= 0.8 AND rate_test_power(0.2, 0.25, floor(n)::bigint) < 0.8 AS there_and_back FROM rate_test_sample_size(0.2, 0.25) n;

--
-- Errors
--

SELECT error_of(format('SELECT compare(s, s%s) FROM arms', x)) FROM unnest(ARRAY[
    ', ''median''', ', ''mean'', 1', ', method => ''exact''', ', tuning => 0', ', tuning => ''NaN''', ', ''share''', ', ''share'', lo => 5, hi => 4', ', ''share'', lo => 4', ', ''nps'', lo => 4',
    ', ''mean'', boxes => 1', ', ''csat'', boxes => 5', ', ''net_satisfaction'', boxes => 3', ', ''csat'', scale_min => 7', ', ''csat'', scale_max => 4', ', ''rate''']) x;
SELECT error_of('SELECT compare(''{"counts": {"11": 2}}''::score_summary, ''{"counts": {"1": 2}}'', ''nps'')');
SELECT error_of('SELECT compare(a.c, b.constant) FROM arms a, arms b');
SELECT error_of('SELECT compare(c, c, 2) FROM arms');
SELECT error_of(x) FROM unnest(ARRAY[
    'SELECT srm_test(''{1,2}'', ''{1}'')', 'SELECT srm_test(''{1}'', ''{1}'')', 'SELECT srm_test(''{1,-2}'', ''{1,1}'')', 'SELECT srm_test(''{1,2}'', ''{1,0}'')', 'SELECT srm_test(''{1,2}'', ''{1,NaN}'')',
    'SELECT srm_test(''{1,NULL}'', ''{1,1}'')', 'SELECT srm_test(''{{1,2}}'', ''{1,1}'')', 'SELECT p_adjust(''{0.5,1.5}'')', 'SELECT p_adjust(''{NaN}'')', 'SELECT p_adjust(''{0.5}'', ''sidak'')',
    'SELECT prob_b_beats_a(5, 4, 1, 2)', 'SELECT prob_b_beats_a(1, 4, -1, 2)', 'SELECT prob_b_beats_a(1, 2000000000000, 1, 2)', 'SELECT prob_b_beats_a(1, 4, 1, 2, 0)', 'SELECT prob_b_beats_a(1, 4, 1, 2, 1, ''NaN'')',
    'SELECT diff_in_diff(s, s, s, s, 1) FROM cells', 'SELECT rate_test_sample_size(0.1, 0.1)', 'SELECT rate_test_sample_size(0.1, 1.2)', 'SELECT rate_test_sample_size(0.1, 0.2, 1)', 'SELECT rate_test_sample_size(0.1, 0.2, 0.02)',
    'SELECT mean_test_sample_size(0, 1)', 'SELECT mean_test_sample_size(1, 0)', 'SELECT mean_test_sample_size(1e-200, 1)', 'SELECT rate_test_power(0.1, 0.2, 0)', 'SELECT rate_test_power(-0.1, 0.2, 10)']) x;

SET client_min_messages = error;
DROP SCHEMA test_experiment_compare CASCADE;
