-- What the metrics are called in English and Spanish, and how each is computed on
-- the sample company.  Load it after demo/company.sql: at the end every query runs.

\encoding UTF8
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TimeZone = 'UTC';

BEGIN;

CREATE TABLE demo.glossary (
    metric          text PRIMARY KEY,
    english         text NOT NULL,
    spanish         text NOT NULL,
    sql             text NOT NULL,
    unit            text NOT NULL,
    better          text NOT NULL CHECK (better IN ('higher', 'lower', 'depends')),
    definition      text NOT NULL
);
COMMENT ON TABLE demo.glossary IS
'metrics in English and Spanish; sql is a query that gives one figure of the sample company';
COMMENT ON COLUMN demo.glossary.better IS 'which way the figure gets better: higher, lower or depends';

INSERT INTO demo.glossary (metric, english, spanish, unit, better, definition, sql) VALUES

-- Recommendation
('nps', 'Net Promoter Score (NPS)', 'Índice de recomendación neta (NPS)', 'points, -100..100', 'higher',
    'Promoters (9 and 10) minus detractors (0 to 6), in percent of all answers to "would you recommend us?", 0..10.',
    'SELECT nps(nps) FROM demo.survey'),
('nps_weighted', 'NPS, weighted for response', 'NPS ponderado por tasa de respuesta', 'points, -100..100', 'higher',
    'The NPS in which each answer speaks for as many customers as were asked for one answer in its channel.',
    'SELECT nps(score_agg(nps, weight)) FROM demo.survey'),
('promoters', 'Promoters', 'Promotores', 'share, 0..1', 'higher',
    'Share of 9 and 10 among the answers on 0..10.',
    'SELECT share(score_agg(nps, weight), 9, 10) FROM demo.survey'),
('passives', 'Passives', 'Pasivos', 'share, 0..1', 'depends',
    'Share of 7 and 8 among the answers on 0..10.',
    'SELECT share(score_agg(nps, weight), 7, 8) FROM demo.survey'),
('detractors', 'Detractors', 'Detractores', 'share, 0..1', 'lower',
    'Share of 0 to 6 among the answers on 0..10.',
    'SELECT share(score_agg(nps, weight), 0, 6) FROM demo.survey'),
('enps', 'Employee Net Promoter Score (eNPS)', 'Índice de recomendación neta de empleados (eNPS)', 'points, -100..100', 'higher',
    'The NPS of employees: would they recommend the company as a place to work?',
    'SELECT nps(score) FROM demo.staff_survey'),

-- Satisfaction
('csat', 'Customer satisfaction (CSAT)', 'Satisfacción del cliente (CSAT)', 'points, 0..100', 'higher',
    'Satisfied customers, 4 and 5 on 1..5, in percent of all answers.',
    'SELECT csat(csat) FROM demo.survey'),
('net_satisfaction', 'Net satisfaction', 'Satisfacción neta', 'points, -100..100', 'higher',
    'Satisfied (4 and 5) minus dissatisfied (1 and 2), in percent of all answers.',
    'SELECT net_satisfaction(csat) FROM demo.survey'),
('satisfaction_index', 'Satisfaction index', 'Índice de satisfacción', 'points, 0..100', 'higher',
    'The mean answer, rescaled so that the worst answer is 0 and the best 100.',
    'SELECT satisfaction_index(score_agg(csat, weight), 1, 5) FROM demo.survey'),
('mean_score', 'Mean score', 'Puntuación media', 'score, 1..5', 'higher',
    'The mean answer on its own scale.',
    'SELECT mean(score_agg(csat, weight)) FROM demo.survey'),
('median_score', 'Median score', 'Mediana de la puntuación', 'score, 1..5', 'higher',
    'Half of the customers answer this or less, half this or more.',
    'SELECT median(score_agg(csat, weight)) FROM demo.survey'),
('top_box', 'Top box', 'Porcentaje de máxima puntuación (top box)', 'share, 0..1', 'higher',
    'Share of the best answer, or of the best few.',
    'SELECT top_box(score_agg(csat, weight), scale_max => 5, boxes => 1) FROM demo.survey'),
