"""The GitHub Action: decide what to compare with, install relcheck, scan. The standard library only.

Nothing here runs, imports or reads as configuration what the checked-out tree holds.
"""
