-- What every wing uses.

CREATE FUNCTION cx_metrics_version() RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx_metrics_version() IS
'version of the library that is loaded; differs from pg_extension.extversion until ALTER EXTENSION cx_metrics UPDATE is run';

CREATE TYPE estimate AS (
    value float8,
    lo float8,
    hi float8,
    std_error float8,
    responses bigint,
    effective_base float8,
    base_quality text
);
COMMENT ON TYPE estimate IS
'a measured figure with its confidence interval, the standard error that made it, the base it stands on and whether that base is ok (100 or more), low (30 to 99) or insufficient';
