"""The web server around the pages: settings, routes, and what every request passes through."""