('bottom_box', 'Bottom box', 'Porcentaje de mínima puntuación (bottom box)', 'share, 0..1', 'lower',
    'Share of the worst answer, or of the worst few.',
    'SELECT bottom_box(score_agg(csat, weight), scale_min => 1, boxes => 1) FROM demo.survey'),

-- Effort
('ces', 'Customer Effort Score (CES)', 'Esfuerzo del cliente (CES)', 'score, 1..7', 'higher',
    'Mean agreement with "it was easy", 1..7. With the older question "how much effort?" lower is better: reversed => true.',
    'SELECT ces(ces) FROM demo.survey'),
('ces_agree', 'Customers who found it easy', 'Clientes a los que les resultó fácil (CES)', 'points, 0..100', 'higher',
    'Answers above the middle of the scale, 5 to 7 on 1..7, in percent.',
    'SELECT ces_agree(score_agg(ces, weight)) FROM demo.survey'),
('first_contact_resolution', 'First-contact resolution (FCR)', 'Resolución en el primer contacto (FCR)', 'share, 0..1', 'higher',
    'Share of customers who say that the first contact settled their question.',
    'SELECT rate(first_contact) FROM demo.survey'),
('first_contact_resolution_internal', 'First-contact resolution, by the ticket system',
    'Resolución en el primer contacto (según el sistema de casos)', 'share, 0..1', 'higher',
    'Share of resolved tickets that took one contact.',
    'SELECT rate(contacts = 1) FROM demo.tickets WHERE resolved_at IS NOT NULL'),
('first_contact_resolution_repeat', 'First-contact resolution, no new ticket in 7 days',
    'Resolución en el primer contacto (sin nuevo caso en 7 días)', 'share, 0..1', 'higher',
    'Share of issues with one ticket: a ticket within 7 days of the one before is the same issue. Further contacts about one ticket are not seen, and issues whose 7 days are not over do not count.',
    'SELECT sum(r.resolved)::float8 / sum(r.resolved + r.repeated) FROM demo.given, (SELECT journey_agg(opened_at, ''ticket'', channel) AS j FROM demo.tickets GROUP BY customer_id) AS c CROSS JOIN LATERAL repeat_contacts(j, ''{ticket}'', ''7 days'', as_of) AS r'),
('contacts_to_resolve', 'Contacts to resolution (attempts)', 'Contactos hasta la resolución (intentos)', 'contacts', 'lower',
    'How often a customer has to make contact until a ticket is resolved; here the mean over resolved tickets.',
    'SELECT avg(contacts) FROM demo.tickets WHERE resolved_at IS NOT NULL'),

-- How far the figures can be trusted
('response_rate', 'Response rate', 'Tasa de respuesta', 'share, 0..1', 'higher',
    'Questionnaires that came back among those sent.',
    'SELECT rate(answered) FROM demo.invitations'),
('completion_rate', 'Completion rate', 'Tasa de cuestionarios completos', 'share, 0..1', 'higher',
    'Questionnaires without a question left out among those that came back.',
    'SELECT rate(num_nulls(nps, csat, ces, function, ease, emotion, expected, perceived) = 0) FROM demo.survey'),
('responses', 'Base (responses)', 'Base (respuestas)', 'answers', 'higher',
    'How many answered the question.',
    'SELECT responses(score_agg(nps)) FROM demo.survey'),
('effective_base', 'Effective base', 'Base efectiva', 'answers', 'higher',
    'The number of equally weighted answers that would say as much as these: (sum of weights)^2 / sum of squared weights.',
    'SELECT effective_base(score_agg(nps, weight)) FROM demo.survey'),
('base_quality', 'Quality of the base', 'Suficiencia de la base', 'label', 'depends',
    'ok from an effective base of 100, low from 30, insufficient below.',
    'SELECT e.base_quality FROM nps_ci((SELECT score_agg(nps, weight) FROM demo.survey)) AS e'),
('margin_of_error', 'Margin of error', 'Margen de error', 'points', 'lower',
    'Half the 95 % interval of the NPS.',
    'SELECT (e.hi - e.lo) / 2 FROM nps_ci((SELECT score_agg(nps, weight) FROM demo.survey)) AS e'),
('sample_size', 'Sample size needed', 'Tamaño de muestra necesario', 'answers', 'depends',
    'Answers that an NPS within 3 points at 95 % confidence takes, whatever the answers are.',
    'SELECT nps_sample_size(3)'),

