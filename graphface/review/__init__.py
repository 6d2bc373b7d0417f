"""What a person is asked, the most useful first, and what their replies change."""
