"""For tests of apps that use Sojourn."""
