/*
 * module.c
 *	  What makes the library a PostgreSQL module, and its version.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(cx_metrics_version);
Datum
cx_metrics_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(CX_VERSION));
}
