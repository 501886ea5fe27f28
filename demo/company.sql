-- A sample company with a past, all of it simulated: two years of leads,
-- customers, orders, tickets, ad spend and survey answers, in schema demo.
--
--     psql -f demo/company.sql         (cx_metrics is installed; no schema demo yet)
--
-- Nothing is random.  Every draw is a hash of the row's own number, so any
-- PostgreSQL on any machine makes the same rows.  What a simulation was given is
-- the truth that measurements can be compared with: demo.given and demo.truth
-- hold it, demo.census what everybody would have answered.

\encoding UTF8
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TimeZone = 'UTC';
-- A dozen statements of a second or less: compiling them would cost more.
SET jit = off;

BEGIN;

CREATE SCHEMA demo;
COMMENT ON SCHEMA demo IS
'SIMULATED DATA: a company that does not exist, made by demo/company.sql. No row is about a real person. demo.given and demo.truth say what the simulation was told.';

-- Draws -------------------------------------------------------------------

CREATE FUNCTION demo.uniform(seed bigint, salt int) RETURNS float8
IMMUTABLE PARALLEL SAFE
RETURN ((hashint8extended(seed, salt) >> 11) & 9007199254740991)::float8 / 9007199254740992;
COMMENT ON FUNCTION demo.uniform(bigint, int) IS
'from 0 to below 1, always the same for the same seed and salt';

-- The sum of the four 16-bit pieces of one hash: near enough to the normal
-- distribution up to its limit of 3.46, and in binary arithmetic exact, which
-- no two mathematical libraries promise of a logarithm and a cosine.  The mask
-- takes every other piece; modulo 2^32 - 1 adds the two halves of a number.
CREATE FUNCTION demo.normal(seed bigint, salt int) RETURNS float8
IMMUTABLE PARALLEL SAFE
RETURN ((((hashint8extended(seed, salt) & 281470681808895) + (hashint8extended(seed, salt) >> 16 & 281470681808895))
        % 4294967295)::float8 / 65536 - 2) * sqrt(3::float8);
COMMENT ON FUNCTION demo.normal(bigint, int) IS
'mean 0, standard deviation 1, always the same for the same seed and salt';

-- The last bit of a logarithm may differ between machines, so what is made of it
-- is rounded: times to seconds, amounts to cents.
CREATE FUNCTION demo.exponential(seed bigint, salt int) RETURNS float8
IMMUTABLE PARALLEL SAFE
RETURN -ln(1 - demo.uniform(seed, salt));
COMMENT ON FUNCTION demo.exponential(bigint, int) IS
'mean 1, always the same for the same seed and salt';

CREATE FUNCTION demo.on_scale(latent float8, lo int, hi int) RETURNS smallint
IMMUTABLE PARALLEL SAFE
RETURN least(hi, greatest(lo, round(latent)))::smallint;
COMMENT ON FUNCTION demo.on_scale(float8, int, int) IS
'the answer nearest to what is felt';

CREATE FUNCTION demo.after(at timestamptz, days float8) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN at + interval '1 second' * round(days * 86400);
COMMENT ON FUNCTION demo.after(timestamptz, float8) IS
'so many days later, to the second';

-- The truth: what the simulation is given -----------------------------------

