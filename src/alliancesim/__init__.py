"""alliancesim."""
