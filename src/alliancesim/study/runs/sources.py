"""Which code makes the outcomes of this process."""

from __future__ import annotations

from alliancesim.kernelcache import source_hash

SOURCES = source_hash()
"""Hash of the package's sources as they were loaded; files may change under a process that goes on."""
