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

-- What customers do
('conversion', 'Conversion rate', 'Tasa de conversión', 'share, 0..1', 'higher',
    'Share of leads that order within 30 days; only leads that have had 30 days count.',
    'SELECT rate(coalesce(c.acquired_at < l.at + interval ''30 days'', false)) FROM demo.given AS g CROSS JOIN demo.leads AS l LEFT JOIN demo.customers AS c USING (lead_id) WHERE l.at < g.as_of - interval ''30 days'''),
('churn', 'Churn rate', 'Tasa de abandono (churn)', 'share, 0..1', 'lower',
    'Share of the customers who ordered in one half-year and not in the next.',
    'SELECT rate(NOT later) FROM (SELECT bool_or(o.at >= g.as_of - interval ''180 days'') AS later FROM demo.orders AS o, demo.given AS g WHERE o.at >= g.as_of - interval ''360 days'' GROUP BY o.customer_id HAVING bool_or(o.at < g.as_of - interval ''180 days'')) AS c'),
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

-- What the company does
('on_time', 'On-time delivery', 'Entregas a tiempo', 'share, 0..1', 'higher',
    'Share of orders delivered when promised, among those promised until today.',
    'SELECT rate(coalesce(o.delivered_at <= o.promised_at, false)) FROM demo.orders AS o, demo.given AS g WHERE o.promised_at < g.as_of'),
('contact_rate', 'Contact rate', 'Tasa de contacto', 'contacts an order', 'lower',
    'Tickets for each order.',
    'SELECT (SELECT count(*) FROM demo.tickets)::float8 / (SELECT count(*) FROM demo.orders)'),
('open_tickets', 'Open tickets', 'Casos abiertos', 'share, 0..1', 'lower',
    'Share of tickets that are not resolved yet.',
    'SELECT rate(resolved_at IS NULL) FROM demo.tickets');

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
