-- Confidence intervals: every method of every *_ci, against published figures and R, and what must hold for all of
-- them.

-- A summary of so many detractors (score 0), passives (7) and promoters (10).
CREATE FUNCTION pg_temp.bands(detractors int, passives int, promoters int) RETURNS score_summary LANGUAGE sql AS $$
    SELECT score_agg(score) FROM (VALUES (0, detractors), (7, passives), (10, promoters)) v(score, n),
    generate_series(1, n)
$$;

--
-- Proportions
--

-- Reference cases; third-party figures with the tolerance they are given in.
SELECT 'proportion-' || id AS case, e.value = x::float8 / n AS value, abs(e.lo - v.lo) <= tolerance AS lo,
       abs(e.hi - v.hi) <= tolerance AS hi
FROM (VALUES
    -- statsmodels test suite, from R binom::binom.confint
    ('001', 18, 20, 'wilson', 0.6989663547715128, 0.972133518786232, 1e-6),
    ('002', 18, 20, 'agresti_coull', 0.6867561125596077, 0.984343760998137, 1e-6),
    ('005', 4, 20, 'agresti_coull', 0.0749115102767071, 0.4217635845549845, 1e-6),
    ('007', 4, 200, 'wilson', 0.00780442641634947, 0.05028708690582643, 1e-6),
    ('011', 190, 200, 'agresti_coull', 0.909307307911624, 0.973731898348837, 1e-6),
    ('014', 19, 38, 'wilson', 0.348499283643951, 0.651500716356049, 1e-12),
    -- R 4.6: qbeta, prop.test(correct = FALSE), binom.test
    ('018', 0, 10, 'jeffreys', 0, 0.217196267509211, 1e-9),
    ('022', 1, 29, 'wilson', 0.00611321429276266, 0.171755218793203, 1e-9),
    ('023', 1, 29, 'clopper_pearson', 0.000872646883579923, 0.177644295488723, 1e-9),
    ('025', 15, 148, 'wilson', 0.0623863995307363, 0.160487241723308, 1e-9),
    ('029', 81, 263, 'clopper_pearson', 0.252736745585271, 0.367621922601351, 1e-9),
    ('032', 3, 5, 'clopper_pearson', 0.146632799634673, 0.947255049473683, 1e-9),
    ('033', 3, 5, 'jeffreys', 0.209416664076005, 0.905609672655656, 1e-9)
) v(id, x, n, method, lo, hi, tolerance), LATERAL prop_ci(x, n, method => method) e;

