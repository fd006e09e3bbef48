"""`python -m analytics.cli` does what `qinghe` does."""

from analytics.cli import main

main()
