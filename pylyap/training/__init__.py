"""Networks that pylyap trains itself."""
