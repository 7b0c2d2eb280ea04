"""The Frontend API, which browser SDKs call. Handlers parse, call the engine and render; nothing is decided here.

`operation_id` of each handler is the id in the published document. `opt["form"]` names its form fields.
"""
