# Installing: by an ordinary owner of a database, in a schema of its own, under an empty search_path; moving it;
# dropping it.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('install');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\nmax_parallel_workers = 4");
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE shop_owner LOGIN;
	CREATE DATABASE shop OWNER shop_owner;
	CREATE DATABASE restored OWNER shop_owner TEMPLATE template0;
	CREATE DATABASE other;
});

# As the owner of the database, or as the superuser.
sub as_owner
{
	my ($database, $statements) = @_;

	return $node->safe_psql($database, $statements, extra_params => [ '--username', 'shop_owner' ]);
}

sub as_superuser
{
	my ($database, $statements) = @_;

	return $node->safe_psql($database, $statements);
}

# How many objects of each kind a database has.
my $census = join(' UNION ALL ', map { "SELECT '$_', count(*) FROM pg_catalog.$_" }
	  qw(pg_aggregate pg_am pg_amop pg_amproc pg_attrdef pg_cast pg_class pg_collation pg_constraint pg_conversion pg_depend pg_description
	  pg_event_trigger pg_extension pg_index pg_init_privs pg_language pg_namespace pg_opclass pg_operator pg_opfamily pg_proc pg_rewrite pg_trigger pg_type));

# ---------- Trusted: no superuser needed ----------

my $before = as_superuser('shop', $census);

as_owner('shop', 'CREATE SCHEMA cx; CREATE EXTENSION cx_metrics SCHEMA cx');
is(as_superuser('shop', q{SELECT r.rolname, n.nspname FROM pg_extension e JOIN pg_roles r ON r.oid = e.extowner
	JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'cx_metrics'}),
	'shop_owner|cx', 'an owner without superuser rights installs it');
is(as_superuser('shop', q{SELECT count(*) FROM pg_depend d, LATERAL pg_identify_object(d.classid, d.objid, 0) o
		WHERE d.refclassid = 'pg_extension'::regclass
		AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cx_metrics') AND d.deptype = 'e'
		AND o.schema IS DISTINCT FROM 'cx' AND o.type <> 'cast'}),
	'0', 'everything it made lies in its schema');

# ---------- Every function, under an empty search_path ----------

as_owner('shop', q{
	CREATE TABLE public.answers AS
	SELECT id, (id * 48271 % 2147483647 % 11)::int AS recommend, (id * 16807 % 2147483647 % 5)::int + 1 AS satisfied,
	(id * 69621 % 2147483647 % 7)::int + 1 AS easy,
	       id % 3 = 0 AS resolved, (1 + id % 4)::float8 / 2 AS weight, id % 30 AS day,
	       (ARRAY['ease', 'emotion', 'function'])[id % 3 + 1] AS dimension,
	       timestamptz '2025-01-01Z' + id * interval '1 hour' AS at,
	       bought, CASE WHEN bought > 0 THEN seen * ((h / 1000 % 100 + 1) / 100.0::float8) ^ 2 ELSE 0 END AS last, seen, (10 + 1000.0::float8 / (5 + h / 7 % 100)) * (1 + (h / 700 % 100 - 50) / 60.0::float8 / sqrt(greatest(bought, 1))) AS spent,
	       1 + (h % 100 >= 40)::int + (h % 100 >= 60)::int + (h % 100 >= 70)::int + (h % 100 >= 76)::int AS periods
	FROM (SELECT id, id * 48271 % 2147483647 AS h, (0.2 / (1.02 - id * 48271 % 2147483647 % 1000 / 1000.0))::bigint AS bought, 27 + id % 91 / 7.0::float8 AS seen
	      FROM generate_series(1::bigint, 60000) id) customer;
	ANALYZE public.answers;
});

# Aggregates over rows, plain and in all kinds of score.
my @aggregates = (
	(map { my $score = $_; map { "$_($score)" } 'cx.score_agg', 'cx.nps' } 'recommend', 'recommend::int2',
		'recommend::float8', 'recommend::numeric'),
	(map { my $score = $_; map { "$_($score)" } 'cx.csat', 'cx.net_satisfaction', 'cx.ces' } 'satisfied',
		'satisfied::int2', 'satisfied::float8'),
	'cx.score_agg(recommend, weight)', 'cx.score_agg(recommend::int2, weight)',
	'cx.score_agg(recommend::float8, weight)', 'cx.score_agg(resolved)', 'cx.score_agg(resolved, weight)',
	'cx.rate(resolved)',
	'cx.share_at_least(recommend, 9)', 'cx.share_at_least(recommend::float8, 8.5)',
	'cx.cx_agg(dimension, satisfied, 1, 5)', 'cx.cx_agg(dimension, satisfied, 1, 5, weight)',
	'cx.cx_agg(dimension, satisfied::float8, 1, 5)', 'cx.cx_agg(dimension, satisfied::float8, 1, 5, weight)',
	q{cx.cx_agg('{ease,emotion,function}'::text[], ARRAY[satisfied, easy % 5 + 1, 6 - satisfied], 1, 5)},
	q{cx.cx_agg('{ease,emotion,function}'::text[], ARRAY[satisfied, easy % 5 + 1, 6 - satisfied], 1, 5, weight)},
	'cx.cx_index(satisfied, easy % 5 + 1, 6 - satisfied)', 'cx.cx_index(satisfied, easy, 6 - satisfied, 1, 7)',
	'cx.expectation_gap(satisfied, easy)', 'cx.expectation_gap(satisfied::float8, easy::float8)',
	'cx.wow_rate(satisfied, easy)', 'cx.wow_rate(satisfied, easy, 2)',
	'cx.wow_rate(satisfied::float8, easy::float8)', 'cx.wow_rate(satisfied::float8, easy::float8, 2)',
	(map { "pg_catalog.md5(cx.survival_summary_send(cx.survival_agg($_, resolved)))" } 'weight', q{at - '2025-01-01Z'::timestamptz}),
	q{cx.rfm(at, weight, '2033-01-01Z')}, q{cx.rfm(at, weight, '2033-01-01Z', interval '1 week', interval '1 hour')},
	(map { ("$_(bought, last, seen)", "$_(ROW(bought, last, seen, spent, 604800)::cx.rfm_summary)") } 'cx.purchase_agg', 'cx.bgnbd_fit', 'cx.mbgnbd_fit'),
	(map { ("$_(bought, spent)", "$_(ROW(bought, last, seen, spent, NULL)::cx.rfm_summary)") } 'cx.spend_agg', 'cx.gamma_gamma_fit'),
	'cx.sbg_fit(periods, periods < 5)', 'cx.cac(weight, recommend)', 'cx.revenue_retention(weight, easy)',
	(map { "pg_catalog.md5(cx.journey_send(cx.journey_agg($_)))" } 'at, dimension', q{at, dimension, 'web'},
		q{at, dimension, 'web', weight}, q{at, dimension, 'web', weight, recommend}));

