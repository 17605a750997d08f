"""What every part of relcheck speaks of: findings, places, severities, exceptions, outcomes. Knows nothing else."""
