"""What levers would change: the best action per case, the best setting for all, and what a policy is honestly worth."""
