"""How the parts of a phantom chest are drawn."""
