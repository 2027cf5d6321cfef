"""What each statement of a migration will do to the running version, and what is run instead of it. Pure.

The release and `plan_release` ask the same rules: the release rewrites the statements that Django sends, and
`plan_release` rewrites those that it would send (releases.judge.statements). So what is foretold is what happens.
"""