-- R 4.2.2: prop.test(correct = FALSE), binom.test, qbeta(x + 0.5, n - x + 0.5) with the ends of 0 and n put to 0 and
-- 1,
-- and the textbook formulas of Agresti-Coull and Wald; none and all of n, n = 1, confidence 0.5 and 0.999999.
CREATE TEMP TABLE proportions AS SELECT * FROM (VALUES
    (0, 10, 0.95, 'wilson', 0, 0.277532799862889),
    (0, 10, 0.95, 'clopper_pearson', 0, 0.308497107818761),
    (0, 10, 0.95, 'jeffreys', 0, 0.217196267509211),
    (0, 10, 0.95, 'agresti_coull', 0, 0.320887305750546),
    (0, 10, 0.95, 'wald', 0, 0),
    (10, 10, 0.95, 'wilson', 0.722467200137111, 1),
    (10, 10, 0.95, 'clopper_pearson', 0.691502892181239, 1),
    (10, 10, 0.95, 'jeffreys', 0.782803732490789, 1),
    (10, 10, 0.95, 'agresti_coull', 0.679112694249454, 1),
    (10, 10, 0.95, 'wald', 1, 1),
    (1, 1, 0.95, 'wilson', 0.206549314377238, 1),
    (1, 1, 0.95, 'clopper_pearson', 0.025, 1),
    (1, 1, 0.95, 'jeffreys', 0.146746316309575, 1),
    (1, 1, 0.95, 'agresti_coull', 0.167499485479413, 1),
    (1, 1, 0.95, 'wald', 1, 1),
    (7, 23, 0.5, 'wilson', 0.243947972737914, 0.372337493244902),
    (7, 23, 0.5, 'clopper_pearson', 0.226045837828147, 0.395851625162327),
    (7, 23, 0.5, 'jeffreys', 0.245858574027742, 0.373542302027034),
    (7, 23, 0.5, 'agresti_coull', 0.243838073504738, 0.372447392478078),
    (7, 23, 0.5, 'wald', 0.239634665439687, 0.369060986734226),
    (7, 23, 0.999999, 'wilson', 0.0607342447621549, 0.747483116981792),
    (7, 23, 0.999999, 'clopper_pearson', 0.0223614446980648, 0.795944155417537),
    (7, 23, 0.999999, 'jeffreys', 0.0276674913450527, 0.7801460702848),
    (7, 23, 0.999999, 'agresti_coull', 0.053703627082889, 0.754513734661058),
    (7, 23, 0.999999, 'wald', 0, 0.773670579193942),
    (499, 1000, 0.9, 'wilson', 0.473030441526169, 0.52497495496031),
    (499, 1000, 0.9, 'clopper_pearson', 0.472519969431746, 0.52548440313541),
    (499, 1000, 0.9, 'jeffreys', 0.473018837355551, 0.52498543138665),
    (499, 1000, 0.9, 'agresti_coull', 0.473030441386388, 0.524974955100091),
    (499, 1000, 0.9, 'wald', 0.472992632621113, 0.525007367378887),
    (3, 100000, 0.99, 'wilson', 7.57761714752269e-06, 0.000118762966295613),
    (3, 100000, 0.99, 'clopper_pearson', 3.37866196638502e-06, 0.000109770396410652),
    (3, 100000, 0.99, 'jeffreys', 4.94632801205442e-06, 0.000101384826975887),
    (3, 100000, 0.99, 'agresti_coull', 0, 0.00012790622241212),
    (3, 100000, 0.99, 'wald', 0, 7.46140030286115e-05)
) v(x, n, confidence, method, lo, hi);
SELECT x, n, confidence, count(*) AS methods,
       bool_and(e.value = x::float8 / n AND e.responses = n AND e.effective_base = n) AS value,
       bool_and(abs(e.lo - p.lo) <= 1e-9) AS lo, bool_and(abs(e.hi - p.hi) <= 1e-9) AS hi
FROM proportions p, LATERAL prop_ci(x, n, confidence, method) e GROUP BY x, n, confidence ORDER BY n, x, confidence;

-- rate, share and csat are the same intervals, csat in points.
SELECT x, n, confidence, count(*) AS methods, bool_and(r = e) AS rate, bool_and(s = e) AS share,
       bool_and(abs(c.value - 100 * e.value) <= 1e-12 AND abs(c.lo - 100 * e.lo) <= 1e-12
           AND abs(c.hi - 100 * e.hi) <= 1e-12
                AND (c.std_error IS NULL AND e.std_error IS NULL OR abs(c.std_error - 100 * e.std_error) <= 1e-12)
                AND c.responses = n AND c.base_quality = e.base_quality) AS csat
FROM proportions p,
     LATERAL (SELECT score_agg(i <= x) AS outcomes, score_agg(CASE WHEN i <= x THEN 5 - i % 2 ELSE 1 + i % 3 END)
          AS answers FROM generate_series(1, n) i) a,
     LATERAL prop_ci(x, n, confidence, method) e, LATERAL rate_ci(outcomes, confidence, method) r,
     LATERAL share_ci(answers, 4, 5, confidence, method) s, LATERAL csat_ci(answers, confidence, method) c
WHERE n <= 1000 GROUP BY x, n, confidence ORDER BY n, x, confidence;

-- The default is Wilson at 95 %.
SELECT prop_ci(3, 8) = prop_ci(3, 8, 0.95, 'wilson') AS prop, rate_ci(o) = rate_ci(o, 0.95, 'wilson') AS rate,
       share_ci(s, 4, 5) = share_ci(s, 4, 5, 0.95, 'wilson') AS share,
       csat_ci(s) = csat_ci(s, 0.95, 'wilson', 5, 2, 1) AS csat
