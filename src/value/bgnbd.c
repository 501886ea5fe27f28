/*
 * bgnbd.c
 *	  The likelihood of the BG/NBD and MBG/NBD models; see bgnbd.h.
 *
 * With n = x for BG/NBD and x + 1 for MBG/NBD both are, for one customer,
 *
 *	  ln L = G(r, x) + r ln alpha + G(b, n) - G(a + b, n) + ln(exp A3 + exp A4)
 *	  G(y, n) = ln Gamma(y + n) - ln Gamma(y), see rising.h
 *	  A3 = -(r + x) ln(alpha + T)
 *	  A4 = ln a - ln(b + n - 1) - (r + x) ln(alpha + t_x)        only when n > 0
 *
 * as in B. G. S. Hardie's notes, where nothing overflows. G depends on x only, the logarithms
 * on T or t_x only: each is computed once for every different one.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "value/bgnbd.h"
#include "value/fit.h"
#include "value/rising.h"

/* Times are scaled to this mean of T, which keeps all parameters near 1. */
#define MEAN_AGE 10.0

/* Rows between two looks for a cancel request. */
#define ROWS_PER_CHECK 65536

#define PARAMETERS 4

enum
{
	R, ALPHA, A, B
};

/* ---------- The data, prepared ---------- */

/* A time as it occurs in rows, and what an evaluation needs of it. */
typedef struct Moment
{
	double		time;
	double		logarithm;		/* ln(alpha + time) */
	double		inverse;		/* 1 / (alpha + time) */
} Moment;

typedef struct PreparedRow
{
	uint32_t	last;			/* the moment of t_x */
	uint32_t	end;			/* the moment of T */
	double		customers;
} PreparedRow;

/* The rows of one x, from `first` up to that of the next. */
typedef struct Frequency
{
	int64_t		x;
	size_t		first;
	double		customers;
} Frequency;

typedef struct Prepared
{
	BgnbdKind	kind;
	double		ridge;
	double		customers;
	size_t		n_rows;
	PreparedRow *rows;
	size_t		n_frequencies;
	Frequency  *frequencies;	/* and one more, where the rows end */
	size_t		n_moments;
	Moment	   *moments;
} Prepared;

/*
 * The different times of the rows while they are collected: in the order in which they
 * first occur, so that an evaluation reads them from front to back.
 */
typedef struct MomentTable
{
	Moment	   *moments;
	size_t		n;
	size_t		room;
	uint32_t   *slots;			/* open addressing: the moment + 1, 0 where free */
	int			bits;			/* 2 to this many slots, at least twice the room */
} MomentTable;

#define FIRST_BITS 10

static inline size_t
slot_of(const MomentTable *table, double time)
{
	uint64_t	word;

	memcpy(&word, &time, sizeof(word));
	word = (word ^ word >> 32) * UINT64_C(0x9E3779B97F4A7C15);
	return (size_t) (word >> (64 - table->bits));
}

/* The slot of a time, or the free one where it belongs. */
static inline size_t
find_slot(const MomentTable *table, double time)
{
	size_t		slot = slot_of(table, time);

	while (table->slots[slot] != 0 && table->moments[table->slots[slot] - 1].time != time)
		slot = (slot + 1) & (((size_t) 1 << table->bits) - 1);
	return slot;
}

static void
grow_table(MomentTable *table)
{
	table->bits++;
	table->room *= 2;
	table->moments = cx_realloc(table->moments, table->room, sizeof(Moment));
	cx_free(table->slots);
	table->slots = cx_alloc0((size_t) 1 << table->bits, sizeof(uint32_t));
	for (size_t i = 0; i < table->n; i++)
		table->slots[find_slot(table, table->moments[i].time)] = (uint32_t) (i + 1);
}

/* The place of a time among the moments. */
static uint32_t
moment_of(MomentTable *table, double time)
{
	size_t		slot = find_slot(table, time);

	if (table->slots[slot] == 0)
	{
		if (table->n == table->room)
		{
			grow_table(table);
			slot = find_slot(table, time);
		}
		table->moments[table->n++].time = time;
		table->slots[slot] = (uint32_t) table->n;
	}
	return table->slots[slot] - 1;
}

