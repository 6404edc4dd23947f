"""Work on a case: what tasks do in batches and people do one at a time, each in the caller's transaction.

A decision of `policy` is put into rows of `models` here. Nothing here knows Prefect, a page or a provider.
"""