# They add float8, so the order of rows shows in the last digits.
my @rounded = map { "round(($_)::pg_catalog.numeric, 9)" } q{cx.customer_score(recommend, at, '2033-01-01Z',
	interval '90 days')}, 'cx.peak_end(recommend, at)', 'cx.outcome_stddev(cx.covariance_agg(weight))', 'cx.r_squared(cx.covariance_agg(recommend, satisfied, easy, bought))',
	'cx.r_squared(cx.covariance_agg(recommend, VARIADIC ARRAY[satisfied, weight]))', q{cx.npv(weight, at, '2033-01-01Z', 0.1)};

# Aggregates over journeys.
my @of_journeys = (q{cx.funnel_agg(q, '{ease,emotion}', interval '12 hours')},
	q{cx.funnel_agg(q, '{ease,emotion:score>3}', interval '12 hours', 'any')},
	q{cx.funnel_agg(q, '{ease,emotion}', interval '1 month', 'ordered', '{function}', '2025-02-01Z')}, 'pg_catalog.md5(cx.journey_send(cx.rollup(q)))',
	'cx.transition_agg(q)', q{cx.transition_agg(q, 'phase', 'emotion')}, q{cx.transition_agg(q, 'event', '[ease|emotion]:score>3', true)},
	q{cx.retention_agg(cx.retained(q, 'ease', 'emotion', '2 hours', 8))});

