-- Weights: shares, means and linearised errors, against R's survey package and against sums over rows.

-- What a statement fails with.
CREATE FUNCTION pg_temp.error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END $$;

-- |got - expected| within 1e-12 of the expected figure's size.
CREATE FUNCTION pg_temp.near(got float8, expected float8) RETURNS boolean LANGUAGE sql AS $$
    SELECT got IS NOT DISTINCT FROM expected OR abs(got - expected) <= 1e-12 * greatest(1, abs(expected))
$$;

--
-- R
--

-- R 4.2.2, survey 4.1-1: svydesign(ids = ~1, weights = ~w); svymean and SE of the score, of its net and of its share
-- at 9 and 10; svyvar;
-- then by those figures and n_eff = sum(w)^2 / sum(w^2): qt(0.975, n_eff - 1) for means and t, Wilson's and Rocks'
-- formulas on n_eff.
-- [nps-044] is the reference case of that name, the others are seeded answers with weights in quarters, sqrt(id) and
-- e^(0..3.9).
CREATE TEMP TABLE designs AS
SELECT 'nps-044' AS design, score_agg(score, weight) AS s
FROM unnest(ARRAY[9, 10, 7, 3, 6, 10, 8, 9, 0, 10], ARRAY[1.2, 0.8, 1, 2, 0.5, 1.1, 0.9, 1.3, 1.7, 0.6]) v(score,
     weight)
UNION ALL SELECT 'quarters', score_agg(id * 48271 % 2147483647 % 11, (1 + id % 7) / 4.0)
       FROM generate_series(1::bigint, 200) id
UNION ALL SELECT 'sqrt', score_agg(id * 48271 % 2147483647 % 11, sqrt(id)) FROM generate_series(1::bigint, 200) id
UNION ALL SELECT 'heavy', score_agg(id * 48271 % 2147483647 % 11, exp((id % 40) / 10.0))
       FROM generate_series(1::bigint, 1000) id;

CREATE TEMP TABLE figures AS SELECT * FROM (VALUES
    ('nps-044', 10, 8.6221133659902, 6.36936936936937, 1.39577153479755, 3.80697407532133, 7.20720720720721,
        33.9932607449573, 0.450450450450451,
     0.189081359825373, 0.742363361310611, 3.12272582589788, 9.61601291284086, -44.1458590456157, 54.8395006641128,
     -71.8630401561382, 86.2774545705527),
    ('quarters', 200, 160.242576748868, 4.93233082706767, 0.246547242018664, 3.1383400152768, -47.7443609022556,
        6.07327435891932, 0.172932330827068,
     0.122219054853639, 0.238959917889287, 4.44540664580238, 5.41925500833296, -58.7267724630075, -35.0070997727284,
     -59.7389146462088, -35.7498071583025),
    ('sqrt', 200, 178.183904924955, 4.98646159728057, 0.236773582032057, 3.16232955590038, -46.2463397914037,
        5.82538289115051, 0.177940474718558,
     0.128761896616286, 0.240712525496536, 4.51920240504261, 5.45372078951853, -56.8177857464019, -34.1434220488681,
     -57.7424014754614, -34.750278107346),
    ('heavy', 1000, 482.415401265849, 4.9939572831859, 0.142890892062949, 3.15095128295544, -45.9309231992634,
        3.53671548569267, 0.179373235846126,
     0.147711281941148, 0.216101131694176, 4.7131904139353, 5.27472415243649, -52.5820299748346, -38.7120850775567,
     -52.8802292047894, -38.9816171937374)
) v(design, n, base, mean, mean_error, stddev, nps, nps_error, share, share_lo, share_hi, mean_lo, mean_hi, nps_lo,
    nps_hi, t_lo, t_hi);

SELECT design, responses(s) = n AS n, abs(effective_base(s) - base) <= 1e-9 AS base,
       abs(mean(s) - mean) <= 1e-12 AS mean, abs(stddev(s) - stddev) <= 1e-12 AS stddev,
       abs(nps(s) - nps) <= 1e-11 AS nps, abs(share(s, 9, 10) - share) <= 1e-12 AS share,
       abs(m.std_error - mean_error) <= 1e-12 AS mean_error,
       abs(w.std_error - nps_error) <= 1e-11 AS nps_error, abs(t.std_error - nps_error) <= 1e-11 AS t_error
