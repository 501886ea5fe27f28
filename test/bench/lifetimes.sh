#!/bin/sh
# Fits the customers that value.sql made by lifetimes.py, where there is a
# Python with scipy, beside bgnbd_fit of the same rows.
set -eu
cd "$(dirname "$0")"

python=
for candidate in python3 /usr/bin/python3; do
	if "$candidate" -c 'import numpy, scipy' 2>/dev/null; then
		python=$candidate
		break
	fi
done
if [ -z "$python" ]; then
	echo '===== against Python: skipped: no scipy (python3-scipy)'
	exit
fi

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
query()
{
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

query -c "\\copy (SELECT x, t_x, age FROM scored) TO '$directory/customers' CSV"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
for method in nelder-mead bfgs; do
	printf '%s,' "$method" >>"$directory/fits"
	"$python" lifetimes.py "$method" "$directory/customers" >>"$directory/fits"
done
query -c 'CREATE TABLE bench.python (method text, seconds float8, evaluations int, loglik float8, r float8, alpha float8, a float8, b float8)' \
	-c "\\copy bench.python FROM '$directory/fits' CSV"
echo "===== bgnbd_fit against $("$python" -c 'import scipy; print("SciPy", scipy.__version__)'), the same customers, CPU seconds of the fit alone there, of the whole query here"
query -P footer=off -c 'SET jit = off' -c 'SET max_parallel_workers_per_gather = 0' -c "
	WITH ours AS MATERIALIZED (SELECT (bench.seconds(ARRAY['SELECT bgnbd_fit(x, t_x, age) FROM scored'], 3))[1] AS seconds, (SELECT bgnbd_fit(x, t_x, age) FROM scored) AS m)
	SELECT work, round(v.seconds::numeric, 3) AS cpu_seconds, evaluations, round((v.seconds / ours.seconds)::numeric, 1) AS times_ours, goal,
	       CASE WHEN goal IS NULL THEN '' WHEN v.seconds >= goal * ours.seconds THEN 'yes' ELSE 'NO' END AS met,
	       round(v.loglik::numeric, 4) AS loglik, round(v.r::numeric, 5) AS r, round(v.alpha::numeric, 5) AS alpha, round(v.a::numeric, 5) AS a, round(v.b::numeric, 5) AS b
	FROM ours, LATERAL (SELECT 'bgnbd_fit' AS work, ours.seconds, NULL::int AS evaluations, NULL::numeric AS goal, (m).loglik, (m).r, (m).alpha, (m).a, (m).b
	      UNION ALL SELECT method, python.seconds, python.evaluations, CASE method WHEN 'nelder-mead' THEN 20 END, python.loglik, python.r, python.alpha, python.a, python.b FROM bench.python) v" \
	-c 'DROP TABLE bench.python'