# Functions of a summary s on 0..10, b of booleans, c on 1..5, w with weights, x of dimensions, j of respondents; of a journey k,
# patterns p and r, funnels f and g, transitions m and n, retentions y and z, durations u and u2, histories h and h2, spend e and e2, a
# customer q, models bm, mm, gm and sm, covariances cv and cv2.
my @accessors = (
	'cx.responses(s)', 'cx.effective_base(w)', 'cx.mean(w)', 'cx.stddev(s)', 'cx.median(s)', 'cx.score_count(s, 9)',
	'cx.rate(b)', 'cx.share(s, 9, 10)', 'cx.top_box(s, 10)', 'cx.bottom_box(s, 0)', 'cx.nps(s)',
	'cx.nps(s, promoter_min => 8)', 'cx.promoters(s)', 'cx.passives(s)', 'cx.detractors(s)', 'cx.csat(c)',
	'cx.net_satisfaction(c)', 'cx.satisfaction_index(c, 1, 5)', 'cx.ces(c)', 'cx.ces_agree(c)',
	'(SELECT pg_catalog.string_agg(d::text, pg_catalog.chr(32)) FROM cx.distribution(s) d)', 'cx.nps_ci(s)',
	q{cx.nps_ci(w, method => 't')}, 'cx.csat_ci(c)', 'cx.net_satisfaction_ci(c)', 'cx.mean_ci(w)', 'cx.rate_ci(b)',
	q{cx.share_ci(w, 9, 10, method => 'jeffreys')}, 'cx.prop_ci(3, 8)', 'cx.nps_sample_size(5)',
	'cx.share_sample_size(0.05)', 's OPERATOR(cx.+) s', 's OPERATOR(cx.+) c OPERATOR(cx.-) c OPERATOR(cx.=) s',
	's OPERATOR(cx.<>) c', '(s OPERATOR(cx.<) c) = (c OPERATOR(cx.>) s)',
	'(s OPERATOR(cx.<=) c) = (c OPERATOR(cx.>=) s)', 's::jsonb', 's::jsonb::cx.score_summary OPERATOR(cx.=) s',
	's::text::cx.score_summary OPERATOR(cx.=) s',
	'cx.score_summary_send(s)', 'cx.score_summary_hash(s)', 'cx.score_summary_hash_extended(s, 1)',
	'cx.score_summary_cmp(s, s)',
	'cx.cx_index(x)', q{cx.cx_index(j, weights => '{"ease": 2, "emotion": 1}', method => 'geometric')},
	'cx.cx_index_ci(j)', 'cx.cx_coverage(x)',
	'(SELECT pg_catalog.string_agg(d::text, pg_catalog.chr(32)) FROM cx.cx_dimensions(j) d)',
	'x::jsonb', 'x::jsonb::cx.cx_summary OPERATOR(cx.=) x', 'x OPERATOR(cx.<>) j',
	'(x OPERATOR(cx.<) j) = (j OPERATOR(cx.>) x)', 'cx.cx_summary_send(j)', 'cx.cx_summary_hash(j)',
	'cx.rescale(4, 1, 5)', 'cx.cx_metrics_version()',
	'k', 'cx.length(k)', 'cx.started_at(k)', 'cx.ended_at(k)', 'cx.duration_seconds(k)', 'cx.events(k)', 'cx.channels(k)',
	'cx.phases(k)', q{cx.event_at(k, 'ease@web:score>3')}, q{cx.event_at(k, '[ease|emotion]', -1)},
	'(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.touchpoints(k) t)',
	q{cx.journey_between(k, '2025-01-01Z', '2025-01-02Z')}, q{cx.journey_filter(k, '{ease}', '{.@phone}')},
	q{cx.journey_rename(k, '{ease}', '{effort}')}, 'cx.journey_collapse(k)', q{cx.journey_collapse(k, interval '1 day')},
	'cx.journey_level(k, 1)',
	q{(SELECT pg_catalog.count(*) FROM cx.journey_sessions(k, interval '30 minutes') t)},
	q{(SELECT pg_catalog.max(n) FROM (SELECT cx.sessionize(at, interval '30 minutes') OVER (ORDER BY at) AS n FROM cx.touchpoints(k)) t)},
	'k OPERATOR(cx.||) k', 'cx.journey_concat(k, k)', 'k OPERATOR(cx.=) k', 'k OPERATOR(cx.<>) k',
	'(k OPERATOR(cx.<) k) = (k OPERATOR(cx.>) k)', '(k OPERATOR(cx.<=) k) = (k OPERATOR(cx.>=) k)',
	'k::jsonb', 'k::jsonb::cx.journey OPERATOR(cx.=) k', 'k::text::cx.journey OPERATOR(cx.=) k', 'cx.journey_send(k)',
	'cx.journey_hash(k)', 'cx.journey_hash_extended(k, 1)', 'cx.journey_cmp(k, k)',
	'cx.journey_final(k::text::cx.journey_state) OPERATOR(cx.=) k', 'cx.journey_state_send(k::text::cx.journey_state)',
	'p', 'k OPERATOR(cx.@~) p', q{k OPERATOR(cx.@~) 'ease@web ~>{<= 1 day} emotion within 1 month'}, 'cx.journey_matches(k, r)', 'cx.journey_match(k, p)', 'cx.journey_count(k, p)',
	q{k OPERATOR(cx.@>) '{ease,emotion}'}, q{k OPERATOR(cx.&&) '{x/*,ease}'}, q{cx.journey_contains(k, '{x}')}, q{cx.journey_overlaps(k, '{ease}')},
	'p::text', q{'ease'::text::cx.journey_pattern OPERATOR(cx.=) r}, 'cx.journey_pattern_send(p)',
	'f', q{cx.funnel(k, '{ease,emotion}', interval '1 day')}, q{cx.funnel(k, '{ease,emotion}', interval '1 day', 'any', '{function}', '2025-01-02Z')},
	q{cx.funnel_level(k, '{ease,emotion}', interval '1 day')}, '(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.funnel_steps(f) t)',
	'(SELECT pg_catalog.count(*) FROM cx.funnel_steps(g, 0.9) t)', 'f::jsonb', 'f::jsonb::cx.funnel_summary OPERATOR(cx.=) f', 'f::text::cx.funnel_summary OPERATOR(cx.=) f',
	'cx.funnel_summary_send(f)',
	q{cx.journey_path(k, 4, 'emotion', 'ease', false, 'event')}, q{cx.journey_path(k, 4, collapse => true)},
	q{(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.journey_links(k, 5, starting => 'emotion') t)},
	'm', '(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.transitions(m) t WHERE t.median_seconds IS NOT NULL)',
	'(SELECT pg_catalog.count(*) FROM cx.transitions(n, 0.9) t)', 'm::jsonb', 'm::jsonb::cx.transition_matrix OPERATOR(cx.=) m',
	'm::text::cx.transition_matrix OPERATOR(cx.=) m', 'cx.transition_matrix_send(m)',
	q{(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.markov_attribution(m, 'emotion') t)},
	q{(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.attribution(k, 'emotion', 'time_decay', by => 'event') t)},
	q{(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.shapley_attribution(k, 'emotion', interval '1 day') t)},
	'y', q{cx.retained(k, 'ease', 'emotion', interval '3 hours', 5, '2025-01-02Z')},
	q{cx.retained(k, 'ease', 'emotion', interval '1 day', 3, mode => 'on_or_after', anchor => 'calendar', time_zone => 'Europe/Madrid')},
	'(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.retention(y) t)', '(SELECT pg_catalog.count(*) FROM cx.retention(z, 0.9) t)',
	'y::jsonb', 'y::jsonb::cx.retention_summary OPERATOR(cx.=) y', 'y::text::cx.retention_summary OPERATOR(cx.=) y', 'cx.retention_summary_send(y)',
	q{cx.business_seconds('2025-01-03 12:00Z', '2025-01-08 12:00Z', '09:00', '17:30', '{1,2,3,4,5}', 'Europe/Madrid', '{2025-01-06}')},
	q{cx.repeat_contacts(k, '{ease,emotion:score>5}', interval '90 minutes', '2025-01-02Z')},
	q{(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.friction(k, '{function}', interval '30 minutes') t WHERE t.kind = 'stall')},
	q{(SELECT pg_catalog.count(*) FROM cx.friction(k, goal => 'ease', intent => 'emotion') t)},
	q{cx.journey_effort(k, 'ease', '{emotion}', interval '1 hour')}, 'cx.sequence_stats(k)', 'cx.sequence_stats(k, 7)',
	'u', 'cx.survival_at(u, 1.2)', 'cx.survival_ci(u, 1.2)', q{cx.survival_ci(u, 1, 0.9, 'plain')}, 'cx.median_survival(u)', 'cx.survival_quantile(u, 0.3)', 'cx.restricted_mean(u, 1.5)',
	'(SELECT pg_catalog.string_agg(t::text, pg_catalog.chr(32)) FROM cx.survival_curve(u) t)', q{(SELECT pg_catalog.count(*) FROM cx.survival_curve(u, 0.9, 'log') t)}, 'cx.logrank(u, u2)',
	(map {
		my ($type, $a) = @$_;
		("$a\::jsonb", "$a\::jsonb::cx.$type OPERATOR(cx.=) $a", "$a\::text::cx.$type OPERATOR(cx.=) $a", "cx.${type}_send($a)")
	} [ 'survival_summary', 'u' ], [ 'purchase_summary', 'h' ], [ 'spend_summary', 'e' ]),
	'h', 'e', 'q', q{cx.rfm(k, 'ease', '2025-03-01Z')}, q{cx.rfm(k, '.:score>3', '2025-03-01Z', interval '1 hour', interval '1 week')},
	q{cx.rfm_state_send('{"as_of": "2024-03-13T00:00:00Z", "merge": "1 day", "unit": "7 days", "purchases": [[8471, 29.5]]}')},
	q{cx.rfm_final('{"as_of": "2024-03-13T00:00:00Z", "merge": "1 day", "unit": "7 days", "purchases": [[8471, 29.5]]}')},
	'bm', 'mm', 'gm', 'sm', 'cx.bgnbd_fit(h)', 'cx.bgnbd_fit(h, 0.01)', 'cx.mbgnbd_fit(h)', 'cx.gamma_gamma_fit(e)', 'cx.gamma_gamma_fit(e, 0.01)', 'cx.sbg_fit(u3)',
	(map { "cx.standard_errors($_)" } 'bm', 'mm', 'gm', 'sm'),
	(map {
		("cx.p_alive($_, 2, 10, 20)", "cx.p_alive($_, q)", (map { my $model = $_; map { "cx.expected_purchases($model, $_)" } '52', '52, 2, 10, 20', '52, q', q{interval '52 weeks'}, q{interval '52 weeks', 2, 10, 20}, q{interval '52 weeks', q} } $_),
			"cx.cltv($_, gm, q, 52, 0.1)", "cx.cltv($_, gm, q, 'infinity'::pg_catalog.float8, 0.1, 0.3)", "cx.cltv($_, gm, q, interval '52 weeks', 0.1, discounting => 'monthly')", "cx.cltv_ci($_, gm, q, 52, 0.1)",
			"cx.cltv_ci($_, gm, q, interval '52 weeks', 0.1, confidence => 0.9)")
	} 'bm', 'mm'),
	'cx.expected_spend(gm, 2, 40)', 'cx.expected_spend(gm, q)', 'cx.retention_rate(sm, 3)', 'cx.survivor(sm, 3)', 'cx.residual_lifetime(sm, 3, 0.1)',
	'cv', 'cx.observations(cv)', 'cx.outcome_mean(cv)', 'cx.outcome_stddev(cv)', 'cx.outcome_ci(cv)', 'cx.outcome_ci(cv, 0.9)', 'cx.r_squared(cv)',
	'cv::jsonb', 'cv::jsonb::cx.covariance_summary OPERATOR(cx.=) cv', 'cv::text::cx.covariance_summary OPERATOR(cx.=) cv', 'cx.covariance_summary_send(cv)',
	(map { "(SELECT pg_catalog.string_agg(d::text, pg_catalog.chr(32)) FROM cx.$_ d)" } q{drivers(cv, '{a,b,c}')}, q{drivers(cv, '{a,b,c}', 'shapley')}, q{drivers(cv, '{a,b,c}', '{x,y,x}'::pg_catalog.text[])},
		q{drivers(cv, '{a,b,c}', groups => '{x,y,x}', method => 'shapley')}, q{drivers_jackknife(ARRAY[cv, cv2, cv, cv2], '{a,b,c}')}, q{drivers_jackknife(ARRAY[cv, cv2, cv, cv2], '{a,b,c}', 'shapley', 0.9)}),
	'cx.consistency(ARRAY[s, c])', q{cx.consistency(ARRAY[s, w, c], 'nps')}, 'cx.kano_category(1, 5)',
	'cx.compare(s, w)', q{cx.compare(c, s, 'share', 0.9, 'bayes', lo => 4, hi => 5)}, q{cx.compare(s, w, 'nps', method => 'sequential', tuning => 1000)}, q{cx.compare(c, c OPERATOR(cx.+) c, 'csat', scale_min => 1, scale_max => 5, boxes => 2)},
	'cx.compare(cv, cv2)', q{cx.compare(cv, cv2, 0.9, 'bayes')}, q{cx.compare(cv, cv2, method => 'sequential', tuning => 100)},
	'cx.prob_b_beats_a(40, 100, 55, 110)', 'cx.prob_b_beats_a(40, 100, 55, 110, 0.5, 0.5)', 'cx.diff_in_diff(c, s, c, w)', 'cx.diff_in_diff(cv, cv2, cv2, cv, 0.9)',
	q{cx.srm_test('{500,480}', '{0.5,0.5}')}, q{cx.p_adjust('{0.01,0.04,NULL,0.03}')}, q{cx.p_adjust('{0.01,0.04}', 'bh')},
	'cx.rate_test_sample_size(0.1, 0.12)', 'cx.rate_test_sample_size(0.1, 0.12, 0.9, 0.99)', 'cx.mean_test_sample_size(1, 5)', 'cx.mean_test_sample_size(1, 5, 0.9, 0.99)', 'cx.rate_test_power(0.1, 0.12, 2000)',
	'cx.rate_test_power(0.1, 0.12, 2000, 0.9)',
	(map { "(SELECT pg_catalog.string_agg(n::text, pg_catalog.chr(32)) FROM (SELECT $_ OVER (ORDER BY day) AS n FROM (SELECT day, CASE WHEN day % 5 > 0 THEN day * 48271 % 97 END AS x, ('{\"counts\": {\"0\": ' || 40 + day || ', \"1\": ' || 7 * day % 31 || '}}')::cx.score_summary AS yes, ('{\"counts\": {\"3\": ' || 40 + day || ', \"8\": 5, \"9\": ' || 7 * day % 31 || '}}')::cx.score_summary AS scores FROM pg_catalog.generate_series(1, 24) day) d) t)" }
		'cx.control_chart(x)', q{cx.control_chart(x, 'nelson', 15)}, 'cx.rate_chart(yes)', q{cx.rate_chart(yes, 'nelson', 15)}, 'cx.nps_chart(scores)', 'cx.nps_chart(scores, baseline => 15)',
		'cx.ewma(x)', 'cx.ewma(x, 0.4, 15)', 'cx.cusum(x)', 'cx.cusum(x, 50, 1, 4, 15)'),
	(map { "(SELECT pg_catalog.string_agg(n::text, pg_catalog.chr(32)) FROM (SELECT $_ OVER (ORDER BY day) AS n FROM (SELECT day::int, (ARRAY[100, 60, 48, 42, 39, 37, 36, 35, 34, 34])[day + 1] AS active, day + 5.5 AS margin, '2025-01-01Z'::timestamptz + day * interval '9 days' AS at FROM pg_catalog.generate_series(0, 9) day) d) t)" }
		q{cx.cohort_period(at, interval '1 week')}, q{cx.cohort_period(at, interval '1 month', 'Europe/Madrid')}, 'cx.cohort_retention(day, active)', 'cx.projected_retention(day, CASE WHEN day < 6 THEN active END)',
		'cx.cohort_cltv(day, margin, 10)', 'cx.cohort_cltv(day, margin, 10, 0.01)', 'cx.payback_period(day, margin, 10, 2)', 'cx.cltv_cac_ratio(day, margin, 10, 2)'),
	(map {
		my ($type, $a, $b) = @$_;
		("$a OPERATOR(cx.=) $b", "$a OPERATOR(cx.<>) $b", "($a OPERATOR(cx.<) $b) = ($b OPERATOR(cx.>) $a)", "($a OPERATOR(cx.<=) $b) = ($b OPERATOR(cx.>=) $a)",
			(map { "cx.${type}_$_($a, $b)" } 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'cmp'), "cx.${type}_hash($a)", "cx.${type}_hash_extended($a, 1)")
	} [ 'journey_pattern', 'p', 'r' ], [ 'funnel_summary', 'f', 'g' ], [ 'transition_matrix', 'm', 'n' ], [ 'retention_summary', 'y', 'z' ],
		[ 'survival_summary', 'u', 'u2' ], [ 'purchase_summary', 'h', 'h2' ], [ 'spend_summary', 'e', 'e2' ], [ 'covariance_summary', 'cv', 'cv2' ]));