-- Customer experience index
('cx_index', 'CX index', 'Índice de experiencia de cliente (índice CX)', 'points, 0..100', 'higher',
    'Mean of function, ease and emotion, each rescaled to 0..100; of complete answers, all alike.',
    'SELECT cx_index(function, ease, emotion) FROM demo.survey'),
('cx_index_weighted', 'CX index, weighted by moment of truth', 'Índice CX ponderado por momento de la verdad', 'points, 0..100', 'higher',
    'The CX index in which an answer counts by the customers it speaks for and by the importance of its moment of truth.',
    'SELECT cx_index(cx_agg(ARRAY[''function'', ''ease'', ''emotion''], ARRAY[function, ease, emotion], 1, 5, weight * importance)) FROM demo.survey'),
('cx_function', 'Function', 'Funcionalidad (cumplió lo que el cliente necesitaba)', 'points, 0..100', 'higher',
    'The dimension function of the CX index: it did what I needed.',
    'SELECT value FROM cx_dimensions((SELECT cx_agg(ARRAY[''function'', ''ease'', ''emotion''], ARRAY[function, ease, emotion], 1, 5, weight * importance) FROM demo.survey)) WHERE dimension = ''function'''),
('cx_ease', 'Ease', 'Facilidad', 'points, 0..100', 'higher',
    'The dimension ease of the CX index: it was easy.',
    'SELECT value FROM cx_dimensions((SELECT cx_agg(ARRAY[''function'', ''ease'', ''emotion''], ARRAY[function, ease, emotion], 1, 5, weight * importance) FROM demo.survey)) WHERE dimension = ''ease'''),
('cx_emotion', 'Emotion', 'Emoción', 'points, 0..100', 'higher',
    'The dimension emotion of the CX index: I felt good about it.',
    'SELECT value FROM cx_dimensions((SELECT cx_agg(ARRAY[''function'', ''ease'', ''emotion''], ARRAY[function, ease, emotion], 1, 5, weight * importance) FROM demo.survey)) WHERE dimension = ''emotion'''),
('cx_net', 'Net CX index', 'Índice CX neto', 'points, -100..100', 'higher',
    'Mean over the dimensions of the best two answers minus the worst two, in percent.',
    'SELECT cx_index(rollup(cx), method => ''net'') FROM demo.daily'),
('cx_geometric', 'CX index, geometric', 'Índice CX (media geométrica)', 'points, 0..100', 'higher',
    'Geometric mean of the dimensions: a bad one is not made up for by a good one.',
    'SELECT cx_index(rollup(cx), method => ''geometric'') FROM demo.daily'),
('cx_weakest', 'Weakest dimension', 'Dimensión más débil', 'points, 0..100', 'higher',
    'The lowest of the rescaled dimensions.',
    'SELECT cx_index(rollup(cx), method => ''min'') FROM demo.daily'),
('cx_coverage', 'Coverage', 'Cobertura de dimensiones', 'share, 0..1', 'higher',
    'Share of the dimension weights that has answers.',
    'SELECT cx_coverage(rollup(cx), ''{"function": 1, "ease": 1, "emotion": 1}'') FROM demo.daily'),

-- Expectations
('expectation_gap', 'Expectation gap', 'Brecha de expectativas', 'scores', 'higher',
    'Mean of what was perceived minus what was expected.',
    'SELECT expectation_gap(expected, perceived) FROM demo.survey'),
('wow_rate', 'Wow rate', 'Efecto wow (expectativas superadas)', 'share, 0..1', 'higher',
    'Share of experiences that were better than expected.',
    'SELECT wow_rate(expected, perceived) FROM demo.survey'),
('expectations_met', 'Expectations met', 'Expectativas cumplidas', 'share, 0..1', 'depends',
    'Share of experiences that were just as expected.',
    'SELECT share(score_agg(perceived - expected), 0, 0) FROM demo.survey'),
('expectations_missed', 'Expectations missed', 'Expectativas incumplidas', 'share, 0..1', 'lower',
    'Share of experiences that were worse than expected.',
    'SELECT share(score_agg(perceived - expected), -4, -1) FROM demo.survey'),