FROM (SELECT score_agg(i <= 3) AS o, score_agg(i % 5 + 1) AS s FROM generate_series(1, 8) i) v;
-- The definition of csat, as its accessor takes it: 6 and 7 of 1..7 are 2 of 7.
SELECT abs(c.value - 200 / 7.0) <= 1e-12 AS value, abs(c.lo - 100 * e.lo) <= 1e-12 AS lo,
       abs(c.hi - 100 * e.hi) <= 1e-12 AS hi
FROM (SELECT score_agg(i) AS s FROM generate_series(1, 7) i) v, LATERAL csat_ci(s, scale_max => 7) c,
     LATERAL prop_ci(2, 7) e;

-- Over every x of every n up to 30: limits in order and in 0..1, the value inside, wider with more confidence, the
-- same from the other side.
WITH intervals AS (
    SELECT x, n, method, confidence, e.value, e.lo, e.hi, e.std_error
    FROM generate_series(1, 30) n, generate_series(0, n) x,
    unnest(ARRAY['wilson', 'agresti_coull', 'jeffreys', 'clopper_pearson', 'wald']) method,
         unnest(ARRAY[0.5, 0.95, 0.999999]) confidence, LATERAL prop_ci(x, n, confidence, method) e
)
SELECT a.method, count(*), bool_and(0 <= a.lo AND a.lo <= a.hi AND a.hi <= 1) AS limits,
       bool_and(a.lo <= a.value AND a.value <= a.hi) AS inside,
       bool_and(abs(a.lo - (1 - b.hi)) <= 1e-12 AND abs(a.hi - (1 - b.lo)) <= 1e-12) AS symmetric,
       bool_and(c.lo <= a.lo AND a.hi <= c.hi) FILTER (WHERE c.confidence > a.confidence) AS wider,
       bool_and((a.std_error IS NOT NULL) = (a.method IN ('wilson', 'agresti_coull', 'wald'))) AS std_error
FROM intervals a JOIN intervals b ON b.n = a.n AND b.x = a.n - a.x AND b.method = a.method
     AND b.confidence = a.confidence
     JOIN intervals c ON c.n = a.n AND c.x = a.x AND c.method = a.method AND c.confidence >= a.confidence
GROUP BY a.method ORDER BY a.method;

-- std_error is the one that made the limits: half the width over the normal quantile 1.959963984540054, where neither
-- limit is cut.
SELECT method, count(*), bool_and(abs((e.hi - e.lo) / 2 - 1.959963984540054 * e.std_error) <= 1e-12) AS ok
FROM generate_series(20, 80, 5) x, unnest(ARRAY['wilson', 'agresti_coull', 'wald']) method,
     LATERAL prop_ci(x, 100, 0.95, method) e GROUP BY method ORDER BY method;

-- No trials, and as many as a bigint counts.
SELECT (prop_ci(0, 0, method => method)).*
       FROM unnest(ARRAY['wilson', 'agresti_coull', 'jeffreys', 'clopper_pearson', 'wald']) method;
-- A trillion: 0.5 +- 9.8e-7; none of them: the upper limit is of the order of 1e-12.
SELECT method, abs(half.lo - 0.49999902) <= 1e-8 AND abs(half.hi - 0.50000098) <= 1e-8 AS half, half.responses,
       none.lo = 0 AND none.hi <= 6e-12 AS none, every.lo >= 1 - 6e-12 AND every.hi = 1 AS every
FROM unnest(ARRAY['wilson', 'agresti_coull', 'jeffreys', 'clopper_pearson', 'wald']) method,
     LATERAL prop_ci(500000000000, 1000000000000, 0.95, method) half,
     LATERAL prop_ci(0, 1000000000000, 0.95, method) none,
     LATERAL prop_ci(1000000000000, 1000000000000, 0.95, method) every;
SELECT method, abs(e.lo - 0.5) <= 1e-9 AND abs(e.hi - 0.5) <= 1e-9 AS half, e.responses
FROM unnest(ARRAY['wilson', 'agresti_coull', 'wald']) method,
     LATERAL prop_ci(4611686018427387904, 9223372036854775807, 0.95, method) e;