FROM designs JOIN figures USING (design), LATERAL mean_ci(s) m, LATERAL nps_ci(s, method => 'wald') w,
     LATERAL nps_ci(s, method => 't') t ORDER BY design;
SELECT design, abs(m.lo - mean_lo) <= 1e-9 AND abs(m.hi - mean_hi) <= 1e-9 AS mean, abs(a.lo - nps_lo) <= 1e-9
       AND abs(a.hi - nps_hi) <= 1e-9 AS adjusted_wald,
       abs(t.lo - t_lo) <= 1e-9 AND abs(t.hi - t_hi) <= 1e-9 AS t, abs(w.lo - share_lo) <= 1e-12
       AND abs(w.hi - share_hi) <= 1e-12 AS wilson, w.responses = n AS responses, w.base_quality
FROM designs JOIN figures USING (design), LATERAL mean_ci(s) m, LATERAL nps_ci(s) a,
     LATERAL nps_ci(s, method => 't') t, LATERAL share_ci(s, 9, 10) w ORDER BY design;

-- [nps-044] once more, with the digits it is published in.
SELECT abs(w.value - 7.207207207207208) <= 1e-12 AS nps, abs(w.std_error - 33.99326074495728) <= 1e-12 AS se,
       w.responses AS n, abs(w.effective_base - 8.622113365990202) <= 1e-12 AS n_eff
FROM designs, LATERAL nps_ci(s, method => 'wald') w WHERE design = 'nps-044';

--
-- Sums over rows
--

-- 6 segments; f is what the metric gives an answer: SE^2 = n / (n - 1) * sum(w^2 (f - m)^2) / W^2.
CREATE TEMP TABLE answers AS
SELECT id, id * id % 20 AS segment, (id * 48271 % 2147483647 % 11)::int AS score,
       (id * 69621 % 2147483647 % 5 + 1)::int AS satisfied, (id * 39373 % 2147483647 % 7) < 3 AS resolved,
       exp(sin(id)) AS weight
FROM generate_series(1::bigint, 4000) id;

WITH sums AS (
    SELECT segment, count(*) AS n, sum(weight) AS w, sum(weight ^ 2) AS w2, sum(weight * score) / sum(weight) AS mean,
           sum(weight * ((score >= 9)::int - (score <= 6)::int)) / sum(weight) AS net,
           sum(weight * ((satisfied >= 4)::int - (satisfied <= 2)::int)) / sum(weight) AS net_sat,
           sum(weight * (satisfied >= 4)::int) / sum(weight) AS sat, sum(weight * resolved::int) / sum(weight) AS rate
    FROM answers GROUP BY segment
), errors AS (
    SELECT segment, sqrt(n / (n - 1.0) * sum(weight ^ 2 * (score - mean) ^ 2)) / w AS mean_error,
    sqrt(n / (n - 1.0) * sum(weight * (score - mean) ^ 2) / w) AS stddev,
           100 * sqrt(n / (n - 1.0) * sum(weight ^ 2 * ((score >= 9)::int - (score <= 6)::int - net) ^ 2)) / w AS nps_error,
           100 * sqrt(n / (n - 1.0) * sum(weight ^ 2 * ((satisfied >= 4)::int - (satisfied <= 2)::int - net_sat) ^ 2)) / w AS net_error
    FROM answers JOIN sums USING (segment) GROUP BY segment, n, w
), summaries AS (
    SELECT segment, score_agg(score, weight) AS s, score_agg(satisfied, weight) AS c, score_agg(resolved::int, weight)
    AS o FROM answers GROUP BY segment
)
SELECT segment, responses(s) = n AS n, pg_temp.near(effective_base(s), w ^ 2 / w2) AS base,
       pg_temp.near(mean(s), mean) AS mean, pg_temp.near(nps(s), 100 * net) AS nps,
       pg_temp.near(csat(c), 100 * sat) AND pg_temp.near(top_box(c, boxes => 2), sat)
       AND pg_temp.near(share(c, 4, 5), sat) AS share, pg_temp.near(net_satisfaction(c), 100 * net_sat) AS net,
       pg_temp.near(rate(o), sums.rate) AS rate, pg_temp.near(satisfaction_index(c, 1, 5), 25 * (mean(c) - 1))
       AND pg_temp.near(ces(c), mean(c)) AS rescaled,
       pg_temp.near((mean_ci(s)).std_error, mean_error)
       AND pg_temp.near((nps_ci(s, method => 'wald')).std_error, nps_error)
           AND pg_temp.near((net_satisfaction_ci(c, method => 't')).std_error, net_error)
           AND pg_temp.near(stddev(s), errors.stddev) AS errors
