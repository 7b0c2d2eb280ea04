"""The Backend API: for servers that hold a secret key. Wire-compatible with the published document, beside our own
additions below `/v1/sojourn/`.

Default deny: `routes.owns` says which addresses are of this API, and none of them runs before `context.admit` has seen a
secret key (R-AUZ-01).
"""
