"""Files that come in and go out: imports of the coach's plan, exports, and exports restored."""
