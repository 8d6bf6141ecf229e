"""`python -m alliancesim` is the command line."""

from alliancesim.cli import main

if __name__ == "__main__":
    main()
