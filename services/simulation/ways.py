"""What a policy is held against, in words; loads no machine learning."""

TODAY, SINGLE, AT_RANDOM = (
    "leaving everything as it is",
    "the best single action for all",
    "a supported action by chance",
)
SHORT_WAYS = {TODAY: "Today's way", SINGLE: "One setting for all", AT_RANDOM: "Settings by chance"}