FROM sums JOIN errors USING (segment) JOIN summaries USING (segment) ORDER BY segment;

-- Proportions go by effective_base: 240 answers that weigh 3, 1, 3, 1, .. have 480^2 / 1200 = 192; a quarter of them
-- is 48 of 192.
SELECT method, round(e.effective_base::numeric, 9) AS base, e.responses, abs(e.value - 0.25) <= 1e-12 AS value,
       abs(e.lo - p.lo) <= 1e-9 AND abs(e.hi - p.hi) <= 1e-9 AS same
FROM unnest(ARRAY['wilson', 'agresti_coull', 'jeffreys', 'clopper_pearson', 'wald']) method,
     (SELECT score_agg((i <= 60)::int, 1 + 2 * (i % 2)) AS s FROM generate_series(1, 240) i) a,
     LATERAL rate_ci(s, method => method) e, LATERAL prop_ci(48, 192, method => method) p;

-- By hand: 1, 2, 3 with weights 1, 2, 3: mean 14/6, base 36/14, share of 3 is 1/2, median between 2 and 3 where the
-- halves are equal.
SELECT abs(mean(s) - 14 / 6.0) <= 1e-15 AS mean, abs(effective_base(s) - 36 / 14.0) <= 1e-15 AS base, share(s, 3, 3),
       median(s), responses(s), score_count(s, 3) AS threes
FROM (SELECT score_agg(i, i) FROM generate_series(1, 3) i) v(s);
-- Medians against the cumulated weights over rows; weights in quarters add up exactly, so halves that are equal are
-- seen.
SELECT count(*) AS prefixes, count(*) FILTER (WHERE median(s) <> trunc(median(s))) AS between_two,
       bool_and(median(s) = expected) AS ok
FROM generate_series(1, 300) length,
     LATERAL (SELECT score_agg(score, (1 + id % 3) / 4.0) AS s FROM answers WHERE id <= length) a,
     LATERAL (SELECT (min(score) FILTER (WHERE below >= total / 2) + min(score) FILTER (WHERE below > total / 2)) / 2.0 AS expected
              FROM (SELECT score, sum((1 + id % 3) / 4.0) OVER (ORDER BY score) AS below,
                   sum((1 + id % 3) / 4.0) OVER () AS total FROM answers WHERE id <= length) c) e;
-- Thirds do not add up exactly; equal halves are seen all the same.
SELECT median(score_agg(score, 0.1)) AS tenths, median(score_agg(score, 1 / 3.0)) AS thirds
       FROM (VALUES (1), (1), (1), (5), (5), (5)) v(score);

--
-- What a weight is
--

-- NULL and 0 leave the answer out; so does a NULL score.
SELECT score_agg(score, weight) AS s FROM (VALUES (9, 1), (8, NULL), (7, 0), (NULL, 5), (6, 0.5),
       (200, NULL)) v(score, weight);
SELECT score_agg(score, weight) IS NULL AS nothing_left
       FROM (VALUES (8, NULL::float8), (7, 0), (NULL, 5)) v(score, weight);
SELECT score_agg(score, weight) = score_agg(score, weight) FILTER (WHERE weight > 0) AS same,
       responses(score_agg(score, weight))
FROM (SELECT score, CASE id % 4 WHEN 0 THEN 0 WHEN 1 THEN NULL ELSE id % 4 / 2.0 END AS weight FROM answers) v;

-- A weighted outcome is the weighted score 1 or 0.
SELECT score_agg(resolved, weight) = score_agg(resolved::int, weight) AS same, responses(score_agg(resolved, weight)),
       score_agg(resolved, NULL) IS NULL AS nothing FROM answers;

