# What is stored survives: dump and restore, COPY, and bytes that are not ours.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('storage');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE origin');

sub sql
{
	my ($database, $statements) = @_;

	return $node->safe_psql($database, $statements);
}

# ---------- A table of every kind of value ----------

sql('origin', q{
	CREATE EXTENSION cx_metrics;
	CREATE TABLE answers AS
	SELECT id, (id * 48271 % 2147483647 % 201)::int - 100 AS wide, (id * 16807 % 2147483647 % 5)::int + 1 AS score,
	       sqrt(id) AS weight, (ARRAY['ease', 'emotion', 'función'])[id % 3 + 1] AS dimension
	FROM generate_series(1::bigint, 1000) id;

	CREATE TABLE scores (id int PRIMARY KEY, s score_summary);
	INSERT INTO scores
	SELECT 1, score_agg(score) FROM answers
	UNION ALL SELECT 2, score_agg(wide) FROM answers
	UNION ALL SELECT 3, score_agg(score, weight) FROM answers
	UNION ALL SELECT 4, score_agg(wide, weight) FROM answers
	UNION ALL SELECT 5, '{"counts": {}}'
	UNION ALL SELECT 6, '{"counts": {}, "weights": {}, "squared_weights": {}}'
	UNION ALL SELECT 7, '{"counts": {"-100": 1, "9": 4294967296, "100": 9223372032559808510}}'
	UNION ALL SELECT 8, '{"counts": {"1": 2}, "weights": {"1": 1e-150}, "squared_weights": {"1": 5e-301}}'
	UNION ALL SELECT 9, NULL;

	CREATE TABLE indices (id int PRIMARY KEY, s cx_summary);
	INSERT INTO indices
	SELECT 1, cx_agg(dimension, score, 1, 5) FROM answers
	UNION ALL SELECT 2, cx_agg(dimension, score, 1, 5, weight) FROM answers
	UNION ALL SELECT 3, cx_agg(ARRAY['ease', 'emotion', 'función'], ARRAY[score, score % 5 + 1, NULLIF(score, 3)], 1, 5)
	FROM answers
	UNION ALL SELECT 4, cx_agg(ARRAY['ease', 'emotion', 'función'], ARRAY[score, score % 5 + 1, NULLIF(score, 3)], 1, 5,
		weight) FROM answers
	UNION ALL SELECT 5, cx_agg(dimension || id % 10, wide, -100, 100, weight) FROM answers
	UNION ALL SELECT 6, '{"dimensions": []}'
	UNION ALL SELECT 7, cx_agg('a "quoted" name', score, 1, 5) FROM answers
	UNION ALL SELECT 8, '{"dimensions": [{"dimension": "ease", "scale": [0, 10], "counts": {"10": 9223372036854775807}}]}'
	UNION ALL SELECT 9, NULL;

	CREATE AGGREGATE state_of(timestamptz, text, text, float8, int) (SFUNC = journey_accum, STYPE = journey_state);
	CREATE TABLE touch AS
	SELECT id, timestamptz '2024-03-13Z' + n * interval '1 minute' + id * interval '1 second' AS at, dimension AS event,
	NULLIF('web/' || n % 3, 'web/0') AS channel, weight * n AS value, wide AS score
	FROM answers, generate_series(1, 15) n;
	CREATE TABLE journeys (id int PRIMARY KEY, s journey, kept journey_state);
	-- beyond 100 kB, out of line as they are
	ALTER TABLE journeys ALTER s SET STORAGE EXTERNAL, ALTER kept SET STORAGE EXTERNAL;
	INSERT INTO journeys SELECT 1, journey_agg(at, event, channel, value, score), state_of(at, event, channel, value, score)
	FROM touch;
	-- and compressed
	ALTER TABLE journeys ALTER s SET STORAGE EXTENDED, ALTER kept SET STORAGE EXTENDED;
	INSERT INTO journeys
	SELECT 2, journey_agg(at, event, channel), state_of(at, event, channel, NULL, NULL) FROM touch
	UNION ALL SELECT 3, journey_agg(at, event, channel, value, score), state_of(at, event, channel, value, score)
	FROM touch WHERE id <= 3
	UNION ALL SELECT 4, '[]', '[]'
	UNION ALL SELECT 5, '[{"at": "4714-11-24T00:00:00Z BC", "event": "a \"b\" \\\\ \n\u0001", "channel": "", "value": 5e-324, "score": -2147483648}, {"at": "294276-12-31T23:59:59.999999Z", "event": "", "value": 1.7976931348623157e+308}]',
	'[{"at": "2024-03-13T10:21:14.000001Z", "event": "b"}, {"at": "2000-01-01T00:00:00Z", "event": "é", "channel": "", "value": 0.1, "score": 7}]'
	UNION ALL SELECT 6, journey_agg(at, 'e'), NULL FROM touch WHERE id = 1
	UNION ALL SELECT 7, NULL, NULL;

	CREATE TABLE patterns (id int PRIMARY KEY, s journey_pattern);
	INSERT INTO patterns
	VALUES (1, 'ease -> emotion'), (2, '(función | ''a b'' ~>{<= 1 month, without x|y/*} .@web/*:score>=3)+$ within 30 days'), (3, 'ease'), (4, NULL);
	INSERT INTO patterns SELECT 5, ('(' || string_agg('''name ' || md5(n::text) || '''', ' | ') || ')')::journey_pattern
	FROM generate_series(1, 500) n;
	CREATE TABLE funnels (id int PRIMARY KEY, s funnel_summary);
	INSERT INTO funnels
	SELECT 1, funnel_agg(j, '{función, ease, .@web/*}', '1 hour') FROM (SELECT journey_agg(at, event, channel) AS j FROM touch GROUP BY id) v
	UNION ALL SELECT 2, funnel_agg(j, '{función, ease:score>=3}', '1 month 2 days', 'any', '{''a b''}', '2024-03-20Z')
	FROM (SELECT journey_agg(at, event, channel, NULL, score) AS j FROM touch GROUP BY id) v
	UNION ALL SELECT 3, funnel_agg('[]'::journey, '{a}', '0', 'adjacent')
	UNION ALL SELECT 4, NULL
	UNION ALL SELECT 5, funnel_agg(j, steps, '1 year') FROM (SELECT array_agg('name ' || md5(n::text)) AS names, array_agg('''name ' || md5(n::text) || '''') AS steps,
		journey_agg(timestamptz '2024-03-13Z' + n * interval '1 day', 'name ' || md5(n::text)) AS j FROM generate_series(1, 63) n) v;

	CREATE TABLE matrices (id int PRIMARY KEY, s transition_matrix);
	INSERT INTO matrices
	SELECT 1, transition_agg(j) FROM (SELECT journey_agg(at, event, channel) AS j FROM touch GROUP BY id) v
	UNION ALL SELECT 2, transition_agg(j, 'channel', '''función'':score>=3', true) FROM (SELECT journey_agg(at, event, channel, NULL, score) AS j FROM touch GROUP BY id) v
	UNION ALL SELECT 3, transition_agg(journey_agg, 'phase', 'a') FROM (SELECT journey_agg('2024-03-13Z', E'"b"\\\\\n\x01/c')) v
	UNION ALL SELECT 4, NULL
	UNION ALL SELECT 5, transition_agg(journey_agg) FROM (SELECT journey_agg(timestamptz '2024-03-13Z' + n * n * interval '1 second', 'name ' || md5((n % 1009)::text)) FROM generate_series(1, 3000) n) v;
	CREATE TABLE retentions (id int PRIMARY KEY, s retention_summary);
	INSERT INTO retentions
	SELECT 1, retention_agg(retained(j, 'ease', '.@web/1', '100 seconds', 6, '2024-03-13 00:20Z')) FROM (SELECT journey_agg(at, event, channel) AS j FROM touch GROUP BY id) v
	UNION ALL SELECT 2, retention_agg(ARRAY[true, NULL, false])
	UNION ALL SELECT 3, retention_agg('{}'::boolean[])
	UNION ALL SELECT 4, NULL
	UNION ALL SELECT 5, retention_agg(array_fill(n % 3 = 0, ARRAY[n * 30])) FROM generate_series(1, 300) n;

	CREATE TABLE customers AS
	SELECT id, x, CASE WHEN x > 0 THEN 1 + h % 180 / 7.0 ELSE 0 END AS t_x, 30 + id % 90 / 7.0 AS age, round((10 + 7 * sqrt(h / 512 % 4000))::numeric, 2)::float8 AS m,
	1 + (h % 100 >= 40)::int + (h % 100 >= 60)::int + (h % 100 >= 70)::int + (h % 100 >= 76)::int AS periods
	FROM (SELECT id, h, greatest(h / 4096 % 9 - 3, 0)::bigint AS x FROM (SELECT id, id * 48271 % 2147483647 AS h FROM generate_series(1::bigint, 1000) id) i) j;
	CREATE TABLE survivals (id int PRIMARY KEY, s survival_summary);
	INSERT INTO survivals
	SELECT 1, survival_agg(t_x, x % 3 > 0) FROM customers
	UNION ALL SELECT 2, survival_agg(id * interval '1 hour 1 microsecond', id % 2 = 0) FROM customers
	UNION ALL SELECT 3, '{"durations": [[0, 9223372036854775806, 1]]}'
	UNION ALL SELECT 4, NULL
	UNION ALL SELECT 5, '{"durations": [[5e-324, 0, 1], [0.1, 1, 0], [1.7976931348623157e+308, 2, 3]]}';
	CREATE TABLE histories (id int PRIMARY KEY, s purchase_summary);
	INSERT INTO histories
	SELECT 1, purchase_agg(x, t_x, age) FROM customers
	UNION ALL SELECT 2, purchase_agg(ROW(x, t_x, age, m, 604800)::rfm_summary) FROM customers
	UNION ALL SELECT 3, '{"unit_seconds": 0.1, "customers": [[0, 0, 0, 9223372036854775807]]}'
	UNION ALL SELECT 4, NULL
	UNION ALL SELECT 5, '{"unit_seconds": null, "customers": [[0, 0, 1e-300, 1], [9223372036854775807, 5e-324, 1.7976931348623157e+308, 2]]}';
	CREATE TABLE spends (id int PRIMARY KEY, s spend_summary);
	INSERT INTO spends
	SELECT 1, spend_agg(x, m) FROM customers
	UNION ALL SELECT 2, spend_agg(ROW(x, t_x, age, m / 3, 604800)::rfm_summary) FROM customers
	UNION ALL SELECT 3, '{"customers": [[1, 0.1, 9223372036854775807]]}'
	UNION ALL SELECT 4, NULL
	UNION ALL SELECT 5, '{"customers": [[1, 5e-324, 1], [9223372036854775807, 1.7976931348623157e+308, 2]]}';
	CREATE AGGREGATE purchases_of(timestamptz, float8, timestamptz, interval, interval) (SFUNC = rfm_accum, STYPE = rfm_state);
	CREATE TABLE models (id int PRIMARY KEY, kept rfm_state, q rfm_summary, b bgnbd_model, mb mbgnbd_model, g gamma_gamma_model, c sbg_model, v revenue_movement);
	INSERT INTO models
	SELECT 1, purchases_of(timestamptz '2024-03-13Z' - id * interval '1 hour', m, '2024-03-14Z', '1 day', '1 week'), rfm(timestamptz '2024-03-13Z' - id * interval '1 hour', m, '2024-03-14Z', '1 day', '1 week'), bgnbd_fit(purchase_agg(ROW(x, t_x, age, m, 604800)::rfm_summary), 0.01), mbgnbd_fit(purchase_agg(x, t_x, age), 0.01), gamma_gamma_fit(spend_agg(x, m), 0.01), sbg_fit(periods, periods < 5), revenue_retention(m, t_x) FROM customers
	UNION ALL SELECT 2, '{"as_of": "294276-12-31T23:59:59.999999Z", "merge": "1 microsecond", "unit": "1 day 1 microsecond", "purchases": []}', ROW(0, 0, '5e-324'::float8, NULL, NULL)::rfm_summary, ROW(0.1, 1, 1, 1, 5, -1e308, NULL, 604800, true, true, '{"segment": "new"}')::bgnbd_model, NULL, NULL, NULL, NULL;

	CREATE TABLE covariances (id int PRIMARY KEY, s covariance_summary);
	INSERT INTO covariances
	SELECT 1, covariance_agg(score, wide, weight) FROM answers
	UNION ALL SELECT 2, covariance_agg(weight) FROM answers
	UNION ALL SELECT 3, '{"observations": 9223372036854775807, "means": [5e-324, -1.7976931348623157e+308], "products": [0, 0, 0]}'
	UNION ALL SELECT 4, NULL
	UNION ALL SELECT 5, covariance_agg(wide, VARIADIC (SELECT array_agg(sqrt(id % (n + 9))) FROM generate_series(1, 63) n)) FROM answers;
	CREATE TABLE charts (id int PRIMARY KEY, p control_point, e ewma_point, c cusum_point, r control_point);
	INSERT INTO charts SELECT id, control_chart(wide, 'nelson', 30) OVER w, ewma(wide) OVER w, cusum(wide, 3, baseline => 50) OVER w, rate_chart(('{"counts": {"0": ' || id || ', "1": ' || wide + 101 || '}}')::score_summary) OVER w
	FROM answers WHERE id <= 60 WINDOW w AS (ORDER BY id);
	INSERT INTO charts VALUES (61, ROW(NULL, '-0', 5e-324, 1.7976931348623157e+308, 0.1, NULL, 'rule 1, rule 4'), NULL, ROW(1, 2, 3, 4, 5, ''), ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL));

	CREATE INDEX ON scores (s) WHERE id <> 4;
	CREATE INDEX ON scores USING hash (s);
	CREATE INDEX ON scores (mean(s));
	ALTER TABLE scores ADD CHECK (responses(s) >= 0);
	CREATE INDEX ON indices USING hash (s);
	CREATE INDEX ON journeys (s) WHERE id > 2;
	CREATE INDEX ON journeys USING hash (s);
	CREATE INDEX ON journeys (length(s), started_at(s));
	CREATE INDEX ON journeys USING gin (events(s));
	CREATE INDEX ON journeys USING gin (s);
	CREATE INDEX ON journeys (journey_count(s, 'función ~> ease@web/*')) WHERE s @~ 'función -> .';
	CREATE INDEX ON patterns (s) WHERE id < 5;
	CREATE INDEX ON patterns USING hash (s);
	CREATE INDEX ON funnels (s) WHERE id < 5;
	CREATE INDEX ON funnels USING hash (s);
	CREATE INDEX ON matrices (s) WHERE id < 5;
	CREATE INDEX ON matrices USING hash (s);
	CREATE INDEX ON retentions (s) WHERE id < 5;
	CREATE INDEX ON retentions USING hash (s);
	CREATE INDEX ON survivals (s) WHERE id < 1;
	CREATE INDEX ON survivals USING hash (s);
	CREATE INDEX ON survivals (median_survival(s));
	CREATE INDEX ON histories (s) WHERE id > 2;
	CREATE INDEX ON histories USING hash (s);
	CREATE INDEX ON spends (s) WHERE id > 2;
	CREATE INDEX ON spends USING hash (s);
	CREATE INDEX ON covariances (s) WHERE id < 5;
	CREATE INDEX ON covariances USING hash (s);
	CREATE INDEX ON covariances (r_squared(s), outcome_mean(s));
	CREATE INDEX ON charts (p, c);
	CREATE VIEW driven AS SELECT id, d.*, (SELECT c::text FROM covariances b, compare(a.s, b.s, method => 'sequential') c WHERE b.id = 1) AS compared FROM covariances a, drivers(s, '{wide,weight}', 'shapley') d WHERE id = 1;
	CREATE VIEW charted AS SELECT id, (p).signal, control_chart((p).moving_range, 'nelson', 20) OVER (ORDER BY id) AS of_ranges FROM charts WHERE id <= 60;
	CREATE INDEX ON models (p_alive(b, q), expected_purchases(b, interval '365 days', q)) WHERE id = 1;
	CREATE VIEW worth AS SELECT id, cltv(b, g, q, interval '365 days', 0.1) AS a_year, standard_errors(b) AS errors, survivor(c, 5) FROM models;
	ALTER TABLE patterns ADD CHECK (s <> 'b -> a');
	ALTER TABLE journeys ADD CHECK (duration_seconds(s) >= 0);
	CREATE VIEW phases AS SELECT id, phases(s), journey_filter(s, remove => '{ease}') AS rest,
	(SELECT count(*) FROM touchpoints(s) t WHERE t.score > 0), s || s AS twice FROM journeys;
	CREATE VIEW flows AS SELECT id, t.*, (SELECT string_agg(m::text, ' ') FROM markov_attribution(s, 'función') m) AS removed FROM matrices, transitions(s) t WHERE id < 3;
	CREATE MATERIALIZED VIEW whole AS SELECT rollup(s) AS s FROM journeys;
	CREATE MATERIALIZED VIEW monthly AS
	SELECT id % 10 AS month, nps(score), score_agg(score), cx_agg(dimension, score, 1, 5, weight) FROM answers
	GROUP BY 1;
	CREATE VIEW totals AS SELECT rollup(score_agg) AS score_agg, rollup(cx_agg) AS cx_agg FROM monthly;
});

my $everything = q{
	SELECT 'scores', id, s, score_summary_send(s) FROM scores
	UNION ALL SELECT 'months', month, score_agg, score_summary_send(score_agg) FROM monthly
	UNION ALL SELECT 'total', 0, score_agg, score_summary_send(score_agg) FROM totals
	ORDER BY 1, 2;
	SELECT 'indices', id, s, cx_summary_send(s) FROM indices
	UNION ALL SELECT 'months', month, cx_agg, cx_summary_send(cx_agg) FROM monthly
	UNION ALL SELECT 'total', 0, cx_agg, cx_summary_send(cx_agg) FROM totals
	ORDER BY 1, 2;
	SELECT id, length(s), left(s::text, 500), md5(s::text), md5(journey_send(s)), left(kept::text, 500), md5(kept::text),
	journey_final(kept) = s, count, md5(rest::text), phases, length(twice) FROM journeys JOIN phases USING (id) ORDER BY id;
	SELECT length(s), md5(journey_send(s)) FROM whole;
	SELECT id, s, journey_pattern_send(s) FROM patterns ORDER BY id;
	SELECT id, s, funnel_summary_send(s), (SELECT string_agg(f::text, ' ') FROM funnel_steps(s) f) FROM funnels ORDER BY id;
	SELECT id, left(s::text, 500), md5(s::text), md5(transition_matrix_send(s)), (SELECT md5(string_agg(t::text, ' ')) FROM transitions(s) t) FROM matrices ORDER BY id;
	SELECT id, left(s::text, 500), md5(s::text), md5(retention_summary_send(s)), (SELECT md5(string_agg(r::text, ' ')) FROM retention(s) r) FROM retentions ORDER BY id;
	SELECT * FROM flows ORDER BY id, source, target;
	SELECT id, left(s::text, 500), md5(s::text), md5(survival_summary_send(s)), (SELECT md5(string_agg(c::text, ' ')) FROM survival_curve(s) c) FROM survivals ORDER BY id;
	SELECT id, left(s::text, 500), md5(s::text), md5(purchase_summary_send(s)) FROM histories ORDER BY id;
	SELECT id, left(s::text, 500), md5(s::text), md5(spend_summary_send(s)) FROM spends ORDER BY id;
	SELECT id, left(kept::text, 500), md5(kept::text), md5(rfm_state_send(kept)), rfm_final(kept) = q, q, b, mb, g, c, v, b = (SELECT bgnbd_fit(s, 0.01) FROM histories h WHERE h.id = 2) FROM models ORDER BY id;
	SELECT * FROM worth ORDER BY id;
	SELECT id, left(s::text, 500), md5(s::text), md5(covariance_summary_send(s)), observations(s), outcome_ci(s), r_squared(s) FROM covariances ORDER BY id;
	SELECT * FROM driven ORDER BY driver;
	SELECT * FROM charts LEFT JOIN charted USING (id) ORDER BY id;
};
my $expected = sql('origin', $everything);
like($expected, qr/función/, 'the origin has its values');

# ---------- Dump and restore ----------

my $dumps = PostgreSQL::Test::Utils::tempdir;

foreach my $format ('plain', 'custom')
{
	my $file = "$dumps/$format";

	sql('postgres', "CREATE DATABASE $format TEMPLATE template0");
	$node->command_ok([ 'pg_dump', '--format', $format, '--file', $file, $node->connstr('origin') ],
		"pg_dump, $format");
	if ($format eq 'plain')
	{
		$node->command_ok([ 'psql', '--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', '--file', $file, '--dbname',
			$node->connstr($format) ],
			'plain dump restored');
	}
	else
	{
		$node->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $node->connstr($format), $file ],
			'custom dump restored');
	}
	is(sql($format, $everything), $expected, "$format: every value is the same, in text and in bytes");
	# eight values, of which the two empty ones are equal: 6 + 2 * 2
	is(sql($format, 'SET enable_seqscan = off; SELECT count(*) FROM scores a JOIN scores b USING (s)'), '10',
		"$format: the indexes find them");
	# 1 and 2 are too long for a btree: all are found by their hash
	is(sql($format, 'SET enable_seqscan = off; SELECT count(*), sum(a.id) FROM journeys a JOIN journeys b USING (s)'), '6|21',
		"$format: and journeys");
	is(sql($format, q{SET enable_seqscan = off; SELECT count(*) FROM journeys WHERE events(s) @> '{función}' AND length(s) > 0}), '3',
		"$format: by what they hold");
	is(sql($format, 'SET enable_seqscan = off; SELECT count(*), sum(a.id) FROM patterns a JOIN patterns b USING (s)'), '4|11', "$format: patterns");
	is(sql($format, 'SET enable_seqscan = off; SELECT count(*), sum(a.id) FROM funnels a JOIN funnels b USING (s)'), '4|11', "$format: funnels");
	is(sql($format, "SET enable_seqscan = off; SELECT count(*), sum(a.id) FROM $_ a JOIN $_ b USING (s)"), '4|11', "$format: $_") foreach 'matrices', 'retentions', 'survivals', 'histories', 'spends', 'covariances';
	# The events and patterns that an index finds, against the same without one.
	foreach my $condition (q{s @> '{función}'}, q{s && '{e,b}'}, q{s @~ 'función -> función'}, q{s @~ 'función ~> ease@web/* within 1 minute'},
		q{s @~ 'función -> .' AND journey_count(s, 'función ~> ease@web/*') > 0})
	{
		my $query = "SELECT count(*), sum(id) FROM journeys WHERE $condition";
		my $without = sql($format, "SET enable_indexscan = off; SET enable_bitmapscan = off; $query");

		like($without, qr/^[1-9]/, "$format: some have $condition");
		is(sql($format, "SET enable_seqscan = off; $query"), $without, "$format: the same by an index");
		like(sql($format, "SET enable_seqscan = off; EXPLAIN (COSTS OFF) $query"), qr/Index Scan/, "$format: there is one");
	}
}

# ---------- COPY ----------

foreach my $format ('text', 'csv', 'binary')
{
	foreach my $table ('scores', 'indices', 'journeys', 'patterns', 'funnels', 'matrices', 'retentions', 'survivals', 'histories', 'spends', 'models', 'covariances', 'charts')
	{
		my ($out, $again) = ("$dumps/$table.$format", "$dumps/$table.$format.again");

		sql('origin', qq{
			COPY $table TO '$out' (FORMAT $format);
			CREATE TEMP TABLE copied (LIKE $table);
			COPY copied FROM '$out' (FORMAT $format);
			COPY copied TO '$again' (FORMAT $format);
		});
		ok(slurp_file($out) eq slurp_file($again), "COPY $format of $table out, in and out again is the same file");
	}
}

# ---------- The binary forms, as released ----------

# One COPY BINARY file with one column and one row.
sub copy_file
{
	my ($name, $value) = @_;
	my $file = "$dumps/$name";

	open(my $handle, '>:raw', $file) or die "cannot write $file: $!";
	print $handle "PGCOPY\n\xff\r\n\0", pack('N N n N', 0, 0, 1, length($value)), $value, pack('n', 0xffff);
	close($handle);
	return $file;
}

# What every version has to read: version 1, flags, then big-endian.
my @released = (
	# lowest score -1, 3 slots: counts 1, 0, 5
	[ 'score_summary', '0100ff03' . '0000000000000001' . '0000000000000000' . '0000000000000005',
		'{"counts": {"-1": 1, "1": 5}}' ],
	# weighted, score 7: count 2; sum of w 1.5, of w^2 1.25
	[ 'score_summary', '01010701' . '0000000000000002' . '3ff8000000000000' . '3ff4000000000000',
		'{"counts": {"7": 2}, "weights": {"7": 1.5}, "squared_weights": {"7": 1.25}}' ],
	# no slot
	[ 'score_summary', '01000000', '{"counts": {}}' ],
	# one dimension "ab" on 1..2: counts 3 and 4
	[ 'cx_summary', '01000001' . '0102' . '00000002' . '6162' . '0000000000000003' . '0000000000000004',
		'{"dimensions": [{"dimension": "ab", "scale": [1, 2], "counts": {"1": 3, "2": 4}}]}' ],
	# weighted, "a" on 0..1: of 1 one answer of weight 0.5
	[ 'cx_summary', '01010001' . '0001' . '00000001' . '61' . ('00' x 24) . '0000000000000001' . '3fe0000000000000' . '3fd0000000000000',
		'{"dimensions": [{"dimension": "a", "scale": [0, 1], "counts": {"1": 1}, "weights": {"1": 0.5}, "squared_weights": {"1": 0.25}}]}' ],
	# joint, "a" and "b" on 1..2: one respondent who answered 2 and 2, and the seven products of the pair
	[ 'cx_summary', '01020002' . '0102' . '00000001' . '61' . ('00' x 8) . '0000000000000001'
		  . '0102' . '00000001' . '62' . ('00' x 8) . '0000000000000001' . ('0000000000000001' x 4) . ('00' x 24),
		'{"dimensions": [{"dimension": "a", "scale": [1, 2], "counts": {"2": 1}}, {"dimension": "b", "scale": [1, 2], "counts": {"2": 1}}], "cross_products": [[1, 1, 1, 1, 0, 0, 0]]}' ],
	# journeys are explained byte by byte in test/unit/journey_format_test.c
	[ 'journey', '010000', '[]' ],
	[ 'journey', '012801010604' . '056c6f67696e' . '8c8a01', '[{"at": "2024-03-13T00:00:00Z", "event": "login"}]' ],
	[ 'journey', '01df0302030d3000' . '04686f6d65' . '03706179' . '03776562' . '000101' . '010001' . '04000000000000f83f' . '010509fe' . '030001',
		'[{"at": "1999-12-31T23:58:00Z", "event": "home", "channel": "web", "score": 9}, {"at": "1999-12-31T23:58:00Z", "event": "pay"}, {"at": "1999-12-31T23:59:00Z", "event": "pay", "channel": "web", "value": 1.5, "score": -2}]' ],
	[ 'journey_pattern', '01' . unpack('H*', 'a -> b'), 'a -> b' ],
	[ 'journey_pattern', '01' . unpack('H*', 'a~>{<=36h}b'), 'a ~>{<= 36 hours} b' ],
	# ordered, two steps "a" and "b", one exclusion "x", one day; 9 journeys, reached 4 and 2, mature 3 and 2, open 1 and 0;
	# step 2 has one time each in bins 5 and 7
	[ 'funnel_summary', '01000002' . '00000001' . '00000000' . '00000001' . ('00' x 8) . '0000000161' . '0000000162' . '0000000178'
		  . '0000000000000009' . '0000000000000004' . '0000000000000002' . '0000000000000003' . '0000000000000002' . '0000000000000001' . ('00' x 8)
		  . '00000002' . '0402800000000001' . '0403800000000001',
		'{"steps": ["a", "b"], "within": "1 day", "mode": "ordered", "without": ["x"], "journeys": 9, "reached": [4, 2], "mature": [3, 2], "open": [1, 0], "bins": [[[5, 1], [7, 1]]]}' ],
	# by phase until "x" with restart: 2 journeys of "a" and "b"; cells of source, target and bin: repeats in a journey (0),
	# without a time (1), in bins 5 and 7 (7, 9); 0 is the start, 1 the end, 2 and 3 the nodes
	[ 'transition_matrix', '01020101' . '0000000178' . '0000000000000002' . '00000002' . '0000000161' . '0000000162' . '00000006'
		  . join('', map { sprintf('%08x%08x%016x', @$_) } [ 0, 0x1000, 1 ], [ 0, 0x1001, 3 ], [ 2, 0x801, 1 ], [ 2, 0x1807, 1 ], [ 2, 0x1809, 1 ], [ 3, 0x801, 2 ]),
		'{"by": "phase", "until": "x", "restart": true, "journeys": 2, "nodes": ["a", "b"], "transitions": [[0, 2, 2, 3], [2, 1, 1, 1], [2, 3, 2, [[5, 1], [7, 1]]], [3, 1, 2, 2]]}' ],
	# by event, nothing ends a path, no restart
	[ 'transition_matrix', '01000000' . '0000000000000001' . '00000001' . '0000000161' . '00000002' . join('', map { sprintf('%08x%08x%016x', @$_) } [ 0, 0x1001, 1 ], [ 2, 0x801, 1 ]),
		'{"by": "event", "until": null, "restart": false, "journeys": 1, "nodes": ["a"], "transitions": [[0, 2, 1, 1], [2, 1, 1, 1]]}' ],
	# 2 periods; 3 arrays; of period 0 all have an element, two one that is not NULL, one true; of period 1 one
	[ 'retention_summary', '01' . '00000002' . join('', map { sprintf('%016x', $_) } 3, 3, 2, 1, 1, 1, 0),
		'{"arrays": 3, "reach": [3, 1], "eligible": [2, 1], "retained": [1, 0]}' ],
	# 3 keys without a unit. A key is the bits of a duration times 2, plus 1 where it is censored: 6 three times, 6 censored, 7.5 censored twice
	[ 'survival_summary', '01' . '00000003' . ('00' x 8) . join('', '8030000000000000', '0000000000000003', '8030000000000001', '0000000000000001', '803c000000000001', '0000000000000002'),
		'{"durations": [[6, 3, 1], [7.5, 0, 2]]}' ],
	# 2 keys, the unit 86400 seconds. An int64 and a float8 of 0 or more have their sign bit turned: (0, 0, 38) twice, (2, 30.5, 38) once
	[ 'purchase_summary', '01' . '00000002' . '40f5180000000000' . '8000000000000000' . '8000000000000000' . 'c043000000000000' . '0000000000000002'
		. '8000000000000002' . 'c03e800000000000' . 'c043000000000000' . '0000000000000001',
		'{"unit_seconds": 86400, "customers": [[0, 0, 38, 2], [2, 30.5, 38, 1]]}' ],
	# the unit not known
	[ 'purchase_summary', '01' . '00000001' . ('00' x 8) . '8000000000000000' . '8000000000000000' . 'c043000000000000' . '0000000000000001',
		'{"unit_seconds": null, "customers": [[0, 0, 38, 1]]}' ],
	# (2, 22.5) once
	[ 'spend_summary', '01' . '00000001' . ('00' x 8) . '8000000000000002' . 'c036800000000000' . '0000000000000001', '{"customers": [[2, 22.5, 1]]}' ],
	# 2 variables, 3 rows: the means 8 and 4, then the products 2, 1 and 6
	[ 'covariance_summary', '0102' . '0000000000000003' . '4020000000000000' . '4010000000000000' . '4000000000000000' . '3ff0000000000000' . '4018000000000000',
		'{"observations": 3, "means": [8, 4], "products": [2, 1, 6]}' ],
	# 13 March 2024, a day and a week in microseconds, 2 purchases: days since Monday, 1 January 2001, and amounts
	[ 'rfm_state', '01' . join('', map { sprintf('%016x', $_) } 8838 * 86_400_000_000, 86_400_000_000, 604_800_000_000) . '00000002' . '0000000000002117' . '403d800000000000'
		. '00000000000020d0' . 'c024000000000000',
		'{"as_of": "2024-03-13T00:00:00Z", "merge": "1 day", "unit": "7 days", "purchases": [[8471, 29.5], [8400, -10]]}' ],
	# the version, then text
	[ 'journey_state', '01' . unpack('H*', '[{"event":"b","at":"2024-03-13T00:00:00Z"},{"at":"2024-03-12T00:00:00+00","event":"a"}]'),
		'[{"at": "2024-03-13T00:00:00Z", "event": "b"}, {"at": "2024-03-12T00:00:00Z", "event": "a"}]' ]);

foreach my $case (@released)
{
	my ($type, $hex, $text) = @$case;
	my $file = copy_file('released', pack('H*', $hex));

	is(sql('origin', "CREATE TEMP TABLE v (s $type); COPY v FROM '$file' (FORMAT binary); SELECT s FROM v"), $text,
		"version 1 of $type is read: $text");
}

# ---------- A database with another encoding ----------

# The names é and ü have one byte each there, of 4096 that a name may have.
sql('postgres', q{CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'});
sql('latin', q{
	CREATE EXTENSION cx_metrics;
	CREATE TABLE v AS SELECT journey_agg('2024-03-13Z', chr(252 - 19 * (n % 2)), repeat(chr(233), n)) AS s FROM generate_series(1, 9) n;
	CREATE TABLE w AS SELECT journey_agg('2024-03-13Z', repeat(chr(233), 4096)) AS s;
});
# A psql that speaks UTF-8 reads the same letters from both.
my $letters = q{SET client_encoding = 'UTF8'; SELECT s, length(s), journey_send(s) FROM v};

foreach my $encoding ('LATIN1', 'UTF8')
{
	my $file = "$dumps/$encoding";

	sql('latin', "SET client_encoding = '$encoding'; COPY v TO '$file' (FORMAT binary)");
	is(sql('origin', "SET client_encoding = '$encoding'; CREATE TEMP TABLE v (s journey); COPY v FROM '$file' (FORMAT binary); $letters"),
		sql('latin', $letters), "a journey comes from a database of LATIN1 by a client of $encoding");
}
sql('latin', "SET client_encoding = 'LATIN1'; COPY w TO '$dumps/long' (FORMAT binary)");
my ($long_status, $long_out, $long_err) = $node->psql('origin',
	"SET client_encoding = 'LATIN1'; CREATE TEMP TABLE v (s journey); COPY v FROM '$dumps/long' (FORMAT binary)");
like($long_err, qr/ERROR:  name of 8192 bytes is too long/, 'but not with a name that is too long here');

# ---------- Damaged binary ----------

# Loads the files 0 .. n - 1 of a directory one by one and counts what came of it: the SQLSTATE, "same" for a value that
# is what its text and its jsonb say and what rollup makes of it, and whose figures are finite; otherwise what is wrong.
sql('origin', q{
	CREATE FUNCTION load_all(type regtype, directory text, n int, figures text) RETURNS TABLE (outcome text,
		files bigint) LANGUAGE plpgsql AS $$
	DECLARE
		result text;
	BEGIN
		CREATE TEMP TABLE outcomes (outcome text);
		EXECUTE format('CREATE TEMP TABLE loaded (s %s)', type);
		FOR i IN 0 .. n - 1 LOOP
			BEGIN
				EXECUTE format('COPY loaded FROM %L (FORMAT binary)', directory || '/' || i);
				EXECUTE format('SELECT CASE WHEN s::text::%1$s <> s OR s::text::%1$s::text <> s::text THEN ''not as its text''
					WHEN s::jsonb::%1$s <> s THEN ''not as its jsonb''
					WHEN (SELECT rollup(l.s) FROM loaded l) <> s THEN ''not as rolled up''
					WHEN ''NaN'' = ANY (%2$s) OR ''Infinity'' = ANY (%2$s) OR ''-Infinity'' = ANY (%2$s)
					THEN ''not finite''
					ELSE ''same'' END FROM loaded', type, figures) INTO result;
				INSERT INTO outcomes VALUES (result);
			EXCEPTION WHEN OTHERS THEN
				INSERT INTO outcomes VALUES (SQLSTATE);
			END;
			DELETE FROM loaded;
		END LOOP;
		RETURN QUERY SELECT o.outcome, count(*) FROM outcomes o GROUP BY 1 ORDER BY 1;
	END $$;
});

my %figures = (
	score_summary => 'ARRAY[mean(s), stddev(s), median(s), effective_base(s), share(s, 0, 9), (mean_ci(s)).lo, (mean_ci(s)).std_error, (share_ci(s, 0, 9)).hi]',
	cx_summary => 'ARRAY[cx_index(s), cx_coverage(s), (cx_index_ci(s)).lo, (cx_index_ci(s)).std_error]',
	funnel_summary => 'ARRAY(SELECT x FROM funnel_steps(s) t, unnest(ARRAY[t.rate, t.lo, t.hi, t.step_rate, t.median_seconds, t.p90_seconds]) x)',
	transition_matrix => q{ARRAY(SELECT x FROM transitions(s) t, unnest(ARRAY[t.share, t.lo, t.hi, t.median_seconds]) x UNION ALL SELECT x FROM markov_attribution(s, ''b'') m, unnest(ARRAY[m.removal_effect, m.credit]) x)},
	retention_summary => 'ARRAY(SELECT x FROM retention(s) t, unnest(ARRAY[t.rate, t.lo, t.hi]) x)',
	survival_summary => 'ARRAY(SELECT x FROM survival_curve(s) t, unnest(ARRAY[t.survival, t.lo, t.hi, t.cumulative_hazard]) x) || ARRAY[median_survival(s), restricted_mean(s, 5), (survival_ci(s, 6)).std_error]',
	purchase_summary => 'ARRAY(SELECT x FROM bgnbd_fit(s, 0.01) m, unnest(ARRAY[m.r, m.alpha, m.a, m.b, m.loglik] || standard_errors(m)) x)',
	spend_summary => 'ARRAY(SELECT x FROM gamma_gamma_fit(s, 0.01) m, unnest(ARRAY[m.p, m.q, m.v, m.loglik] || standard_errors(m)) x)',
	covariance_summary => q{ARRAY[outcome_mean(s), outcome_stddev(s), r_squared(s), (outcome_ci(s)).lo, (outcome_ci(s)).hi] || CASE WHEN s::jsonb -> ''means'' -> 1 IS NOT NULL THEN
		ARRAY(SELECT x FROM drivers(s, ARRAY(SELECT jsonb_array_elements_text((s::jsonb -> ''means'') - 0))) d, unnest(ARRAY[d.mean, d.correlation, d.beta, d.importance, d.share]) x) END},
	journey => 'ARRAY[duration_seconds(s)] || (SELECT array_agg(t.value) FROM touchpoints(s) t)');

# Loads variants of a value and checks that each is refused cleanly, or read as the value it is.
sub check_damage
{
	my ($what, $type, $variants, %allowed) = @_;
	my $directory = PostgreSQL::Test::Utils::tempdir;
	my $n = 0;
	my ($status, $out, $err);

	foreach my $variant (@$variants)
	{
		rename(copy_file('variant', $variant), "$directory/$n");
		$n++;
	}
	($status, $out, $err) = $node->psql('origin',
		"SELECT * FROM load_all('$type', '$directory', $n, '$figures{$type}')");
	is($status, 0, "$what: the server is still there") or diag($err);
	my @other = grep { my ($outcome) = split /\|/; !$allowed{$outcome} } split(/\n/, $out);
	is("@other", '', "$what: all $n refused or read") or diag($out);
	note("$what: $out");
	return;
}

srand(20260101);

foreach my $case (
	[ 'plain', 'score_summary', '{"counts": {"-3": 1, "0": 300, "2": 7}}' ],
	[ 'weighted', 'score_summary', '{"counts": {"9": 2, "11": 3}, "weights": {"9": 1.5, "11": 3}, "squared_weights": {"9": 1.25, "11": 3}}' ],
	[ 'empty', 'score_summary', '{"counts": {}}' ],
	[ 'plain', 'cx_summary', '{"dimensions": [{"dimension": "ease", "scale": [1, 3], "counts": {"1": 4, "3": 7}}, {"dimension": "joy", "scale": [0, 2], "counts": {"1": 2}}]}' ],
	[ 'weighted', 'cx_summary', '{"dimensions": [{"dimension": "é", "scale": [1, 3], "counts": {"1": 4}, "weights": {"1": 4}, "squared_weights": {"1": 5}}]}' ],
	[ 'joint', 'cx_summary', '{"dimensions": [{"dimension": "a", "scale": [1, 2], "counts": {"1": 4, "2": 5}}, {"dimension": "b", "scale": [1, 2], "counts": {"1": 4, "2": 3}}], "cross_products": [[7, 3, 2, 1, 0, 0, 0]]}' ],
	[ 'empty', 'cx_summary', '{"dimensions": []}' ],
	[ 'short', 'journey', '[{"at": "2024-03-13T10:21:14Z", "event": "é"}]' ],
	[ 'mixed', 'journey', '[{"at": "1999-12-31T23:58:00Z", "event": "home", "channel": "web", "score": 9}, {"at": "1999-12-31T23:58:00Z", "event": "pay"}, {"at": "1999-12-31T23:59:00Z", "event": "pay", "channel": "web", "value": 1.5, "score": -200}]' ],
	[ 'full', 'journey', '[{"at": "2024-03-13T10:21:14.000001Z", "event": "a", "channel": "x", "value": 0, "score": 70000}, {"at": "2024-03-13T10:21:14.000001Z", "event": "b", "channel": "y", "value": -1, "score": 0}]' ],
	[ 'empty', 'journey', '[]' ],
	[ 'two steps', 'funnel_summary', '{"steps": ["a", "é:score<3"], "within": "1 month 3 days", "mode": "ordered", "without": ["x"], "journeys": 9, "reached": [4, 2], "mature": [3, 2], "open": [1, 0], "bins": [[[5, 1], [7, 1]]]}' ],
	[ 'event', 'transition_matrix', '{"by": "event", "until": "[x|é]", "restart": true, "journeys": 2, "nodes": ["a", "é"], "transitions": [[0, 2, 2, 3], [2, 1, 1, 1], [2, 3, 2, [[5, 1], [7, 1]]], [3, 1, 2, 2]]}' ],
	[ 'channel', 'transition_matrix', '{"by": "channel", "until": null, "restart": false, "journeys": 1, "nodes": ["b"], "transitions": [[0, 2, 1, 1], [2, 1, 1, 1], [2, 2, 1, [[0, 4], [2016, 1]]]]}' ],
	[ 'three keys', 'survival_summary', '{"durations": [[6, 3, 1], [7.5, 0, 2]]}' ],
	[ 'days', 'purchase_summary', '{"unit_seconds": 86400, "customers": [[0, 0, 38, 2], [2, 30.5, 38, 1], [3, 7, 40, 4]]}' ],
	[ 'three customers', 'spend_summary', '{"customers": [[1, 22.5, 1], [2, 4, 1], [7, 30, 2]]}' ],
	[ 'three variables', 'covariance_summary', '{"observations": 9, "means": [8, 4, -1.5], "products": [20, 10, -3, 60, 7.5, 18]}' ],
	[ 'outcome alone', 'covariance_summary', '{"observations": 1, "means": [8], "products": [0]}' ],
	[ 'two periods', 'retention_summary', '{"arrays": 9, "reach": [9, 7], "eligible": [9, 4], "retained": [9, 1]}' ],
	[ 'empty', 'retention_summary', '{"arrays": 1, "reach": [], "eligible": [], "retained": []}' ],
	[ 'empty', 'funnel_summary', '{"steps": ["."], "within": "0 seconds", "mode": "any", "without": [], "journeys": 0, "reached": [0], "mature": [0], "open": [0], "bins": []}' ])
{
	my ($how, $type, $text) = @$case;
	my $good = pack('H*', sql('origin', "SELECT encode(${type}_send('$text'), 'hex')"));
	my $length = length($good);
	my (@flipped, @replaced, @random);

	# 22P03 is ours, or COPY's for bytes that are left over.
	check_damage("$how $type as it is", $type, [$good], same => 1);
	check_damage("$how $type cut at every byte", $type, [ map { substr($good, 0, $_) } 0 .. $length - 1 ],
		'22P03' => 1);
	check_damage("$how $type with more after it", $type,
		[ map { $good . ("\0" x $_), $good . substr($good, 0, $_) } 1 .. $length ], '22P03' => 1);

	# Every bit turned, every byte replaced; 22021 is a name that is not text.
	foreach my $at (0 .. $length - 1)
	{
		foreach my $bit (0 .. 7)
		{
			push(@flipped, $good);
			substr($flipped[-1], $at, 1) ^= chr(1 << $bit);
		}
		foreach my $byte (0, 1, 0x7f, 0x80, 0xff)
		{
			push(@replaced, $good);
			substr($replaced[-1], $at, 1) = chr($byte);
		}
	}
	check_damage("$how $type with each bit turned", $type, \@flipped, '22P03' => 1, '22021' => 1, same => 1);
	check_damage("$how $type with each byte replaced", $type, \@replaced, '22P03' => 1, '22021' => 1, same => 1);

	# Several bytes at once, some lengths with them.
	foreach (1 .. 500)
	{
		push(@random, $good);
		substr($random[-1], int(rand($length)), 1) = chr(int(rand(256))) foreach 1 .. 1 + rand(4);
		$random[-1] = substr($random[-1], 0, rand($length)) if rand() < 0.1;
	}
	check_damage("$how $type with random bytes", $type, \@random, '22P03' => 1, '22021' => 1, same => 1);
}

# Each field by itself.
my $int64 = sub { return pack('q>', shift) };
my $float8 = sub { return pack('d>', shift) };
my $header = sub { return pack('C C c C', @_) };

check_damage('score_summary, fields', 'score_summary',
	[
		$header->(0, 0, 9, 1) . $int64->(1),    # versions
		$header->(2, 0, 9, 1) . $int64->(1),
		$header->(255, 0, 9, 1) . $int64->(1),
		$header->(1, 2, 9, 1) . $int64->(1),    # flags
		$header->(1, 128, 9, 1) . $int64->(1),
		$header->(1, 0, -101, 1) . $int64->(1), # scores
		$header->(1, 0, 101, 1) . $int64->(1),
		$header->(1, 0, 100, 2) . $int64->(1) x 2,
		$header->(1, 0, -100, 202) . $int64->(1) x 202,
		$header->(1, 0, 0, 255) . $int64->(1) x 255,
		$header->(1, 0, 9, 1) . $int64->(-1),   # counts
		$header->(1, 0, 9, 1) . pack('H*', '8000000000000000'),
		$header->(1, 0, 9, 2) . pack('H*', '7fffffffffffffff') x 2,
		$header->(1, 1, 9, 1) . $int64->(1) . $float8->('nan') . $float8->(1),    # weights
		$header->(1, 1, 9, 1) . $int64->(1) . $float8->(1) . $float8->('nan'),
		$header->(1, 1, 9, 1) . $int64->(1) . $float8->('inf') . $float8->('inf'),
		$header->(1, 1, 9, 1) . $int64->(1) . $float8->(-1) . $float8->(1),
		$header->(1, 1, 9, 1) . $int64->(1) . $float8->(0) . $float8->(0),
		$header->(1, 1, 9, 1) . $int64->(1) . $float8->(2) . $float8->(1),
		$header->(1, 1, 9, 1) . $int64->(0) . $float8->(1) . $float8->(1),
		$header->(1, 1, 9, 1) . $int64->(0) . $float8->('nan') . $float8->('nan'),
		$header->(1, 1, 9, 2) . $int64->(1) x 2 . ($float8->(1.3e154) . $float8->(1.69e308)) x 2 ],
	'22P03' => 1);

# Empty slots at the ends, and zeros that are negative, make no other value.
check_damage('score_summary, other forms of the same', 'score_summary',
	[
		$header->(1, 0, 5, 3) . $int64->(0) . $int64->(1) . $int64->(0),
		$header->(1, 0, -100, 201) . $int64->(0) x 201,
		$header->(1, 0, 100, 0),
		$header->(1, 1, 5, 2) . $int64->(0) . $int64->(1) . $float8->(0) x 2 . $float8->(1) x 2,
		$header->(1, 1, 5, 3) . $int64->(1) . $int64->(0) . $int64->(1) . $float8->(1) x 2 . $float8->(-0.0) x 2 . $float8->(1) x 2 ],
	same => 1, '22P03' => 1);

# Sums that stay inside their bounds only by rounding: products of a pair at the largest an int4 holds.
check_damage('cx_summary, products at their limits', 'cx_summary',
	[
		map {
			pack('C C n', 1, 2, 2) . (pack('c c N a', 0, 10, 1,
				'a') . $int64->(0) x 10 . $int64->(21474836)) . (pack('c c N a', 0, 10, 1,
			'b') . $int64->(0) x 10 . $int64->(21474836)) .
			  $int64->(21474836) . $int64->(214748360) x 2 . $int64->($_) . $int64->(21474836) x 3
		} 2147483600, 2147483647, 2147483648, 2147485000, -1 ],
	same => 1, '22P03' => 1);

# A state: another version, and text that is none.
foreach my $hex ('', '02' . unpack('H*', '[]'), '01', '01' . unpack('H*', '['), '01' . unpack('H*', '[]]'), '01' . unpack('H*', '[{"at": "2024-03-13T00:00:00Z"}]'), '015bff5d', '015b005d')
{
	my $file = copy_file('variant', pack('H*', $hex));
	my ($status, $out, $err) = $node->psql('origin', "CREATE TEMP TABLE v (s journey_state); COPY v FROM '$file' (FORMAT binary)",
		extra_params => [ '--set', 'VERBOSITY=sqlstate' ]);

	like($err, qr/ERROR:\s+(22P03|22021|08P01)/, "journey_state '$hex' is refused");
}

# The state of rfm: cut at every byte, something after it, every bit turned.
my $state = pack('H*', sql('origin', q{SELECT encode(rfm_state_send('{"as_of": "2024-03-13T00:00:00Z", "merge": "1 day", "unit": "7 days", "purchases": [[8471, 29.5], [8400, -10]]}'), 'hex')}));
my @states = map { substr($state, 0, $_) } 0 .. length($state) - 1;
my %of_states;

foreach my $at (0 .. length($state) - 1)
{
	push(@states, map { my $flipped = $state; substr($flipped, $at, 1) ^= chr(1 << $_); $flipped } 0 .. 7);
}
foreach my $bytes (@states, $state . "\0", $state . $state)
{
	my $file = copy_file('variant', $bytes);
	my ($status, $out, $err) = $node->psql('origin',
		"CREATE TEMP TABLE v (s rfm_state); COPY v FROM '$file' (FORMAT binary); SELECT s::text::rfm_state::text = s::text AND (rfm_final(s)).age >= 0 FROM v",
		extra_params => [ '--set', 'VERBOSITY=sqlstate' ]);

	$of_states{ $status == 0 ? $out : $err =~ /ERROR:\s+(\w+)/ ? $1 : "status $status" }++;
}
is(join(' ', sort keys %of_states), '22P03 t', 'rfm_state: refused, or the state of its text');

# A pattern: the same, and every bit of one turned.
my @bytes = map { pack('H*', $_) } '', '02' . unpack('H*', 'a'), '01', '01' . unpack('H*', 'a ->'), '016100', '0161ff', '01' . unpack('H*', 'a{1001}');
my $pattern = "\x01(a | é)\@x ~>{<= 7 days} b+";

foreach my $at (0 .. length($pattern) - 1)
{
	push(@bytes, map { my $flipped = $pattern; substr($flipped, $at, 1) ^= chr(1 << $_); $flipped } 0 .. 7);
}
my %outcomes;
foreach my $bytes (@bytes)
{
	my $file = copy_file('variant', $bytes);
	my ($status, $out, $err) = $node->psql('origin',
		"CREATE TEMP TABLE v (s journey_pattern); COPY v FROM '$file' (FORMAT binary); SELECT s::text::journey_pattern = s FROM v",
		extra_params => [ '--set', 'VERBOSITY=sqlstate' ]);

	$outcomes{ $status == 0 ? $out : $err =~ /ERROR:\s+(\w+)/ ? $1 : "status $status" }++;
}
is(join(' ', sort keys %outcomes), '08P01 22021 22P03 54000 t', 'journey_pattern: refused, or the pattern of its text');

# And the file itself, cut or damaged around the value, fails as COPY says.
my $whole = slurp_file("$dumps/scores.binary");
my %states;

foreach my $cut (map { int($_ * length($whole) / 40) } 0 .. 39)
{
	open(my $handle, '>:raw', "$dumps/cut") or die $!;
	print $handle substr($whole, 0, $cut);
	close($handle);
	my ($status, $out, $err) = $node->psql('origin',
		"CREATE TEMP TABLE v (LIKE scores); COPY v FROM '$dumps/cut' (FORMAT binary)",
	extra_params => [ '--set', 'VERBOSITY=sqlstate' ]);
	$states{ $err =~ /ERROR:\s+(\w+)/ ? $1 : "status $status" }++;
}
is(join(' ', sort keys %states), '22P04', 'a file cut short is no COPY file');

is(sql('origin', $everything), $expected, 'after all of it the values are as they were');
$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|TRAP:/, 'no crash in the log');

done_testing();