my $summaries = q{SELECT cx.score_agg(recommend) AS s, cx.score_agg(resolved) AS b, cx.score_agg(satisfied) AS c,
	cx.score_agg(recommend, weight) AS w, cx.cx_agg(dimension, satisfied, 1, 5) AS x,
	cx.cx_agg('{ease,emotion,function}'::text[], ARRAY[satisfied, easy % 5 + 1, 6 - satisfied], 1, 5) AS j,
	cx.journey_agg(at, dimension, 'web', weight, recommend) FILTER (WHERE id <= 40) AS k,
	'ease -> emotion'::cx.journey_pattern AS p, 'ease'::cx.journey_pattern AS r,
	(SELECT cx.funnel_agg(q, '{ease,emotion}', interval '12 hours') FROM (SELECT cx.journey_agg(at, dimension) AS q FROM public.answers WHERE id <= 600 GROUP BY id / 20) u) AS f,
	(SELECT cx.funnel_agg(q, '{ease}', interval '12 hours') FROM (SELECT cx.journey_agg(at, dimension) AS q FROM public.answers WHERE id <= 600 GROUP BY id / 20) u) AS g,
	(SELECT cx.transition_agg(q) FROM (SELECT cx.journey_agg(at, dimension) AS q FROM public.answers WHERE id <= 600 GROUP BY id / 20) u) AS m,
	(SELECT cx.transition_agg(q, 'phase', 'ease') FROM (SELECT cx.journey_agg(at, dimension) AS q FROM public.answers WHERE id <= 600 GROUP BY id / 20) u) AS n,
	(SELECT cx.retention_agg(cx.retained(q, 'ease', 'emotion:score>3', interval '3 hours', 6)) FROM (SELECT cx.journey_agg(at, dimension, NULL, NULL, satisfied) AS q FROM public.answers WHERE id <= 600 GROUP BY id / 20) u) AS y,
	(SELECT cx.retention_agg(ARRAY[true, resolved, NULL]) FROM public.answers WHERE id <= 600) AS z,
	cx.survival_agg(weight, resolved) AS u, cx.survival_agg(easy, resolved) FILTER (WHERE id <= 600) AS u2, cx.survival_agg(periods, periods < 5) AS u3, cx.purchase_agg(ROW(bought, last, seen, spent, 604800)::cx.rfm_summary) AS h, cx.purchase_agg(bought, last, seen) FILTER (WHERE id <= 600) AS h2,
	cx.spend_agg(bought, spent) AS e, cx.spend_agg(bought, spent) FILTER (WHERE id <= 600) AS e2, ROW(2, 10, 20, 40, 604800)::cx.rfm_summary AS q,
	ROW(0.243, 4.414, 0.793, 2.426, 2357, -9582.4, '{0.0002,0.005,0,0,0.005,0.14,0,0,0,0,0.03,0.1,0,0,0.1,0.5}', 604800, true, true, '{"fitted": 2005}')::cx.bgnbd_model AS bm,
	ROW(0.525, 6.183, 0.891, 1.614, 2357, -9582.4, '{0.0002,0.005,0,0,0.005,0.14,0,0,0,0,0.03,0.1,0,0,0.1,0.5}', 604800, true, true, NULL)::cx.mbgnbd_model AS mm,
	ROW(6.25, 3.74, 15.44, 946, -4000, '{1,0,0,0,0.1,0,0,0,9}', true, true, NULL)::cx.gamma_gamma_model AS gm, ROW(0.668, 3.806, 1000, -1600, '{0.02,0.1,0.1,0.9}', true, true, NULL)::cx.sbg_model AS sm,
	(SELECT cx.covariance_agg(i % 11, i % 5, i % 7, i * i % 13) FROM pg_catalog.generate_series(1, 60) i) AS cv, (SELECT cx.covariance_agg(i % 9, i % 5, i % 8, i * i % 17) FROM pg_catalog.generate_series(1, 70) i) AS cv2
	FROM public.answers};