-- Coverage of the true share by the 95 % interval, exactly, over all outcomes of n = 20: Clopper-Pearson never below
-- 95 %;
-- Wilson and Jeffreys on average near it, Agresti-Coull above, Wald far below (Brown, Cai, DasGupta 2001).
SELECT method, min(coverage) >= 0.95 AS never_below, abs(avg(coverage) - 0.95) <= 0.01 AS near_it,
       avg(coverage) > 0.96 AS above, avg(coverage) < 0.88 AS far_below
FROM (SELECT method, p, sum(factorial(20) / (factorial(x) * factorial(20 - x)) * p ^ x * (1 - p) ^ (20 - x)) FILTER (WHERE p BETWEEN e.lo AND e.hi) AS coverage
      FROM generate_series(0.01, 0.99, 0.02) p, generate_series(0, 20) x,
      unnest(ARRAY['wilson', 'agresti_coull', 'jeffreys', 'clopper_pearson', 'wald']) method,
           LATERAL prop_ci(x, 20, 0.95, method) e
      GROUP BY method, p) v
GROUP BY method ORDER BY method;

--
-- NPS and net satisfaction
--

-- [nps-030] [nps-034] Rocks (2016), AW(3, T); R formula of the NPS package: the raw score, limits around the shrunk
-- one
SELECT id, abs(e.value - nps) <= 1e-9 AS value, abs(e.lo - v.lo) <= 1e-9 AS lo, abs(e.hi - v.hi) <= 1e-9 AS hi,
       e.responses, e.effective_base, e.base_quality
FROM (VALUES ('nps-030', pg_temp.bands(2, 11, 18), 51.61290322580645, 25.5123341183546, 68.6053129404689),
             ('nps-034', pg_temp.bands(1, 2, 3), 33.333333333333336, -26.743258794104502, 71.187703238549)) v(id, s,
             nps, lo, hi), LATERAL nps_ci(s) e;

-- R 4.2.2 over rows of -1, 0 and 1: t.test for t, mean and sd with qnorm for wald, Rocks' formulas for the adjusted
-- ones; cut to -100..100.
CREATE TEMP TABLE nets AS SELECT * FROM (VALUES
    (2, 11, 18, 0.95, 'adjusted_wald', 25.5123341183546, 68.6053129404689),
    (2, 11, 18, 0.95, 'aw_uniform', 25.1301547996717, 68.9874922591518),
    (2, 11, 18, 0.95, 'wald', 29.589904095001, 73.6359023566119),
    (2, 11, 18, 0.95, 't', 28.6650506709827, 74.5607557806302),
    (1, 2, 3, 0.95, 'adjusted_wald', -26.7432587941045, 71.187703238549),
    (1, 2, 3, 0.95, 'aw_uniform', -29.1075490499881, 73.5519934944325),
    (1, 2, 3, 0.95, 'wald', -31.9987994846685, 98.6654661513351),
    (1, 2, 3, 0.95, 't', -52.3527278545438, 100),
    (1, 2, 3, 0.5, 'adjusted_wald', 5.37154776113838, 39.0728966833061),
    (1, 2, 3, 0.5, 'aw_uniform', 4.55791569613074, 39.8865287483137),
    (1, 2, 3, 0.5, 'wald', 10.8503416601306, 55.8163250065361),
    (1, 2, 3, 0.5, 't', 9.1104385399859, 57.5562281266808),
    (40, 80, 120, 0.9, 'adjusted_wald', 25.0522738407613, 40.7913475584156),
    (40, 80, 120, 0.9, 'aw_uniform', 25.0377315870819, 40.8058898120951),
    (40, 80, 120, 0.9, 'wald', 25.4029888339131, 41.2636778327535),
    (40, 80, 120, 0.9, 't', 25.3721298729138, 41.2945367937528),
    (1, 0, 19, 0.999999, 'adjusted_wald', 20.3547063704182, 100),
    (1, 0, 19, 0.999999, 'aw_uniform', 18.4337226585772, 100),
    (1, 0, 19, 0.999999, 'wald', 41.0836152432892, 100),
    (1, 0, 19, 0.999999, 't', 19.3088181301171, 100)
) v(detractors, passives, promoters, confidence, method, lo, hi);
SELECT detractors, passives, promoters, confidence, count(*) AS methods,
       bool_and(abs(e.value - nps(pg_temp.bands(detractors, passives, promoters))) = 0) AS value,
       bool_and(abs(e.lo - n.lo) <= 1e-7) AS lo, bool_and(abs(e.hi - n.hi) <= 1e-7) AS hi
