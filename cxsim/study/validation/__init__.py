"""Hold the calibrated model against published patterns that it was not fitted to.

`expected.toml` has the patterns, `survival` to `netflix` each measure some of them on the real
engine, and `cxsim.study.validation.run` puts them together.
"""