CREATE TABLE demo.given (
    since                   timestamptz NOT NULL,
    as_of                   timestamptz NOT NULL,
    leads                   int NOT NULL,
    days_to_convert         float8 NOT NULL,
    customer_sd             float8 NOT NULL,
    experience_sd           float8 NOT NULL,
    item_sd                 float8 NOT NULL,
    nps_constant            float8 NOT NULL,
    nps_function            float8 NOT NULL,
    nps_ease                float8 NOT NULL,
    nps_emotion             float8 NOT NULL,
    skipped                 float8 NOT NULL,
    days_between_orders     float8 NOT NULL,
    spend_p                 float8 NOT NULL,
    spend_q                 float8 NOT NULL,
    spend_v                 float8 NOT NULL,
    usual_mood              float8 NOT NULL,
    mood_on_rate            float8 NOT NULL,
    mood_on_dropout         float8 NOT NULL,
    pilot_since             timestamptz NOT NULL,
    pilot_until             timestamptz NOT NULL
);
COMMENT ON TABLE demo.given IS
'what the simulation was told beside demo.truth: one row, the comment of a column says what it means';
COMMENT ON COLUMN demo.given.since IS 'the company opens';
COMMENT ON COLUMN demo.given.as_of IS 'today: nothing that comes later is known';
COMMENT ON COLUMN demo.given.leads IS 'prospects in all, twice as many a day at the end as at the start';
COMMENT ON COLUMN demo.given.days_to_convert IS 'mean days from lead to first order of those who will order (exponential)';
COMMENT ON COLUMN demo.given.customer_sd IS 'how much customers differ, in answers on 1..5: the same in all a customer answers';
COMMENT ON COLUMN demo.given.experience_sd IS 'how much experiences of a customer differ: the same in all dimensions of one experience';
COMMENT ON COLUMN demo.given.item_sd IS 'how much a dimension differs from the others in one experience';
COMMENT ON COLUMN demo.given.nps_constant IS 'recommendation 0..10 = constant + function, ease and emotion (as felt, 1..5) by the next three';
COMMENT ON COLUMN demo.given.nps_function IS 'what one point of function adds to the recommendation';
COMMENT ON COLUMN demo.given.nps_ease IS 'what one point of ease adds to the recommendation';
COMMENT ON COLUMN demo.given.nps_emotion IS 'what one point of emotion adds to the recommendation';
COMMENT ON COLUMN demo.given.skipped IS 'share of questions left out by somebody who answers';
COMMENT ON COLUMN demo.given.days_between_orders IS 'mean days from order to order while a customer is active; rates of customers are gamma of shape 2';
COMMENT ON COLUMN demo.given.spend_p IS 'gamma-gamma spend: shape of the amounts of one customer';
COMMENT ON COLUMN demo.given.spend_q IS 'gamma-gamma spend: shape of the rates of customers';
COMMENT ON COLUMN demo.given.spend_v IS 'gamma-gamma spend: scale; the mean order is p v / (q - 1)';
COMMENT ON COLUMN demo.given.usual_mood IS 'an experience of this quality changes neither order rate nor drop-out';
COMMENT ON COLUMN demo.given.mood_on_rate IS 'a point better than usual speeds the next order up by this share';
COMMENT ON COLUMN demo.given.mood_on_dropout IS 'a point better than usual lowers the chance that this was the last order by this much';
COMMENT ON COLUMN demo.given.pilot_since IS 'the fix of the planted story is tried on half of the customers (demo.pilot), for orders from here';
COMMENT ON COLUMN demo.given.pilot_until IS 'and until here, when all get it';

INSERT INTO demo.given VALUES (
    '2024-01-01 00:00+00', '2026-01-01 00:00+00', 51000, 12,
    0.5, 0.5, 0.7,
    1.55, 0.44, 0.61, 0.70,
    0.06,
    40, 4, 5, 60,
    3.8, 0.25, 0.12,
    '2025-07-01 00:00+00', '2025-09-01 00:00+00'
);

CREATE TABLE demo.truth (
    channel         text NOT NULL,
    phase           text NOT NULL,
    since           timestamptz NOT NULL,
    until           timestamptz NOT NULL,
    function        float8 NOT NULL,
    ease            float8 NOT NULL,
    emotion         float8 NOT NULL,
    expected        float8 NOT NULL,
    importance      float8 NOT NULL,
    response_rate   float8 NOT NULL,
    story           text,
    PRIMARY KEY (channel, phase, since)
);
COMMENT ON TABLE demo.truth IS
'what the simulation was told of each moment of truth: the mean of what customers feel and expect on 1..5 before it is rounded to an answer, how much the moment counts, and how many answer';
COMMENT ON COLUMN demo.truth.since IS 'for orders placed and contacts made from here';
COMMENT ON COLUMN demo.truth.story IS 'why this period differs';

INSERT INTO demo.truth
SELECT c.channel, p.phase, g.since, g.as_of, m.function, m.ease, m.emotion, p.expected, p.importance, c.response_rate
FROM demo.given AS g,
    -- The channels that disappoint are those that hardly anybody answers.
    (VALUES
        ('web',         0.25),
        ('app',         0.40),
        ('call centre', 0.12),
        ('store',       0.30),
        ('email',       0.10)
    ) AS c (channel, response_rate)
    JOIN (VALUES
        ('web',         'acquisition',  4.0, 4.1, 3.7),
        ('web',         'sale',         4.1, 4.0, 3.7),
        ('web',         'delivery',     3.9, 4.0, 3.8),
        ('web',         'loyalty',      3.6, 3.6, 3.4),
        ('app',         'acquisition',  4.2, 4.3, 4.0),
        ('app',         'sale',         4.3, 4.4, 4.1),
        ('app',         'delivery',     4.0, 4.2, 3.9),
        ('app',         'loyalty',      3.8, 4.0, 3.7),
        ('call centre', 'acquisition',  3.7, 3.3, 3.6),
        ('call centre', 'sale',         3.7, 3.3, 3.7),
        ('call centre', 'delivery',     3.6, 3.2, 3.5),
        ('call centre', 'loyalty',      3.2, 2.8, 3.1),
        ('store',       'acquisition',  4.1, 3.8, 4.3),
        ('store',       'sale',         4.2, 3.9, 4.4),
        ('store',       'delivery',     4.1, 3.9, 4.2),
        ('store',       'loyalty',      4.0, 3.7, 4.2),
        ('email',       'acquisition',  3.6, 3.7, 3.4),
        ('email',       'sale',         3.7, 3.7, 3.4),
        ('email',       'delivery',     3.6, 3.6, 3.4),
        ('email',       'loyalty',      3.3, 3.1, 3.1)
    ) AS m (channel, phase, function, ease, emotion) USING (channel)
    JOIN (VALUES
        ('acquisition', 3.6, 0.6),
        ('sale',        3.8, 1.0),
        ('delivery',    4.0, 1.5),
        ('loyalty',     3.7, 1.2)
    ) AS p (phase, expected, importance) USING (phase);