FROM nets n, LATERAL nps_ci(pg_temp.bands(detractors, passives, promoters), confidence, method) e
GROUP BY detractors, passives, promoters, confidence ORDER BY detractors + passives + promoters, confidence;
-- net_satisfaction_ci is the same interval of other bands: 1 and 2 against 4 and 5.
SELECT detractors, passives, promoters, confidence, count(*) AS methods, bool_and(e = n) AS same
FROM nets, LATERAL (SELECT score_agg(score) AS s
     FROM (VALUES (1, detractors), (3, passives), (5, promoters)) v(score, k), generate_series(1, k)) a,
     LATERAL nps_ci(pg_temp.bands(detractors, passives, promoters), confidence, method) n,
     LATERAL net_satisfaction_ci(s, confidence, method) e
GROUP BY detractors, passives, promoters, confidence ORDER BY detractors + passives + promoters, confidence;
-- R 4.2.2, t.test over -1, 0, 1 of 3, 5, 7, 20, 15 answers of 1 to 5, in points: 54, 32.356.. to 75.644.., standard
-- error 10.770..
SELECT abs(e.value - 54) <= 1e-9 AS value, abs(e.lo - 32.3562123114453) <= 1e-9 AS lo,
       abs(e.hi - 75.6437876885547) <= 1e-9 AS hi, abs(e.std_error - 10.770329614269) <= 1e-9 AS std_error
FROM net_satisfaction_ci('{"counts": {"1": 3, "2": 5, "3": 7, "4": 20, "5": 15}}', method => 't') e;
-- Defaults, and definitions as arguments.
SELECT nps_ci(s) = nps_ci(s, 0.95, 'adjusted_wald', 6, 9) AS nps,
       (nps_ci(s, promoter_min => 8, detractor_max => 5)).value = nps(s, 5, 8) AS bands,
       net_satisfaction_ci(s7) = net_satisfaction_ci(s7, 0.95, 'adjusted_wald', 5, 2, 1) AS net,
       (net_satisfaction_ci(s7, scale_max => 7, boxes => 3)).value = net_satisfaction(s7, 7, 3) AS boxes
FROM (SELECT score_agg(i % 11) AS s, score_agg(i % 5 + 1) AS s7 FROM generate_series(1, 64) i) v;

-- One answer: no spread to estimate for wald and t, an interval for the adjusted ones. All promoters: no spread at
-- all.
SELECT method, e.value, e.lo IS NULL AND e.hi IS NULL AND e.std_error IS NULL AS unknown, e.base_quality,
       a.value AS all_value, a.lo = 100 AND a.hi = 100 AS all_certain, a.lo < 100 AND a.hi <= 100 AS all_shrunk
FROM unnest(ARRAY['adjusted_wald', 'aw_uniform', 'wald', 't']) method,
     LATERAL nps_ci(pg_temp.bands(0, 0, 1), method => method) e,
     LATERAL nps_ci(pg_temp.bands(0, 0, 40), method => method) a;

-- Over every outcome of n up to 12: limits in order and in -100..100, wider with more confidence, turned round with
-- the bands.
WITH intervals AS (
    SELECT n, d, q, method, confidence, e.lo, e.hi
    FROM generate_series(2, 12) n, generate_series(0, n) d, generate_series(0, n - d) q,
    unnest(ARRAY['adjusted_wald', 'aw_uniform', 'wald', 't']) method,
         unnest(ARRAY[0.5, 0.999999]) confidence, LATERAL nps_ci(pg_temp.bands(d, n - d - q, q), confidence, method) e
)
SELECT a.method, count(*), bool_and(-100 <= a.lo AND a.lo <= a.hi AND a.hi <= 100) AS limits,
       bool_and(abs(a.lo + b.hi) <= 1e-9 AND abs(a.hi + b.lo) <= 1e-9) AS symmetric,
       bool_and(c.lo <= a.lo AND a.hi <= c.hi) AS wider
