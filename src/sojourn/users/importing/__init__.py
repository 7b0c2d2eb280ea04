"""Users from elsewhere: files of other systems, read one person at a time and made into accounts."""
