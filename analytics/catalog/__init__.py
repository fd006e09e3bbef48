"""What exists and what is promised: YAML and typed models; reads its own files, nothing else."""

from analytics.catalog.catalog import Catalog
from analytics.catalog.load import catalog_digest, catalog_files, load_catalog

__all__ = ["Catalog", "catalog_digest", "catalog_files", "load_catalog"]
