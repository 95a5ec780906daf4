"""The OpenAPI document of a server, assembled from the contract's documents and the table of admin routes.

Pure functions from data to data: nothing here knows a request. ``document`` puts the parts together,
``commands`` and ``nodes`` say what a client may send, ``replies`` what it gets, ``endpoint`` and
``admin`` make the paths, ``kinds`` are the JSON Schemas of our own files.
"""