sub select_list
{
	return join(",\n\t", map { "($_)::pg_catalog.text" } @_);
}

my $aggregated = 'SELECT ' . select_list(@aggregates, @rounded) . ' FROM public.answers';
my $read = 'SELECT ' . select_list(@accessors) . " FROM ($summaries) v";
my $moving = q{SELECT pg_catalog.sum(a), pg_catalog.sum(b), pg_catalog.count(DISTINCT c), pg_catalog.count(DISTINCT d), pg_catalog.count(DISTINCT e)
	FROM (
	SELECT cx.nps(recommend) OVER w AS a, cx.rate(resolved) OVER w AS b, cx.score_agg(satisfied) OVER w AS c,
	cx.cx_agg(dimension, satisfied, 1, 5) OVER w AS d, cx.journey_agg(at, dimension) OVER w AS e FROM public.answers WHERE id <= 500
	WINDOW w AS (ORDER BY id ROWS BETWEEN 20 PRECEDING AND CURRENT ROW)) v};
my $grouped = q{SELECT pg_catalog.count(*), pg_catalog.count(DISTINCT s)
	FROM (SELECT cx.score_agg(recommend) AS s FROM public.answers GROUP BY day) v GROUP BY s OPERATOR(cx.=) s};
my $rolled_up = q{SELECT cx.rollup(s), cx.rollup(x), pg_catalog.md5(cx.journey_send(cx.rollup(k)))
	FROM (SELECT cx.score_agg(recommend) AS s, cx.cx_agg(dimension, satisfied, 1, 5) AS x,
	cx.journey_agg(at, dimension) AS k FROM public.answers
	GROUP BY day) v};
my $journeys = 'SELECT ' . select_list(@of_journeys) . ' FROM (SELECT cx.journey_agg(at, dimension, NULL, NULL, satisfied) AS q FROM public.answers GROUP BY id / 20) v';
my $funnels = q{SELECT cx.rollup(f) FROM (SELECT cx.funnel_agg(q, '{ease,emotion}', interval '12 hours') AS f
	FROM (SELECT cx.journey_agg(at, dimension) AS q, id / 20 AS n FROM public.answers GROUP BY id / 20) v GROUP BY n % 10) w};
