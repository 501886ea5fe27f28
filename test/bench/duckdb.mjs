// The funnel of the bench in DuckDB, one thread.
//
//   node duckdb.mjs load DIRECTORY CSV       makes the database
//   node duckdb.mjs run DIRECTORY [ID...]    prints id|place|work|CPU seconds|levels of each query

import { createRequire } from 'node:module';
import { join } from 'node:path';

const { DuckDBInstance } = createRequire(join(process.env.CX_PEERS, 'duckdb', 'x.js'))('@duckdb/node-api');
const [command, directory, ...rest] = process.argv.slice(2);
const instance = await DuckDBInstance.create(join(directory, 'duckdb.db'), {
	threads: '1',
	temp_directory: join(directory, 'duckdb.tmp'),
});
const connection = await instance.connect();

const rows = async query => (await connection.runAndReadAll(query)).getRows();

const steps = `event IN ('product_view', 'add_to_cart', 'purchase')`;
const running = frame => place => `
	SELECT max(CASE WHEN event = 'product_view' THEN 1
	                WHEN event = 'add_to_cart' AND seen <= first + INTERVAL 7 DAY THEN 2
	                WHEN event = 'purchase' AND seen <= second + INTERVAL 7 DAY THEN 3 END) AS level
	FROM (SELECT *, ${frame(`CASE WHEN event = 'add_to_cart' THEN first END`)} AS second
	      FROM (SELECT customer, seen, event, ${frame(`CASE WHEN event = 'product_view' THEN seen END`)} AS first
	            FROM ${place} WHERE ${steps}))
	GROUP BY customer`;

const ways = {
	join: ['self-join', place => `
		SELECT max(CASE WHEN c.seen IS NOT NULL THEN 3 WHEN b.seen IS NOT NULL THEN 2 ELSE 1 END) AS level
		FROM ${place} a
		LEFT JOIN ${place} b ON b.customer = a.customer AND b.event = 'add_to_cart' AND b.seen > a.seen AND b.seen <= a.seen + INTERVAL 7 DAY
		LEFT JOIN ${place} c ON c.customer = a.customer AND c.event = 'purchase' AND c.seen > b.seen AND c.seen <= a.seen + INTERVAL 7 DAY
		WHERE a.event = 'product_view' GROUP BY a.customer`],
	maxima: ['window functions, running max', running(x => `max(${x}) OVER (PARTITION BY customer ORDER BY seen)`)],
	ignore: ['window functions, IGNORE NULLS', running(x =>
		`last_value(${x} IGNORE NULLS) OVER (PARTITION BY customer ORDER BY seen ROWS UNBOUNDED PRECEDING)`)],
	asof: ['ASOF join', place => `
		SELECT max(level) AS level FROM (
			WITH second AS (SELECT b.customer, b.seen, a.seen AS first
			                FROM (SELECT * FROM ${place} WHERE event = 'add_to_cart') b
			                ASOF JOIN (SELECT * FROM ${place} WHERE event = 'product_view') a ON a.customer = b.customer AND a.seen < b.seen),
			     third AS (SELECT c.customer, c.seen, b.first
			               FROM (SELECT * FROM ${place} WHERE event = 'purchase') c
			               ASOF JOIN second b ON b.customer = c.customer AND b.seen < c.seen)
			SELECT DISTINCT customer, 1 AS level FROM ${place} WHERE event = 'product_view'
			UNION ALL SELECT customer, 2 FROM second WHERE seen <= first + INTERVAL 7 DAY
			UNION ALL SELECT customer, 3 FROM third WHERE seen <= first + INTERVAL 7 DAY)
		GROUP BY customer`],
	lists: ['lists of each step', place => `
		SELECT CASE WHEN a IS NULL THEN 0
		            WHEN len(list_filter(c, lambda z: len(list_filter(b, lambda y: y < z AND
		                 len(list_filter(a, lambda x: x < y AND z <= x + INTERVAL 7 DAY)) > 0)) > 0)) > 0 THEN 3
		            WHEN len(list_filter(b, lambda y: len(list_filter(a, lambda x: x < y AND y <= x + INTERVAL 7 DAY)) > 0)) > 0 THEN 2
		            ELSE 1 END AS level
		FROM (SELECT list(seen) FILTER (event = 'product_view') AS a, list(seen) FILTER (event = 'add_to_cart') AS b,
		             list(seen) FILTER (event = 'purchase') AS c
		      FROM ${place} WHERE ${steps} GROUP BY customer)`],
};

async function load(csv) {
	await connection.run(`CREATE TABLE log AS SELECT customer, make_timestamp(seen * 1000000) AS seen, event, channel
		FROM read_csv('${csv}', header = false,
		              columns = {customer: 'INTEGER', seen: 'BIGINT', event: 'VARCHAR', channel: 'VARCHAR'})`);
	await connection.run('CREATE TABLE sorted AS SELECT * FROM log ORDER BY customer, seen');
	await connection.run('CHECKPOINT');
}

async function run(ids) {
	const [[version]] = await rows('SELECT version()');
	for (const place of ['log', 'sorted'])
		for (const [way, [name, query]] of Object.entries(ways)) {
			const id = `duckdb_${place}_${way}`;
			if (ids.length > 0 && !ids.includes(id))
				continue;
			let least = Infinity, spent = 0, levels;
			while (spent < 0.5) {
				const before = process.cpuUsage();
				levels = await rows(`SELECT level, count(*) FROM (${query(place)}) GROUP BY level ORDER BY level`);
				const { user, system } = process.cpuUsage(before);
				spent += (user + system) / 1e6;
				least = Math.min(least, (user + system) / 1e6);
			}
			console.log([id, place, `DuckDB ${version}: ${name}`, least, levels.filter(([level]) => level > 0).map(([level, n]) => `${level}:${n}`).join(' ')].join('|'));
		}
}

await (command === 'load' ? load(rest[0]) : run(rest));
