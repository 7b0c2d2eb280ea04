"""The answers of the admin API: types that its OpenAPI document and the page are generated from. Times are milliseconds since the epoch."""