my $moving_funnels = q{SELECT pg_catalog.count(DISTINCT a), pg_catalog.count(DISTINCT b) FROM (
	SELECT cx.funnel_agg(q, '{ease,emotion}', interval '12 hours') OVER w AS a, cx.rollup(f) OVER w AS b FROM (
	SELECT n, q, (SELECT cx.funnel_agg(z, '{ease,emotion}', interval '12 hours') FROM (SELECT q AS z) y) AS f FROM (SELECT cx.journey_agg(at, dimension) AS q, id / 20 AS n FROM public.answers WHERE id <= 2000 GROUP BY id / 20) u) v
	WINDOW w AS (ORDER BY n ROWS BETWEEN 7 PRECEDING AND CURRENT ROW)) x};
my $rolled_journeys = q{SELECT cx.rollup(m), cx.rollup(y) FROM (SELECT cx.transition_agg(q) AS m, cx.retention_agg(cx.retained(q, 'ease', 'emotion', interval '2 hours', 6)) AS y
	FROM (SELECT cx.journey_agg(at, dimension) AS q, id / 20 AS n FROM public.answers GROUP BY id / 20) v GROUP BY n % 10) w};
my $moving_journeys = q{SELECT pg_catalog.count(DISTINCT a), pg_catalog.count(DISTINCT b), pg_catalog.count(DISTINCT c), pg_catalog.count(DISTINCT d) FROM (
	SELECT cx.transition_agg(q, 'event', 'ease') OVER w AS a, cx.rollup(m) OVER w AS b, cx.retention_agg(r) OVER w AS c, cx.rollup(y) OVER w AS d FROM (
	SELECT n, q, r, (SELECT cx.transition_agg(z) FROM (SELECT q AS z) y) AS m, (SELECT cx.retention_agg(z) FROM (SELECT r AS z) y) AS y
	FROM (SELECT cx.journey_agg(at, dimension) AS q, id / 20 AS n FROM public.answers WHERE id <= 2000 GROUP BY id / 20) u, LATERAL cx.retained(q, 'ease', 'emotion', interval '2 hours', 6) r) v
	WINDOW w AS (ORDER BY n ROWS BETWEEN 7 PRECEDING AND CURRENT ROW)) x};
my $covariances = q{SELECT pg_catalog.count(*), pg_catalog.sum(round(cx.r_squared(a)::pg_catalog.numeric, 9)), pg_catalog.sum(round(cx.outcome_mean(b)::pg_catalog.numeric, 9)), (SELECT round(cx.r_squared(cx.rollup(v))::pg_catalog.numeric, 9)
	FROM (SELECT cx.covariance_agg(recommend, satisfied, easy) AS v FROM public.answers GROUP BY day) u) FROM (
	SELECT cx.covariance_agg(recommend, satisfied, easy) OVER w AS a, cx.rollup(v) OVER w AS b FROM (SELECT *, (SELECT cx.covariance_agg(n) FROM (SELECT recommend AS n) y) AS v FROM public.answers WHERE id <= 500) u
	WINDOW w AS (ORDER BY id ROWS BETWEEN 20 PRECEDING AND CURRENT ROW)) x};
my @queries = ([ 'covariances' => $covariances ], [ 'aggregates of journeys' => $journeys ], [ 'rollup of funnels' => $funnels ], [ 'moving funnels' => $moving_funnels ],
	[ 'rollup of transitions and retention' => $rolled_journeys ], [ 'moving transitions and retention' => $moving_journeys ],
	[ aggregates => $aggregated ], [ accessors => $read ], [ 'moving frames' => $moving ],
	[ groups => $grouped ], [ rollup => $rolled_up ]);

my $serial = 'SET max_parallel_workers_per_gather = 0; SET jit = off;';
my $empty = q{SET search_path = '';};
my $parallel = 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2; SET jit = off;';
my $jit = 'SET max_parallel_workers_per_gather = 0; SET jit = on; SET jit_above_cost = 0; SET jit_inline_above_cost = 0; SET jit_optimize_above_cost = 0;';
my %expected;

foreach (@queries)
{
	my ($name, $query) = @$_;

	$expected{$name} = as_owner('shop', "$serial SET search_path = cx, public; $query");
	isnt($expected{$name}, '', "$name: the owner calls them");
	unlike($expected{$name}, qr/\|\||^\||\|$/m, "$name: each gives something");
	is(as_owner('shop', "$serial $empty $query"), $expected{$name}, "$name: the same under an empty search_path");
	is(as_owner('shop', "$parallel $empty $query"), $expected{$name}, "$name: and in parallel");
	is(as_owner('shop', "$jit $empty $query"), $expected{$name}, "$name: and compiled");
}
like(as_owner('shop', "$parallel $empty EXPLAIN (COSTS OFF) $aggregated"),
	qr/Finalize Aggregate.*Workers Planned: 2.*Partial Aggregate/s, 'in parallel means partial aggregates in workers');
like(as_owner('shop', "$parallel $empty EXPLAIN (COSTS OFF) $rolled_up"), qr/Workers Planned/, 'rollup too');
SKIP:
{
	skip 'the server was built without JIT', 1 if as_owner('shop', 'SELECT pg_jit_available()') ne 't';
	like(as_owner('shop', "$jit $empty EXPLAIN (ANALYZE, TIMING OFF) $aggregated"), qr/JIT:.*Inlining true/s,
		'compiled means with inlining');
}

