# Replication: a physical standby replays the stored values and their indexes, a logical subscriber receives them.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical');
$primary->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$primary->start;
$primary->backup('base');

my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

# ---------- Physical ----------

$primary->safe_psql('postgres', q{
	CREATE EXTENSION cx_metrics;
	CREATE TABLE answers AS
	SELECT id, id % 50 AS day, (id * 48271 % 2147483647 % 11)::int AS score,
	(id * 16807 % 2147483647 % 201)::int - 100 AS wide, sqrt(id) AS weight FROM generate_series(1::bigint, 20000) id;
	CREATE TABLE daily (day int PRIMARY KEY, s score_summary, w score_summary, x cx_summary, j journey, m transition_matrix, y retention_summary, u survival_summary, h purchase_summary, e spend_summary, q rfm_summary, v covariance_summary, c control_point);
	CREATE INDEX daily_s ON daily (s);
	CREATE INDEX daily_j ON daily USING hash (j);
	CREATE INDEX daily_x ON daily USING hash (x);
	CREATE INDEX daily_m ON daily USING hash (m);
	CREATE INDEX daily_y ON daily (y);
	CREATE INDEX daily_u ON daily USING hash (u);
	CREATE INDEX daily_h ON daily USING hash (h);
	CREATE INDEX daily_e ON daily USING hash (e);
	CREATE INDEX daily_v ON daily USING hash (v);
	INSERT INTO daily SELECT day, score_agg(score), score_agg(wide, weight),
	cx_agg('day ' || day % 3, score, 0, 10, weight),
	journey_agg(timestamptz '2024-03-13Z' + id * interval '1 minute', 'answer ' || score, 'day ' || day % 3, weight, wide)
	FROM answers GROUP BY day;
	UPDATE daily SET (m, y) = (SELECT transition_agg(p, 'event', '''answer 0''', true), retention_agg(retained(p, '''answer 0''', '.:score>0', '1 hour', 9)) FROM (VALUES (daily.j), (journey_filter(daily.j, '{.:score<50}'))) v(p));
	UPDATE daily SET (u, h, e, q) = (SELECT survival_agg(weight, score > 3), purchase_agg(score, CASE WHEN score > 0 THEN wide + 100.5 ELSE 0 END, 500), spend_agg(score, weight), rfm(timestamptz '2024-03-13Z' + id * interval '1 hour', weight, '2030-01-01Z') FROM answers WHERE answers.day = daily.day);
	UPDATE daily SET (v, c) = (SELECT covariance_agg(score, wide, weight), (array_agg(c ORDER BY id))[9] FROM (SELECT *, control_chart(wide) OVER (ORDER BY id) AS c FROM answers WHERE answers.day = daily.day) a);
	UPDATE daily SET s = s + s, w = NULL, j = j || j WHERE day % 7 = 0;
	DELETE FROM daily WHERE day % 11 = 0;
});

my $contents = 'SELECT day, s, w, x, score_summary_send(s), score_summary_send(w), cx_summary_send(x), nps(s), (mean_ci(w)).lo, cx_index(x), md5(j::text), md5(journey_send(j)), length(j), m, md5(transition_matrix_send(m)), y, retention_summary_send(y), md5(u::text), md5(survival_summary_send(u)), median_survival(u), md5(h::text), md5(purchase_summary_send(h)), md5(e::text), md5(spend_summary_send(e)), q, v, covariance_summary_send(v), r_squared(v), c FROM daily ORDER BY day';
my $by_index = 'SET enable_seqscan = off; SELECT count(*), count(DISTINCT a.day) FROM daily a JOIN daily b ON b.s = a.s JOIN daily c ON c.x = a.x JOIN daily d ON d.j = a.j JOIN daily e ON e.m = a.m JOIN daily f ON f.y = a.y JOIN daily g ON g.u = a.u JOIN daily h ON h.h = a.h JOIN daily i ON i.e = a.e JOIN daily k ON k.v = a.v';

$primary->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery()'), 't', 'the standby is one');
is($standby->safe_psql('postgres', $contents), $primary->safe_psql('postgres', $contents),
	'the standby has the same values');
