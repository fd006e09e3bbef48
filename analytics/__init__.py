"""qinghe (清河): check, keep, assess and report what a province promised for its waters."""

__version__ = "0.1.0"