-- The planted story: one moment gets worse for five months.
INSERT INTO demo.truth
SELECT t.channel, t.phase, s.since, s.until, t.function + s.function, t.ease + s.ease, t.emotion + s.emotion,
    t.expected, t.importance, t.response_rate, s.story
FROM demo.truth AS t,
    (VALUES
        ('2025-04-01 00:00+00'::timestamptz, '2025-09-01 00:00+00'::timestamptz, -0.5, -1.2, -0.8,
            'new carrier: late parcels, and tracking that leads nowhere'),
        ('2025-09-01 00:00+00', '2026-01-01 00:00+00', 0, 0, 0,
            'fixed: the old carrier is back for everybody')
    ) AS s (since, until, function, ease, emotion, story)
WHERE t.channel = 'web' AND t.phase = 'delivery';

UPDATE demo.truth
SET until = '2025-04-01 00:00+00'
WHERE channel = 'web' AND phase = 'delivery' AND since = '2024-01-01 00:00+00';

-- Statistics as soon as a table is full: the plans of the next ones need them.
ANALYZE demo.given, demo.truth;

-- Leads and customers -----------------------------------------------------------

CREATE FUNCTION demo.some_channel(u float8) RETURNS text
IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN u < 0.36 THEN 'web'
    WHEN u < 0.60 THEN 'app'
    WHEN u < 0.78 THEN 'store'
    WHEN u < 0.90 THEN 'call centre'
    ELSE 'email'
END;
COMMENT ON FUNCTION demo.some_channel(float8) IS 'the channel of leads and orders, by their shares';

CREATE TABLE demo.leads (
    lead_id         int PRIMARY KEY,
    at              timestamptz NOT NULL,
    channel         text NOT NULL,
    customer_id     int UNIQUE
);
COMMENT ON TABLE demo.leads IS 'prospects; customer_id is NULL while they have not ordered';

CREATE TABLE demo.customers (
    customer_id     int PRIMARY KEY,
    lead_id         int NOT NULL UNIQUE,
    channel         text NOT NULL,
    acquired_at     timestamptz NOT NULL
);
COMMENT ON TABLE demo.customers IS 'who has ordered at least once: acquisition channel, and when the first order was';

INSERT INTO demo.leads
WITH lead AS MATERIALIZED (
    SELECT i AS lead_id,
        -- inverse of a density that grows from 1 to 2
        demo.after(g.since, extract(epoch FROM g.as_of - g.since)::float8 / 86400
            * (sqrt(1 + 3 * (i - 0.5) / g.leads) - 1)) AS at,
        demo.some_channel(demo.uniform(i, 1)) AS channel,
        g.as_of, g.days_to_convert
    FROM demo.given AS g, generate_series(1, g.leads) AS i
), outcome AS (
    SELECT lead_id, at, channel, as_of,
        CASE WHEN demo.uniform(lead_id, 2) < r.converts
            THEN demo.after(at, 0.01 + days_to_convert * demo.exponential(lead_id, 3))
        END AS acquired_at
    FROM lead
    JOIN (VALUES ('web', 0.36), ('app', 0.44), ('store', 0.55), ('call centre', 0.40), ('email', 0.30))
        AS r (channel, converts) USING (channel)
)
SELECT lead_id, at, channel,
    CASE WHEN acquired_at < as_of
        THEN row_number() OVER (PARTITION BY acquired_at < as_of ORDER BY acquired_at, lead_id)
    END
FROM outcome
ORDER BY lead_id;

INSERT INTO demo.customers
SELECT customer_id, lead_id, channel, demo.after(at, 0.01 + g.days_to_convert * demo.exponential(lead_id, 3))
FROM demo.leads, demo.given AS g
WHERE customer_id IS NOT NULL
ORDER BY customer_id;

ANALYZE demo.leads, demo.customers;

CREATE TABLE demo.truth_customers (
    customer_id     int PRIMARY KEY,
    temper          float8 NOT NULL,
    orders_a_day    float8 NOT NULL,
    dropout         float8 NOT NULL,
    spend           float8 NOT NULL
);
COMMENT ON TABLE demo.truth_customers IS
'how the simulated customers differ, which nobody can see: what they add to every answer, order rate while active and chance that an order was the last (both at the usual mood), mean order';