-- One figure a customer
('customer_score', 'Customer score', 'Puntuación del cliente', 'points, 0..100', 'higher',
    'A customer''s answers in one figure, in which an answer of 90 days ago counts half; here the mean over customers.',
    'SELECT avg(score) FROM (SELECT customer_score(rescale(csat, 1, 5), at, as_of, ''90 days'') AS score FROM demo.survey, demo.given GROUP BY customer_id) AS c'),
('peak_end', 'Peak-end score', 'Regla del pico y el final', 'score, 1..5', 'higher',
    'How a customer remembers: the mean of the most extreme experience and the last one; here the mean over customers.',
    'SELECT avg(score) FROM (SELECT peak_end(csat, at) AS score FROM demo.survey GROUP BY customer_id) AS c'),

-- What customers live
('touchpoints', 'Touchpoints of a journey', 'Puntos de contacto del recorrido (customer journey)', 'touchpoints', 'depends',
    'Orders, deliveries and tickets in the journey of a customer; here the mean over customers.',
    'SELECT avg(length(j)) FROM (SELECT journey_agg(at, event, channel) AS j FROM (SELECT customer_id, at, ''order'' AS event, channel FROM demo.orders UNION ALL SELECT customer_id, delivered_at, ''delivery'', NULL FROM demo.orders UNION ALL SELECT customer_id, opened_at, ''ticket'', channel FROM demo.tickets) AS t GROUP BY customer_id) AS c'),
('journey_duration', 'Journey duration', 'Duración del recorrido', 'days', 'depends',
    'Time from the first touchpoint of a customer to the last; here the mean over customers.',
    'SELECT avg(duration_seconds(j)) / 86400 FROM (SELECT journey_agg(at, event, channel) AS j FROM (SELECT customer_id, at, ''order'' AS event, channel FROM demo.orders UNION ALL SELECT customer_id, delivered_at, ''delivery'', NULL FROM demo.orders UNION ALL SELECT customer_id, opened_at, ''ticket'', channel FROM demo.tickets) AS t GROUP BY customer_id) AS c'),
('cross_channel', 'Cross-channel customers', 'Clientes multicanal', 'share, 0..1', 'depends',
    'Share of customers who used more than one channel.',
    'SELECT rate(cardinality(channels(j)) > 1) FROM (SELECT journey_agg(at, event, channel) AS j FROM (SELECT customer_id, at, ''order'' AS event, channel FROM demo.orders UNION ALL SELECT customer_id, delivered_at, ''delivery'', NULL FROM demo.orders UNION ALL SELECT customer_id, opened_at, ''ticket'', channel FROM demo.tickets) AS t GROUP BY customer_id) AS c'),
('contact_after_delivery', 'Journeys with a contact after delivery', 'Recorridos con contacto tras la entrega', 'share, 0..1', 'lower',
    'Share of the customers with a delivery who opened a ticket within 7 days of one: a pattern in their journeys.',
    'SELECT rate(j @~ ''delivery ~>{<= 7 days} ticket'') FROM (SELECT journey_agg(at, event, channel) AS j FROM (SELECT customer_id, at, ''order'' AS event, channel FROM demo.orders UNION ALL SELECT customer_id, delivered_at, ''delivery'', NULL FROM demo.orders UNION ALL SELECT customer_id, opened_at, ''ticket'', channel FROM demo.tickets) AS t GROUP BY customer_id) AS c WHERE j @> ''{delivery}'''),
('funnel_conversion', 'Funnel conversion', 'Conversión del embudo', 'share, 0..1', 'higher',
    'Share of journeys that reach the last step of a funnel in time, here a second order within 90 days of an order; only journeys whose window has run out count.',
    'SELECT s.rate FROM (SELECT funnel_agg(j, ''{order, order}'', ''90 days'', ''ordered'', NULL, as_of) AS f FROM demo.given, (SELECT journey_agg(at, event, channel) AS j FROM (SELECT customer_id, at, ''order'' AS event, channel FROM demo.orders UNION ALL SELECT customer_id, delivered_at, ''delivery'', NULL FROM demo.orders UNION ALL SELECT customer_id, opened_at, ''ticket'', channel FROM demo.tickets) AS t GROUP BY customer_id) AS c) AS x CROSS JOIN LATERAL funnel_steps(f) AS s WHERE s.step = 2'),
