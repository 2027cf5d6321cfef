"""`make rehearse`: a deploy as Railway would do it, on a throwaway PostgreSQL with real or made-up data, under traffic.

Nothing that runs is touched, and nothing leaves the machine.
"""
