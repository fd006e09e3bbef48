"""The one import for notebooks: open a year, ask for values, sentences, tables, charts, maps, explanations."""

from analytics.notebook.base import ANY_LANGUAGE
from analytics.notebook.value import Value
from analytics.notebook.year import Year, open_period, open_year

__all__ = ["ANY_LANGUAGE", "Value", "Year", "open_period", "open_year"]