-- BG/NBD with r = 2, alpha = 2 days_between_orders, a = 1, b = 2, and gamma-gamma
-- spend; then experience shifts rate and drop-out, which those models do not know.
INSERT INTO demo.truth_customers
SELECT c.customer_id,
    g.customer_sd * demo.normal(c.customer_id, 11),
    (demo.exponential(c.customer_id, 12) + demo.exponential(c.customer_id, 13)) / 2 / g.days_between_orders,
    1 - sqrt(demo.uniform(c.customer_id, 14)),
    g.spend_p * g.spend_v / (SELECT sum(demo.exponential(c.customer_id, 20 + i)) FROM generate_series(1, g.spend_q::int) AS i)
FROM demo.customers AS c, demo.given AS g
ORDER BY c.customer_id;

CREATE TABLE demo.pilot (
    customer_id     int PRIMARY KEY,
    variant         text NOT NULL
);
COMMENT ON TABLE demo.pilot IS
'who gets the old carrier back (fix) and who not yet (control), for orders on the web from demo.given.pilot_since until pilot_until; by lot';

INSERT INTO demo.pilot
SELECT c.customer_id, CASE WHEN demo.uniform(c.customer_id, 15) < 0.5 THEN 'fix' ELSE 'control' END
FROM demo.customers AS c, demo.given AS g
WHERE c.acquired_at < g.pilot_until
ORDER BY c.customer_id;

ANALYZE demo.truth_customers, demo.pilot;

-- Orders ------------------------------------------------------------------------

-- Each order is a sale and a delivery, the mood they leave decides whether and
-- when the next one comes.  (The numbers of customer and order make the seed.)
CREATE TEMPORARY TABLE buying AS
WITH RECURSIVE buying AS (
    SELECT c.customer_id, 1 AS n, c.customer_id * 64::bigint + 1 AS seed, c.acquired_at AS at, c.channel, c.channel AS usual
    FROM demo.customers AS c
    UNION ALL
    SELECT b.customer_id, b.n + 1, b.seed + 1, f.next_at,
        CASE WHEN demo.uniform(b.seed, 31) < 0.65 THEN b.usual ELSE demo.some_channel(demo.uniform(b.seed, 32)) END,
        b.usual
    FROM buying AS b
    CROSS JOIN demo.given AS g
    JOIN demo.truth_customers AS c USING (customer_id)
    JOIN demo.truth AS s ON s.channel = b.channel AND s.phase = 'sale' AND b.at >= s.since AND b.at < s.until
    JOIN demo.truth AS d ON d.channel = b.channel AND d.phase = 'delivery' AND b.at >= d.since AND b.at < d.until
    CROSS JOIN LATERAL (
        SELECT c.temper
            + (s.function + s.ease + s.emotion + d.function + d.ease + d.emotion) / 6
            + g.experience_sd * (demo.normal(b.seed, 41) + demo.normal(b.seed, 42)) / 2
            - g.usual_mood AS mood
        OFFSET 0
    ) AS m
    CROSS JOIN LATERAL (
        SELECT demo.after(b.at, 0.2 + demo.exponential(b.seed, 33)
            / (c.orders_a_day * greatest(0.3, 1 + g.mood_on_rate * m.mood))) AS next_at
        OFFSET 0
    ) AS f
    WHERE b.n < 63
        AND demo.uniform(b.seed, 34) >= least(0.95, greatest(0.02, c.dropout - g.mood_on_dropout * m.mood))
        AND f.next_at < g.as_of
)
SELECT row_number() OVER (ORDER BY at, customer_id, n)::int AS order_id, customer_id, seed, at, channel
FROM buying;

ANALYZE buying;

CREATE TABLE demo.orders (
    order_id        int PRIMARY KEY,
    customer_id     int NOT NULL,
    at              timestamptz NOT NULL,
    channel         text NOT NULL,
    amount          numeric(10,2) NOT NULL,
    margin          numeric(10,2) NOT NULL,
    promised_at     timestamptz NOT NULL,
    delivered_at    timestamptz
);
COMMENT ON TABLE demo.orders IS 'amount and margin in euros; delivered_at is NULL while the parcel is on its way';

-- How an order was delivered: the pilot gives some customers the quality of
-- the period that follows.
CREATE TEMPORARY TABLE delivery AS
SELECT b.order_id, t.function, t.ease, t.emotion, t.expected,
    demo.after(b.at, 0.8 + 1.5 * demo.uniform(b.seed, 35)
        -- late: 3 to 9 days more, in 14 of 100 cases at quality 3.9, in 29 at 3.4
        + CASE WHEN demo.uniform(b.seed, 36) < 1.31 - 0.3 * t.function
            THEN 3 + 6 * demo.uniform(b.seed, 37) ELSE 0 END) AS at
FROM buying AS b
CROSS JOIN demo.given AS g
LEFT JOIN demo.pilot AS p ON p.customer_id = b.customer_id AND p.variant = 'fix'
    AND b.channel = 'web' AND b.at >= g.pilot_since AND b.at < g.pilot_until
