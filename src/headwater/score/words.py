"""Which word may stand for a probability? Those of ICD 203, and only for calibrated values.

Source: Intelligence Community Directive 203, Analytic Standards (2015), section D.6.e.(2)(a): seven words
for 1% to 99%. What lies beyond takes the outermost word.
"""

_WORDS = (  # lower bound of each word
    (0.95, "almost certain"),
    (0.80, "very likely"),
    (0.55, "likely"),
    (0.45, "roughly even chance"),
    (0.20, "unlikely"),
    (0.05, "very unlikely"),
    (0.00, "almost no chance"),
)


def icd203(probability: float) -> str:
    """The directive's word for a probability in [0, 1].

    Raises:
        ValueError: the number is no probability.
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"{probability} is no probability")
    return next(word for bound, word in _WORDS if probability >= bound)
