"""Rules that a deployment has to pass, in `relcheck gate deploy`."""
