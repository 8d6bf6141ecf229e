"""The one home of hypothesis generators: random valid scenarios, written as a user would write them."""

from strategies.values import FIRST_FY, FIRST_MONTH, rarely, seeds
from strategies.worlds import BYSTANDER_CHANNEL, bystanders, scenarios, tied

__all__ = ["BYSTANDER_CHANNEL", "FIRST_FY", "FIRST_MONTH", "bystanders", "rarely", "scenarios", "seeds", "tied"]
