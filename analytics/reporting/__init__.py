"""From notebooks to what experts read: strict execution, one document for print and page, PDF and HTML.

`execute.execute` runs notebooks with checked parameters; `render` turns executed notebooks into one PDF and
one self-contained HTML page. Reports never fetch data and never compute figures.
"""

from analytics.reporting.front import FrontMatter, Rendered
from analytics.reporting.rendering import render

__all__ = ["FrontMatter", "Rendered", "render"]