('retention_month', 'Retention after a month', 'Retención tras un mes', 'share, 0..1', 'higher',
    'Share of customers who order in the second month after their first order; only those whose second month is over count.',
    'SELECT r.rate FROM (SELECT retention_agg(retained(j, ''order'', ''order'', ''1 month'', 2, as_of)) AS s FROM demo.given, (SELECT journey_agg(at, ''order'', channel) AS j FROM demo.orders GROUP BY customer_id) AS c) AS x CROSS JOIN LATERAL retention(s) AS r WHERE r.period = 1'),
('friction', 'Friction', 'Fricción del recorrido', 'weight a customer', 'lower',
    'Tickets one after the other without an order between: again on the same channel 1, on another 2, back on the one before 3; here the mean over all customers, those without friction included.',
    'SELECT avg(w) FROM (SELECT journey_agg(at, event, channel) AS j FROM (SELECT customer_id, at, ''order'' AS event, channel FROM demo.orders UNION ALL SELECT customer_id, opened_at, ''ticket'', channel FROM demo.tickets) AS t GROUP BY customer_id) AS c CROSS JOIN LATERAL (SELECT coalesce(sum(weight), 0) AS w FROM friction(j, ''{order}'')) AS f'),

-- What customers do
('conversion', 'Conversion rate', 'Tasa de conversión', 'share, 0..1', 'higher',
    'Share of leads that order within 30 days; only leads that have had 30 days count.',
    'SELECT rate(coalesce(c.acquired_at < l.at + interval ''30 days'', false)) FROM demo.given AS g CROSS JOIN demo.leads AS l LEFT JOIN demo.customers AS c USING (lead_id) WHERE l.at < g.as_of - interval ''30 days'''),
('sales_cycle', 'Sales cycle', 'Ciclo de venta', 'days', 'lower',
    'Days from lead to first order until half of those who order within a year have ordered; leads that may still order count as long as they were seen.',
    'SELECT survival_quantile(s, (1 - survival_at(s, 365)) / 2) FROM (SELECT survival_agg(extract(epoch FROM coalesce(c.acquired_at, g.as_of) - l.at) / 86400, c.acquired_at IS NOT NULL) AS s FROM demo.given AS g CROSS JOIN demo.leads AS l LEFT JOIN demo.customers AS c USING (lead_id)) AS x'),
('churn', 'Churn rate', 'Tasa de abandono (churn)', 'share, 0..1', 'lower',
    'Share of the customers who ordered in one half-year and not in the next. Divided by those of the first: new customers do not count.',
    'SELECT rate(NOT later) FROM (SELECT bool_or(o.at >= g.as_of - interval ''180 days'') AS later FROM demo.orders AS o, demo.given AS g WHERE o.at >= g.as_of - interval ''360 days'' GROUP BY o.customer_id HAVING bool_or(o.at < g.as_of - interval ''180 days'')) AS c'),
('churn_monthly', 'Churn rate, monthly', 'Tasa de abandono mensual (churn)', 'share a month', 'lower',
    'Customers lost in a quarter for each customer-month: three times the mean of the customers at its start and end. A customer is there with an order in the 180 days before.',
    'SELECT count(*) FILTER (WHERE here AND NOT stays) / (3 * (count(*) FILTER (WHERE here) + count(*) FILTER (WHERE stays)) / 2.0) FROM (SELECT bool_or(o.at >= g.as_of - interval ''3 months'' - interval ''180 days'' AND o.at < g.as_of - interval ''3 months'') AS here, bool_or(o.at >= g.as_of - interval ''180 days'') AS stays FROM demo.orders AS o, demo.given AS g GROUP BY o.customer_id) AS c'),
('retention', 'Retention rate', 'Tasa de retención', 'share, 0..1', 'higher',
    'Share of the customers who ordered in one half-year and again in the next.',
    'SELECT rate(later) FROM (SELECT bool_or(o.at >= g.as_of - interval ''180 days'') AS later FROM demo.orders AS o, demo.given AS g WHERE o.at >= g.as_of - interval ''360 days'' GROUP BY o.customer_id HAVING bool_or(o.at < g.as_of - interval ''180 days'')) AS c'),
