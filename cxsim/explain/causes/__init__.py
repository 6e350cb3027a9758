"""Why a series moved: its direct causes week by week, and what stands behind each of them."""