static size_t
count_frequencies(const BgnbdRow *rows, size_t n)
{
	size_t		count = 1;

	for (size_t i = 1; i < n; i++)
		count += rows[i].x != rows[i - 1].x;
	return count;
}

static void
prepare(Prepared *data, const BgnbdRow *rows, double scale)
{
	MomentTable table = {.bits = FIRST_BITS, .room = (size_t) 1 << (FIRST_BITS - 1)};

	table.moments = cx_alloc(table.room, sizeof(Moment));
	table.slots = cx_alloc0((size_t) 1 << table.bits, sizeof(uint32_t));
	data->rows = cx_alloc(data->n_rows, sizeof(PreparedRow));
	data->frequencies = cx_alloc(count_frequencies(rows, data->n_rows) + 1, sizeof(Frequency));
	for (size_t i = 0; i < data->n_rows; i++)
	{
		double		customers = (double) rows[i].customers;
		uint32_t	last;

		if (i % ROWS_PER_CHECK == 0)
			cx_check_interrupts();
		if (i == 0 || rows[i].x != rows[i - 1].x)
			data->frequencies[data->n_frequencies++] = (Frequency) {rows[i].x, i, 0};
		data->frequencies[data->n_frequencies - 1].customers += customers;
		last = moment_of(&table, rows[i].t_x * scale);
		data->rows[i] = (PreparedRow) {last, moment_of(&table, rows[i].T * scale), customers};
	}
	data->frequencies[data->n_frequencies].first = data->n_rows;
	data->moments = table.moments;
	data->n_moments = table.n;
	cx_free(table.slots);
}

static void
prepared_free(Prepared *data)
{
	cx_free(data->moments);
	cx_free(data->frequencies);
	cx_free(data->rows);
}

/* ---------- The likelihood and its derivatives ---------- */

/* Sums over the rows of one x: of what the likelihood and its derivatives are made of. */
typedef struct RowSums
{
	double		total;			/* ln(exp A3 + exp A4) */
	double		p4;				/* shares of exp A4 in it */
	double		logarithm;		/* ln(alpha + time), weighted by the shares: T by p3, t_x by p4 */
	double		inverse;		/* 1 / (alpha + time) likewise */
	double		inverse2;		/* its square likewise */
	double		both;			/* p3 p4 */
	double		both_l;			/* the same times differences of T and t_x: l of logarithms, i of inverses */
	double		both_i;
	double		both_ll;
	double		both_li;
	double		both_ii;
} RowSums;

/* `odds` is ln a - ln(b + n - 1); -infinity where n is 0, so that p4 is 0. */
static RowSums
sum_rows(const Prepared *data, const Frequency *frequency, double rx, double odds)
{
	RowSums		s = {0};

	for (size_t i = frequency[0].first; i < frequency[1].first; i++)
	{
		const PreparedRow *row = &data->rows[i];
		const Moment *end = &data->moments[row->end];
		const Moment *last = &data->moments[row->last];
		double		w = row->customers;
		double		l = end->logarithm - last->logarithm;
		double		inverse = end->inverse - last->inverse;
		double		gap = odds + rx * l;	/* A4 - A3 */
		double		smaller = exp(-fabs(gap));
		double		p4 = w * (gap > 0 ? 1 : smaller) / (1 + smaller);
		double		p3 = w * (gap > 0 ? smaller : 1) / (1 + smaller);
		double		both = w * smaller / ((1 + smaller) * (1 + smaller));

		if (i % ROWS_PER_CHECK == 0)
			cx_check_interrupts();
		s.total += w * ((gap > 0 ? gap : 0) + log1p(smaller) - rx * end->logarithm);
		s.p4 += p4;
		s.logarithm += p3 * end->logarithm + p4 * last->logarithm;
		s.inverse += p3 * end->inverse + p4 * last->inverse;
		s.inverse2 += p3 * end->inverse * end->inverse + p4 * last->inverse * last->inverse;
		s.both += both;
		s.both_l += both * l;
		s.both_i += both * inverse;
		s.both_ll += both * l * l;
		s.both_li += both * l * inverse;
		s.both_ii += both * inverse * inverse;
	}
	return s;
}

