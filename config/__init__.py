"""How the service starts."""
