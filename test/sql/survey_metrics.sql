-- The survey metrics: one-call aggregates and accessors, against published figures, hand counts and plain SQL.

-- A summary of so many detractors (score 0), passives (7) and promoters (10).
CREATE FUNCTION pg_temp.bands(detractors int, passives int, promoters int) RETURNS score_summary LANGUAGE sql AS $$
    SELECT score_agg(score) FROM (VALUES (0, detractors), (7, passives), (10, promoters)) v(score, n),
    generate_series(1, n)
$$;

--
-- Reference figures
--

-- [nps-003] NPS package for R, tests: nps(10) = 100
SELECT nps(score) AS nps_003 FROM (VALUES (10)) v(score);
-- [nps-018] NPS package for R: -2..12, those off the scale left out, here by FILTER: -45.4545..
SELECT abs(nps(score) FILTER (WHERE score BETWEEN 0 AND 10) - -45.45454545454545) <= 1e-9 AS nps_018
       FROM generate_series(-2, 12) score;
-- [nps-020] no valid answer is NULL, never 0
SELECT nps(score) IS NULL AS nps_020, score_agg(score) IS NULL AS no_summary
       FROM (VALUES (NULL::int), (NULL)) v(score);
-- [nps-005] [nps-009] [nps-010] NPS package for R: variance of one answer, n in the denominator: std_error^2 * (n -
-- 1)
SELECT id, abs((nps_ci(s, method => 'wald')).std_error ^ 2 * (responses(s) - 1) / 1e4 - expected) <= 1e-12 AS ok
FROM (VALUES ('nps_005', pg_temp.bands(1, 2, 3), 0.5555555555555556), ('nps_009', pg_temp.bands(1, 0, 1), 1),
     ('nps_010', pg_temp.bands(0, 1, 1), 0.25)) v(id, s, expected);
-- [nps-013] NPS package for R: standard error, which there is divided by n: ours * sqrt((n - 1) / n)
SELECT abs((nps_ci(pg_temp.bands(1, 0, 1),
       method => 'wald')).std_error * sqrt(1 / 2.0) / 100 - 0.707) <= 1e-3 AS nps_013;

-- [csat-004] formbricks, surveySummary.test.ts: 2 of 4 answers are 4 or 5: 50
SELECT csat(score) AS csat_004 FROM (VALUES (5), (4), (3), (2)) v(score);
-- [csat-009] Microsoft NSAT, example 2, on 1..4: very satisfied - dissatisfied + 100 = 0 with 0, 0, 57, 23 answers
SELECT abs(100 * (share(s, 4, 4) - share(s, 1, 2)) + 100) <= 1e-12 AS csat_009
       FROM (SELECT '{"counts": {"1": 23, "2": 57}}'::score_summary) v(s);
-- [csat-011] CES 2.0, answers from 5 to 7: 46; [csat-012] top two minus bottom three: -13
SELECT abs(ces_agree(s) - 46) <= 1e-12 AS csat_011,
       abs(100 * (share(s, 6, 7) - share(s, 1, 3)) - -13) <= 1e-12 AS csat_012
FROM (SELECT '{"counts": {"1": 80, "2": 210, "3": 140, "4": 110, "5": 160, "6": 180, "7": 120}}'::score_summary) v(s);

-- [service-002] net first-contact resolution: 60 of 100 contacts resolved, 20 not eligible: 75 %
SELECT abs(rate(n <= 60) FILTER (WHERE n <= 80) - 0.75) <= 1e-12 AS service_002 FROM generate_series(1, 100) n;
-- [business-004] retention: 1000 at the start, 1150 at the end, 200 of them new: 95 %
SELECT (prop_ci(1150 - 200, 1000)).value AS business_004;

--
-- Hand counts
--

-- NPS of 6, 7, 8, 9, 10: one detractor, two passives, two promoters: 100 * (2 - 1) / 5 = 20.
SELECT nps(score), nps(score_agg(score)) AS nps_of_summary, promoters(score_agg(score)), passives(score_agg(score)),
       detractors(score_agg(score))
FROM generate_series(6, 10) score;
-- Answers 1, 2, 2, 4, 5, 5, 5, 3 on 1..5: satisfied 4 of 8, dissatisfied 3 of 8; mean 27/8; medians 3.5.
SELECT csat(score), net_satisfaction(score), csat(score_agg(score)) AS csat_of,
       net_satisfaction(score_agg(score)) AS net_of,
       mean(score_agg(score)), median(score_agg(score)), responses(score_agg(score)),
       effective_base(score_agg(score)) AS base,
       top_box(score_agg(score)), bottom_box(score_agg(score)), top_box(score_agg(score), boxes => 2) AS top_two,
       bottom_box(score_agg(score), boxes => 2) AS bottom_two,
       score_count(score_agg(score), 5) AS fives, score_count(score_agg(score), 6) AS sixes,
       share(score_agg(score), 2, 3), satisfaction_index(score_agg(score), 1, 5)
