"""Fieldproof: the back end for after-sales field service. `app.py` is the HTTP application, `cli.py` the commands."""