FROM intervals a JOIN intervals b ON (b.n, b.d, b.q, b.method, b.confidence) = (a.n, a.q, a.d, a.method, a.confidence)
     JOIN intervals c ON (c.n, c.d, c.q, c.method) = (a.n, a.d, a.q, a.method) AND c.confidence >= a.confidence
GROUP BY a.method ORDER BY a.method;

-- Coverage of the true NPS by the 95 % interval, exactly, over all outcomes of n = 15: the adjusted one stays near 95
-- %, Wald falls away (Rocks 2016).
SELECT method, round(min(coverage), 2) AS least, round(avg(coverage), 2) AS mean
FROM (SELECT method, p, m, sum(factorial(15) / (factorial(d) * factorial(q) * factorial(15 - d - q)) * p ^ q * m ^ d * (1 - p - m) ^ (15 - d - q))
                               FILTER (WHERE 100 * (p - m) BETWEEN e.lo AND e.hi) AS coverage
      FROM (VALUES (0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.5, 0.1), (0.5, 0.4), (0.7, 0.1), (0.8, 0.05),
           (0.2, 0.6)) truth(p, m),
           generate_series(0, 15) d, generate_series(0, 15 - d) q, unnest(ARRAY['adjusted_wald', 'wald']) method,
           LATERAL nps_ci(pg_temp.bands(d, 15 - d - q, q), 0.95, method) e
      GROUP BY method, p, m) v
GROUP BY method ORDER BY method;

--
-- Means
--

-- R 4.2.2, t.test: mean, limits, standard error
SELECT scores, confidence, abs(e.value - v.mean) <= 1e-12 AS value,
       abs(e.lo - v.lo) <= 1e-9 * greatest(1, abs(v.lo)) AS lo,
       abs(e.hi - v.hi) <= 1e-9 * greatest(1, abs(v.hi)) AS hi,
       abs(e.std_error - v.std_error) <= 1e-12 AS std_error
FROM (VALUES
    ('{1, 2, 2, 4, 5, 5, 5, 3}', 0.95, 3.375, 2.03904708741174, 4.71095291258826, 0.564974714984156),
    ('{10, 9, 9, 0, 7, 8, 10}', 0.9, 7.57142857142857, 4.99709820150439, 10.1457589413527, 1.32480264221367),
    ('{-3, 5}', 0.5, 1, -3, 5, 4),
    ('{-100, 100, 0, 0}', 0.999999, 0, -5313.53886807493, 5313.53886807493, 40.8248290463863)
) v(scores, confidence, mean, lo, hi, std_error),
    LATERAL (SELECT score_agg(score) AS s FROM unnest(scores::int[]) score) a, LATERAL mean_ci(s, confidence) e;
-- Plain SQL: value and standard error of seeded answers. One answer has a mean, and nothing to say how sure it is.
SELECT abs(e.value - avg) <= 1e-12 AS value, abs(e.std_error - deviation / sqrt(n)) <= 1e-12 AS std_error,
       abs((e.hi + e.lo) / 2 - e.value) <= 1e-12 AS centred, e.responses = n AS responses
FROM (SELECT score_agg(score) AS s, avg(score) AS avg, stddev_samp(score) AS deviation, count(*) AS n
     FROM (SELECT (id * 48271 % 2147483647 % 201)::int - 100 FROM generate_series(1::bigint, 3000) id) v(score)) a,
     LATERAL mean_ci(s) e;
SELECT (mean_ci('{"counts": {"9": 1}}')).*;

--
-- What every estimate says of its base
--

