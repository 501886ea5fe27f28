-- experiment: did the change work. Comparisons of two arms, tests around them, sample sizes.

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
