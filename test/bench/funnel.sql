-- The funnel of the bench in PostgreSQL: product_view, add_to_cart, purchase within 7 days, every way of counting it
-- by hand that might be the fastest. Times of the other systems come into the same table.
SET client_min_messages = warning;

DROP TABLE IF EXISTS bench.funnel_query, bench.funnel_time CASCADE;
CREATE TABLE bench.funnel_query (id text, place text, work text, query text);
CREATE TABLE bench.funnel_time (id text, place text, work text, seconds float8, levels text);

-- The log beforehand in the order that suits the count.
CREATE TABLE sorted AS SELECT customer, at, event FROM log ORDER BY customer, at;
CREATE INDEX ON sorted (customer, at) INCLUDE (event);
VACUUM ANALYZE sorted;

INSERT INTO bench.funnel_query
SELECT 'ours_' || replace(place, ' ', '_'), place, work, query
FROM (VALUES
    ('stored', 'funnel_level(j, ..)',
     $$SELECT funnel_level(j, '{product_view,add_to_cart,purchase}', '7 days') AS level FROM journeys$$),
    ('on the fly', 'funnel_level(journey_agg(at, event), ..)',
     $$SELECT funnel_level(journey_agg(at, event), '{product_view,add_to_cart,purchase}', '7 days') AS level
       FROM log GROUP BY customer$$),
    ('on the fly, WHERE', 'funnel_level(journey_agg(at, event), ..), WHERE event IN (..)',
     $$SELECT funnel_level(journey_agg(at, event), '{product_view,add_to_cart,purchase}', '7 days') AS level
       FROM log WHERE event IN ('product_view', 'add_to_cart', 'purchase') GROUP BY customer$$)) v (place, work, query)
UNION ALL
-- The latest start before a later step is the best one, so two running maxima find the level.
SELECT place || '_window', place, 'PostgreSQL: window functions', format(
    $$SELECT max(CASE WHEN event = 'product_view' THEN 1
                      WHEN event = 'add_to_cart' AND at <= first + interval '168 hours' THEN 2
                      WHEN event = 'purchase' AND at <= second + interval '168 hours' THEN 3 END) AS level
      FROM (SELECT *, max(first) FILTER (WHERE event = 'add_to_cart')
                          OVER (PARTITION BY customer ORDER BY at ROWS UNBOUNDED PRECEDING) AS second
            FROM (SELECT customer, at, event, max(at) FILTER (WHERE event = 'product_view')
                             OVER (PARTITION BY customer ORDER BY at ROWS UNBOUNDED PRECEDING) AS first
                  FROM %I WHERE event IN ('product_view', 'add_to_cart', 'purchase')) a) b
      GROUP BY customer$$, place)
FROM unnest('{log,sorted}'::text[]) place
UNION ALL
SELECT place || '_join', place, 'PostgreSQL: self-join', format(
    $$SELECT max(CASE WHEN c.at IS NOT NULL THEN 3 WHEN b.at IS NOT NULL THEN 2 ELSE 1 END) AS level
      FROM %1$I a
      LEFT JOIN %1$I b ON b.customer = a.customer AND b.event = 'add_to_cart' AND b.at > a.at AND b.at <= a.at + interval '168 hours'
      LEFT JOIN %1$I c ON c.customer = a.customer AND c.event = 'purchase' AND c.at > b.at AND c.at <= a.at + interval '168 hours'
      WHERE a.event = 'product_view' GROUP BY a.customer$$, place)
FROM unnest('{log,sorted}'::text[]) place
UNION ALL
SELECT place || '_arrays', place, 'PostgreSQL: array_agg(at) FILTER of each step', format(
    $$SELECT CASE WHEN a IS NULL THEN 0
                  WHEN EXISTS (SELECT FROM unnest(c) z, unnest(b) y, unnest(a) x WHERE x < y AND y < z AND z <= x + interval '168 hours') THEN 3
                  WHEN EXISTS (SELECT FROM unnest(b) y, unnest(a) x WHERE x < y AND y <= x + interval '168 hours') THEN 2
                  ELSE 1 END AS level
      FROM (SELECT customer, array_agg(at) FILTER (WHERE event = 'product_view') AS a,
                   array_agg(at) FILTER (WHERE event = 'add_to_cart') AS b, array_agg(at) FILTER (WHERE event = 'purchase') AS c
            FROM %I WHERE event IN ('product_view', 'add_to_cart', 'purchase') GROUP BY customer) x$$, place)
FROM unnest('{log,sorted}'::text[]) place;

DELETE FROM bench.funnel_query WHERE id LIKE 'ours%' AND to_regprocedure('funnel_level(journey, text[], interval)') IS NULL;

-- Runs the queries named, or all, and notes the CPU time of each, the least of several where it is short.
CREATE OR REPLACE FUNCTION bench.run_funnels(names text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    q bench.funnel_query;
    started float8;
    spent float8;
    levels text;
BEGIN
    FOR q IN SELECT * FROM bench.funnel_query WHERE names = '{}' OR id = ANY (names) LOOP
        q.query := format('SELECT concat_ws('' '', ''1:'' || nullif(count(*) FILTER (WHERE level = 1), 0),
                                  ''2:'' || nullif(count(*) FILTER (WHERE level = 2), 0),
                                  ''3:'' || nullif(count(*) FILTER (WHERE level = 3), 0))
                           FROM (SELECT level FROM (%s) x OFFSET 0) y', q.query);   -- OFFSET 0: the level is found once
        started := bench.cpu_seconds();
        EXECUTE q.query INTO levels;
        spent := bench.cpu_seconds() - started;
        IF spent < 1 THEN
            spent := (bench.seconds(ARRAY[q.query], 3))[1];
        END IF;
        INSERT INTO bench.funnel_time VALUES (q.id, q.place, q.work, spent, levels);
    END LOOP;
END $$;
