"""The HTTP API: paths, names and shapes are those that the front end of the Flask application knows."""