FROM unnest(ARRAY[1, 2, 2, 4, 5, 5, 5, 3]) score;
-- true, true, false, NULL: 2 of 3; a boolean is the score 1 or 0.
SELECT abs(rate(outcome) - 2 / 3.0) <= 1e-15 AS rate, score_agg(outcome),
       abs(rate(score_agg(outcome)) - 2 / 3.0) <= 1e-15 AS rate_of,
       mean(score_agg(outcome)) = rate(outcome) AS mean_is_rate
FROM (VALUES (true), (true), (false), (NULL)) v(outcome);
SELECT rate(outcome) AS all_false, score_agg(outcome) FROM (VALUES (false), (false)) v(outcome);

-- Median: the middle one, or the mean of the two middle ones, over gaps and below 0.
SELECT scores, median(s), median(s) = expected AS ok
FROM (VALUES
    ('{3}'::int[], 3), ('{1, 5}', 3), ('{1, 2, 5}', 2), ('{1, 1, 5, 5}', 3), ('{1, 1, 1, 5}', 1), ('{1, 5, 5, 5}', 5),
    ('{0, 10}', 5), ('{7, 10}', 8.5), ('{-3, -2}', -2.5), ('{-100, 100}', 0), ('{4, 4, 4, 4}', 4)
) v(scores, expected),
     LATERAL (SELECT score_agg(score) AS s FROM unnest(scores) score) a;

-- Distribution: every score between the lowest and the highest given, those nobody gave included.
SELECT d.score, d.responses, d.share
FROM (SELECT score_agg(score) AS s FROM unnest(ARRAY[5, 5, 5, 2, 1, 5, 5, 5]) score) v
     CROSS JOIN LATERAL distribution(s) d;
SELECT d.* FROM distribution('{"counts": {"-100": 1, "-98": 3}}') d;
SELECT (d).score, (d).responses FROM (SELECT distribution('{"counts": {"9": 1, "10": 3}}') AS d OFFSET 0) v;

--
-- Definitions are arguments
--

-- 0..10 once each. Standard: 2 promoters, 7 detractors of 11. Stricter bands: only 10 promotes, up to 7 detracts.
SELECT abs(nps(s) - 100 * (2 - 7) / 11.0) <= 1e-12 AS standard,
       abs(nps(s, promoter_min => 8) - 100 * (3 - 7) / 11.0) <= 1e-12 AS from_8,
       abs(nps(s, detractor_max => 7, promoter_min => 10) - 100 * (1 - 8) / 11.0) <= 1e-12 AS strict,
       abs(nps(s, 4, 5) - 100 * (6 - 5) / 11.0) <= 1e-12 AS no_passives, passives(s, 4, 5) AS passives,
       promoters(s, 4, 5) AS promoters, detractors(s, 4, 5) AS detractors
FROM (SELECT score_agg(score) FROM generate_series(0, 10) score) v(s);
-- Every pair of bands against a count.
SELECT count(*) AS bands,
       bool_and(abs(nps(s, d, p) - 100.0 * (11 - p - (d + 1)) / 11) <= 1e-12 AND detractors(s, d, p) = d + 1
           AND promoters(s, d, p) = 11 - p
                AND passives(s, d, p) = p - d - 1) AS ok
FROM (SELECT score_agg(score) FROM generate_series(0, 10) score) v(s), generate_series(0, 9) d,
     generate_series(1, 10) p WHERE d < p;

-- 1..7 once each: CSAT on 1..7 counts 6 and 7; with 3 boxes 5 to 7. A scale that starts at 0, and one below 0.
SELECT abs(csat(s, scale_max => 7) - 200 / 7.0) <= 1e-12 AS top_two,
       abs(csat(s, 7, boxes => 3) - 300 / 7.0) <= 1e-12 AS top_three,
       abs(net_satisfaction(s, scale_max => 7, boxes => 3)) <= 1e-12 AS net,
       abs(csat(s, 10, 4, 0) - 100 / 7.0) <= 1e-12 AS from_0,
       abs(satisfaction_index(s, 1, 7) - 50) <= 1e-12 AS index,
       abs(satisfaction_index(s, 0, 10) - 40) <= 1e-12 AS index_from_0
