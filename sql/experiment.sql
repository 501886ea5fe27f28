-- experiment: did the change work. Comparisons of two arms, tests around them, sample sizes, control charts.

-- Two arms

CREATE FUNCTION compare(a score_summary, b score_summary, metric text DEFAULT 'mean', confidence float8 DEFAULT 0.95, method text DEFAULT 'frequentist', lo int DEFAULT NULL, hi int DEFAULT NULL, scale_min int DEFAULT NULL, scale_max int DEFAULT NULL, boxes int DEFAULT NULL, tuning float8 DEFAULT 5000,
    OUT control float8, OUT treatment float8, OUT difference float8, OUT lo float8, OUT hi float8, OUT lift float8, OUT lift_lo float8, OUT lift_hi float8, OUT std_error float8, OUT statistic float8, OUT df float8, OUT p_value float8, OUT chance_to_win float8, OUT risk_control float8, OUT risk_treatment float8, OUT note text)
AS 'MODULE_PATHNAME', 'score_summary_compare' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION compare(a score_summary, b score_summary, metric text, confidence float8, method text, lo int, hi int, scale_min int, scale_max int, boxes int, tuning float8) IS
'treatment b against control a; metric mean, nps, csat, net_satisfaction, rate or share (of the scores lo..hi); method frequentist, sequential (valid at every look) or bayes';

CREATE FUNCTION compare(a covariance_summary, b covariance_summary, confidence float8 DEFAULT 0.95, method text DEFAULT 'frequentist', tuning float8 DEFAULT 5000,
    OUT control float8, OUT treatment float8, OUT difference float8, OUT lo float8, OUT hi float8, OUT lift float8, OUT lift_lo float8, OUT lift_hi float8, OUT std_error float8, OUT statistic float8, OUT df float8, OUT p_value float8, OUT chance_to_win float8, OUT risk_control float8, OUT risk_treatment float8, OUT note text)
AS 'MODULE_PATHNAME', 'covariance_summary_compare' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION compare(a covariance_summary, b covariance_summary, confidence float8, method text, tuning float8) IS
'mean outcome of treatment b against control a, adjusted by the covariates where there are any (CUPED); methods as over score_summary';