JOIN demo.truth AS t ON t.channel = b.channel AND t.phase = 'delivery'
    AND CASE WHEN p.customer_id IS NULL THEN b.at ELSE g.pilot_until END >= t.since
    AND CASE WHEN p.customer_id IS NULL THEN b.at ELSE g.pilot_until END < t.until;

ANALYZE delivery;

INSERT INTO demo.orders
SELECT order_id, customer_id, at, channel, amount, round(amount * (0.22 + 0.2 * demo.uniform(seed, 38))::numeric, 2),
    demo.after(at, 3), CASE WHEN delivered_at < as_of THEN delivered_at END
FROM (
    SELECT b.order_id, b.customer_id, b.seed, b.at, b.channel, d.at AS delivered_at, g.as_of,
        greatest(1, round((c.spend / g.spend_p
            * (SELECT sum(demo.exponential(b.seed, 50 + i)) FROM generate_series(1, g.spend_p::int) AS i))::numeric, 2)) AS amount
    FROM buying AS b
    CROSS JOIN demo.given AS g
    JOIN demo.truth_customers AS c USING (customer_id)
    JOIN delivery AS d USING (order_id)
    OFFSET 0
) AS o
ORDER BY order_id;

ANALYZE demo.orders;

-- Tickets -----------------------------------------------------------------------

CREATE TABLE demo.tickets (
    ticket_id       int PRIMARY KEY,
    customer_id     int NOT NULL,
    order_id        int NOT NULL,
    channel         text NOT NULL,
    opened_at       timestamptz NOT NULL,
    resolved_at     timestamptz,
    contacts        int NOT NULL
);
COMMENT ON TABLE demo.tickets IS
'contacts after the sale (phase loyalty); resolved_at is NULL while a ticket is open, contacts = 1 when the first one settled it';

CREATE TEMPORARY TABLE contact AS
SELECT row_number() OVER (ORDER BY opened_at, order_id)::int AS ticket_id, order_id, customer_id, seed, opened_at, channel
FROM (
    SELECT b.order_id, b.customer_id, b.seed, demo.after(d.at, 6 * demo.uniform(b.seed, 61)) AS opened_at,
        CASE
            WHEN demo.uniform(b.seed, 62) < 0.38 THEN 'call centre'
            WHEN demo.uniform(b.seed, 62) < 0.60 THEN 'email'
            WHEN demo.uniform(b.seed, 62) < 0.76 THEN 'app'
            WHEN demo.uniform(b.seed, 62) < 0.90 THEN 'web'
            ELSE 'store'
        END AS channel
    FROM buying AS b
    CROSS JOIN demo.given AS g
    JOIN demo.truth_customers AS c USING (customer_id)
    JOIN delivery AS d USING (order_id)
    -- a bad delivery makes the telephone ring
    WHERE demo.uniform(b.seed, 63) < greatest(0.03, 0.35 - 0.2
        * (c.temper + (d.function + d.ease + d.emotion) / 3 + g.experience_sd * demo.normal(b.seed, 42) - g.usual_mood))
    OFFSET 0
) AS c
CROSS JOIN demo.given AS g
WHERE opened_at < g.as_of;

ANALYZE contact;

INSERT INTO demo.tickets
SELECT c.ticket_id, c.customer_id, c.order_id, c.channel, c.opened_at,
    CASE WHEN r.at < g.as_of THEN r.at END,
    CASE WHEN demo.uniform(c.seed, 65) < 0.1 + 0.18 * t.function THEN 1
        ELSE 2 + floor(3 * demo.uniform(c.seed, 66))::int END
FROM contact AS c
CROSS JOIN demo.given AS g
JOIN (VALUES ('call centre', 8), ('app', 12), ('web', 20), ('store', 24), ('email', 40)) AS h (channel, hours) USING (channel)
JOIN demo.truth AS t ON t.channel = c.channel AND t.phase = 'loyalty'
-- one in twelve is a hard case and takes a month
CROSS JOIN LATERAL (SELECT demo.after(c.opened_at, 0.01 + demo.exponential(c.seed, 67)
    * CASE WHEN demo.uniform(c.seed, 68) < 1 / 12.0 THEN 30 ELSE h.hours / 24.0 END) AS at) AS r
ORDER BY c.ticket_id;

ANALYZE demo.tickets;

-- Experiences, and what everybody would have answered ----------------------------

CREATE TABLE demo.census (
    experience_id   int PRIMARY KEY,
    customer_id     int NOT NULL,
    order_id        int,
    ticket_id       int,
    at              timestamptz NOT NULL,
    channel         text NOT NULL,
    phase           text NOT NULL,
    nps             smallint NOT NULL,
    csat            smallint NOT NULL,
    ces             smallint NOT NULL,
    function        smallint NOT NULL,
    ease            smallint NOT NULL,
    emotion         smallint NOT NULL,
    expected        smallint NOT NULL,
    perceived       smallint NOT NULL
);
COMMENT ON TABLE demo.census IS
'every experience and what the customer would have answered if everybody answered everything: only a simulation knows this';

