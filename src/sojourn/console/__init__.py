"""The console: the administrators of this server, their roles and how they are invited."""
