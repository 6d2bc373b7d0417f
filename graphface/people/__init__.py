"""Answers: who is this, who is there, what are they called."""