FROM (SELECT score_agg(score) FROM generate_series(1, 7) score) v(s);
SELECT csat(s, scale_max => 2, boxes => 1, scale_min => -2),
       net_satisfaction(s, scale_max => 2, boxes => 1, scale_min => -2), satisfaction_index(s, -2, 2)
FROM (SELECT score_agg(score) FROM unnest(ARRAY[-2, 2, 2, 0]) score) v(s);
-- Every scale of 2 to 7 steps and every number of boxes, against a count over one answer of each score.
SELECT count(*) AS definitions,
       bool_and(abs(csat(s, hi, boxes, lo) - 100.0 * boxes / (hi - lo + 1)) <= 1e-12) AS csat,
       bool_and(abs(top_box(s, hi, boxes) - boxes / (hi - lo + 1.0)) <= 1e-12
           AND abs(bottom_box(s, lo, boxes) - boxes / (hi - lo + 1.0)) <= 1e-12) AS boxes,
       bool_and(net_satisfaction(s, hi, boxes, lo) = 0) FILTER (WHERE 2 * boxes <= hi - lo + 1) AS net
FROM generate_series(-3, 3) lo, generate_series(-2, 9) hi, generate_series(1, 6) boxes,
     LATERAL (SELECT score_agg(score) FROM generate_series(lo, hi) score) v(s)
WHERE hi > lo AND hi - lo <= 6 AND boxes <= hi - lo;

-- CES: mean, turned round when 1 is the best; agreeing is above the middle: 5 to 7 on 1..7, 4 and 5 on 1..5, 4 to 6
-- on 1..6, 6 to 10 on 1..10.
SELECT ces(s), ces(s, reversed => true) AS reversed, ces(s, scale_max => 10, reversed => true) AS reversed_10
FROM (SELECT '{"counts": {"2": 3, "7": 1}}'::score_summary) v(s);
SELECT scale, ces(s, scale) AS mean, ces(s, scale, true) = ces(s, scale) AS symmetric, agree,
       abs(ces_agree(s, scale) - 100.0 * agree / scale) <= 1e-12 AS ok,
       abs(ces_agree(s, scale, reversed => true) - 100.0 * agree / scale) <= 1e-12 AS reversed
FROM (VALUES (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3), (9, 4), (10, 5)) v(scale, agree),
     LATERAL (SELECT score_agg(score) FROM generate_series(1, scale) score) a(s);
SELECT ces_agree('{"counts": {"4": 1}}') AS middle_of_7, ces_agree('{"counts": {"5": 1}}') AS above,
       ces_agree('{"counts": {"4": 1}}', reversed => true) AS middle_reversed,
       ces_agree('{"counts": {"3": 1}}', reversed => true) AS below_reversed,
       ces_agree('{"counts": {"3": 1}}', 6) AS three_of_6, ces_agree('{"counts": {"4": 1}}', 6) AS four_of_6,
       ces_agree('{"counts": {"3": 1}}', 6, true) AS three_of_6_reversed;

--
-- Every type of score
--

SELECT nps(n::int2) = expected AS int2, nps(n::int4) = expected AS int4, nps(n::int8) = expected AS int8,
       nps(n::float4) = expected AS float4,
       nps(n::float8) = expected AS float8, nps(n::numeric) = expected AS numeric, pg_typeof(nps(n)) AS result
FROM generate_series(0, 10) n, LATERAL (SELECT 100 * (2 - 7) / 11.0::float8) e(expected) GROUP BY expected;
SELECT csat(n::int2) = 40 AND csat(n) = 40 AND csat(n::int8) = 40 AND csat(n::float8) = 40
       AND csat(n::numeric) = 40 AS csat,
       ces(n::int2) = 3 AND ces(n) = 3 AND ces(n::int8) = 3 AND ces(n::float8) = 3 AND ces(n::numeric) = 3 AS ces,
       net_satisfaction(n::int2) = 0 AND net_satisfaction(n) = 0 AND net_satisfaction(n::int8) = 0
       AND net_satisfaction(n::float8) = 0 AND net_satisfaction(n::numeric) = 0 AS net,
       share_at_least(n::int2, 3::int2) = 0.6 AND share_at_least(n::int2, 3) = 0.6 AND share_at_least(n, 3) = 0.6
       AND share_at_least(n::int8, 3) = 0.6 AND share_at_least(n, 2.5) = 0.6
           AND share_at_least(n::float8, 3) = 0.6 AND share_at_least(n::numeric, 2.1) = 0.6 AS share_at_least
