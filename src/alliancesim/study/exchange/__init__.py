"""Exchange rates and their record: processes fitted to it, and forecasts held against it."""
