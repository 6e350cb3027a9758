"""The browser app: one Solara page per file under ``pages``, shared parts under ``components``.

Start it with :func:`cxsim.app.serve.main`; nothing here is imported by the rest of the package.
"""