CREATE FUNCTION prob_b_beats_a(x_a bigint, n_a bigint, x_b bigint, n_b bigint, prior_alpha float8 DEFAULT 1, prior_beta float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'prob_b_beats_a' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION prob_b_beats_a(x_a bigint, n_a bigint, x_b bigint, n_b bigint, prior_alpha float8, prior_beta float8) IS
'the probability that the rate of b is above the rate of a, after x_a of n_a and x_b of n_b, both rates having the same beta prior';

-- Before and after, with and without

CREATE FUNCTION diff_in_diff(control_before score_summary, control_after score_summary, treated_before score_summary, treated_after score_summary, confidence float8 DEFAULT 0.95,
    OUT effect float8, OUT lo float8, OUT hi float8, OUT std_error float8, OUT statistic float8, OUT df float8, OUT p_value float8, OUT note text)
AS 'MODULE_PATHNAME', 'score_summary_diff_in_diff' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION diff_in_diff(control_before score_summary, control_after score_summary, treated_before score_summary, treated_after score_summary, confidence float8) IS
'how much more the mean score changed with the treatment than without it, by least squares with one variance';

CREATE FUNCTION diff_in_diff(control_before covariance_summary, control_after covariance_summary, treated_before covariance_summary, treated_after covariance_summary, confidence float8 DEFAULT 0.95,
    OUT effect float8, OUT lo float8, OUT hi float8, OUT std_error float8, OUT statistic float8, OUT df float8, OUT p_value float8, OUT note text)
AS 'MODULE_PATHNAME', 'covariance_summary_diff_in_diff' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION diff_in_diff(control_before covariance_summary, control_after covariance_summary, treated_before covariance_summary, treated_after covariance_summary, confidence float8) IS
'how much more the mean outcome changed with the treatment than without it, by least squares with one variance; covariates are not used';

-- Checks

CREATE FUNCTION srm_test(observed bigint[], expected float8[], OUT chi2 float8, OUT df int, OUT p_value float8, OUT suspicious boolean)
AS 'MODULE_PATHNAME', 'srm_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION srm_test(observed bigint[], expected float8[]) IS
'sample ratio mismatch: whether the arms got the shares they were meant to, by chi-square; suspicious where p is below 0.001';

CREATE FUNCTION p_adjust(p_values float8[], method text DEFAULT 'holm') RETURNS float8[]
AS 'MODULE_PATHNAME', 'p_adjust' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION p_adjust(p_values float8[], method text) IS
'p-values of several tests, adjusted for their number; method holm, bh (false discoveries) or bonferroni; NULL elements stay and are not counted';

-- Sample sizes

CREATE FUNCTION rate_test_sample_size(p1 float8, p2 float8, power float8 DEFAULT 0.8, confidence float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'rate_test_sample_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rate_test_sample_size(p1 float8, p2 float8, power float8, confidence float8) IS
'answers each arm needs to find a difference between the rates p1 and p2, not rounded';

CREATE FUNCTION mean_test_sample_size(difference float8, stddev float8, power float8 DEFAULT 0.8, confidence float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'mean_test_sample_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION mean_test_sample_size(difference float8, stddev float8, power float8, confidence float8) IS
'answers each arm needs to find a difference of means by a t test, not rounded';

CREATE FUNCTION rate_test_power(p1 float8, p2 float8, n bigint, confidence float8 DEFAULT 0.95) RETURNS float8
AS 'MODULE_PATHNAME', 'rate_test_power' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rate_test_power(p1 float8, p2 float8, n bigint, confidence float8) IS
'the probability that a test with n answers an arm finds the difference between the rates p1 and p2';

-- Control charts: window functions OVER (PARTITION BY .. ORDER BY period)

CREATE TYPE control_point AS (
    center float8,
    lcl float8,
    ucl float8,
    moving_range float8,
    sigma float8,
    dispersion float8,
    signal text
);
COMMENT ON TYPE control_point IS
'a point of a control chart: the center and limits of its row, its distance from the point before, the sigma of its limits, Laney''s dispersion where the limits come from answers, and the rules that fire, such as rule 1, rule 4';

CREATE TYPE ewma_point AS (
    value float8,
    center float8,
    lcl float8,
    ucl float8,
    sigma float8,
    signal text
);
COMMENT ON TYPE ewma_point IS
'a point of an EWMA chart: the moving average, its center and limits, its sigma, and above or below where it is beyond a limit';

CREATE TYPE cusum_point AS (
    high float8,
    low float8,
    target float8,
    h float8,
    sigma float8,
    signal text
);
COMMENT ON TYPE cusum_point IS
'a point of a CUSUM chart: the cumulative sums above and below the target in sigma, the target, the bound of the sums, the sigma of one value, and high or low where a sum is beyond h';

CREATE FUNCTION control_chart(value float8, rules text DEFAULT 'western_electric', baseline int DEFAULT NULL) RETURNS control_point
AS 'MODULE_PATHNAME', 'control_chart' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION control_chart(value float8, rules text, baseline int) IS
'chart of individual values (XmR): limits from the mean moving range of the first baseline rows of the partition, or of all; rules western_electric or nelson';

CREATE FUNCTION nps_chart(summary score_summary, rules text DEFAULT 'western_electric', baseline int DEFAULT NULL) RETURNS control_point
AS 'MODULE_PATHNAME', 'nps_chart' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION nps_chart(summary score_summary, rules text, baseline int) IS
'control chart of NPS: limits in points from the answers of each row, with Laney''s correction';

CREATE FUNCTION rate_chart(summary score_summary, rules text DEFAULT 'western_electric', baseline int DEFAULT NULL) RETURNS control_point
AS 'MODULE_PATHNAME', 'rate_chart' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION rate_chart(summary score_summary, rules text, baseline int) IS
'control chart of a rate (p chart) of yes or no, scores 1 and 0: limits from the answers of each row, with Laney''s correction';

CREATE FUNCTION ewma(value float8, lambda float8 DEFAULT 0.2, baseline int DEFAULT NULL) RETURNS ewma_point
AS 'MODULE_PATHNAME', 'ewma' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION ewma(value float8, lambda float8, baseline int) IS
'chart of the exponentially weighted moving average, which starts at the center: for small lasting shifts';

CREATE FUNCTION cusum(value float8, target float8 DEFAULT NULL, k float8 DEFAULT 0.5, h float8 DEFAULT 5, baseline int DEFAULT NULL) RETURNS cusum_point
AS 'MODULE_PATHNAME', 'cusum' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cusum(value float8, target float8, k float8, h float8, baseline int) IS
'chart of cumulative sums of what exceeds the target (NULL: the center) by more than k sigma, either way; a sum beyond h signals';