('win_back', 'Win-back rate', 'Tasa de recuperación de clientes', 'share, 0..1', 'higher',
    'Share of the customers silent for half a year who order in the next half-year.',
    'SELECT rate(last >= as_of - interval ''180 days'') FROM (SELECT max(o.at) AS last, g.as_of FROM demo.orders AS o, demo.given AS g GROUP BY o.customer_id, g.as_of HAVING bool_or(o.at < g.as_of - interval ''360 days'') AND NOT bool_or(o.at >= g.as_of - interval ''360 days'' AND o.at < g.as_of - interval ''180 days'')) AS c'),
('repeat_rate', 'Repeat purchase rate', 'Tasa de recompra', 'share, 0..1', 'higher',
    'Share of customers with more than one order.',
    'SELECT rate(orders > 1) FROM (SELECT count(*) AS orders FROM demo.orders GROUP BY customer_id) AS c'),
('purchase_frequency', 'Purchase frequency', 'Frecuencia de compra', 'orders', 'higher',
    'Orders a customer.',
    'SELECT count(*)::float8 / count(DISTINCT customer_id) FROM demo.orders'),
('average_order_value', 'Average order value (AOV)', 'Ticket medio', 'euros', 'higher',
    'Mean amount of an order.',
    'SELECT avg(amount) FROM demo.orders'),

-- What customers are worth, and what they cost
('cac_paid', 'Customer acquisition cost (CAC), paid', 'Coste de adquisición de cliente (COCA), solo medios', 'euros a customer', 'lower',
    'Media spend for each new customer, counted by the month of the lead; here January to November 2025, as leads of December still convert.',
    'SELECT cac(paid, customers) FROM demo.ad_spend JOIN (SELECT (date_trunc(''month'', at, ''UTC'') AT TIME ZONE ''UTC'')::date AS month, channel, count(customer_id) AS customers FROM demo.leads GROUP BY 1, 2) AS w USING (month, channel) WHERE month BETWEEN ''2025-01-01'' AND ''2025-11-01'''),
('cac', 'Customer acquisition cost (CAC), fully loaded', 'Coste de adquisición de cliente (COCA), coste total', 'euros a customer', 'lower',
    'Media, people, agencies and tools for each new customer, counted by the month of the lead; here January to November 2025.',
    'SELECT cac(fully_loaded, customers) FROM demo.ad_spend JOIN (SELECT (date_trunc(''month'', at, ''UTC'') AT TIME ZONE ''UTC'')::date AS month, channel, count(customer_id) AS customers FROM demo.leads GROUP BY 1, 2) AS w USING (month, channel) WHERE month BETWEEN ''2025-01-01'' AND ''2025-11-01'''),
('payback_period', 'Payback period', 'Plazo de recuperación del coste de adquisición (payback)', 'months', 'lower',
    'Calendar months until the margin of customers has paid their fully loaded CAC; here those of 2024.',
    'SELECT max(p) FROM (SELECT payback_period(period, margin, customers, spend / customers) OVER (ORDER BY period) AS p FROM (SELECT period, sum(margin)::float8 AS margin FROM (SELECT o.margin, cohort_period(o.at, ''1 month'') OVER (PARTITION BY o.customer_id ORDER BY o.at) AS period FROM demo.orders AS o JOIN demo.customers AS c USING (customer_id) WHERE c.acquired_at < ''2025-01-01Z'') AS x GROUP BY period) AS x, (SELECT count(*) AS customers FROM demo.customers WHERE acquired_at < ''2025-01-01Z'') AS c, (SELECT sum(fully_loaded)::float8 AS spend FROM demo.ad_spend WHERE month < ''2025-01-01'') AS s WHERE period <= 12) AS x'),
('cltv', 'Customer lifetime value (CLTV)', 'Valor de vida del cliente (CLTV)', 'euros', 'higher',
    'Margin of a new customer: the first order and what a model of purchases and spend expects of the next three years, discounted by 10 % a year.',
    'SELECT first + cltv(buys, spends, ROW(0, 0, 0, NULL, 604800)::rfm_summary, interval ''1095 days'', 0.10) FROM (SELECT mbgnbd_fit(s) AS buys, gamma_gamma_fit(s) AS spends FROM (SELECT rfm(at, margin, as_of, ''1 day'', ''1 week'') AS s FROM demo.given, demo.orders GROUP BY customer_id) AS c) AS m, (SELECT avg(margin) AS first FROM (SELECT DISTINCT ON (customer_id) margin FROM demo.orders ORDER BY customer_id, at, order_id) AS o) AS f'),