INSERT INTO demo.census
WITH experience AS (
    SELECT 100000000 + c.customer_id * 64::bigint AS seed, c.customer_id, NULL::int AS order_id, NULL::int AS ticket_id,
        l.at, c.channel, 'acquisition' AS phase, t.function, t.ease, t.emotion, t.expected,
        demo.normal(c.customer_id * 64::bigint, 40) AS shock
    FROM demo.customers AS c
    JOIN demo.leads AS l USING (lead_id)
    JOIN demo.truth AS t ON t.channel = c.channel AND t.phase = 'acquisition'
    UNION ALL
    SELECT 200000000 + b.seed, b.customer_id, b.order_id, NULL,
        b.at, b.channel, 'sale', t.function, t.ease, t.emotion, t.expected,
        demo.normal(b.seed, 41)
    FROM buying AS b
    JOIN demo.truth AS t ON t.channel = b.channel AND t.phase = 'sale'
    UNION ALL
    SELECT 300000000 + b.seed, b.customer_id, b.order_id, NULL,
        d.at, b.channel, 'delivery', d.function, d.ease, d.emotion, d.expected,
        demo.normal(b.seed, 42)
    FROM buying AS b
    JOIN delivery AS d USING (order_id)
    CROSS JOIN demo.given AS g
    WHERE d.at < g.as_of
    UNION ALL
    SELECT 400000000 + c.seed, c.customer_id, c.order_id, c.ticket_id,
        k.resolved_at, c.channel, 'loyalty', t.function, t.ease, t.emotion, t.expected,
        demo.normal(c.seed, 43)
    FROM contact AS c
    JOIN demo.tickets AS k USING (ticket_id)
    JOIN demo.truth AS t ON t.channel = c.channel AND t.phase = 'loyalty'
    WHERE k.resolved_at IS NOT NULL
), felt AS MATERIALIZED (
    SELECT e.seed, e.customer_id, e.order_id, e.ticket_id, e.at, e.channel, e.phase, e.expected,
        e.function + c.temper + g.experience_sd * e.shock + g.item_sd * demo.normal(e.seed, 71) AS function,
        e.ease + c.temper + g.experience_sd * e.shock + g.item_sd * demo.normal(e.seed, 72) AS ease,
        e.emotion + c.temper + g.experience_sd * e.shock + g.item_sd * demo.normal(e.seed, 73) AS emotion
    FROM experience AS e
    CROSS JOIN demo.given AS g
    JOIN demo.truth_customers AS c USING (customer_id)
)
SELECT row_number() OVER (ORDER BY f.at, f.seed),
    f.customer_id, f.order_id, f.ticket_id, f.at, f.channel, f.phase,
    demo.on_scale(g.nps_constant + g.nps_function * f.function + g.nps_ease * f.ease + g.nps_emotion * f.emotion
        + 0.8 * demo.normal(f.seed, 74), 0, 10),
    demo.on_scale(0.35 * f.function + 0.3 * f.ease + 0.35 * f.emotion + 0.4 * demo.normal(f.seed, 75), 1, 5),
    demo.on_scale(1 + 1.5 * (f.ease - 1) + 0.6 * demo.normal(f.seed, 76), 1, 7),
    demo.on_scale(f.function, 1, 5),
    demo.on_scale(f.ease, 1, 5),
    demo.on_scale(f.emotion, 1, 5),
    demo.on_scale(f.expected + 0.7 * demo.normal(f.seed, 77), 1, 5),
    demo.on_scale((f.function + f.ease + f.emotion) / 3 + 0.3 * demo.normal(f.seed, 78), 1, 5)
FROM felt AS f
CROSS JOIN demo.given AS g
ORDER BY f.at, f.seed;

ANALYZE demo.census;

-- The survey: those who answered, and what they answered --------------------------

CREATE TABLE demo.survey (
    experience_id   int PRIMARY KEY,
    customer_id     int NOT NULL,
    order_id        int,
    ticket_id       int,
    at              timestamptz NOT NULL,
    answered_at     timestamptz NOT NULL,
    channel         text NOT NULL,
    phase           text NOT NULL,
    nps             smallint CHECK (nps BETWEEN 0 AND 10),
    csat            smallint CHECK (csat BETWEEN 1 AND 5),
    ces             smallint CHECK (ces BETWEEN 1 AND 7),
    function        smallint CHECK (function BETWEEN 1 AND 5),
    ease            smallint CHECK (ease BETWEEN 1 AND 5),
    emotion         smallint CHECK (emotion BETWEEN 1 AND 5),
    expected        smallint CHECK (expected BETWEEN 1 AND 5),
    perceived       smallint CHECK (perceived BETWEEN 1 AND 5),
    first_contact   boolean,
    weight          float8 NOT NULL CHECK (weight > 0),
    importance      float8 NOT NULL CHECK (importance > 0)
);
COMMENT ON TABLE demo.survey IS
'one row a questionnaire that came back; a NULL was not answered';
COMMENT ON COLUMN demo.survey.at IS 'when the experience was; answered_at when the answer came';
COMMENT ON COLUMN demo.survey.ces IS 'it was easy: 1 not at all, 7 entirely';
COMMENT ON COLUMN demo.survey.first_contact IS 'was your question settled at the first contact? (asked after tickets)';
COMMENT ON COLUMN demo.survey.weight IS 'how many customers this one speaks for: asked / answered in its channel';
COMMENT ON COLUMN demo.survey.importance IS 'how much this moment of truth counts in the CX index';

