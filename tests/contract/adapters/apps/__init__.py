"""The same small app in every framework, in the idiom of each.

GET  /              anybody: {"user": id or null}
GET  /protected     by the middleware alone: {"user": id}
GET  /me            the user as the server knows them: {"email": …}
GET  /open/guarded  public by pattern, guarded in the handler; /open/admin, /open/may, /open/team, /open/fresh want more
GET  /broken        raises; GET /stream answers in three parts
POST /form          {"done": true}
GET, POST, DELETE /data   what is kept for the visitor; POST keeps ?name=…
WS   /socket        sends the user's id, then says back what it hears
"""

PUBLIC = ["/", "/open/(.*)", "/data"]
"""Everything else is protected."""
