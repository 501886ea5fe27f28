/*
 * purchase_summary.h
 *	  The stored forms of what customers bought: purchase_summary and spend_summary.
 *
 * Include it after postgres.h and fmgr.h. Both count customers who are alike
 * and are multisets (multiset.h), in stored values and in the states of their
 * aggregates alike:
 *
 *	  purchase_summary	keys (x, t_x, T): repeat purchases, when the last was and until
 *						when the customer was observed, both since the first purchase.
 *						`unit` has the seconds of a unit of time, 0 where unknown.
 *	  spend_summary		keys (x, m): repeat purchases, at least 1, and their mean amount,
 *						above 0. `unit` is 0.
 *
 * The transition functions of purchase_agg and spend_agg (sql/value_rfm.sql:
 * purchase_accum, purchase_combine, spend_accum, spend_combine) serve the fits
 * as well. Their state is NULL until there is a row, then such a multiset with
 * a tail and room to spare; in a moving frame it may have no rows at all. All
 * functions here that take a summary take a state too, and change neither.
 */
#ifndef CX_PURCHASE_SUMMARY_H
#define CX_PURCHASE_SUMMARY_H

#include "value/bgnbd.h"
#include "value/gamma_gamma.h"
#include "value/multiset_state.h"

#define PURCHASE_WORDS 3
#define PURCHASE_TYPE "purchase_summary"
#define SPEND_WORDS 2
#define SPEND_TYPE "spend_summary"

typedef Multiset PurchaseSummary;
typedef Multiset SpendSummary;

/* Reads an argument, unpacked; XX001 where it is damaged. */
extern PurchaseSummary *purchase_summary_load(Datum value);
extern SpendSummary *spend_summary_load(Datum value);

/* The seconds of a unit of time; NaN where that is not known. */
extern double purchase_summary_unit_seconds(const PurchaseSummary *s);

/*
 * The customers, equal ones counted together, in ascending order of x, t_x, T
 * (x, m); their number is returned. palloc'd, even where there are none.
 */
extern size_t purchase_summary_rows(const PurchaseSummary *s, BgnbdRow **rows);
extern size_t spend_summary_rows(const SpendSummary *s, SpendRow **rows);

/* Why there is no such customer; NULL when there may be. */
extern const char *purchase_problem(int64 x, double t_x, double T);

/* The same as an error: 22023 with the values. For every function that takes a history. */
extern void purchase_check(int64 x, double t_x, double T);

/* A customer as a key. */
static inline void
purchase_key(int64 x, double t_x, double T, uint64 *key)
{
	key[0] = multiset_word_of_int64(x);
	key[1] = multiset_word(t_x);
	key[2] = multiset_word(T);
}

static inline void
spend_key(int64 x, double m, uint64 *key)
{
	key[0] = multiset_word_of_int64(x);
	key[1] = multiset_word(m);
}

#endif							/* CX_PURCHASE_SUMMARY_H */