('cltv_cac', 'CLTV to CAC', 'Relación entre valor de vida y coste de adquisición (CLTV/COCA)', 'ratio', 'higher',
    'CLTV divided by the fully loaded CAC: above 1 a customer earns more in three years than it cost.',
    'SELECT (first + cltv(buys, spends, ROW(0, 0, 0, NULL, 604800)::rfm_summary, interval ''1095 days'', 0.10)) / cac FROM (SELECT mbgnbd_fit(s) AS buys, gamma_gamma_fit(s) AS spends FROM (SELECT rfm(at, margin, as_of, ''1 day'', ''1 week'') AS s FROM demo.given, demo.orders GROUP BY customer_id) AS c) AS m, (SELECT avg(margin) AS first FROM (SELECT DISTINCT ON (customer_id) margin FROM demo.orders ORDER BY customer_id, at, order_id) AS o) AS f, (SELECT cac(fully_loaded, customers) FROM demo.ad_spend JOIN (SELECT (date_trunc(''month'', at, ''UTC'') AT TIME ZONE ''UTC'')::date AS month, channel, count(customer_id) AS customers FROM demo.leads GROUP BY 1, 2) AS w USING (month, channel) WHERE month BETWEEN ''2025-01-01'' AND ''2025-11-01'') AS s'),
('nrr', 'Net revenue retention (NRR)', 'Retención neta de ingresos (NRR)', 'share', 'higher',
    'Revenue of a half-year from the customers of the one before, divided by their revenue then. New customers do not count; without contracts it includes those who happened not to order.',
    'SELECT (r).nrr FROM (SELECT revenue_retention(earlier, later) AS r FROM (SELECT sum(o.amount) FILTER (WHERE o.at < g.as_of - interval ''180 days'') AS earlier, sum(o.amount) FILTER (WHERE o.at >= g.as_of - interval ''180 days'') AS later FROM demo.orders AS o, demo.given AS g WHERE o.at >= g.as_of - interval ''360 days'' GROUP BY o.customer_id) AS c) AS x'),
('grr', 'Gross revenue retention (GRR)', 'Retención bruta de ingresos (GRR)', 'share, 0..1', 'higher',
    'The same without growth: a customer counts at most as much as in the half-year before.',
    'SELECT (r).grr FROM (SELECT revenue_retention(earlier, later) AS r FROM (SELECT sum(o.amount) FILTER (WHERE o.at < g.as_of - interval ''180 days'') AS earlier, sum(o.amount) FILTER (WHERE o.at >= g.as_of - interval ''180 days'') AS later FROM demo.orders AS o, demo.given AS g WHERE o.at >= g.as_of - interval ''360 days'' GROUP BY o.customer_id) AS c) AS x'),

-- What the company does
('on_time', 'On-time delivery', 'Entregas a tiempo', 'share, 0..1', 'higher',
    'Share of orders delivered when promised, among those promised until today.',
    'SELECT rate(coalesce(o.delivered_at <= o.promised_at, false)) FROM demo.orders AS o, demo.given AS g WHERE o.promised_at < g.as_of'),
('contact_rate', 'Contact rate', 'Tasa de contacto', 'contacts an order', 'lower',
    'Tickets for each order.',
    'SELECT (SELECT count(*) FROM demo.tickets)::float8 / (SELECT count(*) FROM demo.orders)'),
('open_tickets', 'Open tickets', 'Casos abiertos', 'share, 0..1', 'lower',
    'Share of tickets that are not resolved yet.',
    'SELECT rate(resolved_at IS NULL) FROM demo.tickets'),
('resolution_time', 'Time to resolution in opening hours', 'Tiempo de resolución en horario de atención', 'hours', 'lower',
    'Open hours, Monday to Friday from 9 to 18, in which half of the tickets are resolved; tickets still open count as long as they were seen.',
    'SELECT median_survival(survival_agg(business_seconds(opened_at, coalesce(resolved_at, as_of), ''09:00'', ''18:00'') / 3600, resolved_at IS NOT NULL)) FROM demo.given, demo.tickets'),

