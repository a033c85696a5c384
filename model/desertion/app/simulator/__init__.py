"""The policy simulator, the first screen: "What would a policy change?", one page that is drawn on the server."""
