/*
 * linalg.h
 *	  Small dense linear algebra, for C. No PostgreSQL here, and nothing here
 *	  can throw.
 *
 * Matrices are arrays of double in column-major order: element (row, col) of
 * a matrix with n rows is m[row + col * n]. For a symmetric one that is the
 * same as row-major.
 *
 * All return true and fill the output with finite numbers, or return false and
 * leave it alone: a negative size, NaN or infinity in what is read, a result
 * beyond the range of a double, no memory, or what the function names. With a
 * size of 0 they return true and write nothing. An output may be the array of
 * an input; otherwise inputs do not change.
 */
#ifndef CX_LINALG_H
#define CX_LINALG_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Eigenvalues, ascending, and eigenvectors of the symmetric n x n matrix a, of
 * which only the lower triangle is read. Column k of vectors (n x n,
 * orthonormal, of either sign) belongs to values[k]; vectors may be NULL.
 */
bool		cx_symmetric_eigen(int n, const double *a, double *values, double *vectors);

/*
 * Solve a x = b for a symmetric positive definite n x n matrix a, of which
 * only the lower triangle is read; b and x are n x columns. False if a is not
 * positive definite to working precision, whatever the units of its rows.
 */
bool		cx_cholesky_solve(int n, int columns, const double *a, const double *b, double *x);

/*
 * Solve a x = b for any square n x n matrix a, by LU with partial pivoting; b
 * and x are n x columns. False if a is singular to working precision, whatever
 * the units of its rows and columns.
 */
bool		cx_lu_solve(int n, int columns, const double *a, const double *b, double *x);

#ifdef __cplusplus
}
#endif

#endif							/* CX_LINALG_H */
