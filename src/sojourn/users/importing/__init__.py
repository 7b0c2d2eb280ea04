"""Import of users from other systems: their files are read one record at a time."""