FROM generate_series(1, 5) n;
SELECT count(DISTINCT s)
FROM (SELECT unnest(ARRAY[score_agg(n::int2), score_agg(n), score_agg(n::int8), score_agg(n::float4),
     score_agg(n::float8), score_agg(n::numeric)]) AS s FROM generate_series(-5, 5) n) v;
SELECT count(DISTINCT s), min(s::text)
FROM (SELECT unnest(ARRAY[score_agg(n::int2, 2.0), score_agg(n, 2::float8), score_agg(n, 2), score_agg(n::int8, 2),
     score_agg(n::float8, 2), score_agg(n::numeric, 2.0)]) AS s FROM generate_series(9, 10) n) v;
-- A float8 that is a whole number is a score; -0 is 0.
SELECT score_agg(score) FROM (VALUES (9.0::float8), ('-0'), (1e1), (-100)) v(score);

--
-- Plain SQL over rows: seeded answers, every metric, segments of different sizes; NULL is no answer
--

CREATE TEMP TABLE answers AS
SELECT id, id * id % 20 AS segment, nullif(id * 48271 % 2147483647 % 12, 11)::int AS recommend,
       nullif(id * 16807 % 2147483647 % 6, 0)::int AS satisfied, nullif(id * 69621 % 2147483647 % 8, 0)::int AS easy,
       nullif(id * 39373 % 2147483647 % 5, 4) < 2 AS resolved, (id * 40692 % 2147483647 % 201 - 100)::int AS wide
FROM generate_series(1::bigint, 5000) id;

-- One-call aggregates; the largest deviation has to vanish.
SELECT count(*) AS segments, sum(n) AS answers,
       max(abs(nps_got - nps_expected)) <= 1e-9 AS nps, max(abs(csat_got - csat_expected)) <= 1e-9 AS csat,
       max(abs(ces_got - ces_expected)) <= 1e-9 AS ces,
       max(abs(net_got - net_expected)) <= 1e-9 AS net, max(abs(rate_got - rate_expected)) <= 1e-12 AS rate
FROM (SELECT segment, count(*) AS n,
             nps(recommend) AS nps_got, 100.0 * (count(*) FILTER (WHERE recommend >= 9) - count(*) FILTER (WHERE recommend <= 6)) / count(recommend) AS nps_expected,
             csat(satisfied) AS csat_got, 100.0 * count(*) FILTER (WHERE satisfied >= 4) / count(satisfied) AS csat_expected,
             ces(easy) AS ces_got, avg(easy) AS ces_expected,
             net_satisfaction(satisfied) AS net_got,
             100 * avg(CASE WHEN satisfied >= 4 THEN 1 WHEN satisfied <= 2 THEN -1
                 ELSE 0 END) FILTER (WHERE satisfied IS NOT NULL) AS net_expected,
             rate(resolved) AS rate_got, avg(resolved::int) AS rate_expected
      FROM answers GROUP BY segment) v;
SELECT count(*) AS thresholds, bool_and(abs(got - expected) <= 1e-12 AND got = got_float8) AS share_at_least
FROM generate_series(-1, 12) k,
     LATERAL (SELECT share_at_least(recommend, k) AS got, share_at_least(recommend::float8, k - 0.5) AS got_float8,
          avg((recommend >= k)::int) AS expected FROM answers) v;

-- Accessors, over all scores there are.
SELECT count(*) AS segments, bool_and(responses(s) = n) AS responses, bool_and(effective_base(s) = n) AS base,
       max(abs(mean(s) - avg)) <= 1e-12 AS mean,
       max(abs(stddev(s) - deviation)) <= 1e-10 AS stddev, bool_and(median(s) = middle) AS median,
       max(abs(satisfaction_index(s, -100, 100) - (avg + 100) / 2)) <= 1e-10 AS index
FROM (SELECT segment, score_agg(wide) AS s, count(wide) AS n, avg(wide) AS avg, stddev_samp(wide) AS deviation,
     percentile_cont(0.5) WITHIN GROUP (ORDER BY wide) AS middle
      FROM answers GROUP BY segment) v;
-- Prefixes of 1 to 200 answers: even and odd counts.
SELECT count(*) AS prefixes, bool_and(median(s) = middle) AS median,
       bool_and(stddev(s) IS NOT DISTINCT FROM deviation OR abs(stddev(s) - deviation) <= 1e-10) AS stddev