-- ok from 100, low from 30, insufficient below.
SELECT n, e.responses, e.effective_base, e.base_quality, (mean_ci(s)).base_quality AS mean,
       (nps_ci(s)).base_quality AS nps, (share_ci(s, 1, 1)).base_quality AS share
FROM unnest(ARRAY[1, 29, 30, 99, 100, 1000000]) n,
     LATERAL (SELECT format('{"counts": {"1": %s}}', n)::score_summary AS s) a, LATERAL rate_ci(s) e;
-- Weights count by their effective base: 30 answers of which one counts double stand for 31^2 / 33 = 29.12, 31 for
-- 32^2 / 34 = 30.12;
-- one of 1.3256 among 30 makes 29.90. Equal weights, whatever they are, leave the count as it is.
SELECT answers, heavy, round(e.effective_base::numeric, 2) AS effective_base, e.responses, e.base_quality
FROM (VALUES (30, 2), (31, 2), (30, 1.3256), (30, 1), (100, 1.3), (101, 1.3)) v(answers, heavy),
     LATERAL (SELECT score_agg(9, CASE WHEN i = 1 THEN heavy ELSE 1 END) AS s FROM generate_series(1, answers) i) a,
     LATERAL nps_ci(s) e;
SELECT answers, count(*) AS weights, min(e.base_quality), max(e.base_quality)
FROM unnest(ARRAY[29, 30, 99, 100]) answers,
     unnest(ARRAY[0.001, 0.1, 0.3, 0.7, 1.1, 3.3, 7, 1e5, 1e-50, 1e50]::float8[]) weight,
     LATERAL (SELECT score_agg(9 + 0 * i, weight) AS s FROM generate_series(1, answers) i) a, LATERAL nps_ci(s) e
GROUP BY answers ORDER BY answers;
-- An empty summary: every estimate is there, and says nothing.
SELECT metric, (e).value, (e).lo, (e).hi, (e).std_error, (e).responses, (e).effective_base, (e).base_quality
FROM (SELECT '{"counts": {}}'::score_summary) v(s),
     LATERAL (VALUES ('nps', nps_ci(s)), ('nps by t', nps_ci(s, method => 't')), ('csat', csat_ci(s)),
          ('net satisfaction', net_satisfaction_ci(s)), ('mean', mean_ci(s)),
                     ('rate', rate_ci(s)), ('rate by jeffreys', rate_ci(s, method => 'jeffreys')),
                     ('share', share_ci(s, 1, 2))) a(metric, e);

--
-- Sample sizes, by hand: z = 1.959964 at 95 %, 1.644854 at 90 %, 2.575829 at 99 %
--

-- z^2 (p + q - (p - q)^2) / margin^2: 3.841459 / 0.0025 = 1536.6, 2.705543 / 0.0025 = 1082.2, 3.841459 * 0.56 /
-- 0.0025 = 860.5, 3.84
SELECT nps_sample_size(5) AS nps_5, nps_sample_size(5, 0.9) AS at_90,
       nps_sample_size(5, promoters => 0.4, detractors => 0.2) AS known, nps_sample_size(100) AS widest,
       nps_sample_size(5, promoters => 1, detractors => 0) AS certain,
       nps_sample_size(10, 0.95, 1 / 3.0, 2 / 3.0) AS thirds;
-- z^2 p (1 - p) / margin^2: 0.960365 / 0.0025 = 384.1, 0.960365 / 0.0009 = 1067.1, 1.658724 / 0.0025 = 663.5,
-- 3.841459 * 0.09 / 0.0025 = 138.3
SELECT share_sample_size(0.05) AS share_5, share_sample_size(0.03) AS share_3, share_sample_size(0.05, 0.99) AS at_99,
       share_sample_size(0.05, share => 0.1) AS known,
       share_sample_size(0.05, share => 0) AS certain, share_sample_size(1) AS widest;
-- So many answers keep the promise of 5 %, a few fewer do not.
SELECT (enough.hi - enough.lo) / 2 <= 0.05 AS enough, (fewer.hi - fewer.lo) / 2 <= 0.05 AS fewer
FROM prop_ci(193, 385, method => 'wald') enough, prop_ci(192, 384, method => 'wald') fewer;
