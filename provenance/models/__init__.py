"""What the house keeps of what leaves it: exports, and the datasets that are released."""

from .datasets import Dataset, DatasetCase
from .exports import Export

__all__ = ["Dataset", "DatasetCase", "Export"]