/*
 * Adds ln(exp A3 + exp A4) over the rows of one x. With shares p3 and p4 of the
 * two, first derivatives are those of A3 and A4 weighted by the shares; second
 * ones likewise, plus p3 p4 d d', d being what the first ones differ by.
 */
static void
add_rows(const Prepared *data, const Frequency *frequency, const BgnbdParameters *at, FitPoint *point)
{
	double		rx = at->r + frequency->x;
	int64_t		n = frequency->x + (data->kind == MBGNBD);
	double		below = at->b + (n - 1);
	RowSums		s = sum_rows(data, frequency, rx, n > 0 ? log(at->a / below) : -INFINITY);
	double		d_a = 1 / at->a;
	double		d_b = n > 0 ? -1 / below : 0;

	point->value += s.total;
	point->gradient[R] -= s.logarithm;
	point->gradient[ALPHA] -= rx * s.inverse;
	point->gradient[A] += s.p4 * d_a;
	point->gradient[B] += s.p4 * d_b;
	fit_add_symmetric(point, PARAMETERS, R, R, s.both_ll);
	fit_add_symmetric(point, PARAMETERS, R, ALPHA, rx * s.both_li - s.inverse);
	fit_add_symmetric(point, PARAMETERS, R, A, s.both_l * d_a);
	fit_add_symmetric(point, PARAMETERS, R, B, s.both_l * d_b);
	fit_add_symmetric(point, PARAMETERS, ALPHA, ALPHA, rx * s.inverse2 + rx * rx * s.both_ii);
	fit_add_symmetric(point, PARAMETERS, ALPHA, A, rx * s.both_i * d_a);
	fit_add_symmetric(point, PARAMETERS, ALPHA, B, rx * s.both_i * d_b);
	fit_add_symmetric(point, PARAMETERS, A, A, (s.both - s.p4) * d_a * d_a);
	fit_add_symmetric(point, PARAMETERS, A, B, s.both * d_a * d_b);
	fit_add_symmetric(point, PARAMETERS, B, B, (s.both + s.p4) * d_b * d_b);
}

/* Adds what depends on x alone: `r` is G(r, x), `b` G(b, n), `ab` G(a + b, n). */
static void
add_frequency(double w, const BgnbdParameters *at, const Rising *r, const Rising *b, const Rising *ab,
			  FitPoint *point)
{
	point->value += w * (r->value + at->r * log(at->alpha) + b->value - ab->value);
	point->gradient[R] += w * (r->first + log(at->alpha));
	point->gradient[ALPHA] += w * at->r / at->alpha;
	point->gradient[A] -= w * ab->first;
	point->gradient[B] += w * (b->first - ab->first);
	fit_add_symmetric(point, PARAMETERS, R, R, w * r->second);
	fit_add_symmetric(point, PARAMETERS, R, ALPHA, w / at->alpha);
	fit_add_symmetric(point, PARAMETERS, ALPHA, ALPHA, -w * at->r / (at->alpha * at->alpha));
	fit_add_symmetric(point, PARAMETERS, A, A, -w * ab->second);
	fit_add_symmetric(point, PARAMETERS, A, B, -w * ab->second);
	fit_add_symmetric(point, PARAMETERS, B, B, w * (b->second - ab->second));
}

/* The sum of the log-likelihoods and its derivatives by the parameters. */
static void
sum_loglik(const Prepared *data, const BgnbdParameters *at, FitPoint *point)
{
	Rising		r = {0, 0, 0};
	Rising		b = {0, 0, 0};
	Rising		ab = {0, 0, 0};
	int64_t		shift = data->kind == MBGNBD;
	int64_t		x = 0;

	*point = (FitPoint) {.value = 0};
	for (size_t i = 0; i < data->n_moments; i++)
	{
		data->moments[i].logarithm = log(at->alpha + data->moments[i].time);
		data->moments[i].inverse = 1 / (at->alpha + data->moments[i].time);
	}
	rising_add(&b, at->b, 0, shift);
	rising_add(&ab, at->a + at->b, 0, shift);
	for (size_t i = 0; i < data->n_frequencies; i++)
	{
		const Frequency *frequency = &data->frequencies[i];

		cx_check_interrupts();
		rising_add(&r, at->r, x, frequency->x);
		rising_add(&b, at->b, x + shift, frequency->x + shift);
		rising_add(&ab, at->a + at->b, x + shift, frequency->x + shift);
		x = frequency->x;
		add_frequency(frequency->customers, at, &r, &b, &ab, point);
		add_rows(data, frequency, at, point);
	}
}

