"""From where on drivers count as unsteady. Loads no machine learning, so that pages may say it."""

LEAST_RANK_CORRELATION = 0.8  # of the importances of two refits
LEAST_OVERLAP = 0.6  # Jaccard, of their strongest columns
