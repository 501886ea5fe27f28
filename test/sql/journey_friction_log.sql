-- Friction in a web shop's log, in which a checkout bug (on mobile, 9 April to 9 May 2024) and a payment incident
-- (19 May to 7 June) are planted. CX_DATA names the directory of the log, else it is looked for beside the checkout,
-- from there and from where scripts/check runs.
\set data `for d in "$CX_DATA" ../shared/data ../../../../shared/data; do [ -r "$d/ecom_clickstream_retentioneering.csv.gz" ] && echo "$d" && break; done; true`
SELECT :'data' = '' AS missing \gset
\if :missing
\echo 'skipped: no data'
\quit
\endif
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';

CREATE TEMP TABLE ecom (customer text, at timestamptz, event text, channel text, session text, platform text,
                        cohort text, lifecycle text);
\set unpack 'FROM PROGRAM ''gzip -dc "' :data
\set copy '\\copy ecom ' :unpack '/ecom_clickstream_retentioneering.csv.gz"'' CSV HEADER'
:copy

-- Visits. The log marks the bug by an event of its own, which is not used. What the customer does from the cart to
-- the shipping details is the checkout, what follows the payment.
CREATE TEMP TABLE visits AS
SELECT session, platform, began, began >= '2024-04-09Z' AND began < '2024-05-10Z' AS bug,
       journey_rename(j, '{add_to_cart, cart, shipping_details, payment_details, payment_error}',
                      '{checkout/add, checkout/cart, checkout/shipping, payment/details, payment/error}') AS j
FROM (SELECT session, min(platform) AS platform, min(at) AS began, journey_agg(at, event, channel) AS j
      FROM ecom WHERE event <> 'checkout_bug' GROUP BY session) x;
ANALYZE visits;
SELECT bug, count(*) AS visits, sum(length(j)) AS touchpoints FROM visits GROUP BY bug ORDER BY bug;

-- Who looks around goes in circles, and means to: these steps are required. What is left, by kind and the phases in it.
CREATE TEMP TABLE frictions AS
SELECT session, platform, began, bug, f.*,
       (SELECT string_agg(DISTINCT split_part(e, '/', 1), ', ' ORDER BY split_part(e, '/', 1)) FROM unnest(string_to_array(detail, ' > ')) e) AS phases
FROM visits CROSS JOIN LATERAL friction(j, required => '{home, catalog, search, filter_results, product_view, promo_page,
                                                         wishlist_add, review_page, compare, account_page}') f;
SELECT bug, kind, count(*), sum(weight) FROM frictions GROUP BY bug, kind ORDER BY bug, kind;

--
-- The checkout bug: back from the shipping details to the cart, without having seen the payment
--

SELECT bug, rank, kind, phases, weight, visits_hit, round((1000 * weight / visits)::numeric, 1) AS per_1000_visits
FROM (SELECT bug, kind, phases, sum(weight) AS weight, count(DISTINCT session) AS visits_hit,
             rank() OVER (PARTITION BY bug ORDER BY sum(weight) DESC) AS rank
      FROM frictions GROUP BY bug, kind, phases) x
JOIN (SELECT bug, count(*) AS visits FROM visits GROUP BY bug) v USING (bug)
WHERE rank <= 4 ORDER BY bug DESC, rank, kind, phases;

-- It is a bug of mobile: visits that went round in the checkout, with a 95 % interval.
SELECT platform, bug, e.responses AS visits, round(e.value::numeric, 4) AS in_circles, round(e.lo::numeric, 4) AS lo, round(e.hi::numeric, 4) AS hi
FROM (SELECT platform, bug, score_agg(EXISTS (SELECT FROM frictions f WHERE f.session = v.session AND kind = 'loop' AND phases = 'checkout')) AS s
      FROM visits v GROUP BY platform, bug) x
CROSS JOIN LATERAL rate_ci(s) e
ORDER BY platform, bug;

-- The steps of the loop, as they were gone most often.
SELECT detail, count(*), sum(weight) AS weight
FROM frictions WHERE bug AND platform = 'mobile' AND kind = 'loop' AND phases = 'checkout'
GROUP BY detail ORDER BY weight DESC, detail COLLATE "C" LIMIT 4;

--
-- The payment incident: customers go round between the payment and the support chat
--

SELECT to_char(week, 'IYYY-IW') AS week, count(*) AS visits, count(*) FILTER (WHERE j @> '{support_chat}') AS with_chat,
       coalesce(sum(weight), 0) AS friction_with_chat
FROM (SELECT session, j, date_trunc('week', began) AS week FROM visits WHERE began >= '2024-04-29Z' AND began < '2024-06-24Z') v
LEFT JOIN (SELECT session, sum(weight) AS weight FROM frictions WHERE phases LIKE '%support_chat%' GROUP BY session) f USING (session)
GROUP BY 1 ORDER BY 1;
SELECT coalesce(sum(weight) FILTER (WHERE began >= '2024-05-19Z' AND began < '2024-06-09Z'), 0) AS in_the_incident,
       coalesce(sum(weight) FILTER (WHERE NOT (began >= '2024-05-19Z' AND began < '2024-06-09Z')), 0) AS in_the_other_23_weeks
FROM frictions WHERE phases LIKE '%support_chat%';

--
-- The same on the rows
--

CREATE TEMP TABLE numbered AS
SELECT session, at, event, row_number() OVER w AS n,
       event = ANY ('{home, catalog, search, filter_results, product_view, promo_page, wishlist_add, review_page, compare, account_page}') AS required,
       lag(event) OVER w AS before
FROM (SELECT session, at, CASE event WHEN 'add_to_cart' THEN 'checkout/add' WHEN 'cart' THEN 'checkout/cart' WHEN 'shipping_details' THEN 'checkout/shipping'
                                     WHEN 'payment_details' THEN 'payment/details' WHEN 'payment_error' THEN 'payment/error' ELSE event END AS event, channel
      FROM ecom WHERE event <> 'checkout_bug') e
WINDOW w AS (PARTITION BY session ORDER BY at, event COLLATE "C", channel COLLATE "C");
-- Repeats by window functions.
SELECT count(*) AS repeats, sum(touchpoints - 1) AS weight
FROM (SELECT count(*) AS touchpoints, bool_or(required) AS required
      FROM (SELECT *, count(*) FILTER (WHERE event IS DISTINCT FROM before) OVER (PARTITION BY session ORDER BY n) AS run FROM numbered) x
      GROUP BY session, run HAVING count(*) > 1) y
WHERE NOT required;
-- Loops by going through the visits with a list of the steps since the last one.
CREATE FUNCTION pg_temp.count_loops(OUT loops int, OUT weight int) LANGUAGE plpgsql AS $$
DECLARE
    t record;
    visit text;
    steps text[];
    required boolean[];
    place int;
BEGIN
    loops := 0;
    weight := 0;
    FOR t IN SELECT * FROM numbered ORDER BY session, n LOOP
        IF t.session IS DISTINCT FROM visit THEN
            visit := t.session;
            steps := '{}';
            required := '{}';
        END IF;
        place := (array_positions(steps, t.event))[cardinality(array_positions(steps, t.event))];
        steps := steps || t.event;
        required := required || t.required;
        IF place < cardinality(steps) - 1 AND NOT true = ANY (required[place:]) THEN
            loops := loops + 1;
            weight := weight + cardinality(steps) - place;
            steps := ARRAY[t.event];
            required := ARRAY[t.required];
        END IF;
    END LOOP;
END $$;
SELECT * FROM pg_temp.count_loops();
