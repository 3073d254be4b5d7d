"""Images as a project knows them: received, kept under pseudonyms, judged at the gate."""
