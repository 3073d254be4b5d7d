"""Models that read beside people: what they say, who is shown it when, and what people make of it."""