-- What moves the figures, and whether a change helped
('drivers_r_squared', 'Explained by the drivers (R squared)', 'Varianza explicada por los factores (R cuadrado)', 'share, 0..1', 'higher',
    'Share of the differences in recommendation that function, ease and emotion explain together.',
    'SELECT r_squared(covariance_agg(nps, function, ease, emotion)) FROM demo.survey'),
('nps_lower_limit', 'Lower control limit of the NPS', 'Límite inferior de control del NPS', 'points, -100..100', 'depends',
    'A month whose NPS is below has changed by more than chance explains; here of the last month, from the twelve months of 2024.',
    'SELECT (p).lcl FROM (SELECT nps_chart(rollup(nps_weighted), baseline => 12) OVER (ORDER BY date_trunc(''month'', day, ''UTC'')) AS p, date_trunc(''month'', day, ''UTC'') AS month FROM demo.daily GROUP BY month) AS c ORDER BY month DESC LIMIT 1'),
('nps_signals', 'Months with a signal in the NPS', 'Meses con señal en el NPS (gráfico de control)', 'months', 'depends',
    'Months since 2025 whose NPS is beyond a control limit, above or below (rule 1).',
    'SELECT count(*) FROM (SELECT nps_chart(rollup(nps_weighted), baseline => 12) OVER (ORDER BY date_trunc(''month'', day, ''UTC'')) AS p, date_trunc(''month'', day, ''UTC'') AS month FROM demo.daily GROUP BY month) AS c WHERE month >= ''2025-01-01Z'' AND (p).signal LIKE ''rule 1%'''),
('change_effect', 'Effect of a change', 'Efecto del cambio (experimento)', 'points', 'higher',
    'NPS of the customers who got the change minus that of the others, by lot; here the answer to the first web delivery of the pilot.',
    'SELECT e.difference FROM (SELECT score_agg(nps) FILTER (WHERE variant = ''control'') AS control, score_agg(nps) FILTER (WHERE variant = ''fix'') AS fix FROM (SELECT DISTINCT ON (o.customer_id) p.variant, s.nps FROM demo.given AS g CROSS JOIN demo.orders AS o JOIN demo.pilot AS p USING (customer_id) LEFT JOIN demo.survey AS s ON s.order_id = o.order_id AND s.phase = ''delivery'' WHERE o.channel = ''web'' AND o.at >= g.pilot_since AND o.at < g.pilot_until ORDER BY o.customer_id, o.at) AS c) AS x CROSS JOIN LATERAL compare(control, fix, ''nps'') AS e'),
('chance_to_win', 'Chance that a change helped', 'Probabilidad de que el cambio haya mejorado', 'share, 0..1', 'higher',
    'Probability that the NPS of the customers who got the change is the higher one, given the answers of both groups.',
    'SELECT e.chance_to_win FROM (SELECT score_agg(nps) FILTER (WHERE variant = ''control'') AS control, score_agg(nps) FILTER (WHERE variant = ''fix'') AS fix FROM (SELECT DISTINCT ON (o.customer_id) p.variant, s.nps FROM demo.given AS g CROSS JOIN demo.orders AS o JOIN demo.pilot AS p USING (customer_id) LEFT JOIN demo.survey AS s ON s.order_id = o.order_id AND s.phase = ''delivery'' WHERE o.channel = ''web'' AND o.at >= g.pilot_since AND o.at < g.pilot_until ORDER BY o.customer_id, o.at) AS c) AS x CROSS JOIN LATERAL compare(control, fix, ''nps'', method => ''bayes'') AS e');

DO $$
DECLARE
    entry record;
    figure text;
BEGIN
    FOR entry IN SELECT metric, sql FROM demo.glossary ORDER BY metric LOOP
        BEGIN
            EXECUTE entry.sql INTO STRICT figure;
        EXCEPTION WHEN OTHERS THEN
            RAISE EXCEPTION 'demo.glossary: the query of % fails: %', entry.metric, SQLERRM;
        END;
        IF figure IS NULL THEN
            RAISE EXCEPTION 'demo.glossary: the query of % gives NULL', entry.metric;
        END IF;
    END LOOP;
END
$$;

COMMIT;
