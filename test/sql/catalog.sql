-- What the catalog has to say of every object of the extension (DESIGN rules 2, 9, 10).
-- Each query lists what breaks a rule: none.

CREATE VIEW member AS
SELECT d.classid, d.objid
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'cx_metrics';

CREATE VIEW member_function AS
SELECT p.* FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;

-- The library and the catalog are of one version.
SELECT cx_metrics_version() = extversion AS same_version FROM pg_extension WHERE extname = 'cx_metrics';

-- There is something to check: aggregates, functions, types.
SELECT count(*) FILTER (WHERE prokind = 'a') > 30 AS aggregates,
       count(*) FILTER (WHERE prokind = 'f') > 100 AS functions
FROM member_function;

-- Aggregates: merge, run in parallel, have a state of a real type.
SELECT p.oid::regprocedure
FROM member_function p JOIN pg_aggregate a ON a.aggfnoid = p.oid JOIN pg_type t ON t.oid = a.aggtranstype
WHERE a.aggcombinefn = 0 OR p.proparallel <> 's' OR t.typtype = 'p' OR a.aggtransspace = 0
   OR a.aggfinalmodify <> 'r';

-- Moving frames have the same state type, and an inverse.
SELECT p.oid::regprocedure
FROM member_function p JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE a.aggmtransfn <> 0 AND (a.aggminvtransfn = 0 OR a.aggmtranstype <> a.aggtranstype);

-- Functions: immutable, but for what converts between client encodings; all parallel safe.
SELECT p.oid::regprocedure, p.provolatile, p.proparallel
FROM member_function p
WHERE p.proparallel <> 's' OR p.provolatile <> 'i'
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- C only, and no function with rights or settings of its own.
SELECT p.oid::regprocedure
FROM member_function p JOIN pg_language l ON l.oid = p.prolang
WHERE (p.prokind = 'f' AND l.lanname <> 'c') OR p.prosecdef OR p.proconfig IS NOT NULL;

-- Not strict: only what takes a NULL for a default or for an answer. An aggregate's transition functions all are, but those whose state grows and where a NULL counts.
SELECT p.oid::regprocedure
FROM member_function p
WHERE p.prokind = 'f' AND NOT p.proisstrict AND p.pronargs > 0
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- Every object is described (operator families and array types are implied by others).
SELECT pg_describe_object(m.classid, m.objid, 0)
FROM member m
WHERE obj_description(m.objid, m.classid::regclass::text::name) IS NULL
  AND m.classid <> 'pg_opfamily'::regclass
  AND NOT (m.classid = 'pg_type'::regclass
           AND EXISTS (SELECT FROM pg_type t WHERE t.oid = m.objid AND t.typelem <> 0 AND t.typlen = -1));

-- Types: TOAST, btree and hash classes, binary input and output, casts to and from jsonb that are never implicit.
SELECT t.typname, t.typstorage, t.typsend <> 0 AS send, t.typreceive <> 0 AS receive,
       (SELECT count(*) FROM pg_opclass c WHERE c.opcintype = t.oid AND c.opcdefault) AS default_classes,
       (SELECT string_agg(c.castcontext::text || c.castmethod::text, ' ') FROM pg_cast c
        WHERE t.oid IN (c.castsource, c.casttarget)) AS casts
FROM pg_type t JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
WHERE t.typtype = 'b' AND t.typelem = 0
ORDER BY t.typname;

-- Released composite types do not change: a column more would break old dumps.
SELECT t.typname, string_agg(a.attname || ' ' || a.atttypid::regtype, ', ' ORDER BY a.attnum) AS columns
FROM pg_type t
JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
JOIN pg_attribute a ON a.attrelid = t.typrelid
WHERE t.typtype = 'c'
GROUP BY t.typname ORDER BY t.typname;

-- btree and hash operator classes are whole.
SELECT opcname, amname, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod
JOIN member m ON m.classid = 'pg_opclass'::regclass AND m.objid = c.oid
ORDER BY opcname, amname;

-- Operators do what their functions do, called by name; the expected side is the operator's meaning on equal and other values.
SELECT bool_and(score_summary_eq(a, b) = (a = b) AND score_summary_ne(a, b) = (a <> b) AND
                score_summary_lt(a, b) = (a < b) AND score_summary_le(a, b) = (a <= b) AND
                score_summary_gt(a, b) = (a > b) AND score_summary_ge(a, b) = (a >= b) AND
                score_summary_subtract(score_summary_add(a, b), b) = a AND (a = b) = (i = j)) AS score_summary
