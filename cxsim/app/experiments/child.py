"""The command line in a process of its own that ends with the app.

``python -m cxsim.app.experiments.child study run ...`` does what ``cxsim study run ...`` does, and
stops as with Ctrl-C as soon as its standard input ends. The app closes that to stop a study; when
the app itself dies, however it dies, the system closes it.
"""

from __future__ import annotations

import _thread
import os
import runpy
import signal
import sys
import threading
from contextlib import suppress

PATIENCE = 10.0  # seconds for writing down what is finished
MODEST = 5  # added niceness: whoever looks at a page comes first
STOPPED = 130  # exit code, as after Ctrl-C


def end_with_input() -> None:
    """Interrupt the main thread when standard input ends; insist when that does not help."""
    with suppress(OSError):
        while os.read(0, 4096):  # not sys.stdin, which would be locked when the process ends
            pass
    interrupt()
    threading.Event().wait(PATIENCE)
    os._exit(STOPPED)


def interrupt() -> None:
    """Do to the main thread what Ctrl-C does."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        _thread.interrupt_main()
    else:
        signal.pthread_kill(main, signal.SIGINT)  # wakes it from a wait, which a flag does not


def main() -> None:
    """Become the command line."""
    if hasattr(os, "nice"):
        os.nice(MODEST)
    threading.Thread(target=end_with_input, daemon=True).start()
    runpy.run_module("cxsim.cli", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