is($standby->safe_psql('postgres', $by_index), $primary->safe_psql('postgres', $by_index), 'and finds them by index');
is($standby->safe_psql('postgres', 'SELECT rollup(s), rollup(w), rollup(x), rollup(j), rollup(m), rollup(y), rollup(u), rollup(h), rollup(e), rollup(v) FROM daily'),
	$primary->safe_psql('postgres', 'SELECT rollup(s), rollup(w), rollup(x), rollup(j), rollup(m), rollup(y), rollup(u), rollup(h), rollup(e), rollup(v) FROM daily'), 'and merges them');

$standby->promote;
$standby->safe_psql('postgres', 'INSERT INTO daily SELECT 1000 + day, s, w, x, j, m, y, u, h, e, q, v, c FROM daily');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM daily a JOIN daily b ON b.day = a.day + 1000 AND b.s = a.s'),
	$standby->safe_psql('postgres', 'SELECT count(*) FROM daily WHERE day < 1000'), 'promoted, it goes on');
$standby->stop;

# ---------- Logical ----------

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->append_conf('postgresql.conf', "fsync = off\nautovacuum = off");
$subscriber->start;

my $publisher = $primary->connstr . ' dbname=postgres';

# Types are matched by name: the extension may lie in another schema there.
$subscriber->safe_psql('postgres', q{
	CREATE SCHEMA cx;
	CREATE EXTENSION cx_metrics SCHEMA cx;
	CREATE TABLE daily (day int PRIMARY KEY, s cx.score_summary, w cx.score_summary, x cx.cx_summary, j cx.journey, m cx.transition_matrix, y cx.retention_summary, u cx.survival_summary, h cx.purchase_summary, e cx.spend_summary, q cx.rfm_summary, v cx.covariance_summary, c cx.control_point);
});
$primary->safe_psql('postgres', 'CREATE PUBLICATION summaries FOR TABLE daily');
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION summaries CONNECTION '$publisher' PUBLICATION summaries");
$subscriber->poll_query_until('postgres',
	q{SELECT count(*) = 0 FROM pg_subscription_rel
	WHERE srsubstate NOT IN ('r', 's')}) or die 'the first copy does not end';
$primary->wait_for_catchup('summaries');
$contents = "SET search_path = public, cx; $contents";
is($subscriber->safe_psql('postgres', $contents), $primary->safe_psql('postgres', $contents),
	'the subscriber has the same values');

$primary->safe_psql('postgres', q{
	UPDATE daily SET s = s - s WHERE day % 5 = 0;
	UPDATE daily SET x = NULL, j = journey_filter(j, '{.:score>0}') WHERE day % 5 = 1;
	UPDATE daily SET m = (SELECT transition_agg(p) FROM (VALUES (j)) v(p)), y = (SELECT rollup(p) FROM (VALUES (y), (y)) v(p)) WHERE day % 5 = 3;
	UPDATE daily SET u = NULL, h = (SELECT rollup(p) FROM (VALUES (h), (h)) v(p)), q = ROW(1, 2, 3, 4, 5) WHERE day % 5 = 4;
	UPDATE daily SET v = (SELECT covariance_agg(score, wide) FROM answers WHERE answers.day = daily.day), c.signal = 'rule 9' WHERE day % 5 = 0;
	DELETE FROM daily WHERE day % 5 = 2;
	INSERT INTO daily SELECT 100 + day, rollup(s), rollup(w), rollup(x), rollup(j), rollup(m), rollup(y), rollup(u), rollup(h), rollup(e), ROW(5, 4, 3, 2, 1)::rfm_summary, rollup(v), ROW(1, 2, 3, 4, 5, NULL, NULL)::control_point FROM daily GROUP BY day % 10, day;
});
$primary->wait_for_catchup('summaries');
is($subscriber->safe_psql('postgres', $contents), $primary->safe_psql('postgres', $contents),
	'and every change to them');

$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION summaries');
$subscriber->stop;
$primary->stop;
done_testing();