FROM (SELECT i, score_agg(i) AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, score_agg(j) AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(cx_summary_eq(a, b) = (a = b) AND cx_summary_ne(a, b) = (a <> b) AND
                cx_summary_lt(a, b) = (a < b) AND cx_summary_le(a, b) = (a <= b) AND
                cx_summary_gt(a, b) = (a > b) AND cx_summary_ge(a, b) = (a >= b) AND (a = b) = (i = j)) AS cx_summary
FROM (SELECT i, cx_agg('ease', i, 1, 5) AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, cx_agg('ease', j, 1, 5) AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(covariance_summary_eq(a, b) = (i = j) AND covariance_summary_ne(a, b) = (i <> j) AND
                covariance_summary_lt(a, b) = (a < b) AND covariance_summary_le(a, b) = (a <= b) AND
                covariance_summary_gt(a, b) = (a > b) AND covariance_summary_ge(a, b) = (a >= b) AND
                (a = b) = (i = j)) AS covariance_summary
FROM (SELECT i, covariance_agg(i, i * i) AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, covariance_agg(j, j * j) AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(journey_eq(a, b) = (a = b) AND journey_ne(a, b) = (a <> b) AND
                journey_lt(a, b) = (a < b) AND journey_le(a, b) = (a <= b) AND
                journey_gt(a, b) = (a > b) AND journey_ge(a, b) = (a >= b) AND
                journey_concat(a, b) = a || b AND (a = b) = (i = j)) AS journey
FROM (SELECT i, journey_agg('2024-03-13Z', 'event ' || i) AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, journey_agg('2024-03-13Z', 'event ' || j) AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(journey_pattern_eq(a, b) = (i = j) AND journey_pattern_ne(a, b) = (i <> j) AND
                journey_pattern_lt(a, b) = (a < b) AND journey_pattern_le(a, b) = (a <= b) AND
                journey_pattern_gt(a, b) = (a > b) AND journey_pattern_ge(a, b) = (a >= b) AND
                (a = b) = (i = j)) AS journey_pattern
FROM (SELECT i, ('a{' || i || '}')::journey_pattern AS a FROM generate_series(1, 3) i) x,
     (SELECT j, ('a{' || j || '}')::journey_pattern AS b FROM generate_series(1, 3) j) y;
SELECT bool_and(funnel_summary_eq(a, b) = (i = j) AND funnel_summary_ne(a, b) = (i <> j) AND
                funnel_summary_lt(a, b) = (a < b) AND funnel_summary_le(a, b) = (a <= b) AND
                funnel_summary_gt(a, b) = (a > b) AND funnel_summary_ge(a, b) = (a >= b) AND
                (a = b) = (i = j)) AS funnel_summary
FROM (SELECT i, funnel_agg('[]'::journey, ARRAY['step-' || i], '1 day') AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, funnel_agg('[]'::journey, ARRAY['step-' || j], '1 day') AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(transition_matrix_eq(a, b) = (i = j) AND transition_matrix_ne(a, b) = (i <> j) AND
                transition_matrix_lt(a, b) = (a < b) AND transition_matrix_le(a, b) = (a <= b) AND
                transition_matrix_gt(a, b) = (a > b) AND transition_matrix_ge(a, b) = (a >= b) AND
                (a = b) = (i = j)) AS transition_matrix
FROM (SELECT i, transition_agg(journey_agg) AS a FROM (SELECT i, journey_agg('2024-03-13Z', 'event ' || i) FROM generate_series(1, 3) i GROUP BY i) v GROUP BY i) x,
     (SELECT j, transition_agg(journey_agg) AS b FROM (SELECT j, journey_agg('2024-03-13Z', 'event ' || j) FROM generate_series(1, 3) j GROUP BY j) v GROUP BY j) y;
SELECT bool_and(retention_summary_eq(a, b) = (i = j) AND retention_summary_ne(a, b) = (i <> j) AND
                retention_summary_lt(a, b) = (a < b) AND retention_summary_le(a, b) = (a <= b) AND
                retention_summary_gt(a, b) = (a > b) AND retention_summary_ge(a, b) = (a >= b) AND
                (a = b) = (i = j)) AS retention_summary
FROM (SELECT i, retention_agg(array_fill(true, ARRAY[i])) AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, retention_agg(array_fill(true, ARRAY[j])) AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(survival_summary_eq(a, b) = (i = j) AND survival_summary_ne(a, b) = (i <> j) AND
                survival_summary_lt(a, b) = (a < b) AND survival_summary_le(a, b) = (a <= b) AND
                survival_summary_gt(a, b) = (a > b) AND survival_summary_ge(a, b) = (a >= b) AND
                (a = b) = (i = j)) AS survival_summary
FROM (SELECT i, survival_agg(i * 0.5, true) AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, survival_agg(j * 0.5, true) AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(purchase_summary_eq(a, b) = (i = j) AND purchase_summary_ne(a, b) = (i <> j) AND
                purchase_summary_lt(a, b) = (a < b) AND purchase_summary_le(a, b) = (a <= b) AND
                purchase_summary_gt(a, b) = (a > b) AND purchase_summary_ge(a, b) = (a >= b) AND
                (a = b) = (i = j)) AS purchase_summary
FROM (SELECT i, purchase_agg(i, 7, 20) AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, purchase_agg(j, 7, 20) AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(spend_summary_eq(a, b) = (i = j) AND spend_summary_ne(a, b) = (i <> j) AND
                spend_summary_lt(a, b) = (a < b) AND spend_summary_le(a, b) = (a <= b) AND
                spend_summary_gt(a, b) = (a > b) AND spend_summary_ge(a, b) = (a >= b) AND
                (a = b) = (i = j)) AS spend_summary
FROM (SELECT i, spend_agg(i, 9.5) AS a FROM generate_series(1, 3) i GROUP BY i) x,
     (SELECT j, spend_agg(j, 9.5) AS b FROM generate_series(1, 3) j GROUP BY j) y;
SELECT bool_and(journey_matches(j, p::journey_pattern) = (p = 'a') AND journey_contains(j, ARRAY[p]) = (p = 'a') AND
                journey_overlaps(j, ARRAY['c', p]) = (p = 'a')) AS journey
FROM (SELECT journey_agg('2024-03-13Z', 'a') AS j) x, unnest('{a,b}'::text[]) p;
