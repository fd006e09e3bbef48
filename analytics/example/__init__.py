"""Invented deliveries: files as departments send them, made up by seed and marked as invented throughout."""

from analytics.example.deliveries import ExampleDelivery, write_example

__all__ = ["ExampleDelivery", "write_example"]
