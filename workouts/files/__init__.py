"""Files: imports of the coach's plan, exports, and restores of exports."""
