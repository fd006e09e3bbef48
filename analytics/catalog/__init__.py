"""What exists and what is promised: YAML and typed models; reads its own files, nothing else."""

from analytics.catalog.load import BUILT_IN_REGISTERS, Catalog, catalog_files, load_catalog

__all__ = ["BUILT_IN_REGISTERS", "Catalog", "catalog_files", "load_catalog"]