/* A FitFunction: minus the mean log-likelihood, with the penalty. */
static bool
evaluate(const double *u, const void *given, FitPoint *point)
{
	const Prepared *data = given;
	double		theta[PARAMETERS];
	BgnbdParameters at;

	for (int i = 0; i < PARAMETERS; i++)
		theta[i] = exp(u[i]);
	at = (BgnbdParameters) {theta[R], theta[ALPHA], theta[A], theta[B]};
	sum_loglik(data, &at, point);
	fit_to_mean(PARAMETERS, data->customers, point);
	fit_to_logarithms(PARAMETERS, theta, point);
	fit_add_ridge(PARAMETERS, u, data->ridge, point);
	return fit_point_is_finite(PARAMETERS, point);
}

/* ---------- Entry points ---------- */

double
bgnbd_loglik(BgnbdKind kind, const BgnbdParameters *parameters, int64_t x, double t_x, double T)
{
	BgnbdRow	row = {x, t_x, T, 1};
	Prepared	data = {.kind = kind, .customers = 1, .n_rows = 1};
	FitPoint	point;

	prepare(&data, &row, 1);
	sum_loglik(&data, parameters, &point);
	prepared_free(&data);
	return point.value;
}

/* Brings the fit of scaled times back to the unit given; `purchases` is the sum of all x. */
static void
unscale(BgnbdFit *fit, double scale, double purchases)
{
	fit->parameters.alpha /= scale;
	fit->loglik += purchases * log(scale);
	for (int i = 0; i < PARAMETERS; i++)
	{
		fit->covariance[ALPHA * PARAMETERS + i] /= scale;
		fit->covariance[i * PARAMETERS + ALPHA] /= scale;
	}
}

/* The sums over all rows; returns what brings the mean of T to MEAN_AGE. */
static double
count_customers(const BgnbdRow *rows, size_t n, BgnbdFit *fit, double *purchases)
{
	double		ages = 0;

	*purchases = 0;
	for (size_t i = 0; i < n; i++)
	{
		double		customers = (double) rows[i].customers;

		fit->customers += rows[i].customers;
		ages += rows[i].T * customers;
		*purchases += (double) rows[i].x * customers;
	}
	return ages > 0 ? MEAN_AGE * ((double) fit->customers / ages) : 1;
}

bool
bgnbd_fit(BgnbdKind kind, const BgnbdRow *rows, size_t n, double ridge, BgnbdFit *fit)
{
	static const double start[PARAMETERS] = {0, 1.0986122886681098, 0, 1.0986122886681098};	/* r 1, alpha 3, a 1, b 3 */
	Prepared	data = {.kind = kind, .ridge = ridge, .n_rows = n};
	double		purchases;
	double		scale;
	Fit			found;
	FitPoint	plain;

	*fit = (BgnbdFit) {.parameters = {NAN, NAN, NAN, NAN}, .loglik = NAN};
	if (n == 0)
		return false;
	scale = count_customers(rows, n, fit, &purchases);
	if (!isnormal(scale))
		return true;
	data.customers = (double) fit->customers;
	prepare(&data, rows, scale);
	if (fit_minimise(PARAMETERS, evaluate, &data, start, &found))
	{
		BgnbdParameters *p = &fit->parameters;

		*p = (BgnbdParameters) {exp(found.u[R]), exp(found.u[ALPHA]), exp(found.u[A]), exp(found.u[B])};
		sum_loglik(&data, p, &plain);
		fit->loglik = plain.value;
		fit->converged = found.converged;
		fit->identified = found.converged && fit_covariance(PARAMETERS, &found, data.customers, fit->covariance);
		unscale(fit, scale, purchases);
		fit->identified = fit->identified &&
			fit_inside_borders(PARAMETERS, (double[]) {p->r, p->alpha, p->a, p->b}) &&
			fit_is_certain(PARAMETERS, (double[]) {p->r, p->alpha, p->a, p->b}, fit->covariance);
	}
	prepared_free(&data);
	return true;
}