-- All weights 1: every figure is that of the plain count, in every digit.
SELECT responses(w) = responses(u) AND effective_base(w) = effective_base(u) AND mean(w) = mean(u)
       AND stddev(w) = stddev(u) AND median(w) = median(u) AND nps(w) = nps(u)
       AND share(w, 3, 8) = share(u, 3, 8) AS accessors,
       nps_ci(w) = nps_ci(u) AND nps_ci(w, 0.9, 't') = nps_ci(u, 0.9, 't') AND mean_ci(w) = mean_ci(u)
       AND share_ci(w, 3, 8) = share_ci(u, 3, 8)
       AND share_ci(w, 3, 8, 0.9, 'jeffreys') = share_ci(u, 3, 8, 0.9, 'jeffreys') AS intervals,
       (SELECT bool_and(a = b) FROM distribution(w) a FULL JOIN distribution(u) b USING (score)) AS distribution,
       w = u AS one_value
FROM (SELECT score_agg(score, 1) AS w, score_agg(score) AS u FROM answers) v;

-- One weight for all, of any size: shares, means and errors stay.
SELECT one, bool_and(pg_temp.near(mean(w), mean(u)) AND pg_temp.near(nps(w), nps(u))
       AND pg_temp.near(share(w, 3, 8), share(u, 3, 8)) AND pg_temp.near(stddev(w), stddev(u))
       AND median(w) = median(u)) AS figures,
       bool_and(pg_temp.near((mean_ci(w)).std_error, (mean_ci(u)).std_error)
           AND pg_temp.near((nps_ci(w, method => 'wald')).std_error,
           (nps_ci(u, method => 'wald')).std_error)) AS errors,
       bool_and(pg_temp.near(effective_base(w), responses(u)) AND responses(w) = responses(u)) AS base
FROM unnest(ARRAY[1e-150, 1e-9, 0.1, 3, 12345.678, 1e150]::float8[]) one,
     LATERAL (SELECT score_agg(score, one) AS w, score_agg(score) AS u FROM answers GROUP BY segment) v
GROUP BY one ORDER BY one;

-- A weight is not a repeated row: 2, 3 and 5 of an answer have the mean and the shares of as many rows, but they are
-- 3 answers, and less certain; the base is 100 / 38.
SELECT pg_temp.near(mean(w), mean(r)) AND pg_temp.near(share(w, 4, 5), share(r, 4, 5))
       AND median(w) = median(r) AS figures, responses(w) AS three, responses(r) AS ten,
       abs(effective_base(w) - 100 / 38.0) <= 1e-12 AS base,
       (mean_ci(w)).std_error > (mean_ci(r)).std_error AS less_certain
FROM (SELECT score_agg(score, weight) AS w FROM (VALUES (1, 2), (4, 3), (5, 5)) v(score, weight)) a,
     (SELECT score_agg(score) AS r FROM (VALUES (1, 2), (4, 3), (5, 5)) v(score, weight),
     generate_series(1, weight)) b;

-- The ends of what a weight can be: two answers at -100 and 100 have mean 0, deviation 100 * sqrt(2), standard error
-- 100, whatever they weigh.
SELECT weight, mean(s), pg_temp.near(stddev(s), 100 * sqrt(2.0)) AS stddev,
       pg_temp.near(e.std_error, 100) AS std_error, e.lo > '-Infinity' AND e.hi < 'Infinity' AS finite,
       pg_temp.near(effective_base(s), 2) AS base,
       s::text::score_summary = s AS text
FROM unnest(ARRAY[1.5e-154, 1e-100, 1, 1e100, 9e153]::float8[]) weight,
     LATERAL (SELECT score_agg(score, weight) AS s FROM unnest(ARRAY[-100, 100]) score) v, LATERAL mean_ci(s) e;
-- One answer that outweighs the other leaves a base of 1 and so no interval, but a mean and its error.
SELECT light, abs(e.value - 1) <= 1e-8 AS value, e.lo IS NULL AND e.hi IS NULL AS unknown,
       e.std_error BETWEEN 0 AND 1e-7 AS error, e.responses, round(e.effective_base::numeric, 6) AS base
