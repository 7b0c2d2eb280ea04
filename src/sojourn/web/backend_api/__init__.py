"""The Backend API, for servers with a secret key. Wire-compatible with the published document, with our own additions
below `/v1/sojourn/`.

Default deny: `routes.owns` decides which paths belong to this API, and no handler runs before `context.admit` has
checked the secret key (R-AUZ-01).
"""
