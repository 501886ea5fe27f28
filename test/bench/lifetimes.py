#!/usr/bin/env python3
"""Fits BG/NBD the way Python packages do it: an array for each column, a minimiser over the log-parameters.

    lifetimes.py NAME FILE      NAME is nelder-mead or bfgs, FILE has lines "x,t_x,T"

Prints CPU seconds of the fit, evaluations, log-likelihood, r, alpha, a, b. The likelihood is equation 6 of Fader,
Hardie and Lee (2005) with logarithms of sums. nelder-mead is what the package lifetimes did up to 0.10; bfgs with the
derivatives is what it has done since (there they come from autograd, which takes longer than these formulas).
"""
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, psi

method, path = sys.argv[1:3]
x, t_x, t = np.loadtxt(path, delimiter=",", unpack=True)
evaluations = 0


def parts(theta):
    """The two summands of each customer's likelihood, as logarithms."""
    r, alpha, a, b = theta
    still = -(r + x) * np.log(alpha + t)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return still, np.where(x > 0, gone, -np.inf)


def value(u):
    global evaluations
    evaluations += 1
    r, alpha, a, b = theta = np.exp(u)
    still, gone = parts(theta)
    loglik = (gammaln(r + x) - gammaln(r) + r * np.log(alpha) + gammaln(a + b) + gammaln(b + x) - gammaln(b)
              - gammaln(a + b + x) + np.logaddexp(still, gone))
    return -loglik.mean()


def value_and_slope(u):
    r, alpha, a, b = theta = np.exp(u)
    still, gone = parts(theta)
    w = np.exp(gone - np.logaddexp(still, gone))
    by_r = (psi(r + x) - psi(r) + np.log(alpha) - (1 - w) * np.log(alpha + t) - w * np.log(alpha + t_x)).mean()
    by_alpha = (r / alpha - (r + x) * ((1 - w) / (alpha + t) + w / (alpha + t_x))).mean()
    by_a = (psi(a + b) - psi(a + b + x) + w / a).mean()
    by_b = (psi(a + b) - psi(a + b + x) + psi(b + x) - psi(b) - w / (b + np.maximum(x, 1) - 1)).mean()
    return value(u), -theta * np.array([by_r, by_alpha, by_a, by_b])


began = time.process_time()
scale = 1 / t.max()
t_x, t = t_x * scale, t * scale
start = 0.1 * np.ones(4)
if method == "nelder-mead":
    found = minimize(value, start, method="Nelder-Mead", tol=1e-7, options={"maxiter": 2000})
else:
    found = minimize(value_and_slope, start, jac=True, method="BFGS", tol=1e-7)
spent = time.process_time() - began
r, alpha, a, b = np.exp(found.x)
loglik = -found.fun * len(x) + x.sum() * np.log(scale)
print(f"{spent:.3f},{evaluations},{loglik:.4f},{r:.6f},{alpha / scale:.6f},{a:.6f},{b:.6f}")
