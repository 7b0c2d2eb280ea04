"""The Backend API as Python sees it: its objects, and the clients that fetch them."""