# Every SQL-callable function with arguments of its own is in one of the lists above.
my $called = join(' ', @aggregates, @of_journeys, @rounded, @accessors);
my @missing = grep { $called !~ /\bcx\.\Q$_\E\(/ && $_ ne 'rollup' } split(/\n/, as_superuser('shop', q{
	SELECT DISTINCT p.proname FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	AND d.deptype = 'e'
	WHERE d.refclassid = 'pg_extension'::regclass
	AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cx_metrics')
	  AND p.proname !~ '_(in|out|recv|send|eq|ne|lt|le|gt|ge|cmp|hash|hash_extended|add|subtract|final|combine|combine_inv|accum|accum_\w+|inv|inv_\w+|sel|typanalyze|gin_\w+)$'}));
is("@missing", '', 'no function was forgotten');

# ---------- Dump and restore ----------

as_owner('shop', q{
	SET search_path = '';
	CREATE TABLE public.daily (day int PRIMARY KEY, s cx.score_summary NOT NULL DEFAULT '{"counts": {}}',
		x cx.cx_summary, k cx.journey DEFAULT '[]', p cx.journey_pattern DEFAULT 'ease ~> ease', f cx.funnel_summary, m cx.transition_matrix, y cx.retention_summary, mean float8 GENERATED ALWAYS AS (cx.mean(s)) STORED,
		touchpoints int GENERATED ALWAYS AS (cx.length(k)) STORED, matches bigint GENERATED ALWAYS AS (cx.journey_count(k, p)) STORED, CHECK (cx.responses(s) > 0));
	INSERT INTO public.daily (day, s, x, k) SELECT day, cx.score_agg(recommend),
	cx.cx_agg(dimension, satisfied, 1, 5, weight), cx.journey_agg(at, dimension) FILTER (WHERE id <= 600)
	FROM public.answers GROUP BY day;
	UPDATE public.daily SET p = 'ease -> ease' WHERE day > 15;
	UPDATE public.daily SET f = (SELECT cx.funnel_agg(d.k, '{ease,[ease|emotion]}', interval '2 days') FROM public.daily d WHERE d.day <= daily.day);
	UPDATE public.daily SET (m, y) = (SELECT cx.transition_agg(d.k, 'event', 'emotion', true), cx.retention_agg(cx.retained(d.k, 'ease', '.', interval '1 day', 5)) FROM public.daily d WHERE d.day <= daily.day);
	CREATE TABLE public.worth (day int PRIMARY KEY, u cx.survival_summary, h cx.purchase_summary, e cx.spend_summary DEFAULT '{"customers": [[1, 9, 1]]}', q cx.rfm_summary, bm cx.bgnbd_model, gm cx.gamma_gamma_model, cv cx.covariance_summary DEFAULT '{"observations": 2, "means": [1], "products": [0.5]}', cp cx.control_point,
		alive float8 GENERATED ALWAYS AS (cx.p_alive(bm, q)) STORED, CHECK (cx.median_survival(u) > 0));
	INSERT INTO public.worth (day, u, h, e, q, bm, gm, cv) SELECT day, cx.survival_agg(weight, resolved OR id % 2 = 0), cx.purchase_agg(bought, last, seen), cx.spend_agg(bought, spent), cx.rfm(at, weight, '2033-01-01Z', '1 day', '1 week'),
	ROW(0.243, 4.414, 0.793, 2.426, 2357, -9582.4, NULL, 604800, true, true, NULL)::cx.bgnbd_model, ROW(6.25, 3.74, 15.44, 946, -4000, NULL, true, true, NULL)::cx.gamma_gamma_model, cx.covariance_agg(recommend, satisfied, easy) FROM public.answers GROUP BY day;
	UPDATE public.worth SET cp = c.cp FROM (SELECT day, cx.control_chart(cx.outcome_mean(cv)) OVER (ORDER BY day) AS cp FROM public.worth) c WHERE c.day = worth.day;
	CREATE INDEX ON public.worth USING hash (cv);
	CREATE INDEX ON public.worth (cx.r_squared(cv), cp);
	CREATE VIEW public.charted AS SELECT day, cp, (SELECT pg_catalog.string_agg(d.driver, ' ' ORDER BY d.importance) FROM cx.drivers(cv, '{satisfied,easy}', 'shapley') d) AS drivers, c.difference, c.note, (cx.ewma(cx.outcome_mean(cv), baseline => 20) OVER (ORDER BY day)).value,
	cx.cusum((cp).moving_range) OVER (ORDER BY day) AS cusum FROM public.worth, LATERAL cx.compare(cv, cv, method => 'sequential') c;
	CREATE INDEX ON public.worth (u);
	CREATE INDEX ON public.worth USING hash (h);
	CREATE INDEX ON public.worth USING hash (e);
	CREATE INDEX ON public.worth (cx.expected_purchases(bm, interval '365 days', q));
	CREATE VIEW public.valued AS SELECT day, cx.cltv(bm, gm, q, interval '365 days', 0.1) AS worth, c.survival, cx.cohort_cltv(day, alive, 10) OVER (ORDER BY day) AS cohort, cx.cac(alive, day) OVER (ORDER BY day ROWS 3 PRECEDING) AS cac
	FROM public.worth LEFT JOIN LATERAL cx.survival_curve(u) c ON c.duration = 1;
	CREATE MATERIALIZED VIEW public.fitted AS SELECT cx.rollup(u) AS u, cx.rollup(h) AS h, cx.rollup(e) AS e, cx.gamma_gamma_fit(cx.rollup(e)) AS gm, cx.rollup(cv) AS cv FROM public.worth;
	CREATE INDEX ON public.daily (k);
	CREATE INDEX daily_gin ON public.daily USING gin (k);
	CREATE INDEX daily_count ON public.daily (cx.journey_count(k, 'ease -> ease'), p) WHERE k OPERATOR(cx.@~) 'ease ~>{<= 30 hours} ease';
	CREATE INDEX ON public.daily USING hash (p);
	CREATE INDEX ON public.daily (f, p);
	CREATE INDEX ON public.daily USING hash (m);
	CREATE INDEX ON public.daily (y);
	ANALYZE public.daily;
	CREATE INDEX ON public.daily (cx.started_at(k), cx.event_at(k, 'ease'));
	CREATE INDEX ON public.daily (s);
	CREATE INDEX ON public.daily (cx.nps(s));
	CREATE INDEX ON public.daily USING hash (x);
	CREATE VIEW public.recent AS SELECT day, cx.nps(s) AS nps, (cx.nps_ci(s)).lo AS lo, cx.cx_index(x) AS cx_index,
	s OPERATOR(cx.+) s AS twice, cx.journey_filter(k, '{ease}') OPERATOR(cx.||) '[]' AS eased FROM public.daily;
	CREATE VIEW public.matched AS SELECT day, (m.ords)[1] AS first, s.reached, s.rate, cx.funnel_level(k, '{ease,ease}', interval '30 hours') AS level
	FROM public.daily LEFT JOIN LATERAL cx.journey_match(k, p) m ON k OPERATOR(cx.@~) 'ease+$' LEFT JOIN LATERAL cx.funnel_steps(f) s ON s.step = 2;
	CREATE VIEW public.flows AS SELECT day, t.source, t.target, t.share, r.rate, e.attempts, b.node, b.credit, cx.journey_path(k, 3) AS path
	FROM public.daily, LATERAL cx.transitions(m) t, LATERAL cx.retention(y) r, LATERAL cx.journey_effort(k, 'ease') e, LATERAL cx.attribution(k, 'ease', 'linear', by => 'event') b;
	CREATE MATERIALIZED VIEW public.total AS SELECT cx.rollup(s) AS s, cx.rollup(x) AS x, cx.rollup(k) AS k, cx.rollup(m) AS m, cx.rollup(y) AS y FROM public.daily;
	CREATE FUNCTION public.nps_between(since int,
		until int) RETURNS float8 LANGUAGE sql STABLE BEGIN ATOMIC SELECT cx.nps(cx.rollup(s)) FROM public.daily
	WHERE day BETWEEN since AND until; END;
});

my $contents = q{
	SET search_path = '';
	SELECT * FROM public.daily ORDER BY day;
	SELECT * FROM public.recent ORDER BY day;
	SELECT * FROM public.matched ORDER BY day;
	SELECT day, pg_catalog.count(*), pg_catalog.md5(pg_catalog.string_agg(f::text, ' ' ORDER BY f)) FROM public.flows f GROUP BY day ORDER BY day;
	SELECT *, public.nps_between(3, 9) FROM public.total;
	SELECT * FROM public.worth ORDER BY day;
	SELECT * FROM public.valued ORDER BY day;
	SELECT * FROM public.fitted;
	SELECT * FROM public.charted ORDER BY day;
};
my $stored = as_owner('shop', $contents);
# The GIN index and what the planner knows, under an empty search_path.
foreach my $condition (q{k OPERATOR(cx.@>) '{ease}'}, q{k OPERATOR(cx.&&) '{function,nothing}'}, q{k OPERATOR(cx.@~) 'ease -> ease'},
	q{k OPERATOR(cx.@~) 'ease ~>{<= 30 hours} ease' AND cx.journey_count(k, 'ease -> ease') > 3})
{
	my $query = "SELECT pg_catalog.count(*), pg_catalog.sum(day) FROM public.daily WHERE $condition";
	my $without = as_owner('shop', "$empty SET enable_indexscan = off; SET enable_bitmapscan = off; $query");

	is($without =~ s/\|.*//r, '10', "ten days have $condition");
	is(as_owner('shop', "$empty SET enable_seqscan = off; $query"), $without, 'the index gives the same');
	like(as_owner('shop', "$empty SET enable_seqscan = off; EXPLAIN (COSTS OFF) $query"), qr/Index Scan (on|using) daily_(gin|count)/, 'and is used');
	next if $condition =~ /journey_count/;
	my ($rows) = as_owner('shop', "$empty SET enable_bitmapscan = off; EXPLAIN SELECT FROM public.daily WHERE $condition") =~ /Seq Scan.*rows=(\d+)/;
	cmp_ok(abs($rows - 10), '<=', 3, 'the planner expects as many');
}
is(as_owner('shop', q{SELECT most_common_elems IS NOT NULL FROM pg_stats WHERE tablename = 'daily' AND attname = 'k'}), 't', 'ANALYZE counts events');
my $file = PostgreSQL::Test::Utils::tempdir . '/shop';

$node->command_ok([ 'pg_dump', '--username', 'shop_owner', '--format', 'custom', '--file', $file,
	$node->connstr('shop') ], 'the owner dumps');
# Without comments: that on plpgsql is not the owner's to make.
$node->command_ok([ 'pg_restore', '--username', 'shop_owner', '--exit-on-error', '--no-comments', '--dbname',
	$node->connstr('restored'), $file ], 'and restores');
is(as_owner('restored', $contents), $stored, 'with the same contents');
is(as_superuser('restored', q{SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
	WHERE extname = 'cx_metrics'}), 'cx', 'in the same schema');
as_owner('restored', q{SET search_path = ''; REFRESH MATERIALIZED VIEW public.total; REFRESH MATERIALIZED VIEW public.fitted; REINDEX TABLE public.daily; REINDEX TABLE public.worth; VACUUM ANALYZE public.daily; CLUSTER public.daily USING daily_s_idx});
is(as_owner('restored', $contents), $stored, 'maintenance leaves them');

# ---------- Another schema ----------

as_superuser('shop', 'CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO shop_owner; ALTER EXTENSION cx_metrics SET SCHEMA elsewhere');
is(as_superuser('shop', q{SELECT count(*) FROM pg_proc WHERE pronamespace = 'cx'::regnamespace}), '0',
	'moved: nothing stays behind');
is(as_owner('shop', q{SELECT count(*) FROM public.recent WHERE nps IS NOT NULL}), '30',
	'what was built on it goes with it');
is(as_owner('shop', "$contents"), $stored, 'and reads the same');
foreach (@queries)
{
	my ($name, $query) = @$_;

	$query =~ s/\bcx\./elsewhere./g;
	is(as_owner('shop', "$parallel $empty $query"), $expected{$name}, "$name: the same from there");
}
as_superuser('shop', 'ALTER EXTENSION cx_metrics SET SCHEMA cx; DROP SCHEMA elsewhere');

# ---------- Beside functions of the same names ----------

as_superuser('other', q{
	CREATE FUNCTION public.nps(int) RETURNS int LANGUAGE sql AS 'SELECT -1';
	CREATE FUNCTION public.score_accum_int4(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1';
	CREATE TYPE public.estimate AS (a int);
	CREATE SCHEMA cx;
	CREATE EXTENSION cx_metrics SCHEMA cx;
});
is(as_superuser('other', 'SELECT cx.nps(n), public.nps(9), (cx.nps_ci(cx.score_agg(n))).value FROM generate_series(9, 10) n GROUP BY 2'), '100|-1|100', 'names it uses may be taken elsewhere');

# ---------- Dropping it ----------

my ($status, $out, $err) = $node->psql('shop', 'DROP EXTENSION cx_metrics',
	extra_params => [ '--username', 'shop_owner' ]);
isnt($status, 0, 'it is not dropped from under the tables that use it');
like($err, qr/other objects depend on it/, 'and says so');
as_owner('shop', q{
	DROP VIEW public.recent, public.matched, public.flows, public.valued, public.charted;
	DROP FUNCTION public.nps_between;
	DROP MATERIALIZED VIEW public.total, public.fitted;
	DROP TABLE public.daily, public.worth, public.answers;
	DROP EXTENSION cx_metrics;
	DROP SCHEMA cx;
});
is(as_superuser('shop', $census), $before, 'dropped, it leaves nothing');
is(as_superuser('shop', q{SELECT count(*) FROM pg_proc WHERE probin LIKE '%cx_metrics%'}), '0',
	'and no function of its library');
as_owner('shop', 'CREATE SCHEMA cx; CREATE EXTENSION cx_metrics SCHEMA cx; DROP EXTENSION cx_metrics CASCADE; DROP SCHEMA cx');
is(as_superuser('shop', $census), $before, 'nor the second time');

$node->stop;
done_testing();
