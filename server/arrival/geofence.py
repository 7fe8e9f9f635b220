"""The probability that a phone is inside a circle, given a fix with its accuracy."""

from math import acos, exp, pi

SIGMA_DIVISOR = {"android": 1.510, "ios": 1.414, "web": 2.448}
"""What 'accuracy' means: Android 68 % of a 2-D Gaussian, iOS sqrt(sx2+sy2), the Web 95 %; divided by this it is sigma."""

POINTS = 64


def sigma_m(accuracy_m: float, platform: str) -> float:
    """Standard deviation in each direction, metres; at least 1 m, because no phone knows better."""
    return max(accuracy_m / SIGMA_DIVISOR[platform], 1.0)


def probability_inside(distance_m: float, radius_m: float, sigma: float) -> float:
    """P that a point with a circular Gaussian error around a centre at `distance_m` lies within `radius_m`.

    The distance r of the true point from the fix is Rayleigh-distributed; for each r, the share of the circle of radius
    r around the fix that lies in the fence is known in closed form. Integrated over r with 64 midpoints.
    """
    low, high = max(0.0, distance_m - radius_m), distance_m + radius_m
    # Up to |R - d| every direction is inside when the fix itself is: that part has a closed form.
    whole = 1 - exp(-((radius_m - distance_m) ** 2) / (2 * sigma * sigma)) if distance_m < radius_m else 0.0
    low = max(low, abs(radius_m - distance_m))
    high = min(high, 8 * sigma)
    if high <= low or distance_m == 0:
        return whole
    step = (high - low) / POINTS
    total = 0.0
    for number in range(POINTS):
        r = low + (number + 0.5) * step
        cosine = (distance_m**2 + r * r - radius_m**2) / (2 * distance_m * r)
        share = acos(min(1.0, max(-1.0, cosine))) / pi
        total += share * r / sigma**2 * exp(-r * r / (2 * sigma * sigma)) * step
    return min(1.0, whole + total)