FROM generate_series(1, 200) length,
     LATERAL (SELECT score_agg(wide) AS s, percentile_cont(0.5) WITHIN GROUP (ORDER BY wide) AS middle,
          stddev_samp(wide) AS deviation FROM answers WHERE id <= length) v;
SELECT count(*) AS ranges, bool_and(abs(share(s, lo, hi) - expected) <= 1e-12) AS share
FROM (SELECT score_agg(wide) FROM answers) a(s), generate_series(-120, 120, 30) lo, generate_series(-120, 120, 24) hi,
     LATERAL (SELECT avg((wide BETWEEN lo AND hi)::int) AS expected FROM answers) v
WHERE lo <= hi;
SELECT bool_and(score_count(s, score) = expected) AS score_count
FROM (SELECT score_agg(wide) FROM answers) a(s), generate_series(-101, 101) score,
     LATERAL (SELECT count(*) AS expected FROM answers WHERE wide = score) v;
SELECT count(*) AS scores, count(e.n) AS answered,
       count(*) FILTER (WHERE d.responses IS DISTINCT FROM coalesce(e.n, 0)
       OR abs(d.share - coalesce(e.share, 0)) > 1e-12) AS wrong
FROM (SELECT score_agg(wide) FROM answers) a(s) CROSS JOIN LATERAL distribution(s) d
     FULL JOIN (SELECT wide AS score, count(*) AS n, count(*) / sum(count(*)) OVER () AS share FROM answers
         GROUP BY wide) e ON e.score = d.score;

--
-- Nothing answered
--

-- An empty summary has counts, and no metric.
SELECT responses(s), effective_base(s), score_count(s, 9), promoters(s), passives(s), detractors(s),
       (SELECT count(*) FROM distribution(s)) AS rows,
       num_nonnulls(mean(s), stddev(s), median(s), rate(s), share(s, 0, 1), top_box(s), bottom_box(s), nps(s),
           csat(s), net_satisfaction(s), satisfaction_index(s, 1, 5),
                    ces(s), ces_agree(s)) AS metrics
FROM (VALUES ('{"counts": {}}'::score_summary),
     ('{"counts": {}, "weights": {}, "squared_weights": {}}'::score_summary)) v(s);
-- One answer has a mean but no deviation.
SELECT mean(s), median(s), stddev(s), nps(s) FROM (SELECT score_agg(9) FROM generate_series(1, 1)) v(s);
-- NULL in, NULL out.
SELECT num_nonnulls(responses(s), mean(s), nps(s), nps(s, promoter_min => 8), csat(s), ces(s), rate(s),
       share(s, 1, 2), s + s, s - s) AS of_null, nps('{"counts": {"9": 1}}'::score_summary, NULL) AS null_definition
FROM (SELECT NULL::score_summary) v(s);

--
-- One state for all
--

-- Aggregates over the same argument differ only in their final function, which changes nothing: PostgreSQL then keeps
-- one state for them.
SELECT arguments, count(DISTINCT shared) AS states, bool_and(kept) AS kept
FROM (SELECT pg_get_function_identity_arguments(p.oid) AS arguments, a.aggfinalmodify = 'r'
     AND a.aggmfinalmodify = 'r' AS kept,
             concat_ws(',', a.aggtransfn, a.aggtranstype, a.agginitval, a.aggcombinefn, a.aggmtransfn,
                 a.aggminvtransfn, a.aggmtranstype, a.aggminitval) AS shared
      FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
      WHERE p.proname IN ('score_agg', 'nps', 'csat', 'ces', 'net_satisfaction', 'rate')) v
GROUP BY arguments HAVING count(*) > 1 ORDER BY arguments;

-- So the argument is evaluated once a row, however many metrics are read.
CREATE TEMP SEQUENCE evaluations;
CREATE FUNCTION pg_temp.watched(score int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('evaluations');
    RETURN score;
END $$;
SELECT csat(pg_temp.watched(n)), net_satisfaction(pg_temp.watched(n)), ces(pg_temp.watched(n)),
       nps(pg_temp.watched(n)), mean(score_agg(pg_temp.watched(n)))
FROM generate_series(1, 5) n;
SELECT last_value AS evaluations FROM evaluations;

-- Every aggregate over a score_summary can run in parallel, and merges.
SELECT count(*) > 20 AS aggregates, count(*) FILTER (WHERE p.proparallel <> 's' OR a.aggcombinefn = 0
       OR a.agginitval IS NULL OR p.provolatile <> 'i') AS not_so
FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_depend d ON d.objid = p.oid
     AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
WHERE a.aggtranstype = 'score_summary'::regtype;