FROM unnest(ARRAY[1e-9, 1e-100]::float8[]) light,
     LATERAL (SELECT score_agg(score, weight) AS s FROM (VALUES (1, 1::float8), (2, light)) v(score, weight)) a,
     LATERAL mean_ci(s) e;
-- Sums that leave float8 are an error.
SELECT pg_temp.error_of('SELECT score_agg(score, 1.3e154) FROM unnest(ARRAY[9, 9]) score') AS "one score";
SELECT pg_temp.error_of('SELECT score_agg(score, 1.3e154) FROM unnest(ARRAY[9, 10]) score') AS "two scores";
SELECT pg_temp.error_of('SELECT rollup(s) FROM (SELECT score_agg(score, 1.3e154) AS s FROM unnest(ARRAY[9, 10]) score GROUP BY score) v') AS "rollup";

--
-- Merging
--

-- Halves, single answers, other orders, moving frames: 1e-12 relative.
CREATE TEMP TABLE plain AS SELECT score_agg(score, weight) AS s FROM answers;
SELECT count(*) AS ways, bool_and(responses(v.s) = responses(plain.s)) AS responses,
       bool_and(pg_temp.near(mean(v.s), mean(plain.s))) AS mean,
       bool_and(pg_temp.near(nps(v.s), nps(plain.s))) AS nps,
       bool_and(pg_temp.near(effective_base(v.s), effective_base(plain.s))) AS base,
       bool_and(pg_temp.near((mean_ci(v.s)).std_error, (mean_ci(plain.s)).std_error)) AS error
FROM (SELECT score_agg(score, weight ORDER BY id DESC) FROM answers
      UNION ALL SELECT score_agg(score, weight ORDER BY weight) FROM answers
      UNION ALL SELECT rollup(s) FROM (SELECT score_agg(score, weight) AS s FROM answers GROUP BY id % 2) half
      UNION ALL SELECT rollup(s) FROM (SELECT score_agg(score, weight) AS s FROM answers GROUP BY id) single
      UNION ALL (SELECT score_agg(score, weight) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
          FROM answers ORDER BY id DESC LIMIT 1)
      UNION ALL SELECT rollup(s) FROM (SELECT score_agg(score, weight) AS s FROM answers
             UNION ALL SELECT '{"counts": {}}'
      UNION ALL SELECT '{"counts": {}, "weights": {}, "squared_weights": {}}') with_nothing) v(s), plain;
-- A frame that moves on starts again rather than drift: each is the plain run over its rows, in every digit.
SELECT count(*) AS frames, bool_and(moving = fresh) AS same
FROM (SELECT id, score_agg(score, weight) OVER (ORDER BY id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS moving,
             (SELECT score_agg(score, weight ORDER BY id) FROM answers b
                     WHERE b.id BETWEEN a.id - 9 AND a.id) AS fresh
      FROM answers a WHERE id <= 100) v;

-- Weighted and unweighted merge: an answer without weight weighs 1.
SELECT rollup(s) AS mixed, rollup(s ORDER BY n DESC) = rollup(s ORDER BY n) AS either_way
FROM (VALUES (1, '{"counts": {"9": 2, "3": 1}}'::score_summary),
     (2, '{"counts": {"9": 1, "7": 2}, "weights": {"9": 0.5, "7": 3}, "squared_weights": {"9": 0.25, "7": 5}}'),
     (3, '{"counts": {}}')) v(n, s);
SELECT rollup(s) = (SELECT score_agg(score, CASE WHEN id % 3 = 0 THEN 1 ELSE (1 + id % 5) / 4.0 END)
       FROM answers) AS same
FROM (SELECT score_agg(score) AS s FROM answers WHERE id % 3 = 0 UNION ALL SELECT score_agg(score, (1 + id % 5) / 4.0)
     FROM answers WHERE id % 3 <> 0) v;
-- In a moving frame of summaries the weighted ones come and go; where only unweighted ones are left the value has no
-- weights.
SELECT n, rollup(s) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS two
FROM (VALUES (1, '{"counts": {"9": 1}}'::score_summary),
     (2, '{"counts": {"9": 1}, "weights": {"9": 0.5}, "squared_weights": {"9": 0.25}}'), (3, '{"counts": {"8": 1}}'),
     (4, '{"counts": {"7": 1}}')) v(n, s)
ORDER BY n;