INSERT INTO demo.survey
WITH asked AS MATERIALIZED (
    SELECT c.*, t.importance, demo.uniform(c.experience_id, 81) < t.response_rate AS answers
    FROM demo.census AS c
    JOIN (SELECT DISTINCT channel, phase, importance, response_rate FROM demo.truth) AS t USING (channel, phase)
), weight AS (
    SELECT channel, count(*)::float8 / count(*) FILTER (WHERE answers) AS weight
    FROM asked
    GROUP BY channel
)
SELECT a.experience_id, a.customer_id, a.order_id, a.ticket_id,
    a.at, demo.after(a.at, 0.02 + 2 * demo.exponential(a.experience_id, 82)), a.channel, a.phase,
    CASE WHEN demo.uniform(a.experience_id, 91) >= g.skipped THEN a.nps END,
    CASE WHEN demo.uniform(a.experience_id, 92) >= g.skipped THEN a.csat END,
    CASE WHEN demo.uniform(a.experience_id, 93) >= g.skipped THEN a.ces END,
    CASE WHEN demo.uniform(a.experience_id, 94) >= g.skipped THEN a.function END,
    CASE WHEN demo.uniform(a.experience_id, 95) >= g.skipped THEN a.ease END,
    CASE WHEN demo.uniform(a.experience_id, 96) >= g.skipped THEN a.emotion END,
    CASE WHEN demo.uniform(a.experience_id, 97) >= g.skipped THEN a.expected END,
    CASE WHEN demo.uniform(a.experience_id, 98) >= g.skipped THEN a.perceived END,
    -- one in twenty remembers it wrong
    CASE WHEN demo.uniform(a.experience_id, 99) >= g.skipped
        THEN (k.contacts = 1) <> (demo.uniform(a.experience_id, 100) < 0.05) END,
    w.weight, a.importance
FROM asked AS a
CROSS JOIN demo.given AS g
JOIN weight AS w USING (channel)
LEFT JOIN demo.tickets AS k USING (ticket_id)
WHERE a.answers
ORDER BY a.experience_id;

CREATE VIEW demo.invitations AS
SELECT c.experience_id, c.customer_id, c.at, c.channel, c.phase, s.experience_id IS NOT NULL AS answered
FROM demo.census AS c
LEFT JOIN demo.survey AS s USING (experience_id);
COMMENT ON VIEW demo.invitations IS 'who was asked after which experience, and whether an answer came back';

-- What demo/report_survey.sql reads.
CREATE VIEW demo.answers AS
SELECT s.experience_id::text AS respondent, s.at, s.channel, s.phase,
    a.question, a.score::int AS score, a.scale_min, a.scale_max, s.weight, s.importance
FROM demo.survey AS s
CROSS JOIN LATERAL (VALUES
    ('nps',         s.nps,          0,  10),
    ('csat',        s.csat,         1,  5),
    ('ces',         s.ces,          1,  7),
    ('function',    s.function,     1,  5),
    ('ease',        s.ease,         1,  5),
    ('emotion',     s.emotion,      1,  5),
    ('expected',    s.expected,     1,  5),
    ('perceived',   s.perceived,    1,  5)
) AS a (question, score, scale_min, scale_max)
WHERE a.score IS NOT NULL;
COMMENT ON VIEW demo.answers IS 'one row an answer: the columns that demo/report_survey.sql reads';

-- What a survey that everybody answers would have said.
CREATE MATERIALIZED VIEW demo.truth_scores AS
SELECT c.channel, c.phase, count(*) AS experiences,
    nps(c.nps), csat(c.csat), ces(c.ces), wow_rate(c.expected, c.perceived),
    cx_index(cx_agg(ARRAY['function', 'ease', 'emotion'],
        ARRAY[c.function, c.ease, c.emotion], 1, 5, t.importance)) AS cx_index
FROM demo.census AS c
JOIN (SELECT DISTINCT channel, phase, importance FROM demo.truth) AS t USING (channel, phase)
GROUP BY CUBE (c.channel, c.phase);
COMMENT ON MATERIALIZED VIEW demo.truth_scores IS
'the true scores, of all experiences: what the measured ones estimate; a NULL channel or phase is all of them';

