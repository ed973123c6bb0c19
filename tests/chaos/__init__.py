"""A bad day, whole: the real processes under every fault at once, judged from outside.

`python -m tests.chaos` (`make chaos`) runs it, CONTRIBUTING.md says how to read it. What is where:

run          one day on one database, from the first sign-in to the verdict
weather      the rates of the sandbox's faults
plan         who orders what, from a seed
people       who orders it, by the pages
inside       what is done and read in the studio's own process: orders that have no page yet, its books
supervisor   starts the studio's processes, starts them again when they end, and kills them
forger       sends callbacks that must change nothing
books        what the studio says it has, what the sandbox says it made
judge        compares the two
"""
