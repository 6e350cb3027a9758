"""``python -m cxsim.cli``, for where the command itself is not on the path."""

from cxsim.cli import main

main(prog_name="cxsim")
