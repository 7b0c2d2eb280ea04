"""The admin API: what the dashboard and scripts of administrators call (R-ADM-01)."""
