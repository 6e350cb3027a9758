"""Fit the networks of the diagnosis, and what its readings look like in health and in each mode.

A layer of hidden units between features and answers, fitted by stochastic gradients (Adam) with
noise on the features and units left out at random, so that it does not learn its cases by heart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cxsim.explain.diagnosing.features import SPANS
from cxsim.explain.diagnosing.likelihood import HEALTHY, REACH, key
from experiments.diagnosis.cases import HEALTHY as NEAR
from experiments.diagnosis.cases import SINGLE, SOUND, Case, Seen
from experiments.diagnosis.faults import mode_names

HIDDEN = {True: 64, False: 48}  # with numbers by function and layer, and without
EPOCHS, BATCH, RATE = 45, 128, 2e-3
NOISE, LEFT_OUT, FEATURES_LEFT_OUT, SHRINK = 0.1, 0.2, 0.1, 1e-4
START = -3.0  # most modes are absent from most companies
SEED = 1
FARTHEST = 100.0  # spreads that are kept
FIRST, SECOND, TINY = 0.9, 0.999, 1e-8  # of Adam

Weights = list[np.ndarray]


def answers() -> tuple[str, ...]:
    """Return what the networks answer for."""
    return (*mode_names(), HEALTHY)


def truth(cases: Sequence[Case]) -> np.ndarray:
    """Return which answers are right, shape (cases, answers)."""
    names = answers()
    right = np.zeros((len(cases), len(names)))
    for row, case in zip(right, cases, strict=True):
        for name in case.modes:
            row[names.index(name)] = 1.0
        row[-1] = float(case.kind in (SOUND, NEAR))
    return right


def fit(seen: Seen, tell: Callable[[str], None]) -> dict[str, np.ndarray]:
    """Return the content of the fitted file."""
    right = truth(seen.cases)
    content: dict[str, np.ndarray] = {"answers": np.array(answers())}
    for span in SPANS:
        for full in (True, False):
            name = key(span, full)
            tell(f"fitting {name}")
            content |= _network(name, seen, right, HIDDEN[full])
        content |= _references(span, seen)
    return content


def _network(name: str, seen: Seen, right: np.ndarray, hidden: int) -> dict[str, np.ndarray]:
    values = seen.features[name].astype(float)
    centre, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    inputs = np.clip((values - centre) / scale, -REACH, REACH)
    first, first_bias, second, second_bias = fit_weights(inputs, right, hidden)
    parts: dict[str, np.ndarray] = {
        "centre": centre.astype(np.float32),
        "scale": scale.astype(np.float32),
        "first": first.astype(np.float16),
        "first_bias": first_bias.astype(np.float32),
        "second": second.astype(np.float16),
        "second_bias": second_bias.astype(np.float32),
    }
    return {f"{name}/{part}": value for part, value in parts.items()}


def fit_weights(inputs: np.ndarray, right: np.ndarray, hidden: int) -> Weights:
    """Return the two layers' weights and biases."""
    random = np.random.default_rng(SEED)
    columns, count = inputs.shape[1], right.shape[1]
    weights = [
        random.standard_normal((columns, hidden)) / np.sqrt(columns),
        np.zeros(hidden),
        random.standard_normal((hidden, count)) / np.sqrt(hidden),
        np.full(count, START),
    ]
    means = [np.zeros_like(one) for one in weights]
    squares = [np.zeros_like(one) for one in weights]
    batches = len(inputs) // BATCH
    total = EPOCHS * batches
    for step in range(1, total + 1):
        if (step - 1) % batches == 0:
            order = random.permutation(len(inputs))
        start = (step - 1) % batches * BATCH
        rows = order[start : start + BATCH]
        slopes = _slopes(weights, inputs[rows], right[rows], random)
        rate = RATE * 0.5 * (1.0 + np.cos(np.pi * step / total))
        _move(weights, slopes, means, squares, step, rate)
    return weights


def _slopes(
    weights: Weights, inputs: np.ndarray, right: np.ndarray, random: np.random.Generator
) -> Weights:
    first, first_bias, second, second_bias = weights
    noisy = inputs + NOISE * random.standard_normal(inputs.shape)
    noisy *= random.random(inputs.shape) > FEATURES_LEFT_OUT
    raw = noisy @ first + first_bias
    kept = (random.random(raw.shape) > LEFT_OUT) / (1.0 - LEFT_OUT)
    hidden = np.maximum(raw, 0.0) * kept
    error = (1.0 / (1.0 + np.exp(-(hidden @ second + second_bias))) - right) / len(inputs)
    back = error @ second.T * kept * (raw > 0.0)
    return [
        noisy.T @ back + SHRINK * first,
        back.sum(axis=0),
        hidden.T @ error + SHRINK * second,
        error.sum(axis=0),
    ]


def _move(
    weights: Weights, slopes: Weights, means: Weights, squares: Weights, step: int, rate: float
) -> None:
    """Make one step of Adam in place."""
    for weight, slope, mean, square in zip(weights, slopes, means, squares, strict=True):
        mean += (1.0 - FIRST) * (slope - mean)
        square += (1.0 - SECOND) * (slope**2 - square)
        size = np.sqrt(square / (1.0 - SECOND**step)) + TINY
        weight -= rate * mean / (1.0 - FIRST**step) / size


def _references(span: int, seen: Seen) -> dict[str, np.ndarray]:
    """Return healthy readings, their spread, and how far each mode lies from them in spreads."""
    read = seen.readings[span]
    kinds = np.array([case.kind for case in seen.cases])
    sound = np.isin(kinds, (SOUND, NEAR))
    middle = np.median(read[sound], axis=0)
    spread = read[sound].std(axis=0) + 1e-9
    single = [
        [n for n, c in enumerate(seen.cases) if c.kind == SINGLE and c.modes == (name,)]
        for name in mode_names()
    ]
    away = np.stack([(np.median(read[rows], axis=0) - middle) / spread for rows in single])
    away = np.clip(away, -FARTHEST, FARTHEST)
    return {
        f"readings{span}/healthy": middle.astype(np.float32),
        f"readings{span}/spread": spread.astype(np.float32),
        f"readings{span}/modes": away.astype(np.float16),
    }


def save(content: dict[str, Any], path: Path) -> None:
    """Write the fitted file."""
    np.savez_compressed(path, **content)