-- What a dashboard reads instead of the survey: one row a day and moment, from
-- which rollup() makes any month, channel or whole.
CREATE MATERIALIZED VIEW demo.daily AS
SELECT date_trunc('day', at, 'UTC') AS day, channel, phase,
    score_agg(nps) AS nps,
    score_agg(csat) AS csat,
    score_agg(ces) AS ces,
    score_agg(nps, weight) AS nps_weighted,
    cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[function, ease, emotion], 1, 5, weight * importance) AS cx
FROM demo.survey
GROUP BY date_trunc('day', at, 'UTC'), channel, phase;
CREATE UNIQUE INDEX ON demo.daily (day, channel, phase);
COMMENT ON MATERIALIZED VIEW demo.daily IS
'summaries of the survey by day, channel and phase; NULL where nobody answered that question';

-- Staff, and what it costs to find customers -------------------------------------

CREATE TABLE demo.staff_survey (
    at              date NOT NULL,
    employee        int NOT NULL,
    team            text NOT NULL,
    score           smallint CHECK (score BETWEEN 0 AND 10),
    PRIMARY KEY (at, employee)
);
COMMENT ON TABLE demo.staff_survey IS
'would you recommend us as a place to work? 0..10, each quarter; a NULL was not answered';

INSERT INTO demo.staff_survey
SELECT (q.day AT TIME ZONE 'UTC')::date, i, t.team,
    CASE WHEN demo.uniform(i, 110 + q.n::int) < 0.7
        THEN demo.on_scale(t.mood + 1.5 * demo.normal(i, 101) + demo.normal(i, 120 + q.n::int), 0, 10) END
FROM generate_series('2024-02-15 00:00+00'::timestamptz, '2025-11-15 00:00+00', '3 months') WITH ORDINALITY AS q (day, n),
    generate_series(1, 150) AS i
JOIN (VALUES (0, 'call centre', 6.6), (1, 'store', 8.0), (2, 'logistics', 7.2), (3, 'head office', 7.9))
    AS t (remainder, team, mood) ON t.remainder = i % 4
ORDER BY 1, 2;

CREATE TABLE demo.ad_spend (
    month           date NOT NULL,
    channel         text NOT NULL,
    paid            numeric(12,2) NOT NULL,
    fully_loaded    numeric(12,2) NOT NULL,
    PRIMARY KEY (month, channel)
);
COMMENT ON TABLE demo.ad_spend IS
'what it cost to win customers, in euros: paid is media only, fully_loaded adds people, agencies and tools';

INSERT INTO demo.ad_spend
SELECT s.month, s.channel, s.paid, round(s.paid * 1.25, 2) + s.fixed
FROM (
    SELECT (date_trunc('month', l.at, 'UTC') AT TIME ZONE 'UTC')::date AS month, c.channel, c.fixed,
        round((count(*) * c.cost
            * (0.85 + 0.3 * demo.uniform(extract(epoch FROM date_trunc('month', l.at, 'UTC'))::bigint / 86400, c.salt)))::numeric, 2) AS paid
    FROM demo.leads AS l
    JOIN (VALUES ('web', 9.0, 2500, 131), ('app', 13.0, 3000, 132), ('store', 7.0, 6000, 133),
        ('call centre', 12.0, 5000, 134), ('email', 2.0, 1200, 135)) AS c (channel, cost, fixed, salt) USING (channel)
    GROUP BY 1, c.channel, c.cost, c.fixed, c.salt, date_trunc('month', l.at, 'UTC')
    OFFSET 0
) AS s
ORDER BY s.month, s.channel;

DROP TABLE buying, delivery, contact;

-- One pass over a full table is cheaper than a look-up for every row.
ALTER TABLE demo.customers ADD FOREIGN KEY (lead_id) REFERENCES demo.leads;
ALTER TABLE demo.truth_customers ADD FOREIGN KEY (customer_id) REFERENCES demo.customers;
ALTER TABLE demo.pilot ADD FOREIGN KEY (customer_id) REFERENCES demo.customers;
ALTER TABLE demo.orders ADD FOREIGN KEY (customer_id) REFERENCES demo.customers;
ALTER TABLE demo.tickets ADD FOREIGN KEY (order_id) REFERENCES demo.orders;
ALTER TABLE demo.survey ADD FOREIGN KEY (experience_id) REFERENCES demo.census;
ALTER TABLE demo.census
    ADD FOREIGN KEY (customer_id) REFERENCES demo.customers,
    ADD FOREIGN KEY (order_id) REFERENCES demo.orders,
    ADD FOREIGN KEY (ticket_id) REFERENCES demo.tickets;
CREATE INDEX ON demo.orders (customer_id, at);
CREATE INDEX ON demo.survey (customer_id, at);
CREATE INDEX ON demo.tickets (customer_id, opened_at);

ANALYZE demo.survey, demo.daily, demo.staff_survey, demo.ad_spend;

COMMIT;
