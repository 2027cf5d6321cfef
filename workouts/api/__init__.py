"""The HTTP API. Its paths, names and shapes are those that the Flask application's front end uses."""
